//! Arguments from the environment: `TF_CLI_ARGS` for every command, `TF_CLI_ARGS_plan` for one, `TF_CLI_ARGS_state_list`
//! for one of a group.
//!
//! They stand before what was typed, those for one command first: what was typed wins, then what is for every command.

use std::ffi::OsString;

use infra_engine::diagnostics::Diagnostic;

use crate::arguments;
use crate::environment::Environment;

/// The variable for every command, and the beginning of those for one.
const VARIABLE: &str = "TF_CLI_ARGS";

/// What was typed, with the arguments of the environment behind the command's name. Without a command nothing is added.
///
/// # Errors
///
/// If a variable has a quote that is not closed.
pub fn with_extra_arguments(typed: Vec<OsString>, environment: &Environment) -> Result<Vec<OsString>, Diagnostic> {
    let Some((name, end)) = command_name(&typed) else { return Ok(typed) };
    let mut extra = Vec::new();
    for variable in [format!("{VARIABLE}_{}", name.replace(['-', ' '], "_")), VARIABLE.to_owned()] {
        let Some(text) = environment.get(&variable) else { continue };
        let words = shlex::split(text).ok_or_else(|| {
            Diagnostic::error(
                format!("Invalid arguments in {variable}"),
                // It may hold secrets, and is not shown.
                format!(
                    "The environment variable {variable} holds arguments for the command line as a shell would take \
                     them, and a quote or a backslash in it has no end. Close it."
                ),
            )
        })?;
        extra.extend(words.into_iter().map(OsString::from));
    }
    let mut all = typed;
    all.splice(end..end, extra);
    Ok(all)
}

/// The command's name, two words for one of a group, and how many arguments there are up to its end.
fn command_name(typed: &[OsString]) -> Option<(String, usize)> {
    let command = arguments::command();
    let mut words = typed.iter().enumerate().map(|(index, word)| (index, word.to_str().unwrap_or_default()));
    let (index, name) = loop {
        match words.next()? {
            (_, "-chdir" | "--chdir") => _ = words.next(),
            (_, flag) if flag.starts_with('-') => {}
            found => break found,
        }
    };
    let group = command.find_subcommand(name)?;
    match words.next() {
        Some((inner_index, inner)) if group.find_subcommand(inner).is_some() => {
            Some((format!("{name} {inner}"), inner_index + 1))
        }
        _ => Some((name.to_owned(), index + 1)),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn extended(line: &[&str], variables: &[(&str, &str)]) -> Vec<String> {
        let variables = variables.iter().map(|(name, value)| ((*name).to_owned(), (*value).to_owned())).collect();
        let environment = Environment { variables, ..Environment::default() };
        let typed = line.iter().map(OsString::from).collect();
        let all = with_extra_arguments(typed, &environment).unwrap();
        all.into_iter().map(|word| word.into_string().unwrap()).collect()
    }

    #[test]
    fn arguments_of_the_environment_stand_before_those_that_were_typed() {
        let variables = [("TF_CLI_ARGS", "-no-color"), ("TF_CLI_ARGS_plan", "-var 'a=x y'")];
        assert_eq!(extended(&["plan", "-out=p"], &variables), ["plan", "-var", "a=x y", "-no-color", "-out=p"]);
        assert_eq!(extended(&["-chdir=d", "plan"], &variables), ["-chdir=d", "plan", "-var", "a=x y", "-no-color"]);
        assert_eq!(extended(&["--chdir", "plan", "apply"], &variables), ["--chdir", "plan", "apply", "-no-color"]);
    }

    #[test]
    fn a_command_of_a_group_has_a_variable_of_its_own() {
        let variables = [("TF_CLI_ARGS_state_list", "-id=x"), ("TF_CLI_ARGS_force_unlock", "-force")];
        assert_eq!(extended(&["state", "list", "a"], &variables), ["state", "list", "-id=x", "a"]);
        assert_eq!(extended(&["state", "show", "a"], &variables), ["state", "show", "a"]);
        assert_eq!(extended(&["force-unlock", "1"], &variables), ["force-unlock", "-force", "1"]);
    }

    #[test]
    fn without_a_command_nothing_is_added() {
        let variables = [("TF_CLI_ARGS", "-no-color")];
        assert_eq!(extended(&["-version"], &variables), ["-version"]);
        assert_eq!(extended(&[], &variables), [""; 0]);
        assert_eq!(extended(&["no-such-command"], &variables), ["no-such-command"]);
    }

    #[test]
    fn a_quote_without_an_end_is_a_mistake() {
        let variables = [("TF_CLI_ARGS".to_owned(), "-var 'a=x".to_owned())].into();
        let environment = Environment { variables, ..Environment::default() };
        let error = with_extra_arguments(vec!["plan".into()], &environment).unwrap_err();
        assert_eq!(error.summary, "Invalid arguments in TF_CLI_ARGS");
        assert!(!error.detail.contains("a=x"), "{}", error.detail);
    }
}
