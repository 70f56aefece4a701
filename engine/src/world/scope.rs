//! What names mean in one module instance.

use std::collections::BTreeMap;

use infra_values::address::{AbsoluteResource, InstanceKey, Resource, ResourceMode};
use infra_values::{Kind, Marks, Str, Type, Value};

use super::{Expansion, InstanceId, Phase, RepetitionValues, UseId, World};
use crate::diagnostics::{Diagnostic, Diagnostics};
use crate::evaluate::{EvaluatedStep, Scope};
use crate::functions::{self, Function};
use crate::syntax::{Name, Span};

/// The scope of expressions in a module instance; notes what they use.
pub struct ModuleScope<'w, 'c> {
    world: &'w mut World<'c>,
    functions: super::FunctionContext,
    instance: InstanceId,
    repetition: Option<RepetitionValues>,
    self_value: Option<Value>,
    /// `path.module`, where it is not that of the instance.
    directory: Option<Str>,
    used: Vec<UseId>,
}

type Resolved = Result<(Value, usize), Diagnostics>;

impl<'w, 'c> ModuleScope<'w, 'c> {
    /// A scope in which nothing has been used yet.
    pub fn new(world: &'w mut World<'c>, instance: InstanceId, repetition: Option<&RepetitionValues>) -> Self {
        let mut functions = world.surroundings.functions.clone();
        // What differs from call to call is not known before it is decided that something happens.
        if !matches!(world.phase, Phase::Apply | Phase::Console) {
            functions.clock = None;
        }
        Self {
            world,
            functions,
            instance,
            repetition: repetition.cloned(),
            self_value: None,
            directory: None,
            used: Vec::new(),
        }
    }

    /// What `path.module` is, where the instance stands for one that is gone.
    pub fn set_directory(&mut self, directory: Str) {
        self.directory = Some(directory);
    }

    /// What `self` is, in postconditions and provisioners.
    pub fn set_self(&mut self, value: Option<Value>) {
        self.self_value = value;
    }

    /// What has been used.
    pub fn into_uses(self) -> Vec<UseId> {
        self.used
    }

    fn each(&self, steps: &[EvaluatedStep<'_>], root: &Name) -> Resolved {
        let Some(attribute) = attribute_at(steps, 0) else { return unfinished(steps) };
        let value = match (&self.repetition, attribute) {
            (Some(RepetitionValues { key: InstanceKey::String(key), .. }), "key") => Value::string(key),
            (Some(RepetitionValues { each_value: Some(value), .. }), "value") => value.clone(),
            // The keys are not known while validating.
            (Some(RepetitionValues { each_value: Some(_), .. }), "key") => Value::unknown_not_null(Type::String),
            (_, "key") => {
                return fail(
                    root.span,
                    "Reference to \"each\" in context without for_each",
                    "The \"each\" object can be used only in \"module\" or \"resource\" blocks, and only when the \
                     \"for_each\" argument is set.",
                );
            }
            (_, "value") => {
                return fail(
                    root.span,
                    "each.value cannot be used in this context",
                    "\"each.value\" can be used only in \"module\" or \"resource\" blocks, and only when the \
                     \"for_each\" argument is set.",
                );
            }
            _ => {
                return fail(
                    root.span,
                    "Invalid \"each\" attribute",
                    "The \"each\" object has the attributes \"key\" and \"value\".",
                );
            }
        };
        Ok((value, 1))
    }

    fn count(&self, steps: &[EvaluatedStep<'_>], root: &Name) -> Resolved {
        match (&self.repetition, attribute_at(steps, 0)) {
            (_, None) => unfinished(steps),
            (Some(RepetitionValues { key: InstanceKey::Int(index), .. }), Some("index")) => {
                Ok((Value::number(*index), 1))
            }
            (Some(RepetitionValues { is_counted: true, .. }), Some("index")) => {
                Ok((Value::unknown_not_null(Type::Number), 1))
            }
            (_, Some("index")) => fail(
                root.span,
                "Reference to \"count\" in non-counted context",
                "The \"count\" object can only be used in \"module\", \"resource\", and \"data\" blocks, and only when \
                 the \"count\" argument is set.",
            ),
            _ => fail(root.span, "Invalid \"count\" attribute", "The \"count\" object has one attribute: \"index\"."),
        }
    }

    fn path(&self, steps: &[EvaluatedStep<'_>], root: &Name) -> Resolved {
        let text = match attribute_at(steps, 0) {
            Some("module") => {
                self.directory.clone().unwrap_or_else(|| self.world.module_of(self.instance).directory.clone())
            }
            Some("root") => Str::from("."),
            Some("cwd") => self.world.surroundings.original_directory.clone(),
            None => return unfinished(steps),
            _ => {
                return fail(
                    root.span,
                    "Invalid \"path\" attribute",
                    "The \"path\" object has the attributes \"module\", \"root\" and \"cwd\".",
                );
            }
        };
        Ok((Value::string(text), 1))
    }

    fn terraform(&self, steps: &[EvaluatedStep<'_>], root: &Name) -> Resolved {
        match attribute_at(steps, 0) {
            None => unfinished(steps),
            Some("workspace") => Ok((Value::string(&self.world.surroundings.workspace), 1)),
            Some("applying") => {
                let value = Value::bool(self.world.phase == Phase::Apply);
                Ok((value.with_marks(&Marks::ephemeral()), 1))
            }
            Some("env") => fail(
                root.span,
                "Invalid \"terraform\" attribute",
                "The terraform.env attribute is gone; use terraform.workspace instead.",
            ),
            _ => fail(
                root.span,
                "Invalid \"terraform\" attribute",
                "The \"terraform\" object has the attributes \"workspace\" and \"applying\".",
            ),
        }
    }

    fn module_output(&mut self, steps: &[EvaluatedStep<'_>]) -> Resolved {
        let Some(name) = attribute_at(steps, 0).map(Str::from) else { return Ok((Value::unknown(Type::Any), 1)) };
        if self.world.call(self.instance, &name).is_none() {
            return Ok((Value::unknown(Type::Any), 1));
        }
        let Some((expansion, used_as)) = self.world.call_expansion(self.instance, &name) else {
            return Ok((Value::unknown(Type::Any), 1));
        };
        self.used.push(used_as);
        let children = self.world.call(self.instance, &name).cloned().unwrap_or_default();
        let one = |scope: &mut Self, key: &InstanceKey, taken: usize| -> Option<(Value, usize)> {
            let child = *children.get(key)?;
            match attribute_at(steps, taken) {
                Some(output) if scope.world.module_of(child).outputs.contains_key(output) => {
                    let (value, used) = scope.world.output(child, &Str::from(output));
                    scope.used.push(used);
                    Some((value, taken + 1))
                }
                // There is no such output, which building the graph has reported.
                Some(_) => Some((Value::unknown(Type::Any), taken + 1)),
                None => Some((scope.outputs_of(child), taken)),
            }
        };
        match &expansion {
            Expansion::Single => Ok(one(self, &InstanceKey::None, 1).unwrap_or((Value::unknown(Type::Any), 1))),
            Expansion::Failed | Expansion::ManyUnknown { .. } => Ok((Value::unknown(Type::Any), steps.len())),
            Expansion::Count(_) | Expansion::ForEach(_) => {
                if let Some(key) = instance_key_at(steps, 1, &expansion)
                    && let Some(found) = one(self, &key, 2)
                {
                    return Ok(found);
                }
                let values = children.iter().map(|(key, child)| (key.clone(), self.outputs_of(*child))).collect();
                Ok((collect(values, &expansion), 1))
            }
        }
    }

    /// All outputs of a module instance as an object.
    fn outputs_of(&mut self, child: InstanceId) -> Value {
        let names: Vec<Str> = self.world.module_of(child).outputs.keys().cloned().collect();
        let mut attributes = BTreeMap::new();
        for name in names {
            let (value, used) = self.world.output(child, &name);
            self.used.push(used);
            attributes.insert(name, value);
        }
        Value::object(attributes)
    }

    /// The value of a resource: of one instance where the next step picks one, of all otherwise. `first` is the
    /// position of the step after the resource's name.
    fn resource(&mut self, resource: &Resource, steps: &[EvaluatedStep<'_>], first: usize) -> Resolved {
        if self.world.phase == Phase::Console {
            return Ok((self.stored_resource(resource), first));
        }
        let (expansion, whole) = self.world.expansion(self.instance, resource);
        if self.world.phase == Phase::Validate {
            // A key picks one of the instances, of which nothing is known yet.
            let picks = matches!(expansion, Expansion::ManyUnknown { .. })
                && matches!(steps.get(first), Some(EvaluatedStep::Index(..)));
            return Ok(if picks {
                (self.unknown_resource(resource, &Expansion::Single), first + 1)
            } else {
                (self.unknown_resource(resource, &expansion), first)
            });
        }
        let picked = match &expansion {
            Expansion::Single => Some((InstanceKey::None, first)),
            _ => instance_key_at(steps, first, &expansion).map(|key| (key, first + 1)),
        };
        if let Some((key, taken)) = picked {
            let address = infra_values::address::ResourceInstance {
                module: self.world.address_of(self.instance).clone(),
                resource: resource.clone(),
                key: key.clone(),
            };
            let used = self.world.uses.instance(&address);
            self.used.push(used);
            return Ok((self.instance_value(resource, &key), taken));
        }
        self.used.push(whole);
        if expansion == Expansion::Failed {
            return Ok((Value::unknown(Type::Any), first));
        }
        if let Some(known) = self.whole_value(resource) {
            return Ok((known, first));
        }
        let values = expansion
            .instances()
            .into_iter()
            .map(|repetition| {
                let value = self.instance_value(resource, &repetition.key);
                (repetition.key, value)
            })
            .collect();
        let value = collect(values, &expansion);
        // Many instances of one resource often refer to all of another one.
        if let Some(data) = self.world.modules[self.instance.0].resources.get_mut(resource) {
            data.whole = Some(value.clone());
        }
        Ok((value, first))
    }

    /// All instances that are stored; unknown where there is none.
    fn stored_resource(&self, resource: &Resource) -> Value {
        let address =
            AbsoluteResource { module: self.world.address_of(self.instance).clone(), resource: resource.clone() };
        let Some(stored) = &self.world.stored else { return Value::unknown(Type::Any) };
        let value = |key: InstanceKey| stored.value(&address.instance(key)).unwrap_or(Value::unknown(Type::Any));
        let keys = stored.keys(&address);
        match keys.last() {
            None => Value::unknown(Type::Any),
            Some(InstanceKey::None) => value(InstanceKey::None),
            Some(InstanceKey::Int(last)) => {
                Value::tuple((0..=*last).map(|index| value(InstanceKey::Int(index))).collect::<Vec<_>>())
            }
            Some(InstanceKey::String(_)) => Value::object(
                keys.into_iter()
                    .filter_map(|key| match &key {
                        InstanceKey::String(name) => Some((name.clone(), value(key))),
                        _ => None,
                    })
                    .collect(),
            ),
        }
    }

    fn whole_value(&self, resource: &Resource) -> Option<Value> {
        self.world.modules[self.instance.0].resources.get(resource)?.whole.clone()
    }

    fn instance_value(&mut self, resource: &Resource, key: &InstanceKey) -> Value {
        self.world
            .current_value(self.instance, resource, key)
            .unwrap_or_else(|| self.unknown_resource(resource, &Expansion::Single))
    }

    /// What a resource is worth while nothing is known of it.
    fn unknown_resource(&self, resource: &Resource, expansion: &Expansion) -> Value {
        let module = self.world.module_of(self.instance);
        let one = self.world.schema_of(module, resource).map(|schema| schema.implied_type().clone());
        let ty = match (one, expansion) {
            (None, _) => Type::Any,
            (Some(one), Expansion::Single) => one,
            (Some(_), Expansion::Failed) => Type::Any,
            (Some(one), Expansion::ForEach(_) | Expansion::ManyUnknown { by_key: true }) => Type::map(one),
            (Some(one), _) => Type::list(one),
        };
        // A type with dynamic parts cannot be that of a collection's elements.
        let unknown =
            if ty.is_collection() && ty.has_any() { Value::unknown(Type::Any) } else { Value::unknown_not_null(ty) };
        match resource.mode {
            ResourceMode::Ephemeral => unknown.with_marks(&Marks::ephemeral()),
            _ => unknown,
        }
    }
}

impl Scope for ModuleScope<'_, '_> {
    fn resolve(&mut self, root: &Name, steps: &[EvaluatedStep<'_>]) -> Resolved {
        match root.text.as_str() {
            "var" => {
                let Some(name) = attribute_at(steps, 0) else { return unfinished(steps) };
                let (value, used) = self.world.variable(self.instance, &Str::from(name));
                self.used.push(used);
                Ok((value, 1))
            }
            "local" => {
                let Some(name) = attribute_at(steps, 0) else { return unfinished(steps) };
                let (value, used) = self.world.local(self.instance, &Str::from(name));
                self.used.push(used);
                Ok((value, 1))
            }
            "each" => self.each(steps, root),
            "count" => self.count(steps, root),
            "path" => self.path(steps, root),
            "terraform" => self.terraform(steps, root),
            "self" => match &self.self_value {
                Some(value) => Ok((value.clone(), 0)),
                None => fail(
                    root.span,
                    "Invalid \"self\" reference",
                    "The \"self\" object is not available here: only in postconditions and provisioners.",
                ),
            },
            "module" => self.module_output(steps),
            word @ ("data" | "resource" | "ephemeral") => match (attribute_at(steps, 0), attribute_at(steps, 1)) {
                (Some(type_name), Some(name)) => {
                    let mode = match word {
                        "data" => ResourceMode::Data,
                        "ephemeral" => ResourceMode::Ephemeral,
                        _ => ResourceMode::Managed,
                    };
                    let resource = Resource { mode, type_name: type_name.into(), name: name.into() };
                    self.resource(&resource, steps, 2)
                }
                _ => unfinished(steps),
            },
            type_name => match attribute_at(steps, 0) {
                Some(name) => self.resource(&Resource::managed(type_name, name), steps, 1),
                None => unfinished(steps),
            },
        }
    }

    fn function_context(&self) -> &dyn functions::Context {
        &self.functions
    }

    fn provider_functions(&self, local_name: &str) -> Option<&'static [Function]> {
        let module = self.world.module_of(self.instance);
        module.required_providers.get(local_name)?;
        Some(self.world.providers.get(&module.provider_address(local_name))?.functions())
    }
}

fn attribute_at<'s>(steps: &'s [EvaluatedStep<'_>], position: usize) -> Option<&'s str> {
    match steps.get(position) {
        Some(EvaluatedStep::Attribute(name)) => Some(&name.text),
        _ => None,
    }
}

/// The instance that a step picks, if it picks one that exists.
fn instance_key_at(steps: &[EvaluatedStep<'_>], position: usize, expansion: &Expansion) -> Option<InstanceKey> {
    let key = match steps.get(position)? {
        EvaluatedStep::Index(key, _) if key.marks().is_empty() => key.clone(),
        EvaluatedStep::Attribute(name) => Value::string(&name.text),
        EvaluatedStep::Index(..) | EvaluatedStep::Splat(..) => return None,
    };
    match (expansion, key.kind()) {
        (Expansion::Count(count), Kind::Number(number)) => {
            number.as_u64().filter(|index| index < count).map(InstanceKey::Int)
        }
        (Expansion::Count(count), Kind::String(text)) => {
            text.parse().ok().filter(|index| index < count).map(InstanceKey::Int)
        }
        (Expansion::ForEach(entries), Kind::String(text)) if entries.contains_key(text) => {
            Some(InstanceKey::String(text.clone()))
        }
        _ => None,
    }
}

/// All instances as a tuple or an object.
fn collect(values: Vec<(InstanceKey, Value)>, expansion: &Expansion) -> Value {
    match expansion {
        Expansion::ForEach(_) => Value::object(
            values
                .into_iter()
                .filter_map(|(key, value)| match key {
                    InstanceKey::String(key) => Some((key, value)),
                    _ => None,
                })
                .collect(),
        ),
        _ => Value::tuple(values.into_iter().map(|(_, value)| value).collect::<Vec<_>>()),
    }
}

fn fail(span: Span, summary: &str, detail: &str) -> Resolved {
    Err(Diagnostic::error(summary, detail).at(span).into())
}

/// A reference that building the graph has reported: nothing is known of it.
fn unfinished(steps: &[EvaluatedStep<'_>]) -> Resolved {
    Ok((Value::unknown(Type::Any), steps.len()))
}
