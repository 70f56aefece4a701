//! Downloads packages: git repositories, archives on web servers and in S3, folders of this machine.

use std::fs::{self, File};
use std::io::Seek;
use std::path::{Path, PathBuf};
use std::sync::{Arc, LazyLock};

use futures::future::BoxFuture;
use regex::Regex;
use url::Url;

use crate::archive::{Archive, ArchiveError};
use crate::checksum::{Checksum, ChecksumError};
use crate::git::{self, GitError};
use crate::http::{HttpClient, HttpError};
use crate::registry::absolute_location;
use crate::settings::Settings;
use crate::source::{ModuleSource, Package, SourceError};
use crate::tree::{self, FolderError};

/// How often a server may answer with another source.
const REDIRECTIONS_MAX: usize = 5;

/// `<meta name="terraform-get" content="…">`
static META: LazyLock<Option<Regex>> =
    LazyLock::new(|| Regex::new(r#"(?is)<meta\s[^>]*\bname\s*=\s*["']?terraform-get["']?[^>]*>"#).ok());
/// `content="…"` in it.
static META_CONTENT: LazyLock<Option<Regex>> =
    LazyLock::new(|| Regex::new(r#"(?is)\bcontent\s*=\s*(?:"([^"]*)"|'([^']*)')"#).ok());

/// Why a package could not be downloaded. Messages are clauses.
#[derive(Debug, thiserror::Error)]
pub(crate) enum PackageError {
    #[error(transparent)]
    Git(#[from] GitError),
    #[error(transparent)]
    Http(#[from] HttpError),
    #[error("what was downloaded could not be unpacked: {0}")]
    Archive(#[from] ArchiveError),
    #[error("what was downloaded is wrong: {0}")]
    Checksum(#[from] ChecksumError),
    #[error("{0}")]
    Source(#[from] SourceError),
    #[error("{url} is no archive by its name, and names no other source in the header X-Terraform-Get or a meta tag")]
    NoSource { url: String },
    #[error("servers named other sources more than {REDIRECTIONS_MAX} times")]
    Redirections,
    #[error("{path}: {reason}")]
    Path { path: String, reason: String },
    #[error("packages cannot be fetched with \"{0}\". Use git, https, s3, a registry or a local path instead")]
    Unsupported(String),
    #[error(transparent)]
    Folder(#[from] FolderError),
    #[error("the object could not be read from S3: {0}")]
    S3(String),
    #[error("{what}: {reason}")]
    Disk { what: String, reason: std::io::Error },
}

/// Reads objects from S3, with the credentials of the caller's choice.
pub trait ObjectReader: Send + Sync {
    /// Writes an object to a file. The region is that of the URL, where it has one. Errors are clauses.
    fn read<'r>(
        &'r self,
        region: Option<&'r str>,
        bucket: &'r str,
        key: &'r str,
        file: &'r mut File,
    ) -> BoxFuture<'r, Result<(), String>>;
}

/// Downloads packages.
#[derive(Clone)]
pub(crate) struct Downloader {
    pub http: HttpClient,
    pub settings: Arc<Settings>,
    pub objects: Option<Arc<dyn ObjectReader>>,
}

impl Downloader {
    /// Downloads a package to a folder that is not there yet, or becomes a link to a folder of this machine. `scratch`
    /// is a folder for what is needed on the way.
    pub async fn download(&self, package: &Package, into: &Path, scratch: &Path) -> Result<(), PackageError> {
        let mut package = package.clone();
        let mut folder = String::new();
        for step in 0..=REDIRECTIONS_MAX {
            let target = scratch.join(format!("package-{step}"));
            match self.step(&package, &target, scratch).await? {
                None => {
                    let content = target.join(tree::find_folder(&target, &folder)?);
                    return fs::rename(content.components().as_path(), into)
                        .map_err(|reason| PackageError::Disk { what: "moving it into place".to_owned(), reason });
                }
                Some(ModuleSource::Remote(other, other_folder)) => {
                    package = other;
                    folder = other_folder;
                }
                Some(other) => return Err(PackageError::Source(SourceError::Unknown(other.to_string()))),
            }
        }
        Err(PackageError::Redirections)
    }

    /// Downloads a package, or finds that it is elsewhere.
    async fn step(&self, package: &Package, into: &Path, scratch: &Path) -> Result<Option<ModuleSource>, PackageError> {
        match package.getter() {
            "git" => {
                git::clone(&package.url, into, scratch, self.settings.variables()).await?;
                tree::remove_git(into)
                    .map_err(|reason| PackageError::Disk { what: "tidying the clone".to_owned(), reason })?;
                Ok(None)
            }
            "http" | "https" => self.fetch_from_web(&package.url, into, scratch).await,
            "file" => self.fetch_from_disk(&package.url, into).map(|()| None),
            "s3" => self.fetch_from_s3(&package.url, into).await.map(|()| None),
            other => Err(PackageError::Unsupported(other.to_owned())),
        }
    }

    async fn fetch_from_web(
        &self,
        text: &str,
        into: &Path,
        scratch: &Path,
    ) -> Result<Option<ModuleSource>, PackageError> {
        let wanted = Wanted::parse(text)?;
        let Some(archive) = wanted.archive else { return self.other_source(&wanted.url, text).await.map(Some) };
        let mut file = temporary_file(scratch)?;
        let answer = self.http.get(&wanted.url, &[]).await?.successful()?;
        answer.save(&mut file).await?;
        unpack(file, archive, wanted.checksum, into).await.map(|()| None)
    }

    /// Asks a server that is no archive where the package is.
    async fn other_source(&self, url: &Url, shown: &str) -> Result<ModuleSource, PackageError> {
        let mut asked = url.clone();
        asked.query_pairs_mut().append_pair("terraform-get", "1");
        let answer = self.http.get(&asked, &[]).await?.successful()?;
        let base = answer.url.clone();
        let location = match answer.header("x-terraform-get") {
            Some(location) => Some(location.to_owned()),
            None => meta_location(&String::from_utf8_lossy(&answer.text().await?)),
        };
        let location = location.ok_or_else(|| PackageError::NoSource { url: shown.to_owned() })?;
        let source = ModuleSource::parse(&absolute_location(&location, &base))?;
        // A server must not name what is on this machine.
        match &source {
            ModuleSource::Remote(package, _) if package.getter() == "file" || package.url.starts_with("file:") => {
                Err(PackageError::Unsupported("file".to_owned()))
            }
            _ => Ok(source),
        }
    }

    fn fetch_from_disk(&self, text: &str, into: &Path) -> Result<(), PackageError> {
        let path = PathBuf::from(text.strip_prefix("file://").unwrap_or(text));
        let problem = |reason: String| PackageError::Path { path: path.display().to_string(), reason };
        let found = fs::metadata(&path).map_err(|error| problem(error.to_string()))?;
        if found.is_dir() {
            return std::os::unix::fs::symlink(&path, into).map_err(|error| problem(error.to_string()));
        }
        let archive = Archive::of_file_name(&path.to_string_lossy())
            .ok_or_else(|| problem("it is neither a folder nor an archive".to_owned()))?;
        let file = File::open(&path).map_err(|error| problem(error.to_string()))?;
        Ok(archive.unpack(file, into)?)
    }

    async fn fetch_from_s3(&self, text: &str, into: &Path) -> Result<(), PackageError> {
        let wanted = Wanted::parse(text)?;
        let unsupported = || PackageError::Unsupported("s3".to_owned());
        let objects = self.objects.as_ref().ok_or_else(unsupported)?;
        let archive = wanted.archive.ok_or_else(|| {
            PackageError::S3("only archives can be fetched: zip, tar, tar.gz, tar.bz2, tar.xz".to_owned())
        })?;
        let path = wanted.url.path().trim_start_matches('/');
        let (bucket, key) = path.split_once('/').ok_or_else(unsupported)?;
        let mut file =
            tempfile::tempfile().map_err(|reason| PackageError::Disk { what: "a file".to_owned(), reason })?;
        let region = wanted.url.host_str().and_then(s3_region).map(str::to_owned);
        objects.read(region.as_deref(), bucket, key, &mut file).await.map_err(PackageError::S3)?;
        unpack(file, archive, wanted.checksum, into).await
    }
}

/// `s3-eu-west-1.amazonaws.com` or `s3.eu-west-1.amazonaws.com`
fn s3_region(host: &str) -> Option<&str> {
    let service = host.strip_suffix(".amazonaws.com")?;
    service.strip_prefix("s3-").or_else(|| service.strip_prefix("s3."))
}

/// A URL with what its arguments `archive` and `checksum` say, which servers do not see.
struct Wanted {
    url: Url,
    archive: Option<Archive>,
    checksum: Option<Checksum>,
}

impl Wanted {
    fn parse(text: &str) -> Result<Self, PackageError> {
        let mut url = Url::parse(text).map_err(|_| HttpError::Url(text.to_owned()))?;
        let mut named = None;
        let mut checksum = None;
        let mut others = Vec::new();
        for (name, value) in url.query_pairs() {
            match name.as_ref() {
                "archive" => named = Some(value.into_owned()),
                "checksum" if value.is_empty() => {}
                "checksum" => checksum = Some(Checksum::parse(&value)?),
                _ => others.push((name.into_owned(), value.into_owned())),
            }
        }
        url.set_query(None);
        if !others.is_empty() {
            url.query_pairs_mut().extend_pairs(others);
        }
        let archive = match named.as_deref() {
            None | Some("" | "true" | "1") => Archive::of_file_name(url.path()),
            Some(name) => Archive::named(name),
        };
        Ok(Self { url, archive, checksum })
    }
}

/// Checks and unpacks a downloaded file, off the threads that wait for the network.
async fn unpack(mut file: File, archive: Archive, checksum: Option<Checksum>, into: &Path) -> Result<(), PackageError> {
    let into = into.to_owned();
    let work = tokio::task::spawn_blocking(move || {
        let rewind = |file: &mut File| {
            file.rewind().map_err(|reason| PackageError::Disk { what: "the downloaded file".to_owned(), reason })
        };
        rewind(&mut file)?;
        if let Some(checksum) = checksum {
            checksum.check(&mut file)?;
            rewind(&mut file)?;
        }
        Ok(archive.unpack(file, &into)?)
    });
    let stopped = |error: tokio::task::JoinError| PackageError::Disk {
        what: "unpacking".to_owned(),
        reason: std::io::Error::other(error.to_string()),
    };
    work.await.map_err(stopped)?
}

fn temporary_file(scratch: &Path) -> Result<File, PackageError> {
    tempfile::tempfile_in(scratch).map_err(|reason| PackageError::Disk { what: scratch.display().to_string(), reason })
}

/// The source in the meta tag of a page.
fn meta_location(page: &str) -> Option<String> {
    let tag = META.as_ref()?.find(page)?;
    let content = META_CONTENT.as_ref()?.captures(tag.as_str())?;
    let text = content.get(1).or(content.get(2))?.as_str();
    Some(text.replace("&amp;", "&"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn meta_tags_are_found() {
        let table = [
            (
                r#"<html><meta name="terraform-get" content="https://a/b.zip?x=1&amp;y=2"></html>"#,
                Some("https://a/b.zip?x=1&y=2"),
            ),
            (r"<META content='git::https://a/b.git' name='terraform-get' />", Some("git::https://a/b.git")),
            (r#"<meta name="other" content="x">"#, None),
            ("", None),
        ];
        for (page, expected) in table {
            assert_eq!(meta_location(page).as_deref(), expected, "{page}");
        }
    }

    #[test]
    fn arguments_about_archives_stay_here() {
        let wanted =
            Wanted::parse("https://a/x?archive=tar.gz&v=1&checksum=md5:5d41402abc4b2a76b9719d911017c592").unwrap();
        assert_eq!(wanted.url.as_str(), "https://a/x?v=1");
        assert_eq!(wanted.archive, Some(Archive::TarGzip));
        assert!(wanted.checksum.is_some());
        for (text, expected) in [
            ("https://a/x.tbz2", Some(Archive::TarBzip2)),
            ("https://a/x.zip?archive=false", None),
            ("https://a/x.txz?archive=1", Some(Archive::TarXz)),
            ("https://a/x", None),
        ] {
            assert_eq!(Wanted::parse(text).unwrap().archive, expected, "{text}");
        }
    }
}
