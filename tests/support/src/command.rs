//! A sealed world for running programs: a directory of its own, an environment with nothing in it that the
//! test did not put there, and everything the program says and does captured.
//!
//! ```
//! use infra_test_support::command::TestDirectory;
//! use infra_test_support::filters::Filters;
//!
//! let world = TestDirectory::new();
//! world.write("main.tf", "output \"greeting\" {\n  value = \"hello\"\n}\n");
//! // In the test crate: env!("CARGO_BIN_EXE_infra")
//! let output = world.command("/bin/cat").args(["main.tf"]).run();
//! assert_eq!(
//!     output.snapshot(&Filters::standard(world.path())),
//!     "exit code: 0\n--- stdout ---\noutput \"greeting\" {\n  value = \"hello\"\n}\n--- stderr ---\n"
//! );
//! ```
//!
//! Whatever prevents a test from having its world fails the test on the spot: these functions panic, naming
//! what they attempted.

#![expect(clippy::panic, reason = "a world that cannot be set up fails the test, with the caller's line")]

use std::ffi::{OsStr, OsString};
use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;
use std::time::Duration;

use tempfile::TempDir;

use crate::process::{Output, Running};

/// Long enough for any command on a busy machine, short enough to see which one hangs.
const TIMEOUT_DEFAULT: Duration = Duration::from_secs(300);

/// A temporary world: a working directory, and a home beside it. Removed when dropped.
#[derive(Debug)]
pub struct TestDirectory {
    _root: TempDir,
    work: PathBuf,
    home: PathBuf,
}

impl Default for TestDirectory {
    #[track_caller]
    fn default() -> Self {
        Self::new()
    }
}

impl TestDirectory {
    /// An empty world.
    ///
    /// # Panics
    ///
    /// If no temporary directory can be made.
    #[track_caller]
    pub fn new() -> Self {
        Self::try_new().unwrap_or_else(|error| panic!("cannot make a temporary directory: {error}"))
    }

    fn try_new() -> std::io::Result<Self> {
        let root = TempDir::with_prefix("infra-test-")?;
        // Programs report paths without symbolic links, and on macOS the temporary directory is behind one.
        let path = root.path().canonicalize()?;
        let (work, home) = (path.join("work"), path.join("home"));
        fs::create_dir(&work)?;
        fs::create_dir(&home)?;
        Ok(Self { _root: root, work, home })
    }

    /// The working directory: where commands run and files are written.
    pub fn path(&self) -> &Path {
        &self.work
    }

    /// What commands see as the home directory.
    pub fn home(&self) -> &Path {
        &self.home
    }

    /// Writes a file, making its directories; `path` is relative to the working directory.
    ///
    /// # Panics
    ///
    /// If it cannot be written.
    #[track_caller]
    pub fn write(&self, path: &str, text: impl AsRef<[u8]>) {
        let target = self.work.join(path);
        let written = target.parent().map_or(Ok(()), fs::create_dir_all).and_then(|()| fs::write(&target, text));
        if let Err(error) = written {
            panic!("cannot write {}: {error}", target.display());
        }
    }

    /// Reads a text file.
    ///
    /// # Panics
    ///
    /// If it is not there or not UTF-8; the message lists what is there.
    #[track_caller]
    pub fn read(&self, path: &str) -> String {
        let target = self.work.join(path);
        fs::read_to_string(&target).unwrap_or_else(|error| {
            panic!("cannot read {}: {error}; there are: {}", target.display(), self.list().join(", "))
        })
    }

    /// Whether a file or directory is there.
    pub fn exists(&self, path: &str) -> bool {
        self.work.join(path).exists()
    }

    /// Removes a file.
    ///
    /// # Panics
    ///
    /// If it cannot be removed.
    #[track_caller]
    pub fn remove(&self, path: &str) {
        let target = self.work.join(path);
        if let Err(error) = fs::remove_file(&target) {
            panic!("cannot remove {}: {error}", target.display());
        }
    }

    /// Replaces text in a file; it must occur exactly once, so that an edit never misses unnoticed.
    ///
    /// # Panics
    ///
    /// If it occurs never or more than once.
    #[track_caller]
    pub fn edit(&self, path: &str, from: &str, to: &str) {
        let text = self.read(path);
        let count = text.matches(from).count();
        assert!(count == 1, "cannot edit {path}: {from:?} occurs {count} times in it:\n{text}");
        self.write(path, text.replacen(from, to, 1));
    }

    /// All files below the working directory, relative to it, in order.
    ///
    /// # Panics
    ///
    /// If a directory cannot be read.
    #[track_caller]
    pub fn list(&self) -> Vec<String> {
        let mut files = Vec::new();
        if let Err(error) = list_into(&self.work, &self.work, &mut files) {
            panic!("cannot list {}: {error}", self.work.display());
        }
        files.sort();
        files
    }

    /// A command to run here: only `PATH` and `HOME` are set, standard input is empty.
    pub fn command(&self, program: impl AsRef<OsStr>) -> TestCommand {
        let search_path = std::env::var_os("PATH").unwrap_or_default();
        TestCommand {
            program: program.as_ref().to_owned(),
            directory: self.work.clone(),
            arguments: Vec::new(),
            environment: vec![("PATH".into(), search_path), ("HOME".into(), self.home.clone().into())],
            stdin: None,
            timeout: TIMEOUT_DEFAULT,
        }
    }
}

/// A command that has not been started yet.
#[derive(Debug, Clone)]
#[must_use = "a command does nothing until it is run"]
pub struct TestCommand {
    program: OsString,
    directory: PathBuf,
    arguments: Vec<OsString>,
    environment: Vec<(OsString, OsString)>,
    stdin: Option<String>,
    timeout: Duration,
}

impl TestCommand {
    /// Adds one argument.
    pub fn arg(mut self, argument: impl AsRef<OsStr>) -> Self {
        self.arguments.push(argument.as_ref().to_owned());
        self
    }

    /// Adds arguments.
    pub fn args(mut self, arguments: impl IntoIterator<Item = impl AsRef<OsStr>>) -> Self {
        for argument in arguments {
            self = self.arg(argument);
        }
        self
    }

    /// Sets an environment variable.
    pub fn env(mut self, name: impl AsRef<OsStr>, value: impl AsRef<OsStr>) -> Self {
        self.environment.push((name.as_ref().to_owned(), value.as_ref().to_owned()));
        self
    }

    /// Sets what is needed to reach an emulator, with credentials that are worth nothing: see
    /// [`aws_environment`].
    pub fn aws(mut self, endpoint: &str) -> Self {
        for (name, value) in aws_environment(endpoint) {
            self = self.env(name, value);
        }
        self
    }

    /// Runs in that directory, relative to the working directory.
    pub fn in_directory(mut self, path: &str) -> Self {
        self.directory = self.directory.join(path);
        self
    }

    /// What the program can read from standard input.
    pub fn stdin(mut self, text: &str) -> Self {
        self.stdin = Some(text.to_owned());
        self
    }

    /// How long it may take (5 minutes otherwise).
    pub fn timeout(mut self, timeout: Duration) -> Self {
        self.timeout = timeout;
        self
    }

    /// Runs it to its end, whatever that is.
    ///
    /// # Panics
    ///
    /// If it cannot be started, or takes too long.
    #[track_caller]
    pub fn run(self) -> Output {
        let timeout = self.timeout;
        match self.spawn().wait(timeout) {
            Ok(output) => output,
            Err(error) => panic!("{error}"),
        }
    }

    /// Starts it and returns while it runs, to be watched, interrupted or killed.
    ///
    /// # Panics
    ///
    /// If it cannot be started.
    #[track_caller]
    pub fn spawn(self) -> Running {
        let mut command = Command::new(&self.program);
        command.args(&self.arguments).current_dir(&self.directory).env_clear().envs(self.environment);
        match Running::start(command, self.stdin) {
            Ok(running) => running,
            Err(error) => panic!("{error}"),
        }
    }
}

/// The environment in which the AWS SDKs, `terraform` and `infra` talk to an emulator and to nothing else.
pub fn aws_environment(endpoint: &str) -> [(&'static str, String); 5] {
    [
        ("AWS_ENDPOINT_URL", endpoint.to_owned()),
        ("AWS_ACCESS_KEY_ID", "test".to_owned()),
        ("AWS_SECRET_ACCESS_KEY", "test".to_owned()),
        ("AWS_REGION", "us-east-1".to_owned()),
        ("AWS_EC2_METADATA_DISABLED", "true".to_owned()),
    ]
}

fn list_into(base: &Path, directory: &Path, files: &mut Vec<String>) -> std::io::Result<()> {
    for entry in fs::read_dir(directory)? {
        let entry = entry?;
        let path = entry.path();
        if entry.file_type()?.is_dir() {
            list_into(base, &path, files)?;
        } else if let Ok(relative) = path.strip_prefix(base) {
            files.push(relative.to_string_lossy().into_owned());
        }
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_edit_must_change_exactly_one_place() {
        let world = TestDirectory::new();
        world.write("a/main.tf", "count = 1\n");
        world.edit("a/main.tf", "1", "2");
        assert_eq!(world.read("a/main.tf"), "count = 2\n");
        assert_eq!(world.list(), ["a/main.tf"]);
        for wrong in ["3", "n"] {
            let edit = || world.edit("a/main.tf", wrong, "x");
            world.write("a/main.tf", "count = n\n");
            assert!(std::panic::catch_unwind(std::panic::AssertUnwindSafe(edit)).is_err(), "{wrong}");
            assert_eq!(world.read("a/main.tf"), "count = n\n");
        }
        world.remove("a/main.tf");
        assert!(!world.exists("a/main.tf"));
    }

    #[test]
    fn commands_see_the_emulator_and_their_own_directory() {
        let world = TestDirectory::new();
        world.write("sub/file", "");
        let output = world
            .command("/bin/sh")
            .arg("-c")
            .arg("ls; echo $AWS_ENDPOINT_URL $AWS_REGION $AWS_ACCESS_KEY_ID")
            .in_directory("sub")
            .aws("http://127.0.0.1:1")
            .timeout(Duration::from_secs(20))
            .run();
        assert_eq!(output.stdout, "file\nhttp://127.0.0.1:1 us-east-1 test\n");
        let home = world.home().to_string_lossy().into_owned();
        let output = world.command("/bin/sh").args(["-c", "echo $HOME"]).run();
        assert_eq!(output.stdout, format!("{home}\n"));
    }
}
