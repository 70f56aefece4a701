//! State files, stores, locks and the record of running operations.
//!
//! - [`model`] is the state in memory: objects by address, each with its attributes as undecoded JSON.
//! - [`mod@file`] reads and writes the state format, version 4, byte for byte as Terraform 1.11.4 writes it.
//! - [`store`] is the trait behind which a state is kept, with the records an operation makes while it runs, and a
//!   store in memory for tests.
//! - [`local`] keeps the state in a file on this machine; [`lock`] is the lock on it, which Terraform sees too.
//!
//! # Guarantees
//!
//! - A file is whole or absent: it is written beside the old one, flushed to disk and renamed.
//! - A state that cannot be read completely is never written.
//! - Once `record_outcome` has returned, the outcome is in memory; it reaches the file within half a second, and in any
//!   case before `finish` returns or the store is dropped.
//! - An intent is durable before `record_intent` returns, as far as the [`store::Journal`] in use is.
//!
//! Deliberately elsewhere: the meaning of attributes (provider schemas), planning, the wall clock and the names of user
//! and host, which come in as parameters.

#![cfg_attr(
    test,
    allow(
        clippy::unwrap_used,
        clippy::expect_used,
        clippy::panic,
        clippy::print_stderr,
        reason = "a test fails by panicking, and says what it leaves out"
    )
)]

pub mod error;
pub mod file;
pub mod local;
pub mod lock;
pub mod model;
pub mod store;

pub use error::StateError;
pub use model::State;
