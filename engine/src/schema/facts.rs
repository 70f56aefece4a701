//! From facts as JSON to a [`Schema`].
//!
//! [`schema_from_facts`] reads the facts about one type; [`config_from_facts`] those about a provider block. Keys that
//! say where a fact comes from (`src`, `structure`) are left alone, unknown keys too: facts grow.
//!
//! What the keys mean for the engine:
//!
//! - `plugin`: `sdkv2` or `framework`; see [`Conventions`]. Absent in data sources.
//! - `force_new`: absent and `null` (not known) count as false.
//! - `id` of an `sdkv2` resource is `optional` in the facts for historical reasons only, and is read as computed.
//! - `timeouts`: the operations; the nested block that configurations write is added to [`Schema::block`].
//! - `same_as` with `levels`: the content is that of the block at a dotted path; so many such blocks may stand inside
//!   one another, and the innermost lacks the blocks that hold a `same_as`.

use std::collections::BTreeMap;

use infra_values::{Number, Str, Type, Value};
use serde_json::{Map, Value as Json};

use super::{Attribute, Block, Conventions, ImportForm, NestedBlock, Nesting, Relations, Rule, Schema};

mod type_expression;

pub use type_expression::parse_type;

/// Facts that cannot be read: a defect of the facts, not of a configuration.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("cannot read the schema facts at {place}: {problem}; correct the file of facts")]
pub struct FactsError {
    /// Dotted path of the attribute or block; `the type` for the type itself.
    pub place: String,
    /// What is wrong there.
    pub problem: String,
}

/// Where the reader is: the facts of the whole type (for `same_as`) and the path of names from there.
#[derive(Clone)]
struct Place<'f> {
    root: &'f Json,
    path: Vec<&'f str>,
    /// How many more blocks with `same_as` may stand inside this one; `None` outside of them.
    levels: Option<u64>,
}

impl<'f> Place<'f> {
    fn new(root: &'f Json) -> Self {
        Self { root, path: Vec::new(), levels: None }
    }

    fn inside(&self, name: &'f str) -> Self {
        let mut place = self.clone();
        place.path.push(name);
        place
    }

    fn error(&self, problem: impl Into<String>) -> FactsError {
        let place = if self.path.is_empty() { "the type".into() } else { self.path.join(".") };
        FactsError { place, problem: problem.into() }
    }
}

/// Reads the facts about one resource type or data source.
pub fn schema_from_facts(facts: &Json) -> Result<Schema, FactsError> {
    let place = Place::new(facts);
    let mut block = read_block(facts, &place)?;
    let conventions = match text(facts, "plugin", &place)? {
        None | Some("sdkv2") => Conventions::Sdk,
        Some("framework") => Conventions::Framework,
        Some(other) => return Err(place.error(format!("plugin {other:?} is not known"))),
    };
    if facts.get("plugin").is_some()
        && conventions == Conventions::Sdk
        && let Some(id) = block.attributes.get_mut("id")
        && id.computed
    {
        id.optional = false;
    }
    let timeouts = facts.get("timeouts").map(|timeouts| read_timeouts(timeouts, &place)).transpose()?;
    if let Some(operations) = &timeouts {
        block.blocks.insert("timeouts".into(), timeouts_block(operations.keys()));
    }
    Ok(Schema {
        version: count(facts, "schema_version", &place)?.unwrap_or(0),
        block,
        conventions,
        timeouts,
        unknown_on_change: texts(facts, "unknown_on_change", &place)?,
        import: read_import(facts, &place)?,
        ..Schema::default()
    })
}

/// Reads what a provider block may hold: `{attributes, blocks}`.
pub fn config_from_facts(facts: &Json) -> Result<Schema, FactsError> {
    Ok(Schema { block: read_block(facts, &Place::new(facts))?, ..Schema::default() })
}

fn read_block<'f>(facts: &'f Json, place: &Place<'f>) -> Result<Block, FactsError> {
    let mut block = Block::default();
    for (name, attribute) in section(facts, "attributes", place)? {
        let place = place.inside(name);
        block.attributes.insert(name.into(), read_attribute(attribute, &place)?);
    }
    for (name, nested) in section(facts, "blocks", place)? {
        if place.levels == Some(0) && nested_same_as(nested) {
            continue;
        }
        let place = place.inside(name);
        block.blocks.insert(name.into(), read_nested(nested, &place)?);
    }
    Ok(block)
}

fn read_attribute<'f>(facts: &'f Json, place: &Place<'f>) -> Result<Attribute, FactsError> {
    let expression = text(facts, "type", place)?.ok_or_else(|| place.error("an attribute needs a type"))?;
    let ty = parse_type(expression).map_err(|problem| place.error(problem))?;
    let as_blocks = facts.get("attr_as_blocks").is_some_and(|form| *form != Json::Bool(false));
    let default = facts.get("default").filter(|default| !default.is_null());
    Ok(Attribute {
        required: flag(facts, "required", place)?,
        may_be_null: false,
        optional: flag(facts, "optional", place)?,
        computed: flag(facts, "computed", place)?,
        sensitive: flag(facts, "sensitive", place)?,
        write_only: flag(facts, "write_only", place)?,
        deprecated: flag(facts, "deprecated", place)?,
        force_new: flag(facts, "force_new", place)?,
        force_new_if: shared_text(facts, "force_new_if", place)?,
        default: default.map(|default| read_value(default, &ty, place)).transpose()?,
        relations: read_relations(facts, place)?,
        validate: facts.get("validate").map(|rule| read_rule(rule, place)).transpose()?,
        validate_element: facts.get("validate_elem").map(|rule| read_rule(rule, place)).transpose()?,
        suppress: shared_text(facts, "suppress", place)?,
        normalize: shared_text(facts, "normalize", place)?,
        as_blocks,
        members: read_members(facts, &ty, place)?,
        min_items: count(facts, "min_items", place)?,
        max_items: count(facts, "max_items", place)?,
        ty,
    })
}

/// The flags of the members of a list or set of objects. They lack types, which the attribute's own type has.
fn read_members<'f>(facts: &'f Json, ty: &Type, place: &Place<'f>) -> Result<BTreeMap<Str, Attribute>, FactsError> {
    let mut members = BTreeMap::new();
    for (name, flags) in section(facts, "members", place)? {
        let place = place.inside(name);
        let member_type = ty.element().and_then(|element| element.attribute(name));
        let member_type = member_type.ok_or_else(|| place.error("the attribute's type has no such member"))?;
        let mut flags = flags.clone();
        flags["type"] = Json::String(member_type.to_string());
        let member = read_attribute(&flags, &Place::new(&flags)).map_err(|error| place.error(error.problem))?;
        members.insert(name.into(), member);
    }
    Ok(members)
}

fn read_nested<'f>(facts: &'f Json, place: &Place<'f>) -> Result<NestedBlock, FactsError> {
    let nesting = match text(facts, "nesting", place)? {
        Some("single") => Nesting::Single,
        Some("list") => Nesting::List,
        Some("set") => Nesting::Set,
        Some("map") => Nesting::Map,
        other => return Err(place.error(format!("a block cannot nest as {other:?}"))),
    };
    Ok(NestedBlock {
        nesting,
        min_items: count(facts, "min_items", place)?.unwrap_or(0),
        max_items: count(facts, "max_items", place)?,
        computed: flag(facts, "computed", place)?,
        deprecated: flag(facts, "deprecated", place)?,
        force_new: flag(facts, "force_new", place)?,
        force_new_if: shared_text(facts, "force_new_if", place)?,
        relations: read_relations(facts, place)?,
        suppress: shared_text(facts, "suppress", place)?,
        block: read_content(facts, place)?,
    })
}

/// What stands in a nested block: written there, or at the place that `same_as` names.
fn read_content<'f>(facts: &'f Json, place: &Place<'f>) -> Result<Block, FactsError> {
    let Some(same_as) = text(facts, "same_as", place)? else { return read_block(facts, place) };
    let content = same_as.split('.').try_fold(place.root, |block, name| block.get("blocks")?.get(name));
    let content = content.ok_or_else(|| place.error(format!("there is no block {same_as:?}")))?;
    let mut place = place.clone();
    let levels = match place.levels {
        Some(levels) => levels,
        None => count(facts, "levels", &place)?.ok_or_else(|| place.error("same_as needs levels"))?,
    };
    place.levels = Some(levels.saturating_sub(1));
    read_block(content, &place)
}

/// Whether the block, or a block directly inside it, takes its content from elsewhere.
fn nested_same_as(facts: &Json) -> bool {
    let inner = facts.get("blocks").and_then(Json::as_object);
    facts.get("same_as").is_some()
        || inner.is_some_and(|inner| inner.values().any(|block| block.get("same_as").is_some()))
}

fn read_relations(facts: &Json, place: &Place<'_>) -> Result<Relations, FactsError> {
    Ok(Relations {
        conflicts_with: texts(facts, "conflicts_with", place)?,
        exactly_one_of: texts(facts, "exactly_one_of", place)?,
        at_least_one_of: texts(facts, "at_least_one_of", place)?,
        required_with: texts(facts, "required_with", place)?,
    })
}

fn read_rule(facts: &Json, place: &Place<'_>) -> Result<Rule, FactsError> {
    let bound = |key: &str| match facts.get(key) {
        None | Some(Json::Null) => Ok(None),
        Some(bound) => bound.as_f64().map(Some).ok_or_else(|| place.error(format!("{key} must be a number"))),
    };
    let scalar = |value: &Json| match value {
        Json::String(text) => Ok(Value::string(text)),
        Json::Bool(value) => Ok(Value::bool(*value)),
        Json::Number(number) => read_number(&number.to_string(), place),
        other => Err(place.error(format!("one_of cannot hold {other}"))),
    };
    let list = |key: &str| facts.get(key).and_then(Json::as_array).into_iter().flatten();
    Ok(Rule {
        min: bound("min")?,
        max: bound("max")?,
        min_len: count(facts, "min_len", place)?,
        max_len: count(facts, "max_len", place)?,
        patterns: texts(facts, "pattern", place)?,
        not_patterns: texts(facts, "not_pattern", place)?,
        one_of: list("one_of").map(scalar).collect::<Result<_, _>>()?,
        format: shared_text(facts, "format", place)?,
        any: list("any").map(|rule| read_rule(rule, place)).collect::<Result<_, _>>()?,
    })
}

fn read_timeouts(facts: &Json, place: &Place<'_>) -> Result<BTreeMap<Str, Option<u64>>, FactsError> {
    let operations = facts.as_object().ok_or_else(|| place.error("timeouts must be an object"))?;
    let read = |(operation, default): (&String, &Json)| match default {
        Json::Null => Ok((operation.into(), None)),
        Json::String(text) => match duration_secs(text) {
            Some(secs) => Ok((operation.into(), Some(secs))),
            None => Err(place.error(format!("the timeout {text:?} is not a duration such as 30m or 1h30m"))),
        },
        other => Err(place.error(format!("a timeout cannot be {other}"))),
    };
    operations.iter().map(read).collect()
}

/// The block in which a configuration gives deadlines for operations.
pub fn timeouts_block<'o>(operations: impl IntoIterator<Item = &'o Str>) -> NestedBlock {
    let deadline = Attribute { optional: true, ..Attribute::of(Type::String) };
    let attributes = operations.into_iter().map(|operation| (operation.clone(), deadline.clone()));
    NestedBlock {
        max_items: Some(1),
        ..NestedBlock::of(Nesting::Single, Block { attributes: attributes.collect(), ..Block::default() })
    }
}

/// Seconds of a duration such as `30m`, `1h30m`, `1.5h` or `500ms`, rounded up; `None` for anything else.
pub fn duration_secs(text: &str) -> Option<u64> {
    const UNITS: [(&str, f64); 7] =
        [("ns", 1e-9), ("us", 1e-6), ("µs", 1e-6), ("ms", 1e-3), ("h", 3600.0), ("m", 60.0), ("s", 1.0)];
    let mut total_secs = 0.0;
    let mut rest = text;
    if rest.is_empty() {
        return None;
    }
    while !rest.is_empty() {
        let digits = rest.find(|character: char| !character.is_ascii_digit() && character != '.')?;
        let (amount, after) = rest.split_at(digits);
        let (unit, unit_secs) = UNITS.iter().find(|(unit, _)| after.starts_with(unit))?;
        total_secs += amount.parse::<f64>().ok()? * unit_secs;
        rest = &after[unit.len()..];
    }
    // Beyond what fits, a deadline never comes.
    Some(total_secs.ceil() as u64)
}

fn read_import(facts: &Json, place: &Place<'_>) -> Result<Option<ImportForm>, FactsError> {
    match facts.get("import") {
        None | Some(Json::Null) => Ok(None),
        Some(import) => {
            Ok(Some(ImportForm { templates: texts(import, "id", place)?, examples: texts(import, "example", place)? }))
        }
    }
}

/// A default: a value of a type, written as JSON.
fn read_value(json: &Json, ty: &Type, place: &Place<'_>) -> Result<Value, FactsError> {
    match (json, ty) {
        (Json::String(text), Type::String) => Ok(Value::string(text)),
        (Json::Bool(value), Type::Bool) => Ok(Value::bool(*value)),
        (Json::Number(number), Type::Number) => read_number(&number.to_string(), place),
        (Json::Array(items), Type::List(element) | Type::Set(element)) => {
            let items = items.iter().map(|item| read_value(item, element, place)).collect::<Result<Vec<_>, _>>()?;
            let element = Type::clone(element);
            Ok(if matches!(ty, Type::Set(_)) { Value::set(element, items) } else { Value::list(element, items) })
        }
        (Json::Object(entries), Type::Map(element)) => {
            let entries = entries
                .iter()
                .map(|(key, item)| Ok((key.into(), read_value(item, element, place)?)))
                .collect::<Result<_, _>>()?;
            Ok(Value::map(Type::clone(element), entries))
        }
        _ => Err(place.error(format!("the default {json} is no {ty}"))),
    }
}

fn read_number(digits: &str, place: &Place<'_>) -> Result<Value, FactsError> {
    let number: Number = digits.parse().map_err(|error| place.error(format!("{error}")))?;
    Ok(Value::number(number))
}

fn section<'f>(
    facts: &'f Json,
    key: &str,
    place: &Place<'_>,
) -> Result<impl Iterator<Item = (&'f str, &'f Json)> + use<'f>, FactsError> {
    let section: Option<&'f Map<String, Json>> = match facts.get(key) {
        None | Some(Json::Null) => None,
        Some(Json::Object(section)) => Some(section),
        Some(_) => return Err(place.error(format!("{key} must be an object"))),
    };
    Ok(section.into_iter().flatten().map(|(name, item)| (name.as_str(), item)))
}

fn flag(facts: &Json, key: &str, place: &Place<'_>) -> Result<bool, FactsError> {
    match facts.get(key) {
        None | Some(Json::Null) => Ok(false),
        Some(Json::Bool(flag)) => Ok(*flag),
        Some(other) => Err(place.error(format!("{key} must be true or false, not {other}"))),
    }
}

fn count(facts: &Json, key: &str, place: &Place<'_>) -> Result<Option<u64>, FactsError> {
    match facts.get(key) {
        None | Some(Json::Null) => Ok(None),
        Some(count) => match count.as_u64() {
            Some(count) => Ok(Some(count)),
            None => Err(place.error(format!("{key} must be a whole number, not {count}"))),
        },
    }
}

fn text<'f>(facts: &'f Json, key: &str, place: &Place<'_>) -> Result<Option<&'f str>, FactsError> {
    match facts.get(key) {
        None | Some(Json::Null) => Ok(None),
        Some(Json::String(text)) => Ok(Some(text)),
        Some(other) => Err(place.error(format!("{key} must be text, not {other}"))),
    }
}

fn shared_text(facts: &Json, key: &str, place: &Place<'_>) -> Result<Option<Str>, FactsError> {
    Ok(text(facts, key, place)?.map(Str::from))
}

/// One text or a list of them; absent and null give none.
fn texts(facts: &Json, key: &str, place: &Place<'_>) -> Result<Vec<Str>, FactsError> {
    match facts.get(key) {
        None | Some(Json::Null) => Ok(Vec::new()),
        Some(Json::String(text)) => Ok(vec![text.into()]),
        Some(Json::Array(items)) => items
            .iter()
            .map(|item| item.as_str().map(Str::from).ok_or_else(|| place.error(format!("{key} must hold texts"))))
            .collect(),
        Some(other) => Err(place.error(format!("{key} must be text or a list of texts, not {other}"))),
    }
}

#[cfg(test)]
mod tests;
