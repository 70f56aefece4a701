//! `-sandbox`: the same code against a server on this machine. What the configuration says about endpoints, profiles,
//! roles and backends is set aside, and real credentials are never looked at.

use std::path::{Path, PathBuf};

use infra_aws::environment::Environment as AwsEnvironment;
use infra_engine::diagnostics::Diagnostic;
use infra_sandbox::{ACCESS_KEY_ID, Event, Progress, SECRET_ACCESS_KEY, Sandbox, Settings};

use crate::command_error::with_causes;
use crate::environment::Environment;
use crate::printer::Printer;
use crate::project::Session;

/// Region of the sandbox where neither the configuration nor the environment names one.
const DEFAULT_REGION: &str = "us-east-1";

/// A running sandbox.
#[derive(Clone, Debug)]
pub struct SandboxSession {
    /// Where the server answers.
    pub endpoint_url: String,
    /// Where states of sandboxed directories are kept.
    pub state_directory: PathBuf,
    /// The root of the git checkout it belongs to.
    pub git_root: PathBuf,
}

impl SandboxSession {
    /// Where the states of a directory are kept.
    pub fn folder_of(&self, directory: &Path) -> PathBuf {
        self.state_directory.join(directory.strip_prefix(&self.git_root).unwrap_or(directory))
    }
}

/// The sandbox of the git checkout around a directory; of the directory itself where there is none.
pub fn of_directory(directory: &Path, environment: &Environment) -> Sandbox {
    let settings = Settings {
        cache_directory: environment.cache_directory(),
        search_path: environment.get("PATH").unwrap_or_default().into(),
        environment: environment.variables.iter().map(|(name, value)| (name.into(), value.into())).collect(),
    };
    Sandbox::in_git_root(&git_root(directory), settings)
}

fn git_root(directory: &Path) -> PathBuf {
    let root = directory.ancestors().find(|folder| folder.join(".git").exists());
    root.unwrap_or(directory).to_path_buf()
}

/// Makes sure that the sandbox runs; the first time it is installed, with progress.
pub fn start(directory: &Path, environment: &Environment, printer: &Printer) -> Result<SandboxSession, Diagnostic> {
    let sandbox = of_directory(directory, environment);
    let running = sandbox.ensure_running(&Shown(printer)).map_err(|error| diagnostic(&error))?;
    printer.note(&format!("Working in the sandbox at {}; no real account is touched.", running.endpoint_url));
    Ok(SandboxSession {
        endpoint_url: running.endpoint_url,
        state_directory: sandbox.state_directory(),
        git_root: git_root(directory),
    })
}

/// A failure of the sandbox with its causes and what to do.
pub fn diagnostic(error: &infra_sandbox::Error) -> Diagnostic {
    let diagnostic = Diagnostic::error("Sandbox not usable", format!("{}.", with_causes(error).trim_end_matches('.')));
    match error.hint() {
        Some(hint) => diagnostic.hint(hint),
        None => diagnostic,
    }
}

/// Shows what the sandbox reports while it is installed and started.
pub struct Shown<'p>(pub &'p Printer);

impl Progress for Shown<'_> {
    fn report(&self, event: Event<'_>) {
        if let Some(line) = describe(event) {
            self.0.note(&format!("sandbox: {line}"));
        }
    }
}

/// What a person wants to know of an event, if anything.
fn describe(event: Event<'_>) -> Option<String> {
    match event {
        Event::InstallationStarted { version, directory } => Some(format!(
            "first use: installing ministack {version} into {}; this takes some seconds",
            directory.display()
        )),
        Event::InstallationLine(line) => Some(line.to_owned()),
        Event::InstallationDone { elapsed } => Some(format!("installed in {:.1} s", elapsed.as_secs_f64())),
        Event::WaitingForOtherCommand => Some("waiting for another command that is starting it".to_owned()),
        Event::ServerStarting { port } => Some(format!("starting on port {port}")),
        Event::ServerReady { elapsed } => Some(format!("ready after {:.1} s", elapsed.as_secs_f64())),
        _ => None,
    }
}

/// The environment variables that AWS clients get to see: in the sandbox none of the user's.
pub fn aws_environment(session: &Session<'_>) -> AwsEnvironment {
    process_environment(session).into_iter().collect()
}

/// The environment variables that commands get to see; in the sandbox those for AWS lead to it.
pub fn process_environment(session: &Session<'_>) -> Vec<(String, String)> {
    let variables = session.environment.variables.iter();
    match &session.sandbox {
        None => variables.map(|(name, value)| (name.clone(), value.clone())).collect(),
        Some(sandbox) => {
            let region = ["AWS_REGION", "AWS_DEFAULT_REGION"]
                .into_iter()
                .find_map(|name| session.environment.get(name))
                .unwrap_or(DEFAULT_REGION);
            let own = [
                ("AWS_ACCESS_KEY_ID", ACCESS_KEY_ID),
                ("AWS_SECRET_ACCESS_KEY", SECRET_ACCESS_KEY),
                ("AWS_REGION", region),
                ("AWS_ENDPOINT_URL", &sandbox.endpoint_url),
                ("AWS_EC2_METADATA_DISABLED", "true"),
                // Profiles of the user hold real credentials.
                ("AWS_CONFIG_FILE", "/dev/null"),
                ("AWS_SHARED_CREDENTIALS_FILE", "/dev/null"),
            ];
            variables
                .filter(|(name, _)| !name.starts_with("AWS_"))
                .map(|(name, value)| (name.clone(), value.clone()))
                .chain(own.into_iter().map(|(name, value)| (name.to_owned(), value.to_owned())))
                .collect()
        }
    }
}
