//! The note beside a state file about who holds its lock.

use std::fs::{self, OpenOptions};
use std::io::{self, Write};
use std::os::unix::fs::OpenOptionsExt;

use super::LocalPaths;
use crate::error::StateError;
use crate::lock::LockInfo;

/// Reads the note. One that is missing or cannot be read is only a note less.
pub(super) fn read(paths: &LocalPaths) -> Option<LockInfo> {
    let bytes = fs::read(paths.lock_info_path()).ok()?;
    serde_json::from_slice(&bytes).ok()
}

/// Writes the note; only for whoever holds the lock.
pub(super) fn write(paths: &LocalPaths, info: &LockInfo) -> Result<(), StateError> {
    let path = paths.lock_info_path();
    let failed = || StateError::io("write the note about the lock", path.clone());
    let bytes = serde_json::to_vec(info).map_err(|error| failed()(error.into()))?;
    let mut options = OpenOptions::new();
    options.write(true).create(true).truncate(true).mode(0o600);
    let mut file = options.open(&path).map_err(failed())?;
    file.write_all(&bytes).map_err(failed())
}

/// Deletes the note, if it is there; only for whoever holds the lock.
pub(super) fn delete(paths: &LocalPaths) -> Result<(), StateError> {
    let path = paths.lock_info_path();
    match fs::remove_file(&path) {
        Err(error) if error.kind() != io::ErrorKind::NotFound => {
            Err(StateError::io("delete the note about the lock", path)(error))
        }
        _ => Ok(()),
    }
}
