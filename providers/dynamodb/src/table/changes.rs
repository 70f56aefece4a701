//! What has to be asked of DynamoDB so that a table becomes what is planned: a list of steps, as a value.
//!
//! [`steps`] compares two tables and knows the service's rules: one index is made or removed at a time, the class is
//! changed alone, a stream's type only by way of no stream. [`super::apply`] carries the steps out, one after the other,
//! waiting after each until the table is at rest.

use std::collections::BTreeMap;

use super::attributes::{
    Attributes, GlobalIndex, OnDemandThroughput, PAY_PER_REQUEST, PROVISIONED, Replica, TimeToLive, WarmThroughput,
};

/// Tells the service that there is no limit.
pub(super) const UNLIMITED: i64 = -1;

/// Something that has to be done, and has to be finished before the next step.
#[derive(Clone, Debug, PartialEq)]
pub(super) enum Step {
    /// Takes the table out of regions; `witness` goes in the same request.
    DeleteReplicas { regions: Vec<String>, witness: Option<String> },
    /// Changes the class, which goes with nothing else.
    TableClass(String),
    /// Ends the stream, so that another can begin.
    EndStream,
    /// Removes an index.
    DeleteIndex(String),
    /// One request for all that can be changed together.
    Settings(Settings),
    /// Makes an index.
    CreateIndex(Box<GlobalIndex>),
    /// Readies the table for more requests.
    WarmThroughput(WarmThroughput),
    /// Encrypts with another key; replicas, which are encrypted alike, in the same request: region and key.
    Encryption { enabled: bool, kms_key_arn: Option<String>, replicas: Vec<(String, String)> },
    /// Turns removal of old items on or off.
    TimeToLive { attribute_name: String, enabled: bool },
    /// Brings the table to further regions, each with its key; all of them at once if `is_strong`.
    CreateReplicas { replicas: Vec<(String, Option<String>)>, is_strong: bool, witness: Option<String> },
    /// Turns continuous backups in a replica's region on or off.
    ReplicaRecovery { region: String, enabled: bool },
    /// Protects a replica from deletion, or no longer does.
    ReplicaProtection { region: String, enabled: bool },
    /// Gives a replica the tags of the table.
    ReplicaTags { region: String },
    /// Turns continuous backups on or off.
    PointInTimeRecovery { enabled: bool, recovery_period_in_days: Option<i64> },
}

/// What one request can change.
#[derive(Clone, Debug, Default, PartialEq)]
pub(super) struct Settings {
    pub(super) billing_mode: Option<String>,
    /// Read and write.
    pub(super) capacity: Option<(i64, i64)>,
    pub(super) on_demand_throughput: Option<OnDemandThroughput>,
    pub(super) deletion_protection_enabled: Option<bool>,
    /// The view type of a new stream, or none for the end of the stream.
    pub(super) stream: Option<Option<String>>,
    pub(super) indexes: Vec<IndexChange>,
}

/// What can be changed about an index without making it anew.
#[derive(Clone, Debug, Default, PartialEq)]
pub(super) struct IndexChange {
    pub(super) name: String,
    /// Read and write.
    pub(super) capacity: Option<(i64, i64)>,
    pub(super) on_demand_throughput: Option<OnDemandThroughput>,
    pub(super) warm_throughput: Option<WarmThroughput>,
}

/// The steps from one table to another, in order. What is not known in `planned` stays as it is.
pub(super) fn steps(prior: &Attributes, planned: &Attributes) -> Vec<Step> {
    let mut steps = delete_replicas(prior, planned);
    if prior.table_class() != planned.table_class() {
        steps.push(Step::TableClass(planned.table_class().to_owned()));
    }
    if let (Some(before), Some(after)) = (prior.stream(), planned.stream())
        && before != after
    {
        steps.push(Step::EndStream);
    }
    let indexes = IndexPlan::new(prior, planned);
    steps.extend(indexes.deleted.into_iter().map(Step::DeleteIndex));
    let settings = Settings { indexes: indexes.changed, ..settings(prior, planned) };
    if settings != Settings::default() {
        steps.push(Step::Settings(settings));
    }
    steps.extend(indexes.created.into_iter().map(|index| Step::CreateIndex(Box::new(index))));
    steps.extend(warm_throughput(&prior.warm_throughput, &planned.warm_throughput).map(Step::WarmThroughput));
    steps.extend(encryption(prior, planned));
    steps.extend(time_to_live(prior, planned));
    steps.extend(create_replicas(prior, planned));
    steps.extend(replica_settings(prior, planned));
    steps.extend(point_in_time_recovery(prior, planned));
    steps
}

/// All regions of a table, for the time before it is deleted.
pub(super) fn without_replicas(prior: &Attributes) -> Vec<Step> {
    let alone = Attributes { replica: Vec::new(), global_table_witness: Vec::new(), ..prior.clone() };
    delete_replicas(prior, &alone)
}

fn settings(prior: &Attributes, planned: &Attributes) -> Settings {
    let mut settings = Settings::default();
    let mode = planned.billing_mode();
    let switched = prior.billing_mode() != mode;
    if switched {
        settings.billing_mode = Some(mode.to_owned());
    }
    if mode == PROVISIONED {
        let before = capacity(prior.read_capacity, prior.write_capacity);
        let after = (
            at_least_one(planned.read_capacity.or(prior.read_capacity)),
            at_least_one(planned.write_capacity.or(prior.write_capacity)),
        );
        settings.capacity = (switched || before != after).then_some(after);
    } else {
        settings.on_demand_throughput = on_demand(&prior.on_demand_throughput, &planned.on_demand_throughput);
    }
    let protection = planned.deletion_protection_enabled.unwrap_or_default();
    if prior.deletion_protection_enabled.unwrap_or_default() != protection {
        settings.deletion_protection_enabled = Some(protection);
    }
    if prior.stream() != planned.stream() {
        settings.stream = Some(planned.stream().map(str::to_owned));
    }
    settings
}

fn capacity(read: Option<i64>, write: Option<i64>) -> (i64, i64) {
    (read.unwrap_or_default(), write.unwrap_or_default())
}

/// A capacity of zero means that somebody else (auto scaling) looks after it; the service wants a number all the same.
fn at_least_one(capacity: Option<i64>) -> i64 {
    capacity.unwrap_or_default().max(1)
}

struct IndexPlan {
    deleted: Vec<String>,
    changed: Vec<IndexChange>,
    created: Vec<GlobalIndex>,
}

impl IndexPlan {
    fn new(prior: &Attributes, planned: &Attributes) -> Self {
        let (before, after) = (by_name(prior), by_name(planned));
        let remains = |name: &str| {
            let (before, after) = (before.get(name)?, after.get(name)?);
            is_same_index(before, after).then_some((*before, *after))
        };
        let deleted = before.keys().filter(|name| remains(name).is_none()).map(|name| (*name).to_owned());
        let created = after.values().filter(|index| remains(&index.name).is_none()).map(|index| (*index).clone());
        let changed = before.keys().filter_map(|name| {
            let (before, after) = remains(name)?;
            let change = index_change(before, after, prior.billing_mode(), planned.billing_mode());
            (change != IndexChange { name: after.name.clone(), ..IndexChange::default() }).then_some(change)
        });
        Self { deleted: deleted.collect(), changed: changed.collect(), created: created.collect() }
    }
}

fn by_name(table: &Attributes) -> BTreeMap<&str, &GlobalIndex> {
    table.global_secondary_index.iter().map(|index| (index.name.as_str(), index)).collect()
}

/// Key and projection are made once, with the index.
fn is_same_index(before: &GlobalIndex, after: &GlobalIndex) -> bool {
    before.key() == after.key()
        && before.projection_type == after.projection_type
        && before.non_key_attributes == after.non_key_attributes
}

fn index_change(before: &GlobalIndex, after: &GlobalIndex, mode_before: &str, mode: &str) -> IndexChange {
    let mut change = IndexChange { name: after.name.clone(), ..IndexChange::default() };
    if mode == PROVISIONED {
        let old = capacity(before.read_capacity, before.write_capacity);
        let new = (
            at_least_one(after.read_capacity.or(before.read_capacity)),
            at_least_one(after.write_capacity.or(before.write_capacity)),
        );
        change.capacity = (mode_before != mode || old != new).then_some(new);
    } else if mode == PAY_PER_REQUEST {
        change.on_demand_throughput = on_demand(&before.on_demand_throughput, &after.on_demand_throughput);
    }
    let warm = |index: &GlobalIndex| index.warm_throughput.clone().unwrap_or_default();
    change.warm_throughput = warm_throughput(&warm(before), &warm(after));
    change
}

/// The limits to set, if they differ; one that is taken away is set to "unlimited".
fn on_demand(before: &[OnDemandThroughput], after: &[OnDemandThroughput]) -> Option<OnDemandThroughput> {
    let limit = |limit: Option<i64>| limit.filter(|limit| *limit > 0);
    let limits = |blocks: &[OnDemandThroughput]| {
        let block = blocks.first().copied().unwrap_or_default();
        (limit(block.max_read_request_units), limit(block.max_write_request_units))
    };
    let (before, after) = (limits(before), limits(after));
    let to_set = |before: Option<i64>, after: Option<i64>| after.or(before.map(|_| UNLIMITED));
    (before != after).then(|| OnDemandThroughput {
        max_read_request_units: to_set(before.0, after.0),
        max_write_request_units: to_set(before.1, after.1),
    })
}

/// The units to set, if they are known and differ.
fn warm_throughput(before: &[WarmThroughput], after: &[WarmThroughput]) -> Option<WarmThroughput> {
    let before = before.first().copied().unwrap_or_default();
    let after = after.first().copied()?;
    let differs = |before: Option<i64>, after: Option<i64>| after.is_some() && before != after;
    let changes = differs(before.read_units_per_second, after.read_units_per_second)
        || differs(before.write_units_per_second, after.write_units_per_second);
    changes.then_some(after)
}

fn encryption(prior: &Attributes, planned: &Attributes) -> Option<Step> {
    let after = planned.server_side_encryption.first()?;
    let before = prior.server_side_encryption.first().cloned().unwrap_or_default();
    let key = after.kms_key_arn.clone().filter(|key| after.enabled && !key.is_empty());
    if before.enabled == after.enabled && (key.is_none() || key == before.kms_key_arn) {
        return None;
    }
    let replicas = match &key {
        Some(_) => planned
            .replica
            .iter()
            .filter(|replica| prior.replica.iter().any(|before| before.region_name == replica.region_name))
            .filter_map(|replica| Some((replica.region_name.clone(), replica_key(replica)?)))
            .collect(),
        None => Vec::new(),
    };
    Some(Step::Encryption { enabled: after.enabled, kms_key_arn: key, replicas })
}

fn time_to_live(prior: &Attributes, planned: &Attributes) -> Option<Step> {
    let named = |block: Option<&TimeToLive>| {
        let block = block.cloned().unwrap_or_default();
        (block.enabled, block.attribute_name.unwrap_or_default())
    };
    let (was_enabled, before) = named(prior.ttl.first());
    let (enabled, after) = named(Some(planned.ttl.first()?));
    match (was_enabled, enabled) {
        (false, false) => None,
        (true, true) if before == after => None,
        // What is turned off is what is on, whatever the configuration calls it.
        (true, false) => Some(Step::TimeToLive { attribute_name: before, enabled }),
        _ => Some(Step::TimeToLive { attribute_name: after, enabled }),
    }
}

fn point_in_time_recovery(prior: &Attributes, planned: &Attributes) -> Option<Step> {
    let after = planned.point_in_time_recovery.first()?;
    let before = prior.point_in_time_recovery.first().copied().unwrap_or_default();
    let days = after.recovery_period_in_days.filter(|days| after.enabled && *days > 0);
    let same = before.enabled == after.enabled && (days.is_none() || days == before.recovery_period_in_days);
    (!same).then_some(Step::PointInTimeRecovery { enabled: after.enabled, recovery_period_in_days: days })
}

/// Keys and consistency of a replica are made once, with it; except for the key, where the table gets another too.
fn is_same_replica(before: &Replica, after: &Replica, with_table: bool) -> bool {
    before.region_name == after.region_name
        && before.is_strong() == after.is_strong()
        && (with_table || after.kms_key_arn.is_none() || replica_key(before) == replica_key(after))
}

fn replica_key(replica: &Replica) -> Option<String> {
    replica.kms_key_arn.clone().filter(|key| !key.is_empty())
}

fn changes_table_key(prior: &Attributes, planned: &Attributes) -> bool {
    matches!(encryption(prior, planned), Some(Step::Encryption { kms_key_arn: Some(_), .. }))
}

fn witness(table: &Attributes) -> Option<&str> {
    table.global_table_witness.first()?.region_name.as_deref().filter(|region| !region.is_empty())
}

fn delete_replicas(prior: &Attributes, planned: &Attributes) -> Vec<Step> {
    let with_table = changes_table_key(prior, planned);
    let stays = |replica: &Replica| planned.replica.iter().any(|after| is_same_replica(replica, after, with_table));
    let (strong, others): (Vec<&Replica>, Vec<&Replica>) =
        prior.replica.iter().filter(|replica| !stays(replica)).partition(|replica| replica.is_strong());
    let region = |replica: &Replica| replica.region_name.clone();
    let mut steps: Vec<Step> =
        others.iter().map(|replica| Step::DeleteReplicas { regions: vec![region(replica)], witness: None }).collect();
    if !strong.is_empty() {
        steps.push(Step::DeleteReplicas {
            regions: strong.into_iter().map(region).collect(),
            witness: witness(prior).map(str::to_owned),
        });
    }
    steps
}

fn create_replicas(prior: &Attributes, planned: &Attributes) -> Vec<Step> {
    let with_table = changes_table_key(prior, planned);
    let has = |replica: &Replica| prior.replica.iter().any(|before| is_same_replica(before, replica, with_table));
    let (strong, others): (Vec<&Replica>, Vec<&Replica>) =
        planned.replica.iter().filter(|replica| !has(replica)).partition(|replica| replica.is_strong());
    let member = |replica: &Replica| (replica.region_name.clone(), replica_key(replica));
    let mut steps: Vec<Step> = others
        .iter()
        .map(|replica| Step::CreateReplicas { replicas: vec![member(replica)], is_strong: false, witness: None })
        .collect();
    if !strong.is_empty() {
        steps.push(Step::CreateReplicas {
            replicas: strong.into_iter().map(member).collect(),
            is_strong: true,
            witness: witness(planned).map(str::to_owned),
        });
    }
    steps
}

fn replica_settings(prior: &Attributes, planned: &Attributes) -> Vec<Step> {
    let with_table = changes_table_key(prior, planned);
    let mut steps = Vec::new();
    for replica in &planned.replica {
        let before = prior.replica.iter().find(|before| is_same_replica(before, replica, with_table));
        let before = before.cloned().unwrap_or_default();
        let region = replica.region_name.clone();
        if before.point_in_time_recovery != replica.point_in_time_recovery {
            steps.push(Step::ReplicaRecovery { region: region.clone(), enabled: replica.point_in_time_recovery });
        }
        if let Some(enabled) = replica.deletion_protection_enabled
            && before.deletion_protection_enabled.unwrap_or_default() != enabled
        {
            steps.push(Step::ReplicaProtection { region: region.clone(), enabled });
        }
        if replica.propagate_tags && !before.propagate_tags {
            steps.push(Step::ReplicaTags { region });
        }
    }
    steps
}

#[cfg(test)]
mod tests;
