//! The tree as compact text, for tests: every node is visible, white space and spans are not.

use infra_values::{Kind, Value};

use super::{Body, Expression, ExpressionKind, Name, Step, TemplatePart};

/// A body, one item per line.
pub(crate) fn body(body: &Body) -> String {
    let mut lines = Vec::new();
    for attribute in &body.attributes {
        lines.push(format!("{} = {}", attribute.name.text, expression(&attribute.expression)));
    }
    for block in &body.blocks {
        let labels: String = block.labels.iter().map(|label| format!(" {:?}", label.text)).collect();
        let inside: String = self::body(&block.body).lines().map(|line| format!("  {line}\n")).collect();
        lines.push(format!("{}{labels} {{\n{inside}}}", block.kind.text));
    }
    lines.join("\n")
}

/// An expression on one line.
pub(crate) fn expression(expression: &Expression) -> String {
    let print = self::expression;
    match &expression.kind {
        ExpressionKind::Literal(value) => literal(value),
        ExpressionKind::Template(parts) => format!("template({})", self::parts(parts)),
        ExpressionKind::TemplateWrap(inner) => format!("wrap({})", print(inner)),
        ExpressionKind::Traversal(traversal) => {
            format!("{}{}", traversal.root.text, steps(&traversal.steps))
        }
        ExpressionKind::Relative { source, steps: after } => format!("<{}>{}", print(source), steps(after)),
        ExpressionKind::Splat { source, steps: each } => format!("splat({}: {})", print(source), steps(each)),
        ExpressionKind::Tuple(items) => format!("[{}]", list(items)),
        ExpressionKind::Object(items) => {
            let items: Vec<_> =
                items.iter().map(|item| format!("{} = {}", print(&item.key), print(&item.value))).collect();
            format!("{{{}}}", items.join(", "))
        }
        ExpressionKind::Call(call) => {
            let dots = if call.expands_last { "..." } else { "" };
            format!("{}({}{dots})", call.name.text, list(&call.arguments))
        }
        ExpressionKind::Conditional { condition, yes, no } => {
            format!("({} ? {} : {})", print(condition), print(yes), print(no))
        }
        ExpressionKind::Binary { operator, left, right, .. } => {
            format!("({} {operator:?} {})", print(left), print(right))
        }
        ExpressionKind::Unary { operator, operand } => format!("{operator:?}({})", print(operand)),
        ExpressionKind::For(parts) => {
            let key = parts.key_result.as_ref().map(|key| format!("{} => ", print(key))).unwrap_or_default();
            let groups = if parts.groups { "..." } else { "" };
            let condition = parts.condition.as_ref().map(|c| format!(" if {}", print(c))).unwrap_or_default();
            format!(
                "for({} in {} : {key}{}{groups}{condition})",
                names(parts.key_name.as_ref(), &parts.value_name),
                print(&parts.collection),
                print(&parts.result)
            )
        }
        ExpressionKind::Parentheses(inner) => format!("paren({})", print(inner)),
    }
}

fn names(key: Option<&Name>, value: &Name) -> String {
    key.map_or(value.text.to_string(), |key| format!("{},{}", key.text, value.text))
}

fn list(items: &[Expression]) -> String {
    items.iter().map(expression).collect::<Vec<_>>().join(", ")
}

fn literal(value: &Value) -> String {
    match value.kind() {
        Kind::Null(_) => "null".to_owned(),
        Kind::Bool(value) => value.to_string(),
        Kind::Number(number) => number.to_string(),
        Kind::String(text) => format!("{text:?}"),
        other => format!("{other:?}"),
    }
}

fn steps(steps: &[Step]) -> String {
    steps
        .iter()
        .map(|step| match step {
            Step::Attribute(name) => format!(".{}", name.text),
            Step::Index { key, .. } => format!("[{}]", expression(key)),
            Step::Splat { steps, .. } => format!("[*: {}]", self::steps(steps)),
        })
        .collect()
}

fn parts(parts: &[TemplatePart]) -> String {
    let print = |part: &TemplatePart| match part {
        TemplatePart::Literal(text) => format!("{text:?}"),
        TemplatePart::Interpolation(inner) => format!("${{{}}}", expression(inner)),
        TemplatePart::If { condition, yes, no } => {
            format!("if({}: {} else {})", expression(condition), self::parts(yes), self::parts(no))
        }
        TemplatePart::For { key_name, value_name, collection, body } => {
            let names = names(key_name.as_ref(), value_name);
            format!("for({names} in {}: {})", expression(collection), self::parts(body))
        }
    };
    parts.iter().map(print).collect::<Vec<_>>().join(" ")
}
