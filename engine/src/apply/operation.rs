//! One step of a plan: what is prepared from the world, and what then runs on its own.

use std::collections::HashMap;
use std::sync::{Arc, Mutex, PoisonError};

use async_trait::async_trait;
use futures::future::BoxFuture;
use infra_state::StateError;
use infra_state::model::Change;
use infra_state::store::{self, Identity, Intent, OperationId, Outcome, StateStore};
use infra_values::address::{DeposedKey, ProviderConfig, ResourceInstance};
use infra_values::{Marks, Path, Value, json};
use sha1::{Digest, Sha1};
use tokio::time::Instant;

use super::Applying;
use super::conditions::check_preconditions;
use super::provisioning::{self, Made, Prepared};
use crate::config::ResourceConfig;
use crate::diagnostics::{Diagnostic, Diagnostics};
use crate::drive::id_of;
use crate::events::{Event, Events};
use crate::plan::{
    Action, ObjectKey, PriorObject, ResourceChange, Work, decode_object as decode_stored, encode_object,
};
use crate::provider::{Call, CallReporter, Configured, Failure, ManagedType, Object, PlanRequest, Provider, Silent};
use crate::schema::decode::decode_object;
use crate::schema::proposed::proposed_new;
use crate::schema::{Block, Schema};
use crate::world::{InstanceId, RepetitionValues, World};

/// What a step has come to.
#[derive(Default)]
pub(super) struct Done {
    pub(super) diagnostics: Diagnostics,
    pub(super) effect: Effect,
    /// What the object is worth now, for whatever refers to it.
    pub(super) value: Option<Value>,
    /// The object, if it was made and is still to be provisioned.
    pub(super) made: Option<Box<Made>>,
}

/// What a step counts as.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(super) enum Effect {
    #[default]
    None,
    Added,
    Changed,
    Removed,
    Forgotten,
}

impl Done {
    fn failed(diagnostics: impl Into<Diagnostics>) -> Self {
        Self { diagnostics: diagnostics.into(), ..Self::default() }
    }
}

/// Everything a step needs while it runs.
pub(super) struct Context {
    provider: Arc<dyn Provider>,
    configured: Arc<dyn Configured>,
    store: Arc<dyn StateStore>,
    pub(super) events: Arc<dyn Events>,
    operation: OperationId,
    pub(super) provider_config: ProviderConfig,
    pub(super) address: ResourceInstance,
    type_name: String,
}

/// Reads what a step needs out of the world and gives the work that then runs on its own.
pub(super) fn prepare<'a>(
    applying: &Applying<'a>,
    world: &mut World<'a>,
    configured: &HashMap<ProviderConfig, Arc<dyn Configured>>,
    work: &Work,
    change: &ResourceChange,
) -> Result<BoxFuture<'a, Done>, Diagnostics> {
    let context = Context {
        provider: applying.providers.get(&change.provider.provider).cloned().ok_or_else(|| lost(change, "provider"))?,
        configured: configured.get(&change.provider).cloned().ok_or_else(|| lost(change, "provider configuration"))?,
        store: Arc::clone(&applying.store),
        events: Arc::clone(&applying.events),
        operation: applying.operation.clone(),
        provider_config: change.provider.clone(),
        address: change.address.clone(),
        type_name: change.address.resource.type_name.as_str().to_owned(),
    };
    match work {
        Work::Join => Ok(Box::pin(async { Done::default() })),
        Work::Forget { .. } => {
            let key = ObjectKey { address: change.address.clone(), deposed: change.deposed.clone() };
            Ok(Box::pin(forget(context, key)))
        }
        Work::Delete { deposed, .. } => {
            let prior = prior_object(applying, change, &context)?;
            // An object that was half made, or is left over, has none of what its provisioners expect.
            let prepared = match deposed.is_none() && !prior.tainted {
                true => provisioning::prepare_farewell(applying, world, &change.address, &prior.value)?,
                false => Vec::new(),
            };
            Ok(Box::pin(delete(context, deposed.clone(), prior, prepared)))
        }
        Work::Create { depose_as, .. } => {
            let basis = Basis { applying, world, change, context: &context };
            let target = basis.target(None)?;
            let is_provisioned = provisioning::is_provisioned(applying, &change.address)?;
            Ok(Box::pin(create(context, target, depose_as.clone(), is_provisioned)))
        }
        Work::Update { .. } => {
            let prior = prior_object(applying, change, &context)?;
            let basis = Basis { applying, world, change, context: &context };
            let target = basis.target(Some(&prior))?;
            Ok(Box::pin(update(context, target, prior)))
        }
        Work::Read { .. } => {
            let config = data_config(applying, world, change, &context)?;
            Ok(Box::pin(read(context, config, change.dependencies.clone())))
        }
    }
}

fn lost(change: &ResourceChange, what: &str) -> Diagnostics {
    Diagnostic::error(
        "Plan does not fit",
        format!("The {what} {} that the plan needs is not available. Make a new plan.", change.provider),
    )
    .about(&change.address)
    .into()
}

pub(super) fn managed(context: &Context) -> Result<&dyn ManagedType, Diagnostics> {
    context.provider.managed_type(&context.type_name).found().ok_or_else(|| {
        Diagnostic::error(
            "Plan does not fit",
            format!("The type {} is not available. Make a new plan.", context.type_name),
        )
        .into()
    })
}

/// The object that a change starts from.
fn prior_object(
    applying: &Applying<'_>,
    change: &ResourceChange,
    context: &Context,
) -> Result<PriorObject, Diagnostics> {
    let stored = applying
        .plan
        .state
        .resources
        .instance(&change.address)
        .and_then(|instance| instance.object(change.deposed.as_ref()));
    let Some(stored) = stored else {
        return Err(Diagnostic::error(
            "Plan does not fit",
            "The object that the plan changes is not in the state. Make a new plan.",
        )
        .into());
    };
    let managed = managed(context)?;
    decode_stored(stored, managed.schema(), Some(managed)).map_err(Diagnostics::from)
}

/// What an object is to become.
struct Target {
    planned: Value,
    config: Value,
    marks: Vec<(Path, Marks)>,
    private: Vec<u8>,
    dependencies: Vec<infra_values::address::ConfigResource>,
    create_before_destroy: bool,
}

/// What a target is made from.
struct Basis<'b, 'a> {
    applying: &'b Applying<'a>,
    world: &'b mut World<'a>,
    change: &'b ResourceChange,
    context: &'b Context,
}

/// The block that declares an object, its module instance and how it is repeated there.
pub(super) fn declaration<'a>(
    applying: &Applying<'a>,
    world: &mut World<'a>,
    address: &ResourceInstance,
) -> Option<(&'a ResourceConfig, InstanceId, RepetitionValues)> {
    let declared =
        applying.config.module_at(&address.module.path()).and_then(|module| module.resources.get(&address.resource))?;
    let instance = world.find_instance(&address.module)?;
    let (expansion, _) = world.expansion(instance, &address.resource);
    let repetition = expansion.repetition(&address.key)?;
    Some((declared, instance, repetition))
}

fn undeclared(change: &ResourceChange) -> Diagnostics {
    Diagnostic::error(
        "Plan does not fit",
        format!("{} is not declared in the planned configuration. Make a new plan.", change.address),
    )
    .into()
}

impl Basis<'_, '_> {
    /// Plans once more, now that everything the configuration refers to is known.
    fn target(self, prior: Option<&PriorObject>) -> Result<Target, Diagnostics> {
        let managed = managed(self.context)?;
        let schema = managed.schema();
        let (declared, instance, repetition) =
            declaration(self.applying, self.world, &self.change.address).ok_or_else(|| undeclared(self.change))?;
        check_preconditions(self.world, declared, instance, &repetition)?;
        let config = evaluate_body(self.world, instance, &repetition, declared, schema)?;
        let (config, marks) = config.unmark_with_paths();
        let prior_value = prior.map(|prior| prior.value.clone().unmark_deep().0);
        // What is ignored keeps the value that was planned for it.
        let config = match prior {
            Some(_) => crate::plan::keep_ignored(&config, &self.change.before, &declared.lifecycle.ignore_changes),
            None => config,
        };
        let proposed = proposed_new(&schema.block, prior_value.as_ref(), &config);
        let response = managed.plan(&PlanRequest {
            prior: prior_value.as_ref(),
            config: &config,
            proposed: &proposed,
            configured: Some(self.context.configured.as_ref()),
            private: prior.map_or(&[], |prior| prior.private.as_slice()),
        });
        response.diagnostics.into_result()?;
        let (announced, _) = self.change.after.clone().unmark_deep();
        let planned = crate::plan::without_write_only(&response.planned, &schema.block);
        check_kept(&announced, &planned, &Path::root())?;
        Ok(Target {
            planned,
            config,
            marks,
            private: response.private,
            dependencies: self.change.dependencies.clone(),
            create_before_destroy: self.change.create_before_destroy,
        })
    }
}

pub(super) fn evaluate_body(
    world: &mut World<'_>,
    instance: InstanceId,
    repetition: &RepetitionValues,
    declared: &ResourceConfig,
    schema: &Schema,
) -> Result<Value, Diagnostics> {
    let errors_before = world.diagnostics.0.len();
    let ((config, mut diagnostics), _) = world.with_scope(instance, Some(repetition), Vec::new(), |evaluator| {
        decode_object(&declared.body, schema, evaluator, declared.reserved())
    });
    if world.diagnostics.0.len() > errors_before {
        diagnostics.extend(std::mem::take(&mut world.diagnostics));
    }
    diagnostics.into_result()?;
    if config.is_wholly_known() {
        return Ok(config);
    }
    if world.has_failed() {
        // A mistake in what it refers to was reported where it was found; there is nothing to add to it here.
        return Err(Diagnostics::new());
    }
    Err(Diagnostic::error(
        "Value not known",
        "Something that this configuration refers to is still not known, although everything before it is done. This is \
         a defect of infra; nothing was changed here.",
    )
    .at(declared.span)
    .into())
}

/// What was announced must be done: a value known in the plan may not change.
fn check_kept(announced: &Value, now: &Value, path: &Path) -> Result<(), Diagnostics> {
    if !announced.is_known() || announced == now {
        return Ok(());
    }
    let inside = announced.children();
    let same_shape = std::mem::discriminant(announced.kind()) == std::mem::discriminant(now.kind())
        && inside.len() == now.children().len();
    if inside.is_empty()
        || !same_shape
        || (matches!(announced.kind(), infra_values::Kind::Set(..)) && !announced.is_wholly_known())
    {
        // Elements of a set that was partly unknown cannot be told apart.
        if same_shape && matches!(announced.kind(), infra_values::Kind::Set(..)) {
            return Ok(());
        }
        return Err(Diagnostic::error(
            "Value changed between plan and apply",
            format!(
                "The planned value of {} no longer holds now that everything it depends on is known, so nothing was done \
                 with this object. Run apply again to see what it has become.",
                if path.0.is_empty() { "the object".to_owned() } else { path.to_string().trim_start_matches('.').to_owned() }
            ),
        )
        .on(path.clone())
        .into());
    }
    for (step, part) in inside {
        let Some(counterpart) = now.step(&step) else { continue };
        check_kept(part, counterpart, &path.child(step))?;
    }
    Ok(())
}

fn data_config<'a>(
    applying: &Applying<'a>,
    world: &mut World<'a>,
    change: &ResourceChange,
    context: &Context,
) -> Result<Value, Diagnostics> {
    let Some(data) = context.provider.data_type(&context.type_name).found() else {
        return Err(lost(change, "data source"));
    };
    let (declared, instance, repetition) =
        declaration(applying, world, &change.address).ok_or_else(|| undeclared(change))?;
    check_preconditions(world, declared, instance, &repetition)?;
    evaluate_body(world, instance, &repetition, declared, data.schema())
}

/// Tells store and watchers what a provider reports while it works.
struct Reporter<'c> {
    context: &'c Context,
    managed: &'c dyn ManagedType,
    /// The object as it was reported: what is known of it should the call fail without telling more.
    reported: Mutex<Option<Object>>,
}

impl<'c> Reporter<'c> {
    fn new(context: &'c Context, managed: &'c dyn ManagedType) -> Self {
        Self { context, managed, reported: Mutex::default() }
    }

    fn reported(&self) -> Option<Object> {
        self.reported.lock().unwrap_or_else(PoisonError::into_inner).take()
    }
}

#[async_trait]
impl CallReporter for Reporter<'_> {
    async fn identity(&self, object: &Object) -> Result<(), Diagnostic> {
        *self.reported.lock().unwrap_or_else(PoisonError::into_inner) = Some(object.clone());
        let identity = Identity {
            operation: self.context.operation.clone(),
            address: self.context.address.clone(),
            deposed: None,
            attributes: json::to_json(&object.value, self.managed.schema().implied_type()),
        };
        self.context.store.record_identity(&identity).await.map_err(|error| not_recorded(&error, &self.context.address))
    }

    fn waiting_for(&self, what: &str) {
        self.context
            .events
            .event(Event::ChangeWaits { address: self.context.address.clone(), waiting_for: what.to_owned() });
    }
}

pub(super) fn not_recorded(error: &StateError, address: &ResourceInstance) -> Diagnostic {
    Diagnostic::error(
        "State could not be recorded",
        format!("{error}. Nothing new is started until it can be; put that right and run apply again."),
    )
    .about(address)
}

impl Context {
    /// The same for every attempt at one change of one operation, and different for any other.
    fn token(&self, action: store::Action) -> String {
        let digest = Sha1::digest(format!("{}/{}/{action:?}", self.operation, self.address));
        digest.iter().take(16).map(|byte| format!("{byte:02x}")).collect()
    }

    async fn intend(
        &self,
        action: store::Action,
        deposed: Option<DeposedKey>,
        planned: &Value,
        managed: &dyn ManagedType,
        token: &str,
    ) -> Result<(), Diagnostics> {
        let text = json::to_json(planned, managed.schema().implied_type()).to_string();
        let hash: String = Sha1::digest(text).iter().map(|byte| format!("{byte:02x}")).collect();
        let lookup = match action {
            store::Action::Create => serde_json::to_value(managed.lookup(planned)).unwrap_or_default(),
            _ => serde_json::Value::Null,
        };
        let intent = Intent {
            operation: self.operation.clone(),
            address: self.address.clone(),
            deposed,
            action,
            planned_hash: hash,
            idempotency_token: Some(token.to_owned()),
            lookup,
        };
        self.store.record_intent(&intent).await.map_err(|error| not_recorded(&error, &self.address).into())
    }

    /// Records what became of the object; the error is put beside those of the call itself.
    pub(super) async fn record(&self, deposed: Option<DeposedKey>, change: Change, diagnostics: &mut Diagnostics) {
        let error = diagnostics.iter().find(|diagnostic| diagnostic.is_error()).map(|first| first.summary.clone());
        let outcome =
            Outcome { operation: self.operation.clone(), address: self.address.clone(), deposed, change, error };
        if let Err(error) = self.store.record_outcome(&outcome).await {
            diagnostics.push(not_recorded(&error, &self.address));
        }
    }

    fn started(&self, action: Action, prior: Option<&Value>) -> Instant {
        let id = prior.and_then(id_of);
        self.events.event(Event::ChangeStarted { address: self.address.clone(), action, id });
        Instant::now()
    }

    pub(super) fn ended(&self, action: Action, started: Instant, value: Option<&Value>, diagnostics: &Diagnostics) {
        let (address, elapsed) = (self.address.clone(), started.elapsed());
        self.events.event(if diagnostics.has_errors() {
            Event::ChangeFailed { address, action, elapsed, diagnostics: diagnostics.clone() }
        } else {
            Event::ChangeFinished { address, action, id: value.and_then(id_of), elapsed }
        });
    }
}

/// The object to store, with the marks and metadata of the plan.
fn finished_object(target: &Target, object: Object, tainted: bool, block: &Block) -> PriorObject {
    let value = crate::plan::without_write_only(&object.value.with_marks_at(&target.marks), block);
    let value = crate::plan::mark_schema_secrets(&value, block);
    PriorObject {
        value,
        private: if object.private.is_empty() { target.private.clone() } else { object.private },
        tainted,
        dependencies: target.dependencies.clone(),
        create_before_destroy: target.create_before_destroy,
    }
}

/// Replaces what a provider should have known by null, and says so.
fn without_unknown(object: Object, diagnostics: &mut Diagnostics) -> Object {
    if object.value.is_wholly_known() {
        return object;
    }
    diagnostics.push(Diagnostic::error(
        "Provider returned an unknown value",
        "After the change, the provider did not know all attributes of the object. They were stored as null. This is a \
         defect of infra.",
    ));
    with_null_for_unknown(object)
}

fn with_null_for_unknown(object: Object) -> Object {
    let value = object.value.transform(&mut |_, part| if part.is_known() { part } else { Value::null(part.ty()) });
    Object { value, private: object.private }
}

async fn create(context: Context, target: Target, depose_as: Option<DeposedKey>, is_provisioned: bool) -> Done {
    let managed = match managed(&context) {
        Ok(managed) => managed,
        Err(errors) => return Done::failed(errors),
    };
    let started = context.started(Action::Create, None);
    let mut diagnostics = Diagnostics::new();
    if let Some(key) = &depose_as {
        context.record(None, Change::Depose(key.clone()), &mut diagnostics).await;
    }
    let token = context.token(store::Action::Create);
    if !diagnostics.has_errors()
        && let Err(errors) = context.intend(store::Action::Create, None, &target.planned, managed, &token).await
    {
        diagnostics.extend(errors);
    }
    if diagnostics.has_errors() {
        if let Some(key) = depose_as {
            context.record(None, Change::Restore(key), &mut diagnostics).await;
        }
        context.ended(Action::Create, started, None, &diagnostics);
        return Done::failed(diagnostics);
    }
    let reporter = Reporter::new(&context, managed);
    let call = Call { configured: context.configured.as_ref(), reporter: &reporter, idempotency_token: &token };
    let result = managed.create(&call, &target.planned, &target.config).await;
    let (object, tainted) = match result {
        Ok(object) => (Some(object), false),
        Err(Failure { diagnostics: mut errors, partial }) => {
            errors.withhold(&target.config.with_marks_at(&target.marks));
            diagnostics.extend(errors);
            // An object that was reported exists, whatever failed after that.
            (partial.or_else(|| reporter.reported().map(with_null_for_unknown)), true)
        }
    };
    let (mut value, mut stored) = (None, None);
    let change = match object {
        Some(object) => {
            let object = without_unknown(object, &mut diagnostics);
            let object = finished_object(&target, object, tainted, &managed.schema().block);
            match encode_object(&object, managed.schema()) {
                Ok(state) => {
                    value = Some(object.value.clone());
                    stored = Some(object);
                    Change::Set { provider: context.provider_config.clone(), object: Arc::new(state) }
                }
                Err(error) => {
                    diagnostics
                        .push(Diagnostic::error("Object cannot be stored", format!("It cannot be encoded: {error}.")));
                    Change::Nothing
                }
            }
        }
        None => depose_as.map_or(Change::Nothing, Change::Restore),
    };
    context.record(None, change, &mut diagnostics).await;
    if is_provisioned
        && !diagnostics.has_errors()
        && let Some(object) = stored
    {
        let made = Some(Box::new(Made { context, object, started }));
        return Done { diagnostics, effect: Effect::None, value, made };
    }
    context.ended(Action::Create, started, value.as_ref(), &diagnostics);
    let effect = if diagnostics.has_errors() { Effect::None } else { Effect::Added };
    Done { diagnostics, effect, value, made: None }
}

async fn update(context: Context, target: Target, prior: PriorObject) -> Done {
    let managed = match managed(&context) {
        Ok(managed) => managed,
        Err(errors) => return Done::failed(errors),
    };
    let (prior_value, _) = prior.value.clone().unmark_deep();
    if target.planned == prior_value {
        let unchanged = Object { value: prior_value.clone(), private: prior.private.clone() };
        let object = finished_object(&target, unchanged, false, &managed.schema().block);
        if object.value == prior.value {
            return keep(&context, managed, object, &prior).await;
        }
    }
    let started = context.started(Action::Update, Some(&prior_value));
    let mut diagnostics = Diagnostics::new();
    // Where only the sensitivity of a value changes, there is nothing to tell the provider.
    let result = if target.planned == prior_value {
        Ok(Object { value: prior_value.clone(), private: target.private.clone() })
    } else {
        let token = context.token(store::Action::Update);
        match context.intend(store::Action::Update, None, &target.planned, managed, &token).await {
            Err(errors) => Err(Failure { diagnostics: errors, partial: None }),
            Ok(()) => {
                let reporter = Reporter::new(&context, managed);
                let call =
                    Call { configured: context.configured.as_ref(), reporter: &reporter, idempotency_token: &token };
                let object = Object { value: prior_value.clone(), private: prior.private.clone() };
                managed.update(&call, &object, &target.planned, &target.config).await
            }
        }
    };
    let object = match result {
        Ok(object) => Some(object),
        Err(Failure { diagnostics: mut errors, partial }) => {
            errors.withhold(&target.config.with_marks_at(&target.marks));
            errors.withhold(&prior.value);
            diagnostics.extend(errors);
            partial
        }
    };
    let mut value = None;
    let change = match object {
        Some(object) => {
            let object = without_unknown(object, &mut diagnostics);
            let object = finished_object(&target, object, false, &managed.schema().block);
            match encode_object(&object, managed.schema()) {
                Ok(state) => {
                    value = Some(object.value);
                    Change::Set { provider: context.provider_config.clone(), object: Arc::new(state) }
                }
                Err(error) => {
                    diagnostics
                        .push(Diagnostic::error("Object cannot be stored", format!("It cannot be encoded: {error}.")));
                    Change::Nothing
                }
            }
        }
        None => Change::Nothing,
    };
    context.record(None, change, &mut diagnostics).await;
    context.ended(Action::Update, started, value.as_ref(), &diagnostics);
    let effect = if diagnostics.has_errors() { Effect::None } else { Effect::Changed };
    Done { diagnostics, effect, value, made: None }
}

/// What could not be known while planning has turned out to be what is there already: nothing is done and nothing is
/// told. What is stored beside the attributes follows the files all the same.
async fn keep(context: &Context, managed: &dyn ManagedType, object: PriorObject, prior: &PriorObject) -> Done {
    let mut diagnostics = Diagnostics::new();
    let is_stored = object.dependencies == prior.dependencies
        && object.create_before_destroy == prior.create_before_destroy
        && object.private == prior.private;
    if !is_stored && let Ok(state) = encode_object(&object, managed.schema()) {
        let change = Change::Set { provider: context.provider_config.clone(), object: Arc::new(state) };
        context.record(None, change, &mut diagnostics).await;
    }
    Done { diagnostics, value: Some(object.value), ..Done::default() }
}

async fn delete(
    context: Context,
    deposed: Option<DeposedKey>,
    prior: PriorObject,
    provisioners: Vec<Prepared>,
) -> Done {
    let managed = match managed(&context) {
        Ok(managed) => managed,
        Err(errors) => return Done::failed(errors),
    };
    let (prior_value, _) = prior.value.clone().unmark_deep();
    let started = context.started(Action::Delete, Some(&prior_value));
    let mut diagnostics = provisioning::run(&context, &provisioners).await;
    if diagnostics.has_errors() {
        context.ended(Action::Delete, started, Some(&prior_value), &diagnostics);
        return Done::failed(diagnostics);
    }
    let token = context.token(store::Action::Delete);
    let mut change = Change::Nothing;
    match context.intend(store::Action::Delete, deposed.clone(), &prior_value, managed, &token).await {
        Err(errors) => diagnostics.extend(errors),
        Ok(()) => {
            let reporter = Reporter::new(&context, managed);
            let call = Call { configured: context.configured.as_ref(), reporter: &reporter, idempotency_token: &token };
            let object = Object { value: prior_value.clone(), private: prior.private.clone() };
            match managed.delete(&call, &object).await {
                Ok(()) => change = Change::Remove,
                Err(Failure { diagnostics: mut errors, partial }) => {
                    errors.withhold(&prior.value);
                    diagnostics.extend(errors);
                    if let Some(partial) = partial {
                        let object = PriorObject { value: partial.value, private: partial.private, ..prior };
                        if let Ok(state) = encode_object(&object, managed.schema()) {
                            change = Change::Set { provider: context.provider_config.clone(), object: Arc::new(state) };
                        }
                    }
                }
            }
            context.record(deposed, change, &mut diagnostics).await;
        }
    }
    context.ended(Action::Delete, started, Some(&prior_value), &diagnostics);
    let effect = if diagnostics.has_errors() { Effect::None } else { Effect::Removed };
    Done { diagnostics, effect, ..Done::default() }
}

async fn forget(context: Context, key: ObjectKey) -> Done {
    let mut diagnostics = Diagnostics::new();
    context.record(key.deposed, Change::Remove, &mut diagnostics).await;
    let effect = if diagnostics.has_errors() { Effect::None } else { Effect::Forgotten };
    Done { diagnostics, effect, ..Done::default() }
}

async fn read(context: Context, config: Value, dependencies: Vec<infra_values::address::ConfigResource>) -> Done {
    let Some(data) = context.provider.data_type(&context.type_name).found() else {
        return Done::failed(Diagnostic::error(
            "Plan does not fit",
            "The data source is not available. Make a new plan.",
        ));
    };
    let (config, marks) = config.unmark_with_paths();
    let started = context.started(Action::Read, None);
    let call = Call { configured: context.configured.as_ref(), reporter: &Silent, idempotency_token: "" };
    let mut diagnostics = Diagnostics::new();
    let mut value = None;
    match data.read(&call, &config).await {
        Err(errors) => diagnostics.extend(errors),
        Ok(read) => {
            let object = PriorObject {
                value: crate::plan::mark_schema_secrets(&read.with_marks_at(&marks), &data.schema().block),
                private: Vec::new(),
                tainted: false,
                dependencies,
                create_before_destroy: false,
            };
            match encode_object(&object, data.schema()) {
                Ok(state) => {
                    let change = Change::Set { provider: context.provider_config.clone(), object: Arc::new(state) };
                    context.record(None, change, &mut diagnostics).await;
                    value = Some(object.value);
                }
                Err(error) => diagnostics.push(Diagnostic::error(
                    "Data cannot be stored",
                    format!("What was read cannot be encoded: {error}."),
                )),
            }
        }
    }
    context.ended(Action::Read, started, value.as_ref(), &diagnostics);
    Done { diagnostics, effect: Effect::None, value, made: None }
}
