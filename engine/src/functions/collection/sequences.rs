//! Functions that take parts of lists and tuples.

use infra_values::{Type, Value};

use crate::evaluate::equality;
use crate::functions::arguments::{Outcome, any, items, length, number, unmarked, whole_number, wrong_type};
use crate::functions::{Context, Function, FunctionError, Parameter, Returns};

const LIST: Parameter = Parameter::new("list", any).sees_marks();

pub(in crate::functions) const COALESCELIST: Function = Function::new(
    "coalescelist",
    "Returns the first list or tuple that is not empty.",
    &[],
    Returns::Computed(|_| Ok(Type::Any)),
    coalesce_list,
)
.variadic(Parameter::new("vals", any).nullable().sees_unknown());

pub(in crate::functions) const ELEMENT: Function = Function::new(
    "element",
    "Returns the element at an index, which starts again at 0 beyond the end and counts from the end if negative.",
    &[LIST, Parameter::new("index", number)],
    Returns::Computed(element_type),
    element,
)
.may_be_null();

pub(in crate::functions) const INDEX: Function = Function::new(
    "index",
    "Returns the index of the first element that is equal to a value.",
    &[Parameter::new("list", any), Parameter::new("value", any)],
    Returns::Fixed(number),
    index,
)
.shown_as(|| Type::Any);

pub(in crate::functions) const REVERSE: Function =
    Function::new("reverse", "Reverses a list or tuple.", &[LIST], Returns::Computed(reversed_type), reverse);

pub(in crate::functions) const SLICE: Function = Function::new(
    "slice",
    "Takes the elements of a list or tuple from one index up to another, which is not included.",
    &[LIST, Parameter::new("start_index", number), Parameter::new("end_index", number)],
    Returns::Computed(slice_type),
    slice,
);

fn coalesce_list(_: &dyn Context, arguments: &[Value]) -> Outcome {
    if arguments.is_empty() {
        return Err(FunctionError::new("at least one argument is required"));
    }
    for (position, argument) in arguments.iter().enumerate() {
        if !argument.is_known() {
            break;
        }
        if !matches!(argument.ty(), Type::List(_) | Type::Tuple(_)) {
            return Err(wrong_type(position, "a list or tuple", &argument.ty()).of_call());
        }
    }
    for argument in arguments {
        if !argument.is_known() {
            return Ok(Value::unknown(Type::Any));
        }
        if !items(argument).is_empty() {
            return Ok(argument.clone());
        }
    }
    Err(FunctionError::new("all arguments are empty or null; add one that never is"))
}

/// Which of `count` elements the index in the second argument means.
fn element_position(arguments: &[Value], count: usize) -> Result<usize, FunctionError> {
    let index = whole_number(arguments, 1).map_err(FunctionError::of_call)?;
    i64::try_from(count)
        .ok()
        .and_then(|count| index.checked_rem_euclid(count))
        .and_then(|position| usize::try_from(position).ok())
        .ok_or_else(|| FunctionError::new("the list is empty, so it has no element to return"))
}

fn element_type(arguments: &[Value]) -> Result<Type, FunctionError> {
    match arguments[0].ty() {
        Type::List(element) => Ok(Type::clone(&element)),
        Type::Tuple(_) if !arguments[1].is_known() => Ok(Type::Any),
        Type::Tuple(elements) => Ok(elements[element_position(arguments, elements.len())?].clone()),
        other => Err(wrong_type(0, "a list or tuple", &other).of_call()),
    }
}

fn element(context: &dyn Context, arguments: &[Value]) -> Outcome {
    if context.language().is_strict() && arguments[1].as_number().is_some_and(|index| index.signum() < 0) {
        return Err(FunctionError::argument(1, "a negative index makes Terraform fail, and -strict allows no more"));
    }
    element_type(arguments)?;
    let (list, marks) = unmarked(&arguments[0]);
    let items = items(&list);
    let position = element_position(arguments, items.len())?;
    Ok(items[position].clone().with_marks(&marks))
}

fn index(_: &dyn Context, arguments: &[Value]) -> Outcome {
    let [list, wanted] = arguments else {
        return Err(FunctionError::new("two arguments are required"));
    };
    if !matches!(list.ty(), Type::List(_) | Type::Tuple(_)) {
        return Err(wrong_type(0, "a list or tuple", &list.ty()).of_call());
    }
    for (position, item) in items(list).iter().enumerate() {
        match equality::compare(item, wanted) {
            Some(true) => return Ok(Value::number(position)),
            Some(false) => {}
            None => return Ok(Value::unknown(Type::Number)),
        }
    }
    Err(FunctionError::new("no element is equal to the value; use contains to find out first"))
}

fn reversed_type(arguments: &[Value]) -> Result<Type, FunctionError> {
    match arguments[0].ty() {
        Type::List(element) | Type::Set(element) => Ok(Type::List(element)),
        Type::Tuple(elements) => Ok(Type::tuple(elements.iter().rev().cloned().collect::<Vec<_>>())),
        other => Err(wrong_type(0, "a list or tuple", &other)),
    }
}

fn reverse(_: &dyn Context, arguments: &[Value]) -> Outcome {
    let ty = reversed_type(arguments)?;
    let (sequence, marks) = unmarked(&arguments[0]);
    let reversed: Vec<Value> = items(&sequence).iter().rev().cloned().collect();
    Ok(list_or_tuple(&ty, reversed).with_marks(&marks))
}

fn list_or_tuple(ty: &Type, items: Vec<Value>) -> Value {
    match ty.element() {
        Some(element) => Value::list(element.clone(), items),
        None => Value::tuple(items),
    }
}

fn slice_type(arguments: &[Value]) -> Result<Type, FunctionError> {
    let ty = arguments[0].ty();
    if !matches!(ty, Type::List(_) | Type::Tuple(_)) {
        return Err(wrong_type(0, "a list or tuple (tolist makes a list of a set)", &ty));
    }
    let bounds = slice_bounds(arguments)?;
    Ok(match (ty, bounds) {
        (Type::Tuple(elements), Some((start, end))) => Type::tuple(elements[start..end].to_vec()),
        (Type::Tuple(_), None) => Type::Any,
        (list, _) => list,
    })
}

/// Start and end of a slice as far as they are known, within the list as far as it is.
fn slice_bounds(arguments: &[Value]) -> Result<Option<(usize, usize)>, FunctionError> {
    let count = length(&arguments[0]);
    let bound = |position: usize, what: &str| {
        if !arguments[position].is_known() {
            return Ok(None);
        }
        let given = whole_number(arguments, position)?;
        let Ok(index) = usize::try_from(given) else {
            let message = format!("the {what} must not be negative, but is {given}");
            return Err(FunctionError::argument(position, message));
        };
        match count.filter(|count| index > *count) {
            Some(count) => {
                let message = format!("the {what}, {index}, is beyond the length of the list, {count}");
                Err(FunctionError::argument(position, message))
            }
            None => Ok(Some(index)),
        }
    };
    let (start, end) = (bound(1, "start")?, bound(2, "end")?);
    match (start, end) {
        (Some(start), Some(end)) if start > end => {
            Err(FunctionError::argument(1, format!("the start, {start}, is beyond the end, {end}")))
        }
        (Some(start), Some(end)) => Ok(Some((start, end))),
        _ => Ok(None),
    }
}

fn slice(_: &dyn Context, arguments: &[Value]) -> Outcome {
    let ty = slice_type(arguments)?;
    let (sequence, marks) = unmarked(&arguments[0]);
    let taken = slice_bounds(arguments)?.and_then(|(start, end)| items(&sequence).get(start..end));
    Ok(list_or_tuple(&ty, taken.unwrap_or_default().to_vec()).with_marks(&marks))
}
