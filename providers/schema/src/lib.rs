//! Facts about resource types and data sources, as data.
//!
//! [`resource_facts`] and [`data_source_facts`] give what is known of a type in a [`Generation`] of the AWS provider,
//! in the form that `data/README.md` describes; `infra_engine::schema::facts` reads it. Files are embedded and parsed
//! when a type of theirs is first asked for. Nothing derived is cached here: whoever turns facts into a schema keeps
//! the schema.

use std::collections::BTreeSet;
use std::sync::OnceLock;

use serde_json::Value;

mod generation;

/// Which major version of the AWS provider a configuration is written for.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Generation {
    /// 5.x; the facts are those of 5.100.0.
    V5,
    /// 6.x; the facts are those of 6.47.0.
    #[default]
    V6,
}

/// What a type is used as.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum TypeKind {
    /// `resource`
    Resource,
    /// `data`
    DataSource,
}

impl TypeKind {
    fn section(self) -> &'static str {
        match self {
            Self::Resource => "resources",
            Self::DataSource => "data_sources",
        }
    }
}

/// A file of facts, parsed when it is first needed.
struct Document {
    text: &'static str,
    parsed: OnceLock<Value>,
}

impl Document {
    const fn new(text: &'static str) -> Self {
        Self { text, parsed: OnceLock::new() }
    }

    fn value(&self) -> &Value {
        #[expect(clippy::expect_used, reason = "the text is part of the binary, and a test parses every file")]
        self.parsed.get_or_init(|| serde_json::from_str(self.text).expect("embedded facts are JSON"))
    }
}

/// A service's types and how their names begin. One without a prefix is asked when no other fits.
struct Service {
    prefix: &'static str,
    document: Document,
}

static SERVICES: [Service; 4] = [
    Service { prefix: "aws_dynamodb_", document: Document::new(include_str!("../data/dynamodb.json")) },
    Service { prefix: "aws_iam_", document: Document::new(include_str!("../data/iam.json")) },
    Service { prefix: "aws_s3_", document: Document::new(include_str!("../data/s3.json")) },
    Service { prefix: "aws_", document: Document::new(include_str!("../data/meta.json")) },
];
static PROVIDER: Document = Document::new(include_str!("../data/provider.json"));
static DELTA: Document = Document::new(include_str!("../data/delta-5.100.json"));
static FLAGS: Document = Document::new(include_str!("../data/flags-5.100.json"));
static TYPE_NAMES: Document = Document::new(include_str!("../data/all-type-names-5.100.json"));

/// The facts about a resource type, e.g. `aws_s3_bucket`; `None` where there are none for that generation.
pub fn resource_facts(type_name: &str, generation: Generation) -> Option<Value> {
    facts(type_name, TypeKind::Resource, generation)
}

/// The facts about a data source, e.g. `aws_caller_identity`; `None` where there are none for that generation.
pub fn data_source_facts(type_name: &str, generation: Generation) -> Option<Value> {
    facts(type_name, TypeKind::DataSource, generation)
}

/// What the `provider "aws"` block may hold: `{attributes, blocks}`.
pub fn provider_config_facts(generation: Generation) -> Value {
    let mut config = PROVIDER.value()["config"].clone();
    if generation == Generation::V6
        && let Some(attributes) = config.get_mut("attributes").and_then(Value::as_object_mut)
        && let Some(newer) = PROVIDER.value()["newer"]["attributes"].as_object()
    {
        attributes.extend(newer.iter().map(|(name, attribute)| (name.clone(), attribute.clone())));
    }
    config
}

/// Whether the provider has such a type, with or without facts about it.
pub fn type_exists(type_name: &str, kind: TypeKind) -> bool {
    type_names(kind).contains(type_name) || newest_facts(type_name, kind).is_some()
}

/// The names of all types of 5.100.0, sorted: for "did you mean".
pub fn type_names(kind: TypeKind) -> &'static BTreeSet<&'static str> {
    static RESOURCES: OnceLock<BTreeSet<&'static str>> = OnceLock::new();
    static DATA_SOURCES: OnceLock<BTreeSet<&'static str>> = OnceLock::new();
    let names = match kind {
        TypeKind::Resource => &RESOURCES,
        TypeKind::DataSource => &DATA_SOURCES,
    };
    names.get_or_init(|| {
        let listed = TYPE_NAMES.value()[kind.section()].as_array();
        listed.into_iter().flatten().filter_map(Value::as_str).collect()
    })
}

/// The names of the types there are facts about, sorted.
pub fn names_with_facts(kind: TypeKind) -> Vec<&'static str> {
    let mut names: Vec<&'static str> = SERVICES
        .iter()
        .filter_map(|service| service.document.value()[kind.section()].as_object())
        .flat_map(|types| types.keys().map(String::as_str))
        .collect();
    names.sort_unstable();
    names
}

fn facts(type_name: &str, kind: TypeKind, generation: Generation) -> Option<Value> {
    let newest = newest_facts(type_name, kind)?;
    match generation {
        Generation::V6 => Some(newest.clone()),
        Generation::V5 => generation::as_of_5_100(type_name, kind, newest, DELTA.value(), FLAGS.value()),
    }
}

fn newest_facts(type_name: &str, kind: TypeKind) -> Option<&'static Value> {
    let service = SERVICES.iter().find(|service| type_name.starts_with(service.prefix))?;
    service.document.value()[kind.section()].get(type_name)
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, reason = "a test fails by panicking")]

    use super::*;

    /// The flags of an attribute at a dotted path.
    fn attribute<'f>(facts: &'f Value, path: &str) -> &'f Value {
        let mut block = facts;
        let (outer, name) = path.rsplit_once('.').unwrap_or(("", path));
        for step in outer.split('.').filter(|step| !step.is_empty()) {
            block = &block["blocks"][step];
        }
        &block["attributes"][name]
    }

    #[test]
    fn every_embedded_type_has_facts_in_both_generations() {
        let mut seen = 0;
        for kind in [TypeKind::Resource, TypeKind::DataSource] {
            for name in names_with_facts(kind) {
                assert!(type_exists(name, kind), "{name}");
                for generation in [Generation::V5, Generation::V6] {
                    let facts = facts(name, kind, generation).unwrap_or_else(|| panic!("{name} {generation:?}"));
                    assert!(facts["attributes"].is_object(), "{name} {generation:?}");
                    seen += 1;
                }
            }
        }
        assert_eq!(seen, 2 * (49 + 21));
    }

    #[test]
    fn types_with_and_without_facts_and_unknown_ones() {
        assert!(type_exists("aws_instance", TypeKind::Resource));
        assert!(resource_facts("aws_instance", Generation::V6).is_none());
        assert!(!type_exists("aws_s3_bukket", TypeKind::Resource));
        assert!(!type_exists("aws_caller_identity", TypeKind::Resource));
        assert!(data_source_facts("aws_caller_identity", Generation::V5).is_some());
    }

    #[test]
    fn generation_5_drops_adds_and_replaces() {
        let table = |generation| resource_facts("aws_dynamodb_table", generation).unwrap();
        let (older, newer) = (table(Generation::V5), table(Generation::V6));
        // Blocks and attributes that only the newer one has.
        assert!(newer["blocks"]["warm_throughput"].is_object() && older["blocks"]["warm_throughput"].is_null());
        assert!(newer["blocks"]["global_secondary_index"]["blocks"]["key_schema"].is_object());
        assert!(older["blocks"]["global_secondary_index"]["blocks"]["key_schema"].is_null());
        assert!(attribute(&newer, "replica.consistency_mode").is_object());
        assert!(attribute(&older, "replica.consistency_mode").is_null());
        // Flags that changed; what is known of its behaviour stays.
        assert_eq!(attribute(&older, "global_secondary_index.hash_key")["required"], true);
        assert!(attribute(&older, "global_secondary_index.hash_key")["optional"].is_null());
        assert_eq!(attribute(&newer, "global_secondary_index.hash_key")["optional"], true);
        assert_eq!(attribute(&older, "global_secondary_index.hash_key")["force_new"], false);
        // The region argument came with 6.x, but a bucket had told its region before.
        assert!(attribute(&newer, "region").is_object() && attribute(&older, "region").is_null());
        let bucket = resource_facts("aws_s3_bucket", Generation::V5).unwrap();
        assert_eq!(attribute(&bucket, "region"), &serde_json::json!({"computed": true, "type": "string"}));
    }

    #[test]
    fn provider_block_of_each_generation() {
        let has = |generation, name: &str| provider_config_facts(generation)["attributes"][name].is_object();
        assert!(has(Generation::V6, "user_agent") && !has(Generation::V5, "user_agent"));
        assert!(has(Generation::V5, "s3_use_path_style"));
        assert!(provider_config_facts(Generation::V5)["blocks"]["assume_role"].is_object());
    }
}
