//! Files that are whole or absent.
//!
//! New content goes to a temporary file beside the old one, is flushed to disk, and takes the old one's name. A reader
//! finds the old content or the new, never a part; a crash leaves one of the two.

use std::fs::{self, File, Metadata, Permissions};
use std::io::{self, Write};
use std::os::unix::fs::{MetadataExt, PermissionsExt, fchown};
use std::path::{Path, PathBuf};

use tempfile::NamedTempFile;

use crate::error::StateError;

const SUFFIX: &str = ".tmp";

/// Only for the user: states hold secrets.
const MODE: u32 = 0o600;

/// Writes a file, in a directory that exists. An existing one keeps its permissions; a new one is for the user only.
pub(crate) fn write_whole_file(path: &Path, bytes: &[u8]) -> Result<(), StateError> {
    let target = resolve(path);
    put_in_place(temporary(&target, bytes)?, &target)
}

/// Gives a temporary file the name it was made for.
pub(super) fn put_in_place(temporary: NamedTempFile, target: &Path) -> Result<(), StateError> {
    temporary.persist(target).map_err(|error| StateError::io("replace the file", target)(error.error))?;
    sync_directory(target)
}

/// A temporary file with this content, on disk, ready to take the name `target`.
pub(super) fn temporary(target: &Path, bytes: &[u8]) -> Result<NamedTempFile, StateError> {
    let directory = directory_of(target);
    fill(target, &directory, bytes)
        .map_err(StateError::io("write a new version of the state beside the old one, in", directory))
}

fn fill(target: &Path, directory: &Path, bytes: &[u8]) -> io::Result<NamedTempFile> {
    let mut file = tempfile::Builder::new()
        .prefix(&prefix_of(target))
        .suffix(SUFFIX)
        .permissions(Permissions::from_mode(MODE))
        .tempfile_in(directory)?;
    file.write_all(bytes)?;
    match fs::metadata(target) {
        Ok(old) => keep_ownership(file.as_file(), &old)?,
        Err(error) if error.kind() == io::ErrorKind::NotFound => {}
        Err(error) => return Err(error),
    }
    file.as_file().sync_all()?;
    Ok(file)
}

/// Gives a new file the owner and permissions of the one it replaces.
fn keep_ownership(new: &File, old: &Metadata) -> io::Result<()> {
    let current = new.metadata()?;
    if (current.uid(), current.gid()) != (old.uid(), old.gid()) {
        // Only root may give files away. For others the file becomes theirs: they could have copied it as well.
        if let Err(error) = fchown(new, Some(old.uid()), Some(old.gid())) {
            tracing::debug!(%error, "the new state file has another owner than the old one");
        }
    }
    new.set_permissions(Permissions::from_mode(old.mode() & 0o7777))
}

/// Makes the names in a file's directory durable.
pub(super) fn sync_directory(path: &Path) -> Result<(), StateError> {
    let directory = directory_of(path);
    match File::open(&directory).and_then(|file| file.sync_all()) {
        // Some network file systems cannot do that to directories, and need not.
        Err(error) if matches!(error.kind(), io::ErrorKind::InvalidInput | io::ErrorKind::Unsupported) => Ok(()),
        synced => synced.map_err(StateError::io("flush the directory", directory)),
    }
}

/// Makes the directory of a file if it is not there.
pub(super) fn make_directory_of(path: &Path) -> Result<(), StateError> {
    let directory = directory_of(path);
    fs::create_dir_all(&directory).map_err(StateError::io("make the directory", directory))
}

/// Deletes temporary files that a killed process left beside `target`. Only for whoever holds the lock.
pub(super) fn delete_leftovers(target: &Path) -> Result<(), StateError> {
    let directory = directory_of(target);
    let failed = || StateError::io("look for leftovers in", directory.clone());
    let prefix = prefix_of(target);
    for entry in fs::read_dir(&directory).map_err(failed())? {
        let entry = entry.map_err(failed())?;
        let name = entry.file_name().to_string_lossy().into_owned();
        let random = name.strip_prefix(&prefix).and_then(|rest| rest.strip_suffix(SUFFIX));
        if random.is_some_and(|random| random.len() == 6 && random.chars().all(|c| c.is_ascii_alphanumeric())) {
            fs::remove_file(entry.path()).map_err(StateError::io("delete the leftover", entry.path()))?;
        }
    }
    Ok(())
}

/// The file itself, where a path leads through symbolic links: replacing a link would cut it off from its target.
pub(super) fn resolve(path: &Path) -> PathBuf {
    fs::canonicalize(path).unwrap_or_else(|_| path.to_owned())
}

fn directory_of(path: &Path) -> PathBuf {
    match path.parent() {
        Some(parent) if !parent.as_os_str().is_empty() => parent.to_owned(),
        _ => PathBuf::from("."),
    }
}

fn prefix_of(target: &Path) -> String {
    format!(".{}.", target.file_name().unwrap_or_default().to_string_lossy())
}
