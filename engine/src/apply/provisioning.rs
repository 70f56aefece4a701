//! Provisioners while a plan is carried out: behind the making of an object, and before its end.

use std::sync::Arc;

use infra_state::model::Change;
use infra_values::address::{InstanceKey, ResourceInstance};
use infra_values::{Str, Value};
use tokio::time::Instant;

use super::Applying;
use super::operation::{Context, Done, Effect, managed};
use crate::config::{PROVISIONER_RESERVED, ProvisionerConfig, ResourceConfig, When};
use crate::diagnostics::{Diagnostic, Diagnostics};
use crate::events::{Event, Events};
use crate::plan::{Action, PriorObject, encode_object};
use crate::provider::provisioner::{Provisioner, Report, schema};
use crate::schema::decode::decode_object;
use crate::syntax::Span;
use crate::world::{InstanceId, RepetitionValues, World};

/// A provisioner with everything it needs.
pub(super) struct Prepared {
    kind: Str,
    runner: Arc<dyn Provisioner>,
    config: Value,
    /// The output may tell a secret.
    is_sensitive: bool,
    continues: bool,
    span: Span,
}

/// An object that was made and is still to be provisioned.
pub(super) struct Made {
    pub(super) context: Context,
    pub(super) object: PriorObject,
    pub(super) started: Instant,
}

/// The provisioners of an object that run now, evaluated. `own` is what the object is worth.
pub(super) fn prepare<'a>(
    applying: &Applying<'a>,
    world: &mut World<'a>,
    address: &ResourceInstance,
    own: &Value,
    when: When,
) -> Result<Vec<Prepared>, Diagnostics> {
    let Some(declared) = declared(applying, address) else { return Ok(Vec::new()) };
    let Some(instance) = world.find_instance(&address.module) else { return Ok(Vec::new()) };
    let repetition = match when {
        When::Create => world.expansion(instance, &address.resource).0.repetition(&address.key),
        // The files may not know this key any more.
        When::Destroy => None,
    }
    .unwrap_or_else(|| RepetitionValues {
        key: address.key.clone(),
        each_value: None,
        is_counted: matches!(address.key, InstanceKey::Int(_)),
    });
    let mut diagnostics = Diagnostics::new();
    let mut prepared = Vec::new();
    for provisioner in declared.provisioners.iter().filter(|provisioner| provisioner.when == when) {
        match evaluate(applying, world, (instance, &repetition, own), provisioner) {
            Ok(ready) => prepared.push(ready),
            Err(errors) => diagnostics.extend(errors),
        }
    }
    diagnostics.into_result()?;
    Ok(prepared)
}

/// Whether anything is to run behind the making of an object.
pub(super) fn is_provisioned(applying: &Applying<'_>, address: &ResourceInstance) -> bool {
    declared(applying, address)
        .is_some_and(|declared| declared.provisioners.iter().any(|provisioner| provisioner.when == When::Create))
}

fn declared<'a>(applying: &Applying<'a>, address: &ResourceInstance) -> Option<&'a ResourceConfig> {
    applying.config.module_at(&address.module.path())?.resources.get(&address.resource)
}

fn evaluate<'a>(
    applying: &Applying<'a>,
    world: &mut World<'a>,
    (instance, repetition, own): (InstanceId, &RepetitionValues, &Value),
    provisioner: &ProvisionerConfig,
) -> Result<Prepared, Diagnostics> {
    let (Some(schema), Some(runner)) =
        (schema(&provisioner.kind), applying.provisioners.get(provisioner.kind.as_str()))
    else {
        return Err(Diagnostic::error(
            "Provisioner not supported",
            format!("Nothing here runs \"{}\". Remove the provisioner.", provisioner.kind),
        )
        .at(provisioner.span)
        .into());
    };
    let errors_before = world.diagnostics.0.len();
    let (config, mut diagnostics) = world.with_self(instance, repetition, own, |evaluator| {
        decode_object(&provisioner.body, schema, evaluator, &PROVISIONER_RESERVED)
    });
    diagnostics.extend(Diagnostics(world.diagnostics.0.split_off(errors_before)));
    diagnostics.into_result()?;
    let is_sensitive = {
        let marks = config.marks_deep();
        marks.is_sensitive() || marks.is_ephemeral()
    };
    let (config, _) = config.unmark_deep();
    Ok(Prepared {
        kind: provisioner.kind.clone(),
        runner: Arc::clone(runner),
        config,
        is_sensitive,
        continues: provisioner.continues,
        span: provisioner.span,
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
        let Err(errors) = prepared.runner.run(&prepared.config, &report).await else { continue };
        if prepared.continues {
            continue;
        }
        if prepared.is_sensitive {
            return Diagnostic::error(
                format!("{} provisioner error", prepared.kind),
                "The provisioner failed. What it ran and said is not shown, because its configuration holds a sensitive \
                 value.",
            )
            .at(prepared.span)
            .into();
        }
        return Diagnostics(errors.into_iter().map(|error| error.at_least_at(prepared.span)).collect());
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
