//! State files that cannot be used: damaged, from the future, not writable.

use std::fs::{self, Permissions};
use std::os::unix::fs::PermissionsExt;
use std::path::Path;

use infra_test_support::process::Output;
use insta::assert_snapshot;

use crate::world::{INFRA, World};

fn world() -> World {
    let world = World::new("resource \"terraform_data\" \"a\" {\n  input = \"one\"\n}\n");
    let _ = world.apply();
    world.edit("main.tf", "one", "two");
    world
}

/// Runs an apply that must leave the state as it is.
fn refused(world: &World) -> String {
    let before = world.read("terraform.tfstate");
    let shown = world.shows(&["apply", "-auto-approve"]);
    assert_eq!(world.read("terraform.tfstate"), before, "an unusable state must stay as it is");
    shown
}

#[test]
fn a_corrupt_state() {
    let world = world();
    world.edit("terraform.tfstate", "\"instances\": [", "\"instances\": [[");
    assert_snapshot!(refused(&world), @r#"
    exit code: 1
    --- stdout ---
    --- stderr ---
    error: State not usable

      cannot read the state [DIR]/terraform.tfstate: an index key must be text or
      a whole number, not
      {"schema_version":0,"attributes":{"id":"[UUID]","input":{"value":"one","type":"string"},"output":{"value":"one","type":"string"},"triggers_replace":null},"sensitive_attributes":[]}
      (line 30, column 7). Nothing was written. Repair the file, or put back a good copy: the previous
      one is usually beside it with the suffix `.backup`
    "#);
}

#[test]
fn a_truncated_state() {
    let world = world();
    let text = world.read("terraform.tfstate");
    world.write("terraform.tfstate", &text[..text.len() / 2]);
    assert_snapshot!(refused(&world), @"
    exit code: 1
    --- stdout ---
    --- stderr ---
    error: State not usable

      cannot read the state [DIR]/terraform.tfstate: the file ends too early: EOF
      while parsing an object (line 17, column 5). Nothing was written. Repair the file, or put back a
      good copy: the previous one is usually beside it with the suffix `.backup`
    ");
}

#[test]
fn a_state_of_a_newer_version() {
    let world = world();
    world.edit("terraform.tfstate", "\"version\": 4", "\"version\": 5");
    assert_snapshot!(refused(&world), @"
    exit code: 1
    --- stdout ---
    --- stderr ---
    error: State not usable

      cannot read the state [DIR]/terraform.tfstate: it has format version 5
      (written by Terraform 1.11.4), and only version 4 is supported. Nothing was written. Use the tool
      that wrote it, or a newer version of this one
    ");
}

#[test]
fn a_state_that_is_none() {
    let world = world();
    world.write("terraform.tfstate", "not a state\n");
    assert_snapshot!(refused(&world), @"
    exit code: 1
    --- stdout ---
    --- stderr ---
    error: State not usable

      cannot read the state [DIR]/terraform.tfstate: this is not JSON: expected
      ident (line 1, column 2). Nothing was written. Repair the file, or put back a good copy: the
      previous one is usually beside it with the suffix `.backup`
    ");
}

#[test]
fn a_state_that_a_newer_type_wrote() {
    let world = world();
    world.edit("terraform.tfstate", "\"schema_version\": 0", "\"schema_version\": 7");
    assert_snapshot!(refused(&world), @"
    exit code: 1
    --- stdout ---
    --- stderr ---
    error: Resource instance managed by newer provider version
      = in terraform_data.a

      The object was stored with schema version 7, and this version of infra knows versions up to 0. Use
      a newer infra.
    ");
}

#[test]
fn a_state_that_cannot_be_written_is_saved_elsewhere() {
    let world = World::new("resource \"terraform_data\" \"a\" {\n  input = \"one\"\n}\n");
    // A path through a file: nobody can write there, whoever runs the test.
    assert_snapshot!(world.shows(&["apply", "-auto-approve", "-state-out=main.tf/new.tfstate"]), @"
    exit code: 1
    --- stdout ---
    --- stderr ---
    error: State not usable

      cannot make the directory [DIR]/main.tf: File exists (os error 17).
    ");
}

#[test]
fn a_read_only_directory() {
    let world = World::new("resource \"terraform_data\" \"a\" {\n  input = \"one\"\n}\n");
    let Some(output) = run_where_writing_is_refused(&world, &["apply", "-auto-approve"]) else {
        eprintln!("skipped: a_read_only_directory: this user may write anywhere, and setpriv is not installed");
        return;
    };
    assert!(!world.exists("terraform.tfstate"));
    assert_snapshot!(world.filtered(&output), @"
    exit code: 1
    --- stdout ---
    --- stderr ---
    error: State not usable

      cannot lock the state file [DIR]/terraform.tfstate: Permission denied (os
      error 13). Check that this user may write the directory and the file; what was there before is
      intact
    ");
}

/// Runs in the world made read-only; as somebody else if this user is one whom that does not keep from writing.
fn run_where_writing_is_refused(world: &World, arguments: &[&str]) -> Option<Output> {
    let folder = world.path();
    for path in [folder.parent()?, world.directory().home(), &folder.join("main.tf")] {
        fs::set_permissions(path, Permissions::from_mode(0o755)).unwrap();
    }
    fs::set_permissions(&folder, Permissions::from_mode(0o555)).unwrap();
    let may_write = fs::write(folder.join("probe"), "").is_ok();
    let command = if may_write {
        fs::remove_file(folder.join("probe")).unwrap();
        Path::new("/usr/bin/setpriv").exists().then(|| {
            let nobody = ["--reuid=65534", "--regid=65534", "--clear-groups", INFRA];
            world.directory().command("/usr/bin/setpriv").args(nobody).args(arguments)
        })
    } else {
        Some(world.infra(arguments))
    };
    let output = command.map(|command| command.run());
    fs::set_permissions(&folder, Permissions::from_mode(0o755)).unwrap();
    output
}
