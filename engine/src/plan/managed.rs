//! Planning the instances of one managed resource.

use std::sync::Arc;

use infra_values::address::{ProviderConfig, Resource, ResourceInstance};
use infra_values::{Path, Value};

use super::ignore_changes::ignore_changes;
use super::object::{PriorObject, ephemeral_misuse, mark_schema_secrets, without_write_only};
use super::planner::{Planner, Progress, locate};
use super::providers::ProviderStatus;
use super::refreshing::Refreshed;
use super::{Action, Mode, ObjectKey, Reason, ResourceChange, SourceLine};
use crate::checks::Checked;
use crate::config::{RESOURCE_RESERVED, ResourceConfig};
use crate::diagnostics::Diagnostic;
use crate::evaluate::Evaluator;
use crate::graph::{NodeId, ResolvedProvider};
use crate::provider::{Configured, ManagedType, PlanRequest, TypeLookup};
use crate::schema::decode::{decode_object as decode_config, span_of};
use crate::schema::proposed::proposed_new;
use crate::schema::validate::validate;
use crate::syntax::Span;
use crate::world::{ConditionKind, InstanceId, RepetitionValues, Subject as Guarded, UseId};

/// One instance about to be planned.
pub(super) struct Subject<'s> {
    pub(super) instance: InstanceId,
    pub(super) address: ResourceInstance,
    pub(super) repetition: RepetitionValues,
    pub(super) declared: &'s ResourceConfig,
    pub(super) provider: &'s ResolvedProvider,
    pub(super) managed: &'s dyn ManagedType,
    pub(super) create_before_destroy: bool,
}

/// What the provider made of a configuration.
struct Proposal {
    planned: Value,
    private: Vec<u8>,
    requires_replace: Vec<Path>,
}

impl<'c> Planner<'c> {
    pub(super) fn managed_resource(&mut self, node: NodeId, instances: &[InstanceId], resource: &Resource) -> Progress {
        let module = self.config.module(self.graph.nodes[node].module);
        let (Some(declared), Some(provider)) =
            (module.resources.get(resource), self.graph.providers.get(&(module.id, resource.clone())))
        else {
            return Progress::Done;
        };
        let mut subjects = Vec::new();
        let mut waiting = Vec::new();
        for instance in instances {
            let expansion = self.expansion(*instance, resource);
            for repetition in expansion.instances() {
                let address = ResourceInstance {
                    module: self.world.address_of(*instance).clone(),
                    resource: resource.clone(),
                    key: repetition.key.clone(),
                };
                if let Some(Refreshed::Pending { request, .. } | Refreshed::Importing { request, .. }) =
                    self.refreshed.get(&ObjectKey::current(address.clone()))
                {
                    waiting.push(*request);
                }
                subjects.push((*instance, address, repetition));
            }
        }
        if let Some(ProviderStatus::Pending(request)) = self.provider_status.get(&provider.address)
            && !subjects.is_empty()
        {
            waiting.push(*request);
        }
        if !waiting.is_empty() {
            return Progress::Blocked(waiting);
        }
        if subjects.is_empty() && !self.is_import_target(node) {
            return Progress::Done;
        }
        // Without its provider nothing can be said of an object; why there is none was reported.
        if matches!(self.provider_status.get(&provider.address), Some(ProviderStatus::Failed)) {
            if let Some(used) = self.provider_uses.get(&provider.address).copied()
                && self.is_left_out_behind(used)
            {
                self.left_out.extend(subjects.iter().map(|(_, address, _)| address.clone()));
            }
            self.declared.extend(subjects.into_iter().map(|(_, address, _)| address));
            return Progress::Done;
        }
        let providers = self.providers;
        let managed =
            match providers.get(&provider.address.provider).map(|found| found.managed_type(&resource.type_name)) {
                Some(TypeLookup::Found(managed)) => managed,
                Some(TypeLookup::Unsupported(_)) => {
                    self.world.diagnostics.push(unsupported_type(resource, declared.type_span));
                    return Progress::Done;
                }
                // Validation has reported the type.
                _ => return Progress::Done,
            };
        let addresses: Vec<ResourceInstance> = subjects.iter().map(|(_, address, _)| address.clone()).collect();
        let waiting = self.import_objects(node, &addresses, declared, provider, managed);
        if !waiting.is_empty() {
            return Progress::Blocked(waiting);
        }
        for (instance, address, repetition) in subjects {
            let subject = Subject {
                instance,
                address,
                repetition,
                declared,
                provider,
                managed,
                create_before_destroy: self.create_before_destroy.contains(&node),
            };
            self.plan_instance(&subject);
        }
        Progress::Done
    }

    fn plan_instance(&mut self, subject: &Subject<'_>) {
        self.declared.insert(subject.address.clone());
        let key = ObjectKey::current(subject.address.clone());
        let prior = match self.refreshed.get(&key) {
            Some(Refreshed::Ready(object)) => object.clone(),
            Some(Refreshed::Failed | Refreshed::Pending { .. } | Refreshed::Importing { .. }) => return,
            None => None,
        };
        let checked = Checked::Resource(subject.address.resource.clone());
        let guarded = Guarded {
            instance: subject.instance,
            checked: &checked,
            repetition: Some(&subject.repetition),
            self_value: None,
        };
        let lifecycle = &subject.declared.lifecycle;
        if self.options.mode != Mode::Normal || !self.targets.names_instance(&subject.address) {
            let Some(prior) = prior else { return };
            self.set_world(subject, prior.value.clone());
            if self.options.mode == Mode::RefreshOnly {
                self.world.check_conditions(guarded, ConditionKind::Precondition, &lifecycle.preconditions);
                let guarded = Guarded { self_value: Some(&prior.value), ..guarded };
                self.world.check_conditions(guarded, ConditionKind::Postcondition, &lifecycle.postconditions);
            }
            return;
        }
        let found_before = self.world.diagnostics.0.len();
        let errors_before = self.world.diagnostics.error_count();
        let used = self.world.check_conditions(guarded, ConditionKind::Precondition, &lifecycle.preconditions);
        self.note_uses(subject, used);
        let may_be_planned = self.world.diagnostics.error_count() == errors_before;
        if !may_be_planned && self.options.excludes.is_empty() {
            return;
        }
        let config = self.evaluate_config(subject);
        let forced = self.forced_replacement(subject, prior.as_ref());
        if self.leaves_out(subject, found_before) {
            if let Some(prior) = prior {
                self.set_world(subject, prior.value);
            }
            return;
        }
        let Some(config) = config.filter(|_| may_be_planned) else { return };
        let configured = match self.provider_status.get(&subject.provider.address) {
            Some(ProviderStatus::Ready(configured)) => Some(Arc::clone(configured)),
            _ => None,
        };
        let change = self.decide(subject, prior.as_ref(), &config, forced, configured.as_deref());
        let Some(mut change) = change else { return };
        self.check_prevent_destroy(subject, &change);
        let deferred: Vec<_> = change.after.marks_deep().deferral_causes().cloned().collect();
        let world_value = change.after.clone();
        self.set_world(subject, world_value);
        let guarded = Guarded { self_value: Some(&change.after), ..guarded };
        let used = self.world.check_conditions(guarded, ConditionKind::Postcondition, &lifecycle.postconditions);
        self.note_uses(subject, used);
        let used = self.provisioner_uses(subject, &change.after);
        self.note_uses(subject, used);
        // Only now is everything noted that it uses.
        let own = self.world.uses.instance(&subject.address);
        change.dependencies = self.world.uses.nearest_resources(own).iter().cloned().collect();
        change.dependencies.retain(|dependency| *dependency != subject.address.config());
        if let (Action::NoOp, Some(prior)) = (change.action, prior) {
            self.renew_metadata(&key, prior, &change);
        }
        if deferred.is_empty() {
            self.changes.insert(key, change);
        } else {
            self.deferred.push(super::DeferredChange { change, causes: deferred });
        }
    }

    /// What is stored beside the attributes of an object follows the files even where nothing is done to it: later it
    /// decides in which order things are destroyed, and by whom.
    fn renew_metadata(&mut self, key: &ObjectKey, prior: PriorObject, change: &ResourceChange) {
        let stored_provider =
            self.state.resources.get(&key.address.absolute_resource()).map(|resource| resource.provider.clone());
        if prior.dependencies == change.dependencies && stored_provider.as_ref() == Some(&change.provider) {
            return;
        }
        let object = PriorObject { dependencies: change.dependencies.clone(), ..prior };
        self.keep_as(key, &object, change.provider.clone());
    }

    /// Has an object to which nothing is done stored anew, for what is said beside its attributes.
    pub(super) fn keep_as(&mut self, key: &ObjectKey, object: &PriorObject, provider: ProviderConfig) {
        if let Some(stored) = self.encode(key, object) {
            self.new_state.resources.set(&key.address, None, provider, stored);
            self.state_changes.insert(key.clone());
        }
    }

    fn set_world(&mut self, subject: &Subject<'_>, value: Value) {
        self.world.set_instance(subject.instance, &subject.address.resource, &subject.repetition.key, value);
    }

    pub(super) fn note_uses(&mut self, subject: &Subject<'_>, used: Vec<UseId>) {
        let own = self.world.uses.instance(&subject.address);
        self.world.uses.extend(own, used.into_iter().filter(|id| *id != own).collect());
    }

    /// The configuration of an instance as a value; `None` after mistakes, which were reported.
    fn evaluate_config(&mut self, subject: &Subject<'_>) -> Option<Value> {
        let schema = subject.managed.schema();
        let body = &subject.declared.body;
        let ((config, diagnostics), used) = self.world.with_scope(
            subject.instance,
            Some(&subject.repetition),
            Vec::new(),
            |evaluator: &mut Evaluator<'_>| decode_config(body, schema, evaluator, &RESOURCE_RESERVED),
        );
        self.note_uses(subject, used);
        let mut dependencies: Vec<UseId> = Vec::new();
        for traversal in &subject.declared.depends_on {
            dependencies.extend(self.world.depends_on(subject.instance, traversal));
        }
        if let Some(used_as) = self.provider_uses.get(&subject.provider.address) {
            dependencies.push(*used_as);
        }
        dependencies.extend(self.world.enclosing_uses(subject.instance));
        dependencies.extend(self.world.repetition_use(subject.instance, &subject.address.resource));
        self.note_uses(subject, dependencies);
        let (bare, _) = config.clone().unmark_deep();
        let mut diagnostics = diagnostics;
        if !diagnostics.has_errors() {
            diagnostics.extend(ephemeral_misuse(&config, &schema.block));
            diagnostics.extend(validate(schema, &bare));
            diagnostics.extend(subject.managed.validate(&bare));
        }
        diagnostics.withhold(&config);
        let failed = diagnostics.has_errors();
        for diagnostic in diagnostics {
            let diagnostic = locate(diagnostic, body).about(&subject.address);
            self.world.diagnostics.push(diagnostic);
        }
        (!failed).then_some(config)
    }

    /// Decides what happens to an object. `None` after mistakes, which were reported.
    fn decide(
        &mut self,
        subject: &Subject<'_>,
        prior: Option<&PriorObject>,
        config: &Value,
        forced: Option<Reason>,
        configured: Option<&dyn Configured>,
    ) -> Option<ResourceChange> {
        let schema = subject.managed.schema();
        // A tainted object is planned as if it were not there; what is left of it is destroyed.
        let basis = prior.filter(|prior| !prior.tainted);
        let effective = match basis {
            Some(prior) => ignore_changes(config, &prior.value, &subject.declared.lifecycle.ignore_changes),
            None => config.clone(),
        };
        let mut proposal = self.propose(subject, basis, &effective, configured)?;
        let action = match (prior, basis) {
            (None, _) => Action::Create,
            (Some(_), None) => self.replacement(subject),
            (Some(_), Some(basis)) => {
                let replaces = forced.is_some() || !proposal.requires_replace.is_empty();
                if replaces {
                    self.replacement(subject)
                } else if proposal.planned == basis.value {
                    Action::NoOp
                } else {
                    Action::Update
                }
            }
        };
        let reason = match (action.is_replace(), prior) {
            (true, _) if forced == Some(Reason::ReplaceByTriggers) => forced,
            (true, Some(prior)) if prior.tainted => Some(Reason::ReplaceBecauseTainted),
            (true, _) if forced.is_some() => forced,
            (true, _) => Some(Reason::ReplaceBecauseCannotUpdate),
            (false, None) => forced,
            _ => None,
        };
        let replace_paths = std::mem::take(&mut proposal.requires_replace);
        if action.is_replace() && basis.is_some() {
            // The new object is planned as a creation, from the configuration with nothing ignored.
            proposal = self.propose(subject, None, config, configured)?;
        }
        Some(ResourceChange {
            address: subject.address.clone(),
            deposed: None,
            previous_address: None,
            importing: self.imported.get(&subject.address).cloned(),
            generated_config: None,
            provider: subject.provider.address.clone(),
            action,
            reason,
            cause: self.cause(subject, &replace_paths),
            before: prior.map_or_else(|| Value::null(schema.implied_type().clone()), |prior| prior.value.clone()),
            after: proposal.planned,
            replace_paths,
            private: proposal.private,
            dependencies: Vec::new(),
            create_before_destroy: subject.create_before_destroy,
        })
    }

    fn replacement(&self, subject: &Subject<'_>) -> Action {
        if subject.create_before_destroy { Action::CreateThenDelete } else { Action::DeleteThenCreate }
    }

    /// Asks the provider what would be stored. The answer has the marks of the configuration.
    fn propose(
        &mut self,
        subject: &Subject<'_>,
        prior: Option<&PriorObject>,
        config: &Value,
        configured: Option<&dyn Configured>,
    ) -> Option<Proposal> {
        let schema = subject.managed.schema();
        let (config, marks) = config.unmark_with_paths();
        let prior_value = prior.map(|prior| prior.value.clone().unmark_deep().0);
        let proposed = proposed_new(&schema.block, prior_value.as_ref(), &config);
        let response = subject.managed.plan(&PlanRequest {
            prior: prior_value.as_ref(),
            config: &config,
            proposed: &proposed,
            configured,
            private: prior.map_or(&[], |prior| prior.private.as_slice()),
        });
        let mut diagnostics = response.diagnostics;
        diagnostics.withhold(&config.with_marks_at(&marks));
        let failed = diagnostics.has_errors();
        for diagnostic in diagnostics {
            let diagnostic = locate(diagnostic, &subject.declared.body).about(&subject.address);
            self.world.diagnostics.push(diagnostic);
        }
        if failed {
            return None;
        }
        let requires_replace = match &prior_value {
            Some(prior) => really_changed(response.requires_replace, prior, &response.planned),
            None => Vec::new(),
        };
        let planned = without_write_only(&response.planned.with_marks_at(&marks), &schema.block);
        let planned = mark_schema_secrets(&planned, &schema.block);
        Some(Proposal { planned, private: response.private, requires_replace })
    }

    /// The line of the first attribute that forces the replacement.
    fn cause(&self, subject: &Subject<'_>, replace_paths: &[Path]) -> Option<SourceLine> {
        let path = replace_paths.first()?;
        let span = span_of(&subject.declared.body, path)?;
        Some(self.source_line(span))
    }

    pub(super) fn source_line(&self, span: Span) -> SourceLine {
        let (line, _) = self.config.sources.line_column(span.file, span.start);
        SourceLine { file: self.config.sources.path(span.file).to_string(), line }
    }

    fn check_prevent_destroy(&mut self, subject: &Subject<'_>, change: &ResourceChange) {
        if !change.action.is_replace() {
            return;
        }
        if subject.declared.lifecycle.prevent_destroy.is_some() {
            self.world.diagnostics.push(prevented(&subject.address, subject.declared.span));
        }
        if let Some((false, span)) = subject.declared.lifecycle.destroy {
            self.world.diagnostics.push(
                Diagnostic::error(
                    "Instance cannot be destroyed",
                    format!(
                        "{} has lifecycle.destroy = false, and the plan would replace it, which destroys it. Undo what \
                         forces the replacement, or remove the object from the state first.",
                        subject.address
                    ),
                )
                .at(span)
                .about(&subject.address),
            );
        }
    }
}

/// A type that the provider has and this build does not manage. With no instances it is only an empty list.
pub(super) fn unsupported_type(resource: &Resource, span: Span) -> Diagnostic {
    Diagnostic::error(
        "Resource type not supported",
        format!(
            "The type {} exists, but this version of infra cannot manage it. Manage this object with terraform in a \
             configuration of its own, or give it count = 0.",
            resource.type_name
        ),
    )
    .at(span)
}

pub(super) fn prevented(address: &ResourceInstance, span: Span) -> Diagnostic {
    Diagnostic::error(
        "Instance cannot be destroyed",
        format!(
            "Resource {address} has lifecycle.prevent_destroy set, but the plan calls for this resource to be \
             destroyed. To avoid this error and continue with the plan, either disable lifecycle.prevent_destroy or \
             reduce the scope of the plan using the -target option."
        ),
    )
    .at(span)
    .about(address)
}

/// Paths whose values differ; an unknown value counts as different, marks do not.
fn really_changed(paths: Vec<Path>, prior: &Value, planned: &Value) -> Vec<Path> {
    paths
        .into_iter()
        .filter(|path| match (path.get(prior), path.get(planned)) {
            (Some(before), Some(after)) => !after.is_wholly_known() || before != after,
            (None, None) => false,
            _ => true,
        })
        .collect()
}
