//! What happens while the engine works, for whoever watches: the terminal, a JSON stream, a test.

use std::time::Duration;

use infra_values::Str;
use infra_values::address::ResourceInstance;

use crate::diagnostics::Diagnostics;
use crate::plan::Action;

/// Something that happened.
#[derive(Clone, Debug)]
pub enum Event {
    /// An object of the state, or a data source, is about to be read.
    ReadStarted {
        /// Which.
        address: ResourceInstance,
        /// The `id` of an object of the state.
        id: Option<String>,
    },
    /// It was read.
    ReadFinished {
        /// Which.
        address: ResourceInstance,
        /// The `id` of the object.
        id: Option<String>,
        /// How long it took.
        elapsed: Duration,
    },
    /// An object is about to be changed.
    ChangeStarted {
        /// Which.
        address: ResourceInstance,
        /// [`Action::Create`], [`Action::Update`], [`Action::Delete`] or [`Action::Read`].
        action: Action,
        /// The `id` of an object that exists already.
        id: Option<String>,
    },
    /// The change waits for something.
    ChangeWaits {
        /// Which.
        address: ResourceInstance,
        /// What it waits for.
        waiting_for: String,
    },
    /// A provisioner begins to run.
    ProvisionerStarted {
        /// For which object.
        address: ResourceInstance,
        /// Its kind: `local-exec`.
        kind: Str,
    },
    /// A provisioner says something.
    ProvisionerOutput {
        /// For which object.
        address: ResourceInstance,
        /// Its kind: `local-exec`.
        kind: Str,
        /// One line, without its end. Never tells a secret.
        line: String,
    },
    /// A provisioner has come to its end.
    ProvisionerFinished {
        /// For which object.
        address: ResourceInstance,
        /// Its kind: `local-exec`.
        kind: Str,
        /// Whether it did what it should.
        succeeded: bool,
    },
    /// The change was made.
    ChangeFinished {
        /// Which.
        address: ResourceInstance,
        /// What was done.
        action: Action,
        /// The `id` of the object.
        id: Option<String>,
        /// How long it took.
        elapsed: Duration,
    },
    /// The change failed. The diagnostics come with the result of the whole operation too.
    ChangeFailed {
        /// Which.
        address: ResourceInstance,
        /// What was tried.
        action: Action,
        /// How long it took.
        elapsed: Duration,
        /// Why.
        diagnostics: Diagnostics,
    },
}

/// Somebody who watches.
pub trait Events: Send + Sync {
    /// Called for each event, from wherever it happens; must not block.
    fn event(&self, event: Event);
}

/// Nobody watches.
pub struct NoEvents;

impl Events for NoEvents {
    fn event(&self, _event: Event) {}
}
