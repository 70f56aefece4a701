//! Text in, tree or mistakes out.

mod limits;
mod mistakes;
mod trees;

use std::fmt::Write;

use super::{SourceMap, parse_bytes, parse_expression, print};
use crate::diagnostics::Diagnostics;

/// The tree of an expression, or its mistakes.
fn tree(text: &str) -> String {
    let sources = SourceMap::new();
    let file = sources.add("x", text);
    match parse_expression(text, file, 0) {
        (Some(expression), diagnostics) if diagnostics.is_empty() => print::expression(&expression),
        (_, diagnostics) => mistakes(&sources, &diagnostics),
    }
}

/// The tree of a file, or its mistakes.
fn file_tree(text: &str) -> String {
    let sources = SourceMap::new();
    match parse_bytes(&sources, "main.tf", text.as_bytes()) {
        (_, body, diagnostics) if diagnostics.is_empty() => print::body(&body),
        (_, _, diagnostics) => mistakes(&sources, &diagnostics),
    }
}

/// One line per mistake: place, summary, and the text the caret marks.
fn mistakes(sources: &SourceMap, diagnostics: &Diagnostics) -> String {
    let mut lines = String::new();
    for diagnostic in diagnostics.iter() {
        assert!(diagnostic.detail.ends_with('.'), "no sentence: {}", diagnostic.detail);
        let span = diagnostic.span.unwrap();
        let (line, column) = sources.line_column(span.file, span.start);
        let _ = writeln!(lines, "{line}:{column} {} {:?}", diagnostic.summary, sources.slice(span));
    }
    lines
}

#[track_caller]
fn check(table: &[(&str, &str)], run: impl Fn(&str) -> String) {
    for (text, expected) in table {
        assert_eq!(run(text).trim_end(), *expected, "for {text:?}");
    }
}
