//! `infra completion`

use clap_complete::generate;

use crate::arguments::{self, CompletionArguments};
use crate::command_error::{CommandResult, EXIT_OK};
use crate::printer::Printer;

/// Prints what a shell needs to complete commands and flags.
pub fn run(arguments: &CompletionArguments, printer: &Printer) -> CommandResult {
    let mut script = Vec::new();
    generate(arguments.shell, &mut arguments::command(), "infra", &mut script);
    printer.raw(&String::from_utf8_lossy(&script));
    Ok(EXIT_OK)
}
