//! Objects between their stored form and values.

use std::sync::Arc;

use infra_state::State;
use infra_state::model::{ObjectState, ObjectStatus};
use infra_values::address::{ConfigResource, ResourceInstance, ResourceMode};
use infra_values::{Kind, Marks, Path, PathStep, Value, json};
use serde_json::value::RawValue;

use crate::diagnostics::{Diagnostic, Diagnostics};
use crate::provider::ManagedType;
use crate::schema::{Attribute, Block, Nesting, Schema};
use crate::world::Providers;

/// An object of the state with its attributes as a value.
#[derive(Clone, Debug, PartialEq)]
pub struct PriorObject {
    /// Attributes, with sensitive parts marked.
    pub value: Value,
    /// Bytes that the provider keeps with it.
    pub private: Vec<u8>,
    /// Whether it was left half made.
    pub tainted: bool,
    /// What it depends on, as stored.
    pub dependencies: Vec<ConfigResource>,
    /// Whether it was made with `create_before_destroy`.
    pub create_before_destroy: bool,
}

/// Why an object could not be decoded or encoded.
#[derive(Debug, thiserror::Error)]
#[error("{0}")]
pub struct ObjectError(String);

/// Decodes a stored object, upgrading it from an older schema version first.
pub fn decode_object(
    object: &ObjectState,
    schema: &Schema,
    managed: Option<&dyn ManagedType>,
) -> Result<PriorObject, Diagnostic> {
    let corrupt = |reason: String| {
        Diagnostic::error(
            "Stored object does not fit its type",
            format!(
                "The attributes in the state cannot be read: {reason}. Restore the state from its backup, or import \
                 the object anew."
            ),
        )
    };
    if object.schema_version > schema.version {
        return Err(Diagnostic::error(
            "Resource instance managed by newer provider version",
            format!(
                "The object was stored with schema version {}, and this version of infra knows versions up to {}. Use \
                 a newer infra.",
                object.schema_version, schema.version
            ),
        ));
    }
    let mut attributes: serde_json::Value =
        serde_json::from_str(object.attributes.get()).map_err(|error| corrupt(error.to_string()))?;
    if object.schema_version < schema.version
        && let Some(managed) = managed
    {
        attributes = managed.upgrade_state(object.schema_version, attributes)?;
    }
    let value =
        json::from_json_lenient(&attributes, schema.implied_type()).map_err(|error| corrupt(error.to_string()))?;
    let sensitive: Vec<(Path, Marks)> =
        object.sensitive_paths.iter().map(|path| (path.clone(), Marks::sensitive())).collect();
    Ok(PriorObject {
        value: mark_schema_secrets(&value.with_marks_at(&sensitive), &schema.block),
        private: object.private.as_deref().map(<[u8]>::to_vec).unwrap_or_default(),
        tainted: object.status == ObjectStatus::Tainted,
        dependencies: object.dependencies.clone(),
        create_before_destroy: object.create_before_destroy,
    })
}

/// What a stored object, managed or read, is worth; `None` where there is none or it cannot be decoded.
pub(crate) fn stored_value(state: &State, providers: &Providers, address: &ResourceInstance) -> Option<Value> {
    let resource = state.resources.get(&address.absolute_resource())?;
    let object = state.object(address)?;
    let provider = providers.get(&resource.provider.provider)?;
    let type_name = &address.resource.type_name;
    let (schema, managed) = match address.resource.mode {
        ResourceMode::Managed => {
            let managed = provider.managed_type(type_name).found()?;
            (managed.schema(), Some(managed))
        }
        _ => (provider.data_type(type_name).found()?.schema(), None),
    };
    Some(decode_object(object, schema, managed).ok()?.value)
}

/// Encodes an object for the state. Sensitive parts are those marked, whether the files or the schema say so.
pub fn encode_object(object: &PriorObject, schema: &Schema) -> Result<ObjectState, ObjectError> {
    let (bare, marks) = object.value.unmark_with_paths();
    let attributes = json::to_json(&bare, schema.implied_type());
    let text = serde_json::to_string(&attributes).map_err(|error| ObjectError(error.to_string()))?;
    let raw = RawValue::from_string(text).map_err(|error| ObjectError(error.to_string()))?;
    let mut state = ObjectState::new(schema.version, Arc::<RawValue>::from(raw));
    if object.tainted {
        state.status = ObjectStatus::Tainted;
    }
    state.sensitive_paths = marks.into_iter().filter(|(_, marks)| marks.is_sensitive()).map(|(path, _)| path).collect();
    state.private = (!object.private.is_empty()).then(|| Arc::from(object.private.as_slice()));
    state.dependencies = object.dependencies.clone();
    state.create_before_destroy = object.create_before_destroy;
    Ok(state)
}

/// Values that may not be stored in places that are.
pub(crate) fn ephemeral_misuse(config: &Value, block: &Block) -> Diagnostics {
    let (_, marks) = config.unmark_with_paths();
    let mut diagnostics = Diagnostics::new();
    for (path, marks) in marks {
        let Some(PathStep::Attribute(name)) = path.0.first() else { continue };
        let is_write_only = is_write_only(&path.0, block);
        if marks.is_ephemeral() && !is_write_only {
            diagnostics.push(
                Diagnostic::error(
                    "Invalid use of ephemeral value",
                    format!(
                        "Ephemeral values are not valid for \"{name}\", because it is not a write-only attribute and \
                         must be persisted to state. Use a value that is not ephemeral."
                    ),
                )
                .on(Path(path.0)),
            );
        }
    }
    diagnostics
}

/// Whether a path leads to or into a write-only attribute.
fn is_write_only(path: &[PathStep], block: &Block) -> bool {
    let Some((PathStep::Attribute(name), rest)) = path.split_first() else { return false };
    match (block.attributes.get(name), block.blocks.get(name)) {
        (Some(attribute), _) => attribute.write_only,
        // Behind a block of which there may be several stands the position or key of one.
        (None, Some(nested)) => {
            let inside = if nested.nesting == Nesting::Single { rest } else { rest.get(1..).unwrap_or_default() };
            is_write_only(inside, &nested.block)
        }
        (None, None) => false,
    }
}

/// The object without what is only ever sent and never kept.
pub fn without_write_only(value: &Value, block: &Block) -> Value {
    if !has_attribute(block, &|attribute| attribute.write_only) {
        return value.clone();
    }
    let Kind::Object(attributes) = value.kind() else { return value.clone() };
    let mut kept = value.clone();
    for (name, attribute) in block.attributes.iter().filter(|(_, attribute)| attribute.write_only) {
        kept = kept.with_child(&PathStep::Attribute(name.clone()), Value::null(attribute.ty.clone()));
    }
    for (name, nested) in &block.blocks {
        let Some(inner) = attributes.get(name) else { continue };
        let inner = match nested.nesting {
            Nesting::Single => without_write_only(inner, &nested.block),
            // A set has no write-only parts: its elements are told apart by all they hold.
            Nesting::Set => continue,
            Nesting::List | Nesting::Map => inner
                .children()
                .into_iter()
                .fold(inner.clone(), |all, (step, one)| all.with_child(&step, without_write_only(one, &nested.block))),
        };
        kept = kept.with_child(&PathStep::Attribute(name.clone()), inner);
    }
    kept
}

/// Marks the attributes that the schema calls sensitive.
pub fn mark_schema_secrets(value: &Value, block: &Block) -> Value {
    if !has_secrets(block) {
        return value.clone();
    }
    let Kind::Object(attributes) = value.kind() else { return value.clone() };
    let mut marked = value.clone();
    for (name, attribute) in &block.attributes {
        if attribute.sensitive
            && let Some(inner) = attributes.get(name)
            && !inner.is_null()
        {
            let inner = inner.clone().with_marks(&Marks::sensitive());
            marked = marked.with_child(&PathStep::Attribute(name.clone()), inner);
        }
    }
    for (name, nested) in &block.blocks {
        let Some(inner) = attributes.get(name).filter(|_| has_secrets(&nested.block)) else { continue };
        let inner = match nested.nesting {
            Nesting::Single => mark_schema_secrets(inner, &nested.block),
            Nesting::List | Nesting::Map => inner
                .children()
                .into_iter()
                .fold(inner.clone(), |all, (step, one)| all.with_child(&step, mark_schema_secrets(one, &nested.block))),
            // Elements of a set carry no marks of their own.
            Nesting::Set => inner.clone().with_marks(&Marks::sensitive()),
        };
        marked = marked.with_child(&PathStep::Attribute(name.clone()), inner);
    }
    marked
}

fn has_secrets(block: &Block) -> bool {
    has_attribute(block, &|attribute| attribute.sensitive)
}

fn has_attribute(block: &Block, wanted: &dyn Fn(&Attribute) -> bool) -> bool {
    block.attributes.values().any(wanted) || block.blocks.values().any(|nested| has_attribute(&nested.block, wanted))
}
