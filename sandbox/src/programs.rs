//! Finding and running the programs that install.

use std::ffi::OsStr;
use std::io::{self, BufRead, BufReader};
use std::os::unix::fs::PermissionsExt;
use std::path::{Path, PathBuf};
use std::process::{Command, ExitStatus, Stdio};

use crate::{Error, Event, Progress, Settings};

/// How many of the last lines of a program's output an error shows.
const TAIL_LINES: usize = 20;

/// The first executable file of this name in the search path.
pub(crate) fn find(name: &str, search_path: &OsStr) -> Option<PathBuf> {
    std::env::split_paths(search_path)
        // An empty entry means the current directory, which is no place to take programs from.
        .filter(|directory| directory.is_absolute())
        .map(|directory| directory.join(name))
        .find(|candidate| is_executable(candidate))
}

fn is_executable(path: &Path) -> bool {
    path.metadata().is_ok_and(|metadata| metadata.is_file() && metadata.permissions().mode() & 0o111 != 0)
}

/// How a program ended, and what it said.
#[derive(Debug)]
pub(crate) struct Ended {
    pub(crate) status: ExitStatus,
    /// The last lines of standard output and standard error together.
    pub(crate) tail: String,
}

impl Ended {
    /// The last line that says something, for a message of one line.
    pub(crate) fn last_line(&self) -> String {
        let line = self.tail.lines().map(str::trim).rfind(|line| !line.is_empty());
        match line {
            Some(line) => format!("{line} ({})", self.status),
            None => self.status.to_string(),
        }
    }
}

/// Beginnings of names of variables that may hold secrets and that no installer needs.
const SECRET_PREFIXES: [&str; 2] = ["AWS_", "TF_VAR_"];

/// A command with the caller's environment, the caller's search path, and no input. It may run what packages bring
/// along, so real credentials are kept from it.
pub(crate) fn command(program: &Path, settings: &Settings) -> Command {
    let mut command = Command::new(program);
    command
        .env_clear()
        .envs(
            settings
                .environment
                .iter()
                .filter(|(name, _)| !SECRET_PREFIXES.iter().any(|prefix| name.to_string_lossy().starts_with(prefix)))
                .map(|(name, value)| (name, value)),
        )
        .env("PATH", &settings.search_path)
        .stdin(Stdio::null());
    command
}

/// Runs a command to its end and reports each line it prints. `purpose` completes "cannot run X to …".
pub(crate) fn run(mut command: Command, purpose: &'static str, progress: &dyn Progress) -> Result<Ended, Error> {
    let program = PathBuf::from(command.get_program());
    let ended = (|| {
        let (reader, writer) = io::pipe()?;
        command.stdout(writer.try_clone()?).stderr(writer);
        let mut child = command.spawn()?;
        // It holds the writing ends: with them open, the output would never end.
        drop(command);
        let tail = report_lines(BufReader::new(reader), progress);
        let status = child.wait()?;
        Ok(Ended { status, tail: tail? })
    })();
    ended.map_err(|source| Error::Program { program, purpose, source })
}

fn report_lines(mut output: impl BufRead, progress: &dyn Progress) -> io::Result<String> {
    let mut tail = std::collections::VecDeque::with_capacity(TAIL_LINES);
    let mut bytes = Vec::new();
    while output.read_until(b'\n', &mut bytes)? > 0 {
        let line = String::from_utf8_lossy(&bytes).trim_end().to_owned();
        bytes.clear();
        progress.report(Event::InstallationLine(&line));
        if tail.len() == TAIL_LINES {
            tail.pop_front();
        }
        tail.push_back(line);
    }
    Ok(Vec::from(tail).join("\n"))
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, reason = "a test that cannot set up its world may panic")]

    use super::*;
    use std::cell::RefCell;
    use std::fs;

    struct Lines(RefCell<Vec<String>>);

    impl Progress for Lines {
        fn report(&self, event: Event<'_>) {
            if let Event::InstallationLine(line) = event {
                self.0.borrow_mut().push(line.to_owned());
            }
        }
    }

    #[test]
    fn the_first_executable_file_is_found() {
        let world = tempfile::tempdir().unwrap();
        let place = |directory: &str, mode: u32| {
            let path = world.path().join(directory).join("tool");
            fs::create_dir_all(path.parent().unwrap()).unwrap();
            fs::write(&path, "").unwrap();
            fs::set_permissions(&path, fs::Permissions::from_mode(mode)).unwrap();
            path
        };
        place("not-executable", 0o644);
        fs::create_dir_all(world.path().join("a-directory/tool")).unwrap();
        let first = place("first", 0o755);
        place("second", 0o755);
        let search = |directories: &[&str]| {
            let absolute = directories.iter().map(|directory| world.path().join(directory));
            find("tool", &std::env::join_paths(absolute).unwrap())
        };
        assert_eq!(search(&["absent", "not-executable", "a-directory", "first", "second"]), Some(first));
        assert_eq!(search(&["absent", "not-executable"]), None);
        assert_eq!(find("Cargo.toml", OsStr::new(":.:src")), None);
    }

    #[test]
    fn both_outputs_are_reported_and_the_last_lines_kept() {
        let mut command = Command::new("/bin/sh");
        command.args(["-c", "for n in $(seq 25); do echo $n; done; echo last >&2; echo; exit 3"]);
        let lines = Lines(RefCell::default());
        let ended = run(command, "count", &lines).unwrap();
        assert_eq!(lines.0.borrow().len(), 27);
        assert_eq!(ended.tail.lines().next(), Some("8"));
        assert_eq!(ended.last_line(), "last (exit status: 3)");

        let error = run(Command::new("/absent/tool"), "count", &lines).unwrap_err();
        assert_eq!(error.to_string(), "cannot run `/absent/tool` to count");
    }
}
