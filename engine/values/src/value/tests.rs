//! Sets, marks, parts and depth.

use super::*;
use crate::DeferralCause;
use crate::convert::convert;
use crate::json::{from_json, from_json_implied, to_json, to_json_plain, type_from_json, type_to_json};
use crate::unify::unify;

fn sensitive(value: Value) -> Value {
    value.with_marks(&Marks::sensitive())
}

fn plain(value: &Value) -> String {
    to_json_plain(value).to_string()
}

#[test]
fn values_stay_small() {
    // What is slim about them is that the rest is shared.
    assert_eq!(size_of::<Value>(), 56);
    assert_eq!(size_of::<Type>(), 24);
    assert_eq!(size_of::<Number>(), 16);
}

#[test]
fn sets_are_sorted_and_hold_each_element_once() {
    let cases = [
        (r#"["b", "a", "c", "a"]"#, r#""string""#, r#"["a","b","c"]"#),
        (r#"["a10", "a9", "B"]"#, r#""string""#, r#"["B","a10","a9"]"#),
        ("[10, 9, 1.5, 10.0, -3]", r#""number""#, "[-3,1.5,9,10]"),
        ("[true, false, true]", r#""bool""#, "[false,true]"),
        (r#"["b", null, "a"]"#, r#""string""#, r#"["a","b",null]"#),
        ("[10, null, 9]", r#""number""#, "[9,10,null]"),
        (r#"["a b", "a", null]"#, r#""string""#, r#"["a","a b",null]"#),
        (r#"[{"z": "1"}, {"a": "2"}, {}]"#, r#"["map", "string"]"#, r#"[{"a":"2"},{"z":"1"},{}]"#),
        (
            r#"[{"a": "x"}, {"a": null}, {"a": "x!"}, {"a": "x y"}, {"a": ""}]"#,
            r#"["object", {"a": "string"}]"#,
            r#"[{"a":""},{"a":"x y"},{"a":"x!"},{"a":"x"},{"a":null}]"#,
        ),
        (
            r#"[{"a": true, "b": 1e10}, {"a": false, "b": 2}, {"a": true, "b": 5}]"#,
            r#"["object", {"a": "bool", "b": "number"}]"#,
            r#"[{"a":false,"b":2},{"a":true,"b":10000000000},{"a":true,"b":5}]"#,
        ),
        // Compound elements are ordered by a text in which numbers have ten digits.
        (r#"[{"a": 3}, {"a": 20}]"#, r#"["object", {"a": "number"}]"#, r#"[{"a":20},{"a":3}]"#),
        (
            r#"[{"a": 12345678901}, {"a": 2}, {"a": 12345678901}]"#,
            r#"["object", {"a": "number"}]"#,
            r#"[{"a":12345678901},{"a":2}]"#,
        ),
        (
            r#"[{"a": 1.00000000001}, {"a": 1.00000000002}, {"a": 1.00000000001}]"#,
            r#"["object", {"a": "number"}]"#,
            r#"[{"a":1.00000000001},{"a":1.00000000002}]"#,
        ),
        (r#"[["b"], ["a", "z"], []]"#, r#"["list", "string"]"#, r#"[["a","z"],["b"],[]]"#),
    ];
    for (items, element, expected) in cases {
        let element = type_from_json(&serde_json::from_str(element).unwrap()).unwrap();
        let list = from_json(&serde_json::from_str(items).unwrap(), &Type::list(element.clone())).unwrap();
        let set = Value::set(element, list.as_items().unwrap().iter().cloned());
        assert_eq!(plain(&set), expected);
    }
    let unknown = Value::unknown(Type::String);
    let null = Value::null(Type::String);
    let set =
        Value::set(Type::String, [null.clone(), unknown.clone(), Value::string("z"), unknown.clone(), null.clone()]);
    assert_eq!(set.as_items().unwrap(), [Value::string("z"), unknown.clone(), unknown, null]);
}

#[test]
fn marks_travel() {
    let cause = |address: &str| DeferralCause { address: address.into(), reason: "image missing".into() };
    let inner = sensitive(Value::string("secret"));
    let object = Value::object_from([("a", inner.clone()), ("b", Value::bool(true))]);
    assert!(object.marks().is_empty() && object.marks_deep().is_sensitive());

    let (bare, places) = object.unmark_with_paths();
    assert!(bare.marks_deep().is_empty());
    assert_eq!(places, [(Path::root().attribute("a"), Marks::sensitive())]);
    assert_eq!(bare.with_marks_at(&places), object);

    let set = Value::set(Type::String, [inner, Value::string("x")]);
    assert!(set.marks().is_sensitive());
    assert!(set.as_items().unwrap().iter().all(|item| item.marks().is_empty()));

    let both = Marks::deferred(cause("a.b")).union(&Marks::deferred(cause("c.d"))).union(&Marks::ephemeral());
    let addresses: Vec<&str> = both.deferral_causes().map(|cause| cause.address.as_str()).collect();
    assert_eq!(addresses, ["a.b", "c.d"]);
    assert!(both.is_ephemeral() && !both.is_sensitive() && both.is_deferred());
    assert_eq!(Marks::sensitive().without_sensitive(), Marks::NONE);
    assert!(both.without_ephemeral().is_deferred() && !both.without_ephemeral().is_ephemeral());
}

#[test]
fn parts_are_found_and_replaced() {
    let value = from_json_implied(&serde_json::from_str(r#"{"rule": [{"id": "a"}, {"id": "b"}]}"#).unwrap());
    let path = Path(vec![PathStep::Attribute("rule".into()), PathStep::Position(1), PathStep::Attribute("id".into())]);
    assert_eq!(path.to_string(), ".rule[1].id");
    assert_eq!(path.schema_path(), "rule.id");
    assert_eq!(path.get(&value), Some(&Value::string("b")));
    let changed = value.with_part(&path.0, Value::string("c"));
    assert_eq!(plain(&changed), r#"{"rule":[{"id":"a"},{"id":"c"}]}"#);

    let beyond = Path::root().attribute("rule").child(PathStep::Position(2));
    assert_eq!(beyond.get(&value), None);
    assert_eq!(value.with_part(&beyond.0, Value::bool(true)), value);
}

#[test]
fn transform_sees_parts_before_wholes() {
    let value = from_json_implied(&serde_json::from_str(r#"{"a": ["x"], "b": 1}"#).unwrap());
    let mut seen = Vec::new();
    let changed = value.transform(&mut |path, part| {
        seen.push(path.to_string());
        if part.as_str().is_some() { Value::unknown(Type::String) } else { part }
    });
    assert_eq!(seen, [".a[0]", ".a", ".b", ""]);
    assert!(!changed.is_wholly_known() && changed.is_known());
}

#[test]
fn strings_are_normalised() {
    assert_eq!(Value::string("e\u{301}"), Value::string("\u{e9}"));
    assert_eq!(Value::string("e\u{301}").as_str(), Some("\u{e9}"));
}

/// Everything that walks a value must survive any depth, on the two megabytes of a test's thread.
#[test]
fn depth_is_no_limit() {
    // Each round nests twice.
    let (value, ty) = nested_pair(5_000);
    let marked = value.transform(&mut |_, part| {
        if part.as_str().is_some() { sensitive(part) } else { part }
    });
    assert!(marked.marks_deep().is_sensitive() && marked.is_wholly_known());
    assert_eq!(marked.unmark_deep().0, value);

    let own = value.ty();
    assert!(!own.has_any());
    assert_eq!(type_from_json(&type_to_json(&own)).unwrap(), own);
    let lists = convert(&value, &ty).unwrap();
    assert_eq!(lists.ty(), ty);

    let json = to_json(&lists, &ty);
    assert_eq!(from_json(&json, &ty).unwrap(), lists);
    assert_eq!(from_json_implied(&to_json_plain(&lists)), value);

    let text = serde_json::to_string(&value).unwrap();
    assert_eq!(serde_json::from_str::<Value>(&text).unwrap(), value);
    drop_json(json);

    // Each level looks at all below it, so this takes a while for a really deep one.
    let (value, ty) = nested_pair(500);
    assert_eq!(unify(&[value.ty(), ty.clone()]), Some(ty));
}

/// A value of objects and tuples, and the type with lists in place of the tuples.
fn nested_pair(rounds: usize) -> (Value, Type) {
    let start = (Value::string("x"), Type::String);
    (0..rounds).fold(start, |(value, ty), _| {
        (Value::object_from([("a", Value::tuple([value]))]), Type::object([("a", Type::list(ty))]))
    })
}

/// `serde_json` drops its values recursively.
fn drop_json(json: serde_json::Value) {
    std::mem::forget(json);
}
