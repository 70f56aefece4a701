//! What an expression reads, found without evaluating it.

use super::{Body, Expression, ExpressionKind, For, ObjectItem, Step, TemplatePart, Traversal};

/// Every traversal in the expression, also inside index keys, in the order of the text. Traversals that begin with a
/// name bound by an enclosing `for` are left out: they read nothing outside.
pub fn references(expression: &Expression) -> Vec<&Traversal> {
    let mut search = Search::default();
    search.expression(expression);
    search.found
}

/// The references of all attributes in a body and the blocks inside it.
pub fn references_in_body(body: &Body) -> Vec<&Traversal> {
    let mut search = Search::default();
    search.body(body);
    search.found
}

/// The expression as a fixed reference, as `depends_on`, `provider` and `ignore_changes` want it: a name followed by
/// attributes and constant keys. `None` if anything would have to be evaluated.
pub fn as_static_traversal(expression: &Expression) -> Option<Traversal> {
    match &expression.kind {
        ExpressionKind::Traversal(traversal) => {
            let is_static = |step: &Step| match step {
                Step::Attribute(_) => true,
                Step::Index { key, .. } => matches!(key.kind, ExpressionKind::Literal(_)),
                Step::Splat { .. } => false,
            };
            traversal.steps.iter().all(is_static).then(|| traversal.clone())
        }
        _ => None,
    }
}

/// The beginning of a reference that needs nothing evaluated, as text and as an expression.
pub fn fixed_part(traversal: &Traversal) -> (String, Expression) {
    let is_fixed = |step: &&Step| match step {
        Step::Attribute(_) => true,
        Step::Index { key, .. } => matches!(key.kind, ExpressionKind::Literal(_)),
        Step::Splat { .. } => false,
    };
    let steps: Vec<Step> = traversal.steps.iter().take_while(is_fixed).cloned().collect();
    let mut text = traversal.root.text.to_string();
    for step in &steps {
        match step {
            Step::Attribute(name) => text.push_str(&format!(".{}", name.text)),
            Step::Index { key, .. } => {
                if let ExpressionKind::Literal(value) = &key.kind {
                    text.push_str(&format!("[{}]", infra_values::json::to_json_plain(value)));
                }
            }
            Step::Splat { .. } => {}
        }
    }
    let span = traversal.root.span;
    let kind = ExpressionKind::Traversal(Traversal { root: traversal.root.clone(), steps });
    (text, Expression::new(kind, span))
}

/// The expression as a single bare word: `all`, `string`.
pub fn as_keyword(expression: &Expression) -> Option<&str> {
    match &expression.kind {
        ExpressionKind::Traversal(traversal) if traversal.steps.is_empty() => Some(&traversal.root.text),
        _ => None,
    }
}

#[derive(Default)]
struct Search<'e> {
    found: Vec<&'e Traversal>,
    /// The names bound by the `for`s around, innermost last.
    bound: Vec<&'e str>,
}

impl<'e> Search<'e> {
    fn body(&mut self, body: &'e Body) {
        // Attributes and blocks are kept apart in the tree; their places put them back in order.
        let mut items: Vec<Item<'e>> =
            body.attributes.iter().map(|attribute| Item::Expression(&attribute.expression)).collect();
        items.extend(body.blocks.iter().map(|block| Item::Body(&block.body)));
        items.sort_by_key(|item| match item {
            Item::Expression(expression) => expression.span.start,
            Item::Body(body) => body.span.start,
        });
        for item in items {
            match item {
                Item::Expression(expression) => self.expression(expression),
                Item::Body(body) => self.body(body),
            }
        }
    }

    fn expression(&mut self, expression: &'e Expression) {
        match &expression.kind {
            ExpressionKind::Literal(_) => {}
            ExpressionKind::Template(parts) => self.parts(parts),
            ExpressionKind::TemplateWrap(inner)
            | ExpressionKind::Parentheses(inner)
            | ExpressionKind::Unary { operand: inner, .. } => self.expression(inner),
            ExpressionKind::Traversal(traversal) => {
                if !self.bound.contains(&&*traversal.root.text) {
                    self.found.push(traversal);
                }
                self.steps(&traversal.steps);
            }
            ExpressionKind::Relative { source, steps } | ExpressionKind::Splat { source, steps } => {
                self.expression(source);
                self.steps(steps);
            }
            ExpressionKind::Tuple(items) => items.iter().for_each(|item| self.expression(item)),
            ExpressionKind::Object(items) => {
                for ObjectItem { key, value } in items {
                    self.expression(key);
                    self.expression(value);
                }
            }
            ExpressionKind::Call(call) => call.arguments.iter().for_each(|argument| self.expression(argument)),
            ExpressionKind::Conditional { condition, yes, no } => {
                [condition, yes, no].into_iter().for_each(|part| self.expression(part));
            }
            ExpressionKind::Binary { left, right, .. } => {
                self.expression(left);
                self.expression(right);
            }
            ExpressionKind::For(expression) => self.for_expression(expression),
        }
    }

    fn for_expression(&mut self, expression: &'e For) {
        // The collection is evaluated outside: the names are not bound there yet.
        self.expression(&expression.collection);
        let names = expression.key_name.iter().chain([&expression.value_name]).map(|name| &*name.text);
        self.binding(names, |search| {
            expression.key_result.iter().for_each(|key| search.expression(key));
            search.expression(&expression.result);
            expression.condition.iter().for_each(|condition| search.expression(condition));
        });
    }

    fn parts(&mut self, parts: &'e [TemplatePart]) {
        for part in parts {
            match part {
                TemplatePart::Literal(_) => {}
                TemplatePart::Interpolation(expression) => self.expression(expression),
                TemplatePart::If { condition, yes, no } => {
                    self.expression(condition);
                    self.parts(yes);
                    self.parts(no);
                }
                TemplatePart::For { key_name, value_name, collection, body } => {
                    self.expression(collection);
                    let names = key_name.iter().chain([value_name]).map(|name| &*name.text);
                    self.binding(names, |search| search.parts(body));
                }
            }
        }
    }

    fn steps(&mut self, steps: &'e [Step]) {
        for step in steps {
            match step {
                Step::Attribute(_) => {}
                Step::Index { key, .. } => self.expression(key),
                Step::Splat { steps, .. } => self.steps(steps),
            }
        }
    }

    fn binding(&mut self, names: impl Iterator<Item = &'e str>, inside: impl FnOnce(&mut Self)) {
        let outside = self.bound.len();
        self.bound.extend(names);
        inside(self);
        self.bound.truncate(outside);
    }
}

/// One of the two things a body holds.
enum Item<'e> {
    Expression(&'e Expression),
    Body(&'e Body),
}

#[cfg(test)]
mod tests {
    use super::super::{SourceMap, parse_bytes, parse_expression, print};
    use super::*;

    fn parse(text: &str) -> Expression {
        parse_expression(text, SourceMap::new().add("x", text), 0).0.unwrap()
    }

    fn print_all(references: Vec<&Traversal>) -> String {
        let print = |traversal: &&Traversal| {
            let kind = ExpressionKind::Traversal((*traversal).clone());
            print::expression(&Expression::new(kind, traversal.root.span))
        };
        references.iter().map(print).collect::<Vec<_>>().join(" ")
    }

    #[test]
    fn references_are_found_in_the_order_of_the_text() {
        let table = [
            ("1", ""),
            ("a.b[c.d[e]].f", "a.b[c.d[e]].f c.d[e] e"),
            ("-a + f(b, [c], {d = e, (g) = h}) * (i ? j : k)", "a b c e g h i j k"),
            ("f(a)[b].c", "a b"),
            ("a[*].b[c].d[*].e[f]", "a c f"),
            ("a.*.b[c]", "a c"),
            ("\"${a} %{ if b }${c}%{ else }${d}%{ endif }\"", "a b c d"),
            ("[for x in x : x.y + z if x]", "x z"),
            ("[for k, v in a : [for v in v.b : \"${k}${v}${w}\"]]", "a w"),
            ("{for k in a : k => k.b...}", "a"),
            ("[[for x in a : x], x]", "a x"),
            ("\"%{ for x in y }${x.z}${w[x]}%{ endfor }${x}\"", "y w[x] x"),
        ];
        for (text, expected) in table {
            assert_eq!(print_all(references(&parse(text))), expected, "{text}");
        }
        let sources = SourceMap::new();
        let (_, body, _) = parse_bytes(&sources, "x", b"a = b\nc {\n  d = e\n  f {\n    g = h\n  }\n}\ni = j\n");
        assert_eq!(print_all(references_in_body(&body)), "b e h j");
    }

    #[test]
    fn fixed_references_and_keywords_are_recognised() {
        let table = [
            ("a", Some("a"), Some("a")),
            ("a.b[0].c[\"d\"]", Some("a.b[0].c[\"d\"]"), None),
            ("a[b]", None, None),
            ("a[*].b", None, None),
            ("f(a).b", None, None),
            ("(a)", None, None),
            ("\"a\"", None, None),
            ("null", None, None),
        ];
        for (text, fixed, keyword) in table {
            let expression = parse(text);
            let found = as_static_traversal(&expression);
            assert_eq!(found.as_ref().map(|found| print_all(vec![found])).as_deref(), fixed, "{text}");
            assert_eq!(as_keyword(&expression), keyword, "{text}");
        }
    }
}
