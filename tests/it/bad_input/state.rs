//! State files that cannot be used: damaged, from the future, not writable.

use std::fs::{self, Permissions};
use std::os::unix::fs::PermissionsExt;
use std::path::Path;
use std::time::Duration;

use infra_test_support::emulators::{Emulator, Kind};
use infra_test_support::fault_proxy::{Effect, FaultProxy, Hold, Matcher};
use infra_test_support::process::Output;
use insta::assert_snapshot;

use crate::world::{INFRA, World};

fn world() -> World {
    let world = World::new("resource \"terraform_data\" \"a\" {\n  input = \"one\"\n}\n").with_long_lines();
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
    assert_snapshot!(refused(&world), @"
    exit code: 1
    --- stdout ---
    --- stderr ---
    error: State not usable

      Cannot read the state [DIR]/terraform.tfstate: an index key must be text or a whole number, not an object (line 30, column 7). Nothing was written. Repair the file, or put back a good copy: the previous one is usually beside it with the suffix `.backup`.
    ");
}

/// What is wrong is said without showing what is there: a state holds secrets.
#[test]
fn a_corrupt_state_is_not_quoted() {
    let damages = [
        ("\"instances\": [", "\"instances\": [["),
        ("\"attributes\": {", "\"attributes\": [{"),
        ("\"schema_version\": 0", "\"schema_version\": \"correct-horse\""),
        ("\"serial\": 1", "\"serial\": \"correct-horse\""),
    ];
    for (from, to) in damages {
        let world = World::new("resource \"terraform_data\" \"a\" {\n  input = \"correct-horse\"\n}\n");
        let _ = world.apply();
        world.edit("terraform.tfstate", from, to);
        let output = world.run(&["plan"]).assert_exit_code(1);
        assert!(!output.to_string().contains("correct-horse"), "{to}:\n{output}");
    }
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

      Cannot read the state [DIR]/terraform.tfstate: the file ends too early: EOF while parsing an object (line 17, column 5). Nothing was written. Repair the file, or put back a good copy: the previous one is usually beside it with the suffix `.backup`.
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

      Cannot read the state [DIR]/terraform.tfstate: it has format version 5 (written by Terraform 1.11.4), and only version 4 is supported. Nothing was written. Use the tool that wrote it, or a newer version of this one.
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

      Cannot read the state [DIR]/terraform.tfstate: this is not JSON: expected ident (line 1, column 2). Nothing was written. Repair the file, or put back a good copy: the previous one is usually beside it with the suffix `.backup`.
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

      The object was stored with schema version 7, and this version of infra knows versions up to 0. Use a newer infra.
    ");
}

#[test]
fn a_place_for_the_state_that_cannot_be_is_refused_before_anything_happens() {
    let world = World::new("resource \"terraform_data\" \"a\" {\n  input = \"one\"\n}\n").with_long_lines();
    // A path through a file: nobody can write there, whoever runs the test.
    assert_snapshot!(world.shows(&["apply", "-auto-approve", "-state-out=main.tf/new.tfstate"]), @"
    exit code: 1
    --- stdout ---
    --- stderr ---
    error: State not usable

      Cannot make the directory [DIR]/main.tf: File exists (os error 17).
    ");
}

#[test]
fn a_state_that_can_no_longer_be_written_is_saved_elsewhere() {
    let emulator = Emulator::shared(Kind::Ministack).unwrap();
    let proxy = FaultProxy::start(emulator.endpoint(), 1).unwrap();
    let hold = Hold::new();
    proxy.inject(Matcher::operation("s3", "CreateBucket").first(1), Effect::HoldAfterForward(hold.clone()));
    let world = World::new("resource \"aws_s3_bucket\" \"a\" {\n  bucket = \"saved-elsewhere\"\n}\n")
        .at(&proxy.endpoint())
        .with_long_lines();
    let running = world.infra(&["apply", "-auto-approve", "-state-out=states/new.tfstate"]).spawn();
    assert!(hold.wait_until_reached(Duration::from_secs(60)));
    // While the bucket is made, its state's place is taken by something that no file can replace.
    let place = world.path().join("states");
    let _ = fs::remove_dir_all(&place);
    fs::write(&place, "").unwrap();
    hold.release();
    let output = running.wait(Duration::from_secs(60)).unwrap();
    // When the log tells of another attempt depends on which of two threads is faster.
    let stderr = output.stderr.lines().filter(|line| !line.starts_with(" WARN ")).map(|line| format!("{line}\n"));
    let shown = world.filtered(&Output { stdout: String::new(), stderr: stderr.collect(), ..output });
    assert_snapshot!(shown, @"
    exit code: 1
    --- stdout ---
    --- stderr ---
    aws_s3_bucket.a: Creating...
    aws_s3_bucket.a: Creation complete after [ELAPSED] [id=saved-elsewhere]
    error: State not usable

      Cannot look at the state file [DIR]/states/new.tfstate: Not a directory (os error 20).
    error: State saved elsewhere

      The state could not be written to [DIR]/states/new.tfstate, so it was written to [DIR]/errored.tfstate. Put right what kept it from being written, then copy it back.
    error: State not usable

      Cannot delete the note about the lock [DIR]/states/.new.tfstate.lock.info: Not a directory (os error 20).
    ");

    // What was made is not forgotten: put back, it is the state.
    fs::remove_file(&place).unwrap();
    fs::rename(world.path().join("errored.tfstate"), world.path().join("terraform.tfstate")).unwrap();
    world.assert_settled();
    let _ = world.destroy();
}

#[test]
fn a_read_only_directory() {
    let world = World::new("resource \"terraform_data\" \"a\" {\n  input = \"one\"\n}\n").with_long_lines();
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

      Cannot lock the state file [DIR]/terraform.tfstate: Permission denied (os error 13). Check that this user may write the directory and the file; what was there before is intact.
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
            world.directory().command("/usr/bin/setpriv").args(nobody).args(arguments).env("COLUMNS", "10000")
        })
    } else {
        Some(world.infra(arguments))
    };
    let output = command.map(|command| command.run());
    fs::set_permissions(&folder, Permissions::from_mode(0o755)).unwrap();
    output
}
