//! Provisioners while a plan is carried out: behind the making of an object, and before its end.

use std::sync::Arc;

use infra_state::model::Change;
use infra_values::address::{InstanceKey, ModulePath, ResourceInstance};
use infra_values::{Str, Value};
use tokio::time::Instant;

use super::Applying;
use super::operation::{Context, Done, Effect, managed};
use crate::config::{Config, PROVISIONER_RESERVED, ProvisionerConfig, Removed, ResourceConfig, When};
use crate::diagnostics::{Diagnostic, Diagnostics};
use crate::events::{Event, Events};
use crate::plan::{Action, PriorObject, encode_object};
use crate::provider::provisioner::{KINDS, Provisioner, Report, schema};
use crate::schema::Schema;
use crate::schema::decode::{decode_object, span_of};
use crate::syntax::{Body, Span};
use crate::world::{RepetitionValues, World};

/// A provisioner with everything it needs.
pub(super) struct Prepared {
    kind: Str,
    runner: Arc<dyn Provisioner>,
    config: Value,
    /// The output may tell a secret.
    is_sensitive: bool,
    continues: bool,
    opening: Span,
}

/// An object that was made and is still to be provisioned.
pub(super) struct Made {
    pub(super) context: Context,
    pub(super) object: PriorObject,
    pub(super) started: Instant,
}

/// The provisioners of an object that was made, evaluated. `own` is what it is worth.
pub(super) fn prepare<'a>(
    applying: &Applying<'a>,
    world: &mut World<'a>,
    address: &ResourceInstance,
    own: &Value,
) -> Result<Vec<Prepared>, Diagnostics> {
    let (Some(declared), Some(instance)) = (declared(applying, address), world.find_instance(&address.module)) else {
        return Ok(Vec::new());
    };
    let repetition = world.expansion(instance, &address.resource).0.repetition(&address.key);
    let repetition = repetition.unwrap_or_else(|| former_repetition(address));
    prepare_each(applying, world, &declared.provisioners, When::Create, |world, body, schema| {
        let (decoded, _) = world.with_self(instance, &repetition, own, |evaluator| {
            decode_object(body, schema, evaluator, &PROVISIONER_RESERVED)
        });
        decoded
    })
}

/// The provisioners of an object that is about to be destroyed, evaluated. The files need not know it any more, nor the
/// module instance it is in: what remains is the object, its key and where its module is.
pub(super) fn prepare_farewell<'a>(
    applying: &Applying<'a>,
    world: &mut World<'a>,
    address: &ResourceInstance,
    own: &Value,
) -> Result<Vec<Prepared>, Diagnostics> {
    let provisioners = match declared(applying, address) {
        Some(declared) => &declared.provisioners,
        None => {
            let path = address.module.path();
            let mut blocks = applying.config.removed();
            let about = |(module, removed): &(ModulePath, &Removed)| {
                *module == path && removed.resource.as_ref() == Some(&address.resource)
            };
            match blocks.find(about) {
                Some((_, removed)) => &removed.provisioners,
                None => return Ok(Vec::new()),
            }
        }
    };
    let directory = directory(applying.config, &address.module.path());
    let repetition = former_repetition(address);
    prepare_each(applying, world, provisioners, When::Destroy, |world, body, schema| {
        world.with_former_self(&directory, &repetition, own, |evaluator| {
            decode_object(body, schema, evaluator, &PROVISIONER_RESERVED)
        })
    })
}

/// Whether anything is to run behind the making of an object. Refuses to make one that could not be provisioned.
pub(super) fn is_provisioned(applying: &Applying<'_>, address: &ResourceInstance) -> Result<bool, Diagnostics> {
    let Some(declared) = declared(applying, address) else { return Ok(false) };
    let mut after = declared.provisioners.iter().filter(|provisioner| provisioner.when == When::Create).peekable();
    let is_provisioned = after.peek().is_some();
    let missing: Vec<Diagnostic> = after.filter_map(|provisioner| runner(applying, provisioner).err()).collect();
    Diagnostics(missing).into_result()?;
    Ok(is_provisioned)
}

fn declared<'a>(applying: &Applying<'a>, address: &ResourceInstance) -> Option<&'a ResourceConfig> {
    applying.config.module_at(&address.module.path())?.resources.get(&address.resource)
}

/// The directory of a module; for one that is gone, of the nearest one around it.
fn directory(config: &Config, path: &ModulePath) -> Str {
    let around = (0..=path.0.len()).rev().filter_map(|len| config.module_at(&ModulePath(path.0[..len].into())));
    around.map(|module| module.directory.clone()).next().unwrap_or_default()
}

/// What is known of the repetition an object came from.
fn former_repetition(address: &ResourceInstance) -> RepetitionValues {
    let is_counted = matches!(address.key, InstanceKey::Int(_));
    RepetitionValues { key: address.key.clone(), each_value: None, is_counted }
}

/// What a provisioner's block holds, and what runs it.
fn runner(
    applying: &Applying<'_>,
    provisioner: &ProvisionerConfig,
) -> Result<(&'static Schema, Arc<dyn Provisioner>), Diagnostic> {
    let kind = provisioner.kind.as_str();
    let schema = schema(kind);
    if let (Some(schema), Some(runner)) = (schema, applying.provisioners.get(kind)) {
        return Ok((schema, Arc::clone(runner)));
    }
    Err(match schema {
        Some(_) => Diagnostic::error(
            format!("{kind} provisioner error"),
            "This version of infra does not connect to machines, which this provisioner needs. Give the machine what it \
             needs at its start (user_data), or run a command here with local-exec.",
        ),
        None => Diagnostic::error(
            format!("unavailable provisioner \"{kind}\""),
            format!("There is no such provisioner. There are {}.", KINDS.join(", ")),
        ),
    }
    .at(provisioner.body.opening()))
}

fn prepare_each<'a>(
    applying: &Applying<'a>,
    world: &mut World<'a>,
    provisioners: &[ProvisionerConfig],
    when: When,
    evaluate: impl Fn(&mut World<'a>, &Body, &Schema) -> (Value, Diagnostics),
) -> Result<Vec<Prepared>, Diagnostics> {
    let mut diagnostics = Diagnostics::new();
    let mut prepared = Vec::new();
    for provisioner in provisioners.iter().filter(|provisioner| provisioner.when == when) {
        let errors_before = world.diagnostics.0.len();
        let ready = prepare_one(applying, provisioner, |body, schema| {
            let (config, mut found) = evaluate(world, body, schema);
            found.extend(Diagnostics(world.diagnostics.0.split_off(errors_before)));
            (config, found)
        });
        match ready {
            Ok(ready) => prepared.push(ready),
            Err(errors) => diagnostics.extend(errors),
        }
    }
    diagnostics.into_result()?;
    Ok(prepared)
}

fn prepare_one(
    applying: &Applying<'_>,
    provisioner: &ProvisionerConfig,
    evaluate: impl FnOnce(&Body, &Schema) -> (Value, Diagnostics),
) -> Result<Prepared, Diagnostics> {
    let (schema, runner) = runner(applying, provisioner)?;
    let (config, found) = evaluate(&provisioner.body, schema);
    let placed = found.into_iter().map(|diagnostic| {
        let place = diagnostic.attribute.as_ref().and_then(|path| span_of(&provisioner.body, path));
        diagnostic.at_least_at(place.unwrap_or(provisioner.body.opening()))
    });
    Diagnostics(placed.collect()).into_result()?;
    let is_sensitive = {
        let marks = config.marks_deep();
        marks.is_sensitive() || marks.is_ephemeral()
    };
    let (config, _) = config.unmark_deep();
    if !config.is_wholly_known() {
        let unknown = Diagnostic::error(
            format!("{} provisioner error", provisioner.kind),
            "Something in its configuration is not known even now, so that it cannot run. Refer to what is there when \
             the object is.",
        );
        return Err(unknown.at(provisioner.body.opening()).into());
    }
    Ok(Prepared {
        kind: provisioner.kind.clone(),
        runner,
        config,
        is_sensitive,
        continues: provisioner.continues,
        opening: provisioner.body.opening(),
    })
}

/// Passes lines on to whoever watches.
struct Lines<'c> {
    events: &'c dyn Events,
    address: &'c ResourceInstance,
    prepared: &'c Prepared,
}

/// What is shown instead of a line that may tell a secret.
const SUPPRESSED: &str = "(output suppressed due to sensitive value in config)";

impl Report for Lines<'_> {
    fn line(&self, line: &str) {
        let line = if self.prepared.is_sensitive { SUPPRESSED } else { line };
        self.events.event(Event::ProvisionerOutput {
            address: self.address.clone(),
            kind: self.prepared.kind.clone(),
            line: line.to_owned(),
        });
    }
}

/// Runs provisioners one after the other, up to the first that fails.
pub(super) async fn run(context: &Context, prepared: &[Prepared]) -> Diagnostics {
    for prepared in prepared {
        let (address, events) = (&context.address, context.events.as_ref());
        events.event(Event::ProvisionerStarted { address: address.clone(), kind: prepared.kind.clone() });
        let report = Lines { events, address, prepared };
        let ended = prepared.runner.run(&prepared.config, &report).await;
        events.event(Event::ProvisionerFinished {
            address: address.clone(),
            kind: prepared.kind.clone(),
            succeeded: ended.is_ok(),
        });
        let Err(errors) = ended else { continue };
        if prepared.continues {
            continue;
        }
        if prepared.is_sensitive {
            return Diagnostic::error(
                format!("{} provisioner error", prepared.kind),
                "The provisioner failed. What it ran and said is not shown, because its configuration holds a sensitive \
                 value.",
            )
            .at(prepared.opening)
            .into();
        }
        return Diagnostics(errors.into_iter().map(|error| error.at_least_at(prepared.opening)).collect());
    }
    Diagnostics::new()
}

/// Provisions an object that was made. One for which that fails is made anew by the next run.
pub(super) async fn provision(made: Made, prepared: Result<Vec<Prepared>, Diagnostics>) -> Done {
    let Made { context, mut object, started } = made;
    let mut diagnostics = match prepared {
        Ok(prepared) => run(&context, &prepared).await,
        Err(errors) => errors,
    };
    if diagnostics.has_errors() {
        object.tainted = true;
        match managed(&context).map(|managed| encode_object(&object, managed.schema())) {
            Ok(Ok(state)) => {
                let change = Change::Set { provider: context.provider_config.clone(), object: Arc::new(state) };
                context.record(None, change, &mut diagnostics).await;
            }
            Ok(Err(error)) => diagnostics
                .push(Diagnostic::error("Object cannot be stored", format!("It cannot be encoded: {error}."))),
            Err(errors) => diagnostics.extend(errors),
        }
    }
    context.ended(Action::Create, started, Some(&object.value), &diagnostics);
    let effect = if diagnostics.has_errors() { Effect::None } else { Effect::Added };
    Done { diagnostics, effect, ..Done::default() }
}
