//! The dialogue on a terminal: a prompt with editing and the history of this dialogue.

use rustyline::DefaultEditor;
use rustyline::error::ReadlineError;

use super::input::is_unfinished;
use super::{Dialogue, Reply};
use crate::command_error::{CommandError, CommandResult, EXIT_OK};
use infra_engine::diagnostics::Diagnostic;

const FIRST: &str = "> ";
/// Where an expression goes on.
const NEXT: &str = ": ";

/// Answers what is typed until the user leaves. Mistakes do not end it.
pub fn run(dialogue: &mut Dialogue<'_, '_>) -> CommandResult {
    let mut editor = DefaultEditor::new().map_err(unusable)?;
    let mut entry = String::new();
    loop {
        match editor.readline(if entry.is_empty() { FIRST } else { NEXT }) {
            Ok(line) => {
                entry.push_str(&line);
                if is_unfinished(entry.trim()) {
                    entry.push('\n');
                    continue;
                }
            }
            // Control-C first takes back what is unfinished.
            Err(ReadlineError::Interrupted) if !entry.is_empty() => {
                entry.clear();
                continue;
            }
            Err(ReadlineError::Interrupted | ReadlineError::Eof) => return Ok(EXIT_OK),
            Err(error) => return Err(unusable(error)),
        }
        let typed = std::mem::take(&mut entry);
        editor.add_history_entry(typed.trim()).map_err(unusable)?;
        match dialogue.reply(typed.trim()) {
            Ok(Reply::Text(text)) if text.is_empty() => {}
            Ok(Reply::Text(text)) => dialogue.session.printer.result(&format!("{text}\n")),
            Ok(Reply::Leave) => return Ok(EXIT_OK),
            Err(diagnostics) => dialogue.show(&diagnostics),
        }
    }
}

fn unusable(error: ReadlineError) -> CommandError {
    Diagnostic::error(
        "Terminal not usable",
        format!("The prompt failed: {error}. Expressions can also be given through a pipe."),
    )
    .into()
}
