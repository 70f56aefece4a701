//! What a planner asks of the outside, and how it is answered.

use std::sync::Arc;

use infra_values::Value;
use infra_values::address::{ProviderConfig, ResourceInstance};

use super::ObjectKey;
use super::planner::Planner;
use crate::diagnostics::Diagnostics;
use crate::provider::{Configured, Object, OpenResource, Provider};

/// Names a request.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct RequestId(pub(super) u64);

/// Something the planner must be told.
pub struct Request {
    /// To be given back with the answer.
    pub id: RequestId,
    /// What is asked.
    pub kind: RequestKind,
}

/// What the planner asks.
pub enum RequestKind {
    /// Configure a provider.
    Configure {
        /// Which configuration.
        address: ProviderConfig,
        /// The provider.
        provider: Arc<dyn Provider>,
        /// Its configuration, which may hold unknown values.
        config: Value,
    },
    /// Read an object as it is now.
    Refresh {
        /// Which object.
        key: ObjectKey,
        /// Its provider.
        provider: Arc<dyn Provider>,
        /// The provider's clients.
        configured: Arc<dyn Configured>,
        /// The object as it is known.
        object: Object,
    },
    /// Read a data source.
    ReadData {
        /// Which data source.
        address: ResourceInstance,
        /// Its provider.
        provider: Arc<dyn Provider>,
        /// The provider's clients.
        configured: Arc<dyn Configured>,
        /// What is asked for; wholly known.
        config: Value,
    },
    /// Open an ephemeral resource.
    Open {
        /// Which one.
        address: ResourceInstance,
        /// Its provider.
        provider: Arc<dyn Provider>,
        /// The provider's clients.
        configured: Arc<dyn Configured>,
        /// What is asked for; wholly known.
        config: Value,
    },
    /// Close an ephemeral resource.
    Close {
        /// Which one.
        address: ResourceInstance,
        /// What opening gave.
        open: OpenResource,
    },
}

/// The answer to a request.
pub enum Answer {
    /// To [`RequestKind::Configure`].
    Configured(Result<Arc<dyn Configured>, Diagnostics>),
    /// To [`RequestKind::Refresh`]; `None` when the object is gone.
    Refreshed(Result<Option<Object>, Diagnostics>),
    /// To [`RequestKind::ReadData`].
    DataRead(Result<Value, Diagnostics>),
    /// To [`RequestKind::Open`].
    Opened(Result<(Value, OpenResource), Diagnostics>),
    /// To [`RequestKind::Close`].
    Closed(Diagnostics),
}

/// Where the planner is after a step.
pub enum StepOutcome {
    /// It needs answers to these; earlier requests may still be open too.
    Requests(Vec<Request>),
    /// The plan can be taken with [`Planner::finish`].
    Finished,
}

pub(super) enum Asked {
    Configure(ProviderConfig),
    Refresh(ObjectKey),
    ReadData(ResourceInstance),
    Open(ResourceInstance),
    Close(ResourceInstance),
}

impl Planner<'_> {
    /// Takes the answer to a request. Answers that do not fit their request are ignored.
    pub fn answer(&mut self, id: RequestId, answer: Answer) {
        match (self.asked.remove(&id), answer) {
            (Some(Asked::Configure(address)), Answer::Configured(result)) => self.configured(address, result),
            (Some(Asked::Refresh(key)), Answer::Refreshed(result)) => self.refreshed(key, result),
            (Some(Asked::ReadData(address)), Answer::DataRead(result)) => self.data_read(address, result),
            (Some(Asked::Open(address)), Answer::Opened(result)) => self.opened(address, result),
            (Some(Asked::Close(address)), Answer::Closed(found)) => {
                for diagnostic in found {
                    self.world.diagnostics.push(diagnostic.about(&address));
                }
            }
            _ => {}
        }
        for node in self.waiters.remove(&id).unwrap_or_default() {
            if let Some(open) = self.blocked.get_mut(&node) {
                *open -= 1;
                if *open == 0 {
                    self.blocked.remove(&node);
                    self.ready.insert((self.position[node], node));
                }
            }
        }
    }

    pub(super) fn ask(&mut self, kind: RequestKind) -> RequestId {
        let id = RequestId(self.next_request);
        self.next_request += 1;
        let asked = match &kind {
            RequestKind::Configure { address, .. } => Asked::Configure(address.clone()),
            RequestKind::Refresh { key, .. } => Asked::Refresh(key.clone()),
            RequestKind::ReadData { address, .. } => Asked::ReadData(address.clone()),
            RequestKind::Open { address, .. } => Asked::Open(address.clone()),
            RequestKind::Close { address, .. } => Asked::Close(address.clone()),
        };
        self.asked.insert(id, asked);
        self.outgoing.push(Request { id, kind });
        id
    }
}
