//! Reading addresses, and their form in files.

use std::fmt;
use std::str::FromStr;

use serde::{Deserialize, Deserializer, Serialize, Serializer};

use super::{
    AbsoluteResource, ConfigResource, DeposedKey, InstanceKey, ModuleInstance, ModulePath, ProviderAddress,
    ProviderConfig, Resource, ResourceInstance, ResourceMode,
};
use crate::Str;
use crate::serde_value::read_text;

/// Why a text is no address.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("{address:?} is not a valid address: {problem} (at character {column})", column = .position + 1)]
pub struct AddressError {
    /// The whole text.
    pub address: String,
    /// Where reading stopped, in characters from the start.
    pub position: usize,
    /// What is wrong there, and what was expected.
    pub problem: String,
}

/// What `-target` and similar options name.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Target {
    /// A module with everything below it.
    Module(ModuleInstance),
    /// A resource with all its instances.
    Resource(AbsoluteResource),
    /// One instance.
    Instance(ResourceInstance),
}

impl Target {
    /// Whether the instance is the target or lies below it. A module or resource without a key stands for all its
    /// instances.
    pub fn contains(&self, instance: &ResourceInstance) -> bool {
        match self {
            Self::Module(module) => module_contains(module, &instance.module),
            Self::Resource(target) => {
                is_same_module(&target.module, &instance.module) && target.resource == instance.resource
            }
            Self::Instance(target) => {
                is_same_module(&target.module, &instance.module)
                    && target.resource == instance.resource
                    && target.key == instance.key
            }
        }
    }
}

fn module_contains(outer: &ModuleInstance, inner: &ModuleInstance) -> bool {
    outer.0.len() <= inner.0.len()
        && outer.0.iter().zip(inner.0.iter()).all(|((outer_name, outer_key), (inner_name, inner_key))| {
            outer_name == inner_name && (*outer_key == InstanceKey::None || outer_key == inner_key)
        })
}

fn is_same_module(target: &ModuleInstance, module: &ModuleInstance) -> bool {
    target.0.len() == module.0.len() && module_contains(target, module)
}

impl fmt::Display for Target {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Module(module) => module.fmt(formatter),
            Self::Resource(resource) => resource.fmt(formatter),
            Self::Instance(instance) => instance.fmt(formatter),
        }
    }
}

/// The text as a quoted string of the language, on one line.
pub(crate) fn quoted(text: &str) -> String {
    let mut quoted = String::with_capacity(text.len() + 2);
    quoted.push('"');
    let mut characters = text.chars().peekable();
    while let Some(character) = characters.next() {
        match character {
            '"' => quoted.push_str("\\\""),
            '\\' => quoted.push_str("\\\\"),
            '\n' => quoted.push_str("\\n"),
            '\r' => quoted.push_str("\\r"),
            '\t' => quoted.push_str("\\t"),
            '$' | '%' if characters.peek() == Some(&'{') => {
                quoted.push(character);
                quoted.push(character);
            }
            control if control.is_control() => match u16::try_from(control as u32) {
                Ok(code) => quoted.push_str(&format!("\\u{code:04x}")),
                Err(_) => quoted.push_str(&format!("\\U{:08x}", control as u32)),
            },
            other => quoted.push(other),
        }
    }
    quoted.push('"');
    quoted
}

/// An address being read.
struct Reader<'t> {
    address: &'t str,
    /// Bytes read so far.
    position: usize,
}

/// One dotted step and the key behind it.
struct Step {
    start: usize,
    name: Str,
    key: InstanceKey,
}

impl<'t> Reader<'t> {
    fn new(address: &'t str) -> Self {
        Self { address, position: 0 }
    }

    fn rest(&self) -> &'t str {
        &self.address[self.position..]
    }

    fn error_at(&self, position: usize, problem: impl Into<String>) -> AddressError {
        AddressError {
            address: self.address.to_owned(),
            position: self.address[..position].chars().count(),
            problem: problem.into(),
        }
    }

    fn error(&self, problem: impl Into<String>) -> AddressError {
        self.error_at(self.position, problem)
    }

    fn take(&mut self, text: &str) -> bool {
        let is_there = self.rest().starts_with(text);
        if is_there {
            self.position += text.len();
        }
        is_there
    }

    fn expect(&mut self, text: &str) -> Result<(), AddressError> {
        if self.take(text) { Ok(()) } else { Err(self.error(format!("expected {text:?}"))) }
    }

    fn end(&self) -> Result<(), AddressError> {
        if self.rest().is_empty() { Ok(()) } else { Err(self.error("there is text behind the end of the address")) }
    }

    /// A name, as the language allows them.
    fn name(&mut self, what: &str) -> Result<Str, AddressError> {
        let rest = self.rest();
        let length = rest
            .char_indices()
            .find(|(at, character)| {
                let is_allowed = match character {
                    '_' => true,
                    '-' => *at > 0,
                    _ if *at == 0 => character.is_alphabetic(),
                    _ => character.is_alphanumeric(),
                };
                !is_allowed
            })
            .map_or(rest.len(), |(at, _)| at);
        if length == 0 {
            return Err(self.error(format!("expected {what}")));
        }
        self.position += length;
        Ok(Str::from(&rest[..length]))
    }

    /// `[0]`, `["key"]` or nothing.
    fn key(&mut self) -> Result<InstanceKey, AddressError> {
        if !self.take("[") {
            return Ok(InstanceKey::None);
        }
        let key = if self.rest().starts_with('"') {
            InstanceKey::String(self.string()?)
        } else {
            let rest = self.rest();
            let digits = rest.find(|character: char| !character.is_ascii_digit()).unwrap_or(rest.len());
            match rest[..digits].parse() {
                Ok(index) => {
                    self.position += digits;
                    InstanceKey::Int(index)
                }
                Err(_) => {
                    return Err(self.error("expected an index such as 0 or a key in double quotes"));
                }
            }
        };
        self.expect("]")?;
        Ok(key)
    }

    /// A quoted string without interpolation.
    fn string(&mut self) -> Result<Str, AddressError> {
        self.expect("\"")?;
        let mut text = String::new();
        loop {
            let Some(character) = self.rest().chars().next() else {
                return Err(self.error("the quoted key does not end"));
            };
            let start = self.position;
            self.position += character.len_utf8();
            match character {
                '"' => return Ok(Str::nfc(&text)),
                '\\' => text.push(self.escape(start)?),
                '$' | '%' if self.rest().starts_with(&format!("{character}{{")) => {
                    self.position += 2;
                    text.push(character);
                    text.push('{');
                }
                '$' | '%' if self.rest().starts_with('{') => {
                    return Err(self
                        .error_at(start, "a key cannot hold an interpolation; double the sign to mean it literally"));
                }
                other => text.push(other),
            }
        }
    }

    fn escape(&mut self, start: usize) -> Result<char, AddressError> {
        const PROBLEM: &str = "unknown escape; use \\n, \\r, \\t, \\\", \\\\, \\uXXXX or \\UXXXXXXXX";
        let Some(character) = self.rest().chars().next() else {
            return Err(self.error_at(start, PROBLEM));
        };
        self.position += character.len_utf8();
        let code_length = match character {
            'n' => return Ok('\n'),
            'r' => return Ok('\r'),
            't' => return Ok('\t'),
            '"' | '\\' => return Ok(character),
            'u' => 4,
            'U' => 8,
            _ => return Err(self.error_at(start, PROBLEM)),
        };
        let code = self
            .rest()
            .get(..code_length)
            .filter(|digits| digits.bytes().all(|digit| digit.is_ascii_hexdigit()))
            .and_then(|digits| u32::from_str_radix(digits, 16).ok())
            .and_then(char::from_u32)
            .ok_or_else(|| self.error_at(start, PROBLEM))?;
        self.position += code_length;
        Ok(code)
    }

    /// `module.NAME[KEY].…` as far as it goes. Afterwards the reader stands behind the dot that follows, or at the
    /// end.
    fn modules(&mut self) -> Result<Vec<Step>, AddressError> {
        let mut steps = Vec::new();
        while self.take("module.") {
            let start = self.position;
            let name = self.name("the name of a module call")?;
            let key = self.key()?;
            steps.push(Step { start, name, key });
            if self.rest().is_empty() {
                break;
            }
            self.expect(".")?;
        }
        Ok(steps)
    }

    fn module_instance(&mut self) -> Result<ModuleInstance, AddressError> {
        Ok(ModuleInstance(self.modules()?.into_iter().map(|step| (step.name, step.key)).collect()))
    }

    fn module_path(&mut self) -> Result<ModulePath, AddressError> {
        let steps = self.modules()?;
        if let Some(keyed) = steps.iter().find(|step| step.key != InstanceKey::None) {
            return Err(
                self.error_at(keyed.start + keyed.name.len(), "a module in a configuration has no instance key here")
            );
        }
        Ok(ModulePath(steps.into_iter().map(|step| step.name).collect()))
    }

    fn resource(&mut self) -> Result<Resource, AddressError> {
        let mode = if self.take("data.") {
            ResourceMode::Data
        } else if self.take("ephemeral.") {
            ResourceMode::Ephemeral
        } else {
            self.take("resource.");
            ResourceMode::Managed
        };
        let type_name = self.name("a resource type such as aws_vpc")?;
        if !self.take(".") {
            return Err(self.error(format!("expected \".\" and the name of a {type_name}")));
        }
        let name = self.name("the name of a resource")?;
        Ok(Resource { mode, type_name, name })
    }

    fn provider_address(&mut self, text: &str) -> Result<ProviderAddress, AddressError> {
        let parts: Vec<&str> = text.split('/').collect();
        let is_part = |part: &&str| {
            !part.is_empty() && part.chars().all(|c| c.is_alphanumeric() || matches!(c, '-' | '_' | '.' | ':'))
        };
        if !parts.iter().all(is_part) {
            return Err(self.error("a provider address consists of names separated by \"/\""));
        }
        match parts.as_slice() {
            [type_name] => Ok(ProviderAddress::default_for(*type_name)),
            [namespace, type_name] => {
                Ok(ProviderAddress { namespace: (*namespace).into(), ..ProviderAddress::default_for(*type_name) })
            }
            [hostname, namespace, type_name] => Ok(ProviderAddress {
                hostname: (*hostname).into(),
                namespace: (*namespace).into(),
                type_name: (*type_name).into(),
            }),
            _ => Err(self.error("expected HOSTNAME/NAMESPACE/TYPE")),
        }
    }
}

/// Reads the whole text with `read`.
fn read_whole<'t, T>(
    text: &'t str,
    read: impl FnOnce(&mut Reader<'t>) -> Result<T, AddressError>,
) -> Result<T, AddressError> {
    let mut reader = Reader::new(text);
    let result = read(&mut reader)?;
    reader.end()?;
    Ok(result)
}

impl FromStr for InstanceKey {
    type Err = AddressError;
    fn from_str(text: &str) -> Result<Self, AddressError> {
        read_whole(text, Reader::key)
    }
}

impl FromStr for ModuleInstance {
    type Err = AddressError;
    fn from_str(text: &str) -> Result<Self, AddressError> {
        read_whole(text, Reader::module_instance)
    }
}

impl FromStr for ModulePath {
    type Err = AddressError;
    fn from_str(text: &str) -> Result<Self, AddressError> {
        read_whole(text, Reader::module_path)
    }
}

impl FromStr for Resource {
    type Err = AddressError;
    fn from_str(text: &str) -> Result<Self, AddressError> {
        read_whole(text, Reader::resource)
    }
}

impl FromStr for ConfigResource {
    type Err = AddressError;
    fn from_str(text: &str) -> Result<Self, AddressError> {
        read_whole(text, |reader| Ok(Self { module: reader.module_path()?, resource: reader.resource()? }))
    }
}

impl FromStr for AbsoluteResource {
    type Err = AddressError;
    fn from_str(text: &str) -> Result<Self, AddressError> {
        read_whole(text, |reader| Ok(Self { module: reader.module_instance()?, resource: reader.resource()? }))
    }
}

impl FromStr for ResourceInstance {
    type Err = AddressError;
    fn from_str(text: &str) -> Result<Self, AddressError> {
        read_whole(text, |reader| {
            Ok(Self { module: reader.module_instance()?, resource: reader.resource()?, key: reader.key()? })
        })
    }
}

/// A module, a resource or one instance. Without a key a resource means all its instances.
impl FromStr for Target {
    type Err = AddressError;
    fn from_str(text: &str) -> Result<Self, AddressError> {
        read_whole(text, |reader| {
            let module = reader.module_instance()?;
            if reader.rest().is_empty() && !module.is_root() && !text.ends_with('.') {
                return Ok(Self::Module(module));
            }
            let resource = reader.resource()?;
            Ok(match reader.key()? {
                InstanceKey::None => Self::Resource(AbsoluteResource { module, resource }),
                key => Self::Instance(ResourceInstance { module, resource, key }),
            })
        })
    }
}

/// `aws`, `hashicorp/aws` or `registry.terraform.io/hashicorp/aws`.
impl FromStr for ProviderAddress {
    type Err = AddressError;
    fn from_str(text: &str) -> Result<Self, AddressError> {
        Reader::new(text).provider_address(text)
    }
}

/// The form that states use: `module.m.provider["registry.terraform.io/hashicorp/aws"].alias`.
impl FromStr for ProviderConfig {
    type Err = AddressError;
    fn from_str(text: &str) -> Result<Self, AddressError> {
        read_whole(text, |reader| {
            let module = reader.module_path()?;
            reader.expect("provider[")?;
            let source = reader.string()?;
            let provider = reader.provider_address(&source)?;
            reader.expect("]")?;
            let alias = if reader.take(".") { Some(reader.name("an alias")?) } else { None };
            Ok(Self { module, provider, alias })
        })
    }
}

/// Eight hexadecimal digits.
impl FromStr for DeposedKey {
    type Err = AddressError;
    fn from_str(text: &str) -> Result<Self, AddressError> {
        if text.len() == 8 && text.bytes().all(|byte| byte.is_ascii_hexdigit()) {
            Ok(Self(text.into()))
        } else {
            Err(Reader::new(text).error("a deposed key has eight hexadecimal digits"))
        }
    }
}

impl FromStr for ResourceMode {
    type Err = AddressError;
    fn from_str(text: &str) -> Result<Self, AddressError> {
        match text {
            "data" => Ok(Self::Data),
            "ephemeral" => Ok(Self::Ephemeral),
            "managed" => Ok(Self::Managed),
            _ => Err(Reader::new(text).error("expected \"managed\", \"data\" or \"ephemeral\"")),
        }
    }
}

/// Addresses stand in files as the text people read.
macro_rules! serde_as_text {
    ($($address:ty),* $(,)?) => {$(
        impl Serialize for $address {
            fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
                serializer.collect_str(self)
            }
        }

        impl<'de> Deserialize<'de> for $address {
            fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
                read_text(deserializer, str::parse)
            }
        }
    )*};
}

serde_as_text!(
    AbsoluteResource,
    ConfigResource,
    DeposedKey,
    InstanceKey,
    ModuleInstance,
    ModulePath,
    ProviderAddress,
    ProviderConfig,
    Resource,
    ResourceInstance,
    ResourceMode,
    Target,
);
