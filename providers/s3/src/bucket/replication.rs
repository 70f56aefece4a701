//! The `replication_configuration` block of a bucket.

use std::collections::BTreeMap;

use aws_sdk_s3::Client;
use aws_sdk_s3::types;
use infra_provider_kit::aws::errors::AwsError;
use infra_provider_kit::{Context, Error};
use serde::{Deserialize, Serialize};

use crate::calls::{self, built, given};

#[derive(Clone, Debug, Default, Deserialize, PartialEq, Serialize)]
#[serde(default)]
pub(super) struct Replication {
    role: String,
    rules: Vec<Rule>,
}

#[derive(Clone, Debug, Default, Deserialize, PartialEq, Serialize)]
#[serde(default)]
struct Rule {
    delete_marker_replication_status: String,
    destination: Vec<Destination>,
    filter: Vec<Filter>,
    id: String,
    prefix: String,
    priority: i32,
    source_selection_criteria: Vec<SourceSelection>,
    status: String,
}

#[derive(Clone, Debug, Default, Deserialize, PartialEq, Serialize)]
#[serde(default)]
struct Destination {
    access_control_translation: Vec<Translation>,
    account_id: String,
    bucket: String,
    metrics: Vec<Threshold>,
    replica_kms_key_id: String,
    replication_time: Vec<Threshold>,
    storage_class: String,
}

#[derive(Clone, Debug, Default, Deserialize, PartialEq, Serialize)]
#[serde(default)]
struct Translation {
    owner: String,
}

#[derive(Clone, Debug, Default, Deserialize, PartialEq, Serialize)]
#[serde(default)]
struct Threshold {
    minutes: i32,
    status: String,
}

#[derive(Clone, Debug, Default, Deserialize, PartialEq, Serialize)]
#[serde(default)]
struct Filter {
    prefix: String,
    tags: BTreeMap<String, String>,
}

#[derive(Clone, Debug, Default, Deserialize, PartialEq, Serialize)]
#[serde(default)]
struct SourceSelection {
    sse_kms_encrypted_objects: Vec<Encrypted>,
}

#[derive(Clone, Debug, Default, Deserialize, PartialEq, Serialize)]
#[serde(default)]
struct Encrypted {
    enabled: bool,
}

impl From<&types::ReplicationConfiguration> for Replication {
    fn from(configuration: &types::ReplicationConfiguration) -> Self {
        Self { role: configuration.role().to_owned(), rules: configuration.rules().iter().map(Rule::from).collect() }
    }
}

impl Replication {
    fn request(&self) -> Result<types::ReplicationConfiguration, Error> {
        let rules = self.rules.iter().map(Rule::request).collect::<Result<Vec<_>, _>>()?;
        built(types::ReplicationConfiguration::builder().role(&self.role).set_rules(Some(rules)).build())
    }
}

impl From<&types::ReplicationRule> for Rule {
    fn from(rule: &types::ReplicationRule) -> Self {
        let markers = rule.delete_marker_replication().and_then(|markers| markers.status());
        let encrypted = rule.source_selection_criteria().and_then(|criteria| criteria.sse_kms_encrypted_objects());
        let encrypted = encrypted.map(|objects| SourceSelection {
            sse_kms_encrypted_objects: vec![Encrypted {
                enabled: *objects.status() == types::SseKmsEncryptedObjectsStatus::Enabled,
            }],
        });
        Self {
            delete_marker_replication_status: markers.map_or_else(String::new, |status| status.as_str().to_owned()),
            destination: rule.destination().map(Destination::from).into_iter().collect(),
            filter: rule.filter().map(Filter::from).into_iter().collect(),
            id: rule.id().unwrap_or_default().to_owned(),
            #[expect(deprecated, reason = "rules of the first version have it instead of a filter")]
            prefix: rule.prefix().unwrap_or_default().to_owned(),
            priority: rule.priority().unwrap_or_default(),
            source_selection_criteria: encrypted.into_iter().collect(),
            status: rule.status().as_str().to_owned(),
        }
    }
}

impl Rule {
    fn request(&self) -> Result<types::ReplicationRule, Error> {
        let rule = types::ReplicationRule::builder()
            .set_id(given(&self.id))
            .status(types::ReplicationRuleStatus::from(self.status.as_str()))
            .set_destination(self.destination.first().map(Destination::request).transpose()?)
            .set_source_selection_criteria(
                self.source_selection_criteria.first().map(SourceSelection::request).transpose()?,
            );
        let Some(filter) = self.filter.first() else {
            #[expect(deprecated, reason = "rules of the first version have it instead of a filter")]
            return built(rule.prefix(&self.prefix).build());
        };
        // With a filter S3 wants a priority and a word on delete markers.
        let markers = match self.delete_marker_replication_status.as_str() {
            "" => types::DeleteMarkerReplicationStatus::Disabled,
            status => types::DeleteMarkerReplicationStatus::from(status),
        };
        built(
            rule.filter(filter.request()?)
                .priority(self.priority)
                .delete_marker_replication(types::DeleteMarkerReplication::builder().status(markers).build())
                .build(),
        )
    }
}

impl From<&types::ReplicationRuleFilter> for Filter {
    fn from(filter: &types::ReplicationRuleFilter) -> Self {
        let and = filter.and();
        let prefix = and.and_then(|and| and.prefix()).or(filter.prefix()).unwrap_or_default();
        let tags = and.map(|and| and.tags()).unwrap_or_default().iter().chain(filter.tag());
        Self {
            prefix: prefix.to_owned(),
            tags: tags.map(|tag| (tag.key().to_owned(), tag.value().to_owned())).collect(),
        }
    }
}

impl Filter {
    fn request(&self) -> Result<types::ReplicationRuleFilter, Error> {
        let filter = types::ReplicationRuleFilter::builder();
        if self.tags.is_empty() {
            return Ok(filter.prefix(&self.prefix).build());
        }
        let tags = self
            .tags
            .iter()
            .map(|(key, value)| built(types::Tag::builder().key(key).value(value).build()))
            .collect::<Result<Vec<_>, _>>()?;
        let and = types::ReplicationRuleAndOperator::builder().prefix(&self.prefix).set_tags(Some(tags)).build();
        Ok(filter.and(and).build())
    }
}

impl SourceSelection {
    fn request(&self) -> Result<types::SourceSelectionCriteria, Error> {
        let objects = self.sse_kms_encrypted_objects.first().map(|objects| {
            let status = match objects.enabled {
                true => types::SseKmsEncryptedObjectsStatus::Enabled,
                false => types::SseKmsEncryptedObjectsStatus::Disabled,
            };
            built(types::SseKmsEncryptedObjects::builder().status(status).build())
        });
        Ok(types::SourceSelectionCriteria::builder().set_sse_kms_encrypted_objects(objects.transpose()?).build())
    }
}

impl From<&types::Destination> for Destination {
    fn from(destination: &types::Destination) -> Self {
        let minutes =
            |time: Option<&types::ReplicationTimeValue>| time.and_then(|time| time.minutes()).unwrap_or_default();
        let translation = |translation: &types::AccessControlTranslation| Translation {
            owner: translation.owner().as_str().to_owned(),
        };
        let metrics = |metrics: &types::Metrics| Threshold {
            minutes: minutes(metrics.event_threshold()),
            status: metrics.status().as_str().to_owned(),
        };
        let time = |time: &types::ReplicationTime| Threshold {
            minutes: minutes(time.time()),
            status: time.status().as_str().to_owned(),
        };
        let key = destination.encryption_configuration().and_then(|encryption| encryption.replica_kms_key_id());
        let class = destination.storage_class();
        Self {
            access_control_translation: destination.access_control_translation().map(translation).into_iter().collect(),
            account_id: destination.account().unwrap_or_default().to_owned(),
            bucket: destination.bucket().to_owned(),
            metrics: destination.metrics().map(metrics).into_iter().collect(),
            replica_kms_key_id: key.unwrap_or_default().to_owned(),
            replication_time: destination.replication_time().map(time).into_iter().collect(),
            storage_class: class.map_or_else(String::new, |class| class.as_str().to_owned()),
        }
    }
}

impl Destination {
    fn request(&self) -> Result<types::Destination, Error> {
        let minutes = |minutes: i32| types::ReplicationTimeValue::builder().minutes(minutes).build();
        let translation = self.access_control_translation.first().map(|translation| {
            let owner = types::OwnerOverride::from(translation.owner.as_str());
            built(types::AccessControlTranslation::builder().owner(owner).build())
        });
        let metrics = self.metrics.first().map(|metrics| {
            built(
                types::Metrics::builder()
                    .status(types::MetricsStatus::from(metrics.status.as_str()))
                    .event_threshold(minutes(metrics.minutes))
                    .build(),
            )
        });
        let time = self.replication_time.first().map(|time| {
            built(
                types::ReplicationTime::builder()
                    .status(types::ReplicationTimeStatus::from(time.status.as_str()))
                    .time(minutes(time.minutes))
                    .build(),
            )
        });
        let key = given(&self.replica_kms_key_id)
            .map(|key| types::EncryptionConfiguration::builder().replica_kms_key_id(key).build());
        built(
            types::Destination::builder()
                .bucket(&self.bucket)
                .set_account(given(&self.account_id))
                .set_storage_class(given(&self.storage_class).map(|class| types::StorageClass::from(class.as_str())))
                .set_access_control_translation(translation.transpose()?)
                .set_metrics(metrics.transpose()?)
                .set_replication_time(time.transpose()?)
                .set_encryption_configuration(key)
                .build(),
        )
    }
}

pub(super) async fn read(cx: &Context<'_>, client: &Client, bucket: &str) -> Result<Vec<Replication>, AwsError> {
    let answer = calls::read_setting(cx, || client.get_bucket_replication().bucket(bucket).send()).await?;
    let configuration = answer.as_ref().and_then(|answer| answer.replication_configuration());
    Ok(configuration.map(Replication::from).into_iter().collect())
}

pub(super) async fn write(
    cx: &Context<'_>,
    client: &Client,
    bucket: &str,
    planned: &[Replication],
) -> Result<(), Error> {
    let Some(planned) = planned.first() else {
        calls::remove(cx, || client.delete_bucket_replication().bucket(bucket).send()).await?;
        return Ok(());
    };
    let configuration = planned.request()?;
    calls::write(cx, || {
        client.put_bucket_replication().bucket(bucket).replication_configuration(configuration.clone()).send()
    })
    .await?;
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn configurations_come_back_as_written() {
        let full = serde_json::json!({
            "role": "arn:aws:iam::123456789012:role/r",
            "rules": [{
                "delete_marker_replication_status": "Enabled", "id": "r1", "priority": 3, "status": "Enabled",
                "destination": [{
                    "access_control_translation": [{"owner": "Destination"}], "account_id": "123456789012",
                    "bucket": "arn:aws:s3:::d", "metrics": [{"minutes": 15, "status": "Enabled"}],
                    "replica_kms_key_id": "arn:aws:kms:us-east-1:123456789012:key/x",
                    "replication_time": [{"minutes": 15, "status": "Enabled"}], "storage_class": "STANDARD",
                }],
                "filter": [{"prefix": "x/", "tags": {"a": "b"}}],
                "source_selection_criteria": [{"sse_kms_encrypted_objects": [{"enabled": true}]}],
            }],
        });
        let first_version = serde_json::json!({
            "role": "arn:aws:iam::123456789012:role/r",
            "rules": [{"prefix": "foo", "status": "Enabled", "destination": [{"bucket": "arn:aws:s3:::d"}]}],
        });
        for written in [full, first_version] {
            let stored: Replication = serde_json::from_value(written).unwrap();
            assert_eq!(Replication::from(&stored.request().unwrap()), stored);
        }
    }
}
