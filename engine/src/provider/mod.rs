//! What the engine asks of a provider.
//!
//! The traits are shaped like Terraform's plugin protocol, so that real plugins can be driven through them later.
//! What needs no network (schemas, validation, planning, state upgrades, import ids) is synchronous; reading and
//! changing objects is asynchronous. A provider never prints and keeps no state of its own about objects.
//!
//! [`builtin`] is the provider of `terraform_data` and `terraform_remote_state`; [`memory`] one whose cloud is a table in memory, for tests.

use std::any::Any;
use std::sync::Arc;

use async_trait::async_trait;
use infra_values::{Path, Type, Value, address::ProviderAddress};
use serde::{Deserialize, Serialize};

use crate::diagnostics::{Diagnostic, Diagnostics};
use crate::functions::Function;
use crate::schema::Schema;

pub use ephemeral::{EphemeralType, OpenResource, Opened, Renewed};
pub(crate) use expressions::expression_text;

pub mod builtin;
pub mod ephemeral;
mod expressions;
pub mod memory;
pub mod provisioner;
mod remote_state;

/// A provider before it is configured.
#[async_trait]
pub trait Provider: Send + Sync {
    /// Its source address.
    fn address(&self) -> ProviderAddress;

    /// What its `provider` block may hold.
    fn config_schema(&self) -> &Schema;

    /// A managed resource type.
    fn managed_type(&self, name: &str) -> TypeLookup<'_, dyn ManagedType>;

    /// A data source.
    fn data_type(&self, name: &str) -> TypeLookup<'_, dyn DataType>;

    /// A type of ephemeral resource; most providers have none.
    fn ephemeral_type(&self, _name: &str) -> TypeLookup<'_, dyn EphemeralType> {
        TypeLookup::Unknown
    }

    /// Names of all its types of ephemeral resources, sorted.
    fn ephemeral_type_names(&self) -> Vec<&str> {
        Vec::new()
    }

    /// Names of all its managed types, sorted, also of those this build cannot manage; for messages and completion.
    fn managed_type_names(&self) -> Vec<&str>;

    /// Names of all its data sources, sorted.
    fn data_type_names(&self) -> Vec<&str>;

    /// What can be called as `provider::name::function`.
    fn functions(&self) -> &'static [Function] {
        &[]
    }

    /// Checks a provider block beyond what its schema says. `config` may hold unknown values.
    fn validate_config(&self, config: &Value) -> Diagnostics;

    /// Makes a configured provider. `config` is a value of [`Provider::config_schema`], which may hold unknown
    /// values while planning: a provider that cannot work with one answers with an error that says so.
    async fn configure(&self, config: &Value) -> Result<Arc<dyn Configured>, Diagnostics>;
}

/// Whether a provider knows a type.
pub enum TypeLookup<'p, T: ?Sized> {
    /// It can manage or read it.
    Found(&'p T),
    /// The type exists, and this build cannot manage it; its schema, where known, lets it be validated.
    Unsupported(Option<&'p Schema>),
    /// There is no such type.
    Unknown,
}

impl<'p, T: ?Sized> TypeLookup<'p, T> {
    /// The type, if it can be used.
    pub fn found(self) -> Option<&'p T> {
        match self {
            Self::Found(found) => Some(found),
            _ => None,
        }
    }
}

/// A configured provider: clients, region, default tags. Each provider's own types know what is inside.
pub trait Configured: Any + Send + Sync {
    /// For the provider's own types to find their clients.
    fn as_any(&self) -> &dyn Any;
}

/// A managed resource type.
///
/// Values given and returned are of [`Schema::implied_type`]. Marks are taken off before and put back after.
#[async_trait]
pub trait ManagedType: Send + Sync {
    /// `aws_s3_bucket`
    fn name(&self) -> &str;

    /// What may be configured and what is stored.
    fn schema(&self) -> &Schema;

    /// Checks a configuration beyond what its schema says; it may hold unknown values. A diagnostic names the
    /// attribute in [`Diagnostic::attribute`]; the engine finds the line.
    fn validate(&self, config: &Value) -> Diagnostics;

    /// What would be stored if the change were made, as far as it can be known.
    fn plan(&self, request: &PlanRequest<'_>) -> PlanResponse;

    /// Brings attributes stored under an older schema version to the current one. The result is converted to the
    /// schema's type, with missing attributes null.
    fn upgrade_state(&self, version: u64, attributes: serde_json::Value) -> Result<serde_json::Value, Diagnostic>;

    /// The object of this type that one of another type becomes when a `moved` block says so; `None` where this type
    /// cannot take it over.
    fn take_over(&self, moved: &MovedObject<'_>) -> Option<Result<Value, Diagnostic>> {
        let _ = moved;
        None
    }

    /// The attributes that an import id gives, enough for [`ManagedType::read`].
    fn parse_import_id(&self, id: &str) -> Result<Value, Diagnostic>;

    /// What would identify the object if the answer to its creation were lost; recorded with the intent.
    fn lookup(&self, planned: &Value) -> Lookup;

    /// The object as it is now; `None` when it is gone.
    async fn read(&self, call: &Call<'_>, current: &Object) -> Result<Option<Object>, Diagnostics>;

    /// Makes the object. `planned` is wholly known but for what only the answer can tell.
    async fn create(&self, call: &Call<'_>, planned: &Value, config: &Value) -> Result<Object, Failure>;

    /// Changes the object in place.
    async fn update(&self, call: &Call<'_>, prior: &Object, planned: &Value, config: &Value)
    -> Result<Object, Failure>;

    /// Removes the object; one that is gone already is a success.
    async fn delete(&self, call: &Call<'_>, prior: &Object) -> Result<(), Failure>;

    /// Looks for an object whose creation may or may not have happened.
    async fn find(&self, call: &Call<'_>, lookup: &Lookup) -> Result<Found, Diagnostics>;
}

/// A stored object that a `moved` block gives to another type.
#[derive(Clone, Copy, Debug)]
pub struct MovedObject<'m> {
    /// The provider that it belonged to.
    pub provider: &'m ProviderAddress,
    /// `null_resource`
    pub type_name: &'m str,
    /// The version of its schema with which it was stored.
    pub schema_version: u64,
    /// What is stored of it.
    pub attributes: &'m serde_json::Value,
}

/// A data source.
#[async_trait]
pub trait DataType: Send + Sync {
    /// `aws_caller_identity`
    fn name(&self) -> &str;

    /// What may be configured and what is read.
    fn schema(&self) -> &Schema;

    /// Whether what it reads may be written by whatever its arguments refer to, which then comes first as if it stood in
    /// `depends_on`.
    fn reads_what_references_write(&self) -> bool {
        false
    }

    /// Checks a configuration beyond what its schema says; it may hold unknown values.
    fn validate(&self, config: &Value) -> Diagnostics;

    /// Reads it. `config` is wholly known.
    async fn read(&self, call: &Call<'_>, config: &Value) -> Result<Value, Diagnostics>;
}

/// What planning one object starts from.
pub struct PlanRequest<'r> {
    /// The object as it is; `None` when it is to be created.
    pub prior: Option<&'r Value>,
    /// What the configuration says; may hold unknown values.
    pub config: &'r Value,
    /// Prior state and configuration merged: see [`crate::schema::proposed`].
    pub proposed: &'r Value,
    /// The configured provider; `None` while its configuration is not known.
    pub configured: Option<&'r dyn Configured>,
    /// Bytes stored with the prior object.
    pub private: &'r [u8],
}

/// The plan for one object.
#[derive(Debug)]
pub struct PlanResponse {
    /// What would be stored, with unknown values for what only the change can tell.
    pub planned: Value,
    /// Attributes whose change cannot be made in place.
    pub requires_replace: Vec<Path>,
    /// Bytes to keep with the object.
    pub private: Vec<u8>,
    /// Errors and warnings.
    pub diagnostics: Diagnostics,
}

/// An object as providers give and take it.
#[derive(Clone, Debug, PartialEq)]
pub struct Object {
    /// Its attributes.
    pub value: Value,
    /// Bytes that the provider keeps with it.
    pub private: Vec<u8>,
}

impl Object {
    /// An object without private bytes.
    pub fn new(value: Value) -> Self {
        Self { value, private: Vec::new() }
    }
}

/// What one asynchronous call gets besides its values.
pub struct Call<'c> {
    /// The provider's clients.
    pub configured: &'c dyn Configured,
    /// Where the call reports what happens before it ends.
    pub reporter: &'c dyn CallReporter,
    /// The same for each attempt at the same operation, different for each operation; at most 64 characters of
    /// `[0-9a-f-]`. Empty when reading.
    pub idempotency_token: &'c str,
}

/// What a provider tells while it works.
#[async_trait]
pub trait CallReporter: Send + Sync {
    /// The object exists from now on, and these attributes (at least those that [`ManagedType::read`] needs) find
    /// it again. Called as soon as the service has answered, before any waiting. It returns when the identity is
    /// durable; an error means it could not be made so, and the operation must stop.
    async fn identity(&self, object: &Object) -> Result<(), Diagnostic>;

    /// What the call is waiting for, for people: `index "by-user" to become ACTIVE`.
    fn waiting_for(&self, what: &str);
}

/// A [`CallReporter`] that nobody listens to: for reads and tests.
pub struct Silent;

#[async_trait]
impl CallReporter for Silent {
    async fn identity(&self, _object: &Object) -> Result<(), Diagnostic> {
        Ok(())
    }

    fn waiting_for(&self, _what: &str) {}
}

/// A change that failed.
#[derive(Debug)]
pub struct Failure {
    /// Why.
    pub diagnostics: Diagnostics,
    /// What is there now, as far as it is known: it is stored. `None`: nothing was created, or what was there before
    /// is unchanged.
    pub partial: Option<Object>,
}

impl From<Diagnostic> for Failure {
    fn from(diagnostic: Diagnostic) -> Self {
        Self { diagnostics: diagnostic.into(), partial: None }
    }
}

impl From<Diagnostics> for Failure {
    fn from(diagnostics: Diagnostics) -> Self {
        Self { diagnostics, partial: None }
    }
}

/// What identifies an object whose creation may or may not have happened.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Lookup {
    /// Attributes chosen by the user that name it, e.g. `{"bucket": "…"}`; empty when there are none.
    pub attributes: serde_json::Map<String, serde_json::Value>,
    /// Whether the service remembers the idempotency token.
    pub by_token: bool,
}

/// What [`ManagedType::find`] found.
#[derive(Clone, Debug, PartialEq)]
pub enum Found {
    /// It exists and is ours: adopt it.
    Adopted(Object),
    /// It was never created.
    NeverHappened,
    /// There is something, and nothing tells whether it is ours. The sentence says what was seen.
    Ambiguous(String),
}

/// The type that a data source or resource reference has before anything is known of it.
pub fn unknown_object(schema: &Schema) -> Value {
    Value::unknown(Type::clone(schema.implied_type()))
}
