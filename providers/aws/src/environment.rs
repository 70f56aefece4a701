//! Environment variables, as given by whoever started the run.
//!
//! This crate never asks the process itself: in a sandbox, variables of the machine must not reach it. Two of the SDK's
//! own credential providers do read the process environment; they are only made when the variables they need are in
//! the given [`Environment`] (see the module `credentials`).

use std::collections::BTreeMap;

use crate::tags::Tags;

/// Environment variables by name. An empty value counts as not set, as in the AWS SDKs.
#[derive(Clone, Default, PartialEq, Eq)]
pub struct Environment(BTreeMap<String, String>);

/// Names only: values may be secrets.
impl std::fmt::Debug for Environment {
    fn fmt(&self, formatter: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        formatter.debug_set().entries(self.0.keys()).finish()
    }
}

impl Environment {
    /// No variable is set.
    pub fn empty() -> Self {
        Self::default()
    }

    /// The value of a variable.
    pub fn get(&self, name: &str) -> Option<&str> {
        self.0.get(name).map(String::as_str).filter(|value| !value.is_empty())
    }

    /// The value of the first of these that is set.
    pub fn first(&self, names: &[&str]) -> Option<&str> {
        names.iter().find_map(|name| self.get(name))
    }

    /// Whether a variable says `true`, in any case; `1` does too.
    pub fn is_true(&self, name: &str) -> bool {
        self.get(name).is_some_and(|value| value.eq_ignore_ascii_case("true") || value == "1")
    }

    /// What follows a prefix in the names of variables, with their values.
    pub fn with_prefix(&self, prefix: &str) -> Tags {
        let named = self.0.iter().filter_map(|(name, value)| Some((name.strip_prefix(prefix)?, value)));
        named.filter(|(rest, _)| !rest.is_empty()).map(|(rest, value)| (rest.to_owned(), value.clone())).collect()
    }

    /// All variables, for the SDK's parser of shared files.
    pub(crate) fn pairs(&self) -> Vec<(&str, &str)> {
        self.0.iter().map(|(name, value)| (name.as_str(), value.as_str())).collect()
    }
}

impl<N: Into<String>, V: Into<String>> FromIterator<(N, V)> for Environment {
    fn from_iter<I: IntoIterator<Item = (N, V)>>(pairs: I) -> Self {
        Self(pairs.into_iter().map(|(name, value)| (name.into(), value.into())).collect())
    }
}
