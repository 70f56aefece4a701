//! Whether `moved` blocks make sense, now that all instances are known.

use std::collections::BTreeMap;

use infra_values::address::{AbsoluteResource, InstanceKey, ModuleInstance, ResourceInstance};

use super::Statement;
use super::order::cycles;
use crate::config::Movement;
use crate::diagnostics::Diagnostic;
use crate::plan::Mode;
use crate::plan::planner::Planner;
use crate::syntax::Span;

/// One end of a statement in one instance of its module.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
enum End {
    Call(ModuleInstance),
    Module(ModuleInstance),
    Resource(AbsoluteResource),
    Instance(ResourceInstance),
}

impl std::fmt::Display for End {
    fn fmt(&self, formatter: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self {
            Self::Call(module) | Self::Module(module) => module.fmt(formatter),
            Self::Resource(resource) => resource.fmt(formatter),
            Self::Instance(instance) => instance.fmt(formatter),
        }
    }
}

/// The ends met so far: what each was joined with first, and where.
type Met = BTreeMap<End, (End, Span)>;

impl Planner<'_> {
    /// Reports `moved` blocks that contradict the files or one another.
    pub(in crate::plan) fn validate_moves(&mut self) {
        let statements = Statement::declared(self.config);
        let errors_before = self.world.diagnostics.0.len();
        let mut found = Vec::new();
        let (mut sources, mut targets) = (Met::new(), Met::new());
        for statement in &statements {
            let Some(span) = statement.span else { continue };
            for module in self.instances_at(statement) {
                let (from, to) = ends(statement, &module);
                if from == to {
                    found.push(
                        Diagnostic::error(
                            "Redundant move statement",
                            format!("This block moves {from} to where it is already. Remove the block."),
                        )
                        .at(span),
                    );
                    continue;
                }
                if let Some(declared_at) = self.declaration_of(&from) {
                    let place = self.place(declared_at);
                    found.push(
                        Diagnostic::error(
                            "Moved object still exists",
                            format!(
                                "This block moves {from} to {to}, but {from} is still declared ({place}). Declare it as \
                                 {to} there, or remove this block."
                            ),
                        )
                        .at(span),
                    );
                }
                found.extend(self.ambiguity(&mut sources, &from, &to, span, "to"));
                found.extend(self.ambiguity(&mut targets, &to, &from, span, "from"));
            }
        }
        // What could not be evaluated to know this was reported where it belongs, or is not needed in this plan.
        self.world.diagnostics.0.truncate(errors_before);
        if found.is_empty() {
            found.extend(cycles(&statements).into_iter().map(|members| self.circle(&members)));
        }
        self.world.diagnostics.extend(found);
    }

    /// The instances of the module in which a statement stands.
    fn instances_at(&mut self, statement: &Statement) -> Vec<ModuleInstance> {
        let Some(module) = self.config.module_at(&statement.module) else { return Vec::new() };
        if self.options.mode == Mode::Destroy {
            let keys = statement.module.0.iter().map(|name| (name.clone(), InstanceKey::None));
            self.world.find_instance(&ModuleInstance(keys.collect()));
        }
        self.world.instances_of(module.id).into_iter().map(|id| self.world.address_of(id).clone()).collect()
    }

    /// Where the files declare an object; `None` where they do not.
    fn declaration_of(&mut self, end: &End) -> Option<Span> {
        match end {
            End::Call(address) | End::Module(address) => {
                let (name, key) = address.0.last()?;
                let parent = ModuleInstance(address.0[..address.0.len() - 1].into());
                let parent = self.world.instance_at(&parent)?;
                let call = self.world.module_of(parent).calls.get(name)?;
                let exists = match end {
                    End::Call(_) => true,
                    _ => self.world.call(parent, name)?.contains_key(key),
                };
                exists.then_some(call.span)
            }
            End::Resource(AbsoluteResource { module, resource })
            | End::Instance(ResourceInstance { module, resource, .. }) => {
                let instance = self.world.instance_at(module)?;
                let declared = self.world.module_of(instance).resources.get(resource)?;
                let exists = match end {
                    End::Instance(address) => {
                        self.world.expansion(instance, resource).0.repetition(&address.key).is_some()
                    }
                    _ => true,
                };
                exists.then_some(declared.span)
            }
        }
    }

    fn ambiguity(&self, met: &mut Met, end: &End, other: &End, span: Span, direction: &str) -> Option<Diagnostic> {
        let Some((first, first_span)) = met.get(end) else {
            met.insert(end.clone(), (other.clone(), span));
            return None;
        };
        if first == other {
            return None;
        }
        let place = self.place(*first_span);
        let detail = match direction {
            "to" => format!("This block moves {end} to {other}, but the one at {place} moves it to {first}."),
            _ => format!("This block moves {other} to {end}, but the one at {place} moves {first} there."),
        };
        Some(Diagnostic::error("Ambiguous move statements", format!("{detail} Remove one of them.")).at(span))
    }

    fn circle(&self, members: &[&Statement]) -> Diagnostic {
        let line = |statement: &&Statement| {
            let (from, to) = ends(statement, &ModuleInstance::root());
            let place = statement.span.map(|span| self.place(span)).unwrap_or_default();
            format!("\n  - {place}: {from} to {to}")
        };
        let lines: String = members.iter().map(line).collect();
        Diagnostic::error(
            "Cyclic dependency in move statements",
            format!(
                "These moved blocks go round in a circle, so that there is no place where objects end up:{lines}\nRemove \
                 one of them, so that the others lead to what the files declare."
            ),
        )
    }

    fn place(&self, span: Span) -> String {
        let line = self.source_line(span);
        format!("{}:{}", line.file, line.line)
    }
}

fn ends(statement: &Statement, module: &ModuleInstance) -> (End, End) {
    let below = |address: &ModuleInstance| ModuleInstance(module.0.iter().chain(address.0.iter()).cloned().collect());
    let without_last_key = |address: &ModuleInstance| {
        let mut steps = below(address).0.to_vec();
        if let Some((_, key)) = steps.last_mut() {
            *key = InstanceKey::None;
        }
        ModuleInstance(steps.into())
    };
    let instance = |address: &ResourceInstance| ResourceInstance { module: below(&address.module), ..address.clone() };
    match &statement.movement {
        Movement::Call(from, to) => (End::Call(without_last_key(from)), End::Call(without_last_key(to))),
        Movement::Module(from, to) => (End::Module(below(from)), End::Module(below(to))),
        Movement::Resource(from, to) => {
            (End::Resource(instance(from).absolute_resource()), End::Resource(instance(to).absolute_resource()))
        }
        Movement::Instance(from, to) => (End::Instance(instance(from)), End::Instance(instance(to))),
    }
}
