//! Operators over values that may be unknown, null or marked.

use infra_values::{Type, Value, convert::convert};

use super::{equality, ranges};
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
        Op::Equal => Ok(equality::equal(left, right)),
        Op::NotEqual => Ok(negate_bool(&equality::equal(left, right))),
        Op::And | Op::Or => {
            let (left, right) = operands(left, right, &Type::Bool, spans)?;
            let marks = left.marks().union(right.marks());
            let decided_by = operator == Op::Or;
            let result = match (left.as_bool(), right.as_bool()) {
                (Some(left), Some(right)) => Value::bool(if decided_by { left || right } else { left && right }),
                // One side decides alone, even beside an unknown one. To Terraform the result is unknown then.
                (Some(side), None) | (None, Some(side)) if side == decided_by && !language.is_strict() => {
                    Value::bool(decided_by)
                }
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
                _ => ranges::compare(operator, &left, &right),
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
