//! Standard output and standard error: what goes where, in colour or not, how wide.

use std::collections::{HashMap, HashSet};
use std::io::{IsTerminal, Write};
use std::sync::Mutex;
use std::sync::atomic::{AtomicBool, Ordering};

use infra_engine::diagnostics::{Diagnostic, Diagnostics, Severity};
use infra_engine::syntax::{SourceMap, Span};
use infra_engine::world::ConditionKind;

use crate::environment::Environment;
use crate::render::{diagnostic, stream};

/// Columns of text where the terminal's width is not known.
const DEFAULT_WIDTH_COLUMNS: usize = 100;

/// Writes to the user. Results go to standard output, everything else to standard error.
pub struct Printer {
    color: AtomicBool,
    /// Everything goes to standard output as JSON, one object a line.
    is_json_stream: AtomicBool,
    /// What is being read is not told.
    is_concise: AtomicBool,
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
            is_json_stream: AtomicBool::new(false),
            is_concise: AtomicBool::new(false),
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

    /// `-concise`
    pub fn be_concise(&self) {
        self.is_concise.store(true, Ordering::Relaxed);
    }

    /// Whether to leave out what is being read.
    pub fn is_concise(&self) -> bool {
        self.is_concise.load(Ordering::Relaxed)
    }

    /// From now on everything is said as JSON, beginning with the version of that.
    pub fn begin_json_stream(&self) {
        self.is_json_stream.store(true, Ordering::Relaxed);
        self.result(&stream::version());
    }

    /// Whether everything is said as JSON.
    pub fn is_json_stream(&self) -> bool {
        self.is_json_stream.load(Ordering::Relaxed)
    }

    /// Whether to use colours.
    pub fn color(&self) -> bool {
        self.color.load(Ordering::Relaxed)
    }

    /// How many columns a line may take.
    pub fn width_columns(&self) -> usize {
        self.width_columns
    }

    /// Whether somebody sits at a terminal.
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
        if self.is_json_stream() {
            return self.result(&stream::log(text.trim()));
        }
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

    /// Shows errors and warnings on standard error; of warnings that say the same about several places, the first.
    pub fn diagnostics(&self, diagnostics: &Diagnostics, sources: &SourceMap, compact_warnings: bool) {
        if self.is_json_stream() {
            return diagnostics.iter().for_each(|found| self.result(&stream::diagnostic(found, sources)));
        }
        let style = diagnostic::Style { is_coloured: self.color(), width: self.width_columns };
        for diagnostic in &consolidated(diagnostics) {
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

    /// Asks a question and reads a line that is not shown while it is typed; `None` at the end of input.
    pub fn ask_secret(&self, question: &str) -> Option<String> {
        self.raw(question);
        self.flush();
        console::Term::stdout().read_secure_line().ok()
    }
}

/// Errors as they are; of several warnings with the same summary only the first, which says how many more there are.
/// One line of a file may be evaluated for many objects, and warns only once.
fn consolidated(diagnostics: &Diagnostics) -> Vec<Diagnostic> {
    let mut shown: Vec<Diagnostic> = Vec::new();
    let mut places: HashMap<&str, (usize, HashSet<Option<Span>>)> = HashMap::new();
    for diagnostic in diagnostics.iter() {
        // Each failed check says something of its own.
        if diagnostic.severity == Severity::Error || diagnostic.summary == ConditionKind::Assertion.summary() {
            shown.push(diagnostic.clone());
            continue;
        }
        // Without a place, warnings differ by what they say.
        if diagnostic.span.is_none() {
            let is_shown =
                |other: &Diagnostic| other.summary == diagnostic.summary && other.detail == diagnostic.detail;
            if !shown.iter().any(is_shown) {
                shown.push(diagnostic.clone());
            }
            continue;
        }
        let (_, seen) = places.entry(&diagnostic.summary).or_insert_with(|| {
            shown.push(diagnostic.clone());
            (shown.len() - 1, HashSet::new())
        });
        seen.insert(diagnostic.span);
    }
    for (first, seen) in places.into_values() {
        if seen.len() > 1 {
            let more = seen.len() - 1;
            let what =
                if more == 1 { "1 more similar warning".to_owned() } else { format!("{more} more similar warnings") };
            shown[first] = shown[first].clone().hint(format!("{what} elsewhere"));
        }
    }
    shown
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn similar_warnings_are_shown_once_and_errors_always() {
        let span = |start| Span { start, ..Span::default() };
        let warning = |start| Diagnostic::warning("Deprecated argument", "It goes.").at(span(start));
        let error = Diagnostic::error("Wrong", "It is wrong.");
        let found = Diagnostics(vec![warning(1), error.clone(), warning(1), warning(7), error, warning(9)]);
        let shown = consolidated(&found);
        let summaries: Vec<&str> = shown.iter().map(|shown| shown.summary.as_str()).collect();
        assert_eq!(summaries, ["Deprecated argument", "Wrong", "Wrong"]);
        assert_eq!(shown[0].hints, ["2 more similar warnings elsewhere"]);
        assert!(consolidated(&Diagnostics(vec![warning(1), warning(1)]))[0].hints.is_empty());
    }
}
