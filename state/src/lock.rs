//! Locks on states: what one asks for, and the note that tells others who holds it.
//!
//! The note has the form of Terraform's, in a file beside a local state and in the lock object on S3. The lock of a
//! local state itself is in [`crate::local`].

use std::time::{Duration, Instant};

use serde::{Deserialize, Serialize};

use crate::error::StateError;
use crate::store::LockId;

/// A wish for the lock. The wall clock and the names of user and host are the caller's to know.
#[derive(Clone, Debug)]
pub struct LockRequest {
    /// What will be done, in Terraform's words: `OperationTypeApply`, `OperationTypePlan`, …
    pub operation: String,
    /// More about it; usually empty.
    pub info: String,
    /// `user@host`
    pub who: String,
    /// Version of Terraform that is spoken: [`crate::file::TERRAFORM_VERSION`] as a rule.
    pub version: String,
    /// Now.
    pub created: jiff::Timestamp,
    /// How long to wait if someone else holds the lock. Zero tries once.
    pub timeout: Duration,
}

/// The note about who holds a lock, field by field as Terraform writes it.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "PascalCase", default)]
pub struct LockInfo {
    /// Names the lock.
    #[serde(rename = "ID")]
    pub id: String,
    /// What is being done.
    pub operation: String,
    /// More about it.
    pub info: String,
    /// `user@host`
    pub who: String,
    /// Version of the program.
    pub version: String,
    /// When it was taken: RFC 3339, UTC.
    pub created: String,
    /// The state that is locked.
    pub path: String,
}

impl LockInfo {
    /// The note for a lock about to be taken, with a new ID.
    pub fn new(request: &LockRequest, path: impl Into<String>) -> Self {
        Self {
            id: uuid::Uuid::new_v4().to_string(),
            operation: request.operation.clone(),
            info: request.info.clone(),
            who: request.who.clone(),
            version: request.version.clone(),
            created: request.created.to_string(),
            path: path.into(),
        }
    }

    /// Its ID.
    pub fn lock_id(&self) -> LockId {
        LockId(self.id.clone())
    }

    /// Who, since when, what, under which ID; in one line.
    pub fn one_line(&self) -> String {
        format!("{} since {} for {}, lock ID {}", self.who, self.created, self.operation, self.id)
    }
}

/// Tries until an attempt gives something else than [`StateError::Locked`], or the time is up.
pub async fn wait_for_lock<T>(
    timeout: Duration,
    mut attempt: impl FnMut() -> Result<T, StateError> + Send,
) -> Result<T, StateError> {
    let deadline = Instant::now() + timeout;
    for delay in retry_delays() {
        match attempt() {
            Err(StateError::Locked { .. }) if Instant::now() < deadline => {
                let left = deadline.saturating_duration_since(Instant::now());
                tokio::time::sleep(delay.min(left)).await;
            }
            result => return result,
        }
    }
    attempt()
}

/// How long to wait before each further attempt: from a tenth of a second, doubling, to two seconds.
pub fn retry_delays() -> impl Iterator<Item = Duration> {
    let mut delay = Duration::from_millis(100);
    std::iter::from_fn(move || {
        let this = delay;
        delay = (delay * 2).min(Duration::from_secs(2));
        Some(this)
    })
}

#[cfg(test)]
mod tests {
    use super::{LockInfo, LockRequest, retry_delays};
    use std::time::Duration;

    #[test]
    fn the_note_is_written_as_terraform_writes_it() {
        for (nanoseconds, expected) in [
            (1_234_567_890_123_456_789_i128, "2009-02-13T23:31:30.123456789Z"),
            (1_234_567_890_500_000_000, "2009-02-13T23:31:30.5Z"),
            (1_234_567_890_000_000_000, "2009-02-13T23:31:30Z"),
        ] {
            let request = LockRequest {
                operation: "OperationTypeApply".into(),
                info: String::new(),
                who: "me@here".into(),
                version: "1.11.4".into(),
                created: jiff::Timestamp::from_nanosecond(nanoseconds).unwrap(),
                timeout: Duration::ZERO,
            };
            let info = LockInfo { id: "abc".into(), ..LockInfo::new(&request, "terraform.tfstate") };
            assert_eq!(
                serde_json::to_string(&info).unwrap(),
                format!(
                    r#"{{"ID":"abc","Operation":"OperationTypeApply","Info":"","Who":"me@here","Version":"1.11.4","Created":"{expected}","Path":"terraform.tfstate"}}"#
                )
            );
        }
    }

    #[test]
    fn waiting_grows_and_stays_bounded() {
        let delays: Vec<u128> = retry_delays().take(7).map(|delay| delay.as_millis()).collect();
        assert_eq!(delays, [100, 200, 400, 800, 1600, 2000, 2000]);
    }
}
