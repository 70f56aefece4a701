//! `lifecycle { … }` of resources and data sources, and what may stand in it.

use infra_values::address::{Resource, ResourceMode};

use super::blocks::BlockReader;
use super::{Config, IgnoreChanges, Lifecycle};
use crate::diagnostics::{Diagnostic, Diagnostics};
use crate::syntax::{
    Attribute, Block, Body, Expression, ExpressionKind, Name, Step, Traversal, as_keyword, references,
};

/// What only a `resource` block may say.
const OF_MANAGED: &[&str] =
    &["create_before_destroy", "destroy", "prevent_destroy", "ignore_changes", "replace_triggered_by"];

impl BlockReader<'_> {
    pub(super) fn lifecycle(&mut self, block: &Block, mode: ResourceMode) -> Lifecycle {
        let body = &block.body;
        self.check_known(body, "this lifecycle block", OF_MANAGED, &["precondition", "postcondition"]);
        let preconditions = body.blocks_of("precondition").filter_map(|inner| self.condition(inner)).collect();
        let postconditions = body.blocks_of("postcondition").filter_map(|inner| self.condition(inner)).collect();
        if mode != ResourceMode::Managed {
            self.refuse_arguments_of_managed(body, mode);
            return Lifecycle { preconditions, postconditions, ..Lifecycle::default() };
        }
        let prevent_destroy = match (self.constant_bool(body, "prevent_destroy"), body.attribute("prevent_destroy")) {
            (Some(true), Some(attribute)) => Some(attribute.span),
            _ => None,
        };
        let destroy = self.constant_bool(body, "destroy");
        Lifecycle {
            prevent_destroy,
            destroy: destroy.zip(body.attribute("destroy").map(|attribute| attribute.name.span)),
            create_before_destroy: self.constant_bool(body, "create_before_destroy"),
            ignore_changes: self.ignore_changes(body),
            replace_triggered_by: body
                .attribute("replace_triggered_by")
                .map(|attribute| self.triggers(attribute))
                .unwrap_or_default(),
            preconditions,
            postconditions,
        }
    }

    fn refuse_arguments_of_managed(&mut self, body: &Body, mode: ResourceMode) {
        let kind = if mode == ResourceMode::Data { "data" } else { "ephemeral" };
        for attribute in body.attributes.iter().filter(|attribute| OF_MANAGED.contains(&attribute.name.text.as_str())) {
            self.error(
                attribute.name.span,
                &format!("Invalid {kind} resource lifecycle argument"),
                format!(
                    "\"{}\" is about objects that are made and destroyed: only resource blocks can have it. Remove it \
                     here.",
                    attribute.name.text
                ),
            );
        }
    }

    fn ignore_changes(&mut self, body: &Body) -> IgnoreChanges {
        let Some(attribute) = body.attribute("ignore_changes") else { return IgnoreChanges::Nothing };
        if as_keyword(&attribute.expression) == Some("all") {
            return IgnoreChanges::All;
        }
        // `["*"]` is from before the keyword.
        let is_wildcard =
            |item: &&Expression| matches!(&item.kind, ExpressionKind::Literal(value) if value.as_str() == Some("*"));
        if let ExpressionKind::Tuple(items) = &attribute.expression.kind
            && let Some(wildcard) = items.iter().find(is_wildcard)
        {
            let help = "To ignore changes of all attributes, write ignore_changes = all.";
            self.error(attribute.expression.span, "Invalid ignore_changes wildcard", help);
            if items.len() > 1 {
                self.error(wildcard.span, "Invalid ignore_changes ruleset", help);
            }
            return IgnoreChanges::All;
        }
        IgnoreChanges::Attributes(self.traversals(attribute))
    }

    /// References to resources, whose keys may be `count.index` or `each.key`.
    fn triggers(&mut self, attribute: &Attribute) -> Vec<Traversal> {
        let ExpressionKind::Tuple(items) = &attribute.expression.kind else { return self.traversals(attribute) };
        let mut triggers = Vec::new();
        for item in items {
            match trigger(item) {
                Ok(traversal) => triggers.push(traversal),
                Err(error) => self.diagnostics.push(error),
            }
        }
        triggers
    }

    /// Conditions may look at anything but, by its address, the very object that they guard.
    pub(super) fn check_conditions(&mut self, lifecycle: &Lifecycle, own: &Resource) {
        let all = (lifecycle.preconditions.iter().map(|condition| ("precondition", condition)))
            .chain(lifecycle.postconditions.iter().map(|condition| ("postcondition", condition)));
        for (kind, condition) in all {
            for expression in [&condition.condition, &condition.error_message] {
                if references(expression).into_iter().any(|traversal| names(traversal, own)) {
                    let help = if kind == "precondition" {
                        "it does not exist yet. Look at what it is made from"
                    } else {
                        "it is called self here"
                    };
                    self.error(
                        expression.span,
                        &format!("Invalid reference in {kind}"),
                        format!("The {kind} of {own} cannot refer to {own}: {help}."),
                    );
                }
            }
        }
    }
}

/// Reports what goes beyond Terraform's language.
pub(super) fn extensions(config: &Config) -> Diagnostics {
    let resources = config.modules.iter().flat_map(|module| module.resources.values());
    let found: Vec<Diagnostic> = resources
        .filter_map(|resource| resource.lifecycle.destroy)
        .map(|(_, span)| {
            Diagnostic::error(
                "Unsupported argument",
                "An argument named \"destroy\" is not expected in a lifecycle block: it is an extension of infra, and \
                 these are turned off. Use a removed block, or leave out -strict.",
            )
            .at(span)
        })
        .collect();
    found.into()
}

/// Whether a reference begins with the address of a resource.
fn names(traversal: &Traversal, resource: &Resource) -> bool {
    let mut words = std::iter::once(&traversal.root).chain(traversal.steps.iter().map_while(|step| match step {
        Step::Attribute(name) => Some(name),
        _ => None,
    }));
    let mut is_next = |wanted: &str| words.next().is_some_and(|name: &Name| name.text == wanted);
    let has_prefix = resource.mode != ResourceMode::Data || is_next("data");
    has_prefix && is_next(&resource.type_name) && is_next(&resource.name)
}

/// One reference of `replace_triggered_by`, without the prefix `resource`.
fn trigger(item: &Expression) -> Result<Traversal, Diagnostic> {
    let invalid = |summary: &str, detail: &str| Diagnostic::error(summary, detail).at(item.span);
    let no_reference = || {
        invalid(
            "Invalid replace_triggered_by expression",
            "A reference to a resource, to one of its instances or to an attribute stands here as it is: \
             aws_instance.a, aws_instance.a[count.index].",
        )
    };
    let other_reference = || {
        invalid(
            "Invalid reference in replace_triggered_by expression",
            "Only resources, and count.index or each.key as their keys, can be referred to here.",
        )
    };
    let ExpressionKind::Traversal(traversal) = &item.kind else { return Err(no_reference()) };
    if traversal.steps.iter().any(|step| matches!(step, Step::Splat { .. })) {
        return Err(no_reference());
    }
    match traversal.root.text.as_str() {
        "count" | "each" => return Err(no_reference()),
        "data" | "ephemeral" | "local" | "module" | "path" | "self" | "terraform" | "var" => {
            return Err(other_reference());
        }
        _ => {}
    }
    for step in &traversal.steps {
        let Step::Index { key, .. } = step else { continue };
        for reference in references(key) {
            let attribute = match reference.steps.first() {
                Some(Step::Attribute(name)) => name.text.as_str(),
                _ => "",
            };
            match (reference.root.text.as_str(), attribute) {
                ("count", "index") | ("each", "key") => {}
                ("each", _) => {
                    return Err(invalid(
                        "Invalid each reference in replace_triggered_by expression",
                        "Of each, only each.key can be used here.",
                    ));
                }
                ("local" | "var" | "module" | "path" | "self" | "terraform", _) => return Err(other_reference()),
                _ => return Err(no_reference()),
            }
        }
    }
    Ok(without_prefix(traversal))
}

/// `resource.type.name` as `type.name`.
fn without_prefix(traversal: &Traversal) -> Traversal {
    match (traversal.root.text.as_str(), traversal.steps.split_first()) {
        ("resource", Some((Step::Attribute(root), steps))) => Traversal { root: root.clone(), steps: steps.to_vec() },
        _ => traversal.clone(),
    }
}
