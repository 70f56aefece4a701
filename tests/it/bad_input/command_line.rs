//! Mistakes on the command line: commands, flags, variables, addresses, directories, approval.

use insta::assert_snapshot;

use crate::world::World;

fn world() -> World {
    World::new("resource \"terraform_data\" \"a\" {\n  input = \"one\"\n}\n")
}

#[test]
fn an_unknown_command() {
    assert_snapshot!(world().shows(&["aply"]), @"");
}

#[test]
fn an_unknown_flag() {
    assert_snapshot!(world().shows(&["plan", "-detailed-exitcodes"]), @"");
}

#[test]
fn a_switch_with_a_value_that_is_none() {
    assert_snapshot!(world().shows(&["plan", "-refresh=maybe"]), @"");
}

#[test]
fn an_undeclared_variable() {
    assert_snapshot!(world().shows(&["plan", "-var", "nam=b"]), @"");
}

#[test]
fn a_variable_without_a_value() {
    assert_snapshot!(world().shows(&["plan", "-var", "name"]), @"");
}

#[test]
fn a_values_file_that_is_not_there() {
    assert_snapshot!(world().shows(&["plan", "-var-file=prod.tfvars"]), @"");
}

#[test]
fn an_address_that_is_none() {
    assert_snapshot!(world().shows(&["plan", "-target=terraform_data", "-replace=[0]"]), @"");
}

#[test]
fn modes_that_exclude_each_other() {
    assert_snapshot!(world().shows(&["plan", "-destroy", "-refresh-only"]), @"");
}

#[test]
fn a_directory_that_is_not_there() {
    assert_snapshot!(world().shows(&["-chdir=nowhere", "plan"]), @"");
    assert_snapshot!(world().shows(&["plan", "nowhere"]), @"");
}

#[test]
fn an_apply_that_nobody_can_approve() {
    let world = world();
    assert_snapshot!(world.shows(&["apply"]), @"");
    assert_snapshot!(world.shows(&["apply", "-input=false"]), @"");
    assert!(!world.exists("terraform.tfstate"), "nothing was approved");
}

#[test]
fn an_approval_that_is_not_yes() {
    let world = world();
    let output = world.infra(&["apply"]).stdin("y\n").run();
    assert_snapshot!(world.filtered(&output), @"");
    assert!(!world.exists("terraform.tfstate"), "nothing was approved");
}

#[test]
fn an_output_that_is_not_there() {
    let world = World::new("output \"names\" {\n  value = [\"a\"]\n}\n");
    let _ = world.apply();
    assert_snapshot!(world.shows(&["output", "name"]), @"");
    assert_snapshot!(world.shows(&["output", "-raw", "names"]), @"");
    assert_snapshot!(world.shows(&["output", "-raw"]), @"");
}

#[test]
fn a_lock_timeout_that_is_none() {
    assert_snapshot!(world().shows(&["plan", "-lock-timeout=soon"]), @"");
}

#[test]
fn no_workers() {
    assert_snapshot!(world().shows(&["plan", "-parallelism=0"]), @"");
}
