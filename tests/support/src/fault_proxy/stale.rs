//! Replies remembered for stale reads.
//!
//! Eventual consistency as a client sees it: for a while after a change, a read says what it said before. So
//! the last fresh reply to each reading request is kept; a change anywhere in the service makes the replies
//! kept for it outdated, and for a time they are given once more instead of fresh ones. The time counts from
//! the first change since the reply, which bounds how old an answer can be.

use std::collections::HashMap;
use std::sync::Mutex;
use std::sync::PoisonError;
use std::time::{Duration, Instant};

use super::Request;
use super::wire::Response;

/// The replies kept, by what was asked.
#[derive(Debug, Default)]
pub(super) struct PreviousReplies {
    kept: Mutex<HashMap<Question, Kept>>,
}

/// What makes two reading requests the same one.
#[derive(Debug, PartialEq, Eq, Hash)]
struct Question {
    service: String,
    operation: String,
    method: String,
    target: String,
    body: Vec<u8>,
}

#[derive(Debug)]
struct Kept {
    reply: Response,
    outdated_since: Option<Instant>,
}

impl PreviousReplies {
    /// Keeps a fresh reply to a read; marks the service's replies as outdated after a change that succeeded.
    pub(super) fn observe(&self, request: &Request, reply: &Response) {
        let mut kept = self.lock();
        if request.is_read() {
            let entry = Kept { reply: reply.clone(), outdated_since: None };
            kept.insert(Question::of(request), entry);
        } else if reply.status < 400 {
            let now = Instant::now();
            for (question, entry) in kept.iter_mut() {
                if question.service == request.service() {
                    entry.outdated_since.get_or_insert(now);
                }
            }
        }
    }

    /// The outdated reply, if there is one and it has been outdated for less than `window`.
    pub(super) fn outdated(&self, request: &Request, window: Duration) -> Option<Response> {
        if !request.is_read() {
            return None;
        }
        let kept = self.lock();
        let entry = kept.get(&Question::of(request))?;
        let is_recent = entry.outdated_since?.elapsed() < window;
        is_recent.then(|| entry.reply.clone())
    }

    fn lock(&self) -> std::sync::MutexGuard<'_, HashMap<Question, Kept>> {
        self.kept.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Question {
    fn of(request: &Request) -> Self {
        Self {
            service: request.service().to_owned(),
            operation: request.operation().to_owned(),
            method: request.method().to_owned(),
            target: request.message.target.clone(),
            body: request.body().to_vec(),
        }
    }
}
