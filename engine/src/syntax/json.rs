//! The JSON form of configuration and values files: a tree with spans, and expressions made from it.
//!
//! [`parse_json`] reads a file. What its objects mean as bodies (which property is an argument, which a block) depends
//! on who reads them, so that is in `config`; [`JsonValue::expression`] makes an expression of a value, in one of the
//! ways that a place may want it read ([`Reading`]).

use infra_values::{Number, Str};

use super::{Name, Span};

mod expression;
mod parse;
mod place;
mod text;

pub use expression::Reading;
pub use parse::{parse_json, parse_json_bytes};
pub use place::json_path_to;

/// A JSON value with its place.
#[derive(Clone, Debug)]
pub struct JsonValue {
    /// What it is.
    pub kind: JsonKind,
    /// Where it stands.
    pub span: Span,
}

/// The forms of a JSON value.
#[derive(Clone, Debug)]
pub enum JsonKind {
    /// `null`
    Null,
    /// `true`, `false`
    Bool(bool),
    /// A number, exact.
    Number(Number),
    /// Text, escapes already applied. The span of the value includes the quotes.
    String(Str),
    /// `[ … ]`
    Array(Vec<JsonValue>),
    /// `{ … }`. Names may stand several times.
    Object(Vec<JsonProperty>),
    /// Something that could not be read; reported already.
    Mistake,
}

/// `"name": value`
#[derive(Clone, Debug)]
pub struct JsonProperty {
    /// The name, with the place of its quotes.
    pub name: Name,
    /// The value.
    pub value: JsonValue,
}

impl JsonProperty {
    /// From the name to the end of the value.
    pub fn span(&self) -> Span {
        self.name.span.to(self.value.span)
    }
}

impl JsonValue {
    /// Where it begins: one bracket of what has brackets. That is the place of what is missing inside.
    pub fn start(&self) -> Span {
        match self.kind {
            JsonKind::Array(_) | JsonKind::Object(_) => Span { end: self.span.start + 1, ..self.span },
            _ => self.span,
        }
    }
}

/// The name of properties that are comments.
pub const JSON_COMMENT: &str = "//";

#[cfg(test)]
mod tests;
