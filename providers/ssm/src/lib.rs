//! AWS Systems Manager types.
//!
//! [`types`] lists them for the provider. A type is one file named after it; those that are never stored are in
//! `ephemeral/`, because resource types have the same names.

#![cfg_attr(test, allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, reason = "a test fails by panicking"))]

use infra_provider_kit::ServiceTypes;

mod ephemeral;

/// The types of this service.
pub fn types() -> ServiceTypes {
    ServiceTypes::new("ssm").ephemeral(ephemeral::parameter::Parameter)
}

#[cfg(test)]
mod tests {
    #[test]
    fn the_list_is_in_order_and_complete() {
        let source = concat!(env!("CARGO_MANIFEST_DIR"), "/src");
        assert_eq!(infra_provider_kit::listing::check(&super::types(), source), Vec::<String>::new());
    }
}
