//! Data sources and providers that need something first.

use infra_engine::provider::memory::{Deed, Fault};
use infra_values::Value;
use insta::assert_snapshot;

use crate::lab::Lab;

#[test]
fn data_is_read_while_planning_when_everything_is_known() {
    let lab = Lab::new();
    lab.apply("resource \"memory_thing\" \"made\" {\n  name = \"made\"\n}\n");
    let files = r#"
        resource "memory_thing" "made" {
          name = "made"
        }
        data "memory_thing" "found" {
          for_each = toset(["made"])
          name     = each.key
        }
        resource "memory_thing" "user" {
          name  = "user"
          needs = [data.memory_thing.found["made"].id]
        }
        output "owner" {
          value = data.memory_thing.found["made"].owner
        }
    "#;
    assert_snapshot!(lab.plan(files), @r#"
    Create memory_thing.user
      id: - -> (unknown)
      name: - -> "user"
      needs: - -> ["thing-1"]
      owner: - -> (unknown)
      part: - -> []
      rule: - -> []
      size: - -> 1
    output owner: - -> "cloud"
    "#);
    assert_snapshot!(lab.apply(files), @r#"
    Create user
    owner = "cloud"
    1 added, 0 changed, 0 destroyed
    "#);
    assert_snapshot!(lab.state(), @r#"
    data.memory_thing.found["made"]
    memory_thing.made
    memory_thing.user needs data.memory_thing.found
    owner = "cloud"
    "#);
    assert_snapshot!(lab.plan(files), @"no changes");
    lab.memory.cloud().edit("made", "owner", Value::string("somebody"));
    assert_snapshot!(lab.plan(files), @r#"
    drift: memory_thing.made changed outside
    output owner: "cloud" -> "somebody"
    "#);
    assert_snapshot!(lab.plan(&files.replace("toset([\"made\"])", "toset([\"made\", \"missing\"])")), @r#"
    Error main.tf:7:22: No such thing
      There is no thing named "missing".
    "#);
    lab.memory.cloud().inject(Deed::Read, "made", Fault::Refused);
    assert_snapshot!(lab.plan(files), @r#"
    Error -: Call failed
      Read of "made" failed on demand: Refused.
    "#);
}

#[test]
fn data_is_read_while_applying_when_it_must_wait() {
    let mut lab = Lab::new();
    let files = r#"
        resource "memory_thing" "base" {
          name = "base"
        }
        data "memory_thing" "unknown_name" {
          name = "base${substr(memory_thing.base.id, 0, 0)}"
        }
        data "memory_thing" "explicit" {
          name       = "base"
          depends_on = [memory_thing.base]
        }
        module "m" {
          source     = "./m"
          depends_on = [memory_thing.base]
        }
        resource "memory_thing" "user" {
          name   = "user"
          needs  = [data.memory_thing.unknown_name.id, data.memory_thing.explicit.id, module.m.id]
        }
        ## m/main.tf
        data "memory_thing" "inside" {
          name = "base"
        }
        output "id" {
          value = data.memory_thing.inside.id
        }
    "#;
    assert_snapshot!(lab.steps(files), @"
    create memory_thing.base
    read data.memory_thing.explicit after create memory_thing.base
    read data.memory_thing.unknown_name after create memory_thing.base
    read module.m.data.memory_thing.inside after create memory_thing.base
    create memory_thing.user after create memory_thing.base, read data.memory_thing.explicit, read data.memory_thing.unknown_name, read module.m.data.memory_thing.inside
    ");
    assert_snapshot!(lab.apply(files), @"
    Create base
    Create user
    2 added, 0 changed, 0 destroyed
    ");
    assert_snapshot!(lab.plan(files), @"no changes");
    // A change of what it depends on makes it wait again, a change of what it only refers to does not.
    assert_snapshot!(lab.plan(&files.replace("name = \"base\"\n        }\n        data", "name = \"base\"\n size = 5\n }\n data")), @r#"
    Read data.memory_thing.explicit (ReadBecauseDependencyPending)
      id: - -> (unknown)
      name: - -> "base"
      owner: - -> (unknown)
    Update memory_thing.base
      size: 1 -> 5
    Update memory_thing.user
      needs: ["thing-1","thing-1","thing-1"] -> (partly unknown)
    Read module.m.data.memory_thing.inside (ReadBecauseDependencyPending)
      id: - -> (unknown)
      name: - -> "base"
      owner: - -> (unknown)
    "#);
    assert_snapshot!(lab.destroy(files), @"
    Delete user
    Delete base
    0 added, 0 changed, 2 destroyed
    ");
}

#[test]
fn conditions_make_data_wait_for_everything_behind_it() {
    let lab = Lab::new();
    let files = |size: u32| {
        format!(
            r#"
            resource "memory_thing" "base" {{
              name = "base"
              size = {size}
            }}
            data "memory_thing" "plain" {{
              name = memory_thing.base.name
            }}
            data "memory_thing" "guarded" {{
              name = memory_thing.base.name
              lifecycle {{
                postcondition {{
                  condition     = self.owner != "nobody"
                  error_message = "Nobody owns it."
                }}
              }}
            }}
            "#
        )
    };
    lab.apply("resource \"memory_thing\" \"base\" {\n  name = \"base\"\n}\n");
    assert_snapshot!(lab.plan(&files(2)), @r#"
    Read data.memory_thing.guarded (ReadBecauseDependencyPending)
      id: - -> (unknown)
      name: - -> "base"
      owner: - -> (unknown)
    Update memory_thing.base
      size: 1 -> 2
    "#);
    assert_snapshot!(lab.apply(&files(2)), @"
    Update base
    0 added, 1 changed, 0 destroyed
    ");
    lab.memory.cloud().edit("base", "owner", Value::string("nobody"));
    assert_snapshot!(lab.plan(&files(2)), @"
    Error main.tf:13:35: Resource postcondition failed
      Nobody owns it.
    ");
}

#[test]
fn secrets_in_questions_are_secrets_in_answers() {
    let lab = Lab::new();
    lab.apply("resource \"memory_thing\" \"made\" {\n  name = \"made\"\n}\n");
    assert_snapshot!(lab.plan(r#"
        resource "memory_thing" "made" {
          name = "made"
        }
        data "memory_thing" "found" {
          name = sensitive("made")
        }
        output "o" {
          value = data.memory_thing.found.name
        }
        output "p" {
          value = data.memory_thing.found.id
        }
    "#), @"
    Error main.tf:8:9: Output refers to sensitive values
      To reduce the risk of accidentally exporting sensitive data that was intended to be only internal, any root module output containing sensitive data must be explicitly marked as sensitive. If you do intend to export this data, add: sensitive = true
    ");
}

const CLUSTER: &str = r#"
    resource "memory_thing" "cluster" {
      name = "cluster"
    }
    provider "memory" {
      alias    = "inside"
      endpoint = memory_thing.cluster.owner
    }
    resource "memory_thing" "pod" {
      provider = memory.inside
      name     = "pod"
    }
"#;

#[test]
fn a_provider_may_need_what_another_one_makes() {
    let mut lab = Lab::new();
    assert_snapshot!(lab.steps(CLUSTER), @"
    create memory_thing.cluster
    create memory_thing.pod after create memory_thing.cluster
    ");
    assert_snapshot!(lab.apply(CLUSTER), @"
    Create cluster
    Create pod
    2 added, 0 changed, 0 destroyed
    ");
    // Twice while planning, and then with what has become known.
    assert_eq!(lab.memory.cloud().configured(), ["null", "(unknown)", "null", "(unknown)", "null", "\"cloud\""]);
    assert_snapshot!(lab.plan(CLUSTER), @"no changes");
    assert_snapshot!(lab.destroy(CLUSTER), @"
    Delete pod
    Delete cluster
    0 added, 0 changed, 2 destroyed
    ");
    // While destroying too it is configured with what is still there.
    assert_eq!(lab.memory.cloud().configured().last().map(String::as_str), Some("\"cloud\""));
}

#[test]
fn a_provider_that_cannot_be_configured_is_reported_once() {
    let lab = Lab::new();
    assert_snapshot!(lab.plan(r#"
        provider "memory" {
          endpoint = "down"
        }
        resource "memory_thing" "a" {
          count = 3
          name  = "a${count.index}"
        }
        data "memory_thing" "b" {
          name = "b"
        }
    "#), @r#"
    Error main.tf:2:27: Cannot reach the cloud
      The endpoint "down" does not answer.
    "#);
    assert_snapshot!(lab.plan(r#"
        provider "memory" {
          endpont = "home"
        }
        resource "memory_thing" "a" {
          name = "a"
        }
        resource "memory_relic" "b" {
        }
        resource "memory_relic" "none" {
          count = 0
        }
        resource "cloud_thing" "c" {
        }
        resource "memory_thin" "d" {
        }
        data "memory_things" "e" {
        }
    "#), @r#"
    Error main.tf:3:11: Unsupported argument
      An argument named "endpont" is not expected here; correct the name or remove it.
      help: did you mean `endpoint`?
    Error main.tf:13:18: Provider not available
      The provider registry.terraform.io/hashicorp/cloud is not part of infra, which has the AWS provider and a few small ones built in. Remove what needs it, or manage that part with terraform.
    Error main.tf:15:18: Invalid resource type
      The provider registry.terraform.io/hashicorp/memory does not support the resource type "memory_thin".
      help: did you mean `memory_thing`?
    Error main.tf:17:14: Invalid data source
      The provider registry.terraform.io/hashicorp/memory does not support the data source "memory_things".
      help: did you mean `memory_thing`?
    "#);
    assert_snapshot!(lab.plan(r#"
        resource "memory_relic" "b" {
        }
        resource "memory_relic" "none" {
          count = 0
        }
    "#), @"
    Error main.tf:2:18: Resource type not supported
      The type memory_relic exists, but this version of infra cannot manage it. Manage this object with terraform in a configuration of its own, or give it count = 0.
    ");
}
