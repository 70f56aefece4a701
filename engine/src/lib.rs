//! The engine: from configuration files and prior state to a plan, and from a plan to the new state.
//!
//! It knows the language, the graph and the life of objects. It never prints, and never looks at environment
//! variables or the clock: what it needs from there comes in as parameters.

#![cfg_attr(test, allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, reason = "a test fails by panicking"))]

pub mod apply;
pub mod checks;
pub mod config;
pub mod console;
pub mod diagnostics;
pub mod drive;
pub mod evaluate;
pub mod events;
pub mod functions;
pub mod graph;
pub mod language;
pub mod plan;
pub mod provider;
pub mod schema;
pub mod syntax;
pub mod validate;
pub mod world;
