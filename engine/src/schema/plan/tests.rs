use std::collections::BTreeSet;

use infra_schema::Generation;
use infra_values::json::{from_json_lenient, to_json_plain};
use infra_values::{Kind, Type};
use serde_json::Value as Json;

use super::*;
use crate::schema::test_support::{Text, resource_schema};

/// An edit of a configuration, with what the reference made of it.
#[derive(serde::Deserialize)]
struct Edit {
    name: String,
    after: String,
    actions: Vec<String>,
    replace_paths: Vec<Vec<Json>>,
    after_unknown: Json,
    prior: Json,
    planned: Json,
}

/// Values with `"<unknown>"` where they are not known, so that two of them show side by side.
fn with_unknowns(known: &Json, unknown: &Json) -> Json {
    match (known, unknown) {
        (_, Json::Bool(true)) => Json::String("<unknown>".into()),
        (Json::Object(known), unknown) => {
            let mut merged = known.clone();
            for (key, unknown) in unknown.as_object().into_iter().flatten() {
                let before = known.get(key).unwrap_or(&Json::Null);
                merged.insert(key.clone(), with_unknowns(before, unknown));
            }
            Json::Object(merged)
        }
        (Json::Array(items), Json::Array(unknown)) => {
            items.iter().zip(unknown).map(|(item, unknown)| with_unknowns(item, unknown)).collect()
        }
        _ => known.clone(),
    }
}

fn shown(value: &Value) -> Json {
    match value.kind() {
        Kind::Unknown(_) => Json::String("<unknown>".into()),
        Kind::Object(entries) => {
            Json::Object(entries.iter().map(|(name, value)| (name.to_string(), shown(value))).collect())
        }
        Kind::List(_, items) | Kind::Set(_, items) => items.iter().map(shown).collect(),
        _ => to_json_plain(value),
    }
}

/// What the type of the table knows better than its facts.
fn dynamodb_table_hooks() -> PlanHooks<'static> {
    PlanHooks {
        suppress: &|path, code, prior, configured| {
            code == "other"
                && path.schema_path() == "table_class"
                && prior.as_str().unwrap_or_default().is_empty()
                && configured.as_str() == Some("STANDARD")
        },
        same_element: &|set, prior, configured| {
            ["attribute", "local_secondary_index"].contains(&&*set.schema_path())
                && prior.get("name") == configured.get("name")
        },
        unknown_on_change: &|_, prior, planned| {
            ["stream_enabled", "stream_view_type"].iter().any(|name| prior.get(name) != planned.get(name))
        },
        ..PlanHooks::default()
    }
}

/// The resources that a recorded configuration refers to. Their attributes are known from what was planned with them.
fn scenery(text: Text, edit: &Edit) -> Text {
    let everywhere = format!("{}{}", edit.planned, edit.prior);
    let bucket = |name: &str| {
        let source = if name == "second" { &edit.planned } else { &edit.prior };
        let renamed = edit.after_unknown.get("bucket") == Some(&Json::Bool(true));
        match source.get("bucket").and_then(Json::as_str) {
            Some(bucket) if !renamed => Value::object_from([
                ("id", Value::string(bucket)),
                ("arn", Value::string(format!("arn:aws:s3:::{bucket}"))),
            ]),
            _ => Value::unknown(Type::Any),
        }
    };
    let key_arn = everywhere.split('"').find(|text| text.starts_with("arn:aws:kms:")).unwrap_or_default();
    let key = Value::object_from([("arn", Value::string(key_arn))]);
    text.with("aws_s3_bucket", Value::object_from(["scenery", "second"].map(|name| (name, bucket(name)))))
        .with("aws_kms_key", Value::object_from([("scenery", key)]))
}

fn path_text(steps: &[Json]) -> String {
    let step = |step: &Json| step.as_str().map_or_else(|| format!("[{step}]"), |name| format!(".{name}"));
    steps.iter().map(step).collect()
}

/// Every recorded edit of a type gets the recorded action, replacement paths and planned values.
///
/// `tags_all` is left out: it needs the provider. `different` names edits, or `edit.attribute`, where the reference is
/// known to plan otherwise, with the reason beside it in the caller.
fn check_recorded_edits(type_name: &str, hooks: &PlanHooks<'_>, different: &[&str]) {
    let schema = resource_schema(type_name, Generation::V5);
    let ty = schema.implied_type();
    let file = format!("{}/../tests/goldens/edits/{type_name}.json", env!("CARGO_MANIFEST_DIR"));
    let edits: Vec<Edit> = serde_json::from_str(&std::fs::read_to_string(file).unwrap()).unwrap();
    assert!(!edits.is_empty());
    let mut mistakes = Vec::new();
    for edit in &edits {
        if different.contains(&&*edit.name) {
            continue;
        }
        let text = scenery(Text::new(&edit.after), edit);
        let is_this = |block: &&crate::syntax::Block| {
            block.kind.text == "resource" && block.labels[0].text == type_name && block.labels[1].text == "this"
        };
        let block = text.body.blocks.iter().find(is_this).unwrap();
        let (config, diagnostics) = text.decode_part(&block.body, &schema.block, &["depends_on", "lifecycle", "provider"]);
        assert!(!diagnostics.has_errors(), "{}: {}", edit.name, text.shown(&diagnostics));
        let prior = from_json_lenient(&edit.prior, ty).unwrap();
        let request = |prior| PlanRequest { prior, config: &config, proposed: &config, configured: None, private: b"" };

        let first = plan_with_hooks(&schema, &request(Some(&prior)), hooks);
        let replaces: BTreeSet<String> = first.requires_replace.iter().map(Path::to_string).collect();
        let expected: BTreeSet<String> = edit.replace_paths.iter().map(|path| path_text(path)).collect();
        let (planned, action) = if !replaces.is_empty() {
            (plan_with_hooks(&schema, &request(None), hooks).planned, "delete create")
        } else if first.planned == prior {
            (first.planned, "no-op")
        } else {
            (first.planned, "update")
        };
        // A change of nothing but tags_all is the provider's to find.
        let only_tags_all = action == "no-op" && edit.prior["tags_all"] != edit.planned["tags_all"];
        if replaces != expected || (action != edit.actions.join(" ") && !only_tags_all) {
            mistakes.push(format!("{}: {action} {replaces:?}, expected {:?} {expected:?}", edit.name, edit.actions));
        }
        let expected = with_unknowns(&edit.planned, &edit.after_unknown);
        for (name, value) in shown(&planned).as_object().unwrap() {
            let expected = expected.get(name).unwrap_or(&Json::Null);
            let place = format!("{}.{name}", edit.name);
            if name != "tags_all" && value != expected && !different.contains(&&*place) {
                mistakes.push(format!("{place}: {value}\n    expected {expected}"));
            }
        }
    }
    assert!(mistakes.is_empty(), "{type_name}\n{}", mistakes.join("\n"));
}

#[test]
fn recorded_edits_of_types_that_facts_describe() {
    for type_name in [
        "aws_s3_bucket",
        "aws_s3_bucket_policy",
        "aws_s3_bucket_public_access_block",
        "aws_s3_bucket_server_side_encryption_configuration",
        "aws_s3_bucket_versioning",
    ] {
        check_recorded_edits(type_name, &PlanHooks::default(), &[]);
    }
}

#[test]
fn recorded_edits_of_a_type_with_hooks() {
    check_recorded_edits(
        "aws_dynamodb_table",
        &dynamodb_table_hooks(),
        &[
            // Capacities left out of an index are planned anew on each run there, which never settles.
            "billing_to_pay_per_request_gsi.global_secondary_index",
            // An empty text in an element that stays turns null there when another element changes.
            "gsi_added_second.global_secondary_index",
            "gsi_one_of_two_changed.global_secondary_index",
        ],
    );
}
