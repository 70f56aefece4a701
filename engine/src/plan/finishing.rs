//! From planned parts to a finished plan.

use std::collections::BTreeMap;
use std::sync::Arc;

use infra_values::{Str, Value};

use super::planner::Planner;
use super::refreshing::Refreshed;
use super::{Drift, FORMAT_VERSION, Mode, ObjectKey, Plan, Planned};
use crate::config::Snapshot;
use crate::diagnostics::Diagnostic;

impl Planner<'_> {
    /// Values given for ephemeral variables, which the plan will not hold.
    pub fn ephemeral_values(&self) -> BTreeMap<Str, Value> {
        let known = |name: &Str| Some((name.clone(), self.variables.get(name)?.clone()));
        self.ephemeral_variables.iter().filter_map(known).collect()
    }

    /// The finished plan. Where errors left holes, it is marked as errored and can only be shown.
    pub fn finish(mut self, files: Snapshot, settings: BTreeMap<String, String>) -> Planned {
        if self.done_count < self.graph.nodes.len() && !self.world.diagnostics.has_errors() {
            self.world.diagnostics.push(Diagnostic::error(
                "Planning did not finish",
                "Not every part of the configuration could be planned. This is a defect of infra; nothing was changed.",
            ));
        }
        self.leave_out_unneeded();
        let exclusions = self.ineffective_exclusions();
        self.world.diagnostics.extend(exclusions);
        let moves = self.moves_left_out();
        self.world.diagnostics.extend(moves);
        self.plan_orphans();
        let outputs = self.plan_outputs();
        self.validate_moves();
        let mut diagnostics = std::mem::take(&mut self.world.diagnostics);
        diagnostics.extend(self.replacements_without_key());
        diagnostics.extend(self.moves.blocked());
        diagnostics.extend(self.forgotten());
        if self.options.mode != Mode::Destroy {
            self.name_previous_addresses();
        }
        self.settle_create_before_destroy();
        let errored = diagnostics.has_errors();
        let checks = self.settled_check_results();
        let steps = if errored { Vec::new() } else { self.order() };
        let surroundings = self.world.surroundings().clone();
        let refreshed: Vec<ObjectKey> = self.state_changes.into_iter().collect();
        let state = if refreshed.is_empty() { self.state.clone() } else { Arc::new(self.new_state) };
        let plan = Plan {
            format_version: FORMAT_VERSION,
            mode: self.options.mode,
            files,
            settings,
            variables: {
                self.variables.retain(|name, _| !self.ephemeral_variables.contains(name));
                self.variables
            },
            given_variables: self.given_variables,
            ephemeral_variables: self.ephemeral_variables,
            timestamp: surroundings.functions.plan_timestamp.unwrap_or_default(),
            workspace: surroundings.workspace,
            based_on: infra_state::store::StateVersion {
                lineage: self.state.lineage.clone(),
                serial: self.state.serial,
            },
            state,
            moved: self.moves.done,
            refreshed,
            dropped_at_end: self.dropped_at_end,
            changes: self.changes.into_values().collect(),
            drift: self.drift.into_values().collect(),
            outputs,
            steps,
            deferred: self.deferred,
            checks,
            targets: self.options.targets.iter().map(|target| Str::from(target.to_string())).collect(),
            excludes: self.options.excludes.iter().map(|exclude| Str::from(exclude.to_string())).collect(),
            errored,
        };
        // What has no place in a file comes in the order of addresses, whichever answer came first.
        diagnostics.0.sort_by(|left, right| left.address.cmp(&right.address));
        diagnostics.sort();
        (Some(plan), diagnostics)
    }

    fn name_previous_addresses(&mut self) {
        for (to, from) in &self.moves.previous {
            if let Some(change) = self.changes.get_mut(&ObjectKey::current(to.clone())) {
                change.previous_address = Some(from.clone());
            }
            let key = ObjectKey::current(to.clone());
            if self.options.mode == Mode::RefreshOnly
                && !self.drift.contains_key(&key)
                && let Some(Refreshed::Ready(Some(object))) = self.refreshed.get(&key)
                && let Some(resource) = self.state.resources.get(&to.absolute_resource())
            {
                let drift = Drift {
                    address: to.clone(),
                    deposed: None,
                    previous_address: None,
                    provider: resource.provider.clone(),
                    before: object.value.clone(),
                    after: object.value.clone(),
                };
                self.drift.insert(key.clone(), drift);
            }
            if let Some(drift) = self.drift.get_mut(&key) {
                drift.previous_address = Some(from.clone());
            }
        }
    }
}
