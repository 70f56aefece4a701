//! `infra state show`

use infra_engine::diagnostics::Diagnostic;
use infra_values::address::ResourceInstance;

use crate::arguments::StateShowArguments;
use crate::backend::{self, StateFlags};
use crate::command_error::{CommandResult, EXIT_OK};
use crate::commands::{invalid_address, show_project_error};
use crate::project::{Project, Session};
use crate::render;
use crate::state_access;

/// Shows one object as a block.
pub async fn run(session: &Session<'_>, arguments: &StateShowArguments) -> CommandResult {
    let printer = session.printer;
    let address: ResourceInstance =
        arguments.address.parse().map_err(|error| invalid_address(&arguments.address, &error))?;
    // The object can be shown whatever the files refer to.
    let project = Project::load_unchecked(session)
        .map_err(|error| show_project_error(&error, printer, arguments.view.compact_warnings))?;
    let flags = StateFlags { state: arguments.state.clone(), ..StateFlags::default() };
    let store = backend::open(session, project.config.root().backend.as_ref(), &flags)?;
    let snapshot = store.read().await?;
    if !snapshot.exists {
        return Err(state_access::no_state(store.as_ref()).into());
    }
    let style = render::diagnostic::Style { is_coloured: printer.color(), width: printer.width_columns() };
    let Some(text) = render::state::draw_current(&snapshot.state, &address, &project.providers, style) else {
        return Err(Diagnostic::error(
            "No instance found for the given address",
            format!(
                "There is no object {address} in the state. The address must name one instance; `infra state list` \
                 shows all."
            ),
        )
        .into());
    };
    printer.result(text.trim_end_matches('\n'));
    Ok(EXIT_OK)
}
