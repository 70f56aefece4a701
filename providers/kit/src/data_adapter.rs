//! From an [`AwsDataSource`] to the engine's [`DataType`].

use std::sync::{Mutex, OnceLock};

use async_trait::async_trait;
use infra_aws::tags::Tags;
use infra_engine::diagnostics::{Diagnostic, Diagnostics};
use infra_engine::provider::{Call, DataType};
use infra_engine::schema::Schema;
use infra_schema::{Generation, TypeKind};
use infra_values::Value;
use tokio::time::Instant;

use crate::form::{self, Form, with};
use crate::provider::{configured_aws, read_schema};
use crate::timeouts::{self, Timeouts};
use crate::{AwsDataSource, Context, Error};

/// A data source of one generation.
pub(crate) struct DataAdapter<D> {
    source: D,
    generation: Generation,
    schema: OnceLock<Schema>,
}

impl<D: AwsDataSource> DataAdapter<D> {
    pub(crate) fn new(source: D, generation: Generation) -> Self {
        Self { source, generation, schema: OnceLock::new() }
    }

    /// Whether `region` says where to read, as in generation 6, and not what to read.
    fn has_region_argument(&self) -> bool {
        let region = self.schema().block.attributes.get("region");
        self.generation >= Generation::V6 && region.is_some_and(|region| region.optional && region.computed)
    }

    fn context<'c>(&'c self, call: &'c Call<'c>, config: &Value) -> Result<Context<'c>, Diagnostic> {
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
            form: Form {
                type_name: D::TYPE,
                kind: TypeKind::DataSource,
                schema: self.schema(),
                base,
                private: Vec::new(),
            },
            config: None,
            identified: Mutex::new(None),
        })
    }

    async fn try_read(&self, cx: &Context<'_>) -> Result<Value, Error> {
        let attributes = self.source.read(cx, form::attributes(D::TYPE, &cx.form.base)?).await?;
        Ok(cx.form.value(&attributes)?)
    }
}

#[async_trait]
impl<D: AwsDataSource> DataType for DataAdapter<D> {
    fn name(&self) -> &str {
        D::TYPE
    }

    fn schema(&self) -> &Schema {
        self.schema.get_or_init(|| read_schema(D::TYPE, TypeKind::DataSource, self.generation))
    }

    fn validate(&self, config: &Value) -> Diagnostics {
        let mut diagnostics = timeouts::validate(config);
        diagnostics.extend(self.source.validate(config));
        diagnostics
    }

    async fn read(&self, call: &Call<'_>, config: &Value) -> Result<Value, Diagnostics> {
        let mut cx = self.context(call, config)?;
        cx.config = Some(config);
        self.try_read(&cx).await.map_err(|error| error.into_diagnostics(&format!("reading {}", D::NOUN)))
    }
}
