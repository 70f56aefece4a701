//! What a scalar without quotes means.

use infra_values::{Type, Value};

use crate::functions::time::to_rfc3339;

/// Words for true and false, as YAML 1.1 has them.
const TRUE: [&str; 11] = ["y", "Y", "yes", "Yes", "YES", "on", "On", "ON", "true", "True", "TRUE"];
const FALSE: [&str; 11] = ["n", "N", "no", "No", "NO", "off", "Off", "OFF", "false", "False", "FALSE"];

const TAG_PREFIX: &str = "tag:yaml.org,2002:";

/// The value of a scalar: `is_plain` when it has no quotes, `tag` when it is written with one.
pub(super) fn resolve(text: &str, is_plain: bool, tag: Option<&str>) -> Result<Value, String> {
    let Some(tag) = tag else {
        return if is_plain { untagged(text) } else { Ok(Value::string(text)) };
    };
    let Some(name) = tag.strip_prefix(TAG_PREFIX) else { return Err(unsupported(tag)) };
    let wrong = || format!("{text:?} is no {name}, which its tag says it is");
    let kind = |found: Option<Value>| match found {
        Some(value) => Ok(value),
        None => Err(wrong()),
    };
    match name {
        "str" => Ok(Value::string(text)),
        "binary" if is_base64(text) => Ok(Value::string(text)),
        "binary" => Err(wrong()),
        "null" | "bool" | "int" | "float" | "timestamp" if !is_plain => Ok(Value::string(text)),
        "null" => Ok(Value::null(Type::Any)),
        "bool" => kind(boolean(text)),
        "int" | "float" => kind(number(text)?),
        "timestamp" => kind(timestamp(text)),
        _ => Err(unsupported(tag)),
    }
}

fn unsupported(tag: &str) -> String {
    format!("the tag {tag:?} is not known; write the value without it")
}

fn untagged(text: &str) -> Result<Value, String> {
    if matches!(text, "" | "~" | "null" | "Null" | "NULL") {
        return Ok(Value::null(Type::Any));
    }
    if let Some(value) = boolean(text) {
        return Ok(value);
    }
    if let Some(value) = number(text)? {
        return Ok(value);
    }
    Ok(timestamp(text).unwrap_or_else(|| Value::string(text)))
}

fn boolean(text: &str) -> Option<Value> {
    (TRUE.contains(&text) || FALSE.contains(&text)).then(|| Value::bool(TRUE.contains(&text)))
}

/// A number: decimal, hexadecimal after `0x` or octal after `0o`.
fn number(text: &str) -> Result<Option<Value>, String> {
    let unsigned = text.strip_prefix(['+', '-']).unwrap_or(text);
    if matches!(text, ".nan" | ".NaN" | ".NAN") {
        return Err(format!("{text} is no number that a value can hold"));
    }
    if matches!(unsigned, ".inf" | ".Inf" | ".INF") {
        let infinity = if text.starts_with('-') { f64::NEG_INFINITY } else { f64::INFINITY };
        return Ok(infra_values::Number::from_f64(infinity).map(Value::number));
    }
    for (prefix, base) in [("0x", 16), ("0o", 8)] {
        if let Some(digits) =
            text.strip_prefix(prefix).filter(|digits| digits.chars().all(|digit| digit.is_digit(base)))
        {
            return Ok(dashu_int::UBig::from_str_radix(digits, base)
                .ok()
                .and_then(|number| number.to_string().parse::<infra_values::Number>().ok())
                .map(Value::number));
        }
    }
    if !is_decimal(unsigned) {
        return Ok(None);
    }
    let plain = text.strip_prefix('+').unwrap_or(text);
    plain.parse::<infra_values::Number>().map(|number| Some(Value::number(number))).map_err(|error| error.to_string())
}

/// Digits with a point and an exponent, all of which may be missing but for one digit.
fn is_decimal(text: &str) -> bool {
    let (mantissa, exponent) = match text.find(['e', 'E']) {
        Some(position) => (&text[..position], Some(&text[position + 1..])),
        None => (text, None),
    };
    let is_digits = |text: &str| text.bytes().all(|byte| byte.is_ascii_digit());
    let (whole, fraction) = mantissa.split_once('.').unwrap_or((mantissa, ""));
    let exponent_is_right = exponent.is_none_or(|exponent| {
        let digits = exponent.strip_prefix(['+', '-']).unwrap_or(exponent);
        !digits.is_empty() && is_digits(digits)
    });
    is_digits(whole) && is_digits(fraction) && !(whole.is_empty() && fraction.is_empty()) && exponent_is_right
}

/// A date, or a date with a time, as a string in RFC 3339.
fn timestamp(text: &str) -> Option<Value> {
    let (year, rest) = text.split_at_checked(4)?;
    let mut date = rest.strip_prefix('-')?.splitn(2, '-');
    let (month, rest) = (date.next()?, date.next()?);
    let day_length = rest.bytes().take_while(u8::is_ascii_digit).count();
    let (day, time) = rest.split_at(day_length);
    let two = |digits: &str| (1..=2).contains(&digits.len()).then(|| format!("{digits:0>2}"));
    let date = format!("{year}-{}-{}", two(month)?, two(day)?);
    let time = match time.chars().next() {
        None => "00:00:00Z".to_owned(),
        Some('T' | 't') => padded_time(&time[1..])?,
        Some(' ') => padded_time(&format!("{}Z", &time[1..]))?,
        Some(_) => return None,
    };
    to_rfc3339(&format!("{date}T{time}")).map(Value::string)
}

/// A time whose numbers may have one digit, with two digits each.
fn padded_time(time: &str) -> Option<String> {
    let mut parts = time.splitn(3, ':');
    let (hour, minute, rest) = (parts.next()?, parts.next()?, parts.next()?);
    let second_length = rest.bytes().take_while(u8::is_ascii_digit).count();
    let (second, behind) = rest.split_at(second_length);
    Some(format!("{hour:0>2}:{minute:0>2}:{second:0>2}{behind}"))
}

fn is_base64(text: &str) -> bool {
    use base64::Engine as _;
    base64::engine::general_purpose::STANDARD.decode(text.replace(['\n', '\r'], "")).is_ok()
}
