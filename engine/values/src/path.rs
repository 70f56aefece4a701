//! Places inside a value.

use std::fmt;

use serde::{Deserialize, Serialize};

use crate::{Number, Str, Value};

/// One step into a value.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
pub enum PathStep {
    /// An attribute of an object.
    Attribute(Str),
    /// A key of a map.
    Key(Str),
    /// A position in a list or tuple, from 0.
    Position(usize),
    /// An element of a set, by its position in the set's order.
    Element(usize),
}

/// A place inside a value, from the outside in. The empty path is the value itself.
#[derive(Clone, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
pub struct Path(pub Vec<PathStep>);

impl Path {
    /// The value itself.
    pub fn root() -> Self {
        Self::default()
    }

    /// This path with one more step.
    pub fn child(&self, step: PathStep) -> Self {
        let mut steps = self.0.clone();
        steps.push(step);
        Self(steps)
    }

    /// The path to an attribute below this one.
    pub fn attribute(&self, name: impl Into<Str>) -> Self {
        self.child(PathStep::Attribute(name.into()))
    }

    /// Whether `self` is `other` or lies inside it.
    pub fn starts_with(&self, other: &Path) -> bool {
        self.0.starts_with(&other.0)
    }

    /// Names of the attributes on the way, without keys and positions: `rule.filter.prefix`.
    pub fn schema_path(&self) -> String {
        let mut text = String::new();
        for step in &self.0 {
            if let PathStep::Attribute(name) = step {
                if !text.is_empty() {
                    text.push('.');
                }
                text.push_str(name);
            }
        }
        text
    }

    /// The part of `value` at this path; `None` where there is none (also inside null and unknown).
    pub fn get<'v>(&self, value: &'v Value) -> Option<&'v Value> {
        self.0.iter().try_fold(value, |value, step| value.step(step))
    }
}

/// As in a reference: `.rule[0].filter["x"]`.
impl fmt::Display for Path {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        for step in &self.0 {
            match step {
                PathStep::Attribute(name) => write!(formatter, ".{name}")?,
                PathStep::Key(key) => write!(formatter, "[{:?}]", key.as_str())?,
                PathStep::Position(position) | PathStep::Element(position) => write!(formatter, "[{position}]")?,
            }
        }
        Ok(())
    }
}

impl PathStep {
    /// The index value this step stands for, `None` for attributes.
    pub fn index_value(&self) -> Option<Value> {
        match self {
            Self::Attribute(_) => None,
            Self::Key(key) => Some(Value::string(key.as_str())),
            Self::Position(position) | Self::Element(position) => Some(Value::number(Number::from(*position as u64))),
        }
    }
}
