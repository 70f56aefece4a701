//! Plan files that cannot be applied: stale, foreign, damaged.

use infra_test_support::skip_without_oracle;
use insta::assert_snapshot;

use crate::world::World;

/// A world with something applied and a saved plan for a change.
fn planned() -> World {
    let world = World::new("resource \"terraform_data\" \"a\" {\n  input = \"one\"\n}\n").with_long_lines();
    let _ = world.apply();
    world.edit("main.tf", "one", "two");
    let _ = world.succeed(&["plan", "-out=saved.plan"]);
    world
}

#[test]
fn a_plan_whose_state_has_moved_on() {
    let world = planned();
    world.edit("main.tf", "two", "three");
    let _ = world.apply();
    let before = world.read("terraform.tfstate");
    assert_snapshot!(world.shows(&["apply", "saved.plan"]), @"
    exit code: 1
    --- stdout ---
    --- stderr ---
    error: Saved plan is stale

      The state [DIR]/terraform.tfstate has changed since the plan was made: the plan is based on serial [SERIAL] of lineage [UUID], the state is now serial [SERIAL] of lineage [UUID]. Nothing was changed. Plan again.
    ");
    assert_eq!(world.read("terraform.tfstate"), before);
}

#[test]
fn a_plan_for_a_state_of_another_lineage() {
    let world = planned().with_filter("lineage", "lineage [^ ,.]+", "lineage [LINEAGE]");
    let state = world.read("terraform.tfstate");
    let lineage = world.state()["lineage"].as_str().unwrap().to_owned();
    world.write("terraform.tfstate", state.replace(&lineage, "00000000-0000-0000-0000-000000000000"));
    assert_snapshot!(world.shows(&["apply", "saved.plan"]), @"
    exit code: 1
    --- stdout ---
    --- stderr ---
    error: Saved plan does not match the given state

      The state [DIR]/terraform.tfstate has changed since the plan was made: the plan is based on serial [SERIAL] of lineage [LINEAGE], the state is now serial [SERIAL] of lineage [LINEAGE]. Nothing was changed. Plan again.
    ");
}

#[test]
fn a_plan_applied_twice() {
    let world = planned();
    let _ = world.succeed(&["apply", "saved.plan"]);
    assert_snapshot!(world.shows(&["apply", "saved.plan"]), @"
    exit code: 1
    --- stdout ---
    --- stderr ---
    error: Saved plan is stale

      The state [DIR]/terraform.tfstate has changed since the plan was made: the plan is based on serial [SERIAL] of lineage [UUID], the state is now serial [SERIAL] of lineage [UUID]. Nothing was changed. Plan again.
    ");
}

#[test]
fn not_a_plan_file() {
    let world = planned();
    world.write("notes.txt", "buy milk\n");
    assert_snapshot!(world.shows(&["apply", "notes.txt"]), @"
    exit code: 1
    --- stdout ---
    --- stderr ---
    error: Not a plan file

      notes.txt is not a plan file that infra can read: expected value at line 1 column 1. Make one with: infra plan -out=notes.txt
    ");
    assert_snapshot!(world.shows(&["apply", "nothing.plan"]), @"
    exit code: 1
    --- stdout ---
    --- stderr ---
    error: No such directory or plan file

      nothing.plan is neither a directory nor a saved plan. Check the path; `infra plan -out=nothing.plan` makes a plan.
    ");
    assert_snapshot!(world.shows(&["show", "notes.txt"]), @"
    exit code: 1
    --- stdout ---
    --- stderr ---
    error: Not a plan file

      notes.txt is not a plan file that infra can read: expected value at line 1 column 1. Make one with: infra plan -out=notes.txt
    ");
    // A state is JSON as well, and no plan.
    assert_snapshot!(world.shows(&["apply", "terraform.tfstate"]), @"
    exit code: 1
    --- stdout ---
    --- stderr ---
    error: Not a plan file

      terraform.tfstate is not a plan file that infra can read: missing field `format_version` at line 34 column 1. Make one with: infra plan -out=terraform.tfstate
    ");
}

#[test]
fn a_plan_given_to_destroy() {
    assert_snapshot!(planned().shows(&["destroy", "saved.plan"]), @"
    exit code: 1
    --- stdout ---
    --- stderr ---
    error: Not a directory

      destroy takes a directory and was given saved.plan. To destroy by a saved plan: infra apply saved.plan
    ");
}

#[test]
fn a_plan_made_by_terraform() {
    let oracle = skip_without_oracle!("a_plan_made_by_terraform");
    let world = planned();
    let _ = oracle.run(&world.path(), &["plan", "-out=theirs.plan"], None).unwrap().assert_exit_code(0);
    assert_snapshot!(world.shows(&["apply", "theirs.plan"]), @"
    exit code: 1
    --- stdout ---
    --- stderr ---
    error: Not a plan file of infra

      theirs.plan is a plan file of terraform, whose form is its own. Make a plan with: infra plan -out=theirs.plan
    ");
}

/// Without the oracle: what it writes is a zip archive, which is all that has to be recognised.
#[test]
fn a_zip_archive() {
    let world = planned();
    world.write("theirs.plan", b"PK\x03\x04\x14\x00\x08\x00");
    assert_snapshot!(world.shows(&["apply", "theirs.plan"]), @"
    exit code: 1
    --- stdout ---
    --- stderr ---
    error: Not a plan file of infra

      theirs.plan is a plan file of terraform, whose form is its own. Make a plan with: infra plan -out=theirs.plan
    ");
}
