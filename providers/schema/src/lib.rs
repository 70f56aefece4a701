//! Facts about resource types, data sources and ephemeral resources, as data.
//!
//! [`type_facts`] gives what is known of a type in a [`Generation`] of the AWS provider, in the form that
//! `data/README.md` describes; `infra_engine::schema::facts` reads it. Files are embedded and parsed
//! when a type of theirs is first asked for. Nothing derived is cached here: whoever turns facts into a schema keeps
//! the schema.

use std::collections::BTreeSet;
use std::sync::OnceLock;

use serde_json::{Value, json};

mod generation;
mod structures;

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
    /// `ephemeral`
    Ephemeral,
}

impl TypeKind {
    fn section(self) -> &'static str {
        match self {
            Self::Resource => "resources",
            Self::DataSource => "data_sources",
            Self::Ephemeral => "ephemeral_resources",
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

/// The files of facts, by the name of their service.
macro_rules! services {
    ($($name:literal),* $(,)?) => {
        [$(($name, Document::new(include_str!(concat!("../data/", $name, ".json"))))),*]
    };
}

static SERVICES: [(&str, Document); 40] = services![
    "acm",
    "acmpca",
    "apigateway",
    "apigatewayv2",
    "appautoscaling",
    "athena",
    "autoscaling",
    "bedrockagent",
    "budgets",
    "cloudfront",
    "cloudtrail",
    "cloudwatch",
    "codebuild",
    "cognito",
    "dynamodb",
    "ec2",
    "ecr",
    "ecs",
    "efs",
    "elasticache",
    "elbv2",
    "glue",
    "iam",
    "kinesis",
    "kms",
    "lambda",
    "meta",
    "rds",
    "resourcegroups",
    "route53",
    "s3",
    "scheduler",
    "secretsmanager",
    "servicediscovery",
    "ses",
    "sfn",
    "sns",
    "sqs",
    "ssm",
    "xray",
];
static SERVICE_OF_TYPE: Document = Document::new(include_str!("../data/services.json"));
static BEHAVIOUR_OF_5_100: Document = Document::new(include_str!("../data/behaviour-5.100.json"));
/// The small providers beside AWS.
static UTILITIES: [(&str, Document); 1] = [("random", Document::new(include_str!("../data/util-random.json")))];
static PROVIDER: Document = Document::new(include_str!("../data/provider.json"));

/// The facts about a type, e.g. `aws_s3_bucket`; `None` where there are none for that generation.
pub fn type_facts(type_name: &str, kind: TypeKind, generation: Generation) -> Option<Value> {
    let newest = newest_facts(type_name, kind)?;
    match generation {
        Generation::V6 => Some(newest.clone()),
        Generation::V5 => {
            let corrections = &BEHAVIOUR_OF_5_100.value()[kind.section()][type_name];
            Some(generation::as_of_5_100(structures::of_5_100(type_name, kind)?, newest, corrections))
        }
    }
}

/// [`type_facts`] of a resource type.
pub fn resource_facts(type_name: &str, generation: Generation) -> Option<Value> {
    type_facts(type_name, TypeKind::Resource, generation)
}

/// [`type_facts`] of a data source.
pub fn data_source_facts(type_name: &str, generation: Generation) -> Option<Value> {
    type_facts(type_name, TypeKind::DataSource, generation)
}

/// The facts about the types of a small provider beside AWS, by name. `section` is `resources`, `data_sources` or
/// `ephemeral_resources`.
pub fn utility_facts(provider: &str, section: &str) -> Vec<(&'static str, &'static Value)> {
    let found = UTILITIES.iter().find(|(name, _)| *name == provider);
    let types = found.and_then(|(_, document)| document.value()[section].as_object());
    types.into_iter().flatten().map(|(name, facts)| (name.as_str(), facts)).collect()
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
pub fn type_names(kind: TypeKind) -> &'static BTreeSet<String> {
    structures::names(kind)
}

/// What the attributes and blocks of a type are.
pub struct Structure {
    /// As facts are; where there are none, without defaults and without what forces a replacement.
    pub facts: Value,
    /// The version of the provider that it was taken from, where that is another than the one asked for.
    pub of_version: Option<&'static str>,
}

/// The structure of any type; `None` for an unknown one. For types that are checked and not managed.
pub fn structure(type_name: &str, kind: TypeKind, generation: Generation) -> Option<Structure> {
    if let Some(facts) = type_facts(type_name, kind, generation) {
        return Some(Structure { facts, of_version: None });
    }
    let mut facts = structures::of_5_100(type_name, kind)?;
    if generation == Generation::V5 {
        return Some(Structure { facts, of_version: None });
    }
    if let Some(attributes) = facts["attributes"].as_object_mut() {
        // Nearly every type of 6.x has it; the few global ones are not told apart here.
        let region = json!({"type": "string", "optional": true, "computed": true});
        attributes.entry("region").or_insert(region);
    }
    Some(Structure { facts, of_version: Some("5.100.0") })
}

/// The names of the types there are facts about, sorted.
pub fn names_with_facts(kind: TypeKind) -> Vec<&'static str> {
    let mut names: Vec<&'static str> = SERVICES
        .iter()
        .filter_map(|(_, document)| document.value()[kind.section()].as_object())
        .flat_map(|types| types.keys().map(String::as_str))
        .collect();
    names.sort_unstable();
    names
}

fn newest_facts(type_name: &str, kind: TypeKind) -> Option<&'static Value> {
    let name = SERVICE_OF_TYPE.value().get(type_name)?.as_str()?;
    let (_, document) = SERVICES.iter().find(|(service, _)| *service == name)?;
    document.value()[kind.section()].get(type_name)
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
        for kind in [TypeKind::Resource, TypeKind::DataSource, TypeKind::Ephemeral] {
            for name in names_with_facts(kind) {
                assert!(type_exists(name, kind), "{name}");
                for generation in [Generation::V5, Generation::V6] {
                    let Some(facts) = type_facts(name, kind, generation) else {
                        assert!(generation == Generation::V5 && !type_names(kind).contains(name), "{name}");
                        continue;
                    };
                    assert!(facts["attributes"].is_object(), "{name} {generation:?}");
                    seen += 1;
                }
            }
        }
        assert!(seen > 2 * 300, "{seen}");
    }

    #[test]
    fn the_index_leads_to_every_type() {
        for (service, document) in &SERVICES {
            for section in ["resources", "data_sources", "ephemeral_resources"] {
                for name in document.value()[section].as_object().into_iter().flat_map(|types| types.keys()) {
                    assert_eq!(SERVICE_OF_TYPE.value()[name], **service, "{name}");
                }
            }
        }
    }

    #[test]
    fn every_type_has_a_structure() {
        for kind in [TypeKind::Resource, TypeKind::DataSource, TypeKind::Ephemeral] {
            for name in type_names(kind) {
                for generation in [Generation::V5, Generation::V6] {
                    let structure = structure(name, kind, generation).unwrap().facts;
                    assert!(structure["attributes"].is_object(), "{name}");
                }
            }
        }
        assert_eq!(type_names(TypeKind::Resource).len(), 1526);
        assert_eq!(type_names(TypeKind::Ephemeral).len(), 7);
        let broker = |generation| structure("aws_mq_broker", TypeKind::Resource, generation).unwrap();
        assert!(attribute(&broker(Generation::V6).facts, "region").is_object());
        assert!(attribute(&broker(Generation::V5).facts, "region").is_null());
        let versions = [broker(Generation::V5).of_version, broker(Generation::V6).of_version];
        assert_eq!(versions, [None, Some("5.100.0")]);
    }

    #[test]
    fn types_with_and_without_facts_and_unknown_ones() {
        assert!(type_exists("aws_mq_broker", TypeKind::Resource));
        assert!(resource_facts("aws_mq_broker", Generation::V6).is_none());
        assert!(structure("aws_s3_bukket", TypeKind::Resource, Generation::V6).is_none());
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
        let region = attribute(&bucket, "region");
        assert!(region["computed"] == true && region["optional"].is_null(), "{region}");
    }

    #[test]
    fn known_behaviour_of_5_100_is_about_something_there() {
        for kind in [TypeKind::Resource, TypeKind::DataSource, TypeKind::Ephemeral] {
            for (name, corrections) in BEHAVIOUR_OF_5_100.value()[kind.section()].as_object().into_iter().flatten() {
                let facts = type_facts(name, kind, Generation::V5).unwrap();
                for (pointer, value) in corrections.as_object().unwrap() {
                    assert_eq!(facts.pointer(pointer), Some(value), "{name} {pointer}");
                }
            }
        }
    }

    #[test]
    fn provider_block_of_each_generation() {
        let has = |generation, name: &str| provider_config_facts(generation)["attributes"][name].is_object();
        assert!(has(Generation::V6, "user_agent") && !has(Generation::V5, "user_agent"));
        assert!(has(Generation::V5, "s3_use_path_style"));
        assert!(provider_config_facts(Generation::V5)["blocks"]["assume_role"].is_object());
    }
}
