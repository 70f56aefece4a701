//! `providers schema -json`

use infra_test_support::skip_without_oracle;
use serde_json::Value;

use crate::world::{World, json};

const MAIN: &str = r#"
provider "aws" {
  region = "eu-central-1"
}

resource "terraform_data" "a" {
}

resource "aws_s3_bucket" "b" {
}
"#;

/// The same without descriptions, which are ours.
fn without_descriptions(value: &Value) -> Value {
    match value {
        Value::Object(entries) => {
            let kept = entries.iter().filter(|(name, _)| !name.starts_with("description") && *name != "summary");
            kept.map(|(name, entry)| (name.clone(), without_descriptions(entry)))
                .collect::<serde_json::Map<_, _>>()
                .into()
        }
        Value::Array(items) => items.iter().map(without_descriptions).collect(),
        other => other.clone(),
    }
}

#[test]
fn schemas_are_those_of_terraform() {
    let world = World::new(MAIN).with_provider_5_100();
    let ours = json(&world.succeed(&["providers", "schema", "-json"]).stdout);
    assert_eq!(ours["format_version"], "1.0");
    let schemas = ours["provider_schemas"].as_object().unwrap();
    assert_eq!(schemas.len(), 2, "{:?}", schemas.keys());
    let oracle = skip_without_oracle!("schemas_are_those_of_terraform");
    let run = |arguments: &[&str]| oracle.run(&world.path(), arguments, None).unwrap().assert_exit_code(0).stdout;
    let _ = run(&["init"]);
    let theirs = json(&run(&["providers", "schema", "-json"]));
    let (builtin, aws) = ("terraform.io/builtin/terraform", "registry.terraform.io/hashicorp/aws");
    for (provider, kind, name) in [
        (builtin, "resource_schemas", "terraform_data"),
        (builtin, "data_source_schemas", "terraform_remote_state"),
        (aws, "resource_schemas", "aws_s3_bucket"),
        (aws, "resource_schemas", "aws_dynamodb_table"),
        (aws, "resource_schemas", "aws_vpc"),
        (aws, "data_source_schemas", "aws_caller_identity"),
    ] {
        let of = |report: &Value| {
            let mut schema = without_descriptions(&report["provider_schemas"][provider][kind][name]);
            // Terraform says that an id may be given, and refuses it when it is.
            if let Some(id) = schema["block"]["attributes"].get_mut("id") {
                *id = Value::Null;
            }
            schema
        };
        assert_eq!(of(&ours), of(&theirs), "{name}");
    }
}

#[test]
fn there_is_no_other_form() {
    let output = World::new(MAIN).run(&["providers", "schema"]);
    assert_eq!(output.exit_code, Some(1), "{output}");
    assert!(output.stderr.contains("The -json option is required"), "{output}");
}
