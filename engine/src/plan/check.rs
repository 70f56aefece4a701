//! Promises that every finished plan keeps, each checked by name. Checked before every apply and in tests: a broken one
//! is a defect of the planner, and is better found before anything is touched.

use std::collections::{HashMap, HashSet};

use infra_values::address::ConfigResource;

use super::{Action, Plan, ResourceChange, StepId, Work};

/// A promise that a plan breaks.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("{promise}: {detail}")]
pub struct Broken {
    /// Which promise.
    pub promise: &'static str,
    /// Where it is broken.
    pub detail: String,
}

type Promise = (&'static str, fn(&Plan) -> Vec<String>);

/// All promises, by name.
const PROMISES: &[Promise] = &[
    ("the steps are in order", steps_are_ordered),
    ("every action has exactly its steps", actions_have_their_steps),
    ("an object is changed once", objects_change_once),
    ("what did not change is left alone", unchanged_objects_have_no_steps),
    ("what depends on an object is destroyed before it", dependents_are_destroyed_first),
    ("what waits is not worked on", deferred_objects_have_no_steps),
];

/// The promises that a plan breaks; none for a good plan.
pub fn check(plan: &Plan) -> Vec<Broken> {
    PROMISES
        .iter()
        .flat_map(|(promise, broken)| broken(plan).into_iter().map(|detail| Broken { promise, detail }))
        .collect()
}

fn steps_are_ordered(plan: &Plan) -> Vec<String> {
    let late = |(position, step): (usize, &super::Step)| {
        step.after
            .iter()
            .find(|before| **before >= position)
            .map(|before| format!("step {position} comes after step {before}"))
    };
    plan.steps.iter().enumerate().filter_map(late).collect()
}

fn actions_have_their_steps(plan: &Plan) -> Vec<String> {
    let mut found: HashMap<usize, Vec<&'static str>> = HashMap::new();
    for step in &plan.steps {
        let name = match &step.work {
            Work::Join => continue,
            Work::Create { .. } => "create",
            Work::Update { .. } => "update",
            Work::Delete { .. } => "delete",
            Work::Read { .. } => "read",
            Work::Forget { .. } => "forget",
        };
        found.entry(step.work.change().unwrap_or_default()).or_default().push(name);
    }
    plan.changes
        .iter()
        .enumerate()
        .filter_map(|(position, change)| {
            let expected: &[&str] = match change.action {
                Action::NoOp => &[],
                Action::Create => &["create"],
                Action::Read => &["read"],
                Action::Update => &["update"],
                Action::Delete => &["delete"],
                Action::DeleteThenCreate => &["delete", "create"],
                Action::CreateThenDelete => &["create", "delete"],
                Action::Forget => &["forget"],
            };
            let steps = found.remove(&position).unwrap_or_default();
            (steps != expected && !plan.errored)
                .then(|| format!("{}: {:?} has the steps {steps:?}", change.address, change.action))
        })
        .collect()
}

fn objects_change_once(plan: &Plan) -> Vec<String> {
    let mut seen = HashSet::new();
    plan.changes
        .iter()
        .filter(|change| !seen.insert((&change.address, &change.deposed)))
        .map(|change| change.address.to_string())
        .collect()
}

fn unchanged_objects_have_no_steps(plan: &Plan) -> Vec<String> {
    plan.steps
        .iter()
        .filter_map(|step| plan.changes.get(step.work.change()?))
        .filter(|change| change.action == Action::NoOp)
        .map(|change| change.address.to_string())
        .collect()
}

fn deferred_objects_have_no_steps(plan: &Plan) -> Vec<String> {
    let deferred: HashSet<_> = plan.deferred.iter().map(|deferred| &deferred.change.address).collect();
    plan.steps
        .iter()
        .filter_map(|step| plan.changes.get(step.work.change()?))
        .filter(|change| deferred.contains(&change.address))
        .map(|change| change.address.to_string())
        .collect()
}

fn dependents_are_destroyed_first(plan: &Plan) -> Vec<String> {
    let mut dependents: HashMap<&ConfigResource, Vec<(StepId, &ResourceChange)>> = HashMap::new();
    let deletions = || {
        plan.steps.iter().enumerate().filter_map(|(position, step)| match step.work {
            Work::Delete { change, .. } => Some((position, plan.changes.get(change)?)),
            _ => None,
        })
    };
    for (position, change) in deletions() {
        let stored = plan.state.resources.instance(&change.address);
        let object = stored.and_then(|instance| instance.object(change.deposed.as_ref()));
        for dependency in object.map(|object| object.dependencies.as_slice()).unwrap_or_default() {
            dependents.entry(dependency).or_default().push((position, change));
        }
    }
    let mut broken = Vec::new();
    // All instances of a resource wait at the same meeting point, which is looked through once.
    let mut waits_for_all: HashMap<(StepId, ConfigResource), bool> = HashMap::new();
    for (position, change) in deletions() {
        let resource = change.address.config();
        let Some(before) = dependents.get(&resource) else { continue };
        let after = plan.steps.get(position).map(|step| step.after.as_slice()).unwrap_or_default();
        let waits = after.iter().any(|meeting| {
            *waits_for_all.entry((*meeting, resource.clone())).or_insert_with(|| {
                let reached = reached_through_joins(plan, *meeting);
                before.iter().all(|(step, _)| step == meeting || reached.contains(step))
            })
        });
        if waits {
            continue;
        }
        let reached = reached_through_joins(plan, position);
        broken.extend(
            before
                .iter()
                .filter(|(step, _)| !reached.contains(step))
                .map(|(_, dependent)| format!("{} may be destroyed before {}", change.address, dependent.address)),
        );
    }
    broken
}

/// The steps that a step comes after directly or through meeting points.
fn reached_through_joins(plan: &Plan, step: StepId) -> HashSet<StepId> {
    let mut stack = vec![step];
    let mut reached = HashSet::new();
    while let Some(at) = stack.pop() {
        for next in plan.steps.get(at).map(|step| step.after.as_slice()).unwrap_or_default() {
            if reached.insert(*next) && matches!(plan.steps.get(*next).map(|step| &step.work), Some(Work::Join)) {
                stack.push(*next);
            }
        }
    }
    reached
}
