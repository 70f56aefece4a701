//! Functions on types and marks, and those that catch mistakes.

use infra_values::convert::{ConvertError, convert};
use infra_values::{Kind, Marks, Type, Value};

use super::arguments::{Outcome, any, bool, list_of_any, number, set_of_any, string};
use super::{Context, Function, FunctionError, Parameter, Returns};

const VALUE: Parameter = Parameter::new("value", any).nullable().sees_unknown().sees_marks();
const CONVERTED: Parameter = Parameter::new("v", any).nullable().sees_unknown().sees_marks();

pub(super) const CAN: Function = Function::new(
    "can",
    "Tells whether an expression can be evaluated without a mistake.",
    &[Parameter::new("expression", any).sees_unknown().sees_marks()],
    Returns::Fixed(bool),
    |_, arguments| Ok(if arguments[0].is_wholly_known() { Value::bool(true) } else { Value::unknown(Type::Bool) }),
)
.lazy();

pub(super) const EPHEMERALASNULL: Function = Function::new(
    "ephemeralasnull",
    "Replaces ephemeral parts of a value by null.",
    &[VALUE],
    Returns::Computed(first_type),
    ephemeral_as_null,
)
.may_be_null();

pub(super) const ISSENSITIVE: Function = Function::new(
    "issensitive",
    "Tells whether a value as a whole is sensitive.",
    &[VALUE],
    Returns::Fixed(bool),
    |_, arguments| match arguments[0].marks().is_sensitive() {
        true => Ok(Value::bool(true)),
        false if arguments[0].is_known() => Ok(Value::bool(false)),
        // It may become sensitive with the value.
        false => Ok(Value::unknown(Type::Bool)),
    },
);

pub(super) const LIST: Function = Function::new(
    "list",
    "Gone since Terraform 0.12: write `tolist([…])`.",
    &[],
    Returns::Computed(|_| Err(gone("list"))),
    |_, _| Err(gone("list")),
)
.variadic(CONVERTED)
.withdrawn();

pub(super) const MAP: Function = Function::new(
    "map",
    "Gone since Terraform 0.12: write `tomap({…})`.",
    &[],
    Returns::Computed(|_| Err(gone("map"))),
    |_, _| Err(gone("map")),
)
.variadic(CONVERTED)
.withdrawn();

pub(super) const NONSENSITIVE: Function = Function::new(
    "nonsensitive",
    "Returns a value that is no longer sensitive. Its parts stay as they are.",
    &[VALUE],
    Returns::Computed(first_type),
    |_, arguments| {
        let (value, marks) = arguments[0].clone().unmark();
        Ok(value.with_marks(&marks.without_sensitive()))
    },
)
.may_be_null();

pub(super) const SENSITIVE: Function = Function::new(
    "sensitive",
    "Returns a value that is withheld from output.",
    &[VALUE],
    Returns::Computed(first_type),
    |_, arguments| Ok(arguments[0].clone().with_marks(&Marks::sensitive())),
)
.may_be_null();

pub(super) const TOBOOL: Function =
    Function::new("tobool", "Converts a value to a bool.", &[CONVERTED], Returns::Fixed(bool), |_, arguments| {
        converted(&arguments[0], &Type::Bool)
    })
    .may_be_null();

pub(super) const TOLIST: Function = Function::new(
    "tolist",
    "Converts a value to a list; the elements are brought to one type.",
    &[CONVERTED],
    Returns::Fixed(list_of_any),
    |_, arguments| converted(&arguments[0], &list_of_any()),
)
.may_be_null();

pub(super) const TOMAP: Function = Function::new(
    "tomap",
    "Converts a value to a map; the elements are brought to one type.",
    &[CONVERTED],
    Returns::Fixed(|| Type::map(Type::Any)),
    |_, arguments| converted(&arguments[0], &Type::map(Type::Any)),
)
.may_be_null();

pub(super) const TONUMBER: Function =
    Function::new("tonumber", "Converts a value to a number.", &[CONVERTED], Returns::Fixed(number), |_, arguments| {
        converted(&arguments[0], &Type::Number)
    })
    .may_be_null();

pub(super) const TOSET: Function = Function::new(
    "toset",
    "Converts a value to a set; the elements are brought to one type, and equal ones are there once.",
    &[CONVERTED],
    Returns::Fixed(set_of_any),
    |_, arguments| converted(&arguments[0], &set_of_any()),
)
.may_be_null();

pub(super) const TOSTRING: Function =
    Function::new("tostring", "Converts a value to a string.", &[CONVERTED], Returns::Fixed(string), |_, arguments| {
        converted(&arguments[0], &Type::String)
    })
    .may_be_null();

pub(super) const TRY: Function = Function::new(
    "try",
    "Returns the first of its expressions that can be evaluated without a mistake.",
    &[],
    Returns::Computed(|_| Ok(Type::Any)),
    first,
)
.variadic(Parameter::new("expressions", any).sees_unknown().sees_marks())
.may_be_null()
.lazy();

fn gone(name: &str) -> FunctionError {
    let instead = if name == "list" { "tolist([ … ])" } else { "tomap({ … })" };
    FunctionError::new(format!("it was removed from the language with Terraform 0.12; write {instead} instead"))
}

fn first_type(arguments: &[Value]) -> Result<Type, FunctionError> {
    Ok(arguments[0].ty())
}

fn first(_: &dyn Context, arguments: &[Value]) -> Outcome {
    match arguments.first() {
        // Whether it will be free of mistakes is not known, so another one may still be chosen.
        Some(value) if !value.is_wholly_known() => Ok(Value::unknown(Type::Any)),
        Some(value) => Ok(value.clone()),
        None => Err(FunctionError::new("at least one expression is required")),
    }
}

fn converted(value: &Value, to: &Type) -> Outcome {
    convert(value, to).map_err(|error| FunctionError::argument(0, failure(value, to, &error)))
}

fn failure(value: &Value, to: &Type, error: &ConvertError) -> String {
    let form = match (value.kind(), to) {
        (Kind::String(_), Type::Bool) => "only \"true\" and \"false\" can be",
        (Kind::String(_), Type::Number) => "only decimal digits with an optional sign, point and exponent can be",
        _ => return format!("conversion to {to} is not possible: {error}"),
    };
    format!("{:?} cannot be converted to {to}; {form}", value.as_str().unwrap_or_default())
}

fn ephemeral_as_null(_: &dyn Context, arguments: &[Value]) -> Outcome {
    Ok(arguments[0].transform(&mut |_, part| {
        let (bare, marks) = part.unmark();
        let is_replaced = marks.is_ephemeral() && bare.is_known();
        let kept = if is_replaced { Value::null(bare.ty()) } else { bare };
        kept.with_marks(&marks.without_ephemeral())
    }))
}
