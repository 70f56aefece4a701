//! `state …`, `taint`, `untaint`, `force-unlock`, `refresh`: looking at the state, and editing it by hand.

use std::time::Duration;

use infra_test_support::skip_without_oracle;
use insta::assert_snapshot;

use crate::world::{World, json};

const MAIN: &str = r#"
resource "terraform_data" "a" {
  input = { x = 1, y = ["p", "q"] }
}

resource "terraform_data" "b" {
  count = 2
  input = sensitive("hush-hush")
}

resource "terraform_data" "c" {
  for_each         = toset(["k", "l"])
  triggers_replace = terraform_data.a.id
}

module "m" {
  count  = 2
  source = "./m"
}

output "a" {
  value = terraform_data.a.id
}
"#;

const MODULE: &str = "resource \"terraform_data\" \"i\" {\n}\n";

fn applied() -> World {
    let world = World::new(MAIN).with_long_lines();
    world.write("m/main.tf", MODULE);
    let _ = world.apply();
    world
}

fn listed(world: &World) -> String {
    world.succeed(&["state", "list"]).stdout
}

/// The names of the files with earlier states.
fn backups(world: &World) -> Vec<String> {
    world.directory().list().into_iter().filter(|name| name.ends_with(".backup")).collect()
}

#[test]
fn addresses_are_listed_whole_or_in_part() {
    let world = applied();
    assert_snapshot!(world.shows(&["state", "list"]), @r#"
    exit code: 0
    --- stdout ---
    terraform_data.a
    terraform_data.b[0]
    terraform_data.b[1]
    terraform_data.c["k"]
    terraform_data.c["l"]
    module.m[0].terraform_data.i
    module.m[1].terraform_data.i
    --- stderr ---
    "#);
    assert_snapshot!(world.shows(&["state", "list", "terraform_data.b", "module.m[1]"]), @"
    exit code: 0
    --- stdout ---
    terraform_data.b[0]
    terraform_data.b[1]
    module.m[1].terraform_data.i
    --- stderr ---
    ");
    let id = world.succeed(&["output", "-raw", "a"]).stdout;
    assert_eq!(world.succeed(&["state", "list", &format!("-id={id}")]).stdout, "terraform_data.a\n");
    assert_eq!(world.succeed(&["state", "list", "-id=nobody"]).stdout, "");
    assert_snapshot!(world.shows(&["state", "list", "terraform_data.x", "module.n", "terraform_data.b[7]"]), @"
    exit code: 1
    --- stdout ---
    --- stderr ---
    error: Unknown resource

      The current state contains no resource terraform_data.x. If it is new in the files, run apply first.
    error: Unknown module

      The current state contains no module module.n. If it is new in the files, run apply first.
    error: Unknown resource instance

      The current state contains no resource instance terraform_data.b[7]. If it is new in the files, run apply first.
    ");
    assert_snapshot!(world.shows(&["state", "list", "nonsense"]), @r#"
    exit code: 1
    --- stdout ---
    --- stderr ---
    error: Invalid address "nonsense"

      "nonsense" is not a valid address: expected "." and the name of a nonsense (at character 9). An address looks like aws_s3_bucket.data, aws_s3_bucket.data[0] or module.network["eu"].aws_vpc.main; `infra state list` shows all.
    "#);
    assert_snapshot!(world.shows(&["state", "list", "-state=nowhere.tfstate"]), @"
    exit code: 1
    --- stdout ---
    --- stderr ---
    error: No state file was found

      There is no state at [DIR]/nowhere.tfstate. Run this command where something was applied, or name the state with -state.
    ");
}

#[test]
fn one_object_is_shown_without_its_secrets() {
    let world = applied();
    assert_snapshot!(world.shows(&["state", "show", "terraform_data.a"]), @r#"
    exit code: 0
    --- stdout ---
    # terraform_data.a:
    resource "terraform_data" "a" {
        id     = "[UUID]"
        input  = {
            x = 1
            y = [
                "p",
                "q",
            ]
        }
        output = {
            x = 1
            y = [
                "p",
                "q",
            ]
        }
    }
    --- stderr ---
    "#);
    let shown = world.shows(&["state", "show", "terraform_data.b[0]"]);
    assert!(!shown.contains("hush-hush"));
    assert_snapshot!(shown, @r#"
    exit code: 0
    --- stdout ---
    # terraform_data.b[0]:
    resource "terraform_data" "b" {
        id     = "[UUID]"
        input  = (sensitive value)
        output = (sensitive value)
    }
    --- stderr ---
    "#);
    assert_snapshot!(world.shows(&["state", "show", "terraform_data.b"]), @"
    exit code: 1
    --- stdout ---
    --- stderr ---
    error: No instance found for the given address

      There is no object terraform_data.b in the state. The address must name one instance; `infra state list` shows all.
    ");
    assert_snapshot!(world.shows(&["state", "show", "terraform_data..b"]), @r#"
    exit code: 1
    --- stdout ---
    --- stderr ---
    error: Invalid address "terraform_data..b"

      "terraform_data..b" is not a valid address: expected the name of a resource (at character 16). An address looks like aws_s3_bucket.data, aws_s3_bucket.data[0] or module.network["eu"].aws_vpc.main; `infra state list` shows all.
    "#);
}

#[test]
fn what_is_removed_is_forgotten_and_stays() {
    let world = applied();
    let before = world.read("terraform.tfstate");
    assert_snapshot!(world.shows(&["state", "rm", "-dry-run", "terraform_data.b", "module.m"]), @"
    exit code: 0
    --- stdout ---
    Would remove terraform_data.b[0]
    Would remove terraform_data.b[1]
    Would remove module.m[0].terraform_data.i
    Would remove module.m[1].terraform_data.i
    --- stderr ---
    ");
    assert_eq!(world.read("terraform.tfstate"), before);
    assert_snapshot!(world.shows(&["state", "rm", "terraform_data.b", "module.m"]), @"
    exit code: 0
    --- stdout ---
    Removed terraform_data.b[0]
    Removed terraform_data.b[1]
    Removed module.m[0].terraform_data.i
    Removed module.m[1].terraform_data.i
    Successfully removed 4 resource instance(s).
    --- stderr ---
    ");
    assert_eq!(listed(&world), "terraform_data.a\nterraform_data.c[\"k\"]\nterraform_data.c[\"l\"]\n");
    let [backup] = &*backups(&world) else { panic!("one backup is expected: {:?}", backups(&world)) };
    assert_eq!(world.read(backup), before);
    assert_snapshot!(world.shows(&["state", "rm", "terraform_data.b"]), @"
    exit code: 1
    --- stdout ---
    --- stderr ---
    error: Invalid target address

      No matching objects found. To view the available instances, use `infra state list`.
    ");
    assert_snapshot!(world.shows(&["state", "rm"]), @"
    exit code: 1
    --- stdout ---
    --- stderr ---
    error: the following required arguments were not provided:
      <ADDRESSES>...

    Usage: infra state rm <ADDRESSES>...

    For more information, try '-help'.
    ");
    // What the files still have is made anew.
    assert_eq!(world.planned(&[]).len(), 4);
}

#[test]
fn every_edit_keeps_its_own_backup() {
    let world = applied();
    for (from, to) in [("a", "x"), ("x", "y"), ("y", "z")] {
        let (from, to) = (format!("terraform_data.{from}"), format!("terraform_data.{to}"));
        let _ = world.succeed(&["state", "mv", &from, &to]);
    }
    assert_eq!(backups(&world).len(), 3);
    let _ = world.succeed(&["state", "mv", "-backup=mine", "terraform_data.z", "terraform_data.a"]);
    assert!(world.read("mine").contains("\"name\": \"z\""));
    world.assert_settled();
}

#[test]
fn edits_that_wait_for_each_other_keep_their_backups_too() {
    let world = World::new("resource \"terraform_data\" \"a\" {\n  count = 8\n}\n");
    let _ = world.apply();
    let remove = |index: usize| {
        let address = format!("terraform_data.a[{index}]");
        world.infra(&["state", "rm", "-lock-timeout=60s", &address]).spawn()
    };
    let running: Vec<_> = (0..8).map(remove).collect();
    for command in running {
        let output = command.wait(Duration::from_secs(60)).unwrap();
        assert!(output.is_success(), "{output}");
    }
    assert_eq!(listed(&world), "");
    assert_eq!(backups(&world).len(), 8);
}

#[test]
fn an_edit_that_fails_changes_nothing() {
    let world = applied();
    world.write("errored.tfstate", "what an earlier run could not save");
    let before = world.read("terraform.tfstate");
    let failed = world.run(&["state", "rm", "-backup=nowhere/x", "terraform_data.a"]).assert_exit_code(1);
    assert_eq!(failed.stdout, "");
    assert_eq!(world.read("terraform.tfstate"), before);
    assert_eq!(world.read("errored.tfstate"), "what an earlier run could not save");
    assert_eq!(world.directory().list().iter().filter(|name| name.starts_with("errored")).count(), 1);
}

#[test]
fn a_state_that_is_worked_with_is_not_edited() {
    let slow =
        "resource \"terraform_data\" \"a\" {\n  provisioner \"local-exec\" {\n    command = \"sleep 60\"\n  }\n}\n";
    let world = World::new(slow);
    let working = world.infra(&["apply", "-auto-approve"]).spawn();
    assert!(working.wait_for_output("Provisioning with", Duration::from_secs(60)));
    for arguments in
        [&["state", "rm", "terraform_data.a"][..], &["taint", "terraform_data.a"], &["state", "push", "main.tf"]]
    {
        let refused = world.run(arguments).assert_exit_code(1);
        assert_eq!(refused.stdout, "");
    }
    let refused = world.run(&["state", "rm", "terraform_data.a"]);
    assert!(refused.stderr.contains("Error acquiring the state lock"), "{refused}");
    working.kill_9();
}

#[test]
fn objects_move_into_another_state() {
    let world = applied();
    world.write("other/main.tf", "resource \"terraform_data\" \"other\" {\n}\n");
    let _ = world.succeed(&["-chdir=other", "apply", "-auto-approve"]);
    let before = world.read("other/terraform.tfstate");
    let there = "-state-out=other/terraform.tfstate";
    let _ = world.succeed(&["state", "mv", "-dry-run", there, "terraform_data.a", "terraform_data.a"]);
    assert_eq!(world.read("other/terraform.tfstate"), before);
    let _ = world.succeed(&["state", "mv", there, "terraform_data.a", "terraform_data.a"]);
    let _ = world.succeed(&["state", "mv", there, "-backup-out=kept", "module.m[0]", "module.n"]);
    assert!(!listed(&world).contains("terraform_data.a\n"));
    assert_eq!(
        world.succeed(&["-chdir=other", "state", "list"]).stdout,
        "terraform_data.a\nterraform_data.other\nmodule.n.terraform_data.i\n"
    );
    assert_eq!(json(&world.read("other/terraform.tfstate"))["lineage"], json(&before)["lineage"]);
    assert!(world.exists("kept"));
    let taken = world.run(&["state", "mv", there, "terraform_data.b[0]", "terraform_data.other"]).assert_exit_code(1);
    assert!(taken.stderr.contains("already a resource instance"), "{taken}");
}

#[test]
fn things_are_moved() {
    let world = applied();
    assert_snapshot!(world.shows(&["state", "mv", "-dry-run", "terraform_data.a", "terraform_data.z"]), @r#"
    exit code: 0
    --- stdout ---
    Would move "terraform_data.a" to "terraform_data.z"
    --- stderr ---
    "#);
    assert!(listed(&world).contains("terraform_data.a\n"));
    for (source, destination) in [
        ("terraform_data.a", "module.new.terraform_data.z"),
        ("terraform_data.b[0]", "terraform_data.b[5]"),
        ("terraform_data.b", "terraform_data.bb"),
        ("terraform_data.c[\"k\"]", "terraform_data.single"),
        ("module.m[0]", "module.n[\"x\"].module.o"),
    ] {
        let moved = world.succeed(&["state", "mv", source, destination]).stdout;
        assert_eq!(moved, format!("Move {source:?} to {destination:?}\nSuccessfully moved 1 object(s).\n"));
    }
    assert_snapshot!(world.shows(&["state", "list"]), @r#"
    exit code: 0
    --- stdout ---
    terraform_data.bb[1]
    terraform_data.bb[5]
    terraform_data.c["l"]
    terraform_data.single
    module.m[1].terraform_data.i
    module.n["x"].module.o.terraform_data.i
    module.new.terraform_data.z
    --- stderr ---
    "#);
}

#[test]
fn moves_that_cannot_be() {
    let world = applied();
    let before = world.read("terraform.tfstate");
    for (source, destination) in [
        ("terraform_data.x", "terraform_data.y"),
        ("terraform_data.a", "terraform_data.b[0]"),
        ("terraform_data.b", "terraform_data.c"),
        ("terraform_data.b", "terraform_data.d[0]"),
        ("terraform_data.a", "data.other_type.a"),
        ("terraform_data.a", "module.x"),
        ("module.m[0]", "terraform_data.x"),
        ("module.m[0]", "module.m[1]"),
        // A call with count is several modules, which move one by one.
        ("module.m", "module.n"),
    ] {
        let output = world.run(&["state", "mv", source, destination]).assert_exit_code(1);
        assert!(output.stderr.contains("error: Invalid"), "{source} {destination}: {output}");
    }
    assert_snapshot!(world.shows(&["state", "mv", "terraform_data.a", "data.other_type.a"]), @"
    exit code: 1
    --- stdout ---
    --- stderr ---
    error: Invalid state move request

      Cannot move terraform_data.a to data.other_type.a: a managed resource can be moved only to another managed resource address.
    error: Invalid state move request

      Cannot move terraform_data.a to data.other_type.a: resource types don't match.
    ");
    assert_snapshot!(world.shows(&["state", "mv", "terraform_data.b", "terraform_data.d[0]"]), @"
    exit code: 1
    --- stdout ---
    --- stderr ---
    error: Invalid target address

      Cannot move terraform_data.b to terraform_data.d[0]: the source is a whole resource (not a resource instance) so the target must also be a whole resource.
    ");
    assert_eq!(world.read("terraform.tfstate"), before);
}

#[test]
fn tainted_objects_are_replaced() {
    let world = applied();
    assert_snapshot!(world.shows(&["taint", "terraform_data.c[\"k\"]"]), @r#"
    exit code: 0
    --- stdout ---
    Resource instance terraform_data.c["k"] has been marked as tainted.
    --- stderr ---
    "#);
    assert_eq!(world.planned(&[]), [("terraform_data.c[\"k\"]".into(), "delete+create".into())].into());
    assert_snapshot!(world.shows(&["untaint", "terraform_data.c[\"k\"]"]), @r#"
    exit code: 0
    --- stdout ---
    Resource instance terraform_data.c["k"] has been successfully untainted.
    --- stderr ---
    "#);
    world.assert_settled();
    assert_snapshot!(world.shows(&["untaint", "terraform_data.a"]), @"
    exit code: 1
    --- stdout ---
    --- stderr ---
    error: Resource instance is not tainted

      Resource instance terraform_data.a is not currently tainted, and so it cannot be untainted.
    ");
    assert_snapshot!(world.shows(&["taint", "terraform_data.x"]), @"
    exit code: 1
    --- stdout ---
    --- stderr ---
    error: No such resource instance

      There is no resource instance in the state with the address terraform_data.x. `infra state list` shows all; what is new in the files must be applied first.
    ");
    assert_snapshot!(world.shows(&["taint", "-allow-missing", "terraform_data.x"]), @"
    exit code: 0
    --- stdout ---
    --- stderr ---
    warning: No such resource instance

      terraform_data.x was not found, which -allow-missing says is no error.
    ");
    assert_snapshot!(world.shows(&["taint", "data.x.y"]), @"
    exit code: 1
    --- stdout ---
    --- stderr ---
    error: Object cannot be tainted

      data.x.y is not managed: there is nothing to replace. Name a resource.
    ");
    let empty = World::new("").with_long_lines();
    assert_snapshot!(empty.shows(&["taint", "terraform_data.x"]), @"
    exit code: 1
    --- stdout ---
    --- stderr ---
    error: No such resource instance

      The state currently contains no resource instances whatsoever. This may occur if the configuration has never been applied or if it has recently been destroyed.
    ");
}

#[test]
fn states_are_pulled_and_pushed() {
    // How often a state was written while it was made is not always the same.
    let world = applied().with_filter("serials", r"(the serial|stored state) \d+", "${1} [SERIAL]");
    let pulled = world.succeed(&["state", "pull"]).stdout;
    assert_eq!(pulled, world.read("terraform.tfstate"));
    let pushed = |change: &dyn Fn(&mut serde_json::Value)| {
        let mut state = json(&pulled);
        change(&mut state);
        world.write("pushed.tfstate", state.to_string());
        world.shows(&["state", "push", "pushed.tfstate"])
    };
    assert_snapshot!(pushed(&|_| {}), @"
    exit code: 0
    --- stdout ---
    --- stderr ---
    ");
    assert_snapshot!(pushed(&|state| state["outputs"] = serde_json::json!({})), @"
    exit code: 1
    --- stdout ---
    --- stderr ---
    error: State not pushed

      The file was refused: both have the serial [SERIAL], and their contents differ. Nothing was changed. -force replaces the stored state all the same.
    ");
    assert_snapshot!(pushed(&|state| state["serial"] = 0.into()), @"
    exit code: 1
    --- stdout ---
    --- stderr ---
    error: State not pushed

      The file was refused: its serial is 0 and that of the stored state [SERIAL], which is newer. Nothing was changed. -force replaces the stored state all the same.
    ");
    assert_snapshot!(pushed(&|state| state["lineage"] = "another".into()), @r#"
    exit code: 1
    --- stdout ---
    --- stderr ---
    error: State not pushed

      The file was refused: its lineage is "another" and that of the stored state "[UUID]", so they are of different origin. Nothing was changed. -force replaces the stored state all the same.
    "#);
    assert_eq!(world.read("terraform.tfstate"), pulled);
    let _ = world.succeed(&["state", "push", "-force", "pushed.tfstate"]);
    assert_eq!(world.state()["lineage"], "another");
    let _ = world.infra(&["state", "push", "-force", "-"]).stdin(&pulled).run().assert_exit_code(0);
    assert_eq!(world.read("terraform.tfstate"), pulled);
    world.write("broken.tfstate", "{");
    assert_snapshot!(world.shows(&["state", "push", "broken.tfstate"]), @"
    exit code: 1
    --- stdout ---
    --- stderr ---
    error: State not usable

      Cannot read the state broken.tfstate: the file ends too early: EOF while parsing an object (line 1, column 1). Nothing was written. Repair the file, or put back a good copy: the previous one is usually beside it with the suffix `.backup`.
    ");
    assert_snapshot!(world.shows(&["state", "push", "nowhere.tfstate"]), @"
    exit code: 1
    --- stdout ---
    --- stderr ---
    error: State file not readable

      nowhere.tfstate could not be read: No such file or directory (os error 2). Check the path.
    ");
    assert_eq!(World::new("").succeed(&["state", "pull"]).stdout, "");
}

#[test]
fn an_emptied_state_takes_an_earlier_one_back() {
    let world = applied();
    let earlier = world.succeed(&["state", "pull"]).stdout;
    world.write("earlier.tfstate", &earlier);
    let _ = world.destroy();
    let _ = world.succeed(&["state", "push", "earlier.tfstate"]);
    assert_eq!(world.read("terraform.tfstate"), earlier);
}

#[test]
fn providers_are_replaced_after_asking() {
    let world = applied();
    let arguments = ["state", "replace-provider", "terraform.io/builtin/terraform", "acme/other"];
    assert_snapshot!(world.shows(&arguments), @"
    exit code: 1
    --- stdout ---
    The provider of these 5 resources will be registry.terraform.io/acme/other instead of terraform.io/builtin/terraform:

      terraform_data.a
      terraform_data.b
      terraform_data.c
      module.m[0].terraform_data.i
      module.m[1].terraform_data.i

    Do you want to make these changes? Only 'yes' will be accepted: 
    --- stderr ---
    error: Approval needed

      The changes need an approval, and there is nobody to ask: the input ended. Add -auto-approve.
    ");
    let declined = world.infra(&arguments).stdin("no\n").run().assert_exit_code(0);
    assert!(declined.stdout.contains("Cancelled"), "{declined}");
    assert!(!world.read("terraform.tfstate").contains("acme"));
    let _ = world.infra(&arguments).stdin("yes\n").run().assert_exit_code(0);
    assert!(!world.read("terraform.tfstate").contains("terraform.io/builtin"));
    let _ =
        world.succeed(&["state", "replace-provider", "-auto-approve", "acme/other", "terraform.io/builtin/terraform"]);
    world.assert_settled();
    assert_snapshot!(world.shows(&["state", "replace-provider", "hashicorp/aws", "acme/aws"]), @"
    exit code: 0
    --- stdout ---
    No matching resources found.
    --- stderr ---
    ");
    assert_snapshot!(world.shows(&["state", "replace-provider", "no provider", "acme/aws"]), @r#"
    exit code: 1
    --- stdout ---
    --- stderr ---
    error: Invalid "from" provider "no provider"

      "no provider" is not a valid address: a provider address consists of names separated by "/" (at character 1). The source address of a provider looks like hashicorp/aws.
    "#);
}

#[test]
fn the_lock_of_a_killed_run_is_taken_away_after_asking() {
    let slow =
        "resource \"terraform_data\" \"a\" {\n  provisioner \"local-exec\" {\n    command = \"sleep 60\"\n  }\n}\n";
    let world = World::new(slow);
    let working = world.infra(&["apply", "-auto-approve"]).spawn();
    assert!(working.wait_for_output("Provisioning with", Duration::from_secs(60)));
    working.kill_9();
    let _ = working.wait(Duration::from_secs(10));
    let id = json(&world.read(".terraform.tfstate.lock.info"))["ID"].as_str().unwrap().to_owned();
    let wrong = world.run(&["force-unlock", "-force", "00000000-0000-0000-0000-000000000000"]).assert_exit_code(1);
    assert!(wrong.stderr.contains(&id), "{wrong}");
    let _ = world.infra(&["force-unlock", &id]).stdin("no\n").run().assert_exit_code(1);
    assert!(world.exists(".terraform.tfstate.lock.info"));
    let _ = world.infra(&["force-unlock", &id]).stdin("yes\n").run().assert_exit_code(0);
    assert!(!world.exists(".terraform.tfstate.lock.info"));
}

#[test]
fn locks_that_are_not_there() {
    let world = applied();
    assert_snapshot!(world.shows(&["force-unlock", "-force", "some-id"]), @"
    exit code: 1
    --- stdout ---
    --- stderr ---
    error: State not usable

      Cannot unlock [DIR]/terraform.tfstate: it is not locked.
    ");
    assert_snapshot!(world.shows(&["force-unlock", "some-id"]), @"
    exit code: 1
    --- stdout ---
    Do you really want to force-unlock?
      The lock will be taken away from whoever holds it, which must be nobody any more: two runs at once can damage the state.
      Only 'yes' will be accepted to confirm.

      Enter a value: 
    --- stderr ---
    error: Approval needed

      Taking a lock away needs an approval, and there is nobody to ask: the input ended. Add -force.
    ");
}

#[test]
fn refreshing_brings_the_state_up_to_date() {
    let world = World::new(
        "data \"terraform_remote_state\" \"r\" {\n  backend = \"local\"\n  config  = { path = \"r.tfstate\" }\n}\n\noutput \"o\" {\n  value = data.terraform_remote_state.r.outputs.x\n}\n",
    );
    let remote = |x: &str| {
        format!(
            r#"{{"version":4,"serial":1,"lineage":"r","outputs":{{"x":{{"value":"{x}","type":"string"}}}},"resources":[]}}"#
        )
    };
    world.write("r.tfstate", remote("first"));
    let _ = world.apply();
    world.write("r.tfstate", remote("second"));
    let _ = world.succeed(&["refresh"]);
    assert_eq!(world.succeed(&["output", "-raw", "o"]).stdout, "second");
}

/// The resources of a state. When something moves, terraform forgets who depended on it.
fn without_dependencies(world: &World) -> serde_json::Value {
    let mut resources = world.state()["resources"].take();
    for resource in resources.as_array_mut().unwrap() {
        for instance in resource["instances"].as_array_mut().unwrap() {
            let _ = instance.as_object_mut().unwrap().remove("dependencies");
        }
    }
    resources
}

#[test]
fn who_depends_on_what_moves_is_remembered() {
    let world = applied();
    let _ = world.succeed(&["state", "mv", "terraform_data.a", "module.new.terraform_data.z"]);
    let state = world.read("terraform.tfstate");
    assert!(!state.contains("\"terraform_data.a\""));
    assert_eq!(state.matches("\"module.new.terraform_data.z\"").count(), 2);
}

/// What the other tool does with the same state.
#[test]
fn terraform_does_the_same() {
    let oracle = skip_without_oracle!("state_editing::terraform_does_the_same");
    let (ours, theirs) = (applied(), World::new(MAIN));
    theirs.write("m/main.tf", MODULE);
    theirs.write("terraform.tfstate", ours.read("terraform.tfstate"));
    let _ = oracle.run(&theirs.path(), &["init"], None).unwrap().assert_exit_code(0);
    for arguments in [
        &["state", "list", "module.m"][..],
        &["state", "list", "terraform_data.x"],
        &["state", "mv", "terraform_data.a", "terraform_data.z"],
        &["state", "mv", "terraform_data.a", "terraform_data.y"],
        &["state", "mv", "terraform_data.z", "terraform_data.b[0]"],
        &["state", "mv", "terraform_data.b[0]", "terraform_data.b[5]"],
        &["state", "mv", "terraform_data.b", "terraform_data.bb"],
        &["state", "mv", "terraform_data.bb", "terraform_data.c"],
        &["state", "mv", "terraform_data.bb", "terraform_data.d[0]"],
        &["state", "mv", "terraform_data.z", "other_type.z"],
        &["state", "mv", "terraform_data.z", "module.q.terraform_data.z"],
        &["state", "mv", "terraform_data.c[\"k\"]", "terraform_data.k"],
        &["state", "mv", "terraform_data.k", "module.x"],
        &["state", "mv", "module.m[0]", "module.m[1]"],
        &["state", "mv", "module.m", "module.n"],
        &["state", "mv", "module.m[0]", "module.n"],
        &["state", "rm", "-dry-run", "module.n"],
        &["state", "rm", "module.n", "terraform_data.nobody"],
        &["state", "rm", "module.n"],
        &["taint", "terraform_data.k"],
        &["taint", "terraform_data.c"],
        &["untaint", "terraform_data.bb[5]"],
        &["taint", "terraform_data.bb[5]"],
        &["untaint", "terraform_data.bb[5]"],
        &["taint", "-allow-missing", "terraform_data.nobody"],
        &["state", "replace-provider", "-auto-approve", "terraform.io/builtin/terraform", "acme/x"],
        &["state", "replace-provider", "-auto-approve", "acme/x", "terraform.io/builtin/terraform"],
    ] {
        let (our_output, their_output) = (ours.run(arguments), oracle.run(&theirs.path(), arguments, None).unwrap());
        assert_eq!(our_output.exit_code, their_output.exit_code, "{arguments:?}\n{our_output}\n{their_output}");
        assert_eq!(without_dependencies(&ours), without_dependencies(&theirs), "{arguments:?}");
        if arguments.contains(&"mv") || arguments.contains(&"rm") || arguments.contains(&"list") {
            assert_eq!(our_output.stdout, their_output.stdout, "{arguments:?}");
        }
    }
}
