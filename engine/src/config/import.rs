//! `import { … }`: objects that exist and are taken into the state.

use infra_values::address::{ConfigResource, ModulePath, Resource, ResourceMode};
use infra_values::convert::convert;
use infra_values::{Str, Type, Value};

use super::ProviderRef;
use super::blocks::BlockReader;
use super::static_address::split_address;
use crate::diagnostics::{Diagnostic, Diagnostics};
use crate::syntax::{Attribute, Block, Expression, ExpressionKind, Span};

/// `import { … }`
#[derive(Debug)]
pub struct Import {
    /// `to`, whose keys are evaluated.
    pub target: ImportTarget,
    /// `id`
    pub id: Expression,
    /// `for_each`
    pub for_each: Option<Expression>,
    /// `provider`
    pub provider: Option<ProviderRef>,
    /// The block's header.
    pub span: Span,
}

/// The address in `to`: keys are expressions, in which `each` is known where there is a `for_each`.
#[derive(Debug)]
pub struct ImportTarget {
    /// The module calls that lead to the resource, each with its key.
    pub module: Vec<(Str, Option<Expression>)>,
    /// The resource.
    pub resource: Resource,
    /// The key of the instance.
    pub key: Option<Expression>,
    /// The whole address.
    pub span: Span,
}

impl ImportTarget {
    /// The resource as it stands in files.
    pub fn config(&self) -> ConfigResource {
        let path = self.module.iter().map(|(name, _)| name.clone()).collect();
        ConfigResource { module: ModulePath(path), resource: self.resource.clone() }
    }

    /// Every key.
    pub fn keys(&self) -> impl Iterator<Item = &Expression> {
        self.module.iter().filter_map(|(_, key)| key.as_ref()).chain(&self.key)
    }
}

impl Import {
    /// Every expression of the block.
    pub fn expressions(&self) -> impl Iterator<Item = &Expression> {
        std::iter::once(&self.id).chain(&self.for_each).chain(self.target.keys())
    }
}

impl BlockReader<'_> {
    /// `import { … }`
    pub(super) fn import(&mut self, block: &Block) -> Option<Import> {
        self.labels(block, [])?;
        let body = &block.body;
        self.check_known(body, "an import block", &["to", "id", "for_each", "provider"], &[]);
        let id = self.required(block, "id").cloned();
        let target =
            self.required(block, "to").and_then(|_| body.attribute("to")).and_then(|to| self.import_target(to));
        let provider = body.attribute("provider").and_then(|attribute| {
            let reference = self.provider_ref(&attribute.expression)?;
            Some(ProviderRef { span: attribute.span, ..reference })
        });
        let for_each = body.attribute("for_each").map(|attribute| attribute.expression.clone());
        Some(Import { target: target?, id: id?, for_each, provider, span: block.header_span })
    }

    fn import_target(&mut self, argument: &Attribute) -> Option<ImportTarget> {
        let invalid = |detail: &str| Diagnostic::error("Invalid import address", detail).at(argument.span);
        let to = &argument.expression;
        let ExpressionKind::Traversal(traversal) = &to.kind else {
            self.error(
                to.span,
                "Invalid expression",
                "The target of an import is the address of a resource's instance as it is, such as aws_vpc.main or \
                 module.a[\"k\"].aws_vpc.main[0].",
            );
            return None;
        };
        let parts = match split_address(traversal, to.span) {
            Ok(parts) => parts,
            Err(error) => {
                self.diagnostics.push(invalid(&error.detail));
                return None;
            }
        };
        let resource = parts.resource.filter(|(resource, _)| resource.mode == ResourceMode::Managed);
        let Some((resource, key)) = resource else {
            self.diagnostics.push(invalid("Only what a resource block declares can be imported."));
            return None;
        };
        Some(ImportTarget { module: parts.module, resource, key, span: to.span })
    }
}

/// Reports blocks that cannot be, whatever they evaluate to: about one instance twice, or about what nothing declares.
pub(super) fn check(config: &super::Config) -> Diagnostics {
    let mut found = Vec::new();
    let mut seen: Vec<(ConfigResource, String)> = Vec::new();
    for module in config.modules.iter().filter(|module| !module.path.is_root()) {
        let misplaced = module.imports.iter().map(|import| {
            Diagnostic::error(
                "Invalid import configuration",
                format!(
                    "This import block stands in {}, and only the root module can import. Move it there.",
                    module.path
                ),
            )
            .at(import.span)
        });
        found.extend(misplaced);
    }
    for import in &config.root().imports {
        let target = import.target.config();
        let declared = config.module_at(&target.module).and_then(|module| module.resources.get(&target.resource));
        match declared {
            None => found.push(undeclared(import, &target)),
            Some(_) => found.extend(import.provider.as_ref().map(|provider| {
                Diagnostic::error(
                    "Invalid import provider argument",
                    "The resource that is imported to is declared, and says itself which provider it has. Remove this \
                     argument.",
                )
                .at(provider.span)
            })),
        }
        if let Ok(value) = crate::evaluate::constant(&import.id, None) {
            found.extend(import_id(&value, import.id.span).err());
        }
        if import.for_each.is_none() {
            let keys: Vec<String> = import.target.keys().map(|key| format!("{:?}", key.kind)).collect();
            let keys = keys.join("/");
            match seen.contains(&(target.clone(), keys.clone())) {
                true => found.push(
                    Diagnostic::error(
                        format!("Duplicate import configuration for \"{target}\""),
                        "Another import block has the same target, and an object has one id. Remove one of them.",
                    )
                    .at(import.target.span),
                ),
                false => seen.push((target, keys)),
            }
        }
    }
    found.into()
}

fn undeclared(import: &Import, target: &ConfigResource) -> Diagnostic {
    Diagnostic::error(
        "Configuration for import target does not exist",
        format!(
            "Nothing declares {target}, so that nothing could be said of the imported object. Write a resource block for \
             it."
        ),
    )
    .at(import.target.span)
}

/// The id that a value stands for; `None` while it is not known.
pub fn import_id(value: &Value, span: Span) -> Result<Option<Str>, Diagnostic> {
    let invalid = |detail: &str| Diagnostic::error("Invalid import id argument", detail).at(span);
    let (bare, _) = value.clone().unmark_deep();
    if bare.is_null() {
        return Err(invalid("The id of an object to import cannot be null."));
    }
    let text = convert(&bare, &Type::String).map_err(|error| {
        Diagnostic::error("Incorrect value type", format!("The id of an object to import is text: {error}.")).at(span)
    })?;
    match text.as_str() {
        Some("") => Err(invalid("The id of an object to import cannot be empty.")),
        Some(text) => Ok(Some(text.into())),
        None => Ok(None),
    }
}
