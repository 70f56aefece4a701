//! How the types of this crate call S3: the client, which errors pass, and how a setting of a bucket is addressed.

use std::error::Error as _;
use std::time::Duration;

use aws_sdk_s3::Client;
use aws_sdk_s3::config::Builder;
use aws_sdk_s3::error::BuildError;
use infra_provider_kit::aws::errors::AwsError;
use infra_provider_kit::{Context, Error, Operation, OrAbsent, Seen, Waiter};

/// How long S3 may take until a new bucket is known everywhere.
pub(crate) const PROPAGATION: Duration = Duration::from_secs(2 * 60);

/// What a call on a bucket says while the bucket is not known everywhere, or another change of it is under way.
const PASSING: &[&str] = &["NoSuchBucket", "OperationAborted"];

/// What servers say that lack a feature of S3.
const UNSUPPORTED: &[&str] =
    &["MethodNotAllowed", "NotImplemented", "UnsupportedArgument", "UnsupportedOperation", "XNotImplemented"];

/// The client for the object's region.
pub(crate) fn client(cx: &Context<'_>) -> Client {
    let path_style = cx.aws().s3_use_path_style();
    cx.aws().client("s3", cx.region(), |config, retries| {
        let config = Builder::from(config).retry_partition(retries).force_path_style(path_style);
        Client::from_conf(config.build())
    })
}

/// Makes a call that changes a setting of a bucket, again while the bucket is not known everywhere.
pub(crate) async fn write<T, E, A, F>(cx: &Context<'_>, attempt: A) -> Result<T, AwsError>
where
    E: Into<AwsError>,
    A: FnMut() -> F,
    F: Future<Output = Result<T, E>>,
{
    cx.retry_codes(PROPAGATION, PASSING, attempt).await
}

/// Makes a call that removes something from a bucket; what is gone already counts as removed.
pub(crate) async fn remove<T, E, A, F>(cx: &Context<'_>, attempt: A) -> Result<(), AwsError>
where
    E: Into<AwsError>,
    A: FnMut() -> F,
    F: Future<Output = Result<T, E>>,
{
    cx.retry_codes(PROPAGATION, &["OperationAborted"], attempt).await.or_absent().map(drop)
}

/// Reads a setting of a bucket that exists; `None` where there is none, or where the server has no such feature.
pub(crate) async fn read_setting<T, E, A, F>(cx: &Context<'_>, attempt: A) -> Result<Option<T>, AwsError>
where
    E: Into<AwsError>,
    A: FnMut() -> F,
    F: Future<Output = Result<T, E>>,
{
    match cx.retry_codes(PROPAGATION, &["NoSuchBucket"], attempt).await {
        Ok(answer) => Ok(Some(answer)),
        Err(error) if is_unsupported(&error) => Ok(None),
        Err(error) if error.is_not_found() && !error.has_code(&["NoSuchBucket"]) => Ok(None),
        Err(error) => Err(error),
    }
}

/// Whether the server lacks a feature of S3.
fn is_unsupported(error: &AwsError) -> bool {
    error.has_code(UNSUPPORTED) || (error.status() == Some(200) && is_other_document(error))
}

/// Whether the answer was a success without any content, as some servers answer for what was never set.
pub(crate) fn is_empty_answer(error: &AwsError) -> bool {
    error.status() == Some(200) && has_cause(error, &["no root element"])
}

/// Whether the answer is a document of another kind: a server that does not know the query lists the bucket instead. Only
/// the words of the SDK's parser tell that from an answer that was cut off.
fn is_other_document(error: &AwsError) -> bool {
    has_cause(error, &["invalid XML root", "invalid root"])
}

fn has_cause(error: &AwsError, words: &[&str]) -> bool {
    let mut cause = error.source();
    while let Some(error) = cause {
        let text = error.to_string();
        if words.iter().any(|words| text.contains(words)) {
            return true;
        }
        cause = error.source();
    }
    false
}

/// A waiter for what S3 does within a moment.
fn waiter<'w>(cx: &'w Context<'_>, operation: Operation, what: String) -> Waiter<'w> {
    cx.waiter(operation, what).interval(Duration::from_millis(200), Duration::from_secs(2))
}

/// A waiter for a setting to read back as written. The replicas of S3 disagree for a while, so one look is not enough.
pub(crate) fn settling<'w>(cx: &'w Context<'_>, operation: Operation, what: String) -> Waiter<'w> {
    waiter(cx, operation, what).consecutive(2)
}

/// Waits until `look` finds something, and gives it.
pub(crate) async fn until_there<T, L, F>(
    cx: &Context<'_>,
    operation: Operation,
    what: String,
    mut look: L,
) -> Result<T, Error>
where
    L: FnMut() -> F,
    F: Future<Output = Result<Option<T>, AwsError>>,
{
    let waiter = waiter(cx, operation, what);
    let found = waiter.until(|| {
        let look = look();
        async { Ok::<_, AwsError>(look.await?.map_or(Seen::NotFound, Seen::Reached)) }
    });
    Ok(found.await?)
}

/// Waits until `look` finds nothing.
pub(crate) async fn until_gone<T, L, F>(cx: &Context<'_>, what: String, mut look: L) -> Result<(), Error>
where
    L: FnMut() -> F,
    F: Future<Output = Result<Option<T>, AwsError>>,
{
    let waiter = waiter(cx, Operation::Delete, what);
    let gone = waiter.until_gone(|| {
        let look = look();
        async { Ok::<_, AwsError>(look.await?.map(|_| "still there".to_owned())) }
    });
    Ok(gone.await?)
}

/// The id of a setting: `BUCKET`, or `BUCKET,OWNER` where the owner is written.
pub(crate) fn setting_id(bucket: &str, expected_bucket_owner: &str) -> String {
    match expected_bucket_owner {
        "" => bucket.to_owned(),
        owner => format!("{bucket},{owner}"),
    }
}

/// A text as the SDK wants it: absent if it is empty.
pub(crate) fn given(text: &str) -> Option<String> {
    (!text.is_empty()).then(|| text.to_owned())
}

/// Part of a request that was put together.
pub(crate) fn built<T>(part: Result<T, BuildError>) -> Result<T, Error> {
    part.map_err(|error| {
        Error::told(format!("The request lacks a part: {error}. Write that argument in the configuration."))
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn ids_of_settings() {
        assert_eq!(setting_id("logs", ""), "logs");
        assert_eq!(setting_id("logs", "123456789012"), "logs,123456789012");
        assert_eq!(given(""), None);
    }
}
