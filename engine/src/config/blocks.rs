//! From blocks of the syntax tree to declarations: one function for each kind of block.

use infra_values::address::{ProviderAddress, Resource, ResourceMode};
use infra_values::{Str, Type, Value};

use super::{
    Condition, Lifecycle, Local, Output, ProviderBlock, ProviderRef, Repetition, ResourceConfig, TypeConstraint,
    Variable,
};
use crate::diagnostics::{Diagnostic, Diagnostics};
use crate::evaluate;
use crate::syntax::{
    Attribute, Block, Body, Expression, ExpressionKind, Name, Span, Step, Traversal, as_static_traversal, references,
};

/// Names a variable may not have: module calls use them for themselves.
const RESERVED_VARIABLE_NAMES: &[&str] =
    &["source", "version", "provider", "providers", "count", "for_each", "depends_on", "lifecycle", "locals"];

/// Reads blocks and collects what is wrong with them.
pub(super) struct BlockReader<'d> {
    pub(super) diagnostics: &'d mut Diagnostics,
}

impl BlockReader<'_> {
    pub(super) fn error(&mut self, span: Span, summary: &str, detail: impl Into<String>) {
        self.diagnostics.push(Diagnostic::error(summary, detail).at(span));
    }

    /// The labels of a block, if there are exactly as many as named.
    pub(super) fn labels<'b, const N: usize>(&mut self, block: &'b Block, names: [&str; N]) -> Option<&'b [Name; N]> {
        let labels: Option<&[Name; N]> = block.labels.as_slice().try_into().ok();
        if labels.is_none() {
            let kind = &block.kind.text;
            let expected = match N {
                0 => "no labels".to_owned(),
                1 => format!("one label: its {}", names.join("")),
                _ => format!("{N} labels: {}", names.join(" and ")),
            };
            let detail = format!("Blocks of type \"{kind}\" take {expected}; this one has {}.", block.labels.len());
            match (block.labels.get(N), names.get(block.labels.len())) {
                (Some(extra), _) => self.error(extra.span, &format!("Extraneous label for {kind}"), detail),
                (None, missing) => {
                    let missing = missing.copied().unwrap_or("label");
                    self.error(block.body.opening(), &format!("Missing {missing} for {kind}"), detail);
                }
            }
        }
        labels
    }

    /// Whether a label can be a name; `what` is what it names: `variable`, `resource type`.
    pub(super) fn check_identifier(&mut self, name: &Name, what: &str) -> bool {
        let valid = is_identifier(&name.text);
        if !valid {
            self.error(
                name.span,
                &format!("Invalid {what} name"),
                format!(
                    "\"{}\" is not a valid name: a name begins with a letter or underscore and continues with \
                     letters, digits, underscores and hyphens.",
                    name.text
                ),
            );
        }
        valid
    }

    /// Reports every attribute and block that is not in the lists.
    pub(super) fn check_known(&mut self, body: &Body, inside: &str, attributes: &[&str], blocks: &[&str]) {
        for attribute in &body.attributes {
            let name = attribute.name.text.as_str();
            if attributes.contains(&name) {
                continue;
            }
            let detail = if blocks.contains(&name) {
                format!("\"{name}\" is a block here: write `{name} {{ … }}` without an equals sign.")
            } else {
                format!("An argument named \"{name}\" is not expected in {inside}.")
            };
            let diagnostic = Diagnostic::error("Unsupported argument", detail).at(attribute.name.span);
            self.diagnostics.push(diagnostic.suggest(name, attributes.iter().copied()));
        }
        for block in &body.blocks {
            let kind = block.kind.text.as_str();
            if blocks.contains(&kind) {
                continue;
            }
            let detail = if attributes.contains(&kind) {
                format!("\"{kind}\" is an argument here: write `{kind} = …`.")
            } else {
                format!("Blocks of type \"{kind}\" are not expected in {inside}.")
            };
            let diagnostic = Diagnostic::error("Unsupported block type", detail).at(block.kind.span);
            self.diagnostics.push(diagnostic.suggest(kind, blocks.iter().copied()));
        }
    }

    fn constant(&mut self, attribute: Option<&Attribute>, ty: &Type) -> Option<Value> {
        let attribute = attribute?;
        let value = match evaluate::constant(&attribute.expression, None) {
            Ok(value) => value,
            Err(errors) => {
                self.diagnostics.extend(errors);
                return None;
            }
        };
        match infra_values::convert::convert(&value, ty) {
            Ok(value) if value.is_null() => {
                self.error(
                    attribute.expression.span,
                    "Unsuitable value type",
                    format!("\"{}\" may not be null; leave it out instead.", attribute.name.text),
                );
                None
            }
            Ok(value) => Some(value),
            Err(error) => {
                self.error(
                    attribute.expression.start,
                    "Unsuitable value type",
                    format!("Unsuitable value for \"{}\": {error}.", attribute.name.text),
                );
                None
            }
        }
    }

    pub(super) fn constant_bool(&mut self, body: &Body, name: &str) -> Option<bool> {
        self.constant(body.attribute(name), &Type::Bool)?.as_bool()
    }

    pub(super) fn constant_string(&mut self, body: &Body, name: &str) -> Option<Str> {
        self.constant(body.attribute(name), &Type::String)?.as_str().map(Str::from)
    }

    /// `variable "name" { … }`
    pub(super) fn variable(&mut self, block: &Block) -> Option<Variable> {
        let [name] = self.labels(block, ["name"])?;
        if !self.check_identifier(name, "variable") {
            return None;
        }
        if RESERVED_VARIABLE_NAMES.contains(&name.text.as_str()) {
            self.error(
                name.span,
                "Invalid variable name",
                format!(
                    "The variable name \"{}\" is reserved due to its special meaning inside module blocks.",
                    name.text
                ),
            );
        }
        let body = &block.body;
        self.check_known(
            body,
            "a variable block",
            &["type", "default", "description", "sensitive", "ephemeral", "nullable"],
            &["validation"],
        );
        let mut constraint = TypeConstraint::any();
        if let Some(attribute) = body.attribute("type") {
            match TypeConstraint::parse(&attribute.expression) {
                Ok(parsed) => constraint = parsed,
                Err(errors) => self.diagnostics.extend(errors),
            }
        }
        let nullable = self.constant_bool(body, "nullable").unwrap_or(true);
        let default = body.attribute("default").and_then(|attribute| {
            let value = match evaluate::constant(&attribute.expression, None) {
                Ok(value) => value,
                Err(errors) => {
                    self.diagnostics.extend(errors);
                    return None;
                }
            };
            match constraint.apply(&value) {
                Ok(value) if value.is_null() && !nullable => {
                    self.error(
                        attribute.expression.span,
                        "Invalid default value for variable",
                        "A null default value is not valid when nullable = false.",
                    );
                    None
                }
                Ok(value) => Some(value),
                Err(error) => {
                    self.error(
                        attribute.expression.span,
                        "Invalid default value for variable",
                        format!("This default value is not compatible with the variable's type constraint: {error}."),
                    );
                    None
                }
            }
        });
        Some(Variable {
            name: name.clone(),
            has_type: body.attribute("type").is_some(),
            constraint,
            default,
            description: self.constant_string(body, "description"),
            sensitive: self.constant_bool(body, "sensitive").unwrap_or(false),
            ephemeral: self.constant_bool(body, "ephemeral").unwrap_or(false),
            nullable,
            validations: self.validations(name, body),
            span: block.header_span,
        })
    }

    fn validations(&mut self, name: &Name, body: &Body) -> Vec<Condition> {
        let mut conditions = Vec::new();
        for inner in body.blocks_of("validation") {
            conditions.extend(self.condition(inner));
            let Some(Attribute { expression: condition, .. }) = inner.body.attribute("condition") else { continue };
            let is_own = |traversal: &&Traversal| {
                let first = traversal.steps.first();
                traversal.root.text == "var"
                    && matches!(first, Some(Step::Attribute(attribute)) if attribute.text == name.text)
            };
            if !references(condition).iter().any(is_own) {
                self.error(
                    condition.span,
                    "Invalid variable validation condition",
                    format!(
                        "The condition for variable \"{0}\" must refer to var.{0} in order to test incoming values.",
                        name.text
                    ),
                );
            }
        }
        conditions
    }

    /// `validation`, `precondition`, `postcondition` and `assert`; `None` for one that could not be checked.
    pub(super) fn condition(&mut self, block: &Block) -> Option<Condition> {
        self.labels(block, []);
        self.check_known(&block.body, "this block", &["condition", "error_message"], &[]);
        let condition = self.required(block, "condition").cloned();
        let error_message = self.required(block, "error_message").cloned();
        let condition = condition?;
        if references(&condition).is_empty() {
            self.error(
                condition.span,
                &format!("Invalid {} expression", block.kind.text),
                "The condition expression must refer to at least one object from elsewhere in the configuration, or else \
                 its result would not be checking anything.",
            );
            return None;
        }
        Some(Condition { condition, error_message: error_message?, span: block.header_span })
    }

    pub(super) fn required<'b>(&mut self, block: &'b Block, name: &str) -> Option<&'b Expression> {
        let found = block.body.attribute(name);
        if found.is_none() {
            self.error(
                block.body.opening(),
                "Missing required argument",
                format!("The argument \"{name}\" is required, but no definition was found."),
            );
        }
        found.map(|attribute| &attribute.expression)
    }

    /// `locals { … }`
    pub(super) fn locals(&mut self, block: &Block) -> Vec<Local> {
        self.labels(block, []);
        for inner in &block.body.blocks {
            self.error(
                inner.header_span,
                &format!("Unexpected \"{}\" block", inner.kind.text),
                format!("A locals block holds values only: write `{} = …`.", inner.kind.text),
            );
        }
        block
            .body
            .attributes
            .iter()
            .map(|attribute| Local { name: attribute.name.clone(), expression: attribute.expression.clone() })
            .collect()
    }

    /// `output "name" { … }`
    pub(super) fn output(&mut self, block: &Block) -> Option<Output> {
        let [name] = self.labels(block, ["name"])?;
        if !self.check_identifier(name, "output") {
            return None;
        }
        let body = &block.body;
        self.check_known(
            body,
            "an output block",
            &["value", "description", "sensitive", "ephemeral", "depends_on"],
            &["precondition", "postcondition"],
        );
        for inner in body.blocks_of("postcondition") {
            self.error(
                inner.header_span,
                "Postconditions are not allowed",
                "Outputs have preconditions only: write `precondition { … }`.",
            );
        }
        Some(Output {
            name: name.clone(),
            value: self.required(block, "value")?.clone(),
            description: self.constant_string(body, "description"),
            sensitive: self.constant_bool(body, "sensitive").unwrap_or(false),
            ephemeral: self.constant_bool(body, "ephemeral").unwrap_or(false),
            depends_on: self.depends_on(body),
            preconditions: body.blocks_of("precondition").filter_map(|inner| self.condition(inner)).collect(),
            span: block.header_span,
        })
    }

    pub(super) fn depends_on(&mut self, body: &Body) -> Vec<Traversal> {
        body.attribute("depends_on").map(|attribute| self.traversals(attribute)).unwrap_or_default()
    }

    pub(super) fn traversals(&mut self, attribute: &Attribute) -> Vec<Traversal> {
        let ExpressionKind::Tuple(items) = &attribute.expression.kind else {
            self.error(
                attribute.expression.start,
                "Invalid expression",
                format!(
                    "{0} takes a list of references, written out: {0} = [aws_vpc.main, aws_subnet.main].",
                    attribute.name.text
                ),
            );
            return Vec::new();
        };
        let mut traversals = Vec::new();
        for item in items {
            match self.traversal(item) {
                Some(traversal) => traversals.push(traversal),
                None => self.error(
                    item.span,
                    "Invalid expression",
                    format!(
                        "{} takes references such as aws_vpc.main, without functions, operators or splats.",
                        attribute.name.text
                    ),
                ),
            }
        }
        traversals
    }

    /// A reference, also in the quoted form of old.
    fn traversal(&mut self, expression: &Expression) -> Option<Traversal> {
        if let ExpressionKind::Literal(value) = &expression.kind
            && let Some(text) = value.as_str()
        {
            // A key of an object is a text too where it is written without quotes.
            if text.len() < expression.span.length() {
                self.diagnostics.push(
                    Diagnostic::warning(
                        "Quoted references are deprecated",
                        "References were written in quotes before Terraform 0.12. Remove the quotes.",
                    )
                    .at(expression.span),
                );
            }
            // Quoted references point inside the quotes.
            let (parsed, diagnostics) =
                crate::syntax::parse_expression(text, expression.span.file, expression.span.start + 1);
            if diagnostics.has_errors() {
                return None;
            }
            return as_static_traversal(&parsed?);
        }
        as_static_traversal(expression)
    }

    pub(super) fn repetition(&mut self, body: &Body) -> Repetition {
        match (body.attribute("count"), body.attribute("for_each")) {
            (Some(count), Some(for_each)) => {
                self.error(
                    for_each.name.span,
                    "Invalid combination of \"count\" and \"for_each\"",
                    "The \"count\" and \"for_each\" meta-arguments are mutually exclusive: remove one of them.",
                );
                Repetition::Count(count.expression.clone())
            }
            (Some(count), None) => Repetition::Count(count.expression.clone()),
            (None, Some(for_each)) => Repetition::ForEach(for_each.expression.clone()),
            (None, None) => Repetition::Single,
        }
    }

    /// `resource "type" "name" { … }` and `data "type" "name" { … }`
    pub(super) fn resource(&mut self, block: Block, mode: ResourceMode) -> Option<ResourceConfig> {
        let [type_name, name] = self.labels(&block, ["type", "name"])?.clone();
        let (type_is, name_is) = match mode {
            ResourceMode::Managed => ("resource type", "resource"),
            _ => ("data resource type", "data resource"),
        };
        if !self.check_identifier(&type_name, type_is) | !self.check_identifier(&name, name_is) {
            return None;
        }
        self.check_reserved_blocks(&block);
        let body = &block.body;
        let provider = match body.attribute("provider") {
            Some(attribute) => self.provider_ref(&attribute.expression),
            None => None,
        };
        let provider = provider.unwrap_or_else(|| ProviderRef {
            name: Str::from(type_name.text.split('_').next().unwrap_or_default()),
            alias: None,
            span: type_name.span,
        });
        let mut lifecycle = Lifecycle::default();
        for (position, inner) in body.blocks_of("lifecycle").enumerate() {
            if position > 0 {
                self.error(
                    inner.header_span,
                    "Duplicate lifecycle block",
                    "Only one lifecycle block is allowed; merge them.",
                );
            }
            self.labels(inner, []);
            lifecycle = self.lifecycle(inner, mode);
            let own = Resource { mode, type_name: type_name.text.clone(), name: name.text.clone() };
            self.check_conditions(&lifecycle, &own);
        }
        let provisioners = if mode == ResourceMode::Managed { self.provisioners(body) } else { Vec::new() };
        Some(ResourceConfig {
            resource: Resource { mode, type_name: type_name.text, name: name.text },
            repetition: self.repetition(body),
            depends_on: self.depends_on(body),
            provider,
            lifecycle,
            provisioners,
            check: None,
            type_span: type_name.span,
            span: block.header_span,
            body: block.body,
        })
    }

    /// `aws` or `aws.west`
    pub(super) fn provider_ref(&mut self, expression: &Expression) -> Option<ProviderRef> {
        let reference = match self.traversal(expression) {
            None => Err(expression.span),
            Some(Traversal { root, steps }) => match steps.as_slice() {
                [] => Ok(ProviderRef { name: root.text, alias: None, span: expression.span }),
                [Step::Attribute(alias)] => {
                    Ok(ProviderRef { name: root.text, alias: Some(alias.text.clone()), span: expression.span })
                }
                [key @ Step::Index { .. }, ..] | [_, key @ Step::Index { .. }, ..] => Err(key.span()),
                _ => Err(expression.span),
            },
        };
        reference
            .map_err(|span| {
                self.error(
                    span,
                    "Invalid provider configuration reference",
                    "A provider reference is a provider's name, with an alias if it has one: aws, or aws.west.",
                );
            })
            .ok()
    }

    /// `provider "name" { … }`
    pub(super) fn provider(&mut self, block: Block) -> Option<ProviderBlock> {
        let [name] = self.labels(&block, ["name"])?.clone();
        self.provider_local_name(&name.text, block.header_span);
        for reserved in ["count", "depends_on", "for_each", "source"] {
            if let Some(attribute) = block.body.attribute(reserved) {
                self.error(
                    attribute.name.span,
                    "Reserved argument name in provider block",
                    format!("The provider argument name \"{reserved}\" is reserved and may not be used."),
                );
            }
        }
        self.check_reserved_blocks(&block);
        self.deprecated_provider_version(&block.body);
        let alias = self.constant_string(&block.body, "alias");
        if let (Some(alias), Some(attribute)) = (&alias, block.body.attribute("alias"))
            && !is_identifier(alias)
        {
            self.error(
                attribute.expression.span,
                "Invalid provider configuration alias",
                format!(
                    "\"{alias}\" cannot be an alias: it begins with a letter or underscore and continues with letters, \
                     digits, underscores and hyphens."
                ),
            );
        }
        Some(ProviderBlock { name, alias, span: block.header_span, body: block.body })
    }
}

/// Whether a text can be a name.
pub(super) fn is_identifier(text: &str) -> bool {
    let mut characters = text.chars();
    characters.next().is_some_and(|first| first.is_alphabetic() || first == '_')
        && characters.all(|character| character.is_alphanumeric() || matches!(character, '_' | '-'))
}

/// The provider that a name stands for where nothing is said about it.
pub(super) fn default_address(name: &Str) -> ProviderAddress {
    if name == "terraform" { ProviderAddress::builtin() } else { ProviderAddress::default_for(name.clone()) }
}

/// The text of a literal.
pub(super) fn literal_text(expression: &Expression) -> Option<&str> {
    match &expression.kind {
        ExpressionKind::Literal(value) => value.as_str(),
        _ => None,
    }
}
