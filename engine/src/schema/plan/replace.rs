//! Which changes cannot be made in place.

use infra_values::{Kind, Path, PathStep, Type, Value};

use super::PlanHooks;
use super::equivalence::{Leniency, is_zero, same_as_prior};
use crate::schema::{Attribute, Block, Conventions, NestedBlock, Nesting, Schema};

/// The places whose change replaces the object, sorted. A place inside a set is the set itself: elements of two sets
/// do not correspond.
pub(super) fn paths(schema: &Schema, hooks: &PlanHooks<'_>, prior: &Value, planned: &Value) -> Vec<Path> {
    let mut search = Search { conventions: schema.conventions, hooks, found: Vec::new() };
    search.block(&schema.block, Some(prior), Some(planned), &Path::root());
    search.found.sort();
    search.found.dedup();
    search.found
}

struct Search<'s> {
    conventions: Conventions,
    hooks: &'s PlanHooks<'s>,
    found: Vec<Path>,
}

impl Search<'_> {
    /// Either side is `None` where an element was added or removed.
    fn block(&mut self, block: &Block, prior: Option<&Value>, planned: Option<&Value>, path: &Path) {
        for (name, attribute) in &block.attributes {
            let nothing = Value::null(attribute.ty.clone());
            let before = prior.and_then(|prior| prior.get(name)).unwrap_or(&nothing);
            let after = planned.and_then(|planned| planned.get(name)).unwrap_or(&nothing);
            let path = path.attribute(name.clone());
            if self.attribute_replaces(attribute, before, after, &path) {
                self.found.push(path);
            }
        }
        for (name, nested) in &block.blocks {
            let nothing = Value::null(Type::Any);
            let before = prior.and_then(|prior| prior.get(name)).unwrap_or(&nothing);
            let after = planned.and_then(|planned| planned.get(name)).unwrap_or(&nothing);
            if before != after {
                self.nested(nested, before, after, &path.attribute(name.clone()));
            }
        }
    }

    fn attribute_replaces(&self, attribute: &Attribute, before: &Value, after: &Value, path: &Path) -> bool {
        if !self.differs(before, after) {
            return false;
        }
        attribute.force_new
            || attribute.force_new_if.as_ref().is_some_and(|code| {
                condition_holds(code, before, after)
                    .unwrap_or_else(|| (self.hooks.force_new)(path, code, before, after))
            })
    }

    fn nested(&mut self, nested: &NestedBlock, before: &Value, after: &Value, path: &Path) {
        let counts_differ = match (count(before), count(after)) {
            (Some(before), Some(after)) => before != after,
            _ => true,
        };
        let replaces = match self.conventions {
            Conventions::Sdk => nested.force_new && counts_differ,
            Conventions::Framework => nested.force_new,
        };
        let on_condition = nested.force_new_if.as_ref().is_some_and(|code| {
            condition_holds(code, before, after).unwrap_or_else(|| (self.hooks.force_new)(path, code, before, after))
        });
        if replaces || on_condition {
            self.found.push(path.clone());
        }
        match nested.nesting {
            Nesting::Single => self.block(&nested.block, known_block(before), known_block(after), path),
            Nesting::List => {
                let (before, after) = (before.as_items().unwrap_or_default(), after.as_items().unwrap_or_default());
                for position in 0..before.len().max(after.len()) {
                    let path = path.child(PathStep::Position(position));
                    self.block(&nested.block, before.get(position), after.get(position), &path);
                }
            }
            Nesting::Map => {
                let keys = before.as_entries().into_iter().chain(after.as_entries()).flat_map(|entries| entries.keys());
                for key in keys {
                    let path = path.child(PathStep::Key(key.clone()));
                    self.block(&nested.block, before.get(key), after.get(key), &path);
                }
            }
            Nesting::Set => self.set(&nested.block, before, after, path),
        }
    }

    /// An element that changes is one removed and one added.
    fn set(&mut self, block: &Block, before: &Value, after: &Value, path: &Path) {
        let (before, after) = (before.as_items().unwrap_or_default(), after.as_items().unwrap_or_default());
        let mut inside = Search { conventions: self.conventions, hooks: self.hooks, found: Vec::new() };
        for removed in before.iter().filter(|item| !after.contains(item)) {
            inside.block(block, Some(removed), None, path);
        }
        for added in after.iter().filter(|item| !before.contains(item)) {
            inside.block(block, None, Some(added), path);
        }
        if !inside.found.is_empty() {
            self.found.push(path.clone());
        }
    }

    fn differs(&self, before: &Value, after: &Value) -> bool {
        match self.conventions {
            Conventions::Framework => before != after,
            Conventions::Sdk if is_zero(before) && is_zero(after) => false,
            Conventions::Sdk => !same_as_prior(before, after, Leniency::ZeroIsNull),
        }
    }
}

/// Whether a change is of the kind that a `force_new_if` code names; `None` for codes that only the type can judge.
fn condition_holds(code: &str, before: &Value, after: &Value) -> Option<bool> {
    if !after.is_known() {
        return matches!(code, "decrease" | "changed_to_non_empty" | "added_or_removed").then_some(false);
    }
    Some(match code {
        "decrease" => match (before.as_number(), after.as_number()) {
            (Some(before), Some(after)) => after < before,
            _ => false,
        },
        "changed_to_non_empty" => !is_zero(after),
        "added_or_removed" => is_zero(before) != is_zero(after),
        "value_changed_not_null" => {
            let (before, after) = (before.as_entries()?, after.as_entries()?);
            before.iter().any(|(key, before)| {
                let after = after.get(key);
                after.is_some_and(|after| !before.is_null() && !after.is_null() && before != after)
            })
        }
        "saved_value_is_pem" => before.as_str().is_some_and(|text| text.contains("-----BEGIN")),
        _ => return None,
    })
}

/// How many blocks there are; `None` while it is not known.
fn count(blocks: &Value) -> Option<usize> {
    match blocks.kind() {
        Kind::Unknown(_) => None,
        Kind::Null(_) => Some(0),
        Kind::Map(_, entries) => Some(entries.len()),
        _ => Some(blocks.as_items().map_or(1, <[Value]>::len)),
    }
}

fn known_block(block: &Value) -> Option<&Value> {
    (!block.is_null() && block.is_known()).then_some(block)
}
