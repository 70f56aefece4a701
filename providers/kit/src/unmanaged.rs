//! Types that the provider has and this build does not manage: their structure is checked all the same.

use std::collections::BTreeMap;
use std::sync::OnceLock;

use infra_engine::provider::TypeLookup;
use infra_engine::schema::Schema;
use infra_engine::schema::facts::schema_from_facts;
use infra_schema::{Generation, TypeKind};

/// Schemas of one kind, each read when its type is first used.
type Schemas = BTreeMap<&'static str, OnceLock<Option<Box<Schema>>>>;

/// The schemas of the types that nobody registered.
#[derive(Default)]
pub(crate) struct UnmanagedTypes {
    resources: OnceLock<Schemas>,
    data_sources: OnceLock<Schemas>,
    ephemerals: OnceLock<Schemas>,
}

impl UnmanagedTypes {
    /// What is known of a type that is not registered. A type without facts about its structure is accepted unseen.
    pub(crate) fn lookup<T: ?Sized>(&self, name: &str, kind: TypeKind, generation: Generation) -> TypeLookup<'_, T> {
        if !infra_schema::type_exists(name, kind) {
            return TypeLookup::Unknown;
        }
        let of_kind = match kind {
            TypeKind::Resource => &self.resources,
            TypeKind::DataSource => &self.data_sources,
            TypeKind::Ephemeral => &self.ephemerals,
        };
        let schemas = of_kind.get_or_init(|| {
            infra_schema::type_names(kind).iter().map(|name| (name.as_str(), OnceLock::new())).collect()
        });
        let schema = schemas
            .get(name)
            .and_then(|schema| schema.get_or_init(|| read_structure(name, kind, generation)).as_deref());
        TypeLookup::Unsupported(schema)
    }
}

fn read_structure(name: &str, kind: TypeKind, generation: Generation) -> Option<Box<Schema>> {
    let structure = infra_schema::structure(name, kind, generation)?;
    let mut schema = schema_from_facts(&structure.facts).ok()?;
    schema.known_of_version = structure.of_version.map(Into::into);
    Some(Box::new(schema))
}

#[cfg(test)]
mod tests {
    #![allow(clippy::panic, reason = "a test fails by panicking")]

    use super::*;

    #[test]
    fn every_type_of_either_generation_has_a_schema() {
        for generation in [Generation::V5, Generation::V6] {
            for kind in [TypeKind::Resource, TypeKind::DataSource, TypeKind::Ephemeral] {
                for name in infra_schema::type_names(kind) {
                    let schema = read_structure(name, kind, generation);
                    let schema = schema.unwrap_or_else(|| panic!("{name} of {generation:?} has no schema"));
                    assert!(generation == Generation::V6 || schema.known_of_version.is_none(), "{name}");
                }
            }
        }
    }
}
