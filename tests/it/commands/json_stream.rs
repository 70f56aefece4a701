//! `-json` of plan, apply, destroy and refresh: one object a line, in Terraform's form.

use infra_test_support::skip_without_oracle;
use insta::assert_snapshot;
use serde_json::Value;

use crate::world::{World, json};

const MAIN: &str = r#"
variable "secret" {
  default   = "hush-hush"
  sensitive = true
}

resource "terraform_data" "a" {
  input = "v1"
}

resource "terraform_data" "b" {
  count            = 1
  triggers_replace = terraform_data.a.output

  provisioner "local-exec" {
    command = "echo hello"
  }
}

resource "terraform_data" "old" {
}

data "terraform_remote_state" "r" {
  backend = "local"
  config  = { path = "r.tfstate" }
}

output "a" {
  value = terraform_data.a.id
}

output "secret" {
  value     = var.secret
  sensitive = true
}

check "c" {
  assert {
    condition     = var.secret == "other"
    error_message = "Another one."
  }
}
"#;

const REMOTE: &str = r#"{"version":4,"serial":1,"lineage":"r","outputs":{},"resources":[]}"#;

fn world() -> World {
    let world = World::new(MAIN).with_long_lines();
    world.write("r.tfstate", REMOTE);
    world
}

/// The second version of the files: something changes, something is renamed, something is gone.
fn edit(world: &World) {
    world.edit("main.tf", "\"v1\"", "\"v2\"");
    world.edit("main.tf", "\"terraform_data\" \"old\"", "\"terraform_data\" \"new\"");
    world.write("moved.tf", "moved {\n  from = terraform_data.old\n  to   = terraform_data.new\n}\n");
}

/// The lines, each without its time, and without what is never the same twice.
fn lines(world: &World, stdout: &str) -> Vec<String> {
    let mut lines = Vec::new();
    for line in stdout.lines() {
        let mut entries = json(line);
        let time = entries["@timestamp"].take();
        assert!(time.as_str().is_some_and(|time| time.parse::<jiff::Timestamp>().is_ok()), "{line}");
        // The words of a diagnostic are ours.
        if let Some(found) = entries.get("diagnostic") {
            entries = serde_json::json!({ "type": "diagnostic", "summary": found["summary"], "range": found["range"] });
        }
        lines.push(world.filtered_text(&entries.to_string()));
    }
    lines
}

fn kinds(stdout: &str) -> Vec<String> {
    let kind = |line: &str| json(line)["type"].as_str().unwrap_or_default().to_owned();
    stdout.lines().map(kind).collect()
}

#[test]
fn everything_is_said_as_json() {
    let world = world();
    let planned = world.succeed(&["plan", "-json", "-parallelism=1", "-out=saved.plan"]);
    assert_eq!(planned.stderr, "");
    assert_snapshot!(lines(&world, &planned.stdout).join("\n"), @r#"
    {"@level":"info","@message":"Terraform 1.11.4","@module":"terraform.ui","@timestamp":null,"terraform":"1.11.4","type":"version","ui":"1.2"}
    {"@level":"info","@message":"data.terraform_remote_state.r: Refreshing...","@module":"terraform.ui","@timestamp":null,"hook":{"resource":{"addr":"data.terraform_remote_state.r","module":"","resource":"data.terraform_remote_state.r","implied_provider":"terraform","resource_type":"terraform_remote_state","resource_name":"r","resource_key":null},"action":"read"},"type":"apply_start"}
    {"@level":"info","@message":"data.terraform_remote_state.r: Refresh complete after [ELAPSED]","@module":"terraform.ui","@timestamp":null,"hook":{"resource":{"addr":"data.terraform_remote_state.r","module":"","resource":"data.terraform_remote_state.r","implied_provider":"terraform","resource_type":"terraform_remote_state","resource_name":"r","resource_key":null},"action":"read","elapsed_seconds":0},"type":"apply_complete"}
    {"@level":"info","@message":"terraform_data.a: Plan to create","@module":"terraform.ui","@timestamp":null,"change":{"resource":{"addr":"terraform_data.a","module":"","resource":"terraform_data.a","implied_provider":"terraform","resource_type":"terraform_data","resource_name":"a","resource_key":null},"action":"create"},"type":"planned_change"}
    {"@level":"info","@message":"terraform_data.b[0]: Plan to create","@module":"terraform.ui","@timestamp":null,"change":{"resource":{"addr":"terraform_data.b[0]","module":"","resource":"terraform_data.b[0]","implied_provider":"terraform","resource_type":"terraform_data","resource_name":"b","resource_key":0},"action":"create"},"type":"planned_change"}
    {"@level":"info","@message":"terraform_data.old: Plan to create","@module":"terraform.ui","@timestamp":null,"change":{"resource":{"addr":"terraform_data.old","module":"","resource":"terraform_data.old","implied_provider":"terraform","resource_type":"terraform_data","resource_name":"old","resource_key":null},"action":"create"},"type":"planned_change"}
    {"@level":"info","@message":"Plan: 3 to add, 0 to change, 0 to destroy.","@module":"terraform.ui","@timestamp":null,"changes":{"add":3,"change":0,"import":0,"remove":0,"operation":"plan"},"type":"change_summary"}
    {"@level":"info","@message":"Outputs: 2","@module":"terraform.ui","@timestamp":null,"outputs":{"a":{"sensitive":false,"action":"create"},"secret":{"sensitive":true,"action":"create"}},"type":"outputs"}
    {"type":"diagnostic","summary":"Check block assertion failed","range":{"filename":"main.tf","start":{"line":39,"column":21,"byte":568},"end":{"line":39,"column":42,"byte":589}}}
    "#);
    let applied = world.succeed(&["apply", "-json", "-parallelism=1", "saved.plan"]);
    assert_eq!(applied.stderr, "");
    assert!(!applied.stdout.contains("hush-hush"));
    assert_snapshot!(kinds(&applied.stdout).join(" "), @"version planned_change planned_change planned_change apply_start apply_complete apply_start provision_start provision_progress provision_progress provision_complete apply_complete apply_start apply_complete diagnostic change_summary outputs");
    let refreshed = world.succeed(&["refresh", "-json", "-parallelism=1"]);
    assert_snapshot!(kinds(&refreshed.stdout).join(" "), @"version refresh_start refresh_complete refresh_start refresh_complete refresh_start refresh_complete apply_start apply_complete diagnostic outputs");
    let destroyed = world.succeed(&["destroy", "-json", "-auto-approve", "-parallelism=1"]);
    assert_snapshot!(lines(&world, destroyed.stdout.trim_end().rsplit('\n').next().unwrap()).join("\n"), @r#"{"@level":"info","@message":"Destroy complete! Resources: 3 destroyed.","@module":"terraform.ui","@timestamp":null,"changes":{"add":0,"change":0,"import":0,"remove":3,"operation":"destroy"},"type":"change_summary"}"#);
}

#[test]
fn mistakes_are_lines_too() {
    let world = world();
    let unapproved = world.run(&["apply", "-json"]).assert_exit_code(1);
    assert_snapshot!(lines(&world, &unapproved.stdout).join("\n"), @r#"
    {"@level":"info","@message":"Terraform 1.11.4","@module":"terraform.ui","@timestamp":null,"terraform":"1.11.4","type":"version","ui":"1.2"}
    {"type":"diagnostic","summary":"Plan file or auto-approve required","range":null}
    "#);
    world.write("broken.tf", "resource \"terraform_data\" {\n}\n");
    let broken = world.run(&["plan", "-json"]).assert_exit_code(1);
    assert_eq!(broken.stderr, "");
    assert_snapshot!(lines(&world, &broken.stdout).join("\n"), @r#"
    {"@level":"info","@message":"Terraform 1.11.4","@module":"terraform.ui","@timestamp":null,"terraform":"1.11.4","type":"version","ui":"1.2"}
    {"type":"diagnostic","summary":"Missing name for resource","range":{"filename":"broken.tf","start":{"line":1,"column":27,"byte":26},"end":{"line":1,"column":28,"byte":27}}}
    "#);
    world.write(
        "broken.tf",
        "resource \"terraform_data\" \"f\" {\n  provisioner \"local-exec\" {\n    command = \"exit 3\"\n  }\n}\n",
    );
    let failed = world.run(&["apply", "-json", "-auto-approve", "-parallelism=1"]).assert_exit_code(1);
    assert!(kinds(&failed.stdout).contains(&"provision_errored".to_owned()), "{failed}");
    let errored = failed.stdout.lines().map(json).find(|line| line["type"] == "apply_errored").unwrap();
    assert_eq!(errored["@message"], "terraform_data.f: Creation errored after 0s");
    assert_eq!(errored["hook"]["action"], "create");
}

/// Every line of both, whatever their order: what runs at once is told as it happens.
#[test]
fn terraform_says_the_same() {
    let oracle = skip_without_oracle!("json_stream::terraform_says_the_same");
    let (ours, theirs) = (world(), world());
    let compare = |arguments: &[&str]| {
        let our_output = ours.run(arguments);
        let their_output = oracle.run(&theirs.path(), arguments, None).unwrap();
        assert_eq!(our_output.exit_code, their_output.exit_code, "{arguments:?}");
        let sorted = |world: &World, stdout: &str| {
            let mut lines: Vec<Value> = lines(world, stdout).iter().map(|line| json(line)).collect();
            lines.sort_by_key(Value::to_string);
            lines
        };
        assert_eq!(sorted(&ours, &our_output.stdout), sorted(&theirs, &their_output.stdout), "{arguments:?}");
    };
    compare(&["plan", "-json"]);
    compare(&["apply", "-json", "-auto-approve"]);
    compare(&["plan", "-json", "-detailed-exitcode"]);
    edit(&ours);
    edit(&theirs);
    compare(&["plan", "-json", "-out=saved.plan", "-detailed-exitcode"]);
    compare(&["apply", "-json", "saved.plan"]);
    compare(&["plan", "-json", "-replace=terraform_data.a"]);
    compare(&["refresh", "-json"]);
    compare(&["apply", "-json", "-refresh-only", "-auto-approve"]);
    compare(&["apply", "-json"]);
}
