//! Comparing values whose schema says nothing more than their type.

use std::collections::{BTreeMap, BTreeSet};

use infra_values::{Kind, Str, Value};

use super::alignment;
use super::{Difference, Effect, Replacing, SecretTurn, Shape};

/// How much the type of a value is known to the reader.
#[derive(Clone, Copy, PartialEq, Eq)]
pub enum Typing {
    /// A schema fixes the type: maps and sets are shown as such, and attributes that are null are left out.
    Fixed,
    /// The type may change with the value: it is shown as JSON would have it.
    Free,
}

/// The two sides of a part. `None` is nothing at all, which in lists, maps and outputs is not the same as null.
#[derive(Clone, Copy)]
pub(super) struct Sides<'v> {
    pub(super) before: Option<&'v Value>,
    pub(super) after: Option<&'v Value>,
}

/// What differs between two values; `None` where there is none.
pub fn of_values(
    before: Option<&Value>,
    after: Option<&Value>,
    typing: Typing,
    replacing: &Replacing<'_>,
) -> Difference {
    let is_secret = |side: Option<&Value>| side.is_some_and(|value| value.marks().is_sensitive());
    let sides = Sides { before, after };
    match (is_secret(before), is_secret(after)) {
        (false, false) => of_open_values(sides, typing, replacing),
        (was_secret, becomes_secret) => {
            let open = of_open_values(sides, typing, replacing);
            secret(open.effect, was_secret, becomes_secret, open.replaces, false)
        }
    }
}

/// A withheld part of which the effect is known.
pub(super) fn secret(effect: Effect, was: bool, becomes: bool, replaces: bool, is_block: bool) -> Difference {
    let turn = (was != becomes && matches!(effect, Effect::Same | Effect::Change))
        .then_some(SecretTurn { becomes_secret: becomes, value_stays: effect == Effect::Same });
    let effect = if turn.is_some() { Effect::Change } else { effect };
    Difference { effect, replaces, shape: Shape::Secret { is_block, turn } }
}

/// What kind of JSON a value would be. A change from one to another cannot be shown part by part.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Class {
    Null,
    Bool,
    Number,
    Text,
    Items,
    Entries,
}

fn class(value: &Value) -> Class {
    match value.kind() {
        Kind::Null(_) | Kind::Unknown(_) => Class::Null,
        Kind::Bool(_) => Class::Bool,
        Kind::Number(_) => Class::Number,
        Kind::String(_) => Class::Text,
        Kind::List(..) | Kind::Set(..) | Kind::Tuple(_) => Class::Items,
        Kind::Map(..) | Kind::Object(_) => Class::Entries,
    }
}

fn of_open_values(sides: Sides<'_>, typing: Typing, replacing: &Replacing<'_>) -> Difference {
    let replaces = replacing.is_here();
    if sides.after.is_some_and(|after| !after.is_known()) {
        let before = sides.before.filter(|before| !before.is_null());
        let before = before.map(|before| Box::new(of_values(Some(before), None, typing, replacing)));
        let effect = if before.is_some() { Effect::Change } else { Effect::Add };
        return Difference { effect, replaces, shape: Shape::Unknown(before) };
    }
    let Some(either) = sides.after.or(sides.before) else {
        return Difference { effect: Effect::Same, replaces, shape: Shape::Scalar { before: None, after: None } };
    };
    if let Sides { before: Some(before), after: Some(after) } = sides
        && class(before) != class(after)
    {
        let gone = of_values(Some(before), None, typing, &Replacing::default());
        let come = of_values(None, Some(after), typing, &Replacing::default());
        return Difference { effect: Effect::Change, replaces, shape: Shape::Exchange(gone.into(), come.into()) };
    }
    match class(either) {
        Class::Items => of_items(sides, typing, replacing),
        Class::Entries => of_entries(sides, typing, replacing),
        _ => of_scalars(sides, replaces),
    }
}

fn of_scalars(sides: Sides<'_>, replaces: bool) -> Difference {
    let effect = match sides {
        Sides { before: Some(before), after: Some(after) } if !is_alike(before, after) => Effect::Change,
        _ => outer_effect(sides),
    };
    let owned = |side: Option<&Value>| side.map(|value| value.clone().unmark().0);
    Difference { effect, replaces, shape: Shape::Scalar { before: owned(sides.before), after: owned(sides.after) } }
}

/// Nulls of any type look the same.
fn is_alike(before: &Value, after: &Value) -> bool {
    match (before.kind(), after.kind()) {
        (Kind::Null(_), Kind::Null(_)) => true,
        (before, after) => before == after,
    }
}

/// What happens to something as far as its own presence says.
pub(super) fn outer_effect(sides: Sides<'_>) -> Effect {
    match (sides.before, sides.after) {
        (None, Some(_)) => Effect::Add,
        (Some(_), None) => Effect::Remove,
        _ => Effect::Same,
    }
}

fn of_items(sides: Sides<'_>, typing: Typing, replacing: &Replacing<'_>) -> Difference {
    let items = |side: Option<&'_ Value>| side.and_then(Value::as_items).map(<[Value]>::to_vec).unwrap_or_default();
    let (before, after) = (items(sides.before), items(sides.after));
    let is_set = [sides.before, sides.after].iter().flatten().any(|side| matches!(side.kind(), Kind::Set(..)));
    let is_tuple = [sides.before, sides.after].iter().flatten().any(|side| matches!(side.kind(), Kind::Tuple(_)));
    let is_ordered = !(is_set && typing == Typing::Fixed);
    let pairs = match typing {
        Typing::Fixed if is_set => alignment::of_sets(&before, &after),
        Typing::Fixed if is_tuple => alignment::by_position(before.len(), after.len()),
        _ => alignment::of_lists(&before, &after),
    };
    let mut effect = outer_effect(sides);
    let items = pairs
        .into_iter()
        .map(|(at, to)| {
            let old = at.and_then(|at| before.get(at));
            let new = to.and_then(|to| after.get(to));
            let item = of_values(old, new, typing, &replacing.inside_position(at, to));
            effect = effect.with_part(item.effect);
            item
        })
        .collect();
    Difference { effect, replaces: replacing.is_here(), shape: Shape::Items { items, is_ordered } }
}

fn of_entries(sides: Sides<'_>, typing: Typing, replacing: &Replacing<'_>) -> Difference {
    let empty = BTreeMap::new();
    let entries = |side: Option<&'_ Value>| side.and_then(Value::as_entries).cloned().unwrap_or_else(|| empty.clone());
    let (before, after) = (entries(sides.before), entries(sides.after));
    let is_map = typing == Typing::Fixed
        && [sides.before, sides.after].iter().flatten().any(|side| matches!(side.kind(), Kind::Map(..)));
    // Every attribute of an object of a fixed type is there, so null only says that it is not set.
    let nulls_are_nothing = typing == Typing::Fixed && !is_map;
    let present = |side: Option<&'_ Value>| side.is_some_and(|value| !(nulls_are_nothing && value.is_null()));
    let names: BTreeSet<&Str> = before.keys().chain(after.keys()).collect();
    let mut effect = outer_effect(sides);
    let mut parts = BTreeMap::new();
    for name in names {
        let old = before.get(name).filter(|value| present(Some(value)));
        let new = after.get(name).filter(|value| present(Some(value)));
        if old.is_none() && new.is_none() {
            continue;
        }
        let part = of_values(old, new, typing, &replacing.inside_name(name));
        effect = effect.with_part(part.effect);
        parts.insert(name.clone(), part);
    }
    Difference { effect, replaces: replacing.is_here(), shape: Shape::Entries { entries: parts, is_map } }
}
