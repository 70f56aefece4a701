//! Conversion of values to types, by the rules of the language.
//!
//! [`convert`] brings a value to a type; [`can_convert`] tells from types alone whether that may work (a string may
//! still turn out to be no number). [`Type::Any`] in the target stands for "one concrete type, whichever fits":
//! elements of a collection of `any` are [unified](crate::unify::unify).
//!
//! Deliberately elsewhere: defaults of optional attributes, which are the business of module variables.

use std::collections::BTreeMap;
use std::sync::Arc;

use crate::path::{Path, PathStep};
use crate::types::ObjectType;
use crate::unify::unify;
use crate::value::{Kind, Refinement, Unknown};
use crate::{Number, Str, Type, Value, nested};

mod mismatch;
#[cfg(test)]
mod tests;

pub use mismatch::mismatch_message;

/// Why a value cannot be converted, and which part of it stands in the way.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("{}{message}", prefix(path))]
pub struct ConvertError {
    /// The part that does not fit.
    pub path: Path,
    /// What is required there: `a number is required`, `attribute "name" is required`.
    pub message: String,
}

fn prefix(path: &Path) -> String {
    if path.0.is_empty() { String::new() } else { format!("{path}: ") }
}

/// Converts a value to a type. Marks stay where they were (those inside a set move to the set), null becomes a null
/// of the new type and unknown an unknown of the new type, with what is known about it.
///
/// # Errors
///
/// When there is no conversion between the types, or the value is text of the wrong form, or a map lacks the key for
/// a required attribute.
pub fn convert(value: &Value, to: &Type) -> Result<Value, ConvertError> {
    if is_already(value, to) {
        return Ok(value.clone());
    }
    let from = value.ty();
    if from == *to {
        return Ok(value.clone());
    }
    if !can_convert(&from, to) {
        return Err(ConvertError { path: Path::root(), message: mismatch_message(&from, to) });
    }
    Conversion { path: Path::root() }.convert(value, &from, to)
}

/// The cheap part of "has this type": without computing the type of the value.
fn is_already(value: &Value, to: &Type) -> bool {
    match (value.kind(), to) {
        (_, Type::Any)
        | (Kind::Bool(_), Type::Bool)
        | (Kind::Number(_), Type::Number)
        | (Kind::String(_), Type::String) => true,
        (Kind::List(have, _), Type::List(want))
        | (Kind::Set(have, _), Type::Set(want))
        | (Kind::Map(have, _), Type::Map(want)) => *have == **want,
        _ => false,
    }
}

/// Whether some values of the first type can be converted to the second.
pub fn can_convert(from: &Type, to: &Type) -> bool {
    match (from, to) {
        (_, Type::Any) | (Type::Any, _) | (Type::Bool | Type::Number | Type::String, Type::String) => true,
        (Type::Bool | Type::String, Type::Bool) | (Type::Number | Type::String, Type::Number) => true,
        (Type::List(from) | Type::Set(from), Type::List(to) | Type::Set(to)) | (Type::Map(from), Type::Map(to)) => {
            nested(|| can_convert(from, to))
        }
        (Type::Tuple(from), Type::Tuple(to)) => {
            from.len() == to.len() && from.iter().zip(to.iter()).all(|(from, to)| nested(|| can_convert(from, to)))
        }
        (Type::Tuple(elements), Type::List(to) | Type::Set(to)) => {
            match element_target(elements.iter(), to) {
                // Only where nothing at all is known may the elements stay without a type.
                Some(Type::Any) => elements.iter().all(|element| *element == Type::Any),
                Some(target) => all_convert(elements.iter(), &target),
                None => false,
            }
        }
        (Type::Object(object), Type::Map(to)) => match element_target(object.attributes.values(), to) {
            Some(target) => all_convert(object.attributes.values(), &target),
            None => false,
        },
        (Type::Object(from), Type::Object(to)) => {
            to.attributes.iter().all(|(name, to_attribute)| match from.attributes.get(name) {
                Some(attribute) => nested(|| can_convert(attribute, to_attribute)),
                None => to.optional.contains(name),
            })
        }
        (Type::Map(element), Type::Object(to)) => to
            .attributes
            .iter()
            .all(|(name, attribute)| to.optional.contains(name) || nested(|| can_convert(element, attribute))),
        _ => false,
    }
}

fn all_convert<'t>(elements: impl Iterator<Item = &'t Type>, to: &Type) -> bool {
    let mut last_checked: Option<&Type> = None;
    for element in elements {
        if last_checked == Some(element) {
            continue;
        }
        if !nested(|| can_convert(element, to)) {
            return false;
        }
        last_checked = Some(element);
    }
    true
}

/// What the elements of a tuple or object are converted to in a collection of `to`: a type found for all of them
/// where `to` is `any`. `None` when there is no such type.
fn element_target<'t>(elements: impl ExactSizeIterator<Item = &'t Type>, to: &Type) -> Option<Type> {
    if *to != Type::Any || elements.len() == 0 {
        return Some(to.clone());
    }
    unify(&elements.cloned().collect::<Vec<_>>())
}

/// The type without marks for optional attributes: values have no such thing.
fn without_optional(ty: &Type) -> Type {
    if !has_optional(ty) {
        return ty.clone();
    }
    nested(|| match ty {
        Type::List(element) => Type::list(without_optional(element)),
        Type::Set(element) => Type::set(without_optional(element)),
        Type::Map(element) => Type::map(without_optional(element)),
        Type::Tuple(elements) => Type::tuple(elements.iter().map(without_optional).collect::<Vec<_>>()),
        Type::Object(object) => {
            Type::object(object.attributes.iter().map(|(name, ty)| (name.clone(), without_optional(ty))))
        }
        _ => ty.clone(),
    })
}

fn has_optional(ty: &Type) -> bool {
    nested(|| match ty {
        Type::List(element) | Type::Set(element) | Type::Map(element) => has_optional(element),
        Type::Tuple(elements) => elements.iter().any(has_optional),
        Type::Object(object) => !object.optional.is_empty() || object.attributes.values().any(has_optional),
        _ => false,
    })
}

/// A conversion under way, at a place inside the value.
struct Conversion {
    path: Path,
}

impl Conversion {
    /// Converts a part whose type is known already (computing it again at each level would be quadratic).
    fn convert(&mut self, value: &Value, from: &Type, to: &Type) -> Result<Value, ConvertError> {
        if *to == Type::Any || from == to {
            return Ok(value.clone());
        }
        let converted = match value.kind() {
            Kind::Unknown(unknown) => converted_unknown(unknown, &filled(from, &without_optional(to))),
            Kind::Null(_) => Value::null(filled(from, &without_optional(to))),
            // The type was not known in advance, but the value is there now.
            _ if *from == Type::Any => self.convert_late(value, to)?,
            _ => nested(|| self.convert_known(value, from, to))?,
        };
        Ok(converted.with_marks(value.marks()))
    }

    fn convert_late(&self, value: &Value, to: &Type) -> Result<Value, ConvertError> {
        let (bare, _) = value.clone().unmark();
        convert(&bare, to).map_err(|error| ConvertError {
            path: Path(self.path.0.iter().cloned().chain(error.path.0).collect()),
            message: error.message,
        })
    }

    fn convert_known(&mut self, value: &Value, from: &Type, to: &Type) -> Result<Value, ConvertError> {
        match (value.kind(), to) {
            (Kind::Bool(value), Type::String) => Ok(Value::string(if *value { "true" } else { "false" })),
            (Kind::Number(number), Type::String) => Ok(Value::string(number.to_string())),
            (Kind::String(text), Type::Number) => match text.parse::<Number>() {
                Ok(number) => Ok(Value::number(number)),
                Err(_) => Err(self.error("a number is required")),
            },
            (Kind::String(text), Type::Bool) => self.bool_from(text),
            (Kind::List(_, items), Type::List(element)) => {
                let items = self.elements(items, from, element)?;
                self.list(items, element, from)
            }
            (Kind::Set(_, items), Type::List(element)) => {
                if !items.iter().all(Value::is_wholly_known) {
                    // Elements may turn out to be equal, so not even the length is known.
                    return Ok(Value::unknown(Type::list(filled(
                        from.element().unwrap_or(&Type::Any),
                        &without_optional(element),
                    ))));
                }
                let items = self.elements(items, from, element)?;
                self.list(items, element, from)
            }
            (Kind::List(_, items) | Kind::Set(_, items), Type::Set(element)) => {
                let items = self.elements(items, from, element)?;
                self.set(items, element, from)
            }
            (Kind::Map(_, entries), Type::Map(element)) => {
                let source = from.element().unwrap_or(&Type::Any);
                let entries = self.entries(entries, |_| source, element)?;
                self.map(entries, element, from)
            }
            (Kind::Tuple(items), Type::Tuple(targets)) => {
                let converted: Result<Vec<Value>, ConvertError> = items
                    .iter()
                    .zip(part_types(from))
                    .zip(targets.iter())
                    .enumerate()
                    .map(|(position, ((item, from), to))| {
                        self.inside(PathStep::Position(position), |inner| inner.convert(item, from, to))
                    })
                    .collect();
                Ok(Value::tuple(converted?))
            }
            (Kind::Tuple(items), Type::List(element)) => {
                let target = element_target(part_types(from).iter(), element).unwrap_or(Type::Any);
                let items = self.tuple_elements(items, part_types(from), &target)?;
                self.list(items, element, from)
            }
            (Kind::Tuple(items), Type::Set(element)) => {
                let target = element_target(part_types(from).iter(), element).unwrap_or(Type::Any);
                let items = self.tuple_elements(items, part_types(from), &target)?;
                // Other than for a list, what is left of `any` in the elements must be the same already.
                let mut types = items.iter().map(Value::ty).filter(|ty| *ty != Type::Any);
                let first = types.next();
                if !types.all(|ty| first.as_ref() == Some(&ty)) {
                    return Err(self.error("all set elements must have the same type"));
                }
                self.set(items, element, from)
            }
            (Kind::Object(entries), Type::Map(element)) => {
                let Type::Object(source) = from else {
                    return Err(self.mismatch(from, to));
                };
                let target = element_target(source.attributes.values(), element).unwrap_or(Type::Any);
                let entries =
                    self.entries(entries, |name| source.attributes.get(name).unwrap_or(&Type::Any), &target)?;
                self.map(entries, element, from)
            }
            (Kind::Object(entries), Type::Object(target)) => self.object(entries, from, target),
            (Kind::Map(_, entries), Type::Object(target)) => self.object_from_map(entries, from, target),
            _ => Err(self.mismatch(from, to)),
        }
    }

    fn bool_from(&self, text: &str) -> Result<Value, ConvertError> {
        match text {
            "true" | "1" => Ok(Value::bool(true)),
            "false" | "0" => Ok(Value::bool(false)),
            _ => match text.to_lowercase().as_str() {
                lower @ ("true" | "false") => {
                    Err(self.error(format!("a bool is required; to convert from string, use lowercase {lower:?}")))
                }
                _ => Err(self.error("a bool is required")),
            },
        }
    }

    /// The elements of a list or set, converted.
    fn elements(&mut self, items: &[Value], from: &Type, to: &Type) -> Result<Vec<Value>, ConvertError> {
        let source = from.element().unwrap_or(&Type::Any);
        items
            .iter()
            .enumerate()
            .map(|(position, item)| self.inside(PathStep::Position(position), |inner| inner.convert(item, source, to)))
            .collect()
    }

    fn tuple_elements(&mut self, items: &[Value], from: &[Type], to: &Type) -> Result<Vec<Value>, ConvertError> {
        items
            .iter()
            .zip(from)
            .enumerate()
            .map(|(position, (item, from))| {
                self.inside(PathStep::Position(position), |inner| inner.convert(item, from, to))
            })
            .collect()
    }

    fn entries<'t>(
        &mut self,
        entries: &BTreeMap<Str, Value>,
        from: impl Fn(&str) -> &'t Type,
        to: &Type,
    ) -> Result<BTreeMap<Str, Value>, ConvertError> {
        entries
            .iter()
            .map(|(key, item)| {
                let converted = self.inside(PathStep::Key(key.clone()), |inner| inner.convert(item, from(key), to))?;
                Ok((key.clone(), converted))
            })
            .collect()
    }

    fn list(&mut self, items: Vec<Value>, element: &Type, from: &Type) -> Result<Value, ConvertError> {
        let (items, element) = self.of_one_type(items, element, from, "list")?;
        Ok(Value::list(element, items))
    }

    fn set(&mut self, items: Vec<Value>, element: &Type, from: &Type) -> Result<Value, ConvertError> {
        let (items, element) = self.of_one_type(items, element, from, "set")?;
        // That there is nothing is no secret of the set, as Terraform has it.
        let items = items.into_iter().map(|item| if item.is_null() { item.unmark().0 } else { item });
        Ok(Value::set(element, items))
    }

    fn map(&mut self, entries: BTreeMap<Str, Value>, element: &Type, from: &Type) -> Result<Value, ConvertError> {
        let (keys, items): (Vec<Str>, Vec<Value>) = entries.into_iter().unzip();
        let (items, element) = self.of_one_type(items, element, from, "map")?;
        Ok(Value::map(element, keys.into_iter().zip(items).collect()))
    }

    /// Elements brought to one concrete type, and that type. Where the target says `any` inside an element, each
    /// element may have become something else until here.
    fn of_one_type(
        &mut self,
        items: Vec<Value>,
        element: &Type,
        from: &Type,
        collection: &str,
    ) -> Result<(Vec<Value>, Type), ConvertError> {
        let element = without_optional(element);
        if !element.has_any() {
            return Ok((items, element));
        }
        if items.is_empty() {
            let source = from.element().filter(|_| element == Type::Any);
            return Ok((items, source.cloned().unwrap_or(element)));
        }
        let types: Vec<Type> = items.iter().map(Value::ty).collect();
        let Some(mut unified) = unify(&types) else {
            return Err(self.error("cannot find a common base type for all elements"));
        };
        // Beside null, the other elements of a map decide; those of lists and sets do not.
        if unified == Type::Any
            && collection == "map"
            && let Some(decisive) = types.iter().find(|ty| **ty != Type::Any)
            && types.iter().all(|ty| ty == decisive || *ty == Type::Any)
        {
            unified = decisive.clone();
        }
        let items = self.tuple_elements(&items, &types, &unified)?;
        let is_one_type = items.iter().all(|item| match item.kind() {
            Kind::Null(Type::Any) => true,
            Kind::Unknown(unknown) if unknown.ty == Type::Any => true,
            _ => item.ty() == unified,
        });
        if is_one_type {
            Ok((items, unified))
        } else {
            Err(self.error(format!("element types must all match for conversion to {collection}")))
        }
    }

    fn object(
        &mut self,
        entries: &BTreeMap<Str, Value>,
        from: &Type,
        target: &ObjectType,
    ) -> Result<Value, ConvertError> {
        let mut attributes = BTreeMap::new();
        for (name, to) in &target.attributes {
            let converted = match entries.get(name) {
                Some(value) => {
                    let from = from.attribute(name).unwrap_or(&Type::Any);
                    self.inside(PathStep::Attribute(name.clone()), |inner| inner.convert(value, from, to))?
                }
                None => Value::null(without_optional(to)),
            };
            attributes.insert(name.clone(), converted);
        }
        Ok(Value::object(attributes))
    }

    fn object_from_map(
        &mut self,
        entries: &BTreeMap<Str, Value>,
        from: &Type,
        target: &ObjectType,
    ) -> Result<Value, ConvertError> {
        let source = from.element().unwrap_or(&Type::Any);
        let mut attributes = BTreeMap::new();
        for (name, to) in &target.attributes {
            let converted = match entries.get(name) {
                Some(value) if can_convert(source, to) => {
                    self.inside(PathStep::Key(name.clone()), |inner| inner.convert(value, source, to))?
                }
                Some(_) => {
                    return Err(self.error(format!(
                        "map element type is incompatible with attribute {:?}: {}",
                        name.as_str(),
                        mismatch_message(source, to)
                    )));
                }
                None if target.optional.contains(name) => Value::null(without_optional(to)),
                None => {
                    return Err(self.error(format!("map has no element for required attribute {:?}", name.as_str())));
                }
            };
            attributes.insert(name.clone(), converted);
        }
        Ok(Value::object(attributes))
    }

    fn inside<R>(&mut self, step: PathStep, change: impl FnOnce(&mut Self) -> R) -> R {
        self.path.0.push(step);
        let result = change(self);
        self.path.0.pop();
        result
    }

    fn mismatch(&self, from: &Type, to: &Type) -> ConvertError {
        self.error(mismatch_message(from, to))
    }

    fn error(&self, message: impl Into<String>) -> ConvertError {
        ConvertError { path: self.path.clone(), message: message.into() }
    }
}

fn part_types(ty: &Type) -> &[Type] {
    match ty {
        Type::Tuple(elements) => elements,
        _ => &[],
    }
}

/// The target type with each `any` filled in from the type of what is converted, as far as it is known.
fn filled(from: &Type, to: &Type) -> Type {
    if *from == Type::Any || !to.has_any() {
        return to.clone();
    }
    let from_element = |elements: &[Type]| unify(elements).unwrap_or(Type::Any);
    nested(|| match (from, to) {
        (_, Type::Any) => from.clone(),
        (Type::Map(from), Type::Map(to)) => Type::map(filled(from, to)),
        (Type::Object(from), Type::Map(to)) => {
            let attributes: Vec<Type> = from.attributes.values().cloned().collect();
            Type::map(filled(&from_element(&attributes), to))
        }
        (Type::List(from) | Type::Set(from), Type::List(to)) => Type::list(filled(from, to)),
        (Type::Tuple(from), Type::List(to)) => Type::list(filled(&from_element(from), to)),
        (Type::List(from) | Type::Set(from), Type::Set(to)) => Type::set(filled(from, to)),
        (Type::Tuple(from), Type::Set(to)) => Type::set(filled(&from_element(from), to)),
        (Type::Tuple(from), Type::Tuple(to)) if from.len() == to.len() => {
            Type::tuple(from.iter().zip(to.iter()).map(|(from, to)| filled(from, to)).collect::<Vec<_>>())
        }
        (Type::Object(_) | Type::Map(_), Type::Object(object)) => {
            let source = |name: &str| from.attribute(name).or(from.element());
            Type::object(
                object
                    .attributes
                    .iter()
                    .map(|(name, to)| (name.clone(), source(name).map_or_else(|| to.clone(), |from| filled(from, to)))),
            )
        }
        _ => to.clone(),
    })
}

/// An unknown value of another type. Of what was known, only what holds for the new type stays.
fn converted_unknown(unknown: &Unknown, to: &Type) -> Value {
    let known = unknown.refinement.as_deref().cloned().unwrap_or_default();
    let mut refinement = Refinement { not_null: known.not_null, ..Refinement::default() };
    match (&unknown.ty, to) {
        (Type::Object(object), Type::Map(_)) => {
            refinement.length_min = Some(object.attributes.len());
            refinement.length_max = refinement.length_min;
        }
        (Type::Tuple(elements), Type::List(_)) => {
            refinement.length_min = Some(elements.len());
            refinement.length_max = refinement.length_min;
        }
        (Type::Tuple(elements), Type::Set(_)) => {
            refinement.length_min = Some(elements.len().min(1));
            refinement.length_max = Some(elements.len());
        }
        (Type::List(_) | Type::Set(_) | Type::Map(_), Type::Set(_)) => {
            // Elements may turn out to be equal, but never vanish altogether.
            refinement.length_min = known.length_min.map(|length| length.min(1));
            refinement.length_max = known.length_max;
        }
        (Type::List(_) | Type::Set(_) | Type::Map(_), Type::List(_) | Type::Map(_)) => {
            refinement.length_min = known.length_min;
            refinement.length_max = known.length_max;
        }
        _ => {}
    }
    if refinement == Refinement::default() {
        return Value::unknown(to.clone());
    }
    Kind::Unknown(Unknown { ty: to.clone(), refinement: Some(Arc::new(refinement)) }).into()
}
