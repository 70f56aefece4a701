use infra_engine::plan::Options;
use serde_json::json;

use super::super::test_support::{self, data, state};
use super::*;

#[test]
fn a_plan_is_told_in_terraforms_form() {
    let inner = r#"
        variable "in" {}
        resource "terraform_data" "inner" { input = var.in }
        output "out" { value = terraform_data.inner.output }
    "#;
    let main = r#"
        variable "name" {
          default     = "x"
          description = "A name"
        }
        variable "secret" {
          default   = "hunter2"
          sensitive = true
        }
        locals { both = "${var.name}-${terraform_data.a[0].id}" }
        resource "terraform_data" "a" {
          count = 1
          input = { secret = var.secret, list = [var.name, terraform_data.b.id] }
          depends_on = [terraform_data.b]
        }
        resource "terraform_data" "b" { triggers_replace = upper("new") }
        module "m" {
          source   = "./m"
          for_each = { k = 1 }
          in       = local.both
        }
        output "o" { value = module.m["k"].out }
    "#;
    let b = data(
        "b",
        r#"{"schema_version":0,"attributes":{"id":"1","input":null,"output":null,"triggers_replace":{"type":"string","value":"old"}}}"#,
    );
    let made = test_support::plan(main, &[("m/main.tf", inner)], state(&b, "{}"), Options::default());
    let report = to_json(&made.plan, &made.config, &made.providers);
    let parts = [
        "variables",
        "planned_values",
        "resource_changes",
        "output_changes",
        "prior_state",
        "configuration",
        "relevant_attributes",
    ];
    for (name, part) in report.as_object().unwrap() {
        if !parts.contains(&name.as_str()) {
            let expected = match name.as_str() {
                "format_version" => json!("1.2"),
                "terraform_version" => json!("1.11.4"),
                "timestamp" => json!("2026-01-02T03:04:05Z"),
                "applyable" | "complete" => json!(true),
                "errored" => json!(false),
                _ => panic!("unexpected {name}"),
            };
            assert_eq!(*part, expected, "{name}");
        }
    }
    let shown: Map<String, Json> = parts.iter().map(|name| ((*name).to_owned(), report[*name].clone())).collect();
    insta::assert_snapshot!(serde_json::to_string_pretty(&shown).unwrap(), @r#"
    {
      "variables": {
        "name": {
          "value": "x"
        },
        "secret": {
          "value": "hunter2"
        }
      },
      "planned_values": {
        "outputs": {
          "o": {
            "sensitive": false
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
                "input": {
                  "list": [
                    "x",
                    null
                  ],
                  "secret": "hunter2"
                },
                "triggers_replace": null
              },
              "sensitive_values": {
                "input": {
                  "list": [
                    false,
                    false
                  ],
                  "secret": true
                },
                "output": {}
              }
            },
            {
              "address": "terraform_data.b",
              "mode": "managed",
              "type": "terraform_data",
              "name": "b",
              "provider_name": "terraform.io/builtin/terraform",
              "schema_version": 0,
              "values": {
                "input": null,
                "output": null,
                "triggers_replace": "NEW"
              },
              "sensitive_values": {}
            }
          ],
          "child_modules": [
            {
              "resources": [
                {
                  "address": "module.m[\"k\"].terraform_data.inner",
                  "mode": "managed",
                  "type": "terraform_data",
                  "name": "inner",
                  "provider_name": "terraform.io/builtin/terraform",
                  "schema_version": 0,
                  "values": {
                    "triggers_replace": null
                  },
                  "sensitive_values": {}
                }
              ],
              "address": "module.m[\"k\"]"
            }
          ]
        }
      },
      "resource_changes": [
        {
          "address": "terraform_data.a[0]",
          "mode": "managed",
          "type": "terraform_data",
          "name": "a",
          "index": 0,
          "provider_name": "terraform.io/builtin/terraform",
          "change": {
            "actions": [
              "create"
            ],
            "before": null,
            "after": {
              "input": {
                "list": [
                  "x",
                  null
                ],
                "secret": "hunter2"
              },
              "triggers_replace": null
            },
            "after_unknown": {
              "id": true,
              "input": {
                "list": [
                  false,
                  true
                ]
              },
              "output": true
            },
            "before_sensitive": false,
            "after_sensitive": {
              "input": {
                "list": [
                  false,
                  false
                ],
                "secret": true
              },
              "output": {}
            }
          }
        },
        {
          "address": "terraform_data.b",
          "mode": "managed",
          "type": "terraform_data",
          "name": "b",
          "provider_name": "terraform.io/builtin/terraform",
          "change": {
            "actions": [
              "delete",
              "create"
            ],
            "before": {
              "id": "1",
              "input": null,
              "output": null,
              "triggers_replace": "old"
            },
            "after": {
              "input": null,
              "output": null,
              "triggers_replace": "NEW"
            },
            "after_unknown": {
              "id": true
            },
            "before_sensitive": {},
            "after_sensitive": {},
            "replace_paths": [
              [
                "triggers_replace"
              ]
            ]
          },
          "action_reason": "replace_because_cannot_update"
        },
        {
          "address": "module.m[\"k\"].terraform_data.inner",
          "mode": "managed",
          "type": "terraform_data",
          "name": "inner",
          "module_address": "module.m[\"k\"]",
          "provider_name": "terraform.io/builtin/terraform",
          "change": {
            "actions": [
              "create"
            ],
            "before": null,
            "after": {
              "triggers_replace": null
            },
            "after_unknown": {
              "id": true,
              "input": true,
              "output": true
            },
            "before_sensitive": false,
            "after_sensitive": {}
          }
        }
      ],
      "output_changes": {
        "o": {
          "actions": [
            "create"
          ],
          "before": null,
          "after_unknown": true,
          "before_sensitive": false,
          "after_sensitive": false
        }
      },
      "prior_state": {
        "format_version": "1.0",
        "terraform_version": "1.11.4",
        "values": {
          "root_module": {
            "resources": [
              {
                "address": "terraform_data.b",
                "mode": "managed",
                "type": "terraform_data",
                "name": "b",
                "provider_name": "terraform.io/builtin/terraform",
                "schema_version": 0,
                "values": {
                  "id": "1",
                  "input": null,
                  "output": null,
                  "triggers_replace": "old"
                },
                "sensitive_values": {}
              }
            ]
          }
        }
      },
      "configuration": {
        "provider_config": {
          "terraform": {
            "name": "terraform",
            "full_name": "terraform.io/builtin/terraform"
          }
        },
        "root_module": {
          "outputs": {
            "o": {
              "expression": {
                "references": [
                  "module.m[\"k\"].out",
                  "module.m[\"k\"]"
                ]
              }
            }
          },
          "module_calls": {
            "m": {
              "source": "./m",
              "expressions": {
                "in": {
                  "references": [
                    "local.both"
                  ]
                }
              },
              "for_each_expression": {
                "constant_value": {
                  "k": 1
                }
              },
              "module": {
                "outputs": {
                  "out": {
                    "expression": {
                      "references": [
                        "terraform_data.inner.output",
                        "terraform_data.inner"
                      ]
                    }
                  }
                },
                "variables": {
                  "in": {}
                },
                "resources": [
                  {
                    "address": "terraform_data.inner",
                    "mode": "managed",
                    "type": "terraform_data",
                    "name": "inner",
                    "provider_config_key": "terraform",
                    "expressions": {
                      "input": {
                        "references": [
                          "var.in"
                        ]
                      }
                    },
                    "schema_version": 0
                  }
                ]
              }
            }
          },
          "variables": {
            "name": {
              "default": "x",
              "description": "A name"
            },
            "secret": {
              "default": "hunter2",
              "sensitive": true
            }
          },
          "resources": [
            {
              "address": "terraform_data.a",
              "mode": "managed",
              "type": "terraform_data",
              "name": "a",
              "provider_config_key": "terraform",
              "expressions": {
                "input": {
                  "references": [
                    "var.secret",
                    "var.name",
                    "terraform_data.b.id",
                    "terraform_data.b"
                  ]
                }
              },
              "schema_version": 0,
              "count_expression": {
                "constant_value": 1
              },
              "depends_on": [
                "terraform_data.b"
              ]
            },
            {
              "address": "terraform_data.b",
              "mode": "managed",
              "type": "terraform_data",
              "name": "b",
              "provider_config_key": "terraform",
              "expressions": {
                "triggers_replace": {}
              },
              "schema_version": 0
            }
          ]
        }
      },
      "relevant_attributes": [
        {
          "resource": "terraform_data.a[0]",
          "attribute": [
            "id"
          ]
        },
        {
          "resource": "terraform_data.b",
          "attribute": [
            "id"
          ]
        },
        {
          "resource": "module.m[\"k\"].terraform_data.inner",
          "attribute": [
            "output"
          ]
        }
      ]
    }
    "#);
}

#[test]
fn drift_and_what_waits_have_their_places() {
    let mut made = test_support::plan(r#"resource "terraform_data" "a" {}"#, &[], state("", "{}"), Options::default());
    let change = made.plan.changes.remove(0);
    made.plan.drift.push(infra_engine::plan::Drift {
        previous_address: None,
        address: change.address.clone(),
        deposed: None,
        provider: change.provider.clone(),
        before: Value::object_from([("id", Value::string("1"))]),
        after: Value::null(infra_values::Type::Any),
    });
    let cause = infra_values::DeferralCause { address: "gate.g".into(), reason: "closed".into() };
    made.plan.deferred.push(DeferredChange { change, causes: vec![cause] });
    let report = to_json(&made.plan, &made.config, &made.providers);
    assert_eq!(report["resource_drift"][0]["change"]["actions"], json!(["delete"]));
    assert_eq!(report["resource_drift"][0]["change"]["after_sensitive"], json!(false));
    assert_eq!(report["deferred_changes"][0]["reason"], "deferred_prereq");
    assert_eq!(report["deferred_changes"][0]["resource_change"]["address"], "terraform_data.a");
    assert_eq!(report["deferred_changes"][0]["causes"], json!([{"address": "gate.g", "reason": "closed"}]));
    assert_eq!(report["complete"], false);
}
