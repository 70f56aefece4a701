//! Operators over values that may be unknown, null or marked.

use infra_values::{Kind, Number, Refinement, Type, Value, convert::convert};

use crate::diagnostics::{Diagnostic, Diagnostics};
use crate::language::Language;
use crate::syntax::{BinaryOperator, Span, UnaryOperator};

type OperatorResult = Result<Value, Diagnostics>;

/// Where an operation and its operands stand.
#[derive(Clone, Copy)]
pub(super) struct Spans {
    pub whole: Span,
    pub left: Span,
    pub right: Span,
}

/// `left operator right`
///
/// What is divided by zero is infinite in Terraform, and its remainder the dividend: nothing that anyone wants, so it
/// is a mistake where the language is not exactly Terraform's.
pub(super) fn binary(
    operator: BinaryOperator,
    left: &Value,
    right: &Value,
    spans: Spans,
    language: Language,
) -> OperatorResult {
    use BinaryOperator as Op;
    match operator {
        Op::Equal => Ok(equal(left, right)),
        Op::NotEqual => Ok(negate_bool(&equal(left, right))),
        Op::And | Op::Or => {
            let (left, right) = operands(left, right, &Type::Bool, spans)?;
            let marks = left.marks().union(right.marks());
            let decided_by = operator == Op::Or;
            let result = match (left.as_bool(), right.as_bool()) {
                // One side decides alone, even beside an unknown one.
                (Some(side), _) | (_, Some(side)) if side == decided_by => Value::bool(decided_by),
                (Some(_), Some(_)) => Value::bool(!decided_by),
                _ => Value::unknown_not_null(Type::Bool),
            };
            Ok(result.with_marks(&marks))
        }
        Op::Less | Op::LessOrEqual | Op::Greater | Op::GreaterOrEqual => {
            let (left, right) = operands(left, right, &Type::Number, spans)?;
            let marks = left.marks().union(right.marks());
            let result = match (left.as_number(), right.as_number()) {
                (Some(left), Some(right)) => Value::bool(match operator {
                    Op::Less => left < right,
                    Op::LessOrEqual => left <= right,
                    Op::Greater => left > right,
                    _ => left >= right,
                }),
                _ => compare_ranges(operator, &left, &right),
            };
            Ok(result.with_marks(&marks))
        }
        Op::Add | Op::Subtract | Op::Multiply | Op::Divide | Op::Remainder => {
            let (left, right) = operands(left, right, &Type::Number, spans)?;
            let marks = left.marks().union(right.marks());
            let (Some(left), Some(right)) = (left.as_number(), right.as_number()) else {
                return Ok(Value::unknown_not_null(Type::Number).with_marks(&marks));
            };
            if matches!(operator, Op::Divide | Op::Remainder) && right.is_zero() && !language.is_strict() {
                return Err(division_by_zero(spans.right).into());
            }
            let result = match operator {
                Op::Add => left.add(right),
                Op::Subtract => left.sub(right),
                Op::Multiply => left.mul(right),
                Op::Divide => left.div(right),
                _ => left.rem(right),
            };
            let result = result.map_err(|error| {
                Diagnostic::error("Operation failed", format!("There is no result: {error}.")).at(spans.whole)
            })?;
            Ok(Value::number(result).with_marks(&marks))
        }
    }
}

/// `operator operand`
pub(super) fn unary(operator: UnaryOperator, value: &Value, span: Span, whole: Span) -> OperatorResult {
    match operator {
        UnaryOperator::Not => Ok(negate_bool(&not_null(operand(value, &Type::Bool, span)?, whole)?)),
        UnaryOperator::Negate => {
            let value = not_null(operand(value, &Type::Number, span)?, whole)?;
            let marks = value.marks().clone();
            let result = match value.as_number() {
                Some(number) => Value::number(number.neg()),
                None => Value::unknown_not_null(Type::Number),
            };
            Ok(result.with_marks(&marks))
        }
    }
}

fn division_by_zero(span: Span) -> Diagnostic {
    Diagnostic::error("Division by zero", "Cannot divide by zero: change the divisor, or test for zero first.").at(span)
}

fn negate_bool(value: &Value) -> Value {
    match value.as_bool() {
        Some(known) => Value::bool(!known).with_marks(value.marks()),
        None => value.clone(),
    }
}

/// Both operands converted to what the operator needs, or the mistakes of both.
fn operands(left: &Value, right: &Value, ty: &Type, spans: Spans) -> Result<(Value, Value), Diagnostics> {
    let (left, right) = super::expression::both(operand(left, ty, spans.left), operand(right, ty, spans.right))?;
    Ok((not_null(left, spans.whole)?, not_null(right, spans.whole)?))
}

/// An operand converted to what the operator needs.
fn operand(value: &Value, ty: &Type, span: Span) -> OperatorResult {
    convert(value, ty).map_err(|error| {
        Diagnostic::error("Invalid operand", format!("Unsuitable value for the operand: {error}.")).at(span).into()
    })
}

fn not_null(value: Value, whole: Span) -> OperatorResult {
    if value.is_null() {
        let detail = "An operand is null, and there is no result without a value. Use `coalesce`, or test for null \
                      first.";
        return Err(Diagnostic::error("Operation failed", detail).at(whole).into());
    }
    Ok(value)
}

/// Whether an unknown number's range decides the comparison already.
fn compare_ranges(operator: BinaryOperator, left: &Value, right: &Value) -> Value {
    let (left_min, left_max) = bounds(left);
    let (right_min, right_max) = bounds(right);
    let below = |upper: &Option<(Number, bool)>, lower: &Option<(Number, bool)>, or_equal: bool| match (upper, lower) {
        (Some((upper, upper_in)), Some((lower, lower_in))) => {
            upper < lower || (upper == lower && (or_equal || !(*upper_in && *lower_in)))
        }
        _ => false,
    };
    let (always, never) = match operator {
        BinaryOperator::Less => (below(&left_max, &right_min, false), below(&right_max, &left_min, true)),
        BinaryOperator::LessOrEqual => (below(&left_max, &right_min, true), below(&right_max, &left_min, false)),
        BinaryOperator::Greater => (below(&right_max, &left_min, false), below(&left_max, &right_min, true)),
        _ => (below(&right_max, &left_min, true), below(&left_max, &right_min, false)),
    };
    match (always, never) {
        (true, _) => Value::bool(true),
        (_, true) => Value::bool(false),
        _ => Value::unknown_not_null(Type::Bool),
    }
}

type Bound = Option<(Number, bool)>;

fn bounds(value: &Value) -> (Bound, Bound) {
    match value.kind() {
        Kind::Number(number) => (Some((number.clone(), true)), Some((number.clone(), true))),
        Kind::Unknown(unknown) => match &unknown.refinement {
            Some(refinement) => (refinement.number_min.clone(), refinement.number_max.clone()),
            None => (None, None),
        },
        _ => (None, None),
    }
}

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

/// `None` while it is not known.
fn compare(left: &Value, right: &Value) -> Option<bool> {
    match (left.kind(), right.kind()) {
        (Kind::Null(_), Kind::Null(_)) => Some(true),
        (Kind::Null(_), Kind::Unknown(unknown)) | (Kind::Unknown(unknown), Kind::Null(_)) => {
            unknown.refinement.as_ref().is_some_and(|refinement| refinement.not_null).then_some(false)
        }
        (Kind::Unknown(_), Kind::Unknown(_)) => None,
        (Kind::Unknown(unknown), known) | (known, Kind::Unknown(unknown)) => match (known, &unknown.refinement) {
            (Kind::String(text), Some(refinement)) => refinement
                .string_prefix
                .as_ref()
                .is_some_and(|prefix| !text.starts_with(prefix.as_str()))
                .then_some(false),
            _ => {
                let (left, right) = (left.ty(), right.ty());
                (left != right && !left.has_any() && !right.has_any()).then_some(false)
            }
        },
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
        match compare(left, right) {
            Some(false) => return Some(false),
            None => result = None,
            Some(true) => {}
        }
    }
    result
}

/// What is known of a value that will be one of two.
pub(super) fn unknown_of_either(yes: &Value, no: &Value, ty: Type) -> Value {
    let not_null = |value: &Value| match value.kind() {
        Kind::Null(_) => false,
        Kind::Unknown(unknown) => unknown.refinement.as_ref().is_some_and(|refinement| refinement.not_null),
        _ => true,
    };
    let marks = yes.marks_deep().union(&no.marks_deep());
    let refinement = Refinement { not_null: not_null(yes) && not_null(no), ..Refinement::default() };
    Value::unknown_refined(ty, refinement).with_marks(&marks)
}
