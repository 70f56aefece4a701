//! What most types need to plan a change: from prior object, configuration and facts to what would be stored.
//!
//! [`plan_from_schema`] follows the conventions that the facts name. What they leave to the type (codes such as
//! `custom` and `other`) a type answers through [`PlanHooks`] and [`plan_with_hooks`].
//!
//! Under both conventions what the configuration leaves to the provider keeps its prior value, and is unknown in an
//! object that is new. Under the older convention ([`Conventions::Sdk`]) moreover
//!
//! - left out, `""`, `0`, `false` and empty are no difference to one another, and the prior form stays;
//! - a configuration that says nothing new leaves the prior object as it is, deadlines included;
//! - in a new element of a list in an existing object, single values left to the provider are planned as null, not
//!   unknown; in new elements of a set they are unknown, and texts left out are `""`.
//!
//! Deliberately elsewhere: tags and the region (the provider's kit computes them), merging alone
//! ([`super::proposed`]), and what the user may ignore (the engine changes the configuration before).

use infra_values::{Path, PathStep, Value};

use super::{Conventions, Schema};
use crate::diagnostics::Diagnostics;
use crate::provider::{PlanRequest, PlanResponse};

mod equivalence;
mod normalize;
mod planner;
mod policy;
mod replace;

pub use equivalence::json_equivalent;
pub use normalize::normalized_json;
pub use policy::policies_equivalent;

use planner::Planner;

/// What a type knows better than its facts: answers to the codes that facts leave open. Paths are those of the
/// configured value.
pub struct PlanHooks<'h> {
    /// Whether a configured value says the same as the prior one (null in a new object): path, code, prior,
    /// configured. Asked for the `suppress` codes that need to know the type: `other`, `time`,
    /// `lb_type_mismatch`, …, and for `id_or_arn` and `json_or_yaml` where the texts alone do not tell.
    pub suppress: &'h dyn Fn(&Path, &str, &Value, &Value) -> bool,
    /// How a configured value is rewritten before it is stored: path, code, configured. Asked for the `normalize`
    /// codes `sha` and `other`; `None` leaves it as it is.
    pub normalize: &'h dyn Fn(&Path, &str, &Value) -> Option<Value>,
    /// What stands for an attribute that is left out and has no static default: path, the configured block around it.
    /// `Some` of a null makes it null where the prior value would be kept.
    pub default: &'h dyn Fn(&Path, &Value) -> Option<Value>,
    /// Whether a configured element of a set is a prior one although they differ: path of the set, prior, configured.
    /// The prior element is kept as it is: for sets whose elements are told apart by some of their attributes only.
    pub same_element: &'h dyn Fn(&Path, &Value, &Value) -> bool,
    /// Whether a change replaces the object: path, code, prior, planned. Asked for the `force_new_if` codes that need
    /// to know the type or the time.
    pub force_new: &'h dyn Fn(&Path, &str, &Value, &Value) -> bool,
    /// Whether an attribute that may turn unknown on change does: name, prior object, planned object.
    pub unknown_on_change: &'h dyn Fn(&str, &Value, &Value) -> bool,
}

impl Default for PlanHooks<'_> {
    /// Nothing is the same that looks different, and anything but tags may change everything that may change.
    fn default() -> Self {
        Self {
            suppress: &|_, _, _, _| false,
            normalize: &|_, _, _| None,
            default: &|_, _| None,
            same_element: &|_, _, _| false,
            force_new: &|_, _, _, _| false,
            unknown_on_change: &|_, prior, planned| differs_beyond_tags(prior, planned),
        }
    }
}

/// Whether two objects differ in anything but `tags` and `tags_all`.
pub fn differs_beyond_tags(prior: &Value, planned: &Value) -> bool {
    planned
        .as_entries()
        .into_iter()
        .flatten()
        .any(|(name, value)| name != "tags" && name != "tags_all" && prior.get(name) != Some(value))
}

/// Plans a change from facts alone. `request.proposed` is not needed: the prior object and the configuration say more.
pub fn plan_from_schema(schema: &Schema, request: &PlanRequest<'_>) -> PlanResponse {
    plan_with_hooks(schema, request, &PlanHooks::default())
}

/// Plans a change from facts and from what the type knows better. Where nothing differs, the planned value is the
/// prior one, unchanged.
pub fn plan_with_hooks(schema: &Schema, request: &PlanRequest<'_>, hooks: &PlanHooks<'_>) -> PlanResponse {
    let prior = request.prior.filter(|prior| !prior.is_null());
    let mut requires_replace = Vec::new();
    let planned = match prior {
        None => Planner::creating(schema, hooks).object(None, request.config),
        Some(prior) => {
            let planned = plan_update(schema, prior, request.config, hooks);
            requires_replace = replace::paths(schema, hooks, prior, &planned);
            planned
        }
    };
    PlanResponse { planned, requires_replace, private: request.private.to_vec(), diagnostics: Diagnostics::new() }
}

fn plan_update(schema: &Schema, prior: &Value, config: &Value, hooks: &PlanHooks<'_>) -> Value {
    let quiet = Planner::comparing(schema, hooks).object(Some(prior), config);
    if quiet == *prior {
        return quiet;
    }
    // Once there is a difference, the older convention also writes down what is none by itself.
    let mut planned = match schema.conventions {
        Conventions::Sdk => Planner::changing(schema, hooks).object(Some(prior), config),
        Conventions::Framework => quiet,
    };
    let compared = planned.clone();
    for name in &schema.unknown_on_change {
        let left_out = config.get(name).is_none_or(Value::is_null);
        if let Some(ty) = schema.implied_type().attribute(name)
            && left_out
            && (hooks.unknown_on_change)(name, prior, &compared)
        {
            planned = planned.with_child(&PathStep::Attribute(name.clone()), Value::unknown(ty.clone()));
        }
    }
    planned
}

#[cfg(test)]
mod tests;
