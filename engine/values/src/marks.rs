//! Marks: facts about a value that travel with it through every operation.

use std::collections::BTreeSet;
use std::sync::Arc;

use serde::{Deserialize, Serialize};

use crate::Str;

/// What a deferred value waits for: the address of the object and a sentence for people.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
pub struct DeferralCause {
    /// Address of what is not there yet, e.g. `aws_lambda_function.text` or `gate.images_ready`.
    pub address: Str,
    /// Why it waits, e.g. `image story:latest is not in the repository yet`.
    pub reason: Str,
}

/// The marks of one value. Unmarked is the common case and costs nothing.
#[derive(Clone, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Marks(Option<Arc<MarkSet>>);

#[derive(Clone, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash)]
struct MarkSet {
    sensitive: bool,
    ephemeral: bool,
    deferred: BTreeSet<DeferralCause>,
}

impl Marks {
    /// No marks.
    pub const NONE: Self = Self(None);

    /// Withheld from human-readable text.
    pub fn sensitive() -> Self {
        Self(Some(Arc::new(MarkSet { sensitive: true, ..MarkSet::default() })))
    }

    /// Never stored in state or plan.
    pub fn ephemeral() -> Self {
        Self(Some(Arc::new(MarkSet { ephemeral: true, ..MarkSet::default() })))
    }

    /// Waits for something outside; see [`DeferralCause`].
    pub fn deferred(cause: DeferralCause) -> Self {
        Self(Some(Arc::new(MarkSet { deferred: BTreeSet::from([cause]), ..MarkSet::default() })))
    }

    /// True when there is no mark at all.
    pub fn is_empty(&self) -> bool {
        self.0.is_none()
    }

    /// Whether the value is withheld from human-readable text.
    pub fn is_sensitive(&self) -> bool {
        self.0.as_ref().is_some_and(|set| set.sensitive)
    }

    /// Whether the value may not be stored.
    pub fn is_ephemeral(&self) -> bool {
        self.0.as_ref().is_some_and(|set| set.ephemeral)
    }

    /// Whether the value waits for something outside.
    pub fn is_deferred(&self) -> bool {
        self.0.as_ref().is_some_and(|set| !set.deferred.is_empty())
    }

    /// What the value waits for, in a stable order.
    pub fn deferral_causes(&self) -> impl Iterator<Item = &DeferralCause> {
        self.0.iter().flat_map(|set| set.deferred.iter())
    }

    /// The marks of a value made from values with `self` and `other`.
    pub fn union(&self, other: &Self) -> Self {
        match (&self.0, &other.0) {
            (None, _) => other.clone(),
            (_, None) => self.clone(),
            (Some(left), Some(right)) if left == right => self.clone(),
            (Some(left), Some(right)) => Self(Some(Arc::new(MarkSet {
                sensitive: left.sensitive || right.sensitive,
                ephemeral: left.ephemeral || right.ephemeral,
                deferred: left.deferred.union(&right.deferred).cloned().collect(),
            }))),
        }
    }

    /// The same marks without the sensitive one, as `nonsensitive()` gives.
    pub fn without_sensitive(&self) -> Self {
        self.rebuilt(|set| set.sensitive = false)
    }

    /// The same marks without the ephemeral one, as `ephemeralasnull()` gives.
    pub fn without_ephemeral(&self) -> Self {
        self.rebuilt(|set| set.ephemeral = false)
    }

    fn rebuilt(&self, change: impl FnOnce(&mut MarkSet)) -> Self {
        let Some(set) = &self.0 else {
            return Self::NONE;
        };
        let mut set = MarkSet::clone(set);
        change(&mut set);
        if set == MarkSet::default() { Self::NONE } else { Self(Some(Arc::new(set))) }
    }
}
