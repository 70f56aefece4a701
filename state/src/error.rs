//! What can go wrong with a state: [`StateError`].
//!
//! Each message says what was attempted, on what, why it failed and what to do. Choosing headings, colours and exit
//! codes is the command line's work.

use std::error::Error;
use std::fmt;
use std::io;
use std::path::PathBuf;
use std::sync::Arc;

use crate::lock::LockInfo;
use crate::store::{LockId, OperationId, StateVersion};

/// Why a state could not be read, locked or written.
#[derive(Debug, thiserror::Error)]
pub enum StateError {
    /// The file system refused. What was there before is untouched.
    #[error("cannot {attempt} {}: {}.{}", path.display(), source, advice_for(source))]
    Io {
        /// What was attempted, e.g. `write the state file`.
        attempt: &'static str,
        /// The file or directory concerned.
        path: PathBuf,
        /// What the operating system said.
        source: io::Error,
    },

    /// Not JSON, cut off, or a value of the wrong type.
    #[error(
        "cannot read the state {origin}: {detail} (line {line}, column {column}). Nothing was written. \
         Repair the file, or put back a good copy: the previous one is usually beside it with the suffix `.backup`"
    )]
    Syntax {
        /// Path or URL of the state.
        origin: String,
        /// From 1.
        line: usize,
        /// From 1; 0 when the place is the start of the line.
        column: usize,
        /// What is wrong there.
        detail: String,
    },

    /// JSON of the right shape whose content makes no sense.
    #[error("cannot read the state {origin}: {place}: {detail}. Nothing was written. {advice}")]
    Content {
        /// Path or URL of the state.
        origin: String,
        /// Which part: a resource address, an output.
        place: String,
        /// What is wrong with it.
        detail: String,
        /// What to do.
        advice: &'static str,
    },

    /// A state format other than version 4.
    #[error(
        "cannot read the state {origin}: it has format version {version}{}, and only version 4 is supported. \
         Nothing was written. {}",
        written_by.as_ref().map(|by| format!(" (written by Terraform {by})")).unwrap_or_default(),
        if *version < 4 {
            "Run `terraform apply -refresh-only` with Terraform 1.x once: it rewrites the state as version 4"
        } else {
            "Use the tool that wrote it, or a newer version of this one"
        }
    )]
    UnsupportedVersion {
        /// Path or URL of the state.
        origin: String,
        /// The version found.
        version: u64,
        /// The `terraform_version` found.
        written_by: Option<String>,
    },

    /// A state, or part of one, that cannot be written as JSON.
    #[error("cannot write {place} of the state: {detail}")]
    Unwritable {
        /// Which part.
        place: String,
        /// Why.
        detail: String,
    },

    /// Someone else holds the lock.
    #[error("{}", locked_message(place, info.as_deref()))]
    Locked {
        /// Path or URL of the state.
        place: String,
        /// Who; `None` when the holder left no readable note.
        info: Option<Box<LockInfo>>,
    },

    /// An unlock with an ID that is not that of the lock.
    #[error(
        "cannot unlock {place}: the lock has the ID {}, not {given}. Nothing was unlocked",
        found.as_ref().map_or("<unknown>", |found| found.0.as_str())
    )]
    WrongLock {
        /// Path or URL of the state.
        place: String,
        /// The ID asked for.
        given: LockId,
        /// The ID of the lock that is there.
        found: Option<LockId>,
    },

    /// An unlock of something that is not locked.
    #[error("cannot unlock {place}: it is not locked")]
    NotLocked {
        /// Path or URL of the state.
        place: String,
    },

    /// A lock of another process, which only that process can give up.
    #[error(
        "cannot unlock {place} by force: its lock belongs to a process on a machine that uses this file and ends with \
         that process. Stop the process instead: {}",
        info.as_ref().map_or_else(|| "it left no note about itself".to_owned(), |info| info.one_line())
    )]
    LockOfProcess {
        /// Path of the state.
        place: String,
        /// The note the holder left.
        info: Option<Box<LockInfo>>,
    },

    /// A plan made from another snapshot than the one stored now.
    #[error(
        "the state {place} has changed since the plan was made: the plan is based on {planned}, the state is now \
         {found}. Nothing was changed. Plan again"
    )]
    Stale {
        /// Path or URL of the state.
        place: String,
        /// What the plan was made from.
        planned: StateVersion,
        /// What is stored.
        found: StateVersion,
    },

    /// The stored state was changed by someone else between our reading and our writing.
    #[error(
        "the state {place} was changed by someone else while it was in use here, so it was not overwritten. See who \
         runs without the lock; then merge by hand: what this run knows can be saved as `errored.tfstate`"
    )]
    ChangedUnderneath {
        /// Path or URL of the state.
        place: String,
    },

    /// The lock went to someone else while it should have been held here.
    #[error(
        "the lock on the state {place} was lost, and someone else has it now, so the state was not written. Wait until \
         they are done; then merge by hand: what this run knows can be saved as `errored.tfstate`"
    )]
    LockLost {
        /// Path or URL of the state.
        place: String,
    },

    /// Earlier outcomes could not be saved, so no new change may begin.
    #[error("no further change is started, because finished ones could not be saved: {0}")]
    NotSaved(#[source] Arc<StateError>),

    /// A change that does not fit what the state holds.
    #[error("cannot record {change} of {address}: {detail}. This is a mistake in the program")]
    ImpossibleChange {
        /// What should have been recorded.
        change: &'static str,
        /// The object.
        address: String,
        /// Why it does not fit.
        detail: String,
    },

    /// A record for an operation that is not running here.
    #[error("cannot record for operation {0}: it is not the one that is running. This is a mistake in the program")]
    NoSuchOperation(OperationId),

    /// A second operation while one is running.
    #[error("operation {0} is still running on this state. This is a mistake in the program")]
    OperationRunning(OperationId),

    /// A failure peculiar to a store or journal: a refused request, a failed conversion.
    #[error("cannot {attempt} {place}: {source}")]
    Store {
        /// What was attempted, e.g. `write the state`.
        attempt: String,
        /// Path or URL.
        place: String,
        /// The cause, with its own advice.
        source: Box<dyn Error + Send + Sync>,
    },
}

impl StateError {
    /// For `map_err` on file operations.
    pub(crate) fn io(attempt: &'static str, path: impl Into<PathBuf>) -> impl FnOnce(io::Error) -> Self {
        let path = path.into();
        move |source| Self::Io { attempt, path, source }
    }
}

/// What to do about a failure of the file system, as the end of a message.
fn advice_for(error: &io::Error) -> &'static str {
    match error.kind() {
        io::ErrorKind::StorageFull | io::ErrorKind::QuotaExceeded => {
            " Make room on that disk and run again; the file that was there before is intact"
        }
        io::ErrorKind::PermissionDenied | io::ErrorKind::ReadOnlyFilesystem => {
            " Check that this user may write the directory and the file; what was there before is intact"
        }
        io::ErrorKind::NotFound => " Check the path",
        _ => "",
    }
}

fn locked_message(place: &str, info: Option<&LockInfo>) -> String {
    let mut message = format!("the state {place} is locked");
    match info {
        Some(info) => {
            message.push_str(" by ");
            message.push_str(&info.one_line());
            if !info.info.is_empty() {
                message.push_str(&format!(" ({})", info.info));
            }
        }
        None => message.push_str(" by another process, which left no note about itself"),
    }
    message.push_str(
        ". Wait for it to finish: `-lock-timeout=5m` waits up to five minutes. The lock goes when the process that \
         holds it ends",
    );
    message
}

impl fmt::Display for StateVersion {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        if self.lineage.is_empty() {
            return formatter.write_str("no state at all");
        }
        write!(formatter, "serial {} of lineage {}", self.serial, self.lineage)
    }
}
