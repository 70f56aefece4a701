//! Recorded answers: for each file of cases one text in `answers/`, with the facts of every command.
//!
//! ```text
//! === name_of_a_case 9f3a6c01
//! $ plan
//! exit 0
//! create terraform_data.a {"id":"(unknown)","input":1,"output":"(unknown)","triggers_replace":null}
//! ```
//!
//! The number is the hash of the case when it was recorded: an answer to another question is noticed.

use std::collections::BTreeMap;
use std::fs;
use std::path::Path;

use infra_test_support::hash::fnv1a;

/// The answers of one file, by name of the case.
#[derive(Debug, Default)]
pub struct Answers(BTreeMap<String, Answer>);

#[derive(Debug)]
struct Answer {
    hash: String,
    text: String,
}

impl Answers {
    /// Reads them; none if there is no such file yet.
    pub fn read(path: &Path) -> Self {
        let text = format!("\n{}", fs::read_to_string(path).unwrap_or_default());
        let answer = |part: &str| {
            let (head, text) = part.split_once('\n').unwrap_or((part, ""));
            let (name, hash) = head.rsplit_once(' ').unwrap_or((head, ""));
            let text = format!("{}\n", text.trim_end());
            (name.to_owned(), Answer { hash: hash.to_owned(), text })
        };
        Self(text.split("\n=== ").skip(1).map(answer).collect())
    }

    /// What was recorded for a case with that text; `None` if nothing was, or for another text.
    pub fn to_case(&self, name: &str, text: &str) -> Option<&str> {
        let answer = self.0.get(name)?;
        (answer.hash == hash(text)).then_some(&*answer.text)
    }

    /// Notes an answer.
    pub fn record(&mut self, name: &str, text: &str, answer: String) {
        self.0.insert(name.to_owned(), Answer { hash: hash(text), text: answer });
    }

    /// Writes those of the cases that there are, in their order.
    pub fn write<'a>(&self, path: &Path, names: impl Iterator<Item = &'a str>) {
        fs::create_dir_all(path.parent().unwrap()).unwrap();
        let part = |name: &str| {
            self.0.get(name).map(|answer| format!("=== {name} {}\n{}\n", answer.hash, answer.text)).unwrap_or_default()
        };
        let text: String = names.map(part).collect();
        fs::write(path, format!("{}\n", text.trim_end())).unwrap();
    }
}

fn hash(text: &str) -> String {
    // Where the case ends in its file makes no difference.
    format!("{:016x}", fnv1a(text.trim_end().bytes()))[..8].to_owned()
}
