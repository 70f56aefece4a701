//! Errors and warnings as text for people ([`draw`]) and as Terraform's JSON ([`to_json`]).
//!
//! ```text
//! error: Unsupported argument
//!  --> queues.tf:4:3
//!   |
//! 4 |   fifo = var.is_ordered
//!   |   ^^^^ `aws_sqs_queue` has no argument named `fifo`
//!   |
//!   | var.is_ordered is true
//!   = in aws_sqs_queue.work
//!
//!   Remove it, or use an argument of that type.
//! help: did you mean `fifo_queue`?
//! ```
//!
//! Width and colour are parameters; writing it anywhere is the caller's.

use annotate_snippets::renderer::{DEFAULT_CONTEXT_STYLE, DEFAULT_HELP_STYLE};
use annotate_snippets::{AnnotationKind, Group, Level, Renderer, Snippet};
use infra_engine::diagnostics::{Cause, Diagnostic, Severity};
use infra_engine::functions::{Function, Parameter, Returns, lookup};
use infra_engine::syntax::{SourceMap, Span, block_header_around};
use infra_values::json::type_to_json as type_json;
use infra_values::{Kind, Type, Value};
use serde_json::{Value as Json, json};

/// How long the first sentence of a detail may be to stand beside the caret.
const LABEL_CHARACTERS_MAX: usize = 72;

/// How text is drawn.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Style {
    /// Characters per line.
    pub width: usize,
    /// Whether ANSI escape sequences may be used. What they say is never said by them alone.
    pub is_coloured: bool,
}

/// The diagnostic as lines of text, with a line break behind the last.
pub fn draw(diagnostic: &Diagnostic, sources: &SourceMap, style: Style) -> String {
    let place = diagnostic.span.map(|span| Place::of(span, sources));
    let (label, detail) = match place {
        Some(_) => label_and_rest(&diagnostic.detail),
        None => (None, diagnostic.detail.as_str()),
    };
    let mut text = head(diagnostic, place.as_ref(), label, style);
    text.push('\n');
    let gutter = Gutter { width: place.as_ref().map_or(1, |place| place.line.to_string().len()), style };
    let statements = statements(diagnostic);
    if !statements.is_empty() {
        gutter.line(&mut text, '|', "");
    }
    for (expression, statement) in &statements {
        gutter.line(&mut text, '|', &format!("{expression} {statement}"));
    }
    if let Some(function) = diagnostic.function.and_then(lookup) {
        gutter.line(&mut text, '=', &format!("while calling {}", signature(function)));
    }
    if let Some(address) = &diagnostic.address {
        gutter.line(&mut text, '=', &format!("in {address}"));
    }
    if !detail.is_empty() {
        text.push('\n');
        for paragraph in detail.lines() {
            wrap(&mut text, paragraph, "  ", "  ", style);
        }
    }
    for hint in &diagnostic.hints {
        let paint = paint(DEFAULT_HELP_STYLE, style);
        let mut help = String::new();
        wrap(&mut help, &format!("help: {hint}"), "", "      ", style);
        text.push_str(&format!("{paint}help{paint:#}"));
        text.push_str(help.trim_start_matches("help"));
    }
    text
}

/// The diagnostic as an element of the `diagnostics` of `validate -json` and of messages under `-json`.
pub fn to_json(diagnostic: &Diagnostic, sources: &SourceMap) -> Json {
    let severity = match diagnostic.severity {
        Severity::Error => "error",
        Severity::Warning => "warning",
    };
    let detail: Vec<&str> = std::iter::once(&diagnostic.detail).chain(&diagnostic.hints).map(String::as_str).collect();
    let mut json = json!({ "severity": severity, "summary": diagnostic.summary, "detail": detail.join("\n") });
    if let Some(address) = &diagnostic.address {
        json["address"] = json!(address);
    }
    if let Some(span) = diagnostic.span {
        // An empty range is shown as the character behind it.
        let end = Span { end: span.end.max(span.start + 1), ..span };
        json["range"] = json!({
            "filename": &*sources.path(span.file),
            "start": position(sources, span, span.start),
            "end": position(sources, span, end.end),
        });
        json["snippet"] = snippet(diagnostic, end, sources);
    }
    json
}

/// Title, path and source lines.
fn head(diagnostic: &Diagnostic, place: Option<&Place>, label: Option<&str>, style: Style) -> String {
    let level = match diagnostic.severity {
        Severity::Error => Level::ERROR,
        Severity::Warning => Level::WARNING,
    };
    let title = level.primary_title(&*diagnostic.summary);
    let group = match place {
        None => Group::with_title(title),
        Some(place) => {
            let annotation = AnnotationKind::Primary.span(place.start..place.end).label(label);
            title
                .element(Snippet::source(&*place.text).path(&*place.path).line_start(place.line).annotation(annotation))
        }
    };
    let renderer = if style.is_coloured { Renderer::styled() } else { Renderer::plain() };
    let text = renderer.term_width(style.width).render(&[group]);
    match place {
        Some(place) => place.with_column(text),
        None => text,
    }
}

/// The line in which a span begins, and the span within it. Of a span over several lines, the first says enough.
struct Place {
    path: String,
    line: usize,
    /// What a reader takes for one character counts as one.
    column: usize,
    text: String,
    start: usize,
    end: usize,
}

impl Place {
    fn of(span: Span, sources: &SourceMap) -> Self {
        let (line, column) = sources.line_column(span.file, span.start);
        let text = sources.line_text(span.file, line);
        let line_start = sources.line_start(span.file, line);
        let within = |byte: u32| (byte.saturating_sub(line_start) as usize).min(text.len());
        let (start, end) = (within(span.start), within(span.end));
        Self { path: sources.path(span.file).to_string(), line, column, start, end, text }
    }

    /// The renderer counts code points.
    fn with_column(&self, text: String) -> String {
        let counted = self.text.get(..self.start).map_or(self.column, |before| before.chars().count() + 1);
        if counted == self.column {
            return text;
        }
        let origin = |column: usize| format!("{}:{}:{column}", self.path, self.line);
        text.replacen(&origin(counted), &origin(self.column), 1)
    }
}

/// The margin in which line numbers stand.
struct Gutter {
    width: usize,
    style: Style,
}

impl Gutter {
    fn line(&self, text: &mut String, sign: char, content: &str) {
        let paint = paint(DEFAULT_CONTEXT_STYLE, self.style);
        let indent = " ".repeat(self.width + 1);
        text.push_str(format!("{indent}{paint}{sign}{paint:#} {content}").trim_end());
        text.push('\n');
    }
}

fn paint(paint: anstyle::Style, style: Style) -> anstyle::Style {
    if style.is_coloured { paint } else { anstyle::Style::new() }
}

fn wrap(text: &mut String, paragraph: &str, first_indent: &str, indent: &str, style: Style) {
    let options = textwrap::Options::new(style.width)
        .initial_indent(first_indent)
        .subsequent_indent(indent)
        .break_words(false)
        .word_splitter(textwrap::WordSplitter::NoHyphenation);
    for line in textwrap::wrap(paragraph, options) {
        text.push_str(line.trim_end());
        text.push('\n');
    }
}

/// The first sentence without its full stop, if it is short enough to stand beside the caret, and the rest.
fn label_and_rest(detail: &str) -> (Option<&str>, &str) {
    let mut ends = detail.match_indices(". ").map(|(place, _)| place);
    let is_end = |place: &usize| {
        let (before, after) = detail.split_at(*place);
        !before.ends_with("e.g") && !before.ends_with("i.e") && !after[2..].starts_with(char::is_lowercase)
    };
    let (sentence, rest) = match ends.find(is_end) {
        Some(place) => (&detail[..place], detail[place + 2..].trim_start()),
        None => (detail.trim_end().trim_end_matches('.'), ""),
    };
    if sentence.chars().count() > LABEL_CHARACTERS_MAX || sentence.contains('\n') || sentence.is_empty() {
        return (None, detail);
    }
    (Some(sentence), rest)
}

/// What is said about the values around a mistake. A sensitive or ephemeral one is left out where that is not what is
/// wrong with it, and so is one of which nothing is known.
fn statements(diagnostic: &Diagnostic) -> Vec<(&str, String)> {
    let stated = diagnostic
        .values
        .iter()
        .filter_map(|(expression, value)| Some((expression.as_str(), statement(value, diagnostic.cause)?)));
    stated.collect()
}

/// `is "abc"`, `has a sensitive value`
fn statement(value: &Value, cause: Option<Cause>) -> Option<String> {
    if value.marks().is_sensitive() {
        return (cause == Some(Cause::Sensitive)).then(|| "has a sensitive value".to_owned());
    }
    if value.marks().is_ephemeral() {
        return (cause == Some(Cause::Ephemeral)).then(|| "has an ephemeral value".to_owned());
    }
    let matters = cause == Some(Cause::Unknown);
    match value.kind() {
        Kind::Unknown(unknown) if unknown.ty == Type::Any => {
            matters.then(|| "will be known only after apply".to_owned())
        }
        // That a whole resource is an object goes without saying.
        Kind::Unknown(unknown) if !matters && matches!(unknown.ty, Type::Object(_)) => None,
        Kind::Unknown(unknown) => {
            let end = if matters { ", known only after apply" } else { "" };
            Some(format!("is a {}{end}", unknown.ty.friendly_name()))
        }
        _ => Some(format!("is {}", summary(value))),
    }
}

/// A known value in a few words. Elements are never shown: a sensitive one may be among them.
fn summary(value: &Value) -> String {
    let elements = |kind: String, count: usize| match count {
        0 => format!("empty {kind}"),
        1 => format!("{kind} with 1 element"),
        _ => format!("{kind} with {count} elements"),
    };
    match value.kind() {
        Kind::Null(_) => "null".to_owned(),
        Kind::Unknown(_) => "known after apply".to_owned(),
        Kind::Bool(value) => value.to_string(),
        Kind::Number(number) => number.to_string(),
        Kind::String(text) => format!("{text:?}"),
        Kind::List(_, items) | Kind::Set(_, items) => elements(value.ty().friendly_name(), items.len()),
        Kind::Map(_, entries) => elements(value.ty().friendly_name(), entries.len()),
        Kind::Tuple(items) => elements("tuple".to_owned(), items.len()),
        Kind::Object(attributes) => match attributes.len() {
            0 => "object with no attributes".to_owned(),
            1 => format!("object with 1 attribute {:?}", attributes.keys().next().map_or("", |name| name)),
            count => format!("object with {count} attributes"),
        },
    }
}

fn position(sources: &SourceMap, span: Span, byte: u32) -> Json {
    let (line, column) = sources.line_column(span.file, byte);
    json!({ "line": line, "column": column, "byte": byte })
}

/// All lines that the span touches; offsets count bytes from the beginning of the first.
fn snippet(diagnostic: &Diagnostic, span: Span, sources: &SourceMap) -> Json {
    let (first, _) = sources.line_column(span.file, span.start);
    let (last, _) = sources.line_column(span.file, span.end.saturating_sub(1).max(span.start));
    let lines: Vec<String> = (first..=last).map(|line| sources.line_text(span.file, line)).collect();
    let line_start = sources.line_start(span.file, first);
    let values: Vec<Json> = statements(diagnostic)
        .into_iter()
        .map(|(expression, statement)| json!({ "traversal": expression, "statement": statement }))
        .collect();
    let mut snippet = json!({
        "context": block_header_around(sources, span),
        "code": lines.join("\n"),
        "start_line": first,
        "highlight_start_offset": span.start.saturating_sub(line_start),
        "highlight_end_offset": span.end.saturating_sub(line_start),
        "values": values,
    });
    if let Some(function) = diagnostic.function.and_then(lookup) {
        snippet["function_call"] = json!({ "called_as": function.name, "signature": signature_json(function) });
    }
    snippet
}

/// `parseint(number, base)`
fn signature(function: &Function) -> String {
    let names = function.parameters.iter().map(|parameter| parameter.name.to_owned());
    let further = function.variadic.iter().map(|parameter| format!("{}...", parameter.name));
    format!("{}({})", function.name, names.chain(further).collect::<Vec<_>>().join(", "))
}

fn signature_json(function: &Function) -> Json {
    let parameter = |parameter: &Parameter| json!({ "name": parameter.name, "type": type_json(&(parameter.ty)()) });
    let returns = match function.returns {
        Returns::Fixed(ty) => ty(),
        Returns::Computed(_) => Type::Any,
    };
    let mut signature = json!({ "name": function.name });
    if !function.parameters.is_empty() {
        signature["params"] = function.parameters.iter().map(parameter).collect();
    }
    if let Some(further) = &function.variadic {
        signature["variadic_param"] = parameter(further);
    }
    signature["return_type"] = type_json(&returns);
    signature
}

#[cfg(test)]
#[allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, reason = "a test fails by panicking")]
mod tests {
    use super::*;
    use infra_engine::syntax::parse_bytes;
    use infra_values::{Marks, Str};

    const PLAIN: Style = Style { width: 60, is_coloured: false };

    fn span_of(sources: &SourceMap, text: &str, part: &str) -> Span {
        let file = sources.add("queues.tf", text);
        let start = u32::try_from(text.find(part).unwrap()).unwrap();
        Span { file, start, end: start + u32::try_from(part.len()).unwrap() }
    }

    const QUEUES: &str = "resource \"aws_sqs_queue\" \"work\" {\n  name = \"ä\"\n\n  fifo = var.a + local.b\n}\n";

    fn queue(sources: &SourceMap) -> Diagnostic {
        Diagnostic::error(
            "Unsupported argument",
            "`aws_sqs_queue` has no argument named `fifo`. Remove it, or use one of the arguments that are listed for \
             this type in its reference page.",
        )
        .at(span_of(sources, QUEUES, "fifo"))
        .about("aws_sqs_queue.work")
        .with_value("var.a", Value::string("x\u{1b}"))
        .with_value("local.b", Value::string("secret").with_marks(&Marks::sensitive()))
        .with_value("local.c", Value::unknown(Type::String))
        .hint("did you mean `fifo_queue`?")
    }

    #[test]
    fn a_diagnostic_shows_line_caret_values_and_help() {
        let sources = SourceMap::new();
        let expected = r#"error: Unsupported argument
 --> queues.tf:4:3
  |
4 |   fifo = var.a + local.b
  |   ^^^^ `aws_sqs_queue` has no argument named `fifo`
  |
  | var.a is "x\u{1b}"
  | local.c is a string
  = in aws_sqs_queue.work

  Remove it, or use one of the arguments that are listed for
  this type in its reference page.
help: did you mean `fifo_queue`?
"#;
        assert_eq!(draw(&queue(&sources), &sources, PLAIN), expected);
    }

    #[test]
    fn colour_changes_nothing_but_colour() {
        let sources = SourceMap::new();
        let diagnostic = queue(&sources);
        let coloured = draw(&diagnostic, &sources, Style { is_coloured: true, ..PLAIN });
        assert!(coloured.contains("\u{1b}["));
        let mut stripped = String::new();
        let mut rest = coloured.as_str();
        while let Some((before, escape)) = rest.split_once("\u{1b}[") {
            stripped.push_str(before);
            rest = escape.split_once('m').unwrap().1;
        }
        assert_eq!(stripped + rest, draw(&diagnostic, &sources, PLAIN));
    }

    #[test]
    fn places_may_be_missing_empty_or_long() {
        let sources = SourceMap::new();
        let warning = Diagnostic::warning("Old", "This is old. Use the new one.");
        assert_eq!(draw(&warning, &sources, PLAIN), "warning: Old\n\n  This is old. Use the new one.\n");
        // At the end of a file, and from there over several lines.
        let text = "a {\n  b = [\n    1,\n";
        let file = sources.add("x.tf", text);
        let end = u32::try_from(text.len()).unwrap();
        let at_end = Diagnostic::error("Ends", "It ends.").at(Span { file, start: end, end });
        assert_eq!(draw(&at_end, &sources, PLAIN), "error: Ends\n --> x.tf:4:1\n  |\n4 |\n  | ^ It ends\n");
        let long = Diagnostic::error("Long", "It is long.").at(Span { file, start: 6, end });
        assert_eq!(
            draw(&long, &sources, PLAIN),
            "error: Long\n --> x.tf:2:3\n  |\n2 |   b = [\n  |   ^^^^^ It is long\n"
        );
    }

    #[test]
    fn json_is_the_one_of_terraform() {
        let sources = SourceMap::new();
        let expected = json!({
            "severity": "error",
            "summary": "Unsupported argument",
            "detail": "`aws_sqs_queue` has no argument named `fifo`. Remove it, or use one of the arguments that are \
                       listed for this type in its reference page.\ndid you mean `fifo_queue`?",
            "address": "aws_sqs_queue.work",
            "range": {
                "filename": "queues.tf",
                "start": { "line": 4, "column": 3, "byte": 51 },
                "end": { "line": 4, "column": 7, "byte": 55 }
            },
            "snippet": {
                "context": "resource \"aws_sqs_queue\" \"work\"",
                "code": "  fifo = var.a + local.b",
                "start_line": 4,
                "highlight_start_offset": 2,
                "highlight_end_offset": 6,
                "values": [
                    { "traversal": "var.a", "statement": "is \"x\\u{1b}\"" },
                    { "traversal": "local.c", "statement": "is a string" }
                ]
            }
        });
        assert_eq!(to_json(&queue(&sources), &sources), expected);
        let bare = to_json(&Diagnostic::warning("Old", "This is old."), &sources);
        assert_eq!(bare, json!({ "severity": "warning", "summary": "Old", "detail": "This is old." }));
        // Over several lines, outside of blocks; an empty place.
        let text = "a = [\n  b\n]\n";
        let long = to_json(&Diagnostic::error("", "").at(span_of(&sources, text, "[\n  b\n]")), &sources);
        assert_eq!(long["snippet"]["code"], "a = [\n  b\n]");
        assert_eq!(long["snippet"]["context"], Json::Null);
        assert_eq!(long["snippet"]["highlight_end_offset"], 11);
        let empty = to_json(&Diagnostic::error("", "").at(span_of(&sources, text, "")), &sources);
        assert_eq!(empty["range"]["end"], json!({ "line": 1, "column": 2, "byte": 1 }));
    }

    #[test]
    fn what_is_wrong_with_a_value_decides_whether_it_is_mentioned() {
        let secret = || Value::string("secret").with_marks(&Marks::sensitive());
        let table = [
            (secret(), None, None),
            (secret(), Some(Cause::Unknown), None),
            (secret(), Some(Cause::Sensitive), Some("has a sensitive value")),
            (Value::unknown(Type::Any), None, None),
            (Value::unknown(Type::Any), Some(Cause::Unknown), Some("will be known only after apply")),
            (Value::unknown(Type::Number), None, Some("is a number")),
            (Value::unknown(Type::Number), Some(Cause::Unknown), Some("is a number, known only after apply")),
            (Value::number(5), Some(Cause::Sensitive), Some("is 5")),
        ];
        for (value, cause, expected) in table {
            assert_eq!(statement(&value, cause).as_deref(), expected, "{value:?} {cause:?}");
        }
    }

    #[test]
    fn a_call_is_shown_with_its_signature() {
        let sources = SourceMap::new();
        let text = "a = pow(1, null)\n";
        let mistake = Diagnostic::error("Invalid function argument", "It is null.").calling("pow");
        let mistake = mistake.at(span_of(&sources, text, "null"));
        assert!(
            draw(&mistake, &sources, PLAIN).contains("\n  = while calling pow("),
            "{}",
            draw(&mistake, &sources, PLAIN)
        );
        let call = &to_json(&mistake, &sources)["snippet"]["function_call"];
        assert_eq!(call["called_as"], "pow");
        assert_eq!(call["signature"]["params"][1]["type"], "number");
        assert_eq!(call["signature"]["return_type"], "number");
    }

    #[test]
    fn values_are_summed_up() {
        let object =
            |names: &[&str]| Value::object_from(names.iter().map(|name| (Str::from(*name), Value::bool(true))));
        let table = [
            (Value::null(Type::Any), "null"),
            (Value::bool(true), "true"),
            (Value::number(5), "5"),
            (Value::list(Type::String, vec![Value::string("a")]), "list of string with 1 element"),
            (Value::list(Type::Number, vec![]), "empty list of number"),
            (Value::tuple(vec![Value::bool(true), Value::bool(false)]), "tuple with 2 elements"),
            (object(&[]), "object with no attributes"),
            (object(&["a"]), "object with 1 attribute \"a\""),
            (object(&["a", "b"]), "object with 2 attributes"),
        ];
        for (value, expected) in table {
            assert_eq!(summary(&value), expected);
        }
    }

    #[test]
    fn mistakes_of_the_parser_are_drawn_at_their_place() {
        let sources = SourceMap::new();
        let (_, _, diagnostics) = parse_bytes(&sources, "main.tf", b"locals {\n  a = [1 2]\n}\n");
        let drawn: String = diagnostics.iter().map(|diagnostic| draw(diagnostic, &sources, PLAIN)).collect();
        assert!(
            drawn.starts_with("error: Missing item separator\n --> main.tf:2:10\n  |\n2 |   a = [1 2]\n  |          ^"),
            "{drawn}"
        );
    }
}
