//! What differs between two values, as a tree, and how that tree is drawn.
//!
//! [`of_values`] compares values as their kinds say, [`of_block`] compares objects of a schema. A [`Difference`] is
//! drawn by [`draw`], in a plan with symbols in front of lines, in a state without: there every object is a
//! [`Effect::Same`] difference. Secrets are already withheld in the tree: drawing cannot leak them.

use std::collections::BTreeMap;

use infra_values::{Path, PathStep, Str, Value};

mod alignment;
mod block;
mod compare;
mod text;

pub mod draw;

pub use block::of_block;
pub use compare::{Typing, of_values};

/// What happens to a part of a value.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Effect {
    /// Nothing.
    Same,
    /// It was not there before.
    Add,
    /// It will not be there any more.
    Remove,
    /// It changes.
    Change,
}

impl Effect {
    /// What happens to the whole, given what has been found of it so far and what happens to one more part.
    fn with_part(self, part: Effect) -> Self {
        match part {
            Self::Same => self,
            _ if part == self => self,
            _ => Self::Change,
        }
    }
}

/// A part of a value before and after.
#[derive(Debug)]
pub struct Difference {
    /// What happens to it.
    pub effect: Effect,
    /// Whether the change cannot be made in place.
    pub replaces: bool,
    /// What it looks like.
    pub shape: Shape,
}

/// What a part looks like.
#[derive(Debug)]
pub enum Shape {
    /// A value without parts; `None` where there is nothing.
    Scalar {
        /// Before.
        before: Option<Value>,
        /// After.
        after: Option<Value>,
    },
    /// `[ … ]`
    Items {
        /// In the order in which they are drawn.
        items: Vec<Difference>,
        /// Whether unchanged neighbours are drawn, because the order means something.
        is_ordered: bool,
    },
    /// `{ … }`
    Entries {
        /// By key or name.
        entries: BTreeMap<Str, Difference>,
        /// Whether it is a map: its entries are elements, and their keys are quoted.
        is_map: bool,
    },
    /// The content of a block.
    Block {
        /// Attributes by name, those that are null before and after left out.
        attributes: BTreeMap<Str, Difference>,
        /// Nested blocks by name.
        blocks: BTreeMap<Str, Vec<NestedDifference>>,
    },
    /// Something that only apply can tell, a value or blocks of unknown number; what was there before.
    Unknown(Option<Box<Difference>>),
    /// Withheld.
    Secret {
        /// Whether it is a block.
        is_block: bool,
        /// Whether only now it becomes a secret, or ceases to be one.
        turn: Option<SecretTurn>,
    },
    /// The kind of value changes: all of the old goes, all of the new comes.
    Exchange(Box<Difference>, Box<Difference>),
}

/// One of several blocks of the same name.
#[derive(Debug)]
pub struct NestedDifference {
    /// The label of a block in a map.
    pub label: Option<Str>,
    /// Its content.
    pub difference: Difference,
}

/// A value becomes a secret or ceases to be one.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct SecretTurn {
    /// Whether it is one afterwards.
    pub becomes_secret: bool,
    /// Whether the value itself stays.
    pub value_stays: bool,
}

/// The places whose change forces a replacement, seen from a part of the value.
#[derive(Clone, Debug, Default)]
pub struct Replacing<'p>(Vec<&'p [PathStep]>);

impl<'p> Replacing<'p> {
    /// From paths of the whole value.
    pub fn of(paths: &'p [Path]) -> Self {
        Self(paths.iter().map(|path| path.0.as_slice()).collect())
    }

    /// Whether it is this part itself.
    fn is_here(&self) -> bool {
        self.0.iter().any(|path| path.is_empty())
    }

    /// Seen from inside an attribute or map entry.
    fn inside_name(&self, name: &str) -> Self {
        self.inside(|step| matches!(step, PathStep::Attribute(own) | PathStep::Key(own) if own == name))
    }

    /// Seen from inside an element that may have moved.
    fn inside_position(&self, before: Option<usize>, after: Option<usize>) -> Self {
        self.inside(|step| {
            matches!(step, PathStep::Position(at) | PathStep::Element(at) if Some(*at) == before || Some(*at) == after)
        })
    }

    fn inside(&self, is_step: impl Fn(&PathStep) -> bool) -> Self {
        let rest = self.0.iter().filter_map(|path| path.split_first());
        Self(rest.filter(|(first, _)| is_step(first)).map(|(_, rest)| rest).collect())
    }
}

#[cfg(test)]
mod tests;
