//! The providers of a plan: which are needed, what their blocks say, and asking for them.

use std::collections::{HashMap, HashSet};
use std::sync::Arc;

use infra_values::Str;
use infra_values::address::{ProviderConfig, ResourceInstance, ResourceMode};

use super::planner::{Planner, Progress, locate};
use super::requests::{RequestId, RequestKind};
use super::{Mode, ObjectKey};
use crate::diagnostics::{Diagnostic, Diagnostics};
use crate::graph::{Item, NodeId};
use crate::provider::Configured;
use crate::schema::decode::decode_object as decode_config;
use crate::schema::validate::validate;
use crate::syntax::Body;
use crate::world::{InstanceId, Use};

/// A provider configuration during planning.
pub(super) enum ProviderStatus {
    /// Asked for.
    Pending(RequestId),
    /// Ready.
    Ready(Arc<dyn Configured>),
    /// It could not be configured, which was reported.
    Failed,
}

impl<'c> Planner<'c> {
    /// Finds out which providers are needed and for what, and asks for those that no block configures.
    pub(super) fn choose_providers(&mut self) {
        for ((module, resource), resolved) in &self.graph.providers {
            let node = self.graph.node(*module, Item::Resource(resource.clone()));
            let calls_provider = self.options.mode == Mode::Normal || resource.mode != ResourceMode::Managed;
            if calls_provider && node.is_some_and(|node| self.is_planned(node)) {
                self.used_providers.insert(resolved.address.clone());
            }
        }
        for (address, resource, instance) in self.state.resources.instances() {
            if address.resource.mode != ResourceMode::Managed || !self.targets_state_object(&address) {
                continue;
            }
            // What the files still declare is read by the provider they name: its node is done before the resource's.
            let provider = self.declared_provider(&address).unwrap_or(&resource.provider).clone();
            self.used_providers.insert(provider.clone());
            let objects = self.objects_by_provider.entry(provider).or_default();
            if instance.current.is_some() {
                objects.push(ObjectKey::current(address.clone()));
            }
            objects.extend(
                instance.deposed.keys().map(|key| ObjectKey { address: address.clone(), deposed: Some(key.clone()) }),
            );
        }
        self.configure_implied();
    }

    fn configure_implied(&mut self) {
        // Providers that no block configures get an empty configuration at once.
        let mut implied: Vec<ProviderConfig> =
            self.used_providers.iter().filter(|address| self.block_of(address).is_none()).cloned().collect();
        implied.sort();
        for address in implied {
            if may_be_implied(&address) {
                self.configure(address, None);
            } else {
                let example = self.objects_by_provider.get(&address).and_then(|objects| objects.first());
                self.world.diagnostics.push(missing_provider_block(&address, example));
                self.provider_status.insert(address, ProviderStatus::Failed);
            }
        }
    }

    fn targets_state_object(&self, address: &ResourceInstance) -> bool {
        match self.node_of(address) {
            Some(node) => self.targets.includes(node) && self.targets.names_instance(address),
            None => self.targets.includes_orphan(address),
        }
    }

    /// The node of the resource that an instance belongs to, if the files have it.
    pub(super) fn node_of(&self, address: &ResourceInstance) -> Option<NodeId> {
        let module = self.config.module_at(&address.module.path())?;
        self.graph.node(module.id, Item::Resource(address.resource.clone()))
    }

    pub(super) fn declared_provider(&self, address: &ResourceInstance) -> Option<&'c ProviderConfig> {
        let module = self.config.module_at(&address.module.path())?;
        self.graph.providers.get(&(module.id, address.resource.clone())).map(|resolved| &resolved.address)
    }

    /// Every node that a provider configuration needs, directly or not.
    pub(super) fn needed_by_providers(&self) -> HashSet<NodeId> {
        let is_provider = |node: &NodeId| matches!(self.graph.nodes[*node].item, Item::Provider(..));
        let mut stack: Vec<NodeId> = (0..self.graph.nodes.len()).filter(is_provider).collect();
        let mut needed = HashSet::new();
        while let Some(node) = stack.pop() {
            if needed.insert(node) {
                stack.extend(&self.graph.needs[node]);
            }
        }
        needed
    }

    /// The graph's node of the block that configures a provider.
    fn block_of(&self, address: &ProviderConfig) -> Option<NodeId> {
        let module = self.config.module_at(&address.module)?;
        let (name, alias) = module
            .providers
            .keys()
            .find(|(name, alias)| *alias == address.alias && module.provider_address(name) == address.provider)?;
        self.graph.node(module.id, Item::Provider(name.clone(), alias.clone()))
    }

    pub(super) fn provider_block(
        &mut self,
        node: NodeId,
        instances: &[InstanceId],
        name: &Str,
        alias: Option<&Str>,
    ) -> Progress {
        let module = self.config.module(self.graph.nodes[node].module);
        let address = ProviderConfig {
            module: module.path.clone(),
            provider: module.provider_address(name),
            alias: alias.cloned(),
        };
        match self.provider_status.get(&address) {
            Some(ProviderStatus::Pending(request)) => return Progress::Blocked(vec![*request]),
            Some(_) => return Progress::Done,
            None if !self.used_providers.contains(&address) => return Progress::Done,
            None => {}
        }
        let (Some(instance), Some(block)) = (instances.first(), module.providers.get(&(name.clone(), alias.cloned())))
        else {
            return Progress::Done;
        };
        match self.configure(address, Some((*instance, &block.body))) {
            Some(request) => Progress::Blocked(vec![request]),
            None => Progress::Done,
        }
    }

    /// Asks for a configured provider; `None` where that cannot work.
    fn configure(&mut self, address: ProviderConfig, block: Option<(InstanceId, &Body)>) -> Option<RequestId> {
        let Some(provider) = self.providers.get(&address.provider).cloned() else {
            self.world.diagnostics.push(unknown_provider(&address));
            self.provider_status.insert(address, ProviderStatus::Failed);
            return None;
        };
        let schema = provider.config_schema();
        let empty = Body::default();
        let (instance, body) = block.unwrap_or((InstanceId::ROOT, &empty));
        let ((config, mut diagnostics), used) = self.world.with_scope(instance, None, Vec::new(), |evaluator| {
            decode_config(body, schema, evaluator, &crate::config::PROVIDER_RESERVED)
        });
        let used_as = self.world.uses.add(Use::Value, used);
        self.provider_uses.insert(address.clone(), used_as);
        let (bare, _) = config.clone().unmark_deep();
        // What needs something that is left out is left out, with all its objects.
        if !bare.is_wholly_known() && !self.options.excludes.is_empty() && self.is_left_out_behind(used_as) {
            self.provider_status.insert(address, ProviderStatus::Failed);
            return None;
        }
        // What is ephemeral is gone when the plan is applied.
        if !bare.is_wholly_known() || config.marks_deep().is_ephemeral() {
            self.unsettled_providers.insert(address.clone());
        }
        diagnostics.extend(validate(schema, &bare));
        diagnostics.extend(provider.validate_config(&bare));
        diagnostics.withhold(&config);
        let failed = diagnostics.has_errors();
        for diagnostic in diagnostics {
            let diagnostic = if block.is_some() { locate(diagnostic, body) } else { diagnostic };
            self.world.diagnostics.push(diagnostic);
        }
        if failed {
            self.provider_status.insert(address, ProviderStatus::Failed);
            return None;
        }
        let request = self.ask(RequestKind::Configure { address: address.clone(), provider, config: bare });
        self.provider_status.insert(address, ProviderStatus::Pending(request));
        Some(request)
    }

    pub(super) fn configured(&mut self, address: ProviderConfig, result: Result<Arc<dyn Configured>, Diagnostics>) {
        let configured = match result {
            Ok(configured) => configured,
            Err(errors) => {
                let place = self.block_of(&address).and_then(|node| {
                    let node = &self.graph.nodes[node];
                    match &node.item {
                        Item::Provider(name, alias) => {
                            self.config.module(node.module).providers.get(&(name.clone(), alias.clone()))
                        }
                        _ => None,
                    }
                });
                for diagnostic in errors {
                    let diagnostic = match place {
                        Some(block) => locate(diagnostic, &block.body),
                        None => diagnostic,
                    };
                    self.world.diagnostics.push(diagnostic.about(&address));
                }
                self.provider_status.insert(address, ProviderStatus::Failed);
                return;
            }
        };
        self.provider_status.insert(address.clone(), ProviderStatus::Ready(Arc::clone(&configured)));
        let Some(provider) = self.providers.get(&address.provider).cloned() else { return };
        for key in self.objects_by_provider.remove(&address).unwrap_or_default() {
            self.begin_refresh(key, &provider, &configured);
        }
    }

    /// The providers configured so far, for applying to use them again; not those whose configuration was partly
    /// unknown or ephemeral.
    pub fn configured_providers(&self) -> HashMap<ProviderConfig, Arc<dyn Configured>> {
        let ready = self.provider_status.iter().filter_map(|(address, status)| match status {
            ProviderStatus::Ready(configured) if !self.unsettled_providers.contains(address) => {
                Some((address.clone(), Arc::clone(configured)))
            }
            _ => None,
        });
        ready.collect()
    }
}

/// Whether a provider may do without a block: only the default one of the root module. With any other, the block that
/// told accounts, regions and roles is gone, and another account's answers would be taken for its own.
pub(crate) fn may_be_implied(address: &ProviderConfig) -> bool {
    address.alias.is_none() && address.module.is_root()
}

fn missing_provider_block(address: &ProviderConfig, example: Option<&ObjectKey>) -> Diagnostic {
    let user = example.map_or_else(String::new, |key| format!(", which {} in the state was made with", key.address));
    Diagnostic::error(
        "Provider configuration not present",
        format!(
            "The provider block of {address}{user}, is not declared any more. Put the block back until its objects are \
             destroyed, or remove them from the state."
        ),
    )
}

fn unknown_provider(address: &ProviderConfig) -> Diagnostic {
    Diagnostic::error(
        "Provider not available",
        format!(
            "The provider {} is not part of infra, which has the AWS provider and a few small ones built in. Remove \
             what needs it, or manage that part with terraform.",
            address.provider
        ),
    )
}
