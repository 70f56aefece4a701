//! Addresses written as references in `moved`, `removed` and `import` blocks: `module.a["k"].aws_vpc.main[0]`.

use infra_values::address::{AbsoluteResource, InstanceKey, ModuleInstance, Resource, ResourceInstance, ResourceMode};
use infra_values::{Kind, Str};

use crate::diagnostics::Diagnostic;
use crate::syntax::{Expression, ExpressionKind, Span, Step, Traversal, as_static_traversal};

/// Words that begin references to other things than resources.
const RESERVED: &[&str] = &["count", "each", "local", "path", "self", "terraform", "var"];

/// What an address with constant keys names, relative to the module it is written in.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum StaticAddress {
    /// A module: `module.a`, `module.a[0]`.
    Module(ModuleInstance),
    /// A resource: `aws_vpc.main`, `module.a.aws_vpc.main[0]`.
    Resource(ResourceInstance),
}

impl StaticAddress {
    /// Reads an address whose keys are constants.
    pub fn parse(expression: &Expression) -> Result<Self, Diagnostic> {
        let traversal = as_static_traversal(expression).ok_or_else(|| {
            Diagnostic::error(
                "Invalid expression",
                "An address stands here as it is: names joined by dots, and constant keys in square brackets. It cannot \
                 be calculated, quoted or taken from a variable.",
            )
            .at(expression.span)
        })?;
        let parts = split_address(&traversal, expression.span)?;
        let mut module = ModuleInstance::root();
        for (name, key) in parts.module {
            module = module.child(name, constant_key(key.as_ref(), expression.span)?);
        }
        Ok(match parts.resource {
            None => Self::Module(module),
            Some((resource, key)) => {
                let key = constant_key(key.as_ref(), expression.span)?;
                Self::Resource(AbsoluteResource { module, resource }.instance(key))
            }
        })
    }

    /// The key behind the last name.
    pub fn last_key(&self) -> &InstanceKey {
        match self {
            Self::Module(module) => module.0.last().map_or(&InstanceKey::None, |(_, key)| key),
            Self::Resource(resource) => &resource.key,
        }
    }
}

fn constant_key(key: Option<&Expression>, span: Span) -> Result<InstanceKey, Diagnostic> {
    let Some(key) = key else { return Ok(InstanceKey::None) };
    let value = match &key.kind {
        ExpressionKind::Literal(value) => Some(value),
        _ => None,
    };
    value.and_then(instance_key).ok_or_else(|| invalid(span, "The key of an instance is a string or a whole number."))
}

/// The key of an instance that a value stands for; `None` for what is neither text nor a whole number.
pub fn instance_key(value: &infra_values::Value) -> Option<InstanceKey> {
    match value.kind() {
        Kind::String(text) => Some(InstanceKey::String(text.clone())),
        Kind::Number(number) => number.as_u64().map(InstanceKey::Int),
        _ => None,
    }
}

/// An address in its parts; keys are not evaluated.
pub(super) struct AddressParts {
    /// The module calls, each with its key.
    pub(super) module: Vec<(Str, Option<Expression>)>,
    /// The resource with the key of its instance; `None` for the address of a module.
    pub(super) resource: Option<(Resource, Option<Expression>)>,
}

/// Takes an address apart.
pub(super) fn split_address(traversal: &Traversal, span: Span) -> Result<AddressParts, Diagnostic> {
    let mut steps = Steps(&traversal.steps);
    let mut module = Vec::new();
    let mut word = Some(traversal.root.text.clone());
    while word.as_deref() == Some("module") {
        let name = steps.name().ok_or_else(|| {
            Diagnostic::error("Invalid address operator", "The name of a module must follow \"module.\".").at(span)
        })?;
        module.push((name, steps.key()));
        if steps.0.is_empty() {
            return Ok(AddressParts { module, resource: None });
        }
        word = steps.name();
    }
    if let Some(reserved) = word.as_deref().filter(|word| RESERVED.contains(word)) {
        let detail = format!(
            "\"{reserved}\" does not begin the address of a resource or module. If it is the type of a resource, write \
             resource.{reserved}."
        );
        return Err(invalid(span, detail));
    }
    let mode = match word.as_deref() {
        Some("data") => Some(ResourceMode::Data),
        Some("ephemeral") => Some(ResourceMode::Ephemeral),
        Some("resource") => Some(ResourceMode::Managed),
        _ => None,
    };
    let type_name = if mode.is_some() { steps.name() } else { word };
    let (Some(type_name), Some(name)) = (type_name, steps.name()) else {
        return Err(invalid(span, "The address of a resource has its type and its name: aws_vpc.main."));
    };
    let resource = Resource { mode: mode.unwrap_or(ResourceMode::Managed), type_name, name };
    let key = steps.key();
    if let Some(surplus) = steps.0.first() {
        return Err(invalid(
            surplus.span(),
            "Only the key of an instance, in square brackets, can follow the name of a resource. Remove the rest.",
        ));
    }
    Ok(AddressParts { module, resource: Some((resource, key)) })
}

fn invalid(span: Span, detail: impl Into<String>) -> Diagnostic {
    Diagnostic::error("Invalid address", detail).at(span)
}

/// The steps of an address that are not read yet.
struct Steps<'t>(&'t [Step]);

impl Steps<'_> {
    fn name(&mut self) -> Option<Str> {
        let (Step::Attribute(name), rest) = self.0.split_first()? else { return None };
        self.0 = rest;
        Some(name.text.clone())
    }

    fn key(&mut self) -> Option<Expression> {
        let (Step::Index { key, .. }, rest) = self.0.split_first()? else { return None };
        self.0 = rest;
        Some(key.clone())
    }
}
