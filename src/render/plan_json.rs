//! s
use infra_engine::config::Config;
use infra_engine::plan::Plan;
use infra_engine::world::Providers;
/// s
pub fn to_json(_plan: &Plan, _config: &Config, _providers: &Providers) -> serde_json::Value { serde_json::json!({"format_version": "1.2"}) }
