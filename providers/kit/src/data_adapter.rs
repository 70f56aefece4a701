//! From an [`AwsDataSource`] to the engine's [`DataType`].

use async_trait::async_trait;
use infra_engine::diagnostics::Diagnostics;
use infra_engine::provider::{Call, DataType};
use infra_engine::schema::Schema;
use infra_schema::{Generation, TypeKind};
use infra_values::Value;

use crate::form;
use crate::source::Source;
use crate::timeouts;
use crate::{AwsDataSource, Context, Error};

/// A data source of one generation.
pub(crate) struct DataAdapter<D> {
    code: D,
    source: Source,
}

impl<D: AwsDataSource> DataAdapter<D> {
    pub(crate) fn new(code: D, generation: Generation) -> Self {
        Self { code, source: Source::new(D::TYPE, TypeKind::DataSource, generation) }
    }

    async fn try_read(&self, cx: &Context<'_>) -> Result<Value, Error> {
        let attributes = self.code.read(cx, form::attributes(D::TYPE, &cx.form.base)?).await?;
        Ok(cx.form.value(&attributes)?)
    }
}

#[async_trait]
impl<D: AwsDataSource> DataType for DataAdapter<D> {
    fn name(&self) -> &str {
        D::TYPE
    }

    fn schema(&self) -> &Schema {
        self.source.schema()
    }

    fn validate(&self, config: &Value) -> Diagnostics {
        let mut diagnostics = timeouts::validate(config);
        diagnostics.extend(self.code.validate(config));
        diagnostics
    }

    async fn read(&self, call: &Call<'_>, config: &Value) -> Result<Value, Diagnostics> {
        let cx = self.source.context(call, config)?;
        self.try_read(&cx).await.map_err(|error| error.into_diagnostics(&format!("reading {}", D::NOUN)))
    }
}
