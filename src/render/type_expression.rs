//! A type as `type(…)` in the console shows it: four spaces a level, tuples and objects on lines of their own.

use infra_values::Type;

/// The type as text without a line break at the end. Lines behind the first are indented by `indent` spaces.
pub fn draw(ty: &Type, indent: usize) -> String {
    let inner = indent + 4;
    match ty {
        Type::Any => "dynamic".to_owned(),
        Type::List(element) => collection("list", element, indent),
        Type::Set(element) => collection("set", element, indent),
        Type::Map(element) => collection("map", element, indent),
        Type::Tuple(elements) if elements.is_empty() => "tuple([])".to_owned(),
        Type::Tuple(elements) => {
            let lines: String =
                elements.iter().map(|element| format!("{:inner$}{},\n", "", draw(element, inner))).collect();
            format!("tuple([\n{lines}{:indent$}])", "")
        }
        Type::Object(object) if object.attributes.is_empty() => "object({})".to_owned(),
        Type::Object(object) => {
            let lines: String = object
                .attributes
                .iter()
                .map(|(name, ty)| format!("{:inner$}{name}: {},\n", "", draw(ty, inner)))
                .collect();
            format!("object({{\n{lines}{:indent$}}})", "")
        }
        Type::Bool | Type::Number | Type::String => ty.to_string(),
    }
}

fn collection(kind: &str, element: &Type, indent: usize) -> String {
    match element {
        Type::Tuple(_) | Type::Object(_) => {
            let inner = indent + 4;
            format!("{kind}(\n{:inner$}{},\n{:indent$})", "", draw(element, inner), "")
        }
        _ => format!("{kind}({})", draw(element, indent)),
    }
}

#[cfg(test)]
mod tests {
    use infra_values::Str;

    use super::*;

    #[test]
    fn types_are_drawn_as_terraform_draws_them() {
        let object = Type::object([(Str::from("a"), Type::Number), (Str::from("b"), Type::tuple([Type::Any]))]);
        let table = [
            (Type::Bool, "bool"),
            (Type::Any, "dynamic"),
            (Type::tuple([]), "tuple([])"),
            (Type::object(std::iter::empty::<(Str, Type)>()), "object({})"),
            (Type::list(Type::String), "list(string)"),
            (
                Type::set(object),
                "set(\n    object({\n        a: number,\n        b: tuple([\n            dynamic,\n        ]),\n    }),\n)",
            ),
            (Type::map(Type::list(Type::String)), "map(list(string))"),
            (Type::list(Type::set(Type::tuple([Type::Bool]))), "list(set(\n    tuple([\n        bool,\n    ]),\n))"),
        ];
        for (ty, expected) in table {
            assert_eq!(draw(&ty, 0), expected);
        }
    }
}
