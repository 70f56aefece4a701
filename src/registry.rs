//! Every provider and every service that this build has.

use std::collections::BTreeMap;
use std::sync::Arc;

use infra_aws::environment::Environment;
use infra_engine::provider::Provider;
use infra_engine::provider::builtin::Builtin;
use infra_engine::world::Providers;
use infra_provider_kit::{AwsProvider, ServiceTypes};
use infra_schema::Generation;

/// The services built in, in alphabetical order.
fn services() -> Vec<ServiceTypes> {
    vec![
        #[cfg(feature = "dynamodb")]
        infra_dynamodb::types(),
        #[cfg(feature = "iam")]
        infra_iam::types(),
        infra_meta::types(),
        #[cfg(feature = "s3")]
        infra_s3::types(),
        infra_sts::types(),
    ]
}

/// The providers for a directory that speaks one generation of the AWS provider.
pub fn providers(generation: Generation, environment: Environment) -> Providers {
    let aws: Arc<dyn Provider> = Arc::new(AwsProvider::new(generation, services(), environment));
    let builtin: Arc<dyn Provider> = Arc::new(Builtin);
    BTreeMap::from([(aws.address(), aws), (builtin.address(), builtin)])
}
