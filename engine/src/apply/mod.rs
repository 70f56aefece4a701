//! Carrying out a plan.
//!
//! Nothing is decided here. Each step starts as soon as the steps it comes after are done, at most so many at once,
//! those with the longest way still behind them first. A step that fails holds back only what comes after it. Every
//! change is announced to the store before it is made and recorded after; see [`infra_state::store::StateStore`].

use std::collections::{BTreeMap, BinaryHeap, HashMap, HashSet};
use std::sync::Arc;
use std::sync::atomic::{AtomicU8, Ordering};

use futures::StreamExt;
use futures::future::BoxFuture;
use futures::stream::FuturesUnordered;
use infra_state::model::{Change, OutputValue};
use infra_state::store::{OperationId, Outcome, StateStore};
use infra_values::address::{InstanceKey, ModuleInstance, ProviderConfig, ResourceInstance};
use infra_values::{Str, Value};

use crate::checks::CheckResults;
use crate::config::Config;
use crate::diagnostics::{Diagnostic, Diagnostics};
use crate::events::Events;
use crate::plan::{Behind, Counts, Mode, Plan, StepId, Work, may_be_implied, stored_value};
use crate::provider::Configured;
use crate::provider::provisioner::Provisioners;
use crate::schema::decode::decode_object as decode_config;
use crate::syntax::Body;
use crate::world::{InstanceId, Phase, Providers, StoredValues, Surroundings, Use, World};

mod conditions;
mod ephemeral;
mod operation;
mod provisioning;

use ephemeral::Ephemerals;
use operation::{Done, Effect};

/// What an apply works with.
pub struct Applying<'a> {
    /// What to do. It must have passed [`crate::plan::check`].
    pub plan: &'a Plan,
    /// The configuration it was made from.
    pub config: &'a Config,
    /// The providers.
    pub providers: &'a Providers,
    /// Providers configured while planning; others are configured here.
    pub configured: HashMap<ProviderConfig, Arc<dyn Configured>>,
    /// What runs provisioners.
    pub provisioners: Provisioners,
    /// Folder, workspace and what functions need.
    pub surroundings: Surroundings,
    /// Values of ephemeral variables, which the plan does not hold.
    pub ephemeral_variables: BTreeMap<Str, Value>,
    /// Where changes are announced and recorded. The lock must be held and the operation begun.
    pub store: Arc<dyn StateStore>,
    /// The operation begun in the store.
    pub operation: OperationId,
    /// Who watches.
    pub events: Arc<dyn Events>,
    /// How many changes are made at once.
    pub parallelism: usize,
    /// How to stop early.
    pub interruption: Arc<Interruption>,
}

/// What became of an apply.
#[derive(Debug, Default)]
pub struct Applied {
    /// Errors and warnings.
    pub diagnostics: Diagnostics,
    /// How many objects were added, changed and destroyed.
    pub counts: Counts,
    /// Outputs of the root module as they are now.
    pub outputs: BTreeMap<Str, OutputValue>,
    /// What conditions came to.
    pub check_results: CheckResults,
    /// How many steps were not started, because something before them failed or the run was interrupted.
    pub left_over: usize,
}

/// A wish to stop before everything is done.
#[derive(Debug, Default)]
pub struct Interruption(AtomicU8);

impl Interruption {
    /// Asks that nothing new be started; what is running is finished.
    pub fn request_stop(&self) {
        self.0.store(1, Ordering::SeqCst);
    }

    /// Whether nothing new may be started.
    pub fn is_requested(&self) -> bool {
        self.0.load(Ordering::SeqCst) > 0
    }
}

/// Carries out a plan. The store's operation is left open: the caller finishes it.
pub async fn apply(applying: Applying<'_>) -> Applied {
    let mut executor = Executor::new(&applying);
    if executor.record_refreshed(&applying).await {
        executor.configure_providers(&applying).await;
    }
    if !executor.applied.diagnostics.has_errors() {
        executor.run(&applying).await;
        executor.drop_at_end(&applying).await;
        executor.open_for_conditions(&applying).await;
    }
    executor.settle(&applying);
    executor.close_all().await;
    executor.applied
}

/// Values of objects that the plan leaves alone, from the state it starts with.
struct UntouchedValues<'a> {
    plan: &'a Plan,
    providers: &'a Providers,
    /// Instances whose value is not known before their step is done.
    awaited: HashSet<&'a ResourceInstance>,
}

impl StoredValues for UntouchedValues<'_> {
    fn value(&self, address: &ResourceInstance) -> Option<Value> {
        if self.awaited.contains(address) {
            return None;
        }
        stored_value(&self.plan.state, self.providers, address)
    }
}

/// A step that could start; the one with the longest way behind it is the greatest.
#[derive(PartialEq, Eq, PartialOrd, Ord)]
struct Ready {
    remaining_length: usize,
    /// Among equals, the plan's order.
    step: std::cmp::Reverse<StepId>,
}

struct Executor<'a> {
    world: World<'a>,
    applied: Applied,
    configured: HashMap<ProviderConfig, Arc<dyn Configured>>,
    /// Providers that could not be configured, which was reported.
    unusable: HashSet<ProviderConfig>,
    open: Vec<usize>,
    needed_by: Vec<Vec<StepId>>,
    remaining_length: Vec<usize>,
    ready: BinaryHeap<Ready>,
    finished: usize,
    /// Steps with work that were not started yet.
    unstarted: usize,
    ephemerals: Ephemerals,
    /// Objects that are there and not as their postconditions want them: nothing goes on from them.
    failed_conditions: HashSet<ResourceInstance>,
}

impl<'a> Executor<'a> {
    fn new(applying: &Applying<'a>) -> Self {
        let plan = applying.plan;
        let mut world = World::new(
            applying.config,
            applying.providers,
            Phase::Apply,
            applying.surroundings.clone(),
            plan.variables
                .iter()
                .chain(&applying.ephemeral_variables)
                .map(|(name, value)| (name.clone(), value.clone()))
                .collect(),
        );
        if plan.mode == Mode::RefreshOnly {
            world.only_warn();
        }
        world.check_results = plan.checks.clone();
        world.check_results.forget_unreadable_data();
        let awaited = plan
            .steps
            .iter()
            .filter_map(|step| match &step.work {
                Work::Create { change, .. } | Work::Update { change } | Work::Read { change } => {
                    plan.changes.get(*change).map(|change| &change.address)
                }
                _ => None,
            })
            .chain(plan.deferred.iter().map(|deferred| &deferred.change.address))
            .collect();
        world.set_stored(UntouchedValues { plan, providers: applying.providers, awaited });
        let count = plan.steps.len();
        let mut needed_by = vec![Vec::new(); count];
        for (position, step) in plan.steps.iter().enumerate() {
            for before in &step.after {
                needed_by[*before].push(position);
            }
        }
        let mut remaining_length = vec![0; count];
        for position in (0..count).rev() {
            let longest = needed_by[position].iter().map(|next: &usize| remaining_length[*next]).max();
            let own = usize::from(plan.steps[position].work != Work::Join);
            remaining_length[position] = own + longest.unwrap_or(0);
        }
        let mut executor = Self {
            world,
            applied: Applied::default(),
            configured: applying.configured.clone(),
            unusable: HashSet::new(),
            open: plan.steps.iter().map(|step| step.after.len()).collect(),
            needed_by,
            remaining_length,
            ready: BinaryHeap::new(),
            finished: 0,
            ephemerals: Ephemerals::of(applying),
            failed_conditions: HashSet::new(),
            unstarted: plan.steps.iter().filter(|step| step.work != Work::Join).count(),
        };
        for position in 0..count {
            if executor.open[position] == 0 {
                executor.make_ready(position);
            }
        }
        executor
    }

    fn make_ready(&mut self, step: StepId) {
        self.ready.push(Ready { remaining_length: self.remaining_length[step], step: std::cmp::Reverse(step) });
    }

    fn step_done(&mut self, step: StepId) {
        self.finished += 1;
        for next in std::mem::take(&mut self.needed_by[step]) {
            self.open[next] -= 1;
            if self.open[next] == 0 {
                self.make_ready(next);
            }
        }
    }

    /// Records moves and what refreshing found before anything is changed. Whether that worked.
    async fn record_refreshed(&mut self, applying: &Applying<'a>) -> bool {
        let plan = applying.plan;
        for moved in &plan.moved {
            let outcome = Outcome {
                operation: applying.operation.clone(),
                address: moved.from.clone(),
                deposed: None,
                change: Change::Move(moved.to.clone()),
                error: None,
            };
            if let Err(error) = applying.store.record_outcome(&outcome).await {
                self.applied.diagnostics.push(operation::not_recorded(&error, &moved.from));
                return false;
            }
        }
        for key in &plan.refreshed {
            let object = plan
                .state
                .resources
                .instance(&key.address)
                .and_then(|instance| instance.object(key.deposed.as_ref()))
                .cloned();
            let provider =
                plan.state.resources.get(&key.address.absolute_resource()).map(|resource| resource.provider.clone());
            let change = match (object, provider) {
                (Some(object), Some(provider)) => Change::Set { provider, object },
                _ => Change::Remove,
            };
            let outcome = Outcome {
                operation: applying.operation.clone(),
                address: key.address.clone(),
                deposed: key.deposed.clone(),
                change,
                error: None,
            };
            if let Err(error) = applying.store.record_outcome(&outcome).await {
                self.applied.diagnostics.push(operation::not_recorded(&error, &key.address));
                return false;
            }
        }
        self.applied.counts.import = plan.changes.iter().filter(|change| change.importing.is_some()).count();
        true
    }

    /// Forgets what only had to stay until everything was done.
    async fn drop_at_end(&mut self, applying: &Applying<'a>) {
        if self.finished < applying.plan.steps.len() {
            return;
        }
        for key in &applying.plan.dropped_at_end {
            let outcome = Outcome {
                operation: applying.operation.clone(),
                address: key.address.clone(),
                deposed: key.deposed.clone(),
                change: Change::Remove,
                error: None,
            };
            if let Err(error) = applying.store.record_outcome(&outcome).await {
                self.applied.diagnostics.push(operation::not_recorded(&error, &key.address));
                return;
            }
        }
    }

    /// Configures the providers that the plan's steps need and that were not configured while planning.
    async fn configure_providers(&mut self, applying: &Applying<'a>) {
        let needed: std::collections::BTreeSet<&ProviderConfig> = applying
            .plan
            .steps
            .iter()
            .filter_map(|step| Some(&applying.plan.changes.get(step.work.change()?)?.provider))
            .filter(|address| !self.configured.contains_key(*address))
            .collect();
        for address in needed {
            let Some((config, provider)) = self.provider_config(applying, address) else { continue };
            // A configuration that needs something which is only made or opened later waits until then.
            if !config.is_wholly_known() {
                self.world.forget_unknown_values();
                continue;
            }
            match provider.configure(&config).await {
                Ok(configured) => {
                    self.configured.insert(address.clone(), configured);
                }
                Err(errors) => self.applied.diagnostics.extend(errors),
            }
        }
    }

    fn provider_config(
        &mut self,
        applying: &Applying<'a>,
        address: &ProviderConfig,
    ) -> Option<(Value, Arc<dyn crate::provider::Provider>)> {
        let provider = applying.providers.get(&address.provider)?.clone();
        let module = applying.config.module_at(&address.module);
        let block = module.and_then(|module| {
            let (_, block) = module.providers.iter().find(|((name, alias), _)| {
                *alias == address.alias && module.provider_address(name) == address.provider
            })?;
            Some((module.id, block))
        });
        if block.is_none() && !may_be_implied(address) {
            self.applied.diagnostics.push(Diagnostic::error(
                "Provider configuration not present",
                format!("The provider block of {address} is not in the planned configuration. Make a new plan."),
            ));
            return None;
        }
        let empty = Body::default();
        let (instance, body) = match block {
            Some((module, block)) => {
                // A module with a provider block of its own has one instance.
                let path = applying.config.module(module).path.0.iter();
                let keys = path.map(|name| (name.clone(), InstanceKey::None)).collect();
                (self.world.find_instance(&ModuleInstance(keys))?, &block.body)
            }
            None => (InstanceId::ROOT, &empty),
        };
        let schema = provider.config_schema();
        let ((config, diagnostics), _) = self.world.with_scope(instance, None, Vec::new(), |evaluator| {
            decode_config(body, schema, evaluator, &crate::config::PROVIDER_RESERVED)
        });
        self.applied.diagnostics.extend(diagnostics);
        let (config, _) = config.unmark_deep();
        Some((config, provider))
    }

    async fn run(&mut self, applying: &Applying<'a>) {
        let mut running: FuturesUnordered<BoxFuture<'a, (StepId, Done)>> = FuturesUnordered::new();
        loop {
            while running.len() < applying.parallelism.max(1) && !applying.interruption.is_requested() {
                let Some(Ready { step: std::cmp::Reverse(step), .. }) = self.ready.pop() else { break };
                if let Some(work) = self.start(applying, step).await {
                    running.push(Box::pin(async move { (step, work.await) }));
                }
            }
            match running.next().await {
                Some((step, done)) => {
                    if let Some(more) = self.take(applying, step, done) {
                        running.push(Box::pin(async move { (step, more.await) }));
                    } else {
                        self.close_after_step(step).await;
                    }
                }
                None => return,
            }
        }
    }

    /// Starts a step; `None` when it is done, or has failed, already.
    async fn start(&mut self, applying: &Applying<'a>, step: StepId) -> Option<BoxFuture<'a, Done>> {
        let work = &applying.plan.steps[step].work;
        let Some(change) = work.change().and_then(|change| applying.plan.changes.get(change)) else {
            self.step_done(step);
            return None;
        };
        if self.unusable.contains(&change.provider) {
            return None;
        }
        self.unstarted -= 1;
        let ready = match self.open_for_step(applying, step).await {
            Ok(()) => self.ensure_configured(applying, &change.provider).await,
            Err(errors) => Err(errors),
        };
        if let Err(errors) = ready {
            self.applied.diagnostics.extend(errors);
            return None;
        }
        if !self.configured.contains_key(&change.provider) {
            return None;
        }
        match operation::prepare(applying, &mut self.world, &self.configured, work, change) {
            Ok(future) => Some(future),
            Err(mut errors) => {
                self.place_in_block(applying, &change.address, &mut errors);
                if !errors.has_errors() && !errors.is_empty() {
                    self.step_done(step);
                }
                for diagnostic in errors {
                    self.applied.diagnostics.push(diagnostic.about(&change.address));
                }
                None
            }
        }
    }

    /// Configures a provider, unless it is configured already. Where that does not work, nothing more is tried with it.
    async fn ensure_configured(
        &mut self,
        applying: &Applying<'a>,
        address: &ProviderConfig,
    ) -> Result<(), Diagnostics> {
        if self.configured.contains_key(address) || self.unusable.contains(address) {
            return Ok(());
        }
        let Some((config, provider)) = self.provider_config(applying, address) else { return Ok(()) };
        match provider.configure(&config).await {
            Ok(configured) => {
                self.configured.insert(address.clone(), configured);
                Ok(())
            }
            Err(errors) => {
                self.unusable.insert(address.clone());
                Err(errors)
            }
        }
    }

    /// Takes what a step has come to; the rest of the step, if there is one.
    fn take(&mut self, applying: &Applying<'a>, step: StepId, mut done: Done) -> Option<BoxFuture<'a, Done>> {
        let address = applying.plan.steps[step]
            .work
            .change()
            .and_then(|change| applying.plan.changes.get(change))
            .map(|change| &change.address);
        if let Some(address) = address {
            self.place_in_block(applying, address, &mut done.diagnostics);
        }
        let failed = done.diagnostics.has_errors();
        for diagnostic in done.diagnostics {
            self.applied.diagnostics.push(match address {
                Some(address) => diagnostic.about(address),
                None => diagnostic,
            });
        }
        match done.effect {
            Effect::None => {}
            Effect::Added => self.applied.counts.add += 1,
            Effect::Changed => self.applied.counts.change += 1,
            Effect::Removed => self.applied.counts.remove += 1,
            Effect::Forgotten => self.applied.counts.forget += 1,
        }
        if let (Some(address), Some(value)) = (address, done.value) {
            self.set_value(address, value);
        }
        if failed {
            return None;
        }
        if let (Some(address), Some(made)) = (address, done.made) {
            let prepared = provisioning::prepare(applying, &mut self.world, address, &made.object.value);
            return Some(Box::pin(provisioning::provision(*made, prepared)));
        }
        let arrives =
            matches!(applying.plan.steps[step].work, Work::Create { .. } | Work::Update { .. } | Work::Read { .. });
        if let Some(address) = address
            && arrives
            && !self.check_arrived(applying, address)
        {
            self.failed_conditions.insert(address.clone());
            return None;
        }
        self.step_done(step);
        None
    }

    fn take_diagnostics_about(&mut self, address: &ResourceInstance) {
        for diagnostic in std::mem::take(&mut self.world.diagnostics) {
            self.applied.diagnostics.push(diagnostic.about(address));
        }
    }

    fn set_value(&mut self, address: &ResourceInstance, value: Value) {
        if let Some(instance) = self.world.find_instance(&address.module) {
            self.world.expansion(instance, &address.resource);
            self.world.set_instance(instance, &address.resource, &address.key, value);
        }
    }

    fn settle(&mut self, applying: &Applying<'a>) {
        self.applied.left_over = self.unstarted;
        if applying.plan.mode != Mode::Destroy {
            self.check_unchanged(applying);
        }
        let is_unfinished = self.finished < applying.plan.steps.len();
        if is_unfinished && !applying.interruption.is_requested() && !self.applied.diagnostics.has_errors() {
            self.applied.diagnostics.push(Diagnostic::error(
                "Apply did not finish",
                "Some changes were never started, although nothing before them failed. This is a defect of infra; run \
                 apply again for the rest.",
            ));
        }
        if applying.interruption.is_requested() && is_unfinished {
            self.applied.diagnostics.push(Diagnostic::error(
                "Interrupted",
                "The run was interrupted. What was running was finished and recorded; what is left is planned again by \
                 the next run.",
            ));
        }
        self.applied.outputs = self.outputs(applying);
        self.applied.check_results = self.settle_conditions(applying);
    }

    /// The outputs as they can be told now: one that is not known keeps its former value, and one that must not be
    /// there the value it was planned with, if that was known.
    fn outputs(&mut self, applying: &Applying<'a>) -> BTreeMap<Str, OutputValue> {
        let mut outputs = applying.plan.state.outputs.clone();
        let mut failed_behind = Behind::default();
        for (name, planned) in &applying.plan.outputs {
            if planned.after.is_none() {
                if applying.plan.mode != Mode::RefreshOnly {
                    outputs.remove(name);
                }
                continue;
            }
            let found_before = self.world.diagnostics.0.len();
            let (mut value, used) = self.world.output(InstanceId::ROOT, name);
            let uses = &self.world.uses;
            let is_failed = |id| matches!(uses.thing(id), Use::Instance(one) if self.failed_conditions.contains(one));
            if failed_behind.any(uses, used, is_failed) {
                continue;
            }
            if self.world.diagnostics.iter().skip(found_before).any(|found| found.is_error())
                && let Some(planned) = &planned.after
            {
                value.clone_from(planned);
            }
            let (value, marks) = value.unmark_deep();
            if !value.is_wholly_known() || marks.is_ephemeral() {
                continue;
            }
            if value.is_null() {
                outputs.remove(name);
                continue;
            }
            let sensitive = applying.config.root().outputs.get(name).is_some_and(|output| output.sensitive);
            outputs.insert(name.clone(), OutputValue { value, sensitive });
        }
        // A mistake in an output that could not be known while planning.
        self.applied.diagnostics.extend(std::mem::take(&mut self.world.diagnostics));
        outputs
    }
}
