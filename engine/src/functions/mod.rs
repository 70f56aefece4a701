//! The functions of the language: one table, one file per category.
//!
//! A function is data ([`Function`]) plus one Rust function over known values. What every function needs (argument
//! count, conversion, null, unknown and marks) is done once, in [`call`]. Adding a function is a constant and a Rust
//! function in the file of its category, and a line in `table.rs`; `tests/` holds what it must answer.
//!
//! Deliberately elsewhere: evaluating arguments, and so the short circuits of `try` and `can` ([`crate::evaluate`]).

use std::path::Path;

use infra_values::{Type, Value};

use crate::language::Language;

mod arguments;
mod call;
mod collection;
mod conversion;
mod crypto;
mod csv;
mod encoding;
mod files_matching;
mod filesystem;
mod gzip;
mod hash;
mod json_reading;
mod network;
mod numeric;
#[cfg(test)]
mod reference;
mod string;
mod table;
#[cfg(test)]
mod tests;
mod text_encoding;
mod time;
mod yaml;

pub use call::call;
pub use table::{lookup, table};

/// A function of the language.
pub struct Function {
    /// `jsonencode`
    pub name: &'static str,
    /// One sentence for reference pages.
    pub docs: &'static str,
    /// The parameters that must be given.
    pub parameters: &'static [Parameter],
    /// What any number of further arguments must be.
    pub variadic: Option<Parameter>,
    /// The type of the result.
    pub returns: Returns,
    /// Whether the result may be null; otherwise an unknown result is known not to be.
    pub may_be_null: bool,
    /// Whether the evaluator calls it with expressions rather than values (`try`, `can`). The implementation serves
    /// arguments that were evaluated without a mistake.
    pub lazy: bool,
    /// The type of the result as reference pages show it, where [`Returns::Computed`] would show any type.
    pub shown_type: Option<fn() -> Type>,
    /// Where the function exists.
    pub availability: Availability,
    /// Computes the result from converted arguments. It sees an unknown, null or marked argument only where the
    /// parameter allows it.
    pub implementation: fn(&dyn Context, &[Value]) -> Result<Value, FunctionError>,
}

impl Function {
    /// A function whose result is never null.
    pub const fn new(
        name: &'static str,
        docs: &'static str,
        parameters: &'static [Parameter],
        returns: Returns,
        implementation: fn(&dyn Context, &[Value]) -> Result<Value, FunctionError>,
    ) -> Self {
        Self {
            name,
            docs,
            parameters,
            variadic: None,
            returns,
            may_be_null: false,
            lazy: false,
            shown_type: None,
            availability: Availability::Everywhere,
            implementation,
        }
    }

    const fn variadic(mut self, parameter: Parameter) -> Self {
        self.variadic = Some(parameter);
        self
    }

    const fn may_be_null(mut self) -> Self {
        self.may_be_null = true;
        self
    }

    const fn lazy(mut self) -> Self {
        self.lazy = true;
        self
    }

    const fn shown_as(mut self, ty: fn() -> Type) -> Self {
        self.shown_type = Some(ty);
        self
    }

    /// Terraform does not have it.
    const fn extension(mut self) -> Self {
        self.availability = Availability::Extended;
        self
    }

    /// It is there only to say what to use instead.
    const fn withdrawn(mut self) -> Self {
        self.availability = Availability::Withdrawn;
        self
    }

    /// Whether it can be called in a language.
    pub fn is_in(&self, language: Language) -> bool {
        self.availability != Availability::Extended || !language.is_strict()
    }

    /// What is wrong with so many arguments, as a summary and a sentence.
    pub fn count_mistake(&self, given: usize) -> Option<(&'static str, String)> {
        let required = self.parameters.len();
        let at_least = if self.variadic.is_some() { "at least " } else { "" };
        let takes = format!("it takes {at_least}{required} argument{}", if required == 1 { "" } else { "s" });
        if let Some(missing) = self.parameters.get(given) {
            let detail = format!("{takes}, but got {given}; the value for {:?} is missing", missing.name);
            return Some(("Not enough function arguments", detail));
        }
        (given > required && self.variadic.is_none())
            .then(|| ("Too many function arguments", format!("{takes}, but got {given}")))
    }

    /// What the argument at a position is given for; `None` when there are too many.
    pub fn parameter(&self, position: usize) -> Option<&Parameter> {
        self.parameters.get(position).or(self.variadic.as_ref())
    }
}

/// Where a function exists.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Availability {
    /// In Terraform as well.
    Everywhere,
    /// Only where extensions are on.
    Extended,
    /// Nowhere: calling it says what to use instead.
    Withdrawn,
}

/// A parameter of a function.
#[derive(Clone, Copy)]
pub struct Parameter {
    /// As named in reference pages and messages.
    pub name: &'static str,
    /// What the argument is converted to.
    pub ty: fn() -> Type,
    /// Whether `null` may be given.
    pub allows_null: bool,
    /// Whether the implementation wants to see unknown values; otherwise one makes the result unknown. Parts of a
    /// known value may be unknown either way.
    pub allows_unknown: bool,
    /// Whether the implementation handles marks; otherwise they are taken off and put on the result.
    pub allows_marks: bool,
}

impl Parameter {
    /// A parameter that allows neither null nor unknown values nor marks.
    pub const fn new(name: &'static str, ty: fn() -> Type) -> Self {
        Self { name, ty, allows_null: false, allows_unknown: false, allows_marks: false }
    }

    const fn nullable(mut self) -> Self {
        self.allows_null = true;
        self
    }

    /// The implementation sees unknown values.
    pub const fn sees_unknown(mut self) -> Self {
        self.allows_unknown = true;
        self
    }

    const fn sees_marks(mut self) -> Self {
        self.allows_marks = true;
        self
    }
}

/// How the type of the result is known before the result is.
pub enum Returns {
    /// Always this one.
    Fixed(fn() -> Type),
    /// It depends on the arguments, which may be unknown.
    Computed(fn(&[Value]) -> Result<Type, FunctionError>),
}

/// What functions need from outside the expression.
pub trait Context {
    /// The folder against which relative paths are resolved: the current one, as in Terraform.
    fn base_directory(&self) -> &Path;
    /// Evaluates a template file's text with variables, for `templatefile`. `name` is used in messages.
    fn render_template(&self, name: &str, text: &str, variables: &Value) -> Result<Value, FunctionError>;
    /// The time of this plan in RFC 3339, for `plantimestamp`; `None` while validating.
    fn plan_timestamp(&self) -> Option<&str>;
    /// The current time in RFC 3339, while values may differ from call to call: not before something is applied.
    fn now(&self) -> Option<String> {
        None
    }
    /// What a leading `~` in a path stands for; `None` where nobody's home is known.
    fn home_directory(&self) -> Option<&Path> {
        None
    }
    /// Whether what goes beyond Terraform is on.
    fn language(&self) -> Language {
        Language::default()
    }
}

/// Why a call failed. The message ends without a full stop; the caller adds function, argument and place.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("{message}")]
pub struct FunctionError {
    /// Which argument is to blame, from 0; `None` for the call as a whole. Where Terraform calls a mistake in an
    /// argument one of the call, ours is one of the call too, so that both are at the same place.
    pub argument: Option<usize>,
    /// What is wrong with it.
    pub message: String,
}

impl FunctionError {
    /// The call as a whole failed.
    pub fn new(message: impl Into<String>) -> Self {
        Self { argument: None, message: message.into() }
    }

    /// One argument, counted from 0, is to blame.
    pub fn argument(argument: usize, message: impl Into<String>) -> Self {
        Self { argument: Some(argument), message: message.into() }
    }

    /// The same mistake, with the call as a whole to blame.
    pub fn of_call(self) -> Self {
        Self { argument: None, ..self }
    }
}
