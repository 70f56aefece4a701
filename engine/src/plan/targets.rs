//! `-target` and `-exclude`: which parts of a configuration and state a narrowed plan looks at.
//!
//! Before anything is evaluated only whole resources can be told apart. What single instances need is known from the
//! uses that evaluating them noted ([`super::left_out`]).

use std::collections::{HashMap, HashSet};

use infra_state::State;
use infra_values::address::{ConfigResource, InstanceKey, ModuleInstance, ResourceInstance, Target};

use super::{Mode, Options};
use crate::config::{Config, ModuleId};
use crate::graph::{ConfigGraph, Item, NodeId};

/// Addresses that were given, to be found by what they are about.
#[derive(Debug, Default)]
struct Addresses {
    by_resource: HashMap<ConfigResource, Vec<Target>>,
    modules: Vec<ModuleInstance>,
}

impl Addresses {
    fn new(targets: &[Target]) -> Self {
        let mut addresses = Self::default();
        for target in targets {
            let resource = match target {
                Target::Module(module) => {
                    addresses.modules.push(module.clone());
                    continue;
                }
                Target::Resource(wanted) => {
                    ConfigResource { module: wanted.module.path(), resource: wanted.resource.clone() }
                }
                Target::Instance(wanted) => wanted.config(),
            };
            addresses.by_resource.entry(resource).or_default().push(target.clone());
        }
        addresses
    }

    fn is_empty(&self) -> bool {
        self.by_resource.is_empty() && self.modules.is_empty()
    }

    fn contains(&self, address: &ResourceInstance) -> bool {
        if self.is_empty() {
            return false;
        }
        self.by_resource.get(&address.config()).into_iter().flatten().any(|target| target.contains(address))
            || self.modules.iter().any(|module| Target::Module(module.clone()).contains(address))
    }

    /// Whether one of them is about a resource as it stands in files, whichever of its instances it names.
    fn names(&self, resource: &ConfigResource) -> bool {
        self.by_resource.contains_key(resource)
            || self.modules.iter().any(|module| resource.module.0.starts_with(&module.path().0))
    }

    /// Whether one of them means a resource with all its instances, in all instances of the modules around it.
    fn names_whole(&self, resource: &ConfigResource) -> bool {
        let has_no_keys = |module: &ModuleInstance| module.0.iter().all(|(_, key)| *key == InstanceKey::None);
        let is_whole = |target: &Target| matches!(target, Target::Resource(wanted) if has_no_keys(&wanted.module));
        let is_around =
            |module: &&ModuleInstance| has_no_keys(module) && resource.module.0.starts_with(&module.path().0);
        self.by_resource.get(resource).into_iter().flatten().any(is_whole)
            || self.modules.iter().any(|one| is_around(&one))
    }
}

/// What a plan looks at.
#[derive(Debug)]
pub(super) struct Targets {
    targets: Addresses,
    excludes: Addresses,
    /// `None`: everything.
    nodes: Option<HashSet<NodeId>>,
    /// When destroying: what goes because it needs a target.
    dependents: HashSet<ConfigResource>,
}

impl Targets {
    /// The targets, and the nodes of the graph that they need. When destroying, what needs a target goes with it.
    pub(super) fn new(options: &Options, config: &Config, graph: &ConfigGraph, state: &State) -> Self {
        let (targets, excludes) = (Addresses::new(&options.targets), Addresses::new(&options.excludes));
        if targets.is_empty() {
            let nodes = (!excludes.is_empty()).then(|| nodes_without(&excludes, config, graph));
            return Self { targets, excludes, nodes, dependents: HashSet::new() };
        }
        let dependents =
            if options.mode == Mode::Destroy { dependents(&options.targets, state) } else { HashSet::new() };
        let is_wanted = |id: &NodeId| {
            let node = &graph.nodes[*id];
            let Item::Resource(resource) = &node.item else { return false };
            let module = config.module(node.module).path.clone();
            let resource = ConfigResource { module, resource: resource.clone() };
            targets.names(&resource) || dependents.contains(&resource)
        };
        let mut stack: Vec<NodeId> = (0..graph.nodes.len()).filter(is_wanted).collect();
        let mut nodes = HashSet::new();
        while let Some(node) = stack.pop() {
            if nodes.insert(node) {
                stack.extend(&graph.needs[node]);
            }
        }
        let outputs = outputs_within(&nodes, config, graph);
        let mut stack: Vec<NodeId> = outputs;
        while let Some(node) = stack.pop() {
            if nodes.insert(node) {
                stack.extend(&graph.needs[node]);
            }
        }
        Self { targets, excludes, nodes: Some(nodes), dependents }
    }

    /// Whether the plan looks at a node.
    pub(super) fn includes(&self, node: NodeId) -> bool {
        self.nodes.as_ref().is_none_or(|nodes| nodes.contains(&node))
    }

    /// Whether an object that is to go is looked at: it is a target or, when destroying, needs one.
    pub(super) fn includes_orphan(&self, address: &ResourceInstance) -> bool {
        self.is_named(address) || (self.dependents.contains(&address.config()) && !self.names_some_instance(address))
    }

    fn names_some_instance(&self, address: &ResourceInstance) -> bool {
        !self.targets.is_empty() && self.targets.names(&address.config())
    }

    fn is_named(&self, address: &ResourceInstance) -> bool {
        (self.targets.is_empty() || self.is_target(address)) && !self.excludes(address)
    }

    /// Whether an object is among the targets.
    pub(super) fn is_target(&self, address: &ResourceInstance) -> bool {
        self.targets.contains(address)
    }

    /// Whether an object is to be left alone by name.
    pub(super) fn excludes(&self, address: &ResourceInstance) -> bool {
        self.excludes.contains(address)
    }

    /// Whether an instance was named itself, or is in a module or resource that was. Instances that are only needed
    /// by a target are included as their whole resource.
    pub(super) fn names_instance(&self, address: &ResourceInstance) -> bool {
        // Where only some instances of a resource or of a module around it are targets, the others are left alone.
        (!self.names_some_instance(address) || self.is_named(address)) && !self.excludes(address)
    }

    /// Whether everything is looked at.
    pub(super) fn is_everything(&self) -> bool {
        self.nodes.is_none()
    }
}

/// The nodes of a graph without the resources that are excluded whole, and without what needs them.
fn nodes_without(excludes: &Addresses, config: &Config, graph: &ConfigGraph) -> HashSet<NodeId> {
    let is_excluded = |id: &NodeId| {
        let node = &graph.nodes[*id];
        let Item::Resource(resource) = &node.item else { return false };
        let module = config.module(node.module).path.clone();
        excludes.names_whole(&ConfigResource { module, resource: resource.clone() })
    };
    let mut stack: Vec<NodeId> = (0..graph.nodes.len()).filter(is_excluded).collect();
    let mut left_out = HashSet::new();
    while let Some(node) = stack.pop() {
        if left_out.insert(node) {
            stack.extend(&graph.needed_by[node]);
        }
    }
    (0..graph.nodes.len()).filter(|node| !left_out.contains(node)).collect()
}

/// Outputs of the root module that need resources, and none that is left out: their values are told too.
fn outputs_within(nodes: &HashSet<NodeId>, config: &Config, graph: &ConfigGraph) -> Vec<NodeId> {
    // For each node: whether there is a resource behind it, and whether all behind it are looked at.
    let mut behind: Vec<(bool, bool)> = vec![(false, true); graph.nodes.len()];
    for node in &graph.order {
        let mut found = (false, true);
        for need in &graph.needs[*node] {
            found = (found.0 || behind[*need].0, found.1 && behind[*need].1);
        }
        if matches!(graph.nodes[*node].item, Item::Resource(_)) {
            found = (true, found.1 && nodes.contains(node));
        }
        behind[*node] = found;
    }
    let outputs = config.root().outputs.keys();
    outputs
        .filter_map(|name| graph.node(ModuleId::ROOT, Item::Output(name.clone())))
        .filter(|node| behind[*node] == (true, true))
        .collect()
}

/// Everything in the state that needs a target, directly or not.
fn dependents(targets: &[Target], state: &State) -> HashSet<ConfigResource> {
    let mut needed_by: HashMap<&ConfigResource, HashSet<ConfigResource>> = HashMap::new();
    let mut stack = Vec::new();
    for (address, _, instance) in state.resources.instances() {
        for object in instance.current.iter().chain(instance.deposed.values()) {
            for dependency in &object.dependencies {
                needed_by.entry(dependency).or_default().insert(address.config());
            }
        }
        if targets.iter().any(|target| target.contains(&address)) {
            stack.push(address.config());
        }
    }
    let mut found = HashSet::new();
    while let Some(resource) = stack.pop() {
        for dependent in needed_by.get(&resource).into_iter().flatten() {
            if found.insert(dependent.clone()) {
                stack.push(dependent.clone());
            }
        }
    }
    found
}
