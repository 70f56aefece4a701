//! `infra state rm`

use infra_state::model::Change;

use crate::arguments::StateRemoveArguments;
use crate::command_error::{CommandError, CommandResult, EXIT_OK};
use crate::project::Session;
use crate::state_access::{Editing, Edits};

/// Forgets objects; what they stand for stays.
pub async fn run(session: &Session<'_>, arguments: &StateRemoveArguments) -> CommandResult {
    let targets = arguments.addresses.iter().map(|text| super::target(text)).collect::<Result<Vec<_>, _>>()?;
    let editing = Editing::begin(session, &arguments.edit, "state-rm", true).await?;
    let mut forgotten = Vec::new();
    let mut changes = Vec::new();
    for (address, _, instance) in editing.snapshot.state.resources.instances() {
        if !targets.iter().any(|target| target.contains(&address)) {
            continue;
        }
        let deposed = instance.deposed.keys().cloned().map(Some);
        let current = instance.current.iter().map(|_| None);
        changes.extend(current.chain(deposed).map(|key| (address.clone(), key, Change::Remove)));
        forgotten.push(address);
    }
    if forgotten.is_empty() {
        editing.end(Err(CommandError::from(super::no_match()))).await?;
        return Ok(EXIT_OK);
    }
    let edits = (!arguments.dry_run).then_some(Edits { kind: "state rm", changes });
    editing.end(Ok(edits)).await?;
    let verb = if arguments.dry_run { "Would remove" } else { "Removed" };
    for address in &forgotten {
        session.printer.result(&format!("{verb} {address}"));
    }
    if !arguments.dry_run {
        session.printer.result(&format!("Successfully removed {} resource instance(s).", forgotten.len()));
    }
    Ok(EXIT_OK)
}
