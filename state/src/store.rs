//! Where a state is kept while it is worked on: the trait, and what an operation records.
//!
//! The order of a run that changes something:
//!
//! 1. [`StateStore::lock`], [`StateStore::read`], plan;
//! 2. [`StateStore::begin_operation`] with what the plan was based on;
//! 3. for each object [`StateStore::record_intent`], the cloud call, [`StateStore::record_identity`] as soon as the
//!    cloud names the object, and [`StateStore::record_outcome`];
//! 4. [`StateStore::finish`], [`StateStore::unlock`].
//!
//! The store folds outcomes into its copy of the state and decides when to write a snapshot. What the plan decides
//! without a call (a refreshed object, a move) is an outcome without intent.
//!
//! Deliberately elsewhere: what an interrupted operation's records mean for the cloud (the engine resolves them),
//! encryption, workspaces.

use std::collections::BTreeMap;
use std::fmt;
use std::path::Path;
use std::sync::Arc;

use async_trait::async_trait;
use infra_values::Str;
use serde_json::value::RawValue;

use crate::error::StateError;
use crate::lock::LockRequest;
use crate::model::{OutputValue, State};

mod journal;
mod memory;
mod records;
#[cfg(any(test, feature = "test-suite"))]
pub mod suite;
mod working;

pub use journal::{Entry, Journal, NoJournal, RecordingJournal};
pub use memory::{CallKind, MemoryStore};
pub use records::{Action, Identity, Intent, Operation, Outcome};
pub use working::{Ledger, Numbered, Unsaved, Working};

/// Keeps one state: that of one workspace of one configuration.
///
/// A store is used by one run. Its methods may be called concurrently. Stores on one file or object exclude each
/// other by the lock, whether they are in one process or not.
#[async_trait]
pub trait StateStore: Send + Sync {
    /// Where the state is, for messages: a path or URL.
    fn place(&self) -> String;

    /// The state as it is stored now; while an operation is running, with the outcomes recorded so far.
    ///
    /// Reading needs no lock. A state that was never written is empty, with [`Snapshot::exists`] false.
    async fn read(&self) -> Result<Snapshot, StateError>;

    /// Takes the lock, waiting up to the request's timeout: [`StateError::Locked`] says who held it then.
    async fn lock(&self, request: &LockRequest) -> Result<LockId, StateError>;

    /// Gives up the lock taken here.
    async fn unlock(&self, id: &LockId) -> Result<(), StateError>;

    /// Takes the lock away from whoever holds it, if that lock has this ID.
    async fn force_unlock(&self, id: &LockId) -> Result<(), StateError>;

    /// Replaces the stored state by exactly this one, with its lineage and serial, in one write: all of it or nothing
    /// (`state mv`, `state push`, migration).
    ///
    /// Whether that is wise (lineages that differ, a lower serial) is for the caller to judge, by looking at the state
    /// of the version `judged`. Fails with [`StateError::ChangedUnderneath`] when that is not what is stored.
    async fn overwrite(&self, state: State, judged: &StateVersion) -> Result<(), StateError>;

    /// Begins an operation. Fails with [`StateError::Stale`] when the stored state is not the one that the
    /// operation was planned from.
    async fn begin_operation(&self, operation: &Operation) -> Result<OperationId, StateError>;

    /// Records what is about to be done. Once it returns, and not before, the call may be made.
    ///
    /// Fails with [`StateError::NotSaved`] when earlier outcomes could not be saved: nothing new should start then.
    async fn record_intent(&self, intent: &Intent) -> Result<(), StateError>;

    /// Records how the cloud calls the object, as soon as that is known and before any waiting.
    async fn record_identity(&self, identity: &Identity) -> Result<(), StateError>;

    /// Records what became of an object. Even when this fails because a disk is full, the outcome is kept in memory
    /// and part of every later attempt to write; only an [`StateError::ImpossibleChange`] leaves no trace.
    async fn record_outcome(&self, outcome: &Outcome) -> Result<(), StateError>;

    /// Writes a snapshot now, unless nothing changed since the last one.
    async fn checkpoint(&self) -> Result<(), StateError>;

    /// Ends the operation: takes over the final values and writes the last snapshot, unless nothing changed.
    ///
    /// When writing fails, the operation is still running: try again, or [`write_emergency`](Self::write_emergency).
    async fn finish(&self, end: Final) -> Result<Snapshot, StateError>;

    /// Writes what the running operation knows to another file (`errored.tfstate`), when its own place fails.
    async fn write_emergency(&self, path: &Path) -> Result<(), StateError>;
}

/// A state as it was read.
#[derive(Clone, Debug, Default)]
pub struct Snapshot {
    /// The state. Shared, not copied.
    pub state: Arc<State>,
    /// Whether there is a stored state at all.
    pub exists: bool,
    /// What an operation that never finished left in the journal, oldest first. Not part of `state` yet. Without the
    /// lock it may as well belong to an operation that is running elsewhere.
    pub left_behind: Vec<Entry>,
}

impl Snapshot {
    /// Which snapshot it is.
    pub fn version(&self) -> StateVersion {
        StateVersion { lineage: self.state.lineage.clone(), serial: self.state.serial }
    }
}

/// Names one snapshot of one state. A state that was never written has an empty lineage and serial 0.
#[derive(Clone, Debug, Default, PartialEq, Eq, Hash, serde::Serialize, serde::Deserialize)]
pub struct StateVersion {
    /// Tells states of different origin apart.
    pub lineage: String,
    /// Counts the snapshots written.
    pub serial: u64,
}

/// What an operation leaves beside its objects.
#[derive(Clone, Debug, Default)]
pub struct Final {
    /// All output values of the root module; `None` leaves those of the state.
    pub outputs: Option<BTreeMap<Str, OutputValue>>,
    /// Check results as the file has them; `None` leaves those of the state, `Some(None)` takes them away.
    pub check_results: Option<Option<Arc<RawValue>>>,
}

/// Names a lock that was taken.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct LockId(pub String);

impl fmt::Display for LockId {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str(&self.0)
    }
}

/// Names an operation that was begun.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct OperationId(pub Str);

impl OperationId {
    /// A new one.
    pub fn random() -> Self {
        Self(Str::from(uuid::Uuid::new_v4().to_string()))
    }
}

impl fmt::Display for OperationId {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str(&self.0)
    }
}
