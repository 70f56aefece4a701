//! The plan: everything that will be done, decided, as a value.
//!
//! A [`Plan`] is immutable and serialisable and holds all that applying it needs: the files it was made from, the
//! variables, each object's action with its planned values and reasons, and the [`Step`]s with their order. Applying
//! decides nothing; it only fills in what could not be known before.
//!
//! [`Planner`] makes plans without any input or output of its own: it asks for what it needs ([`Request`]) and is
//! given answers ([`Answer`]). [`check`] reads a finished plan and says which promises it breaks.

use std::collections::BTreeMap;
use std::sync::Arc;

use infra_state::State;
use infra_state::store::StateVersion;
use infra_values::address::{ConfigResource, DeposedKey, ProviderConfig, ResourceInstance, Target};
use infra_values::{DeferralCause, Path, Str, Value};
use serde::{Deserialize, Serialize};

use crate::checks::CheckResults;
use crate::config::Snapshot;
use crate::diagnostics::Diagnostics;

mod behind;
pub mod check;
pub(crate) mod checks;
mod create_before_destroy;
mod data;
mod ephemeral;
mod finishing;
mod ignore_changes;
mod importing;
mod left_out;
mod managed;
mod moves;
mod object;
mod order;
mod orphans;
mod outputs;
mod pending;
mod planner;
mod providers;
mod provisioner_uses;
mod refreshing;
mod removed;
mod replace_requests;
mod replace_triggers;
mod requests;
mod state_text;
mod targets;

pub(crate) use behind::Behind;
pub use ignore_changes::ignore_changes as keep_ignored;
pub(crate) use object::ephemeral_misuse;
pub(crate) use object::stored_value;
pub use object::{ObjectError, PriorObject, decode_object, encode_object, mark_schema_secrets, without_write_only};
pub use planner::Planner;
pub(crate) use planner::locate;
pub(crate) use providers::may_be_implied;
pub use requests::{Answer, Request, RequestId, RequestKind, StepOutcome};

/// Version of the plan file's form. Another version is refused.
pub const FORMAT_VERSION: u32 = 1;

/// See the module's documentation.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct Plan {
    /// [`FORMAT_VERSION`] of whoever wrote it.
    pub format_version: u32,
    /// What kind of plan it is.
    pub mode: Mode,
    /// The configuration files it was made from.
    pub files: Snapshot,
    /// Names of provider generations and other settings that the caller must restore before applying.
    pub settings: BTreeMap<String, String>,
    /// Values of the root module's variables, without those that were given for ephemeral ones.
    pub variables: BTreeMap<Str, Value>,
    /// Those of them that were given, before they were converted to the variable's type.
    pub given_variables: BTreeMap<Str, Value>,
    /// Ephemeral variables for which a value was given: it must be given again to apply the plan.
    pub ephemeral_variables: Vec<Str>,
    /// When it was made, in RFC 3339.
    pub timestamp: Str,
    /// The workspace it was made in.
    pub workspace: Str,
    /// The state it was made from.
    pub based_on: StateVersion,
    /// That state with what refreshing and reading found: what applying starts from.
    #[serde(with = "state_text")]
    pub state: Arc<State>,
    /// Objects that have another address there than in what is stored.
    pub moved: Vec<Move>,
    /// The objects in which it differs from what is stored.
    pub refreshed: Vec<ObjectKey>,
    /// Objects that leave the state when everything is done, without anything being destroyed.
    pub dropped_at_end: Vec<ObjectKey>,
    /// What happens to each object, in the order of addresses. Unchanged objects are in it too.
    pub changes: Vec<ResourceChange>,
    /// What changed outside of this tool since the state was written.
    pub drift: Vec<Drift>,
    /// What happens to each output of the root module.
    pub outputs: BTreeMap<Str, OutputChange>,
    /// The work, in an order in which everything comes after what it needs.
    pub steps: Vec<Step>,
    /// What conditions came to while planning.
    pub checks: CheckResults,
    /// What waits for something outside.
    pub deferred: Vec<DeferredChange>,
    /// `-target`
    pub targets: Vec<Str>,
    /// `-exclude`
    #[serde(default)]
    pub excludes: Vec<Str>,
    /// Whether errors kept parts out of it: it can be shown and not applied.
    pub errored: bool,
}

/// An instance that has another address now.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Move {
    /// Its address in what is stored.
    pub from: ResourceInstance,
    /// Its address now.
    pub to: ResourceInstance,
}

/// Names one object: a current one, or one that a replacement left behind.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
pub struct ObjectKey {
    /// Which instance.
    pub address: ResourceInstance,
    /// Set for an object left behind.
    pub deposed: Option<DeposedKey>,
}

impl ObjectKey {
    /// The current object of an instance.
    pub fn current(address: ResourceInstance) -> Self {
        Self { address, deposed: None }
    }
}

/// What kind of plan.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub enum Mode {
    /// Make reality what the files say.
    #[default]
    Normal,
    /// Destroy everything in the state.
    Destroy,
    /// Only bring the state up to date with reality.
    RefreshOnly,
}

/// What happens to an object.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
pub enum Action {
    /// Nothing.
    NoOp,
    /// It is made.
    Create,
    /// A data source is read during apply.
    Read,
    /// It is changed in place.
    Update,
    /// It is destroyed.
    Delete,
    /// It is destroyed, then made anew.
    DeleteThenCreate,
    /// It is made anew, then the old one destroyed.
    CreateThenDelete,
    /// The state forgets it; it stays.
    Forget,
}

impl Action {
    /// Whether it is one of the two kinds of replacement.
    pub fn is_replace(self) -> bool {
        matches!(self, Self::DeleteThenCreate | Self::CreateThenDelete)
    }
}

/// Why an object is replaced, destroyed or read late. The names are those of the plan's JSON form.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
#[expect(missing_docs, reason = "the names say it")]
pub enum Reason {
    ReplaceBecauseCannotUpdate,
    ReplaceBecauseTainted,
    ReplaceByRequest,
    ReplaceByTriggers,
    DeleteBecauseNoResourceConfig,
    DeleteBecauseWrongRepetition,
    DeleteBecauseCountIndex,
    DeleteBecauseEachKey,
    DeleteBecauseNoModule,
    DeleteBecauseNoMoveTarget,
    ReadBecauseConfigUnknown,
    ReadBecauseDependencyPending,
    ReadBecauseCheckNested,
}

/// What happens to one object.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct ResourceChange {
    /// Which object.
    pub address: ResourceInstance,
    /// Set for an object that an earlier replacement left behind.
    pub deposed: Option<DeposedKey>,
    /// Where it was in the state, if it was moved.
    pub previous_address: Option<ResourceInstance>,
    /// The id under which the object was found, if it is new in the state because an `import` block says so.
    pub importing: Option<Str>,
    /// The block that was generated for it, where no file declares it.
    #[serde(default)]
    pub generated_config: Option<Str>,
    /// The provider configuration that does it.
    pub provider: ProviderConfig,
    /// What happens.
    pub action: Action,
    /// Why, where the action alone does not say it.
    pub reason: Option<Reason>,
    /// The configuration line that caused a replacement or deletion.
    pub cause: Option<SourceLine>,
    /// The object before; null when there is none. Sensitive parts are marked.
    pub before: Value,
    /// The object after, as far as it is known; null when there is none. Sensitive parts are marked.
    pub after: Value,
    /// Attributes whose change cannot be made in place.
    pub replace_paths: Vec<Path>,
    /// Bytes that the provider keeps with the planned object.
    pub private: Vec<u8>,
    /// What the object depends on, as stored with it.
    pub dependencies: Vec<ConfigResource>,
    /// Whether it is replaced by making the new one first.
    pub create_before_destroy: bool,
}

/// A line of a configuration file.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct SourceLine {
    /// The file.
    pub file: String,
    /// The line, from 1.
    pub line: usize,
}

/// What changed outside.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct Drift {
    /// Which object.
    pub address: ResourceInstance,
    /// Set for a deposed object.
    pub deposed: Option<DeposedKey>,
    /// Where it was in the state, if it was moved: what only moved is here in a plan that only refreshes.
    pub previous_address: Option<ResourceInstance>,
    /// The provider configuration that found it.
    pub provider: ProviderConfig,
    /// As the state has it.
    pub before: Value,
    /// As it is; null when it is gone.
    pub after: Value,
}

/// What happens to an output of the root module.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct OutputChange {
    /// As the state has it; `None` when it is new.
    pub before: Option<Value>,
    /// As it will be; `None` when it goes.
    pub after: Option<Value>,
    /// Whether it is withheld from human-readable text, before or after.
    pub sensitive: bool,
}

impl OutputChange {
    /// What happens, in the words used for objects.
    pub fn action(&self) -> Action {
        match (&self.before, &self.after) {
            (None, Some(_)) => Action::Create,
            (Some(_), None) => Action::Delete,
            (Some(before), Some(after)) if before != after => Action::Update,
            _ => Action::NoOp,
        }
    }
}

/// An object that waits for something outside.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct DeferredChange {
    /// What would happen to it.
    pub change: ResourceChange,
    /// What it waits for.
    pub causes: Vec<DeferralCause>,
}

/// Position of a step in [`Plan::steps`].
pub type StepId = usize;

/// A piece of work, or a point where several meet.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Step {
    /// What is done.
    pub work: Work,
    /// The steps that come before, all with smaller positions.
    pub after: Vec<StepId>,
}

/// What a step does; numbers are positions in [`Plan::changes`].
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum Work {
    /// Nothing: it stands for everything it comes after, so that many may wait for many with few edges.
    Join,
    /// Makes an object. With a key, the present object is first set aside under it.
    Create {
        /// Which change.
        change: usize,
        /// The key under which the replaced object waits for its end.
        depose_as: Option<DeposedKey>,
    },
    /// Changes an object in place.
    Update {
        /// Which change.
        change: usize,
    },
    /// Destroys an object.
    Delete {
        /// Which change.
        change: usize,
        /// The key of the object if it is not the current one.
        deposed: Option<DeposedKey>,
    },
    /// Reads a data source.
    Read {
        /// Which change.
        change: usize,
    },
    /// Drops an object from the state.
    Forget {
        /// Which change.
        change: usize,
    },
}

impl Work {
    /// The change it is part of.
    pub fn change(&self) -> Option<usize> {
        match self {
            Self::Join => None,
            Self::Create { change, .. }
            | Self::Update { change }
            | Self::Delete { change, .. }
            | Self::Read { change }
            | Self::Forget { change } => Some(*change),
        }
    }
}

/// How many objects are added, changed and destroyed.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Counts {
    /// Made, replacements included.
    pub add: usize,
    /// Changed in place.
    pub change: usize,
    /// Destroyed, replacements included.
    pub remove: usize,
    /// Adopted.
    pub import: usize,
    /// Dropped from the state.
    pub forget: usize,
}

impl Plan {
    /// How many objects it adds, changes and destroys.
    pub fn counts(&self) -> Counts {
        let mut counts = Counts::default();
        for change in &self.changes {
            counts.import += usize::from(change.importing.is_some());
            match change.action {
                Action::NoOp | Action::Read => {}
                Action::Create => counts.add += 1,
                Action::Update => counts.change += 1,
                Action::Delete => counts.remove += 1,
                Action::DeleteThenCreate | Action::CreateThenDelete => {
                    counts.add += 1;
                    counts.remove += 1;
                }
                Action::Forget => counts.forget += 1,
            }
        }
        counts
    }

    /// Whether applying it would change anything: an object, an output or the state.
    pub fn has_changes(&self) -> bool {
        let objects = self.changes.iter().any(|change| change.action != Action::NoOp || change.importing.is_some());
        let outputs = self.outputs.values().any(|output| match self.mode {
            // What no file declares any more goes when something is applied, and what is not known is not stored.
            Mode::RefreshOnly => {
                output.action() != Action::NoOp && output.after.as_ref().is_some_and(Value::is_wholly_known)
            }
            _ => output.action() != Action::NoOp,
        });
        objects || outputs || !self.moved.is_empty() || (self.mode == Mode::RefreshOnly && !self.drift.is_empty())
    }

    /// Whether it leaves nothing waiting and was not narrowed.
    pub fn is_complete(&self) -> bool {
        self.deferred.is_empty() && !self.is_narrowed() && !self.errored
    }

    /// Whether flags made it look at a part of the files only.
    pub fn is_narrowed(&self) -> bool {
        !self.targets.is_empty() || !self.excludes.is_empty()
    }
}

/// What a plan is made with besides files, state and variables.
#[derive(Clone, Debug, Default)]
pub struct Options {
    /// What kind of plan.
    pub mode: Mode,
    /// Whether objects are read before planning.
    pub refresh: bool,
    /// `-target`: only these and what they need.
    pub targets: Vec<Target>,
    /// `-exclude`: everything but these and what needs them.
    pub excludes: Vec<Target>,
    /// `-replace`: these are replaced even if they could stay.
    pub replace: Vec<ResourceInstance>,
    /// Objects to be imported beside those of `import` blocks: where to, and under which id they are found.
    pub imports: Vec<(ResourceInstance, Str)>,
}

/// A plan with what was found on the way; no plan where errors left nothing to show.
pub type Planned = (Option<Plan>, Diagnostics);
