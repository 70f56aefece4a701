//! What happens to the outputs of the root module.

use std::collections::BTreeMap;

use infra_state::model::OutputValue;
use infra_values::{Marks, Str, Value};

use super::planner::Planner;
use super::{Mode, OutputChange};
use crate::graph::Item;
use crate::world::InstanceId;

impl Planner<'_> {
    pub(super) fn plan_outputs(&mut self) -> BTreeMap<Str, OutputChange> {
        let mut outputs = BTreeMap::new();
        let before = self.state.outputs.clone();
        let declared = &self.config.root().outputs;
        for (name, output) in declared {
            let is_planned = self
                .graph
                .node(crate::config::ModuleId::ROOT, Item::Output(name.clone()))
                .is_some_and(|node| self.targets.includes(node));
            if !is_planned || (self.options.mode == Mode::Destroy && !self.targets.is_everything()) {
                continue;
            }
            let after = match self.options.mode {
                Mode::Destroy => None,
                _ => {
                    let (value, used) = self.world.output(InstanceId::ROOT, name);
                    if self.is_left_out_behind(used) {
                        continue;
                    }
                    Some(value)
                }
            };
            // A null output is as good as none.
            let after = after.filter(|value| !value.is_null());
            // The state keeps one flag for the whole value, so marks inside it are no difference.
            let after = after.map(|value| {
                let (bare, marks) = value.unmark_deep();
                bare.with_marks(&marks)
            });
            let before = before.get(name);
            let sensitive = output.sensitive || before.is_some_and(|before| before.sensitive);
            let change = OutputChange { before: before.map(marked_output), after, sensitive };
            if change.before.is_some() || self.options.mode != Mode::Destroy {
                outputs.insert(name.clone(), change);
            }
        }
        for (name, value) in &before {
            if !declared.contains_key(name) && self.targets.is_everything() {
                let change =
                    OutputChange { before: Some(marked_output(value)), after: None, sensitive: value.sensitive };
                outputs.insert(name.clone(), change);
            }
        }
        outputs
    }
}

fn marked_output(output: &OutputValue) -> Value {
    if output.sensitive { output.value.clone().with_marks(&Marks::sensitive()) } else { output.value.clone() }
}
