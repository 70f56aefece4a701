//! Blocks by schema: the cases that only nested blocks have. Whole plans are tested where they are drawn.

use std::collections::BTreeMap;

use infra_engine::schema::{Attribute, Block, NestedBlock, Nesting};
use infra_values::{Marks, Type};

use super::draw::{Look, draw};
use super::*;
use crate::render::pen::Pen;

fn block(attributes: &[(&str, Type)], blocks: Vec<(&str, NestedBlock)>) -> Block {
    Block {
        attributes: attributes.iter().map(|(name, ty)| ((*name).into(), Attribute::of(ty.clone()))).collect(),
        blocks: blocks.into_iter().map(|(name, nested)| (name.into(), nested)).collect(),
    }
}

fn schema() -> Block {
    let inner = || block(&[("status", Type::String), ("weight", Type::Number)], Vec::new());
    let nested = |nesting| NestedBlock::of(nesting, inner());
    block(
        &[
            ("id", Type::String),
            ("empty", Type::String),
            ("tags", Type::map(Type::String)),
            ("zones", Type::set(Type::String)),
            ("password", Type::String),
            ("kept", Type::String),
        ],
        vec![
            ("single", nested(Nesting::Single)),
            ("list", nested(Nesting::List)),
            ("set", nested(Nesting::Set)),
            ("map", nested(Nesting::Map)),
        ],
    )
}

fn inner(status: &str, weight: u64) -> Value {
    Value::object_from([("status", Value::string(status)), ("weight", Value::number(weight))])
}

fn strings(texts: &[(&str, &str)]) -> Value {
    Value::map(Type::String, texts.iter().map(|(key, text)| ((*key).into(), Value::string(text))).collect())
}

fn before() -> Value {
    let ty = inner("a", 1).ty();
    Value::object_from([
        ("id", Value::string("x-1")),
        ("empty", Value::string("")),
        ("tags", strings(&[("a", "1"), ("b", "2"), ("c", "3")])),
        ("zones", Value::set(Type::String, ["a", "b"].map(Value::string))),
        ("password", Value::string("hunter1").with_marks(&Marks::sensitive())),
        ("kept", Value::string("as it is")),
        ("single", Value::null(ty.clone())),
        ("list", Value::list(ty.clone(), vec![inner("a", 1), inner("b", 2), inner("c", 3)])),
        ("set", Value::set(ty.clone(), [inner("a", 1), inner("b", 2)])),
        ("map", Value::map(ty, BTreeMap::from([("one".into(), inner("a", 1)), ("two".into(), inner("b", 2))]))),
    ])
}

fn with(value: &Value, changes: Vec<(&str, Value)>) -> Value {
    let mut entries = value.as_entries().unwrap().clone();
    entries.extend(changes.into_iter().map(|(name, value)| (name.into(), value)));
    Value::object(entries)
}

fn drawn(before: Option<&Value>, after: Option<&Value>, replace_paths: &[Path]) -> String {
    let difference = of_block(before, after, &schema(), &Replacing::of(replace_paths));
    draw(&difference, 0, Look::of_plan(Pen { is_coloured: false }))
}

#[test]
fn nested_blocks_change_each_in_their_way() {
    let before = before();
    let ty = inner("a", 1).ty();
    let after = with(
        &before,
        vec![
            ("tags", strings(&[("a", "1"), ("b", "two"), ("d", "4")])),
            ("zones", Value::set(Type::String, ["b", "c"].map(Value::string))),
            ("password", Value::string("hunter2").with_marks(&Marks::sensitive())),
            ("single", inner("new", 1)),
            ("list", Value::list(ty.clone(), vec![inner("a", 1), inner("b", 20)])),
            ("set", Value::set(ty.clone(), [inner("a", 1), inner("b", 3)])),
            ("map", Value::map(ty, BTreeMap::from([("one".into(), inner("z", 1)), ("three".into(), inner("c", 3))]))),
        ],
    );
    let path = Path::root().attribute("list").child(PathStep::Position(1)).attribute("weight");
    let text = drawn(Some(&before), Some(&after), &[path, Path::root().attribute("zones")]);
    assert!(!text.contains("hunter"), "{text}");
    insta::assert_snapshot!(text, @r#"
    {
            id       = "x-1"
          ~ password = (sensitive value)
          ~ tags     = {
                "a" = "1"
              ~ "b" = "2" -> "two"
              - "c" = "3" -> null
              + "d" = "4"
            }
          ~ zones    = [ # forces replacement
              - "a",
              + "c",
                # (1 unchanged element hidden)
            ]
            # (2 unchanged attributes hidden)

          ~ list {
              ~ weight = 2 -> 20 # forces replacement
                # (1 unchanged attribute hidden)
            }
          - list {
              - status = "c" -> null
              - weight = 3 -> null
            }

          ~ map "one" {
              ~ status = "a" -> "z"
                # (1 unchanged attribute hidden)
            }
          + map "three" {
              + status = "c"
              + weight = 3
            }
          - map "two" {
              - status = "b" -> null
              - weight = 2 -> null
            }

          - set {
              - status = "b" -> null
              - weight = 2 -> null
            }
          + set {
              + status = "b"
              + weight = 3
            }

          + single {
              + status = "new"
              + weight = 1
            }

            # (2 unchanged blocks hidden)
        }
    "#);
}

#[test]
fn what_is_not_known_yet_takes_the_place_of_what_was() {
    let before = before();
    let ty = inner("a", 1).ty();
    let after = with(
        &before,
        vec![
            ("id", Value::unknown(Type::String)),
            ("empty", Value::unknown(Type::String)),
            ("tags", Value::unknown(Type::map(Type::String))),
            ("single", Value::unknown(ty.clone())),
            ("list", Value::unknown(Type::list(ty))),
        ],
    );
    insta::assert_snapshot!(drawn(Some(&before), Some(&after), &[]), @r#"
    {
          + empty    = (known after apply)
          ~ id       = "x-1" -> (known after apply)
          ~ tags     = {
              - "a" = "1"
              - "b" = "2"
              - "c" = "3"
            } -> (known after apply)
            # (3 unchanged attributes hidden)

          ~ list (known after apply)
          - list {
              - status = "a" -> null
              - weight = 1 -> null
            }
          - list {
              - status = "b" -> null
              - weight = 2 -> null
            }
          - list {
              - status = "c" -> null
              - weight = 3 -> null
            }

          + single (known after apply)

            # (4 unchanged blocks hidden)
        }
    "#);
}

#[test]
fn an_object_that_goes_shows_what_goes() {
    insta::assert_snapshot!(drawn(Some(&before()), None, &[]), @r#"
    {
          - id       = "x-1" -> null
          - kept     = "as it is" -> null
          - password = (sensitive value) -> null
          - tags     = {
              - "a" = "1"
              - "b" = "2"
              - "c" = "3"
            } -> null
          - zones    = [
              - "a",
              - "b",
            ] -> null
            # (1 unchanged attribute hidden)

          - list {
              - status = "a" -> null
              - weight = 1 -> null
            }
          - list {
              - status = "b" -> null
              - weight = 2 -> null
            }
          - list {
              - status = "c" -> null
              - weight = 3 -> null
            }

          - map "one" {
              - status = "a" -> null
              - weight = 1 -> null
            }
          - map "two" {
              - status = "b" -> null
              - weight = 2 -> null
            }

          - set {
              - status = "a" -> null
              - weight = 1 -> null
            }
          - set {
              - status = "b" -> null
              - weight = 2 -> null
            }
        }
    "#);
}

#[test]
fn secrets_say_when_they_become_so() {
    let before = before();
    let secret = |value: Value| value.with_marks(&Marks::sensitive());
    let list = before.get("list").unwrap().clone();
    let after = with(
        &before,
        vec![
            ("kept", secret(Value::string("as it is"))),
            ("password", Value::string("open now")),
            ("list", secret(list)),
        ],
    );
    insta::assert_snapshot!(drawn(Some(&before), Some(&after), &[]), @r#"
    {
            id       = "x-1"
            # Warning: this attribute value will be marked as sensitive and will not
            # display in UI output after applying this change. The value is unchanged.
          ~ kept     = (sensitive value)
            # Warning: this attribute value will no longer be marked as sensitive
            # after applying this change.
          ~ password = (sensitive value)
            tags     = {
                "a" = "1"
                "b" = "2"
                "c" = "3"
            }
            # (2 unchanged attributes hidden)

            # Warning: this attribute value will be marked as sensitive and will not
            # display in UI output after applying this change. The value is unchanged.
          ~ list {
                # (sensitive: the content of this block is not shown)
            }
            # Warning: this attribute value will be marked as sensitive and will not
            # display in UI output after applying this change. The value is unchanged.
          ~ list {
                # (sensitive: the content of this block is not shown)
            }
            # Warning: this attribute value will be marked as sensitive and will not
            # display in UI output after applying this change. The value is unchanged.
          ~ list {
                # (sensitive: the content of this block is not shown)
            }

            # (4 unchanged blocks hidden)
        }
    "#);
}

#[test]
fn text_differences_are_told_in_every_form() {
    let secret = Value::string("s").with_marks(&Marks::sensitive());
    let text = |text: &str| Some(Value::string(text));
    let table = [
        (
            text("a\nb\n"),
            text("a\nb"),
            "<<-EOT\n        a\n        b\n        # (the text loses a line break at the end)\n    EOT",
        ),
        (text("a"), text("a\nb"), "<<-EOT\n        a\n      + b\n    EOT"),
        (
            text("{\"a\":1}"),
            text("{ \"a\": 1 }"),
            "jsonencode( # whitespace changes\n        {\n            a = 1\n        }\n    )",
        ),
        (text("a\r\nb"), text("a\n\u{1b}[2Jb"), "\"a\\r\\nb\" -> \"a\\n\\x1b[2Jb\""),
        (text("[]"), text("[ ]"), "jsonencode([]) # whitespace changes"),
        (text("{}"), text("x"), "jsonencode({}) -> \"x\""),
        (text("x"), text("[1"), "\"x\" -> \"[1\""),
        (text("x"), None, "\"x\" -> null"),
        (text("{}"), None, "jsonencode({}) -> null"),
        (None, text("x"), "\"x\""),
        (Some(Value::null(Type::Any)), Some(Value::number(1_u64)), "null -> 1"),
        (Some(Value::tuple([])), Some(Value::bool(true)), "[] -> true"),
        (text("x"), Some(secret), "(sensitive value)"),
        (text("x"), Some(Value::unknown(Type::String)), "\"x\" -> (known after apply)"),
    ];
    for (before, after, expected) in table {
        let difference = of_values(before.as_ref(), after.as_ref(), Typing::Free, &Replacing::default());
        assert_eq!(draw(&difference, 0, Look::of_plan(Pen { is_coloured: false })), expected);
    }
}
