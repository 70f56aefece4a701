//! What the provisioners of an object refer to: it is made after that. Running them is elsewhere (`crate::apply`).

use infra_values::Value;

use super::managed::Subject;
use super::planner::Planner;
use crate::syntax::{Body, Expression};
use crate::world::{Use, UseId};

impl Planner<'_> {
    /// What the provisioners of an instance that is worth `own`, and its connections, use. The resource's own instances
    /// are not among that: a provisioner runs when its object is there, and may name it.
    pub(super) fn provisioner_uses(&mut self, subject: &Subject<'_>, own: &Value) -> Vec<UseId> {
        let provisioners = &subject.declared.provisioners;
        if provisioners.is_empty() {
            return Vec::new();
        }
        let connections = subject.declared.body.blocks_of("connection").map(|connection| &connection.body);
        let bodies = provisioners.iter().map(|provisioner| &provisioner.body).chain(connections);
        let expressions: Vec<&Expression> = bodies.flat_map(expressions).collect();
        let ((), used) = self.world.with_self(subject.instance, &subject.repetition, own, |evaluator| {
            for expression in expressions {
                // What they are worth does not matter yet, nor what is wrong with it.
                evaluator.values_in(expression);
            }
        });
        let resource = subject.address.absolute_resource();
        let is_own = |id: &UseId| match self.world.uses.thing(*id) {
            Use::Value => false,
            Use::Resource(used) => *used == resource,
            Use::Instance(used) => used.absolute_resource() == resource,
        };
        used.into_iter().filter(|id| !is_own(id)).collect()
    }
}

/// Everything in a body and its blocks that is evaluated.
fn expressions(body: &Body) -> Vec<&Expression> {
    let keywords = ["when", "on_failure"];
    let own = body.attributes.iter().filter(|attribute| !keywords.contains(&attribute.name.text.as_str()));
    let within = body.blocks.iter().flat_map(|block| expressions(&block.body));
    own.map(|attribute| &attribute.expression).chain(within).collect()
}
