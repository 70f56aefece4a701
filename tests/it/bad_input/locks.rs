//! A state that somebody else is working on.

use std::time::Duration;

use infra_test_support::emulators::{Emulator, Kind};
use infra_test_support::fault_proxy::{Effect, FaultProxy, Hold, Matcher};
use infra_test_support::skip_without_oracle;
use insta::assert_snapshot;

use crate::world::World;

const PATIENCE: Duration = Duration::from_secs(60);

/// The user and machine that a lock names, and the path of the state, differ from machine to machine.
fn with_lock_filters(world: World) -> World {
    world.with_long_lines().with_filter("who", r"\b[\w.-]+@[\w.-]+\b", "[WHO]").with_filter(
        "time",
        r"\d{4}-\d\d-\d\d[T ][\d:.]+Z?( \+0000 UTC)?",
        "[TIME]",
    )
}

/// A world whose plans wait at the gate, holding the lock.
fn gated() -> (World, FaultProxy, Hold) {
    let emulator = Emulator::shared(Kind::Ministack).unwrap();
    let proxy = FaultProxy::start(emulator.endpoint(), 1).unwrap();
    let hold = Hold::new();
    proxy.inject(Matcher::operation("sts", "GetCallerIdentity").first(1), Effect::HoldBeforeForward(hold.clone()));
    let world = World::new(
        "data \"aws_caller_identity\" \"here\" {}\n\nresource \"terraform_data\" \"a\" {\n  input = data.aws_caller_identity.here.account_id\n}\n",
    );
    (with_lock_filters(world).at(&proxy.endpoint()), proxy, hold)
}

#[test]
fn a_lock_that_another_infra_holds() {
    let (world, _proxy, hold) = gated();
    let holder = world.infra(&["apply", "-auto-approve"]).spawn();
    assert!(hold.wait_until_reached(PATIENCE));
    assert_snapshot!(world.shows(&["plan"]), @"
    exit code: 1
    --- stdout ---
    --- stderr ---
    error: Error acquiring the state lock

      The state [DIR]/terraform.tfstate is locked by [WHO] since [TIME] for OperationTypeApply, lock ID [UUID]. Wait for it to finish: `-lock-timeout=5m` waits up to five minutes. The lock goes when the process that holds it ends.
    ");
    // Whoever does not want the lock need not wait for it.
    let _ = world.succeed(&["plan", "-lock=false"]);
    // Whoever waits gets it as soon as it is free.
    let waiting = world.infra(&["plan", "-lock-timeout=60s"]).spawn();
    hold.release();
    let _ = holder.wait(PATIENCE).unwrap().assert_exit_code(0);
    let _ = waiting.wait(PATIENCE).unwrap().assert_exit_code(0);
}

#[test]
fn a_killed_holder_leaves_no_lock() {
    let (world, _proxy, hold) = gated();
    let holder = world.infra(&["apply", "-auto-approve"]).spawn();
    assert!(hold.wait_until_reached(PATIENCE));
    holder.kill_9();
    let _ = holder.wait(PATIENCE);
    hold.release();
    let _ = world.apply();
    world.assert_settled();
}

#[test]
fn a_lock_that_terraform_holds() {
    let _oracle = skip_without_oracle!("a_lock_that_terraform_holds");
    let world = with_lock_filters(World::new("resource \"terraform_data\" \"a\" {\n  input = \"one\"\n}\n"));
    let _ = world.apply();
    world.write(
        "slow.tf",
        "resource \"terraform_data\" \"slow\" {\n  provisioner \"local-exec\" {\n    command = \"sleep 30\"\n  }\n}\n",
    );
    let terraform = world.directory().command("terraform").args(["apply", "-auto-approve"]).spawn();
    assert!(terraform.wait_for_output("Provisioning with", PATIENCE));
    world.directory().remove("slow.tf");
    assert_snapshot!(world.shows(&["plan"]), @"
    exit code: 1
    --- stdout ---
    --- stderr ---
    error: Error acquiring the state lock

      The state [DIR]/terraform.tfstate is locked by [WHO] since [TIME] for OperationTypeApply, lock ID [UUID]. Wait for it to finish: `-lock-timeout=5m` waits up to five minutes. The lock goes when the process that holds it ends.
    ");
    terraform.kill_9();
}

#[test]
fn terraform_sees_the_lock_that_infra_holds() {
    let oracle = skip_without_oracle!("terraform_sees_the_lock_that_infra_holds");
    let (world, _proxy, hold) = gated();
    let holder = world.infra(&["apply", "-auto-approve"]).spawn();
    assert!(hold.wait_until_reached(PATIENCE));
    world.write("main.tf", "resource \"terraform_data\" \"a\" {}\n");
    let output = oracle.run(&world.path(), &["plan", "-no-color"], None).unwrap().assert_exit_code(1);
    assert!(output.stderr.contains("Error acquiring the state lock"), "{output}");
    assert!(output.stderr.contains("OperationTypeApply"), "{output}");
    hold.release();
    let _ = holder.wait(PATIENCE).unwrap().assert_exit_code(0);
}
