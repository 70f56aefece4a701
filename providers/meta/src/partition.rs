//! `aws_partition`: the group of regions that the provider's region belongs to.

use async_trait::async_trait;
use infra_provider_kit::{AwsDataSource, Context, Error};
use serde::{Deserialize, Serialize};

/// `aws_partition`
pub struct PartitionSource;

#[derive(Debug, Default, Serialize, Deserialize)]
#[serde(default)]
#[expect(missing_docs, reason = "the names are those of the schema")]
pub struct Attributes {
    pub dns_suffix: String,
    pub id: String,
    pub partition: String,
    pub reverse_dns_prefix: String,
}

#[async_trait]
impl AwsDataSource for PartitionSource {
    const TYPE: &'static str = "aws_partition";
    const NOUN: &'static str = "partition";
    type Attributes = Attributes;

    async fn read(&self, cx: &Context<'_>, _config: Attributes) -> Result<Attributes, Error> {
        let partition = cx.aws().partition();
        Ok(Attributes {
            dns_suffix: partition.dns_suffix.to_owned(),
            id: partition.id.to_owned(),
            partition: partition.id.to_owned(),
            reverse_dns_prefix: partition.reverse_dns_prefix.to_owned(),
        })
    }
}
