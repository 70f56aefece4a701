//! `try` and `can`, whose arguments may have mistakes.

use infra_values::{Type, Value};

use super::expression::{check_count, expand_last};
use super::{Evaluator, Outcome};
use crate::diagnostics::{Diagnostic, Diagnostics};
use crate::functions::Function;
use crate::syntax::{Call, Expression};

/// An argument as it is given.
enum Argument<'c> {
    /// What stands between the parentheses.
    Expression(&'c Expression),
    /// An element of a list that is given with `...`.
    Element(Value),
}

impl Evaluator<'_> {
    pub(super) fn lazy_call(&mut self, function: &Function, call: &Call, expression: &Expression) -> Outcome {
        let mut arguments: Vec<Argument<'_>> = call.arguments.iter().map(Argument::Expression).collect();
        if call.expands_last
            && let Some(Argument::Expression(last)) = arguments.pop()
        {
            // Which arguments there are must be clear: a mistake in the list itself counts.
            let mut elements = vec![self.evaluate(last)?];
            if let Some(early) = expand_last(&mut elements, call)? {
                return Ok(early);
            }
            arguments.extend(elements.into_iter().map(Argument::Element));
        }
        check_count(function, call, arguments.len(), expression.span)?;
        if function.name == "try" { self.try_each(&arguments, expression) } else { self.can(&arguments) }
    }

    fn attempt(&mut self, argument: &Argument<'_>) -> Outcome {
        match argument {
            Argument::Expression(expression) => self.quietly(|evaluator| evaluator.evaluate(expression)),
            Argument::Element(value) => Ok(value.clone()),
        }
    }

    /// `try(a, b, …)`: the first argument that can be evaluated.
    fn try_each(&mut self, arguments: &[Argument<'_>], expression: &Expression) -> Outcome {
        let mut failures = Diagnostics::new();
        for argument in arguments {
            match self.attempt(argument) {
                // It may still turn out to be a mistake.
                Ok(value) if !value.is_wholly_known() => return Ok(Value::unknown(Type::Any)),
                Ok(value) => return Ok(value),
                Err(errors) => failures.extend(errors),
            }
        }
        let reasons: Vec<String> = failures.iter().map(|failure| format!("- {}", failure.detail)).collect();
        Err(Diagnostic::error(
            "Error in function call",
            format!(
                "Call to function \"try\" failed: no expression succeeded. At least one expression must produce a \
                 successful result.\n{}",
                reasons.join("\n")
            ),
        )
        .at(expression.span)
        .into())
    }

    /// `can(a)`: whether the argument can be evaluated.
    fn can(&mut self, arguments: &[Argument<'_>]) -> Outcome {
        // There is exactly one: their number was checked before.
        Ok(match arguments.first().map(|argument| self.attempt(argument)) {
            Some(Ok(value)) if !value.is_wholly_known() => Value::unknown(Type::Bool),
            outcome => Value::bool(matches!(outcome, Some(Ok(_)))),
        })
    }
}
