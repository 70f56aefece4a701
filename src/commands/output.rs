//! `infra output`

use infra_engine::diagnostics::Diagnostic;
use infra_state::model::OutputValue;
use infra_values::{Kind, json};
use serde_json::{Map, json};

use crate::arguments::OutputArguments;
use crate::backend::StateFlags;
use crate::command_error::{CommandResult, EXIT_OK};
use crate::project::Session;
use crate::render;
use crate::state_access;

/// Shows the outputs of the root module as the state has them.
pub async fn run(session: &Session<'_>, arguments: &OutputArguments) -> CommandResult {
    if arguments.json && arguments.raw {
        return Err(Diagnostic::error(
            "Unsupported output format",
            "-json and -raw exclude each other. Use one of them.",
        )
        .into());
    }
    let flags = StateFlags { state: arguments.state.clone(), ..StateFlags::default() };
    let store = state_access::open(session, &flags)?;
    let snapshot = store.read().await?;
    let outputs = &snapshot.state.outputs;
    let Some(name) = &arguments.name else {
        if arguments.raw {
            return Err(Diagnostic::error("Output name required", "-raw shows one output: name it.").into());
        }
        if arguments.json {
            let all: Map<String, serde_json::Value> =
                outputs.iter().map(|(name, output)| (name.to_string(), described(output))).collect();
            session.printer.result(&json::with_escapes(&format!("{:#}", serde_json::Value::Object(all))));
        } else if outputs.is_empty() {
            session.printer.note(
                "warning: No outputs found\n\n  The state file either has no outputs defined, or all the defined outputs \
                 are empty. Define an output in the configuration and run apply for it to become available.",
            );
        } else {
            session.printer.result(&render::outputs::draw(outputs));
        }
        return Ok(EXIT_OK);
    };
    let Some(output) = outputs.get(name.as_str()) else {
        return Err(missing(name, outputs.keys().map(|name| name.as_str())).into());
    };
    if arguments.raw {
        session.printer.raw(&raw(name, output)?);
    } else if arguments.json {
        let value = json::to_json(&output.value, &output.value.ty()).to_string();
        session.printer.result(&json::with_escapes(&value));
    } else {
        session.printer.result(&render::value::draw(&output.value, 0));
    }
    Ok(EXIT_OK)
}

fn described(output: &OutputValue) -> serde_json::Value {
    let ty = output.value.ty();
    json!({
        "sensitive": output.sensitive,
        "type": json::type_to_json(&ty),
        "value": json::to_json(&output.value, &ty),
    })
}

fn missing<'n>(name: &str, known: impl Iterator<Item = &'n str>) -> Diagnostic {
    let diagnostic = Diagnostic::error(
        format!("Output \"{name}\" not found"),
        "The output variable requested could not be found in the state file. If you recently added this to your \
         configuration, be sure to run apply, since the state won't be updated with new output variables until that \
         command is run.",
    );
    diagnostic.suggest(name, known)
}

fn raw(name: &str, output: &OutputValue) -> Result<String, Diagnostic> {
    match output.value.kind() {
        Kind::String(text) => Ok(text.to_string()),
        Kind::Number(number) => Ok(number.to_string()),
        Kind::Bool(value) => Ok(value.to_string()),
        _ => Err(Diagnostic::error(
            "Unsupported value for raw output",
            format!(
                "The -raw option only supports strings, numbers, and boolean values, but output value \"{name}\" is {}. \
                 Use the -json option for machine-readable representations of output values that have complex types.",
                output.value.ty().friendly_name()
            ),
        )),
    }
}
