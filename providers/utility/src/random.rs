//! The provider `random`: values made up once and then kept, and passwords that are kept nowhere.
//!
//! A type is a [`Kind`]: its name and what it makes of its configuration. Everything else follows from the facts: an
//! object lives in the state alone, so that reading it gives what is stored and deleting it does nothing.
//!
//! Deliberately missing: `random_pet` (its words), and `seed`, whose results follow from another generator of numbers.

use std::any::Any;
use std::collections::BTreeMap;
use std::sync::Arc;

use async_trait::async_trait;
use infra_engine::diagnostics::{Diagnostic, Diagnostics};
use infra_engine::provider::{
    Call, Configured, DataType, EphemeralType, Failure, Found, Lookup, ManagedType, Object, PlanRequest, PlanResponse,
    Provider, TypeLookup,
};
use infra_engine::schema::Schema;
use infra_engine::schema::facts::schema_from_facts;
use infra_engine::schema::plan::plan_from_schema;
use infra_values::address::ProviderAddress;
use infra_values::{Path, PathStep, Str, Value};

mod bits;
mod entropy;
mod password;

/// What is made of a planned object: its computed attributes.
type Make = fn(&Value) -> Result<Vec<(&'static str, Value)>, Diagnostics>;

/// The types that can be made, in alphabetical order.
const KINDS: &[(&str, Make)] = &[
    ("random_bytes", bits::bytes),
    ("random_id", bits::id),
    ("random_integer", bits::integer),
    ("random_password", password::password),
    ("random_shuffle", bits::shuffle),
    ("random_string", password::string),
    ("random_uuid", bits::uuid),
];

/// `registry.terraform.io/hashicorp/random`
pub struct Random {
    config_schema: Schema,
    /// `Err` for a type that is not made: its schema alone.
    types: BTreeMap<String, Result<RandomType, Schema>>,
    password: Option<password::EphemeralPassword>,
}

impl Default for Random {
    fn default() -> Self {
        Self::new()
    }
}

impl Random {
    /// The provider with all its types.
    pub fn new() -> Self {
        let schemas = |section| {
            let facts = infra_schema::utility_facts("random", section);
            facts.into_iter().filter_map(|(name, facts)| Some((name.to_owned(), schema_from_facts(facts).ok()?)))
        };
        let types = schemas("resources").map(|(name, schema)| {
            let made = KINDS.iter().find(|(kind, _)| *kind == name);
            let found = match made {
                Some((_, make)) => Ok(RandomType { name: name.clone(), schema, make: *make }),
                None => Err(schema),
            };
            (name, found)
        });
        let password = schemas("ephemeral_resources")
            .find(|(name, _)| name == "random_password")
            .map(|(_, schema)| password::EphemeralPassword { schema });
        Self { config_schema: Schema::default(), types: types.collect(), password }
    }
}

struct Ready;

impl Configured for Ready {
    fn as_any(&self) -> &dyn Any {
        self
    }
}

#[async_trait]
impl Provider for Random {
    fn address(&self) -> ProviderAddress {
        ProviderAddress::default_for("random")
    }

    fn config_schema(&self) -> &Schema {
        &self.config_schema
    }

    fn managed_type(&self, name: &str) -> TypeLookup<'_, dyn ManagedType> {
        match self.types.get(name) {
            Some(Ok(found)) => TypeLookup::Found(found),
            Some(Err(schema)) => TypeLookup::Unsupported(Some(schema)),
            None => TypeLookup::Unknown,
        }
    }

    fn data_type(&self, _name: &str) -> TypeLookup<'_, dyn DataType> {
        TypeLookup::Unknown
    }

    fn ephemeral_type(&self, name: &str) -> TypeLookup<'_, dyn EphemeralType> {
        match &self.password {
            Some(password) if name == password.name() => TypeLookup::Found(password),
            _ => TypeLookup::Unknown,
        }
    }

    fn managed_type_names(&self) -> Vec<&str> {
        self.types.keys().map(String::as_str).collect()
    }

    fn data_type_names(&self) -> Vec<&str> {
        Vec::new()
    }

    fn ephemeral_type_names(&self) -> Vec<&str> {
        self.password.iter().map(EphemeralType::name).collect()
    }

    fn validate_config(&self, _config: &Value) -> Diagnostics {
        Diagnostics::new()
    }

    async fn configure(&self, _config: &Value) -> Result<Arc<dyn Configured>, Diagnostics> {
        Ok(Arc::new(Ready))
    }
}

/// A managed type: what it makes up stays in the state.
struct RandomType {
    name: String,
    schema: Schema,
    make: Make,
}

#[async_trait]
impl ManagedType for RandomType {
    fn name(&self) -> &str {
        &self.name
    }

    fn schema(&self) -> &Schema {
        &self.schema
    }

    fn validate(&self, config: &Value) -> Diagnostics {
        let mut diagnostics = password::validate(config);
        if config.get("seed").is_some_and(|seed| !seed.is_null()) {
            diagnostics.push(
                Diagnostic::error(
                    "Seeds are not supported",
                    "This version of infra cannot repeat what a seed gives elsewhere. Leave seed out, or manage this object \
                     with terraform.",
                )
                .on(Path::root().attribute("seed")),
            );
        }
        diagnostics
    }

    fn plan(&self, request: &PlanRequest<'_>) -> PlanResponse {
        let mut response = plan_from_schema(&self.schema, request);
        response.planned = password::with_both_names_of_numeric(response.planned, request.config);
        response
    }

    fn upgrade_state(&self, version: u64, attributes: serde_json::Value) -> Result<serde_json::Value, Diagnostic> {
        // Older versions lack attributes of newer ones, and say `number` where those say `numeric` too.
        let mut attributes = attributes;
        if let Some(entries) = attributes.as_object_mut()
            && let Some(number) = entries.get("number").cloned()
            && entries.get("numeric").is_none_or(serde_json::Value::is_null)
        {
            entries.insert("numeric".to_owned(), number);
        }
        if version > self.schema.version {
            return Err(Diagnostic::error(
                "Unknown schema version",
                format!("A {} was stored with schema version {version}, which is not known.", self.name),
            ));
        }
        Ok(attributes)
    }

    fn parse_import_id(&self, _id: &str) -> Result<Value, Diagnostic> {
        Err(Diagnostic::error(
            "Import not supported",
            format!("This version of infra cannot import a {}. Import it with terraform.", self.name),
        ))
    }

    fn lookup(&self, _planned: &Value) -> Lookup {
        Lookup::default()
    }

    async fn read(&self, _call: &Call<'_>, current: &Object) -> Result<Option<Object>, Diagnostics> {
        Ok(Some(current.clone()))
    }

    async fn create(&self, _call: &Call<'_>, planned: &Value, _config: &Value) -> Result<Object, Failure> {
        Ok(Object::new(with_attributes(planned, (self.make)(planned)?)))
    }

    async fn update(
        &self,
        _call: &Call<'_>,
        _prior: &Object,
        planned: &Value,
        _config: &Value,
    ) -> Result<Object, Failure> {
        Ok(Object::new(planned.clone()))
    }

    async fn delete(&self, _call: &Call<'_>, _prior: &Object) -> Result<(), Failure> {
        Ok(())
    }

    /// It exists only in the state: one that is not there was never made.
    async fn find(&self, _call: &Call<'_>, _lookup: &Lookup) -> Result<Found, Diagnostics> {
        Ok(Found::NeverHappened)
    }
}

/// An object with some attributes replaced.
fn with_attributes(object: &Value, attributes: Vec<(&'static str, Value)>) -> Value {
    attributes
        .into_iter()
        .fold(object.clone(), |object, (name, value)| object.with_child(&PathStep::Attribute(Str::from(name)), value))
}

/// A number of a planned object; 0 where it has none.
fn number(object: &Value, name: &str) -> i64 {
    object.get(name).and_then(Value::as_number).and_then(|number| number.to_string().parse().ok()).unwrap_or(0)
}

fn text<'v>(object: &'v Value, name: &str) -> &'v str {
    object.get(name).and_then(Value::as_str).unwrap_or_default()
}
