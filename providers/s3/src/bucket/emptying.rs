//! Removing everything from a bucket: all versions of all objects, and delete markers.
//!
//! The next page is listed while earlier ones are being deleted, so that a large bucket is bound by S3 and not by the
//! way there and back.

use aws_sdk_s3::Client;
use aws_sdk_s3::operation::list_object_versions::ListObjectVersionsOutput;
use aws_sdk_s3::types::{self, Delete, ObjectIdentifier, ObjectLockLegalHold, ObjectLockLegalHoldStatus};
use infra_provider_kit::aws::errors::AwsError;
use infra_provider_kit::{Context, Error};
use tokio::task::JoinSet;

use crate::calls::{self, built};

/// Pages of a thousand that are deleted at once; S3 takes some 3,500 deletions a second of one prefix.
const PAGES_AT_ONCE: usize = 4;
/// How many of the objects that stayed are named in an error.
const NAMED_MAX: usize = 3;

/// Empties a bucket and gives the number of versions and markers removed. With `object_lock` what is kept by governance
/// mode or a legal hold goes too, as the permissions of the caller allow.
pub(super) async fn empty(cx: &Context<'_>, bucket: &str, object_lock: bool) -> Result<u64, Error> {
    let client = calls::client(cx);
    let mut pages: JoinSet<Result<u64, Error>> = JoinSet::new();
    let mut removed = 0;
    let (mut key_marker, mut version_id_marker) = (None, None);
    loop {
        let page = client
            .list_object_versions()
            .bucket(bucket)
            .set_key_marker(key_marker)
            .set_version_id_marker(version_id_marker)
            .send()
            .await?;
        let objects = objects(&page)?;
        if !objects.is_empty() {
            pages.spawn(delete_page(client.clone(), bucket.to_owned(), objects, object_lock));
        }
        let is_last = !page.is_truncated().unwrap_or_default();
        while pages.len() >= PAGES_AT_ONCE || (is_last && !pages.is_empty()) {
            removed += finished(pages.join_next().await)?;
            cx.waiting_for(&format!("bucket {bucket:?} to be emptied: {removed} object versions removed"));
        }
        if is_last {
            return Ok(removed);
        }
        (key_marker, version_id_marker) = (page.next_key_marker, page.next_version_id_marker);
    }
}

fn finished(page: Option<Result<Result<u64, Error>, tokio::task::JoinError>>) -> Result<u64, Error> {
    match page {
        None => Ok(0),
        Some(Ok(result)) => result,
        Some(Err(error)) => Err(Error::told(format!("Deleting a page of objects was cut off: {error}. Run again."))),
    }
}

fn objects(page: &ListObjectVersionsOutput) -> Result<Vec<ObjectIdentifier>, Error> {
    let versions = page.versions().iter().map(|version| (version.key(), version.version_id()));
    let markers = page.delete_markers().iter().map(|marker| (marker.key(), marker.version_id()));
    let identifier = |(key, version_id): (Option<&str>, Option<&str>)| {
        let identifier = ObjectIdentifier::builder().set_key(key.map(str::to_owned));
        built(identifier.set_version_id(version_id.map(str::to_owned)).build())
    };
    versions.chain(markers).map(identifier).collect()
}

/// Deletes up to a thousand versions.
async fn delete_page(
    client: Client,
    bucket: String,
    objects: Vec<ObjectIdentifier>,
    object_lock: bool,
) -> Result<u64, Error> {
    let all = objects.len();
    let mut left = delete(&client, &bucket, objects, object_lock).await?;
    if object_lock && left.iter().any(is_refused) {
        let refused = left.extract_if(.., |error| is_refused(error));
        let held = refused.filter_map(|error| identifier(&error)).collect::<Vec<_>>();
        for object in &held {
            release(&client, &bucket, object).await?;
        }
        left.extend(delete(&client, &bucket, held, object_lock).await?);
    }
    if left.is_empty() { Ok(all as u64) } else { Err(not_deleted(&bucket, &left)) }
}

/// The objects that could not be deleted.
async fn delete(
    client: &Client,
    bucket: &str,
    objects: Vec<ObjectIdentifier>,
    bypass_governance: bool,
) -> Result<Vec<types::Error>, Error> {
    let delete = built(Delete::builder().set_objects(Some(objects)).quiet(true).build())?;
    let answer = client
        .delete_objects()
        .bucket(bucket)
        .delete(delete)
        .set_bypass_governance_retention(bypass_governance.then_some(true))
        .send()
        .await?;
    Ok(answer.errors.unwrap_or_default())
}

fn is_refused(error: &types::Error) -> bool {
    error.code() == Some("AccessDenied")
}

fn identifier(error: &types::Error) -> Option<ObjectIdentifier> {
    let identifier = ObjectIdentifier::builder().key(error.key()?);
    identifier.set_version_id(error.version_id().map(str::to_owned)).build().ok()
}

/// Takes a legal hold off, if there is one.
async fn release(client: &Client, bucket: &str, object: &ObjectIdentifier) -> Result<(), AwsError> {
    let off = ObjectLockLegalHold::builder().status(ObjectLockLegalHoldStatus::Off).build();
    client
        .put_object_legal_hold()
        .bucket(bucket)
        .key(object.key())
        .set_version_id(object.version_id().map(str::to_owned))
        .legal_hold(off)
        .send()
        .await?;
    Ok(())
}

fn not_deleted(bucket: &str, left: &[types::Error]) -> Error {
    let text = |text: Option<&str>| text.unwrap_or("?").to_owned();
    let named =
        |error: &types::Error| format!("{} ({}: {})", text(error.key()), text(error.code()), text(error.message()));
    let named: Vec<String> = left.iter().take(NAMED_MAX).map(named).collect();
    let more = match left.len().saturating_sub(NAMED_MAX) {
        0 => String::new(),
        more => format!(" and {more} more"),
    };
    Error::told(format!(
        "Objects of bucket {bucket:?} could not be deleted: {}{more}. Remove what protects them, or wait until their \
         retention is over, and run again.",
        named.join(", ")
    ))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_error_names_some_of_what_stayed() {
        let error = |key: &str| types::Error::builder().key(key).code("AccessDenied").message("no").build();
        let left: Vec<types::Error> = ["a", "b", "c", "d", "e"].map(error).to_vec();
        let Error::Told(diagnostics) = not_deleted("logs", &left) else { panic!("told") };
        let detail = &diagnostics.0[0].detail;
        assert!(
            detail.starts_with(
                "Objects of bucket \"logs\" could not be deleted: a (AccessDenied: no), b (AccessDenied: no), \
                 c (AccessDenied: no) and 2 more. "
            ),
            "{detail}"
        );
    }
}
