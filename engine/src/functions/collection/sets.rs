//! Functions on sets, and the product of sets or lists.

use infra_values::convert::convert;
use infra_values::unify::unify;
use infra_values::{Marks, Refinement, Type, Value};

use crate::functions::arguments::{Outcome, any, items, length, length_bounds, set_of_any, wrong_type};
use crate::functions::{Context, Function, FunctionError, Parameter, Returns};

pub(in crate::functions) const SETINTERSECTION: Function = Function::new(
    "setintersection",
    "Returns the elements that are in all of the given sets.",
    &[Parameter::new("first_set", set_of_any)],
    Returns::Computed(common_set_type),
    |_, arguments| combine(arguments, |kept, other| kept.retain(|item| other.contains(item))),
)
.variadic(Parameter::new("other_sets", set_of_any))
.shown_as(|| Type::set(Type::Any));

pub(in crate::functions) const SETPRODUCT: Function = Function::new(
    "setproduct",
    "Returns all combinations of elements of the given sets or lists: a list where all are lists, else a set.",
    &[],
    Returns::Computed(product_type),
    product,
)
.variadic(Parameter::new("sets", any).sees_unknown().sees_marks());

pub(in crate::functions) const SETSUBTRACT: Function = Function::new(
    "setsubtract",
    "Returns the elements of the first set that are not in the second.",
    &[Parameter::new("a", set_of_any), Parameter::new("b", set_of_any)],
    Returns::Computed(common_set_type),
    |_, arguments| combine(arguments, |kept, other| kept.retain(|item| !other.contains(item))),
)
.shown_as(|| Type::set(Type::Any));

pub(in crate::functions) const SETUNION: Function = Function::new(
    "setunion",
    "Returns the elements that are in at least one of the given sets.",
    &[Parameter::new("first_set", set_of_any)],
    Returns::Computed(common_set_type),
    union,
)
.variadic(Parameter::new("other_sets", set_of_any))
.shown_as(|| Type::set(Type::Any));

/// The set type to which all arguments, which are sets, can be brought.
fn common_set_type(arguments: &[Value]) -> Result<Type, FunctionError> {
    let elements: Vec<Type> = arguments
        .iter()
        // An empty set of nothing in particular fits anything.
        .filter(|argument| !(argument.as_items().is_some_and(<[Value]>::is_empty) && argument.ty() == set_of_any()))
        .filter_map(|argument| argument.ty().element().cloned())
        .collect();
    if elements.is_empty() {
        return Ok(set_of_any());
    }
    unify(&elements).map(Type::set).ok_or_else(|| {
        let names: Vec<String> = elements.iter().map(Type::friendly_name).collect();
        FunctionError::new(format!("the sets must have elements of one type, but they are {}", names.join(", ")))
    })
}

/// The arguments brought to one type, with that type's element.
fn alike(arguments: &[Value]) -> Result<(Type, Vec<Value>), FunctionError> {
    let ty = common_set_type(arguments)?;
    let converted = arguments
        .iter()
        .enumerate()
        .map(|(position, argument)| {
            convert(argument, &ty).map_err(|error| FunctionError::argument(position, error.to_string()))
        })
        .collect::<Result<Vec<_>, _>>()?;
    Ok((ty.element().cloned().unwrap_or(Type::Any), converted))
}

/// Takes elements out of the first set as the others demand it, one after the other.
fn combine(arguments: &[Value], reduce: fn(&mut Vec<Value>, &std::collections::HashSet<&Value>)) -> Outcome {
    let (element, sets) = alike(arguments)?;
    if !sets.iter().all(Value::is_wholly_known) {
        return Ok(Value::unknown(Type::set(element)));
    }
    let mut kept = sets.first().map(|first| items(first).to_vec()).unwrap_or_default();
    for other in sets.iter().skip(1) {
        reduce(&mut kept, &items(other).iter().collect());
    }
    Ok(Value::set(element, kept))
}

fn union(_: &dyn Context, arguments: &[Value]) -> Outcome {
    let (element, sets) = alike(arguments)?;
    Ok(Value::set(element, sets.iter().flat_map(items).cloned()))
}

fn product_type(arguments: &[Value]) -> Result<Type, FunctionError> {
    if arguments.len() < 2 {
        return Err(FunctionError::new("at least two sets or lists are required"));
    }
    let mut all_lists = true;
    let has_no_combination = arguments.iter().any(|argument| length(argument) == Some(0));
    let mut elements = Vec::with_capacity(arguments.len());
    for (position, argument) in arguments.iter().enumerate() {
        elements.push(match argument.ty() {
            Type::Any => return Ok(Type::Any),
            Type::List(element) => Type::clone(&element),
            Type::Set(element) => {
                all_lists = false;
                Type::clone(&element)
            }
            Type::Tuple(each) if each.is_empty() => Type::Any,
            // One without a type is no type for combinations, unless nothing has one or there are none.
            Type::Tuple(each) => unify(&each)
                .filter(|ty| *ty != Type::Any || has_no_combination || each.iter().all(|each| *each == Type::Any))
                .ok_or_else(|| FunctionError::argument(position, "all elements must be of one type"))?,
            other => {
                return Err(wrong_type(position, "a set or list", &other));
            }
        });
    }
    let combination = Type::tuple(elements);
    Ok(if all_lists { Type::list(combination) } else { Type::set(combination) })
}

fn product(_: &dyn Context, arguments: &[Value]) -> Outcome {
    let ty = product_type(arguments)?;
    let marks = arguments.iter().fold(Marks::NONE, |marks, argument| marks.union(argument.marks()));
    if !arguments.iter().all(|argument| argument.is_known() && length(argument).is_some()) {
        return Ok(unknown_product(ty, arguments).with_marks(&marks));
    }
    let Some(combination @ Type::Tuple(elements)) = ty.element() else {
        return Err(FunctionError::new("the type of the combinations is not known"));
    };
    let mut combinations: Vec<Vec<Value>> = vec![Vec::new()];
    for (position, (argument, element)) in arguments.iter().zip(elements.iter()).enumerate() {
        let converted = items(argument)
            .iter()
            .map(|item| convert(item, element).map_err(|error| FunctionError::argument(position, error.to_string())))
            .collect::<Result<Vec<_>, _>>()?;
        combinations = combinations
            .iter()
            .flat_map(|begun| converted.iter().map(|item| [begun.as_slice(), std::slice::from_ref(item)].concat()))
            .collect();
    }
    let tuples = combinations.into_iter().map(Value::tuple);
    let product = match ty {
        Type::Set(_) => Value::set(combination.clone(), tuples),
        _ => Value::list(combination.clone(), tuples.collect::<Vec<_>>()),
    };
    Ok(product.with_marks(&marks))
}

/// The lengths of unknown products are followed as far as this; beyond it they help nobody.
const PRODUCT_LENGTH_MAX: usize = 2048;

fn unknown_product(ty: Type, arguments: &[Value]) -> Value {
    let most = arguments
        .iter()
        .try_fold(1_usize, |product, argument| product.checked_mul(length_bounds(argument).1?))
        .filter(|product| *product <= PRODUCT_LENGTH_MAX);
    let least = arguments.iter().fold(1_usize, |product, argument| product.saturating_mul(length_bounds(argument).0));
    Value::unknown_refined(
        ty,
        Refinement {
            length_min: Some(least.min(PRODUCT_LENGTH_MAX)).filter(|least| *least > 0),
            length_max: most,
            ..Refinement::default()
        },
    )
}
