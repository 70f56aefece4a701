//! Whether module calls pass the provider configurations that the called modules want.
//!
//! A module says in `required_providers` what it wants. Older ones have empty provider blocks instead, and yet older
//! ones configure providers themselves; such a module is good for one call without `count`, `for_each` and
//! `depends_on`. Deliberately elsewhere: which configuration a resource gets in the end ([`crate::graph`]).

use infra_values::address::ProviderAddress;

use super::{Config, Module, ModuleCall, ProviderBlock, ProviderRef};
use crate::diagnostics::{Diagnostic, Diagnostics};
use crate::syntax::Span;

/// Checks every call of a configuration.
pub(super) fn check(config: &Config) -> Diagnostics {
    let mut diagnostics = Diagnostics::new();
    for module in &config.modules {
        if !module.path.is_root() {
            for block in module.providers.values().filter(|block| is_empty(block)) {
                diagnostics.push(redundant(block));
            }
        }
        for call in module.calls.values() {
            let child = config.module(call.child);
            if !child.is_incomplete {
                Passing { caller: module, call, child, diagnostics: &mut diagnostics }.check();
            }
            if let (Some(span), Some(owner)) = (repeated_or_ordered(call), configuring_module(config, child)) {
                diagnostics.push(
                    Diagnostic::error(
                        "Module is incompatible with count, for_each, and depends_on",
                        format!(
                            "{} configures providers itself, so a call that leads to it has no count, for_each or \
                             depends_on. Move its provider blocks to the root module and pass them with providers = {{ … }}.",
                            owner.path
                        ),
                    )
                    .at(span),
                );
            }
        }
    }
    diagnostics
}

/// A block that configures nothing: from when it said that a configuration is to be passed.
fn is_empty(block: &ProviderBlock) -> bool {
    block.body.blocks.is_empty()
        && block.body.attributes.iter().all(|attribute| matches!(attribute.name.text.as_str(), "alias" | "version"))
}

fn redundant(block: &ProviderBlock) -> Diagnostic {
    let name = &block.name.text;
    let entry = match &block.alias {
        Some(alias) => format!("configuration_aliases = [{name}.{alias}] in its entry of required_providers"),
        None => "an entry in required_providers".to_owned(),
    };
    Diagnostic::warning(
        "Redundant empty provider block",
        format!(
            "An empty provider block in a called module is the old way of saying that it wants a configuration of \
             \"{name}\". Write {entry} instead."
        ),
    )
    .at(block.span)
}

/// The expression that makes a call more than a plain one.
fn repeated_or_ordered(call: &ModuleCall) -> Option<Span> {
    let repetition = call.repetition.expression().map(|expression| expression.span);
    repetition.or_else(|| call.depends_on.first().map(|traversal| traversal.root.span))
}

/// The module itself or one that it calls, if it has a provider block that configures something.
fn configuring_module<'c>(config: &'c Config, module: &'c Module) -> Option<&'c Module> {
    if module.providers.values().any(|block| !is_empty(block)) {
        return Some(module);
    }
    module.calls.values().find_map(|call| configuring_module(config, config.module(call.child)))
}

struct Passing<'c> {
    caller: &'c Module,
    call: &'c ModuleCall,
    child: &'c Module,
    diagnostics: &'c mut Diagnostics,
}

impl Passing<'_> {
    fn check(mut self) {
        for (position, (inner, outer)) in self.call.providers.iter().enumerate() {
            let before = self.call.providers.iter().take(position);
            if before.into_iter().any(|(other, _)| is_same(other, inner)) {
                self.error(
                    outer.span,
                    "Duplicate provider address",
                    format!("A configuration for {} is passed above already. Each is passed once.", show(inner)),
                );
                continue;
            }
            self.check_inner(inner);
            self.check_outer(inner, outer);
        }
        for wanted in self.child.required_providers.values().flat_map(|required| &required.configuration_aliases) {
            if !self.call.providers.iter().any(|(inner, _)| is_same(inner, wanted)) {
                self.error(
                    self.call.span,
                    "Missing required provider configuration",
                    format!(
                        "The module {0} wants a provider configuration that it calls {1}. Pass one: providers = {{ {1} = \
                         {2} }}.",
                        self.call.name.text,
                        show(wanted),
                        wanted.name
                    ),
                );
            }
        }
    }

    fn error(&mut self, span: Span, summary: &str, detail: String) {
        self.diagnostics.push(Diagnostic::error(summary, detail).at(span));
    }

    /// Whether the called module knows the name it is given.
    fn check_inner(&mut self, inner: &ProviderRef) {
        let block = self.child.providers.get(&(inner.name.clone(), inner.alias.clone()));
        if block.is_some_and(|block| !is_empty(block)) {
            self.error(
                inner.span,
                "Cannot override provider configuration",
                format!(
                    "{} configures {} itself, so none can be passed. Remove its provider block, or do not pass one.",
                    self.child.path,
                    show(inner)
                ),
            );
        }
        let is_proxy = block.is_some_and(is_empty);
        match self.child.required_providers.get(&inner.name) {
            Some(required) => {
                let is_wanted = inner.alias.is_none()
                    || is_proxy
                    || required.configuration_aliases.iter().any(|wanted| is_same(wanted, inner));
                if !is_wanted {
                    self.error(
                        inner.span,
                        "Reference to undefined provider",
                        format!(
                            "{} does not want a configuration called {1}. If it should, write configuration_aliases = \
                             [{1}] in its required_providers.",
                            self.child.path,
                            show(inner)
                        ),
                    );
                }
            }
            None if block.is_none() => self.undeclared(inner, self.child.path.to_string()),
            None => {}
        }
    }

    /// Whether what is passed is of the provider that is wanted.
    fn check_outer(&mut self, inner: &ProviderRef, outer: &ProviderRef) {
        let place =
            if self.caller.path.is_root() { "the root module".to_owned() } else { self.caller.path.to_string() };
        let wanted = stated(self.child, inner).unwrap_or_else(|| ProviderAddress::default_for(inner.name.clone()));
        let declared = stated(self.caller, outer);
        let given = declared.clone().unwrap_or_else(|| ProviderAddress::default_for(outer.name.clone()));
        // A default configuration of the same name and provider is passed in any case, and comes first.
        let is_passed_anyway =
            declared.is_none() && inner.alias.is_none() && stated(self.caller, inner).as_ref() == Some(&wanted);
        if given != wanted && !is_passed_anyway {
            self.error(
                outer.span,
                "Provider type mismatch",
                format!(
                    "\"{}\" is {given} in {place}, and \"{}\" is {wanted} in {}. Pass a configuration of that provider, or \
                     make required_providers of both modules say the same source.",
                    outer.name, inner.name, self.child.path
                ),
            );
        }
        if declared.is_none() && outer.alias.is_none() {
            self.undeclared(outer, place);
        }
    }

    fn undeclared(&mut self, reference: &ProviderRef, place: String) {
        self.diagnostics.push(
            Diagnostic::warning(
                "Reference to undefined provider",
                format!(
                    "The required_providers of {place} say nothing about \"{0}\", so it is taken for hashicorp/{0}. Add an \
                     entry there: {0} = {{ source = \"hashicorp/{0}\" }}.",
                    reference.name
                ),
            )
            .at(reference.span),
        );
    }
}

/// The provider that a module's `required_providers` say a name is.
fn stated(module: &Module, reference: &ProviderRef) -> Option<ProviderAddress> {
    module.required_providers.get(&reference.name).map(|required| required.address.clone())
}

fn is_same(one: &ProviderRef, other: &ProviderRef) -> bool {
    one.name == other.name && one.alias == other.alias
}

fn show(reference: &ProviderRef) -> String {
    match &reference.alias {
        Some(alias) => format!("{}.{alias}", reference.name),
        None => reference.name.as_str().to_owned(),
    }
}
