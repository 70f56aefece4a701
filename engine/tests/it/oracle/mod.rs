//! The same files through terraform 1.11.4 and through the engine: same plans, same states, same mistakes.
//!
//! Each case of [`cases`] is a story of steps on one directory with `terraform_data` only, so that neither side needs a
//! provider. Where terraform is installed it runs beside the engine, and its answers must be those recorded in
//! `tests/goldens/`; elsewhere the recorded answers stand in for it. To record anew, run with
//! `INFRA_RECORD_GOLDENS=1`.
//!
//! What differs on purpose and is evened out: ids (random), the order of independent steps, dependencies in the state
//! (ours are the nearest, terraform's all), and wording beyond the headline of a diagnostic.

mod answers;
mod cases;
mod files;
mod lifecycle_cases;
mod moved_cases;
mod removed_cases;
mod rules;
mod terraform;

use std::collections::BTreeMap;
use std::path::PathBuf;

use infra_engine::config::{VariableInput, VariableSource};
use infra_engine::language::Language;
use infra_engine::plan::{Mode, Plan};
use infra_state::store::StateStore;
use infra_values::address::ResourceInstance;
use serde_json::{Value as Json, json};

use crate::lab::{Lab, Texts, block_on};

/// One step of a story.
pub struct Step {
    pub flags: Vec<String>,
    pub files: String,
}

impl Step {
    /// What is marked as half made before the step.
    fn tainted(&self) -> impl Iterator<Item = &str> {
        self.flags.iter().filter_map(|flag| flag.strip_prefix("-taint="))
    }

    /// The flags that terraform knows.
    fn planning_flags(&self) -> impl Iterator<Item = &str> {
        let own = |flag: &&str| *flag == "-plan-only" || flag.starts_with("-taint=");
        self.flags.iter().map(String::as_str).filter(move |flag| !own(flag))
    }

    fn is_applied(&self) -> bool {
        !self.flags.iter().any(|flag| flag == "-plan-only")
    }
}

/// A case is text: its name after `===`, each step after `>>>` with its flags, then files as [`Texts`] reads them. A
/// step without files has those of the step before.
pub struct Case {
    pub name: String,
    pub steps: Vec<Step>,
}

pub fn parse(text: &str) -> Vec<Case> {
    let mut cases: Vec<Case> = Vec::new();
    for line in text.lines() {
        if let Some(name) = line.strip_prefix("=== ") {
            cases.push(Case { name: name.trim().to_owned(), steps: Vec::new() });
        } else if let Some(flags) = line.strip_prefix(">>>") {
            let flags = flags.split_whitespace().map(str::to_owned).collect();
            cases.last_mut().unwrap().steps.push(Step { flags, files: String::new() });
        } else if let Some(step) = cases.last_mut().and_then(|case| case.steps.last_mut()) {
            step.files.push_str(line);
            step.files.push('\n');
        }
    }
    for case in &mut cases {
        let mut before = String::new();
        for step in &mut case.steps {
            if step.files.trim().is_empty() {
                step.files.clone_from(&before);
            }
            before.clone_from(&step.files);
        }
    }
    cases
}

#[test]
fn plans_and_states_are_those_of_terraform() {
    let installed = terraform::is_installed();
    if !installed {
        println!(
            "skipped: comparing with a running terraform, because terraform is not installed; comparing with goldens"
        );
    }
    let cases: Vec<Case> =
        [cases::CASES, files::CASES, lifecycle_cases::CASES, moved_cases::CASES, removed_cases::CASES]
            .into_iter()
            .flat_map(parse)
            .collect();
    let workers = std::thread::available_parallelism().map_or(1, usize::from);
    let failures: Vec<String> = std::thread::scope(|scope| {
        let running: Vec<_> = (0..workers)
            .map(|worker| {
                let mine = cases.iter().skip(worker).step_by(workers);
                scope.spawn(move || mine.filter_map(|case| compare(case, installed)).collect::<Vec<_>>())
            })
            .collect();
        running.into_iter().flat_map(|worker| worker.join().unwrap()).collect()
    });
    assert!(failures.is_empty(), "{} of {} cases differ\n\n{}", failures.len(), cases.len(), failures.join("\n"));
}

/// What is different in a case, if anything is.
fn compare(case: &Case, installed: bool) -> Option<String> {
    let golden = PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("tests/goldens").join(format!("{}.json", case.name));
    let recorded: Option<Json> = std::fs::read_to_string(&golden).ok().map(|text| serde_json::from_str(&text).unwrap());
    let theirs = if installed {
        let live = terraform::run(case);
        if std::env::var_os("INFRA_RECORD_GOLDENS").is_some() {
            std::fs::write(&golden, serde_json::to_string_pretty(&live).unwrap() + "\n").unwrap();
        } else if recorded.as_ref() != Some(&live) {
            return Some(format!("{}: terraform does not answer as recorded; record anew", case.name));
        }
        live
    } else {
        recorded.unwrap_or_else(|| panic!("{} is not recorded", golden.display()))
    };
    let mut ours = run(case);
    allow_more_mistakes(&theirs, &mut ours);
    allow_fewer_dependencies(&theirs, &mut ours);
    if ours == theirs {
        return None;
    }
    let steps = theirs.as_array().unwrap().iter().zip(ours.as_array().unwrap()).enumerate();
    let differences: Vec<String> = steps
        .flat_map(|(position, (theirs, ours))| {
            let mut found = Vec::new();
            difference(&format!("step {}", position + 1), theirs, ours, &mut found);
            found
        })
        .collect();
    Some(format!("{}:\n{}", case.name, differences.join("\n")))
}

/// Where files are wrong, one run of ours names every mistake; terraform ends after the first phase that found one. What
/// it names must be among ours.
fn allow_more_mistakes(theirs: &Json, ours: &mut Json) {
    for (theirs, ours) in theirs.as_array().unwrap().iter().zip(ours.as_array_mut().unwrap()) {
        let both_failed = theirs.get("plan").is_none() && ours.get("plan").is_none();
        let named = theirs["errors"].as_array().unwrap();
        if both_failed && !named.is_empty() {
            ours["errors"].as_array_mut().unwrap().retain(|error| named.contains(error));
        }
    }
}

/// Ours are among theirs.
fn allow_fewer_dependencies(theirs: &Json, ours: &mut Json) {
    for (theirs, ours) in theirs.as_array().unwrap().iter().zip(ours.as_array_mut().unwrap()) {
        let Some(objects) = ours.pointer_mut("/state/objects").and_then(Json::as_object_mut) else { continue };
        for (address, object) in objects {
            let all = &theirs["state"]["objects"][address]["dependencies"];
            let has = |name: &Json| all.as_array().is_some_and(|all| all.contains(name));
            if object["dependencies"].as_array().unwrap().iter().all(has) {
                object["dependencies"] = all.clone();
            }
        }
    }
}

/// Every place at which two documents differ: terraform's value, then ours.
fn difference(place: &str, theirs: &Json, ours: &Json, found: &mut Vec<String>) {
    match (theirs, ours) {
        (Json::Object(left), Json::Object(right)) => {
            let names: std::collections::BTreeSet<_> = left.keys().chain(right.keys()).collect();
            for name in names {
                let (left, right) = (left.get(name).unwrap_or(&Json::Null), right.get(name).unwrap_or(&Json::Null));
                difference(&format!("{place} / {name}"), left, right, found);
            }
        }
        _ if theirs == ours => {}
        _ => found.push(format!("  {place}\n    terraform {theirs}\n    infra     {ours}")),
    }
}

/// The engine's answers to a case, in the form of terraform's.
fn run(case: &Case) -> Json {
    let mut lab = Lab { language: Language::Strict, ..Lab::new() };
    let mut steps = Vec::new();
    for step in &case.steps {
        set_flags(&mut lab, &step.flags);
        for address in step.tainted() {
            taint(&lab, address);
        }
        let outcome = block_on(lab.make_plan(&step.files));
        let (mut errors, mut warnings) = (outcome.errors, outcome.warnings);
        let Some(plan) = outcome.plan.filter(|plan| !plan.errored) else {
            steps.push(json!({ "errors": answers::errors(errors) }));
            continue;
        };
        let before = lab.store.stored_bytes();
        let before = before.as_deref().map_or(Json::Null, |bytes| serde_json::from_slice(bytes).unwrap());
        let mut answer = json!({ "plan": plan_json(&plan, &answers::Ids::of_state(&before)) });
        if step.is_applied() {
            let (config, _) = infra_engine::config::load(&Texts::parse(&step.files), ".", Language::Strict);
            let applied = block_on(lab.carry_out(&step.files, &plan));
            for found in applied.diagnostics.iter() {
                let list = if found.is_error() { &mut errors } else { &mut warnings };
                list.push((found.summary.clone(), crate::lab::place(found.span, &config)));
            }
            let bytes = lab.store.stored_bytes();
            let state = bytes.as_deref().map_or(Json::Null, |bytes| serde_json::from_slice(bytes).unwrap());
            answer["state"] = answers::state(&state);
        }
        answers::add_warnings(&mut answer, warnings);
        answer["errors"] = answers::errors(errors);
        steps.push(answer);
    }
    Json::Array(steps)
}

/// Marks an object in the stored state as half made.
fn taint(lab: &Lab, address: &str) {
    let address: ResourceInstance = address.parse().unwrap();
    let mut state = infra_state::State::clone(&block_on(lab.store.read()).unwrap().state);
    let provider = state.resources.get(&address.absolute_resource()).unwrap().provider.clone();
    let mut object = state.object(&address).unwrap().as_ref().clone();
    object.status = infra_state::model::ObjectStatus::Tainted;
    state.resources.set(&address, None, provider, std::sync::Arc::new(object));
    state.serial += 1;
    let stored = block_on(lab.store.read()).unwrap().version();
    block_on(lab.store.overwrite(state, &stored)).unwrap();
}

fn set_flags(lab: &mut Lab, flags: &[String]) {
    lab.options.mode = Mode::Normal;
    lab.options.targets.clear();
    lab.options.replace.clear();
    lab.variables.clear();
    for flag in flags {
        match flag.split_once('=') {
            Some(("-target", address)) => lab.options.targets.push(address.parse().unwrap()),
            Some(("-replace", address)) => lab.options.replace.push(address.parse().unwrap()),
            Some(("-var", variable)) => {
                let (name, text) = variable.split_once('=').unwrap();
                let input = VariableInput::Text { text: text.into(), source: VariableSource::CommandLine };
                lab.variables.insert(name.into(), input);
            }
            _ if flag == "-destroy" => lab.options.mode = Mode::Destroy,
            _ if flag == "-refresh-only" => lab.options.mode = Mode::RefreshOnly,
            Some(("-taint", _)) => {}
            _ if flag == "-plan-only" => {}
            _ => panic!("unknown flag {flag}"),
        }
    }
}

fn plan_json(plan: &Plan, ids: &answers::Ids) -> Json {
    use infra_engine::plan::Action::*;
    let actions = |action| match action {
        NoOp => json!(["no-op"]),
        Create => json!(["create"]),
        Read => json!(["read"]),
        Update => json!(["update"]),
        Delete => json!(["delete"]),
        DeleteThenCreate => json!(["delete", "create"]),
        CreateThenDelete => json!(["create", "delete"]),
        Forget => json!(["forget"]),
    };
    let mut changes = BTreeMap::new();
    for change in &plan.changes {
        let mut address = change.address.to_string();
        if change.deposed.is_some() {
            address.push_str(" (deposed)");
        }
        let mut entry = json!({
            "actions": actions(change.action),
            "after": answers::value(&change.after, ids),
            "sensitive": answers::sensitive_paths(&change.after),
        });
        if let Some(reason) = change.reason {
            entry["reason"] = serde_json::to_value(reason).unwrap();
        }
        if !change.replace_paths.is_empty() {
            let mut paths: Vec<String> = change.replace_paths.iter().map(|path| path.schema_path()).collect();
            paths.sort();
            entry["replace_paths"] = json!(paths);
        }
        if let Some(previous) = &change.previous_address {
            entry["previous_address"] = json!(previous.to_string());
        }
        if let Some(id) = &change.importing {
            entry["importing"] = json!(id.as_str());
        }
        changes.insert(address, entry);
    }
    let outputs: BTreeMap<String, Json> = plan
        .outputs
        .iter()
        .map(|(name, output)| {
            let after = output.after.as_ref().map_or(Json::Null, |after| answers::value(after, ids));
            (name.to_string(), json!({ "actions": actions(output.action()), "after": after }))
        })
        .collect();
    let mut answer = json!({ "changes": changes, "outputs": outputs });
    if !plan.checks.is_empty() {
        answer["checks"] = ids.rename_in(&plan.checks.to_json());
    }
    answer
}
