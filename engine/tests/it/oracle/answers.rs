//! Answers of both sides in one form.

use std::collections::BTreeMap;

use infra_values::{Kind, Value};
use serde_json::{Map, Value as Json, json};

/// What stands where a value is unknown.
const UNKNOWN: &str = "(unknown)";

/// Names for random ids: `id of terraform_data.a`.
#[derive(Default)]
pub struct Ids(BTreeMap<String, String>);

impl Ids {
    /// The ids in a state file.
    pub fn of_state(state: &Json) -> Self {
        let mut ids = BTreeMap::new();
        for resource in state["resources"].as_array().into_iter().flatten() {
            for instance in resource["instances"].as_array().into_iter().flatten() {
                if let Some(id) = instance["attributes"]["id"].as_str() {
                    let deposed = if instance["deposed"].is_string() { " (deposed)" } else { "" };
                    let name = format!("id of {}{deposed}", address(resource, instance));
                    ids.insert(id.to_owned(), name);
                }
            }
        }
        Self(ids)
    }

    fn rename(&self, text: &str) -> String {
        let known = self.0.iter().fold(text.to_owned(), |text, (id, name)| text.replace(id, name));
        // The id of an object that is not there any more.
        let is_uuid = |word: &str| word.len() == 36 && word.split('-').map(str::len).eq([8, 4, 4, 4, 12]);
        known.split(' ').map(|word| if is_uuid(word) { "(id)" } else { word }).collect::<Vec<_>>().join(" ")
    }

    /// A document with its ids renamed.
    pub fn rename_in(&self, document: &Json) -> Json {
        match document {
            Json::String(text) => Json::String(self.rename(text)),
            Json::Array(items) => items.iter().map(|item| self.rename_in(item)).collect(),
            Json::Object(entries) => {
                entries.iter().map(|(name, entry)| (name.clone(), self.rename_in(entry))).collect()
            }
            other => other.clone(),
        }
    }
}

fn address(resource: &Json, instance: &Json) -> String {
    let module = resource["module"].as_str().map(|module| format!("{module}.")).unwrap_or_default();
    let data = if resource["mode"] == "data" { "data." } else { "" };
    let key = match &instance["index_key"] {
        Json::Null => String::new(),
        key => format!("[{key}]"),
    };
    format!("{module}{data}{}.{}{key}", resource["type"].as_str().unwrap(), resource["name"].as_str().unwrap())
}

/// A value with unknown parts written out.
pub fn value(value: &Value, ids: &Ids) -> Json {
    match value.kind() {
        Kind::Unknown(_) => json!(UNKNOWN),
        Kind::List(_, items) | Kind::Set(_, items) | Kind::Tuple(items) => {
            items.iter().map(|item| self::value(item, ids)).collect()
        }
        Kind::Map(_, entries) | Kind::Object(entries) => entries
            .iter()
            .map(|(name, entry)| (name.to_string(), self::value(entry, ids)))
            .filter(|(_, entry)| !entry.is_null())
            .collect::<Map<_, _>>()
            .into(),
        _ => ids.rename_in(&infra_values::json::to_json_plain(value)),
    }
}

/// The same from terraform's two trees.
pub fn merged(after: &Json, unknown: &Json, ids: &Ids) -> Json {
    match (after, unknown) {
        (_, Json::Bool(true)) => json!(UNKNOWN),
        // The object goes.
        (Json::Null, Json::Object(unknown)) if unknown.is_empty() => Json::Null,
        (Json::Object(_) | Json::Null, Json::Object(unknown)) => {
            let nothing = Map::new();
            let after = after.as_object().unwrap_or(&nothing);
            let names: std::collections::BTreeSet<&String> = after.keys().chain(unknown.keys()).collect();
            names
                .into_iter()
                .map(|name| {
                    let (after, unknown) = (after.get(name), unknown.get(name));
                    let entry = merged(after.unwrap_or(&Json::Null), unknown.unwrap_or(&Json::Bool(false)), ids);
                    (name.clone(), entry)
                })
                .filter(|(_, entry)| !entry.is_null())
                .collect::<Map<_, _>>()
                .into()
        }
        (Json::Object(entries), _) => entries
            .iter()
            .map(|(name, entry)| (name.clone(), merged(entry, &Json::Bool(false), ids)))
            .filter(|(_, entry)| !entry.is_null())
            .collect::<Map<_, _>>()
            .into(),
        (Json::Array(items), unknown) => items
            .iter()
            .enumerate()
            .map(|(position, item)| merged(item, unknown.get(position).unwrap_or(&Json::Bool(false)), ids))
            .collect(),
        _ => ids.rename_in(after),
    }
}

/// Where a value is sensitive, from marks.
pub fn sensitive_paths(value: &Value) -> Json {
    let (_, marks) = value.unmark_with_paths();
    let mut paths: Vec<String> = marks
        .iter()
        .filter(|(_, marks)| marks.is_sensitive())
        .map(|(path, _)| path.to_string().trim_start_matches('.').to_owned())
        .collect();
    paths.sort();
    json!(paths)
}

/// Where a value is sensitive, from terraform's tree.
pub fn sensitive_tree(tree: &Json) -> Json {
    fn walk(tree: &Json, place: &str, found: &mut Vec<String>) {
        match tree {
            Json::Bool(true) => found.push(place.trim_start_matches('.').to_owned()),
            Json::Array(items) => {
                for (position, item) in items.iter().enumerate() {
                    walk(item, &format!("{place}[{position}]"), found);
                }
            }
            Json::Object(entries) => {
                for (name, entry) in entries {
                    walk(entry, &format!("{place}.{name}"), found);
                }
            }
            _ => {}
        }
    }
    let mut found = Vec::new();
    walk(tree, "", &mut found);
    found.sort();
    json!(found)
}

/// A state file: objects by address and outputs.
pub fn state(state: &Json) -> Json {
    let ids = Ids::of_state(state);
    let mut objects = Map::new();
    for resource in state["resources"].as_array().into_iter().flatten() {
        for instance in resource["instances"].as_array().into_iter().flatten() {
            let mut name = address(resource, instance);
            if instance["deposed"].is_string() {
                name.push_str(" (deposed)");
            }
            let mut kept = Map::new();
            for attribute in ["attributes", "status", "create_before_destroy", "sensitive_attributes"] {
                let mut value = instance[attribute].clone();
                if let Some(paths) = value.as_array_mut() {
                    paths.sort_by_key(Json::to_string);
                }
                if !value.is_null() && value != json!([]) {
                    kept.insert(attribute.into(), ids.rename_in(&value));
                }
            }
            let mut dependencies: Vec<&str> =
                instance["dependencies"].as_array().into_iter().flatten().filter_map(Json::as_str).collect();
            dependencies.sort_unstable();
            kept.insert("dependencies".into(), json!(dependencies));
            objects.insert(name, Json::Object(kept));
        }
    }
    let mut answer = json!({ "objects": objects, "outputs": ids.rename_in(&state["outputs"]) });
    // Terraform stores them in no order, and more of a plan that failed than is known.
    if let Some(results) = ids.rename_in(&state["check_results"]).as_array_mut() {
        for result in results.iter_mut() {
            for object in result["objects"].as_array_mut().into_iter().flatten() {
                if let Some(messages) = object["failure_messages"].as_array_mut() {
                    messages.sort_by_key(Json::to_string);
                }
            }
            if let Some(objects) = result["objects"].as_array_mut() {
                objects.sort_by_key(|object| object["object_addr"].to_string());
            }
        }
        results.sort_by_key(|result| result["config_addr"].to_string());
        answer["check_results"] = json!(results);
    }
    answer
}

/// Adds headlines and places of the warnings about conditions, if there are any.
pub fn add_warnings(answer: &mut Json, warnings: Vec<(String, String)>) {
    let is_meant = |(summary, _): &(String, String)| {
        summary.starts_with("Check block") || summary.starts_with("Error message refers")
    };
    let warnings: Vec<(String, String)> = warnings.into_iter().filter(is_meant).collect();
    if !warnings.is_empty() {
        answer["warnings"] = errors(warnings);
    }
}

/// Headlines and places of errors, in one order and without doubles.
pub fn errors(mut errors: Vec<(String, String)>) -> Json {
    for (summary, place) in &mut errors {
        // Terraform names the objects of a circle in the headline, and no place.
        if summary.starts_with("Cycle") {
            "Cycle".clone_into(summary);
            "-".clone_into(place);
        }
    }
    errors.sort();
    errors.dedup();
    errors.into_iter().map(|(summary, place)| format!("{place}: {summary}")).collect()
}

/// A diagnostic in one line: place, severity and headline. Terraform names the objects of a circle in the headline and
/// gives no place.
pub fn one_headline(severity: &str, place: &str, summary: &str) -> String {
    if summary.starts_with("Cycle") { format!("- {severity}: Cycle") } else { format!("{place} {severity}: {summary}") }
}
