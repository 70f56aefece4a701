use super::super::{SourceMap, print};
use super::*;
use crate::diagnostics::Diagnostics;

/// The expression of a text, and the mistakes with line and column.
fn read(text: &str, reading: Reading) -> (String, Vec<String>) {
    let sources = SourceMap::new();
    let (_, value, mut mistakes) = parse_json_bytes(&sources, "x.json", text.as_bytes());
    let mut found = Diagnostics::new();
    let printed = value.map(|value| print::expression(&value.expression(text, reading, &mut found)));
    mistakes.extend(found);
    let place = |span: Span| {
        let (line, column) = sources.line_column(span.file, span.start);
        format!("{line}:{column}+{}", span.end - span.start)
    };
    let mistakes =
        mistakes.iter().map(|found| format!("{} {}", found.span.map(place).unwrap_or_default(), found.summary));
    (printed.unwrap_or_default(), mistakes.collect())
}

#[test]
fn values_become_expressions() {
    let table = [
        (r#"{"a": [1, true, null, "x"], "b": {}}"#, r#"{"a" = [1, true, null, "x"], "b" = {}}"#),
        (r#"[123456789012345678901234567890, 0.1, -0, 1e3]"#, "[123456789012345678901234567890, 0.1, 0, 1000]"),
        (r#""a${var.b}c""#, r#"template("a" ${var.b} "c")"#),
        (r#""${var.b}""#, "wrap(var.b)"),
        (r#""$${a} %%{b}""#, r#""${a} %{b}""#),
        (r#""${\"q\"} \u0041\ud83d\ude00\ud83d \/""#, r#"template(${"q"} " A😀� /")"#),
        (r#"{"${var.k}": 1, "k": "%{ if a }b%{ endif }"}"#, r#"{wrap(var.k) = 1, "k" = template(if(a: "b" else ))}"#),
        ("\"e\u{301}\"", "\"é\""),
    ];
    for (text, expected) in table {
        assert_eq!(read(text, Reading::Template), (expected.to_owned(), Vec::new()), "{text}");
    }
    let literal = r#"["${a}", "b.c"]"#;
    assert_eq!(read(literal, Reading::Literal).0, r#"["${a}", "b.c"]"#);
    assert_eq!(read(r#"["a.b", "all", "c[0].d"]"#, Reading::Reference).0, "[a.b, all, c[0].d]");
    assert_eq!(read(r#"["${a}", "a b"]"#, Reading::Reference), (r#"["${a}", "a b"]"#.to_owned(), Vec::new()));
    assert_eq!(
        read(r#""object({a = optional(string, \"x\")})""#, Reading::Native).0,
        "object({\"a\" = optional(string, \"x\")})"
    );
}

#[test]
fn every_mistake_is_reported_where_it_is() {
    let table: &[(&str, &[&str])] = &[
        ("", &["1:1+0 Missing value"]),
        ("{", &["1:1+1 Unclosed object"]),
        ("\u{feff}{}", &["1:1+3 Invalid start of value"]),
        ("{} x", &["1:4+1 Extraneous data after value"]),
        (
            r#"[01, 1e, -, +1]"#,
            &[
                "1:2+2 Invalid JSON number",
                "1:6+2 Invalid JSON number",
                "1:10+1 Invalid JSON number",
                "1:13+1 Invalid start of value",
            ],
        ),
        ("[tru, False]", &["1:2+3 Invalid JSON keyword", "1:7+5 Invalid JSON keyword"]),
        (
            r#"{"a":, "b" 1, "c" = 2, d: 3}"#,
            &[
                "1:6+1 Missing JSON value",
                "1:12+1 Missing property value colon",
                "1:19+1 Missing property value colon",
                "1:24+1 Invalid object property name",
            ],
        ),
        ("{\"a\": 1,\n}", &["1:8+1 Trailing comma in object"]),
        ("[1, 2,]", &["1:6+1 Trailing comma in array"]),
        ("[1 2]", &["1:4+1 Missing attribute separator comma"]),
        ("{\"a\": [1}", &["1:9+1 Mismatched braces", "1:1+1 Unclosed object"]),
        (
            r#"["a\qb", "\u12", 'x']"#,
            &["1:4+2 Invalid JSON string", "1:11+2 Invalid JSON string", "1:18+1 Invalid start of value"],
        ),
        ("[\"a\nb\"]", &["1:4+0 Invalid JSON string"]),
        ("{ // why\n \"a\": 1 }", &["1:3+6 Invalid start of value"]),
        (r#"{"a": 1, "a": 2}"#, &["1:10+3 Duplicate object attribute"]),
        // Behind escapes, places are those of the file.
        (r#""\u0041\n${1 +}""#, &["1:15+1 Invalid expression"]),
    ];
    for (text, expected) in table {
        assert_eq!(read(text, Reading::Template).1, *expected, "{text}");
    }
    let deep = format!("{}{}", "[".repeat(2000), "]".repeat(2000));
    assert_eq!(read(&deep, Reading::Template).1, ["1:1001+1 Nesting too deep"]);
    let sources = SourceMap::new();
    let (_, _, found) = parse_json_bytes(&sources, "x.json", b"[\"\xff\"]");
    assert!(!found.has_errors() && found.0.len() == 1, "{found:?}");
}

#[test]
fn the_way_to_a_place_is_told() {
    let text = r#"{"resource": {"a": [{"b": {"c": 1}}]}}"#;
    let sources = SourceMap::new();
    let file = sources.add("x.json", text);
    let start = u32::try_from(text.find("\"c\"").unwrap()).unwrap();
    assert_eq!(json_path_to(&sources, Span { file, start, end: start + 1 }), "resource.a[0].b.c");
}
