//! The functions of the language as `metadata functions -json` shows them.

use infra_engine::functions::{Availability, Function, Parameter, Returns, table};
use infra_engine::language::Language;
use infra_values::{Type, json};
use serde_json::{Map, Value as Json, json};

/// Version of the form.
const FORMAT_VERSION: &str = "1.0";

/// Every function, by its name and by its name with the namespace `core::`.
pub fn describe(language: Language) -> Json {
    let mut signatures = Map::new();
    let described = || table().iter().filter(|one| one.is_in(language) && one.availability != Availability::Withdrawn);
    for (prefix, function) in ["", "core::"].into_iter().flat_map(|prefix| described().map(move |one| (prefix, one))) {
        signatures.insert(format!("{prefix}{}", function.name), signature(function));
    }
    signatures.sort_keys();
    json!({ "format_version": FORMAT_VERSION, "function_signatures": signatures })
}

pub(super) fn signature(function: &Function) -> Json {
    let mut signature = Map::new();
    signature.insert("description".into(), function.docs.into());
    signature.insert(
        "return_type".into(),
        json::type_to_json(&match (function.shown_type, &function.returns) {
            (Some(ty), _) => ty(),
            (None, Returns::Fixed(ty)) => ty(),
            (None, Returns::Computed(_)) => Type::Any,
        }),
    );
    if !function.parameters.is_empty() {
        signature.insert("parameters".into(), function.parameters.iter().map(parameter).collect());
    }
    if let Some(variadic) = &function.variadic {
        signature.insert("variadic_parameter".into(), parameter(variadic));
    }
    Json::Object(signature)
}

fn parameter(parameter: &Parameter) -> Json {
    let mut described = Map::new();
    described.insert("name".into(), parameter.name.into());
    if parameter.allows_null {
        described.insert("is_nullable".into(), true.into());
    }
    described.insert("type".into(), json::type_to_json(&(parameter.ty)()));
    Json::Object(described)
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Recorded from `terraform metadata functions -json` 1.11.4, without descriptions.
    const RECORDED: &str = include_str!("../../tests/goldens/functions.json");

    #[test]
    fn signatures_are_those_of_terraform() {
        let recorded: Map<String, Json> = serde_json::from_str(RECORDED).unwrap();
        let described = describe(Language::Strict);
        let signatures = described["function_signatures"].as_object().unwrap();
        assert_eq!(signatures.len(), 2 * recorded.len());
        let mut wrong = String::new();
        for (name, expected) in &recorded {
            for name in [name.clone(), format!("core::{name}")] {
                let mut have = signatures.get(&name).cloned().unwrap_or_default();
                if let Json::Object(have) = &mut have {
                    let docs = have.remove("description");
                    assert!(docs.is_some_and(|docs| docs.as_str().is_some_and(|docs| docs.ends_with('.'))), "{name}");
                }
                if have != *expected {
                    wrong.push_str(&format!("{name}\n  expected {expected}\n  have     {have}\n"));
                }
            }
        }
        assert!(wrong.is_empty(), "\n{wrong}");
        assert!(describe(Language::Extended)["function_signatures"].get("cidrcontains").is_some());
    }
}
