//! Where configuration files come from: the disk, or the snapshot kept in a saved plan.

use std::collections::BTreeMap;
use std::io;
use std::path::{Path, PathBuf};
use std::sync::Mutex;

use serde::{Deserialize, Serialize};

/// A source of files. Paths are as `path.module` shows them: relative to the current folder.
pub trait Files {
    /// Names of the files (not folders) in a folder, sorted.
    fn list(&self, directory: &str) -> io::Result<Vec<String>>;
    /// The bytes of a file.
    fn read(&self, path: &str) -> io::Result<Vec<u8>>;
}

/// Files on the disk below a base folder; remembers what was read, for [`DiskFiles::snapshot`].
#[derive(Debug)]
pub struct DiskFiles {
    base: PathBuf,
    read: Mutex<Snapshot>,
}

impl DiskFiles {
    /// Relative paths are taken from `base`.
    pub fn new(base: impl Into<PathBuf>) -> Self {
        Self { base: base.into(), read: Mutex::default() }
    }

    /// Everything read so far.
    pub fn snapshot(&self) -> Snapshot {
        self.read.lock().map(|read| read.clone()).unwrap_or_default()
    }
}

impl Files for DiskFiles {
    fn list(&self, directory: &str) -> io::Result<Vec<String>> {
        let mut names = Vec::new();
        for entry in std::fs::read_dir(self.base.join(directory))? {
            let entry = entry?;
            // A link to a file counts as a file.
            if !entry.path().is_dir() {
                names.push(entry.file_name().to_string_lossy().into_owned());
            }
        }
        names.sort();
        if let Ok(mut read) = self.read.lock() {
            read.folders.entry(directory.to_owned()).or_default();
        }
        Ok(names)
    }

    fn read(&self, path: &str) -> io::Result<Vec<u8>> {
        let bytes = std::fs::read(self.base.join(path))?;
        if let Ok(mut read) = self.read.lock() {
            let (folder, name) = split(path);
            read.folders.entry(folder).or_default().insert(name, String::from_utf8_lossy(&bytes).into_owned());
        }
        Ok(bytes)
    }
}

/// The configuration files of one moment, by folder and name.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Snapshot {
    folders: BTreeMap<String, BTreeMap<String, String>>,
}

impl Snapshot {
    /// Adds a file, or replaces it.
    pub fn insert(&mut self, path: &str, text: String) {
        let (folder, name) = split(path);
        self.folders.entry(folder).or_default().insert(name, text);
    }
}

impl Files for Snapshot {
    fn list(&self, directory: &str) -> io::Result<Vec<String>> {
        match self.folders.get(directory) {
            Some(files) => Ok(files.keys().cloned().collect()),
            None => Err(io::Error::new(io::ErrorKind::NotFound, format!("no folder {directory} in the saved plan"))),
        }
    }

    fn read(&self, path: &str) -> io::Result<Vec<u8>> {
        let (folder, name) = split(path);
        match self.folders.get(&folder).and_then(|files| files.get(&name)) {
            Some(text) => Ok(text.clone().into_bytes()),
            None => Err(io::Error::new(io::ErrorKind::NotFound, format!("no file {path} in the saved plan"))),
        }
    }
}

/// Folder and name of a path; the folder of a bare name is `.`.
fn split(path: &str) -> (String, String) {
    let path = Path::new(path);
    let folder = match path.parent() {
        Some(parent) if !parent.as_os_str().is_empty() => parent.to_string_lossy().into_owned(),
        _ => ".".to_owned(),
    };
    let name = path.file_name().map(|name| name.to_string_lossy().into_owned()).unwrap_or_default();
    (folder, name)
}

/// Whether a file or directory is none of the configuration by its name: hidden, or what an editor leaves behind.
pub fn is_ignored_file(name: &str) -> bool {
    name.starts_with('.') || name.ends_with('~') || (name.starts_with('#') && name.ends_with('#'))
}
