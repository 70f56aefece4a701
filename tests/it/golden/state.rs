//! What is planned for a new object and written to the state: `state/<type>/<case>.json`.

use std::collections::BTreeMap;
use std::fs;

use infra_test_support::emulators::{Emulator, Kind};
use infra_test_support::goldens::{attributes, compare};
use serde_json::Value;

use super::{Exception, Found, assert_only, directory, emulator_of, with_modules};
use crate::world::{errors, json};

/// Cases that cannot be applied here, each with the reason.
const NOT_APPLIED: &[(&str, &str)] = &[
    ("aws_dynamodb_table/sse_own_key", "needs aws_kms_key"),
    ("aws_s3_bucket_server_side_encryption_configuration/full", "needs aws_kms_key"),
];

const EXCEPTIONS: &[Exception] = &[
    ("aws_dynamodb_table/full", "attributes.stream_*", "made of the time"),
    ("aws_dynamodb_table/full", "refreshed.stream_*", "made of the time"),
    ("aws_dynamodb_table/stream", "attributes.stream_*", "made of the time"),
    ("aws_dynamodb_table/stream", "refreshed.stream_*", "made of the time"),
    ("aws_s3_bucket/no_name", "attributes.*", "the name is made up"),
    ("aws_s3_bucket/no_name", "refreshed.*", "the name is made up"),
    ("aws_s3_bucket/prefix", "attributes.*", "the name is made up"),
    ("aws_s3_bucket/prefix", "refreshed.*", "the name is made up"),
    ("terraform_data/*", "attributes.id", "random"),
    ("terraform_data/*", "refreshed.id", "random"),
    ("terraform_data/full", "attributes.triggers_replace.value[0]", "the id of another object"),
    ("terraform_data/full", "refreshed.triggers_replace.value[0]", "the id of another object"),
];

/// One recorded case.
struct Recording {
    /// `aws_s3_bucket/minimal`
    id: String,
    case: String,
    emulator: Kind,
    recorded: Value,
}

fn recordings() -> BTreeMap<String, Vec<Recording>> {
    let mut by_type = BTreeMap::new();
    for folder in fs::read_dir(directory().join("state")).unwrap() {
        let folder = folder.unwrap().path();
        let kind = folder.file_name().unwrap().to_string_lossy().into_owned();
        let mut cases: Vec<Recording> = fs::read_dir(&folder)
            .unwrap()
            .map(|entry| {
                let path = entry.unwrap().path();
                let case = path.file_stem().unwrap().to_string_lossy().into_owned();
                let recorded = json(&fs::read_to_string(&path).unwrap());
                Recording { id: format!("{kind}/{case}"), case, emulator: emulator_of(&recorded), recorded }
            })
            .filter(|recording| NOT_APPLIED.iter().all(|(id, _)| *id != recording.id))
            .collect();
        cases.sort_by(|a, b| a.id.cmp(&b.id));
        by_type.insert(kind, cases);
    }
    by_type
}

/// A recorded object as the recording names it: in the child module of its case.
fn address(recording: &Recording) -> String {
    let is_data = recording.recorded["create_plan"]["after"].is_null() && recording.recorded["private"].is_null();
    let kind = recording.recorded["type"].as_str().unwrap();
    let data = if is_data { "data." } else { "" };
    format!("module.{}.{data}{kind}.this", recording.case)
}

/// The instance in a state, whole.
fn instance<'s>(state: &'s Value, recording: &Recording) -> Option<&'s Value> {
    let module = format!("module.{}", recording.case);
    let resources = state["resources"].as_array()?;
    let resource = resources.iter().find(|resource| {
        resource["module"] == module.as_str()
            && resource["type"] == recording.recorded["type"]
            && resource["name"] == "this"
    })?;
    resource["instances"].get(0)
}

/// Everything recorded of an instance, from a state.
fn described(instance: &Value, recording: &Recording) -> Value {
    let member = |name: &str, absent: Value| instance.get(name).cloned().unwrap_or(absent);
    let prefix = format!("module.{}.", recording.case);
    let dependencies: Vec<String> = instance["dependencies"]
        .as_array()
        .into_iter()
        .flatten()
        .filter_map(Value::as_str)
        .map(|address| address.strip_prefix(&prefix).unwrap_or(address).to_owned())
        .collect();
    serde_json::json!({
        "schema_version": instance["schema_version"],
        "attributes": instance["attributes"],
        "sensitive_attributes": member("sensitive_attributes", Value::Array(Vec::new())),
        "private_base64": member("private", Value::Null),
        "dependencies": dependencies,
    })
}

fn recorded_members(recording: &Recording) -> Value {
    let names = ["schema_version", "attributes", "sensitive_attributes", "private_base64", "dependencies"];
    names.iter().map(|name| ((*name).to_owned(), recording.recorded[*name].clone())).collect()
}

/// Differences of all cases of one type on one emulator, each as `case: path: …`.
fn differences(cases: &[&Recording], found: &mut Vec<Found>) {
    let Some(first) = cases.first() else { return };
    let emulator = Emulator::start(first.emulator).unwrap();
    let texts = cases.iter().map(|case| (case.case.as_str(), case.recorded["config"].as_str().unwrap()));
    let world = with_modules(texts).at(emulator.endpoint());
    let plan = world.plan_json(&[]);
    let applied = world.run(&["apply", "test.plan"]);
    let state = world.state();
    for case in cases {
        let mut add = |what: &str, recorded: &Value, actual: &Value| {
            for difference in compare(recorded, actual, &[]) {
                found.push(Found {
                    case: case.id.clone(),
                    path: [what, &difference.path].join(if what.is_empty() { "" } else { "." }),
                    text: difference.to_string(),
                });
            }
        };
        match instance(&state, case) {
            Some(instance) => add("", &recorded_members(case), &described(instance, case)),
            None => add(
                "state",
                &Value::from("an instance"),
                &Value::from(format!("nothing; apply said:\n{}", errors(&applied))),
            ),
        }
        let planned = plan["resource_changes"].as_array().into_iter().flatten();
        let change = planned.clone().find(|change| change["address"] == address(case).as_str());
        let create_plan = &case.recorded["create_plan"];
        if !create_plan["after"].is_null() {
            let change = change.map(|change| &change["change"]).unwrap_or(&Value::Null);
            add("plan.after", &create_plan["after"], &change["after"]);
            add("plan.after_unknown", &create_plan["after_unknown"], &change["after_unknown"]);
        }
    }
    let _ = world.succeed(&["apply", "-refresh-only", "-auto-approve"]);
    let state = world.state();
    for case in cases {
        let recorded = case.recorded.get("attributes_after_refresh").unwrap_or(&case.recorded["attributes"]);
        let in_state = attributes(&state, &address(case)).unwrap_or(&Value::Null);
        for difference in compare(recorded, in_state, &[]) {
            let path = format!("refreshed.{}", difference.path);
            found.push(Found { case: case.id.clone(), path, text: difference.to_string() });
        }
    }
    let _ = world.run(&["destroy", "-auto-approve"]);
}

#[test]
fn every_recorded_case_is_written_as_recorded() {
    let mut found = Vec::new();
    for cases in recordings().values() {
        for kind in [Kind::Ministack, Kind::Moto] {
            let cases: Vec<&Recording> = cases.iter().filter(|case| case.emulator == kind).collect();
            differences(&cases, &mut found);
        }
    }
    assert_only(&found, EXCEPTIONS);
}
