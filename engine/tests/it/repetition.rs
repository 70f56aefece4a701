//! `count` and `for_each`: instances come, go and change places.

use insta::assert_snapshot;

use crate::lab::Lab;

#[test]
fn instances_come_at_the_end_and_go_from_the_middle() {
    let lab = Lab::new();
    let counted = |count: &str| {
        format!(
            "resource \"memory_thing\" \"a\" {{\n  count = {count}\n  name = \"a${{count.index}}\"\n}}\n\
             output \"ids\" {{\n  value = memory_thing.a[*].id\n}}\n"
        )
    };
    assert_snapshot!(lab.apply(&counted("2")), @r#"
    Create a0
    Create a1
    ids = ["thing-1","thing-2"]
    2 added, 0 changed, 0 destroyed
    "#);
    assert_snapshot!(lab.plan(&counted("3")), @r#"
    Create memory_thing.a[2]
      id: - -> (unknown)
      name: - -> "a2"
      owner: - -> (unknown)
      part: - -> []
      rule: - -> []
      size: - -> 1
    output ids: ["thing-1","thing-2"] -> (partly unknown)
    "#);
    assert_snapshot!(lab.apply(&counted("1")), @r#"
    Delete a1
    ids = ["thing-1"]
    0 added, 0 changed, 1 destroyed
    "#);

    let keyed = |keys: &str| {
        format!(
            "resource \"memory_thing\" \"k\" {{\n  for_each = toset({keys})\n  name = each.key\n}}\n\
             resource \"memory_thing\" \"user\" {{\n  for_each = memory_thing.k\n  name = \"${{each.key}}-user\"\n  \
             needs = [each.value.id]\n}}\n"
        )
    };
    let lab = Lab::new();
    lab.apply(&keyed(r#"["x", "y", "z"]"#));
    assert_snapshot!(lab.plan(&keyed(r#"["x", "z"]"#)), @r#"
    Delete memory_thing.k["y"] (DeleteBecauseEachKey) main.tf:2
    Delete memory_thing.user["y"] (DeleteBecauseEachKey) main.tf:6
    "#);
    assert_snapshot!(lab.apply(&keyed(r#"["x", "z"]"#)), @"
    Delete y-user
    Delete y
    0 added, 0 changed, 2 destroyed
    ");
    assert_snapshot!(lab.plan(&keyed(r#"["x", "z"]"#)), @"no changes");
}

#[test]
fn an_object_moves_when_its_resource_gains_or_loses_count() {
    let lab = Lab::new();
    lab.apply("resource \"memory_thing\" \"a\" {\n  name = \"a\"\n}\n");
    let counted = "resource \"memory_thing\" \"a\" {\n  count = 2\n  name = \"a${count.index == 0 ? \"\" : 1}\"\n}\n";
    assert_snapshot!(lab.plan(counted), @r#"
    NoOp memory_thing.a[0] was memory_thing.a
    Create memory_thing.a[1]
      id: - -> (unknown)
      name: - -> "a1"
      owner: - -> (unknown)
      part: - -> []
      rule: - -> []
      size: - -> 1
    "#);
    assert_snapshot!(lab.apply(counted), @"
    Create a1
    1 added, 0 changed, 0 destroyed
    ");
    assert_snapshot!(lab.state(), @"
    memory_thing.a[0]
    memory_thing.a[1]
    ");
    assert_snapshot!(lab.plan(counted), @"no changes");
    // An instance that was moved and is gone leaves nothing behind.
    lab.memory.cloud().remove("a");
    let mut lab = lab;
    lab.destroy("resource \"memory_thing\" \"a\" {\n  name = \"a\"\n}\n");
    assert_snapshot!(lab.state(), @"");
}

#[test]
fn keys_take_the_place_of_positions() {
    let lab = Lab::new();
    lab.apply("resource \"memory_thing\" \"a\" {\n  count = 2\n  name = \"a${count.index}\"\n}\n");
    let keyed =
        "resource \"memory_thing\" \"a\" {\n  for_each = { k = 1 }\n  name = each.key\n  size = each.value\n}\n";
    assert_snapshot!(lab.plan(keyed), @r#"
    Delete memory_thing.a[0] (DeleteBecauseWrongRepetition) main.tf:2
    Delete memory_thing.a[1] (DeleteBecauseWrongRepetition) main.tf:2
    Create memory_thing.a["k"]
      id: - -> (unknown)
      name: - -> "k"
      owner: - -> (unknown)
      part: - -> []
      rule: - -> []
      size: - -> 1
    "#);
    assert_snapshot!(lab.apply(keyed), @"
    Delete a0
    Delete a1
    Create k
    1 added, 0 changed, 2 destroyed
    ");
}

#[test]
fn a_reference_needs_only_the_instance_it_names() {
    let lab = Lab::new();
    let files = r#"
        resource "memory_thing" "a" {
          count = 3
          name  = "a${count.index}"
        }
        resource "memory_thing" "one" {
          name  = "one"
          needs = [memory_thing.a[1].id]
        }
        resource "memory_thing" "pairs" {
          count = 2
          name  = "p${count.index}"
          needs = [memory_thing.a[count.index].id]
        }
        resource "memory_thing" "all" {
          name  = "all"
          needs = memory_thing.a[*].id
        }
    "#;
    assert_snapshot!(lab.steps(files), @"
    create memory_thing.a[0]
    create memory_thing.a[1]
    create memory_thing.a[2]
    create memory_thing.all after create memory_thing.a[0], create memory_thing.a[1], create memory_thing.a[2]
    create memory_thing.one after create memory_thing.a[1]
    create memory_thing.pairs[0] after create memory_thing.a[0]
    create memory_thing.pairs[1] after create memory_thing.a[1]
    ");
}

#[test]
fn how_many_there_are_must_be_known_and_whole() {
    let lab = Lab::new();
    assert_snapshot!(lab.plan(r#"
        resource "memory_thing" "a" {
          name = "a"
        }
        resource "memory_thing" "b" {
          count = length(memory_thing.a.id)
          name  = "b"
        }
        resource "memory_thing" "c" {
          for_each = toset([memory_thing.a.id])
          name     = each.key
        }
        resource "memory_thing" "d" {
          for_each = { key = memory_thing.a.id }
          name     = each.value
        }
    "#), @r#"
    Error main.tf:6:19: Invalid count argument
      The "count" value depends on resource attributes that cannot be determined until apply, so the number of instances is not known. Use a value that is known before: a variable, a local value, or static keys with the unknown parts in the values. To apply what it depends on first, use -target.
    Error main.tf:10:22: Invalid for_each argument
      The "for_each" value depends on resource attributes that cannot be determined until apply, so the set of keys is not known. Use a value that is known before: a variable, a local value, or static keys with the unknown parts in the values. To apply what it depends on first, use -target.
    "#);
    assert_snapshot!(lab.plan(r#"
        resource "memory_thing" "a" {
          for_each = ["a"]
          name     = each.key
        }
        resource "memory_thing" "b" {
          count = -1
          name  = each.key
        }
    "#), @r#"
    Error main.tf:3:22: Invalid for_each argument
      The given "for_each" argument value is unsuitable: it must be a map, or set of strings, and you have provided a value of type tuple. A list becomes a set with toset(…).
    Error main.tf:7:19: Invalid count argument
      The given "count" argument value is unsuitable: must be greater than or equal to zero.
    "#);
}
