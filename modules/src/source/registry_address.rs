//! `[host/]namespace/name/system`

use std::fmt;

use super::{SourceError, clean_folder, split_folder};

/// The registry that addresses without a host mean.
const DEFAULT_HOST: &str = "registry.terraform.io";
/// Hosts whose addresses look like those of a registry and are git repositories.
const GIT_HOSTS: &[&str] = &["github.com", "bitbucket.org"];
/// Longest namespace, name and system.
const PART_CHARACTERS_MAX: usize = 64;

/// A module of a registry.
#[derive(Clone, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct RegistryAddress {
    /// The host in lower case, with its port unless that is 443.
    pub host: String,
    /// Whose module it is.
    pub namespace: String,
    /// What it is called.
    pub name: String,
    /// What it is for: `aws`.
    pub system: String,
}

impl RegistryAddress {
    /// Reads an address and the folder behind `//`. `None` where the text is none, and may be something else.
    pub(super) fn parse(text: &str) -> Result<Option<(Self, String)>, SourceError> {
        let (address, folder) = split_folder(text);
        let parts: Vec<&str> = address.split('/').collect();
        let (host, [namespace, name, system]) = match parts.as_slice() {
            [namespace, name, system] => (DEFAULT_HOST.to_owned(), [namespace, name, system]),
            [host, namespace, name, system] => match host_name(host) {
                Some(host) => (host, [namespace, name, system]),
                None => return Ok(None),
            },
            _ => return Ok(None),
        };
        if !is_name(namespace) || !is_name(name) || !is_system(system) || GIT_HOSTS.contains(&host.as_str()) {
            return Ok(None);
        }
        let address =
            Self { host, namespace: (*namespace).to_owned(), name: (*name).to_owned(), system: (*system).to_owned() };
        Ok(Some((address, clean_folder(&folder)?)))
    }

    /// `namespace/name/system`
    pub fn path(&self) -> String {
        format!("{}/{}/{}", self.namespace, self.name, self.system)
    }
}

impl fmt::Display for RegistryAddress {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(formatter, "{}/{}", self.host, self.path())
    }
}

/// A host in lower case, if the text is one: it has a dot, and no label in the encoded form of other alphabets.
fn host_name(text: &str) -> Option<String> {
    let (name, port) = match text.split_once(':') {
        Some((name, port)) => (name, Some(port.parse::<u16>().ok()?)),
        None => (text, None),
    };
    let lower = name.to_lowercase();
    let is_label = |label: &str| {
        !label.is_empty()
            && !label.starts_with(['-', '_'])
            && !label.ends_with(['-', '_'])
            && !label.starts_with("xn--")
            && label.chars().all(|character| character.is_alphanumeric() || character == '-')
    };
    if !lower.contains('.') || !lower.split('.').all(is_label) {
        return None;
    }
    Some(match port {
        Some(port) if port != 443 => format!("{lower}:{port}"),
        _ => lower,
    })
}

fn is_name(text: &str) -> bool {
    let is_inside = |character: char| character.is_ascii_alphanumeric() || character == '-' || character == '_';
    text.len() <= PART_CHARACTERS_MAX
        && text.starts_with(|first: char| first.is_ascii_alphanumeric())
        && text.ends_with(|last: char| last.is_ascii_alphanumeric())
        && text.chars().all(is_inside)
}

fn is_system(text: &str) -> bool {
    (1..=PART_CHARACTERS_MAX).contains(&text.len())
        && text.chars().all(|character| character.is_ascii_lowercase() || character.is_ascii_digit())
}
