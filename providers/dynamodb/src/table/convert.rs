//! Between attributes and the types of the SDK, both ways.

use aws_sdk_dynamodb::error::BuildError;
use aws_sdk_dynamodb::types;
use aws_sdk_dynamodb::types::{
    BillingMode, ContinuousBackupsDescription, IndexStatus, KeyType, MultiRegionConsistency, PointInTimeRecoveryStatus,
    SseStatus, TableDescription, TimeToLiveDescription, TimeToLiveStatus,
};
use infra_provider_kit::{Error, Generation};

use super::attributes::{
    Attributes, EVENTUAL, Encryption, GlobalIndex, KeyAttribute, KeyElement, LocalIndex, OnDemandThroughput,
    PROVISIONED, PointInTimeRecovery, Replica, STANDARD, STRONG, TimeToLive, WarmThroughput, Witness, key_of,
};

/// A part of a request; building fails only when something required is not set.
pub(super) fn built<T>(part: Result<T, BuildError>) -> Result<T, Error> {
    part.map_err(|error| {
        Error::told(format!("The request could not be made: {error}. This is a bug in infra; please report it."))
    })
}

/// A text that says something.
pub(super) fn non_empty(text: Option<&str>) -> Option<String> {
    text.filter(|text| !text.is_empty()).map(str::to_owned)
}

pub(super) fn attribute_definitions(attributes: &[KeyAttribute]) -> Result<Vec<types::AttributeDefinition>, Error> {
    let definition = |attribute: &KeyAttribute| {
        built(
            types::AttributeDefinition::builder()
                .attribute_name(&attribute.name)
                .attribute_type(attribute.kind.as_str().into())
                .build(),
        )
    };
    attributes.iter().map(definition).collect()
}

pub(super) fn key_schema(key: &[KeyElement]) -> Result<Vec<types::KeySchemaElement>, Error> {
    let element = |element: &KeyElement| {
        built(
            types::KeySchemaElement::builder()
                .attribute_name(&element.attribute_name)
                .key_type(element.key_type.as_str().into())
                .build(),
        )
    };
    key.iter().map(element).collect()
}

/// The table's own key.
pub(super) fn table_key(table: &Attributes) -> Vec<KeyElement> {
    key_of(table.hash_key.as_deref(), table.range_key.as_deref())
}

pub(super) fn provisioned((read, write): (i64, i64)) -> Result<types::ProvisionedThroughput, Error> {
    built(types::ProvisionedThroughput::builder().read_capacity_units(read).write_capacity_units(write).build())
}

pub(super) fn on_demand(limits: &OnDemandThroughput) -> types::OnDemandThroughput {
    // Zero is how the older generation writes "not set".
    types::OnDemandThroughput::builder()
        .set_max_read_request_units(limits.max_read_request_units.filter(|limit| *limit != 0))
        .set_max_write_request_units(limits.max_write_request_units.filter(|limit| *limit != 0))
        .build()
}

pub(super) fn warm(units: &WarmThroughput) -> types::WarmThroughput {
    types::WarmThroughput::builder()
        .set_read_units_per_second(units.read_units_per_second)
        .set_write_units_per_second(units.write_units_per_second)
        .build()
}

pub(super) fn projection<'n>(
    projection_type: &str,
    non_key_attributes: impl IntoIterator<Item = &'n String>,
) -> types::Projection {
    let names: Vec<String> = non_key_attributes.into_iter().cloned().collect();
    types::Projection::builder()
        .projection_type(projection_type.into())
        .set_non_key_attributes((!names.is_empty()).then_some(names))
        .build()
}

/// Capacity, where the table has such.
fn capacity_under(
    mode: &str,
    read: Option<i64>,
    write: Option<i64>,
) -> Result<Option<types::ProvisionedThroughput>, Error> {
    if mode != PROVISIONED {
        return Ok(None);
    }
    provisioned((read.unwrap_or_default(), write.unwrap_or_default())).map(Some)
}

/// The table's capacity, where it has such.
pub(super) fn table_capacity(table: &Attributes) -> Result<Option<types::ProvisionedThroughput>, Error> {
    capacity_under(table.billing_mode(), table.read_capacity, table.write_capacity)
}

/// An index of a new table.
pub(super) fn global_index(index: &GlobalIndex, mode: &str) -> Result<types::GlobalSecondaryIndex, Error> {
    built(
        types::GlobalSecondaryIndex::builder()
            .index_name(&index.name)
            .set_key_schema(Some(key_schema(&index.key())?))
            .projection(projection(&index.projection_type, &index.non_key_attributes))
            .set_provisioned_throughput(capacity_under(mode, index.read_capacity, index.write_capacity)?)
            .set_on_demand_throughput(index.on_demand_throughput.first().map(on_demand))
            .set_warm_throughput(index.warm_throughput.iter().flatten().next().map(warm))
            .build(),
    )
}

/// An index of a table that exists.
pub(super) fn new_index(index: &GlobalIndex, mode: &str) -> Result<types::CreateGlobalSecondaryIndexAction, Error> {
    let index = global_index(index, mode)?;
    built(
        types::CreateGlobalSecondaryIndexAction::builder()
            .index_name(index.index_name)
            .set_key_schema(Some(index.key_schema))
            .set_projection(index.projection)
            .set_provisioned_throughput(index.provisioned_throughput)
            .set_on_demand_throughput(index.on_demand_throughput)
            .set_warm_throughput(index.warm_throughput)
            .build(),
    )
}

/// All global indexes of a new table.
pub(super) fn global_indexes(table: &Attributes) -> Result<Option<Vec<types::GlobalSecondaryIndex>>, Error> {
    let mode = table.billing_mode();
    let indexes: Vec<_> =
        table.global_secondary_index.iter().map(|index| global_index(index, mode)).collect::<Result<_, _>>()?;
    Ok((!indexes.is_empty()).then_some(indexes))
}

/// All local indexes of a new table, which have its hash key.
pub(super) fn local_indexes(table: &Attributes) -> Result<Option<Vec<types::LocalSecondaryIndex>>, Error> {
    let local = |index: &LocalIndex| {
        built(
            types::LocalSecondaryIndex::builder()
                .index_name(&index.name)
                .set_key_schema(Some(key_schema(&key_of(table.hash_key.as_deref(), Some(&index.range_key)))?))
                .projection(projection(&index.projection_type, &index.non_key_attributes))
                .build(),
        )
    };
    let indexes: Vec<_> = table.local_secondary_index.iter().map(local).collect::<Result<_, _>>()?;
    Ok((!indexes.is_empty()).then_some(indexes))
}

pub(super) fn encryption(enabled: bool, kms_key_arn: Option<&str>) -> types::SseSpecification {
    let key = non_empty(kms_key_arn).filter(|_| enabled);
    types::SseSpecification::builder()
        .enabled(enabled)
        .set_sse_type(key.is_some().then_some(types::SseType::Kms))
        .set_kms_master_key_id(key)
        .build()
}

/// The encryption of a new table, if anything is said about it.
pub(super) fn table_encryption(table: &Attributes) -> Option<types::SseSpecification> {
    table.server_side_encryption.first().map(|block| encryption(block.enabled, block.kms_key_arn.as_deref()))
}

/// A stream of that view type, or none.
pub(super) fn stream(view_type: Option<&str>) -> Result<types::StreamSpecification, Error> {
    built(
        types::StreamSpecification::builder()
            .stream_enabled(view_type.is_some())
            .set_stream_view_type(view_type.map(Into::into))
            .build(),
    )
}

/// What was known, with what the service describes. Time to live and recovery come from answers of their own.
pub(super) fn observed(table: &TableDescription, known: Attributes, generation: Generation) -> Attributes {
    let text = |text: Option<&str>| Some(text.unwrap_or_default().to_owned());
    let capacity = table.provisioned_throughput();
    let (hash_key, range_key) = single_keys(table.key_schema());
    let stream = table.stream_specification();
    Attributes {
        arn: table.table_arn().map(str::to_owned),
        attribute: table.attribute_definitions().iter().map(key_attribute).collect(),
        billing_mode: Some(
            table
                .billing_mode_summary()
                .and_then(|summary| summary.billing_mode())
                .map_or(PROVISIONED, BillingMode::as_str)
                .to_owned(),
        ),
        deletion_protection_enabled: Some(table.deletion_protection_enabled().unwrap_or_default()),
        global_secondary_index: table
            .global_secondary_indexes()
            .iter()
            .map(|index| observed_index(index, generation))
            .collect(),
        global_table_witness: table
            .global_table_witnesses()
            .iter()
            .map(|witness| Witness { region_name: witness.region_name().map(str::to_owned) })
            .collect(),
        hash_key,
        id: table.table_name().map(str::to_owned),
        local_secondary_index: table.local_secondary_indexes().iter().map(observed_local_index).collect(),
        name: table.table_name().unwrap_or(&known.name).to_owned(),
        on_demand_throughput: observed_limits(table.on_demand_throughput(), !known.on_demand_throughput.is_empty()),
        range_key,
        read_capacity: Some(capacity.and_then(|capacity| capacity.read_capacity_units()).unwrap_or_default()),
        server_side_encryption: observed_encryption(table, &known),
        stream_arn: text(table.latest_stream_arn()),
        stream_enabled: Some(stream.is_some_and(|stream| stream.stream_enabled())),
        stream_label: text(table.latest_stream_label()),
        stream_view_type: match stream.and_then(|stream| stream.stream_view_type()) {
            Some(view_type) => Some(view_type.as_str().to_owned()),
            // Without a stream the service has no type; the configuration may have one.
            None => text(known.stream_view_type.as_deref()),
        },
        table_class: Some(
            table
                .table_class_summary()
                .and_then(|summary| summary.table_class())
                .map_or(STANDARD, types::TableClass::as_str)
                .to_owned(),
        ),
        warm_throughput: table
            .warm_throughput()
            .map(|units| WarmThroughput {
                read_units_per_second: units.read_units_per_second(),
                write_units_per_second: units.write_units_per_second(),
            })
            .into_iter()
            .collect(),
        write_capacity: Some(capacity.and_then(|capacity| capacity.write_capacity_units()).unwrap_or_default()),
        ..known
    }
}

fn key_attribute(definition: &types::AttributeDefinition) -> KeyAttribute {
    KeyAttribute { name: definition.attribute_name.clone(), kind: definition.attribute_type.as_str().to_owned() }
}

/// Hash and range key, each if there is exactly one.
fn single_keys(schema: &[types::KeySchemaElement]) -> (Option<String>, Option<String>) {
    let single = |key_type: KeyType| {
        let mut names = schema.iter().filter(|element| element.key_type == key_type);
        match (names.next(), names.next()) {
            (Some(element), None) => Some(element.attribute_name.clone()),
            _ => None,
        }
    };
    (single(KeyType::Hash), single(KeyType::Range))
}

fn observed_index(index: &types::GlobalSecondaryIndexDescription, generation: Generation) -> GlobalIndex {
    let (hash_key, range_key) = single_keys(index.key_schema());
    let is_newer = generation >= Generation::V6;
    let capacity = index.provisioned_throughput();
    let key_schema = || {
        let element =
            |element: &types::KeySchemaElement| KeyElement::new(&element.attribute_name, element.key_type.as_str());
        index.key_schema().iter().map(element).collect()
    };
    let warm_throughput = || {
        let warm = index.warm_throughput().map(|units| WarmThroughput {
            read_units_per_second: units.read_units_per_second(),
            write_units_per_second: units.write_units_per_second(),
        });
        warm.into_iter().collect()
    };
    let projection = index.projection();
    GlobalIndex {
        hash_key: Some(hash_key.unwrap_or_default()),
        key_schema: is_newer.then(key_schema),
        name: index.index_name().unwrap_or_default().to_owned(),
        non_key_attributes: projection.iter().flat_map(|projection| projection.non_key_attributes()).cloned().collect(),
        on_demand_throughput: observed_limits(index.on_demand_throughput(), false),
        projection_type: projection_type(projection),
        range_key: Some(range_key.unwrap_or_default()),
        read_capacity: Some(capacity.and_then(|capacity| capacity.read_capacity_units()).unwrap_or_default()),
        warm_throughput: is_newer.then(warm_throughput),
        write_capacity: Some(capacity.and_then(|capacity| capacity.write_capacity_units()).unwrap_or_default()),
    }
}

fn projection_type(projection: Option<&types::Projection>) -> String {
    let kind = projection.and_then(|projection| projection.projection_type());
    kind.map_or_else(String::new, |kind| kind.as_str().to_owned())
}

fn observed_local_index(index: &types::LocalSecondaryIndexDescription) -> LocalIndex {
    let projection = index.projection();
    LocalIndex {
        name: index.index_name().unwrap_or_default().to_owned(),
        non_key_attributes: projection.iter().flat_map(|projection| projection.non_key_attributes()).cloned().collect(),
        projection_type: projection_type(projection),
        range_key: single_keys(index.key_schema()).1.unwrap_or_default(),
    }
}

/// Limits that were taken away stay behind as "unlimited" on both sides, which is no limit unless somebody wrote so.
fn observed_limits(limits: Option<&types::OnDemandThroughput>, is_written: bool) -> Vec<OnDemandThroughput> {
    let is_limit = |limit: Option<i64>| limit.is_some_and(|limit| limit > 0);
    let observed = limits
        .filter(|limits| {
            is_written || is_limit(limits.max_read_request_units()) || is_limit(limits.max_write_request_units())
        })
        .map(|limits| OnDemandThroughput {
            max_read_request_units: limits.max_read_request_units(),
            max_write_request_units: limits.max_write_request_units(),
        });
    observed.into_iter().collect()
}

/// A table that says "not encrypted with a key of KMS" is described like one that says nothing.
fn observed_encryption(table: &TableDescription, known: &Attributes) -> Vec<Encryption> {
    match table.sse_description() {
        Some(description) => vec![Encryption {
            enabled: description.status() == Some(&SseStatus::Enabled),
            kms_key_arn: Some(description.kms_master_key_arn().unwrap_or_default().to_owned()),
        }],
        None => {
            let off = |block: &&Encryption| !block.enabled;
            let block = known.server_side_encryption.first().filter(off);
            block
                .map(|block| Encryption {
                    enabled: false,
                    kms_key_arn: Some(block.kms_key_arn.clone().unwrap_or_default()),
                })
                .into_iter()
                .collect()
        }
    }
}

/// Replicas as the table tells of them; what their own regions tell is kept from what was known.
pub(super) fn observed_replicas(
    table: &TableDescription,
    known: &[Replica],
    own_region: &str,
    generation: Generation,
) -> Vec<Replica> {
    let is_newer = generation >= Generation::V6;
    let mode = match table.multi_region_consistency() {
        Some(MultiRegionConsistency::Strong) => STRONG,
        _ => EVENTUAL,
    };
    let replica = |description: &types::ReplicaDescription| {
        let region = description.region_name().filter(|region| *region != own_region)?;
        let before = known.iter().find(|replica| replica.region_name == region).cloned().unwrap_or_default();
        Some(Replica {
            arn: description.replica_arn().map(str::to_owned).or_else(|| in_region(table.table_arn()?, region)),
            consistency_mode: is_newer.then(|| mode.to_owned()),
            kms_key_arn: Some(description.kms_master_key_id().unwrap_or_default().to_owned()),
            region_name: region.to_owned(),
            ..before
        })
    };
    table.replicas().iter().filter_map(replica).collect()
}

/// The same name in another region.
pub(super) fn in_region(arn: &str, region: &str) -> Option<String> {
    let mut arn: infra_provider_kit::aws::arn::Arn = arn.parse().ok()?;
    region.clone_into(&mut arn.region);
    Some(arn.to_string())
}

pub(super) fn observed_time_to_live(description: Option<&TimeToLiveDescription>) -> TimeToLive {
    TimeToLive {
        attribute_name: Some(
            description.and_then(|description| description.attribute_name()).unwrap_or_default().to_owned(),
        ),
        enabled: description.and_then(|description| description.time_to_live_status())
            == Some(&TimeToLiveStatus::Enabled),
    }
}

pub(super) fn observed_recovery(description: Option<&ContinuousBackupsDescription>) -> PointInTimeRecovery {
    let recovery = description.and_then(|description| description.point_in_time_recovery_description());
    PointInTimeRecovery {
        enabled: recovery.and_then(|recovery| recovery.point_in_time_recovery_status())
            == Some(&PointInTimeRecoveryStatus::Enabled),
        recovery_period_in_days: Some(
            recovery.and_then(|recovery| recovery.recovery_period_in_days()).map_or(0, i64::from),
        ),
    }
}

/// The indexes that are not yet or no longer at rest.
pub(super) fn busy_indexes(table: &TableDescription) -> Vec<String> {
    let busy = |index: &&types::GlobalSecondaryIndexDescription| {
        index.index_status().is_some_and(|status| *status != IndexStatus::Active)
    };
    let told = |index: &types::GlobalSecondaryIndexDescription| {
        let status = index.index_status().map_or("unknown", IndexStatus::as_str);
        format!("index {:?} is {status}", index.index_name().unwrap_or_default())
    };
    table.global_secondary_indexes().iter().filter(busy).map(told).collect()
}

#[cfg(test)]
mod tests;
