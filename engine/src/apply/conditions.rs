//! Conditions while a plan is carried out: before and after each change, and at the end everything that could not be
//! decided while planning.

use infra_values::Str;
use infra_values::address::{InstanceKey, ResourceInstance};

use super::operation::declaration;
use super::{Applying, Executor};
use crate::checks::{CheckResults, Checked};
use crate::config::{Module, ResourceConfig};
use crate::diagnostics::Diagnostics;
use crate::plan::checks::results_of_destroy;
use crate::plan::{Action, Mode, locate};
use crate::world::{ConditionKind, InstanceId, RepetitionValues, Subject, World};

/// Checks what a block says must hold before anything is done with the object.
pub(super) fn check_preconditions(
    world: &mut World<'_>,
    declared: &ResourceConfig,
    instance: InstanceId,
    repetition: &RepetitionValues,
) -> Result<(), Diagnostics> {
    if declared.lifecycle.preconditions.is_empty() {
        return Ok(());
    }
    let found_before = world.diagnostics.0.len();
    let checked = Checked::Resource(declared.resource.clone());
    let subject = Subject { instance, checked: &checked, repetition: Some(repetition), self_value: None };
    world.check_conditions(subject, ConditionKind::Precondition, &declared.lifecycle.preconditions);
    let found = Diagnostics(world.diagnostics.0.split_off(found_before));
    world.diagnostics.extend(found.into_result()?);
    Ok(())
}

/// Checks what a block says must hold once the object is there.
fn check_postconditions<'a>(applying: &Applying<'a>, world: &mut World<'a>, address: &ResourceInstance) {
    let Some((declared, instance, repetition)) = declaration(applying, world, address) else { return };
    if declared.lifecycle.postconditions.is_empty() {
        return;
    }
    let value = world.current_value(instance, &address.resource, &address.key);
    let checked = Checked::Resource(declared.resource.clone());
    let subject = Subject { instance, checked: &checked, repetition: Some(&repetition), self_value: value.as_ref() };
    world.check_conditions(subject, ConditionKind::Postcondition, &declared.lifecycle.postconditions);
}

impl<'a> Executor<'a> {
    /// Checks what must hold of an object that was made, changed or read. Whether it does, as far as is known.
    pub(super) fn check_arrived(&mut self, applying: &Applying<'a>, address: &ResourceInstance) -> bool {
        let found_before = self.world.diagnostics.0.len();
        check_postconditions(applying, &mut self.world, address);
        let failed = self.world.diagnostics.iter().skip(found_before).any(|found| found.is_error());
        if self.world.diagnostics.0.len() > found_before {
            self.take_diagnostics_about(address);
        }
        !failed
    }

    /// Checks once more what could not be decided while planning about objects to which nothing is done.
    pub(super) fn check_unchanged(&mut self, applying: &Applying<'a>) {
        for change in applying.plan.changes.iter().filter(|change| change.action == Action::NoOp) {
            let address = &change.address;
            let Some((declared, instance, repetition)) = self.with_conditions(applying, address) else { continue };
            let found_before = self.world.diagnostics.0.len();
            match check_preconditions(&mut self.world, declared, instance, &repetition) {
                Ok(()) => check_postconditions(applying, &mut self.world, address),
                Err(errors) => self.world.diagnostics.extend(errors),
            }
            if self.world.diagnostics.0.len() > found_before {
                self.take_diagnostics_about(address);
            }
        }
    }

    fn with_conditions(
        &mut self,
        applying: &Applying<'a>,
        address: &ResourceInstance,
    ) -> Option<(&'a ResourceConfig, InstanceId, RepetitionValues)> {
        let module = applying.config.module_at(&address.module.path())?;
        let lifecycle = &module.resources.get(&address.resource)?.lifecycle;
        let has_some = !lifecycle.preconditions.is_empty() || !lifecycle.postconditions.is_empty();
        if has_some { declaration(applying, &mut self.world, address) } else { None }
    }

    /// Checks everything that has conditions and was not looked at on the way, and gives what all conditions came to.
    pub(super) fn settle_conditions(&mut self, applying: &Applying<'a>) -> CheckResults {
        if applying.plan.mode == Mode::Destroy {
            return results_of_destroy(applying.config);
        }
        if !self.world.check_results.is_empty() {
            let is_complete = self.finished == applying.plan.steps.len();
            self.settle_module(applying, InstanceId::ROOT, is_complete);
        }
        self.applied.diagnostics.extend(std::mem::take(&mut self.world.diagnostics));
        std::mem::take(&mut self.world.check_results)
    }

    fn settle_module(&mut self, applying: &Applying<'a>, instance: InstanceId, is_complete: bool) {
        let module = self.world.module_of(instance);
        for variable in module.variables.values().filter(|variable| !variable.validations.is_empty()) {
            self.expect(module, Checked::Variable(variable.name.text.clone()), instance);
            self.world.variable(instance, &variable.name.text);
        }
        // A narrowed plan looks at nothing else.
        if applying.plan.is_narrowed() {
            return;
        }
        let conditioned = module.resources.values().filter(|declared| {
            !declared.lifecycle.preconditions.is_empty() || !declared.lifecycle.postconditions.is_empty()
        });
        for declared in conditioned {
            self.expect(module, Checked::Resource(declared.resource.clone()), instance);
        }
        for output in module.outputs.values().filter(|output| !output.preconditions.is_empty()) {
            self.expect(module, Checked::Output(output.name.text.clone()), instance);
            self.world.output(instance, &output.name.text);
        }
        for name in module.checks.keys() {
            self.check_block(module, instance, name);
        }
        for name in module.calls.keys() {
            // Where something failed, it may not be known how many there are; only those that were needed are looked at.
            let children =
                if is_complete { self.world.call(instance, name) } else { self.world.known_call(instance, name) };
            for child in children.map(|found| found.values().copied().collect::<Vec<_>>()).unwrap_or_default() {
                self.settle_module(applying, child, is_complete);
            }
        }
    }

    fn expect(&mut self, module: &Module, checked: Checked, instance: InstanceId) {
        let found = self.world.instances_with_conditions(&checked, &[instance]);
        self.world.check_results.expect(&module.path, &checked, found);
    }

    fn check_block(&mut self, module: &'a Module, instance: InstanceId, name: &Str) {
        let Some(check) = module.checks.get(name) else { return };
        self.expect(module, Checked::Check(name.clone()), instance);
        let address = self.world.address_of(instance).clone();
        if !self.world.check_results.has_unreadable_data(&address, name) {
            let checked = Checked::Check(name.clone());
            self.world.check_conditions(Subject::single(instance, &checked), ConditionKind::Assertion, &check.asserts);
        }
    }

    /// Says of what went wrong where it is declared; what went wrong with the data source of a check becomes warnings.
    pub(super) fn place_in_block(
        &mut self,
        applying: &Applying<'a>,
        address: &ResourceInstance,
        diagnostics: &mut Diagnostics,
    ) {
        let declared = applying.config.declaration(address);
        if let Some(declared) = declared {
            for diagnostic in std::mem::take(&mut diagnostics.0) {
                diagnostics.push(locate(diagnostic, &declared.body));
            }
        }
        if let Some(check) = declared.and_then(|declared| declared.check.as_ref())
            && address.key == InstanceKey::None
        {
            self.world.demote_nested(&address.module, check, diagnostics);
        }
    }
}
