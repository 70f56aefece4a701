//! What `lifecycle` blocks ask for.

use infra_engine::provider::memory::{Deed, Fault};
use infra_values::Value;
use insta::assert_snapshot;

use crate::lab::Lab;

fn chain(kind: &str) -> String {
    format!(
        r#"
        resource "memory_thing" "base" {{
          name = "base"
          kind = "{kind}"
        }}
        resource "memory_thing" "middle" {{
          name = "middle"
          kind = memory_thing.base.id
        }}
        resource "memory_thing" "top" {{
          name  = "top"
          kind  = "{kind}"
          needs = [memory_thing.middle.id]
          lifecycle {{
            create_before_destroy = true
          }}
        }}
        resource "memory_thing" "aside" {{
          name = "aside"
          kind = "{kind}"
        }}
        "#
    )
}

#[test]
fn the_new_object_comes_first_and_so_for_all_it_needs() {
    let lab = Lab::new();
    lab.apply(&chain("one"));
    assert_snapshot!(lab.steps(&chain("two")), @"
    delete memory_thing.aside
    create memory_thing.aside after delete memory_thing.aside
    create new memory_thing.base
    create new memory_thing.middle after create new memory_thing.base
    create new memory_thing.top after create new memory_thing.middle
    delete old memory_thing.top after create new memory_thing.top
    delete old memory_thing.middle after create new memory_thing.middle, create new memory_thing.top, delete old memory_thing.top
    delete old memory_thing.base after create new memory_thing.base, create new memory_thing.middle, delete old memory_thing.middle
    ");
    assert_snapshot!(lab.apply(&chain("two")), @"
    Create base
    Delete aside
    Create middle
    Create aside
    Create top
    Delete top
    Delete middle
    Delete base
    4 added, 0 changed, 4 destroyed
    ");
    assert_snapshot!(lab.state(), @"
    memory_thing.aside
    memory_thing.base create_before_destroy
    memory_thing.middle create_before_destroy needs memory_thing.base
    memory_thing.top create_before_destroy needs memory_thing.middle
    ");
    assert_snapshot!(lab.plan(&chain("two")), @"no changes");
}

#[test]
fn a_new_object_that_is_not_made_leaves_the_old_one_in_place() {
    let lab = Lab::new();
    lab.apply(&chain("one"));
    lab.memory.cloud().inject(Deed::Create, "base", Fault::Refused);
    assert_snapshot!(lab.apply(&chain("two")), @r#"
    Delete aside
    Create aside
    Error memory_thing.base: Call failed: Create of "base" failed on demand: Refused.
    1 added, 0 changed, 1 destroyed
    "#);
    assert_snapshot!(lab.state(), @"
    memory_thing.aside
    memory_thing.base create_before_destroy
    memory_thing.middle create_before_destroy needs memory_thing.base
    memory_thing.top create_before_destroy needs memory_thing.middle
    ");
    assert_snapshot!(lab.apply(&chain("two")), @"
    Create base
    Create middle
    Create top
    Delete top
    Delete middle
    Delete base
    3 added, 0 changed, 3 destroyed
    ");
}

#[test]
fn an_old_object_that_is_not_destroyed_is_destroyed_next_time() {
    let lab = Lab::new();
    lab.apply(&chain("one"));
    lab.memory.cloud().inject(Deed::Delete, "base", Fault::Refused);
    assert_snapshot!(lab.apply(&chain("two")), @r#"
    Create base
    Delete aside
    Create middle
    Create aside
    Create top
    Delete top
    Delete middle
    Error memory_thing.base: Call failed: Delete of "base" failed on demand: Refused.
    4 added, 0 changed, 3 destroyed
    "#);
    assert_snapshot!(lab.state(), @"
    memory_thing.aside
    memory_thing.base create_before_destroy
    memory_thing.base deposed create_before_destroy
    memory_thing.middle create_before_destroy needs memory_thing.base
    memory_thing.top create_before_destroy needs memory_thing.middle
    ");
    assert_snapshot!(lab.plan(&chain("two")), @"Delete memory_thing.base deposed");
    assert_snapshot!(lab.apply(&chain("two")), @"
    Delete base
    0 added, 0 changed, 1 destroyed
    ");
    assert_snapshot!(lab.plan(&chain("two")), @"no changes");
}

#[test]
fn a_half_made_new_object_is_kept_beside_the_old_one() {
    let lab = Lab::new();
    lab.apply(&chain("one"));
    lab.memory.cloud().inject(Deed::Create, "base", Fault::HalfDone);
    lab.apply(&chain("two"));
    assert_snapshot!(lab.plan(&chain("two")), @r#"
    CreateThenDelete memory_thing.base (ReplaceBecauseTainted)
      id: "thing-5" -> (unknown)
      owner: "cloud" -> (unknown)
    Delete memory_thing.base deposed
    CreateThenDelete memory_thing.middle (ReplaceBecauseCannotUpdate) main.tf:8
      id: "thing-3" -> (unknown)
      kind: "thing-1" -> (unknown)
      owner: "cloud" -> (unknown)
    CreateThenDelete memory_thing.top (ReplaceBecauseCannotUpdate) main.tf:12
      id: "thing-4" -> (unknown)
      kind: "one" -> "two"
      needs: ["thing-3"] -> (partly unknown)
      owner: "cloud" -> (unknown)
    "#);
    lab.apply(&chain("two"));
    assert_snapshot!(lab.plan(&chain("two")), @"no changes");
    assert_eq!(lab.memory.cloud().things().len(), 4);
}

#[test]
fn what_must_not_be_destroyed_is_not() {
    let mut lab = Lab::new();
    let files = |kind: &str, protected: bool| {
        format!(
            r#"
            resource "memory_thing" "a" {{
              count = 2
              name  = "a${{count.index}}"
              kind  = "{kind}"
              lifecycle {{
                prevent_destroy = {protected}
              }}
            }}
            "#
        )
    };
    lab.apply(&files("one", true));
    assert_snapshot!(lab.plan(&files("two", true)), @"
    Error main.tf:2:13: Instance cannot be destroyed
      Resource memory_thing.a[0] has lifecycle.prevent_destroy set, but the plan calls for this resource to be destroyed. To avoid this error and continue with the plan, either disable lifecycle.prevent_destroy or reduce the scope of the plan using the -target option.
    Error main.tf:2:13: Instance cannot be destroyed
      Resource memory_thing.a[1] has lifecycle.prevent_destroy set, but the plan calls for this resource to be destroyed. To avoid this error and continue with the plan, either disable lifecycle.prevent_destroy or reduce the scope of the plan using the -target option.
    ");
    assert_snapshot!(lab.plan(&files("one", true).replace("count = 2", "count = 1")), @"
    Error main.tf:2:13: Instance cannot be destroyed
      Resource memory_thing.a[1] has lifecycle.prevent_destroy set, but the plan calls for this resource to be destroyed. To avoid this error and continue with the plan, either disable lifecycle.prevent_destroy or reduce the scope of the plan using the -target option.
    ");
    assert_snapshot!(lab.destroy(&files("one", true)), @"
    Error main.tf:2:13: Instance cannot be destroyed
      Resource memory_thing.a[0] has lifecycle.prevent_destroy set, but the plan calls for this resource to be destroyed. To avoid this error and continue with the plan, either disable lifecycle.prevent_destroy or reduce the scope of the plan using the -target option.
    Error main.tf:2:13: Instance cannot be destroyed
      Resource memory_thing.a[1] has lifecycle.prevent_destroy set, but the plan calls for this resource to be destroyed. To avoid this error and continue with the plan, either disable lifecycle.prevent_destroy or reduce the scope of the plan using the -target option.
    ");
    // Without the block there is nothing left to protect it.
    assert_snapshot!(lab.plan("locals {}"), @"
    Delete memory_thing.a[0] (DeleteBecauseNoResourceConfig)
    Delete memory_thing.a[1] (DeleteBecauseNoResourceConfig)
    ");
    assert_snapshot!(lab.destroy(&files("one", false)), @"
    Delete a0
    Delete a1
    0 added, 0 changed, 2 destroyed
    ");
}

#[test]
fn ignored_changes_are_not_made() {
    let lab = Lab::new();
    let files = |ignored: &str, size: u32, label: &str, kind: &str| {
        format!(
            r#"
            resource "memory_thing" "a" {{
              name   = "a"
              size   = {size}
              kind   = "{kind}"
              labels = {{ stays = "s", moves = "{label}" }}
              lifecycle {{
                ignore_changes = {ignored}
              }}
            }}
            "#
        )
    };
    // Nothing is ignored when it is made.
    assert_snapshot!(lab.apply(&files("all", 3, "one", "k")), @"
    Create a
    1 added, 0 changed, 0 destroyed
    ");
    assert_snapshot!(lab.plan(&files("all", 4, "two", "l")), @"no changes");
    assert_snapshot!(lab.plan(&files("[size]", 4, "two", "k")), @r#"
    Update memory_thing.a
      labels: {"moves":"one","stays":"s"} -> {"moves":"two","stays":"s"}
    "#);
    assert_snapshot!(lab.plan(&files("[labels[\"moves\"]]", 4, "two", "k")), @"
    Update memory_thing.a
      size: 3 -> 4
    ");
    assert_snapshot!(lab.plan(&files("[labels[\"absent\"], size]", 4, "one", "k")), @"no changes");
    // A replacement is made from everything that is written.
    assert_snapshot!(lab.plan(&files("[size, labels[\"moves\"]]", 4, "two", "l")), @r#"
    DeleteThenCreate memory_thing.a (ReplaceBecauseCannotUpdate) main.tf:5
      id: "thing-1" -> (unknown)
      kind: "k" -> "l"
      labels: {"moves":"one","stays":"s"} -> {"moves":"two","stays":"s"}
      owner: "cloud" -> (unknown)
      size: 3 -> 4
    "#);
    assert_snapshot!(lab.plan(&files("[sise]", 4, "two", "l")), @r#"
    Error main.tf:8:35: Unsupported attribute
      memory_thing has no attribute named "sise" whose changes could be ignored.
      help: did you mean `size`?
    "#);
    // What was added outside stays.
    let labels = Value::map(
        infra_values::Type::String,
        [("stays", "s"), ("moves", "one"), ("absent", "here")]
            .map(|(key, text)| (infra_values::Str::from(key), Value::string(text)))
            .into(),
    );
    lab.memory.cloud().edit("a", "labels", labels);
    assert_snapshot!(lab.plan(&files("[labels[\"absent\"]]", 3, "one", "k")), @"drift: memory_thing.a changed outside");
}

#[test]
fn replacement_is_triggered_by_others() {
    let lab = Lab::new();
    let files = |size: &str, kind: &str| {
        format!(
            r#"
            resource "memory_thing" "source" {{
              count = 2
              name  = "source${{count.index}}"
              size  = {size}
              kind  = "{kind}"
            }}
            resource "memory_thing" "any" {{
              name = "any"
              lifecycle {{
                replace_triggered_by = [memory_thing.source]
              }}
            }}
            resource "memory_thing" "own" {{
              count = 2
              name  = "own${{count.index}}"
              lifecycle {{
                replace_triggered_by = [memory_thing.source[count.index].size]
              }}
            }}
            resource "memory_thing" "label" {{
              name = "label"
              lifecycle {{
                replace_triggered_by = [memory_thing.source[0].labels["x"]]
              }}
            }}
            "#
        )
    };
    lab.apply(&files("1", "k"));
    assert_snapshot!(lab.steps(&files("count.index + 1", "k")), @"
    delete memory_thing.any
    delete memory_thing.own[1]
    update memory_thing.source[1] after delete memory_thing.any, delete memory_thing.own[1]
    create memory_thing.any after delete memory_thing.any, update memory_thing.source[1]
    create memory_thing.own[1] after delete memory_thing.own[1], update memory_thing.source[1]
    ");
    assert_snapshot!(lab.steps(&files("1", "l")), @"
    delete memory_thing.any
    delete memory_thing.source[0] after delete memory_thing.any
    create memory_thing.source[0] after delete memory_thing.any, delete memory_thing.source[0]
    delete memory_thing.source[1] after delete memory_thing.any
    create memory_thing.source[1] after delete memory_thing.any, delete memory_thing.source[1]
    create memory_thing.any after delete memory_thing.any, create memory_thing.source[0], create memory_thing.source[1]
    ");
    // A new object triggers nothing.
    assert_snapshot!(lab.plan(&files("1", "k").replacen("count = 2", "count = 3", 1)), @r#"
    Create memory_thing.source[2]
      id: - -> (unknown)
      kind: - -> "k"
      name: - -> "source2"
      owner: - -> (unknown)
      part: - -> []
      rule: - -> []
      size: - -> 1
    "#);
}

const GUARDED: &str = r#"
    variable "limit" {
      default = "5"
    }
    resource "memory_thing" "a" {
      name = "a"
      lifecycle {
        precondition {
          condition     = var.limit > 3
          error_message = "The limit is ${var.limit}."
        }
        postcondition {
          condition     = self.size < var.limit
          error_message = "Size ${self.size} of ${self.name} is over the limit."
        }
      }
    }
    resource "memory_thing" "b" {
      name = "b"
      size = 2
      lifecycle {
        precondition {
          condition     = memory_thing.a.owner == "cloud"
          error_message = "Somebody else owns a: ${memory_thing.a.owner}."
        }
        postcondition {
          condition     = self.owner == "cloud"
          error_message = "Somebody else owns b."
        }
      }
    }
    resource "memory_thing" "c" {
      name  = "c"
      needs = [memory_thing.b.id]
    }
    output "size" {
      value = memory_thing.a.size
      precondition {
        condition     = memory_thing.c.owner == "cloud"
        error_message = "Not ours."
      }
    }
"#;

#[test]
fn conditions_are_checked_as_soon_as_they_can_be() {
    let lab = Lab::new();
    assert_snapshot!(lab.plan(&GUARDED.replace("\"5\"", "\"1\"")), @"
    Error main.tf:9:27: Resource precondition failed
      The limit is 1.
    ");
    assert_snapshot!(lab.plan(&GUARDED.replace("name = \"a\"", "name = \"a\"\n size = 9")), @"
    Error main.tf:14:27: Resource postcondition failed
      Size 9 of a is over the limit.
    ");
    assert_snapshot!(lab.apply(GUARDED), @"
    Create a
    Create b
    Create c
    size = 1
    3 added, 0 changed, 0 destroyed
    ");
    assert_snapshot!(lab.plan(GUARDED), @"no changes");

    // What is not known before is checked when it is, and stops what comes after.
    let stranger = |from: &str| {
        GUARDED.replace(
            &format!("== \"cloud\"\n          error_message = \"{from}"),
            &format!("== \"me\"\n          error_message = \"{from}"),
        )
    };
    let lab = Lab::new();
    assert_snapshot!(lab.apply(&stranger("Somebody else owns a")), @"
    Create a
    Error memory_thing.b: Resource precondition failed: Somebody else owns a: cloud.
    size = 1
    1 added, 0 changed, 0 destroyed
    ");
    let lab = Lab::new();
    assert_snapshot!(lab.apply(&stranger("Somebody else owns b")), @"
    Create a
    Create b
    Error memory_thing.b: Resource postcondition failed: Somebody else owns b.
    size = 1
    2 added, 0 changed, 0 destroyed
    ");
    assert_snapshot!(lab.state(), @"
    memory_thing.a
    memory_thing.b needs memory_thing.a
    size = 1
    ");
    let lab = Lab::new();
    assert_snapshot!(lab.apply(&GUARDED.replace("c.owner == \"cloud\"", "c.owner == \"me\"")), @"
    Create a
    Create b
    Create c
    Error -: Module output value precondition failed: Not ours.
    size = 1
    3 added, 0 changed, 0 destroyed
    ");
}

#[test]
fn conditions_of_what_does_not_change_are_checked_after_a_change() {
    let lab = Lab::new();
    let files = |size: u32| {
        format!(
            r#"
            resource "memory_thing" "a" {{
              name  = "a"
              kind  = "{size}"
            }}
            resource "memory_thing" "b" {{
              name = "b"
              lifecycle {{
                postcondition {{
                  condition     = memory_thing.a.id == "thing-1"
                  error_message = "a is ${{memory_thing.a.id}}"
                }}
              }}
            }}
            "#
        )
    };
    lab.apply(&files(1));
    assert_snapshot!(lab.apply(&files(2)), @"
    Delete a
    Create a
    Error memory_thing.b: Resource postcondition failed: a is thing-3
    1 added, 0 changed, 1 destroyed
    ");
    assert_snapshot!(lab.plan("resource \"memory_thing\" \"a\" {\n name = \"a\"\n lifecycle {\n precondition {\n condition = 1 == 1\n error_message = \"?\"\n }\n }\n }"), @"
    Error main.tf:5:14: Invalid precondition expression
      The condition expression must refer to at least one object from elsewhere in the configuration, or else its result would not be checking anything.
    ");
}
