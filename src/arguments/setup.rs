//! Flags of the commands that prepare a directory and describe it: init, get, modules, providers.

use clap::{ArgAction, Args, Subcommand};

use super::ViewArguments;

/// `infra init`
#[derive(Debug, Clone, Args)]
pub struct InitArguments {
    /// The directory to prepare; the current one by default.
    pub directory: Option<String>,
    /// Fetch modules anew, in the newest versions that are allowed.
    #[arg(long, num_args = 0..=1, default_missing_value = "true", require_equals = true, default_value_t = false, action = ArgAction::Set)]
    pub upgrade: bool,
    /// Note the backend of the configuration, and forget the former one without looking at its state.
    #[arg(long, num_args = 0..=1, default_missing_value = "true", require_equals = true, default_value_t = false, action = ArgAction::Set)]
    pub reconfigure: bool,
    /// Note the backend of the configuration, and copy the state from the former one.
    #[arg(long = "migrate-state", num_args = 0..=1, default_missing_value = "true", require_equals = true, default_value_t = false, action = ArgAction::Set)]
    pub migrate_state: bool,
    /// The same as -migrate-state: nothing is asked anyway.
    #[arg(long = "force-copy", num_args = 0..=1, default_missing_value = "true", require_equals = true, default_value_t = false, action = ArgAction::Set)]
    pub force_copy: bool,
    /// Look at the backend; false leaves it as it was noted before.
    #[arg(long, alias = "cloud", num_args = 0..=1, default_missing_value = "true", require_equals = true, default_value_t = true, action = ArgAction::Set)]
    pub backend: bool,
    /// An argument of the backend, NAME=VALUE, or a file with several. May be repeated.
    #[arg(long = "backend-config", value_name = "NAME=VALUE|FILE", action = ArgAction::Append)]
    pub backend_config: Vec<String>,
    /// Install modules.
    #[arg(long, num_args = 0..=1, default_missing_value = "true", require_equals = true, default_value_t = true, action = ArgAction::Set)]
    pub get: bool,
    /// Accepted for terraform's sake: nothing is asked.
    #[arg(long, num_args = 0..=1, default_missing_value = "true", require_equals = true, default_value_t = true, action = ArgAction::Set, hide = true)]
    pub input: bool,
    /// Accepted for terraform's sake.
    #[arg(long, num_args = 0..=1, default_missing_value = "true", require_equals = true, default_value_t = true, action = ArgAction::Set, hide = true)]
    pub lock: bool,
    /// Accepted for terraform's sake.
    #[arg(long = "lock-timeout", value_name = "DURATION", default_value = "0s", hide = true)]
    pub lock_timeout: String,
    /// Accepted for terraform's sake: providers are built in, and the lock file is only read.
    #[arg(long, value_name = "MODE", hide = true)]
    pub lockfile: Option<String>,
    /// Accepted for terraform's sake: providers are built in.
    #[arg(long = "plugin-dir", value_name = "DIR", action = ArgAction::Append, hide = true)]
    pub plugin_dir: Vec<String>,
    /// Not supported: copy the module yourself.
    #[arg(long = "from-module", value_name = "SOURCE", hide = true)]
    pub from_module: Option<String>,
    /// Accepted for terraform's sake.
    #[arg(long = "ignore-remote-version", num_args = 0..=1, default_missing_value = "true", require_equals = true, default_value_t = false, action = ArgAction::Set, hide = true)]
    pub ignore_remote_version: bool,
    /// Not supported.
    #[arg(long, num_args = 0..=1, default_missing_value = "true", require_equals = true, default_value_t = false, action = ArgAction::Set, hide = true)]
    pub json: bool,
    /// Accepted for terraform's sake.
    #[arg(long = "test-directory", value_name = "DIR", hide = true)]
    pub test_directory: Option<String>,
    #[command(flatten)]
    pub view: ViewArguments,
}

/// `infra get`
#[derive(Debug, Clone, Args)]
pub struct GetArguments {
    /// The directory whose modules are installed; the current one by default.
    pub directory: Option<String>,
    /// Fetch modules anew, in the newest versions that are allowed.
    #[arg(long, num_args = 0..=1, default_missing_value = "true", require_equals = true, default_value_t = false, action = ArgAction::Set)]
    pub update: bool,
    /// Accepted for terraform's sake.
    #[arg(long = "test-directory", value_name = "DIR", hide = true)]
    pub test_directory: Option<String>,
    #[command(flatten)]
    pub view: ViewArguments,
}

/// `infra modules`
#[derive(Debug, Clone, Args)]
pub struct ModulesArguments {
    /// Show as JSON.
    #[arg(long, num_args = 0..=1, default_missing_value = "true", require_equals = true, default_value_t = false, action = ArgAction::Set)]
    pub json: bool,
    #[command(flatten)]
    pub view: ViewArguments,
}

/// `infra providers`
#[derive(Debug, Clone, Args)]
#[command(args_conflicts_with_subcommands = true)]
pub struct ProvidersArguments {
    #[command(subcommand)]
    pub action: Option<ProvidersAction>,
    /// The directory; the current one by default.
    pub directory: Option<String>,
    /// Accepted for terraform's sake.
    #[arg(long = "test-directory", value_name = "DIR", hide = true)]
    pub test_directory: Option<String>,
    #[command(flatten)]
    pub view: ViewArguments,
}

/// What can be asked about providers besides which there are.
#[derive(Debug, Clone, Subcommand)]
pub enum ProvidersAction {
    /// Show what the types of the providers that the configuration needs may hold.
    Schema(ProvidersSchemaArguments),
}

/// `infra providers schema`
#[derive(Debug, Clone, Args)]
pub struct ProvidersSchemaArguments {
    /// Show as JSON, which is the only form.
    #[arg(long, num_args = 0..=1, default_missing_value = "true", require_equals = true, default_value_t = false, action = ArgAction::Set)]
    pub json: bool,
    #[command(flatten)]
    pub view: ViewArguments,
}
