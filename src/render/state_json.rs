//! A state as `show -json` gives it: Terraform's state representation, format 1.0.

use std::collections::BTreeMap;

use infra_engine::checks::CheckResults;
use infra_engine::world::Providers;
use infra_state::State;
use infra_state::model::{ObjectState, ObjectStatus, OutputValue, ResourceState};
use infra_values::address::{DeposedKey, ResourceInstance};
use infra_values::{Str, json};
use serde_json::{Map, Value as Json, json};

use super::json_values::{ModuleTree, identity, known_part, sensitive_tree};
use super::schemas::decoded_object;
use crate::TERRAFORM_VERSION;

/// The state as JSON. Where there is none, or nothing is in it, only the format's version is said.
pub fn to_json(state: &State, exists: bool, providers: &Providers) -> Json {
    if !exists || (state.resources.is_empty() && state.outputs.is_empty()) {
        return json!({ "format_version": "1.0" });
    }
    let mut tree = ModuleTree::default();
    for (address, resource, instance) in state.resources.instances() {
        for (key, object) in instance.objects() {
            tree.push(&address.module, entry(&address, key, resource, object, providers));
        }
    }
    let mut values = Map::new();
    if !state.outputs.is_empty() {
        values.insert("outputs".into(), outputs(&state.outputs));
    }
    values.insert("root_module".into(), tree.into_json());
    let mut report = json!({ "format_version": "1.0", "terraform_version": TERRAFORM_VERSION, "values": values });
    let checks = state.check_results.as_deref().map(CheckResults::from_stored).unwrap_or_default();
    if !checks.is_empty() {
        report["checks"] = checks.to_json();
    }
    report
}

fn outputs(outputs: &BTreeMap<Str, OutputValue>) -> Json {
    let described = outputs.iter().map(|(name, output)| {
        let description = json!({
            "sensitive": output.sensitive,
            "value": json::to_json_plain(&output.value),
            "type": json::type_to_json(&output.value.ty()),
        });
        (name.to_string(), description)
    });
    Json::Object(described.collect())
}

fn entry(
    address: &ResourceInstance,
    deposed: Option<&DeposedKey>,
    resource: &ResourceState,
    object: &ObjectState,
    providers: &Providers,
) -> Json {
    let value = decoded_object(address, resource, object, providers);
    let mut entry = identity(address);
    entry.insert("provider_name".into(), resource.provider.provider.to_string().into());
    entry.insert("schema_version".into(), object.schema_version.into());
    entry.insert("values".into(), known_part(&value).unwrap_or(Json::Null));
    entry.insert("sensitive_values".into(), sensitive_tree(&value));
    if !object.dependencies.is_empty() {
        let names = object.dependencies.iter().map(|dependency| Json::from(dependency.to_string()));
        entry.insert("depends_on".into(), names.collect());
    }
    if object.status == ObjectStatus::Tainted {
        entry.insert("tainted".into(), true.into());
    }
    if let Some(key) = deposed {
        entry.insert("deposed_key".into(), key.to_string().into());
    }
    Json::Object(entry)
}
