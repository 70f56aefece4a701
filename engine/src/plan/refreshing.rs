//! Reading the objects of the state as they are now.

use std::sync::Arc;

use infra_state::State;
use infra_state::model::ObjectState;
use infra_values::address::ResourceInstance;
use infra_values::{Str, Value};

use super::object::{PriorObject, decode_object, encode_object};
use super::planner::Planner;
use super::requests::{RequestId, RequestKind};
use super::{Action, Drift, ObjectKey};
use crate::diagnostics::{Diagnostic, Diagnostics};
use crate::provider::{Configured, ManagedType, Object, Provider, TypeLookup};
use crate::syntax::Span;
use crate::world::Providers;

/// An object of the state during planning.
pub(super) enum Refreshed {
    /// It is being read.
    Pending {
        /// By which request.
        request: RequestId,
        /// As the state has it.
        prior: PriorObject,
    },
    /// It is being looked for, because an `import` block names it.
    Importing {
        /// By which request.
        request: RequestId,
        /// The id.
        id: Str,
        /// The target's address in the block.
        span: Span,
    },
    /// As it is now; `None` when it is gone.
    Ready(Option<PriorObject>),
    /// It could not be read, which was reported.
    Failed,
}

impl<'c> Planner<'c> {
    pub(super) fn begin_refresh(
        &mut self,
        key: ObjectKey,
        provider: &Arc<dyn Provider>,
        configured: &Arc<dyn Configured>,
    ) {
        let Some(prior) = self.decode_stored(&key, provider.as_ref()) else {
            self.refreshed.insert(key, Refreshed::Failed);
            return;
        };
        // What is only forgotten is not looked at.
        let is_forgotten = self.declaration(&key.address).is_none() && self.end_of(&key.address) == Action::Forget;
        if !self.options.refresh || is_forgotten {
            self.refreshed.insert(key, Refreshed::Ready(Some(prior)));
            return;
        }
        let (bare, _) = prior.value.clone().unmark_deep();
        let object = Object { value: bare, private: prior.private.clone() };
        let request = self.ask(RequestKind::Refresh {
            key: key.clone(),
            provider: Arc::clone(provider),
            configured: Arc::clone(configured),
            object,
        });
        self.refreshed.insert(key, Refreshed::Pending { request, prior });
    }

    fn decode_stored(&mut self, key: &ObjectKey, provider: &dyn Provider) -> Option<PriorObject> {
        let stored = self.state.resources.instance(&key.address)?.object(key.deposed.as_ref())?.clone();
        match provider.managed_type(&key.address.resource.type_name) {
            TypeLookup::Found(managed) => match decode_object(&stored, managed.schema(), Some(managed)) {
                Ok(prior) => Some(prior),
                Err(diagnostic) => {
                    self.world.diagnostics.push(diagnostic.about(&key.address));
                    None
                }
            },
            _ => {
                self.world.diagnostics.push(
                    Diagnostic::error(
                        "Stored object of a type that cannot be managed",
                        format!(
                            "The state holds {}, and this version of infra does not manage the type {}. Manage it with \
                             terraform, or remove it from the state.",
                            key.address, key.address.resource.type_name
                        ),
                    )
                    .about(&key.address),
                );
                None
            }
        }
    }

    pub(super) fn refreshed(&mut self, key: ObjectKey, result: Result<Option<Object>, Diagnostics>) {
        let (prior, importing) = match self.refreshed.remove(&key) {
            Some(Refreshed::Pending { prior, .. }) => (Some(prior), None),
            Some(Refreshed::Importing { id, span, .. }) => (None, Some((id, span))),
            _ => return,
        };
        let entry = match (result, prior) {
            (Err(errors), _) => {
                for diagnostic in errors {
                    let diagnostic = match &importing {
                        Some((_, span)) => diagnostic.at_least_at(*span),
                        None => diagnostic,
                    };
                    self.world.diagnostics.push(diagnostic.about(&key.address));
                }
                Refreshed::Failed
            }
            (Ok(object), None) => match importing {
                Some((id, span)) => self.object_found(&key, id, span, object),
                None => return,
            },
            (Ok(None), Some(prior)) => {
                self.note_drift(&key, &prior.value, Value::null(prior.value.ty()));
                self.set_state(&key, None);
                Refreshed::Ready(None)
            }
            (Ok(Some(object)), Some(prior)) => self.refreshed_object(&key, prior, object),
        };
        self.refreshed.insert(key, entry);
    }

    fn refreshed_object(&mut self, key: &ObjectKey, prior: PriorObject, object: Object) -> Refreshed {
        let (bare, marks) = prior.value.unmark_with_paths();
        let value = object.value.with_marks_at(&marks);
        if object.value == bare && object.private == prior.private {
            return Refreshed::Ready(Some(prior));
        }
        if object.value != bare {
            self.note_drift(key, &prior.value, value.clone());
        }
        let object = PriorObject { value, private: object.private, ..prior };
        let stored = self.encode(key, &object);
        self.set_state(key, stored);
        Refreshed::Ready(Some(object))
    }

    fn note_drift(&mut self, key: &ObjectKey, before: &Value, after: Value) {
        if let Some(resource) = self.state.resources.get(&key.address.absolute_resource()) {
            let drift = Drift {
                address: key.address.clone(),
                deposed: key.deposed.clone(),
                previous_address: None,
                provider: resource.provider.clone(),
                before: before.clone(),
                after,
            };
            self.drift.insert(key.clone(), drift);
        }
    }

    pub(super) fn encode(&mut self, key: &ObjectKey, object: &PriorObject) -> Option<Arc<ObjectState>> {
        let schema = self.managed_type(key)?.schema();
        match encode_object(object, schema) {
            Ok(state) => Some(Arc::new(state)),
            Err(error) => {
                self.world.diagnostics.push(
                    Diagnostic::error("Object cannot be stored", format!("The object cannot be encoded: {error}."))
                        .about(&key.address),
                );
                None
            }
        }
    }

    fn managed_type(&self, key: &ObjectKey) -> Option<&'c dyn ManagedType> {
        let stored = self.state.resources.get(&key.address.absolute_resource());
        let provider = stored.map(|resource| &resource.provider).or_else(|| self.declared_provider(&key.address))?;
        self.providers.get(&provider.provider)?.managed_type(&key.address.resource.type_name).found()
    }

    /// Notes what refreshing or reading found for the state from which applying starts.
    fn set_state(&mut self, key: &ObjectKey, object: Option<Arc<ObjectState>>) {
        match object {
            Some(object) => {
                if let Some(resource) = self.state.resources.get(&key.address.absolute_resource()) {
                    let provider = resource.provider.clone();
                    self.new_state.resources.set(&key.address, key.deposed.as_ref(), provider, object);
                }
            }
            None => {
                self.new_state.resources.remove(&key.address, key.deposed.as_ref());
            }
        }
        self.state_changes.insert(key.clone());
    }
}

/// What objects are worth that a narrowed plan does not look at.
pub(super) struct StateValues<'c> {
    pub(super) state: Arc<State>,
    pub(super) providers: &'c Providers,
}

impl crate::world::StoredValues for StateValues<'_> {
    fn value(&self, address: &ResourceInstance) -> Option<Value> {
        super::object::stored_value(&self.state, self.providers, address)
    }
}
