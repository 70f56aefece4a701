//! Functions on maps and objects.

use std::collections::BTreeMap;

use infra_values::convert::{can_convert, convert};
use infra_values::{Kind, Marks, Str, Type, Value};

use crate::functions::arguments::{Outcome, any, items, list_of_string, string, text, unmarked, wrong_type};
use crate::functions::{Context, Function, FunctionError, Parameter, Returns};

pub(in crate::functions) const KEYS: Function = Function::new(
    "keys",
    "Returns the keys of a map or the attribute names of an object, sorted.",
    &[Parameter::new("inputMap", any).sees_unknown().sees_marks()],
    Returns::Computed(keys_type),
    keys,
);

pub(in crate::functions) const LOOKUP: Function = Function::new(
    "lookup",
    "Returns what a map or object has under a key, or a default where it has nothing there.",
    &[Parameter::new("inputMap", any).sees_marks(), Parameter::new("key", string).sees_marks()],
    Returns::Computed(lookup_type),
    lookup,
)
.variadic(Parameter::new("default", any).nullable().sees_unknown().sees_marks())
.may_be_null();

pub(in crate::functions) const MERGE: Function = Function::new(
    "merge",
    "Puts maps or objects together; of equal keys the last one counts. Null counts as empty.",
    &[],
    Returns::Computed(merged_type),
    merge,
)
.variadic(Parameter::new("maps", any).nullable().sees_marks());

pub(in crate::functions) const TRANSPOSE: Function = Function::new(
    "transpose",
    "Swaps keys and values of a map of lists of strings.",
    &[Parameter::new("values", map_of_lists)],
    Returns::Fixed(map_of_lists),
    transpose,
);

pub(in crate::functions) const VALUES: Function = Function::new(
    "values",
    "Returns the values of a map or object, sorted by their keys.",
    &[Parameter::new("mapping", any).sees_marks()],
    Returns::Computed(values_type),
    values,
);

pub(in crate::functions) const ZIPMAP: Function = Function::new(
    "zipmap",
    "Makes a map of a list of keys and a list of values: of a tuple of values, an object.",
    &[Parameter::new("keys", list_of_string).sees_marks(), Parameter::new("values", any).sees_marks()],
    Returns::Computed(zipped_type),
    zip,
);

fn map_of_lists() -> Type {
    Type::map(Type::list(Type::String))
}

fn not_a_map(position: usize, ty: &Type) -> FunctionError {
    wrong_type(position, "a map or object", ty)
}

/// The types of what an object of this type has, by attribute name.
fn attribute_types(ty: &Type) -> Vec<Type> {
    match ty {
        Type::Object(object) => object.attributes.values().cloned().collect(),
        _ => Vec::new(),
    }
}

fn keys_type(arguments: &[Value]) -> Result<Type, FunctionError> {
    match arguments[0].ty() {
        Type::Map(_) => Ok(list_of_string()),
        Type::Object(object) => Ok(Type::tuple(vec![Type::String; object.attributes.len()])),
        Type::Any => Ok(Type::Any),
        other => Err(not_a_map(0, &other)),
    }
}

fn keys(_: &dyn Context, arguments: &[Value]) -> Outcome {
    let ty = keys_type(arguments)?;
    let (mapping, marks) = unmarked(&arguments[0]);
    // The names of an object are known even where its values are not.
    let names: Vec<Str> = match (mapping.as_entries(), mapping.ty()) {
        (Some(entries), _) => entries.keys().cloned().collect(),
        (None, Type::Object(object)) => object.attributes.keys().cloned().collect(),
        _ => return Ok(Value::unknown(ty).with_marks(&marks)),
    };
    let names: Vec<Value> = names.into_iter().map(|name| Kind::String(name).into()).collect();
    let keys = if matches!(ty, Type::List(_)) { Value::list(Type::String, names) } else { Value::tuple(names) };
    Ok(keys.with_marks(&marks))
}

fn lookup_type(arguments: &[Value]) -> Result<Type, FunctionError> {
    let [mapping, key, default @ ..] = arguments else {
        return Err(FunctionError::new("a map and a key are required"));
    };
    if default.len() > 1 {
        let message = format!("it takes two or three arguments, but got {}", arguments.len());
        return Err(FunctionError::argument(3, message));
    }
    match mapping.ty() {
        Type::Object(_) if !key.is_known() => Ok(Type::Any),
        Type::Object(object) => match (object.attributes.get(text(key)), default) {
            (Some(ty), _) => Ok(ty.clone()),
            (None, [default]) => Ok(default.ty()),
            (None, _) => Err(missing_key(key)),
        },
        Type::Map(element) => match default {
            [default] if !can_convert(&default.ty(), &element) => {
                let message = format!(
                    "the default must have the type of the elements, {}, not {}",
                    element.friendly_name(),
                    default.ty().friendly_name()
                );
                Err(FunctionError::argument(2, message))
            }
            _ => Ok(Type::clone(&element)),
        },
        other => Err(not_a_map(0, &other)),
    }
}

fn missing_key(key: &Value) -> FunctionError {
    FunctionError::argument(
        0,
        format!("there is nothing under the key {:?}; a third argument gives a default", text(key)),
    )
}

fn lookup(_: &dyn Context, arguments: &[Value]) -> Outcome {
    let ty = lookup_type(arguments)?;
    let (mapping, map_marks) = unmarked(&arguments[0]);
    let marks = map_marks.union(arguments[1].marks());
    let found = match (mapping.get(text(&arguments[1])), arguments.get(2)) {
        (Some(found), _) => found.clone(),
        (None, Some(default)) => convert(default, &ty).map_err(|error| {
            FunctionError::argument(2, format!("the default must have the type of the elements: {error}"))
        })?,
        (None, None) => return Err(missing_key(&arguments[1]).of_call()),
    };
    Ok(found.with_marks(&marks))
}

/// A map where all arguments are maps of one type, else an object of everything there is.
fn merged_type(arguments: &[Value]) -> Result<Type, FunctionError> {
    let mut attributes: BTreeMap<Str, Type> = BTreeMap::new();
    let mut first: Option<Type> = None;
    let (mut all_equal, mut all_known) = (true, true);
    // Behind a null without a type Terraform looks at no more types, only at what there is.
    let mut has_bare_null = false;
    for (position, argument) in arguments.iter().enumerate() {
        has_bare_null |= matches!(argument.kind(), Kind::Null(Type::Any));
        let ty = match argument.kind() {
            Kind::Null(Type::Any | Type::Object(_)) => empty_object(),
            _ => argument.ty(),
        };
        match &ty {
            Type::Any => return Ok(Type::Any),
            Type::Object(object) => {
                attributes.extend(object.attributes.iter().map(|(name, ty)| (name.clone(), ty.clone())))
            }
            Type::Map(element) => match argument.as_entries() {
                Some(entries) => {
                    attributes.extend(entries.keys().map(|name| (name.clone(), Type::clone(element))));
                }
                None => all_known &= argument.is_null(),
            },
            _ if has_bare_null && argument.is_known() && argument.children().is_empty() && is_sequence(&ty) => {}
            other => return Err(not_a_map(position, other).of_call()),
        }
        all_equal &= first.as_ref().is_none_or(|first| *first == ty);
        first.get_or_insert(ty);
    }
    Ok(match first {
        Some(ty) if all_equal => ty,
        _ if !all_known => Type::Any,
        _ => Type::object(attributes),
    })
}

fn is_sequence(ty: &Type) -> bool {
    matches!(ty, Type::List(_) | Type::Set(_) | Type::Tuple(_))
}

fn empty_object() -> Type {
    Type::object(BTreeMap::<Str, Type>::new())
}

fn merge(_: &dyn Context, arguments: &[Value]) -> Outcome {
    let ty = merged_type(arguments)?;
    let mut marks = Marks::NONE;
    let mut merged: BTreeMap<Str, Value> = BTreeMap::new();
    for argument in arguments {
        if argument.is_null() {
            continue;
        }
        marks = marks.union(argument.marks());
        if let Some(entries) = argument.as_entries() {
            merged.extend(entries.iter().map(|(key, value)| (key.clone(), value.clone())));
        }
    }
    let merged = match ty {
        Type::Map(element) => Value::map(Type::clone(&element), merged),
        _ => Value::object(merged),
    };
    Ok(merged.with_marks(&marks))
}

fn transpose(_: &dyn Context, arguments: &[Value]) -> Outcome {
    let mapping = &arguments[0];
    if !mapping.is_wholly_known() {
        return Ok(Value::unknown(map_of_lists()));
    }
    let mut transposed: BTreeMap<Str, Vec<Value>> = BTreeMap::new();
    for (key, list) in mapping.as_entries().into_iter().flatten() {
        let Some(items) = list.as_items() else {
            return Err(FunctionError::argument(0, format!("the list under {:?} is null", key.as_str())));
        };
        for item in items {
            let Kind::String(text) = item.kind() else {
                return Err(FunctionError::argument(0, format!("the list under {:?} has a null in it", key.as_str())));
            };
            transposed.entry(text.clone()).or_default().push(Kind::String(key.clone()).into());
        }
    }
    Ok(Value::map(
        Type::list(Type::String),
        transposed.into_iter().map(|(key, items)| (key, Value::list(Type::String, items))).collect(),
    ))
}

fn values_type(arguments: &[Value]) -> Result<Type, FunctionError> {
    match arguments[0].ty() {
        Type::Map(element) => Ok(Type::List(element)),
        object @ Type::Object(_) => Ok(Type::tuple(attribute_types(&object))),
        other => Err(not_a_map(0, &other).of_call()),
    }
}

fn values(_: &dyn Context, arguments: &[Value]) -> Outcome {
    let ty = values_type(arguments)?;
    let (mapping, marks) = unmarked(&arguments[0]);
    let values: Vec<Value> = mapping.as_entries().into_iter().flat_map(BTreeMap::values).cloned().collect();
    let values = match ty {
        Type::List(element) => Value::list(Type::clone(&element), values),
        _ => Value::tuple(values),
    };
    Ok(values.with_marks(&marks))
}

fn zipped_type(arguments: &[Value]) -> Result<Type, FunctionError> {
    let [keys, values] = arguments else {
        return Err(FunctionError::new("two arguments are required"));
    };
    match values.ty() {
        Type::List(element) => Ok(Type::Map(element)),
        Type::Tuple(_) if !keys.is_wholly_known() => Ok(Type::Any),
        Type::Tuple(elements) => Ok(Type::object(paired(keys, &elements)?)),
        other => Err(wrong_type(1, "a list or tuple of values", &other)),
    }
}

/// Keys with what stands at the same place in the other list.
fn paired<T: Clone>(keys: &Value, others: &[T]) -> Result<BTreeMap<Str, T>, FunctionError> {
    let keys = items(keys);
    if keys.len() != others.len() {
        let message = format!("each key needs a value, but there are {} and {}", keys.len(), others.len());
        return Err(FunctionError::new(message));
    }
    keys.iter()
        .zip(others)
        .enumerate()
        .map(|(position, (key, other))| match key.kind() {
            Kind::String(key) => Ok((key.clone(), other.clone())),
            _ => Err(FunctionError::new(format!("key {position} is null"))),
        })
        .collect()
}

fn zip(_: &dyn Context, arguments: &[Value]) -> Outcome {
    let ty = zipped_type(arguments)?;
    let (keys, key_marks) = arguments[0].clone().unmark_deep();
    let (values, value_marks) = unmarked(&arguments[1]);
    let marks = key_marks.union(&value_marks);
    if !keys.is_wholly_known() {
        return Ok(Value::unknown(ty).with_marks(&marks));
    }
    let entries = paired(&keys, items(&values))?;
    let zipped = match ty {
        Type::Map(element) => Value::map(Type::clone(&element), entries),
        _ => Value::object(entries),
    };
    Ok(zipped.with_marks(&marks))
}
