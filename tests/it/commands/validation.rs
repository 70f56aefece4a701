//! `infra validate -json`, for editors: the form is that of terraform.

use infra_test_support::skip_without_oracle;
use serde_json::Value;

use crate::world::{World, json};

/// Directories of one file.
const FILES: &[&str] = &[
    "",
    "output \"o\" {\n  value = 1\n}\n",
    "output \"o\" {\n  value = 1\n  value = 1\n}\n",
    "output \"o\" {\n  value = terraform_data.b.id\n}\n",
    "resource \"terraform_data\" \"a\" {\n  inptu = 1\n}\n",
    "variable \"v\" {\n  type    = number\n  default = \"x\"\n}\n",
    "resource \"terraform_data\" \"a\" {\n  count = \"many\"\n}\n",
    "variable \"v\" {}\n\noutput \"o\" {\n  value = {\n    a = 1 + \"x\"\n    b = var.v\n  }\n}\n",
    "locals {\n  a = \"é${nothing}\"\n}\n",
    "variable \"v\" {\n  type = \"string\"\n}\n",
    "resource \"terraform_data\" \"a\" {\n  lifecycle {\n    ignore_changes = [id]\n  }\n}\n",
    "resource \"terraform_data\" {}\n",
];

/// A report without what each program says in its own words.
fn without_wording(mut report: Value) -> Value {
    for diagnostic in report["diagnostics"].as_array_mut().unwrap() {
        let detail = diagnostic["detail"].take();
        diagnostic["detail"] = detail.as_str().is_some_and(|text| !text.is_empty()).into();
        for value in diagnostic["snippet"]["values"].as_array_mut().into_iter().flatten() {
            value["statement"] = value["statement"].is_string().into();
        }
    }
    report
}

#[test]
fn reports_are_those_of_terraform() {
    let oracle = skip_without_oracle!("reports_are_those_of_terraform");
    for text in FILES {
        let world = World::new(text);
        let theirs = oracle.run(&world.path(), &["validate", "-json"], None).unwrap();
        let ours = world.run(&["validate", "-json"]);
        assert_eq!(ours.exit_code, theirs.exit_code, "{text}\n{ours}");
        let [ours, theirs] = [ours, theirs].map(|output| format!("{:#}", without_wording(json(&output.stdout))));
        assert!(ours == theirs, "{text}\nours: {ours}\ntheirs: {theirs}");
    }
}

#[test]
fn what_is_only_doubtful_is_valid() {
    let world = World::new("resource \"terraform_data\" \"a\" {\n  lifecycle {\n    ignore_changes = [id]\n  }\n}\n");
    let output = world.succeed(&["validate"]);
    assert!(output.stdout.contains("valid, but there were some validation warnings"), "{output}");
    let report = json(&world.succeed(&["validate", "-json"]).stdout);
    assert_eq!((&report["valid"], &report["warning_count"]), (&true.into(), &1.into()));
}
