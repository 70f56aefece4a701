//! Cases that are known to differ. Both lists only shrink by themselves: a case that agrees fails the test until its
//! line is gone.
//!
//! ```text
//! # a remark
//! expressions/operators/1 / 0: no attribute can hold infinity
//! ```

use std::collections::BTreeMap;
use std::fs;
use std::path::Path;

/// How many cases about the language may differ on purpose, and how many about what is done with it.
const DIFFERENCES_MAX: usize = 25;
/// Sections of the latter.
const SECTIONS_OF_WORK: &[&str] = &["planning/", "commands/"];

/// Cases that may, and must, differ.
pub struct Lists {
    /// On purpose; each is in `docs/differences.md` as well.
    pub differences: BTreeMap<String, String>,
    /// For now: what is missing.
    pub not_yet: BTreeMap<String, String>,
}

impl Lists {
    /// Reads both from a directory.
    pub fn read(directory: &Path) -> Self {
        let differences = entries(&fs::read_to_string(directory.join("differences.txt")).unwrap_or_default());
        let is_work = |name: &&String| SECTIONS_OF_WORK.iter().any(|section| name.starts_with(section));
        let of_work = differences.keys().filter(is_work).count();
        for count in [of_work, differences.len() - of_work] {
            assert!(count <= DIFFERENCES_MAX, "more than {DIFFERENCES_MAX} differences on purpose");
        }
        let not_yet = entries(&fs::read_to_string(directory.join("not_yet.txt")).unwrap_or_default());
        Self { differences, not_yet }
    }

    /// Why a case differs, if it is known to.
    pub fn reason(&self, case: &str) -> Option<&str> {
        self.differences.get(case).or_else(|| self.not_yet.get(case)).map(String::as_str)
    }

    /// Names in the lists that are no case's.
    pub fn unknown(&self, is_case: impl Fn(&str) -> bool) -> Vec<String> {
        self.differences.keys().chain(self.not_yet.keys()).filter(|name| !is_case(name)).cloned().collect()
    }
}

fn entries(text: &str) -> BTreeMap<String, String> {
    let lines = text.lines().map(str::trim).filter(|line| !line.is_empty() && !line.starts_with('#'));
    lines
        .map(|line| {
            let (name, reason) = line.rsplit_once(": ").unwrap_or_else(|| panic!("{line}: there is no reason"));
            (name.trim().to_owned(), reason.trim().to_owned())
        })
        .collect()
}
