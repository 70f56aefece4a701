//! The module registry protocol: which service a host has, which versions a module has, where a version is.

use std::collections::HashMap;
use std::sync::Arc;

use infra_values::version::{Version, VersionConstraint};
use serde::Deserialize;
use tokio::sync::Mutex;
use url::Url;

use crate::http::{Answer, HttpClient, HttpError};
use crate::settings::Settings;
use crate::source::RegistryAddress;

/// The service that knows modules.
const SERVICE: &str = "modules.v1";
/// Where a host says what services it has.
const DISCOVERY_PATH: &str = "/.well-known/terraform.json";

/// Why a registry gave no module. Messages are clauses.
#[derive(Debug, thiserror::Error)]
pub(crate) enum RegistryError {
    #[error("{0}")]
    Http(#[from] HttpError),
    #[error("the host {host} has no module registry")]
    NoRegistry { host: String },
    #[error("the registry {host} has no module {module}")]
    NoModule { host: String, module: String },
    #[error("{0}")]
    NoVersion(String),
    #[error(
        "{url} wants a token{}; set the environment variable {variable}, or run `terraform login {host}`",
        if *.has_token { " and refused the one it was given" } else { "" }
    )]
    Unauthorized { url: String, host: String, variable: String, has_token: bool },
    #[error("{url} did not answer as a module registry does: {reason}")]
    Answer { url: String, reason: String },
}

/// Asks registries, each host once for its services.
pub(crate) struct Registries {
    http: HttpClient,
    settings: Arc<Settings>,
    services: Mutex<HashMap<String, Url>>,
}

#[derive(Deserialize)]
struct VersionsAnswer {
    modules: Vec<ModuleVersions>,
}

#[derive(Deserialize)]
struct ModuleVersions {
    versions: Vec<OneVersion>,
}

#[derive(Deserialize)]
struct OneVersion {
    version: String,
}

#[derive(Deserialize)]
struct LocationAnswer {
    location: String,
}

impl Registries {
    pub fn new(http: HttpClient, settings: Arc<Settings>) -> Self {
        Self { http, settings, services: Mutex::default() }
    }

    /// All versions of a module, in no order. Texts that are no versions are left out.
    pub async fn versions(&self, address: &RegistryAddress) -> Result<Vec<Version>, RegistryError> {
        let url = self.url(address, &format!("{}/versions", address.path())).await?;
        let answer = self.ask(address, &url).await?;
        let found: VersionsAnswer = read_json(answer, &url).await?;
        let versions = found.modules.into_iter().next().map(|module| module.versions).unwrap_or_default();
        Ok(versions.iter().filter_map(|found| found.version.parse().ok()).collect())
    }

    /// Where the package of a version is: a source, which may be relative to the URL that comes with it.
    pub async fn location(&self, address: &RegistryAddress, version: &Version) -> Result<String, RegistryError> {
        let url = self.url(address, &format!("{}/{version}/download", address.path())).await?;
        let answer = self.ask(address, &url).await?;
        let location = match answer.header("x-terraform-get") {
            Some(location) => location.to_owned(),
            None => read_json::<LocationAnswer>(answer, &url).await?.location,
        };
        Ok(absolute_location(&location, &url))
    }

    async fn url(&self, address: &RegistryAddress, path: &str) -> Result<Url, RegistryError> {
        let service = self.service(&address.host).await?;
        service
            .join(path)
            .map_err(|error| RegistryError::Answer { url: service.to_string(), reason: error.to_string() })
    }

    /// Asks with the host's token.
    async fn ask(&self, address: &RegistryAddress, url: &Url) -> Result<Answer, RegistryError> {
        let host = &address.host;
        let answer = self.http.get(url, &self.authorization(host)).await?;
        match answer.status {
            404 => Err(RegistryError::NoModule { host: host.clone(), module: address.path() }),
            401 | 403 => Err(RegistryError::Unauthorized {
                url: url.to_string(),
                host: host.clone(),
                variable: token_variable(host),
                has_token: self.settings.token(host).is_some(),
            }),
            _ => Ok(answer.successful()?),
        }
    }

    fn authorization(&self, host: &str) -> Vec<(&'static str, String)> {
        self.settings.token(host).map(|token| ("authorization", format!("Bearer {token}"))).into_iter().collect()
    }

    /// The URL of the module service of a host, with a slash at its end.
    async fn service(&self, host: &str) -> Result<Url, RegistryError> {
        let mut known = self.services.lock().await;
        if let Some(url) = known.get(host) {
            return Ok(url.clone());
        }
        let no_registry = || RegistryError::NoRegistry { host: host.to_owned() };
        let url = if self.settings.has_services(host) {
            let configured = self.settings.service(host, SERVICE).ok_or_else(no_registry)?;
            Url::parse(configured)
                .map_err(|error| RegistryError::Answer { url: configured.to_owned(), reason: error.to_string() })?
        } else {
            let discovery = format!("https://{host}{DISCOVERY_PATH}");
            let discovery = Url::parse(&discovery)
                .map_err(|error| RegistryError::Answer { url: discovery, reason: error.to_string() })?;
            let answer = self.http.get(&discovery, &self.authorization(host)).await?;
            if answer.status == 404 {
                return Err(no_registry());
            }
            let answer = answer.successful()?;
            let base = answer.url.clone();
            let services: HashMap<String, serde_json::Value> = read_json(answer, &discovery).await?;
            let service = services.get(SERVICE).and_then(serde_json::Value::as_str).ok_or_else(no_registry)?;
            base.join(service)
                .map_err(|error| RegistryError::Answer { url: discovery.to_string(), reason: error.to_string() })?
        };
        let url = with_final_slash(url);
        known.insert(host.to_owned(), url.clone());
        Ok(url)
    }
}

/// The highest version that meets a constraint. A pre-release is chosen only where exactly it is asked for.
pub(crate) fn choose(
    versions: &[Version],
    constraint: Option<&VersionConstraint>,
    address: &RegistryAddress,
) -> Result<Version, RegistryError> {
    let is_asked_for = |version: &Version| constraint.is_some_and(|constraint| constraint.is_exactly(version));
    let candidates = versions.iter().filter(|version| !version.is_prerelease() || is_asked_for(version));
    let newest = candidates.clone().max();
    let chosen =
        candidates.filter(|version| constraint.is_none_or(|constraint| constraint.allows_module(version))).max();
    match (chosen, newest) {
        (Some(version), _) => Ok(version.clone()),
        (None, Some(newest)) => Err(RegistryError::NoVersion(format!(
            "no version of {address} meets the constraint; the newest there is is {newest}"
        ))),
        (None, None) => Err(RegistryError::NoVersion(format!("there are no versions of {address}"))),
    }
}

async fn read_json<T: serde::de::DeserializeOwned>(answer: Answer, url: &Url) -> Result<T, RegistryError> {
    let text = answer.text().await?;
    serde_json::from_slice(&text)
        .map_err(|error| RegistryError::Answer { url: url.to_string(), reason: error.to_string() })
}

/// The environment variable that holds the token of a host.
fn token_variable(host: &str) -> String {
    let host = host.split(':').next().unwrap_or_default();
    format!("TF_TOKEN_{}", host.replace('-', "__").replace('.', "_"))
}

fn with_final_slash(mut url: Url) -> Url {
    if !url.path().ends_with('/') {
        let path = format!("{}/", url.path());
        url.set_path(&path);
    }
    url
}

/// A location that begins with `/`, `./` or `../` is relative to the URL that named it.
pub(crate) fn absolute_location(location: &str, named_by: &Url) -> String {
    let is_relative = ["/", "./", "../"].iter().any(|prefix| location.starts_with(prefix));
    if !is_relative {
        return location.to_owned();
    }
    // A folder behind `//` is no part of the URL.
    let (path, folder) = crate::source::split_folder(location);
    let Ok(url) = named_by.join(&path) else { return location.to_owned() };
    if folder.is_empty() {
        return url.to_string();
    }
    let url = url.to_string();
    match url.split_once('?') {
        Some((before, arguments)) => format!("{before}//{folder}?{arguments}"),
        None => format!("{url}//{folder}"),
    }
}
