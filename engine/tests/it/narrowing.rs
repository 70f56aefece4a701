//! Plans that look at a part only: targets, replacement on request, no refresh, refresh only, destroy.

use infra_engine::plan::Mode;
use infra_values::Value;
use insta::assert_snapshot;

use crate::lab::{Lab, block_on};

const TREE: &str = r#"
    resource "memory_thing" "root" {
      count = 2
      name  = "root${count.index}"
    }
    resource "memory_thing" "left" {
      name  = "left"
      needs = [memory_thing.root[0].id]
    }
    resource "memory_thing" "right" {
      name = "right"
    }
    module "m" {
      source = "./m"
      count  = 2
      from   = memory_thing.left.id
    }
    output "left" {
      value = memory_thing.left.owner
    }
    output "right" {
      value = memory_thing.right.owner
    }
    ## m/main.tf
    variable "from" {}
    resource "memory_thing" "x" {
      name  = "x"
      needs = [var.from]
    }
    resource "memory_thing" "y" {
      name = "y"
    }
"#;

fn targeting(lab: &mut Lab, targets: &[&str]) {
    lab.options.targets = targets.iter().map(|target| target.parse().unwrap()).collect();
}

#[test]
fn targets_take_along_what_they_need() {
    let mut lab = Lab::new();
    targeting(&mut lab, &["memory_thing.left"]);
    assert_snapshot!(lab.steps(TREE), @"
    Warning -: Resource targeting is in effect
      You are creating a plan with the -target option, which means that the result of this plan may not represent all of the changes requested by the current configuration. It is for exceptional situations: recovering from mistakes, or when told to by an error.
    create memory_thing.root[0]
    create memory_thing.left after create memory_thing.root[0]
    ");
    targeting(&mut lab, &["memory_thing.root[1]"]);
    assert_snapshot!(lab.steps(TREE), @"
    Warning -: Resource targeting is in effect
      You are creating a plan with the -target option, which means that the result of this plan may not represent all of the changes requested by the current configuration. It is for exceptional situations: recovering from mistakes, or when told to by an error.
    create memory_thing.root[1]
    ");
    targeting(&mut lab, &["module.m[1]"]);
    assert_snapshot!(lab.steps(TREE), @"
    Warning -: Resource targeting is in effect
      You are creating a plan with the -target option, which means that the result of this plan may not represent all of the changes requested by the current configuration. It is for exceptional situations: recovering from mistakes, or when told to by an error.
    create memory_thing.root[0]
    create memory_thing.left after create memory_thing.root[0]
    create module.m[1].memory_thing.x after create memory_thing.left
    create module.m[1].memory_thing.y
    ");
    targeting(&mut lab, &["module.m.memory_thing.y", "memory_thing.right"]);
    assert_snapshot!(lab.steps(TREE), @"
    Warning -: Resource targeting is in effect
      You are creating a plan with the -target option, which means that the result of this plan may not represent all of the changes requested by the current configuration. It is for exceptional situations: recovering from mistakes, or when told to by an error.
    create memory_thing.right
    create module.m[0].memory_thing.y
    create module.m[1].memory_thing.y
    ");
    assert_snapshot!(lab.apply(TREE), @r#"
    Warning -: Resource targeting is in effect
      You are creating a plan with the -target option, which means that the result of this plan may not represent all of the changes requested by the current configuration. It is for exceptional situations: recovering from mistakes, or when told to by an error.
    Create right
    Create y
    Create y
    right = "cloud"
    3 added, 0 changed, 0 destroyed
    "#);
    targeting(&mut lab, &[]);
    assert_snapshot!(lab.steps(TREE), @"
    create memory_thing.root[0]
    create memory_thing.left after create memory_thing.root[0]
    create memory_thing.root[1]
    create module.m[0].memory_thing.x after create memory_thing.left
    create module.m[1].memory_thing.x after create memory_thing.left
    ");
}

#[test]
fn destroying_a_target_takes_along_what_needs_it() {
    let mut lab = Lab::new();
    lab.apply(TREE);
    lab.options.mode = Mode::Destroy;
    targeting(&mut lab, &["memory_thing.left"]);
    assert_snapshot!(lab.steps(TREE), @"
    Warning -: Resource targeting is in effect
      You are creating a plan with the -target option, which means that the result of this plan may not represent all of the changes requested by the current configuration. It is for exceptional situations: recovering from mistakes, or when told to by an error.
    delete module.m[0].memory_thing.x
    delete module.m[1].memory_thing.x
    delete memory_thing.left after delete module.m[0].memory_thing.x, delete module.m[1].memory_thing.x
    ");
    targeting(&mut lab, &["memory_thing.root[1]"]);
    assert_snapshot!(lab.steps(TREE), @"
    Warning -: Resource targeting is in effect
      You are creating a plan with the -target option, which means that the result of this plan may not represent all of the changes requested by the current configuration. It is for exceptional situations: recovering from mistakes, or when told to by an error.
    delete module.m[0].memory_thing.x
    delete module.m[1].memory_thing.x
    delete memory_thing.left after delete module.m[0].memory_thing.x, delete module.m[1].memory_thing.x
    delete memory_thing.root[1] after delete memory_thing.left
    ");
    targeting(&mut lab, &["memory_thing.left"]);
    assert_snapshot!(lab.apply(TREE), @r#"
    Warning -: Resource targeting is in effect
      You are creating a plan with the -target option, which means that the result of this plan may not represent all of the changes requested by the current configuration. It is for exceptional situations: recovering from mistakes, or when told to by an error.
    Delete x
    Delete x
    Delete left
    left = "cloud"
    right = "cloud"
    0 added, 0 changed, 3 destroyed
    "#);
    targeting(&mut lab, &[]);
    lab.options.mode = Mode::Normal;
    assert_snapshot!(lab.steps(TREE), @"
    create memory_thing.left
    create module.m[0].memory_thing.x after create memory_thing.left
    create module.m[1].memory_thing.x after create memory_thing.left
    ");
}

#[test]
fn what_no_file_declares_any_more_can_be_a_target() {
    let mut lab = Lab::new();
    lab.apply(TREE);
    let without = "output \"nothing\" {\n  value = 1\n}\n";
    targeting(&mut lab, &["memory_thing.right"]);
    assert_snapshot!(lab.steps(without), @"
    Warning -: Resource targeting is in effect
      You are creating a plan with the -target option, which means that the result of this plan may not represent all of the changes requested by the current configuration. It is for exceptional situations: recovering from mistakes, or when told to by an error.
    delete memory_thing.right
    ");
    targeting(&mut lab, &["module.m[0]"]);
    assert_snapshot!(lab.steps(without), @"
    Warning -: Resource targeting is in effect
      You are creating a plan with the -target option, which means that the result of this plan may not represent all of the changes requested by the current configuration. It is for exceptional situations: recovering from mistakes, or when told to by an error.
    delete module.m[0].memory_thing.x
    delete module.m[0].memory_thing.y
    ");
}

#[test]
fn objects_are_replaced_on_request() {
    let mut lab = Lab::new();
    lab.apply(TREE);
    lab.options.replace = vec!["memory_thing.root[0]".parse().unwrap()];
    assert_snapshot!(lab.steps(TREE), @"
    delete memory_thing.root[0]
    create memory_thing.root[0] after delete memory_thing.root[0]
    update memory_thing.left after create memory_thing.root[0]
    ");
    // What is gone by now was named in vain; an address that could mean several is a mistake.
    lab.options.replace = vec!["memory_thing.nothing".parse().unwrap(), "memory_thing.root".parse().unwrap()];
    assert_snapshot!(lab.steps(TREE), @"
    Warning -: Incompletely-matched force-replace resource instance
      -replace names memory_thing.root, which has several instances, and no key says which one: nothing is replaced.
      help: name instances: -replace='memory_thing.root[0]' -replace='memory_thing.root[1]'
    nothing to do
    ");
}

#[test]
fn without_refresh_the_state_is_believed() {
    let mut lab = Lab::new();
    lab.apply(TREE);
    lab.memory.cloud().edit("right", "size", Value::number(9u64));
    lab.memory.cloud().clear_log();
    lab.options.refresh = false;
    assert_snapshot!(lab.plan(TREE), @"no changes");
    assert_eq!(lab.memory.cloud().log(), []);
    lab.options.refresh = true;
    assert_snapshot!(lab.plan(TREE), @"
    Update memory_thing.right
      size: 9 -> 1
    drift: memory_thing.right changed outside
    ");
}

#[test]
fn only_refreshing_brings_the_state_up_to_date() {
    let mut lab = Lab::new();
    let files = r#"
        resource "memory_thing" "a" {
          name = "a"
        }
        resource "memory_thing" "b" {
          name = "b"
        }
        resource "memory_thing" "new" {
          name = "new"
        }
        data "memory_thing" "found" {
          name = "a"
        }
        output "owner" {
          value = [memory_thing.a.owner, data.memory_thing.found.owner]
        }
    "#;
    let before = files.replace("resource \"memory_thing\" \"new\" {\n          name = \"new\"\n        }", "").replace(
        "name = \"a\"\n        }\n        output",
        "name = \"a\"\n depends_on = [memory_thing.a]\n }\n output",
    );
    lab.apply(&before);
    lab.memory.cloud().edit("a", "owner", Value::string("somebody"));
    lab.memory.cloud().remove("b");
    lab.options.mode = Mode::RefreshOnly;
    assert_snapshot!(lab.plan(files), @r#"
    drift: memory_thing.a changed outside
    drift: memory_thing.b is gone
    output owner: ["cloud","cloud"] -> ["somebody","somebody"]
    "#);
    assert_snapshot!(lab.apply(files), @r#"
    owner = ["somebody","somebody"]
    0 added, 0 changed, 0 destroyed
    "#);
    assert_snapshot!(lab.state(), @r#"
    data.memory_thing.found
    memory_thing.a
    owner = ["somebody","somebody"]
    "#);
    assert_snapshot!(lab.plan(files), @"no changes");
}

#[test]
fn destroying_reads_only_the_data_that_providers_need() {
    let mut lab = Lab::new();
    let files = r#"
        resource "memory_thing" "a" {
          name = "a"
        }
        data "memory_thing" "for_provider" {
          name = "elsewhere"
        }
        data "memory_thing" "plain" {
          name       = "a"
          depends_on = [memory_thing.a]
        }
        provider "memory" {
          alias    = "second"
          endpoint = data.memory_thing.for_provider.owner
        }
        resource "memory_thing" "b" {
          provider = memory.second
          name     = "b"
          needs    = [data.memory_thing.plain.id]
        }
        output "o" {
          value = memory_thing.b.id
        }
    "#;
    let other = Lab { store: Lab::new().store, memory: lab.memory.clone(), ..Lab::new() };
    other.apply("resource \"memory_thing\" \"elsewhere\" {\n  name = \"elsewhere\"\n}\n");
    lab.apply(files);
    lab.memory.cloud().clear_log();
    lab.options.mode = Mode::Destroy;
    assert_snapshot!(lab.plan(files), @r#"
    Delete memory_thing.a
    Delete memory_thing.b
    output o: "thing-3" -> -
    "#);
    assert_snapshot!(format!("{:?}", lab.memory.cloud().log()), @r#"[(Read, "a"), (Read, "elsewhere"), (Read, "b")]"#);
    lab.options.mode = Mode::Normal;
    assert_snapshot!(lab.destroy(files), @"
    Delete b
    Delete a
    0 added, 0 changed, 2 destroyed
    ");
    assert_snapshot!(lab.state(), @"");
}

const INSTANCES: &str = r#"
    resource "memory_thing" "a" {
      count = 3
      name  = "a${count.index}"
    }
    resource "memory_thing" "b" {
      count = 2
      name  = "b${count.index}"
      needs = [memory_thing.a[count.index].id]
    }
    resource "memory_thing" "c" {
      name  = "c"
      needs = memory_thing.b[*].id
    }
    output "first" {
      value = memory_thing.b[0].owner
    }
    output "second" {
      value = memory_thing.b[1].owner
    }
"#;

fn excluding(lab: &mut Lab, excludes: &[&str]) {
    lab.options.excludes = excludes.iter().map(|exclude| exclude.parse().unwrap()).collect();
}

#[test]
fn an_instance_takes_along_only_the_instances_that_it_needs() {
    let mut lab = Lab::new();
    targeting(&mut lab, &["memory_thing.b[1]"]);
    assert_snapshot!(lab.steps(INSTANCES), @"
    Warning -: Resource targeting is in effect
      You are creating a plan with the -target option, which means that the result of this plan may not represent all of the changes requested by the current configuration. It is for exceptional situations: recovering from mistakes, or when told to by an error.
    create memory_thing.a[1]
    create memory_thing.b[1] after create memory_thing.a[1]
    ");
    assert_snapshot!(lab.apply(INSTANCES), @r#"
    Warning -: Resource targeting is in effect
      You are creating a plan with the -target option, which means that the result of this plan may not represent all of the changes requested by the current configuration. It is for exceptional situations: recovering from mistakes, or when told to by an error.
    Create a1
    Create b1
    second = "cloud"
    2 added, 0 changed, 0 destroyed
    "#);
    targeting(&mut lab, &["memory_thing.b[0]"]);
    assert_snapshot!(lab.apply(INSTANCES), @r#"
    Warning -: Resource targeting is in effect
      You are creating a plan with the -target option, which means that the result of this plan may not represent all of the changes requested by the current configuration. It is for exceptional situations: recovering from mistakes, or when told to by an error.
    Create a0
    Create b0
    first = "cloud"
    second = "cloud"
    2 added, 0 changed, 0 destroyed
    "#);
    targeting(&mut lab, &[]);
    assert_snapshot!(lab.steps(INSTANCES), @"
    create memory_thing.a[2]
    create memory_thing.c
    ");
}

#[test]
fn exclusions_leave_out_what_needs_them() {
    let mut lab = Lab::new();
    excluding(&mut lab, &["memory_thing.a[1]"]);
    assert_snapshot!(lab.apply(INSTANCES), @r#"
    Warning -: Resource targeting is in effect
      You are creating a plan with the -exclude option, which means that the result of this plan may not represent all of the changes requested by the current configuration. It is for exceptional situations: recovering from mistakes, or when told to by an error.
    Create a0
    Create a2
    Create b0
    first = "cloud"
    3 added, 0 changed, 0 destroyed
    "#);
    excluding(&mut lab, &["memory_thing.b"]);
    assert_snapshot!(lab.apply(INSTANCES), @r#"
    Warning -: Resource targeting is in effect
      You are creating a plan with the -exclude option, which means that the result of this plan may not represent all of the changes requested by the current configuration. It is for exceptional situations: recovering from mistakes, or when told to by an error.
    Create a1
    first = "cloud"
    1 added, 0 changed, 0 destroyed
    "#);
    excluding(&mut lab, &[]);
    assert_snapshot!(lab.apply(INSTANCES), @r#"
    Create b1
    Create c
    first = "cloud"
    second = "cloud"
    2 added, 0 changed, 0 destroyed
    "#);
    excluding(&mut lab, &["module.m[1]", "memory_thing.root"]);
    assert_snapshot!(lab.steps(TREE), @"
    Warning -: Resource targeting is in effect
      You are creating a plan with the -exclude option, which means that the result of this plan may not represent all of the changes requested by the current configuration. It is for exceptional situations: recovering from mistakes, or when told to by an error.
    delete memory_thing.c
    delete memory_thing.b[0] after delete memory_thing.c
    delete memory_thing.b[1] after delete memory_thing.c
    delete memory_thing.a[0] after delete memory_thing.b[0], delete memory_thing.b[1]
    delete memory_thing.a[1] after delete memory_thing.b[0], delete memory_thing.b[1]
    delete memory_thing.a[2] after delete memory_thing.b[0], delete memory_thing.b[1]
    create memory_thing.right
    create module.m[0].memory_thing.y
    ");
}

#[test]
fn what_stays_keeps_what_it_was_made_with() {
    let mut lab = Lab::new();
    lab.apply(INSTANCES);
    excluding(&mut lab, &["memory_thing.b[1]"]);
    // No file declares any of them any more.
    assert_snapshot!(lab.steps(""), @"
    Warning -: Resource targeting is in effect
      You are creating a plan with the -exclude option, which means that the result of this plan may not represent all of the changes requested by the current configuration. It is for exceptional situations: recovering from mistakes, or when told to by an error.
    delete memory_thing.c
    delete memory_thing.b[0] after delete memory_thing.c
    ");
    lab.options.mode = Mode::Destroy;
    assert_snapshot!(lab.apply(INSTANCES), @r#"
    Warning -: Resource targeting is in effect
      You are creating a plan with the -exclude option, which means that the result of this plan may not represent all of the changes requested by the current configuration. It is for exceptional situations: recovering from mistakes, or when told to by an error.
    Delete c
    Delete b0
    first = "cloud"
    second = "cloud"
    0 added, 0 changed, 2 destroyed
    "#);
}

const REPEATED: &str = r#"
    variable "prefix" {}
    resource "memory_thing" "a" {
      for_each = toset(["x", "y"])
      name     = "${var.prefix}${each.key}"
    }
    resource "memory_thing" "b" {
      for_each = toset([for one in memory_thing.a : one.name])
      name     = "b${each.key}"
    }
    module "m" {
      source   = "./m"
      for_each = toset([for one in memory_thing.a : one.name])
    }
    ## m/main.tf
    resource "memory_thing" "in" {
      name = "in"
    }
"#;

#[test]
fn what_is_repeated_by_something_excluded_stays() {
    let lab = Lab::new().with_variable("prefix", "p");
    lab.apply(REPEATED);
    let mut lab = lab.with_variable("prefix", "n");
    excluding(&mut lab, &["memory_thing.a[\"x\"]"]);
    assert_snapshot!(lab.steps(REPEATED), @r#"
    Warning -: Resource targeting is in effect
      You are creating a plan with the -exclude option, which means that the result of this plan may not represent all of the changes requested by the current configuration. It is for exceptional situations: recovering from mistakes, or when told to by an error.
    update memory_thing.a["y"]
    "#);
}

#[test]
fn what_comes_of_exclusions_is_found_everywhere() {
    let files = r#"
        resource "memory_thing" "a" {
          count = 2
          name  = "a${count.index}"
        }
        resource "memory_thing" "checked" {
          name = "checked"
          lifecycle {
            postcondition {
              condition     = memory_thing.a[1].owner != ""
              error_message = "Nobody owns it."
            }
          }
        }
        resource "memory_thing" "guarded" {
          name = "guarded"
          lifecycle {
            precondition {
              condition     = memory_thing.a[1].owner == "nobody"
              error_message = "Somebody owns it."
            }
          }
        }
        data "memory_thing" "read" {
          name = memory_thing.a[1].name
        }
        resource "memory_thing" "after_reading" {
          name  = "after"
          needs = [data.memory_thing.read.id]
        }
        resource "memory_thing" "repeated" {
          for_each = toset([memory_thing.a[1].id])
          name     = each.key
        }
        module "m" {
          source = "./m"
          number = memory_thing.a[1].id
        }
        resource "memory_thing" "free" {
          name = "free"
        }
        ## m/main.tf
        variable "number" {
          type = number
        }
        resource "memory_thing" "in" {
          name  = "in"
          needs = [tostring(var.number)]
        }
    "#;
    let mut lab = Lab::new();
    excluding(&mut lab, &["memory_thing.a[1]"]);
    assert_snapshot!(lab.apply(files), @"
    Warning -: Resource targeting is in effect
      You are creating a plan with the -exclude option, which means that the result of this plan may not represent all of the changes requested by the current configuration. It is for exceptional situations: recovering from mistakes, or when told to by an error.
    Create a0
    Create free
    2 added, 0 changed, 0 destroyed
    ");
}

#[test]
fn outputs_of_what_no_target_needs_stay_as_they_are() {
    let files = r#"
        variable "owner" {}
        resource "memory_thing" "a" {
          count = 2
          name  = "a${count.index}"
          owner = count.index == 0 ? var.owner : "same"
        }
        resource "memory_thing" "b" {
          count = 2
          name  = "b${count.index}"
          needs = [memory_thing.a[count.index].id]
        }
        output "all" {
          value = memory_thing.a[*].owner
        }
        output "second" {
          value = memory_thing.a[1].owner
        }
    "#;
    let lab = Lab::new().with_variable("owner", "one");
    lab.apply(files);
    let mut lab = lab.with_variable("owner", "two");
    targeting(&mut lab, &["memory_thing.b[1]"]);
    let plan = block_on(lab.make_plan(files)).plan.unwrap();
    assert_eq!(plan.outputs.keys().map(|name| name.as_str()).collect::<Vec<_>>(), ["second"]);
    assert!(!plan.has_changes());
}

#[test]
fn exclusions_that_mean_nothing_are_mistakes() {
    let mut lab = Lab::new();
    lab.apply(INSTANCES);
    lab.options.mode = Mode::Destroy;
    excluding(&mut lab, &["memory_thing.preciuos", "memory_thing.b[7]", "module.none", "memory_thing.c"]);
    assert_snapshot!(lab.steps(INSTANCES), @"
    Warning -: Resource targeting is in effect
      You are creating a plan with the -exclude option, which means that the result of this plan may not represent all of the changes requested by the current configuration. It is for exceptional situations: recovering from mistakes, or when told to by an error.
    Error -: Nothing to exclude
      There is no memory_thing.preciuos in the files or in the state, so that nothing would be left out. Check the address; `infra state list` shows those in the state.
    Error -: Nothing to exclude
      There is no memory_thing.b[7] in the files or in the state, so that nothing would be left out. Check the address; `infra state list` shows those in the state.
    Error -: Nothing to exclude
      There is no module.none in the files or in the state, so that nothing would be left out. Check the address; `infra state list` shows those in the state.
    ");
}

#[test]
fn moves_of_what_is_left_out_are_mistakes() {
    let mut lab = Lab::new();
    lab.apply(INSTANCES);
    let renamed = INSTANCES.replace("\"memory_thing\" \"c\"", "\"memory_thing\" \"d\"")
        + "\nmoved {\n  from = memory_thing.c\n  to = memory_thing.d\n}\n";
    excluding(&mut lab, &["memory_thing.a[0]"]);
    assert_snapshot!(lab.steps(&renamed), @"
    Warning -: Resource targeting is in effect
      You are creating a plan with the -exclude option, which means that the result of this plan may not represent all of the changes requested by the current configuration. It is for exceptional situations: recovering from mistakes, or when told to by an error.
    Error -: Moved resource instances excluded by targeting
      Objects of the state have other addresses in the files now, and need what -exclude leaves out. Plan without -exclude for:
      - memory_thing.d
    ");
}
