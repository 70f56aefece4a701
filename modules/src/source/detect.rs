//! Brings the ways in which a package can be written into one form.

use std::sync::LazyLock;

use regex::Regex;
use url::Url;

use super::{ModuleSource, Package, SourceError, clean_folder, split_folder};

/// `git::…`
static FORCED: LazyLock<Option<Regex>> = LazyLock::new(|| Regex::new(r"^([A-Za-z0-9]+)::(.*)$").ok());
/// `git@host:path`
static SCP_LIKE: LazyLock<Option<Regex>> = LazyLock::new(|| Regex::new(r"^([^@/]+)@([^:/]+):/?(.+)$").ok());
/// Where Google keeps objects.
const GCS_PREFIX: &str = "www.googleapis.com/storage/";

/// Reads the source of a package that is neither local nor in a registry.
pub(super) fn remote(text: &str) -> Result<ModuleSource, SourceError> {
    if text.is_empty() {
        return Err(SourceError::Empty);
    }
    let (forced, rest) = match FORCED.as_ref().and_then(|forced| forced.captures(text)) {
        Some(parts) => (Some(parts[1].to_owned()), parts[2].to_owned()),
        None => (None, text.to_owned()),
    };
    let (place, folder) = split_folder(&rest);
    let (detected, found_folder) = package(&place)?;
    let forced = forced.or(detected.forced);
    let folder = match (found_folder.is_empty(), folder.is_empty()) {
        (_, true) => found_folder,
        (true, false) => folder,
        (false, false) => format!("{found_folder}/{folder}"),
    };
    Ok(ModuleSource::Remote(Package { forced, url: detected.url }, clean_folder(&folder)?))
}

/// The package that a text without a folder means, and the folder it names on the way.
fn package(place: &str) -> Result<(Package, String), SourceError> {
    let plain = |url: &str| (Package { forced: None, url: url.to_owned() }, String::new());
    if has_scheme(place) {
        return Ok(plain(place));
    }
    if let Some(rest) = place.strip_prefix("github.com/") {
        return git_host("github.com", rest, 2)
            .ok_or_else(|| SourceError::Malformed("GitHub repositories are written github.com/OWNER/NAME".to_owned()));
    }
    if let Some(rest) = place.strip_prefix("bitbucket.org/") {
        return git_host("bitbucket.org", rest, 1).ok_or_else(|| {
            SourceError::Malformed("Bitbucket repositories are written bitbucket.org/OWNER/NAME".to_owned())
        });
    }
    if let Some(parts) = SCP_LIKE.as_ref().and_then(|pattern| pattern.captures(place))
        && &parts[1] == "git"
    {
        let url = format!("ssh://git@{}/{}", &parts[2], &parts[3]);
        return Ok((Package { forced: Some("git".to_owned()), url }, String::new()));
    }
    if let Some(rest) = place.strip_prefix(GCS_PREFIX) {
        let url = format!("https://{GCS_PREFIX}{rest}");
        return Ok((Package { forced: Some("gcs".to_owned()), url }, String::new()));
    }
    if place.contains(".amazonaws.com/") {
        let url = s3_url(place).ok_or_else(|| {
            SourceError::Malformed(
                "S3 objects are written s3.amazonaws.com/BUCKET/KEY or BUCKET.s3.amazonaws.com/KEY".to_owned(),
            )
        })?;
        return Ok((Package { forced: Some("s3".to_owned()), url }, String::new()));
    }
    if place.starts_with('/') {
        return Ok(plain(&format!("file://{place}")));
    }
    if place.is_empty() {
        return Ok(plain(""));
    }
    Err(SourceError::Unknown(place.to_owned()))
}

/// Whether a text begins like a URL.
fn has_scheme(text: &str) -> bool {
    let Some((scheme, _)) = text.split_once(':') else { return false };
    scheme.starts_with(|first: char| first.is_ascii_alphabetic())
        && scheme.chars().all(|character| character.is_ascii_alphanumeric() || "+-.".contains(character))
}

/// A repository on a host where its address has two parts; further parts are a folder.
fn git_host(host: &str, rest: &str, parts_min: usize) -> Option<(Package, String)> {
    let (path, arguments) = match rest.split_once('?') {
        Some((path, arguments)) => (path, format!("?{arguments}")),
        None => (rest, String::new()),
    };
    let parts: Vec<&str> = path.split('/').filter(|part| !part.is_empty()).collect();
    if parts.len() < parts_min {
        return None;
    }
    let (repository, folder) = parts.split_at(parts.len().min(2));
    let repository = repository.join("/");
    let ending = if repository.ends_with(".git") { "" } else { ".git" };
    let url = Url::parse(&format!("https://{host}/{repository}{ending}{arguments}")).ok()?;
    Some((Package { forced: Some("git".to_owned()), url: url.to_string() }, folder.join("/")))
}

/// The one form of an S3 object's address: `https://s3.amazonaws.com/bucket/key`.
fn s3_url(place: &str) -> Option<String> {
    let (host, path) = place.split_once('/')?;
    let labels: Vec<&str> = host.strip_suffix(".amazonaws.com")?.split('.').collect();
    match labels.as_slice() {
        [service] if service.starts_with("s3") => path.contains('/').then(|| format!("https://{host}/{path}")),
        ["s3", _region] => path.contains('/').then(|| format!("https://{host}/{path}")),
        [bucket, service] if service.starts_with("s3") => {
            Some(format!("https://{service}.amazonaws.com/{bucket}/{path}"))
        }
        [bucket, "s3", region] => Some(format!("https://s3.{region}.amazonaws.com/{bucket}/{path}")),
        _ => None,
    }
}
