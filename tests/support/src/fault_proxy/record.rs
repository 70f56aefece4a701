//! The record of calls that went through the proxy.

use std::collections::BTreeMap;
use std::sync::{Mutex, PoisonError};
use std::time::Instant;

use super::Request;

/// One call, as the proxy saw it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Call {
    /// The service as the request's signature names it: `s3`, `dynamodb`, `monitoring`.
    pub service: String,
    /// The operation: `PutObject`, or `GET /2015-03-31/functions/{}` where AWS puts no name on the wire.
    pub operation: String,
    /// HTTP method.
    pub method: String,
    /// Path without the query, percent-encoding untouched.
    pub path: String,
    /// Status of the reply; `None` while there is none, and for good if the connection was reset.
    pub status: Option<u16>,
    /// When it arrived, in milliseconds since the proxy started.
    pub at_ms: u64,
    /// How long it took to be answered, delays and holds included, in milliseconds; 0 until then.
    pub duration_ms: u64,
    /// How often it was forwarded: 0 if a fault answered, 2 if it was duplicated.
    pub forwarded_count: u8,
    /// The faults it met, by name: `throttle`, `reset after forward`, ….
    pub faults: Vec<&'static str>,
}

/// The calls so far. A call is listed from its arrival on.
#[derive(Debug)]
pub(super) struct Record {
    started: Instant,
    calls: Mutex<Calls>,
}

#[derive(Debug, Default)]
struct Calls {
    list: Vec<Call>,
    /// How often the list was cleared: a call that began before must not write into it.
    generation: u64,
}

/// A call that has begun.
#[derive(Debug, Clone, Copy)]
pub(super) struct CallInProgress {
    index: usize,
    generation: u64,
    arrived: Instant,
}

impl Record {
    pub(super) fn new() -> Self {
        Self { started: Instant::now(), calls: Mutex::default() }
    }

    pub(super) fn begin(&self, request: &Request, faults: Vec<&'static str>) -> CallInProgress {
        let arrived = Instant::now();
        let mut calls = self.lock();
        calls.list.push(Call {
            service: request.service().to_owned(),
            operation: request.operation().to_owned(),
            method: request.method().to_owned(),
            path: request.path().to_owned(),
            status: None,
            at_ms: milliseconds(arrived.duration_since(self.started)),
            duration_ms: 0,
            forwarded_count: 0,
            faults,
        });
        CallInProgress { index: calls.list.len() - 1, generation: calls.generation, arrived }
    }

    pub(super) fn forwarded(&self, call: CallInProgress) {
        self.update(call, |call| call.forwarded_count += 1);
    }

    pub(super) fn finish(&self, call: CallInProgress, status: Option<u16>) {
        let duration_ms = milliseconds(call.arrived.elapsed());
        self.update(call, |call| {
            call.status = status;
            call.duration_ms = duration_ms;
        });
    }

    pub(super) fn list(&self) -> Vec<Call> {
        self.lock().list.clone()
    }

    pub(super) fn counts(&self) -> BTreeMap<String, usize> {
        let mut counts = BTreeMap::new();
        for call in &self.lock().list {
            let name = format!("{}:{}", call.service, call.operation);
            *counts.entry(name).or_default() += 1;
        }
        counts
    }

    pub(super) fn clear(&self) {
        let mut calls = self.lock();
        calls.list.clear();
        calls.generation += 1;
    }

    fn update(&self, call: CallInProgress, change: impl FnOnce(&mut Call)) {
        let mut calls = self.lock();
        if calls.generation == call.generation
            && let Some(entry) = calls.list.get_mut(call.index)
        {
            change(entry);
        }
    }

    fn lock(&self) -> std::sync::MutexGuard<'_, Calls> {
        self.calls.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

fn milliseconds(duration: std::time::Duration) -> u64 {
    u64::try_from(duration.as_millis()).unwrap_or(u64::MAX)
}
