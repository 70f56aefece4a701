//! Functions that make one value of a collection or of several values.

use infra_values::convert::convert;
use infra_values::unify::unify;
use infra_values::{Kind, Number, Refinement, Type, Value};

use crate::evaluate::equality;
use crate::functions::arguments::{
    Outcome, any, bool, items, length as known_length, length_bounds, list_of_bool, number, refinement, unmarked,
    wrong_type,
};
use crate::functions::string::length_in_characters;
use crate::functions::{Context, Function, FunctionError, Parameter, Returns};

pub(in crate::functions) const ALLTRUE: Function = Function::new(
    "alltrue",
    "Tells whether all elements are true; of no elements, all are.",
    &[Parameter::new("list", list_of_bool)],
    Returns::Fixed(bool),
    all_true,
);

pub(in crate::functions) const ANYTRUE: Function = Function::new(
    "anytrue",
    "Tells whether at least one element is true.",
    &[Parameter::new("list", list_of_bool)],
    Returns::Fixed(bool),
    any_true,
);

pub(in crate::functions) const COALESCE: Function = Function::new(
    "coalesce",
    "Returns the first argument that is neither null nor an empty string; all are brought to one type.",
    &[],
    Returns::Computed(common_type),
    coalesce,
)
.variadic(Parameter::new("vals", any).nullable().sees_unknown());

pub(in crate::functions) const CONTAINS: Function = Function::new(
    "contains",
    "Tells whether a list, tuple or set has an element equal to a value, of the same type.",
    &[Parameter::new("list", any), Parameter::new("value", any)],
    Returns::Fixed(bool),
    contains,
)
.shown_as(|| Type::Any);

pub(in crate::functions) const LENGTH: Function = Function::new(
    "length",
    "Counts the elements of a collection or the characters of a string.",
    &[Parameter::new("value", any).sees_unknown().sees_marks()],
    Returns::Fixed(number),
    length,
);

pub(in crate::functions) const ONE: Function = Function::new(
    "one",
    "Returns the only element of a list, tuple or set, or null where it is empty.",
    &[Parameter::new("list", any)],
    Returns::Computed(one_type),
    one,
)
.may_be_null();

pub(in crate::functions) const SUM: Function = Function::new(
    "sum",
    "Adds up the numbers of a list, tuple or set.",
    &[Parameter::new("list", any)],
    Returns::Fixed(number),
    sum,
)
.shown_as(|| Type::Any);

fn all_true(_: &dyn Context, arguments: &[Value]) -> Outcome {
    for item in items(&arguments[0]) {
        match item.kind() {
            Kind::Bool(true) => {}
            Kind::Unknown(_) => return Ok(Value::unknown(Type::Bool)),
            _ => return Ok(Value::bool(false)),
        }
    }
    Ok(Value::bool(true))
}

fn any_true(_: &dyn Context, arguments: &[Value]) -> Outcome {
    let items = items(&arguments[0]);
    if items.iter().any(|item| item.as_bool() == Some(true)) {
        return Ok(Value::bool(true));
    }
    Ok(if items.iter().all(Value::is_known) { Value::bool(false) } else { Value::unknown(Type::Bool) })
}

fn common_type(arguments: &[Value]) -> Result<Type, FunctionError> {
    let types: Vec<Type> = arguments.iter().map(Value::ty).collect();
    unify(&types).ok_or_else(|| {
        let names: Vec<String> = types.iter().map(Type::friendly_name).collect();
        FunctionError::new(match names.as_slice() {
            [] => "at least one argument is required".to_owned(),
            names => format!("all arguments must have one type, but they are {}", names.join(", ")),
        })
    })
}

fn coalesce(_: &dyn Context, arguments: &[Value]) -> Outcome {
    let ty = common_type(arguments)?;
    for argument in arguments {
        let value = convert(argument, &ty).map_err(|error| FunctionError::new(error.to_string()))?;
        if !value.is_known() {
            return Ok(Value::unknown(ty));
        }
        if !value.is_null() && value.as_str() != Some("") {
            return Ok(value);
        }
    }
    Err(FunctionError::new("all arguments are null or empty strings; add one that never is"))
}

fn contains(_: &dyn Context, arguments: &[Value]) -> Outcome {
    let [collection, wanted] = arguments else {
        return Err(FunctionError::new("two arguments are required"));
    };
    let Some(items) = collection.as_items() else {
        return Err(wrong_type(0, "a list, tuple or set", &collection.ty()).of_call());
    };
    let mut undecided = false;
    for item in items {
        match equality::compare(item, wanted) {
            Some(true) => return Ok(Value::bool(true)),
            Some(false) => {}
            None => undecided = true,
        }
    }
    Ok(if undecided { Value::unknown(Type::Bool) } else { Value::bool(false) })
}

fn length(_: &dyn Context, arguments: &[Value]) -> Outcome {
    let (value, marks) = unmarked(&arguments[0]);
    let length = match value.ty() {
        Type::Any => Value::unknown(Type::Number),
        Type::String => match value.as_str() {
            Some(text) => Value::number(length_in_characters(text)),
            None => at_least(characters_at_least(&value)),
        },
        Type::List(_) | Type::Set(_) | Type::Map(_) | Type::Tuple(_) | Type::Object(_) => length_of_collection(&value),
        other => {
            return Err(wrong_type(0, "a string or a collection", &other).of_call());
        }
    };
    Ok(length.with_marks(&marks))
}

fn length_of_collection(value: &Value) -> Value {
    if let Some(length) = known_length(value) {
        return Value::number(length);
    }
    let (least, most) = length_bounds(value);
    if most == Some(least) {
        return Value::number(least);
    }
    let number_max = most.map(|most| (Number::from(most), true));
    Value::unknown_refined(
        Type::Number,
        Refinement { number_min: Some((Number::from(least), true)), number_max, ..Refinement::default() },
    )
}

fn at_least(least: usize) -> Value {
    let number_min = Some((Number::from(least), true));
    Value::unknown_refined(Type::Number, Refinement { number_min, ..Refinement::default() })
}

/// How many characters an unknown string has at least. What follows may still join the last one of the known ones.
fn characters_at_least(value: &Value) -> usize {
    refinement(value).and_then(|known| known.string_prefix.as_ref()).map_or(0, |prefix| length_in_characters(prefix))
}

fn not_one() -> FunctionError {
    FunctionError::argument(0, "a list, tuple or set with one element or none is required")
}

fn one_type(arguments: &[Value]) -> Result<Type, FunctionError> {
    match arguments[0].ty() {
        Type::List(element) | Type::Set(element) => Ok(Type::clone(&element)),
        Type::Tuple(elements) => match &*elements {
            [] => Ok(Type::Any),
            [only] => Ok(only.clone()),
            _ => Err(not_one()),
        },
        _ => Err(not_one()),
    }
}

fn one(_: &dyn Context, arguments: &[Value]) -> Outcome {
    let collection = &arguments[0];
    let ty = one_type(arguments)?;
    if known_length(collection).is_none() {
        return Ok(Value::unknown(ty));
    }
    match items(collection) {
        [] => Ok(Value::null(ty)),
        [only] => Ok(only.clone()),
        _ => Err(not_one()),
    }
}

fn sum(_: &dyn Context, arguments: &[Value]) -> Outcome {
    let collection = &arguments[0];
    let Some(items) = collection.as_items() else {
        return Err(wrong_type(0, "a list, tuple or set", &collection.ty()));
    };
    if items.is_empty() {
        return Err(FunctionError::argument(
            0,
            "there is nothing to add up; write concat([0], list) where that may happen",
        ));
    }
    if !collection.is_wholly_known() {
        return Ok(Value::unknown(Type::Number));
    }
    let mut total: Option<Number> = None;
    for (position, item) in items.iter().enumerate() {
        let converted = convert(item, &Type::Number).ok();
        let Some(next) = converted.as_ref().and_then(Value::as_number) else {
            return Err(FunctionError::argument(0, format!("element {position} is not a number")));
        };
        let sum = total.map_or_else(|| Ok(next.clone()), |total| total.add(next));
        total = Some(sum.map_err(|error| FunctionError::argument(0, error.to_string()))?);
    }
    Ok(Value::number(total.unwrap_or(Number::ZERO)))
}
