//! When a configured value is no difference to the prior one.

use std::net::IpAddr;

use infra_values::{Kind, Value};
use ipnet::IpNet;
use serde_json::Value as Json;

use super::policy::policies_equivalent;

/// How strictly values are compared.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Leniency {
    /// Null is null.
    Exact,
    /// Left out is the same as `""`, `0`, `false` or empty, and an empty text or collection is the same as null.
    ZeroIsNull,
}

/// Whether a configured value, null if it is left out, is what the prior object has.
pub(super) fn same_as_prior(prior: &Value, configured: &Value, leniency: Leniency) -> bool {
    if prior == configured {
        return true;
    }
    if leniency == Leniency::Exact || !prior.is_known() || !configured.is_known() {
        return false;
    }
    if configured.is_null() {
        return is_zero(prior);
    }
    if prior.is_null() {
        // A number or bool that is written down is a difference even if it is zero.
        return is_empty(configured);
    }
    let same = |prior: &Value, configured: &Value| same_as_prior(prior, configured, leniency);
    match (prior.kind(), configured.kind()) {
        (Kind::List(_, prior), Kind::List(_, configured)) | (Kind::Tuple(prior), Kind::Tuple(configured)) => {
            prior.len() == configured.len() && prior.iter().zip(configured.iter()).all(|(prior, now)| same(prior, now))
        }
        (Kind::Set(_, prior), Kind::Set(_, configured)) => {
            prior.len() == configured.len() && each_once(prior, configured, same)
        }
        (Kind::Object(prior), Kind::Object(configured)) => {
            configured.iter().all(|(name, now)| prior.get(name).is_some_and(|prior| same(prior, now)))
        }
        (Kind::Map(_, prior), Kind::Map(_, configured)) => {
            prior.len() == configured.len()
                && configured.iter().all(|(key, now)| prior.get(key).is_some_and(|prior| same(prior, now)))
        }
        _ => false,
    }
}

/// Whether each of the one finds its own of the other.
fn each_once<L, R>(left: &[L], right: &[R], same: impl Fn(&L, &R) -> bool) -> bool {
    let mut candidates: Vec<&R> = right.iter().collect();
    left.iter().all(|left| match candidates.iter().position(|right| same(left, right)) {
        Some(found) => {
            candidates.remove(found);
            true
        }
        None => false,
    })
}

/// Whether the older convention takes a stored value for "not there".
pub(super) fn is_zero(value: &Value) -> bool {
    match value.kind() {
        Kind::Null(_) => true,
        Kind::Bool(value) => !value,
        Kind::Number(number) => number.is_zero(),
        _ => is_empty(value),
    }
}

fn is_empty(value: &Value) -> bool {
    match value.kind() {
        Kind::Null(_) => true,
        Kind::String(text) => text.is_empty(),
        Kind::List(_, items) | Kind::Set(_, items) | Kind::Tuple(items) => items.is_empty(),
        Kind::Map(_, entries) => entries.is_empty(),
        Kind::Object(attributes) => attributes.values().all(is_zero),
        _ => false,
    }
}

/// Whether two values that differ mean the same under a `suppress` code; `None` for codes that only the type can judge.
pub(super) fn suppressed(code: &str, prior: &Value, configured: &Value) -> Option<bool> {
    let same: fn(&str, &str) -> bool = match code {
        "json" => json_equivalent,
        "iam_policy_json" => policies_equivalent,
        "cidr" => cidrs_equivalent,
        "nullable_bool" => bools_equivalent,
        "url_scheme" => |prior, configured| without_scheme(prior) == without_scheme(configured),
        "absent_config" => return Some(configured.is_null()),
        // YAML and what an id stands for are not known here, but the plain cases are.
        "json_or_yaml" => return both_texts(prior, configured, json_equivalent).filter(|same| *same),
        "id_or_arn" => return both_texts(prior, configured, id_or_arn_equivalent).filter(|same| *same),
        _ => return None,
    };
    Some(both_texts(prior, configured, same).unwrap_or(false))
}

fn both_texts(prior: &Value, configured: &Value, same: fn(&str, &str) -> bool) -> Option<bool> {
    Some(same(prior.as_str()?, configured.as_str()?))
}

/// Whether two texts are JSON of the same content, whatever the spaces and the order of keys.
pub fn json_equivalent(left: &str, right: &str) -> bool {
    match (serde_json::from_str::<Json>(left), serde_json::from_str::<Json>(right)) {
        (Ok(left), Ok(right)) => json_values_equal(&left, &right),
        _ => false,
    }
}

/// Equal up to the order of keys and the way numbers are written: `1` is `1.0`.
pub(super) fn json_values_equal(left: &Json, right: &Json) -> bool {
    match (left, right) {
        (Json::Number(left), Json::Number(right)) => left == right || left.as_f64() == right.as_f64(),
        (Json::Array(left), Json::Array(right)) => {
            left.len() == right.len() && left.iter().zip(right).all(|(left, right)| json_values_equal(left, right))
        }
        (Json::Object(left), Json::Object(right)) => {
            left.len() == right.len()
                && left.iter().all(|(key, left)| right.get(key).is_some_and(|right| json_values_equal(left, right)))
        }
        _ => left == right,
    }
}

/// Whether two address ranges are the same network.
fn cidrs_equivalent(left: &str, right: &str) -> bool {
    let network = |text: &str| {
        let (address, prefix) = text.split_once('/')?;
        IpNet::new(address.parse::<IpAddr>().ok()?, prefix.parse().ok()?).ok().map(|network| network.trunc())
    };
    network(left).is_some_and(|left| network(right) == Some(left))
}

fn bools_equivalent(left: &str, right: &str) -> bool {
    let meant = |text: &str| match text {
        "1" | "t" | "T" | "true" | "TRUE" | "True" => Some(true),
        "0" | "f" | "F" | "false" | "FALSE" | "False" => Some(false),
        _ => None,
    };
    meant(left).is_some_and(|left| meant(right) == Some(left))
}

fn without_scheme(url: &str) -> &str {
    url.strip_prefix("https://").or_else(|| url.strip_prefix("http://")).unwrap_or(url)
}

/// Whether one is an ARN that ends in the other, a plain id.
fn id_or_arn_equivalent(left: &str, right: &str) -> bool {
    let ends_in = |arn: &str, id: &str| {
        arn.starts_with("arn:")
            && !id.is_empty()
            && !id.starts_with("arn:")
            && arn.strip_suffix(id).is_some_and(|rest| rest.ends_with('/') || rest.ends_with(':'))
    };
    ends_in(left, right) || ends_in(right, left)
}

#[cfg(test)]
mod tests {
    use super::*;
    use infra_values::Type;

    fn suppresses(code: &str, prior: &str, configured: &str) -> Option<bool> {
        suppressed(code, &Value::string(prior), &Value::string(configured))
    }

    #[test]
    fn codes_that_need_no_knowledge_of_the_type() {
        for (code, prior, configured, same) in [
            ("json", r#"{"a":1,"b":[1,2]}"#, r#"{ "b": [1.0, 2], "a": 1 }"#, true),
            ("json", r#"{"a":[1,2]}"#, r#"{"a":[2,1]}"#, false),
            ("json", "not json", "not  json", false),
            ("cidr", "10.1.2.3/8", "10.0.0.0/8", true),
            ("cidr", "2001:db8:0::/48", "2001:0db8::/48", true),
            ("cidr", "10.0.0.0/8", "10.0.0.0/9", false),
            ("nullable_bool", "1", "true", true),
            ("nullable_bool", "", "false", false),
            ("url_scheme", "example.com/x", "https://example.com/x", true),
            ("url_scheme", "example.com", "https://example.org", false),
        ] {
            assert_eq!(suppresses(code, prior, configured), Some(same), "{code} {prior} {configured}");
        }
        assert_eq!(suppresses("id_or_arn", "arn:aws:kms:eu-west-1:1:key/abc", "abc"), Some(true));
        assert_eq!(suppresses("id_or_arn", "arn:aws:kms:eu-west-1:1:key/abc", "bc"), None, "asks the type");
        assert_eq!(suppresses("json_or_yaml", "a: 1", "{\"a\": 1}"), None, "asks the type");
        assert_eq!(suppresses("other", "a", "a"), None, "asks the type");
    }

    #[test]
    fn zero_is_null_only_where_it_is_left_out() {
        let null = |ty| Value::null(ty);
        let object = |name: Value, items: Value| Value::object_from([("name", name), ("items", items)]);
        let empty_list = || Value::list(Type::String, Vec::new());
        for (prior, configured, same) in [
            (Value::string(""), null(Type::String), true),
            (null(Type::String), Value::string(""), true),
            (Value::number(0), null(Type::Number), true),
            (null(Type::Number), Value::number(0), false),
            (Value::bool(false), null(Type::Bool), true),
            (null(Type::Bool), Value::bool(false), false),
            (Value::bool(true), null(Type::Bool), false),
            (empty_list(), null(Type::list(Type::String)), true),
            (null(Type::list(Type::String)), empty_list(), true),
            (
                object(Value::string("a"), empty_list()),
                object(Value::string("a"), null(Type::list(Type::String))),
                true,
            ),
            (Value::string("a"), Value::unknown(Type::String), false),
        ] {
            assert_eq!(same_as_prior(&prior, &configured, Leniency::ZeroIsNull), same, "{prior:?} {configured:?}");
            assert!(!same_as_prior(&prior, &configured, Leniency::Exact), "{prior:?} {configured:?}");
        }
    }
}
