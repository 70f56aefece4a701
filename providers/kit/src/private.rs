//! The bytes that the AWS provider keeps beside an object, so that a state stays one it can read.
//!
//! | type | bytes |
//! |---|---|
//! | of the newer convention, data sources | none |
//! | with deadlines | `{"e2bfb730-…":{"create":NANOSECONDS,…}}`, keys sorted |
//! | without | `null` |
//! | schema version above 0 | a second key, `"schema_version":"1"`, also instead of `null` |

use infra_engine::schema::{Conventions, Schema};
use serde_json::{Map, Value as Json, json};

use crate::timeouts::Timeouts;

/// Under this key the older plugin SDK keeps deadlines.
const TIMEOUTS_KEY: &str = "e2bfb730-ecaa-11e6-8f88-34363bc7c4c0";
const VERSION_KEY: &str = "schema_version";

/// The bytes for an object that was made or changed; `before` are those it had.
pub(crate) fn after_change(schema: &Schema, timeouts: &Timeouts, before: &[u8]) -> Vec<u8> {
    if schema.conventions == Conventions::Framework {
        return before.to_vec();
    }
    let mut kept = read(before);
    if schema.timeouts.is_some() {
        kept.insert(TIMEOUTS_KEY.to_owned(), nanoseconds(timeouts));
    }
    if schema.version > 0 {
        kept.insert(VERSION_KEY.to_owned(), json!(schema.version.to_string()));
    }
    if kept.is_empty() { b"null".to_vec() } else { write(kept) }
}

/// The bytes for an object that was read: those it had, or, after an import, the schema's version.
pub(crate) fn after_read(schema: &Schema, timeouts: &Timeouts, before: &[u8]) -> Vec<u8> {
    if schema.conventions == Conventions::Framework || !before.is_empty() {
        return before.to_vec();
    }
    let mut imported = read(&after_change(schema, timeouts, before));
    imported.insert(VERSION_KEY.to_owned(), json!(schema.version.to_string()));
    write(imported)
}

fn nanoseconds(timeouts: &Timeouts) -> Json {
    let all = timeouts.all().iter();
    let nanoseconds =
        all.map(|(operation, time)| (operation.clone(), json!(u64::try_from(time.as_nanos()).unwrap_or(u64::MAX))));
    Json::Object(nanoseconds.collect())
}

/// What is no object (`null`, bytes of other tools) holds nothing to keep.
fn read(bytes: &[u8]) -> Map<String, Json> {
    serde_json::from_slice(bytes).unwrap_or_default()
}

fn write(mut kept: Map<String, Json>) -> Vec<u8> {
    kept.sort_keys();
    Json::Object(kept).to_string().into_bytes()
}

#[cfg(test)]
mod tests {
    use super::*;
    use infra_engine::schema::facts::schema_from_facts;
    use infra_values::{Type, Value};

    fn bytes(facts: Json, object: Value) -> (String, String) {
        let schema = schema_from_facts(&facts).unwrap();
        let timeouts = Timeouts::new(&schema, &object);
        let text = |bytes: Vec<u8>| String::from_utf8(bytes).unwrap();
        (text(after_change(&schema, &timeouts, b"")), text(after_read(&schema, &timeouts, b"")))
    }

    #[test]
    fn the_forms_in_the_table() {
        let none = || Value::null(Type::Any);
        assert_eq!(bytes(json!({}), none()), ("null".into(), r#"{"schema_version":"0"}"#.into()));
        assert_eq!(bytes(json!({"plugin": "framework", "schema_version": 1}), none()), (String::new(), String::new()));
        let versioned = r#"{"schema_version":"1"}"#;
        assert_eq!(bytes(json!({"schema_version": 1}), none()), (versioned.into(), versioned.into()));
        let written = Value::object_from([("create", Value::string("90s"))]);
        let object = Value::object_from([("timeouts", written)]);
        let timed = r#"{"e2bfb730-ecaa-11e6-8f88-34363bc7c4c0":{"create":90000000000,"delete":600000000000},"schema_version":"1"}"#;
        assert_eq!(
            bytes(json!({"schema_version": 1, "timeouts": {"delete": "10m", "create": "30m"}}), object),
            (timed.into(), timed.into())
        );
    }

    #[test]
    fn bytes_of_others_are_kept() {
        let schema = schema_from_facts(&json!({})).unwrap();
        let timeouts = Timeouts::default();
        for before in [r#"{"x":1}"#, "null"] {
            assert_eq!(after_change(&schema, &timeouts, before.as_bytes()), before.as_bytes());
            assert_eq!(after_read(&schema, &timeouts, before.as_bytes()), before.as_bytes());
        }
    }
}
