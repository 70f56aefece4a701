//! The server of one git root, shared by all commands run there.
//!
//! ```text
//! .infra/.gitignore            `*`: the directory ignores itself
//! .infra/sandbox/lock          held while a command starts, stops or resets
//! .infra/sandbox/server.json   process, port and version of the server
//! .infra/sandbox/server.log    what the last started server has printed
//! .infra/sandbox/contents/     what the server holds
//! .infra/sandbox/state/        the local states of configurations applied here; written by others
//! ```

use std::fs::{self, File};
use std::io::{self, Write};
use std::path::{Path, PathBuf};
use std::process::Child;
use std::time::{Duration, Instant};

use crate::installation::Installation;
use crate::lock::Lock;
use crate::process::{self, ProcessIdentity};
use crate::record::Record;
use crate::server::{self, Launch};
use crate::{Error, Event, MINISTACK_VERSION, Progress, Settings, health};

/// How long a running server may take to answer before a command looks closer (takes the lock, waits longer).
const RUNNING_LIMIT: Duration = Duration::from_secs(1);

/// The sandbox of one git root. Making this value does nothing yet.
#[derive(Clone, Debug)]
pub struct Sandbox {
    directory: PathBuf,
    settings: Settings,
}

/// A server that answers.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Running {
    /// Where AWS requests go: `http://127.0.0.1:PORT`.
    pub endpoint_url: String,
    /// The loopback port.
    pub port: u16,
    /// The process.
    pub pid: u32,
    /// Whether this call started it; `false` if it was running before, or another command started it.
    pub started_now: bool,
}

/// What [`Sandbox::status`] found.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Status {
    /// The server's process runs.
    Running {
        /// Where AWS requests go.
        endpoint_url: String,
        /// The loopback port.
        port: u16,
        /// The process.
        pid: u32,
        /// The version of ministack it was started from.
        version: String,
        /// Whether it answers. It does not while it is starting.
        answers: bool,
    },
    /// No server runs.
    Stopped {
        /// Whether the next one will find something that an earlier one held.
        has_contents: bool,
    },
}

/// What [`Sandbox::stop`] and [`Sandbox::reset`] found.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Stopped {
    /// Whether a server was running.
    pub was_running: bool,
}

impl Sandbox {
    /// The sandbox below `git_root` (or, outside a repository, below the working directory), an absolute path.
    #[must_use]
    pub fn in_git_root(git_root: &Path, settings: Settings) -> Self {
        Self { directory: git_root.join(".infra").join("sandbox"), settings }
    }

    /// `.infra/sandbox/` of the git root.
    #[must_use]
    pub fn directory(&self) -> &Path {
        &self.directory
    }

    /// Where the local states of what is applied in this sandbox belong: [`Sandbox::reset`] removes them with
    /// the objects they describe. Not created here.
    #[must_use]
    pub fn state_directory(&self) -> PathBuf {
        self.directory.join("state")
    }

    /// What the running server, or the last one, has printed.
    #[must_use]
    pub fn log(&self) -> PathBuf {
        self.directory.join("server.log")
    }

    fn contents(&self) -> PathBuf {
        self.directory.join("contents")
    }

    fn record(&self) -> PathBuf {
        self.directory.join("server.json")
    }

    /// The running server, installed and started if need be. Takes a few milliseconds if it runs. Commands that
    /// call this at the same time get the same server.
    ///
    /// # Errors
    /// If it cannot be installed, or does not answer within half a minute.
    pub fn ensure_running(&self, progress: &dyn Progress) -> Result<Running, Error> {
        if let Some(record) = Record::read(&self.record())?
            && let Some(process) = current(&record)?
            && health::check(record.port, RUNNING_LIMIT).is_ok()
        {
            return Ok(running(record.port, process.pid, false));
        }

        let _lock = self.lock(progress)?;
        let record = Record::read(&self.record())?;
        if let Some(record) = &record
            && let Some(process) = current(record)?
            && self.wait_for(record.port, process).is_ok()
        {
            return Ok(running(record.port, process.pid, false));
        }
        // What still runs is of another version or does not answer.
        self.stop_locked()?;
        self.start_locked(record.map(|record| record.port), progress)
    }

    /// Whether a server runs. Starts and changes nothing.
    ///
    /// # Errors
    /// If the sandbox's files cannot be read.
    pub fn status(&self) -> Result<Status, Error> {
        if let Some(record) = Record::read(&self.record())?
            && record.is_alive()?
            && let Some(process) = record.process
        {
            return Ok(Status::Running {
                endpoint_url: server::endpoint_url(record.port),
                port: record.port,
                pid: process.pid,
                version: record.version,
                answers: health::check(record.port, RUNNING_LIMIT).is_ok(),
            });
        }
        Ok(Status::Stopped { has_contents: self.contents().exists() })
    }

    /// Stops the server. Its contents are there again when it is next started.
    ///
    /// # Errors
    /// If the server does not end, not even when killed.
    pub fn stop(&self, progress: &dyn Progress) -> Result<Stopped, Error> {
        // Where nothing ever ran, nothing is created either.
        if !self.directory.exists() {
            return Ok(Stopped { was_running: false });
        }
        let _lock = self.lock(progress)?;
        self.stop_locked()
    }

    /// Stops the server and removes its contents and the local states below [`Sandbox::state_directory`]. The
    /// next use starts with nothing.
    ///
    /// # Errors
    /// If the server does not end, or a file cannot be removed.
    pub fn reset(&self, progress: &dyn Progress) -> Result<Stopped, Error> {
        if !self.directory.exists() {
            return Ok(Stopped { was_running: false });
        }
        let _lock = self.lock(progress)?;
        let stopped = self.stop_locked()?;
        remove(&self.state_directory(), |path| fs::remove_dir_all(path))?;
        remove(&self.contents(), |path| fs::remove_dir_all(path))?;
        remove(&self.log(), |path| fs::remove_file(path))?;
        remove(&self.record(), |path| fs::remove_file(path))?;
        Ok(stopped)
    }

    /// Creates the directory, and keeps other commands from changing anything in it.
    fn lock(&self, progress: &dyn Progress) -> Result<Lock, Error> {
        let failed = |path: &Path, source| Error::File { action: "create", path: path.to_owned(), source };
        fs::create_dir_all(&self.directory).map_err(|source| failed(&self.directory, source))?;
        let ignore = self.directory.with_file_name(".gitignore");
        match File::create_new(&ignore) {
            Ok(mut file) => file.write_all(b"*\n").map_err(|source| failed(&ignore, source))?,
            Err(error) if error.kind() == io::ErrorKind::AlreadyExists => {}
            Err(source) => return Err(failed(&ignore, source)),
        }
        Lock::acquire(&self.directory.join("lock"), progress)
    }

    fn start_locked(&self, port_before: Option<u16>, progress: &dyn Progress) -> Result<Running, Error> {
        let installation = Installation::ensure(&self.settings, progress)?;
        let (listener, port) = match port_before.map(server::listen) {
            Some(Ok(listening)) => listening,
            // Never started, or the port has been taken by another program meanwhile.
            None | Some(Err(_)) => server::listen(0)?,
        };
        let contents = self.contents();
        fs::create_dir_all(&contents).map_err(|source| Error::File {
            action: "create",
            path: contents.clone(),
            source,
        })?;
        progress.report(Event::ServerStarting { port });
        let started = Instant::now();
        let child = Launch {
            installation: &installation,
            settings: &self.settings,
            listener,
            log: &self.log(),
            directory: &self.directory,
            contents: Some(&contents),
            ends_with_parent: false,
        }
        .spawn()?;
        let pid = self.await_started(child, port)?;
        progress.report(Event::ServerReady { elapsed: started.elapsed() });
        Ok(running(port, pid, true))
    }

    /// Records the started process and waits until it answers; one that does not is killed.
    fn await_started(&self, mut child: Child, port: u16) -> Result<u32, Error> {
        let pid = child.id();
        let ready = ProcessIdentity::of(pid)
            .and_then(|process| {
                // Before it answers: if this command is killed now, the next one finds the server.
                Record { port, version: MINISTACK_VERSION.to_owned(), process }.write(&self.record())
            })
            .and_then(|()| server::wait_until_ready(port, &self.log(), || server::exit_of(&mut child)));
        if ready.is_err() {
            process::kill_with_group(pid).map_err(|source| Error::Stop { pid, source })?;
        }
        // Takes notice of the server's end, for callers that live longer than it.
        std::thread::spawn(move || child.wait());
        ready.map(|()| pid)
    }

    /// Waits for a server that another command has started.
    fn wait_for(&self, port: u16, process: &ProcessIdentity) -> Result<(), Error> {
        server::wait_until_ready(port, &self.log(), || Ok((!process.is_alive()?).then(|| "without a trace".to_owned())))
    }

    fn stop_locked(&self) -> Result<Stopped, Error> {
        let path = self.record();
        let Some(mut record) = Record::read(&path)? else {
            return Ok(Stopped { was_running: false });
        };
        let was_running = record.is_alive()?;
        if let Some(process) = record.process.take() {
            process.stop()?;
            record.write(&path)?;
        }
        Ok(Stopped { was_running })
    }
}

/// The recorded process, if it runs and is what this version of the program would start.
fn current(record: &Record) -> Result<Option<&ProcessIdentity>, Error> {
    if record.version != MINISTACK_VERSION || !record.is_alive()? {
        return Ok(None);
    }
    Ok(record.process.as_ref())
}

fn running(port: u16, pid: u32, started_now: bool) -> Running {
    Running { endpoint_url: server::endpoint_url(port), port, pid, started_now }
}

fn remove(path: &Path, how: impl FnOnce(&Path) -> io::Result<()>) -> Result<(), Error> {
    match how(path) {
        Ok(()) => Ok(()),
        Err(error) if error.kind() == io::ErrorKind::NotFound => Ok(()),
        Err(source) => Err(Error::File { action: "remove", path: path.to_owned(), source }),
    }
}
