//! Ephemeral resources while planning: opened like data sources are read, closed after their last user.

use std::collections::HashSet;

use infra_values::Value;
use infra_values::address::ResourceInstance;

use super::data::DataStatus;
use super::planner::Planner;
use super::requests::RequestKind;
use crate::diagnostics::Diagnostics;
use crate::graph::{Item, NodeId};
use crate::provider::OpenResource;

/// An ephemeral resource that is open, and what may still use it.
pub(super) struct OpenWhilePlanning {
    address: ResourceInstance,
    node: NodeId,
    users: HashSet<NodeId>,
    open: OpenResource,
}

impl Planner<'_> {
    pub(super) fn opened(&mut self, address: ResourceInstance, result: Result<(Value, OpenResource), Diagnostics>) {
        let module = self.config.module_at(&address.module.path());
        let status = match result {
            Ok((value, open)) => {
                let node =
                    module.and_then(|module| self.graph.node(module.id, Item::Resource(address.resource.clone())));
                if let Some(node) = node {
                    let mut users = self.graph.users_of(node);
                    users.retain(|user| !self.is_done(*user));
                    self.open.push(OpenWhilePlanning { address: address.clone(), node, users, open });
                }
                DataStatus::Ready(value)
            }
            Err(errors) => {
                let place = module.and_then(|module| module.resources.get(&address.resource));
                self.report_reading(errors, place, &address);
                DataStatus::Failed
            }
        };
        self.data.insert(address, status);
    }

    /// Notes that a node uses nothing any more. A provider goes on being used until everything is done.
    pub(super) fn stop_using(&mut self, node: NodeId) {
        if !matches!(self.graph.nodes[node].item, Item::Provider(..)) {
            for open in &mut self.open {
                open.users.remove(&node);
            }
        }
    }

    /// Asks to close what nothing uses any more: one resource at a time, those that others need last.
    pub(super) fn close_unused(&mut self) {
        let all_done = self.asked.is_empty() && self.outgoing.is_empty();
        let is_over = |open: &OpenWhilePlanning| all_done || open.users.is_empty();
        let last = self.open.iter().filter(|open| is_over(open)).map(|open| self.position[open.node]).max();
        let (over, still): (Vec<_>, Vec<_>) = std::mem::take(&mut self.open)
            .into_iter()
            .partition(|open| Some(self.position[open.node]) == last && is_over(open));
        self.open = still;
        for OpenWhilePlanning { address, open, .. } in over {
            self.ask(RequestKind::Close { address, open });
        }
    }
}
