//! Values of variables from outside the configuration: files, the environment and the command line.

use infra_values::{Str, Value};

use super::{Variable, json};
use crate::diagnostics::{Diagnostic, Diagnostics};
use crate::evaluate;
use crate::syntax::{Block, SourceMap, Span, parse_bytes, parse_expression, parse_json_bytes};

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

/// Reads a tfvars file, native or JSON by its name: names and constant values, each with its place. Bytes that are not
/// UTF-8 are a mistake like others.
pub fn parse_values_file(sources: &SourceMap, path: &str, bytes: &[u8]) -> (Vec<(Str, Value, Span)>, Diagnostics) {
    let (body, mut diagnostics) = if path.ends_with(".json") {
        let (file, value, mut mistakes) = parse_json_bytes(sources, path, bytes);
        let body = json::read_values(value, file, &sources.text(file), &mut mistakes);
        (body, mistakes)
    } else {
        let (_, body, mistakes) = parse_bytes(sources, path, bytes);
        (body, mistakes)
    };
    for block in &body.blocks {
        diagnostics.push(unexpected(block));
    }
    let mut values = Vec::new();
    for attribute in &body.attributes {
        match evaluate::constant(&attribute.expression, None) {
            Ok(value) => values.push((attribute.name.text.clone(), value, attribute.expression.span)),
            Err(errors) => diagnostics.extend(errors),
        }
    }
    (values, diagnostics)
}

fn unexpected(block: &Block) -> Diagnostic {
    let diagnostic = match (block.kind.text.as_str(), block.labels.first()) {
        ("variable", Some(name)) => Diagnostic::error(
            "Variable declaration in .tfvars file",
            format!(
                "This file gives variables their values. Declare the variable in a .tf file, and write here: \
                 {} = …",
                name.text
            ),
        ),
        (kind, _) => Diagnostic::error(
            format!("Unexpected \"{kind}\" block"),
            "This file only holds values of variables, as in `name = \"value\"`. Move the block to a .tf file.",
        ),
    };
    diagnostic.at(block.header_span)
}
