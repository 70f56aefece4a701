//! From a body of the syntax tree to a value of a schema's block.
//!
//! [`decode_body`] reports every mistake of a body in one run and always answers with a value of the block's implied
//! type: what could not be decoded is unknown there. [`span_of`] finds the place in a body that a path inside that
//! value came from.
//!
//! Deliberately elsewhere: what values must look like and which go together ([`super::validate`]), what meta-arguments
//! mean (the caller names them as reserved), names and functions in expressions ([`Evaluate`]).

use std::collections::BTreeMap;

use infra_values::convert::convert;
use infra_values::{Marks, Str, Type, Value};

use super::{Attribute, Block, NestedBlock, Nesting, Schema};
use crate::diagnostics::{Diagnostic, Diagnostics, Severity};
use crate::evaluate::Evaluator;
use crate::syntax::{self, Body, Expression, Span};

mod dynamic;
mod locate;

pub use locate::span_of;

/// What gives expressions their values.
pub trait Evaluate {
    /// The value of an expression, not yet converted to `want`, the type it is wanted for.
    fn evaluate(&mut self, expression: &Expression, want: &Type) -> Result<Value, Diagnostics>;

    /// What the references in an expression are worth, for messages.
    fn values_in(&mut self, expression: &Expression) -> Vec<(String, Value)>;

    /// Runs `inside` with the iterator of a `dynamic` block bound: `name` stands for an object with `key` and `value`.
    fn with_iterator(&mut self, name: &Str, key: Value, value: Value, inside: &mut dyn FnMut(&mut dyn Evaluate));
}

impl Evaluate for Evaluator<'_> {
    fn evaluate(&mut self, expression: &Expression, _want: &Type) -> Result<Value, Diagnostics> {
        Evaluator::evaluate(self, expression)
    }

    fn values_in(&mut self, expression: &Expression) -> Vec<(String, Value)> {
        Evaluator::values_in(self, expression)
    }

    fn with_iterator(&mut self, name: &Str, key: Value, value: Value, inside: &mut dyn FnMut(&mut dyn Evaluate)) {
        let iterator = Value::object_from([("key", key), ("value", value)]);
        self.with_bindings(vec![(name.clone(), iterator)], |evaluator| inside(evaluator));
    }
}

/// Decodes a body. Arguments and blocks named in `reserved` are skipped, except inside a block named `_`, which exists
/// for schemas that use those names themselves.
///
/// A diagnostic about something that is missing from the body itself has no span: the caller knows the header.
///
/// Where there is a [`Schema`], [`decode_object`] does the same without working out the type again.
pub fn decode_body(body: &Body, block: &Block, evaluate: &mut dyn Evaluate, reserved: &[&str]) -> (Value, Diagnostics) {
    let reserved = Reserved { attributes: reserved, blocks: reserved };
    decode_as(body, block, &block.implied_type(), evaluate, &reserved)
}

/// Names in a body that are not the schema's: they are skipped.
#[derive(Clone, Copy, Debug, Default)]
pub struct Reserved<'r> {
    /// Names of arguments.
    pub attributes: &'r [&'r str],
    /// Kinds of blocks.
    pub blocks: &'r [&'r str],
}

/// Decodes the body of a resource, data source or provider as [`decode_body`] does.
pub fn decode_object(
    body: &Body,
    schema: &Schema,
    evaluate: &mut dyn Evaluate,
    reserved: &Reserved<'_>,
) -> (Value, Diagnostics) {
    let (value, mut diagnostics) = decode_as(body, &schema.block, schema.implied_type(), evaluate, reserved);
    if let Some(version) = &schema.known_of_version {
        diagnostics.0.iter_mut().for_each(|diagnostic| doubt(diagnostic, version));
    }
    (value, diagnostics)
}

/// Summaries of mistakes that another version of the provider may not see as such.
const STRUCTURAL: [&str; 4] = [
    "Unsupported argument",
    "Unsupported block type",
    "Missing required argument",
    "Value for unconfigurable attribute",
];

/// Makes a warning of what is a mistake only if the type is still as it was in that version of the provider.
fn doubt(diagnostic: &mut Diagnostic, version: &str) {
    if diagnostic.is_error() && STRUCTURAL.contains(&diagnostic.summary.as_str()) {
        diagnostic.severity = Severity::Warning;
        diagnostic.detail = format!(
            "In version {version} of the provider, the only one whose form of this type is known here: {}",
            diagnostic.detail
        );
    }
}

fn decode_as(
    body: &Body,
    block: &Block,
    ty: &Type,
    evaluate: &mut dyn Evaluate,
    reserved: &Reserved<'_>,
) -> (Value, Diagnostics) {
    let mut diagnostics = Diagnostics::new();
    let mut content = Content {
        attributes: body.attributes.iter().filter(|item| !reserved.attributes.contains(&&*item.name.text)).collect(),
        blocks: body.blocks.iter().filter(|item| !reserved.blocks.contains(&&*item.kind.text)).collect(),
        header: None,
        is_json: body.is_json(),
    };
    if !reserved.attributes.is_empty() && !block.blocks.contains_key("_") {
        content.blocks.retain(|item| item.kind.text != "_");
        for escape in body.blocks_of("_") {
            content.attributes.extend(&escape.body.attributes);
            content.blocks.extend(&escape.body.blocks);
        }
    }
    let value = decode_content(&content, block, ty, evaluate, &mut diagnostics);
    (value, diagnostics)
}

/// What stands in a body, as far as the schema is concerned.
struct Content<'b> {
    attributes: Vec<&'b syntax::Attribute>,
    blocks: Vec<&'b syntax::Block>,
    /// Where to say that something is missing.
    header: Option<Span>,
    is_json: bool,
}

impl<'b> Content<'b> {
    fn of_block(block: &'b syntax::Block) -> Self {
        Self {
            attributes: block.body.attributes.iter().collect(),
            blocks: block.body.blocks.iter().collect(),
            header: Some(block.body.opening()),
            is_json: block.body.is_json(),
        }
    }

    fn attribute(&self, name: &str) -> Option<&'b syntax::Attribute> {
        self.attributes.iter().copied().find(|item| item.name.text == name)
    }

    /// The blocks of a kind and the `dynamic` blocks that make such, in order.
    fn blocks_of(&self, kind: &str) -> Vec<&'b syntax::Block> {
        self.blocks.iter().copied().filter(|item| made_kind(item).is_some_and(|made| made.text == kind)).collect()
    }

    fn at_header(&self, diagnostic: Diagnostic) -> Diagnostic {
        match self.header {
            Some(span) => diagnostic.at(span),
            None => diagnostic,
        }
    }
}

/// The kind of block that a block is, or that a `dynamic` block makes; `None` for one without label.
fn made_kind(block: &syntax::Block) -> Option<&syntax::Name> {
    if block.kind.text == "dynamic" { block.labels.first() } else { Some(&block.kind) }
}

fn decode_content(
    content: &Content<'_>,
    block: &Block,
    ty: &Type,
    evaluate: &mut dyn Evaluate,
    diagnostics: &mut Diagnostics,
) -> Value {
    report_unsupported(content, block, diagnostics);
    let mut decoded: BTreeMap<Str, Value> = BTreeMap::new();
    for (name, attribute) in &block.attributes {
        let value = decode_attribute(content, name, attribute, evaluate, diagnostics);
        decoded.insert(name.clone(), value);
    }
    for (name, nested) in &block.blocks {
        let found = content.blocks_of(name);
        if nested.deprecated
            && let Some(first) = found.first()
        {
            diagnostics.push(deprecated("block", name, first.header_span));
        }
        let types = NestedTypes::new(nested, ty.attribute(name));
        let value = decode_nested(content, &found, name, nested, &types, evaluate, diagnostics);
        decoded.insert(name.clone(), value);
    }
    Value::object(decoded)
}

fn decode_attribute(
    content: &Content<'_>,
    name: &Str,
    attribute: &Attribute,
    evaluate: &mut dyn Evaluate,
    diagnostics: &mut Diagnostics,
) -> Value {
    if attribute.as_blocks
        && attribute.is_settable()
        && let Some(nested) = as_nested_block(attribute)
    {
        let found = content.blocks_of(name);
        match (content.attribute(name), found.first()) {
            (Some(_), Some(block)) => diagnostics.push(
                Diagnostic::error(
                    "Argument given twice",
                    format!("\"{name}\" is given as an argument and as a block; keep one of the two forms."),
                )
                .at(block.header_span),
            ),
            (None, Some(_)) => {
                let types = NestedTypes::new(&nested, Some(&attribute.ty));
                return decode_nested(content, &found, name, &nested, &types, evaluate, diagnostics);
            }
            _ => {}
        }
    }
    let Some(item) = content.attribute(name) else {
        if attribute.required {
            diagnostics.push(content.at_header(missing_argument(name)));
        }
        return Value::null(attribute.ty.clone());
    };
    let value = decode_expression(name, &item.expression, &attribute.ty, evaluate, diagnostics);
    if value.is_null() {
        if attribute.required && !attribute.may_be_null {
            diagnostics.push(missing_argument(name).at(item.expression.span));
        }
    } else if !attribute.is_settable() {
        diagnostics.push(
            Diagnostic::error(
                "Value for unconfigurable attribute",
                format!("The value of \"{name}\" is decided by the provider and cannot be set; remove this argument."),
            )
            .at(item.name.span),
        );
    } else if attribute.deprecated {
        diagnostics.push(deprecated("argument", name, item.name.span));
    }
    value
}

/// The value of an expression as a value of a type; unknown after an error.
fn decode_expression(
    name: &str,
    expression: &Expression,
    ty: &Type,
    evaluate: &mut dyn Evaluate,
    diagnostics: &mut Diagnostics,
) -> Value {
    let value = match evaluate.evaluate(expression, ty) {
        Ok(value) => value,
        Err(errors) => {
            diagnostics.extend(errors);
            return Value::unknown(ty.clone());
        }
    };
    convert(&value, ty).unwrap_or_else(|error| {
        let mut mistake = Diagnostic::error(
            "Incorrect attribute value type",
            format!("Inappropriate value for attribute \"{name}\": {error}. Give a value of type {ty}."),
        )
        .at(expression.span);
        mistake.values = evaluate.values_in(expression);
        diagnostics.push(mistake);
        Value::unknown(ty.clone())
    })
}

/// The types of the blocks of one kind.
struct NestedTypes {
    /// Of all of them as they are kept.
    outer: Type,
    /// Of one of them.
    inner: Type,
}

impl NestedTypes {
    /// `outer` is their type, where it is known already.
    fn new(nested: &NestedBlock, outer: Option<&Type>) -> Self {
        let outer = outer.cloned().unwrap_or_else(|| nested.implied_type());
        let inner = match &outer {
            Type::List(inner) | Type::Set(inner) | Type::Map(inner) => Type::clone(inner),
            Type::Object(_) => outer.clone(),
            _ => nested.block.implied_type(),
        };
        Self { outer, inner }
    }
}

/// The blocks of one kind, found in the body or made by `dynamic` blocks.
#[derive(Default)]
struct Instances {
    /// In order: the label (for maps) and the value.
    items: Vec<(Option<Str>, Value)>,
    /// How many there will be is not known.
    unknown: bool,
    /// Marks of what decided how many there are.
    marks: Marks,
}

fn decode_nested(
    content: &Content<'_>,
    found: &[&syntax::Block],
    name: &str,
    nested: &NestedBlock,
    types: &NestedTypes,
    evaluate: &mut dyn Evaluate,
    diagnostics: &mut Diagnostics,
) -> Value {
    let mut instances = Instances::default();
    for block in found {
        if block.kind.text == "dynamic" {
            dynamic::expand(block, name, (nested, types), evaluate, &mut instances, diagnostics);
        } else {
            let label = block_label(block, nested, diagnostics);
            let value = decode_content(&Content::of_block(block), &nested.block, &types.inner, evaluate, diagnostics);
            instances.items.push((label, value));
        }
    }
    if !instances.unknown {
        check_count(content, found, name, nested, instances.items.len(), diagnostics);
    }
    let marks = instances.marks.clone();
    collect(instances, nested, types, found, diagnostics).with_marks(&marks)
}

/// The label that is the key of a block kept in a map.
fn block_label(block: &syntax::Block, nested: &NestedBlock, diagnostics: &mut Diagnostics) -> Option<Str> {
    let wanted = usize::from(nested.nesting == Nesting::Map);
    if block.labels.len() != wanted {
        let kind = &block.kind.text;
        let (summary, advice) = match wanted {
            0 => ("Extraneous label", "takes no label; remove it"),
            _ => ("Wrong number of labels", "takes one label, its key"),
        };
        let span = block.labels.get(wanted).map_or(block.header_span, |label| label.span);
        diagnostics.push(Diagnostic::error(summary, format!("A block \"{kind}\" {advice}.")).at(span));
    }
    block.labels.first().map(|label| label.text.clone())
}

fn collect(
    instances: Instances,
    nested: &NestedBlock,
    types: &NestedTypes,
    found: &[&syntax::Block],
    diagnostics: &mut Diagnostics,
) -> Value {
    if instances.unknown {
        return Value::unknown(types.outer.clone());
    }
    let inner = types.inner.clone();
    let Instances { items, .. } = instances;
    match nested.nesting {
        Nesting::Single => items.into_iter().next().map_or_else(|| Value::null(inner), |(_, value)| value),
        Nesting::Set => Value::set(inner, items.into_iter().map(|(_, value)| value)),
        Nesting::List => {
            let items: Vec<Value> = items.into_iter().map(|(_, value)| value).collect();
            if types.outer == Type::Any { Value::tuple(items) } else { Value::list(inner, items) }
        }
        Nesting::Map => {
            let mut entries = BTreeMap::new();
            for (label, value) in items {
                let Some(label) = label else { continue };
                if entries.insert(label.clone(), value).is_some() {
                    let twice = Diagnostic::error(
                        "Duplicate block",
                        format!(
                            "The label \"{label}\" is used twice; labels of these blocks are keys and must differ."
                        ),
                    );
                    diagnostics.extend(
                        found.last().map_or_else(|| twice.clone(), |block| twice.clone().at(block.header_span)),
                    );
                }
            }
            if types.outer == Type::Any { Value::object(entries) } else { Value::map(inner, entries) }
        }
    }
}

fn check_count(
    content: &Content<'_>,
    found: &[&syntax::Block],
    name: &str,
    nested: &NestedBlock,
    count: usize,
    diagnostics: &mut Diagnostics,
) {
    let count = count as u64;
    let most = if nested.nesting == Nesting::Single { Some(1) } else { nested.max_items };
    if count < nested.min_items {
        let missing = Diagnostic::error(
            "Insufficient blocks",
            format!(
                "At least {} \"{name}\" {} required; add what is missing.",
                nested.min_items,
                are_blocks(nested.min_items)
            ),
        );
        diagnostics.push(content.at_header(missing));
    }
    if let Some(most) = most
        && count > most
    {
        let position = usize::try_from(most).unwrap_or(usize::MAX).min(found.len().saturating_sub(1));
        let (summary, detail) = if nested.nesting == Nesting::Single {
            ("Duplicate block", format!("Only one \"{name}\" block is allowed; remove the others."))
        } else {
            (
                "Too many blocks",
                format!(
                    "No more than {most} \"{name}\" {} allowed, and there are {count}; remove the others.",
                    are_blocks(most)
                ),
            )
        };
        let excess = Diagnostic::error(summary, detail);
        diagnostics.push(match found.get(position) {
            Some(block) => excess.at(block.header_span),
            None => content.at_header(excess),
        });
    }
}

fn are_blocks(count: u64) -> &'static str {
    if count == 1 { "block is" } else { "blocks are" }
}

fn report_unsupported(content: &Content<'_>, block: &Block, diagnostics: &mut Diagnostics) {
    for item in &content.attributes {
        let name = &item.name.text;
        if block.attributes.contains_key(name) {
            continue;
        }
        let diagnostic = if block.blocks.contains_key(name) {
            Diagnostic::error(
                "Unsupported argument",
                format!("\"{name}\" is a block here, not an argument; write `{name} {{ … }}` without an equals sign."),
            )
        } else {
            let detail = format!("An argument named \"{name}\" is not expected here; correct the name or remove it.");
            let summary = if content.is_json { "Extraneous JSON object property" } else { "Unsupported argument" };
            with_suggestion(Diagnostic::error(summary, detail), name, block)
        };
        diagnostics.push(diagnostic.at(item.name.span));
    }
    for item in &content.blocks {
        let Some(kind) = made_kind(item) else {
            diagnostics.push(
                Diagnostic::error(
                    "Missing type for dynamic",
                    "A \"dynamic\" block needs a label: the kind of the blocks it makes.",
                )
                .at(item.body.opening()),
            );
            continue;
        };
        let name = &kind.text;
        let attribute = block.attributes.get(name);
        if block.blocks.contains_key(name) || attribute.is_some_and(|attribute| attribute.as_blocks) {
            continue;
        }
        let diagnostic = if attribute.is_some() {
            Diagnostic::error(
                "Unsupported block type",
                format!("\"{name}\" is an argument here, not a block; assign it a value with an equals sign."),
            )
        } else {
            let detail = format!("Blocks of type \"{name}\" are not expected here; correct the name or remove it.");
            with_suggestion(Diagnostic::error("Unsupported block type", detail), name, block)
        };
        diagnostics.push(diagnostic.at(kind.span));
    }
}

fn with_suggestion(diagnostic: Diagnostic, name: &str, block: &Block) -> Diagnostic {
    let settable = block.attributes.iter().filter(|(_, attribute)| attribute.is_settable()).map(|(name, _)| name);
    let candidates = settable.chain(block.blocks.keys()).map(Str::as_str);
    diagnostic.suggest(name, candidates)
}

fn missing_argument(name: &str) -> Diagnostic {
    Diagnostic::error(
        "Missing required argument",
        format!("The argument \"{name}\" is required, but no definition was found; add it."),
    )
}

fn deprecated(what: &str, name: &str, span: Span) -> Diagnostic {
    Diagnostic::warning(
        format!("Deprecated {what}"),
        format!(
            "\"{name}\" is deprecated and may stop working with a later version; see the documentation of the type."
        ),
    )
    .at(span)
}

/// The block form of an attribute that is a list or set of objects; `None` for other types.
fn as_nested_block(attribute: &Attribute) -> Option<NestedBlock> {
    let (nesting, Type::Object(object)) = (match &attribute.ty {
        Type::List(element) => (Nesting::List, &**element),
        Type::Set(element) => (Nesting::Set, &**element),
        _ => return None,
    }) else {
        return None;
    };
    let member = |(name, ty): (&Str, &Type)| {
        let plain = || Attribute { optional: true, as_blocks: true, ..Attribute::of(ty.clone()) };
        (name.clone(), attribute.members.get(name).cloned().unwrap_or_else(plain))
    };
    let block = Block { attributes: object.attributes.iter().map(member).collect(), ..Block::default() };
    Some(NestedBlock {
        min_items: attribute.min_items.unwrap_or(0),
        max_items: attribute.max_items,
        ..NestedBlock::of(nesting, block)
    })
}

#[cfg(test)]
mod tests;
