//! `infra force-unlock`

use infra_state::store::LockId;

use crate::arguments::ForceUnlockArguments;
use crate::backend::StateFlags;
use crate::command_error::{CommandError, CommandResult, EXIT_OK};
use crate::commands::is_approved;
use crate::project::Session;
use crate::state_access;

/// Takes a lock away from whoever holds it, which must be nobody any more.
pub async fn run(session: &Session<'_>, arguments: &ForceUnlockArguments) -> CommandResult {
    let store = state_access::open(session, &StateFlags::default())?;
    if !arguments.force {
        let question = "Do you really want to force-unlock?\n  The lock will be taken away from whoever holds it, which \
                        must be nobody any more: two runs at once can damage the state.\n  Only 'yes' will be accepted \
                        to confirm.\n\n  Enter a value: ";
        if !is_approved(session.printer, question, "Taking a lock away needs", "Add -force.")? {
            session.printer.result("\nforce-unlock cancelled.");
            return Err(CommandError::shown());
        }
    }
    store.force_unlock(&LockId(arguments.lock_id.clone())).await?;
    session.printer.result("The state has been successfully unlocked.");
    Ok(EXIT_OK)
}
