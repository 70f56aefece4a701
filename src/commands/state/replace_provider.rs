//! `infra state replace-provider`

use infra_engine::diagnostics::Diagnostic;
use infra_state::State;
use infra_values::address::{ProviderAddress, ProviderConfig};

use crate::arguments::ReplaceProviderArguments;
use crate::command_error::{CommandResult, EXIT_OK};
use crate::commands::is_approved;
use crate::project::Session;
use crate::state_access::Editing;

/// Says of all objects of one provider that they belong to another.
pub async fn run(session: &Session<'_>, arguments: &ReplaceProviderArguments) -> CommandResult {
    let (from, to) = (provider("from", &arguments.from)?, provider("to", &arguments.to)?);
    let (files, lock) = (arguments.edit.files(), &arguments.edit.lock);
    let editing = Editing::begin(session, &files, lock, "state-replace-provider").await?;
    let resources = resources_of(&editing.snapshot.state, &from);
    if resources.is_empty() {
        editing.leave().await?;
        session.printer.result("No matching resources found.");
        return Ok(EXIT_OK);
    }
    session.printer.result(&format!(
        "The provider of these {} resources will be {to} instead of {from}:\n\n  {}\n",
        resources.len(),
        resources.join("\n  ")
    ));
    if !arguments.auto_approve {
        let question = "Do you want to make these changes? Only 'yes' will be accepted: ";
        match is_approved(session.printer, question, "The changes need", "Add -auto-approve.") {
            Ok(true) => {}
            Ok(false) => {
                editing.leave().await?;
                session.printer.result("\nCancelled replacing providers.");
                return Ok(EXIT_OK);
            }
            Err(unanswered) => return Err(editing.fail(unanswered.into()).await),
        }
    }
    let state = replaced(&editing.snapshot.state, &from, &to);
    editing.write(state).await?;
    session.printer.result(&format!("Successfully replaced provider for {} resources.", resources.len()));
    Ok(EXIT_OK)
}

fn provider(which: &str, text: &str) -> Result<ProviderAddress, Diagnostic> {
    text.parse().map_err(|error| {
        Diagnostic::error(
            format!("Invalid \"{which}\" provider \"{text}\""),
            format!("{error}. The source address of a provider looks like hashicorp/aws."),
        )
    })
}

fn resources_of(state: &State, provider: &ProviderAddress) -> Vec<String> {
    let of_provider = state.resources.iter().filter(|resource| resource.provider.provider == *provider);
    of_provider.map(|resource| resource.address.to_string()).collect()
}

/// The state with the other provider in place of the one.
fn replaced(before: &State, from: &ProviderAddress, to: &ProviderAddress) -> State {
    let mut state = before.clone();
    for resource in before.resources.iter().filter(|resource| resource.provider.provider == *from) {
        let provider = ProviderConfig { provider: to.clone(), ..resource.provider.clone() };
        let _ = state.resources.declare(&resource.address, provider);
    }
    state
}
