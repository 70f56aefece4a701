//! Environment variables that are about all commands.

use insta::assert_snapshot;

use crate::world::World;

const MAIN: &str = "variable \"v\" {\n  default = \"d\"\n}\n\noutput \"o\" {\n  value = var.v\n}\n";

#[test]
fn arguments_stand_before_those_that_are_typed() {
    let world = World::new(MAIN);
    let command = |arguments: &[&str]| {
        let command = world.infra(arguments).env("TF_CLI_ARGS_plan", "-var 'v=from plan' -no-color");
        command.env("TF_CLI_ARGS", "-compact-warnings").run().assert_exit_code(0)
    };
    assert!(command(&["plan"]).stdout.contains("+ o = \"from plan\""));
    assert!(command(&["plan", "-var=v=typed"]).stdout.contains("+ o = \"typed\""));
    assert!(command(&["apply", "-auto-approve"]).stdout.contains("+ o = \"d\""));
}

#[test]
fn arguments_without_an_end_are_a_mistake() {
    let world = World::new(MAIN);
    let output = world.infra(&["plan"]).env("TF_CLI_ARGS", "-var 'v=x").run();
    assert_snapshot!(world.filtered(&output), @"
    exit code: 1
    --- stdout ---
    --- stderr ---
    error: Invalid arguments in TF_CLI_ARGS

      The environment variable TF_CLI_ARGS holds arguments for the command line as a shell would take
      them, and a quote or a backslash in it has no end. Close it.
    ");
}

#[test]
fn automation_needs_no_advice() {
    let world = World::new(MAIN);
    let plan = |value: &str| world.infra(&["plan", "-out=p"]).env("TF_IN_AUTOMATION", value).run().stderr;
    assert!(plan("").contains("To perform exactly these actions"));
    assert!(!plan("1").contains("To perform exactly these actions"));
}

#[test]
fn the_log_goes_to_a_file() {
    let world = World::new(MAIN);
    let run = |level: &str, path: &str| world.infra(&["plan"]).env("TF_LOG", level).env("TF_LOG_PATH", path).run();
    let quiet = run("trace", "log.txt").assert_exit_code(0);
    assert_eq!(quiet.stderr, "");
    assert!(world.exists("log.txt"));
    let output = run("trace", "no/such/folder/log.txt").assert_exit_code(0);
    assert!(output.stderr.contains("warning: Log not written"), "{}", output.stderr);
}
