//! What everything in a configuration is worth: values of variables, locals, outputs and resources for every
//! instance of every module, computed on demand and once.
//!
//! The same world serves validating, planning and applying. It is told what resources are worth
//! ([`World::set_instance`]) and how many there are; everything else follows from the files. While it evaluates, it
//! notes which value used which ([`Uses`]); from that the plan gets its edges.
//!
//! A mistake is reported once, in [`World::diagnostics`]; the value in question becomes unknown, so that whatever
//! uses it does not report it again.

use std::collections::{BTreeMap, HashMap, HashSet};
use std::sync::Arc;

use infra_values::address::{AbsoluteResource, InstanceKey, ModuleInstance, Resource, ResourceInstance};
use infra_values::{Marks, Str, Type, Value};

use crate::checks::{CheckResults, Checked};
use crate::config::{Config, Module, ModuleId, Repetition};
use crate::diagnostics::{Diagnostic, Diagnostics};
use crate::evaluate::{Binding, Evaluator};
use crate::language::Language;
use crate::provider::{Provider, TypeLookup};
use crate::schema::Schema;
use crate::syntax::{Expression, Span};

mod conditions;
mod context;
mod expansion;
mod scope;
mod uses;
pub mod variables;

pub use conditions::{ConditionKind, Subject};
pub use context::FunctionContext;
pub use expansion::Expansion;
pub use scope::ModuleScope;
pub use uses::{Use, UseId, Uses};

/// The providers a configuration may use, by source address.
pub type Providers = BTreeMap<infra_values::address::ProviderAddress, Arc<dyn Provider>>;

/// What the world is evaluated for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Phase {
    /// Nothing from outside is known; every module has one instance.
    Validate,
    /// What resources will be worth is partly known.
    Plan,
    /// What a resource is worth is known once its operation is done.
    Apply,
    /// Resources are worth what is stored and nothing else.
    Console,
}

/// Settings that do not come from files.
#[derive(Clone, Debug)]
pub struct Surroundings {
    /// Current folder, for `path.cwd`: before `-chdir`.
    pub original_directory: Str,
    /// The current workspace.
    pub workspace: Str,
    /// What functions need.
    pub functions: FunctionContext,
}

/// Position of a module instance in the world.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct InstanceId(usize);

impl InstanceId {
    /// The root module.
    pub const ROOT: Self = Self(0);
}

/// `each` and `count` where something is repeated.
#[derive(Clone, Debug, Default)]
pub struct RepetitionValues {
    /// Which instance.
    pub key: InstanceKey,
    /// `each.value`
    pub each_value: Option<Value>,
    /// Whether there is a `count`, also while it is not known.
    pub is_counted: bool,
}

/// One instance of a module with what is known of it.
struct ModuleData {
    address: ModuleInstance,
    module: ModuleId,
    /// The instance that calls it, and how this one is repeated there.
    caller: Option<(InstanceId, RepetitionValues)>,
    /// What the calls that lead here wait for.
    enclosing: Option<UseId>,
    variables: HashMap<Str, Known>,
    /// Variables with a rule of which it was not known yet whether it holds.
    undecided_variables: HashSet<Str>,
    locals: HashMap<Str, Known>,
    outputs: HashMap<Str, Known>,
    resources: HashMap<Resource, ResourceData>,
    calls: HashMap<Str, CallData>,
}

/// A value that was computed, and its place among the uses.
#[derive(Clone)]
struct Known {
    value: Value,
    used_as: UseId,
}

impl Known {
    /// Stands for a value while it is computed: one that needs itself, which building the graph has reported, is
    /// unknown instead of computed for ever.
    fn circular() -> Self {
        Self { value: Value::unknown(Type::Any), used_as: UseId::NOTHING }
    }
}

struct ResourceData {
    expansion: Expansion,
    instances: BTreeMap<InstanceKey, Known>,
    /// All instances together.
    used_as: UseId,
    /// `count` or `for_each`.
    repetition_used_as: UseId,
    /// The value of all instances together, once something asked for it.
    whole: Option<Value>,
}

struct CallData {
    expansion: Expansion,
    instances: BTreeMap<InstanceKey, InstanceId>,
    used_as: UseId,
}

/// See the module's documentation.
pub struct World<'c> {
    /// The files.
    pub config: &'c Config,
    /// Mistakes found while evaluating.
    pub diagnostics: Diagnostics,
    /// Which value used which.
    pub uses: Uses,
    /// What conditions came to.
    pub check_results: CheckResults,
    providers: &'c Providers,
    phase: Phase,
    surroundings: Surroundings,
    root_variables: BTreeMap<Str, Value>,
    modules: Vec<ModuleData>,
    by_address: HashMap<ModuleInstance, InstanceId>,
    by_module: HashMap<ModuleId, BTreeMap<ModuleInstance, InstanceId>>,
    /// Whether an expression could not be evaluated, so that something is unknown for no better reason.
    has_failed: bool,
    stored: Option<Box<dyn StoredValues + 'c>>,
    /// Whether conditions only warn: where nothing is going to be changed.
    only_warns: bool,
}

/// What resource instances are worth that nothing is done to: asked for when something refers to one.
pub trait StoredValues {
    /// The value of an instance; `None` while it is not known.
    fn value(&self, address: &ResourceInstance) -> Option<Value>;

    /// The keys of all instances that are stored, for [`Phase::Console`]; elsewhere the files say which there are.
    fn keys(&self, _resource: &AbsoluteResource) -> Vec<InstanceKey> {
        Vec::new()
    }
}

impl<'c> World<'c> {
    /// A world in which only the root module's variables are known (converted to their types).
    pub fn new(
        config: &'c Config,
        providers: &'c Providers,
        phase: Phase,
        surroundings: Surroundings,
        root_variables: BTreeMap<Str, Value>,
    ) -> Self {
        let mut world = Self {
            config,
            diagnostics: Diagnostics::new(),
            uses: Uses::default(),
            check_results: CheckResults::of(config),
            providers,
            phase,
            surroundings,
            root_variables,
            modules: Vec::new(),
            by_address: HashMap::new(),
            by_module: HashMap::new(),
            has_failed: false,
            stored: None,
            only_warns: false,
        };
        world.add_module(ModuleInstance::root(), ModuleId::ROOT, None, None);
        world
    }

    fn add_module(
        &mut self,
        address: ModuleInstance,
        module: ModuleId,
        caller: Option<(InstanceId, RepetitionValues)>,
        enclosing: Option<UseId>,
    ) -> InstanceId {
        let id = InstanceId(self.modules.len());
        self.by_address.insert(address.clone(), id);
        self.by_module.entry(module).or_default().insert(address.clone(), id);
        self.modules.push(ModuleData {
            address,
            module,
            caller,
            enclosing,
            variables: HashMap::new(),
            undecided_variables: HashSet::new(),
            locals: HashMap::new(),
            outputs: HashMap::new(),
            resources: HashMap::new(),
            calls: HashMap::new(),
        });
        id
    }

    /// Tells where values of instances come from that were not set.
    pub fn set_stored(&mut self, stored: impl StoredValues + 'c) {
        self.stored = Some(Box::new(stored));
    }

    /// Makes preconditions and postconditions that do not hold warnings: nothing is going to be changed.
    pub fn only_warn(&mut self) {
        self.only_warns = true;
    }

    /// What the world is evaluated for.
    pub fn phase(&self) -> Phase {
        self.phase
    }

    /// Settings that do not come from files.
    pub fn surroundings(&self) -> &Surroundings {
        &self.surroundings
    }

    /// The files of a module instance.
    pub fn module_of(&self, instance: InstanceId) -> &'c Module {
        self.config.module(self.modules[instance.0].module)
    }

    /// The address of a module instance.
    pub fn address_of(&self, instance: InstanceId) -> &ModuleInstance {
        &self.modules[instance.0].address
    }

    /// The instance at an address, if it was expanded.
    pub fn instance_at(&self, address: &ModuleInstance) -> Option<InstanceId> {
        self.by_address.get(address).copied()
    }

    /// The instance at an address, expanding calls on the way to it; `None` where there is none.
    pub fn find_instance(&mut self, address: &ModuleInstance) -> Option<InstanceId> {
        if let Some(found) = self.instance_at(address) {
            return Some(found);
        }
        let mut at = InstanceId::ROOT;
        for (name, key) in address.0.iter() {
            at = self.call(at, name)?.get(key).copied()?;
        }
        Some(at)
    }

    /// All instances of a module that calls have made so far, in order of their addresses.
    pub fn instances_of(&self, module: ModuleId) -> Vec<InstanceId> {
        self.by_module.get(&module).map(|found| found.values().copied().collect()).unwrap_or_default()
    }

    /// What the calls that lead to a module instance wait for: their `depends_on`, `count` and `for_each`.
    pub fn enclosing_uses(&self, instance: InstanceId) -> Option<UseId> {
        self.modules[instance.0].enclosing
    }

    /// Whether an expression could not be evaluated, which was reported: what is unknown may be so because of that.
    pub fn has_failed(&self) -> bool {
        self.has_failed
    }

    /// The schema of a resource or data source; `None` for a type that nobody knows.
    pub fn schema_of(&self, module: &Module, resource: &Resource) -> Option<&'c Schema> {
        let declared = module.resources.get(resource)?;
        let provider = self.providers.get(&module.provider_address(&declared.provider.name))?;
        match resource.mode {
            infra_values::address::ResourceMode::Ephemeral => match provider.ephemeral_type(&resource.type_name) {
                TypeLookup::Found(found) => Some(found.schema()),
                TypeLookup::Unsupported(schema) => schema,
                TypeLookup::Unknown => None,
            },
            infra_values::address::ResourceMode::Data => match provider.data_type(&resource.type_name) {
                TypeLookup::Found(found) => Some(found.schema()),
                TypeLookup::Unsupported(schema) => schema,
                TypeLookup::Unknown => None,
            },
            _ => match provider.managed_type(&resource.type_name) {
                TypeLookup::Found(found) => Some(found.schema()),
                TypeLookup::Unsupported(schema) => schema,
                TypeLookup::Unknown => None,
            },
        }
    }

    /// Evaluates an expression in a module instance, with what it used. Mistakes are recorded and give unknown.
    pub fn evaluate(
        &mut self,
        instance: InstanceId,
        expression: &Expression,
        repetition: Option<&RepetitionValues>,
    ) -> (Value, Vec<UseId>) {
        let mut scope = ModuleScope::new(self, instance, repetition);
        let outcome = Evaluator::new(&mut scope).evaluate(expression);
        let used = scope.into_uses();
        (self.or_unknown(outcome), used)
    }

    pub(crate) fn or_unknown(&mut self, outcome: Result<Value, Diagnostics>) -> Value {
        match outcome {
            Ok(value) => value,
            Err(errors) => {
                self.has_failed = true;
                self.diagnostics.extend(errors);
                Value::unknown(Type::Any)
            }
        }
    }

    /// `local.name`
    pub fn local(&mut self, instance: InstanceId, name: &Str) -> (Value, UseId) {
        if let Some(known) = self.modules[instance.0].locals.get(name) {
            return (known.value.clone(), known.used_as);
        }
        let module = self.module_of(instance);
        let Some(local) = module.locals.get(name) else { return (Value::unknown(Type::Any), self.uses.nothing()) };
        self.modules[instance.0].locals.insert(name.clone(), Known::circular());
        let (value, used) = self.evaluate(instance, &local.expression, None);
        let known = Known { value, used_as: self.uses.add(Use::Value, used) };
        self.modules[instance.0].locals.insert(name.clone(), known.clone());
        (known.value, known.used_as)
    }

    /// `output.name` of a module instance, as its caller sees it.
    pub fn output(&mut self, instance: InstanceId, name: &Str) -> (Value, UseId) {
        if let Some(known) = self.modules[instance.0].outputs.get(name) {
            return (known.value.clone(), known.used_as);
        }
        let module = self.module_of(instance);
        let Some(output) = module.outputs.get(name) else { return (Value::unknown(Type::Any), self.uses.nothing()) };
        self.modules[instance.0].outputs.insert(name.clone(), Known::circular());
        let mut used = Vec::new();
        let checked = Checked::Output(name.clone());
        let subject = Subject::single(instance, &checked);
        let found_before = self.diagnostics.0.len();
        used.extend(self.check_conditions(subject, ConditionKind::OutputPrecondition, &output.preconditions));
        let is_allowed = !self.diagnostics.iter().skip(found_before).any(Diagnostic::is_error);
        for traversal in &output.depends_on {
            used.extend(self.depends_on(instance, traversal));
        }
        // What goes wrong in a value that must not be there follows from that.
        let mut value = Value::unknown(Type::Any);
        if is_allowed {
            let (evaluated, value_uses) = self.evaluate(instance, &output.value, None);
            value = evaluated;
            used.extend(value_uses);
        }
        if output.ephemeral && instance == InstanceId::ROOT {
            self.error_at(
                output.span,
                "Ephemeral output not allowed",
                "Ephemeral outputs are not allowed in the root module: its outputs are stored. Remove ephemeral = true.",
            );
        } else if value.marks_deep().is_ephemeral() && !output.ephemeral {
            self.error_at(
                output.value.span,
                "Ephemeral value not allowed",
                "This output value is not declared as returning an ephemeral value, so it cannot be set to a result \
                 derived from an ephemeral value.",
            );
        } else if output.ephemeral && is_allowed && !value.marks().is_ephemeral() {
            self.error_at(
                output.value.span,
                "Value not allowed in ephemeral output",
                "This output is declared as ephemeral, and its value as a whole is not. Remove ephemeral = true, or give it \
                 an ephemeral value.",
            );
        } else if instance == InstanceId::ROOT && value.has_infinity() {
            self.error_at(
                output.value.span,
                "Infinite number",
                "The outputs of the root module are stored, and an infinite number cannot be.",
            );
        }
        // Terraform 1.11.4 gives callers of a module the value as if its output were not sensitive: a secret would show.
        let keeps_secrets = instance == InstanceId::ROOT || self.config.language != Language::Strict;
        if output.sensitive && keeps_secrets {
            value = value.with_marks(&Marks::sensitive());
        } else if instance == InstanceId::ROOT && value.marks_deep().is_sensitive() {
            self.diagnostics.push(
                Diagnostic::error(
                    "Output refers to sensitive values",
                    "To reduce the risk of accidentally exporting sensitive data that was intended to be only internal, \
                     any root module output containing sensitive data must be explicitly marked as sensitive. If you do \
                     intend to export this data, add: sensitive = true",
                )
                .at(output.span),
            );
        }
        let known = Known { value, used_as: self.uses.add(Use::Value, used) };
        self.modules[instance.0].outputs.insert(name.clone(), known.clone());
        (known.value, known.used_as)
    }

    /// What everything named in `depends_on` is used as.
    pub fn depends_on(&mut self, instance: InstanceId, traversal: &crate::syntax::Traversal) -> Vec<UseId> {
        use crate::syntax::Step;
        let attribute = |position: usize| match traversal.steps.get(position) {
            Some(Step::Attribute(name)) => Some(name.text.clone()),
            _ => None,
        };
        let resource = match (traversal.root.text.as_str(), attribute(0), attribute(1)) {
            ("module", Some(name), _) => {
                let outputs: Vec<InstanceId> =
                    self.call(instance, &name).map(|found| found.values().copied().collect()).unwrap_or_default();
                let mut used: Vec<UseId> = outputs.into_iter().flat_map(|child| self.everything_in(child)).collect();
                used.extend(self.modules[instance.0].calls.get(&name).map(|call| call.used_as));
                return used;
            }
            ("data", Some(type_name), Some(name)) => Resource::data(type_name, name),
            ("ephemeral", Some(type_name), Some(name)) => {
                Resource { mode: infra_values::address::ResourceMode::Ephemeral, type_name, name }
            }
            ("resource", Some(type_name), Some(name)) => Resource::managed(type_name, name),
            // A value stands for what it uses.
            ("local", Some(name), _) => return vec![self.local(instance, &name).1],
            ("var", Some(name), _) => return vec![self.variable(instance, &name).1],
            ("each" | "count" | "path" | "terraform" | "self", _, _) => return Vec::new(),
            (type_name, Some(name), _) => Resource::managed(type_name, name),
            _ => return Vec::new(),
        };
        let (_, used) = self.expansion(instance, &resource);
        vec![used]
    }

    /// All resources of a module instance and of the modules it calls.
    fn everything_in(&mut self, instance: InstanceId) -> Vec<UseId> {
        let module = self.module_of(instance);
        // What only verifies a check is read last: nothing waits for it.
        let mut used: Vec<UseId> = (module.resources.iter())
            .filter(|(_, declared)| declared.check.is_none())
            .map(|(resource, _)| self.expansion(instance, resource).1)
            .collect();
        for name in module.calls.keys() {
            let children: Vec<InstanceId> =
                self.call(instance, name).map(|found| found.values().copied().collect()).unwrap_or_default();
            for child in children {
                used.extend(self.everything_in(child));
            }
        }
        used
    }

    /// Tells what a resource instance is (or will be) worth.
    pub fn set_instance(&mut self, instance: InstanceId, resource: &Resource, key: &InstanceKey, value: Value) {
        let address = ResourceInstance {
            module: self.address_of(instance).clone(),
            resource: resource.clone(),
            key: key.clone(),
        };
        let used_as = self.uses.instance(&address);
        if let Some(data) = self.modules[instance.0].resources.get_mut(resource) {
            data.instances.insert(key.clone(), Known { value, used_as });
            data.whole = None;
        }
    }

    /// What a resource instance is worth, if that was told.
    pub fn instance_value(&self, instance: InstanceId, resource: &Resource, key: &InstanceKey) -> Option<Value> {
        let data = self.modules[instance.0].resources.get(resource)?;
        data.instances.get(key).map(|known| known.value.clone())
    }

    /// What a resource instance is worth, told or stored; `None` while it is not known.
    pub fn current_value(&mut self, instance: InstanceId, resource: &Resource, key: &InstanceKey) -> Option<Value> {
        if let Some(told) = self.instance_value(instance, resource, key) {
            return Some(told);
        }
        let address = ResourceInstance {
            module: self.address_of(instance).clone(),
            resource: resource.clone(),
            key: key.clone(),
        };
        let value = self.stored.as_ref()?.value(&address)?;
        self.set_instance(instance, resource, key, value.clone());
        Some(value)
    }

    /// Evaluates `inside` with a scope in a module instance and names bound, as a block's body needs it.
    pub fn with_scope<T>(
        &mut self,
        instance: InstanceId,
        repetition: Option<&RepetitionValues>,
        bindings: Vec<Binding>,
        inside: impl FnOnce(&mut Evaluator<'_>) -> T,
    ) -> (T, Vec<UseId>) {
        let mut scope = ModuleScope::new(self, instance, repetition);
        let mut evaluator = Evaluator::new(&mut scope);
        let result = evaluator.with_bindings(bindings, inside);
        (result, scope.into_uses())
    }

    /// Evaluates `inside` where `self` is an object, as its provisioners need it. Gives what that used, too.
    pub fn with_self<T>(
        &mut self,
        instance: InstanceId,
        repetition: &RepetitionValues,
        own: &Value,
        inside: impl FnOnce(&mut Evaluator<'_>) -> T,
    ) -> (T, Vec<UseId>) {
        let mut scope = ModuleScope::new(self, instance, Some(repetition));
        scope.set_self(Some(own.clone()));
        let result = inside(&mut Evaluator::new(&mut scope));
        (result, scope.into_uses())
    }

    /// Forgets the values that were computed before all they are made of was known, so that they are computed again.
    pub fn forget_unknown_values(&mut self) {
        for module in &mut self.modules {
            for values in [&mut module.locals, &mut module.outputs, &mut module.variables] {
                values.retain(|_, known| known.value.is_wholly_known());
            }
        }
    }

    /// As [`with_self`](Self::with_self), for an object whose module instance may be gone: besides `self` and keys there
    /// is `path.module`, which is `directory`.
    pub fn with_former_self<T>(
        &mut self,
        directory: &Str,
        repetition: &RepetitionValues,
        own: &Value,
        inside: impl FnOnce(&mut Evaluator<'_>) -> T,
    ) -> T {
        let mut scope = ModuleScope::new(self, InstanceId::ROOT, Some(repetition));
        scope.set_self(Some(own.clone()));
        scope.set_directory(directory.clone());
        inside(&mut Evaluator::new(&mut scope))
    }

    fn invalid_repetition(&mut self, repetition: &Repetition, errors: Diagnostics) -> Expansion {
        self.diagnostics.extend(errors);
        match repetition {
            Repetition::Single => Expansion::Single,
            Repetition::Count(_) | Repetition::ForEach(_) => Expansion::Failed,
        }
    }

    fn error_at(&mut self, span: Span, summary: &str, detail: impl Into<String>) {
        self.diagnostics.push(Diagnostic::error(summary, detail).at(span));
    }
}
