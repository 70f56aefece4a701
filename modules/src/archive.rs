//! Unpacks archives. Nothing is ever written outside of the folder that is unpacked into: names that lead out of it are
//! refused, and so are links whose target is outside.

use std::fs;
use std::io::{self, Read, Seek};
use std::path::{Component, Path, PathBuf};

/// Kinds of archives.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Archive {
    Zip,
    Tar,
    TarGzip,
    TarBzip2,
    TarXz,
}

/// Endings of file names, and words for `?archive=`.
const NAMES: &[(&str, Archive)] = &[
    ("zip", Archive::Zip),
    ("tar", Archive::Tar),
    ("tar.gz", Archive::TarGzip),
    ("tgz", Archive::TarGzip),
    ("tar.bz2", Archive::TarBzip2),
    ("tbz2", Archive::TarBzip2),
    ("tar.xz", Archive::TarXz),
    ("txz", Archive::TarXz),
];

/// Why an archive could not be unpacked. Messages are clauses.
#[derive(Debug, thiserror::Error)]
pub(crate) enum ArchiveError {
    #[error("it is no {kind} archive: {reason}")]
    Broken { kind: &'static str, reason: String },
    #[error("its entry \"{0}\" leads outside of the archive, which may be an attack")]
    OutsideEntry(String),
    #[error("its link \"{name}\" leads to \"{target}\", outside of the archive, which may be an attack")]
    OutsideLink { name: String, target: String },
    #[error("its entry \"{0}\" would be written through a link")]
    ThroughLink(String),
    #[error("its entry \"{name}\" could not be written: {reason}")]
    Write { name: String, reason: io::Error },
}

impl Archive {
    /// The kind that a word for `?archive=` means.
    pub fn named(name: &str) -> Option<Self> {
        NAMES.iter().find(|(known, _)| *known == name).map(|(_, archive)| *archive)
    }

    /// The kind that a file's name ends with.
    pub fn of_file_name(path: &str) -> Option<Self> {
        NAMES.iter().find(|(ending, _)| path.ends_with(&format!(".{ending}"))).map(|(_, archive)| *archive)
    }

    fn name(self) -> &'static str {
        NAMES.iter().find(|(_, archive)| *archive == self).map_or("", |(name, _)| name)
    }

    /// Unpacks a file into a folder, which is made.
    pub fn unpack(self, file: fs::File, into: &Path) -> Result<(), ArchiveError> {
        let write = |reason| ArchiveError::Write { name: String::new(), reason };
        fs::create_dir_all(into).map_err(write)?;
        let target = Target { root: into };
        let file = io::BufReader::new(file);
        match self {
            Self::Zip => unpack_zip(file, &target),
            Self::Tar => self.unpack_tar(file, &target),
            Self::TarGzip => self.unpack_tar(flate2::read::MultiGzDecoder::new(file), &target),
            Self::TarBzip2 => self.unpack_tar(bzip2::read::MultiBzDecoder::new(file), &target),
            Self::TarXz => self.unpack_tar(lzma_rust2::XzReader::new(file, true), &target),
        }?;
        let root = into.canonicalize().map_err(write)?;
        check_links(&root, &root)
    }

    fn broken(self, reason: &dyn std::fmt::Display) -> ArchiveError {
        ArchiveError::Broken { kind: self.name(), reason: reason.to_string() }
    }

    fn unpack_tar(self, reader: impl Read, target: &Target<'_>) -> Result<(), ArchiveError> {
        let mut archive = tar::Archive::new(reader);
        let entries = archive.entries().map_err(|error| self.broken(&error))?;
        for entry in entries {
            let mut entry = entry.map_err(|error| self.broken(&error))?;
            let name = entry.path().map_err(|error| self.broken(&error))?.to_string_lossy().into_owned();
            let mode = entry.header().mode().ok();
            let link = entry.link_name().ok().flatten().map(|link| link.to_string_lossy().into_owned());
            match (entry.header().entry_type(), link) {
                (tar::EntryType::Directory, _) => target.folder(&name)?,
                (tar::EntryType::Symlink, Some(link)) => target.link(&name, &link)?,
                (tar::EntryType::Link, Some(link)) => target.hard_link(&name, &link)?,
                (kind, _) if kind.is_file() => target.file(&name, mode, &mut entry)?,
                // Notes of the archiver, devices.
                _ => {}
            }
        }
        Ok(())
    }
}

/// Links that lead through other links may end elsewhere than their text says.
fn check_links(folder: &Path, root: &Path) -> Result<(), ArchiveError> {
    let write = |reason| ArchiveError::Write { name: folder.display().to_string(), reason };
    for entry in fs::read_dir(folder).map_err(write)? {
        let entry = entry.map_err(write)?;
        let kind = entry.file_type().map_err(write)?;
        if kind.is_dir() {
            check_links(&entry.path(), root)?;
        } else if kind.is_symlink()
            && let Ok(target) = entry.path().canonicalize()
            && !target.starts_with(root)
        {
            let name = entry.path().strip_prefix(root).unwrap_or(Path::new("")).display().to_string();
            return Err(ArchiveError::OutsideLink { name, target: target.display().to_string() });
        }
    }
    Ok(())
}

fn unpack_zip(file: impl Read + Seek, target: &Target<'_>) -> Result<(), ArchiveError> {
    let broken = |error: &dyn std::fmt::Display| Archive::Zip.broken(error);
    let mut archive = zip::ZipArchive::new(file).map_err(|error| broken(&error))?;
    for index in 0..archive.len() {
        let mut entry = archive.by_index(index).map_err(|error| broken(&error))?;
        let name = entry.name().map_err(|error| broken(&error))?.into_owned();
        let mode = entry.unix_mode();
        if entry.is_dir() {
            target.folder(&name)?;
        } else if entry.is_symlink() {
            let mut link = String::new();
            entry.read_to_string(&mut link).map_err(|error| broken(&error))?;
            target.link(&name, &link)?;
        } else {
            target.file(&name, mode, &mut entry)?;
        }
    }
    Ok(())
}

/// The folder that is unpacked into.
struct Target<'r> {
    root: &'r Path,
}

impl Target<'_> {
    fn folder(&self, name: &str) -> Result<(), ArchiveError> {
        let path = self.place(name)?;
        fs::create_dir_all(path).map_err(|reason| ArchiveError::Write { name: name.to_owned(), reason })
    }

    fn file(&self, name: &str, mode: Option<u32>, mut content: &mut dyn Read) -> Result<(), ArchiveError> {
        let path = self.place(name)?;
        let mut write = || -> io::Result<()> {
            make_way(&path)?;
            let mut file = fs::File::create(&path)?;
            io::copy(&mut content, &mut file)?;
            if mode.is_some_and(|mode| mode & 0o111 != 0) {
                use std::os::unix::fs::PermissionsExt;
                fs::set_permissions(&path, fs::Permissions::from_mode(0o755))?;
            }
            Ok(())
        };
        write().map_err(|reason| ArchiveError::Write { name: name.to_owned(), reason })
    }

    fn link(&self, name: &str, link: &str) -> Result<(), ArchiveError> {
        let path = self.place(name)?;
        let folder = path.parent().unwrap_or(self.root).strip_prefix(self.root).unwrap_or(Path::new(""));
        if Path::new(link).is_absolute() || inside(&folder.join(link)).is_none() {
            return Err(ArchiveError::OutsideLink { name: name.to_owned(), target: link.to_owned() });
        }
        let write = || -> io::Result<()> {
            make_way(&path)?;
            std::os::unix::fs::symlink(link, &path)
        };
        write().map_err(|reason| ArchiveError::Write { name: name.to_owned(), reason })
    }

    /// A second name of a file that was unpacked before.
    fn hard_link(&self, name: &str, link: &str) -> Result<(), ArchiveError> {
        let (path, existing) = (self.place(name)?, self.place(link)?);
        let write = || -> io::Result<()> {
            make_way(&path)?;
            fs::copy(&existing, &path).map(|_| ())
        };
        write().map_err(|reason| ArchiveError::Write { name: name.to_owned(), reason })
    }

    /// Where an entry goes: inside, and not through a link.
    fn place(&self, name: &str) -> Result<PathBuf, ArchiveError> {
        let below = inside(Path::new(name))
            .filter(|_| !Path::new(name).components().any(|part| part == Component::ParentDir))
            .ok_or_else(|| ArchiveError::OutsideEntry(name.to_owned()))?;
        let mut path = self.root.to_owned();
        for part in below.components() {
            if fs::symlink_metadata(&path).is_ok_and(|found| found.is_symlink()) {
                return Err(ArchiveError::ThroughLink(name.to_owned()));
            }
            path.push(part);
        }
        Ok(path)
    }
}

/// Makes the folder of a file, and removes what is in its place.
fn make_way(path: &Path) -> io::Result<()> {
    if let Some(folder) = path.parent() {
        fs::create_dir_all(folder)?;
    }
    match fs::symlink_metadata(path) {
        Ok(found) if !found.is_dir() => fs::remove_file(path),
        _ => Ok(()),
    }
}

/// A path without `.` and `..`, if it stays below where it begins.
fn inside(path: &Path) -> Option<PathBuf> {
    let mut found = PathBuf::new();
    for part in path.components() {
        match part {
            Component::Normal(name) => found.push(name),
            Component::CurDir => {}
            Component::ParentDir => {
                if !found.pop() {
                    return None;
                }
            }
            Component::RootDir | Component::Prefix(_) => return None,
        }
    }
    Some(found)
}
