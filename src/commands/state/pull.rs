//! `infra state pull`

use infra_state::file;

use crate::backend::StateFlags;
use crate::command_error::{CommandResult, EXIT_OK};
use crate::project::Session;
use crate::state_access;

/// Prints the state as its file has it; nothing where there is none.
pub async fn run(session: &Session<'_>) -> CommandResult {
    let store = state_access::open(session, &StateFlags::default())?;
    let snapshot = store.read().await?;
    if snapshot.exists {
        let bytes = file::encode(&snapshot.state)?;
        session.printer.raw(&String::from_utf8_lossy(&bytes));
    }
    Ok(EXIT_OK)
}
