//! What may be overridden of each kind of block that is found by its labels.

use infra_values::Str;

use crate::syntax::Block;

/// How blocks of a kind are overridden.
pub(super) struct Rule {
    kind: &'static str,
    labels: usize,
    /// The headline where there is nothing to override.
    pub missing: &'static str,
    /// Whether a block may stand in an override file alone.
    pub may_be_new: bool,
    /// Nested blocks that may not be overridden.
    pub refused: &'static [&'static str],
    /// Whether `depends_on` is a meta-argument, which may not be overridden.
    pub has_depends_on: bool,
    /// Whether it has a `lifecycle` block.
    pub is_resource: bool,
}

const PLAIN: Rule = Rule {
    kind: "",
    labels: 1,
    missing: "",
    may_be_new: false,
    refused: &[],
    has_depends_on: true,
    is_resource: false,
};
const RESOURCE: Rule = Rule { labels: 2, is_resource: true, ..PLAIN };

static RULES: &[Rule] = &[
    Rule {
        kind: "variable",
        missing: "Missing base variable declaration to override",
        refused: &["validation"],
        has_depends_on: false,
        ..PLAIN
    },
    Rule { kind: "output", missing: "Missing base output definition to override", refused: &["precondition"], ..PLAIN },
    Rule { kind: "module", missing: "Missing module call to override", ..PLAIN },
    Rule {
        kind: "provider",
        missing: "Missing base provider configuration for override",
        may_be_new: true,
        has_depends_on: false,
        ..PLAIN
    },
    Rule { kind: "resource", missing: "Missing resource to override", ..RESOURCE },
    Rule { kind: "data", missing: "Missing data resource to override", ..RESOURCE },
    Rule { kind: "ephemeral", missing: "Missing ephemeral resource to override", ..RESOURCE },
];

/// The rule for a block, if it has as many labels as its kind wants.
pub(super) fn of(block: &Block) -> Option<&'static Rule> {
    RULES.iter().find(|rule| block.kind.text == rule.kind && block.labels.len() == rule.labels)
}

impl Rule {
    /// What is not there, in words.
    pub fn describe(&self, labels: &[Str], alias: Option<&str>) -> String {
        let labels: String = labels.iter().map(|label| format!(" \"{label}\"")).collect();
        match alias {
            Some(alias) => format!("{}{labels} with the alias \"{alias}\"", self.kind),
            None => format!("{}{labels}", self.kind),
        }
    }
}
