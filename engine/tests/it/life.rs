//! The life of objects: made, changed, replaced, lost, destroyed.

use infra_engine::provider::memory::{Deed, Fault};
use infra_values::Value;
use insta::assert_snapshot;

use crate::lab::Lab;

const PAIR: &str = r#"
    resource "memory_thing" "base" {
      name = "base"
    }

    resource "memory_thing" "top" {
      name  = "top"
      needs = [memory_thing.base.id]
    }

    output "top_needs" {
      value = memory_thing.top.needs
    }
"#;

#[test]
fn objects_are_made_in_order_and_a_second_plan_is_empty() {
    let lab = Lab::new();
    assert_snapshot!(lab.plan(PAIR), @r#"
    Create memory_thing.base
      id: - -> (unknown)
      name: - -> "base"
      owner: - -> (unknown)
      part: - -> []
      rule: - -> []
      size: - -> 1
    Create memory_thing.top
      id: - -> (unknown)
      name: - -> "top"
      needs: - -> (partly unknown)
      owner: - -> (unknown)
      part: - -> []
      rule: - -> []
      size: - -> 1
    output top_needs: - -> (partly unknown)
    "#);
    assert_snapshot!(lab.apply(PAIR), @r#"
    Create base
    Create top
    top_needs = ["thing-1"]
    2 added, 0 changed, 0 destroyed
    "#);
    assert_snapshot!(lab.plan(PAIR), @"no changes");
}

#[test]
fn destroying_goes_the_other_way() {
    let mut lab = Lab::new();
    lab.apply(PAIR);
    assert_snapshot!(lab.destroy(PAIR), @"
    Delete top
    Delete base
    0 added, 0 changed, 2 destroyed
    ");
    assert!(lab.memory.cloud().things().is_empty());
}

#[test]
fn an_edit_updates_and_a_forced_one_replaces() {
    let lab = Lab::new();
    lab.apply(PAIR);
    assert_snapshot!(lab.plan(&PAIR.replace("\"base\"\n    }", "\"base\"\n      size = 7\n    }")), @"
    Update memory_thing.base
      size: 1 -> 7
    ");
    let replaced = PAIR.replace("\"base\"\n    }", "\"base\"\n      kind = \"new\"\n    }");
    assert_snapshot!(lab.plan(&replaced), @r#"
    DeleteThenCreate memory_thing.base (ReplaceBecauseCannotUpdate) main.tf:4
      id: "thing-1" -> (unknown)
      kind: null -> "new"
      owner: "cloud" -> (unknown)
    Update memory_thing.top
      needs: ["thing-1"] -> (partly unknown)
    output top_needs: ["thing-1"] -> (partly unknown)
    "#);
    assert_snapshot!(lab.apply(&replaced), @r#"
    Delete base
    Create base
    Update top
    top_needs = ["thing-3"]
    1 added, 1 changed, 1 destroyed
    "#);
    assert_snapshot!(lab.plan(&replaced), @"no changes");
}

#[test]
fn what_changed_outside_is_seen_and_repaired() {
    let lab = Lab::new();
    lab.apply(PAIR);
    lab.memory.cloud().edit("base", "size", Value::number(9u64));
    lab.memory.cloud().remove("top");
    assert_snapshot!(lab.plan(PAIR), @r#"
    Update memory_thing.base
      size: 9 -> 1
    Create memory_thing.top
      id: - -> (unknown)
      name: - -> "top"
      needs: - -> ["thing-1"]
      owner: - -> (unknown)
      part: - -> []
      rule: - -> []
      size: - -> 1
    drift: memory_thing.base changed outside
    drift: memory_thing.top is gone
    "#);
    assert_snapshot!(lab.apply(PAIR), @r#"
    Update base
    Create top
    top_needs = ["thing-1"]
    1 added, 1 changed, 0 destroyed
    "#);
    assert_snapshot!(lab.plan(PAIR), @"no changes");
}

#[test]
fn a_failure_holds_back_only_what_comes_after_it() {
    let lab = Lab::new();
    let files = format!("{PAIR}\n resource \"memory_thing\" \"other\" {{\n name = \"other\"\n }}\n");
    lab.memory.cloud().inject(Deed::Create, "base", Fault::Refused);
    assert_snapshot!(lab.apply(&files), @r#"
    Create other
    Error memory_thing.base: Call failed: Create of "base" failed on demand: Refused.
    1 added, 0 changed, 0 destroyed
    "#);
    assert_snapshot!(lab.apply(&files), @r#"
    Create base
    Create top
    top_needs = ["thing-2"]
    2 added, 0 changed, 0 destroyed
    "#);
}

#[test]
fn a_half_made_object_is_kept_and_replaced() {
    let lab = Lab::new();
    lab.memory.cloud().inject(Deed::Create, "base", Fault::HalfDone);
    assert_snapshot!(lab.apply(PAIR), @r#"
    Create base
    Error memory_thing.base: Call failed: Create of "base" failed on demand: HalfDone.
    0 added, 0 changed, 0 destroyed
    "#);
    assert_snapshot!(lab.plan(PAIR), @r#"
    DeleteThenCreate memory_thing.base (ReplaceBecauseTainted)
      id: "thing-1" -> (unknown)
      owner: "cloud" -> (unknown)
    Create memory_thing.top
      id: - -> (unknown)
      name: - -> "top"
      needs: - -> (partly unknown)
      owner: - -> (unknown)
      part: - -> []
      rule: - -> []
      size: - -> 1
    output top_needs: - -> (partly unknown)
    "#);
    assert_snapshot!(lab.apply(PAIR), @r#"
    Delete base
    Create base
    Create top
    top_needs = ["thing-2"]
    2 added, 0 changed, 1 destroyed
    "#);
    assert_eq!(lab.memory.cloud().things().len(), 2);
}
