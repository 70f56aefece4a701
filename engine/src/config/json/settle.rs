//! Deciding, with a provider's schema, which properties of a JSON body are arguments and which are blocks.

use std::collections::HashMap;

use infra_values::Str;
use infra_values::address::ResourceMode;

use super::shape::{BlockShape, How, NESTED};
use super::{JsonReader, extraneous};
use crate::config::{Config, Module, ResourceConfig};
use crate::diagnostics::Diagnostics;
use crate::provider::{Provider, TypeLookup};
use crate::schema::{Block as Schema, Nesting};
use crate::syntax::{Body, JsonProperty, Reading, SourceMap};
use crate::world::Providers;

impl Config {
    /// Decides what the properties of JSON bodies are that belong to providers: call it once, before anything looks
    /// into those bodies. Properties that a schema does not know are reported. Those of types that nobody knows become
    /// arguments; that the type is unknown is reported elsewhere.
    pub fn settle(&mut self, providers: &Providers) -> Diagnostics {
        let mut settler = Settler { sources: &self.sources, diagnostics: Diagnostics::new() };
        for module in &mut self.modules {
            settler.module(module, providers);
        }
        settler.diagnostics
    }
}

pub(super) struct Settler<'s> {
    pub sources: &'s SourceMap,
    pub diagnostics: Diagnostics,
}

impl Settler<'_> {
    fn module(&mut self, module: &mut Module, providers: &Providers) {
        let mut resources = std::mem::take(&mut module.resources);
        for resource in resources.values_mut().filter(|resource| has_undecided(&resource.body)) {
            let provider = providers.get(&module.provider_address(&resource.provider.name));
            let schema = provider.and_then(|provider| schema_of(provider.as_ref(), resource));
            self.body(&mut resource.body, schema);
        }
        module.resources = resources;
        let mut blocks = std::mem::take(&mut module.providers);
        for block in blocks.values_mut().filter(|block| has_undecided(&block.body)) {
            let provider = providers.get(&module.provider_address(&block.name.text));
            self.body(&mut block.body, provider.map(|provider| &provider.config_schema().block));
        }
        module.providers = blocks;
    }

    /// Decides in a body and in all blocks inside it.
    pub fn body(&mut self, body: &mut Body, schema: Option<&Schema>) {
        let undecided = std::mem::take(&mut body.undecided);
        if let Some(first) = undecided.first() {
            let text = self.sources.text(first.name.span.file);
            let mut reader = JsonReader { text: &text, diagnostics: &mut self.diagnostics };
            // `dynamic` blocks, which are there already, come behind the others.
            let dynamic = std::mem::take(&mut body.blocks);
            let mut written: HashMap<Str, _> =
                body.attributes.iter().map(|item| (item.name.text.clone(), item.name.span)).collect();
            for property in undecided {
                match schema.map_or(Meaning::Argument, |schema| meaning(schema, &property)) {
                    Meaning::Argument => {
                        reader.argument(
                            property,
                            How::All(Reading::Template),
                            "Duplicate argument",
                            &mut written,
                            body,
                        );
                    }
                    Meaning::Blocks(labels) => {
                        let shape = BlockShape { kind: "", labels, content: &NESTED };
                        reader.blocks(property, &shape, &mut body.blocks);
                    }
                    Meaning::Unknown => {
                        let known =
                            schema.into_iter().flat_map(|schema| schema.attributes.keys().chain(schema.blocks.keys()));
                        reader.diagnostics.push(extraneous(&property.name, known.map(Str::as_str)));
                    }
                }
            }
            body.blocks.extend(dynamic);
        }
        for block in &mut body.blocks {
            match block.kind.text.as_str() {
                "_" => self.body(&mut block.body, schema),
                "dynamic" => {
                    let made = block.labels.first().and_then(|kind| nested(schema?, &kind.text));
                    for content in &mut block.body.blocks {
                        self.body(&mut content.body, made);
                    }
                }
                kind => {
                    let inside = schema.and_then(|schema| nested(schema, kind));
                    self.body(&mut block.body, inside);
                }
            }
        }
    }
}

/// What a property of a provider's body is.
enum Meaning {
    Argument,
    /// Blocks with these labels.
    Blocks(&'static [&'static str]),
    Unknown,
}

fn meaning(schema: &Schema, property: &JsonProperty) -> Meaning {
    let name = &property.name.text;
    match (schema.attributes.get(name), schema.blocks.get(name)) {
        (Some(_), _) => Meaning::Argument,
        (None, Some(nested)) => Meaning::Blocks(if nested.nesting == Nesting::Map { &["key"] } else { &[] }),
        (None, None) => Meaning::Unknown,
    }
}

fn nested<'s>(schema: &'s Schema, kind: &str) -> Option<&'s Schema> {
    schema.blocks.get(kind).map(|nested| &nested.block)
}

fn has_undecided(body: &Body) -> bool {
    !body.undecided.is_empty() || body.blocks.iter().any(|block| has_undecided(&block.body))
}

fn schema_of<'p>(provider: &'p dyn Provider, resource: &ResourceConfig) -> Option<&'p Schema> {
    fn found<'p, T: ?Sized>(
        lookup: TypeLookup<'p, T>,
        schema: fn(&'p T) -> &'p crate::schema::Schema,
    ) -> Option<&'p Schema> {
        match lookup {
            TypeLookup::Found(found) => Some(&schema(found).block),
            TypeLookup::Unsupported(schema) => schema.map(|schema| &schema.block),
            TypeLookup::Unknown => None,
        }
    }
    let name = &resource.resource.type_name;
    match resource.resource.mode {
        ResourceMode::Managed => found(provider.managed_type(name), |found| found.schema()),
        ResourceMode::Data => found(provider.data_type(name), |found| found.schema()),
        ResourceMode::Ephemeral => found(provider.ephemeral_type(name), |found| found.schema()),
    }
}
