//! Ephemeral variables and saved plans: what is not kept must be given again.

use insta::assert_snapshot;
use serde_json::json;

use crate::world::World;

const MAIN: &str = r#"variable "token" {
  type      = string
  ephemeral = true
}

variable "spare" {
  type      = string
  default   = "spare-default"
  ephemeral = true
}

variable "name" {
  type    = string
  default = "x"
}

resource "terraform_data" "a" {
  input = var.name
}

output "is_long" {
  value = ephemeralasnull(var.token) == null && var.spare != ""
}
"#;

#[test]
fn a_saved_plan_does_not_hold_them() {
    let world = World::new(&MAIN.replace(" && var.spare != \"\"", "")).with_long_lines();
    let token = "-var=token=hush-hush";
    let plan = world.plan_json(&[token, "-var=name=y"]);
    assert!(!plan.to_string().contains("hush-hush"));
    assert_eq!(plan["variables"], json!({ "name": { "value": "y" }, "spare": { "value": "spare-default" } }));
    let file = std::fs::read(world.path().join("test.plan")).unwrap();
    assert!(!String::from_utf8_lossy(&file).contains("hush-hush"));
    assert_snapshot!(world.shows(&["apply", "test.plan"]), @r#"
    exit code: 1
    --- stdout ---
    --- stderr ---
    error: No value for required variable

      The ephemeral variable "token" was given a value when the plan was made. The plan does not hold it, so it must be given again.
    help: give it with -var 'token=…', in a .tfvars file with -var-file, or as TF_VAR_token
    "#);
    assert_snapshot!(world.shows(&["apply", token, "-var=spare=z", "-var=name=z", "test.plan"]), @r#"
    exit code: 1
    --- stdout ---
    --- stderr ---
    error: Ephemeral variable was not set during planning

      The ephemeral variable "spare" was not given a value when the plan was made, so it must not be given one now. Leave it out, or make a new plan with it.
    error: Can't change variable when applying a saved plan

      A saved plan is applied with the values it was made with, and "name" is given another one. Leave it out, or make a new plan with it.
    "#);
    assert_snapshot!(world.shows(&["apply", token, "-var=name=y", "test.plan"]), @"
    exit code: 0
    --- stdout ---

    Apply complete! Resources: 1 added, 0 changed, 0 destroyed.

    Outputs:

    is_long = true
    --- stderr ---
    terraform_data.a: Creating...
    terraform_data.a: Creation complete after [ELAPSED] [id=[UUID]]
    ");
    assert!(!world.read("terraform.tfstate").contains("hush-hush"));
    assert_snapshot!(world.shows(&["apply", token, "test.plan"]), @"
    exit code: 1
    --- stdout ---
    --- stderr ---
    error: Saved plan is stale

      The state [DIR]/terraform.tfstate has changed since the plan was made: the plan is based on no state at all, the state is now serial [SERIAL] of lineage [UUID]. Nothing was changed. Plan again.
    ");
}

#[test]
fn they_must_not_reach_what_is_kept() {
    let world = World::new(&format!(
        "{MAIN}\nresource \"terraform_data\" \"b\" {{\n  input = var.token\n}}\n\noutput \"token\" {{\n  value = var.token\n}}\n"
    ));
    assert_snapshot!(world.shows(&["plan", "-var=token=hush-hush"]), @r#"
    exit code: 1
    --- stdout ---
    --- stderr ---
    error: Ephemeral value not allowed
      --> main.tf:22:11
       |
    22 |   value = ephemeralasnull(var.token) == null && var.spare != ""
       |           ^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^

      This output value is not declared as returning an ephemeral value, so it cannot be set to a result
      derived from an ephemeral value.
    error: Invalid use of ephemeral value
      --> main.tf:26:11
       |
    26 |   input = var.token
       |           ^^^^^^^^^

      Ephemeral values are not valid for "input", because it is not a write-only attribute and must be
      persisted to state. Use a value that is not ephemeral.
    error: Ephemeral value not allowed
      --> main.tf:30:11
       |
    30 |   value = var.token
       |           ^^^^^^^^^

      This output value is not declared as returning an ephemeral value, so it cannot be set to a result
      derived from an ephemeral value.
    "#);
}
