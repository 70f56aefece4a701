//! What a plan looks like: created, changed, replaced and destroyed, with values that are unknown or secret.

use infra_test_support::process::Output;
use infra_test_support::skip_without_oracle;
use insta::assert_snapshot;

use crate::oracle::assert_same_text;
use crate::world::World;

const BEFORE: &str = r#"variable "secret" {
  default   = "first"
  sensitive = true
}

resource "terraform_data" "changed" {
  input = {
    name = "one"
    tags = ["a", "b", "c"]
    text = "{\"key\":1,\"other\":[1,2]}"
  }
}

resource "terraform_data" "follows" {
  input = terraform_data.changed.output
}

resource "terraform_data" "replaced" {
  triggers_replace = ["one"]
}

resource "terraform_data" "removed" {
  input = "gone soon"
}

resource "terraform_data" "secret" {
  input = { password = var.secret, user = "admin" }
}

resource "terraform_data" "same" {
  input = "same"
}

output "name" {
  value = terraform_data.changed.output.name
}

output "secret" {
  value     = var.secret
  sensitive = true
}
"#;

fn changed() -> World {
    let world = World::new(BEFORE);
    let _ = world.apply();
    world.edit("main.tf", "\"first\"", "\"second\"");
    world.edit("main.tf", "name = \"one\"", "name = \"two\"");
    world.edit("main.tf", "[\"a\", \"b\", \"c\"]", "[\"a\", \"c\", \"d\"]");
    world.edit("main.tf", "{\\\"key\\\":1,\\\"other\\\":[1,2]}", "{\\\"key\\\":1,\\\"other\\\":[1,3]}");
    world.edit("main.tf", "triggers_replace = [\"one\"]", "triggers_replace = [\"two\"]");
    world.edit("main.tf", "resource \"terraform_data\" \"removed\" {\n  input = \"gone soon\"\n}\n", "");
    world
}

#[test]
fn everything_created() {
    assert_snapshot!(World::new(BEFORE).shows(&["plan"]), @r#"
    exit code: 0
    --- stdout ---
    infra made the following execution plan. Resource actions are indicated with
    the following symbols:
      + create

    infra will perform the following actions:

      # terraform_data.changed will be created
      + resource "terraform_data" "changed" {
          + id     = (known after apply)
          + input  = {
              + name = "one"
              + tags = [
                  + "a",
                  + "b",
                  + "c",
                ]
              + text = jsonencode(
                    {
                      + key   = 1
                      + other = [
                          + 1,
                          + 2,
                        ]
                    }
                )
            }
          + output = (known after apply)
        }

      # terraform_data.follows will be created
      + resource "terraform_data" "follows" {
          + id     = (known after apply)
          + input  = (known after apply)
          + output = (known after apply)
        }

      # terraform_data.removed will be created
      + resource "terraform_data" "removed" {
          + id     = (known after apply)
          + input  = "gone soon"
          + output = (known after apply)
        }

      # terraform_data.replaced will be created
      + resource "terraform_data" "replaced" {
          + id               = (known after apply)
          + triggers_replace = [
              + "one",
            ]
        }

      # terraform_data.same will be created
      + resource "terraform_data" "same" {
          + id     = (known after apply)
          + input  = "same"
          + output = (known after apply)
        }

      # terraform_data.secret will be created
      + resource "terraform_data" "secret" {
          + id     = (known after apply)
          + input  = {
              + password = (sensitive value)
              + user     = "admin"
            }
          + output = (known after apply)
        }

    Plan: 6 to add, 0 to change, 0 to destroy.

    Changes to Outputs:
      + name   = (known after apply)
      + secret = (sensitive value)
    --- stderr ---
    "#);
}

#[test]
fn one_of_each_change() {
    assert_snapshot!(changed().shows(&["plan"]), @r#"
    exit code: 0
    --- stdout ---
    infra made the following execution plan. Resource actions are indicated with
    the following symbols:
      ~ update in-place
      - destroy
    -/+ destroy and then create replacement

    infra will perform the following actions:

      # terraform_data.changed will be updated in-place
      ~ resource "terraform_data" "changed" {
            id     = "[UUID]"
          ~ input  = {
              ~ name = "one" -> "two"
              ~ tags = [
                    "a",
                  ~ "b" -> "c",
                  ~ "c" -> "d",
                ]
              ~ text = jsonencode(
                  ~ {
                      ~ other = [
                            1,
                          ~ 2 -> 3,
                        ]
                        # (1 unchanged attribute hidden)
                    }
                )
            }
          ~ output = {
              - name = "one"
              - tags = [
                  - "a",
                  - "b",
                  - "c",
                ]
              - text = jsonencode(
                    {
                      - key   = 1
                      - other = [
                          - 1,
                          - 2,
                        ]
                    }
                )
            } -> (known after apply)
        }

      # terraform_data.follows will be updated in-place
      ~ resource "terraform_data" "follows" {
            id     = "[UUID]"
          ~ input  = {
              - name = "one"
              - tags = [
                  - "a",
                  - "b",
                  - "c",
                ]
              - text = jsonencode(
                    {
                      - key   = 1
                      - other = [
                          - 1,
                          - 2,
                        ]
                    }
                )
            } -> (known after apply)
          ~ output = {
              - name = "one"
              - tags = [
                  - "a",
                  - "b",
                  - "c",
                ]
              - text = jsonencode(
                    {
                      - key   = 1
                      - other = [
                          - 1,
                          - 2,
                        ]
                    }
                )
            } -> (known after apply)
        }

      # terraform_data.removed will be destroyed
      # (because terraform_data.removed is not in configuration)
      - resource "terraform_data" "removed" {
          - id     = "[UUID]" -> null
          - input  = "gone soon" -> null
          - output = "gone soon" -> null
        }

      # terraform_data.replaced must be replaced
      # (main.tf:19 forces it)
    -/+ resource "terraform_data" "replaced" {
          ~ id               = "[UUID]" -> (known after apply)
          ~ triggers_replace = [ # forces replacement
              ~ "one" -> "two",
            ]
        }

      # terraform_data.secret will be updated in-place
      ~ resource "terraform_data" "secret" {
            id     = "[UUID]"
          ~ input  = {
              ~ password = (sensitive value)
                # (1 unchanged attribute hidden)
            }
          ~ output = {
              - password = (sensitive value)
              - user     = "admin"
            } -> (known after apply)
        }

    Plan: 1 to add, 3 to change, 2 to destroy.

    Changes to Outputs:
      ~ name   = "one" -> (known after apply)
      ~ secret = (sensitive value)
    --- stderr ---
    terraform_data.changed: Refreshing state... [id=[UUID]]
    terraform_data.follows: Refreshing state... [id=[UUID]]
    terraform_data.removed: Refreshing state... [id=[UUID]]
    terraform_data.replaced: Refreshing state... [id=[UUID]]
    terraform_data.same: Refreshing state... [id=[UUID]]
    terraform_data.secret: Refreshing state... [id=[UUID]]
    "#);
}

#[test]
fn an_apply_tells_what_it_does() {
    let world = changed();
    // One at a time, so that the lines have one order.
    let output = world.succeed(&["apply", "-auto-approve", "-parallelism=1"]);
    let after_the_plan = output.stdout.lines().skip_while(|line| !line.starts_with("Apply complete!"));
    let stdout = after_the_plan.map(|line| format!("{line}\n")).collect();
    assert_snapshot!(world.filtered(&Output { stdout, ..output }), @r#"
    exit code: 0
    --- stdout ---
    Apply complete! Resources: 1 added, 3 changed, 2 destroyed.

    Outputs:

    name = "two"
    secret = <sensitive>
    --- stderr ---
    terraform_data.changed: Refreshing state... [id=[UUID]]
    terraform_data.follows: Refreshing state... [id=[UUID]]
    terraform_data.removed: Refreshing state... [id=[UUID]]
    terraform_data.replaced: Refreshing state... [id=[UUID]]
    terraform_data.same: Refreshing state... [id=[UUID]]
    terraform_data.secret: Refreshing state... [id=[UUID]]
    terraform_data.changed: Modifying... [id=[UUID]]
    terraform_data.changed: Modifications complete after [ELAPSED] [id=[UUID]]
    terraform_data.replaced: Destroying... [id=[UUID]]
    terraform_data.replaced: Destruction complete after [ELAPSED]
    terraform_data.follows: Modifying... [id=[UUID]]
    terraform_data.follows: Modifications complete after [ELAPSED] [id=[UUID]]
    terraform_data.removed: Destroying... [id=[UUID]]
    terraform_data.removed: Destruction complete after [ELAPSED]
    terraform_data.replaced: Creating...
    terraform_data.replaced: Creation complete after [ELAPSED] [id=[UUID]]
    terraform_data.secret: Modifying... [id=[UUID]]
    terraform_data.secret: Modifications complete after [ELAPSED] [id=[UUID]]
    "#);
}

#[test]
fn everything_destroyed() {
    let world = World::new(BEFORE);
    let _ = world.apply();
    assert_snapshot!(world.shows(&["plan", "-destroy"]), @r#"
    exit code: 0
    --- stdout ---
    infra made the following execution plan. Resource actions are indicated with
    the following symbols:
      - destroy

    infra will perform the following actions:

      # terraform_data.changed will be destroyed
      - resource "terraform_data" "changed" {
          - id     = "[UUID]" -> null
          - input  = {
              - name = "one"
              - tags = [
                  - "a",
                  - "b",
                  - "c",
                ]
              - text = jsonencode(
                    {
                      - key   = 1
                      - other = [
                          - 1,
                          - 2,
                        ]
                    }
                )
            } -> null
          - output = {
              - name = "one"
              - tags = [
                  - "a",
                  - "b",
                  - "c",
                ]
              - text = jsonencode(
                    {
                      - key   = 1
                      - other = [
                          - 1,
                          - 2,
                        ]
                    }
                )
            } -> null
        }

      # terraform_data.follows will be destroyed
      - resource "terraform_data" "follows" {
          - id     = "[UUID]" -> null
          - input  = {
              - name = "one"
              - tags = [
                  - "a",
                  - "b",
                  - "c",
                ]
              - text = jsonencode(
                    {
                      - key   = 1
                      - other = [
                          - 1,
                          - 2,
                        ]
                    }
                )
            } -> null
          - output = {
              - name = "one"
              - tags = [
                  - "a",
                  - "b",
                  - "c",
                ]
              - text = jsonencode(
                    {
                      - key   = 1
                      - other = [
                          - 1,
                          - 2,
                        ]
                    }
                )
            } -> null
        }

      # terraform_data.removed will be destroyed
      - resource "terraform_data" "removed" {
          - id     = "[UUID]" -> null
          - input  = "gone soon" -> null
          - output = "gone soon" -> null
        }

      # terraform_data.replaced will be destroyed
      - resource "terraform_data" "replaced" {
          - id               = "[UUID]" -> null
          - triggers_replace = [
              - "one",
            ] -> null
        }

      # terraform_data.same will be destroyed
      - resource "terraform_data" "same" {
          - id     = "[UUID]" -> null
          - input  = "same" -> null
          - output = "same" -> null
        }

      # terraform_data.secret will be destroyed
      - resource "terraform_data" "secret" {
          - id     = "[UUID]" -> null
          - input  = {
              - password = (sensitive value)
              - user     = "admin"
            } -> null
          - output = {
              - password = (sensitive value)
              - user     = "admin"
            } -> null
        }

    Plan: 0 to add, 0 to change, 6 to destroy.

    Changes to Outputs:
      - name   = "one" -> null
      - secret = (sensitive value) -> null
    --- stderr ---
    terraform_data.changed: Refreshing state... [id=[UUID]]
    terraform_data.follows: Refreshing state... [id=[UUID]]
    terraform_data.removed: Refreshing state... [id=[UUID]]
    terraform_data.replaced: Refreshing state... [id=[UUID]]
    terraform_data.same: Refreshing state... [id=[UUID]]
    terraform_data.secret: Refreshing state... [id=[UUID]]
    "#);
}

#[test]
fn nothing_to_do() {
    let world = World::new(BEFORE);
    let _ = world.apply();
    assert_snapshot!(world.shows(&["plan"]), @"
    exit code: 0
    --- stdout ---
    No changes. Your infrastructure matches the configuration.

    infra has compared your real infrastructure against your configuration and
    found no differences, so no changes are needed.
    --- stderr ---
    terraform_data.changed: Refreshing state... [id=[UUID]]
    terraform_data.follows: Refreshing state... [id=[UUID]]
    terraform_data.removed: Refreshing state... [id=[UUID]]
    terraform_data.replaced: Refreshing state... [id=[UUID]]
    terraform_data.same: Refreshing state... [id=[UUID]]
    terraform_data.secret: Refreshing state... [id=[UUID]]
    ");
}

#[test]
fn objects_and_outputs_are_described_as_terraform_does() {
    let oracle = skip_without_oracle!("objects_and_outputs_are_described_as_terraform_does");
    for (world, flags) in [(World::new(BEFORE), &[][..]), (changed(), &[]), (changed(), &["-destroy"])] {
        let plan: Vec<&str> = ["plan", "-no-color"].into_iter().chain(flags.iter().copied()).collect();
        let theirs = oracle.run(&world.path(), &plan, None).unwrap().assert_exit_code(0);
        assert_same_text(&theirs, &world.succeed(&plan));
    }
}

#[test]
fn a_saved_plan_is_shown_as_it_was_made() {
    let world = changed();
    let made = world.succeed(&["plan", "-out=saved.plan"]);
    assert_eq!(world.succeed(&["show", "saved.plan"]).stdout, made.stdout);
    assert!(made.stderr.contains("infra apply \"saved.plan\""), "{made}");
}
