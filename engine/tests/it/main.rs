//! Whole runs of the engine on the provider in memory: files in, printed plans and logs out.

#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::print_stdout,
    reason = "a test fails by panicking"
)]

mod checks;
mod ephemeral;
mod formatting;
mod inputs;
mod lab;
mod life;
mod lifecycle;
mod mistakes;
mod modules;
mod narrowing;
mod oracle;
mod promises;
mod provisioning;
mod reading;
mod repetition;
mod running;
