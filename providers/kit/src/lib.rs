//! What all AWS resource types share: from typed code to the engine's provider trait.
//!
//! A resource type is a unit struct with [`AwsResource`]; a data source one with [`AwsDataSource`]; an ephemeral resource
//! one with [`AwsEphemeral`]. All work on plain `serde` structs of the attributes they touch and call AWS through a
//! [`Context`]. A service crate lists its types in one [`ServiceTypes`], and [`AwsProvider`] makes a provider of several
//! of those.
//!
//! The adapter behind the traits does once what would otherwise stand in each file: conversion between values and
//! structs, tags and default tags, the `region` argument, `timeouts`, private bytes, null and empty, what the struct
//! does not hold, import ids, names of errors, and the difference between the provider's generations.
//!
//! Deliberately elsewhere: planning by facts (`infra_engine::schema::plan`), the facts (`infra_schema`), credentials,
//! clients, waiting and retrying (`infra_aws`, re-exported as [`aws`]).

#![cfg_attr(test, allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, reason = "a test fails by panicking"))]

mod context;
mod data_adapter;
mod data_source;
mod draft;
mod ephemeral;
mod ephemeral_adapter;
mod error;
mod form;
mod functions;
mod import;
pub mod listing;
mod nulls;
mod private;
mod provider;
mod resource;
mod resource_adapter;
mod source;
mod tagging;
#[cfg(test)]
mod testing;
mod text;
mod timeouts;
mod unmanaged;

pub use context::Context;
pub use data_source::AwsDataSource;
pub use draft::Draft;
pub use ephemeral::AwsEphemeral;
pub use error::Error;
pub use infra_aws as aws;
pub use infra_aws::errors::{AwsError, OrAbsent};
pub use infra_aws::tags::{TagChanges, Tags};
pub use infra_aws::wait::{Seen, WaitError, Waiter};
pub use infra_schema::Generation;
pub use provider::{AwsConfigured, AwsProvider, ServiceTypes};
pub use resource::{AwsResource, Sighting};
pub use text::text_of;
pub use timeouts::Operation;

/// A client of a service in the region of a [`Context`], made once and kept:
/// `client!(cx, aws_sdk_dynamodb, "dynamodb")`. The last argument is the SDK crate's name without `aws-sdk-`.
///
/// Services whose client needs more than the usual configuration (path-style URLs of S3) call
/// [`aws::Aws::client`] themselves.
#[macro_export]
macro_rules! client {
    ($cx:expr, $sdk:ident, $service:literal) => {
        $cx.aws().client($service, $cx.region(), |config, retries| {
            let config = $sdk::config::Builder::from(config).retry_partition(retries);
            $sdk::Client::from_conf(config.build())
        })
    };
}
