//! Writing YAML as libyaml does with the settings that Terraform gives it: block style, two spaces a level, keys and
//! strings in double quotes, strings of several lines as literal blocks where they can be, lines of 80 columns.

use infra_values::{Kind, Value};

const INDENT_COLUMNS: usize = 2;
/// Lines are broken at the first space behind this column.
const WIDTH_COLUMNS: usize = 80;
/// A key longer than this many bytes is written behind a question mark.
const SIMPLE_KEY_BYTES_MAX: usize = 128;
const BYTE_ORDER_MARK: char = '\u{feff}';

/// A wholly known value as a document.
pub(super) fn encode(value: &Value) -> String {
    let mut writer = Writer { output: String::new(), column: 0 };
    match value.kind() {
        Kind::Null(_) | Kind::Unknown(_) | Kind::Bool(_) | Kind::Number(_) => {
            // A scalar without quotes could go on in a next line, so its end is marked.
            writer.put(&plain(value));
            writer.put("\n...");
        }
        _ => writer.node(value, None, 0),
    }
    writer.end_line();
    writer.output
}

fn plain(value: &Value) -> String {
    match value.kind() {
        Kind::Bool(value) => value.to_string(),
        Kind::Number(number) => number.to_string(),
        _ => "null".to_owned(),
    }
}

/// What a node stands behind on its line.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Behind {
    /// `- ` or `? `
    Indicator,
    /// `key:`
    Key,
}

struct Writer {
    output: String,
    /// Characters in the current line.
    column: usize,
}

impl Writer {
    fn put(&mut self, text: &str) {
        self.output.push_str(text);
        match text.rfind('\n') {
            Some(end) => self.column = text[end + 1..].chars().count(),
            None => self.column += text.chars().count(),
        }
    }

    fn end_line(&mut self) {
        if self.column > 0 {
            self.put("\n");
        }
    }

    /// Begins a line, unless only indicators stand on the current one.
    fn begin_item(&mut self, is_first: bool, behind: Option<Behind>, indent: usize) {
        if is_first && behind == Some(Behind::Indicator) {
            return;
        }
        self.end_line();
        self.put(&" ".repeat(indent));
    }

    /// A value whose own lines are indented by so much.
    fn node(&mut self, value: &Value, behind: Option<Behind>, indent: usize) {
        stacker::maybe_grow(64 * 1024, 1024 * 1024, || self.node_here(value, behind, indent));
    }

    fn node_here(&mut self, value: &Value, behind: Option<Behind>, indent: usize) {
        let space = if behind == Some(Behind::Key) { " " } else { "" };
        match value.kind() {
            Kind::List(_, items) | Kind::Set(_, items) | Kind::Tuple(items) => {
                if items.is_empty() {
                    return self.put(&format!("{space}[]"));
                }
                // Behind a key the items stand below the key itself.
                let indent = if behind == Some(Behind::Key) { indent - INDENT_COLUMNS } else { indent };
                for (position, item) in items.iter().enumerate() {
                    self.begin_item(position == 0, behind, indent);
                    self.put("- ");
                    self.node(item, Some(Behind::Indicator), indent + INDENT_COLUMNS);
                }
            }
            Kind::Map(_, entries) | Kind::Object(entries) => {
                if entries.is_empty() {
                    return self.put(&format!("{space}{{}}"));
                }
                for (position, (key, item)) in entries.iter().enumerate() {
                    self.begin_item(position == 0, behind, indent);
                    if is_simple_key(key) {
                        self.quoted(key, None);
                        self.put(":");
                        self.node(item, Some(Behind::Key), indent + INDENT_COLUMNS);
                    } else {
                        self.put("? ");
                        self.string(key, indent + INDENT_COLUMNS);
                        self.end_line();
                        self.put(&format!("{}: ", " ".repeat(indent)));
                        self.node(item, Some(Behind::Indicator), indent + INDENT_COLUMNS);
                    }
                }
            }
            Kind::String(text) => {
                self.put(space);
                // At the top, what belongs to a string is indented all the same.
                self.string(text, indent.max(INDENT_COLUMNS));
            }
            _ => self.put(&format!("{space}{}", plain(value))),
        }
    }

    fn string(&mut self, text: &str, indent: usize) {
        if text.contains('\n') && may_be_literal(text) {
            self.literal(text, indent);
        } else {
            self.quoted(text, Some(indent));
        }
    }

    fn literal(&mut self, text: &str, indent: usize) {
        self.put("|");
        if text.starts_with([' ', '\n', '\u{2028}', '\u{2029}']) {
            self.put(&INDENT_COLUMNS.to_string());
        }
        // Whether the line breaks at the end are kept.
        let mut from_end = text.chars().rev();
        match (from_end.next().is_some_and(is_break), from_end.next()) {
            (false, _) => self.put("-"),
            (true, None) => self.put("+"),
            (true, Some(before)) if is_break(before) => self.put("+"),
            (true, Some(_)) => {}
        }
        self.put("\n");
        let mut at_line_start = true;
        for character in text.chars() {
            if is_break(character) {
                self.put(character.encode_utf8(&mut [0; 4]));
                self.column = 0;
                at_line_start = true;
                continue;
            }
            if std::mem::take(&mut at_line_start) {
                self.put(&" ".repeat(indent));
            }
            self.put(character.encode_utf8(&mut [0; 4]));
        }
    }

    /// Text in double quotes; broken into lines with so much indentation, unless that is `None`.
    fn quoted(&mut self, text: &str, indent: Option<usize>) {
        self.put("\"");
        let escapes_all = text.starts_with(BYTE_ORDER_MARK);
        let last = text.chars().count().saturating_sub(1);
        let mut after_space = false;
        let mut characters = text.chars().enumerate().peekable();
        while let Some((position, character)) = characters.next() {
            let is_special = !is_printable(character) || is_break(character) || matches!(character, '"' | '\\');
            if escapes_all || is_special {
                self.put(&escaped(character));
                after_space = false;
            } else if character == ' ' {
                let breaks = !after_space && self.column > WIDTH_COLUMNS && position > 0 && position < last;
                match indent {
                    Some(indent) if breaks => {
                        self.put(&format!("\n{}", " ".repeat(indent)));
                        if characters.peek().is_some_and(|(_, next)| *next == ' ') {
                            self.put("\\");
                        }
                    }
                    _ => self.put(" "),
                }
                after_space = true;
            } else {
                self.put(character.encode_utf8(&mut [0; 4]));
                after_space = false;
            }
        }
        self.put("\"");
    }
}

fn is_simple_key(key: &str) -> bool {
    !key.contains(is_break) && key.len() <= SIMPLE_KEY_BYTES_MAX
}

fn is_break(character: char) -> bool {
    matches!(character, '\n' | '\r' | '\u{85}' | '\u{2028}' | '\u{2029}')
}

/// What libyaml takes for printable: nothing beyond 16 bits, and no tab.
fn is_printable(character: char) -> bool {
    matches!(character, '\n' | ' '..='~' | '\u{a0}'..='\u{d7ff}' | '\u{e000}'..='\u{fffd}')
        && character != BYTE_ORDER_MARK
}

/// Whether a block can hold the text as it is: nothing to escape, and no spaces at the ends of lines.
fn may_be_literal(text: &str) -> bool {
    let mut before = None;
    for character in text.chars() {
        if !is_printable(character) || (is_break(character) && before == Some(' ')) {
            return false;
        }
        before = Some(character);
    }
    before != Some(' ')
}

fn escaped(character: char) -> String {
    let code = u32::from(character);
    let short = match character {
        '\0' => '0',
        '\u{7}' => 'a',
        '\u{8}' => 'b',
        '\t' => 't',
        '\n' => 'n',
        '\u{b}' => 'v',
        '\u{c}' => 'f',
        '\r' => 'r',
        '\u{1b}' => 'e',
        '"' => '"',
        '\\' => '\\',
        '\u{85}' => 'N',
        '\u{a0}' => '_',
        '\u{2028}' => 'L',
        '\u{2029}' => 'P',
        _ if code <= 0xff => return format!("\\x{code:02X}"),
        _ if code <= 0xffff => return format!("\\u{code:04X}"),
        _ => return format!("\\U{code:08X}"),
    };
    format!("\\{short}")
}
