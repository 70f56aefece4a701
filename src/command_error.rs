//! How commands fail: what is shown, and the exit code.

use infra_engine::diagnostics::{Diagnostic, Diagnostics};
use infra_engine::syntax::SourceMap;
use infra_state::StateError;

use crate::printer::Printer;

/// Everything went well.
pub const EXIT_OK: u8 = 0;
/// The user, the configuration or the world is at fault.
pub const EXIT_ERROR: u8 = 1;
/// `-detailed-exitcode`: there are changes.
pub const EXIT_CHANGES: u8 = 2;
/// A defect of this program.
pub const EXIT_INTERNAL: u8 = 255;

/// Why a command failed. Everything it says is a diagnostic, so that all failures look alike.
#[derive(Debug)]
pub struct CommandError {
    /// What to show; empty when it has been shown already.
    pub diagnostics: Diagnostics,
    /// The exit code.
    pub code: u8,
}

/// The result of a command: an exit code.
pub type CommandResult = Result<u8, CommandError>;

impl CommandError {
    /// What went wrong has been shown already.
    pub fn shown() -> Self {
        Self { diagnostics: Diagnostics::new(), code: EXIT_ERROR }
    }

    /// Shows it with the files that it points into at hand.
    pub fn shown_with(self, printer: &Printer, sources: &SourceMap, compact_warnings: bool) -> Self {
        printer.diagnostics(&self.diagnostics, sources, compact_warnings);
        Self { code: self.code, ..Self::shown() }
    }
}

impl From<Diagnostics> for CommandError {
    fn from(diagnostics: Diagnostics) -> Self {
        Self { diagnostics, code: EXIT_ERROR }
    }
}

impl From<Diagnostic> for CommandError {
    fn from(diagnostic: Diagnostic) -> Self {
        Self { diagnostics: diagnostic.into(), code: EXIT_ERROR }
    }
}

impl From<StateError> for CommandError {
    fn from(error: StateError) -> Self {
        state_diagnostic(&error).into()
    }
}

/// A failure of the state's store with everything that caused it.
pub fn state_diagnostic(error: &StateError) -> Diagnostic {
    let summary = match error {
        StateError::Locked { .. } => "Error acquiring the state lock",
        StateError::Stale { planned, found, .. } if !planned.lineage.is_empty() && planned.lineage != found.lineage => {
            "Saved plan does not match the given state"
        }
        StateError::Stale { .. } => "Saved plan is stale",
        _ => "State not usable",
    };
    Diagnostic::error(summary, sentence(&with_causes(error)))
}

/// A library's clause as a sentence of its own.
fn sentence(clause: &str) -> String {
    let clause = clause.trim_end_matches('.');
    let mut characters = clause.chars();
    match characters.next() {
        Some(first) => format!("{}{}.", first.to_uppercase(), characters.as_str()),
        None => String::new(),
    }
}

/// The message of an error and of everything that caused it, each once.
pub fn with_causes(error: &dyn std::error::Error) -> String {
    let mut text = error.to_string();
    let mut cause = error.source();
    while let Some(error) = cause {
        let message = error.to_string();
        if !text.contains(&message) {
            text.push_str(": ");
            text.push_str(&message);
        }
        cause = error.source();
    }
    text
}
