//! Functions that build lists.

use std::collections::HashSet;

use infra_values::convert::convert;
use infra_values::unify::unify;
use infra_values::{Kind, Marks, Number, Type, Value};

use crate::functions::arguments::{
    Outcome, any, items, list_of_any, list_of_number, list_of_string, number, unmarked, whole_number, wrong_type,
};
use crate::functions::{Context, Function, FunctionError, Parameter, Returns};

pub(in crate::functions) const CHUNKLIST: Function = Function::new(
    "chunklist",
    "Splits a list into lists of a size; the last may be shorter. Size 0 gives one list of all.",
    &[Parameter::new("list", list_of_any).sees_marks(), Parameter::new("size", number)],
    Returns::Computed(|arguments| Ok(Type::list(arguments[0].ty()))),
    chunk,
)
.shown_as(|| Type::list(Type::list(Type::Any)));

pub(in crate::functions) const COMPACT: Function = Function::new(
    "compact",
    "Removes empty strings and nulls from a list of strings.",
    &[Parameter::new("list", list_of_string)],
    Returns::Fixed(list_of_string),
    compact,
);

pub(in crate::functions) const CONCAT: Function = Function::new(
    "concat",
    "Joins lists and tuples in the given order: a list where all are lists of one type, else a tuple.",
    &[],
    Returns::Computed(concat_type),
    concat,
)
.variadic(Parameter::new("seqs", any).sees_marks());

pub(in crate::functions) const DISTINCT: Function = Function::new(
    "distinct",
    "Removes from a list what is there already.",
    &[Parameter::new("list", list_of_any)],
    Returns::Computed(|arguments| Ok(arguments[0].ty())),
    distinct,
)
.shown_as(|| Type::list(Type::Any));

pub(in crate::functions) const FLATTEN: Function = Function::new(
    "flatten",
    "Replaces lists, sets and tuples inside a list by their elements, at any depth.",
    &[Parameter::new("list", any).sees_marks()],
    Returns::Computed(|_| Ok(Type::Any)),
    flatten,
);

pub(in crate::functions) const MATCHKEYS: Function = Function::new(
    "matchkeys",
    "Takes those elements of a list whose counterparts in a second list are in a third.",
    &[
        Parameter::new("values", list_of_any),
        Parameter::new("keys", list_of_any),
        Parameter::new("searchset", list_of_any),
    ],
    Returns::Computed(|arguments| {
        common_key_type(arguments)?;
        Ok(arguments[0].ty())
    }),
    match_keys,
)
.shown_as(|| Type::list(Type::Any));

pub(in crate::functions) const RANGE: Function = Function::new(
    "range",
    "Counts: range(end), range(start, end) or range(start, end, step). The end is not included.",
    &[],
    Returns::Fixed(list_of_number),
    range,
)
.variadic(Parameter::new("params", number));

/// The element type of a list; `any` of anything else.
fn element_type(list: &Value) -> Type {
    list.ty().element().cloned().unwrap_or(Type::Any)
}

fn chunk(_: &dyn Context, arguments: &[Value]) -> Outcome {
    let (list, marks) = unmarked(&arguments[0]);
    let size = whole_number(arguments, 1).map_err(FunctionError::of_call)?;
    let Ok(size) = usize::try_from(size) else {
        return Err(FunctionError::new(format!("the size must not be negative, but is {size}")));
    };
    let (all, element) = (items(&list), element_type(&list));
    let size = if size == 0 { all.len().max(1) } else { size };
    let chunks: Vec<Value> = all.chunks(size).map(|chunk| Value::list(element.clone(), chunk.to_vec())).collect();
    Ok(Value::list(list.ty(), chunks).with_marks(&marks))
}

fn compact(_: &dyn Context, arguments: &[Value]) -> Outcome {
    let list = &arguments[0];
    if !list.is_wholly_known() {
        return Ok(Value::unknown(list_of_string()));
    }
    let kept: Vec<Value> =
        items(list).iter().filter(|item| item.as_str().is_some_and(|text| !text.is_empty())).cloned().collect();
    Ok(Value::list(Type::String, kept))
}

fn concat_type(arguments: &[Value]) -> Result<Type, FunctionError> {
    if arguments.is_empty() {
        return Err(FunctionError::new("at least one argument is required"));
    }
    let types: Vec<Type> = arguments.iter().map(Value::ty).collect();
    if types.iter().all(|ty| matches!(ty, Type::List(_)))
        && let Some(common) = unify(&types)
    {
        return Ok(common);
    }
    let mut elements = Vec::new();
    for (position, (ty, argument)) in types.iter().zip(arguments).enumerate() {
        match (ty, argument.as_items()) {
            (Type::Tuple(each), _) => elements.extend(each.iter().cloned()),
            (Type::List(element), Some(items)) => elements.extend(items.iter().map(|_| Type::clone(element))),
            (Type::List(_), None) => return Ok(Type::Any),
            _ => {
                return Err(wrong_type(position, "a list or tuple", ty));
            }
        }
    }
    Ok(Type::tuple(elements))
}

fn concat(_: &dyn Context, arguments: &[Value]) -> Outcome {
    let ty = concat_type(arguments)?;
    let mut marks = Marks::NONE;
    let mut all = Vec::new();
    for (position, argument) in arguments.iter().enumerate() {
        let (sequence, outer) = unmarked(argument);
        marks = marks.union(&outer);
        let sequence = match &ty {
            Type::List(_) => {
                convert(&sequence, &ty).map_err(|error| FunctionError::argument(position, error.to_string()))?
            }
            _ => sequence,
        };
        all.extend_from_slice(items(&sequence));
    }
    let joined = match ty {
        Type::List(element) => {
            // Where an empty list left the type open, what there is tells it.
            let told = all.first().map(Value::ty).filter(|first| all.iter().all(|item| item.ty() == *first));
            let element = told.filter(|_| *element == Type::Any).unwrap_or_else(|| Type::clone(&element));
            Value::list(element, all)
        }
        _ => Value::tuple(all),
    };
    Ok(joined.with_marks(&marks))
}

fn distinct(_: &dyn Context, arguments: &[Value]) -> Outcome {
    let list = &arguments[0];
    if !list.is_wholly_known() {
        return Ok(Value::unknown(list.ty()));
    }
    let mut seen = HashSet::new();
    let kept: Vec<Value> = items(list).iter().filter(|item| seen.insert(*item)).cloned().collect();
    Ok(Value::list(element_type(list), kept))
}

fn flatten(_: &dyn Context, arguments: &[Value]) -> Outcome {
    if arguments[0].as_items().is_none() {
        return Err(wrong_type(0, "a list, tuple or set", &arguments[0].ty()).of_call());
    }
    let mut flat = Flat { items: Vec::new(), marks: Marks::NONE, undecided: false };
    flat.add(&arguments[0]);
    let result = if flat.undecided { Value::unknown(Type::Any) } else { Value::tuple(flat.items) };
    Ok(result.with_marks(&flat.marks))
}

struct Flat {
    items: Vec<Value>,
    /// Those of the sequences that are gone.
    marks: Marks,
    /// Whether an unknown value may turn out to have elements.
    undecided: bool,
}

impl Flat {
    fn add(&mut self, sequence: &Value) {
        self.marks = self.marks.union(sequence.marks());
        // Unknown elements of a set may turn out to be equal.
        self.undecided |= crate::functions::arguments::length(sequence).is_none();
        for item in items(sequence) {
            match item.kind() {
                Kind::List(..) | Kind::Set(..) | Kind::Tuple(_) => {
                    stacker::maybe_grow(64 * 1024, 1024 * 1024, || self.add(item));
                }
                Kind::Unknown(unknown)
                    if matches!(unknown.ty, Type::Any | Type::List(_) | Type::Set(_) | Type::Tuple(_)) =>
                {
                    self.marks = self.marks.union(item.marks());
                    self.undecided = true;
                }
                _ => self.items.push(item.clone()),
            }
        }
    }
}

fn common_key_type(arguments: &[Value]) -> Result<Type, FunctionError> {
    unify(&[arguments[1].ty(), arguments[2].ty()])
        .ok_or_else(|| FunctionError::new("the keys and those searched for must have one type"))
}

fn match_keys(_: &dyn Context, arguments: &[Value]) -> Outcome {
    let ty = common_key_type(arguments)?;
    let keys_at =
        |position: usize| convert(&arguments[position], &ty).map_err(|error| FunctionError::new(error.to_string()));
    let (values, keys, wanted) = (&arguments[0], keys_at(1)?, keys_at(2)?);
    let (value_count, key_count) = (items(values).len(), items(&keys).len());
    if value_count != key_count {
        let message = format!("each value needs a key, but there are {value_count} and {key_count}");
        return Err(FunctionError::new(message));
    }
    if items(&wanted).is_empty() {
        return Ok(Value::list(element_type(values), Vec::new()));
    }
    if ![values, &keys, &wanted].into_iter().all(Value::is_wholly_known) {
        return Ok(Value::unknown(values.ty()));
    }
    let wanted_keys: HashSet<&Value> = items(&wanted).iter().collect();
    let found: Vec<Value> = items(values)
        .iter()
        .zip(items(&keys))
        .filter(|(_, key)| wanted_keys.contains(key))
        .map(|(value, _)| value.clone())
        .collect();
    Ok(Value::list(element_type(values), found))
}

/// The most numbers one range may have.
const RANGE_LENGTH_MAX: usize = 1024;

fn range(_: &dyn Context, arguments: &[Value]) -> Outcome {
    let numbers: Vec<Number> = arguments.iter().filter_map(Value::as_number).cloned().collect();
    let automatic = |start: &Number, end: &Number| Number::from(if end < start { -1 } else { 1 });
    let (start, end, step) = match numbers.as_slice() {
        [end] => (Number::ZERO, end.clone(), automatic(&Number::ZERO, end)),
        [start, end] => (start.clone(), end.clone(), automatic(start, end)),
        [start, end, step] => (start.clone(), end.clone(), step.clone()),
        _ => return Err(FunctionError::new("one, two or three numbers are required")),
    };
    if step.is_zero() && end > start {
        return Err(FunctionError::new("the step must not be zero"));
    }
    let down = step.signum() < 0;
    if (down && end > start) || (!down && end < start) {
        let message = format!("the end, {end}, cannot be reached from {start} in steps of {step}");
        return Err(FunctionError::argument(1, message));
    }
    let mut counted = Vec::new();
    let mut next = start;
    while if down { next > end } else { next < end } {
        if counted.len() >= RANGE_LENGTH_MAX {
            let message = format!("there are more than {RANGE_LENGTH_MAX} numbers; use a larger step or a nearer end");
            return Err(FunctionError::new(message));
        }
        counted.push(Value::number(next.clone()));
        next = next.add(&step).map_err(|error| FunctionError::new(error.to_string()))?;
    }
    Ok(Value::list(Type::Number, counted))
}
