//! Durations as Go writes them: `1h30m`, `-1.5s`, `300ms`.

/// Units by their symbols, the longer ones before those they begin with.
const UNITS: [(&str, u64); 8] = [
    ("ns", 1),
    ("us", 1_000),
    ("µs", 1_000),
    ("μs", 1_000),
    ("ms", 1_000_000),
    ("s", 1_000_000_000),
    ("m", 60_000_000_000),
    ("h", 3_600_000_000_000),
];

/// Reads a duration into nanoseconds. The error says what is wrong, and begins with the text.
pub(super) fn parse(text: &str) -> Result<i64, String> {
    let invalid = |problem: &str| format!("{text:?} is not a duration such as 1h30m or -10s: {problem}");
    let (sign, mut rest) = match text.strip_prefix('-') {
        Some(rest) => (-1, rest),
        None => (1, text.strip_prefix('+').unwrap_or(text)),
    };
    if rest == "0" {
        return Ok(0);
    }
    if rest.is_empty() {
        return Err(invalid("it has no number"));
    }
    let mut total: i128 = 0;
    while !rest.is_empty() {
        let length = rest.find(|character: char| !character.is_ascii_digit() && character != '.').unwrap_or(rest.len());
        let (number, behind) = rest.split_at(length);
        let unit_length = behind.find(|character: char| character.is_ascii_digit() || character == '.');
        let (symbol, next) = behind.split_at(unit_length.unwrap_or(behind.len()));
        let (whole, fraction) = number.split_once('.').unwrap_or((number, ""));
        if (whole.is_empty() && fraction.is_empty()) || fraction.contains('.') {
            return Err(invalid("a number is expected before each unit"));
        }
        if symbol.is_empty() {
            return Err(invalid("the unit is missing behind a number"));
        }
        let Some((_, nanoseconds)) = UNITS.iter().find(|(unit, _)| *unit == symbol) else {
            return Err(invalid(&format!("there is no unit {symbol:?}; those are ns, us, ms, s, m and h")));
        };
        let too_long = || invalid("it is too long; the most is about 292 years");
        let whole: i128 = if whole.is_empty() { 0 } else { whole.parse().map_err(|_| too_long())? };
        // More digits than this are less than a nanosecond of an hour.
        let digits = &fraction[..fraction.len().min(18)];
        let scale = 10_i128.pow(digits.len() as u32);
        let part: i128 = if digits.is_empty() { 0 } else { digits.parse().map_err(|_| too_long())? };
        let unit = i128::from(*nanoseconds);
        let worth = whole.checked_mul(unit).map(|whole| whole + part * unit / scale).ok_or_else(too_long)?;
        total = total.checked_add(worth).filter(|total| *total <= i128::from(i64::MAX)).ok_or_else(too_long)?;
        rest = next;
    }
    i64::try_from(sign * total).map_err(|_| invalid("it is too long"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn durations_are_read_as_go_writes_them() {
        const SECOND: i64 = 1_000_000_000;
        let table = [
            ("0", 0),
            ("1h30m", 5400 * SECOND),
            ("-1.5h", -5400 * SECOND),
            ("+5s", 5 * SECOND),
            ("1.s", SECOND),
            (".5ms", 500_000),
            ("1us1ns", 1001),
        ];
        for (text, expected) in table {
            assert_eq!(parse(text), Ok(expected), "{text}");
        }
        for wrong in ["", "-", "5", "1d", ".h", "1.2.3s", "9999999h", "h", "1h5"] {
            assert!(parse(wrong).is_err(), "{wrong:?}");
        }
    }
}
