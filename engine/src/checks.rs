//! What became of the conditions of a configuration: validations of variables, preconditions, postconditions, and the
//! assertions of `check` blocks.
//!
//! A [`CheckResults`] is filled while a world is evaluated, kept with the plan, shown in its JSON form, and stored with
//! the state. How a condition is evaluated is in [`crate::world`]; this is only the record.

use std::collections::BTreeMap;
use std::sync::Arc;

use infra_values::Str;
use infra_values::address::{InstanceKey, ModuleInstance, ModulePath, Resource};
use serde::{Deserialize, Deserializer, Serialize, Serializer};
use serde_json::value::RawValue;
use serde_json::{Value as Json, json};

use crate::config::{Config, Module};

mod stored;

/// What a condition, an object with conditions, or all instances of one came to.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Status {
    /// It holds.
    Pass,
    /// It cannot be told yet.
    #[default]
    Unknown,
    /// It does not hold.
    Fail,
    /// It could not be evaluated.
    Error,
}

/// Something that has conditions, within its module.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
pub enum Checked {
    /// `check "name"`
    Check(Str),
    /// `output "name"`
    Output(Str),
    /// A `resource`, `data` or `ephemeral` block.
    Resource(Resource),
    /// `variable "name"`
    Variable(Str),
}

/// Which of an object's conditions: those of one kind are counted from 0.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
pub enum Position {
    /// The data source inside a `check` block, which must be readable.
    NestedData,
    /// Any but a postcondition.
    First(usize),
    /// A postcondition.
    Then(usize),
}

/// What one condition of one instance came to.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct ConditionResult {
    /// Whether it holds.
    pub status: Status,
    /// Why not, where that can be told.
    pub message: Option<String>,
}

/// One instance of something with conditions: in which module instance, and its own key.
type Instance = (ModuleInstance, InstanceKey);

/// A map that is kept in plan files as a list of pairs: maps there have text as keys.
#[derive(Clone, Debug, PartialEq, Eq)]
struct Table<K: Ord, V>(BTreeMap<K, V>);

impl<K: Ord, V> Default for Table<K, V> {
    fn default() -> Self {
        Self(BTreeMap::new())
    }
}

impl<K: Ord + Serialize, V: Serialize> Serialize for Table<K, V> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_seq(&self.0)
    }
}

impl<'de, K: Ord + Deserialize<'de>, V: Deserialize<'de>> Deserialize<'de> for Table<K, V> {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        Ok(Self(Vec::deserialize(deserializer)?.into_iter().collect()))
    }
}

/// What the conditions of one instance came to.
type Results = Table<Position, ConditionResult>;

/// The instances of something with conditions; `None` while nobody has asked which there are.
type Instances = Option<Table<Instance, Results>>;

/// The results of all conditions; see the module's documentation.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct CheckResults {
    entries: Table<(ModulePath, Checked), Instances>,
}

impl CheckResults {
    /// Everything in a configuration that has conditions, with nothing known of it.
    pub fn of(config: &Config) -> Self {
        let entries = config
            .modules
            .iter()
            .flat_map(|module| checked_in(module).map(|checked| ((module.path.clone(), checked), None)));
        Self { entries: Table(entries.collect()) }
    }

    /// Whether nothing has conditions.
    pub fn is_empty(&self) -> bool {
        self.entries.0.is_empty()
    }

    /// Whether something has conditions.
    pub fn contains(&self, module: &ModulePath, checked: &Checked) -> bool {
        self.entries.0.contains_key(&(module.clone(), checked.clone()))
    }

    /// Whether the data source in a check could not be read.
    pub fn has_unreadable_data(&self, module: &ModuleInstance, check: &Str) -> bool {
        let entry = self.entries.0.get(&(module.path(), Checked::Check(check.clone()))).and_then(Option::as_ref);
        let results = entry.and_then(|instances| instances.0.get(&(module.clone(), InstanceKey::None)));
        results.is_some_and(|results| results.0.contains_key(&Position::NestedData))
    }

    /// Forgets which data sources in checks could not be read: they are read again.
    pub fn forget_unreadable_data(&mut self) {
        for results in self.entries.0.values_mut().flatten().flat_map(|instances| instances.0.values_mut()) {
            results.0.remove(&Position::NestedData);
        }
    }

    /// Notes which instances there are, as far as a caller knows; each is unknown until a result is recorded.
    pub fn expect(&mut self, module: &ModulePath, checked: &Checked, instances: impl IntoIterator<Item = Instance>) {
        if let Some(entry) = self.entries.0.get_mut(&(module.clone(), checked.clone())) {
            let known = entry.get_or_insert_default();
            for instance in instances {
                known.0.entry(instance).or_default();
            }
        }
    }

    /// Notes what a condition of an instance came to, in place of what it came to before.
    pub fn record(
        &mut self,
        module: &ModuleInstance,
        checked: &Checked,
        key: &InstanceKey,
        position: Position,
        result: ConditionResult,
    ) {
        if let Some(entry) = self.entries.0.get_mut(&(module.path(), checked.clone())) {
            let known = entry.get_or_insert_default();
            known.0.entry((module.clone(), key.clone())).or_default().0.insert(position, result);
        }
    }

    /// What all conditions of an instance came to together.
    pub fn status(&self, module: &ModuleInstance, checked: &Checked, key: &InstanceKey) -> Status {
        let entry = self.entries.0.get(&(module.path(), checked.clone())).and_then(Option::as_ref);
        let results = entry.and_then(|instances| instances.0.get(&(module.clone(), key.clone())));
        results.map(instance_status).unwrap_or_default()
    }

    /// As `show -json` has it for plans and states, in the order of names.
    pub fn to_json(&self) -> Json {
        let mut reports: Vec<(String, Json)> =
            self.entries.0.iter().map(|(key, instances)| (config_display(key), plan_entry(key, instances))).collect();
        reports.sort_by(|(left, _), (right, _)| left.cmp(right));
        reports.into_iter().map(|(_, report)| report).collect()
    }

    /// As Terraform's state has it; `None` where nothing has conditions.
    pub fn to_stored(&self) -> Option<Arc<RawValue>> {
        let entries: Json = self.entries.0.iter().map(|(key, instances)| state_entry(key, instances)).collect();
        // A list without anything that could fail to be written.
        let raw = serde_json::value::to_raw_value(&entries).ok()?;
        (!self.is_empty()).then(|| Arc::from(raw))
    }
}

/// Everything in a module that has conditions.
fn checked_in(module: &Module) -> impl Iterator<Item = Checked> {
    let variables = module.variables.values().filter(|variable| !variable.validations.is_empty());
    let outputs = module.outputs.values().filter(|output| !output.preconditions.is_empty());
    let resources = module.resources.values().filter(|resource| {
        !resource.lifecycle.preconditions.is_empty() || !resource.lifecycle.postconditions.is_empty()
    });
    (variables.map(|variable| Checked::Variable(variable.name.text.clone())))
        .chain(outputs.map(|output| Checked::Output(output.name.text.clone())))
        .chain(resources.map(|resource| Checked::Resource(resource.resource.clone())))
        .chain(module.checks.keys().cloned().map(Checked::Check))
}

impl Checked {
    fn local_display(&self) -> String {
        match self {
            Self::Check(name) => format!("check.{name}"),
            Self::Output(name) => format!("output.{name}"),
            Self::Resource(resource) => resource.to_string(),
            Self::Variable(name) => format!("var.{name}"),
        }
    }
}

/// A status of several together: the worst.
fn worst(statuses: impl Iterator<Item = Status>) -> Status {
    statuses.max().unwrap_or(Status::Pass)
}

fn instance_status(results: &Results) -> Status {
    // One without results was never looked at.
    results.0.values().map(|result| result.status).max().unwrap_or_default()
}

fn status(instances: &Instances) -> Status {
    instances.as_ref().map_or(Status::Unknown, |instances| worst(instances.0.values().map(instance_status)))
}

fn messages(results: &Results) -> Vec<&str> {
    let mut messages: Vec<&str> = results.0.values().filter_map(|result| result.message.as_deref()).collect();
    messages.sort_unstable();
    messages
}

fn config_display((module, checked): &(ModulePath, Checked)) -> String {
    let local = checked.local_display();
    if module.is_root() { local } else { format!("{module}.{local}") }
}

fn instance_display(checked: &Checked, (module, key): &Instance) -> String {
    let local = format!("{}{key}", checked.local_display());
    if module.is_root() { local } else { format!("{module}.{local}") }
}

fn plan_entry(key: &(ModulePath, Checked), instances: &Instances) -> Json {
    let (module, checked) = key;
    let (kind, name) = match checked {
        Checked::Check(name) => ("check", name),
        Checked::Output(name) => ("output_value", name),
        Checked::Variable(name) => ("var", name),
        Checked::Resource(resource) => ("resource", &resource.name),
    };
    let mut address = json!({ "to_display": config_display(key), "kind": kind, "name": name.as_str() });
    if let Checked::Resource(resource) = checked {
        address["type"] = resource.type_name.as_str().into();
        address["mode"] = resource.mode.to_string().into();
    }
    if !module.is_root() {
        address["module"] = module.to_string().into();
    }
    let mut report = json!({ "address": address, "status": status(instances) });
    let found = instances.iter().flat_map(|instances| &instances.0);
    let found: Vec<Json> = found.map(|(instance, results)| plan_instance(checked, instance, results)).collect();
    if !found.is_empty() {
        report["instances"] = found.into();
    }
    report
}

fn plan_instance(checked: &Checked, instance: &Instance, results: &Results) -> Json {
    let mut address = json!({ "to_display": instance_display(checked, instance) });
    if !instance.0.is_root() {
        address["module"] = instance.0.to_string().into();
    }
    match &instance.1 {
        InstanceKey::None => {}
        InstanceKey::Int(index) => address["instance_key"] = (*index).into(),
        InstanceKey::String(key) => address["instance_key"] = key.as_str().into(),
    }
    let mut report = json!({ "address": address, "status": instance_status(results) });
    let problems: Vec<Json> = messages(results).into_iter().map(|message| json!({ "message": message })).collect();
    if !problems.is_empty() {
        report["problems"] = problems.into();
    }
    report
}

fn state_entry(key: &(ModulePath, Checked), instances: &Instances) -> Json {
    let kind = match &key.1 {
        Checked::Check(_) => "check",
        Checked::Output(_) => "output",
        Checked::Resource(_) => "resource",
        Checked::Variable(_) => "var",
    };
    let found = instances.iter().flat_map(|instances| &instances.0);
    let objects: Vec<Json> = found
        .map(|(instance, results)| {
            let mut object =
                json!({ "object_addr": instance_display(&key.1, instance), "status": instance_status(results) });
            let messages = messages(results);
            if !messages.is_empty() {
                object["failure_messages"] = messages.into();
            }
            object
        })
        .collect();
    json!({
        "object_kind": kind,
        "config_addr": config_display(key),
        "status": status(instances),
        "objects": if objects.is_empty() { Json::Null } else { objects.into() },
    })
}
