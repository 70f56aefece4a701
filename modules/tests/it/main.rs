//! Modules installed from servers, repositories and archives that the tests start and make themselves.

#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, reason = "a test fails by panicking")]
#![allow(clippy::disallowed_methods, reason = "only the program itself must not read its environment everywhere")]
#![allow(clippy::print_stderr, reason = "a skipped test must not look like one that passed")]

mod archives;
mod git;
mod manifest;
mod pack;
mod registry;
mod reuse;
mod world;
