//! What is happening while the engine works: on standard error lines in Terraform's words, or on a terminal a live
//! display of what is running, with finished changes scrolling away above it; or with `-json` a stream of JSON on
//! standard output ([`super::stream`]).
//!
//! [`Progress`] listens to the engine's events. A thread of its own tells every ten seconds what is still running and
//! moves the live display; it ends with [`Progress::finish`], at the latest when the progress is dropped.

use std::collections::BTreeMap;
use std::io::Write;
use std::sync::{Arc, Condvar, Mutex, MutexGuard, PoisonError};
use std::thread::JoinHandle;
use std::time::{Duration, Instant};

use infra_engine::events::{Event, Events};
use infra_engine::plan::Action;
use infra_values::address::{ResourceInstance, ResourceMode};

use self::live::Live;
use super::pen::{BOLD, Pen};
use super::stream::{self, bracketed};
use crate::printer::Printer;

mod live;

/// How often is told what is still running.
const STILL_INTERVAL: Duration = Duration::from_secs(10);
/// How often the lines are looked at where nothing moves.
const LINES_TICK: Duration = Duration::from_millis(250);
/// How often the live display moves.
const LIVE_TICK: Duration = Duration::from_millis(100);

/// Shows the events of one operation.
pub struct Progress {
    shared: Arc<Shared>,
    ticker: Mutex<Option<JoinHandle<()>>>,
}

/// What events and the ticker work on.
struct Shared {
    board: Mutex<Board>,
    /// Wakes the ticker when the end has come.
    ended: Condvar,
}

/// What is known of what is running, and where it is shown.
struct Board {
    pen: Pen,
    /// What is read is not told.
    is_concise: bool,
    running: BTreeMap<Key, Running>,
    reads_done: usize,
    has_ended: bool,
    output: Output,
}

enum Output {
    Lines(Box<dyn Fn(&str) + Send>),
    Json(Box<dyn Fn(&str) + Send>),
    Live(Live),
}

/// An object may be destroyed and created at the same time.
type Key = (ResourceInstance, Doing);

/// What is done to an object.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
enum Doing {
    Refreshing,
    Reading,
    Opening,
    Creating,
    Modifying,
    Destroying,
}

impl Doing {
    fn of_read(address: &ResourceInstance) -> Self {
        match address.resource.mode {
            ResourceMode::Managed => Self::Refreshing,
            ResourceMode::Data => Self::Reading,
            ResourceMode::Ephemeral => Self::Opening,
        }
    }

    fn of_action(action: Action) -> Self {
        match action {
            Action::Create | Action::DeleteThenCreate | Action::CreateThenDelete => Self::Creating,
            Action::Update => Self::Modifying,
            Action::Delete | Action::Forget => Self::Destroying,
            Action::Read | Action::NoOp => Self::Reading,
        }
    }

    /// The change that it is; `None` for refreshing and opening, of which nobody is reminded as JSON.
    fn action(self) -> Option<Action> {
        match self {
            Self::Refreshing | Self::Opening => None,
            Self::Reading => Some(Action::Read),
            Self::Creating => Some(Action::Create),
            Self::Modifying => Some(Action::Update),
            Self::Destroying => Some(Action::Delete),
        }
    }

    /// At the beginning of a line.
    fn begun(self) -> &'static str {
        match self {
            Self::Refreshing => "Refreshing state...",
            Self::Reading => "Reading...",
            Self::Opening => "Opening...",
            Self::Creating => "Creating...",
            Self::Modifying => "Modifying...",
            Self::Destroying => "Destroying...",
        }
    }

    fn still(self) -> &'static str {
        match self {
            Self::Refreshing => "Still refreshing...",
            Self::Reading => "Still reading...",
            Self::Opening => "Still opening...",
            Self::Creating => "Still creating...",
            Self::Modifying => "Still modifying...",
            Self::Destroying => "Still destroying...",
        }
    }

    fn noun(self) -> &'static str {
        match self {
            Self::Refreshing => "Refresh",
            Self::Reading => "Read",
            Self::Opening => "Opening",
            Self::Creating => "Creation",
            Self::Modifying => "Modifications",
            Self::Destroying => "Destruction",
        }
    }
}

struct Running {
    id: Option<String>,
    started: Instant,
    waiting_for: Option<String>,
    /// How often it was told that it is still running.
    told: u32,
}

impl Progress {
    /// Begins to listen. What it needs of the printer it copies.
    pub fn start(printer: &Printer) -> Arc<Self> {
        let output = match (printer.is_json_stream(), printer.has_live_progress()) {
            (true, _) => Output::Json(Box::new(|line| {
                let _ = writeln!(std::io::stdout().lock(), "{line}");
            })),
            (false, true) => Output::Live(Live::on_stderr()),
            (false, false) => Output::Lines(Box::new(|line| {
                // Nobody is left to tell when the reader of a pipe has gone away.
                let _ = writeln!(std::io::stderr().lock(), "{line}");
            })),
        };
        Self::with_output(Pen { is_coloured: printer.color() }, printer.is_concise(), output)
    }

    fn with_output(pen: Pen, is_concise: bool, output: Output) -> Arc<Self> {
        let tick = if matches!(output, Output::Live(_)) { LIVE_TICK } else { LINES_TICK };
        let board = Board { pen, is_concise, running: BTreeMap::new(), reads_done: 0, has_ended: false, output };
        let shared = Arc::new(Shared { board: Mutex::new(board), ended: Condvar::new() });
        let seen = Arc::clone(&shared);
        // Without the thread only the reminders are missing.
        let ticker = std::thread::Builder::new().name("progress".into()).spawn(move || seen.tick_until_end(tick)).ok();
        Arc::new(Self { shared, ticker: Mutex::new(ticker) })
    }

    /// Takes the live display away and ends the thread. Events are not shown any more.
    pub fn finish(&self) {
        let mut board = self.shared.board();
        board.has_ended = true;
        if let Output::Live(live) = &mut board.output {
            live.clear();
        }
        drop(board);
        self.shared.ended.notify_all();
        let ticker = self.ticker.lock().unwrap_or_else(PoisonError::into_inner).take();
        if let Some(ticker) = ticker {
            // A ticker that failed has said so itself.
            let _ = ticker.join();
        }
    }
}

impl Drop for Progress {
    fn drop(&mut self) {
        self.finish();
    }
}

impl Events for Progress {
    fn event(&self, event: Event) {
        let mut board = self.shared.board();
        if !board.has_ended {
            board.event(event, Instant::now());
        }
    }
}

impl Shared {
    fn board(&self) -> MutexGuard<'_, Board> {
        // A thread that failed while it held the board left at worst a line unwritten.
        self.board.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn tick_until_end(&self, tick: Duration) {
        let mut board = self.board();
        while !board.has_ended {
            board = self.ended.wait_timeout(board, tick).unwrap_or_else(PoisonError::into_inner).0;
            if !board.has_ended {
                board.tick(Instant::now());
            }
        }
    }
}

impl Board {
    fn event(&mut self, event: Event, now: Instant) {
        if let Output::Json(write) = &self.output
            && let Some(line) = stream::event(&event)
        {
            write(&line);
        }
        match event {
            Event::ReadStarted { address, id } => {
                let doing = Doing::of_read(&address);
                self.begin((address, doing), id, now);
            }
            Event::ReadFinished { address, id, elapsed } => {
                let doing = Doing::of_read(&address);
                self.running.remove(&(address.clone(), doing));
                self.reads_done += 1;
                if doing != Doing::Refreshing && !self.is_concise {
                    let text =
                        format!("{} complete after {}{}", doing.noun(), spoken(elapsed), bracketed(id.as_deref()));
                    self.say(&address, &text);
                }
            }
            Event::ChangeStarted { address, action, id } => self.begin((address, Doing::of_action(action)), id, now),
            Event::ChangeWaits { address, waiting_for } => {
                for ((_, _), running) in self.running.iter_mut().filter(|((running, _), _)| *running == address) {
                    running.waiting_for = Some(waiting_for.clone());
                }
            }
            Event::ProvisionerStarted { address, kind } => {
                self.say(&address, &format!("Provisioning with '{kind}'..."));
            }
            Event::ProvisionerOutput { address, kind, line } => self.write(&format!("{address} ({kind}): {line}")),
            Event::ProvisionerFinished { .. } => {}
            Event::ChangeFinished { address, action, id, elapsed } => {
                let doing = Doing::of_action(action);
                self.running.remove(&(address.clone(), doing));
                let id = id.filter(|_| doing != Doing::Destroying);
                let text = format!("{} complete after {}{}", doing.noun(), spoken(elapsed), bracketed(id.as_deref()));
                self.say(&address, &text);
            }
            Event::ChangeFailed { address, action, elapsed, .. } => {
                let doing = Doing::of_action(action);
                self.running.remove(&(address.clone(), doing));
                self.say(&address, &format!("{} failed after {}", doing.noun(), spoken(elapsed)));
            }
        }
        self.redraw(now);
    }

    fn begin(&mut self, key: Key, id: Option<String>, now: Instant) {
        // On the live display, what is running is seen anyway.
        let is_read = matches!(key.1, Doing::Refreshing | Doing::Reading | Doing::Opening);
        if matches!(self.output, Output::Lines(_)) && !(is_read && self.is_concise) {
            self.say(&key.0, &format!("{}{}", key.1.begun(), bracketed(id.as_deref())));
        }
        self.running.insert(key, Running { id, started: now, waiting_for: None, told: 0 });
    }

    fn tick(&mut self, now: Instant) {
        let mut reminders = Vec::new();
        for ((address, doing), running) in &mut self.running {
            let elapsed = now.duration_since(running.started);
            let due = elapsed.as_secs() / STILL_INTERVAL.as_secs();
            if due > u64::from(running.told) {
                running.told = u32::try_from(due).unwrap_or(u32::MAX);
                let id = running.id.as_ref().map(|id| format!("id={id}, ")).unwrap_or_default();
                let wait = running.waiting_for.as_ref().map(|what| format!(" waiting for {what}")).unwrap_or_default();
                let told = Duration::from_secs(due * STILL_INTERVAL.as_secs());
                if let (Output::Json(write), Some(action)) = (&self.output, doing.action()) {
                    write(&stream::still(address, action, running.id.as_deref(), told));
                }
                reminders.push((address.clone(), format!("{} [{id}{} elapsed]{wait}", doing.still(), spoken(told))));
            }
        }
        if matches!(self.output, Output::Lines(_)) {
            for (address, text) in reminders {
                self.say(&address, &text);
            }
        }
        self.redraw(now);
    }

    fn say(&mut self, address: &ResourceInstance, text: &str) {
        let line = self.pen.paint(BOLD, &format!("{address}: {text}"));
        self.write(&line);
    }

    fn write(&mut self, line: &str) {
        match &mut self.output {
            Output::Lines(write) => write(line),
            // Events are written as they come.
            Output::Json(_) => {}
            Output::Live(live) => live.println(line),
        }
    }

    /// Shows what is running, the oldest first, where that is shown.
    fn redraw(&mut self, now: Instant) {
        let Output::Live(live) = &mut self.output else { return };
        let mut changes: Vec<(&Key, &Running)> =
            self.running.iter().filter(|((_, doing), _)| *doing != Doing::Refreshing).collect();
        changes.sort_by_key(|(_, running)| running.started);
        let mut lines: Vec<String> = changes
            .into_iter()
            .map(|((address, doing), running)| {
                let elapsed = spoken(now.duration_since(running.started));
                let wait = running.waiting_for.as_ref().map(|what| format!(", waiting for {what}")).unwrap_or_default();
                format!("{address}: {} {elapsed}{wait}", doing.begun())
            })
            .collect();
        let refreshing = self.running.keys().filter(|(_, doing)| *doing == Doing::Refreshing).count();
        if refreshing > 0 {
            lines.push(format!("Refreshing state... {refreshing} under way, {} done", self.reads_done));
        }
        live.show(&lines);
    }
}

/// `3s`, `1m5s`, `2h0m0s`: to the nearest second.
fn spoken(elapsed: Duration) -> String {
    let seconds = elapsed.as_secs() + u64::from(elapsed.subsec_millis() >= 500);
    match (seconds / 3600, seconds / 60 % 60, seconds % 60) {
        (0, 0, seconds) => format!("{seconds}s"),
        (0, minutes, seconds) => format!("{minutes}m{seconds}s"),
        (hours, minutes, seconds) => format!("{hours}h{minutes}m{seconds}s"),
    }
}

#[cfg(test)]
mod tests;
