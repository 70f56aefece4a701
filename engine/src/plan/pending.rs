//! Whether a value waits for a change.

use std::collections::HashSet;

use infra_values::address::ResourceMode;

use super::planner::Planner;
use super::{Action, ObjectKey};
use crate::world::{Use, UseId};

impl Planner<'_> {
    /// Whether anything behind a value, however far, is a managed object that will change. What is asked about must be
    /// planned already, so that an answer stays true.
    pub(super) fn has_pending_change_behind(&mut self, wanted: UseId) -> bool {
        let mut stack = vec![wanted];
        let mut opened = HashSet::new();
        while let Some(top) = stack.last().copied() {
            if self.pending_behind.contains_key(&top) {
                stack.pop();
                continue;
            }
            let needs = self.world.uses.needs(top);
            if opened.insert(top) {
                stack.extend(needs.iter().copied().filter(|need| !opened.contains(need)));
                continue;
            }
            stack.pop();
            let below = needs.iter().any(|need| self.pending_behind.get(need).copied().unwrap_or(false));
            let pending = below || self.is_pending(top);
            self.pending_behind.insert(top, pending);
        }
        self.pending_behind.get(&wanted).copied().unwrap_or(false)
    }

    fn is_pending(&self, id: UseId) -> bool {
        let Use::Instance(address) = self.world.uses.thing(id) else { return false };
        address.resource.mode == ResourceMode::Managed
            && self
                .changes
                .get(&ObjectKey::current(address.clone()))
                .is_some_and(|change| change.action != Action::NoOp)
    }
}
