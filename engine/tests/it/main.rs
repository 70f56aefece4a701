//! Whole runs of the engine on the provider in memory: files in, printed plans and logs out.

#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, reason = "a test fails by panicking")]

mod lab;
mod life;
mod oracle;
