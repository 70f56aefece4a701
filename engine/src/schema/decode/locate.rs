//! Where in a body a part of its value comes from.

use infra_values::{Path, PathStep};

use crate::syntax::{Block, Body, Expression, ExpressionKind, Span};

/// The best place in the body for a path inside its value: the expression of an attribute (or the part of it, where it
/// is written out as a list or object), else the opening brace of the block, else the nearest thing around it. `None` when
/// nothing on the path is written down.
///
/// An element of a set has no place of its own unless it is the only one: the order of a set is not that of the file.
pub fn span_of(body: &Body, path: &Path) -> Option<Span> {
    inside_body(body, &path.0)
}

fn inside_body(body: &Body, steps: &[PathStep]) -> Option<Span> {
    let (PathStep::Attribute(name), rest) = steps.split_first()? else { return None };
    if let Some(attribute) = body.attribute(name) {
        return Some(inside_expression(&attribute.expression, rest));
    }
    let mut blocks: Vec<&Block> = body.blocks_of(name).collect();
    blocks.extend(
        body.blocks_of("dynamic").filter(|block| block.labels.first().is_some_and(|label| label.text == **name)),
    );
    blocks.sort_by_key(|block| block.span);
    if blocks.is_empty() {
        return body.blocks_of("_").find_map(|escape| inside_body(&escape.body, steps));
    }
    let any_dynamic = blocks.iter().any(|block| block.kind.text == "dynamic");
    let (block, rest) = match rest.split_first() {
        Some((PathStep::Position(position), rest)) if !any_dynamic => (blocks.get(*position), rest),
        Some((PathStep::Key(key), rest)) if !any_dynamic => {
            (blocks.iter().find(|block| block.labels.first().is_some_and(|label| label.text == **key)), rest)
        }
        Some((PathStep::Attribute(_), _)) => (blocks.first(), rest),
        Some((_, rest)) => (blocks.first().filter(|_| blocks.len() == 1), rest),
        None => (None, rest),
    };
    let Some(block) = block else { return blocks.first().map(|block| block.header_span) };
    Some(inside_block(block, rest))
}

fn inside_block(block: &Block, rest: &[PathStep]) -> Span {
    let content = if block.kind.text == "dynamic" { block.body.blocks_of("content").next() } else { Some(block) };
    content.and_then(|content| inside_body(&content.body, rest)).unwrap_or(block.body.opening())
}

fn inside_expression(expression: &Expression, steps: &[PathStep]) -> Span {
    let Some((step, rest)) = steps.split_first() else { return expression.span };
    let inner = match (&expression.kind, step) {
        (ExpressionKind::Parentheses(inner), _) => return inside_expression(inner, steps),
        (ExpressionKind::Tuple(items), PathStep::Position(position)) => items.get(*position),
        (ExpressionKind::Object(items), PathStep::Attribute(name) | PathStep::Key(name)) => items
            .iter()
            .find(|item| matches!(&item.key.kind, ExpressionKind::Literal(key) if key.as_str() == Some(name)))
            .map(|item| &item.value),
        _ => None,
    };
    inner.map_or(expression.span, |inner| inside_expression(inner, rest))
}
