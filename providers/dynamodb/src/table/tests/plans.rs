//! Plans against recorded ones, without a server.

use infra_engine::provider::Configured;
use infra_provider_kit::Generation;
use infra_test_support::goldens;
use infra_values::{Path, Value};
use serde_json::{Value as Json, json};

use super::recorded::{World, edits, recorded_key, split, states, text, unknown_paths};

#[tokio::test]
async fn new_tables_are_planned_as_recorded() {
    let world = World::new(Generation::V5, None);
    for (name, state) in states() {
        let configured = world.configured(text(&state, "config"), false).await;
        // The key is made in the same run.
        let config = world.config(text(&state, "config"), &Value::unknown(infra_values::Type::String));
        let plan = world.plan(&*configured, None, &config);
        assert!(plan.diagnostics.is_empty(), "{name}: {:?}", plan.diagnostics);
        let (known, unknown) = split(&plan.planned);
        goldens::assert_same(&name, &state["create_plan"]["after"], &known, &[]);
        assert_eq!(unknown_paths(&unknown), unknown_paths(&state["create_plan"]["after_unknown"]), "{name}");
    }
}

#[tokio::test]
async fn edits_are_planned_as_recorded() {
    let world = World::new(Generation::V5, None);
    for edit in edits() {
        let name = text(&edit, "name");
        let configured = world.configured(text(&edit, "after"), false).await;
        let config = world.config(text(&edit, "after"), &recorded_key(&edit["planned"]));
        let prior = world.value(&edit["prior"]);
        let mut plan = world.plan(&*configured, Some(&prior), &config);
        assert!(plan.diagnostics.is_empty(), "{name}: {:?}", plan.diagnostics);
        let replaces: Vec<Json> = plan.requires_replace.iter().map(path_to_json).collect();
        assert_eq!(Json::Array(replaces.clone()), edit["replace_paths"], "{name}");
        let actions = match (replaces.is_empty(), plan.planned == prior) {
            (false, _) => json!(["delete", "create"]),
            (true, true) => json!(["no-op"]),
            (true, false) => json!(["update"]),
        };
        assert_eq!(actions, edit["actions"], "{name}");
        if !replaces.is_empty() {
            plan = world.plan(&*configured, None, &config);
        }
        let (known, unknown) = split(&plan.planned);
        goldens::assert_same(name, &edit["planned"], &known, &[]);
        assert_eq!(unknown_paths(&unknown), unknown_paths(&edit["after_unknown"]), "{name}");
    }
}

fn path_to_json(path: &Path) -> Json {
    path.0
        .iter()
        .map(|step| match step {
            infra_values::PathStep::Attribute(name) => json!(name.as_str()),
            other => json!(format!("{other:?}")),
        })
        .collect()
}

/// What a new table of this configuration is told, one line for each message.
async fn told(configured: &dyn Configured, world: &World, more: &str) -> String {
    let config = format!("resource \"aws_dynamodb_table\" \"t\" {{\n  name = \"t\"\n{more}\n}}\n");
    let config = world.config(&config, &Value::unknown(infra_values::Type::String));
    let mut diagnostics = world.managed().validate(&config);
    diagnostics.extend(world.plan(configured, None, &config).diagnostics);
    let lines: Vec<String> = diagnostics
        .iter()
        .map(|diagnostic| {
            let path = diagnostic.attribute.as_ref().map(ToString::to_string).unwrap_or_default();
            let path = path.trim_start_matches('.');
            let first = diagnostic.detail.lines().map(|line| line.split(". ").take(2).collect::<Vec<_>>().join(". "));
            format!("{path}: {}", first.collect::<Vec<_>>().join(" / "))
        })
        .collect();
    lines.join("\n")
}

#[tokio::test]
async fn configurations_that_are_refused() {
    let world = World::new(Generation::V5, None);
    let configured = world.configured("", false).await;
    let attribute = |name: &str| format!("attribute {{\n  name = \"{name}\"\n  type = \"S\"\n}}\n");
    let on_demand =
        |more: &str| format!("billing_mode = \"PAY_PER_REQUEST\"\nhash_key = \"id\"\n{}{more}", attribute("id"));
    let provisioned = |more: &str| format!("hash_key = \"id\"\n{}{more}", attribute("id"));
    let index = |key: &str| {
        format!("global_secondary_index {{\n  name = \"x\"\n  hash_key = {key}\n  projection_type = \"ALL\"\n}}\n")
    };
    let cases = [
        (on_demand(""), ""),
        (on_demand(&attribute("user")), "attribute: all attributes must be indexed. Unused attributes: [\"user\"]"),
        (
            on_demand(&index("\"nope\"")),
            "attribute: all indexes must match a defined attribute. Unmatched indexes: [\"nope\"]",
        ),
        (
            on_demand(&format!("range_key = \"r\"\n{}", attribute("user"))),
            "attribute: all attributes must be indexed. Unused attributes: [\"user\"] / all indexes must match a \
             defined attribute. Unmatched indexes: [\"r\"]",
        ),
        // What is not known yet may fit.
        (on_demand(&(attribute("user") + &index("aws_kms_key.x.arn"))), ""),
        (
            on_demand("stream_enabled = true"),
            "stream_enabled: stream_view_type is required when stream_enabled = true. Write one of NEW_IMAGE, \
             OLD_IMAGE, NEW_AND_OLD_IMAGES, KEYS_ONLY.",
        ),
        (on_demand("stream_enabled = false\nstream_view_type = \"KEYS_ONLY\""), ""),
        (
            on_demand("stream_view_type = \"new_image\""),
            "stream_view_type: expected stream_view_type to be one of NEW_IMAGE, OLD_IMAGE, NEW_AND_OLD_IMAGES, \
             KEYS_ONLY, got \"new_image\".",
        ),
        (
            provisioned("write_capacity = 1"),
            "read_capacity: read_capacity must be at least 1 when billing_mode is \"PROVISIONED\". Write how much the \
             table shall have, or billing_mode = \"PAY_PER_REQUEST\".",
        ),
        (provisioned("read_capacity = aws_kms_key.x.arn\nwrite_capacity = 1"), ""),
        (
            on_demand("read_capacity = 1"),
            "read_capacity: read_capacity can not be set when billing_mode is \"PAY_PER_REQUEST\". Remove it.",
        ),
        ("restore_source_name = \"x\"\nrestore_to_latest_time = true".to_owned(), ""),
        (
            on_demand("ttl {\n  enabled = true\n}"),
            "ttl[0].enabled: Attribute \"ttl[0].attribute_name\" must be specified when \"ttl[0].enabled\" is \"true\". \
             Name the attribute that says when an item's time is over.",
        ),
        (
            on_demand("ttl {\n  enabled = true\n  attribute_name = \"\"\n}"),
            "ttl[0].attribute_name: Attribute \"ttl[0].attribute_name\" cannot have an empty value. Name the attribute \
             that says when an item's time is over.",
        ),
        (on_demand("ttl {\n}"), ""),
    ];
    for (config, expected) in cases {
        assert_eq!(told(&*configured, &world, &config).await, expected, "{config}");
    }
}

/// Differences that only show with the newer generation or after certain answers of AWS.
#[tokio::test]
async fn what_is_no_difference() {
    let world = World::new(Generation::V6, None);
    let configured = world.configured("", false).await;
    let config = |more: &str| {
        let text = format!(
            "resource \"aws_dynamodb_table\" \"t\" {{\nname = \"t\"\nbilling_mode = \"PAY_PER_REQUEST\"\n\
             hash_key = \"id\"\nattribute {{\n  name = \"id\"\n  type = \"S\"\n}}\n{more}\n}}\n"
        );
        world.config(&text, &Value::unknown(infra_values::Type::String))
    };
    let prior = |more: Json| {
        let mut attributes = json!({
            "name": "t", "id": "t", "billing_mode": "PAY_PER_REQUEST", "hash_key": "id", "table_class": "STANDARD",
            "attribute": [{"name": "id", "type": "S"}], "read_capacity": 0, "write_capacity": 0,
            "global_secondary_index": [], "import_table": [], "local_secondary_index": [], "on_demand_throughput": [],
            "replica": [], "deletion_protection_enabled": false, "stream_enabled": false, "region": "us-east-1",
            "tags": {}, "tags_all": {}, "ttl": [{"attribute_name": "", "enabled": false}],
        });
        for (name, value) in more.as_object().unwrap() {
            attributes[name] = value.clone();
        }
        let missing = world.managed().schema().implied_type().clone();
        infra_values::serde_value::to_value(&attributes, &missing).unwrap()
    };
    let cases = [
        // AWS forgets the name when it is off.
        (prior(json!({})), config("ttl {\n  enabled = false\n  attribute_name = \"expires\"\n}"), true),
        (prior(json!({})), config("ttl {\n  enabled = true\n  attribute_name = \"expires\"\n}"), false),
        (prior(json!({})), config("table_class = \"STANDARD\""), true),
        // Without any block, indexes are somebody else's, and so are the attributes of their keys.
        (
            prior(json!({
                "attribute": [{"name": "at", "type": "S"}, {"name": "id", "type": "S"}],
                "global_secondary_index": [{
                    "name": "xyz", "hash_key": "at", "range_key": "", "projection_type": "ALL",
                    "non_key_attributes": [], "on_demand_throughput": [], "read_capacity": 0, "write_capacity": 0,
                    "warm_throughput": [], "key_schema": [{"attribute_name": "at", "key_type": "HASH"}],
                }],
            })),
            config(""),
            true,
        ),
        // A key written as a list is the same key.
        (
            prior(json!({
                "attribute": [{"name": "at", "type": "S"}, {"name": "id", "type": "S"}],
                "global_secondary_index": [{
                    "name": "x", "hash_key": "id", "range_key": "at", "projection_type": "ALL",
                    "non_key_attributes": [], "on_demand_throughput": [], "read_capacity": 0, "write_capacity": 0,
                    "warm_throughput": [{"read_units_per_second": 12000, "write_units_per_second": 4000}],
                    "key_schema": [
                        {"attribute_name": "id", "key_type": "HASH"}, {"attribute_name": "at", "key_type": "RANGE"},
                    ],
                }],
            })),
            config(
                "attribute {\n  name = \"at\"\n  type = \"S\"\n}\nglobal_secondary_index {\n  name = \"x\"\n  \
                 projection_type = \"ALL\"\n  key_schema {\n    attribute_name = \"id\"\n    key_type = \"HASH\"\n  }\n  \
                 key_schema {\n    attribute_name = \"at\"\n    key_type = \"RANGE\"\n  }\n}",
            ),
            true,
        ),
    ];
    for (prior, config, is_same) in cases {
        let plan = world.plan(&*configured, Some(&prior), &config);
        assert!(plan.diagnostics.is_empty(), "{:?}", plan.diagnostics);
        let (before, after) = (world.attributes(&prior), world.attributes(&plan.planned));
        assert_eq!(goldens::compare(&before, &after, &[]).is_empty(), is_same, "{config:?}\n{before}\n{after}");
    }
}

#[test]
fn numbers_of_the_first_schema_were_texts() {
    let world = World::new(Generation::V5, None);
    let old = json!({
        "name": "t", "read_capacity": "5", "write_capacity": 6,
        "global_secondary_index": [{"name": "x", "read_capacity": "1"}],
    });
    let upgraded = world.managed().upgrade_state(0, old).unwrap();
    assert_eq!(upgraded["read_capacity"], 5);
    assert_eq!(upgraded["write_capacity"], 6);
    assert_eq!(upgraded["global_secondary_index"][0]["read_capacity"], 1);
    assert!(world.managed().upgrade_state(7, json!({})).is_err());
}
