//! What a data source says about itself.

use async_trait::async_trait;
use infra_engine::diagnostics::Diagnostics;
use infra_values::Value;
use serde::Serialize;
use serde::de::DeserializeOwned;

use crate::{Context, Error};

/// A data source, in one file. What is said about the struct of [`AwsResource`](crate::AwsResource) holds here too,
/// but that `tags` are an attribute like any other.
#[async_trait]
pub trait AwsDataSource: Send + Sync + 'static {
    /// `aws_caller_identity`
    const TYPE: &'static str;
    /// For messages: `caller identity`.
    const NOUN: &'static str;
    /// The attributes it touches.
    type Attributes: Serialize + DeserializeOwned + Send + Sync;

    /// Checks a configuration beyond what its facts say; it may hold unknown values.
    fn validate(&self, config: &Value) -> Diagnostics {
        let _ = config;
        Diagnostics::new()
    }

    /// Reads it. Something that is not there is an error ([`Error::told`]).
    async fn read(&self, cx: &Context<'_>, config: Self::Attributes) -> Result<Self::Attributes, Error>;
}
