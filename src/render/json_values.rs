//! What the JSON forms of plans and states have in common: values, the trees that say which parts are unknown or
//! sensitive, and resources nested by module.

use std::collections::BTreeMap;

use infra_values::address::{InstanceKey, ModuleInstance, ResourceInstance, ResourceMode};
use infra_values::{Kind, Str, Type, Value, json};
use serde_json::{Map, Value as Json, json};

/// A value without its unknown parts: attributes that are unknown are left out, elements become null. `None` where
/// the whole is unknown.
pub fn known_part(value: &Value) -> Option<Json> {
    match value.kind() {
        Kind::Unknown(_) => None,
        Kind::List(_, items) | Kind::Set(_, items) | Kind::Tuple(items) => {
            Some(items.iter().map(|item| known_part(item).unwrap_or(Json::Null)).collect())
        }
        Kind::Map(_, entries) | Kind::Object(entries) => Some(Json::Object(
            entries.iter().filter_map(|(name, item)| Some((name.to_string(), known_part(item)?))).collect(),
        )),
        _ => Some(json::to_json_plain(value)),
    }
}

/// The shape of a value with `true` where it is unknown. Known attributes are left out, known elements are `false`.
pub fn unknown_tree(value: &Value) -> Json {
    tree(value, &|part| (!part.is_known()).then_some(Json::Bool(true)))
}

/// The shape of a value with `true` where it is sensitive, in the same form.
pub fn sensitive_tree(value: &Value) -> Json {
    tree(value, &|part| match part.kind() {
        _ if part.marks().is_sensitive() => Some(Json::Bool(true)),
        // Nothing can be said of the inside of what is unknown; its kind is all there is.
        Kind::Unknown(unknown) => Some(match unknown.ty {
            Type::List(_) | Type::Set(_) | Type::Tuple(_) => json!([]),
            Type::Map(_) | Type::Object(_) => json!({}),
            _ => Json::Bool(false),
        }),
        _ => None,
    })
}

/// A tree with the shape of a value; `decide` ends the descent.
fn tree(value: &Value, decide: &dyn Fn(&Value) -> Option<Json>) -> Json {
    if let Some(decided) = decide(value) {
        return decided;
    }
    match value.kind() {
        Kind::List(_, items) | Kind::Set(_, items) | Kind::Tuple(items) => {
            items.iter().map(|item| tree(item, decide)).collect()
        }
        Kind::Map(_, entries) | Kind::Object(entries) => Json::Object(
            entries
                .iter()
                .map(|(name, item)| (name.to_string(), tree(item, decide)))
                .filter(|(_, part)| *part != Json::Bool(false))
                .collect(),
        ),
        _ => Json::Bool(false),
    }
}

/// What names an instance: address, mode, type, name and index.
pub fn identity(address: &ResourceInstance) -> Map<String, Json> {
    let mut entry = Map::new();
    entry.insert("address".into(), address.to_string().into());
    entry.insert("mode".into(), mode(address.resource.mode).into());
    entry.insert("type".into(), address.resource.type_name.as_str().into());
    entry.insert("name".into(), address.resource.name.as_str().into());
    match &address.key {
        InstanceKey::None => {}
        InstanceKey::Int(index) => {
            entry.insert("index".into(), (*index).into());
        }
        InstanceKey::String(key) => {
            entry.insert("index".into(), key.as_str().into());
        }
    }
    entry
}

/// `managed` or `data`
pub fn mode(mode: ResourceMode) -> &'static str {
    match mode {
        ResourceMode::Managed => "managed",
        ResourceMode::Data => "data",
        ResourceMode::Ephemeral => "ephemeral",
    }
}

/// Resources of a module instance and of the modules it calls.
#[derive(Default)]
pub struct ModuleTree {
    resources: Vec<Json>,
    children: BTreeMap<(Str, InstanceKey), ModuleTree>,
}

impl ModuleTree {
    /// Adds a resource in its module.
    pub fn push(&mut self, module: &ModuleInstance, resource: Json) {
        let inner = module.0.iter().fold(self, |tree, step| tree.children.entry(step.clone()).or_default());
        inner.resources.push(resource);
    }

    /// As the `root_module` of values.
    pub fn into_json(self) -> Json {
        self.into_json_at(&ModuleInstance::root())
    }

    fn into_json_at(self, address: &ModuleInstance) -> Json {
        let mut module = Map::new();
        if !self.resources.is_empty() {
            module.insert("resources".into(), self.resources.into());
        }
        if !address.is_root() {
            module.insert("address".into(), address.to_string().into());
        }
        let children: Vec<Json> = self
            .children
            .into_iter()
            .map(|((name, key), child)| child.into_json_at(&address.child(name, key)))
            .collect();
        if !children.is_empty() {
            module.insert("child_modules".into(), children.into());
        }
        Json::Object(module)
    }
}

#[cfg(test)]
mod tests {
    use infra_values::Marks;

    use super::*;

    #[test]
    fn trees_follow_the_shape_of_the_value() {
        let secret = Value::string("s").with_marks(&Marks::sensitive());
        let unknown_list = Value::unknown(Type::list(Type::String));
        let value = Value::object_from([
            ("known", Value::string("a")),
            ("null", Value::null(Type::String)),
            ("unknown", Value::unknown(Type::String)),
            ("secret", secret.clone()),
            ("items", Value::tuple([Value::string("x"), Value::unknown(Type::Any), secret])),
            ("inner", Value::object_from([("a", Value::bool(true))])),
            ("later", unknown_list),
        ]);
        assert_eq!(
            known_part(&value),
            Some(json!({
                "known": "a", "null": null, "secret": "s", "items": ["x", null, "s"], "inner": {"a": true}
            }))
        );
        assert_eq!(
            unknown_tree(&value),
            json!({"unknown": true, "items": [false, true, false], "inner": {}, "later": true})
        );
        assert_eq!(
            sensitive_tree(&value),
            json!({"secret": true, "items": [false, false, true], "inner": {}, "later": []})
        );
        assert_eq!(known_part(&Value::unknown(Type::Any)), None);
        assert_eq!(sensitive_tree(&Value::null(Type::Any)), json!(false));
    }

    #[test]
    fn modules_nest() {
        let mut tree = ModuleTree::default();
        let module = ModuleInstance::root().child("a", InstanceKey::Int(0)).child("b", InstanceKey::None);
        tree.push(&module, json!(1));
        tree.push(&ModuleInstance::root(), json!(2));
        let inner = json!({"address": "module.a[0].module.b", "resources": [1]});
        assert_eq!(
            tree.into_json(),
            json!({"resources": [2], "child_modules": [{"address": "module.a[0]", "child_modules": [inner]}]})
        );
    }
}
