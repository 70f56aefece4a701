//! What is left of an expression with a mistake: its type, as far as its form tells it.
//!
//! Both arms of a conditional must have one type even where one of them cannot be evaluated and is not taken. Text stays
//! text then, a sum a number, and a tuple keeps its length; what a reference or a call leads to could be anything.

use infra_values::{Type, Value};

use super::{Evaluator, Outcome};
use crate::syntax::{BinaryOperator, Expression, ExpressionKind, UnaryOperator};

impl Evaluator<'_> {
    /// An arm of a conditional. One that is not taken for certain has no mistakes.
    pub(super) fn arm(&mut self, arm: &Expression, is_taken: bool) -> Outcome {
        if is_taken { self.evaluate(arm) } else { self.untaken(|evaluator| evaluator.evaluate(arm)) }
    }

    /// What is not taken: without its mistakes, what is left of it.
    pub(super) fn untaken(&mut self, arm: impl Fn(&mut Self) -> Outcome) -> Outcome {
        self.quietly(|evaluator| arm(evaluator)).or_else(|_| {
            let before = std::mem::replace(&mut self.salvages, true);
            let rest = arm(self);
            self.salvages = before;
            rest
        })
    }

    /// Evaluates something of which nothing is left when it has a mistake.
    pub(super) fn strictly<T>(&mut self, inside: impl FnOnce(&mut Self) -> T) -> T {
        let before = std::mem::replace(&mut self.salvages, false);
        let result = inside(self);
        self.salvages = before;
        result
    }

    /// Evaluates a part of something that is left when the part has a mistake.
    pub(super) fn salvaged(&mut self, part: impl FnOnce(&mut Self) -> Outcome) -> Outcome {
        let outcome = part(self);
        if self.salvages { outcome.or_else(|_| Ok(Value::unknown(Type::Any))) } else { outcome }
    }
}

/// The type of whatever an expression of this form is worth.
pub(super) fn type_of_form(expression: &Expression) -> Type {
    match &expression.kind {
        ExpressionKind::Template(_) => Type::String,
        ExpressionKind::Binary { operator, .. } => match operator {
            BinaryOperator::Add
            | BinaryOperator::Subtract
            | BinaryOperator::Multiply
            | BinaryOperator::Divide
            | BinaryOperator::Remainder => Type::Number,
            _ => Type::Bool,
        },
        ExpressionKind::Unary { operator: UnaryOperator::Negate, .. } => Type::Number,
        ExpressionKind::Unary { operator: UnaryOperator::Not, .. } => Type::Bool,
        _ => Type::Any,
    }
}
