//! Mistakes that the files alone show: the same headlines at the same places as terraform's `validate`.
//!
//! Each text in `rules/` holds cases: a name after `===`, the files, and after `---` what is found in them. There a line
//! that begins with a space is found by both sides, one with `+` by us alone, and one with `-` by terraform alone. So
//! every difference is to be seen where the case stands, and none comes or goes unseen. To ask terraform anew, run
//! with `INFRA_RECORD_GOLDENS=1`.

use std::collections::BTreeSet;
use std::fmt::Write as _;
use std::path::{Path, PathBuf};

use infra_engine::diagnostics::Severity;

use super::terraform;
use crate::lab::Lab;

struct RuleCase {
    name: String,
    files: String,
    found: Vec<String>,
}

fn parse(text: &str) -> Vec<RuleCase> {
    let mut cases: Vec<RuleCase> = Vec::new();
    let mut in_files = true;
    for line in text.lines() {
        if let Some(name) = line.strip_prefix("=== ") {
            cases.push(RuleCase { name: name.to_owned(), files: String::new(), found: Vec::new() });
            in_files = true;
        } else if line == "---" {
            in_files = false;
        } else if let Some(case) = cases.last_mut() {
            if in_files {
                writeln!(case.files, "{line}").unwrap();
            } else {
                case.found.push(line.to_owned());
            }
        }
    }
    cases
}

fn print(cases: &[RuleCase]) -> String {
    let mut text = String::new();
    for RuleCase { name, files, found } in cases {
        write!(text, "=== {name}\n{files}---\n").unwrap();
        found.iter().for_each(|line| writeln!(text, "{line}").unwrap());
    }
    text
}

/// What we find: severity, place and headline of each.
fn ours(case: &RuleCase) -> BTreeSet<String> {
    let (diagnostics, config) = Lab::new().check(&case.files);
    let describe = |diagnostic: &infra_engine::diagnostics::Diagnostic| {
        let severity = if diagnostic.severity == Severity::Error { "error" } else { "warning" };
        let place = crate::lab::place(diagnostic.span, &config);
        super::answers::one_headline(severity, &place, &diagnostic.summary)
    };
    diagnostics.iter().map(describe).collect()
}

fn merge(theirs: &BTreeSet<String>, ours: &BTreeSet<String>) -> Vec<String> {
    let sign = |line: &String| match (theirs.contains(line), ours.contains(line)) {
        (true, true) => ' ',
        (true, false) => '-',
        _ => '+',
    };
    theirs.union(ours).map(|line| format!("{}{line}", sign(line))).collect()
}

#[test]
fn mistakes_are_those_that_terraform_finds() {
    let records = std::env::var_os("INFRA_RECORD_GOLDENS").is_some() && terraform::is_installed();
    let folder = PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("tests/it/oracle/rules");
    let mut paths: Vec<PathBuf> = std::fs::read_dir(&folder).unwrap().map(|entry| entry.unwrap().path()).collect();
    paths.sort();
    let mut differences = String::new();
    for path in paths {
        let before = std::fs::read_to_string(&path).unwrap();
        let mut cases = parse(&before);
        for case in &mut cases {
            let theirs = if records {
                terraform::validate(&case.name, &case.files)
            } else {
                let known = |line: &String| line.strip_prefix([' ', '-']).map(str::to_owned);
                case.found.iter().filter_map(known).collect()
            };
            case.found = merge(&theirs, &ours(case));
        }
        let after = print(&cases);
        if records {
            std::fs::write(&path, &after).unwrap();
        } else if before != after {
            differences.push_str(&difference(&path, &parse(&before), &cases));
        }
    }
    assert!(differences.is_empty(), "{differences}");
}

fn difference(path: &Path, before: &[RuleCase], after: &[RuleCase]) -> String {
    let mut text = String::new();
    for (before, after) in before.iter().zip(after).filter(|(before, after)| before.found != after.found) {
        let (was, is) = (before.found.join("\n  "), after.found.join("\n  "));
        let file = path.file_name().unwrap_or_default().to_string_lossy();
        writeln!(text, "{file}, {}:\n recorded\n  {was}\n now\n  {is}", after.name).unwrap();
    }
    text
}
