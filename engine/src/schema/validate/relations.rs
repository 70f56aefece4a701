//! Which arguments go together.

use infra_values::{Path, PathStep, Str, Value};

use crate::diagnostics::Diagnostic;
use crate::schema::Block;

pub(super) const CONFLICTS_WITH: &str = "conflicts_with";
pub(super) const EXACTLY_ONE_OF: &str = "exactly_one_of";
pub(super) const AT_LEAST_ONE_OF: &str = "at_least_one_of";
pub(super) const REQUIRED_WITH: &str = "required_with";

/// The configuration as seen from one attribute or block.
pub(super) struct View<'v> {
    pub(super) root: &'v Block,
    pub(super) config: &'v Value,
    pub(super) here: &'v Path,
}

/// Whether something is in the configuration.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Presence {
    Absent,
    /// It may turn out null.
    Unknown,
    Present,
}

impl View<'_> {
    /// What is wrong, and the schema paths it is about.
    pub(super) fn judge(&self, kind: &str, members: &[Str]) -> Option<(Diagnostic, Vec<Str>)> {
        let here = Str::from(self.here.schema_path());
        let own = self.presence(&here);
        match kind {
            CONFLICTS_WITH => {
                let other = members.iter().find(|other| {
                    **other != here && own == Presence::Present && self.presence(other) == Presence::Present
                })?;
                let detail = format!("\"{here}\" conflicts with \"{other}\"; remove one of the two.");
                let diagnostic = Diagnostic::error("Conflicting configuration arguments", detail);
                Some((diagnostic, vec![here, other.clone()]))
            }
            REQUIRED_WITH => {
                let absent = |member: &&Str| self.presence(member) == Presence::Absent;
                let missing: Vec<&Str> = members.iter().filter(absent).collect();
                (own == Presence::Present && !missing.is_empty()).then(|| {
                    let detail = format!("\"{here}\" needs {} beside it; add what is missing.", quoted(missing));
                    (Diagnostic::error("Missing required argument", detail), members.to_vec())
                })
            }
            EXACTLY_ONE_OF | AT_LEAST_ONE_OF => {
                let presences: Vec<Presence> = members.iter().map(|member| self.presence(member)).collect();
                let present = presences.iter().filter(|presence| **presence == Presence::Present).count();
                let none = presences.iter().all(|presence| *presence == Presence::Absent);
                let all = quoted(members.iter().collect());
                let (wanted, advice) = if kind == EXACTLY_ONE_OF {
                    ("One", if none { "add one" } else { "remove the others" })
                } else {
                    ("At least one", "add one")
                };
                let wrong = none || (kind == EXACTLY_ONE_OF && present > 1);
                wrong.then(|| {
                    let detail = format!("{wanted} of {all} must be given; {advice}.");
                    (Diagnostic::error("Invalid combination of arguments", detail), members.to_vec())
                })
            }
            _ => None,
        }
    }

    /// Whether an attribute or block is configured. Where the path to it shares blocks with the path to here, it means
    /// the same ones; beyond, any.
    fn presence(&self, member: &str) -> Presence {
        let names: Vec<&str> = member.split('.').collect();
        presence(Some(self.root), self.config, &names, &self.here.0)
    }
}

fn presence(block: Option<&Block>, value: &Value, names: &[&str], here: &[PathStep]) -> Presence {
    if !value.is_known() {
        return Presence::Unknown;
    }
    let Some((name, rest)) = names.split_first() else { return Presence::Absent };
    let Some(inner) = value.get(name) else { return Presence::Absent };
    let nested = block.and_then(|block| block.blocks.get(*name));
    if !inner.is_known() {
        return Presence::Unknown;
    }
    if rest.is_empty() {
        // No block at all is an empty list; an attribute that is an empty list has been written down.
        let no_block = nested.is_some() && inner.as_items().is_some_and(<[Value]>::is_empty);
        return if inner.is_null() || no_block { Presence::Absent } else { Presence::Present };
    }
    let inner_block = nested.map(|nested| &nested.block);
    let shared = match here.split_first() {
        Some((PathStep::Attribute(shared), here)) if shared == name => here,
        _ => &[],
    };
    match shared.split_first() {
        Some((step @ (PathStep::Position(_) | PathStep::Element(_) | PathStep::Key(_)), here)) => {
            inner.step(step).map_or(Presence::Absent, |element| presence(inner_block, element, rest, here))
        }
        _ => match inner.as_items() {
            Some(items) => {
                let found: Vec<Presence> = items.iter().map(|item| presence(inner_block, item, rest, &[])).collect();
                let any = |wanted| found.contains(&wanted);
                if any(Presence::Present) {
                    Presence::Present
                } else if any(Presence::Unknown) {
                    Presence::Unknown
                } else {
                    Presence::Absent
                }
            }
            None => presence(inner_block, inner, rest, shared),
        },
    }
}

fn quoted(names: Vec<&Str>) -> String {
    names.iter().map(|name| format!("\"{name}\"")).collect::<Vec<_>>().join(", ")
}
