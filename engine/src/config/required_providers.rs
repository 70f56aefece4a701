//! `required_providers { … }`: which provider a local name stands for, and which configurations a module wants.

use infra_values::address::ProviderAddress;
use infra_values::convert::convert;
use infra_values::version::VersionConstraint;
use infra_values::{Str, Type};

use super::blocks::{BlockReader, default_address, literal_text};
use super::{Module, ProviderRef, RequiredProvider};
use crate::diagnostics::Diagnostic;
use crate::syntax::{Attribute, Block, Body, Expression, ExpressionKind, ObjectItem, Span, as_keyword};

impl BlockReader<'_> {
    /// Adds the entries of a `required_providers` block to its module.
    pub(super) fn required_providers_block(&mut self, module: &mut Module, block: &Block) {
        if module.required_providers_span.replace(block.header_span).is_some() {
            self.error(
                block.header_span,
                "Duplicate required providers configuration",
                "A module has one required_providers block; merge them.",
            );
            return;
        }
        for inner in &block.body.blocks {
            self.error(
                inner.header_span,
                &format!("Unexpected \"{}\" block", inner.kind.text),
                format!("The entries here are arguments: write `{} = {{ source = … }}`.", inner.kind.text),
            );
        }
        for attribute in &block.body.attributes {
            let Some(required) = self.required_provider(attribute) else { continue };
            let mut others = module.required_providers.iter();
            // The same name twice is a mistake of its own.
            let same = others.find(|(name, other)| other.address == required.address && **name != attribute.name.text);
            if let Some((other, _)) = same {
                self.diagnostics.push(
                    Diagnostic::warning(
                        "Duplicate required provider",
                        format!(
                            "The provider {} is called \"{other}\" already, and \"{}\" here too. Keep one of the names.",
                            required.address, attribute.name.text
                        ),
                    )
                    .at(attribute.name.span),
                );
            }
            module.required_providers.insert(attribute.name.text.clone(), required);
        }
    }

    fn required_provider(&mut self, attribute: &Attribute) -> Option<RequiredProvider> {
        let (name, expression) = (&attribute.name.text, &attribute.expression);
        self.provider_local_name(name, attribute.name.span);
        let mut required = RequiredProvider {
            address: default_address(name),
            version: None,
            span: expression.span,
            configuration_aliases: Vec::new(),
        };
        // `aws = "~> 5.0"`, from before source addresses.
        if let ExpressionKind::Literal(value) = &expression.kind
            && let Ok(text) = convert(value, &Type::String)
            && let Some(version) = text.as_str()
        {
            self.provider_version(version, expression.span);
            required.version = Some(version.into());
            return Some(required);
        }
        let ExpressionKind::Object(items) = &expression.kind else {
            self.error(
                expression.span,
                "Invalid required_providers object",
                "An entry of required_providers is an object: { source = \"hashicorp/aws\", version = \">= 5.0\" }.",
            );
            return None;
        };
        for item in items {
            self.required_provider_item(name, item, &mut required);
        }
        if required.version.is_some() && required.address == ProviderAddress::builtin() {
            self.error(
                required.span,
                "Invalid dependency on built-in provider",
                "The provider terraform is built in, so there is no choice of versions. Remove the version.",
            );
        }
        Some(required)
    }

    fn required_provider_item(&mut self, name: &Str, item: &ObjectItem, required: &mut RequiredProvider) {
        let span = item.value.span;
        let key = literal_text(&item.key).or_else(|| as_keyword(&item.key));
        match (key, literal_text(&item.value)) {
            (Some("source"), Some(source)) => match source.parse::<ProviderAddress>() {
                Ok(parsed) => required.address = parsed,
                Err(error) => self.error(
                    span,
                    "Invalid provider source string",
                    format!("\"{source}\" is not a provider's source address: {error}."),
                ),
            },
            (Some("source"), None) => self.error(
                span,
                "Invalid source",
                "A source is a text without anything to evaluate: source = \"hashicorp/aws\".",
            ),
            (Some("version"), Some(constraint)) => {
                self.provider_version(constraint, span);
                required.version = Some(constraint.into());
                required.span = span;
            }
            (Some("version"), None) => self.error(
                span,
                "Invalid version constraint",
                "A version is a text without anything to evaluate: version = \">= 5.0\".",
            ),
            (Some("configuration_aliases"), _) => {
                required.configuration_aliases = self.configuration_aliases(name, &item.value);
            }
            _ => self.error(
                item.key.span,
                "Invalid required_providers object",
                "The entries are source, version and configuration_aliases. A provider is configured in a provider block.",
            ),
        }
    }

    fn provider_version(&mut self, constraint: &str, span: Span) {
        if let Err(error) = VersionConstraint::parse(constraint) {
            self.error(span, "Invalid version constraint", format!("{error}."));
        }
    }

    /// `[aws.east, aws.west]`: what callers must pass.
    fn configuration_aliases(&mut self, name: &Str, expression: &Expression) -> Vec<ProviderRef> {
        let advice = format!("Name the configurations without quotes, in a list: [{name}.east, {name}.west].");
        let ExpressionKind::Tuple(items) = &expression.kind else {
            self.error(expression.span, "Invalid expression", advice);
            return Vec::new();
        };
        let mut aliases = Vec::new();
        for item in items {
            if !matches!(item.kind, ExpressionKind::Traversal(_)) {
                self.error(item.span, "Invalid expression", advice.clone());
            } else if let Some(reference) = self.provider_ref(item) {
                if reference.name == *name {
                    aliases.push(reference);
                } else {
                    self.error(
                        item.span,
                        "Invalid configuration_aliases value",
                        format!(
                            "These are configurations of \"{name}\", so they begin with its name, not with \"{}\".",
                            reference.name
                        ),
                    );
                }
            }
        }
        aliases
    }

    /// `version` in a provider block, from before `required_providers`.
    pub(super) fn deprecated_provider_version(&mut self, body: &Body) {
        let Some(attribute) = body.attribute("version") else { return };
        self.diagnostics.push(
            Diagnostic::warning(
                "Version constraints inside provider configuration blocks are deprecated",
                "Say in required_providers which versions will do, and remove this argument.",
            )
            .at(attribute.expression.span),
        );
    }
}
