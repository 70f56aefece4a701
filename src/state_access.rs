//! The state of a directory for commands that look at it or edit it without planning.
//!
//! Edits go the same way as what apply does: an operation whose outcomes the store folds into the state, so that a
//! killed command leaves the state as it was or as it should be.

use std::sync::Arc;

use infra_engine::config::{Config, DiskFiles};
use infra_engine::diagnostics::Diagnostic;
use infra_state::State;
use infra_state::model::Change;
use infra_state::store::{Final, LockId, Operation, Outcome, Snapshot, StateStore};
use infra_values::address::{DeposedKey, ResourceInstance};

use crate::arguments::{EditArguments, LockArguments};
use crate::backend::{self, StateFlags};
use crate::command_error::{CommandError, state_diagnostic};
use crate::operation;
use crate::project::Session;

/// The files of the directory as far as they say where its state is: only the backend block matters. Without one the
/// files must be free of mistakes, because it may stand in a part that could not be read.
pub fn configuration(session: &Session<'_>) -> Result<Config, CommandError> {
    let loaded = crate::modules::load_installed(&DiskFiles::new(&session.directory), session);
    let (config, diagnostics) = (loaded.config, loaded.diagnostics);
    let has_mistakes = diagnostics.iter().any(|found| found.is_error() && found.span.is_some());
    if config.root().backend.is_none() && has_mistakes {
        session.printer.diagnostics(&diagnostics, &config.sources, false);
        return Err(CommandError::shown());
    }
    Ok(config)
}

/// Opens the store of the directory.
pub fn open(session: &Session<'_>, flags: &StateFlags) -> Result<Arc<dyn StateStore>, CommandError> {
    let config = configuration(session)?;
    backend::open(session, config.root().backend.as_ref(), flags)
        .map_err(|error| error.shown_with(session.printer, &config.sources))
}

/// Reads the state, which must be there.
pub async fn read_existing(session: &Session<'_>, state: Option<&String>) -> Result<Snapshot, CommandError> {
    let store = open(session, &StateFlags { state: state.cloned(), ..StateFlags::default() })?;
    let snapshot = store.read().await?;
    if snapshot.exists {
        return Ok(snapshot);
    }
    Err(Diagnostic::error(
        "No state file was found",
        format!(
            "There is no state at {}. Run this command where something was applied, or name the state with -state.",
            store.place()
        ),
    )
    .into())
}

/// Changes to a state, each to one object.
pub struct Edits {
    /// What is done, for whoever finds the record later: `state rm`.
    pub kind: &'static str,
    /// The changes in their order.
    pub changes: Vec<(ResourceInstance, Option<DeposedKey>, Change)>,
}

/// A state that is held for editing.
pub struct Editing<'s> {
    session: &'s Session<'s>,
    store: Arc<dyn StateStore>,
    lock: Option<LockId>,
    /// The state as it is.
    pub snapshot: Snapshot,
}

impl<'s> Editing<'s> {
    /// Opens, locks and reads the state. `keeps_every_backup` gives the backup of this edit a name of its own.
    pub async fn begin(
        session: &'s Session<'s>,
        arguments: &EditArguments,
        kind: &str,
        keeps_every_backup: bool,
    ) -> Result<Self, CommandError> {
        let flags = StateFlags {
            state: arguments.state.clone(),
            state_out: arguments.state_out.clone(),
            backup: arguments.backup.clone(),
            keeps_every_backup,
        };
        let store = open(session, &flags)?;
        Self::hold(session, store, &arguments.lock, kind).await
    }

    /// Locks and reads a state.
    pub async fn hold(
        session: &'s Session<'s>,
        store: Arc<dyn StateStore>,
        arguments: &LockArguments,
        kind: &str,
    ) -> Result<Self, CommandError> {
        let lock = match arguments.lock {
            true => Some(backend::lock(session, store.as_ref(), kind, &arguments.lock_timeout).await?),
            false => None,
        };
        match store.read().await {
            Ok(snapshot) => Ok(Self { session, store, lock, snapshot }),
            Err(error) => {
                backend::unlock(session, store.as_ref(), lock.as_ref()).await?;
                Err(error.into())
            }
        }
    }

    /// Ends the work: makes the edits if there are any, and gives the lock up whatever happened.
    pub async fn end(self, edits: Result<Option<Edits>, CommandError>) -> Result<(), CommandError> {
        let result = match edits {
            Ok(Some(edits)) if !edits.changes.is_empty() => self.record(edits).await,
            Ok(_) => Ok(()),
            Err(error) => Err(error),
        };
        self.release(result).await
    }

    /// Replaces the whole state, and gives the lock up.
    pub async fn replace(self, state: State) -> Result<(), CommandError> {
        let result = self.store.overwrite(state).await.map_err(CommandError::from);
        self.release(result).await
    }

    async fn release(self, result: Result<(), CommandError>) -> Result<(), CommandError> {
        let released = backend::unlock(self.session, self.store.as_ref(), self.lock.as_ref()).await;
        result.and(released)
    }

    async fn record(&self, edits: Edits) -> Result<(), CommandError> {
        let operation = self
            .store
            .begin_operation(&Operation {
                kind: edits.kind.to_owned(),
                summary: format!("{} changes to the state alone", edits.changes.len()),
                started_at: jiff::Timestamp::now(),
                based_on: Some(self.snapshot.version()),
                recovers: None,
            })
            .await?;
        for (address, deposed, change) in edits.changes {
            let outcome = Outcome { operation: operation.clone(), address, deposed, change, error: None };
            self.store.record_outcome(&outcome).await?;
        }
        match self.store.finish(Final::default()).await {
            Ok(_) => Ok(()),
            Err(error) => {
                let mut diagnostics: infra_engine::diagnostics::Diagnostics = state_diagnostic(&error).into();
                diagnostics.push(operation::rescue(self.session, self.store.as_ref()).await);
                Err(diagnostics.into())
            }
        }
    }
}
