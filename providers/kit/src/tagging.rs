//! `tags`, `tags_all` and the provider's default tags, once for all types that have both attributes.

use std::collections::BTreeMap;

use infra_aws::Aws;
use infra_aws::tags::Tags;
use infra_engine::schema::Schema;
use infra_values::{Str, Type, Value};

use crate::form::with;

/// Whether objects of the type have tags of this kind.
pub(crate) fn has_tags(schema: &Schema) -> bool {
    ["tags", "tags_all"].iter().all(|name| schema.block.attributes.contains_key(*name))
}

/// The known tags in a map value; those with null or unknown values are left out.
pub(crate) fn tags_of(value: Option<&Value>) -> Tags {
    let entries = value.and_then(Value::as_entries).into_iter().flatten();
    entries.filter_map(|(key, value)| Some((key.to_string(), value.as_str()?.to_owned()))).collect()
}

pub(crate) fn to_value(tags: &Tags) -> Value {
    let entries: BTreeMap<Str, Value> =
        tags.iter().map(|(key, value)| (Str::from(key.as_str()), Value::string(value))).collect();
    Value::map(Type::String, entries)
}

/// The tags that an object planned so shall have.
pub(crate) fn desired(aws: &Aws, planned: &Value) -> Tags {
    let merged = aws.default_tags().merged_with(&tags_of(planned.get("tags")));
    aws.ignore_tags().visible(&merged)
}

/// The plan with `tags` and `tags_all` in the forms in which the AWS provider plans them:
///
/// - no tags are null in a new object, and what they were before (null or empty) in an existing one;
/// - `tags_all` is unknown where a tag has an empty or unknown value, and in a new object without any.
pub(crate) fn plan(aws: Option<&Aws>, prior: Option<&Value>, planned: &Value) -> Value {
    let map = || Type::map(Type::String);
    let Some(own) = planned.get("tags") else {
        return planned.clone();
    };
    let Some(aws) = aws.filter(|_| own.is_wholly_known()) else {
        return with(planned, "tags_all", Value::unknown(map()));
    };
    let mut planned = planned.clone();
    if own.is_null() || own.as_entries().is_some_and(BTreeMap::is_empty) {
        let was_null = prior.is_none_or(|prior| prior.get("tags").is_none_or(Value::is_null));
        let none = if was_null { Value::null(map()) } else { to_value(&Tags::new()) };
        planned = with(&planned, "tags", none);
    }
    let all = desired(aws, &planned);
    let prior_all = prior.and_then(|prior| prior.get("tags_all"));
    let planned_all = match prior_all {
        Some(prior_all) if tags_of(Some(prior_all)) == all => prior_all.clone(),
        _ if all.values().any(String::is_empty) => Value::unknown(map()),
        None if all.is_empty() => Value::unknown(map()),
        _ => to_value(&all),
    };
    with(&planned, "tags_all", planned_all)
}

/// The object with what the service says about its tags. `configured` are the tags known to be its own.
pub(crate) fn observed(aws: &Aws, object: &Value, reported: &Tags) -> Value {
    let all = aws.ignore_tags().visible(reported);
    let own = aws.default_tags().own_part(&all, &tags_of(object.get("tags")));
    let object = with(object, "tags", to_value(&own));
    with(&object, "tags_all", to_value(&all))
}

/// The object with the tags it was just given.
pub(crate) fn applied(object: &Value, own: Option<&Value>, all: &Tags) -> Value {
    let object = match own {
        Some(own) => with(object, "tags", own.clone()),
        None => object.clone(),
    };
    with(&object, "tags_all", to_value(all))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::testing::connected;

    fn tags(text: &str) -> Tags {
        let pairs = text.split_whitespace().map(|pair| pair.split_once('=').unwrap());
        pairs.map(|(key, value)| (key.to_owned(), value.to_owned())).collect()
    }

    /// `-`: null; `?`: unknown; `{}`: empty.
    fn value(text: &str) -> Value {
        match text {
            "-" => Value::null(Type::map(Type::String)),
            "?" => Value::unknown(Type::map(Type::String)),
            "{}" => to_value(&Tags::new()),
            pairs => to_value(&tags(pairs)),
        }
    }

    fn text(value: Option<&Value>) -> String {
        let Some(value) = value.filter(|value| value.is_known()) else { return "?".to_owned() };
        let pairs: Vec<String> = tags_of(Some(value)).iter().map(|(key, value)| format!("{key}={value}")).collect();
        match pairs.join(" ") {
            _ if value.is_null() => "-".to_owned(),
            none if none.is_empty() => "{}".to_owned(),
            pairs => pairs,
        }
    }

    fn object(own: &str, all: &str) -> Value {
        Value::object_from([("tags", value(own)), ("tags_all", value(all))])
    }

    /// As recorded from the AWS provider.
    #[tokio::test]
    async fn plans() {
        // default tags | prior tags, tags_all | configured | planned tags, tags_all
        let cases = [
            ("", None, "-", ("-", "?")),
            ("", None, "{}", ("-", "?")),
            ("", None, "Team=one Empty=", ("Empty= Team=one", "?")),
            ("", None, "?", ("?", "?")),
            ("Team=default Stage=dev", None, "Team=own", ("Team=own", "Stage=dev Team=own")),
            ("", Some(("-", "{}")), "-", ("-", "{}")),
            ("", Some(("{}", "{}")), "-", ("{}", "{}")),
            ("", Some(("{}", "{}")), "Team=one", ("Team=one", "Team=one")),
            ("", Some(("Team=one", "Team=one")), "-", ("{}", "{}")),
            ("", Some(("Team=one", "Team=one")), "{}", ("{}", "{}")),
            ("", Some(("Team=one", "Team=one")), "Team=", ("Team=", "?")),
            ("", Some(("Team=", "Team=")), "Team=", ("Team=", "Team=")),
            ("Stage=prod", Some(("Stage=dev", "Stage=dev")), "-", ("{}", "Stage=prod")),
            ("Stage=dev", Some(("{}", "Stage=dev")), "Stage=dev", ("Stage=dev", "Stage=dev")),
        ];
        for (defaults, prior, configured, expected) in cases {
            let aws = connected(&tags(defaults), "eu-central-1").await;
            let prior = prior.map(|(own, all)| object(own, all));
            let planned = plan(Some(&aws), prior.as_ref(), &object(configured, "-"));
            let planned = (text(planned.get("tags")), text(planned.get("tags_all")));
            let expected = (expected.0.to_owned(), expected.1.to_owned());
            assert_eq!(planned, expected, "{defaults:?} {prior:?} {configured:?}");
        }
        assert_eq!(text(plan(None, None, &object("a=1", "-")).get("tags_all")), "?");
    }

    #[tokio::test]
    async fn what_the_service_reports() {
        // default tags | stored tags | reported | tags, tags_all
        let cases = [
            ("", "-", "", ("{}", "{}")),
            ("Stage=dev", "-", "Stage=dev", ("{}", "Stage=dev")),
            ("Stage=dev", "Stage=dev", "Stage=dev a=1", ("Stage=dev a=1", "Stage=dev a=1")),
            ("Stage=prod", "-", "Stage=dev aws:x=1", ("Stage=dev", "Stage=dev")),
        ];
        for (defaults, stored, reported, expected) in cases {
            let aws = connected(&tags(defaults), "eu-central-1").await;
            let seen = observed(&aws, &object(stored, "-"), &tags(reported));
            assert_eq!(
                (text(seen.get("tags")).as_str(), text(seen.get("tags_all")).as_str()),
                expected,
                "{defaults:?} {reported:?}"
            );
        }
    }
}
