//! The objects that one end of a statement stands for.

use infra_values::Str;
use infra_values::address::{AbsoluteResource, InstanceKey, ModuleInstance, ModulePath, Resource, ResourceInstance};

/// Module instances, or instances of a resource; a key of `None` is any key.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Pattern {
    module: Vec<(Str, Option<InstanceKey>)>,
    /// `None` for modules.
    pub(super) resource: Option<(Resource, Option<InstanceKey>)>,
}

impl Pattern {
    fn below(module: &ModulePath, address: &ModuleInstance) -> Vec<(Str, Option<InstanceKey>)> {
        let own = module.0.iter().map(|name| (name.clone(), None));
        own.chain(address.0.iter().map(|(name, key)| (name.clone(), Some(key.clone())))).collect()
    }

    /// One instance of a module, in each instance of the module to which it is relative.
    pub(super) fn of_module(module: &ModulePath, address: &ModuleInstance) -> Self {
        Self { module: Self::below(module, address), resource: None }
    }

    /// All instances of a module call.
    pub(super) fn of_call(module: &ModulePath, address: &ModuleInstance) -> Self {
        let mut pattern = Self::of_module(module, address);
        if let Some((_, key)) = pattern.module.last_mut() {
            *key = None;
        }
        pattern
    }

    /// One instance of a resource.
    pub(super) fn of_instance(module: &ModulePath, address: &ResourceInstance) -> Self {
        Self {
            module: Self::below(module, &address.module),
            resource: Some((address.resource.clone(), Some(address.key.clone()))),
        }
    }

    /// All instances of a resource in one module instance.
    pub(super) fn of_resource(address: &AbsoluteResource) -> Self {
        Self::of_instance(&ModulePath::root(), &address.instance(InstanceKey::None)).without_key()
    }

    /// The same with all instances of the resource.
    pub(super) fn without_key(mut self) -> Self {
        if let Some((_, key)) = &mut self.resource {
            *key = None;
        }
        self
    }

    /// Whether an object can be one of both.
    pub(super) fn overlaps(&self, other: &Self) -> bool {
        let resources = match (&self.resource, &other.resource) {
            (None, None) => true,
            (Some((left, left_key)), Some((right, right_key))) => left == right && agree(left_key, right_key),
            _ => false,
        };
        resources && self.module.len() == other.module.len() && self.starts_with(other)
    }

    /// Whether this lies inside of modules that the other stands for.
    pub(super) fn is_within(&self, other: &Self) -> bool {
        let is_deeper = self.resource.is_some() || self.module.len() > other.module.len();
        other.resource.is_none() && is_deeper && self.starts_with(other)
    }

    fn starts_with(&self, other: &Self) -> bool {
        self.module.len() >= other.module.len()
            && self
                .module
                .iter()
                .zip(&other.module)
                .all(|((left, left_key), (right, right_key))| left == right && agree(left_key, right_key))
    }
}

fn agree(left: &Option<InstanceKey>, right: &Option<InstanceKey>) -> bool {
    match (left, right) {
        (Some(left), Some(right)) => left == right,
        _ => true,
    }
}
