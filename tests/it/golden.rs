//! What we plan and write, against what the real provider was recorded to plan and write: `tests/goldens`.
//!
//! All cases of a type are child modules of one configuration, as they were when they were recorded. Every difference is
//! listed, by case and path; known ones are [`Exception`]s with a reason, and one that no longer differs fails the test
//! as well.

mod edits;
mod state;

use std::path::{Path, PathBuf};

use infra_test_support::emulators::Kind;
use serde_json::Value;

use crate::world::World;

/// A difference that is known: the case (`aws_s3_bucket/no_name`), the path, and why. Either may end in `*`.
type Exception = (&'static str, &'static str, &'static str);

/// A difference that was found.
struct Found {
    /// `aws_s3_bucket/no_name`
    case: String,
    /// `attributes.arn`
    path: String,
    /// Both values.
    text: String,
}

fn directory() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/goldens")
}

/// Which emulator a recording was made with.
fn emulator_of(recorded: &Value) -> Kind {
    match recorded["emulator"].as_str() {
        Some("moto") => Kind::Moto,
        _ => Kind::Ministack,
    }
}

/// A configuration with a child module for each case.
fn with_modules<'c>(cases: impl Iterator<Item = (&'c str, &'c str)> + Clone) -> World {
    let calls = cases.clone().map(|(case, _)| format!("module \"{case}\" {{\n  source = \"./case/{case}\"\n}}\n"));
    let world = World::new(&calls.collect::<Vec<_>>().join("\n")).with_provider_5_100();
    for (case, text) in cases {
        world.write(&format!("case/{case}/main.tf"), text);
    }
    world
}

/// Fails the test if something differs that is no exception, or if an exception is none.
#[track_caller]
fn assert_only(found: &[Found], exceptions: &[Exception]) {
    let matches = |pattern: &str, text: &str| match pattern.strip_suffix('*') {
        Some(start) => text.starts_with(start),
        None => text == pattern,
    };
    let is = |found: &Found, (case, path, _): &Exception| matches(case, &found.case) && matches(path, &found.path);
    let unexpected: Vec<String> = found
        .iter()
        .filter(|found| !exceptions.iter().any(|exception| is(found, exception)))
        .map(|found| format!("{}: {}: {}", found.case, found.path, found.text))
        .collect();
    let unused: Vec<_> =
        exceptions.iter().filter(|exception| !found.iter().any(|found| is(found, exception))).collect();
    assert!(unexpected.is_empty(), "{} differences:\n{}", unexpected.len(), unexpected.join("\n"));
    assert!(unused.is_empty(), "exceptions that are none any more: {unused:?}");
}
