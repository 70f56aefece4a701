//! What goes to the service comes back as it went.

use aws_sdk_dynamodb::types::{
    BillingModeSummary, GlobalSecondaryIndexDescription, IndexStatus, LocalSecondaryIndexDescription,
    ProvisionedThroughputDescription, ReplicaDescription, SseDescription, TableClassSummary,
};
use serde_json::{Value as Json, json};

use super::*;

fn table(attributes: Json) -> Attributes {
    serde_json::from_value(attributes).unwrap()
}

/// What the service would describe after having been asked for the table.
fn described(table: &Attributes) -> TableDescription {
    let capacity = |capacity: Option<types::ProvisionedThroughput>| {
        capacity.map(|capacity| {
            ProvisionedThroughputDescription::builder()
                .read_capacity_units(capacity.read_capacity_units)
                .write_capacity_units(capacity.write_capacity_units)
                .build()
        })
    };
    let global = global_indexes(table).unwrap().map(|indexes| {
        let described = indexes.into_iter().map(|index| {
            GlobalSecondaryIndexDescription::builder()
                .index_name(index.index_name)
                .set_key_schema(Some(index.key_schema))
                .set_projection(index.projection)
                .set_provisioned_throughput(capacity(index.provisioned_throughput))
                .set_on_demand_throughput(index.on_demand_throughput)
                .index_status(IndexStatus::Active)
                .build()
        });
        described.collect()
    });
    let local = local_indexes(table).unwrap().map(|indexes| {
        let described = indexes.into_iter().map(|index| {
            LocalSecondaryIndexDescription::builder()
                .index_name(index.index_name)
                .set_key_schema(Some(index.key_schema))
                .set_projection(index.projection)
                .build()
        });
        described.collect()
    });
    let encrypted = table_encryption(table).filter(|encryption| encryption.enabled == Some(true)).map(|encryption| {
        SseDescription::builder()
            .status(SseStatus::Enabled)
            .set_kms_master_key_arn(encryption.kms_master_key_id)
            .build()
    });
    TableDescription::builder()
        .table_name(&table.name)
        .table_arn("arn:aws:dynamodb:eu-west-1:123456789012:table/t")
        .set_attribute_definitions(Some(attribute_definitions(&table.attribute).unwrap()))
        .set_key_schema(Some(key_schema(&table_key(table)).unwrap()))
        .billing_mode_summary(BillingModeSummary::builder().billing_mode(table.billing_mode().into()).build())
        .set_provisioned_throughput(capacity(table_capacity(table).unwrap()))
        .set_global_secondary_indexes(global)
        .set_local_secondary_indexes(local)
        .set_on_demand_throughput(table.on_demand_throughput.first().map(on_demand))
        .set_stream_specification(Some(stream(table.stream()).unwrap()))
        .table_class_summary(TableClassSummary::builder().table_class(table.table_class().into()).build())
        .set_deletion_protection_enabled(table.deletion_protection_enabled)
        .set_sse_description(encrypted)
        .build()
}

/// A table with everything.
fn full() -> Attributes {
    table(json!({
        "arn": "arn:aws:dynamodb:eu-west-1:123456789012:table/t",
        "attribute": [{"name": "at", "type": "N"}, {"name": "id", "type": "S"}, {"name": "user", "type": "B"}],
        "billing_mode": "PROVISIONED", "deletion_protection_enabled": true, "hash_key": "id", "id": "t",
        "global_secondary_index": [{
            "name": "g", "hash_key": "user", "range_key": "at", "projection_type": "INCLUDE",
            "non_key_attributes": ["a", "b"], "read_capacity": 3, "write_capacity": 4,
        }],
        "local_secondary_index": [{
            "name": "l", "range_key": "user", "projection_type": "INCLUDE", "non_key_attributes": ["y", "x"],
        }],
        "name": "t", "range_key": "at", "read_capacity": 1, "write_capacity": 2,
        "server_side_encryption": [{"enabled": true, "kms_key_arn": "arn:k"}],
        "stream_arn": "", "stream_enabled": true, "stream_label": "", "stream_view_type": "KEYS_ONLY",
        "table_class": "STANDARD_INFREQUENT_ACCESS",
    }))
}

#[test]
fn a_table_comes_back_as_it_went() {
    for planned in [
        full(),
        table(json!({
            "arn": "arn:aws:dynamodb:eu-west-1:123456789012:table/t",
            "attribute": [{"name": "id", "type": "S"}], "billing_mode": "PAY_PER_REQUEST",
            "deletion_protection_enabled": false, "hash_key": "id", "id": "t", "name": "t",
            "on_demand_throughput": [{"max_read_request_units": 10, "max_write_request_units": 20}],
            "read_capacity": 0, "write_capacity": 0, "stream_arn": "", "stream_enabled": false, "stream_label": "",
            "stream_view_type": "", "table_class": "STANDARD",
        })),
    ] {
        assert_eq!(observed(&described(&planned), planned.clone(), Generation::V5), planned);
        // Without having known anything.
        let bare = Attributes { name: "t".to_owned(), ..Attributes::default() };
        assert_eq!(observed(&described(&planned), bare, Generation::V5), planned);
    }
}

#[test]
fn generations_differ_in_what_they_have() {
    let seen = |generation| observed(&described(&full()), full(), generation).global_secondary_index.remove(0);
    let (older, newer) = (seen(Generation::V5), seen(Generation::V6));
    assert_eq!((older.key_schema, older.warm_throughput), (None, None));
    assert_eq!(newer.key_schema, Some(vec![KeyElement::new("user", "HASH"), KeyElement::new("at", "RANGE")]));
    assert_eq!(newer.warm_throughput, Some(Vec::new()));
}

#[test]
fn what_the_service_leaves_out() {
    let bare = TableDescription::builder().table_name("t").build();
    let known = table(json!({
        "name": "t", "stream_view_type": "KEYS_ONLY", "server_side_encryption": [{"enabled": false}],
        "restore_source_name": "s",
    }));
    let seen = observed(&bare, known, Generation::V5);
    let expected = json!({
        "billing_mode": "PROVISIONED", "table_class": "STANDARD", "deletion_protection_enabled": false,
        "stream_enabled": false, "stream_view_type": "KEYS_ONLY", "stream_arn": "", "read_capacity": 0,
        "server_side_encryption": [{"enabled": false, "kms_key_arn": ""}], "restore_source_name": "s",
        "range_key": null,
    });
    let seen = serde_json::to_value(seen).unwrap();
    for (name, value) in expected.as_object().unwrap() {
        assert_eq!(&seen[name], value, "{name}");
    }
    let encrypted = table(json!({"server_side_encryption": [{"enabled": true}]}));
    assert_eq!(observed(&bare, encrypted, Generation::V5).server_side_encryption, []);
    assert_eq!(observed_time_to_live(None), TimeToLive { attribute_name: Some(String::new()), enabled: false });
    assert_eq!(observed_recovery(None).recovery_period_in_days, Some(0));
}

#[test]
fn limits_that_were_taken_away_are_none() {
    let limits = |read: i64, write: i64| {
        types::OnDemandThroughput::builder().max_read_request_units(read).max_write_request_units(write).build()
    };
    assert_eq!(observed_limits(Some(&limits(-1, -1)), false), []);
    assert_eq!(observed_limits(Some(&limits(-1, -1)), true).len(), 1);
    let one = observed_limits(Some(&limits(5, -1)), false);
    assert_eq!((one[0].max_read_request_units, one[0].max_write_request_units), (Some(5), Some(-1)));
    assert_eq!(observed_limits(None, true), []);
}

#[test]
fn replicas_keep_what_the_table_does_not_tell() {
    let replica = |region: &str| ReplicaDescription::builder().region_name(region).build();
    let description = TableDescription::builder()
        .table_name("t")
        .table_arn("arn:aws:dynamodb:eu-west-1:123456789012:table/t")
        .replicas(replica("eu-west-1"))
        .replicas(replica("us-east-1"))
        .build();
    let known = Replica { region_name: "us-east-1".to_owned(), propagate_tags: true, ..Replica::default() };
    let seen = observed_replicas(&description, std::slice::from_ref(&known), "eu-west-1", Generation::V5);
    let expected = Replica {
        arn: Some("arn:aws:dynamodb:us-east-1:123456789012:table/t".to_owned()),
        kms_key_arn: Some(String::new()),
        ..known.clone()
    };
    assert_eq!(seen, [expected]);
    let newer = observed_replicas(&description, &[known], "eu-west-1", Generation::V6);
    assert_eq!(newer[0].consistency_mode.as_deref(), Some("EVENTUAL"));
}
