//! `console` and `metadata functions`.

use crate::world::World;

const FILES: &str = "variable \"given\" {\n  default = 3\n}\n\nvariable \"missing\" {}\n\nlocals {\n  sum = var.given + 1\n}\n\n\
                     resource \"terraform_data\" \"one\" {\n  count = 2\n  input = var.given\n}\n";

#[test]
fn a_pipe_shows_the_last_answer_and_ends_at_the_first_mistake() {
    let world = World::new(FILES);
    // What is typed, the exit code, and the whole standard output; recorded from terraform 1.11.4.
    let table: &[(&str, i32, &str)] = &[
        ("1\n2\n", 0, "2\n"),
        ("", 0, "\n"),
        ("local.sum", 0, "4\n"),
        ("var.missing\n", 0, "(known after apply)\n"),
        ("terraform_data.one\n", 0, "(known after apply)\n"),
        (
            "type({ a = [1], b = tolist([\"x\"]) })\n",
            0,
            "object({\n    a: tuple([\n        number,\n    ]),\n    b: list(string),\n})\n",
        ),
        ("length(timestamp())\n", 0, "20\n"),
        ("exit\nnope\n", 0, ""),
        ("1\nnope\n3\n", 1, ""),
        ("nope(1)\n", 1, ""),
        ("local.nope\n", 1, ""),
        ("[type(1)]\n", 1, ""),
        ("1 +\n", 1, ""),
    ];
    for (typed, code, stdout) in table {
        let output = world.infra(&["console"]).stdin(typed).run().assert_exit_code(*code);
        assert_eq!(output.stdout, *stdout, "{typed:?}\n{}", output.stderr);
        assert_eq!(output.stderr.is_empty(), *code == 0, "{typed:?}: {}", output.stderr);
    }
    let output = world.infra(&["console", "-var", "given=5"]).stdin("local.sum").run().assert_exit_code(0);
    assert_eq!(output.stdout, "6\n");
}

#[test]
fn each_line_can_be_answered() {
    let world = World::new(FILES);
    let output = world
        .infra(&["console", "-each"])
        .stdin("1\nnope(1)\n[\n1,\n]\n\ncidrcontains(\"10.0.0.0/8\", \"10.0.0.1\")\n")
        .run();
    let lines: Vec<&str> = output.stdout.lines().collect();
    assert_eq!(lines[0], "= 1");
    assert!(lines[1].starts_with("! Call to unknown function"), "{}", lines[1]);
    assert_eq!(lines[2..], ["= [", "    1,", "  ]", "= true"]);
    let output = world.infra(&["console", "-strict", "-each"]).stdin("[\ncidrcontains(\"a\", \"b\")\n1\n").run();
    let marks: Vec<&str> = output.stdout.lines().map(|line| &line[..1]).collect();
    assert_eq!(marks, ["!", "!", "="]);
}

#[test]
fn a_heredoc_ends_with_its_last_line() {
    let world = World::new("");
    let output = world.infra(&["console"]).stdin("<<A\nx\nA\n").run().assert_exit_code(0);
    assert_eq!(output.stdout, "<<EOT\nx\n\nEOT\n");
    let output = world.infra(&["console", "-each"]).stdin("1 << 2\n5\n").run();
    assert!(output.stdout.ends_with("= 5\n"), "what is no heredoc takes no further lines: {}", output.stdout);
}

#[test]
fn resources_are_worth_what_the_state_says() {
    let world = World::new(FILES);
    let _ = world.succeed(&["apply", "-auto-approve", "-var=missing=x"]);
    let output = world.infra(&["console", "-var=given=7"]).stdin("terraform_data.one[*].output\n").run();
    assert_eq!(output.stdout, "[\n  3,\n  3,\n]\n", "{}", output.stderr);
    let output = world.infra(&["console", "-state=none.tfstate"]).stdin("terraform_data.one\n").run();
    assert_eq!(output.stdout, "(known after apply)\n");
}

#[test]
fn functions_are_described() {
    let world = World::new("");
    let names = |flags: &[&str]| {
        let json: serde_json::Value = serde_json::from_str(&world.succeed(flags).stdout).unwrap();
        json["function_signatures"].as_object().unwrap().len()
    };
    assert_eq!(names(&["metadata", "functions", "-json", "-strict"]), 236);
    assert_eq!(names(&["metadata", "functions", "-json"]), 242);
    let _ = world.infra(&["metadata", "functions"]).run().assert_exit_code(1);
}

#[test]
fn with_a_plan_resources_are_worth_what_they_will_be() {
    let world = World::new(
        "variable \"v\" {}\n\nresource \"terraform_data\" \"a\" {\n  input = var.v\n}\n\nresource \"terraform_data\" \"b\" {\n  \
         count = 2\n}\n",
    );
    let _ = world.succeed(&["apply", "-auto-approve", "-var=v=old"]);
    let answers = |flags: &[&str]| {
        let arguments = [&["console", "-each"][..], flags].concat();
        let expressions = "terraform_data.a.input\nterraform_data.a.output\nlength(terraform_data.b)\nvar.v\n";
        world.infra(&arguments).stdin(expressions).run().assert_exit_code(0).stdout
    };
    assert_eq!(answers(&["-var=v=new"]), "= \"old\"\n= \"old\"\n= 2\n= \"new\"\n");
    assert_eq!(answers(&["-var=v=new", "-plan"]), "= \"new\"\n= (known after apply)\n= 2\n= \"new\"\n");
}
