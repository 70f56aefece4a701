//! Values, types and addresses of the Terraform language: the vocabulary that every other crate speaks.
//!
//! - [`Value`] is an immutable value of the language: known, null or unknown, with [`Marks`]. Cloning costs a
//!   reference count, never a copy.
//! - [`Type`] is an exact type; [`convert`] and [`unify`] hold the conversion rules.
//! - [`Number`] is a 512-bit floating-point number with a fast path for small integers.
//! - [`address`] names modules, resources, instances and providers.
//! - [`Path`] names a place inside a value.
//!
//! Deliberately elsewhere: expressions and functions (`infra-engine`), files and formats other than JSON.

#![cfg_attr(test, allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, reason = "a test fails by panicking"))]

pub mod address;
pub mod convert;
pub mod json;
mod marks;
pub mod number;
mod path;
pub mod serde_value;
mod text;
mod types;
pub mod unify;
mod value;
pub mod version;

pub use marks::{DeferralCause, Marks};
pub use number::Number;
pub use path::{Path, PathStep};
pub use text::{Str, code_escape, is_printable};
pub use types::{ObjectType, Type};
pub use value::{Kind, Refinement, Unknown, Value};

/// Runs one level of a recursion over a value or type, on a new piece of stack where the present one is nearly used
/// up: values may be nested as deep as memory allows. The reserve is generous because freeing a nested type is the one
/// recursion that does not pass through here.
pub(crate) fn nested<R>(level: impl FnOnce() -> R) -> R {
    const RED_ZONE_BYTES: usize = 1024 * 1024;
    const NEW_STACK_BYTES: usize = 8 * 1024 * 1024;
    stacker::maybe_grow(RED_ZONE_BYTES, NEW_STACK_BYTES, level)
}
