//! Drawing a [`Difference`].
//!
//! Lines are indented by four columns a level, with a symbol in the last of them. What is unchanged is counted, not
//! shown, but for names, ids and tags and for the neighbours of changes in lists.

use std::collections::BTreeMap;
use std::fmt::Write;

use infra_values::Str;

use super::text;
use super::{Difference, Effect, NestedDifference, SecretTurn, Shape};
use crate::render::pen::{ALERT, Pen, REMARK};
use crate::render::value::{SENSITIVE, UNKNOWN, attribute_name, quoted};

/// Attributes by which people know an object: shown even when they do not change.
const ALWAYS_SHOWN: &[&str] = &["id", "name", "tags"];

/// How a difference is drawn.
#[derive(Clone, Copy, Debug)]
pub struct Look {
    /// Draws.
    pub pen: Pen,
    /// Whether lines begin with symbols that say what happens.
    has_symbols: bool,
    /// Whether what does not change is drawn.
    shows_unchanged: bool,
    /// Whether ` -> null` is left out behind what goes, because something around it says so.
    hides_end: bool,
    /// Whether parts that force a replacement are marked.
    marks_replacing: bool,
}

impl Look {
    /// As in a plan.
    pub fn of_plan(pen: Pen) -> Self {
        Self { pen, has_symbols: true, shows_unchanged: false, hides_end: false, marks_replacing: true }
    }

    /// As in a state: everything is there, nothing happens.
    pub fn of_state(pen: Pen) -> Self {
        Self { has_symbols: false, shows_unchanged: true, ..Self::of_plan(pen) }
    }

    pub(super) fn showing_unchanged(self) -> Self {
        Self { shows_unchanged: true, ..self }
    }

    pub(super) fn hiding_end(self) -> Self {
        Self { hides_end: true, ..self }
    }

    /// The beginning of a line.
    pub(super) fn margin(self, depth: usize, effect: Effect) -> String {
        let indent = " ".repeat(4 * depth);
        if self.has_symbols { format!("{indent}{}", self.pen.effect(effect)) } else { indent }
    }

    /// What stands behind something that goes.
    pub(super) fn end(self, effect: Effect) -> String {
        match effect {
            Effect::Remove if !self.hides_end => format!(" {} {}", self.pen.arrow(), self.pen.paint(REMARK, "null")),
            _ => String::new(),
        }
    }

    /// What stands behind something that forces a replacement.
    pub(super) fn forces(self, replaces: bool) -> String {
        if replaces && self.marks_replacing { self.pen.paint(ALERT, " # forces replacement") } else { String::new() }
    }

    /// `# (3 unchanged attributes hidden)`
    pub(super) fn hidden(self, noun: &str, count: usize) -> String {
        let plural = if count == 1 { "" } else { "s" };
        self.pen.paint(REMARK, &format!("# ({count} unchanged {noun}{plural} hidden)"))
    }

    fn hides(self, difference: &Difference) -> bool {
        difference.effect == Effect::Same && !self.shows_unchanged
    }
}

/// The difference as text that begins where a value begins and ends without a line break.
pub fn draw(difference: &Difference, depth: usize, look: Look) -> String {
    let forces = look.forces(difference.replaces);
    match &difference.shape {
        Shape::Scalar { before, after } => text::draw(before.as_ref(), after.as_ref(), difference, depth, look),
        Shape::Items { items, is_ordered } => draw_items(items, *is_ordered, difference, depth, look),
        Shape::Entries { entries, is_map } => draw_entries(entries, *is_map, difference, depth, look),
        Shape::Block { attributes, blocks } => draw_block(attributes, blocks, difference, depth, look),
        Shape::Unknown(None) => format!("{UNKNOWN}{forces}"),
        Shape::Unknown(Some(before)) => {
            let look_before = Look { marks_replacing: false, ..look.hiding_end() };
            format!("{} {} {UNKNOWN}{forces}", draw(before, depth, look_before), look.pen.arrow())
        }
        Shape::Secret { is_block: false, .. } => format!("{SENSITIVE}{}{forces}", look.end(difference.effect)),
        Shape::Secret { is_block: true, .. } => {
            let margin = look.margin(depth, Effect::Same);
            let inner = look.margin(depth + 1, Effect::Same);
            format!("{{{forces}\n{inner}# (sensitive: the content of this block is not shown)\n{margin}}}")
        }
        Shape::Exchange(before, after) => {
            let look_inside = look.hiding_end();
            let (before, after) = (draw(before, depth, look_inside), draw(after, depth, look_inside));
            format!("{before} {} {after}{forces}", look.pen.arrow())
        }
    }
}

/// Lines to put above something that becomes a secret or ceases to be one.
fn warnings(difference: &Difference, depth: usize, look: Look) -> String {
    let Shape::Secret { turn: Some(SecretTurn { becomes_secret, value_stays }), .. } = &difference.shape else {
        return String::new();
    };
    let what = match becomes_secret {
        true => "will be marked as sensitive and will not\n# display in UI output after applying this change.",
        false => "will no longer be marked as sensitive\n# after applying this change.",
    };
    let stays = if *value_stays { " The value is unchanged." } else { "" };
    let margin = look.margin(depth, Effect::Same);
    let warning = look.pen.paint(ALERT, "Warning");
    format!("# {warning}: this attribute value {what}{stays}").lines().map(|line| format!("{margin}{line}\n")).collect()
}

fn draw_items(items: &[Difference], is_ordered: bool, whole: &Difference, depth: usize, look: Look) -> String {
    let forces = look.forces(whole.replaces);
    let end = look.end(whole.effect);
    if items.is_empty() {
        return format!("[]{end}{forces}");
    }
    let mut lines = format!("[{forces}\n");
    let mut hidden = 0;
    for (position, item) in items.iter().enumerate() {
        let neighbours = [position.checked_sub(1), Some(position + 1)];
        let is_beside_change =
            || neighbours.iter().flatten().filter_map(|at| items.get(*at)).any(|item| item.effect != Effect::Same);
        let look_inside = match item.effect {
            Effect::Same if is_ordered && is_beside_change() => look.hiding_end().showing_unchanged(),
            _ => look.hiding_end(),
        };
        if look_inside.hides(item) {
            hidden += 1;
            continue;
        }
        // Where the order means something, so does the place of what is hidden.
        if is_ordered && hidden > 0 {
            push_hidden(&mut lines, "element", hidden, depth, look);
            hidden = 0;
        }
        lines.push_str(&warnings(item, depth + 1, look_inside));
        let margin = look_inside.margin(depth + 1, item.effect);
        let _ = writeln!(lines, "{margin}{},", draw(item, depth + 1, look_inside));
    }
    push_hidden(&mut lines, "element", hidden, depth, look);
    format!("{lines}{}]{end}", look.margin(depth, Effect::Same))
}

fn push_hidden(lines: &mut String, noun: &str, count: usize, depth: usize, look: Look) {
    if count > 0 {
        let _ = writeln!(lines, "{}{}", look.margin(depth + 1, Effect::Same), look.hidden(noun, count));
    }
}

fn draw_entries(
    entries: &BTreeMap<Str, Difference>,
    is_map: bool,
    whole: &Difference,
    depth: usize,
    look: Look,
) -> String {
    let forces = look.forces(whole.replaces);
    let end = look.end(whole.effect);
    if entries.is_empty() {
        return format!("{{}}{end}{forces}");
    }
    // Attributes of objects go without saying so; elements of maps only where the whole map goes.
    let hides_end = look.hides_end || !is_map || whole.effect == Effect::Remove;
    let lines = draw_named(entries, is_map, depth, Look { hides_end, ..look });
    format!("{{{forces}\n{lines}{}}}{end}", look.margin(depth, Effect::Same))
}

/// Aligned `name = value` lines of attributes or of the elements of a map.
fn draw_named(parts: &BTreeMap<Str, Difference>, is_map: bool, depth: usize, look: Look) -> String {
    let written: Vec<String> =
        parts.keys().map(|name| if is_map { quoted(name) } else { attribute_name(name) }).collect();
    let width = written.iter().map(|name| name.chars().count()).max().unwrap_or_default();
    let mut lines = String::new();
    let mut hidden = 0;
    for ((raw, part), name) in parts.iter().zip(&written) {
        let is_always_shown = !is_map && ALWAYS_SHOWN.contains(&raw.as_str());
        let look = if is_always_shown { look.showing_unchanged() } else { look };
        if look.hides(part) {
            hidden += 1;
            continue;
        }
        lines.push_str(&warnings(part, depth + 1, look));
        let margin = look.margin(depth + 1, part.effect);
        let _ = writeln!(lines, "{margin}{name:width$} = {}", draw(part, depth + 1, look));
    }
    push_hidden(&mut lines, if is_map { "element" } else { "attribute" }, hidden, depth, look);
    lines
}

fn draw_block(
    attributes: &BTreeMap<Str, Difference>,
    blocks: &BTreeMap<Str, Vec<NestedDifference>>,
    whole: &Difference,
    depth: usize,
    look: Look,
) -> String {
    let forces = look.forces(whole.replaces);
    if attributes.is_empty() && blocks.is_empty() {
        return format!("{{}}{forces}");
    }
    let mut lines = draw_named(attributes, false, depth, look);
    let mut hidden = 0;
    for (name, group) in blocks {
        let (unchanged, shown): (Vec<&NestedDifference>, Vec<&NestedDifference>) =
            group.iter().partition(|nested| look.hides(&nested.difference));
        hidden += unchanged.len();
        if !shown.is_empty() && !attributes.is_empty() {
            lines.push('\n');
        }
        for nested in shown {
            lines.push_str(&warnings(&nested.difference, depth + 1, look));
            let margin = look.margin(depth + 1, nested.difference.effect);
            let label = nested.label.as_ref().map(|label| format!(" {}", quoted(label))).unwrap_or_default();
            let content = draw(&nested.difference, depth + 1, look);
            let _ = writeln!(lines, "{margin}{}{label} {content}", attribute_name(name));
        }
    }
    if hidden > 0 {
        lines.push('\n');
        push_hidden(&mut lines, "block", hidden, depth, look);
    }
    format!("{{{forces}\n{lines}{}}}", look.margin(depth, Effect::Same))
}
