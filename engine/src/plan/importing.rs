//! `import` blocks: finding objects that exist and that the state does not know.
//!
//! The blocks about a resource are evaluated when it is planned, once all that they refer to is known. The object behind
//! an id is read and then planned like any other that exists; it is written to the state before anything is changed.

use std::collections::BTreeMap;
use std::sync::Arc;

use infra_values::address::{InstanceKey, ModuleInstance, ResourceInstance};
use infra_values::{Kind, Str, Value};

use super::object::{PriorObject, encode_object, mark_schema_secrets};
use super::planner::Planner;
use super::providers::ProviderStatus;
use super::refreshing::Refreshed;
use super::requests::{RequestId, RequestKind};
use super::{Mode, ObjectKey};
use crate::config::{Import, Repetition, ResourceConfig, import_id, instance_key};
use crate::diagnostics::Diagnostic;
use crate::graph::{Item, NodeId, ResolvedProvider};
use crate::provider::{ManagedType, Object};
use crate::schema::Schema;
use crate::syntax::{Expression, Span};
use crate::world::{InstanceId, RepetitionValues};

/// The ids to import under, by the instances of a resource.
pub(super) type ImportRequests = BTreeMap<ResourceInstance, ImportRequest>;

/// An object to be imported.
#[derive(Clone, Debug)]
pub(super) struct ImportRequest {
    id: Str,
    /// The target's address in the block, or the resource's block where the caller asked for it.
    span: Span,
}

impl<'c> Planner<'c> {
    /// Whether a block, or the caller, imports to the resource of a node.
    pub(super) fn is_import_target(&self, node: NodeId) -> bool {
        let is_requested = || self.options.imports.iter().any(|(address, _)| self.is_instance_of(address, node));
        self.options.mode == Mode::Normal && (self.imports_to(node).next().is_some() || is_requested())
    }

    /// Whether an address is one of the resource of a node.
    fn is_instance_of(&self, address: &ResourceInstance, node: NodeId) -> bool {
        let node = &self.graph.nodes[node];
        matches!(&node.item, Item::Resource(resource) if *resource == address.resource)
            && self.config.module(node.module).path == address.module.path()
    }

    fn imports_to(&self, node: NodeId) -> impl Iterator<Item = &'c Import> + use<'c> {
        let (config, node) = (self.config, &self.graph.nodes[node]);
        config.root().imports.iter().filter(move |import| {
            matches!(&node.item, Item::Resource(resource) if *resource == import.target.resource)
                && config.module(node.module).path == import.target.config().module
        })
    }

    /// Asks for the objects that are to be imported into instances of a resource, and says what must be waited for.
    pub(super) fn import_objects(
        &mut self,
        node: NodeId,
        addresses: &[ResourceInstance],
        declared: &ResourceConfig,
        provider: &ResolvedProvider,
        managed: &dyn ManagedType,
    ) -> Vec<RequestId> {
        if self.options.mode != Mode::Normal {
            return Vec::new();
        }
        if !self.imports.contains_key(&node) {
            let requests = self.import_requests(node, addresses, declared);
            self.imports.insert(node, requests);
        }
        let Some(requests) = self.imports.get(&node).cloned() else { return Vec::new() };
        let mut waiting = Vec::new();
        for (address, request) in requests {
            if self.state.object(&address).is_none() && self.targets.names_instance(&address) {
                waiting.extend(self.import_object(address, request, provider, managed));
            }
        }
        waiting
    }

    fn import_object(
        &mut self,
        address: ResourceInstance,
        request: ImportRequest,
        provider: &ResolvedProvider,
        managed: &dyn ManagedType,
    ) -> Option<RequestId> {
        let key = ObjectKey::current(address);
        match self.refreshed.get(&key) {
            Some(Refreshed::Importing { request, .. }) => return Some(*request),
            Some(_) => return None,
            None => {}
        }
        let (Some(ProviderStatus::Ready(configured)), Some(found)) =
            (self.provider_status.get(&provider.address), self.providers.get(&provider.address.provider))
        else {
            return None;
        };
        let value = match managed.parse_import_id(&request.id) {
            Ok(value) => value,
            Err(error) => {
                self.world.diagnostics.push(error.at_least_at(request.span).about(&key.address));
                self.refreshed.insert(key, Refreshed::Failed);
                return None;
            }
        };
        let asked = RequestKind::Refresh {
            key: key.clone(),
            provider: Arc::clone(found),
            configured: Arc::clone(configured),
            object: Object::new(value),
        };
        let id = self.ask(asked);
        self.refreshed.insert(key, Refreshed::Importing { request: id, id: request.id, span: request.span });
        Some(id)
    }

    /// An object that was found for an import, with its id and the schema of its type.
    pub fn imported_object(&self, address: &ResourceInstance) -> Option<(Str, Value, &'c Schema)> {
        let id = self.imported.get(address)?.clone();
        let Some(Refreshed::Ready(Some(object))) = self.refreshed.get(&ObjectKey::current(address.clone())) else {
            return None;
        };
        let provider = self.declared_provider(address)?;
        let managed = self.providers.get(&provider.provider)?.managed_type(&address.resource.type_name).found()?;
        Some((id, object.value.clone(), managed.schema()))
    }

    /// Takes the object that was found under an id, or nothing where there is none.
    pub(super) fn object_found(&mut self, key: &ObjectKey, id: Str, span: Span, object: Option<Object>) -> Refreshed {
        let provider = self.declared_provider(&key.address).cloned();
        let managed = provider.as_ref().and_then(|provider| {
            self.providers.get(&provider.provider)?.managed_type(&key.address.resource.type_name).found()
        });
        let (Some(provider), Some(managed)) = (provider, managed) else { return Refreshed::Failed };
        let Some(object) = object else {
            self.world.diagnostics.push(
                Diagnostic::error(
                    "Cannot import non-existent remote object",
                    format!(
                        "There is no {} with the id \"{id}\" to import as {}. Check the id, and which region and account \
                         the provider works in.",
                        key.address.resource.type_name, key.address
                    ),
                )
                .at(span)
                .about(&key.address),
            );
            return Refreshed::Failed;
        };
        let object = PriorObject {
            value: mark_schema_secrets(&object.value, &managed.schema().block),
            private: object.private,
            tainted: false,
            dependencies: Vec::new(),
            create_before_destroy: false,
        };
        match encode_object(&object, managed.schema()) {
            Ok(stored) => {
                self.new_state.resources.set(&key.address, None, provider, Arc::new(stored));
                self.state_changes.insert(key.clone());
                self.imported.insert(key.address.clone(), id);
                Refreshed::Ready(Some(object))
            }
            Err(error) => {
                self.world.diagnostics.push(
                    Diagnostic::error("Object cannot be stored", format!("The object cannot be encoded: {error}."))
                        .about(&key.address),
                );
                Refreshed::Failed
            }
        }
    }

    /// Evaluates the blocks about a resource.
    fn import_requests(
        &mut self,
        node: NodeId,
        addresses: &[ResourceInstance],
        declared: &ResourceConfig,
    ) -> ImportRequests {
        let mut requests = ImportRequests::new();
        for import in self.imports_to(node) {
            for repetition in self.import_repetitions(import) {
                let Some((address, request)) = self.import_request(import, repetition.as_ref(), declared) else {
                    continue;
                };
                if !addresses.contains(&address) {
                    self.world.diagnostics.push(missing_instance(&address, import.target.span));
                    continue;
                }
                requests.insert(address, request);
            }
        }
        for (address, id) in self.options.imports.clone() {
            if !self.is_instance_of(&address, node) {
                continue;
            }
            if addresses.contains(&address) {
                requests.insert(address, ImportRequest { id, span: declared.span });
            } else {
                self.world.diagnostics.push(missing_instance(&address, declared.span));
            }
        }
        requests
    }

    /// What `each` is, once for each object that a block imports.
    fn import_repetitions(&mut self, import: &Import) -> Vec<Option<RepetitionValues>> {
        let Some(expression) = &import.for_each else { return vec![None] };
        let errors_before = self.world.diagnostics.0.len();
        let (value, _) = self.world.evaluate(InstanceId::ROOT, expression, None);
        if self.world.diagnostics.0.len() > errors_before {
            return Vec::new();
        }
        let (value, _) = value.unmark_deep();
        let each = |key: Str, value: Value| {
            Some(RepetitionValues { key: InstanceKey::String(key), each_value: Some(value), is_counted: false })
        };
        let text = |value: &Value| value.as_str().map(Str::from);
        match value.kind() {
            Kind::Null(_) => Vec::new(),
            Kind::Map(_, entries) | Kind::Object(entries) => {
                entries.iter().map(|(key, value)| each(key.clone(), value.clone())).collect()
            }
            Kind::Set(_, items) if items.iter().all(|item| text(item).is_some()) => {
                items.iter().filter_map(|item| Some(each(text(item)?, item.clone()))).collect()
            }
            Kind::List(_, items) | Kind::Tuple(items) => items
                .iter()
                .enumerate()
                .map(|(position, item)| each(Str::from(position.to_string()), item.clone()))
                .collect(),
            _ => {
                let detail = match value.is_wholly_known() {
                    true => "The \"for_each\" of an import is a map, a set of texts or a list.",
                    false => {
                        "The \"for_each\" value depends on resource attributes that cannot be determined until apply, so \
                         that it is not known what to import."
                    }
                };
                self.world.diagnostics.push(Diagnostic::error("Invalid for_each argument", detail).at(expression.span));
                Vec::new()
            }
        }
    }

    fn import_request(
        &mut self,
        import: &Import,
        repetition: Option<&RepetitionValues>,
        declared: &ResourceConfig,
    ) -> Option<(ResourceInstance, ImportRequest)> {
        let target = &import.target;
        let mut module = ModuleInstance::root();
        for (name, key) in &target.module {
            module = module.child(name.clone(), self.import_key(key.as_ref(), repetition)?);
        }
        let key = self.import_key(target.key.as_ref(), repetition)?;
        let misfit = match (&declared.repetition, &key) {
            (Repetition::Count(_), InstanceKey::None) => Some("has count, so that its address needs a number as key"),
            (Repetition::ForEach(_), InstanceKey::None) => Some("has for_each, so that its address needs a key"),
            (Repetition::Single | Repetition::ForEach(_), InstanceKey::Int(_)) => Some("has no count"),
            (Repetition::Single | Repetition::Count(_), InstanceKey::String(_)) => Some("has no for_each"),
            _ => None,
        };
        if let Some(misfit) = misfit {
            self.world.diagnostics.push(
                Diagnostic::error(
                    "Invalid import 'to' expression",
                    format!("The resource {} {misfit}. Name an instance that it declares.", target.config()),
                )
                .at(target.span),
            );
            return None;
        }
        let address = ResourceInstance { module, resource: target.resource.clone(), key };
        let errors_before = self.world.diagnostics.0.len();
        let (value, used) = self.world.evaluate(InstanceId::ROOT, &import.id, repetition);
        if self.world.diagnostics.0.len() > errors_before {
            return None;
        }
        let own = self.world.uses.instance(&address);
        self.world.uses.extend(own, used.into_iter().filter(|id| *id != own).collect());
        match import_id(&value, import.id.span) {
            Ok(Some(id)) => return Some((address, ImportRequest { id, span: target.span })),
            Ok(None) => self.world.diagnostics.push(
                Diagnostic::error(
                    "Invalid import id argument",
                    "The id depends on resource attributes that cannot be determined until apply, so that it is not \
                     known what to import. Use a value that is known before.",
                )
                .at(import.id.span),
            ),
            Err(error) => self.world.diagnostics.push(error),
        }
        None
    }

    fn import_key(&mut self, key: Option<&Expression>, repetition: Option<&RepetitionValues>) -> Option<InstanceKey> {
        let Some(expression) = key else { return Some(InstanceKey::None) };
        let errors_before = self.world.diagnostics.0.len();
        let (value, _) = self.world.evaluate(InstanceId::ROOT, expression, repetition);
        let key = instance_key(&value.unmark_deep().0);
        if key.is_none() && self.world.diagnostics.0.len() == errors_before {
            self.world.diagnostics.push(
                Diagnostic::error(
                    "Invalid import 'to' expression",
                    "The key of an instance is a string or a whole number, and known before anything is applied.",
                )
                .at(expression.span),
            );
        }
        key
    }
}

fn missing_instance(address: &ResourceInstance, span: Span) -> Diagnostic {
    Diagnostic::error(
        "Configuration for import target does not exist",
        format!("The resource is declared, but {address} is none of its instances. Import to one that is."),
    )
    .at(span)
    .about(address)
}
