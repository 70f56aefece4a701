//! `infra fmt`

use std::io::Read;
use std::path::{Component, Path, PathBuf};

use infra_engine::config::is_ignored_file;
use infra_engine::diagnostics::{Diagnostic, Diagnostics};
use infra_engine::syntax::{SourceMap, format_source, parse_bytes};
use similar::TextDiff;

use crate::arguments::FormatArguments;
use crate::command_error::{CommandResult, EXIT_OK};
use crate::project::Session;

/// Something could not be read, written or understood.
const EXIT_FAILED: u8 = 2;

/// `-check` found a file whose layout is not canonical.
const EXIT_UNFORMATTED: u8 = 3;

/// The endings of the files that are formatted.
const SUFFIXES: [&str; 4] = [".tf", ".tfvars", ".tftest.hcl", ".tfmock.hcl"];

/// What stands for standard input, among the arguments and in messages.
const STANDARD_INPUT: &str = "-";
const STANDARD_INPUT_NAME: &str = "<stdin>";

/// Brings files into canonical layout.
pub fn run(session: &Session<'_>, arguments: &FormatArguments) -> CommandResult {
    let mut formatter = Formatter {
        session,
        arguments,
        sources: SourceMap::new(),
        diagnostics: Diagnostics::new(),
        is_everything_formatted: true,
    };
    formatter.targets();
    session.printer.diagnostics(&formatter.diagnostics, &formatter.sources, false);
    if formatter.diagnostics.has_errors() {
        return Ok(EXIT_FAILED);
    }
    Ok(if arguments.check && !formatter.is_everything_formatted { EXIT_UNFORMATTED } else { EXIT_OK })
}

struct Formatter<'f> {
    session: &'f Session<'f>,
    arguments: &'f FormatArguments,
    sources: SourceMap,
    diagnostics: Diagnostics,
    is_everything_formatted: bool,
}

/// What becomes of the result.
#[derive(Clone, Copy)]
struct Wanted {
    list: bool,
    write: bool,
    /// The whole result is printed where nothing else is to be done with it.
    print: bool,
}

impl Formatter<'_> {
    fn targets(&mut self) {
        let arguments = self.arguments;
        if arguments.targets.first().is_some_and(|first| first == STANDARD_INPUT) {
            return self.standard_input();
        }
        let here = [".".to_owned()];
        let targets = if arguments.targets.is_empty() { &here[..] } else { &arguments.targets };
        for target in targets {
            let path = relative(&self.session.directory, Path::new(target));
            let found = self.session.directory.join(&path);
            if found.is_dir() {
                self.directory(&path);
            } else if !found.exists() {
                self.fail("Invalid file or directory path", format!("No file or directory at {}", path.display()));
                return;
            } else if is_formatted_here(target) {
                self.file(&path);
            } else {
                let endings = SUFFIXES.join(", ");
                self.fail(
                    "Invalid file extension",
                    format!("{target} is none of the files that can be formatted, which end with {endings}. Name one of those."),
                );
            }
        }
    }

    fn standard_input(&mut self) {
        let mut bytes = Vec::new();
        if let Err(error) = std::io::stdin().lock().read_to_end(&mut bytes) {
            return self.fail("Failed to read file", format!("Standard input cannot be read: {error}."));
        }
        let Some(formatted) = self.formatted(STANDARD_INPUT_NAME, &bytes) else { return };
        let wanted = Wanted { list: false, write: false, print: !self.arguments.check && !self.arguments.diff };
        self.deliver(Path::new(STANDARD_INPUT_NAME), &bytes, &formatted, wanted);
    }

    fn directory(&mut self, path: &Path) {
        let entries = match std::fs::read_dir(self.session.directory.join(path)).and_then(Iterator::collect) {
            Ok(entries) => entries,
            Err(error) => {
                return self.fail("Invalid path", format!("Cannot read directory {}: {error}.", path.display()));
            }
        };
        let mut entries: Vec<std::fs::DirEntry> = entries;
        entries.sort_by_key(std::fs::DirEntry::file_name);
        for entry in entries {
            let name = entry.file_name().to_string_lossy().into_owned();
            if is_ignored_file(&name) {
                continue;
            }
            let inner = if path == Path::new(".") { PathBuf::from(&name) } else { path.join(&name) };
            if entry.file_type().is_ok_and(|kind| kind.is_dir()) {
                if self.arguments.recursive {
                    self.directory(&inner);
                }
            } else if is_formatted_here(&name) {
                self.file(&inner);
            }
        }
    }

    fn file(&mut self, path: &Path) {
        let shown = path.display().to_string();
        let bytes = match std::fs::read(self.session.directory.join(path)) {
            Ok(bytes) => bytes,
            Err(error) => return self.fail("Failed to open file", format!("{shown} cannot be read: {error}.")),
        };
        let Some(formatted) = self.formatted(&shown, &bytes) else { return };
        let FormatArguments { list, write, check, diff, .. } = *self.arguments;
        let wanted = Wanted { list, write: write && !check, print: !list && !write && !diff && !check };
        self.deliver(path, &bytes, &formatted, wanted);
    }

    /// The text in canonical layout, if it has no mistakes: of one with mistakes, formatting could make something else.
    fn formatted(&mut self, shown: &str, bytes: &[u8]) -> Option<String> {
        let (file, _, mistakes) = parse_bytes(&self.sources, shown, bytes);
        if mistakes.has_errors() {
            self.diagnostics.extend(mistakes);
            return None;
        }
        Some(format_source(&self.sources.text(file)))
    }

    fn deliver(&mut self, path: &Path, before: &[u8], after: &str, wanted: Wanted) {
        let printer = self.session.printer;
        if before != after.as_bytes() {
            self.is_everything_formatted = false;
            if wanted.list {
                printer.result(&path.display().to_string());
            }
            if wanted.write
                && let Err(error) = std::fs::write(self.session.directory.join(path), after)
            {
                return self.fail("Failed to write file", format!("{} cannot be written: {error}.", path.display()));
            }
            // With `-check`, `-list=false` asks for silence.
            if self.arguments.diff && (wanted.list || !self.arguments.check) {
                printer.raw(&difference(path, &String::from_utf8_lossy(before), after));
            }
        }
        if wanted.print {
            printer.result(after.strip_suffix('\n').unwrap_or(after));
        }
    }

    fn fail(&mut self, summary: &str, detail: String) {
        self.diagnostics.push(Diagnostic::error(summary, detail));
    }
}

fn is_formatted_here(name: &str) -> bool {
    SUFFIXES.iter().any(|suffix| name.ends_with(suffix))
}

/// As `diff -u` prints it.
fn difference(path: &Path, before: &str, after: &str) -> String {
    let (old, new) = (format!("old/{}", path.display()), format!("new/{}", path.display()));
    TextDiff::from_lines(before, after).unified_diff().header(&old, &new).to_string()
}

/// The way from one absolute directory to a path, which may lead through `..`; `.` if it is the directory itself.
fn relative(directory: &Path, path: &Path) -> PathBuf {
    let plain = |path: &Path| {
        let mut plain = PathBuf::new();
        for component in path.components() {
            match component {
                Component::CurDir => {}
                Component::ParentDir => {
                    plain.pop();
                }
                other => plain.push(other),
            }
        }
        plain
    };
    let (directory, path) = (plain(directory), plain(&directory.join(path)));
    let shared = directory.components().zip(path.components()).take_while(|(one, other)| one == other).count();
    let up = directory.components().skip(shared).map(|_| Component::ParentDir);
    let way: PathBuf = up.chain(path.components().skip(shared)).collect();
    if way.as_os_str().is_empty() { PathBuf::from(".") } else { way }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn paths_are_shown_from_the_working_directory() {
        let table = [
            ("sub/../x.tf", "x.tf"),
            ("./sub/", "sub"),
            ("/work/a", "."),
            ("/work/a/b", "b"),
            ("../c", "../c"),
            ("/tmp/x", "../../tmp/x"),
        ];
        for (path, expected) in table {
            assert_eq!(relative(Path::new("/work/a"), Path::new(path)), Path::new(expected), "{path}");
        }
    }
}
