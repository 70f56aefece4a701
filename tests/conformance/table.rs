//! The table in `README.md`: every line of the checklist, and how many cases it has.

use std::collections::BTreeMap;
use std::fs;

use crate::cases;
use crate::comparison::{directory, files};
use crate::expressions::Table;

/// What stands around the table.
const START: &str = "<!-- the table is checked by a test -->\n";

/// How few cases a line may have.
const CASES_MIN: usize = 3;

/// The table as it has to be.
fn table() -> String {
    let mut lines: BTreeMap<String, (String, usize)> = BTreeMap::new();
    for (line, text) in files(&directory(), "txt") {
        let entry = lines.entry(line.clone()).or_default();
        entry.1 += cases::parse(&line, &text).len();
        about(&text).clone_into(&mut entry.0);
    }
    for (line, text) in files(&directory(), "expressions") {
        let entry = lines.entry(line.clone()).or_default();
        entry.1 += Table::parse(&line, &text).lines.len();
        if entry.0.is_empty() {
            about(&text).clone_into(&mut entry.0);
        }
    }
    let few: Vec<&String> = lines.iter().filter(|(_, (_, count))| *count < CASES_MIN).map(|(line, _)| line).collect();
    assert!(few.is_empty(), "lines with fewer than {CASES_MIN} cases: {few:?}");
    let total: usize = lines.values().map(|(_, count)| count).sum();
    let mut table = "| line | what holds | cases |\n|---|---|---|\n".to_owned();
    for (line, (about, count)) in &lines {
        table.push_str(&format!("| `{line}` | {about} | {count} |\n"));
    }
    table.push_str(&format!("| | all together | {total} |\n"));
    table
}

/// What a file of cases says about its line: its first paragraph.
fn about(text: &str) -> String {
    let paragraph = text.trim_start().split("\n\n").next().unwrap_or_default();
    paragraph.lines().collect::<Vec<_>>().join(" ").replace('|', "\\|")
}

#[test]
fn the_readme_lists_every_line() {
    let path = directory().join("README.md");
    let text = fs::read_to_string(&path).unwrap_or_default();
    let (before, listed) = text.split_once(START).unwrap_or((&text, ""));
    let table = table();
    if std::env::var("INFRA_ORACLE").is_ok_and(|mode| mode.starts_with("record")) {
        fs::write(&path, format!("{before}{START}{table}")).unwrap();
    } else {
        assert_eq!(listed, table, "the table is not up to date: run with INFRA_ORACLE=record");
    }
}
