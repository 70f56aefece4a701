//! Graphs in the DOT language: [`resources`] as Terraform draws them by default, [`evaluation`] with everything that is
//! evaluated, [`steps`] of a plan.

use std::collections::BTreeMap;

use infra_engine::config::Config;
use infra_engine::graph::{ConfigGraph, Item, Node, NodeId};
use infra_engine::plan::{Plan, StepId, Work};
use infra_values::address::{ConfigResource, ModulePath, Resource};

/// The resources, those of a module within a frame, and which waits for which.
pub fn resources(graph: &ConfigGraph, config: &Config) -> String {
    let mut modules: BTreeMap<&ModulePath, Vec<&Resource>> = BTreeMap::new();
    let mut edges = Vec::new();
    let address = |node: NodeId| {
        let Node { module, item } = graph.nodes.get(node)?;
        let Item::Resource(resource) = item else { return None };
        Some(ConfigResource { module: config.module(*module).path.clone(), resource: resource.clone() })
    };
    for (node, needs) in graph.resource_needs() {
        let Some(from) = address(node) else { continue };
        edges.extend(needs.into_iter().filter_map(|needed| Some((from.clone(), address(needed)?))));
        if let Some(Node { module, item: Item::Resource(resource) }) = graph.nodes.get(node) {
            modules.entry(&config.module(*module).path).or_default().push(resource);
        }
    }
    edges.sort();
    let mut text =
        String::from("digraph G {\n  rankdir = \"RL\";\n  node [shape = rect, fontname = \"sans-serif\"];\n");
    if modules.is_empty() {
        text.push_str("  /* This configuration does not contain any resources.         */\n");
        text.push_str("  /* For a more detailed graph, try: infra graph -type=plan     */\n");
    }
    for (module, mut resources) in modules {
        resources.sort();
        let indent = if module.is_root() { "  " } else { "    " };
        if !module.is_root() {
            let (cluster, label) = (quoted(&format!("cluster_{module}")), quoted(&module.to_string()));
            text.push_str(&format!("  subgraph {cluster} {{\n    label = {label}\n    fontname = \"sans-serif\"\n"));
        }
        for resource in resources {
            let name = ConfigResource { module: module.clone(), resource: resource.clone() }.to_string();
            text.push_str(&format!("{indent}{} [label={}];\n", quoted(&name), quoted(&resource.to_string())));
        }
        if !module.is_root() {
            text.push_str("  }\n");
        }
    }
    for (from, to) in edges {
        text.push_str(&format!("  {} -> {};\n", quoted(&from.to_string()), quoted(&to.to_string())));
    }
    text.push_str("}\n");
    text
}

/// Everything that is evaluated, and what each waits for. Destroying goes the other way.
pub fn evaluation(graph: &ConfigGraph, config: &Config, is_destroying: bool) -> String {
    let names: Vec<String> = graph.nodes.iter().map(|node| node.name(config)).collect();
    let mut nodes = Vec::new();
    let mut edges = Vec::new();
    for ((node, name), needs) in graph.nodes.iter().zip(&names).zip(&graph.needs) {
        let shape = match node.item {
            Item::Resource(_) => "box",
            Item::Provider(..) => "diamond",
            Item::Variable(_) => "note",
            Item::Local(_) | Item::Output(_) | Item::Call(_) | Item::Check(_) => "ellipse",
        };
        nodes.push((name.clone(), name.clone(), shape));
        for needed in needs.iter().filter_map(|needed| names.get(*needed)) {
            let (from, to) = if is_destroying { (needed, name) } else { (name, needed) };
            edges.push((from.clone(), to.clone()));
        }
    }
    detailed(nodes, edges)
}

/// The steps of a plan, and which waits for which.
pub fn steps(plan: &Plan) -> String {
    let address = |change: &usize| plan.changes.get(*change).map(|change| change.address.to_string());
    let name = |position: StepId| {
        let step = plan.steps.get(position)?;
        let (change, verb) = match &step.work {
            Work::Join => return Some(format!("(step {position})")),
            Work::Create { change, .. } => (change, "create"),
            Work::Update { change } => (change, "update"),
            Work::Delete { change, .. } => (change, "destroy"),
            Work::Read { change } => (change, "read"),
            Work::Forget { change } => (change, "forget"),
        };
        Some(format!("{} ({verb})", address(change)?))
    };
    let mut nodes = Vec::new();
    let mut edges = Vec::new();
    for (position, step) in plan.steps.iter().enumerate() {
        let Some(from) = name(position) else { continue };
        let shape = if step.work == Work::Join { "point" } else { "box" };
        let waits_for = step.after.iter().filter_map(|before| name(*before));
        edges.extend(waits_for.map(|to| (from.clone(), to)));
        nodes.push((from.clone(), from, shape));
    }
    detailed(nodes, edges)
}

/// Nodes with labels and shapes, and edges, in the form of Terraform's detailed graphs.
fn detailed(mut nodes: Vec<(String, String, &str)>, mut edges: Vec<(String, String)>) -> String {
    nodes.sort();
    edges.sort();
    edges.dedup();
    let root = |name: &str| quoted(&format!("[root] {name}"));
    let mut text = String::from("digraph {\n\tcompound = \"true\"\n\tnewrank = \"true\"\n\tsubgraph \"root\" {\n");
    for (name, label, shape) in nodes {
        text.push_str(&format!("\t\t{} [label = {}, shape = \"{shape}\"]\n", root(&name), quoted(&label)));
    }
    for (from, to) in edges {
        text.push_str(&format!("\t\t{} -> {}\n", root(&from), root(&to)));
    }
    text.push_str("\t}\n}\n");
    text
}

fn quoted(text: &str) -> String {
    format!("\"{}\"", text.replace('\\', "\\\\").replace('"', "\\\""))
}
