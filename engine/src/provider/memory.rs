//! A provider whose cloud is a table in memory, for tests of the engine: with faults and latency on demand.
//!
//! It has one resource type, `memory_thing`, with an attribute or block of every sort that planning treats differently,
//! a data source of the same name that reads a thing by its `name`, and the ephemeral resource `memory_secret`. What happens to the table is in [`Cloud::log`];
//! a test changes things behind the engine's back with [`Cloud::edit`] and [`Cloud::remove`].

use std::collections::{BTreeMap, VecDeque};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use async_trait::async_trait;
use infra_values::address::ProviderAddress;
use infra_values::{Path, Str, Type, Value};

use super::{
    Call, Configured, DataType, EphemeralType, Failure, Found, Lookup, ManagedType, Object, PlanRequest, PlanResponse,
    Provider, TypeLookup,
};
use crate::diagnostics::{Diagnostic, Diagnostics};
use crate::schema::plan::plan_from_schema;
use crate::schema::{Attribute, Block, NestedBlock, Nesting, Schema};

mod secret;

use secret::Secret;

/// What is done to the table.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[expect(missing_docs, reason = "the names say it")]
pub enum Deed {
    Create,
    Read,
    Update,
    Delete,
    Open,
    Renew,
    Close,
}

/// What goes wrong with a call.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Fault {
    /// Nothing is done, and the call fails.
    Refused,
    /// It is done, and the call fails all the same, telling what is there.
    HalfDone,
    /// It is done, and the call fails without telling anything.
    AnswerLost,
    /// It is done and its identity reported, and then the call fails without telling more.
    FailsAfterIdentity,
}

/// The table and what happens to it.
#[derive(Debug, Default)]
pub struct Cloud {
    things: BTreeMap<String, Value>,
    /// Each call with the thing's name, in the order in which calls took effect.
    log: Vec<(Deed, String)>,
    faults: VecDeque<(Deed, String, Fault)>,
    latency: Duration,
    /// The endpoint of each configuration, as text.
    configured: Vec<String>,
    /// What was sent as the `password` of the thing of each name.
    passwords: BTreeMap<String, Value>,
    next_id: u64,
    running: usize,
    most_running: usize,
}

impl Cloud {
    /// What was done so far.
    pub fn log(&self) -> &[(Deed, String)] {
        &self.log
    }

    /// The endpoints with which the provider was configured so far: JSON, or `(unknown)`.
    pub fn configured(&self) -> &[String] {
        &self.configured
    }

    /// Forgets what was done so far.
    pub fn clear_log(&mut self) {
        self.log.clear();
        self.most_running = 0;
    }

    /// The things by id.
    pub fn things(&self) -> &BTreeMap<String, Value> {
        &self.things
    }

    /// What was sent as the `password` of the thing of a name.
    pub fn password(&self, name: &str) -> Option<&Value> {
        self.passwords.get(name)
    }

    /// How many calls were under way at once at most.
    pub fn most_running(&self) -> usize {
        self.most_running
    }

    /// Makes the next call of a kind on a thing of this name go wrong.
    pub fn inject(&mut self, deed: Deed, name: &str, fault: Fault) {
        self.faults.push_back((deed, name.to_owned(), fault));
    }

    /// How long every call takes.
    pub fn set_latency(&mut self, latency: Duration) {
        self.latency = latency;
    }

    /// Changes an attribute of the thing of this name behind everybody's back. Whether there is such a thing.
    pub fn edit(&mut self, name: &str, attribute: &str, value: Value) -> bool {
        match self.things.values_mut().find(|thing| name_of(thing) == name) {
            Some(thing) => {
                *thing = thing.with_child(&infra_values::PathStep::Attribute(attribute.into()), value);
                true
            }
            None => false,
        }
    }

    /// Removes the thing of this name behind everybody's back. Whether there was one.
    pub fn remove(&mut self, name: &str) -> bool {
        let before = self.things.len();
        self.things.retain(|_, thing| name_of(thing) != name);
        self.things.len() < before
    }

    fn take_fault(&mut self, deed: Deed, name: &str) -> Option<Fault> {
        let position = self.faults.iter().position(|(of, on, _)| *of == deed && on == name)?;
        self.faults.remove(position).map(|(_, _, fault)| fault)
    }
}

fn name_of(thing: &Value) -> &str {
    thing.get("name").and_then(Value::as_str).unwrap_or_default()
}

fn id_of(thing: &Value) -> &str {
    thing.get("id").and_then(Value::as_str).unwrap_or_default()
}

/// The provider; clones share one table.
#[derive(Clone)]
pub struct Memory {
    cloud: Arc<Mutex<Cloud>>,
    thing: Arc<Thing>,
    secret: Arc<Secret>,
    config_schema: Arc<Schema>,
}

impl Default for Memory {
    fn default() -> Self {
        let cloud = Arc::new(Mutex::new(Cloud::default()));
        let config =
            BTreeMap::from([(Str::from("endpoint"), Attribute { optional: true, ..Attribute::of(Type::String) })]);
        Self {
            thing: Arc::new(Thing {
                cloud: Arc::clone(&cloud),
                thing_schema: thing_schema(),
                data_schema: data_schema(),
            }),
            secret: Arc::new(Secret { cloud: Arc::clone(&cloud), schema: secret::schema() }),
            cloud,
            config_schema: Arc::new(Schema {
                block: Block { attributes: config, ..Block::default() },
                ..Schema::default()
            }),
        }
    }
}

impl Memory {
    /// The table.
    pub fn cloud(&self) -> MutexGuard<'_, Cloud> {
        self.cloud.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

struct Ready;

impl Configured for Ready {
    fn as_any(&self) -> &dyn std::any::Any {
        self
    }
}

#[async_trait]
impl Provider for Memory {
    fn address(&self) -> ProviderAddress {
        ProviderAddress::default_for("memory")
    }

    fn config_schema(&self) -> &Schema {
        &self.config_schema
    }

    fn managed_type(&self, name: &str) -> TypeLookup<'_, dyn ManagedType> {
        match name {
            "memory_thing" => TypeLookup::Found(self.thing.as_ref()),
            "memory_relic" => TypeLookup::Unsupported(None),
            _ => TypeLookup::Unknown,
        }
    }

    fn data_type(&self, name: &str) -> TypeLookup<'_, dyn DataType> {
        if name == "memory_thing" { TypeLookup::Found(self.thing.as_ref()) } else { TypeLookup::Unknown }
    }

    fn ephemeral_type(&self, name: &str) -> TypeLookup<'_, dyn EphemeralType> {
        if name == "memory_secret" { TypeLookup::Found(self.secret.as_ref()) } else { TypeLookup::Unknown }
    }

    fn ephemeral_type_names(&self) -> Vec<&str> {
        vec!["memory_secret"]
    }

    fn managed_type_names(&self) -> Vec<&str> {
        vec!["memory_thing"]
    }

    fn data_type_names(&self) -> Vec<&str> {
        vec!["memory_thing"]
    }

    fn validate_config(&self, _config: &Value) -> Diagnostics {
        Diagnostics::new()
    }

    async fn configure(&self, config: &Value) -> Result<Arc<dyn Configured>, Diagnostics> {
        let endpoint = config.get("endpoint").cloned().unwrap_or_else(|| Value::null(Type::String));
        let text = if endpoint.is_known() {
            infra_values::json::to_json_plain(&endpoint).to_string()
        } else {
            "(unknown)".to_owned()
        };
        self.cloud().configured.push(text);
        match endpoint.as_str() {
            Some("down") => {
                Err(Diagnostic::error("Cannot reach the cloud", "The endpoint \"down\" does not answer.").into())
            }
            _ => Ok(Arc::new(Ready)),
        }
    }
}

/// Both the resource type and the data source.
struct Thing {
    cloud: Arc<Mutex<Cloud>>,
    thing_schema: Schema,
    data_schema: Schema,
}

fn thing_schema() -> Schema {
    let optional = |ty: Type| Attribute { optional: true, ..Attribute::of(ty) };
    let attributes = BTreeMap::from([
        (Str::from("id"), Attribute { computed: true, ..Attribute::of(Type::String) }),
        (Str::from("name"), Attribute { required: true, ..Attribute::of(Type::String) }),
        (Str::from("kind"), Attribute { force_new: true, ..optional(Type::String) }),
        (Str::from("size"), Attribute { default: Some(Value::number(1u64)), ..optional(Type::Number) }),
        (Str::from("owner"), Attribute { computed: true, ..optional(Type::String) }),
        (Str::from("secret"), Attribute { sensitive: true, ..optional(Type::String) }),
        (Str::from("password"), Attribute { write_only: true, ..optional(Type::String) }),
        (Str::from("labels"), optional(Type::map(Type::String))),
        (Str::from("zones"), optional(Type::set(Type::String))),
        (Str::from("needs"), optional(Type::list(Type::String))),
    ]);
    let part = Block {
        attributes: BTreeMap::from([
            (Str::from("name"), Attribute { required: true, ..Attribute::of(Type::String) }),
            (Str::from("weight"), optional(Type::Number)),
        ]),
        ..Block::default()
    };
    let blocks = BTreeMap::from([
        (Str::from("part"), NestedBlock::of(Nesting::List, part.clone())),
        (Str::from("rule"), NestedBlock::of(Nesting::Set, part)),
    ]);
    Schema { block: Block { attributes, blocks }, ..Schema::default() }
}

fn data_schema() -> Schema {
    let attributes = BTreeMap::from([
        (Str::from("id"), Attribute { computed: true, ..Attribute::of(Type::String) }),
        (Str::from("name"), Attribute { required: true, ..Attribute::of(Type::String) }),
        (Str::from("owner"), Attribute { computed: true, ..Attribute::of(Type::String) }),
    ]);
    Schema { block: Block { attributes, ..Block::default() }, ..Schema::default() }
}

impl Thing {
    fn cloud(&self) -> MutexGuard<'_, Cloud> {
        self.cloud.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Waits as long as a call takes, and says what goes wrong with it.
    async fn begin(&self, deed: Deed, name: &str) -> Option<Fault> {
        let latency = {
            let mut cloud = self.cloud();
            cloud.running += 1;
            cloud.most_running = cloud.most_running.max(cloud.running);
            cloud.latency
        };
        if !latency.is_zero() {
            tokio::time::sleep(latency).await;
        }
        let mut cloud = self.cloud();
        cloud.running -= 1;
        let fault = cloud.take_fault(deed, name);
        if fault != Some(Fault::Refused) {
            cloud.log.push((deed, name.to_owned()));
        }
        fault
    }

    /// The planned object with everything known that only the cloud decides.
    fn settle(planned: &Value, id: &str) -> Value {
        planned.transform(&mut |path, part| {
            if part.is_known() {
                return part;
            }
            match path.schema_path().as_str() {
                "id" => Value::string(id),
                "owner" => Value::string("cloud"),
                _ => Value::null(part.ty()),
            }
        })
    }
}

fn failed(fault: Fault, deed: Deed, name: &str) -> Diagnostic {
    Diagnostic::error("Call failed", format!("{deed:?} of \"{name}\" failed on demand: {fault:?}."))
}

#[async_trait]
impl ManagedType for Thing {
    fn name(&self) -> &str {
        "memory_thing"
    }

    fn schema(&self) -> &Schema {
        &self.thing_schema
    }

    fn validate(&self, config: &Value) -> Diagnostics {
        match config.get("name").and_then(Value::as_str) {
            Some("") => Diagnostic::error("Invalid name", "A thing's name may not be empty.")
                .on(Path::root().attribute("name"))
                .into(),
            _ => Diagnostics::new(),
        }
    }

    fn plan(&self, request: &PlanRequest<'_>) -> PlanResponse {
        plan_from_schema(&self.thing_schema, request)
    }

    fn upgrade_state(&self, version: u64, _attributes: serde_json::Value) -> Result<serde_json::Value, Diagnostic> {
        Err(Diagnostic::error("Unknown schema version", format!("There never was a version {version}.")))
    }

    fn parse_import_id(&self, id: &str) -> Result<Value, Diagnostic> {
        let Type::Object(object) = self.thing_schema.implied_type() else {
            return Err(Diagnostic::error("No schema", "The type has no attributes."));
        };
        let attributes = object.attributes.iter().map(|(name, ty)| {
            let value = if name == "id" { Value::string(id) } else { Value::null(ty.clone()) };
            (name.clone(), value)
        });
        Ok(Value::object(attributes.collect()))
    }

    fn lookup(&self, planned: &Value) -> Lookup {
        let name = serde_json::Value::from(name_of(planned));
        Lookup { attributes: [("name".to_owned(), name)].into_iter().collect(), by_token: false }
    }

    async fn read(&self, _call: &Call<'_>, current: &Object) -> Result<Option<Object>, Diagnostics> {
        let name = name_of(&current.value).to_owned();
        match self.begin(Deed::Read, &name).await {
            Some(fault) => Err(failed(fault, Deed::Read, &name).into()),
            None => Ok(self.cloud().things.get(id_of(&current.value)).cloned().map(Object::new)),
        }
    }

    async fn create(&self, call: &Call<'_>, planned: &Value, config: &Value) -> Result<Object, Failure> {
        let name = name_of(planned).to_owned();
        let fault = self.begin(Deed::Create, &name).await;
        if fault == Some(Fault::Refused) {
            return Err(failed(Fault::Refused, Deed::Create, &name).into());
        }
        let thing = {
            let mut cloud = self.cloud();
            cloud.passwords.extend(config.get("password").map(|password| (name.clone(), password.clone())));
            cloud.next_id += 1;
            let id = format!("thing-{}", cloud.next_id);
            let thing = Self::settle(planned, &id);
            cloud.things.insert(id, thing.clone());
            thing
        };
        let object = Object::new(thing);
        match fault {
            Some(Fault::AnswerLost) => Err(failed(Fault::AnswerLost, Deed::Create, &name).into()),
            Some(Fault::FailsAfterIdentity) => {
                call.reporter.identity(&object).await?;
                Err(failed(Fault::FailsAfterIdentity, Deed::Create, &name).into())
            }
            Some(fault) => {
                Err(Failure { diagnostics: failed(fault, Deed::Create, &name).into(), partial: Some(object) })
            }
            None => {
                call.reporter.identity(&object).await?;
                Ok(object)
            }
        }
    }

    async fn update(
        &self,
        _call: &Call<'_>,
        prior: &Object,
        planned: &Value,
        config: &Value,
    ) -> Result<Object, Failure> {
        let name = name_of(planned).to_owned();
        let fault = self.begin(Deed::Update, &name).await;
        if fault == Some(Fault::Refused) {
            return Err(failed(Fault::Refused, Deed::Update, &name).into());
        }
        let id = id_of(&prior.value).to_owned();
        let thing = Self::settle(planned, &id);
        let mut cloud = self.cloud();
        cloud.passwords.extend(config.get("password").map(|password| (name.clone(), password.clone())));
        cloud.things.insert(id, thing.clone());
        drop(cloud);
        let object = Object::new(thing);
        match fault {
            Some(Fault::AnswerLost) => Err(failed(Fault::AnswerLost, Deed::Update, &name).into()),
            Some(fault) => {
                Err(Failure { diagnostics: failed(fault, Deed::Update, &name).into(), partial: Some(object) })
            }
            None => Ok(object),
        }
    }

    async fn delete(&self, _call: &Call<'_>, prior: &Object) -> Result<(), Failure> {
        let name = name_of(&prior.value).to_owned();
        let fault = self.begin(Deed::Delete, &name).await;
        if fault != Some(Fault::Refused) {
            self.cloud().things.remove(id_of(&prior.value));
        }
        match fault {
            Some(fault) => Err(failed(fault, Deed::Delete, &name).into()),
            None => Ok(()),
        }
    }

    async fn find(&self, _call: &Call<'_>, lookup: &Lookup) -> Result<Found, Diagnostics> {
        let name = lookup.attributes.get("name").and_then(serde_json::Value::as_str).unwrap_or_default();
        let cloud = self.cloud();
        let mut found = cloud.things.values().filter(|thing| name_of(thing) == name);
        Ok(match (found.next(), found.count()) {
            (None, _) => Found::NeverHappened,
            (Some(thing), 0) => Found::Adopted(Object::new(thing.clone())),
            (Some(_), more) => Found::Ambiguous(format!("there are {} things named \"{name}\"", more + 1)),
        })
    }
}

#[async_trait]
impl DataType for Thing {
    fn name(&self) -> &str {
        "memory_thing"
    }

    fn schema(&self) -> &Schema {
        &self.data_schema
    }

    fn validate(&self, _config: &Value) -> Diagnostics {
        Diagnostics::new()
    }

    async fn read(&self, _call: &Call<'_>, config: &Value) -> Result<Value, Diagnostics> {
        let name = name_of(config).to_owned();
        if let Some(fault) = self.begin(Deed::Read, &name).await {
            return Err(failed(fault, Deed::Read, &name).into());
        }
        let cloud = self.cloud();
        match cloud.things.values().find(|thing| name_of(thing) == name) {
            Some(thing) => Ok(Value::object_from(["id", "name", "owner"].map(|attribute| {
                (attribute, thing.get(attribute).cloned().unwrap_or_else(|| Value::null(Type::String)))
            }))),
            None => Err(Diagnostic::error("No such thing", format!("There is no thing named \"{name}\"."))
                .on(Path::root().attribute("name"))
                .into()),
        }
    }
}
