//! Finding the schema of an object, and reading a stored object with it.

use infra_engine::plan::decode_object;
use infra_engine::provider::TypeLookup;
use infra_engine::schema::Schema;
use infra_engine::world::Providers;
use infra_state::model::{ObjectState, ResourceState};
use infra_values::address::{ProviderAddress, Resource, ResourceInstance, ResourceMode};
use infra_values::{Marks, Path, PathStep, Value, json};

/// The schema of a resource or data source; `None` for a type that nobody knows.
pub fn schema_of<'p>(providers: &'p Providers, provider: &ProviderAddress, resource: &Resource) -> Option<&'p Schema> {
    let provider = providers.get(provider)?;
    match resource.mode {
        ResourceMode::Data => match provider.data_type(&resource.type_name) {
            TypeLookup::Found(found) => Some(found.schema()),
            TypeLookup::Unsupported(schema) => schema,
            TypeLookup::Unknown => None,
        },
        ResourceMode::Ephemeral => match provider.ephemeral_type(&resource.type_name) {
            TypeLookup::Found(found) => Some(found.schema()),
            TypeLookup::Unsupported(schema) => schema,
            TypeLookup::Unknown => None,
        },
        ResourceMode::Managed => match provider.managed_type(&resource.type_name) {
            TypeLookup::Found(found) => Some(found.schema()),
            TypeLookup::Unsupported(schema) => schema,
            TypeLookup::Unknown => None,
        },
    }
}

/// The object with secrets marked in copies of sensitive attributes too, for people to see.
pub fn withhold_copies(object: &Value, schema: &Schema) -> Value {
    if schema.repeats.is_empty() {
        return object.clone();
    }
    let (_, marks) = object.unmark_with_paths();
    let mut copied: Vec<(Path, Marks)> = Vec::new();
    for (original, copy) in &schema.repeats {
        // A copy that is not known yet gives nothing away.
        if !object.get(copy).is_some_and(Value::is_known) {
            continue;
        }
        for (path, marks) in &marks {
            if matches!(path.0.first(), Some(PathStep::Attribute(name)) if name == original) {
                let mut place = path.clone();
                place.0[0] = PathStep::Attribute(copy.clone());
                copied.push((place, marks.clone()));
            }
        }
    }
    object.with_marks_at(&copied)
}

/// The attributes of a stored object as a value with its secrets marked: by the schema where the type is known and the
/// object still fits it, else as their JSON alone tells them.
pub fn decoded_object(
    address: &ResourceInstance,
    resource: &ResourceState,
    object: &ObjectState,
    providers: &Providers,
) -> Value {
    let provider = &resource.provider.provider;
    let managed = providers
        .get(provider)
        .and_then(|found| found.managed_type(&address.resource.type_name).found())
        .filter(|_| address.resource.mode == ResourceMode::Managed);
    if let Some(schema) = schema_of(providers, provider, &address.resource)
        && let Ok(decoded) = decode_object(object, schema, managed)
    {
        return decoded.value;
    }
    let parsed = serde_json::from_str(object.attributes.get()).unwrap_or(serde_json::Value::Null);
    let marks: Vec<_> = object.sensitive_paths.iter().map(|path| (path.clone(), Marks::sensitive())).collect();
    json::from_json_implied(&parsed).with_marks_at(&marks)
}
