//! Mistakes in the files: syntax, references, types, arguments, constraints.

use insta::assert_snapshot;

use crate::world::World;

#[test]
fn syntax_errors_in_two_blocks_are_both_reported() {
    let world = World::new(
        r#"resource "terraform_data" "a" {
  input =
}

resource "terraform_data" "b" {
  input = "fine"
}

output "c" {
  value = [1, 2
}
"#,
    );
    assert_snapshot!(world.shows(&["validate"]), @"");
}

#[test]
fn an_unknown_argument_names_the_one_that_was_meant() {
    let world = World::new(
        r#"resource "aws_s3_bucket" "logs" {
  bucket      = "logs"
  force_destory = true
}
"#,
    );
    assert_snapshot!(world.shows(&["validate"]), @"");
}

#[test]
fn a_wrong_type() {
    let world = World::new(
        r#"resource "aws_dynamodb_table" "users" {
  name          = "users"
  billing_mode  = "PAY_PER_REQUEST"
  hash_key      = "id"
  read_capacity = "plenty"

  attribute {
    name = "id"
    type = "S"
  }
}
"#,
    );
    assert_snapshot!(world.shows(&["validate"]), @"");
}

#[test]
fn a_missing_required_argument() {
    let world = World::new("resource \"aws_s3_bucket_policy\" \"logs\" {\n  bucket = \"logs\"\n}\n");
    assert_snapshot!(world.shows(&["validate"]), @"");
}

#[test]
fn a_value_that_aws_would_refuse() {
    let world = World::new("resource \"aws_s3_bucket\" \"logs\" {\n  bucket = \"Logs_Of_Ours\"\n}\n");
    assert_snapshot!(world.shows(&["plan"]), @"");
}

#[test]
fn a_missing_variable() {
    let world = World::new("variable \"name\" {\n  type = string\n}\n\noutput \"name\" {\n  value = var.name\n}\n");
    assert_snapshot!(world.shows(&["plan", "-input=false"]), @"");
}

#[test]
fn a_variable_that_breaks_its_own_rule() {
    let world = World::new(
        r#"variable "environment" {
  type = string

  validation {
    condition     = contains(["dev", "prod"], var.environment)
    error_message = "An environment is dev or prod."
  }
}
"#,
    );
    assert_snapshot!(world.shows(&["plan", "-var", "environment=test"]), @"");
}

#[test]
fn a_variable_of_the_wrong_type() {
    let world = World::new("variable \"zones\" {\n  type = list(string)\n}\n");
    world.write("terraform.tfvars", "zones = { a = 1 }\n");
    assert_snapshot!(world.shows(&["plan"]), @"");
}

#[test]
fn a_block_in_a_values_file() {
    let world = World::new("variable \"name\" {\n  default = \"a\"\n}\n");
    world.write("terraform.tfvars", "name = \"b\"\n\nvariable \"other\" {\n  default = 1\n}\n");
    assert_snapshot!(world.shows(&["plan"]), @"");
}

#[test]
fn references_to_what_is_not_there() {
    let world = World::new(
        r#"variable "environment" {
  default = "dev"
}

resource "terraform_data" "queue" {
  input = var.enviroment
}

output "queue" {
  value = terraform_data.queues.output
}

output "attribute" {
  value = terraform_data.queue.inputs
}
"#,
    );
    assert_snapshot!(world.shows(&["validate"]), @"");
}

#[test]
fn a_cycle_is_shown_as_a_whole() {
    let world = World::new(
        r#"resource "terraform_data" "a" {
  input = local.c
}

resource "terraform_data" "b" {
  input = terraform_data.a.output
}

locals {
  c = terraform_data.b.output
}
"#,
    );
    assert_snapshot!(world.shows(&["plan"]), @"");
}

#[test]
fn a_resource_type_that_is_misspelt() {
    let world = World::new("resource \"aws_s3_buckett\" \"logs\" {\n  bucket = \"logs\"\n}\n");
    assert_snapshot!(world.shows(&["validate"]), @"");
}

#[test]
fn a_resource_type_that_exists_but_is_not_supported() {
    let world =
        World::new("resource \"aws_gamelift_fleet\" \"game\" {\n  name = \"game\"\n}\n").at("http://127.0.0.1:1");
    assert_snapshot!(world.shows(&["plan"]), @"");
    // Without an instance there is nothing that could not be done.
    world.edit("main.tf", "{\n", "{\n  count = 0\n");
    assert_snapshot!(world.shows(&["plan"]), @"");
}

#[test]
fn a_provider_that_is_not_supported() {
    let world = World::new("resource \"google_storage_bucket\" \"logs\" {\n  name = \"logs\"\n}\n");
    assert_snapshot!(world.shows(&["validate"]), @"");
}

#[test]
fn a_provider_constraint_that_cannot_be_met() {
    let world = World::new(
        r#"terraform {
  required_providers {
    aws = {
      source  = "hashicorp/aws"
      version = "~> 4.0"
    }
  }
}
"#,
    );
    assert_snapshot!(world.shows(&["plan"]), @"");
}

#[test]
fn a_required_version_that_is_not_ours() {
    let world = World::new("terraform {\n  required_version = \">= 1.14\"\n}\n");
    assert_snapshot!(world.shows(&["plan"]), @"");
}

#[test]
fn a_backend_that_is_not_supported() {
    let world = World::new(
        "terraform {\n  backend \"gcs\" {\n    bucket = \"state\"\n  }\n}\n\nresource \"terraform_data\" \"a\" {}\n",
    );
    assert_snapshot!(world.shows(&["plan"]), @"");
}

#[test]
fn a_module_that_is_not_there() {
    let world = World::new("module \"network\" {\n  source = \"./network\"\n}\n");
    assert_snapshot!(world.shows(&["validate"]), @"");
}

#[test]
fn an_object_that_must_not_be_destroyed() {
    let world = World::new(
        r#"resource "terraform_data" "precious" {
  triggers_replace = "one"

  lifecycle {
    prevent_destroy = true
  }
}
"#,
    );
    let _ = world.apply();
    assert_snapshot!(world.shows(&["destroy", "-auto-approve"]), @"");
    world.edit("main.tf", "\"one\"", "\"two\"");
    assert_snapshot!(world.shows(&["plan"]), @"");
}

#[test]
fn a_count_that_is_not_known_yet() {
    let world = World::new(
        r#"resource "terraform_data" "a" {
  input = "a"
}

resource "terraform_data" "b" {
  count = length(terraform_data.a.id)
}
"#,
    );
    assert_snapshot!(world.shows(&["plan"]), @"");
}

#[test]
fn a_directory_without_configuration() {
    let world = World::new("");
    world.directory().remove("main.tf");
    assert_snapshot!(world.shows(&["plan"]), @"");
}
