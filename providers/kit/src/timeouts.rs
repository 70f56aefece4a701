//! Deadlines of operations: the `timeouts` block over the type's defaults.

use std::collections::BTreeMap;
use std::time::Duration;

use infra_aws::settings::parse_duration;
use infra_engine::diagnostics::{Diagnostic, Diagnostics};
use infra_engine::schema::Schema;
use infra_values::{Path, Value};

/// An operation with a deadline.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Operation {
    /// Making the object.
    Create,
    /// Reading it.
    Read,
    /// Changing it.
    Update,
    /// Removing it.
    Delete,
}

impl Operation {
    /// As in the `timeouts` block.
    pub fn name(self) -> &'static str {
        match self {
            Self::Create => "create",
            Self::Read => "read",
            Self::Update => "update",
            Self::Delete => "delete",
        }
    }
}

/// What the AWS provider gives an operation of a type that says nothing.
const DEFAULT: Duration = Duration::from_secs(20 * 60);

/// How long operations on one object may take.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(crate) struct Timeouts(BTreeMap<String, Duration>);

impl Timeouts {
    /// From the object's `timeouts` (where it has them) over the schema's.
    pub(crate) fn new(schema: &Schema, object: &Value) -> Self {
        let mut timeouts = BTreeMap::new();
        for (operation, default_secs) in schema.timeouts.iter().flatten() {
            let written = object.get("timeouts").and_then(|written| written.get(operation)?.as_str());
            let default = default_secs.map_or(DEFAULT, Duration::from_secs);
            timeouts.insert(operation.to_string(), written.and_then(parse_duration).unwrap_or(default));
        }
        Self(timeouts)
    }

    /// How long this operation may take.
    pub(crate) fn of(&self, operation: Operation) -> Duration {
        self.0.get(operation.name()).copied().unwrap_or(DEFAULT)
    }

    /// By operation, for the private bytes.
    pub(crate) fn all(&self) -> &BTreeMap<String, Duration> {
        &self.0
    }
}

/// Checks that what is written in a `timeouts` block are durations.
pub(crate) fn validate(config: &Value) -> Diagnostics {
    let written = config.get("timeouts").and_then(Value::as_entries);
    let wrong = |(operation, text): (&infra_values::Str, &Value)| {
        let text = text.as_str().filter(|text| parse_duration(text).is_none())?;
        let detail = format!("{text:?} is not a duration. Write one such as \"30m\" or \"1h30m\".");
        Some(
            Diagnostic::error("Invalid timeout", detail)
                .on(Path::root().attribute("timeouts").attribute(operation.clone())),
        )
    };
    written.into_iter().flatten().filter_map(wrong).collect::<Vec<_>>().into()
}
