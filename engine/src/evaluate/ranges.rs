//! What is known of unknown values: where a number lies, how long a collection is.
//!
//! Deliberately no more than Terraform knows: a bound that a number may reach decides nothing, so `length(x) >= 0` stays
//! unknown.

use std::collections::BTreeMap;

use infra_values::{Kind, Number, Refinement, Type, Value};

use crate::syntax::BinaryOperator;

/// `left operator right` of numbers of which one at least is unknown.
pub(super) fn compare(operator: BinaryOperator, left: &Value, right: &Value) -> Value {
    let is_left_less = match () {
        () if is_below(left, right) => true,
        () if is_below(right, left) => false,
        () => return Value::unknown_not_null(Type::Bool),
    };
    Value::bool(match operator {
        BinaryOperator::Less | BinaryOperator::LessOrEqual => is_left_less,
        _ => !is_left_less,
    })
}

/// Whether a number is less than another one, wherever in their ranges they are.
fn is_below(lesser: &Value, greater: &Value) -> bool {
    match (number_max(lesser), number_min(greater)) {
        (Some((most, _)), Some((least, _))) => most < least,
        _ => false,
    }
}

/// Whether a known value lies outside of what is known of an unknown one.
pub(super) fn excludes(known: &Value, unknown: &Value) -> bool {
    let begins_otherwise = match (known.as_str(), refinement(unknown).and_then(|known| known.string_prefix.as_ref())) {
        (Some(text), Some(prefix)) => !text.starts_with(prefix.as_str()),
        _ => false,
    };
    let lengths = (length_min(known), length_max(known), length_min(unknown), length_max(unknown));
    let has_another_length = match lengths {
        (Some(known_min), Some(known_max), Some(least), most) => {
            known_max < least || most.is_some_and(|most| most < known_min)
        }
        _ => false,
    };
    begins_otherwise || has_another_length || is_below(known, unknown) || is_below(unknown, known)
}

/// What is known of a value that will be one of two.
pub(super) fn either(yes: &Value, no: &Value, ty: Type) -> Value {
    let marks = yes.marks_deep().union(&no.marks_deep());
    if yes.is_null() && no.is_null() {
        return Value::null(ty).with_marks(&marks);
    }
    let not_null = is_not_null(yes) && is_not_null(no);
    let least = |one: Option<Bound>, other: Option<Bound>| Some(one?.min(other?));
    let most = |one: Option<Bound>, other: Option<Bound>| Some(one?.max(other?));
    let is_number = ty == Type::Number;
    let is_collection = ty.is_collection();
    let refinement = Refinement {
        not_null,
        number_min: least(number_min(yes), number_min(no)).filter(|_| is_number),
        number_max: most(number_max(yes), number_max(no)).filter(|_| is_number),
        length_min: length_min(yes).zip(length_min(no)).map(|(yes, no)| yes.min(no)).filter(|_| is_collection),
        length_max: length_max(yes).zip(length_max(no)).map(|(yes, no)| yes.max(no)).filter(|_| is_collection),
        ..Refinement::default()
    };
    let value = only_one(&ty, &refinement).unwrap_or_else(|| Value::unknown_refined(ty, refinement));
    value.with_marks(&marks)
}

/// The value of which so much is known that it can be no other; its elements may be unknown.
fn only_one(ty: &Type, known: &Refinement) -> Option<Value> {
    if !known.not_null {
        return None;
    }
    if let (Some((least, _)), Some((most, _))) = (&known.number_min, &known.number_max) {
        return (least == most).then(|| Value::number(least.clone()));
    }
    let length = known.length_min.filter(|least| known.length_max == Some(*least))?;
    let elements = |element: &Type| vec![Value::unknown(element.clone()); length];
    match ty {
        Type::List(element) => Some(Value::list(Type::clone(element), elements(element))),
        Type::Set(element) if length < 2 => Some(Value::set(Type::clone(element), elements(element))),
        Type::Map(element) if length == 0 => Some(Value::map(Type::clone(element), BTreeMap::new())),
        _ => None,
    }
}

/// A number, and whether it may be reached.
type Bound = (Number, bool);

fn number_min(value: &Value) -> Option<Bound> {
    match value.kind() {
        Kind::Number(number) => Some((number.clone(), true)),
        _ => refinement(value)?.number_min.clone(),
    }
}

fn number_max(value: &Value) -> Option<Bound> {
    match value.kind() {
        Kind::Number(number) => Some((number.clone(), true)),
        _ => refinement(value)?.number_max.clone(),
    }
}

/// How many elements a collection has at least; `None` for what is none.
fn length_min(value: &Value) -> Option<usize> {
    match value.kind() {
        // Unknown elements of a set may turn out to be one.
        Kind::Set(_, items) if !value.is_wholly_known() => Some(items.len().min(1)),
        Kind::Unknown(unknown) if unknown.ty.is_collection() => {
            Some(refinement(value).and_then(|known| known.length_min).unwrap_or(0))
        }
        _ => length(value),
    }
}

fn length_max(value: &Value) -> Option<usize> {
    match value.kind() {
        Kind::Unknown(_) => refinement(value)?.length_max,
        _ => length(value),
    }
}

fn length(value: &Value) -> Option<usize> {
    match value.kind() {
        Kind::List(_, items) | Kind::Set(_, items) | Kind::Tuple(items) => Some(items.len()),
        Kind::Map(_, entries) | Kind::Object(entries) => Some(entries.len()),
        _ => None,
    }
}

fn is_not_null(value: &Value) -> bool {
    match value.kind() {
        Kind::Null(_) => false,
        Kind::Unknown(_) => refinement(value).is_some_and(|known| known.not_null),
        _ => true,
    }
}

fn refinement(value: &Value) -> Option<&Refinement> {
    match value.kind() {
        Kind::Unknown(unknown) => unknown.refinement.as_deref(),
        _ => None,
    }
}
