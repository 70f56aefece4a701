//! `infra workspace`: several states of the same files.

use std::io::ErrorKind;
use std::path::{Path, PathBuf};

use infra_engine::diagnostics::Diagnostic;
use infra_state::{State, file};
use infra_values::address::ResourceMode;

use crate::arguments::{
    LockArguments, WorkspaceAction, WorkspaceDeleteArguments, WorkspaceNewArguments, WorkspaceSelectArguments,
};
use crate::backend::{self, Place, StateFlags};
use crate::backend_pin::write_note;
use crate::command_error::{CommandError, CommandResult, EXIT_OK};
use crate::project::{DEFAULT_WORKSPACE, Session, check_workspace_name};
use crate::state_access::{self, Editing};

/// Does one of the things that can be done with workspaces.
pub async fn run(session: &Session<'_>, action: &WorkspaceAction) -> CommandResult {
    match action {
        WorkspaceAction::List(_) => list(session),
        WorkspaceAction::Show(_) => {
            session.check_workspace()?;
            session.printer.result(session.workspace().as_str());
            Ok(EXIT_OK)
        }
        WorkspaceAction::New(arguments) => create(session, arguments).await,
        WorkspaceAction::Select(arguments) => select(session, arguments).await,
        WorkspaceAction::Delete(arguments) => delete(session, arguments).await,
    }
}

/// The place of the directory's states.
fn place(session: &Session<'_>) -> Result<Place, CommandError> {
    let config = state_access::configuration(session)?;
    Place::of(session, config.root().backend.as_ref())
        .map_err(|error| error.shown_with(session.printer, &config.sources, false))
}

/// All workspaces there are, in the order of their names, the default one first.
fn names(place: &Place) -> Result<Vec<String>, Diagnostic> {
    let mut names: Vec<String> = match std::fs::read_dir(&place.workspaces) {
        Ok(entries) => entries
            .flatten()
            .filter(|entry| entry.path().is_dir())
            .filter_map(|entry| entry.file_name().into_string().ok())
            .collect(),
        Err(error) if error.kind() == ErrorKind::NotFound => Vec::new(),
        Err(error) => return Err(unusable(&place.workspaces, &error)),
    };
    names.sort();
    names.insert(0, DEFAULT_WORKSPACE.to_owned());
    Ok(names)
}

fn unusable(folder: &Path, error: &std::io::Error) -> Diagnostic {
    Diagnostic::error(
        "Workspace not usable",
        format!("{} could not be used: {error}. Put that right and try again.", folder.display()),
    )
}

fn list(session: &Session<'_>) -> CommandResult {
    let current = session.workspace();
    let lines: Vec<String> = names(&place(session)?)?
        .into_iter()
        .map(|name| if name == current.as_str() { format!("* {name}") } else { format!("  {name}") })
        .collect();
    session.printer.result(&format!("{}\n", lines.join("\n")));
    if session.environment.get("TF_WORKSPACE").is_some() {
        session
            .printer
            .result("\n\nThe active workspace is being overridden using the TF_WORKSPACE environment\nvariable.\n");
    }
    Ok(EXIT_OK)
}

/// The variable would win over what is selected.
fn refuse_override(session: &Session<'_>) -> Result<(), Diagnostic> {
    match session.environment.get("TF_WORKSPACE") {
        None => Ok(()),
        Some(name) => Err(Diagnostic::error(
            "Workspace is overridden",
            format!(
                "The environment variable TF_WORKSPACE says that the workspace is \"{name}\", whatever is selected. \
                 Unset it, or change it."
            ),
        )),
    }
}

fn not_there(name: &str, names: &[String]) -> Diagnostic {
    Diagnostic::error(
        format!("Workspace \"{name}\" doesn't exist"),
        "Make it with `infra workspace new`, or add -or-create to `infra workspace select`.",
    )
    .suggest(name, names.iter().map(String::as_str))
}

/// Notes which workspace is the current one.
fn switch(session: &Session<'_>, name: &str) -> Result<(), Diagnostic> {
    let note = session.workspace_note();
    write_note(&note, name.as_bytes()).map_err(|error| unusable(&note, &error))
}

async fn create(session: &Session<'_>, arguments: &WorkspaceNewArguments) -> CommandResult {
    check_workspace_name(&arguments.name)?;
    refuse_override(session)?;
    let place = place(session)?;
    if names(&place)?.contains(&arguments.name) {
        return Err(already_there(&arguments.name).into());
    }
    make(session, &place, &arguments.name, arguments.state.as_deref(), &arguments.lock).await
}

fn already_there(name: &str) -> Diagnostic {
    Diagnostic::error(
        format!("Workspace \"{name}\" already exists"),
        format!("Switch to it with `infra workspace select {name}`."),
    )
}

/// Makes a workspace, all of it or nothing, and switches to it.
async fn make(
    session: &Session<'_>,
    place: &Place,
    name: &str,
    copied: Option<&str>,
    lock: &LockArguments,
) -> CommandResult {
    backend::parse_duration(&lock.lock_timeout)?;
    let copy = match copied {
        None => None,
        Some(path) => {
            let bytes = std::fs::read(session.directory.join(path)).map_err(|error| {
                Diagnostic::error("State file not readable", format!("{path} could not be read: {error}."))
            })?;
            Some(file::decode(path, &bytes)?)
        }
    };
    std::fs::create_dir_all(&place.workspaces).map_err(|error| unusable(&place.workspaces, &error))?;
    let folder = place.folder(name);
    std::fs::create_dir(&folder).map_err(|error| match error.kind() {
        ErrorKind::AlreadyExists => already_there(name),
        _ => unusable(&folder, &error),
    })?;
    let is_copy = copy.is_some();
    if let Some(state) = copy
        && let Err(error) = keep_copy(session, place, name, state, lock).await
    {
        // Empty still, unless somebody else has begun to work in it: then it stays.
        let _ = std::fs::remove_dir(&folder);
        return Err(error);
    }
    switch(session, name)?;
    let what = match is_copy {
        true => {
            "You're now on a workspace with a copy of that state. The copy goes its own way from here:\nwhat it \
                 has in common with the other state is managed by both, until one forgets it."
        }
        false => {
            "You're now on a new, empty workspace. Workspaces isolate their state,\nso if you run \"infra plan\" infra \
                  will not see any existing state\nfor this configuration."
        }
    };
    session.printer.result(&format!("Created and switched to workspace \"{name}\"!\n\n{what}"));
    Ok(EXIT_OK)
}

/// Begins the state of a workspace with what another one has, as a state of its own origin.
async fn keep_copy(
    session: &Session<'_>,
    place: &Place,
    name: &str,
    state: State,
    lock: &LockArguments,
) -> Result<(), CommandError> {
    let store = place.open(session, &StateFlags::default(), name);
    Editing::hold(session, store, lock, "workspace-new").await?.write(state).await
}

async fn select(session: &Session<'_>, arguments: &WorkspaceSelectArguments) -> CommandResult {
    let name = &arguments.name;
    check_workspace_name(name)?;
    refuse_override(session)?;
    let is_current = session.workspace().as_str() == name;
    let place = place(session)?;
    let names = names(&place)?;
    if !names.contains(name) && !is_current {
        if arguments.or_create {
            return make(session, &place, name, None, &LockArguments::default()).await;
        }
        return Err(not_there(name, &names).into());
    }
    if !is_current {
        switch(session, name)?;
        session.printer.result(&format!("Switched to workspace \"{name}\"."));
    }
    Ok(EXIT_OK)
}

async fn delete(session: &Session<'_>, arguments: &WorkspaceDeleteArguments) -> CommandResult {
    let name = &arguments.name;
    check_workspace_name(name)?;
    let place = place(session)?;
    let names = names(&place)?;
    if !names.contains(name) {
        return Err(not_there(name, &names).into());
    }
    if session.workspace().as_str() == name {
        return Err(Diagnostic::error(
            format!("Workspace \"{name}\" is your active workspace"),
            "The current workspace cannot be deleted. Switch to another one and try again.",
        )
        .into());
    }
    if name == DEFAULT_WORKSPACE {
        return Err(Diagnostic::error(
            "Default workspace cannot be deleted",
            "It is always there. `infra destroy` removes what is in it.",
        )
        .into());
    }
    let store = place.open(session, &StateFlags::default(), name);
    let editing = Editing::hold(session, store, &arguments.lock, "workspace-delete").await?;
    let instances = editing.snapshot.state.resources.instances();
    let managed = instances.filter(|(address, ..)| address.resource.mode == ResourceMode::Managed);
    let objects: Vec<String> = managed.map(|(address, ..)| address.to_string()).collect();
    if !objects.is_empty() && !arguments.force {
        return Err(editing.fail(not_empty(name, &objects).into()).await);
    }
    // Out of the way in one step and under the lock: nobody finds half of it, or begins to work in it.
    let (folder, doomed) = (place.folder(name), doomed(&place));
    if let Err(error) = std::fs::rename(&folder, &doomed) {
        return Err(editing.fail(unusable(&folder, &error).into()).await);
    }
    editing.leave().await?;
    std::fs::remove_dir_all(&doomed).map_err(|error| unusable(&doomed, &error))?;
    session.printer.result(&format!("Deleted workspace \"{name}\"!"));
    if !objects.is_empty() {
        session.printer.result(&format!(
            "WARNING: \"{name}\" was non-empty.\nThe resources managed by the deleted workspace may still exist,\nbut are no \
             longer manageable by infra since the state has\nbeen deleted."
        ));
    }
    Ok(EXIT_OK)
}

/// Where a workspace that is being deleted waits for its end.
fn doomed(place: &Place) -> PathBuf {
    let folder = place.workspaces.file_name().unwrap_or_default().to_string_lossy();
    place.workspaces.with_file_name(format!(".{folder}.deleted-{}", uuid::Uuid::new_v4()))
}

fn not_empty(name: &str, objects: &[String]) -> Diagnostic {
    Diagnostic::error(
        "Workspace is not empty",
        format!(
            "Workspace \"{name}\" is currently tracking the following resource instances:\n  - {}\nDeleting it would lose \
             track of them. Destroy them first; -force deletes it all the same, and whatever they stand for stays.",
            objects.join("\n  - ")
        ),
    )
}
