//! The two infinities: how they are written, and what operations make of them.
//!
//! Each operation answers `None` where both operands, and its result, are finite: then it is ordinary arithmetic.

use dashu_base::Sign;

use super::{Form, Number};

/// Why an operation has no result.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum Undefined {
    /// `∞ - ∞`, or the sum of both infinities.
    #[error("infinity less infinity is not a number")]
    Difference,
    /// `0 * ∞`
    #[error("zero times infinity is not a number")]
    Product,
    /// `0 / 0`
    #[error("zero divided by zero is not a number")]
    ZeroByZero,
    /// `∞ / ∞`
    #[error("infinity divided by infinity is not a number")]
    Quotient,
    /// `∞ % x` and `x % ∞`
    #[error("there is no remainder of a division of, or by, infinity")]
    Remainder,
}

type Outcome = Option<Result<Number, Undefined>>;

impl Number {
    pub(super) fn infinite(sign: Sign) -> Self {
        Self(Form::Infinite(sign))
    }

    fn infinity(&self) -> Option<Sign> {
        match self.0 {
            Form::Infinite(sign) => Some(sign),
            _ => None,
        }
    }

    /// The sign, which zero has too.
    fn sign(&self) -> Sign {
        match &self.0 {
            Form::Small { value, .. } if *value < 0 => Sign::Negative,
            Form::Small { .. } => Sign::Positive,
            Form::Big(float) => float.repr().sign(),
            Form::Infinite(sign) => *sign,
        }
    }
}

/// Reads `Inf` and `inf`, with or without a sign. No other spelling is one.
pub(super) fn parse(text: &str) -> Option<Number> {
    let sign = if text.starts_with('-') { Sign::Negative } else { Sign::Positive };
    let unsigned = text.strip_prefix(['+', '-']).unwrap_or(text);
    matches!(unsigned, "Inf" | "inf").then(|| Number::infinite(sign))
}

pub(super) fn sum(left: &Number, right: &Number) -> Outcome {
    match (left.infinity(), right.infinity()) {
        (None, None) => None,
        (Some(left), Some(right)) if left != right => Some(Err(Undefined::Difference)),
        (Some(sign), _) | (_, Some(sign)) => Some(Ok(Number::infinite(sign))),
    }
}

pub(super) fn difference(left: &Number, right: &Number) -> Outcome {
    match (left.infinity(), right.infinity()) {
        (None, None) => None,
        (Some(left), Some(right)) if left == right => Some(Err(Undefined::Difference)),
        (Some(sign), _) => Some(Ok(Number::infinite(sign))),
        (None, Some(sign)) => Some(Ok(Number::infinite(-sign))),
    }
}

pub(super) fn product(left: &Number, right: &Number) -> Outcome {
    if left.is_finite() && right.is_finite() {
        return None;
    }
    if left.is_zero() || right.is_zero() {
        return Some(Err(Undefined::Product));
    }
    Some(Ok(Number::infinite(left.sign() * right.sign())))
}

pub(super) fn quotient(left: &Number, right: &Number) -> Outcome {
    let sign = left.sign() * right.sign();
    match (left.is_finite(), right.is_finite()) {
        (true, true) if !right.is_zero() => None,
        (true, true) if left.is_zero() => Some(Err(Undefined::ZeroByZero)),
        (_, true) => Some(Ok(Number::infinite(sign))),
        (true, false) => Some(Ok(if sign == Sign::Negative { Number::ZERO.neg() } else { Number::ZERO })),
        (false, false) => Some(Err(Undefined::Quotient)),
    }
}

pub(super) fn remainder(left: &Number, right: &Number) -> Outcome {
    if !left.is_finite() || !right.is_finite() {
        return Some(Err(Undefined::Remainder));
    }
    right.is_zero().then(|| Ok(left.clone()))
}
