//! A state as text for people: every object as a block, then the outputs.

use infra_engine::plan::decode_object;
use infra_engine::world::Providers;
use infra_state::State;
use infra_state::model::{ObjectState, ObjectStatus, ResourceState};
use infra_values::address::{DeposedKey, ResourceInstance, ResourceMode};
use infra_values::{Marks, Value, json};

use super::diagnostic::Style;
use super::difference::draw::{Look, draw as draw_difference};
use super::difference::{Replacing, Typing, of_block, of_values};
use super::pen::Pen;
use super::schemas::schema_of;
use super::value::{attribute_name, quoted};

/// The state as lines of text.
pub fn draw(state: &State, providers: &Providers, style: Style) -> String {
    let pen = Pen { is_coloured: style.is_coloured };
    let mut blocks = Vec::new();
    for (address, resource, instance) in state.resources.instances() {
        let deposed = instance.deposed.iter().map(|(key, object)| (Some(key), object));
        let current = instance.current.iter().map(|object| (None, object));
        for (key, object) in current.chain(deposed) {
            blocks.push(draw_object(&address, key, resource, object, providers, pen));
        }
    }
    let mut text = blocks.join("\n");
    if !state.outputs.is_empty() {
        text.push_str(if text.is_empty() { "Outputs:\n\n" } else { "\n\nOutputs:\n\n" });
        for (name, output) in &state.outputs {
            let marks = if output.sensitive { Marks::sensitive() } else { Marks::NONE };
            let value = output.value.clone().with_marks(&marks);
            let same = of_values(Some(&value), Some(&value), Typing::Free, &Replacing::default());
            text.push_str(&format!("{} = {}\n", attribute_name(name), draw_difference(&same, 0, Look::of_state(pen))));
        }
    }
    text
}

fn draw_object(
    address: &ResourceInstance,
    deposed: Option<&DeposedKey>,
    resource: &ResourceState,
    object: &ObjectState,
    providers: &Providers,
    pen: Pen,
) -> String {
    let remark = match (deposed, object.status) {
        (Some(key), _) => format!(" (deposed object {key})"),
        (None, ObjectStatus::Tainted) => " (tainted)".to_owned(),
        (None, ObjectStatus::Ready) => String::new(),
    };
    let kind = if address.resource.mode == ResourceMode::Data { "data" } else { "resource" };
    let (type_name, name) = (quoted(&address.resource.type_name), quoted(&address.resource.name));
    let content = draw_content(address, resource, object, providers, pen);
    format!("# {address}:{remark}\n{kind} {type_name} {name} {content}\n")
}

/// The attributes, by the schema where the type is known and the object still fits it.
fn draw_content(
    address: &ResourceInstance,
    resource: &ResourceState,
    object: &ObjectState,
    providers: &Providers,
    pen: Pen,
) -> String {
    let look = Look::of_state(pen);
    let schema = schema_of(providers, &resource.provider.provider, &address.resource);
    let managed = providers
        .get(&resource.provider.provider)
        .and_then(|provider| provider.managed_type(&address.resource.type_name).found())
        .filter(|_| address.resource.mode == ResourceMode::Managed);
    if let Some(schema) = schema
        && let Ok(decoded) = decode_object(object, schema, managed)
    {
        let value = Some(&decoded.value);
        return draw_difference(&of_block(value, value, &schema.block, &Replacing::default()), 0, look);
    }
    let value = plain_value(object);
    draw_difference(&of_values(Some(&value), Some(&value), Typing::Free, &Replacing::default()), 0, look)
}

/// The attributes of an object whose type is not known, as their JSON alone tells them.
fn plain_value(object: &ObjectState) -> Value {
    let parsed = serde_json::from_str(object.attributes.get()).unwrap_or(serde_json::Value::Null);
    let marks: Vec<_> = object.sensitive_paths.iter().map(|path| (path.clone(), Marks::sensitive())).collect();
    json::from_json_implied(&parsed).with_marks_at(&marks)
}
