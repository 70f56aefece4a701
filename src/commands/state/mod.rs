//! `infra state`: looking at the state, and editing it by hand.
//!
//! Every edit leaves a backup with a name of its own.

use infra_engine::diagnostics::{Diagnostic, Diagnostics};
use infra_values::address::Target;

use crate::arguments::StateAction;
use crate::command_error::{CommandError, CommandResult};
use crate::project::Session;

mod list;
mod mv;
mod pull;
mod push;
mod replace_provider;
mod rm;
mod show;

/// Does one of the things that can be done with a state.
pub async fn run(session: &Session<'_>, action: &StateAction) -> CommandResult {
    match action {
        StateAction::List(arguments) => list::run(session, arguments).await,
        StateAction::Show(arguments) => show::run(session, arguments).await,
        StateAction::Mv(arguments) => mv::run(session, arguments).await,
        StateAction::Rm(arguments) => rm::run(session, arguments).await,
        StateAction::Pull(_) => pull::run(session).await,
        StateAction::Push(arguments) => push::run(session, arguments).await,
        StateAction::ReplaceProvider(arguments) => replace_provider::run(session, arguments).await,
    }
}

/// Reads an address of a module, a resource or an instance.
fn target(text: &str) -> Result<Target, CommandError> {
    text.parse().map_err(|error| super::invalid_address(text, &error).into())
}

/// Reads addresses; every mistake is said.
fn targets(texts: &[String]) -> Result<Vec<Target>, CommandError> {
    let mut mistakes = Diagnostics::new();
    let mut targets = Vec::new();
    for text in texts {
        match target(text) {
            Ok(target) => targets.push(target),
            Err(error) => mistakes.extend(error.diagnostics),
        }
    }
    mistakes.into_result()?;
    Ok(targets)
}

/// Nothing is at an address.
fn no_match() -> Diagnostic {
    Diagnostic::error(
        "Invalid target address",
        "No matching objects found. To view the available instances, use `infra state list`.",
    )
}
