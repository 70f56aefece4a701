//! Expressions to values.
//!
//! [`Evaluator`] knows every form of an expression; what names mean is asked of a [`Scope`]. It is the same for
//! planning, applying and constants. Evaluation collects all mistakes of an expression, not only the first.
//!
//! Deliberately elsewhere: what a module, a resource or a local is ([`crate::world`]), functions
//! ([`crate::functions`]), and bodies of blocks ([`crate::schema::decode`]).

mod access;
mod callee;
mod collections;
pub(crate) mod equality;
mod explanation;
mod expression;
mod lazy;
mod operators;
mod ranges;
mod salvage;
mod template;

pub use access::{get_attribute, index, step_into};
pub use expression::Evaluator;

use infra_values::{Str, Value};

use crate::diagnostics::{Diagnostic, Diagnostics};
use crate::functions;
use crate::syntax::{Expression, Name, Span, Step};

/// The result of evaluating something.
pub type Outcome = Result<Value, Diagnostics>;

/// What names mean where an expression stands.
pub trait Scope {
    /// The value of a reference whose first name is not bound inside the expression. All index keys are evaluated
    /// already. Answers the value and how many steps it has taken; the evaluator takes the rest.
    fn resolve(&mut self, root: &Name, steps: &[EvaluatedStep<'_>]) -> Result<(Value, usize), Diagnostics>;

    /// What functions need from outside the expression.
    fn function_context(&self) -> &dyn functions::Context;

    /// What can be called as `provider::local_name::…`; `None` where no such provider is required.
    fn provider_functions(&self, _local_name: &str) -> Option<&'static [functions::Function]> {
        None
    }
}

/// A step of a reference with its key evaluated.
#[derive(Clone, Debug)]
pub enum EvaluatedStep<'s> {
    /// `.name`
    Attribute(&'s Name),
    /// `[key]`
    Index(Value, Span),
    /// `[*]` further inside: what is taken from each element.
    Splat(&'s [Step], Span),
}

impl EvaluatedStep<'_> {
    /// Where the step stands.
    pub fn span(&self) -> Span {
        match self {
            Self::Attribute(name) => name.span,
            Self::Index(_, span) | Self::Splat(_, span) => *span,
        }
    }
}

/// Evaluates an expression that may not refer to anything: defaults, values in tfvars files.
pub fn constant(expression: &Expression, functions_allowed: Option<&dyn functions::Context>) -> Outcome {
    struct NoNames<'c>(&'c dyn functions::Context);
    impl Scope for NoNames<'_> {
        fn resolve(&mut self, root: &Name, _steps: &[EvaluatedStep<'_>]) -> Result<(Value, usize), Diagnostics> {
            Err(Diagnostic::error("Variables not allowed", "Variables may not be used here; write the value itself.")
                .at(root.span)
                .into())
        }
        fn function_context(&self) -> &dyn functions::Context {
            self.0
        }
    }
    match functions_allowed {
        Some(context) => Evaluator::new(&mut NoNames(context)).evaluate(expression),
        None => {
            let mut scope = NoNames(&NoFunctions);
            let mut evaluator = Evaluator::new(&mut scope);
            evaluator.forbid_functions();
            evaluator.evaluate(expression)
        }
    }
}

/// The context where no function may be called.
pub struct NoFunctions;

impl functions::Context for NoFunctions {
    fn base_directory(&self) -> &std::path::Path {
        std::path::Path::new(".")
    }
    fn render_template(&self, _: &str, _: &str, _: &Value) -> Result<Value, functions::FunctionError> {
        Err(functions::FunctionError::new("templates cannot be rendered here"))
    }
    fn plan_timestamp(&self) -> Option<&str> {
        None
    }
}

/// A name bound inside an expression: by `for`, or by a `dynamic` block around it.
pub type Binding = (Str, Value);
