//! Equality of values that may be unknown: of the same type and, part by part, the same.

use infra_values::{Kind, Type, Value};

use super::ranges;

/// `left == right`: never converts; unknown unless what is known decides.
pub(crate) fn equal(left: &Value, right: &Value) -> Value {
    let (left, left_marks) = left.clone().unmark_deep();
    let (right, right_marks) = right.clone().unmark_deep();
    let marks = left_marks.union(&right_marks);
    let result = match compare(&left, &right) {
        Some(decided) => Value::bool(decided),
        None => Value::unknown_not_null(Type::Bool),
    };
    result.with_marks(&marks)
}

/// Whether two values without marks are equal; `None` while that is not known.
pub(crate) fn compare(left: &Value, right: &Value) -> Option<bool> {
    let are_compared_by_type = left.is_known() && right.is_known() && !left.is_null() && !right.is_null();
    if are_compared_by_type && !may_be_one_type(&left.ty(), &right.ty()) {
        return Some(false);
    }
    compare_parts(left, right)
}

fn compare_parts(left: &Value, right: &Value) -> Option<bool> {
    match (left.kind(), right.kind()) {
        (Kind::Null(_), Kind::Null(_)) => Some(true),
        (Kind::Null(_), Kind::Unknown(unknown)) | (Kind::Unknown(unknown), Kind::Null(_)) => {
            unknown.refinement.as_ref().is_some_and(|refinement| refinement.not_null).then_some(false)
        }
        (Kind::Unknown(_), Kind::Unknown(_)) => None,
        (Kind::Unknown(_), _) => is_another(right, left).then_some(false),
        (_, Kind::Unknown(_)) => is_another(left, right).then_some(false),
        (Kind::Null(_), _) | (_, Kind::Null(_)) => Some(false),
        (Kind::Bool(left), Kind::Bool(right)) => Some(left == right),
        (Kind::Number(left), Kind::Number(right)) => Some(left == right),
        (Kind::String(left), Kind::String(right)) => Some(left == right),
        (Kind::List(_, left_items), Kind::List(_, right_items)) => {
            if left.ty() != right.ty() {
                return Some(false);
            }
            compare_sequences(left_items, right_items)
        }
        (Kind::Tuple(left), Kind::Tuple(right)) => compare_sequences(left, right),
        (Kind::Set(_, left_items), Kind::Set(_, right_items)) => {
            if left.ty() != right.ty() {
                return Some(false);
            }
            if left.is_wholly_known() && right.is_wholly_known() { Some(left_items == right_items) } else { None }
        }
        (Kind::Map(_, left_entries), Kind::Map(_, right_entries)) => {
            if left.ty() != right.ty() || !left_entries.keys().eq(right_entries.keys()) {
                return Some(false);
            }
            all(left_entries.values().zip(right_entries.values()))
        }
        (Kind::Object(left), Kind::Object(right)) => {
            if !left.keys().eq(right.keys()) {
                return Some(false);
            }
            all(left.values().zip(right.values()))
        }
        _ => Some(false),
    }
}

fn compare_sequences(left: &[Value], right: &[Value]) -> Option<bool> {
    if left.len() != right.len() {
        return Some(false);
    }
    all(left.iter().zip(right))
}

/// Whether all pairs are equal; one pair that differs decides beside unknown ones.
fn all<'v>(pairs: impl Iterator<Item = (&'v Value, &'v Value)>) -> Option<bool> {
    let mut result = Some(true);
    for (left, right) in pairs {
        match compare_parts(left, right) {
            Some(false) => return Some(false),
            None => result = None,
            Some(true) => {}
        }
    }
    result
}

/// Whether an unknown value is sure to turn out to be another one than a known one.
fn is_another(known: &Value, unknown: &Value) -> bool {
    ranges::excludes(known, unknown) || !may_turn_out_as(&unknown.ty(), &known.ty())
}

/// Whether two types can turn out to be the same once what is not known of them is.
fn may_be_one_type(left: &Type, right: &Type) -> bool {
    *right == Type::Any || may_turn_out_as_with(left, right, may_be_one_type)
}

/// Whether what is not known of a type can turn out to make it another one, of which all is known. `any` in that one
/// is the type of the elements of an empty collection.
fn may_turn_out_as(unknown: &Type, known: &Type) -> bool {
    may_turn_out_as_with(unknown, known, may_turn_out_as)
}

fn may_turn_out_as_with(left: &Type, right: &Type, inside: fn(&Type, &Type) -> bool) -> bool {
    match (left, right) {
        (Type::Any, _) => true,
        (Type::List(left), Type::List(right))
        | (Type::Set(left), Type::Set(right))
        | (Type::Map(left), Type::Map(right)) => inside(left, right),
        (Type::Tuple(left), Type::Tuple(right)) => {
            left.len() == right.len() && left.iter().zip(right.iter()).all(|(left, right)| inside(left, right))
        }
        (Type::Object(left), Type::Object(right)) => {
            left.attributes.keys().eq(right.attributes.keys())
                && left.attributes.values().zip(right.attributes.values()).all(|(left, right)| inside(left, right))
        }
        _ => left == right,
    }
}
