//! What a plan makes of an edit: `edits/<type>.json` has two versions of a configuration, and the actions, replacement
//! paths and values of the plan from the first to the second.

use std::fs;

use infra_test_support::emulators::{Emulator, Kind};
use infra_test_support::goldens::compare;
use serde_json::Value;

use super::{Exception, Found, assert_only, directory, emulator_of, with_modules};
use crate::world::{World, errors, json};

/// Edits that cannot be made here, each with the reason.
const NOT_MADE: &[(&str, &str)] = &[
    ("aws_dynamodb_table/sse_own_key", "needs aws_kms_key"),
    ("aws_s3_bucket_server_side_encryption_configuration/key_added", "needs aws_kms_key"),
    ("aws_s3_bucket_server_side_encryption_configuration/key_removed", "needs aws_kms_key"),
];

/// Edits that are planned and not carried out, each with the reason.
const NOT_APPLIED: &[(&str, &str)] = &[(
    "aws_s3_bucket_lifecycle_configuration/minimum_size_varies",
    "both emulators ignore the header, and it is waited for in vain",
)];

const EXCEPTIONS: &[Exception] = &[
    ("aws_dynamodb_table/stream_*", "planned.stream_label", "made of the time"),
    (
        "aws_dynamodb_table/on_demand_throughput_removed",
        "second_plan_actions",
        "the provider's call was refused by the server, ours is not",
    ),
    ("terraform_data/*", "planned.id", "random"),
];

fn edits(kind: &str) -> Vec<Value> {
    let text = fs::read_to_string(directory().join("edits").join(format!("{kind}.json"))).unwrap();
    let all = json(&text);
    let edits = all.as_array().unwrap().iter();
    edits.filter(|edit| NOT_MADE.iter().all(|(not_made, _)| *not_made != id(kind, edit))).cloned().collect()
}

fn name(edit: &Value) -> &str {
    edit["name"].as_str().unwrap()
}

/// `aws_s3_bucket/rename`
fn id(kind: &str, edit: &Value) -> String {
    format!("{kind}/{}", name(edit))
}

fn change<'p>(plan: &'p Value, kind: &str, edit: &Value) -> &'p Value {
    let address = format!("module.{}.{kind}.this", name(edit));
    let changes = plan["resource_changes"].as_array().into_iter().flatten();
    changes
        .into_iter()
        .find(|change| change["address"] == address.as_str())
        .map_or(&Value::Null, |change| &change["change"])
}

/// Paths in an order that does not depend on who made the list.
fn sorted(paths: &Value) -> Vec<String> {
    let mut paths: Vec<String> = paths.as_array().into_iter().flatten().map(Value::to_string).collect();
    paths.sort();
    paths
}

fn check(kind: &str, edits: &[&Value], found: &mut Vec<Found>) {
    let Some(first) = edits.first() else { return };
    let emulator = Emulator::start(emulator_of(first)).unwrap();
    let texts = edits.iter().map(|edit| (name(edit), edit["before"].as_str().unwrap()));
    let world = with_modules(texts).at(emulator.endpoint());
    let applied = world.run(&["apply", "-auto-approve"]);
    for edit in edits {
        world.write(&format!("case/{}/main.tf", name(edit)), edit["after"].as_str().unwrap());
    }
    let plan = world.plan_json(&[]);
    let mut add = |edit: &Value, what: &str, text: String| {
        found.push(Found { case: id(kind, edit), path: what.to_owned(), text })
    };
    if !applied.is_success() {
        add(first, "apply", errors(&applied).to_owned());
    }
    for edit in edits {
        let change = change(&plan, kind, edit);
        if change["actions"] != edit["actions"] {
            add(edit, "actions", format!("recorded {}, actual {}", edit["actions"], change["actions"]));
        }
        let (recorded, actual) = (sorted(&edit["replace_paths"]), sorted(&change["replace_paths"]));
        if recorded != actual {
            add(edit, "replace_paths", format!("recorded {recorded:?}, actual {actual:?}"));
        }
        for (what, member) in [("planned", "after"), ("after_unknown", "after_unknown")] {
            for difference in compare(&edit[what], &change[member], &[]) {
                add(edit, &format!("{what}.{}", difference.path), difference.to_string());
            }
        }
    }
    settles(&world, kind, edits, &mut add);
    let _ = world.run(&["destroy", "-auto-approve"]);
}

/// After the edits are applied there is nothing left to do, unless the recording says otherwise.
fn settles(world: &World, kind: &str, edits: &[&Value], add: &mut impl FnMut(&Value, &str, String)) {
    let (left_out, made): (Vec<&Value>, Vec<&Value>) =
        edits.iter().partition(|edit| NOT_APPLIED.iter().any(|(not_applied, _)| *not_applied == id(kind, edit)));
    for edit in left_out {
        world.write(&format!("case/{}/main.tf", name(edit)), edit["before"].as_str().unwrap());
    }
    let applied = world.run(&["apply", "-auto-approve"]);
    let second = world.plan_json(&[]);
    let no_op = serde_json::json!(["no-op"]);
    for edit in made {
        let recorded = edit.get("second_plan_actions").unwrap_or(&no_op);
        let actual = &change(&second, kind, edit)["actions"];
        if actual != recorded {
            add(edit, "second_plan_actions", format!("recorded {recorded}, actual {actual} {}", errors(&applied)));
        }
    }
}

#[test]
fn every_recorded_edit_is_planned_as_recorded() {
    let mut found = Vec::new();
    let mut kinds: Vec<String> = fs::read_dir(directory().join("edits"))
        .unwrap()
        .map(|entry| entry.unwrap().path().file_stem().unwrap().to_string_lossy().into_owned())
        .collect();
    kinds.sort();
    for kind in &kinds {
        let all = edits(kind);
        for emulator in [Kind::Ministack, Kind::Moto] {
            check(kind, &all.iter().filter(|edit| emulator_of(edit) == emulator).collect::<Vec<_>>(), &mut found);
        }
    }
    assert_only(&found, EXCEPTIONS);
}
