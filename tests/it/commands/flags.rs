//! Flags of plan, apply and destroy, and exit codes.

use std::collections::BTreeMap;
use std::time::Duration;

use infra_test_support::emulators::{Emulator, Kind};
use infra_test_support::fault_proxy::{Effect, FaultProxy, Matcher};

use crate::account::Account;
use crate::world::World;

/// A chain of three, and one beside it.
const CHAIN: &str = r#"variable "name" {
  default = "one"
}

resource "terraform_data" "a" {
  input = var.name
}

resource "terraform_data" "b" {
  input = terraform_data.a.output
}

resource "terraform_data" "c" {
  input = terraform_data.b.output
}

resource "terraform_data" "beside" {
  count = 2
  input = var.name
}
"#;

/// Addresses with what is done to them.
type Changes = [(&'static str, &'static str)];

fn expected(changes: &Changes) -> BTreeMap<String, String> {
    changes.iter().map(|(address, actions)| ((*address).to_owned(), (*actions).to_owned())).collect()
}

#[test]
fn a_saved_plan_is_carried_out_as_it_is() {
    let world = World::new(CHAIN);
    let _ = world.succeed(&["plan", "-out=saved.plan", "-var=name=planned"]);
    // What the files and flags say later does not matter.
    world.edit("main.tf", "default = \"one\"", "default = \"later\"");
    let output = world.succeed(&["apply", "saved.plan"]);
    assert!(output.stdout.contains("Apply complete! Resources: 5 added, 0 changed, 0 destroyed."), "{output}");
    let state = world.read("terraform.tfstate");
    assert!(state.contains("planned") && !state.contains("later"), "{state}");
}

#[test]
fn detailed_exit_codes() {
    let world = World::new(CHAIN);
    let _ = world.run(&["plan", "-detailed-exitcode"]).assert_exit_code(2);
    let _ = world.run(&["plan"]).assert_exit_code(0);
    let _ = world.apply();
    let _ = world.run(&["plan", "-detailed-exitcode"]).assert_exit_code(0);
    let _ = world.run(&["plan", "-detailed-exitcode", "-destroy"]).assert_exit_code(2);
    world.write("output.tf", "output \"a\" {\n  value = 1\n}\n");
    let _ = world.run(&["plan", "-detailed-exitcode"]).assert_exit_code(2);
    world.write("output.tf", "output \"a\" {\n  value = local.b\n}\n");
    let _ = world.run(&["plan", "-detailed-exitcode"]).assert_exit_code(1);
}

#[test]
fn destroy_takes_everything_down_in_order() {
    let world = World::new(CHAIN);
    let _ = world.apply();
    let plan = world.planned(&["-destroy"]);
    assert_eq!(plan.len(), 5, "{plan:?}");
    assert!(plan.values().all(|actions| actions == "delete"), "{plan:?}");
    let output = world.destroy();
    assert!(output.stdout.contains("Destroy complete! Resources: 5 destroyed."), "{output}");
    let at = |name: &str| output.to_string().find(&format!("terraform_data.{name}: Destruction complete")).unwrap();
    assert!(at("c") < at("b") && at("b") < at("a"), "{output}");
    assert_eq!(world.managed(), BTreeMap::new());
    // Once more there is nothing to do, and nothing wrong.
    let _ = world.destroy();
}

#[test]
fn a_saved_plan_may_destroy() {
    let world = World::new(CHAIN);
    let _ = world.apply();
    let _ = world.succeed(&["plan", "-destroy", "-out=saved.plan"]);
    let output = world.succeed(&["apply", "saved.plan"]);
    assert!(output.stdout.contains("Apply complete! Resources: 0 added, 0 changed, 5 destroyed."), "{output}");
}

#[test]
fn targets_bring_what_they_need_and_nothing_else() {
    let world = World::new(CHAIN);
    let table: &[(&[&str], &Changes)] = &[
        (&["-target=terraform_data.a"], &[("terraform_data.a", "create")]),
        (&["-target=terraform_data.b"], &[("terraform_data.a", "create"), ("terraform_data.b", "create")]),
        (&["-target=terraform_data.beside[1]"], &[("terraform_data.beside[1]", "create")]),
        (
            &["-target=terraform_data.beside", "-target", "terraform_data.a"],
            &[
                ("terraform_data.a", "create"),
                ("terraform_data.beside[0]", "create"),
                ("terraform_data.beside[1]", "create"),
            ],
        ),
    ];
    for (flags, changes) in table {
        assert_eq!(world.planned(flags), expected(changes), "{flags:?}");
    }
    let _ = world.succeed(&["apply", "-auto-approve", "-target=terraform_data.a"]);
    assert_eq!(world.managed(), BTreeMap::from([("terraform_data.a".to_owned(), 1)]));
    let _ = world.apply();
    // Destroying a target takes what needs it along.
    let with_dependents = [("terraform_data.b", "delete"), ("terraform_data.c", "delete")];
    assert_eq!(world.planned(&["-destroy", "-target=terraform_data.b"]), expected(&with_dependents));
    let warned = world.succeed(&["plan", "-target=terraform_data.a"]);
    assert!(warned.stderr.contains("warning"), "a targeted plan is incomplete, and has to say so:\n{warned}");
}

#[test]
fn replace_replaces_what_could_stay() {
    let world = World::new(CHAIN);
    let _ = world.apply();
    assert_eq!(
        world.planned(&["-replace=terraform_data.beside[0]"]),
        expected(&[("terraform_data.beside[0]", "delete+create")])
    );
    let plan = world.plan_json(&["-replace=terraform_data.beside[0]"]);
    let changes = plan["resource_changes"].as_array().unwrap();
    let replaced = changes.iter().find(|change| change["address"] == "terraform_data.beside[0]").unwrap();
    assert_eq!(replaced["action_reason"], "replace_by_request");
    let _ = world.apply_planned();
    world.assert_settled();
}

#[test]
fn refreshing_can_be_left_out() {
    let emulator = Emulator::shared(Kind::Ministack).unwrap();
    let proxy = FaultProxy::start(emulator.endpoint(), 1).unwrap();
    let world =
        World::new("resource \"aws_s3_bucket\" \"a\" {\n  bucket = \"refresh-or-not\"\n}\n").at(&proxy.endpoint());
    let _ = world.apply();
    proxy.clear_calls();
    let _ = world.run(&["plan", "-refresh=false", "-detailed-exitcode"]).assert_exit_code(0);
    let reads = proxy.counts().keys().filter(|call| call.starts_with("s3:")).cloned().collect::<Vec<_>>();
    assert_eq!(reads, Vec::<String>::new());

    Account::at(emulator.endpoint()).delete_bucket("refresh-or-not");
    let _ = world.run(&["plan", "-refresh=false", "-detailed-exitcode"]).assert_exit_code(0);
    assert_eq!(world.planned(&[]), expected(&[("aws_s3_bucket.a", "create")]));
    // Only looking: the state forgets what is gone, and nothing is made.
    let _ = world.succeed(&["apply", "-refresh-only", "-auto-approve"]);
    assert_eq!(world.managed(), BTreeMap::new());
    assert!(!Account::at(emulator.endpoint()).buckets().contains("refresh-or-not"));
}

#[test]
fn no_more_at_once_than_allowed() {
    let emulator = Emulator::shared(Kind::Ministack).unwrap();
    for parallelism in [1, 4] {
        let proxy = FaultProxy::start(emulator.endpoint(), 1).unwrap();
        proxy.inject(Matcher::operation("s3", "CreateBucket"), Effect::Delay(Duration::from_millis(200)));
        let name = format!("parallel-{parallelism}");
        let world = World::new(&format!(
            "resource \"aws_s3_bucket\" \"a\" {{\n  count  = 6\n  bucket = \"{name}-${{count.index}}\"\n}}\n"
        ))
        .at(&proxy.endpoint());
        let _ = world.succeed(&["apply", "-auto-approve", &format!("-parallelism={parallelism}")]);
        let creations: Vec<_> = proxy.calls().into_iter().filter(|call| call.operation == "CreateBucket").collect();
        let running_at = |moment: u64| {
            creations.iter().filter(|call| call.at_ms <= moment && moment < call.at_ms + call.duration_ms).count()
        };
        let most = creations.iter().map(|call| running_at(call.at_ms)).max().unwrap();
        assert_eq!(most, parallelism, "{creations:?}");
        let _ = world.destroy();
    }
}

#[test]
fn directories_are_named_in_three_ways() {
    let world = World::new("");
    world.directory().remove("main.tf");
    world.write("stacks/one/main.tf", "output \"where\" {\n  value = \"${path.module} ${basename(path.cwd)}\"\n}\n");
    for arguments in [&["-chdir=stacks/one", "plan"][..], &["plan", "stacks/one"], &["-chdir=stacks", "plan", "one"]] {
        let output = world.succeed(arguments);
        assert!(output.stdout.contains("where = \". work\""), "{arguments:?}: {output}");
    }
    let _ = world.succeed(&["apply", "stacks/one", "-auto-approve"]);
    assert!(world.exists("stacks/one/terraform.tfstate"));
    assert_eq!(world.succeed(&["-chdir=stacks/one", "output", "-raw", "where"]).stdout, ". work");
    assert!(world.succeed(&["validate", "stacks/one"]).stdout.contains("Success!"));
    let _ = world.succeed(&["destroy", "-auto-approve", "stacks/one"]);
}

#[test]
fn flags_may_have_one_dash_or_two() {
    let world = World::new(CHAIN);
    for arguments in [
        &["plan", "--var", "name=x", "--detailed-exitcode"][..],
        &["plan", "-var", "name=x", "-detailed-exitcode=true"],
        &["plan", "-detailed-exitcode", "-var=name=x"],
    ] {
        let output = world.run(arguments).assert_exit_code(2);
        assert!(output.stdout.contains("\"x\""), "{arguments:?}: {output}");
    }
}

#[test]
fn colour_is_only_for_terminals() {
    let world = World::new(CHAIN);
    for command in
        [world.infra(&["plan"]), world.infra(&["plan", "-no-color"]), world.infra(&["plan"]).env("NO_COLOR", "1")]
    {
        let output = command.run().assert_exit_code(0);
        assert!(!output.to_string().contains('\u{1b}'), "{output:?}");
    }
    // `script` gives the command a terminal.
    let Some(coloured) = on_a_terminal(&world, &[]) else {
        eprintln!("skipped: colour_is_only_for_terminals: script is not installed");
        return;
    };
    assert!(coloured.contains("\u{1b}["), "{coloured:?}");
    assert!(!on_a_terminal(&world, &[("NO_COLOR", "1")]).unwrap().contains("\u{1b}["));
}

fn on_a_terminal(world: &World, environment: &[(&str, &str)]) -> Option<String> {
    if !cfg!(target_os = "linux") || !std::path::Path::new("/usr/bin/script").exists() {
        return None;
    }
    let line = format!("{} plan -input=false", crate::world::INFRA);
    let mut command =
        world.directory().command("/usr/bin/script").args(["-qec", &line, "/dev/null"]).env("TERM", "xterm");
    for (name, value) in environment {
        command = command.env(name, value);
    }
    Some(command.run().assert_exit_code(0).stdout)
}

#[test]
fn interrupted_once_it_ends_in_order() {
    let emulator = Emulator::shared(Kind::Ministack).unwrap();
    let proxy = FaultProxy::start(emulator.endpoint(), 1).unwrap();
    let hold = infra_test_support::fault_proxy::Hold::new();
    proxy.inject(Matcher::operation("s3", "CreateBucket").first(1), Effect::HoldAfterForward(hold.clone()));
    let world = World::new(
        "resource \"aws_s3_bucket\" \"a\" {\n  bucket = \"interrupted-a\"\n}\n\nresource \"aws_s3_bucket\" \"b\" {\n  bucket = \"interrupted-b\"\n  tags = {\n    After = aws_s3_bucket.a.arn\n  }\n}\n",
    )
    .at(&proxy.endpoint());
    let running = world.infra(&["apply", "-auto-approve"]).spawn();
    assert!(hold.wait_until_reached(Duration::from_secs(60)));
    running.interrupt();
    let was_noticed = running.wait_for_output("Interrupt received", Duration::from_secs(10));
    hold.release();
    let output = running.wait(Duration::from_secs(60)).unwrap().assert_exit_code(1);
    assert!(was_noticed, "{output}");
    assert_eq!(world.managed(), BTreeMap::from([("aws_s3_bucket.a".to_owned(), 1)]));
    let _ = world.apply();
    world.assert_settled();
    let _ = world.destroy();
}
