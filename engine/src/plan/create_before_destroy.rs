//! Which objects are replaced by making the new one first: those that say so, and all that they need.

use std::collections::HashSet;

use infra_values::address::ResourceInstance;

use super::Action;
use super::object::PriorObject;
use super::planner::Planner;
use super::refreshing::Refreshed;
use crate::config::Config;
use crate::graph::{ConfigGraph, Item, NodeId};
use crate::world::{Use, UseId};

/// Resources that say `create_before_destroy`, and everything they need: their new object must be there before the
/// new object of what needs it.
pub(super) fn create_before_destroy(config: &Config, graph: &ConfigGraph) -> HashSet<NodeId> {
    let mut stack: Vec<NodeId> = graph
        .nodes
        .iter()
        .enumerate()
        .filter(|(_, node)| match &node.item {
            Item::Resource(resource) => config
                .module(node.module)
                .resources
                .get(resource)
                .is_some_and(|declared| declared.lifecycle.create_before_destroy == Some(true)),
            _ => false,
        })
        .map(|(id, _)| id)
        .collect();
    let mut seen = HashSet::new();
    while let Some(node) = stack.pop() {
        if seen.insert(node) {
            stack.extend(&graph.needs[node]);
        }
    }
    seen
}

impl Planner<'_> {
    /// Says of each object whether it is kept as one with `create_before_destroy`: it says so, or an object that does
    /// uses it. That is about single objects; whether a replacement makes the new one first is decided for all
    /// instances of a resource alike.
    pub(super) fn settle_create_before_destroy(&mut self) {
        let uses = &self.world.uses;
        let says_so = |id: &UseId| match uses.thing(*id) {
            Use::Instance(address) => self
                .config
                .module_at(&address.module.path())
                .and_then(|module| module.resources.get(&address.resource))
                .is_some_and(|declared| declared.lifecycle.create_before_destroy == Some(true)),
            _ => false,
        };
        let mut stack: Vec<UseId> = uses.ids().filter(says_so).collect();
        let mut reached = HashSet::new();
        let mut first: HashSet<&ResourceInstance> = HashSet::new();
        while let Some(id) = stack.pop() {
            if !reached.insert(id) {
                continue;
            }
            if let Use::Instance(address) = uses.thing(id) {
                first.insert(address);
            }
            stack.extend(uses.needs(id));
        }
        let is_narrowed = !self.targets.is_everything();
        let mut renewed = Vec::new();
        for (key, change) in &mut self.changes {
            // What is destroyed keeps what the state says.
            if change.action == Action::Delete {
                continue;
            }
            // A narrowed plan may not have looked at what makes it one.
            let was_first = matches!(self.refreshed.get(key),
                Some(Refreshed::Ready(Some(prior))) if prior.create_before_destroy);
            change.create_before_destroy = first.contains(&key.address) || (is_narrowed && was_first);
            // The state follows the files even where nothing else is done.
            if change.action == Action::NoOp
                && let Some(Refreshed::Ready(Some(prior))) = self.refreshed.get(key)
                && prior.create_before_destroy != change.create_before_destroy
            {
                let object = PriorObject {
                    create_before_destroy: change.create_before_destroy,
                    dependencies: change.dependencies.clone(),
                    ..prior.clone()
                };
                renewed.push((key.clone(), object, change.provider.clone()));
            }
        }
        for (key, object, provider) in renewed {
            self.keep_as(&key, &object, provider);
        }
    }
}
