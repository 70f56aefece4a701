//! `infra graph`

use infra_engine::diagnostics::Diagnostic;

use crate::arguments::{GraphArguments, GraphType};
use crate::command_error::{CommandResult, EXIT_OK};
use crate::commands::show_project_error;
use crate::operation;
use crate::project::{Project, Session};
use crate::render::graph;

/// Shows what waits for what, in the DOT language.
pub fn run(session: &Session<'_>, arguments: &GraphArguments) -> CommandResult {
    let text = match &arguments.plan {
        Some(file) if arguments.graph_type.is_none_or(|wanted| wanted == GraphType::Apply) => {
            graph::steps(&operation::load_saved(&session.directory.join(file), file)?)
        }
        Some(_) => {
            return Err(Diagnostic::error(
                "Graph type does not fit a plan file",
                "The graph of a plan file is the one of applying it. Leave out -type, or -plan.",
            )
            .into());
        }
        None => {
            let project = Project::load(session).map_err(|error| show_project_error(&error, session.printer, false))?;
            match arguments.graph_type {
                None => graph::resources(&project.graph, &project.config),
                Some(wanted) => graph::evaluation(&project.graph, &project.config, wanted == GraphType::PlanDestroy),
            }
        }
    };
    session.printer.raw(&text);
    Ok(EXIT_OK)
}
