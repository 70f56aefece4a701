//! Results of conditions as the state file has them: one status for each object, with messages that belong to none of
//! its conditions in particular.

use infra_values::Str;
use infra_values::address::{AddressError, ConfigResource, InstanceKey, ModulePath, ResourceInstance};
use serde::Deserialize;
use serde_json::value::RawValue;

use super::{CheckResults, Checked, ConditionResult, Instance, Position, Results, Status};

#[derive(Deserialize)]
struct StoredEntry {
    object_kind: String,
    config_addr: String,
    status: Status,
    objects: Option<Vec<StoredObject>>,
}

#[derive(Deserialize)]
struct StoredObject {
    object_addr: String,
    status: Status,
    #[serde(default)]
    failure_messages: Vec<String>,
}

impl CheckResults {
    /// What a state file says. It is there to be looked at: what has another form is left out.
    pub fn from_stored(stored: &RawValue) -> Self {
        let entries: Vec<StoredEntry> = serde_json::from_str(stored.get()).unwrap_or_default();
        let mut results = Self::default();
        for entry in entries {
            let Ok(key) = checked(&entry.object_kind, &entry.config_addr) else { continue };
            let is_expanded = entry.objects.is_some() || entry.status != Status::Unknown;
            let objects = entry.objects.unwrap_or_default().into_iter();
            let known = objects.filter_map(|object| {
                let instance = instance(&entry.object_kind, &object.object_addr).ok()?;
                Some((instance, object.into_results()))
            });
            let known = super::Table(known.collect());
            results.entries.0.insert(key, is_expanded.then_some(known));
        }
        results
    }
}

impl StoredObject {
    fn into_results(self) -> Results {
        let messages = self.failure_messages.into_iter().map(Some);
        let messages: Vec<Option<String>> = if messages.len() == 0 { vec![None] } else { messages.collect() };
        let of_message = |(at, message)| (Position::First(at), ConditionResult { status: self.status, message });
        super::Table(messages.into_iter().enumerate().map(of_message).collect())
    }
}

fn checked(kind: &str, address: &str) -> Result<(ModulePath, Checked), AddressError> {
    if kind == "resource" {
        let ConfigResource { module, resource } = address.parse()?;
        return Ok((module, Checked::Resource(resource)));
    }
    let (module, name) = split(address);
    let checked = match kind {
        "check" => Checked::Check(name),
        "output" => Checked::Output(name),
        _ => Checked::Variable(name),
    };
    Ok((module.parse()?, checked))
}

fn instance(kind: &str, address: &str) -> Result<Instance, AddressError> {
    if kind == "resource" {
        let ResourceInstance { module, key, .. } = address.parse()?;
        return Ok((module, key));
    }
    Ok((split(address).0.parse()?, InstanceKey::None))
}

/// `module.a.output.b` as `module.a` and `b`.
fn split(address: &str) -> (&str, Str) {
    let (before, name) = address.rsplit_once('.').unwrap_or(("", address));
    let module = before.rsplit_once('.').map_or("", |(module, _kind)| module);
    (module, name.into())
}

#[cfg(test)]
mod tests {
    use insta::assert_snapshot;

    use super::*;

    #[test]
    fn what_a_state_says_is_shown_as_a_plan_shows_it() {
        let stored = r#"[
            {"object_kind": "check", "config_addr": "check.c", "status": "fail",
             "objects": [{"object_addr": "check.c", "status": "fail", "failure_messages": ["one", "two"]}]},
            {"object_kind": "output", "config_addr": "module.m.module.k.output.o", "status": "pass",
             "objects": [{"object_addr": "module.m[\"a.b\"].module.k[0].output.o", "status": "pass"}]},
            {"object_kind": "resource", "config_addr": "module.m.data.t.r", "status": "error",
             "objects": [{"object_addr": "module.m[\"x\"].data.t.r[1]", "status": "error"}]},
            {"object_kind": "resource", "config_addr": "t.none", "status": "pass", "objects": null},
            {"object_kind": "var", "config_addr": "var.v", "status": "unknown", "objects": null},
            {"object_kind": "var", "config_addr": "not an address.var.v", "status": "unknown", "objects": null}
        ]"#;
        let results = CheckResults::from_stored(&RawValue::from_string(stored.to_owned()).unwrap());
        let lines: Vec<String> = results.to_json().as_array().unwrap().iter().map(ToString::to_string).collect();
        assert_snapshot!(lines.join("\n"), @r#"
        {"address":{"to_display":"check.c","kind":"check","name":"c"},"status":"fail","instances":[{"address":{"to_display":"check.c"},"status":"fail","problems":[{"message":"one"},{"message":"two"}]}]}
        {"address":{"to_display":"module.m.data.t.r","kind":"resource","name":"r","type":"t","mode":"data","module":"module.m"},"status":"error","instances":[{"address":{"to_display":"module.m[\"x\"].data.t.r[1]","module":"module.m[\"x\"]","instance_key":1},"status":"error"}]}
        {"address":{"to_display":"module.m.module.k.output.o","kind":"output_value","name":"o","module":"module.m.module.k"},"status":"pass","instances":[{"address":{"to_display":"module.m[\"a.b\"].module.k[0].output.o","module":"module.m[\"a.b\"].module.k[0]"},"status":"pass"}]}
        {"address":{"to_display":"t.none","kind":"resource","name":"none","type":"t","mode":"managed"},"status":"pass"}
        {"address":{"to_display":"var.v","kind":"var","name":"v"},"status":"unknown"}
        "#);
        let again = CheckResults::from_stored(&results.to_stored().unwrap());
        assert_eq!(again.to_json(), results.to_json());
    }
}
