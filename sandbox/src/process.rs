//! Processes that outlive the command that started them: telling them from others, and ending them.

use std::fs;
use std::io;
use std::path::Path;
use std::process::{Command, Stdio};
use std::time::{Duration, Instant};

use rustix::io::Errno;
use rustix::process::{Pid, Signal, kill_process, kill_process_group};
use serde::{Deserialize, Serialize};

use crate::Error;

/// How long a process may take to end by itself. The server saves its contents before anything else and then
/// waits a second for open requests.
const TERMINATE_LIMIT: Duration = Duration::from_secs(5);
/// How long a killed process may take to vanish.
const KILL_LIMIT: Duration = Duration::from_secs(2);
const POLL_INTERVAL: Duration = Duration::from_millis(10);

/// A process id together with the moment the process was started, so that an id that was given to another
/// process in the meantime is not mistaken for it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct ProcessIdentity {
    pub(crate) pid: u32,
    /// Opaque; comparable on one machine only.
    started: String,
}

impl ProcessIdentity {
    /// The process that has this id now. `None` if there is none, or one that has ended and only waits for its
    /// parent to take notice.
    pub(crate) fn of(pid: u32) -> Result<Option<Self>, Error> {
        let started = if Path::new("/proc/self/stat").exists() { started_by_proc(pid) } else { started_by_ps(pid) };
        let started = started.map_err(|source| Error::Process { pid, source })?;
        Ok(started.map(|started| Self { pid, started }))
    }

    /// Whether this very process runs.
    pub(crate) fn is_alive(&self) -> Result<bool, Error> {
        Ok(Self::of(self.pid)?.as_ref() == Some(self))
    }

    /// Asks the process to end, kills it if it does not, and kills what it has started (its process group).
    pub(crate) fn stop(&self) -> Result<(), Error> {
        if !self.is_alive()? {
            return Ok(());
        }
        let failed = |source| Error::Stop { pid: self.pid, source };
        send_to_process(self.pid, Signal::TERM).map_err(failed)?;
        let ended = self.ends_within(TERMINATE_LIMIT)?;
        // The group only now: what the process has started may be what it waits for in order to end cleanly.
        kill_group(self.pid).map_err(failed)?;
        if ended {
            return Ok(());
        }
        send_to_process(self.pid, Signal::KILL).map_err(failed)?;
        if self.ends_within(KILL_LIMIT)? {
            return Ok(());
        }
        Err(Error::Stop {
            pid: self.pid,
            source: io::Error::new(io::ErrorKind::TimedOut, "it does not end when killed"),
        })
    }

    fn ends_within(&self, limit: Duration) -> Result<bool, Error> {
        let deadline = Instant::now() + limit;
        while self.is_alive()? {
            if Instant::now() >= deadline {
                return Ok(false);
            }
            std::thread::sleep(POLL_INTERVAL);
        }
        Ok(true)
    }
}

/// Kills a process and what it has started, without waiting. No error if it is gone.
pub(crate) fn kill_with_group(pid: u32) -> io::Result<()> {
    kill_group(pid)?;
    send_to_process(pid, Signal::KILL)
}

fn send_to_process(pid: u32, signal: Signal) -> io::Result<()> {
    match kill_process(raw(pid)?, signal) {
        Ok(()) | Err(Errno::SRCH) => Ok(()),
        Err(errno) => Err(errno.into()),
    }
}

fn kill_group(leader: u32) -> io::Result<()> {
    match kill_process_group(raw(leader)?, Signal::KILL) {
        // macOS says "not permitted" of a group in which only ended processes are left. A process that really
        // belongs to somebody else is noticed when the signal is sent to it alone.
        Ok(()) | Err(Errno::SRCH | Errno::PERM) => Ok(()),
        Err(errno) => Err(errno.into()),
    }
}

fn raw(pid: u32) -> io::Result<Pid> {
    i32::try_from(pid)
        .ok()
        .and_then(Pid::from_raw)
        .ok_or_else(|| io::Error::new(io::ErrorKind::InvalidInput, "not a process id"))
}

/// Linux: the boot's id and the start time in ticks since boot.
fn started_by_proc(pid: u32) -> io::Result<Option<String>> {
    let stat = match fs::read_to_string(format!("/proc/{pid}/stat")) {
        Ok(stat) => stat,
        Err(error) if is_gone(&error) => return Ok(None),
        Err(error) => return Err(error),
    };
    let Some(ticks) = start_ticks(&stat) else {
        return Ok(None);
    };
    let boot = fs::read_to_string("/proc/sys/kernel/random/boot_id")?;
    Ok(Some(format!("{}:{ticks}", boot.trim())))
}

fn is_gone(error: &io::Error) -> bool {
    // A process that ends between opening and reading gives ESRCH.
    error.kind() == io::ErrorKind::NotFound || Errno::from_io_error(error).is_some_and(|errno| errno == Errno::SRCH)
}

/// Field 22 of `/proc/PID/stat`; `None` if the state, field 3, is that of an ended process. Field 2 is the
/// program's name in parentheses, which may hold spaces and parentheses itself.
fn start_ticks(stat: &str) -> Option<&str> {
    let (_, fields) = stat.rsplit_once(')')?;
    let mut fields = fields.split_ascii_whitespace();
    let state = fields.next()?;
    if matches!(state, "Z" | "X") {
        return None;
    }
    fields.nth(18)
}

/// macOS: the start time to the second, as `ps` prints it.
fn started_by_ps(pid: u32) -> io::Result<Option<String>> {
    let output = Command::new("/bin/ps")
        .args(["-o", "stat=", "-o", "lstart=", "-p", &pid.to_string()])
        .env_clear()
        .envs([("LC_ALL", "C"), ("TZ", "UTC0")])
        .stdin(Stdio::null())
        .output()?;
    Ok(started_in_ps_line(&String::from_utf8_lossy(&output.stdout)))
}

/// Reads `S    Mon Jan  1 12:00:00 2024`; `None` if the line is empty or the process has ended.
fn started_in_ps_line(line: &str) -> Option<String> {
    let mut words = line.split_ascii_whitespace();
    let state = words.next()?;
    if state.starts_with('Z') {
        return None;
    }
    Some(words.collect::<Vec<_>>().join(" "))
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, reason = "a test that cannot set up its world may panic")]

    use super::*;

    #[test]
    fn start_times_are_read() {
        let tail = "1 5 5 0 -1 4194304 1 0 0 0 33 1 0 0 20 0 9 0 987654 1 2 3";
        for (stat, expected) in [
            (format!("5 (python) S {tail}"), Some("987654")),
            (format!("5 (a) Z (b)) R {tail}"), Some("987654")),
            (format!("5 (python) Z {tail}"), None),
            ("5 (python) S 1".to_owned(), None),
            (String::new(), None),
        ] {
            assert_eq!(start_ticks(&stat), expected, "{stat}");
        }
        for (line, expected) in [
            ("Ss   Mon Jan  1 12:00:00 2024\n", Some("Mon Jan 1 12:00:00 2024")),
            ("Z    Mon Jan  1 12:00:00 2024\n", None),
            ("", None),
        ] {
            assert_eq!(started_in_ps_line(line).as_deref(), expected, "{line}");
        }
    }

    #[test]
    fn both_ways_know_this_process_and_not_an_ended_one() {
        let here = std::process::id();
        let mut ended = Command::new("/bin/sh").args(["-c", ":"]).spawn().unwrap();
        // It stays a zombie until it is waited for below.
        std::thread::sleep(Duration::from_millis(200));
        let ways = [started_by_ps, started_by_proc];
        let ways_here = if cfg!(target_os = "linux") { 2 } else { 1 };
        for look in &ways[..ways_here] {
            let first = look(here).unwrap();
            assert!(first.is_some());
            assert_eq!(look(here).unwrap(), first);
            assert_eq!(look(ended.id()).unwrap(), None);
        }
        ended.wait().unwrap();
        assert_eq!(ProcessIdentity::of(ended.id()).unwrap(), None);
    }

    #[test]
    fn a_recycled_id_is_another_process_and_is_left_alone() {
        let mut child = Command::new("/bin/sleep").arg("60").spawn().unwrap();
        let identity = ProcessIdentity::of(child.id()).unwrap().unwrap();
        assert!(identity.is_alive().unwrap());

        let earlier = ProcessIdentity { started: "earlier".to_owned(), ..identity.clone() };
        assert!(!earlier.is_alive().unwrap());
        earlier.stop().unwrap();
        assert!(identity.is_alive().unwrap());

        identity.stop().unwrap();
        assert!(!identity.is_alive().unwrap());
        child.wait().unwrap();
    }

    #[test]
    fn a_process_that_ignores_the_request_is_killed() {
        let mut child =
            Command::new("/bin/sh").args(["-c", "trap '' TERM; while :; do sleep 0.1; done"]).spawn().unwrap();
        std::thread::sleep(Duration::from_millis(200));
        let identity = ProcessIdentity::of(child.id()).unwrap().unwrap();
        let started = Instant::now();
        identity.stop().unwrap();
        assert!(started.elapsed() >= TERMINATE_LIMIT);
        assert!(!identity.is_alive().unwrap());
        child.wait().unwrap();
    }
}
