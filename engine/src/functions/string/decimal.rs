//! Numbers as decimal digits with a chosen number of them, for `format`.
//!
//! Rounding looks at the exact value of the binary number and takes ties to even: 2.675 has no exact binary form, and
//! the number nearest to it lies below.

use dashu_int::UBig;
use infra_values::Number;

/// A number as `0.DIGITS · 10^exponent` without its sign; no digits for zero.
#[derive(Clone)]
pub(super) struct Decimal {
    pub negative: bool,
    digits: Vec<u8>,
    exponent: i64,
}

impl Decimal {
    /// All digits of the exact value.
    pub(super) fn exact(number: &Number) -> Self {
        // Doubling until there is no fraction costs no precision; each doubling is a factor of 5 in the digits.
        const STEP_BITS: u32 = 32;
        let step = Number::from(1_i64 << STEP_BITS);
        let mut whole = full_precision(&number.abs());
        let mut doublings = 0;
        while !whole.is_integer() {
            // Only an infinity has no product, and is not written in digits.
            let Ok(next) = whole.mul(&step) else { break };
            whole = next;
            doublings += STEP_BITS as usize;
        }
        let digits =
            (whole.to_string().parse::<UBig>().unwrap_or_default() * UBig::from(5_u8).pow(doublings)).to_string();
        let exponent = digits.len() as i64 - doublings as i64;
        Self::new(is_negative(number), digits.into_bytes(), exponent)
    }

    /// As few digits as identify the number.
    pub(super) fn shortest(number: &Number) -> Self {
        let written = number.abs().to_string();
        let (whole, fraction) = written.split_once('.').unwrap_or((&written, ""));
        Self::new(is_negative(number), [whole, fraction].concat().into_bytes(), whole.len() as i64)
    }

    fn new(negative: bool, mut digits: Vec<u8>, mut exponent: i64) -> Self {
        let leading = digits.iter().take_while(|digit| **digit == b'0').count();
        digits.drain(..leading);
        exponent -= leading as i64;
        while digits.last() == Some(&b'0') {
            digits.pop();
        }
        if digits.is_empty() {
            exponent = 0;
        }
        Self { negative, digits, exponent }
    }

    /// Keeps so many digits, which may be none or less than none.
    fn rounded(mut self, kept: i64) -> Self {
        let Ok(kept) = usize::try_from(kept) else {
            return Self::new(self.negative, Vec::new(), 0);
        };
        if kept >= self.digits.len() {
            return self;
        }
        let odd = kept > 0 && (self.digits[kept - 1] - b'0') % 2 == 1;
        let tie = self.digits[kept] == b'5' && kept + 1 == self.digits.len();
        let up = if tie { odd } else { self.digits[kept] >= b'5' };
        self.digits.truncate(kept);
        if up {
            match self.digits.iter().rposition(|digit| *digit != b'9') {
                Some(position) => {
                    self.digits[position] += 1;
                    self.digits.truncate(position + 1);
                }
                None => {
                    self.digits = vec![b'1'];
                    self.exponent += 1;
                }
            }
        }
        Self::new(self.negative, self.digits, self.exponent)
    }

    fn digit(&self, position: i64) -> char {
        usize::try_from(position)
            .ok()
            .and_then(|position| self.digits.get(position))
            .map_or('0', |digit| char::from(*digit))
    }

    /// Without sign and exponent: `123.4500`.
    pub(super) fn fixed(self, decimals: usize) -> String {
        let kept = self.exponent + decimals as i64;
        let rounded = self.rounded(kept);
        let mut text: String = match rounded.exponent {
            1.. => (0..rounded.exponent).map(|position| rounded.digit(position)).collect(),
            _ => "0".into(),
        };
        if decimals > 0 {
            text.push('.');
            for decimal in 0..decimals as i64 {
                text.push(rounded.digit(rounded.exponent + decimal));
            }
        }
        text
    }

    /// Without sign: `1.2345e+02`, with an exponent of at least two digits.
    pub(super) fn scientific(self, decimals: usize) -> String {
        let rounded = self.rounded(decimals as i64 + 1);
        let mut text = String::from(rounded.digit(0));
        if decimals > 0 {
            text.push('.');
            for decimal in 1..=decimals as i64 {
                text.push(rounded.digit(decimal));
            }
        }
        let exponent = if rounded.digits.is_empty() { 0 } else { rounded.exponent - 1 };
        text.push_str(&format!("e{}{:02}", if exponent < 0 { '-' } else { '+' }, exponent.abs()));
        text
    }

    /// Without sign: scientific for very small and large numbers, else fixed; without trailing zeros.
    /// `significant` digits, or all of them with `None`.
    pub(super) fn general(self, significant: Option<usize>) -> String {
        // Of the shortest form, six digits before the point are the most that are written out.
        const EXPONENT_MAX_SHORTEST: i64 = 6;
        let rounded = match significant {
            Some(significant) => self.rounded(significant.max(1) as i64),
            None => self,
        };
        let digits = rounded.digits.len();
        let limit = match significant {
            None => EXPONENT_MAX_SHORTEST,
            Some(significant) => {
                let significant = significant.max(1);
                let all_shown = significant > digits && digits as i64 >= rounded.exponent;
                if all_shown { digits as i64 } else { significant as i64 }
            }
        };
        let exponent = rounded.exponent - 1;
        if !rounded.digits.is_empty() && (exponent < -4 || exponent >= limit) {
            return rounded.scientific(digits.saturating_sub(1));
        }
        let decimals = usize::try_from(digits as i64 - rounded.exponent).unwrap_or(0);
        rounded.fixed(if digits == 0 { 0 } else { decimals })
    }
}

fn is_negative(number: &Number) -> bool {
    number.signum() < 0 || number.to_string().starts_with('-')
}

/// The same number with all the precision there is, so that its digits are written out in full.
fn full_precision(number: &Number) -> Number {
    match "1".parse::<Number>() {
        Ok(one) => number.mul(&one).unwrap_or_else(|_| number.clone()),
        Err(_) => number.clone(),
    }
}
