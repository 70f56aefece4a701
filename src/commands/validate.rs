//! `infra validate`

use infra_engine::diagnostics::{Diagnostics, Severity};
use infra_engine::syntax::SourceMap;
use serde_json::json;

use crate::arguments::ValidateArguments;
use crate::command_error::{CommandResult, EXIT_ERROR, EXIT_OK};
use crate::project::{Project, Session};
use crate::render::diagnostic;

/// Checks the configuration without looking at anything outside.
pub fn run(session: &Session<'_>, arguments: &ValidateArguments) -> CommandResult {
    let compact = arguments.view.compact_warnings;
    match Project::load(session) {
        Ok(project) => Ok(show(session, arguments.json, &project.warnings, &project.config.sources, compact)),
        Err(error) => Ok(show(session, arguments.json, &error.diagnostics, &error.config.sources, compact)),
    }
}

fn show(session: &Session<'_>, as_json: bool, found: &Diagnostics, sources: &SourceMap, compact: bool) -> u8 {
    let count = |severity: Severity| found.iter().filter(|diagnostic| diagnostic.severity == severity).count();
    let (errors, warnings) = (count(Severity::Error), count(Severity::Warning));
    if as_json {
        let diagnostics: Vec<_> = found.iter().map(|found| diagnostic::to_json(found, sources)).collect();
        let report = json!({
            "format_version": "1.0",
            "valid": errors == 0,
            "error_count": errors,
            "warning_count": warnings,
            "diagnostics": diagnostics,
        });
        session.printer.result(&format!("{report:#}"));
    } else {
        session.printer.diagnostics(found, sources, compact);
        if errors == 0 {
            session.printer.result(match warnings {
                0 => "Success! The configuration is valid.",
                _ => "Success! The configuration is valid, but there were some validation warnings as shown above.",
            });
        }
    }
    if errors == 0 { EXIT_OK } else { EXIT_ERROR }
}
