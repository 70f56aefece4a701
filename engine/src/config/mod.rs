//! What the files of a directory declare: modules with their variables, locals, outputs, resources and calls.
//!
//! [`load`] reads a directory and everything it calls through a [`Files`] and gives a [`Config`] and all mistakes
//! found on the way. Nothing is evaluated here but what must be constant.

use std::collections::{BTreeMap, HashSet};

use indexmap::IndexMap;
use infra_values::address::{ModulePath, ProviderAddress, Resource, ResourceInstance, ResourceMode};
use infra_values::{Str, Value};

use crate::diagnostics::Diagnostics;
use crate::language::Language;
use crate::schema::decode::Reserved;
use crate::syntax::{Attribute, Block, Body, Expression, Name, SourceMap, Span, Traversal};

mod blocks;
mod checks;
mod files;
mod generated;
mod import;
mod json;
mod lifecycle;
mod load;
mod merge;
mod modules;
mod provider_passing;
mod provisioners;
mod read;
mod refactoring;
mod required_providers;
mod static_address;
mod terraform_block;
mod type_constraint;
mod values_file;

pub use files::{DiskFiles, Files, Snapshot, is_ignored_file};
pub use generated::{block_of_object, placeholders, undeclared_imports};
pub use import::{Import, ImportTarget, import_id};
pub use load::{load, load_with_modules};
pub use modules::{LocalModules, ModulePart, ModuleProblem, ModuleRequest, ModuleResolver, is_local, join_directories};
pub use provisioners::{PROVISIONER_RESERVED, ProvisionerConfig, When};
pub use read::is_configuration_file;
pub use refactoring::{Moved, Movement, Removed};
pub use static_address::{StaticAddress, instance_key};
pub use type_constraint::{Defaults, TypeConstraint};
pub use values_file::{VariableInput, VariableSource, parse_values_file};

/// A directory with all modules it calls.
#[derive(Debug)]
pub struct Config {
    /// The root module first; a module before those it calls.
    pub modules: Vec<Module>,
    /// The text of every file that was read.
    pub sources: SourceMap,
    /// Whether extensions of the language are accepted.
    pub language: Language,
    /// Blocks whose syntax is wrong somewhere.
    pub broken_blocks: Vec<Span>,
    /// Whether the root module has any files. Without them nothing is declared, and what to do about that is for each
    /// command to say.
    pub has_files: bool,
}

/// Position of a module in [`Config::modules`].
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct ModuleId(pub usize);

impl ModuleId {
    /// The root module.
    pub const ROOT: Self = Self(0);
}

impl Config {
    /// A module.
    pub fn module(&self, id: ModuleId) -> &Module {
        &self.modules[id.0]
    }

    /// The root module.
    pub fn root(&self) -> &Module {
        &self.modules[0]
    }

    /// The module at a path.
    pub fn module_at(&self, path: &ModulePath) -> Option<&Module> {
        path.0.iter().try_fold(self.root(), |module, name| module.calls.get(name).map(|call| self.module(call.child)))
    }

    /// The block that declares an instance, in whichever instance of its module.
    pub fn declaration(&self, address: &ResourceInstance) -> Option<&ResourceConfig> {
        self.module_at(&address.module.path())?.resources.get(&address.resource)
    }
}

/// One module as it stands in files (not one instance of it).
#[derive(Debug)]
pub struct Module {
    /// Its position in [`Config::modules`].
    pub id: ModuleId,
    /// The calls that lead to it.
    pub path: ModulePath,
    /// The module that calls it; `None` for the root.
    pub parent: Option<ModuleId>,
    /// Its folder as `path.module` shows it: `.` for the root, else relative to the current folder.
    pub directory: Str,
    /// `variable`
    pub variables: IndexMap<Str, Variable>,
    /// `locals`
    pub locals: IndexMap<Str, Local>,
    /// `output`
    pub outputs: IndexMap<Str, Output>,
    /// `resource` and `data`
    pub resources: IndexMap<Resource, ResourceConfig>,
    /// `module`
    pub calls: IndexMap<Str, ModuleCall>,
    /// `check`; the data sources in them are among `resources`.
    pub checks: IndexMap<Str, Check>,
    /// `provider`, by local name and alias.
    pub providers: IndexMap<(Str, Option<Str>), ProviderBlock>,
    /// `required_providers`, by local name.
    pub required_providers: IndexMap<Str, RequiredProvider>,
    /// `required_version`
    pub required_versions: Vec<RequiredVersion>,
    /// `moved`
    pub moved: Vec<Moved>,
    /// `import`, which only the root module may have.
    pub imports: Vec<Import>,
    /// `removed`
    pub removed: Vec<Removed>,
    /// Where `required_providers` stands.
    pub required_providers_span: Option<Span>,
    /// Providers with a `provider_meta` block.
    pub provider_metas: HashSet<Str>,
    /// `backend`, in the root module.
    pub backend: Option<Block>,
    /// Whether something could not be read, which was reported: what seems not to be declared may be there.
    pub is_incomplete: bool,
}

impl Config {
    /// Diagnostics in the order of the files, without those that say only what follows from wrong syntax: where a block
    /// could not be parsed to its end, what seems to be missing in it may stand in the rest.
    pub fn sift(&self, mut diagnostics: Diagnostics) -> Diagnostics {
        diagnostics.0.retain(|found| {
            let is_about_absence =
                matches!(found.summary.as_str(), "Missing required argument" | "Insufficient blocks");
            let is_in_broken =
                || found.span.is_some_and(|span| self.broken_blocks.iter().any(|block| block.contains(span)));
            !(is_about_absence && is_in_broken())
        });
        diagnostics.sort();
        // A module that is called twice is read twice.
        diagnostics.0.dedup_by(|later, found| {
            later.span.is_some()
                && (later.span, &later.summary, &later.detail) == (found.span, &found.summary, &found.detail)
        });
        diagnostics
    }
}

impl Module {
    /// What was read, if it could be; else the module is marked as incomplete.
    fn or_incomplete<T>(&mut self, read: Option<T>) -> Option<T> {
        self.is_incomplete |= read.is_none();
        read
    }

    /// The provider that a local name stands for in this module.
    pub fn provider_address(&self, local_name: &str) -> ProviderAddress {
        match self.required_providers.get(local_name) {
            Some(required) => required.address.clone(),
            None if local_name == "terraform" => ProviderAddress::builtin(),
            None => ProviderAddress::default_for(local_name),
        }
    }
}

/// `variable "name" { … }`
#[derive(Debug)]
pub struct Variable {
    /// The label.
    pub name: Name,
    /// `type`; anything when left out.
    pub constraint: TypeConstraint,
    /// Whether `type` is written: values from the command line are then read as expressions.
    pub has_type: bool,
    /// `default`, converted to the type.
    pub default: Option<Value>,
    /// `description`
    pub description: Option<Str>,
    /// `sensitive`
    pub sensitive: bool,
    /// `ephemeral`
    pub ephemeral: bool,
    /// `nullable`: whether null is kept when there is a default.
    pub nullable: bool,
    /// `validation`
    pub validations: Vec<Condition>,
    /// The whole block's header.
    pub span: Span,
}

/// `condition` and `error_message` of a validation, precondition or postcondition.
#[derive(Debug)]
pub struct Condition {
    /// Must become true.
    pub condition: Expression,
    /// Shown when it does not.
    pub error_message: Expression,
    /// The block's header.
    pub span: Span,
}

/// `check "name" { … }`
#[derive(Debug)]
pub struct Check {
    /// The label.
    pub name: Name,
    /// The data source in it, which nothing outside the block may refer to.
    pub data: Option<Resource>,
    /// `assert`
    pub asserts: Vec<Condition>,
    /// The block's header.
    pub span: Span,
}

/// One value of a `locals` block.
#[derive(Debug)]
pub struct Local {
    /// Its name.
    pub name: Name,
    /// What it stands for.
    pub expression: Expression,
}

/// `output "name" { … }`
#[derive(Debug)]
pub struct Output {
    /// The label.
    pub name: Name,
    /// `value`
    pub value: Expression,
    /// `description`
    pub description: Option<Str>,
    /// `sensitive`
    pub sensitive: bool,
    /// `ephemeral`
    pub ephemeral: bool,
    /// `depends_on`
    pub depends_on: Vec<Traversal>,
    /// `precondition`
    pub preconditions: Vec<Condition>,
    /// The block's header.
    pub span: Span,
}

/// `module "name" { … }`
#[derive(Debug)]
pub struct ModuleCall {
    /// The label.
    pub name: Name,
    /// The module that is called.
    pub child: ModuleId,
    /// `count` or `for_each`
    pub repetition: Repetition,
    /// `depends_on`
    pub depends_on: Vec<Traversal>,
    /// Values of the child's variables.
    pub arguments: IndexMap<Str, Attribute>,
    /// `providers`: the child's name and alias, and what they stand for here.
    pub providers: Vec<(ProviderRef, ProviderRef)>,
    /// The block's opening brace.
    pub opening: Span,
    /// The block's header.
    pub span: Span,
}

/// How many instances there are.
#[derive(Debug)]
pub enum Repetition {
    /// One, without a key.
    Single,
    /// `count`
    Count(Expression),
    /// `for_each`
    ForEach(Expression),
}

impl Repetition {
    /// The expression that decides.
    pub fn expression(&self) -> Option<&Expression> {
        match self {
            Self::Single => None,
            Self::Count(expression) | Self::ForEach(expression) => Some(expression),
        }
    }
}

/// `resource` or `data`.
#[derive(Debug)]
pub struct ResourceConfig {
    /// Type and name.
    pub resource: Resource,
    /// `count` or `for_each`
    pub repetition: Repetition,
    /// `depends_on`
    pub depends_on: Vec<Traversal>,
    /// `provider`; by default the one the type's name begins with.
    pub provider: ProviderRef,
    /// `lifecycle`
    pub lifecycle: Lifecycle,
    /// `provisioner`, in order.
    pub provisioners: Vec<ProvisionerConfig>,
    /// The `check` block it stands in, if it does.
    pub check: Option<Str>,
    /// Where the type is written.
    pub type_span: Span,
    /// The block's content; meta-arguments are still in it.
    pub body: Body,
    /// The block's header.
    pub span: Span,
}

/// `aws` or `aws.west`, as written.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ProviderRef {
    /// The local name.
    pub name: Str,
    /// The alias.
    pub alias: Option<Str>,
    /// Where it is written.
    pub span: Span,
}

/// `lifecycle { … }`
#[derive(Debug, Default)]
pub struct Lifecycle {
    /// `prevent_destroy`, with its place.
    pub prevent_destroy: Option<Span>,
    /// Where `destroy` is written, an extension: whether objects are destroyed, or only forgotten.
    pub destroy: Option<(bool, Span)>,
    /// `create_before_destroy`; `None` when it is not written.
    pub create_before_destroy: Option<bool>,
    /// `ignore_changes`
    pub ignore_changes: IgnoreChanges,
    /// `replace_triggered_by`
    pub replace_triggered_by: Vec<Traversal>,
    /// `precondition`
    pub preconditions: Vec<Condition>,
    /// `postcondition`
    pub postconditions: Vec<Condition>,
}

/// Which changes of the configuration are not applied.
#[derive(Debug, Default)]
pub enum IgnoreChanges {
    /// None are ignored.
    #[default]
    Nothing,
    /// `all`
    All,
    /// Some attributes.
    Attributes(Vec<Traversal>),
}

/// `provider "name" { … }`
#[derive(Debug)]
pub struct ProviderBlock {
    /// The label.
    pub name: Name,
    /// `alias`
    pub alias: Option<Str>,
    /// The block's content.
    pub body: Body,
    /// The block's header.
    pub span: Span,
}

/// `required_version`
#[derive(Clone, Debug)]
pub struct RequiredVersion {
    /// `>= 1.5`
    pub constraint: Str,
    /// Where the constraint is written.
    pub span: Span,
    /// The whole argument.
    pub argument: Span,
}

/// One entry of `required_providers`.
#[derive(Debug)]
pub struct RequiredProvider {
    /// `source`
    pub address: ProviderAddress,
    /// `version`
    pub version: Option<Str>,
    /// Where the version is written, or the whole entry without one.
    pub span: Span,
    /// `configuration_aliases`: what callers must pass.
    pub configuration_aliases: Vec<ProviderRef>,
}

/// Names that `resource` and `data` blocks use for themselves.
pub const RESOURCE_META_ARGUMENTS: &[&str] =
    &["count", "for_each", "depends_on", "provider", "lifecycle", "provisioner", "connection"];

/// What in a `resource` block is not the type's.
pub const RESOURCE_RESERVED: Reserved<'static> = Reserved {
    attributes: &["count", "for_each", "depends_on", "provider"],
    blocks: &["lifecycle", "provisioner", "connection", "locals"],
};

/// What in a `data` block is not the type's.
pub const DATA_RESERVED: Reserved<'static> =
    Reserved { attributes: RESOURCE_RESERVED.attributes, blocks: &["lifecycle", "locals"] };

/// What in a `provider` block is not the provider's.
pub const PROVIDER_RESERVED: Reserved<'static> = Reserved {
    attributes: &["alias", "version", "count", "for_each", "depends_on", "source"],
    blocks: &["lifecycle", "locals"],
};

impl ResourceConfig {
    /// What in the block is not the type's.
    pub fn reserved(&self) -> &'static Reserved<'static> {
        if self.resource.mode == ResourceMode::Managed { &RESOURCE_RESERVED } else { &DATA_RESERVED }
    }
}

/// Values given for the root module's variables, by name.
pub type VariableValues = BTreeMap<Str, VariableInput>;
