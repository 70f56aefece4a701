//! The state in memory: what exists, by address.
//!
//! Looking up or changing one object costs the logarithm of their number and copies nothing else. Attributes stay the
//! JSON text they were read as, so that what nobody touches is never decoded. Iteration is in the order of the file.
//!
//! Deliberately elsewhere: reading and writing ([`crate::file`]), what attributes mean (provider schemas).

use std::collections::BTreeMap;
use std::sync::Arc;

use infra_values::address::{AbsoluteResource, DeposedKey, InstanceKey, ProviderConfig, ResourceInstance};
use infra_values::{Str, Value};
use serde_json::value::RawValue;

use crate::store::StateVersion;

mod change;
mod object;
mod resources;

pub use change::Change;
pub use object::{ObjectIdentity, ObjectState, ObjectStatus};
pub use resources::Resources;

/// A whole state.
///
/// Cloning costs one reference count per object; share it in an [`Arc`] instead where it is only read.
#[derive(Clone, Debug, Default)]
pub struct State {
    /// Tells states of different origin apart: a UUID, given at the first write. Empty before that.
    pub lineage: String,
    /// Counts the snapshots written.
    pub serial: u64,
    /// Which version the file said it was written by; empty for a new state. Writing always says
    /// [`crate::file::TERRAFORM_VERSION`].
    pub terraform_version: String,
    /// Output values of the root module.
    pub outputs: BTreeMap<Str, OutputValue>,
    /// Results of checks as the file has them (an array); `None` when no check ever ran.
    pub check_results: Option<Arc<RawValue>>,
    /// Everything that exists.
    pub resources: Resources,
}

/// An output value of the root module.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct OutputValue {
    /// The value, without marks.
    pub value: Value,
    /// Whether it is withheld from human-readable text.
    pub sensitive: bool,
}

/// A resource with all its instances.
#[derive(Clone, Debug)]
pub struct ResourceState {
    /// Its address.
    pub address: AbsoluteResource,
    /// The provider configuration that last managed it, and that destroys it.
    pub provider: ProviderConfig,
    /// Its instances, in the order of the file.
    pub instances: BTreeMap<InstanceKey, InstanceState>,
}

/// One instance: the object it stands for now, and earlier ones that still await their destruction.
#[derive(Clone, Debug, Default)]
pub struct InstanceState {
    /// The object it stands for; `None` when only deposed ones are left.
    pub current: Option<Arc<ObjectState>>,
    /// Objects that were replaced and not destroyed yet.
    pub deposed: BTreeMap<DeposedKey, Arc<ObjectState>>,
}

impl InstanceState {
    /// The current object, then the deposed ones, each with its key.
    pub fn objects(&self) -> impl Iterator<Item = (Option<&DeposedKey>, &Arc<ObjectState>)> {
        let current = self.current.iter().map(|object| (None, object));
        current.chain(self.deposed.iter().map(|(key, object)| (Some(key), object)))
    }

    /// The current object, or a deposed one.
    pub fn object(&self, deposed: Option<&DeposedKey>) -> Option<&Arc<ObjectState>> {
        match deposed {
            None => self.current.as_ref(),
            Some(key) => self.deposed.get(key),
        }
    }

    /// Whether nothing is left of it.
    pub fn is_empty(&self) -> bool {
        self.current.is_none() && self.deposed.is_empty()
    }
}

impl State {
    /// The current object at an address.
    pub fn object(&self, address: &ResourceInstance) -> Option<&Arc<ObjectState>> {
        self.resources.instance(address)?.current.as_ref()
    }

    /// The state as the snapshot that follows another one: of the same origin, or of its own where there was none.
    #[must_use]
    pub fn following(self, base: &StateVersion) -> Self {
        let lineage = match base.lineage.as_str() {
            "" => uuid::Uuid::new_v4().to_string(),
            lineage => lineage.to_owned(),
        };
        Self { lineage, serial: base.serial + 1, ..self }
    }

    /// A key for a deposed object of this instance that is not in use.
    pub fn unused_deposed_key(&self, address: &ResourceInstance) -> DeposedKey {
        let taken = self.resources.instance(address).map(|instance| &instance.deposed);
        loop {
            let random = uuid::Uuid::new_v4().simple().to_string();
            let key = DeposedKey(Str::from(&random[..8]));
            if !taken.is_some_and(|taken| taken.contains_key(&key)) {
                return key;
            }
        }
    }
}

#[cfg(test)]
mod tests;
