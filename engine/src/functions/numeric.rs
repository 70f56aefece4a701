//! Numeric functions.

use std::cmp::Ordering;

use dashu_int::UBig;
use infra_values::{Number, Type, Value};

use super::arguments::{Outcome, any, number, text, whole_number};
use super::{Context, Function, FunctionError, Parameter, Returns};

pub(super) const ABS: Function = Function::new(
    "abs",
    "Returns a number without its sign.",
    &[Parameter::new("num", number)],
    Returns::Fixed(number),
    |_, arguments| Ok(Value::number(numeral(arguments, 0).abs())),
);

pub(super) const CEIL: Function = Function::new(
    "ceil",
    "Rounds a number up to the next whole number.",
    &[Parameter::new("num", number)],
    Returns::Fixed(number),
    |_, arguments| Ok(Value::number(numeral(arguments, 0).ceil())),
);

pub(super) const FLOOR: Function = Function::new(
    "floor",
    "Rounds a number down to the next whole number.",
    &[Parameter::new("num", number)],
    Returns::Fixed(number),
    |_, arguments| Ok(Value::number(numeral(arguments, 0).floor())),
);

pub(super) const LOG: Function = Function::new(
    "log",
    "Returns the logarithm of a number to a base.",
    &[Parameter::new("num", number), Parameter::new("base", number)],
    Returns::Fixed(number),
    log,
);

pub(super) const MAX: Function =
    Function::new("max", "Returns the greatest of the given numbers.", &[], Returns::Fixed(number), |_, arguments| {
        extreme(arguments, Ordering::Greater)
    })
    .variadic(Parameter::new("numbers", number));

pub(super) const MIN: Function =
    Function::new("min", "Returns the least of the given numbers.", &[], Returns::Fixed(number), |_, arguments| {
        extreme(arguments, Ordering::Less)
    })
    .variadic(Parameter::new("numbers", number));

pub(super) const PARSEINT: Function = Function::new(
    "parseint",
    "Reads a whole number in a base from 2 to 62 from a string. Above base 36, capital letters follow the small ones.",
    &[Parameter::new("number", any), Parameter::new("base", number)],
    Returns::Fixed(number),
    parseint,
)
.shown_as(|| Type::Any);

pub(super) const POW: Function = Function::new(
    "pow",
    "Returns a number raised to a power.",
    &[Parameter::new("num", number), Parameter::new("power", number)],
    Returns::Fixed(number),
    pow,
);

pub(super) const SIGNUM: Function = Function::new(
    "signum",
    "Returns -1, 0 or 1: the sign of a whole number.",
    &[Parameter::new("num", number)],
    Returns::Fixed(number),
    |_, arguments| Ok(Value::number(whole_number(arguments, 0).map_err(FunctionError::of_call)?.signum())),
);

/// The number in an argument whose parameter is a number; zero for anything else.
fn numeral(arguments: &[Value], position: usize) -> Number {
    arguments.get(position).and_then(Value::as_number).cloned().unwrap_or(Number::ZERO)
}

fn extreme(arguments: &[Value], wanted: Ordering) -> Outcome {
    let mut numbers = arguments.iter().filter_map(Value::as_number);
    let Some(first) = numbers.next() else {
        return Err(FunctionError::new("at least one number is required"));
    };
    let found = numbers.fold(first, |found, next| if next.cmp(found) == wanted { next } else { found });
    Ok(Value::number(found.clone()))
}

/// The result of a function, which has to be finite but for Terraform itself.
fn finite(result: Option<Number>, context: &dyn Context, what: impl FnOnce() -> String) -> Outcome {
    result
        .filter(|number| number.is_finite() || context.language().is_strict())
        .map(Value::number)
        .ok_or_else(|| FunctionError::new(format!("{} is not a finite number", what())))
}

fn log(context: &dyn Context, arguments: &[Value]) -> Outcome {
    let (power, base) = (numeral(arguments, 0), numeral(arguments, 1));
    let result = natural_logarithm(power.to_f64()) / natural_logarithm(base.to_f64());
    finite(Number::from_f64(result), context, || format!("the logarithm of {power} to the base {base}"))
}

/// The natural logarithm by the method of Sun's fdlibm. The standard library's may differ in the last digit, which
/// would show as a difference to what is stored.
fn natural_logarithm(x: f64) -> f64 {
    const LN2_HIGH: f64 = 6.931_471_803_691_238e-1;
    const LN2_LOW: f64 = 1.908_214_929_270_587_7e-10;
    const EVEN: [f64; 3] = [3.999_999_999_940_942e-1, 2.222_219_843_214_978_4e-1, 1.531_383_769_920_937_3e-1];
    const ODD: [f64; 4] =
        [6.666_666_666_666_735e-1, 2.857_142_874_366_239e-1, 1.818_357_216_161_805e-1, 1.479_819_860_511_658_6e-1];
    if x.is_nan() || x <= 0.0 || x.is_infinite() {
        return x.ln();
    }
    // x = fraction · 2^exponent with sqrt(1/2) ≤ fraction < sqrt(2)
    let scale = if x < f64::MIN_POSITIVE { 54 } else { 0 };
    let bits = (x * f64::from(scale).exp2()).to_bits();
    let mut exponent = ((bits >> 52) & 0x7ff) as i32 - 1022 - scale;
    let mut fraction = f64::from_bits((bits & !(0x7ff << 52)) | (1022 << 52));
    if fraction < std::f64::consts::FRAC_1_SQRT_2 {
        fraction *= 2.0;
        exponent -= 1;
    }
    let f = fraction - 1.0;
    let k = f64::from(exponent);
    let s = f / (2.0 + f);
    let s2 = s * s;
    let s4 = s2 * s2;
    let odd = s2 * (ODD[0] + s4 * (ODD[1] + s4 * (ODD[2] + s4 * ODD[3])));
    let even = s4 * (EVEN[0] + s4 * (EVEN[1] + s4 * EVEN[2]));
    let r = odd + even;
    let half_square = 0.5 * f * f;
    k * LN2_HIGH - ((half_square - (s * (half_square + r) + k * LN2_LOW)) - f)
}

fn parseint(_: &dyn Context, arguments: &[Value]) -> Outcome {
    let [digits, _] = arguments else {
        return Err(FunctionError::new("two arguments are required"));
    };
    if digits.ty() != Type::String {
        return Err(FunctionError::argument(0, format!("a string is required, not {}", digits.ty().friendly_name())));
    }
    let base = whole_number(arguments, 1)?;
    let Some(base) = u32::try_from(base).ok().filter(|base| (2..=62).contains(base)) else {
        return Err(FunctionError::argument(1, "the base must be a whole number between 2 and 62"));
    };
    let written = text(digits);
    let unsigned = written.strip_prefix(['+', '-']).unwrap_or(written);
    let magnitude = read_digits(unsigned, base)
        .ok_or_else(|| FunctionError::argument(0, format!("{written:?} is not a whole number in base {base}")))?;
    let parsed = match i64::try_from(&magnitude) {
        Ok(small) => Number::from(small),
        Err(_) => magnitude
            .to_string()
            .parse()
            .map_err(|error| FunctionError::argument(0, format!("{written:?} cannot be represented: {error}")))?,
    };
    let is_negative = written.starts_with('-') && magnitude != UBig::ZERO;
    Ok(Value::number(if is_negative { parsed.neg() } else { parsed }))
}

fn read_digits(digits: &str, base: u32) -> Option<UBig> {
    if digits.is_empty() {
        return None;
    }
    digits.chars().try_fold(UBig::ZERO, |value, digit| {
        let worth = match digit {
            '0'..='9' => digit as u32 - '0' as u32,
            'a'..='z' => digit as u32 - 'a' as u32 + 10,
            'A'..='Z' if base <= 36 => digit as u32 - 'A' as u32 + 10,
            'A'..='Z' => digit as u32 - 'A' as u32 + 36,
            _ => return None,
        };
        (worth < base).then(|| value * base + worth)
    })
}

fn pow(context: &dyn Context, arguments: &[Value]) -> Outcome {
    let (base, power) = (numeral(arguments, 0), numeral(arguments, 1));
    finite(base.pow(&power), context, || format!("{base} to the power of {power}"))
}
