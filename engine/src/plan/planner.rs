//! Making a plan step by step, without doing any input or output.
//!
//! Every item of the graph is worked on once everything it needs is done. Where an item needs something from outside
//! (a configured provider, a read object, a data source), the planner asks ([`Request`]) and goes on with other
//! items. Which answer comes first does not matter: the plan is the same, byte for byte.

use std::collections::{BTreeMap, BTreeSet, HashMap, HashSet};
use std::sync::Arc;

use infra_state::State;
use infra_state::model::{ObjectState, OutputValue};
use infra_values::address::{ProviderConfig, ResourceInstance, ResourceMode};
use infra_values::{Marks, Path, Str, Value};

use super::managed::Refreshed;
use super::moves::implied_moves;
use super::object::{PriorObject, decode_object, encode_object};
use super::targets::Targets;
use super::{
    Action, DeferredChange, Drift, FORMAT_VERSION, Mode, Move, ObjectKey, Options, OutputChange, Plan, Planned,
    ResourceChange,
};
use crate::config::{Config, Snapshot, VariableValues};
use crate::diagnostics::{Diagnostic, Diagnostics, did_you_mean};
use crate::graph::{ConfigGraph, Item, NodeId};
use crate::provider::{Configured, ManagedType, Object, Provider, TypeLookup};
use crate::schema::decode::{decode_object as decode_config, span_of};
use crate::schema::validate::validate;
use crate::syntax::Body;
use crate::world::{InstanceId, Phase, Providers, Surroundings, Use, UseId, World, variables};

/// Names a request.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct RequestId(u64);

/// Something the planner must be told.
pub struct Request {
    /// To be given back with the answer.
    pub id: RequestId,
    /// What is asked.
    pub kind: RequestKind,
}

/// What the planner asks.
pub enum RequestKind {
    /// Configure a provider.
    Configure {
        /// Which configuration.
        address: ProviderConfig,
        /// The provider.
        provider: Arc<dyn Provider>,
        /// Its configuration, which may hold unknown values.
        config: Value,
    },
    /// Read an object as it is now.
    Refresh {
        /// Which object.
        key: ObjectKey,
        /// Its provider.
        provider: Arc<dyn Provider>,
        /// The provider's clients.
        configured: Arc<dyn Configured>,
        /// The object as it is known.
        object: Object,
    },
    /// Read a data source.
    ReadData {
        /// Which data source.
        address: ResourceInstance,
        /// Its provider.
        provider: Arc<dyn Provider>,
        /// The provider's clients.
        configured: Arc<dyn Configured>,
        /// What is asked for; wholly known.
        config: Value,
    },
}

/// The answer to a request.
pub enum Answer {
    /// To [`RequestKind::Configure`].
    Configured(Result<Arc<dyn Configured>, Diagnostics>),
    /// To [`RequestKind::Refresh`]; `None` when the object is gone.
    Refreshed(Result<Option<Object>, Diagnostics>),
    /// To [`RequestKind::ReadData`].
    DataRead(Result<Value, Diagnostics>),
}

/// Where the planner is after a step.
pub enum StepOutcome {
    /// It needs answers to these; earlier requests may still be open too.
    Requests(Vec<Request>),
    /// The plan can be taken with [`Planner::finish`].
    Finished,
}

/// Whether an item is done.
pub(super) enum Progress {
    /// Done.
    Done,
    /// It goes on when these are answered.
    Blocked(Vec<RequestId>),
}

/// A provider configuration during planning.
pub(super) enum ProviderStatus {
    /// Asked for.
    Pending(RequestId),
    /// Ready.
    Ready(Arc<dyn Configured>),
    /// It could not be configured, which was reported.
    Failed,
}

/// What reading a data source has come to.
pub(super) enum DataStatus {
    /// Asked for.
    Pending(RequestId),
    /// Read.
    Ready(Value),
    /// It is read during apply.
    Later,
    /// It could not be read, which was reported.
    Failed,
}

enum Asked {
    Configure(ProviderConfig),
    Refresh(ObjectKey),
    ReadData(ResourceInstance),
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
    unsettled_providers: HashSet<ProviderConfig>,
    pub(super) refreshed: HashMap<ObjectKey, Refreshed>,
    pub(super) data: HashMap<ResourceInstance, DataStatus>,
    /// Marks of the configurations of data sources that are being read.
    pub(super) data_marks: HashMap<ResourceInstance, Vec<(Path, Marks)>>,
    /// Whether something that will change is behind a value.
    pub(super) pending_behind: HashMap<UseId, bool>,
    /// What provider configurations need, when destroying: no other data is read then.
    read_for_destroy: HashSet<NodeId>,
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
    used_providers: HashSet<ProviderConfig>,
    objects_by_provider: HashMap<ProviderConfig, Vec<ObjectKey>>,
    position: Vec<usize>,
    remaining: Vec<usize>,
    ready: BTreeSet<(usize, NodeId)>,
    blocked: HashMap<NodeId, usize>,
    waiters: HashMap<RequestId, Vec<NodeId>>,
    asked: HashMap<RequestId, Asked>,
    outgoing: Vec<Request>,
    next_request: u64,
    started: bool,
    /// How many nodes are done.
    done_count: usize,
    variables: BTreeMap<Str, Value>,
    moved: Vec<Move>,
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
        let (variables, diagnostics) = variables::root_values(config, given);
        let world = World::new(config, providers, Phase::Plan, surroundings, variables.clone());
        let mut world = world;
        if !options.targets.is_empty() {
            // What is left alone is worth what the state says.
            world.set_stored(StateValues { state: Arc::clone(&state), providers });
        }
        let targets = Targets::new(&options, config, graph, &state);
        let mut position = vec![0; graph.nodes.len()];
        for (at, node) in graph.order.iter().enumerate() {
            position[*node] = at;
        }
        let (new_state, moved) = implied_moves(config, graph, &targets, &state);
        let state = if moved.is_empty() { state } else { Arc::new(new_state.clone()) };
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
            pending_behind: HashMap::new(),
            read_for_destroy: HashSet::new(),
            refreshed: HashMap::new(),
            data: HashMap::new(),
            data_marks: HashMap::new(),
            declared: HashSet::new(),
            changes: BTreeMap::new(),
            deferred: Vec::new(),
            drift: BTreeMap::new(),
            new_state,
            state_changes: BTreeSet::new(),
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
            moved,
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
        if self.asked.is_empty() && self.outgoing.is_empty() {
            return StepOutcome::Finished;
        }
        StepOutcome::Requests(std::mem::take(&mut self.outgoing))
    }

    /// Takes the answer to a request. Answers that do not fit their request are ignored.
    pub fn answer(&mut self, id: RequestId, answer: Answer) {
        match (self.asked.remove(&id), answer) {
            (Some(Asked::Configure(address)), Answer::Configured(result)) => self.configured(address, result),
            (Some(Asked::Refresh(key)), Answer::Refreshed(result)) => self.refreshed(key, result),
            (Some(Asked::ReadData(address)), Answer::DataRead(result)) => self.data_read(address, result),
            _ => {}
        }
        for node in self.waiters.remove(&id).unwrap_or_default() {
            if let Some(open) = self.blocked.get_mut(&node) {
                *open -= 1;
                if *open == 0 {
                    self.blocked.remove(&node);
                    self.ready.insert((self.position[node], node));
                }
            }
        }
    }

    pub(super) fn ask(&mut self, kind: RequestKind) -> RequestId {
        let id = RequestId(self.next_request);
        self.next_request += 1;
        let asked = match &kind {
            RequestKind::Configure { address, .. } => Asked::Configure(address.clone()),
            RequestKind::Refresh { key, .. } => Asked::Refresh(key.clone()),
            RequestKind::ReadData { address, .. } => Asked::ReadData(address.clone()),
        };
        self.asked.insert(id, asked);
        self.outgoing.push(Request { id, kind });
        id
    }

    fn start(&mut self) {
        if self.options.mode == Mode::Destroy {
            self.read_for_destroy = self.needed_by_providers();
        }
        for ((module, resource), resolved) in &self.graph.providers {
            let node = self.graph.node(*module, Item::Resource(resource.clone()));
            let calls_provider = self.options.mode == Mode::Normal || resource.mode == ResourceMode::Data;
            if calls_provider && node.is_some_and(|node| self.is_planned(node)) {
                self.used_providers.insert(resolved.address.clone());
            }
        }
        for (address, resource, instance) in self.state.resources.instances() {
            if address.resource.mode != ResourceMode::Managed || !self.targets_state_object(&address) {
                continue;
            }
            // What the files still declare is read by the provider they name: its node is done before the resource's.
            let provider = self.declared_provider(&address).unwrap_or(&resource.provider).clone();
            self.used_providers.insert(provider.clone());
            let objects = self.objects_by_provider.entry(provider).or_default();
            if instance.current.is_some() {
                objects.push(ObjectKey::current(address.clone()));
            }
            objects.extend(
                instance.deposed.keys().map(|key| ObjectKey { address: address.clone(), deposed: Some(key.clone()) }),
            );
        }
        // Providers that no block configures get an empty configuration at once.
        let mut implied: Vec<ProviderConfig> =
            self.used_providers.iter().filter(|address| self.block_of(address).is_none()).cloned().collect();
        implied.sort();
        for address in implied {
            if may_be_implied(&address) {
                self.configure(address, None);
            } else {
                let example = self.objects_by_provider.get(&address).and_then(|objects| objects.first());
                self.world.diagnostics.push(missing_provider_block(&address, example));
                self.provider_status.insert(address, ProviderStatus::Failed);
            }
        }
        for node in 0..self.graph.nodes.len() {
            if self.remaining[node] == 0 {
                self.ready.insert((self.position[node], node));
            }
        }
    }

    pub(super) fn declared_provider(&self, address: &ResourceInstance) -> Option<&'c ProviderConfig> {
        let module = self.config.module_at(&address.module.path())?;
        self.graph.providers.get(&(module.id, address.resource.clone())).map(|resolved| &resolved.address)
    }

    /// Every node that a provider configuration needs, directly or not.
    fn needed_by_providers(&self) -> HashSet<NodeId> {
        let is_provider = |node: &NodeId| matches!(self.graph.nodes[*node].item, Item::Provider(..));
        let mut stack: Vec<NodeId> = (0..self.graph.nodes.len()).filter(is_provider).collect();
        let mut needed = HashSet::new();
        while let Some(node) = stack.pop() {
            if needed.insert(node) {
                stack.extend(&self.graph.needs[node]);
            }
        }
        needed
    }

    fn targets_state_object(&self, address: &ResourceInstance) -> bool {
        let declared = self
            .config
            .module_at(&address.module.path())
            .and_then(|module| self.graph.node(module.id, Item::Resource(address.resource.clone())));
        match declared {
            Some(node) => self.targets.includes(node) && self.targets.names_instance(address),
            None => self.targets.includes_orphan(address),
        }
    }

    /// The graph's node of the block that configures a provider.
    fn block_of(&self, address: &ProviderConfig) -> Option<NodeId> {
        let module = self.config.module_at(&address.module)?;
        let (name, alias) = module
            .providers
            .keys()
            .find(|(name, alias)| *alias == address.alias && module.provider_address(name) == address.provider)?;
        self.graph.node(module.id, Item::Provider(name.clone(), alias.clone()))
    }

    /// Whether a node is worked on at all: unused providers are not, and nothing outside the targets is.
    fn is_planned(&self, node: NodeId) -> bool {
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

    fn done(&mut self, node: NodeId) {
        self.done_count += 1;
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
        match &graph.nodes[node].item {
            Item::Variable(name) => instances.into_iter().for_each(|instance| {
                self.world.variable(instance, name);
            }),
            Item::Local(name) => instances.into_iter().for_each(|instance| {
                self.world.local(instance, name);
            }),
            // Outputs are read when something needs them, and at the end: a precondition may need what is refreshed.
            Item::Output(name) => {
                if self.options.mode != Mode::Destroy {
                    instances.into_iter().for_each(|instance| {
                        self.world.output(instance, name);
                    });
                }
            }
            Item::Call(name) => instances.into_iter().for_each(|instance| {
                self.world.call(instance, name);
            }),
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

    fn provider_block(&mut self, node: NodeId, instances: &[InstanceId], name: &Str, alias: Option<&Str>) -> Progress {
        let module = self.config.module(self.graph.nodes[node].module);
        let address = ProviderConfig {
            module: module.path.clone(),
            provider: module.provider_address(name),
            alias: alias.cloned(),
        };
        match self.provider_status.get(&address) {
            Some(ProviderStatus::Pending(request)) => return Progress::Blocked(vec![*request]),
            Some(_) => return Progress::Done,
            None if !self.used_providers.contains(&address) => return Progress::Done,
            None => {}
        }
        let (Some(instance), Some(block)) = (instances.first(), module.providers.get(&(name.clone(), alias.cloned())))
        else {
            return Progress::Done;
        };
        match self.configure(address, Some((*instance, &block.body, block.span))) {
            Some(request) => Progress::Blocked(vec![request]),
            None => Progress::Done,
        }
    }

    /// Asks for a configured provider; `None` where that cannot work.
    fn configure(
        &mut self,
        address: ProviderConfig,
        block: Option<(InstanceId, &Body, crate::syntax::Span)>,
    ) -> Option<RequestId> {
        let Some(provider) = self.providers.get(&address.provider).cloned() else {
            self.world.diagnostics.push(unknown_provider(&address));
            self.provider_status.insert(address, ProviderStatus::Failed);
            return None;
        };
        let schema = provider.config_schema();
        let empty = Body::default();
        let (instance, body, span) = block.unwrap_or((InstanceId::ROOT, &empty, crate::syntax::Span::default()));
        let ((config, mut diagnostics), used) = self.world.with_scope(instance, None, Vec::new(), |evaluator| {
            decode_config(body, schema, evaluator, &["alias", "version"])
        });
        let used_as = self.world.uses.add(Use::Value, used);
        self.provider_uses.insert(address.clone(), used_as);
        let (bare, _) = config.clone().unmark_deep();
        if !bare.is_wholly_known() {
            self.unsettled_providers.insert(address.clone());
        }
        diagnostics.extend(validate(schema, &bare));
        diagnostics.extend(provider.validate_config(&bare));
        diagnostics.withhold(&config);
        let failed = diagnostics.has_errors();
        for diagnostic in diagnostics {
            let diagnostic = if block.is_some() { locate(diagnostic, body, span) } else { diagnostic };
            self.world.diagnostics.push(diagnostic);
        }
        if failed {
            self.provider_status.insert(address, ProviderStatus::Failed);
            return None;
        }
        let request = self.ask(RequestKind::Configure { address: address.clone(), provider, config: bare });
        self.provider_status.insert(address, ProviderStatus::Pending(request));
        Some(request)
    }

    fn configured(&mut self, address: ProviderConfig, result: Result<Arc<dyn Configured>, Diagnostics>) {
        let configured = match result {
            Ok(configured) => configured,
            Err(errors) => {
                let place = self.block_of(&address).and_then(|node| {
                    let node = &self.graph.nodes[node];
                    match &node.item {
                        Item::Provider(name, alias) => {
                            self.config.module(node.module).providers.get(&(name.clone(), alias.clone()))
                        }
                        _ => None,
                    }
                });
                for diagnostic in errors {
                    let diagnostic = match place {
                        Some(block) => locate(diagnostic, &block.body, block.span),
                        None => diagnostic,
                    };
                    self.world.diagnostics.push(diagnostic.about(&address));
                }
                self.provider_status.insert(address, ProviderStatus::Failed);
                return;
            }
        };
        self.provider_status.insert(address.clone(), ProviderStatus::Ready(Arc::clone(&configured)));
        let Some(provider) = self.providers.get(&address.provider).cloned() else { return };
        for key in self.objects_by_provider.remove(&address).unwrap_or_default() {
            self.begin_refresh(key, &provider, &configured);
        }
    }

    fn begin_refresh(&mut self, key: ObjectKey, provider: &Arc<dyn Provider>, configured: &Arc<dyn Configured>) {
        let Some(prior) = self.decode_stored(&key, provider.as_ref()) else {
            self.refreshed.insert(key, Refreshed::Failed);
            return;
        };
        if !self.options.refresh {
            self.refreshed.insert(key, Refreshed::Ready(Some(prior)));
            return;
        }
        let (bare, _) = prior.value.clone().unmark_deep();
        let object = Object { value: bare, private: prior.private.clone() };
        let request = self.ask(RequestKind::Refresh {
            key: key.clone(),
            provider: Arc::clone(provider),
            configured: Arc::clone(configured),
            object,
        });
        self.refreshed.insert(key, Refreshed::Pending { request, prior });
    }

    fn decode_stored(&mut self, key: &ObjectKey, provider: &dyn Provider) -> Option<PriorObject> {
        let stored = self.state.resources.instance(&key.address)?.object(key.deposed.as_ref())?.clone();
        match provider.managed_type(&key.address.resource.type_name) {
            TypeLookup::Found(managed) => match decode_object(&stored, managed.schema(), Some(managed)) {
                Ok(prior) => Some(prior),
                Err(diagnostic) => {
                    self.world.diagnostics.push(diagnostic.about(&key.address));
                    None
                }
            },
            _ => {
                self.world.diagnostics.push(
                    Diagnostic::error(
                        "Stored object of a type that cannot be managed",
                        format!(
                            "The state holds {}, and this version of infra does not manage the type {}. Manage it with \
                             terraform, or remove it from the state.",
                            key.address, key.address.resource.type_name
                        ),
                    )
                    .about(&key.address),
                );
                None
            }
        }
    }

    fn refreshed(&mut self, key: ObjectKey, result: Result<Option<Object>, Diagnostics>) {
        let Some(Refreshed::Pending { prior, .. }) = self.refreshed.remove(&key) else { return };
        let entry = match result {
            Err(errors) => {
                for diagnostic in errors {
                    self.world.diagnostics.push(diagnostic.about(&key.address));
                }
                Refreshed::Failed
            }
            Ok(None) => {
                self.note_drift(&key, &prior.value, Value::null(prior.value.ty()));
                self.set_state(&key, None);
                Refreshed::Ready(None)
            }
            Ok(Some(object)) => self.refreshed_object(&key, prior, object),
        };
        self.refreshed.insert(key, entry);
    }

    fn refreshed_object(&mut self, key: &ObjectKey, prior: PriorObject, object: Object) -> Refreshed {
        let (bare, marks) = prior.value.unmark_with_paths();
        let value = object.value.with_marks_at(&marks);
        if object.value == bare && object.private == prior.private {
            return Refreshed::Ready(Some(prior));
        }
        if object.value != bare {
            self.note_drift(key, &prior.value, value.clone());
        }
        let object = PriorObject { value, private: object.private, ..prior };
        let stored = self.encode(key, &object);
        self.set_state(key, stored);
        Refreshed::Ready(Some(object))
    }

    fn note_drift(&mut self, key: &ObjectKey, before: &Value, after: Value) {
        if let Some(resource) = self.state.resources.get(&key.address.absolute_resource()) {
            let drift = Drift {
                address: key.address.clone(),
                deposed: key.deposed.clone(),
                provider: resource.provider.clone(),
                before: before.clone(),
                after,
            };
            self.drift.insert(key.clone(), drift);
        }
    }

    pub(super) fn encode(&mut self, key: &ObjectKey, object: &PriorObject) -> Option<Arc<ObjectState>> {
        let schema = self.managed_type(key)?.schema();
        match encode_object(object, schema) {
            Ok(state) => Some(Arc::new(state)),
            Err(error) => {
                self.world.diagnostics.push(
                    Diagnostic::error("Object cannot be stored", format!("The object cannot be encoded: {error}."))
                        .about(&key.address),
                );
                None
            }
        }
    }

    fn managed_type(&self, key: &ObjectKey) -> Option<&'c dyn ManagedType> {
        let provider = &self.state.resources.get(&key.address.absolute_resource())?.provider;
        self.providers.get(&provider.provider)?.managed_type(&key.address.resource.type_name).found()
    }

    /// Notes what refreshing or reading found for the state from which applying starts.
    fn set_state(&mut self, key: &ObjectKey, object: Option<Arc<ObjectState>>) {
        match object {
            Some(object) => {
                if let Some(resource) = self.state.resources.get(&key.address.absolute_resource()) {
                    let provider = resource.provider.clone();
                    self.new_state.resources.set(&key.address, key.deposed.as_ref(), provider, object);
                }
            }
            None => {
                self.new_state.resources.remove(&key.address, key.deposed.as_ref());
            }
        }
        self.state_changes.insert(key.clone());
    }

    fn data_read(&mut self, address: ResourceInstance, result: Result<Value, Diagnostics>) {
        let status = match result {
            Ok(value) => DataStatus::Ready(value),
            Err(errors) => {
                let place = self
                    .config
                    .module_at(&address.module.path())
                    .and_then(|module| module.resources.get(&address.resource));
                for diagnostic in errors {
                    let diagnostic = match place {
                        Some(declared) => locate(diagnostic, &declared.body, declared.span),
                        None => diagnostic,
                    };
                    self.world.diagnostics.push(diagnostic.about(&address));
                }
                DataStatus::Failed
            }
        };
        self.data.insert(address, status);
    }

    /// The providers configured so far, for applying to use them again; not those whose configuration was partly
    /// unknown.
    pub fn configured_providers(&self) -> HashMap<ProviderConfig, Arc<dyn Configured>> {
        let ready = self.provider_status.iter().filter_map(|(address, status)| match status {
            ProviderStatus::Ready(configured) if !self.unsettled_providers.contains(address) => {
                Some((address.clone(), Arc::clone(configured)))
            }
            _ => None,
        });
        ready.collect()
    }

    /// The finished plan. Where errors left holes, it is marked as errored and can only be shown.
    pub fn finish(mut self, files: Snapshot, settings: BTreeMap<String, String>) -> Planned {
        if self.done_count < self.graph.nodes.len() && !self.world.diagnostics.has_errors() {
            self.world.diagnostics.push(Diagnostic::error(
                "Planning did not finish",
                "Not every part of the configuration could be planned. This is a defect of infra; nothing was changed.",
            ));
        }
        self.plan_orphans();
        let outputs = self.plan_outputs();
        let mut diagnostics = std::mem::take(&mut self.world.diagnostics);
        if !self.targets.is_everything() {
            diagnostics.push(Diagnostic::warning(
                "Resource targeting is in effect",
                "You are creating a plan with the -target option, which means that the result of this plan may not \
                 represent all of the changes requested by the current configuration. It is for exceptional \
                 situations: recovering from mistakes, or when told to by an error.",
            ));
        }
        diagnostics.extend(self.unmatched_addresses());
        self.name_previous_addresses();
        self.settle_create_before_destroy();
        let errored = diagnostics.has_errors();
        let steps = if errored { Vec::new() } else { self.order() };
        let surroundings = self.world.surroundings().clone();
        let refreshed: Vec<ObjectKey> = self.state_changes.into_iter().collect();
        let state = if refreshed.is_empty() { self.state.clone() } else { Arc::new(self.new_state) };
        let plan = Plan {
            format_version: FORMAT_VERSION,
            mode: self.options.mode,
            files,
            settings,
            variables: self.variables,
            timestamp: surroundings.functions.plan_timestamp.unwrap_or_default(),
            workspace: surroundings.workspace,
            based_on: infra_state::store::StateVersion {
                lineage: self.state.lineage.clone(),
                serial: self.state.serial,
            },
            state,
            moved: self.moved,
            refreshed,
            dropped_at_end: self.dropped_at_end,
            changes: self.changes.into_values().collect(),
            drift: self.drift.into_values().collect(),
            outputs,
            steps,
            deferred: self.deferred,
            targets: self.options.targets.iter().map(|target| Str::from(target.to_string())).collect(),
            errored,
        };
        // What has no place in a file comes in the order of addresses, whichever answer came first.
        diagnostics.0.sort_by(|left, right| left.address.cmp(&right.address));
        diagnostics.sort();
        (Some(plan), diagnostics)
    }

    fn name_previous_addresses(&mut self) {
        for moved in &self.moved {
            if let Some(change) = self.changes.get_mut(&ObjectKey::current(moved.to.clone())) {
                change.previous_address = Some(moved.from.clone());
            }
        }
    }

    /// Says of each object whether it is kept as one with `create_before_destroy`: it says so, or an object that does
    /// uses it. That is about single objects; whether a replacement makes the new one first is decided for all
    /// instances of a resource alike.
    fn settle_create_before_destroy(&mut self) {
        let uses = &self.world.uses;
        let says_so = |id: &UseId| match uses.thing(*id) {
            Use::Instance(address) => self
                .config
                .module_at(&address.module.path())
                .and_then(|module| module.resources.get(&address.resource))
                .is_some_and(|declared| declared.lifecycle.create_before_destroy == Some(true)),
            _ => false,
        };
        if self.create_before_destroy.is_empty() {
            return;
        }
        let mut stack: Vec<UseId> = uses.ids().filter(says_so).collect();
        let mut reached = HashSet::new();
        let mut first: HashSet<&ResourceInstance> = HashSet::new();
        while let Some(id) = stack.pop() {
            if !reached.insert(id) {
                continue;
            }
            if let Use::Instance(address) = uses.thing(id) {
                first.insert(address);
            }
            stack.extend(uses.needs(id));
        }
        for (key, change) in &mut self.changes {
            // What is destroyed keeps what the state says.
            if change.action != Action::Delete {
                change.create_before_destroy = first.contains(&key.address);
            }
        }
    }

    /// Warnings about `-target` and `-replace` with addresses that nothing has: probably misspelt.
    fn unmatched_addresses(&self) -> Diagnostics {
        let known: BTreeSet<ResourceInstance> =
            self.declared.iter().cloned().chain(self.changes.keys().map(|key| key.address.clone())).collect();
        let unmatched = |flag: &str, text: String| {
            let diagnostic = Diagnostic::warning(
                "Address matches nothing",
                format!(
                    "The address {text} given with {flag} matches no resource, so it has no effect. Check its spelling."
                ),
            );
            let names: Vec<String> = known.iter().map(ToString::to_string).collect();
            match did_you_mean(&text, names.iter().map(String::as_str)) {
                Some(nearest) => diagnostic.hint(format!("did you mean `{nearest}`?")),
                None => diagnostic,
            }
        };
        let targets =
            self.options.targets.iter().filter(|target| !known.iter().any(|address| target.contains(address)));
        let replaced = self.options.replace.iter().filter(|address| !known.contains(*address));
        let warnings: Vec<Diagnostic> = targets
            .map(|target| unmatched("-target", target.to_string()))
            .chain(replaced.map(|address| unmatched("-replace", address.to_string())))
            .collect();
        warnings.into()
    }

    fn plan_outputs(&mut self) -> BTreeMap<Str, OutputChange> {
        let mut outputs = BTreeMap::new();
        let before = self.state.outputs.clone();
        let declared = &self.config.root().outputs;
        for (name, output) in declared {
            let is_planned = self
                .graph
                .node(crate::config::ModuleId::ROOT, Item::Output(name.clone()))
                .is_some_and(|node| self.targets.includes(node));
            if !is_planned || (self.options.mode == Mode::Destroy && !self.targets.is_everything()) {
                continue;
            }
            let after = match self.options.mode {
                Mode::Destroy => None,
                _ => Some(self.world.output(InstanceId::ROOT, name).0),
            };
            // A null output is as good as none.
            let after = after.filter(|value| !value.is_null());
            // The state keeps one flag for the whole value, so marks inside it are no difference.
            let after = after.map(|value| {
                let (bare, marks) = value.unmark_deep();
                bare.with_marks(&marks)
            });
            let before = before.get(name);
            let sensitive = output.sensitive || before.is_some_and(|before| before.sensitive);
            let change = OutputChange { before: before.map(marked_output), after, sensitive };
            if change.before.is_some() || self.options.mode != Mode::Destroy {
                outputs.insert(name.clone(), change);
            }
        }
        for (name, value) in &before {
            if !declared.contains_key(name) && self.targets.is_everything() {
                let change =
                    OutputChange { before: Some(marked_output(value)), after: None, sensitive: value.sensitive };
                outputs.insert(name.clone(), change);
            }
        }
        outputs
    }

    /// Whether anything behind a value, however far, is a managed object that will change. What is asked about must be
    /// planned already, so that an answer stays true.
    pub(super) fn has_pending_change_behind(&mut self, wanted: UseId) -> bool {
        let mut stack = vec![wanted];
        let mut opened = HashSet::new();
        while let Some(top) = stack.last().copied() {
            if self.pending_behind.contains_key(&top) {
                stack.pop();
                continue;
            }
            let needs = self.world.uses.needs(top);
            if opened.insert(top) {
                stack.extend(needs.iter().copied().filter(|need| !opened.contains(need)));
                continue;
            }
            stack.pop();
            let below = needs.iter().any(|need| self.pending_behind.get(need).copied().unwrap_or(false));
            let pending = below || self.is_pending(top);
            self.pending_behind.insert(top, pending);
        }
        self.pending_behind.get(&wanted).copied().unwrap_or(false)
    }

    fn is_pending(&self, id: UseId) -> bool {
        let Use::Instance(address) = self.world.uses.thing(id) else { return false };
        address.resource.mode == ResourceMode::Managed
            && self
                .changes
                .get(&ObjectKey::current(address.clone()))
                .is_some_and(|change| change.action != Action::NoOp)
    }
}

fn marked_output(output: &OutputValue) -> Value {
    if output.sensitive { output.value.clone().with_marks(&Marks::sensitive()) } else { output.value.clone() }
}

/// Whether a provider may do without a block: only the default one of the root module. With any other, the block that
/// told accounts, regions and roles is gone, and another account's answers would be taken for its own.
pub(crate) fn may_be_implied(address: &ProviderConfig) -> bool {
    address.alias.is_none() && address.module.is_root()
}

fn missing_provider_block(address: &ProviderConfig, example: Option<&ObjectKey>) -> Diagnostic {
    let user = example.map_or_else(String::new, |key| format!(", which {} in the state was made with", key.address));
    Diagnostic::error(
        "Provider configuration not present",
        format!(
            "The provider block of {address}{user}, is not declared any more. Put the block back until its objects are \
             destroyed, or remove them from the state."
        ),
    )
}

fn unknown_provider(address: &ProviderConfig) -> Diagnostic {
    Diagnostic::error(
        "Provider not available",
        format!(
            "The provider {} is not part of infra, which has the AWS provider and a few small ones built in. Remove \
             what needs it, or manage that part with terraform.",
            address.provider
        ),
    )
}

/// What objects are worth that a narrowed plan does not look at.
struct StateValues<'c> {
    state: Arc<State>,
    providers: &'c Providers,
}

impl crate::world::StoredValues for StateValues<'_> {
    fn value(&self, address: &ResourceInstance) -> Option<Value> {
        super::object::stored_value(&self.state, self.providers, address)
    }
}

/// Gives a diagnostic about an attribute its place in a body.
pub(super) fn locate(diagnostic: Diagnostic, body: &Body, header: crate::syntax::Span) -> Diagnostic {
    let place = diagnostic.attribute.as_ref().and_then(|path| span_of(body, path)).unwrap_or(header);
    diagnostic.at_least_at(place)
}

/// Resources that say `create_before_destroy`, and everything they need: their new object must be there before the
/// new object of what needs it.
fn create_before_destroy(config: &Config, graph: &ConfigGraph) -> HashSet<NodeId> {
    let mut stack: Vec<NodeId> = graph
        .nodes
        .iter()
        .enumerate()
        .filter(|(_, node)| match &node.item {
            Item::Resource(resource) => config
                .module(node.module)
                .resources
                .get(resource)
                .is_some_and(|declared| declared.lifecycle.create_before_destroy == Some(true)),
            _ => false,
        })
        .map(|(id, _)| id)
        .collect();
    let mut seen = HashSet::new();
    while let Some(node) = stack.pop() {
        if seen.insert(node) {
            stack.extend(&graph.needs[node]);
        }
    }
    seen
}
