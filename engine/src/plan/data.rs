//! Planning the instances of one data source: read now, or during apply. Ephemeral resources go the same way: they are
//! opened instead of read, and nothing of them is kept.

use std::sync::Arc;

use infra_state::model::ObjectState;
use infra_values::address::{Resource, ResourceInstance, ResourceMode};
use infra_values::{Marks, Value};

use super::managed::unsupported_type;
use super::object::{PriorObject, encode_object, ephemeral_misuse, mark_schema_secrets};
use super::planner::{Planner, Progress, locate};
use super::providers::ProviderStatus;
use super::requests::{RequestId, RequestKind};
use super::{Action, Mode, ObjectKey, Reason, ResourceChange};
use crate::checks::Checked;
use crate::config::ResourceConfig;
use crate::diagnostics::{Diagnostic, Diagnostics};
use crate::graph::{ResolvedProvider, named_resource};
use crate::provider::{DataType, EphemeralType, TypeLookup, unknown_object};
use crate::schema::Schema;
use crate::schema::decode::decode_object as decode_config;
use crate::schema::validate::validate;
use crate::syntax::references_in_body;
use crate::world::{ConditionKind, InstanceId, RepetitionValues, Subject, UseId};

/// What reading a data source has come to.
pub(super) enum DataStatus {
    /// Asked for.
    Pending(RequestId),
    /// Read.
    Ready(Value),
    /// It is read during apply.
    Later,
    /// It could not be read, which was reported.
    Failed,
}

/// One instance about to be read.
struct Source<'s> {
    instance: InstanceId,
    address: ResourceInstance,
    repetition: RepetitionValues,
    declared: &'s ResourceConfig,
    provider: &'s ResolvedProvider,
    kind: SourceKind<'s>,
}

/// What is asked, and how.
#[derive(Clone, Copy)]
enum SourceKind<'s> {
    Data(&'s dyn DataType),
    Ephemeral(&'s dyn EphemeralType),
}

impl<'s> SourceKind<'s> {
    fn schema(self) -> &'s Schema {
        match self {
            Self::Data(data) => data.schema(),
            Self::Ephemeral(ephemeral) => ephemeral.schema(),
        }
    }

    fn validate(self, config: &Value) -> Diagnostics {
        match self {
            Self::Data(data) => data.validate(config),
            Self::Ephemeral(ephemeral) => ephemeral.validate(config),
        }
    }
}

impl Planner<'_> {
    pub(super) fn data_read(&mut self, address: ResourceInstance, result: Result<Value, Diagnostics>) {
        let status = match result {
            Ok(value) => DataStatus::Ready(value),
            Err(mut errors) => {
                let place = self.config.declaration(&address);
                if let Some(check) = place.and_then(|declared| declared.check.as_ref()) {
                    self.world.demote_nested(&address.module, check, &mut errors);
                }
                self.report_reading(errors, place, &address);
                DataStatus::Failed
            }
        };
        self.data.insert(address, status);
    }

    /// Reports what went wrong when something was read or opened, at its block where there still is one.
    pub(super) fn report_reading(
        &mut self,
        errors: Diagnostics,
        declared: Option<&ResourceConfig>,
        address: &ResourceInstance,
    ) {
        for diagnostic in errors {
            let diagnostic = match declared {
                Some(declared) => locate(diagnostic, &declared.body),
                None => diagnostic,
            };
            self.world.diagnostics.push(diagnostic.about(address));
        }
    }

    pub(super) fn data_resource(&mut self, instances: &[InstanceId], resource: &Resource) -> Progress {
        let mut waiting = Vec::new();
        for instance in instances {
            let module = self.world.module_of(*instance);
            let (Some(declared), Some(provider)) =
                (module.resources.get(resource), self.graph.providers.get(&(module.id, resource.clone())))
            else {
                return Progress::Done;
            };
            let providers = self.providers;
            let found = providers.get(&provider.address.provider);
            let kind = match resource.mode {
                ResourceMode::Ephemeral => {
                    found.map(|found| source_kind(found.ephemeral_type(&resource.type_name), SourceKind::Ephemeral))
                }
                _ => found.map(|found| source_kind(found.data_type(&resource.type_name), SourceKind::Data)),
            };
            let kind = match kind {
                Some(Ok(Some(kind))) => kind,
                Some(Err(())) => {
                    if !self.world.expansion(*instance, resource).0.instances().is_empty() {
                        self.world.diagnostics.push(unsupported_type(resource, declared.type_span));
                    }
                    continue;
                }
                // Validation has reported the type.
                _ => return Progress::Done,
            };
            let expansion = self.expansion(*instance, resource);
            for repetition in expansion.instances() {
                if let Some(ProviderStatus::Pending(request)) = self.provider_status.get(&provider.address) {
                    return Progress::Blocked(vec![*request]);
                }
                let address = ResourceInstance {
                    module: self.world.address_of(*instance).clone(),
                    resource: resource.clone(),
                    key: repetition.key.clone(),
                };
                let source = Source { instance: *instance, address, repetition, declared, provider, kind };
                if let Progress::Blocked(requests) = self.data_instance(&source) {
                    waiting.extend(requests);
                }
            }
        }
        if waiting.is_empty() { Progress::Done } else { Progress::Blocked(waiting) }
    }

    fn data_instance(&mut self, source: &Source<'_>) -> Progress {
        self.declared.insert(source.address.clone());
        match self.data.get(&source.address) {
            Some(DataStatus::Pending(request)) => return Progress::Blocked(vec![*request]),
            Some(DataStatus::Ready(value)) => {
                let value = value.clone();
                self.data_ready(source, value);
                return Progress::Done;
            }
            Some(DataStatus::Failed) if source.declared.check.is_some() => {
                if let Some(config) = self.data_config(source) {
                    let after = unread(&config, source.kind.schema());
                    self.read_later(source, after, Reason::ReadBecauseCheckNested);
                }
                return Progress::Done;
            }
            Some(DataStatus::Later | DataStatus::Failed) => return Progress::Done,
            None => {}
        }
        let own = self.world.uses.instance(&source.address);
        let found_at_first = self.world.diagnostics.0.len();
        let used = self.check_data(source, ConditionKind::Precondition, None);
        self.world.uses.extend(own, used.into_iter().filter(|id| *id != own).collect());
        let found_before = self.world.diagnostics.0.len();
        let config = self.data_config(source);
        if self.targets.excludes(&source.address) || self.is_left_out_behind(own) {
            self.world.diagnostics.0.truncate(found_at_first);
            self.left_out.insert(source.address.clone());
            self.data.insert(source.address.clone(), DataStatus::Later);
            return Progress::Done;
        }
        let Some(config) = config else {
            if let Some(check) = &source.declared.check {
                let mut errors = Diagnostics(self.world.diagnostics.0.split_off(found_before));
                self.world.demote_nested(&source.address.module, check, &mut errors);
                self.world.diagnostics.extend(errors);
            }
            self.data.insert(source.address.clone(), DataStatus::Failed);
            return Progress::Done;
        };
        let (bare, _) = config.clone().unmark_deep();
        let is_known = bare.is_wholly_known();
        if self.has_pending_dependency(source) || !is_known {
            let reason = if is_known { Reason::ReadBecauseDependencyPending } else { Reason::ReadBecauseConfigUnknown };
            self.data.insert(source.address.clone(), DataStatus::Later);
            self.read_later(source, unread(&config, source.kind.schema()), reason);
            return Progress::Done;
        }
        let (Some(ProviderStatus::Ready(configured)), Some(provider)) =
            (self.provider_status.get(&source.provider.address), self.providers.get(&source.provider.address.provider))
        else {
            self.data.insert(source.address.clone(), DataStatus::Failed);
            return Progress::Done;
        };
        let (config, marks) = config.unmark_with_paths();
        let (address, provider, configured) = (source.address.clone(), Arc::clone(provider), Arc::clone(configured));
        let request = match source.kind {
            SourceKind::Data(_) => RequestKind::ReadData { address, provider, configured, config },
            SourceKind::Ephemeral(_) => RequestKind::Open { address, provider, configured, config },
        };
        self.data_marks.insert(source.address.clone(), marks);
        let id = self.ask(request);
        self.data.insert(source.address.clone(), DataStatus::Pending(id));
        Progress::Blocked(vec![id])
    }

    fn data_config(&mut self, source: &Source<'_>) -> Option<Value> {
        let schema = source.kind.schema();
        let body = &source.declared.body;
        let ((config, mut diagnostics), mut used) =
            self.world.with_scope(source.instance, Some(&source.repetition), Vec::new(), |evaluator| {
                decode_config(body, schema, evaluator, source.declared.reserved())
            });
        for traversal in &source.declared.depends_on {
            used.extend(self.world.depends_on(source.instance, traversal));
        }
        used.extend(self.provider_uses.get(&source.provider.address));
        used.extend(self.world.enclosing_uses(source.instance));
        used.extend(self.world.repetition_use(source.instance, &source.address.resource));
        let own = self.world.uses.instance(&source.address);
        self.world.uses.extend(own, used);
        let (bare, _) = config.clone().unmark_deep();
        if !diagnostics.has_errors() {
            if matches!(source.kind, SourceKind::Data(_)) {
                diagnostics.extend(ephemeral_misuse(&config, &schema.block));
            }
            diagnostics.extend(validate(schema, &bare));
            diagnostics.extend(source.kind.validate(&bare));
        }
        diagnostics.withhold(&config);
        let failed = diagnostics.has_errors();
        for diagnostic in diagnostics {
            let diagnostic = locate(diagnostic, body).about(&source.address);
            self.world.diagnostics.push(diagnostic);
        }
        (!failed).then_some(config)
    }

    /// Whether something named in a `depends_on` (its own, or that of a module call around it) is going to change, so
    /// that reading now would be too early. Where conditions must hold, anything it refers to counts: the change may
    /// be what makes them hold.
    fn has_pending_dependency(&mut self, source: &Source<'_>) -> bool {
        let lifecycle = &source.declared.lifecycle;
        if !lifecycle.preconditions.is_empty() || !lifecycle.postconditions.is_empty() {
            let own = self.world.uses.instance(&source.address);
            return self.world.uses.needs(own).to_vec().into_iter().any(|id| self.has_pending_change_behind(id));
        }
        let referred_to = match source.kind {
            SourceKind::Data(data) if data.reads_what_references_write() => references_in_body(&source.declared.body),
            _ => Vec::new(),
        };
        let module = self.world.module_of(source.instance);
        for traversal in source.declared.depends_on.iter().chain(referred_to) {
            let used = self.world.depends_on(source.instance, traversal);
            // A resource is meant itself. Of a module, or a value, everything behind it counts.
            let is_resource = named_resource(module, traversal).is_some();
            let is_pending = used.into_iter().any(|id| match is_resource {
                true => self.is_pending_itself(id),
                false => self.has_pending_change_behind(id),
            });
            if is_pending {
                return true;
            }
        }
        self.world.enclosing_uses(source.instance).is_some_and(|id| self.has_pending_change_behind(id))
    }

    /// Plans that it is read during apply; `after` is what is known of it.
    fn read_later(&mut self, source: &Source<'_>, after: Value, reason: Reason) {
        let schema = source.kind.schema();
        let is_ephemeral = matches!(source.kind, SourceKind::Ephemeral(_));
        let after = if is_ephemeral { after.with_marks(&Marks::ephemeral()) } else { after };
        self.world.set_instance(source.instance, &source.address.resource, &source.repetition.key, after.clone());
        if self.options.mode != Mode::Normal || is_ephemeral {
            return;
        }
        let own = self.world.uses.instance(&source.address);
        let change = ResourceChange {
            address: source.address.clone(),
            deposed: None,
            previous_address: None,
            importing: None,
            generated_config: None,
            provider: source.provider.address.clone(),
            action: Action::Read,
            reason: Some(reason),
            cause: None,
            before: Value::null(schema.implied_type().clone()),
            after,
            replace_paths: Vec::new(),
            private: Vec::new(),
            dependencies: self.world.uses.nearest_resources(own).iter().cloned().collect(),
            create_before_destroy: false,
        };
        self.changes.insert(ObjectKey::current(source.address.clone()), change);
    }

    fn data_ready(&mut self, source: &Source<'_>, value: Value) {
        let schema = source.kind.schema();
        let marks = self.data_marks.remove(&source.address).unwrap_or_default();
        let value = mark_schema_secrets(&value.with_marks_at(&marks), &schema.block);
        let value = match source.kind {
            SourceKind::Data(_) => value,
            SourceKind::Ephemeral(_) => value.with_marks(&Marks::ephemeral()),
        };
        if source.declared.check.is_some() {
            self.read_later(source, value.clone(), Reason::ReadBecauseCheckNested);
        }
        self.world.set_instance(source.instance, &source.address.resource, &source.repetition.key, value.clone());
        self.check_data(source, ConditionKind::Postcondition, Some(&value));
        if matches!(source.kind, SourceKind::Ephemeral(_)) {
            return;
        }
        let object = PriorObject {
            value,
            private: Vec::new(),
            tainted: false,
            dependencies: Vec::new(),
            create_before_destroy: false,
        };
        match encode_object(&object, schema) {
            Ok(state) => self.store_data(source, state),
            Err(error) => self.world.diagnostics.push(
                Diagnostic::error("Data cannot be stored", format!("What was read cannot be encoded: {error}."))
                    .about(&source.address),
            ),
        }
    }

    fn check_data(&mut self, source: &Source<'_>, kind: ConditionKind, value: Option<&Value>) -> Vec<UseId> {
        let lifecycle = &source.declared.lifecycle;
        let conditions = match kind {
            ConditionKind::Postcondition => &lifecycle.postconditions,
            _ => &lifecycle.preconditions,
        };
        let checked = Checked::Resource(source.address.resource.clone());
        let subject = Subject {
            instance: source.instance,
            checked: &checked,
            repetition: Some(&source.repetition),
            self_value: value,
        };
        self.world.check_conditions(subject, kind, conditions)
    }

    /// Keeps what was read for the state, unless the state says the same already.
    fn store_data(&mut self, source: &Source<'_>, object: ObjectState) {
        let stored = self.state.object(&source.address);
        let same = stored.is_some_and(|stored| {
            stored.schema_version == object.schema_version
                && same_json(stored.attributes.get(), object.attributes.get())
        });
        if !same {
            let provider = source.provider.address.clone();
            self.new_state.resources.set(&source.address, None, provider, Arc::new(object));
            self.state_changes.insert(ObjectKey::current(source.address.clone()));
        }
    }
}

/// What a provider knows of a type, as what is asked: `None` for an unknown type, `Err` for one of another build.
fn source_kind<'s, T: ?Sized>(
    lookup: TypeLookup<'s, T>,
    kind: fn(&'s T) -> SourceKind<'s>,
) -> Result<Option<SourceKind<'s>>, ()> {
    match lookup {
        TypeLookup::Found(found) => Ok(Some(kind(found))),
        TypeLookup::Unsupported(_) => Err(()),
        TypeLookup::Unknown => Ok(None),
    }
}

/// What a data source is worth before it is read: what is configured is known; what only reading tells is not.
fn unread(config: &Value, schema: &Schema) -> Value {
    let Some(entries) = config.as_entries() else { return unknown_object(schema) };
    let attributes = entries.iter().map(|(name, value)| {
        let computed = schema.block.attributes.get(name).is_some_and(|attribute| attribute.computed);
        let value = if value.is_null() && computed { Value::unknown(value.ty()) } else { value.clone() };
        (name.clone(), value)
    });
    Value::object(attributes.collect())
}

/// Whether two JSON texts say the same, whatever their spacing.
fn same_json(left: &str, right: &str) -> bool {
    left == right
        || matches!(
            (serde_json::from_str::<serde_json::Value>(left), serde_json::from_str::<serde_json::Value>(right)),
            (Ok(left), Ok(right)) if left == right
        )
}
