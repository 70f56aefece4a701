//! JSON as text: what `jsondecode` reads.
//!
//! Terraform reads more than the standard allows: half of a surrogate pair counts as U+FFFD, and once the value has
//! ended, what follows a `]` or `}` too many is not looked at.

use std::borrow::Cow;

use serde_json::{Deserializer, Value};

use super::FunctionError;

pub(super) fn parse(source: &str) -> Result<Value, FunctionError> {
    let invalid = |reason: &dyn std::fmt::Display| FunctionError::new(format!("the text is not valid JSON: {reason}"));
    let source = with_whole_pairs(source);
    let mut values = Deserializer::from_str(&source).into_iter::<Value>();
    let Some(first) = values.next() else { return Err(invalid(&"there is nothing in it")) };
    let value = first.map_err(|error| invalid(&error))?;
    let rest = source[values.byte_offset()..].trim_start_matches([' ', '\t', '\n', '\r']);
    match rest.chars().next() {
        None | Some(']' | '}') => Ok(value),
        Some(other) => Err(invalid(&format!("{other:?} follows the value"))),
    }
}

/// How long `\uXXXX` is.
const ESCAPE_LENGTH: usize = 6;

/// The text with U+FFFD instead of escaped halves of surrogate pairs.
fn with_whole_pairs(source: &str) -> Cow<'_, str> {
    let mut written = String::new();
    let (mut copied, mut position) = (0, 0);
    while let Some(found) = source[position..].find('\\') {
        position += found;
        position += match (code(source, position), code(source, position + ESCAPE_LENGTH)) {
            (Some(0xd800..=0xdbff), Some(0xdc00..=0xdfff)) => 2 * ESCAPE_LENGTH,
            (Some(0xd800..=0xdfff), _) => {
                written.push_str(&source[copied..position]);
                written.push_str("\\ufffd");
                copied = position + ESCAPE_LENGTH;
                ESCAPE_LENGTH
            }
            (Some(_), _) => ESCAPE_LENGTH,
            // The escaped character may be a backslash itself.
            (None, _) => 1 + source[position + 1..].chars().next().map_or(0, char::len_utf8),
        };
    }
    if copied == 0 {
        return Cow::Borrowed(source);
    }
    written.push_str(&source[copied..]);
    Cow::Owned(written)
}

/// The code of the escape at a position, if one is there.
fn code(source: &str, position: usize) -> Option<u32> {
    let digits = source.get(position..)?.strip_prefix("\\u")?.get(..4)?;
    if digits.bytes().all(|byte| byte.is_ascii_hexdigit()) { u32::from_str_radix(digits, 16).ok() } else { None }
}
