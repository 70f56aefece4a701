//! The thread that saves a state now and then.
//!
//! A thread of its own, because it must keep its rhythm when the tasks of the program are all busy or all waiting, and
//! because flushing a file to disk may take a while.

use std::io;
use std::sync::{Arc, Condvar, Mutex, MutexGuard, PoisonError};
use std::thread::JoinHandle;
use std::time::{Duration, Instant};

/// How long after a snapshot the next one is written at the earliest.
pub(super) const INTERVAL: Duration = Duration::from_millis(500);

/// Calls a function when woken, at most once per [`INTERVAL`]. Dropping it stops the thread and waits for its end.
#[derive(Debug)]
pub(super) struct Saver {
    signal: Arc<Signal>,
    thread: Option<JoinHandle<()>>,
}

#[derive(Debug, Default)]
struct Signal {
    flags: Mutex<Flags>,
    changed: Condvar,
}

#[derive(Debug, Default)]
struct Flags {
    due: bool,
    stop: bool,
}

impl Saver {
    /// Starts the thread. `save` says whether it succeeded; if not, it is called again after an interval.
    pub(super) fn start(save: impl Fn() -> bool + Send + 'static) -> io::Result<Self> {
        let signal = Arc::new(Signal::default());
        let theirs = Arc::clone(&signal);
        let thread = std::thread::Builder::new().name("state-saver".to_owned()).spawn(move || theirs.run(&save))?;
        Ok(Self { signal, thread: Some(thread) })
    }

    /// There is something to save.
    pub(super) fn wake(&self) {
        self.signal.flags().due = true;
        self.signal.changed.notify_one();
    }
}

impl Signal {
    fn flags(&self) -> MutexGuard<'_, Flags> {
        self.flags.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn run(&self, save: &dyn Fn() -> bool) {
        let mut last: Option<Instant> = None;
        loop {
            let flags = self.flags();
            let flags = self
                .changed
                .wait_while(flags, |flags| !flags.due && !flags.stop)
                .unwrap_or_else(PoisonError::into_inner);
            let pause = last.map_or(Duration::ZERO, |last| INTERVAL.saturating_sub(last.elapsed()));
            let (mut flags, _) = self
                .changed
                .wait_timeout_while(flags, pause, |flags| !flags.stop)
                .unwrap_or_else(PoisonError::into_inner);
            if flags.stop {
                return;
            }
            flags.due = false;
            drop(flags);
            last = Some(Instant::now());
            if !save() {
                self.flags().due = true;
            }
        }
    }
}

impl Drop for Saver {
    fn drop(&mut self) {
        self.signal.flags().stop = true;
        self.signal.changed.notify_one();
        if let Some(thread) = self.thread.take()
            && thread.join().is_err()
        {
            tracing::error!("the thread that saves the state ended by a panic");
        }
    }
}
