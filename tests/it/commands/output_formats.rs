//! What output, show, validate and version print, as text, as JSON and raw.

use infra_test_support::skip_without_oracle;
use insta::assert_snapshot;
use serde_json::Value;

use crate::world::{World, json};

const OUTPUTS: &str = r#"output "name" {
  value = "Grüße"
}

output "count" {
  value = 3.25
}

output "enabled" {
  value = true
}

output "zones" {
  value = toset(["b", "a"])
}

output "pairs" {
  value = { b = [1, "two"], a = null }
}

output "secret" {
  value     = "correct-horse"
  sensitive = true
}
"#;

#[test]
fn outputs_as_text() {
    let world = World::new(OUTPUTS);
    assert_snapshot!(world.shows(&["output"]), @"
    exit code: 0
    --- stdout ---
    --- stderr ---
    warning: No outputs found

      The state file either has no outputs defined, or all the defined outputs are empty. Define an output in the configuration and run apply for it to become available.
    ");
    let _ = world.apply();
    assert_snapshot!(world.shows(&["output"]), @r#"
    exit code: 0
    --- stdout ---
    count = 3.25
    enabled = true
    name = "Grüße"
    pairs = {
      "a" = null
      "b" = [
        1,
        "two",
      ]
    }
    secret = <sensitive>
    zones = toset([
      "a",
      "b",
    ])
    --- stderr ---
    "#);
    assert_snapshot!(world.shows(&["output", "pairs"]), @r#"
    exit code: 0
    --- stdout ---
    {
      "a" = null
      "b" = [
        1,
        "two",
      ]
    }
    --- stderr ---
    "#);
    assert_snapshot!(world.shows(&["output", "name"]), @r#"
    exit code: 0
    --- stdout ---
    "Grüße"
    --- stderr ---
    "#);
}

#[test]
fn outputs_for_scripts() {
    let world = World::new(OUTPUTS);
    let _ = world.apply();
    for (name, raw, in_json) in [
        ("name", "Grüße", "\"Grüße\""),
        ("count", "3.25", "3.25"),
        ("enabled", "true", "true"),
        ("secret", "correct-horse", "\"correct-horse\""),
    ] {
        assert_eq!(world.succeed(&["output", "-raw", name]).stdout, raw);
        assert_eq!(world.succeed(&["output", "-json", name]).stdout.trim_end(), in_json);
    }
    assert_snapshot!(world.shows_json(&["output", "-json"]), @r#"
    exit code: 0
    --- stdout ---
    {
      "count": {
        "sensitive": false,
        "type": "number",
        "value": 3.25
      },
      "enabled": {
        "sensitive": false,
        "type": "bool",
        "value": true
      },
      "name": {
        "sensitive": false,
        "type": "string",
        "value": "Grüße"
      },
      "pairs": {
        "sensitive": false,
        "type": [
          "object",
          {
            "a": "dynamic",
            "b": [
              "tuple",
              [
                "number",
                "string"
              ]
            ]
          }
        ],
        "value": {
          "a": null,
          "b": [
            1,
            "two"
          ]
        }
      },
      "secret": {
        "sensitive": true,
        "type": "string",
        "value": "correct-horse"
      },
      "zones": {
        "sensitive": false,
        "type": [
          "set",
          "string"
        ],
        "value": [
          "a",
          "b"
        ]
      }
    }
    --- stderr ---
    "#);
}

#[test]
fn outputs_are_byte_for_byte_what_terraform_prints() {
    let oracle = skip_without_oracle!("outputs_are_byte_for_byte_what_terraform_prints");
    let world = World::new(OUTPUTS);
    let _ = world.apply();
    for arguments in [
        &["output", "-json"][..],
        &["output", "-json", "pairs"],
        &["output", "-raw", "name"],
        &["output", "-no-color"],
        &["output", "-no-color", "pairs"],
        &["output", "-no-color", "zones"],
    ] {
        let theirs = oracle.run(&world.path(), arguments, None).unwrap().assert_exit_code(0);
        assert_eq!(world.succeed(arguments).stdout, theirs.stdout, "{arguments:?}");
    }
}

#[test]
fn a_state_as_json() {
    let world = World::new(&format!(
        "resource \"terraform_data\" \"a\" {{\n  count = 1\n  input = {{ name = \"x\" }}\n}}\n\n{OUTPUTS}"
    ));
    assert_snapshot!(world.shows_json(&["show", "-json"]), @r#"
    exit code: 0
    --- stdout ---
    {
      "format_version": "1.0"
    }
    --- stderr ---
    "#);
    let _ = world.apply();
    assert_snapshot!(world.shows_json(&["show", "-json"]), @r#"
    exit code: 0
    --- stdout ---
    {
      "format_version": "1.0",
      "terraform_version": "1.11.4",
      "values": {
        "outputs": {
          "count": {
            "sensitive": false,
            "value": 3.25,
            "type": "number"
          },
          "enabled": {
            "sensitive": false,
            "value": true,
            "type": "bool"
          },
          "name": {
            "sensitive": false,
            "value": "Grüße",
            "type": "string"
          },
          "pairs": {
            "sensitive": false,
            "value": {
              "a": null,
              "b": [
                1,
                "two"
              ]
            },
            "type": [
              "object",
              {
                "a": "dynamic",
                "b": [
                  "tuple",
                  [
                    "number",
                    "string"
                  ]
                ]
              }
            ]
          },
          "secret": {
            "sensitive": true,
            "value": "correct-horse",
            "type": "string"
          },
          "zones": {
            "sensitive": false,
            "value": [
              "a",
              "b"
            ],
            "type": [
              "set",
              "string"
            ]
          }
        },
        "root_module": {
          "resources": [
            {
              "address": "terraform_data.a[0]",
              "mode": "managed",
              "type": "terraform_data",
              "name": "a",
              "index": 0,
              "provider_name": "terraform.io/builtin/terraform",
              "schema_version": 0,
              "values": {
                "id": "[UUID]",
                "input": {
                  "name": "x"
                },
                "output": {
                  "name": "x"
                },
                "triggers_replace": null
              },
              "sensitive_values": {
                "input": {},
                "output": {}
              }
            }
          ]
        }
      }
    }
    --- stderr ---
    "#);
    assert_eq!(world.succeed(&["show", "-json"]).stdout, world.succeed(&["show", "-json", "terraform.tfstate"]).stdout);
}

#[test]
fn a_state_as_text() {
    let world = World::new(
        "resource \"terraform_data\" \"a\" {\n  input = { name = \"x\", list = [1, 2] }\n}\n\noutput \"a\" {\n  value = terraform_data.a.output\n}\n",
    );
    assert_snapshot!(world.shows(&["show"]), @"
    exit code: 0
    --- stdout ---
    No state.
    --- stderr ---
    ");
    let _ = world.apply();
    assert_snapshot!(world.shows(&["show"]), @r#"
    exit code: 0
    --- stdout ---
    # terraform_data.a:
    resource "terraform_data" "a" {
        id     = "[UUID]"
        input  = {
            list = [
                1,
                2,
            ]
            name = "x"
        }
        output = {
            list = [
                1,
                2,
            ]
            name = "x"
        }
    }


    Outputs:

    a = {
        list = [
            1,
            2,
        ]
        name = "x"
    }
    --- stderr ---
    "#);
}

/// Members that say when or by whom something was made.
const VOLATILE: &[&str] = &["timestamp", "id"];

fn without_volatile(mut value: Value) -> Value {
    match &mut value {
        Value::Object(members) => {
            for (name, member) in members.iter_mut() {
                *member = if VOLATILE.contains(&name.as_str()) { Value::Null } else { without_volatile(member.take()) };
            }
            // They are a set, in an order that changes from run to run.
            if let Some(Value::Array(relevant)) = members.get_mut("relevant_attributes") {
                relevant.sort_by_key(Value::to_string);
            }
            members.sort_keys();
        }
        Value::Array(elements) => {
            for element in elements {
                *element = without_volatile(element.take());
            }
        }
        _ => {}
    }
    value
}

#[test]
fn states_and_plans_in_json_are_what_terraform_says() {
    let oracle = skip_without_oracle!("states_and_plans_in_json_are_what_terraform_says");
    let world = World::new(
        r#"variable "name" {
  default = "one"
}

variable "secret" {
  default   = "s"
  sensitive = true
}

resource "terraform_data" "a" {
  for_each         = { x = 1, y = 2 }
  input            = "${var.name}-${each.value}"
  triggers_replace = [each.key == "x" ? var.name : "same"]
}

resource "terraform_data" "b" {
  input      = { secret = var.secret, from = terraform_data.a["x"].output }
  depends_on = [terraform_data.a]
}

module "child" {
  source = "./child"
  name   = var.name
}

output "a" {
  value = terraform_data.a["y"].output
}

output "b" {
  value     = terraform_data.b.input
  sensitive = true
}

output "names" {
  value = module.child.names
}
"#,
    );
    world.write(
        "child/main.tf",
        "variable \"name\" {}\n\nresource \"terraform_data\" \"c\" {\n  count = 2\n  input = var.name\n}\n\noutput \"names\" {\n  value = terraform_data.c[*].output\n}\n",
    );
    let _ = oracle.run(&world.path(), &["init"], None).unwrap().assert_exit_code(0);
    for step in [&[][..], &["-var=name=two"], &["-destroy"]] {
        let theirs = {
            let plan: Vec<&str> = ["plan", "-out=theirs.plan"].into_iter().chain(step.iter().copied()).collect();
            let _ = oracle.run(&world.path(), &plan, None).unwrap().assert_exit_code(0);
            json(
                &oracle.run(&world.path(), &["show", "-json", "theirs.plan"], None).unwrap().assert_exit_code(0).stdout,
            )
        };
        let ours = world.plan_json(step);
        let differences =
            infra_test_support::goldens::compare(&without_volatile(theirs), &without_volatile(ours), &["infra*"]);
        assert!(differences.is_empty(), "{step:?}:\n{}", infra_test_support::goldens::describe(&differences));
        let _ = world.apply_planned();
        let theirs = json(&oracle.run(&world.path(), &["show", "-json"], None).unwrap().assert_exit_code(0).stdout);
        let ours = json(&world.succeed(&["show", "-json"]).stdout);
        let differences = infra_test_support::goldens::compare(&theirs, &ours, &[]);
        assert!(
            differences.is_empty(),
            "state after {step:?}:\n{}",
            infra_test_support::goldens::describe(&differences)
        );
    }
}

#[test]
fn validation_as_json() {
    let world = World::new("variable \"a\" {}\n");
    assert_snapshot!(world.shows_json(&["validate", "-json"]), @r#"
    exit code: 0
    --- stdout ---
    {
      "format_version": "1.0",
      "valid": true,
      "error_count": 0,
      "warning_count": 0,
      "diagnostics": []
    }
    --- stderr ---
    "#);
    world.write("main.tf", "output \"a\" {\n  value = var.b\n}\n");
    assert_snapshot!(world.shows_json(&["validate", "-json"]), @r#"
    exit code: 1
    --- stdout ---
    {
      "format_version": "1.0",
      "valid": false,
      "error_count": 1,
      "warning_count": 0,
      "diagnostics": [
        {
          "severity": "error",
          "summary": "Reference to undeclared input variable",
          "detail": "No input variable named \"b\" has been declared in the root module.\nDeclare it with: variable \"b\" {}",
          "range": {
            "filename": "main.tf",
            "start": {
              "line": 2,
              "column": 11,
              "byte": 23
            },
            "end": {
              "line": 2,
              "column": 16,
              "byte": 28
            }
          },
          "snippet": {
            "context": "output \"a\"",
            "code": "  value = var.b",
            "start_line": 2,
            "highlight_start_offset": 10,
            "highlight_end_offset": 15,
            "values": []
          }
        }
      ]
    }
    --- stderr ---
    "#);
}

#[test]
fn versions() {
    let world = World::new("").with_filter("platform", "(linux|darwin|macos)_(amd64|arm64)", "[PLATFORM]");
    let text = world.shows(&["version"]);
    assert_snapshot!(text, @"
    exit code: 0
    --- stdout ---
    infra v0.1.0
    on [PLATFORM]
    behaves as Terraform v1.11.4
    --- stderr ---
    ");
    assert_eq!(world.shows(&["-version"]), text);
    assert_eq!(json(&world.succeed(&["version", "-json"]).stdout)["terraform_version"], "1.11.4");
}

#[test]
fn help_names_every_command() {
    let world = World::new("");
    for arguments in [&["-help"][..], &["-h"], &["--help"], &[]] {
        let output = world.succeed(arguments);
        for command in ["plan", "apply", "destroy", "validate", "output", "show", "sandbox", "version"] {
            assert!(output.stdout.contains(&format!("  {command} ")), "{arguments:?}: {output}");
        }
    }
    let output = world.succeed(&["plan", "-help"]);
    assert!(output.stdout.contains("-detailed-exitcode"), "{output}");
}
