//! The provider built into the language: `terraform_data` and `terraform_remote_state`.

use std::collections::BTreeMap;
use std::path::PathBuf;
use std::sync::{Arc, LazyLock};

use async_trait::async_trait;
use infra_values::address::ProviderAddress;
use infra_values::{Path, Str, Type, Value};

pub use super::remote_state::BACKENDS;
use super::remote_state::RemoteState;
use super::{
    Call, Configured, DataType, Failure, Found, Lookup, ManagedType, MovedObject, Object, PlanRequest, PlanResponse,
    Provider, TypeLookup,
};
use crate::diagnostics::{Diagnostic, Diagnostics};
use crate::functions::Function;
use crate::schema::{Attribute, Block, Conventions, Schema};

/// `terraform.io/builtin/terraform`
pub struct Builtin {
    remote_state: RemoteState,
}

impl Builtin {
    /// Relative paths of state files are relative to `base_directory`.
    pub fn new(base_directory: Arc<PathBuf>) -> Self {
        Self { remote_state: RemoteState { base_directory } }
    }
}

/// The built-in provider needs no configuration.
struct Nothing;

impl Configured for Nothing {
    fn as_any(&self) -> &dyn std::any::Any {
        self
    }
}

static CONFIG_SCHEMA: LazyLock<Schema> = LazyLock::new(Schema::default);

#[async_trait]
impl Provider for Builtin {
    fn address(&self) -> ProviderAddress {
        ProviderAddress::builtin()
    }

    fn config_schema(&self) -> &Schema {
        &CONFIG_SCHEMA
    }

    fn managed_type(&self, name: &str) -> TypeLookup<'_, dyn ManagedType> {
        if name == TerraformData.name() { TypeLookup::Found(&TerraformData) } else { TypeLookup::Unknown }
    }

    fn data_type(&self, name: &str) -> TypeLookup<'_, dyn DataType> {
        if name == self.remote_state.name() { TypeLookup::Found(&self.remote_state) } else { TypeLookup::Unknown }
    }

    fn managed_type_names(&self) -> Vec<&str> {
        vec![TerraformData.name()]
    }

    fn data_type_names(&self) -> Vec<&str> {
        vec![self.remote_state.name()]
    }

    fn functions(&self) -> &'static [Function] {
        &super::expressions::FUNCTIONS
    }

    fn validate_config(&self, _config: &Value) -> Diagnostics {
        Diagnostics::new()
    }

    async fn configure(&self, _config: &Value) -> Result<Arc<dyn Configured>, Diagnostics> {
        Ok(Arc::new(Nothing))
    }
}

/// `terraform_data`: a resource that only exists in the state. It keeps its `input`, repeats it as `output`, and is
/// replaced when `triggers_replace` changes.
struct TerraformData;

static SCHEMA: LazyLock<Schema> = LazyLock::new(|| {
    let attribute = |ty: Type, optional: bool, computed: bool, force_new: bool| Attribute {
        optional,
        computed,
        force_new,
        ..Attribute::of(ty)
    };
    let attributes: BTreeMap<Str, Attribute> = BTreeMap::from([
        ("id".into(), attribute(Type::String, false, true, false)),
        ("input".into(), attribute(Type::Any, true, false, false)),
        ("output".into(), attribute(Type::Any, false, true, false)),
        ("triggers_replace".into(), attribute(Type::Any, true, false, true)),
    ]);
    Schema {
        block: Block { attributes, ..Block::default() },
        conventions: Conventions::Framework,
        repeats: vec![("input".into(), "output".into())],
        ..Schema::default()
    }
});

impl TerraformData {
    /// The object with its output known.
    fn finish(planned: &Value, id: &Value) -> Object {
        let input = planned.get("input").cloned().unwrap_or_else(|| Value::null(Type::Any));
        Object::new(Value::object_from([
            ("id", id.clone()),
            ("output", input.clone()),
            ("input", input),
            ("triggers_replace", planned.get("triggers_replace").cloned().unwrap_or_else(|| Value::null(Type::Any))),
        ]))
    }
}

#[async_trait]
impl ManagedType for TerraformData {
    fn name(&self) -> &str {
        "terraform_data"
    }

    fn schema(&self) -> &Schema {
        &SCHEMA
    }

    fn validate(&self, _config: &Value) -> Diagnostics {
        Diagnostics::new()
    }

    fn plan(&self, request: &PlanRequest<'_>) -> PlanResponse {
        let get = |value: &Value, name: &str| value.get(name).cloned().unwrap_or_else(|| Value::null(Type::Any));
        let input = get(request.config, "input");
        let triggers = get(request.config, "triggers_replace");
        let mut requires_replace = Vec::new();
        let (id, output) = match request.prior {
            None => {
                let output = if input.is_null() { input.clone() } else { Value::unknown(input.ty()) };
                (Value::unknown_not_null(Type::String), output)
            }
            Some(prior) => {
                if get(prior, "triggers_replace") != triggers {
                    requires_replace.push(Path::root().attribute("triggers_replace"));
                }
                let same = get(prior, "input") == input;
                let output = if same { get(prior, "output") } else { Value::unknown(input.ty()) };
                (get(prior, "id"), output)
            }
        };
        let planned =
            Value::object_from([("id", id), ("input", input), ("output", output), ("triggers_replace", triggers)]);
        PlanResponse { planned, requires_replace, private: request.private.to_vec(), diagnostics: Diagnostics::new() }
    }

    fn upgrade_state(&self, version: u64, _attributes: serde_json::Value) -> Result<serde_json::Value, Diagnostic> {
        Err(Diagnostic::error(
            "Unknown schema version",
            format!("A terraform_data object was stored with schema version {version}, which never existed."),
        ))
    }

    /// A `null_resource` goes on as what has taken its place.
    fn take_over(&self, moved: &MovedObject<'_>) -> Option<Result<Value, Diagnostic>> {
        if *moved.provider != ProviderAddress::default_for("null") || moved.type_name != "null_resource" {
            return None;
        }
        let text = |value: &serde_json::Value| match value.as_str() {
            Some(text) => Value::string(text),
            None => Value::null(Type::String),
        };
        let triggers = match moved.attributes.get("triggers").and_then(serde_json::Value::as_object) {
            Some(entries) => {
                Value::object(entries.iter().map(|(name, value)| (Str::from(name.as_str()), text(value))).collect())
            }
            None => Value::null(Type::Any),
        };
        Some(Ok(Value::object_from([
            ("id", text(moved.attributes.get("id").unwrap_or(&serde_json::Value::Null))),
            ("input", Value::null(Type::Any)),
            ("output", Value::null(Type::Any)),
            ("triggers_replace", triggers),
        ])))
    }

    fn parse_import_id(&self, id: &str) -> Result<Value, Diagnostic> {
        let null = || Value::null(Type::Any);
        Ok(Value::object_from([
            ("id", Value::string(id)),
            ("input", null()),
            ("output", null()),
            ("triggers_replace", null()),
        ]))
    }

    fn lookup(&self, _planned: &Value) -> Lookup {
        Lookup::default()
    }

    async fn read(&self, _call: &Call<'_>, current: &Object) -> Result<Option<Object>, Diagnostics> {
        Ok(Some(current.clone()))
    }

    async fn create(&self, _call: &Call<'_>, planned: &Value, _config: &Value) -> Result<Object, Failure> {
        Ok(Self::finish(planned, &Value::string(uuid::Uuid::new_v4().to_string())))
    }

    async fn update(
        &self,
        _call: &Call<'_>,
        prior: &Object,
        planned: &Value,
        _config: &Value,
    ) -> Result<Object, Failure> {
        let id = prior.value.get("id").cloned().unwrap_or_else(|| Value::null(Type::String));
        Ok(Self::finish(planned, &id))
    }

    async fn delete(&self, _call: &Call<'_>, _prior: &Object) -> Result<(), Failure> {
        Ok(())
    }

    /// It exists only in the state: one that is not there was never made.
    async fn find(&self, _call: &Call<'_>, _lookup: &Lookup) -> Result<Found, Diagnostics> {
        Ok(Found::NeverHappened)
    }
}
