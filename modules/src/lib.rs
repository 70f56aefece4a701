//! Modules that are not beside the configuration: finds, downloads and installs them.
//!
//! [`load`] reads a configuration through the engine's loader, with the modules that are installed in
//! `.terraform/modules`; what is missing is fetched (from registries, git repositories, web servers, S3, folders of this
//! machine), and the configuration is read again, until nothing is missing. `modules.json` has terraform's form, so
//! that either program finds what the other installed.
//!
//! Deliberately elsewhere: reading configurations (`infra-engine`), the terminal and the process's environment (the
//! command line), access to AWS (an [`ObjectReader`] that the caller gives).

#![cfg_attr(test, allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, reason = "a test fails by panicking"))]

mod archive;
mod checksum;
mod git;
mod http;
mod install;
mod installed;
mod load;
mod manifest;
mod package;
mod registry;
mod settings;
pub mod source;
mod tree;

pub use install::Progress;
pub use load::{Loaded, Options, Policy, load, load_installed};
pub use manifest::{Entry, Manifest};
pub use package::ObjectReader;
pub use settings::Settings;
