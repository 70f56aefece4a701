//! What a tool said, as lines that can be compared: one fact each, in an order that does not depend on the run, ids
//! that are made up named after the object that has them.
//!
//! ```text
//! exit 1
//! error main.tf:3:11 Invalid count argument
//! create terraform_data.a {"id":"(unknown)","input":1,"output":"(unknown)","triggers_replace":null}
//! output create o "string" "x"
//! ```
//!
//! Only places and headlines of diagnostics are compared: how we explain them is ours.

use std::collections::BTreeMap;

use serde_json::{Map, Value, json};

/// What stands where a value is not known yet.
const UNKNOWN: &str = "(unknown)";

/// A mistake or a warning.
#[derive(Clone, Debug, Default, PartialEq, Eq, PartialOrd, Ord)]
pub struct Diagnostic {
    /// The file, relative to where the tool was run; empty if there is no place.
    pub file: String,
    /// The line, from 1.
    pub line: u64,
    /// The column, from 1.
    pub column: u64,
    /// `error` or `warning`.
    pub severity: String,
    /// The headline.
    pub summary: String,
}

impl Diagnostic {
    /// From the lines that terraform's `-json` prints.
    pub fn of_json_lines(text: &str) -> Vec<Self> {
        let lines = text.lines().filter_map(|line| serde_json::from_str::<Value>(line).ok());
        lines.filter(|line| line["type"] == "diagnostic").map(|line| Self::of_json(&line["diagnostic"])).collect()
    }

    /// From an element of `diagnostics`.
    pub fn of_json(json: &Value) -> Self {
        let text = |value: &Value| value.as_str().unwrap_or_default().to_owned();
        let start = &json["range"]["start"];
        Self {
            file: text(&json["range"]["filename"]),
            line: start["line"].as_u64().unwrap_or_default(),
            column: start["column"].as_u64().unwrap_or_default(),
            severity: text(&json["severity"]),
            summary: headline(&text(&json["summary"])),
        }
    }

    /// From what `infra` prints for people.
    pub fn of_text(text: &str) -> Vec<Self> {
        let mut found: Vec<Self> = Vec::new();
        for line in text.lines() {
            let head = line.split_once(": ").filter(|(severity, _)| matches!(*severity, "error" | "warning"));
            if let Some((severity, summary)) = head {
                let (severity, summary) = (severity.to_owned(), headline(summary));
                found.push(Self { severity, summary, ..Self::default() });
            } else if let (Some(place), Some(last)) = (line.trim_start().strip_prefix("--> "), found.last_mut()) {
                let mut parts = place.rsplitn(3, ':');
                let mut number = || parts.next().and_then(|part| part.parse().ok()).unwrap_or_default();
                (last.column, last.line) = (number(), number());
                last.file = parts.next().unwrap_or(place).to_owned();
            }
        }
        found
    }

    /// The fact.
    pub fn line(&self) -> String {
        let place = if self.file.is_empty() {
            "-".to_owned()
        } else {
            // A value from the command line names itself instead of a file; where in it is of no use.
            format!("{}:{}:{}", self.file, self.line, self.column)
        };
        format!("{} {place} {}", self.severity, self.summary)
    }
}

/// A headline; those of circles name the objects, in an order of their own.
fn headline(summary: &str) -> String {
    if summary.starts_with("Cycle") { "Cycle".to_owned() } else { summary.replace("by infra", "by Terraform") }
}

/// Facts about diagnostics, each once. Of several at one place only the first counts: those behind it are what a parser
/// says that has lost its way.
pub fn of_diagnostics(diagnostics: &[Diagnostic]) -> Vec<String> {
    let place = |of: &Diagnostic| (of.file.clone(), of.line, of.column, of.severity.clone());
    let mut sorted = diagnostics.to_vec();
    sorted.sort_by_key(place);
    sorted.dedup_by(|later, earlier| place(later) == place(earlier) && !later.file.is_empty());
    sorted.sort();
    sorted.dedup();
    sorted.iter().map(Diagnostic::line).collect()
}

/// Names for ids that are made up, collected from the states that a case leaves.
#[derive(Debug, Default)]
pub struct Ids(BTreeMap<String, String>);

impl Ids {
    /// Learns the ids in a state file.
    pub fn learn(&mut self, state: &Value) {
        for (address, _, instance) in instances(state) {
            if let Some(id) = instance["attributes"]["id"].as_str() {
                // An id that is given, as in an import, is no name's.
                if id.len() == 36 && !self.0.contains_key(id) {
                    let earlier = self.0.values().filter(|name| name.starts_with(&format!("<{address}"))).count();
                    let name =
                        if earlier == 0 { format!("<{address}>") } else { format!("<{address} {}>", earlier + 1) };
                    self.0.insert(id.to_owned(), name);
                }
            }
        }
    }

    /// A text with the names in place of the ids.
    pub fn rename(&self, text: &str) -> String {
        self.0.iter().fold(text.to_owned(), |text, (id, name)| {
            if text.contains(id.as_str()) { text.replace(id, &name.replace('"', "'")) } else { text }
        })
    }
}

/// Facts about a plan that `show -json` describes.
pub fn of_plan(plan: &Value) -> Vec<String> {
    let mut facts = Vec::new();
    for (name, variable) in entries(&plan["variables"]) {
        facts.push(format!("variable {name} {}", variable["value"]));
    }
    let mut changes: Vec<String> = elements(&plan["resource_changes"]).map(of_change).collect();
    changes.sort();
    facts.extend(changes);
    for (name, value) in of_outputs(plan) {
        facts.push(format!("output {} {name} {value}", actions(&plan["output_changes"][&name])));
    }
    for check in elements(&plan["checks"]) {
        facts.push(format!("check {} {}", text(&check["address"]["to_display"]), text(&check["status"])));
        for instance in elements(&check["instances"]) {
            for problem in elements(&instance["problems"]) {
                let address = text(&instance["address"]["to_display"]);
                facts.push(format!("problem {address} {}", problem["message"]));
            }
        }
    }
    facts
}

/// The outputs of a plan: type and value.
pub fn of_outputs(plan: &Value) -> Vec<(String, String)> {
    let planned = &plan["planned_values"]["outputs"];
    let describe = |(name, change): (&String, &Value)| {
        let after = merged(&change["after"], &change["after_unknown"]);
        let kind = &planned[name.as_str()]["type"];
        let kind = if kind.is_null() { String::new() } else { format!("{} ", sorted(kind)) };
        (name.clone(), format!("{kind}{after}{}", sensitive_places(&change["after_sensitive"])))
    };
    entries(&plan["output_changes"]).into_iter().map(describe).collect()
}

fn of_change(resource: &Value) -> String {
    let change = &resource["change"];
    let what = actions(change);
    let mut fact = format!("{what} {}", text(&resource["address"]));
    if let Some(deposed) = resource["deposed"].as_str() {
        fact.push_str(if deposed.is_empty() { "" } else { " (deposed)" });
    }
    for (word, value) in [
        ("from", &resource["previous_address"]),
        ("because", &resource["action_reason"]),
        ("importing", &change["importing"]["id"]),
    ] {
        if let Some(value) = value.as_str() {
            fact.push_str(&format!(" {word} {value}"));
        }
    }
    if let Some(paths) = change["replace_paths"].as_array() {
        fact.push_str(&format!(" replacing {}", json!(paths)));
    }
    if matches!(&*what, "no-op" | "delete" | "forget") {
        return fact;
    }
    let after = merged(&change["after"], &change["after_unknown"]);
    format!("{fact} {after}{}", sensitive_places(&change["after_sensitive"]))
}

fn actions(change: &Value) -> String {
    elements(&change["actions"]).map(text).collect::<Vec<_>>().join("+")
}

/// Facts about the order in which things were done, from a stream of events.
pub fn of_order(stream: &str) -> Vec<String> {
    let events = stream.lines().filter_map(|line| serde_json::from_str::<Value>(line).ok());
    let done = events.filter_map(|event| {
        let what = match text(&event["type"]) {
            "apply_complete" => "",
            "apply_errored" => " failed",
            _ => return None,
        };
        let hook = &event["hook"];
        Some(format!("then {} {}{what}", text(&hook["action"]), text(&hook["resource"]["addr"])))
    });
    done.collect()
}

/// A report in JSON, as text with its entries in order, without what differs from run to run: times, versions of states,
/// and which of the objects that came before are named as such (ours names the nearest, terraform all).
pub fn of_report(report: &Value) -> String {
    fn without(value: &Value) -> Value {
        const LEFT_OUT: &[&str] = &["timestamp", "serial", "lineage", "depends_on", "dependencies", "private"];
        match value {
            Value::Object(entries) => {
                let kept = entries.iter().filter(|(name, _)| !LEFT_OUT.contains(&name.as_str()));
                kept.map(|(name, entry)| (name.clone(), without(entry))).collect::<Map<_, _>>().into()
            }
            Value::Array(items) => items.iter().map(without).collect(),
            other => other.clone(),
        }
    }
    let mut report = without(&sorted(report));
    if let Some(Value::Array(relevant)) = report.get_mut("relevant_attributes") {
        relevant.sort_by_key(Value::to_string);
    }
    serde_json::to_string_pretty(&report).unwrap_or_default()
}

/// Facts about a state file: its objects and outputs.
pub fn of_state(state: &Value) -> Vec<String> {
    let mut facts: Vec<String> = instances(state)
        .map(|(address, _, instance)| {
            let deposed = if instance["deposed"].is_string() { " (deposed)" } else { "" };
            let mut fact = format!("has {address}{deposed} {}", sorted(&instance["attributes"]));
            let mut paths: Vec<String> = elements(&instance["sensitive_attributes"]).map(state_path).collect();
            paths.sort();
            if !paths.is_empty() {
                fact.push_str(&format!(" sensitive {}", paths.join(" ")));
            }
            if let Some(status) = instance["status"].as_str() {
                fact.push_str(&format!(" {status}"));
            }
            if instance["create_before_destroy"] == true {
                fact.push_str(" create_before_destroy");
            }
            fact
        })
        .collect();
    facts.sort();
    for (name, output) in entries(&state["outputs"]) {
        let sensitive = if output["sensitive"] == true { " sensitive" } else { "" };
        facts.push(format!("output {name} {} {}{sensitive}", output["type"], sorted(&output["value"])));
    }
    facts
}

/// All instances in a state with their addresses and resources.
fn instances(state: &Value) -> impl Iterator<Item = (String, &Value, &Value)> {
    elements(&state["resources"]).flat_map(|resource| {
        elements(&resource["instances"]).map(move |instance| {
            let module = resource["module"].as_str().map(|module| format!("{module}.")).unwrap_or_default();
            let data = if resource["mode"] == "data" { "data." } else { "" };
            let key =
                if instance["index_key"].is_null() { String::new() } else { format!("[{}]", instance["index_key"]) };
            let address = format!("{module}{data}{}.{}{key}", text(&resource["type"]), text(&resource["name"]));
            (address, resource, instance)
        })
    })
}

/// The value of a plan with its unknown parts written out.
fn merged(after: &Value, unknown: &Value) -> Value {
    match (after, unknown) {
        (_, Value::Bool(true)) => json!(UNKNOWN),
        (Value::Object(_) | Value::Null, Value::Object(unknown)) if after.is_object() || !unknown.is_empty() => {
            let nothing = Map::new();
            let after = after.as_object().unwrap_or(&nothing);
            let names: std::collections::BTreeSet<&String> = after.keys().chain(unknown.keys()).collect();
            let entry = |name: &String| {
                let entry = merged(after.get(name).unwrap_or(&Value::Null), unknown.get(name).unwrap_or(&Value::Null));
                (name.clone(), entry)
            };
            names.into_iter().map(entry).collect::<Map<_, _>>().into()
        }
        (Value::Array(items), unknown) => {
            items.iter().enumerate().map(|(index, item)| merged(item, &unknown[index])).collect()
        }
        _ => sorted(after),
    }
}

/// Where a value of a plan is sensitive: ` sensitive .a .b[0]`, or nothing.
fn sensitive_places(tree: &Value) -> String {
    fn walk(tree: &Value, place: &str, found: &mut Vec<String>) {
        match tree {
            Value::Bool(true) => found.push(if place.is_empty() { "all".to_owned() } else { place.to_owned() }),
            Value::Array(items) => {
                items.iter().enumerate().for_each(|(index, item)| walk(item, &format!("{place}[{index}]"), found));
            }
            Value::Object(entries) => {
                entries.iter().for_each(|(name, entry)| walk(entry, &format!("{place}.{name}"), found))
            }
            _ => {}
        }
    }
    let mut found = Vec::new();
    walk(tree, "", &mut found);
    found.sort();
    if found.is_empty() { String::new() } else { format!(" sensitive {}", found.join(" ")) }
}

/// A path of a state file: `.input.a[0]`.
fn state_path(path: &Value) -> String {
    elements(path)
        .map(|step| match &step["type"] {
            Value::String(kind) if kind == "get_attr" => format!(".{}", text(&step["value"])),
            _ => format!("[{}]", step["value"]["value"]),
        })
        .collect()
}

/// The same with the entries of objects in order.
fn sorted(value: &Value) -> Value {
    match value {
        Value::Object(entries) => {
            let sorted: BTreeMap<&String, &Value> = entries.iter().collect();
            sorted.into_iter().map(|(name, entry)| (name.clone(), self::sorted(entry))).collect::<Map<_, _>>().into()
        }
        Value::Array(items) => items.iter().map(sorted).collect(),
        other => other.clone(),
    }
}

fn elements(value: &Value) -> impl Iterator<Item = &Value> {
    value.as_array().into_iter().flatten()
}

fn entries(value: &Value) -> BTreeMap<&String, &Value> {
    value.as_object().into_iter().flatten().collect()
}

fn text(value: &Value) -> &str {
    value.as_str().unwrap_or_default()
}

#[test]
fn diagnostics_are_read_from_both_forms() {
    let drawn = "error: Cycle: a, b\n\nwarning: Odd\n  --> a b/c:d.tf:12:3\n   |\n12 |   x\n";
    let lines = ["error - Cycle", "warning a b/c:d.tf:12:3 Odd"];
    assert_eq!(of_diagnostics(&Diagnostic::of_text(drawn)), lines);
    let json = json!({"type": "diagnostic", "diagnostic": {"severity": "warning", "summary": "Odd",
        "range": {"filename": "x.tf", "start": {"line": 1, "column": 2}}}});
    let found = Diagnostic::of_json_lines(&format!("{{}}\n{json}\n{json}\n"));
    assert_eq!(of_diagnostics(&found), ["warning x.tf:1:2 Odd"]);
}

#[test]
fn unknown_parts_and_secrets_are_written_out() {
    let change = json!({"change": {"actions": ["create"], "after": {"b": [1, null], "a": {}},
        "after_unknown": {"b": [false, true], "c": true, "a": {}}, "after_sensitive": {"b": [true, false]}},
        "address": "x.y"});
    assert_eq!(of_change(&change), "create x.y {\"a\":{},\"b\":[1,\"(unknown)\"],\"c\":\"(unknown)\"} sensitive .b[0]");
}
