//! Checks and conditions: what commands say of them, and what plans and states keep.

use insta::assert_snapshot;
use serde_json::Value;

use crate::world::{World, json};

const CONDITIONED: &str = r#"variable "size" {
  type    = number
  default = "3"

  validation {
    condition     = var.size > 0
    error_message = "A size is more than nothing."
  }
}

resource "terraform_data" "a" {
  count = 2
  input = var.size

  lifecycle {
    postcondition {
      condition     = self.output < 8
      error_message = "This is too much."
    }
  }
}

check "rather_small" {
  assert {
    condition     = terraform_data.a[0].output < 5
    error_message = "${terraform_data.a[0].output} is rather large."
  }
}

output "size" {
  value = { size = terraform_data.a[0].output, nothing = null }

  precondition {
    condition     = terraform_data.a[0].output != 7
    error_message = "Seven is out of the question."
  }
}

output "given" {
  value = var.size

  precondition {
    condition     = terraform_data.a[0].output != 7
    error_message = "Not seven."
  }
}

output "nothing" {
  value = null
}
"#;

/// Each object with its status, and what is said of it.
fn statuses(checks: &Value) -> String {
    let objects = checks.as_array().unwrap().iter().flat_map(|check| {
        let all = format!("{} {}", check["address"]["to_display"], check["status"]);
        let instances = check["instances"].as_array().cloned().unwrap_or_default();
        let instances = instances.into_iter().map(|instance| {
            format!("  {} {} {}", instance["address"]["to_display"], instance["status"], instance["problems"])
        });
        [all].into_iter().chain(instances).collect::<Vec<_>>()
    });
    objects.collect::<Vec<_>>().join("\n")
}

#[test]
fn a_failed_check_warns_and_is_kept() {
    let world = World::new(CONDITIONED);
    assert_snapshot!(statuses(&world.plan_json(&["-var=size=6"])["checks"]), @r#"
    "check.rather_small" "unknown"
      "check.rather_small" "unknown" null
    "output.given" "unknown"
      "output.given" "unknown" null
    "output.size" "unknown"
      "output.size" "unknown" null
    "terraform_data.a" "unknown"
      "terraform_data.a[0]" "unknown" null
      "terraform_data.a[1]" "unknown" null
    "var.size" "pass"
      "var.size" "pass" null
    "#);
    assert_snapshot!(world.shows(&["apply", "-auto-approve", "-var=size=6", "-parallelism=1"]), @r#"
    exit code: 0
    --- stdout ---
    infra made the following execution plan. Resource actions are indicated with
    the following symbols:
      + create

    infra will perform the following actions:

      # terraform_data.a[0] will be created
      + resource "terraform_data" "a" {
          + id     = (known after apply)
          + input  = 6
          + output = (known after apply)
        }

      # terraform_data.a[1] will be created
      + resource "terraform_data" "a" {
          + id     = (known after apply)
          + input  = 6
          + output = (known after apply)
        }

    Plan: 2 to add, 0 to change, 0 to destroy.

    Changes to Outputs:
      + given   = 6
      + size    = {
          + nothing = null
          + size    = (known after apply)
        }

    Apply complete! Resources: 2 added, 0 changed, 0 destroyed.

    Outputs:

    given = 6
    size = {
      "nothing" = null
      "size" = 6
    }
    --- stderr ---
    terraform_data.a[0]: Creating...
    terraform_data.a[0]: Creation complete after [ELAPSED] [id=[UUID]]
    terraform_data.a[1]: Creating...
    terraform_data.a[1]: Creation complete after [ELAPSED] [id=[UUID]]
    warning: Check block assertion failed
      --> main.tf:25:21
       |
    25 |     condition     = terraform_data.a[0].output < 5
       |                     ^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^ 6 is rather large
       |
       | terraform_data.a[0].output is 6
    "#);
    let state = json(&world.succeed(&["show", "-json"]).stdout);
    assert_snapshot!(statuses(&state["checks"]), @r#"
    "check.rather_small" "fail"
      "check.rather_small" "fail" [{"message":"6 is rather large."}]
    "output.given" "pass"
      "output.given" "pass" null
    "output.size" "pass"
      "output.size" "pass" null
    "terraform_data.a" "pass"
      "terraform_data.a[0]" "pass" null
      "terraform_data.a[1]" "pass" null
    "var.size" "pass"
      "var.size" "pass" null
    "#);
    let plan = world.plan_json(&["-var=size=2"]);
    assert!(plan["prior_state"]["checks"].is_null());
    assert_eq!(plan["variables"]["size"]["value"], "2", "as it was given");
    assert_eq!(plan["planned_values"]["outputs"]["nothing"]["type"], "dynamic");
    assert_eq!(world.plan_json(&[])["variables"]["size"]["value"], 3, "defaults are converted");
}

#[test]
fn what_a_failed_precondition_guards_says_nothing_itself() {
    let world = World::new(
        "variable \"names\" {\n  default = []\n}\n\noutput \"first\" {\n  value = var.names[0]\n\n  precondition {\n    condition     = length(var.names) > 0\n    error_message = \"There must be a name.\"\n  }\n}\n",
    );
    assert_snapshot!(world.shows(&["plan"]), @"
    exit code: 1
    --- stdout ---
    Planning failed. These actions were planned before the errors; they cannot be
    applied:

    Changes to Outputs:
      + first = (known after apply)
    --- stderr ---
    error: Module output value precondition failed
     --> main.tf:9:21
      |
    9 |     condition     = length(var.names) > 0
      |                     ^^^^^^^^^^^^^^^^^^^^^ There must be a name
      |
      | var.names is empty tuple
    ");
}

#[test]
fn an_output_that_fails_while_applying_is_kept_as_far_as_it_was_planned() {
    let world = World::new(CONDITIONED);
    let _ = world.apply();
    assert_snapshot!(world.complains(&["apply", "-auto-approve", "-var=size=7"]), @"
    exit code: 1
    --- stdout ---
    [PLAN]
    --- stderr ---
    terraform_data.a[0]: Refreshing state... [id=[UUID]]
    terraform_data.a[1]: Refreshing state... [id=[UUID]]
    terraform_data.a[0]: Modifying... [id=[UUID]]
    terraform_data.a[0]: Modifications complete after [ELAPSED] [id=[UUID]]
    terraform_data.a[1]: Modifying... [id=[UUID]]
    terraform_data.a[1]: Modifications complete after [ELAPSED] [id=[UUID]]
    error: Module output value precondition failed
      --> main.tf:43:21
       |
    43 |     condition     = terraform_data.a[0].output != 7
       |                     ^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^ Not seven
       |
       | terraform_data.a[0].output is 7
    error: Module output value precondition failed
      --> main.tf:34:21
       |
    34 |     condition     = terraform_data.a[0].output != 7
       |                     ^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^ Seven is out of the question
       |
       | terraform_data.a[0].output is 7
    warning: Check block assertion failed
      --> main.tf:25:21
       |
    25 |     condition     = terraform_data.a[0].output < 5
       |                     ^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^ 7 is rather large
       |
       | terraform_data.a[0].output is 7
    ");
    let outputs = &world.state()["outputs"];
    assert_eq!(outputs["size"]["value"]["size"], 3, "what was not known yet stays as it was");
    assert_eq!(outputs["given"]["value"], 7, "what was known was decided");
}

#[test]
fn a_failed_postcondition_holds_up_what_comes_after_it() {
    let world = World::new(CONDITIONED);
    assert_snapshot!(world.complains(&["apply", "-auto-approve", "-var=size=9"]), @"
    exit code: 1
    --- stdout ---
    [PLAN]
    --- stderr ---
    terraform_data.a[0]: Creating...
    terraform_data.a[0]: Creation complete after [ELAPSED] [id=[UUID]]
    terraform_data.a[1]: Creating...
    terraform_data.a[1]: Creation complete after [ELAPSED] [id=[UUID]]
    error: Resource postcondition failed
      --> main.tf:17:23
       |
    17 |       condition     = self.output < 8
       |                       ^^^^^^^^^^^^^^^ This is too much
       |
       | self.output is 9
       = in terraform_data.a[0]
    error: Resource postcondition failed
      --> main.tf:17:23
       |
    17 |       condition     = self.output < 8
       |                       ^^^^^^^^^^^^^^^ This is too much
       |
       | self.output is 9
       = in terraform_data.a[1]
    warning: Check block assertion failed
      --> main.tf:25:21
       |
    25 |     condition     = terraform_data.a[0].output < 5
       |                     ^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^ 9 is rather large
       |
       | terraform_data.a[0].output is 9
    ");
    assert_eq!(world.managed()["terraform_data.a"], 2);
}
