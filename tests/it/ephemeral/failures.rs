//! What cannot be fetched: each mistake says what to do, and none of them shows what was fetched.

use infra_test_support::emulators::{Emulator, Kind};
use infra_test_support::fault_proxy::{Effect, FaultProxy, Matcher};
use insta::{allow_duplicates, assert_snapshot};

use super::{SECRET, Vault};
use crate::world::World;

#[test]
fn what_is_not_there() {
    let emulator = Emulator::shared(Kind::Ministack).unwrap();
    let vault = Vault::at(emulator.endpoint());
    vault.secret("absent-text", "hunter2");
    vault.binary_secret("absent-binary", b"hunter2\xff");
    let payload = vault.encrypted("hunter2");
    let files = r#"ephemeral "aws_secretsmanager_secret_version" "missing" {
  secret_id = "absent-nowhere"
}

ephemeral "aws_secretsmanager_secret_version" "stage" {
  secret_id     = "absent-text"
  version_stage = "AWSPENDING"
}

ephemeral "aws_secretsmanager_secret_version" "binary" {
  secret_id = "absent-binary"
}

ephemeral "aws_secretsmanager_random_password" "short" {
  password_length = 2
}

ephemeral "aws_ssm_parameter" "missing" {
  arn = "arn:aws:ssm:us-east-1:123456789012:parameter/absent"
}

ephemeral "aws_ssm_parameter" "elsewhere" {
  arn = "arn:aws:ssm:eu-west-1:123456789012:parameter/absent"
}

ephemeral "aws_kms_secrets" "broken" {
  secret {
    name    = "context"
    payload = "PAYLOAD"
    context = { purpose = "other" }
  }

  secret {
    name    = "letters"
    payload = "no base64!"
  }
}
"#;
    let world = World::new(&files.replace("PAYLOAD", &payload)).at(emulator.endpoint());
    assert_snapshot!(world.complains(&["plan"]), @r#"
    exit code: 1
    --- stdout ---
    [PLAN]
    --- stderr ---
    ephemeral.aws_kms_secrets.broken: Opening...
    ephemeral.aws_kms_secrets.broken: Opening complete after [ELAPSED]
    ephemeral.aws_ssm_parameter.elsewhere: Opening...
    ephemeral.aws_ssm_parameter.elsewhere: Opening complete after [ELAPSED]
    ephemeral.aws_ssm_parameter.missing: Opening...
    ephemeral.aws_ssm_parameter.missing: Opening complete after [ELAPSED]
    ephemeral.aws_secretsmanager_random_password.short: Opening...
    ephemeral.aws_secretsmanager_random_password.short: Opening complete after [ELAPSED]
    ephemeral.aws_secretsmanager_secret_version.binary: Opening...
    ephemeral.aws_secretsmanager_secret_version.binary: Opening complete after [ELAPSED]
    ephemeral.aws_secretsmanager_secret_version.stage: Opening...
    ephemeral.aws_secretsmanager_secret_version.stage: Opening complete after [ELAPSED]
    ephemeral.aws_secretsmanager_secret_version.missing: Opening...
    ephemeral.aws_secretsmanager_secret_version.missing: Opening complete after [ELAPSED]
    error: opening secret version
     --> main.tf:1:57
      |
    1 | ephemeral "aws_secretsmanager_secret_version" "missing" {
      |                                                         ^
      = in ephemeral.aws_secretsmanager_secret_version.missing

      operation secretsmanager:GetSecretValue: ResourceNotFoundException: Secrets Manager can't find the
      specified secret. (status 400, request id [UUID])
    help: Check that the secret "absent-nowhere" is in us-east-1 and has a value. One that this
          configuration makes must be named by reference, such as
          aws_secretsmanager_secret_version.NAME.secret_id, so that it is made first.
    error: opening secret version
     --> main.tf:5:55
      |
    5 | ephemeral "aws_secretsmanager_secret_version" "stage" {
      |                                                       ^
      = in ephemeral.aws_secretsmanager_secret_version.stage

      operation secretsmanager:GetSecretValue: ResourceNotFoundException: Secrets Manager can't find the
      specified secret value for staging label: AWSPENDING. (status 400, request id
      [UUID])
    help: Check version_id and version_stage: `aws secretsmanager list-secret-version-ids --secret-id
          "absent-text" --region us-east-1` lists what the secret has.
    error: opening secret version
      --> main.tf:10:56
       |
    10 | ephemeral "aws_secretsmanager_secret_version" "binary" {
       |                                                        ^
       = in ephemeral.aws_secretsmanager_secret_version.binary

      The value of the secret is binary data and no text in UTF-8, so that no value here can hold it
      unharmed. Store it as text, for instance as base64, and decode it where it is used.
    error: opening random password
      --> main.tf:14:56
       |
    14 | ephemeral "aws_secretsmanager_random_password" "short" {
       |                                                        ^
       = in ephemeral.aws_secretsmanager_random_password.short

      operation secretsmanager:GetRandomPassword: InvalidParameterException: PasswordLength too short to
      include required character types. (status 400, request id [UUID])
    error: opening SSM parameter
      --> main.tf:18:41
       |
    18 | ephemeral "aws_ssm_parameter" "missing" {
       |                                         ^
       = in ephemeral.aws_ssm_parameter.missing

      operation ssm:GetParameter: ParameterNotFound: Parameter
      arn:aws:ssm:us-east-1:123456789012:parameter/absent not found (status 400, request id
      [UUID])
    help: Check that "arn:aws:ssm:us-east-1:123456789012:parameter/absent" exists. One that this
          configuration makes must be named by reference, such as aws_ssm_parameter.NAME.arn, so that it
          is made first.
    error: opening SSM parameter
      --> main.tf:22:43
       |
    22 | ephemeral "aws_ssm_parameter" "elsewhere" {
       |                                           ^
       = in ephemeral.aws_ssm_parameter.elsewhere

      operation ssm:GetParameter: ParameterNotFound: Parameter
      arn:aws:ssm:eu-west-1:123456789012:parameter/absent not found (status 400, request id
      [UUID])
    help: The ARN is one of "eu-west-1", and the question went to us-east-1. Use a provider of that
          region.
    error: opening KMS secrets
      --> main.tf:26:38
       |
    26 | ephemeral "aws_kms_secrets" "broken" {
       |                                      ^
       = in ephemeral.aws_kms_secrets.broken

      The secret "context" was not decrypted: operation kms:Decrypt: InvalidCiphertextException:
      EncryptionContext does not match (status 400, request id [UUID]).
    help: Check that payload is whole, and that context has the same entries as when the secret was
          encrypted.
    error: opening KMS secrets
      --> main.tf:26:38
       |
    26 | ephemeral "aws_kms_secrets" "broken" {
       |                                      ^
       = in ephemeral.aws_kms_secrets.broken

      The payload of the secret "letters" is not base64: the character at position 3 does not belong
      there. Write what `aws kms encrypt --query CiphertextBlob --output text` prints.
    "#);
    assert!(!world.run(&["plan"]).to_string().contains(SECRET));
}

#[test]
fn functions_that_fail_or_are_not_there() {
    let emulator = Emulator::shared(Kind::Ministack).unwrap();
    Vault::at(emulator.endpoint()).function("failing");
    let files = r#"ephemeral "aws_lambda_invocation" "failing" {
  function_name = "failing"
  log_type      = "Tail"
  payload       = jsonencode({ fail = true })
}

ephemeral "aws_lambda_invocation" "missing" {
  function_name = "not-failing"
  payload       = "{}"
}
"#;
    let world = World::new(files).at(emulator.endpoint());
    assert_snapshot!(world.complains(&["plan"]), @r#"
    exit code: 1
    --- stdout ---
    [PLAN]
    --- stderr ---
    ephemeral.aws_lambda_invocation.missing: Opening...
    ephemeral.aws_lambda_invocation.missing: Opening complete after [ELAPSED]
    ephemeral.aws_lambda_invocation.failing: Opening...
    ephemeral.aws_lambda_invocation.failing: Opening complete after [ELAPSED]
    error: opening Lambda invocation
     --> main.tf:1:45
      |
    1 | ephemeral "aws_lambda_invocation" "failing" {
      |                                             ^
      = in ephemeral.aws_lambda_invocation.failing

      The function "failing" was called and failed (Unhandled, Runtime.HandlerError). Its answer is not
      shown, because it may hold secrets: look into the function's log, by default the CloudWatch log
      group /aws/lambda/NAME, and correct the function or the payload.
    error: opening Lambda invocation
     --> main.tf:7:45
      |
    7 | ephemeral "aws_lambda_invocation" "missing" {
      |                                             ^
      = in ephemeral.aws_lambda_invocation.missing

      operation lambda:Invoke: ResourceNotFoundException: Function not found:
      arn:aws:lambda:us-east-1:123456789012:function:not-failing (status 404, request id
      [UUID])
    help: Check that the function "not-failing" is in us-east-1, and any qualifier. One that this
          configuration makes must be named by reference, such as
          aws_lambda_function.NAME.function_name, so that it is made first.
    "#);
    assert!(!world.run(&["plan"]).to_string().contains(SECRET));
}

#[test]
fn what_may_not_be_read() {
    let emulator = Emulator::shared(Kind::Ministack).unwrap();
    let proxy = FaultProxy::start(emulator.endpoint(), 7).unwrap();
    for (service, operation) in [("secretsmanager", "GetSecretValue"), ("ssm", "GetParameter"), ("kms", "Decrypt")] {
        let refusal = Effect::error(400, "AccessDeniedException", "You are not authorized to perform this");
        proxy.inject(Matcher::operation(service, operation), refusal);
    }
    let files = r#"ephemeral "aws_secretsmanager_secret_version" "a" {
  secret_id = "refused"
}

ephemeral "aws_ssm_parameter" "a" {
  arn = "arn:aws:ssm:us-east-1:123456789012:parameter/refused"
}

ephemeral "aws_kms_secrets" "a" {
  secret {
    name    = "refused"
    payload = "AAAA"
  }
}
"#;
    let world = World::new(files).at(&proxy.endpoint());
    assert_snapshot!(world.complains(&["plan"]), @r#"
    exit code: 1
    --- stdout ---
    [PLAN]
    --- stderr ---
    ephemeral.aws_kms_secrets.a: Opening...
    ephemeral.aws_kms_secrets.a: Opening complete after [ELAPSED]
    ephemeral.aws_ssm_parameter.a: Opening...
    ephemeral.aws_ssm_parameter.a: Opening complete after [ELAPSED]
    ephemeral.aws_secretsmanager_secret_version.a: Opening...
    ephemeral.aws_secretsmanager_secret_version.a: Opening complete after [ELAPSED]
    error: opening secret version
     --> main.tf:1:51
      |
    1 | ephemeral "aws_secretsmanager_secret_version" "a" {
      |                                                   ^
      = in ephemeral.aws_secretsmanager_secret_version.a

      operation secretsmanager:GetSecretValue: AccessDeniedException: You are not authorized to perform
      this (status 400, request id [UUID])
    help: Allow secretsmanager:GetSecretValue on this object to the role or user that runs this, or use
          another one.
    help: A secret with a KMS key of its own needs kms:Decrypt on that key too.
    error: opening SSM parameter
     --> main.tf:5:35
      |
    5 | ephemeral "aws_ssm_parameter" "a" {
      |                                   ^
      = in ephemeral.aws_ssm_parameter.a

      operation ssm:GetParameter: AccessDeniedException: You are not authorized to perform this (status
      400, request id [UUID])
    help: Allow ssm:GetParameter on this object to the role or user that runs this, or use another one.
    help: A SecureString with a KMS key of its own needs kms:Decrypt on that key too.
    error: opening KMS secrets
     --> main.tf:9:33
      |
    9 | ephemeral "aws_kms_secrets" "a" {
      |                                 ^
      = in ephemeral.aws_kms_secrets.a

      The secret "refused" was not decrypted: operation kms:Decrypt: AccessDeniedException: You are not
      authorized to perform this (status 400, request id [UUID]).
    help: Allow kms:Decrypt on this object to the role or user that runs this, or use another one.
    "#);
}

/// Without an account: the files alone are wrong.
#[test]
fn what_the_files_get_wrong() {
    let files = r#"ephemeral "aws_ssm_parameter" "name" {
  arn = "/app/password"
}

ephemeral "aws_lambda_invocation" "text" {
  function_name = "a"
  payload       = "no JSON"
}

ephemeral "aws_kms_secrets" "none" {}

ephemeral "aws_secretsmanager_secret_versions" "misspelt" {
  secret_id = "a"
}

ephemeral "aws_secretsmanager_random_password" "extra" {
  length = 8
}
"#;
    for world in [World::new(files), World::new(files).with_provider_5_100()] {
        let shown = world.shows(&["validate"]);
        allow_duplicates! { assert_snapshot!(shown, @r#"
        exit code: 1
        --- stdout ---
        --- stderr ---
        error: Invalid value
         --> main.tf:2:9
          |
        2 |   arn = "/app/password"
          |         ^^^^^^^^^^^^^^^

          "arn" must be an ARN, such as arn:aws:iam::123456789012:role/name, not "/app/password"; correct
          it.
        error: Invalid value
         --> main.tf:7:19
          |
        7 |   payload       = "no JSON"
          |                   ^^^^^^^^^ "payload" must be JSON, not "no JSON"; correct it
        error: Insufficient blocks
          --> main.tf:10:36
           |
        10 | ephemeral "aws_kms_secrets" "none" {}
           |                                    ^ At least 1 "secret" block is required; add what is missing
        error: Invalid ephemeral resource
          --> main.tf:12:11
           |
        12 | ephemeral "aws_secretsmanager_secret_versions" "misspelt" {
           |           ^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^

          The provider registry.terraform.io/hashicorp/aws does not support the ephemeral resource
          "aws_secretsmanager_secret_versions".
        help: did you mean `aws_secretsmanager_secret_version`?
        error: Unsupported argument
          --> main.tf:17:3
           |
        17 |   length = 8
           |   ^^^^^^

          An argument named "length" is not expected here; correct the name or remove it.
        "#); }
    }
}

/// Types that the provider has and this build lacks.
#[test]
fn what_is_not_supported() {
    let files = "ephemeral \"aws_eks_cluster_auth\" \"a\" {\n  name = \"a\"\n}\n";
    let world = World::new(files).on_shared(Kind::Ministack);
    assert_snapshot!(world.shows(&["plan"]), @r#"
    exit code: 1
    --- stdout ---
    --- stderr ---
    error: Resource type not supported
     --> main.tf:1:11
      |
    1 | ephemeral "aws_eks_cluster_auth" "a" {
      |           ^^^^^^^^^^^^^^^^^^^^^^

      The type aws_eks_cluster_auth exists, but this version of infra cannot manage it. Manage this
      object with terraform in a configuration of its own, or give it count = 0.
    "#);
}
