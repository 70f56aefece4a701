//! Structs and values, and the lossless notation.

use std::collections::BTreeMap;

use super::*;
use crate::DeferralCause;
use crate::json::{from_json, type_from_json};
use crate::value::Refinement;

#[derive(Debug, PartialEq, Serialize, Deserialize)]
struct Queue {
    name: String,
    delay_seconds: Option<i64>,
    #[serde(default)]
    fifo: bool,
    ratio: f64,
    tags: BTreeMap<String, Option<String>>,
    rules: Vec<Rule>,
}

#[derive(Debug, PartialEq, Serialize, Deserialize)]
struct Rule {
    ports: Vec<u16>,
}

fn queue_type() -> Type {
    let ty = r#"["object",{"name":"string","delay_seconds":"number","fifo":"bool","ratio":"number","arn":"string",
        "tags":["map","string"],"rules":["list",["object",{"ports":["set","number"]}]]}]"#;
    type_from_json(&serde_json::from_str(ty).unwrap()).unwrap()
}

#[test]
fn structs_become_values_and_come_back() {
    let queue = Queue {
        name: "jobs".into(),
        delay_seconds: None,
        fifo: true,
        ratio: 0.25,
        tags: BTreeMap::from([("a".into(), Some("x".into())), ("b".into(), None)]),
        rules: vec![Rule { ports: vec![443, 80, 443] }],
    };
    let value = to_value(&queue, &queue_type()).unwrap();
    assert_eq!(value.ty(), queue_type());
    let json = crate::json::to_json_plain(&value).to_string();
    let expected = r#"{"arn":null,"delay_seconds":null,"fifo":true,"name":"jobs","ratio":0.25,"rules":[{"ports":[80,443]}],"tags":{"a":"x","b":null}}"#;
    assert_eq!(json, expected);
    let back: Queue = from_value(&value).unwrap();
    assert_eq!(back, Queue { rules: vec![Rule { ports: vec![80, 443] }], ..queue });
}

#[test]
fn null_attributes_are_absent() {
    let json = r#"{"name":"jobs","delay_seconds":900,"fifo":null,"ratio":1,"arn":null,"tags":{},"rules":[]}"#;
    let value = from_json(&serde_json::from_str(json).unwrap(), &queue_type()).unwrap();
    let queue: Queue = from_value(&value).unwrap();
    assert_eq!((queue.delay_seconds, queue.fifo, queue.ratio), (Some(900), false, 1.0));
}

#[test]
fn what_does_not_fit_is_named() {
    let unknown = Value::object_from([("a", Value::tuple([Value::bool(true), Value::unknown(Type::String)]))]);
    let error = from_value::<BTreeMap<String, Vec<bool>>>(&unknown).unwrap_err();
    assert_eq!(error.to_string(), "the value at .a[1] is not known yet");

    let error = from_value::<Rule>(&Value::object_from([("ports", Value::string("x"))])).unwrap_err();
    assert!(error.to_string().starts_with("the value at .ports does not fit: invalid type: string \"x\""), "{error}");

    let ty = Type::object([("ports", Type::list(Type::String))]);
    let error = to_value(&Rule { ports: vec![1] }, &ty).unwrap_err();
    assert_eq!(error.to_string(), "the value at .ports[0] does not fit: string required, but found a number");
    let error = to_value(&Rule { ports: vec![] }, &Type::object([("port", Type::Number)])).unwrap_err();
    assert_eq!(error.to_string(), "the value does not fit: unsupported attribute \"ports\"");
}

#[test]
fn nothing_is_lost_in_a_file() {
    let cause = DeferralCause { address: "aws_x.y".into(), reason: "waits: \"é\"".into() };
    let all_marks = Marks::sensitive().union(&Marks::ephemeral()).union(&Marks::deferred(cause));
    let refinement = Refinement {
        not_null: true,
        string_prefix: Some("arn:".into()),
        number_min: Some((1.into(), true)),
        number_max: Some(("0.1".parse().unwrap(), false)),
        length_min: Some(1),
        length_max: Some(20),
    };
    let optional =
        type_from_json(&serde_json::from_str(r#"["object",{"a":"bool","é":["tuple",["dynamic"]]},["a"]]"#).unwrap());
    let cases = [
        (Value::string("a \"quoted\"\nline; é"), r#""19:a \"quoted\"\nline; é""#),
        (Value::null(Type::Any), r#""~a""#),
        (Value::null(optional.unwrap()), r#""~o2;?1:ab2:ét1;a""#),
        (Value::number(5), r##""#5p64;""##),
        (Value::number("1.5".parse::<Number>().unwrap()), r##""#1.5;""##),
        (Value::number(Number::from_f64(0.1).unwrap()), r##""#0.1p53;""##),
        (Value::bool(true).with_marks(&all_marks), r#""!sed1;7:aws_x.y11:waits: \"é\".T""#),
        (Value::unknown(Type::list(Type::Number)), r#""?ln{}""#),
        (Value::unknown_refined(Type::String, refinement), r#""?s{np4:arn:>=1p64;<0.1;x1;y20;}""#),
        (Value::list(Type::Bool, [Value::bool(false), Value::null(Type::Bool)]), r#""Lb2;F~b""#),
        (Value::set(Type::String, [Value::string("b"), Value::string("a")]), r#""Ss2;1:a1:b""#),
        (Value::map(Type::Any, BTreeMap::new()), r#""Ma0;""#),
        (
            Value::object_from([
                ("k", Value::tuple([Value::string("").with_marks(&Marks::sensitive())])),
                (
                    "m",
                    Value::map(
                        Type::set(Type::Bool),
                        BTreeMap::from([("x".into(), Value::unknown(Type::set(Type::Bool)))]),
                    ),
                ),
            ]),
            r#""O2;1:kU1;!s.0:1:mMeb1;1:x?eb{}""#,
        ),
    ];
    for (value, expected) in cases {
        let text = serde_json::to_string(&value).unwrap();
        assert_eq!(text, expected);
        assert_eq!(serde_json::from_str::<Value>(&text).unwrap(), value);
        let ty = value.ty();
        let text = serde_json::to_string(&ty).unwrap();
        assert_eq!(serde_json::from_str::<Type>(&text).unwrap(), ty);
        let marks = value.marks_deep();
        let text = serde_json::to_string(&marks).unwrap();
        assert_eq!(serde_json::from_str::<Marks>(&text).unwrap(), marks);
    }
}

#[test]
fn damage_is_noticed() {
    for text in [
        "",
        "T ",
        "5:abc",
        "1:é",
        "99999999999999999999:",
        "#x;",
        "#1",
        "Lb2;F",
        "?s",
        "?s{q}",
        "!sT",
        "!",
        "Oa",
        "~q",
        "O1;1:a",
        "L",
        "t",
    ] {
        let json = serde_json::to_string(text).unwrap();
        let error = serde_json::from_str::<Value>(&json).unwrap_err().to_string();
        assert!(error.starts_with("the stored value is damaged at byte "), "{text}: {error}");
    }
}
