//! The syntax tree: what the files say, with the place of everything, and nothing about what it means.
//!
//! The parser library's own tree does not reach beyond `syntax/`; every later stage reads this one.

use infra_values::{Str, Value};

use super::json::JsonProperty;

/// Which file a span lies in: a key of [`super::SourceMap`].
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct FileId(pub u32);

/// A range of bytes in one file.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Span {
    /// The file.
    pub file: FileId,
    /// First byte.
    pub start: u32,
    /// One past the last byte.
    pub end: u32,
}

impl Span {
    /// How many bytes.
    pub fn length(self) -> usize {
        self.end.saturating_sub(self.start) as usize
    }

    /// Whether another one begins in it, or right behind it.
    pub fn contains(self, other: Self) -> bool {
        self.file == other.file && (self.start..=self.end).contains(&other.start)
    }

    /// The smallest span that holds both, in the file of `self`.
    pub fn to(self, end: Span) -> Span {
        Span { file: self.file, start: self.start, end: end.end.max(self.start) }
    }
}

/// A word with its place.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Name {
    /// The word.
    pub text: Str,
    /// Where it stands.
    pub span: Span,
}

/// The content of a file or a block. Order is that of the file.
#[derive(Clone, Debug, Default)]
pub struct Body {
    /// `name = expression`
    pub attributes: Vec<Attribute>,
    /// `kind "label" { … }`
    pub blocks: Vec<Block>,
    /// Of a body in JSON: the properties of which only a provider's schema tells whether they are arguments or blocks.
    /// [`crate::config::Config::settle`] turns all of them into attributes and blocks.
    pub undecided: Vec<JsonProperty>,
    /// Of a body in JSON: where to say that something is missing.
    pub end_in_json: Option<Span>,
    /// The whole body.
    pub span: Span,
}

impl Body {
    /// Where to say that something is missing: the opening brace, in JSON the closing one.
    pub fn opening(&self) -> Span {
        self.end_in_json.unwrap_or(Span { end: self.span.end.min(self.span.start + 1), ..self.span })
    }

    /// Whether it is written in JSON.
    pub fn is_json(&self) -> bool {
        self.end_in_json.is_some()
    }

    /// The attribute of that name, the first if it stands twice.
    pub fn attribute(&self, name: &str) -> Option<&Attribute> {
        self.attributes.iter().find(|attribute| attribute.name.text == name)
    }

    /// The blocks of that kind.
    pub fn blocks_of<'b>(&'b self, kind: &'b str) -> impl Iterator<Item = &'b Block> {
        self.blocks.iter().filter(move |block| block.kind.text == kind)
    }
}

/// `name = expression`
#[derive(Clone, Debug)]
pub struct Attribute {
    /// The name on the left.
    pub name: Name,
    /// The expression on the right.
    pub expression: Expression,
    /// From the name to the end of the expression.
    pub span: Span,
}

/// `kind "label" { … }`
#[derive(Clone, Debug)]
pub struct Block {
    /// The word in front.
    pub kind: Name,
    /// The labels, quoted or not.
    pub labels: Vec<Name>,
    /// What stands between the braces.
    pub body: Body,
    /// The kind and the labels, without the body.
    pub header_span: Span,
    /// All of it.
    pub span: Span,
}

/// An expression with its place.
#[derive(Clone, Debug)]
pub struct Expression {
    /// What it is.
    pub kind: ExpressionKind,
    /// Where it stands.
    pub span: Span,
    /// The part of it that comes first: the text behind an opening quote, the left side of an operator. Mistakes of
    /// values that were to be converted are shown here, as Terraform does.
    pub start: Span,
}

impl Expression {
    /// An expression that begins with its first operand, if it has one.
    pub fn new(kind: ExpressionKind, span: Span) -> Self {
        let start = match &kind {
            ExpressionKind::Binary { left: first, .. }
            | ExpressionKind::Conditional { condition: first, .. }
            | ExpressionKind::Parentheses(first) => first.start,
            ExpressionKind::Splat { source, .. } => Span { start: source.span.end, ..span },
            _ => span,
        };
        Self { kind, span, start }
    }
}

/// The forms of an expression.
#[derive(Clone, Debug)]
pub enum ExpressionKind {
    /// `null`, `true`, `12`, `"text"` without interpolation. Numbers are exact: they come from the source text.
    Literal(Value),
    /// Text with interpolations or directives. One that consists of a single interpolation is a
    /// [`ExpressionKind::TemplateWrap`] instead.
    Template(Vec<TemplatePart>),
    /// `"${x}"`: the value of `x`, unconverted.
    TemplateWrap(Box<Expression>),
    /// `name.attribute[index]…`: begins with a variable of the scope.
    Traversal(Traversal),
    /// `(expression).attribute[index]…`: begins with any other expression.
    Relative {
        /// What the steps are taken into.
        source: Box<Expression>,
        /// At least one step.
        steps: Vec<Step>,
    },
    /// `source[*].steps` and `source.*.steps`
    Splat {
        /// What is iterated.
        source: Box<Expression>,
        /// What is taken from each element.
        steps: Vec<Step>,
    },
    /// `[a, b]`
    Tuple(Vec<Expression>),
    /// `{ a = b }`
    Object(Vec<ObjectItem>),
    /// `name(arguments…)`
    Call(Box<Call>),
    /// `condition ? yes : no`
    Conditional {
        /// What decides.
        condition: Box<Expression>,
        /// The value if true.
        yes: Box<Expression>,
        /// The value if false.
        no: Box<Expression>,
    },
    /// `left operator right`
    Binary {
        /// Which operator.
        operator: BinaryOperator,
        /// Where the operator itself stands.
        operator_span: Span,
        /// The left side.
        left: Box<Expression>,
        /// The right side.
        right: Box<Expression>,
    },
    /// `operator operand`
    Unary {
        /// Which operator.
        operator: UnaryOperator,
        /// What it applies to.
        operand: Box<Expression>,
    },
    /// `[for …]`, `{for …}`
    For(Box<For>),
    /// `(expression)`
    Parentheses(Box<Expression>),
}

/// `root.step.step`
#[derive(Clone, Debug)]
pub struct Traversal {
    /// The variable it begins with.
    pub root: Name,
    /// The steps from there.
    pub steps: Vec<Step>,
}

/// One step of a traversal.
#[derive(Clone, Debug)]
pub enum Step {
    /// `.name`: the place of the name begins with the dot.
    Attribute(Name),
    /// `[expression]`, also the legacy `.0`
    Index {
        /// The key.
        key: Expression,
        /// From bracket to bracket.
        span: Span,
    },
    /// `[*]` or `.*` further inside a splat: the steps in here are taken from each element of what has been reached,
    /// the steps behind it from the tuple of the results. Never the first step of a traversal.
    Splat {
        /// What is taken from each element.
        steps: Vec<Step>,
        /// The sign and its steps.
        span: Span,
    },
}

impl Step {
    /// Where the step stands.
    pub fn span(&self) -> Span {
        match self {
            Self::Attribute(name) => name.span,
            Self::Index { span, .. } | Self::Splat { span, .. } => *span,
        }
    }
}

/// `key = value` of an object expression.
#[derive(Clone, Debug)]
pub struct ObjectItem {
    /// The key: a bare word has become a literal string; `(expression)` stays in parentheses.
    pub key: Expression,
    /// The value.
    pub value: Expression,
}

/// A function call.
#[derive(Clone, Debug)]
pub struct Call {
    /// `jsonencode`, `core::jsonencode`, `provider::aws::arn_parse`
    pub name: Name,
    /// The arguments.
    pub arguments: Vec<Expression>,
    /// Whether the last argument is followed by `...`.
    pub expands_last: bool,
}

/// `[for key, value in collection : result if condition]`, or with `key_result => result` in braces.
#[derive(Clone, Debug)]
pub struct For {
    /// The name of the key, if two names are given.
    pub key_name: Option<Name>,
    /// The name of the value.
    pub value_name: Name,
    /// What is iterated.
    pub collection: Expression,
    /// The key of the result: makes an object.
    pub key_result: Option<Expression>,
    /// The value of the result.
    pub result: Expression,
    /// `if`
    pub condition: Option<Expression>,
    /// `...` after the result: values of equal keys are collected.
    pub groups: bool,
}

/// A part of a template.
#[derive(Clone, Debug)]
pub enum TemplatePart {
    /// Text as it is, escapes and strip markers already applied.
    Literal(Str),
    /// `${expression}`
    Interpolation(Expression),
    /// `%{ if … }`
    If {
        /// What decides.
        condition: Expression,
        /// The parts if true.
        yes: Vec<TemplatePart>,
        /// The parts if false; empty without `else`.
        no: Vec<TemplatePart>,
    },
    /// `%{ for … }`
    For {
        /// The name of the key, if two names are given.
        key_name: Option<Name>,
        /// The name of the value.
        value_name: Name,
        /// What is iterated.
        collection: Expression,
        /// The parts repeated for each element.
        body: Vec<TemplatePart>,
    },
}

/// Operators with two sides.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[expect(missing_docs, reason = "the names say it")]
pub enum BinaryOperator {
    Add,
    Subtract,
    Multiply,
    Divide,
    Remainder,
    Equal,
    NotEqual,
    Less,
    LessOrEqual,
    Greater,
    GreaterOrEqual,
    And,
    Or,
}

/// Operators with one side.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[expect(missing_docs, reason = "the names say it")]
pub enum UnaryOperator {
    Negate,
    Not,
}
