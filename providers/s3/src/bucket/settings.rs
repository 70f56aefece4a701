//! Everything that may be set on a bucket beside its name: read at once, and written where the configuration still
//! does it in the bucket itself, which types of their own have replaced.

use aws_sdk_s3::Client;
use aws_sdk_s3::types::{AccelerateConfiguration, BucketAccelerateStatus, Payer, RequestPaymentConfiguration};
use infra_provider_kit::aws::errors::AwsError;
use infra_provider_kit::{Context, Error};

use super::object_lock::ObjectLock;
use super::{
    Attributes, acl, cors, encryption, lifecycle, logging, names, object_lock, replication, versioning, website,
};
use crate::{bucket_policy, calls};

/// The attributes with all settings as they are.
pub(super) async fn read(cx: &Context<'_>, known: Attributes, region: &str) -> Result<Attributes, AwsError> {
    let client = &calls::client(cx);
    let bucket = known.bucket.as_str();
    let (
        acceleration_status,
        cors_rule,
        grant,
        lifecycle_rule,
        logging,
        object_lock_configuration,
        policy,
        replication_configuration,
        request_payer,
        server_side_encryption_configuration,
        versioning,
        website,
    ) = tokio::try_join!(
        acceleration(cx, client, bucket),
        cors::read(cx, client, bucket),
        acl::read(cx, client, bucket),
        lifecycle::read(cx, client, bucket),
        logging::read(cx, client, bucket),
        object_lock::read(cx, client, bucket),
        policy(cx, client, bucket),
        replication::read(cx, client, bucket),
        payer(cx, client, bucket),
        encryption::read(cx, client, bucket),
        versioning::read(cx, client, bucket),
        website::read(cx, client, bucket),
    )?;
    let website_domain = (!website.is_empty()).then(|| names::website_domain(region));
    Ok(Attributes {
        acceleration_status,
        cors_rule,
        grant,
        lifecycle_rule,
        logging,
        object_lock_enabled: ObjectLock::is_on(&object_lock_configuration),
        object_lock_configuration,
        policy: bucket_policy::stored(&known.policy, &policy),
        replication_configuration,
        request_payer,
        server_side_encryption_configuration,
        versioning,
        website,
        website_endpoint: website_domain.as_ref().map(|domain| format!("{bucket}.{domain}")),
        website_domain,
        ..known
    })
}

/// Writes the settings in which `planned` differs from `prior`; for a new bucket, from nothing.
pub(super) async fn write(cx: &Context<'_>, prior: &Attributes, planned: &Attributes) -> Result<(), Error> {
    let client = &calls::client(cx);
    let bucket = planned.bucket.as_str();
    let is_new = prior.bucket.is_empty();
    if planned.policy != prior.policy {
        bucket_policy::put(cx, client, bucket, &planned.policy).await?;
    }
    if planned.cors_rule != prior.cors_rule {
        cors::write(cx, client, bucket, &planned.cors_rule).await?;
    }
    if planned.website != prior.website {
        website::write(cx, client, bucket, &planned.website).await?;
    }
    // Versioning comes before what needs it: lifecycle rules and replication.
    if planned.versioning != prior.versioning {
        versioning::write(cx, client, bucket, &prior.versioning, &planned.versioning).await?;
    }
    // The one of a new bucket went with its creation.
    if let Some(acl) = planned.acl.as_deref().filter(|acl| !is_new && prior.acl.as_deref() != Some(acl)) {
        acl::write_canned(cx, client, bucket, acl).await?;
    }
    if planned.grant != prior.grant {
        acl::write_grants(cx, client, bucket, &planned.grant).await?;
    }
    if planned.logging != prior.logging {
        logging::write(cx, client, bucket, &planned.logging).await?;
    }
    if planned.lifecycle_rule != prior.lifecycle_rule {
        lifecycle::write(cx, client, bucket, &planned.lifecycle_rule).await?;
    }
    if planned.acceleration_status != prior.acceleration_status {
        write_acceleration(cx, client, bucket, &planned.acceleration_status).await?;
    }
    if planned.request_payer != prior.request_payer {
        write_payer(cx, client, bucket, &planned.request_payer).await?;
    }
    if planned.replication_configuration != prior.replication_configuration {
        replication::write(cx, client, bucket, &planned.replication_configuration).await?;
    }
    if planned.server_side_encryption_configuration != prior.server_side_encryption_configuration {
        encryption::write(cx, client, bucket, &planned.server_side_encryption_configuration).await?;
    }
    if planned.object_lock_configuration != prior.object_lock_configuration {
        let (prior, planned) = (&prior.object_lock_configuration, &planned.object_lock_configuration);
        object_lock::write(cx, client, bucket, prior, planned).await?;
    }
    Ok(())
}

async fn policy(cx: &Context<'_>, client: &Client, bucket: &str) -> Result<String, AwsError> {
    let answer = calls::read_setting(cx, || client.get_bucket_policy().bucket(bucket).send()).await?;
    Ok(answer.and_then(|answer| answer.policy).unwrap_or_default())
}

async fn acceleration(cx: &Context<'_>, client: &Client, bucket: &str) -> Result<String, AwsError> {
    let answer = calls::read_setting(cx, || client.get_bucket_accelerate_configuration().bucket(bucket).send()).await?;
    Ok(answer.and_then(|answer| answer.status).map_or_else(String::new, |status| status.as_str().to_owned()))
}

async fn write_acceleration(cx: &Context<'_>, client: &Client, bucket: &str, status: &str) -> Result<(), Error> {
    let status = calls::given(status).map_or(BucketAccelerateStatus::Suspended, |status| status.as_str().into());
    let configuration = AccelerateConfiguration::builder().status(status).build();
    calls::write(cx, || {
        client
            .put_bucket_accelerate_configuration()
            .bucket(bucket)
            .accelerate_configuration(configuration.clone())
            .send()
    })
    .await?;
    Ok(())
}

async fn payer(cx: &Context<'_>, client: &Client, bucket: &str) -> Result<String, AwsError> {
    let answer = calls::read_setting(cx, || client.get_bucket_request_payment().bucket(bucket).send()).await?;
    Ok(answer.and_then(|answer| answer.payer).map_or_else(String::new, |payer| payer.as_str().to_owned()))
}

async fn write_payer(cx: &Context<'_>, client: &Client, bucket: &str, payer: &str) -> Result<(), Error> {
    let payer = calls::given(payer).map_or(Payer::BucketOwner, |payer| payer.as_str().into());
    let configuration = calls::built(RequestPaymentConfiguration::builder().payer(payer).build())?;
    calls::write(cx, || {
        client.put_bucket_request_payment().bucket(bucket).request_payment_configuration(configuration.clone()).send()
    })
    .await?;
    Ok(())
}
