//! Why a server could not be installed, started or stopped.

use std::io;
use std::path::PathBuf;

use crate::{MINISTACK_VERSION, python};

/// A failed operation, with what it was attempted on. [`Error::hint`] says what to do about it.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum Error {
    /// A file or directory could not be read, written, locked or removed.
    #[error("cannot {action} `{}`", path.display())]
    File {
        /// A verb: `write`, `lock`.
        action: &'static str,
        /// The file or directory.
        path: PathBuf,
        /// What the system said.
        source: io::Error,
    },
    /// A program that is there could not be started, or its output could not be read.
    #[error("cannot run `{}` to {purpose}", program.display())]
    Program {
        /// The program.
        program: PathBuf,
        /// What it was needed for.
        purpose: &'static str,
        /// What the system said.
        source: io::Error,
    },
    /// Neither Python with pip nor uv is usable.
    #[error(
        "cannot install the sandbox server (ministack {MINISTACK_VERSION}): it needs Python {}.{} or newer \
         with venv or pip, or uv{}",
        python::OLDEST.0, python::OLDEST.1, list(attempts)
    )]
    NoInstaller {
        /// What was looked for, in order, and why it does not do.
        attempts: Vec<Attempt>,
    },
    /// The packages could not be installed, or the installed server does not work.
    #[error(
        "cannot install the sandbox server (ministack {MINISTACK_VERSION}) into `{}`: {step} failed ({status}){}",
        directory.display(), indented(output)
    )]
    Installation {
        /// Which step failed.
        step: &'static str,
        /// Where it was to be installed.
        directory: PathBuf,
        /// How the program ended.
        status: String,
        /// The last lines it printed.
        output: String,
    },
    /// A file written by an earlier command cannot be understood.
    #[error("cannot understand the sandbox's record `{}`", path.display())]
    Record {
        /// The file.
        path: PathBuf,
        /// Where and why.
        source: serde_json::Error,
    },
    /// The server's address cannot be taken.
    #[error("cannot listen on 127.0.0.1:{port} for the sandbox server")]
    Address {
        /// The port; 0 if any would have done.
        port: u16,
        /// What the system said.
        source: io::Error,
    },
    /// The server ended while it was starting.
    #[error("the sandbox server ended while starting ({status}); its log `{}` ends with{}", log.display(), indented(tail))]
    ServerEnded {
        /// How it ended.
        status: String,
        /// Its log.
        log: PathBuf,
        /// The last lines of the log.
        tail: String,
    },
    /// The server runs but does not answer.
    #[error(
        "the sandbox server does not answer on 127.0.0.1:{port} after {waited_secs} s; its log `{}` ends with{}",
        log.display(), indented(tail)
    )]
    ServerSilent {
        /// The loopback port.
        port: u16,
        /// How long was waited.
        waited_secs: u64,
        /// Its log.
        log: PathBuf,
        /// The last lines of the log.
        tail: String,
        /// What the last attempt to ask it gave.
        source: io::Error,
    },
    /// It could not be determined whether a process runs.
    #[error("cannot find out whether the sandbox server (process {pid}) runs")]
    Process {
        /// The process id.
        pid: u32,
        /// What the system said.
        source: io::Error,
    },
    /// The server could not be stopped.
    #[error("cannot stop the sandbox server (process {pid})")]
    Stop {
        /// The process id.
        pid: u32,
        /// What the system said.
        source: io::Error,
    },
}

/// One program that was considered for installing the server.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Attempt {
    /// What was looked for or run, as a user would type it.
    pub what: String,
    /// Why it does not do.
    pub why: String,
}

impl Error {
    /// What the user can do about it, in whole sentences.
    #[must_use]
    pub fn hint(&self) -> Option<String> {
        let hint = match self {
            Error::NoInstaller { .. } => {
                "Install Python 3.10 or newer (on Debian and Ubuntu the packages python3 and python3-venv) or uv, and try \
                 again. Or set AWS_ENDPOINT_URL to the address of any AWS-compatible server and leave \
                 the sandbox out."
            }
            Error::Installation { .. } => {
                "The packages come from the index pip and uv are configured for (PIP_INDEX_URL, PIP_CERT, \
                 UV_INDEX_URL, proxies). Where there is none, set AWS_ENDPOINT_URL to the address of any \
                 AWS-compatible server and leave the sandbox out."
            }
            Error::Record { path, .. } => {
                return Some(format!(
                    "It was changed by something else. Remove `{}`; a server that still runs has to be ended \
                     by hand.",
                    path.display()
                ));
            }
            Error::ServerEnded { .. } | Error::ServerSilent { .. } => {
                "If its contents are damaged, `infra sandbox reset` starts with empty ones."
            }
            Error::Stop { .. } => "It may belong to another user. End it by hand.",
            Error::Address { .. } => "Another program may be using the port.",
            Error::File { .. } | Error::Program { .. } | Error::Process { .. } => return None,
        };
        Some(hint.to_owned())
    }
}

fn list(attempts: &[Attempt]) -> String {
    attempts.iter().map(|attempt| format!("\n  {}: {}", attempt.what, attempt.why)).collect()
}

fn indented(lines: &str) -> String {
    lines.lines().map(|line| format!("\n  {line}")).collect()
}
