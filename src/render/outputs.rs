//! Outputs of the root module as `name = value` lines, as `output` and the end of `apply` show them.

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

#[cfg(test)]
mod tests {
    use infra_values::Value;

    use super::*;

    #[test]
    fn secrets_are_withheld() {
        let output = |text: &str, sensitive| OutputValue { value: Value::string(text), sensitive };
        let outputs = BTreeMap::from([
            ("b".into(), output("hunter2", true)),
            ("a".into(), output("x\ny", false)),
            ("c".into(), output("z", false)),
        ]);
        assert_eq!(draw(&outputs), "a = <<EOT\nx\ny\nEOT\nb = <sensitive>\nc = \"z\"");
    }
}
