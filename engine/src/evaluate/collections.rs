//! Expressions that build or walk collections: tuples, objects, `for` and splats.

use std::collections::BTreeMap;

use infra_values::{Kind, Marks, Str, Type, Value, convert::convert};

use super::{Binding, Evaluator, Outcome};
use crate::diagnostics::{Diagnostic, Diagnostics};
use crate::syntax::{Expression, ExpressionKind, For, Name, ObjectItem, Span, Step};

impl Evaluator<'_> {
    pub(super) fn tuple(&mut self, items: &[Expression]) -> Outcome {
        let mut diagnostics = Diagnostics::new();
        let mut values = Vec::with_capacity(items.len());
        for item in items {
            match self.evaluate(item) {
                Ok(value) => values.push(value),
                Err(errors) => diagnostics.extend(errors),
            }
        }
        diagnostics.into_result()?;
        Ok(Value::tuple(values))
    }

    pub(super) fn object(&mut self, items: &[ObjectItem]) -> Outcome {
        let mut diagnostics = Diagnostics::new();
        let mut attributes = BTreeMap::new();
        let mut key_marks = Marks::NONE;
        let mut key_unknown = false;
        for item in items {
            let key = self.item_key(item);
            let value = self.evaluate(&item.value);
            match super::expression::both(key, value) {
                Ok((key, value)) => {
                    key_marks = key_marks.union(key.marks());
                    match key.as_str() {
                        Some(text) => {
                            attributes.insert(Str::from(text), value);
                        }
                        None => key_unknown = true,
                    }
                }
                Err(errors) => diagnostics.extend(errors),
            }
        }
        diagnostics.into_result()?;
        if key_unknown {
            return Ok(Value::unknown(Type::Any).with_marks(&key_marks));
        }
        Ok(Value::object(attributes).with_marks(&key_marks))
    }

    /// The key of an item. One with a dot is only good where it is not evaluated: `providers = { aws.east = aws.west }`.
    fn item_key(&mut self, item: &ObjectItem) -> Outcome {
        if matches!(item.key.kind, ExpressionKind::Traversal(_)) {
            return Err(Diagnostic::error(
                "Ambiguous attribute key",
                "A key with a dot may be meant as a reference or as text. Put it in parentheses if it is a reference, in \
                 double quotes if it is text.",
            )
            .at(item.key.span)
            .into());
        }
        self.evaluate(&item.key).and_then(|key| {
            object_key(&key, ("Null value as key", item.value.span), ("Incorrect key type", item.key.span))
        })
    }

    pub(super) fn for_expression(&mut self, form: &For) -> Outcome {
        let collection = self.evaluate(&form.collection)?;
        let (collection, mut marks) = collection.unmark();
        if collection.is_null() {
            return Err(Diagnostic::error(
                "Iteration over null value",
                "A null value cannot be used as the collection in a 'for' expression.",
            )
            .at(form.collection.span)
            .into());
        }
        if !collection.is_known() {
            check_iterable(&collection.ty(), form.collection.span)?;
            return Ok(Value::unknown(Type::Any).with_marks(&marks));
        }
        let Some(elements) = elements_of(&collection) else {
            return Err(not_iterable(&collection.ty(), form.collection.span).into());
        };
        if let Some(condition) = &form.condition {
            // A condition that is wrong for every element is wrong for none as well.
            let any = || Value::unknown(Type::Any);
            let names = bound_names(form.key_name.as_ref(), any(), &form.value_name, any());
            self.with_bindings(names, |inside| inside.for_condition(condition))?;
        }
        let mut diagnostics = Diagnostics::new();
        let mut result = ForResult::new(form);
        for (key, value) in elements {
            let names = bound_names(form.key_name.as_ref(), key, &form.value_name, value);
            let outcome = self.with_bindings(names, |inside| inside.for_element(form, &mut result, &mut marks));
            if let Err(errors) = outcome {
                diagnostics.extend(errors);
                // The same expression fails in the same way for every element; one report is enough.
                break;
            }
        }
        diagnostics.into_result()?;
        Ok(result.finish().with_marks(&marks))
    }

    fn for_element(&mut self, form: &For, result: &mut ForResult, marks: &mut Marks) -> Result<(), Diagnostics> {
        if let Some(condition) = &form.condition {
            let (included, condition_marks) = self.for_condition(condition)?.unmark();
            *marks = marks.union(&condition_marks);
            match included.as_bool() {
                Some(true) => {}
                Some(false) => return Ok(()),
                None => {
                    result.unknown = true;
                    return Ok(());
                }
            }
        }
        let Some(key_result) = &form.key_result else {
            let value = self.evaluate(&form.result)?;
            result.items.push(value);
            return Ok(());
        };
        let key = match self.evaluate(key_result) {
            Ok(key) if !key.is_known() => {
                // What the object has is not known, so neither is whether this part of it is a mistake.
                *marks = marks.union(key.marks());
                result.unknown = true;
                return Ok(());
            }
            Ok(key) => {
                let mistake = ("Invalid object key", key_result.span);
                match object_key(&key, mistake, mistake) {
                    Err(_) if result.unknown => return Ok(()),
                    key => key,
                }
            }
            mistakes => mistakes,
        };
        if key.is_err() && self.salvages {
            result.unknown = true;
            return Ok(());
        }
        let value = self.evaluate(&form.result);
        let (key, value) = super::expression::both(key, value)?;
        *marks = marks.union(key.marks());
        match key.as_str() {
            Some(text) => {
                // What a mark withholds must not stand in a message either.
                let withheld = marks.is_sensitive() || marks.is_ephemeral();
                let inserted = result.insert(Str::from(text), value, key_result.span, withheld);
                // That a key is there twice leaves the object as it is.
                if self.salvages { Ok(()) } else { inserted }
            }
            None => {
                result.unknown = true;
                Ok(())
            }
        }
    }

    /// Whether an element is included, possibly unknown.
    fn for_condition(&mut self, condition: &Expression) -> Outcome {
        let included = self.strictly(|evaluator| evaluator.evaluate(condition))?;
        if included.is_null() {
            return Err(Diagnostic::error("Condition is null", "The value of the 'if' clause must not be null.")
                .at(condition.span)
                .into());
        }
        convert(&included, &Type::Bool).map_err(|error| {
            Diagnostic::error("Invalid 'for' condition", format!("The 'if' clause value is invalid: {error}."))
                .at(condition.span)
                .into()
        })
    }

    /// `value[*].steps`
    pub(super) fn splat_of(&mut self, value: Value, steps: &[Step], span: Span) -> Outcome {
        let (value, marks) = value.unmark();
        if value.is_null() {
            return match value.ty() {
                Type::List(_) | Type::Set(_) | Type::Tuple(_) => Err(Diagnostic::error(
                    "Splat of null value",
                    "Splat expressions (with the * symbol) cannot be applied to null sequences.",
                )
                .at(span)
                .into()),
                _ => Ok(Value::tuple(Vec::new()).with_marks(&marks)),
            };
        }
        if let Kind::Unknown(unknown) = value.kind() {
            let is_one = !matches!(unknown.ty, Type::Any | Type::List(_) | Type::Set(_) | Type::Tuple(_));
            let is_there = unknown.refinement.as_ref().is_some_and(|known| known.not_null);
            // What is certainly there is one element.
            if !(is_one && is_there) {
                return self.splat_of_unknown(&unknown.ty, steps, &marks);
            }
        }
        let (element, items) = match value.kind() {
            Kind::List(element, items) | Kind::Set(element, items) => (Some(element.clone()), items.to_vec()),
            Kind::Tuple(items) => (None, items.to_vec()),
            _ => (None, vec![value]),
        };
        let mut results = Vec::with_capacity(items.len());
        for item in &items {
            match self.steps(item.clone(), steps) {
                Ok(result) => results.push(result),
                Err(_) if self.salvages => {
                    let ty = match &element {
                        Some(element) => Type::list(element.clone()),
                        None => Type::tuple(items.iter().map(Value::ty).collect::<Vec<_>>()),
                    };
                    return self.splat_of_unknown(&ty, steps, &marks);
                }
                Err(mistakes) => return Err(mistakes),
            }
        }
        // What comes of a list or set is a list, as far as the types allow it.
        let element = match (element, results.first()) {
            (Some(element), None) => {
                Some(self.salvaged(|evaluator| evaluator.steps(Value::unknown(element), steps))?.ty())
            }
            (Some(_), Some(first)) => Some(first.ty()).filter(|ty| results.iter().all(|result| result.ty() == *ty)),
            (None, _) => None,
        };
        let result = match element {
            Some(element) => Value::list(element, results),
            None => Value::tuple(results),
        };
        Ok(result.with_marks(&marks))
    }

    /// The elements are not there yet, but their type may tell that of the result.
    fn splat_of_unknown(&mut self, ty: &Type, steps: &[Step], marks: &Marks) -> Outcome {
        let result = match ty {
            Type::List(element) | Type::Set(element) => {
                let one = self.salvaged(|evaluator| evaluator.steps(Value::unknown(Type::clone(element)), steps))?;
                Type::list(one.ty())
            }
            Type::Tuple(elements) => {
                let mut results = Vec::with_capacity(elements.len());
                for element in elements.iter() {
                    results.push(self.salvaged(|evaluator| evaluator.steps(Value::unknown(element.clone()), steps))?);
                }
                return Ok(Value::tuple(results).with_marks(marks));
            }
            _ => Type::Any,
        };
        Ok(Value::unknown(result).with_marks(marks))
    }
}

/// What a `for` expression has collected.
struct ForResult {
    items: Vec<Value>,
    entries: BTreeMap<Str, Vec<Value>>,
    is_object: bool,
    groups: bool,
    unknown: bool,
}

impl ForResult {
    fn new(form: &For) -> Self {
        Self {
            items: Vec::new(),
            entries: BTreeMap::new(),
            is_object: form.key_result.is_some(),
            groups: form.groups,
            unknown: false,
        }
    }

    fn insert(&mut self, key: Str, value: Value, span: Span, withheld: bool) -> Result<(), Diagnostics> {
        let values = self.entries.entry(key.clone()).or_default();
        if !self.groups && !values.is_empty() {
            return Err(Diagnostic::error(
                "Duplicate object key",
                format!(
                    "Two different items produced {} in this 'for' expression. If duplicates are expected, use the \
                     ellipsis (...) after the value expression to enable grouping by key.",
                    if withheld { "the same (sensitive) key".to_owned() } else { format!("the key \"{key}\"") }
                ),
            )
            .at(span)
            .into());
        }
        values.push(value);
        Ok(())
    }

    fn finish(self) -> Value {
        if self.unknown {
            return Value::unknown(Type::Any);
        }
        if !self.is_object {
            return Value::tuple(self.items);
        }
        let entries = self.entries.into_iter().map(|(key, mut values)| {
            let value = match (self.groups, values.pop()) {
                (false, Some(only)) => only,
                (_, last) => {
                    values.extend(last);
                    Value::tuple(values)
                }
            };
            (key, value)
        });
        Value::object(entries.collect())
    }
}

/// Keys and values of a known collection in the order of iteration; `None` for what cannot be iterated.
pub(super) fn elements_of(collection: &Value) -> Option<Vec<(Value, Value)>> {
    match collection.kind() {
        Kind::List(_, items) | Kind::Tuple(items) => Some(
            items.iter().enumerate().map(|(position, item)| (Value::number(position as u64), item.clone())).collect(),
        ),
        Kind::Set(_, items) => Some(items.iter().map(|item| (item.clone(), item.clone())).collect()),
        Kind::Map(_, entries) | Kind::Object(entries) => {
            Some(entries.iter().map(|(key, item)| (Value::string(key), item.clone())).collect())
        }
        _ => None,
    }
}

fn check_iterable(ty: &Type, span: Span) -> Result<(), Diagnostics> {
    match ty {
        Type::Any | Type::List(_) | Type::Set(_) | Type::Map(_) | Type::Tuple(_) | Type::Object(_) => Ok(()),
        other => Err(not_iterable(other, span).into()),
    }
}

pub(super) fn not_iterable(ty: &Type, span: Span) -> Diagnostic {
    Diagnostic::error(
        "Iteration over non-iterable value",
        format!(
            "A value of type {} cannot be used as the collection in a 'for' expression; give it a list, set, map, \
             tuple or object.",
            ty.friendly_name()
        ),
    )
    .at(span)
}

/// The names that one round of a loop binds. The value wins where both have one name.
pub(super) fn bound_names(key_name: Option<&Name>, key: Value, value_name: &Name, value: Value) -> Vec<Binding> {
    let key = key_name.map(|name| (name.text.clone(), key));
    key.into_iter().chain([(value_name.text.clone(), value)]).collect()
}

/// A key of an object as a string, possibly unknown. A null one and one that is no text have headlines and places.
fn object_key(key: &Value, null: (&str, Span), other: (&str, Span)) -> Outcome {
    if key.is_null() {
        return Err(Diagnostic::error(null.0, "Can't use a null value as a key.").at(null.1).into());
    }
    convert(key, &Type::String).map_err(|error| {
        Diagnostic::error(other.0, format!("Can't use this value as a key: {error}.")).at(other.1).into()
    })
}
