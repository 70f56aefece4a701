//! References to attributes that no type of the resource has.
//!
//! They are mistakes wherever they stand: in the arm of a condition that is not taken, and in `can` and `try`, which
//! hide what goes wrong with values and not what can never go well. What evaluation has found already is not said
//! again.

use infra_values::Type;
use infra_values::address::ResourceMode;

use super::known_schema;
use crate::config::{Condition, Config, Module, Repetition};
use crate::diagnostics::{Diagnostic, Diagnostics};
use crate::graph::named_resource;
use crate::provider::{DataType, EphemeralType, ManagedType};
use crate::schema::Schema;
use crate::syntax::{Expression, Name, Span, Step, Traversal, references, references_in_body};
use crate::world::Providers;

/// The headline of such a mistake.
const HEADLINE: &str = "Unsupported attribute";

/// Adds what is wrong with references to resources.
pub(super) fn check(config: &Config, providers: &Providers, diagnostics: &mut Diagnostics) {
    let known: Vec<Span> =
        diagnostics.iter().filter(|found| found.summary == HEADLINE).filter_map(|found| found.span).collect();
    for module in &config.modules {
        for traversal in references_of(module) {
            let Some((name, ty)) = wrong_attribute(module, providers, traversal) else { continue };
            let place = with_dot(config, name.span);
            if known.iter().any(|span| span.file == place.file && span.start < place.end && place.start < span.end) {
                continue;
            }
            let diagnostic = match ty {
                Type::Object(object) => Diagnostic::error(
                    HEADLINE,
                    format!("Nothing here has an argument, block or attribute named \"{}\".", name.text),
                )
                .suggest(&name.text, object.attributes.keys().map(|name| name.as_str())),
                other => Diagnostic::error(
                    HEADLINE,
                    format!("A {other} has no attributes, so there is no \"{}\" in it.", name.text),
                ),
            };
            diagnostics.push(diagnostic.at(place));
        }
    }
}

/// Every reference in a module whose value is wanted.
fn references_of(module: &Module) -> Vec<&Traversal> {
    let mut found = Vec::new();
    let mut expression = |expression| found.extend(references(expression));
    module.locals.values().for_each(|local| expression(&local.expression));
    for output in module.outputs.values() {
        expression(&output.value);
        both(&output.preconditions).into_iter().for_each(&mut expression);
    }
    for variable in module.variables.values() {
        both(&variable.validations).into_iter().for_each(&mut expression);
    }
    for check in module.checks.values() {
        both(&check.asserts).into_iter().for_each(&mut expression);
    }
    for call in module.calls.values() {
        call.arguments.values().for_each(|argument| expression(&argument.expression));
        call.repetition.expression().into_iter().for_each(&mut expression);
    }
    for resource in module.resources.values() {
        let names = |name: &str| matches!(name, "provider" | "depends_on");
        let values = resource.body.attributes.iter().filter(|attribute| !names(&attribute.name.text));
        values.for_each(|attribute| expression(&attribute.expression));
        both(&resource.lifecycle.preconditions).into_iter().for_each(&mut expression);
        both(&resource.lifecycle.postconditions).into_iter().for_each(&mut expression);
    }
    for resource in module.resources.values() {
        let blocks = resource.body.blocks.iter().filter(|block| block.kind.text != "lifecycle");
        blocks.for_each(|block| found.extend(references_in_body(&block.body)));
    }
    for provider in module.providers.values() {
        found.extend(references_in_body(&provider.body));
    }
    found
}

fn both(conditions: &[Condition]) -> Vec<&Expression> {
    conditions.iter().flat_map(|condition| [&condition.condition, &condition.error_message]).collect()
}

/// The first attribute of a reference that cannot be there, and the type of what it is asked of.
fn wrong_attribute<'t>(module: &Module, providers: &Providers, traversal: &'t Traversal) -> Option<(&'t Name, Type)> {
    let resource = named_resource(module, traversal)?;
    let declared = module.resources.get(&resource)?;
    let provider = providers.get(&module.provider_address(&declared.provider.name))?;
    let schema: &Schema = match resource.mode {
        ResourceMode::Managed => known_schema(provider.managed_type(&resource.type_name), ManagedType::schema),
        ResourceMode::Data => known_schema(provider.data_type(&resource.type_name), DataType::schema),
        ResourceMode::Ephemeral => known_schema(provider.ephemeral_type(&resource.type_name), EphemeralType::schema),
    }??;
    let behind = if matches!(traversal.root.text.as_str(), "data" | "ephemeral" | "resource") { 2 } else { 1 };
    let mut steps = traversal.steps.get(behind..)?.iter();
    if !matches!(declared.repetition, Repetition::Single) && !matches!(steps.next()?, Step::Index { .. }) {
        return None;
    }
    let mut ty = Type::clone(schema.implied_type());
    for step in steps {
        ty = match (step, ty) {
            (Step::Attribute(name), Type::Object(object)) => match object.attributes.get(&name.text) {
                Some(inner) => inner.clone(),
                None => return Some((name, Type::Object(object))),
            },
            (Step::Attribute(name), primitive @ (Type::String | Type::Number | Type::Bool)) => {
                return Some((name, primitive));
            }
            (Step::Index { .. }, Type::List(element) | Type::Map(element)) => Type::clone(&element),
            _ => return None,
        };
    }
    None
}

/// The place of an attribute with the dot in front of it, where that stands directly before the name.
fn with_dot(config: &Config, name: Span) -> Span {
    let dot = Span { start: name.start.saturating_sub(1), end: name.start, ..name };
    if config.sources.slice(dot) == "." { dot.to(name) } else { name }
}
