//! Credentials, endpoints, clients, retry, tags and waiters for AWS.
//!
//! [`Aws::connect`] makes a connection of [`settings::ProviderSettings`] and an [`environment::Environment`];
//! [`Aws::client`] gives typed SDK clients. [`errors`] says what a failed call means, [`wait`] and [`retry`] are for what
//! takes its time, [`tags`] and [`arn`] for what all services have in common.
//!
//! Nothing here knows resource types, diagnostics or the engine.

#![cfg_attr(test, allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, reason = "a test fails by panicking"))]

pub mod arn;
mod client;
pub mod connect;
mod connection;
mod credentials;
mod endpoints;
pub mod environment;
pub mod errors;
mod profile;
pub mod retry;
pub mod settings;
pub mod tags;
pub mod wait;

pub use client::{Aws, Caller};
