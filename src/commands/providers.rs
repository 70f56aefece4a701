//! `infra providers`

use std::collections::{BTreeMap, BTreeSet};

use infra_engine::config::{Config, DiskFiles, Module};
use infra_values::address::ProviderAddress;
use infra_values::version::VersionConstraint;

use crate::arguments::{ProvidersAction, ProvidersArguments};
use crate::backend::{self, StateFlags};
use crate::command_error::{CommandError, CommandResult, EXIT_OK};
use crate::modules;
use crate::project::{Session, require_files};
use crate::render::tree::Tree;

mod schema;

/// Shows which providers each module needs, and which the state needs.
pub async fn run(session: &Session<'_>, arguments: &ProvidersArguments) -> CommandResult {
    if let Some(ProvidersAction::Schema(arguments)) = &arguments.action {
        return schema::run(session, arguments);
    }
    let loaded = modules::load_installed(&DiskFiles::new(&session.directory), session);
    session.printer.diagnostics(&loaded.diagnostics, &loaded.config.sources, arguments.view.compact_warnings);
    if loaded.diagnostics.has_errors() {
        return Err(CommandError::shown());
    }
    let config = &loaded.config;
    require_files(session, config, "Go to a directory that has some, or name one.")?;
    let mut text = format!("\nProviders required by configuration:\n.\n{}", Tree(branches(config, config.root())));
    let store = backend::open(session, config.root().backend.as_ref(), &StateFlags::default())?;
    let state = store.read().await?.state;
    let in_state: BTreeSet<String> =
        state.resources.iter().map(|resource| format!("provider[{}]", resource.provider.provider)).collect();
    if !in_state.is_empty() {
        text.push_str("\nProviders required by state:\n\n");
        for provider in in_state {
            text.push_str(&format!("    {provider}\n\n"));
        }
    }
    session.printer.result(text.trim_end_matches('\n'));
    session.printer.result("");
    Ok(EXIT_OK)
}

/// The providers of a module, then the modules it calls, all sorted.
fn branches(config: &Config, module: &Module) -> Vec<(String, Tree)> {
    let providers = required(module).into_iter().map(|(address, constraints)| {
        let constraints = if constraints.is_empty() { String::new() } else { format!(" {}", constraints.join(", ")) };
        (format!("provider[{address}]{constraints}"), Tree::default())
    });
    let mut calls: Vec<_> = module.calls.values().collect();
    calls.sort_by(|one, other| one.name.text.cmp(&other.name.text));
    let modules = calls
        .into_iter()
        .map(|call| (format!("module.{}", call.name.text), Tree(branches(config, config.module(call.child)))));
    providers.chain(modules).collect()
}

/// What a module needs: what it says, and the providers of its resources and provider blocks. With the constraints.
fn required(module: &Module) -> BTreeMap<String, Vec<String>> {
    let mut found: BTreeMap<String, Vec<String>> = BTreeMap::new();
    for required in module.required_providers.values() {
        let constraints = required.version.as_deref().and_then(|text| VersionConstraint::parse(text).ok());
        let texts = constraints.map(|constraints| constraints.normalised()).unwrap_or_default();
        found.entry(required.address.to_string()).or_default().extend(texts);
    }
    let named = module.resources.values().map(|resource| resource.provider.name.as_str());
    let configured = module.providers.keys().map(|(name, _)| name.as_str());
    for name in named.chain(configured) {
        let address: ProviderAddress = module.provider_address(name);
        found.entry(address.to_string()).or_default();
    }
    found
}
