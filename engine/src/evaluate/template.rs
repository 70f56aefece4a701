//! Templates: text with interpolations and directives.

use infra_values::{Marks, Refinement, Str, Type, Value, convert::convert};

use super::collections::{bound_names, elements_of, not_iterable};
use super::{Evaluator, Outcome};
use crate::diagnostics::{Diagnostic, Diagnostics};
use crate::syntax::{Expression, TemplatePart};

/// Text under construction: once a part is unknown, only what came before it is certain.
#[derive(Default)]
struct Rendered {
    text: String,
    unknown: bool,
    marks: Marks,
}

impl Rendered {
    fn push(&mut self, text: &str) {
        if !self.unknown {
            self.text.push_str(text);
        }
    }
}

impl Evaluator<'_> {
    /// The text of a template; unknown with a known beginning while a part is unknown.
    pub fn template(&mut self, parts: &[TemplatePart]) -> Outcome {
        let mut rendered = Rendered::default();
        let mistakes = self.render(parts, &mut rendered);
        if !self.salvages {
            mistakes?;
        }
        let value = if rendered.unknown {
            Value::unknown_refined(
                Type::String,
                Refinement {
                    not_null: true,
                    string_prefix: (!rendered.text.is_empty()).then(|| Str::nfc(&rendered.text)),
                    ..Refinement::default()
                },
            )
        } else {
            Value::string(&rendered.text)
        };
        Ok(value.with_marks(&rendered.marks))
    }

    fn render(&mut self, parts: &[TemplatePart], out: &mut Rendered) -> Result<(), Diagnostics> {
        let mut diagnostics = Diagnostics::new();
        for part in parts {
            if let Err(errors) = self.render_part(part, out) {
                diagnostics.extend(errors);
            }
        }
        diagnostics.into_result().map(|_| ())
    }

    fn render_part(&mut self, part: &TemplatePart, out: &mut Rendered) -> Result<(), Diagnostics> {
        match part {
            TemplatePart::Literal(text) => {
                out.push(text);
                Ok(())
            }
            TemplatePart::Interpolation(expression) => self.render_interpolation(expression, out),
            TemplatePart::If { condition, yes, no } => {
                let (decided, marks) = self.evaluate(condition)?.unmark();
                if decided.is_null() {
                    return Err(Diagnostic::error(
                        "Null condition",
                        "The condition of an %{ if } directive must be true or false, not null.",
                    )
                    .at(condition.span)
                    .into());
                }
                let decided = if self.accepts_for_now(&decided) { Value::unknown(Type::Bool) } else { decided };
                let decided = convert(&decided, &Type::Bool).map_err(|error| {
                    Diagnostics::from(
                        Diagnostic::error(
                            "Incorrect condition type",
                            format!("The condition of an %{{ if }} directive must be true or false: {error}."),
                        )
                        .at(condition.span),
                    )
                })?;
                out.marks = out.marks.union(&marks);
                // An arm that is not taken tells something too: which one was taken.
                for (arm, is_taken) in [(yes, decided.as_bool() == Some(true)), (no, decided.as_bool() == Some(false))]
                {
                    if is_taken {
                        self.render(arm, out)?;
                    } else {
                        let other = self.untaken(|evaluator| evaluator.template(arm))?;
                        out.marks = out.marks.union(other.marks());
                    }
                }
                out.unknown |= decided.as_bool().is_none();
                Ok(())
            }
            TemplatePart::For { key_name, value_name, collection, body } => {
                let (value, marks) = self.strictly(|evaluator| evaluator.evaluate(collection))?.unmark();
                if value.is_null() {
                    return Err(Diagnostic::error(
                        "Iteration over null value",
                        "A null value cannot be used as the collection of a %{ for } directive.",
                    )
                    .at(collection.span)
                    .into());
                }
                if !value.is_known() {
                    out.marks = out.marks.union(&marks);
                    out.unknown = true;
                    return Ok(());
                }
                let Some(elements) = elements_of(&value) else {
                    return Err(not_iterable(&value.ty(), collection.span).into());
                };
                out.marks = out.marks.union(&marks);
                for (key, element) in elements {
                    let names = bound_names(key_name.as_ref(), key, value_name, element);
                    self.with_bindings(names, |inside| inside.render(body, out))?;
                }
                Ok(())
            }
        }
    }

    fn render_interpolation(&mut self, expression: &Expression, out: &mut Rendered) -> Result<(), Diagnostics> {
        let (value, marks) = self.evaluate(expression)?.unmark();
        out.marks = out.marks.union(&marks);
        let invalid = |detail: String| {
            Diagnostics::from(Diagnostic::error("Invalid template interpolation value", detail).at(expression.span))
        };
        if value.is_null() {
            return Err(invalid(
                "The expression result is null. Cannot include a null value in a string template.".into(),
            ));
        }
        if !value.is_known() {
            // Whatever it turns out to be, it can be a string only then.
            if let infra_values::Kind::Unknown(unknown) = value.kind()
                && let Some(prefix) = unknown.refinement.as_ref().and_then(|known| known.string_prefix.clone())
            {
                out.push(&prefix);
            }
            out.unknown = true;
            return Ok(());
        }
        let value = convert(&value, &Type::String)
            .map_err(|error| invalid(format!("Cannot include the given value in a string template: {error}.")))?;
        if let Some(text) = value.as_str() {
            out.push(text);
        }
        Ok(())
    }
}
