//! Mistakes in the files: syntax, references, types, arguments, constraints.

use infra_test_support::emulators::Kind;
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
    assert_snapshot!(world.shows(&["validate"]), @"
    exit code: 1
    --- stdout ---
    --- stderr ---
    error: Invalid expression
     --> main.tf:2:10
      |
    2 |   input =
      |          ^ A value is expected here, but the end of the line comes first

      Add the value.
    error: Missing item separator
      --> main.tf:11:1
       |
    11 | }
       | ^ A comma or `]` is expected behind an item of a list, but `}` comes first

      Add the comma, or close the list with `]`.
    ");
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
    assert_snapshot!(world.shows(&["validate"]), @r#"
    exit code: 1
    --- stdout ---
    --- stderr ---
    error: Unsupported argument
     --> main.tf:3:3
      |
    3 |   force_destory = true
      |   ^^^^^^^^^^^^^

      An argument named "force_destory" is not expected here; correct the name or remove it.
    help: did you mean `force_destroy`?
    "#);
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
    assert_snapshot!(world.shows(&["validate"]), @r#"
    exit code: 1
    --- stdout ---
    --- stderr ---
    error: Incorrect attribute value type
     --> main.tf:5:19
      |
    5 |   read_capacity = "plenty"
      |                   ^^^^^^^^ Inappropriate value for attribute "read_capacity": a number is required

      Give a value of type number.
    "#);
}

#[test]
fn a_missing_required_argument() {
    let world = World::new("resource \"aws_s3_bucket_policy\" \"logs\" {\n  bucket = \"logs\"\n}\n");
    assert_snapshot!(world.shows(&["validate"]), @r#"
    exit code: 1
    --- stdout ---
    --- stderr ---
    error: Missing required argument
     --> main.tf:1:40
      |
    1 | resource "aws_s3_bucket_policy" "logs" {
      |                                        ^ The argument "policy" is required, but no definition was found; add it
    "#);
}

#[test]
fn a_value_that_aws_would_refuse() {
    let world = World::new(
        r#"resource "aws_dynamodb_table" "users" {
  name         = "us"
  billing_mode = "FREE"
  hash_key     = "id"

  attribute {
    name = "id"
    type = "text"
  }
}

resource "aws_s3_bucket" "logs" {
  bucket        = "logs"
  bucket_prefix = "logs-"
}

resource "aws_s3_bucket_policy" "logs" {
  bucket = "logs"
  policy = "{"
}
"#,
    );
    assert_snapshot!(world.shows(&["validate"]), @r#"
    exit code: 1
    --- stdout ---
    --- stderr ---
    warning: Unexpected value
     --> main.tf:3:18
      |
    3 |   billing_mode = "FREE"
      |                  ^^^^^^

      As far as is known here, "billing_mode" is one of "PROVISIONED", "PAY_PER_REQUEST", not "FREE".
      The service may know more; if it refuses the value, correct it.
    help: 1 more similar warning elsewhere
    error: Conflicting configuration arguments
      --> main.tf:13:19
       |
    13 |   bucket        = "logs"
       |                   ^^^^^^ "bucket" conflicts with "bucket_prefix"; remove one of the two
    error: Invalid value
      --> main.tf:19:12
       |
    19 |   policy = "{"
       |            ^^^ "policy" must be JSON, not "{"; correct it
    "#);
}

#[test]
fn a_missing_variable() {
    let world = World::new("variable \"name\" {\n  type = string\n}\n\noutput \"name\" {\n  value = var.name\n}\n");
    assert_snapshot!(world.shows(&["plan", "-input=false"]), @r#"
    exit code: 1
    --- stdout ---
    --- stderr ---
    error: No value for required variable
     --> main.tf:1:1
      |
    1 | variable "name" {
      | ^^^^^^^^^^^^^^^

      The root module input variable "name" is not set, and has no default value.
    help: give it with -var 'name=…', in a .tfvars file with -var-file, or as TF_VAR_name
    "#);
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
    assert_snapshot!(world.shows(&["plan", "-var", "environment=test"]), @r#"
    exit code: 1
    --- stdout ---
    --- stderr ---
    error: Invalid value for variable
     --> main.tf:1:1
      |
    1 | variable "environment" {
      | ^^^^^^^^^^^^^^^^^^^^^^
      |
      | var.environment is "test"

      An environment is dev or prod.

      This was checked by the validation rule at main.tf:4,3.
    "#);
}

#[test]
fn a_variable_of_the_wrong_type() {
    let world = World::new("variable \"zones\" {\n  type = list(string)\n}\n");
    world.write("terraform.tfvars", "zones = { a = 1 }\n");
    assert_snapshot!(world.shows(&["plan"]), @"
    exit code: 1
    --- stdout ---
    --- stderr ---
    error: Invalid value for input variable
     --> terraform.tfvars:1:9
      |
    1 | zones = { a = 1 }
      |         ^^^^^^^^^

      The value given for var.zones in terraform.tfvars is not suitable: list of string required.
    ");
}

#[test]
fn a_block_in_a_values_file() {
    let world = World::new("variable \"name\" {\n  default = \"a\"\n}\n");
    world.write("terraform.tfvars", "name = \"b\"\n\nvariable \"other\" {\n  default = 1\n}\n");
    assert_snapshot!(world.shows(&["plan"]), @r#"
    exit code: 1
    --- stdout ---
    --- stderr ---
    error: Variable declaration in .tfvars file
     --> terraform.tfvars:3:1
      |
    3 | variable "other" {
      | ^^^^^^^^^^^^^^^^ This file gives variables their values

      Declare the variable in a .tf file, and write here: other = …
    "#);
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
    assert_snapshot!(world.shows(&["validate"]), @r#"
    exit code: 1
    --- stdout ---
    --- stderr ---
    error: Reference to undeclared input variable
     --> main.tf:6:11
      |
    6 |   input = var.enviroment
      |           ^^^^^^^^^^^^^^

      No input variable named "enviroment" has been declared in the root module.
    help: did you mean `var.environment`?
    error: Reference to undeclared resource
      --> main.tf:10:11
       |
    10 |   value = terraform_data.queues.output
       |           ^^^^^^^^^^^^^^^^^^^^^

      A managed resource terraform_data named "queues" has not been declared in the root module.
    help: did you mean `terraform_data.queue`?
    error: Unsupported attribute
      --> main.tf:14:31
       |
    14 |   value = terraform_data.queue.inputs
       |                               ^^^^^^^ This object does not have an attribute named "inputs"
    "#);
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
    assert_snapshot!(world.shows(&["plan"]), @"
    exit code: 1
    --- stdout ---
    --- stderr ---
    error: Cycle
      --> main.tf:10:7
       |
    10 |   c = terraform_data.b.output
       |       ^^^^^^^^^^^^^^

      These objects need one another in a circle, so none can come first:
        local.c refers to terraform_data.b at main.tf:10
        terraform_data.b refers to terraform_data.a at main.tf:6
        terraform_data.a refers to local.c at main.tf:2
      Break the circle by removing one of these references.
    ");
}

#[test]
fn a_resource_type_that_is_misspelt() {
    let world = World::new("resource \"aws_s3_buckett\" \"logs\" {\n  bucket = \"logs\"\n}\n");
    assert_snapshot!(world.shows(&["validate"]), @r#"
    exit code: 1
    --- stdout ---
    --- stderr ---
    error: Invalid resource type
     --> main.tf:1:10
      |
    1 | resource "aws_s3_buckett" "logs" {
      |          ^^^^^^^^^^^^^^^^

      The provider registry.terraform.io/hashicorp/aws does not support the resource type
      "aws_s3_buckett".
    help: did you mean `aws_s3_bucket`?
    "#);
}

#[test]
fn a_resource_type_that_exists_but_is_not_supported() {
    let world =
        World::new("resource \"aws_gamelift_fleet\" \"game\" {\n  name = \"game\"\n}\n").on_shared(Kind::Ministack);
    assert_snapshot!(world.shows(&["plan"]), @r#"
    exit code: 1
    --- stdout ---
    --- stderr ---
    warning: Missing required argument
     --> main.tf:1:38
      |
    1 | resource "aws_gamelift_fleet" "game" {
      |                                      ^

      In version 5.100.0 of the provider, the only one whose form of this type is known here: The
      argument "ec2_instance_type" is required, but no definition was found; add it.
    error: Resource type not supported
     --> main.tf:1:10
      |
    1 | resource "aws_gamelift_fleet" "game" {
      |          ^^^^^^^^^^^^^^^^^^^^

      The type aws_gamelift_fleet exists, but this version of infra cannot manage it. Manage this object
      with terraform in a configuration of its own, or give it count = 0.
    "#);
    // Without an instance there is nothing that could not be done.
    world.edit("main.tf", "{\n", "{\n  count = 0\n");
    assert_snapshot!(world.shows(&["plan"]), @r#"
    exit code: 0
    --- stdout ---
    No changes. Your infrastructure matches the configuration.

    infra has compared your real infrastructure against your configuration and
    found no differences, so no changes are needed.
    --- stderr ---
    warning: Missing required argument
     --> main.tf:1:38
      |
    1 | resource "aws_gamelift_fleet" "game" {
      |                                      ^

      In version 5.100.0 of the provider, the only one whose form of this type is known here: The
      argument "ec2_instance_type" is required, but no definition was found; add it.
    "#);
}

#[test]
fn a_provider_that_is_not_supported() {
    let world = World::new("resource \"google_storage_bucket\" \"logs\" {\n  name = \"logs\"\n}\n");
    assert_snapshot!(world.shows(&["validate"]), @r#"
    exit code: 1
    --- stdout ---
    --- stderr ---
    error: Provider not available
     --> main.tf:1:10
      |
    1 | resource "google_storage_bucket" "logs" {
      |          ^^^^^^^^^^^^^^^^^^^^^^^

      The provider registry.terraform.io/hashicorp/google is not part of infra, which has the AWS
      provider and a few small ones built in. Remove what needs it, or manage that part with terraform.
    "#);
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
    assert_snapshot!(world.shows(&["plan"]), @r#"
    exit code: 1
    --- stdout ---
    --- stderr ---
    error: Provider version not supported
     --> main.tf:5:17
      |
    5 |       version = "~> 4.0"
      |                 ^^^^^^^^

      No version of the AWS provider in the generations 5 and 6, which infra speaks, meets "~> 4.0".
      Loosen the version constraints of this configuration.
    "#);
}

#[test]
fn a_required_version_that_is_not_ours() {
    let world = World::new("terraform {\n  required_version = \">= 1.14\"\n}\n");
    assert_snapshot!(world.shows(&["plan"]), @r#"
    exit code: 1
    --- stdout ---
    --- stderr ---
    error: Unsupported Terraform Core version
     --> main.tf:2:3
      |
    2 |   required_version = ">= 1.14"
      |   ^^^^^^^^^^^^^^^^^^^^^^^^^^^^

      This configuration requires Terraform ">= 1.14", and infra behaves as Terraform 1.11.4. Change
      required_version if the configuration works with that.
    "#);
}

#[test]
fn a_backend_that_is_not_supported() {
    let world = World::new(
        "terraform {\n  backend \"gcs\" {\n    bucket = \"state\"\n  }\n}\n\nresource \"terraform_data\" \"a\" {}\n",
    );
    assert_snapshot!(world.shows(&["plan"]), @r#"
    exit code: 1
    --- stdout ---
    --- stderr ---
    error: Backend not supported
     --> main.tf:2:3
      |
    2 |   backend "gcs" {
      |   ^^^^^^^^^^^^^

      This version of infra keeps states in local files and cannot work with the backend "gcs" yet. Use
      -sandbox to try the configuration without it, or remove the block to work with a local state.
    "#);
}

#[test]
fn a_module_that_is_not_there() {
    let world = World::new("module \"network\" {\n  source = \"./network\"\n}\n");
    assert_snapshot!(world.shows(&["validate"]), @r#"
    exit code: 1
    --- stdout ---
    --- stderr ---
    error: Unreadable module directory
     --> main.tf:1:1
      |
    1 | module "network" {
      | ^^^^^^^^^^^^^^^^

      The directory network could not be read: No such file or directory (os error 2). Check the path.
    "#);
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
    assert_snapshot!(world.shows(&["destroy", "-auto-approve"]), @r#"
    exit code: 1
    --- stdout ---
    Planning failed. These actions were planned before the errors; they cannot be
    applied:

    infra made the following execution plan. Resource actions are indicated with
    the following symbols:
      - destroy

      # terraform_data.precious will be destroyed
      - resource "terraform_data" "precious" {
          - id               = "[UUID]" -> null
          - triggers_replace = "one" -> null
        }

    Plan: 0 to add, 0 to change, 1 to destroy.
    --- stderr ---
    terraform_data.precious: Refreshing state... [id=[UUID]]
    error: Instance cannot be destroyed
     --> main.tf:1:1
      |
    1 | resource "terraform_data" "precious" {
      | ^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^
      = in terraform_data.precious

      Resource terraform_data.precious has lifecycle.prevent_destroy set, but the plan calls for this
      resource to be destroyed. To avoid this error and continue with the plan, either disable
      lifecycle.prevent_destroy or reduce the scope of the plan using the -target option.
    "#);
    world.edit("main.tf", "\"one\"", "\"two\"");
    assert_snapshot!(world.shows(&["plan"]), @r#"
    exit code: 1
    --- stdout ---
    Planning failed. These actions were planned before the errors; they cannot be
    applied:

    infra made the following execution plan. Resource actions are indicated with
    the following symbols:
    -/+ destroy and then create replacement

      # terraform_data.precious must be replaced
      # (main.tf:2 forces it)
    -/+ resource "terraform_data" "precious" {
          ~ id               = "[UUID]" -> (known after apply)
          ~ triggers_replace = "one" -> "two" # forces replacement
        }

    Plan: 1 to add, 0 to change, 1 to destroy.
    --- stderr ---
    terraform_data.precious: Refreshing state... [id=[UUID]]
    error: Instance cannot be destroyed
     --> main.tf:1:1
      |
    1 | resource "terraform_data" "precious" {
      | ^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^
      = in terraform_data.precious

      Resource terraform_data.precious has lifecycle.prevent_destroy set, but the plan calls for this
      resource to be destroyed. To avoid this error and continue with the plan, either disable
      lifecycle.prevent_destroy or reduce the scope of the plan using the -target option.
    "#);
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
    assert_snapshot!(world.shows(&["plan"]), @r#"
    exit code: 1
    --- stdout ---
    Planning failed. These actions were planned before the errors; they cannot be
    applied:

    infra made the following execution plan. Resource actions are indicated with
    the following symbols:
      + create

      # terraform_data.a will be created
      + resource "terraform_data" "a" {
          + id     = (known after apply)
          + input  = "a"
          + output = (known after apply)
        }

    Plan: 1 to add, 0 to change, 0 to destroy.
    --- stderr ---
    error: Invalid count argument
     --> main.tf:6:11
      |
    6 |   count = length(terraform_data.a.id)
      |           ^^^^^^^^^^^^^^^^^^^^^^^^^^^
      |
      | terraform_data.a.id is a string, known only after apply

      The "count" value depends on resource attributes that cannot be determined until apply, so the
      number of instances is not known. Use a value that is known before: a variable, a local value, or
      static keys with the unknown parts in the values. To apply what it depends on first, use -target.
    "#);
}
