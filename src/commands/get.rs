//! `infra get`

use infra_engine::config::DiskFiles;
use infra_modules::Policy;

use crate::arguments::GetArguments;
use crate::command_error::{CommandError, CommandResult, EXIT_OK};
use crate::modules::{self, Tell};
use crate::project::Session;

/// Installs the modules that the configuration calls.
pub fn run(session: &Session<'_>, arguments: &GetArguments) -> CommandResult {
    let policy = if arguments.update { Policy::FetchAll } else { Policy::FetchMissing };
    let files = DiskFiles::new(&session.directory);
    let loaded = modules::load(&files, session, policy, Tell::AsResult);
    session.printer.diagnostics(&loaded.diagnostics, &loaded.config.sources, arguments.view.compact_warnings);
    if loaded.diagnostics.has_errors() { Err(CommandError::shown()) } else { Ok(EXIT_OK) }
}
