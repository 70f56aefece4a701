//! `infra console`

use std::collections::BTreeMap;
use std::io;
use std::sync::Arc;

use infra_engine::config::{VariableInput, VariableSource};
use infra_engine::console::{Answer, Console, ValuesOfPlan, ValuesOfState};
use infra_engine::diagnostics::{Diagnostic, Diagnostics};
use infra_engine::plan::Plan;
use infra_engine::world::variables::{missing_names, root_values};
use infra_state::store::StateStore;
use infra_values::{Str, Type, Value};

use crate::arguments::{ConsoleArguments, DEFAULT_PARALLELISM, PlanningArguments};
use crate::backend::{self, StateFlags};
use crate::command_error::{CommandError, CommandResult, EXIT_ERROR, EXIT_OK};
use crate::commands::plan::{prepare, show_findings};
use crate::commands::show_project_error;
use crate::project::{Project, Session};
use crate::render;
use crate::render::progress::Progress;
use crate::variables;

mod input;
mod prompt;

use input::Entries;

const HELP: &str = "\
An expression shows its value: 1 + 1, upper(\"a\"), var.name, aws_s3_bucket.data.arn.
Resources are worth what the state says. type(…) shows the type of an expression.

To leave, type exit, or press Control-C or Control-D.";

/// Evaluates expressions.
pub async fn run(session: &Session<'_>, arguments: &ConsoleArguments) -> CommandResult {
    let compact = arguments.view.compact_warnings;
    let mut project =
        Project::load_unchecked(session).map_err(|error| show_project_error(&error, session.printer, compact))?;
    let flags = StateFlags { state: arguments.state.clone(), ..StateFlags::default() };
    let store = backend::open(session, project.config.root().backend.as_ref(), &flags)
        .map_err(|error| error.shown_with(session.printer, &project.config.sources, compact))?;
    let plan = if arguments.plan { Some(plan(session, arguments, &project, &store).await?) } else { None };
    let (mut values, mistakes) = root_variables(session, &project, arguments)?;
    if let Some(plan) = &plan {
        // Among them are those that were asked for.
        values.extend(plan.variables.clone());
    }
    let graph = std::mem::take(&mut project.graph);
    let (config, providers) = (&project.config, &project.providers);
    let surroundings = session.surroundings(None);
    let mut console = match &plan {
        Some(plan) => Console::new(config, graph, providers, surroundings, values, ValuesOfPlan { plan, providers }),
        None => {
            let state = store.read().await?.state;
            Console::new(config, graph, providers, surroundings, values, ValuesOfState { state, providers })
        }
    };
    let mut problems = project.warnings.clone();
    problems.extend(mistakes);
    problems.extend(console.mistakes().clone());
    session.printer.diagnostics(&problems, &project.config.sources, compact);
    if problems.has_errors() {
        let warning = Diagnostic::warning(
            "Some expressions may produce unexpected results",
            "What the problems above touch counts as unknown. Put them right first.",
        );
        session.printer.diagnostics(&warning.into(), &project.config.sources, compact);
    }
    let mut dialogue = Dialogue { session, project: &project, console: &mut console, compact };
    if session.printer.can_ask() && !arguments.each {
        return prompt::run(&mut dialogue);
    }
    let entries = Entries::new(std::io::stdin().lock(), session.language);
    if arguments.each { dialogue.answer_each(entries) } else { dialogue.answer_last(entries) }
}

/// A plan of all that is to be done; it is not shown.
async fn plan(
    session: &Session<'_>,
    arguments: &ConsoleArguments,
    project: &Project,
    store: &Arc<dyn StateStore>,
) -> Result<Plan, CommandError> {
    let planning =
        PlanningArguments { refresh: true, parallelism: DEFAULT_PARALLELISM, ..PlanningArguments::default() };
    let compact = arguments.view.compact_warnings;
    let progress = Progress::start(session.printer);
    let made = prepare(session, project, store, &arguments.variables, &planning, compact, &*progress).await;
    progress.finish();
    let made = made?;
    show_findings(session, project, &made, compact);
    if made.plan.errored { Err(CommandError::shown()) } else { Ok(made.plan) }
}

/// Values of the root module's variables. Those without one are unknown here, so that the rest can be looked at.
fn root_variables(
    session: &Session<'_>,
    project: &Project,
    arguments: &ConsoleArguments,
) -> Result<(BTreeMap<Str, Value>, Diagnostics), CommandError> {
    let (mut given, mut diagnostics) =
        variables::gather(&session.directory, &project.config, &arguments.variables, &session.environment);
    for name in missing_names(&project.config, &given) {
        let unknown =
            VariableInput::Value { value: Value::unknown(Type::Any), source: VariableSource::Prompt, span: None };
        given.insert(name, unknown);
    }
    let (values, found) = root_values(&project.config, &given);
    diagnostics.extend(found);
    if diagnostics.has_errors() {
        session.printer.diagnostics(&diagnostics, &project.config.sources, arguments.view.compact_warnings);
        return Err(CommandError::shown());
    }
    Ok((values.converted, diagnostics))
}

/// What is typed, and what is answered.
struct Dialogue<'d, 'c> {
    session: &'d Session<'d>,
    project: &'d Project,
    console: &'d mut Console<'c>,
    compact: bool,
}

/// What happens to something typed.
enum Reply {
    /// It is answered with this text.
    Text(String),
    /// It ends the dialogue.
    Leave,
}

impl Dialogue<'_, '_> {
    fn reply(&mut self, typed: &str) -> Result<Reply, Diagnostics> {
        match typed {
            "" => Ok(Reply::Text(String::new())),
            "exit" => Ok(Reply::Leave),
            "help" => Ok(Reply::Text(HELP.to_owned())),
            // The closing word of a heredoc stands on a line of its own, which ends.
            expression => self.console.evaluate(&format!("{expression}\n")).map(|answer| {
                Reply::Text(match answer {
                    Answer::Value(value) => render::value::draw(&value, 0),
                    Answer::Type(ty) => render::type_expression::draw(&ty, 0),
                })
            }),
        }
    }

    fn show(&self, diagnostics: &Diagnostics) {
        self.session.printer.diagnostics(diagnostics, &self.project.config.sources, self.compact);
    }

    /// As Terraform does with input that is no terminal: only the last answer is shown, and the first mistake ends it.
    fn answer_last(&mut self, entries: impl Iterator<Item = io::Result<String>>) -> CommandResult {
        let mut last = String::new();
        for entry in entries {
            match self.reply(&entry.map_err(unreadable)?) {
                Ok(Reply::Text(text)) => last = text,
                Ok(Reply::Leave) => return Ok(EXIT_OK),
                Err(diagnostics) => {
                    self.show(&diagnostics);
                    return Ok(EXIT_ERROR);
                }
            }
        }
        self.session.printer.result(&last);
        Ok(EXIT_OK)
    }

    /// One answer for each entry, with its further lines indented.
    fn answer_each(&mut self, entries: impl Iterator<Item = io::Result<String>>) -> CommandResult {
        for entry in entries {
            let entry = entry.map_err(unreadable)?;
            if entry.is_empty() {
                continue;
            }
            let (mark, text) = match self.reply(&entry) {
                Ok(Reply::Text(text)) => ('=', text),
                Ok(Reply::Leave) => break,
                Err(diagnostics) => ('!', in_one_line(&diagnostics)),
            };
            self.session.printer.result(&format!("{mark} {}", text.replace('\n', "\n  ")));
        }
        Ok(EXIT_OK)
    }
}

fn in_one_line(diagnostics: &Diagnostics) -> String {
    let all: Vec<String> = diagnostics.iter().map(|found| format!("{}: {}", found.summary, found.detail)).collect();
    all.join("; ").replace('\n', " ")
}

fn unreadable(error: io::Error) -> CommandError {
    Diagnostic::error("Input not readable", format!("The expressions could not be read: {error}. Give UTF-8 text."))
        .into()
}
