//! Data sources about the provider's own surroundings: region and partition. They make no calls.

#![cfg_attr(test, allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, reason = "a test fails by panicking"))]

use infra_provider_kit::ServiceTypes;

pub mod partition;
pub mod region;

/// The types of the service.
pub fn types() -> ServiceTypes {
    ServiceTypes::new("meta").data_source(partition::PartitionSource).data_source(region::RegionSource)
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
