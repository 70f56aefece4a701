//! A connection to AWS: who we are there, and clients for its services.
//!
//! [`Aws::connect`] resolves settings, environment and profile into credentials, region and account; afterwards
//! [`Aws::client`] hands out typed SDK clients. All clients share one HTTP client, one cache of credentials and one
//! retry policy, so that a further region costs kilobytes.

use std::any::{Any, TypeId};
use std::collections::HashMap;
use std::fmt;
use std::sync::{Arc, Mutex, PoisonError};

use aws_smithy_runtime::client::retries::{RetryPartition, TokenBucket};
use aws_types::SdkConfig;
use aws_types::region::Region;

use crate::arn::{Arn, Partition};
use crate::endpoints::Endpoints;
use crate::tags::{DefaultTags, IgnoreTags};

/// A connection to AWS. Cheap to clone.
#[derive(Clone)]
pub struct Aws(pub(crate) Arc<Shared>);

pub(crate) struct Shared {
    pub(crate) region: String,
    pub(crate) account_id: Option<String>,
    pub(crate) caller: Option<Caller>,
    pub(crate) default_tags: DefaultTags,
    pub(crate) ignore_tags: IgnoreTags,
    pub(crate) endpoints: Endpoints,
    pub(crate) base: SdkConfig,
    pub(crate) s3_use_path_style: bool,
    /// `None`: retries are not counted.
    pub(crate) retry_tokens: Option<usize>,
    pub(crate) clients: Mutex<HashMap<(TypeId, String), Box<dyn Any + Send + Sync>>>,
}

/// Who the credentials belong to, as STS told.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Caller {
    /// Twelve digits.
    pub account_id: String,
    /// The user's or the assumed role's name.
    pub arn: String,
    /// Unique id of the caller.
    pub user_id: String,
}

impl fmt::Debug for Aws {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter
            .debug_struct("Aws")
            .field("region", &self.0.region)
            .field("account_id", &self.0.account_id)
            .finish_non_exhaustive()
    }
}

impl Aws {
    /// The region of everything that does not name its own.
    pub fn region(&self) -> &str {
        &self.0.region
    }

    /// Twelve digits; `None` with `skip_requesting_account_id`.
    pub fn account_id(&self) -> Option<&str> {
        self.0.account_id.as_deref()
    }

    /// The caller, if STS was asked while connecting.
    pub fn caller(&self) -> Option<&Caller> {
        self.0.caller.as_ref()
    }

    /// The partition of the region.
    pub fn partition(&self) -> &'static Partition {
        Partition::of_region(self.region())
    }

    /// An ARN in this account. `region` is empty for what is global.
    pub fn arn(&self, service: &str, region: &str, resource: impl Into<String>) -> Arn {
        let account_id = self.account_id().unwrap_or_default();
        Arn::new(self.partition().id, service, region, account_id, resource)
    }

    /// Tags for everything.
    pub fn default_tags(&self) -> &DefaultTags {
        &self.0.default_tags
    }

    /// Tags left to others.
    pub fn ignore_tags(&self) -> &IgnoreTags {
        &self.0.ignore_tags
    }

    /// Whether bucket names stand in the path of S3 URLs.
    pub fn s3_use_path_style(&self) -> bool {
        self.0.s3_use_path_style
    }

    /// The endpoint set for a service by provider block, environment or profile; `None`: that of AWS. `service` is the
    /// SDK crate's name without `aws-sdk-`: `s3`, `dynamodb`.
    pub fn endpoint(&self, service: &str) -> Option<&str> {
        self.0.endpoints.of(service)
    }

    /// Configuration for any service in the provider's region, without an endpoint.
    pub fn sdk_config(&self) -> &SdkConfig {
        &self.0.base
    }

    /// Configuration for one service (the SDK crate's name without `aws-sdk-`) in a region.
    pub fn sdk_config_for(&self, service: &str, region: &str) -> SdkConfig {
        let mut builder = self.0.base.to_builder();
        builder.set_region(Region::new(region.to_owned()));
        builder.set_endpoint_url(self.endpoint(service).map(str::to_owned));
        builder.build()
    }

    /// A client for a service in a region, made at the first call and kept. `service` is the SDK crate's name without
    /// `aws-sdk-`.
    ///
    /// ```text
    /// let client = aws.client("dynamodb", region, |config, retries| {
    ///     let config = aws_sdk_dynamodb::config::Builder::from(config).retry_partition(retries);
    ///     aws_sdk_dynamodb::Client::from_conf(config.build())
    /// });
    /// ```
    pub fn client<C: Clone + Send + Sync + 'static>(
        &self,
        service: &str,
        region: &str,
        make: impl FnOnce(&SdkConfig, RetryPartition) -> C,
    ) -> C {
        let key = (TypeId::of::<C>(), region.to_owned());
        let mut clients = self.0.clients.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(client) = clients.get(&key).and_then(|client| client.downcast_ref::<C>()) {
            return client.clone();
        }
        let client = make(&self.sdk_config_for(service, region), self.retry_partition(service));
        clients.insert(key, Box::new(client.clone()));
        client
    }

    /// How retries of a service are counted: by default not at all, because throttling shall slow down and never fail.
    fn retry_partition(&self, service: &str) -> RetryPartition {
        let tokens = match self.0.retry_tokens {
            Some(tokens) => TokenBucket::new(tokens),
            None => TokenBucket::unlimited(),
        };
        RetryPartition::custom(service.to_owned()).token_bucket(tokens).build()
    }
}
