//! Checks a configuration against the facts of its schema.
//!
//! [`validate`] reports every mistake with the path of the attribute in question; unknown values pass, they are
//! checked again once they are known. Facts can lag behind the service, so a mismatch is
//!
//! - an error where the fact is certain: limits, formats, relations, numbers of elements, and a value that differs
//!   from an allowed one in nothing but its case;
//! - a warning where it is not: any other value that is not among the known ones (services add values), and patterns.
//!
//! Deliberately elsewhere: what can be seen without values, such as unknown names, missing arguments and the number of
//! blocks ([`super::decode`]), and rules that need to know the type.

use std::collections::BTreeSet;

use infra_values::{Path, PathStep, Str, Value};

use super::facts::duration_secs;
use super::{Attribute, Block, NestedBlock, Nesting, Relations, Schema};
use crate::diagnostics::{Diagnostic, Diagnostics, Severity};

mod formats;
mod relations;
mod rules;

use rules::Problem;

/// Checks a value of the schema's type; see the module for what is an error and what a warning.
pub fn validate(schema: &Schema, config: &Value) -> Diagnostics {
    let mut check = Check { root: &schema.block, config, groups: BTreeSet::new(), diagnostics: Diagnostics::new() };
    check.block(&schema.block, config, &Path::root());
    if schema.timeouts.is_some() {
        check.deadlines(config);
    }
    check.diagnostics
}

struct Check<'c> {
    root: &'c Block,
    config: &'c Value,
    /// Relations among several attributes that have been judged: each is told once, not for each attribute.
    groups: BTreeSet<(&'static str, Vec<Str>, Path)>,
    diagnostics: Diagnostics,
}

impl Check<'_> {
    fn block(&mut self, block: &Block, value: &Value, path: &Path) {
        let Some(entries) = value.as_entries() else { return };
        for (name, attribute) in &block.attributes {
            let path = path.attribute(name.clone());
            self.relations(&attribute.relations, &path);
            if let Some(value) = entries.get(name) {
                self.attribute(name, attribute, value, &path);
            }
        }
        for (name, nested) in &block.blocks {
            let path = path.attribute(name.clone());
            self.relations(&nested.relations, &path);
            if let Some(value) = entries.get(name) {
                self.nested(nested, value, &path);
            }
        }
    }

    fn nested(&mut self, nested: &NestedBlock, value: &Value, path: &Path) {
        if nested.nesting == Nesting::Single {
            self.block(&nested.block, value, path);
        } else {
            for (step, element) in value.children() {
                self.block(&nested.block, element, &path.child(step));
            }
        }
    }

    fn attribute(&mut self, name: &str, attribute: &Attribute, value: &Value, path: &Path) {
        if value.is_null() || !value.is_known() {
            return;
        }
        let is_secret = attribute.sensitive || value.marks().is_sensitive();
        if value.has_infinity() {
            let detail =
                format!("\"{name}\" is, or has in it, an infinite number, which can neither be sent nor stored.");
            self.push(Diagnostic::error("Infinite number", detail), path);
        }
        if let Some(rule) = &attribute.validate {
            self.report(name, is_secret, value, rules::check(rule, value), path);
        }
        if let Some(count) = value.as_items().map(|items| items.len() as u64) {
            let problem = match (attribute.min_items, attribute.max_items) {
                (Some(least), _) if count < least => Some(format!("needs at least {least} elements and has {count}")),
                (_, Some(most)) if count > most => Some(format!("allows at most {most} elements and has {count}")),
                _ => None,
            };
            if let Some(problem) = problem {
                let detail = format!("\"{name}\" {problem}; change the list accordingly.");
                self.push(Diagnostic::error("Invalid number of elements", detail), path);
            }
        }
        if attribute.validate_element.is_none() && attribute.members.is_empty() {
            return;
        }
        for (step, element) in value.children() {
            let is_secret = is_secret || element.marks().is_sensitive();
            let path = path.child(step);
            if let Some(rule) = &attribute.validate_element
                && element.is_known()
                && !element.is_null()
            {
                self.report(name, is_secret, element, rules::check(rule, element), &path);
            }
            for (name, member) in &attribute.members {
                if let Some(value) = element.get(name) {
                    self.attribute(name, member, value, &path.attribute(name.clone()));
                }
            }
        }
    }

    fn report(&mut self, name: &str, is_secret: bool, value: &Value, problem: Option<Problem>, path: &Path) {
        let Some(problem) = problem else { return };
        let given = match value.as_str() {
            _ if is_secret => String::new(),
            Some(text) => format!(", not {text:?}"),
            None => value.as_number().map(|number| format!(", not {number}")).unwrap_or_default(),
        };
        let diagnostic = match problem.severity {
            Severity::Error => {
                Diagnostic::error("Invalid value", format!("\"{name}\" {}{given}; correct it.", problem.expected))
            }
            Severity::Warning => Diagnostic::warning(
                "Unexpected value",
                format!(
                    "As far as is known here, \"{name}\" {}{given}. The service may know more; if it refuses the value, correct it.",
                    problem.expected
                ),
            ),
        };
        let near = problem.near.filter(|_| !is_secret);
        self.push(near.iter().fold(diagnostic, |diagnostic, near| diagnostic.offer(near)), path);
    }

    /// What the `timeouts` block says.
    fn deadlines(&mut self, config: &Value) {
        let block = Path::root().attribute("timeouts");
        for (operation, deadline) in block.get(config).and_then(Value::as_entries).into_iter().flatten() {
            let Some(text) = deadline.as_str().filter(|text| duration_secs(text).is_none()) else { continue };
            let detail = format!(
                "The deadline {text:?} for \"{operation}\" is not a duration; write one such as \"30m\" or \"1h30m\"."
            );
            self.push(Diagnostic::error("Invalid duration", detail), &block.attribute(operation.clone()));
        }
    }

    fn push(&mut self, diagnostic: Diagnostic, path: &Path) {
        self.diagnostics.push(diagnostic.on(path.clone()));
    }

    fn relations(&mut self, relations: &Relations, path: &Path) {
        for (kind, members) in [
            (relations::CONFLICTS_WITH, &relations.conflicts_with),
            (relations::EXACTLY_ONE_OF, &relations.exactly_one_of),
            (relations::AT_LEAST_ONE_OF, &relations.at_least_one_of),
            (relations::REQUIRED_WITH, &relations.required_with),
        ] {
            if members.is_empty() {
                continue;
            }
            let view = relations::View { root: self.root, config: self.config, here: path };
            let Some((diagnostic, mut involved)) = view.judge(kind, members) else { continue };
            involved.sort();
            if self.groups.insert((kind, involved, outer(path))) {
                self.push(diagnostic, path);
            }
        }
    }
}

/// The block around an attribute, down to its element.
fn outer(path: &Path) -> Path {
    let steps: &[PathStep] = path.0.split_last().map_or(&[], |(_, outer)| outer);
    Path(steps.to_vec())
}

#[cfg(test)]
mod tests;
