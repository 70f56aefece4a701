//! The `lifecycle_rule` blocks of a bucket: an older form of `aws_s3_bucket_lifecycle_configuration` that knows fewer
//! filters, and stores zeros where that one stores null.

use std::collections::BTreeMap;

use aws_sdk_s3::Client;
use aws_sdk_s3::primitives::{DateTime, DateTimeFormat};
use aws_sdk_s3::types;
use infra_provider_kit::aws::errors::AwsError;
use infra_provider_kit::{Context, Error};
use serde::{Deserialize, Serialize};

use crate::calls::{self, built, given};

#[derive(Clone, Debug, Default, Deserialize, PartialEq, Serialize)]
#[serde(default)]
pub(super) struct LifecycleRule {
    abort_incomplete_multipart_upload_days: i32,
    enabled: bool,
    expiration: Vec<Expiration>,
    id: String,
    noncurrent_version_expiration: Vec<NoncurrentExpiration>,
    noncurrent_version_transition: Vec<NoncurrentTransition>,
    prefix: String,
    tags: BTreeMap<String, String>,
    transition: Vec<Transition>,
}

#[derive(Clone, Debug, Default, Deserialize, PartialEq, Serialize)]
#[serde(default)]
struct Expiration {
    date: String,
    days: i32,
    expired_object_delete_marker: bool,
}

#[derive(Clone, Debug, Default, Deserialize, PartialEq, Serialize)]
#[serde(default)]
struct NoncurrentExpiration {
    days: i32,
}

#[derive(Clone, Debug, Default, Deserialize, PartialEq, Serialize)]
#[serde(default)]
struct NoncurrentTransition {
    days: i32,
    storage_class: String,
}

#[derive(Clone, Debug, Default, Deserialize, PartialEq, Serialize)]
#[serde(default)]
struct Transition {
    date: String,
    days: i32,
    storage_class: String,
}

impl From<&types::LifecycleRule> for LifecycleRule {
    fn from(rule: &types::LifecycleRule) -> Self {
        let expiration = |expiration: &types::LifecycleExpiration| Expiration {
            date: stored_date(expiration.date()),
            days: expiration.days().unwrap_or_default(),
            expired_object_delete_marker: expiration.expired_object_delete_marker().unwrap_or_default(),
        };
        let noncurrent_expiration = |expiration: &types::NoncurrentVersionExpiration| NoncurrentExpiration {
            days: expiration.noncurrent_days().unwrap_or_default(),
        };
        let noncurrent_transition = |transition: &types::NoncurrentVersionTransition| NoncurrentTransition {
            days: transition.noncurrent_days().unwrap_or_default(),
            storage_class: transition.storage_class().map_or_else(String::new, |class| class.as_str().to_owned()),
        };
        let transition = |transition: &types::Transition| Transition {
            date: stored_date(transition.date()),
            days: transition.days().unwrap_or_default(),
            storage_class: transition.storage_class().map_or_else(String::new, |class| class.as_str().to_owned()),
        };
        let abort = rule.abort_incomplete_multipart_upload();
        let (prefix, tags) = filtered(rule);
        Self {
            abort_incomplete_multipart_upload_days: abort
                .and_then(|abort| abort.days_after_initiation())
                .unwrap_or_default(),
            enabled: *rule.status() == types::ExpirationStatus::Enabled,
            expiration: rule.expiration().map(expiration).into_iter().collect(),
            id: rule.id().unwrap_or_default().to_owned(),
            noncurrent_version_expiration: rule
                .noncurrent_version_expiration()
                .map(noncurrent_expiration)
                .into_iter()
                .collect(),
            noncurrent_version_transition: rule
                .noncurrent_version_transitions()
                .iter()
                .map(noncurrent_transition)
                .collect(),
            prefix,
            tags,
            transition: rule.transitions().iter().map(transition).collect(),
        }
    }
}

/// Prefix and tags, wherever the rule has them.
fn filtered(rule: &types::LifecycleRule) -> (String, BTreeMap<String, String>) {
    #[expect(deprecated, reason = "rules without a filter still have it")]
    let own = rule.prefix();
    let filter = rule.filter();
    let and = filter.and_then(|filter| filter.and());
    let prefix = and
        .and_then(|and| and.prefix())
        .or_else(|| filter.and_then(|filter| filter.prefix()))
        .or(own)
        .unwrap_or_default();
    let tags = and.map(|and| and.tags()).unwrap_or_default();
    let tags = tags.iter().chain(filter.and_then(|filter| filter.tag()));
    (prefix.to_owned(), tags.map(|tag| (tag.key().to_owned(), tag.value().to_owned())).collect())
}

impl LifecycleRule {
    fn request(&self) -> Result<types::LifecycleRule, Error> {
        let status = if self.enabled { types::ExpirationStatus::Enabled } else { types::ExpirationStatus::Disabled };
        let abort_days = self.abort_incomplete_multipart_upload_days;
        let abort = (abort_days != 0)
            .then(|| types::AbortIncompleteMultipartUpload::builder().days_after_initiation(abort_days).build());
        let noncurrent_expiration = self
            .noncurrent_version_expiration
            .first()
            .map(|expiration| types::NoncurrentVersionExpiration::builder().noncurrent_days(expiration.days).build());
        let rule = types::LifecycleRule::builder()
            .status(status)
            .set_id(given(&self.id))
            .filter(self.filter()?)
            .set_expiration(self.expiration.first().map(Expiration::request).transpose()?)
            .set_noncurrent_version_expiration(noncurrent_expiration)
            .set_abort_incomplete_multipart_upload(abort);
        let rule = self.noncurrent_version_transition.iter().fold(rule, |rule, transition| {
            rule.noncurrent_version_transitions(
                types::NoncurrentVersionTransition::builder()
                    .noncurrent_days(transition.days)
                    .storage_class(types::TransitionStorageClass::from(transition.storage_class.as_str()))
                    .build(),
            )
        });
        let rule = self
            .transition
            .iter()
            .try_fold(rule, |rule, transition| Ok::<_, Error>(rule.transitions(transition.request()?)))?;
        built(rule.build())
    }

    fn filter(&self) -> Result<types::LifecycleRuleFilter, Error> {
        let filter = types::LifecycleRuleFilter::builder();
        if self.tags.is_empty() {
            return Ok(filter.prefix(&self.prefix).build());
        }
        let tags = self
            .tags
            .iter()
            .map(|(key, value)| built(types::Tag::builder().key(key).value(value).build()))
            .collect::<Result<Vec<_>, _>>()?;
        let and = types::LifecycleRuleAndOperator::builder().prefix(&self.prefix).set_tags(Some(tags)).build();
        Ok(filter.and(and).build())
    }
}

impl Expiration {
    fn request(&self) -> Result<types::LifecycleExpiration, Error> {
        Ok(types::LifecycleExpiration::builder()
            .set_date(sdk_date(&self.date)?)
            .set_days((self.days != 0).then_some(self.days))
            .set_expired_object_delete_marker(self.expired_object_delete_marker.then_some(true))
            .build())
    }
}

impl Transition {
    fn request(&self) -> Result<types::Transition, Error> {
        let date = sdk_date(&self.date)?;
        Ok(types::Transition::builder()
            .set_days(date.is_none().then_some(self.days))
            .set_date(date)
            .storage_class(types::TransitionStorageClass::from(self.storage_class.as_str()))
            .build())
    }
}

/// `2031-01-02`; dates in lifecycle rules are always midnight UTC.
fn stored_date(date: Option<&DateTime>) -> String {
    let text = date.and_then(|date| date.fmt(DateTimeFormat::DateTime).ok()).unwrap_or_default();
    text.split('T').next().unwrap_or_default().to_owned()
}

fn sdk_date(date: &str) -> Result<Option<DateTime>, Error> {
    if date.is_empty() {
        return Ok(None);
    }
    match DateTime::from_str(&format!("{date}T00:00:00Z"), DateTimeFormat::DateTime) {
        Ok(date) => Ok(Some(date)),
        Err(error) => {
            Err(Error::told(format!("{date:?} is not a day ({error}). Write year, month and day: \"2031-01-02\".")))
        }
    }
}

pub(super) async fn read(cx: &Context<'_>, client: &Client, bucket: &str) -> Result<Vec<LifecycleRule>, AwsError> {
    let answer = calls::read_setting(cx, || client.get_bucket_lifecycle_configuration().bucket(bucket).send()).await?;
    Ok(answer.iter().flat_map(|answer| answer.rules()).map(LifecycleRule::from).collect())
}

pub(super) async fn write(
    cx: &Context<'_>,
    client: &Client,
    bucket: &str,
    planned: &[LifecycleRule],
) -> Result<(), Error> {
    if planned.is_empty() {
        calls::remove(cx, || client.delete_bucket_lifecycle().bucket(bucket).send()).await?;
        return Ok(());
    }
    let rules = planned.iter().map(LifecycleRule::request).collect::<Result<Vec<_>, _>>()?;
    let document = built(types::BucketLifecycleConfiguration::builder().set_rules(Some(rules)).build())?;
    calls::write(cx, || {
        client.put_bucket_lifecycle_configuration().bucket(bucket).lifecycle_configuration(document.clone()).send()
    })
    .await?;
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn rules_come_back_as_written() {
        for written in [
            serde_json::json!({
                "id": "one", "enabled": true, "prefix": "p/", "tags": {"a": "b"},
                "abort_incomplete_multipart_upload_days": 3,
                "expiration": [{"days": 90}],
                "transition": [{"days": 30, "storage_class": "STANDARD_IA"}, {"date": "2031-01-02", "storage_class": "GLACIER"}],
                "noncurrent_version_expiration": [{"days": 5}],
                "noncurrent_version_transition": [{"days": 1, "storage_class": "GLACIER"}],
            }),
            serde_json::json!({"enabled": false, "prefix": "q/", "expiration": [{"date": "2031-01-02"}]}),
            serde_json::json!({"enabled": true, "expiration": [{"expired_object_delete_marker": true}]}),
        ] {
            let stored: LifecycleRule = serde_json::from_value(written).unwrap();
            assert_eq!(LifecycleRule::from(&stored.request().unwrap()), stored);
        }
        let wrong = LifecycleRule {
            expiration: vec![Expiration { date: "soon".to_owned(), ..Expiration::default() }],
            ..LifecycleRule::default()
        };
        assert!(wrong.request().is_err());
    }
}
