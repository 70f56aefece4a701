//! Amazon DynamoDB resource types.
//!
//! [`types`] lists them for the provider. A type is one file named after it (`aws_dynamodb_table` is `table.rs`); what
//! is too large for one file stands in a folder of that name beside it.

#![cfg_attr(test, allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, reason = "a test fails by panicking"))]

use infra_provider_kit::ServiceTypes;

mod table;

/// The resource types and data sources of this service.
pub fn types() -> ServiceTypes {
    ServiceTypes::new("dynamodb").resource(table::Table)
}

#[cfg(test)]
mod tests {
    #[test]
    fn the_list_is_in_order_and_complete() {
        let source = concat!(env!("CARGO_MANIFEST_DIR"), "/src");
        assert_eq!(infra_provider_kit::listing::check(&super::types(), source), Vec::<String>::new());
    }
}
