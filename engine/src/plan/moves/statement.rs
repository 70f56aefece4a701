//! What moves where, said by a `moved` block or following from the files.

use infra_state::State;
use infra_values::address::{InstanceKey, ModuleInstance, ModulePath, ResourceInstance, ResourceMode};

use super::pattern::Pattern;
use crate::config::{Config, Movement, Repetition};
use crate::syntax::Span;

/// One call on the way to a module, and which of its instances.
type ModuleStep = (infra_values::Str, InstanceKey);

/// One statement.
#[derive(Clone, Debug)]
pub(in crate::plan) struct Statement {
    /// The module to which the addresses are relative; every instance of it is meant.
    pub(super) module: ModulePath,
    /// What moves where.
    pub(super) movement: Movement,
    /// The block; `None` where the files imply it.
    pub(super) span: Option<Span>,
}

impl Statement {
    /// All statements: those of blocks, then those that follow from a `count` gained or lost.
    pub(super) fn all(config: &Config, state: &State) -> Vec<Self> {
        let mut statements = Self::declared(config);
        let implied: Vec<Self> =
            state.resources.iter().filter_map(|resource| Self::implied(config, resource, &statements)).collect();
        statements.extend(implied);
        statements
    }

    /// Those of blocks.
    pub(super) fn declared(config: &Config) -> Vec<Self> {
        let of_module = |module: &crate::config::Module| {
            let path = module.path.clone();
            let statement = move |moved: &crate::config::Moved| Self {
                module: path.clone(),
                movement: moved.movement.clone(),
                span: Some(moved.span),
            };
            module.moved.iter().map(statement).collect::<Vec<_>>()
        };
        config.modules.iter().flat_map(of_module).collect()
    }

    /// A resource that gains `count` goes on as its first instance, and one that loses it as the only one, unless a
    /// block says something else about it.
    fn implied(config: &Config, resource: &infra_state::model::ResourceState, declared: &[Self]) -> Option<Self> {
        let address = &resource.address;
        if address.resource.mode != ResourceMode::Managed {
            return None;
        }
        let module = config.module_at(&address.module.path())?;
        let (from, to) = match module.resources.get(&address.resource)?.repetition {
            Repetition::Single => (InstanceKey::Int(0), InstanceKey::None),
            Repetition::Count(_) => (InstanceKey::None, InstanceKey::Int(0)),
            Repetition::ForEach(_) => return None,
        };
        if !resource.instances.contains_key(&from) {
            return None;
        }
        let whole = Pattern::of_resource(address);
        let is_spoken_for = declared
            .iter()
            .flat_map(|statement| statement.patterns())
            .any(|named| named.resource.is_some() && named.without_key().overlaps(&whole));
        (!is_spoken_for).then(|| Self {
            module: ModulePath::root(),
            movement: Movement::Instance(address.instance(from), address.instance(to)),
            span: None,
        })
    }

    /// What is moved, and where to.
    pub(super) fn patterns(&self) -> [Pattern; 2] {
        let module = &self.module;
        match &self.movement {
            Movement::Call(from, to) => [from, to].map(|address| Pattern::of_call(module, address)),
            Movement::Module(from, to) => [from, to].map(|address| Pattern::of_module(module, address)),
            Movement::Resource(from, to) => {
                [from, to].map(|address| Pattern::of_instance(module, address).without_key())
            }
            Movement::Instance(from, to) => [from, to].map(|address| Pattern::of_instance(module, address)),
        }
    }

    /// The new address of a module instance, if the statement moves it or one around it.
    pub(super) fn module_target(&self, address: &ModuleInstance) -> Option<ModuleInstance> {
        let (from, to) = match &self.movement {
            Movement::Call(from, to) | Movement::Module(from, to) => (from, to),
            _ => return None,
        };
        let (own, rest) = self.split(address)?;
        if from.0.len() > rest.len() {
            return None;
        }
        let (moved, inner) = rest.split_at(from.0.len());
        let keeps_key = matches!(self.movement, Movement::Call(..));
        let last = from.0.len() - 1;
        let matches = moved.iter().zip(from.0.iter()).enumerate().all(|(position, (step, wanted))| {
            step.0 == wanted.0 && (step.1 == wanted.1 || (keeps_key && position == last))
        });
        if !matches {
            return None;
        }
        let mut target = to.0.to_vec();
        if keeps_key && let (Some(step), Some((_, key))) = (target.last_mut(), moved.last()) {
            step.1 = key.clone();
        }
        Some(ModuleInstance(own.iter().cloned().chain(target).chain(inner.iter().cloned()).collect()))
    }

    /// The new address of a resource instance, if the statement moves it by its own address.
    pub(super) fn instance_target(&self, address: &ResourceInstance) -> Option<ResourceInstance> {
        let (from, to, keeps_key) = match &self.movement {
            Movement::Resource(from, to) => (from, to, true),
            Movement::Instance(from, to) => (from, to, false),
            _ => return None,
        };
        let (own, rest) = self.split(&address.module)?;
        if *rest != *from.module.0 || address.resource != from.resource || !(keeps_key || address.key == from.key) {
            return None;
        }
        Some(ResourceInstance {
            module: ModuleInstance(own.iter().cloned().chain(to.module.0.iter().cloned()).collect()),
            resource: to.resource.clone(),
            key: if keeps_key { address.key.clone() } else { to.key.clone() },
        })
    }

    /// Splits an address into the instance of the statement's module and what is below it.
    fn split<'m>(&self, address: &'m ModuleInstance) -> Option<(&'m [ModuleStep], &'m [ModuleStep])> {
        if address.0.len() < self.module.0.len() {
            return None;
        }
        let (own, rest) = address.0.split_at(self.module.0.len());
        own.iter().zip(self.module.0.iter()).all(|((name, _), wanted)| name == wanted).then_some((own, rest))
    }
}
