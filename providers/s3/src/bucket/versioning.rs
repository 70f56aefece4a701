//! The `versioning` block of a bucket.

use aws_sdk_s3::Client;
use aws_sdk_s3::types::{BucketVersioningStatus, MfaDelete, MfaDeleteStatus, VersioningConfiguration};
use infra_provider_kit::aws::errors::AwsError;
use infra_provider_kit::{Context, Error};
use serde::{Deserialize, Serialize};

use crate::calls;

#[derive(Clone, Debug, Default, Deserialize, PartialEq, Serialize)]
#[serde(default)]
pub(super) struct Versioning {
    enabled: bool,
    mfa_delete: bool,
}

pub(super) async fn read(cx: &Context<'_>, client: &Client, bucket: &str) -> Result<Vec<Versioning>, AwsError> {
    let answer = calls::read_setting(cx, || client.get_bucket_versioning().bucket(bucket).send()).await?;
    let versioning = answer.map(|answer| Versioning {
        enabled: answer.status == Some(BucketVersioningStatus::Enabled),
        mfa_delete: answer.mfa_delete == Some(MfaDeleteStatus::Enabled),
    });
    Ok(versioning.into_iter().collect())
}

pub(super) async fn write(
    cx: &Context<'_>,
    client: &Client,
    bucket: &str,
    prior: &[Versioning],
    planned: &[Versioning],
) -> Result<(), Error> {
    let wanted = planned.first().cloned().unwrap_or_default();
    if prior.is_empty() && wanted == Versioning::default() {
        // A new bucket has none, and suspending would be something else.
        return Ok(());
    }
    let status = if wanted.enabled { BucketVersioningStatus::Enabled } else { BucketVersioningStatus::Suspended };
    let mfa_delete = if wanted.mfa_delete { MfaDelete::Enabled } else { MfaDelete::Disabled };
    let mfa_matters = wanted.mfa_delete || prior.iter().any(|prior| prior.mfa_delete);
    let configuration =
        VersioningConfiguration::builder().status(status).set_mfa_delete(mfa_matters.then_some(mfa_delete)).build();
    calls::write(cx, || {
        client.put_bucket_versioning().bucket(bucket).versioning_configuration(configuration.clone()).send()
    })
    .await?;
    Ok(())
}
