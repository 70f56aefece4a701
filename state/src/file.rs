//! The state format, version 4.
//!
//! [`decode`] makes a [`State`] of a file's bytes, [`encode`] the reverse. What Terraform 1.11.4 wrote comes out byte
//! for byte the same. Keys nobody knows are dropped, as Terraform does.
//!
//! Attributes, identities and check results are carried as text: reading finds where they end, writing only indents
//! them, whatever white space they came with.
//!
//! Deliberately elsewhere: where the bytes are kept ([`crate::store`]), upgrades of attributes (provider schemas).

use crate::State;
use crate::error::StateError;
use crate::store::StateVersion;

mod outputs;
mod paths;
mod pretty;
mod read;
mod write;

/// The version of Terraform whose states we write: Terraform refuses states of versions it cannot parse.
pub const TERRAFORM_VERSION: &str = "1.11.4";

/// The version of the format.
pub const FORMAT_VERSION: u64 = 4;

/// Reads a state. `origin` is its path or URL, for messages.
pub fn decode(origin: &str, bytes: &[u8]) -> Result<State, StateError> {
    read::decode(origin, bytes)
}

/// Writes a state, with its lineage and serial as they are.
pub fn encode(state: &State) -> Result<Vec<u8>, StateError> {
    let version = StateVersion { lineage: state.lineage.clone(), serial: state.serial };
    with_header(&version, &encode_body(state)?)
}

/// Everything of a state but its header: two states are the same when their bodies are.
///
/// Put the header in front with [`with_header`].
pub fn encode_body(state: &State) -> Result<Vec<u8>, StateError> {
    write::body(state)
}

/// A complete file from a body, with this lineage and serial.
pub fn with_header(version: &StateVersion, body: &[u8]) -> Result<Vec<u8>, StateError> {
    write::with_header(version, body)
}

#[cfg(test)]
mod tests;
