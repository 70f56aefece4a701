//! v
use infra_values::Value;
/// v
pub fn draw(value: &Value, _indent: usize) -> String { infra_values::json::to_json_plain(value).to_string() }
