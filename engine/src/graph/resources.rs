//! The graph with nothing but its resources: what each needs, directly or through variables, locals, outputs, calls
//! and provider blocks, and not through another resource that it needs as well.

use super::{ConfigGraph, Item, NodeId};

impl ConfigGraph {
    /// Each resource with the resources that it waits for; those that one of these waits for itself are left out. The
    /// graph must be acyclic.
    pub fn resource_needs(&self) -> Vec<(NodeId, Vec<NodeId>)> {
        let mut rank = vec![0; self.nodes.len()];
        for (place, node) in self.order.iter().enumerate() {
            rank[*node] = place;
        }
        let mut visited = Visited::new(self.nodes.len());
        let resources: Vec<NodeId> = (0..self.nodes.len()).filter(|node| self.is_resource(*node)).collect();
        let mut direct: Vec<Vec<NodeId>> = vec![Vec::new(); self.nodes.len()];
        for resource in &resources {
            direct[*resource] = self.nearest_resources(*resource, &mut visited);
        }
        resources
            .into_iter()
            .map(|resource| (resource, without_detours(&direct[resource], &direct, &rank, &mut visited)))
            .collect()
    }

    fn is_resource(&self, node: NodeId) -> bool {
        matches!(self.nodes[node].item, Item::Resource(_))
    }

    /// The resources at the ends of all ways that lead through other things only.
    fn nearest_resources(&self, from: NodeId, visited: &mut Visited) -> Vec<NodeId> {
        visited.forget();
        let mut found = Vec::new();
        let mut waiting = vec![from];
        while let Some(node) = waiting.pop() {
            for needed in self.needs[node].iter().copied().filter(|needed| visited.is_new(*needed)) {
                if self.is_resource(needed) { found.push(needed) } else { waiting.push(needed) }
            }
        }
        found
    }
}

/// The needed nodes that no other of them leads to. `rank` grows along every way to what needs.
fn without_detours(needed: &[NodeId], needs: &[Vec<NodeId>], rank: &[usize], visited: &mut Visited) -> Vec<NodeId> {
    visited.forget();
    // What is behind the lowest of them leads to none of them.
    let lowest = needed.iter().map(|node| rank[*node]).min().unwrap_or_default();
    let mut waiting = needed.to_vec();
    while let Some(node) = waiting.pop() {
        let behind = needs[node].iter().copied();
        waiting.extend(behind.filter(|behind| rank[*behind] >= lowest && visited.is_new(*behind)));
    }
    needed.iter().copied().filter(|node| visited.is_new(*node)).collect()
}

/// A set of nodes that is emptied at no cost.
struct Visited {
    round: usize,
    seen_in: Vec<usize>,
}

impl Visited {
    fn new(nodes: usize) -> Self {
        Self { round: 0, seen_in: vec![0; nodes] }
    }

    fn forget(&mut self) {
        self.round += 1;
    }

    /// Adds a node; whether it was not there.
    fn is_new(&mut self, node: NodeId) -> bool {
        std::mem::replace(&mut self.seen_in[node], self.round) != self.round
    }
}
