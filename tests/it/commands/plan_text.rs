//! What a plan looks like: created, changed, replaced and destroyed, with values that are unknown or secret.

use infra_test_support::emulators::Kind;
use insta::assert_snapshot;

use crate::world::World;

const BEFORE: &str = r#"variable "secret" {
  default   = "first"
  sensitive = true
}

resource "terraform_data" "changed" {
  input = {
    name = "one"
    tags = ["a", "b", "c"]
    text = "{\"key\":1,\"other\":[1,2]}"
  }
}

resource "terraform_data" "follows" {
  input = terraform_data.changed.output
}

resource "terraform_data" "replaced" {
  triggers_replace = ["one"]
}

resource "terraform_data" "removed" {
  input = "gone soon"
}

resource "terraform_data" "secret" {
  input = { password = var.secret, user = "admin" }
}

resource "terraform_data" "same" {
  input = "same"
}

output "name" {
  value = terraform_data.changed.output.name
}

output "secret" {
  value     = var.secret
  sensitive = true
}
"#;

fn changed() -> World {
    let world = World::new(BEFORE);
    let _ = world.apply();
    world.edit("main.tf", "\"first\"", "\"second\"");
    world.edit("main.tf", "name = \"one\"", "name = \"two\"");
    world.edit("main.tf", "[\"a\", \"b\", \"c\"]", "[\"a\", \"c\", \"d\"]");
    world.edit("main.tf", "{\\\"key\\\":1,\\\"other\\\":[1,2]}", "{\\\"key\\\":1,\\\"other\\\":[1,3]}");
    world.edit("main.tf", "triggers_replace = [\"one\"]", "triggers_replace = [\"two\"]");
    world.edit("main.tf", "resource \"terraform_data\" \"removed\" {\n  input = \"gone soon\"\n}\n", "");
    world
}

#[test]
fn everything_created() {
    assert_snapshot!(World::new(BEFORE).shows(&["plan"]), @"");
}

#[test]
fn one_of_each_change() {
    assert_snapshot!(changed().shows(&["plan"]), @"");
}

#[test]
fn an_apply_tells_what_it_does() {
    // One worker, so that the lines have one order.
    assert_snapshot!(changed().shows(&["apply", "-auto-approve", "-parallelism=1"]), @"");
}

#[test]
fn everything_destroyed() {
    let world = World::new(BEFORE);
    let _ = world.apply();
    assert_snapshot!(world.shows(&["plan", "-destroy"]), @"");
}

#[test]
fn nothing_to_do() {
    let world = World::new(BEFORE);
    let _ = world.apply();
    assert_snapshot!(world.shows(&["plan"]), @"");
}

#[test]
fn a_saved_plan_is_shown_as_it_was_made() {
    let world = changed();
    let made = world.succeed(&["plan", "-out=saved.plan"]);
    assert_eq!(world.succeed(&["show", "saved.plan"]).stdout, made.stdout);
    assert!(made.stderr.contains("infra apply \"saved.plan\""), "{made}");
}

#[test]
fn blocks_maps_and_replacement_of_a_real_resource() {
    let world = World::new(
        r#"resource "aws_dynamodb_table" "users" {
  name         = "plan-text-users"
  billing_mode = "PAY_PER_REQUEST"
  hash_key     = "id"

  attribute {
    name = "id"
    type = "S"
  }

  tags = {
    Team  = "one"
    Stage = "dev"
  }
}

resource "aws_s3_bucket" "logs" {
  bucket = "plan-text-logs"
}

resource "aws_s3_bucket_policy" "logs" {
  bucket = aws_s3_bucket.logs.id

  policy = jsonencode({
    Version = "2012-10-17"
    Statement = [{
      Sid       = "TlsOnly"
      Effect    = "Deny"
      Principal = "*"
      Action    = "s3:*"
      Resource  = "arn:aws:s3:::plan-text-logs/*"
      Condition = { Bool = { "aws:SecureTransport" = "false" } }
    }]
  })
}
"#,
    )
    .on_shared(Kind::Ministack);
    assert_snapshot!(world.shows(&["plan"]), @"");
    let _ = world.apply();
    world.edit("main.tf", "Team  = \"one\"", "Team  = \"two\"");
    world.edit("main.tf", "    Stage = \"dev\"\n", "");
    world.edit("main.tf", "  hash_key     = \"id\"\n", "  hash_key     = \"id\"\n  range_key    = \"at\"\n");
    world.edit("main.tf", "  tags = {", "  attribute {\n    name = \"at\"\n    type = \"N\"\n  }\n\n  tags = {");
    world.edit("main.tf", "\"TlsOnly\"", "\"OnlyTls\"");
    assert_snapshot!(world.shows(&["plan"]), @"");
    let _ = world.destroy();
}
