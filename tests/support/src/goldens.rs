//! Comparing attributes as they are with attributes as they were recorded.
//!
//! A difference in one of two hundred attributes is hard to find in two printed documents, so every path that
//! differs is listed with both values. Nothing is normalised: `null` differs from absent and `1` from `1.0`,
//! because in a state file they do.
//!
//! ```
//! use infra_test_support::goldens;
//! use serde_json::json;
//!
//! let recorded = json!({"arn": "arn:1", "bucket": "logs", "tags": {"a": "1"}});
//! let actual = json!({"arn": "arn:2", "bucket": "logs", "tags": {}});
//! let differences = goldens::compare(&recorded, &actual, &["arn"]);
//! assert_eq!(goldens::describe(&differences), "tags.a: recorded \"1\", actual absent\n");
//! ```

use std::fmt;

use serde_json::{Map, Value};

use crate::pattern;

/// One path at which two documents differ.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Difference {
    /// Where: `rule[0].id`, `tags.Name`; a name that is no plain word is quoted: `tags["a.b"]`.
    pub path: String,
    /// The recorded value; `None` if there is none.
    pub recorded: Option<Value>,
    /// The value now; `None` if there is none.
    pub actual: Option<Value>,
}

impl fmt::Display for Difference {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        let text = |value: &Option<Value>| value.as_ref().map_or("absent".to_owned(), Value::to_string);
        write!(formatter, "{}: recorded {}, actual {}", self.path, text(&self.recorded), text(&self.actual))
    }
}

/// All paths at which the two differ, in the order of the documents.
///
/// `ignored` are paths that may differ, with all that is below them; `*` stands for anything, as in
/// `rule[*].id` or `*arn`.
pub fn compare(recorded: &Value, actual: &Value, ignored: &[&str]) -> Vec<Difference> {
    let mut comparison = Comparison { ignored, differences: Vec::new() };
    comparison.values("", Some(recorded), Some(actual));
    comparison.differences
}

/// The differences as text, one a line.
pub fn describe(differences: &[Difference]) -> String {
    differences.iter().map(|difference| format!("{difference}\n")).collect()
}

/// Fails the test, listing every difference, unless the two are the same.
///
/// # Panics
///
/// If they differ.
#[track_caller]
pub fn assert_same(what: &str, recorded: &Value, actual: &Value, ignored: &[&str]) {
    let differences = compare(recorded, actual, ignored);
    assert!(differences.is_empty(), "{what} differs from what was recorded:\n{}", describe(&differences));
}

/// The attributes of one resource instance in a version 4 state, by address: `aws_s3_bucket.logs`,
/// `module.a.aws_s3_bucket.logs["x"]`, `data.aws_region.current`.
pub fn attributes<'a>(state: &'a Value, address: &str) -> Option<&'a Value> {
    let resources = state.get("resources")?.as_array()?;
    resources.iter().find_map(|resource| {
        let instances = resource.get("instances")?.as_array()?;
        instances.iter().find(|instance| instance_address(resource, instance) == address)?.get("attributes")
    })
}

fn instance_address(resource: &Value, instance: &Value) -> String {
    let text = |name: &str| resource.get(name).and_then(Value::as_str).unwrap_or_default();
    let module = match text("module") {
        "" => String::new(),
        module => format!("{module}."),
    };
    let mode = if text("mode") == "data" { "data." } else { "" };
    let key = instance.get("index_key").map(|key| format!("[{key}]")).unwrap_or_default();
    format!("{module}{mode}{}.{}{key}", text("type"), text("name"))
}

struct Comparison<'a> {
    ignored: &'a [&'a str],
    differences: Vec<Difference>,
}

impl Comparison<'_> {
    fn values(&mut self, path: &str, recorded: Option<&Value>, actual: Option<&Value>) {
        if recorded == actual || self.is_ignored(path) {
            return;
        }
        match (recorded, actual) {
            (Some(Value::Object(recorded)), Some(Value::Object(actual))) => {
                self.objects(path, recorded, actual);
            }
            (Some(Value::Array(recorded)), Some(Value::Array(actual))) => {
                for index in 0..recorded.len().max(actual.len()) {
                    let path = format!("{path}[{index}]");
                    self.values(&path, recorded.get(index), actual.get(index));
                }
            }
            _ => self.differences.push(Difference {
                path: path.to_owned(),
                recorded: recorded.cloned(),
                actual: actual.cloned(),
            }),
        }
    }

    fn objects(&mut self, path: &str, recorded: &Map<String, Value>, actual: &Map<String, Value>) {
        for (name, value) in recorded {
            self.values(&member(path, name), Some(value), actual.get(name));
        }
        for (name, value) in actual {
            if !recorded.contains_key(name) {
                self.values(&member(path, name), None, Some(value));
            }
        }
    }

    fn is_ignored(&self, path: &str) -> bool {
        self.ignored.iter().any(|ignored| pattern::matches(ignored, path))
    }
}

fn member(path: &str, name: &str) -> String {
    let is_word =
        !name.is_empty() && name.chars().all(|character| character.is_alphanumeric() || matches!(character, '_' | '-'));
    match (path.is_empty(), is_word) {
        (true, true) => name.to_owned(),
        (false, true) => format!("{path}.{name}"),
        (_, false) => format!("{path}[{name:?}]"),
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, reason = "tests fail by panicking")]

    use super::*;
    use serde_json::json;

    #[test]
    fn every_difference_is_listed_once_and_ignored_paths_are_not() {
        let recorded = json!({
            "arn": "arn:1",
            "tags": {"Name": "a", "a.b": "1"},
            "rule": [{"id": "r1", "days": 1}, {"id": "r2", "days": 2}],
            "policy": null,
            "timeouts": null,
            "count": 1,
        });
        let actual = json!({
            "arn": "arn:2",
            "tags": {"Name": "b"},
            "rule": [{"id": "x1", "days": 1}, {"id": "x2", "days": 3}, {"id": "x3"}],
            "policy": "",
            "count": 1.0,
            "extra": [],
        });
        let differences = compare(&recorded, &actual, &["*arn", "rule[*].id", "timeouts"]);
        assert_eq!(
            describe(&differences),
            "tags.Name: recorded \"a\", actual \"b\"\n\
             tags[\"a.b\"]: recorded \"1\", actual absent\n\
             rule[1].days: recorded 2, actual 3\n\
             rule[2]: recorded absent, actual {\"id\":\"x3\"}\n\
             policy: recorded null, actual \"\"\n\
             count: recorded 1, actual 1.0\n\
             extra: recorded absent, actual []\n"
        );
        assert_eq!(compare(&recorded, &recorded, &[]), vec![]);
    }

    #[test]
    fn instances_are_found_by_address() {
        let state = json!({"resources": [
            {"mode": "data", "type": "aws_region", "name": "current", "instances": [
                {"attributes": {"n": 1}}]},
            {"module": "module.a[0]", "mode": "managed", "type": "aws_s3_bucket", "name": "logs", "instances": [
                {"index_key": "x", "attributes": {"n": 2}}, {"index_key": 1, "attributes": {"n": 3}}]},
        ]});
        let cases = [
            ("data.aws_region.current", 1),
            ("module.a[0].aws_s3_bucket.logs[\"x\"]", 2),
            ("module.a[0].aws_s3_bucket.logs[1]", 3),
        ];
        for (address, number) in cases {
            assert_eq!(attributes(&state, address).unwrap(), &json!({ "n": number }), "{address}");
        }
        assert_eq!(attributes(&state, "aws_s3_bucket.logs"), None);
    }
}
