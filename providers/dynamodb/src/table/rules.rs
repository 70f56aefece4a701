//! What must hold for a plan, and what a plan does not say by itself.
//!
//! Checks look at the planned object, as the AWS provider does: what is left out may be there from before. What is not
//! known yet is not judged; AWS will.

use std::collections::BTreeSet;

use infra_engine::diagnostics::{Diagnostic, Diagnostics};
use infra_provider_kit::Draft;
use infra_values::serde_value::from_value;
use infra_values::{Path, PathStep, Type, Value};

use super::attributes::{GlobalIndex, PAY_PER_REQUEST, PROVISIONED};

/// The view types of streams.
const VIEW_TYPES: [&str; 4] = ["NEW_IMAGE", "OLD_IMAGE", "NEW_AND_OLD_IMAGES", "KEYS_ONLY"];

/// The blocks of global secondary indexes.
const INDEXES: &str = "global_secondary_index";

/// What can be told from the configuration alone.
pub(super) fn validate(config: &Value) -> Diagnostics {
    let mut diagnostics = Diagnostics::new();
    let view_type = config.get("stream_view_type").and_then(Value::as_str).unwrap_or_default();
    if !view_type.is_empty() && !VIEW_TYPES.contains(&view_type) {
        diagnostics.push(
            Diagnostic::error(
                "Invalid stream view type",
                format!("expected stream_view_type to be one of {}, got {view_type:?}.", VIEW_TYPES.join(", ")),
            )
            .on(Path::root().attribute("stream_view_type")),
        );
    }
    diagnostics
}

/// Checks a plan and completes it.
pub(super) fn plan(draft: &mut Draft<'_>) {
    keep_silent_time_to_live(draft);
    write_out_attributes(draft);
    keep_attributes_of_kept_indexes(draft);
    forget_unwritten_capacity(draft);
    mark_unchanged_indexes(draft);
    let problems = [stream_problem(draft), keys_problem(draft), time_to_live_problem(draft)];
    let problems = problems.into_iter().flatten().chain(capacity_problems(draft)).collect::<Vec<_>>();
    for problem in problems {
        draft.report(problem);
    }
}

/// AWS wants to know which attribute to turn off and forgets it when it is off: then a name in the configuration is no
/// difference.
fn keep_silent_time_to_live(draft: &mut Draft<'_>) {
    let parts = |ttl: Option<&Value>| {
        let block = ttl?.as_items()?.first()?;
        let name = block.get("attribute_name").and_then(Value::as_str).unwrap_or_default();
        Some((name.to_owned(), block.get("enabled").and_then(Value::as_bool).unwrap_or_default()))
    };
    let (prior, planned) = (parts(draft.prior("ttl")), parts(draft.planned("ttl")));
    if let (Some((before, false)), Some((after, false))) = (prior, planned)
        && before.is_empty()
        && !after.is_empty()
    {
        draft.keep("ttl");
    }
}

/// Attributes are told apart by their names, so a type alone never changes; with a change of the set, types are those
/// of the configuration.
fn write_out_attributes(draft: &mut Draft<'_>) {
    if draft.changes("attribute")
        && let Some(configured) = draft.configured("attribute").filter(|configured| configured.is_wholly_known())
    {
        draft.set("attribute", configured.clone());
    }
}

/// The newer generation leaves indexes alone when the configuration has none at all: something else may manage them. The
/// attributes of their keys stay with them.
fn keep_attributes_of_kept_indexes(draft: &mut Draft<'_>) {
    let has_none = draft.configured(INDEXES).and_then(Value::as_items).is_none_or(<[Value]>::is_empty);
    let kept = draft.planned(INDEXES).and_then(Value::as_items).unwrap_or_default();
    let (Some(prior), Some(planned)) = (draft.prior("attribute"), draft.planned("attribute")) else { return };
    let (Some(prior), Some(items)) = (prior.as_items(), planned.as_items()) else { return };
    if !has_none || kept.is_empty() || !draft.changes("attribute") {
        return;
    }
    let indexes = kept.iter().filter_map(|index| from_value::<GlobalIndex>(index).ok());
    let needed: BTreeSet<String> =
        indexes.flat_map(|index| index.key()).map(|element| element.attribute_name).collect();
    let name = |attribute: &Value| attribute.get("name").and_then(Value::as_str).unwrap_or_default().to_owned();
    let has: BTreeSet<String> = items.iter().map(name).collect();
    let lost = prior.iter().filter(|attribute| needed.contains(&name(attribute)) && !has.contains(&name(attribute)));
    let all: Vec<Value> = items.iter().chain(lost).cloned().collect();
    if let Some(ty) = all.first().map(Value::ty) {
        draft.set("attribute", Value::set(ty, all));
    }
}

/// An index that leaves its capacity out is only the prior one if that has none, or if everything else is written: so
/// the AWS provider tells elements of this set apart. Else it is planned as a new element, whose capacity AWS decides.
fn forget_unwritten_capacity(draft: &mut Draft<'_>) {
    const CAPACITIES: [&str; 2] = ["read_capacity", "write_capacity"];
    let (Some(configured), Some(planned)) = (draft.configured(INDEXES), draft.planned(INDEXES)) else { return };
    let (Some(configured), Some(items)) = (configured.as_items(), planned.as_items()) else { return };
    if draft.is_create() || items.is_empty() {
        return;
    }
    let forget = |item: &Value| {
        let written = configured.iter().find(|written| written.get("name") == item.get("name"));
        let Some(written) = written.filter(|_| item.is_wholly_known()) else { return item.clone() };
        let is_left_out = |name: &str| written.get(name).is_some_and(Value::is_null);
        let has = |name: &str| item.get(name).and_then(Value::as_number).is_some_and(|number| !number.is_zero());
        let says_all_else = !is_left_out("range_key") && !is_left_out("non_key_attributes");
        if says_all_else || !CAPACITIES.iter().any(|name| is_left_out(name) && has(name)) {
            return item.clone();
        }
        CAPACITIES.iter().filter(|name| is_left_out(name)).fold(item.clone(), |item, name| {
            item.with_child(&PathStep::Attribute((*name).into()), Value::unknown(Type::Number))
        })
    };
    let items: Vec<Value> = items.iter().map(forget).collect();
    draft.set(INDEXES, Value::set(items[0].ty(), items));
}

/// In a set of indexes that changes, the AWS provider plans the absent range key of an index that stays as null.
fn mark_unchanged_indexes(draft: &mut Draft<'_>) {
    if !draft.changes(INDEXES) {
        return;
    }
    let (Some(prior), Some(planned)) = (draft.prior(INDEXES).and_then(Value::as_items), draft.planned(INDEXES)) else {
        return;
    };
    let Some(items) = planned.as_items().filter(|items| !items.is_empty()) else { return };
    let marked: Vec<Value> = items
        .iter()
        .map(|item| {
            let has_empty_range_key = item.get("range_key").and_then(Value::as_str) == Some("");
            if has_empty_range_key && prior.contains(item) {
                item.with_child(&PathStep::Attribute("range_key".into()), Value::null(Type::String))
            } else {
                item.clone()
            }
        })
        .collect();
    let ty = items[0].ty();
    draft.set(INDEXES, Value::set(ty, marked));
}

/// Whether two elements of a set mean the same one.
pub(super) fn is_same_element(path: &Path, prior: &Value, configured: &Value) -> bool {
    let name = |element: &Value| element.get("name").and_then(Value::as_str).map(str::to_owned);
    match path.schema_path().as_str() {
        "attribute" | "local_secondary_index" => name(prior).is_some() && name(prior) == name(configured),
        "global_secondary_index" => match (from_value::<GlobalIndex>(prior), from_value::<GlobalIndex>(configured)) {
            (Ok(prior), Ok(configured)) => says_nothing_new(&prior, &configured),
            _ => false,
        },
        _ => false,
    }
}

/// Whether a configured index, whose key may be written in two ways, is the prior one.
fn says_nothing_new(prior: &GlobalIndex, configured: &GlobalIndex) -> bool {
    let same = |prior: Option<i64>, configured: Option<i64>| configured.is_none() || prior == configured;
    prior.name == configured.name
        && prior.key() == configured.key()
        && prior.projection_type == configured.projection_type
        && prior.non_key_attributes == configured.non_key_attributes
        && prior.on_demand_throughput == configured.on_demand_throughput
        && same(prior.read_capacity, configured.read_capacity)
        && same(prior.write_capacity, configured.write_capacity)
        && (configured.warm_throughput.as_ref().is_none_or(Vec::is_empty)
            || prior.warm_throughput == configured.warm_throughput)
}

/// Whether the stream is to be another one.
pub(super) fn stream_changes(prior: &Value, planned: &Value) -> bool {
    let enabled = |table: &Value| table.get("stream_enabled").and_then(Value::as_bool).unwrap_or_default();
    let view_type =
        |table: &Value| table.get("stream_view_type").and_then(Value::as_str).unwrap_or_default().to_owned();
    let is_unknown = ["stream_enabled", "stream_view_type"]
        .iter()
        .any(|name| planned.get(name).is_some_and(|value| !value.is_known()));
    is_unknown
        || enabled(prior) != enabled(planned)
        || (!view_type(planned).is_empty() && view_type(prior) != view_type(planned))
}

fn stream_problem(draft: &Draft<'_>) -> Option<Diagnostic> {
    let enabled = draft.planned("stream_enabled")?.as_bool()?;
    // Computed: a type that nobody wrote is unknown in a new table.
    let configured = draft.configured("stream_view_type");
    if !enabled || configured.is_some_and(|view_type| !view_type.is_known()) {
        return None;
    }
    let is_missing = draft.planned("stream_view_type")?.as_str().unwrap_or_default().is_empty();
    is_missing.then(|| {
        Diagnostic::error(
            "Stream without a view type",
            format!("stream_view_type is required when stream_enabled = true. Write one of {}.", VIEW_TYPES.join(", ")),
        )
        .on(Path::root().attribute("stream_enabled"))
    })
}

/// Every attribute must be part of a key, and every part of a key an attribute.
fn keys_problem(draft: &Draft<'_>) -> Option<Diagnostic> {
    let defined = names(draft, "attribute")?;
    let mut indexed = BTreeSet::new();
    for key in ["hash_key", "range_key"] {
        if draft.configured(key).is_some_and(|name| !name.is_known()) {
            return None;
        }
        let planned = draft.planned(key).and_then(Value::as_str).unwrap_or_default();
        if !planned.is_empty() {
            indexed.insert(planned.to_owned());
        }
    }
    for block in ["local_secondary_index", "global_secondary_index"] {
        for index in blocks(draft, block)? {
            let schema = index.get("key_schema").and_then(Value::as_items).unwrap_or_default();
            let names = ["hash_key", "range_key"].into_iter().filter_map(|key| index.get(key));
            let names = names.chain(schema.iter().filter_map(|element| element.get("attribute_name")));
            for name in names {
                // The hash key may be left out beside a key schema; then it is computed.
                if !name.is_known() && schema.is_empty() {
                    return None;
                }
                if let Some(name) = name.as_str().filter(|name| !name.is_empty()) {
                    indexed.insert(name.to_owned());
                }
            }
        }
    }
    let list = |names: Vec<&String>| format!("{names:?}").replace(", ", " ");
    let unused: Vec<&String> = defined.difference(&indexed).collect();
    let unmatched: Vec<&String> = indexed.difference(&defined).collect();
    let mut problems = Vec::new();
    if !unused.is_empty() {
        problems.push(format!(
            "all attributes must be indexed. Unused attributes: {}. Remove the attribute block of what is no part of a \
             key: other attributes of items need no definition.",
            list(unused)
        ));
    }
    if !unmatched.is_empty() {
        problems.push(format!(
            "all indexes must match a defined attribute. Unmatched indexes: {}. Add an attribute block with name and \
             type for each.",
            list(unmatched)
        ));
    }
    (!problems.is_empty()).then(|| {
        Diagnostic::error("Attributes and keys do not match", problems.join("\n"))
            .on(Path::root().attribute("attribute"))
    })
}

/// The planned blocks of that name; `None` while the configuration does not know them all.
fn blocks<'d>(draft: &'d Draft<'_>, name: &str) -> Option<&'d [Value]> {
    if draft.configured(name).is_some_and(|blocks| !blocks.is_known()) {
        return None;
    }
    Some(draft.planned(name).and_then(Value::as_items).unwrap_or_default())
}

fn names(draft: &Draft<'_>, block: &str) -> Option<BTreeSet<String>> {
    let name = |element: &Value| element.get("name").and_then(Value::as_str).map(str::to_owned);
    blocks(draft, block)?.iter().map(name).collect()
}

/// Capacity goes with the billing mode. A table that is being switched may still have what the other mode wanted, and
/// a restored one has what its source has.
fn capacity_problems(draft: &Draft<'_>) -> Vec<Diagnostic> {
    let text = |name: &str| draft.planned(name).and_then(Value::as_str).unwrap_or_default().to_owned();
    let comes_from_elsewhere = ["restore_source_name", "restore_source_table_arn", "restore_backup_arn"]
        .iter()
        .any(|name| draft.configured(name).is_some_and(|source| source.as_str() != Some("")));
    let is_known = draft.planned("billing_mode").is_some_and(Value::is_known);
    if comes_from_elsewhere || !is_known {
        return Vec::new();
    }
    let mode = text("billing_mode");
    let before = draft.prior("billing_mode").and_then(Value::as_str).unwrap_or_default();
    let problem = |name: &&str| {
        if draft.configured(name).is_some_and(|capacity| !capacity.is_known()) {
            return None;
        }
        let capacity = draft.planned(name)?.as_number().and_then(infra_values::Number::as_i64).unwrap_or_default();
        let detail = if mode == PROVISIONED && capacity < 1 && before != PAY_PER_REQUEST {
            format!(
                "{name} must be at least 1 when billing_mode is {PROVISIONED:?}. Write how much the table shall have, \
                 or billing_mode = {PAY_PER_REQUEST:?}."
            )
        } else if mode == PAY_PER_REQUEST && capacity != 0 && before != PROVISIONED {
            format!("{name} can not be set when billing_mode is {PAY_PER_REQUEST:?}. Remove it.")
        } else {
            return None;
        };
        Some(Diagnostic::error("Capacity does not fit the billing mode", detail).on(Path::root().attribute(*name)))
    };
    ["read_capacity", "write_capacity"].iter().filter_map(problem).collect()
}

fn time_to_live_problem(draft: &Draft<'_>) -> Option<Diagnostic> {
    let block = draft.configured("ttl")?.as_items()?.first()?.clone();
    let name = block.get("attribute_name")?;
    if !name.is_known() || block.get("enabled")?.as_bool() != Some(true) {
        return None;
    }
    let path = Path::root().attribute("ttl").child(PathStep::Position(0));
    match name.as_str() {
        None => Some(
            Diagnostic::error(
                "Invalid Attribute Combination",
                "Attribute \"ttl[0].attribute_name\" must be specified when \"ttl[0].enabled\" is \"true\". Name the \
                 attribute that says when an item's time is over.",
            )
            .on(path.attribute("enabled")),
        ),
        Some("") => Some(
            Diagnostic::error(
                "Invalid value",
                "Attribute \"ttl[0].attribute_name\" cannot have an empty value. Name the attribute that says when an \
                 item's time is over.",
            )
            .on(path.attribute("attribute_name")),
        ),
        Some(_) => None,
    }
}

/// Attributes of the first version of the schema, which kept some numbers as texts.
pub(super) fn from_version_0(mut attributes: serde_json::Value) -> serde_json::Value {
    const COUNTS: [&str; 2] = ["read_capacity", "write_capacity"];
    let numbers = |object: &mut serde_json::Map<String, serde_json::Value>| {
        for name in COUNTS {
            let number = object.get(name).and_then(|count| count.as_str()).map(str::parse::<i64>);
            if let Some(Ok(number)) = number {
                object.insert(name.to_owned(), number.into());
            }
        }
    };
    if let Some(table) = attributes.as_object_mut() {
        numbers(table);
        let indexes = table.get_mut("global_secondary_index").and_then(|indexes| indexes.as_array_mut());
        indexes.into_iter().flatten().filter_map(|index| index.as_object_mut()).for_each(numbers);
    }
    attributes
}
