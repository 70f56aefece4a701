use std::fs;

use serde_json::json;

use super::*;

/// What the AWS provider answered, recorded; `attributes` hold the configuration as well.
#[test]
fn recorded_documents() {
    let directory = concat!(env!("CARGO_MANIFEST_DIR"), "/../../tests/goldens/state/aws_iam_policy_document");
    let mut seen = 0;
    for entry in fs::read_dir(directory).unwrap() {
        let path = entry.unwrap().path();
        let recording: Json = serde_json::from_str(&fs::read_to_string(&path).unwrap()).unwrap();
        let mut expected = recording["attributes"].clone();
        let mut config = expected.clone();
        for computed in ["id", "json", "minified_json"] {
            config.as_object_mut().unwrap().remove(computed);
        }
        let built = build(serde_json::from_value(without_nulls(config)).unwrap()).unwrap();
        for deprecated in ["source_json", "override_json"] {
            expected.as_object_mut().unwrap().remove(deprecated);
        }
        assert_eq!(serde_json::to_value(built).unwrap(), expected, "{}", path.display());
        seen += 1;
    }
    assert!(seen >= 20, "only {seen} recordings in {directory}");
}

fn without_nulls(json: Json) -> Json {
    let Json::Object(members) = json else { return json };
    Json::Object(members.into_iter().filter(|(_, member)| !member.is_null()).collect())
}

fn from_sources(documents: &[Json]) -> Result<String, String> {
    let documents = documents.iter().map(|document| Some(document.to_string())).collect();
    let config = Attributes { source_policy_documents: Some(documents), ..Default::default() };
    build(config).map(|built| built.minified_json.unwrap()).map_err(|error| error.0[0].detail.clone())
}

#[test]
fn documents_given_as_json() {
    let cases = [
        ("names in any case", json!({"effect": "Allow", "ACTION": "a:b"}), r#"{"Effect":"Allow","Action":"a:b"}"#),
        ("unknown members are forgotten", json!({"Effect": "Allow", "Foo": 1}), r#"{"Effect":"Allow"}"#),
        ("empty actions stay", json!({"Action": [], "Resource": ""}), r#"{"Action":[],"Resource":""}"#),
        ("order of resources stays", json!({"Resource": ["z", "a", "a"]}), r#"{"Resource":["z","a","a"]}"#),
        (
            "identifiers are sorted, kinds too, lists of one stay",
            json!({"Principal": {"Service": ["x"], "AWS": ["a", "c", "b"]}}),
            r#"{"Principal":{"AWS":["c","b","a"],"Service":["x"]}}"#,
        ),
        ("everyone, as a list", json!({"Principal": {"*": ["*"]}}), r#"{"Principal":"*"}"#),
        ("everyone and others", json!({"Principal": {"*": "*", "AWS": "b"}}), r#"{"Principal":{"*":"*","AWS":"b"}}"#),
        ("any account", json!({"Principal": {"AWS": ["*"]}}), r#"{"Principal":{"AWS":["*"]}}"#),
        ("no principal", json!({"Principal": {}}), "{}"),
        ("an empty kind", json!({"Principal": {"AWS": []}}), r#"{"Principal":{"AWS":[]}}"#),
        (
            "conditions are sorted, lists of one become a text",
            json!({"Condition": {"StringEquals": {"z": ["b"], "a": ["2", "1"]}, "Bool": {"x": true}}}),
            r#"{"Condition":{"Bool":{"x":"true"},"StringEquals":{"a":["2","1"],"z":"b"}}}"#,
        ),
        ("no condition", json!({"Condition": {}}), "{}"),
        ("variables stay as written", json!({"Resource": "&{aws:x}"}), r#"{"Resource":"\u0026{aws:x}"}"#),
    ];
    for (what, statement, expected) in cases {
        assert_eq!(
            from_sources(&[json!({"Statement": [statement]})]),
            Ok(format!(r#"{{"Version":"2012-10-17","Statement":[{expected}]}}"#)),
            "{what}"
        );
    }
}

#[test]
fn documents_that_are_refused() {
    let sid = |sid: &str| json!({"Statement": [{"Sid": sid}]});
    let cases = [
        (vec![json!([])], "Element 0 of source_policy_documents cannot be used: it is no JSON object."),
        (
            vec![json!({"Statement": {}})],
            "Element 0 of source_policy_documents cannot be used: its Statement is no list; write [ ] around a single one.",
        ),
        (
            vec![json!({"Statement": [{"Principal": {"AWS": 5}}]})],
            "Element 0 of source_policy_documents cannot be used: Principal \"AWS\" is neither a text nor a list.",
        ),
        (
            vec![json!({"Statement": [{"Condition": {"NumericLessThan": {"x": 5}}}]})],
            "Element 0 of source_policy_documents cannot be used: Condition \"NumericLessThan\" of \"x\" is neither a \
             text nor a list of texts.",
        ),
        (
            vec![sid("A"), sid("A")],
            "More than one statement of source_policy_documents has the Sid \"A\". Remove the Sid or make it unique; \
             to replace a statement, put the document into override_policy_documents.",
        ),
    ];
    for (documents, problem) in cases {
        assert_eq!(from_sources(&documents), Err(problem.to_owned()));
    }
    let not_json =
        Attributes { override_policy_documents: Some(vec![None, Some("nope".to_owned())]), ..Default::default() };
    let error = &build(not_json).unwrap_err().0[0];
    assert!(error.detail.starts_with("Element 1 of override_policy_documents cannot be used: it is no JSON"));
}

fn with_statements(version: Option<&str>, statements: Json) -> Result<String, String> {
    let config = Attributes {
        version: version.map(str::to_owned),
        statement: serde_json::from_value(statements).unwrap(),
        ..Default::default()
    };
    build(config).map(|built| built.minified_json.unwrap()).map_err(|error| error.0[0].summary.clone())
}

#[test]
fn blocks_that_need_care() {
    let condition = |value: &str| json!({"test": "X", "variable": "y", "values": [value]});
    assert_eq!(
        with_statements(None, json!([{"condition": [condition("a"), condition("b")]}])).unwrap(),
        r#"{"Version":"2012-10-17","Statement":[{"Effect":"Allow","Condition":{"X":{"y":["b","a"]}}}]}"#,
    );
    let variable = json!([{"resources": ["&{aws:x}"]}]);
    assert!(with_statements(None, variable.clone()).unwrap().contains(r#""Resource":"${aws:x}""#));
    assert_eq!(
        with_statements(Some("2008-10-17"), variable).unwrap_err(),
        "Policy variable in a document without variables"
    );
    assert_eq!(with_statements(None, json!([{"sid": "A"}, {"sid": "A"}])).unwrap_err(), "Duplicate statement id");
    // Actions have no variables.
    assert!(with_statements(None, json!([{"actions": ["a:&{x}"]}])).unwrap().contains(r#""a:\u0026{x}""#));
}

#[test]
fn arguments_of_the_past() {
    let config = |text: &str| Value::object_from([("source_json", Value::string(text))]);
    assert!(PolicyDocument.validate(&config("")).is_empty());
    let diagnostics = PolicyDocument.validate(&config("{}"));
    assert!(diagnostics.iter().next().unwrap().detail.contains("Use source_policy_documents"));
}
