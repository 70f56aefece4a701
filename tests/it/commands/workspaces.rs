//! `workspace …`: several states of the same files.

use std::time::Duration;

use insta::assert_snapshot;

use crate::world::{World, json};

const MAIN: &str = "resource \"terraform_data\" \"a\" {\n  input = terraform.workspace\n}\n";

#[test]
fn they_are_made_selected_and_deleted() {
    let world = World::new(MAIN).with_long_lines();
    assert_snapshot!(world.shows(&["workspace", "new", "dev"]), @r#"
    exit code: 0
    --- stdout ---
    Created and switched to workspace "dev"!

    You're now on a new, empty workspace. Workspaces isolate their state,
    so if you run "infra plan" infra will not see any existing state
    for this configuration.
    --- stderr ---
    "#);
    assert_snapshot!(world.shows(&["workspace", "list"]), @"
    exit code: 0
    --- stdout ---
      default
    * dev

    --- stderr ---
    ");
    assert_eq!(world.succeed(&["workspace", "show"]).stdout, "dev\n");
    let _ = world.apply();
    assert!(world.read("terraform.tfstate.d/dev/terraform.tfstate").contains("\"dev\""));
    assert_snapshot!(world.shows(&["workspace", "delete", "dev"]), @r#"
    exit code: 1
    --- stdout ---
    --- stderr ---
    error: Workspace "dev" is your active workspace

      The current workspace cannot be deleted. Switch to another one and try again.
    "#);
    assert_snapshot!(world.shows(&["workspace", "select", "default"]), @r#"
    exit code: 0
    --- stdout ---
    Switched to workspace "default".
    --- stderr ---
    "#);
    assert_eq!(world.run(&["workspace", "select", "default"]).assert_exit_code(0).stdout, "");
    assert_snapshot!(world.shows(&["workspace", "delete", "dev"]), @r#"
    exit code: 1
    --- stdout ---
    --- stderr ---
    error: Workspace is not empty

      Workspace "dev" is currently tracking the following resource instances:
        - terraform_data.a
      Deleting it would lose track of them. Destroy them first; -force deletes it all the same, and whatever they stand for stays.
    "#);
    assert!(world.exists("terraform.tfstate.d/dev/terraform.tfstate"));
    assert_snapshot!(world.shows(&["workspace", "delete", "-force", "dev"]), @r#"
    exit code: 0
    --- stdout ---
    Deleted workspace "dev"!
    WARNING: "dev" was non-empty.
    The resources managed by the deleted workspace may still exist,
    but are no longer manageable by infra since the state has
    been deleted.
    --- stderr ---
    "#);
    assert!(!world.exists("terraform.tfstate.d/dev"));
    let _ = world.succeed(&["workspace", "select", "-or-create", "other"]);
    let _ = world.succeed(&["workspace", "select", "default"]);
    assert_snapshot!(world.shows(&["workspace", "delete", "other"]), @r#"
    exit code: 0
    --- stdout ---
    Deleted workspace "other"!
    --- stderr ---
    "#);
}

#[test]
fn one_can_begin_with_a_copy_of_a_state() {
    let world = World::new(MAIN);
    let _ = world.apply();
    let _ = world.succeed(&["workspace", "new", "-state=terraform.tfstate", "copy"]);
    assert_eq!(world.succeed(&["state", "list"]).stdout, "terraform_data.a\n");
    let (copy, original) = (json(&world.read("terraform.tfstate.d/copy/terraform.tfstate")), world.state());
    assert_eq!(copy["resources"], original["resources"]);
    // Of an origin of its own, so that neither can be pushed over the other.
    assert_ne!(copy["lineage"], original["lineage"]);
    let refused =
        world.run(&["workspace", "new", "-state=terraform.tfstate", "-lock-timeout=5", "dev"]).assert_exit_code(1);
    assert!(refused.stderr.contains("Invalid duration"), "{refused}");
    assert!(!world.exists("terraform.tfstate.d/dev"));
}

#[test]
fn they_are_where_init_was_told() {
    let world = World::new(MAIN).with_long_lines();
    let _ = world.succeed(&["workspace", "new", "dev"]);
    let _ = world.apply();
    let _ = world.succeed(&["workspace", "select", "default"]);
    world.write("backend.tf", "terraform {\n  backend \"local\" {}\n}\n");
    let _ = world.succeed(&["init", "-backend-config=workspace_dir=elsewhere"]);
    let _ = world.succeed(&["workspace", "new", "prod"]);
    let _ = world.apply();
    assert!(world.exists("elsewhere/prod/terraform.tfstate"));
    assert_eq!(world.succeed(&["workspace", "list"]).stdout, "  default\n* prod\n\n");
    let unknown = world.run(&["workspace", "delete", "-force", "dev"]).assert_exit_code(1);
    assert!(unknown.stderr.contains("doesn't exist"), "{unknown}");
    assert!(world.exists("terraform.tfstate.d/dev/terraform.tfstate"));
    world.write("backend.tf", "");
    let changed = world.run(&["workspace", "select", "default"]).assert_exit_code(1);
    assert!(changed.stderr.contains("Backend initialization required"), "{changed}");
    assert_eq!(world.succeed(&["workspace", "show"]).stdout, "prod\n");
}

#[test]
fn a_name_that_leads_elsewhere_is_refused() {
    let world = World::new(MAIN).with_long_lines();
    let refused = world.infra(&["apply", "-auto-approve"]).env("TF_WORKSPACE", "../../x").run().assert_exit_code(1);
    assert!(refused.stderr.contains("Invalid workspace name"), "{refused}");
    world.write(".terraform/environment", "../../x");
    let refused = world.run(&["apply", "-auto-approve"]).assert_exit_code(1);
    assert!(refused.stderr.contains("Invalid workspace name"), "{refused}");
    world.directory().remove(".terraform/environment");
    world.write(".terraform/environment/x", "");
    let unreadable = world.run(&["apply", "-auto-approve"]).assert_exit_code(1);
    assert!(unreadable.stderr.contains("Workspace not known"), "{unreadable}");
}

#[test]
fn what_cannot_be_done() {
    let world = World::new(MAIN).with_long_lines();
    let _ = world.succeed(&["workspace", "new", "dev"]);
    assert_snapshot!(world.shows(&["workspace", "new", "dev"]), @r#"
    exit code: 1
    --- stdout ---
    --- stderr ---
    error: Workspace "dev" already exists

      Switch to it with `infra workspace select dev`.
    "#);
    assert_snapshot!(world.shows(&["workspace", "new", "a/b"]), @r#"
    exit code: 1
    --- stdout ---
    --- stderr ---
    error: Invalid workspace name

      The workspace name "a/b" is not allowed. The name must contain only URL safe characters, and no path separators.
    "#);
    assert_snapshot!(world.shows(&["workspace", "select", "deb"]), @r#"
    exit code: 1
    --- stdout ---
    --- stderr ---
    error: Workspace "deb" doesn't exist

      Make it with `infra workspace new`, or add -or-create to `infra workspace select`.
    help: did you mean `dev`?
    "#);
    assert_snapshot!(world.shows(&["workspace", "delete", "nobody"]), @r#"
    exit code: 1
    --- stdout ---
    --- stderr ---
    error: Workspace "nobody" doesn't exist

      Make it with `infra workspace new`, or add -or-create to `infra workspace select`.
    "#);
    assert_snapshot!(world.shows(&["workspace", "delete", "default"]), @"
    exit code: 1
    --- stdout ---
    --- stderr ---
    error: Default workspace cannot be deleted

      It is always there. `infra destroy` removes what is in it.
    ");
    assert_snapshot!(world.shows(&["workspace", "new", "-state=nowhere.tfstate", "new"]), @"
    exit code: 1
    --- stdout ---
    --- stderr ---
    error: State file not readable

      nowhere.tfstate could not be read: No such file or directory (os error 2).
    ");
    let overridden = |arguments: &[&str]| world.filtered(&world.infra(arguments).env("TF_WORKSPACE", "dev").run());
    assert_snapshot!(overridden(&["workspace", "select", "default"]), @r#"
    exit code: 1
    --- stdout ---
    --- stderr ---
    error: Workspace is overridden

      The environment variable TF_WORKSPACE says that the workspace is "dev", whatever is selected. Unset it, or change it.
    "#);
    assert_snapshot!(overridden(&["workspace", "list"]), @"
    exit code: 0
    --- stdout ---
      default
    * dev



    The active workspace is being overridden using the TF_WORKSPACE environment
    variable.

    --- stderr ---
    ");
}

#[test]
fn a_workspace_that_is_worked_in_is_not_deleted() {
    let slow =
        "resource \"terraform_data\" \"a\" {\n  provisioner \"local-exec\" {\n    command = \"sleep 60\"\n  }\n}\n";
    let world = World::new(slow);
    let _ = world.succeed(&["workspace", "new", "dev"]);
    let working = world.infra(&["apply", "-auto-approve"]).spawn();
    assert!(working.wait_for_output("Provisioning with", Duration::from_secs(60)));
    let delete = world.infra(&["workspace", "delete", "-force", "dev"]).env("TF_WORKSPACE", "default");
    let deleted = delete.run().assert_exit_code(1);
    assert!(deleted.stderr.contains("Error acquiring the state lock"), "{deleted}");
    assert!(world.exists("terraform.tfstate.d/dev"));
    working.kill_9();
}
