//! What plan, apply and destroy share: from a loaded project to a plan, and from a plan to the new state.

use std::collections::{BTreeMap, HashMap};
use std::path::Path;
use std::sync::Arc;

use infra_engine::apply::{Applied, Applying, Interruption, apply};
use infra_engine::config::VariableValues;
use infra_engine::diagnostics::{Diagnostic, Diagnostics};
use infra_engine::drive::drive;
use infra_engine::events::Events;
use infra_engine::plan::{self, Mode, Options, Plan, Planner};
use infra_engine::provider::Configured;
use infra_engine::provider::provisioner::{Provisioner, Provisioners};
use infra_schema::Generation;
use infra_state::local::unused_refuge;
use infra_state::store::{Final, Operation, StateStore};
use infra_values::address::{ProviderConfig, ResourceInstance};
use infra_values::{Str, Value};
use tokio::signal::unix::{Signal, SignalKind, signal};

use crate::arguments::PlanningArguments;
use crate::command_error::{CommandError, state_diagnostic};
use crate::local_exec::LocalExec;
use crate::narrowing;
use crate::project::{Project, Session};

/// Key of [`Plan::settings`] under which the generation of the AWS provider is kept.
const GENERATION_SETTING: &str = "aws_provider_generation";
/// Key of [`Plan::settings`] that says whether the plan was made in the sandbox.
const SANDBOX_SETTING: &str = "sandbox";
/// Key of [`Plan::settings`] under which the place of the state is kept, relative to the directory where it can be.
const STATE_SETTING: &str = "state";

/// A plan with the providers that were configured to make it.
pub struct Made {
    /// The plan.
    pub plan: Plan,
    /// Errors and warnings.
    pub diagnostics: Diagnostics,
    /// Values of ephemeral variables, which the plan does not hold.
    pub ephemeral_variables: BTreeMap<Str, Value>,
    /// Configured providers, to be used again.
    pub configured: HashMap<ProviderConfig, Arc<dyn Configured>>,
}

/// What flags say about planning.
pub fn options(session: &Session<'_>, arguments: &PlanningArguments) -> Result<Options, Diagnostics> {
    let mut diagnostics = Diagnostics::new();
    let targets = narrowing::targets(session, "target", &arguments.target, &arguments.target_file, &mut diagnostics);
    let excludes =
        narrowing::targets(session, "exclude", &arguments.exclude, &arguments.exclude_file, &mut diagnostics);
    diagnostics.extend(narrowing::check(arguments));
    let mut replace = Vec::new();
    for text in &arguments.replace {
        match text.parse::<ResourceInstance>() {
            Ok(address) => replace.push(address),
            Err(error) => diagnostics.push(narrowing::invalid_address("replace", text, &error.to_string())),
        }
    }
    if arguments.destroy && arguments.refresh_only {
        diagnostics.push(Diagnostic::error(
            "Incompatible plan mode options",
            "The -destroy and -refresh-only options exclude each other. Use one of them.",
        ));
    }
    if arguments.refresh_only && !arguments.refresh {
        diagnostics.push(Diagnostic::error(
            "Incompatible refresh options",
            "It doesn't make sense to use -refresh-only at the same time as -refresh=false, because nothing would be \
             left to do.",
        ));
    }
    for address in replace.iter().filter(|address| excludes.iter().any(|exclude| exclude.contains(address))) {
        diagnostics.push(Diagnostic::error(
            "Both replacement and exclusion",
            format!("{address} is to be replaced by -replace and left out by -exclude. Use one of them."),
        ));
    }
    if (arguments.destroy || arguments.refresh_only) && !replace.is_empty() {
        diagnostics.push(Diagnostic::error(
            "Unsupported plan mode",
            "Objects are replaced on request (-replace) in a plan of changes only, not beside -destroy or -refresh-only.",
        ));
    }
    diagnostics.into_result()?;
    let mode = match (arguments.destroy, arguments.refresh_only) {
        (true, _) => Mode::Destroy,
        (_, true) => Mode::RefreshOnly,
        _ => Mode::Normal,
    };
    Ok(Options { mode, refresh: arguments.refresh, targets, excludes, replace, imports: Vec::new() })
}

/// Makes a plan from a project and a state.
pub async fn make_plan(
    session: &Session<'_>,
    project: &Project,
    store: &dyn StateStore,
    variables: &VariableValues,
    options: Options,
    parallelism: usize,
    events: &dyn Events,
) -> Result<Made, CommandError> {
    let snapshot = store.read().await?;
    let surroundings = session.surroundings(Some(&session.now()));
    let (mut planner, mut diagnostics) = Planner::new(
        &project.config,
        &project.graph,
        &project.providers,
        surroundings,
        variables,
        snapshot.state,
        options,
    );
    if diagnostics.has_errors() {
        return Err(diagnostics.into());
    }
    drive(&mut planner, parallelism, events).await;
    let configured = planner.configured_providers();
    let settings = BTreeMap::from([
        (GENERATION_SETTING.to_owned(), generation_name(project.generation).to_owned()),
        (SANDBOX_SETTING.to_owned(), session.sandbox.is_some().to_string()),
        (STATE_SETTING.to_owned(), state_place(session, store)),
    ]);
    let ephemeral_variables = planner.ephemeral_values();
    let (plan, found) = planner.finish(project.files.clone(), settings);
    diagnostics.extend(found);
    match plan {
        Some(plan) => Ok(Made { plan, diagnostics, ephemeral_variables, configured }),
        None => Err(diagnostics.into()),
    }
}

/// Where the state is, in words that are the same in another checkout of the same repository.
fn state_place(session: &Session<'_>, store: &dyn StateStore) -> String {
    let place = store.place();
    let base = session.sandbox.as_ref().map_or(&session.directory, |sandbox| &sandbox.state_directory);
    match Path::new(&place).strip_prefix(base) {
        Ok(below) => below.display().to_string(),
        Err(_) => place,
    }
}

/// Refuses a saved plan that was made for another place: the sandbox, another workspace or another state.
pub fn check_place(session: &Session<'_>, plan: &Plan, store: &dyn StateStore) -> Result<(), Diagnostic> {
    let setting = |name: &str| plan.settings.get(name).map_or("", String::as_str);
    let in_sandbox = |sandboxed: bool| if sandboxed { "in the sandbox" } else { "outside the sandbox" };
    let made_in_sandbox = setting(SANDBOX_SETTING) == "true";
    let (workspace, place) = (session.workspace(), state_place(session, store));
    let mismatch = if made_in_sandbox != session.sandbox.is_some() {
        format!("It was made {}, and this command works {}", in_sandbox(made_in_sandbox), in_sandbox(!made_in_sandbox))
    } else if plan.workspace != workspace {
        format!("It was made in the workspace \"{}\", and the current one is \"{workspace}\"", plan.workspace)
    } else if setting(STATE_SETTING) != place {
        format!("It was made for the state {}, and this command works with {place}", setting(STATE_SETTING))
    } else {
        return Ok(());
    };
    Err(Diagnostic::error(
        "Saved plan is for another place",
        format!("{mismatch}. Apply it where it was made, or make a new plan here."),
    ))
}

fn generation_name(generation: Generation) -> &'static str {
    match generation {
        Generation::V5 => "5",
        Generation::V6 => "6",
    }
}

/// The generation that a plan was made for.
pub fn generation_of(plan: &Plan) -> Generation {
    match plan.settings.get(GENERATION_SETTING).map(String::as_str) {
        Some("5") => Generation::V5,
        _ => Generation::V6,
    }
}

/// Carries out a plan and saves the new state. The lock must be held.
pub async fn carry_out(
    session: &Session<'_>,
    project: &Project,
    made: &Made,
    store: &Arc<dyn StateStore>,
    parallelism: usize,
    events: Arc<dyn Events>,
) -> Result<Applied, CommandError> {
    let broken = plan::check::check(&made.plan);
    if !broken.is_empty() {
        let list: Vec<String> = broken.iter().map(|broken| format!("- {broken}")).collect();
        return Err(Diagnostic::error(
            "Plan breaks a promise",
            format!(
                "The plan was checked before anything was touched, and is not safe to apply:\n{}\nThis is a defect of \
                 infra. Nothing was changed.",
                list.join("\n")
            ),
        )
        .into());
    }
    let counts = made.plan.counts();
    let operation = store
        .begin_operation(&Operation {
            kind: if made.plan.mode == Mode::Destroy { "destroy" } else { "apply" }.to_owned(),
            summary: format!("{} to add, {} to change, {} to destroy", counts.add, counts.change, counts.remove),
            started_at: jiff::Timestamp::now(),
            based_on: Some(made.plan.based_on.clone()),
            recovers: None,
        })
        .await?;
    let interruption = Arc::new(Interruption::default());
    // Before anything starts: an interrupt must not find nobody listening.
    let mut signals = Signals::listen();
    let applying = Applying {
        plan: &made.plan,
        config: &project.config,
        providers: &project.providers,
        configured: made.configured.clone(),
        provisioners: provisioners(session),
        surroundings: session.surroundings(Some(&made.plan.timestamp)),
        ephemeral_variables: made.ephemeral_variables.clone(),
        store: Arc::clone(store),
        operation,
        events,
        parallelism,
        interruption: Arc::clone(&interruption),
    };
    let mut applied = tokio::select! {
        applied = apply(applying) => applied,
        () = interrupted_twice(session, &mut signals, &interruption) => Applied {
            diagnostics: Diagnostic::error(
                "Stopped",
                "The run was stopped at once. What had finished is in the state; calls that were under way may have \
                 succeeded without being recorded.",
            )
            .into(),
            outputs: made.plan.state.outputs.clone(),
            check_results: made.plan.checks.clone(),
            ..Applied::default()
        },
    };
    let end = Final { outputs: Some(applied.outputs.clone()), check_results: Some(applied.check_results.to_stored()) };
    if let Err(error) = store.finish(end).await {
        applied.diagnostics.push(state_diagnostic(&error));
        applied.diagnostics.push(rescue(session, store.as_ref()).await);
    }
    Ok(applied)
}

/// What runs provisioners.
fn provisioners(session: &Session<'_>) -> Provisioners {
    let local_exec =
        LocalExec { directory: session.directory.clone(), environment: crate::sandbox::process_environment(session) };
    Provisioners::from([("local-exec".to_owned(), Arc::new(local_exec) as Arc<dyn Provisioner>)])
}

/// Writes the state where it can still be written, when its own place cannot.
async fn rescue(session: &Session<'_>, store: &dyn StateStore) -> Diagnostic {
    let refuge = unused_refuge(&session.directory);
    match store.write_emergency(&refuge).await {
        Ok(()) => Diagnostic::error(
            "State saved elsewhere",
            format!(
                "The state could not be written to {}, so it was written to {}. Put right what kept it from being \
                 written, then copy it back.",
                store.place(),
                refuge.display()
            ),
        ),
        Err(error) => Diagnostic::error(
            "State not saved",
            format!("The state could be written neither to {} nor to {}: {error}.", store.place(), refuge.display()),
        ),
    }
}

/// Returns when the user has interrupted twice; the first time, asks for an orderly end.
async fn interrupted_twice(session: &Session<'_>, signals: &mut Option<Signals>, interruption: &Interruption) {
    // Where signals cannot be listened to, they end the process as they always did.
    let Some(signals) = signals else { return std::future::pending().await };
    signals.next().await;
    interruption.request_stop();
    session
        .printer
        .note("\nInterrupt received. Finishing what is running and saving the state; interrupt again to stop at once.");
    signals.next().await;
}

/// Ctrl-C, and the SIGTERM with which CI systems cancel a job.
struct Signals {
    interrupt: Signal,
    terminate: Signal,
}

impl Signals {
    /// Listens from now on.
    fn listen() -> Option<Self> {
        let listen = |kind| match signal(kind) {
            Ok(signal) => Some(signal),
            Err(error) => {
                tracing::warn!(%error, "interrupts will stop the process without an orderly end");
                None
            }
        };
        Some(Self { interrupt: listen(SignalKind::interrupt())?, terminate: listen(SignalKind::terminate())? })
    }

    async fn next(&mut self) {
        tokio::select! {
            _ = self.interrupt.recv() => {}
            _ = self.terminate.recv() => {}
        }
    }
}

/// Writes a plan to a file that only its owner can read: it holds secrets.
pub fn save(plan: &Plan, path: &Path, shown: &str) -> Result<(), Diagnostic> {
    let failed = |reason: String| {
        Diagnostic::error(
            "Failed to write the plan file",
            format!("The plan could not be written to {shown}: {reason}."),
        )
    };
    let bytes = serde_json::to_vec(plan).map_err(|error| failed(error.to_string()))?;
    write_private(path, &bytes).map_err(|error| failed(error.to_string()))
}

fn write_private(path: &Path, bytes: &[u8]) -> std::io::Result<()> {
    use std::io::Write;
    use std::os::unix::fs::{OpenOptionsExt, PermissionsExt};
    let mut file = std::fs::OpenOptions::new().write(true).create(true).truncate(true).mode(0o600).open(path)?;
    // The mode above only counts for a new file.
    file.set_permissions(std::fs::Permissions::from_mode(0o600))?;
    file.write_all(bytes)?;
    file.sync_all()
}

/// The first bytes of a zip archive, which is what Terraform's plan files are.
const ZIP_SIGNATURE: &[u8] = b"PK";

/// Reads a saved plan.
pub fn load_saved(path: &Path, shown: &str) -> Result<Plan, Diagnostic> {
    let failed = |summary: &str, detail: String| Err(Diagnostic::error(summary, detail));
    let bytes = match std::fs::read(path) {
        Ok(bytes) => bytes,
        Err(error) if error.kind() == std::io::ErrorKind::NotFound => {
            return failed(
                "No such directory or plan file",
                format!(
                    "{shown} is neither a directory nor a saved plan. Check the path; `infra plan -out={shown}` makes a plan."
                ),
            );
        }
        Err(error) => {
            return failed(
                "Failed to read the plan file",
                format!("{shown} could not be read: {error}. Check that it is a file that you may read."),
            );
        }
    };
    if bytes.starts_with(ZIP_SIGNATURE) {
        return failed(
            "Not a plan file of infra",
            format!(
                "{shown} is a plan file of terraform, whose form is its own. Make a plan with: infra plan -out={shown}"
            ),
        );
    }
    match serde_json::from_slice::<Plan>(&bytes) {
        Ok(plan) if plan.format_version == plan::FORMAT_VERSION => Ok(plan),
        Ok(plan) => failed(
            "Plan file of another version",
            format!(
                "{shown} has version {} of the plan file's form, and this infra writes version {}. Make a new plan.",
                plan.format_version,
                plan::FORMAT_VERSION
            ),
        ),
        Err(error) => failed(
            "Not a plan file",
            format!("{shown} is not a plan file that infra can read: {error}. Make one with: infra plan -out={shown}"),
        ),
    }
}
