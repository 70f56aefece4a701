//! A state as text for people: every object as a block, then the outputs.

use infra_engine::world::Providers;
use infra_state::State;
use infra_state::model::{ObjectState, ObjectStatus, ResourceState};
use infra_values::Marks;
use infra_values::address::{DeposedKey, ResourceInstance, ResourceMode};

use super::diagnostic::Style;
use super::difference::draw::{Look, draw as draw_difference};
use super::difference::{Replacing, Typing, of_block, of_values};
use super::pen::Pen;
use super::schemas::{decoded_object, schema_of, withhold_copies};
use super::value::{attribute_name, quoted};

/// The state as lines of text.
pub fn draw(state: &State, providers: &Providers, style: Style) -> String {
    let pen = Pen { is_coloured: style.is_coloured };
    let mut blocks = Vec::new();
    for (address, resource, instance) in state.resources.instances() {
        for (key, object) in instance.objects() {
            blocks.push(draw_object(&address, key, resource, object, providers, pen));
        }
    }
    let mut text = blocks.join("\n");
    if !state.outputs.is_empty() {
        text.push_str(if text.is_empty() { "Outputs:\n\n" } else { "\n\nOutputs:\n\n" });
        for (name, output) in &state.outputs {
            let marks = if output.sensitive { Marks::sensitive() } else { Marks::NONE };
            let value = output.value.clone().with_marks(&marks);
            let same = of_values(Some(&value), Some(&value), Typing::Fixed, &Replacing::default());
            text.push_str(&format!("{} = {}\n", attribute_name(name), draw_difference(&same, 0, Look::of_state(pen))));
        }
    }
    text
}

/// The current object at an address, if there is one.
pub fn draw_current(state: &State, address: &ResourceInstance, providers: &Providers, style: Style) -> Option<String> {
    let resource = state.resources.get(&address.absolute_resource())?;
    let object = state.object(address)?;
    Some(draw_object(address, None, resource, object, providers, Pen { is_coloured: style.is_coloured }))
}

fn draw_object(
    address: &ResourceInstance,
    deposed: Option<&DeposedKey>,
    resource: &ResourceState,
    object: &ObjectState,
    providers: &Providers,
    pen: Pen,
) -> String {
    let remark = match (deposed, object.status) {
        (Some(key), _) => format!(" (deposed object {key})"),
        (None, ObjectStatus::Tainted) => " (tainted)".to_owned(),
        (None, ObjectStatus::Ready) => String::new(),
    };
    let kind = if address.resource.mode == ResourceMode::Data { "data" } else { "resource" };
    let (type_name, name) = (quoted(&address.resource.type_name), quoted(&address.resource.name));
    let content = draw_content(address, resource, object, providers, pen);
    format!("# {address}:{remark}\n{kind} {type_name} {name} {content}\n")
}

/// The attributes, by the schema where the type is known.
fn draw_content(
    address: &ResourceInstance,
    resource: &ResourceState,
    object: &ObjectState,
    providers: &Providers,
    pen: Pen,
) -> String {
    let value = decoded_object(address, resource, object, providers);
    let same = match schema_of(providers, &resource.provider.provider, &address.resource) {
        Some(schema) => {
            let shown = withhold_copies(&value, schema);
            of_block(Some(&shown), Some(&shown), &schema.block, &Replacing::default())
        }
        None => of_values(Some(&value), Some(&value), Typing::Free, &Replacing::default()),
    };
    draw_difference(&same, 0, Look::of_state(pen))
}

#[cfg(test)]
mod tests {
    use super::super::state_json;
    use super::super::test_support::{PLAIN, data, providers, state};
    use super::*;

    fn sample() -> State {
        let known = data(
            "a",
            r#"{"index_key":"k","schema_version":0,"attributes":{"id":"1","input":{"type":["object",{"a":["tuple",["string","number"]],"s":"string"}],"value":{"a":["x\ny",2],"s":"hunter2"}},"output":null,"triggers_replace":null},"sensitive_attributes":[[{"type":"get_attr","value":"input"},{"type":"get_attr","value":"s"}]],"dependencies":["terraform_data.b"]},{"index_key":"k","deposed":"0a1b2c3d","schema_version":0,"attributes":{"id":"2","input":null,"output":null,"triggers_replace":null}}"#,
        );
        let unknown = r#"{"module":"module.m[0]","mode":"data","type":"cloud_thing","name":"t","provider":"provider[\"registry.terraform.io/some/cloud\"]","instances":[{"status":"tainted","schema_version":7,"attributes":{"id":"t","tags":{"b c":null}}}]}"#;
        let outputs = r#"{"m":{"value":{"k":1},"type":["map","number"]},"s":{"value":"hunter2","type":"string","sensitive":true}}"#;
        state(&[known, unknown.to_owned()].join(","), outputs)
    }

    #[test]
    fn objects_are_blocks() {
        let text = draw(&sample(), &providers(), PLAIN);
        assert!(!text.contains("hunter2"));
        insta::assert_snapshot!(text, @r#"
        # terraform_data.a["k"]:
        resource "terraform_data" "a" {
            id    = "1"
            input = {
                a = [
                    <<-EOT
                        x
                        y
                    EOT,
                    2,
                ]
                s = (sensitive value)
            }
        }

        # terraform_data.a["k"]: (deposed object 0a1b2c3d)
        resource "terraform_data" "a" {
            id = "2"
        }

        # module.m[0].data.cloud_thing.t: (tainted)
        data "cloud_thing" "t" {
            id   = "t"
            tags = {
                "b c" = null
            }
        }


        Outputs:

        m = {
            "k" = 1
        }
        s = (sensitive value)
        "#);
    }

    #[test]
    fn as_json_it_has_terraforms_form() {
        let report = state_json::to_json(&sample(), true, &providers());
        insta::assert_snapshot!(serde_json::to_string_pretty(&report).unwrap(), @r#"
        {
          "format_version": "1.0",
          "terraform_version": "1.11.4",
          "values": {
            "outputs": {
              "m": {
                "sensitive": false,
                "value": {
                  "k": 1
                },
                "type": [
                  "map",
                  "number"
                ]
              },
              "s": {
                "sensitive": true,
                "value": "hunter2",
                "type": "string"
              }
            },
            "root_module": {
              "resources": [
                {
                  "address": "terraform_data.a[\"k\"]",
                  "mode": "managed",
                  "type": "terraform_data",
                  "name": "a",
                  "index": "k",
                  "provider_name": "terraform.io/builtin/terraform",
                  "schema_version": 0,
                  "values": {
                    "id": "1",
                    "input": {
                      "a": [
                        "x\ny",
                        2
                      ],
                      "s": "hunter2"
                    },
                    "output": null,
                    "triggers_replace": null
                  },
                  "sensitive_values": {
                    "input": {
                      "a": [
                        false,
                        false
                      ],
                      "s": true
                    }
                  },
                  "depends_on": [
                    "terraform_data.b"
                  ]
                },
                {
                  "address": "terraform_data.a[\"k\"]",
                  "mode": "managed",
                  "type": "terraform_data",
                  "name": "a",
                  "index": "k",
                  "provider_name": "terraform.io/builtin/terraform",
                  "schema_version": 0,
                  "values": {
                    "id": "2",
                    "input": null,
                    "output": null,
                    "triggers_replace": null
                  },
                  "sensitive_values": {},
                  "deposed_key": "0a1b2c3d"
                }
              ],
              "child_modules": [
                {
                  "resources": [
                    {
                      "address": "module.m[0].data.cloud_thing.t",
                      "mode": "data",
                      "type": "cloud_thing",
                      "name": "t",
                      "provider_name": "registry.terraform.io/some/cloud",
                      "schema_version": 7,
                      "values": {
                        "id": "t",
                        "tags": {
                          "b c": null
                        }
                      },
                      "sensitive_values": {
                        "tags": {}
                      },
                      "tainted": true
                    }
                  ],
                  "address": "module.m[0]"
                }
              ]
            }
          }
        }
        "#);
        let empty = serde_json::json!({"format_version": "1.0"});
        assert_eq!(state_json::to_json(&sample(), false, &providers()), empty);
        assert_eq!(state_json::to_json(&State::default(), true, &providers()), empty);
    }
}
