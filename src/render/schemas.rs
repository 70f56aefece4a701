//! Finding the schema of an object.

use infra_engine::provider::TypeLookup;
use infra_engine::schema::Schema;
use infra_engine::world::Providers;
use infra_values::address::{ProviderAddress, Resource, ResourceMode};

/// The schema of a resource or data source; `None` for a type that nobody knows.
pub fn schema_of<'p>(providers: &'p Providers, provider: &ProviderAddress, resource: &Resource) -> Option<&'p Schema> {
    let provider = providers.get(provider)?;
    match resource.mode {
        ResourceMode::Data => match provider.data_type(&resource.type_name) {
            TypeLookup::Found(found) => Some(found.schema()),
            TypeLookup::Unsupported(schema) => schema,
            TypeLookup::Unknown => None,
        },
        _ => match provider.managed_type(&resource.type_name) {
            TypeLookup::Found(found) => Some(found.schema()),
            TypeLookup::Unsupported(schema) => schema,
            TypeLookup::Unknown => None,
        },
    }
}
