//! `aws_s3_bucket_public_access_block`: four switches that keep a bucket private whatever lists and policies say.

use async_trait::async_trait;
use aws_sdk_s3::types::PublicAccessBlockConfiguration;
use infra_provider_kit::aws::errors::AwsError;
use infra_provider_kit::{AwsResource, Context, Error, Operation, OrAbsent};
use serde::{Deserialize, Serialize};

use crate::calls;

/// The type.
pub(crate) struct BucketPublicAccessBlock;

#[derive(Clone, Debug, Default, Deserialize, PartialEq, Serialize)]
#[serde(default)]
pub(crate) struct Attributes {
    block_public_acls: bool,
    block_public_policy: bool,
    bucket: String,
    id: String,
    ignore_public_acls: bool,
    restrict_public_buckets: bool,
    /// Since generation 6: deleting the resource leaves the setting.
    skip_destroy: Option<bool>,
}

impl Attributes {
    fn request(&self) -> PublicAccessBlockConfiguration {
        PublicAccessBlockConfiguration::builder()
            .block_public_acls(self.block_public_acls)
            .block_public_policy(self.block_public_policy)
            .ignore_public_acls(self.ignore_public_acls)
            .restrict_public_buckets(self.restrict_public_buckets)
            .build()
    }

    fn with(&self, found: &PublicAccessBlockConfiguration) -> Self {
        let bucket = if self.bucket.is_empty() { &self.id } else { &self.bucket };
        Self {
            block_public_acls: found.block_public_acls().unwrap_or_default(),
            block_public_policy: found.block_public_policy().unwrap_or_default(),
            bucket: bucket.clone(),
            id: bucket.clone(),
            ignore_public_acls: found.ignore_public_acls().unwrap_or_default(),
            restrict_public_buckets: found.restrict_public_buckets().unwrap_or_default(),
            skip_destroy: self.skip_destroy,
        }
    }

    async fn put(self, cx: &Context<'_>) -> Result<Self, AwsError> {
        let client = calls::client(cx);
        calls::write(cx, || {
            let call = client.put_public_access_block().bucket(&self.bucket);
            call.public_access_block_configuration(self.request()).send()
        })
        .await?;
        Ok(Self { id: self.bucket.clone(), ..self })
    }

    async fn get(&self, cx: &Context<'_>) -> Result<Option<Self>, AwsError> {
        let bucket = if self.bucket.is_empty() { &self.id } else { &self.bucket };
        let answer = calls::client(cx).get_public_access_block().bucket(bucket).send().await.or_absent()?;
        let found = answer.and_then(|answer| answer.public_access_block_configuration);
        Ok(found.map(|found| self.with(&found)))
    }
}

#[async_trait]
impl AwsResource for BucketPublicAccessBlock {
    const TYPE: &'static str = "aws_s3_bucket_public_access_block";
    const NOUN: &'static str = "S3 bucket public access block";
    type Attributes = Attributes;

    async fn create(&self, cx: &Context<'_>, planned: Attributes) -> Result<Attributes, Error> {
        let written = planned.put(cx).await?;
        cx.identity(&written).await?;
        let what = format!("the public access block of bucket {:?} to be there", written.bucket);
        calls::until_there(cx, Operation::Create, what, || written.get(cx)).await
    }

    async fn read(&self, cx: &Context<'_>, known: Attributes) -> Result<Option<Attributes>, Error> {
        Ok(known.get(cx).await?)
    }

    async fn update(&self, cx: &Context<'_>, _: Attributes, planned: Attributes) -> Result<Attributes, Error> {
        Ok(planned.put(cx).await?)
    }

    async fn delete(&self, cx: &Context<'_>, prior: Attributes) -> Result<(), Error> {
        if prior.skip_destroy == Some(true) {
            return Ok(());
        }
        let client = calls::client(cx);
        calls::remove(cx, || client.delete_public_access_block().bucket(&prior.bucket).send()).await?;
        let what = format!("the public access block of bucket {:?} to be gone", prior.bucket);
        calls::until_gone(cx, what, || prior.get(cx)).await
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_switch_is_its_own() {
        for position in 0..4 {
            let is = |switch| position == switch;
            let stored = Attributes {
                block_public_acls: is(0),
                block_public_policy: is(1),
                ignore_public_acls: is(2),
                restrict_public_buckets: is(3),
                bucket: "logs".to_owned(),
                id: "logs".to_owned(),
                skip_destroy: None,
            };
            let request = stored.request();
            let sent = [
                request.block_public_acls,
                request.block_public_policy,
                request.ignore_public_acls,
                request.restrict_public_buckets,
            ];
            assert_eq!(sent, [0, 1, 2, 3].map(|switch| Some(is(switch))));
            let known = Attributes { id: "logs".to_owned(), ..Attributes::default() };
            assert_eq!(known.with(&request), stored);
        }
    }
}
