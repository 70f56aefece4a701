//! What is asked for: values of variables, and approval.

use insta::assert_snapshot;

use crate::world::World;

const MAIN: &str = r#"variable "b" {
  type        = number
  description = "How many.\nMore than one."
}

variable "a" {}

variable "c" {
  default = "given"
}

output "all" {
  value = "${var.a} ${var.b + 1} ${var.c}"
}
"#;

#[test]
fn missing_variables_are_asked_for_by_name() {
    let world = World::new(MAIN);
    let output = world.infra(&["plan"]).stdin("x = y\n2\n").run();
    assert_snapshot!(world.filtered(&output), @r#"
    exit code: 0
    --- stdout ---
    var.a
      Enter a value: 
    var.b
      How many.
      More than one.

      Enter a value: 
    Changes to Outputs:
      + all = "x = y 3 given"

    You can apply this plan to save these new output values to the state, without
    changing any real infrastructure.
    --- stderr ---
    "#);
    // What is given is not asked for, and approval is asked for afterwards.
    let output = world.infra(&["apply", "-var=a=z"]).stdin("3\nyes\n").run().assert_exit_code(0);
    assert!(output.stdout.contains("z 4 given") && !output.stdout.contains("var.a"), "{output}");
    let output = world.infra(&["destroy", "-auto-approve"]).stdin("z\n3\n").run().assert_exit_code(0);
    assert!(output.stdout.contains("var.a"), "{output}");
}

#[test]
fn an_answer_is_text_that_is_converted() {
    let world = World::new(MAIN);
    let output = world.infra(&["plan"]).stdin("x\nmany\n").run();
    assert_snapshot!(world.filtered(&output), @r#"
    exit code: 1
    --- stdout ---
    var.a
      Enter a value: 
    var.b
      How many.
      More than one.

      Enter a value: 
    --- stderr ---
    error: Invalid value for input variable
     --> main.tf:1:1
      |
    1 | variable "b" {
      | ^^^^^^^^^^^^

      The value given for var.b at the prompt is not suitable: a number is required.
    "#);
    // Nothing is a text as well.
    let output = world.infra(&["plan"]).stdin("\n2\n").run().assert_exit_code(0);
    assert!(output.stdout.contains("\" 3 given\""), "{output}");
}

#[test]
fn when_nobody_answers_what_is_missing_is_said() {
    let world = World::new(MAIN);
    assert_snapshot!(world.shows(&["plan"]), @r#"
    exit code: 1
    --- stdout ---
    var.a
      Enter a value: 
    --- stderr ---
    error: No value for required variable
     --> main.tf:1:1
      |
    1 | variable "b" {
      | ^^^^^^^^^^^^ The root module input variable "b" is not set, and has no default value
    help: give it with -var 'b=…', in a .tfvars file with -var-file, or as TF_VAR_b
    error: No value for required variable
     --> main.tf:6:1
      |
    6 | variable "a" {}
      | ^^^^^^^^^^^^ The root module input variable "a" is not set, and has no default value
    help: give it with -var 'a=…', in a .tfvars file with -var-file, or as TF_VAR_a
    "#);
}

#[test]
fn nothing_is_asked_where_that_is_forbidden() {
    let world = World::new(MAIN);
    let quiet = world.infra(&["plan", "-input=false"]).stdin("x\n2\n").run().assert_exit_code(1);
    assert!(!quiet.stdout.contains("Enter a value"), "{quiet}");
    for value in ["0", "false"] {
        let quiet = world.infra(&["plan"]).env("TF_INPUT", value).stdin("x\n2\n").run().assert_exit_code(1);
        assert!(!quiet.stdout.contains("Enter a value"), "{quiet}");
    }
}

#[test]
fn a_typed_secret_is_not_shown() {
    let world = World::new(
        "variable \"s\" {\n  sensitive = true\n}\n\noutput \"length\" {\n  value = nonsensitive(length(var.s))\n}\n",
    );
    let output = world.infra(&["plan"]).stdin("hush-hush\n").run().assert_exit_code(0);
    assert!(output.stdout.contains("+ length = 9"), "{output}");
    assert!(!output.to_string().contains("hush-hush"), "{output}");
}
