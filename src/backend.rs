//! Where the state of a directory is kept.

use std::path::PathBuf;
use std::sync::Arc;
use std::time::Duration;

use infra_engine::diagnostics::Diagnostic;
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

/// Opens the store of a directory. `backend` is the block of the root module, if there is one.
pub fn open(
    session: &Session<'_>,
    backend: Option<&Block>,
    flags: &StateFlags,
) -> Result<Arc<dyn StateStore>, CommandError> {
    open_workspace(session, backend, flags, &session.workspace())
}

/// Opens the store of one workspace of a directory.
pub fn open_workspace(
    session: &Session<'_>,
    backend: Option<&Block>,
    flags: &StateFlags,
    workspace: &str,
) -> Result<Arc<dyn StateStore>, CommandError> {
    let mut paths = match (&session.sandbox, backend) {
        (Some(sandbox), _) => LocalPaths::of_workspace(&sandbox_folder(session, sandbox)?, workspace),
        (None, None) => match backend_pin::read(session)? {
            Some(pin) => {
                return Err(changed_backend(&format!("Unsetting the previously set backend \"{}\"", pin.kind)).into());
            }
            None => LocalPaths::of_workspace(&session.directory, workspace),
        },
        (None, Some(block)) => local_backend(session, block, workspace)?,
    };
    if let Some(state) = &flags.state {
        paths.state = session.directory.join(state);
    }
    paths.state_out = flags.state_out.as_ref().map(|path| session.directory.join(path));
    paths.backup = match flags.backup.as_deref() {
        None if flags.keeps_every_backup => unused_backup(&paths),
        None => Backup::Beside,
        Some("-") => Backup::Off,
        Some(path) => Backup::At(session.directory.join(path)),
    };
    Ok(Arc::new(LocalStore::new(paths, Arc::new(NoJournal))))
}

/// A backup that replaces no other one, named by the time or, where that is taken, soon after.
fn unused_backup(paths: &LocalPaths) -> Backup {
    let is_taken = |seconds: i64| {
        let paths = LocalPaths { backup: Backup::BesideWithTime(seconds), ..paths.clone() };
        paths.backup_path().is_some_and(|path| path.exists())
    };
    let now = jiff::Timestamp::now().as_second();
    Backup::BesideWithTime((now..).find(|seconds| !is_taken(*seconds)).unwrap_or(now))
}

/// Where the folders of workspaces are, each with the name of its workspace. The default one has none.
pub fn workspaces_folder(session: &Session<'_>, backend: Option<&Block>) -> Result<PathBuf, CommandError> {
    let base = match (&session.sandbox, backend) {
        (Some(sandbox), _) => sandbox_folder(session, sandbox)?,
        (None, None) => session.directory.clone(),
        (None, Some(block)) => {
            refuse_unsupported(block)?;
            if let Some(folder) = LocalArguments::of_block(block)?.workspace_dir {
                return Ok(session.directory.join(folder));
            }
            session.directory.clone()
        }
    };
    Ok(base.join(WORKSPACES_FOLDER))
}

/// The folder for the states that are made in the sandbox, which is there afterwards.
fn sandbox_folder(session: &Session<'_>, sandbox: &SandboxSession) -> Result<PathBuf, Diagnostic> {
    let below = session.directory.strip_prefix(&sandbox.git_root).unwrap_or(&session.directory);
    let folder = sandbox.state_directory.join(below);
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

/// The files of the backend `local`. Where `init` noted a backend, that one counts, and must be that of the block.
fn local_backend(session: &Session<'_>, block: &Block, workspace: &str) -> Result<LocalPaths, Diagnostic> {
    refuse_unsupported(block)?;
    let of_block = LocalArguments::of_block(block)?;
    let pin = backend_pin::read(session)?;
    if pin.is_none() && leaves_a_state_behind(session, &of_block) {
        return Err(changed_backend("Initial configuration of the requested backend \"local\"").at(block.header_span));
    }
    let arguments = match pin {
        Some(pin) if pin.is_of(&of_block) => pin.local_arguments().unwrap_or(of_block),
        Some(_) => return Err(changed_backend("Backend configuration block has changed").at(block.header_span)),
        None => of_block,
    };
    let path = |argument: Option<String>| argument.map(|path| session.directory.join(path));
    if workspace == DEFAULT_WORKSPACE {
        return Ok(match path(arguments.path) {
            Some(path) => LocalPaths::new(path),
            None => LocalPaths::in_directory(&session.directory),
        });
    }
    Ok(match path(arguments.workspace_dir) {
        Some(folder) => LocalPaths::in_directory(&folder.join(workspace)),
        None => LocalPaths::of_workspace(&session.directory, workspace),
    })
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
fn parse_duration(text: &str) -> Result<Duration, Diagnostic> {
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
