//! Child processes with everything about them captured: output, how they ended, time and peak memory.

use std::fmt;
use std::io::{Read, Write};
use std::process::{Child, Command, ExitStatus, Stdio};
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::mpsc::{self, Receiver, RecvTimeoutError};
use std::sync::{Arc, Condvar, Mutex, PoisonError};
use std::time::{Duration, Instant};

use rustix::process::{Pid, Signal};

use crate::SupportError;
use crate::filters::Filters;
use crate::memory::MemoryWatch;

/// How long output is waited for after the process has ended: something it started may hold the pipe open.
const OUTPUT_GRACE: Duration = Duration::from_secs(2);

/// How a finished process ended and what it left.
#[derive(Debug, Clone)]
pub struct Output {
    /// Exit code; `None` if a signal ended it.
    pub exit_code: Option<i32>,
    /// The signal that ended it, if one did.
    pub signal: Option<i32>,
    /// Standard output, bytes that are no UTF-8 replaced.
    pub stdout: String,
    /// Standard error, likewise.
    pub stderr: String,
    /// From start to end, in seconds.
    pub seconds: f64,
    /// The largest resident size of the process and everything it started, sampled every ten milliseconds;
    /// `None` where there is no `/proc`.
    pub peak_memory_bytes: Option<u64>,
}

impl Output {
    /// Whether the exit code is 0.
    pub fn is_success(&self) -> bool {
        self.exit_code == Some(0)
    }

    /// Fails the test, showing everything, unless the exit code is that one.
    ///
    /// # Panics
    ///
    /// If it is another one.
    #[track_caller]
    #[must_use = "the output is returned for further checks"]
    pub fn assert_exit_code(self, expected: i32) -> Self {
        assert_eq!(self.exit_code, Some(expected), "unexpected exit code:\n{self}");
        self
    }

    /// Exit code, standard output and standard error as one text, what varies replaced by `filters`.
    pub fn snapshot(&self, filters: &Filters) -> String {
        filters.apply(&self.to_string())
    }
}

impl fmt::Display for Output {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        match (self.exit_code, self.signal) {
            (Some(code), _) => writeln!(formatter, "exit code: {code}")?,
            (None, Some(signal)) => writeln!(formatter, "killed by signal {signal}")?,
            (None, None) => writeln!(formatter, "ended for an unknown reason")?,
        }
        for (name, text) in [("stdout", &self.stdout), ("stderr", &self.stderr)] {
            writeln!(formatter, "--- {name} ---")?;
            formatter.write_str(text)?;
            if !text.is_empty() && !text.ends_with('\n') {
                writeln!(formatter)?;
            }
        }
        Ok(())
    }
}

/// A process that runs. Dropping it kills it.
#[derive(Debug)]
pub struct Running {
    program: String,
    process_id: u32,
    started: Instant,
    captured: Arc<Captured>,
    memory: Option<MemoryWatch>,
    ended: Receiver<std::io::Result<(ExitStatus, Instant)>>,
    /// Set once the process has been waited for: from then on the id may belong to another one.
    is_over: Arc<AtomicBool>,
}

/// Both output streams as far as they have been read.
#[derive(Debug, Default)]
struct Captured {
    streams: Mutex<Streams>,
    changed: Condvar,
}

#[derive(Debug, Default)]
struct Streams {
    stdout: Vec<u8>,
    stderr: Vec<u8>,
    open_count: u8,
}

impl Running {
    /// Starts a command with captured output, giving it `stdin` to read.
    pub(crate) fn start(mut command: Command, stdin: Option<String>) -> Result<Self, SupportError> {
        let program = describe(&command);
        let failed = |source| SupportError::Run { program: program.clone(), source };
        command.stdout(Stdio::piped()).stderr(Stdio::piped()).stdin(if stdin.is_some() {
            Stdio::piped()
        } else {
            Stdio::null()
        });
        let started = Instant::now();
        let mut child = command.spawn().map_err(failed)?;
        let process_id = child.id();
        let memory = MemoryWatch::start(process_id);
        let captured = Arc::new(Captured::default());
        captured.read_from(&mut child).map_err(failed)?;
        if let (Some(text), Some(mut pipe)) = (stdin, child.stdin.take()) {
            spawn_thread("child-stdin", move || {
                // A program may end without reading what it is told.
                let _closed_early = pipe.write_all(text.as_bytes());
            })
            .map_err(failed)?;
        }
        let is_over = Arc::new(AtomicBool::new(false));
        let over = Arc::clone(&is_over);
        let (sender, ended) = mpsc::channel();
        spawn_thread("child-wait", move || {
            let status = child.wait().map(|status| (status, Instant::now()));
            over.store(true, Ordering::SeqCst);
            // Nobody listens any more if the handle was dropped.
            let _ = sender.send(status);
        })
        .map_err(failed)?;
        Ok(Self { program, process_id, started, captured, memory: Some(memory), ended, is_over })
    }

    /// The process id.
    pub fn process_id(&self) -> u32 {
        self.process_id
    }

    /// Kills it as a power cut would: `SIGKILL`. Follow with [`wait`](Self::wait).
    pub fn kill_9(&self) {
        self.signal(Signal::KILL);
    }

    /// Asks it to stop as Ctrl-C would: `SIGINT`.
    pub fn interrupt(&self) {
        self.signal(Signal::INT);
    }

    /// Asks it to stop as a service manager would: `SIGTERM`.
    pub fn terminate(&self) {
        self.signal(Signal::TERM);
    }

    /// Blocks until standard output or standard error contains `text`; `false` if it ended or `timeout`
    /// passed before.
    pub fn wait_for_output(&self, text: &str, timeout: Duration) -> bool {
        self.captured.wait_until(timeout, |streams| {
            contains(&streams.stdout, text.as_bytes()) || contains(&streams.stderr, text.as_bytes())
        })
    }

    /// Blocks until it ends.
    ///
    /// # Errors
    ///
    /// If it has not ended after `timeout` (it is killed then), or cannot be waited for.
    pub fn wait(mut self, timeout: Duration) -> Result<Output, SupportError> {
        let received = self.ended.recv_timeout(timeout);
        let status = match received {
            Ok(status) => status,
            Err(RecvTimeoutError::Timeout) => {
                self.kill_9();
                return Err(SupportError::Timeout {
                    program: self.program.clone(),
                    timeout,
                    output: self.captured.all_text(),
                });
            }
            Err(RecvTimeoutError::Disconnected) => Err(std::io::Error::other("the thread that waits for it has ended")),
        };
        let (status, end) = status.map_err(|source| SupportError::Run { program: self.program.clone(), source })?;
        let peak_memory_bytes = self.memory.take().and_then(MemoryWatch::finish);
        self.captured.wait_until(OUTPUT_GRACE, |streams| streams.open_count == 0);
        let streams = self.captured.lock();
        Ok(Output {
            exit_code: status.code(),
            signal: std::os::unix::process::ExitStatusExt::signal(&status),
            stdout: String::from_utf8_lossy(&streams.stdout).into_owned(),
            stderr: String::from_utf8_lossy(&streams.stderr).into_owned(),
            seconds: end.duration_since(self.started).as_secs_f64(),
            peak_memory_bytes,
        })
    }

    fn signal(&self, signal: Signal) {
        let process_id = i32::try_from(self.process_id).ok().and_then(Pid::from_raw);
        if let (false, Some(process_id)) = (self.is_over.load(Ordering::SeqCst), process_id) {
            // It fails only if the process has ended, which is what a signal is for.
            let _already_ended = rustix::process::kill_process(process_id, signal);
        }
    }
}

impl Drop for Running {
    fn drop(&mut self) {
        self.kill_9();
    }
}

impl Captured {
    /// Reads both streams on threads of their own: a program that fills one pipe while the other is read stops.
    fn read_from(self: &Arc<Self>, child: &mut Child) -> std::io::Result<()> {
        if let Some(stdout) = child.stdout.take() {
            self.read_stream(stdout, |streams| &mut streams.stdout)?;
        }
        if let Some(stderr) = child.stderr.take() {
            self.read_stream(stderr, |streams| &mut streams.stderr)?;
        }
        Ok(())
    }

    fn read_stream(
        self: &Arc<Self>,
        mut stream: impl Read + Send + 'static,
        target: fn(&mut Streams) -> &mut Vec<u8>,
    ) -> std::io::Result<()> {
        self.lock().open_count += 1;
        let captured = Arc::clone(self);
        spawn_thread("child-output", move || {
            let mut buffer = vec![0_u8; 64 * 1024];
            loop {
                let length = match stream.read(&mut buffer) {
                    Ok(length) => length,
                    Err(error) if error.kind() == std::io::ErrorKind::Interrupted => continue,
                    Err(_) => 0,
                };
                let mut streams = captured.lock();
                if length == 0 {
                    streams.open_count -= 1;
                } else {
                    target(&mut streams).extend_from_slice(&buffer[..length]);
                }
                captured.changed.notify_all();
                if length == 0 {
                    return;
                }
            }
        })
    }

    /// Blocks until `condition` holds; `false` if it never will (both streams ended) or not within `timeout`.
    fn wait_until(&self, timeout: Duration, condition: impl Fn(&Streams) -> bool) -> bool {
        let deadline = Instant::now() + timeout;
        let mut streams = self.lock();
        loop {
            if condition(&streams) {
                return true;
            }
            let left = deadline.saturating_duration_since(Instant::now());
            if left.is_zero() || streams.open_count == 0 {
                return false;
            }
            let waited = self.changed.wait_timeout(streams, left);
            streams = waited.unwrap_or_else(PoisonError::into_inner).0;
        }
    }

    fn all_text(&self) -> String {
        let streams = self.lock();
        format!("{}{}", String::from_utf8_lossy(&streams.stdout), String::from_utf8_lossy(&streams.stderr))
    }

    fn lock(&self) -> std::sync::MutexGuard<'_, Streams> {
        self.streams.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

fn spawn_thread(name: &str, work: impl FnOnce() + Send + 'static) -> std::io::Result<()> {
    std::thread::Builder::new().name(name.to_owned()).spawn(work).map(drop)
}

fn contains(bytes: &[u8], part: &[u8]) -> bool {
    bytes.windows(part.len().max(1)).any(|window| window == part)
}

/// The command line, as one would type it.
pub(crate) fn describe(command: &Command) -> String {
    let mut line = command.get_program().to_string_lossy().into_owned();
    for argument in command.get_args() {
        line.push(' ');
        line.push_str(&argument.to_string_lossy());
    }
    line
}

/// The last lines of a text, for messages.
pub(crate) fn tail(text: &str) -> String {
    const LINE_COUNT: usize = 20;
    let lines: Vec<&str> = text.trim_end().lines().collect();
    lines[lines.len().saturating_sub(LINE_COUNT)..].join("\n")
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, reason = "tests fail by panicking")]

    use super::*;
    use crate::command::TestDirectory;

    const PATIENCE: Duration = Duration::from_secs(20);

    #[test]
    fn a_finished_command_shows_everything_it_left() {
        let world = TestDirectory::new();
        world.write("deep/er/script.sh", "cat; pwd; env | sort; echo oops >&2; exit 3\n");
        let output = world
            .command("/bin/sh")
            .args(["deep/er/script.sh"])
            .env("ADDED", "1")
            .stdin("typed\n")
            .run()
            .assert_exit_code(3);
        let filters = Filters::standard(world.path())
            .with("home", "HOME=.*", "HOME=[HOME]")
            .with("path", "PATH=.*", "PATH=[PATH]")
            // The shell's own.
            .with("shell", "(OLDPWD|PWD|SHLVL|_)=.*\n", "");
        assert_eq!(
            output.snapshot(&filters),
            "exit code: 3\n--- stdout ---\ntyped\n[DIR]\nADDED=1\nHOME=[HOME]\nPATH=[PATH]\n--- stderr ---\noops\n"
        );
        assert!(output.seconds > 0.0 && output.seconds < 20.0);
    }

    #[test]
    fn running_commands_can_be_watched_interrupted_and_killed() {
        let world = TestDirectory::new();
        let start = || {
            let running = world
                .command("/bin/sh")
                .args(["-c", "trap 'echo caught; exit 130' INT; echo ready; while :; do sleep 0.05; done"])
                .spawn();
            assert!(running.wait_for_output("ready", PATIENCE));
            running
        };
        let killed = start();
        killed.kill_9();
        let output = killed.wait(PATIENCE).unwrap();
        assert_eq!((output.exit_code, output.signal), (None, Some(9)));
        assert!(output.to_string().starts_with("killed by signal 9\n"));

        let interrupted = start();
        interrupted.interrupt();
        let output = interrupted.wait(PATIENCE).unwrap();
        assert_eq!(output.exit_code, Some(130));
        assert!(output.stdout.ends_with("caught\n"));

        let slow = start();
        let process_id = slow.process_id();
        let error = slow.wait(Duration::from_millis(50)).unwrap_err();
        assert!(matches!(&error, SupportError::Timeout { output, .. } if output == "ready\n"));
        let process = std::path::PathBuf::from(format!("/proc/{process_id}"));
        let deadline = Instant::now() + PATIENCE;
        while process.exists() && Instant::now() < deadline {
            std::thread::sleep(Duration::from_millis(5));
        }
        assert!(!process.exists(), "it was not killed");
    }

    #[test]
    #[cfg(target_os = "linux")]
    fn peak_memory_includes_children_and_is_not_what_is_left_at_the_end() {
        let world = TestDirectory::new();
        let use_memory = "x = bytearray(b'x' * 80_000_000); import time; time.sleep(0.3); del x; time.sleep(0.1)";
        let output = world
            .command("/bin/sh")
            .args(["-c", "python3 -c \"$1\" & python3 -c \"$1\"; wait; sleep 0.1", "sh", use_memory])
            .run()
            .assert_exit_code(0);
        let megabytes = output.peak_memory_bytes.unwrap() / 1_000_000;
        assert!((160..400).contains(&megabytes), "{megabytes} MB");
    }

    #[test]
    fn a_missing_program_is_named() {
        let error = Running::start(Command::new("no-such-program-here"), None).unwrap_err();
        assert!(error.to_string().contains("no-such-program-here"), "{error}");
    }
}
