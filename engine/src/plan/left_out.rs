//! What a narrowed plan leaves alone although it looked at it.
//!
//! - `-target=b[1]` brings only the instances that `b[1]` needs. Which these are is known when everything that could be
//!   needed has been planned; the rest is taken out again.
//! - `-exclude=a[0]` leaves out each instance that needs `a[0]`, however far. Its configuration is evaluated to see that.
//! - What stays in place needs what it was made with: that is not destroyed either.

use std::collections::{BTreeMap, HashSet};

use infra_values::address::{ConfigResource, ResourceInstance};

use super::planner::Planner;
use super::{Action, Mode, ObjectKey, ResourceChange};
use crate::language::Language;
use crate::world::{Use, UseId};

impl Planner<'_> {
    /// Whether a narrowed plan leaves an object alone, as far as that is known.
    pub(super) fn is_left_out(&self, address: &ResourceInstance) -> bool {
        self.left_out.contains(address) || self.targets.excludes(address)
    }

    /// Whether a value is, or used, something that is left out. What it used must be planned already.
    pub(super) fn is_left_out_behind(&mut self, wanted: UseId) -> bool {
        if self.targets.is_everything() {
            return false;
        }
        let (uses, left_out, targets) = (&self.world.uses, &self.left_out, &self.targets);
        self.left_out_behind.any(uses, wanted, |id| match uses.thing(id) {
            Use::Instance(address) => left_out.contains(address) || targets.excludes(address),
            Use::Resource(_) | Use::Value => false,
        })
    }

    /// Takes out again what no target needs.
    pub(super) fn leave_out_unneeded(&mut self) {
        if self.options.targets.is_empty() || self.options.mode != Mode::Normal {
            return;
        }
        let needed = self.needed_by_targets();
        // Terraform plans whole resources and applies what is needed of them: with -strict what would not change is
        // listed, too.
        let is_listed =
            |change: &ResourceChange| self.config.language == Language::Strict && change.action == Action::NoOp;
        let unneeded: Vec<ObjectKey> = self
            .changes
            .iter()
            .filter(|(key, change)| {
                self.declared.contains(&key.address) && !needed.contains(&key.address) && !is_listed(change)
            })
            .map(|(key, _)| key.clone())
            .collect();
        for key in unneeded {
            self.changes.remove(&key);
            self.drift.remove(&key);
            if self.state_changes.remove(&key) {
                self.restore(&key);
            }
            self.left_out.insert(key.address);
        }
        self.deferred.retain(|deferred| needed.contains(&deferred.change.address));
    }

    /// Puts an object back as the state has it.
    fn restore(&mut self, key: &ObjectKey) {
        let resource = self.state.resources.get(&key.address.absolute_resource());
        let stored = self.state.resources.instance(&key.address).and_then(|of| of.object(key.deposed.as_ref()));
        match resource.zip(stored) {
            Some((resource, stored)) => {
                let provider = resource.provider.clone();
                self.new_state.resources.set(&key.address, key.deposed.as_ref(), provider, stored.clone());
            }
            None => _ = self.new_state.resources.remove(&key.address, key.deposed.as_ref()),
        }
    }

    /// The instances that are targets, and those behind them.
    fn needed_by_targets(&mut self) -> HashSet<ResourceInstance> {
        let targeted: Vec<ResourceInstance> =
            self.declared.iter().filter(|address| self.targets.is_target(address)).cloned().collect();
        let mut stack: Vec<UseId> = targeted.iter().map(|address| self.world.uses.instance(address)).collect();
        let mut opened = HashSet::new();
        let mut needed = HashSet::new();
        while let Some(top) = stack.pop() {
            if opened.insert(top) {
                stack.extend(self.world.uses.needs(top));
                if let Use::Instance(address) = self.world.uses.thing(top) {
                    needed.insert(address.clone());
                }
            }
        }
        needed
    }

    /// What objects that are left out were made with, by what the state says.
    pub(super) fn needed_by_what_stays(&self) -> HashSet<ConfigResource> {
        if self.options.excludes.is_empty() {
            return HashSet::new();
        }
        let mut needs: BTreeMap<ConfigResource, Vec<ConfigResource>> = BTreeMap::new();
        let mut stack = Vec::new();
        for (address, _, instance) in self.state.resources.instances() {
            let objects = instance.current.iter().chain(instance.deposed.values());
            let dependencies: Vec<ConfigResource> =
                objects.flat_map(|object| object.dependencies.iter().cloned()).collect();
            let node = self.node_of(&address);
            if self.is_left_out(&address) || node.is_some_and(|node| !self.targets.includes(node)) {
                stack.extend(dependencies.iter().cloned());
            }
            needs.entry(address.config()).or_default().extend(dependencies);
        }
        let mut found = HashSet::new();
        while let Some(resource) = stack.pop() {
            if found.insert(resource.clone()) {
                stack.extend(needs.get(&resource).into_iter().flatten().cloned());
            }
        }
        found
    }
}
