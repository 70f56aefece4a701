//! Functions on dates and times, which are texts in RFC 3339 such as `2006-01-02T15:04:05Z`.
//!
//! `timestamp` and `plantimestamp` get the time from the context: nothing here looks at a clock.

use infra_values::{Type, Value};

use super::arguments::{Outcome, number, string, text};
use super::{Context, Function, FunctionError, Parameter, Returns};

mod duration;
mod format;
mod instant;

use instant::Instant;

pub(super) const FORMATDATE: Function = Function::new(
    "formatdate",
    "Writes a timestamp in a form given by letters: `YYYY-MM-DD hh:mm:ss`. Text between single quotes stays as it is.",
    &[Parameter::new("format", string), Parameter::new("time", string)],
    Returns::Fixed(string),
    |_, arguments| {
        let time = Instant::parse(text(&arguments[1])).map_err(|problem| FunctionError::argument(1, problem))?;
        format::format(text(&arguments[0]), &time)
            .map(Value::string)
            .map_err(|problem| FunctionError::argument(0, problem))
    },
);

pub(super) const PLANTIMESTAMP: Function = Function::new(
    "plantimestamp",
    "Returns the time of the plan, in UTC. It is the same wherever it is used in one plan, and during its apply.",
    &[],
    Returns::Fixed(string),
    |context, _| Ok(context.plan_timestamp().map_or_else(|| Value::unknown(Type::String), Value::string)),
);

pub(super) const TIMEADD: Function = Function::new(
    "timeadd",
    "Adds a duration such as `1h30m` or `-10s` to a timestamp.",
    &[Parameter::new("timestamp", string), Parameter::new("duration", string)],
    Returns::Fixed(string),
    |_, arguments| {
        let time = Instant::parse(text(&arguments[0])).map_err(FunctionError::new)?;
        let nanoseconds = duration::parse(text(&arguments[1])).map_err(FunctionError::new)?;
        Ok(Value::string(time.plus(nanoseconds).to_string()))
    },
);

pub(super) const TIMECMP: Function = Function::new(
    "timecmp",
    "Compares two timestamps: -1, 0 or 1 when the first is earlier than, equal to or later than the second.",
    &[Parameter::new("timestamp_a", string), Parameter::new("timestamp_b", string)],
    Returns::Fixed(number),
    |_, arguments| {
        let parse = |position: usize| {
            Instant::parse_loosely(text(&arguments[position]))
                .map_err(|problem| FunctionError::argument(position, problem))
        };
        Ok(Value::number(parse(0)?.cmp(&parse(1)?) as i64))
    },
);

pub(super) const TIMESTAMP: Function = Function::new(
    "timestamp",
    "Returns the current time in UTC. It is known only while applying.",
    &[],
    Returns::Fixed(string),
    now,
);

fn now(context: &dyn Context, _: &[Value]) -> Outcome {
    Ok(context.now().map_or_else(|| Value::unknown(Type::String), Value::string))
}

/// A timestamp with whole seconds; `None` for a text that is none.
pub(super) fn to_rfc3339(text: &str) -> Option<String> {
    Instant::parse(text).ok().map(|time| time.to_string())
}
