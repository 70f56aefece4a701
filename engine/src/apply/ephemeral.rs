//! Ephemeral resources while a plan is carried out: opened anew before the first step that needs them, closed after the
//! last. Those that no step needs are not opened.

use std::collections::{HashMap, HashSet};

use infra_values::address::{ConfigResource, ModulePath, ProviderConfig, ResourceInstance, ResourceMode};
use infra_values::{Marks, Value};

use super::conditions::check_preconditions;
use super::operation::evaluate_body;
use super::{Applying, Executor};
use crate::checks::Checked;
use crate::config::{Config, Module};
use crate::diagnostics::Diagnostics;
use crate::graph::{ConfigGraph, Item, NodeId};
use crate::plan::{StepId, mark_schema_secrets};
use crate::provider::{OpenResource, TypeLookup, ephemeral};
use crate::world::{ConditionKind, InstanceId, RepetitionValues, Subject};

/// Which ephemeral resources there are, and which are open.
#[derive(Default)]
pub(super) struct Ephemerals {
    /// `None` where the files have no ephemeral resources.
    graph: Option<ConfigGraph>,
    /// What each step needs, everything after what it needs itself.
    needed: HashMap<StepId, Vec<NodeId>>,
    /// How many steps may still use each.
    users: HashMap<NodeId, usize>,
    opened: HashSet<NodeId>,
    /// In the order in which they were opened.
    open: Vec<(NodeId, ResourceInstance, OpenResource)>,
}

impl Ephemerals {
    pub(super) fn of(applying: &Applying<'_>) -> Self {
        let config = applying.config;
        let is_ephemeral =
            |module: &Module| module.resources.keys().any(|resource| resource.mode == ResourceMode::Ephemeral);
        if !config.modules.iter().any(is_ephemeral) {
            return Self::default();
        }
        let (graph, _) = ConfigGraph::build(config);
        let mut ephemerals = Self::default();
        let mut by_resource: HashMap<(ConfigResource, &ProviderConfig), Vec<NodeId>> = HashMap::new();
        for (step, work) in applying.plan.steps.iter().enumerate() {
            let Some(change) = work.work.change().and_then(|change| applying.plan.changes.get(change)) else {
                continue;
            };
            let needed = by_resource.entry((change.address.config(), &change.provider)).or_insert_with(|| {
                let resource = config
                    .module_at(&change.address.module.path())
                    .and_then(|module| graph.node(module.id, Item::Resource(change.address.resource.clone())));
                graph.ephemerals_behind(resource.into_iter().chain(provider_node(config, &graph, &change.provider)))
            });
            if !needed.is_empty() {
                needed.iter().for_each(|node| *ephemerals.users.entry(*node).or_default() += 1);
                ephemerals.needed.insert(step, needed.clone());
            }
        }
        ephemerals.graph = Some(graph);
        ephemerals
    }

    /// What conditions need that are checked at the end.
    fn behind_conditions(&self) -> Vec<NodeId> {
        let Some(graph) = &self.graph else { return Vec::new() };
        let is_checked =
            |node: &NodeId| matches!(graph.nodes[*node].item, Item::Check(_) | Item::Variable(_) | Item::Output(_));
        graph.ephemerals_behind((0..graph.nodes.len()).filter(is_checked))
    }
}

/// The node of the block that configures a provider.
fn provider_node(config: &Config, graph: &ConfigGraph, provider: &ProviderConfig) -> Option<NodeId> {
    let module = config.module_at(&provider.module)?;
    let (name, alias) = module
        .providers
        .keys()
        .find(|(name, alias)| *alias == provider.alias && module.provider_address(name) == provider.provider)?;
    graph.node(module.id, Item::Provider(name.clone(), alias.clone()))
}

impl<'a> Executor<'a> {
    /// Opens what a step needs and is not open yet.
    pub(super) async fn open_for_step(&mut self, applying: &Applying<'a>, step: StepId) -> Result<(), Diagnostics> {
        let needed = self.ephemerals.needed.get(&step).cloned().unwrap_or_default();
        self.open_all(applying, needed).await
    }

    /// Opens what conditions need that are checked when everything is done.
    pub(super) async fn open_for_conditions(&mut self, applying: &Applying<'a>) {
        if self.world.check_results.is_empty() || applying.plan.is_narrowed() {
            return;
        }
        let needed = self.ephemerals.behind_conditions();
        if let Err(errors) = self.open_all(applying, needed).await {
            self.applied.diagnostics.extend(errors);
        }
    }

    async fn open_all(&mut self, applying: &Applying<'a>, nodes: Vec<NodeId>) -> Result<(), Diagnostics> {
        for node in nodes {
            if !self.ephemerals.opened.contains(&node) {
                self.open_node(applying, node).await?;
                self.ephemerals.opened.insert(node);
            }
        }
        Ok(())
    }

    /// Opens all instances of an ephemeral resource.
    async fn open_node(&mut self, applying: &Applying<'a>, node: NodeId) -> Result<(), Diagnostics> {
        let Some(graph) = &self.ephemerals.graph else { return Ok(()) };
        let module = applying.config.module(graph.nodes[node].module);
        let Item::Resource(resource) = graph.nodes[node].item.clone() else { return Ok(()) };
        let Some(provider) = graph.providers.get(&(module.id, resource.clone())).map(|found| found.address.clone())
        else {
            return Ok(());
        };
        for instance in self.all_instances(&module.path) {
            let (expansion, _) = self.world.expansion(instance, &resource);
            for repetition in expansion.instances() {
                let address = ResourceInstance {
                    module: self.world.address_of(instance).clone(),
                    resource: resource.clone(),
                    key: repetition.key.clone(),
                };
                self.ensure_configured(applying, &provider).await?;
                let opened = self.open_one(applying, instance, &repetition, &address, &provider).await;
                let open = opened.map_err(|errors| about(errors, &address))?;
                self.ephemerals.open.push((node, address, open));
            }
        }
        Ok(())
    }

    async fn open_one(
        &mut self,
        applying: &Applying<'a>,
        instance: InstanceId,
        repetition: &RepetitionValues,
        address: &ResourceInstance,
        provider_config: &ProviderConfig,
    ) -> Result<OpenResource, Diagnostics> {
        let module = self.world.module_of(instance);
        let (Some(declared), Some(provider), Some(configured)) = (
            module.resources.get(&address.resource),
            applying.providers.get(&provider_config.provider),
            self.configured.get(provider_config).cloned(),
        ) else {
            // Why there is no provider was reported.
            return Err(Diagnostics::new());
        };
        let TypeLookup::Found(found) = provider.ephemeral_type(&address.resource.type_name) else {
            return Err(Diagnostics::new());
        };
        check_preconditions(&mut self.world, declared, instance, repetition)?;
        let schema = found.schema();
        let config = evaluate_body(&mut self.world, instance, repetition, declared, schema)?;
        let (bare, marks) = config.clone().unmark_with_paths();
        let opened = ephemeral::open(provider.clone(), configured, &address.resource.type_name, &bare).await;
        let (value, open) = opened.map_err(|mut errors| {
            errors.withhold(&config);
            Diagnostics(errors.0.into_iter().map(|found| found.at_least_at(declared.span)).collect())
        })?;
        let value = mark_schema_secrets(&value.with_marks_at(&marks), &schema.block).with_marks(&Marks::ephemeral());
        self.world.set_instance(instance, &address.resource, &address.key, value.clone());
        self.check_opened(address, instance, repetition, declared, &value);
        Ok(open)
    }

    fn check_opened(
        &mut self,
        address: &ResourceInstance,
        instance: InstanceId,
        repetition: &RepetitionValues,
        declared: &'a crate::config::ResourceConfig,
        value: &Value,
    ) {
        let checked = Checked::Resource(declared.resource.clone());
        let subject = Subject { instance, checked: &checked, repetition: Some(repetition), self_value: Some(value) };
        let found_before = self.world.diagnostics.0.len();
        self.world.check_conditions(subject, ConditionKind::Postcondition, &declared.lifecycle.postconditions);
        if self.world.diagnostics.0.len() > found_before {
            self.take_diagnostics_about(address);
        }
    }

    /// Every instance of a module.
    fn all_instances(&mut self, path: &ModulePath) -> Vec<InstanceId> {
        let mut instances = vec![InstanceId::ROOT];
        for name in path.0.iter() {
            instances = instances
                .into_iter()
                .flat_map(|instance| {
                    self.world
                        .call(instance, name)
                        .map(|found| found.values().copied().collect::<Vec<_>>())
                        .unwrap_or_default()
                })
                .collect();
        }
        instances
    }

    /// Notes that a step is over, and closes what no step needs any more.
    pub(super) async fn close_after_step(&mut self, step: StepId) {
        let Some(needed) = self.ephemerals.needed.remove(&step) else { return };
        for node in needed.iter().rev() {
            let left = self.ephemerals.users.entry(*node).or_default();
            *left = left.saturating_sub(1);
            // What conditions need is closed at the end.
            if *left == 0 {
                self.close(|open| open == *node).await;
            }
        }
    }

    /// Closes everything that is open.
    pub(super) async fn close_all(&mut self) {
        self.close(|_| true).await;
    }

    async fn close(&mut self, is_over: impl Fn(NodeId) -> bool) {
        let (over, still): (Vec<_>, Vec<_>) =
            std::mem::take(&mut self.ephemerals.open).into_iter().partition(|(node, ..)| is_over(*node));
        self.ephemerals.open = still;
        for (_, address, open) in over.into_iter().rev() {
            self.applied.diagnostics.extend(about(open.close().await, &address));
        }
    }
}

fn about(diagnostics: Diagnostics, address: &ResourceInstance) -> Diagnostics {
    Diagnostics(diagnostics.0.into_iter().map(|diagnostic| diagnostic.about(address)).collect())
}
