use infra_schema::Generation;
use infra_values::json::to_json_plain;
use infra_values::{Path, PathStep};
use serde_json::json;

use super::*;
use crate::schema::Schema;
use crate::schema::facts::schema_from_facts;
use crate::schema::test_support::{Text, resource_schema};

/// One of each kind of block, and an attribute that may be written as blocks.
fn schema() -> Schema {
    let inner = || json!({"name": {"type": "string", "optional": true}, "size": {"type": "number", "optional": true}});
    let nested = |nesting: &str| json!({"nesting": nesting, "attributes": inner()});
    let mut deep = nested("list");
    deep["blocks"] = json!({"inner": nested("list")});
    schema_from_facts(&json!({
        "attributes": {
            "label": {"type": "string", "required": true},
            "made": {"type": "string", "computed": true},
            "old": {"type": "string", "optional": true, "deprecated": true},
            "tags": {"type": "map(string)", "optional": true},
            "count": {"type": "number", "optional": true},
            "rule": {"type": "list(object({from=number, to=list(string)}))", "optional": true, "attr_as_blocks": true},
        },
        "blocks": {
            "list": deep, "set": nested("set"), "map": nested("map"), "single": nested("single"),
            "few": {"nesting": "list", "min_items": 1, "max_items": 2, "attributes": inner()},
        },
    }))
    .unwrap()
}

/// A body with what [`schema`] requires.
fn text(body: &str) -> Text {
    Text::new(&format!("label = \"l\"\nfew {{}}\n{body}"))
}

#[test]
fn every_kind_of_block_and_attribute() {
    let text = text(
        r#"
        tags = { a = 1 }
        list {
          name = "a"
          inner { size = "5" }
        }
        list {}
        set { name = "b" }
        set { name = "a" }
        set { name = "b" }
        map "k" { name = "m" }
        rule {
          from = 1
          to   = ["x"]
        }
        "#,
    );
    let schema = schema();
    let (value, diagnostics) = text.decode(&schema.block);
    assert_eq!(text.shown(&diagnostics), "");
    assert_eq!(value.ty(), *schema.implied_type());
    let empty = json!({"name": null, "size": null});
    assert_eq!(
        to_json_plain(&value),
        json!({
            "label": "l", "made": null, "old": null, "count": null, "tags": {"a": "1"},
            "list": [
                {"name": "a", "size": null, "inner": [{"name": null, "size": 5}]},
                {"name": null, "size": null, "inner": []},
            ],
            "set": [{"name": "a", "size": null}, {"name": "b", "size": null}],
            "map": {"k": {"name": "m", "size": null}},
            "single": null,
            "few": [empty],
            "rule": [{"from": 1, "to": ["x"]}],
        })
    );
    // Written as an attribute, an empty list is not the same as nothing.
    let explicit = Text::new("label = \"l\"\nfew {}\nrule = []").decode(&schema.block).0;
    assert_eq!(to_json_plain(explicit.get("rule").unwrap()), json!([]));
    let nothing = Text::new("label = \"l\"\nfew {}").decode(&schema.block).0;
    assert!(nothing.get("rule").unwrap().is_null());
}

#[test]
fn all_mistakes_in_one_run() {
    let text = Text::new(
        r#"
        labels = "l"
        made   = "m"
        old    = "o"
        count  = "many"
        single = {}
        zzzzzz = 1
        tags { a = 1 }
        lst {}
        set "x" {}
        map {}
        single {}
        single { nam = "a" }
        few {}
        few {}
        few { size = [] }
        rule = []
        rule { from = "a" }
        "#,
    );
    let (value, diagnostics) = text.decode(&schema().block);
    assert_eq!(value.ty(), *schema().implied_type());
    let mut lines: Vec<String> = text.shown(&diagnostics).lines().map(str::to_owned).collect();
    lines.sort_by_key(|line| line.split(':').next().and_then(|line| line.parse::<u32>().ok()).unwrap_or_default());
    let expected = r#"
- error: Missing required argument: The argument "label" is required, but no definition was found; add it.
2: `labels` error: Unsupported argument: An argument named "labels" is not expected here; correct the name or remove it. [did you mean `label`?]
3: `made` error: Value for unconfigurable attribute: The value of "made" is decided by the provider and cannot be set; remove this argument.
4: `old` warning: Deprecated argument: "old" is deprecated and may stop working with a later version; see the documentation of the type.
5: `"many"` error: Incorrect attribute value type: Inappropriate value for attribute "count": a number is required. Give a value of type number.
6: `single` error: Unsupported argument: "single" is a block here, not an argument; write `single { … }` without an equals sign.
7: `zzzzzz` error: Unsupported argument: An argument named "zzzzzz" is not expected here; correct the name or remove it.
8: `tags` error: Unsupported block type: "tags" is an argument here, not a block; assign it a value with an equals sign.
9: `lst` error: Unsupported block type: Blocks of type "lst" are not expected here; correct the name or remove it. [did you mean `list`?]
10: `"x"` error: Extraneous label: A block "set" takes no label; remove it.
11: `map` error: Wrong number of labels: A block "map" takes one label, its key.
13: `nam` error: Unsupported argument: An argument named "nam" is not expected here; correct the name or remove it. [did you mean `name`?]
13: `single` error: Duplicate block: Only one "single" block is allowed; remove the others.
16: `few` error: Too many blocks: No more than 2 "few" blocks are allowed, and there are 3; remove the others.
16: `[]` error: Incorrect attribute value type: Inappropriate value for attribute "size": number required, but have tuple. Give a value of type number.
18: `rule` error: Argument given twice: "rule" is given as an argument and as a block; keep one of the two forms."#;
    let mut expected: Vec<&str> = expected.trim().lines().collect();
    expected.sort_unstable();
    lines.sort_unstable();
    assert_eq!(lines, expected, "\n{}", lines.join("\n"));
}

#[test]
fn meta_arguments_are_left_alone_unless_escaped() {
    let text = text("count = var_unknown\nlifecycle {}\n_ {\n  count = 5\n}");
    let (value, diagnostics) = text.decode_part(&text.body, &schema().block, &["count", "lifecycle"]);
    assert_eq!(text.shown(&diagnostics), "");
    assert_eq!(value.get("count"), Some(&Value::number(5)));
}

#[test]
fn required_arguments_may_be_unknown_but_not_null() {
    let of = |expression: &str| {
        let text = Text::new(&format!("few {{}}\nlabel = {expression}"));
        let (value, diagnostics) = text.decode(&schema().block);
        (value.get("label").unwrap().clone(), text.shown(&diagnostics))
    };
    assert_eq!(of("unknown_name"), (Value::unknown(Type::String), String::new()));
    let (value, shown) = of("null");
    assert!(value.is_null());
    assert_eq!(
        shown,
        "2: `null` error: Missing required argument: The argument \"label\" is required, but no definition was found; add it."
    );
}

#[test]
fn marks_stay_with_their_values() {
    let secret = || Value::string("s").with_marks(&Marks::sensitive());
    let text =
        text("list { name = secret }\ndynamic \"set\" {\n  for_each = [secret]\n  content { name = set.value }\n}")
            .with("secret", secret());
    let (value, diagnostics) = text.decode(&schema().block);
    assert_eq!(text.shown(&diagnostics), "");
    let name = Path::root().attribute("list").child(PathStep::Position(0)).attribute("name");
    assert_eq!(name.get(&value), Some(&secret()));
    assert!(value.get("set").unwrap().marks().is_sensitive(), "a set carries the marks of its elements");
}

#[test]
fn dynamic_blocks() {
    let text = text(
        r#"
        dynamic "list" {
          for_each = { x = [1, 2], y = [] }
          iterator = outer
          content {
            name = outer.key
            dynamic "inner" {
              for_each = outer.value
              content {
                name = "${outer.key}${inner.key}"
                size = inner.value
              }
            }
          }
        }
        list { name = "plain" }
        dynamic "set" {
          for_each = toset(["b", "a"])
          content { name = "${set.key}${set.value}" }
        }
        dynamic "map" {
          for_each = ["a", "b"]
          labels   = ["l${map.key}"]
          content { name = map.value }
        }
        dynamic "rule" {
          for_each = [7]
          content {
            from = rule.value
            to   = []
          }
        }
        "#,
    );
    let (value, diagnostics) = text.decode(&schema().block);
    assert_eq!(text.shown(&diagnostics), "");
    let part = |name: &str| to_json_plain(value.get(name).unwrap());
    assert_eq!(
        part("list"),
        json!([
            {"name": "x", "size": null, "inner": [{"name": "x0", "size": 1}, {"name": "x1", "size": 2}]},
            {"name": "y", "size": null, "inner": []},
            {"name": "plain", "size": null, "inner": []},
        ])
    );
    assert_eq!(part("set"), json!([{"name": "aa", "size": null}, {"name": "bb", "size": null}]));
    assert_eq!(part("map"), json!({"l0": {"name": "a", "size": null}, "l1": {"name": "b", "size": null}}));
    assert_eq!(part("rule"), json!([{"from": 7, "to": []}]));
}

#[test]
fn a_dynamic_block_over_something_unknown_is_unknown_and_checked_all_the_same() {
    let text = text(
        "dynamic \"list\" {\n for_each = later\n content {\n nme = 1\n name = list.value.x\n }\n}\ndynamic \"few\" {\n for_each = later\n content {}\n}",
    );
    let (value, diagnostics) = text.decode(&schema().block);
    assert_eq!(
        text.shown(&diagnostics),
        "6: `nme` error: Unsupported argument: An argument named \"nme\" is not expected here; correct the name or remove it. [did you mean `name`?]"
    );
    assert_eq!(
        value.get("list"),
        schema().implied_type().attribute("list").map(|ty| Value::unknown(ty.clone())).as_ref()
    );
    assert!(!value.get("few").unwrap().is_known(), "how many there are is not judged");
}

#[test]
fn mistakes_of_dynamic_blocks() {
    for (body, expected) in [
        ("dynamic {}", "3: `{` error: Missing type for dynamic"),
        ("dynamic \"list\" {\n content {}\n}", "3: `{` error: Missing required argument"),
        ("dynamic \"list\" {\n for_each = []\n}", "3: `{` error: Missing content block"),
        ("dynamic \"list\" {\n for_each = 5\n content {}\n}", "4: `5` error: Invalid dynamic for_each value"),
        ("dynamic \"list\" {\n for_each = null\n content {}\n}", "4: `null` error: Invalid dynamic for_each value"),
        ("dynamic \"lst\" {\n for_each = []\n content {}\n}", "3: `\"lst\"` error: Unsupported block type"),
        (
            "dynamic \"list\" {\n foreach = []\n for_each = []\n content {}\n}",
            "4: `foreach` error: Unsupported argument",
        ),
        (
            "dynamic \"list\" {\n for_each = []\n iterator = \"x\"\n content {}\n}",
            "5: `\"x\"` error: Invalid expression",
        ),
        (
            "dynamic \"list\" {\n for_each = []\n content {}\n content {}\n}",
            "6: `content` error: Extraneous content block",
        ),
        ("dynamic \"map\" {\n for_each = []\n content {}\n}", "3: `{` error: Missing required argument"),
        ("dynamic \"lifecycle\" {\n for_each = []\n content {}\n}", "3: `\"lifecycle\"` error: Unsupported block type"),
    ] {
        let text = text(body);
        let (_, diagnostics) = text.decode_part(&text.body, &schema().block, &["lifecycle"]);
        let shown = text.shown(&diagnostics);
        assert!(shown.starts_with(expected) && shown.lines().count() == 1, "{body}\n{shown}");
    }
}

#[test]
fn an_id_cannot_be_set_in_a_resource_of_the_older_convention() {
    let text = Text::new("id = \"x\"");
    let (_, diagnostics) = text.decode(&resource_schema("aws_s3_bucket", Generation::V5).block);
    assert!(text.shown(&diagnostics).starts_with("1: `id` error: Value for unconfigurable attribute"));
}

#[test]
fn places_of_paths() {
    let text = text(
        r#"
        tags = { a = first, "b" = [second] }
        list { name = third }
        list {
          inner { size = fourth }
        }
        set { name = fifth }
        map "k" { name = sixth }
        dynamic "few" {
          for_each = []
          content { name = seventh }
        }
        _ {
          count = eighth
        }
        "#,
    );
    let key = |name: &str| PathStep::Key(name.into());
    let attribute = |name: &str| PathStep::Attribute(name.into());
    let at = PathStep::Position;
    for (path, place) in [
        (vec![attribute("tags"), key("a")], Some("first")),
        (vec![attribute("tags"), key("b"), at(0)], Some("second")),
        (vec![attribute("tags"), key("c")], Some("{ a = first, \"b\" = [second] }")),
        (vec![attribute("list"), at(0), attribute("name")], Some("third")),
        (vec![attribute("list"), at(1), attribute("inner"), at(0), attribute("size")], Some("fourth")),
        (vec![attribute("list"), at(1), attribute("name")], Some("{")),
        (vec![attribute("list"), at(7), attribute("name")], Some("list")),
        (vec![attribute("set"), PathStep::Element(0), attribute("name")], Some("fifth")),
        (vec![attribute("map"), key("k"), attribute("name")], Some("sixth")),
        (vec![attribute("map"), key("k"), attribute("size")], Some("{")),
        (vec![attribute("count")], Some("eighth")),
        (vec![attribute("made")], None),
        (vec![], None),
    ] {
        let path = Path(path);
        let found = span_of(&text.body, &path).map(|span| text.sources.slice(span));
        assert_eq!(found.as_deref(), place, "{path}");
    }
    let only_dynamic = Text::new("dynamic \"few\" {\n  for_each = []\n  content { name = inside }\n}");
    let path = Path(vec![attribute("few"), at(3), attribute("name")]);
    let found = span_of(&only_dynamic.body, &path).map(|span| only_dynamic.sources.slice(span));
    assert_eq!(found.as_deref(), Some("inside"));
}
