//! What a match is replaced with: `$1`, `$name`, `${name}` and `$$`, as Go reads them.
//!
//! A name is as long as letters and digits of any script go. Braces that hold anything else are no reference.

use regex::Captures;

/// Writes the replacement of one match.
pub(super) fn expand(replacement: &str, captures: &Captures<'_>, names: &[Option<&str>], written: &mut String) {
    let mut rest = replacement;
    while let Some((before, behind)) = rest.split_once('$') {
        written.push_str(before);
        rest = behind;
        if let Some(behind) = rest.strip_prefix('$') {
            written.push('$');
            rest = behind;
        } else if let Some((name, behind)) = reference(rest) {
            written.push_str(group(name, captures, names));
            rest = behind;
        } else {
            written.push('$');
        }
    }
    written.push_str(rest);
}

/// The name at the beginning of a text, with or without braces, and what is behind it.
fn reference(text: &str) -> Option<(&str, &str)> {
    let (inside, in_braces) = text.strip_prefix('{').map_or((text, false), |inside| (inside, true));
    let is_part = |character: char| character.is_alphabetic() || character.is_numeric() || character == '_';
    let end = inside.find(|character| !is_part(character)).unwrap_or(inside.len());
    let (name, behind) = inside.split_at(end);
    let behind = if in_braces { behind.strip_prefix('}')? } else { behind };
    (!name.is_empty()).then_some((name, behind))
}

/// What a group has matched: one by its number, which has no zeros in front, or the first of a name that has.
fn group<'t>(name: &str, captures: &Captures<'t>, names: &[Option<&str>]) -> &'t str {
    let is_number = name.bytes().all(|byte| byte.is_ascii_digit()) && (name == "0" || !name.starts_with('0'));
    let found = if is_number {
        name.parse().ok().and_then(|number| captures.get(number))
    } else {
        let named = names.iter().enumerate().filter(|(_, other)| **other == Some(name));
        named.filter_map(|(number, _)| captures.get(number)).next()
    };
    found.map_or("", |found| found.as_str())
}
