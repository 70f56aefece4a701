use std::path::Path;
use std::process::Command;

use infra_values::address::InstanceKey;
use infra_values::{Path as ValuePath, PathStep};

use super::{decode, encode, encode_body};
use crate::StateError;
use crate::model::{ObjectStatus, State};
use crate::store::suite::{address, object, provider};

/// States that Terraform 1.11.4 wrote for the configurations beside them.
const EVERYTHING: &str = include_str!("../../tests/fixtures/everything/terraform.tfstate");
const DEPOSED: &str = include_str!("../../tests/fixtures/deposed/terraform.tfstate");

/// What `terraform_data` cannot have: private bytes, an identity, a data source with an alias, no dependencies' order.
const BY_HAND: &str = r#"{
  "version": 4,
  "terraform_version": "1.11.4",
  "serial": 9,
  "lineage": "by-hand",
  "outputs": {},
  "resources": [
    {
      "module": "module.m",
      "mode": "data",
      "type": "aws_ami",
      "name": "here",
      "provider": "module.m.provider[\"registry.terraform.io/hashicorp/aws\"].west",
      "instances": [
        {
          "index_key": "k",
          "status": "tainted",
          "deposed": "0a1b2c3d",
          "schema_version": 2,
          "attributes": {
            "id": "ami-1",
            "ratio": 1.50,
            "tags": {}
          },
          "sensitive_attributes": [
            [
              {
                "type": "get_attr",
                "value": "rules"
              },
              {
                "type": "index",
                "value": {
                  "value": 0,
                  "type": "number"
                }
              }
            ]
          ],
          "identity_schema_version": 1,
          "identity": {
            "arn": "arn:x"
          },
          "private": "eyJzY2hlbWFfdmVyc2lvbiI6IjIifQ==",
          "dependencies": [
            "aws_vpc.a",
            "data.aws_region.here",
            "module.m.aws_vpc.a",
            "module.m.module.n.aws_subnet.b"
          ],
          "create_before_destroy": true
        }
      ]
    }
  ],
  "check_results": null
}
"#;

fn text(bytes: Vec<u8>) -> String {
    String::from_utf8(bytes).unwrap()
}

#[test]
fn written_unchanged_they_are_identical() {
    for original in [EVERYTHING, DEPOSED, BY_HAND] {
        let state = decode("x", original.as_bytes()).unwrap();
        assert!(text(encode(&state).unwrap()) == original, "{}", text(encode(&state).unwrap()));
        // Whatever white space, escapes and keys of strangers it comes with.
        let compact = serde_json::from_str::<serde_json::Value>(original).unwrap().to_string();
        let foreign = compact
            .replacen('{', r#"{"stranger": [1, {"a": "b"}], "#, 1)
            .replace("\"mode\"", "\"each\":\"map\",\"mode\"");
        let state = decode("x", foreign.as_bytes()).unwrap();
        assert!(text(encode(&state).unwrap()) == original);
    }
}

#[test]
fn everything_is_understood() {
    let state = decode("x", BY_HAND.as_bytes()).unwrap();
    let resource = state.resources.iter().next().unwrap();
    assert_eq!(resource.provider.alias.as_deref(), Some("west"));
    let instance = &resource.instances[&InstanceKey::String("k".into())];
    assert!(instance.current.is_none());
    let object = instance.deposed.values().next().unwrap();
    assert_eq!((object.status, object.schema_version), (ObjectStatus::Tainted, 2));
    assert_eq!(object.private.as_deref(), Some(&br#"{"schema_version":"2"}"#[..]));
    assert_eq!(object.dependencies.len(), 4);
    assert_eq!(object.sensitive_paths, [ValuePath(vec![PathStep::Attribute("rules".into()), PathStep::Position(0)])]);
    assert!(object.create_before_destroy && object.identity.is_some());

    let state = decode("x", EVERYTHING.as_bytes()).unwrap();
    assert_eq!((state.serial, state.terraform_version.as_str(), state.outputs.len()), (73, "1.11.4", 16));
    assert!(state.outputs["secret"].sensitive && !state.outputs["list"].sensitive);
    assert!(state.object(&address(r#"terraform_data.each["q\"uote"]"#)).is_some());
    assert!(state.object(&address(r#"module.keyed["k\"1"].module.n[1].terraform_data.deep["a"]"#)).is_some());
}

#[test]
fn equal_content_has_equal_bodies() {
    let mut state = State::default();
    let empty = encode_body(&state).unwrap();
    state.serial = 7;
    state.lineage = "other".to_owned();
    assert_eq!(encode_body(&state).unwrap(), empty);
    state.resources.set(&address("x_y.a"), None, provider(), object("1"));
    assert_ne!(encode_body(&state).unwrap(), empty);
}

/// A state with one resource, some of whose text is replaced.
fn state_with(from: &str, to: &str) -> String {
    let original = r#"{
  "version": 4, "serial": 1, "lineage": "l",
  "outputs": {"o": {"value": "v", "type": "string"}},
  "resources": [
    {"module": "module.m", "mode": "managed", "type": "x_y", "name": "a",
     "provider": "provider[\"registry.terraform.io/x/x\"]",
     "instances": [
       {"index_key": 1, "schema_version": 0, "attributes": {"id": "1"}, "private": "AA==",
        "sensitive_attributes": [], "dependencies": ["x_y.b"]}
     ]}
  ]
}"#;
    assert!(original.contains(from), "{from}");
    original.replace(from, to)
}

#[test]
fn what_is_wrong_is_said_precisely() {
    assert!(decode("x", state_with("\"serial\"", "\"serial\"").as_bytes()).is_ok());
    let mut wrong = Vec::new();
    // Replaced text, its replacement, and what the message must say.
    for (from, to, expected) in [
        ("\"lineage\": \"l\"", "\"lineage\": \"l", &["not JSON", "line 3, column 0"][..]),
        ("  ]\n}", "", &["ends too early", "line 11"]),
        ("\"serial\": 1", "\"serial\": \"1\"", &["invalid type: string, expected u64", "line 2, column"]),
        ("\"serial\": 1", "\"serial\": -1", &["invalid value", "line 2, column"]),
        (
            "\"instances\": [",
            "\"instances\": [7,",
            &["invalid type: integer, expected an object that is an instance", "line 7, column 20"],
        ),
        (
            "\"index_key\": 1",
            "\"index_key\": 1.5",
            &["index key must be text or a whole number, not another number", "line 8"],
        ),
        ("\"version\": 4, ", "", &["missing field `version`"]),
        ("\"version\": 4", "\"version\": 5", &["format version 5", "newer version of this one"]),
        (
            "\"version\": 4",
            "\"version\": 3, \"terraform_version\": \"0.11.15\", \"modules\": []",
            &["format version 3 (written by Terraform 0.11.15)", "terraform apply -refresh-only"],
        ),
        ("\"version\": 4, \"serial\": 1", "\"version\": 1, \"serial\": []", &["format version 1"]),
        (
            "\"version\": 4",
            "\"encrypted_data\": \"AAAA\", \"meta\": {}",
            &["it is encrypted", "Configure the encryption"],
        ),
        ("module.m", "modul.m", &["resource `x_y.a`", "its module `modul.m` is no module address"]),
        ("\"managed\"", "\"action\"", &["resource `x_y.a`", "mode is `action`"]),
        (
            "provider[\\\"registry.terraform.io/x/x\\\"]",
            "provider.aws",
            &["module.m.x_y.a: its provider `provider.aws`", "Terraform 0.13"],
        ),
        ("\"schema_version\": 0", "\"status\": \"odd\"", &["module.m.x_y.a[1]: its status is `odd`"]),
        ("\"attributes\":", "\"other\":", &["module.m.x_y.a[1]: it has no `attributes`"]),
        ("\"attributes\":", "\"attributes_flat\":", &["module.m.x_y.a[1]", "Terraform 0.11", "-refresh-only"]),
        ("AA==", "A*", &["module.m.x_y.a[1]: its `private` is not base64"]),
        (
            "\"sensitive_attributes\": []",
            "\"sensitive_attributes\": [[{\"type\": \"odd\", \"value\": 1}]]",
            &["unknown variant `odd`", "line 9"],
        ),
        ("x_y.b", "x_y.b[0]", &["module.m.x_y.a[1]: its dependency `x_y.b[0]` is no resource address"]),
        ("\"type\": \"string\"", "\"type\": \"text\"", &["output `o`: its type"]),
        ("\"value\": \"v\"", "\"value\": [1]", &["output `o`: its value"]),
        (
            "\"instances\": [",
            "\"instances\": [{\"index_key\": 1, \"attributes\": {}},",
            &["module.m.x_y.a[1]: it is there twice"],
        ),
    ] {
        let error = decode("some/file", state_with(from, to).as_bytes()).unwrap_err();
        let message = error.to_string();
        for part in expected.iter().chain(&["some/file", "Nothing was written"]) {
            if !message.contains(part) {
                wrong.push(format!("{from} -> {to}: {message:?} does not say {part:?}"));
            }
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

#[test]
fn a_file_cut_off_anywhere_is_refused() {
    for end in 0..DEPOSED.len() - 2 {
        let error = decode("x", &DEPOSED.as_bytes()[..end]).unwrap_err();
        assert!(matches!(error, StateError::Syntax { .. }), "cut at {end}: {error}");
    }
    let noise: Vec<u8> = DEPOSED.bytes().map(|byte| if byte == b'a' { 0xff } else { byte }).collect();
    assert!(decode("x", &noise).is_err());
}

/// The configuration that made a state has nothing to do with the state we write.
#[test]
fn terraform_reads_what_we_write() {
    if Command::new("terraform").arg("version").output().is_err() {
        eprintln!("skipped: terraform is not installed");
        return;
    }
    let directory = tempfile::tempdir().unwrap();
    let fixtures = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/fixtures/deposed");
    std::fs::copy(fixtures.join("main.tf"), directory.path().join("main.tf")).unwrap();
    let mut state = decode("x", DEPOSED.as_bytes()).unwrap();
    state.resources.set(&address("terraform_data.added"), None, provider(), object("added"));
    std::fs::write(directory.path().join("terraform.tfstate"), encode(&state).unwrap()).unwrap();
    let terraform = |arguments: &[&str]| {
        let output = Command::new("terraform")
            .args(arguments)
            .current_dir(directory.path())
            .env_remove("TF_CLI_CONFIG_FILE")
            .output()
            .unwrap();
        (output.status.success(), text(output.stdout) + &text(output.stderr))
    };
    let (succeeded, output) = terraform(&["init", "-no-color"]);
    assert!(succeeded, "{output}");
    let (succeeded, output) = terraform(&["state", "rm", "terraform_data.added"]);
    assert!(succeeded, "{output}");
    let back = std::fs::read_to_string(directory.path().join("terraform.tfstate")).unwrap();
    assert!(back == DEPOSED.replace("\"serial\": 23", "\"serial\": 24"), "{back}");
}
