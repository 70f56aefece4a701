//! Carrying out: how much at once, in which order, and what happens when something fails.

use std::time::Duration;

use infra_engine::plan::Mode;
use infra_engine::provider::memory::{Deed, Fault};
use infra_state::store::CallKind;
use insta::assert_snapshot;

use crate::lab::Lab;

/// A resource of each way to change, when applied with `one` and then with `two`.
fn mixed(kind: &str) -> String {
    let two = kind == "two";
    let size = if two { 2 } else { 1 };
    let gone = if two {
        ""
    } else {
        "resource \"memory_thing\" \"gone\" {\n name = \"gone\"\n needs = [memory_thing.changed.id]\n}"
    };
    let new = if two {
        "resource \"memory_thing\" \"new\" {\n name = \"new\"\n needs = [memory_thing.replaced.id]\n}"
    } else {
        ""
    };
    format!(
        r#"
        resource "memory_thing" "changed" {{
          name = "changed"
          size = {size}
        }}
        resource "memory_thing" "replaced" {{
          name  = "replaced"
          kind  = "{kind}"
          needs = [memory_thing.changed.id]
        }}
        resource "memory_thing" "swapped" {{
          name = "swapped"
          kind = "{kind}"
          lifecycle {{
            create_before_destroy = true
          }}
        }}
        resource "memory_thing" "user" {{
          name  = "user"
          needs = [memory_thing.replaced.id, memory_thing.swapped.id]
        }}
        {gone}
        {new}
        "#
    )
}

#[test]
fn at_most_so_many_changes_are_made_at_once() {
    let mut lab = Lab::new();
    let files = "resource \"memory_thing\" \"a\" {\n  count = 30\n  name  = \"a${count.index}\"\n}\n";
    lab.memory.cloud().set_latency(Duration::from_millis(5));
    lab.parallelism = 4;
    lab.apply(files);
    assert_eq!(lab.memory.cloud().most_running(), 4);
    lab.plan(files);
    assert_eq!(lab.memory.cloud().most_running(), 4, "reading counts too");
    lab.parallelism = 1;
    lab.destroy(files);
    assert_eq!(lab.memory.cloud().most_running(), 1);
}

#[test]
fn what_has_the_longest_way_behind_it_comes_first() {
    let mut lab = Lab::new();
    lab.parallelism = 1;
    assert_snapshot!(lab.apply(r#"
        resource "memory_thing" "alone" {
          count = 2
          name  = "alone${count.index}"
        }
        resource "memory_thing" "y" {
          name = "y"
        }
        resource "memory_thing" "y2" {
          name  = "y2"
          needs = [memory_thing.y.id]
        }
        resource "memory_thing" "z" {
          name = "z"
        }
        resource "memory_thing" "z2" {
          name  = "z2"
          needs = [memory_thing.z.id]
        }
        resource "memory_thing" "z3" {
          name  = "z3"
          needs = [memory_thing.z2.id]
        }
    "#), @"
    Create z
    Create y
    Create z2
    Create alone0
    Create alone1
    Create y2
    Create z3
    7 added, 0 changed, 0 destroyed
    ");
}

#[test]
fn steps_have_the_order_that_objects_need() {
    let lab = Lab::new();
    lab.apply(&mixed("one"));
    assert_snapshot!(lab.steps(&mixed("two")), @"
    delete memory_thing.gone
    delete memory_thing.replaced
    update memory_thing.changed after delete memory_thing.gone, delete memory_thing.replaced
    create memory_thing.replaced after delete memory_thing.replaced, update memory_thing.changed
    create memory_thing.new after create memory_thing.replaced
    create new memory_thing.swapped
    update memory_thing.user after create memory_thing.replaced, create new memory_thing.swapped
    delete old memory_thing.swapped after create new memory_thing.swapped, update memory_thing.user
    ");
    assert_snapshot!(lab.apply(&mixed("two")), @"
    Delete gone
    Delete replaced
    Create swapped
    Update changed
    Create replaced
    Update user
    Create new
    Delete swapped
    3 added, 2 changed, 3 destroyed
    ");
    assert_snapshot!(lab.plan(&mixed("two")), @"no changes");
}

/// After a run in which something went wrong: nothing in the cloud is unknown to the state, another run brings
/// everything in order, and a third one has nothing to do.
fn recovers(mut lab: Lab, files: &str, what: &str) {
    for id in lab.memory.cloud().things().keys() {
        assert!(lab.state_ids().contains(id), "{what}: {id} is lost\n{}", lab.state());
    }
    let second = lab.apply(files);
    assert!(!second.contains("Error"), "{what}: {second}");
    assert_eq!(lab.plan(files), "no changes\n", "{what}");
    let in_cloud: Vec<String> = lab.memory.cloud().things().keys().cloned().collect();
    assert_eq!(lab.state_ids(), in_cloud, "{what}");
    lab.options.mode = Mode::Destroy;
    lab.apply(files);
    assert!(lab.memory.cloud().things().is_empty(), "{what}");
}

#[test]
fn each_call_may_fail_once() {
    let lab = Lab::new();
    lab.apply(&mixed("one"));
    lab.apply(&mixed("two"));
    let calls: Vec<(Deed, String)> =
        lab.memory.cloud().log().iter().filter(|(deed, _)| *deed != Deed::Read).cloned().collect();
    assert_eq!(calls.len(), 8, "{calls:?}");
    for (deed, name) in calls {
        for fault in [Fault::Refused, Fault::HalfDone, Fault::AnswerLost] {
            // What to do about a creation whose answer is lost is for the next run to find out, not for this one.
            if (deed, fault) == (Deed::Create, Fault::AnswerLost) {
                continue;
            }
            let lab = Lab::new();
            lab.apply(&mixed("one"));
            lab.memory.cloud().inject(deed, &name, fault);
            let printed = lab.apply(&mixed("two"));
            assert!(printed.contains("failed on demand"), "{printed}");
            recovers(lab, &mixed("two"), &format!("{deed:?} {name} {fault:?}"));
        }
    }
}

#[test]
fn each_record_may_fail_once() {
    for kind in [CallKind::Intent, CallKind::Identity, CallKind::Outcome] {
        for nth in 1.. {
            let lab = Lab::new();
            lab.apply(&mixed("one"));
            let before = lab.store.calls().iter().filter(|(call, _)| *call == kind).count();
            lab.store.fail(kind, before + nth);
            let printed = lab.apply(&mixed("two"));
            if lab.store.calls().iter().filter(|(call, _)| *call == kind).count() < before + nth {
                assert!(nth > 2, "there is something to record");
                break;
            }
            assert!(printed.contains("State could not be recorded"), "{printed}");
            recovers(lab, &mixed("two"), &format!("{kind:?} {nth}"));
        }
    }
}

#[test]
fn nothing_new_starts_after_a_wish_to_stop() {
    let lab = Lab::new();
    lab.interruption.request_stop();
    assert_snapshot!(lab.apply(&mixed("one")), @"
    Error -: Interrupted: The run was interrupted. What was running was finished and recorded; what is left is planned again by the next run.
    0 added, 0 changed, 0 destroyed
    ");
    assert!(lab.memory.cloud().things().is_empty());
}

#[test]
fn an_object_that_is_reported_and_then_fails_is_kept() {
    let lab = Lab::new();
    lab.memory.cloud().inject(Deed::Create, "changed", Fault::FailsAfterIdentity);
    assert_snapshot!(lab.apply(&mixed("one")), @r#"
    Create changed
    Create swapped
    Error memory_thing.changed: Call failed: Create of "changed" failed on demand: FailsAfterIdentity.
    1 added, 0 changed, 0 destroyed
    "#);
    recovers(lab, &mixed("one"), "reported");
}
