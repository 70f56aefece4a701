//! When two IAM policies say the same.
//!
//! The service gives policies back with single values as lists or the other way round, elements in another order, and
//! accounts as ARNs. None of that is a difference.

use std::collections::BTreeMap;

use serde_json::{Map, Value as Json};

use super::equivalence::json_equivalent;

/// Whether two texts are IAM policies of the same meaning. Of texts that are no policies, equal JSON is the same.
pub fn policies_equivalent(left: &str, right: &str) -> bool {
    let is_nothing = |text: &str| matches!(text.trim(), "" | "{}");
    if is_nothing(left) && is_nothing(right) {
        return true;
    }
    if json_equivalent(left, right) {
        return true;
    }
    match (Policy::parse(left), Policy::parse(right)) {
        (Some(left), Some(right)) => left == right,
        _ => false,
    }
}

/// A policy in the one form of its meaning: lists sorted, single values as lists.
#[derive(PartialEq)]
struct Policy {
    version: Json,
    id: Json,
    /// Sorted by their text.
    statements: Vec<Statement>,
}

#[derive(PartialEq, Eq, PartialOrd, Ord)]
struct Statement {
    /// Keys whose value is text: `Sid`, `Effect`.
    texts: BTreeMap<String, String>,
    /// Keys whose value is a set of texts: actions, resources.
    sets: BTreeMap<String, Vec<String>>,
    /// Kinds of principals with their names, for `Principal` and `NotPrincipal`.
    principals: BTreeMap<String, BTreeMap<String, Vec<String>>>,
    /// Operator, then key, then values.
    conditions: BTreeMap<String, BTreeMap<String, Vec<String>>>,
}

impl Policy {
    fn parse(text: &str) -> Option<Self> {
        let Json::Object(policy) = serde_json::from_str(text).ok()? else { return None };
        let mut statements = match policy.get("Statement") {
            Some(Json::Array(statements)) => statements.iter().map(Statement::read).collect::<Option<Vec<_>>>()?,
            Some(statement) => vec![Statement::read(statement)?],
            None => Vec::new(),
        };
        statements.sort_unstable();
        let part = |key: &str| policy.get(key).cloned().unwrap_or(Json::Null);
        Some(Self { version: part("Version"), id: part("Id"), statements })
    }
}

impl Statement {
    /// `None` for what no statement looks like.
    fn read(json: &Json) -> Option<Self> {
        let statement = json.as_object()?;
        let mut read = Self {
            texts: BTreeMap::new(),
            sets: BTreeMap::new(),
            principals: BTreeMap::new(),
            conditions: BTreeMap::new(),
        };
        for (key, value) in statement {
            match key.as_str() {
                "Sid" | "Effect" => {
                    let text = value.as_str()?;
                    if !text.is_empty() {
                        read.texts.insert(key.clone(), text.to_owned());
                    }
                }
                "Action" | "NotAction" | "Resource" | "NotResource" => {
                    read.sets.insert(key.clone(), sorted(texts(value)?));
                }
                "Principal" | "NotPrincipal" => {
                    read.principals.insert(key.clone(), principals(value)?);
                }
                "Condition" => {
                    for (operator, keys) in value.as_object()? {
                        read.conditions.insert(operator.clone(), condition_keys(keys.as_object()?)?);
                    }
                }
                _ => return None,
            }
        }
        Some(read)
    }
}

/// An account may be written as its number or as the ARN of its root. `"*"` (everyone) is kept apart from
/// `{"AWS": "*"}`, which the service does not give back for one another.
fn principals(json: &Json) -> Option<BTreeMap<String, Vec<String>>> {
    let Json::Object(kinds) = json else {
        let everyone = json.as_str()?.to_owned();
        return Some(BTreeMap::from([(String::new(), vec![everyone])]));
    };
    let mut principals = BTreeMap::new();
    for (kind, names) in kinds {
        let names = texts(names)?.into_iter().map(|name| account_of_root(&name).unwrap_or(name)).collect();
        principals.insert(kind.clone(), sorted(names));
    }
    Some(principals)
}

/// The account number in `arn:aws:iam::123456789012:root`.
fn account_of_root(name: &str) -> Option<String> {
    let mut parts = name.split(':');
    let is_iam = parts.next() == Some("arn") && parts.next().is_some() && parts.next() == Some("iam");
    let account = parts.nth(1)?;
    let is_root = parts.next() == Some("root") && parts.next().is_none();
    (is_iam && is_root).then(|| account.to_owned())
}

/// Values of conditions are texts, however they are written: `"Bool": {"aws:SecureTransport": false}`.
fn condition_keys(keys: &Map<String, Json>) -> Option<BTreeMap<String, Vec<String>>> {
    let mut read = BTreeMap::new();
    for (key, values) in keys {
        read.insert(key.clone(), sorted(texts(values)?));
    }
    Some(read)
}

/// One text or a list of them, numbers and bools as text.
fn texts(json: &Json) -> Option<Vec<String>> {
    let text = |json: &Json| match json {
        Json::String(text) => Some(text.clone()),
        Json::Number(number) => Some(number.to_string()),
        Json::Bool(value) => Some(value.to_string()),
        _ => None,
    };
    match json {
        Json::Array(items) => items.iter().map(text).collect(),
        single => text(single).map(|text| vec![text]),
    }
}

fn sorted(mut texts: Vec<String>) -> Vec<String> {
    texts.sort_unstable();
    texts.dedup();
    texts
}

#[cfg(test)]
mod tests {
    use super::*;

    fn policy(statement: &str) -> String {
        format!(r#"{{"Version":"2012-10-17","Statement":{statement}}}"#)
    }

    #[test]
    fn what_says_the_same() {
        for (left, right) in [
            (
                r#"[{"Effect":"Allow","Action":"s3:GetObject","Resource":"*"}]"#,
                r#"{"Resource":["*"],"Action":["s3:GetObject"],"Effect":"Allow"}"#,
            ),
            (
                r#"{"Effect":"Allow","Action":["b:B","a:A"],"Resource":["y","x"]}"#,
                r#"{"Effect":"Allow","Action":["a:A","b:B"],"Resource":["x","y"]}"#,
            ),
            (
                r#"[{"Sid":"1","Effect":"Allow","Principal":"*","Action":"a:A"},{"Sid":"2","Effect":"Deny","Action":"a:A"}]"#,
                r#"[{"Sid":"2","Effect":"Deny","Action":"a:A"},{"Sid":"1","Effect":"Allow","Principal":"*","Action":["a:A"]}]"#,
            ),
            (
                r#"{"Effect":"Allow","Principal":{"AWS":["123456789012","arn:aws:iam::1:role/r"]},"Action":"a:A"}"#,
                r#"{"Effect":"Allow","Principal":{"AWS":["arn:aws:iam::1:role/r","arn:aws:iam::123456789012:root"]},"Action":"a:A"}"#,
            ),
            (
                r#"{"Effect":"Allow","Action":"a:A","Condition":{"Bool":{"aws:SecureTransport":false},"StringEquals":{"aws:x":["b","a"]}}}"#,
                r#"{"Effect":"Allow","Action":"a:A","Condition":{"StringEquals":{"aws:x":["a","b"]},"Bool":{"aws:SecureTransport":["false"]}}}"#,
            ),
            (r#"{"Sid":"","Effect":"Allow","Action":"a:A"}"#, r#"{"Effect":"Allow","Action":"a:A"}"#),
        ] {
            assert!(policies_equivalent(&policy(left), &policy(right)), "{left}\n{right}");
        }
        assert!(policies_equivalent("{}", ""));
        assert!(policies_equivalent(r#"{"Unknown": [1]}"#, r#"{"Unknown":[1.0]}"#), "equal JSON");
    }

    #[test]
    fn what_says_something_else() {
        let allow = r#"{"Effect":"Allow","Action":"a:A","Resource":"x"}"#;
        for other in [
            r#"{"Effect":"Deny","Action":"a:A","Resource":"x"}"#,
            r#"{"Effect":"Allow","NotAction":"a:A","Resource":"x"}"#,
            r#"{"Effect":"Allow","Action":"a:A","Resource":"X"}"#,
            r#"{"Effect":"Allow","Action":"a:a","Resource":"x"}"#,
            r#"{"Effect":"Allow","Action":"a:A","Resource":["x","y"]}"#,
            r#"[]"#,
            r#"{"Effect":"Allow","Action":"a:A","Resource":"x","New":1}"#,
        ] {
            assert!(!policies_equivalent(&policy(allow), &policy(other)), "{other}");
        }
        assert!(!policies_equivalent(&policy(allow), &policy(allow).replace("2012", "2008")));
        assert!(!policies_equivalent(&policy(allow), "{}"));
        let everyone =
            |principal: &str| policy(&format!(r#"{{"Effect":"Allow","Principal":{principal},"Action":"a:A"}}"#));
        assert!(!policies_equivalent(&everyone(r#""*""#), &everyone(r#"{"AWS":"*"}"#)));
    }
}
