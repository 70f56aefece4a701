//! `infra state push`

use std::io::Read;

use infra_engine::diagnostics::Diagnostic;
use infra_state::store::Snapshot;
use infra_state::{State, file};

use crate::arguments::StatePushArguments;
use crate::backend::StateFlags;
use crate::command_error::{CommandError, CommandResult, EXIT_OK};
use crate::project::Session;
use crate::state_access::{self, Editing};

/// Replaces the stored state by a file, unless that would lose a newer state or one of another origin.
pub async fn run(session: &Session<'_>, arguments: &StatePushArguments) -> CommandResult {
    let bytes = read(session, &arguments.file)?;
    let origin = if arguments.file == "-" { "<standard input>" } else { &arguments.file };
    let pushed = file::decode(origin, &bytes)?;
    let store = state_access::open(session, &StateFlags::default())?;
    let editing = Editing::hold(session, store, &arguments.lock, "state-push").await?;
    let refused = if arguments.force { None } else { refusal(&editing.snapshot, &pushed)? };
    match refused {
        Some(reason) => editing.end(Err(CommandError::from(reason))).await?,
        None => editing.replace(pushed).await?,
    }
    Ok(EXIT_OK)
}

fn read(session: &Session<'_>, path: &str) -> Result<Vec<u8>, Diagnostic> {
    let read = if path == "-" {
        let mut bytes = Vec::new();
        std::io::stdin().read_to_end(&mut bytes).map(|_| bytes)
    } else {
        std::fs::read(session.directory.join(path))
    };
    read.map_err(|error| {
        Diagnostic::error("State file not readable", format!("{path} could not be read: {error}. Check the path."))
    })
}

/// Why the file should not take the place of what is stored.
fn refusal(stored: &Snapshot, pushed: &State) -> Result<Option<Diagnostic>, CommandError> {
    if !stored.exists {
        return Ok(None);
    }
    let reason = if !stored.state.lineage.is_empty() && stored.state.lineage != pushed.lineage {
        format!(
            "its lineage is \"{}\" and that of the stored state \"{}\", so they are of different origin",
            pushed.lineage, stored.state.lineage
        )
    } else if pushed.serial < stored.state.serial {
        format!("its serial is {} and that of the stored state {}, which is newer", pushed.serial, stored.state.serial)
    } else if pushed.serial == stored.state.serial && file::encode_body(pushed)? != file::encode_body(&stored.state)? {
        format!("both have the serial {}, and their contents differ", pushed.serial)
    } else {
        return Ok(None);
    };
    Ok(Some(Diagnostic::error(
        "State not pushed",
        format!("The file was refused: {reason}. Nothing was changed. -force replaces the stored state all the same."),
    )))
}
