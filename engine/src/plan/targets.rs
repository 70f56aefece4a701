//! `-target`: which parts of a configuration and state a narrowed plan looks at.

use std::collections::HashSet;

use infra_values::address::{ResourceInstance, Target};

use crate::config::Config;
use crate::graph::{ConfigGraph, Item, NodeId};

/// What a plan looks at.
#[derive(Debug)]
pub(super) struct Targets {
    targets: Vec<Target>,
    /// `None`: everything.
    nodes: Option<HashSet<NodeId>>,
}

impl Targets {
    /// The targets, and the nodes of the graph that they need.
    pub(super) fn new(targets: Vec<Target>, config: &Config, graph: &ConfigGraph) -> Self {
        if targets.is_empty() {
            return Self { targets, nodes: None };
        }
        let mut stack: Vec<NodeId> = graph
            .nodes
            .iter()
            .enumerate()
            .filter(|(_, node)| {
                let path = &config.module(node.module).path;
                match &node.item {
                    Item::Resource(resource) => targets.iter().any(|target| match target {
                        Target::Module(module) => path.0.starts_with(&module.path().0),
                        Target::Resource(wanted) => wanted.resource == *resource && wanted.module.path() == *path,
                        Target::Instance(wanted) => wanted.resource == *resource && wanted.module.path() == *path,
                    }),
                    _ => false,
                }
            })
            .map(|(id, _)| id)
            .collect();
        let mut nodes = HashSet::new();
        while let Some(node) = stack.pop() {
            if nodes.insert(node) {
                stack.extend(&graph.needs[node]);
            }
        }
        Self { targets, nodes: Some(nodes) }
    }

    /// Whether the plan looks at a node.
    pub(super) fn includes(&self, node: NodeId) -> bool {
        self.nodes.as_ref().is_none_or(|nodes| nodes.contains(&node))
    }

    /// Whether an object that no file declares any more is looked at.
    pub(super) fn includes_orphan(&self, address: &ResourceInstance) -> bool {
        self.targets.is_empty() || self.targets.iter().any(|target| target.contains(address))
    }

    /// Whether an instance was named itself, or is in a module or resource that was. Instances that are only needed
    /// by a target are included as their whole resource.
    pub(super) fn names_instance(&self, address: &ResourceInstance) -> bool {
        let same_resource = |target: &&Target| match target {
            Target::Instance(wanted) => {
                wanted.resource == address.resource && wanted.module.path() == address.module.path()
            }
            _ => false,
        };
        let mut others = self.targets.iter().filter(same_resource).peekable();
        // Where only some instances of a resource are targets, its others are left alone.
        others.peek().is_none() || self.targets.iter().any(|target| target.contains(address))
    }

    /// Whether everything is looked at.
    pub(super) fn is_everything(&self) -> bool {
        self.nodes.is_none()
    }
}
