//! `infra show`

use infra_engine::diagnostics::Diagnostic;
use infra_state::State;
use infra_values::json;

use crate::arguments::ShowArguments;
use crate::backend::{self, StateFlags};
use crate::command_error::{CommandResult, EXIT_OK};
use crate::commands::plan::write_page;
use crate::commands::show_project_error;
use crate::operation;
use crate::project::{Project, Session};
use crate::render;

/// Shows the state, a state file or a saved plan.
pub async fn run(session: &Session<'_>, arguments: &ShowArguments) -> CommandResult {
    let printer = session.printer;
    let style = render::diagnostic::Style { is_coloured: printer.color(), width: printer.width_columns() };
    let compact = arguments.view.compact_warnings;
    let failed = |error: Box<crate::project::ProjectError>| show_project_error(&error, printer, compact);
    if let Some(file) = &arguments.file
        && !is_state_file(session, file)
    {
        let plan = operation::load_saved(&session.directory.join(file), file)?;
        let project = Project::from_snapshot(&plan.files, operation::generation_of(&plan), session).map_err(failed)?;
        if let Some(page) = &arguments.html {
            write_page(session, &plan, &project, page)?;
        } else if arguments.json {
            let report = render::plan_json::to_json(&plan, &project.config, &project.providers);
            printer.result(&json::with_escapes(&report.to_string()));
        } else {
            printer.result(render::plan::draw(&plan, &project.providers, style).trim_end_matches('\n'));
        }
        return Ok(EXIT_OK);
    }
    if arguments.html.is_some() {
        return Err(Diagnostic::error(
            "Nothing to write as a page",
            "-html shows saved plans: infra show -html=FILE PLAN, or infra plan -html=FILE.",
        )
        .into());
    }
    // The state can be shown whatever the files refer to.
    let project = Project::load_unchecked(session).map_err(failed)?;
    let flags = StateFlags { state: arguments.file.clone(), ..StateFlags::default() };
    let store = backend::open(session, project.config.root().backend.as_ref(), &flags)?;
    let snapshot = store.read().await?;
    show_state(session, arguments.json, &snapshot.state, snapshot.exists, &project);
    Ok(EXIT_OK)
}

/// Whether a file is a state rather than a plan: both are JSON, and a state says `version` first.
fn is_state_file(session: &Session<'_>, file: &str) -> bool {
    let Ok(bytes) = std::fs::read(session.directory.join(file)) else { return false };
    let Ok(text) = std::str::from_utf8(&bytes) else { return false };
    let inside = text.trim_start().strip_prefix('{').map(str::trim_start);
    inside.is_some_and(|inside| inside.starts_with("\"version\""))
}

fn show_state(session: &Session<'_>, as_json: bool, state: &State, exists: bool, project: &Project) {
    let printer = session.printer;
    if as_json {
        let report = render::state_json::to_json(state, exists, &project.providers).to_string();
        printer.result(&json::with_escapes(&report));
    } else if exists && !(state.resources.is_empty() && state.outputs.is_empty()) {
        let style = render::diagnostic::Style { is_coloured: printer.color(), width: printer.width_columns() };
        printer.result(render::state::draw(state, &project.providers, style).trim_end_matches('\n'));
    } else {
        printer.result(if exists { "The state file is empty. No resources are represented." } else { "No state." });
    }
}
