//! A server for one test.

use std::path::PathBuf;
use std::process::Child;
use std::time::Instant;

use tempfile::TempDir;

use crate::installation::Installation;
use crate::server::{self, Launch};
use crate::{Error, Event, Progress, Settings, process};

/// A server with contents of its own, which start empty and are never saved. It is killed when this value is
/// dropped, and ends by itself when the process that started it does.
#[derive(Debug)]
pub struct EphemeralServer {
    child: Child,
    port: u16,
    directory: TempDir,
}

impl EphemeralServer {
    /// Installs the server if need be, starts it on this loopback port (`None`: any that is free) and waits
    /// until it answers.
    ///
    /// # Errors
    /// If it cannot be installed, the port is taken, or it does not answer within half a minute.
    pub fn start(settings: &Settings, port: Option<u16>, progress: &dyn Progress) -> Result<Self, Error> {
        let installation = Installation::ensure(settings, progress)?;
        let parent = settings.temporary_directory();
        let directory = TempDir::with_prefix_in("infra-sandbox-", &parent).map_err(|source| Error::File {
            action: "create a directory in",
            path: parent,
            source,
        })?;
        let (listener, port) = server::listen(port.unwrap_or(0))?;
        let log = directory.path().join("server.log");
        progress.report(Event::ServerStarting { port });
        let started = Instant::now();
        let child = Launch {
            installation: &installation,
            settings,
            listener,
            log: &log,
            directory: directory.path(),
            contents: None,
            ends_with_parent: true,
        }
        .spawn()?;
        // From here on, dropping it ends the process.
        let mut server = Self { child, port, directory };
        server::wait_until_ready(port, &log, || server::exit_of(&mut server.child))?;
        progress.report(Event::ServerReady { elapsed: started.elapsed() });
        Ok(server)
    }

    /// Where AWS requests go: `http://127.0.0.1:PORT`.
    #[must_use]
    pub fn endpoint_url(&self) -> String {
        server::endpoint_url(self.port)
    }

    /// The loopback port.
    #[must_use]
    pub fn port(&self) -> u16 {
        self.port
    }

    /// The process.
    #[must_use]
    pub fn pid(&self) -> u32 {
        self.child.id()
    }

    /// What it has printed. Gone with the server.
    #[must_use]
    pub fn log(&self) -> PathBuf {
        self.directory.path().join("server.log")
    }
}

impl Drop for EphemeralServer {
    fn drop(&mut self) {
        // There is nobody left to tell, and nothing that could be done about a failure.
        let _ = process::kill_with_group(self.child.id());
        let _ = self.child.wait();
    }
}
