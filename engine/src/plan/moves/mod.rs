//! Objects that keep living under another address.
//!
//! Two kinds of statement say so: `moved` blocks, and the files alone, where a resource gains or loses `count`. All of
//! them are carried out on the state before anything is planned ([`Moves::find`]), in an order in which a move that
//! goes on from another comes after it ([`order`]). Whether the statements make sense is only known when all instances
//! are, at the end of planning ([`validate`]).

use std::collections::{BTreeMap, BTreeSet};

use infra_state::State;
use infra_state::model::Change;
use infra_values::address::{ResourceInstance, Target};

use super::{Move, Options};
use crate::config::{Config, Movement};
use crate::diagnostics::{Diagnostic, Diagnostics};
use crate::graph::ConfigGraph;
use crate::world::Providers;

mod convert;
mod order;
mod pattern;
mod statement;
mod validate;

use statement::Statement;

/// What the statements of a configuration have done to a state.
pub(super) struct Moves {
    /// The state with everything at its new address.
    pub(super) state: State,
    /// What was done, one instance after the other.
    pub(super) done: Vec<Move>,
    /// Where instances were at first, by where they are now.
    pub(super) previous: BTreeMap<ResourceInstance, ResourceInstance>,
    /// Objects whose stored form has changed besides their address.
    pub(super) changed: BTreeSet<ResourceInstance>,
    /// What could not move because there is something at the new address: both addresses.
    blocked: BTreeMap<String, String>,
    /// Mistakes that only the state brings to light.
    pub(super) diagnostics: Diagnostics,
}

impl Moves {
    /// Carries out all statements.
    pub(super) fn find(config: &Config, graph: &ConfigGraph, providers: &Providers, state: &State) -> Self {
        let statements = Statement::all(config, state);
        let mut moves = Self {
            state: state.clone(),
            done: Vec::new(),
            previous: BTreeMap::new(),
            changed: BTreeSet::new(),
            blocked: BTreeMap::new(),
            diagnostics: Diagnostics::new(),
        };
        // Where statements go round in a circle, nothing moves: validation reports it.
        for position in order::order(&statements).unwrap_or_default() {
            moves.carry_out(&statements[position]);
        }
        moves.convert_types(config, graph, providers, &statements);
        moves.rename_dependencies();
        moves
    }

    /// Whether nothing has moved.
    pub(super) fn is_empty(&self) -> bool {
        self.done.is_empty()
    }

    fn carry_out(&mut self, statement: &Statement) {
        match &statement.movement {
            Movement::Call(..) | Movement::Module(..) => self.move_modules(statement),
            Movement::Resource(from, _) | Movement::Instance(from, _) => self.move_resources(statement, from),
        }
    }

    fn move_modules(&mut self, statement: &Statement) {
        let mut instances: BTreeMap<_, Vec<ResourceInstance>> = BTreeMap::new();
        for resource in self.state.resources.iter() {
            let all = resource.instances.keys().map(|key| resource.address.instance(key.clone()));
            instances.entry(resource.address.module.clone()).or_default().extend(all);
        }
        let targets: Vec<_> =
            instances.keys().filter_map(|module| Some((module.clone(), statement.module_target(module)?))).collect();
        for (from, to) in targets {
            if self.state.resources.iter().any(|resource| resource.address.module == to) {
                self.blocked.insert(from.to_string(), to.to_string());
                continue;
            }
            for instance in instances.remove(&from).unwrap_or_default() {
                let target = ResourceInstance { module: to.clone(), ..instance.clone() };
                self.move_instance(instance, target);
            }
        }
    }

    fn move_resources(&mut self, statement: &Statement, from: &ResourceInstance) {
        let is_named = |address: &infra_values::address::AbsoluteResource| address.resource == from.resource;
        let found: Vec<Vec<ResourceInstance>> = self
            .state
            .resources
            .iter()
            .filter(|resource| is_named(&resource.address))
            .map(|resource| resource.instances.keys().map(|key| resource.address.instance(key.clone())).collect())
            .collect();
        for instances in found {
            let Some(first) = instances.first() else { continue };
            if let Movement::Resource(..) = statement.movement {
                let Some(target) = statement.instance_target(first) else { continue };
                let (from, to) = (first.absolute_resource(), target.absolute_resource());
                if self.state.resources.get(&to).is_some() {
                    self.blocked.insert(from.to_string(), to.to_string());
                    continue;
                }
            }
            for instance in instances {
                let Some(target) = statement.instance_target(&instance) else { continue };
                if self.state.resources.instance(&target).is_some() {
                    self.blocked.insert(instance.to_string(), target.to_string());
                    continue;
                }
                self.move_instance(instance, target);
            }
        }
    }

    fn move_instance(&mut self, from: ResourceInstance, to: ResourceInstance) {
        if self.state.apply(&from, None, &Change::Move(to.clone())).is_err() {
            return;
        }
        let first = self.previous.remove(&from).unwrap_or_else(|| from.clone());
        self.previous.insert(to.clone(), first);
        self.done.push(Move { from, to });
    }

    /// Dependencies in the state name resources as they were called: without this, nothing would hold back the end of
    /// what was moved until what depends on it is gone.
    fn rename_dependencies(&mut self) {
        let mut renamed: BTreeMap<_, BTreeSet<_>> = BTreeMap::new();
        for (to, from) in &self.previous {
            renamed.entry(from.config()).or_default().insert(to.config());
        }
        renamed.retain(|from, to| !to.contains(from));
        if renamed.is_empty() {
            return;
        }
        let mut changed = Vec::new();
        for (address, resource, instance) in self.state.resources.instances() {
            let Some(object) = &instance.current else { continue };
            if !object.dependencies.iter().any(|dependency| renamed.contains_key(dependency)) {
                continue;
            }
            let names: BTreeSet<_> = object
                .dependencies
                .iter()
                .flat_map(|dependency| match renamed.get(dependency) {
                    Some(to) => to.iter().cloned().collect::<Vec<_>>(),
                    None => vec![dependency.clone()],
                })
                .collect();
            let mut object = object.as_ref().clone();
            object.dependencies = names.into_iter().collect();
            changed.push((address, resource.provider.clone(), object));
        }
        for (address, provider, object) in changed {
            self.state.resources.set(&address, None, provider, std::sync::Arc::new(object));
            self.changed.insert(address);
        }
    }

    /// Moves that a narrowed plan would carry out without planning what was moved.
    pub(super) fn excluded(&self, options: &Options) -> Diagnostics {
        let is_among = |list: &[Target], address: &ResourceInstance| list.iter().any(|one| one.contains(address));
        let covered = |address: &ResourceInstance| {
            (options.targets.is_empty() || is_among(&options.targets, address)) && !is_among(&options.excludes, address)
        };
        let missing: BTreeSet<&ResourceInstance> =
            self.previous.iter().flat_map(|(to, from)| [from, to]).filter(|address| !covered(address)).collect();
        if missing.is_empty() {
            return Diagnostics::new();
        }
        if options.targets.is_empty() {
            let list: String = missing.iter().map(|address| format!("\n  - {address}")).collect();
            return Diagnostic::error(
                "Moved resource instances excluded by targeting",
                format!(
                    "Objects of the state have other addresses in the files now, and -exclude leaves some of these \
                     addresses out, so that the plan could not be right. Plan without -exclude for:{list}"
                ),
            )
            .into();
        }
        let flags: String = missing.iter().map(|address| format!("\n  -target='{address}'")).collect();
        Diagnostic::error(
            "Moved resource instances excluded by targeting",
            format!(
                "Objects of the state have other addresses in the files now, and -target leaves some of these addresses \
                 out, so that the plan could not be right. Plan without -target, or add:{flags}"
            ),
        )
        .into()
    }

    /// A warning about what stays where it is.
    pub(super) fn blocked(&self) -> Diagnostics {
        if self.blocked.is_empty() {
            return Diagnostics::new();
        }
        let lines: String =
            self.blocked.iter().map(|(from, to)| format!("\n  - {from} could not move to {to}")).collect();
        Diagnostic::warning(
            "Unresolved resource instance address changes",
            format!(
                "There are objects at the new addresses of some that should move, so these stay where they are:{lines}\n\
                 They are planned as if nothing was said about them, which destroys them where the files do not declare \
                 them. If that is not what should happen, move them with `state mv` and plan again."
            ),
        )
        .into()
    }
}
