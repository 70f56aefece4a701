//! The lock on a local state file: the byte-range lock that Terraform takes.
//!
//! Such a lock (`fcntl`) belongs to the process and to the file's inode, which has two consequences:
//!
//! - Closing *any* descriptor of the file gives the lock up. So this module alone opens state files, keeps a
//!   table of those that are locked in this process, and reads a locked file through the descriptor that holds it.
//!   The same table makes two stores of one process exclude each other.
//! - A file that takes the name of another is another inode. [`HeldFile::replace`] locks the new one before it gets the
//!   name, so that the name is never without lock. Who has the old one open already and waits for its lock would get
//!   it some time, and would then read and write a file that has no name any more. So the old one's content is
//!   replaced by a text that both Terraform and we refuse: the waiting one fails, and can be started again.

use std::collections::BTreeMap;
use std::fs::{self, File, Metadata, OpenOptions};
use std::io::{self, Read};
use std::os::unix::fs::{FileExt, MetadataExt, OpenOptionsExt};
use std::path::{Path, PathBuf};
use std::sync::{Mutex, MutexGuard, PoisonError};

use rustix::fs::{FlockOperation, fcntl_lock};
use rustix::io::Errno;
use tempfile::NamedTempFile;

use super::whole::{make_directory_of, resolve, sync_directory};
use crate::error::StateError;

/// What stands in a file that lost its name, for those who still have it open.
const SUPERSEDED: &[u8] =
    b"{\"version\": 99, \"superseded\": \"The state was replaced while you waited for its lock. Start again.\"}\n";

/// How often to look again at a file that changes its identity under our eyes.
const ATTEMPTS: usize = 20;

/// The files that are locked in this process, with the descriptor that holds each lock. Opening, reading and closing
/// of state files happens while the table is held.
static HELD: Mutex<BTreeMap<FileId, File>> = Mutex::new(BTreeMap::new());

type Table = MutexGuard<'static, BTreeMap<FileId, File>>;

fn table() -> Table {
    HELD.lock().unwrap_or_else(PoisonError::into_inner)
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
struct FileId {
    device: u64,
    inode: u64,
}

impl From<&Metadata> for FileId {
    fn from(metadata: &Metadata) -> Self {
        Self { device: metadata.dev(), inode: metadata.ino() }
    }
}

/// What a file looks like from outside; it changes whenever someone writes the file.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Stamp {
    id: FileId,
    size_bytes: u64,
    modified: (i64, i64),
}

impl Stamp {
    /// That of the file at a path; `None` when there is none, or an empty one, as taking a lock makes it.
    pub(super) fn of(path: &Path) -> Result<Option<Self>, StateError> {
        match fs::metadata(path) {
            Ok(metadata) if metadata.len() == 0 => Ok(None),
            Ok(metadata) => Ok(Some(Self {
                id: FileId::from(&metadata),
                size_bytes: metadata.len(),
                modified: (metadata.mtime(), metadata.mtime_nsec()),
            })),
            Err(error) if error.kind() == io::ErrorKind::NotFound => Ok(None),
            Err(error) => Err(StateError::io("look at the state file", path)(error)),
        }
    }
}

/// Reads a state file, whether it is locked here or not. `None` when there is none, or an empty one.
pub(super) fn read(path: &Path) -> Result<Option<Vec<u8>>, StateError> {
    let table = table();
    match read_with(&table, path) {
        Ok(bytes) if bytes.is_empty() => Ok(None),
        Ok(bytes) => Ok(Some(bytes)),
        Err(error) if error.kind() == io::ErrorKind::NotFound => Ok(None),
        Err(error) => Err(StateError::io("read the state file", path)(error)),
    }
}

fn read_with(table: &Table, path: &Path) -> io::Result<Vec<u8>> {
    let mut bytes = Vec::new();
    for _ in 0..ATTEMPTS {
        if let Some(held) = table.get(&FileId::from(&fs::metadata(path)?)) {
            return read_held(held);
        }
        let mut file = File::open(path)?;
        bytes.clear();
        file.read_to_end(&mut bytes)?;
        // Without a name by now: what was read may be the text for those who wait.
        if file.metadata()?.nlink() > 0 {
            break;
        }
    }
    Ok(bytes)
}

fn read_held(file: &File) -> io::Result<Vec<u8>> {
    let mut bytes = vec![0; usize::try_from(file.metadata()?.len()).map_err(io::Error::other)?];
    file.read_exact_at(&mut bytes, 0)?;
    Ok(bytes)
}

/// A state file that is locked by this process. Dropping it gives the lock up.
#[derive(Debug)]
pub(super) struct HeldFile {
    /// Without symbolic links.
    path: PathBuf,
    /// Its entry in the table.
    id: FileId,
    /// Whether the file was not there before.
    created: bool,
}

impl HeldFile {
    /// Locks the file at a path, which is made if it is not there. `None` when someone else holds the lock.
    pub(super) fn take(path: &Path) -> Result<Option<Self>, StateError> {
        make_directory_of(path)?;
        let mut table = table();
        for _ in 0..ATTEMPTS {
            let attempt = Self::attempt(&mut table, path).map_err(StateError::io("lock the state file", path))?;
            match attempt {
                Attempt::Held(held) => return Ok(Some(held)),
                Attempt::Busy => return Ok(None),
                Attempt::Moved => {}
            }
        }
        Ok(None)
    }

    fn attempt(table: &mut Table, path: &Path) -> io::Result<Attempt> {
        // Before opening: opening and closing a file that is held here would give its lock up.
        match fs::metadata(path) {
            Ok(metadata) if table.contains_key(&FileId::from(&metadata)) => {
                return Ok(Attempt::Busy);
            }
            Ok(_) => {}
            Err(error) if error.kind() == io::ErrorKind::NotFound => {}
            Err(error) => return Err(error),
        }
        let mut options = OpenOptions::new();
        options.read(true).write(true).mode(0o600);
        let (file, created) = match options.clone().create_new(true).open(path) {
            Ok(file) => (file, true),
            Err(error) if error.kind() == io::ErrorKind::AlreadyExists => {
                (options.create(true).truncate(false).open(path)?, false)
            }
            Err(error) => return Err(error),
        };
        let id = FileId::from(&file.metadata()?);
        match fcntl_lock(&file, FlockOperation::NonBlockingLockExclusive) {
            Ok(()) => {}
            Err(Errno::AGAIN | Errno::ACCESS) => return Ok(Attempt::Busy),
            Err(error) => return Err(error.into()),
        }
        // Between opening and locking, the name may have gone to another file.
        match fs::metadata(path) {
            Ok(metadata) if FileId::from(&metadata) == id => {}
            Ok(_) => return Ok(Attempt::Moved),
            Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(Attempt::Moved),
            Err(error) => return Err(error),
        }
        table.insert(id, file);
        Ok(Attempt::Held(Self { path: resolve(path), id, created }))
    }

    /// The path of the file, without symbolic links.
    pub(super) fn path(&self) -> &Path {
        &self.path
    }

    /// Puts a complete temporary file in the place of the locked one; the lock goes over to it without a gap.
    pub(super) fn replace(&mut self, new: NamedTempFile) -> Result<(), StateError> {
        let mut table = table();
        let failed = || StateError::io("replace the state file", self.path.clone());
        self.make_sure(&table)?;
        fcntl_lock(new.as_file(), FlockOperation::NonBlockingLockExclusive).map_err(|error| failed()(error.into()))?;
        let id = FileId::from(&new.as_file().metadata().map_err(failed())?);
        let new = new.persist(&self.path).map_err(|error| failed()(error.error))?;
        let old = table.remove(&self.id);
        table.insert(id, new);
        self.id = id;
        self.created = false;
        let synced = sync_directory(&self.path);
        if let Some(Err(error)) = old.as_ref().map(supersede) {
            tracing::warn!(%error, path = %self.path.display(), "could not mark the replaced state file as such");
        }
        synced
    }

    /// Takes the lock once more: that succeeds if it is still ours. Some other part of the program, or a library, may
    /// have opened and closed the file.
    fn make_sure(&self, table: &Table) -> Result<(), StateError> {
        let lost = || StateError::LockLost { place: self.path.display().to_string() };
        let file = table.get(&self.id).ok_or_else(lost)?;
        match fcntl_lock(file, FlockOperation::NonBlockingLockExclusive) {
            Ok(()) => Ok(()),
            Err(Errno::AGAIN | Errno::ACCESS) => Err(lost()),
            Err(error) => Err(StateError::io("lock the state file", self.path.clone())(error.into())),
        }
    }
}

enum Attempt {
    Held(HeldFile),
    Busy,
    Moved,
}

/// Tells those who have a replaced file open that it is no longer the state. A file that still has a name somewhere
/// (a hard link, someone's copy) is left alone.
fn supersede(old: &File) -> io::Result<()> {
    if old.metadata()?.nlink() > 0 {
        return Ok(());
    }
    old.write_all_at(SUPERSEDED, 0)?;
    old.set_len(SUPERSEDED.len() as u64)
}

impl Drop for HeldFile {
    fn drop(&mut self) {
        let mut table = table();
        // Closed at the end of this function, while the table is still held.
        let file = table.remove(&self.id);
        if self.created
            && let Some(Err(error)) = file.as_ref().map(|file| self.delete_if_empty(file))
        {
            tracing::warn!(%error, path = %self.path.display(), "could not delete the empty state file");
        }
        drop(file);
    }
}

impl HeldFile {
    /// Takes back a file that was made only to be locked. Whoever waits for it with the file open is told.
    fn delete_if_empty(&self, file: &File) -> io::Result<()> {
        let named = match fs::metadata(&self.path) {
            Ok(named) => named,
            // The folder of a workspace goes with all that is in it.
            Err(error) if error.kind() == io::ErrorKind::NotFound => return supersede(file),
            Err(error) => return Err(error),
        };
        if file.metadata()?.len() > 0 || FileId::from(&named) != self.id {
            return Ok(());
        }
        fs::remove_file(&self.path)?;
        supersede(file)
    }
}
