//! Amazon S3 resource types: buckets, and the settings of buckets that are types of their own.
//!
//! `bucket` is the bucket with everything that may be read of it. The other types each put one setting on a bucket
//! somebody made; they are told apart from it in the files named after them. `calls` has what all of them share: the
//! client, which errors pass, and how a setting is addressed.
//!
//! Deliberately elsewhere: tags, regions, import ids and deadlines, which the kit does for all types.

#![cfg_attr(test, allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, reason = "a test fails by panicking"))]

mod bucket;
mod bucket_lifecycle_configuration;
mod bucket_policy;
mod bucket_public_access_block;
mod bucket_server_side_encryption_configuration;
mod bucket_versioning;
mod calls;
#[cfg(test)]
mod tests;

use infra_provider_kit::ServiceTypes;

/// The types of this service, in the order of their names.
pub fn types() -> ServiceTypes {
    ServiceTypes::new("s3")
        .resource(bucket::Bucket)
        .resource(bucket_lifecycle_configuration::BucketLifecycleConfiguration)
        .resource(bucket_policy::BucketPolicy)
        .resource(bucket_public_access_block::BucketPublicAccessBlock)
        .resource(bucket_server_side_encryption_configuration::BucketServerSideEncryptionConfiguration)
        .resource(bucket_versioning::BucketVersioning)
}
