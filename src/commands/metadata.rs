//! `infra metadata`

use infra_engine::diagnostics::Diagnostic;

use crate::arguments::{MetadataArguments, MetadataCommand};
use crate::command_error::{CommandResult, EXIT_OK};
use crate::project::Session;
use crate::render;

/// Describes what the language has.
pub fn run(session: &Session<'_>, arguments: &MetadataArguments) -> CommandResult {
    let MetadataCommand::Functions(functions) = &arguments.what;
    if !functions.json {
        return Err(Diagnostic::error(
            "The -json flag is required",
            "Functions are described as JSON only. Add -json.",
        )
        .into());
    }
    session.printer.result(&render::functions_json::describe(session.language).to_string());
    Ok(EXIT_OK)
}
