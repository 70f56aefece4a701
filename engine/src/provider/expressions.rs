//! Functions of the built-in provider: `provider::terraform::encode_expr` and its relatives. They write values as the
//! language has them, in the layout of `terraform fmt`, and read them back.

use infra_values::{Kind, Refinement, Str, Type, Value};
use unicode_segmentation::UnicodeSegmentation;

use crate::config::parse_values_file;
use crate::functions::{Context, Function, FunctionError, Parameter, Returns};
use crate::syntax::{SourceMap, is_identifier};

type Outcome = Result<Value, FunctionError>;

/// All of them, in alphabetical order.
pub(super) static FUNCTIONS: [Function; 3] = [
    Function::new(
        "decode_tfvars",
        "Reads the content of a .tfvars file: an object with the values of variables.",
        &[Parameter::new("src", || Type::String)],
        Returns::Computed(|arguments| match arguments[0].is_known() {
            true => decode(&arguments[0]).map(|value| value.ty()),
            false => Ok(Type::Any),
        }),
        |_, arguments| decode(&arguments[0]),
    ),
    Function::new(
        "encode_expr",
        "Writes a value as an expression of the language.",
        &[Parameter::new("value", || Type::Any).sees_unknown()],
        Returns::Fixed(|| Type::String),
        encode_expression,
    ),
    Function::new(
        "encode_tfvars",
        "Writes an object as the content of a .tfvars file, with one variable for each attribute.",
        &[Parameter::new("value", || Type::Any)],
        Returns::Fixed(|| Type::String),
        encode_variables,
    ),
];

fn decode(source: &Value) -> Outcome {
    let sources = SourceMap::new();
    let text = source.as_str().unwrap_or_default();
    let (values, diagnostics) = parse_values_file(&sources, "<decode_tfvars argument>", text.as_bytes());
    if let Some(first) = diagnostics.iter().find(|found| found.is_error()) {
        let line = first.span.map_or(1, |span| sources.line_column(span.file, span.start).0);
        return Err(FunctionError::new(format!(
            "on line {line} of the text: {}: {}",
            first.summary,
            first.detail.trim_end_matches('.')
        )));
    }
    Ok(Value::object(values.into_iter().map(|(name, value, _)| (name, value)).collect()))
}

fn encode_expression(_: &dyn Context, arguments: &[Value]) -> Outcome {
    let value = &arguments[0];
    if !value.is_wholly_known() {
        // How it begins is told by the type.
        let beginning = match value.ty() {
            _ if !value.is_known() => None,
            Type::Object(_) | Type::Map(_) => Some("{"),
            _ => Some("["),
        };
        let refinement = Refinement { string_prefix: beginning.map(Into::into), ..Refinement::default() };
        return Ok(Value::unknown_refined(Type::String, refinement));
    }
    Ok(Value::string(expression_text(value)))
}

/// A value as an expression of the language; what is unknown is null in it.
pub fn expression_text(value: &Value) -> String {
    let mut lines = Lines::default();
    lines.value(value);
    lines.finish()
}

fn encode_variables(_: &dyn Context, arguments: &[Value]) -> Outcome {
    let value = &arguments[0];
    let Some(entries) = value.as_entries() else {
        return Err(FunctionError::new(format!(
            "an object is required, whose attributes become the variables, but have {}",
            value.ty().friendly_name()
        )));
    };
    if !value.is_wholly_known() {
        return Ok(Value::unknown(Type::String));
    }
    let mut lines = Lines::default();
    for (name, item) in entries.iter() {
        if !is_identifier(name) {
            return Err(FunctionError::new(format!("{:?} cannot be the name of a variable", name.as_str())));
        }
        lines.entry(name, item);
    }
    let text = lines.finish();
    Ok(Value::string(text))
}

/// A line without its indentation.
#[derive(Default)]
struct Line {
    /// What stands before the equals sign, where the line begins an entry.
    key: Option<String>,
    text: String,
    /// How many more brackets it opens than it closes.
    opened: i32,
}

/// Text in the making.
#[derive(Default)]
struct Lines {
    done: Vec<Line>,
    current: Line,
}

impl Lines {
    fn end_line(&mut self) {
        self.done.push(std::mem::take(&mut self.current));
    }

    fn open(&mut self, bracket: char) {
        self.current.text.push(bracket);
        self.current.opened += 1;
    }

    fn close(&mut self, bracket: char) {
        self.current.text.push(bracket);
        self.current.opened -= 1;
    }

    fn entry(&mut self, name: &Str, value: &Value) {
        self.current.key = Some(if is_identifier(name) { name.to_string() } else { quoted(name) });
        self.value(value);
        self.end_line();
    }

    fn value(&mut self, value: &Value) {
        stacker::maybe_grow(64 * 1024, 1024 * 1024, || match value.kind() {
            Kind::Null(_) | Kind::Unknown(_) => self.current.text.push_str("null"),
            Kind::Bool(value) => self.current.text.push_str(&value.to_string()),
            Kind::Number(number) => self.current.text.push_str(&number.to_string()),
            Kind::String(text) => self.current.text.push_str(&quoted(text)),
            Kind::List(_, items) | Kind::Set(_, items) | Kind::Tuple(items) => {
                self.open('[');
                for (position, item) in items.iter().enumerate() {
                    if position > 0 {
                        self.current.text.push_str(", ");
                    }
                    self.value(item);
                }
                self.close(']');
            }
            Kind::Map(_, entries) | Kind::Object(entries) => {
                self.open('{');
                if !entries.is_empty() {
                    self.end_line();
                }
                for (name, item) in entries.iter() {
                    self.entry(name, item);
                }
                self.close('}');
            }
        });
    }

    /// The text, indented, with the equals signs of neighbouring lines below each other.
    fn finish(mut self) -> String {
        if !self.current.text.is_empty() {
            self.end_line();
        }
        let ends_with_line = self.done.last().is_some_and(|last| last.key.is_some());
        let widths = key_widths(&self.done);
        let mut written = Vec::with_capacity(self.done.len());
        let mut open: Vec<i32> = Vec::new();
        for (line, width) in self.done.iter().zip(widths) {
            if line.opened < 0 {
                close(&mut open, -line.opened);
            }
            let indent = " ".repeat(2 * open.len());
            if line.opened > 0 {
                open.push(line.opened);
            }
            written.push(match &line.key {
                Some(key) => {
                    let space = " ".repeat(width - key.graphemes(true).count());
                    format!("{indent}{key}{space} = {}", line.text)
                }
                None => format!("{indent}{}", line.text),
            });
        }
        written.join("\n") + if ends_with_line { "\n" } else { "" }
    }
}

/// A line counts as one level of indentation however many brackets it opens.
fn close(open: &mut Vec<i32>, mut closed: i32) {
    while let Some(last) = open.last_mut() {
        if *last > closed {
            *last -= closed;
            return;
        }
        closed -= *last;
        open.pop();
        if closed == 0 {
            return;
        }
    }
}

/// How wide the key of each line becomes. An entry of several lines stands by itself.
fn key_widths(lines: &[Line]) -> Vec<usize> {
    let is_short = |line: &Line| line.key.is_some() && line.opened == 0;
    let width = |line: &Line| line.key.as_ref().map_or(0, |key| key.graphemes(true).count());
    lines
        .chunk_by(|left, right| is_short(left) && is_short(right))
        .flat_map(|group| {
            let widest = group.iter().map(width).max().unwrap_or(0);
            std::iter::repeat_n(widest, group.len())
        })
        .collect()
}

/// A string as a literal of the language.
fn quoted(text: &str) -> String {
    let mut quoted = String::from("\"");
    let mut characters = text.chars().peekable();
    while let Some(character) = characters.next() {
        match character {
            '\n' => quoted.push_str("\\n"),
            '\r' => quoted.push_str("\\r"),
            '\t' => quoted.push_str("\\t"),
            '"' | '\\' => quoted.extend(['\\', character]),
            '$' | '%' => {
                quoted.push(character);
                if characters.peek() == Some(&'{') {
                    quoted.push(character);
                }
            }
            _ if is_visible(character) => quoted.push(character),
            _ if u32::from(character) <= 0xffff => quoted.push_str(&format!("\\u{:04x}", u32::from(character))),
            _ => quoted.push_str(&format!("\\U{:08x}", u32::from(character))),
        }
    }
    quoted.push('"');
    quoted
}

fn is_visible(character: char) -> bool {
    let is_hidden = matches!(character, '\u{ad}' | '\u{200b}'..='\u{200f}' | '\u{2028}'..='\u{202e}' | '\u{2060}'..='\u{206f}' | '\u{feff}' | '\u{e000}'..='\u{f8ff}');
    character == ' ' || !(character.is_control() || character.is_whitespace() || is_hidden)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn written(function: &str, json: &str) -> Result<String, String> {
        let value = infra_values::json::from_json_implied(&serde_json::from_str(json).unwrap());
        let function = FUNCTIONS.iter().find(|one| one.name == function).unwrap();
        crate::functions::call(function, &crate::evaluate::NoFunctions, &[value])
            .map(|value| value.as_str().unwrap().to_owned())
            .map_err(|error| error.message)
    }

    /// Recorded from terraform 1.11.4.
    #[test]
    fn values_are_written_as_terraform_writes_them() {
        let table = [
            (
                r#"{"a":1,"b c":"x","d":{"e":[1,2,{"f":3}]}}"#,
                "{\n  a     = 1\n  \"b c\" = \"x\"\n  d = {\n    e = [1, 2, {\n      f = 3\n    }]\n  }\n}",
            ),
            (r#"[{"a":1},{"b":[{"c":1}]}]"#, "[{\n  a = 1\n  }, {\n  b = [{\n    c = 1\n  }]\n}]"),
            (
                r#"{"a":1,"bcd":2,"e":{},"f":[],"ghi":{"a":1},"j":1,"klm":2}"#,
                "{\n  a   = 1\n  bcd = 2\n  e   = {}\n  f   = []\n  ghi = {\n    a = 1\n  }\n  j   = 1\n  klm = 2\n}",
            ),
            (
                r#"{"a":"x\ny","bcd":[1],"e":[{"a":1}],"ffff":1}"#,
                "{\n  a   = \"x\\ny\"\n  bcd = [1]\n  e = [{\n    a = 1\n  }]\n  ffff = 1\n}",
            ),
            (
                r#"["a${b}","%{if}","$","$$","${","%","%{"]"#,
                "[\"a$${b}\", \"%%{if}\", \"$\", \"$$\", \"$${\", \"%\", \"%%{\"]",
            ),
            (r#"["\r\t\\\u0007é\u00a0\u200b\ufeff\u0085"]"#, "[\"\\r\\t\\\\\\u0007é\\u00a0\\u200b\\ufeff\\u0085\"]"),
            (r#"{"éé":1,"b":2,"日本語":3}"#, "{\n  b   = 2\n  éé  = 1\n  日本語 = 3\n}"),
            (
                r#"{"a-b":1,"a.b":2,"_x":3,"":4,"-a":5,"${x}":6}"#,
                "{\n  \"\"      = 4\n  \"$${x}\" = 6\n  \"-a\"    = 5\n  _x      = 3\n  a-b     = 1\n  \"a.b\"   = 2\n}",
            ),
            ("{}", "{}"),
            ("[1,\"a\",null,true]", "[1, \"a\", null, true]"),
        ];
        for (json, expected) in table {
            assert_eq!(written("encode_expr", json).as_deref(), Ok(expected), "{json}");
        }
        let table = [
            (
                r#"{"a":{},"b":[],"c":{"x":{"y":"z"}},"é":1,"zzz":2}"#,
                "a = {}\nb = []\nc = {\n  x = {\n    y = \"z\"\n  }\n}\nzzz = 2\né   = 1\n",
            ),
            (
                r#"{"a":1,"bcd":2,"e":{"q":1},"fff":3,"g":4,"hh":[{"a":1}],"iii":1}"#,
                "a   = 1\nbcd = 2\ne = {\n  q = 1\n}\nfff = 3\ng   = 4\nhh = [{\n  a = 1\n}]\niii = 1\n",
            ),
            ("{}", ""),
        ];
        for (json, expected) in table {
            assert_eq!(written("encode_tfvars", json).as_deref(), Ok(expected), "{json}");
        }
        assert!(written("encode_tfvars", "[1]").is_err());
        assert!(written("encode_tfvars", r#"{"1a":1}"#).is_err());
    }

    #[test]
    fn what_is_read_must_be_constant() {
        let read = |text: &str| decode(&Value::string(text));
        let expected = Value::object_from([("a", Value::tuple([Value::number(1)])), ("b", Value::number(2))]);
        assert_eq!(read("a = [1]\nb = 1 + 1\n"), Ok(expected));
        for wrong in ["a = var.x", "a = upper(\"x\")", "a {\n}", "a = ", "a = 1\na = 2", "5"] {
            assert!(read(wrong).is_err(), "{wrong}");
        }
    }
}
