//! Numbers as decimal text: exact reading, shortest writing.

use std::fmt::{self, Write};

use dashu_base::{BitTest, Sign, UnsignedAbs};
use dashu_float::round::mode::HalfEven;
use dashu_float::{Context, Repr};
use dashu_int::{IBig, UBig};

use super::{EXPONENT_LIMIT, Number, ParseNumberError, rounded_integer};

/// Reads decimal digits with an optional sign, point and exponent, rounded once to `precision` bits.
pub(super) fn parse(text: &str, precision: u16) -> Result<Number, ParseNumberError> {
    let syntax_error = || ParseNumberError::Syntax(text.to_owned());
    let range_error = || ParseNumberError::Range(text.to_owned());

    let (negative, unsigned) = match text.as_bytes().first() {
        Some(b'-') => (true, &text[1..]),
        Some(b'+') => (false, &text[1..]),
        _ => (false, text),
    };
    let (mantissa, exponent) = match unsigned.find(['e', 'E']) {
        Some(at) => (&unsigned[..at], Some(&unsigned[at + 1..])),
        None => (unsigned, None),
    };
    let (whole, fraction) = mantissa.split_once('.').unwrap_or((mantissa, ""));
    let all_digits = |part: &str| part.bytes().all(|byte| byte.is_ascii_digit());
    if whole.len() + fraction.len() == 0 || !all_digits(whole) || !all_digits(fraction) {
        return Err(syntax_error());
    }
    let written_exponent = match exponent {
        None => 0,
        Some(exponent) => {
            let digits = exponent.strip_prefix(['-', '+']).unwrap_or(exponent);
            if digits.is_empty() || !all_digits(digits) {
                return Err(syntax_error());
            }
            exponent.parse::<i64>().map_err(|_| range_error())?
        }
    };

    if fraction.is_empty() && written_exponent == 0 && whole.len() <= 18 && precision >= 64 {
        let value: i64 = whole.parse().map_err(|_| syntax_error())?;
        let number = Number::small(value, precision);
        return Ok(if negative { number.neg() } else { number });
    }

    let digits = [whole, fraction].concat();
    let magnitude = UBig::from_str_radix(&digits, 10).map_err(|_| syntax_error())?;
    if magnitude.is_zero() {
        return Ok(if negative { Number::negative_zero(precision) } else { Number::small(0, precision) });
    }
    let exponent = written_exponent.saturating_sub(i64::try_from(fraction.len()).map_err(|_| range_error())?);
    if written_exponent.abs() > EXPONENT_LIMIT {
        return Err(range_error());
    }
    let power = UBig::from(10_u8).pow(usize::try_from(exponent.unsigned_abs()).map_err(|_| range_error())?);
    let sign = if negative { Sign::Negative } else { Sign::Positive };
    let float = if exponent >= 0 {
        rounded_integer(IBig::from_parts(sign, magnitude * power), precision)
    } else {
        let dividend = Repr::<2>::new(IBig::from_parts(sign, magnitude), 0);
        let divisor = Repr::<2>::new(IBig::from(power), 0);
        Context::<HalfEven>::new(usize::from(precision)).div(&dividend, &divisor).map_err(|_| range_error())?.value()
    };
    Ok(Number::settled(float))
}

/// Writes the shortest decimal that rounds to the number at this precision, without exponent.
pub(super) fn write(formatter: &mut fmt::Formatter<'_>, repr: &Repr<2>, precision: u16) -> fmt::Result {
    if repr.sign() == Sign::Negative {
        formatter.write_char('-')?;
    }
    if repr.significand().is_zero() {
        return formatter.write_char('0');
    }
    let Decimal { digits, point } = shortest(repr, precision);
    let text = String::from_utf8_lossy(&digits);
    match usize::try_from(point) {
        Ok(0) | Err(_) => {
            formatter.write_str("0.")?;
            write_zeros(formatter, point.unsigned_abs())?;
            formatter.write_str(&text)
        }
        Ok(point) if point >= digits.len() => {
            formatter.write_str(&text)?;
            write_zeros(formatter, point - digits.len())
        }
        Ok(point) => {
            formatter.write_str(&text[..point])?;
            formatter.write_char('.')?;
            formatter.write_str(&text[point..])
        }
    }
}

fn write_zeros(formatter: &mut fmt::Formatter<'_>, count: usize) -> fmt::Result {
    (0..count).try_for_each(|_| formatter.write_char('0'))
}

/// The ten digits at most that stand for a number where ordering only needs a rough text, in the style of C's `%g`.
pub(super) fn general_text(repr: &Repr<2>) -> String {
    const DIGITS: usize = 10;
    let sign = if repr.sign() == Sign::Negative { "-" } else { "" };
    if repr.significand().is_zero() {
        return format!("{sign}0");
    }
    let mut decimal = exact(repr.significand().unsigned_abs(), repr.exponent());
    decimal.round_to(DIGITS);
    let Decimal { digits, point } = decimal;
    let exponent = point - 1;
    let text = String::from_utf8_lossy(&digits);
    if exponent < -4 || exponent >= DIGITS as isize {
        let (first, rest) = text.split_at(1);
        let point = if rest.is_empty() { "" } else { "." };
        let exponent_sign = if exponent < 0 { '-' } else { '+' };
        return format!("{sign}{first}{point}{rest}e{exponent_sign}{:02}", exponent.unsigned_abs());
    }
    match usize::try_from(point) {
        Ok(0) | Err(_) => format!("{sign}0.{}{text}", "0".repeat(point.unsigned_abs())),
        Ok(point) if point >= digits.len() => {
            format!("{sign}{text}{}", "0".repeat(point - digits.len()))
        }
        Ok(point) => format!("{sign}{}.{}", &text[..point], &text[point..]),
    }
}

/// `0.DIGITS × 10^point`: ASCII digits without zeros at the end.
struct Decimal {
    digits: Vec<u8>,
    point: isize,
}

impl Decimal {
    fn digit(&self, position: usize) -> u8 {
        self.digits.get(position).copied().unwrap_or(b'0')
    }

    fn trim(&mut self) {
        while self.digits.last() == Some(&b'0') {
            self.digits.pop();
        }
    }

    fn truncate_to(&mut self, count: usize) {
        self.digits.truncate(count);
        self.trim();
    }

    fn increase_at(&mut self, count: usize) {
        self.digits.truncate(count);
        while self.digits.last() == Some(&b'9') {
            self.digits.pop();
        }
        match self.digits.last_mut() {
            Some(last) => *last += 1,
            None => {
                self.digits.push(b'1');
                self.point += 1;
            }
        }
    }

    /// Rounds to so many digits: to the nearest, a tie to an even digit.
    fn round_to(&mut self, count: usize) {
        if count >= self.digits.len() {
            return;
        }
        let is_tie = self.digits[count] == b'5' && count + 1 == self.digits.len();
        let is_up =
            if is_tie { count > 0 && (self.digits[count - 1] - b'0') % 2 == 1 } else { self.digits[count] >= b'5' };
        if is_up { self.increase_at(count) } else { self.truncate_to(count) }
    }
}

/// All digits of `magnitude × 2^exponent`.
fn exact(magnitude: UBig, exponent: isize) -> Decimal {
    let scale = exponent.unsigned_abs();
    let (integer, shift) = if exponent >= 0 {
        (magnitude << scale, 0)
    } else {
        // m / 2^k = m·5^k / 10^k
        (magnitude * UBig::from(5_u8).pow(scale), scale)
    };
    let digits = integer.to_string().into_bytes();
    let point = digits.len() as isize - shift as isize;
    let mut decimal = Decimal { digits, point };
    decimal.trim();
    decimal
}

/// The shortest decimal among all that round to the number; of several, the one nearest to it.
fn shortest(repr: &Repr<2>, precision: u16) -> Decimal {
    // Scaled so that the lowest bit is worth half a unit in the last place: the neighbours at ±1 are the ends of
    // the interval whose numbers round to this one.
    let magnitude = repr.significand().unsigned_abs();
    let shift = (usize::from(precision) + 1).saturating_sub(repr.digits());
    let magnitude = magnitude << shift;
    let exponent = repr.exponent() - shift as isize;
    let is_even = !magnitude.bit(1);
    let lower = exact(&magnitude - UBig::ONE, exponent);
    let upper = exact(&magnitude + UBig::ONE, exponent);
    let mut decimal = exact(magnitude, exponent);

    for position in 0..decimal.digits.len() {
        let digit = decimal.digits[position];
        let is_last_of_lower = is_even && position + 1 == lower.digits.len();
        let may_go_down = lower.digit(position) != digit || is_last_of_lower;
        let above = upper.digit(position);
        let may_go_up = above != digit && (is_even || digit + 1 < above || position + 1 < upper.digits.len());
        match (may_go_down, may_go_up) {
            (true, true) => decimal.round_to(position + 1),
            (true, false) => decimal.truncate_to(position + 1),
            (false, true) => decimal.increase_at(position + 1),
            (false, false) => continue,
        }
        break;
    }
    decimal
}
