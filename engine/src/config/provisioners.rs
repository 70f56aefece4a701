//! `provisioner` and `connection` blocks of resources.

use infra_values::Str;

use super::blocks::{BlockReader, literal_text};
use crate::diagnostics::Diagnostic;
use crate::provider::provisioner::{KINDS, REMOVED_KINDS};
use crate::schema::decode::Reserved;
use crate::syntax::{Block, Body, Expression, Span, Step, Traversal, as_keyword, references};

/// What in a `provisioner` block is not the kind's.
pub const PROVISIONER_RESERVED: Reserved<'static> =
    Reserved { attributes: &["when", "on_failure"], blocks: &["connection", "lifecycle"] };

/// `provisioner "kind" { … }`
#[derive(Debug)]
pub struct ProvisionerConfig {
    /// The label: `local-exec`.
    pub kind: Str,
    /// The place of the label.
    pub kind_span: Span,
    /// `when`
    pub when: When,
    /// Whether a failure leaves everything else alone: `on_failure = continue`.
    pub continues: bool,
    /// The block's content.
    pub body: Body,
    /// The block's header.
    pub span: Span,
}

/// When a provisioner runs.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum When {
    /// When the object was made.
    Create,
    /// Before it is destroyed.
    Destroy,
}

impl BlockReader<'_> {
    /// The provisioners of a resource.
    pub(super) fn provisioners(&mut self, body: &Body) -> Vec<ProvisionerConfig> {
        let provisioners = self.provisioners_as_written(body);
        for provisioner in &provisioners {
            self.check_kind(&provisioner.kind, provisioner.kind_span);
        }
        // What says how to reach the object is needed by those that run before it is destroyed, too.
        if provisioners.iter().any(|provisioner| provisioner.when == When::Destroy) {
            for connection in body.blocks_of("connection") {
                self.check_destroy_references(&connection.body);
            }
        }
        provisioners
    }

    /// The provisioners of a resource, whether there are such kinds or not.
    pub(super) fn provisioners_as_written(&mut self, body: &Body) -> Vec<ProvisionerConfig> {
        self.connections(body, "resource");
        self.each_provisioner(body)
    }

    /// The provisioners of a `removed` block. What they hold is looked at when they run.
    pub(super) fn provisioners_of_removed(&mut self, body: &Body) -> Vec<ProvisionerConfig> {
        self.connections(body, "removed");
        self.each_provisioner(body)
    }

    fn each_provisioner(&mut self, body: &Body) -> Vec<ProvisionerConfig> {
        body.blocks_of("provisioner").filter_map(|block| self.provisioner(block)).collect()
    }

    fn provisioner(&mut self, block: &Block) -> Option<ProvisionerConfig> {
        let [kind] = self.labels(block, ["type"])?;
        let body = &block.body;
        self.connections(body, "provisioner");
        for inner in body.blocks.iter().filter(|inner| matches!(inner.kind.text.as_str(), "lifecycle" | "locals")) {
            self.error(
                inner.header_span,
                "Reserved block type name in provisioner block",
                format!("The block type name \"{}\" is reserved and may not be used.", inner.kind.text),
            );
        }
        let when = match self.keyword(body, "when", ["create", "destroy"]) {
            Some("destroy") => When::Destroy,
            _ => When::Create,
        };
        if when == When::Destroy {
            self.check_destroy_references(body);
        }
        let continues = self.keyword(body, "on_failure", ["continue", "fail"]) == Some("continue");
        if REMOVED_KINDS.contains(&kind.text.as_str()) {
            self.error(
                kind.span,
                &format!("The \"{}\" provisioner has been removed", kind.text),
                "Terraform has not had it since version 0.15. Run the command with local-exec, or outside.",
            );
        }
        Some(ProvisionerConfig {
            kind: kind.text.clone(),
            kind_span: kind.span,
            when,
            continues,
            body: body.clone(),
            span: block.header_span,
        })
    }

    fn check_kind(&mut self, kind: &str, span: Span) {
        if !KINDS.contains(&kind) && !REMOVED_KINDS.contains(&kind) {
            let diagnostic = Diagnostic::error(
                "Missing required provisioner plugin",
                format!("There is no provisioner \"{kind}\". There are {}.", KINDS.join(", ")),
            )
            .at(span);
            self.diagnostics.push(diagnostic.suggest(kind, KINDS.iter().copied()));
        }
    }

    fn connections(&mut self, body: &Body, inside: &str) {
        for (position, block) in body.blocks_of("connection").enumerate() {
            self.labels(block, []);
            if position > 0 {
                self.error(
                    block.header_span,
                    "Duplicate connection block",
                    format!("A {inside} block has one connection block at most; merge them."),
                );
            }
        }
    }

    /// One of two words, also in the quoted form of old.
    fn keyword<'k>(&mut self, body: &Body, name: &str, known: [&'k str; 2]) -> Option<&'k str> {
        let expression = &body.attribute(name)?.expression;
        let quoted = literal_text(expression).filter(|_| !body.is_json());
        if quoted.is_some() {
            self.diagnostics.push(
                Diagnostic::warning(
                    "Quoted keywords are deprecated",
                    "Keywords were written in quotes before Terraform 0.12. Remove the quotes.",
                )
                .at(expression.span),
            );
        }
        let word = as_keyword(expression).or(quoted);
        let found = known.into_iter().find(|known| Some(*known) == word);
        if found.is_none() {
            self.error(
                expression.span,
                &format!("Invalid \"{name}\" keyword"),
                format!("\"{name}\" is one of two words, without quotes: {} or {}.", known[0], known[1]),
            );
        }
        found
    }

    /// What runs before an object is destroyed knows that object only: anything else may be gone by then.
    fn check_destroy_references(&mut self, body: &Body) {
        for attribute in &body.attributes {
            self.check_destroy_expression(&attribute.expression);
        }
        for block in &body.blocks {
            self.check_destroy_references(&block.body);
        }
    }

    fn check_destroy_expression(&mut self, expression: &Expression) {
        for traversal in references(expression).into_iter().filter(|traversal| !is_keyword(expression, traversal)) {
            let attribute = match traversal.steps.first() {
                Some(Step::Attribute(name)) => name.text.as_str(),
                _ => "",
            };
            let is_own = match traversal.root.text.as_str() {
                "self" | "path" | "terraform" => true,
                "count" => attribute == "index",
                "each" => attribute == "key",
                _ => false,
            };
            if !is_own {
                self.error(
                    expression.span,
                    "Invalid reference from destroy provisioner",
                    "What runs before an object is destroyed, and its connection, may refer to self, count.index and \
                     each.key only: anything else may be gone by then. Keep what is needed in the object itself.",
                );
            }
        }
    }
}

/// `destroy` in `when = destroy`
fn is_keyword(expression: &Expression, traversal: &Traversal) -> bool {
    as_keyword(expression).is_some_and(|word| word == traversal.root.text.as_str())
        && matches!(traversal.root.text.as_str(), "destroy" | "create" | "continue" | "fail")
}
