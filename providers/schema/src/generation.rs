//! From the facts of the newer provider to those of the older one.
//!
//! The structure of the older one is known exactly. What is known of behaviour (what forces a replacement, defaults,
//! limits) was noted for the newer one, and holds for whatever both have.

use serde_json::Value;

/// The keys of an attribute that its structure decides; the others describe behaviour.
const ATTRIBUTE_KEYS: [&str; 7] = ["type", "required", "optional", "computed", "sensitive", "write_only", "deprecated"];
/// The keys of a block that its structure decides. That a block is computed shows only in what the provider does.
const BLOCK_KEYS: [&str; 6] = ["attributes", "blocks", "nesting", "min_items", "max_items", "deprecated"];

/// The facts of 5.100.0 about a type, from its structure there, the facts of 6.47.0, and the behaviour known to be
/// another: JSON pointer → value.
pub(crate) fn as_of_5_100(structure: Value, newest: &Value, corrections: &Value) -> Value {
    let mut facts = with_behaviour(structure, newest);
    for (pointer, value) in corrections.as_object().into_iter().flatten() {
        if let Some(place) = facts.pointer_mut(pointer) {
            *place = value.clone();
        }
    }
    if let Some(blocks) = facts.get_mut("blocks").and_then(Value::as_object_mut)
        && newest.get("timeouts").is_some()
    {
        // Facts list the operations instead.
        blocks.remove("timeouts");
    }
    facts
}

/// A type, a block or an attribute of the older provider with what is known of the newer one's.
fn with_behaviour(structure: Value, newest: &Value) -> Value {
    let (Value::Object(mut merged), Some(newest)) = (structure, newest.as_object()) else {
        return Value::Null;
    };
    let decided: &[&str] = if merged.contains_key("type") { &ATTRIBUTE_KEYS } else { &BLOCK_KEYS };
    for (key, value) in newest {
        if !merged.contains_key(key) && !decided.contains(&key.as_str()) {
            merged.insert(key.clone(), value.clone());
        }
    }
    for section in ["attributes", "blocks"] {
        let (Some(Value::Object(older)), Some(Value::Object(newer))) = (merged.get_mut(section), newest.get(section))
        else {
            continue;
        };
        for (name, entry) in older.iter_mut() {
            if let Some(newer) = newer.get(name) {
                *entry = with_behaviour(entry.take(), newer);
            }
        }
    }
    Value::Object(merged)
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn structure_is_the_older_ones_and_behaviour_the_newer_ones() {
        let newest = json!({
            "schema_version": 3,
            "plugin": "sdkv2",
            "timeouts": {"create": "10m"},
            "attributes": {
                "name": {"type": "string", "required": true, "force_new": true},
                "region": {"type": "string", "optional": true},
            },
            "blocks": {
                "rule": {
                    "nesting": "list", "max_items": 1, "force_new": true, "computed": true,
                    "attributes": {"id": {"type": "number", "optional": true, "default": 1}, "new": {"type": "bool"}},
                },
                "added": {"nesting": "set"},
            },
        });
        let structure = json!({
            "schema_version": 2,
            "attributes": {"name": {"type": "string", "optional": true}, "old": {"type": "bool", "optional": true}},
            "blocks": {
                "rule": {"nesting": "list", "min_items": 0, "attributes": {"id": {"type": "string", "optional": true}}},
                "timeouts": {"nesting": "single"},
            },
        });
        assert_eq!(
            as_of_5_100(structure, &newest, &json!({"/blocks/rule/computed": false})),
            json!({
                "schema_version": 2,
                "plugin": "sdkv2",
                "timeouts": {"create": "10m"},
                "attributes": {
                    "name": {"type": "string", "optional": true, "force_new": true},
                    "old": {"type": "bool", "optional": true},
                },
                "blocks": {"rule": {
                    "nesting": "list", "min_items": 0, "force_new": true, "computed": false,
                    "attributes": {"id": {"type": "string", "optional": true, "default": 1}},
                }},
            })
        );
    }
}
