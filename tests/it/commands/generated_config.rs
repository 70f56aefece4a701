//! `plan -generate-config-out`: files for imported objects that nothing declares.

use infra_test_support::emulators::Kind;
use insta::assert_snapshot;

use crate::world::World;

const IMPORTS: &str = r#"
import {
  to = terraform_data.a
  id = "some-id"
}

resource "terraform_data" "b" {
}
"#;

#[test]
fn the_file_makes_the_plan() {
    let world = World::new(IMPORTS);
    assert_snapshot!(world.shows(&["plan", "-generate-config-out=made.tf", "-out=p"]), @r#"
    exit code: 0
    --- stdout ---
    infra made the following execution plan. Resource actions are indicated with
    the following symbols:
      + create

    infra will perform the following actions:

      # terraform_data.a will be imported
      # (config will be generated)
        resource "terraform_data" "a" {
            id = "some-id"
        }

      # terraform_data.b will be created
      + resource "terraform_data" "b" {
          + id = (known after apply)
        }

    Plan: 1 to import, 1 to add, 0 to change, 0 to destroy.
    --- stderr ---
    terraform_data.a: Refreshing state... [id=some-id]
    terraform_data.a: Refreshing state... [id=some-id]
    Wrote the configuration of imported objects to: made.tf

    Saved the plan to: p

    To perform exactly these actions, run:
        infra apply "p"
    "#);
    assert_snapshot!(world.read("made.tf"), @r#"
    # Generated from objects that exist. Look these resources through, and move them into your own files.

    # terraform_data.a, from "some-id"
    resource "terraform_data" "a" {
      input            = null
      triggers_replace = null
    }
    "#);
    let _ = world.succeed(&["apply", "p"]);
    assert_eq!(world.succeed(&["state", "list"]).stdout, "terraform_data.a\nterraform_data.b\n");
    assert!(world.planned(&[]).is_empty(), "what was generated is what is there");
}

#[test]
fn a_file_that_is_there_is_not_overwritten() {
    let world = World::new(IMPORTS);
    world.write("made.tf", "# mine\n");
    assert_snapshot!(world.shows(&["plan", "-generate-config-out=made.tf"]), @"
    exit code: 1
    --- stdout ---
    --- stderr ---
    error: Target generated file already exists

      Generated configuration goes into a new file, and made.tf is there. Name another one, or move it.
    ");
    assert_eq!(world.read("made.tf"), "# mine\n");
}

#[test]
fn without_anything_to_generate_no_file_is_written() {
    let world = World::new("resource \"terraform_data\" \"b\" {}\n");
    let _ = world.succeed(&["plan", "-generate-config-out=made.tf"]);
    assert!(!world.exists("made.tf"));
}

#[test]
fn a_bucket_is_described_by_what_it_has() {
    let world = World::new("resource \"aws_s3_bucket\" \"first\" {\n  bucket = \"generated-first\"\n}\n")
        .on_shared(Kind::Ministack);
    let _ = world.succeed(&["apply", "-auto-approve"]);
    let _ = world.succeed(&["state", "rm", "aws_s3_bucket.first"]);
    world.write("main.tf", "import {\n  to = aws_s3_bucket.again\n  id = \"generated-first\"\n}\n");
    let _ = world.succeed(&["plan", "-generate-config-out=made.tf"]);
    assert_snapshot!(world.read("made.tf"), @r#"
    # Generated from objects that exist. Look these resources through, and move them into your own files.

    # aws_s3_bucket.again, from "generated-first"
    resource "aws_s3_bucket" "again" {
      bucket              = "generated-first"
      bucket_namespace    = "global"
      bucket_prefix       = null
      force_destroy       = null
      object_lock_enabled = false
      region              = "us-east-1"
      tags                = null
      tags_all            = null
    }
    "#);
    let _ = world.succeed(&["apply", "-auto-approve"]);
    assert!(world.planned(&[]).is_empty(), "what was generated is what is there");
    let _ = world.destroy();
}

#[test]
fn the_file_may_lie_elsewhere_and_be_called_as_one_that_is_there() {
    for out in ["made/main.tf", "main_override.tf", "made"] {
        let world = World::new(IMPORTS);
        world.write("made/keep.txt", "");
        let out = if out == "made" { "made/generated" } else { out };
        let output = world.succeed(&["plan", &format!("-generate-config-out={out}")]);
        assert!(output.stdout.contains("Plan: 1 to import, 1 to add"), "{out}: {output}");
        assert!(world.read(out).contains("resource \"terraform_data\" \"a\""), "{out}");
    }
}

#[test]
fn missing_variables_are_asked_for_once() {
    let world = World::new("variable \"id\" {}\n\nimport {\n  to = terraform_data.a\n  id = var.id\n}\n");
    let output = world.infra(&["plan", "-generate-config-out=made.tf"]).stdin("typed\n").run().assert_exit_code(0);
    assert!(world.read("made.tf").contains("from \"typed\""), "{output}");
    assert!(!output.stderr.contains("targeting"), "{output}");
}

#[test]
fn what_is_not_planned_is_not_written() {
    let world = World::new(IMPORTS);
    let _ = world.succeed(&["plan", "-generate-config-out=made.tf", "-target=terraform_data.b"]);
    assert!(!world.exists("made.tf"));
}
