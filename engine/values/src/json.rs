//! Values and types as JSON, in the forms that states, plans and the JSON functions use.
//!
//! - [`type_to_json`] and [`type_from_json`]: types, as in `["list", "string"]`.
//! - [`to_json`] and [`from_json`]: a value of a type that the reader knows too. Where that type says `any`, a pair
//!   `{"value": …, "type": …}` carries the real one.
//! - [`to_json_plain`] and [`from_json_implied`]: JSON as people mean it, without types.
//!
//! Numbers are written as exact literals. Deliberately elsewhere: layout and escaping of text (`jsonencode` escapes
//! more than `serde_json` does), and the lossless form that plan files use ([`serde_value`](crate::serde_value)).

use std::collections::BTreeMap;

use serde_json::{Map, Value as Json};

use crate::path::{Path, PathStep};
use crate::types::ObjectType;
use crate::value::Kind;
use crate::{Number, Str, Type, Value, nested};

/// Why JSON does not fit a type.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("{}{message}", if path.0.is_empty() { String::new() } else { format!("{path}: ") })]
pub struct JsonError {
    /// The part that does not fit.
    pub path: Path,
    /// What is wrong there.
    pub message: String,
}

/// A type as JSON: `"string"`, `["list", "string"]`, `["object", {"a": "bool"}, ["a"]]`, `"dynamic"`.
pub fn type_to_json(ty: &Type) -> Json {
    let collection = |kind: &str, element: &Type| Json::Array(vec![kind.into(), type_to_json(element)]);
    nested(|| match ty {
        Type::Any => "dynamic".into(),
        Type::Bool => "bool".into(),
        Type::Number => "number".into(),
        Type::String => "string".into(),
        Type::List(element) => collection("list", element),
        Type::Set(element) => collection("set", element),
        Type::Map(element) => collection("map", element),
        Type::Tuple(elements) => {
            Json::Array(vec!["tuple".into(), Json::Array(elements.iter().map(type_to_json).collect())])
        }
        Type::Object(object) => {
            let attributes: Map<String, Json> =
                object.attributes.iter().map(|(name, ty)| (name.to_string(), type_to_json(ty))).collect();
            let mut parts = vec!["object".into(), Json::Object(attributes)];
            if !object.optional.is_empty() {
                parts.push(Json::Array(object.optional.iter().map(|name| name.as_str().into()).collect()));
            }
            Json::Array(parts)
        }
    })
}

/// Reads a type that [`type_to_json`] or Terraform wrote.
///
/// # Errors
///
/// When it is not one; the error shows the part.
pub fn type_from_json(json: &Json) -> Result<Type, JsonError> {
    nested(|| match json {
        Json::String(name) => match name.as_str() {
            "dynamic" => Ok(Type::Any),
            "bool" => Ok(Type::Bool),
            "number" => Ok(Type::Number),
            "string" => Ok(Type::String),
            _ => Err(not_a_type(json)),
        },
        Json::Array(parts) => match parts.as_slice() {
            [Json::String(kind), element] if kind == "list" => Ok(Type::list(type_from_json(element)?)),
            [Json::String(kind), element] if kind == "set" => Ok(Type::set(type_from_json(element)?)),
            [Json::String(kind), element] if kind == "map" => Ok(Type::map(type_from_json(element)?)),
            [Json::String(kind), Json::Array(elements)] if kind == "tuple" => {
                Ok(Type::tuple(elements.iter().map(type_from_json).collect::<Result<Vec<_>, _>>()?))
            }
            [Json::String(kind), Json::Object(attributes)] if kind == "object" => {
                object_type_from_json(attributes, &[])
            }
            [Json::String(kind), Json::Object(attributes), Json::Array(optional)] if kind == "object" => {
                object_type_from_json(attributes, optional)
            }
            _ => Err(not_a_type(json)),
        },
        _ => Err(not_a_type(json)),
    })
}

fn object_type_from_json(attributes: &Map<String, Json>, optional: &[Json]) -> Result<Type, JsonError> {
    let mut object = ObjectType::default();
    for (name, ty) in attributes {
        object.attributes.insert(Str::nfc(name), type_from_json(ty)?);
    }
    for name in optional {
        match name {
            Json::String(name) if attributes.contains_key(name) => object.optional.insert(Str::nfc(name)),
            _ => return Err(not_a_type(name)),
        };
    }
    Ok(Type::Object(object.into()))
}

fn not_a_type(json: &Json) -> JsonError {
    let message = format!("{json} is not a type; expected one such as \"string\" or [\"list\",\"string\"]");
    JsonError { path: Path::root(), message }
}

/// A value as JSON for a reader who knows `ty`, the type it is stored under. Marks are left out and unknown values
/// become null: they belong elsewhere in a plan, and a state has none.
pub fn to_json(value: &Value, ty: &Type) -> Json {
    nested(|| match (value.kind(), ty) {
        (Kind::Null(Type::Any) | Kind::Unknown(_), _) => Json::Null,
        (_, Type::Any) => {
            let real = value.ty();
            let mut pair = Map::new();
            pair.insert("value".into(), to_json(value, &real));
            pair.insert("type".into(), type_to_json(&real));
            Json::Object(pair)
        }
        (Kind::List(_, items) | Kind::Set(_, items), Type::List(element) | Type::Set(element)) => {
            Json::Array(items.iter().map(|item| to_json(item, element)).collect())
        }
        (Kind::Tuple(items), Type::Tuple(elements)) => {
            Json::Array(items.iter().zip(elements.iter()).map(|(item, element)| to_json(item, element)).collect())
        }
        (Kind::Map(_, entries), Type::Map(element)) => {
            Json::Object(entries.iter().map(|(key, item)| (key.to_string(), to_json(item, element))).collect())
        }
        (Kind::Object(attributes), Type::Object(object)) => Json::Object(
            attributes
                .iter()
                .map(|(name, item)| {
                    let ty = object.attributes.get(name);
                    (name.to_string(), ty.map_or_else(|| to_json_plain(item), |ty| to_json(item, ty)))
                })
                .collect(),
        ),
        _ => to_json_plain(value),
    })
}

/// A text of JSON with `<`, `>` and `&` as escapes, as Terraform writes it: outside of strings JSON has none of them.
pub fn with_escapes(text: &str) -> String {
    text.replace('&', "\\u0026").replace('<', "\\u003c").replace('>', "\\u003e")
}

/// A value as JSON without types, as `jsonencode` and outputs show it. Unknown values become null.
pub fn to_json_plain(value: &Value) -> Json {
    match value.kind() {
        Kind::Null(_) | Kind::Unknown(_) => Json::Null,
        Kind::Bool(value) => Json::Bool(*value),
        Kind::Number(number) => number_to_json(number),
        Kind::String(text) => Json::String(text.to_string()),
        Kind::List(_, items) | Kind::Set(_, items) | Kind::Tuple(items) => {
            nested(|| Json::Array(items.iter().map(to_json_plain).collect()))
        }
        Kind::Map(_, entries) | Kind::Object(entries) => nested(|| {
            Json::Object(entries.iter().map(|(name, item)| (name.to_string(), to_json_plain(item))).collect())
        }),
    }
}

/// Zero loses its sign: Terraform's plans and states have none either.
fn number_to_json(number: &Number) -> Json {
    let text = if number.is_zero() { "0".to_owned() } else { number.to_string() };
    // Decimal digits are a JSON number, always; were they not, the digits as text would be the next best thing.
    text.parse::<serde_json::Number>().map_or(Json::String(text), Json::Number)
}

/// Reads JSON that [`to_json`] or Terraform wrote for a value of this type.
///
/// # Errors
///
/// When the JSON is of another shape, lacks an attribute that is not optional, or has one that the type does not
/// have.
pub fn from_json(json: &Json, ty: &Type) -> Result<Value, JsonError> {
    Reader { path: Path::root(), attributes: Attributes::Exact }.read(json, ty)
}

/// Reads JSON as [`from_json`] does, but takes missing attributes for null and passes over those that the type does
/// not have: for what another version of a schema wrote.
///
/// # Errors
///
/// When the JSON is of another shape.
pub fn from_json_lenient(json: &Json, ty: &Type) -> Result<Value, JsonError> {
    Reader { path: Path::root(), attributes: Attributes::Lenient }.read(json, ty)
}

/// Reads JSON whose missing attributes are null, with the exact kinds the type asks for.
pub(crate) fn from_json_typed(json: &Json, ty: &Type) -> Result<Value, JsonError> {
    Reader { path: Path::root(), attributes: Attributes::Typed }.read(json, ty)
}

/// Reads JSON without a type in mind: objects become objects, arrays tuples, null a null of no type.
pub fn from_json_implied(json: &Json) -> Value {
    match json {
        Json::Null => Value::null(Type::Any),
        Json::Bool(value) => Value::bool(*value),
        Json::Number(number) => {
            number.as_str().parse::<Number>().map_or_else(|_| Value::string(number.as_str()), Value::number)
        }
        Json::String(text) => Value::string(text),
        Json::Array(items) => nested(|| Value::tuple(items.iter().map(from_json_implied).collect::<Vec<_>>())),
        Json::Object(attributes) => nested(|| {
            Value::object(attributes.iter().map(|(name, item)| (Str::nfc(name), from_json_implied(item))).collect())
        }),
    }
}

/// The type that [`from_json_implied`] gives.
pub fn implied_type(json: &Json) -> Type {
    from_json_implied(json).ty()
}

/// How strictly attributes of objects and kinds of primitives are taken.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Attributes {
    /// All of the type's attributes and no others.
    Exact,
    /// Missing ones are null, others are passed over.
    Lenient,
    /// Missing ones are null, others are errors, and primitives are not converted.
    Typed,
}

/// JSON being read, at a place inside it.
struct Reader {
    path: Path,
    attributes: Attributes,
}

impl Reader {
    fn read(&mut self, json: &Json, ty: &Type) -> Result<Value, JsonError> {
        if json.is_null() {
            return Ok(Value::null(ty.clone()));
        }
        match ty {
            Type::Bool | Type::Number | Type::String => self.read_primitive(json, ty),
            _ => nested(|| self.read_compound(json, ty)),
        }
    }

    fn read_primitive(&mut self, json: &Json, ty: &Type) -> Result<Value, JsonError> {
        let may_convert = self.attributes != Attributes::Typed;
        match (ty, json) {
            (Type::Bool, Json::Bool(value)) => Ok(Value::bool(*value)),
            (Type::Bool, Json::String(text)) if may_convert => match text.as_str() {
                "true" | "1" => Ok(Value::bool(true)),
                "false" | "0" => Ok(Value::bool(false)),
                _ => Err(self.unexpected(json, ty)),
            },
            (Type::Number, Json::Number(number)) => self.number(number.as_str()),
            (Type::Number, Json::String(text)) if may_convert => self.number(text),
            (Type::String, Json::String(text)) => Ok(Value::string(text)),
            (Type::String, Json::Number(number)) if may_convert => Ok(Value::string(number.as_str())),
            (Type::String, Json::Bool(value)) if may_convert => Ok(Value::string(value.to_string())),
            _ => Err(self.unexpected(json, ty)),
        }
    }

    fn read_compound(&mut self, json: &Json, ty: &Type) -> Result<Value, JsonError> {
        match (ty, json) {
            (Type::Any, _) if self.attributes == Attributes::Typed => Ok(from_json_implied(json)),
            (Type::Any, Json::Object(pair)) => self.read_pair(pair),
            (Type::List(element), Json::Array(items)) => {
                Ok(Value::list(Type::clone(element), self.read_items(items, |_| element, PathStep::Position)?))
            }
            (Type::Set(element), Json::Array(items)) => {
                Ok(Value::set(Type::clone(element), self.read_items(items, |_| element, PathStep::Element)?))
            }
            (Type::Tuple(elements), Json::Array(items)) if elements.len() == items.len() => {
                Ok(Value::tuple(self.read_items(items, |position| &elements[position], PathStep::Position)?))
            }
            (Type::Tuple(elements), Json::Array(items)) => {
                Err(self.error(format!("expected an array of {} elements, found {}", elements.len(), items.len())))
            }
            (Type::Map(element), Json::Object(entries)) => {
                let mut values = BTreeMap::new();
                for (key, item) in entries {
                    let key = Str::nfc(key);
                    let value = self.inside(PathStep::Key(key.clone()), |inner| inner.read(item, element))?;
                    values.insert(key, value);
                }
                Ok(Value::map(Type::clone(element), values))
            }
            (Type::Object(object), Json::Object(entries)) => self.read_object(entries, object),
            _ => Err(self.unexpected(json, ty)),
        }
    }

    fn read_items<'t>(
        &mut self,
        items: &[Json],
        ty: impl Fn(usize) -> &'t Type,
        step: impl Fn(usize) -> PathStep,
    ) -> Result<Vec<Value>, JsonError> {
        items
            .iter()
            .enumerate()
            .map(|(position, item)| self.inside(step(position), |inner| inner.read(item, ty(position))))
            .collect()
    }

    fn read_object(&mut self, entries: &Map<String, Json>, object: &ObjectType) -> Result<Value, JsonError> {
        let mut attributes = BTreeMap::new();
        for (name, item) in entries {
            match object.attributes.get_key_value(name.as_str()) {
                Some((name, ty)) => {
                    let value = self.inside(PathStep::Attribute(name.clone()), |inner| inner.read(item, ty))?;
                    attributes.insert(name.clone(), value);
                }
                None if self.attributes == Attributes::Lenient => {}
                None => return Err(self.error(format!("unsupported attribute {name:?}"))),
            }
        }
        if attributes.len() < object.attributes.len() {
            for (name, ty) in &object.attributes {
                if attributes.contains_key(name) {
                    continue;
                }
                if self.attributes == Attributes::Exact && !object.optional.contains(name) {
                    return Err(self.error(format!("attribute {:?} is missing", name.as_str())));
                }
                attributes.insert(name.clone(), Value::null(ty.clone()));
            }
        }
        Ok(Value::object(attributes))
    }

    /// `{"value": …, "type": …}`
    fn read_pair(&mut self, pair: &Map<String, Json>) -> Result<Value, JsonError> {
        match (pair.get("value"), pair.get("type")) {
            (Some(value), Some(ty)) if pair.len() == 2 => {
                let ty = type_from_json(ty).map_err(|error| self.error(error.message))?;
                self.read(value, &ty)
            }
            _ => Err(self.error("expected an object with exactly \"value\" and \"type\"")),
        }
    }

    fn number(&self, text: &str) -> Result<Value, JsonError> {
        text.parse::<Number>().map(Value::number).map_err(|error| self.error(error.to_string()))
    }

    fn inside<R>(&mut self, step: PathStep, change: impl FnOnce(&mut Self) -> R) -> R {
        self.path.0.push(step);
        let result = change(self);
        self.path.0.pop();
        result
    }

    fn unexpected(&self, json: &Json, ty: &Type) -> JsonError {
        let found = match json {
            Json::Null => "null",
            Json::Bool(_) => "a bool",
            Json::Number(_) => "a number",
            Json::String(_) => "a string",
            Json::Array(_) => "an array",
            Json::Object(_) => "an object",
        };
        self.error(format!("{} required, but found {found}", ty.friendly_name()))
    }

    fn error(&self, message: impl Into<String>) -> JsonError {
        JsonError { path: self.path.clone(), message: message.into() }
    }
}

#[cfg(test)]
mod tests;
