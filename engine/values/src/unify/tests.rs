//! Unification against the types that conditionals have in Terraform.

use super::*;
use crate::convert::convert;
use crate::json::{from_json_implied, type_from_json};

/// The type of a JSON value, or of what `TYPE <- JSON` converts to.
fn type_of(text: &str) -> Type {
    let parse = |text: &str| serde_json::from_str::<serde_json::Value>(text).unwrap();
    match text.split_once(" <- ") {
        Some((target, json)) => {
            let target = type_from_json(&parse(target)).unwrap();
            convert(&from_json_implied(&parse(json)), &target).unwrap().ty()
        }
        None => from_json_implied(&parse(text)).ty(),
    }
}

#[test]
fn conditionals_have_the_types_terraform_gives_them() {
    let cases: &[(&[&str], Option<&str>)] = &[
        (&["1", "2"], Some("number")),
        (&["1", r#""a""#], Some("string")),
        (&["true", r#""a""#], Some("string")),
        (&["1", "true"], None),
        (&["1", "true", r#""a""#], Some("string")),
        (&["1", "[1]"], None),
        (&["{}", "[]"], None),
        (&["[1]", r#"["a", "b"]"#], Some("list(string)")),
        (&["[]", "[1]"], Some("list(number)")),
        (&["[1, 2]", r#"["b", true]"#], None),
        (&[r#"[1, "a"]"#, r#"[2, "b"]"#], Some("tuple([number, string])")),
        (&["[[1]]", r#"[["a", "b"]]"#], Some("tuple([list(string)])")),
        (&["{}", r#"{"a": 1}"#], Some("map(number)")),
        (&[r#"{"a": 1}"#, r#"{"b": 2}"#], Some("map(number)")),
        (&[r#"{"a": 1, "b": "x"}"#, r#"{"a": "y", "b": true}"#], Some("object({a = string, b = string})")),
        (&[r#"{"a": [1]}"#, r#"{"a": ["x", "y"]}"#], Some("object({a = list(string)})")),
        (&[r#"[{"a": 1}]"#, r#"[{"b": 1}]"#], Some("tuple([map(number)])")),
        (&[r#"[{"a": 1}]"#, "[]"], Some("list(object({a = number}))")),
        (&[r#"{"a": null}"#, r#"{"a": 1}"#], Some("object({a = number})")),
        (&[r#"{"a": null}"#, r#"{"a": {"b": 1}}"#], Some("object({a = any})")),
        (&["[null]", "[1]"], Some("tuple([number])")),
        (&["null", r#"{"a": 1}"#], Some("any")),
        (&["null", "1"], Some("number")),
        (&["null", "null"], Some("any")),
        (&[r#"["list","number"] <- [1]"#, r#"["a", "b"]"#], Some("list(string)")),
        (&[r#"["set","number"] <- [1]"#, r#"["a"]"#], Some("set(number)")),
        (&[r#"["list","number"] <- [1]"#, r#"["set","string"] <- ["a"]"#], Some("list(number)")),
        (&[r#"["set","number"] <- [1]"#, "[1]"], Some("set(number)")),
        (&[r#"["map","number"] <- {"a": 1}"#, r#"{"b": "x"}"#], Some("map(string)")),
        (&[r#"["list","dynamic"] <- [{"a": 1}]"#, "[]"], Some("list(object({a = number}))")),
        (&[r#"["list","dynamic"] <- [{"a": 1}]"#, r#"[{"a": "x"}]"#], Some("list(object({a = string}))")),
        (&[r#"["list","dynamic"] <- [{"a": 1}]"#, r#"[{"a": 1, "b": 2}]"#], Some("list(map(number))")),
        (&[r#"["map","dynamic"] <- {"a": {"x": 1}}"#, "{}"], Some("map(object({x = number}))")),
        (&[r#"["map","dynamic"] <- {"a": {"x": 1}}"#, r#"{"b": {"x": "s"}}"#], Some("map(object({x = string}))")),
    ];
    for (values, expected) in cases {
        let types: Vec<Type> = values.iter().map(|text| type_of(text)).collect();
        let unified = unify(&types).map(|ty| ty.to_string());
        assert_eq!(unified.as_deref(), *expected, "{values:?}");
    }
    assert_eq!(unify(&[]), None);
}

#[test]
fn many_types_unify_in_linear_time() {
    let types: Vec<Type> = (0..20_000)
        .map(|n| Type::object([("name", Type::String), ("n", if n % 2 == 0 { Type::Number } else { Type::String })]))
        .collect();
    let unified = unify(&types).map(|ty| ty.to_string());
    assert_eq!(unified.as_deref(), Some("object({n = string, name = string})"));
}
