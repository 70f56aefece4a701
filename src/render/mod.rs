//! What people and machines get to read: text and JSON from the engine's values. Only [`progress`] writes anywhere.

pub mod diagnostic;
mod difference;
mod json_values;
mod pen;
mod schemas;
pub mod outputs;
pub mod plan;
pub mod plan_json;
pub mod progress;
pub mod state;
pub mod state_json;
pub mod value;
