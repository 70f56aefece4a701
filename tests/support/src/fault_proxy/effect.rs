//! What a fault does to a call: [`Effect`], and [`Hold`], the one that waits for the test.

use std::sync::{Arc, Condvar, Mutex, PoisonError};
use std::time::{Duration, Instant};

use tokio::sync::watch;

/// What happens to a call that a rule picks.
///
/// Delays and holds of several rules add up; of the others, the first rule's wins.
#[derive(Debug, Clone)]
pub enum Effect {
    /// Waits before anything else happens.
    Delay(Duration),
    /// Waits between the two durations, drawn from the seed.
    DelayBetween(Duration, Duration),
    /// Refuses the call as the service does under load: status, code and body are the service's own
    /// (`ProvisionedThroughputExceededException`, `SlowDown`, `RequestLimitExceeded`, …).
    Throttle,
    /// Answers with an error in the service's own format. Nothing is forwarded.
    Error {
        /// HTTP status.
        status: u16,
        /// The error code, as in `NoSuchBucket` or `AccessDeniedException`.
        code: String,
        /// The text beside the code.
        message: String,
    },
    /// Resets the connection; the service never sees the call.
    ResetBeforeForward,
    /// Forwards the call, then resets the connection: the service acted, the client does not know.
    ResetAfterForward,
    /// Forwards the call twice, one after the other, and returns the second reply.
    Duplicate,
    /// A reading call gets the reply it last had before something was changed in that service, for this long
    /// after the change. Changes nothing while there is no such reply: a read must have passed through the
    /// proxy, with this rule in place, before the change.
    StaleRead(Duration),
    /// Forwards the call and sends half of the reply, then closes the connection.
    TruncateReply,
    /// Blocks until the test decides, before the service sees the call.
    HoldBeforeForward(Hold),
    /// Blocks until the test decides, after the service acted and before the client learns of it.
    HoldAfterForward(Hold),
}

impl Effect {
    /// A failure inside the service: an error of that status, normally 500, 502, 503 or 504.
    pub fn server_error(status: u16) -> Self {
        let (code, message) = match status {
            503 => ("ServiceUnavailable", "The service is temporarily unavailable."),
            _ => ("InternalError", "An internal error occurred."),
        };
        Self::error(status, code, message)
    }

    /// An error with that status, code and message, in the service's own format.
    pub fn error(status: u16, code: &str, message: &str) -> Self {
        Self::Error { status, code: code.to_owned(), message: message.to_owned() }
    }

    /// The name under which [`Call::faults`](super::Call::faults) lists it.
    pub(super) fn label(&self) -> &'static str {
        match self {
            Self::Delay(_) | Self::DelayBetween(..) => "delay",
            Self::Throttle => "throttle",
            Self::Error { .. } => "error",
            Self::ResetBeforeForward => "reset before forward",
            Self::ResetAfterForward => "reset after forward",
            Self::Duplicate => "duplicate",
            Self::StaleRead(_) => "stale read",
            Self::TruncateReply => "truncate reply",
            Self::HoldBeforeForward(_) => "hold before forward",
            Self::HoldAfterForward(_) => "hold after forward",
        }
    }
}

/// A gate in the path of calls, operated by the test. Clones are the same gate.
///
/// ```
/// use std::time::Duration;
/// use infra_test_support::fault_proxy::{Effect, Hold};
///
/// let hold = Hold::new();
/// let effect = Effect::HoldAfterForward(hold.clone());
/// // … inject the effect, start the program …
/// # let _ = effect;
/// if hold.wait_until_reached(Duration::from_millis(1)) {
///     // … kill the program: the object exists, and the program was never told …
/// }
/// hold.abandon();
/// ```
#[derive(Debug, Clone)]
pub struct Hold {
    gate: Arc<Gate>,
}

#[derive(Debug)]
struct Gate {
    decision: watch::Sender<Decision>,
    arrivals: Mutex<usize>,
    arrived: Condvar,
}

/// What becomes of held calls.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Decision {
    Undecided,
    Continue,
    Reset,
}

impl Default for Hold {
    fn default() -> Self {
        Self::new()
    }
}

impl Hold {
    /// A closed gate.
    pub fn new() -> Self {
        let (decision, _) = watch::channel(Decision::Undecided);
        Self { gate: Arc::new(Gate { decision, arrivals: Mutex::new(0), arrived: Condvar::new() }) }
    }

    /// Blocks this thread until a call has arrived at the gate; `false` if none did within `timeout`.
    pub fn wait_until_reached(&self, timeout: Duration) -> bool {
        self.wait_for_arrivals(1, timeout)
    }

    /// Blocks this thread until `count` calls have arrived; `false` if fewer did within `timeout`.
    pub fn wait_for_arrivals(&self, count: usize, timeout: Duration) -> bool {
        let deadline = Instant::now() + timeout;
        let mut arrivals = self.lock_arrivals();
        while *arrivals < count {
            let left = deadline.saturating_duration_since(Instant::now());
            if left.is_zero() {
                return false;
            }
            let waited = self.gate.arrived.wait_timeout(arrivals, left);
            arrivals = waited.unwrap_or_else(PoisonError::into_inner).0;
        }
        true
    }

    /// How many calls have arrived so far, let through or not.
    pub fn arrivals(&self) -> usize {
        *self.lock_arrivals()
    }

    /// Opens the gate for good: held and later calls continue, even if their client is gone by now.
    pub fn release(&self) {
        self.gate.decision.send_replace(Decision::Continue);
    }

    /// Held and later calls end here with a connection reset: what has not been forwarded never will be.
    pub fn abandon(&self) {
        self.gate.decision.send_replace(Decision::Reset);
    }

    /// Waits, as a call, for the test's decision.
    pub(super) async fn pass(&self) -> Decision {
        *self.lock_arrivals() += 1;
        self.gate.arrived.notify_all();
        let mut decision = self.gate.decision.subscribe();
        match decision.wait_for(|decision| *decision != Decision::Undecided).await {
            Ok(decision) => *decision,
            // The sender lives in the gate, which this very call keeps alive.
            Err(_) => Decision::Reset,
        }
    }

    fn lock_arrivals(&self) -> std::sync::MutexGuard<'_, usize> {
        self.gate.arrivals.lock().unwrap_or_else(PoisonError::into_inner)
    }
}
