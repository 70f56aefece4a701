//! Planning `check` blocks, and noting which objects with conditions there are.
//!
//! A check never holds anything up: what does not hold is a warning, and so is what goes wrong with the data source in
//! it. That data source is read while planning and once more when everything else is done.

use infra_values::Str;
use infra_values::address::{InstanceKey, ModuleInstance, ResourceInstance};

use super::Mode;
use super::data::DataStatus;
use super::planner::Planner;
use crate::checks::{CheckResults, Checked, ConditionResult, Position, Status};
use crate::config::{Config, ModuleId};
use crate::diagnostics::{Diagnostics, Severity};
use crate::graph::{Item, NodeId};
use crate::world::{ConditionKind, Expansion, InstanceId, Phase, Subject};

impl Planner<'_> {
    /// Checks the assertions of a check in every instance of its module.
    pub(super) fn check_block(&mut self, node: NodeId, instances: &[InstanceId], name: &Str) {
        let module = self.config.module(self.graph.nodes[node].module);
        let Some(check) = module.checks.get(name) else { return };
        let checked = Checked::Check(name.clone());
        for instance in instances {
            let module = self.world.address_of(*instance).clone();
            // Why its data could not be read was said: there is nothing to look at.
            let is_unreadable = check.data.clone().is_some_and(|resource| {
                let address = ResourceInstance { module, resource, key: InstanceKey::None };
                matches!(self.data.get(&address), Some(DataStatus::Failed))
            });
            if !is_unreadable {
                let subject = Subject::single(*instance, &checked);
                self.world.check_conditions(subject, ConditionKind::Assertion, &check.asserts);
            }
        }
    }

    /// Notes the instances of what a node stands for, if that has conditions.
    pub(super) fn expect_conditions(&mut self, node: NodeId, instances: &[InstanceId]) {
        let checked = match &self.graph.nodes[node].item {
            Item::Variable(name) => Checked::Variable(name.clone()),
            Item::Output(name) => Checked::Output(name.clone()),
            Item::Check(name) => Checked::Check(name.clone()),
            Item::Resource(resource) => Checked::Resource(resource.clone()),
            Item::Local(_) | Item::Call(_) | Item::Provider(..) => return,
        };
        let path = &self.config.module(self.graph.nodes[node].module).path;
        if !self.world.check_results.contains(path, &checked) {
            return;
        }
        let found = self.world.instances_with_conditions(&checked, instances);
        self.world.check_results.expect(path, &checked, found);
    }

    /// Whether an object is the data source of a check.
    pub(super) fn is_in_check(&self, address: &ResourceInstance) -> bool {
        self.config.declaration(address).is_some_and(|found| found.check.is_some())
    }

    /// The results for the plan.
    pub(super) fn settled_check_results(&mut self) -> CheckResults {
        match self.options.mode {
            Mode::Destroy => results_of_destroy(self.config),
            _ => std::mem::take(&mut self.world.check_results),
        }
    }
}

impl crate::world::World<'_> {
    /// The instances of something with conditions in some instances of its module, as far as it is known which there
    /// are.
    pub(crate) fn instances_with_conditions(
        &mut self,
        checked: &Checked,
        instances: &[InstanceId],
    ) -> Vec<(ModuleInstance, InstanceKey)> {
        let mut found = Vec::new();
        for instance in instances {
            let module = self.address_of(*instance).clone();
            match checked {
                Checked::Resource(resource) => match self.expansion(*instance, resource).0 {
                    Expansion::Failed | Expansion::ManyUnknown { .. } => {}
                    expansion => {
                        found.extend(expansion.instances().into_iter().map(|one| (module.clone(), one.key)));
                    }
                },
                _ => found.push((module, InstanceKey::None)),
            }
        }
        found
    }

    /// Makes what went wrong with the data source of a check a warning, and a failure of the check.
    pub(crate) fn demote_nested(&mut self, module: &ModuleInstance, check: &Str, diagnostics: &mut Diagnostics) {
        for diagnostic in &mut diagnostics.0 {
            if diagnostic.is_error() {
                let message = format!("{}: {}", diagnostic.summary, diagnostic.detail);
                let result = ConditionResult { status: Status::Fail, message: Some(message) };
                let checked = Checked::Check(check.clone());
                self.check_results.record(module, &checked, &InstanceKey::None, Position::NestedData, result);
            }
            diagnostic.severity = Severity::Warning;
            diagnostic.is_provisional = self.phase() == Phase::Plan;
        }
    }
}

/// What a destruction says of conditions: only that the outputs of the root module are there.
pub(crate) fn results_of_destroy(config: &Config) -> CheckResults {
    let mut results = CheckResults::of(config);
    let root = config.module(ModuleId::ROOT);
    for name in root.outputs.keys() {
        let checked = Checked::Output(name.clone());
        results.expect(&root.path, &checked, [(ModuleInstance::root(), InstanceKey::None)]);
    }
    results
}
