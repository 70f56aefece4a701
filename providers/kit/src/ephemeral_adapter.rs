//! From an [`AwsEphemeral`] to the engine's [`EphemeralType`].

use async_trait::async_trait;
use infra_engine::diagnostics::Diagnostics;
use infra_engine::provider::{Call, EphemeralType, Opened, Renewed};
use infra_engine::schema::Schema;
use infra_schema::{Generation, TypeKind};
use infra_values::Value;

use crate::form;
use crate::source::Source;
use crate::{AwsEphemeral, Context, Error};

/// An ephemeral resource of one generation.
pub(crate) struct EphemeralAdapter<E> {
    code: E,
    source: Source,
}

impl<E: AwsEphemeral> EphemeralAdapter<E> {
    pub(crate) fn new(code: E, generation: Generation) -> Self {
        Self { code, source: Source::new(E::TYPE, TypeKind::Ephemeral, generation) }
    }

    async fn try_open(&self, cx: &Context<'_>) -> Result<Value, Error> {
        let attributes = self.code.open(cx, form::attributes(E::TYPE, &cx.form.base)?).await?;
        Ok(cx.form.value(&attributes)?)
    }
}

#[async_trait]
impl<E: AwsEphemeral> EphemeralType for EphemeralAdapter<E> {
    fn name(&self) -> &str {
        E::TYPE
    }

    fn schema(&self) -> &Schema {
        self.source.schema()
    }

    fn validate(&self, config: &Value) -> Diagnostics {
        self.code.validate(config)
    }

    async fn open(&self, call: &Call<'_>, config: &Value) -> Result<Opened, Diagnostics> {
        let cx = self.source.context(call, config)?;
        let opened = self.try_open(&cx).await;
        let result = opened.map_err(|error| error.into_diagnostics(&format!("opening {}", E::NOUN)))?;
        Ok(Opened { result, private: Vec::new(), renew_in: None })
    }

    async fn renew(&self, _call: &Call<'_>, private: &[u8]) -> Result<Renewed, Diagnostics> {
        Ok(Renewed { private: private.to_vec(), renew_in: None })
    }

    async fn close(&self, _call: &Call<'_>, _private: &[u8]) -> Result<(), Diagnostics> {
        Ok(())
    }
}
