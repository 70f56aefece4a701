//! The dependency graph of a configuration: what must be known before what.
//!
//! Variables, locals, outputs, resources, provider configurations and module calls are nodes of their own. A module
//! is not a node: two modules may feed each other. A call is one, for how many instances of the module there are.
//! References are found once, here; building takes time linear in their number.

mod resources;

use std::collections::{HashMap, HashSet};

use infra_values::Str;
use infra_values::address::{ModulePath, ProviderConfig, Resource, ResourceMode};
use petgraph::graph::{DiGraph, NodeIndex};

use crate::config::{Condition, Config, Import, Module, ModuleId, PROVIDER_RESERVED, ProviderRef};
use crate::diagnostics::{Diagnostic, Diagnostics};
use crate::syntax::{Body, Expression, SourceMap, Span, Step, Traversal, references, references_in_body};

mod targets;

pub(crate) use targets::named_resource;

/// Something that is evaluated once for each instance of its module.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub enum Item {
    /// `var.name`
    Variable(Str),
    /// `local.name`
    Local(Str),
    /// `output.name`
    Output(Str),
    /// A `resource` or `data` block with all its instances.
    Resource(Resource),
    /// How many instances of a called module there are.
    Call(Str),
    /// A `provider` block, by local name and alias.
    Provider(Str, Option<Str>),
    /// A `check` block.
    Check(Str),
}

/// An item in a module.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct Node {
    /// The module.
    pub module: ModuleId,
    /// The item.
    pub item: Item,
}

impl Node {
    /// How the item is referred to, behind the path of its module: `module.a.var.b`.
    pub fn name(&self, config: &Config) -> String {
        let path = &config.module(self.module).path;
        let name = match &self.item {
            Item::Variable(name) => format!("var.{name}"),
            Item::Local(name) => format!("local.{name}"),
            Item::Output(name) => format!("output.{name}"),
            Item::Resource(resource) => resource.to_string(),
            Item::Call(name) => format!("module.{name}"),
            Item::Check(name) => format!("check.{name}"),
            Item::Provider(name, None) => format!("provider.{name}"),
            Item::Provider(name, Some(alias)) => format!("provider.{name}.{alias}"),
        };
        if path.is_root() { name } else { format!("{path}.{name}") }
    }
}

/// Position of a node in [`ConfigGraph::nodes`].
pub type NodeId = usize;

/// The graph. Edges lead from what needs to what is needed.
#[derive(Debug, Default)]
pub struct ConfigGraph {
    /// Every item of every module.
    pub nodes: Vec<Node>,
    /// What each node needs, without doubles.
    pub needs: Vec<Vec<NodeId>>,
    /// What needs each node.
    pub needed_by: Vec<Vec<NodeId>>,
    /// Nodes in an order in which everything comes after what it needs; equal for equal files.
    pub order: Vec<NodeId>,
    /// Whether following what is needed comes to an end everywhere.
    pub is_acyclic: bool,
    /// Which provider configuration each resource uses.
    pub providers: HashMap<(ModuleId, Resource), ResolvedProvider>,
    index: HashMap<Node, NodeId>,
}

/// The provider configuration behind a reference.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ResolvedProvider {
    /// Its address, as the state stores it.
    pub address: ProviderConfig,
    /// The module and the key of the block; `None` where no block configures it.
    pub block: Option<(ModuleId, (Str, Option<Str>))>,
}

impl ConfigGraph {
    /// The node of an item.
    pub fn node(&self, module: ModuleId, item: Item) -> Option<NodeId> {
        self.index.get(&Node { module, item }).copied()
    }

    /// The ephemeral resources that nodes need, directly or through values, providers and one another, each after those
    /// it needs itself.
    pub fn ephemerals_behind(&self, nodes: impl IntoIterator<Item = NodeId>) -> Vec<NodeId> {
        let mut stack: Vec<NodeId> = nodes.into_iter().flat_map(|node| self.needs[node].iter().copied()).collect();
        let mut seen = HashSet::new();
        let mut found = HashSet::new();
        while let Some(node) = stack.pop() {
            if !seen.insert(node) {
                continue;
            }
            match &self.nodes[node].item {
                Item::Resource(resource) if resource.mode == ResourceMode::Ephemeral => {
                    found.insert(node);
                }
                // What is made or read keeps nothing of what was needed for it.
                Item::Resource(_) | Item::Check(_) => continue,
                _ => {}
            }
            stack.extend(&self.needs[node]);
        }
        self.order.iter().copied().filter(|node| found.contains(node)).collect()
    }

    /// The nodes that may use the value of one: those that need it, directly or through values, providers and ephemeral
    /// resources.
    pub fn users_of(&self, node: NodeId) -> HashSet<NodeId> {
        let mut stack = vec![node];
        let mut users = HashSet::new();
        while let Some(at) = stack.pop() {
            for user in &self.needed_by[at] {
                let passes_on = match &self.nodes[*user].item {
                    Item::Resource(resource) => resource.mode == ResourceMode::Ephemeral,
                    Item::Check(_) => false,
                    _ => true,
                };
                if users.insert(*user) && passes_on {
                    stack.push(*user);
                }
            }
        }
        users
    }

    /// Builds the graph and reports references that lead nowhere, and cycles.
    pub fn build(config: &Config) -> (Self, Diagnostics) {
        let mut builder = Builder {
            config,
            graph: Self::default(),
            edges: Vec::new(),
            diagnostics: Diagnostics::new(),
            has_self_reference: false,
        };
        for module in &config.modules {
            builder.add_nodes(module);
        }
        for module in &config.modules {
            builder.connect(module);
        }
        builder.finish()
    }

    /// Reports references that lead nowhere in an expression of a module that stands in none of its files. `config` is
    /// the one from which the graph was built.
    pub fn check_references(&mut self, config: &Config, module: &Module, expression: &Expression) -> Diagnostics {
        let mut builder = Builder {
            config,
            graph: std::mem::take(self),
            edges: Vec::new(),
            diagnostics: Diagnostics::new(),
            has_self_reference: false,
        };
        for traversal in references(expression) {
            builder.targets(module, traversal);
        }
        *self = builder.graph;
        builder.diagnostics
    }
}

struct Builder<'c> {
    config: &'c Config,
    graph: ConfigGraph,
    /// From, to, and where the reference stands.
    edges: Vec<(NodeId, NodeId, Span)>,
    diagnostics: Diagnostics,
    has_self_reference: bool,
}

impl Builder<'_> {
    fn add_nodes(&mut self, module: &Module) {
        let id = module.id;
        let items = (module.variables.keys().cloned().map(Item::Variable))
            .chain(module.locals.keys().cloned().map(Item::Local))
            .chain(module.outputs.keys().cloned().map(Item::Output))
            .chain(module.resources.keys().cloned().map(Item::Resource))
            .chain(module.calls.keys().cloned().map(Item::Call))
            .chain(module.checks.keys().cloned().map(Item::Check))
            .chain(module.providers.keys().cloned().map(|(name, alias)| Item::Provider(name, alias)));
        for item in items {
            let node = Node { module: id, item };
            self.graph.index.insert(node.clone(), self.graph.nodes.len());
            self.graph.nodes.push(node);
        }
    }

    fn node(&self, module: ModuleId, item: Item) -> Option<NodeId> {
        self.graph.node(module, item)
    }

    fn connect(&mut self, module: &Module) {
        let id = module.id;
        // Nothing in a module exists before it is known how many instances of the module there are.
        let own_call = module.parent.and_then(|parent| {
            let name = module.path.0.last()?.clone();
            self.node(parent, Item::Call(name))
        });
        for (name, variable) in &module.variables {
            let Some(from) = self.node(id, Item::Variable(name.clone())) else { continue };
            self.edge(from, own_call, variable.span);
            for condition in &variable.validations {
                self.condition_edges(from, module, condition);
            }
            if let Some(parent) = module.parent {
                let parent = self.config.module(parent);
                let argument = module
                    .path
                    .0
                    .last()
                    .and_then(|call| parent.calls.get(call))
                    .and_then(|call| call.arguments.get(name));
                if let Some(argument) = argument {
                    self.expression_edges(from, parent, &argument.expression);
                }
            }
        }
        for (name, local) in &module.locals {
            let Some(from) = self.node(id, Item::Local(name.clone())) else { continue };
            self.edge(from, own_call, local.name.span);
            self.expression_edges(from, module, &local.expression);
        }
        for (name, output) in &module.outputs {
            let Some(from) = self.node(id, Item::Output(name.clone())) else { continue };
            self.edge(from, own_call, output.span);
            self.expression_edges(from, module, &output.value);
            self.depends_on_edges(from, module, &output.depends_on);
            for condition in &output.preconditions {
                self.condition_edges(from, module, condition);
            }
        }
        for (key, block) in &module.providers {
            let Some(from) = self.node(id, Item::Provider(key.0.clone(), key.1.clone())) else { continue };
            self.edge(from, own_call, block.span);
            self.body_edges(from, module, &block.body, PROVIDER_RESERVED.attributes);
        }
        for (name, check) in &module.checks {
            let Some(from) = self.node(id, Item::Check(name.clone())) else { continue };
            self.edge(from, own_call, check.span);
            let data = check.data.clone().and_then(|data| self.node(id, Item::Resource(data)));
            self.edge(from, data, check.span);
            for condition in &check.asserts {
                self.condition_edges(from, module, condition);
            }
        }
        for (name, call) in &module.calls {
            let Some(from) = self.node(id, Item::Call(name.clone())) else { continue };
            self.edge(from, own_call, call.span);
            if let Some(expression) = call.repetition.expression() {
                self.expression_edges(from, module, expression);
            }
            self.depends_on_edges(from, module, &call.depends_on);
            self.check_arguments(module, name);
        }
        self.connect_resources(module, own_call);
        for import in &module.imports {
            self.connect_import(module, import);
        }
    }

    /// What is imported must be known before the resource that takes it is planned.
    fn connect_import(&mut self, module: &Module, import: &Import) {
        let target = import.target.config();
        let from = self
            .config
            .module_at(&target.module)
            .and_then(|owner| self.node(owner.id, Item::Resource(target.resource.clone())));
        for expression in import.expressions() {
            for traversal in references(expression) {
                for needed in self.targets(module, traversal) {
                    match from {
                        Some(from) if from == needed => {
                            self.has_self_reference = true;
                            self.diagnostics.push(
                                Diagnostic::error(
                                    "Invalid import id argument",
                                    "What is imported cannot depend on the resource that it is imported to. Use a \
                                     literal, a variable or a local value.",
                                )
                                .at(expression.span),
                            );
                        }
                        Some(from) => self.edge(from, Some(needed), traversal.root.span),
                        None => {}
                    }
                }
            }
        }
    }

    fn connect_resources(&mut self, module: &Module, own_call: Option<NodeId>) {
        for (name, resource) in &module.resources {
            let Some(from) = self.node(module.id, Item::Resource(name.clone())) else { continue };
            self.edge(from, own_call, resource.span);
            // `provider`, `depends_on` and `lifecycle` hold references of their own kinds, read below.
            self.body_edges(from, module, &resource.body, &["provider", "depends_on"]);
            self.depends_on_edges(from, module, &resource.depends_on);
            self.traversal_edges(from, module, resource.lifecycle.replace_triggered_by.iter());
            for condition in &resource.lifecycle.preconditions {
                self.condition_edges(from, module, condition);
                self.forbid_own_name(from, module, condition, "precondition");
            }
            for condition in &resource.lifecycle.postconditions {
                self.condition_edges(from, module, condition);
                self.forbid_own_name(from, module, condition, "postcondition");
            }
            if let Some(resolved) = self.resolve_provider(module, &resource.provider) {
                if let Some((owner, (name, alias))) = &resolved.block {
                    let provider = self.node(*owner, Item::Provider(name.clone(), alias.clone()));
                    self.edge(from, provider, resource.provider.span);
                }
                self.graph.providers.insert((module.id, name.clone()), resolved);
            }
        }
    }

    /// Arguments that the called module has no variable for, and variables that must be given and are not.
    fn check_arguments(&mut self, module: &Module, name: &Str) {
        let Some(call) = module.calls.get(name) else { return };
        let child = self.config.module(call.child);
        if child.is_incomplete {
            return;
        }
        for (argument, given) in &call.arguments {
            if child.variables.contains_key(argument) {
                continue;
            }
            let diagnostic = Diagnostic::error(
                "Unsupported argument",
                format!("The module {name} has no variable named \"{argument}\"."),
            )
            .at(given.name.span);
            self.diagnostics.push(diagnostic.suggest(argument, child.variables.keys().map(|name| name.as_str())));
        }
        for variable in child.variables.values() {
            if variable.default.is_none() && !call.arguments.contains_key(&variable.name.text) {
                self.diagnostics.push(
                    Diagnostic::error(
                        "Missing required argument",
                        format!(
                            "The argument \"{}\" is required: the module {name} declares this variable without a \
                             default.",
                            variable.name.text
                        ),
                    )
                    .at(call.opening),
                );
            }
        }
    }

    fn edge(&mut self, from: NodeId, to: Option<NodeId>, span: Span) {
        if let Some(to) = to {
            self.edges.push((from, to, span));
        }
    }

    fn expression_edges(&mut self, from: NodeId, module: &Module, expression: &Expression) {
        self.traversal_edges(from, module, references(expression));
    }

    fn condition_edges(&mut self, from: NodeId, module: &Module, condition: &Condition) {
        // A condition may look at the very object it guards.
        let own = self.graph.nodes[from].clone();
        for traversal in references(&condition.condition).into_iter().chain(references(&condition.error_message)) {
            for target in self.targets(module, traversal) {
                if self.graph.nodes[target] != own && self.is_in_scope(from, target, traversal) {
                    self.edge(from, Some(target), traversal.root.span);
                }
            }
        }
    }

    /// A condition of a resource looks at it as `self`, never by its name: that would be all its instances.
    fn forbid_own_name(&mut self, from: NodeId, module: &Module, condition: &Condition, kind: &str) {
        let own = self.graph.nodes[from].clone();
        let Item::Resource(resource) = &own.item else { return };
        for traversal in references(&condition.condition).into_iter().chain(references(&condition.error_message)) {
            if named_resource(module, traversal).is_some_and(|named| named == *resource) {
                self.diagnostics.push(
                    Diagnostic::error(
                        format!("Invalid reference in {kind}"),
                        format!(
                            "A condition of {resource} may not refer to it by its name. Write self in a postcondition."
                        ),
                    )
                    .at(traversal.root.span),
                );
            }
        }
    }

    fn body_edges(&mut self, from: NodeId, module: &Module, body: &Body, skipped: &[&str]) {
        for attribute in body.attributes.iter().filter(|attribute| !skipped.contains(&attribute.name.text.as_str())) {
            self.expression_edges(from, module, &attribute.expression);
        }
        for block in body.blocks.iter().filter(|block| block.kind.text != "lifecycle") {
            if block.kind.text == "provisioner" {
                self.provisioner_edges(from, module, &block.body);
                continue;
            }
            let iterators = dynamic_iterators(&block.body, &block.kind.text, &block.labels);
            for traversal in references_in_body(&block.body) {
                if !iterators.contains(&traversal.root.text) {
                    self.traversal_edges(from, module, [traversal]);
                }
            }
        }
    }

    /// A provisioner runs when its object is there, so it may refer to it by its name too.
    fn provisioner_edges(&mut self, from: NodeId, module: &Module, body: &Body) {
        // These two hold keywords.
        let values = body.attributes.iter().filter(|item| !matches!(item.name.text.as_str(), "when" | "on_failure"));
        for traversal in values.flat_map(|item| references(&item.expression)) {
            for target in self.targets(module, traversal).into_iter().filter(|target| *target != from) {
                self.edge(from, Some(target), traversal.root.span);
            }
        }
        for block in &body.blocks {
            self.provisioner_edges(from, module, &block.body);
        }
    }

    fn traversal_edges<'t>(
        &mut self,
        from: NodeId,
        module: &Module,
        traversals: impl IntoIterator<Item = &'t Traversal>,
    ) {
        for traversal in traversals {
            for target in self.targets(module, traversal) {
                if target == from {
                    self.report_self_reference(from, traversal);
                } else if self.is_in_scope(from, target, traversal) {
                    self.edge(from, Some(target), traversal.root.span);
                }
            }
        }
    }

    /// Whether something may refer to what it refers to: the data source in a check block is only for that block.
    fn is_in_scope(&mut self, from: NodeId, target: NodeId, traversal: &Traversal) -> bool {
        let Node { module, item: Item::Resource(resource) } = &self.graph.nodes[target] else { return true };
        let owner = self.config.module(*module).resources.get(resource).and_then(|declared| declared.check.as_ref());
        let Some(owner) = owner else { return true };
        if matches!(&self.graph.nodes[from].item, Item::Check(name) if name == owner) {
            return true;
        }
        self.diagnostics.push(
            Diagnostic::error(
                "Reference to scoped resource",
                format!(
                    "The data source {resource} belongs to the check block \"{owner}\", and only that block's assertions \
                     may refer to it. Declare a data block outside of it to use its result elsewhere."
                ),
            )
            .at(traversal.root.span),
        );
        false
    }

    /// Edges of `depends_on`: a module stands for everything in it, not only for its outputs.
    fn depends_on_edges(&mut self, from: NodeId, module: &Module, traversals: &[Traversal]) {
        for traversal in traversals {
            for target in self.targets(module, traversal) {
                // That something comes after itself says nothing.
                if target != from && self.is_in_scope(from, target, traversal) {
                    self.edge(from, Some(target), traversal.root.span);
                }
            }
        }
        self.check_whole_objects(module, traversals);
        for traversal in traversals.iter().filter(|traversal| traversal.root.text == "module") {
            let Some(Step::Attribute(name)) = traversal.steps.first() else { continue };
            if let Some(call) = module.calls.get(&name.text) {
                self.edges_into(from, self.config.module(call.child), traversal.root.span);
            }
        }
    }

    fn edges_into(&mut self, from: NodeId, module: &Module, span: Span) {
        for (resource, _) in module.resources.iter().filter(|(_, declared)| declared.check.is_none()) {
            self.edge(from, self.node(module.id, Item::Resource(resource.clone())), span);
        }
        for (name, call) in &module.calls {
            self.edge(from, self.node(module.id, Item::Call(name.clone())), span);
            self.edges_into(from, self.config.module(call.child), span);
        }
    }

    fn report_self_reference(&mut self, from: NodeId, traversal: &Traversal) {
        self.has_self_reference = true;
        let diagnostic = match &self.graph.nodes[from].item {
            Item::Local(name) => Diagnostic::error(
                "Self-referencing local value",
                format!("local.{name} may not be part of its own value. Refer to something else."),
            ),
            _ => Diagnostic::error(
                "Self-referential block",
                "This block may not refer to itself: its own values are not known before it exists. Use a literal, a \
                 variable or a local value instead.",
            ),
        };
        self.diagnostics.push(diagnostic.at(traversal.root.span));
    }

    /// Follows a provider reference through the modules that pass or inherit it.
    fn resolve_provider(&mut self, module: &Module, reference: &ProviderRef) -> Option<ResolvedProvider> {
        let provider = module.provider_address(&reference.name);
        let mut current = module;
        let (mut name, mut alias) = (reference.name.clone(), reference.alias.clone());
        // Where the configuration that is missing in the end was asked for.
        let mut asked_in = (module, reference.clone());
        loop {
            let key = (name.clone(), alias.clone());
            if current.providers.contains_key(&key) {
                let address = ProviderConfig { module: current.path.clone(), provider, alias };
                return Some(ResolvedProvider { address, block: Some((current.id, key)) });
            }
            let Some(parent) = current.parent.map(|parent| self.config.module(parent)) else { break };
            let passed = current
                .path
                .0
                .last()
                .and_then(|call| parent.calls.get(call))
                .and_then(|call| call.providers.iter().find(|(inner, _)| inner.name == name && inner.alias == alias))
                .map(|(_, outer)| outer);
            match passed {
                Some(outer) => {
                    (name, alias) = (outer.name.clone(), outer.alias.clone());
                    asked_in = (parent, outer.clone());
                }
                // The call was told that it must be passed.
                None if is_wanted(current, &name, alias.as_ref()) => return None,
                // Only the default configuration is inherited without being passed.
                None if alias.is_some() => break,
                None => {}
            }
            current = parent;
        }
        if alias.is_some() {
            self.diagnostics.push(
                Diagnostic::error(
                    "Provider configuration not present",
                    format!(
                        "No configuration of the provider {} with the alias \"{}\" is declared in or passed to {}. Add \
                         the provider block, or pass it in the providers argument of the module call.",
                        name,
                        alias.as_ref().map_or("", |alias| alias.as_str()),
                        describe(&asked_in.0.path)
                    ),
                )
                .at(asked_in.1.span),
            );
            return None;
        }
        let address = ProviderConfig { module: ModulePath::root(), provider, alias: None };
        Some(ResolvedProvider { address, block: None })
    }

    fn finish(mut self) -> (ConfigGraph, Diagnostics) {
        let count = self.graph.nodes.len();
        self.graph.needs = vec![Vec::new(); count];
        self.graph.needed_by = vec![Vec::new(); count];
        self.edges.sort_unstable_by_key(|(from, to, span)| (*from, *to, *span));
        self.edges.dedup_by_key(|(from, to, _)| (*from, *to));
        let mut graph: DiGraph<(), Span> = DiGraph::with_capacity(count, self.edges.len());
        for _ in 0..count {
            graph.add_node(());
        }
        for (from, to, span) in &self.edges {
            self.graph.needs[*from].push(*to);
            self.graph.needed_by[*to].push(*from);
            graph.add_edge(NodeIndex::new(*from), NodeIndex::new(*to), *span);
        }
        // Components come in an order in which everything comes after what it needs.
        for component in petgraph::algo::kosaraju_scc(&graph) {
            match component.as_slice() {
                [only] => self.graph.order.push(only.index()),
                several => {
                    let diagnostic = self.describe_cycle(&graph, several);
                    self.diagnostics.push(diagnostic);
                }
            }
        }
        self.graph.is_acyclic = !self.has_self_reference && self.graph.order.len() == count;
        self.diagnostics.sort();
        (self.graph, self.diagnostics)
    }

    /// Names every step of one loop through a component.
    fn describe_cycle(&self, graph: &DiGraph<(), Span>, component: &[NodeIndex]) -> Diagnostic {
        let steps = shortest_loop(graph, component);
        let lines: Vec<String> = steps
            .iter()
            .map(|(from, to, span)| {
                format!(
                    "  {} refers to {} at {}",
                    self.graph.nodes[from.index()].name(self.config),
                    self.graph.nodes[to.index()].name(self.config),
                    place(&self.config.sources, *span)
                )
            })
            .collect();
        let first = steps.first().map(|(_, _, span)| *span).unwrap_or_default();
        Diagnostic::error(
            "Cycle",
            format!(
                "These objects need one another in a circle, so none can come first:\n{}\nBreak the circle by removing \
                 one of these references.",
                lines.join("\n")
            ),
        )
        .at(first)
    }
}

/// The shortest way from the first node of a component back to itself.
fn shortest_loop(graph: &DiGraph<(), Span>, component: &[NodeIndex]) -> Vec<(NodeIndex, NodeIndex, Span)> {
    let inside: HashSet<NodeIndex> = component.iter().copied().collect();
    let Some(start) = component.iter().copied().min() else { return Vec::new() };
    let mut came_from: HashMap<NodeIndex, (NodeIndex, Span)> = HashMap::new();
    let mut queue = std::collections::VecDeque::from([start]);
    while let Some(node) = queue.pop_front() {
        let mut edges: Vec<_> =
            graph.edges(node).map(|edge| (petgraph::visit::EdgeRef::target(&edge), *edge.weight())).collect();
        edges.sort_by_key(|(target, _)| *target);
        for (target, span) in edges {
            if !inside.contains(&target) || came_from.contains_key(&target) {
                continue;
            }
            came_from.insert(target, (node, span));
            if target == start {
                queue.clear();
                break;
            }
            queue.push_back(target);
        }
    }
    let mut steps = Vec::new();
    let mut at = start;
    while let Some((from, span)) = came_from.get(&at) {
        steps.push((*from, at, *span));
        at = *from;
        if at == start {
            break;
        }
    }
    steps.reverse();
    steps
}

/// Whether a called module says that it wants this configuration passed.
fn is_wanted(module: &Module, name: &Str, alias: Option<&Str>) -> bool {
    alias.is_some()
        && module
            .required_providers
            .get(name)
            .is_some_and(|required| required.configuration_aliases.iter().any(|wanted| wanted.alias.as_ref() == alias))
}

/// `main.tf:12`
fn place(sources: &SourceMap, span: Span) -> String {
    let (line, _) = sources.line_column(span.file, span.start);
    format!("{}:{line}", sources.path(span.file))
}

fn describe(path: &ModulePath) -> String {
    if path.is_root() { "the root module".into() } else { path.to_string() }
}

/// Names that `dynamic` blocks bind in a block and everything inside it.
fn dynamic_iterators(body: &Body, kind: &str, labels: &[crate::syntax::Name]) -> Vec<Str> {
    let mut names = Vec::new();
    if kind == "dynamic" {
        let iterator =
            body.attribute("iterator").and_then(|attribute| crate::syntax::as_keyword(&attribute.expression));
        match (iterator, labels.first()) {
            (Some(iterator), _) => names.push(Str::from(iterator)),
            (None, Some(label)) => names.push(label.text.clone()),
            (None, None) => {}
        }
    }
    for block in &body.blocks {
        names.extend(dynamic_iterators(&block.body, &block.kind.text, &block.labels));
    }
    names
}
