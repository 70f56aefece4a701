//! `memory_secret`: an ephemeral resource that is lent by the table for a time.

use std::collections::BTreeMap;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use async_trait::async_trait;
use infra_values::{Str, Type, Value};

use super::{Call, Cloud, Deed, Diagnostics, failed, name_of};
use crate::provider::{EphemeralType, Opened, Renewed};
use crate::schema::{Attribute, Block, Schema};

/// The type. It must be renewed after `lease` seconds, if that is set.
pub(super) struct Secret {
    pub(super) cloud: Arc<Mutex<Cloud>>,
    pub(super) schema: Schema,
}

pub(super) fn schema() -> Schema {
    let optional = |ty: Type| Attribute { optional: true, ..Attribute::of(ty) };
    let attributes = BTreeMap::from([
        (Str::from("name"), Attribute { required: true, ..Attribute::of(Type::String) }),
        (Str::from("lease"), optional(Type::Number)),
        (Str::from("value"), Attribute { computed: true, sensitive: true, ..Attribute::of(Type::String) }),
    ]);
    Schema { block: Block { attributes, ..Block::default() }, ..Schema::default() }
}

impl Secret {
    fn note(&self, deed: Deed, name: &str) -> Result<MutexGuard<'_, Cloud>, Diagnostics> {
        let mut cloud = self.cloud.lock().unwrap_or_else(PoisonError::into_inner);
        match cloud.take_fault(deed, name) {
            Some(fault) => Err(failed(fault, deed, name).into()),
            None => {
                cloud.log.push((deed, name.to_owned()));
                Ok(cloud)
            }
        }
    }
}

#[async_trait]
impl EphemeralType for Secret {
    fn name(&self) -> &str {
        "memory_secret"
    }

    fn schema(&self) -> &Schema {
        &self.schema
    }

    fn validate(&self, _config: &Value) -> Diagnostics {
        Diagnostics::new()
    }

    async fn open(&self, _call: &Call<'_>, config: &Value) -> Result<Opened, Diagnostics> {
        let name = name_of(config).to_owned();
        let mut cloud = self.note(Deed::Open, &name)?;
        cloud.next_id += 1;
        let value = Value::string(format!("{name}-{}", cloud.next_id));
        let lease = config.get("lease").cloned().unwrap_or_else(|| Value::null(Type::Number));
        let seconds = lease.as_number().and_then(|number| number.as_u64());
        Ok(Opened {
            result: Value::object_from([("name", Value::string(&name)), ("lease", lease), ("value", value)]),
            private: name.into_bytes(),
            renew_in: seconds.map(Duration::from_secs),
        })
    }

    async fn renew(&self, _call: &Call<'_>, private: &[u8]) -> Result<Renewed, Diagnostics> {
        drop(self.note(Deed::Renew, &String::from_utf8_lossy(private))?);
        Ok(Renewed { private: private.to_vec(), renew_in: None })
    }

    async fn close(&self, _call: &Call<'_>, private: &[u8]) -> Result<(), Diagnostics> {
        self.note(Deed::Close, &String::from_utf8_lossy(private)).map(|_| ())
    }
}
