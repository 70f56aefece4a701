//! One object: what is known about a thing in the cloud.

use std::collections::BTreeMap;
use std::sync::Arc;

use infra_values::address::ConfigResource;
use infra_values::{Path, Str};
use serde_json::value::RawValue;

/// One object as the state keeps it.
#[derive(Clone, Debug)]
pub struct ObjectState {
    /// Whether it is in order.
    pub status: ObjectStatus,
    /// Version of the resource type's schema that the attributes follow.
    pub schema_version: u64,
    /// The attributes as JSON: an object, by the resource type's schema.
    pub attributes: Arc<RawValue>,
    /// Where in the attributes sensitive values are, beyond what the schema says.
    pub sensitive_paths: Vec<Path>,
    /// Bytes the provider keeps for itself.
    pub private: Option<Arc<[u8]>>,
    /// What must be destroyed after this object: all resources it needs, direct or not.
    pub dependencies: Vec<ConfigResource>,
    /// Whether a replacement is created before this object is destroyed.
    pub create_before_destroy: bool,
    /// The provider's identity of the object, where a newer Terraform stored one.
    pub identity: Option<ObjectIdentity>,
}

/// Whether an object is in order.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum ObjectStatus {
    /// In order.
    #[default]
    Ready,
    /// Created, but not completely: to be replaced.
    Tainted,
}

/// The provider's identity of an object. It is passed through and not looked into.
#[derive(Clone, Debug)]
pub struct ObjectIdentity {
    /// Version of the identity's schema.
    pub schema_version: u64,
    /// The identity as JSON.
    pub data: Option<Arc<RawValue>>,
}

impl ObjectState {
    /// An object in order with these attributes and nothing else.
    pub fn new(schema_version: u64, attributes: impl Into<Arc<RawValue>>) -> Self {
        Self {
            status: ObjectStatus::Ready,
            schema_version,
            attributes: attributes.into(),
            sensitive_paths: Vec::new(),
            private: None,
            dependencies: Vec::new(),
            create_before_destroy: false,
            identity: None,
        }
    }

    /// A string attribute at the top level, e.g. `id`, without decoding the others.
    ///
    /// `None` when there is none, or when it is not a string.
    pub fn string_attribute(&self, name: &str) -> Option<Str> {
        let attributes: BTreeMap<String, &RawValue> = serde_json::from_str(self.attributes.get()).ok()?;
        let text: String = serde_json::from_str(attributes.get(name)?.get()).ok()?;
        Some(text.into())
    }
}
