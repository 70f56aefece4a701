//! Values of variables from outside the configuration: files, the environment and the command line.

use infra_values::{Str, Value};

use super::Variable;
use crate::diagnostics::{Diagnostic, Diagnostics};
use crate::evaluate;
use crate::syntax::{Expression, FileId, SourceMap, Span, parse_expression, parse_file};

/// A value given for a variable, before the variable's type is known.
#[derive(Clone, Debug)]
pub enum VariableInput {
    /// From a file: an evaluated expression.
    Value {
        /// The value.
        value: Value,
        /// Which file.
        source: VariableSource,
        /// Where in the file.
        span: Option<Span>,
    },
    /// From the environment, the command line or a prompt: text that the variable's type tells how to read.
    Text {
        /// The text.
        text: String,
        /// Where it came from.
        source: VariableSource,
    },
}

/// Where a variable's value came from, in order of precedence.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum VariableSource {
    /// `TF_VAR_name`
    Environment,
    /// `terraform.tfvars` and `*.auto.tfvars`
    AutomaticFile(String),
    /// `-var-file`
    NamedFile(String),
    /// `-var`
    CommandLine,
    /// Asked on the terminal.
    Prompt,
    /// A saved plan.
    SavedPlan,
}

impl VariableInput {
    /// Where the value came from.
    pub fn source(&self) -> &VariableSource {
        match self {
            Self::Value { source, .. } | Self::Text { source, .. } => source,
        }
    }

    /// The value before it is converted to the variable's type.
    ///
    /// Text for a variable of a primitive type, or without a type, is taken literally; for any other type it is an
    /// expression.
    pub fn read(&self, variable: &Variable, sources: &SourceMap) -> Result<Value, Diagnostics> {
        match self {
            Self::Value { value, .. } => Ok(value.clone()),
            Self::Text { text, .. } => {
                let ty = &variable.constraint.ty;
                if !variable.has_type || ty.is_primitive() {
                    return Ok(Value::string(text));
                }
                let file = sources.add(format!("<value for var.{}>", variable.name.text), text.as_str());
                let (expression, diagnostics) = parse_expression(text, file, 0);
                match expression {
                    Some(expression) if !diagnostics.has_errors() => evaluate::constant(&expression, None),
                    _ => Err(diagnostics),
                }
            }
        }
    }
}

/// Reads a tfvars file: names and constant values.
pub fn parse_values_file(sources: &SourceMap, file: FileId) -> (Vec<(Str, Value, Span)>, Diagnostics) {
    if sources.path(file).ends_with(".json") {
        return parse_json(sources, file);
    }
    let (body, mut diagnostics) = parse_file(sources, file);
    for block in &body.blocks {
        diagnostics.push(
            Diagnostic::error(
                "Unexpected block in a values file",
                format!(
                    "Blocks of type \"{}\" are not expected here: this file only holds values of variables, as in \
                     `name = \"value\"`. Move the block to a .tf file.",
                    block.kind.text
                ),
            )
            .at(block.header_span),
        );
    }
    let mut values = Vec::new();
    for attribute in &body.attributes {
        match constant(&attribute.expression) {
            Ok(value) => values.push((attribute.name.text.clone(), value, attribute.expression.span)),
            Err(errors) => diagnostics.extend(errors),
        }
    }
    (values, diagnostics)
}

fn constant(expression: &Expression) -> Result<Value, Diagnostics> {
    evaluate::constant(expression, None)
}

fn parse_json(sources: &SourceMap, file: FileId) -> (Vec<(Str, Value, Span)>, Diagnostics) {
    let text = sources.text(file);
    let whole = Span { file, start: 0, end: u32::try_from(text.len()).unwrap_or(u32::MAX) };
    match serde_json::from_str::<serde_json::Map<String, serde_json::Value>>(&text) {
        Ok(entries) => {
            let values = entries
                .iter()
                .filter(|(name, _)| *name != "//")
                .map(|(name, value)| (Str::from(name), infra_values::json::from_json_implied(value), whole))
                .collect();
            (values, Diagnostics::new())
        }
        Err(error) => (
            Vec::new(),
            Diagnostic::error(
                "Invalid JSON in a values file",
                format!("The file must be one JSON object of variable names and values: {error}."),
            )
            .at(whole)
            .into(),
        ),
    }
}
