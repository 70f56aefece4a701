//! The value itself: known, null or unknown, with marks.

use std::collections::{BTreeMap, HashSet};
use std::hash::{Hash, Hasher};
use std::sync::Arc;

use crate::path::{Path, PathStep};
use crate::{Marks, Number, Str, Type, nested};

mod set_order;
#[cfg(test)]
mod tests;

use set_order::sort_set;

/// An immutable value of the language. Cloning costs reference counts.
///
/// Equality is structural and exact: type, content, unknowns with refinements, and marks.
#[derive(Clone, Debug, Eq)]
pub struct Value {
    kind: Kind,
    marks: Marks,
}

/// What a [`Value`] is, without its marks.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub enum Kind {
    /// No value, of a type ([`Type::Any`] for a bare `null`).
    Null(Type),
    /// To be known during apply.
    Unknown(Unknown),
    /// `true`, `false`
    Bool(bool),
    /// A number.
    Number(Number),
    /// Text in normalisation form C.
    String(Str),
    /// Element type and elements.
    List(Type, Arc<[Value]>),
    /// Element type and elements, each once, in the order the language iterates them. Elements carry no marks
    /// of their own: the set carries them.
    Set(Type, Arc<[Value]>),
    /// Element type and entries.
    Map(Type, Arc<BTreeMap<Str, Value>>),
    /// Elements of any types.
    Tuple(Arc<[Value]>),
    /// Attributes of any types.
    Object(Arc<BTreeMap<Str, Value>>),
}

/// A value that is not known yet.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct Unknown {
    /// Its type; [`Type::Any`] where not even that is known.
    pub ty: Type,
    /// What is known about it already; `None` when nothing.
    pub refinement: Option<Arc<Refinement>>,
}

/// What is known about an unknown value already.
#[derive(Clone, Debug, Default, PartialEq, Eq, Hash)]
pub struct Refinement {
    /// It will not be null.
    pub not_null: bool,
    /// A string will begin so.
    pub string_prefix: Option<Str>,
    /// A number will be at least this; `true` when it may be equal.
    pub number_min: Option<(Number, bool)>,
    /// A number will be at most this; `true` when it may be equal.
    pub number_max: Option<(Number, bool)>,
    /// A collection will have at least so many elements.
    pub length_min: Option<usize>,
    /// A collection will have at most so many elements.
    pub length_max: Option<usize>,
}

impl Kind {
    /// Whether it may have parts, and so be nested.
    fn is_compound(&self) -> bool {
        matches!(self, Self::List(..) | Self::Set(..) | Self::Map(..) | Self::Tuple(_) | Self::Object(_))
    }

    /// Whether dropping it frees its parts.
    fn holds_last_reference(&self) -> bool {
        match self {
            Self::List(_, items) | Self::Set(_, items) | Self::Tuple(items) => Arc::strong_count(items) == 1,
            Self::Map(_, entries) | Self::Object(entries) => Arc::strong_count(entries) == 1,
            _ => false,
        }
    }
}

impl PartialEq for Value {
    fn eq(&self, other: &Self) -> bool {
        let same_kind = || self.kind == other.kind;
        self.marks == other.marks && if self.kind.is_compound() { nested(same_kind) } else { same_kind() }
    }
}

impl Hash for Value {
    fn hash<H: Hasher>(&self, state: &mut H) {
        self.marks.hash(state);
        if self.kind.is_compound() {
            nested(|| self.kind.hash(state));
        } else {
            self.kind.hash(state);
        }
    }
}

/// Freeing deeply nested values must not exhaust the stack.
impl Drop for Value {
    fn drop(&mut self) {
        if self.kind.holds_last_reference() {
            let kind = std::mem::replace(&mut self.kind, Kind::Bool(false));
            nested(|| drop(kind));
        }
    }
}

impl From<Kind> for Value {
    fn from(kind: Kind) -> Self {
        Self { kind, marks: Marks::NONE }
    }
}

/// Making values.
impl Value {
    /// `null` of a type.
    pub fn null(ty: Type) -> Self {
        Kind::Null(ty).into()
    }

    /// An unknown value about which only the type is known.
    pub fn unknown(ty: Type) -> Self {
        Kind::Unknown(Unknown { ty, refinement: None }).into()
    }

    /// An unknown value that will not be null.
    pub fn unknown_not_null(ty: Type) -> Self {
        Self::unknown_refined(ty, Refinement { not_null: true, ..Refinement::default() })
    }

    /// An unknown value with a refinement. A type that is not known cannot be refined.
    pub fn unknown_refined(ty: Type, refinement: Refinement) -> Self {
        let refinement = (ty != Type::Any && refinement != Refinement::default()).then(|| Arc::new(refinement));
        Kind::Unknown(Unknown { ty, refinement }).into()
    }

    /// A known bool.
    pub fn bool(value: bool) -> Self {
        Kind::Bool(value).into()
    }

    /// A known number.
    pub fn number(value: impl Into<Number>) -> Self {
        Kind::Number(value.into()).into()
    }

    /// A known string, normalised to form C.
    pub fn string(text: impl AsRef<str>) -> Self {
        Kind::String(Str::nfc(text.as_ref())).into()
    }

    /// A list. The elements must be of the element type; convert them first.
    pub fn list(element: Type, items: impl Into<Arc<[Value]>>) -> Self {
        Kind::List(element, items.into()).into()
    }

    /// A set: sorted, without doubles; the marks of the elements move to the set.
    pub fn set(element: Type, items: impl IntoIterator<Item = Value>) -> Self {
        let mut marks = Marks::NONE;
        let mut items: Vec<Value> = items
            .into_iter()
            .map(|item| {
                let (item, inner) = item.unmark_deep();
                marks = marks.union(&inner);
                item
            })
            .collect();
        // Two elements that are not wholly known may turn out to differ, however equal they look now.
        let mut seen = HashSet::new();
        items.retain(|item| !item.is_wholly_known() || seen.insert(item.clone()));
        sort_set(&mut items);
        Self { kind: Kind::Set(element, items.into()), marks }
    }

    /// A map. The values must be of the element type; convert them first.
    pub fn map(element: Type, entries: BTreeMap<Str, Value>) -> Self {
        Kind::Map(element, Arc::new(entries)).into()
    }

    /// A tuple.
    pub fn tuple(items: impl Into<Arc<[Value]>>) -> Self {
        Kind::Tuple(items.into()).into()
    }

    /// An object.
    pub fn object(attributes: BTreeMap<Str, Value>) -> Self {
        Kind::Object(Arc::new(attributes)).into()
    }

    /// An object from pairs.
    pub fn object_from<N: Into<Str>>(attributes: impl IntoIterator<Item = (N, Value)>) -> Self {
        Self::object(attributes.into_iter().map(|(name, value)| (name.into(), value)).collect())
    }
}

/// Looking at values.
impl Value {
    /// What it is, without marks.
    pub fn kind(&self) -> &Kind {
        &self.kind
    }

    /// Its exact type. Costs the size of the value for tuples and objects.
    pub fn ty(&self) -> Type {
        nested(|| match &self.kind {
            Kind::Null(ty) => ty.clone(),
            Kind::Unknown(unknown) => unknown.ty.clone(),
            Kind::Bool(_) => Type::Bool,
            Kind::Number(_) => Type::Number,
            Kind::String(_) => Type::String,
            Kind::List(element, _) => Type::list(element.clone()),
            Kind::Set(element, _) => Type::set(element.clone()),
            Kind::Map(element, _) => Type::map(element.clone()),
            Kind::Tuple(items) => Type::tuple(items.iter().map(Self::ty).collect::<Vec<_>>()),
            Kind::Object(attributes) => Type::object(attributes.iter().map(|(name, value)| (name.clone(), value.ty()))),
        })
    }

    /// Whether it is null (an unknown value is not).
    pub fn is_null(&self) -> bool {
        matches!(self.kind, Kind::Null(_))
    }

    /// Whether the value itself is known; parts of it may not be.
    pub fn is_known(&self) -> bool {
        !matches!(self.kind, Kind::Unknown(_))
    }

    /// Whether it is known with all its parts.
    pub fn is_wholly_known(&self) -> bool {
        nested(|| match &self.kind {
            Kind::Unknown(_) => false,
            Kind::List(_, items) | Kind::Set(_, items) | Kind::Tuple(items) => items.iter().all(Self::is_wholly_known),
            Kind::Map(_, entries) | Kind::Object(entries) => entries.values().all(Self::is_wholly_known),
            _ => true,
        })
    }

    /// Whether there is an infinity in it, which neither a state nor a plan can hold.
    pub fn has_infinity(&self) -> bool {
        nested(|| match &self.kind {
            Kind::Number(number) => !number.is_finite(),
            Kind::List(_, items) | Kind::Set(_, items) | Kind::Tuple(items) => items.iter().any(Self::has_infinity),
            Kind::Map(_, entries) | Kind::Object(entries) => entries.values().any(Self::has_infinity),
            _ => false,
        })
    }

    /// The text of a known string.
    pub fn as_str(&self) -> Option<&str> {
        match &self.kind {
            Kind::String(text) => Some(text),
            _ => None,
        }
    }

    /// A known bool.
    pub fn as_bool(&self) -> Option<bool> {
        match &self.kind {
            Kind::Bool(value) => Some(*value),
            _ => None,
        }
    }

    /// A known number.
    pub fn as_number(&self) -> Option<&Number> {
        match &self.kind {
            Kind::Number(number) => Some(number),
            _ => None,
        }
    }

    /// The elements of a known list, set or tuple.
    pub fn as_items(&self) -> Option<&[Value]> {
        match &self.kind {
            Kind::List(_, items) | Kind::Set(_, items) | Kind::Tuple(items) => Some(items),
            _ => None,
        }
    }

    /// The entries of a known map or object.
    pub fn as_entries(&self) -> Option<&BTreeMap<Str, Value>> {
        match &self.kind {
            Kind::Map(_, entries) | Kind::Object(entries) => Some(entries),
            _ => None,
        }
    }

    /// An attribute of a known object, or an entry of a known map.
    pub fn get(&self, name: &str) -> Option<&Value> {
        self.as_entries()?.get(name)
    }

    /// One step inside; `None` where there is nothing, also inside null and unknown.
    pub fn step(&self, step: &PathStep) -> Option<&Value> {
        match step {
            PathStep::Attribute(name) | PathStep::Key(name) => self.get(name),
            PathStep::Position(position) | PathStep::Element(position) => self.as_items()?.get(*position),
        }
    }

    /// The parts directly inside, with the steps to them.
    pub fn children(&self) -> Vec<(PathStep, &Value)> {
        match &self.kind {
            Kind::List(_, items) | Kind::Tuple(items) => {
                items.iter().enumerate().map(|(position, item)| (PathStep::Position(position), item)).collect()
            }
            Kind::Set(_, items) => {
                items.iter().enumerate().map(|(position, item)| (PathStep::Element(position), item)).collect()
            }
            Kind::Map(_, entries) => entries.iter().map(|(key, item)| (PathStep::Key(key.clone()), item)).collect(),
            Kind::Object(attributes) => {
                attributes.iter().map(|(name, item)| (PathStep::Attribute(name.clone()), item)).collect()
            }
            _ => Vec::new(),
        }
    }

    /// Makes a new value by rebuilding each part from the inside out: `change` gets the path of a part and the
    /// part (its own parts changed already) and returns what takes its place.
    ///
    /// Types of collections are kept, so `change` must keep the type of collection elements.
    pub fn transform(&self, change: &mut dyn FnMut(&Path, Value) -> Value) -> Value {
        self.transform_at(&mut Path::root(), change)
    }

    fn transform_at(&self, path: &mut Path, change: &mut dyn FnMut(&Path, Value) -> Value) -> Value {
        let mut inside = |step: PathStep, item: &Value| {
            path.0.push(step);
            let changed = nested(|| item.transform_at(path, change));
            path.0.pop();
            changed
        };
        let rebuilt = match &self.kind {
            Kind::List(element, items) => Self::list(
                element.clone(),
                items.iter().enumerate().map(|(at, item)| inside(PathStep::Position(at), item)).collect::<Vec<_>>(),
            ),
            Kind::Set(element, items) => Self::set(
                element.clone(),
                items.iter().enumerate().map(|(at, item)| inside(PathStep::Element(at), item)).collect::<Vec<_>>(),
            ),
            Kind::Tuple(items) => Self::tuple(
                items.iter().enumerate().map(|(at, item)| inside(PathStep::Position(at), item)).collect::<Vec<_>>(),
            ),
            Kind::Map(element, entries) => Self::map(
                element.clone(),
                entries.iter().map(|(key, item)| (key.clone(), inside(PathStep::Key(key.clone()), item))).collect(),
            ),
            Kind::Object(attributes) => Self::object(
                attributes
                    .iter()
                    .map(|(name, item)| (name.clone(), inside(PathStep::Attribute(name.clone()), item)))
                    .collect(),
            ),
            _ => self.kind.clone().into(),
        };
        change(path, rebuilt.with_marks(&self.marks))
    }
}

/// Marks of values.
impl Value {
    /// The marks of the value itself, not of its parts.
    pub fn marks(&self) -> &Marks {
        &self.marks
    }

    /// The marks of the value and of all its parts.
    pub fn marks_deep(&self) -> Marks {
        nested(|| match &self.kind {
            Kind::List(_, items) | Kind::Tuple(items) => {
                items.iter().fold(self.marks.clone(), |marks, item| marks.union(&item.marks_deep()))
            }
            Kind::Map(_, entries) | Kind::Object(entries) => {
                entries.values().fold(self.marks.clone(), |marks, item| marks.union(&item.marks_deep()))
            }
            _ => self.marks.clone(),
        })
    }

    /// The same value with more marks.
    #[must_use]
    pub fn with_marks(mut self, marks: &Marks) -> Self {
        if !marks.is_empty() {
            self.marks = self.marks.union(marks);
        }
        self
    }

    /// The same value with exactly these marks on the outside.
    #[must_use]
    pub fn with_only_marks(mut self, marks: Marks) -> Self {
        self.marks = marks;
        self
    }

    /// The value without the marks on its outside, and those marks.
    pub fn unmark(mut self) -> (Self, Marks) {
        let marks = std::mem::take(&mut self.marks);
        (self, marks)
    }

    /// The value without any mark inside or outside, and the union of all marks.
    pub fn unmark_deep(self) -> (Self, Marks) {
        let marks = self.marks_deep();
        if marks.is_empty() {
            return (self, marks);
        }
        (self.transform(&mut |_, part| part.with_only_marks(Marks::NONE)), marks)
    }

    /// The value without any mark, and where each mark was, outer paths before inner ones.
    pub fn unmark_with_paths(&self) -> (Self, Vec<(Path, Marks)>) {
        let mut places = Vec::new();
        if self.marks_deep().is_empty() {
            return (self.clone(), places);
        }
        let bare = self.transform(&mut |path, part| {
            let (part, marks) = part.unmark();
            if !marks.is_empty() {
                places.push((path.clone(), marks));
            }
            part
        });
        places.sort_by(|left, right| left.0.cmp(&right.0));
        (bare, places)
    }

    /// Puts marks back at places; a place that no longer exists marks the nearest part around it.
    #[must_use]
    pub fn with_marks_at(&self, places: &[(Path, Marks)]) -> Self {
        places.iter().fold(self.clone(), |value, (path, marks)| value.mark_at(&path.0, marks))
    }

    fn mark_at(&self, steps: &[PathStep], marks: &Marks) -> Self {
        let Some((first, rest)) = steps.split_first() else {
            return self.clone().with_marks(marks);
        };
        let Some(inner) = self.step(first) else {
            return self.clone().with_marks(marks);
        };
        if matches!(self.kind, Kind::Set(..)) {
            return self.clone().with_marks(marks);
        }
        let changed = inner.mark_at(rest, marks);
        self.with_child(first, changed)
    }

    /// The value with one direct part replaced. A step to nothing changes nothing.
    #[must_use]
    pub fn with_child(&self, step: &PathStep, child: Value) -> Self {
        let replaced = |items: &Arc<[Value]>, position: usize| {
            let mut items = items.to_vec();
            if let Some(slot) = items.get_mut(position) {
                *slot = child.clone();
            }
            items
        };
        let inserted = |entries: &Arc<BTreeMap<Str, Value>>, name: &Str| {
            let mut entries = BTreeMap::clone(entries);
            entries.insert(name.clone(), child.clone());
            entries
        };
        let changed = match (&self.kind, step) {
            (Kind::List(element, items), PathStep::Position(at)) => Self::list(element.clone(), replaced(items, *at)),
            (Kind::Set(element, items), PathStep::Element(at)) => Self::set(element.clone(), replaced(items, *at)),
            (Kind::Tuple(items), PathStep::Position(at)) => Self::tuple(replaced(items, *at)),
            (Kind::Map(element, entries), PathStep::Key(key)) => Self::map(element.clone(), inserted(entries, key)),
            (Kind::Object(attributes), PathStep::Attribute(name)) => Self::object(inserted(attributes, name)),
            _ => return self.clone(),
        };
        changed.with_marks(&self.marks)
    }

    /// The value with the part at `path` replaced; missing places change nothing.
    #[must_use]
    pub fn with_part(&self, path: &[PathStep], part: Value) -> Self {
        let Some((first, rest)) = path.split_first() else {
            return part;
        };
        match self.step(first) {
            Some(inner) => self.with_child(first, inner.with_part(rest, part)),
            None if rest.is_empty() => self.with_child(first, part),
            None => self.clone(),
        }
    }
}
