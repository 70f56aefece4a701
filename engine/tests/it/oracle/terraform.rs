//! Running terraform on a case.

use std::collections::BTreeSet;
use std::path::Path;
use std::process::{Command, Output};

use serde_json::{Value as Json, json};

use super::{Case, Step, answers};
use crate::lab::Texts;

pub fn is_installed() -> bool {
    Command::new("terraform").arg("version").output().is_ok_and(|output| output.status.success())
}

/// Terraform's answers to a case.
pub fn run(case: &Case) -> Json {
    let folder = std::env::temp_dir().join(format!("infra-oracle-{}-{}", std::process::id(), case.name));
    let _ = std::fs::remove_dir_all(&folder);
    std::fs::create_dir_all(&folder).unwrap();
    let mut steps = Vec::new();
    for step in &case.steps {
        write_files(&folder, &step.files);
        for address in step.tainted() {
            assert!(terraform(&folder, &["taint", address]).status.success(), "{address}");
        }
        steps.push(run_step(&folder, step));
    }
    std::fs::remove_dir_all(&folder).unwrap();
    Json::Array(steps)
}

/// What terraform's `validate` finds in files: see [`answers::one_headline`].
pub fn validate(name: &str, files: &str) -> BTreeSet<String> {
    let folder = std::env::temp_dir().join(format!("infra-rules-{}-{name}", std::process::id()));
    let _ = std::fs::remove_dir_all(&folder);
    std::fs::create_dir_all(&folder).unwrap();
    write_files(&folder, files);
    // Errors in the root module keep `get` from installing modules; `validate` then reports them itself.
    terraform(&folder, &["get", "-no-color"]);
    let report: Json = serde_json::from_slice(&terraform(&folder, &["validate", "-json"]).stdout).unwrap();
    std::fs::remove_dir_all(&folder).unwrap();
    let describe = |diagnostic: &Json| {
        let (file, start) = (&diagnostic["range"]["filename"], &diagnostic["range"]["start"]);
        let place = file.as_str().map_or_else(|| "-".to_owned(), |file| format!("{file}:{}", start["line"]));
        let [severity, summary] = ["severity", "summary"].map(|name| diagnostic[name].as_str().unwrap());
        answers::one_headline(severity, &place, summary)
    };
    let found = report["diagnostics"].as_array().into_iter().flatten();
    // Some mistakes come twice, the second time about nothing at no place.
    found.filter(|diagnostic| diagnostic["range"]["filename"] != "").map(describe).collect()
}

fn write_files(folder: &Path, text: &str) {
    for entry in std::fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        let is_kept = path.file_name().is_some_and(|name| name.to_string_lossy().starts_with("terraform.tfstate"));
        if is_kept {
        } else if path.is_dir() {
            std::fs::remove_dir_all(path).unwrap();
        } else {
            std::fs::remove_file(path).unwrap();
        }
    }
    for (path, content) in Texts::parse(text).entries() {
        let path = folder.join(path);
        std::fs::create_dir_all(path.parent().unwrap()).unwrap();
        std::fs::write(path, content).unwrap();
    }
    std::fs::write(folder.join(".terraformrc"), "").unwrap();
}

fn terraform(folder: &Path, arguments: &[&str]) -> Output {
    let variables = ["PATH", "HOME", "TMPDIR"].into_iter().filter_map(|name| Some((name, std::env::var_os(name)?)));
    Command::new("terraform")
        .args(arguments)
        .current_dir(folder)
        .env_clear()
        .envs(variables)
        .env("CHECKPOINT_DISABLE", "1")
        .env("TF_CLI_CONFIG_FILE", folder.join(".terraformrc"))
        .output()
        .unwrap()
}

fn run_step(folder: &Path, step: &Step) -> Json {
    let has_modules = std::fs::read_dir(folder).unwrap().any(|entry| entry.unwrap().path().is_dir());
    if has_modules {
        let got = terraform(folder, &["get", "-no-color"]);
        assert!(got.status.success(), "{}", String::from_utf8_lossy(&got.stdout));
    }
    let mut arguments = vec!["plan", "-input=false", "-json", "-out=plan.out"];
    arguments.extend(step.planning_flags());
    let planned = terraform(folder, &arguments);
    let mut errors = found_in(&planned, "error");
    let mut warnings = found_in(&planned, "warn");
    if !planned.status.success() {
        return json!({ "errors": answers::errors(errors) });
    }
    let shown = terraform(folder, &["show", "-json", "plan.out"]);
    let plan: Json = serde_json::from_slice(&shown.stdout).unwrap();
    let mut answer = json!({ "plan": plan_json(&plan, &answers::Ids::of_state(&stored(folder))) });
    if step.is_applied() {
        let applied = terraform(folder, &["apply", "-input=false", "-json", "plan.out"]);
        errors.extend(found_in(&applied, "error"));
        warnings.extend(found_in(&applied, "warn"));
        answer["state"] = answers::state(&stored(folder));
    }
    answers::add_warnings(&mut answer, warnings);
    answer["errors"] = answers::errors(errors);
    answer
}

fn stored(folder: &Path) -> Json {
    std::fs::read(folder.join("terraform.tfstate")).map_or(Json::Null, |bytes| serde_json::from_slice(&bytes).unwrap())
}

/// Headlines and places of the diagnostics of one level among the messages.
fn found_in(output: &Output, level: &str) -> Vec<(String, String)> {
    String::from_utf8_lossy(&output.stdout)
        .lines()
        .filter_map(|line| serde_json::from_str::<Json>(line).ok())
        .filter(|message| message["@level"] == level && message["type"] == "diagnostic")
        .map(|message| {
            let diagnostic = &message["diagnostic"];
            let range = &diagnostic["range"];
            let place = match (range["filename"].as_str(), range["start"]["line"].as_u64()) {
                (Some(file), Some(line)) => format!("{file}:{line}"),
                _ => "-".to_owned(),
            };
            (diagnostic["summary"].as_str().unwrap().to_owned(), place)
        })
        .collect()
}

fn plan_json(plan: &Json, ids: &answers::Ids) -> Json {
    let mut changes = serde_json::Map::new();
    for resource in plan["resource_changes"].as_array().into_iter().flatten() {
        let mut address = resource["address"].as_str().unwrap().to_owned();
        if resource["deposed"].is_string() {
            address.push_str(" (deposed)");
        }
        let change = &resource["change"];
        let mut entry = json!({
            "actions": change["actions"],
            "after": answers::merged(&change["after"], &change["after_unknown"], ids),
            "sensitive": answers::sensitive_tree(&change["after_sensitive"]),
        });
        for (name, key) in [("action_reason", "reason"), ("previous_address", "previous_address")] {
            if resource[name].is_string() {
                entry[key] = resource[name].clone();
            }
        }
        if change["importing"]["id"].is_string() {
            entry["importing"] = change["importing"]["id"].clone();
        }
        if let Some(paths) = change["replace_paths"].as_array() {
            let mut paths: Vec<String> = paths.iter().map(|path| path[0].as_str().unwrap().to_owned()).collect();
            paths.sort();
            entry["replace_paths"] = json!(paths);
        }
        changes.insert(address, entry);
    }
    let mut outputs = serde_json::Map::new();
    for (name, change) in plan["output_changes"].as_object().into_iter().flatten() {
        let after = answers::merged(&change["after"], &change["after_unknown"], ids);
        outputs.insert(name.clone(), json!({ "actions": change["actions"], "after": after }));
    }
    let mut answer = json!({ "changes": changes, "outputs": outputs });
    if plan["checks"].is_array() {
        answer["checks"] = ids.rename_in(&plan["checks"]);
    }
    answer
}
