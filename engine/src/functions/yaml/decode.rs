//! From the events of the library's parser to a value.

use std::collections::{BTreeMap, HashMap};

use infra_values::convert::convert;
use infra_values::{Kind, Str, Type, Value};
use saphyr_parser::{Event, Parser, ScalarStyle, Tag};

/// The key whose mapping is taken over into the mapping it stands in.
const MERGE_KEY: &str = "<<";

/// Reads a text that is one document.
pub(super) fn decode(text: &str) -> Result<Value, String> {
    check_version(text)?;
    let mut reader = Reader { parser: Parser::new_from_str(text), anchors: HashMap::new(), line: 1 };
    let outcome = reader.document();
    outcome.map_err(|problem| match problem {
        Problem::Syntax(problem) => format!("the text is not valid YAML: {problem}"),
        Problem::Meaning(problem) => format!("on line {}: {problem}", reader.line),
    })
}

/// Documents of a later version than 1.1 are not read.
fn check_version(text: &str) -> Result<(), String> {
    let directives = text.lines().take_while(|line| line.starts_with('%') || line.trim().is_empty());
    for version in directives.filter_map(|line| line.strip_prefix("%YAML")) {
        if version.split('#').next().map(str::trim) != Some("1.1") {
            return Err(format!("the document is of version{version}, and only 1.1 is read; remove that line"));
        }
    }
    Ok(())
}

enum Problem {
    Syntax(String),
    Meaning(String),
}

impl From<String> for Problem {
    fn from(problem: String) -> Self {
        Self::Meaning(problem)
    }
}

/// What an anchor stands for; `None` while it is being read.
type Anchors = HashMap<usize, Option<Value>>;

struct Reader<'t> {
    parser: Parser<'t, saphyr_parser::StrInput<'t>>,
    anchors: Anchors,
    /// Where the last event stands.
    line: usize,
}

impl<'t> Reader<'t> {
    fn next(&mut self) -> Result<Event<'t>, Problem> {
        match self.parser.next() {
            Some(Ok((event, span))) => {
                self.line = span.start.line();
                Ok(event)
            }
            Some(Err(error)) => Err(Problem::Syntax(format!("on line {}: {}", error.marker().line(), error.info()))),
            None => Err(Problem::Syntax("it ends too early".into())),
        }
    }

    fn document(&mut self) -> Result<Value, Problem> {
        loop {
            match self.next()? {
                Event::StreamEnd => return Err(Problem::Syntax("it is empty; write null for nothing".into())),
                Event::DocumentStart(_) => break,
                _ => {}
            }
        }
        let first = self.next()?;
        let value = self.node(first)?;
        loop {
            match self.next()? {
                Event::StreamEnd => return Ok(value),
                Event::DocumentStart(_) => {
                    return Err(Problem::Meaning("a second document begins; there may be only one".into()));
                }
                _ => {}
            }
        }
    }

    fn node(&mut self, event: Event<'t>) -> Result<Value, Problem> {
        stacker::maybe_grow(64 * 1024, 1024 * 1024, || self.node_here(event))
    }

    fn node_here(&mut self, event: Event<'t>) -> Result<Value, Problem> {
        match event {
            Event::Scalar(text, style, anchor, tag) => {
                let tag = tag.as_deref().map(full_name);
                // A block without any text says nothing, as a plain scalar without any.
                let is_empty_block = text.is_empty() && matches!(style, ScalarStyle::Literal | ScalarStyle::Folded);
                let is_plain = style == ScalarStyle::Plain || is_empty_block;
                let value = super::scalar::resolve(&text, is_plain, tag.as_deref())?;
                self.finish(anchor, value)
            }
            Event::SequenceStart(anchor, tag) => {
                check_tag(tag.as_deref(), "seq", "sequence")?;
                self.begin(anchor);
                let mut items = Vec::new();
                loop {
                    match self.next()? {
                        Event::SequenceEnd => return self.finish(anchor, Value::tuple(items)),
                        event => items.push(self.node(event)?),
                    }
                }
            }
            Event::MappingStart(anchor, tag) => {
                check_tag(tag.as_deref(), "map", "mapping")?;
                self.begin(anchor);
                let mut entries = BTreeMap::new();
                loop {
                    match self.next()? {
                        Event::MappingEnd => return self.finish(anchor, Value::object(entries)),
                        event => self.entry(event, &mut entries)?,
                    }
                }
            }
            Event::Alias(anchor) => match self.anchors.get(&anchor) {
                Some(Some(value)) => Ok(value.clone()),
                Some(None) => Err(Problem::Meaning("an anchor is referred to inside of what it stands for".into())),
                None => Err(Problem::Meaning("an anchor is referred to that is not defined before".into())),
            },
            _ => Err(Problem::Syntax(format!("something is missing on line {}", self.line))),
        }
    }

    fn begin(&mut self, anchor: usize) {
        if anchor > 0 {
            self.anchors.insert(anchor, None);
        }
    }

    fn finish(&mut self, anchor: usize, value: Value) -> Result<Value, Problem> {
        if anchor > 0 {
            self.anchors.insert(anchor, Some(value.clone()));
        }
        Ok(value)
    }

    /// A key with its value. Of equal keys the last one counts.
    fn entry(&mut self, key: Event<'t>, entries: &mut BTreeMap<Str, Value>) -> Result<(), Problem> {
        let key = self.node(key)?;
        let key_line = self.line;
        if key.is_null() {
            return Err(Problem::Meaning("the key of a mapping is null; write it in quotes".into()));
        }
        let Some(name) = convert(&key, &Type::String).ok().and_then(|key| key.as_str().map(Str::from)) else {
            return Err(Problem::Meaning("the keys of a mapping must be strings".into()));
        };
        let event = self.next()?;
        let value = self.node(event)?;
        if name.as_str() != MERGE_KEY {
            entries.insert(name, value);
            return Ok(());
        }
        match value.kind() {
            Kind::Object(merged) => entries.extend(merged.iter().map(|(key, value)| (key.clone(), value.clone()))),
            _ => {
                self.line = key_line;
                let have = value.ty().friendly_name();
                return Err(Problem::Meaning(format!("behind {MERGE_KEY} a mapping is expected, but have {have}")));
            }
        }
        Ok(())
    }
}

fn full_name(tag: &Tag) -> String {
    format!("{}{}", tag.handle, tag.suffix)
}

fn check_tag(tag: Option<&Tag>, allowed: &str, what: &str) -> Result<(), Problem> {
    match tag.map(full_name) {
        Some(tag) if tag != format!("tag:yaml.org,2002:{allowed}") => {
            Err(Problem::Meaning(format!("a {what} has the tag {tag:?}, which cannot be; remove it")))
        }
        _ => Ok(()),
    }
}
