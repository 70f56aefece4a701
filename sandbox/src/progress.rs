//! What happens while a caller waits: events, and the trait of those who show them.

use std::path::Path;
use std::time::Duration;

/// Receives what happens during a call that may take long. How it is shown is the receiver's business.
pub trait Progress {
    /// Called from the thread that made the call, in order.
    fn report(&self, event: Event<'_>);
}

/// Shows nothing.
#[derive(Clone, Copy, Debug)]
pub struct Silent;

impl Progress for Silent {
    fn report(&self, _event: Event<'_>) {}
}

/// One step of a call that may take long.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum Event<'a> {
    /// First use: the server is being installed. Takes as long as a download of 15 MB.
    InstallationStarted {
        /// The version of ministack.
        version: &'a str,
        /// Where it will be.
        directory: &'a Path,
    },
    /// A line printed by the program that installs.
    InstallationLine(&'a str),
    /// The server is installed.
    InstallationDone {
        /// How long it took.
        elapsed: Duration,
    },
    /// Another command holds the lock and is installing or starting the server; this one waits for it.
    WaitingForOtherCommand,
    /// The server process is being started.
    ServerStarting {
        /// The loopback port it will listen on.
        port: u16,
    },
    /// The server answers.
    ServerReady {
        /// How long the start took.
        elapsed: Duration,
    },
}
