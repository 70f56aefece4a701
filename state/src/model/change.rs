//! One change to a state: what an operation did to one object.

use std::sync::Arc;

use infra_values::address::{DeposedKey, ProviderConfig, ResourceInstance};

use super::{ObjectState, State};
use crate::StateError;

/// What happened to one object.
#[derive(Clone, Debug)]
pub enum Change {
    /// Nothing the state should hold.
    Nothing,
    /// The object is now this: created, updated, read anew, or tainted.
    Set {
        /// The provider configuration that manages it.
        provider: ProviderConfig,
        /// The object.
        object: Arc<ObjectState>,
    },
    /// The object is gone: destroyed, found missing, or forgotten.
    Remove,
    /// The current object makes room for its replacement and waits for its destruction under this key.
    Depose(DeposedKey),
    /// The object deposed under this key is the current one again: its replacement was not created.
    Restore(DeposedKey),
    /// The instance, with deposed objects, has another address now.
    Move(ResourceInstance),
}

impl Change {
    /// The word used in messages.
    pub fn name(&self) -> &'static str {
        match self {
            Self::Nothing => "no change",
            Self::Set { .. } => "the new content",
            Self::Remove => "the removal",
            Self::Depose(_) => "the deposition",
            Self::Restore(_) => "the restoration",
            Self::Move(_) => "the move",
        }
    }
}

impl State {
    /// Makes one change to the object at `address`: the current one, or the one deposed under a key.
    ///
    /// Fails, and changes nothing, when the change does not fit. A change that is made already is no mistake, so
    /// that a record of changes can be replayed onto a state that holds some of them.
    pub fn apply(
        &mut self,
        address: &ResourceInstance,
        deposed: Option<&DeposedKey>,
        change: &Change,
    ) -> Result<(), StateError> {
        let impossible = |detail: &str| StateError::ImpossibleChange {
            change: change.name(),
            address: address.to_string(),
            detail: detail.to_owned(),
        };
        match change {
            Change::Nothing => Ok(()),
            Change::Set { provider, object } => {
                self.resources.set(address, deposed, provider.clone(), Arc::clone(object));
                Ok(())
            }
            Change::Remove => {
                self.resources.remove(address, deposed);
                Ok(())
            }
            Change::Depose(key) => self.depose(address, key).map_err(impossible),
            Change::Restore(key) => self.restore(address, key).map_err(impossible),
            Change::Move(target) => self.move_instance(address, target).map_err(impossible),
        }
    }

    fn depose(&mut self, address: &ResourceInstance, key: &DeposedKey) -> Result<(), &'static str> {
        self.resources
            .change_instance(address, |_, instance| {
                if instance.deposed.contains_key(key) {
                    return Ok(());
                }
                let object = instance.current.take().ok_or("there is no current object")?;
                instance.deposed.insert(key.clone(), object);
                Ok(())
            })
            .unwrap_or(Err("there is no such instance"))
    }

    fn restore(&mut self, address: &ResourceInstance, key: &DeposedKey) -> Result<(), &'static str> {
        self.resources
            .change_instance(address, |_, instance| match (&instance.current, instance.deposed.contains_key(key)) {
                (Some(_), true) => Err("there is a current object, which it would overwrite"),
                (Some(_), false) => Ok(()),
                (None, true) => {
                    instance.current = instance.deposed.remove(key);
                    Ok(())
                }
                (None, false) => Err("no object is deposed under that key"),
            })
            .unwrap_or(Err("there is no such instance"))
    }

    fn move_instance(&mut self, from: &ResourceInstance, to: &ResourceInstance) -> Result<(), &'static str> {
        if self.resources.instance(to).is_some() {
            return match self.resources.instance(from) {
                Some(_) => Err("there is an object at the new address already"),
                None => Ok(()),
            };
        }
        let (provider, instance) =
            self.resources.remove_instance(from).ok_or("there is no object at the old address")?;
        // All instances of a resource have one provider configuration: that of those that are there already.
        let there = self.resources.get(&to.absolute_resource()).map(|resource| resource.provider.clone());
        self.resources.set_instance(to, there.unwrap_or(provider), instance);
        Ok(())
    }
}
