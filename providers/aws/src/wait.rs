//! Waiting until AWS has done what it said it would.
//!
//! A [`Waiter`] asks again and again, with a delay that grows and jitters, until a probe has seen what is wanted often
//! enough in a row, or a deadline passes. It knows nothing of services: the probe says what it saw as [`Seen`].
//!
//! ```text
//! Waiter::new("table \"orders\" to become ACTIVE", deadline)
//!     .interval(Duration::from_millis(500), Duration::from_secs(5))
//!     .until(|| async { … Ok(Seen::Pending("CREATING".into())) })
//!     .await?;
//! ```

use std::fmt;
use std::sync::Arc;
use std::time::Duration;

use tokio::time::{Instant, sleep, timeout_at};

use crate::errors::AwsError;

/// What one look at an object showed.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Seen<T> {
    /// It is as wanted.
    Reached(T),
    /// It is on the way; the text is its state, for messages.
    Pending(String),
    /// It is not there, which right after creation may pass.
    NotFound,
    /// It will never get there; the text says why.
    Failed(String),
}

/// Why waiting ended without success.
#[derive(Debug)]
pub enum WaitError {
    /// The deadline passed.
    TimedOut {
        /// What was waited for.
        what: String,
        /// How long.
        waited: Duration,
        /// The last state seen, if any.
        last: Option<String>,
    },
    /// The object went somewhere else.
    Failed {
        /// What was waited for.
        what: String,
        /// What happened instead.
        reason: String,
    },
    /// The object was not there, more often than may happen.
    NotFound {
        /// What was waited for.
        what: String,
    },
    /// Looking failed.
    Aws(AwsError),
}

impl fmt::Display for WaitError {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::TimedOut { what, waited, last } => {
                write!(formatter, "timed out after {} s waiting for {what}", waited.as_secs())?;
                match last {
                    Some(last) => write!(formatter, "; the last state was {last}"),
                    None => Ok(()),
                }
            }
            Self::Failed { what, reason } => {
                write!(formatter, "waiting for {what} is in vain: {reason}")
            }
            Self::NotFound { what } => {
                write!(formatter, "waiting for {what}: the object is not there")
            }
            Self::Aws(error) => error.fmt(formatter),
        }
    }
}

impl std::error::Error for WaitError {
    fn source(&self) -> Option<&(dyn std::error::Error + 'static)> {
        match self {
            Self::Aws(error) => std::error::Error::source(error),
            _ => None,
        }
    }
}

impl From<AwsError> for WaitError {
    fn from(error: AwsError) -> Self {
        Self::Aws(error)
    }
}

/// Called with what is being waited for, once per look that did not find it.
type Listener<'l> = Arc<dyn Fn(&str) + Send + Sync + 'l>;

/// How to wait for one thing.
#[derive(Clone)]
pub struct Waiter<'l> {
    what: String,
    deadline: Instant,
    delay: Duration,
    interval_min: Duration,
    interval_max: Duration,
    consecutive: u32,
    not_found_max: u32,
    listener: Option<Listener<'l>>,
}

/// Right after creation an object may be missing for so many looks; about half a minute with the usual intervals.
const NOT_FOUND_MAX: u32 = 20;

impl<'l> Waiter<'l> {
    /// Waits for `what` (`bucket "logs" to exist`) until `deadline`.
    pub fn new(what: impl Into<String>, deadline: Instant) -> Self {
        Self {
            what: what.into(),
            deadline,
            delay: Duration::ZERO,
            interval_min: Duration::from_millis(500),
            interval_max: Duration::from_secs(10),
            consecutive: 1,
            not_found_max: NOT_FOUND_MAX,
            listener: None,
        }
    }

    /// Waits so long before looking for the first time.
    #[must_use]
    pub fn delay(mut self, delay: Duration) -> Self {
        self.delay = delay;
        self
    }

    /// Time between two looks: begins with the first, doubles, and stays at the second.
    #[must_use]
    pub fn interval(mut self, min: Duration, max: Duration) -> Self {
        self.interval_min = min;
        self.interval_max = max.max(min);
        self
    }

    /// How often in a row the wanted state must be seen: replicas of a service disagree for a while.
    #[must_use]
    pub fn consecutive(mut self, times: u32) -> Self {
        self.consecutive = times.max(1);
        self
    }

    /// How often in a row the object may be missing before that is an error.
    #[must_use]
    pub fn tolerate_not_found(mut self, times: u32) -> Self {
        self.not_found_max = times;
        self
    }

    /// Tells `listener` what is waited for, with the state last seen.
    #[must_use]
    pub fn on_waiting(mut self, listener: impl Fn(&str) + Send + Sync + 'l) -> Self {
        self.listener = Some(Arc::new(listener));
        self
    }

    /// Looks until the wanted state is reached.
    pub async fn until<T, E, P, F>(&self, mut probe: P) -> Result<T, WaitError>
    where
        E: Into<AwsError>,
        P: FnMut() -> F,
        F: Future<Output = Result<Seen<T>, E>>,
    {
        let started = Instant::now();
        let mut last = None;
        match timeout_at(self.deadline, self.look(&mut probe, &mut last)).await {
            Ok(result) => result,
            Err(_) => Err(WaitError::TimedOut { what: self.what.clone(), waited: started.elapsed(), last }),
        }
    }

    /// Looks until `probe` finds the object gone (`None`). It gives the state as long as there is one; an error that
    /// means "not found" counts as gone.
    pub async fn until_gone<E, P, F>(&self, mut probe: P) -> Result<(), WaitError>
    where
        E: Into<AwsError>,
        P: FnMut() -> F,
        F: Future<Output = Result<Option<String>, E>>,
    {
        self.until(|| {
            let look = probe();
            async move {
                match look.await.map_err(Into::into) {
                    Ok(Some(state)) => Ok(Seen::Pending(state)),
                    Ok(None) => Ok(Seen::Reached(())),
                    Err(error) if error.is_not_found() => Ok(Seen::Reached(())),
                    Err(error) => Err(error),
                }
            }
        })
        .await
    }

    /// Looks until the state is one of `targets`. `probe` gives the state and the object, `None` while it is missing.
    /// With `pending` not empty, any other state is a failure.
    pub async fn until_state<T, E, P, F>(
        &self,
        targets: &[&str],
        pending: &[&str],
        mut probe: P,
    ) -> Result<T, WaitError>
    where
        E: Into<AwsError>,
        P: FnMut() -> F,
        F: Future<Output = Result<Option<(String, T)>, E>>,
    {
        self.until(|| {
            let look = probe();
            async move {
                Ok::<_, E>(match look.await? {
                    Some((state, object)) if targets.contains(&state.as_str()) => Seen::Reached(object),
                    Some((state, _)) if pending.is_empty() || pending.contains(&state.as_str()) => Seen::Pending(state),
                    Some((state, _)) => Seen::Failed(format!("its state is {state}")),
                    None => Seen::NotFound,
                })
            }
        })
        .await
    }

    async fn look<T, E, P, F>(&self, probe: &mut P, last: &mut Option<String>) -> Result<T, WaitError>
    where
        E: Into<AwsError>,
        P: FnMut() -> F,
        F: Future<Output = Result<Seen<T>, E>>,
    {
        sleep(self.delay).await;
        let (mut hits, mut misses, mut looks) = (0, 0, 0);
        loop {
            let seen = match probe().await.map_err(Into::into) {
                Ok(seen) => seen,
                Err(error) if error.is_not_found() => Seen::NotFound,
                // The SDK has retried already; a service that is still busy may be waited for as well.
                Err(error) if error.is_try_again() => Seen::Pending(error.code().unwrap_or("unavailable").to_owned()),
                Err(error) => return Err(WaitError::Aws(error)),
            };
            match seen {
                Seen::Reached(object) => {
                    hits += 1;
                    misses = 0;
                    if hits >= self.consecutive {
                        return Ok(object);
                    }
                }
                Seen::Pending(state) => {
                    (hits, misses) = (0, 0);
                    self.tell(Some(&state));
                    *last = Some(state);
                }
                Seen::NotFound => {
                    hits = 0;
                    misses += 1;
                    if misses > self.not_found_max {
                        return Err(WaitError::NotFound { what: self.what.clone() });
                    }
                    self.tell(None);
                }
                Seen::Failed(reason) => {
                    return Err(WaitError::Failed { what: self.what.clone(), reason });
                }
            }
            sleep(jittered(interval(self.interval_min, self.interval_max, looks))).await;
            looks += 1;
        }
    }

    fn tell(&self, state: Option<&str>) {
        if let Some(listener) = &self.listener {
            match state {
                Some(state) => listener(&format!("{} ({state})", self.what)),
                None => listener(&self.what),
            }
        }
    }
}

/// The time after so many looks: doubles from `min` up to `max`.
pub(crate) fn interval(min: Duration, max: Duration, looks: u32) -> Duration {
    min.saturating_mul(1u32.checked_shl(looks.min(31)).unwrap_or(u32::MAX)).min(max)
}

/// Up to a fifth less, so that many waiters do not ask at the same moment.
pub(crate) fn jittered(interval: Duration) -> Duration {
    interval.mul_f64(1.0 - 0.2 * fastrand::f64())
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::sync::Mutex;

    const TICK: Duration = Duration::from_millis(1);

    fn waiter(limit_ms: u64) -> Waiter<'static> {
        let deadline = Instant::now() + Duration::from_millis(limit_ms);
        Waiter::new("thing to be ACTIVE", deadline).interval(TICK, TICK)
    }

    /// Plays back a script of states: `-` missing, `!` busy, `x` refused, anything else a state.
    async fn play(waiter: Waiter<'_>, script: &str) -> (Result<String, WaitError>, usize) {
        let states: Vec<&str> = script.split_whitespace().collect();
        let mut looks = 0;
        let result = waiter
            .until_state(&["ACTIVE"], &["CREATING"], || {
                let state = states[looks.min(states.len() - 1)].to_owned();
                looks += 1;
                async move {
                    match state.as_str() {
                        "-" => Ok(None),
                        "!" => Err(AwsError::new("x", "Get", Some("ThrottlingException"), "")),
                        "x" => Err(AwsError::new("x", "Get", Some("AccessDenied"), "")),
                        _ => Ok(Some((state.clone(), state))),
                    }
                }
            })
            .await;
        (result, looks)
    }

    #[tokio::test]
    async fn scripts_and_their_ends() {
        let cases = [
            ("ACTIVE", 1, 20, "ok after 1"),
            ("- CREATING ! ACTIVE", 1, 20, "ok after 4"),
            ("ACTIVE CREATING ACTIVE ACTIVE", 2, 20, "ok after 4"),
            ("- - - -", 1, 2, "waiting for thing to be ACTIVE: the object is not there"),
            ("CREATING FAILED", 1, 20, "waiting for thing to be ACTIVE is in vain: its state is FAILED"),
            ("x", 1, 20, "operation x:Get: AccessDenied"),
        ];
        for (script, consecutive, missing, end) in cases {
            let waiter = waiter(5_000).consecutive(consecutive).tolerate_not_found(missing);
            let (result, looks) = play(waiter, script).await;
            let text = match result {
                Ok(_) => format!("ok after {looks}"),
                Err(error) => error.to_string(),
            };
            assert_eq!(text, end, "{script}");
        }
    }

    #[tokio::test]
    async fn the_deadline_ends_it_and_names_the_last_state() {
        let (result, _) = play(waiter(30), "CREATING").await;
        let text = result.unwrap_err().to_string();
        assert_eq!(text, "timed out after 0 s waiting for thing to be ACTIVE; the last state was CREATING");
    }

    #[tokio::test]
    async fn gone_is_gone_however_it_is_told() {
        for script in [&["a", "none"][..], &["a", "error"][..]] {
            let mut looks = 0;
            let result = waiter(5_000)
                .until_gone(|| {
                    let step = script[looks];
                    looks += 1;
                    async move {
                        match step {
                            "none" => Ok(None),
                            "error" => Err(AwsError::new("x", "Get", Some("NoSuchThing"), "")),
                            state => Ok(Some(state.to_owned())),
                        }
                    }
                })
                .await;
            assert!(result.is_ok(), "{script:?}");
            assert_eq!(looks, 2);
        }
    }

    #[tokio::test]
    async fn listeners_hear_the_state() {
        let heard = Mutex::new(Vec::new());
        let waiter = waiter(5_000).on_waiting(|what| heard.lock().unwrap().push(what.to_owned()));
        play(waiter, "- CREATING ACTIVE").await.0.unwrap();
        assert_eq!(*heard.lock().unwrap(), ["thing to be ACTIVE", "thing to be ACTIVE (CREATING)"]);
    }

    #[test]
    fn intervals_double_up_to_their_limit() {
        let (min, max) = (Duration::from_millis(500), Duration::from_secs(3));
        let ms: Vec<u128> = (0..5).map(|looks| interval(min, max, looks).as_millis()).collect();
        assert_eq!(ms, [500, 1000, 2000, 3000, 3000]);
        assert_eq!(interval(min, max, 4_000), max);
        for _ in 0..100 {
            let time = jittered(max);
            assert!(time <= max && time >= max.mul_f64(0.8));
        }
    }
}
