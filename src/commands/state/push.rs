//! `infra state push`

use std::io::Read;

use infra_engine::diagnostics::Diagnostic;
use infra_state::store::Snapshot;
use infra_state::{State, file};

use crate::arguments::StatePushArguments;
use crate::backend::StateFlags;
use crate::command_error::{CommandResult, EXIT_OK};
use crate::project::Session;
use crate::state_access::{Editing, is_same};

/// Replaces the stored state by a file, unless that would lose a newer state or one of another origin.
pub async fn run(session: &Session<'_>, arguments: &StatePushArguments) -> CommandResult {
    let bytes = read(session, &arguments.file)?;
    let origin = if arguments.file == "-" { "<standard input>" } else { &arguments.file };
    let mut pushed = file::decode(origin, &bytes)?;
    let files = StateFlags { keeps_every_backup: true, ..StateFlags::default() };
    let editing = Editing::begin(session, &files, &arguments.lock, "state-push").await?;
    if !arguments.force
        && let Some(reason) = refusal(&editing.snapshot, &pushed)
    {
        return Err(editing.fail(reason.into()).await);
    }
    if pushed.lineage.is_empty() {
        pushed = pushed.following(&editing.snapshot.version());
    }
    editing.replace(pushed).await?;
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
fn refusal(stored: &Snapshot, pushed: &State) -> Option<Diagnostic> {
    let has_nothing_to_lose = stored.state.resources.is_empty() && stored.state.outputs.is_empty();
    if has_nothing_to_lose || pushed.lineage.is_empty() {
        return None;
    }
    let reason = if !stored.state.lineage.is_empty() && stored.state.lineage != pushed.lineage {
        format!(
            "its lineage is \"{}\" and that of the stored state \"{}\", so they are of different origin",
            pushed.lineage, stored.state.lineage
        )
    } else if pushed.serial < stored.state.serial {
        format!("its serial is {} and that of the stored state {}, which is newer", pushed.serial, stored.state.serial)
    } else if pushed.serial == stored.state.serial && !is_same(pushed, &stored.state) {
        format!("both have the serial {}, and their contents differ", pushed.serial)
    } else {
        return None;
    };
    Some(Diagnostic::error(
        "State not pushed",
        format!("The file was refused: {reason}. Nothing was changed. -force replaces the stored state all the same."),
    ))
}
