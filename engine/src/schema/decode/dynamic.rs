//! `dynamic` blocks: one block for each element of a collection.

use infra_values::{Kind, Str, Type, Value};

use super::{Content, Evaluate, Instances, NestedTypes, decode_content};
use crate::diagnostics::{Diagnostic, Diagnostics};
use crate::schema::{NestedBlock, Nesting};
use crate::syntax::{self, Expression, ExpressionKind};

const ARGUMENTS: [&str; 3] = ["for_each", "iterator", "labels"];

/// Adds the blocks that a `dynamic` block makes. While `for_each` is not known, the content is decoded once with an
/// iterator that is not known either, so that its mistakes are reported all the same.
pub(super) fn expand(
    block: &syntax::Block,
    name: &str,
    (nested, types): (&NestedBlock, &NestedTypes),
    evaluate: &mut dyn Evaluate,
    instances: &mut Instances,
    diagnostics: &mut Diagnostics,
) {
    report_unsupported(block, diagnostics);
    let Some(content) = content_block(block, diagnostics) else {
        instances.unknown = true;
        return;
    };
    let iterator = iterator_name(block, name, diagnostics);
    let labels = block.body.attribute("labels").map(|item| &item.expression);
    if nested.nesting == Nesting::Map && labels.is_none() {
        diagnostics.push(
            Diagnostic::error(
                "Missing required argument",
                format!("Blocks of type \"{name}\" have a label; add `labels = [ … ]` to this dynamic block."),
            )
            .at(block.body.opening()),
        );
    }
    let elements = elements(block, evaluate, instances, diagnostics);
    let known = elements.is_some();
    for (key, value) in elements.unwrap_or_else(|| vec![(Value::unknown(Type::Any), Value::unknown(Type::Any))]) {
        evaluate.with_iterator(&iterator, key, value, &mut |evaluate| {
            let label = labels.and_then(|labels| label(labels, evaluate, diagnostics));
            let made = decode_content(&Content::of_block(content), &nested.block, &types.inner, evaluate, diagnostics);
            if !known || (nested.nesting == Nesting::Map && label.is_none()) {
                instances.unknown = true;
            } else {
                instances.items.push((label, made));
            }
        });
    }
}

fn report_unsupported(block: &syntax::Block, diagnostics: &mut Diagnostics) {
    for item in &block.body.attributes {
        let name = &*item.name.text;
        if ARGUMENTS.contains(&name) {
            continue;
        }
        let diagnostic = Diagnostic::error(
            "Unsupported argument",
            format!(
                "A dynamic block has no argument named \"{name}\"; arguments of the blocks it makes stand in its \"content\" block."
            ),
        );
        diagnostics.push(diagnostic.suggest(name, ARGUMENTS).at(item.name.span));
    }
    for item in block.body.blocks.iter().filter(|item| item.kind.text != "content") {
        diagnostics.push(
            Diagnostic::error(
                "Unsupported block type",
                format!("A dynamic block holds one \"content\" block only; move \"{}\" into it.", item.kind.text),
            )
            .at(item.kind.span),
        );
    }
}

fn content_block<'b>(block: &'b syntax::Block, diagnostics: &mut Diagnostics) -> Option<&'b syntax::Block> {
    let mut contents = block.body.blocks_of("content");
    let content = contents.next();
    let wrong = match (content, contents.next()) {
        (None, _) => Some((
            "Missing content block",
            "A dynamic block needs a \"content\" block with what each block holds; add it.",
            block.body.opening(),
        )),
        (Some(_), Some(second)) => Some((
            "Extraneous content block",
            "A dynamic block has only one \"content\" block; merge them.",
            second.header_span,
        )),
        _ => None,
    };
    if let Some((summary, detail, span)) = wrong {
        diagnostics.push(Diagnostic::error(summary, detail).at(span));
    }
    content
}

fn iterator_name(block: &syntax::Block, name: &str, diagnostics: &mut Diagnostics) -> Str {
    let Some(item) = block.body.attribute("iterator") else { return name.into() };
    match &item.expression.kind {
        ExpressionKind::Traversal(traversal) if traversal.steps.is_empty() => traversal.root.text.clone(),
        _ => {
            diagnostics.push(
                Diagnostic::error(
                    "Invalid expression",
                    "The iterator of a dynamic block is a single name, without quotes; write one.",
                )
                .at(item.expression.span),
            );
            name.into()
        }
    }
}

/// Keys and values to iterate; `None` while they are not known, also after an error.
fn elements(
    block: &syntax::Block,
    evaluate: &mut dyn Evaluate,
    instances: &mut Instances,
    diagnostics: &mut Diagnostics,
) -> Option<Vec<(Value, Value)>> {
    let Some(item) = block.body.attribute("for_each") else {
        diagnostics.push(
            Diagnostic::error(
                "Missing required argument",
                "A dynamic block needs the argument \"for_each\": a collection with an element for each block.",
            )
            .at(block.body.opening()),
        );
        return None;
    };
    let collection = match evaluate.evaluate(&item.expression, &Type::Any) {
        Ok(collection) => collection,
        Err(errors) => {
            diagnostics.extend(errors);
            return None;
        }
    };
    let (collection, marks) = collection.unmark();
    instances.marks = instances.marks.union(&marks);
    let problem = match collection.kind() {
        Kind::Unknown(_) => return None,
        Kind::Null(_) => "is null; write an empty list for no blocks",
        Kind::Bool(_) | Kind::Number(_) | Kind::String(_) => "is a single value; give a list, a set or a map",
        Kind::Set(..) => {
            let items = collection.as_items().unwrap_or_default();
            return Some(items.iter().map(|item| (item.clone(), item.clone())).collect());
        }
        Kind::List(..) | Kind::Tuple(_) | Kind::Map(..) | Kind::Object(_) => {
            let key_and_value = |(key, value): (Key, &Value)| (key, value.clone());
            return Some(keyed(&collection).into_iter().map(key_and_value).collect());
        }
    };
    let detail = format!("The for_each of this dynamic block {problem}.");
    diagnostics.push(Diagnostic::error("Invalid dynamic for_each value", detail).at(item.expression.span));
    None
}

type Key = Value;

/// The elements of a list, tuple, map or object with their keys as values.
fn keyed(collection: &Value) -> Vec<(Key, &Value)> {
    match (collection.as_items(), collection.as_entries()) {
        (Some(items), _) => {
            items.iter().enumerate().map(|(position, item)| (Value::number(position as u64), item)).collect()
        }
        (None, Some(entries)) => entries.iter().map(|(key, item)| (Value::string(key), item)).collect(),
        (None, None) => Vec::new(),
    }
}

/// The label of one block; `None` while it is not known, also after an error.
fn label(labels: &Expression, evaluate: &mut dyn Evaluate, diagnostics: &mut Diagnostics) -> Option<Str> {
    let wanted = Type::list(Type::String);
    let value = super::decode_expression("labels", labels, &wanted, evaluate, diagnostics);
    let label = value.as_items().and_then(|items| items.first().cloned())?;
    label.as_str().map(Str::from)
}
