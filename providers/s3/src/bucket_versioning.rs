//! `aws_s3_bucket_versioning`: whether a bucket keeps old versions of its objects.
//!
//! Versioning cannot be taken back: a bucket that had it can only be suspended. So a bucket without it is `Disabled`
//! and needs no call, and deleting the setting suspends.

use async_trait::async_trait;
use aws_sdk_s3::operation::get_bucket_versioning::GetBucketVersioningOutput;
use aws_sdk_s3::operation::put_bucket_versioning::builders::PutBucketVersioningFluentBuilder;
use aws_sdk_s3::types::{BucketVersioningStatus, MfaDelete, VersioningConfiguration};
use infra_engine::diagnostics::Diagnostic;
use infra_provider_kit::aws::errors::AwsError;
use infra_provider_kit::{AwsResource, Context, Draft, Error, Operation, OrAbsent, Seen, Sighting};
use infra_values::{Path, Value};
use serde::{Deserialize, Serialize};

use crate::calls;

/// The status of a bucket that never had versioning.
const DISABLED: &str = "Disabled";

/// The type.
pub(crate) struct BucketVersioning;

#[derive(Clone, Debug, Default, Deserialize, PartialEq, Serialize)]
#[serde(default)]
pub(crate) struct Attributes {
    bucket: String,
    expected_bucket_owner: String,
    id: String,
    mfa: Option<String>,
    versioning_configuration: Vec<Configuration>,
}

#[derive(Clone, Debug, Default, Deserialize, PartialEq, Serialize)]
#[serde(default)]
struct Configuration {
    mfa_delete: String,
    status: String,
}

impl Configuration {
    /// That of a bucket that never had versioning.
    fn never_set() -> Self {
        Self { status: DISABLED.to_owned(), ..Self::default() }
    }

    fn of(answer: &GetBucketVersioningOutput) -> Self {
        Self {
            mfa_delete: answer.mfa_delete().map_or_else(String::new, |status| status.as_str().to_owned()),
            status: answer.status().map_or(DISABLED, BucketVersioningStatus::as_str).to_owned(),
        }
    }

    fn request(&self) -> VersioningConfiguration {
        VersioningConfiguration::builder()
            .status(BucketVersioningStatus::from(self.status.as_str()))
            .set_mfa_delete(calls::given(&self.mfa_delete).map(|status| MfaDelete::from(status.as_str())))
            .build()
    }
}

impl Attributes {
    fn status(&self) -> &str {
        self.versioning_configuration.first().map_or(DISABLED, |configuration| &configuration.status)
    }

    fn put(&self, cx: &Context<'_>, configuration: &Configuration) -> PutBucketVersioningFluentBuilder {
        calls::client(cx)
            .put_bucket_versioning()
            .bucket(&self.bucket)
            .set_expected_bucket_owner(calls::given(&self.expected_bucket_owner))
            .set_mfa(self.mfa.clone())
            .versioning_configuration(configuration.request())
    }

    /// `None` when the bucket is gone.
    async fn get(&self, cx: &Context<'_>) -> Result<Option<Configuration>, AwsError> {
        let client = calls::client(cx);
        let owner = calls::given(&self.expected_bucket_owner);
        let answer = client.get_bucket_versioning().bucket(&self.bucket).set_expected_bucket_owner(owner).send().await;
        match answer.or_absent() {
            Err(error) if calls::is_empty_answer(&error) => Ok(Some(Configuration::never_set())),
            answer => Ok(answer?.map(|answer| Configuration::of(&answer))),
        }
    }

    /// Writes the planned status and gives what is there once it reads back.
    async fn write(self, cx: &Context<'_>, operation: Operation) -> Result<Self, Error> {
        let planned = Self { id: calls::setting_id(&self.bucket, &self.expected_bucket_owner), ..self };
        if let Some(configuration) = planned.versioning_configuration.first().filter(|now| now.status != DISABLED) {
            calls::write(cx, || planned.put(cx, configuration).send()).await?;
        }
        if operation == Operation::Create {
            cx.identity(&planned).await?;
        }
        let wanted = planned.status();
        let found = calls::settling(cx, operation, format!("versioning of bucket {:?} to be {wanted}", planned.bucket))
            .until(|| async {
                Ok::<_, AwsError>(match planned.get(cx).await? {
                    Some(found) if found.status == wanted => Seen::Reached(found),
                    Some(found) => Seen::Pending(found.status),
                    None => Seen::NotFound,
                })
            })
            .await?;
        Ok(Self { versioning_configuration: vec![found], ..planned })
    }
}

#[async_trait]
impl AwsResource for BucketVersioning {
    const TYPE: &'static str = "aws_s3_bucket_versioning";
    const NOUN: &'static str = "S3 bucket versioning";
    type Attributes = Attributes;

    fn plan(&self, draft: &mut Draft<'_>) {
        let status = |value: Option<&Value>| -> Option<String> {
            Some(value?.as_items()?.first()?.get("status")?.as_str()?.to_owned())
        };
        let before = status(draft.prior("versioning_configuration"));
        let after = status(draft.planned("versioning_configuration"));
        if before.is_some_and(|before| before != DISABLED) && after.as_deref() == Some(DISABLED) {
            draft.report(
                Diagnostic::error(
                    "Versioning cannot be disabled",
                    "A bucket that has had versioning can only be suspended. Write status = \"Suspended\".",
                )
                .on(Path::root().attribute("versioning_configuration")),
            );
        }
    }

    async fn create(&self, cx: &Context<'_>, planned: Attributes) -> Result<Attributes, Error> {
        planned.write(cx, Operation::Create).await
    }

    async fn read(&self, cx: &Context<'_>, known: Attributes) -> Result<Option<Attributes>, Error> {
        let found = known.get(cx).await?;
        Ok(found.map(|found| Attributes { versioning_configuration: vec![found], ..known }))
    }

    async fn update(&self, cx: &Context<'_>, _: Attributes, planned: Attributes) -> Result<Attributes, Error> {
        planned.write(cx, Operation::Update).await
    }

    async fn delete(&self, cx: &Context<'_>, prior: Attributes) -> Result<(), Error> {
        if prior.status() == DISABLED {
            return Ok(());
        }
        let suspended = Configuration { status: "Suspended".to_owned(), ..Configuration::default() };
        // A bucket with Object Lock keeps its versioning; it goes with the bucket.
        let removed = calls::remove(cx, || prior.put(cx, &suspended).send()).await;
        Ok(removed.or_absent_if(&["InvalidBucketState"]).map(drop)?)
    }

    async fn find(&self, cx: &Context<'_>, known: Attributes) -> Result<Sighting<Attributes>, Error> {
        let id = calls::setting_id(&known.bucket, &known.expected_bucket_owner);
        Ok(match self.read(cx, Attributes { id, ..known }).await? {
            Some(found) if found.status() != DISABLED => Sighting::Ours(found),
            _ => Sighting::NeverHappened,
        })
    }
}
