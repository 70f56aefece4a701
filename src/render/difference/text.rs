//! Drawing values without parts: bools and numbers, and text in its three forms: in quotes, over several lines, and
//! as the JSON it holds.

use infra_values::{Kind, Value, json};

use super::alignment::{self, Pair};
use super::compare::{Typing, of_values};
use super::draw::{Look, draw as draw_difference};
use super::{Difference, Effect, Replacing};
use crate::render::pen::REMARK;
use crate::render::value::quoted;

/// Unchanged lines shown on either side of changed ones.
const CONTEXT_LINES: usize = 3;
/// Fewer unchanged lines than this are shown: leaving them out would save nothing.
const FOLDED_LINES_MIN: usize = 4;

/// A scalar before and after; `None` where there is nothing.
pub(super) fn draw(
    before: Option<&Value>,
    after: Option<&Value>,
    whole: &Difference,
    depth: usize,
    look: Look,
) -> String {
    let (old, new) = (before.map(Written::of), after.map(Written::of));
    let forces = look.forces(whole.replaces);
    let arrow = look.pen.arrow();
    // JSON and other text have no parts in common: the one goes, the other comes.
    let one_side = |side: &Written, effect: Effect| draw_one(side, effect, "", depth, look.hiding_end());
    match (old, new, whole.effect) {
        (Some(Written::Json(old)), Some(Written::Json(new)), Effect::Change) => {
            draw_json(Some(&old), Some(&new), whole, depth, look)
        }
        (Some(old @ Written::Json(_)), Some(new), Effect::Change)
        | (Some(old), Some(new @ Written::Json(_)), Effect::Change) => {
            format!("{} {arrow} {}{forces}", one_side(&old, Effect::Remove), one_side(&new, Effect::Add))
        }
        (Some(Written::Lines(old)), Some(Written::Lines(new)), Effect::Change) => {
            draw_lines(&old, &new, &forces, depth, look)
        }
        (Some(Written::Lines(old)), Some(Written::Word(Some(new), _)), Effect::Change)
        | (Some(Written::Word(Some(old), _)), Some(Written::Lines(new)), Effect::Change) => {
            draw_lines(&old, &new, &forces, depth, look)
        }
        (Some(old), Some(new), Effect::Change) => {
            format!("{} {arrow} {}{forces}", one_side(&old, Effect::Same), one_side(&new, Effect::Same))
        }
        (_, Some(only), effect) | (Some(only), None, effect) => draw_one(&only, effect, &forces, depth, look),
        (None, None, _) => format!("null{forces}"),
    }
}

/// How a scalar is written.
enum Written {
    /// In one line: the bare text if it is text, and what is drawn.
    Word(Option<String>, String),
    /// Text of several lines.
    Lines(String),
    /// Text that holds a JSON object or array.
    Json(Value),
}

impl Written {
    fn of(value: &Value) -> Self {
        match value.kind() {
            Kind::Bool(value) => Self::Word(None, value.to_string()),
            Kind::Number(number) => Self::Word(None, number.to_string()),
            Kind::String(text) => match embedded_json(text) {
                Some(value) => Self::Json(value),
                None if text.contains('\n') && !has_hidden_characters(text) => Self::Lines(text.to_string()),
                None => Self::Word(Some(text.to_string()), quoted(text)),
            },
            _ => Self::Word(None, "null".to_owned()),
        }
    }
}

/// Whether a text holds what a terminal would obey or swallow instead of showing it.
fn has_hidden_characters(text: &str) -> bool {
    text.chars().any(|character| character.is_control() && !matches!(character, '\n' | '\t'))
}

fn embedded_json(text: &str) -> Option<Value> {
    if !text.trim_start().starts_with(['{', '[']) {
        return None;
    }
    serde_json::from_str(text).ok().map(|parsed| json::from_json_implied(&parsed))
}

/// A scalar of which there is one side, or two equal ones.
fn draw_one(side: &Written, effect: Effect, forces: &str, depth: usize, look: Look) -> String {
    let end = look.end(effect);
    match side {
        Written::Word(_, drawn) => format!("{drawn}{end}{forces}"),
        Written::Lines(text) => {
            let margin = look.margin(depth + 1, Effect::Same);
            let lines: String =
                text_lines(text).iter().map(|line| format!("{}\n", with_margin(&margin, line))).collect();
            format!("<<-EOT{forces}\n{lines}{}EOT{end}", look.margin(depth, Effect::Same))
        }
        Written::Json(value) => {
            let (before, after) = match effect {
                Effect::Add => (None, Some(value)),
                Effect::Remove => (Some(value), None),
                _ => (Some(value), Some(value)),
            };
            let mut difference = of_values(before, after, Typing::Free, &Replacing::default());
            difference.effect = effect;
            format!("{}{end}{forces}", in_jsonencode(&difference, Effect::Same, "", depth, look))
        }
    }
}

/// The lines of a text; a line break at the end does not begin another one.
fn text_lines(text: &str) -> Vec<&str> {
    text.strip_suffix('\n').unwrap_or(text).split('\n').collect()
}

fn with_margin(margin: &str, line: &str) -> String {
    format!("{margin}{line}").trim_end().to_owned()
}

fn draw_json(old: Option<&Value>, new: Option<&Value>, whole: &Difference, depth: usize, look: Look) -> String {
    let difference = of_values(old, new, Typing::Free, &Replacing::default());
    let forces = look.forces(whole.replaces);
    if difference.effect != Effect::Same {
        return format!("{}{forces}", in_jsonencode(&difference, difference.effect, "", depth, look));
    }
    let remark = match forces.is_empty() {
        true => " # whitespace changes",
        false => " # whitespace changes force replacement",
    };
    let remark = look.pen.paint(REMARK, remark);
    in_jsonencode(&difference, Effect::Same, &remark, depth, look.showing_unchanged())
}

/// `jsonencode(…)` around what the text holds.
fn in_jsonencode(difference: &Difference, symbol: Effect, remark: &str, depth: usize, look: Look) -> String {
    let content = draw_difference(difference, depth + 1, look.hiding_end());
    if !content.contains('\n') {
        return format!("jsonencode({content}){remark}");
    }
    let margin = look.margin(depth + 1, symbol);
    format!("jsonencode({remark}\n{margin}{content}\n{})", look.margin(depth, Effect::Same))
}

fn draw_lines(old: &str, new: &str, forces: &str, depth: usize, look: Look) -> String {
    let (before, after) = (text_lines(old), text_lines(new));
    let pairs = alignment::of_lines(&before, &after);
    let mut drawn = format!("<<-EOT{forces}\n");
    let mut line = |effect: Effect, line: &str| {
        drawn.push_str(&with_margin(&look.margin(depth + 1, effect), line));
        drawn.push('\n');
    };
    for part in folded(&pairs) {
        match part {
            Part::Line((Some(at), Some(_))) => line(Effect::Same, before[at]),
            Part::Line((Some(at), None)) => line(Effect::Remove, before[at]),
            Part::Line((None, Some(to))) => line(Effect::Add, after[to]),
            Part::Line((None, None)) => {}
            Part::Hidden(count) => line(Effect::Same, &look.hidden("line", count)),
        }
    }
    if before == after {
        let change = if new.ends_with('\n') { "gains" } else { "loses" };
        line(Effect::Same, &look.pen.paint(REMARK, &format!("# (the text {change} a line break at the end)")));
    }
    format!("{drawn}{}EOT", look.margin(depth, Effect::Same))
}

enum Part {
    Line(Pair),
    Hidden(usize),
}

/// Leaves out long runs of unchanged lines.
fn folded(pairs: &[Pair]) -> Vec<Part> {
    let is_changed = |pair: &Pair| !matches!(pair, (Some(_), Some(_)));
    let mut is_near = vec![false; pairs.len()];
    for (position, _) in pairs.iter().enumerate().filter(|(_, pair)| is_changed(pair)) {
        let end = (position + CONTEXT_LINES + 1).min(pairs.len());
        is_near[position.saturating_sub(CONTEXT_LINES)..end].fill(true);
    }
    let mut parts = Vec::new();
    let mut position = 0;
    while position < pairs.len() {
        let run = is_near[position..].iter().take_while(|near| !**near).count();
        if run >= FOLDED_LINES_MIN {
            parts.push(Part::Hidden(run));
            position += run;
            continue;
        }
        let shown = run.max(1);
        parts.extend(pairs[position..position + shown].iter().copied().map(Part::Line));
        position += shown;
    }
    parts
}
