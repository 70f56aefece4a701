//! A local AWS-compatible server that is installed, started and stopped for the user.
//!
//! [`Sandbox`] is the server of one git root: [`Sandbox::ensure_running`] installs ministack into the user's
//! cache on first use, starts it on a free loopback port and leaves it running; its contents survive a stop, a
//! kill and a reboot. [`EphemeralServer`] is the same server for a test: its own contents, gone when dropped.
//!
//! ```no_run
//! # fn main() -> Result<(), infra_sandbox::Error> {
//! # let (git_root, settings): (&std::path::Path, infra_sandbox::Settings) = unimplemented!();
//! let sandbox = infra_sandbox::Sandbox::in_git_root(git_root, settings);
//! let server = sandbox.ensure_running(&infra_sandbox::Silent)?;
//! println!("{}", server.endpoint_url);
//! # Ok(())
//! # }
//! ```
//!
//! Nothing here reads environment variables, prints, or knows a terminal: [`Settings`] brings in what is needed,
//! [`Progress`] carries out what happens meanwhile. Which credentials and endpoints a command then uses, and
//! what of a configuration is set aside, is decided by the command line.
//!
//! All calls block; the longest ones are the first installation (a download) and the start of a server (below a
//! second).

mod ephemeral;
mod error;
mod health;
mod installation;
mod lock;
mod process;
mod programs;
mod progress;
mod python;
mod record;
mod sandbox;
mod server;

use std::ffi::OsString;
use std::path::PathBuf;

pub use ephemeral::EphemeralServer;
pub use error::{Attempt, Error};
pub use progress::{Event, Progress, Silent};
pub use sandbox::{Running, Sandbox, Status, Stopped};

/// The version of ministack that is installed.
pub const MINISTACK_VERSION: &str = "1.5.33";
/// The access key id the server accepts as the account's root user.
pub const ACCESS_KEY_ID: &str = "test";
/// The secret that belongs to [`ACCESS_KEY_ID`]. The server does not check signatures.
pub const SECRET_ACCESS_KEY: &str = "test";
/// The account every object is created in.
pub const ACCOUNT_ID: &str = "123456789012";

/// What a server needs from the machine.
#[derive(Clone, Debug)]
pub struct Settings {
    /// Where programs are installed, once per user. Created if missing. Not to be shared between users.
    pub cache_directory: PathBuf,
    /// Directories in which `python3` and `uv` are looked for, in the form of the `PATH` variable.
    pub search_path: OsString,
    /// The command's environment. The installation gets all of it, because package mirrors, proxies and
    /// certificates are configured there (`PIP_*`, `UV_*`); the server gets only what cannot carry credentials.
    pub environment: Vec<(OsString, OsString)>,
}

impl Settings {
    fn variable(&self, name: &str) -> Option<&OsString> {
        self.environment.iter().find_map(|(candidate, value)| (candidate == name).then_some(value))
    }

    /// Where the command's environment wants temporary files.
    fn temporary_directory(&self) -> PathBuf {
        match self.variable("TMPDIR") {
            Some(directory) if !directory.is_empty() => PathBuf::from(directory),
            _ => PathBuf::from("/tmp"),
        }
    }
}
