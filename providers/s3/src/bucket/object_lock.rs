//! Object Lock of a bucket: whether it is on, and how long new objects are kept.

use aws_sdk_s3::Client;
use aws_sdk_s3::types;
use infra_provider_kit::aws::errors::AwsError;
use infra_provider_kit::{Context, Error};
use serde::{Deserialize, Serialize};

use crate::calls;

#[derive(Clone, Debug, Default, Deserialize, PartialEq, Serialize)]
#[serde(default)]
pub(super) struct ObjectLock {
    object_lock_enabled: String,
    rule: Vec<Rule>,
}

#[derive(Clone, Debug, Default, Deserialize, PartialEq, Serialize)]
#[serde(default)]
struct Rule {
    default_retention: Vec<Retention>,
}

#[derive(Clone, Debug, Default, Deserialize, PartialEq, Serialize)]
#[serde(default)]
struct Retention {
    days: i32,
    mode: String,
    years: i32,
}

impl ObjectLock {
    /// Whether these blocks say that it is on.
    pub(super) fn is_on(blocks: &[Self]) -> bool {
        blocks.first().is_some_and(|lock| lock.object_lock_enabled == types::ObjectLockEnabled::Enabled.as_str())
    }

    fn request(&self) -> types::ObjectLockConfiguration {
        let number = |number: i32| (number != 0).then_some(number);
        let retention = self.rule.first().and_then(|rule| rule.default_retention.first()).map(|retention| {
            types::DefaultRetention::builder()
                .mode(types::ObjectLockRetentionMode::from(retention.mode.as_str()))
                .set_days(number(retention.days))
                .set_years(number(retention.years))
                .build()
        });
        types::ObjectLockConfiguration::builder()
            .object_lock_enabled(types::ObjectLockEnabled::Enabled)
            .set_rule(retention.map(|retention| types::ObjectLockRule::builder().default_retention(retention).build()))
            .build()
    }
}

impl From<&types::ObjectLockConfiguration> for ObjectLock {
    fn from(configuration: &types::ObjectLockConfiguration) -> Self {
        let retention = |retention: &types::DefaultRetention| Retention {
            days: retention.days().unwrap_or_default(),
            mode: retention.mode().map_or_else(String::new, |mode| mode.as_str().to_owned()),
            years: retention.years().unwrap_or_default(),
        };
        let retention = configuration.rule().and_then(|rule| rule.default_retention()).map(retention);
        let enabled = configuration.object_lock_enabled();
        Self {
            object_lock_enabled: enabled.map_or_else(String::new, |enabled| enabled.as_str().to_owned()),
            rule: retention.map(|retention| Rule { default_retention: vec![retention] }).into_iter().collect(),
        }
    }
}

pub(super) async fn read(cx: &Context<'_>, client: &Client, bucket: &str) -> Result<Vec<ObjectLock>, AwsError> {
    let answer = calls::read_setting(cx, || client.get_object_lock_configuration().bucket(bucket).send()).await?;
    let configuration = answer.as_ref().and_then(|answer| answer.object_lock_configuration());
    Ok(configuration.map(ObjectLock::from).into_iter().collect())
}

/// Writes the retention of new objects. Object Lock itself is switched on with the bucket's creation.
pub(super) async fn write(
    cx: &Context<'_>,
    client: &Client,
    bucket: &str,
    prior: &[ObjectLock],
    planned: &[ObjectLock],
) -> Result<(), Error> {
    let has_rule = |locks: &[ObjectLock]| locks.iter().any(|lock| !lock.rule.is_empty());
    if !has_rule(prior) && !has_rule(planned) {
        return Ok(());
    }
    let configuration = planned.first().cloned().unwrap_or_default().request();
    calls::write(cx, || {
        client.put_object_lock_configuration().bucket(bucket).object_lock_configuration(configuration.clone()).send()
    })
    .await?;
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn configurations_come_back_as_written() {
        let with_rule = serde_json::json!({
            "object_lock_enabled": "Enabled",
            "rule": [{"default_retention": [{"days": 5, "mode": "COMPLIANCE", "years": 0}]}],
        });
        let without_rule = serde_json::json!({"object_lock_enabled": "Enabled", "rule": []});
        for written in [with_rule, without_rule] {
            let stored: ObjectLock = serde_json::from_value(written.clone()).unwrap();
            assert_eq!(ObjectLock::from(&stored.request()), stored);
            assert_eq!(serde_json::to_value(&stored).unwrap(), written);
            assert!(ObjectLock::is_on(&[stored]));
        }
        assert!(!ObjectLock::is_on(&[]));
    }
}
