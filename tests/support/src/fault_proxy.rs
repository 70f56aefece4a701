//! A proxy in front of an AWS emulator that misbehaves on request.
//!
//! It runs inside the test process on a thread of its own, listens on a free port of the loopback interface,
//! knows which AWS operation each call is, records every call, and does to chosen ones what real networks and
//! services do: be slow, refuse, fail, lose replies, repeat requests, answer with old news. It is operated
//! through [`FaultProxy`]; which calls are hit is a [`Matcher`], what happens to them an [`Effect`].
//!
//! ```
//! use infra_test_support::fault_proxy::{Effect, FaultProxy, Matcher, Response};
//!
//! # fn main() -> Result<(), infra_test_support::SupportError> {
//! let proxy = FaultProxy::start("http://127.0.0.1:4566", 42)?;
//! let lost = proxy.inject(Matcher::operation("s3", "CreateBucket").nth(1), Effect::ResetAfterForward);
//! proxy.inject(Matcher::service("dynamodb").probability(0.2), Effect::Throttle);
//! proxy.answer(|call| {
//!     (call.operation() == "DescribeScalingPolicies")
//!         .then(|| Response::new(200, "application/x-amz-json-1.1", r#"{"ScalingPolicies":[]}"#))
//! });
//!
//! // … run the program with AWS_ENDPOINT_URL set to proxy.endpoint() …
//!
//! assert_eq!(proxy.fired_count(lost), 0); // nothing ran in this example
//! for call in proxy.calls() {
//!     eprintln!("{} {} {:?}", call.service, call.operation, call.status);
//! }
//! # Ok(())
//! # }
//! ```
//!
//! The same calls with the same seed meet the same faults, in whatever order they arrive. What is
//! deliberately elsewhere: starting emulators ([`crate::emulators`]).

mod effect;
mod errors;
mod naming;
mod record;
mod rules;
mod s3_naming;
mod serve;
mod stale;
mod upstream;
mod wire;

#[cfg(test)]
mod tests;

use std::collections::BTreeMap;
use std::fmt;
use std::io;
use std::net::{Ipv4Addr, SocketAddr, TcpListener};
use std::sync::{Arc, Mutex, PoisonError};
use std::thread::JoinHandle;

use tokio::sync::oneshot;

pub use effect::{Effect, Hold};
pub use record::Call;
pub use rules::{Matcher, RuleId};
pub use wire::{Headers, Response};

use crate::SupportError;
use naming::{Name, Protocol};
use record::Record;
use rules::Rules;
use serve::Shared;
use stale::PreviousReplies;
use upstream::Upstream;
use wire::RequestMessage;

/// A closure that may answer a call in the emulator's place.
type Answer = Arc<dyn Fn(&Request) -> Option<Response> + Send + Sync>;

/// A call on its way through the proxy.
#[derive(Clone)]
pub struct Request {
    name: Name,
    message: RequestMessage,
}

impl Request {
    fn new(message: RequestMessage) -> Self {
        Self { name: naming::name(&message), message }
    }

    /// The service as the request's signature names it: `s3`, `dynamodb`, `monitoring`.
    pub fn service(&self) -> &str {
        &self.name.service
    }

    /// The operation: `PutObject`, or `GET /2015-03-31/functions/{}` where AWS puts no name on the wire.
    pub fn operation(&self) -> &str {
        &self.name.operation
    }

    /// HTTP method.
    pub fn method(&self) -> &str {
        &self.message.method
    }

    /// Path without the query, percent-encoding untouched.
    pub fn path(&self) -> &str {
        naming::split_target(&self.message.target).0
    }

    /// Query without the question mark, percent-encoding untouched; empty if there is none.
    pub fn query(&self) -> &str {
        naming::split_target(&self.message.target).1
    }

    /// The first header field of that name, in any case.
    pub fn header(&self, name: &str) -> Option<&str> {
        self.message.headers.get(name)
    }

    /// The body, without any transfer encoding.
    pub fn body(&self) -> &[u8] {
        &self.message.body
    }

    /// The body as text; empty if it is not UTF-8.
    pub fn body_text(&self) -> &str {
        std::str::from_utf8(self.body()).unwrap_or_default()
    }

    fn protocol(&self) -> Protocol {
        self.name.protocol
    }

    fn is_read(&self) -> bool {
        self.name.is_read
    }
}

impl fmt::Debug for Request {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter
            .debug_struct("Request")
            .field("service", &self.service())
            .field("operation", &self.operation())
            .field("method", &self.message.method)
            .field("target", &self.message.target)
            .field("headers", &self.message.headers)
            .field("body", &String::from_utf8_lossy(self.body()))
            .finish()
    }
}

/// A running proxy. Dropping it closes every connection and ends its thread.
pub struct FaultProxy {
    address: SocketAddr,
    shared: Arc<Shared>,
    stop: Option<oneshot::Sender<()>>,
    thread: Option<JoinHandle<()>>,
}

impl fmt::Debug for FaultProxy {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.debug_struct("FaultProxy").field("endpoint", &self.endpoint()).finish_non_exhaustive()
    }
}

impl FaultProxy {
    /// Starts a proxy in front of `upstream` (`http://127.0.0.1:4566`). Random faults are drawn from `seed`.
    ///
    /// # Errors
    ///
    /// If `upstream` is no `http://` address, or no port or thread is to be had.
    pub fn start(upstream: &str, seed: u64) -> Result<Self, SupportError> {
        let upstream_address = upstream
            .strip_prefix("http://")
            .map(|rest| rest.trim_end_matches('/'))
            .filter(|rest| !rest.is_empty() && !rest.contains('/'))
            .ok_or_else(|| SupportError::Upstream { address: upstream.to_owned() })?;
        let shared = Arc::new(Shared {
            rules: Mutex::new(Rules::new(seed)),
            answers: Mutex::default(),
            record: Record::new(),
            previous: PreviousReplies::default(),
            upstream: Upstream::new(upstream_address.to_owned()),
        });
        Self::start_with(shared).map_err(|source| SupportError::StartProxy { upstream: upstream.to_owned(), source })
    }

    fn start_with(shared: Arc<Shared>) -> io::Result<Self> {
        let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, 0))?;
        listener.set_nonblocking(true)?;
        let address = listener.local_addr()?;
        // One thread: a proxy that took both cores would distort what is measured through it.
        let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build()?;
        let listener = {
            let _context = runtime.enter();
            tokio::net::TcpListener::from_std(listener)?
        };
        let (stop, stopped) = oneshot::channel();
        let served = Arc::clone(&shared);
        let thread = std::thread::Builder::new()
            .name("fault-proxy".to_owned())
            .spawn(move || runtime.block_on(serve::serve(listener, served, stopped)))?;
        Ok(Self { address, shared, stop: Some(stop), thread: Some(thread) })
    }

    /// What to use as `AWS_ENDPOINT_URL`: `http://127.0.0.1:PORT`.
    pub fn endpoint(&self) -> String {
        format!("http://{}", self.address)
    }

    /// Adds a rule; earlier rules come first. It holds until removed.
    pub fn inject(&self, matcher: Matcher, effect: Effect) -> RuleId {
        self.shared.lock_rules().add(matcher, effect)
    }

    /// Removes one rule; calls it has already caught are not let go.
    pub fn remove(&self, rule: RuleId) {
        self.shared.lock_rules().remove(rule);
    }

    /// Removes all rules.
    pub fn clear_rules(&self) {
        self.shared.lock_rules().clear();
    }

    /// How many calls that rule has hit; 0 if it was removed.
    pub fn fired_count(&self, rule: RuleId) -> u64 {
        self.shared.lock_rules().fired_count(rule)
    }

    /// Lets a closure answer calls in the emulator's place; where it returns `None`, the answer added before
    /// it is asked, and at last the emulator. Rules apply to such calls as to any other. The closure runs on
    /// the proxy's thread: while it runs, nothing else moves.
    pub fn answer(&self, answer: impl Fn(&Request) -> Option<Response> + Send + Sync + 'static) {
        self.shared.answers.lock().unwrap_or_else(PoisonError::into_inner).push(Arc::new(answer));
    }

    /// All calls since the start or the last [`clear_calls`](Self::clear_calls), in order of arrival.
    pub fn calls(&self) -> Vec<Call> {
        self.shared.record.list()
    }

    /// How often each operation was called, by `service:operation`: `s3:PutObject`.
    pub fn counts(&self) -> BTreeMap<String, usize> {
        self.shared.record.counts()
    }

    /// Forgets the calls recorded so far. Rules keep their counters.
    pub fn clear_calls(&self) {
        self.shared.record.clear();
    }
}

impl Drop for FaultProxy {
    fn drop(&mut self) {
        // Dropping the sender tells the thread to stop.
        self.stop.take();
        if let Some(thread) = self.thread.take() {
            let _panic_was_already_reported = thread.join();
        }
    }
}
