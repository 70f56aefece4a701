//! The small providers beside AWS that configurations use: `random`.
//!
//! Each is a module with an [`infra_engine::provider::Provider`]; facts about their types are in `infra_schema`. None
//! needs credentials or a network.

#![cfg_attr(test, allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, reason = "a test fails by panicking"))]

use std::sync::Arc;

use infra_engine::provider::Provider;

pub mod random;

/// All of them.
pub fn providers() -> Vec<Arc<dyn Provider>> {
    vec![Arc::new(random::Random::new())]
}
