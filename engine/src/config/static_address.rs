//! Addresses written as references in `moved`, `removed` and `import` blocks: `module.a["k"].aws_vpc.main[0]`.

use infra_values::address::{AbsoluteResource, InstanceKey, ModuleInstance, Resource, ResourceInstance, ResourceMode};
use infra_values::{Kind, Str};

use crate::diagnostics::Diagnostic;
use crate::syntax::{Expression, ExpressionKind, Name, Span, Step, as_static_traversal};

/// Words that begin references to other things than resources.
const RESERVED: &[&str] = &["count", "each", "local", "path", "self", "terraform", "var"];

/// What such an address names, relative to the module it is written in.
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
        let mut reader = Reader { steps: &traversal.steps, span: expression.span };
        reader.address(&traversal.root)
    }

    /// The key behind the last name.
    pub fn last_key(&self) -> &InstanceKey {
        match self {
            Self::Module(module) => module.0.last().map_or(&InstanceKey::None, |(_, key)| key),
            Self::Resource(resource) => &resource.key,
        }
    }
}

/// The steps of an address that are not read yet.
struct Reader<'t> {
    steps: &'t [Step],
    span: Span,
}

impl Reader<'_> {
    fn invalid(&self, detail: impl Into<String>) -> Diagnostic {
        Diagnostic::error("Invalid address", detail).at(self.span)
    }

    fn address(&mut self, root: &Name) -> Result<StaticAddress, Diagnostic> {
        let mut module = ModuleInstance::root();
        let mut word = Some(root.text.clone());
        while word.as_deref() == Some("module") {
            let name = self.name().ok_or_else(|| {
                Diagnostic::error("Invalid address operator", "The name of a module must follow \"module.\".")
                    .at(self.span)
            })?;
            module = module.child(name, self.key()?);
            word = match self.steps {
                [] => return Ok(StaticAddress::Module(module)),
                _ => self.name(),
            };
        }
        if let Some(reserved) = word.as_deref().filter(|word| RESERVED.contains(word)) {
            return Err(self.invalid(format!(
                "\"{reserved}\" does not begin the address of a resource or module. If it is the type of a resource, \
                 write resource.{reserved}."
            )));
        }
        let mode = match word.as_deref() {
            Some("data") => Some(ResourceMode::Data),
            Some("ephemeral") => Some(ResourceMode::Ephemeral),
            Some("resource") => Some(ResourceMode::Managed),
            _ => None,
        };
        let type_name = if mode.is_some() { self.name() } else { word };
        let (Some(type_name), Some(name)) = (type_name, self.name()) else {
            return Err(self.invalid("The address of a resource has its type and its name: aws_vpc.main."));
        };
        let resource = Resource { mode: mode.unwrap_or(ResourceMode::Managed), type_name, name };
        let key = self.key()?;
        if !self.steps.is_empty() {
            return Err(self.invalid(
                "Only the key of an instance, in square brackets, can follow the name of a resource. Remove the rest.",
            ));
        }
        Ok(StaticAddress::Resource(AbsoluteResource { module, resource }.instance(key)))
    }

    fn name(&mut self) -> Option<Str> {
        let (Step::Attribute(name), rest) = self.steps.split_first()? else { return None };
        self.steps = rest;
        Some(name.text.clone())
    }

    fn key(&mut self) -> Result<InstanceKey, Diagnostic> {
        let Some((Step::Index { key, .. }, rest)) = self.steps.split_first() else { return Ok(InstanceKey::None) };
        self.steps = rest;
        let ExpressionKind::Literal(value) = &key.kind else {
            return Err(self.invalid("The key of an instance is a constant here."));
        };
        let key = match value.kind() {
            Kind::String(text) => Some(InstanceKey::String(text.clone())),
            Kind::Number(number) => number.as_u64().map(InstanceKey::Int),
            _ => None,
        };
        key.ok_or_else(|| self.invalid("The key of an instance is a string or a whole number."))
    }
}
