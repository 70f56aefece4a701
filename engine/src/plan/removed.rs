//! `removed` blocks: which objects of the state are forgotten instead of destroyed.

use std::collections::HashSet;

use infra_values::address::{ModulePath, ResourceInstance};

use super::planner::Planner;
use super::{Action, Mode};
use crate::config::{Config, ResourceConfig};
use crate::diagnostics::{Diagnostic, Diagnostics};

impl<'c> Planner<'c> {
    /// What happens to an object that has to go. Where its resource is declared, that says so; otherwise `removed`
    /// blocks do, but for destroying everything, which destroys it too.
    pub(super) fn end_of(&self, address: &ResourceInstance) -> Action {
        if let Some(declared) = self.declaration(address) {
            let is_kept = matches!(declared.lifecycle.destroy, Some((false, _)));
            return if is_kept { Action::Forget } else { Action::Delete };
        }
        if self.options.mode != Mode::Normal {
            return Action::Delete;
        }
        if is_forgotten(self.config, address) { Action::Forget } else { Action::Delete }
    }

    /// The block that declares the resource of an object, whichever instances there are.
    pub(super) fn declaration(&self, address: &ResourceInstance) -> Option<&'c ResourceConfig> {
        self.config.module_at(&address.module.path())?.resources.get(&address.resource)
    }

    /// A warning that names what will be forgotten.
    pub(super) fn forgotten(&self) -> Diagnostics {
        let lines: String = self
            .changes
            .values()
            .filter(|change| change.action == Action::Forget)
            .map(|change| format!("\n  - {}", change.address))
            .collect();
        if lines.is_empty() {
            return Diagnostics::new();
        }
        Diagnostic::warning(
            "Some objects will no longer be managed by infra",
            format!("The state forgets these objects, and they stay:{lines}\nTo manage them again, import them."),
        )
        .into()
    }
}

/// Whether a block about an object, or about a module around it, says that it stays. Of several blocks about the same
/// thing the first counts.
fn is_forgotten(config: &Config, address: &ResourceInstance) -> bool {
    let path = address.module.path();
    let mut seen = HashSet::new();
    config.removed().any(|(module, removed)| {
        let is_about = match &removed.resource {
            Some(resource) => module == path && *resource == address.resource,
            None => path.0.starts_with(&module.0),
        };
        is_about && seen.insert((module, &removed.resource)) && !removed.destroy
    })
}

/// Reports what is said to be removed and still declared, where it is declared.
pub(super) fn still_declared(config: &Config) -> Diagnostics {
    let mut diagnostics = Diagnostics::new();
    for (path, removed) in config.removed() {
        let found = match &removed.resource {
            Some(resource) => config
                .module_at(&path)
                .and_then(|module| module.resources.get(resource))
                .map(|declared| ("resource", declared.span, resource.to_string())),
            None => path.0.split_last().and_then(|(name, parent)| {
                let call = config.module_at(&ModulePath(parent.into()))?.calls.get(name)?;
                Some(("module", call.span, format!("module.{name}")))
            }),
        };
        if let Some((what, span, name)) = found {
            diagnostics.push(
                Diagnostic::error(
                    format!("Removed {what} still exists"),
                    format!(
                        "A removed block says that {name} is gone, but it is still declared here. Remove one of them."
                    ),
                )
                .at(span),
            );
        }
    }
    // Two blocks about the same thing say it once.
    diagnostics.0.dedup_by(|left, right| left.span == right.span && left.summary == right.summary);
    diagnostics
}
