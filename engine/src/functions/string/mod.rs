//! String functions. Patterns are in [`pattern`] and [`regex`], `format` and its relatives in [`format`].
//!
//! Characters are grapheme clusters, what a reader takes for one character, except where a function says otherwise.

mod case;
mod decimal;
pub(super) mod format;
mod pattern;
pub(super) mod regex;
mod replacement;

use infra_values::{Refinement, Str, Type, Value};
use unicode_segmentation::UnicodeSegmentation;

use super::arguments::{
    Outcome, bool, items, length_bounds, list_of_string, number, refinement, string, text, whole_number,
};
use super::{Context, Function, FunctionError, Parameter, Returns};

const STR: Parameter = Parameter::new("str", string);

pub(super) const CHOMP: Function = Function::new(
    "chomp",
    "Removes line ends from the end of a string.",
    &[STR],
    Returns::Fixed(string),
    |_, arguments| Ok(Value::string(text(&arguments[0]).trim_end_matches(['\n', '\r']))),
);

pub(super) const ENDSWITH: Function = Function::new(
    "endswith",
    "Tells whether a string ends with another.",
    &[STR, Parameter::new("suffix", string)],
    Returns::Fixed(bool),
    |_, arguments| Ok(Value::bool(text(&arguments[0]).ends_with(text(&arguments[1])))),
);

pub(super) const INDENT: Function = Function::new(
    "indent",
    "Adds spaces at the start of each line but the first.",
    &[Parameter::new("spaces", number), STR],
    Returns::Fixed(string),
    indent,
);

pub(super) const JOIN: Function = Function::new(
    "join",
    "Joins the strings of one or more lists, with a separator between them.",
    &[Parameter::new("separator", string)],
    Returns::Fixed(string),
    join,
)
.variadic(Parameter::new("lists", list_of_string));

pub(super) const LOWER: Function =
    Function::new("lower", "Turns all letters into small ones.", &[STR], Returns::Fixed(string), |_, arguments| {
        Ok(Value::string(case::lower(text(&arguments[0]))))
    });

pub(super) const SORT: Function = Function::new(
    "sort",
    "Sorts strings by the bytes of their UTF-8 form: capitals come before small letters.",
    &[Parameter::new("list", list_of_string).sees_unknown()],
    Returns::Fixed(list_of_string),
    sort,
);

pub(super) const SPLIT: Function = Function::new(
    "split",
    "Splits a string at each occurrence of a separator; an empty separator splits it into code points.",
    &[Parameter::new("separator", string), STR],
    Returns::Fixed(list_of_string),
    split,
);

pub(super) const STARTSWITH: Function = Function::new(
    "startswith",
    "Tells whether a string starts with another.",
    &[STR.sees_unknown(), Parameter::new("prefix", string)],
    Returns::Fixed(bool),
    starts_with,
);

pub(super) const STRCONTAINS: Function = Function::new(
    "strcontains",
    "Tells whether a string contains another.",
    &[STR, Parameter::new("substr", string)],
    Returns::Fixed(bool),
    |_, arguments| Ok(Value::bool(text(&arguments[0]).contains(text(&arguments[1])))),
);

pub(super) const STRREV: Function =
    Function::new("strrev", "Reverses the characters of a string.", &[STR], Returns::Fixed(string), |_, arguments| {
        Ok(Value::string(text(&arguments[0]).graphemes(true).rev().collect::<String>()))
    });

pub(super) const SUBSTR: Function = Function::new(
    "substr",
    "Takes part of a string: from an offset (negative: from the end) a number of characters (-1: all that follow).",
    &[STR, Parameter::new("offset", number), Parameter::new("length", number)],
    Returns::Fixed(string),
    substr,
);

pub(super) const TITLE: Function = Function::new(
    "title",
    "Turns the first letter of each word into a capital.",
    &[STR],
    Returns::Fixed(string),
    |_, arguments| Ok(Value::string(case::title(text(&arguments[0])))),
);

pub(super) const TRIM: Function = Function::new(
    "trim",
    "Removes all of the given characters (code points) from both ends of a string.",
    &[STR, Parameter::new("cutset", string)],
    Returns::Fixed(string),
    |_, arguments| {
        let unwanted = text(&arguments[1]);
        Ok(Value::string(text(&arguments[0]).trim_matches(|character| unwanted.contains(character))))
    },
);

pub(super) const TRIMPREFIX: Function = Function::new(
    "trimprefix",
    "Removes a prefix from a string, where it has it.",
    &[STR, Parameter::new("prefix", string)],
    Returns::Fixed(string),
    |_, arguments| {
        let whole = text(&arguments[0]);
        Ok(Value::string(whole.strip_prefix(text(&arguments[1])).unwrap_or(whole)))
    },
);

pub(super) const TRIMSPACE: Function = Function::new(
    "trimspace",
    "Removes white space from both ends of a string.",
    &[STR],
    Returns::Fixed(string),
    |_, arguments| Ok(Value::string(text(&arguments[0]).trim())),
);

pub(super) const TRIMSUFFIX: Function = Function::new(
    "trimsuffix",
    "Removes a suffix from a string, where it has it.",
    &[STR, Parameter::new("suffix", string)],
    Returns::Fixed(string),
    |_, arguments| {
        let whole = text(&arguments[0]);
        Ok(Value::string(whole.strip_suffix(text(&arguments[1])).unwrap_or(whole)))
    },
);

pub(super) const UPPER: Function =
    Function::new("upper", "Turns all letters into capitals.", &[STR], Returns::Fixed(string), |_, arguments| {
        Ok(Value::string(case::upper(text(&arguments[0]))))
    });

/// The length of a string in characters, for `length`.
pub(super) fn length_in_characters(text: &str) -> usize {
    text.graphemes(true).count()
}

/// More spaces in all than any text has; beyond it lies exhausted memory.
const INDENT_MAX: usize = 100_000_000;

fn indent(_: &dyn Context, arguments: &[Value]) -> Outcome {
    let spaces = whole_number(arguments, 0).map_err(FunctionError::of_call)?;
    let Ok(width) = usize::try_from(spaces) else {
        return Err(FunctionError::new(format!("the number of spaces must not be negative: {spaces}")));
    };
    let lines: Vec<&str> = text(&arguments[1]).split('\n').collect();
    let breaks = lines.len() - 1;
    if breaks.saturating_mul(width) > INDENT_MAX {
        return Err(FunctionError::new(format!("{breaks} times {spaces} spaces are more than {INDENT_MAX}")));
    }
    let width = if breaks == 0 { 0 } else { width };
    Ok(Value::string(lines.join(&format!("\n{}", " ".repeat(width)))))
}

fn join(_: &dyn Context, arguments: &[Value]) -> Outcome {
    let [separator, lists @ ..] = arguments else {
        return Err(FunctionError::new("a separator is required"));
    };
    if lists.is_empty() {
        return Err(FunctionError::new("at least one list is required"));
    }
    if !lists.iter().all(Value::is_wholly_known) {
        return Ok(Value::unknown(Type::String));
    }
    let mut parts = Vec::new();
    for (list_position, list) in lists.iter().enumerate() {
        for (position, item) in items(list).iter().enumerate() {
            let Some(part) = item.as_str() else {
                let message = format!("element {position} is null, and null cannot be joined; leave it out");
                return Err(FunctionError::argument(list_position + 1, message));
            };
            parts.push(part);
        }
    }
    Ok(Value::string(parts.join(text(separator))))
}

fn sort(_: &dyn Context, arguments: &[Value]) -> Outcome {
    let list = &arguments[0];
    if !list.is_wholly_known() {
        return Ok(match length_bounds(list) {
            (least, Some(most)) if least == most => {
                Value::list(Type::String, vec![Value::unknown(Type::String); least])
            }
            (least, most) => Value::unknown_refined(
                list_of_string(),
                Refinement { length_min: (least > 0).then_some(least), length_max: most, ..Refinement::default() },
            ),
        });
    }
    let mut strings: Vec<&str> = Vec::with_capacity(items(list).len());
    for (position, item) in items(list).iter().enumerate() {
        let Some(string) = item.as_str() else {
            let message = format!("element {position} is null, and null cannot be sorted; leave it out");
            return Err(FunctionError::new(message));
        };
        strings.push(string);
    }
    strings.sort_unstable();
    Ok(strings_to_list(strings.into_iter()))
}

fn split(_: &dyn Context, arguments: &[Value]) -> Outcome {
    let (separator, whole) = (text(&arguments[0]), text(&arguments[1]));
    if separator.is_empty() {
        return Ok(strings_to_list(whole.char_indices().map(|(at, point)| &whole[at..at + point.len_utf8()])));
    }
    Ok(strings_to_list(whole.split(separator)))
}

fn strings_to_list<'t>(strings: impl Iterator<Item = &'t str>) -> Value {
    Value::list(Type::String, strings.map(Value::string).collect::<Vec<_>>())
}

fn starts_with(_: &dyn Context, arguments: &[Value]) -> Outcome {
    let (whole, prefix) = (&arguments[0], text(&arguments[1]));
    if whole.is_known() {
        return Ok(Value::bool(text(whole).starts_with(prefix)));
    }
    let beginning = refinement(whole).and_then(|known| known.string_prefix.as_ref()).map_or("", Str::as_str);
    if beginning.starts_with(prefix) {
        return Ok(Value::bool(true));
    }
    if prefix.starts_with(beginning) {
        return Ok(Value::unknown(Type::Bool));
    }
    Ok(Value::bool(false))
}

fn substr(_: &dyn Context, arguments: &[Value]) -> Outcome {
    let whole = text(&arguments[0]);
    let bound = |position: usize| whole_number(arguments, position).map_err(FunctionError::of_call);
    let (offset, length) = (bound(1)?, bound(2)?);
    let total = i64::try_from(length_in_characters(whole)).unwrap_or(i64::MAX);
    // Terraform takes a length of 0 after a negative offset for "all that follow"; configurations may rely on it.
    if offset >= 0 && length == 0 {
        return Ok(Value::string(""));
    }
    let start = if offset < 0 { offset.saturating_add(total).max(0) } else { offset };
    let rest = whole.graphemes(true).skip(usize::try_from(start).unwrap_or(usize::MAX));
    let part: String = match usize::try_from(length) {
        Ok(0) | Err(_) => rest.collect(),
        Ok(length) => rest.take(length).collect(),
    };
    Ok(Value::string(part))
}
