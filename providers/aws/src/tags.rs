//! Tags: merging, ignoring and comparing.
//!
//! What a configuration wants is [`DefaultTags`] merged under the resource's own tags. What a service reports goes
//! through [`IgnoreTags::visible`]; [`TagChanges::between`] says what to do about the difference.

use std::collections::{BTreeMap, BTreeSet};

/// Tags by key, in the order of keys.
pub type Tags = BTreeMap<String, String>;

/// Prefix of tags that only AWS may write; they are never shown and never touched.
const SYSTEM_PREFIX: &str = "aws:";

/// Tags that the provider block gives to everything.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct DefaultTags(pub Tags);

impl DefaultTags {
    /// What an object shall have: the defaults, overridden by its own.
    pub fn merged_with(&self, own: &Tags) -> Tags {
        let mut merged = self.0.clone();
        merged.extend(own.clone());
        merged
    }

    /// The part of `all` that was not brought in by default: all but the defaults themselves, unless `configured`
    /// repeats them.
    pub fn own_part(&self, all: &Tags, configured: &Tags) -> Tags {
        all.iter()
            .filter(|(key, value)| self.0.get(*key) != Some(*value) || configured.contains_key(*key))
            .map(|(key, value)| (key.clone(), value.clone()))
            .collect()
    }
}

/// Tags that the provider block leaves to others.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct IgnoreTags {
    /// Whole keys.
    pub keys: BTreeSet<String>,
    /// Beginnings of keys.
    pub key_prefixes: BTreeSet<String>,
}

impl IgnoreTags {
    /// Whether a tag is nobody's business here: ignored by configuration, or one of AWS itself.
    pub fn ignores(&self, key: &str) -> bool {
        key.starts_with(SYSTEM_PREFIX)
            || self.keys.contains(key)
            || self.key_prefixes.iter().any(|prefix| key.starts_with(prefix.as_str()))
    }

    /// The tags that count.
    pub fn visible(&self, tags: &Tags) -> Tags {
        tags.iter().filter(|(key, _)| !self.ignores(key)).map(|(key, value)| (key.clone(), value.clone())).collect()
    }
}

/// What brings one set of tags to another.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct TagChanges {
    /// To add, or to give another value.
    pub set: Tags,
    /// Keys to remove.
    pub remove: BTreeSet<String>,
    /// All tags there are afterwards, for services that only replace the whole.
    pub after: Tags,
}

impl TagChanges {
    /// What to do so that `before` becomes `after`. Tags that are ignored are left as they are.
    pub fn between(before: &Tags, after: &Tags, ignore: &IgnoreTags) -> Self {
        let set = after
            .iter()
            .filter(|(key, value)| !ignore.ignores(key) && before.get(*key) != Some(*value))
            .map(|(key, value)| (key.clone(), value.clone()))
            .collect();
        let remove = before.keys().filter(|key| !ignore.ignores(key) && !after.contains_key(*key)).cloned().collect();
        Self { set, remove, after: after.clone() }
    }

    /// Whether there is nothing to do.
    pub fn is_empty(&self) -> bool {
        self.set.is_empty() && self.remove.is_empty()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn tags(text: &str) -> Tags {
        text.split_whitespace()
            .map(|pair| pair.split_once('=').unwrap())
            .map(|(key, value)| (key.to_owned(), value.to_owned()))
            .collect()
    }

    fn keys(text: &str) -> BTreeSet<String> {
        text.split_whitespace().map(str::to_owned).collect()
    }

    #[test]
    fn own_tags_win_over_defaults() {
        let defaults = DefaultTags(tags("team=a env=dev"));
        assert_eq!(defaults.merged_with(&tags("env=prod x=1")), tags("team=a env=prod x=1"));
        let cases = [
            // all, configured, own part
            ("team=a env=prod x=1", "env=prod x=1", "env=prod x=1"),
            ("team=a env=dev", "", ""),
            ("team=a env=dev", "team=a", "team=a"),
            ("team=b", "", "team=b"),
        ];
        for (all, configured, own) in cases {
            assert_eq!(defaults.own_part(&tags(all), &tags(configured)), tags(own), "{all}");
        }
    }

    #[test]
    fn changes_leave_ignored_and_system_tags_alone() {
        let ignore = IgnoreTags { keys: keys("owner"), key_prefixes: keys("kubernetes.io/") };
        let before = tags("a=1 b=1 owner=x kubernetes.io/c=y aws:stack=z");
        let after = tags("a=2 c=1 owner=mine");
        assert_eq!(ignore.visible(&before), tags("a=1 b=1"));
        let changes = TagChanges::between(&before, &after, &ignore);
        assert_eq!(changes.set, tags("a=2 c=1"));
        assert_eq!(changes.remove, keys("b"));
        assert_eq!(changes.after, after);
        assert!(TagChanges::between(&before, &before, &ignore).is_empty());
    }
}
