//! For tests of this module: configurations as text to values.

use std::collections::BTreeMap;
use std::sync::Arc;

use infra_values::{Str, Type, Value};

use super::decode::decode_body;
use super::facts::schema_from_facts;
use super::{Block, Schema};
use crate::diagnostics::{Diagnostics, Severity};
use crate::evaluate::{EvaluatedStep, Evaluator, NoFunctions, Scope};
use crate::functions;
use crate::syntax::{Body, Name, SourceMap, parse_bytes};

/// The schema of a resource type, from its facts.
pub(super) fn resource_schema(name: &str, generation: infra_schema::Generation) -> Schema {
    let facts = infra_schema::resource_facts(name, generation).unwrap_or_else(|| panic!("no facts about {name}"));
    schema_from_facts(&facts).unwrap()
}

/// A parsed text and what its names stand for.
pub(super) struct Text {
    pub sources: SourceMap,
    pub body: Body,
    names: BTreeMap<Str, Value>,
}

impl Text {
    pub fn new(text: &str) -> Self {
        let sources = SourceMap::new();
        let (_, body, diagnostics) = parse_bytes(&sources, "test.tf", text.as_bytes());
        assert!(diagnostics.is_empty(), "{diagnostics:?}");
        Self { sources, body, names: BTreeMap::new() }
    }

    pub fn with(mut self, name: &str, value: Value) -> Self {
        self.names.insert(name.into(), value);
        self
    }

    /// Decodes a body of the text.
    pub fn decode_part(&self, body: &Body, block: &Block, reserved: &[&str]) -> (Value, Diagnostics) {
        let mut names = Names(&self.names);
        decode_body(body, block, &mut Evaluator::new(&mut names), reserved)
    }

    /// Decodes the text.
    pub fn decode(&self, block: &Block) -> (Value, Diagnostics) {
        self.decode_part(&self.body, block, &[])
    }

    /// One line for each diagnostic: what the caret is under, and what is said.
    pub fn shown(&self, diagnostics: &Diagnostics) -> String {
        let mut lines = Vec::new();
        for diagnostic in diagnostics.iter() {
            let place = match (&diagnostic.span, &diagnostic.attribute) {
                (Some(span), _) => {
                    let text: Arc<str> = self.sources.slice(*span).into();
                    format!("{}: `{text}`", self.sources.line_column(span.file, span.start).0)
                }
                (None, Some(path)) => path.to_string(),
                (None, None) => "-".into(),
            };
            let severity = if diagnostic.severity == Severity::Error { "error" } else { "warning" };
            let hints: String = diagnostic.hints.iter().map(|hint| format!(" [{hint}]")).collect();
            lines.push(format!("{place} {severity}: {}: {}{hints}", diagnostic.summary, diagnostic.detail));
        }
        lines.join("\n")
    }
}

struct Names<'n>(&'n BTreeMap<Str, Value>);

impl Scope for Names<'_> {
    fn resolve(&mut self, root: &Name, steps: &[EvaluatedStep<'_>]) -> Result<(Value, usize), Diagnostics> {
        match self.0.get(&root.text) {
            Some(value) => Ok((value.clone(), 0)),
            None => Ok((Value::unknown(Type::Any), steps.len())),
        }
    }

    fn function_context(&self) -> &dyn functions::Context {
        &NoFunctions
    }
}
