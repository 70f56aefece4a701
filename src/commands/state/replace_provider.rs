//! `infra state replace-provider`

use infra_engine::diagnostics::Diagnostic;
use infra_state::State;
use infra_state::model::Change;
use infra_values::address::{DeposedKey, ProviderAddress, ProviderConfig, ResourceInstance};

use crate::arguments::ReplaceProviderArguments;
use crate::command_error::{CommandError, CommandResult, EXIT_OK};
use crate::project::Session;
use crate::state_access::{Editing, Edits};

/// Says of all objects of one provider that they belong to another.
pub async fn run(session: &Session<'_>, arguments: &ReplaceProviderArguments) -> CommandResult {
    let (from, to) = (provider("from", &arguments.from)?, provider("to", &arguments.to)?);
    let editing = Editing::begin(session, &arguments.edit, "state-replace-provider", true).await?;
    let resources = resources_of(&editing.snapshot.state, &from);
    if resources.is_empty() {
        editing.end(Ok(None)).await?;
        session.printer.result("No matching resources found.");
        return Ok(EXIT_OK);
    }
    session.printer.result(&format!(
        "The provider of these {} resources will be {to} instead of {from}:\n\n  {}\n",
        resources.len(),
        resources.join("\n  ")
    ));
    if !arguments.auto_approve {
        match session.printer.ask("Do you want to make these changes? Only 'yes' will be accepted: ") {
            Some(answer) if answer == "yes" => {}
            Some(_) => {
                editing.end(Ok(None)).await?;
                session.printer.result("\nCancelled replacing providers.");
                return Ok(EXIT_OK);
            }
            None => {
                editing.end(Err(CommandError::from(nobody_to_ask()))).await?;
                return Err(CommandError::shown());
            }
        }
    }
    let changes = changes(&editing.snapshot.state, &from, &to);
    editing.end(Ok(Some(Edits { kind: "state replace-provider", changes }))).await?;
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

fn nobody_to_ask() -> Diagnostic {
    Diagnostic::error(
        "Approval needed",
        "The changes need an approval, and there is nobody to ask: the input ended. Add -auto-approve.",
    )
}

fn resources_of(state: &State, provider: &ProviderAddress) -> Vec<String> {
    let of_provider = state.resources.iter().filter(|resource| resource.provider.provider == *provider);
    of_provider.map(|resource| resource.address.to_string()).collect()
}

type Changes = Vec<(ResourceInstance, Option<DeposedKey>, Change)>;

/// Each object again, with the other provider.
fn changes(state: &State, from: &ProviderAddress, to: &ProviderAddress) -> Changes {
    let mut changes = Vec::new();
    for (address, resource, instance) in state.resources.instances() {
        if resource.provider.provider != *from {
            continue;
        }
        let provider = ProviderConfig { provider: to.clone(), ..resource.provider.clone() };
        let current = instance.current.iter().map(|object| (None, object));
        let deposed = instance.deposed.iter().map(|(key, object)| (Some(key.clone()), object));
        for (key, object) in current.chain(deposed) {
            let change = Change::Set { provider: provider.clone(), object: object.clone() };
            changes.push((address.clone(), key, change));
        }
    }
    changes
}
