//! From decided changes to ordered steps.
//!
//! The rules, for objects A that depend on objects B:
//! - A is made, changed or read after B is made, changed or read.
//! - B is destroyed after A is destroyed. What A depended on is taken from the state: the files may not say it any more.
//! - A replaced object is destroyed first and then made; with `create_before_destroy` the other way round, and its
//!   old object goes after everything that depends on it has moved to the new one.
//! - The data source in a check is read after everything else.
//! - *If it can be so:* B is destroyed after A has been changed not to need it, and B is changed after an A that goes
//!   is gone. These two are preferences: where they would make a circle, they are dropped.

use std::collections::{BTreeSet, HashMap, HashSet};

use infra_values::Str;
use infra_values::address::{ConfigResource, DeposedKey, ResourceInstance};
use petgraph::graph::{DiGraph, NodeIndex};
use sha1::{Digest, Sha1};

use super::planner::Planner;
use super::{Action, ObjectKey, Step, StepId, Work};
use crate::world::{Use, UseId};

/// Steps under construction: numbers are positions here, not in the plan.
#[derive(Default)]
struct Draft {
    work: Vec<Work>,
    after: Vec<BTreeSet<usize>>,
    preferred: Vec<(usize, usize)>,
    /// The step that makes, changes or reads an object.
    arrivals: HashMap<ResourceInstance, usize>,
    /// What has to be done before something used can be used; `None`: nothing.
    usable: HashMap<UseId, Option<usize>>,
    groups: HashMap<(Group, ConfigResource), usize>,
    /// Meeting points by the steps that meet there.
    meetings: HashMap<BTreeSet<usize>, usize>,
    /// What is read only to verify a check.
    verifying: Vec<usize>,
}

/// The order among steps that could come next. In which order meeting points were found depends on which answer came
/// first while planning; so they are told apart by what meets there.
#[derive(PartialEq, Eq, PartialOrd, Ord)]
struct Rank {
    is_work: bool,
    meets: Vec<StepId>,
    position: usize,
}

/// Why steps are gathered around a resource.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
enum Group {
    /// Destructions of what depended on it.
    DependentsGone,
    /// The same without those whose successor comes first.
    DependentsMakingWay,
    /// Arrivals of what depends on it now.
    DependentsMoved,
    /// Arrivals of what depended on it in the state.
    FormerDependentsChanged,
}

impl Draft {
    fn add(&mut self, work: Work) -> usize {
        self.work.push(work);
        self.after.push(BTreeSet::new());
        self.work.len() - 1
    }

    fn edge(&mut self, step: usize, after: usize) {
        if step != after {
            self.after[step].insert(after);
        }
    }

    /// The meeting point of all steps of a group around a resource.
    fn group(&mut self, group: Group, resource: &ConfigResource) -> usize {
        if let Some(join) = self.groups.get(&(group, resource.clone())) {
            return *join;
        }
        let join = self.add(Work::Join);
        self.groups.insert((group, resource.clone()), join);
        join
    }

    /// The meeting point of several steps; the only one of them where there is only one.
    fn meet(&mut self, steps: &BTreeSet<usize>) -> Option<usize> {
        match steps.len() {
            0 => None,
            1 => steps.first().copied(),
            _ => {
                if let Some(join) = self.meetings.get(steps) {
                    return Some(*join);
                }
                let join = self.add(Work::Join);
                self.after[join].clone_from(steps);
                self.meetings.insert(steps.clone(), join);
                Some(join)
            }
        }
    }
}

/// The key under which a replaced object waits for its end: the same for the same state, so that plans are.
fn deposed_key(lineage: &str, serial: u64, address: &ResourceInstance) -> DeposedKey {
    let digest = Sha1::digest(format!("{lineage}/{serial}/{address}"));
    let text: String = digest.iter().take(4).map(|byte| format!("{byte:02x}")).collect();
    DeposedKey(Str::from(text))
}

impl Planner<'_> {
    /// The steps of all changes, in an order in which everything comes after what it needs.
    pub(super) fn order(&mut self) -> Vec<Step> {
        let mut draft = Draft::default();
        self.add_work(&mut draft);
        self.order_arrivals(&mut draft);
        self.order_departures(&mut draft);
        draft.verify_at_the_end();
        draft.into_steps()
    }

    fn add_work(&mut self, draft: &mut Draft) {
        for (position, (key, change)) in self.changes.iter().enumerate() {
            let arrival = match change.action {
                Action::NoOp => None,
                Action::Create => Some(draft.add(Work::Create { change: position, depose_as: None })),
                Action::Read => Some(draft.add(Work::Read { change: position })),
                Action::Update => Some(draft.add(Work::Update { change: position })),
                Action::Delete => {
                    draft.add(Work::Delete { change: position, deposed: key.deposed.clone() });
                    None
                }
                Action::Forget => {
                    draft.add(Work::Forget { change: position });
                    None
                }
                Action::DeleteThenCreate => {
                    let delete = draft.add(Work::Delete { change: position, deposed: None });
                    let create = draft.add(Work::Create { change: position, depose_as: None });
                    draft.edge(create, delete);
                    Some(create)
                }
                Action::CreateThenDelete => {
                    let deposed = deposed_key(&self.state.lineage, self.state.serial, &key.address);
                    let create = draft.add(Work::Create { change: position, depose_as: Some(deposed.clone()) });
                    let delete = draft.add(Work::Delete { change: position, deposed: Some(deposed) });
                    draft.edge(delete, create);
                    Some(create)
                }
            };
            if let Some(arrival) = arrival
                && self.is_in_check(&key.address)
            {
                draft.verifying.push(arrival);
            } else if let Some(arrival) = arrival {
                draft.arrivals.insert(key.address.clone(), arrival);
            }
        }
    }

    fn order_arrivals(&mut self, draft: &mut Draft) {
        let addresses: Vec<ResourceInstance> =
            self.changes.keys().filter(|key| key.deposed.is_none()).map(|key| key.address.clone()).collect();
        for address in addresses {
            let Some(arrival) = draft.arrivals.get(&address).copied() else { continue };
            let own = self.world.uses.instance(&address);
            for need in self.world.uses.needs(own).to_vec() {
                if let Some(step) = self.usable(draft, need) {
                    draft.edge(arrival, step);
                }
            }
        }
    }

    /// The step after which something can be used.
    fn usable(&self, draft: &mut Draft, wanted: UseId) -> Option<usize> {
        let uses = &self.world.uses;
        let mut stack = vec![wanted];
        let mut opened = HashSet::new();
        while let Some(top) = stack.last().copied() {
            if draft.usable.contains_key(&top) {
                stack.pop();
                continue;
            }
            // An object to which nothing is done can be used as soon as what it uses itself is as it should be.
            if let Use::Instance(address) = uses.thing(top)
                && let Some(arrival) = draft.arrivals.get(address)
            {
                draft.usable.insert(top, Some(*arrival));
                continue;
            }
            if opened.insert(top) {
                stack.extend(uses.needs(top).iter().copied().filter(|need| !opened.contains(need)));
                continue;
            }
            stack.pop();
            let steps: BTreeSet<usize> =
                uses.needs(top).iter().filter_map(|need| draft.usable.get(need).copied().flatten()).collect();
            let meeting = draft.meet(&steps);
            draft.usable.insert(top, meeting);
        }
        draft.usable.get(&wanted).copied().flatten()
    }

    fn order_departures(&mut self, draft: &mut Draft) {
        let keys: Vec<ObjectKey> = self.changes.keys().cloned().collect();
        let departures: Vec<(usize, ObjectKey, bool)> = draft
            .work
            .iter()
            .enumerate()
            .filter_map(|(step, work)| match work {
                Work::Delete { change, deposed } => {
                    let key = keys.get(*change)?.clone();
                    let replaces_first = deposed.is_some() && key.deposed.is_none();
                    Some((step, key, replaces_first))
                }
                _ => None,
            })
            .collect();
        for (step, key, created_first) in &departures {
            for dependency in self.stored_dependencies(key) {
                let gone = draft.group(Group::DependentsGone, &dependency);
                draft.edge(gone, *step);
                // What it depended on changes after it is gone; not so when its successor comes first.
                if !created_first {
                    let making_way = draft.group(Group::DependentsMakingWay, &dependency);
                    draft.edge(making_way, *step);
                }
            }
        }
        let arrivals: Vec<(ResourceInstance, usize)> = draft
            .arrivals
            .iter()
            .map(|(address, step)| (address.clone(), *step))
            .collect::<BTreeSet<_>>()
            .into_iter()
            .collect();
        for (address, step) in arrivals {
            if let Some(join) = draft.groups.get(&(Group::DependentsMakingWay, address.config())) {
                draft.preferred.push((step, *join));
            }
            let key = ObjectKey::current(address);
            let now = self.changes.get(&key).map(|change| change.dependencies.clone()).unwrap_or_default();
            for dependency in now {
                let moved = draft.group(Group::DependentsMoved, &dependency);
                draft.edge(moved, step);
            }
            for dependency in self.stored_dependencies(&key) {
                let changed = draft.group(Group::FormerDependentsChanged, &dependency);
                draft.edge(changed, step);
            }
        }
        for (step, key, created_first) in departures {
            let resource = key.address.config();
            // What is made anew in its place is what dependents wait for: they cannot change before it goes.
            let goes_for_good = self.changes.get(&key).is_some_and(|change| change.action == Action::Delete);
            for (group, required) in [
                (Group::DependentsGone, true),
                (Group::DependentsMoved, created_first || key.deposed.is_some()),
                (Group::FormerDependentsChanged, false),
            ] {
                let Some(join) = draft.groups.get(&(group, resource.clone())).copied() else { continue };
                if required {
                    draft.edge(step, join);
                } else if group == Group::FormerDependentsChanged && goes_for_good {
                    draft.preferred.push((step, join));
                }
            }
        }
    }

    fn stored_dependencies(&self, key: &ObjectKey) -> Vec<ConfigResource> {
        self.state
            .resources
            .instance(&key.address)
            .and_then(|instance| instance.object(key.deposed.as_ref()))
            .map(|object| object.dependencies.clone())
            .unwrap_or_default()
    }
}

impl Draft {
    /// What verifies a check looks at things as they are when everything is done.
    fn verify_at_the_end(&mut self) {
        let verifying = std::mem::take(&mut self.verifying);
        let others: BTreeSet<usize> =
            (0..self.work.len()).filter(|step| self.work[*step] != Work::Join && !verifying.contains(step)).collect();
        if verifying.is_empty() {
            return;
        }
        if let Some(everything) = self.meet(&others) {
            verifying.into_iter().for_each(|step| self.edge(step, everything));
        }
    }

    /// Numbers the steps so that everything comes after what it needs; equal for equal changes.
    fn into_steps(mut self) -> Vec<Step> {
        self.settle_preferences();
        let mut open: Vec<usize> = self.after.iter().map(BTreeSet::len).collect();
        let mut needed_by: Vec<Vec<usize>> = vec![Vec::new(); self.work.len()];
        for (step, after) in self.after.iter().enumerate() {
            for before in after {
                needed_by[*before].push(step);
            }
        }
        let mut ready: BTreeSet<Rank> =
            (0..self.work.len()).filter(|step| open[*step] == 0).map(|step| self.rank(step, &[])).collect();
        let mut number: Vec<StepId> = vec![0; self.work.len()];
        let mut steps = Vec::with_capacity(self.work.len());
        while let Some(Rank { position: step, .. }) = ready.pop_first() {
            number[step] = steps.len();
            let after = self.numbers_before(step, &number);
            steps.push(Step { work: self.work[step].clone(), after });
            for dependent in &needed_by[step] {
                open[*dependent] -= 1;
                if open[*dependent] == 0 {
                    ready.insert(self.rank(*dependent, &number));
                }
            }
        }
        steps
    }

    /// What a step comes after, in final numbers. All of it must be numbered.
    fn numbers_before(&self, step: usize, number: &[StepId]) -> Vec<StepId> {
        let mut after: Vec<StepId> =
            self.after[step].iter().filter_map(|before| number.get(*before).copied()).collect();
        after.sort_unstable();
        after
    }

    fn rank(&self, step: usize, number: &[StepId]) -> Rank {
        let meets = match self.work[step] {
            Work::Join => self.numbers_before(step, number),
            _ => Vec::new(),
        };
        Rank { is_work: self.work[step] != Work::Join, meets, position: step }
    }

    /// Takes over the preferred edges that do not lie on a circle.
    fn settle_preferences(&mut self) {
        let preferred = std::mem::take(&mut self.preferred);
        if preferred.is_empty() {
            return;
        }
        let mut graph: DiGraph<(), ()> = DiGraph::new();
        for _ in 0..self.work.len() {
            graph.add_node(());
        }
        for (step, after) in self.after.iter().enumerate() {
            for before in after {
                graph.add_edge(NodeIndex::new(step), NodeIndex::new(*before), ());
            }
        }
        for (step, before) in &preferred {
            graph.add_edge(NodeIndex::new(*step), NodeIndex::new(*before), ());
        }
        let mut component = vec![0; self.work.len()];
        for (number, members) in petgraph::algo::kosaraju_scc(&graph).into_iter().enumerate() {
            for member in members {
                component[member.index()] = number;
            }
        }
        for (step, before) in preferred {
            if component[step] != component[before] {
                self.edge(step, before);
            }
        }
    }
}
