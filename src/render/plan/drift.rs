//! Which of the changes made outside are worth a reader's time.

use infra_engine::plan::{Action, Drift, Mode, Plan, ResourceChange};
use infra_values::{PathStep, Str, Value};

/// A change made outside with the part of it that matters.
pub(super) struct Shown<'p> {
    /// All of it.
    pub(super) drift: &'p Drift,
    /// As the state has the object, but for attributes that do not matter: these are as they are now.
    pub(super) before: Value,
}

/// The changes made outside that explain the plan: all of them where recording them is the plan; otherwise objects
/// that are gone, attributes that the plan changes again, and objects that something with a planned change uses.
pub(super) fn that_matters(plan: &Plan) -> Vec<Shown<'_>> {
    let whole = |drift| Shown { drift, before: Value::clone(&drift.before) };
    if plan.mode == Mode::RefreshOnly {
        return plan.drift.iter().map(whole).collect();
    }
    if !plan.has_changes() {
        return Vec::new();
    }
    let planned: Vec<&ResourceChange> = plan.changes.iter().filter(|change| change.action != Action::NoOp).collect();
    plan.drift
        .iter()
        .filter_map(|drift| {
            if drift.after.is_null() {
                return Some(Shown { drift, before: name_only(&drift.before) });
            }
            let resource = drift.address.config();
            if planned.iter().any(|change| change.dependencies.contains(&resource)) {
                return Some(whole(drift));
            }
            let own =
                planned.iter().find(|change| change.address == drift.address && change.deposed == drift.deposed)?;
            covered(drift, own)
        })
        .collect()
}

/// What an object that is gone was called. The rest of it is what the plan makes anew, or nobody's concern.
fn name_only(object: &Value) -> Value {
    object.transform(&mut |path, part| match path.0.as_slice() {
        [PathStep::Attribute(name)] if !matches!(name.as_str(), "id" | "name") => Value::null(part.ty()),
        _ => part,
    })
}

/// The attributes that both the drift and the planned change of the same object touch.
fn covered<'p>(drift: &'p Drift, planned: &ResourceChange) -> Option<Shown<'p>> {
    let (before, after) = (drift.before.as_entries()?, drift.after.as_entries()?);
    let differs = |left: Option<&Value>, right: Option<&Value>| left != right;
    let is_covered = |name: &Str| {
        differs(before.get(name), after.get(name)) && differs(planned.before.get(name), planned.after.get(name))
    };
    if !before.keys().any(is_covered) {
        return None;
    }
    let kept = before.iter().map(|(name, old)| {
        let value = if is_covered(name) { old } else { after.get(name).unwrap_or(old) };
        (name.clone(), value.clone())
    });
    Some(Shown { drift, before: Value::object(kept.collect()) })
}
