//! Recordings, and configurations as text to values.

use std::collections::BTreeMap;
use std::fs;
use std::path::PathBuf;
use std::sync::Arc;

use infra_engine::diagnostics::Diagnostics;
use infra_engine::evaluate::{EvaluatedStep, Evaluator, NoFunctions, Scope};
use infra_engine::functions;
use infra_engine::provider::{Configured, ManagedType, PlanRequest, PlanResponse, Provider};
use infra_engine::schema::decode::{Reserved, decode_object};
use infra_engine::syntax::{Body, Name, SourceMap, parse_bytes};
use infra_provider_kit::aws::environment::Environment;
use infra_provider_kit::{AwsProvider, Generation};
use infra_values::json::{from_json, to_json};
use infra_values::{Kind, PathStep, Type, Value};
use serde_json::{Map, Value as Json};

pub(super) const TYPE: &str = "aws_dynamodb_table";

fn recordings() -> PathBuf {
    PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("../../tests/goldens")
}

fn load(path: PathBuf) -> Json {
    let text = fs::read_to_string(&path).unwrap_or_else(|error| panic!("{}: {error}", path.display()));
    serde_json::from_str(&text).unwrap()
}

/// What was written for each case, by name.
pub(super) fn states() -> BTreeMap<String, Json> {
    let files = fs::read_dir(recordings().join("state").join(TYPE)).unwrap();
    let states: BTreeMap<String, Json> = files
        .map(|file| file.unwrap().path())
        .map(|path| (path.file_stem().unwrap().to_string_lossy().into_owned(), load(path)))
        .collect();
    assert!(!states.is_empty());
    states
}

/// What was planned for each edit.
pub(super) fn edits() -> Vec<Json> {
    let edits = load(recordings().join(format!("edits/{TYPE}.json")));
    let edits = edits.as_array().unwrap().clone();
    assert!(!edits.is_empty());
    edits
}

pub(super) fn text<'j>(json: &'j Json, name: &str) -> &'j str {
    json[name].as_str().unwrap_or_else(|| panic!("no {name} in {json}"))
}

/// The key of KMS that stands in a recording; the configuration only refers to it.
pub(super) fn recorded_key(attributes: &Json) -> Value {
    match attributes["server_side_encryption"][0]["kms_key_arn"].as_str() {
        Some(arn) => Value::string(arn),
        None => Value::unknown(Type::String),
    }
}

/// The provider, and configurations for it.
pub(super) struct World {
    provider: AwsProvider,
}

impl World {
    pub(super) fn new(generation: Generation, endpoint: Option<&str>) -> Self {
        let mut variables =
            vec![("AWS_ACCESS_KEY_ID", "test"), ("AWS_SECRET_ACCESS_KEY", "test"), ("AWS_REGION", "us-east-1")];
        variables.extend(endpoint.map(|endpoint| ("AWS_ENDPOINT_URL", endpoint)));
        let environment: Environment = variables.into_iter().collect();
        Self { provider: AwsProvider::new(generation, vec![crate::types()], environment) }
    }

    pub(super) fn managed(&self) -> &dyn ManagedType {
        self.provider.managed_type(TYPE).found().unwrap()
    }

    /// A connection as the `provider` block of the text wants it, with or without asking STS for the account.
    pub(super) async fn configured(&self, text: &str, with_account: bool) -> Arc<dyn Configured> {
        let body = parsed(text);
        let block = body.blocks_of("provider").next().map(|block| block.body.clone());
        let schema = self.provider.config_schema();
        let nothing = parsed("");
        let mut value = decoded(schema, block.as_ref().unwrap_or(&nothing), &Value::unknown(Type::String));
        if !with_account {
            for name in ["skip_credentials_validation", "skip_requesting_account_id"] {
                value = value.with_child(&PathStep::Attribute(name.into()), Value::bool(true));
            }
        }
        self.provider.configure(&value).await.unwrap()
    }

    /// The table's configuration in the text; `key` is what it refers to for encryption.
    pub(super) fn config(&self, text: &str, key: &Value) -> Value {
        let body = parsed(text);
        let mut tables = body.blocks_of("resource").filter(|block| block.labels[0].text == TYPE);
        decoded(self.managed().schema(), &tables.next().unwrap().body, key)
    }

    pub(super) fn plan(&self, configured: &dyn Configured, prior: Option<&Value>, config: &Value) -> PlanResponse {
        self.managed().plan(&PlanRequest {
            prior,
            config,
            proposed: config,
            configured: Some(configured),
            private: b"",
        })
    }

    /// A value of the table's type.
    pub(super) fn value(&self, attributes: &Json) -> Value {
        from_json(attributes, self.managed().schema().implied_type()).unwrap()
    }

    /// Attributes as they stand in a state, in the order of the recordings.
    pub(super) fn attributes(&self, value: &Value) -> Json {
        in_recorded_order(to_json(value, self.managed().schema().implied_type()))
    }
}

fn parsed(text: &str) -> Body {
    let (_, body, diagnostics) = parse_bytes(&SourceMap::new(), "test.tf", text.as_bytes());
    assert!(diagnostics.is_empty(), "{diagnostics:?}");
    body
}

fn decoded(schema: &infra_engine::schema::Schema, body: &Body, key: &Value) -> Value {
    let mut scope = Key(key);
    let (value, diagnostics) = decode_object(body, schema, &mut Evaluator::new(&mut scope), &Reserved::default());
    assert!(!diagnostics.has_errors(), "{diagnostics:?}");
    value
}

/// The one thing that recorded configurations refer to.
struct Key<'v>(&'v Value);

impl Scope for Key<'_> {
    fn resolve(&mut self, _root: &Name, steps: &[EvaluatedStep<'_>]) -> Result<(Value, usize), Diagnostics> {
        Ok((self.0.clone(), steps.len()))
    }

    fn function_context(&self) -> &dyn functions::Context {
        &NoFunctions
    }
}

/// A planned value as a plan's JSON has it: what is known, and `true` where something is not.
pub(super) fn split(value: &Value) -> (Json, Json) {
    let (known, unknown) = parts(value);
    (in_recorded_order(known.unwrap_or(Json::Null)), in_recorded_order(unknown))
}

fn parts(value: &Value) -> (Option<Json>, Json) {
    if !value.is_known() {
        return (None, Json::Bool(true));
    }
    match value.kind() {
        Kind::Object(_) | Kind::Map(..) => {
            let (mut known, mut unknown) = (Map::new(), Map::new());
            for (name, part) in value.as_entries().unwrap() {
                let (part_known, part_unknown) = parts(part);
                if let Some(part) = part_known {
                    known.insert(name.to_string(), part);
                }
                unknown.insert(name.to_string(), part_unknown);
            }
            (Some(Json::Object(known)), Json::Object(unknown))
        }
        Kind::List(..) | Kind::Set(..) | Kind::Tuple(_) => {
            let (known, unknown): (Vec<_>, Vec<_>) = value.as_items().unwrap().iter().map(parts).unzip();
            // With its name, so that both halves are sorted alike.
            let unknown = known.iter().zip(unknown).map(|(known, unknown): (&Option<Json>, Json)| {
                match (known.as_ref().and_then(|known| known.get("name")), unknown) {
                    (Some(name), Json::Object(mut unknown)) => {
                        unknown.insert("name".to_owned(), name.clone());
                        Json::Object(unknown)
                    }
                    (_, unknown) => unknown,
                }
            });
            let unknown = unknown.collect();
            (Some(known.into_iter().flatten().collect()), Json::Array(unknown))
        }
        _ => (Some(to_json(value, &value.ty())), Json::Bool(false)),
    }
}

/// Only the paths that are unknown, with the names by which elements were sorted taken off.
pub(super) fn unknown_paths(unknown: &Json) -> Vec<String> {
    fn collect(json: &Json, path: &str, found: &mut Vec<String>) {
        match json {
            Json::Bool(true) => found.push(path.to_owned()),
            Json::Object(parts) => {
                parts.iter().for_each(|(name, part)| collect(part, &format!("{path}.{name}"), found));
            }
            Json::Array(items) => {
                items
                    .iter()
                    .enumerate()
                    .for_each(|(position, item)| collect(item, &format!("{path}[{position}]"), found));
            }
            _ => {}
        }
    }
    let mut found = Vec::new();
    collect(unknown, "", &mut found);
    found.sort();
    found
}

/// Sets of blocks were recorded in the order of their names.
fn in_recorded_order(json: Json) -> Json {
    match json {
        Json::Array(items) => {
            let mut items: Vec<Json> = items.into_iter().map(in_recorded_order).collect();
            items.sort_by_key(|item| item.get("name").and_then(Json::as_str).map(str::to_owned));
            Json::Array(items)
        }
        Json::Object(parts) => {
            Json::Object(parts.into_iter().map(|(name, part)| (name, in_recorded_order(part))).collect())
        }
        other => other,
    }
}
