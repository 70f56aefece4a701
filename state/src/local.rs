//! A state in a file on this machine.
//!
//! While an operation runs, outcomes are folded into the state in memory, and a thread writes the file at most once per
//! half second. [`StateStore::finish`] writes the last snapshot; so does dropping the store in the middle of an
//! operation, and if even that fails the state goes to `errored.tfstate` beside the file. Ending the process without
//! dropping the store (`std::process::exit`) loses at most the last half second.
//!
//! Each snapshot is a whole file, see `whole`; the lock is Terraform's, see `held`. Before the first write, the previous
//! file is copied to the backup.
//!
//! File operations block the calling task. They are rare (the frequent ones are in the thread), short, and happen when
//! there is little else to do: before the first call of an operation and after the last.

use std::path::Path;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use async_trait::async_trait;

use crate::error::StateError;
use crate::file;
use crate::lock::{LockInfo, LockRequest, wait_for_lock};
use crate::model::State;
use crate::store::{
    Entry, Final, Identity, Intent, Journal, Ledger, LockId, Operation, OperationId, Outcome, Snapshot, StateStore,
    StateVersion, Working,
};

mod files;
mod held;
mod note;
mod paths;
mod saver;
mod whole;

pub use paths::{Backup, LocalPaths, WORKSPACES_FOLDER, unused_refuge};
pub(crate) use whole::write_whole_file;

use files::Files;
use held::HeldFile;
use saver::Saver;

/// A state in a file on this machine.
pub struct LocalStore {
    shared: Arc<Shared>,
    saver: Mutex<Option<Saver>>,
}

/// What the store and its saver thread share. Locked in the order of the fields.
struct Shared {
    paths: LocalPaths,
    journal: Arc<dyn Journal>,
    disk: Mutex<Disk>,
    session: Mutex<Session>,
}

/// The files, and how their snapshots are numbered. Whoever writes holds it for the whole time.
struct Disk {
    files: Files,
    /// While an operation is running.
    ledger: Option<Ledger>,
}

/// The running operation. Held for moments only.
#[derive(Default)]
struct Session {
    working: Option<Working>,
    /// Why the last attempt to save failed, if it did.
    failure: Option<Arc<StateError>>,
    /// Whether the state was written elsewhere because its place failed.
    rescued: bool,
}

fn locked<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}

impl LocalStore {
    /// A store on these files. Nothing is read or made yet.
    pub fn new(paths: LocalPaths, journal: Arc<dyn Journal>) -> Self {
        let disk = Disk { files: Files::new(paths.clone()), ledger: None };
        let shared = Shared { paths, journal, disk: Mutex::new(disk), session: Mutex::default() };
        Self { shared: Arc::new(shared), saver: Mutex::default() }
    }

    fn start_saver(&self) -> Result<(), StateError> {
        let shared = Arc::clone(&self.shared);
        let saver = Saver::start(move || shared.save_in_background())
            .map_err(StateError::io("start the thread that saves the state", self.shared.paths.out()))?;
        *locked(&self.saver) = Some(saver);
        Ok(())
    }

    fn stop_saver(&self) {
        // Taken out first: stopping waits for the thread, and the lock should not be held meanwhile.
        let saver = locked(&self.saver).take();
        drop(saver);
    }

    /// Ends an operation that nobody finished. What it did is saved, if at all possible.
    fn abandon(&self) -> Result<(), StateError> {
        self.stop_saver();
        if locked(&self.shared.session).working.is_none() {
            return Ok(());
        }
        let saved = self.shared.save();
        let rescued = saved.is_ok() || locked(&self.shared.session).rescued;
        let saved = match saved {
            Err(error) if !rescued => {
                let folder = self.shared.paths.out().parent().unwrap_or(Path::new("."));
                let refuge = unused_refuge(folder);
                let rescue = self.shared.write_emergency(&refuge);
                tracing::error!(%error, refuge = %refuge.display(), written = rescue.is_ok(), "could not save the state");
                rescue.and(Err(error))
            }
            Err(error) => {
                tracing::debug!(%error, "still could not save the state, which was written elsewhere");
                Ok(())
            }
            Ok(()) => Ok(()),
        };
        *locked(&self.shared.session) = Session::default();
        locked(&self.shared.disk).ledger = None;
        saved
    }
}

impl Drop for LocalStore {
    fn drop(&mut self) {
        if let Err(error) = self.abandon() {
            tracing::error!(%error, "an operation was not finished, and what it did could not be saved");
        }
        if let Err(error) = locked(&self.shared.disk).files.release() {
            tracing::error!(%error, "could not unlock the state");
        }
    }
}

impl Shared {
    fn place(&self) -> String {
        self.paths.out().display().to_string()
    }

    fn save_in_background(&self) -> bool {
        match self.save() {
            Ok(()) => true,
            Err(error) => {
                tracing::warn!(%error, "could not save the state; trying again");
                locked(&self.session).failure = Some(Arc::new(error));
                false
            }
        }
    }

    /// Writes a snapshot, unless nothing changed.
    fn save(&self) -> Result<(), StateError> {
        let mut disk = locked(&self.disk);
        let Disk { files, ledger } = &mut *disk;
        let unsaved = locked(&self.session).working.as_ref().and_then(Working::unsaved);
        let (Some(unsaved), Some(ledger)) = (unsaved, ledger) else {
            return Ok(());
        };
        if let Some(numbered) = ledger.number(&unsaved.state)? {
            files.write(&numbered.bytes)?;
            ledger.written(numbered);
        }
        let mut session = locked(&self.session);
        session.failure = None;
        if let Some(working) = &mut session.working {
            working.saved(unsaved, ledger.version());
        }
        Ok(())
    }

    fn write_emergency(&self, path: &Path) -> Result<(), StateError> {
        let mut disk = locked(&self.disk);
        let state = locked(&self.session).working.as_ref().map(|working| Arc::clone(working.state()));
        let (Some(state), Some(ledger)) = (state, &mut disk.ledger) else {
            return Ok(());
        };
        write_whole_file(path, &ledger.emergency_bytes(&state)?)?;
        locked(&self.session).rescued = true;
        Ok(())
    }

    fn check(&self, operation: &OperationId) -> Result<(), StateError> {
        match &locked(&self.session).working {
            Some(working) => working.check(operation),
            None => Err(StateError::NoSuchOperation(operation.clone())),
        }
    }

    fn check_idle(&self) -> Result<(), StateError> {
        match &locked(&self.session).working {
            Some(working) => Err(StateError::OperationRunning(working.operation().clone())),
            None => Ok(()),
        }
    }
}

#[async_trait]
impl StateStore for LocalStore {
    fn place(&self) -> String {
        self.shared.place()
    }

    async fn read(&self) -> Result<Snapshot, StateError> {
        let left_behind = self.shared.journal.left_behind().await?;
        if let Some(working) = &locked(&self.shared.session).working {
            return Ok(Snapshot { state: Arc::clone(working.state()), exists: true, left_behind: Vec::new() });
        }
        let snapshot = locked(&self.shared.disk).files.load()?;
        Ok(Snapshot { left_behind, ..snapshot })
    }

    async fn lock(&self, request: &LockRequest) -> Result<LockId, StateError> {
        let held = wait_for_lock(request.timeout, || {
            HeldFile::take(self.shared.paths.out())?.ok_or_else(|| StateError::Locked {
                place: self.place(),
                info: note::read(&self.shared.paths).map(Box::new),
            })
        })
        .await?;
        let info = LockInfo::new(request, self.shared.paths.state.display().to_string());
        locked(&self.shared.disk).files.locked(held, info)
    }

    async fn unlock(&self, id: &LockId) -> Result<(), StateError> {
        let found = locked(&self.shared.disk).files.lock_id();
        match found {
            None => Err(StateError::NotLocked { place: self.place() }),
            Some(found) if found != *id => {
                Err(StateError::WrongLock { place: self.place(), given: id.clone(), found: Some(found) })
            }
            Some(_) => {
                let abandoned = self.abandon();
                let released = locked(&self.shared.disk).files.release();
                abandoned.and(released)
            }
        }
    }

    /// A local lock ends with its process, so there is nothing to take away but a note that a killed one left behind.
    async fn force_unlock(&self, id: &LockId) -> Result<(), StateError> {
        let place = self.place();
        let info = note::read(&self.shared.paths);
        let Some(_held) = HeldFile::take(self.shared.paths.out())? else {
            return Err(StateError::LockOfProcess { place, info: info.map(Box::new) });
        };
        match info.map(|info| info.lock_id()) {
            None => Err(StateError::NotLocked { place }),
            Some(found) if found != *id => Err(StateError::WrongLock { place, given: id.clone(), found: Some(found) }),
            Some(_) => note::delete(&self.shared.paths),
        }
    }

    async fn overwrite(&self, state: State, judged: &StateVersion) -> Result<(), StateError> {
        self.shared.check_idle()?;
        let bytes = file::encode(&state)?;
        let files = &mut locked(&self.shared.disk).files;
        if files.load()?.version() != *judged {
            return Err(StateError::ChangedUnderneath { place: self.place() });
        }
        files.write(&bytes)
    }

    async fn begin_operation(&self, operation: &Operation) -> Result<OperationId, StateError> {
        let id = OperationId::random();
        self.shared.check_idle()?;
        let base = locked(&self.shared.disk).files.load()?;
        operation.check_base(&self.shared.place(), &base)?;
        self.shared.journal.append(Entry::Began(id.clone(), operation.clone())).await?;
        self.start_saver()?;
        locked(&self.shared.disk).ledger = Some(Ledger::new(&base));
        let working = Some(Working::new(id.clone(), &base));
        *locked(&self.shared.session) = Session { working, ..Session::default() };
        Ok(id)
    }

    async fn record_intent(&self, intent: &Intent) -> Result<(), StateError> {
        self.shared.check(&intent.operation)?;
        if let Some(failure) = &locked(&self.shared.session).failure {
            return Err(StateError::NotSaved(Arc::clone(failure)));
        }
        self.shared.journal.append(Entry::Intent(intent.clone())).await
    }

    async fn record_identity(&self, identity: &Identity) -> Result<(), StateError> {
        self.shared.check(&identity.operation)?;
        self.shared.journal.append(Entry::Identity(identity.clone())).await
    }

    async fn record_outcome(&self, outcome: &Outcome) -> Result<(), StateError> {
        match &mut locked(&self.shared.session).working {
            Some(working) => working.fold(outcome)?,
            None => return Err(StateError::NoSuchOperation(outcome.operation.clone())),
        }
        if let Some(saver) = &*locked(&self.saver) {
            saver.wake();
        }
        self.shared.journal.append(Entry::Outcome(outcome.clone())).await
    }

    async fn checkpoint(&self) -> Result<(), StateError> {
        self.shared.save()
    }

    async fn finish(&self, end: Final) -> Result<Snapshot, StateError> {
        if let Some(working) = &mut locked(&self.shared.session).working {
            working.end(end);
        }
        self.shared.save()?;
        self.stop_saver();
        let Some(working) = locked(&self.shared.session).working.take() else {
            return self.read().await;
        };
        let snapshot = Snapshot { state: Arc::clone(working.state()), exists: true, left_behind: Vec::new() };
        {
            let mut disk = locked(&self.shared.disk);
            disk.ledger = None;
            disk.files.remember(&snapshot);
        }
        self.shared.journal.append(Entry::Finished(working.operation().clone())).await?;
        Ok(snapshot)
    }

    async fn write_emergency(&self, path: &Path) -> Result<(), StateError> {
        self.shared.write_emergency(path)
    }
}

#[cfg(test)]
mod tests;
