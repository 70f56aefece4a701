//! `infra state rm`

use crate::arguments::StateRemoveArguments;
use crate::command_error::{CommandResult, EXIT_OK};
use crate::project::Session;
use crate::state_access::Editing;

/// Forgets objects; what they stand for stays.
pub async fn run(session: &Session<'_>, arguments: &StateRemoveArguments) -> CommandResult {
    let targets = super::targets(&arguments.addresses)?;
    let editing = Editing::begin(session, &arguments.edit.files(), &arguments.edit.lock, "state-rm").await?;
    let before = &editing.snapshot.state;
    let addresses = before.resources.instances().map(|(address, ..)| address);
    let forgotten: Vec<_> = addresses.filter(|address| targets.iter().any(|target| target.contains(address))).collect();
    if forgotten.is_empty() {
        return Err(editing.fail(super::no_match().into()).await);
    }
    if arguments.dry_run {
        editing.leave().await?;
    } else {
        let mut state = before.as_ref().clone();
        for address in &forgotten {
            let _ = state.resources.remove_instance(address);
        }
        editing.write(state).await?;
    }
    let verb = if arguments.dry_run { "Would remove" } else { "Removed" };
    for address in &forgotten {
        session.printer.result(&format!("{verb} {address}"));
    }
    if !arguments.dry_run {
        session.printer.result(&format!("Successfully removed {} resource instance(s).", forgotten.len()));
    }
    Ok(EXIT_OK)
}
