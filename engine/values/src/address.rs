//! Names of modules, resources, instances and providers, each a type of its own.
//!
//! "Config" addresses name what stands in files (`module.network.aws_vpc.main`), "absolute" ones name instances
//! (`module.network["eu"].aws_vpc.main[0]`). `Display` gives the text users see and the state stores; `FromStr`
//! reads it back. Orders are those in which Terraform lists and stores objects.

use std::fmt;
use std::sync::Arc;

use crate::Str;

mod parse;
#[cfg(test)]
mod tests;

pub use parse::{AddressError, Target};

/// A module as it stands in files: the names of the calls that lead to it, without instance keys.
#[derive(Clone, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct ModulePath(pub Arc<[Str]>);

/// One instance of a module: the calls that lead to it, each with its key. Empty is the root module.
#[derive(Clone, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct ModuleInstance(pub Arc<[(Str, InstanceKey)]>);

/// Which instance of something that has `count` or `for_each`.
#[derive(Clone, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum InstanceKey {
    /// Neither `count` nor `for_each`.
    #[default]
    None,
    /// A position of `count`.
    Int(u64),
    /// A key of `for_each`.
    String(Str),
}

/// What kind of block declares a resource.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum ResourceMode {
    /// `data`
    Data,
    /// `ephemeral`
    Ephemeral,
    /// `resource`
    Managed,
}

/// A resource within its module: `aws_vpc.main`, `data.aws_region.here`.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Resource {
    /// Which kind of block.
    pub mode: ResourceMode,
    /// `aws_vpc`
    pub type_name: Str,
    /// `main`
    pub name: Str,
}

/// A resource as it stands in files.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct ConfigResource {
    /// The module it stands in.
    pub module: ModulePath,
    /// The resource within that module.
    pub resource: Resource,
}

/// A resource in one module instance, with all its instances.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct AbsoluteResource {
    /// The module instance it belongs to.
    pub module: ModuleInstance,
    /// The resource within that module.
    pub resource: Resource,
}

/// One object: `module.network["eu"].aws_vpc.main[0]`.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct ResourceInstance {
    /// The module instance it belongs to.
    pub module: ModuleInstance,
    /// The resource within that module.
    pub resource: Resource,
    /// Which instance of the resource.
    pub key: InstanceKey,
}

/// Eight hexadecimal digits that name an object which was replaced and not destroyed yet.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct DeposedKey(pub Str);

/// A provider's source address: `registry.terraform.io/hashicorp/aws`.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct ProviderAddress {
    /// `registry.terraform.io`, or `terraform.io` for the built-in one.
    pub hostname: Str,
    /// `hashicorp`, or `builtin`.
    pub namespace: Str,
    /// `aws`
    pub type_name: Str,
}

/// One configuration of a provider: `provider["registry.terraform.io/hashicorp/aws"].west`.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct ProviderConfig {
    /// The module whose block configures it.
    pub module: ModulePath,
    /// Which provider.
    pub provider: ProviderAddress,
    /// The block's `alias`.
    pub alias: Option<Str>,
}

impl ModulePath {
    /// The root module.
    pub fn root() -> Self {
        Self::default()
    }

    /// A module called from this one.
    pub fn child(&self, name: impl Into<Str>) -> Self {
        Self(self.0.iter().cloned().chain([name.into()]).collect())
    }

    /// Whether this is the root module.
    pub fn is_root(&self) -> bool {
        self.0.is_empty()
    }
}

impl ModuleInstance {
    /// The root module.
    pub fn root() -> Self {
        Self::default()
    }

    /// An instance of a module called from this one.
    pub fn child(&self, name: impl Into<Str>, key: InstanceKey) -> Self {
        Self(self.0.iter().cloned().chain([(name.into(), key)]).collect())
    }

    /// Whether this is the root module.
    pub fn is_root(&self) -> bool {
        self.0.is_empty()
    }

    /// The module without instance keys.
    pub fn path(&self) -> ModulePath {
        ModulePath(self.0.iter().map(|(name, _)| name.clone()).collect())
    }
}

impl Resource {
    /// A `resource` block.
    pub fn managed(type_name: impl Into<Str>, name: impl Into<Str>) -> Self {
        Self { mode: ResourceMode::Managed, type_name: type_name.into(), name: name.into() }
    }

    /// A `data` block.
    pub fn data(type_name: impl Into<Str>, name: impl Into<Str>) -> Self {
        Self { mode: ResourceMode::Data, type_name: type_name.into(), name: name.into() }
    }
}

impl AbsoluteResource {
    /// One of its instances.
    pub fn instance(&self, key: InstanceKey) -> ResourceInstance {
        ResourceInstance { module: self.module.clone(), resource: self.resource.clone(), key }
    }
}

impl ResourceInstance {
    /// The resource with all its instances.
    pub fn absolute_resource(&self) -> AbsoluteResource {
        AbsoluteResource { module: self.module.clone(), resource: self.resource.clone() }
    }

    /// The resource as it stands in files.
    pub fn config(&self) -> ConfigResource {
        ConfigResource { module: self.module.path(), resource: self.resource.clone() }
    }
}

impl ProviderAddress {
    /// `registry.terraform.io/hashicorp/<type_name>`: what a provider without `required_providers` is.
    pub fn default_for(type_name: impl Into<Str>) -> Self {
        Self { hostname: "registry.terraform.io".into(), namespace: "hashicorp".into(), type_name: type_name.into() }
    }

    /// `terraform.io/builtin/terraform`: the provider of `terraform_data`.
    pub fn builtin() -> Self {
        Self { hostname: "terraform.io".into(), namespace: "builtin".into(), type_name: "terraform".into() }
    }
}

impl fmt::Display for ModulePath {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        for (position, name) in self.0.iter().enumerate() {
            if position > 0 {
                formatter.write_str(".")?;
            }
            write!(formatter, "module.{name}")?;
        }
        Ok(())
    }
}

impl fmt::Display for ModuleInstance {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        for (position, (name, key)) in self.0.iter().enumerate() {
            if position > 0 {
                formatter.write_str(".")?;
            }
            write!(formatter, "module.{name}{key}")?;
        }
        Ok(())
    }
}

impl fmt::Display for InstanceKey {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::None => Ok(()),
            Self::Int(index) => write!(formatter, "[{index}]"),
            Self::String(key) => write!(formatter, "[{}]", crate::address::parse::quoted(key)),
        }
    }
}

impl fmt::Display for ResourceMode {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str(match self {
            Self::Data => "data",
            Self::Ephemeral => "ephemeral",
            Self::Managed => "managed",
        })
    }
}

impl fmt::Display for Resource {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.mode {
            ResourceMode::Data => write!(formatter, "data.{}.{}", self.type_name, self.name),
            ResourceMode::Ephemeral => {
                write!(formatter, "ephemeral.{}.{}", self.type_name, self.name)
            }
            ResourceMode::Managed => write!(formatter, "{}.{}", self.type_name, self.name),
        }
    }
}

impl fmt::Display for ConfigResource {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        if !self.module.is_root() {
            write!(formatter, "{}.", self.module)?;
        }
        write!(formatter, "{}", self.resource)
    }
}

impl fmt::Display for AbsoluteResource {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        if !self.module.is_root() {
            write!(formatter, "{}.", self.module)?;
        }
        write!(formatter, "{}", self.resource)
    }
}

impl fmt::Display for ResourceInstance {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        if !self.module.is_root() {
            write!(formatter, "{}.", self.module)?;
        }
        write!(formatter, "{}{}", self.resource, self.key)
    }
}

impl fmt::Display for DeposedKey {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str(&self.0)
    }
}

impl fmt::Display for ProviderAddress {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(formatter, "{}/{}/{}", self.hostname, self.namespace, self.type_name)
    }
}

impl fmt::Display for ProviderConfig {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        if !self.module.is_root() {
            write!(formatter, "{}.", self.module)?;
        }
        write!(formatter, "provider[\"{}\"]", self.provider)?;
        match &self.alias {
            Some(alias) => write!(formatter, ".{alias}"),
            None => Ok(()),
        }
    }
}
