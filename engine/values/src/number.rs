//! Numbers of the language: binary floating point with up to 512 bits of mantissa.
//!
//! [`Number`] behaves as Terraform's numbers do, digit for digit: literals, strings and JSON are read with 512 bits,
//! machine integers have 64 and machine floats 53, and a result has the precision of its more precise operand.
//! The precision shows in how a quotient is rounded and in how many digits are printed; it is no part of equality.
//! Integers that fit `i64` are kept as such: the common case costs no allocation.
//!
//! There are two infinities, as in Terraform: what a number divided by zero is, and how the texts `Inf` and `inf` are
//! read. Whether the language lets them come about is not decided here. Operations that have no result at all, such
//! as infinity less infinity, give [`Undefined`].
//!
//! Deliberately elsewhere: how JSON writes numbers ([`json`]), functions of the language other than the operators
//! (`infra-engine`).
//!
//! [`json`]: crate::json

use std::cmp::Ordering;
use std::fmt;
use std::hash::{Hash, Hasher};
use std::str::FromStr;
use std::sync::Arc;

use dashu_base::Sign;
use dashu_float::round::mode::HalfEven;
use dashu_float::{Context, FBig, Repr};
use dashu_int::{IBig, UBig};

mod decimal;
mod infinite;
mod power;
#[cfg(test)]
mod tests;

pub use infinite::Undefined;

/// Bits of a number that was read from text.
const TEXT_PRECISION: u16 = 512;
/// Bits of a number made from a machine integer.
const INTEGER_PRECISION: u16 = 64;
/// Bits of a number made from a machine float.
const FLOAT_PRECISION: u16 = 53;

/// The largest decimal exponent that is read. Beyond it, writing the digits out would take longer than any
/// configuration is worth.
const EXPONENT_LIMIT: i64 = 1_000_000;

/// Results beyond 2^±this saturate, so that a chain of products cannot ask for endless memory.
const BINARY_EXPONENT_LIMIT: isize = 1 << 24;

type Float = FBig<HalfEven, 2>;

/// A number of the language. Cloning costs at most a reference count.
#[derive(Clone)]
pub struct Number(Form);

#[derive(Clone)]
enum Form {
    /// Every integer that fits, whatever it came from.
    Small { value: i64, precision: u16 },
    /// Everything else, negative zero included. The float's context holds the precision.
    Big(Arc<Float>),
    /// Beyond every number, on one side.
    Infinite(Sign),
}

/// Why a text is no number.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum ParseNumberError {
    /// Not decimal digits with an optional sign, point and exponent.
    #[error("{0:?} is not a number; write decimal digits, as in 10, -0.5 or 1e6")]
    Syntax(String),
    /// The exponent is beyond what can be computed with.
    #[error("the exponent of {0:?} is out of range; numbers reach from 1e-1000000 to 1e1000000")]
    Range(String),
}

/// Making numbers.
impl Number {
    /// Zero.
    pub const ZERO: Self = Self(Form::Small { value: 0, precision: INTEGER_PRECISION });

    /// The number that a machine float holds exactly; `None` for what is not a number.
    pub fn from_f64(value: f64) -> Option<Self> {
        if value.is_infinite() {
            return Some(Self::infinite(if value > 0.0 { Sign::Positive } else { Sign::Negative }));
        }
        let exact = Repr::<2>::try_from(value).ok()?;
        Some(Self::settled(Float::from_repr(exact, Context::new(usize::from(FLOAT_PRECISION)))))
    }

    fn small(value: i64, precision: u16) -> Self {
        Self(Form::Small { value, precision })
    }

    fn negative_zero(precision: u16) -> Self {
        Self(Form::Big(Arc::new(Float::from_repr(Repr::neg_zero(), Context::new(usize::from(precision))))))
    }

    /// The one form of a float: small where it is an integer that fits.
    fn settled(float: Float) -> Self {
        let repr = float.repr();
        let precision = u16::try_from(float.precision()).unwrap_or(TEXT_PRECISION);
        if repr.significand().is_zero() && repr.is_finite() {
            return if repr.is_neg_zero() { Self::negative_zero(precision) } else { Self::small(0, precision) };
        }
        if let Some(value) = small_integer(repr) {
            return Self::small(value, precision);
        }
        if repr.exponent() > BINARY_EXPONENT_LIMIT {
            let edge = Repr::new(IBig::from_parts(repr.sign(), UBig::ONE), BINARY_EXPONENT_LIMIT);
            return Self(Form::Big(Arc::new(Float::from_repr(edge, float.context()))));
        }
        if repr.exponent() < -BINARY_EXPONENT_LIMIT {
            return Self::small(0, precision);
        }
        Self(Form::Big(Arc::new(float)))
    }

    /// An exact intermediate result, rounded once.
    fn rounded(exact: Float, precision: u16) -> Self {
        Self::settled(exact.with_precision(usize::from(precision)).value())
    }

    /// The number as an operand whose results are not rounded at all: sums and products are rounded here, once,
    /// because the library keeps a bit too many of some inexact sums.
    fn exact(&self) -> Float {
        Float::from_repr(self.float().into_repr(), Context::new(0))
    }

    /// The number as a float; the largest there is for an infinity, whose operations do not come here.
    fn float(&self) -> Float {
        match &self.0 {
            Form::Small { value, precision } => rounded_integer(IBig::from(*value), *precision),
            Form::Big(float) => Float::clone(float),
            Form::Infinite(sign) => Float::from_repr(
                Repr::new(IBig::from_parts(*sign, UBig::ONE), BINARY_EXPONENT_LIMIT),
                Context::new(usize::from(INTEGER_PRECISION)),
            ),
        }
    }

    fn precision(&self) -> u16 {
        match &self.0 {
            Form::Small { precision, .. } => *precision,
            Form::Big(float) => u16::try_from(float.precision()).unwrap_or(TEXT_PRECISION),
            Form::Infinite(_) => TEXT_PRECISION,
        }
    }

    /// The text by which sets of compound values order numbers: ten digits at most, with an exponent where long.
    pub(crate) fn to_general_text(&self) -> String {
        match &self.0 {
            Form::Infinite(_) => self.to_string(),
            _ => decimal::general_text(self.float().repr()),
        }
    }

    /// The text that [`Number::from_exact_text`] reads back to the same number of the same precision.
    pub(crate) fn to_exact_text(&self) -> String {
        match self.precision() {
            TEXT_PRECISION => self.to_string(),
            precision => format!("{self}p{precision}"),
        }
    }

    /// Reads what [`Number::to_exact_text`] wrote.
    pub(crate) fn from_exact_text(text: &str) -> Result<Self, ParseNumberError> {
        let Some((digits, precision)) = text.split_once('p') else {
            return text.parse();
        };
        match precision.parse() {
            Ok(precision @ 1..=TEXT_PRECISION) => decimal::parse(digits, precision),
            _ => Err(ParseNumberError::Syntax(text.to_owned())),
        }
    }
}

/// The value of a float that is an integer and fits.
fn small_integer(repr: &Repr<2>) -> Option<i64> {
    let exponent = u32::try_from(repr.exponent()).ok().filter(|exponent| *exponent < 64)?;
    let significand = i64::try_from(repr.significand()).ok()?;
    i64::try_from(i128::from(significand) << exponent).ok()
}

fn rounded_integer(value: IBig, precision: u16) -> Float {
    Context::<HalfEven>::new(usize::from(precision)).convert_int::<2>(value).value()
}

/// Arithmetic, each result rounded to the nearest with ties to even.
///
/// # Errors
///
/// Operations on two numbers are [`Undefined`] where an infinity, or zero divided by zero, leaves them no result.
impl Number {
    /// `self + other`
    pub fn add(&self, other: &Self) -> Result<Self, Undefined> {
        infinite::sum(self, other).unwrap_or_else(|| Ok(self.add_finite(other)))
    }

    /// `self - other`
    pub fn sub(&self, other: &Self) -> Result<Self, Undefined> {
        infinite::difference(self, other).unwrap_or_else(|| Ok(self.sub_finite(other)))
    }

    /// `self * other`, with more precision than the operands have where the product needs it.
    pub fn mul(&self, other: &Self) -> Result<Self, Undefined> {
        infinite::product(self, other).unwrap_or_else(|| Ok(self.mul_finite(other)))
    }

    /// `self / other`, which is infinite when `other` is zero.
    pub fn div(&self, other: &Self) -> Result<Self, Undefined> {
        infinite::quotient(self, other).unwrap_or_else(|| Ok(self.div_finite(other)))
    }

    /// The remainder of the division truncated toward zero: it has the sign of `self`, and is `self` when `other` is
    /// zero.
    pub fn rem(&self, other: &Self) -> Result<Self, Undefined> {
        infinite::remainder(self, other).unwrap_or_else(|| Ok(self.rem_finite(other)))
    }

    fn add_finite(&self, other: &Self) -> Self {
        if let Some((left, right, precision)) = exact_integers(self, other)
            && let Some(sum) = left.checked_add(right)
        {
            return Self::small(sum, precision);
        }
        Self::sum(self.exact(), other.exact(), self.precision().max(other.precision()))
    }

    fn sub_finite(&self, other: &Self) -> Self {
        if let Some((left, right, precision)) = exact_integers(self, other)
            && let Some(difference) = left.checked_sub(right)
        {
            return Self::small(difference, precision);
        }
        Self::sum(self.exact(), -other.exact(), self.precision().max(other.precision()))
    }

    fn sum(left: Float, right: Float, precision: u16) -> Self {
        let both_negative = left.repr().is_neg_zero() && right.repr().is_neg_zero();
        let sum = left + right;
        if sum.repr().significand().is_zero() && !both_negative {
            return Self::small(0, precision);
        }
        Self::rounded(sum, precision)
    }

    fn mul_finite(&self, other: &Self) -> Self {
        if let Some((left, right, precision)) = exact_integers(self, other)
            && let Some(product) = left.checked_mul(right)
        {
            let negative_zero = product == 0 && (left < 0 || right < 0);
            return if negative_zero { Self::negative_zero(precision) } else { Self::small(product, precision) };
        }
        let product = Self::rounded(self.exact() * other.exact(), TEXT_PRECISION);
        let needed = u16::try_from(product.exact().digits()).unwrap_or(TEXT_PRECISION);
        product.at_precision(needed.max(self.precision()).max(other.precision()))
    }

    /// `other` is not zero.
    fn div_finite(&self, other: &Self) -> Self {
        if let Some((left, right, precision)) = exact_integers(self, other)
            && left != 0
            && left.checked_rem(right) == Some(0)
        {
            return Self::small(left / right, precision);
        }
        Self::settled(self.float() / other.float())
    }

    /// `other` is not zero.
    fn rem_finite(&self, other: &Self) -> Self {
        if let Some((left, right, _)) = exact_integers(self, other) {
            return Self::small(left.checked_rem(right).unwrap_or(0), self.precision());
        }
        // The quotient is rounded before it is truncated, and all else has the precision of the dividend:
        // 0.3 % 0.1 is 0 although neither is exact.
        let precision = self.precision();
        let quotient = self.div_finite(other).truncated().at_precision(precision);
        let product = Self::rounded(quotient.exact() * other.exact(), precision);
        Self::sum(self.exact(), -product.exact(), precision)
    }

    /// `-self`
    #[must_use]
    pub fn neg(&self) -> Self {
        match &self.0 {
            Form::Small { value: 0, precision } => Self::negative_zero(*precision),
            Form::Small { value, precision } if *value != i64::MIN => Self::small(-value, *precision),
            Form::Infinite(sign) => Self::infinite(-*sign),
            _ => Self::settled(-self.float()),
        }
    }

    /// The number without its sign.
    #[must_use]
    pub fn abs(&self) -> Self {
        match &self.0 {
            Form::Small { value, .. } if *value >= 0 => self.clone(),
            Form::Big(float) if float.repr().is_neg_zero() => Self::small(0, self.precision()),
            Form::Big(float) if float.repr().sign() == Sign::Positive => self.clone(),
            Form::Infinite(_) => Self::infinite(Sign::Positive),
            _ => self.neg(),
        }
    }

    /// The next integer that is not greater.
    #[must_use]
    pub fn floor(&self) -> Self {
        let whole = self.truncated();
        if whole > *self { whole.sub_finite(&Self::from(1)).at_precision(self.precision()) } else { whole }
    }

    /// The next integer that is not less.
    #[must_use]
    pub fn ceil(&self) -> Self {
        let whole = self.truncated();
        if whole < *self { whole.add_finite(&Self::from(1)).at_precision(self.precision()) } else { whole }
    }

    /// `self` to the power of `exponent`, computed with machine floats as the language's `pow` does; `None` when
    /// that is no number. Where the exponent is no integer the last digit may depend on the platform.
    pub fn pow(&self, exponent: &Self) -> Option<Self> {
        Self::from_f64(power::pow(self.to_f64(), exponent.to_f64()))
    }

    /// The integer part, never a negative zero.
    fn truncated(&self) -> Self {
        match &self.0 {
            Form::Small { .. } | Form::Infinite(_) => self.clone(),
            Form::Big(float) => {
                let repr = float.repr();
                if repr.significand().is_zero() {
                    Self::small(0, self.precision())
                } else if repr.exponent() >= 0 {
                    self.clone()
                } else {
                    Self::settled(rounded_integer(repr.to_int().value(), self.precision()))
                }
            }
        }
    }

    fn at_precision(&self, precision: u16) -> Self {
        Self::rounded(self.exact(), precision)
    }
}

/// Both operands and the precision of the result, where machine arithmetic gives what rounding would.
fn exact_integers(left: &Number, right: &Number) -> Option<(i64, i64, u16)> {
    match (&left.0, &right.0) {
        (
            Form::Small { value: left, precision: left_precision },
            Form::Small { value: right, precision: right_precision },
        ) => {
            let precision = *left_precision.max(right_precision);
            (precision >= INTEGER_PRECISION).then_some((*left, *right, precision))
        }
        _ => None,
    }
}

/// Looking at numbers.
impl Number {
    /// -1, 0 or 1.
    pub fn signum(&self) -> i32 {
        match self.cmp(&Self::ZERO) {
            Ordering::Less => -1,
            Ordering::Equal => 0,
            Ordering::Greater => 1,
        }
    }

    /// Whether it is zero, negative zero included.
    pub fn is_zero(&self) -> bool {
        match &self.0 {
            Form::Small { value, .. } => *value == 0,
            Form::Big(float) => float.repr().significand().is_zero(),
            Form::Infinite(_) => false,
        }
    }

    /// Whether it is a number and no infinity.
    pub fn is_finite(&self) -> bool {
        !matches!(self.0, Form::Infinite(_))
    }

    /// Whether it has no fraction.
    pub fn is_integer(&self) -> bool {
        match &self.0 {
            Form::Small { .. } => true,
            Form::Big(float) => self.is_zero() || float.repr().is_int(),
            Form::Infinite(_) => false,
        }
    }

    /// The exact value, where it is an integer that fits.
    pub fn as_i64(&self) -> Option<i64> {
        match &self.0 {
            Form::Small { value, .. } => Some(*value),
            Form::Big(_) => self.is_zero().then_some(0),
            Form::Infinite(_) => None,
        }
    }

    /// The exact value, where it is an integer that fits.
    pub fn as_u64(&self) -> Option<u64> {
        if let Some(value) = self.as_i64() {
            return u64::try_from(value).ok();
        }
        let Form::Big(float) = &self.0 else {
            return None;
        };
        let repr = float.repr();
        let exponent = u32::try_from(repr.exponent()).ok().filter(|exponent| *exponent < 64)?;
        u64::try_from(repr.significand()).ok()?.checked_mul(1_u64.checked_shl(exponent)?)
    }

    /// The exact value, where it is an integer that fits.
    pub fn as_usize(&self) -> Option<usize> {
        usize::try_from(self.as_u64()?).ok()
    }

    /// The nearest machine float; infinite beyond its range.
    pub fn to_f64(&self) -> f64 {
        match &self.0 {
            Form::Small { value, .. } => *value as f64,
            Form::Big(float) => float.repr().to_f64().value(),
            Form::Infinite(Sign::Positive) => f64::INFINITY,
            Form::Infinite(Sign::Negative) => f64::NEG_INFINITY,
        }
    }
}

impl From<i64> for Number {
    fn from(value: i64) -> Self {
        Self::small(value, INTEGER_PRECISION)
    }
}

impl From<i32> for Number {
    fn from(value: i32) -> Self {
        Self::from(i64::from(value))
    }
}

impl From<u32> for Number {
    fn from(value: u32) -> Self {
        Self::from(i64::from(value))
    }
}

impl From<u64> for Number {
    fn from(value: u64) -> Self {
        match i64::try_from(value) {
            Ok(value) => Self::from(value),
            Err(_) => Self::settled(rounded_integer(IBig::from(value), INTEGER_PRECISION)),
        }
    }
}

impl From<usize> for Number {
    fn from(value: usize) -> Self {
        Self::from(value as u64)
    }
}

/// Decimal digits with an optional sign, point and exponent: `1`, `-0.5`, `1e100`. Or an infinity: `Inf`, `-inf`.
impl FromStr for Number {
    type Err = ParseNumberError;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        infinite::parse(text).map_or_else(|| decimal::parse(text, TEXT_PRECISION), Ok)
    }
}

impl PartialEq for Number {
    fn eq(&self, other: &Self) -> bool {
        match (&self.0, &other.0) {
            (Form::Small { value: left, .. }, Form::Small { value: right, .. }) => left == right,
            (Form::Big(left), Form::Big(right)) => left.repr() == right.repr(),
            (Form::Infinite(left), Form::Infinite(right)) => left == right,
            // Only zero has two forms.
            _ => self.is_zero() && other.is_zero(),
        }
    }
}

impl Eq for Number {}

impl PartialOrd for Number {
    fn partial_cmp(&self, other: &Self) -> Option<Ordering> {
        Some(self.cmp(other))
    }
}

impl Ord for Number {
    fn cmp(&self, other: &Self) -> Ordering {
        match (&self.0, &other.0) {
            (Form::Small { value: left, .. }, Form::Small { value: right, .. }) => left.cmp(right),
            _ if self == other => Ordering::Equal,
            (Form::Infinite(Sign::Positive), _) | (_, Form::Infinite(Sign::Negative)) => Ordering::Greater,
            (Form::Infinite(Sign::Negative), _) | (_, Form::Infinite(Sign::Positive)) => Ordering::Less,
            (Form::Big(left), Form::Big(right)) => left.repr().cmp(right.repr()),
            _ => self.float().repr().cmp(other.float().repr()),
        }
    }
}

impl Hash for Number {
    fn hash<H: Hasher>(&self, state: &mut H) {
        match &self.0 {
            Form::Small { value, .. } => value.hash(state),
            Form::Big(_) if self.is_zero() => 0_i64.hash(state),
            Form::Big(float) => {
                float.repr().exponent().hash(state);
                float.repr().significand().hash(state);
            }
            Form::Infinite(sign) => sign.hash(state),
        }
    }
}

/// Plain decimal, never an exponent: as few digits as read back to the same number. `+Inf` and `-Inf` for infinities.
impl fmt::Display for Number {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        match &self.0 {
            Form::Small { value, precision }
                if *precision >= INTEGER_PRECISION || value.abs() < 1 << FLOAT_PRECISION =>
            {
                fmt::Display::fmt(value, formatter)
            }
            Form::Small { precision, .. } => decimal::write(formatter, self.float().repr(), *precision),
            Form::Big(float) => decimal::write(formatter, float.repr(), self.precision()),
            Form::Infinite(Sign::Positive) => formatter.write_str("+Inf"),
            Form::Infinite(Sign::Negative) => formatter.write_str("-Inf"),
        }
    }
}

impl fmt::Debug for Number {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(formatter, "Number({})", self.to_exact_text())
    }
}
