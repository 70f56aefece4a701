//! `infra taint` and `infra untaint`

use std::sync::Arc;

use infra_engine::diagnostics::Diagnostic;
use infra_engine::syntax::SourceMap;
use infra_state::State;
use infra_state::model::{Change, ObjectState, ObjectStatus};
use infra_values::address::ResourceInstance;

use crate::arguments::TaintArguments;
use crate::backend::StateFlags;
use crate::command_error::{CommandResult, EXIT_OK};
use crate::commands::managed_instance;
use crate::project::Session;
use crate::state_access::Editing;

/// Marks an object as to be replaced, or takes the mark away.
pub async fn run(session: &Session<'_>, arguments: &TaintArguments, status: ObjectStatus) -> CommandResult {
    let address = managed_instance(&arguments.address, "Object cannot be tainted", "there is nothing to replace")?;
    let kind = match status {
        ObjectStatus::Tainted => "taint",
        ObjectStatus::Ready => "untaint",
    };
    // Nothing is lost that a single backup would have to keep.
    let files =
        StateFlags { state_out: arguments.state_out.clone(), keeps_every_backup: false, ..arguments.edit.files() };
    let editing = Editing::begin(session, &files, &arguments.edit.lock, kind).await?;
    match change(&editing.snapshot.state, &address, status) {
        Ok(change) => {
            let mut state = editing.snapshot.state.as_ref().clone();
            match state.apply(&address, None, &change) {
                Ok(()) => editing.write(state).await?,
                Err(error) => return Err(editing.fail(error.into()).await),
            }
        }
        Err(Refusal::Missing(_)) if arguments.allow_missing => {
            editing.leave().await?;
            let warning = Diagnostic::warning(
                "No such resource instance",
                format!("{address} was not found, which -allow-missing says is no error."),
            );
            session.printer.diagnostics(&warning.into(), &SourceMap::new(), arguments.edit.view.compact_warnings);
            return Ok(EXIT_OK);
        }
        Err(Refusal::Missing(diagnostic) | Refusal::Other(diagnostic)) => {
            return Err(editing.fail(diagnostic.into()).await);
        }
    }
    session.printer.result(&match status {
        ObjectStatus::Tainted => format!("Resource instance {address} has been marked as tainted."),
        ObjectStatus::Ready => format!("Resource instance {address} has been successfully untainted."),
    });
    Ok(EXIT_OK)
}

enum Refusal {
    Missing(Diagnostic),
    Other(Diagnostic),
}

/// The object with the other status.
fn change(state: &State, address: &ResourceInstance, status: ObjectStatus) -> Result<Change, Refusal> {
    let found = state.resources.get(&address.absolute_resource()).zip(state.object(address));
    let Some((resource, object)) = found else { return Err(Refusal::Missing(missing(state, address))) };
    if status == ObjectStatus::Ready && object.status == ObjectStatus::Ready {
        return Err(Refusal::Other(Diagnostic::error(
            "Resource instance is not tainted",
            format!("Resource instance {address} is not currently tainted, and so it cannot be untainted."),
        )));
    }
    let object = Arc::new(ObjectState { status, ..ObjectState::clone(object) });
    Ok(Change::Set { provider: resource.provider.clone(), object })
}

fn missing(state: &State, address: &ResourceInstance) -> Diagnostic {
    let detail = if state.resources.is_empty() {
        "The state currently contains no resource instances whatsoever. This may occur if the configuration has never \
         been applied or if it has recently been destroyed."
            .to_owned()
    } else {
        format!(
            "There is no resource instance in the state with the address {address}. `infra state list` shows all; what \
             is new in the files must be applied first."
        )
    };
    Diagnostic::error("No such resource instance", detail)
}
