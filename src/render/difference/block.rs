//! Comparing objects of a schema: attributes and nested blocks.

use std::collections::{BTreeMap, BTreeSet};

use infra_engine::schema::{Block, NestedBlock, Nesting};
use infra_values::{Kind, Str, Type, Value};

use super::alignment;
use super::compare::{Sides, Typing, of_values, outer_effect, secret};
use super::{Difference, Effect, NestedDifference, Replacing, Shape};

/// What differs between two objects of a block's type; `None` or null where there is none.
pub fn of_block(before: Option<&Value>, after: Option<&Value>, block: &Block, replacing: &Replacing<'_>) -> Difference {
    let sides = Sides { before: present(before), after: present(after) };
    let is_secret = |side: Option<&Value>| side.is_some_and(|value| value.marks().is_sensitive());
    let (was_secret, becomes_secret) = (is_secret(sides.before), is_secret(sides.after));
    if was_secret || becomes_secret {
        let open = of_open_block(sides, block, replacing);
        return secret(open.effect, was_secret, becomes_secret, open.replaces, true);
    }
    if sides.after.is_some_and(|after| !after.is_known()) {
        return unknown_block(sides.before, block, replacing);
    }
    of_open_block(sides, block, replacing)
}

/// Null is the same as nothing in a block.
fn present(side: Option<&Value>) -> Option<&Value> {
    side.filter(|value| !value.is_null())
}

/// Older types of objects keep empty text where nothing was configured: that is the same as nothing too.
fn is_set(value: &&Value) -> bool {
    !value.is_null() && !is_empty_text(value)
}

fn is_empty_text(value: &Value) -> bool {
    value.as_str() == Some("")
}

fn unknown_block(before: Option<&Value>, block: &Block, replacing: &Replacing<'_>) -> Difference {
    let before = before.map(|before| Box::new(of_block(Some(before), None, block, replacing)));
    let effect = if before.is_some() { Effect::Change } else { Effect::Add };
    Difference { effect, replaces: replacing.is_here(), shape: Shape::Unknown(before) }
}

fn of_open_block(sides: Sides<'_>, block: &Block, replacing: &Replacing<'_>) -> Difference {
    let part = |side: Option<&'_ Value>, name: &Str| side.and_then(|value| value.get(name)).cloned();
    let mut effect = outer_effect(sides);
    let mut attributes = BTreeMap::new();
    for (name, attribute) in &block.attributes {
        let (before, after) = (part(sides.before, name), part(sides.after, name));
        let empty = [&before, &after].into_iter().flatten().find(|value| is_empty_text(value));
        let (before, after) = match empty {
            // Empty before or after, and never anything else: it is there, and unchanged.
            Some(empty) if !before.iter().chain(&after).any(|value| is_set(&value)) => (Some(empty), Some(empty)),
            _ => (before.as_ref().filter(is_set), after.as_ref().filter(is_set)),
        };
        if before.is_none() && after.is_none() {
            continue;
        }
        let typing = if attribute.ty == Type::Any { Typing::Free } else { Typing::Fixed };
        let difference = of_values(before, after, typing, &replacing.inside_name(name));
        effect = effect.with_part(difference.effect);
        attributes.insert(name.clone(), difference);
    }
    let mut blocks = BTreeMap::new();
    for (name, nested) in &block.blocks {
        let (before, after) = (part(sides.before, name), part(sides.after, name));
        let inner = replacing.inside_name(name);
        let found = of_nested(present(before.as_ref()), present(after.as_ref()), nested, &inner);
        if !found.is_empty() {
            effect = found.iter().fold(effect, |effect, one| effect.with_part(one.difference.effect));
            blocks.insert(name.clone(), found);
        }
    }
    Difference { effect, replaces: replacing.is_here(), shape: Shape::Block { attributes, blocks } }
}

fn of_nested(
    before: Option<&Value>,
    after: Option<&Value>,
    nested: &NestedBlock,
    replacing: &Replacing<'_>,
) -> Vec<NestedDifference> {
    let unlabelled = |difference| NestedDifference { label: None, difference };
    if before.is_none() && after.is_none() {
        return Vec::new();
    }
    if nested.nesting == Nesting::Single {
        return vec![unlabelled(of_block(before, after, &nested.block, replacing))];
    }
    if after.is_some_and(|after| !after.is_known()) {
        return of_unknown_number(before, nested, replacing);
    }
    // A mark on all the blocks together is a mark on each.
    let old = elements(before);
    let new = elements(after);
    let compare = |old: Option<&Value>, new: Option<&Value>, inner: &Replacing<'_>| {
        let mut difference = of_block(old, new, &nested.block, inner);
        difference.replaces |= replacing.is_here();
        difference
    };
    if nested.nesting == Nesting::Map {
        let entries = |side: Option<&Value>| {
            let marked = |value: &Value, item: &Value| item.clone().with_marks(value.marks());
            let entries = side.and_then(|value| Some((value, value.as_entries()?)));
            entries.map_or_else(BTreeMap::new, |(value, entries)| {
                entries.iter().map(|(label, item)| (label.clone(), marked(value, item))).collect()
            })
        };
        let (old, new): (BTreeMap<Str, Value>, BTreeMap<Str, Value>) = (entries(before), entries(after));
        let labels: BTreeSet<&Str> = old.keys().chain(new.keys()).collect();
        return labels
            .into_iter()
            .map(|label| NestedDifference {
                label: Some(label.clone()),
                difference: compare(old.get(label), new.get(label), &replacing.inside_name(label)),
            })
            .collect();
    }
    let pairs = match nested.nesting {
        Nesting::Set => alignment::of_sets(&old, &new),
        _ => alignment::by_position(old.len(), new.len()),
    };
    pairs
        .into_iter()
        .map(|(at, to)| {
            let inner = replacing.inside_position(at, to);
            unlabelled(compare(at.and_then(|at| old.get(at)), to.and_then(|to| new.get(to)), &inner))
        })
        .collect()
}

/// Blocks whose number only apply can tell: something unknown comes, and what is there goes.
fn of_unknown_number(before: Option<&Value>, nested: &NestedBlock, replacing: &Replacing<'_>) -> Vec<NestedDifference> {
    let before = elements(before);
    let effect = if before.is_empty() { Effect::Add } else { Effect::Change };
    let come = Difference { effect, replaces: replacing.is_here(), shape: Shape::Unknown(None) };
    let gone = before.iter().enumerate().map(|(at, value)| {
        let inner = replacing.inside_position(Some(at), None);
        of_block(Some(value), None, &nested.block, &inner)
    });
    std::iter::once(come).chain(gone).map(|difference| NestedDifference { label: None, difference }).collect()
}

/// The blocks in a collection, each with the marks of the collection.
fn elements(side: Option<&Value>) -> Vec<Value> {
    let Some(value) = side else { return Vec::new() };
    match value.kind() {
        Kind::List(_, items) | Kind::Set(_, items) | Kind::Tuple(items) => {
            items.iter().map(|item| item.clone().with_marks(value.marks())).collect()
        }
        _ => Vec::new(),
    }
}
