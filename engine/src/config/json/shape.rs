//! What the language itself decides about its blocks in JSON: the names of arguments and nested blocks, their labels,
//! and how the strings in arguments are read.

use crate::syntax::Reading;

/// What a body may hold.
pub(super) struct Shape {
    pub arguments: &'static [(&'static str, How)],
    pub blocks: &'static [BlockShape],
    pub others: Others,
}

/// A kind of nested block.
pub(super) struct BlockShape {
    pub kind: &'static str,
    /// What its labels are.
    pub labels: &'static [&'static str],
    pub content: &'static Shape,
}

/// How an argument is read.
#[derive(Clone, Copy)]
pub(super) enum How {
    /// All its strings in the same way.
    All(Reading),
    /// An entry of `required_providers`.
    Provider,
}

/// What becomes of properties that a shape does not name.
#[derive(Clone, Copy)]
pub(super) enum Others {
    /// They are mistakes.
    Unexpected,
    /// They are arguments.
    Arguments(How),
    /// A provider's schema says what they are.
    Undecided,
}

impl Shape {
    pub fn argument(&self, name: &str) -> Option<How> {
        self.arguments.iter().find(|(argument, _)| *argument == name).map(|(_, how)| *how)
    }

    pub fn block(&self, name: &str) -> Option<&'static BlockShape> {
        self.blocks.iter().find(|block| block.kind == name)
    }

    /// Whether any name is an argument; such a body is one object, not several.
    pub fn holds_only_arguments(&self) -> bool {
        matches!(self.others, Others::Arguments(_)) && self.arguments.is_empty() && self.blocks.is_empty()
    }

    /// Everything that has a name.
    pub fn names(&self) -> impl Iterator<Item = &'static str> {
        self.arguments.iter().map(|(name, _)| *name).chain(self.blocks.iter().map(|block| block.kind))
    }
}

const TEMPLATE: How = How::All(Reading::Template);
const LITERAL: How = How::All(Reading::Literal);
const NATIVE: How = How::All(Reading::Native);
const REFERENCE: How = How::All(Reading::Reference);

const fn block(kind: &'static str, labels: &'static [&'static str], content: &'static Shape) -> BlockShape {
    BlockShape { kind, labels, content }
}

const fn closed(arguments: &'static [(&'static str, How)], blocks: &'static [BlockShape]) -> Shape {
    Shape { arguments, blocks, others: Others::Unexpected }
}

/// Only arguments, with any names.
const fn arguments(how: How) -> Shape {
    Shape { arguments: &[], blocks: &[], others: Others::Arguments(how) }
}

pub(super) static ROOT: Shape = closed(
    &[],
    &[
        block("terraform", &[], &TERRAFORM),
        block("required_providers", &[], &REQUIRED_PROVIDERS),
        block("provider", &["name"], &PROVIDER),
        block("variable", &["name"], &VARIABLE),
        block("locals", &[], &LOCALS),
        block("output", &["name"], &OUTPUT),
        block("module", &["name"], &MODULE),
        block("resource", &["type", "name"], &RESOURCE),
        block("data", &["type", "name"], &RESOURCE),
        block("ephemeral", &["type", "name"], &RESOURCE),
        block("moved", &[], &MOVED),
        block("removed", &[], &REMOVED),
        block("import", &[], &IMPORT),
        block("check", &["name"], &CHECK),
    ],
);

static TERRAFORM: Shape = closed(
    &[("required_version", LITERAL), ("experiments", REFERENCE), ("language", REFERENCE)],
    &[
        block("required_providers", &[], &REQUIRED_PROVIDERS),
        block("backend", &["type"], &CONSTANTS),
        block("cloud", &[], &CONSTANTS),
        block("provider_meta", &["provider"], &NESTED),
    ],
);
static REQUIRED_PROVIDERS: Shape = arguments(How::Provider);
pub(super) static CONSTANTS: Shape = arguments(LITERAL);
static PROVIDER: Shape = Shape {
    arguments: &[
        ("alias", LITERAL),
        ("version", LITERAL),
        ("count", TEMPLATE),
        ("for_each", TEMPLATE),
        ("depends_on", REFERENCE),
        ("source", LITERAL),
    ],
    blocks: &[
        block("dynamic", &["type"], &DYNAMIC),
        block("lifecycle", &[], &NESTED),
        block("locals", &[], &NESTED),
        block("_", &[], &NESTED),
    ],
    others: Others::Undecided,
};
static VARIABLE: Shape = closed(
    &[
        ("type", NATIVE),
        ("default", LITERAL),
        ("description", LITERAL),
        ("sensitive", LITERAL),
        ("ephemeral", LITERAL),
        ("nullable", LITERAL),
    ],
    &[block("validation", &[], &CONDITION)],
);
static CONDITION: Shape = closed(&[("condition", TEMPLATE), ("error_message", TEMPLATE)], &[]);
static LOCALS: Shape = arguments(TEMPLATE);
static OUTPUT: Shape = closed(
    &[
        ("value", TEMPLATE),
        ("description", LITERAL),
        ("sensitive", LITERAL),
        ("ephemeral", LITERAL),
        ("depends_on", REFERENCE),
    ],
    &[block("precondition", &[], &CONDITION)],
);
static MODULE: Shape = Shape {
    arguments: &[
        ("source", LITERAL),
        ("version", LITERAL),
        ("count", TEMPLATE),
        ("for_each", TEMPLATE),
        ("depends_on", REFERENCE),
        ("providers", REFERENCE),
    ],
    blocks: &[
        block("lifecycle", &[], &NESTED),
        block("locals", &[], &NESTED),
        block("provider", &["type"], &NESTED),
        block("_", &[], &LOCALS),
    ],
    others: Others::Arguments(TEMPLATE),
};
static RESOURCE: Shape = Shape {
    arguments: &[("count", TEMPLATE), ("for_each", TEMPLATE), ("provider", REFERENCE), ("depends_on", REFERENCE)],
    blocks: &[
        block("dynamic", &["type"], &DYNAMIC),
        block("lifecycle", &[], &LIFECYCLE),
        block("connection", &[], &CONNECTION),
        block("provisioner", &["type"], &PROVISIONER),
        block("_", &[], &NESTED),
    ],
    others: Others::Undecided,
};
static LIFECYCLE: Shape = closed(
    &[
        ("create_before_destroy", LITERAL),
        ("prevent_destroy", LITERAL),
        ("ignore_changes", REFERENCE),
        ("replace_triggered_by", REFERENCE),
    ],
    &[block("precondition", &[], &CONDITION), block("postcondition", &[], &CONDITION)],
);
static CONNECTION: Shape = arguments(TEMPLATE);
static PROVISIONER: Shape = Shape {
    arguments: &[("when", REFERENCE), ("on_failure", REFERENCE)],
    blocks: &[block("connection", &[], &CONNECTION), block("lifecycle", &[], &NESTED), block("_", &[], &LOCALS)],
    others: Others::Arguments(TEMPLATE),
};
static MOVED: Shape = closed(&[("from", REFERENCE), ("to", REFERENCE)], &[]);
static REMOVED: Shape = closed(
    &[("from", REFERENCE)],
    &[
        block("lifecycle", &[], &REMOVED_LIFECYCLE),
        block("connection", &[], &CONNECTION),
        block("provisioner", &["type"], &PROVISIONER),
    ],
);
static REMOVED_LIFECYCLE: Shape = closed(&[("destroy", LITERAL)], &[]);
static IMPORT: Shape =
    closed(&[("to", REFERENCE), ("id", TEMPLATE), ("provider", REFERENCE), ("for_each", TEMPLATE)], &[]);
static CHECK: Shape = closed(&[], &[block("data", &["type", "name"], &RESOURCE), block("assert", &[], &CONDITION)]);

/// A block that belongs to a provider.
pub(super) static NESTED: Shape =
    Shape { arguments: &[], blocks: &[block("dynamic", &["type"], &DYNAMIC)], others: Others::Undecided };
static DYNAMIC: Shape =
    closed(&[("for_each", TEMPLATE), ("iterator", REFERENCE), ("labels", TEMPLATE)], &[block("content", &[], &NESTED)]);
