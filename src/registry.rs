//! Every provider and every service that this build has.

use std::path::Path;
use std::sync::Arc;

use infra_aws::environment::Environment;
use infra_engine::provider::Provider;
use infra_engine::provider::builtin::Builtin;
use infra_engine::world::Providers;
use infra_provider_kit::{AwsProvider, ServiceTypes};
use infra_schema::Generation;

use crate::sandbox_provider::SandboxProvider;

/// The services built in, in alphabetical order.
fn services() -> Vec<ServiceTypes> {
    vec![
        #[cfg(feature = "dynamodb")]
        infra_dynamodb::types(),
        #[cfg(feature = "iam")]
        infra_iam::types(),
        #[cfg(feature = "kms")]
        infra_kms::types(),
        #[cfg(feature = "lambda")]
        infra_lambda::types(),
        infra_meta::types(),
        #[cfg(feature = "s3")]
        infra_s3::types(),
        #[cfg(feature = "secretsmanager")]
        infra_secretsmanager::types(),
        #[cfg(feature = "ssm")]
        infra_ssm::types(),
        infra_sts::types(),
    ]
}

/// The providers for a directory that speaks one generation of the AWS provider. In the sandbox, what the
/// configuration says about accounts is set aside. Relative paths of states that are read are relative to
/// `base_directory`.
pub fn providers(
    generation: Generation,
    environment: Environment,
    sandboxed: bool,
    base_directory: &Path,
) -> Providers {
    let aws = AwsProvider::new(generation, services(), environment);
    let aws: Arc<dyn Provider> = if sandboxed { Arc::new(SandboxProvider(aws)) } else { Arc::new(aws) };
    let builtin: Arc<dyn Provider> = Arc::new(Builtin::new(Arc::new(base_directory.to_owned())));
    let all = [aws, builtin].into_iter().chain(infra_utility::providers());
    all.map(|provider| (provider.address(), provider)).collect()
}

#[cfg(all(test, feature = "ssm"))]
mod tests {
    use infra_engine::provider::TypeLookup;
    use infra_values::address::ProviderAddress;

    use super::*;

    #[test]
    fn the_sandbox_has_the_same_types() {
        let all = |sandboxed| providers(Generation::V6, Environment::empty(), sandboxed, Path::new("."));
        let (real, sandboxed) = (all(false), all(true));
        for (address, real) in &real {
            let sandboxed = &sandboxed[address];
            assert_eq!(real.managed_type_names(), sandboxed.managed_type_names());
            assert_eq!(real.data_type_names(), sandboxed.data_type_names());
            assert_eq!(real.ephemeral_type_names(), sandboxed.ephemeral_type_names());
        }
        let aws = &sandboxed[&ProviderAddress::default_for("aws")];
        assert!(matches!(aws.ephemeral_type("aws_ssm_parameter"), TypeLookup::Found(_)));
    }
}
