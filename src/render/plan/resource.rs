//! What happens to one object: the comment above it that says what and why, and its block.

use infra_engine::plan::{Action, Reason, ResourceChange, SourceLine};
use infra_engine::world::Providers;
use infra_values::address::{DeposedKey, InstanceKey, ProviderConfig, Resource, ResourceInstance, ResourceMode};
use infra_values::{Path, Value};

use super::drift::Shown;
use crate::render::difference::draw::{Look, draw};
use crate::render::difference::{Replacing, Typing, of_block, of_values};
use crate::render::pen::{ALERT, BOLD, Pen};
use crate::render::schemas::{schema_of, withhold_copies};
use crate::render::value::quoted;

/// A planned change, without a line break at the end.
pub(super) fn draw_change(change: &ResourceChange, providers: &Providers, pen: Pen) -> String {
    format!("{}{}", comment(change, pen), block_of_change(change, providers, pen))
}

/// A change that waits; `causes` are lines that say for what.
pub(super) fn draw_deferred(change: &ResourceChange, causes: &str, providers: &Providers, pen: Pen) -> String {
    let name = pen.paint(BOLD, &name(&change.address, change.deposed.as_ref()));
    format!("  # {name} waits\n{causes}{}", block_of_change(change, providers, pen))
}

/// A change that was made outside.
pub(super) fn draw_drift(shown: &Shown<'_>, providers: &Providers, pen: Pen) -> String {
    let drift = shown.drift;
    let name = pen.paint(BOLD, &name(&drift.address, drift.deposed.as_ref()));
    let (action, words) = if drift.after.is_null() {
        (Action::Delete, "has been deleted")
    } else if drift.after == drift.before {
        (Action::NoOp, "has moved")
    } else {
        (Action::Update, "has changed")
    };
    let block = Block {
        resource: &drift.address.resource,
        provider: &drift.provider,
        action,
        before: &shown.before,
        after: &drift.after,
        replace_paths: &[],
    };
    let first = match (&drift.previous_address, action) {
        (Some(previous), Action::NoOp) => format!("  # {previous} has moved to {name}\n"),
        (Some(previous), _) => format!("  # {name} {words}\n  # (moved from {previous})\n"),
        (None, _) => format!("  # {name} {words}\n"),
    };
    format!("{first}{}", block.draw(providers, pen))
}

fn block_of_change(change: &ResourceChange, providers: &Providers, pen: Pen) -> String {
    let block = Block {
        resource: &change.address.resource,
        provider: &change.provider,
        action: change.action,
        before: &change.before,
        after: &change.after,
        replace_paths: &change.replace_paths,
    };
    block.draw(providers, pen)
}

/// An object before and after as a `resource` or `data` block.
struct Block<'c> {
    resource: &'c Resource,
    provider: &'c ProviderConfig,
    action: Action,
    before: &'c Value,
    after: &'c Value,
    replace_paths: &'c [Path],
}

impl Block<'_> {
    fn draw(&self, providers: &Providers, pen: Pen) -> String {
        let replacing = Replacing::of(self.replace_paths);
        let present = |value| Some(value).filter(|value: &&Value| !value.is_null());
        let (before, mut after) = (present(self.before), present(self.after));
        // What is forgotten stays as it is.
        if self.action == Action::Forget {
            after = before;
        }
        let difference = match schema_of(providers, &self.provider.provider, self.resource) {
            Some(schema) => {
                let shown = |value: Option<&Value>| value.map(|value| withhold_copies(value, schema));
                of_block(shown(before).as_ref(), shown(after).as_ref(), &schema.block, &replacing)
            }
            None => of_values(before, after, Typing::Free, &replacing),
        };
        let kind = if self.resource.mode == ResourceMode::Data { "data" } else { "resource" };
        let (type_name, name) = (quoted(&self.resource.type_name), quoted(&self.resource.name));
        let content = draw(&difference, 0, Look::of_plan(pen));
        format!("{} {kind} {type_name} {name} {content}", pen.action(self.action))
    }
}

/// The name of an object as people know it.
fn name(address: &ResourceInstance, deposed: Option<&DeposedKey>) -> String {
    match deposed {
        None => address.to_string(),
        Some(key) => format!("{address} (deposed object {key})"),
    }
}

/// What happens to an object and why, in comment lines.
fn comment(change: &ResourceChange, pen: Pen) -> String {
    let name = pen.paint(BOLD, &name(&change.address, change.deposed.as_ref()));
    let destroyed = pen.paint(ALERT, "destroyed");
    let replaced = pen.paint(ALERT, "replaced");
    let mut first = match (change.action, change.reason) {
        (Action::NoOp, _) if change.importing.is_some() => {
            let generated = change.generated_config.as_ref().map(|_| "  # (config will be generated)\n");
            return format!("  # {name} will be imported\n{}", generated.unwrap_or_default());
        }
        (Action::NoOp, _) => match &change.previous_address {
            Some(previous) => return format!("  # {previous} has moved to {name}\n"),
            None => format!("{name} stays as it is"),
        },
        (Action::Create, _) => format!("{name} will be created"),
        (Action::Read, _) => format!("{name} will be read during apply"),
        (Action::Update, _) => format!("{name} will be updated in-place"),
        (Action::Delete, _) => format!("{name} will be {destroyed}"),
        (Action::Forget, _) => format!("{name} will no longer be managed by infra, but will not be destroyed"),
        (_, Some(Reason::ReplaceBecauseTainted)) => format!("{name} is tainted, so must be {replaced}"),
        (_, Some(Reason::ReplaceByRequest)) => format!("{name} will be {replaced}, as requested"),
        (_, Some(Reason::ReplaceByTriggers)) => {
            format!("{name} will be {replaced} due to changes in replace_triggered_by")
        }
        _ => format!("{name} must be {replaced}"),
    };
    let place = change.cause.as_ref().map(|SourceLine { file, line }| format!("{file}:{line}"));
    first = format!("  # {first}\n");
    let because = match (because(change), place) {
        (Some(because), Some(place)) => Some(format!("{because}: {place}")),
        (Some(because), None) => Some(because),
        (None, Some(place)) if change.action.is_replace() => Some(format!("{place} forces it")),
        (None, _) => None,
    };
    if let Some(because) = because {
        first.push_str(&format!("  # ({because})\n"));
    }
    if let Some(previous) = change.previous_address.as_ref().filter(|previous| **previous != change.address) {
        first.push_str(&format!("  # (moved from {previous})\n"));
    }
    if let Some(id) = &change.importing {
        first.push_str(&format!("  # (imported from {})\n", quoted(id)));
        if change.action.is_replace() {
            first.push_str(&format!("  # {}: this will destroy the imported resource\n", pen.paint(ALERT, "Warning")));
        }
    }
    first
}

/// Why it happens.
pub(super) fn reason(change: &ResourceChange) -> Option<String> {
    let attributes = || {
        let paths = change.replace_paths.iter().map(|path| path.to_string().trim_start_matches('.').to_owned());
        paths.collect::<Vec<_>>().join(", ")
    };
    match change.reason {
        Some(Reason::ReplaceBecauseCannotUpdate) => Some(format!("cannot be changed in place: {}", attributes())),
        Some(Reason::ReplaceBecauseTainted) => Some("is tainted".to_owned()),
        Some(Reason::ReplaceByRequest) => Some("as requested".to_owned()),
        Some(Reason::ReplaceByTriggers) => Some("due to changes in replace_triggered_by".to_owned()),
        _ => because(change),
    }
}

/// Why, where the first line does not say it already.
fn because(change: &ResourceChange) -> Option<String> {
    let address = &change.address;
    if change.deposed.is_some() && change.action == Action::Delete {
        return Some("left over from a partially-failed replacement of this instance".to_owned());
    }
    if change.action == Action::Forget {
        return Some("destroy = false is set in the configuration".to_owned());
    }
    Some(match change.reason? {
        Reason::DeleteBecauseNoResourceConfig => {
            format!("because {} is not in configuration", address.resource)
        }
        Reason::DeleteBecauseNoMoveTarget => match &change.previous_address {
            Some(previous) => format!("because {previous} was moved to {address}, which is not in configuration"),
            None => format!("because {address} is not in configuration"),
        },
        Reason::DeleteBecauseNoModule => format!("because {} is not in configuration", address.module),
        Reason::DeleteBecauseWrongRepetition => match address.key {
            InstanceKey::None => "because resource uses count or for_each".to_owned(),
            InstanceKey::Int(_) => "because resource does not use count".to_owned(),
            InstanceKey::String(_) => "because resource does not use for_each".to_owned(),
        },
        Reason::DeleteBecauseCountIndex => format!("because index {} is out of range for count", address.key),
        Reason::DeleteBecauseEachKey => format!("because key {} is not in for_each map", address.key),
        Reason::ReadBecauseConfigUnknown => "config refers to values not yet known".to_owned(),
        Reason::ReadBecauseDependencyPending => "depends on a resource or a module with changes pending".to_owned(),
        Reason::ReadBecauseCheckNested => "config will be reloaded to verify a check block".to_owned(),
        Reason::ReplaceBecauseCannotUpdate
        | Reason::ReplaceBecauseTainted
        | Reason::ReplaceByRequest
        | Reason::ReplaceByTriggers => return None,
    })
}
