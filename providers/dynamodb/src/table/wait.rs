//! Waiting until DynamoDB has done what it was asked.

use std::time::Duration;

use aws_sdk_dynamodb::Client;
use aws_sdk_dynamodb::types::{
    ContinuousBackupsDescription, ImportStatus, PointInTimeRecoveryStatus, ReplicaStatus, SseStatus, StreamViewType,
    TableDescription, TableStatus, TimeToLiveDescription, TimeToLiveStatus,
};
use infra_provider_kit::{AwsError, Context, Error, Operation, OrAbsent, Seen};
use tokio::time::Instant;

use super::convert::busy_indexes;

/// What else there shall be, or no longer be, when a table is at rest.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(super) enum Expected<'e> {
    Nothing,
    /// The view type of its stream, or no stream.
    Stream(Option<&'e str>),
    Index(&'e str),
    NoIndex(&'e str),
    Replica(&'e str),
    NoReplica(&'e str),
}

/// How long a call may be repeated that the service refuses because it is busy with the table.
pub(super) fn remaining(cx: &Context<'_>, operation: Operation) -> Duration {
    cx.deadline(operation).saturating_duration_since(Instant::now())
}

/// Whether the service only asks for patience: the table is being changed, or too many tables or indexes are.
pub(super) fn passes(error: &AwsError) -> bool {
    is_being_changed(error) || too_many_at_once(error)
}

/// `Attempt to change a resource which is still in use: Table is being updated: orders`; the same code also stands for
/// what does not pass, such as a stream that is on already.
fn is_being_changed(error: &AwsError) -> bool {
    let says = |part: &str| error.message().contains(part);
    error.has_code(&["ResourceInUseException"]) && (says("is being") || says("still in use"))
}

/// `Subscriber limit exceeded: Only 10 tables can be created, updated, or deleted simultaneously`, unlike limits that
/// stay.
pub(super) fn too_many_at_once(error: &AwsError) -> bool {
    error.has_code(&["LimitExceededException"]) && error.message().contains("simultaneously")
}

/// The table; `None` if there is none.
pub(super) async fn describe(client: &Client, name: &str) -> Result<Option<TableDescription>, AwsError> {
    let answer = client.describe_table().table_name(name).send().await.or_absent()?;
    Ok(answer.and_then(|answer| answer.table))
}

/// What a look at a table showed.
fn look(table: Option<TableDescription>, expected: Expected<'_>) -> Seen<TableDescription> {
    let Some(table) = table else { return Seen::NotFound };
    let status = table.table_status().unwrap_or(&TableStatus::Active);
    match status {
        TableStatus::Active => {}
        TableStatus::Creating | TableStatus::Updating => return Seen::Pending(status.as_str().to_owned()),
        other => return Seen::Failed(format!("its status is {other}")),
    }
    let busy = busy_indexes(&table);
    if !busy.is_empty() {
        return Seen::Pending(busy.join(", "));
    }
    let has_index = |name: &str| table.global_secondary_indexes().iter().any(|index| index.index_name() == Some(name));
    let replica = |region: &str| {
        let found = table.replicas().iter().find(|replica| replica.region_name() == Some(region));
        found.map(|replica| replica.replica_status().cloned().unwrap_or(ReplicaStatus::Active))
    };
    let is_there = match expected {
        Expected::Nothing => true,
        Expected::Stream(view_type) => {
            let stream = table.stream_specification().filter(|stream| stream.stream_enabled());
            stream.and_then(|stream| stream.stream_view_type()).map(StreamViewType::as_str) == view_type
        }
        Expected::Index(name) => has_index(name),
        Expected::NoIndex(name) => !has_index(name),
        Expected::Replica(region) => match replica(region) {
            Some(ReplicaStatus::Active) => true,
            Some(failed @ (ReplicaStatus::CreationFailed | ReplicaStatus::InaccessibleEncryptionCredentials)) => {
                return Seen::Failed(format!("the replica in {region} is {failed}"));
            }
            Some(other) => return Seen::Pending(format!("replica {other}")),
            None => false,
        },
        Expected::NoReplica(region) => replica(region).is_none(),
    };
    if is_there { Seen::Reached(table) } else { Seen::Pending("ACTIVE".to_owned()) }
}

/// Until table and indexes are at rest and what is expected is there; `what` is told while it takes.
pub(super) async fn at_rest(
    cx: &Context<'_>,
    client: &Client,
    operation: Operation,
    name: &str,
    what: String,
    expected: Expected<'_>,
) -> Result<TableDescription, Error> {
    let table = cx
        .waiter(operation, what)
        .until(|| async { Ok::<_, AwsError>(look(describe(client, name).await?, expected)) })
        .await?;
    Ok(table)
}

/// Until the table is gone.
pub(super) async fn gone(cx: &Context<'_>, client: &Client, name: &str) -> Result<(), Error> {
    let probe = || async {
        let table = describe(client, name).await?;
        Ok::<_, AwsError>(table.map(|table| table.table_status().map_or_else(String::new, ToString::to_string)))
    };
    cx.waiter(Operation::Delete, format!("table {name:?} to be gone")).until_gone(probe).await?;
    Ok(())
}

/// Until the table is encrypted as asked.
pub(super) async fn encrypted(
    cx: &Context<'_>,
    client: &Client,
    operation: Operation,
    name: &str,
) -> Result<(), Error> {
    cx.waiter(operation, format!("encryption of table {name:?} to change"))
        .until(|| async {
            let seen = match look(describe(client, name).await?, Expected::Nothing) {
                Seen::Reached(table) => match table.sse_description().and_then(|encryption| encryption.status()) {
                    Some(status @ (SseStatus::Enabling | SseStatus::Disabling | SseStatus::Updating)) => {
                        Seen::Pending(status.as_str().to_owned())
                    }
                    _ => Seen::Reached(()),
                },
                Seen::Pending(state) => Seen::Pending(state),
                Seen::NotFound => Seen::NotFound,
                Seen::Failed(reason) => Seen::Failed(reason),
            };
            Ok::<_, AwsError>(seen)
        })
        .await?;
    Ok(())
}

/// Time to live of a table; `None` if there is no table, or the region has no such thing.
pub(super) async fn describe_time_to_live(
    client: &Client,
    name: &str,
) -> Result<Option<TimeToLiveDescription>, AwsError> {
    let answer = client.describe_time_to_live().table_name(name).send().await;
    let answer = answer.or_absent_if(&["ResourceNotFoundException", "UnknownOperationException"])?;
    Ok(answer.and_then(|answer| answer.time_to_live_description))
}

/// Until time to live is on or off.
pub(super) async fn time_to_live(
    cx: &Context<'_>,
    client: &Client,
    operation: Operation,
    name: &str,
    enabled: bool,
) -> Result<(), Error> {
    let target = if enabled { TimeToLiveStatus::Enabled } else { TimeToLiveStatus::Disabled };
    cx.waiter(operation, format!("time to live of table {name:?} to be {target}"))
        .until_state(&[target.as_str()], &[], || async {
            let status = describe_time_to_live(client, name).await?.and_then(|ttl| ttl.time_to_live_status);
            Ok::<_, AwsError>(status.map(|status| (status.to_string(), ())))
        })
        .await?;
    Ok(())
}

/// Continuous backups of a table; `None` if there is no table, or the region has no such thing.
pub(super) async fn describe_recovery(
    client: &Client,
    name: &str,
) -> Result<Option<ContinuousBackupsDescription>, AwsError> {
    let answer = client.describe_continuous_backups().table_name(name).send().await;
    let absent = ["ResourceNotFoundException", "TableNotFoundException", "UnknownOperationException"];
    Ok(answer.or_absent_if(&absent)?.and_then(|answer| answer.continuous_backups_description))
}

/// Until point-in-time recovery is on or off.
pub(super) async fn recovery(
    cx: &Context<'_>,
    client: &Client,
    operation: Operation,
    name: &str,
    enabled: bool,
) -> Result<(), Error> {
    let target = if enabled { PointInTimeRecoveryStatus::Enabled } else { PointInTimeRecoveryStatus::Disabled };
    cx.waiter(operation, format!("point-in-time recovery of table {name:?} to be {target}"))
        .until_state(&[target.as_str()], &[], || async {
            let status = describe_recovery(client, name)
                .await?
                .and_then(|backups| backups.point_in_time_recovery_description)
                .and_then(|recovery| recovery.point_in_time_recovery_status);
            Ok::<_, AwsError>(status.map(|status| (status.to_string(), ())))
        })
        .await?;
    Ok(())
}

/// Until an import is through.
pub(super) async fn imported(cx: &Context<'_>, client: &Client, import_arn: &str) -> Result<(), Error> {
    cx.waiter(Operation::Create, format!("import {import_arn} to complete"))
        .until(|| async {
            let answer = client.describe_import().import_arn(import_arn).send().await?;
            let import = answer.import_table_description;
            Ok::<_, AwsError>(match import.as_ref().and_then(|import| import.import_status.as_ref()) {
                None => Seen::NotFound,
                Some(ImportStatus::Completed) => Seen::Reached(()),
                Some(ImportStatus::InProgress) => Seen::Pending("IN_PROGRESS".to_owned()),
                Some(other) => {
                    let reason = import.as_ref().and_then(|import| import.failure_message.clone()).unwrap_or_default();
                    Seen::Failed(format!("it is {other}: {reason}"))
                }
            })
        })
        .await?;
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn errors_that_pass() {
        let cases = [
            (
                "ResourceInUseException",
                "Attempt to change a resource which is still in use: Table is being updated: t",
                true,
            ),
            ("ResourceInUseException", "Table already has an enabled stream: t", false),
            (
                "LimitExceededException",
                "Subscriber limit exceeded: Only 10 tables can be created, updated, or deleted simultaneously",
                true,
            ),
            (
                "LimitExceededException",
                "Subscriber limit exceeded: Only 1 online index can be created or deleted simultaneously per table",
                true,
            ),
            ("LimitExceededException", "Subscriber limit exceeded: There is a limit of 2500 tables", false),
            ("ValidationException", "Table is being updated", false),
        ];
        for (code, message, expected) in cases {
            let error = AwsError::new("dynamodb", "UpdateTable", Some(code), message);
            assert_eq!(passes(&error), expected, "{code}: {message}");
        }
    }
}
