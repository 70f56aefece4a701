//! Round trips with `terraform`, where it is installed: what one tool applied, the other finds nothing to change in,
//! and what both write is the same, attribute by attribute.

use std::path::Path;

use infra_test_support::emulators::{Emulator, Kind};
use infra_test_support::oracle::Oracle;
use infra_test_support::process::Output;
use infra_test_support::{goldens, skip_without_oracle};
use serde_json::Value;

use crate::account::Account;
use crate::world::World;

/// What two runs of the same tool differ in as well.
const OF_THE_RUN: &[&str] = &["lineage", "serial"];

/// What our state is known to leave out, each with the reason. One that no longer differs fails the test.
const LEFT_OUT: &[(&str, &str)] = &[(
    "resources[*].instances[*].dependencies[*]",
    "data sources behind another object are not listed; nothing waits for them",
)];

/// A copy of `oratio/dev` on an emulator of its own, in which `terraform init` has been run: its lock file makes
/// `infra` speak the generation of the provider that is installed.
struct Stack {
    world: World,
    emulator: Emulator,
}

impl Stack {
    fn new(oracle: &Oracle) -> Self {
        let emulator = Emulator::start(Kind::Ministack).unwrap();
        let world = World::of_environment("oratio/dev").at(emulator.endpoint());
        world.use_path_style();
        let stack = Self { world, emulator };
        let _ = stack.terraform(oracle, &["init"]).assert_exit_code(0);
        stack
    }

    fn terraform(&self, oracle: &Oracle, arguments: &[&str]) -> Output {
        oracle.run(&self.world.path(), arguments, Some(self.emulator.endpoint())).unwrap()
    }

    fn account(&self) -> Account {
        Account::at(self.emulator.endpoint())
    }
}

#[test]
fn what_one_applied_the_other_leaves_alone() {
    let oracle = skip_without_oracle!("what_one_applied_the_other_leaves_alone");
    let (ours, theirs) = (Stack::new(&oracle), Stack::new(&oracle));
    assert_lock_file(&ours.world.path());
    let theirs_says = ours.terraform(&oracle, &["plan", "-no-color"]).assert_exit_code(0);
    assert_same_text(&theirs_says, &ours.world.succeed(&["plan"]));
    std::thread::scope(|scope| {
        // Terraform's provider waits a minute for lifecycle rules to settle; meanwhile ours is applied and looked at.
        let applying = scope.spawn(|| theirs.terraform(&oracle, &["apply", "-auto-approve"]).assert_exit_code(0));
        let _ = ours.world.apply();
        let _ = ours.terraform(&oracle, &["plan", "-detailed-exitcode", "-no-color"]).assert_exit_code(0);
        let _ = applying.join().unwrap();
    });
    let states = (theirs.world.state(), ours.world.state());

    let after_its_own_apply = theirs.terraform(&oracle, &["plan", "-detailed-exitcode", "-no-color"]);
    let output = theirs.world.run(&["plan", "-detailed-exitcode"]);
    assert_eq!(
        output.exit_code, after_its_own_apply.exit_code,
        "{output}\nterraform itself says:\n{after_its_own_apply}"
    );

    // Each takes down what the other made.
    std::thread::scope(|scope| {
        let destroying = scope.spawn(|| ours.terraform(&oracle, &["destroy", "-auto-approve"]).assert_exit_code(0));
        let _ = theirs.world.destroy();
        let _ = destroying.join().unwrap();
    });
    ours.account().assert_empty();
    theirs.account().assert_empty();
    assert_same_states(&states.0, &states.1);
}

/// Terraform stores the results of checks in no order.
fn in_order(state: &Value) -> Value {
    let mut state = state.clone();
    if let Some(results) = state["check_results"].as_array_mut() {
        results.sort_by_key(|result| result["config_addr"].to_string());
        for objects in results.iter_mut().filter_map(|result| result["objects"].as_array_mut()) {
            objects.sort_by_key(|object| object["object_addr"].to_string());
        }
    }
    state
}

/// Fails the test if the states differ in anything but what is left out, or no longer in that.
#[track_caller]
fn assert_same_states(theirs: &Value, ours: &Value) {
    let (theirs, ours) = (&in_order(theirs), &in_order(ours));
    let ignoring = |patterns: &[&str]| goldens::compare(theirs, ours, &[OF_THE_RUN, patterns].concat());
    let patterns: Vec<&str> = LEFT_OUT.iter().map(|(pattern, _)| *pattern).collect();
    let differences = ignoring(&patterns);
    assert!(differences.is_empty(), "the states differ (recorded: terraform's):\n{}", goldens::describe(&differences));
    for (index, (pattern, _)) in LEFT_OUT.iter().enumerate() {
        let others = [&patterns[..index], &patterns[index + 1..]].concat();
        assert!(!ignoring(&others).is_empty(), "{pattern} is left out no longer");
    }
}

/// Compares what two plans say of the objects and outputs they change, line by line.
#[track_caller]
pub fn assert_same_text(theirs: &Output, ours: &Output) {
    let (theirs, ours) = (changes(&theirs.stdout), changes(&ours.stdout));
    let differing = theirs.iter().zip(&ours).position(|(theirs, ours)| !says_the_same(theirs, ours));
    if differing.is_none() && theirs.len() == ours.len() {
        return;
    }
    let first = differing.unwrap_or_else(|| theirs.len().min(ours.len()));
    let around = |lines: &[&str]| lines[first.saturating_sub(6)..lines.len().min(first + 6)].join("\n");
    panic!("terraform says:\n{}\n\nwe say:\n{}", around(&theirs), around(&ours));
}

/// Whether two lines are the same, or ours withholds what terraform shows: copies of secrets.
fn says_the_same(theirs: &str, ours: &str) -> bool {
    let name = |line: &str| line.split(" = ").next().map(str::to_owned);
    theirs == ours || (ours.contains("(sensitive value)") && name(theirs) == name(ours))
}

/// The lines about objects and outputs, without what we say beyond: which line forces a replacement, and that a whole
/// collection does.
fn changes(text: &str) -> Vec<&str> {
    let lines = text.lines().skip_while(|line| !line.starts_with("  # "));
    let lines = lines.take_while(|line| !line.starts_with('─'));
    let lines = lines.filter(|line| !line.ends_with(" forces it)"));
    let mut lines: Vec<&str> = lines
        .map(|line| match line.strip_suffix(" # forces replacement") {
            Some(opening) if opening.ends_with(['[', '{']) => opening,
            _ => line,
        })
        .collect();
    while lines.last().is_some_and(|line| line.is_empty()) {
        lines.pop();
    }
    lines
}

/// The comparison means something only if both speak the same generation of the provider.
fn assert_lock_file(directory: &Path) {
    let text = std::fs::read_to_string(directory.join(".terraform.lock.hcl")).unwrap();
    assert!(text.contains("version     = \"5.") || text.contains("version = \"5."), "{text}");
}
