//! What can go wrong in the tools themselves, as opposed to what they test.

use std::io;
use std::path::PathBuf;
use std::time::Duration;

/// Why a test tool could not do its work. The messages say what to do about it.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum SupportError {
    /// The proxy was given something that is no plain HTTP address.
    #[error("cannot put a fault proxy in front of `{address}`: expected `http://HOST:PORT`, without a path")]
    Upstream {
        /// The address given.
        address: String,
    },
    /// The proxy could not be started.
    #[error("cannot start a fault proxy in front of {upstream}: {source}")]
    StartProxy {
        /// What it should have stood in front of.
        upstream: String,
        /// Why.
        source: io::Error,
    },
    /// An operation on a file or directory failed.
    #[error("cannot {action} {}: {source}", path.display())]
    File {
        /// What was attempted, as a verb: `create`, `lock`.
        action: &'static str,
        /// On what.
        path: PathBuf,
        /// Why.
        source: io::Error,
    },
    /// A program could not be started or waited for.
    #[error("cannot run {program}: {source}; is it installed and on PATH?")]
    Run {
        /// The program, by name or path.
        program: String,
        /// Why.
        source: io::Error,
    },
    /// A step of an installation failed.
    #[error(
        "cannot install {what}: `{command}` failed; the end of its output:\n{output}\nPython 3.10 or newer with the venv module and access to PyPI are needed."
    )]
    Install {
        /// What was to be installed.
        what: String,
        /// The failing command.
        command: String,
        /// The end of what it printed.
        output: String,
    },
    /// An emulator did not become ready.
    #[error("{name} was started but {problem}; the end of its log:\n{output}")]
    NotReady {
        /// Which emulator.
        name: &'static str,
        /// What happened instead.
        problem: String,
        /// The end of what it printed.
        output: String,
    },
    /// ministack could not be installed or started.
    #[error("{}{}", chain(.0), .0.hint().map(|hint| format!("\n{hint}")).unwrap_or_default())]
    Sandbox(#[from] infra_sandbox::Error),
    /// An emulator refused or did not answer a request for itself (reset, configuration).
    #[error("{name} at {endpoint} did not carry out {request}: {problem}")]
    Control {
        /// Which emulator.
        name: &'static str,
        /// Where it listens.
        endpoint: String,
        /// Method and path.
        request: String,
        /// Status or cause.
        problem: String,
    },
    /// A program ran for too long and was killed.
    #[error(
        "{program} was killed after {} s; its output so far:\n{output}",
        timeout.as_secs()
    )]
    Timeout {
        /// The program and its arguments.
        program: String,
        /// How long it was given.
        timeout: Duration,
        /// What it had printed.
        output: String,
    },
}

impl SupportError {
    /// For `map_err` on file operations.
    pub(crate) fn file(action: &'static str, path: &std::path::Path) -> impl FnOnce(io::Error) -> Self {
        let path = path.to_owned();
        move |source| Self::File { action, path, source }
    }
}

/// An error with its causes: test failures show only the message.
fn chain(error: &dyn std::error::Error) -> String {
    let mut text = error.to_string();
    let mut cause = error.source();
    while let Some(error) = cause {
        text.push_str(": ");
        text.push_str(&error.to_string());
        cause = error.source();
    }
    text
}
