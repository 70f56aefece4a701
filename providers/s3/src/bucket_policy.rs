//! `aws_s3_bucket_policy`: who may do what in a bucket.
//!
//! S3 writes a policy back differently from how it came: other order, one-element lists as single values. What is
//! stored is the configured text as long as it says the same ([`stored`]).

use async_trait::async_trait;
use aws_sdk_s3::Client;
use infra_engine::schema::plan::{normalized_json, policies_equivalent};
use infra_provider_kit::aws::errors::AwsError;
use infra_provider_kit::{AwsResource, Context, Error, Operation, OrAbsent};
use serde::{Deserialize, Serialize};

use crate::calls;

/// The type.
pub(crate) struct BucketPolicy;

#[derive(Clone, Debug, Default, Deserialize, PartialEq, Serialize)]
#[serde(default)]
pub(crate) struct Attributes {
    bucket: String,
    id: String,
    policy: String,
}

impl Attributes {
    fn bucket(&self) -> &str {
        if self.bucket.is_empty() { &self.id } else { &self.bucket }
    }

    async fn get(&self, cx: &Context<'_>) -> Result<Option<String>, AwsError> {
        let answer = calls::client(cx).get_bucket_policy().bucket(self.bucket()).send().await.or_absent()?;
        Ok(answer.and_then(|answer| answer.policy))
    }

    async fn put(self, cx: &Context<'_>) -> Result<Self, Error> {
        put(cx, &calls::client(cx), self.bucket(), &self.policy).await?;
        Ok(Self { id: self.bucket.clone(), ..self })
    }
}

/// What is stored of a policy found: the known text if it says the same, else the found one in its one form.
pub(crate) fn stored(known: &str, found: &str) -> String {
    if policies_equivalent(known, found) {
        return known.to_owned();
    }
    normalized_json(found).unwrap_or_else(|| found.to_owned())
}

/// Writes a policy, or removes it with an empty one. A role that was made a moment ago is not known to S3 yet.
pub(crate) async fn put(cx: &Context<'_>, client: &Client, bucket: &str, policy: &str) -> Result<(), Error> {
    if policy.is_empty() {
        calls::remove(cx, || client.delete_bucket_policy().bucket(bucket).send()).await?;
        return Ok(());
    }
    let passes = |error: &AwsError| {
        error.has_code(&["NoSuchBucket", "OperationAborted"])
            || (error.has_code(&["MalformedPolicy"]) && error.message().contains("Invalid principal"))
    };
    cx.retry(calls::PROPAGATION, passes, || client.put_bucket_policy().bucket(bucket).policy(policy).send()).await?;
    Ok(())
}

#[async_trait]
impl AwsResource for BucketPolicy {
    const TYPE: &'static str = "aws_s3_bucket_policy";
    const NOUN: &'static str = "S3 bucket policy";
    type Attributes = Attributes;

    async fn create(&self, cx: &Context<'_>, planned: Attributes) -> Result<Attributes, Error> {
        let written = planned.put(cx).await?;
        cx.identity(&written).await?;
        let what = format!("the policy of bucket {:?} to be there", written.bucket);
        calls::until_there(cx, Operation::Create, what, || written.get(cx)).await?;
        Ok(written)
    }

    async fn read(&self, cx: &Context<'_>, known: Attributes) -> Result<Option<Attributes>, Error> {
        let found = known.get(cx).await?;
        Ok(found.map(|found| Attributes {
            policy: stored(&known.policy, &found),
            bucket: known.bucket().to_owned(),
            id: known.bucket().to_owned(),
        }))
    }

    async fn update(&self, cx: &Context<'_>, _: Attributes, planned: Attributes) -> Result<Attributes, Error> {
        planned.put(cx).await
    }

    async fn delete(&self, cx: &Context<'_>, prior: Attributes) -> Result<(), Error> {
        let client = calls::client(cx);
        calls::remove(cx, || client.delete_bucket_policy().bucket(prior.bucket()).send()).await?;
        let what = format!("the policy of bucket {:?} to be gone", prior.bucket());
        calls::until_gone(cx, what, || prior.get(cx)).await
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_configured_text_stays_while_it_says_the_same() {
        let known = r#"{"Statement":[{"Action":["s3:GetObject"],"Effect":"Deny","Principal":"*","Resource":"x"}],"Version":"2012-10-17"}"#;
        let found = r#"{"Version":"2012-10-17","Statement":{"Effect":"Deny","Principal":"*","Action":"s3:GetObject","Resource":"x"}}"#;
        assert_eq!(stored(known, found), known);
        let other = found.replace("Deny", "Allow");
        assert_eq!(stored(known, &other), normalized_json(&other).unwrap());
        assert_eq!(stored("", ""), "");
    }
}
