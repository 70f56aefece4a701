//! What references lead to, and what is wrong with those that lead nowhere.
//!
//! Only what can be told from the files without evaluating anything: names that are not declared, roots that do not
//! exist, keys where there is one instance and none where there are several.

use infra_values::Str;
use infra_values::address::{Resource, ResourceMode};

use super::{Builder, Item, NodeId, describe};
use crate::config::{Module, Repetition};
use crate::diagnostics::Diagnostic;
use crate::syntax::{Name, Span, Step, Traversal};

impl Builder<'_> {
    fn error(&mut self, span: Span, summary: &str, detail: String) {
        self.diagnostics.push(Diagnostic::error(summary, detail).at(span));
    }

    /// The nodes that a reference needs.
    pub(super) fn targets(&mut self, module: &Module, traversal: &Traversal) -> Vec<NodeId> {
        match traversal.root.text.as_str() {
            "self" => Vec::new(),
            "each" | "count" | "path" | "terraform" => {
                self.first_attribute(traversal);
                Vec::new()
            }
            "var" => self.named(module, traversal, "input variable", Item::Variable, |module| {
                module.variables.keys().map(|name| name.as_str()).collect()
            }),
            "local" => self.named(module, traversal, "local value", Item::Local, |module| {
                module.locals.keys().map(|name| name.as_str()).collect()
            }),
            "module" => self.module_targets(module, traversal),
            "data" => self.resource_target(module, traversal, ResourceMode::Data),
            "ephemeral" => self.resource_target(module, traversal, ResourceMode::Ephemeral),
            "resource" => self.resource_target(module, traversal, ResourceMode::Managed),
            reserved @ ("template" | "lazy" | "arg") => {
                let detail = format!(
                    "The name \"{reserved}\" is reserved. A resource type that has this name is written \
                     resource.{reserved}."
                );
                self.error(traversal.root.span, "Reserved symbol name", detail);
                Vec::new()
            }
            type_name => match traversal.steps.first() {
                Some(Step::Attribute(name)) => {
                    let resource = Resource::managed(type_name, name.text.clone());
                    self.resource_node(module, resource, traversal, 1)
                }
                _ => {
                    let detail = format!(
                        "A resource is referred to by its type and its name, and \"{type_name}\" alone means nothing \
                         here. A text goes in quotes."
                    );
                    self.error(traversal.root.span, "Invalid reference", detail);
                    Vec::new()
                }
            },
        }
    }

    /// The name behind a root such as `var`, `each` or `path`, none of which is anything by itself.
    fn first_attribute<'t>(&mut self, traversal: &'t Traversal) -> Option<&'t Name> {
        let root = &traversal.root;
        match traversal.steps.first() {
            Some(Step::Attribute(name)) => return Some(name),
            Some(other) => self.error(
                other.span(),
                "Invalid reference",
                format!("Behind \"{0}\" comes a dot and a name, nothing else: {0}.name.", root.text),
            ),
            None => self.error(
                root.span,
                "Invalid reference",
                format!("\"{0}\" is nothing by itself: a dot and a name must follow, as in {0}.name.", root.text),
            ),
        }
        None
    }

    fn named(
        &mut self,
        module: &Module,
        traversal: &Traversal,
        what: &str,
        item: fn(Str) -> Item,
        names: fn(&Module) -> Vec<&str>,
    ) -> Vec<NodeId> {
        let Some(name) = self.first_attribute(traversal) else { return Vec::new() };
        if let Some(node) = self.node(module.id, item(name.text.clone())) {
            return vec![node];
        }
        if module.is_incomplete {
            return Vec::new();
        }
        let hint = if what == "input variable" {
            format!("Declare it with: variable \"{}\" {{}}", name.text)
        } else {
            format!("Declare it in a locals block: {} = …", name.text)
        };
        let mut diagnostic = Diagnostic::error(
            format!("Reference to undeclared {what}"),
            format!("No {what} named \"{}\" has been declared in {}.", name.text, describe(&module.path)),
        )
        .at(traversal.root.span.to(name.span));
        diagnostic = diagnostic.suggest_within(&format!("{}.", traversal.root.text), &name.text, names(module));
        if diagnostic.hints.is_empty() {
            diagnostic = diagnostic.hint(hint);
        }
        self.diagnostics.push(diagnostic);
        Vec::new()
    }

    fn module_targets(&mut self, module: &Module, traversal: &Traversal) -> Vec<NodeId> {
        let Some(name) = self.first_attribute(traversal) else { return Vec::new() };
        let Some(call) = module.calls.get(&name.text) else {
            if !module.is_incomplete {
                let diagnostic = Diagnostic::error(
                    "Reference to undeclared module",
                    format!("No module call named \"{}\" is declared in {}.", name.text, describe(&module.path)),
                )
                .at(traversal.root.span.to(name.span));
                let names = module.calls.keys().map(|name| name.as_str());
                self.diagnostics.push(diagnostic.suggest_within("module.", &name.text, names));
            }
            return Vec::new();
        };
        let child = self.config.module(call.child);
        let mut targets: Vec<NodeId> = self.node(module.id, Item::Call(name.text.clone())).into_iter().collect();
        if let (Repetition::Count(_), Some(Step::Attribute(output))) = (&call.repetition, traversal.steps.get(1)) {
            let detail = format!(
                "The module {0} has \"count\", so there may be several of it. Say which one is meant, for example \
                 module.{0}[count.index].{1}, or take all: module.{0}[*].{1}.",
                name.text, output.text
            );
            self.error(output.span, "Unsupported attribute", detail);
            return targets;
        }
        let Some(output) = output_name(&traversal.steps) else {
            targets.extend(child.outputs.keys().filter_map(|output| self.node(child.id, Item::Output(output.clone()))));
            return targets;
        };
        match self.node(child.id, Item::Output(output.text.clone())) {
            Some(node) => targets.push(node),
            None if child.is_incomplete => {}
            None => {
                let diagnostic = Diagnostic::error(
                    "Unsupported attribute",
                    format!("The module {} has no output named \"{}\".", name.text, output.text),
                )
                .at(output.span);
                let names = child.outputs.keys().map(|name| name.as_str());
                self.diagnostics.push(diagnostic.suggest(&output.text, names));
            }
        }
        targets
    }

    /// `data.type.name` and `resource.type.name`
    fn resource_target(&mut self, module: &Module, traversal: &Traversal, mode: ResourceMode) -> Vec<NodeId> {
        match traversal.steps.as_slice() {
            [Step::Attribute(type_name), Step::Attribute(name), ..] => {
                let resource = Resource { mode, type_name: type_name.text.clone(), name: name.text.clone() };
                self.resource_node(module, resource, traversal, 2)
            }
            _ => {
                let detail = format!("\"{}\" must be followed by a type and a name.", traversal.root.text);
                self.error(traversal.root.span, "Invalid reference", detail);
                Vec::new()
            }
        }
    }

    /// `behind` is the position of the first step behind the name.
    fn resource_node(
        &mut self,
        module: &Module,
        resource: Resource,
        traversal: &Traversal,
        behind: usize,
    ) -> Vec<NodeId> {
        if let Some(node) = self.node(module.id, Item::Resource(resource.clone())) {
            self.check_instance_key(module, &resource, traversal, behind);
            return vec![node];
        }
        if module.is_incomplete {
            return Vec::new();
        }
        let text = resource.to_string();
        let name_span = traversal.steps.get(behind - 1).map_or(traversal.root.span, Step::span);
        let diagnostic = Diagnostic::error(
            "Reference to undeclared resource",
            format!(
                "A {} {} named \"{}\" has not been declared in {}.",
                match resource.mode {
                    ResourceMode::Data => "data resource",
                    ResourceMode::Ephemeral => "ephemeral resource",
                    ResourceMode::Managed => "managed resource",
                },
                resource.type_name,
                resource.name,
                describe(&module.path)
            ),
        )
        .at(traversal.root.span.to(name_span));
        let declared: Vec<String> = module.resources.keys().map(ToString::to_string).collect();
        self.diagnostics.push(diagnostic.suggest(&text, declared.iter().map(String::as_str)));
        Vec::new()
    }

    /// One instance has no key; of several, one must be picked before anything is asked of it.
    fn check_instance_key(&mut self, module: &Module, resource: &Resource, traversal: &Traversal, behind: usize) {
        let (Some(declared), Some(step)) = (module.resources.get(resource), traversal.steps.get(behind)) else {
            return;
        };
        let span = traversal.root.span.to(step.span());
        let (argument, key) = match (&declared.repetition, step) {
            (Repetition::Single, Step::Index { .. }) => {
                let detail = format!(
                    "{resource} has neither \"count\" nor \"for_each\", so there is one instance, without a key. Remove \
                     the brackets."
                );
                self.error(span, "Unexpected resource instance key", detail);
                return;
            }
            (Repetition::Count(_), Step::Attribute(_)) => ("count", "count.index"),
            (Repetition::ForEach(_), Step::Attribute(_)) => ("for_each", "each.key"),
            _ => return,
        };
        let detail = format!(
            "{resource} has \"{argument}\", so there may be several instances. Say which one is meant, for example \
             {resource}[{key}], or take all with a for expression."
        );
        self.error(span, "Missing resource instance key", detail);
    }

    /// `depends_on` names whole objects.
    pub(super) fn check_whole_objects(&mut self, module: &Module, traversals: &[Traversal]) {
        for traversal in traversals {
            if let Some(headline) = of_one_instance(traversal) {
                let detail = "depends_on names whole objects, for all instances alike. Remove this reference.";
                self.error(traversal.root.span, &headline, detail.to_owned());
                continue;
            }
            let Some(resource) = named_resource(module, traversal) else { continue };
            let first = if matches!(traversal.root.text.as_str(), "data" | "ephemeral" | "resource") { 2 } else { 1 };
            let mut rest = traversal.steps.iter().skip(first).skip_while(|step| matches!(step, Step::Index { .. }));
            if let Some(step) = rest.next() {
                let detail = format!("depends_on names whole objects, not parts of them. Write {resource} alone.");
                self.error(step.span(), "Invalid depends_on reference", detail);
            }
        }
    }
}

/// What is wrong with a reference to something that each instance has its own of, where none is meant.
fn of_one_instance(traversal: &Traversal) -> Option<String> {
    let root = traversal.root.text.as_str();
    let attribute = match traversal.steps.first() {
        Some(Step::Attribute(name)) => name.text.as_str(),
        _ => "",
    };
    match (root, attribute) {
        ("each", "key") => Some("Reference to \"each\" in context without for_each".to_owned()),
        ("each", "value") => Some("each.value cannot be used in this context".to_owned()),
        ("count", "index") => Some("Reference to \"count\" in non-counted context".to_owned()),
        ("each" | "count", _) => Some(format!("Invalid \"{root}\" attribute")),
        ("self", _) => Some("Invalid depends_on reference".to_owned()),
        _ => None,
    }
}

/// The declared resource that a reference is about.
pub(crate) fn named_resource(module: &Module, traversal: &Traversal) -> Option<Resource> {
    let attribute = |position: usize| match traversal.steps.get(position) {
        Some(Step::Attribute(name)) => Some(name.text.clone()),
        _ => None,
    };
    let resource = match traversal.root.text.as_str() {
        "data" => Resource::data(attribute(0)?, attribute(1)?),
        "ephemeral" => Resource { mode: ResourceMode::Ephemeral, type_name: attribute(0)?, name: attribute(1)? },
        "resource" => Resource::managed(attribute(0)?, attribute(1)?),
        type_name => Resource::managed(type_name, attribute(0)?),
    };
    module.resources.contains_key(&resource).then_some(resource)
}

/// The output that a reference to a module names: the first attribute behind the name and, if there is one, the key.
fn output_name(steps: &[Step]) -> Option<&Name> {
    let step = match steps.get(1)? {
        Step::Index { .. } => steps.get(2)?,
        Step::Splat { steps, .. } => steps.first()?,
        step => step,
    };
    match step {
        Step::Attribute(name) => Some(name),
        Step::Index { .. } | Step::Splat { .. } => None,
    }
}
