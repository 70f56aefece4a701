//! Black-box tests of the `infra` binary: each runs it in a directory of its own, with an environment that holds only
//! what the test put there, against AWS emulators on the loopback interface.
//!
//! One binary, because each further one would link everything again; a topic is a module. [`world`] has what all of
//! them start from, [`account`] looks into an emulator without any of our own code.

#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, reason = "a test fails by panicking")]
#![allow(clippy::print_stderr, reason = "a skipped test must not look like one that passed")]

mod account;
mod bad_input;
mod clients;
mod commands;
mod environments;
mod ephemeral;
mod faults;
mod golden;
mod lifecycle;
mod moto;
mod oracle;
mod world;

use std::fs;
use std::path::{Path, PathBuf};

/// A file that no module list names is never compiled, and its tests pass by not being there.
#[test]
fn every_file_is_listed() {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/it");
    let mut forgotten = Vec::new();
    let mut folders = vec![(root.clone(), root.join("main.rs"))];
    while let Some((folder, list)) = folders.pop() {
        let listed = fs::read_to_string(&list).unwrap();
        for entry in fs::read_dir(&folder).unwrap() {
            let path = entry.unwrap().path();
            let name = path.file_stem().unwrap().to_string_lossy().into_owned();
            let is_listed = listed.lines().any(|line| line == format!("mod {name};"));
            if path.is_dir() {
                folders.push((path.clone(), PathBuf::from(format!("{}.rs", path.display()))));
            } else if path.extension().is_some_and(|extension| extension == "rs") && path != list && !is_listed {
                forgotten.push(path);
            }
        }
    }
    assert_eq!(forgotten, Vec::<PathBuf>::new(), "not listed by any `mod`");
}
