//! Values of input variables: those of the root module from outside, those of called modules from the call.

use std::collections::BTreeMap;

use infra_values::address::InstanceKey;
use infra_values::convert::ConvertError;
use infra_values::{Marks, Str, Type, Value};

use super::{ConditionKind, InstanceId, Known, Phase, Subject, Use, UseId, World};
use crate::checks::{Checked, Status};
use crate::config::{Config, Variable, VariableInput, VariableSource, VariableValues};
use crate::diagnostics::{Diagnostic, Diagnostics, Severity};
use crate::plan::Plan;
use crate::syntax::Span;

/// Values of the root module's variables.
pub struct RootValues {
    /// By name, converted to the variable's type. Validation rules are checked when the variable is used or planned.
    pub converted: BTreeMap<Str, Value>,
    /// Those that were given for variables that are not ephemeral, as they were written.
    pub given: BTreeMap<Str, Value>,
}

/// Reads the values given for the root module's variables, and says which are missing or not declared.
pub fn root_values(config: &Config, given: &VariableValues) -> (RootValues, Diagnostics) {
    let mut diagnostics = Diagnostics::new();
    let mut values = BTreeMap::new();
    let mut as_given = BTreeMap::new();
    for (name, variable) in &config.root().variables {
        let value = match given.get(name) {
            Some(input) => input
                .read(variable, &config.sources)
                .and_then(|value| {
                    if !variable.ephemeral {
                        as_given.insert(name.clone(), value.clone());
                    }
                    convert_given(variable, &value, input)
                })
                .unwrap_or_else(|errors| {
                    diagnostics.extend(errors);
                    Value::unknown(variable.constraint.ty.clone())
                }),
            None => match &variable.default {
                Some(default) => default.clone(),
                None => {
                    diagnostics.push(missing(variable));
                    Value::unknown(variable.constraint.ty.clone())
                }
            },
        };
        values.insert(name.clone(), marked(variable, value));
    }
    diagnostics.extend(undeclared(config, given));
    (RootValues { converted: values, given: as_given }, diagnostics)
}

/// Names of ephemeral root variables for which a value is given.
pub(crate) fn given_ephemeral(config: &Config, given: &VariableValues) -> Vec<Str> {
    let variables = config.root().variables.values();
    let names = variables.filter(|variable| variable.ephemeral).map(|variable| &variable.name.text);
    names.filter(|name| given.contains_key(*name)).cloned().collect()
}

/// That a variable is given another value than when the saved plan was made.
fn changed_since_planned(name: &Str, input: &VariableInput) -> Diagnostic {
    let detail = format!(
        "A saved plan is applied with the values it was made with, and \"{name}\" is given another one. Leave it out, or \
         make a new plan with it."
    );
    match input {
        VariableInput::Text { source: VariableSource::Environment, .. } => Diagnostic::warning(
            "Ignoring variable when applying a saved plan",
            format!(
                "A saved plan is applied with the values it was made with, and the environment variable TF_VAR_{name} \
                 holds another one, which has no effect. To use it, make a new plan."
            ),
        ),
        VariableInput::Value { span: Some(span), .. } => {
            Diagnostic::error("Can't change variable when applying a saved plan", detail).at(*span)
        }
        _ => Diagnostic::error("Can't change variable when applying a saved plan", detail),
    }
}

/// Values given for ephemeral variables when a saved plan is applied: exactly those that were given when it was made.
/// Other variables keep the plan's values: a flag or a file that gives another one is a mistake, and of the environment
/// a warning says that it has no effect.
pub fn ephemeral_values_again(
    config: &Config,
    plan: &Plan,
    given: &VariableValues,
) -> (BTreeMap<Str, Value>, Diagnostics) {
    let mut diagnostics = Diagnostics::new();
    let mut values = BTreeMap::new();
    for (name, variable) in &config.root().variables {
        let was_given = plan.ephemeral_variables.contains(name);
        let Some(input) = given.get(name) else {
            if was_given {
                diagnostics.push(
                    Diagnostic::error(
                        "No value for required variable",
                        format!(
                            "The ephemeral variable \"{name}\" was given a value when the plan was made. The plan does not \
                             hold it, so it must be given again."
                        ),
                    )
                    .hint(format!("give it with -var '{name}=…', in a .tfvars file with -var-file, or as TF_VAR_{name}")),
                );
            }
            continue;
        };
        let is_flag = matches!(input.source(), VariableSource::CommandLine | VariableSource::NamedFile(_));
        let is_from_environment = *input.source() == VariableSource::Environment && !variable.ephemeral;
        if !was_given && !is_flag && !is_from_environment {
            continue;
        }
        let read = input.read(variable, &config.sources).and_then(|value| convert_given(variable, &value, input));
        match read {
            Err(_) if is_from_environment && !was_given => diagnostics.push(changed_since_planned(name, input)),
            Err(errors) => diagnostics.extend(errors),
            Ok(value) if was_given => {
                values.insert(name.clone(), marked(variable, value));
            }
            Ok(_) if variable.ephemeral => diagnostics.push(Diagnostic::error(
                "Ephemeral variable was not set during planning",
                format!(
                    "The ephemeral variable \"{name}\" was not given a value when the plan was made, so it must not be \
                     given one now. Leave it out, or make a new plan with it."
                ),
            )),
            Ok(value) => {
                let planned = plan.variables.get(name).map(|planned| planned.clone().unmark_deep().0);
                if planned.is_some_and(|planned| planned != value.unmark_deep().0) {
                    diagnostics.push(changed_since_planned(name, input));
                }
            }
        }
    }
    diagnostics.extend(undeclared(config, given));
    (values, diagnostics)
}

/// Names of root variables without a value or default, in order: what a terminal is asked for.
pub fn missing_names(config: &Config, given: &VariableValues) -> Vec<Str> {
    config
        .root()
        .variables
        .iter()
        .filter(|(name, variable)| variable.default.is_none() && !given.contains_key(*name))
        .map(|(name, _)| name.clone())
        .collect()
}

fn missing(variable: &Variable) -> Diagnostic {
    let name = &variable.name.text;
    Diagnostic::error(
        "No value for required variable",
        format!("The root module input variable \"{name}\" is not set, and has no default value."),
    )
    .at(variable.span)
    .hint(format!("give it with -var '{name}=…', in a .tfvars file with -var-file, or as TF_VAR_{name}"))
}

/// How many undeclared variables of files are named one by one: files are shared by several configurations, and may
/// hold a lot for others.
const UNDECLARED_SHOWN_MAX: usize = 2;

/// Values for variables that the root module does not declare. Those on the command line were meant for it.
fn undeclared(config: &Config, given: &VariableValues) -> Diagnostics {
    let declared = &config.root().variables;
    let mut diagnostics = Diagnostics::new();
    let mut in_files = Vec::new();
    for (name, input) in given.iter().filter(|(name, _)| !declared.contains_key(*name)) {
        match (input.source(), input) {
            // Environments are shared by many configurations.
            (VariableSource::Environment | VariableSource::Prompt | VariableSource::SavedPlan, _) => {}
            (VariableSource::CommandLine, _) => {
                diagnostics.push(undeclared_value(config, name, input, Severity::Error))
            }
            (_, VariableInput::Value { span, .. }) => in_files.push((*span, name, input)),
            (_, VariableInput::Text { .. }) => in_files.push((None, name, input)),
        }
    }
    in_files.sort_by_key(|(span, ..)| *span);
    for (_, name, input) in in_files.iter().take(UNDECLARED_SHOWN_MAX) {
        diagnostics.push(undeclared_value(config, name, input, Severity::Warning));
    }
    let others = in_files.len().saturating_sub(UNDECLARED_SHOWN_MAX);
    if others > 0 {
        diagnostics.push(Diagnostic::warning(
            "Values for undeclared variables",
            format!(
                "The values files hold values for {others} more variable(s) that the root module does not declare."
            ),
        ));
    }
    diagnostics
}

fn undeclared_value(config: &Config, name: &Str, input: &VariableInput, severity: Severity) -> Diagnostic {
    let (place, advice) = match input {
        // Without a caret: several of these are several warnings, not one.
        VariableInput::Value { span: Some(span), .. } => {
            let (line, column) = config.sources.line_column(span.file, span.start);
            let advice = format!(
                " Declare it, or remove the value; values that many configurations share can be given as TF_VAR_{name} \
                 instead."
            );
            (format!("at {}:{line},{column}", config.sources.path(span.file)), advice)
        }
        _ => (place(input.source()), String::new()),
    };
    let detail =
        format!("A variable named \"{name}\" was assigned {place}, but the root module does not declare it.{advice}");
    let mut diagnostic = Diagnostic { severity, ..Diagnostic::error("Value for undeclared variable", detail) };
    diagnostic = diagnostic.suggest(name, config.root().variables.keys().map(|name| name.as_str()));
    if diagnostic.hints.is_empty() {
        diagnostic = diagnostic.hint(format!("declare it: variable \"{name}\" {{}}"));
    }
    diagnostic
}

fn place(source: &VariableSource) -> String {
    match source {
        VariableSource::Environment => "in the environment".into(),
        VariableSource::AutomaticFile(path) | VariableSource::NamedFile(path) => format!("in {path}"),
        VariableSource::CommandLine => "on the command line".into(),
        VariableSource::Prompt => "at the prompt".into(),
        VariableSource::SavedPlan => "in the saved plan".into(),
    }
}

fn convert_given(variable: &Variable, value: &Value, input: &VariableInput) -> Result<Value, Diagnostics> {
    let name = &variable.name.text;
    let span = match input {
        // The line with the value would show a secret.
        VariableInput::Value { span: Some(span), .. } if !variable.sensitive => *span,
        _ => variable.span,
    };
    let value = match (&variable.default, value.is_null() && !variable.nullable) {
        (Some(default), true) => default.clone(),
        _ => value.clone(),
    };
    if value.is_null() && !variable.nullable {
        return Err(Diagnostic::error(
            "Required variable not set",
            format!("The variable \"{name}\" is declared with nullable = false, so it cannot be null."),
        )
        .at(span)
        .into());
    }
    variable.constraint.apply(&value).map_err(|error| {
        Diagnostic::error(
            "Invalid value for input variable",
            format!(
                "The value given for var.{name} {} is not suitable: {}.",
                place(input.source()),
                misfit(variable, &error)
            ),
        )
        .at(span)
        .into()
    })
}

/// Why a value does not fit; where in a secret it does not fit may be a part of the secret.
fn misfit(variable: &Variable, error: &ConvertError) -> String {
    if variable.sensitive { error.message.clone() } else { error.to_string() }
}

fn marked(variable: &Variable, value: Value) -> Value {
    let mut marks = Marks::NONE;
    if variable.sensitive {
        marks = marks.union(&Marks::sensitive());
    }
    if variable.ephemeral {
        marks = marks.union(&Marks::ephemeral());
    }
    value.with_marks(&marks)
}

impl World<'_> {
    /// `var.name` in a module instance. Its validation rules are checked the first time.
    pub fn variable(&mut self, instance: InstanceId, name: &Str) -> (Value, UseId) {
        let module = self.module_of(instance);
        if let Some(known) = self.modules[instance.0].variables.get(name).cloned() {
            // What the rules refer to may have been made in the meantime.
            if self.phase == Phase::Apply
                && self.modules[instance.0].undecided_variables.remove(name)
                && let Some(variable) = module.variables.get(name)
            {
                self.check_rules(instance, variable, known.used_as);
            }
            return (known.value, known.used_as);
        }
        let Some(variable) = module.variables.get(name) else {
            return (Value::unknown(Type::Any), self.uses.nothing());
        };
        self.modules[instance.0].variables.insert(name.clone(), Known::circular());
        let (value, used) = match self.modules[instance.0].caller.clone() {
            None => (self.root_variable(variable), Vec::new()),
            Some((caller, repetition)) => self.passed_variable(variable, caller, instance, &repetition),
        };
        let known = Known { value, used_as: self.uses.add(Use::Value, used) };
        self.modules[instance.0].variables.insert(name.clone(), known.clone());
        // Rules may refer to the variable itself, so it is known from here on.
        if self.phase != Phase::Validate {
            self.check_rules(instance, variable, known.used_as);
        }
        (known.value, known.used_as)
    }

    /// Checks the rules of a variable. While they are not decided, they are checked again when it is next used.
    fn check_rules(&mut self, instance: InstanceId, variable: &Variable, used_as: UseId) {
        let checked = Checked::Variable(variable.name.text.clone());
        let place = self.place_of_value(instance, variable);
        let found_before = self.diagnostics.0.len();
        for (index, condition) in variable.validations.iter().enumerate() {
            let errors_before = self.diagnostics.0.len();
            let subject = Subject::single(instance, &checked);
            let used = self.check_condition(subject, ConditionKind::Validation, index, condition);
            for failed in self.diagnostics.0.iter_mut().skip(errors_before) {
                if failed.summary == ConditionKind::Validation.summary() {
                    let (line, column) = self.config.sources.line_column(condition.span.file, condition.span.start);
                    let path = self.config.sources.path(condition.span.file);
                    failed.span = Some(place);
                    failed
                        .detail
                        .push_str(&format!("\n\nThis was checked by the validation rule at {path}:{line},{column}."));
                }
            }
            self.uses.extend(used_as, used.into_iter().filter(|id| *id != used_as).collect());
        }
        let module = self.address_of(instance).clone();
        let is_decided = self.diagnostics.0.len() > found_before
            || variable.validations.is_empty()
            || self.check_results.status(&module, &checked, &InstanceKey::None) != Status::Unknown;
        if !is_decided {
            self.modules[instance.0].undecided_variables.insert(variable.name.text.clone());
        }
    }

    /// Where a variable gets its value: the argument of the call, or the declaration.
    fn place_of_value(&self, instance: InstanceId, variable: &Variable) -> Span {
        let argument = self.modules[instance.0].caller.as_ref().and_then(|(caller, _)| {
            let (call, _) = self.address_of(instance).0.last()?;
            self.module_of(*caller).calls.get(call)?.arguments.get(&variable.name.text)
        });
        argument.map_or(variable.span, |argument| argument.expression.span)
    }

    fn root_variable(&mut self, variable: &Variable) -> Value {
        if self.phase == Phase::Validate {
            return marked(variable, Value::unknown(variable.constraint.ty.clone()));
        }
        self.root_variables
            .get(&variable.name.text)
            .cloned()
            .unwrap_or_else(|| Value::unknown(variable.constraint.ty.clone()))
    }

    fn passed_variable(
        &mut self,
        variable: &Variable,
        caller: InstanceId,
        instance: InstanceId,
        repetition: &super::RepetitionValues,
    ) -> (Value, Vec<UseId>) {
        let caller_module = self.module_of(caller);
        let call_name = self.address_of(instance).0.last().map(|(name, _)| name.clone());
        let argument = call_name
            .and_then(|call| caller_module.calls.get(&call))
            .and_then(|call| call.arguments.get(&variable.name.text));
        let default = || variable.default.clone().unwrap_or_else(|| Value::unknown(variable.constraint.ty.clone()));
        let Some(argument) = argument.map(|found| &found.expression) else {
            return (marked(variable, default()), Vec::new());
        };
        let (value, used) = self.evaluate(caller, argument, Some(repetition));
        if value.marks_deep().is_ephemeral() && !variable.ephemeral {
            self.error_at(
                argument.span,
                "Ephemeral value not allowed",
                "This input variable is not declared as accepting ephemeral values, so it cannot be set to a result \
                 derived from an ephemeral value.",
            );
        }
        let value = if value.is_null() && !variable.nullable {
            if variable.default.is_none() {
                self.error_at(
                    argument.span,
                    "Required variable not set",
                    format!(
                        "The variable \"{}\" is declared with nullable = false, so it cannot be null.",
                        variable.name.text
                    ),
                );
            }
            default()
        } else {
            match variable.constraint.apply(&value) {
                Ok(value) => value,
                Err(error) => {
                    self.error_at(
                        argument.span,
                        "Invalid value for input variable",
                        format!(
                            "The given value is not suitable for the child module variable \"{}\": {}.",
                            variable.name.text,
                            misfit(variable, &error)
                        ),
                    );
                    Value::unknown(variable.constraint.ty.clone())
                }
            }
        };
        (marked(variable, value), used)
    }
}
