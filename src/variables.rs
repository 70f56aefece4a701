//! Values of root module variables from everywhere a user may give them, in Terraform's order of precedence.

use std::path::Path;

use infra_engine::config::{Config, VariableInput, VariableSource, VariableValues, parse_values_file};
use infra_engine::diagnostics::{Diagnostic, Diagnostics};
use infra_engine::syntax::SourceMap;
use infra_engine::world::variables::missing_names;

use crate::arguments::{ValueFlag, VariableArguments};
use crate::environment::Environment;
use crate::printer::Printer;

/// Prefix of environment variables that give values.
const ENVIRONMENT_PREFIX: &str = "TF_VAR_";

/// Gathers all values, later sources over earlier ones: environment, `terraform.tfvars`, `terraform.tfvars.json`,
/// `*.auto.tfvars[.json]` by name, then `-var` and `-var-file` as they stand.
pub fn gather(
    directory: &Path,
    config: &Config,
    arguments: &VariableArguments,
    environment: &Environment,
) -> (VariableValues, Diagnostics) {
    let mut gathered =
        Gathered { values: VariableValues::new(), diagnostics: Diagnostics::new(), sources: &config.sources };
    for (name, value) in &environment.variables {
        if let Some(name) = name.strip_prefix(ENVIRONMENT_PREFIX).filter(|name| !name.is_empty()) {
            let input = VariableInput::Text { text: value.clone(), source: VariableSource::Environment };
            gathered.values.insert(name.into(), input);
        }
    }
    for name in automatic_files(directory) {
        gathered.file(&directory.join(&name), &name, VariableSource::AutomaticFile(name.clone()));
    }
    for flag in &arguments.ordered {
        match flag {
            ValueFlag::Value(text) => gathered.command_line(text),
            ValueFlag::File(path) => {
                gathered.file(&directory.join(path), path, VariableSource::NamedFile(path.clone()));
            }
        }
    }
    (gathered.values, gathered.diagnostics)
}

struct Gathered<'s> {
    values: VariableValues,
    diagnostics: Diagnostics,
    sources: &'s SourceMap,
}

impl Gathered<'_> {
    fn file(&mut self, path: &Path, shown: &str, source: VariableSource) {
        let bytes = match std::fs::read(path) {
            Ok(bytes) => bytes,
            Err(error) => {
                self.diagnostics.push(Diagnostic::error(
                    "Failed to read variables file",
                    format!("The variables file {shown} could not be read: {error}. Check the path after -var-file."),
                ));
                return;
            }
        };
        let (values, diagnostics) = parse_values_file(self.sources, shown, &bytes);
        self.diagnostics.extend(diagnostics);
        for (name, value, span) in values {
            let input = VariableInput::Value { value, source: source.clone(), span: Some(span) };
            self.values.insert(name, input);
        }
    }

    fn command_line(&mut self, text: &str) {
        let mistake = match text.split_once('=') {
            Some((name, _)) if name.ends_with(char::is_whitespace) => "a name without a space behind it",
            Some((name, value)) if !name.is_empty() => {
                let input = VariableInput::Text { text: value.to_owned(), source: VariableSource::CommandLine };
                self.values.insert(name.into(), input);
                return;
            }
            _ => "a name and a value",
        };
        // The value may be a secret.
        let name = text.split_once('=').map_or(text, |(name, _)| name);
        self.diagnostics.push(Diagnostic::error(
            "Invalid -var option",
            format!("The option -var needs {mistake}, and was given \"{name}\". Write -var 'name=value'."),
        ));
    }
}

/// Names of the values files that are read without being named.
fn automatic_files(directory: &Path) -> Vec<String> {
    let fixed = ["terraform.tfvars", "terraform.tfvars.json"];
    let mut names: Vec<String> =
        fixed.iter().filter(|name| directory.join(name).is_file()).map(|name| (*name).to_owned()).collect();
    let mut automatic: Vec<String> = std::fs::read_dir(directory)
        .into_iter()
        .flatten()
        .filter_map(|entry| entry.ok()?.file_name().into_string().ok())
        .filter(|name| name.ends_with(".auto.tfvars") || name.ends_with(".auto.tfvars.json"))
        .collect();
    automatic.sort();
    names.extend(automatic);
    names
}

/// Asks for required variables that have no value yet, in the order of their names, until the input ends. What is typed
/// on a terminal for a sensitive variable is not shown.
pub fn ask_for_missing(config: &Config, values: &mut VariableValues, printer: &Printer) {
    let mut names = missing_names(config, values);
    names.sort();
    for name in names {
        let Some(variable) = config.root().variables.get(&name) else { continue };
        let description = variable.description.as_ref().filter(|text| !text.is_empty());
        let question = match description {
            Some(description) => format!("var.{name}\n  {}\n\n  Enter a value: ", description.replace('\n', "\n  ")),
            None => format!("var.{name}\n  Enter a value: "),
        };
        let is_shown = !variable.sensitive || !printer.can_ask();
        let answer = if is_shown { printer.ask(&question) } else { printer.ask_secret(&question) };
        printer.result("");
        let Some(text) = answer else { return };
        values.insert(name, VariableInput::Text { text, source: VariableSource::Prompt });
    }
}
