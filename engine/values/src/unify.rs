//! Finding one type for values of several types, as a conditional or a list constructor needs it.
//!
//! Objects stay objects while their attribute names agree and become maps otherwise; tuples stay tuples while their
//! lengths agree and become lists otherwise; primitives meet in `string`. What is found is a type to which
//! [`convert`](crate::convert::convert) can bring each of them, as far as types alone can tell.

use std::collections::{BTreeMap, HashSet, VecDeque};
use std::sync::Arc;

use crate::convert::can_convert;
use crate::types::{ObjectType, Type};
use crate::{Str, nested};

/// The type to which values of all these types can be converted; `None` when there is none, or no type at all.
///
/// Where only some of the types are known ([`Type::Any`]) and the others are compound, the result is not known
/// either: [`Type::Any`].
pub fn unify(types: &[Type]) -> Option<Type> {
    let mut seen = HashSet::new();
    let distinct: Vec<&Type> = types.iter().filter(|ty| seen.insert(*ty)).collect();
    nested(|| unify_distinct(&distinct))
}

fn unify_all(types: &[&Type]) -> Option<Type> {
    let mut seen = HashSet::new();
    let distinct: Vec<&Type> = types.iter().copied().filter(|ty| seen.insert(*ty)).collect();
    nested(|| unify_distinct(&distinct))
}

fn unify_distinct(types: &[&Type]) -> Option<Type> {
    if let [only] = types {
        return Some(Type::clone(only));
    }
    let kinds = Kinds::of(types);
    let is_all = |count: usize| count > 0 && count + kinds.any == types.len();
    if is_all(kinds.map) || is_all(kinds.list) || is_all(kinds.set) {
        return if kinds.any > 0 { Some(Type::Any) } else { unify_collections(types) };
    }
    if is_all(kinds.object) {
        return if kinds.any > 0 { Some(Type::Any) } else { unify_objects(types) };
    }
    if is_all(kinds.tuple) {
        return if kinds.any > 0 { Some(Type::Any) } else { unify_tuples(types) };
    }
    if kinds.map > 0 && is_all(kinds.map + kinds.object) {
        if let Some(map) = unify_objects_as_maps(types) {
            return Some(map);
        }
    } else if kinds.list > 0 && is_all(kinds.list + kinds.tuple) {
        if let Some(list) = unify_tuples_as_lists(types) {
            return Some(list);
        }
    } else if kinds.object > 0 && kinds.tuple > 0 {
        return None;
    }
    most_general(types)
}

/// How many of the types are of which kind.
#[derive(Default)]
struct Kinds {
    any: usize,
    list: usize,
    set: usize,
    map: usize,
    tuple: usize,
    object: usize,
}

impl Kinds {
    fn of(types: &[&Type]) -> Self {
        let mut kinds = Self::default();
        for ty in types {
            match ty {
                Type::Any => kinds.any += 1,
                Type::List(_) => kinds.list += 1,
                Type::Set(_) => kinds.set += 1,
                Type::Map(_) => kinds.map += 1,
                Type::Tuple(_) => kinds.tuple += 1,
                Type::Object(_) => kinds.object += 1,
                Type::Bool | Type::Number | Type::String => {}
            }
        }
        kinds
    }
}

fn unify_collections(types: &[&Type]) -> Option<Type> {
    let elements: Vec<&Type> = types.iter().filter_map(|ty| ty.element()).collect();
    let element = Arc::new(unify_all(&elements)?);
    match types.first()? {
        Type::List(_) => Some(Type::List(element)),
        Type::Set(_) => Some(Type::Set(element)),
        Type::Map(_) => Some(Type::Map(element)),
        _ => None,
    }
    .filter(|unified| all_convert(types, unified))
}

fn unify_objects(types: &[&Type]) -> Option<Type> {
    let objects: Vec<&ObjectType> = types
        .iter()
        .filter_map(|ty| match ty {
            Type::Object(object) => Some(&**object),
            _ => None,
        })
        .collect();
    let (first, others) = objects.split_first()?;
    if !others.iter().all(|other| other.attributes.keys().eq(first.attributes.keys())) {
        return unify_objects_to_map(types);
    }
    let mut attributes: BTreeMap<Str, Type> = BTreeMap::new();
    for name in first.attributes.keys() {
        let across: Vec<&Type> = objects.iter().filter_map(|object| object.attributes.get(name)).collect();
        attributes.insert(name.clone(), unify_all(&across)?);
    }
    let unified = Type::object(attributes);
    if all_convert(types, &unified) { Some(unified) } else { unify_objects_to_map(types) }
}

fn unify_objects_to_map(types: &[&Type]) -> Option<Type> {
    let mut attributes = Vec::new();
    for ty in types {
        if let Type::Object(object) = ty {
            attributes.extend(object.attributes.values());
        }
    }
    let unified = Type::map(unify_all(&attributes)?);
    all_convert(types, &unified).then_some(unified)
}

fn unify_tuples(types: &[&Type]) -> Option<Type> {
    let tuples: Vec<&[Type]> = types
        .iter()
        .filter_map(|ty| match ty {
            Type::Tuple(elements) => Some(&**elements),
            _ => None,
        })
        .collect();
    let (first, others) = tuples.split_first()?;
    if !others.iter().all(|other| other.len() == first.len()) {
        return unify_tuples_to_list(types);
    }
    let mut elements = Vec::with_capacity(first.len());
    for position in 0..first.len() {
        let across: Vec<&Type> = tuples.iter().filter_map(|tuple| tuple.get(position)).collect();
        elements.push(unify_all(&across)?);
    }
    let unified = Type::tuple(elements);
    if all_convert(types, &unified) { Some(unified) } else { unify_tuples_to_list(types) }
}

fn unify_tuples_to_list(types: &[&Type]) -> Option<Type> {
    let mut elements = Vec::new();
    for ty in types {
        if let Type::Tuple(inner) = ty {
            elements.extend(inner.iter());
        }
    }
    let unified = Type::list(unify_all(&elements)?);
    all_convert(types, &unified).then_some(unified)
}

/// Objects beside maps are maps in disguise.
fn unify_objects_as_maps(types: &[&Type]) -> Option<Type> {
    let (objects, others): (Vec<&Type>, Vec<&Type>) =
        types.iter().copied().partition(|ty| matches!(ty, Type::Object(_)));
    let map = unify_objects_to_map(&objects)?;
    let unified = unify_all(&replaced(&map, &others))?;
    matches!(unified, Type::Map(_)).then_some(unified)
}

/// Tuples beside lists are lists in disguise.
fn unify_tuples_as_lists(types: &[&Type]) -> Option<Type> {
    let (tuples, others): (Vec<&Type>, Vec<&Type>) = types.iter().copied().partition(|ty| matches!(ty, Type::Tuple(_)));
    let list = unify_tuples_to_list(&tuples)?;
    let unified = unify_all(&replaced(&list, &others))?;
    matches!(unified, Type::List(_)).then_some(unified)
}

fn replaced<'t>(stand_in: &'t Type, others: &[&'t Type]) -> Vec<&'t Type> {
    std::iter::once(stand_in).chain(others.iter().copied()).collect()
}

fn all_convert(types: &[&Type], to: &Type) -> bool {
    types.iter().all(|ty| *ty == to || can_convert(ty, to))
}

/// The first type, from the most general on, to which all others can be converted.
fn most_general(types: &[&Type]) -> Option<Type> {
    by_generality(types).into_iter().find(|candidate| all_convert(types, candidate)).cloned()
}

/// The types with more general ones first, otherwise in the order given.
fn by_generality<'t>(types: &[&'t Type]) -> Vec<&'t Type> {
    let mut less_general = vec![Vec::new(); types.len()];
    let mut more_general_count = vec![0_usize; types.len()];
    for left in 0..types.len() {
        for right in left + 1..types.len() {
            match generality(types[left], types[right]) {
                Generality::Left => {
                    less_general[left].push(right);
                    more_general_count[right] += 1;
                }
                Generality::Right => {
                    less_general[right].push(left);
                    more_general_count[left] += 1;
                }
                Generality::Neither => {}
            }
        }
    }
    let mut ready: VecDeque<usize> = (0..types.len()).filter(|at| more_general_count[*at] == 0).collect();
    let mut order = Vec::with_capacity(types.len());
    while let Some(at) = ready.pop_front() {
        order.push(types[at]);
        for &next in &less_general[at] {
            more_general_count[next] -= 1;
            if more_general_count[next] == 0 {
                ready.push_back(next);
            }
        }
    }
    order
}

/// Which of two types is the more general.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Generality {
    Left,
    Right,
    Neither,
}

fn generality(left: &Type, right: &Type) -> Generality {
    match (left, right) {
        (Type::Any, Type::Any) => Generality::Neither,
        // What is not known yet is assumed to become what its neighbours are.
        (Type::Any, _) => Generality::Right,
        (_, Type::Any) => Generality::Left,
        (Type::String, Type::Bool | Type::Number) => Generality::Left,
        (Type::Bool | Type::Number, Type::String) => Generality::Right,
        (Type::List(left), Type::List(right))
        | (Type::Set(left), Type::Set(right))
        | (Type::Map(left), Type::Map(right)) => nested(|| generality(left, right)),
        (Type::List(_), Type::Tuple(_) | Type::Set(_))
        | (Type::Tuple(_), Type::Set(_))
        | (Type::Map(_), Type::Object(_)) => Generality::Left,
        (Type::Tuple(_) | Type::Set(_), Type::List(_))
        | (Type::Set(_), Type::Tuple(_))
        | (Type::Object(_), Type::Map(_)) => Generality::Right,
        (Type::Object(left), Type::Object(right)) if left.attributes.keys().eq(right.attributes.keys()) => {
            generality_of_parts(left.attributes.values().zip(right.attributes.values()))
        }
        (Type::Tuple(left), Type::Tuple(right)) if left.len() == right.len() => {
            generality_of_parts(left.iter().zip(right.iter()))
        }
        _ => Generality::Neither,
    }
}

fn generality_of_parts<'t>(parts: impl Iterator<Item = (&'t Type, &'t Type)>) -> Generality {
    let mut has_left = false;
    let mut has_right = false;
    for (left, right) in parts {
        match nested(|| generality(left, right)) {
            Generality::Left => has_left = true,
            Generality::Right => has_right = true,
            Generality::Neither => {}
        }
    }
    match (has_left, has_right) {
        (true, false) => Generality::Left,
        (false, true) => Generality::Right,
        _ => Generality::Neither,
    }
}

#[cfg(test)]
mod tests;
