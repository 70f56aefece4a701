//! `aws_s3_bucket`: a bucket.
//!
//! Besides its name a bucket has a dozen settings that are types of their own today. They used to be blocks of the
//! bucket, and still may be; in any case they are stored as they are ([`settings`]). A bucket is also the one object
//! whose name may be made up here ([`names`]), and that may have to be emptied before it goes ([`emptying`]).

use std::time::Duration;

use async_trait::async_trait;
use aws_sdk_s3::operation::head_bucket::HeadBucketError;
use aws_sdk_s3::types::{
    self, BucketCannedAcl, BucketLocationConstraint, BucketNamespace, CreateBucketConfiguration, ObjectOwnership,
};
use infra_engine::diagnostics::{Diagnostic, Diagnostics};
use infra_provider_kit::aws::errors::AwsError;
use infra_provider_kit::{AwsResource, Context, Error, Generation, Operation, OrAbsent, Sighting, TagChanges, Tags};
use infra_values::{Path, Value};
use serde::{Deserialize, Serialize};
use tokio::time::Instant;

use crate::calls;

mod acl;
mod cors;
mod emptying;
mod encryption;
mod lifecycle;
mod logging;
mod names;
mod object_lock;
mod replication;
mod settings;
mod versioning;
mod website;

/// The region that takes no location constraint.
const FIRST_REGION: &str = "us-east-1";

/// The type.
pub(crate) struct Bucket;

#[derive(Clone, Debug, Default, Deserialize, PartialEq, Serialize)]
#[serde(default)]
pub(crate) struct Attributes {
    acceleration_status: String,
    acl: Option<String>,
    arn: String,
    bucket: String,
    bucket_domain_name: String,
    /// Since generation 6.
    bucket_namespace: Option<String>,
    bucket_prefix: String,
    /// Since generation 6, where `region` is an argument.
    bucket_region: Option<String>,
    bucket_regional_domain_name: String,
    cors_rule: Vec<cors::CorsRule>,
    force_destroy: Option<bool>,
    grant: Vec<acl::Grant>,
    hosted_zone_id: Option<String>,
    id: String,
    lifecycle_rule: Vec<lifecycle::LifecycleRule>,
    logging: Vec<logging::Logging>,
    object_lock_configuration: Vec<object_lock::ObjectLock>,
    object_lock_enabled: bool,
    policy: String,
    /// Up to generation 5, where it tells the bucket's region.
    #[serde(skip_serializing_if = "Option::is_none")]
    region: Option<String>,
    replication_configuration: Vec<replication::Replication>,
    request_payer: String,
    server_side_encryption_configuration: Vec<encryption::Encryption>,
    versioning: Vec<versioning::Versioning>,
    website: Vec<website::Website>,
    website_domain: Option<String>,
    website_endpoint: Option<String>,
}

impl Attributes {
    /// With what follows from the bucket's name and region.
    fn placed(self, cx: &Context<'_>, bucket: String, region: &str) -> Self {
        let older = cx.generation() < Generation::V6;
        let regional_name = format!("-{}-{region}-an", cx.account_id());
        let namespace =
            if bucket.ends_with(&regional_name) { BucketNamespace::AccountRegional } else { BucketNamespace::Global };
        Self {
            arn: format!("arn:{}:s3:::{bucket}", cx.partition().id),
            bucket_domain_name: names::domain_name(&bucket, region),
            bucket_namespace: Some(namespace.as_str().to_owned()),
            bucket_prefix: names::prefix_of(&bucket).to_owned(),
            bucket_region: Some(region.to_owned()),
            bucket_regional_domain_name: names::regional_domain_name(&bucket, region),
            hosted_zone_id: names::hosted_zone_id(region).map(str::to_owned),
            id: bucket.clone(),
            region: older.then(|| region.to_owned()),
            bucket,
            ..self
        }
    }

    /// The name, also where only the id or the operation that makes it up is known.
    fn name(&self, cx: &Context<'_>) -> Result<String, Error> {
        let known = [&self.bucket, &self.id].into_iter().find(|name| !name.is_empty()).cloned();
        known.or_else(|| names::generated(&self.bucket_prefix, cx.idempotency_token())).ok_or_else(|| {
            Error::told("The bucket has no name, and none can be made up here. Write `bucket` in the configuration.")
        })
    }
}

/// The region of a bucket, `None` where there is no such bucket. `HEAD` answers have no body, so status and headers tell.
async fn head(cx: &Context<'_>, bucket: &str) -> Result<Option<String>, Error> {
    let answer = calls::client(cx).head_bucket().bucket(bucket).send().await;
    let error = match answer {
        Ok(answer) => return Ok(Some(answer.bucket_region.unwrap_or_else(|| cx.region().to_owned()))),
        Err(error) => error,
    };
    if matches!(error.as_service_error(), Some(HeadBucketError::NotFound(_))) {
        return Ok(None);
    }
    let elsewhere = error
        .raw_response()
        .and_then(|response| response.headers().get("x-amz-bucket-region"))
        .filter(|region| *region != cx.region())
        .map(str::to_owned);
    match elsewhere {
        Some(region) => Err(Error::told(format!(
            "Bucket {bucket:?} is in {region}, and it was looked for in {}. Give the resource a provider for {region} \
             (`provider = aws.ALIAS`), or write region = {region:?} (AWS provider 6 and later).",
            cx.region()
        ))),
        None => Ok(Err(AwsError::from(error)).or_absent()?),
    }
}

/// `None` where there is no such bucket.
async fn exists(cx: &Context<'_>, bucket: &str) -> Result<Option<()>, AwsError> {
    let answer = calls::client(cx).head_bucket().bucket(bucket).send().await.or_absent()?;
    Ok(answer.map(drop))
}

async fn create_bucket(cx: &Context<'_>, name: &str, planned: &Attributes) -> Result<(), Error> {
    let client = calls::client(cx);
    // One's own bucket is refused by name in some regions and handed out again in others, so it is asked for before.
    let before = head(cx, name).await;
    if matches!(before, Ok(Some(_))) {
        return Err(taken(name, "BucketAlreadyOwnedByYou"));
    }
    let location = (cx.region() != FIRST_REGION).then(|| {
        let location = BucketLocationConstraint::from(cx.region());
        CreateBucketConfiguration::builder().location_constraint(location).build()
    });
    let object_lock = planned.object_lock_enabled || object_lock::ObjectLock::is_on(&planned.object_lock_configuration);
    let left = cx.deadline(Operation::Create).saturating_duration_since(Instant::now());
    // A name that was free a moment ago is still being cleared away.
    let created = cx
        .retry_codes(left, &["OperationAborted"], || {
            let call = client
                .create_bucket()
                .bucket(name)
                .set_create_bucket_configuration(location.clone())
                .set_object_lock_enabled_for_bucket(object_lock.then_some(true))
                .set_bucket_namespace(planned.bucket_namespace.as_deref().map(BucketNamespace::from));
            match planned.acl.as_deref() {
                // Access control lists only count in a bucket whose owner does not own all objects.
                Some(acl) => call.acl(BucketCannedAcl::from(acl)).object_ownership(ObjectOwnership::ObjectWriter),
                None => call,
            }
            .send()
        })
        .await;
    let Err(error) = created else { return Ok(()) };
    let is_taken = error.has_code(&["BucketAlreadyExists"]);
    // The answer to an earlier attempt was lost if the bucket was not there before and is now.
    if !is_taken && matches!(before, Ok(None)) && matches!(head(cx, name).await, Ok(Some(_))) {
        return Ok(());
    }
    match error.code() {
        Some(code @ ("BucketAlreadyExists" | "BucketAlreadyOwnedByYou")) => Err(taken(name, code)),
        _ => Err(error.into()),
    }
}

fn taken(name: &str, code: &str) -> Error {
    Error::told(match code {
        "BucketAlreadyExists" => format!(
            "The name {name:?} is taken (BucketAlreadyExists): somebody in the world has a bucket of that name. Choose \
             another one, or write bucket_prefix to have one made up."
        ),
        _ => format!(
            "Your account has a bucket {name:?} already ({code}). Choose another name, or bring \
             this one into the state with `terraform import`."
        ),
    })
}

/// How long S3 is given to notice that a bucket is empty, more after each round in vain.
const NOTICE_PAUSE: Duration = Duration::from_millis(500);
/// The longest pause, in such steps.
const NOTICE_PAUSES_MAX: u32 = 20;

async fn delete_bucket(cx: &Context<'_>, prior: &Attributes) -> Result<(), Error> {
    let client = calls::client(cx);
    let deadline = cx.deadline(Operation::Delete);
    let bucket = &prior.bucket;
    let mut rounds_in_vain = 0;
    loop {
        let left = deadline.saturating_duration_since(Instant::now());
        let deleted =
            cx.retry_codes(left, &["OperationAborted"], || client.delete_bucket().bucket(bucket).send()).await;
        match deleted {
            Err(error) if error.has_code(&["BucketNotEmpty"]) => {
                if prior.force_destroy != Some(true) {
                    return Err(Error::told(format!(
                        "Bucket {bucket:?} still has objects (BucketNotEmpty). Empty it first, old versions and delete \
                         markers included, or set force_destroy = true, apply, and destroy then: that deletes \
                         everything in it."
                    )));
                }
                let removed = emptying::empty(cx, bucket, prior.object_lock_enabled).await?;
                if Instant::now() >= deadline {
                    return Err(Error::told(format!(
                        "{error}. Bucket {bucket:?} is still not empty although it was emptied: something keeps writing to \
                         it. Stop that, then destroy again."
                    )));
                }
                // Where nothing was left to remove, S3 has not noticed yet.
                rounds_in_vain = if removed == 0 { rounds_in_vain + 1 } else { 0 };
                tokio::time::sleep(NOTICE_PAUSE * rounds_in_vain.min(NOTICE_PAUSES_MAX)).await;
            }
            other => return Ok(other.or_absent().map(drop)?),
        }
    }
}

#[async_trait]
impl AwsResource for Bucket {
    const TYPE: &'static str = "aws_s3_bucket";
    const NOUN: &'static str = "S3 bucket";
    type Attributes = Attributes;

    fn validate(&self, config: &Value) -> Diagnostics {
        let prefix = config.get("bucket_prefix").and_then(Value::as_str).unwrap_or_default();
        if prefix.len() <= names::PREFIX_LEN_MAX {
            return Diagnostics::new();
        }
        let detail = format!(
            "{prefix:?} has {} characters. Write at most {}: names of buckets have at most 63, and 26 are made up.",
            prefix.len(),
            names::PREFIX_LEN_MAX
        );
        Diagnostic::error("Prefix too long", detail).on(Path::root().attribute("bucket_prefix")).into()
    }

    fn naming_attributes(&self, planned: &Value) -> Option<&'static [&'static str]> {
        let is_written = |name: &str| planned.get(name).and_then(Value::as_str).is_some_and(|text| !text.is_empty());
        Some(if is_written("bucket") {
            &["bucket"]
        } else if is_written("bucket_prefix") {
            &["bucket_prefix"]
        } else {
            &[]
        })
    }

    /// A name that is made up is made of the token.
    fn remembers_token(&self) -> bool {
        true
    }

    async fn create(&self, cx: &Context<'_>, planned: Attributes) -> Result<Attributes, Error> {
        let name = planned.name(cx)?;
        create_bucket(cx, &name, &planned).await?;
        let planned = planned.placed(cx, name.clone(), cx.region());
        cx.identity(&planned).await?;
        calls::until_there(cx, Operation::Create, format!("bucket {name:?} to exist"), || exists(cx, &name)).await?;
        if let Some(changes) = cx.new_tags() {
            self.change_tags(cx, &planned, &changes).await?;
        }
        settings::write(cx, &Attributes::default(), &planned).await?;
        Ok(settings::read(cx, planned, cx.region()).await?)
    }

    async fn read(&self, cx: &Context<'_>, known: Attributes) -> Result<Option<Attributes>, Error> {
        let name = known.name(cx)?;
        let Some(region) = head(cx, &name).await? else { return Ok(None) };
        let placed = known.placed(cx, name, &region);
        Ok(settings::read(cx, placed, &region).await.or_absent()?)
    }

    async fn update(&self, cx: &Context<'_>, prior: Attributes, planned: Attributes) -> Result<Attributes, Error> {
        let name = prior.name(cx)?;
        let planned = planned.placed(cx, name, cx.region());
        settings::write(cx, &prior, &planned).await?;
        Ok(settings::read(cx, planned, cx.region()).await?)
    }

    async fn delete(&self, cx: &Context<'_>, prior: Attributes) -> Result<(), Error> {
        let prior = Attributes { bucket: prior.name(cx)?, ..prior };
        delete_bucket(cx, &prior).await?;
        let what = format!("bucket {:?} to be gone", prior.bucket);
        calls::until_gone(cx, what, || exists(cx, &prior.bucket)).await
    }

    async fn list_tags(&self, cx: &Context<'_>, known: &Attributes) -> Result<Tags, Error> {
        let client = calls::client(cx);
        let answer = calls::read_setting(cx, || client.get_bucket_tagging().bucket(&known.bucket).send()).await?;
        let tags = answer.iter().flat_map(|answer| answer.tag_set());
        Ok(tags.map(|tag| (tag.key().to_owned(), tag.value().to_owned())).collect())
    }

    /// Tags of a bucket are one document: those of others are written back.
    async fn change_tags(&self, cx: &Context<'_>, known: &Attributes, changes: &TagChanges) -> Result<(), Error> {
        let client = calls::client(cx);
        let mut tags = self.list_tags(cx, known).await?;
        tags.retain(|key, _| !changes.remove.contains(key));
        tags.extend(changes.set.clone());
        if tags.is_empty() {
            calls::remove(cx, || client.delete_bucket_tagging().bucket(&known.bucket).send()).await?;
            return Ok(());
        }
        let tags = tags.iter().map(|(key, value)| calls::built(types::Tag::builder().key(key).value(value).build()));
        let tagging = types::Tagging::builder().set_tag_set(Some(tags.collect::<Result<_, _>>()?)).build();
        let tagging = calls::built(tagging)?;
        calls::write(cx, || client.put_bucket_tagging().bucket(&known.bucket).tagging(tagging.clone()).send()).await?;
        Ok(())
    }

    /// A bucket of the name that may be asked for its settings is one's own; one that may not is somebody else's.
    async fn find(&self, cx: &Context<'_>, known: Attributes) -> Result<Sighting<Attributes>, Error> {
        let name = known.name(cx)?;
        match self.read(cx, known).await {
            Ok(Some(found)) => Ok(Sighting::Ours(found)),
            Ok(None) => Ok(Sighting::NeverHappened),
            Err(error) if error.aws().is_some_and(AwsError::is_refused) => Ok(Sighting::Ambiguous(format!(
                "there is a bucket {name:?}, and these credentials may not look at it; it may belong to somebody else"
            ))),
            Err(error) => Err(error),
        }
    }
}
