//! AWS Security Token Service data sources.

use infra_provider_kit::ServiceTypes;

pub mod caller_identity;

/// The types of the service.
pub fn types() -> ServiceTypes {
    ServiceTypes::new("sts").data_source(caller_identity::CallerIdentity)
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
