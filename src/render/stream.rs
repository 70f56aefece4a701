//! The stream of events that `-json` gives: one JSON object a line, in the form that Terraform calls `ui` version 1.2.
//!
//! <https://developer.hashicorp.com/terraform/internals/machine-readable-ui> describes it. Every line has `@level`,
//! `@message`, `@module`, `@timestamp` and `type`, and what its type says.

use std::collections::BTreeMap;
use std::time::Duration;

use infra_engine::diagnostics::{Diagnostic, Severity};
use infra_engine::events::Event;
use infra_engine::plan::{Action, Counts, Drift, Plan, Reason, ResourceChange};
use infra_engine::syntax::SourceMap;
use infra_state::model::OutputValue;
use infra_values::address::{InstanceKey, ResourceInstance, ResourceMode};
use infra_values::{Str, json as values};
use serde_json::{Map, Value as Json, json};

use super::diagnostic;
use crate::TERRAFORM_VERSION;

/// The version of the form.
const UI_VERSION: &str = "1.2";

/// One line: what every line has, and what it is about, in the order of the names.
fn line(level: &str, message: &str, kind: &str, about: impl IntoIterator<Item = (&'static str, Json)>) -> String {
    let timestamp = jiff::Timestamp::now().strftime("%Y-%m-%dT%H:%M:%S%.6fZ").to_string();
    let entries = BTreeMap::from([
        ("@level", level.into()),
        ("@message", message.into()),
        ("@module", "terraform.ui".into()),
        ("@timestamp", timestamp.into()),
        ("type", kind.into()),
    ]);
    let entries: BTreeMap<&str, Json> = entries.into_iter().chain(about).collect();
    json!(entries).to_string()
}

/// The first line: who writes, and in which form.
pub fn version() -> String {
    let about = [("terraform", TERRAFORM_VERSION.into()), ("ui", UI_VERSION.into())];
    line("info", &format!("Terraform {TERRAFORM_VERSION}"), "version", about)
}

/// Something said in words only.
pub fn log(message: &str) -> String {
    line("info", message, "log", [])
}

/// An error or a warning.
pub fn diagnostic(diagnostic: &Diagnostic, sources: &SourceMap) -> String {
    let (level, word) = match diagnostic.severity {
        Severity::Error => ("error", "Error"),
        Severity::Warning => ("warn", "Warning"),
    };
    let about = [("diagnostic", diagnostic::to_json(diagnostic, sources))];
    line(level, &format!("{word}: {}", diagnostic.summary), "diagnostic", about)
}

/// A plan: what changed outside, what will change, how much that is, and the outputs.
pub fn plan(plan: &Plan) -> Vec<String> {
    let mut lines: Vec<String> = plan.drift.iter().map(drift).collect();
    lines.extend(plan.changes.iter().filter_map(planned_change));
    let counts = plan.counts();
    let import = if counts.import > 0 { format!("{} to import, ", counts.import) } else { String::new() };
    let message =
        format!("Plan: {import}{} to add, {} to change, {} to destroy.", counts.add, counts.change, counts.remove);
    lines.push(change_summary(&message, counts, "plan"));
    let outputs: Map<String, Json> = plan
        .outputs
        .iter()
        .map(|(name, change)| {
            let action = action_name(change.action());
            (name.to_string(), json!({ "sensitive": change.sensitive, "action": action }))
        })
        .collect();
    lines.extend(outputs_line(outputs));
    lines
}

/// What is about to be done by a saved plan, of which the rest was told when it was made.
pub fn planned_changes(plan: &Plan) -> impl Iterator<Item = String> {
    plan.changes.iter().filter(|change| change.action != Action::NoOp).filter_map(planned_change)
}

/// What was done, and what the outputs are now.
pub fn applied(message: &str, counts: Counts, operation: &str) -> String {
    change_summary(message, counts, operation)
}

/// The outputs as they are.
pub fn outputs(outputs: &BTreeMap<Str, OutputValue>) -> Option<String> {
    let entries = outputs.iter().map(|(name, output)| {
        let ty = output.value.ty();
        let mut entry = json!({ "sensitive": output.sensitive, "type": values::type_to_json(&ty) });
        if !output.sensitive {
            entry["value"] = values::to_json(&output.value, &ty);
        }
        (name.to_string(), entry)
    });
    outputs_line(entries.collect())
}

fn outputs_line(outputs: Map<String, Json>) -> Option<String> {
    if outputs.is_empty() {
        return None;
    }
    Some(line("info", &format!("Outputs: {}", outputs.len()), "outputs", [("outputs", Json::Object(outputs))]))
}

fn change_summary(message: &str, counts: Counts, operation: &str) -> String {
    let changes = json!({
        "add": counts.add,
        "change": counts.change,
        "import": counts.import,
        "remove": counts.remove,
        "operation": operation,
    });
    line("info", message, "change_summary", [("changes", changes)])
}

fn drift(drift: &Drift) -> String {
    let action = if drift.after.is_null() { "delete" } else { "update" };
    let change = json!({ "resource": resource(&drift.address), "action": action });
    let message = format!("{}: Drift detected ({action})", drift.address);
    line("info", &message, "resource_drift", [("change", change)])
}

/// Nothing for what stays as it is.
fn planned_change(change: &ResourceChange) -> Option<String> {
    let action = match change.action {
        Action::NoOp if change.importing.is_some() => "import",
        Action::NoOp if change.previous_address.is_some() => "move",
        Action::NoOp => return None,
        action => action_name(action),
    };
    let mut entries = Map::new();
    entries.insert("resource".to_owned(), resource(&change.address));
    if let Some(previous) = &change.previous_address {
        entries.insert("previous_resource".to_owned(), resource(previous));
    }
    entries.insert("action".to_owned(), action.into());
    if let Some(reason) = change.reason.map(reason_name) {
        entries.insert("reason".to_owned(), reason.into());
    }
    if let Some(id) = &change.importing {
        entries.insert("importing".to_owned(), json!({ "id": id.as_str() }));
    }
    let message = format!("{}: Plan to {action}", change.address);
    Some(line("info", &message, "planned_change", [("change", Json::Object(entries))]))
}

fn action_name(action: Action) -> &'static str {
    match action {
        Action::NoOp => "noop",
        Action::Create => "create",
        Action::Read => "read",
        Action::Update => "update",
        Action::DeleteThenCreate | Action::CreateThenDelete => "replace",
        Action::Delete => "delete",
        Action::Forget => "remove",
    }
}

fn reason_name(reason: Reason) -> &'static str {
    match reason {
        Reason::ReplaceBecauseCannotUpdate => "cannot_update",
        Reason::ReplaceBecauseTainted => "tainted",
        Reason::ReplaceByRequest => "requested",
        Reason::ReplaceByTriggers => "replace_triggered_by",
        Reason::DeleteBecauseNoResourceConfig => "delete_because_no_resource_config",
        Reason::DeleteBecauseWrongRepetition => "delete_because_wrong_repetition",
        Reason::DeleteBecauseCountIndex => "delete_because_count_index",
        Reason::DeleteBecauseEachKey => "delete_because_each_key",
        Reason::DeleteBecauseNoModule => "delete_because_no_module",
        Reason::DeleteBecauseNoMoveTarget => "delete_because_no_move_target",
        Reason::ReadBecauseConfigUnknown => "read_because_config_unknown",
        Reason::ReadBecauseDependencyPending => "read_because_dependency_pending",
        Reason::ReadBecauseCheckNested => "read_because_check_nested",
    }
}

fn resource(address: &ResourceInstance) -> Json {
    let kind = address.resource.type_name.as_str();
    let inside = address.absolute_resource().resource;
    json!({
        "addr": address.to_string(),
        "module": address.module.to_string(),
        "resource": format!("{inside}{}", address.key),
        "implied_provider": kind.split('_').next().unwrap_or(kind),
        "resource_type": kind,
        "resource_name": address.resource.name.as_str(),
        "resource_key": match &address.key {
            InstanceKey::None => Json::Null,
            InstanceKey::Int(index) => json!(index),
            InstanceKey::String(key) => json!(key.as_str()),
        },
    })
}

/// What happens while the engine works; nothing for what only a display shows.
pub fn event(event: &Event) -> Option<String> {
    Some(match event {
        Event::ReadStarted { address, id } => read_started(address, id.as_deref()),
        Event::ReadFinished { address, id, elapsed } => read_finished(address, id.as_deref(), *elapsed),
        Event::ChangeStarted { address, action, id } => {
            let message = format!("{address}: {}...{}", verb(*action), bracketed(id.as_deref()));
            let hook = hook(address, [("action", action_name(*action).into())], id.as_deref(), None);
            line("info", &message, "apply_start", [("hook", hook)])
        }
        Event::ChangeWaits { .. } => return None,
        Event::ProvisionerStarted { address, kind } => {
            let message = format!("{address}: Provisioning with '{kind}'...");
            line("info", &message, "provision_start", [("hook", provisioner(address, kind, None))])
        }
        Event::ProvisionerOutput { address, kind, line: output } => {
            let message = format!("{address}: ({kind}): {output}");
            line("info", &message, "provision_progress", [("hook", provisioner(address, kind, Some(output)))])
        }
        Event::ProvisionerFinished { address, kind, succeeded } => {
            let (end, name) = match succeeded {
                true => ("complete", "provision_complete"),
                false => ("errored", "provision_errored"),
            };
            let message = format!("{address}: ({kind}) Provisioning {end}");
            line("info", &message, name, [("hook", provisioner(address, kind, None))])
        }
        Event::ChangeFinished { address, action, id, elapsed } => {
            let id = id.as_deref().filter(|_| *action != Action::Delete);
            let message =
                format!("{address}: {} complete after {}s{}", noun(*action), elapsed.as_secs(), bracketed(id));
            let hook = hook(address, [("action", action_name(*action).into())], id, Some(*elapsed));
            line("info", &message, "apply_complete", [("hook", hook)])
        }
        Event::ChangeFailed { address, action, elapsed, .. } => {
            let message = format!("{address}: {} errored after {}s", noun(*action), elapsed.as_secs());
            let hook = hook(address, [("action", action_name(*action).into())], None, Some(*elapsed));
            line("info", &message, "apply_errored", [("hook", hook)])
        }
    })
}

/// That a change is still under way after so much time.
pub fn still(address: &ResourceInstance, action: Action, id: Option<&str>, elapsed: Duration) -> String {
    let known = id.map(|id| format!("id={id}, ")).unwrap_or_default();
    let message =
        format!("{address}: Still {}... [{known}{}s elapsed]", verb(action).to_lowercase(), elapsed.as_secs());
    let hook = hook(address, [("action", action_name(action).into())], None, Some(elapsed));
    line("info", &message, "apply_progress", [("hook", hook)])
}

/// Objects of the state are refreshed, data sources are an "apply" with the action `read`, ephemeral resources are
/// opened.
fn read_started(address: &ResourceInstance, id: Option<&str>) -> String {
    match address.resource.mode {
        ResourceMode::Managed => {
            let message = format!("{address}: Refreshing state...{}", bracketed(id));
            line("info", &message, "refresh_start", [("hook", hook(address, [], id, None))])
        }
        ResourceMode::Data => {
            let hook = hook(address, [("action", "read".into())], id, None);
            line("info", &format!("{address}: Refreshing..."), "apply_start", [("hook", hook)])
        }
        ResourceMode::Ephemeral => {
            let hook = hook(address, [("action", "open".into())], id, None);
            line("info", &format!("{address}: Opening..."), "ephemeral_op_start", [("hook", hook)])
        }
    }
}

fn read_finished(address: &ResourceInstance, id: Option<&str>, elapsed: Duration) -> String {
    let seconds = elapsed.as_secs();
    match address.resource.mode {
        ResourceMode::Managed => {
            let message = format!("{address}: Refresh complete{}", bracketed(id));
            line("info", &message, "refresh_complete", [("hook", hook(address, [], id, None))])
        }
        ResourceMode::Data => {
            let message = format!("{address}: Refresh complete after {seconds}s{}", bracketed(id));
            let hook = hook(address, [("action", "read".into())], id, Some(elapsed));
            line("info", &message, "apply_complete", [("hook", hook)])
        }
        ResourceMode::Ephemeral => {
            let message = format!("{address}: Opening complete after {seconds}s");
            let hook = hook(address, [("action", "open".into())], id, Some(elapsed));
            line("info", &message, "ephemeral_op_complete", [("hook", hook)])
        }
    }
}

fn hook<const N: usize>(
    address: &ResourceInstance,
    about: [(&'static str, Json); N],
    id: Option<&str>,
    elapsed: Option<Duration>,
) -> Json {
    let mut entries = Map::new();
    entries.insert("resource".to_owned(), resource(address));
    entries.extend(about.map(|(key, value)| (key.to_owned(), value)));
    if let Some(id) = id {
        entries.insert("id_key".to_owned(), "id".into());
        entries.insert("id_value".to_owned(), id.into());
    }
    if let Some(elapsed) = elapsed {
        entries.insert("elapsed_seconds".to_owned(), elapsed.as_secs().into());
    }
    Json::Object(entries)
}

fn provisioner(address: &ResourceInstance, kind: &str, output: Option<&str>) -> Json {
    let mut entries = json!({ "resource": resource(address), "provisioner": kind });
    if let Some(output) = output {
        entries["output"] = output.into();
    }
    entries
}

fn verb(action: Action) -> &'static str {
    match action {
        Action::Create | Action::DeleteThenCreate | Action::CreateThenDelete => "Creating",
        Action::Update => "Modifying",
        Action::Delete | Action::Forget => "Destroying",
        Action::Read | Action::NoOp => "Refreshing",
    }
}

fn noun(action: Action) -> &'static str {
    match action {
        Action::Create | Action::DeleteThenCreate | Action::CreateThenDelete => "Creation",
        Action::Update => "Modifications",
        Action::Delete | Action::Forget => "Destruction",
        Action::Read | Action::NoOp => "Refresh",
    }
}

/// ` [id=…]`
pub(super) fn bracketed(id: Option<&str>) -> String {
    id.map(|id| format!(" [id={id}]")).unwrap_or_default()
}
