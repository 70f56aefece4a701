//! What besides the attributes of an object asks for its replacement.

use infra_values::Kind;
use infra_values::address::{AbsoluteResource, InstanceKey, Resource};

use super::ignore_changes::path_of;
use super::managed::Subject;
use super::object::PriorObject;
use super::planner::Planner;
use super::{Action, ObjectKey, Reason, ResourceChange};
use crate::diagnostics::Diagnostic;
use crate::syntax::{Step, Traversal};
use crate::world::Expansion;

impl Planner<'_> {
    /// Whether something besides the attributes asks for a replacement. A trigger is the reason even where there is
    /// nothing to replace.
    pub(super) fn forced_replacement(&mut self, subject: &Subject<'_>, prior: Option<&PriorObject>) -> Option<Reason> {
        let mut triggered = false;
        for traversal in &subject.declared.lifecycle.replace_triggered_by {
            triggered |= self.is_triggered(subject, traversal);
        }
        if prior.is_some() && self.options.replace.contains(&subject.address) {
            return Some(Reason::ReplaceByRequest);
        }
        triggered.then_some(Reason::ReplaceByTriggers)
    }

    /// Whether what a `replace_triggered_by` reference names is updated or replaced.
    fn is_triggered(&mut self, subject: &Subject<'_>, traversal: &Traversal) -> bool {
        let (name, mut rest) = match traversal.steps.split_first() {
            Some((Step::Attribute(name), rest)) => (name, rest),
            _ => return false,
        };
        let resource = Resource::managed(traversal.root.text.clone(), name.text.clone());
        let (expansion, whole) = self.world.expansion(subject.instance, &resource);
        self.note_uses(subject, vec![whole]);
        let mut wanted_key = None;
        if let Some((Step::Index { key, .. }, inner)) = rest.split_first() {
            let (key, used) = self.world.evaluate(subject.instance, key, Some(&subject.repetition));
            self.note_uses(subject, used);
            wanted_key = match key.kind() {
                Kind::String(text) => Some(InstanceKey::String(text.clone())),
                Kind::Number(number) => number.as_u64().map(InstanceKey::Int),
                _ => None,
            };
            rest = inner;
            if let Some(key) = &wanted_key
                && expansion != Expansion::Failed
                && expansion.repetition(key).is_none()
            {
                self.world.diagnostics.push(
                    Diagnostic::error(
                        "Reference to undeclared resource instance",
                        format!(
                            "There is no {resource}{key}, whose changes could replace this. Name one that there is."
                        ),
                    )
                    .at(traversal.root.span)
                    .about(&subject.address),
                );
                return false;
            }
        }
        let steps = path_of(rest);
        let all = AbsoluteResource { module: subject.address.module.clone(), resource };
        self.changes_of(&all).any(|(key, change)| {
            if wanted_key.as_ref().is_some_and(|wanted| *wanted != key.address.key)
                || !(change.action == Action::Update || change.action.is_replace())
            {
                return false;
            }
            match &steps {
                Some(path) if !path.0.is_empty() => {
                    let (before, after) = (path.get(&change.before), path.get(&change.after));
                    before != after || after.is_some_and(|after| !after.is_wholly_known())
                }
                _ => true,
            }
        })
    }

    /// What is planned for the instances of one resource so far.
    pub(super) fn changes_of<'s>(
        &'s self,
        resource: &'s AbsoluteResource,
    ) -> impl Iterator<Item = (&'s ObjectKey, &'s ResourceChange)> {
        let first = ObjectKey::current(resource.instance(InstanceKey::None));
        self.changes.range(first..).take_while(move |(key, _)| {
            key.address.resource == resource.resource && key.address.module == resource.module
        })
    }
}
