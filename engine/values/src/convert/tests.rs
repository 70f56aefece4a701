//! Conversions against what Terraform makes of them.

use super::*;
use crate::Marks;
use crate::json::{from_json_implied, to_json_plain, type_from_json};

fn parse(text: &str) -> serde_json::Value {
    serde_json::from_str(text).unwrap()
}

fn ty(text: &str) -> Type {
    type_from_json(&parse(text)).unwrap()
}

/// Converts JSON through the types, and gives `TYPE VALUE` or the error.
fn converted(json: &str, targets: &[&str]) -> String {
    let mut value = from_json_implied(&parse(json));
    for target in targets {
        match convert(&value, &ty(target)) {
            Ok(converted) => value = converted,
            Err(error) => return format!("error: {error}"),
        }
    }
    format!("{} {}", value.ty(), to_json_plain(&value))
}

#[test]
fn converts_as_terraform_does() {
    let cases: &[(&str, &[&str], &str)] = &[
        // Primitives
        ("1", &[r#""string""#], r#"string "1""#),
        ("1.50", &[r#""string""#], r#"string "1.5""#),
        ("1e21", &[r#""string""#], r#"string "1000000000000000000000""#),
        ("true", &[r#""string""#], r#"string "true""#),
        (r#""12.50""#, &[r#""number""#], "number 12.5"),
        (r#""0x10""#, &[r#""number""#], "error: a number is required"),
        (r#""""#, &[r#""number""#], "error: a number is required"),
        (r#""true""#, &[r#""bool""#], "bool true"),
        (r#""0""#, &[r#""bool""#], "bool false"),
        (r#""TRUE""#, &[r#""bool""#], r#"error: a bool is required; to convert from string, use lowercase "true""#),
        (r#""False""#, &[r#""bool""#], r#"error: a bool is required; to convert from string, use lowercase "false""#),
        (r#""yes""#, &[r#""bool""#], "error: a bool is required"),
        ("1", &[r#""bool""#], "error: bool required, but have number"),
        ("true", &[r#""number""#], "error: number required, but have bool"),
        ("[]", &[r#""string""#], "error: string required, but have tuple"),
        ("[1]", &[r#"["list","number"]"#, r#""string""#], "error: string required, but have list of number"),
        ("{}", &[r#""number""#], "error: number required, but have object"),
        (r#""a""#, &[r#"["list","string"]"#], "error: list of string required, but have string"),
        ("null", &[r#""number""#], "number null"),
        ("null", &[r#"["list","dynamic"]"#], "list(any) null"),
        // Lists
        (r#"[1,"a",true]"#, &[r#"["list","string"]"#], r#"list(string) ["1","a","true"]"#),
        (r#"[1,"a",true]"#, &[r#"["list","dynamic"]"#], r#"list(string) ["1","a","true"]"#),
        (r#"[1,"a"]"#, &[r#"["list","number"]"#], "error: [1]: a number is required"),
        (r#"[1,[2]]"#, &[r#"["list","number"]"#], "error: element 1: number required, but have tuple"),
        (r#"[1,[2]]"#, &[r#"["list","dynamic"]"#], "error: all list elements must have the same type"),
        ("[]", &[r#"["list","dynamic"]"#], "list(any) []"),
        ("[]", &[r#"["list","string"]"#], "list(string) []"),
        (r#"[null,"a"]"#, &[r#"["list","dynamic"]"#], r#"list(string) [null,"a"]"#),
        (r#"[null,{"a":1}]"#, &[r#"["list","dynamic"]"#], "error: all list elements must have the same type"),
        ("[[],[1]]", &[r#"["list","dynamic"]"#], "list(list(number)) [[],[1]]"),
        (r#"[[],["a"],[1]]"#, &[r#"["list","dynamic"]"#], r#"list(list(string)) [[],["a"],["1"]]"#),
        (r#"[[1],["a"]]"#, &[r#"["list",["list","dynamic"]]"#], r#"list(list(string)) [["1"],["a"]]"#),
        (r#"[{"a":1},{"b":2}]"#, &[r#"["list","dynamic"]"#], r#"list(map(number)) [{"a":1},{"b":2}]"#),
        (
            r#"[{"a":1,"b":null},{"a":"x","b":2}]"#,
            &[r#"["list","dynamic"]"#],
            r#"list(object({a = string, b = number})) [{"a":"1","b":null},{"a":"x","b":2}]"#,
        ),
        (r#"[{"a":1},[2]]"#, &[r#"["list","dynamic"]"#], "error: all list elements must have the same type"),
        (r#"[1,"2"]"#, &[r#"["list","string"]"#, r#"["list","number"]"#], "list(number) [1,2]"),
        (r#"["a"]"#, &[r#"["list","string"]"#, r#"["list","number"]"#], "error: [0]: a number is required"),
        (
            "[[1]]",
            &[r#"["list",["list","number"]]"#, r#"["list","string"]"#],
            "error: incorrect list element type: string required, but have list of number",
        ),
        (r#"{"a":1}"#, &[r#"["list","number"]"#], "error: list of number required"),
        (r#"{"a":1}"#, &[r#"["map","number"]"#, r#"["list","dynamic"]"#], "error: list of any single type required"),
        // Sets
        (r#"["b","a","b"]"#, &[r#"["set","string"]"#], r#"set(string) ["a","b"]"#),
        (r#"[1,"1",true]"#, &[r#"["set","dynamic"]"#], r#"set(string) ["1","true"]"#),
        (r#"[10,9]"#, &[r#"["set","number"]"#, r#"["set","string"]"#], r#"set(string) ["10","9"]"#),
        (r#"["b","a"]"#, &[r#"["set","string"]"#, r#"["list","string"]"#], r#"list(string) ["a","b"]"#),
        (r#"["1","01"]"#, &[r#"["list","string"]"#, r#"["set","number"]"#], "set(number) [1]"),
        (r#"[{"a":1},{"a":"1"}]"#, &[r#"["set","dynamic"]"#], r#"set(object({a = string})) [{"a":"1"}]"#),
        ("[]", &[r#"["list","string"]"#, r#"["set","dynamic"]"#], "set(string) []"),
        // Maps
        (r#"{"a":1,"b":"x"}"#, &[r#"["map","dynamic"]"#], r#"map(string) {"a":"1","b":"x"}"#),
        (r#"{"a":{"x":1},"b":{"y":2}}"#, &[r#"["map","dynamic"]"#], r#"map(map(number)) {"a":{"x":1},"b":{"y":2}}"#),
        (r#"{"a":[1],"b":["x"]}"#, &[r#"["map","dynamic"]"#], r#"map(tuple([string])) {"a":["1"],"b":["x"]}"#),
        (r#"{"a":[1],"b":["x","y"]}"#, &[r#"["map","dynamic"]"#], r#"map(list(string)) {"a":["1"],"b":["x","y"]}"#),
        (r#"{"a":[1],"b":["x"]}"#, &[r#"["map",["list","dynamic"]]"#], r#"map(list(string)) {"a":["1"],"b":["x"]}"#),
        (r#"{"a":"x"}"#, &[r#"["map","number"]"#], r#"error: ["a"]: a number is required"#),
        (r#"{"a":[]}"#, &[r#"["map","number"]"#], r#"error: element "a": number required, but have tuple"#),
        (r#"{"a":1,"b":[]}"#, &[r#"["map","dynamic"]"#], "error: all map elements must have the same type"),
        ("{}", &[r#"["map","dynamic"]"#], "map(any) {}"),
        ("[1]", &[r#"["map","number"]"#], "error: map of number required"),
        // Objects
        (r#"{"a":1,"b":2}"#, &[r#"["object",{"a":"string"}]"#], r#"object({a = string}) {"a":"1"}"#),
        ("{}", &[r#"["object",{"a":"string"}]"#], r#"error: attribute "a" is required"#),
        ("{}", &[r#"["object",{"a":"string","b":"bool"}]"#], r#"error: attributes "a" and "b" are required"#),
        (
            "{}",
            &[r#"["object",{"a":"string","b":"bool","c":"bool"}]"#],
            r#"error: attributes "a", "b", and "c" are required"#,
        ),
        (
            "{}",
            &[r#"["object",{"a":"string","b":["object",{"c":"bool"},["c"]]},["a","b"]]"#],
            r#"object({a = string, b = object({c = bool})}) {"a":null,"b":null}"#,
        ),
        (r#"{"a":{"b":"x"}}"#, &[r#"["object",{"a":["object",{"b":"number"}]}]"#], "error: .a.b: a number is required"),
        (
            r#"{"a":{"b":[]}}"#,
            &[r#"["object",{"a":["object",{"b":"number"}]}]"#],
            r#"error: attribute "a": attribute "b": number required, but have tuple"#,
        ),
        (
            r#"{"a":"1","b":"2"}"#,
            &[r#"["map","string"]"#, r#"["object",{"a":"number","c":"bool"},["c"]]"#],
            r#"object({a = number, c = bool}) {"a":1,"c":null}"#,
        ),
        (
            r#"{"a":"1"}"#,
            &[r#"["map","string"]"#, r#"["object",{"b":"string"}]"#],
            r#"error: map has no element for required attribute "b""#,
        ),
        (
            r#"{"a":"1"}"#,
            &[r#"["map","string"]"#, r#"["object",{"a":["list","string"]},["a"]]"#],
            r#"error: map element type is incompatible with attribute "a": list of string required, but have string"#,
        ),
        ("[1]", &[r#"["object",{}]"#], "error: object required, but have tuple"),
        (
            r#"[{"n":"1"},{"n":"2","o":true}]"#,
            &[r#"["list",["object",{"n":"number","o":"bool"},["o"]]]"#],
            r#"list(object({n = number, o = bool})) [{"n":1,"o":null},{"n":2,"o":true}]"#,
        ),
        (
            r#"{"x":{"n":1}}"#,
            &[r#"["map",["object",{"n":"number","o":"dynamic"},["o"]]]"#],
            r#"map(object({n = number, o = any})) {"x":{"n":1,"o":null}}"#,
        ),
        // Tuples
        ("[1,2]", &[r#"["tuple",["string","dynamic"]]"#], r#"tuple([string, number]) ["1",2]"#),
        ("[1]", &[r#"["tuple",["string","string"]]"#], "error: tuple required"),
        ("[1]", &[r#""dynamic""#], "tuple([number]) [1]"),
    ];
    let differences: Vec<String> = cases
        .iter()
        .map(|(json, targets, expected)| (json, targets, expected, converted(json, targets)))
        .filter(|(_, _, expected, actual)| actual != *expected)
        .map(|(json, targets, expected, actual)| {
            format!("{json} to {targets:?}\n  expected {expected}\n  actual   {actual}")
        })
        .collect();
    assert!(differences.is_empty(), "{}", differences.join("\n"));
}

#[test]
fn unknown_values_keep_what_still_holds() {
    let refined = |ty: Type, refinement: Refinement| Value::unknown_refined(ty, refinement);
    let lengths =
        |not_null, min, max| Refinement { not_null, length_min: min, length_max: max, ..Refinement::default() };
    let prefix = Refinement { not_null: true, string_prefix: Some("arn:".into()), ..Refinement::default() };
    let not_null = Refinement { not_null: true, ..Refinement::default() };
    let tuple = Type::tuple([Type::Number, Type::Number]);
    let cases = [
        (Value::unknown(Type::Any), Type::Number, Value::unknown(Type::Number)),
        (refined(Type::String, prefix.clone()), Type::String, refined(Type::String, prefix.clone())),
        (refined(Type::String, prefix.clone()), Type::Any, refined(Type::String, prefix.clone())),
        (refined(Type::String, prefix), Type::Number, refined(Type::Number, not_null)),
        (Value::unknown(Type::String), Type::Bool, Value::unknown(Type::Bool)),
        (
            Value::unknown(tuple.clone()),
            Type::list(Type::Any),
            refined(Type::list(Type::Number), lengths(false, Some(2), Some(2))),
        ),
        (
            Value::unknown(tuple),
            Type::set(Type::String),
            refined(Type::set(Type::String), lengths(false, Some(1), Some(2))),
        ),
        (
            Value::unknown(Type::object([("a", Type::Number)])),
            Type::map(Type::Any),
            refined(Type::map(Type::Number), lengths(false, Some(1), Some(1))),
        ),
        (
            refined(Type::list(Type::Number), lengths(true, Some(3), Some(5))),
            Type::set(Type::Any),
            refined(Type::set(Type::Number), lengths(true, Some(1), Some(5))),
        ),
        (
            refined(Type::list(Type::Number), lengths(true, Some(3), None)),
            Type::list(Type::String),
            refined(Type::list(Type::String), lengths(true, Some(3), None)),
        ),
    ];
    for (value, target, expected) in cases {
        assert_eq!(convert(&value, &target).unwrap(), expected, "{value:?} to {target}");
    }
    assert!(convert(&Value::unknown(Type::list(Type::Bool)), &Type::String).is_err());

    let set = Value::set(Type::String, [Value::string("a"), Value::unknown(Type::String)]);
    assert_eq!(convert(&set, &Type::list(Type::String)).unwrap(), Value::unknown(Type::list(Type::String)));

    // A part whose type was not known counts once it is there.
    let mixed = Value::tuple([Value::unknown(Type::Any), Value::string("1")]);
    let expected = Value::list(Type::Number, [Value::unknown(Type::Number), Value::number(1)]);
    assert_eq!(convert(&mixed, &Type::list(Type::Number)).unwrap(), expected);
}

#[test]
fn marks_stay_where_they_were() {
    let secret = |value: Value| value.with_marks(&Marks::sensitive());
    let tuple = Value::tuple([secret(Value::number(1)), Value::number(2)]).with_marks(&Marks::ephemeral());

    let list = convert(&tuple, &Type::list(Type::String)).unwrap();
    let expected = Value::list(Type::String, [secret(Value::string("1")), Value::string("2")]);
    assert_eq!(list, expected.with_marks(&Marks::ephemeral()));

    let set = convert(&tuple, &Type::set(Type::String)).unwrap();
    let expected = Value::set(Type::String, [Value::string("1"), Value::string("2")]);
    assert_eq!(set, secret(expected).with_marks(&Marks::ephemeral()));

    assert_eq!(convert(&secret(Value::null(Type::Any)), &Type::Bool).unwrap(), secret(Value::null(Type::Bool)));
    let text = secret(Value::string("x"));
    assert_eq!(convert(&text, &Type::String).unwrap(), text);
}

#[test]
fn types_alone_tell_what_may_work() {
    let cases = [
        (r#""string""#, r#""number""#, true),
        (r#""number""#, r#""bool""#, false),
        (r#""dynamic""#, r#"["list","string"]"#, true),
        (r#"["list","string"]"#, r#"["set","number"]"#, true),
        (r#"["list","string"]"#, r#"["map","string"]"#, false),
        (r#"["map","string"]"#, r#"["object",{"a":"number"}]"#, true),
        (r#"["map","string"]"#, r#"["object",{"a":["list","number"]}]"#, false),
        (r#"["map","string"]"#, r#"["object",{"a":["list","number"]},["a"]]"#, true),
        (r#"["object",{"a":"string"}]"#, r#"["object",{"b":"string"},["b"]]"#, true),
        (r#"["tuple",["number","bool"]]"#, r#"["list","dynamic"]"#, false),
        (r#"["tuple",["number","bool"]]"#, r#"["list","string"]"#, true),
        (r#"["tuple",["number"]]"#, r#"["tuple",[]]"#, false),
    ];
    for (from, to, expected) in cases {
        assert_eq!(can_convert(&ty(from), &ty(to)), expected, "{from} to {to}");
    }
}
