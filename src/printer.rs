//! Standard output and standard error: what goes where, in colour or not, how wide.

use std::io::{IsTerminal, Write};
use std::sync::Mutex;
use std::sync::atomic::{AtomicBool, Ordering};

use infra_engine::diagnostics::{Diagnostics, Severity};
use infra_engine::syntax::SourceMap;

use crate::environment::Environment;
use crate::render::diagnostic;

/// Columns of text where the terminal's width is not known.
const DEFAULT_WIDTH_COLUMNS: usize = 100;

/// Writes to the user. Results go to standard output, everything else to standard error.
pub struct Printer {
    color: AtomicBool,
    stdout_is_terminal: bool,
    stderr_is_terminal: bool,
    stdin_is_terminal: bool,
    width_columns: usize,
    /// Writing is one line at a time even when several threads report.
    writing: Mutex<()>,
}

impl Printer {
    /// For the process's own streams.
    pub fn of_process(environment: &Environment) -> Self {
        let stdout_is_terminal = std::io::stdout().is_terminal();
        let size = rustix::termios::tcgetwinsize(std::io::stdout()).ok();
        let width_columns = environment
            .get("COLUMNS")
            .and_then(|columns| columns.parse().ok())
            .or_else(|| size.map(|size| usize::from(size.ws_col)).filter(|columns| *columns > 0))
            .unwrap_or(DEFAULT_WIDTH_COLUMNS);
        let color = stdout_is_terminal
            && environment.get("NO_COLOR").is_none()
            && environment.get("TERM").is_none_or(|term| term != "dumb");
        Self {
            color: AtomicBool::new(color),
            stdout_is_terminal,
            stderr_is_terminal: std::io::stderr().is_terminal(),
            stdin_is_terminal: std::io::stdin().is_terminal(),
            width_columns,
            writing: Mutex::new(()),
        }
    }

    /// `-no-color`
    pub fn disable_color(&self) {
        self.color.store(false, Ordering::Relaxed);
    }

    /// Whether to use colours.
    pub fn color(&self) -> bool {
        self.color.load(Ordering::Relaxed)
    }

    /// How many columns a line may take.
    pub fn width_columns(&self) -> usize {
        self.width_columns
    }

    /// Whether somebody can be asked.
    pub fn can_ask(&self) -> bool {
        self.stdin_is_terminal
    }

    /// Whether progress may be drawn over itself.
    pub fn has_live_progress(&self) -> bool {
        self.stdout_is_terminal && self.stderr_is_terminal
    }

    /// A result, with a line end.
    pub fn result(&self, text: &str) {
        self.write(&mut std::io::stdout().lock(), text, true);
    }

    /// A result exactly as it is.
    pub fn raw(&self, text: &str) {
        self.write(&mut std::io::stdout().lock(), text, false);
    }

    /// Something that is not a result, with a line end.
    pub fn note(&self, text: &str) {
        self.write(&mut std::io::stderr().lock(), text, true);
    }

    fn write(&self, stream: &mut dyn Write, text: &str, line_end: bool) {
        let _one_at_a_time = self.writing.lock();
        let end = if line_end { "\n" } else { "" };
        // Nobody is left to tell when the reader of a pipe has gone away.
        let _ = write!(stream, "{text}{end}");
    }

    /// Everything written reaches the stream.
    pub fn flush(&self) {
        let _ = std::io::stdout().flush();
        let _ = std::io::stderr().flush();
    }

    /// Shows errors and warnings on standard error.
    pub fn diagnostics(&self, diagnostics: &Diagnostics, sources: &SourceMap, compact_warnings: bool) {
        let style = diagnostic::Style { is_coloured: self.color(), width: self.width_columns };
        for diagnostic in diagnostics.iter() {
            if compact_warnings && diagnostic.severity == Severity::Warning {
                self.note(&format!("warning: {}", diagnostic.summary));
                continue;
            }
            self.note(diagnostic::draw(diagnostic, sources, style).trim_end());
        }
    }

    /// Asks a question and reads a line; `None` at the end of input.
    pub fn ask(&self, question: &str) -> Option<String> {
        self.raw(question);
        self.flush();
        let mut answer = String::new();
        match std::io::stdin().read_line(&mut answer) {
            Ok(0) | Err(_) => None,
            Ok(_) => Some(answer.trim_end_matches(['\r', '\n']).to_owned()),
        }
    }
}
