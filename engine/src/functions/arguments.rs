//! What implementations share: types for declarations, reading converted arguments, small questions about values.

use infra_values::{Kind, Marks, Refinement, Type, Value};

use super::FunctionError;

/// What an implementation answers.
pub(super) type Outcome = Result<Value, FunctionError>;

pub(super) fn any() -> Type {
    Type::Any
}

pub(super) fn bool() -> Type {
    Type::Bool
}

pub(super) fn number() -> Type {
    Type::Number
}

pub(super) fn string() -> Type {
    Type::String
}

pub(super) fn list_of_any() -> Type {
    Type::list(Type::Any)
}

pub(super) fn list_of_bool() -> Type {
    Type::list(Type::Bool)
}

pub(super) fn list_of_number() -> Type {
    Type::list(Type::Number)
}

pub(super) fn list_of_string() -> Type {
    Type::list(Type::String)
}

pub(super) fn set_of_any() -> Type {
    Type::set(Type::Any)
}

/// The text of an argument whose parameter is a string; empty for anything else.
pub(super) fn text(argument: &Value) -> &str {
    argument.as_str().unwrap_or_default()
}

/// The elements of an argument that was checked to be a sequence; none for anything else.
pub(super) fn items(argument: &Value) -> &[Value] {
    argument.as_items().unwrap_or_default()
}

/// The whole number in an argument whose parameter is a number.
pub(super) fn whole_number(arguments: &[Value], position: usize) -> Result<i64, FunctionError> {
    let Some(number) = arguments.get(position).and_then(Value::as_number) else {
        return Err(FunctionError::argument(position, "a whole number is required"));
    };
    number.as_i64().ok_or_else(|| {
        let problem = if number.is_integer() { "is out of range" } else { "is not a whole number" };
        FunctionError::argument(position, format!("{number} {problem}"))
    })
}

/// An argument is of a type with which the function can do nothing.
pub(super) fn wrong_type(position: usize, wanted: &str, have: &Type) -> FunctionError {
    FunctionError::argument(position, format!("{wanted} is required, but have {}", have.friendly_name()))
}

/// Whether a value may turn out to be null.
pub(super) fn could_be_null(value: &Value) -> bool {
    match value.kind() {
        Kind::Null(_) => true,
        Kind::Unknown(unknown) => !unknown.refinement.as_ref().is_some_and(|refinement| refinement.not_null),
        _ => false,
    }
}

/// What is known about an unknown value.
pub(super) fn refinement(value: &Value) -> Option<&Refinement> {
    match value.kind() {
        Kind::Unknown(unknown) => unknown.refinement.as_deref(),
        _ => None,
    }
}

/// How many elements or entries a value has; `None` while that is not known, as for a set with unknown elements that
/// may turn out to be equal.
pub(super) fn length(value: &Value) -> Option<usize> {
    match value.kind() {
        Kind::List(_, items) | Kind::Tuple(items) => Some(items.len()),
        Kind::Set(_, items) => (items.len() < 2 || value.is_wholly_known()).then_some(items.len()),
        Kind::Map(_, entries) | Kind::Object(entries) => Some(entries.len()),
        Kind::Unknown(unknown) => match &unknown.ty {
            Type::Tuple(elements) => Some(elements.len()),
            Type::Object(object) => Some(object.attributes.len()),
            _ => None,
        },
        _ => None,
    }
}

/// The least and greatest length an unknown collection or a set with unknown elements can have.
pub(super) fn length_bounds(value: &Value) -> (usize, Option<usize>) {
    if let Some(length) = length(value) {
        return (length, Some(length));
    }
    if let Kind::Set(_, items) = value.kind() {
        return (1, Some(items.len()));
    }
    refinement(value).map_or((0, None), |known| (known.length_min.unwrap_or(0), known.length_max))
}

/// The value without the marks on its outside, and those marks.
pub(super) fn unmarked(argument: &Value) -> (Value, Marks) {
    argument.clone().unmark()
}
