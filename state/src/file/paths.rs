//! Places inside attributes, as `sensitive_attributes` writes them: steps `get_attr` and `index`.

use infra_values::{Path, PathStep, Str};
use serde::{Deserialize, Serialize};

/// One step.
#[derive(Serialize, Deserialize)]
#[serde(tag = "type", content = "value", rename_all = "snake_case", expecting = "a step of a path")]
pub(super) enum StepJson {
    /// An attribute of an object.
    GetAttr(String),
    /// A key of a map, a position in a list, or an element of a set (a value of any type).
    Index(IndexJson),
}

/// A value with its type.
#[derive(Serialize, Deserialize)]
#[serde(expecting = "an object with value and type")]
pub(super) struct IndexJson {
    value: serde_json::Value,
    r#type: serde_json::Value,
}

/// A path of the file as one of ours.
///
/// An element of a set is named there by its value. We cannot name it before the attributes are decoded, so the path
/// ends at the set: all of the set is sensitive then, as the language has it anyway.
pub(super) fn from_json(steps: Vec<StepJson>) -> Path {
    let mut path = Path::root();
    for step in steps {
        path.0.push(match step {
            StepJson::GetAttr(name) => PathStep::Attribute(Str::from(name)),
            StepJson::Index(IndexJson { value: serde_json::Value::String(key), .. }) => PathStep::Key(Str::from(key)),
            StepJson::Index(index) => match index.value.as_u64().and_then(|position| usize::try_from(position).ok()) {
                Some(position) => PathStep::Position(position),
                None => break,
            },
        });
    }
    path
}

/// One of our paths for the file; it ends at a set, see [`from_json`].
pub(super) fn to_json(path: &Path) -> Vec<StepJson> {
    path.0
        .iter()
        .map_while(|step| match step {
            PathStep::Attribute(name) => Some(StepJson::GetAttr(name.to_string())),
            PathStep::Key(key) => {
                Some(StepJson::Index(IndexJson { value: key.as_str().into(), r#type: "string".into() }))
            }
            PathStep::Position(position) => {
                Some(StepJson::Index(IndexJson { value: (*position).into(), r#type: "number".into() }))
            }
            PathStep::Element(_) => None,
        })
        .collect()
}
