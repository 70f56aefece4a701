//! AWS Identity and Access Management data sources.

#![cfg_attr(test, allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, reason = "a test fails by panicking"))]

use infra_provider_kit::ServiceTypes;

pub mod policy_document;

/// The types of the service.
pub fn types() -> ServiceTypes {
    ServiceTypes::new("iam").data_source(policy_document::PolicyDocument)
}

#[cfg(test)]
mod tests {
    #[test]
    fn the_list_is_in_order_and_complete() {
        let source = concat!(env!("CARGO_MANIFEST_DIR"), "/src");
        let problems = infra_provider_kit::listing::check(&super::types(), source);
        assert_eq!(problems, Vec::<String>::new());
    }
}
