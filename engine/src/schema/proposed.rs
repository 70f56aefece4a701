//! Prior state and configuration merged: what a plan starts from.
//!
//! [`proposed_new`] takes the configuration and fills what it leaves to the provider (computed, not configured) from
//! the prior object. Nested blocks correspond by position in lists, by key in maps; an element of a set corresponds to
//! the first prior element that could have come from it. Providers then replace what they know better
//! ([`super::plan`]).
//!
//! Attributes are taken as a whole: a schema has nested blocks, but no nested attributes.

use std::collections::BTreeMap;

use infra_values::{Kind, Str, Value};

use super::{Block, NestedBlock, Nesting};

/// The value that an object of `block` would have if nothing but the configuration decided, with what the provider
/// has decided before. `prior` is `None` for an object that does not exist yet.
pub fn proposed_new(block: &Block, prior: Option<&Value>, config: &Value) -> Value {
    let Some(configured) = config.as_entries() else {
        return config.clone();
    };
    let prior = prior.filter(|prior| !prior.is_null());
    if let Some(unknown) = prior.filter(|prior| !prior.is_known()) {
        return unknown.clone();
    }
    let mut proposed: BTreeMap<Str, Value> = BTreeMap::new();
    for (name, attribute) in &block.attributes {
        let before = prior.and_then(|prior| prior.get(name));
        let now = match configured.get(name) {
            Some(now) if !(attribute.computed && now.is_null()) => now.clone(),
            left_out => before.or(left_out).cloned().unwrap_or_else(|| Value::null(attribute.ty.clone())),
        };
        proposed.insert(name.clone(), now);
    }
    for (name, nested) in &block.blocks {
        let before = prior.and_then(|prior| prior.get(name));
        let now = match configured.get(name) {
            Some(now) => proposed_nested(nested, before, now),
            None => Value::null(nested.implied_type()),
        };
        proposed.insert(name.clone(), now);
    }
    Value::object(proposed).with_marks(config.marks())
}

fn proposed_nested(nested: &NestedBlock, prior: Option<&Value>, config: &Value) -> Value {
    let block = &nested.block;
    let proposed = match (nested.nesting, config.kind()) {
        (_, Kind::Null(_) | Kind::Unknown(_)) => return config.clone(),
        (Nesting::Single, _) => return proposed_new(block, prior, config),
        (Nesting::List, Kind::List(element, items)) => {
            Value::list(element.clone(), proposed_items(block, prior, items))
        }
        (Nesting::List, Kind::Tuple(items)) => Value::tuple(proposed_items(block, prior, items)),
        (Nesting::Map, Kind::Map(element, entries)) => {
            Value::map(element.clone(), proposed_entries(block, prior, entries))
        }
        (Nesting::Map, Kind::Object(entries)) => Value::object(proposed_entries(block, prior, entries)),
        (Nesting::Set, Kind::Set(element, items)) => {
            Value::set(element.clone(), proposed_elements(block, prior, items))
        }
        // Not a value of the block's type: nothing corresponds.
        _ => return config.clone(),
    };
    proposed.with_marks(config.marks())
}

fn proposed_items(block: &Block, prior: Option<&Value>, items: &[Value]) -> Vec<Value> {
    let prior = prior.and_then(Value::as_items).unwrap_or_default();
    items.iter().enumerate().map(|(position, item)| proposed_new(block, prior.get(position), item)).collect()
}

fn proposed_entries(block: &Block, prior: Option<&Value>, entries: &BTreeMap<Str, Value>) -> BTreeMap<Str, Value> {
    let before = |key: &Str| prior.and_then(|prior| prior.get(key));
    entries.iter().map(|(key, item)| (key.clone(), proposed_new(block, before(key), item))).collect()
}

fn proposed_elements(block: &Block, prior: Option<&Value>, items: &[Value]) -> Vec<Value> {
    let mut candidates: Vec<&Value> = prior.and_then(Value::as_items).unwrap_or_default().iter().collect();
    let propose = |item: &Value| {
        let found = candidates.iter().position(|candidate| could_come_from(block, candidate, item));
        let before = found.map(|position| candidates.remove(position));
        proposed_new(block, before, item)
    };
    items.iter().map(propose).collect()
}

/// Whether a prior element could be what became of a configured one: they differ only where the configuration leaves
/// a computed attribute out.
fn could_come_from(block: &Block, prior: &Value, config: &Value) -> bool {
    if prior == config {
        return true;
    }
    let (Some(before), Some(now)) = (prior.as_entries(), config.as_entries()) else { return false };
    let attributes = block.attributes.iter().all(|(name, attribute)| {
        let (before, now) = (before.get(name), now.get(name));
        before == now || (attribute.computed && now.is_none_or(Value::is_null))
    });
    attributes
        && block.blocks.iter().all(|(name, nested)| match (before.get(name), now.get(name)) {
            (Some(before), Some(now)) => blocks_could_come_from(nested, before, now),
            (before, now) => before == now,
        })
}

fn blocks_could_come_from(nested: &NestedBlock, prior: &Value, config: &Value) -> bool {
    if prior == config {
        return true;
    }
    if nested.nesting == Nesting::Single {
        return could_come_from(&nested.block, prior, config);
    }
    let same_size = |before: usize, now: usize| before == now;
    match (prior.as_items(), config.as_items()) {
        // Elements of inner sets correspond in no order, so that only equal ones would do.
        (Some(before), Some(now)) if nested.nesting == Nesting::List && same_size(before.len(), now.len()) => {
            before.iter().zip(now).all(|(before, now)| could_come_from(&nested.block, before, now))
        }
        (None, None) => match (prior.as_entries(), config.as_entries()) {
            (Some(before), Some(now)) => {
                same_size(before.len(), now.len())
                    && before.iter().all(|(key, before)| {
                        now.get(key).is_some_and(|now| could_come_from(&nested.block, before, now))
                    })
            }
            _ => false,
        },
        _ => false,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::schema::Attribute;
    use infra_values::json::{from_json, to_json};
    use infra_values::{PathStep, Type};
    use serde_json::{Value as Json, json};

    fn block() -> Block {
        let settable = || Attribute { optional: true, ..Attribute::of(Type::String) };
        let decided = || Attribute { computed: true, ..settable() };
        let inner = || Block {
            attributes: BTreeMap::from([("name".into(), settable()), ("id".into(), decided())]),
            ..Block::default()
        };
        let nested = |nesting| NestedBlock::of(nesting, inner());
        Block {
            attributes: BTreeMap::from([("plain".into(), settable()), ("decided".into(), decided())]),
            blocks: BTreeMap::from([
                ("list".into(), nested(Nesting::List)),
                ("map".into(), nested(Nesting::Map)),
                ("set".into(), nested(Nesting::Set)),
                ("single".into(), nested(Nesting::Single)),
            ]),
        }
    }

    fn full(partial: Json) -> Json {
        let mut full = json!({"plain": null, "decided": null, "list": [], "map": {}, "set": [], "single": null});
        full.as_object_mut().unwrap().extend(partial.as_object().unwrap().clone());
        full
    }

    #[test]
    fn what_is_left_out_comes_from_the_prior_object() {
        let element = |name: Json, id: Json| json!({"name": name, "id": id});
        let cases = [
            ("computed and left out", json!({"decided": "p"}), json!({}), json!({"decided": "p"})),
            ("computed and given", json!({"decided": "p"}), json!({"decided": "c"}), json!({"decided": "c"})),
            ("not computed and left out", json!({"plain": "p"}), json!({}), json!({"plain": null})),
            (
                "lists by position, also where all else differs",
                json!({"list": [element(json!("a"), json!("1")), element(json!("b"), json!("2"))]}),
                json!({"list": [element(json!("b"), json!(null)), element(json!("c"), json!(null)), element(json!("d"), json!(null))]}),
                json!({"list": [element(json!("b"), json!("1")), element(json!("c"), json!("2")), element(json!("d"), json!(null))]}),
            ),
            (
                "maps by key",
                json!({"map": {"x": element(json!("a"), json!("1")), "gone": element(json!("b"), json!("2"))}}),
                json!({"map": {"x": element(json!("c"), json!(null)), "new": element(json!("b"), json!(null))}}),
                json!({"map": {"x": element(json!("c"), json!("1")), "new": element(json!("b"), json!(null))}}),
            ),
            (
                "sets by what could be the same element, each once",
                json!({"set": [element(json!("a"), json!("1")), element(json!("b"), json!("2"))]}),
                json!({"set": [element(json!("b"), json!(null)), element(json!("c"), json!(null))]}),
                json!({"set": [element(json!("b"), json!("2")), element(json!("c"), json!(null))]}),
            ),
            (
                "a set element that names another computed value is another element",
                json!({"set": [element(json!("a"), json!("1"))]}),
                json!({"set": [element(json!("a"), json!("9"))]}),
                json!({"set": [element(json!("a"), json!("9"))]}),
            ),
            (
                "single blocks",
                json!({"single": element(json!("a"), json!("1"))}),
                json!({"single": element(json!("b"), json!(null))}),
                json!({"single": element(json!("b"), json!("1"))}),
            ),
            (
                "a single block left out is gone",
                json!({"single": element(json!("a"), json!("1"))}),
                json!({}),
                json!({}),
            ),
        ];
        let block = block();
        let ty = block.implied_type();
        for (what, prior, config, proposed) in cases {
            let prior = from_json(&full(prior), &ty).unwrap();
            let config = from_json(&full(config), &ty).unwrap();
            assert_eq!(to_json(&proposed_new(&block, Some(&prior), &config), &ty), full(proposed), "{what}");
            assert_eq!(proposed_new(&block, None, &config), config, "{what}, without prior");
        }
    }

    #[test]
    fn blocks_of_unknown_number_stay_unknown() {
        let block = block();
        let ty = block.implied_type();
        let config = from_json(&full(json!({})), &ty).unwrap();
        let list = ty.attribute("list").unwrap().clone();
        let config = config.with_child(&PathStep::Attribute("list".into()), Value::unknown(list.clone()));
        let prior = from_json(&full(json!({"list": [{"name": "a", "id": "1"}]})), &ty).unwrap();
        assert_eq!(proposed_new(&block, Some(&prior), &config).get("list"), Some(&Value::unknown(list)));
    }
}
