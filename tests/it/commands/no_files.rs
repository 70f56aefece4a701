//! A directory without configuration files: nothing is declared there, and what would destroy everything by that is
//! refused.

use infra_test_support::oracle::Oracle;
use insta::assert_snapshot;

use crate::world::World;

/// Commands, how they end, and what they print about it.
const COMMANDS: &[(&[&str], i32, &str)] = &[
    (&["init"], 0, "initialized in an empty directory!"),
    (&["validate"], 0, "Success! The configuration is valid."),
    (&["validate", "-json"], 0, "\"valid\": true"),
    (&["get"], 0, ""),
    (&["modules"], 0, "No modules found in configuration."),
    (&["modules", "-json"], 0, "{\"format_version\":\"1.0\",\"modules\":null}"),
    (&["providers"], 1, ""),
    (&["graph"], 0, "This configuration does not contain any resources."),
    (&["fmt"], 0, ""),
    (&["show"], 0, "No state."),
    (&["show", "-json"], 0, "{\"format_version\":\"1.0\"}"),
    (&["output"], 0, ""),
    (&["output", "-json"], 0, "{}"),
    (&["plan"], 1, ""),
    (&["plan", "-refresh-only"], 1, ""),
    (&["plan", "-destroy"], 0, "No changes."),
    (&["apply", "-auto-approve"], 1, ""),
    (&["apply", "-auto-approve", "-refresh-only"], 1, ""),
    (&["apply", "-auto-approve", "-destroy"], 0, "Resources: 0 added, 0 changed, 0 destroyed."),
    (&["destroy", "-auto-approve"], 0, "Destroy complete! Resources: 0 destroyed."),
];

fn empty() -> World {
    let world = World::new("");
    world.directory().remove("main.tf");
    // These are no files of the configuration.
    for name in [".hidden.tf", "main.tf~", "#main.tf#", "main.txt", "terraform.tfvars", "below/main.tf"] {
        world.write(name, "");
    }
    world
}

#[test]
fn commands_that_need_no_files_work() {
    let oracle = Oracle::find_or_say_skipped("what terraform does without files");
    for (arguments, code, part) in COMMANDS {
        let world = empty();
        let output = world.run(arguments).assert_exit_code(*code);
        assert!(output.stdout.contains(part), "{arguments:?}: {output}");
        assert_eq!(output.stderr.contains("No configuration files"), *code == 1, "{arguments:?}: {output}");
        if let Some(oracle) = &oracle {
            let theirs = oracle.run(&empty().path(), arguments, None).unwrap().assert_exit_code(*code);
            let said = theirs.stdout.replace("\u{1b}[0m", "").replace("\u{1b}[1m", "").replace("\u{1b}[32m", "");
            assert!(said.contains(part), "{arguments:?}: {theirs}");
        }
    }
    let output = empty().infra(&["console"]).stdin("path.module\n").run().assert_exit_code(0);
    assert_eq!(output.stdout, "\".\"\n");
}

#[test]
fn what_is_there_is_destroyed_only_when_asked_to() {
    let world = World::new("resource \"terraform_data\" \"a\" {\n  input = \"x\"\n}\n").with_long_lines();
    let _ = world.apply();
    world.directory().remove("main.tf");
    assert_snapshot!(world.shows(&["plan"]), @"
    exit code: 1
    --- stdout ---
    --- stderr ---
    error: No configuration files

      The directory [DIR] contains no .tf files. Without any, everything in its state would be destroyed. Go to a directory that has some, or name one; to destroy everything, run `infra plan -destroy`.
    ");
    assert_snapshot!(world.shows(&["apply", "-auto-approve"]), @"
    exit code: 1
    --- stdout ---
    --- stderr ---
    error: No configuration files

      The directory [DIR] contains no .tf files. Without any, everything in its state would be destroyed. Go to a directory that has some, or name one; to destroy everything, run `infra destroy`.
    ");
    assert_snapshot!(world.shows(&["providers"]), @"
    exit code: 1
    --- stdout ---
    --- stderr ---
    error: No configuration files

      The directory [DIR] contains no .tf files. Go to a directory that has some, or name one.
    ");
    assert_eq!(world.managed().len(), 1);
    let _ = world.run(&["plan", "-destroy", "-detailed-exitcode", "-out=saved.plan"]).assert_exit_code(2);
    let output = world.succeed(&["apply", "saved.plan"]);
    assert!(output.stdout.contains("1 destroyed"), "{output}");
    assert!(world.managed().is_empty());
}
