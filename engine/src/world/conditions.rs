//! Conditions: validations of variables, preconditions, postconditions and assertions of checks.
//!
//! A condition that does not hold is an error at its place, with what the expressions in it were worth; one of a `check`
//! block is a warning. One that is not known yet passes for now. What each came to is recorded in
//! [`World::check_results`].

use infra_values::address::InstanceKey;
use infra_values::convert::convert;
use infra_values::{Type, Value};

use super::{InstanceId, ModuleScope, Phase, RepetitionValues, UseId, World};
use crate::checks::{Checked, ConditionResult, Position, Status};
use crate::config::Condition;
use crate::diagnostics::{Diagnostic, Diagnostics, Severity};
use crate::evaluate::Evaluator;
use crate::syntax::Span;

/// What sort of condition it is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum ConditionKind {
    /// `validation` of a variable.
    Validation,
    /// `precondition` of an output.
    OutputPrecondition,
    /// `precondition` of a resource or data source.
    Precondition,
    /// `postcondition` of a resource or data source.
    Postcondition,
    /// `assert` of a check.
    Assertion,
}

impl ConditionKind {
    /// Headline of one that does not hold.
    pub fn summary(self) -> &'static str {
        match self {
            Self::Validation => "Invalid value for variable",
            Self::OutputPrecondition => "Module output value precondition failed",
            Self::Precondition => "Resource precondition failed",
            Self::Postcondition => "Resource postcondition failed",
            Self::Assertion => "Check block assertion failed",
        }
    }

    fn position(self, index: usize) -> Position {
        match self {
            Self::Postcondition => Position::Then(index),
            _ => Position::First(index),
        }
    }

    fn severity(self) -> Severity {
        match self {
            Self::Assertion => Severity::Warning,
            _ => Severity::Error,
        }
    }
}

/// The instance whose conditions are checked.
#[derive(Clone, Copy, Debug)]
pub struct Subject<'s> {
    /// The module instance it is in.
    pub instance: InstanceId,
    /// What it is.
    pub checked: &'s Checked,
    /// What `each` and `count` are.
    pub repetition: Option<&'s RepetitionValues>,
    /// What `self` is.
    pub self_value: Option<&'s Value>,
}

impl<'s> Subject<'s> {
    /// Something that is there once in each instance of its module.
    pub fn single(instance: InstanceId, checked: &'s Checked) -> Self {
        Self { instance, checked, repetition: None, self_value: None }
    }
}

/// What evaluating a condition gave.
struct Evaluated {
    outcome: Result<Value, Diagnostics>,
    message: Result<Value, Diagnostics>,
    /// References in the condition with what they are worth.
    values: Vec<(String, Value)>,
    message_values: Vec<(String, Value)>,
}

impl World<'_> {
    /// Checks the conditions of one kind of an instance, and gives what they used.
    pub fn check_conditions(
        &mut self,
        subject: Subject<'_>,
        kind: ConditionKind,
        conditions: &[Condition],
    ) -> Vec<UseId> {
        let mut used = Vec::new();
        for (index, condition) in conditions.iter().enumerate() {
            used.extend(self.check_condition(subject, kind, index, condition));
        }
        used
    }

    /// What conditions use, whatever they come to.
    pub fn uses_of_conditions(&mut self, subject: Subject<'_>, conditions: &[Condition]) -> Vec<UseId> {
        conditions.iter().flat_map(|condition| self.evaluate_condition(subject, condition).1).collect()
    }

    pub(super) fn check_condition(
        &mut self,
        subject: Subject<'_>,
        kind: ConditionKind,
        index: usize,
        condition: &Condition,
    ) -> Vec<UseId> {
        let (evaluated, used) = self.evaluate_condition(subject, condition);
        let mut found = Diagnostics::new();
        let result = judge(kind, condition, evaluated, self.phase, &mut found);
        // What is about to be stored as an output must be as it should.
        let is_stored = self.phase == Phase::Apply && kind == ConditionKind::OutputPrecondition;
        if self.only_warns && kind != ConditionKind::Validation && !is_stored {
            for diagnostic in found.0.iter_mut().filter(|diagnostic| diagnostic.summary == kind.summary()) {
                diagnostic.severity = Severity::Warning;
            }
        }
        if self.phase == Phase::Plan && kind == ConditionKind::Assertion {
            found.0.iter_mut().for_each(|diagnostic| diagnostic.is_provisional = true);
        }
        if self.phase == Phase::Validate && kind != ConditionKind::OutputPrecondition {
            // Objects may still become what they must be: only mistakes in the condition itself count.
            found.0.retain(|diagnostic| diagnostic.summary != kind.summary());
        } else {
            let key = subject.repetition.map_or(InstanceKey::None, |repetition| repetition.key.clone());
            let module = self.address_of(subject.instance).clone();
            self.check_results.record(&module, subject.checked, &key, kind.position(index), result);
        }
        self.diagnostics.extend(found);
        used
    }

    fn evaluate_condition(&mut self, subject: Subject<'_>, condition: &Condition) -> (Evaluated, Vec<UseId>) {
        let mut scope = ModuleScope::new(self, subject.instance, subject.repetition);
        scope.set_self(subject.self_value.cloned());
        let outcome = Evaluator::new(&mut scope).evaluate(&condition.condition);
        let message = Evaluator::new(&mut scope).evaluate(&condition.error_message);
        let holds = matches!(&outcome, Ok(value) if value.as_bool() == Some(true));
        let values = if holds { Vec::new() } else { Evaluator::new(&mut scope).values_in(&condition.condition) };
        let message_values = Evaluator::new(&mut scope).values_in(&condition.error_message);
        (Evaluated { outcome, message, values, message_values }, scope.into_uses())
    }
}

/// What a condition came to; adds what is to be said of it.
fn judge(
    kind: ConditionKind,
    condition: &Condition,
    evaluated: Evaluated,
    phase: Phase,
    found: &mut Diagnostics,
) -> ConditionResult {
    let span = condition.condition.span;
    let headline = if kind == ConditionKind::Validation {
        "Invalid variable validation result"
    } else {
        "Invalid condition result"
    };
    let invalid = |detail: String| Diagnostic::error(headline, detail).at(span);
    let mut status = match evaluated.outcome {
        Err(errors) => {
            found.extend(errors);
            Status::Error
        }
        Ok(value) if value.is_null() => {
            found.push(invalid("The condition is null; it must be true or false.".into()));
            Status::Error
        }
        Ok(value) => match convert(&value, &Type::Bool) {
            Err(error) => {
                found.push(invalid(format!("The condition must be true or false: {error}.")));
                Status::Error
            }
            Ok(holds) => match holds.unmark_deep().0.as_bool() {
                None => Status::Unknown,
                Some(true) => Status::Pass,
                Some(false) => Status::Fail,
            },
        },
    };
    let failed = status == Status::Fail;
    let about_message = message_of(kind, condition, evaluated.message, failed);
    let mut said: Diagnostics = about_message.diagnostics;
    for diagnostic in &mut said.0 {
        diagnostic.values.clone_from(&evaluated.message_values);
    }
    if failed {
        let detail = about_message.text.clone().unwrap_or_else(|| about_message.instead.to_owned());
        found.push(Diagnostic { severity: kind.severity(), ..Diagnostic::error(kind.summary(), detail) }.at(span));
    }
    if status == Status::Unknown && kind == ConditionKind::Assertion && phase == Phase::Plan {
        found.push(
            Diagnostic::warning(
                "Check block assertion known after apply",
                "The condition cannot be evaluated yet: something in it is known only after apply. It is checked then.",
            )
            .at(span),
        );
    }
    for diagnostic in &mut found.0 {
        diagnostic.values.extend(evaluated.values.iter().cloned());
    }
    if said.has_errors() {
        status = Status::Error;
    }
    found.extend(said);
    ConditionResult { status, message: about_message.text.filter(|_| failed) }
}

/// An error message, or what is wrong with it.
struct Message {
    text: Option<String>,
    /// What is said where there is no text.
    instead: &'static str,
    diagnostics: Diagnostics,
}

impl Message {
    fn wrong(instead: &'static str, diagnostics: impl Into<Diagnostics>) -> Self {
        Self { text: None, instead, diagnostics: diagnostics.into() }
    }
}

fn message_of(
    kind: ConditionKind,
    condition: &Condition,
    message: Result<Value, Diagnostics>,
    failed: bool,
) -> Message {
    const INVALID: &str = "The condition does not hold, and its error message is invalid, as is said elsewhere.";
    let span = condition.error_message.span;
    let value = match message {
        Ok(value) => value,
        Err(errors) => return Message::wrong(INVALID, errors),
    };
    // What a rule of a variable would have said matters only once it is broken.
    let matters = failed || kind != ConditionKind::Validation;
    let unsuitable = |detail: &str| {
        let diagnostic = Diagnostic::error("Invalid error message", detail).at(span);
        Message::wrong(INVALID, if matters { Diagnostics::from(diagnostic) } else { Diagnostics::new() })
    };
    let text = match convert(&value, &Type::String) {
        Err(error) => return unsuitable(&format!("Unsuitable value for error message: {error}.")),
        Ok(text) if text.is_null() => return unsuitable("Unsuitable value for error message: it must not be null."),
        Ok(text) => text,
    };
    let (bare, marks) = text.unmark_deep();
    if !bare.is_known() {
        if kind == ConditionKind::Validation && failed {
            return unsuitable(
                "Unsuitable value for error message: it refers to values that are known only after apply. Leave them \
                 out.",
            );
        }
        let instead = "The condition does not hold. Its error message refers to values that are known only after apply, so \
                       it cannot be shown.";
        return Message::wrong(instead, Diagnostics::new());
    }
    let withheld = [
        (marks.is_sensitive(), "sensitive", "nonsensitive()"),
        (marks.is_ephemeral(), "ephemeral", "ephemeralasnull()"),
    ];
    if let Some((_, what, function)) = withheld.into_iter().find(|(is_so, ..)| *is_so) {
        let instead = "The condition does not hold. Its error message includes a sensitive value, so it is not shown.";
        if !matters {
            return Message::wrong(instead, Diagnostics::new());
        }
        let severity = if kind == ConditionKind::Validation { Severity::Error } else { Severity::Warning };
        return Message::wrong(instead, refused_message(severity, what, function, span));
    }
    let text = bare.as_str().map(|text| text.trim().to_owned());
    Message { text, instead: INVALID, diagnostics: Diagnostics::new() }
}

fn refused_message(severity: Severity, what: &str, function: &str, span: Span) -> Diagnostic {
    let summary = format!("Error message refers to {what} values");
    let detail = format!(
        "The error message of this condition refers to {what} values, so it will not be shown. Leave them out, or use \
         {function} where they give nothing away."
    );
    Diagnostic { severity, ..Diagnostic::error(summary, detail) }.at(span)
}
