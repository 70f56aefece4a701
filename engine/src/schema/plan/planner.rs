//! The walk over prior object and configuration.

use std::collections::BTreeMap;

use infra_values::{Kind, Path, PathStep, Str, Type, Value};

use super::PlanHooks;
use super::equivalence::{Leniency, same_as_prior, suppressed};
use super::normalize::normalize;
use crate::schema::{Attribute, Block, Conventions, NestedBlock, Nesting, Schema};

/// Plans one object.
pub(super) struct Planner<'p> {
    schema: &'p Schema,
    hooks: &'p PlanHooks<'p>,
    /// Empty values that are no difference are taken from the configuration all the same.
    echoes_empty: bool,
    /// The object is new.
    creating: bool,
}

/// Where in the object the walk is.
#[derive(Clone)]
struct Place {
    path: Path,
    /// What is left to the provider and has no prior value is unknown.
    unknown_if_left_out: bool,
    /// Inside an element of a set.
    in_set: bool,
}

impl Place {
    fn inside(&self, step: PathStep) -> Self {
        Self { path: self.path.child(step), ..self.clone() }
    }
}

impl<'p> Planner<'p> {
    /// For an object that does not exist yet.
    pub(super) fn creating(schema: &'p Schema, hooks: &'p PlanHooks<'p>) -> Self {
        Self { schema, hooks, echoes_empty: true, creating: true }
    }

    /// For finding out whether anything differs.
    pub(super) fn comparing(schema: &'p Schema, hooks: &'p PlanHooks<'p>) -> Self {
        Self { schema, hooks, echoes_empty: false, creating: false }
    }

    /// For an object in which something differs.
    pub(super) fn changing(schema: &'p Schema, hooks: &'p PlanHooks<'p>) -> Self {
        Self { schema, hooks, echoes_empty: true, creating: false }
    }

    /// The planned object.
    pub(super) fn object(&self, prior: Option<&Value>, config: &Value) -> Value {
        let place = Place { path: Path::root(), unknown_if_left_out: self.creating, in_set: false };
        self.block(&self.schema.block, prior, config, &place)
    }

    fn is_sdk(&self) -> bool {
        self.schema.conventions == Conventions::Sdk
    }

    fn block(&self, block: &Block, prior: Option<&Value>, config: &Value, place: &Place) -> Value {
        if !config.is_known() {
            return config.clone();
        }
        let prior = prior.filter(|prior| !prior.is_null());
        let mut planned: BTreeMap<Str, Value> = BTreeMap::new();
        for (name, attribute) in &block.attributes {
            let inside = place.inside(PathStep::Attribute(name.clone()));
            let before = prior.and_then(|prior| prior.get(name));
            planned.insert(name.clone(), self.attribute(attribute, before, name, config, &inside));
        }
        for (name, nested) in &block.blocks {
            let inside = place.inside(PathStep::Attribute(name.clone()));
            let before = prior.and_then(|prior| prior.get(name));
            let now = config.get(name).cloned().unwrap_or_else(|| Value::null(nested.implied_type()));
            planned.insert(name.clone(), self.nested(name, nested, before, &now, &inside));
        }
        Value::object(planned)
    }

    fn attribute(
        &self,
        attribute: &Attribute,
        prior: Option<&Value>,
        name: &str,
        around: &Value,
        place: &Place,
    ) -> Value {
        if attribute.write_only {
            return Value::null(attribute.ty.clone());
        }
        let configured = around.get(name).filter(|config| !config.is_null()).cloned();
        let standing_in = || attribute.default.clone().or_else(|| (self.hooks.default)(&place.path, around));
        match configured.or_else(standing_in) {
            Some(configured) => self.configured(attribute, prior, configured, place),
            None => self.left_out(attribute, prior, place),
        }
    }

    fn configured(&self, attribute: &Attribute, prior: Option<&Value>, configured: Value, place: &Place) -> Value {
        if !configured.is_known() {
            return configured;
        }
        let configured = if self.is_sdk() { without_null_entries(configured) } else { configured };
        let configured = match &attribute.normalize {
            Some(code) => normalize(code, &configured)
                .or_else(|| (self.hooks.normalize)(&place.path, code, &configured))
                .unwrap_or(configured),
            None => configured,
        };
        let nothing = Value::null(attribute.ty.clone());
        let prior = match prior {
            Some(prior) => prior,
            // What is suppressed beside nothing stays out of a new object.
            None if attribute.suppress.is_some()
                && self.is_suppressed(attribute, &nothing, &configured, &place.path) =>
            {
                return nothing;
            }
            None => return configured,
        };
        if !self.is_same(attribute, prior, &configured, &place.path) {
            return configured;
        }
        if self.echoes_empty && prior.is_null() && is_empty_text_or_list(&configured) {
            return configured;
        }
        prior.clone()
    }

    fn is_same(&self, attribute: &Attribute, prior: &Value, configured: &Value, path: &Path) -> bool {
        let leniency = if self.is_sdk() { Leniency::ZeroIsNull } else { Leniency::Exact };
        same_as_prior(prior, configured, leniency) || self.is_suppressed(attribute, prior, configured, path)
    }

    fn is_suppressed(&self, attribute: &Attribute, prior: &Value, configured: &Value, path: &Path) -> bool {
        let Some(code) = &attribute.suppress else { return false };
        configured.is_wholly_known()
            && suppressed(code, prior, configured)
                .unwrap_or_else(|| (self.hooks.suppress)(path, code, prior, configured))
    }

    fn left_out(&self, attribute: &Attribute, prior: Option<&Value>, place: &Place) -> Value {
        let ty = &attribute.ty;
        let kept = |prior: &Value| attribute.computed || self.keeps_when_left_out(attribute, prior, place);
        match prior {
            Some(prior) if kept(prior) => prior.clone(),
            Some(prior) if self.is_sdk() => emptied(prior, ty),
            Some(_) => Value::null(ty.clone()),
            None if attribute.computed => {
                // The older convention plans counts of collections, but not single values, in new list elements.
                let unknown = place.unknown_if_left_out || ty.is_collection();
                if unknown { Value::unknown(ty.clone()) } else { Value::null(ty.clone()) }
            }
            None if place.in_set && self.is_sdk() => empty_in_set(ty),
            None => Value::null(ty.clone()),
        }
    }

    fn keeps_when_left_out(&self, attribute: &Attribute, prior: &Value, place: &Place) -> bool {
        let nothing = Value::null(attribute.ty.clone());
        attribute.suppress.as_deref() == Some("absent_config") || self.is_same(attribute, prior, &nothing, &place.path)
    }

    fn nested(&self, name: &str, nested: &NestedBlock, prior: Option<&Value>, config: &Value, place: &Place) -> Value {
        if name == "timeouts" && self.schema.timeouts.is_some() && place.path.0.len() == 1 {
            return self.timeouts(prior, config);
        }
        if !config.is_known() {
            return config.clone();
        }
        if is_absent(config) && (nested.computed || nested.suppress.as_deref() == Some("absent_config")) {
            match prior {
                Some(prior) => return prior.clone(),
                None if nested.computed => return Value::unknown(nested.implied_type()),
                None => {}
            }
        }
        let planned = match (nested.nesting, config.kind()) {
            (_, Kind::Null(_)) => config.clone(),
            (Nesting::Single, _) => self.element(&nested.block, prior.filter(|prior| !prior.is_null()), config, place),
            (Nesting::List, Kind::List(element, items)) => {
                Value::list(element.clone(), self.items(nested, prior, items, place))
            }
            (Nesting::List, Kind::Tuple(items)) => Value::tuple(self.items(nested, prior, items, place)),
            (Nesting::Map, Kind::Map(element, entries)) => {
                Value::map(element.clone(), self.entries(nested, prior, entries, place))
            }
            (Nesting::Map, Kind::Object(entries)) => Value::object(self.entries(nested, prior, entries, place)),
            (Nesting::Set, Kind::Set(element, items)) => {
                Value::set(element.clone(), self.elements(nested, prior, items, place))
            }
            // Not a value of the block's type: there is nothing to plan.
            _ => config.clone(),
        };
        match (&nested.suppress, prior) {
            (Some(code), Some(prior))
                if code != "absent_config"
                    && planned != *prior
                    && planned.is_wholly_known()
                    && (self.hooks.suppress)(&place.path, code, prior, &planned) =>
            {
                prior.clone()
            }
            _ => planned,
        }
    }

    /// Deadlines alone are no difference under the older convention; they are written down with another one.
    fn timeouts(&self, prior: Option<&Value>, config: &Value) -> Value {
        match prior {
            Some(prior) if self.is_sdk() && !self.echoes_empty => prior.clone(),
            _ => config.clone(),
        }
    }

    fn items(&self, nested: &NestedBlock, prior: Option<&Value>, items: &[Value], place: &Place) -> Vec<Value> {
        let prior = prior.and_then(Value::as_items).unwrap_or_default();
        let item = |(position, item): (usize, &Value)| {
            self.element(&nested.block, prior.get(position), item, &place.inside(PathStep::Position(position)))
        };
        items.iter().enumerate().map(item).collect()
    }

    fn entries(
        &self,
        nested: &NestedBlock,
        prior: Option<&Value>,
        entries: &BTreeMap<Str, Value>,
        place: &Place,
    ) -> BTreeMap<Str, Value> {
        let entry = |(key, item): (&Str, &Value)| {
            let before = prior.and_then(|prior| prior.get(key));
            (key.clone(), self.element(&nested.block, before, item, &place.inside(PathStep::Key(key.clone()))))
        };
        entries.iter().map(entry).collect()
    }

    /// Elements of a set have no identity: one that says nothing new about a prior element is that element, any other
    /// one is new. Equal ones find each other first.
    fn elements(&self, nested: &NestedBlock, prior: Option<&Value>, items: &[Value], place: &Place) -> Vec<Value> {
        let mut candidates: Vec<&Value> = prior.and_then(Value::as_items).unwrap_or_default().iter().collect();
        let mut planned: Vec<Value> = Vec::new();
        let mut unmatched: Vec<(usize, &Value)> = Vec::new();
        for (position, item) in items.iter().enumerate() {
            match candidates.iter().position(|candidate| *candidate == item) {
                Some(equal) => planned.push(candidates.remove(equal).clone()),
                None => unmatched.push((position, item)),
            }
        }
        // Comparing never echoes: an element must not look new for an empty text.
        let comparing = Planner { echoes_empty: false, ..*self };
        let set = &place.path;
        for (position, item) in unmatched {
            let place = Place { in_set: true, ..place.inside(PathStep::Element(position)) };
            let same = candidates.iter().position(|candidate| {
                comparing.element(&nested.block, Some(candidate), item, &place) == **candidate
                    || (self.hooks.same_element)(set, candidate, item)
            });
            planned.push(match same {
                Some(same) => candidates.remove(same).clone(),
                None => {
                    let new = Place { unknown_if_left_out: true, ..place };
                    self.block(&nested.block, None, item, &new)
                }
            });
        }
        planned
    }

    fn element(&self, block: &Block, prior: Option<&Value>, config: &Value, place: &Place) -> Value {
        let new = prior.is_none() && (place.in_set || self.creating || !self.is_sdk());
        let place = Place { unknown_if_left_out: place.unknown_if_left_out || new, ..place.clone() };
        self.block(block, prior, config, &place)
    }
}

/// Whether the configuration has no such block.
fn is_absent(config: &Value) -> bool {
    config.is_null()
        || config.as_items().is_some_and(<[Value]>::is_empty)
        || (matches!(config.kind(), Kind::Map(..)) && config.as_entries().is_some_and(BTreeMap::is_empty))
}

fn is_empty_text_or_list(value: &Value) -> bool {
    match value.kind() {
        Kind::String(text) => text.is_empty(),
        Kind::List(_, items) => items.is_empty(),
        _ => false,
    }
}

/// The older convention stores no null in a map.
fn without_null_entries(value: Value) -> Value {
    match value.kind() {
        Kind::Map(element, entries) if entries.values().any(Value::is_null) => {
            let entries = entries.iter().filter(|(_, entry)| !entry.is_null());
            Value::map(element.clone(), entries.map(|(key, entry)| (key.clone(), entry.clone())).collect())
        }
        _ => value,
    }
}

/// What the older convention plans for something that was there and is left out now.
fn emptied(prior: &Value, ty: &Type) -> Value {
    if prior.is_null() {
        Value::null(ty.clone())
    } else {
        empty_collection(ty).unwrap_or_else(|| Value::null(ty.clone()))
    }
}

/// What the older convention plans for something left out in a new element of a set.
fn empty_in_set(ty: &Type) -> Value {
    match ty {
        Type::String => Value::string(""),
        Type::Map(_) => Value::null(ty.clone()),
        _ => empty_collection(ty).unwrap_or_else(|| Value::null(ty.clone())),
    }
}

fn empty_collection(ty: &Type) -> Option<Value> {
    match ty {
        Type::List(element) => Some(Value::list(Type::clone(element), Vec::new())),
        Type::Set(element) => Some(Value::set(Type::clone(element), Vec::new())),
        Type::Map(element) => Some(Value::map(Type::clone(element), BTreeMap::new())),
        _ => None,
    }
}
