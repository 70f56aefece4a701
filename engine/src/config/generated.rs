//! Configuration made from objects that exist: resource blocks for `import` blocks whose target nothing declares.

use infra_values::address::{Resource, ResourceMode};
use infra_values::{Kind, Str, Value};

use super::{Config, Import};
use crate::provider::expression_text;
use crate::schema::{Block, Nesting, Schema};
use crate::syntax::{format_source, is_identifier};

/// The imports for which a block can be made: to one object of the root module that nothing declares.
pub fn undeclared_imports(config: &Config) -> Vec<&Import> {
    let root = config.root();
    let is_undeclared = |import: &&Import| {
        import.for_each.is_none()
            && import.target.keys().next().is_none()
            && import.target.module.is_empty()
            && import.target.resource.mode == ResourceMode::Managed
            && !root.resources.contains_key(&import.target.resource)
    };
    root.imports.iter().filter(is_undeclared).collect()
}

/// Empty blocks for targets of imports, with which their objects can be read.
pub fn placeholders(imports: &[&Import]) -> String {
    let block = |import: &&Import| resource_block(&import.target.resource, provider(import), "");
    imports.iter().map(block).collect::<Vec<String>>().join("\n")
}

/// The block of a resource that says of an object all that can be said.
pub fn block_of_object(import: &Import, value: &Value, schema: &Schema) -> String {
    let mut body = String::new();
    write_body(&mut body, value, &schema.block);
    resource_block(&import.target.resource, provider(import), &body)
}

/// `aws.west`, where the import names a provider.
fn provider(import: &Import) -> Option<String> {
    let provider = import.provider.as_ref()?;
    Some(match &provider.alias {
        Some(alias) => format!("{}.{alias}", provider.name),
        None => provider.name.to_string(),
    })
}

fn resource_block(resource: &Resource, provider: Option<String>, body: &str) -> String {
    let provider = provider.map(|provider| format!("provider = {provider}\n")).unwrap_or_default();
    let text = format!("resource \"{}\" \"{}\" {{\n{provider}{body}}}\n", resource.type_name, resource.name);
    format_source(&text)
}

fn write_body(text: &mut String, value: &Value, block: &Block) {
    for (name, attribute) in &block.attributes {
        let is_argument = (attribute.required || attribute.optional) && !attribute.deprecated;
        // An id that may be given is decided by the provider all the same.
        if !is_argument || (name == "id" && attribute.computed) {
            continue;
        }
        let argument = value.get(name).filter(|argument| !argument.is_null());
        let expression = match argument {
            Some(_) if attribute.sensitive => "null # sensitive".to_owned(),
            Some(argument) => expression_text(argument),
            None => "null".to_owned(),
        };
        text.push_str(&format!("{name} = {expression}\n"));
    }
    for (name, nested) in &block.blocks {
        let Some(inside) = value.get(name) else { continue };
        for (label, element) in elements(inside, nested.nesting) {
            let label = label.map(|label| format!(" {}", quoted_label(&label))).unwrap_or_default();
            text.push_str(&format!("{name}{label} {{\n"));
            write_body(text, element, &nested.block);
            text.push_str("}\n");
        }
    }
}

fn quoted_label(label: &Str) -> String {
    if is_identifier(label) { format!("\"{label}\"") } else { expression_text(&Value::string(label.clone())) }
}

/// The objects of which each is a block, with its label where it has one.
fn elements(value: &Value, nesting: Nesting) -> Vec<(Option<Str>, &Value)> {
    match (value.kind(), nesting) {
        (Kind::Null(_) | Kind::Unknown(_), _) => Vec::new(),
        (_, Nesting::Single) => vec![(None, value)],
        (Kind::List(_, items) | Kind::Set(_, items) | Kind::Tuple(items), _) => {
            items.iter().map(|item| (None, item)).collect()
        }
        (Kind::Map(_, entries) | Kind::Object(entries), _) => {
            entries.iter().map(|(label, item)| (Some(label.clone()), item)).collect()
        }
        _ => Vec::new(),
    }
}
