//! Functions on regular expressions, in the syntax of RE2; see [`super::pattern`].

use std::collections::BTreeMap;

use infra_values::{Str, Type, Value};
use regex::{Captures, Regex};

use super::{pattern, replacement};
use crate::functions::arguments::{Outcome, string, text};
use crate::functions::{Context, Function, FunctionError, Parameter, Returns};

const PATTERN: Parameter = Parameter::new("pattern", string);
const STRING: Parameter = Parameter::new("string", string);

pub(in crate::functions) const REGEX: Function = Function::new(
    "regex",
    "Finds the first match of a regular expression: a string without capture groups, a tuple with unnamed groups, an \
     object with named ones.",
    &[PATTERN, STRING],
    Returns::Computed(match_type),
    find,
);

pub(in crate::functions) const REGEXALL: Function = Function::new(
    "regexall",
    "Finds all matches of a regular expression, each in the form `regex` gives.",
    &[PATTERN, STRING],
    Returns::Computed(|arguments| Ok(Type::list(match_type(arguments)?))),
    find_all,
)
.shown_as(|| Type::list(Type::Any));

pub(in crate::functions) const REPLACE: Function = Function::new(
    "replace",
    "Replaces each occurrence of a string, or each match of a regular expression written between slashes; `$1` then \
     stands for what its first group matched.",
    &[Parameter::new("str", string), Parameter::new("substr", string), Parameter::new("replace", string)],
    Returns::Fixed(string),
    replace,
);

/// The form in which a match is given.
enum Shape {
    Whole,
    Groups,
    Named(Vec<Str>),
}

impl Shape {
    fn of(pattern: &Regex) -> Result<Self, FunctionError> {
        let groups = pattern.captures_len() - 1;
        let named: Vec<Str> = pattern.capture_names().flatten().map(Str::from).collect();
        match named.len() {
            0 if groups == 0 => Ok(Self::Whole),
            0 => Ok(Self::Groups),
            count if count == groups => Ok(Self::Named(named)),
            _ => Err(FunctionError::argument(
                0,
                "the pattern has both named and unnamed groups; name all of them, or make those without a name \
                 non-capturing with (?:…)",
            )),
        }
    }

    fn ty(&self, pattern: &Regex) -> Type {
        match self {
            Self::Whole => Type::String,
            Self::Groups => Type::tuple(vec![Type::String; pattern.captures_len() - 1]),
            Self::Named(names) => Type::object(names.iter().map(|name| (name.clone(), Type::String))),
        }
    }

    fn value(&self, captures: &Captures<'_>) -> Value {
        let group = |number: usize| match captures.get(number) {
            Some(found) => Value::string(found.as_str()),
            None => Value::null(Type::String),
        };
        match self {
            Self::Whole => group(0),
            Self::Groups => Value::tuple((1..captures.len()).map(group).collect::<Vec<_>>()),
            Self::Named(names) => Value::object(
                names
                    .iter()
                    .enumerate()
                    .map(|(position, name)| (name.clone(), group(position + 1)))
                    .collect::<BTreeMap<_, _>>(),
            ),
        }
    }
}

fn match_type(arguments: &[Value]) -> Result<Type, FunctionError> {
    if !arguments[0].is_known() {
        return Ok(Type::Any);
    }
    let pattern = compile(text(&arguments[0]), arguments, 0)?;
    Ok(Shape::of(&pattern)?.ty(&pattern))
}

/// Compiles a pattern that stands in an argument, or is part of it.
fn compile(pattern: &str, arguments: &[Value], position: usize) -> Result<Regex, FunctionError> {
    pattern::compile(pattern).map_err(|reason| {
        let given = text(&arguments[position]);
        FunctionError::argument(position, format!("{given:?} is not a valid regular expression: {reason}"))
    })
}

fn find(_: &dyn Context, arguments: &[Value]) -> Outcome {
    let pattern = compile(text(&arguments[0]), arguments, 0)?;
    let shape = Shape::of(&pattern)?;
    match pattern.captures(text(&arguments[1])) {
        Some(captures) => Ok(shape.value(&captures)),
        None => Err(FunctionError::new(
            "the pattern does not match any part of the string; use regexall or can where that may happen",
        )),
    }
}

fn find_all(_: &dyn Context, arguments: &[Value]) -> Outcome {
    let pattern = compile(text(&arguments[0]), arguments, 0)?;
    let shape = Shape::of(&pattern)?;
    let matches: Vec<Value> =
        pattern.captures_iter(text(&arguments[1])).map(|captures| shape.value(&captures)).collect();
    Ok(Value::list(shape.ty(&pattern), matches))
}

fn replace(_: &dyn Context, arguments: &[Value]) -> Outcome {
    let (whole, wanted, instead) = (text(&arguments[0]), text(&arguments[1]), text(&arguments[2]));
    let between_slashes = (wanted.len() > 1).then(|| wanted.strip_prefix('/')?.strip_suffix('/')).flatten();
    match between_slashes {
        Some(written) => {
            let pattern = compile(written, arguments, 1).map_err(FunctionError::of_call)?;
            let names: Vec<Option<&str>> = pattern.capture_names().collect();
            let replaced = pattern.replace_all(whole, |captures: &Captures<'_>| {
                let mut expanded = String::new();
                replacement::expand(instead, captures, &names, &mut expanded);
                expanded
            });
            Ok(Value::string(replaced))
        }
        None => Ok(Value::string(whole.replace(wanted, instead))),
    }
}
