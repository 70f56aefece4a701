//! Null, empty and zero, as types of the older convention keep them.
//!
//! AWS does not tell "none" from "empty", so what a call gives back is arbitrary there. State that another tool reads
//! must not change between the two for no reason: after a change the plan's form stays, after a read the stored one.

use std::collections::BTreeMap;

use infra_values::{Kind, Str, Type, Value};

/// What had been there before a call.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(crate) enum Before {
    /// The plan of the change just made.
    Planned,
    /// The stored object just read.
    Stored,
}

/// `after` with the forms of `before` where both say the same.
pub(crate) fn keep_forms(before: &Value, after: &Value, what: Before) -> Value {
    let ty = before.ty();
    if what == Before::Planned && ty.is_collection() {
        let none = |value: &Value| value.is_null();
        let empty = |value: &Value| is_empty(value);
        if (none(before) && empty(after)) || (empty(before) && none(after)) {
            return before.clone();
        }
    }
    if before.is_null() || !before.is_known() || !after.is_known() {
        return after.clone();
    }
    match (before.kind(), after.kind()) {
        (Kind::String(text), Kind::Null(Type::String)) if text.is_empty() => before.clone(),
        (Kind::Set(..), Kind::Set(..)) if what == Before::Planned && before.is_wholly_known() => before.clone(),
        (Kind::List(..), Kind::Null(_)) if what == Before::Stored && is_empty(before) => before.clone(),
        (Kind::List(_, old), Kind::List(element, new)) if old.len() == new.len() => {
            let items: Vec<Value> = old.iter().zip(new.iter()).map(|(old, new)| keep_forms(old, new, what)).collect();
            Value::list(element.clone(), items)
        }
        (Kind::Map(_, old), Kind::Map(element, new)) => Value::map(element.clone(), keep_entries(old, new, what)),
        (Kind::Object(old), Kind::Object(new)) => Value::object(keep_entries(old, new, what)),
        _ => after.clone(),
    }
}

fn keep_entries(old: &BTreeMap<Str, Value>, new: &BTreeMap<Str, Value>, what: Before) -> BTreeMap<Str, Value> {
    let keep = |(name, new): (&Str, &Value)| {
        let kept = old.get(name).map_or_else(|| new.clone(), |old| keep_forms(old, new, what));
        (name.clone(), kept)
    };
    new.iter().map(keep).collect()
}

fn is_empty(value: &Value) -> bool {
    match value.kind() {
        Kind::List(_, items) | Kind::Set(_, items) => items.is_empty(),
        Kind::Map(_, entries) => entries.is_empty(),
        _ => false,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use infra_values::json::{from_json, to_json};
    use serde_json::{Value as Json, json};

    #[test]
    fn forms_that_stay_and_forms_that_do_not() {
        let text = || Type::String;
        let block = || Type::object([("name", text()), ("enabled", Type::Bool)]);
        // type | before | after | kept after a change | kept after a read
        let cases: [(Type, Json, Json, Json, Json); 11] = [
            (Type::map(text()), json!(null), json!({}), json!(null), json!({})),
            (Type::map(text()), json!({}), json!(null), json!({}), json!(null)),
            (Type::list(text()), json!([]), json!(null), json!([]), json!([])),
            (Type::list(text()), json!(null), json!([]), json!(null), json!([])),
            (Type::list(text()), json!(["a"]), json!(["b"]), json!(["b"]), json!(["b"])),
            (text(), json!(""), json!(null), json!(""), json!("")),
            (text(), json!(null), json!(""), json!(""), json!("")),
            (Type::Bool, json!(null), json!(false), json!(false), json!(false)),
            (
                Type::set(block()),
                json!([{"name": "a", "enabled": null}]),
                json!([{"name": "a", "enabled": false}]),
                json!([{"name": "a", "enabled": null}]),
                json!([{"name": "a", "enabled": false}]),
            ),
            (
                Type::list(block()),
                json!([{"name": "", "enabled": null}]),
                json!([{"name": null, "enabled": false}]),
                json!([{"name": "", "enabled": false}]),
                json!([{"name": "", "enabled": false}]),
            ),
            (
                block(),
                json!({"name": "", "enabled": true}),
                json!({"name": "new", "enabled": null}),
                json!({"name": "new", "enabled": null}),
                json!({"name": "new", "enabled": null}),
            ),
        ];
        for (ty, before, after, changed, read) in cases {
            let value = |json: &Json| from_json(json, &ty).unwrap();
            for (what, expected) in [(Before::Planned, changed), (Before::Stored, read)] {
                let kept = keep_forms(&value(&before), &value(&after), what);
                assert_eq!(to_json(&kept, &ty), expected, "{before} → {after}");
            }
        }
    }

    #[test]
    fn what_was_not_known_is_what_it_became() {
        let ty = Type::list(Type::String);
        let after = Value::list(Type::String, vec![Value::string("a")]);
        assert_eq!(keep_forms(&Value::unknown(ty), &after, Before::Planned), after);
    }
}
