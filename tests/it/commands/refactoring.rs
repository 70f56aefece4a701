//! What `moved`, `removed` and `import` blocks look like: in text, as JSON, and in the state.

use insta::assert_snapshot;

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
  input = 1
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
    assert_snapshot!(refactored().succeed(&["plan"]).stdout, @r#"
    infra made the following execution plan. Resource actions are indicated with
    the following symbols:
      ~ update in-place
      . forget (stays, and is managed no longer)

    infra will perform the following actions:

      # terraform_data.b will no longer be managed by infra, but will not be destroyed
      # (destroy = false is set in the configuration)
      . resource "terraform_data" "b" {
            id = "id-b"
        }

      # terraform_data.a has moved to terraform_data.c
        resource "terraform_data" "c" {
            id = "id-a"
        }

      # terraform_data.d will be imported
        resource "terraform_data" "d" {
            id = "id-d"
        }

      # terraform_data.e will be updated in-place
      # (imported from "id-e")
      ~ resource "terraform_data" "e" {
            id     = "id-e"
          + input  = 1
          + output = (known after apply)
        }

    Plan: 2 to import, 0 to add, 1 to change, 0 to destroy, 1 to forget.
    "#);
}

#[test]
fn as_json() {
    let world = refactored();
    let plan = world.plan_json(&[]);
    let told: Vec<String> = plan["resource_changes"]
        .as_array()
        .unwrap()
        .iter()
        .map(|change| {
            format!(
                "{} {} from {} because {} importing {}",
                change["address"],
                change["change"]["actions"],
                change["previous_address"],
                change["action_reason"],
                change["change"]["importing"]
            )
        })
        .collect();
    assert_snapshot!(told.join("\n"), @r#"
    "terraform_data.b" ["forget"] from null because "delete_because_no_resource_config" importing null
    "terraform_data.c" ["no-op"] from "terraform_data.a" because null importing null
    "terraform_data.d" ["no-op"] from null because null importing {"id":"id-d"}
    "terraform_data.e" ["update"] from null because null importing {"id":"id-e"}
    "#);
    let _ = world.apply();
    let ids: Vec<String> = world.state()["resources"]
        .as_array()
        .unwrap()
        .iter()
        .map(|resource| format!("{} {}", resource["name"], resource["instances"][0]["attributes"]["id"]))
        .collect();
    assert_eq!(ids, [r#""c" "id-a""#, r#""d" "id-d""#, r#""e" "id-e""#]);
    world.assert_settled();
}
