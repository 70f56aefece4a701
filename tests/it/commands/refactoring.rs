//! What `moved`, `removed` and `import` blocks look like: in text, as JSON, and in the state.

use insta::assert_snapshot;
use serde_json::{Value, json};

use crate::world::World;

/// Imported objects have ids that are the same in every run.
const BEFORE: &str = r#"resource "terraform_data" "a" {
}

resource "terraform_data" "b" {
}

import {
  to = terraform_data.a
  id = "id-a"
}

import {
  to = terraform_data.b
  id = "id-b"
}
"#;

const AFTER: &str = r#"resource "terraform_data" "c" {
}

moved {
  from = terraform_data.a
  to   = terraform_data.c
}

removed {
  from = terraform_data.b
  lifecycle {
    destroy = false
  }
}

resource "terraform_data" "d" {
}

import {
  to = terraform_data.d
  id = "id-d"
}

resource "terraform_data" "e" {
  triggers_replace = 1
}

import {
  to = terraform_data.e
  id = "id-e"
}
"#;

fn refactored() -> World {
    let world = World::new(BEFORE);
    let applied = world.apply();
    assert!(applied.stdout.contains("Apply complete! Resources: 2 imported, 0 added"), "{}", applied.stdout);
    world.write("main.tf", AFTER);
    world
}

#[test]
fn as_text() {
    assert_snapshot!(refactored().shows(&["plan"]), @"");
}

#[test]
fn as_json() {
    let world = refactored();
    let plan = world.plan_json(&[]);
    let told: Vec<Value> = plan["resource_changes"]
        .as_array()
        .unwrap()
        .iter()
        .map(|change| {
            json!({
                "address": change["address"],
                "previous_address": change["previous_address"],
                "action_reason": change["action_reason"],
                "actions": change["change"]["actions"],
                "importing": change["change"]["importing"],
            })
        })
        .collect();
    assert_snapshot!(serde_json::to_string_pretty(&told).unwrap(), @"");
    let _ = world.apply();
    let ids: Vec<String> = world.state()["resources"]
        .as_array()
        .unwrap()
        .iter()
        .map(|resource| format!("{} {}", resource["name"], resource["instances"][0]["attributes"]["id"]))
        .filter(|line| !line.starts_with("\"e\""))
        .collect();
    assert_eq!(ids, [r#""c" "id-a""#, r#""d" "id-d""#]);
    world.assert_settled();
}
