//! What people and machines get to read: text and JSON from the engine's values. Only [`progress`] writes anywhere.

pub mod diagnostic;
mod difference;
pub mod functions_json;
pub mod graph;
pub mod html;
mod json_values;
pub mod outputs;
mod pen;
pub mod plan;
pub mod plan_json;
pub mod progress;
pub mod schema_json;
mod schemas;
pub mod state;
pub mod state_json;
pub mod stream;
#[cfg(test)]
mod test_support;
pub mod tree;
pub mod type_expression;
pub mod value;
