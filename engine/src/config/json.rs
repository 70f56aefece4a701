//! From JSON to bodies: which property is an argument, which a block, and how its strings are read.
//!
//! [`read_root`] decides everything that the language itself decides ([`shape`]), so that whoever reads a block does
//! not know what syntax it was written in. The rest, the arguments and blocks of providers, stays in
//! [`Body::undecided`] until [`Config::settle`](super::Config::settle) has their schemas at hand.

use std::collections::HashMap;

use infra_values::Str;

use crate::diagnostics::{Diagnostic, Diagnostics};
use crate::syntax::{
    Attribute, Block, Body, Expression, ExpressionKind, FileId, JSON_COMMENT, JsonKind, JsonProperty, JsonValue, Name,
    ObjectItem, Reading, Span,
};

mod settle;
mod shape;

use shape::{BlockShape, CONSTANTS, How, Others, ROOT, Shape};

/// The top level of a configuration file.
pub(super) fn read_root(value: Option<JsonValue>, file: FileId, text: &str, diagnostics: &mut Diagnostics) -> Body {
    read(value, file, text, &ROOT, diagnostics)
}

/// A file of variables' values: nothing in it is a template.
pub(super) fn read_values(value: Option<JsonValue>, file: FileId, text: &str, diagnostics: &mut Diagnostics) -> Body {
    read(value, file, text, &CONSTANTS, diagnostics)
}

fn read(value: Option<JsonValue>, file: FileId, text: &str, shape: &Shape, diagnostics: &mut Diagnostics) -> Body {
    let mut reader = JsonReader { text, diagnostics };
    let Some(value) = value else { return Body { span: Span { file, ..Span::default() }, ..Body::default() } };
    if !matches!(value.kind, JsonKind::Object(_) | JsonKind::Array(_) | JsonKind::Mistake) {
        reader.error(
            value.start(),
            "Root value must be object",
            "A file in JSON is an object, or an array of objects, whose properties are its blocks or values.",
        );
        return Body { span: value.span, ..Body::default() };
    }
    reader.body(value, shape)
}

struct JsonReader<'r> {
    /// The text of the file.
    text: &'r str,
    diagnostics: &'r mut Diagnostics,
}

impl JsonReader<'_> {
    fn error(&mut self, span: Span, summary: &str, detail: impl Into<String>) {
        self.diagnostics.push(Diagnostic::error(summary, detail).at(span));
    }

    /// The properties of an object, or of all objects in an array.
    fn properties(&mut self, value: JsonValue, inside: &str) -> Vec<JsonProperty> {
        match value.kind {
            JsonKind::Object(properties) => properties,
            JsonKind::Null | JsonKind::Mistake => Vec::new(),
            JsonKind::Array(items) => {
                let mut properties = Vec::new();
                for item in items {
                    let start = item.start();
                    match item.kind {
                        JsonKind::Object(more) => properties.extend(more),
                        JsonKind::Mistake => {}
                        _ => self.wrong_kind(start, inside),
                    }
                }
                properties
            }
            _ => {
                self.wrong_kind(value.start(), inside);
                Vec::new()
            }
        }
    }

    fn wrong_kind(&mut self, span: Span, inside: &str) {
        self.error(
            span,
            "Incorrect JSON value type",
            format!("A JSON object, or an array of them, is needed: {inside}."),
        );
    }

    fn body(&mut self, value: JsonValue, shape: &Shape) -> Body {
        let mut body = Body { span: value.span, end_in_json: Some(end(&value)), ..Body::default() };
        let mut written = HashMap::new();
        if shape.holds_only_arguments() && matches!(value.kind, JsonKind::Array(_)) {
            self.wrong_kind(value.start(), "its properties are the arguments in here");
            return body;
        }
        for property in self.properties(value, "its properties are the arguments and blocks in here") {
            let name = property.name.text.as_str();
            if let Some(how) = shape.argument(name) {
                self.argument(property, how, "Duplicate argument", &mut written, &mut body);
            } else if let Some(block) = shape.block(name) {
                self.blocks(property, block, &mut body.blocks);
            } else if name != JSON_COMMENT {
                match shape.others {
                    Others::Undecided => body.undecided.push(property),
                    Others::Arguments(how) => {
                        self.argument(property, how, "Duplicate attribute definition", &mut written, &mut body);
                    }
                    Others::Unexpected => self.diagnostics.push(extraneous(&property.name, shape.names())),
                }
            }
        }
        body
    }

    /// Adds an argument; `twice` is the headline for one that stands there already.
    fn argument(
        &mut self,
        property: JsonProperty,
        how: How,
        twice: &str,
        written: &mut HashMap<Str, Span>,
        body: &mut Body,
    ) {
        let name = property.name.clone();
        if written.insert(name.text.clone(), name.span).is_some() {
            self.error(
                name.span,
                twice,
                format!("The argument \"{}\" is already set in this block. Remove one of the two.", name.text),
            );
            return;
        }
        let span = property.span();
        let expression = match how {
            How::All(reading) => property.value.expression(self.text, reading, self.diagnostics),
            How::Provider => self.required_provider(&property.value),
        };
        body.attributes.push(Attribute { name, expression, span });
    }

    /// `{ "source": …, "version": …, "configuration_aliases": [ … ] }`: only the last holds references.
    fn required_provider(&mut self, value: &JsonValue) -> Expression {
        let JsonKind::Object(properties) = &value.kind else {
            return value.expression(self.text, Reading::Literal, self.diagnostics);
        };
        let mut items = Vec::new();
        for JsonProperty { name, value } in properties {
            let reading = if name.text == "configuration_aliases" { Reading::Reference } else { Reading::Literal };
            items.push(ObjectItem {
                key: Expression::new(ExpressionKind::Literal(infra_values::Value::string(&name.text)), name.span),
                value: value.expression(self.text, reading, self.diagnostics),
            });
        }
        Expression::new(ExpressionKind::Object(items), value.span)
    }

    /// The blocks of one property: labels are the names of properties inside, and at every level an array may stand
    /// for several.
    fn blocks(&mut self, property: JsonProperty, shape: &BlockShape, blocks: &mut Vec<Block>) {
        let JsonProperty { name: kind, value } = property;
        self.labelled(&kind, Vec::new(), value, shape, blocks);
    }

    fn labelled(
        &mut self,
        kind: &Name,
        labels: Vec<Name>,
        value: JsonValue,
        shape: &BlockShape,
        blocks: &mut Vec<Block>,
    ) {
        let Some(label) = shape.labels.get(labels.len()) else {
            return self.contents(kind, labels, value, shape, blocks);
        };
        let start = value.start();
        let errors_before = self.diagnostics.0.len();
        let is_mistake = matches!(value.kind, JsonKind::Mistake);
        let properties =
            self.properties(value, &format!("its properties are the {label}s of \"{}\" blocks", kind.text));
        let mut is_empty = true;
        for property in properties {
            is_empty = false;
            let labels = labels.iter().cloned().chain([property.name]).collect();
            self.labelled(kind, labels, property.value, shape, blocks);
        }
        if is_empty && !is_mistake && self.diagnostics.0.len() == errors_before {
            self.error(
                start,
                "Missing block label",
                format!(
                    "A \"{0}\" block has a {label}: the name of a property in this object. Add one, or remove \"{0}\".",
                    kind.text
                ),
            );
        }
    }

    fn contents(
        &mut self,
        kind: &Name,
        labels: Vec<Name>,
        value: JsonValue,
        shape: &BlockShape,
        blocks: &mut Vec<Block>,
    ) {
        let start = value.start();
        match value.kind {
            JsonKind::Null | JsonKind::Mistake => {}
            JsonKind::Array(items) => {
                for item in items {
                    match item.kind {
                        JsonKind::Object(_) | JsonKind::Array(_) => {
                            blocks.push(self.one_block(kind, labels.clone(), item, shape, start));
                        }
                        JsonKind::Mistake => {}
                        _ => self.wrong_kind(item.start(), "its properties are the arguments and blocks in here"),
                    }
                }
            }
            JsonKind::Object(_) => blocks.push(self.one_block(kind, labels, value, shape, start)),
            _ => self.wrong_kind(start, &format!("it is the content of \"{}\" blocks", kind.text)),
        }
    }

    /// A block whose header is where its value, or the array that holds it, begins.
    fn one_block(
        &mut self,
        kind: &Name,
        labels: Vec<Name>,
        value: JsonValue,
        shape: &BlockShape,
        header_span: Span,
    ) -> Block {
        let span = kind.span.to(value.span);
        let body = self.body(value, shape.content);
        Block { kind: kind.clone(), labels, body, header_span, span }
    }
}

/// Where to say that something is missing in a value: at the end of an object; at the beginning of an array.
fn end(value: &JsonValue) -> Span {
    match value.kind {
        JsonKind::Object(_) => Span { start: value.span.end.saturating_sub(1).max(value.span.start), ..value.span },
        _ => value.start(),
    }
}

fn extraneous<'n>(name: &Name, known: impl IntoIterator<Item = &'n str>) -> Diagnostic {
    let detail = format!("No argument or block type is named \"{}\" here. Correct the name or remove it.", name.text);
    Diagnostic::error("Extraneous JSON object property", detail).at(name.span).suggest(&name.text, known)
}

#[cfg(test)]
mod tests;
