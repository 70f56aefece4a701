//! A tree drawn with lines, as `modules` and `providers` show it.

use std::fmt;

/// Labels, each with what hangs from it.
#[derive(Debug, Default, PartialEq, Eq)]
pub struct Tree(pub Vec<(String, Tree)>);

impl Tree {
    fn draw(&self, indent: &str, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        for (position, (label, below)) in self.0.iter().enumerate() {
            let is_last = position + 1 == self.0.len();
            let (branch, line) = if is_last { ("└── ", "    ") } else { ("├── ", "│   ") };
            writeln!(formatter, "{indent}{branch}{label}")?;
            below.draw(&format!("{indent}{line}"), formatter)?;
        }
        Ok(())
    }
}

impl fmt::Display for Tree {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.draw("", formatter)
    }
}
