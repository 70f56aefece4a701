//! All resources of a state, by address.

use std::collections::{BTreeMap, HashMap};
use std::sync::Arc;

use infra_values::Str;
use infra_values::address::{AbsoluteResource, DeposedKey, ModuleInstance, ProviderConfig, Resource, ResourceInstance};

use super::{InstanceState, ObjectState, ResourceState};

/// All resources of a state, in the order of the file: by the *text* of the module's address (so that
/// `module.a[10]` comes before `module.a[2]`), then data before managed, then type and name.
#[derive(Clone, Debug, Default)]
pub struct Resources {
    by_file_order: BTreeMap<FileKey, ResourceState>,
    /// Texts of the modules seen, so that a lookup does not format one.
    module_texts: HashMap<ModuleInstance, Str>,
}

/// Sorts as the file does.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
struct FileKey {
    module: Str,
    resource: Resource,
}

/// Looking at resources.
impl Resources {
    /// How many resources there are (each may have many instances).
    pub fn len(&self) -> usize {
        self.by_file_order.len()
    }

    /// Whether there is none.
    pub fn is_empty(&self) -> bool {
        self.by_file_order.is_empty()
    }

    /// All of them, in the order of the file.
    pub fn iter(&self) -> impl Iterator<Item = &ResourceState> {
        self.by_file_order.values()
    }

    /// One resource.
    pub fn get(&self, address: &AbsoluteResource) -> Option<&ResourceState> {
        self.by_file_order.get(&self.known_key(&address.module, &address.resource)?)
    }

    /// One instance.
    pub fn instance(&self, address: &ResourceInstance) -> Option<&InstanceState> {
        let key = self.known_key(&address.module, &address.resource)?;
        self.by_file_order.get(&key)?.instances.get(&address.key)
    }

    /// All instances with their addresses, in the order of the file.
    pub fn instances(&self) -> impl Iterator<Item = (ResourceInstance, &ResourceState, &InstanceState)> {
        self.iter().flat_map(|resource| {
            resource
                .instances
                .iter()
                .map(move |(key, instance)| (resource.address.instance(key.clone()), resource, instance))
        })
    }

    /// The key of a resource, `None` when its module never held anything.
    fn known_key(&self, module: &ModuleInstance, resource: &Resource) -> Option<FileKey> {
        Some(FileKey { module: self.module_texts.get(module)?.clone(), resource: resource.clone() })
    }
}

/// Changing resources. What operations do is said with a [`super::Change`]; these are its parts.
impl Resources {
    /// Adds a resource without instances, or sets the provider of one that is there.
    pub fn declare(&mut self, address: &AbsoluteResource, provider: ProviderConfig) -> &mut ResourceState {
        let module = self
            .module_texts
            .entry(address.module.clone())
            .or_insert_with(|| Str::from(address.module.to_string()))
            .clone();
        let key = FileKey { module, resource: address.resource.clone() };
        let resource = self.by_file_order.entry(key).or_insert_with(|| ResourceState {
            address: address.clone(),
            provider: provider.clone(),
            instances: BTreeMap::new(),
        });
        resource.provider = provider;
        resource
    }

    /// Puts an object in its place, instead of what was there.
    pub fn set(
        &mut self,
        address: &ResourceInstance,
        deposed: Option<&DeposedKey>,
        provider: ProviderConfig,
        object: Arc<ObjectState>,
    ) {
        let resource = self.declare(&address.absolute_resource(), provider);
        let instance = resource.instances.entry(address.key.clone()).or_default();
        match deposed {
            None => instance.current = Some(object),
            Some(key) => {
                instance.deposed.insert(key.clone(), object);
            }
        }
    }

    /// Takes an object out and returns it; an instance and a resource of which nothing is left go with it.
    pub fn remove(&mut self, address: &ResourceInstance, deposed: Option<&DeposedKey>) -> Option<Arc<ObjectState>> {
        self.change_instance(address, |_, instance| match deposed {
            None => instance.current.take(),
            Some(key) => instance.deposed.remove(key),
        })?
    }

    /// Takes an instance out with all its objects.
    pub fn remove_instance(&mut self, address: &ResourceInstance) -> Option<(ProviderConfig, InstanceState)> {
        self.change_instance(address, |provider, instance| (provider.clone(), std::mem::take(instance)))
    }

    /// Puts a whole instance in its place, instead of what was there.
    pub fn set_instance(&mut self, address: &ResourceInstance, provider: ProviderConfig, instance: InstanceState) {
        let resource = self.declare(&address.absolute_resource(), provider);
        resource.instances.insert(address.key.clone(), instance);
    }

    /// Changes an instance that is there, and clears away what became empty.
    pub(super) fn change_instance<R>(
        &mut self,
        address: &ResourceInstance,
        change: impl FnOnce(&ProviderConfig, &mut InstanceState) -> R,
    ) -> Option<R> {
        let key = self.known_key(&address.module, &address.resource)?;
        let resource = self.by_file_order.get_mut(&key)?;
        let instance = resource.instances.get_mut(&address.key)?;
        let result = change(&resource.provider, instance);
        if instance.is_empty() {
            resource.instances.remove(&address.key);
        }
        if resource.instances.is_empty() {
            self.by_file_order.remove(&key);
        }
        Some(result)
    }
}
