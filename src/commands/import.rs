//! `infra import`: taking an object that exists into the state, without changing anything else.
//!
//! The object is found as an `import` block would find it: by a plan that is about this one address. Of that plan only
//! what was found is kept.

use infra_engine::diagnostics::Diagnostic;
use infra_engine::plan::{Mode, Options};
use infra_state::State;
use infra_values::Str;
use infra_values::address::{ResourceInstance, Target};

use crate::arguments::ImportArguments;
use crate::backend::{self, StateFlags};
use crate::command_error::{CommandError, CommandResult, EXIT_OK};
use crate::commands::{managed_instance, show_project_error};
use crate::operation;
use crate::project::{Project, Session};
use crate::render::progress::Progress;
use crate::state_access::Editing;
use crate::variables;

/// Finds an object by its id and keeps it under an address.
pub async fn run(session: &Session<'_>, arguments: &ImportArguments) -> CommandResult {
    let compact = arguments.edit.view.compact_warnings;
    let summary = "A managed resource address is required";
    let address = managed_instance(&arguments.address, summary, "it is read anew each time")?;
    let project = Project::load(session).map_err(|error| show_project_error(&error, session.printer, compact))?;
    let shown = |error: CommandError| error.shown_with(session.printer, &project.config.sources, compact);
    let declared = project.config.module_at(&address.module.path());
    if declared.is_none_or(|module| !module.resources.contains_key(&address.resource)) {
        return Err(not_declared(&address).into());
    }
    let files =
        StateFlags { state_out: arguments.state_out.clone(), keeps_every_backup: false, ..arguments.edit.files() };
    let store = backend::open(session, project.config.root().backend.as_ref(), &files).map_err(shown)?;
    let editing = Editing::hold(session, store, &arguments.edit.lock, "import").await?;
    let found = match editing.snapshot.state.object(&address) {
        Some(_) => Err(already_managed(&address).into()),
        None => find(session, arguments, &project, &editing, &address).await.map_err(shown),
    };
    match found {
        Ok(state) => editing.write(state).await?,
        Err(error) => return Err(editing.fail(error).await),
    }
    session.printer.result(
        "\nImport successful!\n\nThe resources that were imported are shown above. These resources are now in\nyour state and \
         will henceforth be managed by infra.\n",
    );
    Ok(EXIT_OK)
}

/// The state with the object that was found.
async fn find(
    session: &Session<'_>,
    arguments: &ImportArguments,
    project: &Project,
    editing: &Editing<'_>,
    address: &ResourceInstance,
) -> Result<State, CommandError> {
    let (mut values, diagnostics) =
        variables::gather(&session.directory, &project.config, &arguments.variables, &session.environment);
    diagnostics.into_result()?;
    if arguments.variables.input {
        variables::ask_for_missing(&project.config, &mut values, session.printer);
    }
    let options = Options {
        mode: Mode::Normal,
        refresh: false,
        targets: vec![Target::Instance(address.clone())],
        imports: vec![(address.clone(), Str::from(arguments.id.as_str()))],
        ..Options::default()
    };
    session.printer.note(&format!("{address}: Importing from ID \"{}\"...", arguments.id));
    let progress = Progress::start(session.printer);
    let store = editing.store();
    let made = operation::make_plan(session, project, store, &values, options, arguments.parallelism, &*progress).await;
    progress.finish();
    let made = made.map_err(only_errors)?;
    if made.diagnostics.has_errors() {
        return Err(only_errors(made.diagnostics.into()));
    }
    let plan = made.plan;
    let found = plan.state.resources.get(&address.absolute_resource()).zip(plan.state.resources.instance(address));
    let Some((resource, instance)) = found else {
        return Err(Diagnostic::error(
            "Object not imported",
            format!("Nothing was found to import as {address}, and why not could not be told. Nothing was changed."),
        )
        .into());
    };
    let mut state = editing.snapshot.state.as_ref().clone();
    state.resources.set_instance(address, resource.provider.clone(), instance.clone());
    Ok(state)
}

/// Warnings are about the plan, which nobody asked for.
fn only_errors(mut error: CommandError) -> CommandError {
    error.diagnostics.0.retain(Diagnostic::is_error);
    error
}

fn not_declared(address: &ResourceInstance) -> Diagnostic {
    let (kind, name) = (&address.resource.type_name, &address.resource.name);
    let place = match address.module.is_root() {
        true => "the root module".to_owned(),
        false => address.module.path().to_string(),
    };
    Diagnostic::error(
        format!("Resource address \"{address}\" does not exist in the configuration"),
        format!("Before importing, write its block in {place}: resource \"{kind}\" \"{name}\" {{ … }}"),
    )
}

fn already_managed(address: &ResourceInstance) -> Diagnostic {
    Diagnostic::error(
        "Resource already managed",
        format!(
            "There is an object at {address} in the state already. To import another one there, first take it out with \
             `infra state rm`, which leaves the object itself alone."
        ),
    )
}
