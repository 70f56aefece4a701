//! Between values of a schema and the structs of a type.

use infra_engine::diagnostics::Diagnostic;
use infra_engine::provider::Object;
use infra_engine::schema::Schema;
use infra_schema::{Generation, TypeKind};
use infra_values::serde_value::{from_value, to_value};
use infra_values::{PathStep, Type, Value};
use serde::Serialize;
use serde::de::DeserializeOwned;
use serde_json::Value as Json;

/// How the attributes of one call become an object: what the struct does not hold comes from `base`.
pub(crate) struct Form<'f> {
    pub(crate) type_name: &'static str,
    pub(crate) kind: TypeKind,
    pub(crate) schema: &'f Schema,
    /// What is planned or known; unknown parts become null.
    pub(crate) base: Value,
    /// Bytes to keep with the object.
    pub(crate) private: Vec<u8>,
}

impl Form<'_> {
    /// An object of these attributes.
    pub(crate) fn object<A: Serialize>(&self, attributes: &A) -> Result<Object, Diagnostic> {
        let value = self.value(attributes)?;
        Ok(Object { value, private: self.private.clone() })
    }

    /// A value of the schema's type: `attributes` over the base.
    pub(crate) fn value<A: Serialize>(&self, attributes: &A) -> Result<Value, Diagnostic> {
        let json = serde_json::to_value(attributes).map_err(|error| misfit(self.type_name, &error.to_string()))?;
        let Json::Object(json) = json else {
            return Err(misfit(self.type_name, "the attributes are no struct"));
        };
        let ty = self.schema.implied_type();
        let mut value = without_unknown(&self.base);
        for (name, attribute) in json {
            match ty.attribute(&name) {
                Some(ty) => {
                    let attribute = to_value(&attribute, ty)
                        .map_err(|error| misfit(self.type_name, &format!("{name}: {error}")))?;
                    value = with(&value, &name, attribute);
                }
                None if self.some_generation_has(&name) => {}
                None => {
                    return Err(misfit(self.type_name, &format!("there is no attribute {name}")));
                }
            }
        }
        Ok(self.settled(&value))
    }

    /// Without write-only values, and, in managed objects, with empty collections where blocks are absent. The others
    /// keep null.
    fn settled(&self, value: &Value) -> Value {
        let mut settled = value.clone();
        for (name, attribute) in &self.schema.block.attributes {
            if attribute.write_only {
                settled = with(&settled, name, Value::null(attribute.ty.clone()));
            }
        }
        if self.kind != TypeKind::Resource {
            return settled;
        }
        for (name, nested) in &self.schema.block.blocks {
            if !settled.get(name).is_some_and(Value::is_null) {
                continue;
            }
            match nested.implied_type() {
                Type::List(element) => {
                    settled = with(&settled, name, Value::list(Type::clone(&element), Vec::new()));
                }
                Type::Set(element) => {
                    settled = with(&settled, name, Value::set(Type::clone(&element), []));
                }
                _ => {}
            }
        }
        settled
    }

    fn some_generation_has(&self, name: &str) -> bool {
        [Generation::V5, Generation::V6].into_iter().any(|generation| {
            infra_schema::type_facts(self.type_name, self.kind, generation).is_some_and(|facts| {
                ["attributes", "blocks"]
                    .iter()
                    .any(|section| facts.get(section).is_some_and(|section| section.get(name).is_some()))
            })
        })
    }
}

/// The struct of a value; what is unknown counts as absent.
pub(crate) fn attributes<A: DeserializeOwned>(type_name: &'static str, value: &Value) -> Result<A, Diagnostic> {
    from_value(&without_unknown(value)).map_err(|error| misfit(type_name, &error.to_string()))
}

/// The value with null for what is unknown.
pub(crate) fn without_unknown(value: &Value) -> Value {
    if value.is_wholly_known() {
        return value.clone();
    }
    value.transform(&mut |_, part| if part.is_known() { part } else { Value::null(part.ty()) })
}

/// The object with another value for one attribute.
pub(crate) fn with(object: &Value, name: &str, part: Value) -> Value {
    object.with_child(&PathStep::Attribute(name.into()), part)
}

/// The code of a type and its facts disagree: a mistake of this program.
fn misfit(type_name: &str, problem: &str) -> Diagnostic {
    Diagnostic::error(
        "Resource type and schema disagree",
        format!(
            "The code of {type_name} does not fit its schema: {problem}. This is a bug in infra; please report it."
        ),
    )
}
