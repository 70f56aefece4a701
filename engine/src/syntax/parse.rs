//! The entry points: from a text to its tree and everything that is wrong with it.
//!
//! The parser is our own, and behind these four functions. The libraries there are stop at the first mistake, read
//! numbers as 64-bit floats, refuse what Terraform accepts (an object key given twice, line breaks inside directives,
//! nesting beyond 64 levels, chains of more than 128 operators) and say of a mistake where, but not what.

use super::lexer::Token;
use super::parser::{Parsed, Parser, Places};
use super::{Body, Expression, FileId, SourceMap, Span};
use crate::diagnostics::{Diagnostic, Diagnostics};

const BYTE_ORDER_MARK: char = '\u{feff}';

/// Parses a file that was added before. The body holds everything that could be understood; every mistake of the file
/// is reported, not just the first.
pub fn parse_file(sources: &SourceMap, file: FileId) -> (Body, Diagnostics) {
    let text = sources.text(file);
    if let Some(refusal) = refuse_large(&text, file) {
        return (Body::default(), refusal.into());
    }
    let mut parser = Parser::new(&text, file, Places::From(0), true);
    if text.starts_with(BYTE_ORDER_MARK) {
        parser.position = BYTE_ORDER_MARK.len_utf8();
    }
    let body = parser.file();
    let mut diagnostics = parser.diagnostics;
    diagnostics.sort();
    (body, diagnostics)
}

/// Adds a file under the path that messages show, and parses it. Bytes that are not UTF-8 are a mistake like others.
pub fn parse_bytes(sources: &SourceMap, path: &str, bytes: &[u8]) -> (FileId, Body, Diagnostics) {
    let file = sources.add(path, String::from_utf8_lossy(bytes));
    let (body, mut diagnostics) = parse_file(sources, file);
    if let Err(error) = std::str::from_utf8(bytes) {
        // Up to here, the bytes are those of the text.
        let start = u32::try_from(error.valid_up_to()).unwrap_or(u32::MAX);
        let replacement = u32::try_from(char::REPLACEMENT_CHARACTER.len_utf8()).unwrap_or_default();
        let span = Span { file, start, end: start.saturating_add(replacement) };
        diagnostics.0.retain(|diagnostic| diagnostic.span.is_none_or(|other| other.start != start));
        diagnostics.push(
            Diagnostic::error(
                "Invalid character encoding",
                "Files must be UTF-8, but these bytes are not. Save the file as UTF-8 in your editor.",
            )
            .at(span),
        );
        diagnostics.sort();
    }
    (file, body, diagnostics)
}

/// Parses a text that is one expression: the value of `-var`. Line breaks mean nothing, as inside parentheses. Spans
/// lie in `file`, in which the text begins at byte `base`. Without errors there is an expression.
pub fn parse_expression(text: &str, file: FileId, base: u32) -> (Option<Expression>, Diagnostics) {
    expression_at(text, file, Places::From(base))
}

/// [`parse_expression`] for a text that may stand anywhere.
pub(super) fn expression_at(text: &str, file: FileId, places: Places<'_>) -> (Option<Expression>, Diagnostics) {
    run(text, file, places, |parser| {
        let expression = parser.expression()?;
        while parser.next_if(Token::Newline).is_some() {}
        let behind = parser.next();
        if behind.token == Token::End {
            return Ok(expression);
        }
        Err(parser.mistake(
            behind,
            "Extra characters after expression",
            format!(
                "The expression ends before {}. Remove what follows, or add the operator that is missing.",
                parser.describe(behind)
            ),
        ))
    })
}

/// Parses a text that is a template as a whole, as template files and the strings of the JSON syntax are. Spans lie in
/// `file`, in which the text begins at byte `base`. Without errors there is an expression.
pub fn parse_template(text: &str, file: FileId, base: u32) -> (Option<Expression>, Diagnostics) {
    template_at(text, file, Places::From(base))
}

/// [`parse_template`] for a text that may stand anywhere.
pub(super) fn template_at(text: &str, file: FileId, places: Places<'_>) -> (Option<Expression>, Diagnostics) {
    run(text, file, places, |parser| {
        if text.starts_with(BYTE_ORDER_MARK) {
            parser.position = BYTE_ORDER_MARK.len_utf8();
        }
        parser.template_text()
    })
}

fn run(
    text: &str,
    file: FileId,
    places: Places<'_>,
    grammar: impl FnOnce(&mut Parser) -> Parsed<Expression>,
) -> (Option<Expression>, Diagnostics) {
    if let Some(refusal) = refuse_large(text, file) {
        return (None, refusal.into());
    }
    let mut parser = Parser::new(text, file, places, false);
    let expression = match grammar(&mut parser) {
        Ok(expression) => Some(expression),
        Err(failure) => {
            parser.report(failure);
            None
        }
    };
    let diagnostics = parser.diagnostics;
    (expression.filter(|_| !diagnostics.has_errors()), diagnostics)
}

/// Spans count bytes with 32 bits.
pub(super) fn refuse_large(text: &str, file: FileId) -> Option<Diagnostic> {
    (u32::try_from(text.len()).is_err()).then(|| {
        Diagnostic::error("File too large", "A file can hold at most 4 GiB. Split it into several files.").at(Span {
            file,
            start: 0,
            end: 0,
        })
    })
}
