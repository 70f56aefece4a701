//! What the installer must know of the machine and the user: environment variables, and the CLI configuration that
//! terraform reads (`.terraformrc`, `credentials.tfrc.json`).

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

use infra_engine::diagnostics::{Diagnostic, Diagnostics};
use infra_engine::evaluate::constant;
use infra_engine::syntax::{Block, Body, SourceMap, parse_bytes};

/// What the environment and the CLI configuration say.
#[derive(Clone, Debug, Default)]
pub struct Settings {
    variables: BTreeMap<String, String>,
    /// `host` blocks: services by host.
    services: BTreeMap<String, BTreeMap<String, String>>,
    /// `credentials` blocks: tokens by host.
    tokens: BTreeMap<String, String>,
}

impl Settings {
    /// Reads the CLI configuration that these environment variables point to. What is wrong with it is told, and does
    /// not stop anything.
    pub fn read(variables: BTreeMap<String, String>) -> (Self, Diagnostics) {
        let mut settings = Self { variables, ..Self::default() };
        let mut diagnostics = Diagnostics::new();
        let named =
            settings.variable("TF_CLI_CONFIG_FILE").or(settings.variable("TERRAFORM_CONFIG")).map(PathBuf::from);
        if let Some(file) = named {
            if file.exists() {
                settings.read_file(&file, &mut diagnostics);
            } else {
                diagnostics.push(Diagnostic::warning(
                    "Unable to open CLI configuration file",
                    format!(
                        "The file {}, which TF_CLI_CONFIG_FILE names, does not exist. Correct or unset the variable.",
                        file.display()
                    ),
                ));
            }
        } else if let Some(home) = settings.variable("HOME").map(PathBuf::from) {
            let mut files = vec![home.join(".terraformrc")];
            files.extend(configuration_files(&home.join(".terraform.d")));
            for file in files.iter().filter(|file| file.is_file()) {
                settings.read_file(file, &mut diagnostics);
            }
        }
        (settings, diagnostics)
    }

    /// An environment variable that is set to something.
    pub fn variable(&self, name: &str) -> Option<&str> {
        self.variables.get(name).map(String::as_str).filter(|value| !value.is_empty())
    }

    /// The environment variables.
    pub fn variables(&self) -> &BTreeMap<String, String> {
        &self.variables
    }

    /// The URL of a service of a host, where a `host` block gives it.
    pub fn service(&self, host: &str, service: &str) -> Option<&str> {
        self.services.get(host)?.get(service).map(String::as_str)
    }

    /// Whether a `host` block says what services a host has; it is then not asked.
    pub fn has_services(&self, host: &str) -> bool {
        self.services.contains_key(host)
    }

    /// The token for a host: `TF_TOKEN_…`, else what the CLI configuration has.
    pub fn token(&self, host: &str) -> Option<&str> {
        self.token_variable(host).or_else(|| self.tokens.get(host).map(String::as_str))
    }

    /// `TF_TOKEN_` and the host with `_` for dots; dashes may be doubled underscores.
    fn token_variable(&self, host: &str) -> Option<&str> {
        let with_dashes = host.replace('.', "_");
        let without_dashes = host.replace('-', "__").replace('.', "_");
        self.variables.iter().find_map(|(name, value)| {
            let name = name.strip_prefix("TF_TOKEN_")?.to_lowercase();
            (!value.is_empty() && (name == with_dashes || name == without_dashes)).then_some(value.as_str())
        })
    }

    fn read_file(&mut self, file: &Path, diagnostics: &mut Diagnostics) {
        let shown = file.display().to_string();
        let failed = |reason: String| {
            Diagnostic::warning(
                "CLI configuration not usable",
                format!("The file {shown} could not be read: {reason}. Correct it; what it says is not heeded."),
            )
        };
        let bytes = match std::fs::read(file) {
            Ok(bytes) => bytes,
            Err(error) => return diagnostics.push(failed(error.to_string())),
        };
        if shown.ends_with(".json") {
            match serde_json::from_slice::<JsonConfiguration>(&bytes) {
                Ok(found) => {
                    self.tokens.extend(found.credentials.into_iter().map(|(host, found)| (host, found.token)));
                    self.services.extend(found.host.into_iter().map(|(host, found)| (host, found.services)));
                }
                Err(error) => diagnostics.push(failed(error.to_string())),
            }
            return;
        }
        let sources = SourceMap::new();
        let (_, body, mistakes) = parse_bytes(&sources, &shown, &bytes);
        // The old syntax of this file has forms that the language has not; they concern other commands.
        for mistake in mistakes.iter().take(1) {
            diagnostics.push(failed(mistake.summary.to_lowercase()));
        }
        for block in &body.blocks {
            self.read_block(block, &shown, diagnostics);
        }
    }

    fn read_block(&mut self, block: &Block, file: &str, diagnostics: &mut Diagnostics) {
        let host = block.labels.first().map(|label| label.text.to_lowercase());
        match (block.kind.text.as_str(), host) {
            ("credentials", Some(host)) => {
                if let Some(token) = text(&block.body, "token") {
                    self.tokens.insert(host, token);
                }
            }
            ("host", Some(host)) => {
                let attribute = block.body.attribute("services");
                let services = attribute.and_then(|attribute| constant(&attribute.expression, None).ok());
                let entries = services.as_ref().and_then(|services| services.as_entries());
                let texts = entries
                    .into_iter()
                    .flatten()
                    .filter_map(|(name, value)| Some((name.as_str().to_owned(), value.as_str()?.to_owned())));
                self.services.insert(host, texts.collect());
            }
            ("credentials_helper", _) => diagnostics.push(Diagnostic::warning(
                "Credentials helper not used",
                format!(
                    "{file} names a program that gives credentials; infra does not run it. Put tokens into environment \
                     variables: TF_TOKEN_ and the host's name with _ for dots."
                ),
            )),
            // Settings of other programs and commands.
            _ => {}
        }
    }
}

/// `*.tfrc` and `*.tfrc.json` of a folder, sorted.
fn configuration_files(folder: &Path) -> Vec<PathBuf> {
    let Ok(entries) = std::fs::read_dir(folder) else { return Vec::new() };
    let mut files: Vec<PathBuf> = entries
        .filter_map(|entry| Some(entry.ok()?.path()))
        .filter(|path| {
            let name = path.file_name().unwrap_or_default().to_string_lossy();
            name.ends_with(".tfrc") || name.ends_with(".tfrc.json")
        })
        .collect();
    files.sort();
    files
}

fn text(body: &Body, name: &str) -> Option<String> {
    constant(&body.attribute(name)?.expression, None).ok()?.as_str().map(str::to_owned)
}

#[derive(Default, serde::Deserialize)]
#[serde(default)]
struct JsonConfiguration {
    credentials: BTreeMap<String, JsonCredentials>,
    host: BTreeMap<String, JsonHost>,
}

#[derive(serde::Deserialize)]
struct JsonCredentials {
    token: String,
}

#[derive(serde::Deserialize)]
struct JsonHost {
    services: BTreeMap<String, String>,
}
