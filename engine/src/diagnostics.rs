//! What went wrong, or may: collected, never thrown away, drawn elsewhere.
//!
//! A diagnostic has a constant summary (without names), a detail in whole sentences that ends with what to do, the
//! place in a file, and the values involved. `src/` draws it; nothing here knows the terminal.

use std::fmt;

use infra_values::{Path, Value};

use crate::syntax::Span;

/// How bad it is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Severity {
    /// The operation cannot succeed.
    Error,
    /// The user should know; the operation goes on.
    Warning,
}

/// What makes a value unfit that would do otherwise. Values with that property are mentioned only then.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Cause {
    /// It is not known yet.
    Unknown,
    /// It is sensitive.
    Sensitive,
    /// It is ephemeral.
    Ephemeral,
}

/// One error or warning.
#[derive(Clone, Debug)]
pub struct Diagnostic {
    /// Error or warning.
    pub severity: Severity,
    /// A constant headline: `Unsupported argument`.
    pub summary: String,
    /// What is wrong, why, and what to do. Never holds a sensitive value.
    pub detail: String,
    /// The object concerned: `module.a.aws_s3_bucket.b`.
    pub address: Option<String>,
    /// Where the caret goes.
    pub span: Option<Span>,
    /// The attribute of the object concerned; the engine turns it into [`Diagnostic::span`].
    pub attribute: Option<Path>,
    /// The expression being evaluated and what its references were, for display; sensitive values are withheld by
    /// whoever draws it.
    pub values: Vec<(String, Value)>,
    /// Whether [`Diagnostic::values`] holds what matters: whoever passes it on need not look for more.
    pub is_explained: bool,
    /// What about a value is wrong, if it is nothing that the value itself would show.
    pub cause: Option<Cause>,
    /// The function in whose call it was found.
    pub function: Option<&'static str>,
    /// Further help, one line each: `did you mean …`.
    pub hints: Vec<String>,
    /// Whether applying the plan looks again at what it is about, so that it need not be said while the plan is applied
    /// at once.
    pub is_provisional: bool,
}

impl Diagnostic {
    /// An error.
    pub fn error(summary: impl Into<String>, detail: impl Into<String>) -> Self {
        Self {
            severity: Severity::Error,
            summary: summary.into(),
            detail: detail.into(),
            address: None,
            span: None,
            attribute: None,
            values: Vec::new(),
            is_explained: false,
            cause: None,
            function: None,
            hints: Vec::new(),
            is_provisional: false,
        }
    }

    /// A warning.
    pub fn warning(summary: impl Into<String>, detail: impl Into<String>) -> Self {
        Self { severity: Severity::Warning, ..Self::error(summary, detail) }
    }

    /// With the place it is about.
    #[must_use]
    pub fn at(mut self, span: Span) -> Self {
        self.span = Some(span);
        self
    }

    /// With the place it is about, unless it has one already.
    #[must_use]
    pub fn at_least_at(mut self, span: Span) -> Self {
        self.span.get_or_insert(span);
        self
    }

    /// With the attribute it is about.
    #[must_use]
    pub fn on(mut self, attribute: Path) -> Self {
        self.attribute = Some(attribute);
        self
    }

    /// With the object it is about, unless it has one already.
    #[must_use]
    pub fn about(mut self, address: impl fmt::Display) -> Self {
        self.address.get_or_insert_with(|| address.to_string());
        self
    }

    /// With a further line of help.
    #[must_use]
    pub fn hint(mut self, hint: impl Into<String>) -> Self {
        self.hints.push(hint.into());
        self
    }

    /// With the candidate nearest to a misspelt name as help, if one is near enough to be meant.
    #[must_use]
    pub fn suggest<'c>(self, name: &str, candidates: impl IntoIterator<Item = &'c str>) -> Self {
        self.suggest_within("", name, candidates)
    }

    /// The same for names that stand behind a prefix: `var.`.
    #[must_use]
    pub fn suggest_within<'c>(self, prefix: &str, name: &str, candidates: impl IntoIterator<Item = &'c str>) -> Self {
        match did_you_mean(name, candidates) {
            Some(nearest) => self.offer(&format!("{prefix}{nearest}")),
            None => self,
        }
    }

    /// With something as help that was probably meant.
    #[must_use]
    pub fn offer(self, meant: &str) -> Self {
        self.hint(format!("did you mean `{meant}`?"))
    }

    /// With the property of a value that is to blame.
    #[must_use]
    pub fn because(mut self, cause: Cause) -> Self {
        self.cause = Some(cause);
        self
    }

    /// With the function in whose call it was found.
    #[must_use]
    pub fn calling(mut self, function: &'static str) -> Self {
        self.function = Some(function);
        self
    }

    /// With a value that matters.
    #[must_use]
    pub fn with_value(mut self, expression: impl Into<String>, value: Value) -> Self {
        self.values.push((expression.into(), value));
        self
    }

    /// Whether it is an error.
    pub fn is_error(&self) -> bool {
        self.severity == Severity::Error
    }
}

/// Errors and warnings in the order they were found.
#[derive(Clone, Debug, Default)]
pub struct Diagnostics(pub Vec<Diagnostic>);

impl Diagnostics {
    /// None yet.
    pub fn new() -> Self {
        Self::default()
    }

    /// Adds one.
    pub fn push(&mut self, diagnostic: Diagnostic) {
        self.0.push(diagnostic);
    }

    /// Adds all of another collection.
    pub fn extend(&mut self, other: impl Into<Diagnostics>) {
        self.0.extend(other.into().0);
    }

    /// Takes the sensitive and ephemeral texts of a value out of all messages: libraries and services repeat what they were given.
    pub fn withhold(&mut self, value: &Value) {
        let mut secrets = Vec::new();
        sensitive_texts(value, false, &mut secrets);
        // A long text may hold a short one.
        secrets.sort_by_key(|text| std::cmp::Reverse(text.len()));
        for diagnostic in &mut self.0 {
            for secret in &secrets {
                for text in [&mut diagnostic.summary, &mut diagnostic.detail].into_iter().chain(&mut diagnostic.hints) {
                    withhold_text(text, secret);
                }
            }
        }
    }

    /// Whether any is an error.
    pub fn has_errors(&self) -> bool {
        self.0.iter().any(Diagnostic::is_error)
    }

    /// How many errors there are.
    pub fn error_count(&self) -> usize {
        self.0.iter().filter(|diagnostic| diagnostic.is_error()).count()
    }

    /// Whether there is none.
    pub fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    /// In order.
    pub fn iter(&self) -> impl Iterator<Item = &Diagnostic> {
        self.0.iter()
    }

    /// `Ok` without errors (warnings stay inside), `Err` with everything otherwise.
    pub fn into_result(self) -> Result<Diagnostics, Diagnostics> {
        if self.has_errors() { Err(self) } else { Ok(self) }
    }

    /// In the order of the files, those without a place last; several runs over the same files list alike.
    pub fn sort(&mut self) {
        self.0.sort_by_key(|diagnostic| diagnostic.span.map_or((1, Span::default()), |span| (0, span)));
    }
}

impl From<Diagnostic> for Diagnostics {
    fn from(diagnostic: Diagnostic) -> Self {
        Self(vec![diagnostic])
    }
}

impl From<Vec<Diagnostic>> for Diagnostics {
    fn from(diagnostics: Vec<Diagnostic>) -> Self {
        Self(diagnostics)
    }
}

impl IntoIterator for Diagnostics {
    type Item = Diagnostic;
    type IntoIter = std::vec::IntoIter<Diagnostic>;
    fn into_iter(self) -> Self::IntoIter {
        self.0.into_iter()
    }
}

/// Shorter texts than this are only withheld in quotes: they stand in many words.
const BARE_SECRET_LEN_MIN: usize = 4;

fn sensitive_texts(value: &Value, inside: bool, found: &mut Vec<String>) {
    let is_sensitive = inside || value.marks().is_sensitive() || value.marks().is_ephemeral();
    if let Some(text) = value.as_str()
        && is_sensitive
        && !text.is_empty()
    {
        found.push(text.to_owned());
    }
    for (_, part) in value.children() {
        sensitive_texts(part, is_sensitive, found);
    }
}

fn withhold_text(text: &mut String, secret: &str) {
    for quoted in [format!("{secret:?}"), format!("'{secret}'"), format!("`{secret}`")] {
        if text.contains(&quoted) {
            *text = text.replace(&quoted, "(sensitive value)");
        }
    }
    if secret.len() >= BARE_SECRET_LEN_MIN && text.contains(secret) {
        *text = text.replace(secret, "(sensitive value)");
    }
}

/// The candidate nearest to a misspelt name, if one is near enough to be meant.
pub(crate) fn did_you_mean<'c>(name: &str, candidates: impl IntoIterator<Item = &'c str>) -> Option<&'c str> {
    candidates
        .into_iter()
        .map(|candidate| (strsim::damerau_levenshtein(name, candidate), candidate))
        // A third of the name may differ: `fifo` for `fifo_queue` is caught by the prefix rule instead.
        .filter(|(distance, candidate)| {
            *distance <= (name.len().max(3) / 3).max(1) || (name.len() >= 3 && candidate.starts_with(name))
        })
        .min()
        .map(|(_, candidate)| candidate)
}
