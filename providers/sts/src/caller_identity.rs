//! `aws_caller_identity`: whose credentials calls are made with.

use async_trait::async_trait;
use infra_provider_kit::{AwsDataSource, Context, Error};
use serde::{Deserialize, Serialize};

/// `aws_caller_identity`
pub struct CallerIdentity;

#[derive(Debug, Default, Serialize, Deserialize)]
#[serde(default)]
#[expect(missing_docs, reason = "the names are those of the schema")]
pub struct Attributes {
    pub account_id: String,
    pub arn: String,
    pub id: String,
    pub user_id: String,
}

#[async_trait]
impl AwsDataSource for CallerIdentity {
    const TYPE: &'static str = "aws_caller_identity";
    const NOUN: &'static str = "caller identity";
    type Attributes = Attributes;

    /// The provider has mostly asked already, when it was configured.
    async fn read(&self, cx: &Context<'_>, _config: Attributes) -> Result<Attributes, Error> {
        let caller = cx.aws().identity().await?;
        Ok(Attributes {
            id: caller.account_id.clone(),
            account_id: caller.account_id,
            arn: caller.arn,
            user_id: caller.user_id,
        })
    }
}
