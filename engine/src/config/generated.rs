//! Configuration made from objects that exist: resource blocks for `import` blocks whose target nothing declares.

use std::collections::BTreeSet;

use infra_values::address::{Resource, ResourceMode};
use infra_values::{Kind, Str, Value};

use super::{Config, Import};
use crate::provider::expression_text;
use crate::schema::{Attribute, Block, Nesting, Relations, Schema};
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
    let left_out = in_conflict(value, block);
    for (name, attribute) in &block.attributes {
        if !is_argument(name, attribute) || left_out.contains(name) {
            continue;
        }
        let expression = match said(value, name, attribute) {
            Some(_) if attribute.sensitive => "null # sensitive".to_owned(),
            Some(argument) => expression_text(argument),
            None => "null".to_owned(),
        };
        text.push_str(&format!("{name} = {expression}\n"));
    }
    for (name, nested) in block.blocks.iter().filter(|(name, nested)| !nested.deprecated && !left_out.contains(*name)) {
        let Some(inside) = value.get(name) else { continue };
        for (label, element) in elements(inside, nested.nesting) {
            let label = label.map(|label| format!(" {}", quoted_label(&label))).unwrap_or_default();
            text.push_str(&format!("{name}{label} {{\n"));
            write_body(text, element, &nested.block);
            text.push_str("}\n");
        }
    }
}

/// Whether an attribute can be written. An id that may be given is decided by the provider all the same.
fn is_argument(name: &Str, attribute: &Attribute) -> bool {
    let is_decided_elsewhere = attribute.deprecated || attribute.write_only || (name == "id" && attribute.computed);
    (attribute.required || attribute.optional) && !is_decided_elsewhere
}

/// What an object says about an argument; what is empty where the provider may decide says nothing.
fn said<'v>(value: &'v Value, name: &Str, attribute: &Attribute) -> Option<&'v Value> {
    let argument = value.get(name).filter(|argument| !argument.is_null())?;
    let is_empty = match argument.kind() {
        Kind::String(text) => text.is_empty(),
        _ => argument.children().is_empty() && argument.ty().is_collection(),
    };
    (attribute.required || !is_empty).then_some(argument)
}

/// Arguments that cannot stand beside others that an object has too: of a name and its prefix, the prefix.
fn in_conflict(value: &Value, block: &Block) -> BTreeSet<Str> {
    let is_prefix = |name: &Str| name.ends_with("_prefix");
    let written = block
        .attributes
        .iter()
        .filter(|(name, attribute)| is_argument(name, attribute) && said(value, name, attribute).is_some());
    let mut candidates: Vec<(&Str, &Relations)> =
        written.map(|(name, attribute)| (name, &attribute.relations)).collect();
    candidates.sort_by_key(|(name, _)| is_prefix(name));
    let mut kept: Vec<(&Str, &Relations)> = Vec::new();
    let mut left_out = BTreeSet::new();
    for (name, relations) in candidates {
        let excludes = |relations: &Relations, other: &Str| {
            relations.conflicts_with.contains(other)
                || (relations.exactly_one_of.contains(other) && relations.exactly_one_of.len() > 1)
        };
        let stands_beside =
            |(other, of_other): &(&Str, &Relations)| excludes(relations, other) || excludes(of_other, name);
        if kept.iter().any(stands_beside) {
            left_out.insert(name.clone());
        } else {
            kept.push((name, relations));
        }
    }
    left_out
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
