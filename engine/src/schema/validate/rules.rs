//! What a single value must look like.

use std::collections::HashMap;
use std::sync::{Mutex, PoisonError};

use infra_values::{Kind, Str, Value};
use regex::Regex;

use super::formats;
use crate::diagnostics::{Severity, did_you_mean};
use crate::schema::Rule;

/// Why a value is not as it must be.
pub(super) struct Problem {
    pub(super) severity: Severity,
    /// As in: `must be at least 1`.
    pub(super) expected: String,
    /// The allowed value that was probably meant.
    pub(super) near: Option<String>,
}

impl Problem {
    fn certain(expected: impl Into<String>) -> Self {
        Self { severity: Severity::Error, expected: expected.into(), near: None }
    }

    fn likely(expected: impl Into<String>) -> Self {
        Self { severity: Severity::Warning, ..Self::certain(expected) }
    }
}

/// Checks a known value; the first problem counts.
pub(super) fn check(rule: &Rule, value: &Value) -> Option<Problem> {
    bounds(rule, value)
        .or_else(|| value.as_str().and_then(|text| check_text(rule, text)))
        .or_else(|| one_of(&rule.one_of, value))
        .or_else(|| any(&rule.any, value))
}

fn bounds(rule: &Rule, value: &Value) -> Option<Problem> {
    let number = value.as_number()?.to_f64();
    let expected = match (rule.min, rule.max) {
        (Some(min), Some(max)) if number < min || number > max => format!("must be from {min} to {max}"),
        (Some(min), _) if number < min => format!("must be at least {min}"),
        (_, Some(max)) if number > max => format!("must be at most {max}"),
        _ => return None,
    };
    Some(Problem::certain(expected))
}

fn check_text(rule: &Rule, text: &str) -> Option<Problem> {
    let length = text.len() as u64;
    if rule.min_len.is_some_and(|least| length < least) || rule.max_len.is_some_and(|most| length > most) {
        return Some(Problem::certain(match (rule.min_len, rule.max_len) {
            (Some(least), Some(most)) => format!("must have from {least} to {most} characters"),
            (Some(least), None) => format!("must have at least {least} characters"),
            (_, most) => format!("must have at most {} characters", most.unwrap_or_default()),
        }));
    }
    if let Some(expected) = rule.format.as_deref().and_then(|format| formats::problem(format, text)) {
        return Some(Problem::certain(expected));
    }
    if let Some(pattern) = rule.patterns.iter().find(|pattern| matches(pattern, text) == Some(false)) {
        return Some(Problem::likely(format!("must match the pattern {pattern}")));
    }
    let pattern = rule.not_patterns.iter().find(|pattern| matches(pattern, text) == Some(true))?;
    Some(Problem::likely(format!("must not match the pattern {pattern}")))
}

fn one_of(allowed: &[Value], value: &Value) -> Option<Problem> {
    if allowed.is_empty() || allowed.contains(value) {
        return None;
    }
    let shown = |value: &Value| match value.kind() {
        Kind::String(text) => format!("{:?}", text.as_str()),
        Kind::Number(number) => number.to_string(),
        Kind::Bool(value) => value.to_string(),
        _ => String::new(),
    };
    let expected = format!("is one of {}", allowed.iter().map(shown).collect::<Vec<_>>().join(", "));
    let texts = || allowed.iter().filter_map(Value::as_str);
    let Some(text) = value.as_str() else { return Some(Problem::likely(expected)) };
    // The empty text stands for "left out" in many places.
    if text.is_empty() {
        return None;
    }
    if let Some(meant) = texts().find(|allowed| allowed.eq_ignore_ascii_case(text)) {
        return Some(Problem { near: Some(meant.to_owned()), ..Problem::certain(expected) });
    }
    Some(Problem { near: did_you_mean(text, texts()).map(str::to_owned), ..Problem::likely(expected) })
}

/// At least one rule must hold. A mismatch is as certain as the least certain of them.
fn any(rules: &[Rule], value: &Value) -> Option<Problem> {
    let problems = rules.iter().map(|rule| check(rule, value)).collect::<Option<Vec<Problem>>>()?;
    let severity = problems.iter().map(|problem| problem.severity).max()?;
    let expected = problems.iter().map(|problem| problem.expected.as_str()).collect::<Vec<_>>().join(", or ");
    let near = problems.iter().find_map(|problem| problem.near.clone());
    Some(Problem { severity, expected, near })
}

/// Whether a text matches; `None` for a pattern that cannot be read, which no configuration is to blame for.
fn matches(pattern: &Str, text: &str) -> Option<bool> {
    static COMPILED: Mutex<Option<HashMap<Str, Option<Regex>>>> = Mutex::new(None);
    let mut compiled = COMPILED.lock().unwrap_or_else(PoisonError::into_inner);
    let compiled = compiled.get_or_insert_with(HashMap::new);
    let regex = compiled.entry(pattern.clone()).or_insert_with(|| compile(pattern));
    regex.as_ref().map(|regex| regex.is_match(text))
}

pub(super) fn compile(pattern: &str) -> Option<Regex> {
    Regex::new(pattern)
        .inspect_err(|error| tracing::debug!(pattern, %error, "a pattern of the schema facts cannot be read"))
        .ok()
}
