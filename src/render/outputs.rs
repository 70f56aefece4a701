//! Outputs of the root module as `name = value` lines.

use std::collections::BTreeMap;

use infra_state::model::OutputValue;
use infra_values::Str;

use super::value;

/// The outputs, one behind the other in the order of their names, without a line break at the end.
pub fn draw(outputs: &BTreeMap<Str, OutputValue>) -> String {
    let lines: Vec<String> = outputs
        .iter()
        .map(|(name, output)| match output.sensitive {
            true => format!("{name} = <sensitive>"),
            false => format!("{name} = {}", value::draw(&output.value, 0)),
        })
        .collect();
    lines.join("\n")
}
