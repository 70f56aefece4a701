//! Folders as wholes: copying, moving into place, and a checksum over everything in them.

use std::fs;
use std::io;
use std::path::Path;

use sha2::{Digest, Sha256};

/// Why a folder of a package was not found. Messages are clauses.
#[derive(Debug, thiserror::Error)]
pub(crate) enum FolderError {
    #[error("the package has no folder \"{0}\"")]
    None(String),
    #[error("\"{0}\" fits several folders of the package")]
    Several(String),
}

/// The folder of a package that a text names; the text may have wildcards (`*`), and must then fit one folder.
pub(crate) fn find_folder(package: &Path, folder: &str) -> Result<String, FolderError> {
    if package.join(folder).is_dir() {
        return Ok(folder.to_owned());
    }
    let none = || FolderError::None(folder.to_owned());
    let pattern = format!("{}/{folder}", glob::Pattern::escape(&package.to_string_lossy()));
    let mut found = glob::glob(&pattern).map_err(|_| none())?.filter_map(Result::ok).filter(|path| path.is_dir());
    let first = found.next().ok_or_else(none)?;
    if found.next().is_some() {
        return Err(FolderError::Several(folder.to_owned()));
    }
    Ok(first.strip_prefix(package).map_err(|_| none())?.to_string_lossy().into_owned())
}

/// Copies a folder with everything in it; links stay links.
pub(crate) fn copy(from: &Path, to: &Path) -> io::Result<()> {
    fs::create_dir_all(to)?;
    for entry in fs::read_dir(from)? {
        let entry = entry?;
        let (source, target) = (entry.path(), to.join(entry.file_name()));
        let kind = entry.file_type()?;
        if kind.is_symlink() {
            std::os::unix::fs::symlink(fs::read_link(&source)?, &target)?;
        } else if kind.is_dir() {
            copy(&source, &target)?;
        } else {
            fs::copy(&source, &target)?;
        }
    }
    Ok(())
}

/// Puts a folder where another one may be, which goes away. A kill in between leaves one of them, or none: never a part.
pub(crate) fn replace(from: &Path, to: &Path, scratch: &Path) -> io::Result<()> {
    if let Some(parent) = to.parent() {
        fs::create_dir_all(parent)?;
    }
    if fs::symlink_metadata(to).is_ok() {
        let former = tempfile::Builder::new().prefix("former-").tempdir_in(scratch)?;
        fs::rename(to, former.path().join("module"))?;
    }
    fs::rename(from, to)
}

/// Removes everything called `.git`: what belongs to a repository and not to the module.
pub(crate) fn remove_git(folder: &Path) -> io::Result<()> {
    for entry in fs::read_dir(folder)? {
        let entry = entry?;
        let kind = entry.file_type()?;
        match (entry.file_name() == ".git", kind.is_dir()) {
            (true, true) => fs::remove_dir_all(entry.path())?,
            (true, false) => fs::remove_file(entry.path())?,
            (false, true) => remove_git(&entry.path())?,
            (false, false) => {}
        }
    }
    Ok(())
}

/// SHA-256 over paths, kinds and contents of a folder, in hexadecimal.
pub(crate) fn checksum(folder: &Path) -> io::Result<String> {
    let mut hash = Sha256::new();
    add(&mut hash, folder, "")?;
    Ok(hex(&hash.finalize()))
}

fn add(hash: &mut Sha256, folder: &Path, below: &str) -> io::Result<()> {
    let mut entries = fs::read_dir(folder)?.collect::<io::Result<Vec<_>>>()?;
    entries.sort_by_key(fs::DirEntry::file_name);
    for entry in entries {
        let path = format!("{below}/{}", entry.file_name().to_string_lossy());
        let kind = entry.file_type()?;
        let (letter, content) = if kind.is_dir() {
            ("d", Vec::new())
        } else if kind.is_symlink() {
            ("l", fs::read_link(entry.path())?.into_os_string().into_encoded_bytes())
        } else {
            ("f", fs::read(entry.path())?)
        };
        hash.update(format!("{letter} {} {path}\0", content.len()));
        hash.update(&content);
        if kind.is_dir() {
            add(hash, &entry.path(), &path)?;
        }
    }
    Ok(())
}

/// Bytes in hexadecimal.
pub(crate) fn hex(bytes: &[u8]) -> String {
    bytes.iter().map(|byte| format!("{byte:02x}")).collect()
}
