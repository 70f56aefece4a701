//! s
use infra_engine::world::Providers;
use infra_state::State;
/// s
pub fn to_json(_state: &State, _exists: bool, _providers: &Providers) -> serde_json::Value { serde_json::json!({"format_version": "1.0"}) }
