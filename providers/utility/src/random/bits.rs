//! Ids, bytes, integers, permutations and UUIDs.

use base64::Engine as _;
use base64::engine::general_purpose::{STANDARD, URL_SAFE_NO_PAD};
use infra_engine::diagnostics::{Diagnostic, Diagnostics};
use infra_values::{Path, Type, Value};

use super::{entropy, number, text};

type Made = Result<Vec<(&'static str, Value)>, Diagnostics>;

fn count(object: &Value, name: &str) -> usize {
    usize::try_from(number(object, name)).unwrap_or(0)
}

/// `random_bytes`
pub(super) fn bytes(planned: &Value) -> Made {
    let bytes = entropy::bytes(count(planned, "length"))?;
    Ok(vec![("base64", Value::string(STANDARD.encode(&bytes))), ("hex", Value::string(hex(&bytes)))])
}

/// `random_id`
pub(super) fn id(planned: &Value) -> Made {
    let bytes = entropy::bytes(count(planned, "byte_length"))?;
    let prefix = text(planned, "prefix");
    let prefixed = |text: String| Value::string(format!("{prefix}{text}"));
    Ok(vec![
        ("id", Value::string(URL_SAFE_NO_PAD.encode(&bytes))),
        ("b64_url", prefixed(URL_SAFE_NO_PAD.encode(&bytes))),
        ("b64_std", prefixed(STANDARD.encode(&bytes))),
        ("hex", prefixed(hex(&bytes))),
        ("dec", prefixed(decimal(&bytes))),
    ])
}

/// `random_integer`
pub(super) fn integer(planned: &Value) -> Made {
    let (least, most) = (number(planned, "min"), number(planned, "max"));
    if most < least {
        return Err(Diagnostic::error(
            "Create Random Integer Error",
            format!(
                "The minimum (min) value {least} needs to be smaller than or equal to the maximum (max) value {most}."
            ),
        )
        .on(Path::root().attribute("min"))
        .into());
    }
    let offset = entropy::below(most.abs_diff(least).saturating_add(1))?;
    let result = least.saturating_add_unsigned(offset);
    Ok(vec![("id", Value::string(result.to_string())), ("result", Value::number(result))])
}

/// `random_shuffle`
pub(super) fn shuffle(planned: &Value) -> Made {
    let input = planned.get("input").and_then(Value::as_items).unwrap_or_default().to_vec();
    let wanted = match planned.get("result_count") {
        Some(wanted) if !wanted.is_null() => count(planned, "result_count"),
        _ => input.len(),
    };
    let mut result = Vec::with_capacity(wanted);
    // More than there are: one permutation after another.
    while result.len() < wanted && !input.is_empty() {
        let mut round = input.clone();
        entropy::shuffle(&mut round)?;
        result.extend(round.into_iter().take(wanted - result.len()));
    }
    Ok(vec![("id", Value::string("-")), ("result", Value::list(Type::String, result))])
}

/// `random_uuid`
pub(super) fn uuid(_planned: &Value) -> Made {
    let uuid = Value::string(uuid::Uuid::new_v4().to_string());
    Ok(vec![("id", uuid.clone()), ("result", uuid)])
}

fn hex(bytes: &[u8]) -> String {
    bytes.iter().map(|byte| format!("{byte:02x}")).collect()
}

/// The bytes as one number, the first the most significant.
fn decimal(bytes: &[u8]) -> String {
    let mut digits: Vec<u32> = vec![0];
    for byte in bytes {
        let mut carry = u32::from(*byte);
        for digit in &mut digits {
            carry += *digit * 256;
            *digit = carry % 10;
            carry /= 10;
        }
        while carry > 0 {
            digits.push(carry % 10);
            carry /= 10;
        }
    }
    digits.iter().rev().map(u32::to_string).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn bytes_are_written_in_every_form() {
        assert_eq!(hex(&[0, 255, 16]), "00ff10");
        assert_eq!(decimal(&[]), "0");
        assert_eq!(decimal(&[1, 0]), "256");
        assert_eq!(decimal(&[255; 8]), u64::MAX.to_string());
    }

    #[test]
    fn an_id_has_its_prefix_everywhere_but_in_the_id() {
        let planned = Value::object_from([("byte_length", Value::number(2)), ("prefix", Value::string("p-"))]);
        let made = id(&planned).unwrap();
        assert_eq!(made[0].1.as_str().unwrap().len(), 3);
        assert!(made[1..].iter().all(|(_, value)| value.as_str().unwrap().starts_with("p-")));
    }

    #[test]
    fn integers_lie_between_their_bounds() {
        let planned =
            |least: i64, most: i64| Value::object_from([("min", Value::number(least)), ("max", Value::number(most))]);
        for _ in 0..50 {
            let made = integer(&planned(-3, 2)).unwrap();
            let result: i64 = made[0].1.as_str().unwrap().parse().unwrap();
            assert!((-3..=2).contains(&result));
        }
        assert!(integer(&planned(2, 1)).is_err());
        assert!(integer(&planned(i64::MIN, i64::MAX)).is_ok());
    }

    #[test]
    fn shuffling_gives_as_many_as_are_asked_for() {
        let input = Value::list(Type::String, ["a", "b"].map(Value::string).to_vec());
        let planned = |wanted: Value| Value::object_from([("input", input.clone()), ("result_count", wanted)]);
        let length = |wanted| shuffle(&planned(wanted)).unwrap()[1].1.as_items().unwrap().len();
        assert_eq!(length(Value::null(Type::Number)), 2);
        assert_eq!(length(Value::number(1)), 1);
        assert_eq!(length(Value::number(5)), 5);
    }
}
