//! Why values of one type cannot become values of another, in words.

use crate::convert::can_convert;
use crate::types::{ObjectType, Type};

/// Says what about `have` does not fit `want`: `string required, but have list of string`, `attribute "name" is
/// required`. Meant for after a failed conversion; of types that fit it says nothing useful.
pub fn mismatch_message(have: &Type, want: &Type) -> String {
    match (have, want) {
        (Type::Object(have), Type::Object(want)) => objects_message(have, want),
        (Type::Tuple(_), Type::List(element)) if **element == Type::Any => {
            "all list elements must have the same type".into()
        }
        (Type::Tuple(_), Type::Set(element)) if **element == Type::Any => {
            "all set elements must have the same type".into()
        }
        (Type::Object(_), Type::Map(element)) if **element == Type::Any => {
            "all map elements must have the same type".into()
        }
        (Type::Tuple(elements), Type::List(want) | Type::Set(want)) => elements
            .iter()
            .enumerate()
            .find(|(_, have)| !can_convert(have, want))
            .map(|(position, have)| format!("element {position}: {}", mismatch_message(have, want)))
            .unwrap_or_else(|| format!("all elements must be {}", constraint_name(want))),
        (Type::Object(object), Type::Map(want)) => object
            .attributes
            .iter()
            .find(|(_, have)| !can_convert(have, want))
            .map(|(name, have)| format!("element {:?}: {}", name.as_str(), mismatch_message(have, want)))
            .unwrap_or_else(|| format!("all elements must be {}", constraint_name(want))),
        (Type::List(have) | Type::Set(have), Type::List(element) | Type::Set(element))
        | (Type::Map(have), Type::Map(element)) => {
            let collection = match want {
                Type::List(_) => "list",
                Type::Set(_) => "set",
                _ => "map",
            };
            format!("incorrect {collection} element type: {}", mismatch_message(have, element))
        }
        _ if want.is_collection() && !have.is_primitive() => {
            format!("{} required", constraint_name(want))
        }
        _ if names_help(have, want) => format!("{} required, but have {}", want.friendly_name(), have.friendly_name()),
        _ => format!("{} required", constraint_name(want)),
    }
}

/// Whether naming both types explains the failure. For texts that are no numbers or bools it would not: the type is
/// right there and the value is wrong.
fn names_help(have: &Type, want: &Type) -> bool {
    have.is_primitive() != want.is_primitive()
        || *want == Type::String
        || matches!(
            (have, want),
            (Type::Number, Type::Bool) | (Type::Bool, Type::Number) | (Type::Tuple(_), Type::Object(_))
        )
}

fn objects_message(have: &ObjectType, want: &ObjectType) -> String {
    let missing: Vec<String> = want
        .attributes
        .keys()
        .filter(|name| !have.attributes.contains_key(*name) && !want.optional.contains(*name))
        .map(|name| format!("{:?}", name.as_str()))
        .collect();
    match missing.as_slice() {
        [] => {}
        [only] => return format!("attribute {only} is required"),
        [first, second] => return format!("attributes {first} and {second} are required"),
        [others @ .., last] => {
            return format!("attributes {}, and {last} are required", others.join(", "));
        }
    }
    want.attributes
        .iter()
        .filter_map(|(name, want)| Some((name, have.attributes.get(name)?, want)))
        .find(|(_, have, want)| !can_convert(have, want))
        .map(|(name, have, want)| format!("attribute {:?}: {}", name.as_str(), mismatch_message(have, want)))
        .unwrap_or_else(|| "incorrect object attributes".into())
}

/// The name of a type where it is demanded: `list of any single type` rather than `list of dynamic`.
fn constraint_name(ty: &Type) -> String {
    let element_name = |element: &Type| match element {
        Type::Any => "any single type".to_owned(),
        element => constraint_name(element),
    };
    match ty {
        Type::Any => "any type".into(),
        Type::List(element) => format!("list of {}", element_name(element)),
        Type::Set(element) => format!("set of {}", element_name(element)),
        Type::Map(element) => format!("map of {}", element_name(element)),
        _ => ty.friendly_name(),
    }
}
