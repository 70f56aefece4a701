//! `infra state mv`

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use infra_engine::diagnostics::{Diagnostic, Diagnostics};
use infra_state::model::{Change, ObjectState};
use infra_state::{State, StateError};
use infra_values::address::{
    AbsoluteResource, ConfigResource, InstanceKey, ModuleInstance, ResourceInstance, ResourceMode, Target,
};

use crate::arguments::StateMoveArguments;
use crate::backend::StateFlags;
use crate::command_error::{CommandError, CommandResult, EXIT_OK};
use crate::project::Session;
use crate::state_access::Editing;

/// Gives an instance, a resource or a module another address, or another state.
pub async fn run(session: &Session<'_>, arguments: &StateMoveArguments) -> CommandResult {
    let (source, destination) = (super::target(&arguments.source)?, super::target(&arguments.destination)?);
    let lock = &arguments.edit.lock;
    let here = Editing::begin(session, &arguments.edit.files(), lock, "state-mv").await?;
    match &arguments.state_out {
        None => within(here, &source, &destination, arguments.dry_run).await?,
        Some(path) => {
            let files = StateFlags {
                state: Some(path.clone()),
                backup: arguments.backup_out.clone(),
                keeps_every_backup: true,
                ..StateFlags::default()
            };
            match Editing::begin(session, &files, lock, "state-mv").await {
                Ok(there) => between(here, there, &source, &destination, arguments.dry_run).await?,
                Err(error) => return Err(here.fail(error).await),
            }
        }
    }
    let verb = if arguments.dry_run { "Would move" } else { "Move" };
    session.printer.result(&format!("{verb} {:?} to {:?}", shown(&source), shown(&destination)));
    if !arguments.dry_run {
        session.printer.result("Successfully moved 1 object(s).");
    }
    Ok(EXIT_OK)
}

/// Moves within a state.
async fn within(
    here: Editing<'_>,
    source: &Target,
    destination: &Target,
    is_rehearsal: bool,
) -> Result<(), CommandError> {
    let before = &here.snapshot.state;
    match moves(before, before, source, destination) {
        Err(mistakes) => Err(here.fail(mistakes.into()).await),
        Ok(_) if is_rehearsal => here.leave().await,
        Ok(moves) => match moved(before, &moves) {
            Ok(state) => here.write(state).await,
            Err(error) => Err(here.fail(error.into()).await),
        },
    }
}

fn moved(before: &State, moves: &Moves) -> Result<State, StateError> {
    let mut state = before.clone();
    rename_dependencies(&mut state, before, moves);
    for (from, to) in moves {
        state.apply(from, None, &Change::Move(to.clone()))?;
    }
    Ok(state)
}

/// Moves from one state into another: that one is written first, so that nothing is in neither of them.
async fn between(
    here: Editing<'_>,
    there: Editing<'_>,
    source: &Target,
    destination: &Target,
    is_rehearsal: bool,
) -> Result<(), CommandError> {
    let (mut from_state, mut to_state) = (State::clone(&here.snapshot.state), State::clone(&there.snapshot.state));
    let moves = match moves(&from_state, &to_state, source, destination) {
        Ok(moves) => moves,
        Err(mistakes) => {
            let error = here.fail(mistakes.into()).await;
            return Err(there.fail(error).await);
        }
    };
    if is_rehearsal {
        there.leave().await?;
        return here.leave().await;
    }
    for (from, to) in &moves {
        if let Some((provider, instance)) = from_state.resources.remove_instance(from) {
            to_state.resources.set_instance(to, provider, instance);
        }
    }
    if let Err(error) = there.write(to_state).await {
        return Err(here.fail(error).await);
    }
    here.write(from_state).await.map_err(|mut error| {
        error.diagnostics.push(Diagnostic::error(
            "Moved objects are in both states",
            format!(
                "{} is in the other state now and could not be taken out of this one. Take it out with `infra state rm`.",
                shown(source)
            ),
        ));
        error
    })
}

fn shown(target: &Target) -> String {
    match target {
        Target::Module(module) => module.to_string(),
        Target::Resource(resource) => resource.to_string(),
        Target::Instance(instance) => instance.to_string(),
    }
}

type Moves = Vec<(ResourceInstance, ResourceInstance)>;

/// What depends on something that moves depends on it at its new address too: on the order in which things are
/// destroyed. The old one is left out where nothing stays there.
fn rename_dependencies(state: &mut State, before: &State, moves: &Moves) {
    let moving: BTreeSet<&ResourceInstance> = moves.iter().map(|(from, _)| from).collect();
    let addresses = before.resources.instances().map(|(address, ..)| address);
    let staying: BTreeSet<ConfigResource> =
        addresses.filter(|address| !moving.contains(address)).map(|address| address.config()).collect();
    let mut renamed: BTreeMap<ConfigResource, BTreeSet<ConfigResource>> = BTreeMap::new();
    for (from, to) in moves {
        let now = renamed.entry(from.config()).or_default();
        now.insert(to.config());
        if staying.contains(&from.config()) {
            now.insert(from.config());
        }
    }
    for (address, resource, instance) in before.resources.instances() {
        for (key, object) in instance.objects() {
            if !object.dependencies.iter().any(|dependency| renamed.contains_key(dependency)) {
                continue;
            }
            let dependencies: BTreeSet<ConfigResource> = object
                .dependencies
                .iter()
                .flat_map(|dependency| match renamed.get(dependency) {
                    Some(now) => now.iter().cloned().collect(),
                    None => vec![dependency.clone()],
                })
                .collect();
            let dependencies = dependencies.into_iter().collect();
            let object = Arc::new(ObjectState { dependencies, ..ObjectState::clone(object) });
            state.resources.set(&address, key, resource.provider.clone(), object);
        }
    }
}

/// Which instances of a state move where, which may be into another one.
fn moves(state: &State, into: &State, source: &Target, destination: &Target) -> Result<Moves, Diagnostics> {
    let wrong_kind = |wanted: &str| {
        let detail = format!("Cannot move {} to {}: {wanted}.", shown(source), shown(destination));
        Diagnostics::from(Diagnostic::error("Invalid target address", detail))
    };
    match (source, destination) {
        (Target::Module(from), Target::Module(to)) => moves_of_module(state, into, from, to),
        (Target::Module(_), _) => Err(wrong_kind("the target must also be a module")),
        (_, Target::Module(_)) => Err(wrong_kind("the target must also be a resource instance")),
        (Target::Instance(from), Target::Instance(to)) => moves_of_instance(state, into, from, to),
        (Target::Instance(from), Target::Resource(to)) => {
            moves_of_instance(state, into, from, &to.instance(InstanceKey::None))
        }
        (Target::Resource(from), _) if is_single(state, from) => {
            let to = match destination {
                Target::Instance(to) => to.clone(),
                Target::Resource(to) => to.instance(InstanceKey::None),
                Target::Module(_) => return Err(wrong_kind("the target must also be a resource instance")),
            };
            moves_of_instance(state, into, &from.instance(InstanceKey::None), &to)
        }
        (Target::Resource(from), Target::Resource(to)) => moves_of_resource(state, into, from, to),
        (Target::Resource(from), Target::Instance(_)) => {
            exists(state.resources.get(from).is_some(), &shown(source))?;
            Err(wrong_kind(
                "the source is a whole resource (not a resource instance) so the target must also be a whole resource",
            ))
        }
    }
}

/// Whether a resource has neither `count` nor `for_each`.
fn is_single(state: &State, resource: &AbsoluteResource) -> bool {
    state.resources.get(resource).is_some_and(|found| found.instances.keys().eq([&InstanceKey::None]))
}

fn exists(is_there: bool, source: &str) -> Result<(), Diagnostics> {
    if is_there {
        return Ok(());
    }
    Err(Diagnostic::error(
        "Invalid source address",
        format!("Cannot move {source}: does not match anything in the current state. `infra state list` shows all."),
    )
    .into())
}

fn taken(destination: &str, by: &str) -> Diagnostic {
    Diagnostic::error(
        "Invalid target address",
        format!("Cannot move to {destination}: there is already a {by} at that address in the current state."),
    )
}

/// That one kind of object cannot become another.
fn kinds_differ(from: &AbsoluteResource, to: &AbsoluteResource) -> Diagnostics {
    let mut mistakes = Diagnostics::new();
    let mut push = |reason: &str| {
        let detail = format!("Cannot move {from} to {to}: {reason}.");
        mistakes.push(Diagnostic::error("Invalid state move request", detail));
    };
    if from.resource.mode != to.resource.mode {
        push(match from.resource.mode {
            ResourceMode::Managed => "a managed resource can be moved only to another managed resource address",
            _ => "a data resource can be moved only to another data resource address",
        });
    }
    if from.resource.type_name != to.resource.type_name {
        push("resource types don't match");
    }
    mistakes
}

fn moves_of_instance(
    state: &State,
    into: &State,
    from: &ResourceInstance,
    to: &ResourceInstance,
) -> Result<Moves, Diagnostics> {
    exists(state.resources.instance(from).is_some(), &from.to_string())?;
    let mut mistakes = kinds_differ(&from.absolute_resource(), &to.absolute_resource());
    if into.resources.instance(to).is_some() {
        mistakes.push(taken(&to.to_string(), "resource instance"));
    }
    mistakes.into_result()?;
    Ok(vec![(from.clone(), to.clone())])
}

fn moves_of_resource(
    state: &State,
    into: &State,
    from: &AbsoluteResource,
    to: &AbsoluteResource,
) -> Result<Moves, Diagnostics> {
    exists(state.resources.get(from).is_some(), &from.to_string())?;
    let mut mistakes = kinds_differ(from, to);
    if into.resources.get(to).is_some() {
        mistakes.push(taken(&to.to_string(), "resource"));
    }
    mistakes.into_result()?;
    let keys = state.resources.get(from).into_iter().flat_map(|resource| resource.instances.keys());
    Ok(keys.map(|key| (from.instance(key.clone()), to.instance(key.clone()))).collect())
}

/// Everything in a module instance and below it. A call without a key is that instance alone here, not all of them.
fn moves_of_module(
    state: &State,
    into: &State,
    from: &ModuleInstance,
    to: &ModuleInstance,
) -> Result<Moves, Diagnostics> {
    let is_inside = |address: &ResourceInstance, module: &ModuleInstance| address.module.0.starts_with(&module.0);
    let addresses =
        |state: &State| -> Vec<ResourceInstance> { state.resources.instances().map(|(address, ..)| address).collect() };
    let found: Vec<_> = addresses(state).into_iter().filter(|address| is_inside(address, from)).collect();
    exists(!found.is_empty(), &from.to_string())?;
    if addresses(into).iter().any(|address| is_inside(address, to)) {
        return Err(taken(&to.to_string(), "module").into());
    }
    let moved = |address: &ResourceInstance| {
        let below = address.module.0[from.0.len()..].iter();
        ResourceInstance { module: ModuleInstance(to.0.iter().chain(below).cloned().collect()), ..address.clone() }
    };
    Ok(found.iter().map(|address| (address.clone(), moved(address))).collect())
}
