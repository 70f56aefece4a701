//! `aws_s3_bucket_server_side_encryption_configuration`: how objects are encrypted that say nothing about it.
//!
//! S3 encrypts everything today; deleting this brings a bucket back to keys of S3 itself.

use async_trait::async_trait;
use aws_sdk_s3::types::{
    BlockedEncryptionTypes, EncryptionType, ServerSideEncryption, ServerSideEncryptionByDefault,
    ServerSideEncryptionConfiguration, ServerSideEncryptionRule,
};
use infra_provider_kit::aws::errors::AwsError;
use infra_provider_kit::{AwsResource, Context, Error, Generation, Operation, OrAbsent, Sighting};
use serde::{Deserialize, Serialize};

use crate::calls::{self, built, given};

/// The type.
pub(crate) struct BucketServerSideEncryptionConfiguration;

#[derive(Clone, Debug, Default, Deserialize, PartialEq, Serialize)]
#[serde(default)]
pub(crate) struct Attributes {
    bucket: String,
    expected_bucket_owner: String,
    id: String,
    rule: Vec<Rule>,
}

#[derive(Clone, Debug, Default, Deserialize, PartialEq, Serialize)]
#[serde(default)]
struct Rule {
    apply_server_side_encryption_by_default: Vec<ByDefault>,
    /// Since generation 6.
    #[serde(skip_serializing_if = "Option::is_none")]
    blocked_encryption_types: Option<Vec<String>>,
    bucket_key_enabled: Option<bool>,
}

#[derive(Clone, Debug, Default, Deserialize, PartialEq, Serialize)]
#[serde(default)]
struct ByDefault {
    kms_master_key_id: String,
    sse_algorithm: String,
}

impl Rule {
    fn of(rule: &ServerSideEncryptionRule, generation: Generation) -> Self {
        let by_default = rule.apply_server_side_encryption_by_default().map(|by_default| ByDefault {
            kms_master_key_id: by_default.kms_master_key_id().unwrap_or_default().to_owned(),
            sse_algorithm: by_default.sse_algorithm().as_str().to_owned(),
        });
        let blocked = rule.blocked_encryption_types().map(|blocked| blocked.encryption_type());
        let blocked = blocked.unwrap_or_default().iter().map(|kind| kind.as_str().to_owned()).collect();
        Self {
            apply_server_side_encryption_by_default: by_default.into_iter().collect(),
            blocked_encryption_types: (generation >= Generation::V6).then_some(blocked),
            bucket_key_enabled: Some(rule.bucket_key_enabled().unwrap_or_default()),
        }
    }

    fn request(&self) -> Result<ServerSideEncryptionRule, Error> {
        let by_default = self.apply_server_side_encryption_by_default.first().map(|by_default| {
            built(
                ServerSideEncryptionByDefault::builder()
                    .sse_algorithm(ServerSideEncryption::from(by_default.sse_algorithm.as_str()))
                    .set_kms_master_key_id(given(&by_default.kms_master_key_id))
                    .build(),
            )
        });
        let blocked = self.blocked_encryption_types.as_ref().filter(|kinds| !kinds.is_empty()).map(|kinds| {
            let kinds = kinds.iter().map(|kind| EncryptionType::from(kind.as_str())).collect();
            BlockedEncryptionTypes::builder().set_encryption_type(Some(kinds)).build()
        });
        Ok(ServerSideEncryptionRule::builder()
            .set_apply_server_side_encryption_by_default(by_default.transpose()?)
            .set_blocked_encryption_types(blocked)
            .set_bucket_key_enabled(self.bucket_key_enabled)
            .build())
    }
}

impl Attributes {
    async fn get(&self, cx: &Context<'_>) -> Result<Option<Self>, AwsError> {
        let call = calls::client(cx).get_bucket_encryption().bucket(&self.bucket);
        let owner = given(&self.expected_bucket_owner);
        let answer = call.set_expected_bucket_owner(owner).send().await.or_absent()?;
        let configuration = answer.and_then(|answer| answer.server_side_encryption_configuration);
        Ok(configuration.map(|configuration| Self {
            rule: configuration.rules().iter().map(|rule| Rule::of(rule, cx.generation())).collect(),
            ..self.clone()
        }))
    }

    async fn put(&self, cx: &Context<'_>) -> Result<(), Error> {
        let client = calls::client(cx);
        let rules = self.rule.iter().map(Rule::request).collect::<Result<Vec<_>, _>>()?;
        let configuration = built(ServerSideEncryptionConfiguration::builder().set_rules(Some(rules)).build())?;
        calls::write(cx, || {
            client
                .put_bucket_encryption()
                .bucket(&self.bucket)
                .set_expected_bucket_owner(given(&self.expected_bucket_owner))
                .server_side_encryption_configuration(configuration.clone())
                .send()
        })
        .await?;
        Ok(())
    }

    async fn found(&self, cx: &Context<'_>, operation: Operation) -> Result<Self, Error> {
        let what = format!("the encryption of bucket {:?} to read back as written", self.bucket);
        // S3 always has some encryption: what reads back may still be the former one.
        let as_written = || async { Ok(self.get(cx).await?.filter(|found| found.algorithm() == self.algorithm())) };
        calls::until_there(cx, operation, what, as_written).await
    }

    fn algorithm(&self) -> Option<&str> {
        let by_default = self.rule.first()?.apply_server_side_encryption_by_default.first()?;
        Some(&by_default.sse_algorithm)
    }
}

#[async_trait]
impl AwsResource for BucketServerSideEncryptionConfiguration {
    const TYPE: &'static str = "aws_s3_bucket_server_side_encryption_configuration";
    const NOUN: &'static str = "S3 bucket encryption";
    type Attributes = Attributes;

    async fn create(&self, cx: &Context<'_>, planned: Attributes) -> Result<Attributes, Error> {
        let planned = Attributes { id: calls::setting_id(&planned.bucket, &planned.expected_bucket_owner), ..planned };
        planned.put(cx).await?;
        cx.identity(&planned).await?;
        planned.found(cx, Operation::Create).await
    }

    async fn read(&self, cx: &Context<'_>, known: Attributes) -> Result<Option<Attributes>, Error> {
        Ok(known.get(cx).await?)
    }

    async fn update(&self, cx: &Context<'_>, _: Attributes, planned: Attributes) -> Result<Attributes, Error> {
        planned.put(cx).await?;
        planned.found(cx, Operation::Update).await
    }

    async fn delete(&self, cx: &Context<'_>, prior: Attributes) -> Result<(), Error> {
        let client = calls::client(cx);
        calls::remove(cx, || {
            let call = client.delete_bucket_encryption().bucket(&prior.bucket);
            call.set_expected_bucket_owner(given(&prior.expected_bucket_owner)).send()
        })
        .await?;
        Ok(())
    }

    async fn find(&self, cx: &Context<'_>, known: Attributes) -> Result<Sighting<Attributes>, Error> {
        let id = calls::setting_id(&known.bucket, &known.expected_bucket_owner);
        Ok(match self.read(cx, Attributes { id, ..known }).await? {
            Some(found) => Sighting::Ours(found),
            None => Sighting::NeverHappened,
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn rules_come_back_as_written() {
        let cases = [
            (Some(true), "arn:aws:kms:us-east-1:123456789012:key/x", Some(vec!["SSE-C".to_owned()]), Generation::V6),
            (Some(false), "", Some(vec![]), Generation::V6),
            (Some(true), "", None, Generation::V5),
        ];
        for (bucket_key_enabled, key, blocked_encryption_types, generation) in cases {
            let by_default = ByDefault { kms_master_key_id: key.to_owned(), sse_algorithm: "aws:kms".to_owned() };
            let stored = Rule {
                apply_server_side_encryption_by_default: vec![by_default],
                blocked_encryption_types,
                bucket_key_enabled,
            };
            assert_eq!(Rule::of(&stored.request().unwrap(), generation), stored);
        }
        let only_key = Rule { bucket_key_enabled: None, ..Rule::default() };
        assert_eq!(Rule::of(&only_key.request().unwrap(), Generation::V5).bucket_key_enabled, Some(false));
    }
}
