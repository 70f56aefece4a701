//! Values and plain `serde` structs, and values inside files of ours.
//!
//! - [`from_value`] reads a known value into a struct; null attributes count as absent.
//! - [`to_value`] makes a value of a given type from a struct; absent attributes are null.
//! - `Serialize` and `Deserialize` of [`Value`], [`Type`], [`Number`] and [`Marks`] are lossless: unknown values with
//!   what is known about them, marks and the precision of numbers all come back. Each is one string in a compact
//!   notation, so that the depth of a value never meets the depth limit of a format. Addresses are their usual text.
//!
//! Deliberately elsewhere: JSON that others read ([`json`](crate::json)).

use std::fmt::Display;

use serde::de::DeserializeOwned;
use serde::{Deserialize, Deserializer, Serialize, Serializer};
use serde_json::Value as Json;
use serde_path_to_error::Segment;

use crate::json::{from_json_typed, to_json_plain};
use crate::path::{Path, PathStep};
use crate::value::Kind;
use crate::{Marks, Number, Type, Value, nested};

mod compact;
#[cfg(test)]
mod tests;

/// Why a value and a struct do not fit.
#[derive(Debug, thiserror::Error)]
pub enum ValueError {
    /// A part is not known yet.
    #[error("the value{} is not known yet", at(.0))]
    Unknown(Path),
    /// A part is of the wrong kind, or missing.
    #[error("the value{} does not fit: {}", at(.path), .message)]
    Mismatch {
        /// Where.
        path: Path,
        /// What does not fit.
        message: String,
    },
}

fn at(path: &Path) -> String {
    if path.0.is_empty() { String::new() } else { format!(" at {path}") }
}

/// Reads a wholly known value into a struct. Marks are ignored. Null attributes count as absent: `Option` fields
/// become `None`, fields with `#[serde(default)]` get their default.
///
/// # Errors
///
/// When a part is unknown, or of another kind than the struct wants.
pub fn from_value<T: DeserializeOwned>(value: &Value) -> Result<T, ValueError> {
    if let Some(path) = first_unknown(value, &mut Path::root()) {
        return Err(ValueError::Unknown(path));
    }
    serde_path_to_error::deserialize(without_null_attributes(value)).map_err(|error| ValueError::Mismatch {
        path: Path(error.path().iter().filter_map(step).collect()),
        message: error.inner().to_string(),
    })
}

/// A step as serde tells it: it does not know attributes from keys.
fn step(segment: &Segment) -> Option<PathStep> {
    match segment {
        Segment::Seq { index } => Some(PathStep::Position(*index)),
        Segment::Map { key } => Some(PathStep::Attribute(key.as_str().into())),
        Segment::Enum { .. } | Segment::Unknown => None,
    }
}

fn first_unknown(value: &Value, path: &mut Path) -> Option<Path> {
    if !value.is_known() {
        return Some(path.clone());
    }
    nested(|| {
        value.children().into_iter().find_map(|(step, child)| {
            path.0.push(step);
            let found = first_unknown(child, path);
            path.0.pop();
            found
        })
    })
}

fn without_null_attributes(value: &Value) -> Json {
    nested(|| match value.kind() {
        Kind::Object(attributes) => Json::Object(
            attributes
                .iter()
                .filter(|(_, attribute)| !attribute.is_null())
                .map(|(name, attribute)| (name.to_string(), without_null_attributes(attribute)))
                .collect(),
        ),
        Kind::Map(_, entries) => {
            Json::Object(entries.iter().map(|(key, entry)| (key.to_string(), without_null_attributes(entry))).collect())
        }
        Kind::List(_, items) | Kind::Set(_, items) | Kind::Tuple(items) => {
            Json::Array(items.iter().map(without_null_attributes).collect())
        }
        _ => to_json_plain(value),
    })
}

/// Makes a value of exactly this type from a struct. Absent attributes are null; sets are sorted; where the type
/// says `any`, objects and tuples are made.
///
/// # Errors
///
/// When the struct has an attribute that the type lacks, or one of another kind.
pub fn to_value<T: Serialize + ?Sized>(source: &T, ty: &Type) -> Result<Value, ValueError> {
    let json = serde_json::to_value(source)
        .map_err(|error| ValueError::Mismatch { path: Path::root(), message: error.to_string() })?;
    from_json_typed(&json, ty).map_err(|error| ValueError::Mismatch { path: error.path, message: error.message })
}

impl Serialize for Value {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_str(&compact::write_value(self))
    }
}

impl<'de> Deserialize<'de> for Value {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        read_text(deserializer, compact::read_value)
    }
}

impl Serialize for Type {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_str(&compact::write_type(self))
    }
}

impl<'de> Deserialize<'de> for Type {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        read_text(deserializer, compact::read_type)
    }
}

impl Serialize for Marks {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_str(&compact::write_marks(self))
    }
}

impl<'de> Deserialize<'de> for Marks {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        read_text(deserializer, compact::read_marks)
    }
}

impl Serialize for Number {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_str(&self.to_exact_text())
    }
}

impl<'de> Deserialize<'de> for Number {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        read_text(deserializer, Number::from_exact_text)
    }
}

/// Reads one string with `read`.
pub(crate) fn read_text<'de, D, T, E>(deserializer: D, read: impl FnOnce(&str) -> Result<T, E>) -> Result<T, D::Error>
where
    D: Deserializer<'de>,
    E: Display,
{
    let text = String::deserialize(deserializer)?;
    read(&text).map_err(serde::de::Error::custom)
}
