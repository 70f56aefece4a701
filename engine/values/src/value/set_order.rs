//! The order in which the language iterates sets.

use std::cmp::Ordering;

use super::{Kind, Value};
use crate::{code_escape, is_printable, nested};

/// Sorts the elements of a set into the order in which the language iterates them: primitives by value, others by
/// a canonical text; unknown elements behind the known ones and null last.
pub(super) fn sort_set(items: &mut [Value]) {
    if items.len() < 2 {
        return;
    }
    if items.iter().any(|item| item.kind.is_compound()) {
        items.sort_by_cached_key(|item| (rank(item), canonical_text(item)));
    } else {
        items.sort_by(|left, right| rank(left).cmp(&rank(right)).then_with(|| compare_primitives(left, right)));
    }
}

fn compare_primitives(left: &Value, right: &Value) -> Ordering {
    match (&left.kind, &right.kind) {
        (Kind::Bool(left), Kind::Bool(right)) => left.cmp(right),
        (Kind::Number(left), Kind::Number(right)) => left.cmp(right),
        (Kind::String(left), Kind::String(right)) => left.cmp(right),
        _ => Ordering::Equal,
    }
}

fn rank(item: &Value) -> u8 {
    match item.kind {
        Kind::Null(_) => 2,
        Kind::Unknown(_) => 1,
        _ => 0,
    }
}

/// The text by which non-primitive set elements are ordered. Its form is visible to users (it decides in which
/// order blocks of a set are written and shown), so it follows what Terraform does.
fn canonical_text(value: &Value) -> Vec<u8> {
    let mut text = Vec::new();
    write_canonical(value, &mut text);
    text
}

fn write_canonical(value: &Value, text: &mut Vec<u8>) {
    match &value.kind {
        Kind::Unknown(_) => text.push(b'?'),
        Kind::Null(_) => text.push(b'~'),
        Kind::Bool(true) => text.push(b'T'),
        Kind::Bool(false) => text.push(b'F'),
        Kind::Number(number) => text.extend_from_slice(number.to_general_text().as_bytes()),
        Kind::String(string) => write_quoted(string, text),
        Kind::List(_, items) | Kind::Set(_, items) => write_sequence(b'[', items.iter(), b']', text),
        Kind::Tuple(items) => write_sequence(b'<', items.iter(), b'>', text),
        Kind::Object(attributes) => write_sequence(b'<', attributes.values(), b'>', text),
        Kind::Map(_, entries) => {
            text.push(b'{');
            for (key, item) in entries.iter() {
                write_quoted(key, text);
                text.push(b':');
                nested(|| write_canonical(item, text));
                text.push(b';');
            }
            text.push(b'}');
        }
    }
}

fn write_sequence<'v>(open: u8, items: impl Iterator<Item = &'v Value>, close: u8, text: &mut Vec<u8>) {
    text.push(open);
    for item in items {
        nested(|| write_canonical(item, text));
        text.push(b';');
    }
    text.push(close);
}

fn write_quoted(string: &str, text: &mut Vec<u8>) {
    text.push(b'"');
    for character in string.chars() {
        match character {
            '"' => text.extend_from_slice(b"\\\""),
            '\\' => text.extend_from_slice(b"\\\\"),
            '\n' => text.extend_from_slice(b"\\n"),
            '\r' => text.extend_from_slice(b"\\r"),
            '\t' => text.extend_from_slice(b"\\t"),
            '\u{7}' => text.extend_from_slice(b"\\a"),
            '\u{8}' => text.extend_from_slice(b"\\b"),
            '\u{b}' => text.extend_from_slice(b"\\v"),
            '\u{c}' => text.extend_from_slice(b"\\f"),
            control if (control as u32) < 0x20 || control as u32 == 0x7f => {
                text.extend_from_slice(format!("\\x{:02x}", control as u32).as_bytes());
            }
            other if !is_printable(other) => text.extend_from_slice(code_escape(other).as_bytes()),
            other => text.extend_from_slice(other.encode_utf8(&mut [0; 4]).as_bytes()),
        }
    }
    text.push(b'"');
}
