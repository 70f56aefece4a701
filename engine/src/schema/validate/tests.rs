use infra_schema::{Generation, TypeKind, names_with_facts};
use infra_values::Marks;
use serde_json::json;

use super::*;
use crate::schema::facts::schema_from_facts;
use crate::schema::test_support::{Text, resource_schema};

/// One line for each diagnostic of a configuration of a type.
fn problems(schema: &Schema, text: &str) -> Vec<String> {
    let text = Text::new(text).with("secret", Value::string("hunter2").with_marks(&Marks::sensitive()));
    let (config, decoded) = text.decode(&schema.block);
    assert!(!decoded.has_errors(), "{}", text.shown(&decoded));
    text.shown(&validate(schema, &config)).lines().map(str::to_owned).collect()
}

#[test]
fn rules_of_values() {
    let schema = schema_from_facts(&json!({"attributes": {
        "size": {"type": "number", "optional": true, "validate": {"min": 1, "max": 5}},
        "name": {"type": "string", "optional": true, "validate": {"min_len": 2, "max_len": 4, "pattern": "^[a-z]+$"}},
        "word": {"type": "string", "optional": true, "validate": {"not_pattern": ["x", "y"]}},
        "kind": {"type": "string", "optional": true, "validate": {"one_of": ["Enabled", "Suspended"]}},
        "mixed": {"type": "string", "optional": true, "validate": {"any": [{"format": "arn"}, {"one_of": ["self"]}]}},
        "level": {"type": "number", "optional": true, "validate": {"any": [{"max": 1}, {"min": 8}]}},
        "days": {"type": "number", "optional": true, "validate": {"one_of": [1, 3]}},
        "arns": {"type": "set(string)", "optional": true, "max_items": 2, "validate_elem": {"format": "arn"}},
        "token": {"type": "string", "optional": true, "sensitive": true, "validate": {"max_len": 2}},
    }}))
    .unwrap();
    for (text, expected) in [
        ("size = 5", None),
        ("size = later", None),
        ("size = null", None),
        ("size = 6", Some(".size error: Invalid value: \"size\" must be from 1 to 5, not 6; correct it.")),
        (
            "name = \"abcde\"",
            Some(".name error: Invalid value: \"name\" must have from 2 to 4 characters, not \"abcde\"; correct it."),
        ),
        (
            "name = \"AB\"",
            Some(
                ".name warning: Unexpected value: As far as is known here, \"name\" must match the pattern ^[a-z]+$, not \"AB\". The service may know more; if it refuses the value, correct it.",
            ),
        ),
        (
            "word = \"ay\"",
            Some(
                ".word warning: Unexpected value: As far as is known here, \"word\" must not match the pattern y, not \"ay\". The service may know more; if it refuses the value, correct it.",
            ),
        ),
        ("kind = \"Enabled\"", None),
        ("kind = \"\"", None),
        // Only the case differs: nothing that a service could have grown.
        (
            "kind = \"enabled\"",
            Some(
                ".kind error: Invalid value: \"kind\" is one of \"Enabled\", \"Suspended\", not \"enabled\"; correct it. [did you mean `Enabled`?]",
            ),
        ),
        (
            "kind = \"Suspend\"",
            Some(
                ".kind warning: Unexpected value: As far as is known here, \"kind\" is one of \"Enabled\", \"Suspended\", not \"Suspend\". The service may know more; if it refuses the value, correct it. [did you mean `Suspended`?]",
            ),
        ),
        ("mixed = \"self\"", None),
        ("mixed = \"arn:aws:s3:::b\"", None),
        (
            "mixed = \"x\"",
            Some(
                ".mixed warning: Unexpected value: As far as is known here, \"mixed\" must be an ARN, such as arn:aws:iam::123456789012:role/name, or is one of \"self\", not \"x\". The service may know more; if it refuses the value, correct it.",
            ),
        ),
        (
            "level = 5",
            Some(".level error: Invalid value: \"level\" must be at most 1, or must be at least 8, not 5; correct it."),
        ),
        (
            "days = 2",
            Some(
                ".days warning: Unexpected value: As far as is known here, \"days\" is one of 1, 3, not 2. The service may know more; if it refuses the value, correct it.",
            ),
        ),
        ("arns = [\"arn:aws:s3:::a\", later]", None),
        (
            "arns = [\"b\"]",
            Some(
                ".arns[0] error: Invalid value: \"arns\" must be an ARN, such as arn:aws:iam::123456789012:role/name, not \"b\"; correct it.",
            ),
        ),
        (
            "arns = [\"arn:aws:s3:::a\", \"arn:aws:s3:::b\", \"arn:aws:s3:::c\"]",
            Some(
                ".arns error: Invalid number of elements: \"arns\" allows at most 2 elements and has 3; change the list accordingly.",
            ),
        ),
        ("token = \"abc\"", Some(".token error: Invalid value: \"token\" must have at most 2 characters; correct it.")),
        ("name = secret", Some(".name error: Invalid value: \"name\" must have from 2 to 4 characters; correct it.")),
    ] {
        assert_eq!(problems(&schema, text), expected.into_iter().collect::<Vec<_>>(), "{text}");
    }
}

#[test]
fn relations_of_real_types() {
    let bucket = resource_schema("aws_s3_bucket", Generation::V6);
    for (text, expected) in [
        ("bucket = \"b\"", vec![]),
        ("bucket = null\nbucket_prefix = \"p\"", vec![]),
        ("bucket = later\nbucket_prefix = \"p\"", vec![]),
        (
            "bucket = \"b\"\nbucket_prefix = \"p\"",
            // Both say it; it is told once.
            vec![
                ".bucket error: Conflicting configuration arguments: \"bucket\" conflicts with \"bucket_prefix\"; remove one of the two.",
            ],
        ),
        (
            "acl = \"private\"\ngrant {\n  type = \"x\"\n  permissions = []\n}",
            vec![
                ".acl error: Conflicting configuration arguments: \"acl\" conflicts with \"grant\"; remove one of the two.",
            ],
        ),
        (
            "timeouts {\n create = \"1h30m\"\n read = later\n delete = \"soon\"\n}",
            vec![
                ".timeouts.delete error: Invalid duration: The deadline \"soon\" for \"delete\" is not a duration; write one such as \"30m\" or \"1h30m\".",
            ],
        ),
        (
            "website {}",
            vec![
                ".website[0].index_document error: Invalid combination of arguments: One of \"website.index_document\", \"website.redirect_all_requests_to\" must be given; add one.",
            ],
        ),
        (
            "website {\n index_document = \"i\"\n redirect_all_requests_to = \"r\"\n routing_rules = \"[]\"\n}",
            vec![
                ".website[0].index_document error: Invalid combination of arguments: One of \"website.index_document\", \"website.redirect_all_requests_to\" must be given; remove the others.",
                ".website[0].redirect_all_requests_to error: Conflicting configuration arguments: \"website.redirect_all_requests_to\" conflicts with \"website.routing_rules\"; remove one of the two.",
            ],
        ),
    ] {
        assert_eq!(problems(&bucket, text), expected, "{text}");
    }
}

#[test]
fn relations_inside_the_same_block() {
    let member = |relation: &str| json!({"type": "string", "optional": true, relation: ["rule.a", "rule.b"]});
    for (relation, text, expected) in [
        ("exactly_one_of", "rule { a = \"1\" }\nrule { b = \"1\" }", None),
        (
            "at_least_one_of",
            "rule { a = \"1\" }\nrule {}",
            Some(
                ".rule[1].a error: Invalid combination of arguments: At least one of \"rule.a\", \"rule.b\" must be given; add one.",
            ),
        ),
        ("at_least_one_of", "rule { a = later }", None),
        (
            "required_with",
            "rule { a = \"1\" }",
            Some(
                ".rule[0].a error: Missing required argument: \"rule.a\" needs \"rule.b\" beside it; add what is missing.",
            ),
        ),
        ("required_with", "rule {}", None),
        ("required_with", "rule {\n a = \"1\"\n b = later\n}", None),
    ] {
        let schema = schema_from_facts(&json!({"blocks": {"rule": {
            "nesting": "list", "attributes": {"a": member(relation), "b": member(relation)},
        }}}))
        .unwrap();
        assert_eq!(problems(&schema, text), expected.into_iter().collect::<Vec<_>>(), "{relation} {text}");
    }
}

#[test]
fn every_pattern_of_the_facts_can_be_read() {
    fn check_rule(rule: &crate::schema::Rule, seen: &mut usize) {
        for pattern in rule.patterns.iter().chain(&rule.not_patterns) {
            assert!(rules::compile(pattern).is_some(), "{pattern}");
            *seen += 1;
        }
        rule.any.iter().for_each(|rule| check_rule(rule, seen));
    }
    fn check_block(block: &Block, seen: &mut usize) {
        for attribute in block.attributes.values() {
            attribute.validate.iter().chain(&attribute.validate_element).for_each(|rule| check_rule(rule, seen));
        }
        block.blocks.values().for_each(|nested| check_block(&nested.block, seen));
    }
    let mut seen = 0;
    for name in names_with_facts(TypeKind::Resource) {
        check_block(&resource_schema(name, Generation::V6).block, &mut seen);
    }
    assert!(seen > 0);
}
