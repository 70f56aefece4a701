//! Planning the end of objects that the state has and the files do not: no longer declared, left behind by a
//! replacement, or everything when destroying.

use infra_values::Value;
use infra_values::address::{InstanceKey, ResourceInstance, ResourceMode};

use super::managed::prevented;
use super::object::PriorObject;
use super::planner::Planner;
use super::refreshing::Refreshed;
use super::{Action, Mode, ObjectKey, Reason, ResourceChange, SourceLine};
use crate::config::Repetition;
use crate::world::{Expansion, InstanceId};

impl Planner<'_> {
    pub(super) fn plan_orphans(&mut self) {
        if self.options.mode == Mode::RefreshOnly {
            return;
        }
        let state = std::sync::Arc::clone(&self.state);
        let needed = self.needed_by_what_stays();
        for (address, resource, instance) in state.resources.instances() {
            if address.resource.mode == ResourceMode::Data {
                self.drop_data(&address);
                continue;
            }
            let stays = self.is_left_out(&address) || needed.contains(&address.config());
            if stays || self.is_repetition_left_out(&address) {
                continue;
            }
            // What a target needs is not cleared up for its sake.
            let takes_deposed = self.targets.includes_orphan(&address);
            let deposed = instance
                .deposed
                .keys()
                .filter(|_| takes_deposed)
                .map(|key| ObjectKey { address: address.clone(), deposed: Some(key.clone()) });
            let is_looked_at = self.refreshed.contains_key(&ObjectKey::current(address.clone()));
            let current = instance.current.is_some() && is_looked_at && self.is_orphan(&address);
            let current = current.then(|| ObjectKey::current(address.clone()));
            for key in current.into_iter().chain(deposed) {
                let Some(Refreshed::Ready(Some(object))) = self.refreshed.get(&key) else { continue };
                let object = object.clone();
                // The provider that the files name, if they still do, has read the object and destroys it.
                let provider = self.declared_provider(&address).unwrap_or(&resource.provider).clone();
                self.plan_deletion(key, object, provider);
            }
        }
    }

    fn is_orphan(&mut self, address: &ResourceInstance) -> bool {
        if self.options.mode == Mode::Destroy {
            return self.targets.includes_orphan(address);
        }
        !self.declared.contains(address) && !self.may_be_declared(address)
    }

    /// Whether a mistake, reported already, keeps us from knowing which instances there are.
    fn may_be_declared(&mut self, address: &ResourceInstance) -> bool {
        let mut at = InstanceId::ROOT;
        for (name, key) in address.module.0.iter() {
            if self.world.call(at, name).is_none() {
                return false;
            }
            match self.world.call_instance(at, name, key) {
                Ok(Some(child)) => at = child,
                Ok(None) => return false,
                Err(_) => return true,
            }
        }
        self.world.module_of(at).resources.contains_key(&address.resource)
            && self.world.expansion(at, &address.resource).0 == Expansion::Failed
    }

    /// Data that nobody asks for any more leaves the state without anything being destroyed.
    fn drop_data(&mut self, address: &ResourceInstance) {
        if !self.targets.is_everything() {
            return;
        }
        if self.options.mode == Mode::Destroy {
            // Providers may need it until the last object is gone.
            self.dropped_at_end.push(ObjectKey::current(address.clone()));
        } else if !self.declared.contains(address) {
            self.new_state.resources.remove(address, None);
            self.state_changes.insert(ObjectKey::current(address.clone()));
        }
    }

    fn plan_deletion(&mut self, key: ObjectKey, object: PriorObject, provider: infra_values::address::ProviderConfig) {
        let (reason, cause) = match (self.options.mode, &key.deposed) {
            (Mode::Normal, None) => self.deletion_reason(&key.address),
            _ => (None, None),
        };
        let action = self.end_of(&key.address);
        if let Some(declared) = self.declaration(&key.address)
            && action == Action::Delete
            && declared.lifecycle.prevent_destroy.is_some()
            && key.deposed.is_none()
        {
            self.world.diagnostics.push(prevented(&key.address, declared.span));
        }
        let change = ResourceChange {
            address: key.address.clone(),
            deposed: key.deposed.clone(),
            previous_address: None,
            importing: None,
            generated_config: None,
            provider,
            action,
            reason,
            cause,
            after: Value::null(object.value.ty()),
            before: object.value,
            replace_paths: Vec::new(),
            private: object.private,
            dependencies: object.dependencies,
            create_before_destroy: object.create_before_destroy,
        };
        self.changes.insert(key, change);
    }

    /// The line that says how many instances there are of the outermost module call that lacks one.
    fn missing_module_cause(&self, address: &ResourceInstance) -> Option<SourceLine> {
        let mut at = InstanceId::ROOT;
        for (name, key) in address.module.0.iter() {
            match self.world.call_instance(at, name, key) {
                Ok(Some(child)) => at = child,
                _ => {
                    let call = self.world.module_of(at).calls.get(name)?;
                    let span = call.repetition.expression().map_or(call.span, |expression| expression.span);
                    return Some(self.source_line(span));
                }
            }
        }
        None
    }

    /// Why the files do not declare an object any more, and the line that says so where there is one.
    fn deletion_reason(&self, address: &ResourceInstance) -> (Option<Reason>, Option<SourceLine>) {
        let undeclared = match self.moves.previous.contains_key(address) {
            true => Reason::DeleteBecauseNoMoveTarget,
            false => Reason::DeleteBecauseNoResourceConfig,
        };
        let Some(module) = self.config.module_at(&address.module.path()) else {
            return (Some(undeclared), None);
        };
        let Some(declared) = module.resources.get(&address.resource) else {
            return (Some(undeclared), None);
        };
        if self.world.instance_at(&address.module).is_none() {
            return (Some(Reason::DeleteBecauseNoModule), self.missing_module_cause(address));
        }
        let reason = match (&declared.repetition, &address.key) {
            (Repetition::Count(_), InstanceKey::Int(_)) => Reason::DeleteBecauseCountIndex,
            (Repetition::ForEach(_), InstanceKey::String(_)) => Reason::DeleteBecauseEachKey,
            _ => Reason::DeleteBecauseWrongRepetition,
        };
        let span = declared.repetition.expression().map_or(declared.span, |expression| expression.span);
        (Some(reason), Some(self.source_line(span)))
    }
}
