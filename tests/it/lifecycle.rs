//! The lifecycle that every resource type goes through, on both emulators: created, settled, each update, each
//! replacement, changed and deleted behind our back and repaired, destroyed.
//!
//! A type is one [`Subject`] in [`types`]; this file is what happens to it. A registered type without one fails a test.

mod types;

use std::collections::BTreeMap;
use std::thread;

use infra_test_support::emulators::{Emulator, Kind};

use crate::account::Account;
use crate::moto;
use crate::world::{World, errors};

/// A resource type as the suite needs to know it. The object is always `TYPE.this`; the word `NAME` in texts is
/// replaced by a name that is free on the emulator.
struct Subject {
    /// `aws_s3_bucket`
    kind: &'static str,
    /// What the object needs around it; may be empty.
    scenery: &'static str,
    /// The object with the least that can be written.
    minimal: &'static str,
    /// The object with as much as fits together.
    full: &'static str,
    /// Changes of `full`, one after the other.
    edits: &'static [Edit],
    /// Changes the full, edited object without us.
    drift: fn(&Account, &str),
    /// Deletes the object without us.
    delete: fn(&Account, &str),
    /// What is made again after that.
    made_again: &'static [&'static str],
    /// Whether the object is there.
    exists: fn(&Account, &str) -> bool,
    /// Emulators that cannot do it, each with the reason.
    not_on: &'static [(Kind, &'static str)],
}

/// A change of the configuration and what it comes to.
struct Edit {
    from: &'static str,
    to: &'static str,
    /// The actions planned; `None` for nothing at all.
    expected: Option<&'static str>,
    /// Emulators that cannot do it, each with the reason.
    not_on: &'static [(Kind, &'static str)],
}

/// An edit that changes the object where it is.
const fn update(from: &'static str, to: &'static str) -> Edit {
    Edit { from, to, expected: Some("update"), not_on: &[] }
}

/// An edit that needs another object.
const fn replace(from: &'static str, to: &'static str) -> Edit {
    Edit { from, to, expected: Some("delete+create"), not_on: &[] }
}

/// An edit that means the same.
const fn nothing(from: &'static str, to: &'static str) -> Edit {
    Edit { from, to, expected: None, not_on: &[] }
}

impl Edit {
    const fn not_on(mut self, emulators: &'static [(Kind, &'static str)]) -> Self {
        self.not_on = emulators;
        self
    }
}

fn world(subject: &Subject, object: &str, name: &str, endpoint: &str) -> World {
    let text = format!("{}\n{object}", subject.scenery).replace("NAME", name);
    World::new(&text).at(endpoint)
}

/// Runs the whole suite for one type on one emulator.
fn run(subject: &Subject, kind: Kind, endpoint: &str) {
    let what = format!("{} on {}", subject.kind, kind.name());
    let account = Account::at(endpoint);
    let base = subject.kind.trim_start_matches("aws_").replace('_', "-").replace("server-side-encryption", "sse");

    let name = format!("{base}-minimal");
    let minimal = world(subject, subject.minimal, &name, endpoint);
    let _ = minimal.apply();
    assert!((subject.exists)(&account, &name), "{what}: not made");
    settled(&minimal, &format!("{what}: the minimal form"));
    let _ = minimal.destroy();
    assert!(!(subject.exists)(&account, &name), "{what}: not destroyed");

    let name = format!("{base}-full");
    let full = world(subject, subject.full, &name, endpoint);
    let _ = full.apply();
    settled(&full, &format!("{what}: the full form"));
    for edit in subject.edits {
        if edit.not_on.iter().all(|(unable, _)| *unable != kind) {
            make(subject, &full, edit, &name, &what);
        }
    }

    (subject.drift)(&account, &name);
    expect(&full, &[(&this(subject), "update")], &format!("{what}: drift"));
    settled(&full, &format!("{what}: repaired drift"));

    (subject.delete)(&account, &name);
    let again: Vec<(&str, &str)> = subject.made_again.iter().map(|address| (*address, "create")).collect();
    expect(&full, &again, &format!("{what}: deleted by somebody else"));
    settled(&full, &format!("{what}: made again"));

    let _ = full.destroy();
    assert!(!(subject.exists)(&account, &name), "{what}: not destroyed");
    assert_eq!(full.managed(), BTreeMap::new(), "{what}: left in the state");
}

fn make(subject: &Subject, world: &World, edit: &Edit, name: &str, what: &str) {
    let what = format!("{what}: {} → {}", edit.from, edit.to);
    world.edit("main.tf", &edit.from.replace("NAME", name), &edit.to.replace("NAME", name));
    if let Some(actions) = edit.expected {
        expect(world, &[(&this(subject), actions)], &what);
    }
    settled(world, &what);
}

fn this(subject: &Subject) -> String {
    format!("{}.this", subject.kind)
}

/// Plans, compares with what should happen, and lets it happen.
fn expect(world: &World, changes: &[(&str, &str)], what: &str) {
    let expected: BTreeMap<String, String> =
        changes.iter().map(|(address, actions)| ((*address).to_owned(), (*actions).to_owned())).collect();
    assert_eq!(world.planned(&[]), expected, "{what}");
    let applied = world.run(&["apply", "test.plan"]);
    assert!(applied.is_success(), "{what}:\n{}", errors(&applied));
}

fn settled(world: &World, what: &str) {
    let output = world.run(&["plan", "-detailed-exitcode"]);
    assert_eq!(output.exit_code, Some(0), "{what} does not settle:\n{output}");
}

/// All types on one emulator, each in a thread of its own: what fails names itself, and hides no other.
fn run_all(kind: Kind) {
    let emulator = Emulator::shared(kind).unwrap();
    let proxy = moto::proxy_for(emulator);
    let endpoint = moto::endpoint_of(emulator, proxy.as_ref());
    let failures: Vec<String> = thread::scope(|scope| {
        let able = types::SUBJECTS.iter().filter(|subject| {
            let reason = subject.not_on.iter().find(|(unable, _)| *unable == kind);
            if let Some((_, reason)) = reason {
                eprintln!("skipped: {} on {}: {reason}", subject.kind, kind.name());
            }
            reason.is_none()
        });
        let running: Vec<_> = able.map(|subject| (subject, scope.spawn(|| run(subject, kind, &endpoint)))).collect();
        let joined = running.into_iter().filter_map(|(subject, thread)| {
            let failure = thread.join().err()?;
            let text = failure.downcast_ref::<String>().cloned();
            Some(format!("{}: {}", subject.kind, text.unwrap_or_else(|| "see above".to_owned())))
        });
        joined.collect()
    });
    assert!(failures.is_empty(), "{}", failures.join("\n\n"));
}

#[test]
fn every_type_lives_on_ministack() {
    run_all(Kind::Ministack);
}

#[test]
fn every_type_lives_on_moto() {
    run_all(Kind::Moto);
}

#[test]
fn every_registered_type_has_a_subject() {
    let mut registered = Vec::new();
    for service in
        [infra_dynamodb::types(), infra_iam::types(), infra_meta::types(), infra_s3::types(), infra_sts::types()]
    {
        registered.extend(service.resource_names());
    }
    registered.sort_unstable();
    let subjects: Vec<&str> = types::SUBJECTS.iter().map(|subject| subject.kind).collect();
    assert_eq!(subjects, registered, "the subjects are the registered types, in the order of their names");
}
