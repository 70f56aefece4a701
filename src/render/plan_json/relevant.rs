//! Which attributes of which objects the plan follows from: those that changed objects and outputs refer to, directly
//! or through locals, variables and outputs of modules.

use std::collections::{BTreeSet, HashSet};
use std::sync::Arc;

use infra_engine::config::{Config, Module, Output};
use infra_engine::evaluate::constant;
use infra_engine::plan::{Action, Plan};
use infra_engine::syntax::{Expression, Span, Step, Traversal, references, references_in_body};
use infra_values::address::{InstanceKey, ModuleInstance, Resource, ResourceInstance};
use infra_values::{Kind, Path, PathStep, Str};
use serde_json::{Value as Json, json};

/// An attribute that something planned refers to.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(in crate::render) struct RelevantAttribute {
    /// The object, without a key where the reference has none that is constant.
    resource: ResourceInstance,
    /// The attribute in it; empty for the whole object.
    attribute: Path,
}

impl RelevantAttribute {
    /// As in `relevant_attributes`.
    pub(super) fn to_json(&self) -> Json {
        json!({ "resource": self.resource.to_string(), "attribute": super::path(&self.attribute) })
    }
}

/// All of them, in the order of addresses.
pub(in crate::render) fn relevant_attributes(plan: &Plan, config: &Config) -> BTreeSet<RelevantAttribute> {
    let mut search = Search { config, seen: HashSet::new(), found: BTreeSet::new() };
    for change in plan.changes.iter().filter(|change| change.action != Action::NoOp) {
        let place = &change.address.module;
        let Some(module) = config.module_at(&place.path()) else { continue };
        let Some(declared) = module.resources.get(&change.address.resource) else { continue };
        let in_repetition = declared.repetition.expression().into_iter().flat_map(references);
        // `depends_on` orders and gives no value, and neither does `replace_triggered_by`.
        let ordering = declared.depends_on.iter().chain(&declared.lifecycle.replace_triggered_by);
        let ordering: HashSet<Span> = ordering.map(|traversal| traversal.root.span).collect();
        for traversal in references_in_body(&declared.body).into_iter().chain(in_repetition) {
            if !ordering.contains(&traversal.root.span) {
                search.reference(module, place, traversal);
            }
        }
    }
    for (name, change) in &plan.outputs {
        if change.action() != Action::NoOp
            && let Some(output) = config.root().outputs.get(name)
        {
            search.output(config.root(), &ModuleInstance::root(), output);
        }
    }
    search.found
}

struct Search<'c> {
    config: &'c Config,
    /// Locals, variables and outputs that were looked at.
    seen: HashSet<(ModuleInstance, &'static str, Str)>,
    found: BTreeSet<RelevantAttribute>,
}

impl Search<'_> {
    fn expression(&mut self, module: &Module, place: &ModuleInstance, expression: &Expression) {
        for traversal in references(expression) {
            self.reference(module, place, traversal);
        }
    }

    fn output(&mut self, module: &Module, place: &ModuleInstance, output: &Output) {
        if self.is_new(place, "output", &output.name.text) {
            self.expression(module, place, &output.value);
        }
    }

    fn is_new(&mut self, place: &ModuleInstance, kind: &'static str, name: &Str) -> bool {
        self.seen.insert((place.clone(), kind, name.clone()))
    }

    fn reference(&mut self, module: &Module, place: &ModuleInstance, traversal: &Traversal) {
        let attribute = |position: usize| match traversal.steps.get(position) {
            Some(Step::Attribute(name)) => Some(&name.text),
            _ => None,
        };
        match (traversal.root.text.as_str(), attribute(0), attribute(1)) {
            ("local", Some(name), _) => {
                if let Some(local) = module.locals.get(name)
                    && self.is_new(place, "local", name)
                {
                    self.expression(module, place, &local.expression);
                }
            }
            ("var", Some(name), _) => self.variable(module, place, name),
            ("module", Some(name), _) => self.called_output(module, place, name, &traversal.steps[1..]),
            ("data", Some(type_name), Some(name)) => {
                self.resource(module, place, Resource::data(type_name.clone(), name.clone()), &traversal.steps[2..]);
            }
            ("each" | "count" | "self" | "path" | "terraform", _, _) => {}
            (type_name, Some(name), _) => {
                self.resource(module, place, Resource::managed(type_name, name.clone()), &traversal.steps[1..]);
            }
            _ => {}
        }
    }

    /// What the caller gave for a variable.
    fn variable(&mut self, module: &Module, place: &ModuleInstance, name: &Str) {
        let (Some(parent), Some(((call, _), outer))) = (module.parent, place.0.split_last()) else { return };
        let caller = self.config.module(parent);
        let argument = caller.calls.get(call).and_then(|call| call.arguments.get(name));
        if let Some(argument) = argument
            && self.is_new(place, "variable", name)
        {
            self.expression(caller, &ModuleInstance(Arc::from(outer)), &argument.expression);
        }
    }

    fn called_output(&mut self, module: &Module, place: &ModuleInstance, call: &Str, steps: &[Step]) {
        let Some(child) = module.calls.get(call).map(|call| self.config.module(call.child)) else { return };
        let (key, rest) = split_key(steps);
        let place = place.child(call.clone(), key);
        match rest.first() {
            Some(Step::Attribute(name)) => {
                if let Some(output) = child.outputs.get(&name.text) {
                    self.output(child, &place, output);
                }
            }
            _ => child.outputs.values().for_each(|output| self.output(child, &place, output)),
        }
    }

    fn resource(&mut self, module: &Module, place: &ModuleInstance, resource: Resource, steps: &[Step]) {
        if !module.resources.contains_key(&resource) {
            return;
        }
        let (key, rest) = split_key(steps);
        let mut attribute = Path::root();
        for step in rest {
            match step {
                Step::Attribute(name) => attribute.0.push(PathStep::Attribute(name.text.clone())),
                Step::Index { key, .. } => match constant(key, None).as_ref().map(|key| key.kind()) {
                    Ok(Kind::String(key)) => attribute.0.push(PathStep::Key(key.clone())),
                    Ok(Kind::Number(key)) if key.as_usize().is_some() => {
                        attribute.0.extend(key.as_usize().map(PathStep::Position));
                    }
                    _ => break,
                },
                Step::Splat { .. } => break,
            }
        }
        self.found.insert(RelevantAttribute {
            resource: ResourceInstance { module: place.clone(), resource, key },
            attribute,
        });
    }
}

/// A constant key in front, and the steps behind it. Behind a key that is not constant nothing is said.
fn split_key(steps: &[Step]) -> (InstanceKey, &[Step]) {
    match steps.split_first() {
        Some((Step::Index { key, .. }, rest)) => match constant(key, None).as_ref().map(|key| key.kind()) {
            Ok(Kind::String(key)) => (InstanceKey::String(key.clone()), rest),
            Ok(Kind::Number(key)) if key.as_usize().is_some() => {
                (InstanceKey::Int(key.as_usize().unwrap_or_default() as u64), rest)
            }
            _ => (InstanceKey::None, &[]),
        },
        _ => (InstanceKey::None, steps),
    }
}
