//! Checks with a data source in them, which the oracle cannot show without a provider.

use insta::assert_snapshot;

use crate::lab::Lab;

const FILES: &str = r#"
resource "memory_thing" "web" {
  name = "web"
}
check "health" {
  data "memory_thing" "seen" {
    name = "web"
  }
  assert {
    condition     = data.memory_thing.seen.owner == "cloud"
    error_message = "owned by ${data.memory_thing.seen.owner}"
  }
}
"#;

#[test]
fn the_data_of_a_check_is_read_while_planning_and_at_the_end() {
    let lab = Lab::new();
    assert_snapshot!(lab.plan(FILES), @r#"
    Warning main.tf:7:12: No such thing
      There is no thing named "web".
    Read data.memory_thing.seen (ReadBecauseCheckNested)
      id: - -> (unknown)
      name: - -> "web"
      owner: - -> (unknown)
    Create memory_thing.web
      id: - -> (unknown)
      name: - -> "web"
      owner: - -> (unknown)
      part: - -> []
      rule: - -> []
      size: - -> 1
    "#);
    assert_snapshot!(lab.apply(FILES), @r#"
    Warning main.tf:7:12: No such thing
      There is no thing named "web".
    Create web
    1 added, 0 changed, 0 destroyed
    "#);
    assert_snapshot!(lab.steps(FILES), @"read data.memory_thing.seen");
    lab.memory.cloud().edit("web", "owner", infra_values::Value::string("someone"));
    assert_snapshot!(lab.plan(FILES), @r#"
    Warning main.tf:10:21: Check block assertion failed
      owned by someone
    Read data.memory_thing.seen (ReadBecauseCheckNested)
      id: - -> "thing-1"
      name: - -> "web"
      owner: - -> "someone"
    drift: memory_thing.web changed outside
    "#);
    assert_snapshot!(lab.apply(FILES), @"
    Warning main.tf:10:21: Check block assertion failed
      owned by someone
    Warning -: Check block assertion failed: owned by someone
    0 added, 0 changed, 0 destroyed
    ");
}

#[test]
fn nothing_outside_a_check_refers_to_its_data() {
    let files = FILES.to_owned() + "output \"o\" {\n  value = data.memory_thing.seen.id\n}\n";
    assert_snapshot!(Lab::new().plan(&files), @r#"
    Error main.tf:15:11: Reference to scoped resource
      The data source data.memory_thing.seen belongs to the check block "health", and only that block's assertions may refer to it. Declare a data block outside of it to use its result elsewhere.
    "#);
}

#[test]
fn everything_else_comes_before_the_data_of_a_check() {
    let files = r#"
module "m" {
  source = "./m"
}
resource "memory_thing" "last" {
  name       = "last"
  depends_on = [module.m]
}
## m/main.tf
resource "memory_thing" "a" {
  name = "a"
}
check "c" {
  data "memory_thing" "a" {
    name = "a"
  }
  assert {
    condition     = data.memory_thing.a.id != ""
    error_message = "no id"
  }
}
"#;
    assert_snapshot!(Lab::new().steps(files), @r#"
    Warning m/main.tf:6:12: No such thing
      There is no thing named "a".
    create module.m.memory_thing.a
    create memory_thing.last after create module.m.memory_thing.a
    read module.m.data.memory_thing.a after create module.m.memory_thing.a, create memory_thing.last
    "#);
}
