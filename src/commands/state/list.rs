//! `infra state list`

use infra_engine::diagnostics::{Diagnostic, Diagnostics};
use infra_state::State;
use infra_state::model::InstanceState;
use infra_values::address::Target;

use crate::arguments::StateListArguments;
use crate::command_error::{CommandResult, EXIT_OK};
use crate::project::Session;
use crate::state_access;

/// Lists addresses, in the order of the state.
pub async fn run(session: &Session<'_>, arguments: &StateListArguments) -> CommandResult {
    let wanted = super::targets(&arguments.addresses)?;
    let snapshot = state_access::read_existing(session, arguments.state.as_ref()).await?;
    Diagnostics(wanted.iter().filter_map(|target| missing(target, &snapshot.state)).collect()).into_result()?;
    let mut addresses = Vec::new();
    for (address, _, instance) in snapshot.state.resources.instances() {
        let is_wanted = wanted.is_empty() || wanted.iter().any(|target| target.contains(&address));
        let has_id =
            arguments.id.as_ref().filter(|id| !id.is_empty()).is_none_or(|id| id_of(instance).as_ref() == Some(id));
        if is_wanted && has_id {
            addresses.push(address);
        }
    }
    // Where addresses are given, those of outer modules come first, as in Terraform.
    if !wanted.is_empty() {
        addresses.sort_by_key(|address| address.module.0.len());
    }
    let addresses: Vec<String> = addresses.iter().map(ToString::to_string).collect();
    if !addresses.is_empty() {
        session.printer.result(&addresses.join("\n"));
    }
    Ok(EXIT_OK)
}

/// That nothing is there, if so.
fn missing(target: &Target, state: &State) -> Option<Diagnostic> {
    if state.resources.instances().any(|(address, ..)| target.contains(&address)) {
        return None;
    }
    let (kind, address) = match target {
        Target::Module(module) => ("module", module.to_string()),
        Target::Resource(resource) => ("resource", resource.to_string()),
        Target::Instance(instance) => ("resource instance", instance.to_string()),
    };
    Some(Diagnostic::error(
        format!("Unknown {kind}"),
        format!("The current state contains no {kind} {address}. If it is new in the files, run apply first."),
    ))
}

/// The attribute `id` of the current object.
fn id_of(instance: &InstanceState) -> Option<String> {
    #[derive(serde::Deserialize)]
    struct Named {
        id: Option<String>,
    }
    let object = instance.current.as_ref()?;
    serde_json::from_str::<Named>(object.attributes.get()).ok()?.id
}
