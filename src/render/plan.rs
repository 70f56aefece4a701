//! A plan as text for people, in the words and the layout that Terraform's users know.
//!
//! From top to bottom: what changed outside, the legend, what happens to each object ([`resource`]), what waits, how
//! much of everything, and what happens to outputs. Errors and warnings are the caller's.

use infra_engine::plan::{Action, DeferredChange, Drift, Mode, OutputChange, Plan, ResourceChange};
use infra_engine::world::Providers;

use super::diagnostic::Style;
use super::difference::draw::{Look, draw as draw_difference};
use super::difference::{Difference, Effect, Replacing, Typing, of_values};
use super::pen::{BOLD, Pen};
use super::value::attribute_name;

mod drift;
mod resource;

/// Lines of prose are not longer than this even where there is room.
const PROSE_COLUMNS_MAX: usize = 78;

/// Without colours.
const PLAIN: Pen = Pen { is_coloured: false };

/// The actions in the order of the legend, with the words for them.
const LEGEND: &[(Action, &str)] = &[
    (Action::Create, "create"),
    (Action::Update, "update in-place"),
    (Action::Delete, "destroy"),
    (Action::DeleteThenCreate, "destroy and then create replacement"),
    (Action::CreateThenDelete, "create replacement and then destroy"),
    (Action::Read, "read (data resources)"),
    (Action::Forget, "forget (stays, and is managed no longer)"),
];

/// The plan as lines of text. Nothing in it depends on colours.
pub fn draw(plan: &Plan, providers: &Providers, style: Style) -> String {
    let writer =
        Writer { providers, pen: Pen { is_coloured: style.is_coloured }, columns: style.width.min(PROSE_COLUMNS_MAX) };
    let drift = drift::that_matters(plan);
    let outputs = output_lines(plan, writer.pen);
    let shown: Vec<&ResourceChange> = plan.changes.iter().filter(|change| is_shown(change)).collect();
    let changes_objects = shown.iter().any(|change| change.action != Action::NoOp);
    let is_empty = shown.is_empty() && outputs.is_empty() && plan.deferred.is_empty();
    let mut sections = Vec::new();
    if !drift.is_empty() {
        sections.push(writer.drift(plan, &drift));
    }
    if plan.errored {
        sections.push(writer.prose(match is_empty {
            true => "Planning failed. There were errors, and nothing could be planned.",
            false => "Planning failed. These actions were planned before the errors; they cannot be applied:",
        }));
    }
    if !shown.is_empty() {
        if changes_objects {
            sections.push(writer.legend(&shown));
        }
        if !plan.errored {
            sections.push("infra will perform the following actions:".to_owned());
        }
        sections.extend(shown.iter().map(|change| resource::draw_change(change, providers, writer.pen)));
    }
    if !plan.deferred.is_empty() {
        sections.push(writer.heading("Waiting", " for something outside, and for what comes before it:"));
        sections.extend(plan.deferred.iter().map(|deferred| writer.deferred(deferred)));
    }
    if !shown.is_empty() || !plan.deferred.is_empty() {
        sections.push(writer.summary(plan));
    }
    if !outputs.is_empty() {
        sections.push(format!("Changes to Outputs:\n{}", outputs.join("\n")));
        if !changes_objects && plan.deferred.is_empty() && !plan.errored {
            sections.push(writer.prose(
                "You can apply this plan to save these new output values to the state, without changing any real \
                 infrastructure.",
            ));
        }
    }
    // Changes made outside are the whole of a refresh-only plan, and have been shown.
    let is_recording = plan.mode == Mode::RefreshOnly && !drift.is_empty();
    if is_empty && !plan.errored && !is_recording {
        sections.push(writer.nothing(plan.mode));
    }
    sections.join("\n\n") + "\n"
}

/// What happens to an object, as [`draw`] shows it, without colours.
pub(super) fn section_of(change: &ResourceChange, providers: &Providers) -> String {
    resource::draw_change(change, providers, PLAIN)
}

/// Why it happens, where more can be said than what happens.
pub(super) fn reason_of(change: &ResourceChange) -> Option<String> {
    resource::reason(change)
}

/// What changed outside and matters, each as [`draw`] shows it.
pub(super) fn drift_sections<'p>(
    plan: &'p Plan,
    providers: &'p Providers,
) -> impl Iterator<Item = (&'p Drift, String)> + 'p {
    drift::that_matters(plan).into_iter().map(|shown| {
        let text = resource::draw_drift(&shown, providers, PLAIN);
        (shown.drift, text)
    })
}

/// What waits, each as [`draw`] shows it.
pub(super) fn waiting_sections<'p>(
    plan: &'p Plan,
    providers: &'p Providers,
) -> impl Iterator<Item = (&'p DeferredChange, String)> + 'p {
    let writer = Writer { providers, pen: PLAIN, columns: PROSE_COLUMNS_MAX };
    plan.deferred.iter().map(move |deferred| (deferred, writer.deferred(deferred)))
}

/// Outputs that change, each with its name and as [`draw`] shows it.
pub(super) fn output_changes(plan: &Plan) -> impl Iterator<Item = (&str, Action, String)> {
    plan.outputs.iter().filter_map(|(name, output)| {
        let difference = output_difference(output);
        let shown =
            (difference.effect != Effect::Same).then(|| output_line(&attribute_name(name), 0, &difference, PLAIN));
        Some((name.as_str(), output.action(), shown?))
    })
}

/// Whether there is anything to say about an object.
fn is_shown(change: &ResourceChange) -> bool {
    change.action != Action::NoOp
        || change.importing.is_some()
        || change.previous_address.as_ref().is_some_and(|previous| *previous != change.address)
}

/// The lines about outputs that change, aligned.
fn output_lines(plan: &Plan, pen: Pen) -> Vec<String> {
    let width = plan.outputs.keys().map(|name| attribute_name(name).chars().count()).max().unwrap_or_default();
    let lines = plan.outputs.iter().filter_map(|(name, output)| {
        let difference = output_difference(output);
        (difference.effect != Effect::Same).then(|| output_line(&attribute_name(name), width, &difference, pen))
    });
    lines.collect()
}

fn output_difference(output: &OutputChange) -> Difference {
    let secret = |value: &infra_values::Value| match output.sensitive {
        true => value.clone().with_marks(&infra_values::Marks::sensitive()),
        false => value.clone(),
    };
    let before = output.before.as_ref().filter(|value| !value.is_null()).map(secret);
    let after = output.after.as_ref().filter(|value| !value.is_null()).map(secret);
    of_values(before.as_ref(), after.as_ref(), Typing::Free, &Replacing::default())
}

fn output_line(name: &str, width: usize, difference: &Difference, pen: Pen) -> String {
    let text = draw_difference(difference, 0, Look::of_plan(pen));
    format!("{}{name:width$} = {text}", pen.effect(difference.effect))
}

/// Writes the parts of a plan.
struct Writer<'p> {
    providers: &'p Providers,
    pen: Pen,
    columns: usize,
}

impl Writer<'_> {
    fn prose(&self, text: &str) -> String {
        textwrap::fill(text, self.columns)
    }

    fn heading(&self, word: &str, rest: &str) -> String {
        format!("{}{rest}", self.pen.paint(BOLD, word))
    }

    fn legend(&self, shown: &[&ResourceChange]) -> String {
        let mut legend = self.prose(
            "infra made the following execution plan. Resource actions are indicated with the following symbols:",
        );
        for (action, words) in LEGEND {
            if shown.iter().any(|change| change.action == *action) {
                legend.push_str(&format!("\n{} {words}", self.pen.action(*action)));
            }
        }
        legend
    }

    fn drift(&self, plan: &Plan, drift: &[drift::Shown<'_>]) -> String {
        let heading = format!(
            "{}{}",
            self.heading("Note:", " Objects have changed outside of infra\n\n"),
            self.prose(
                "infra detected the following changes made outside of infra since the last \"infra apply\" which may \
                 have affected this plan:"
            )
        );
        let objects = drift.iter().map(|shown| resource::draw_drift(shown, self.providers, self.pen));
        let meaning = self.prose(match plan.mode {
            Mode::RefreshOnly => {
                "This is a refresh-only plan, so infra will not take any actions to undo these. If you were expecting \
                 these changes then you can apply this plan to record the updated values in the state without \
                 changing any remote objects."
            }
            _ => {
                "Unless you have made equivalent changes to your configuration, or ignored the relevant attributes \
                 using ignore_changes, the following plan may include actions to undo or respond to these changes."
            }
        });
        let rule = (plan.mode != Mode::RefreshOnly).then(|| "─".repeat(self.columns.saturating_sub(3)));
        let parts = std::iter::once(heading).chain(objects).chain([meaning]).chain(rule);
        parts.collect::<Vec<_>>().join("\n\n")
    }

    /// An object that waits, with what it waits for.
    fn deferred(&self, deferred: &DeferredChange) -> String {
        let causes = deferred.causes.iter().map(|cause| match cause.reason.is_empty() {
            true => format!("  # (waits for {})\n", cause.address),
            false => format!("  # (waits for {}: {})\n", cause.address, cause.reason),
        });
        resource::draw_deferred(&deferred.change, &causes.collect::<String>(), self.providers, self.pen)
    }

    fn summary(&self, plan: &Plan) -> String {
        let counts = plan.counts();
        let mut summary = String::new();
        if counts.import > 0 {
            summary.push_str(&format!(" {} to import,", counts.import));
        }
        summary.push_str(&format!(" {} to add, {} to change, {} to destroy", counts.add, counts.change, counts.remove));
        if counts.forget > 0 {
            summary.push_str(&format!(", {} to forget", counts.forget));
        }
        if !plan.deferred.is_empty() {
            summary.push_str(&format!(", {} waiting", plan.deferred.len()));
        }
        format!("{}{summary}.", self.pen.paint(BOLD, "Plan:"))
    }

    /// What to say when nothing is to be done.
    fn nothing(&self, mode: Mode) -> String {
        let (headline, meaning) = match mode {
            Mode::RefreshOnly => (
                "Your infrastructure still matches the configuration.",
                "infra has checked that the real remote objects still match the result of your most recent changes, \
                 and found no differences.",
            ),
            Mode::Destroy => (
                "No objects need to be destroyed.",
                "Either you have not created any objects yet or the existing objects were already deleted outside of \
                 infra.",
            ),
            Mode::Normal => (
                "Your infrastructure matches the configuration.",
                "infra has compared your real infrastructure against your configuration and found no differences, so \
                 no changes are needed.",
            ),
        };
        format!("{} {headline}\n\n{}", self.pen.paint(BOLD, "No changes."), self.prose(meaning))
    }
}

#[cfg(test)]
mod tests;
