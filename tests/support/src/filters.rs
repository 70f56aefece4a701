//! Named filters that replace what differs from run to run, so that output can be compared as a whole.

use std::path::Path;

use regex::Regex;

/// An ordered list of filters, each with a name.
///
/// ```
/// use infra_test_support::filters::Filters;
///
/// let filters = Filters::standard(std::path::Path::new("/tmp/world"))
///     .with("bucket", "bucket-[0-9]+", "[BUCKET]");
/// assert_eq!(filters.apply("/tmp/world/main.tf: bucket-17"), "[DIR]/main.tf: [BUCKET]");
/// ```
#[derive(Debug, Clone, Default)]
pub struct Filters {
    filters: Vec<Filter>,
}

#[derive(Debug, Clone)]
struct Filter {
    name: String,
    pattern: Regex,
    replacement: String,
}

/// Name, pattern, replacement. Lock ids come before other uuids, which they are. Serials vary because a state
/// that changes while it is being written is written once more, or not, as the disk is slow or fast.
const STANDARD: [(&str, &str, &str); 6] = [
    ("lock id", r"(?m)(\bID:\s+)[0-9a-f]{8}-(?:[0-9a-f]{4}-){3}[0-9a-f]{12}", "${1}[LOCK_ID]"),
    ("lock time", r"(?m)(\bCreated:\s+)\d{4}-\d\d-\d\d[^\n]*", "${1}[TIME]"),
    ("serial", r"\bserial \d+ of lineage\b", "serial [SERIAL] of lineage"),
    ("uuid", r"\b[0-9a-fA-F]{8}-(?:[0-9a-fA-F]{4}-){3}[0-9a-fA-F]{12}\b", "[UUID]"),
    ("port", r"\b(127\.0\.0\.1|localhost):\d{2,5}\b", "${1}:[PORT]"),
    ("elapsed", r"\b(after|in) (?:\d+h)?(?:\d+m)?\d+(?:\.\d+)?\s?(?:µs|ms|s)\b", "${1} [ELAPSED]"),
];

/// Progress lines put the time first.
const ELAPSED_FIRST: (&str, &str, &str) =
    ("elapsed", r"\b(?:\d+h)?(?:\d+m)?\d+(?:\.\d+)?s elapsed\b", "[ELAPSED] elapsed");

impl Filters {
    /// No filters.
    pub fn none() -> Self {
        Self::default()
    }

    /// The filters `directory` (that path becomes `[DIR]`), `lock id`, `lock time`, `serial`, `uuid`,
    /// `port` and `elapsed`.
    pub fn standard(directory: &Path) -> Self {
        let path = regex::escape(&directory.to_string_lossy());
        STANDARD
            .iter()
            .chain([&ELAPSED_FIRST])
            .fold(Self::none().with("directory", &path, "[DIR]"), |filters, (name, pattern, replacement)| {
                filters.with(name, pattern, replacement)
            })
    }

    /// Adds a filter behind the others: a regular expression and what replaces it (`${1}` for groups).
    ///
    /// # Panics
    ///
    /// If the pattern is no regular expression.
    #[must_use]
    #[track_caller]
    #[expect(clippy::panic, reason = "a wrong pattern is a mistake in the test")]
    pub fn with(mut self, name: &str, pattern: &str, replacement: &str) -> Self {
        let pattern = match Regex::new(pattern) {
            Ok(pattern) => pattern,
            Err(error) => panic!("filter `{name}`: {error}"),
        };
        self.filters.push(Filter { name: name.to_owned(), pattern, replacement: replacement.to_owned() });
        self
    }

    /// Leaves out the filters of that name, for tests about exactly that.
    #[must_use]
    pub fn without(mut self, name: &str) -> Self {
        self.filters.retain(|filter| filter.name != name);
        self
    }

    /// The text with every filter applied, in order.
    pub fn apply(&self, text: &str) -> String {
        self.filters.iter().fold(text.to_owned(), |text, filter| {
            filter.pattern.replace_all(&text, filter.replacement.as_str()).into_owned()
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_varies_is_replaced_and_the_rest_is_not() {
        let cases = [
            ("/tmp/w1/main.tf:3", "[DIR]/main.tf:3"),
            ("Creation complete after 1m3s [id=b]", "Creation complete after [ELAPSED] [id=b]"),
            ("Still creating... [00m10s elapsed]", "Still creating... [[ELAPSED] elapsed]"),
            ("done in 12.5 ms", "done in [ELAPSED]"),
            ("3 changes in 2 modules", "3 changes in 2 modules"),
            ("dial http://127.0.0.1:40123/x", "dial http://127.0.0.1:[PORT]/x"),
            (
                "  ID:        6f9619ff-8b86-d011-b42d-00c04fc964ff\n  Created:   2025-01-02 03:04:05.6 +0000 UTC\n",
                "  ID:        [LOCK_ID]\n  Created:   [TIME]\n",
            ),
            ("serial 2 of lineage 6f9619ff-8b86-d011-b42d-00c04fc964ff", "serial [SERIAL] of lineage [UUID]"),
        ];
        let filters = Filters::standard(Path::new("/tmp/w1"));
        for (text, expected) in cases {
            assert_eq!(filters.apply(text), expected);
        }
        let bare = filters.without("elapsed");
        assert_eq!(bare.apply("after 3s"), "after 3s");
    }
}
