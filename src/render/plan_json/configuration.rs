//! The `configuration` of a plan: what stands in the files, each expression as a constant or as the names it refers to.

use infra_engine::config::{
    Config, Module, ModuleCall, Output, ProviderRef, RESOURCE_META_ARGUMENTS, ResourceConfig, Variable,
};
use infra_engine::evaluate::constant;
use infra_engine::schema::{self, Nesting, Schema};
use infra_engine::syntax::{Body, Expression, Step, Traversal, references};
use infra_engine::world::Providers;
use infra_values::address::ResourceMode;
use infra_values::{Kind, Str, json};
use serde_json::{Map, Value as Json, json};

use crate::render::json_values::mode;
use crate::render::schemas::schema_of;
use crate::render::value::quoted;

/// Arguments that a provisioner uses for itself.
const PROVISIONER_META_ARGUMENTS: &[&str] = &["when", "on_failure"];

/// All modules with their resources, and the provider configurations.
pub(super) fn to_json(config: &Config, providers: &Providers) -> Json {
    let writer = Writer { config, providers };
    let mut configuration = Map::new();
    let provider_configs = writer.provider_configs();
    if !provider_configs.is_empty() {
        configuration.insert("provider_config".into(), provider_configs.into());
    }
    configuration.insert("root_module".into(), writer.module(config.root()));
    Json::Object(configuration)
}

struct Writer<'c> {
    config: &'c Config,
    providers: &'c Providers,
}

impl Writer<'_> {
    /// Every provider configuration by its key: those with a block, and in the root also those that are only used.
    fn provider_configs(&self) -> Map<String, Json> {
        let mut found = Map::new();
        for module in &self.config.modules {
            for ((name, alias), block) in &module.providers {
                let key = key_in(module, name, alias.as_ref());
                let schema =
                    self.providers.get(&module.provider_address(name)).map(|provider| provider.config_schema());
                let mut entry = provider_config(module, name, alias.as_ref());
                let expressions =
                    body_expressions(&block.body, schema.map(|schema| &schema.block), &["alias", "version"]);
                if !expressions.is_empty() {
                    entry.insert("expressions".into(), expressions.into());
                }
                found.insert(key, entry.into());
            }
            let used = module.resources.values().map(|resource| self.resolve(module, &resource.provider));
            for (owner, name, alias) in used.collect::<Vec<_>>() {
                let key = key_in(owner, &name, alias.as_ref());
                found.entry(key).or_insert_with(|| provider_config(owner, &name, alias.as_ref()).into());
            }
        }
        let root = self.config.root();
        for name in root.required_providers.keys() {
            found.entry(key_in(root, name, None)).or_insert_with(|| provider_config(root, name, None).into());
        }
        found.sort_keys();
        found
    }

    /// The module in which a provider configuration stands, and its name there: callers pass theirs on.
    fn resolve<'m>(&'m self, module: &'m Module, reference: &ProviderRef) -> (&'m Module, Str, Option<Str>) {
        let (name, alias) = (reference.name.clone(), reference.alias.clone());
        let has_block = module.providers.contains_key(&(name.clone(), alias.clone()));
        let caller = module.parent.map(|parent| self.config.module(parent)).filter(|_| !has_block);
        let Some(caller) = caller else { return (module, name, alias) };
        let passed = module
            .path
            .0
            .last()
            .and_then(|call| caller.calls.get(call))
            .and_then(|call| call.providers.iter().find(|(own, _)| own.name == name && own.alias == alias));
        match passed {
            Some((_, theirs)) => self.resolve(caller, theirs),
            None => self.resolve(caller, reference),
        }
    }

    fn module(&self, module: &Module) -> Json {
        let mut described = Map::new();
        let mut put = |name: &str, part: Map<String, Json>| {
            if !part.is_empty() {
                described.insert(name.to_owned(), part.into());
            }
        };
        put("outputs", sorted(module.outputs.iter().map(|(name, declared)| (name, output(declared)))));
        put("module_calls", sorted(module.calls.iter().map(|(name, call)| (name, self.call(module, call)))));
        put("variables", sorted(module.variables.iter().map(|(name, declared)| (name, variable(declared)))));
        let mut resources: Vec<&ResourceConfig> = module.resources.values().collect();
        resources.sort_by_key(|declared| {
            (
                declared.resource.mode == ResourceMode::Data,
                declared.resource.type_name.clone(),
                declared.resource.name.clone(),
            )
        });
        if !resources.is_empty() {
            let entries = resources.into_iter().map(|declared| self.resource(module, declared));
            described.insert("resources".into(), entries.collect());
        }
        Json::Object(described)
    }

    fn resource(&self, module: &Module, declared: &ResourceConfig) -> Json {
        let resource = &declared.resource;
        let schema: Option<&Schema> =
            schema_of(self.providers, &module.provider_address(&declared.provider.name), resource);
        let (owner, name, alias) = self.resolve(module, &declared.provider);
        let mut entry = Map::new();
        entry.insert("address".into(), resource.to_string().into());
        entry.insert("mode".into(), mode(resource.mode).into());
        entry.insert("type".into(), resource.type_name.as_str().into());
        entry.insert("name".into(), resource.name.as_str().into());
        entry.insert("provider_config_key".into(), key_in(owner, &name, alias.as_ref()).into());
        let provisioners: Vec<Json> = declared
            .body
            .blocks_of("provisioner")
            .map(|block| {
                let kind = block.labels.first().map(|label| label.text.as_str());
                json!({ "type": kind, "expressions": body_expressions(&block.body, None, PROVISIONER_META_ARGUMENTS) })
            })
            .collect();
        if !provisioners.is_empty() {
            entry.insert("provisioners".into(), provisioners.into());
        }
        let expressions = body_expressions(&declared.body, schema.map(|schema| &schema.block), RESOURCE_META_ARGUMENTS);
        if !expressions.is_empty() {
            entry.insert("expressions".into(), expressions.into());
        }
        entry.insert("schema_version".into(), schema.map_or(0, |schema| schema.version).into());
        put_repetition(&mut entry, &declared.repetition);
        put_depends_on(&mut entry, &declared.depends_on);
        Json::Object(entry)
    }

    fn call(&self, module: &Module, call: &ModuleCall) -> Json {
        let child = self.config.module(call.child);
        let mut entry = Map::new();
        entry.insert("source".into(), source(module, child).into());
        let expressions = sorted(call.arguments.iter().map(|(name, value)| (name, expression(&value.expression))));
        if !expressions.is_empty() {
            entry.insert("expressions".into(), expressions.into());
        }
        put_repetition(&mut entry, &call.repetition);
        entry.insert("module".into(), self.module(child));
        put_depends_on(&mut entry, &call.depends_on);
        Json::Object(entry)
    }
}

/// Entries in the order of their names, which is not that of the files.
fn sorted<'n>(entries: impl Iterator<Item = (&'n Str, Json)>) -> Map<String, Json> {
    let mut entries: Map<String, Json> = entries.map(|(name, entry)| (name.to_string(), entry)).collect();
    entries.sort_keys();
    entries
}

/// `aws.west`, in a module below the root `module.network:aws.west`.
fn key_in(module: &Module, name: &str, alias: Option<&Str>) -> String {
    let alias = alias.map(|alias| format!(".{alias}")).unwrap_or_default();
    if module.path.is_root() { format!("{name}{alias}") } else { format!("{}:{name}{alias}", module.path) }
}

fn provider_config(module: &Module, name: &str, alias: Option<&Str>) -> Map<String, Json> {
    let mut entry = Map::new();
    entry.insert("name".into(), name.into());
    entry.insert("full_name".into(), module.provider_address(name).to_string().into());
    if let Some(alias) = alias {
        entry.insert("alias".into(), alias.as_str().into());
    }
    if let Some(version) = module.required_providers.get(name).and_then(|required| required.version.as_ref()) {
        entry.insert("version_constraint".into(), version.as_str().into());
    }
    if !module.path.is_root() {
        entry.insert("module_address".into(), module.path.to_string().into());
    }
    entry
}

/// Where a called module is, as seen from its caller.
fn source(caller: &Module, child: &Module) -> String {
    let inside = child.directory.strip_prefix(caller.directory.as_str()).and_then(|rest| rest.strip_prefix('/'));
    let path = inside.unwrap_or(&child.directory);
    if path.starts_with('.') || path.starts_with('/') { path.to_owned() } else { format!("./{path}") }
}

fn variable(variable: &Variable) -> Json {
    let mut entry = Map::new();
    if let Some(default) = &variable.default {
        entry.insert("default".into(), json::to_json_plain(default));
    }
    if let Some(description) = &variable.description {
        entry.insert("description".into(), description.as_str().into());
    }
    if variable.sensitive {
        entry.insert("sensitive".into(), true.into());
    }
    Json::Object(entry)
}

fn output(output: &Output) -> Json {
    let mut entry = Map::new();
    if output.sensitive {
        entry.insert("sensitive".into(), true.into());
    }
    entry.insert("expression".into(), expression(&output.value));
    if let Some(description) = &output.description {
        entry.insert("description".into(), description.as_str().into());
    }
    put_depends_on(&mut entry, &output.depends_on);
    Json::Object(entry)
}

fn put_repetition(entry: &mut Map<String, Json>, repetition: &infra_engine::config::Repetition) {
    use infra_engine::config::Repetition;
    let (name, written) = match repetition {
        Repetition::Single => return,
        Repetition::Count(count) => ("count_expression", expression(count)),
        Repetition::ForEach(collection) => ("for_each_expression", expression(collection)),
    };
    if written != json!({}) {
        entry.insert(name.into(), written);
    }
}

fn put_depends_on(entry: &mut Map<String, Json>, depends_on: &[Traversal]) {
    if !depends_on.is_empty() {
        let names = depends_on.iter().map(|traversal| Json::from(static_steps(traversal).concat()));
        entry.insert("depends_on".into(), names.collect());
    }
}

/// The attributes and blocks of a body, by name; without a schema, all but those left out.
fn body_expressions(body: &Body, block: Option<&schema::Block>, left_out: &[&str]) -> Map<String, Json> {
    let mut expressions = Map::new();
    for attribute in &body.attributes {
        let name = attribute.name.text.as_str();
        let belongs = block.map_or(!left_out.contains(&name), |block| block.attributes.contains_key(name));
        if belongs {
            expressions.insert(name.to_owned(), expression(&attribute.expression));
        }
    }
    for inner in &body.blocks {
        let name = inner.kind.text.as_str();
        let nested = block.and_then(|block| block.blocks.get(name));
        let as_blocks = block.and_then(|block| block.attributes.get(name)).is_some_and(|attribute| attribute.as_blocks);
        if nested.is_none() && !as_blocks && (block.is_some() || left_out.contains(&name)) {
            continue;
        }
        let content = Json::Object(body_expressions(&inner.body, nested.map(|nested| &nested.block), &[]));
        match (nested.map(|nested| nested.nesting), inner.labels.first()) {
            (Some(Nesting::Single), _) => {
                expressions.insert(name.to_owned(), content);
            }
            (Some(Nesting::Map), Some(label)) => {
                let entries = expressions.entry(name).or_insert_with(|| json!({}));
                entries[label.text.as_str()] = content;
            }
            _ => {
                let entries = expressions.entry(name).or_insert_with(|| json!([]));
                if let Some(entries) = entries.as_array_mut() {
                    entries.push(content);
                }
            }
        }
    }
    expressions.sort_keys();
    expressions
}

/// `{"constant_value": …}`, `{"references": […]}`, or nothing where neither is known, as for a call of a function.
fn expression(expression: &Expression) -> Json {
    let names: Vec<String> = references(expression).into_iter().flat_map(reference_names).collect();
    if !names.is_empty() {
        return json!({ "references": names });
    }
    match constant(expression, None) {
        Ok(value) if value.is_wholly_known() => json!({ "constant_value": json::to_json_plain(&value) }),
        _ => json!({}),
    }
}

/// A reference and everything it lies in: `aws_vpc.a[0].id`, `aws_vpc.a[0]`, `aws_vpc.a`.
fn reference_names(traversal: &Traversal) -> Vec<String> {
    let steps = static_steps(traversal);
    let shortest = match traversal.root.text.as_str() {
        "self" => 1,
        "data" => 3,
        // An instance of a module is the whole that is referred to.
        "module" if steps.get(2).is_some_and(|step| step.starts_with('[')) => 3,
        _ => 2,
    };
    (shortest.min(steps.len())..=steps.len()).rev().map(|length| steps[..length].concat()).collect()
}

/// The root and the steps behind it as text, up to the first that must be evaluated.
fn static_steps(traversal: &Traversal) -> Vec<String> {
    let mut steps = vec![traversal.root.text.to_string()];
    for step in &traversal.steps {
        match step {
            Step::Attribute(name) => steps.push(format!(".{}", name.text)),
            Step::Index { key, .. } => match constant(key, None).as_ref().map(|key| key.kind()) {
                Ok(Kind::String(key)) => steps.push(format!("[{}]", quoted(key))),
                Ok(Kind::Number(key)) => steps.push(format!("[{key}]")),
                _ => break,
            },
            Step::Splat { .. } => break,
        }
    }
    steps
}
