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
        let (config, diagnostics) =
            text.decode_part(&block.body, &schema.block, &["depends_on", "lifecycle", "provider"]);
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

fn plan(schema: &Schema, prior: Option<&Value>, config: &Value) -> PlanResponse {
    let request = PlanRequest { prior, config, proposed: config, configured: None, private: b"kept" };
    plan_from_schema(schema, &request)
}

/// What a change of blocks replaces: `before` and `after` are configurations of the same facts.
fn replaced(facts: &Json, before: &str, after: &str) -> Vec<String> {
    let schema = crate::schema::facts::schema_from_facts(facts).unwrap();
    let decoded = |text: &str| {
        let text = Text::new(text);
        let (value, diagnostics) = text.decode(&schema.block);
        assert!(diagnostics.is_empty(), "{}", text.shown(&diagnostics));
        value
    };
    let prior = decoded(before);
    let response = plan(&schema, Some(&prior), &decoded(after));
    assert_eq!(response.private, b"kept");
    response.requires_replace.iter().map(Path::to_string).collect()
}

/// What the type knows better than its facts: values that stand for what is left out, some of which depend on what
/// stands beside them.
fn lifecycle_hooks() -> PlanHooks<'static> {
    PlanHooks {
        default: &|path, around| {
            let is_left_out =
                |name: &str| around.get(name).is_none_or(|value| value.is_null() || value.as_items() == Some(&[]));
            Some(match path.schema_path().as_str() {
                "transition_default_minimum_object_size" => Value::string("all_storage_classes_128K"),
                "rule.prefix" | "rule.filter.and.prefix" => Value::string(""),
                "rule.expiration.days" | "rule.transition.days" => Value::number(0),
                "rule.expiration.expired_object_delete_marker" => Value::bool(false),
                "rule.filter.prefix" => {
                    let others = ["and", "tag", "object_size_greater_than", "object_size_less_than"];
                    if others.into_iter().all(is_left_out) { Value::string("") } else { Value::null(Type::String) }
                }
                "rule.filter.object_size_greater_than" | "rule.filter.object_size_less_than" => {
                    Value::null(Type::Number)
                }
                "rule.filter.and.object_size_greater_than" | "rule.filter.and.object_size_less_than" => {
                    Value::number(0)
                }
                _ => return None,
            })
        },
        ..PlanHooks::default()
    }
}

#[test]
fn recorded_edits_of_a_type_of_the_newer_convention() {
    check_recorded_edits("aws_s3_bucket_lifecycle_configuration", &lifecycle_hooks(), &[]);
}

#[test]
fn changes_that_replace() {
    let facts = |plugin: &str, nesting: &str, block: bool, inner: bool| {
        serde_json::json!({
            "plugin": plugin,
            "attributes": {
                "size": {"type": "number", "optional": true, "force_new": false, "force_new_if": "decrease"},
                "names": {"type": "list(string)", "optional": true, "force_new": true},
            },
            "blocks": {"b": {
                "nesting": nesting, "force_new": block,
                "attributes": {
                    "x": {"type": "string", "optional": true, "force_new": inner},
                    "y": {"type": "string", "optional": true, "force_new": false},
                },
            }},
        })
    };
    let (one, two) = ("b { x = \"1\" }", "b { x = \"1\" }\nb { y = \"2\" }");
    let changed = "b {\n x = \"1\"\n y = \"3\"\n}";
    for (plugin, nesting, block, inner, before, after, expected) in [
        // The older convention counts blocks.
        ("sdkv2", "list", true, false, one, two, vec![".b"]),
        ("sdkv2", "list", true, false, one, changed, vec![]),
        ("sdkv2", "list", false, true, one, changed, vec![]),
        ("sdkv2", "list", false, true, one, "b { x = \"2\" }", vec![".b[0].x"]),
        ("sdkv2", "list", false, true, two, "", vec![".b[0].x"]),
        ("sdkv2", "list", false, true, one, two, vec![]),
        ("sdkv2", "list", true, true, two, "", vec![".b", ".b[0].x"]),
        // An element of a set that changes is one removed and one added.
        ("sdkv2", "set", false, true, one, changed, vec![".b"]),
        ("sdkv2", "set", false, true, two, "b { y = \"2\" }\nb { x = \"1\" }", vec![]),
        ("sdkv2", "set", false, true, "b { y = \"2\" }", "b { y = \"3\" }", vec![]),
        ("sdkv2", "set", true, false, one, changed, vec![]),
        ("sdkv2", "set", true, false, one, two, vec![".b"]),
        // The newer one covers everything inside.
        ("framework", "list", true, false, one, changed, vec![".b"]),
        ("framework", "list", false, false, one, changed, vec![]),
        ("framework", "list", false, true, "b { x = \"\" }", "b {}", vec![".b[0].x"]),
        ("sdkv2", "list", false, true, "b { x = \"\" }", "b {}", vec![]),
        // Attributes.
        ("sdkv2", "list", false, false, "names = [\"a\"]", "names = [\"a\", \"b\"]", vec![".names"]),
        ("sdkv2", "list", false, false, "names = [\"a\"]", "names = [later]", vec![".names"]),
        ("sdkv2", "list", false, false, "names = []", "", vec![]),
        ("sdkv2", "list", false, false, "size = 5", "size = 4", vec![".size"]),
        ("sdkv2", "list", false, false, "size = 5", "size = 6", vec![]),
        ("sdkv2", "list", false, false, "size = 5", "size = later", vec![]),
    ] {
        let facts = facts(plugin, nesting, block, inner);
        assert_eq!(
            replaced(&facts, before, after),
            expected,
            "{plugin} {nesting} {block} {inner}: {before} -> {after}"
        );
    }
}

/// Facts with one of each that is left to the provider, under either convention.
fn computed_facts(plugin: &str) -> Json {
    let inner = serde_json::json!({
        "name": {"type": "string", "optional": true},
        "made": {"type": "string", "optional": true, "computed": true},
        "kept": {"type": "bool", "optional": true, "default": true},
    });
    serde_json::json!({
        "plugin": plugin,
        "attributes": {
            "id": {"type": "string", "computed": true},
            "text": {"type": "string", "optional": true},
            "secret": {"type": "string", "optional": true, "write_only": true},
            "map": {"type": "map(string)", "optional": true},
        },
        "blocks": {
            "list": {"nesting": "list", "attributes": inner},
            "set": {"nesting": "set", "attributes": inner},
            "auto": {"nesting": "list", "computed": true, "attributes": inner},
        },
    })
}

#[test]
fn what_is_left_to_the_provider() {
    let unknown = "<unknown>";
    let element = |name: Json, made: Json| serde_json::json!({"name": name, "made": made, "kept": true});
    let json = |text: &str| Json::from(text);
    for plugin in ["sdkv2", "framework"] {
        let is_sdk = plugin == "sdkv2";
        let schema = crate::schema::facts::schema_from_facts(&computed_facts(plugin)).unwrap();
        let ty = schema.implied_type();
        let config = |text: &str| Text::new(text).decode(&schema.block).0;

        let first = config("secret = \"s\"\nmap = { a = null }\nlist { name = \"l\" }\nset { name = \"s\" }\nset {}");
        let created = shown(&plan(&schema, None, &first).planned);
        let nothing = if is_sdk { json("") } else { Json::Null };
        assert_eq!(
            created,
            serde_json::json!({
                "id": unknown, "text": null, "secret": null, "map": if is_sdk { serde_json::json!({}) } else { serde_json::json!({"a": null}) },
                "list": [element(json("l"), json(unknown))],
                "set": created["set"], "auto": unknown,
            })
        );
        assert!(created["set"].as_array().unwrap().contains(&element(nothing, json(unknown))), "{created}");

        // As the provider may answer: empty texts for what was left out.
        let stored = from_json_lenient(
            &serde_json::json!({
                "id": "i", "text": if is_sdk { json("") } else { Json::Null }, "map": if is_sdk { Json::Null } else { serde_json::json!({"a": null}) },
                "list": [element(json("l"), json("1"))],
                "set": [element(json("s"), json("2")), element(if is_sdk { json("") } else { Json::Null }, json("3"))],
                "auto": [element(json("a"), json("4"))],
            }),
            ty,
        )
        .unwrap();
        let again = plan(&schema, Some(&stored), &first);
        assert_eq!((&again.planned, again.requires_replace.len()), (&stored, 0), "{plugin}: nothing to do");

        let second = config("text = \"new\"\nlist { name = \"changed\" }\nlist {}\nset { name = \"t\" }");
        let changed = shown(&plan(&schema, Some(&stored), &second).planned);
        // A single value in a new element of a list is planned as null under the older convention.
        let made = if is_sdk { Json::Null } else { json(unknown) };
        assert_eq!(
            changed,
            serde_json::json!({
                "id": "i", "text": "new", "secret": null, "map": null,
                "list": [element(json("changed"), json("1")), element(Json::Null, made)],
                "set": [element(json("t"), json(unknown))],
                "auto": [element(json("a"), json("4"))],
            })
        );
    }
}

#[test]
fn an_unknown_number_of_blocks_is_a_change() {
    let schema = crate::schema::facts::schema_from_facts(&computed_facts("sdkv2")).unwrap();
    let stored = Text::new("list { name = \"l\" }").decode(&schema.block).0;
    let text = Text::new("dynamic \"list\" {\n  for_each = later\n  content {}\n}");
    let planned = plan(&schema, Some(&stored), &text.decode(&schema.block).0).planned;
    assert_eq!(shown(&planned)["list"], "<unknown>");
}
