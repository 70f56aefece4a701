//! Each kind of change and the steps it takes.

use serde_json::{Value as Json, json};

use super::*;

/// A table with these attributes over the usual ones.
fn table(attributes: Json) -> Attributes {
    let mut table =
        json!({"name": "t", "hash_key": "id", "billing_mode": "PAY_PER_REQUEST", "table_class": "STANDARD"});
    for (name, value) in attributes.as_object().unwrap() {
        table[name] = value.clone();
    }
    serde_json::from_value(table).unwrap()
}

/// A step in one line.
fn line(step: &Step) -> String {
    let pair = |(read, write): (i64, i64)| format!("{read}/{write}");
    let limits = |limits: OnDemandThroughput| {
        format!("{:?}/{:?}", limits.max_read_request_units, limits.max_write_request_units)
            .replace("Some(", "")
            .replace(')', "")
    };
    match step {
        Step::Settings(settings) => {
            let mut parts = vec!["settings".to_owned()];
            parts.extend(settings.billing_mode.clone());
            parts.extend(settings.capacity.map(|capacity| format!("capacity {}", pair(capacity))));
            parts.extend(settings.on_demand_throughput.map(|to_set| format!("limits {}", limits(to_set))));
            parts.extend(settings.deletion_protection_enabled.map(|enabled| format!("protection {enabled}")));
            parts.extend(
                settings.stream.as_ref().map(|stream| format!("stream {}", stream.as_deref().unwrap_or("off"))),
            );
            parts.extend(settings.indexes.iter().map(|index| {
                let capacity = index.capacity.map(|capacity| format!(" {}", pair(capacity)));
                let on_demand = index.on_demand_throughput.map(|to_set| format!(" limits {}", limits(to_set)));
                let warm = index.warm_throughput.map(|warm| format!(" warm {:?}", warm.read_units_per_second));
                [Some(format!("index {}", index.name)), capacity, on_demand, warm].into_iter().flatten().collect()
            }));
            parts.join(", ")
        }
        Step::CreateIndex(index) => format!("create index {}", index.name),
        Step::DeleteIndex(name) => format!("delete index {name}"),
        Step::TableClass(class) => format!("class {class}"),
        Step::EndStream => "end stream".to_owned(),
        Step::TimeToLive { attribute_name, enabled } => format!("ttl {attribute_name} {enabled}"),
        Step::PointInTimeRecovery { enabled, recovery_period_in_days } => {
            format!("recovery {enabled} {}", recovery_period_in_days.unwrap_or_default())
        }
        Step::Encryption { enabled, kms_key_arn, replicas } => {
            format!("encryption {enabled} {} {replicas:?}", kms_key_arn.as_deref().unwrap_or("-"))
        }
        Step::WarmThroughput(warm) => format!("warm {:?}", warm.read_units_per_second),
        Step::CreateReplicas { replicas, is_strong, witness } => {
            let regions: Vec<&str> = replicas.iter().map(|(region, _)| region.as_str()).collect();
            format!("create replicas {} strong={is_strong} witness={witness:?}", regions.join("+"))
        }
        Step::DeleteReplicas { regions, witness } => format!("delete replicas {} {witness:?}", regions.join("+")),
        Step::ReplicaRecovery { region, enabled } => format!("recovery in {region} {enabled}"),
        Step::ReplicaProtection { region, enabled } => format!("protection in {region} {enabled}"),
        Step::ReplicaTags { region } => format!("tags in {region}"),
    }
}

#[track_caller]
fn check(prior: Json, planned: Json, expected: &[&str]) {
    let lines: Vec<String> = steps(&table(prior), &table(planned)).iter().map(line).collect();
    assert_eq!(lines, expected);
}

fn index(name: &str, more: Json) -> Json {
    let mut index = json!({"name": name, "hash_key": "user", "range_key": "", "projection_type": "ALL"});
    for (name, value) in more.as_object().unwrap() {
        index[name] = value.clone();
    }
    index
}

#[test]
fn nothing_to_do() {
    check(json!({}), json!({}), &[]);
    // What only AWS tells, and forms of "off", are no change.
    check(
        json!({
            "deletion_protection_enabled": false, "stream_enabled": false, "stream_view_type": "", "read_capacity": 0,
            "ttl": [{"attribute_name": "", "enabled": false}],
            "point_in_time_recovery": [{"enabled": true, "recovery_period_in_days": 35}],
            "server_side_encryption": [{"enabled": true, "kms_key_arn": "arn:k"}],
            "on_demand_throughput": [{"max_read_request_units": -1, "max_write_request_units": -1}],
            "global_secondary_index": [index("a", json!({"range_key": null, "read_capacity": 0}))],
        }),
        json!({
            "table_class": null, "ttl": [{"enabled": false, "attribute_name": "x"}],
            "point_in_time_recovery": [{"enabled": true}], "server_side_encryption": [{"enabled": true}],
            "global_secondary_index": [index("a", json!({}))],
        }),
        &[],
    );
}

#[test]
fn settings_of_the_table() {
    check(json!({}), json!({"table_class": "STANDARD_INFREQUENT_ACCESS"}), &["class STANDARD_INFREQUENT_ACCESS"]);
    check(json!({"table_class": "STANDARD_INFREQUENT_ACCESS"}), json!({}), &["class STANDARD"]);
    check(json!({}), json!({"deletion_protection_enabled": true}), &["settings, protection true"]);
    check(json!({"deletion_protection_enabled": true}), json!({}), &["settings, protection false"]);
    check(json!({}), json!({"on_demand_throughput": [{"max_read_request_units": 10}]}), &["settings, limits 10/None"]);
    check(
        json!({"on_demand_throughput": [{"max_read_request_units": 10, "max_write_request_units": 20}]}),
        json!({"on_demand_throughput": [{"max_read_request_units": 30}]}),
        &["settings, limits 30/-1"],
    );
    check(
        json!({"on_demand_throughput": [{"max_read_request_units": 10, "max_write_request_units": -1}]}),
        json!({}),
        &["settings, limits -1/None"],
    );
    check(json!({}), json!({"warm_throughput": [{"read_units_per_second": 13000}]}), &["warm Some(13000)"]);
}

#[test]
fn streams() {
    let on = |view: &str| json!({"stream_enabled": true, "stream_view_type": view});
    check(json!({}), on("NEW_IMAGE"), &["settings, stream NEW_IMAGE"]);
    check(on("NEW_IMAGE"), json!({}), &["settings, stream off"]);
    check(
        on("NEW_IMAGE"),
        json!({"stream_enabled": false, "stream_view_type": "NEW_IMAGE"}),
        &["settings, stream off"],
    );
    check(on("NEW_IMAGE"), on("KEYS_ONLY"), &["end stream", "settings, stream KEYS_ONLY"]);
}

#[test]
fn billing_and_capacity() {
    let provisioned =
        |read: i64, write: i64| json!({"billing_mode": "PROVISIONED", "read_capacity": read, "write_capacity": write});
    check(provisioned(1, 1), provisioned(3, 2), &["settings, capacity 3/2"]);
    check(json!({"read_capacity": 0}), provisioned(2, 1), &["settings, PROVISIONED, capacity 2/1"]);
    // Auto scaling may be in charge of what is left out.
    check(json!({}), json!({"billing_mode": "PROVISIONED"}), &["settings, PROVISIONED, capacity 1/1"]);
    check(provisioned(5, 6), json!({"billing_mode": "PROVISIONED"}), &[]);
    check(provisioned(2, 1), json!({"read_capacity": 2, "write_capacity": 1}), &["settings, PAY_PER_REQUEST"]);
    check(
        json!({"global_secondary_index": [index("kept", json!({"read_capacity": 0})), index("gone", json!({}))]}),
        json!({
            "billing_mode": "PROVISIONED", "read_capacity": 4, "write_capacity": 5,
            "global_secondary_index": [
                index("kept", json!({"read_capacity": 2, "write_capacity": 3})), index("new", json!({})),
            ],
        }),
        &["delete index gone", "settings, PROVISIONED, capacity 4/5, index kept 2/3", "create index new"],
    );
    check(
        json!({"billing_mode": "PROVISIONED", "global_secondary_index": [index("a", json!({"read_capacity": 1}))]}),
        json!({"global_secondary_index": [index("a", json!({}))]}),
        &["settings, PAY_PER_REQUEST"],
    );
}

#[test]
fn indexes() {
    let with = |indexes: Json| json!({"global_secondary_index": indexes});
    let a = || index("a", json!({}));
    check(with(json!([])), with(json!([a(), index("b", json!({}))])), &["create index a", "create index b"]);
    check(with(json!([a()])), with(json!([])), &["delete index a"]);
    check(with(json!([a()])), with(json!([index("b", json!({}))])), &["delete index a", "create index b"]);
    for structure in [
        json!({"projection_type": "KEYS_ONLY"}),
        json!({"hash_key": "team"}),
        json!({"range_key": "at"}),
        json!({"non_key_attributes": ["x"]}),
        json!({"key_schema": [
            {"attribute_name": "user", "key_type": "HASH"}, {"attribute_name": "team", "key_type": "HASH"},
        ]}),
    ] {
        check(
            with(json!([a(), index("b", json!({}))])),
            with(json!([index("a", structure), index("b", json!({}))])),
            &["delete index a", "create index a"],
        );
    }
    // The same key in the other form.
    check(
        with(json!([a()])),
        with(json!([index(
            "a",
            json!({
                "hash_key": null, "key_schema": [{"attribute_name": "user", "key_type": "HASH"}],
            })
        )])),
        &[],
    );
    let provisioned = |read: i64| {
        json!({
            "billing_mode": "PROVISIONED", "read_capacity": 1, "write_capacity": 1,
            "global_secondary_index": [index("a", json!({"read_capacity": read, "write_capacity": 1}))],
        })
    };
    check(provisioned(1), provisioned(2), &["settings, index a 2/1"]);
    check(
        with(json!([a()])),
        with(json!([index("a", json!({"on_demand_throughput": [{"max_read_request_units": 7}]}))])),
        &["settings, index a limits 7/None"],
    );
}

#[test]
fn time_to_live_recovery_and_encryption() {
    let ttl = |name: &str, enabled: bool| json!({"ttl": [{"attribute_name": name, "enabled": enabled}]});
    check(ttl("", false), ttl("expires", true), &["ttl expires true"]);
    check(ttl("expires", true), ttl("expires", false), &["ttl expires false"]);
    check(ttl("expires", true), ttl("", false), &["ttl expires false"]);
    check(ttl("expires", true), ttl("ends", true), &["ttl ends true"]);
    check(ttl("expires", true), json!({}), &[]);
    let recovery = |enabled: bool, days: i64| json!({"point_in_time_recovery": [{"enabled": enabled, "recovery_period_in_days": days}]});
    check(recovery(false, 0), recovery(true, 0), &["recovery true 0"]);
    check(recovery(true, 35), recovery(true, 7), &["recovery true 7"]);
    check(recovery(true, 35), recovery(false, 35), &["recovery false 0"]);
    let encrypted =
        |enabled: bool, key: &str| json!({"server_side_encryption": [{"enabled": enabled, "kms_key_arn": key}]});
    check(json!({}), encrypted(true, ""), &["encryption true - []"]);
    check(json!({}), encrypted(false, ""), &[]);
    check(encrypted(true, "arn:a"), encrypted(true, "arn:b"), &["encryption true arn:b []"]);
    check(encrypted(true, "arn:a"), encrypted(false, "arn:a"), &["encryption false - []"]);
}

#[test]
fn replicas() {
    let one = |more: Json| {
        let mut replica = json!({"region_name": "us-west-2"});
        for (name, value) in more.as_object().unwrap() {
            replica[name] = value.clone();
        }
        json!({"replica": [replica]})
    };
    let create = "create replicas us-west-2 strong=false witness=None";
    let delete = "delete replicas us-west-2 None";
    check(json!({}), one(json!({})), &[create]);
    check(
        json!({}),
        one(json!({"point_in_time_recovery": true, "propagate_tags": true, "deletion_protection_enabled": true})),
        &[create, "recovery in us-west-2 true", "protection in us-west-2 true", "tags in us-west-2"],
    );
    check(one(json!({})), json!({}), &[delete]);
    check(one(json!({})), one(json!({"propagate_tags": true})), &["tags in us-west-2"]);
    check(one(json!({"point_in_time_recovery": true})), one(json!({})), &["recovery in us-west-2 false"]);
    check(one(json!({"kms_key_arn": "arn:a"})), one(json!({"kms_key_arn": "arn:b"})), &[delete, create]);
    // With the table's key, replicas change theirs in place.
    let encrypted = |key: &str| {
        let mut table = one(json!({"kms_key_arn": format!("{key}-west")}));
        table["server_side_encryption"] = json!([{"enabled": true, "kms_key_arn": key}]);
        table
    };
    check(encrypted("arn:a"), encrypted("arn:b"), &[r#"encryption true arn:b [("us-west-2", "arn:b-west")]"#]);
    let strong = json!({
        "replica": [{"region_name": "us-east-2", "consistency_mode": "STRONG"}],
        "global_table_witness": [{"region_name": "us-west-2"}],
    });
    let witness = r#"Some("us-west-2")"#;
    check(json!({}), strong.clone(), &[&format!("create replicas us-east-2 strong=true witness={witness}")]);
    check(strong, json!({}), &[&format!("delete replicas us-east-2 {witness}")]);
    let removed: Vec<String> =
        without_replicas(&table(json!({"replica": [{"region_name": "a"}, {"region_name": "b"}]})))
            .iter()
            .map(line)
            .collect();
    assert_eq!(removed, ["delete replicas a None", "delete replicas b None"]);
}

#[test]
fn many_at_once_in_order() {
    check(
        json!({"replica": [{"region_name": "gone"}]}),
        json!({
            "table_class": "STANDARD_INFREQUENT_ACCESS", "deletion_protection_enabled": true,
            "stream_enabled": true, "stream_view_type": "NEW_AND_OLD_IMAGES",
            "global_secondary_index": [index("a", json!({}))], "ttl": [{"attribute_name": "x", "enabled": true}],
            "point_in_time_recovery": [{"enabled": true}], "server_side_encryption": [{"enabled": true}],
            "replica": [{"region_name": "new"}],
        }),
        &[
            "delete replicas gone None",
            "class STANDARD_INFREQUENT_ACCESS",
            "settings, protection true, stream NEW_AND_OLD_IMAGES",
            "create index a",
            "encryption true - []",
            "ttl x true",
            "create replicas new strong=false witness=None",
            "recovery true 0",
        ],
    );
}
