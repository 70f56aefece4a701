//! What stands around a mistake: the values of the references in the expression that could not be evaluated.

use std::collections::BTreeMap;

use infra_values::Value;

use super::Evaluator;
use crate::diagnostics::Diagnostics;
use crate::syntax::{Expression, Span, Step, Traversal, fixed_part, references};

impl Evaluator<'_> {
    /// What the references in an expression are worth, by their text, each once and in order. Of one that leads nowhere,
    /// the longest beginning that leads somewhere counts.
    pub fn values_in(&mut self, expression: &Expression) -> Vec<(String, Value)> {
        self.values_of(references(expression))
    }

    /// Evaluates something whose mistakes are not shown to anybody.
    pub(super) fn quietly<T>(&mut self, inside: impl FnOnce(&mut Self) -> T) -> T {
        let before = std::mem::replace(&mut self.is_quiet, true);
        let result = inside(self);
        self.is_quiet = before;
        result
    }

    /// Gives mistakes that were found while evaluating an expression the values they touch. Those that come from
    /// further inside have theirs.
    pub(super) fn explain(&mut self, mistakes: &mut Diagnostics, expression: &Expression) {
        if self.is_quiet {
            return;
        }
        for mistake in mistakes.0.iter_mut().filter(|mistake| !mistake.is_explained) {
            mistake.is_explained = true;
            let Some(place) = mistake.span else { continue };
            let touched = references(expression).into_iter().filter(|traversal| touches(traversal, place)).collect();
            mistake.values.extend(self.values_of(touched));
        }
    }

    fn values_of(&mut self, traversals: Vec<&Traversal>) -> Vec<(String, Value)> {
        let mut values = BTreeMap::new();
        for traversal in traversals {
            // A name alone is a whole namespace: `var`, `local`.
            for length in (1..=traversal.steps.len()).rev() {
                let steps = traversal.steps[..length].to_vec();
                let (text, beginning) = fixed_part(&Traversal { root: traversal.root.clone(), steps });
                if text == *traversal.root.text {
                    break;
                }
                if let Ok(value) = self.quietly(|evaluator| evaluator.evaluate(&beginning)) {
                    values.insert(text, value);
                    break;
                }
            }
        }
        values.into_iter().collect()
    }
}

fn touches(traversal: &Traversal, place: Span) -> bool {
    let root = traversal.root.span;
    let end = match traversal.steps.last() {
        Some(Step::Attribute(name)) => name.span.end,
        Some(Step::Index { span, .. } | Step::Splat { span, .. }) => span.end,
        None => root.end,
    };
    root.file == place.file && root.start < place.end && place.start < end
}

#[cfg(test)]
#[allow(clippy::unwrap_used, reason = "a test fails by panicking")]
mod tests {
    use infra_values::Type;

    use super::super::{EvaluatedStep, NoFunctions, Scope};
    use super::*;
    use crate::diagnostics::Diagnostic;
    use crate::functions;
    use crate::syntax::{FileId, Name, parse_expression};

    /// `local.l` and `local.o`, and nothing else.
    struct Locals;

    impl Scope for Locals {
        fn resolve(&mut self, _root: &Name, steps: &[EvaluatedStep<'_>]) -> Result<(Value, usize), Diagnostics> {
            match steps.first() {
                Some(EvaluatedStep::Attribute(name)) if name.text == "l" => {
                    Ok((Value::tuple(vec![Value::number(1)]), 1))
                }
                Some(EvaluatedStep::Attribute(name)) if name.text == "o" => {
                    Ok((Value::object_from([("a", Value::unknown(Type::String))]), 1))
                }
                _ => Err(Diagnostic::error("Undeclared", "").into()),
            }
        }
        fn function_context(&self) -> &dyn functions::Context {
            &NoFunctions
        }
    }

    #[test]
    fn a_mistake_comes_with_the_values_that_it_touches() {
        let table: [(&str, &[&str]); 8] = [
            ("local.l[7]", &["local.l"]),
            ("local.o.b + local.l[0]", &["local.o"]),
            ("local.l[0] + local.o", &["local.o"]),
            ("upper(local.o)", &["local.o"]),
            ("[for item in local.l : item.a]", &[]),
            ("[for item in local.l : item + local.o.a.b]", &["local.o.a"]),
            ("try(local.o.b, local.l.c)", &["local.l", "local.o"]),
            ("local.nothing", &[]),
        ];
        for (text, expected) in table {
            let (expression, _) = parse_expression(text, FileId::default(), 0);
            let mistakes = Evaluator::new(&mut Locals).evaluate(&expression.unwrap()).unwrap_err();
            let found: Vec<&str> =
                mistakes.iter().flat_map(|mistake| &mistake.values).map(|(text, _)| text.as_str()).collect();
            assert_eq!(found, expected, "{text}");
        }
    }
}
