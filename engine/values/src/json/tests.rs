//! JSON there and back.

use super::*;
use crate::Marks;

fn parse(text: &str) -> Json {
    serde_json::from_str(text).unwrap()
}

fn ty(text: &str) -> Type {
    type_from_json(&parse(text)).unwrap()
}

#[test]
fn types_are_written_as_they_are_read() {
    let cases = [
        r#""dynamic""#,
        r#""bool""#,
        r#"["list",["set",["map","number"]]]"#,
        r#"["tuple",[]]"#,
        r#"["tuple",["string","dynamic"]]"#,
        r#"["object",{"a":"string","b":["list","bool"]}]"#,
        r#"["object",{"a":"string","b":["list","bool"]},["b"]]"#,
    ];
    for text in cases {
        assert_eq!(type_to_json(&ty(text)).to_string(), text);
    }
    for text in [
        r#""text""#,
        "1",
        "[]",
        r#"["list"]"#,
        r#"["list","string","x"]"#,
        r#"["object",{"a":"x"}]"#,
        r#"["object",{},["a"]]"#,
    ] {
        assert!(type_from_json(&parse(text)).is_err(), "{text}");
    }
}

#[test]
fn values_are_written_for_their_type() {
    let cases = [
        (r#""number""#, "0.1", "0.1"),
        (r#""number""#, "123456789012345678901234567890.5", "123456789012345678901234567890.5"),
        (r#""number""#, "1e3", "1000"),
        (r#""number""#, r#""12""#, "12"),
        (r#""string""#, "12.50", r#""12.50""#),
        (r#""string""#, "true", r#""true""#),
        (r#""bool""#, r#""1""#, "true"),
        (r#""string""#, "null", "null"),
        (r#"["set","string"]"#, r#"["b","a","b"]"#, r#"["a","b"]"#),
        (r#"["map","number"]"#, r#"{"b":1,"a":2}"#, r#"{"a":2,"b":1}"#),
        (r#"["tuple",["string","bool"]]"#, r#"["x",false]"#, r#"["x",false]"#),
        (r#"["object",{"b":"string","a":["list","bool"]}]"#, r#"{"b":"x","a":null}"#, r#"{"a":null,"b":"x"}"#),
        (r#""dynamic""#, r#"{"value":["x"],"type":["list","string"]}"#, r#"{"value":["x"],"type":["list","string"]}"#),
        (r#""dynamic""#, r#"{"type":"string","value":null}"#, r#"{"value":null,"type":"string"}"#),
        (r#""dynamic""#, "null", "null"),
        (
            r#"["object",{"input":"dynamic"}]"#,
            r#"{"input":{"value":{"a":1},"type":["object",{"a":"number"}]}}"#,
            r#"{"input":{"value":{"a":1},"type":["object",{"a":"number"}]}}"#,
        ),
    ];
    for (ty_text, json, expected) in cases {
        let value = from_json(&parse(json), &ty(ty_text)).unwrap();
        assert_eq!(to_json(&value, &ty(ty_text)).to_string(), expected, "{json} as {ty_text}");
        assert_eq!(from_json(&parse(expected), &ty(ty_text)).unwrap(), value, "{json} as {ty_text}");
    }
}

#[test]
fn errors_name_the_place() {
    let object = r#"["object",{"a":"number","b":["list","string"]}]"#;
    let cases = [
        (r#""number""#, r#""x""#, "\"x\" is not a number; write decimal digits, as in 10, -0.5 or 1e6"),
        (r#""number""#, "true", "number required, but found a bool"),
        (r#""bool""#, "1", "bool required, but found a number"),
        (r#""string""#, "[]", "string required, but found an array"),
        (object, r#"{"a":1}"#, "attribute \"b\" is missing"),
        (object, r#"{"a":1,"b":[],"c":2}"#, "unsupported attribute \"c\""),
        (object, r#"{"a":1,"b":["x",{}]}"#, ".b[1]: string required, but found an object"),
        (r#"["map","number"]"#, r#"{"k":[]}"#, "[\"k\"]: number required, but found an array"),
        (r#"["tuple",["string"]]"#, "[]", "expected an array of 1 elements, found 0"),
        (r#""dynamic""#, r#"{"value":1}"#, "expected an object with exactly \"value\" and \"type\""),
        (
            r#""dynamic""#,
            r#"{"value":1,"type":"text"}"#,
            "\"text\" is not a type; expected one such as \"string\" or [\"list\",\"string\"]",
        ),
    ];
    for (ty_text, json, expected) in cases {
        assert_eq!(from_json(&parse(json), &ty(ty_text)).unwrap_err().to_string(), expected, "{json} as {ty_text}");
    }
}

#[test]
fn lenient_reading_passes_over_what_changed() {
    let object = ty(r#"["list",["object",{"a":"number","b":"string"}]]"#);
    let value = from_json_lenient(&parse(r#"[{"a":1,"old":true}]"#), &object).unwrap();
    assert_eq!(to_json(&value, &object).to_string(), r#"[{"a":1,"b":null}]"#);
    assert!(from_json_lenient(&parse(r#"[{"a":[]}]"#), &object).is_err());
    let optional = ty(r#"["object",{"a":"number","b":"string"},["b"]]"#);
    let value = from_json(&parse(r#"{"a":1}"#), &optional).unwrap();
    assert_eq!(to_json(&value, &optional).to_string(), r#"{"a":1,"b":null}"#);
}

#[test]
fn implied_types_follow_the_json() {
    let cases = [
        ("null", "any"),
        ("[]", "tuple([])"),
        (r#"[1,"a",null]"#, "tuple([number, string, any])"),
        (r#"{"b":{"c":true},"a":[]}"#, "object({a = tuple([]), b = object({c = bool})})"),
    ];
    for (json, expected) in cases {
        assert_eq!(implied_type(&parse(json)).to_string(), expected);
        let value = from_json_implied(&parse(json));
        assert_eq!(value.ty().to_string(), expected);
        assert_eq!(from_json_implied(&to_json_plain(&value)), value);
    }
}

#[test]
fn plain_json_has_neither_unknown_parts_nor_marks() {
    let value = Value::object_from([
        ("known", Value::string("x").with_marks(&Marks::sensitive())),
        ("later", Value::unknown(Type::String)),
        ("list", Value::list(Type::Any, [])),
    ]);
    assert_eq!(to_json_plain(&value).to_string(), r#"{"known":"x","later":null,"list":[]}"#);
    assert_eq!(to_json(&value, &value.ty()).to_string(), r#"{"known":"x","later":null,"list":[]}"#);
}
