//! Which value used which: the ground for the order of operations and for stored dependencies.

use std::collections::{BTreeSet, HashMap, HashSet};
use std::sync::Arc;

use infra_values::address::{AbsoluteResource, ConfigResource, ResourceInstance, ResourceMode};

/// Position of something that can be used.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct UseId(u32);

impl UseId {
    /// Something that uses nothing, and that every [`Uses`] has.
    pub(super) const NOTHING: Self = Self(0);
}

/// Something that can be used.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Use {
    /// A variable, local or output: only what it used itself matters.
    Value,
    /// All instances of a resource.
    Resource(AbsoluteResource),
    /// One instance of a resource.
    Instance(ResourceInstance),
}

/// A graph of uses, linear in the number of references: a local that uses a thousand resources and is used by a
/// thousand others takes two thousand edges.
#[derive(Debug)]
pub struct Uses {
    things: Vec<Use>,
    needs: Vec<Vec<UseId>>,
    resources: HashMap<AbsoluteResource, UseId>,
    instances: HashMap<ResourceInstance, UseId>,
    closures: HashMap<UseId, Arc<BTreeSet<ConfigResource>>>,
}

impl Default for Uses {
    fn default() -> Self {
        let mut uses = Self {
            things: Vec::new(),
            needs: Vec::new(),
            resources: HashMap::new(),
            instances: HashMap::new(),
            closures: HashMap::new(),
        };
        uses.add(Use::Value, Vec::new());
        uses
    }
}

impl Uses {
    /// Adds something with what it used.
    pub fn add(&mut self, thing: Use, needs: Vec<UseId>) -> UseId {
        let id = UseId(u32::try_from(self.things.len()).unwrap_or(u32::MAX));
        self.things.push(thing);
        self.needs.push(without_doubles(needs));
        id
    }

    /// Something that used nothing.
    pub fn nothing(&self) -> UseId {
        UseId::NOTHING
    }

    /// A resource with all its instances.
    pub fn resource(&mut self, address: &AbsoluteResource) -> UseId {
        if let Some(id) = self.resources.get(address) {
            return *id;
        }
        let id = self.add(Use::Resource(address.clone()), Vec::new());
        self.resources.insert(address.clone(), id);
        id
    }

    /// One instance of a resource; the resource as a whole needs it.
    pub fn instance(&mut self, address: &ResourceInstance) -> UseId {
        if let Some(id) = self.instances.get(address) {
            return *id;
        }
        let id = self.add(Use::Instance(address.clone()), Vec::new());
        self.instances.insert(address.clone(), id);
        let whole = self.resource(&address.absolute_resource());
        self.needs[whole.0 as usize].push(id);
        id
    }

    /// Adds to what something needs.
    pub fn extend(&mut self, id: UseId, needs: Vec<UseId>) {
        let all = &mut self.needs[id.0 as usize];
        all.extend(needs);
        *all = without_doubles(std::mem::take(all));
    }

    /// What something is.
    pub fn thing(&self, id: UseId) -> &Use {
        &self.things[id.0 as usize]
    }

    /// What something used directly.
    pub fn needs(&self, id: UseId) -> &[UseId] {
        &self.needs[id.0 as usize]
    }

    /// All positions in order.
    pub fn ids(&self) -> impl Iterator<Item = UseId> + use<> {
        (0..u32::try_from(self.things.len()).unwrap_or(u32::MAX)).map(UseId)
    }

    /// The resources nearest to something: those it used directly or through variables, locals and outputs, and,
    /// through data sources (which hold nothing back on destroy), those behind them.
    pub fn nearest_resources(&mut self, id: UseId) -> Arc<BTreeSet<ConfigResource>> {
        if let Some(known) = self.closures.get(&id) {
            return Arc::clone(known);
        }
        // Depth first without recursion: a chain of locals may be as long as the file.
        let mut stack = vec![id];
        let mut opened = HashSet::new();
        while let Some(top) = stack.last().copied() {
            if self.closures.contains_key(&top) {
                stack.pop();
                continue;
            }
            if opened.insert(top) {
                let below: Vec<UseId> =
                    self.needs(top).iter().copied().filter(|next| self.is_passed_through(*next)).collect();
                stack.extend(below.into_iter().filter(|next| !opened.contains(next)));
                continue;
            }
            stack.pop();
            let mut found = BTreeSet::new();
            for next in self.needs(top) {
                match self.thing(*next) {
                    Use::Value => {}
                    // The state knows nothing of what does not outlive a run.
                    Use::Resource(AbsoluteResource { resource, .. })
                    | Use::Instance(ResourceInstance { resource, .. })
                        if resource.mode == ResourceMode::Ephemeral => {}
                    Use::Resource(resource) => {
                        found.insert(ConfigResource {
                            module: resource.module.path(),
                            resource: resource.resource.clone(),
                        });
                    }
                    Use::Instance(instance) => {
                        found.insert(instance.config());
                    }
                }
                if let Some(inner) = self.closures.get(next)
                    && self.is_passed_through(*next)
                {
                    found.extend(inner.iter().cloned());
                }
            }
            self.closures.insert(top, Arc::new(found));
        }
        self.closures.get(&id).cloned().unwrap_or_default()
    }

    fn is_passed_through(&self, id: UseId) -> bool {
        match self.thing(id) {
            Use::Value => true,
            Use::Resource(resource) => resource.resource.mode != ResourceMode::Managed,
            Use::Instance(instance) => instance.resource.mode != ResourceMode::Managed,
        }
    }
}

fn without_doubles(mut needs: Vec<UseId>) -> Vec<UseId> {
    needs.sort_unstable();
    needs.dedup();
    needs
}
