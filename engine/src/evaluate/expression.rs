//! The evaluator: one function for each form of an expression.

use infra_values::{Type, Value};

use super::{Binding, EvaluatedStep, Outcome, Scope, access, callee, operators, ranges, salvage};
use crate::diagnostics::{Diagnostic, Diagnostics};
use crate::functions::{self, Function, FunctionError};
use crate::syntax::{Call, Expression, ExpressionKind, Span, Step, Traversal};

/// Evaluates expressions in one scope.
pub struct Evaluator<'s> {
    pub(super) scope: &'s mut dyn Scope,
    /// Names bound by `for` and `dynamic`, innermost last.
    pub(super) bindings: Vec<Binding>,
    functions_forbidden: bool,
    /// Whether mistakes come without the values around them: nobody will see them.
    pub(super) is_quiet: bool,
    /// Whether mistakes become unknown values.
    pub(super) salvages: bool,
}

/// Bytes of stack that one level of evaluation may need, with room for the deepest library call.
const STACK_RED_ZONE_BYTES: usize = 128 * 1024;
/// How much stack is added when it runs short.
const STACK_GROWTH_BYTES: usize = 4 * 1024 * 1024;

impl<'s> Evaluator<'s> {
    /// An evaluator without bindings.
    pub fn new(scope: &'s mut dyn Scope) -> Self {
        Self { scope, bindings: Vec::new(), functions_forbidden: false, is_quiet: false, salvages: false }
    }

    /// Makes every function call an error, as in tfvars files.
    pub fn forbid_functions(&mut self) {
        self.functions_forbidden = true;
    }

    /// Evaluates `inside` with further names bound.
    pub fn with_bindings<T>(&mut self, names: Vec<Binding>, inside: impl FnOnce(&mut Self) -> T) -> T {
        let before = self.bindings.len();
        self.bindings.extend(names);
        let result = inside(self);
        self.bindings.truncate(before);
        result
    }

    /// The value of an expression.
    pub fn evaluate(&mut self, expression: &Expression) -> Outcome {
        stacker::maybe_grow(STACK_RED_ZONE_BYTES, STACK_GROWTH_BYTES, || {
            let mut outcome = self.evaluate_here(expression);
            if self.salvages {
                return outcome.or_else(|_| Ok(Value::unknown(salvage::type_of_form(expression))));
            }
            if let Err(mistakes) = &mut outcome {
                self.explain(mistakes, expression);
            }
            outcome
        })
    }

    fn evaluate_here(&mut self, expression: &Expression) -> Outcome {
        match &expression.kind {
            ExpressionKind::Literal(value) => Ok(value.clone()),
            ExpressionKind::Template(parts) => self.template(parts),
            ExpressionKind::TemplateWrap(inner) | ExpressionKind::Parentheses(inner) => self.evaluate(inner),
            ExpressionKind::Traversal(traversal) => self.traversal(traversal),
            ExpressionKind::Relative { source, steps } => {
                let value = self.evaluate(source)?;
                self.steps(value, steps)
            }
            ExpressionKind::Splat { source, steps } => {
                let value = self.strictly(|evaluator| evaluator.evaluate(source))?;
                self.splat_of(value, steps, source.span)
            }
            ExpressionKind::Tuple(items) => self.tuple(items),
            ExpressionKind::Object(items) => self.object(items),
            ExpressionKind::Call(call) => self.strictly(|evaluator| evaluator.call(call, expression)),
            ExpressionKind::Conditional { condition, yes, no } => self.conditional(condition, yes, no),
            ExpressionKind::Binary { operator, left, right, .. } => self.strictly(|evaluator| {
                let (left_value, right_value) = both(evaluator.evaluate(left), evaluator.evaluate(right))?;
                let spans = operators::Spans { whole: expression.span, left: left.span, right: right.span };
                let language = evaluator.scope.function_context().language();
                operators::binary(*operator, &left_value, &right_value, spans, language)
            }),
            ExpressionKind::Unary { operator, operand } => {
                let value = self.strictly(|evaluator| evaluator.evaluate(operand))?;
                operators::unary(*operator, &value, operand.span, expression.span)
            }
            ExpressionKind::For(for_expression) => self.for_expression(for_expression),
        }
    }

    fn traversal(&mut self, traversal: &Traversal) -> Outcome {
        let bound = self.bindings.iter().rev().find(|(name, _)| *name == traversal.root.text);
        if let Some((_, value)) = bound {
            let value = value.clone();
            return self.steps(value, &traversal.steps);
        }
        let steps = self.evaluate_steps(&traversal.steps)?;
        let (mut value, taken) = self.scope.resolve(&traversal.root, &steps)?;
        for step in steps.get(taken..).unwrap_or_default() {
            value = self.take(value, step)?;
        }
        Ok(value)
    }

    fn take(&mut self, value: Value, step: &EvaluatedStep<'_>) -> Outcome {
        match step {
            EvaluatedStep::Splat(steps, span) => self.splat_of(value, steps, *span),
            other => access::step_into(&value, other).map_err(Diagnostics::from),
        }
    }

    pub(super) fn steps(&mut self, value: Value, steps: &[Step]) -> Outcome {
        let steps = match self.evaluate_steps(steps) {
            // Whatever is there is as secret as all of it.
            Err(_) if self.salvages => return Ok(Value::unknown(Type::Any).with_marks(value.marks())),
            steps => steps?,
        };
        let mut value = value;
        for step in &steps {
            value = self.take(value, step)?;
        }
        Ok(value)
    }

    fn evaluate_steps<'t>(&mut self, steps: &'t [Step]) -> Result<Vec<EvaluatedStep<'t>>, Diagnostics> {
        steps
            .iter()
            .map(|step| match step {
                Step::Attribute(name) => Ok(EvaluatedStep::Attribute(name)),
                Step::Index { key, span } => {
                    let key = self.strictly(|evaluator| evaluator.evaluate(key))?;
                    Ok(EvaluatedStep::Index(key, *span))
                }
                Step::Splat { steps, span } => Ok(EvaluatedStep::Splat(steps, *span)),
            })
            .collect()
    }

    fn conditional(&mut self, condition: &Expression, yes: &Expression, no: &Expression) -> Outcome {
        let (decided, has_failed) = match self.condition(condition) {
            // The type of the arms is left.
            Err(_) if self.salvages => (Value::unknown(Type::Bool), true),
            decided => (decided?, false),
        };
        let (decided, marks) = decided.unmark();
        // The mistakes of an arm that is not taken, or may not be, do not matter. Its type does.
        let (yes_value, no_value) =
            both(self.arm(yes, decided.as_bool() == Some(true)), self.arm(no, decided.as_bool() == Some(false)))?;
        // The arm that is not taken tells something too: which one was taken, beside what it would have been.
        let marks = marks.union(yes_value.marks()).union(no_value.marks());
        let Some(ty) = unify_arms(&yes_value, &no_value) else {
            return Err(Diagnostic::error(
                "Inconsistent conditional result types",
                format!(
                    "The true and false result expressions must have consistent types. The 'true' value is {}, but \
                     the 'false' value is {}.",
                    yes_value.ty().friendly_name(),
                    no_value.ty().friendly_name()
                ),
            )
            .at(yes.span.to(no.span))
            .into());
        };
        if has_failed {
            return Ok(Value::unknown(ty));
        }
        let Some(choice) = decided.as_bool() else {
            return Ok(ranges::either(&yes_value, &no_value, ty).with_marks(&marks));
        };
        let (chosen, span) = if choice { (yes_value, yes.span) } else { (no_value, no.span) };
        match infra_values::convert::convert(&chosen, &ty) {
            Ok(value) => Ok(value.with_marks(&marks)),
            Err(error) => Err(Diagnostic::error(
                "Inconsistent conditional result types",
                format!("The result of the conditional expression cannot be made a {}: {error}.", ty.friendly_name()),
            )
            .at(span)
            .into()),
        }
    }

    /// What decides a conditional: a bool, possibly unknown.
    fn condition(&mut self, condition: &Expression) -> Outcome {
        let decided = self.evaluate(condition)?;
        if decided.is_null() {
            return Err(Diagnostic::error(
                "Null condition",
                "The condition value is null. Conditions must either be true or false.",
            )
            .at(condition.span)
            .into());
        }
        if self.accepts_for_now(&decided) {
            return Ok(Value::unknown(Type::Bool).with_marks(decided.marks()));
        }
        infra_values::convert::convert(&decided, &Type::Bool).map_err(|error| {
            Diagnostic::error(
                "Incorrect condition type",
                format!("The condition of a conditional expression must be true or false: {error}."),
            )
            .at(condition.span)
            .into()
        })
    }

    /// Whether a condition is not looked at any closer, because its value is not known. Its type is, and could be wrong
    /// already, but Terraform does not say so.
    pub(super) fn accepts_for_now(&self, condition: &Value) -> bool {
        !condition.is_known() && self.scope.function_context().language().is_strict()
    }

    fn call(&mut self, call: &Call, expression: &Expression) -> Outcome {
        if self.functions_forbidden {
            return Err(Diagnostic::error(
                "Function calls not allowed",
                "Functions may not be called here; write the value itself.",
            )
            .at(expression.span)
            .into());
        }
        let function = callee::find(self.scope, call)?;
        if function.lazy {
            return self.lazy_call(function, call, expression);
        }
        let mut diagnostics = Diagnostics::new();
        let mut values = Vec::with_capacity(call.arguments.len());
        for argument in &call.arguments {
            match self.evaluate(argument) {
                Ok(value) => values.push(value),
                Err(errors) => diagnostics.extend(errors),
            }
        }
        if diagnostics.has_errors() {
            return Err(diagnostics);
        }
        if call.expands_last
            && let Some(early) = expand_last(&mut values, call)?
        {
            return Ok(early);
        }
        check_count(function, call, values.len(), expression.span)?;
        if function.name == "templatestring" {
            callee::check_template_argument(call, &values)?;
        }
        functions::call(function, self.scope.function_context(), &values)
            .map_err(|error| failed_call(call, expression, error).calling(function.name).into())
    }
}

/// Refuses a wrong number of arguments: at the closing parenthesis where one is missing, and at the first one too many.
pub(super) fn check_count(function: &Function, call: &Call, given: usize, whole: Span) -> Result<(), Diagnostics> {
    let Some((summary, problem)) = function.count_mistake(given) else { return Ok(()) };
    let close = Span { start: whole.end.saturating_sub(1), ..whole };
    let extra = call.arguments.get(function.parameters.len()).or(call.arguments.last());
    let span = match extra {
        Some(extra) if given > function.parameters.len() => extra.start,
        _ => close,
    };
    let detail = format!("Function \"{}\" cannot be called so: {problem}.", call.name.text);
    Err(Diagnostic::error(summary, detail).at(span).calling(function.name).into())
}

/// A refused call as a mistake, with headline and place.
fn failed_call(call: &Call, expression: &Expression, error: FunctionError) -> Diagnostic {
    let blamed = error.argument.and_then(|position| call.arguments.get(position).or(call.arguments.last()));
    let (summary, span) = match blamed {
        Some(argument) => ("Invalid function argument", argument.start),
        None => ("Error in function call", expression.span),
    };
    Diagnostic::error(summary, format!("Call to function \"{}\" failed: {}.", call.name.text, error.message)).at(span)
}

/// Replaces the last of the values by its elements. `Some` when the call's result is unknown already.
pub(super) fn expand_last(values: &mut Vec<Value>, call: &Call) -> Result<Option<Value>, Diagnostics> {
    let Some(last) = values.pop() else { return Ok(None) };
    let span = call.arguments.last().map_or(call.name.span, |argument| argument.span);
    let (last, marks) = last.unmark();
    if !last.is_known() {
        return Ok(Some(Value::unknown(Type::Any).with_marks(&marks)));
    }
    match last.as_items() {
        Some(items) => {
            values.extend(items.iter().map(|item| item.clone().with_marks(&marks)));
            Ok(None)
        }
        None => Err(Diagnostic::error(
            "Invalid expanding argument value",
            "The expanding argument (indicated by ...) must be of a tuple, list, or set type.",
        )
        .at(span)
        .into()),
    }
}

/// The type that both arms of a conditional can take; a bare null takes the other arm's. Beside an arm that could be
/// anything, so could the other.
fn unify_arms(yes: &Value, no: &Value) -> Option<Type> {
    let (yes_type, no_type) = (yes.ty(), no.ty());
    // With a mark on it, null is bare no more.
    let is_bare_null = |arm: &Value| arm.is_null() && arm.ty() == Type::Any && arm.marks().is_empty();
    match (is_bare_null(yes), is_bare_null(no)) {
        (true, _) => Some(no_type),
        (_, true) => Some(yes_type),
        _ if yes_type == Type::Any || no_type == Type::Any => Some(Type::Any),
        _ if yes_type == no_type => Some(yes_type),
        _ => infra_values::unify::unify(&[yes_type, no_type]),
    }
}

/// Both results, or the mistakes of both.
pub(super) fn both(left: Outcome, right: Outcome) -> Result<(Value, Value), Diagnostics> {
    match (left, right) {
        (Ok(left), Ok(right)) => Ok((left, right)),
        (Err(mut left), Err(right)) => {
            left.extend(right);
            Err(left)
        }
        (Err(errors), Ok(_)) | (Ok(_), Err(errors)) => Err(errors),
    }
}
