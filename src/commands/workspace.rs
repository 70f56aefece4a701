//! `infra workspace`: several states of the same files.

use std::path::Path;

use infra_engine::diagnostics::{Diagnostic, Diagnostics};
use infra_state::file;
use infra_values::address::ResourceMode;

use crate::arguments::{
    LockArguments, WorkspaceAction, WorkspaceDeleteArguments, WorkspaceNewArguments, WorkspaceSelectArguments,
};
use crate::backend::{self, StateFlags};
use crate::command_error::{CommandError, CommandResult, EXIT_OK};
use crate::project::{DEFAULT_WORKSPACE, Session};
use crate::state_access::{self, Editing};

/// Does one of the things that can be done with workspaces.
pub async fn run(session: &Session<'_>, action: &WorkspaceAction) -> CommandResult {
    match action {
        WorkspaceAction::List(_) => list(session),
        WorkspaceAction::Show(_) => {
            session.printer.result(session.workspace().as_str());
            Ok(EXIT_OK)
        }
        WorkspaceAction::New(arguments) => create(session, arguments).await,
        WorkspaceAction::Select(arguments) => select(session, arguments).await,
        WorkspaceAction::Delete(arguments) => delete(session, arguments).await,
    }
}

/// All workspaces there are, in the order of their names, the default one first.
fn names(session: &Session<'_>) -> Result<Vec<String>, CommandError> {
    let config = state_access::configuration(session)?;
    let folder = backend::workspaces_folder(session, config.root().backend.as_ref())
        .map_err(|error| error.shown_with(session.printer, &config.sources))?;
    let mut names: Vec<String> = match std::fs::read_dir(&folder) {
        Ok(entries) => entries
            .flatten()
            .filter(|entry| entry.path().is_dir())
            .filter_map(|entry| entry.file_name().into_string().ok())
            .collect(),
        Err(error) if error.kind() == std::io::ErrorKind::NotFound => Vec::new(),
        Err(error) => return Err(unusable(&folder, &error).into()),
    };
    names.sort();
    names.insert(0, DEFAULT_WORKSPACE.to_owned());
    Ok(names)
}

fn unusable(folder: &Path, error: &std::io::Error) -> Diagnostic {
    Diagnostic::error(
        "Workspace not usable",
        format!("{} could not be used: {error}. Check its owner and permissions.", folder.display()),
    )
}

fn list(session: &Session<'_>) -> CommandResult {
    let current = session.workspace();
    let lines: Vec<String> = names(session)?
        .into_iter()
        .map(|name| if name == current.as_str() { format!("* {name}") } else { format!("  {name}") })
        .collect();
    session.printer.result(&format!("{}\n", lines.join("\n")));
    if session.environment.get("TF_WORKSPACE").is_some() {
        session.printer.note("The current workspace is what the environment variable TF_WORKSPACE says.");
    }
    Ok(EXIT_OK)
}

/// Whether a name can be part of a path and of a URL as it is.
fn check_name(name: &str) -> Result<(), Diagnostic> {
    let is_allowed = |character: char| character.is_ascii_alphanumeric() || "-_.~$&+=:@".contains(character);
    if !name.is_empty() && name.chars().all(is_allowed) && name != "." && name != ".." {
        return Ok(());
    }
    Err(Diagnostic::error(
        "Invalid workspace name",
        format!(
            "The workspace name \"{name}\" is not allowed. The name must contain only URL safe characters, and no path \
             separators."
        ),
    ))
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
    let folder = session.data_directory();
    let note = folder.join("environment");
    std::fs::create_dir_all(&folder).and_then(|()| std::fs::write(&note, name)).map_err(|error| unusable(&note, &error))
}

async fn create(session: &Session<'_>, arguments: &WorkspaceNewArguments) -> CommandResult {
    check_name(&arguments.name)?;
    refuse_override(session)?;
    if names(session)?.contains(&arguments.name) {
        return Err(Diagnostic::error(
            format!("Workspace \"{}\" already exists", arguments.name),
            format!("Switch to it with `infra workspace select {}`.", arguments.name),
        )
        .into());
    }
    make(session, &arguments.name, arguments.state.as_deref(), &arguments.lock).await
}

async fn make(session: &Session<'_>, name: &str, copied: Option<&str>, lock: &LockArguments) -> CommandResult {
    let state = match copied {
        None => None,
        Some(path) => {
            let bytes = std::fs::read(session.directory.join(path)).map_err(|error| {
                Diagnostic::error("State file not readable", format!("{path} could not be read: {error}."))
            })?;
            Some(file::decode(path, &bytes)?)
        }
    };
    let config = state_access::configuration(session)?;
    let block = config.root().backend.as_ref();
    let folder = backend::workspaces_folder(session, block)?.join(name);
    std::fs::create_dir_all(&folder).map_err(|error| unusable(&folder, &error))?;
    if let Some(state) = state {
        let store = backend::open_workspace(session, block, &StateFlags::default(), name)?;
        Editing::hold(session, store, lock, "workspace-new").await?.replace(state).await?;
    }
    switch(session, name)?;
    session.printer.result(&format!(
        "Created and switched to workspace \"{name}\"!\n\nYou're now on a new, empty workspace. Workspaces isolate their \
         state,\nso if you run \"infra plan\" infra will not see any existing state\nfor this configuration."
    ));
    Ok(EXIT_OK)
}

async fn select(session: &Session<'_>, arguments: &WorkspaceSelectArguments) -> CommandResult {
    let name = &arguments.name;
    check_name(name)?;
    refuse_override(session)?;
    let names = names(session)?;
    if !names.contains(name) {
        if arguments.or_create {
            return make(session, name, None, &LockArguments::default()).await;
        }
        return Err(not_there(name, &names).into());
    }
    if session.workspace().as_str() != name {
        switch(session, name)?;
        session.printer.result(&format!("Switched to workspace \"{name}\"."));
    }
    Ok(EXIT_OK)
}

async fn delete(session: &Session<'_>, arguments: &WorkspaceDeleteArguments) -> CommandResult {
    let name = &arguments.name;
    check_name(name)?;
    let names = names(session)?;
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
    let config = state_access::configuration(session)?;
    let block = config.root().backend.as_ref();
    let store = backend::open_workspace(session, block, &StateFlags::default(), name)?;
    let editing = Editing::hold(session, store, &arguments.lock, "workspace-delete").await?;
    let instances = editing.snapshot.state.resources.instances();
    let managed = instances.filter(|(address, ..)| address.resource.mode == ResourceMode::Managed);
    let objects: Vec<String> = managed.map(|(address, ..)| address.to_string()).collect();
    let folder = backend::workspaces_folder(session, block)?.join(name);
    let outcome = if !objects.is_empty() && !arguments.force {
        Err(Diagnostics::from(not_empty(name, &objects)).into())
    } else {
        // While the lock is held: nobody may begin to work with it now.
        std::fs::remove_dir_all(&folder).map_err(|error| unusable(&folder, &error).into())
    };
    editing.end(outcome.map(|()| None)).await?;
    session.printer.result(&format!("Deleted workspace \"{name}\"!"));
    if !objects.is_empty() {
        session.printer.result(&format!(
            "WARNING: \"{name}\" was non-empty.\nThe resources managed by the deleted workspace may still exist,\nbut are no \
             longer manageable by infra since the state has\nbeen deleted."
        ));
    }
    Ok(EXIT_OK)
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
