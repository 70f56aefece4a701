//! Does `infra` give the answers that Terraform 1.11 gives? Every line of the language's checklist has its cases here,
//! and every case the recorded answer of the real `terraform`.
//!
//! | file | holds |
//! |---|---|
//! | `cases/SECTION/LINE.txt` | cases: files and commands, see [`cases`] |
//! | `cases/SECTION/LINE.expressions` | cases of one line each, see [`expressions`] |
//! | `answers/…` | what terraform said, see [`answers`] and [`facts`] |
//! | `differences.txt` | cases in which we differ on purpose, see [`lists`] |
//! | `not_yet.txt` | cases that fail for want of something that is to come |
//! | `README.md` | how many cases each line has, checked by [`table`] |
//!
//! A run compares with what was recorded, in seconds. Environment variables change that:
//!
//! | variable | value | effect |
//! |---|---|---|
//! | `INFRA_ORACLE` | `record` | asks terraform about the cases that are new or changed, and writes the answers |
//! | | `record-all` | asks about all of them again |
//! | | `live` | compares recorded answers and ours with what terraform says now |
//! | `INFRA_CASES` | words | takes only cases whose name contains one of them |
//! | `INFRA_CASES_DIRECTORY` | a directory | takes cases, answers and lists from there |
//! | `INFRA_CASES_FAILED` | a file | writes the names of the cases that failed there |

#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, reason = "a test fails by panicking")]
#![allow(clippy::print_stderr, reason = "what was compared must be seen")]
#![allow(clippy::disallowed_methods, reason = "only the program itself must not read its environment everywhere")]

mod answers;
mod cases;
mod comparison;
mod expressions;
mod facts;
mod leniency;
mod lists;
mod table;
mod tools;

#[test]
fn our_answers_are_those_of_terraform() {
    comparison::compare_all();
}
