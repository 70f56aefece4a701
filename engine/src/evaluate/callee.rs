//! Which function a call means, and what is said when it means none.

use infra_values::{Type, Value};

use super::Scope;
use crate::diagnostics::{Diagnostic, Diagnostics};
use crate::functions::{self, Availability, Function};
use crate::syntax::{Call, Expression, ExpressionKind};

/// The function of a call.
pub(super) fn find(scope: &dyn Scope, call: &Call) -> Result<&'static Function, Diagnostics> {
    let name = call.name.text.as_str();
    if let Some(rest) = name.strip_prefix("provider::") {
        return of_provider(scope, call, rest);
    }
    let language = scope.function_context().language();
    if let Some(function) = functions::lookup(name).filter(|function| function.is_in(language)) {
        return Ok(function);
    }
    if let Some((namespace, inner)) = name.rsplit_once("::") {
        let mut diagnostic = Diagnostic::error(
            "Unknown provider function",
            match namespace {
                "core" => format!("There is no function named \"{inner}\" in the namespace \"core\"."),
                _ => format!(
                    "The function namespace \"{namespace}\" does not exist: functions are in \"core\", and those of \
                     providers in \"provider::\" and the provider's name."
                ),
            },
        );
        if namespace == "core" {
            diagnostic = diagnostic.suggest_within("core::", inner, names(language));
        }
        return Err(diagnostic.at(call.name.span).into());
    }
    let diagnostic = Diagnostic::error("Call to unknown function", format!("There is no function named \"{name}\"."))
        .at(call.name.span);
    Err(match functions::lookup(name) {
        Some(_) => diagnostic.hint("Terraform does not have it: it can be called without -strict"),
        None => diagnostic.suggest(name, names(language)),
    }
    .into())
}

fn names(language: crate::language::Language) -> impl Iterator<Item = &'static str> {
    functions::table()
        .iter()
        .filter(move |function| function.is_in(language) && function.availability != Availability::Withdrawn)
        .map(|function| function.name)
}

/// `provider::local_name::function`
fn of_provider(scope: &dyn Scope, call: &Call, rest: &str) -> Result<&'static Function, Diagnostics> {
    let unknown = |detail: String| Diagnostic::error("Unknown provider function", detail).at(call.name.span);
    let Some((provider, name)) = rest.split_once("::").filter(|(_, name)| !name.contains("::")) else {
        return Err(unknown(format!(
            "\"{}\" is no name of a provider's function; write provider::NAME::FUNCTION.",
            call.name.text
        ))
        .into());
    };
    let Some(offered) = scope.provider_functions(provider) else {
        return Err(unknown(format!(
            "The provider \"{provider}\" is not declared in the required_providers of this module, so that its \
             functions cannot be called. Declare it there."
        ))
        .into());
    };
    if let Some(function) = offered.iter().find(|function| function.name == name) {
        return Ok(function);
    }
    let diagnostic = unknown(format!("The provider \"{provider}\" has no function named \"{name}\"."));
    let prefix = format!("provider::{provider}::");
    Err(diagnostic.suggest_within(&prefix, name, offered.iter().map(|function| function.name)).into())
}

/// What is written at the place can be a template itself, so that `templatestring` takes only what refers to one.
pub(super) fn check_template_argument(call: &Call, values: &[Value]) -> Result<(), Diagnostics> {
    let (Some(template), Some(value)) = (call.arguments.first(), values.first()) else { return Ok(()) };
    let is_text = matches!(value.ty(), Type::String | Type::Any);
    if is_reference(template) && is_text {
        return Ok(());
    }
    let summary = "Invalid function argument";
    if !is_text {
        let detail = format!("The template must be a string, but is {}.", value.ty().friendly_name());
        return Err(Diagnostic::error(summary, detail).at(template.start).into());
    }
    Err(Diagnostic::error(
        summary,
        "The template must be a reference to a string from elsewhere, such as local.greeting: a text that stands here \
         can use ${ … } itself. Write it as a template, or put it into a local value.",
    )
    .at(template.start)
    .into())
}

fn is_reference(expression: &Expression) -> bool {
    match &expression.kind {
        ExpressionKind::Traversal(_) => true,
        ExpressionKind::Relative { source, .. } => is_reference(source),
        _ => false,
    }
}
