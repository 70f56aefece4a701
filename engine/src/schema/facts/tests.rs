use infra_schema::{Generation, TypeKind, names_with_facts, provider_config_facts, type_facts};
use serde_json::json;

use super::*;
use crate::schema::test_support::resource_schema;

#[test]
fn all_known_facts_can_be_read() {
    for generation in [Generation::V5, Generation::V6] {
        for kind in [TypeKind::Resource, TypeKind::DataSource, TypeKind::Ephemeral] {
            for name in names_with_facts(kind) {
                let Some(facts) = type_facts(name, kind, generation) else {
                    assert_eq!(generation, Generation::V5, "{name}");
                    continue;
                };
                let schema = schema_from_facts(&facts);
                let schema = schema.unwrap_or_else(|error| panic!("{name} {generation:?}: {error}"));
                assert!(matches!(schema.implied_type(), Type::Object(_)), "{name}");
            }
        }
        let provider = config_from_facts(&provider_config_facts(generation)).unwrap();
        assert_eq!(provider.block.blocks["assume_role"].nesting, Nesting::List);
        assert!(provider.block.attributes["region"].optional);
    }
}

#[test]
fn what_facts_say_is_in_the_schema() {
    let bucket = resource_schema("aws_s3_bucket", Generation::V6);
    assert_eq!((bucket.version, bucket.conventions), (0, Conventions::Sdk));
    let import = ImportForm { templates: vec!["{bucket}".into()], examples: vec!["bucket-name".into()] };
    assert_eq!(bucket.import, Some(import));
    let timeouts = bucket.timeouts.as_ref().unwrap();
    assert_eq!((timeouts["delete"], timeouts["read"]), (Some(3600), Some(1200)));
    let block = &bucket.block.blocks["timeouts"];
    assert_eq!((block.nesting, block.block.attributes.len()), (Nesting::Single, 4));
    assert!(block.block.attributes["create"].optional);

    let attributes = &bucket.block.attributes;
    assert!(attributes["id"].computed && !attributes["id"].optional, "`id` of this convention cannot be set");
    assert!(attributes["bucket"].force_new && !attributes["tags"].force_new);
    assert_eq!(attributes["force_destroy"].default, Some(Value::bool(false)));
    assert_eq!(attributes["bucket"].relations.conflicts_with, ["bucket_prefix"]);
    assert_eq!(attributes["policy"].suppress.as_deref(), Some("iam_policy_json"));
    assert_eq!(attributes["policy"].normalize.as_deref(), Some("json"));
    assert_eq!(attributes["tags"].ty, Type::map(Type::String));
    let grant = &bucket.block.blocks["grant"];
    assert!(grant.computed && grant.deprecated);
    assert!(grant.block.attributes["id"].optional, "an `id` further inside is like any other attribute");
    let permissions = grant.block.attributes["permissions"].validate_element.as_ref().unwrap();
    assert!(permissions.one_of.contains(&Value::string("READ_ACP")));

    let lifecycle = resource_schema("aws_s3_bucket_lifecycle_configuration", Generation::V6);
    assert_eq!((lifecycle.version, lifecycle.conventions), (1, Conventions::Framework));
    let table = resource_schema("aws_dynamodb_table", Generation::V6);
    assert_eq!(table.unknown_on_change, ["stream_arn"]);
    let throughput = &table.block.blocks["warm_throughput"].block.attributes["read_units_per_second"];
    assert_eq!(throughput.force_new_if.as_deref(), Some("decrease"));
    assert_eq!(throughput.validate.as_ref().unwrap().min, Some(12000.0));
}

#[test]
fn blocks_that_take_their_content_from_elsewhere() {
    let facts = json!({
        "attributes": {},
        "blocks": {"statement": {
            "nesting": "list",
            "attributes": {"leaf": {"type": "string", "optional": true}},
            "blocks": {"not": {
                "nesting": "list", "attributes": {},
                "blocks": {"statement": {"nesting": "list", "same_as": "statement", "levels": 2}},
            }},
        }},
    });
    let schema = schema_from_facts(&facts).unwrap();
    let outer = &schema.block.blocks["statement"].block;
    let first = &outer.blocks["not"].block.blocks["statement"].block;
    let second = &first.blocks["not"].block.blocks["statement"].block;
    assert!(second.attributes.contains_key("leaf"));
    assert!(second.blocks.is_empty(), "the innermost lacks the blocks that go on");
}

#[test]
fn attributes_that_may_be_written_as_blocks() {
    let facts = json!({"attributes": {"rule": {
        "type": "set(object({port=number, name=string}))", "optional": true, "attr_as_blocks": true,
        "force_new": null,
        "members": {"port": {"required": true, "validate": {"any": [{"min": 1}, {"one_of": [-1]}]}}},
    }}});
    let rule = &schema_from_facts(&facts).unwrap().block.attributes["rule"];
    assert!(rule.as_blocks && !rule.force_new);
    assert_eq!(rule.members["port"].ty, Type::Number);
    let any = &rule.members["port"].validate.as_ref().unwrap().any;
    assert_eq!((any[0].min, &any[1].one_of), (Some(1.0), &vec![Value::number(-1)]));
}

#[test]
fn defects_of_facts_say_where() {
    let attribute = |flags: Json| json!({"blocks": {"rule": {"nesting": "list", "attributes": {"name": flags}}}});
    for (facts, message) in [
        (attribute(json!({"optional": true})), "rule.name: an attribute needs a type"),
        (attribute(json!({"type": "text"})), "rule.name: \"text\" in \"text\" is not a type"),
        (attribute(json!({"type": "bool", "default": 1})), "rule.name: the default 1 is no bool"),
        (attribute(json!({"type": "bool", "required": 1})), "rule.name: required must be true or false, not 1"),
        (json!({"blocks": {"rule": {"nesting": "tree"}}}), "rule: a block cannot nest as Some(\"tree\")"),
        (json!({"plugin": "other"}), "the type: plugin \"other\" is not known"),
        (
            json!({"timeouts": {"create": "soon"}}),
            "the type: the timeout \"soon\" is not a duration such as 30m or 1h30m",
        ),
    ] {
        let error = schema_from_facts(&facts).unwrap_err().to_string();
        assert_eq!(error, format!("cannot read the schema facts at {message}; correct the file of facts"));
    }
}

#[test]
fn durations() {
    for (text, secs) in [
        ("30m", Some(1800)),
        ("1h30m", Some(5400)),
        ("90s", Some(90)),
        ("1.5h", Some(5400)),
        ("1s500ms", Some(2)),
        ("", None),
        ("5", None),
        ("m", None),
        ("5d", None),
    ] {
        assert_eq!(duration_secs(text), secs, "{text}");
    }
}
