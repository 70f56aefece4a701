//! `infra providers schema -json`

use std::collections::BTreeSet;

use infra_engine::diagnostics::Diagnostic;
use infra_values::address::ProviderAddress;

use crate::arguments::ProvidersSchemaArguments;
use crate::command_error::{CommandResult, EXIT_OK};
use crate::commands::show_project_error;
use crate::project::{Project, Session};
use crate::render;

/// Shows the schemas of the providers that the configuration needs.
pub fn run(session: &Session<'_>, arguments: &ProvidersSchemaArguments) -> CommandResult {
    if !arguments.json {
        return Err(Diagnostic::error(
            "The -json option is required",
            "Schemas are shown as JSON only: infra providers schema -json.",
        )
        .into());
    }
    let compact = arguments.view.compact_warnings;
    let project =
        Project::load_unchecked(session).map_err(|error| show_project_error(&error, session.printer, compact))?;
    let modules = project.config.modules.iter();
    let needed: BTreeSet<ProviderAddress> = modules
        .flat_map(|module| {
            let required = module.required_providers.values().map(|required| required.address.clone());
            let named = module.resources.values().map(|resource| &resource.provider.name);
            let configured = module.providers.keys().map(|(name, _)| name);
            required.chain(named.chain(configured).map(|name| module.provider_address(name))).collect::<Vec<_>>()
        })
        .collect();
    let providers = needed.iter().filter_map(|address| project.providers.get(address));
    session.printer.result(&render::schema_json::describe(providers).to_string());
    Ok(EXIT_OK)
}
