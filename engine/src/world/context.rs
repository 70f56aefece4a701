//! What functions get from outside the expression.

use std::path::{Path, PathBuf};
use std::sync::Arc;

use infra_values::{Str, Value};

use crate::diagnostics::{Diagnostic, Diagnostics};
use crate::evaluate::{EvaluatedStep, Evaluator, Scope};
use crate::functions::{Context, FunctionError};
use crate::language::Language;
use crate::syntax::{FileId, Name, parse_template};

/// The function context of a configuration.
#[derive(Clone, Debug)]
pub struct FunctionContext {
    /// Relative paths are resolved against this folder.
    pub base_directory: Arc<PathBuf>,
    /// What `~` in a path stands for.
    pub home_directory: Option<Arc<PathBuf>>,
    /// The time of the plan in RFC 3339; `None` while validating.
    pub plan_timestamp: Option<Str>,
    /// Gives the current time in RFC 3339; `None` while values must not differ from call to call.
    pub clock: Option<fn() -> String>,
    /// Whether what goes beyond Terraform is on.
    pub language: Language,
}

impl Context for FunctionContext {
    fn base_directory(&self) -> &Path {
        &self.base_directory
    }

    fn render_template(&self, name: &str, text: &str, variables: &Value) -> Result<Value, FunctionError> {
        let (expression, diagnostics) = parse_template(text, FileId::default(), 0);
        let expression = match expression {
            Some(expression) if !diagnostics.has_errors() => expression,
            _ => return Err(template_error(name, text, &diagnostics)),
        };
        let mut scope = TemplateScope { context: InsideTemplate(self), variables };
        Evaluator::new(&mut scope).evaluate(&expression).map_err(|errors| template_error(name, text, &errors))
    }

    fn home_directory(&self) -> Option<&Path> {
        self.home_directory.as_ref().map(|home| home.as_path())
    }

    fn plan_timestamp(&self) -> Option<&str> {
        self.plan_timestamp.as_ref().map(Str::as_str)
    }

    fn now(&self) -> Option<String> {
        self.clock.map(|clock| clock())
    }

    fn language(&self) -> Language {
        self.language
    }
}

/// What functions get inside a template file: the same, but a template may not render another.
struct InsideTemplate<'t>(&'t FunctionContext);

impl Context for InsideTemplate<'_> {
    fn base_directory(&self) -> &Path {
        self.0.base_directory()
    }

    fn render_template(&self, _name: &str, _text: &str, _variables: &Value) -> Result<Value, FunctionError> {
        Err(FunctionError::new("a template cannot render another template"))
    }

    fn home_directory(&self) -> Option<&Path> {
        Context::home_directory(self.0)
    }

    fn plan_timestamp(&self) -> Option<&str> {
        Context::plan_timestamp(self.0)
    }

    fn now(&self) -> Option<String> {
        self.0.now()
    }

    fn language(&self) -> Language {
        self.0.language
    }
}

/// The headline of names in templates that stand for nothing.
const MISSING_VARIABLE: &str = "Invalid template variable";

/// The names in a template file are the variables given to it.
struct TemplateScope<'t> {
    context: InsideTemplate<'t>,
    variables: &'t Value,
}

impl Scope for TemplateScope<'_> {
    fn resolve(&mut self, root: &Name, _steps: &[EvaluatedStep<'_>]) -> Result<(Value, usize), Diagnostics> {
        match self.variables.get(&root.text) {
            Some(value) => Ok((value.clone(), 0)),
            None => Err(Diagnostic::error(
                MISSING_VARIABLE,
                format!("the variables given to the template have no key \"{}\"", root.text),
            )
            .at(root.span)
            .into()),
        }
    }

    fn function_context(&self) -> &dyn Context {
        &self.context
    }
}

/// The first mistake in a template, with its line in the template's own file.
fn template_error(name: &str, text: &str, diagnostics: &Diagnostics) -> FunctionError {
    let Some(first) = diagnostics.iter().find(|diagnostic| diagnostic.is_error()) else {
        return FunctionError::new(format!("the template {name} could not be read"));
    };
    let line = first.span.map_or(1, |span| {
        let before = &text.as_bytes()[..(span.start as usize).min(text.len())];
        before.iter().filter(|byte| **byte == b'\n').count() + 1
    });
    let message = format!("{name}:{line}: {}: {}", first.summary, first.detail.trim_end_matches('.'));
    // What the template has not been given is a mistake in the second argument of the call.
    if first.summary == MISSING_VARIABLE { FunctionError::argument(1, message) } else { FunctionError::new(message) }
}
