//! The JSON parser.
//!
//! After a mistake it goes on where what was meant is clear (a comma too many, a colon that is an equals sign), and
//! otherwise keeps what it has. The libraries there are keep no places, or forget properties that stand twice.

use infra_values::{Number, Str};

use super::super::parse::refuse_large;
use super::super::parser::DEPTH_MAX;
use super::super::{FileId, Name, SourceMap, Span};
use super::text::unescape;
use super::{JsonKind, JsonProperty, JsonValue};
use crate::diagnostics::{Diagnostic, Diagnostics, did_you_mean};

const BYTE_ORDER_MARK: char = '\u{feff}';

/// Parses a file that was added before. Of a file with mistakes, there is what could be understood.
pub fn parse_json(sources: &SourceMap, file: FileId) -> (Option<JsonValue>, Diagnostics) {
    let text = sources.text(file);
    if let Some(refusal) = refuse_large(&text, file) {
        return (None, refusal.into());
    }
    let mut parser =
        Parser { text: &text, file, position: 0, depth: 0, stopped: false, diagnostics: Diagnostics::new() };
    let value = parser.file();
    (value, parser.diagnostics)
}

/// Adds a file under the path that messages show, and parses it. Bytes that are not UTF-8 count as the replacement
/// character, with a warning.
pub fn parse_json_bytes(sources: &SourceMap, path: &str, bytes: &[u8]) -> (FileId, Option<JsonValue>, Diagnostics) {
    let file = sources.add(path, String::from_utf8_lossy(bytes));
    let (value, mut diagnostics) = parse_json(sources, file);
    if let Err(error) = std::str::from_utf8(bytes) {
        let start = u32::try_from(error.valid_up_to()).unwrap_or(u32::MAX);
        diagnostics.push(
            Diagnostic::warning(
                "Invalid character encoding",
                "Files must be UTF-8, but these bytes are not; each counts as the replacement character U+FFFD. Save \
                 the file as UTF-8 in your editor.",
            )
            .at(Span { file, start, end: start.saturating_add(1) }),
        );
    }
    (file, value, diagnostics)
}

struct Parser<'t> {
    text: &'t str,
    file: FileId,
    position: usize,
    depth: usize,
    /// Whether the rest of the file cannot be understood.
    stopped: bool,
    diagnostics: Diagnostics,
}

/// The two things that have brackets.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Brackets {
    Object,
    Array,
}

impl Brackets {
    fn close(self) -> u8 {
        match self {
            Self::Object => b'}',
            Self::Array => b']',
        }
    }

    fn name(self) -> &'static str {
        match self {
            Self::Object => "object",
            Self::Array => "array",
        }
    }
}

impl Parser<'_> {
    fn file(&mut self) -> Option<JsonValue> {
        if self.text.starts_with(BYTE_ORDER_MARK) {
            let end = BYTE_ORDER_MARK.len_utf8();
            self.mistake(
                (0, end),
                "Invalid start of value",
                "The file begins with a byte order mark, which JSON does not have. Save it as UTF-8 without one.",
            );
            self.position = end;
        }
        if self.peek().is_none() {
            self.mistake(
                (self.position, self.position),
                "Missing value",
                "The file is empty. Write at least an empty object: {}.",
            );
            return None;
        }
        let value = self.value();
        if !self.stopped && self.peek().is_some() {
            let start = self.position;
            self.mistake(
                (start, start + self.character_length()),
                "Extraneous data after value",
                "The JSON value ends before this. Remove what follows, or a bracket that closes too early.",
            );
        }
        Some(value)
    }

    /// The next byte that is no white space.
    fn peek(&mut self) -> Option<u8> {
        loop {
            let rest = self.rest();
            let blank = rest.bytes().take_while(|byte| matches!(byte, b' ' | b'\t' | b'\r' | b'\n')).count();
            self.position += blank;
            let rest = self.rest();
            let comment = if rest.starts_with("//") || rest.starts_with('#') {
                rest.find('\n').unwrap_or(rest.len())
            } else if rest.starts_with("/*") {
                rest.find("*/").map_or(rest.len(), |end| end + 2)
            } else {
                return rest.bytes().next();
            };
            let start = self.position;
            self.position += comment;
            self.mistake(
                (start, self.position),
                "Invalid start of value",
                "JSON has no comments. Write them as a property whose name is \"//\".",
            );
        }
    }

    fn rest(&self) -> &str {
        self.text.get(self.position..).unwrap_or_default()
    }

    fn character_length(&self) -> usize {
        self.rest().chars().next().map_or(0, char::len_utf8)
    }

    fn span(&self, (start, end): (usize, usize)) -> Span {
        let place = |byte: usize| u32::try_from(byte).unwrap_or(u32::MAX);
        Span { file: self.file, start: place(start), end: place(end) }
    }

    fn mistake(&mut self, range: (usize, usize), summary: &str, detail: impl Into<String>) {
        let span = self.span(range);
        self.diagnostics.push(Diagnostic::error(summary, detail).at(span));
    }

    /// A mistake at the next character.
    fn mistake_here(&mut self, summary: &str, detail: impl Into<String>) {
        let start = self.position;
        self.mistake((start, start + self.character_length()), summary, detail);
    }

    /// A value. Something always comes back; after a mistake that cannot be survived, `stopped` is set.
    fn value(&mut self) -> JsonValue {
        let next = self.peek();
        let start = self.position;
        let kind = match next {
            Some(b'{') => self.nested(Self::object),
            Some(b'[') => self.nested(Self::array),
            Some(b'"') => self.string(),
            Some(b'-' | b'0'..=b'9') => self.number(),
            Some(byte) if byte.is_ascii_alphabetic() || byte == b'_' => self.keyword(),
            Some(b'\'') => self.single_quoted(),
            Some(b',' | b'}' | b']' | b':') => {
                self.mistake_here(
                    "Missing JSON value",
                    "A value must stand here: an object, an array, a number, a text in double quotes, true, false or \
                     null.",
                );
                JsonKind::Mistake
            }
            Some(_) => {
                self.stopped = true;
                self.mistake_here(
                    "Invalid start of value",
                    "A JSON value is an object, an array, a number, a text in double quotes, true, false or null.",
                );
                JsonKind::Mistake
            }
            None => {
                self.stopped = true;
                self.mistake((start, start), "Missing value", "The file ends where a value must stand. Add it.");
                JsonKind::Mistake
            }
        };
        JsonValue { kind, span: self.span((start, self.position)) }
    }

    fn nested(&mut self, inside: fn(&mut Self) -> JsonKind) -> JsonKind {
        if self.depth >= DEPTH_MAX {
            self.stopped = true;
            self.mistake_here(
                "Nesting too deep",
                format!(
                    "Objects and arrays can be nested at most {DEPTH_MAX} levels deep. Move a part of this into a \
                     local value of its own."
                ),
            );
            return JsonKind::Mistake;
        }
        self.depth += 1;
        let kind = stacker::maybe_grow(128 * 1024, 1024 * 1024, || inside(self));
        self.depth -= 1;
        kind
    }

    fn object(&mut self) -> JsonKind {
        let mut properties = Vec::new();
        self.items(Brackets::Object, &mut |parser| {
            if let Some(property) = parser.property() {
                properties.push(property);
            }
        });
        JsonKind::Object(properties)
    }

    fn array(&mut self) -> JsonKind {
        let mut items = Vec::new();
        self.items(Brackets::Array, &mut |parser| items.push(parser.value()));
        JsonKind::Array(items)
    }

    /// What stands between brackets, with commas between.
    fn items(&mut self, brackets: Brackets, item: &mut dyn FnMut(&mut Self)) {
        let open = self.position;
        self.position += 1;
        let mut comma = None;
        loop {
            match self.peek() {
                None => return self.unclosed(open, brackets),
                Some(byte) if byte == brackets.close() => {
                    if let Some(comma) = comma {
                        self.mistake(
                            (comma, comma + 1),
                            &format!("Trailing comma in {}", brackets.name()),
                            format!("JSON has no comma after the last item of an {}. Remove it.", brackets.name()),
                        );
                    }
                    self.position += 1;
                    return;
                }
                Some(_) => {}
            }
            let before = self.position;
            item(self);
            if self.stopped {
                return;
            }
            comma = None;
            match self.peek() {
                Some(b',') => {
                    comma = Some(self.position);
                    self.position += 1;
                }
                None => return self.unclosed(open, brackets),
                Some(byte) if byte == brackets.close() => {}
                Some(b'}' | b']') => {
                    self.mistake_here(
                        "Mismatched braces",
                        format!("An {} is closed with `{}`.", brackets.name(), char::from(brackets.close())),
                    );
                    self.position += 1;
                    return;
                }
                Some(_) => {
                    self.mistake_here(
                        "Missing attribute separator comma",
                        format!("A comma must stand between the items of an {}. Add it before this.", brackets.name()),
                    );
                    if self.position == before {
                        self.stopped = true;
                        return;
                    }
                }
            }
        }
    }

    fn unclosed(&mut self, open: usize, brackets: Brackets) {
        self.stopped = true;
        self.mistake(
            (open, open + 1),
            &format!("Unclosed {}", brackets.name()),
            format!("The {} that begins here never ends. Add `{}`.", brackets.name(), char::from(brackets.close())),
        );
    }

    fn property(&mut self) -> Option<JsonProperty> {
        let start = self.position;
        let text = match self.peek() {
            Some(b'"') => match self.string() {
                JsonKind::String(text) => text,
                _ => Str::from(""),
            },
            _ => {
                let length = self.word_length();
                self.mistake(
                    (start, start + length.max(self.character_length())),
                    "Invalid object property name",
                    "The name of a property is a text in double quotes.",
                );
                self.stopped = length == 0;
                self.position += length;
                Str::from(self.text.get(start..self.position).unwrap_or_default())
            }
        };
        if self.stopped {
            return None;
        }
        let name = Name { text, span: self.span((start, self.position)) };
        match self.peek() {
            Some(b':') => self.position += 1,
            Some(b'=') => {
                self.mistake_here(
                    "Missing property value colon",
                    "JSON puts a colon, not an equals sign, between a name and its value.",
                );
                self.position += self.rest().bytes().take_while(|byte| matches!(byte, b'=' | b'>')).count();
            }
            _ => {
                self.mistake_here(
                    "Missing property value colon",
                    "A colon must stand between a property's name and its value. Add it before this.",
                );
                if !matches!(self.peek(), Some(b'{' | b'[' | b'"' | b'-' | b'0'..=b'9')) {
                    self.stopped = true;
                    return None;
                }
            }
        }
        Some(JsonProperty { name, value: self.value() })
    }

    fn word_length(&self) -> usize {
        self.rest().bytes().take_while(|byte| byte.is_ascii_alphanumeric() || matches!(byte, b'_' | b'-')).count()
    }

    fn string(&mut self) -> JsonKind {
        let start = self.position + 1;
        let raw = self.text.get(start..).unwrap_or_default();
        let mut bytes = raw.bytes().enumerate();
        let end = loop {
            match bytes.next() {
                Some((end, b'"')) => break end,
                Some((_, b'\\')) => {
                    bytes.next();
                }
                Some((end, b'\n')) => return self.unclosed_string(start + end),
                None => return self.unclosed_string(self.text.len()),
                Some(_) => {}
            }
        };
        self.position = start + end + 1;
        let found = unescape(raw.get(..end).unwrap_or_default());
        for (at, length) in &found.mistakes {
            self.mistake(
                (start + at, start + at + length),
                "Invalid JSON string",
                "This is not allowed inside a text. The escapes are \\\" \\\\ \\/ \\b \\f \\n \\r \\t and \\u with four \
                 hexadecimal digits; control characters must be written with them.",
            );
        }
        if found.mistakes.is_empty() { JsonKind::String(found.text.into()) } else { JsonKind::Mistake }
    }

    fn unclosed_string(&mut self, end: usize) -> JsonKind {
        self.stopped = true;
        self.mistake(
            (end, end),
            "Invalid JSON string",
            "The text has no closing quote on its line. Add the quote; a line break inside a text is written \\n.",
        );
        self.position = end;
        JsonKind::Mistake
    }

    fn single_quoted(&mut self) -> JsonKind {
        let rest = self.rest();
        let line = rest.lines().next().unwrap_or_default();
        let length = line.get(1..).and_then(|inside| inside.find('\'')).map(|end| end + 2);
        self.mistake_here("Invalid start of value", "JSON puts text between double quotes (`\"`).");
        match length {
            Some(length) => self.position += length,
            None => self.stopped = true,
        }
        JsonKind::Mistake
    }

    fn number(&mut self) -> JsonKind {
        let start = self.position;
        let is_part = |byte: &u8| byte.is_ascii_digit() || matches!(byte, b'-' | b'+' | b'.' | b'e' | b'E');
        let length = self.rest().bytes().take_while(|byte| is_part(byte)).count();
        self.position += length;
        let text = self.text.get(start..self.position).unwrap_or_default();
        match text.parse::<Number>() {
            // There is one zero.
            Ok(number) if is_json_number(text) => {
                JsonKind::Number(if number.is_zero() { number.abs() } else { number })
            }
            _ => {
                self.mistake(
                    (start, self.position),
                    "Invalid JSON number",
                    "A number is digits without leading zeros, with a point and an exponent if need be: 12, -0.5, 1e6.",
                );
                JsonKind::Mistake
            }
        }
    }

    fn keyword(&mut self) -> JsonKind {
        let start = self.position;
        self.position += self.word_length();
        let word = self.text.get(start..self.position).unwrap_or_default();
        match word {
            "true" => JsonKind::Bool(true),
            "false" => JsonKind::Bool(false),
            "null" => JsonKind::Null,
            other => {
                let advice = match did_you_mean(&other.to_lowercase(), ["true", "false", "null"]) {
                    Some(near) => format!("Did you mean {near}?"),
                    None => "Text stands between double quotes.".to_owned(),
                };
                let detail = format!("\"{other}\" is not a valid JSON keyword. {advice}");
                self.mistake((start, self.position), "Invalid JSON keyword", detail);
                JsonKind::Mistake
            }
        }
    }
}

/// Whether a text of digits and signs has the form that JSON wants.
fn is_json_number(text: &str) -> bool {
    let text = text.strip_prefix('-').unwrap_or(text);
    let (mantissa, exponent) = match text.split_once(['e', 'E']) {
        Some((mantissa, exponent)) => (mantissa, Some(exponent.strip_prefix(['+', '-']).unwrap_or(exponent))),
        None => (text, None),
    };
    let (whole, fraction) = match mantissa.split_once('.') {
        Some((whole, fraction)) => (whole, Some(fraction)),
        None => (mantissa, None),
    };
    let are_digits = |text: &str| !text.is_empty() && text.bytes().all(|byte| byte.is_ascii_digit());
    are_digits(whole)
        && (whole == "0" || !whole.starts_with('0'))
        && fraction.is_none_or(are_digits)
        && exponent.is_none_or(are_digits)
}
