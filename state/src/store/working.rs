//! The part that all stores share: folding outcomes into a state, and numbering the snapshots that are written.

use std::sync::Arc;

use super::{Final, OperationId, Outcome, Snapshot, StateVersion};
use crate::error::StateError;
use crate::file;
use crate::model::State;

/// The state of a running operation.
///
/// A writer takes the state out with [`Working::unsaved`], works on it without holding up those who record, and
/// reports back with [`Working::saved`].
#[derive(Debug)]
pub struct Working {
    operation: OperationId,
    state: Arc<State>,
    /// Counts the changes made.
    generation: u64,
    /// The generation that the last snapshot holds.
    saved_generation: u64,
}

/// A state to be written.
#[derive(Clone, Debug)]
pub struct Unsaved {
    /// What to write.
    pub state: Arc<State>,
    generation: u64,
}

impl Working {
    /// Starts from what was read. A state that does not exist yet is to be written even if nothing happens to it.
    pub fn new(operation: OperationId, base: &Snapshot) -> Self {
        Self { operation, state: Arc::clone(&base.state), generation: u64::from(!base.exists), saved_generation: 0 }
    }

    /// The state with all outcomes so far.
    pub fn state(&self) -> &Arc<State> {
        &self.state
    }

    /// The operation that is running.
    pub fn operation(&self) -> &OperationId {
        &self.operation
    }

    /// Fails unless a record belongs to the operation that is running.
    pub fn check(&self, operation: &OperationId) -> Result<(), StateError> {
        if *operation == self.operation { Ok(()) } else { Err(StateError::NoSuchOperation(operation.clone())) }
    }

    /// Takes an outcome over.
    ///
    /// Copies the state's index, not its objects, if someone shares it: once after each snapshot.
    pub fn fold(&mut self, outcome: &Outcome) -> Result<(), StateError> {
        self.check(&outcome.operation)?;
        Arc::make_mut(&mut self.state).apply(&outcome.address, outcome.deposed.as_ref(), &outcome.change)?;
        self.generation += 1;
        Ok(())
    }

    /// Takes the final values over.
    pub fn end(&mut self, end: Final) {
        if end.outputs.is_none() && end.check_results.is_none() {
            return;
        }
        let state = Arc::make_mut(&mut self.state);
        if let Some(outputs) = end.outputs {
            state.outputs = outputs;
        }
        if let Some(check_results) = end.check_results {
            state.check_results = check_results;
        }
        self.generation += 1;
    }

    /// What is to be written; `None` when nothing happened since the last time.
    pub fn unsaved(&self) -> Option<Unsaved> {
        (self.generation != self.saved_generation)
            .then(|| Unsaved { state: Arc::clone(&self.state), generation: self.generation })
    }

    /// Notes that a state is stored now, under this version.
    pub fn saved(&mut self, unsaved: Unsaved, version: &StateVersion) {
        self.saved_generation = unsaved.generation;
        // No longer shared, so that the next line copies nothing.
        drop(unsaved);
        let state = Arc::make_mut(&mut self.state);
        state.lineage.clone_from(&version.lineage);
        state.serial = version.serial;
    }
}

/// Numbers snapshots: the serial rises by one with each that differs from the one before.
#[derive(Debug)]
pub struct Ledger {
    version: StateVersion,
    last: Last,
}

/// What is stored now.
#[derive(Debug)]
enum Last {
    /// Nothing.
    Absent,
    /// This state, which is encoded when there is something to compare it with.
    Read(Arc<State>),
    /// A state with this body.
    Written(Vec<u8>),
}

/// A snapshot about to be written.
#[derive(Debug)]
pub struct Numbered {
    /// The whole file.
    pub bytes: Vec<u8>,
    /// Its lineage and serial.
    pub version: StateVersion,
    body: Vec<u8>,
}

impl Ledger {
    /// Starts from what was read.
    pub fn new(base: &Snapshot) -> Self {
        let last = if base.exists { Last::Read(Arc::clone(&base.state)) } else { Last::Absent };
        Self { version: base.version(), last }
    }

    /// Which snapshot is stored now.
    pub fn version(&self) -> &StateVersion {
        &self.version
    }

    /// The file to write for a state; `None` when what is stored says the same already.
    pub fn number(&mut self, state: &State) -> Result<Option<Numbered>, StateError> {
        let body = file::encode_body(state)?;
        if let Last::Read(read) = &self.last {
            self.last = Last::Written(file::encode_body(read)?);
        }
        if matches!(&self.last, Last::Written(last) if *last == body) {
            return Ok(None);
        }
        let lineage = if self.version.lineage.is_empty() {
            uuid::Uuid::new_v4().to_string()
        } else {
            self.version.lineage.clone()
        };
        let version = StateVersion { lineage, serial: self.version.serial + 1 };
        Ok(Some(Numbered { bytes: file::with_header(&version, &body)?, version, body }))
    }

    /// A file with this state, to be kept elsewhere because its own place fails. It is numbered as the next snapshot
    /// would be, so that it can be pushed onto what is stored.
    pub fn emergency_bytes(&mut self, state: &State) -> Result<Vec<u8>, StateError> {
        match self.number(state)? {
            Some(numbered) => Ok(numbered.bytes),
            None => file::with_header(&self.version, &file::encode_body(state)?),
        }
    }

    /// Notes that a snapshot is stored now.
    pub fn written(&mut self, numbered: Numbered) {
        self.version = numbered.version;
        self.last = Last::Written(numbered.body);
    }
}
