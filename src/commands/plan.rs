//! `infra plan`

use std::sync::Arc;

use infra_engine::config::VariableValues;
use infra_engine::diagnostics::Diagnostic;
use infra_engine::events::Events;
use infra_engine::plan::Plan;
use infra_state::store::StateStore;

use crate::arguments::{PlanArguments, PlanningArguments, StateArguments, VariableArguments};
use crate::backend::{self, StateFlags};
use crate::command_error::{CommandError, CommandResult, EXIT_CHANGES, EXIT_OK};
use crate::commands::show_project_error;
use crate::generated_config::{Generated, GenerationError, Generator};
use crate::operation::{self, Made};
use crate::project::{Project, Session, require_files};
use crate::render;
use crate::render::progress::Progress;
use crate::variables;

/// Shows what apply would change.
pub async fn run(session: &Session<'_>, arguments: &PlanArguments) -> CommandResult {
    let compact = arguments.view.compact_warnings;
    let generator = match &arguments.generate_config_out {
        Some(out) => Some(Generator::new(session, out)?),
        None => None,
    };
    let project = match &generator {
        Some(generator) => generator.project_with_placeholders(session),
        None => Project::load(session),
    };
    let mut project = project.map_err(|error| show_project_error(&error, session.printer, compact))?;
    if !arguments.planning.destroy {
        require_files(session, &project.config, &without_files("infra plan -destroy"))?;
    }
    let store = backend::open(session, project.config.root().backend.as_ref(), &flags(&arguments.state))
        .map_err(|error| show(error, session, &project, compact))?;
    let discouraged = backend::discouraged_flags(session, arguments.state.state.as_ref());
    session.printer.diagnostics(&discouraged, &project.config.sources, compact);
    let lock = match arguments.state.lock {
        true => Some(backend::lock(session, store.as_ref(), "OperationTypePlan", &arguments.state.lock_timeout).await?),
        false => None,
    };
    let progress = Progress::start(session.printer);
    let mut generated = Generated::default();
    let made = match &generator {
        None => {
            prepare(session, &project, &store, &arguments.variables, &arguments.planning, compact, &*progress).await
        }
        Some(generator) => {
            match plan_with_generated(session, arguments, generator, &project, &store, &*progress).await {
                Ok((with_blocks, blocks, made)) => {
                    project = with_blocks;
                    generated = blocks;
                    Ok(made)
                }
                Err(error) => Err(error),
            }
        }
    };
    progress.finish();
    let released = backend::unlock(session, store.as_ref(), lock.as_ref()).await;
    let made = made?;
    if let (Some(generator), Some(out)) = (&generator, &arguments.generate_config_out) {
        session.printer.diagnostics(&generator.warning(session), &project.config.sources, compact);
        generated.keep_planned(&made.plan);
        if generator.write(&generated)? {
            session.printer.note(&format!("Wrote the configuration of imported objects to: {out}"));
        }
    }
    show_plan(session, &project, &made, compact);
    if let Some(out) = &arguments.out {
        operation::save(&made.plan, &session.directory.join(out), out)?;
    }
    if let Some(file) = &arguments.html {
        write_page(session, &made.plan, &project, file)?;
    }
    if made.plan.errored {
        return Err(CommandError::shown());
    }
    if let Some(out) = arguments.out.as_ref().filter(|_| !arguments.json) {
        let mut note = format!("\nSaved the plan to: {out}");
        // Whoever automates this knows what comes next.
        if !session.environment.is_on("TF_IN_AUTOMATION") {
            let flags = session.flags_to_return();
            note.push_str(&format!("\n\nTo perform exactly these actions, run:\n    infra {flags}apply {out:?}"));
        }
        session.printer.note(&note);
    }
    released?;
    Ok(if arguments.detailed_exitcode && made.plan.has_changes() { EXIT_CHANGES } else { EXIT_OK })
}

/// Generates blocks for imported objects that no file declares, and plans with them.
async fn plan_with_generated(
    session: &Session<'_>,
    arguments: &PlanArguments,
    generator: &Generator,
    project: &Project,
    store: &Arc<dyn StateStore>,
    events: &dyn Events,
) -> Result<(Project, Generated, Made), CommandError> {
    let compact = arguments.view.compact_warnings;
    let given = gathered(session, project, &arguments.variables, compact)?;
    let parallelism = arguments.planning.parallelism;
    let generated = generator.generate(session, project, store, &given, parallelism, events).await;
    let (project, generated) = generated.map_err(|error| match error {
        GenerationError::Project(error) => show_project_error(&error, session.printer, compact),
        GenerationError::Other(error) => show(error, session, project, compact),
    })?;
    let mut made = prepare_with(session, &project, store, &given, &arguments.planning, compact, events).await?;
    generated.note_in(&mut made.plan);
    Ok((project, generated, made))
}

fn flags(state: &StateArguments) -> StateFlags {
    StateFlags { state: state.state.clone(), ..StateFlags::default() }
}

/// Why a directory without files is neither planned nor applied.
pub(super) fn without_files(to_destroy: &str) -> String {
    format!(
        "Without any, everything in its state would be destroyed. Go to a directory that has some, or name one; to \
         destroy everything, run `{to_destroy}`."
    )
}

/// Shows an error with the project's files at hand.
pub(super) fn show(error: CommandError, session: &Session<'_>, project: &Project, compact: bool) -> CommandError {
    error.shown_with(session.printer, &project.config.sources, compact)
}

/// Gathers variables, reads the state and makes the plan. Errors have been shown when it fails.
pub(super) async fn prepare(
    session: &Session<'_>,
    project: &Project,
    store: &Arc<dyn StateStore>,
    values: &VariableArguments,
    planning: &PlanningArguments,
    compact: bool,
    events: &dyn Events,
) -> Result<Made, CommandError> {
    let variables = gathered(session, project, values, compact)?;
    prepare_with(session, project, store, &variables, planning, compact, events).await
}

/// The values of variables; those that are missing are asked for. Errors have been shown when it fails.
pub(super) fn gathered(
    session: &Session<'_>,
    project: &Project,
    values: &VariableArguments,
    compact: bool,
) -> Result<VariableValues, CommandError> {
    let (mut variables, diagnostics) =
        variables::gather(&session.directory, &project.config, values, &session.environment);
    if diagnostics.has_errors() {
        return Err(show(diagnostics.into(), session, project, compact));
    }
    session.printer.diagnostics(&diagnostics, &project.config.sources, compact);
    if values.input && !session.environment.get("TF_INPUT").is_some_and(|value| value == "0" || value == "false") {
        variables::ask_for_missing(&project.config, &mut variables, session.printer);
    }
    Ok(variables)
}

/// Reads the state and makes the plan. Errors have been shown when it fails.
pub(super) async fn prepare_with(
    session: &Session<'_>,
    project: &Project,
    store: &Arc<dyn StateStore>,
    variables: &VariableValues,
    planning: &PlanningArguments,
    compact: bool,
    events: &dyn Events,
) -> Result<Made, CommandError> {
    let shown = |error: CommandError| show(error, session, project, compact);
    let options = operation::options(session, planning).map_err(|errors| shown(errors.into()))?;
    operation::make_plan(session, project, store.as_ref(), variables, options, planning.parallelism, events)
        .await
        .map_err(shown)
}

/// Writes a plan as a page for a browser.
pub(super) fn write_page(session: &Session<'_>, plan: &Plan, project: &Project, file: &str) -> Result<(), Diagnostic> {
    let directory = session.directory.display().to_string();
    let page = render::html::page(plan, &project.providers, render::html::Place { directory: &directory });
    std::fs::write(session.directory.join(file), page).map_err(|error| {
        Diagnostic::error(
            "Page not written",
            format!("The plan could not be written to {file}: {error}. Put that right, or name another file."),
        )
    })?;
    session.printer.note(&format!("Wrote the plan as a page to: {file}"));
    Ok(())
}

/// Shows a plan and what was found while making it.
pub(super) fn show_plan(session: &Session<'_>, project: &Project, made: &Made, compact: bool) {
    let printer = session.printer;
    let style = render::diagnostic::Style { is_coloured: printer.color(), width: printer.width_columns() };
    if printer.is_json_stream() {
        let lines = if made.plan.errored { Vec::new() } else { render::stream::plan(&made.plan) };
        lines.iter().for_each(|line| printer.result(line));
    } else if !made.plan.errored || made.plan.has_changes() {
        printer.result(render::plan::draw(&made.plan, &project.providers, style).trim_end_matches('\n'));
    }
    show_findings(session, project, made, compact);
}

/// Shows what was found while making a plan.
pub(super) fn show_findings(session: &Session<'_>, project: &Project, made: &Made, compact: bool) {
    let mut diagnostics = project.warnings.clone();
    diagnostics.extend(made.diagnostics.clone());
    session.printer.diagnostics(&diagnostics, &project.config.sources, compact);
}
