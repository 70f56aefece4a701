//! Where values of variables come from, and which wins.

use infra_test_support::skip_without_oracle;

use crate::world::World;

/// Every place a value may come from, the weakest first. Each gives the variable its own name.
const PLACES: &[&str] = &[
    "TF_VAR_",
    "terraform.tfvars",
    "terraform.tfvars.json",
    "a.auto.tfvars",
    "b.auto.tfvars.json",
    "c.auto.tfvars",
    "-var and -var-file, in order",
];

fn world() -> World {
    World::new("variable \"v\" {\n  default = \"default\"\n}\n\noutput \"v\" {\n  value = var.v\n}\n")
}

/// Puts a value named after its place into that place.
fn fill(world: &World, place: &str) {
    match place {
        "TF_VAR_" | "-var and -var-file, in order" => {}
        place if place.ends_with(".json") => world.write(place, format!("{{\"v\": \"{place}\"}}\n")),
        place => world.write(place, format!("v = \"{place}\"\n")),
    }
}

#[test]
fn a_stronger_place_wins() {
    for (strongest, place) in PLACES.iter().enumerate() {
        let world = world();
        let filled = &PLACES[..=strongest];
        for place in filled {
            fill(&world, place);
        }
        let mut command = world.infra(&["apply", "-auto-approve"]);
        if filled.contains(&"TF_VAR_") {
            command = command.env("TF_VAR_v", "TF_VAR_");
        }
        if filled.len() == PLACES.len() {
            world.write("named.tfvars", "v = \"named\"\n");
            command =
                command.args(["-var=v=first", "-var-file=named.tfvars", "-var", "v=-var and -var-file, in order"]);
        }
        let _ = command.run().assert_exit_code(0);
        assert_eq!(world.succeed(&["output", "-raw", "v"]).stdout, *place);
    }
}

#[test]
fn the_last_flag_wins() {
    let world = world();
    world.write("one.tfvars", "v = \"one\"\n");
    world.write("two.tfvars.json", "{\"v\": \"two\"}\n");
    let table: &[(&[&str], &str)] = &[
        (&[], "default"),
        (&["-var-file=one.tfvars"], "one"),
        (&["-var-file=one.tfvars", "-var-file", "two.tfvars.json"], "two"),
        (&["-var", "v=flag", "-var-file=one.tfvars"], "one"),
        (&["-var-file=one.tfvars", "-var", "v=flag"], "flag"),
        (&["-var=v=a", "-var=v=b"], "b"),
        (&["-var=v=a=b"], "a=b"),
        (&["-var=v="], ""),
    ];
    for (flags, expected) in table {
        let arguments: Vec<&str> = ["apply", "-auto-approve"].into_iter().chain(flags.iter().copied()).collect();
        let _ = world.succeed(&arguments);
        assert_eq!(world.succeed(&["output", "-raw", "v"]).stdout, *expected, "{flags:?}");
    }
}

/// How text from flags and the environment becomes a value of the declared type.
const CONVERSIONS: &[(&str, &str, &str)] = &[
    ("string", "007", "\"007\""),
    ("string", "[1]", "\"[1]\""),
    ("number", "007", "7"),
    ("number", "1e3", "1000"),
    ("bool", "true", "true"),
    ("list(string)", "[\"a\", 1]", "[\"a\",\"1\"]"),
    ("map(number)", "{ a = \"1\", b = 2 }", "{\"a\":1,\"b\":2}"),
    ("object({ a = string, b = optional(number, 3) })", "{ a = \"x\" }", "{\"a\":\"x\",\"b\":3}"),
    ("any", "[1, \"a\"]", "[1,\"a\"]"),
    ("any", "text", "\"text\""),
];

#[test]
fn text_becomes_a_value_of_the_declared_type() {
    let oracle = infra_test_support::oracle::Oracle::find_or_say_skipped("what terraform makes of the same text");
    for (ty, text, expected) in CONVERSIONS {
        // `any` takes flags as expressions, and so a bare word is a mistake.
        let is_any = *ty == "any" && *text == "text";
        let world =
            World::new(&format!("variable \"v\" {{\n  type = {ty}\n}}\n\noutput \"v\" {{\n  value = var.v\n}}\n"));
        let output = world.infra(&["apply", "-auto-approve"]).env("TF_VAR_v", text).run();
        if let Some(oracle) = &oracle {
            let flag = format!("-var=v={text}");
            let theirs = oracle.run(&world.path(), &["plan", "-input=false", &flag], None).unwrap();
            assert_eq!(output.exit_code, theirs.exit_code, "{ty} {text}:\n{output}\n{theirs}");
        }
        if !is_any {
            let _ = output.assert_exit_code(0);
            assert_eq!(world.succeed(&["output", "-json", "v"]).stdout.trim_end(), *expected, "{ty} {text}");
        }
    }
}

/// The same files and flags give the same value in both.
#[test]
fn terraform_chooses_the_same() {
    let oracle = skip_without_oracle!("terraform_chooses_the_same");
    let world = world();
    for place in PLACES {
        fill(&world, place);
    }
    world.write("named.tfvars", "v = \"named\"\n");
    for flags in [&[][..], &["-var=v=x", "-var-file=named.tfvars"], &["-var-file=named.tfvars", "-var=v=x"]] {
        let arguments: Vec<&str> = ["apply", "-auto-approve"].into_iter().chain(flags.iter().copied()).collect();
        let _ = world.succeed(&arguments);
        let arguments: Vec<&str> = ["plan", "-detailed-exitcode"].into_iter().chain(flags.iter().copied()).collect();
        let _ = oracle.run(&world.path(), &arguments, None).unwrap().assert_exit_code(0);
    }
}

/// A value for nothing is a mistake on the command line, a warning in a file, and nothing in the environment.
#[test]
fn values_for_nothing() {
    let world = world();
    world.write("terraform.tfvars", "other = 1\n");
    let output = world.infra(&["plan"]).env("TF_VAR_another", "1").run().assert_exit_code(0);
    assert!(output.stderr.contains("other") && !output.stderr.contains("another"), "{output}");
    let _ = world.run(&["plan", "-var=other=1"]).assert_exit_code(1);
}

#[test]
fn a_secret_that_does_not_fit_is_not_shown() {
    let world = World::new(
        "variable \"u\" {\n  type      = number\n  sensitive = true\n}\nvariable \"m\" {\n  type      = \
         map(number)\n  sensitive = true\n}\n",
    );
    world.write("terraform.tfvars", "u = \"hush-hush\"\nm = { hush-hush = \"x\" }\n");
    let output = world.infra(&["plan"]).run().assert_exit_code(1);
    assert_eq!(output.stderr.matches("error: Invalid value for input variable\n --> main.tf").count(), 2);
    assert!(!output.stderr.contains("hush"), "{}", output.stderr);
}
