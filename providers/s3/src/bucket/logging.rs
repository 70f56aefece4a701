//! The `logging` block of a bucket: where its access logs go.

use aws_sdk_s3::Client;
use aws_sdk_s3::types::{BucketLoggingStatus, LoggingEnabled};
use infra_provider_kit::aws::errors::AwsError;
use infra_provider_kit::{Context, Error};
use serde::{Deserialize, Serialize};

use crate::calls::{self, built};

#[derive(Clone, Debug, Default, Deserialize, PartialEq, Serialize)]
#[serde(default)]
pub(super) struct Logging {
    target_bucket: String,
    target_prefix: String,
}

pub(super) async fn read(cx: &Context<'_>, client: &Client, bucket: &str) -> Result<Vec<Logging>, AwsError> {
    let answer = calls::read_setting(cx, || client.get_bucket_logging().bucket(bucket).send()).await?;
    let enabled = answer.and_then(|answer| answer.logging_enabled);
    let logging = |enabled: LoggingEnabled| Logging {
        target_bucket: enabled.target_bucket,
        target_prefix: enabled.target_prefix,
    };
    Ok(enabled.map(logging).into_iter().collect())
}

/// Without a block logging is switched off, which S3 has no other call for.
pub(super) async fn write(cx: &Context<'_>, client: &Client, bucket: &str, planned: &[Logging]) -> Result<(), Error> {
    let enabled = planned.first().map(|planned| {
        let target = LoggingEnabled::builder().target_bucket(&planned.target_bucket);
        built(target.target_prefix(&planned.target_prefix).build())
    });
    let status = BucketLoggingStatus::builder().set_logging_enabled(enabled.transpose()?).build();
    calls::write(cx, || client.put_bucket_logging().bucket(bucket).bucket_logging_status(status.clone()).send())
        .await?;
    Ok(())
}
