//! Evaluating expressions one at a time against a configuration and its state, as `console` does.
//!
//! Resources are worth what the state says, or what they will be by a plan; one of which that says nothing is unknown as a
//! whole. Nothing outside is asked. Mistakes in the files do not stop the evaluation: they are in [`Console::mistakes`], and
//! what they touch is unknown.
//!
//! Deliberately elsewhere: reading lines, and showing answers (`src/commands/console.rs`).

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use infra_state::State;
use infra_values::address::{AbsoluteResource, InstanceKey, ResourceInstance};
use infra_values::{Str, Type, Value};

use crate::config::Config;
use crate::diagnostics::{Diagnostic, Diagnostics};
use crate::graph::ConfigGraph;
use crate::plan::{Plan, ResourceChange, stored_value};
use crate::syntax::{Expression, ExpressionKind, parse_expression};
use crate::world::{InstanceId, Phase, Providers, StoredValues, Surroundings, World};

/// Name of the file that diagnostics about what was typed point into.
pub const INPUT_NAME: &str = "<console-input>";

/// See the module's documentation.
pub struct Console<'c> {
    world: World<'c>,
    graph: ConfigGraph,
}

/// What an expression came to.
#[derive(Clone, Debug, PartialEq)]
pub enum Answer {
    /// Its value.
    Value(Value),
    /// Its type, asked for with `type(…)`.
    Type(Type),
}

impl<'c> Console<'c> {
    /// A console for a configuration. Root variables without a value are unknown, and resources are worth what
    /// `resources` says.
    pub fn new(
        config: &'c Config,
        graph: ConfigGraph,
        providers: &'c Providers,
        surroundings: Surroundings,
        root_variables: BTreeMap<Str, Value>,
        resources: impl StoredValues + 'c,
    ) -> Self {
        let mut world = World::new(config, providers, Phase::Console, surroundings, root_variables);
        world.set_stored(resources);
        evaluate_everything(&mut world, InstanceId::ROOT);
        Self { world, graph }
    }

    /// Mistakes found while evaluating the files.
    pub fn mistakes(&self) -> &Diagnostics {
        &self.world.diagnostics
    }

    /// Evaluates a text that is one expression.
    ///
    /// # Errors
    ///
    /// Its mistakes; they point into the configuration's sources, to which the text has been added.
    pub fn evaluate(&mut self, text: &str) -> Result<Answer, Diagnostics> {
        let file = self.world.config.sources.add(INPUT_NAME, text);
        let (parsed, diagnostics) = parse_expression(text, file, 0);
        let Some(expression) = parsed.filter(|_| !diagnostics.has_errors()) else { return Err(diagnostics) };
        match argument_of_type(&expression)? {
            Some(inner) => self.value(inner).map(|value| Answer::Type(value.ty())),
            None => self.value(&expression).map(Answer::Value),
        }
    }

    fn value(&mut self, expression: &Expression) -> Result<Value, Diagnostics> {
        let module = self.world.module_of(InstanceId::ROOT);
        self.graph.check_references(self.world.config, module, expression).into_result()?;
        let (outcome, _) =
            self.world.with_scope(InstanceId::ROOT, None, Vec::new(), |evaluator| evaluator.evaluate(expression));
        outcome
    }
}

/// The argument, where the whole expression is a call of `type`, which only the console has.
fn argument_of_type(expression: &Expression) -> Result<Option<&Expression>, Diagnostics> {
    let ExpressionKind::Call(call) = &expression.kind else { return Ok(None) };
    if !matches!(call.name.text.as_str(), "type" | "core::type") {
        return Ok(None);
    }
    let (summary, detail) = match call.arguments.as_slice() {
        [argument] if !call.expands_last => return Ok(Some(argument)),
        [] => ("Not enough function arguments", "The function \"type\" takes one argument: the expression to look at."),
        _ => {
            ("Too many function arguments", "The function \"type\" takes only one argument: the expression to look at.")
        }
    };
    Err(Diagnostic::error(summary, detail).at(expression.span).into())
}

/// Finds the mistakes in the files, as the user should know of them before trusting an answer.
fn evaluate_everything(world: &mut World<'_>, instance: InstanceId) {
    let module = world.module_of(instance);
    for name in module.variables.keys() {
        world.variable(instance, name);
    }
    for name in module.locals.keys() {
        world.local(instance, name);
    }
    for name in module.calls.keys() {
        let children: Vec<InstanceId> =
            world.call(instance, name).map(|found| found.values().copied().collect()).unwrap_or_default();
        for child in children {
            evaluate_everything(world, child);
        }
    }
    for name in module.outputs.keys() {
        world.output(instance, name);
    }
}

/// Resources as the state has them.
pub struct ValuesOfState<'c> {
    /// The state.
    pub state: Arc<State>,
    /// Who knows the types.
    pub providers: &'c Providers,
}

impl StoredValues for ValuesOfState<'_> {
    fn value(&self, address: &ResourceInstance) -> Option<Value> {
        stored_value(&self.state, self.providers, address)
    }

    fn keys(&self, resource: &AbsoluteResource) -> Vec<InstanceKey> {
        self.state.resources.get(resource).map(|found| found.instances.keys().cloned().collect()).unwrap_or_default()
    }
}

/// Resources as a plan makes them.
pub struct ValuesOfPlan<'c> {
    /// The plan.
    pub plan: &'c Plan,
    /// Who knows the types.
    pub providers: &'c Providers,
}

impl ValuesOfPlan<'_> {
    fn change(&self, address: &ResourceInstance) -> Option<&ResourceChange> {
        // Changes are in the order of addresses, the current object of each first.
        let is_before = |change: &ResourceChange| change.address < *address;
        let found = self.plan.changes.get(self.plan.changes.partition_point(is_before))?;
        (found.address == *address && found.deposed.is_none()).then_some(found)
    }
}

impl StoredValues for ValuesOfPlan<'_> {
    fn value(&self, address: &ResourceInstance) -> Option<Value> {
        match self.change(address) {
            Some(change) => (!change.after.is_null()).then(|| change.after.clone()),
            None => stored_value(&self.plan.state, self.providers, address),
        }
    }

    fn keys(&self, resource: &AbsoluteResource) -> Vec<InstanceKey> {
        let stored = self.plan.state.resources.get(resource);
        let stored = stored.into_iter().flat_map(|found| found.instances.keys().cloned());
        let first = self.plan.changes.partition_point(|change| change.address.absolute_resource() < *resource);
        let planned = self.plan.changes[first..].iter();
        let planned = planned.take_while(|change| change.address.absolute_resource() == *resource);
        let keys: BTreeSet<InstanceKey> = stored.chain(planned.map(|change| change.address.key.clone())).collect();
        keys.into_iter().filter(|key| self.value(&resource.instance(key.clone())).is_some()).collect()
    }
}
