//! What an apply of `oratio/dev` makes, and that a destroy takes all of it away.

use std::collections::{BTreeMap, BTreeSet};

use aws_sdk_dynamodb::types::TableDescription;
use serde_json::Value;

use super::{ACCOUNT_ID, KINDS, TABLES, bucket, deployed, table};
use crate::account::{Account, BucketSettings};
use crate::world::json;

#[test]
fn is_made_settled_and_taken_away() {
    for kind in KINDS {
        let deployed = deployed("oratio/dev", kind);
        let name = kind.name();
        assert_eq!(deployed.account.tables(), TABLES.map(table).into_iter().collect(), "{name}");
        let buckets = ["generated-code", "knowledge-bases", "recordings"];
        assert_eq!(deployed.account.buckets(), buckets.map(bucket).into_iter().collect(), "{name}");
        check_tables(&deployed.account, name);
        check_buckets(&deployed.account, name);
        check_outputs(&json(&deployed.world.succeed(&["output", "-json"]).stdout));
        deployed.world.assert_settled();

        // A bucket of this environment goes with its contents.
        deployed.account.put_object(&bucket("recordings"), "a/call.wav", "hello");
        deployed.account.put_object(&bucket("generated-code"), "a.py", "first version");
        deployed.account.put_object(&bucket("generated-code"), "a.py", "second version");
        let _ = deployed.world.destroy();
        deployed.account.assert_empty();
        assert_eq!(deployed.world.managed(), BTreeMap::new(), "{name}");
    }
}

/// Keys with their roles and types, and indexes with theirs: `userId HASH S; agentId-index: agentId HASH`.
fn keys(described: &TableDescription) -> String {
    let type_of = |name: &str| {
        let definitions = described.attribute_definitions();
        let found = definitions.iter().find(|definition| definition.attribute_name() == name);
        found.map_or("?", |definition| definition.attribute_type().as_str())
    };
    let schema = |elements: &[aws_sdk_dynamodb::types::KeySchemaElement]| {
        let elements = elements.iter().map(|element| {
            format!(
                "{} {} {}",
                element.attribute_name(),
                element.key_type().as_str(),
                type_of(element.attribute_name())
            )
        });
        elements.collect::<Vec<_>>().join(", ")
    };
    let mut text = schema(described.key_schema());
    for index in described.global_secondary_indexes() {
        let projection = index.projection().and_then(|it| it.projection_type()).map_or("", |it| it.as_str());
        text.push_str(&format!(
            "; {}: {} {projection}",
            index.index_name().unwrap_or_default(),
            schema(index.key_schema())
        ));
    }
    text
}

fn check_tables(account: &Account, emulator: &str) {
    let expected = [
        ("users", "userId HASH S", true),
        ("agents", "userId HASH S, agentId RANGE S; agentId-index: agentId HASH S ALL", true),
        (
            "sessions",
            "sessionId HASH S, timestamp RANGE N; agentId-timestamp-index: agentId HASH S, timestamp RANGE N ALL",
            true,
        ),
        ("api-keys", "apiKeyHash HASH S; userId-agentId-index: userId HASH S, agentId RANGE S ALL", false),
        (
            "notifications",
            "notificationId HASH S, timestamp RANGE N; userId-status-index: userId HASH S, status RANGE S ALL",
            false,
        ),
    ];
    for (name, expected_keys, can_be_restored) in expected {
        let described = account.table(&table(name));
        assert_eq!(keys(&described), expected_keys, "{emulator}: {name}");
        let billing =
            described.billing_mode_summary().and_then(|summary| summary.billing_mode()).map(|mode| mode.as_str());
        assert_eq!(billing, Some("PAY_PER_REQUEST"), "{emulator}: {name}");
        assert_eq!(account.has_point_in_time_recovery(&table(name)), can_be_restored, "{emulator}: {name}");
        assert_ne!(described.deletion_protection_enabled(), Some(true), "{emulator}: {name}");
        assert_eq!(account.table_tags(&table(name)), tags(), "{emulator}: {name}");
    }
}

fn tags() -> BTreeMap<String, String> {
    [("Project", "oratio"), ("Environment", "dev")].map(|(key, value)| (key.to_owned(), value.to_owned())).into()
}

fn check_buckets(account: &Account, emulator: &str) {
    let expected = [
        ("knowledge-bases", "Enabled", &["DeleteOldVersions old versions end after 90"][..]),
        ("generated-code", "Enabled", &[]),
        ("recordings", "", &["TransitionToIA GLACIER after 90 STANDARD_IA after 30"]),
    ];
    for (name, versioning, rules) in expected {
        let BucketSettings { policy, rules: found_rules, .. } = account.bucket(&bucket(name));
        let settings = BucketSettings { policy: String::new(), rules: Vec::new(), ..account.bucket(&bucket(name)) };
        let expected = BucketSettings {
            versioning: versioning.to_owned(),
            encryption: "AES256".to_owned(),
            is_private: true,
            policy: String::new(),
            rules: Vec::new(),
            tags: tags(),
        };
        assert_eq!(settings, expected, "{emulator}: {name}");
        assert_eq!(found_rules, rules, "{emulator}: {name}");
        let statement = &json(&policy)["Statement"];
        let statement = if statement.is_array() { &statement[0] } else { statement };
        assert_eq!(statement["Effect"], "Deny", "{emulator}: {name}: {policy}");
        assert_eq!(statement["Condition"]["Bool"]["aws:SecureTransport"], "false", "{emulator}: {name}: {policy}");
        let arn = format!("arn:aws:s3:::{}", bucket(name));
        let resources: BTreeSet<&str> =
            statement["Resource"].as_array().unwrap().iter().filter_map(Value::as_str).collect();
        assert_eq!(resources, BTreeSet::from([arn.as_str(), &format!("{arn}/*")]), "{emulator}: {name}");
    }
}

fn check_outputs(outputs: &Value) {
    assert_eq!(outputs["account_id"]["value"], ACCOUNT_ID);
    assert_eq!(outputs["region"]["value"], "us-east-1");
    assert_eq!(outputs["table_names"]["value"]["api_keys"], table("api-keys"));
    assert_eq!(
        outputs["table_arns"]["value"]["users"],
        format!("arn:aws:dynamodb:us-east-1:{ACCOUNT_ID}:table/{}", table("users"))
    );
    assert_eq!(outputs["bucket_names"]["value"]["recordings"], bucket("recordings"));
    assert_eq!(outputs["bucket_arns"]["value"]["recordings"], format!("arn:aws:s3:::{}", bucket("recordings")));
}
