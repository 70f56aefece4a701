//! `ignore_changes`: keeping what an object has where the files are not to decide.

use infra_values::{Kind, Path, PathStep, Str, Value};

use crate::config::IgnoreChanges;
use crate::syntax::Step;

/// The configuration with prior values where changes are ignored.
pub fn ignore_changes(config: &Value, prior: &Value, ignored: &IgnoreChanges) -> Value {
    let (prior, _) = prior.clone().unmark_deep();
    match ignored {
        IgnoreChanges::Nothing => config.clone(),
        IgnoreChanges::All => prior,
        IgnoreChanges::Attributes(traversals) => traversals.iter().fold(config.clone(), |config, traversal| {
            let mut steps = vec![PathStep::Attribute(traversal.root.text.clone())];
            match path_of(&traversal.steps) {
                Some(rest) => steps.extend(rest.0),
                None => return config,
            }
            ignore_at(&config, &prior, &steps)
        }),
    }
}

/// Puts the prior value at one place, also where that means that a map key appears or goes.
fn ignore_at(config: &Value, prior: &Value, steps: &[PathStep]) -> Value {
    let steps = without_key_of_object(prior, steps);
    let Some((last, outer)) = steps.split_last() else { return prior.clone() };
    let outer = resolve_steps(prior, outer);
    let (Some(config_parent), Some(prior_parent)) = (Path(outer.clone()).get(config), Path(outer.clone()).get(prior))
    else {
        return config.clone();
    };
    let replaced = match (config_parent.kind(), step_text(last)) {
        // A known map, or one that one side does not have at all: keys are taken over one by one.
        (Kind::Map(element, entries), Some(key)) => {
            let mut entries = std::collections::BTreeMap::clone(entries);
            match prior_parent.get(&key) {
                Some(value) => entries.insert(key, value.clone()),
                None => entries.remove(&key),
            };
            Value::map(element.clone(), entries).with_marks(config_parent.marks())
        }
        (Kind::Null(ty), Some(key)) if matches!(ty, infra_values::Type::Map(_)) => match prior_parent.get(&key) {
            Some(value) => {
                let element = ty.element().cloned().unwrap_or(infra_values::Type::Any);
                Value::map(element, std::collections::BTreeMap::from([(key, value.clone())]))
            }
            None => config_parent.clone(),
        },
        _ => match prior_parent.step(last) {
            Some(value) => config_parent.with_child(last, value.clone()),
            None => config_parent.clone(),
        },
    };
    config.with_part(&outer, replaced)
}

/// The steps without a last one that asks an object for a key in brackets, as if it were a map: that ignores the whole
/// object, as in Terraform.
fn without_key_of_object<'s>(value: &Value, steps: &'s [PathStep]) -> &'s [PathStep] {
    match steps {
        [outer @ .., PathStep::Key(_)] => match Path(resolve_steps(value, outer)).get(value).map(Value::kind) {
            Some(Kind::Object(..)) => outer,
            _ => steps,
        },
        _ => steps,
    }
}

/// The same steps with map keys where the value has maps.
fn resolve_steps(value: &Value, steps: &[PathStep]) -> Vec<PathStep> {
    let mut at = Some(value);
    steps
        .iter()
        .map(|step| {
            let resolved = match (at.map(Value::kind), step) {
                (Some(Kind::Map(..)), PathStep::Attribute(name)) => PathStep::Key(name.clone()),
                _ => step.clone(),
            };
            at = at.and_then(|value| value.step(&resolved));
            resolved
        })
        .collect()
}

fn step_text(step: &PathStep) -> Option<Str> {
    match step {
        PathStep::Attribute(name) | PathStep::Key(name) => Some(name.clone()),
        _ => None,
    }
}

/// A traversal with constant keys as a path; `None` where a key is not constant.
pub(super) fn path_of(steps: &[Step]) -> Option<Path> {
    let mut path = Vec::new();
    for step in steps {
        match step {
            Step::Attribute(name) => path.push(PathStep::Attribute(name.text.clone())),
            Step::Index { key, .. } => {
                let key = crate::evaluate::constant(key, None).ok()?;
                match key.kind() {
                    Kind::String(text) => path.push(PathStep::Key(text.clone())),
                    Kind::Number(number) => path.push(PathStep::Position(number.as_usize()?)),
                    _ => return None,
                }
            }
            Step::Splat { .. } => return None,
        }
    }
    Some(Path(path))
}
