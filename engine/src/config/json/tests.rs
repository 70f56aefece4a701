use super::settle::Settler;
use super::*;
use crate::config::json::shape::NESTED;
use crate::diagnostics::Diagnostics;
use crate::schema::{Attribute as SchemaAttribute, Block as Schema, NestedBlock, Nesting};
use crate::syntax::{SourceMap, parse_json_bytes, print};

/// A body of one shape, printed, and the mistakes in it with what they are at.
fn read(text: &str, shape: &Shape, schema: Option<&Schema>) -> (String, Vec<String>) {
    let sources = SourceMap::new();
    let (file, value, mut mistakes) = parse_json_bytes(&sources, "x.tf.json", text.as_bytes());
    let mut body = super::read(value, file, text, shape, &mut mistakes);
    if let Some(schema) = schema {
        let mut settler = Settler { sources: &sources, diagnostics: Diagnostics::new() };
        settler.body(&mut body, Some(schema));
        mistakes.extend(settler.diagnostics);
    }
    let at =
        |found: &Diagnostic| format!("{} at {}", found.summary, found.span.map(|span| sources.slice(span)).unwrap());
    (print::body(&body), mistakes.iter().map(at).collect())
}

#[test]
fn the_language_decides_about_its_own_blocks() {
    let text = r#"{
        "resource": [
            {"a": {"x": {"count": 1, "depends_on": ["b.y"], "provider": "b.west", "tags": {"k": "${v}"}}}},
            {"a": [{"y": [{"lifecycle": {"ignore_changes": "all", "//": "why"}}, {"provisioner": [{"local-exec": {"when": "destroy"}}, {"file": []}]}]}]}
        ],
        "import": {"to": "a.x[each.key]", "id": "${each.value}"},
        "module": {"m": {"source": "./${m}", "providers": {"a.x": "a.y"}, "input": "${v}"}},
        "variable": {"v": {"type": "list(string)", "default": "${v}"}},
        "terraform": {"required_providers": {"a": {"source": "x/a", "configuration_aliases": ["a.x"]}}}
    }"#;
    insta::assert_snapshot!(read(text, &ROOT, None).0, @r#"
    resource "a" "x" {
      count = 1
      depends_on = [b.y]
      provider = b.west
    }
    resource "a" "y" {
      lifecycle {
        ignore_changes = all
      }
    }
    resource "a" "y" {
      provisioner "local-exec" {
        when = destroy
      }
    }
    import {
      to = a.x[each.key]
      id = wrap(each.value)
    }
    module "m" {
      source = "./${m}"
      providers = {a.x = a.y}
      input = wrap(v)
    }
    variable "v" {
      type = list(string)
      default = "${v}"
    }
    terraform {
      required_providers {
        a = {"source" = "x/a", "configuration_aliases" = [a.x]}
      }
    }
    "#);
}

#[test]
fn wrong_shapes_are_reported_where_they_are() {
    let table: &[(&str, &[&str])] = &[
        (r#""text""#, &["Root value must be object at \"text\""]),
        (r#"[{"locals": {}}, 1]"#, &["Incorrect JSON value type at 1"]),
        (
            r#"{"locals": 1, "variable": {}, "output": {"o": []}, "resource": {"a": "text"}}"#,
            &["Incorrect JSON value type at 1", "Missing block label at {", "Incorrect JSON value type at \"text\""],
        ),
        (
            r#"{"locals": [{}, null, [{"a": 1}]], "local": {}}"#,
            &[
                "Incorrect JSON value type at null",
                "Incorrect JSON value type at [",
                "Extraneous JSON object property at \"local\"",
            ],
        ),
        (
            r#"{"output": {"o": {"value": 1, "value": 2}}, "locals": {"a": 1, "a": 2}}"#,
            &["Duplicate argument at \"value\"", "Duplicate attribute definition at \"a\""],
        ),
    ];
    for (text, expected) in table {
        assert_eq!(read(text, &ROOT, None).1, *expected, "{text}");
    }
}

/// `name` and `rule` are arguments; `step` is a list of blocks, `map` blocks by label; `inner` stands in `step`.
fn schema() -> Schema {
    let attribute = |name: &str| (Str::from(name), SchemaAttribute::of(infra_values::Type::Any));
    let block = |attributes: &[&str], blocks: Vec<(Str, NestedBlock)>| Schema {
        attributes: attributes.iter().map(|name| attribute(name)).collect(),
        blocks: blocks.into_iter().collect(),
    };
    let inner = NestedBlock::of(Nesting::Single, block(&["x"], Vec::new()));
    let step = NestedBlock::of(Nesting::List, block(&["name", "inner_name"], vec![("inner".into(), inner)]));
    let map = NestedBlock::of(Nesting::Map, block(&["x"], Vec::new()));
    block(&["name", "rule"], vec![("step".into(), step), ("map".into(), map)])
}

#[test]
fn a_schema_decides_about_the_rest() {
    let text = r#"{
        "name": {"step": "${a}"},
        "rule": [{"x": 1}],
        "step": [{"name": "${b}", "inner": {"x": 1}}, {"inner": [{"x": 2}]}, {}],
        "map": {"k": {"x": 1}, "l": [{"x": 2}]},
        "//": "comment",
        "dynamic": {"step": {"for_each": "${c}", "iterator": "it", "content": {"inner": {"x": "${it.value}"}}}}
    }"#;
    let (printed, mistakes) = read(text, &NESTED, Some(&schema()));
    insta::assert_snapshot!(printed, @r#"
    name = {"step" = wrap(a)}
    rule = [{"x" = 1}]
    step {
      name = wrap(b)
      inner {
        x = 1
      }
    }
    step {
      inner {
        x = 2
      }
    }
    step {
    }
    map "k" {
      x = 1
    }
    map "l" {
      x = 2
    }
    dynamic "step" {
      for_each = wrap(c)
      iterator = it
      content {
        inner {
          x = wrap(it.value)
        }
      }
    }
    "#);
    assert!(mistakes.is_empty(), "{mistakes:?}");
    let wrong = r#"{"nane": 1, "step": {"x": 1, "inner": 1}, "map": {}, "name": 1, "name": 2}"#;
    assert_eq!(
        read(wrong, &NESTED, Some(&schema())).1,
        [
            "Extraneous JSON object property at \"nane\"",
            "Missing block label at {",
            "Duplicate argument at \"name\"",
            "Extraneous JSON object property at \"x\"",
            "Incorrect JSON value type at 1",
        ]
    );
}
