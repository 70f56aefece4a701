//! Flags of the commands about states and workspaces: `state …`, `taint`, `untaint`, `force-unlock`, `workspace …`.

use clap::{ArgAction, Args, Subcommand};

use super::ViewArguments;
use crate::backend::StateFlags;

/// Flags of commands that hold a lock.
#[derive(Debug, Clone, Args)]
pub struct LockArguments {
    /// Hold the state's lock while working.
    #[arg(long, num_args = 0..=1, default_missing_value = "true", require_equals = true, default_value_t = true, action = ArgAction::Set)]
    pub lock: bool,
    /// How long to wait for a lock that another holds: 30s, 5m.
    #[arg(long = "lock-timeout", value_name = "DURATION", default_value = "0s")]
    pub lock_timeout: String,
}

/// What holds where no flag says otherwise.
impl Default for LockArguments {
    fn default() -> Self {
        Self { lock: true, lock_timeout: "0s".to_owned() }
    }
}

/// Flags of commands that edit a state.
#[derive(Debug, Clone, Args)]
pub struct EditArguments {
    #[command(flatten)]
    pub lock: LockArguments,
    /// Read the state from this file.
    #[arg(long, value_name = "FILE")]
    pub state: Option<String>,
    /// Keep the former state in this file; `-` keeps none.
    #[arg(long, value_name = "FILE")]
    pub backup: Option<String>,
    /// Accepted: states say which version wrote them, and none is refused for it.
    #[arg(long = "ignore-remote-version", num_args = 0..=1, default_missing_value = "true", require_equals = true, default_value_t = false, action = ArgAction::Set)]
    pub ignore_remote_version: bool,
    #[command(flatten)]
    pub view: ViewArguments,
}

impl EditArguments {
    /// What they say about the files. Each edit by hand keeps a backup of its own.
    pub fn files(&self) -> StateFlags {
        StateFlags {
            state: self.state.clone(),
            backup: self.backup.clone(),
            keeps_every_backup: true,
            ..StateFlags::default()
        }
    }
}

/// `infra state`
#[derive(Debug, Clone, Args)]
pub struct StateCommandArguments {
    /// What to do.
    #[command(subcommand)]
    pub action: StateAction,
}

/// What can be done with a state.
#[derive(Debug, Clone, Subcommand)]
pub enum StateAction {
    /// List the addresses of everything in the state.
    List(StateListArguments),
    /// Show one object.
    Show(StateShowArguments),
    /// Give something another address.
    Mv(StateMoveArguments),
    /// Forget something without destroying it.
    Rm(StateRemoveArguments),
    /// Print the state as it is stored.
    Pull(StatePullArguments),
    /// Replace the stored state by a file.
    Push(StatePushArguments),
    /// Say that objects belong to another provider.
    ReplaceProvider(ReplaceProviderArguments),
}

/// `infra state list`
#[derive(Debug, Clone, Args)]
pub struct StateListArguments {
    /// Only what is at or below these addresses.
    pub addresses: Vec<String>,
    /// Only objects with this id.
    #[arg(long, value_name = "ID")]
    pub id: Option<String>,
    /// Read the state from this file.
    #[arg(long, value_name = "FILE")]
    pub state: Option<String>,
    #[command(flatten)]
    pub view: ViewArguments,
}

/// `infra state show`
#[derive(Debug, Clone, Args)]
pub struct StateShowArguments {
    /// Address of the object.
    pub address: String,
    /// Read the state from this file.
    #[arg(long, value_name = "FILE")]
    pub state: Option<String>,
    #[command(flatten)]
    pub view: ViewArguments,
}

/// `infra state mv`
#[derive(Debug, Clone, Args)]
pub struct StateMoveArguments {
    /// What is to be moved: an instance, a resource or a module.
    pub source: String,
    /// Its new address.
    pub destination: String,
    /// Move it into the state in this file.
    #[arg(long = "state-out", value_name = "FILE")]
    pub state_out: Option<String>,
    /// Keep the former content of that file in this one; `-` keeps none.
    #[arg(long = "backup-out", value_name = "FILE")]
    pub backup_out: Option<String>,
    /// Only say what would be moved.
    #[arg(long = "dry-run", num_args = 0..=1, default_missing_value = "true", require_equals = true, default_value_t = false, action = ArgAction::Set)]
    pub dry_run: bool,
    #[command(flatten)]
    pub edit: EditArguments,
}

/// `infra state rm`
#[derive(Debug, Clone, Args)]
pub struct StateRemoveArguments {
    /// What is to be forgotten: instances, resources or modules.
    #[arg(required = true)]
    pub addresses: Vec<String>,
    /// Only say what would be forgotten.
    #[arg(long = "dry-run", num_args = 0..=1, default_missing_value = "true", require_equals = true, default_value_t = false, action = ArgAction::Set)]
    pub dry_run: bool,
    #[command(flatten)]
    pub edit: EditArguments,
}

/// `infra state pull`
#[derive(Debug, Clone, Args)]
pub struct StatePullArguments {
    #[command(flatten)]
    pub view: ViewArguments,
}

/// `infra state push`
#[derive(Debug, Clone, Args)]
pub struct StatePushArguments {
    /// The state file, or `-` for standard input.
    pub file: String,
    /// Replace a newer state, and one of another origin.
    #[arg(long, num_args = 0..=1, default_missing_value = "true", require_equals = true, default_value_t = false, action = ArgAction::Set)]
    pub force: bool,
    #[command(flatten)]
    pub lock: LockArguments,
    /// Accepted: states say which version wrote them, and none is refused for it.
    #[arg(long = "ignore-remote-version", num_args = 0..=1, default_missing_value = "true", require_equals = true, default_value_t = false, action = ArgAction::Set)]
    pub ignore_remote_version: bool,
    #[command(flatten)]
    pub view: ViewArguments,
}

/// `infra state replace-provider`
#[derive(Debug, Clone, Args)]
pub struct ReplaceProviderArguments {
    /// Source address of the provider that objects belong to now.
    pub from: String,
    /// Source address of the one that they shall belong to.
    pub to: String,
    /// Do not ask before changing anything.
    #[arg(long = "auto-approve", num_args = 0..=1, default_missing_value = "true", require_equals = true, default_value_t = false, action = ArgAction::Set)]
    pub auto_approve: bool,
    #[command(flatten)]
    pub edit: EditArguments,
}

/// `infra taint` and `infra untaint`
#[derive(Debug, Clone, Args)]
pub struct TaintArguments {
    /// Address of the object.
    pub address: String,
    /// Succeed even if there is no such object.
    #[arg(long = "allow-missing", num_args = 0..=1, default_missing_value = "true", require_equals = true, default_value_t = false, action = ArgAction::Set)]
    pub allow_missing: bool,
    /// Write the state to this file instead of the one it was read from.
    #[arg(long = "state-out", value_name = "FILE")]
    pub state_out: Option<String>,
    #[command(flatten)]
    pub edit: EditArguments,
}

/// `infra force-unlock`
#[derive(Debug, Clone, Args)]
pub struct ForceUnlockArguments {
    /// The id of the lock, as the message about it says.
    pub lock_id: String,
    /// Do not ask.
    #[arg(long, num_args = 0..=1, default_missing_value = "true", require_equals = true, default_value_t = false, action = ArgAction::Set)]
    pub force: bool,
    #[command(flatten)]
    pub view: ViewArguments,
}

/// `infra workspace`
#[derive(Debug, Clone, Args)]
pub struct WorkspaceArguments {
    /// What to do.
    #[command(subcommand)]
    pub action: WorkspaceAction,
}

/// What can be done with workspaces.
#[derive(Debug, Clone, Subcommand)]
pub enum WorkspaceAction {
    /// List the workspaces; a star marks the current one.
    List(WorkspaceViewArguments),
    /// Print the name of the current one.
    Show(WorkspaceViewArguments),
    /// Make one and switch to it.
    New(WorkspaceNewArguments),
    /// Switch to one.
    Select(WorkspaceSelectArguments),
    /// Delete one.
    Delete(WorkspaceDeleteArguments),
}

/// `infra workspace list` and `infra workspace show`
#[derive(Debug, Clone, Args)]
pub struct WorkspaceViewArguments {
    #[command(flatten)]
    pub view: ViewArguments,
}

/// `infra workspace new`
#[derive(Debug, Clone, Args)]
pub struct WorkspaceNewArguments {
    /// Its name.
    pub name: String,
    /// Start with a copy of this state file.
    #[arg(long, value_name = "FILE")]
    pub state: Option<String>,
    #[command(flatten)]
    pub lock: LockArguments,
    #[command(flatten)]
    pub view: ViewArguments,
}

/// `infra workspace select`
#[derive(Debug, Clone, Args)]
pub struct WorkspaceSelectArguments {
    /// Its name.
    pub name: String,
    /// Make it if it is not there.
    #[arg(long = "or-create", num_args = 0..=1, default_missing_value = "true", require_equals = true, default_value_t = false, action = ArgAction::Set)]
    pub or_create: bool,
    #[command(flatten)]
    pub view: ViewArguments,
}

/// `infra workspace delete`
#[derive(Debug, Clone, Args)]
pub struct WorkspaceDeleteArguments {
    /// Its name.
    pub name: String,
    /// Delete it even if it has objects, which are then nobody's.
    #[arg(long, num_args = 0..=1, default_missing_value = "true", require_equals = true, default_value_t = false, action = ArgAction::Set)]
    pub force: bool,
    #[command(flatten)]
    pub lock: LockArguments,
    #[command(flatten)]
    pub view: ViewArguments,
}

impl StateAction {
    /// The flags about what is shown.
    pub fn view(&self) -> &ViewArguments {
        match self {
            Self::List(arguments) => &arguments.view,
            Self::Show(arguments) => &arguments.view,
            Self::Mv(arguments) => &arguments.edit.view,
            Self::Rm(arguments) => &arguments.edit.view,
            Self::Pull(arguments) => &arguments.view,
            Self::Push(arguments) => &arguments.view,
            Self::ReplaceProvider(arguments) => &arguments.edit.view,
        }
    }
}

impl WorkspaceAction {
    /// The flags about what is shown.
    pub fn view(&self) -> &ViewArguments {
        match self {
            Self::List(arguments) | Self::Show(arguments) => &arguments.view,
            Self::New(arguments) => &arguments.view,
            Self::Select(arguments) => &arguments.view,
            Self::Delete(arguments) => &arguments.view,
        }
    }
}
