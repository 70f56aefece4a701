//! A plan as `show -json` gives it: Terraform's plan representation, format 1.2.
//!
//! What a plan does not hold is left out: identities of objects. Secrets are in it, as in
//! Terraform's; `*_sensitive` say where.

use infra_engine::config::Config;
use infra_engine::plan::{Action, DeferredChange, Drift, Mode, OutputChange, Plan, Reason, ResourceChange};
use infra_engine::world::Providers;
use infra_state::State;
use infra_state::model::OutputValue;
use infra_values::address::{DeposedKey, ProviderConfig, ResourceInstance};
use infra_values::{Marks, Path, PathStep, Value, json};
use serde_json::{Map, Value as Json, json};

use super::json_values::{ModuleTree, identity, known_part, sensitive_tree, unknown_tree};
use super::schemas::schema_of;
use super::state_json;
use crate::TERRAFORM_VERSION;

mod configuration;
mod relevant;

pub(super) use relevant::{RelevantAttribute, relevant_attributes};

/// The plan as JSON.
pub fn to_json(plan: &Plan, config: &Config, providers: &Providers) -> Json {
    let mut report = Map::new();
    let mut put = |name: &str, part: Json| report.insert(name.to_owned(), part);
    put("format_version", "1.2".into());
    put("terraform_version", TERRAFORM_VERSION.into());
    let variables = variables(plan, config);
    if !variables.is_empty() {
        put("variables", variables.into());
    }
    put("planned_values", planned_values(plan, config, providers));
    if !plan.drift.is_empty() {
        put("resource_drift", plan.drift.iter().map(drift).collect());
    }
    if !plan.changes.is_empty() {
        put("resource_changes", plan.changes.iter().map(resource_change).collect());
    }
    if !plan.deferred.is_empty() {
        put("deferred_changes", plan.deferred.iter().map(deferred_change).collect());
    }
    if !plan.outputs.is_empty() {
        let outputs = plan
            .outputs
            .iter()
            .map(|(name, output)| (name.to_string(), output_change(output, stays_declared(plan, config, name))));
        put("output_changes", Json::Object(outputs.collect()));
    }
    let prior_state = prior_state(plan);
    if plan.based_on.serial > 0 || !prior_state.resources.is_empty() || !prior_state.outputs.is_empty() {
        put("prior_state", state_json::to_json(&prior_state, true, providers));
    }
    put("configuration", configuration::to_json(config, providers));
    let relevant = relevant_attributes(plan, config);
    if !relevant.is_empty() {
        put("relevant_attributes", relevant.iter().map(RelevantAttribute::to_json).collect());
    }
    if !plan.checks.is_empty() {
        put("checks", plan.checks.to_json());
    }
    put("timestamp", plan.timestamp.as_str().into());
    put("applyable", (plan.has_changes() && !plan.errored).into());
    put("complete", plan.is_complete().into());
    put("errored", plan.errored.into());
    Json::Object(report)
}

/// Values of variables as they were given; where none was, the default. Ephemeral ones have nothing but their default.
fn variables(plan: &Plan, config: &Config) -> Map<String, Json> {
    let described = config.root().variables.iter().filter_map(|(name, variable)| {
        let value = plan.given_variables.get(name).or(variable.default.as_ref())?;
        Some((name.to_string(), json!({ "value": json::to_json_plain(value) })))
    });
    described.collect()
}

/// Whether an output is still there when the plan has been applied, be it null.
fn stays_declared(plan: &Plan, config: &Config, name: &str) -> bool {
    plan.mode != Mode::Destroy && config.root().outputs.contains_key(name)
}

/// What will be there when the plan has been applied.
fn planned_values(plan: &Plan, config: &Config, providers: &Providers) -> Json {
    let mut tree = ModuleTree::default();
    let mut planned: Vec<&ResourceChange> =
        plan.changes.iter().filter(|change| change.deposed.is_none() && is_there_afterwards(change)).collect();
    planned.sort_by_cached_key(|change| change.address.to_string());
    for change in planned {
        tree.push(&change.address.module, planned_resource(change, providers));
    }
    let mut values = Map::new();
    let outputs: Map<String, Json> = plan
        .outputs
        .iter()
        .filter(|(name, output)| output.after.is_some() || stays_declared(plan, config, name))
        .map(|(name, output)| (name.to_string(), planned_output(output.after.as_ref(), output.sensitive)))
        .collect();
    if !outputs.is_empty() {
        values.insert("outputs".into(), outputs.into());
    }
    values.insert("root_module".into(), tree.into_json());
    Json::Object(values)
}

/// The state before the plan as Terraform has it: with outputs as they will be as far as that is known, and without
/// data that is going to be read again.
fn prior_state(plan: &Plan) -> State {
    let mut state = State::clone(&plan.state);
    state.check_results = None;
    let is_read_again = |change: &&ResourceChange| {
        change.action == Action::Read && change.reason != Some(Reason::ReadBecauseCheckNested)
    };
    for change in plan.changes.iter().filter(is_read_again) {
        state.resources.remove(&change.address, None);
    }
    for (name, output) in &plan.outputs {
        if let Some(value) = output.after.as_ref().filter(|value| value.is_wholly_known()) {
            let value = value.clone().unmark_deep().0;
            state.outputs.insert(name.clone(), OutputValue { value, sensitive: output.sensitive });
        }
    }
    state
}

/// Whether an object is there when the plan has been applied: one that is forgotten stays where it is.
fn is_there_afterwards(change: &ResourceChange) -> bool {
    !change.after.is_null() || change.action == Action::Forget
}

fn planned_resource(change: &ResourceChange, providers: &Providers) -> Json {
    let schema = schema_of(providers, &change.provider.provider, &change.address.resource);
    let mut entry = identity(&change.address);
    entry.insert("provider_name".into(), change.provider.provider.to_string().into());
    entry.insert("schema_version".into(), schema.map_or(0, |schema| schema.version).into());
    // Where nothing is known, nothing is said.
    if let Some(Json::Object(values)) = known_part(&change.after)
        && !values.is_empty()
    {
        entry.insert("values".into(), values.into());
    }
    entry.insert("sensitive_values".into(), sensitive_tree(&change.after));
    Json::Object(entry)
}

/// An output; a null one has no type.
fn planned_output(value: Option<&Value>, sensitive: bool) -> Json {
    let Some(value) = value else { return json!({ "sensitive": sensitive, "type": "dynamic", "value": null }) };
    match value.is_wholly_known() {
        true => json!({
            "sensitive": sensitive,
            "type": json::type_to_json(&value.ty()),
            "value": json::to_json_plain(value),
        }),
        false => json!({ "sensitive": sensitive }),
    }
}

fn drift(drift: &Drift) -> Json {
    let action = if drift.after.is_null() {
        Action::Delete
    } else if drift.after == drift.before {
        Action::NoOp
    } else {
        Action::Update
    };
    let change = change(action, &drift.before, &drift.after, &[]);
    located(&drift.address, drift.deposed.as_ref(), drift.previous_address.as_ref(), &drift.provider, change)
}

fn resource_change(planned: &ResourceChange) -> Json {
    let mut change = change(planned.action, &planned.before, &planned.after, &planned.replace_paths);
    if let Some(id) = &planned.importing {
        change["importing"] = json!({ "id": id.as_str() });
    }
    if let Some(block) = &planned.generated_config {
        change["generated_config"] = block.as_str().into();
    }
    let previous = planned.previous_address.as_ref().filter(|previous| **previous != planned.address);
    let mut entry = located(&planned.address, planned.deposed.as_ref(), previous, &planned.provider, change);
    if let Some(reason) = planned.reason {
        entry["action_reason"] = json!(reason);
    }
    entry
}

fn located(
    address: &ResourceInstance,
    deposed: Option<&DeposedKey>,
    previous: Option<&ResourceInstance>,
    provider: &ProviderConfig,
    change: Json,
) -> Json {
    let mut entry = identity(address);
    if let Some(previous) = previous {
        entry.insert("previous_address".into(), previous.to_string().into());
    }
    if !address.module.is_root() {
        entry.insert("module_address".into(), address.module.to_string().into());
    }
    entry.insert("provider_name".into(), provider.provider.to_string().into());
    if let Some(key) = deposed {
        entry.insert("deposed".into(), key.to_string().into());
    }
    entry.insert("change".into(), change);
    Json::Object(entry)
}

fn change(action: Action, before: &Value, after: &Value, replace_paths: &[Path]) -> Json {
    let mut change = Map::new();
    change.insert("actions".into(), actions(action));
    change.insert("before".into(), known_part(before).unwrap_or(Json::Null));
    if let Some(known) = known_part(after) {
        change.insert("after".into(), known);
    }
    let unknown = if after.is_wholly_known() { json!({}) } else { unknown_tree(after) };
    change.insert("after_unknown".into(), unknown);
    change.insert("before_sensitive".into(), sensitive_tree(before));
    change.insert("after_sensitive".into(), sensitive_tree(after));
    if !replace_paths.is_empty() {
        change.insert("replace_paths".into(), replace_paths.iter().map(path).collect());
    }
    Json::Object(change)
}

fn actions(action: Action) -> Json {
    match action {
        Action::NoOp => json!(["no-op"]),
        Action::Create => json!(["create"]),
        Action::Read => json!(["read"]),
        Action::Update => json!(["update"]),
        Action::Delete => json!(["delete"]),
        Action::DeleteThenCreate => json!(["delete", "create"]),
        Action::CreateThenDelete => json!(["create", "delete"]),
        Action::Forget => json!(["forget"]),
    }
}

fn path(path: &Path) -> Json {
    path.0
        .iter()
        .map(|step| match step {
            PathStep::Attribute(name) | PathStep::Key(name) => Json::from(name.as_str()),
            PathStep::Position(position) | PathStep::Element(position) => Json::from(*position),
        })
        .collect()
}

/// An object that waits. Terraform's word for waiting on something else that waits is the nearest it has.
fn deferred_change(deferred: &DeferredChange) -> Json {
    let causes: Vec<Json> =
        deferred.causes.iter().map(|cause| json!({ "address": cause.address, "reason": cause.reason })).collect();
    json!({
        "reason": "deferred_prereq",
        "resource_change": resource_change(&deferred.change),
        "causes": causes,
    })
}

/// An output that stays declared and becomes null is updated, as far as Terraform goes.
fn output_change(output: &OutputChange, is_declared: bool) -> Json {
    let null = Value::null(infra_values::Type::Any);
    let marked = |side: &Option<Value>| {
        let value = side.clone().unwrap_or_else(|| null.clone());
        if output.sensitive { value.with_marks(&Marks::sensitive()) } else { value }
    };
    let (before, after) = (marked(&output.before), marked(&output.after));
    let action = match output.action() {
        Action::Delete if is_declared => Action::Update,
        action => action,
    };
    let mut change = change(action, &before, &after, &[]);
    // An output says whether it is sensitive as a whole.
    change["before_sensitive"] = output.sensitive.into();
    change["after_sensitive"] = output.sensitive.into();
    if after.is_wholly_known() {
        change["after_unknown"] = false.into();
    }
    change
}

#[cfg(test)]
mod tests;
