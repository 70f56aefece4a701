//! Checking a configuration without looking at anything outside: no state, no variables, no network.

use std::collections::HashSet;

use infra_values::address::{ProviderAddress, Resource, ResourceMode};
use infra_values::{Str, Value};

use crate::checks::Checked;
use crate::config::{
    Config, IgnoreChanges, Module, ModuleId, PROVIDER_RESERVED, PROVISIONER_RESERVED, ProviderBlock, ProvisionerConfig,
    ResourceConfig,
};
use crate::diagnostics::{Diagnostic, Diagnostics};
use crate::graph::ConfigGraph;
use crate::plan::ephemeral_misuse;
use crate::provider::{DataType, EphemeralType, ManagedType, Provider, TypeLookup, provisioner, unknown_object};
use crate::schema::decode::{Reserved, decode_object, span_of};
use crate::schema::validate::validate as validate_value;
use crate::schema::{Block, Schema};
use crate::syntax::{Body, Span};
use crate::world::{ConditionKind, InstanceId, Phase, Providers, RepetitionValues, Subject, Surroundings, World};

/// All mistakes that can be found in the files alone, of which `graph` was built.
pub fn validate(
    config: &Config,
    graph: &ConfigGraph,
    providers: &Providers,
    surroundings: Surroundings,
) -> Diagnostics {
    let mut world = World::new(config, providers, Phase::Validate, surroundings, Default::default());
    let used_provider_blocks = graph.providers.values().filter_map(|resolved| resolved.block.clone()).collect();
    let mut checker = Checker { providers, used_provider_blocks, diagnostics: Diagnostics::new() };
    checker.module(&mut world, InstanceId::ROOT);
    let mut diagnostics = checker.diagnostics;
    diagnostics.extend(world.diagnostics);
    references::check(config, providers, &mut diagnostics);
    diagnostics.sort();
    diagnostics
}

mod references;

/// What to say of a provider that is needed and not built in.
pub fn provider_not_available(address: &ProviderAddress) -> Diagnostic {
    Diagnostic::error(
        "Provider not available",
        format!(
            "The provider {address} is not part of infra, which has the AWS provider and a few small ones built in. \
             Remove what needs it, or manage that part with terraform."
        ),
    )
}

struct Checker<'c> {
    providers: &'c Providers,
    /// Module and key of the provider blocks that resources use. As in Terraform, nothing looks at the others.
    used_provider_blocks: HashSet<(ModuleId, (Str, Option<Str>))>,
    diagnostics: Diagnostics,
}

impl Checker<'_> {
    fn module(&mut self, world: &mut World<'_>, instance: InstanceId) {
        let module = world.module_of(instance);
        for name in module.variables.keys() {
            world.variable(instance, name);
        }
        for name in module.locals.keys() {
            world.local(instance, name);
        }
        for (key, block) in &module.providers {
            if self.used_provider_blocks.contains(&(module.id, key.clone())) {
                self.provider_block(world, instance, module, block);
            }
        }
        for (name, declared) in &module.resources {
            self.resource(world, instance, module, name, declared);
        }
        for name in module.calls.keys() {
            let children: Vec<InstanceId> =
                world.call(instance, name).map(|found| found.values().copied().collect()).unwrap_or_default();
            for child in children {
                self.module(world, child);
            }
        }
        for name in module.outputs.keys() {
            world.output(instance, name);
        }
        for (name, check) in &module.checks {
            let checked = Checked::Check(name.clone());
            world.check_conditions(Subject::single(instance, &checked), ConditionKind::Assertion, &check.asserts);
        }
    }

    fn provider_block(&mut self, world: &mut World<'_>, instance: InstanceId, module: &Module, block: &ProviderBlock) {
        let Some(provider) = self.provider(module, &block.name.text, block.span) else { return };
        let ((_, diagnostics), _) = world.with_scope(instance, None, Vec::new(), |evaluator| {
            decode_object(&block.body, provider.config_schema(), evaluator, &PROVIDER_RESERVED)
        });
        self.extend_at(diagnostics, &block.body);
    }

    fn provider(&mut self, module: &Module, local_name: &str, span: Span) -> Option<std::sync::Arc<dyn Provider>> {
        let address = module.provider_address(local_name);
        let provider = self.providers.get(&address).cloned();
        if provider.is_none() {
            self.diagnostics.push(provider_not_available(&address).at(span));
        }
        provider
    }

    fn resource(
        &mut self,
        world: &mut World<'_>,
        instance: InstanceId,
        module: &Module,
        name: &Resource,
        declared: &ResourceConfig,
    ) {
        let Some(provider) = self.provider(module, &declared.provider.name, declared.provider.span) else { return };
        let Some(schema) = self.schema(provider.as_ref(), name, declared.type_span) else { return };
        let (expansion, _) = world.expansion(instance, name);
        for repetition in expansion.instances() {
            let ((config, mut diagnostics), _) =
                world.with_scope(instance, Some(&repetition), Vec::new(), |evaluator| {
                    decode_object(&declared.body, schema, evaluator, declared.reserved())
                });
            if !diagnostics.has_errors() {
                if name.mode != ResourceMode::Ephemeral {
                    diagnostics.extend(ephemeral_misuse(&config, &schema.block));
                }
                let (bare, _) = config.unmark_deep();
                diagnostics.extend(validate_value(schema, &bare));
                diagnostics.extend(match name.mode {
                    ResourceMode::Managed => provider
                        .managed_type(&name.type_name)
                        .found()
                        .map(|found| found.validate(&bare))
                        .unwrap_or_default(),
                    ResourceMode::Ephemeral => provider
                        .ephemeral_type(&name.type_name)
                        .found()
                        .map(|found| found.validate(&bare))
                        .unwrap_or_default(),
                    ResourceMode::Data => provider
                        .data_type(&name.type_name)
                        .found()
                        .map(|found| found.validate(&bare))
                        .unwrap_or_default(),
                });
            }
            self.extend_at(diagnostics, &declared.body);
            let checked = Checked::Resource(name.clone());
            let subject = Subject { instance, checked: &checked, repetition: Some(&repetition), self_value: None };
            world.check_conditions(subject, ConditionKind::Precondition, &declared.lifecycle.preconditions);
            let own = unknown_object(schema);
            let subject = Subject { self_value: Some(&own), ..subject };
            world.check_conditions(subject, ConditionKind::Postcondition, &declared.lifecycle.postconditions);
            for provisioner in &declared.provisioners {
                self.provisioner(world, (instance, &repetition, &own), &declared.body, provisioner);
            }
        }
        self.check_ignored(declared, &schema.block);
    }

    /// A provisioner, and what says how to reach the object: its own connection or that of the resource.
    fn provisioner(
        &mut self,
        world: &mut World<'_>,
        (instance, repetition, own): (InstanceId, &RepetitionValues, &Value),
        resource: &Body,
        provisioner: &ProvisionerConfig,
    ) {
        let Some(schema) = provisioner::schema(&provisioner.kind) else { return };
        let ((config, mut found), _) = world.with_self(instance, repetition, own, |evaluator| {
            decode_object(&provisioner.body, schema, evaluator, &PROVISIONER_RESERVED)
        });
        found.extend(provisioner::check(&provisioner.kind, &config));
        self.extend_at(found, &provisioner.body);
        let own_connection = provisioner.body.blocks_of("connection").next();
        if let Some(connection) = own_connection.or_else(|| resource.blocks_of("connection").next()) {
            let ((_, found), _) = world.with_self(instance, repetition, own, |evaluator| {
                decode_object(&connection.body, provisioner::connection_schema(), evaluator, &Reserved::default())
            });
            self.extend_at(found, &connection.body);
        }
    }

    fn schema<'p>(&mut self, provider: &'p dyn Provider, name: &Resource, span: Span) -> Option<&'p Schema> {
        let (lookup, names) = match name.mode {
            ResourceMode::Managed => (
                known_schema(provider.managed_type(&name.type_name), ManagedType::schema),
                provider.managed_type_names(),
            ),
            ResourceMode::Data => {
                (known_schema(provider.data_type(&name.type_name), DataType::schema), provider.data_type_names())
            }
            ResourceMode::Ephemeral => (
                known_schema(provider.ephemeral_type(&name.type_name), EphemeralType::schema),
                provider.ephemeral_type_names(),
            ),
        };
        if let Some(known) = lookup {
            return known;
        }
        let what = match name.mode {
            ResourceMode::Managed => "resource type",
            ResourceMode::Data => "data source",
            ResourceMode::Ephemeral => "ephemeral resource",
        };
        let diagnostic = Diagnostic::error(
            format!("Invalid {what}"),
            format!("The provider {} does not support the {what} \"{}\".", provider.address(), name.type_name),
        )
        .at(span);
        self.diagnostics.push(diagnostic.suggest(&name.type_name, names));
        None
    }

    fn check_ignored(&mut self, declared: &ResourceConfig, block: &Block) {
        let IgnoreChanges::Attributes(traversals) = &declared.lifecycle.ignore_changes else { return };
        for traversal in traversals {
            let name = &traversal.root.text;
            let attribute = block.attributes.get(name);
            if attribute.is_some_and(|attribute| attribute.computed && !attribute.optional) {
                self.diagnostics.push(
                    Diagnostic::warning(
                        "Redundant ignore_changes element",
                        format!(
                            "The provider alone decides on {name}, so that nothing in the files could change it. Remove \
                             it from ignore_changes."
                        ),
                    )
                    .at(declared.type_span),
                );
            }
            if attribute.is_some() || block.blocks.contains_key(name) {
                continue;
            }
            let diagnostic = Diagnostic::error(
                "Unsupported attribute",
                format!(
                    "{} has no attribute named \"{name}\" whose changes could be ignored.",
                    declared.resource.type_name
                ),
            )
            .at(traversal.root.span);
            let names = block.attributes.keys().chain(block.blocks.keys()).map(|name| name.as_str());
            self.diagnostics.push(diagnostic.suggest(name, names));
        }
    }

    fn extend_at(&mut self, diagnostics: Diagnostics, body: &Body) {
        for diagnostic in diagnostics {
            let place = diagnostic.attribute.as_ref().and_then(|path| span_of(body, path)).unwrap_or(body.opening());
            self.diagnostics.push(diagnostic.at_least_at(place));
        }
    }
}

/// The schema of a type; `None` for an unknown type, and `Some(None)` for a known one without a schema.
fn known_schema<'p, T: ?Sized>(
    lookup: TypeLookup<'p, T>,
    schema: fn(&'p T) -> &'p Schema,
) -> Option<Option<&'p Schema>> {
    match lookup {
        TypeLookup::Found(found) => Some(Some(schema(found))),
        TypeLookup::Unsupported(schema) => Some(schema),
        TypeLookup::Unknown => None,
    }
}
