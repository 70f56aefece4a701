//! `infra apply` and `infra destroy`

use std::collections::{BTreeMap, HashMap};
use std::sync::Arc;

use infra_engine::diagnostics::{Diagnostic, Diagnostics};
use infra_engine::events::Events;
use infra_engine::language::Language;
use infra_engine::plan::{Counts, Mode, Plan};
use infra_engine::world::variables::ephemeral_values_again;
use infra_state::store::StateStore;
use infra_values::{Str, Value};

use crate::arguments::ApplyArguments;
use crate::backend::{self, StateFlags};
use crate::command_error::{CommandError, CommandResult, EXIT_ERROR, EXIT_OK};
use crate::commands::plan::{prepare, show, show_findings, show_plan, without_files};
use crate::commands::{is_approved, show_project_error};
use crate::operation::{self, Made};
use crate::project::{Project, Session, require_files};
use crate::render;
use crate::render::progress::Progress;
use crate::variables;

/// What is applied for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Purpose {
    /// Reality becomes what the files, or a saved plan, say.
    Apply,
    /// Everything in the state goes.
    Destroy,
    /// The state becomes what is there. Nobody is asked: nothing but the state changes.
    Refresh,
}

/// Plans for a purpose and carries the plan out, or carries out a saved one.
pub async fn run(
    session: &Session<'_>,
    arguments: &ApplyArguments,
    saved_plan: Option<&str>,
    purpose: Purpose,
) -> CommandResult {
    let compact = arguments.view.compact_warnings;
    let saved = match saved_plan {
        Some(path) if purpose != Purpose::Apply => return Err(plan_given_to(purpose, path).into()),
        Some(path) => Some(operation::load_saved(&session.directory.join(path), path)?),
        None => None,
    };
    if saved.is_some() {
        // Terraform takes them and does nothing with them.
        if session.language != Language::Strict {
            refuse_planning_flags(arguments)?;
        }
    } else if arguments.json && !arguments.auto_approve && purpose != Purpose::Refresh {
        return Err(Diagnostic::error(
            "Plan file or auto-approve required",
            "With -json there is nobody to ask. Add -auto-approve, or apply a saved plan.",
        )
        .into());
    }
    let project = match &saved {
        Some(plan) => Project::from_snapshot(&plan.files, operation::generation_of(plan), session),
        None => Project::load(session),
    };
    let project = project.map_err(|error| show_project_error(&error, session.printer, compact))?;
    if saved.is_none() && purpose != Purpose::Destroy && !arguments.planning.destroy {
        require_files(session, &project.config, &without_files("infra destroy"))?;
    }
    let flags = StateFlags {
        state: arguments.state.state.clone(),
        state_out: arguments.state_out.clone(),
        backup: arguments.backup.clone(),
        keeps_every_backup: false,
    };
    let store = backend::open(session, project.config.root().backend.as_ref(), &flags)
        .map_err(|error| show(error, session, &project, compact))?;
    let discouraged = backend::discouraged_flags(session, arguments.state.state.as_ref());
    session.printer.diagnostics(&discouraged, &project.config.sources, compact);
    let lock = match arguments.state.lock {
        true => {
            Some(backend::lock(session, store.as_ref(), "OperationTypeApply", &arguments.state.lock_timeout).await?)
        }
        false => None,
    };
    let result = match saved {
        Some(plan) => {
            let ephemeral_variables = match again(session, &project, arguments, &plan) {
                Ok(values) => values,
                Err(error) => {
                    backend::unlock(session, store.as_ref(), lock.as_ref()).await?;
                    return Err(error);
                }
            };
            let made = Made { plan, diagnostics: Diagnostics::new(), ephemeral_variables, configured: HashMap::new() };
            if made.plan.errored {
                Err(Diagnostic::error(
                    "Plan has errors",
                    "This plan was made in spite of errors and can only be shown. Make a new one.",
                )
                .into())
            } else {
                // Terraform applies a plan wherever the state has the serial and lineage that it was made from.
                let place = match session.language {
                    Language::Strict => Ok(()),
                    Language::Extended => operation::check_place(session, &made.plan, store.as_ref()),
                };
                match place {
                    Ok(()) => {
                        if session.printer.is_json_stream() {
                            let lines = render::stream::planned_changes(&made.plan);
                            lines.for_each(|line| session.printer.result(&line));
                        }
                        execute(session, arguments, &project, &made, &store, purpose).await
                    }
                    Err(diagnostic) => Err(diagnostic.into()),
                }
            }
        }
        None => plan_and_execute(session, arguments, &project, &store, purpose).await,
    };
    let released = backend::unlock(session, store.as_ref(), lock.as_ref()).await;
    let code = result?;
    released?;
    Ok(code)
}

/// A saved plan is decided: flags that would decide otherwise are mistakes.
fn refuse_planning_flags(arguments: &ApplyArguments) -> Result<(), Diagnostic> {
    let planning = &arguments.planning;
    let given = [
        ("-target", !planning.target.is_empty()),
        ("-target-file", !planning.target_file.is_empty()),
        ("-exclude", !planning.exclude.is_empty()),
        ("-exclude-file", !planning.exclude_file.is_empty()),
        ("-replace", !planning.replace.is_empty()),
        ("-destroy", planning.destroy),
        ("-refresh-only", planning.refresh_only),
        ("-refresh", !planning.refresh),
    ];
    let names: Vec<&str> = given.iter().filter(|(_, is_given)| *is_given).map(|(name, _)| *name).collect();
    if names.is_empty() {
        return Ok(());
    }
    Err(Diagnostic::error(
        "Planning options beside a saved plan",
        format!(
            "A saved plan is applied as it was made, so {} would have no effect. Leave it out, or make a new plan with it.",
            names.join(" and ")
        ),
    ))
}

/// The values of ephemeral variables, which a saved plan does not hold.
fn again(
    session: &Session<'_>,
    project: &Project,
    arguments: &ApplyArguments,
    plan: &Plan,
) -> Result<BTreeMap<Str, Value>, CommandError> {
    let compact = arguments.view.compact_warnings;
    let (given, mut diagnostics) =
        variables::gather(&session.directory, &project.config, &arguments.variables, &session.environment);
    let mut values = BTreeMap::new();
    if !diagnostics.has_errors() {
        let (again, found) = ephemeral_values_again(&project.config, plan, &given);
        values = again;
        diagnostics.extend(found);
    }
    if diagnostics.has_errors() {
        return Err(show(diagnostics.into(), session, project, compact));
    }
    session.printer.diagnostics(&diagnostics, &project.config.sources, compact);
    Ok(values)
}

fn plan_given_to(purpose: Purpose, path: &str) -> Diagnostic {
    let (command, verb) = match purpose {
        Purpose::Destroy => ("destroy", "destroy by"),
        Purpose::Apply | Purpose::Refresh => ("refresh", "apply"),
    };
    Diagnostic::error(
        "Not a directory",
        format!("{command} takes a directory and was given {path}. To {verb} a saved plan: infra apply {path}"),
    )
}

async fn plan_and_execute(
    session: &Session<'_>,
    arguments: &ApplyArguments,
    project: &Project,
    store: &Arc<dyn StateStore>,
    purpose: Purpose,
) -> CommandResult {
    let compact = arguments.view.compact_warnings;
    let mut planning = arguments.planning.clone();
    planning.destroy |= purpose == Purpose::Destroy;
    planning.refresh_only |= purpose == Purpose::Refresh;
    let needs_no_approval = arguments.auto_approve || purpose == Purpose::Refresh;
    let progress = Progress::start(session.printer);
    let made = prepare(session, project, store, &arguments.variables, &planning, compact, &*progress).await;
    progress.finish();
    let mut made = made?;
    if needs_no_approval && !made.plan.errored {
        made.diagnostics.0.retain(|diagnostic| !diagnostic.is_provisional);
    }
    if purpose == Purpose::Refresh {
        if made.plan.state.resources.is_empty() {
            made.diagnostics.push(Diagnostic::warning(
                "Empty or non-existent state",
                "There are no objects in the state, so there is nothing to refresh.",
            ));
        }
        show_findings(session, project, &made, compact);
    } else {
        show_plan(session, project, &made, compact);
    }
    if made.plan.errored {
        return Err(CommandError::shown());
    }
    if made.plan.has_changes() && !needs_no_approval {
        confirm(session, made.plan.mode)?;
    }
    execute(session, arguments, project, &made, store, purpose).await
}

/// Asks before anything is changed; only `yes` will do. `-input=false` is about variables, as in Terraform.
fn confirm(session: &Session<'_>, mode: Mode) -> Result<(), CommandError> {
    let question = match mode {
        Mode::Destroy => {
            "\nDo you really want to destroy all resources?\n  infra will destroy all your managed infrastructure, as \
             shown above.\n  There is no undo. Only 'yes' will be accepted to confirm.\n\n  Enter a value: "
        }
        Mode::RefreshOnly => {
            "\nWould you like to update the state to reflect these detected changes?\n  infra will write these changes to \
             the state without modifying any real infrastructure.\n  Only 'yes' will be accepted to confirm.\n\n  Enter \
             a value: "
        }
        Mode::Normal => {
            "\nDo you want to perform these actions?\n  infra will perform the actions described above.\n  Only 'yes' \
             will be accepted to approve.\n\n  Enter a value: "
        }
    };
    if is_approved(session.printer, question, "The changes need", "Add -auto-approve, or apply a saved plan.")? {
        session.printer.result("");
        return Ok(());
    }
    let what = if mode == Mode::Destroy { "Destroy" } else { "Apply" };
    session.printer.result(&format!("\n{what} cancelled."));
    Err(CommandError::shown())
}

async fn execute(
    session: &Session<'_>,
    arguments: &ApplyArguments,
    project: &Project,
    made: &Made,
    store: &Arc<dyn StateStore>,
    purpose: Purpose,
) -> CommandResult {
    let compact = arguments.view.compact_warnings;
    let progress = Progress::start(session.printer);
    let events: Arc<dyn Events> = progress.clone();
    let applied = operation::carry_out(session, project, made, store, arguments.planning.parallelism, events).await;
    progress.finish();
    let mut applied = applied.map_err(|error| show(error, session, project, compact))?;
    if made.plan.is_narrowed() && purpose != Purpose::Refresh {
        applied.diagnostics.push(Diagnostic::warning(
            "Applied changes may be incomplete",
            "The plan looked at a part of the files only, so that changes elsewhere may be waiting and outputs may not be \
             up to date. To see whether there are any, plan once more without -target and -exclude.",
        ));
    }
    let printer = session.printer;
    printer.diagnostics(&applied.diagnostics, &project.config.sources, compact);
    if applied.diagnostics.has_errors() {
        if applied.left_over > 0 {
            printer.note(&format!(
                "\n{} change(s) were not started. What was done is in the state; run apply again for the rest.",
                applied.left_over
            ));
        }
        return Ok(EXIT_ERROR);
    }
    let shows_outputs = made.plan.mode != Mode::Destroy && !applied.outputs.is_empty();
    let message = closing_words(applied.counts, purpose);
    if printer.is_json_stream() {
        let operation = if purpose == Purpose::Destroy { "destroy" } else { "apply" };
        let summary = message.map(|message| render::stream::applied(&message, applied.counts, operation));
        let outputs = render::stream::outputs(&applied.outputs).filter(|_| shows_outputs);
        summary.iter().chain(&outputs).for_each(|line| printer.result(line));
    } else {
        if let Some(message) = message {
            printer.result(&format!("\n{message}"));
        }
        if shows_outputs {
            printer.result(&format!("\nOutputs:\n\n{}", render::outputs::draw(&applied.outputs)));
        }
    }
    Ok(EXIT_OK)
}

/// What was done, in a line. After refreshing the outputs say enough.
fn closing_words(counts: Counts, purpose: Purpose) -> Option<String> {
    match purpose {
        Purpose::Refresh => return None,
        Purpose::Destroy => return Some(format!("Destroy complete! Resources: {} destroyed.", counts.remove)),
        Purpose::Apply => {}
    }
    let imported = match counts.import {
        0 => String::new(),
        count => format!("{count} imported, "),
    };
    Some(format!(
        "Apply complete! Resources: {imported}{} added, {} changed, {} destroyed.",
        counts.add, counts.change, counts.remove
    ))
}
