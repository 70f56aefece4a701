//! From the facts of the newer provider to those of the older one.

use serde_json::{Map, Value, json};

use crate::TypeKind;

/// The keys of an attribute that a different version may have differently; the others describe behaviour and stay.
const STRUCTURE_KEYS: [&str; 7] = ["type", "required", "optional", "computed", "sensitive", "write_only", "deprecated"];

/// The facts of 5.100.0 about a type, from those of 6.47.0; `None` when 5.100.0 lacks it.
pub(crate) fn as_of_5_100(
    type_name: &str,
    kind: TypeKind,
    newest: &Value,
    delta: &Value,
    flags: &Value,
) -> Option<Value> {
    let difference = &delta[kind.section()][type_name];
    if difference["only_newer_type"] == true {
        return None;
    }
    let mut facts = newest.clone();
    for path in difference["only_6_47"].as_array().into_iter().flatten().filter_map(Value::as_str) {
        remove(&mut facts, path);
    }
    remove(&mut facts, "region");
    // Blocks come after their attributes in the list, and an attribute may need its block to be there.
    let added = difference["only_5_100"].as_object();
    let (blocks, attributes): (Vec<_>, Vec<_>) =
        added.into_iter().flatten().partition(|(path, _)| path.ends_with("{}"));
    for (path, flags) in blocks.into_iter().chain(attributes) {
        replace(&mut facts, path, flags);
    }
    for (path, flags) in flags[kind.section()][type_name].as_object().into_iter().flatten() {
        replace(&mut facts, path, flags);
    }
    if let Some(version) = delta["schema_version"][type_name].get("5.100").filter(|_| kind == TypeKind::Resource) {
        facts["schema_version"] = version.clone();
    }
    Some(facts)
}

/// The section (`attributes` or `blocks`) and the name that a path such as `rule.filter{}` means.
fn locate<'f, 'p>(facts: &'f mut Value, path: &'p str) -> Option<(&'f mut Map<String, Value>, &'p str)> {
    let (path, section) = match path.strip_suffix("{}") {
        Some(path) => (path, "blocks"),
        None => (path, "attributes"),
    };
    let (outer, name) = path.rsplit_once('.').unwrap_or(("", path));
    let mut block = facts;
    for step in outer.split('.').filter(|step| !step.is_empty()) {
        block = block.get_mut("blocks")?.get_mut(step)?;
    }
    let section = block.as_object_mut()?.entry(section).or_insert_with(|| json!({}));
    Some((section.as_object_mut()?, name))
}

/// Removes what a path means. Something inside a block that is gone already is gone too.
fn remove(facts: &mut Value, path: &str) {
    if let Some((section, name)) = locate(facts, path) {
        section.remove(name);
    }
}

/// Gives an attribute or a block the structure of another version.
fn replace(facts: &mut Value, path: &str, flags: &Value) {
    let Some((section, name)) = locate(facts, path) else {
        return;
    };
    let Some(entry) = section.entry(name).or_insert_with(|| json!({})).as_object_mut() else {
        return;
    };
    for key in STRUCTURE_KEYS {
        entry.remove(key);
    }
    for (key, value) in flags.as_object().into_iter().flatten() {
        let value = if key == "type" { json!(type_expression(value)) } else { value.clone() };
        entry.insert(key.clone(), value);
    }
}

/// A type as an expression; the delta writes collections and objects as JSON arrays: `["map", "string"]`.
fn type_expression(ty: &Value) -> String {
    match ty {
        Value::String(expression) => expression.clone(),
        Value::Array(parts) => match parts.as_slice() {
            [kind, Value::Object(attributes)] => {
                let attributes: Vec<String> =
                    attributes.iter().map(|(name, ty)| format!("{name}={}", type_expression(ty))).collect();
                format!("{}({{{}}})", type_expression(kind), attributes.join(", "))
            }
            [kind, element] => format!("{}({})", type_expression(kind), type_expression(element)),
            _ => "any".to_owned(),
        },
        _ => "any".to_owned(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_only_the_older_version_has_is_added() {
        let newest = json!({
            "schema_version": 3,
            "attributes": {"name": {"type": "string", "required": true}, "region": {"type": "string"}},
        });
        let delta = json!({
            "resources": {"aws_x": {
                "only_5_100": {
                    "gpu.tags": {"optional": true, "type": ["map", "string"]},
                    "gpu.inner": {"computed": true, "type": ["list", ["object", {"a": "string", "b": "bool"}]]},
                    "gpu{}": {"nesting": "list", "max_items": 1, "min_items": null},
                },
                "only_6_47": ["gone.with_its_block"],
            }},
            "schema_version": {"aws_x": {"5.100": 2, "6.47": 3}},
        });
        let flags = json!({"resources": {"aws_x": {"name": {"optional": true, "type": "string"}}}});
        assert_eq!(
            as_of_5_100("aws_x", TypeKind::Resource, &newest, &delta, &flags),
            Some(json!({
                "schema_version": 2,
                "attributes": {"name": {"type": "string", "optional": true}},
                "blocks": {"gpu": {
                    "nesting": "list", "max_items": 1, "min_items": null,
                    "attributes": {
                        "tags": {"optional": true, "type": "map(string)"},
                        "inner": {"computed": true, "type": "list(object({a=string, b=bool}))"},
                    },
                }},
            }))
        );
    }

    #[test]
    fn a_type_that_only_the_newer_version_has() {
        let delta = json!({"data_sources": {"aws_x": {"only_newer_type": true}}});
        assert_eq!(as_of_5_100("aws_x", TypeKind::DataSource, &json!({}), &delta, &json!({})), None);
    }
}
