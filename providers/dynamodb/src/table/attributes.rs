//! The attributes of a table, as they stand in configuration, plan and state.
//!
//! What only the newer generation of the provider has is an `Option` that is left out of what is written when it is
//! `None`: inside blocks a schema must have every attribute that is written.

use std::collections::BTreeSet;

use serde::{Deserialize, Serialize};

/// Billing by what was set aside.
pub(super) const PROVISIONED: &str = "PROVISIONED";
/// Billing by what was used.
pub(super) const PAY_PER_REQUEST: &str = "PAY_PER_REQUEST";
/// The class of tables that say nothing else.
pub(super) const STANDARD: &str = "STANDARD";
/// Replicas that agree before a write succeeds.
pub(super) const STRONG: &str = "STRONG";
/// Replicas that agree some time after it.
pub(super) const EVENTUAL: &str = "EVENTUAL";

/// A table.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(default)]
pub struct Attributes {
    pub(super) arn: Option<String>,
    pub(super) attribute: Vec<KeyAttribute>,
    pub(super) billing_mode: Option<String>,
    pub(super) deletion_protection_enabled: Option<bool>,
    pub(super) global_secondary_index: Vec<GlobalIndex>,
    pub(super) global_table_witness: Vec<Witness>,
    pub(super) hash_key: Option<String>,
    pub(super) id: Option<String>,
    pub(super) import_table: Vec<ImportTable>,
    pub(super) local_secondary_index: Vec<LocalIndex>,
    pub(super) name: String,
    pub(super) on_demand_throughput: Vec<OnDemandThroughput>,
    pub(super) point_in_time_recovery: Vec<PointInTimeRecovery>,
    pub(super) range_key: Option<String>,
    pub(super) read_capacity: Option<i64>,
    pub(super) replica: Vec<Replica>,
    pub(super) restore_backup_arn: Option<String>,
    pub(super) restore_date_time: Option<String>,
    pub(super) restore_source_name: Option<String>,
    pub(super) restore_source_table_arn: Option<String>,
    pub(super) restore_to_latest_time: Option<bool>,
    pub(super) server_side_encryption: Vec<Encryption>,
    pub(super) stream_arn: Option<String>,
    pub(super) stream_enabled: Option<bool>,
    pub(super) stream_label: Option<String>,
    pub(super) stream_view_type: Option<String>,
    pub(super) table_class: Option<String>,
    pub(super) ttl: Vec<TimeToLive>,
    pub(super) warm_throughput: Vec<WarmThroughput>,
    pub(super) write_capacity: Option<i64>,
}

/// An attribute of items that a key uses.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(default)]
pub(super) struct KeyAttribute {
    pub(super) name: String,
    /// `S`, `N` or `B`.
    #[serde(rename = "type")]
    pub(super) kind: String,
}

/// A global secondary index.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(default)]
pub(super) struct GlobalIndex {
    pub(super) hash_key: Option<String>,
    /// Newer generation: keys of several attributes.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(super) key_schema: Option<Vec<KeyElement>>,
    pub(super) name: String,
    pub(super) non_key_attributes: BTreeSet<String>,
    pub(super) on_demand_throughput: Vec<OnDemandThroughput>,
    pub(super) projection_type: String,
    pub(super) range_key: Option<String>,
    pub(super) read_capacity: Option<i64>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(super) warm_throughput: Option<Vec<WarmThroughput>>,
    pub(super) write_capacity: Option<i64>,
}

/// A part of a key.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(default)]
pub(super) struct KeyElement {
    pub(super) attribute_name: String,
    /// `HASH` or `RANGE`.
    pub(super) key_type: String,
}

impl KeyElement {
    pub(super) fn new(attribute_name: &str, key_type: &str) -> Self {
        Self { attribute_name: attribute_name.to_owned(), key_type: key_type.to_owned() }
    }
}

impl GlobalIndex {
    /// Its key, in whichever of the two ways it is written.
    pub(super) fn key(&self) -> Vec<KeyElement> {
        match &self.key_schema {
            Some(schema) if !schema.is_empty() => schema.clone(),
            _ => key_of(self.hash_key.as_deref(), self.range_key.as_deref()),
        }
    }
}

/// The key of one or two attributes; empty texts are none.
pub(super) fn key_of(hash: Option<&str>, range: Option<&str>) -> Vec<KeyElement> {
    let element = |name: Option<&str>, key_type| {
        let name = name.filter(|name| !name.is_empty())?;
        Some(KeyElement::new(name, key_type))
    };
    [element(hash, "HASH"), element(range, "RANGE")].into_iter().flatten().collect()
}

/// A local secondary index.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(default)]
pub(super) struct LocalIndex {
    pub(super) name: String,
    pub(super) non_key_attributes: Vec<String>,
    pub(super) projection_type: String,
    pub(super) range_key: String,
}

/// What may be used at most, in requests per second; -1 for no limit.
#[derive(Clone, Copy, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(default)]
pub(super) struct OnDemandThroughput {
    pub(super) max_read_request_units: Option<i64>,
    pub(super) max_write_request_units: Option<i64>,
}

/// What can be used at once, in requests per second.
#[derive(Clone, Copy, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(default)]
pub(super) struct WarmThroughput {
    pub(super) read_units_per_second: Option<i64>,
    pub(super) write_units_per_second: Option<i64>,
}

/// Continuous backups.
#[derive(Clone, Copy, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(default)]
pub(super) struct PointInTimeRecovery {
    pub(super) enabled: bool,
    /// 0 while it is off, and where the service does not tell.
    pub(super) recovery_period_in_days: Option<i64>,
}

/// Encryption with a key of KMS.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(default)]
pub(super) struct Encryption {
    pub(super) enabled: bool,
    /// Empty for the key that AWS keeps for DynamoDB.
    pub(super) kms_key_arn: Option<String>,
}

/// Removal of items whose time is over.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(default)]
pub(super) struct TimeToLive {
    pub(super) attribute_name: Option<String>,
    pub(super) enabled: bool,
}

/// The table in another region.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(default)]
pub(super) struct Replica {
    pub(super) arn: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(super) consistency_mode: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(super) deletion_protection_enabled: Option<bool>,
    pub(super) kms_key_arn: Option<String>,
    pub(super) point_in_time_recovery: bool,
    pub(super) propagate_tags: bool,
    pub(super) region_name: String,
    pub(super) stream_arn: Option<String>,
    pub(super) stream_label: Option<String>,
}

impl Replica {
    pub(super) fn is_strong(&self) -> bool {
        self.consistency_mode.as_deref() == Some(STRONG)
    }
}

/// A region that takes part in strong consistency without holding items.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(default)]
pub(super) struct Witness {
    pub(super) region_name: Option<String>,
}

/// Contents for a new table, from S3.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(default)]
pub(super) struct ImportTable {
    pub(super) input_compression_type: Option<String>,
    pub(super) input_format: String,
    pub(super) input_format_options: Vec<InputFormatOptions>,
    pub(super) s3_bucket_source: Vec<BucketSource>,
}

/// How the objects of an import are to be read.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(default)]
pub(super) struct InputFormatOptions {
    pub(super) csv: Vec<CsvOptions>,
}

/// Comma-separated values.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(default)]
pub(super) struct CsvOptions {
    pub(super) delimiter: Option<String>,
    pub(super) header_list: BTreeSet<String>,
}

/// Where the objects of an import are.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(default)]
pub(super) struct BucketSource {
    pub(super) bucket: String,
    pub(super) bucket_owner: Option<String>,
    pub(super) key_prefix: Option<String>,
}

impl Attributes {
    pub(super) fn billing_mode(&self) -> &str {
        self.billing_mode.as_deref().filter(|mode| !mode.is_empty()).unwrap_or(PROVISIONED)
    }

    pub(super) fn table_class(&self) -> &str {
        self.table_class.as_deref().filter(|class| !class.is_empty()).unwrap_or(STANDARD)
    }

    /// The stream's view type, while there is a stream.
    pub(super) fn stream(&self) -> Option<&str> {
        let enabled = self.stream_enabled.unwrap_or_default();
        enabled.then(|| self.stream_view_type.as_deref().unwrap_or_default())
    }

    /// Whether its contents come from another table or a backup.
    pub(super) fn is_restored(&self) -> bool {
        [&self.restore_source_name, &self.restore_source_table_arn, &self.restore_backup_arn]
            .into_iter()
            .any(|source| source.as_ref().is_some_and(|source| !source.is_empty()))
    }
}
