//! Expressions made of JSON values.

use std::collections::HashMap;

use infra_values::{Str, Type, Value};

use super::super::parse::{expression_at, template_at};
use super::super::parser::Places;
use super::super::{Expression, ExpressionKind, ObjectItem, Span};
use super::text::places;
use super::{JsonKind, JsonProperty, JsonValue};
use crate::diagnostics::{Diagnostic, Diagnostics};

/// How the strings inside a value are read.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Reading {
    /// As templates: `"${var.a}"`.
    Template,
    /// As they are: constants.
    Literal,
    /// As expressions of the native syntax: types.
    Native,
    /// As references and keywords: `"aws_vpc.main"`. What is none stays a string, for whoever wants the reference to
    /// refuse it.
    Reference,
}

impl JsonValue {
    /// The value as an expression. `text` is the text of its file. Mistakes are reported; what they are in counts as
    /// unknown.
    pub fn expression(&self, text: &str, reading: Reading, diagnostics: &mut Diagnostics) -> Expression {
        Maker { text, reading, diagnostics }.expression(self)
    }
}

struct Maker<'m> {
    text: &'m str,
    reading: Reading,
    diagnostics: &'m mut Diagnostics,
}

impl Maker<'_> {
    fn expression(&mut self, value: &JsonValue) -> Expression {
        let literal = |value| ExpressionKind::Literal(value);
        let kind = match &value.kind {
            JsonKind::Null => literal(Value::null(Type::Any)),
            JsonKind::Bool(value) => literal(Value::bool(*value)),
            JsonKind::Number(number) => literal(Value::number(number.clone())),
            JsonKind::Mistake => literal(Value::unknown(Type::Any)),
            JsonKind::String(text) => return self.string(text, value.span),
            JsonKind::Array(items) => ExpressionKind::Tuple(items.iter().map(|item| self.expression(item)).collect()),
            JsonKind::Object(properties) => ExpressionKind::Object(self.items(properties)),
        };
        Expression::new(kind, value.span)
    }

    fn items(&mut self, properties: &[JsonProperty]) -> Vec<ObjectItem> {
        let mut seen: HashMap<&str, Span> = HashMap::new();
        let mut items = Vec::with_capacity(properties.len());
        for property in properties {
            let name = property.name.text.as_str();
            if seen.insert(name, property.name.span).is_some() {
                self.diagnostics.push(
                    Diagnostic::error(
                        "Duplicate object attribute",
                        format!("The attribute \"{name}\" is already defined in this object. Remove one of the two."),
                    )
                    .at(property.name.span),
                );
            }
            let key = self.string(&property.name.text, property.name.span);
            items.push(ObjectItem { key, value: self.expression(&property.value) });
        }
        items
    }

    /// A string, whose span includes the quotes.
    fn string(&mut self, text: &Str, span: Span) -> Expression {
        let literal = || Expression::new(ExpressionKind::Literal(Value::string(text)), span);
        let is_template = text.contains("${") || text.contains("%{");
        if self.reading == Reading::Literal || (self.reading == Reading::Template && !is_template) {
            return literal();
        }
        let start = span.start + 1;
        let raw = self.text.get(start as usize..(span.end as usize).saturating_sub(1)).unwrap_or_default();
        let map;
        let places = if raw.contains('\\') {
            map = places(raw, start);
            Places::Each(&map)
        } else {
            Places::From(start)
        };
        let (expression, mistakes) = match self.reading {
            Reading::Template => template_at(text, span.file, places),
            _ => expression_at(text, span.file, places),
        };
        match (expression, self.reading) {
            // The whole of a template is the whole string.
            (Some(expression), Reading::Template) => Expression { span, ..expression },
            // Quoted twice is no type and no reference.
            (Some(expression), _) if matches!(expression.kind, ExpressionKind::Literal(_)) => {
                Expression::new(ExpressionKind::TemplateWrap(Box::new(expression)), span)
            }
            // What is wrong with the whole is wrong with the string.
            (Some(expression), _) => Expression { span, ..expression },
            (None, Reading::Reference) => literal(),
            (None, _) => {
                self.diagnostics.extend(mistakes);
                Expression::new(ExpressionKind::Literal(Value::unknown(Type::Any)), span)
            }
        }
    }
}
