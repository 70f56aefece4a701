//! The `server_side_encryption_configuration` block of a bucket.

use aws_sdk_s3::Client;
use aws_sdk_s3::types::{
    ServerSideEncryption, ServerSideEncryptionByDefault, ServerSideEncryptionConfiguration, ServerSideEncryptionRule,
};
use infra_provider_kit::aws::errors::AwsError;
use infra_provider_kit::{Context, Error};
use serde::{Deserialize, Serialize};

use crate::calls::{self, built, given};

#[derive(Clone, Debug, Default, Deserialize, PartialEq, Serialize)]
#[serde(default)]
pub(super) struct Encryption {
    rule: Vec<Rule>,
}

#[derive(Clone, Debug, Default, Deserialize, PartialEq, Serialize)]
#[serde(default)]
struct Rule {
    apply_server_side_encryption_by_default: Vec<ByDefault>,
    bucket_key_enabled: bool,
}

#[derive(Clone, Debug, Default, Deserialize, PartialEq, Serialize)]
#[serde(default)]
struct ByDefault {
    kms_master_key_id: String,
    sse_algorithm: String,
}

impl From<&ServerSideEncryptionRule> for Rule {
    fn from(rule: &ServerSideEncryptionRule) -> Self {
        let by_default = rule.apply_server_side_encryption_by_default().map(|by_default| ByDefault {
            kms_master_key_id: by_default.kms_master_key_id().unwrap_or_default().to_owned(),
            sse_algorithm: by_default.sse_algorithm().as_str().to_owned(),
        });
        Self {
            apply_server_side_encryption_by_default: by_default.into_iter().collect(),
            bucket_key_enabled: rule.bucket_key_enabled().unwrap_or_default(),
        }
    }
}

impl Rule {
    fn request(&self) -> Result<ServerSideEncryptionRule, Error> {
        let by_default = self.apply_server_side_encryption_by_default.first().map(|by_default| {
            built(
                ServerSideEncryptionByDefault::builder()
                    .sse_algorithm(ServerSideEncryption::from(by_default.sse_algorithm.as_str()))
                    .set_kms_master_key_id(given(&by_default.kms_master_key_id))
                    .build(),
            )
        });
        Ok(ServerSideEncryptionRule::builder()
            .set_apply_server_side_encryption_by_default(by_default.transpose()?)
            .bucket_key_enabled(self.bucket_key_enabled)
            .build())
    }
}

pub(super) async fn read(cx: &Context<'_>, client: &Client, bucket: &str) -> Result<Vec<Encryption>, AwsError> {
    let answer = calls::read_setting(cx, || client.get_bucket_encryption().bucket(bucket).send()).await?;
    let configuration = answer.and_then(|answer| answer.server_side_encryption_configuration);
    let rules = |configuration: ServerSideEncryptionConfiguration| Encryption {
        rule: configuration.rules().iter().map(Rule::from).collect(),
    };
    Ok(configuration.map(rules).into_iter().collect())
}

pub(super) async fn write(
    cx: &Context<'_>,
    client: &Client,
    bucket: &str,
    planned: &[Encryption],
) -> Result<(), Error> {
    let Some(planned) = planned.first() else {
        calls::remove(cx, || client.delete_bucket_encryption().bucket(bucket).send()).await?;
        return Ok(());
    };
    let rules = planned.rule.iter().map(Rule::request).collect::<Result<Vec<_>, _>>()?;
    let configuration = built(ServerSideEncryptionConfiguration::builder().set_rules(Some(rules)).build())?;
    calls::write(cx, || {
        client.put_bucket_encryption().bucket(bucket).server_side_encryption_configuration(configuration.clone()).send()
    })
    .await?;
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn rules_come_back_as_written() {
        let stored: Rule = serde_json::from_value(serde_json::json!({
            "bucket_key_enabled": true,
            "apply_server_side_encryption_by_default": [{"kms_master_key_id": "", "sse_algorithm": "aws:kms"}],
        }))
        .unwrap();
        let request = stored.request().unwrap();
        let by_default = request.apply_server_side_encryption_by_default().unwrap();
        assert_eq!(by_default.sse_algorithm(), &ServerSideEncryption::AwsKms);
        assert_eq!(by_default.kms_master_key_id(), None);
        assert_eq!(Rule::from(&request), stored);
    }
}
