//! `csvdecode`: comma-separated values as Go's standard library reads them.

use std::collections::{BTreeMap, BTreeSet};

use infra_values::{Str, Type, Value};

use super::arguments::{Outcome, string, text};
use super::{Context, Function, FunctionError, Parameter, Returns};

pub(super) const CSVDECODE: Function = Function::new(
    "csvdecode",
    "Reads comma-separated values: a list of objects with one string for each name in the first line.",
    &[Parameter::new("str", string)],
    Returns::Computed(row_list_type),
    decode,
);

fn row_list_type(arguments: &[Value]) -> Result<Type, FunctionError> {
    if !arguments[0].is_known() {
        return Ok(Type::Any);
    }
    let mut records = Records::new(text(&arguments[0]));
    Ok(Type::list(row_type(&records.header()?)))
}

fn row_type(names: &[String]) -> Type {
    Type::object(names.iter().map(|name| (Str::from(name.as_str()), Type::String)))
}

fn decode(_: &dyn Context, arguments: &[Value]) -> Outcome {
    let mut records = Records::new(text(&arguments[0]));
    let names = records.header()?;
    let mut rows = Vec::new();
    while let Some(fields) = records.next_record()? {
        if fields.len() != names.len() {
            return Err(records.mistake(&format!("{} fields are expected, but it has {}", names.len(), fields.len())));
        }
        let entries = names.iter().zip(fields).map(|(name, field)| (Str::from(name.as_str()), Value::string(field)));
        rows.push(Value::object(entries.collect::<BTreeMap<_, _>>()));
    }
    Ok(Value::list(row_type(&names), rows))
}

struct Records<'t> {
    rest: &'t str,
    /// The line in which the last record begins, from 1.
    line: usize,
    next_line: usize,
}

impl<'t> Records<'t> {
    fn new(text: &'t str) -> Self {
        Self { rest: text, line: 0, next_line: 1 }
    }

    fn mistake(&self, problem: &str) -> FunctionError {
        FunctionError::new(format!("on line {} of the text: {problem}", self.line))
    }

    fn header(&mut self) -> Result<Vec<String>, FunctionError> {
        let Some(names) = self.next_record()? else {
            return Err(FunctionError::new("the text has no first line with the names of the columns"));
        };
        let mut seen = BTreeSet::new();
        match names.iter().find(|name| !seen.insert(name.as_str())) {
            Some(twice) => Err(FunctionError::new(format!("the column name {twice:?} is there twice"))),
            None => Ok(names),
        }
    }

    /// The next line with its end, which becomes a single line feed.
    fn take_line(&mut self) -> Option<String> {
        if self.rest.is_empty() {
            return None;
        }
        let (line, rest) = self.rest.split_at(self.rest.find('\n').map_or(self.rest.len(), |end| end + 1));
        self.rest = rest;
        self.next_line += 1;
        let had_break = line.ends_with('\n');
        let content = line.strip_suffix('\n').unwrap_or(line);
        let content = content.strip_suffix('\r').filter(|_| had_break || rest.is_empty()).unwrap_or(content);
        Some(if had_break { format!("{content}\n") } else { content.to_owned() })
    }

    /// The fields of the next record; empty lines are passed over.
    fn next_record(&mut self) -> Result<Option<Vec<String>>, FunctionError> {
        let mut line = loop {
            self.line = self.next_line;
            match self.take_line() {
                None => return Ok(None),
                Some(line) if line == "\n" || line.is_empty() => {}
                Some(line) => break line,
            }
        };
        let mut fields = Vec::new();
        loop {
            let behind = match line.strip_prefix('"') {
                Some(quoted) => {
                    let (field, behind) = self.quoted_field(quoted.to_owned())?;
                    fields.push(field);
                    behind
                }
                None => {
                    let end = line.find([',', '\n']).unwrap_or(line.len());
                    if line[..end].contains('"') {
                        return Err(self.mistake("a field with a quote in it must stand in quotes itself"));
                    }
                    fields.push(line[..end].to_owned());
                    line[end..].to_owned()
                }
            };
            match behind.strip_prefix(',') {
                Some(next) => line = next.to_owned(),
                None => return Ok(Some(fields)),
            }
        }
    }

    /// A field behind its opening quote, and what is left of the line in which it ends.
    fn quoted_field(&mut self, mut line: String) -> Result<(String, String), FunctionError> {
        let mut field = String::new();
        loop {
            let Some(quote) = line.find('"') else {
                field.push_str(&line);
                line = self.take_line().ok_or_else(|| self.mistake("a field in quotes does not end"))?;
                continue;
            };
            field.push_str(&line[..quote]);
            let behind = &line[quote + 1..];
            match behind.chars().next() {
                Some('"') => {
                    field.push('"');
                    line = behind[1..].to_owned();
                }
                Some(',' | '\n') | None => return Ok((field, behind.to_owned())),
                Some(_) => return Err(self.mistake("a quote inside of a field in quotes must be written twice")),
            }
        }
    }
}
