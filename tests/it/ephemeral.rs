//! Ephemeral resources of AWS: what is in the account comes in and is used, and is found nowhere afterwards.

mod failures;
mod oracle;
mod vault;

use infra_test_support::emulators::{Emulator, Kind};
use infra_test_support::process::Output;
use insta::assert_snapshot;
use serde_json::Value;

use crate::world::World;
use vault::Vault;

/// What must never be seen: all that [`Vault::fill`] hides begins with it.
const SECRET: &str = "hunter2";

/// One of each type that every emulator has. The command is the only place that what was fetched may reach; `NAME` is
/// unique to the test, `PAYLOAD` what KMS encrypted.
const STORY: &str = r#"ephemeral "aws_secretsmanager_secret_version" "current" {
  secret_id = "NAME-text"
}

ephemeral "aws_secretsmanager_secret_version" "previous" {
  secret_id     = "NAME-text"
  version_stage = "AWSPREVIOUS"
}

ephemeral "aws_secretsmanager_secret_version" "bytes" {
  secret_id = "NAME-bytes"
}

ephemeral "aws_secretsmanager_random_password" "made" {
  password_length     = 12
  exclude_punctuation = true
}

ephemeral "aws_ssm_parameter" "plain" {
  arn = "arn:aws:ssm:us-east-1:123456789012:parameter/NAME/plain"
}

ephemeral "aws_ssm_parameter" "sealed" {
  arn             = terraform_data.arn.output
  with_decryption = true
}

ephemeral "aws_kms_secrets" "opened" {
  secret {
    name    = "first"
    payload = "PAYLOAD"

    context = {
      purpose = "test"
    }
  }

  secret {
    name    = "second"
    payload = "PAYLOAD"
    context = { purpose = "test" }
  }
}

# Not known before it is made.
resource "terraform_data" "arn" {
  input = "arn:aws:ssm:us-east-1:123456789012:parameter/NAME/sealed"
}

locals {
  fetched = {
    bytes    = ephemeral.aws_secretsmanager_secret_version.bytes
    current  = ephemeral.aws_secretsmanager_secret_version.current
    made     = ephemeral.aws_secretsmanager_random_password.made
    opened   = ephemeral.aws_kms_secrets.opened
    plain    = ephemeral.aws_ssm_parameter.plain
    previous = ephemeral.aws_secretsmanager_secret_version.previous
    sealed   = ephemeral.aws_ssm_parameter.sealed
  }
}

resource "terraform_data" "user" {
  provisioner "local-exec" {
    command     = "echo \"$FETCHED\" > fetched.json"
    environment = { FETCHED = jsonencode(local.fetched) }
  }
}

check "password" {
  assert {
    condition     = length(ephemeral.aws_secretsmanager_random_password.made.random_password) == 12
    error_message = "The password has another length."
  }
}
"#;

/// A function that answers something else than it is asked.
const INVOCATION: &str = r#"ephemeral "aws_lambda_invocation" "answer" {
  function_name = "NAME-answer"
  qualifier     = "$LATEST"
  payload       = jsonencode({ question = "who" })
}

resource "terraform_data" "user" {
  provisioner "local-exec" {
    command     = "echo \"$FETCHED\" > fetched.json"
    environment = { FETCHED = jsonencode(ephemeral.aws_lambda_invocation.answer) }
  }
}
"#;

/// A directory with that configuration, whose account holds what it asks for.
fn world(kind: Kind, name: &str, story: &str) -> World {
    let emulator = Emulator::shared(kind).unwrap();
    let payload = Vault::at(emulator.endpoint()).fill(name);
    World::new(&story.replace("NAME", name).replace("PAYLOAD", &payload))
        .at(emulator.endpoint())
        .with_filter("suffix of a secret", r"(secret:[\w-]+)-\w{6}\b", "${1}-[SUFFIX]")
        .with_filter("time", r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ", "[TIME]")
        .with_filter("payload", &format!("\"{}\"", regex_escaped(&payload)), "[PAYLOAD]")
        .with_filter("password", r#"("random_password": )"\w{12}""#, "${1}[PASSWORD]")
        .with_filter("text sealed by KMS", r#"("value": )"(kms|ENCRYPTED):[^"]+""#, "${1}[SEALED]")
}

/// Base64 in a regular expression.
fn regex_escaped(text: &str) -> String {
    text.replace('+', r"\+")
}

/// What the command was given.
fn fetched(world: &World) -> Value {
    crate::world::json(&world.read("fetched.json"))
}

/// Applies in two steps, looking everywhere for what must not be kept or said.
#[track_caller]
fn apply_and_search(world: &World) {
    let planned = world.succeed(&["plan", "-out=saved.plan"]);
    let shown = world.succeed(&["show", "saved.plan"]);
    let shown_json = world.succeed(&["show", "-json", "saved.plan"]);
    let applied = world.succeed(&["apply", "saved.plan"]);
    let state = world.succeed(&["show", "-json"]);
    for output in [planned, shown, shown_json, applied, state] {
        assert!(!output.to_string().contains(SECRET), "{output}");
    }
    let state = world.read("terraform.tfstate");
    assert!(!state.contains(SECRET) && !state.contains("\"mode\": \"ephemeral\""), "{state}");
    world.assert_settled();
}

fn shown(world: &World) -> String {
    let stdout = format!("{:#}", fetched(world));
    world.filtered(&Output { stdout, stderr: String::new(), ..world.run(&["version"]) })
}

#[test]
fn what_is_fetched_is_used_and_kept_nowhere() {
    let world = world(Kind::Ministack, "story", STORY);
    apply_and_search(&world);
    assert_snapshot!(shown(&world), @r#"
    exit code: 0
    --- stdout ---
    {
      "bytes": {
        "arn": "arn:aws:secretsmanager:us-east-1:123456789012:secret:story-bytes-[SUFFIX]",
        "created_date": "[TIME]",
        "region": "us-east-1",
        "secret_binary": "hunter2-bytes",
        "secret_id": "story-bytes",
        "secret_string": null,
        "version_id": "[UUID]",
        "version_stage": null,
        "version_stages": [
          "AWSCURRENT"
        ]
      },
      "current": {
        "arn": "arn:aws:secretsmanager:us-east-1:123456789012:secret:story-text-[SUFFIX]",
        "created_date": "[TIME]",
        "region": "us-east-1",
        "secret_binary": null,
        "secret_id": "story-text",
        "secret_string": "{\"password\":\"hunter2-current\"}",
        "version_id": "[UUID]",
        "version_stage": null,
        "version_stages": [
          "AWSCURRENT"
        ]
      },
      "made": {
        "exclude_characters": null,
        "exclude_lowercase": null,
        "exclude_numbers": null,
        "exclude_punctuation": true,
        "exclude_uppercase": null,
        "include_space": null,
        "password_length": 12,
        "random_password": [PASSWORD],
        "region": "us-east-1",
        "require_each_included_type": null
      },
      "opened": {
        "plaintext": {
          "first": "hunter2-opened",
          "second": "hunter2-opened"
        },
        "region": "us-east-1",
        "secret": [
          {
            "context": {
              "purpose": "test"
            },
            "encryption_algorithm": null,
            "grant_tokens": null,
            "key_id": null,
            "name": "first",
            "payload": [PAYLOAD]
          },
          {
            "context": {
              "purpose": "test"
            },
            "encryption_algorithm": null,
            "grant_tokens": null,
            "key_id": null,
            "name": "second",
            "payload": [PAYLOAD]
          }
        ]
      },
      "plain": {
        "arn": "arn:aws:ssm:us-east-1:123456789012:parameter/story/plain",
        "name": "/story/plain",
        "region": "us-east-1",
        "type": "String",
        "value": "hunter2-plain",
        "version": 1,
        "with_decryption": true
      },
      "previous": {
        "arn": "arn:aws:secretsmanager:us-east-1:123456789012:secret:story-text-[SUFFIX]",
        "created_date": "[TIME]",
        "region": "us-east-1",
        "secret_binary": null,
        "secret_id": "story-text",
        "secret_string": "hunter2-previous",
        "version_id": "[UUID]",
        "version_stage": "AWSPREVIOUS",
        "version_stages": [
          "AWSPREVIOUS"
        ]
      },
      "sealed": {
        "arn": "arn:aws:ssm:us-east-1:123456789012:parameter/story/sealed",
        "name": "/story/sealed",
        "region": "us-east-1",
        "type": "SecureString",
        "value": "hunter2-sealed",
        "version": 1,
        "with_decryption": true
      }
    }
    --- stderr ---
    "#);
}

#[test]
fn another_emulator_and_the_older_provider_agree() {
    let world = world(Kind::Moto, "second", STORY).with_provider_5_100();
    apply_and_search(&world);
    assert_snapshot!(shown(&world), @r#"
    exit code: 0
    --- stdout ---
    {
      "bytes": {
        "arn": "arn:aws:secretsmanager:us-east-1:123456789012:secret:second-bytes-[SUFFIX]",
        "created_date": "[TIME]",
        "secret_binary": "hunter2-bytes",
        "secret_id": "second-bytes",
        "secret_string": null,
        "version_id": "[UUID]",
        "version_stage": null,
        "version_stages": [
          "AWSCURRENT"
        ]
      },
      "current": {
        "arn": "arn:aws:secretsmanager:us-east-1:123456789012:secret:second-text-[SUFFIX]",
        "created_date": "[TIME]",
        "secret_binary": null,
        "secret_id": "second-text",
        "secret_string": "{\"password\":\"hunter2-current\"}",
        "version_id": "[UUID]",
        "version_stage": null,
        "version_stages": [
          "AWSCURRENT"
        ]
      },
      "made": {
        "exclude_characters": null,
        "exclude_lowercase": null,
        "exclude_numbers": null,
        "exclude_punctuation": true,
        "exclude_uppercase": null,
        "include_space": null,
        "password_length": 12,
        "random_password": [PASSWORD],
        "require_each_included_type": null
      },
      "opened": {
        "plaintext": {
          "first": "hunter2-opened",
          "second": "hunter2-opened"
        },
        "secret": [
          {
            "context": {
              "purpose": "test"
            },
            "encryption_algorithm": null,
            "grant_tokens": null,
            "key_id": null,
            "name": "first",
            "payload": [PAYLOAD]
          },
          {
            "context": {
              "purpose": "test"
            },
            "encryption_algorithm": null,
            "grant_tokens": null,
            "key_id": null,
            "name": "second",
            "payload": [PAYLOAD]
          }
        ]
      },
      "plain": {
        "arn": "arn:aws:ssm:us-east-1:123456789012:parameter/second/plain",
        "name": "/second/plain",
        "type": "String",
        "value": "hunter2-plain",
        "version": 1,
        "with_decryption": true
      },
      "previous": {
        "arn": "arn:aws:secretsmanager:us-east-1:123456789012:secret:second-text-[SUFFIX]",
        "created_date": "[TIME]",
        "secret_binary": null,
        "secret_id": "second-text",
        "secret_string": "hunter2-previous",
        "version_id": "[UUID]",
        "version_stage": "AWSPREVIOUS",
        "version_stages": [
          "AWSPREVIOUS"
        ]
      },
      "sealed": {
        "arn": "arn:aws:ssm:us-east-1:123456789012:parameter/second/sealed",
        "name": "/second/sealed",
        "type": "SecureString",
        "value": "hunter2-sealed",
        "version": 1,
        "with_decryption": true
      }
    }
    --- stderr ---
    "#);
}

#[test]
fn a_function_answers() {
    Vault::at(Emulator::shared(Kind::Ministack).unwrap().endpoint()).function("answer-answer");
    let world = world(Kind::Ministack, "answer", INVOCATION);
    apply_and_search(&world);
    assert_snapshot!(shown(&world), @r#"
    exit code: 0
    --- stdout ---
    {
      "client_context": null,
      "executed_version": "$LATEST",
      "function_error": null,
      "function_name": "answer-answer",
      "log_result": null,
      "log_type": null,
      "payload": "{\"question\":\"who\"}",
      "qualifier": "$LATEST",
      "region": "us-east-1",
      "result": "{\"answer\": \"hunter2-answered\", \"asked\": {\"question\": \"who\"}}",
      "status_code": 200
    }
    --- stderr ---
    "#);
}

/// The emulator refuses keys that it does not know: the call succeeds only with those of the secret.
#[test]
fn a_provider_block_takes_what_was_fetched() {
    let emulator = Emulator::shared(Kind::Ministack).unwrap();
    let vault = Vault::at(emulator.endpoint());
    vault.secret("block-keys", r#"{"access_key":"test","secret_key":"test"}"#);
    vault.secret("block-wrong", r#"{"access_key":"nobody","secret_key":"test"}"#);
    vault.parameter("/block/region", "eu-west-3", false);
    let files = r#"ephemeral "aws_secretsmanager_secret_version" "keys" {
  secret_id = "block-keys"
}

ephemeral "aws_ssm_parameter" "region" {
  arn = "arn:aws:ssm:us-east-1:123456789012:parameter/block/region"
}

locals {
  keys = jsondecode(ephemeral.aws_secretsmanager_secret_version.keys.secret_string)
}

provider "aws" {
  alias      = "fetched"
  region     = ephemeral.aws_ssm_parameter.region.value
  access_key = local.keys.access_key
  secret_key = local.keys.secret_key
}

data "aws_region" "other" {
  provider = aws.fetched
}

resource "aws_dynamodb_table" "there" {
  provider     = aws.fetched
  name         = "block-there"
  billing_mode = "PAY_PER_REQUEST"
  hash_key     = "id"

  attribute {
    name = "id"
    type = "S"
  }
}

output "arn" {
  value = aws_dynamodb_table.there.arn
}

output "region" {
  value = data.aws_region.other.name
}
"#;
    let world = World::new(files).with_provider_5_100().at(emulator.endpoint());
    let _ = world.apply();
    let outputs = &world.state()["outputs"];
    assert_eq!(outputs["arn"]["value"], "arn:aws:dynamodb:eu-west-3:123456789012:table/block-there");
    assert_eq!(outputs["region"]["value"], "eu-west-3");
    world.assert_settled();

    world.edit("main.tf", "block-keys", "block-wrong");
    let refused = world.run(&["plan"]).assert_exit_code(1);
    assert!(refused.stderr.contains("AWS credentials cannot be checked"), "{refused}");
    world.edit("main.tf", "block-wrong", "block-keys");
    let _ = world.destroy();
}

/// Of generation 6.
#[test]
fn the_region_argument_says_where_to_look() {
    let emulator = Emulator::shared(Kind::Ministack).unwrap();
    Vault::in_region(emulator.endpoint(), "eu-west-1").secret("elsewhere", "hunter2-elsewhere");
    let files = r#"ephemeral "aws_secretsmanager_secret_version" "there" {
  region    = "eu-west-1"
  secret_id = "elsewhere"
}

ephemeral "aws_secretsmanager_random_password" "here" {}

resource "terraform_data" "user" {
  provisioner "local-exec" {
    command = "echo \"$TEXT $REGIONS\" > fetched.txt"
    environment = {
      TEXT    = ephemeral.aws_secretsmanager_secret_version.there.secret_string
      REGIONS = "${ephemeral.aws_secretsmanager_secret_version.there.region} ${ephemeral.aws_secretsmanager_random_password.here.region}"
    }
  }
}
"#;
    let world = World::new(files).at(emulator.endpoint());
    apply_and_search(&world);
    assert_eq!(world.read("fetched.txt"), "hunter2-elsewhere eu-west-1 us-east-1\n");
}

#[test]
fn the_older_generation_has_no_region_argument() {
    let files = "ephemeral \"aws_ssm_parameter\" \"a\" {\n  arn    = \"arn:aws:ssm:us-east-1:123456789012:parameter/a\"\n  region = \"us-east-1\"\n}\n";
    let world = World::new(files).with_provider_5_100();
    assert_snapshot!(world.shows(&["validate"]), @r#"
    exit code: 1
    --- stdout ---
    --- stderr ---
    error: Unsupported argument
     --> main.tf:3:3
      |
    3 |   region = "us-east-1"
      |   ^^^^^^

      An argument named "region" is not expected here; correct the name or remove it.
    "#);
}
