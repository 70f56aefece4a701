//! A plan as one page for a browser that needs nothing else: what happens to each object, and what depends on what.
//!
//! The parts of the page are files beside this one (`html/`); here they are put together with the plan as JSON. The
//! differences are those of [`super::plan`], so that secrets are withheld in the same places.

use std::collections::HashMap;

use infra_engine::plan::{Action, Mode, Plan, ResourceChange, SourceLine};
use infra_engine::world::Providers;
use infra_values::address::{ConfigResource, InstanceKey, ModuleInstance, ResourceInstance};
use serde_json::{Value as Json, json};

use super::plan::{drift_sections, output_changes, reason_of, section_of, waiting_sections};

const PAGE: &str = include_str!("html/page.html");
const STYLE: &str = include_str!("html/style.css");
/// In an order in which everything comes before what uses it at once.
const SCRIPTS: [&str; 10] = [
    include_str!("html/model.js"),
    include_str!("html/drawing.js"),
    include_str!("html/differences.js"),
    include_str!("html/head.js"),
    include_str!("html/entries.js"),
    include_str!("html/sections.js"),
    include_str!("html/graph_selection.js"),
    include_str!("html/graph_layout.js"),
    include_str!("html/graph_view.js"),
    include_str!("html/page.js"),
];

/// Where two resources have so many instances that everything with everything would be more lines than this, instances
/// of one key are connected.
const LINES_PER_PAIR_MAX: usize = 200;

/// What a page says about where its plan was made.
#[derive(Clone, Copy, Debug)]
pub struct Place<'p> {
    /// The directory with the files.
    pub directory: &'p str,
}

/// The page.
pub fn page(plan: &Plan, providers: &Providers, place: Place<'_>) -> String {
    let data = data(plan, providers, place).to_string();
    // Nothing in a plan can end the element that it stands in.
    let data = data.replace('<', "\\u003c").replace('>', "\\u003e").replace('&', "\\u0026");
    PAGE.replacen("/*TITLE*/", &title(plan), 1)
        .replacen("/*STYLE*/", STYLE, 1)
        .replacen("/*SCRIPT*/", &script(), 1)
        .replacen("/*DATA*/", &data, 1)
}

/// All parts in a scope of their own.
fn script() -> String {
    format!("\"use strict\";\n\n(() => {{\n{}}})();\n", SCRIPTS.join("\n"))
}

fn title(plan: &Plan) -> String {
    let counts = plan.counts();
    format!("Plan: {} to add, {} to change, {} to destroy", counts.add, counts.change, counts.remove)
}

fn data(plan: &Plan, providers: &Providers, place: Place<'_>) -> Json {
    let counts = plan.counts();
    let drift: Vec<Json> = drift_sections(plan, providers)
        .map(|(drift, text)| {
            let action = if drift.after.is_null() { "delete" } else { "update" };
            let mut entry = described(&drift.address, action, &text);
            entry["previous_address"] = drift.previous_address.as_ref().map(ToString::to_string).into();
            entry["deposed"] = drift.deposed.as_ref().map(|key| key.0.to_string()).into();
            entry
        })
        .collect();
    let waiting: Vec<Json> = waiting_sections(plan, providers)
        .map(|(deferred, text)| {
            let mut entry = described(&deferred.change.address, action_word(deferred.change.action), &text);
            let causes = deferred.causes.iter().map(|cause| cause.address.to_string());
            entry["reason"] = format!("waits for {}", causes.collect::<Vec<_>>().join(", ")).into();
            entry
        })
        .collect();
    let outputs: Vec<Json> = output_changes(plan)
        .map(|(name, action, text)| json!({ "name": name, "action": action_word(action), "text": text }))
        .collect();
    json!({
        "title": "Plan",
        "mode": match plan.mode {
            Mode::Normal => "normal",
            Mode::Destroy => "destroy",
            Mode::RefreshOnly => "refresh-only",
        },
        "directory": place.directory,
        "workspace": plan.workspace.as_str(),
        "timestamp": plan.timestamp,
        "errored": plan.errored,
        "summary": {
            "import": counts.import,
            "add": counts.add,
            "change": counts.change,
            "destroy": counts.remove,
            "forget": counts.forget,
        },
        "changes": plan.changes.iter().map(|change| of_change(change, providers)).collect::<Vec<Json>>(),
        "drift": drift,
        "waiting": waiting,
        "outputs": outputs,
        "edges": edges(plan),
    })
}

/// The action as the page knows it.
fn action_word(action: Action) -> &'static str {
    match action {
        Action::NoOp => "no-op",
        Action::Create => "create",
        Action::Read => "read",
        Action::Update => "update",
        Action::Delete => "delete",
        Action::Forget => "forget",
        Action::DeleteThenCreate => "delete-then-create",
        Action::CreateThenDelete => "create-then-delete",
    }
}

fn described(address: &ResourceInstance, action: &str, text: &str) -> Json {
    json!({
        "address": address.to_string(),
        "module": address.module.to_string(),
        "type": address.resource.type_name.as_str(),
        "name": address.resource.name.as_str(),
        "action": action,
        "text": text,
    })
}

fn of_change(change: &ResourceChange, providers: &Providers) -> Json {
    let mut entry = described(&change.address, action_word(change.action), &section_of(change, providers));
    entry["reason"] = reason_of(change).into();
    entry["cause"] = change.cause.as_ref().map(|SourceLine { file, line }| format!("{file}:{line}")).into();
    let previous = change.previous_address.as_ref().filter(|previous| **previous != change.address);
    entry["previous_address"] = previous.map(ToString::to_string).into();
    entry["importing"] = change.importing.as_ref().map(|id| id.to_string()).into();
    entry["deposed"] = change.deposed.as_ref().map(|key| key.0.to_string()).into();
    entry
}

/// Which object needs which, as positions among the changes.
fn edges(plan: &Plan) -> Vec<[usize; 2]> {
    let mut instances: HashMap<ConfigResource, Vec<usize>> = HashMap::new();
    for (position, change) in plan.changes.iter().enumerate().filter(|(_, change)| change.deposed.is_none()) {
        instances.entry(change.address.config()).or_default().push(position);
    }
    let mut by_key: HashMap<(ConfigResource, &InstanceKey), Vec<usize>> = HashMap::new();
    for (resource, positions) in &instances {
        for position in positions {
            let key = &plan.changes[*position].address.key;
            by_key.entry((resource.clone(), key)).or_default().push(*position);
        }
    }
    let mut edges = Vec::new();
    for (position, change) in plan.changes.iter().enumerate() {
        let siblings = instances.get(&change.address.config()).map_or(1, Vec::len);
        for dependency in &change.dependencies {
            let needed = instances.get(dependency);
            let is_many = siblings * needed.map_or(0, Vec::len) > LINES_PER_PAIR_MAX;
            let needed = match is_many {
                true => by_key.get(&(dependency.clone(), &change.address.key)),
                false => needed,
            };
            let needed = needed.map(Vec::as_slice).unwrap_or_default();
            let is_near = |other: &&usize| are_beside(&change.address.module, &plan.changes[**other].address.module);
            edges.extend(needed.iter().filter(is_near).map(|other| [position, *other]));
        }
    }
    edges
}

/// Whether two modules lie in the same instance of every call that they share.
fn are_beside(left: &ModuleInstance, right: &ModuleInstance) -> bool {
    let shared = left.0.iter().zip(right.0.iter()).take_while(|((left, _), (right, _))| left == right);
    shared.into_iter().all(|((_, left), (_, right))| left == right)
}
