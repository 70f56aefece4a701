use infra_engine::plan::{Drift, Options, OutputChange};
use infra_state::State;
use infra_values::{DeferralCause, Marks, Value};

use super::super::test_support::{self, Made, PLAIN, data, state};
use super::*;

fn drawn(made: &Made) -> String {
    draw(&made.plan, &made.providers, PLAIN)
}

/// One file, planned against a state.
fn plan(main: &str, state: infra_state::State) -> Made {
    test_support::plan(main, &[], state, Options::default())
}

#[test]
fn everything_is_new() {
    let made = plan(
        r#"
        variable "secret" {
          default   = "hunter2"
          sensitive = true
        }
        resource "terraform_data" "a" {
          input = {
            name      = "x"
            "odd key" = [true, null, "a\nb"]
            secret    = var.secret
            text      = "line 1\nline 2\n"
            json      = jsonencode({ a = [1, {}] })
          }
          triggers_replace = [terraform_data.b[0].output]
        }
        resource "terraform_data" "b" {
          count = 2
          input = count.index
        }
        output "a" { value = terraform_data.a.output }
        output "longer_name" { value = "text" }
        output "secret" {
          value     = var.secret
          sensitive = true
        }
        "#,
        State::default(),
    );
    let text = drawn(&made);
    assert!(!text.contains("hunter2"));
    insta::assert_snapshot!(text, @r#"
    infra made the following execution plan. Resource actions are indicated with
    the following symbols:
      + create

    infra will perform the following actions:

      # terraform_data.a will be created
      + resource "terraform_data" "a" {
          + id               = (known after apply)
          + input            = {
              + json      = jsonencode(
                    {
                      + a = [
                          + 1,
                          + {},
                        ]
                    }
                )
              + name      = "x"
              + "odd key" = [
                  + true,
                  + null,
                  + <<-EOT
                        a
                        b
                    EOT,
                ]
              + secret    = (sensitive value)
              + text      = <<-EOT
                    line 1
                    line 2
                EOT
            }
          + output           = (known after apply)
          + triggers_replace = [
              + (known after apply),
            ]
        }

      # terraform_data.b[0] will be created
      + resource "terraform_data" "b" {
          + id     = (known after apply)
          + input  = 0
          + output = (known after apply)
        }

      # terraform_data.b[1] will be created
      + resource "terraform_data" "b" {
          + id     = (known after apply)
          + input  = 1
          + output = (known after apply)
        }

    Plan: 3 to add, 0 to change, 0 to destroy.

    Changes to Outputs:
      + a           = (known after apply)
      + longer_name = "text"
      + secret      = (sensitive value)
    "#);
    assert_eq!(without_colours(&draw(&made.plan, &made.providers, Style { is_coloured: true, ..PLAIN })), text);
}

/// The text without ANSI escape sequences.
fn without_colours(text: &str) -> String {
    anstream::adapter::strip_str(text).to_string()
}

/// What the state holds before the changes below.
fn before() -> infra_state::State {
    let resources = [
        data(
            "gone",
            r#"{"schema_version":0,"attributes":{"id":"1","input":{"type":"string","value":"x"},"output":{"type":"string","value":"x"},"triggers_replace":null}}"#,
        ),
        data(
            "count",
            r#"{"index_key":0,"schema_version":0,"attributes":{"id":"2","input":null,"output":null,"triggers_replace":null}},{"index_key":1,"schema_version":0,"attributes":{"id":"3","input":null,"output":null,"triggers_replace":null}}"#,
        ),
        data(
            "tainted",
            r#"{"status":"tainted","schema_version":0,"attributes":{"id":"4","input":null,"output":null,"triggers_replace":null}}"#,
        ),
        data(
            "replaced",
            r#"{"schema_version":0,"attributes":{"id":"5","input":null,"output":null,"triggers_replace":{"type":"string","value":"old"}}}"#,
        ),
        data(
            "made_first",
            r#"{"schema_version":0,"attributes":{"id":"6","input":null,"output":null,"triggers_replace":{"type":"number","value":1}}}"#,
        ),
        data(
            "same",
            r#"{"schema_version":0,"attributes":{"id":"7","input":null,"output":null,"triggers_replace":null}},{"deposed":"0a1b2c3d","schema_version":0,"attributes":{"id":"8","input":null,"output":null,"triggers_replace":null}}"#,
        ),
        data(
            "changed",
            r#"{"schema_version":0,"attributes":{"id":"9","input":{"type":["object",{"list":["list","string"],"text":"string","json":"string","kind":"string"}],"value":{"list":["a","b","c","d"],"text":"1\n2\n3\n4\n5\n6\n7\n8\n9\n10\n11\n12","json":"{\"a\":[1,2],\"b\":null}","kind":"text"}},"output":{"type":"string","value":"old"},"triggers_replace":null}}"#,
        ),
    ];
    state(&resources.join(","), r#"{"gone":{"value":1,"type":"number"},"same":{"value":"x","type":"string"}}"#)
}

#[test]
fn everything_changes() {
    let made = plan(
        r#"
        resource "terraform_data" "count" { count = 1 }
        resource "terraform_data" "tainted" {}
        resource "terraform_data" "replaced" { triggers_replace = "new" }
        resource "terraform_data" "made_first" {
          triggers_replace = 2
          lifecycle { create_before_destroy = true }
        }
        resource "terraform_data" "same" {}
        resource "terraform_data" "changed" {
          input = {
            list = tolist(["a", "b", "x", "y", "d"])
            text = "1\n2\n3\n4\n5\n6\n7\n8\n9\nten\n11\n12"
            json = jsonencode({ a = [1, 2, 3], b = null })
            kind = ["list"]
          }
        }
        output "same" { value = "x" }
        "#,
        before(),
    );
    insta::assert_snapshot!(drawn(&made), @r#"
    infra made the following execution plan. Resource actions are indicated with
    the following symbols:
      ~ update in-place
      - destroy
    -/+ destroy and then create replacement
    +/- create replacement and then destroy

    infra will perform the following actions:

      # terraform_data.changed will be updated in-place
      ~ resource "terraform_data" "changed" {
            id     = "9"
          ~ input  = {
              ~ json = jsonencode(
                  ~ {
                      ~ a = [
                            # (1 unchanged element hidden)
                            2,
                          + 3,
                        ]
                        # (1 unchanged attribute hidden)
                    }
                )
              ~ kind = "text" -> [
                  + "list",
                ]
              ~ list = [
                    # (1 unchanged element hidden)
                    "b",
                  - "c",
                  + "x",
                  + "y",
                    "d",
                ]
              ~ text = <<-EOT
                    # (6 unchanged lines hidden)
                    7
                    8
                    9
                  - 10
                  + ten
                    11
                    12
                EOT
            }
          ~ output = "old" -> (known after apply)
        }

      # terraform_data.count[1] will be destroyed
      # (because index [1] is out of range for count: main.tf:2)
      - resource "terraform_data" "count" {
          - id = "3" -> null
        }

      # terraform_data.gone will be destroyed
      # (because terraform_data.gone is not in configuration)
      - resource "terraform_data" "gone" {
          - id     = "1" -> null
          - input  = "x" -> null
          - output = "x" -> null
        }

      # terraform_data.made_first must be replaced
      # (main.tf:6 forces it)
    +/- resource "terraform_data" "made_first" {
          ~ id               = "6" -> (known after apply)
          ~ triggers_replace = 1 -> 2 # forces replacement
        }

      # terraform_data.replaced must be replaced
      # (main.tf:4 forces it)
    -/+ resource "terraform_data" "replaced" {
          ~ id               = "5" -> (known after apply)
          ~ triggers_replace = "old" -> "new" # forces replacement
        }

      # terraform_data.same (deposed object 0a1b2c3d) will be destroyed
      # (left over from a partially-failed replacement of this instance)
      - resource "terraform_data" "same" {
          - id = "8" -> null
        }

      # terraform_data.tainted is tainted, so must be replaced
    -/+ resource "terraform_data" "tainted" {
          ~ id = "4" -> (known after apply)
        }

    Plan: 3 to add, 1 to change, 6 to destroy.

    Changes to Outputs:
      - gone = 1 -> null
    "#);
}

#[test]
fn nothing_changes() {
    let same = data(
        "same",
        r#"{"schema_version":0,"attributes":{"id":"7","input":null,"output":null,"triggers_replace":null}}"#,
    );
    let main = r#"resource "terraform_data" "same" {}"#;
    let modes = [Mode::Normal, Mode::RefreshOnly].map(|mode| {
        let options = Options { mode, ..Options::default() };
        drawn(&test_support::plan(main, &[], state(&same, "{}"), options))
    });
    let destroyed = Options { mode: Mode::Destroy, ..Options::default() };
    let destroyed = drawn(&test_support::plan(main, &[], State::default(), destroyed));
    insta::assert_snapshot!([modes.join("\n"), destroyed].join("\n"), @"
    No changes. Your infrastructure matches the configuration.

    infra has compared your real infrastructure against your configuration and
    found no differences, so no changes are needed.

    No changes. Your infrastructure still matches the configuration.

    infra has checked that the real remote objects still match the result of your
    most recent changes, and found no differences.

    No changes. No objects need to be destroyed.

    Either you have not created any objects yet or the existing objects were
    already deleted outside of infra.
    ");
}

#[test]
fn only_outputs_change() {
    let outputs = r#"{"list":{"value":["a"],"type":["list","string"]},"secret":{"value":"s","type":"string"}}"#;
    let main = r#"
        output "list" { value = tolist(["a", "b"]) }
        output "secret" {
          value     = "s"
          sensitive = true
        }
    "#;
    insta::assert_snapshot!(drawn(&plan(main, state("", outputs))), @r#"
    Changes to Outputs:
      ~ list   = [
            "a",
          + "b",
        ]

    You can apply this plan to save these new output values to the state, without
    changing any real infrastructure.
    "#);
}

#[test]
fn what_changed_outside_is_told_where_it_matters() {
    let mut made = plan(
        r#"
        resource "terraform_data" "changed" { input = "new" }
        resource "terraform_data" "user" { input = terraform_data.used.id }
        resource "terraform_data" "used" {}
        resource "terraform_data" "lost" {}
        "#,
        state("", "{}"),
    );
    let object = |input: &str| {
        Value::object_from([
            ("id", Value::string("1")),
            ("input", Value::string(input)),
            ("output", Value::string("same")),
            ("triggers_replace", Value::null(infra_values::Type::Any)),
        ])
    };
    let drift = |name: &str, before: Value, after: Value| Drift {
        previous_address: None,
        address: format!("terraform_data.{name}").parse().unwrap(),
        deposed: None,
        provider: made.plan.changes[0].provider.clone(),
        before,
        after,
    };
    made.plan.drift = vec![
        drift("changed", object("a"), object("b")),
        drift("lost", object("a"), Value::null(infra_values::Type::Any)),
        drift("nobody_cares", object("a"), object("b")),
        drift("used", object("a"), object("b")),
    ];
    let text = drawn(&made);
    let note = text.split("─").next().unwrap();
    insta::assert_snapshot!(note, @r#"
    Note: Objects have changed outside of infra

    infra detected the following changes made outside of infra since the last
    "infra apply" which may have affected this plan:

      # terraform_data.changed has changed
      ~ resource "terraform_data" "changed" {
            id     = "1"
          ~ input  = "a" -> "b"
            # (1 unchanged attribute hidden)
        }

      # terraform_data.lost has been deleted
      - resource "terraform_data" "lost" {
          - id = "1" -> null
        }

      # terraform_data.used has changed
      ~ resource "terraform_data" "used" {
            id     = "1"
          ~ input  = "a" -> "b"
            # (1 unchanged attribute hidden)
        }

    Unless you have made equivalent changes to your configuration, or ignored the
    relevant attributes using ignore_changes, the following plan may include
    actions to undo or respond to these changes.
    "#);
    made.plan.mode = Mode::RefreshOnly;
    made.plan.changes.clear();
    let text = drawn(&made);
    assert!(text.contains("nobody_cares has changed"), "{text}");
    assert!(text.ends_with("without changing any remote objects.\n"), "{text}");
}

#[test]
fn what_waits_says_for_what() {
    let mut made = plan(r#"resource "terraform_data" "a" {}"#, State::default());
    let change = made.plan.changes.remove(0);
    let cause = DeferralCause { address: "gate.images".into(), reason: "image story:latest is not there yet".into() };
    made.plan.deferred.push(DeferredChange { change, causes: vec![cause] });
    insta::assert_snapshot!(drawn(&made), @r#"
    Waiting for something outside, and for what comes before it:

      # terraform_data.a waits
      # (waits for gate.images: image story:latest is not there yet)
      + resource "terraform_data" "a" {
          + id = (known after apply)
        }

    Plan: 0 to add, 0 to change, 0 to destroy, 1 waiting.
    "#);
}

#[test]
fn a_secret_output_stays_secret_when_it_changes() {
    let mut made = plan("", State::default());
    let value = |text: &str| Some(Value::string(text).with_marks(&Marks::sensitive()));
    let change = OutputChange { before: value("hunter1"), after: value("hunter2"), sensitive: true };
    made.plan.outputs.insert("password".into(), change);
    let text = drawn(&made);
    assert!(text.contains("  ~ password = (sensitive value)\n"), "{text}");
    assert!(!text.contains("hunter"), "{text}");
}
