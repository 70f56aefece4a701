//! What an ephemeral resource says about itself.

use async_trait::async_trait;
use infra_engine::diagnostics::Diagnostics;
use infra_values::Value;
use serde::Serialize;
use serde::de::DeserializeOwned;

use crate::{Context, Error};

/// An ephemeral resource, in one file. What is said about the struct of [`AwsResource`](crate::AwsResource) holds here
/// too: what it does not hold stays as configured.
///
/// Those of AWS are fetched and nothing more: there is no lease to renew and nothing to give back. One that had to be
/// closed would make closing part of this trait.
#[async_trait]
pub trait AwsEphemeral: Send + Sync + 'static {
    /// `aws_ssm_parameter`
    const TYPE: &'static str;
    /// For messages: `SSM parameter`.
    const NOUN: &'static str;
    /// The attributes it touches. No `Debug`: they hold secrets.
    type Attributes: Serialize + DeserializeOwned + Send + Sync;

    /// Checks a configuration beyond what its facts say; it may hold unknown values.
    fn validate(&self, config: &Value) -> Diagnostics {
        let _ = config;
        Diagnostics::new()
    }

    /// Fetches it. An error never holds any of what was fetched.
    async fn open(&self, cx: &Context<'_>, config: Self::Attributes) -> Result<Self::Attributes, Error>;
}
