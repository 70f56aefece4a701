//! Secrets: whatever goes wrong, text for people does not show them.

use infra_test_support::emulators::Kind;

use crate::world::World;

const SECRET: &str = "correct-horse-battery-staple";

/// What is run with a secret in it, and what makes it fail or speak of the secret. Names of objects are left out: they
/// are in every address that AWS gives an object, and no secrets.
const SITUATIONS: &[(&str, &str)] = &[
    ("a plan and an apply", "resource \"terraform_data\" \"a\" {\n  input = var.secret\n}\n"),
    ("an output", "output \"a\" {\n  value     = var.secret\n  sensitive = true\n}\n"),
    ("an output that is not marked", "output \"a\" {\n  value = \"x-${var.secret}\"\n}\n"),
    ("a conversion that fails", "resource \"terraform_data\" \"a\" {\n  input = tonumber(var.secret)\n}\n"),
    (
        "an index that is not there",
        "locals {\n  a = { b = 1 }\n}\n\nresource \"terraform_data\" \"a\" {\n  input = local.a[var.secret]\n}\n",
    ),
    ("a tag", "resource \"aws_s3_bucket\" \"a\" {\n  bucket = \"secret-tag\"\n  tags   = { Key = var.secret }\n}\n"),
    (
        "a tag that AWS refuses",
        "resource \"aws_s3_bucket\" \"a\" {\n  bucket = \"UPPER\"\n  tags   = { Key = var.secret }\n}\n",
    ),
    (
        "a document that is none",
        "resource \"aws_s3_bucket_policy\" \"a\" {\n  bucket = \"a\"\n  policy = var.secret\n}\n",
    ),
    (
        "a value that is not one of those known",
        "resource \"aws_dynamodb_table\" \"a\" {\n  name         = \"secret-mode\"\n  hash_key     = \"id\"\n  billing_mode = var.secret\n\n  attribute {\n    name = \"id\"\n    type = \"S\"\n  }\n}\n",
    ),
    (
        "a wrong type",
        "resource \"aws_dynamodb_table\" \"a\" {\n  name           = \"a\"\n  hash_key       = \"id\"\n  read_capacity  = var.secret\n  write_capacity = 1\n}\n",
    ),
    (
        "a precondition",
        "resource \"terraform_data\" \"a\" {\n  input = 1\n\n  lifecycle {\n    precondition {\n      condition     = var.secret == \"other\"\n      error_message = \"It is wrong.\"\n    }\n  }\n}\n",
    ),
    (
        "a message that would tell it",
        "resource \"terraform_data\" \"a\" {\n  input = 1\n\n  lifecycle {\n    precondition {\n      condition     = false\n      error_message = \"It is ${var.secret}.\"\n    }\n  }\n}\n",
    ),
    ("instances by secret", "resource \"terraform_data\" \"a\" {\n  for_each = toset([var.secret])\n}\n"),
    ("a division", "output \"a\" {\n  value = length(var.secret) / 0\n}\n"),
    ("a template that fails", "output \"a\" {\n  value = templatestring(\"$${nothing}\", { a = var.secret })\n}\n"),
];

const COMMANDS: &[&[&str]] = &[
    &["validate"],
    &["plan", "-out=saved.plan"],
    &["show", "saved.plan"],
    &["apply", "-auto-approve"],
    &["show"],
    &["output"],
    &["plan", "-destroy"],
    &["plan", "-var", "secret=correct-horse-battery-staple-2"],
    &["destroy", "-auto-approve"],
];

#[test]
fn never_appear_in_text_for_people() {
    let mut leaks = Vec::new();
    for (what, text) in SITUATIONS {
        let world = World::new(text).on_shared(Kind::Ministack);
        world.write("secret.tf", "variable \"secret\" {\n  type      = string\n  sensitive = true\n}\n");
        world.write("terraform.tfvars", format!("secret = \"{SECRET}\"\n"));
        for arguments in COMMANDS {
            let output = world.run(arguments);
            assert_ne!(output.exit_code, Some(255), "{what}: {arguments:?} ended with a defect:\n{output}");
            let text = output.to_string();
            let lines = text.lines().filter(|line| line.contains(SECRET));
            leaks.extend(lines.map(|line| format!("{what}: {arguments:?}: {line}")));
        }
    }
    assert!(leaks.is_empty(), "{}", leaks.join("\n"));
}

/// A value that is asked for by name is shown: that is what the command is for.
#[test]
fn are_given_to_whoever_asks_for_them() {
    let world = World::new(
        "output \"a\" {\n  value     = sensitive(\"correct-horse-battery-staple\")\n  sensitive = true\n}\n",
    );
    let _ = world.apply();
    assert_eq!(world.succeed(&["output", "-raw", "a"]).stdout, SECRET);
    assert!(world.succeed(&["output", "-json"]).stdout.contains(SECRET));
}

/// The files that hold them can be read by their owner only.
#[test]
fn are_kept_from_other_users() {
    use std::os::unix::fs::PermissionsExt;
    let world = World::new(
        "variable \"secret\" {\n  default = \"correct-horse-battery-staple\"\n}\n\nresource \"terraform_data\" \"a\" {\n  input = var.secret\n}\n",
    );
    let _ = world.succeed(&["plan", "-out=saved.plan"]);
    let mode = std::fs::metadata(world.path().join("saved.plan")).unwrap().permissions().mode();
    assert_eq!(mode & 0o777, 0o600);
}

/// The keys of the account are in the environment, and in nothing that is said or written.
#[test]
fn of_the_account_are_never_written() {
    let world = World::new("data \"aws_caller_identity\" \"here\" {}\n\nresource \"aws_s3_bucket\" \"a\" {\n  bucket = \"keys-of-the-account\"\n}\n")
        .on_shared(Kind::Moto);
    let run = |arguments: &[&str]| {
        world.infra(arguments).env("AWS_SECRET_ACCESS_KEY", SECRET).env("AWS_SESSION_TOKEN", SECRET).run().to_string()
    };
    let mut said = run(&["apply", "-auto-approve"]);
    said.push_str(&run(&["show", "-json"]));
    said.push_str(&run(&["plan", "-out=saved.plan", "-destroy"]));
    for file in world.directory().list() {
        said.push_str(&world.directory().read(&file));
    }
    assert!(said.contains("keys-of-the-account"), "the apply did not work:\n{said}");
    assert!(!said.contains(SECRET), "{said}");
    let _ = run(&["destroy", "-auto-approve"]);
}
