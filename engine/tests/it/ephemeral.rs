//! Ephemeral resources, ephemeral values and write-only attributes.

use infra_engine::plan::Mode;
use infra_engine::provider::memory::Deed;
use insta::assert_snapshot;

use crate::lab::{Lab, block_on};

/// What was done to the table, in order.
fn log(lab: &Lab) -> String {
    let cloud = lab.memory.cloud();
    let lines: Vec<String> = cloud.log().iter().map(|(deed, name)| format!("{deed:?} {name}")).collect();
    lines.join("\n")
}

const FILES: &str = r#"
ephemeral "memory_secret" "login" {
  name = "login"
}
ephemeral "memory_secret" "unused" {
  name = "unused"
}
locals {
  password = ephemeral.memory_secret.login.value
}
resource "memory_thing" "first" {
  name = "first"
}
resource "memory_thing" "web" {
  name     = "web"
  password = "${local.password}!"
  needs    = [memory_thing.first.id]
}
"#;

#[test]
fn a_secret_is_opened_to_plan_and_to_apply_and_kept_nowhere() {
    let lab = Lab::new();
    assert_snapshot!(lab.plan(FILES), @r#"
    Create memory_thing.first
      id: - -> (unknown)
      name: - -> "first"
      owner: - -> (unknown)
      part: - -> []
      rule: - -> []
      size: - -> 1
    Create memory_thing.web
      id: - -> (unknown)
      name: - -> "web"
      needs: - -> (partly unknown)
      owner: - -> (unknown)
      part: - -> []
      rule: - -> []
      size: - -> 1
    "#);
    assert_snapshot!(log(&lab), @"
    Open unused
    Open login
    Close unused
    Close login
    ");
    assert_snapshot!(lab.apply(FILES), @"
    Open unused
    Open login
    Close unused
    Close login
    Create first
    Open login
    Create web
    Close login
    2 added, 0 changed, 0 destroyed
    ");
    assert_snapshot!(lab.memory.cloud().password("web").map(infra_values::json::to_json_plain).unwrap(), @r#""login-6!""#);
    assert_snapshot!(lab.state(), @"
    memory_thing.first
    memory_thing.web needs memory_thing.first
    ");
    let bytes = lab.store.stored_bytes().unwrap();
    assert!(!String::from_utf8_lossy(&bytes).contains("login-"));
    assert_snapshot!(lab.plan(FILES), @"no changes");
}

#[test]
fn providers_are_configured_anew_with_what_is_ephemeral() {
    let lab = Lab::new();
    let files = r#"
ephemeral "memory_secret" "base" {
  name = "base"
}
provider "memory" {
  alias    = "inner"
  endpoint = ephemeral.memory_secret.base.value
}
ephemeral "memory_secret" "token" {
  provider = memory.inner
  name     = "token"
}
provider "memory" {
  alias    = "outer"
  endpoint = ephemeral.memory_secret.token.value
}
resource "memory_thing" "a" {
  provider = memory.outer
  name     = "a"
}
"#;
    assert_snapshot!(lab.apply(files), @"
    Open base
    Open token
    Close token
    Close base
    Open base
    Open token
    Create a
    Close token
    Close base
    1 added, 0 changed, 0 destroyed
    ");
    assert_snapshot!(lab.memory.cloud().configured().join(" "), @r#"null "base-1" "token-2" null "base-3" "token-4""#);
    let mut lab = lab;
    lab.options.mode = Mode::Destroy;
    assert_snapshot!(lab.apply(files), @"
    Open base
    Open token
    Close token
    Close base
    Open base
    Open token
    Delete a
    Close token
    Close base
    0 added, 0 changed, 1 destroyed
    ");
}

#[test]
fn providers_see_what_is_opened_or_made_through_other_values() {
    let lab = Lab::new();
    let files = r#"
ephemeral "memory_secret" "base" {
  name = "base"
}
locals {
  opened = ephemeral.memory_secret.base.value
  made   = memory_thing.first.id
}
provider "memory" {
  alias    = "opened"
  endpoint = local.opened
}
provider "memory" {
  alias    = "made"
  endpoint = local.made
}
resource "memory_thing" "first" {
  provider = memory.opened
  name     = "first"
}
resource "memory_thing" "second" {
  provider = memory.made
  name     = "second"
}
"#;
    assert_snapshot!(lab.apply(files), @"
    Open base
    Close base
    Open base
    Create first
    Close base
    Create second
    2 added, 0 changed, 0 destroyed
    ");
    assert_snapshot!(lab.memory.cloud().configured().join(" "), @r#"null "base-1" (unknown) null "base-2" "thing-3""#);
}

#[test]
fn what_is_not_known_is_opened_while_applying() {
    let lab = Lab::new();
    let files = r#"
resource "memory_thing" "first" {
  name = "first"
}
ephemeral "memory_secret" "late" {
  name = memory_thing.first.id
  lifecycle {
    postcondition {
      condition     = self.name != ""
      error_message = "no name"
    }
  }
}
resource "memory_thing" "web" {
  name     = "web"
  password = ephemeral.memory_secret.late.value
}
"#;
    assert_snapshot!(lab.plan(files), @r#"
    Create memory_thing.first
      id: - -> (unknown)
      name: - -> "first"
      owner: - -> (unknown)
      part: - -> []
      rule: - -> []
      size: - -> 1
    Create memory_thing.web
      id: - -> (unknown)
      name: - -> "web"
      owner: - -> (unknown)
      part: - -> []
      rule: - -> []
      size: - -> 1
    "#);
    assert_snapshot!(lab.steps(files), @"
    create memory_thing.first
    create memory_thing.web after create memory_thing.first
    ");
    assert_snapshot!(lab.apply(files), @"
    Create first
    Open thing-1
    Create web
    Close thing-1
    2 added, 0 changed, 0 destroyed
    ");
}

#[test]
fn a_secret_that_cannot_be_opened_is_an_error_where_it_is_used() {
    let lab = Lab::new();
    lab.memory.cloud().inject(Deed::Open, "login", infra_engine::provider::memory::Fault::Refused);
    assert_snapshot!(lab.plan(FILES), @r#"
    Error main.tf:2:35: Call failed
      Open of "login" failed on demand: Refused.
    "#);
    let outcome = block_on(lab.make_plan(FILES));
    lab.memory.cloud().inject(Deed::Open, "login", infra_engine::provider::memory::Fault::Refused);
    let applied = block_on(lab.carry_out(FILES, &outcome.plan.unwrap()));
    let said: Vec<String> = applied.diagnostics.iter().map(|found| found.summary.clone()).collect();
    assert_snapshot!(said.join("; "), @"Call failed");
    assert_snapshot!(lab.state(), @"memory_thing.first");
}

#[test]
fn a_lease_is_renewed_while_it_is_needed() {
    let lab = Lab::new();
    lab.memory.cloud().set_latency(std::time::Duration::from_millis(1500));
    let files = r#"
ephemeral "memory_secret" "login" {
  name  = "login"
  lease = 1
}
resource "memory_thing" "web" {
  name     = "web"
  password = ephemeral.memory_secret.login.value
}
"#;
    let outcome = block_on(lab.make_plan(files));
    lab.memory.cloud().clear_log();
    block_on(lab.carry_out(files, &outcome.plan.unwrap()));
    assert_snapshot!(log(&lab), @"
    Open login
    Renew login
    Create web
    Close login
    ");
}

#[test]
fn ephemeral_values_are_refused_where_they_would_stay() {
    let files = r#"
ephemeral "memory_secret" "login" {
  name = "login"
}
resource "memory_thing" "a" {
  name  = ephemeral.memory_secret.login.value
  count = ephemeral.memory_secret.login.value == "" ? 1 : 0
}
data "memory_thing" "a" {
  name = ephemeral.memory_secret.login.name
}
resource "memory_thing" "b" {
  name     = "b"
  part {
    name = "${ephemeral.memory_secret.login.name}"
  }
}
resource "memory_thing" "c" {
  name     = "c"
  for_each = toset([ephemeral.memory_secret.login.name])
}
output "o" {
  value = ephemeral.memory_secret.login.name
}
output "p" {
  value = ephemeralasnull(ephemeral.memory_secret.login.name)
}
ephemeral "memory_sekret" "login" {
}
"#;
    assert_snapshot!(Lab::new().plan(files), @r#"
    Error main.tf:7:11: Invalid count argument
      The "count" value may not be ephemeral: instances outlive a single run.
    Error main.tf:10:10: Invalid use of ephemeral value
      Ephemeral values are not valid for "name", because it is not a write-only attribute and must be persisted to state. Use a value that is not ephemeral.
    Error main.tf:15:12: Invalid use of ephemeral value
      Ephemeral values are not valid for "part", because it is not a write-only attribute and must be persisted to state. Use a value that is not ephemeral.
    Error main.tf:20:14: Invalid for_each argument
      Sensitive or ephemeral values, or values derived from them, cannot be used as for_each arguments: keys are shown in addresses. Use nonsensitive() on keys that are no secret.
    Error main.tf:23:11: Ephemeral value not allowed
      This output value is not declared as returning an ephemeral value, so it cannot be set to a result derived from an ephemeral value.
    Error main.tf:28:11: Invalid ephemeral resource
      The provider registry.terraform.io/hashicorp/memory does not support the ephemeral resource "memory_sekret".
      help: did you mean `memory_secret`?
    "#);
}

#[test]
fn ephemeral_variables_are_given_again() {
    let files = r#"
variable "password" {
  type      = string
  ephemeral = true
}
variable "other" {
  type      = string
  ephemeral = true
  default   = "default"
}
resource "memory_thing" "web" {
  name     = "web"
  password = "${var.password}/${var.other}"
}
"#;
    let lab = Lab::new().with_variable("password", "first-password");
    let plan = block_on(lab.make_plan(files)).plan.unwrap();
    assert!(!serde_json::to_string(&plan).unwrap().contains("first-password"));
    let lab = lab.with_variable("password", "two");
    block_on(lab.carry_out(files, &plan));
    assert_snapshot!(lab.memory.cloud().password("web").map(infra_values::json::to_json_plain).unwrap(), @r#""two/default""#);
}
