//! Type constraints of variables: `map(object({ size = optional(number, 3) }))`.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use infra_values::convert::{ConvertError, convert};
use infra_values::{Kind, ObjectType, Str, Type, Value};

use crate::diagnostics::{Diagnostic, Diagnostics};
use crate::evaluate;
use crate::functions;
use crate::syntax::{Call, Expression, ExpressionKind, Span, as_keyword};

/// What a variable's value must be, and what stands in for parts left out.
#[derive(Clone, Debug)]
pub struct TypeConstraint {
    /// The type; optional attributes of objects are marked in it.
    pub ty: Type,
    /// Defaults of optional attributes.
    pub defaults: Defaults,
}

/// Defaults at one place of a type.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Defaults {
    /// Of an object: attribute name to default.
    values: BTreeMap<Str, Value>,
    /// Of an object: attribute name to the defaults inside it.
    attributes: BTreeMap<Str, Defaults>,
    /// Of a list, set or map: the defaults inside each element.
    element: Option<Box<Defaults>>,
    /// Of a tuple: the defaults inside each element.
    positions: Vec<Defaults>,
}

impl TypeConstraint {
    /// No constraint.
    pub fn any() -> Self {
        Self { ty: Type::Any, defaults: Defaults::default() }
    }

    /// Fills in defaults and converts.
    pub fn apply(&self, value: &Value) -> Result<Value, ConvertError> {
        convert(&self.defaults.fill(value), &self.ty)
    }

    /// Reads a type expression.
    pub fn parse(expression: &Expression) -> Result<Self, Diagnostics> {
        if let ExpressionKind::Literal(value) = &expression.kind
            && let Some(word) = value.as_str()
        {
            return Err(quoted_type(word, expression.span).into());
        }
        let (ty, defaults) = parse_type(expression)?;
        Ok(Self { ty, defaults })
    }
}

/// `type = "string"`, from before type expressions.
fn quoted_type(word: &str, span: Span) -> Diagnostic {
    let advice = match word {
        "string" => "string",
        "list" => "list(string)",
        "map" => "map(string)",
        _ => {
            let detail = "A type is written without quotes: type = string, or type = list(string).";
            return Diagnostic::error("Invalid legacy variable type hint", detail).at(span);
        }
    };
    let detail = format!("Types were written in quotes before Terraform 0.12. Write: type = {advice}.");
    Diagnostic::error("Invalid quoted type constraints", detail).at(span)
}

impl Defaults {
    fn is_empty(&self) -> bool {
        *self == Self::default()
    }

    /// The value with defaults in place of attributes that are absent or null. Null, unknown and empty collections
    /// stay as they are.
    fn fill(&self, value: &Value) -> Value {
        if self.is_empty() {
            return value.clone();
        }
        let filled = match value.kind() {
            Kind::Object(entries) if self.element.is_none() => self.fill_object(entries),
            Kind::Map(_, entries) if self.element.is_none() => self.fill_object(entries),
            Kind::Object(entries) | Kind::Map(_, entries) => {
                Value::object(entries.iter().map(|(key, entry)| (key.clone(), self.fill_element(entry))).collect())
            }
            Kind::Tuple(items) if !self.positions.is_empty() => Value::tuple(
                items
                    .iter()
                    .enumerate()
                    .map(|(at, item)| self.positions.get(at).map_or_else(|| item.clone(), |inner| inner.fill(item)))
                    .collect::<Vec<_>>(),
            ),
            Kind::Tuple(items) | Kind::List(_, items) | Kind::Set(_, items) => {
                Value::tuple(items.iter().map(|item| self.fill_element(item)).collect::<Vec<_>>())
            }
            _ => return value.clone(),
        };
        filled.with_marks(value.marks())
    }

    fn fill_element(&self, element: &Value) -> Value {
        self.element.as_ref().map_or_else(|| element.clone(), |inner| inner.fill(element))
    }

    fn fill_object(&self, entries: &BTreeMap<Str, Value>) -> Value {
        let mut filled = entries.clone();
        for (name, default) in &self.values {
            if filled.get(name).is_none_or(Value::is_null) {
                filled.insert(name.clone(), default.clone());
            }
        }
        for (name, inner) in &self.attributes {
            if let Some(entry) = filled.get_mut(name) {
                *entry = inner.fill(entry);
            }
        }
        Value::object(filled)
    }
}

type Parsed = (Type, Defaults);

fn invalid(span: Span, detail: impl Into<String>) -> Diagnostics {
    Diagnostic::error("Invalid type specification", detail).at(span).into()
}

fn parse_type(expression: &Expression) -> Result<Parsed, Diagnostics> {
    if let Some(word) = as_keyword(expression) {
        return keyword_type(word, expression.span);
    }
    match &expression.kind {
        ExpressionKind::Call(call) => constructed_type(call, expression.span),
        _ => Err(invalid(expression.span, "A type is a keyword such as string, or a call such as list(string).")),
    }
}

fn keyword_type(word: &str, span: Span) -> Result<Parsed, Diagnostics> {
    let ty = match word {
        "string" => Type::String,
        "number" => Type::Number,
        "bool" => Type::Bool,
        "any" => Type::Any,
        // The bare words from before element types were required.
        "list" => Type::list(Type::Any),
        "map" => Type::map(Type::Any),
        "set" | "object" | "tuple" => {
            return Err(invalid(span, format!("The {word} type constructor requires an argument: {word}(…).")));
        }
        other => {
            let mut diagnostic =
                Diagnostic::error("Invalid type specification", format!("The keyword \"{other}\" is not a type."))
                    .at(span);
            let known = ["string", "number", "bool", "any", "list", "map", "set", "object", "tuple"];
            diagnostic = diagnostic.suggest(other, known);
            return Err(diagnostic.into());
        }
    };
    Ok((ty, Defaults::default()))
}

fn constructed_type(call: &Call, span: Span) -> Result<Parsed, Diagnostics> {
    let name = call.name.text.as_str();
    if matches!(name, "string" | "number" | "bool" | "any") {
        return Err(invalid(opening_parenthesis(call), format!("The type {name} takes no arguments. Write: {name}.")));
    }
    let [argument] = call.arguments.as_slice() else {
        if name == "optional" {
            return Err(misplaced_optional(span));
        }
        let place = call.arguments.get(1).map_or_else(|| opening_parenthesis(call), |extra| extra.span);
        return Err(invalid(place, format!("The {name} type constructor requires exactly one argument.")));
    };
    match name {
        "list" | "set" | "map" => {
            let (element, defaults) = parse_type(argument)?;
            let ty = match name {
                "list" => Type::list(element),
                "set" => Type::set(element),
                _ => Type::map(element),
            };
            let element = (!defaults.is_empty()).then(|| Box::new(defaults));
            Ok((ty, Defaults { element, ..Defaults::default() }))
        }
        "tuple" => tuple_type(argument),
        "object" => object_type(argument),
        "optional" => Err(misplaced_optional(span)),
        other => Err(invalid(span, format!("There is no type constructor named \"{other}\"."))),
    }
}

fn opening_parenthesis(call: &Call) -> Span {
    Span { start: call.name.span.end, end: call.name.span.end + 1, ..call.name.span }
}

fn misplaced_optional(span: Span) -> Diagnostics {
    invalid(span, "optional(…) may only stand for an attribute of object({…}).")
}

fn tuple_type(argument: &Expression) -> Result<Parsed, Diagnostics> {
    let ExpressionKind::Tuple(items) = &argument.kind else {
        return Err(invalid(argument.span, "A tuple type takes a list of types: tuple([string, number])."));
    };
    let parsed = items.iter().map(parse_type).collect::<Result<Vec<_>, _>>()?;
    let (types, defaults): (Vec<_>, Vec<_>) = parsed.into_iter().unzip();
    let positions = if defaults.iter().all(Defaults::is_empty) { Vec::new() } else { defaults };
    Ok((Type::tuple(types), Defaults { positions, ..Defaults::default() }))
}

fn object_type(argument: &Expression) -> Result<Parsed, Diagnostics> {
    let ExpressionKind::Object(items) = &argument.kind else {
        return Err(invalid(argument.span, "An object type takes its attributes: object({ name = string })."));
    };
    let mut attributes = BTreeMap::new();
    let mut optional = BTreeSet::new();
    let mut defaults = Defaults::default();
    let mut diagnostics = Diagnostics::new();
    for item in items {
        let ExpressionKind::Literal(key) = &item.key.kind else {
            diagnostics.extend(invalid(item.key.span, "Attribute names of an object type are plain words."));
            continue;
        };
        let Some(name) = key.as_str().map(Str::from) else { continue };
        if name.len() < item.key.span.length() {
            diagnostics
                .extend(invalid(item.key.span, format!("Attribute names stand without quotes: {name} = string.")));
            continue;
        }
        if attributes.contains_key(&name) {
            diagnostics.extend(invalid(item.key.span, format!("The attribute \"{name}\" stands above already.")));
            continue;
        }
        match attribute_type(&item.value) {
            Ok(attribute) => {
                if attribute.optional {
                    optional.insert(name.clone());
                }
                if let Some(default) = attribute.default {
                    defaults.values.insert(name.clone(), default);
                }
                if !attribute.inner.is_empty() {
                    defaults.attributes.insert(name.clone(), attribute.inner);
                }
                attributes.insert(name, attribute.ty);
            }
            Err(errors) => diagnostics.extend(errors),
        }
    }
    diagnostics.into_result()?;
    Ok((Type::Object(Arc::new(ObjectType { attributes, optional })), defaults))
}

struct AttributeType {
    ty: Type,
    inner: Defaults,
    optional: bool,
    default: Option<Value>,
}

fn attribute_type(expression: &Expression) -> Result<AttributeType, Diagnostics> {
    let call = match &expression.kind {
        ExpressionKind::Call(call) if call.name.text == "optional" => call,
        _ => {
            let (ty, inner) = parse_type(expression)?;
            return Ok(AttributeType { ty, inner, optional: false, default: None });
        }
    };
    let (ty, default) = match call.arguments.as_slice() {
        [ty] => (ty, None),
        [ty, default] => (ty, Some(default)),
        _ => {
            let place = opening_parenthesis(call);
            return Err(invalid(place, "optional(…) takes a type and, if wanted, a default value."));
        }
    };
    let (parsed, inner) = parse_type(ty)?;
    let default = match default {
        None => None,
        Some(default) => {
            let value = evaluate::constant(default, None::<&dyn functions::Context>)?;
            // What stands inside the default is completed as if the user had written it.
            let value = convert(&inner.fill(&value), &parsed).map_err(|error| {
                Diagnostics::from(
                    Diagnostic::error(
                        "Invalid default value for optional attribute",
                        format!("This default value does not fit the attribute's type: {error}."),
                    )
                    .at(default.span),
                )
            })?;
            (!value.is_null()).then_some(value)
        }
    };
    Ok(AttributeType { ty: parsed, inner, optional: true, default })
}
