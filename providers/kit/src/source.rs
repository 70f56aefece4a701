//! What is read and not managed: data sources and ephemeral resources. Both have a schema, a region and a configuration.

use std::sync::{Mutex, OnceLock};

use infra_aws::tags::Tags;
use infra_engine::diagnostics::Diagnostic;
use infra_engine::provider::Call;
use infra_engine::schema::Schema;
use infra_schema::{Generation, TypeKind};
use infra_values::Value;
use tokio::time::Instant;

use crate::Context;
use crate::form::{Form, with};
use crate::provider::{configured_aws, read_schema};
use crate::timeouts::Timeouts;

/// A type of one generation.
pub(crate) struct Source {
    type_name: &'static str,
    kind: TypeKind,
    generation: Generation,
    schema: OnceLock<Schema>,
}

impl Source {
    pub(crate) fn new(type_name: &'static str, kind: TypeKind, generation: Generation) -> Self {
        Self { type_name, kind, generation, schema: OnceLock::new() }
    }

    pub(crate) fn schema(&self) -> &Schema {
        self.schema.get_or_init(|| read_schema(self.type_name, self.kind, self.generation))
    }

    /// Whether `region` says where to read, as in generation 6, and not what to read.
    fn has_region_argument(&self) -> bool {
        let region = self.schema().block.attributes.get("region");
        self.generation >= Generation::V6 && region.is_some_and(|region| region.optional && region.computed)
    }

    /// What a call with this configuration gets.
    pub(crate) fn context<'c>(&'c self, call: &'c Call<'c>, config: &'c Value) -> Result<Context<'c>, Diagnostic> {
        let aws = configured_aws(call.configured)?;
        let own = config.get("region").and_then(Value::as_str);
        let own = own.filter(|own| self.has_region_argument() && !own.is_empty());
        let region = own.unwrap_or(aws.region()).to_owned();
        let base = match self.has_region_argument() {
            true => with(config, "region", Value::string(&region)),
            false => config.clone(),
        };
        Ok(Context {
            aws,
            region,
            generation: self.generation,
            tags: Tags::new(),
            timeouts: Timeouts::new(self.schema(), config),
            started: Instant::now(),
            reporter: call.reporter,
            idempotency_token: call.idempotency_token,
            form: Form { type_name: self.type_name, kind: self.kind, schema: self.schema(), base, private: Vec::new() },
            config: Some(config),
            identified: Mutex::new(None),
        })
    }
}
