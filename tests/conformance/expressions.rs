//! Cases of one line: an expression, and what it is worth.
//!
//! ```text
//! What the line of the checklist says.
//!
//! variable "secret" {             what the expressions refer to, as in a case
//!   default = "x"
//! }
//! -- hello.txt --
//! hello
//! ===
//! 1 + 1
//! # a remark
//! upper("a")
//! ```
//!
//! Each becomes an output. Many are asked in one run, and again without those that were refused: a tool that reports
//! mistakes gives no values.

use std::collections::BTreeMap;

use infra_test_support::command::TestDirectory;
use serde_json::Value;

use crate::cases::{self, Invocation, Step};
use crate::facts;
use crate::tools::Tool;

/// A file of expressions.
pub struct Table {
    /// The line of the checklist: `expressions/operators`.
    pub line: String,
    /// What the expressions refer to.
    preamble: String,
    /// The expressions.
    pub lines: Vec<String>,
}

impl Table {
    /// Reads it.
    ///
    /// # Panics
    ///
    /// If an expression is there twice, or there is no line `===`.
    pub fn parse(line: &str, text: &str) -> Self {
        let (head, body) = text.split_once("\n===\n").unwrap_or_else(|| panic!("{line}: there is no line ==="));
        let preamble = head.trim().split_once("\n\n").map_or("", |(_, preamble)| preamble).to_owned();
        let mut lines: Vec<String> = Vec::new();
        for expression in body.lines().map(str::trim).filter(|text| !text.is_empty() && !text.starts_with('#')) {
            assert!(!lines.iter().any(|other| other == expression), "{line}: {expression} is there twice");
            lines.push(expression.to_owned());
        }
        Self { line: line.to_owned(), preamble, lines }
    }

    /// Tells its answers from those of the cases of the same line.
    pub fn key(&self) -> String {
        format!("{}.expressions", self.line)
    }

    /// Whether a case of it has that name.
    pub fn has(&self, name: &str) -> bool {
        name.strip_prefix(&*self.line)
            .and_then(|rest| rest.strip_prefix('/'))
            .is_some_and(|name| self.lines.iter().any(|line| line == name))
    }

    /// All that the answer to an expression depends on.
    pub fn text(&self, expression: &str) -> String {
        format!("{}\n===\n{expression}", self.preamble)
    }
}

/// What a tool says to these expressions: `number 2`, `(unknown)`, `error 3 Invalid operand`.
pub fn answers(tool: &Tool, table: &Table, expressions: &[&str]) -> BTreeMap<String, String> {
    let mut said = BTreeMap::new();
    let mut open: Vec<(usize, &str)> = expressions.iter().copied().enumerate().collect();
    while !open.is_empty() {
        let found = ask(tool, table, &open);
        if found.is_empty() {
            // Nothing tells which one it is. Ask about each alone.
            if let [(_, expression)] = open[..] {
                said.insert(expression.to_owned(), "no answer".to_owned());
                break;
            }
            let (left, right) = open.split_at(open.len() / 2);
            for half in [left, right] {
                let half: Vec<&str> = half.iter().map(|(_, expression)| *expression).collect();
                said.extend(answers(tool, table, &half));
            }
            break;
        }
        open.retain(|(index, _)| !found.contains_key(index));
        said.extend(found.into_iter().map(|(index, answer)| (expressions[index].to_owned(), answer)));
    }
    said
}

/// The answers of one run: all values, or all mistakes.
fn ask(tool: &Tool, table: &Table, expressions: &[(usize, &str)]) -> BTreeMap<usize, String> {
    const BEFORE: &str = "  value = ";
    let world = TestDirectory::new();
    for step in cases::sections(&table.preamble) {
        if let Step::Write(path, text) = step {
            world.write(&path, text);
        }
    }
    for (index, expression) in expressions {
        world.write(&format!("e{index}.tf"), format!("output \"e{index}\" {{\n{BEFORE}{expression}\n}}\n"));
    }
    let plan =
        Invocation { command: "plan".to_owned(), arguments: vec!["-out=plan.out".to_owned()], ..Invocation::default() };
    let (output, diagnostics) = tool.run_with_diagnostics(&world, &plan);
    let index_of = |name: &str| name.strip_prefix('e').and_then(|index| index.parse::<usize>().ok());

    let mut found: BTreeMap<usize, String> = BTreeMap::new();
    for diagnostic in &diagnostics {
        if let Some(index) = diagnostic.file.strip_suffix(".tf").and_then(index_of) {
            let column = (diagnostic.column + 1).saturating_sub(BEFORE.len() as u64 + 1);
            let place = if diagnostic.line == 2 { column.to_string() } else { format!("{}:{column}", diagnostic.line) };
            let place = format!("{} {place} ", diagnostic.severity);
            let all = found.entry(index).or_default();
            // As for cases: of several at one place the first counts.
            if !all.contains(&place) {
                all.push_str(if all.is_empty() { "" } else { "; " });
                all.push_str(&format!("{place}{}", diagnostic.summary));
            }
        }
    }
    if !output.is_success() {
        return found;
    }
    let arguments = vec!["-json".to_owned(), "plan.out".to_owned()];
    let show = Invocation { command: "show".to_owned(), arguments, ..Invocation::default() };
    let shown: Value = serde_json::from_str(&tool.run(&world, &show).stdout).unwrap_or_default();
    for (name, answer) in facts::of_outputs(&shown) {
        if let Some(index) = index_of(&name) {
            let warnings = found.remove(&index).map(|warnings| format!(" with {warnings}")).unwrap_or_default();
            found.insert(index, format!("{answer}{warnings}"));
        }
    }
    found
}

#[test]
fn a_table_is_read_with_its_preamble() {
    let table = Table::parse("a/b", "\nAbout.\n\nlocals {\n  x = 1\n}\n\n===\nlocal.x\n\n# no\n 1 + 1 \n");
    assert_eq!(table.lines, ["local.x", "1 + 1"]);
    assert_eq!(table.preamble, "locals {\n  x = 1\n}");
    assert!(table.has("a/b/1 + 1") && !table.has("a/b/1"));
}
