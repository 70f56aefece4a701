//! How many instances of a resource or module there are.

use std::collections::BTreeMap;
use std::sync::Arc;

use infra_values::address::{AbsoluteResource, InstanceKey, Resource};
use infra_values::convert::convert;
use infra_values::{Kind, Str, Type, Value};

use super::{CallData, InstanceId, ModuleScope, Phase, RepetitionValues, ResourceData, UseId, World};
use crate::config::Repetition;
use crate::diagnostics::{Cause, Diagnostic};
use crate::evaluate::Evaluator;
use crate::syntax::Expression;

/// The instances of something.
#[derive(Clone, Debug, PartialEq)]
pub enum Expansion {
    /// One, without a key.
    Single,
    /// Positions from 0.
    Count(u64),
    /// Keys with `each.value`.
    ForEach(Arc<BTreeMap<Str, Value>>),
    /// It could not be found out, which was reported.
    Failed,
    /// It cannot be known while validating.
    ManyUnknown {
        /// Whether the keys are strings.
        by_key: bool,
    },
}

/// Which instances there are could not be found out.
pub(crate) struct Undecided;

/// `count` may not be larger: Terraform's limit, that of a 32-bit integer.
const COUNT_MAX: u64 = i32::MAX as u64;

impl Expansion {
    /// What `each` and `count` are in every instance, in order.
    pub fn instances(&self) -> Vec<RepetitionValues> {
        match self {
            Self::Single => vec![RepetitionValues::default()],
            Self::Count(count) => {
                (0..*count).map(|index| RepetitionValues { key: InstanceKey::Int(index), ..counted() }).collect()
            }
            Self::ForEach(entries) => entries
                .iter()
                .map(|(key, value)| RepetitionValues {
                    key: InstanceKey::String(key.clone()),
                    each_value: Some(value.clone()),
                    is_counted: false,
                })
                .collect(),
            Self::Failed => Vec::new(),
            Self::ManyUnknown { by_key: true } => {
                vec![RepetitionValues { each_value: Some(Value::unknown(Type::Any)), ..RepetitionValues::default() }]
            }
            Self::ManyUnknown { by_key: false } => vec![counted()],
        }
    }
}

impl Expansion {
    /// What `each` and `count` are in one instance; `None` where there is no such instance.
    pub fn repetition(&self, key: &InstanceKey) -> Option<RepetitionValues> {
        let each_value = match (self, key) {
            (Self::Single, InstanceKey::None) => None,
            (Self::Count(count), InstanceKey::Int(index)) if index < count => None,
            (Self::ForEach(entries), InstanceKey::String(key)) => Some(entries.get(key)?.clone()),
            _ => return None,
        };
        Some(RepetitionValues { key: key.clone(), each_value, is_counted: matches!(self, Self::Count(_)) })
    }
}

/// An instance of something that is counted.
fn counted() -> RepetitionValues {
    RepetitionValues { is_counted: true, ..RepetitionValues::default() }
}

impl World<'_> {
    /// The instances of a resource in a module instance, and what all of them together are used as.
    pub fn expansion(&mut self, instance: InstanceId, resource: &Resource) -> (Expansion, UseId) {
        if let Some(data) = self.modules[instance.0].resources.get(resource) {
            return (data.expansion.clone(), data.used_as);
        }
        let address = AbsoluteResource { module: self.address_of(instance).clone(), resource: resource.clone() };
        let used_as = self.uses.resource(&address);
        let module = self.module_of(instance);
        let Some(declared) = module.resources.get(resource) else { return (Expansion::Failed, used_as) };
        // Stands for the instances while they are counted: a number that needs itself, which building the graph has
        // reported, is not found out instead of being counted for ever.
        let circular = ResourceData {
            expansion: Expansion::Failed,
            instances: BTreeMap::new(),
            used_as,
            repetition_used_as: UseId::NOTHING,
            whole: None,
        };
        self.modules[instance.0].resources.insert(resource.clone(), circular);
        let (expansion, used) = self.expand(instance, &declared.repetition);
        let repetition_used_as = self.uses.add(super::Use::Value, used);
        self.uses.extend(used_as, vec![repetition_used_as]);
        let data = ResourceData {
            expansion: expansion.clone(),
            instances: BTreeMap::new(),
            used_as,
            repetition_used_as,
            whole: None,
        };
        self.modules[instance.0].resources.insert(resource.clone(), data);
        (expansion, used_as)
    }

    /// What the `count` or `for_each` of a resource is used as, which each of its instances needs.
    pub fn repetition_use(&mut self, instance: InstanceId, resource: &Resource) -> Option<UseId> {
        self.expansion(instance, resource);
        self.modules[instance.0].resources.get(resource).map(|data| data.repetition_used_as)
    }

    /// What telling the instances of a called module apart used, once that was done.
    pub fn call_use(&self, instance: InstanceId, name: &Str) -> Option<UseId> {
        self.modules[instance.0].calls.get(name).map(|call| call.used_as)
    }

    /// The instances of a called module; `None` where there is no such call.
    pub fn call(&mut self, instance: InstanceId, name: &Str) -> Option<&BTreeMap<InstanceKey, InstanceId>> {
        if !self.modules[instance.0].calls.contains_key(name) {
            let module = self.module_of(instance);
            let call = module.calls.get(name)?;
            let circular =
                CallData { expansion: Expansion::Failed, instances: BTreeMap::new(), used_as: UseId::NOTHING };
            self.modules[instance.0].calls.insert(name.clone(), circular);
            let (expansion, mut used) = self.expand(instance, &call.repetition);
            for traversal in &call.depends_on {
                used.extend(self.depends_on(instance, traversal));
            }
            // What the calls around this one wait for, everything inside waits for too.
            used.extend(self.enclosing_uses(instance));
            let used_as = self.uses.add(super::Use::Value, used);
            let mut instances = BTreeMap::new();
            for repetition in expansion.instances() {
                let address = self.address_of(instance).child(name.clone(), repetition.key.clone());
                let key = repetition.key.clone();
                let id = self.add_module(address, call.child, Some((instance, repetition)), Some(used_as));
                instances.insert(key, id);
            }
            self.modules[instance.0].calls.insert(name.clone(), CallData { expansion, instances, used_as });
        }
        self.modules[instance.0].calls.get(name).map(|call| &call.instances)
    }

    /// The instances of a called module, if something has asked for them already.
    pub fn known_call(&self, instance: InstanceId, name: &Str) -> Option<&BTreeMap<InstanceKey, InstanceId>> {
        self.modules[instance.0].calls.get(name).map(|call| &call.instances)
    }

    /// One instance of a called module that was expanded; an error where a mistake, reported already, keeps us from
    /// knowing which there are.
    pub(crate) fn call_instance(
        &self,
        instance: InstanceId,
        name: &Str,
        key: &InstanceKey,
    ) -> Result<Option<InstanceId>, Undecided> {
        let Some(call) = self.modules[instance.0].calls.get(name) else { return Ok(None) };
        if call.expansion == Expansion::Failed {
            return Err(Undecided);
        }
        Ok(call.instances.get(key).copied())
    }

    /// How a call is repeated, and what its expansion is used as. The call must have been expanded.
    pub(super) fn call_expansion(&self, instance: InstanceId, name: &Str) -> Option<(Expansion, UseId)> {
        self.modules[instance.0].calls.get(name).map(|call| (call.expansion.clone(), call.used_as))
    }

    fn expand(&mut self, instance: InstanceId, repetition: &Repetition) -> (Expansion, Vec<UseId>) {
        let Some(expression) = repetition.expression() else { return (Expansion::Single, Vec::new()) };
        let errors_before = self.diagnostics.0.len();
        let (value, used) = self.evaluate(instance, expression, None);
        // A mistake in what it refers to was reported there.
        if self.diagnostics.0.len() > errors_before || (self.has_failed && !value.is_wholly_known()) {
            return (Expansion::Failed, used);
        }
        let by_key = matches!(repetition, Repetition::ForEach(_));
        let expanded = if by_key { for_each(&value, expression) } else { count(&value, expression) };
        let expansion = match expanded {
            // While validating nobody knows how many there will be; mistakes in what is known still count.
            Ok(_) if self.phase == Phase::Validate => Expansion::ManyUnknown { by_key },
            Ok(Some(expansion)) => expansion,
            Ok(None) => {
                let mistake = unknown_repetition(by_key, expression).because(Cause::Unknown);
                self.rejected(instance, repetition, expression, mistake)
            }
            Err(mistake) => self.rejected(instance, repetition, expression, mistake),
        };
        (expansion, used)
    }

    fn rejected(
        &mut self,
        instance: InstanceId,
        repetition: &Repetition,
        expression: &Expression,
        mut mistake: Diagnostic,
    ) -> Expansion {
        let mut scope = ModuleScope::new(self, instance, None);
        mistake.values = Evaluator::new(&mut scope).values_in(expression);
        self.invalid_repetition(repetition, mistake.into())
    }
}

fn unknown_repetition(by_key: bool, expression: &Expression) -> Diagnostic {
    let (name, what) = if by_key { ("for_each", "set of keys") } else { ("count", "number of instances") };
    Diagnostic::error(
        format!("Invalid {name} argument"),
        format!(
            "The \"{name}\" value depends on resource attributes that cannot be determined until apply, so the {what} \
             is not known. Use a value that is known before: a variable, a local value, or static keys with the unknown \
             parts in the values. To apply what it depends on first, use -target."
        ),
    )
    .at(expression.span)
}

/// `None` while it is unknown.
fn count(value: &Value, expression: &Expression) -> Result<Option<Expansion>, Diagnostic> {
    let invalid = |detail: &str| Diagnostic::error("Invalid count argument", detail).at(expression.span);
    if value.marks().is_ephemeral() {
        return Err(invalid("The \"count\" value may not be ephemeral: instances outlive a single run.")
            .because(Cause::Ephemeral));
    }
    if value.is_null() {
        return Err(invalid("The given \"count\" argument value is null. A whole number is required."));
    }
    let number = convert(value, &Type::Number).map_err(|error| {
        let detail = format!("The given \"count\" argument value is unsuitable: {error}.");
        Diagnostic::error("Incorrect value type", detail).at(expression.span)
    })?;
    let Kind::Number(number) = number.kind() else { return Ok(None) };
    match number.as_u64() {
        Some(count) if count <= COUNT_MAX => Ok(Some(Expansion::Count(count))),
        Some(_) => Err(invalid("The given \"count\" argument value is too large: at most 2147483647 is allowed.")),
        None if number.signum() < 0 => {
            Err(invalid("The given \"count\" argument value is unsuitable: must be greater than or equal to zero."))
        }
        None => Err(invalid("The given \"count\" argument value is unsuitable: a whole number is required.")),
    }
}

/// `None` while it is unknown.
fn for_each(value: &Value, expression: &Expression) -> Result<Option<Expansion>, Diagnostic> {
    let invalid = |detail: String| Diagnostic::error("Invalid for_each argument", detail).at(expression.span);
    if value.marks().is_sensitive() || value.marks().is_ephemeral() {
        return Err(invalid(
            "Sensitive or ephemeral values, or values derived from them, cannot be used as for_each arguments: keys \
             are shown in addresses. Use nonsensitive() on keys that are no secret."
                .into(),
        )
        .because(if value.marks().is_sensitive() { Cause::Sensitive } else { Cause::Ephemeral }));
    }
    if value.is_null() {
        return Err(invalid(
            "The given \"for_each\" argument value is null. A map, or a set of strings, is allowed.".into(),
        ));
    }
    match value.kind() {
        Kind::Map(_, entries) | Kind::Object(entries) => Ok(Some(Expansion::ForEach(Arc::clone(entries)))),
        Kind::Set(element, items) => {
            let invalid =
                |detail: String| Diagnostic::error("Invalid for_each set argument", detail).at(expression.span);
            if *element != Type::String && !items.is_empty() {
                return Err(invalid(format!(
                    "The given \"for_each\" argument value is unsuitable: sets of strings may be used, but this is a \
                     set of {}. Convert it with toset([for x in … : tostring(x)]).",
                    element.friendly_name()
                )));
            }
            let mut entries = BTreeMap::new();
            for item in items.iter() {
                match item.kind() {
                    Kind::String(text) => {
                        entries.insert(text.clone(), item.clone());
                    }
                    Kind::Unknown(_) => return Ok(None),
                    _ => {
                        return Err(invalid(
                            "The given \"for_each\" argument value is unsuitable: sets must not contain null values."
                                .into(),
                        ));
                    }
                }
            }
            Ok(Some(Expansion::ForEach(Arc::new(entries))))
        }
        Kind::Unknown(unknown) => match &unknown.ty {
            Type::Any | Type::Map(_) | Type::Set(_) | Type::Object(_) => Ok(None),
            other => Err(unsuitable_for_each(other, expression)),
        },
        _ => Err(unsuitable_for_each(&value.ty(), expression)),
    }
}

fn unsuitable_for_each(ty: &Type, expression: &Expression) -> Diagnostic {
    Diagnostic::error(
        "Invalid for_each argument",
        format!(
            "The given \"for_each\" argument value is unsuitable: it must be a map, or set of strings, and you have \
             provided a value of type {}. A list becomes a set with toset(…).",
            ty.friendly_name()
        ),
    )
    .at(expression.span)
}
