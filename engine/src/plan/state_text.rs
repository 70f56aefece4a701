//! A state inside a plan file, in the state's own file format.

use std::sync::Arc;

use infra_state::{State, file};
use serde::{Deserialize, Deserializer, Serializer};

pub(super) fn serialize<S: Serializer>(state: &Arc<State>, serializer: S) -> Result<S::Ok, S::Error> {
    let bytes = file::encode(state).map_err(serde::ser::Error::custom)?;
    serializer.serialize_str(&String::from_utf8(bytes).map_err(serde::ser::Error::custom)?)
}

pub(super) fn deserialize<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Arc<State>, D::Error> {
    let text = String::deserialize(deserializer)?;
    file::decode("the saved plan", text.as_bytes()).map(Arc::new).map_err(serde::de::Error::custom)
}
