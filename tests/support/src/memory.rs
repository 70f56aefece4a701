//! Peak memory of a process and everything it starts.
//!
//! `terraform` keeps its providers in processes of their own, so the figure the kernel keeps for one process
//! would flatter it. Instead the resident sizes of the whole tree are summed every ten milliseconds and the
//! largest sum is kept. Pages shared between processes count once per process; peaks between two samples are
//! missed. Both hold for every program measured. Needs `/proc` (Linux); elsewhere there is no figure.

use std::collections::BTreeMap;
use std::fs;
use std::path::Path;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::thread::JoinHandle;
use std::time::Duration;

const SAMPLE_INTERVAL: Duration = Duration::from_millis(10);

/// A thread that watches one process tree.
#[derive(Debug)]
pub(crate) struct MemoryWatch {
    stop: Arc<AtomicBool>,
    thread: Option<JoinHandle<u64>>,
}

impl MemoryWatch {
    /// Starts watching; the first sample is taken at once. Without `/proc`, or a thread, nothing is watched.
    pub(crate) fn start(process_id: u32) -> Self {
        let stop = Arc::new(AtomicBool::new(false));
        if !Path::new("/proc/loadavg").exists() {
            return Self { stop, thread: None };
        }
        let stopped = Arc::clone(&stop);
        let thread =
            std::thread::Builder::new().name("memory-watch".to_owned()).spawn(move || watch(process_id, &stopped)).ok();
        Self { stop, thread }
    }

    /// Stops watching and returns the peak in bytes.
    pub(crate) fn finish(mut self) -> Option<u64> {
        self.stop.store(true, Ordering::Relaxed);
        let thread = self.thread.take()?;
        thread.thread().unpark();
        thread.join().ok().filter(|peak| *peak > 0)
    }
}

impl Drop for MemoryWatch {
    fn drop(&mut self) {
        self.stop.store(true, Ordering::Relaxed);
    }
}

fn watch(process_id: u32, stop: &AtomicBool) -> u64 {
    let mut tree = Tree::new(process_id);
    let mut peak_bytes = 0;
    while !stop.load(Ordering::Relaxed) {
        tree.find_new_members();
        peak_bytes = peak_bytes.max(tree.resident_bytes());
        std::thread::park_timeout(SAMPLE_INTERVAL);
    }
    peak_bytes
}

/// The process, its children, theirs, and so on; members stay members when their parent ends.
struct Tree {
    members: Vec<u32>,
    /// The newest process id known to the system when members were last looked for.
    newest_seen: u32,
}

/// The lines of `/proc/<id>/status` that matter here.
struct Status {
    thread_group: u32,
    parent: u32,
    resident_bytes: u64,
}

impl Tree {
    fn new(process_id: u32) -> Self {
        Self {
            members: vec![process_id],
            // Children are younger than their parent, or ids have started over, which is looked for as well.
            newest_seen: process_id,
        }
    }

    /// Looks at the processes started since the last time. Reading all of `/proc` a hundred times a second
    /// would cost a tenth of a core and so change what is measured; the newest id is in one small file.
    fn find_new_members(&mut self) {
        let Some(newest) = newest_process_id() else {
            return;
        };
        let candidates: Vec<u32> = match newest.cmp(&self.newest_seen) {
            std::cmp::Ordering::Equal => return,
            std::cmp::Ordering::Greater => (self.newest_seen + 1..=newest).collect(),
            std::cmp::Ordering::Less => all_process_ids(),
        };
        self.newest_seen = newest;
        let mut parents: BTreeMap<u32, u32> = candidates
            .into_iter()
            .filter_map(|id| Some((id, read_status(id)?)))
            .filter(|(id, status)| status.thread_group == *id) // threads have ids too
            .map(|(id, status)| (id, status.parent))
            .collect();
        // A child may have a smaller id than its parent once ids have started over: repeat until none is found.
        loop {
            let (found, rest): (BTreeMap<_, _>, BTreeMap<_, _>) =
                parents.into_iter().partition(|(_, parent)| self.members.contains(parent));
            if found.is_empty() {
                return;
            }
            let new: Vec<u32> = found.into_keys().filter(|id| !self.members.contains(id)).collect();
            self.members.extend(new);
            parents = rest;
        }
    }

    fn resident_bytes(&mut self) -> u64 {
        let mut sum = 0;
        self.members.retain(|id| match read_status(*id) {
            Some(status) => {
                sum += status.resident_bytes;
                true
            }
            None => false,
        });
        sum
    }
}

/// The last field of `/proc/loadavg`.
fn newest_process_id() -> Option<u32> {
    let text = fs::read_to_string("/proc/loadavg").ok()?;
    text.split_whitespace().next_back()?.parse().ok()
}

fn all_process_ids() -> Vec<u32> {
    let Ok(entries) = fs::read_dir("/proc") else {
        return Vec::new();
    };
    entries.flatten().filter_map(|entry| entry.file_name().to_str()?.parse().ok()).collect()
}

/// `None` if the process is gone.
fn read_status(process_id: u32) -> Option<Status> {
    let text = fs::read_to_string(format!("/proc/{process_id}/status")).ok()?;
    let field = |name: &str| -> Option<u64> {
        let line = text.lines().find(|line| line.starts_with(name))?;
        line[name.len()..].split_whitespace().next()?.parse().ok()
    };
    Some(Status {
        thread_group: u32::try_from(field("Tgid:")?).ok()?,
        parent: u32::try_from(field("PPid:")?).ok()?,
        // Absent for a process that has ended but was not waited for.
        resident_bytes: field("VmRSS:").unwrap_or(0) * 1024,
    })
}
