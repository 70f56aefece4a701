//! `-replace` with an address that names a resource and none of its instances.

use infra_values::address::{InstanceKey, ResourceInstance, ResourceMode};

use super::planner::Planner;
use crate::config::Repetition;
use crate::diagnostics::{Diagnostic, Diagnostics};
use crate::graph::Item;
use crate::world::Expansion;

impl Planner<'_> {
    /// Warnings about addresses that lack the key of an instance. One that nothing has is no mistake: the same command
    /// may be given again when the object is gone.
    pub(super) fn replacements_without_key(&mut self) -> Diagnostics {
        let requests: Vec<ResourceInstance> =
            self.options.replace.iter().filter(|address| address.key == InstanceKey::None).cloned().collect();
        let mut warnings = Diagnostics::new();
        if requests.is_empty() {
            return warnings;
        }
        let config = self.config;
        for module in &config.modules {
            for declared in module.resources.values() {
                let resource = &declared.resource;
                let node = self.graph.node(module.id, Item::Resource(resource.clone()));
                if resource.mode != ResourceMode::Managed
                    || matches!(declared.repetition, Repetition::Single)
                    || !node.is_some_and(|node| self.is_planned(node))
                {
                    continue;
                }
                for request in requests.iter().filter(|request| request.resource == *resource) {
                    for instance in self.world.instances_of(module.id) {
                        let expansion = self.world.expansion(instance, resource).0;
                        if matches!(expansion, Expansion::Failed | Expansion::ManyUnknown { .. }) {
                            continue;
                        }
                        let module = self.world.address_of(instance).clone();
                        let address =
                            |key| ResourceInstance { module: module.clone(), resource: resource.clone(), key };
                        let instances = expansion.instances().into_iter().map(|one| address(one.key));
                        warnings.push(lacks_key(request, instances.collect()));
                    }
                }
            }
        }
        warnings
    }
}

fn lacks_key(request: &ResourceInstance, instances: Vec<ResourceInstance>) -> Diagnostic {
    let why = match instances.as_slice() {
        [] => "which has no instances",
        _ => "which has several instances, and no key says which one",
    };
    let detail = format!("-replace names {request}, {why}: nothing is replaced.");
    let diagnostic = Diagnostic::warning("Incompletely-matched force-replace resource instance", detail);
    if instances.is_empty() {
        return diagnostic;
    }
    let flags: Vec<String> = instances.iter().map(|address| format!("-replace='{address}'")).collect();
    diagnostic.hint(format!("name instances: {}", flags.join(" ")))
}
