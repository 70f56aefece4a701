//! What `infra init` notes about the backend, and what other commands make of it.

use infra_test_support::oracle::Oracle;
use infra_test_support::skip_without_oracle;
use insta::assert_snapshot;

use crate::world::{World, json};

/// Where init notes the backend.
const PIN: &str = ".terraform/terraform.tfstate";

fn world() -> World {
    let world = World::new("resource \"terraform_data\" \"a\" {}\n").with_long_lines();
    world.write("backend.tf", "terraform {\n  backend \"local\" {\n    path = \"first.tfstate\"\n  }\n}\n");
    world
}

#[test]
fn it_is_noted_as_terraform_does() {
    let world = world();
    assert_snapshot!(world.shows(&["init"]), @r#"
    exit code: 0
    --- stdout ---
    Initializing modules...
    Initializing the backend...

    Successfully configured the backend "local"! infra will use it until the backend's configuration changes.

    Initializing provider plugins...
    - providers are built in: nothing to install

    infra has been initialized!

    Go on with `infra plan`. Other commands install missing modules by themselves; run this one again when the
    backend changes, or with -upgrade for newer modules.
    --- stderr ---
    "#);
    let ours = json(&world.read(PIN));
    assert_eq!(ours["backend"]["config"]["path"], "first.tfstate");
    // A second time there is nothing to say about it.
    assert!(!world.succeed(&["init", "-input=false"]).stdout.contains("Successfully configured"));
    let _ = world.apply();
    assert!(world.exists("first.tfstate") && !world.exists("terraform.tfstate"));

    let oracle = skip_without_oracle!("it_is_noted_as_terraform_does");
    let _ = oracle.run(&world.path(), &["plan", "-detailed-exitcode"], None).unwrap().assert_exit_code(0);
    world.directory().remove(PIN);
    let _ = oracle.run(&world.path(), &["init"], None).unwrap().assert_exit_code(0);
    assert_eq!(json(&world.read(PIN)), ours);
    world.assert_settled();
}

#[test]
fn a_change_is_refused_and_explained() {
    let world = world();
    let _ = world.succeed(&["init"]);
    let _ = world.apply();
    world.edit("backend.tf", "first", "second");
    assert_snapshot!(world.shows(&["plan"]), @r#"
    exit code: 1
    --- stdout ---
    --- stderr ---
    error: Backend initialization required
     --> backend.tf:2:3
      |
    2 |   backend "local" {
      |   ^^^^^^^^^^^^^^^

      Backend configuration block has changed: the directory was prepared for another one, whose state would be left behind. To take the state along, run `infra init -migrate-state`; to leave it where it is, run `infra init -reconfigure`.
    "#);
    for arguments in [&["apply", "-auto-approve"][..], &["output"], &["show"], &["providers"], &["console"]] {
        let output = world.run(arguments).assert_exit_code(1);
        assert!(output.stderr.contains("Backend initialization required"), "{arguments:?}: {output}");
    }
    assert_snapshot!(world.shows(&["init", "-input=false"]), @"
    exit code: 1
    --- stdout ---
    Initializing modules...
    Initializing the backend...
    --- stderr ---
    error: Backend configuration changed

      The backend of this configuration is not the one that the directory was prepared for, so that its state may be elsewhere now. To take the state along, run `infra init -migrate-state`; to leave it where it is, run `infra init -reconfigure`.
    ");
    // What needs no state works, and leaves the note alone.
    for arguments in [&["validate"][..], &["get"], &["modules"], &["init", "-backend=false"]] {
        let _ = world.succeed(arguments);
    }
    let _ = world.run(&["plan"]).assert_exit_code(1);
    if let Some(oracle) = Oracle::find_or_say_skipped("what terraform says about the change") {
        for arguments in [&["plan"][..], &["init", "-input=false"], &["output"]] {
            let _ = oracle.run(&world.path(), arguments, None).unwrap().assert_exit_code(1);
        }
        let _ = oracle.run(&world.path(), &["init", "-backend=false"], None).unwrap().assert_exit_code(0);
    }
    let _ = world.succeed(&["init", "-reconfigure"]);
    let _ = world.run(&["plan", "-detailed-exitcode"]).assert_exit_code(2);
    assert!(!world.exists("second.tfstate"), "what was left behind is not copied");
}

#[test]
fn the_state_moves_along() {
    let world = world();
    let backend = world.read("backend.tf");
    world.write("backend.tf", "");
    let _ = world.apply();
    world.write("backend.tf", &backend);
    assert_snapshot!(world.shows(&["init"]), @"
    exit code: 1
    --- stdout ---
    Initializing modules...
    Initializing the backend...
    --- stderr ---
    error: Existing state found

      There is a state in [DIR]/terraform.tfstate, and the backend of this configuration keeps its own in [DIR]/first.tfstate. To copy it there, run `infra init -migrate-state`; to leave it, run `infra init -reconfigure`.
    ");
    assert_snapshot!(world.shows(&["init", "-migrate-state"]), @r#"
    exit code: 0
    --- stdout ---
    Initializing modules...
    Initializing the backend...

    Successfully configured the backend "local"! infra will use it until the backend's configuration changes.

    Initializing provider plugins...
    - providers are built in: nothing to install

    infra has been initialized!

    Go on with `infra plan`. Other commands install missing modules by themselves; run this one again when the
    backend changes, or with -upgrade for newer modules.
    --- stderr ---
    "#);
    world.assert_settled();
    // And back.
    world.write("backend.tf", "");
    assert_snapshot!(world.shows(&["plan"]), @r#"
    exit code: 1
    --- stdout ---
    --- stderr ---
    error: Backend initialization required

      Unsetting the previously set backend "local": the directory was prepared for another one, whose state would be left behind. To take the state along, run `infra init -migrate-state`; to leave it where it is, run `infra init -reconfigure`.
    "#);
    world.directory().remove("terraform.tfstate");
    assert_snapshot!(world.shows(&["init", "-force-copy"]), @r#"
    exit code: 0
    --- stdout ---
    Initializing modules...
    Initializing the backend...

    Successfully unset the backend "local". The state is a local file again.

    Initializing provider plugins...
    - providers are built in: nothing to install

    infra has been initialized!

    Go on with `infra plan`. Other commands install missing modules by themselves; run this one again when the
    backend changes, or with -upgrade for newer modules.
    --- stderr ---
    "#);
    world.assert_settled();
    // A state that is there already is not replaced.
    world.write("backend.tf", backend.replace("first", "third"));
    world.write("third.tfstate", world.read("terraform.tfstate"));
    assert_snapshot!(world.shows(&["init", "-migrate-state"]), @"
    exit code: 1
    --- stdout ---
    Initializing modules...
    Initializing the backend...
    --- stderr ---
    error: Both places hold a state

      The state cannot be copied from [DIR]/terraform.tfstate: there is one in [DIR]/third.tfstate already. Move one of them away, or run `infra init -reconfigure` to use the second.
    ");
}

#[test]
fn arguments_may_come_from_flags() {
    let world = world();
    world.write("backend.tf", "terraform {\n  backend \"local\" {}\n}\n");
    world.write("backend.hcl", "path = \"from-file.tfstate\"\n");
    for (flags, path) in [
        (&["-backend-config=path=from-flag.tfstate"][..], "from-flag.tfstate"),
        // What was noted stays until something else is said.
        (&[], "from-flag.tfstate"),
        (&["-backend-config=backend.hcl", "-reconfigure"], "from-file.tfstate"),
        (&["-backend-config=backend.hcl", "-backend-config", "path=last.tfstate", "-reconfigure"], "last.tfstate"),
    ] {
        let arguments: Vec<&str> = ["init"].into_iter().chain(flags.iter().copied()).collect();
        let _ = world.succeed(&arguments);
        assert_eq!(json(&world.read(PIN))["backend"]["config"]["path"], path, "{flags:?}");
    }
    let _ = world.apply();
    assert!(world.exists("last.tfstate"));
    assert_snapshot!(world.shows(&["init", "-backend-config=paht=x"]), @r#"
    exit code: 1
    --- stdout ---
    Initializing modules...
    Initializing the backend...
    --- stderr ---
    error: Invalid backend configuration argument

      -backend-config=paht=x: the backend "local" has no argument named "paht".
    "#);
    assert_snapshot!(world.shows(&["init", "-backend-config=nowhere.hcl"]), @"
    exit code: 1
    --- stdout ---
    Initializing modules...
    Initializing the backend...
    --- stderr ---
    error: Invalid backend configuration argument

      -backend-config=nowhere.hcl: the file: No such file or directory (os error 2).
    ");
    world.write("backend.tf", "");
    let _ = world.succeed(&["init", "-reconfigure"]);
    assert_snapshot!(world.shows(&["init", "-backend-config=path=x"]), @r#"
    exit code: 1
    --- stdout ---
    Initializing modules...
    Initializing the backend...
    --- stderr ---
    error: Missing backend configuration

      -backend-config completes a backend block, and the configuration has none. Add one: terraform { backend "local" {} }.
    "#);
}

#[test]
fn options_that_do_not_go_together() {
    let world = world();
    assert_snapshot!(world.shows(&["init", "-migrate-state", "-reconfigure"]), @"
    exit code: 1
    --- stdout ---
    --- stderr ---
    error: Incompatible options

      -migrate-state and -reconfigure exclude each other. Use one of them.
    ");
    assert_snapshot!(world.shows(&["init", "-upgrade", "-lockfile=readonly"]), @"
    exit code: 1
    --- stdout ---
    --- stderr ---
    error: Incompatible options

      -upgrade and -lockfile=readonly exclude each other. Use one of them.
    ");
    assert_snapshot!(world.shows(&["init", "-lockfile=sometimes"]), @r#"
    exit code: 1
    --- stdout ---
    --- stderr ---
    error: Invalid lockfile mode

      -lockfile takes the word "readonly", and nothing else.
    "#);
    assert_snapshot!(world.shows(&["init", "-from-module=./x", "-json"]), @"
    exit code: 1
    --- stdout ---
    --- stderr ---
    error: Unsupported option

      -from-module copies a module into an empty directory, which infra does not do. Copy it yourself (git clone, cp), then run `infra init`.
    error: Unsupported option

      init has no -json here. Its exit code says whether all went well.
    ");
    assert!(!world.exists(PIN));
}

#[test]
fn a_new_block_leaves_no_state_behind() {
    let world = World::new("resource \"terraform_data\" \"a\" {}\n").with_long_lines();
    let _ = world.apply();
    world.write("backend.tf", "terraform {\n  backend \"local\" {\n    path = \"other.tfstate\"\n  }\n}\n");
    for command in [&["plan"][..], &["apply", "-auto-approve"], &["destroy", "-auto-approve"], &["console"]] {
        let output = world.infra(command).stdin("1").run().assert_exit_code(1);
        assert!(
            output.stderr.contains("error: Backend initialization required\n --> backend.tf:2:3"),
            "{}",
            output.stderr
        );
    }
    assert!(!world.exists("other.tfstate"));
    world.succeed(&["init", "-migrate-state"]);
    assert!(world.succeed(&["plan"]).stdout.contains("No changes"));
}
