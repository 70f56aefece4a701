//! Blocks that say how objects of the state relate to the files: `moved` and `removed`.

use infra_values::address::{ModuleInstance, ModulePath, Resource, ResourceInstance, ResourceMode};

use super::blocks::BlockReader;
use super::provisioners::ProvisionerConfig;
use super::static_address::StaticAddress;
use super::{Config, When};
use crate::syntax::{Block, Body, Expression, ExpressionKind, Span, Step};

/// `moved { … }`
#[derive(Clone, Debug)]
pub struct Moved {
    /// What moves where.
    pub movement: Movement,
    /// The block's header.
    pub span: Span,
}

/// What moves where, relative to the module that says so.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Movement {
    /// All instances of a module call, each under the key it has: the last keys mean nothing.
    Call(ModuleInstance, ModuleInstance),
    /// One instance of a module.
    Module(ModuleInstance, ModuleInstance),
    /// All instances of a resource, each under the key it has: the keys mean nothing.
    Resource(ResourceInstance, ResourceInstance),
    /// One instance of a resource.
    Instance(ResourceInstance, ResourceInstance),
}

/// `removed { … }`
#[derive(Debug)]
pub struct Removed {
    /// The module, relative to the one that says so, that is gone or that the resource was in.
    pub module: ModulePath,
    /// The resource that is gone; `None` for a whole module.
    pub resource: Option<Resource>,
    /// Whether its objects are destroyed; otherwise they are only forgotten.
    pub destroy: bool,
    /// What runs before its objects are destroyed.
    pub provisioners: Vec<ProvisionerConfig>,
    /// The block's header.
    pub span: Span,
}

impl Config {
    /// Every `removed` block with the module it is about, or about a resource in it.
    pub fn removed(&self) -> impl Iterator<Item = (ModulePath, &Removed)> {
        self.modules.iter().flat_map(|module| {
            module.removed.iter().map(|removed| {
                let path = module.path.0.iter().chain(removed.module.0.iter()).cloned().collect();
                (ModulePath(path), removed)
            })
        })
    }
}

impl BlockReader<'_> {
    /// `moved { … }`
    pub(super) fn moved(&mut self, block: &Block) -> Option<Moved> {
        self.labels(block, [])?;
        self.check_known(&block.body, "a moved block", &["from", "to"], &[]);
        let from = self.required(block, "from");
        let to = self.required(block, "to");
        let from = from.and_then(|from| self.static_address(from));
        let to = to.and_then(|to| self.static_address(to));
        let (from, to) = (from?, to?);
        let is_single = *from.last_key() != Default::default() || *to.last_key() != Default::default();
        let movement = match (from, to) {
            (StaticAddress::Module(from), StaticAddress::Module(to)) if is_single => Movement::Module(from, to),
            (StaticAddress::Module(from), StaticAddress::Module(to)) => Movement::Call(from, to),
            (StaticAddress::Resource(from), StaticAddress::Resource(to)) if is_single => Movement::Instance(from, to),
            (StaticAddress::Resource(from), StaticAddress::Resource(to)) => Movement::Resource(from, to),
            _ => {
                self.error(
                    block.header_span,
                    "Invalid \"moved\" addresses",
                    "Either both addresses name resources, or both name modules.",
                );
                return None;
            }
        };
        Some(Moved { movement, span: block.header_span })
    }

    /// `removed { … }`
    pub(super) fn removed(&mut self, block: &Block) -> Option<Removed> {
        self.labels(block, [])?;
        let body = &block.body;
        self.check_known(body, "a removed block", &["from"], &["lifecycle", "provisioner", "connection"]);
        let destroy = self.removed_lifecycle(body);
        let provisioners = self.farewells(body);
        let from = self.required(block, "from")?;
        let (module, resource) = self.removed_address(from)?;
        if resource.is_none() {
            self.refuse_provisioners(body);
        }
        Some(Removed { module, resource, destroy, provisioners, span: block.header_span })
    }

    /// Provisioners of what is gone from the files: only its end is left to run them at.
    fn farewells(&mut self, body: &Body) -> Vec<ProvisionerConfig> {
        let provisioners = self.provisioners_of_removed(body);
        for provisioner in provisioners.iter().filter(|provisioner| provisioner.when != When::Destroy) {
            self.error(
                provisioner.span,
                "Invalid provisioner block",
                "Nothing is made where something is removed: a provisioner in a removed block runs before the end. \
                 Write when = destroy.",
            );
        }
        provisioners
    }

    /// A module has no end of its own that anything could run before.
    fn refuse_provisioners(&mut self, body: &Body) {
        for inner in &body.blocks {
            let kind = inner.kind.text.as_str();
            if matches!(kind, "provisioner" | "connection") {
                self.error(
                    inner.header_span,
                    &format!("Invalid {kind} block"),
                    "Provisioners, and what says how to reach an object, belong to a removed managed resource, not to \
                     a module. Write a removed block for each resource they are meant for.",
                );
            }
        }
    }

    /// Whether objects are destroyed.
    fn removed_lifecycle(&mut self, body: &Body) -> bool {
        let mut destroy = true;
        for inner in body.blocks_of("lifecycle") {
            self.check_known(&inner.body, "this lifecycle block", &["destroy"], &[]);
            destroy = self.constant_bool(&inner.body, "destroy").unwrap_or(destroy);
        }
        destroy
    }

    fn removed_address(&mut self, from: &Expression) -> Option<(ModulePath, Option<Resource>)> {
        let (module, resource) = match self.static_address(from)? {
            StaticAddress::Module(module) => (module, None),
            StaticAddress::Resource(resource) => (resource.module.clone(), Some(resource)),
        };
        if module.0.iter().any(|(_, key)| *key != Default::default()) {
            self.error(
                key_span(from, true),
                "Module instance keys not allowed",
                "A module is removed with all its instances: write its address without keys, module.a.",
            );
            return None;
        }
        if let Some(resource) = &resource
            && resource.key != Default::default()
        {
            self.error(
                key_span(from, false),
                "Resource instance keys not allowed",
                "A resource is removed with all its instances: write its address without a key, aws_vpc.main.",
            );
            return None;
        }
        let resource = resource.map(|instance| instance.resource);
        if resource.as_ref().is_some_and(|resource| resource.mode == ResourceMode::Data) {
            self.error(
                from.span,
                "Data source address not allowed",
                "Data sources have nothing to destroy: remove the data block, and what was read leaves the state.",
            );
            return None;
        }
        Some((module.path(), resource))
    }

    fn static_address(&mut self, expression: &Expression) -> Option<StaticAddress> {
        StaticAddress::parse(expression).map_err(|error| self.diagnostics.push(error)).ok()
    }
}

/// Where the first or the last key of an address is.
fn key_span(address: &Expression, first: bool) -> Span {
    let ExpressionKind::Traversal(traversal) = &address.kind else { return address.span };
    let mut keys = traversal.steps.iter().filter(|step| matches!(step, Step::Index { .. })).map(Step::span);
    let key = if first { keys.next() } else { keys.next_back() };
    key.unwrap_or(address.span)
}
