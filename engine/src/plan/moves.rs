//! Objects that keep living under another address.
//!
//! So far the moves that follow from the files alone: a resource that gains `count` goes on as its first instance, and
//! one that loses it as the only one.

use infra_state::State;
use infra_state::model::Change;
use infra_values::address::{InstanceKey, ResourceMode};

use super::Move;
use super::targets::Targets;
use crate::config::{Config, Repetition};
use crate::graph::{ConfigGraph, Item};

/// The state with everything at its new address, and what was moved. Where the new address is taken, nothing moves.
pub(super) fn implied_moves(
    config: &Config,
    graph: &ConfigGraph,
    targets: &Targets,
    state: &State,
) -> (State, Vec<Move>) {
    let mut moved_state = state.clone();
    let mut moves = Vec::new();
    for resource in state.resources.iter() {
        let address = &resource.address;
        if address.resource.mode != ResourceMode::Managed {
            continue;
        }
        let Some(module) = config.module_at(&address.module.path()) else { continue };
        let Some(declared) = module.resources.get(&address.resource) else { continue };
        let (from, to) = match declared.repetition {
            Repetition::Single => (InstanceKey::Int(0), InstanceKey::None),
            Repetition::Count(_) => (InstanceKey::None, InstanceKey::Int(0)),
            Repetition::ForEach(_) => continue,
        };
        let (from, to) = (address.instance(from), address.instance(to));
        let looked_at = graph
            .node(module.id, Item::Resource(address.resource.clone()))
            .is_some_and(|node| targets.includes(node) && targets.names_instance(&to));
        let possible = state.resources.instance(&from).is_some() && state.resources.instance(&to).is_none();
        if looked_at && possible && moved_state.apply(&from, None, &Change::Move(to.clone())).is_ok() {
            moves.push(Move { from, to });
        }
    }
    (moved_state, moves)
}
