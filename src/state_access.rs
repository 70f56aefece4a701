//! The state of a directory for commands that look at it or edit it without planning.
//!
//! An edit changes nothing but the state, and is one write: a killed command leaves the state as it was or as it
//! should be, and one that fails has changed nothing.

use std::sync::Arc;

use infra_engine::config::{Config, DiskFiles};
use infra_engine::diagnostics::Diagnostic;
use infra_state::store::{LockId, Snapshot, StateStore};
use infra_state::{State, file};

use crate::arguments::LockArguments;
use crate::backend::{self, StateFlags};
use crate::command_error::CommandError;
use crate::project::Session;

/// The files of the directory as far as they say where its state is: only the backend block matters. Where there is
/// none, no file may be unreadable, because it may stand in a part that could not be read.
pub fn configuration(session: &Session<'_>) -> Result<Config, CommandError> {
    let loaded = crate::modules::load_installed(&DiskFiles::new(&session.directory), session);
    let (config, diagnostics) = (loaded.config, loaded.diagnostics);
    let root = config.root();
    if root.backend.is_none() && root.is_incomplete {
        session.printer.diagnostics(&diagnostics, &config.sources, false);
        return Err(CommandError::shown());
    }
    Ok(config)
}

/// Opens the store of the directory.
pub fn open(session: &Session<'_>, flags: &StateFlags) -> Result<Arc<dyn StateStore>, CommandError> {
    let config = configuration(session)?;
    backend::open(session, config.root().backend.as_ref(), flags)
        .map_err(|error| error.shown_with(session.printer, &config.sources, false))
}

/// Reads the state, which must be there.
pub async fn read_existing(session: &Session<'_>, state: Option<&String>) -> Result<Snapshot, CommandError> {
    let store = open(session, &StateFlags { state: state.cloned(), ..StateFlags::default() })?;
    let snapshot = store.read().await?;
    if snapshot.exists { Ok(snapshot) } else { Err(no_state(store.as_ref()).into()) }
}

/// There is nothing to look at.
pub fn no_state(store: &dyn StateStore) -> Diagnostic {
    Diagnostic::error(
        "No state file was found",
        format!(
            "There is no state at {}. Run this command where something was applied, or name the state with -state.",
            store.place()
        ),
    )
}

/// Whether two states have the same content, whatever their serials.
pub fn is_same(one: &State, other: &State) -> bool {
    // What cannot be encoded cannot be written either, and the error is that of writing.
    matches!((file::encode_body(one), file::encode_body(other)), (Ok(one), Ok(other)) if one == other)
}

/// A state that is held for editing. Whoever has one ends it: with [`write`](Self::write), [`replace`](Self::replace),
/// [`leave`](Self::leave) or [`fail`](Self::fail).
pub struct Editing<'s> {
    session: &'s Session<'s>,
    store: Arc<dyn StateStore>,
    lock: Option<LockId>,
    /// The state as it is.
    pub snapshot: Snapshot,
}

impl<'s> Editing<'s> {
    /// Opens, locks and reads the state.
    pub async fn begin(
        session: &'s Session<'s>,
        flags: &StateFlags,
        lock: &LockArguments,
        kind: &str,
    ) -> Result<Self, CommandError> {
        Self::hold(session, open(session, flags)?, lock, kind).await
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
        let read = store.read().await;
        let mut editing = Self { session, store, lock, snapshot: Snapshot::default() };
        match read {
            Ok(snapshot) => {
                editing.snapshot = snapshot;
                Ok(editing)
            }
            Err(error) => Err(editing.fail(error.into()).await),
        }
    }

    /// Where the state is kept.
    pub fn store(&self) -> &dyn StateStore {
        self.store.as_ref()
    }

    /// Writes the state as the one that follows what was read, if it differs, and gives the lock up.
    pub async fn write(self, state: State) -> Result<(), CommandError> {
        let before = &self.snapshot;
        if before.exists && is_same(&state, &before.state) {
            return self.leave().await;
        }
        let next = state.following(&before.version());
        self.replace(next).await
    }

    /// Writes exactly this state, with its lineage and serial, and gives the lock up.
    pub async fn replace(self, state: State) -> Result<(), CommandError> {
        let written = self.store.overwrite(state, &self.snapshot.version()).await;
        match written {
            Ok(()) => self.leave().await,
            Err(error) => Err(self.fail(error.into()).await),
        }
    }

    /// Gives the lock up; nothing more is changed.
    pub async fn leave(self) -> Result<(), CommandError> {
        backend::unlock(self.session, self.store.as_ref(), self.lock.as_ref()).await
    }

    /// Gives the lock up because of an error, which is given back. Should that fail too, it has been said.
    pub async fn fail(self, error: CommandError) -> CommandError {
        let _ = backend::unlock(self.session, self.store.as_ref(), self.lock.as_ref()).await;
        error
    }
}
