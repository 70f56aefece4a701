//! What a narrowed plan leaves alone although it looked at it.
//!
//! - `-target=b[1]` brings only the instances that `b[1]` needs. Which these are is known when everything that could be
//!   needed has been planned; the rest is taken out again.
//! - `-exclude=a[0]` leaves out each instance that needs `a[0]`, however far. Its configuration is evaluated to see that.
//! - What stays in place needs what it was made with: that is not destroyed either. It may be replaced.

use std::collections::{BTreeMap, HashSet};

use infra_values::Value;
use infra_values::address::{ConfigResource, Resource, ResourceInstance, Target};

use super::behind::Behind;
use super::managed::Subject;
use super::planner::Planner;
use super::{Mode, ObjectKey};
use crate::checks::Checked;
use crate::diagnostics::{Diagnostic, Diagnostics};
use crate::language::Language;
use crate::world::{Expansion, InstanceId, Subject as Guarded, Use, UseId};

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

    /// Takes back what was found wrong with something that needs what is left out: it is for another time.
    pub(super) fn forgive(&mut self, used: UseId, found_before: usize) {
        if !self.options.excludes.is_empty() && self.is_left_out_behind(used) {
            self.world.diagnostics.0.truncate(found_before);
        }
    }

    /// The instances of a resource.
    pub(super) fn expansion(&mut self, instance: InstanceId, resource: &Resource) -> Expansion {
        let found_before = self.world.diagnostics.0.len();
        let (expansion, _) = self.world.expansion(instance, resource);
        if let Some(used) = self.world.repetition_use(instance, resource) {
            self.forgive(used, found_before);
        }
        expansion
    }

    /// Whether an instance is left out because it needs something that is. What was found wrong with it since
    /// `found_before` is taken back then.
    pub(super) fn leaves_out(&mut self, subject: &Subject<'_>, found_before: usize) -> bool {
        if self.options.excludes.is_empty() {
            return false;
        }
        // What it uses once it is there counts too.
        let unknown = Value::unknown(subject.managed.schema().implied_type().clone());
        let checked = Checked::Resource(subject.address.resource.clone());
        let guarded = Guarded {
            instance: subject.instance,
            checked: &checked,
            repetition: Some(&subject.repetition),
            self_value: Some(&unknown),
        };
        let mut used = self.world.uses_of_conditions(guarded, &subject.declared.lifecycle.postconditions);
        used.extend(self.provisioner_uses(subject, &unknown));
        self.note_uses(subject, used);
        let own = self.world.uses.instance(&subject.address);
        let is_left_out = self.is_left_out_behind(own);
        if is_left_out {
            self.world.diagnostics.0.truncate(found_before);
            self.left_out.insert(subject.address.clone());
        }
        is_left_out
    }

    /// Whether it cannot be told if the files still have an object, because how often it is repeated, or a module around
    /// it, needs something that is left out.
    pub(super) fn is_repetition_left_out(&mut self, address: &ResourceInstance) -> bool {
        if self.options.excludes.is_empty() || self.options.mode == Mode::Destroy {
            return false;
        }
        let mut at = InstanceId::ROOT;
        for (name, key) in address.module.0.iter() {
            if self.world.call_use(at, name).is_some_and(|used| self.is_left_out_behind(used)) {
                return true;
            }
            match self.world.call_instance(at, name, key) {
                Ok(Some(child)) => at = child,
                _ => return false,
            }
        }
        self.world.repetition_use(at, &address.resource).is_some_and(|used| self.is_left_out_behind(used))
    }

    /// What is wrong with exclusions: one that means nothing would let everything be planned, or destroyed.
    pub(super) fn ineffective_exclusions(&self) -> Diagnostics {
        let is_named = |exclude: &Target| match exclude {
            Target::Module(wanted) => self.config.module_at(&wanted.path()).is_some(),
            Target::Resource(wanted) => {
                let module = self.config.module_at(&wanted.module.path());
                module.is_some_and(|module| module.resources.contains_key(&wanted.resource))
            }
            Target::Instance(wanted) => {
                self.declared.contains(wanted) || self.state.resources.instance(wanted).is_some()
            }
        };
        // A module without a key stands for all its instances.
        let is_found = |exclude: &Target| {
            self.declared.iter().any(|address| exclude.contains(address))
                || self.state.resources.instances().any(|(address, ..)| exclude.contains(&address))
        };
        let missing = self.options.excludes.iter().filter(|exclude| !is_named(exclude) && !is_found(exclude));
        Diagnostics(
            missing
                .map(|exclude| {
                    Diagnostic::error(
                        "Nothing to exclude",
                        format!(
                            "There is no {exclude} in the files or in the state, so that nothing would be left out. Check \
                             the address; `infra state list` shows those in the state."
                        ),
                    )
                })
                .collect(),
        )
    }

    /// Moves of what is left out only because of what it needs: they would be carried out unseen.
    pub(super) fn moves_left_out(&self) -> Diagnostics {
        let moved = self.moves.previous.keys().filter(|to| self.left_out.contains(*to));
        let list: Vec<String> = moved.map(|to| format!("\n  - {to}")).collect();
        if list.is_empty() || self.options.excludes.is_empty() {
            return Diagnostics::new();
        }
        Diagnostic::error(
            "Moved resource instances excluded by targeting",
            format!(
                "Objects of the state have other addresses in the files now, and need what -exclude leaves out. Plan \
                 without -exclude for:{}",
                list.concat()
            ),
        )
        .into()
    }

    /// Takes out again what no target needs.
    pub(super) fn leave_out_unneeded(&mut self) {
        // Terraform takes whole resources, and so does -strict.
        let is_precise = self.config.language != Language::Strict && self.options.mode == Mode::Normal;
        if self.options.targets.is_empty() || !is_precise {
            return;
        }
        let needed = self.needed_by_targets();
        let unneeded: Vec<ObjectKey> = self
            .changes
            .keys()
            .filter(|key| self.declared.contains(&key.address) && !needed.contains(&key.address))
            .cloned()
            .collect();
        for key in unneeded {
            self.changes.remove(&key);
            self.drift.remove(&key);
            if self.state_changes.remove(&key) {
                self.restore(&key);
            }
            self.left_out.insert(key.address);
        }
        // Until now nothing was left out, so that all answers were no.
        self.left_out_behind = Behind::default();
        // Nor is it of interest what is wrong with the rest.
        let rest = self.declared.iter().filter(|address| !needed.contains(*address));
        let rest: HashSet<String> = rest.map(ToString::to_string).collect();
        let is_about_rest = |found: &Diagnostic| found.address.as_ref().is_some_and(|address| rest.contains(address));
        self.world.diagnostics.0.retain(|found| !is_about_rest(found));
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
