//! A value as `console`, `output` and the end of `apply` show it: the language's own notation, two spaces a level,
//! with types that the notation alone would lose (`tolist([…])`).
//!
//! Plans and states are laid out differently; see [`super::difference`].

use infra_values::{Kind, Type, Value, code_escape, is_printable};

/// Stands for what is withheld.
pub const SENSITIVE: &str = "(sensitive value)";
/// Stands for what only apply can tell.
pub const UNKNOWN: &str = "(known after apply)";

/// The value as text without a line break at the end. Lines behind the first are indented by `indent` spaces.
pub fn draw(value: &Value, indent: usize) -> String {
    if value.marks().is_sensitive() {
        return SENSITIVE.to_owned();
    }
    if value.marks().is_ephemeral() {
        return "(ephemeral value)".to_owned();
    }
    match value.kind() {
        Kind::Null(ty) => null(ty),
        Kind::Unknown(_) => UNKNOWN.to_owned(),
        Kind::Bool(value) => value.to_string(),
        Kind::Number(number) => number.to_string(),
        Kind::String(text) => draw_text(text, indent),
        Kind::Tuple(items) => draw_items(items, indent),
        Kind::List(_, items) => format!("tolist({})", draw_items(items, indent)),
        Kind::Set(_, items) => format!("toset({})", draw_items(items, indent)),
        Kind::Object(_) => draw_entries(value, indent),
        Kind::Map(..) => format!("tomap({})", draw_entries(value, indent)),
    }
}

fn draw_text(text: &str, indent: usize) -> String {
    if text.contains('\n') { heredoc(text, indent) } else { quoted(text) }
}

fn null(ty: &Type) -> String {
    match ty {
        Type::Any => "null".to_owned(),
        Type::Bool | Type::Number | Type::String => format!("to{ty}(null)"),
        Type::List(element) => format!("tolist(null) /* of {} */", element.friendly_name()),
        Type::Set(element) => format!("toset(null) /* of {} */", element.friendly_name()),
        Type::Map(element) => format!("tomap(null) /* of {} */", element.friendly_name()),
        Type::Tuple(_) | Type::Object(_) => format!("null /* {} */", ty.friendly_name()),
    }
}

fn draw_items(items: &[Value], indent: usize) -> String {
    if items.is_empty() {
        return "[]".to_owned();
    }
    let inner = indent + 2;
    let lines: String = items.iter().map(|item| format!("{:inner$}{},\n", "", draw(item, inner))).collect();
    format!("[\n{lines}{:indent$}]", "")
}

fn draw_entries(value: &Value, indent: usize) -> String {
    let Some(entries) = value.as_entries().filter(|entries| !entries.is_empty()) else { return "{}".to_owned() };
    let inner = indent + 2;
    let lines: String = entries
        .iter()
        .map(|(name, item)| format!("{:inner$}{} = {}\n", "", draw_text(name, inner), draw(item, inner)))
        .collect();
    format!("{{\n{lines}{:indent$}}}", "")
}

/// Text of several lines. At the left edge it could be copied into a file as it is.
fn heredoc(text: &str, indent: usize) -> String {
    let mut end = "EOT".to_owned();
    while text.lines().any(|line| line.trim() == end) {
        end.push('_');
    }
    if indent == 0 {
        return format!("<<{end}\n{text}\n{end}");
    }
    let lines: String = text.split('\n').map(|line| format!("{:indent$}{line}\n", "")).collect();
    format!("<<-{end}\n{lines}{:indent$}{end}", "")
}

/// Text in quotes, with escapes for what would break the line or cannot be seen.
pub fn quoted(text: &str) -> String {
    let mut quoted = String::with_capacity(text.len() + 2);
    quoted.push('"');
    for character in text.chars() {
        match character {
            '"' => quoted.push_str("\\\""),
            '\\' => quoted.push_str("\\\\"),
            '\n' => quoted.push_str("\\n"),
            '\r' => quoted.push_str("\\r"),
            '\t' => quoted.push_str("\\t"),
            _ if character.is_ascii_control() => quoted.push_str(&format!("\\x{:02x}", u32::from(character))),
            // Terminals take these for instructions, or show nothing.
            _ if !is_printable(character) => quoted.push_str(&code_escape(character)),
            _ => quoted.push(character),
        }
    }
    quoted.push('"');
    quoted
}

/// A name as it stands left of `=`: quoted unless it is an identifier.
pub fn attribute_name(name: &str) -> String {
    let mut characters = name.chars();
    let is_identifier = characters.next().is_some_and(|first| first.is_alphabetic() || first == '_')
        && characters.all(|character| character.is_alphanumeric() || matches!(character, '_' | '-'));
    if is_identifier { name.to_owned() } else { quoted(name) }
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeMap;

    use infra_values::Marks;

    use super::*;

    #[test]
    fn values_are_drawn_in_the_languages_notation() {
        let text = |text: &str| Value::string(text);
        let list = |items: &[&str]| Value::list(Type::String, items.iter().map(Value::string).collect::<Vec<_>>());
        let map = |value: Value| Value::map(value.ty(), BTreeMap::from([("a b".into(), value)]));
        let table = [
            (text("a\"b${x}\tq\u{1}\u{a0}é\\"), r#""a\"b${x}\tq\x01\u00a0é\\""#),
            (
                text("\u{ad}\u{301}\u{378}\u{e000}\u{feff}\u{e0001}😀"),
                "\"\\u00ad\u{301}\\u0378\\ue000\\ufeff\\U000e0001😀\"",
            ),
            (text("a\nb\n"), "<<EOT\na\nb\n\nEOT"),
            (Value::tuple([text("x\nEOT\ny")]), "[\n  <<-EOT_\n  x\n  EOT\n  y\n  EOT_,\n]"),
            (Value::object_from([("a", Value::bool(true))]), "{\n  \"a\" = true\n}"),
            (Value::object_from([("a\nb", Value::bool(true))]), "{\n  <<-EOT\n  a\n  b\n  EOT = true\n}"),
            (Value::object(BTreeMap::new()), "{}"),
            (list(&[]), "tolist([])"),
            (Value::set(Type::String, [text("a")]), "toset([\n  \"a\",\n])"),
            (map(Value::tuple([list(&["x"])])), "tomap({\n  \"a b\" = [\n    tolist([\n      \"x\",\n    ]),\n  ]\n})"),
            (Value::null(Type::Any), "null"),
            (Value::null(Type::Number), "tonumber(null)"),
            (Value::null(Type::list(Type::Bool)), "tolist(null) /* of bool */"),
            (Value::unknown(Type::Bool), "(known after apply)"),
            (Value::tuple([text("x").with_marks(&Marks::sensitive())]), "[\n  (sensitive value),\n]"),
            (map(Value::bool(true)).with_marks(&Marks::sensitive()), "(sensitive value)"),
        ];
        for (value, expected) in table {
            assert_eq!(draw(&value, 0), expected);
        }
    }

    #[test]
    fn only_identifiers_stand_unquoted() {
        for (name, expected) in [("a-b_1", "a-b_1"), ("_x", "_x"), ("1a", "\"1a\""), ("a b", "\"a b\""), ("", "\"\"")] {
            assert_eq!(attribute_name(name), expected);
        }
    }
}
