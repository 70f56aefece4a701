//! In which order statements are carried out: a move that goes on from another, or that happens inside of what another
//! brings, comes after it.

use petgraph::graph::{DiGraph, NodeIndex};

use super::Statement;
use super::pattern::Pattern;

/// Positions of the statements in order; `None` where they go round in a circle.
pub(super) fn order(statements: &[Statement]) -> Option<Vec<usize>> {
    let sorted = petgraph::algo::toposort(&graph(statements), None).ok()?;
    Some(sorted.into_iter().map(NodeIndex::index).collect())
}

/// The statements of each circle, in the order in which they are written.
pub(super) fn cycles(statements: &[Statement]) -> Vec<Vec<&Statement>> {
    let graph = graph(statements);
    let mut found: Vec<Vec<usize>> = petgraph::algo::kosaraju_scc(&graph)
        .into_iter()
        .filter(|members| members.len() > 1)
        .map(|members| members.into_iter().map(NodeIndex::index).collect())
        .collect();
    for members in &mut found {
        members.sort_unstable();
    }
    found.sort();
    found.into_iter().map(|members| members.into_iter().map(|member| &statements[member]).collect()).collect()
}

/// Edges lead from what comes first.
fn graph(statements: &[Statement]) -> DiGraph<(), ()> {
    let patterns: Vec<[Pattern; 2]> = statements.iter().map(Statement::patterns).collect();
    let mut graph = DiGraph::new();
    // The topological order begins with what was added last.
    let nodes: Vec<NodeIndex> = statements.iter().map(|_| graph.add_node(())).collect();
    for (later, later_ends) in patterns.iter().enumerate() {
        for (earlier, earlier_ends) in patterns.iter().enumerate() {
            if later != earlier && comes_after(later_ends, earlier_ends) {
                graph.add_edge(nodes[earlier], nodes[later], ());
            }
        }
    }
    graph
}

fn comes_after(later: &[Pattern; 2], earlier: &[Pattern; 2]) -> bool {
    let [from, to] = later;
    let [earlier_from, earlier_to] = earlier;
    if from.overlaps(earlier_to) {
        return true;
    }
    // A module that only changes its keys: what is said inside of it holds before and after.
    let is_inside_both = from.is_within(earlier_from) && from.is_within(earlier_to);
    let is_around_both = earlier_from.is_within(from) && earlier_from.is_within(to);
    if is_inside_both || is_around_both {
        return false;
    }
    from.is_within(earlier_to) || to.is_within(earlier_to) || earlier_from.is_within(from) || earlier_to.is_within(from)
}
