//! From bytes to a [`State`].

use std::collections::{BTreeMap, HashMap};
use std::fmt::Display;
use std::str::FromStr;
use std::sync::Arc;

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use infra_values::Str;
use infra_values::address::{
    AbsoluteResource, ConfigResource, DeposedKey, InstanceKey, ModuleInstance, ProviderConfig, Resource, ResourceMode,
};
use serde::Deserialize;
use serde_json::value::RawValue;

use super::paths::{self, StepJson};
use super::{FORMAT_VERSION, outputs};
use crate::error::StateError;
use crate::model::{InstanceState, ObjectIdentity, ObjectState, ObjectStatus, ResourceState, State};

/// The whole file. Null and absent are the same everywhere.
#[derive(Deserialize)]
#[serde(expecting = "an object that is a state")]
struct FileJson {
    version: u64,
    terraform_version: Option<String>,
    #[serde(default)]
    serial: u64,
    lineage: Option<String>,
    outputs: Option<BTreeMap<String, outputs::OutputJson>>,
    resources: Option<Vec<ResourceJson>>,
    check_results: Option<Box<RawValue>>,
}

#[derive(Deserialize)]
#[serde(expecting = "an object that is a resource")]
struct ResourceJson {
    module: Option<String>,
    mode: String,
    r#type: String,
    name: String,
    provider: Option<String>,
    instances: Option<Vec<InstanceJson>>,
}

#[derive(Deserialize)]
#[serde(expecting = "an object that is an instance")]
struct InstanceJson {
    index_key: Option<IndexKeyJson>,
    status: Option<String>,
    deposed: Option<String>,
    #[serde(default)]
    schema_version: u64,
    attributes: Option<Box<RawValue>>,
    attributes_flat: Option<Box<RawValue>>,
    sensitive_attributes: Option<Vec<Vec<StepJson>>>,
    identity_schema_version: Option<u64>,
    identity: Option<Box<RawValue>>,
    private: Option<String>,
    dependencies: Option<Vec<String>>,
    create_before_destroy: Option<bool>,
}

/// Written so, and not as an untagged enum, so that a wrong type is reported where it stands.
struct IndexKeyJson(InstanceKey);

impl<'de> Deserialize<'de> for IndexKeyJson {
    fn deserialize<D: serde::Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        // What stands there may be a secret: only its kind is told.
        let wrong =
            |found: &str| serde::de::Error::custom(format!("an index key must be text or a whole number, not {found}"));
        match serde_json::Value::deserialize(deserializer)? {
            serde_json::Value::String(key) => Ok(Self(InstanceKey::String(Str::from(key)))),
            serde_json::Value::Number(number) => match number.as_u64() {
                Some(index) => Ok(Self(InstanceKey::Int(index))),
                None => Err(wrong("another number")),
            },
            serde_json::Value::Null => Err(wrong("null")),
            serde_json::Value::Bool(_) => Err(wrong("a bool")),
            serde_json::Value::Array(_) => Err(wrong("a list")),
            serde_json::Value::Object(_) => Err(wrong("an object")),
        }
    }
}

pub(super) fn decode(origin: &str, bytes: &[u8]) -> Result<State, StateError> {
    let file: FileJson = match serde_json::from_slice(bytes) {
        Ok(file) => file,
        Err(error) => return Err(explain(origin, bytes, &error)),
    };
    if file.version != FORMAT_VERSION {
        return Err(StateError::UnsupportedVersion {
            origin: origin.to_owned(),
            version: file.version,
            written_by: file.terraform_version,
        });
    }
    let mut state = State {
        lineage: file.lineage.unwrap_or_default(),
        serial: file.serial,
        terraform_version: file.terraform_version.unwrap_or_default(),
        check_results: file.check_results.map(Arc::from),
        ..State::default()
    };
    for (name, output) in file.outputs.unwrap_or_default() {
        let value = outputs::from_json(&output).map_err(|detail| StateError::Content {
            origin: origin.to_owned(),
            place: format!("output `{name}`"),
            detail,
            advice: "Correct the output's value or type; or delete it from the file: the next apply writes it anew",
        })?;
        state.outputs.insert(Str::from(name), value);
    }
    let mut reader = Reader::new(origin);
    for resource in file.resources.unwrap_or_default() {
        reader.resource(&mut state, resource)?;
    }
    Ok(state)
}

/// Why the bytes could not be read. A file that is of another version, or encrypted, is told apart from a broken one.
fn explain(origin: &str, bytes: &[u8], error: &serde_json::Error) -> StateError {
    #[derive(Deserialize)]
    struct Sniffed {
        version: Option<u64>,
        terraform_version: Option<String>,
        encrypted_data: Option<Box<RawValue>>,
    }
    let sniffed: Option<Sniffed> = serde_json::from_slice(bytes).ok();
    match sniffed {
        Some(Sniffed { version: Some(version), terraform_version, .. }) if version != FORMAT_VERSION => {
            return StateError::UnsupportedVersion {
                origin: origin.to_owned(),
                version,
                written_by: terraform_version,
            };
        }
        Some(Sniffed { encrypted_data: Some(_), .. }) => {
            return StateError::Content {
                origin: origin.to_owned(),
                place: "the file as a whole".to_owned(),
                detail: "it is encrypted".to_owned(),
                advice: "Configure the encryption it was written with",
            };
        }
        _ => {}
    }
    let text = error.to_string();
    let place = format!(" at line {} column {}", error.line(), error.column());
    let reason = text.strip_suffix(&place).unwrap_or(&text);
    let detail = if bytes.is_empty() {
        "it is empty".to_owned()
    } else if error.is_eof() {
        format!("the file ends too early: {reason}")
    } else if error.is_syntax() {
        format!("this is not JSON: {reason}")
    } else {
        without_content(reason)
    };
    StateError::Syntax { origin: origin.to_owned(), line: error.line(), column: error.column(), detail }
}

/// The JSON library's message without what it quotes of the file, which may be a secret: `invalid type: string "x",
/// expected u64` becomes `invalid type: string, expected u64`.
fn without_content(reason: &str) -> String {
    let quotes = reason.find(['"', '`']);
    match (quotes, reason.rfind(", expected")) {
        (Some(first), Some(expected)) if reason.starts_with("invalid ") && first < expected => {
            format!("{}{}", reason[..first].trim_end(), &reason[expected..])
        }
        _ => reason.to_owned(),
    }
}

/// What is needed to read resources. Texts that stand in the file many times are parsed once.
struct Reader<'o> {
    origin: &'o str,
    modules: HashMap<String, ModuleInstance>,
    providers: HashMap<String, ProviderConfig>,
    dependencies: HashMap<String, ConfigResource>,
}

impl<'o> Reader<'o> {
    fn new(origin: &'o str) -> Self {
        Self { origin, modules: HashMap::new(), providers: HashMap::new(), dependencies: HashMap::new() }
    }

    fn wrong(&self, place: impl Display, detail: impl Into<String>, advice: &'static str) -> StateError {
        StateError::Content { origin: self.origin.to_owned(), place: place.to_string(), detail: detail.into(), advice }
    }

    fn resource(&mut self, state: &mut State, json: ResourceJson) -> Result<(), StateError> {
        let address = self.address(&json)?;
        let provider = self.provider(&address, json.provider)?;
        if state.resources.get(&address).is_some() {
            return Err(self.wrong(address, "it is there twice", "Join its instances into one entry"));
        }
        let mut instances = BTreeMap::new();
        for instance in json.instances.unwrap_or_default() {
            self.instance(&address, &mut instances, instance)?;
        }
        let resource: &mut ResourceState = state.resources.declare(&address, provider);
        resource.instances = instances;
        Ok(())
    }

    fn address(&mut self, json: &ResourceJson) -> Result<AbsoluteResource, StateError> {
        let place = || format!("resource `{}.{}`", json.r#type, json.name);
        let mode = match json.mode.as_str() {
            "managed" => ResourceMode::Managed,
            "data" => ResourceMode::Data,
            other => {
                return Err(self.wrong(
                    place(),
                    format!("its mode is `{other}`"),
                    "Only `managed` and `data` are known; use the tool that wrote the file",
                ));
            }
        };
        let module = match json.module.as_deref() {
            None | Some("") => ModuleInstance::root(),
            Some(text) => parse_once(&mut self.modules, text).map_err(|error| {
                self.wrong(place(), format!("its module `{text}` is no module address: {error}"), "Correct it")
            })?,
        };
        let resource = Resource { mode, type_name: json.r#type.as_str().into(), name: json.name.as_str().into() };
        Ok(AbsoluteResource { module, resource })
    }

    fn provider(&mut self, address: &AbsoluteResource, text: Option<String>) -> Result<ProviderConfig, StateError> {
        let text = text.unwrap_or_default();
        parse_once(&mut self.providers, &text).map_err(|error| {
            let advice = if text.is_empty() {
                "States of OpenTofu with a provider per instance (`for_each` in a provider block) are not supported"
            } else if text.contains("provider.") {
                "It was written by Terraform 0.12; `terraform apply -refresh-only` with Terraform 0.13 upgrades it"
            } else {
                "Correct it: it must look like `provider[\"registry.terraform.io/hashicorp/aws\"]`"
            };
            self.wrong(address, format!("its provider `{text}` is no provider address: {error}"), advice)
        })
    }

    fn instance(
        &mut self,
        address: &AbsoluteResource,
        instances: &mut BTreeMap<InstanceKey, InstanceState>,
        json: InstanceJson,
    ) -> Result<(), StateError> {
        let key = json.index_key.map_or(InstanceKey::None, |key| key.0);
        let deposed = json.deposed.as_deref().filter(|key| !key.is_empty()).map(|key| DeposedKey(key.into()));
        let place = || match &deposed {
            None => address.instance(key.clone()).to_string(),
            Some(deposed) => format!("{} (deposed object {deposed})", address.instance(key.clone())),
        };
        let status = match json.status.as_deref() {
            None | Some("") => ObjectStatus::Ready,
            Some("tainted") => ObjectStatus::Tainted,
            Some(other) => {
                return Err(self.wrong(
                    place(),
                    format!("its status is `{other}`"),
                    "Only `tainted`, or no status, is known; use the tool that wrote the file",
                ));
            }
        };
        let Some(attributes) = json.attributes else {
            return Err(if json.attributes_flat.is_some() {
                self.wrong(
                    place(),
                    "its attributes are in the form of Terraform 0.11 (`attributes_flat`)",
                    "`terraform apply -refresh-only` with Terraform 1.x rewrites them",
                )
            } else {
                self.wrong(place(), "it has no `attributes`", "Put back a good copy of the file")
            });
        };
        let private = json.private.filter(|text| !text.is_empty()).map(|text| STANDARD.decode(text));
        let private = private.transpose().map_err(|error| {
            self.wrong(place(), format!("its `private` is not base64: {error}"), "Put back a good copy of the file")
        })?;
        let mut dependencies = Vec::new();
        for text in json.dependencies.unwrap_or_default() {
            dependencies.push(parse_once(&mut self.dependencies, &text).map_err(|error| {
                self.wrong(
                    place(),
                    format!("its dependency `{text}` is no resource address: {error}"),
                    "Correct or delete it",
                )
            })?);
        }
        let data = json.identity.map(Arc::from);
        let identity = json.identity_schema_version.or(data.as_ref().map(|_| 0));
        let object = Arc::new(ObjectState {
            status,
            schema_version: json.schema_version,
            attributes: attributes.into(),
            sensitive_paths: json.sensitive_attributes.unwrap_or_default().into_iter().map(paths::from_json).collect(),
            private: private.map(Arc::from),
            dependencies,
            create_before_destroy: json.create_before_destroy.unwrap_or_default(),
            identity: identity.map(|schema_version| ObjectIdentity { schema_version, data }),
        });
        let instance = instances.entry(key.clone()).or_default();
        if instance.object(deposed.as_ref()).is_some() {
            return Err(self.wrong(place(), "it is there twice", "Delete the one that does not exist"));
        }
        match deposed {
            None => instance.current = Some(object),
            Some(deposed) => {
                instance.deposed.insert(deposed, object);
            }
        }
        Ok(())
    }
}

/// Parses a text, or finds it among those parsed before.
fn parse_once<T: FromStr + Clone>(known: &mut HashMap<String, T>, text: &str) -> Result<T, T::Err> {
    if let Some(value) = known.get(text) {
        return Ok(value.clone());
    }
    let value: T = text.parse()?;
    known.insert(text.to_owned(), value.clone());
    Ok(value)
}
