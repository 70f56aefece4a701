//! Schemas of providers as `providers schema -json` shows them: what blocks may hold, version 1.0 of the form.
//!
//! Facts say what may stand where and what it is called; descriptions are the reference pages', so there are none here.

use std::sync::Arc;

use infra_engine::provider::{Provider, TypeLookup};
use infra_engine::schema::{Attribute, Block, NestedBlock, Nesting, Schema};
use infra_values::json;
use serde_json::{Map, Value as Json, json};

use super::functions_json::signature;

/// Version of the form.
const FORMAT_VERSION: &str = "1.0";

/// All schemas of the providers.
pub fn describe<'p>(providers: impl Iterator<Item = &'p Arc<dyn Provider>>) -> Json {
    let schemas: Map<String, Json> =
        providers.map(|provider| (provider.address().to_string(), provider_schemas(provider.as_ref()))).collect();
    let mut report = json!({ "format_version": FORMAT_VERSION });
    if !schemas.is_empty() {
        report["provider_schemas"] = schemas.into();
    }
    report
}

fn provider_schemas(provider: &dyn Provider) -> Json {
    let mut described = Map::new();
    described.insert("provider".into(), schema(provider.config_schema()));
    let managed = provider.managed_type_names().into_iter();
    let managed = managed.filter_map(|name| Some((name, schema_of(provider.managed_type(name), |one| one.schema())?)));
    let data = provider.data_type_names().into_iter();
    let data = data.filter_map(|name| Some((name, schema_of(provider.data_type(name), |one| one.schema())?)));
    let ephemeral = provider.ephemeral_type_names().into_iter();
    let ephemeral =
        ephemeral.filter_map(|name| Some((name, schema_of(provider.ephemeral_type(name), |one| one.schema())?)));
    let mut put = |name: &str, schemas: Map<String, Json>| {
        if !schemas.is_empty() {
            described.insert(name.to_owned(), schemas.into());
        }
    };
    put("resource_schemas", by_name(managed));
    put("data_source_schemas", by_name(data));
    put("ephemeral_resource_schemas", by_name(ephemeral));
    put("functions", provider.functions().iter().map(|one| (one.name.to_owned(), signature(one))).collect());
    Json::Object(described)
}

fn by_name<'n>(schemas: impl Iterator<Item = (&'n str, Json)>) -> Map<String, Json> {
    schemas.map(|(name, schema)| (name.to_owned(), schema)).collect()
}

/// The schema of a type, also of one that this build cannot manage.
fn schema_of<'p, T: ?Sized>(found: TypeLookup<'p, T>, of_type: impl Fn(&'p T) -> &'p Schema) -> Option<Json> {
    match found {
        TypeLookup::Found(one) => Some(schema(of_type(one))),
        TypeLookup::Unsupported(known) => known.map(schema),
        TypeLookup::Unknown => None,
    }
}

fn schema(schema: &Schema) -> Json {
    let mut described = json!({ "version": schema.version });
    if !schema.block.attributes.is_empty() || !schema.block.blocks.is_empty() {
        described["block"] = block(&schema.block);
    }
    described
}

fn block(described: &Block) -> Json {
    let mut content = Map::new();
    if !described.attributes.is_empty() {
        let attributes = described.attributes.iter().map(|(name, one)| (name.to_string(), attribute(one)));
        content.insert("attributes".into(), Json::Object(attributes.collect()));
    }
    if !described.blocks.is_empty() {
        let blocks = described.blocks.iter().map(|(name, one)| (name.to_string(), nested(one)));
        content.insert("block_types".into(), Json::Object(blocks.collect()));
    }
    content.insert("description_kind".into(), "plain".into());
    Json::Object(content)
}

fn attribute(described: &Attribute) -> Json {
    let mut content = Map::new();
    content.insert("type".into(), json::type_to_json(&described.ty));
    content.insert("description_kind".into(), "plain".into());
    let facts = [
        ("required", described.required),
        ("optional", described.optional),
        ("computed", described.computed),
        ("deprecated", described.deprecated),
        ("sensitive", described.sensitive),
        ("write_only", described.write_only),
    ];
    content.extend(facts.into_iter().filter(|(_, holds)| *holds).map(|(name, _)| (name.to_owned(), true.into())));
    Json::Object(content)
}

fn nested(described: &NestedBlock) -> Json {
    let mode = match described.nesting {
        Nesting::Single => "single",
        Nesting::List => "list",
        Nesting::Set => "set",
        Nesting::Map => "map",
    };
    let mut content = json!({ "nesting_mode": mode, "block": block(&described.block) });
    if described.deprecated {
        content["block"]["deprecated"] = true.into();
    }
    // Of a single block there is one or none.
    if described.nesting == Nesting::Single {
        return content;
    }
    if described.min_items > 0 {
        content["min_items"] = described.min_items.into();
    }
    if let Some(most) = described.max_items.filter(|most| *most > 0) {
        content["max_items"] = most.into();
    }
    content
}
