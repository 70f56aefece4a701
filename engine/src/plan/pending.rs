//! Whether a value waits for a change.

use std::collections::{BTreeMap, HashSet};

use infra_values::address::{AbsoluteResource, ResourceInstance, ResourceMode};

use super::planner::Planner;
use super::{Action, ObjectKey, ResourceChange};
use crate::world::{Use, UseId, Uses};

impl Planner<'_> {
    /// Whether anything behind a value, however far, is a managed object that will change. What is asked about must be
    /// planned already.
    pub(super) fn has_pending_change_behind(&mut self, wanted: UseId) -> bool {
        let (uses, changes) = (&self.world.uses, &self.changes);
        self.pending_behind.any(uses, wanted, |id| is_pending(uses, changes, id))
    }

    /// Whether one of the resources that are meant by name, themselves and not what they use, has an object that will
    /// change or go.
    pub(super) fn names_pending_change(&self, named: UseId) -> bool {
        let uses = &self.world.uses;
        let mut stack = vec![named];
        let mut opened = HashSet::new();
        while let Some(top) = stack.pop() {
            if !opened.insert(top) {
                continue;
            }
            match uses.thing(top) {
                Use::Value => stack.extend(uses.needs(top)),
                Use::Instance(_) if is_pending(uses, &self.changes, top) => return true,
                Use::Instance(_) => {}
                Use::Resource(address) => {
                    let is_of_it = |id: &&UseId| match uses.thing(**id) {
                        Use::Instance(instance) => instance.absolute_resource() == *address,
                        _ => false,
                    };
                    stack.extend(uses.needs(top).iter().filter(is_of_it));
                    if address.resource.mode == ResourceMode::Managed && self.has_objects_to_go(address) {
                        return true;
                    }
                }
            }
        }
        false
    }

    /// Whether the state has objects of a resource that its files, which are planned already, do not declare.
    fn has_objects_to_go(&self, address: &AbsoluteResource) -> bool {
        let Some(resource) = self.state.resources.get(address) else { return false };
        resource.instances.iter().any(|(key, instance)| {
            let one = ResourceInstance {
                module: address.module.clone(),
                resource: address.resource.clone(),
                key: key.clone(),
            };
            !instance.deposed.is_empty() || !self.declared.contains(&one)
        })
    }
}

fn is_pending(uses: &Uses, changes: &BTreeMap<ObjectKey, ResourceChange>, id: UseId) -> bool {
    let Use::Instance(address) = uses.thing(id) else { return false };
    address.resource.mode == ResourceMode::Managed
        && changes.get(&ObjectKey::current(address.clone())).is_some_and(|change| change.action != Action::NoOp)
}
