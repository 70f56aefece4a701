//! Objects that become ones of another type by moving.

use std::sync::Arc;

use infra_state::model::ObjectState;
use infra_values::address::{ProviderConfig, ResourceInstance};

use super::{Moves, Statement};
use crate::config::{Config, Movement};
use crate::diagnostics::Diagnostic;
use crate::graph::ConfigGraph;
use crate::plan::object::{PriorObject, encode_object};
use crate::provider::MovedObject;
use crate::syntax::Span;
use crate::world::Providers;

impl Moves {
    /// Has providers convert what moved to an address of another type.
    pub(super) fn convert_types(
        &mut self,
        config: &Config,
        graph: &ConfigGraph,
        providers: &Providers,
        statements: &[Statement],
    ) {
        let retyped: Vec<(ResourceInstance, ResourceInstance)> = self
            .previous
            .iter()
            .filter(|(to, from)| to.resource.type_name != from.resource.type_name)
            .map(|(to, from)| (to.clone(), from.clone()))
            .collect();
        for (to, from) in retyped {
            let Some(module) = config.module_at(&to.module.path()) else { continue };
            // What nothing declares is destroyed by the provider that made it.
            let Some(resolved) = graph.providers.get(&(module.id, to.resource.clone())) else { continue };
            match self.converted(&from, &to, &resolved.address, providers) {
                Ok(object) => {
                    self.state.resources.set(&to, None, resolved.address.clone(), Arc::new(object));
                    self.changed.insert(to);
                }
                Err(mut error) => {
                    error.span = error.span.or_else(|| retyping_block(statements, &to));
                    self.diagnostics.push(error.about(&to));
                }
            }
        }
    }

    fn converted(
        &self,
        from: &ResourceInstance,
        to: &ResourceInstance,
        provider: &ProviderConfig,
        providers: &Providers,
    ) -> Result<ObjectState, Diagnostic> {
        let unsupported = || {
            Diagnostic::error(
                "Unsupported `moved` across resource types",
                format!(
                    "The provider {} cannot make a {} of a {}. Remove the moved block, and either import the object at \
                     its new address or let it be replaced.",
                    provider.provider, to.resource.type_name, from.resource.type_name
                ),
            )
        };
        let resource = self.state.resources.get(&to.absolute_resource()).ok_or_else(unsupported)?;
        let stored = self.state.object(to).ok_or_else(unsupported)?;
        let managed = providers
            .get(&provider.provider)
            .and_then(|found| found.managed_type(&to.resource.type_name).found())
            .ok_or_else(unsupported)?;
        let corrupt = |reason: String| {
            Diagnostic::error(
                "Stored object cannot be converted",
                format!("What the state has of {from} cannot become a {}: {reason}.", to.resource.type_name),
            )
        };
        let attributes = serde_json::from_str(stored.attributes.get()).map_err(|error| corrupt(error.to_string()))?;
        let moved = MovedObject {
            provider: &resource.provider.provider,
            type_name: &from.resource.type_name,
            schema_version: stored.schema_version,
            attributes: &attributes,
        };
        let value = managed.take_over(&moved).ok_or_else(unsupported)??;
        let object = PriorObject {
            value,
            private: Vec::new(),
            tainted: stored.status == infra_state::model::ObjectStatus::Tainted,
            dependencies: stored.dependencies.clone(),
            create_before_destroy: stored.create_before_destroy,
        };
        encode_object(&object, managed.schema()).map_err(|error| corrupt(error.to_string()))
    }
}

/// The block that changes the type of what ends up at an address.
fn retyping_block(statements: &[Statement], address: &ResourceInstance) -> Option<Span> {
    statements.iter().find_map(|statement| match &statement.movement {
        Movement::Resource(from, to) | Movement::Instance(from, to)
            if to.resource == address.resource && from.resource.type_name != to.resource.type_name =>
        {
            statement.span
        }
        _ => None,
    })
}
