//! From a [`State`] to bytes.

use std::collections::BTreeMap;

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use infra_values::Str;
use infra_values::address::{DeposedKey, InstanceKey};
use serde::Serialize;
use serde_json::value::RawValue;

use super::paths::{self, StepJson};
use super::{FORMAT_VERSION, TERRAFORM_VERSION, outputs, pretty};
use crate::error::StateError;
use crate::model::{ObjectState, ObjectStatus, ResourceState, State};
use crate::store::StateVersion;

/// What stands in front. Fields are in the order of the file, here and below.
#[derive(Serialize)]
struct HeaderJson<'s> {
    version: u64,
    terraform_version: &'s str,
    serial: u64,
    lineage: &'s str,
}

/// Everything else.
#[derive(Serialize)]
struct BodyJson<'s> {
    outputs: BTreeMap<&'s Str, outputs::OutputJson>,
    resources: Vec<ResourceJson<'s>>,
    check_results: Option<&'s RawValue>,
}

#[derive(Serialize)]
struct ResourceJson<'s> {
    #[serde(skip_serializing_if = "Option::is_none")]
    module: Option<String>,
    mode: &'static str,
    r#type: &'s str,
    name: &'s str,
    provider: String,
    instances: Vec<InstanceJson<'s>>,
}

#[derive(Serialize)]
struct InstanceJson<'s> {
    #[serde(skip_serializing_if = "Option::is_none")]
    index_key: Option<IndexKeyJson<'s>>,
    #[serde(skip_serializing_if = "Option::is_none")]
    status: Option<&'static str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    deposed: Option<&'s str>,
    schema_version: u64,
    attributes: &'s RawValue,
    sensitive_attributes: Vec<Vec<StepJson>>,
    #[serde(skip_serializing_if = "Option::is_none")]
    identity_schema_version: Option<u64>,
    #[serde(skip_serializing_if = "Option::is_none")]
    identity: Option<&'s RawValue>,
    #[serde(skip_serializing_if = "Option::is_none")]
    private: Option<String>,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    dependencies: Vec<String>,
    #[serde(skip_serializing_if = "std::ops::Not::not")]
    create_before_destroy: bool,
}

#[derive(Serialize)]
#[serde(untagged)]
enum IndexKeyJson<'s> {
    Int(u64),
    String(&'s str),
}

pub(super) fn body(state: &State) -> Result<Vec<u8>, StateError> {
    let mut outputs_json = BTreeMap::new();
    for (name, output) in &state.outputs {
        let json = outputs::to_json(output)
            .map_err(|detail| StateError::Unwritable { place: format!("output `{name}`"), detail })?;
        outputs_json.insert(name, json);
    }
    indented(
        "the resources",
        &BodyJson {
            outputs: outputs_json,
            resources: state.resources.iter().map(resource).collect(),
            check_results: state.check_results.as_deref(),
        },
    )
}

/// Header and body are objects of their own; joined, the brackets between them become a comma.
pub(super) fn with_header(version: &StateVersion, body: &[u8]) -> Result<Vec<u8>, StateError> {
    let mut file = indented(
        "the header",
        &HeaderJson {
            version: FORMAT_VERSION,
            terraform_version: TERRAFORM_VERSION,
            serial: version.serial,
            lineage: &version.lineage,
        },
    )?;
    file.truncate(file.len() - "\n}".len());
    file.push(b',');
    file.extend_from_slice(&body["{".len()..]);
    file.push(b'\n');
    Ok(file)
}

fn indented(place: &str, json: &impl Serialize) -> Result<Vec<u8>, StateError> {
    let compact = serde_json::to_vec(json)
        .map_err(|error| StateError::Unwritable { place: place.to_owned(), detail: error.to_string() })?;
    Ok(pretty::indent(&compact))
}

fn resource(resource: &ResourceState) -> ResourceJson<'_> {
    let address = &resource.address;
    let mut instances = Vec::new();
    for (key, state) in &resource.instances {
        instances.extend(state.objects().map(|(deposed, object)| instance(key, deposed, object)));
    }
    ResourceJson {
        module: (!address.module.is_root()).then(|| address.module.to_string()),
        mode: match address.resource.mode {
            infra_values::address::ResourceMode::Data => "data",
            infra_values::address::ResourceMode::Ephemeral => "ephemeral",
            infra_values::address::ResourceMode::Managed => "managed",
        },
        r#type: &address.resource.type_name,
        name: &address.resource.name,
        provider: resource.provider.to_string(),
        instances,
    }
}

fn instance<'s>(key: &'s InstanceKey, deposed: Option<&'s DeposedKey>, object: &'s ObjectState) -> InstanceJson<'s> {
    let mut dependencies: Vec<String> = object.dependencies.iter().map(ToString::to_string).collect();
    dependencies.sort();
    dependencies.dedup();
    InstanceJson {
        index_key: match key {
            InstanceKey::None => None,
            InstanceKey::Int(index) => Some(IndexKeyJson::Int(*index)),
            InstanceKey::String(key) => Some(IndexKeyJson::String(key)),
        },
        status: match object.status {
            ObjectStatus::Ready => None,
            ObjectStatus::Tainted => Some("tainted"),
        },
        deposed: deposed.map(|key| key.0.as_str()),
        schema_version: object.schema_version,
        attributes: &object.attributes,
        sensitive_attributes: object.sensitive_paths.iter().map(paths::to_json).collect(),
        identity_schema_version: object.identity.as_ref().map(|identity| identity.schema_version),
        identity: object.identity.as_ref().and_then(|identity| identity.data.as_deref()),
        private: object.private.as_ref().map(|bytes| STANDARD.encode(bytes)),
        dependencies,
        create_before_destroy: object.create_before_destroy,
    }
}
