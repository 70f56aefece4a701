//! Indentation, and the alignment of neighbouring lines.
//!
//! A line has up to three cells: what leads, an assigned value from its `=` on, and a comment behind something else.
//! Within a run of lines that have a cell, the cell begins in the same column. A token that spans several lines
//! belongs to the line in which it begins.

use std::ops::Range;

use unicode_segmentation::UnicodeSegmentation;

use super::spacing::is_spaced;
use super::tokens::{Kind, Token};

/// Spaces per level.
const INDENTATION_COLUMNS: usize = 2;

/// The places of a line's cells among all tokens; those that it does not have are empty.
struct Line {
    lead: Range<usize>,
    assignment: Range<usize>,
    comment: Range<usize>,
}

/// Decides how many spaces stand before each token.
pub(super) fn lay_out(tokens: &mut [Token<'_>]) {
    let lines = split(tokens);
    indent(tokens, &lines);
    for line in &lines {
        space(&mut tokens[line.lead.clone()]);
        space(&mut tokens[line.assignment.clone()]);
    }
    align(tokens, &lines, |line| &line.assignment);
    align(tokens, &lines, |line| &line.comment);
}

fn split(tokens: &[Token<'_>]) -> Vec<Line> {
    let mut lines = Vec::new();
    let mut start = 0;
    for line in tokens.split_inclusive(Token::ends_line) {
        let end = start + line.len();
        let has_comment = line.len() > 1 && line.last().is_some_and(|last| last.kind.is_comment());
        let comment = if has_comment { end - 1 } else { end };
        let code = &line[..comment - start];
        // A value that goes on in the next lines is not aligned.
        let assign = code.iter().skip(1).position(|token| token.kind == Kind::Assign).map(|place| place + 1);
        let assignment =
            assign.filter(|place| bracket_change(&code[*place..]) == 0).map_or(comment, |place| start + place);
        lines.push(Line { lead: start..assignment, assignment: assignment..comment, comment: comment..end });
        start = end;
    }
    lines
}

fn bracket_change(tokens: &[Token<'_>]) -> isize {
    tokens.iter().map(|token| token.kind.bracket_change()).sum()
}

/// A line that opens more brackets than it closes indents those behind it by one level, however many it opens; the
/// level ends where as many are closed.
fn indent(tokens: &mut [Token<'_>], lines: &[Line]) {
    let mut levels: Vec<usize> = Vec::new();
    for line in lines {
        if tokens[line.lead.start].kind == Kind::Newline {
            continue;
        }
        // What a heredoc in the lead opens does not count: it has no lines of its own.
        let lead = &tokens[line.lead.clone()];
        let heredoc = lead.iter().position(|token| token.kind == Kind::OpenHeredoc).unwrap_or(lead.len());
        let change = bracket_change(&lead[..heredoc]) + bracket_change(&tokens[line.assignment.clone()]);
        if change < 0 {
            close(&mut levels, change.unsigned_abs());
        }
        tokens[line.lead.start].spaces_before = INDENTATION_COLUMNS * levels.len();
        if change > 0 {
            levels.push(change.unsigned_abs());
        }
    }
}

fn close(levels: &mut Vec<usize>, mut brackets: usize) {
    while brackets > 0
        && let Some(open) = levels.last_mut()
    {
        let closed = brackets.min(*open);
        *open -= closed;
        brackets -= closed;
        if *open == 0 {
            levels.pop();
        }
    }
}

fn space(cell: &mut [Token<'_>]) {
    for place in 1..cell.len() {
        let before = place.checked_sub(2).map(|before| &cell[before]);
        let spaces = usize::from(is_spaced(before, &cell[place - 1], &cell[place]));
        cell[place].spaces_before = spaces;
    }
}

/// Aligns a cell within each run of lines that have it, one space behind the longest of what stands before.
fn align(tokens: &mut [Token<'_>], lines: &[Line], cell: impl Fn(&Line) -> &Range<usize>) {
    for run in lines.chunk_by(|line, next| cell(line).is_empty() == cell(next).is_empty()) {
        if run.first().is_none_or(|line| cell(line).is_empty()) {
            continue;
        }
        let widths: Vec<usize> = run.iter().map(|line| columns(&tokens[line.lead.start..cell(line).start])).collect();
        let widest = widths.iter().copied().max().unwrap_or_default();
        for (line, width) in run.iter().zip(widths) {
            tokens[cell(line).start].spaces_before = widest - width + 1;
        }
    }
}

fn columns(tokens: &[Token<'_>]) -> usize {
    tokens.iter().map(|token| token.spaces_before + graphemes(&token.text)).sum()
}

fn graphemes(text: &str) -> usize {
    // The one cluster of ASCII with two characters is the line break of Windows.
    if text.is_ascii() { text.len() - text.matches("\r\n").count() } else { text.graphemes(true).count() }
}
