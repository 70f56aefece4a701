//! Import ids and naming attributes, by the templates of the facts: `{bucket},{expected_bucket_owner}`.

use infra_engine::diagnostics::Diagnostic;
use infra_engine::schema::{ImportForm, Schema};
use infra_values::Value;
use serde_json::{Map, Value as Json};

/// A template taken apart: text before the first attribute, then attributes each with the text that follows.
struct Template<'t> {
    before: &'t str,
    parts: Vec<(&'t str, &'t str)>,
}

impl<'t> Template<'t> {
    fn parse(template: &'t str) -> Option<Self> {
        let (before, mut rest) = template.split_once('{')?;
        let mut parts = Vec::new();
        loop {
            let (name, after) = rest.split_once('}')?;
            match after.split_once('{') {
                Some((between, next)) => {
                    parts.push((name, between));
                    rest = next;
                }
                None => {
                    parts.push((name, after));
                    return Some(Self { before, parts });
                }
            }
        }
    }

    /// The attributes that `id` gives; none of them is empty.
    fn read(&self, id: &str) -> Option<Map<String, Json>> {
        let mut rest = id.strip_prefix(self.before)?;
        let mut attributes = Map::new();
        for (position, (name, between)) in self.parts.iter().enumerate() {
            let is_last = position + 1 == self.parts.len();
            let value = if is_last {
                rest.strip_suffix(between)?
            } else {
                let (value, after) = rest.split_once(between)?;
                rest = after;
                value
            };
            if value.is_empty() {
                return None;
            }
            attributes.insert((*name).to_owned(), Json::String(value.to_owned()));
        }
        Some(attributes)
    }
}

/// The attributes that an import id gives, `id` among them. Of several templates the one with the most parts that fits.
pub(crate) fn from_template(type_name: &str, schema: &Schema, id: &str) -> Result<Map<String, Json>, Diagnostic> {
    let Some(form) = &schema.import else {
        return Err(Diagnostic::error(
            "Resource cannot be imported",
            format!("Objects of type {type_name} cannot be imported. Let it be created instead."),
        ));
    };
    let mut templates: Vec<Template<'_>> =
        form.templates.iter().filter_map(|template| Template::parse(template)).collect();
    templates.sort_by_key(|template| std::cmp::Reverse(template.parts.len()));
    let read = match templates.iter().find_map(|template| template.read(id)) {
        Some(read) => read,
        None if templates.is_empty() && !id.is_empty() => Map::new(),
        None => return Err(wrong_id(type_name, form, id)),
    };
    let ty = schema.implied_type();
    let mut attributes: Map<String, Json> = read.into_iter().filter(|(name, _)| ty.attribute(name).is_some()).collect();
    if ty.attribute("id").is_some() {
        attributes.insert("id".to_owned(), Json::String(id.to_owned()));
    }
    Ok(attributes)
}

fn wrong_id(type_name: &str, form: &ImportForm, id: &str) -> Diagnostic {
    let expected: Vec<String> = form.templates.iter().map(|template| format!("`{template}`")).collect();
    let mut detail = format!("{id:?} does not name an object of type {type_name}.");
    if !expected.is_empty() {
        detail.push_str(&format!(" Write it as {}.", expected.join(" or ")));
    }
    let diagnostic = Diagnostic::error("Invalid import id", detail);
    form.examples.iter().fold(diagnostic, |diagnostic, example| diagnostic.hint(format!("for example {example}")))
}

/// The attributes that name an object before it exists, if the planned object holds all of them: those of the first
/// template, without what the service decides.
pub(crate) fn naming_attributes(schema: &Schema, planned: &Value) -> Option<Map<String, Json>> {
    let template = schema.import.as_ref()?.templates.first()?;
    let names: Vec<&str> = Template::parse(template)?.parts.iter().map(|(name, _)| *name).collect();
    attributes_of(planned, &names)
}

/// These attributes of the planned object as JSON, if all are known texts.
pub(crate) fn attributes_of(planned: &Value, names: &[&str]) -> Option<Map<String, Json>> {
    let mut attributes = Map::new();
    for name in names {
        let text = planned.get(name)?.as_str().filter(|text| !text.is_empty())?;
        attributes.insert((*name).to_owned(), Json::String(text.to_owned()));
    }
    Some(attributes)
}

#[cfg(test)]
mod tests {
    use super::*;
    use infra_engine::schema::facts::schema_from_facts;
    use serde_json::json;

    fn schema() -> Schema {
        schema_from_facts(&json!({
            "plugin": "sdkv2",
            "import": {"id": ["{bucket}", "{bucket},{owner}"], "example": ["logs"]},
            "attributes": {
                "bucket": {"type": "string", "required": true},
                "id": {"type": "string", "computed": true},
                "owner": {"type": "string", "optional": true},
            },
        }))
        .unwrap()
    }

    #[test]
    fn ids_and_what_they_give() {
        let cases = [
            ("logs", Some(json!({"bucket": "logs", "id": "logs"}))),
            ("logs,1234", Some(json!({"bucket": "logs", "id": "logs,1234", "owner": "1234"}))),
            ("", None),
        ];
        for (id, expected) in cases {
            let read = from_template("aws_x", &schema(), id).ok().map(Json::Object);
            assert_eq!(read, expected, "{id:?}");
        }
        let error = from_template("aws_x", &schema(), "").unwrap_err();
        assert_eq!(
            error.detail,
            "\"\" does not name an object of type aws_x. Write it as `{bucket}` or `{bucket},{owner}`."
        );
        let fixed = Template::parse("arn:x:{name}/policy").unwrap();
        assert_eq!(fixed.read("arn:x:a/policy").map(Json::Object), Some(json!({"name": "a"})));
        assert_eq!(fixed.read("a"), None);
    }

    #[test]
    fn names_chosen_before_creation() {
        let planned = |bucket: Value| Value::object_from([("bucket", bucket)]);
        let named = naming_attributes(&schema(), &planned(Value::string("logs")));
        assert_eq!(named.map(Json::Object), Some(json!({"bucket": "logs"})));
        let unknown = Value::unknown(infra_values::Type::String);
        assert_eq!(naming_attributes(&schema(), &planned(unknown)), None);
    }
}
