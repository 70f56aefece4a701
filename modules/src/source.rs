//! Addresses of modules: what the text of `source` means.
//!
//! [`ModuleSource::parse`] tells local paths, registry addresses and everything else apart, in that order. Everything
//! else is brought into one form by [`detect`]: `github.com/a/b/sub` becomes the package `git::https://github.com/a/b.git`
//! and the folder `sub` in it. How a package is downloaded is in [`crate::package`].

use std::fmt;

use url::Url;

mod detect;
mod registry_address;

pub use registry_address::RegistryAddress;

/// What `source` says.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum ModuleSource {
    /// A path relative to the calling module, with `/` between its parts; begins with `./` or `../`.
    Local(String),
    /// A module of a registry, and the folder in its package.
    Registry(RegistryAddress, String),
    /// A package to be downloaded, and the folder in it.
    Remote(Package, String),
}

/// A package to be downloaded: a way to get it, where it has to be said, and a URL.
#[derive(Clone, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct Package {
    /// What stands before `::`: `git`, `hg`, `s3`, `gcs`, `http`.
    pub forced: Option<String>,
    /// The URL, arguments included.
    pub url: String,
}

/// A text that is no module source. The message is a clause.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum SourceError {
    /// Nothing is written.
    #[error("the source is empty")]
    Empty,
    /// The folder after `//` begins with `..`.
    #[error("the folder \"{0}\" leads outside of the module's package")]
    OutsidePackage(String),
    /// It begins like something known, and goes on wrongly.
    #[error("{0}")]
    Malformed(String),
    /// Nothing says how to get it.
    #[error("nothing in \"{0}\" says how to download it")]
    Unknown(String),
    /// Only registry addresses have versions.
    #[error("{0}")]
    NotInRegistry(String),
}

impl ModuleSource {
    /// Reads the text of `source`.
    pub fn parse(text: &str) -> Result<Self, SourceError> {
        if infra_engine::config::is_local(text) {
            return Ok(Self::Local(clean_local(text)));
        }
        if let Some((address, folder)) = RegistryAddress::parse(text)? {
            return Ok(Self::Registry(address, folder));
        }
        detect::remote(text)
    }

    /// Reads the text of `source` beside an argument `version`, which only registry addresses may have.
    pub fn parse_with_version(text: &str) -> Result<Self, SourceError> {
        if infra_engine::config::is_local(text) {
            return Err(SourceError::NotInRegistry(format!("\"{text}\" is a local path")));
        }
        match RegistryAddress::parse(text)? {
            Some((address, folder)) => Ok(Self::Registry(address, folder)),
            None => Err(SourceError::NotInRegistry(format!(
                "\"{text}\" is no registry address, which has three or four parts: \
                 [HOST/]NAMESPACE/NAME/SYSTEM"
            ))),
        }
    }
}

/// As `modules.json` has it.
impl fmt::Display for ModuleSource {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Local(path) => formatter.write_str(path),
            Self::Registry(address, folder) if folder.is_empty() => write!(formatter, "{address}"),
            Self::Registry(address, folder) => write!(formatter, "{address}//{folder}"),
            Self::Remote(package, folder) if folder.is_empty() => write!(formatter, "{package}"),
            Self::Remote(package, folder) => {
                let package = package.to_string();
                match package.split_once('?') {
                    Some((before, arguments)) => write!(formatter, "{before}//{folder}?{arguments}"),
                    None => write!(formatter, "{package}//{folder}"),
                }
            }
        }
    }
}

impl fmt::Display for Package {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        match &self.forced {
            Some(forced) => write!(formatter, "{forced}::{}", self.url),
            None => formatter.write_str(&self.url),
        }
    }
}

impl Package {
    /// How it is downloaded: what is forced, else the URL's scheme.
    pub fn getter(&self) -> &str {
        match &self.forced {
            Some(forced) => forced,
            None => self.url.split(':').next().unwrap_or_default(),
        }
    }

    /// The URL for messages: without its password, and without what its arguments may give away (keys, signatures).
    pub fn shown(&self) -> String {
        let shown = match Url::parse(&self.url) {
            Ok(url) => without_secrets(url),
            Err(_) => self.url.clone(),
        };
        Self { forced: self.forced.clone(), url: shown }.to_string()
    }
}

/// Arguments of sources whose values are no secrets.
const PUBLIC_ARGUMENTS: &[&str] = &["ref", "depth", "archive", "checksum", "filename", "version"];

fn without_secrets(mut url: Url) -> String {
    if url.password().is_some() {
        // Only a URL that cannot have a password refuses, and this one has one.
        let _ = url.set_password(Some("redacted"));
    }
    let is_public = |name: &str| PUBLIC_ARGUMENTS.contains(&name);
    let arguments: Vec<(String, String)> =
        url.query_pairs().map(|(name, value)| (name.into_owned(), value.into_owned())).collect();
    if arguments.iter().any(|(name, _)| !is_public(name)) {
        let shown = arguments.iter().map(|(name, value)| (name, if is_public(name) { value } else { "redacted" }));
        url.query_pairs_mut().clear().extend_pairs(shown);
    }
    url.to_string()
}

/// Splits the folder behind `//` off; arguments stay with what is before it.
pub(crate) fn split_folder(text: &str) -> (String, String) {
    let path_end = text.find('?').unwrap_or(text.len());
    let search_from = text.find("://").map_or(0, |position| position + 3);
    let Some(position) = text.get(search_from..path_end).and_then(|path| path.find("//")) else {
        return (text.to_owned(), String::new());
    };
    let position = search_from + position;
    let folder = &text[position + 2..path_end];
    (format!("{}{}", &text[..position], &text[path_end..]), folder.to_owned())
}

/// A folder in a package without `.` and `..`; an error where it would leave the package.
pub(crate) fn clean_folder(folder: &str) -> Result<String, SourceError> {
    let mut parts: Vec<&str> = Vec::new();
    for part in folder.split('/') {
        match part {
            "" | "." => {}
            ".." if parts.pop().is_none() => {
                return Err(SourceError::OutsidePackage(clean_local(folder).trim_start_matches("./").to_owned()));
            }
            ".." => {}
            other => parts.push(other),
        }
    }
    Ok(parts.join("/"))
}

/// A local path in the one form that `modules.json` has.
fn clean_local(path: &str) -> String {
    let joined = infra_engine::config::join_directories(".", path);
    if joined.starts_with("../") { joined } else { format!("./{joined}") }
}

#[cfg(test)]
mod tests;
