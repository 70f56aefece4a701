//! Taking one step into a value: attributes and indexes.

use infra_values::{Kind, Number, Type, Value};

use super::EvaluatedStep;
use crate::diagnostics::Diagnostic;
use crate::syntax::Span;

/// Takes one evaluated step; a splat, which walks elements, is the evaluator's own.
pub fn step_into(value: &Value, step: &EvaluatedStep<'_>) -> Result<Value, Diagnostic> {
    match step {
        EvaluatedStep::Attribute(name) => get_attribute(value, &name.text, name.span),
        EvaluatedStep::Index(key, span) => index(value, key, *span),
        EvaluatedStep::Splat(_, span) => {
            Err(Diagnostic::error("Invalid reference", "A splat cannot be used here; name one element.").at(*span))
        }
    }
}

/// `value.name`
pub fn get_attribute(value: &Value, name: &str, span: Span) -> Result<Value, Diagnostic> {
    let marks = value.marks();
    let missing = |detail: String| Err(Diagnostic::error("Unsupported attribute", detail).at(span));
    match value.kind() {
        Kind::Null(_) => Err(Diagnostic::error(
            "Attempt to get attribute from null value",
            format!("This value is null, so it does not have any attributes; \"{name}\" cannot be read from it."),
        )
        .at(span)),
        Kind::Object(attributes) => match attributes.get(name) {
            Some(attribute) => Ok(attribute.clone().with_marks(marks)),
            None => {
                let mut diagnostic = Diagnostic::error(
                    "Unsupported attribute",
                    format!("This object does not have an attribute named \"{name}\"."),
                )
                .at(span);
                diagnostic = diagnostic.suggest(name, attributes.keys().map(|key| key.as_str()));
                Err(diagnostic)
            }
        },
        Kind::Map(_, entries) => match entries.get(name) {
            Some(entry) => Ok(entry.clone().with_marks(marks)),
            None => Err(Diagnostic::error(
                "Missing map element",
                format!("This map does not have an element with the key \"{name}\"."),
            )
            .at(span)),
        },
        Kind::Unknown(unknown) => match &unknown.ty {
            Type::Any => Ok(Value::unknown(Type::Any).with_marks(marks)),
            Type::Map(element) => Ok(Value::unknown(Type::clone(element)).with_marks(marks)),
            Type::Object(object) => match object.attributes.get(name) {
                Some(ty) => Ok(Value::unknown(ty.clone()).with_marks(marks)),
                None => missing(format!("This object does not have an attribute named \"{name}\".")),
            },
            other => missing(no_attributes(other)),
        },
        _ => missing(no_attributes(&value.ty())),
    }
}

fn no_attributes(ty: &Type) -> String {
    match ty {
        Type::List(element) | Type::Set(element) if matches!(**element, Type::Object(_)) => format!(
            "This value is a {} and has no attributes of its own. Use an index for one element, or [*] to take the \
             attribute of every element.",
            ty.friendly_name()
        ),
        _ => format!("This value is a {} and has no attributes.", ty.friendly_name()),
    }
}

/// `value[key]`
pub fn index(value: &Value, key: &Value, span: Span) -> Result<Value, Diagnostic> {
    let marks = value.marks().union(key.marks());
    let fail = |detail: String| Err(Diagnostic::error("Invalid index", detail).at(span));
    if value.is_null() {
        return Err(Diagnostic::error(
            "Attempt to index null value",
            "This value is null, so it does not have any indices.",
        )
        .at(span));
    }
    if key.is_null() {
        return fail("Can't use a null value as an indexing key.".into());
    }
    let found = match value.kind() {
        Kind::List(element, items) => position(key, span)?
            .map(|at| items.get(at).cloned())
            .unwrap_or_else(|| Some(Value::unknown(element.clone()))),
        Kind::Tuple(items) => match position(key, span)? {
            Some(at) => items.get(at).cloned(),
            None => Some(Value::unknown(Type::Any)),
        },
        Kind::Map(element, entries) => match key_text(key, span)? {
            Some(text) => entries.get(text.as_str()).cloned(),
            None => Some(Value::unknown(element.clone())),
        },
        Kind::Object(attributes) => match key_text(key, span)? {
            Some(text) => attributes.get(text.as_str()).cloned(),
            None => Some(Value::unknown(Type::Any)),
        },
        Kind::Unknown(unknown) => match &unknown.ty {
            Type::Any => Some(Value::unknown(Type::Any)),
            Type::List(element) => position(key, span).map(|_| Some(Value::unknown(Type::clone(element))))?,
            Type::Map(element) => key_text(key, span).map(|_| Some(Value::unknown(Type::clone(element))))?,
            Type::Tuple(elements) => match position(key, span)? {
                Some(at) => elements.get(at).map(|ty| Value::unknown(ty.clone())),
                None => Some(Value::unknown(Type::Any)),
            },
            // As Terraform has it, a name in brackets tells less than one behind a dot.
            Type::Object(_) => key_text(key, span).map(|_| Some(Value::unknown(Type::Any)))?,
            other => return fail(not_indexable(other)),
        },
        _ => return fail(not_indexable(&value.ty())),
    };
    match found {
        Some(found) => Ok(found.with_marks(&marks)),
        None => fail(missing_element(value)),
    }
}

fn missing_element(value: &Value) -> String {
    match value.as_items() {
        Some([]) => "The given key does not identify an element in this collection value: the collection has no \
                     elements."
            .into(),
        Some(items) => format!(
            "The given key does not identify an element in this collection value: it has {} element{}, with the \
             positions 0 to {}.",
            items.len(),
            if items.len() == 1 { "" } else { "s" },
            items.len() - 1
        ),
        None => "The given key does not identify an element in this collection value.".into(),
    }
}

fn not_indexable(ty: &Type) -> String {
    match ty {
        Type::Set(_) => "Elements of a set are identified only by their value and don't have any separate index or \
                         key to select with. Use tolist() or a for expression."
            .into(),
        other => format!("This value is a {} and does not have any indices.", other.friendly_name()),
    }
}

/// The position a key stands for; `None` while it is unknown. A negative or fractional one is out of every range.
fn position(key: &Value, span: Span) -> Result<Option<usize>, Diagnostic> {
    let number = match key.kind() {
        Kind::Number(number) => Some(number.clone()),
        Kind::String(text) => text.parse::<Number>().ok(),
        Kind::Unknown(_) => return Ok(None),
        _ => None,
    };
    match number {
        Some(number) => Ok(Some(number.as_usize().unwrap_or(usize::MAX))),
        None => Err(Diagnostic::error(
            "Invalid index",
            "The given key does not identify an element in this collection value: a number is required.",
        )
        .at(span)),
    }
}

/// The text a key stands for; `None` while it is unknown.
fn key_text(key: &Value, span: Span) -> Result<Option<String>, Diagnostic> {
    match infra_values::convert::convert(key, &Type::String) {
        Ok(converted) => Ok(converted.as_str().map(str::to_owned)),
        Err(_) => Err(Diagnostic::error(
            "Invalid index",
            "The given key does not identify an element in this collection value: a string is required.",
        )
        .at(span)),
    }
}
