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
    insta::assert_snapshot!(text, @"");
    assert_eq!(without_colours(&draw(&made.plan, &made.providers, Style { is_coloured: true, ..PLAIN })), text);
}

/// The text without ANSI escape sequences.
fn without_colours(text: &str) -> String {
    anstream::adapter::strip_str(text).to_string()
}

/// What the state holds before the changes below.
fn before() -> infra_state::State {
    let resources = [
        data("gone", r#"{"schema_version":0,"attributes":{"id":"1","input":{"type":"string","value":"x"},"output":{"type":"string","value":"x"},"triggers_replace":null}}"#),
        data(
            "count",
            r#"{"index_key":0,"schema_version":0,"attributes":{"id":"2","input":null,"output":null,"triggers_replace":null}},{"index_key":1,"schema_version":0,"attributes":{"id":"3","input":null,"output":null,"triggers_replace":null}}"#,
        ),
        data("tainted", r#"{"status":"tainted","schema_version":0,"attributes":{"id":"4","input":null,"output":null,"triggers_replace":null}}"#),
        data("replaced", r#"{"schema_version":0,"attributes":{"id":"5","input":null,"output":null,"triggers_replace":{"type":"string","value":"old"}}}"#),
        data("made_first", r#"{"schema_version":0,"attributes":{"id":"6","input":null,"output":null,"triggers_replace":{"type":"number","value":1}}}"#),
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
    insta::assert_snapshot!(drawn(&made), @"");
}

#[test]
fn nothing_changes() {
    let same = data("same", r#"{"schema_version":0,"attributes":{"id":"7","input":null,"output":null,"triggers_replace":null}}"#);
    let main = r#"resource "terraform_data" "same" {}"#;
    let modes = [Mode::Normal, Mode::RefreshOnly].map(|mode| {
        let options = Options { mode, ..Options::default() };
        drawn(&test_support::plan(main, &[], state(&same, "{}"), options))
    });
    let destroyed = Options { mode: Mode::Destroy, ..Options::default() };
    let destroyed = drawn(&test_support::plan(main, &[], State::default(), destroyed));
    insta::assert_snapshot!([modes.join("\n"), destroyed].join("\n"), @"");
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
    insta::assert_snapshot!(drawn(&plan(main, state("", outputs))), @"");
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
    insta::assert_snapshot!(note, @"");
    made.plan.mode = Mode::RefreshOnly;
    made.plan.changes.clear();
    let text = drawn(&made);
    assert!(text.contains("nobody_cares has changed"), "{text}");
    assert!(text.ends_with("without changing any\nremote objects.\n"), "{text}");
}

#[test]
fn what_waits_says_for_what() {
    let mut made = plan(r#"resource "terraform_data" "a" {}"#, State::default());
    let change = made.plan.changes.remove(0);
    let cause = DeferralCause { address: "gate.images".into(), reason: "image story:latest is not there yet".into() };
    made.plan.deferred.push(DeferredChange { change, causes: vec![cause] });
    insta::assert_snapshot!(drawn(&made), @"");
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
