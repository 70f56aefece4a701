//! How configured values are rewritten before they are stored.

use std::fmt::Write;

use infra_values::Value;
use serde_json::Value as Json;

/// The value that stands in plan and state for a configured one; `None` for codes that only the type can answer.
pub(super) fn normalize(code: &str, configured: &Value) -> Option<Value> {
    let text = configured.as_str();
    let rewritten = match code {
        "json" => text.and_then(normalized_json),
        "lower" => text.map(str::to_lowercase),
        "upper" => text.map(str::to_uppercase),
        "trim" => text.map(|text| text.trim().to_owned()),
        _ => return None,
    };
    Some(rewritten.map_or_else(|| configured.clone(), Value::string))
}

/// JSON in the one form in which it is stored: keys sorted, no spaces, `<`, `>` and `&` escaped, numbers as machine
/// floats. `None` for what is not JSON.
pub fn normalized_json(text: &str) -> Option<String> {
    let mut written = String::with_capacity(text.len());
    write_json(&serde_json::from_str(text).ok()?, &mut written);
    Some(written)
}

fn write_json(json: &Json, written: &mut String) {
    match json {
        Json::Null => written.push_str("null"),
        Json::Bool(value) => written.push_str(if *value { "true" } else { "false" }),
        Json::Number(number) => write_number(number, written),
        Json::String(text) => write_string(text, written),
        Json::Array(items) => {
            written.push('[');
            for (position, item) in items.iter().enumerate() {
                if position > 0 {
                    written.push(',');
                }
                write_json(item, written);
            }
            written.push(']');
        }
        Json::Object(entries) => {
            let mut entries: Vec<_> = entries.iter().collect();
            entries.sort_unstable_by_key(|(key, _)| *key);
            written.push('{');
            for (position, (key, item)) in entries.into_iter().enumerate() {
                if position > 0 {
                    written.push(',');
                }
                write_string(key, written);
                written.push(':');
                write_json(item, written);
            }
            written.push('}');
        }
    }
}

fn write_string(text: &str, written: &mut String) {
    written.push('"');
    for character in text.chars() {
        match character {
            '"' => written.push_str("\\\""),
            '\\' => written.push_str("\\\\"),
            '\n' => written.push_str("\\n"),
            '\r' => written.push_str("\\r"),
            '\t' => written.push_str("\\t"),
            '\u{8}' => written.push_str("\\b"),
            '\u{c}' => written.push_str("\\f"),
            '<' | '>' | '&' | '\u{2028}' | '\u{2029}' | '\0'..'\u{20}' => {
                // Writing to a String cannot fail.
                let _ = write!(written, "\\u{:04x}", character as u32);
            }
            plain => written.push(plain),
        }
    }
    written.push('"');
}

fn write_number(number: &serde_json::Number, written: &mut String) {
    let text = number.to_string();
    let is_short_integer = text.len() <= 15 && text.bytes().all(|byte| byte.is_ascii_digit());
    match number.as_f64() {
        Some(float) if !is_short_integer => {
            let size = float.abs();
            if size != 0.0 && !(1e-6..1e21).contains(&size) {
                let scientific = format!("{float:e}");
                // The sign of an exponent is always written: 1e+21.
                written.push_str(&match scientific.split_once('e') {
                    Some((digits, exponent)) if !exponent.starts_with('-') => format!("{digits}e+{exponent}"),
                    _ => scientific,
                });
            } else {
                written.push_str(&float.to_string());
            }
        }
        _ => written.push_str(&text),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn json_has_one_form() {
        for (text, form) in [
            (r#" { "b" : [ 1 , 2 ] , "a" : null } "#, r#"{"a":null,"b":[1,2]}"#),
            (r#"{"a":"<b> & \u00e9\u2028\u0001\/"}"#, "{\"a\":\"\\u003cb\\u003e \\u0026 é\\u2028\\u0001/\"}"),
            (
                "[1.0,-0.5,1e3,1e21,2.5e-7,12345678901234567890,-5]",
                "[1,-0.5,1000,1e+21,2.5e-7,12345678901234567000,-5]",
            ),
        ] {
            assert_eq!(normalized_json(text).as_deref(), Some(form), "{text}");
        }
        assert_eq!(normalized_json("{"), None);
    }

    #[test]
    fn codes() {
        let normalized = |code: &str, text: &str| normalize(code, &Value::string(text));
        assert_eq!(normalized("lower", "ÄbC"), Some(Value::string("äbc")));
        assert_eq!(normalized("upper", "abC"), Some(Value::string("ABC")));
        assert_eq!(normalized("trim", " a b\n"), Some(Value::string("a b")));
        assert_eq!(normalized("json", "no json"), Some(Value::string("no json")));
        assert_eq!(normalized("other", "x"), None);
    }
}
