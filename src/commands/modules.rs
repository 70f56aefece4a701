//! `infra modules`

use infra_engine::config::{Config, DiskFiles, Module};
use infra_modules::Manifest;
use serde_json::json;

use crate::arguments::ModulesArguments;
use crate::command_error::{CommandError, CommandResult, EXIT_OK};
use crate::modules;
use crate::project::Session;
use crate::render::tree::Tree;

/// Shows the modules that the configuration calls, with their sources and versions.
pub fn run(session: &Session<'_>, arguments: &ModulesArguments) -> CommandResult {
    let loaded = modules::load_installed(&DiskFiles::new(&session.directory), session);
    session.printer.diagnostics(&loaded.diagnostics, &loaded.config.sources, arguments.view.compact_warnings);
    if loaded.diagnostics.has_errors() {
        return Err(CommandError::shown());
    }
    let text = match (arguments.json, loaded.manifest.0.is_empty()) {
        (true, _) => to_json(&loaded.manifest),
        (false, true) => "No modules found in configuration.".to_owned(),
        (false, false) => {
            let tree = branches(&loaded.config, loaded.config.root(), &loaded.manifest);
            format!("\nModules declared by configuration:\n.\n{}", Tree(tree))
        }
    };
    session.printer.result(&text);
    Ok(EXIT_OK)
}

fn to_json(manifest: &Manifest) -> String {
    let modules: Vec<_> = manifest
        .0
        .values()
        .map(|entry| {
            let name = entry.key.rsplit('.').next().unwrap_or_default();
            json!({ "key": name, "source": entry.source, "version": entry.version.as_deref().unwrap_or_default() })
        })
        .collect();
    let modules = if modules.is_empty() { serde_json::Value::Null } else { modules.into() };
    json!({ "format_version": "1.0", "modules": modules }).to_string()
}

/// The calls of a module, by name, each with those of the module it calls.
fn branches(config: &Config, module: &Module, manifest: &Manifest) -> Vec<(String, Tree)> {
    let mut calls: Vec<_> = module.calls.values().collect();
    calls.sort_by(|one, other| one.name.text.cmp(&other.name.text));
    calls
        .into_iter()
        .map(|call| {
            let child = config.module(call.child);
            let entry = manifest.0.get(&child.path.0.join("."));
            let source = entry.map_or("", |entry| entry.source.as_str());
            let version = entry.and_then(|entry| entry.version.as_ref()).map(|version| format!(" {version}"));
            let label = format!("\"{}\"[{source}]{}", call.name.text, version.unwrap_or_default());
            (label, Tree(branches(config, child, manifest)))
        })
        .collect()
}
