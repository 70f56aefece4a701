//! The commands, one file each: the arguments are in [`crate::arguments`], the work in a function `run`.

use std::ffi::OsString;

use clap::FromArgMatches;
use infra_engine::diagnostics::Diagnostic;
use infra_engine::language::Language;
use infra_engine::syntax::SourceMap;
use infra_state::model::ObjectStatus;
use infra_values::address::{AddressError, ResourceInstance, ResourceMode};

use crate::arguments::{self, Cli, Command, PlanningArguments, VariableArguments, normalise, ordered_values};
use crate::command_error::{CommandError, CommandResult, EXIT_ERROR, EXIT_OK};
use crate::environment::Environment;
use crate::extra_arguments::with_extra_arguments;
use crate::printer::Printer;
use crate::project::{ProjectError, Session, existing_directory};
use crate::sandbox as sandboxed;

mod apply;
mod completion;
mod console;
mod fmt;
mod force_unlock;
mod get;
mod graph;
mod import;
mod init;
mod metadata;
mod modules;
mod output;
mod plan;
mod providers;
mod sandbox;
mod show;
mod state;
mod taint;
mod validate;
mod version;
mod workspace;

/// Runs a command line and gives the exit code.
pub fn run(typed: Vec<OsString>, environment: Environment, printer: &Printer) -> u8 {
    let typed = match with_extra_arguments(typed, &environment) {
        Ok(typed) => normalise(typed),
        Err(error) => {
            printer.diagnostics(&error.into(), &SourceMap::new(), false);
            return EXIT_ERROR;
        }
    };
    let named = std::iter::once(OsString::from("infra")).chain(typed.iter().cloned());
    let parsed = arguments::command().try_get_matches_from(named);
    let cli = match parsed.and_then(|matches| Cli::from_arg_matches(&matches)) {
        Ok(cli) => cli,
        Err(error) => {
            let text = arguments::with_single_dashes(&error.render().to_string());
            if error.use_stderr() {
                printer.note(text.trim_end());
                return EXIT_ERROR;
            }
            printer.raw(&text);
            return EXIT_OK;
        }
    };
    let result = dispatch(cli, &typed, environment, printer);
    match result {
        Ok(code) => code,
        Err(error) => {
            printer.diagnostics(&error.diagnostics, &SourceMap::new(), false);
            error.code
        }
    }
}

fn dispatch(cli: Cli, typed: &[OsString], environment: Environment, printer: &Printer) -> CommandResult {
    if cli.version {
        return version::run(&crate::arguments::VersionArguments { json: false }, printer);
    }
    let Some(command) = cli.command else {
        printer.raw(&arguments::with_single_dashes(&arguments::command().render_help().to_string()));
        return Ok(EXIT_OK);
    };
    if view_of(&command).is_some_and(|view| view.no_color) {
        printer.disable_color();
    }
    if is_json_stream(&command) {
        printer.begin_json_stream();
    }
    let directory = match &cli.chdir {
        Some(directory) => existing_directory(&environment.current_directory.join(directory), directory)?,
        None => environment.current_directory.clone(),
    };
    let language = language(cli.strict, &environment);
    let mut session = Session { environment, printer, directory, language, sandbox: None };
    let (mut command, mut saved_plan) = (command, None);
    let named = directory_argument(&mut command, &session, &mut saved_plan);
    if let Some(directory) = &named {
        refuse_directory_if_strict(&command, &session, directory)?;
    }
    refuse_extensions_if_strict(&command, &session)?;
    if planning_of(&command).is_some_and(|planning| planning.concise) {
        printer.be_concise();
    }
    session = session.in_directory(named.as_deref())?;
    let needs_server = !matches!(
        command,
        Command::Sandbox(_)
            | Command::Version(_)
            | Command::Validate(_)
            | Command::Fmt(_)
            | Command::Get(_)
            | Command::Modules(_)
            | Command::Graph(_)
            | Command::Completion(_)
            | Command::Metadata(_)
    );
    if cli.sandbox && needs_server {
        session.sandbox = Some(sandboxed::start(&session.directory, &session.environment, printer)?);
    }
    if let Some(variables) = variables_of(&mut command) {
        variables.ordered = ordered_values(typed);
    }
    match command {
        Command::Plan(arguments) => block_on(plan::run(&session, &arguments)),
        Command::Apply(arguments) => {
            block_on(apply::run(&session, &arguments, saved_plan.as_deref(), apply::Purpose::Apply))
        }
        Command::Destroy(arguments) => {
            block_on(apply::run(&session, &arguments, saved_plan.as_deref(), apply::Purpose::Destroy))
        }
        Command::Refresh(arguments) => {
            block_on(apply::run(&session, &arguments, saved_plan.as_deref(), apply::Purpose::Refresh))
        }
        Command::Import(arguments) => block_on(import::run(&session, &arguments)),
        Command::State(arguments) => block_on(state::run(&session, &arguments.action)),
        Command::Taint(arguments) => block_on(taint::run(&session, &arguments, ObjectStatus::Tainted)),
        Command::Untaint(arguments) => block_on(taint::run(&session, &arguments, ObjectStatus::Ready)),
        Command::Workspace(arguments) => block_on(workspace::run(&session, &arguments.action)),
        Command::ForceUnlock(arguments) => block_on(force_unlock::run(&session, &arguments)),
        Command::Validate(arguments) => validate::run(&session, &arguments),
        Command::Fmt(arguments) => fmt::run(&session, &arguments),
        Command::Init(arguments) => init::run(&session, &arguments),
        Command::Get(arguments) => get::run(&session, &arguments),
        Command::Modules(arguments) => modules::run(&session, &arguments),
        Command::Providers(arguments) => block_on(providers::run(&session, &arguments)),
        Command::Graph(arguments) => graph::run(&session, &arguments),
        Command::Completion(arguments) => completion::run(&arguments, printer),
        Command::Output(arguments) => block_on(output::run(&session, &arguments)),
        Command::Show(arguments) => block_on(show::run(&session, &arguments)),
        Command::Console(arguments) => block_on(console::run(&session, &arguments)),
        Command::Metadata(arguments) => metadata::run(&session, &arguments),
        Command::Sandbox(arguments) => sandbox::run(&session, &arguments),
        Command::Version(arguments) => version::run(&arguments, printer),
    }
}

/// Terraform's language with our extensions, unless the flag or else the environment says that it is to be without.
fn language(strict: Option<bool>, environment: &Environment) -> Language {
    match strict.unwrap_or_else(|| environment.is_on("INFRA_STRICT")) {
        true => Language::Strict,
        false => Language::Extended,
    }
}

/// The directory that a command's argument names, if it names one. An argument of apply that is a file is a plan.
fn directory_argument(command: &mut Command, session: &Session<'_>, saved_plan: &mut Option<String>) -> Option<String> {
    match command {
        Command::Plan(arguments) => arguments.directory.take(),
        Command::Validate(arguments) => arguments.directory.take(),
        Command::Init(arguments) => arguments.directory.take(),
        Command::Import(arguments) => arguments.config.take(),
        Command::Get(arguments) => arguments.directory.take(),
        Command::Providers(arguments) => arguments.directory.take(),
        Command::Apply(arguments) | Command::Destroy(arguments) | Command::Refresh(arguments) => {
            let argument = arguments.directory_or_plan.take()?;
            if session.directory.join(&argument).is_dir() {
                return Some(argument);
            }
            *saved_plan = Some(argument);
            None
        }
        _ => None,
    }
}

/// Terraform takes a directory for these commands only as `-chdir`.
fn refuse_directory_if_strict(command: &Command, session: &Session<'_>, directory: &str) -> Result<(), Diagnostic> {
    let takes_none = matches!(
        command,
        Command::Plan(_) | Command::Apply(_) | Command::Destroy(_) | Command::Refresh(_) | Command::Init(_)
    );
    if session.language != Language::Strict || !takes_none {
        return Ok(());
    }
    Err(Diagnostic::error(
        "Too many command line arguments",
        format!("With -strict this command takes no directory. To work in another one: infra -chdir={directory} …"),
    ))
}

/// What planning commands are told about their plan.
fn planning_of(command: &Command) -> Option<&PlanningArguments> {
    match command {
        Command::Plan(arguments) => Some(&arguments.planning),
        Command::Apply(arguments) | Command::Destroy(arguments) | Command::Refresh(arguments) => {
            Some(&arguments.planning)
        }
        _ => None,
    }
}

/// With -strict there are no flags that Terraform does not have.
fn refuse_extensions_if_strict(command: &Command, session: &Session<'_>) -> Result<(), Diagnostic> {
    if session.language != Language::Strict {
        return Ok(());
    }
    let mut given = Vec::new();
    if let Some(planning) = planning_of(command) {
        given.extend([
            ("-exclude", !planning.exclude.is_empty()),
            ("-exclude-file", !planning.exclude_file.is_empty()),
            ("-target-file", !planning.target_file.is_empty()),
            ("-concise", planning.concise),
        ]);
    }
    match command {
        Command::Plan(arguments) => given.push(("-html", arguments.html.is_some())),
        Command::Show(arguments) => given.push(("-html", arguments.html.is_some())),
        _ => {}
    }
    let names: Vec<&str> = given.into_iter().filter(|(_, is_given)| *is_given).map(|(name, _)| name).collect();
    if names.is_empty() {
        return Ok(());
    }
    Err(Diagnostic::error(
        "Flags that Terraform does not have",
        format!("With -strict only what Terraform has is accepted, and it has no {}.", names.join(", ")),
    ))
}

fn variables_of(command: &mut Command) -> Option<&mut VariableArguments> {
    match command {
        Command::Plan(arguments) => Some(&mut arguments.variables),
        Command::Apply(arguments) | Command::Destroy(arguments) | Command::Refresh(arguments) => {
            Some(&mut arguments.variables)
        }
        Command::Console(arguments) => Some(&mut arguments.variables),
        Command::Import(arguments) => Some(&mut arguments.variables),
        _ => None,
    }
}

/// Whether everything is to be said as JSON.
fn is_json_stream(command: &Command) -> bool {
    match command {
        Command::Plan(arguments) => arguments.json,
        Command::Apply(arguments) | Command::Destroy(arguments) | Command::Refresh(arguments) => arguments.json,
        _ => false,
    }
}

fn view_of(command: &Command) -> Option<&crate::arguments::ViewArguments> {
    match command {
        Command::Plan(arguments) => Some(&arguments.view),
        Command::Apply(arguments) | Command::Destroy(arguments) | Command::Refresh(arguments) => Some(&arguments.view),
        Command::Import(arguments) => Some(&arguments.edit.view),
        Command::State(arguments) => Some(arguments.action.view()),
        Command::Taint(arguments) | Command::Untaint(arguments) => Some(&arguments.edit.view),
        Command::Workspace(arguments) => Some(arguments.action.view()),
        Command::ForceUnlock(arguments) => Some(&arguments.view),
        Command::Validate(arguments) => Some(&arguments.view),
        Command::Fmt(arguments) => Some(&arguments.view),
        Command::Init(arguments) => Some(&arguments.view),
        Command::Get(arguments) => Some(&arguments.view),
        Command::Modules(arguments) => Some(&arguments.view),
        Command::Providers(arguments) => Some(&arguments.view),
        Command::Graph(arguments) => Some(&arguments.view),
        Command::Output(arguments) => Some(&arguments.view),
        Command::Show(arguments) => Some(&arguments.view),
        Command::Console(arguments) => Some(&arguments.view),
        Command::Sandbox(_) | Command::Version(_) | Command::Metadata(_) | Command::Completion(_) => None,
    }
}

fn block_on(command: impl Future<Output = CommandResult>) -> CommandResult {
    let runtime = tokio::runtime::Builder::new_multi_thread().enable_all().build().map_err(|error| {
        Diagnostic::error("Cannot start", format!("The runtime for network calls could not be started: {error}."))
    })?;
    runtime.block_on(command)
}

/// Reads the address of a managed object. `why` says what is the matter with others.
fn managed_instance(text: &str, summary: &str, why: &str) -> Result<ResourceInstance, Diagnostic> {
    let address: ResourceInstance = text.parse().map_err(|error| invalid_address(text, &error))?;
    if address.resource.mode == ResourceMode::Managed {
        return Ok(address);
    }
    Err(Diagnostic::error(summary, format!("{address} is not managed: {why}. Name a resource.")))
}

/// A text that is no address, where an address is wanted.
fn invalid_address(text: &str, error: &AddressError) -> Diagnostic {
    Diagnostic::error(
        format!("Invalid address \"{text}\""),
        format!(
            "{error}. An address looks like aws_s3_bucket.data, aws_s3_bucket.data[0] or \
             module.network[\"eu\"].aws_vpc.main; `infra state list` shows all."
        ),
    )
}

/// Asks for an approval, which only `yes` is. `needed` says what needs one (`The changes need`), `remedy` how to do
/// without, for where nobody answers.
fn is_approved(printer: &Printer, question: &str, needed: &str, remedy: &str) -> Result<bool, Diagnostic> {
    match printer.ask(question) {
        Some(answer) => Ok(answer == "yes"),
        None => Err(Diagnostic::error(
            "Approval needed",
            format!("{needed} an approval, and there is nobody to ask: the input ended. {remedy}"),
        )),
    }
}

/// Shows what is wrong with a project, with its files at hand.
fn show_project_error(error: &ProjectError, printer: &Printer, compact_warnings: bool) -> CommandError {
    printer.diagnostics(&error.diagnostics, &error.config.sources, compact_warnings);
    CommandError::shown()
}
