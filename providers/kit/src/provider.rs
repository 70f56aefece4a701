//! The AWS provider: types of several services behind the engine's trait.

use std::any::Any;
use std::collections::BTreeMap;
use std::sync::Arc;

use async_trait::async_trait;
use infra_aws::Aws;
use infra_aws::connect::ConnectError;
use infra_aws::environment::Environment;
use infra_aws::settings::{ProviderSettings, parse_duration};
use infra_engine::diagnostics::{Diagnostic, Diagnostics};
use infra_engine::functions::Function;
use infra_engine::provider::{Configured, DataType, EphemeralType, ManagedType, Provider, TypeLookup};
use infra_engine::schema::Schema;
use infra_engine::schema::facts::{config_from_facts, schema_from_facts};
use infra_schema::{Generation, TypeKind};
use infra_values::address::ProviderAddress;
use infra_values::serde_value::from_value;
use infra_values::{Path, Value};

use crate::data_adapter::DataAdapter;
use crate::ephemeral_adapter::EphemeralAdapter;
use crate::resource_adapter::ResourceAdapter;
use crate::unmanaged::UnmanagedTypes;
use crate::{AwsDataSource, AwsEphemeral, AwsResource};

type Managed = Box<dyn ManagedType>;
type Data = Box<dyn DataType>;
type Ephemeral = Box<dyn EphemeralType>;
/// Makes a type of one generation.
type Make<T> = Box<dyn FnOnce(Generation) -> T + Send>;

/// The types of one service, as listed in the service's crate.
///
/// ```text
/// pub fn types() -> ServiceTypes {
///     ServiceTypes::new("dynamodb")
///         .resource(table::Table)
///         .resource(table_item::TableItem)
/// }
/// ```
pub struct ServiceTypes {
    /// The crate's name without `infra-`: `dynamodb`.
    pub name: &'static str,
    pub(crate) resources: Vec<(&'static str, Make<Managed>)>,
    pub(crate) data_sources: Vec<(&'static str, Make<Data>)>,
    pub(crate) ephemerals: Vec<(&'static str, Make<Ephemeral>)>,
}

impl ServiceTypes {
    /// A service without types yet.
    pub fn new(name: &'static str) -> Self {
        Self { name, resources: Vec::new(), data_sources: Vec::new(), ephemerals: Vec::new() }
    }

    /// With a resource type. Types are listed in the order of their names.
    #[must_use]
    pub fn resource<R: AwsResource>(mut self, resource: R) -> Self {
        let make = |generation| Box::new(ResourceAdapter::new(resource, generation)) as Managed;
        self.resources.push((R::TYPE, Box::new(make)));
        self
    }

    /// With a data source. Data sources are listed after resource types, in the order of their names.
    #[must_use]
    pub fn data_source<D: AwsDataSource>(mut self, source: D) -> Self {
        let make = |generation| Box::new(DataAdapter::new(source, generation)) as Data;
        self.data_sources.push((D::TYPE, Box::new(make)));
        self
    }

    /// With an ephemeral resource. They are listed last, in the order of their names.
    #[must_use]
    pub fn ephemeral<E: AwsEphemeral>(mut self, ephemeral: E) -> Self {
        let make = |generation| Box::new(EphemeralAdapter::new(ephemeral, generation)) as Ephemeral;
        self.ephemerals.push((E::TYPE, Box::new(make)));
        self
    }

    /// Names of the resource types, in the order of the list.
    pub fn resource_names(&self) -> Vec<&'static str> {
        self.resources.iter().map(|(name, _)| *name).collect()
    }

    /// Names of the data sources, in the order of the list.
    pub fn data_source_names(&self) -> Vec<&'static str> {
        self.data_sources.iter().map(|(name, _)| *name).collect()
    }

    /// Names of the ephemeral resources, in the order of the list.
    pub fn ephemeral_names(&self) -> Vec<&'static str> {
        self.ephemerals.iter().map(|(name, _)| *name).collect()
    }
}

/// `registry.terraform.io/hashicorp/aws`
pub struct AwsProvider {
    generation: Generation,
    environment: Environment,
    config_schema: Schema,
    managed: BTreeMap<&'static str, Managed>,
    data: BTreeMap<&'static str, Data>,
    ephemeral: BTreeMap<&'static str, Ephemeral>,
    unmanaged: UnmanagedTypes,
}

impl AwsProvider {
    /// A provider with the types of these services, as a generation knows them. Schemas are read when a type is first
    /// used. `environment` is the only place where it looks for environment variables.
    pub fn new(generation: Generation, services: Vec<ServiceTypes>, environment: Environment) -> Self {
        let mut managed = BTreeMap::new();
        let mut data = BTreeMap::new();
        let mut ephemeral = BTreeMap::new();
        for service in services {
            let resources = service.resources.into_iter();
            managed.extend(resources.map(|(name, make)| (name, make(generation))));
            let sources = service.data_sources.into_iter();
            data.extend(sources.map(|(name, make)| (name, make(generation))));
            let ephemerals = service.ephemerals.into_iter();
            ephemeral.extend(ephemerals.map(|(name, make)| (name, make(generation))));
        }
        let facts = infra_schema::provider_config_facts(generation);
        #[expect(clippy::expect_used, reason = "embedded facts; a test reads them for both generations")]
        let config_schema = config_from_facts(&facts).expect("facts of the provider block");
        let unmanaged = UnmanagedTypes::default();
        Self { generation, environment, config_schema, managed, data, ephemeral, unmanaged }
    }

    /// The generation it was made for.
    pub fn generation(&self) -> Generation {
        self.generation
    }
}

/// A provider with clients.
pub struct AwsConfigured {
    /// The connection.
    pub aws: Aws,
}

impl Configured for AwsConfigured {
    fn as_any(&self) -> &dyn Any {
        self
    }
}

/// The connection of a call.
pub(crate) fn configured_aws(configured: &dyn Configured) -> Result<&Aws, Diagnostic> {
    match configured.as_any().downcast_ref::<AwsConfigured>() {
        Some(configured) => Ok(&configured.aws),
        None => Err(Diagnostic::error(
            "Wrong provider for the type",
            "An AWS type was called with the configuration of another provider. This is a bug in infra; please \
             report it.",
        )),
    }
}

/// The schema of a type that the binary lists.
pub(crate) fn read_schema(name: &str, kind: TypeKind, generation: Generation) -> Schema {
    let facts = infra_schema::type_facts(name, kind, generation);
    #[expect(
        clippy::expect_used,
        reason = "facts are embedded; `listing::check` reads them for each listed type and generation"
    )]
    let mut schema = schema_from_facts(&facts.expect("a listed type has facts")).expect("facts can be read");
    let has = |name: &str| schema.block.attributes.contains_key(name);
    if has("tags") && has("tags_all") {
        schema.repeats = vec![("tags".into(), "tags_all".into())];
    }
    schema
}

#[async_trait]
impl Provider for AwsProvider {
    fn address(&self) -> ProviderAddress {
        ProviderAddress::default_for("aws")
    }

    fn config_schema(&self) -> &Schema {
        &self.config_schema
    }

    fn managed_type(&self, name: &str) -> TypeLookup<'_, dyn ManagedType> {
        match self.managed.get(name) {
            Some(found) => TypeLookup::Found(found.as_ref()),
            None => self.unmanaged.lookup(name, TypeKind::Resource, self.generation),
        }
    }

    fn data_type(&self, name: &str) -> TypeLookup<'_, dyn DataType> {
        match self.data.get(name) {
            Some(found) => TypeLookup::Found(found.as_ref()),
            None => self.unmanaged.lookup(name, TypeKind::DataSource, self.generation),
        }
    }

    fn ephemeral_type(&self, name: &str) -> TypeLookup<'_, dyn EphemeralType> {
        match self.ephemeral.get(name) {
            Some(found) => TypeLookup::Found(found.as_ref()),
            None => self.unmanaged.lookup(name, TypeKind::Ephemeral, self.generation),
        }
    }

    fn ephemeral_type_names(&self) -> Vec<&str> {
        infra_schema::type_names(TypeKind::Ephemeral).iter().map(String::as_str).collect()
    }

    fn managed_type_names(&self) -> Vec<&str> {
        infra_schema::type_names(TypeKind::Resource).iter().map(String::as_str).collect()
    }

    fn data_type_names(&self) -> Vec<&str> {
        infra_schema::type_names(TypeKind::DataSource).iter().map(String::as_str).collect()
    }

    fn functions(&self) -> &'static [Function] {
        &crate::functions::FUNCTIONS
    }

    fn validate_config(&self, config: &Value) -> Diagnostics {
        validate_config(config)
    }

    async fn configure(&self, config: &Value) -> Result<Arc<dyn Configured>, Diagnostics> {
        let settings: ProviderSettings = from_value(config).map_err(|error| {
            Diagnostic::error(
                "Provider configuration not known",
                format!(
                    "The AWS provider cannot be used: {error}. Give it values that are known before anything is \
                     applied: literals, variables, or attributes of objects that exist already."
                ),
            )
        })?;
        let aws = Aws::connect(&settings, &self.environment).await.map_err(connect_diagnostic)?;
        Ok(Arc::new(AwsConfigured { aws }))
    }
}

fn connect_diagnostic(error: ConnectError) -> Diagnostic {
    let mut diagnostic = Diagnostic::error(error.summary(), error.detail());
    if let Some(attribute) = error.attribute() {
        diagnostic = diagnostic.on(Path::root().attribute(attribute));
    }
    error.hints().into_iter().fold(diagnostic, Diagnostic::hint)
}

/// What can be told about a provider block without connecting.
fn validate_config(config: &Value) -> Diagnostics {
    let mut diagnostics = Diagnostics::new();
    let mut check = |path: Path, value: Option<&Value>, wrong: &dyn Fn(&str) -> Option<String>| {
        if let Some(problem) = value.and_then(Value::as_str).and_then(wrong) {
            diagnostics.push(Diagnostic::error("Invalid provider configuration", problem).on(path));
        }
    };
    let attribute = |name: &str| Path::root().attribute(name);
    check(attribute("retry_mode"), config.get("retry_mode"), &|mode| {
        let known = ["standard", "adaptive"].contains(&mode);
        (!known).then(|| format!("There is no retry_mode {mode:?}. Write \"standard\" or \"adaptive\"."))
    });
    for name in ["assume_role", "assume_role_with_web_identity"] {
        let blocks = config.get(name).and_then(Value::as_items).unwrap_or_default();
        for (position, block) in blocks.iter().enumerate() {
            let step = infra_values::PathStep::Position(position);
            let path = attribute(name).child(step).attribute("duration");
            check(path, block.get("duration"), &|text| {
                (!text.is_empty() && parse_duration(text).is_none())
                    .then(|| format!("{text:?} is not a duration. Write one such as \"15m\" or \"1h30m\"."))
            });
        }
    }
    let both = ["allowed_account_ids", "forbidden_account_ids"]
        .map(|name| config.get(name).and_then(Value::as_items).unwrap_or_default());
    if both.iter().all(|ids| !ids.is_empty()) {
        diagnostics.push(
            Diagnostic::error(
                "Invalid provider configuration",
                "allowed_account_ids and forbidden_account_ids cannot stand together. Keep one of them.",
            )
            .on(attribute("forbidden_account_ids")),
        );
    }
    diagnostics
}

#[cfg(test)]
mod tests;
