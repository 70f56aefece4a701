//! Where the state of a directory is kept.

use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::time::Duration;

use infra_engine::diagnostics::{Diagnostic, Diagnostics};
use infra_engine::language::Language;
use infra_engine::provider::builtin::BACKENDS;
use infra_engine::syntax::{Block, SourceMap};
use infra_state::local::{Backup, LocalPaths, LocalStore, WORKSPACES_FOLDER};
use infra_state::lock::LockRequest;
use infra_state::store::{LockId, NoJournal, StateStore};

use crate::TERRAFORM_VERSION;
use crate::backend_pin::{self, LocalArguments};
use crate::command_error::CommandError;
use crate::project::{DEFAULT_WORKSPACE, Session};
use crate::sandbox::SandboxSession;

/// What flags say about the state.
#[derive(Clone, Debug, Default)]
pub struct StateFlags {
    /// `-state`
    pub state: Option<String>,
    /// `-state-out`
    pub state_out: Option<String>,
    /// `-backup`
    pub backup: Option<String>,
    /// Whether a backup gets a name of its own, so that it replaces no earlier one.
    pub keeps_every_backup: bool,
}

/// Where the states of a directory are: that of the workspace `default`, and the folder of the others.
pub struct Place {
    default_state: PathBuf,
    /// The folder in which each workspace but the default one has a folder of its name.
    pub workspaces: PathBuf,
}

impl Place {
    /// Finds out where they are. `backend` is the block of the root module, if there is one. Where `init` noted a
    /// backend, that one counts, and must be that of the block.
    pub fn of(session: &Session<'_>, backend: Option<&Block>) -> Result<Self, CommandError> {
        if let Some(sandbox) = &session.sandbox {
            return Ok(Self::in_folder(&sandbox_folder(session, sandbox)?));
        }
        let arguments = match backend {
            Some(block) => local_arguments(session, block)?,
            None => match backend_pin::read(session)? {
                Some(pin) => {
                    let reason = format!("Unsetting the previously set backend \"{}\"", pin.kind);
                    return Err(changed_backend(&reason).into());
                }
                None => LocalArguments::default(),
            },
        };
        let mut place = Self::in_folder(&session.directory);
        if let Some(path) = arguments.path {
            place.default_state = session.directory.join(path);
        }
        if let Some(folder) = arguments.workspace_dir {
            place.workspaces = session.directory.join(folder);
        }
        Ok(place)
    }

    fn in_folder(folder: &Path) -> Self {
        Self { default_state: LocalPaths::in_directory(folder).state, workspaces: folder.join(WORKSPACES_FOLDER) }
    }

    /// The folder of a workspace that is not the default one.
    pub fn folder(&self, workspace: &str) -> PathBuf {
        self.workspaces.join(workspace)
    }

    /// Opens the store of a workspace.
    pub fn open(&self, session: &Session<'_>, flags: &StateFlags, workspace: &str) -> Arc<dyn StateStore> {
        let mut paths = match workspace {
            DEFAULT_WORKSPACE => LocalPaths::new(&self.default_state),
            other => LocalPaths::in_directory(&self.folder(other)),
        };
        if let Some(state) = &flags.state {
            paths.state = session.directory.join(state);
        }
        paths.state_out = flags.state_out.as_ref().map(|path| session.directory.join(path));
        paths.backup = match flags.backup.as_deref() {
            None | Some("") if flags.keeps_every_backup => Backup::BesideWithTime(jiff::Timestamp::now().as_second()),
            None | Some("") => Backup::Beside,
            Some("-") => Backup::Off,
            Some(path) => Backup::At(session.directory.join(path)),
        };
        Arc::new(LocalStore::new(paths, Arc::new(NoJournal)))
    }
}

/// Opens the store of the current workspace of a directory. `backend` is the block of the root module, if there is one.
pub fn open(
    session: &Session<'_>,
    backend: Option<&Block>,
    flags: &StateFlags,
) -> Result<Arc<dyn StateStore>, CommandError> {
    session.check_workspace()?;
    Ok(Place::of(session, backend)?.open(session, flags, &session.workspace()))
}

/// The folder for the states that are made in the sandbox, which is there afterwards.
fn sandbox_folder(session: &Session<'_>, sandbox: &SandboxSession) -> Result<PathBuf, Diagnostic> {
    let folder = sandbox.folder_of(&session.directory);
    std::fs::create_dir_all(&folder).map_err(|error| {
        Diagnostic::error(
            "Sandbox not usable",
            format!("The folder {} for its states could not be made: {error}.", folder.display()),
        )
    })?;
    Ok(folder)
}

/// Refuses backends that are not there yet.
pub fn refuse_unsupported(block: &Block) -> Result<(), Diagnostic> {
    let kind = block.labels.first().map_or("", |label| label.text.as_str());
    if kind == "local" {
        return Ok(());
    }
    if !BACKENDS.contains(&kind) {
        let place = block.labels.first().map_or(block.header_span, |label| label.span);
        let unknown = Diagnostic::error("Unsupported backend type", format!("There is no backend named \"{kind}\"."));
        return Err(unknown.suggest(kind, BACKENDS).at(place));
    }
    Err(Diagnostic::error(
        "Backend not supported",
        format!(
            "This version of infra keeps states in local files and cannot work with the backend \"{kind}\" yet. Use \
             -sandbox to try the configuration without it, or remove the block to work with a local state."
        ),
    )
    .at(block.header_span))
}

/// The arguments of the backend `local`. Where `init` noted a backend, that one counts, and must be that of the block.
fn local_arguments(session: &Session<'_>, block: &Block) -> Result<LocalArguments, Diagnostic> {
    refuse_unsupported(block)?;
    let of_block = LocalArguments::of_block(block)?;
    match backend_pin::read(session)? {
        None if leaves_a_state_behind(session, &of_block) => {
            Err(changed_backend("Initial configuration of the requested backend \"local\"").at(block.header_span))
        }
        None => Ok(of_block),
        Some(pin) if pin.is_of(&of_block) => Ok(pin.local_arguments().unwrap_or(of_block)),
        Some(_) => Err(changed_backend("Backend configuration block has changed").at(block.header_span)),
    }
}

/// Whether there is a state where it is kept without a backend block, and this one keeps it elsewhere.
fn leaves_a_state_behind(session: &Session<'_>, arguments: &LocalArguments) -> bool {
    let unconfigured = LocalPaths::in_directory(&session.directory).state;
    let configured = arguments.path.as_ref().map(|path| session.directory.join(path));
    configured.is_some_and(|configured| configured != unconfigured)
        && std::fs::metadata(unconfigured).is_ok_and(|found| found.len() > 0)
}

/// The state may be elsewhere than where the configuration says.
fn changed_backend(reason: &str) -> Diagnostic {
    Diagnostic::error(
        "Backend initialization required",
        format!(
            "{reason}: the directory was prepared for another one, whose state would be left behind. To take the state \
             along, run `infra init -migrate-state`; to leave it where it is, run `infra init -reconfigure`."
        ),
    )
}

/// Takes the lock of a store.
pub async fn lock(
    session: &Session<'_>,
    store: &dyn StateStore,
    operation: &str,
    timeout: &str,
) -> Result<LockId, CommandError> {
    let request = LockRequest {
        operation: operation.to_owned(),
        info: String::new(),
        who: session.environment.user_at_host(),
        version: TERRAFORM_VERSION.to_owned(),
        created: jiff::Timestamp::now(),
        timeout: parse_duration(timeout)?,
    };
    Ok(store.lock(&request).await?)
}

/// Gives a lock up. A failure is shown at once, so that it hides nothing else, and makes the command fail.
pub async fn unlock(session: &Session<'_>, store: &dyn StateStore, lock: Option<&LockId>) -> Result<(), CommandError> {
    let Some(lock) = lock else { return Ok(()) };
    store.unlock(lock).await.map_err(|error| {
        let diagnostics = crate::command_error::state_diagnostic(&error).into();
        session.printer.diagnostics(&diagnostics, &SourceMap::new(), false);
        CommandError::shown()
    })
}

/// A duration as Go writes it: `90s`, `1m30s`, `1h`.
pub fn parse_duration(text: &str) -> Result<Duration, Diagnostic> {
    let invalid = || {
        Diagnostic::error(
            "Invalid duration",
            format!("-lock-timeout was given \"{text}\", which is no duration. Write it like 30s, 5m or 1m30s."),
        )
    };
    if text == "0" {
        return Ok(Duration::ZERO);
    }
    let mut total = Duration::ZERO;
    let mut rest = text;
    while !rest.is_empty() {
        let digits =
            rest.find(|character: char| !character.is_ascii_digit() && character != '.').ok_or_else(invalid)?;
        let number: f64 = rest[..digits].parse().map_err(|_| invalid())?;
        let after = &rest[digits..];
        let unit_length = after.find(|character: char| character.is_ascii_digit()).unwrap_or(after.len());
        let seconds = match &after[..unit_length] {
            "ms" => 0.001,
            "s" => 1.0,
            "m" => 60.0,
            "h" => 3600.0,
            _ => return Err(invalid()),
        };
        total += Duration::try_from_secs_f64(number * seconds).map_err(|_| invalid())?;
        rest = &after[unit_length..];
    }
    if text.is_empty() { Err(invalid()) } else { Ok(total) }
}

/// What Terraform says of `-state` where it plans or applies; with `-strict` it is said too.
pub fn discouraged_flags(session: &Session<'_>, state: Option<&String>) -> Diagnostics {
    if state.is_none() || session.language != Language::Strict {
        return Diagnostics::new();
    }
    Diagnostic::warning(
        "Deprecated flag: -state",
        "The file of the state belongs into the configuration: terraform { backend \"local\" { path = … } }.",
    )
    .into()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn durations_are_read_as_go_writes_them() {
        let table = [("0s", 0), ("0", 0), ("30s", 30_000), ("1m30s", 90_000), ("1.5h", 5_400_000), ("250ms", 250)];
        for (text, milliseconds) in table {
            assert_eq!(parse_duration(text).unwrap(), Duration::from_millis(milliseconds), "{text}");
        }
        for wrong in ["", "5", "s", "1d", "5 s"] {
            assert!(parse_duration(wrong).is_err(), "{wrong:?}");
        }
    }
}
