//! The files of one local state as one store sees them: read, locked, backed up, replaced.

use std::path::PathBuf;
use std::sync::Arc;

use super::held::{self, HeldFile, Stamp};
use super::{Backup, LocalPaths, note, whole};
use crate::error::StateError;
use crate::file;
use crate::lock::LockInfo;
use crate::store::{LockId, Snapshot};

/// The files of one local state.
pub(super) struct Files {
    paths: LocalPaths,
    lock: Option<(HeldFile, LockId)>,
    /// What was read or written under the lock that is held, so that it need not be read again.
    known: Option<Snapshot>,
    /// How the file that is written looked when it was last read or written; `None` when it was not there.
    stamp: Option<Stamp>,
    backed_up: bool,
    /// Whether the state was written: from then on it is read where it is written, not where it was read first.
    written: bool,
}

impl Files {
    pub(super) fn new(paths: LocalPaths) -> Self {
        Self { paths, lock: None, known: None, stamp: None, backed_up: false, written: false }
    }

    /// Reads the state, unless it is known because nobody else can have changed it.
    pub(super) fn load(&mut self) -> Result<Snapshot, StateError> {
        if let Some(snapshot) = &self.known {
            return Ok(snapshot.clone());
        }
        let path = if self.written { self.paths.out() } else { &self.paths.state };
        // Taken before reading: a change in between is then noticed when writing.
        let stamp = Stamp::of(self.paths.out())?;
        let snapshot = match held::read(path)? {
            None => Snapshot::default(),
            Some(bytes) => Snapshot {
                state: Arc::new(file::decode(&path.display().to_string(), &bytes)?),
                exists: true,
                left_behind: Vec::new(),
            },
        };
        self.stamp = stamp;
        self.remember(&snapshot);
        Ok(snapshot)
    }

    /// This is what is stored now. Worth remembering only as long as nobody else may write.
    pub(super) fn remember(&mut self, snapshot: &Snapshot) {
        self.known = self.lock.is_some().then(|| snapshot.clone());
    }

    /// Takes over a lock that was just taken, and tells others about it.
    pub(super) fn locked(&mut self, held: HeldFile, info: LockInfo) -> Result<LockId, StateError> {
        note::write(&self.paths, &info)?;
        whole::delete_leftovers(held.path())?;
        self.known = None;
        self.lock = Some((held, info.lock_id()));
        Ok(info.lock_id())
    }

    /// The lock that is held.
    pub(super) fn lock_id(&self) -> Option<LockId> {
        self.lock.as_ref().map(|(_, id)| id.clone())
    }

    /// Gives up the lock, if it is held.
    pub(super) fn release(&mut self) -> Result<(), StateError> {
        self.known = None;
        let Some((held, _)) = self.lock.take() else {
            return Ok(());
        };
        let deleted = note::delete(&self.paths);
        drop(held);
        deleted
    }

    /// Puts new content in the place of the file, unless someone else changed it since it was read.
    pub(super) fn write(&mut self, bytes: &[u8]) -> Result<(), StateError> {
        let out = self.paths.out();
        if Stamp::of(out)? != self.stamp {
            return Err(StateError::ChangedUnderneath { place: out.display().to_string() });
        }
        self.overwrite(bytes)
    }

    /// Puts new content in the place of the file, whatever is there. What was there first goes to the backup.
    pub(super) fn overwrite(&mut self, bytes: &[u8]) -> Result<(), StateError> {
        let out = self.paths.out();
        whole::make_directory_of(out)?;
        let target = self.lock.as_ref().map_or_else(|| whole::resolve(out), |(held, _)| held.path().to_owned());
        let temporary = whole::temporary(&target, bytes)?;
        if !self.backed_up {
            self.back_up()?;
            self.backed_up = true;
        }
        self.known = None;
        let new = Stamp::of(temporary.path())?;
        let placed = match &mut self.lock {
            Some((held, _)) => held.replace(temporary),
            None => whole::put_in_place(temporary, &target),
        };
        // It may be in its place although something after that failed.
        if Stamp::of(self.paths.out())? == new {
            self.stamp = new;
            self.written = true;
        }
        placed
    }

    /// Copies what is there. A run that found nothing has nothing to back up, whatever it writes itself.
    fn back_up(&self) -> Result<(), StateError> {
        match (self.unused_backup_path(), held::read(self.paths.out())?) {
            (Some(path), Some(previous)) => whole::write_whole_file(&path, &previous),
            _ => Ok(()),
        }
    }

    /// Where the backup goes. One that shall replace no other is named by the time or, where that is taken, soon after:
    /// looked for as late as here, where the lock keeps others from taking the same.
    fn unused_backup_path(&self) -> Option<PathBuf> {
        let Backup::BesideWithTime(first) = self.paths.backup else { return self.paths.backup_path() };
        let at = |seconds| LocalPaths { backup: Backup::BesideWithTime(seconds), ..self.paths.clone() }.backup_path();
        (first..).map_while(at).find(|path| !path.exists())
    }
}
