//! `terraform { … }`: which versions, providers and state a module wants.

use infra_values::Str;

use super::blocks::BlockReader;
use super::{Module, RequiredVersion};
use crate::diagnostics::Diagnostic;
use crate::syntax::{Attribute, Block, ExpressionKind, as_keyword};

const ARGUMENTS: &[&str] = &["required_version", "experiments", "language"];
const BLOCKS: &[&str] = &["required_providers", "backend", "cloud", "provider_meta"];

/// The one edition of the language there is.
const EDITION: &str = "TF2021";

impl BlockReader<'_> {
    /// Adds what a `terraform` block says to its module.
    pub(super) fn terraform(&mut self, module: &mut Module, block: &Block) {
        self.labels(block, []);
        self.check_known(&block.body, "a terraform block", ARGUMENTS, BLOCKS);
        if let Some(attribute) = block.body.attribute("required_version") {
            self.required_version(module, block, attribute);
        }
        if let Some(attribute) = block.body.attribute("experiments") {
            self.error(
                attribute.name.span,
                "Module uses experimental features",
                "Released versions of Terraform have no experimental features, and neither has infra. Remove this \
                 argument.",
            );
        }
        if let Some(attribute) = block.body.attribute("language") {
            self.edition(attribute);
        }
        for inner in &block.body.blocks {
            match inner.kind.text.as_str() {
                "required_providers" => self.required_providers_block(module, inner),
                "backend" => self.backend(module, inner),
                "provider_meta" => self.provider_meta(module, inner),
                _ => {}
            }
        }
        let of_kind = |kind: &str| block.body.blocks.iter().find(|inner| inner.kind.text == kind);
        match (of_kind("backend"), of_kind("cloud")) {
            (Some(backend), Some(_)) => self.error(
                backend.header_span,
                "Both a backend and cloud configuration are present",
                "A module says in one place where its state is, and infra keeps it in local files or in S3: remove the \
                 cloud block.",
            ),
            (None, Some(cloud)) => self.cloud(module, cloud),
            (_, None) => {}
        }
    }

    fn required_version(&mut self, module: &mut Module, block: &Block, attribute: &Attribute) {
        // Null is as good as nothing here.
        if matches!(&attribute.expression.kind, ExpressionKind::Literal(value) if value.is_null()) {
            return;
        }
        if let Some(version) = self.constant_string(&block.body, "required_version") {
            let (span, argument) = (attribute.expression.span, attribute.span);
            module.required_versions.push(RequiredVersion { constraint: version, span, argument });
        }
    }

    fn edition(&mut self, attribute: &Attribute) {
        let span = attribute.expression.span;
        match as_keyword(&attribute.expression) {
            Some(EDITION) => {}
            Some(other) => self.error(
                span,
                "Unsupported language edition",
                format!("The language has one edition, {EDITION}, and \"{other}\" is another. Remove this argument."),
            ),
            None => self.error(
                span,
                "Invalid language edition",
                format!("The edition is a single word without quotes: language = {EDITION}."),
            ),
        }
    }

    fn backend(&mut self, module: &mut Module, block: &Block) {
        if self.labels(block, ["type"]).is_none() {
            return;
        }
        if !module.path.is_root() {
            self.diagnostics.push(
                Diagnostic::warning(
                    "Backend configuration ignored",
                    "Any selected backend applies to the entire configuration, so only the root module may name one. \
                     This block has no effect; remove it.",
                )
                .at(block.header_span),
            );
        } else if module.backend.is_some() {
            self.error(
                block.header_span,
                "Duplicate backend configuration",
                "A configuration has one place for its state, and a backend block stands above already. Remove one.",
            );
        } else {
            module.backend = Some(block.clone());
        }
    }

    /// In a called module it has no effect.
    fn cloud(&mut self, module: &Module, block: &Block) {
        if module.path.is_root() {
            self.error(
                block.header_span,
                "Unsupported block type",
                "infra keeps state in local files or in S3, not in HCP Terraform. Use a backend block.",
            );
        }
    }

    /// What a module tells a provider about itself; none of ours asks for it.
    fn provider_meta(&mut self, module: &mut Module, block: &Block) {
        let Some([provider]) = self.labels(block, ["provider"]) else { return };
        if !module.provider_metas.insert(provider.text.clone()) {
            self.error(
                block.header_span,
                "Duplicate provider_meta block",
                format!(
                    "A module has one provider_meta block for each provider; merge those for \"{}\".",
                    provider.text
                ),
            );
        }
    }

    /// Reports blocks whose names are kept for later versions of the language, and wrong uses of `_`.
    pub(super) fn check_reserved_blocks(&mut self, block: &Block) {
        let kind = block.kind.text.as_str();
        let reserved: &[&str] = match kind {
            "provider" => &["lifecycle", "locals"],
            "module" => &["lifecycle", "locals", "provider"],
            _ => &["locals"],
        };
        for inner in block.body.blocks.iter().filter(|inner| reserved.contains(&inner.kind.text.as_str())) {
            self.error(
                inner.header_span,
                &format!("Reserved block type name in {kind} block"),
                format!(
                    "The block type name \"{}\" is reserved and may not be used; remove the block.",
                    inner.kind.text
                ),
            );
        }
        let mut escapes = block.body.blocks_of("_");
        let Some(first) = escapes.next() else { return };
        self.labels(first, []);
        for attribute in &first.body.attributes {
            if block.body.attribute(&attribute.name.text).is_some() {
                self.error(
                    attribute.name.span,
                    "Duplicate argument",
                    format!("\"{}\" is given outside of the block \"_\" too; remove one of them.", attribute.name.text),
                );
            }
        }
        for more in escapes {
            self.error(
                more.header_span,
                "Duplicate escaping block",
                format!("A {kind} block has one block named \"_\" at most; merge them."),
            );
        }
    }

    /// A block that belongs nowhere, with what may have been meant.
    pub(super) fn unknown_top_level_block(&mut self, block: &Block, known: &[&str]) {
        let kind = block.kind.text.as_str();
        if kind == "required_providers" {
            self.error(
                block.header_span,
                "Invalid required_providers block",
                "A required_providers block stands inside of a terraform block: terraform { required_providers { … } }.",
            );
            return;
        }
        let detail = format!("Blocks of type \"{kind}\" are not expected here.");
        let diagnostic = Diagnostic::error("Unsupported block type", detail).at(block.kind.span);
        self.diagnostics.push(diagnostic.suggest(kind, known.iter().copied()));
    }

    /// A name for a provider inside of a module: `aws`.
    pub(super) fn provider_local_name(&mut self, name: &Str, span: crate::syntax::Span) {
        let is_plain = name.chars().all(|character| character.is_alphanumeric() || character == '-');
        let detail = if name.is_empty() || !is_plain || name.starts_with('-') || name.ends_with('-') {
            format!(
                "\"{name}\" cannot name a provider: such a name has letters, digits and hyphens only, and a hyphen \
                 neither first nor last."
            )
        } else if name.to_lowercase() != name.as_str() {
            format!("Names of providers are written in small letters: write \"{}\".", name.to_lowercase())
        } else {
            return;
        };
        self.error(span, "Invalid provider local name", detail);
    }
}
