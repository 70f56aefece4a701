//! The schema model: what may stand in a block of a type, as data.
//!
//! One model feeds validation, planning, replacement, reference pages and completion. Facts are read by [`facts`];
//! [`decode`] turns a body of the syntax tree into a value; [`proposed`] merges prior state and configuration;
//! [`plan`] does what most types need to plan a change; [`validate`] checks a value against the facts.

use std::collections::BTreeMap;
use std::sync::OnceLock;

use infra_values::{Str, Type, Value};

pub mod decode;
pub mod facts;
pub mod plan;
pub mod proposed;
#[cfg(test)]
mod test_support;
pub mod validate;

/// The schema of a resource type, a data source or a provider configuration.
#[derive(Debug, Default)]
pub struct Schema {
    /// Version under which a state stores objects of this type.
    pub version: u64,
    /// What may be configured and what is stored.
    pub block: Block,
    /// Which conventions the type follows about null, zero and blocks.
    pub conventions: Conventions,
    /// Operations that take a deadline in a `timeouts` block, with the default in seconds where it is known.
    /// `None`: no such block. The block itself is also in [`Schema::block`].
    pub timeouts: Option<BTreeMap<Str, Option<u64>>>,
    /// Computed attributes that an update may turn unknown.
    pub unknown_on_change: Vec<Str>,
    /// How an object is named on import; see [`ImportForm`].
    pub import: Option<ImportForm>,
    /// Attributes that repeat others: the original and the copy. Where the original is sensitive, people do not get to
    /// see the copy either, although it is not stored as sensitive.
    pub repeats: Vec<(Str, Str)>,
    /// Where only the structure in another version of the provider is known, that version: what does not fit may be
    /// right all the same, and is a warning.
    pub known_of_version: Option<Str>,
    pub(crate) implied_type: OnceLock<Type>,
}

/// The two conventions that providers of AWS types follow.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Conventions {
    /// Null and the zero value are mostly the same; `force_new` on a block counts blocks.
    #[default]
    Sdk,
    /// Null is null; `force_new` on a block covers everything in it.
    Framework,
}

/// How an import id is built from attributes.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct ImportForm {
    /// Templates such as `{bucket},{expected_bucket_owner}`; empty: importable, parts not known.
    pub templates: Vec<Str>,
    /// Examples for messages.
    pub examples: Vec<Str>,
}

/// Attributes and nested blocks.
#[derive(Clone, Debug, Default)]
pub struct Block {
    /// By name.
    pub attributes: BTreeMap<Str, Attribute>,
    /// By name.
    pub blocks: BTreeMap<Str, NestedBlock>,
}

/// `name = value`
#[derive(Clone, Debug)]
pub struct Attribute {
    /// What the value is converted to.
    pub ty: Type,
    /// Must be configured.
    pub required: bool,
    /// Null is good enough where it must be configured, as for provisioners.
    pub may_be_null: bool,
    /// May be configured.
    pub optional: bool,
    /// May be decided by the provider.
    pub computed: bool,
    /// Withheld from human-readable text.
    pub sensitive: bool,
    /// Given to the provider, never stored.
    pub write_only: bool,
    /// Using it gives a warning.
    pub deprecated: bool,
    /// A change replaces the object.
    pub force_new: bool,
    /// A change of this kind replaces the object; the codes are those of the facts.
    pub force_new_if: Option<Str>,
    /// Stands in the plan as if written.
    pub default: Option<Value>,
    /// What it may not, or must, stand together with.
    pub relations: Relations,
    /// What the value must look like.
    pub validate: Option<Rule>,
    /// What each element must look like.
    pub validate_element: Option<Rule>,
    /// A difference of this kind is none; the codes are those of the facts.
    pub suppress: Option<Str>,
    /// How the value is rewritten before it is stored: `json`, `lower`, `upper`, `trim`, `sha`, `other`.
    pub normalize: Option<Str>,
    /// May also be written as repeated blocks of that name.
    pub as_blocks: bool,
    /// What is known of the members of a list or set of objects, by name; empty where nothing is.
    pub members: BTreeMap<Str, Attribute>,
    /// Fewest elements.
    pub min_items: Option<u64>,
    /// Most elements.
    pub max_items: Option<u64>,
}

/// `name { … }`
#[derive(Clone, Debug)]
pub struct NestedBlock {
    /// How several of them are kept.
    pub nesting: Nesting,
    /// Fewest blocks.
    pub min_items: u64,
    /// Most blocks; `None`: no limit.
    pub max_items: Option<u64>,
    /// The provider may decide about it when it is left out.
    pub computed: bool,
    /// Using it gives a warning.
    pub deprecated: bool,
    /// A change replaces the object; what counts as a change depends on [`Conventions`].
    pub force_new: bool,
    /// A change of this kind replaces the object.
    pub force_new_if: Option<Str>,
    /// What it may not, or must, stand together with.
    pub relations: Relations,
    /// A difference of this kind is none.
    pub suppress: Option<Str>,
    /// What stands inside.
    pub block: Block,
}

/// How several blocks of one name are kept.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Nesting {
    /// At most one: an object, or null.
    Single,
    /// In order.
    List,
    /// Without order or doubles.
    Set,
    /// By label.
    Map,
}

/// Dotted schema paths (list indices dropped) of attributes and blocks that relate to one.
#[derive(Clone, Debug, Default)]
#[expect(missing_docs, reason = "the names are those of the facts and say it")]
pub struct Relations {
    pub conflicts_with: Vec<Str>,
    pub exactly_one_of: Vec<Str>,
    pub at_least_one_of: Vec<Str>,
    pub required_with: Vec<Str>,
}

/// What a value must look like. All given parts hold at once.
#[derive(Clone, Debug, Default)]
#[expect(missing_docs, reason = "the names are those of the facts and say it")]
pub struct Rule {
    pub min: Option<f64>,
    pub max: Option<f64>,
    pub min_len: Option<u64>,
    pub max_len: Option<u64>,
    pub patterns: Vec<Str>,
    pub not_patterns: Vec<Str>,
    pub one_of: Vec<Value>,
    pub format: Option<Str>,
    /// At least one of these holds.
    pub any: Vec<Rule>,
}

impl Schema {
    /// The type of a stored object: an object type with every attribute and block.
    pub fn implied_type(&self) -> &Type {
        self.implied_type.get_or_init(|| self.block.implied_type())
    }
}

impl Block {
    /// The type of a value of this block.
    pub fn implied_type(&self) -> Type {
        let attributes = self.attributes.iter().map(|(name, attribute)| (name.clone(), attribute.ty.clone()));
        let blocks = self.blocks.iter().map(|(name, nested)| (name.clone(), nested.implied_type()));
        Type::object(attributes.chain(blocks))
    }
}

impl Attribute {
    /// An attribute of a type about which nothing else is known.
    pub fn of(ty: Type) -> Self {
        Self {
            ty,
            required: false,
            may_be_null: false,
            optional: false,
            computed: false,
            sensitive: false,
            write_only: false,
            deprecated: false,
            force_new: false,
            force_new_if: None,
            default: None,
            relations: Relations::default(),
            validate: None,
            validate_element: None,
            suppress: None,
            normalize: None,
            as_blocks: false,
            members: BTreeMap::new(),
            min_items: None,
            max_items: None,
        }
    }

    /// Whether a configuration may set it.
    pub fn is_settable(&self) -> bool {
        self.required || self.optional
    }
}

impl NestedBlock {
    /// A block about which nothing is known but its content.
    pub fn of(nesting: Nesting, block: Block) -> Self {
        Self {
            nesting,
            min_items: 0,
            max_items: None,
            computed: false,
            deprecated: false,
            force_new: false,
            force_new_if: None,
            relations: Relations::default(),
            suppress: None,
            block,
        }
    }

    /// The type under which the blocks of this name are kept.
    pub fn implied_type(&self) -> Type {
        let inner = self.block.implied_type();
        match self.nesting {
            Nesting::Single => inner,
            // Elements that differ in a dynamic part have no common type; they are kept as a tuple or object.
            Nesting::List if inner.has_any() => Type::Any,
            Nesting::Map if inner.has_any() => Type::Any,
            Nesting::List => Type::list(inner),
            Nesting::Set => Type::set(inner),
            Nesting::Map => Type::map(inner),
        }
    }
}
