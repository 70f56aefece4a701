//! Whether a value waits for a change.

use std::collections::BTreeMap;

use infra_values::address::{AbsoluteResource, ResourceMode};

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

    /// Whether a resource, itself and not what it uses, has an object that will change or go. It must be planned already.
    pub(super) fn is_pending_itself(&mut self, resource: UseId) -> bool {
        if let Some(known) = self.pending_itself.get(&resource) {
            return *known;
        }
        let is_pending = match self.world.uses.thing(resource).clone() {
            Use::Resource(address) => {
                self.changes_of(&address).any(|(_, change)| is_change(change)) || self.has_objects_to_go(&address)
            }
            Use::Instance(_) | Use::Value => false,
        };
        self.pending_itself.insert(resource, is_pending);
        is_pending
    }

    /// Whether the state has objects of a managed resource that its files, which are planned already, do not declare.
    fn has_objects_to_go(&self, address: &AbsoluteResource) -> bool {
        let Some(resource) = self.state.resources.get(address) else { return false };
        address.resource.mode == ResourceMode::Managed
            && resource.instances.iter().any(|(key, instance)| {
                !instance.deposed.is_empty() || !self.declared.contains(&address.instance(key.clone()))
            })
    }
}

fn is_change(change: &ResourceChange) -> bool {
    change.address.resource.mode == ResourceMode::Managed && change.action != Action::NoOp
}

fn is_pending(uses: &Uses, changes: &BTreeMap<ObjectKey, ResourceChange>, id: UseId) -> bool {
    let Use::Instance(address) = uses.thing(id) else { return false };
    changes.get(&ObjectKey::current(address.clone())).is_some_and(is_change)
}
