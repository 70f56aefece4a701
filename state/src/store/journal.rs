//! The record of a running operation that outlives a crash.

use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use async_trait::async_trait;

use super::{Identity, Intent, Operation, OperationId, Outcome};
use crate::error::StateError;

/// One line of the record.
#[derive(Clone, Debug)]
pub enum Entry {
    /// An operation began.
    Began(OperationId, Operation),
    /// A call is about to be made.
    Intent(Intent),
    /// The cloud named an object.
    Identity(Identity),
    /// An object is done.
    Outcome(Outcome),
    /// The operation ended and the state holds all outcomes: its record is no longer needed.
    Finished(OperationId),
}

/// Keeps the record of the running operation where a crash does not reach it.
#[async_trait]
pub trait Journal: Send + Sync {
    /// Appends an entry. Once it returns, the entry survives a crash, as far as this journal promises that.
    ///
    /// Concurrent calls may be written together.
    async fn append(&self, entry: Entry) -> Result<(), StateError>;

    /// The entries of an operation that never finished, oldest first.
    async fn left_behind(&self) -> Result<Vec<Entry>, StateError>;
}

/// No record at all: what is not in the state file at a crash is lost.
#[derive(Clone, Copy, Debug, Default)]
pub struct NoJournal;

#[async_trait]
impl Journal for NoJournal {
    async fn append(&self, _: Entry) -> Result<(), StateError> {
        Ok(())
    }

    async fn left_behind(&self) -> Result<Vec<Entry>, StateError> {
        Ok(Vec::new())
    }
}

/// A record in memory, for tests. Clones share it.
#[derive(Clone, Debug, Default)]
pub struct RecordingJournal(Arc<Mutex<Vec<Entry>>>);

impl RecordingJournal {
    /// A journal that some earlier operation left behind.
    pub fn with(entries: Vec<Entry>) -> Self {
        Self(Arc::new(Mutex::new(entries)))
    }

    /// All entries so far.
    pub fn entries(&self) -> Vec<Entry> {
        self.locked().clone()
    }

    fn locked(&self) -> MutexGuard<'_, Vec<Entry>> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

#[async_trait]
impl Journal for RecordingJournal {
    async fn append(&self, entry: Entry) -> Result<(), StateError> {
        self.locked().push(entry);
        Ok(())
    }

    async fn left_behind(&self) -> Result<Vec<Entry>, StateError> {
        let entries = self.entries();
        let last_finished = entries.iter().rposition(|entry| matches!(entry, Entry::Finished(_)));
        Ok(entries[last_finished.map_or(0, |position| position + 1)..].to_vec())
    }
}
