//! What an operation records: that it began, and for each object intent, identity and outcome.

use infra_values::address::{DeposedKey, ResourceInstance};
use serde_json::Value as Json;

use super::{OperationId, Snapshot, StateVersion};
use crate::error::StateError;
use crate::model::Change;

/// An operation about to begin.
#[derive(Clone, Debug)]
pub struct Operation {
    /// What runs: `apply`, `destroy`, `import`, `state rm`, …
    pub kind: String,
    /// The plan in a sentence, for whoever finds the record later: `3 to add, 1 to change, 0 to destroy`.
    pub summary: String,
    /// When it began.
    pub started_at: jiff::Timestamp,
    /// The snapshot it was planned from; `None` takes whatever is stored.
    pub based_on: Option<StateVersion>,
    /// The unfinished operation whose records this one resolves: they are discarded when this one finishes.
    pub recovers: Option<OperationId>,
}

impl Operation {
    /// Fails when the stored state is not the one the operation was planned from.
    pub fn check_base(&self, place: &str, stored: &Snapshot) -> Result<(), StateError> {
        match &self.based_on {
            Some(planned) if *planned != stored.version() => {
                Err(StateError::Stale { place: place.to_owned(), planned: planned.clone(), found: stored.version() })
            }
            _ => Ok(()),
        }
    }
}

/// What a call does to an object.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Action {
    /// Makes it.
    Create,
    /// Changes it in place.
    Update,
    /// Destroys it.
    Delete,
}

/// A call about to be made. An object has one open intent at most.
#[derive(Clone, Debug)]
pub struct Intent {
    /// The operation it is part of.
    pub operation: OperationId,
    /// The object.
    pub address: ResourceInstance,
    /// Which deposed object, if not the current one.
    pub deposed: Option<DeposedKey>,
    /// What will be done.
    pub action: Action,
    /// Identifies the planned values, in hexadecimal.
    pub planned_hash: String,
    /// The token that makes a second identical call harmless, where the service knows one.
    pub idempotency_token: Option<String>,
    /// How to find the object if nobody hears the answer: names, tags, whatever the resource type needs.
    pub lookup: Json,
}

/// The cloud's answer to who an object is, before it is ready.
#[derive(Clone, Debug)]
pub struct Identity {
    /// The operation it is part of.
    pub operation: OperationId,
    /// The object.
    pub address: ResourceInstance,
    /// Which deposed object, if not the current one.
    pub deposed: Option<DeposedKey>,
    /// The attributes known so far; enough to read the object.
    pub attributes: Json,
}

/// What became of an object. Closes its intent, if it had one.
#[derive(Clone, Debug)]
pub struct Outcome {
    /// The operation it is part of.
    pub operation: OperationId,
    /// The object.
    pub address: ResourceInstance,
    /// Which deposed object, if not the current one.
    pub deposed: Option<DeposedKey>,
    /// What the state shall hold now.
    pub change: Change,
    /// Why it failed, if it did. A failed call may have changed something all the same.
    pub error: Option<String>,
}
