//! Making a plan step by step, without doing any input or output.
//!
//! Every item of the graph is worked on once everything it needs is done. Where an item needs something from outside
//! (a configured provider, a read object, a data source), the planner asks ([`Request`]) and goes on with other
//! items. Which answer comes first does not matter: the plan is the same, byte for byte.

use std::collections::{BTreeMap, BTreeSet, HashMap, HashSet};
use std::sync::Arc;

use infra_state::State;
use infra_values::address::{ProviderConfig, ResourceInstance, ResourceMode};
use infra_values::{Marks, Path, Str, Value};

use super::behind::Behind;
use super::create_before_destroy::create_before_destroy;
use super::data::DataStatus;
use super::ephemeral::OpenWhilePlanning;
use super::importing::ImportRequests;
use super::moves::Moves;
use super::providers::ProviderStatus;
use super::refreshing::{Refreshed, StateValues};
use super::removed::still_declared;
use super::requests::{Asked, Request, RequestId, StepOutcome};
use super::targets::Targets;
use super::{DeferredChange, Drift, Mode, ObjectKey, Options, ResourceChange};
use crate::config::{Config, VariableValues};
use crate::diagnostics::{Diagnostic, Diagnostics};
use crate::graph::{ConfigGraph, Item, NodeId};
use crate::schema::decode::span_of;
use crate::syntax::Body;
use crate::world::{Phase, Providers, Surroundings, UseId, World, variables};

/// Whether an item is done.
pub(super) enum Progress {
    /// Done.
    Done,
    /// It goes on when these are answered.
    Blocked(Vec<RequestId>),
}

/// See the module's documentation.
pub struct Planner<'c> {
    pub(super) config: &'c Config,
    pub(super) graph: &'c ConfigGraph,
    pub(super) world: World<'c>,
    pub(super) providers: &'c Providers,
    pub(super) state: Arc<State>,
    pub(super) options: Options,
    pub(super) targets: Targets,
    pub(super) provider_status: HashMap<ProviderConfig, ProviderStatus>,
    pub(super) provider_uses: HashMap<ProviderConfig, UseId>,
    /// Provider configurations that were not wholly known: they are configured again when applying.
    pub(super) unsettled_providers: HashSet<ProviderConfig>,
    pub(super) refreshed: HashMap<ObjectKey, Refreshed>,
    pub(super) data: HashMap<ResourceInstance, DataStatus>,
    /// Ephemeral resources that are open.
    pub(super) open: Vec<OpenWhilePlanning>,
    is_done: Vec<bool>,
    /// Marks of the configurations of data sources that are being read.
    pub(super) data_marks: HashMap<ResourceInstance, Vec<(Path, Marks)>>,
    /// What is to be imported into the instances of a resource.
    pub(super) imports: HashMap<NodeId, ImportRequests>,
    /// Objects that were found for imports, with their ids.
    pub(super) imported: HashMap<ResourceInstance, Str>,
    /// Whether something that will change is behind a value.
    pub(super) pending_behind: Behind,
    /// Whether a resource itself will change, for those that were asked about.
    pub(super) pending_itself: HashMap<UseId, bool>,
    /// Instances that were looked at and are left alone, because flags narrow the plan.
    pub(super) left_out: HashSet<ResourceInstance>,
    /// Whether something that is left out is behind a value.
    pub(super) left_out_behind: Behind,
    /// What provider configurations need, when destroying: no other data is read then.
    pub(super) read_for_destroy: HashSet<NodeId>,
    /// Objects in the state that the files still declare.
    pub(super) declared: HashSet<ResourceInstance>,
    pub(super) changes: BTreeMap<ObjectKey, ResourceChange>,
    pub(super) deferred: Vec<DeferredChange>,
    pub(super) drift: BTreeMap<ObjectKey, Drift>,
    pub(super) new_state: State,
    pub(super) state_changes: BTreeSet<ObjectKey>,
    /// Data that leaves the state when everything else is done.
    pub(super) dropped_at_end: Vec<ObjectKey>,
    /// Resources whose replacements make the new object first, because they say so or something needs it.
    pub(super) create_before_destroy: HashSet<NodeId>,
    /// Provider configurations whose clients are needed.
    pub(super) used_providers: HashSet<ProviderConfig>,
    pub(super) objects_by_provider: HashMap<ProviderConfig, Vec<ObjectKey>>,
    pub(super) position: Vec<usize>,
    pub(super) remaining: Vec<usize>,
    pub(super) ready: BTreeSet<(usize, NodeId)>,
    pub(super) blocked: HashMap<NodeId, usize>,
    pub(super) waiters: HashMap<RequestId, Vec<NodeId>>,
    pub(super) asked: HashMap<RequestId, Asked>,
    pub(super) outgoing: Vec<Request>,
    pub(super) next_request: u64,
    pub(super) started: bool,
    /// How many nodes are done.
    pub(super) done_count: usize,
    pub(super) variables: BTreeMap<Str, Value>,
    /// Values for variables that are not ephemeral, as they were given.
    pub(super) given_variables: BTreeMap<Str, Value>,
    /// Ephemeral variables for which a value was given.
    pub(super) ephemeral_variables: Vec<Str>,
    /// What has another address in the files than in the state.
    pub(super) moves: Moves,
}

impl<'c> Planner<'c> {
    /// A planner that has done nothing yet. `config` and `graph` must be free of errors.
    pub fn new(
        config: &'c Config,
        graph: &'c ConfigGraph,
        providers: &'c Providers,
        surroundings: Surroundings,
        given: &VariableValues,
        state: Arc<State>,
        options: Options,
    ) -> (Self, Diagnostics) {
        let (root_values, mut diagnostics) = variables::root_values(config, given);
        let variables = root_values.converted;
        let mut world = World::new(config, providers, Phase::Plan, surroundings, variables.clone());
        let mut moves = Moves::find(config, graph, providers, &state);
        diagnostics.extend(std::mem::take(&mut moves.diagnostics));
        let is_narrowed = !options.targets.is_empty() || !options.excludes.is_empty();
        if is_narrowed {
            let flag = if options.targets.is_empty() { "-exclude" } else { "-target" };
            diagnostics.push(Diagnostic::warning(
                "Resource targeting is in effect",
                format!(
                    "You are creating a plan with the {flag} option, which means that the result of this plan may not \
                     represent all of the changes requested by the current configuration. It is for exceptional \
                     situations: recovering from mistakes, or when told to by an error."
                ),
            ));
        }
        diagnostics.extend(moves.excluded(&options));
        diagnostics.extend(still_declared(config));
        let state = if moves.is_empty() { state } else { Arc::new(moves.state.clone()) };
        if options.mode == Mode::RefreshOnly {
            world.only_warn();
        }
        if is_narrowed {
            // What is left alone is worth what the state says.
            world.set_stored(StateValues { state: Arc::clone(&state), providers });
        }
        let targets = Targets::new(&options, config, graph, &state);
        let mut position = vec![0; graph.nodes.len()];
        for (at, node) in graph.order.iter().enumerate() {
            position[*node] = at;
        }
        let planner = Self {
            config,
            graph,
            world,
            providers,
            targets,
            options,
            provider_status: HashMap::new(),
            provider_uses: HashMap::new(),
            unsettled_providers: HashSet::new(),
            pending_behind: Behind::default(),
            pending_itself: HashMap::new(),
            left_out: HashSet::new(),
            left_out_behind: Behind::default(),
            read_for_destroy: HashSet::new(),
            refreshed: HashMap::new(),
            imports: HashMap::new(),
            imported: HashMap::new(),
            data: HashMap::new(),
            open: Vec::new(),
            is_done: vec![false; graph.nodes.len()],
            data_marks: HashMap::new(),
            declared: HashSet::new(),
            changes: BTreeMap::new(),
            deferred: Vec::new(),
            drift: BTreeMap::new(),
            new_state: moves.state.clone(),
            state_changes: moves.changed.iter().cloned().map(ObjectKey::current).collect(),
            dropped_at_end: Vec::new(),
            create_before_destroy: create_before_destroy(config, graph),
            used_providers: HashSet::new(),
            objects_by_provider: HashMap::new(),
            remaining: graph.needs.iter().map(Vec::len).collect(),
            position,
            ready: BTreeSet::new(),
            blocked: HashMap::new(),
            waiters: HashMap::new(),
            asked: HashMap::new(),
            outgoing: Vec::new(),
            next_request: 0,
            started: false,
            done_count: 0,
            state,
            variables,
            given_variables: root_values.given,
            ephemeral_variables: variables::given_ephemeral(config, given),
            moves,
        };
        (planner, diagnostics)
    }

    /// Works on everything that can be worked on.
    pub fn step(&mut self) -> StepOutcome {
        if !self.started {
            self.started = true;
            self.start();
        }
        while let Some((_, node)) = self.ready.pop_first() {
            let progress = if self.is_planned(node) { self.work_on(node) } else { Progress::Done };
            match progress {
                Progress::Done => self.done(node),
                Progress::Blocked(requests) => {
                    self.blocked.insert(node, requests.len());
                    for request in requests {
                        self.waiters.entry(request).or_default().push(node);
                    }
                }
            }
        }
        self.close_unused();
        if self.asked.is_empty() && self.outgoing.is_empty() {
            return StepOutcome::Finished;
        }
        StepOutcome::Requests(std::mem::take(&mut self.outgoing))
    }

    fn start(&mut self) {
        if self.options.mode == Mode::Destroy {
            self.read_for_destroy = self.needed_by_providers();
        }
        self.choose_providers();
        for node in 0..self.graph.nodes.len() {
            if self.remaining[node] == 0 {
                self.ready.insert((self.position[node], node));
            }
        }
    }

    /// Whether a node is worked on at all: unused providers are not, and nothing outside the targets is.
    pub(super) fn is_planned(&self, node: NodeId) -> bool {
        match &self.graph.nodes[node].item {
            Item::Provider(..) => true,
            // A rule that a value breaks holds a destroy up too.
            Item::Variable(_) if self.graph.nodes[node].module == crate::config::ModuleId::ROOT => true,
            // What is destroyed is known from the state. Of the files only what providers need is evaluated: other data
            // sources are not read, so counts that depend on them are not known.
            _ if self.options.mode == Mode::Destroy => self.read_for_destroy.contains(&node),
            _ => self.targets.includes(node),
        }
    }

    pub(super) fn is_done(&self, node: NodeId) -> bool {
        self.is_done[node]
    }

    fn done(&mut self, node: NodeId) {
        self.done_count += 1;
        self.is_done[node] = true;
        self.stop_using(node);
        for dependent in &self.graph.needed_by[node] {
            self.remaining[*dependent] -= 1;
            if self.remaining[*dependent] == 0 {
                self.ready.insert((self.position[*dependent], *dependent));
            }
        }
    }

    fn work_on(&mut self, node: NodeId) -> Progress {
        let graph = self.graph;
        let module = graph.nodes[node].module;
        let instances = self.world.instances_of(module);
        if self.options.mode != Mode::Destroy {
            self.expect_conditions(node, &instances);
        }
        match &graph.nodes[node].item {
            Item::Variable(name) => instances.into_iter().for_each(|instance| {
                let found_before = self.world.diagnostics.0.len();
                let (_, used) = self.world.variable(instance, name);
                self.forgive(used, found_before);
            }),
            Item::Local(name) => instances.into_iter().for_each(|instance| {
                let found_before = self.world.diagnostics.0.len();
                let (_, used) = self.world.local(instance, name);
                self.forgive(used, found_before);
            }),
            // Outputs are read when something needs them, and at the end: a precondition may need what is refreshed.
            Item::Output(name) => {
                if self.options.mode != Mode::Destroy {
                    instances.into_iter().for_each(|instance| {
                        let found_before = self.world.diagnostics.0.len();
                        let (_, used) = self.world.output(instance, name);
                        self.forgive(used, found_before);
                    });
                }
            }
            Item::Call(name) => instances.into_iter().for_each(|instance| {
                let found_before = self.world.diagnostics.0.len();
                self.world.call(instance, name);
                if let Some(used) = self.world.call_use(instance, name) {
                    self.forgive(used, found_before);
                }
            }),
            Item::Check(name) => {
                if self.options.mode != Mode::Destroy {
                    self.check_block(node, &instances, name);
                }
            }
            Item::Provider(name, alias) => return self.provider_block(node, &instances, name, alias.as_ref()),
            Item::Resource(resource) => {
                return match resource.mode {
                    ResourceMode::Managed => self.managed_resource(node, &instances, resource),
                    _ => self.data_resource(&instances, resource),
                };
            }
        }
        Progress::Done
    }
}

/// Gives a diagnostic about an attribute its place in a body.
pub(crate) fn locate(diagnostic: Diagnostic, body: &Body) -> Diagnostic {
    let place = diagnostic.attribute.as_ref().and_then(|path| span_of(body, path)).unwrap_or(body.opening());
    diagnostic.at_least_at(place)
}
