//! Modules: what goes in, what comes out, and in which order.

use insta::assert_snapshot;

use crate::lab::Lab;

#[test]
fn two_modules_feed_each_other() {
    let mut lab = Lab::new();
    let files = r#"
        module "left" {
          source = "./left"
          second = module.right.made
        }
        module "right" {
          source = "./right"
          given  = module.left.made
        }
        output "end" {
          value = module.left.end
        }
        ## left/main.tf
        variable "second" {}
        resource "memory_thing" "one" {
          name = "one"
        }
        resource "memory_thing" "two" {
          name  = "two"
          needs = [var.second]
        }
        output "made" {
          value = memory_thing.one.id
        }
        output "end" {
          value = memory_thing.two.needs
        }
        ## right/main.tf
        variable "given" {}
        resource "memory_thing" "x" {
          name  = "x"
          needs = [var.given]
        }
        output "made" {
          value = memory_thing.x.id
        }
    "#;
    assert_snapshot!(lab.steps(files), @"
    create module.left.memory_thing.one
    create module.right.memory_thing.x after create module.left.memory_thing.one
    create module.left.memory_thing.two after create module.right.memory_thing.x
    ");
    assert_snapshot!(lab.apply(files), @r#"
    Create one
    Create x
    Create two
    end = ["thing-2"]
    3 added, 0 changed, 0 destroyed
    "#);
    assert_snapshot!(lab.plan(files), @"no changes");
    assert_snapshot!(lab.destroy(files), @"
    Delete two
    Delete x
    Delete one
    0 added, 0 changed, 3 destroyed
    ");
}

const REPEATED: &str = r#"
    module "each" {
      source   = "./m"
      for_each = { a = 2, b = 1 }
      size     = each.value
      prefix   = each.key
    }
    module "count" {
      source = "./m"
      count  = 2
      size   = count.index
      prefix = "c${count.index}"
    }
    output "whole" {
      value = { each = module.each, count = module.count[*].names }
    }
    ## m/main.tf
    variable "size" {
      type = number
    }
    variable "prefix" {}
    resource "memory_thing" "x" {
      count = var.size
      name  = "${var.prefix}-${count.index}"
    }
    module "inner" {
      source = "./inner"
      names  = memory_thing.x[*].name
    }
    output "names" {
      value = module.inner.names
    }
    ## m/inner/main.tf
    variable "names" {}
    resource "memory_thing" "list" {
      name  = join("+", concat(["all"], var.names))
      needs = var.names
    }
    output "names" {
      value = memory_thing.list.name
    }
"#;

#[test]
fn modules_are_repeated_and_nested() {
    let lab = Lab::new();
    assert_snapshot!(lab.apply(REPEATED), @r#"
    Create c1-0
    Create a-0
    Create a-1
    Create b-0
    Create all
    Create all+c1-0
    Create all+a-0+a-1
    Create all+b-0
    whole = {"count":["all","all+c1-0"],"each":{"a":{"names":"all+a-0+a-1"},"b":{"names":"all+b-0"}}}
    8 added, 0 changed, 0 destroyed
    "#);
    assert_snapshot!(lab.plan(REPEATED), @"no changes");
    let fewer = REPEATED.replace("a = 2, b = 1", "b = 2").replace("count  = 2", "count  = 1");
    assert_snapshot!(lab.plan(&fewer), @r#"
    Delete module.count[1].memory_thing.x[0] (DeleteBecauseNoModule) main.tf:10
    Delete module.count[1].module.inner.memory_thing.list (DeleteBecauseNoModule) main.tf:10
    Delete module.each["a"].memory_thing.x[0] (DeleteBecauseNoModule) main.tf:4
    Delete module.each["a"].memory_thing.x[1] (DeleteBecauseNoModule) main.tf:4
    Delete module.each["a"].module.inner.memory_thing.list (DeleteBecauseNoModule) main.tf:4
    Create module.each["b"].memory_thing.x[1]
      id: - -> (unknown)
      name: - -> "b-1"
      owner: - -> (unknown)
      part: - -> []
      rule: - -> []
      size: - -> 1
    Update module.each["b"].module.inner.memory_thing.list
      name: "all+b-0" -> "all+b-0+b-1"
      needs: ["b-0"] -> ["b-0","b-1"]
    output whole: {"count":["all","all+c1-0"],"each":{"a":{"names":"all+a-0+a-1"},"b":{"names":"all+b-0"}}} -> {"count":["all"],"each":{"b":{"names":"all+b-0+b-1"}}}
    "#);
    lab.apply(&fewer);
    assert_snapshot!(lab.plan(&fewer), @"no changes");
}

#[test]
fn everything_in_a_module_waits_for_what_its_call_depends_on() {
    let mut lab = Lab::new();
    let files = r#"
        resource "memory_thing" "before" {
          name = "before"
        }
        module "m" {
          source     = "./m"
          depends_on = [memory_thing.before]
        }
        resource "memory_thing" "after" {
          name       = "after"
          depends_on = [module.m]
        }
        ## m/main.tf
        module "inner" {
          source = "./inner"
        }
        ## m/inner/main.tf
        resource "memory_thing" "x" {
          name = "x"
        }
    "#;
    assert_snapshot!(lab.steps(files), @"
    create memory_thing.before
    create module.m.module.inner.memory_thing.x after create memory_thing.before
    create memory_thing.after after create memory_thing.before, create module.m.module.inner.memory_thing.x
    ");
    lab.apply(files);
    assert_snapshot!(lab.destroy(files), @"
    Delete after
    Delete x
    Delete before
    0 added, 0 changed, 3 destroyed
    ");
}

#[test]
fn providers_are_passed_and_inherited() {
    let lab = Lab::new();
    let files = r#"
        provider "memory" {
          endpoint = "home"
        }
        provider "memory" {
          alias    = "away"
          endpoint = "away"
        }
        module "inherits" {
          source = "./m"
        }
        module "given" {
          source = "./m"
          providers = {
            memory = memory.away
          }
        }
        module "named" {
          source = "./named"
          providers = {
            memory.there = memory.away
          }
        }
        resource "memory_thing" "own" {
          provider = memory.away
          name     = "own"
        }
        ## m/main.tf
        resource "memory_thing" "x" {
          name = "x"
        }
        ## named/main.tf
        terraform {
          required_providers {
            memory = {
              source                = "hashicorp/memory"
              configuration_aliases = [memory.there]
            }
          }
        }
        resource "memory_thing" "y" {
          provider = memory.there
          name     = "y"
        }
    "#;
    lab.apply(files);
    assert_snapshot!(lab.state(), @r#"
    memory_thing.own by provider["registry.terraform.io/hashicorp/memory"].away
    module.given.memory_thing.x by provider["registry.terraform.io/hashicorp/memory"].away
    module.inherits.memory_thing.x
    module.named.memory_thing.y by provider["registry.terraform.io/hashicorp/memory"].away
    "#);
    // Another configuration of the same provider reads what the first one made.
    let moved = files.replace("provider = memory.away\n          name     = \"own\"", "name = \"own\"");
    assert_snapshot!(lab.plan(&moved), @r#"
    Warning main.tf:15:13: Reference to undefined provider
      The required_providers of module.given say nothing about "memory", so it is taken for hashicorp/memory. Add an entry there: memory = { source = "hashicorp/memory" }.
    no changes
    "#);
    assert_snapshot!(lab.plan(&files.replace("= memory.away\n          }\n        }\n        resource", "= memory.nowhere\n          }\n        }\n        resource")), @r#"
    Warning main.tf:15:13: Reference to undefined provider
      The required_providers of module.given say nothing about "memory", so it is taken for hashicorp/memory. Add an entry there: memory = { source = "hashicorp/memory" }.
    Error main.tf:21:28: Provider configuration not present
      No configuration of the provider memory with the alias "nowhere" is declared in or passed to the root module. Add the provider block, or pass it in the providers argument of the module call.
    "#);
}

#[test]
fn arguments_and_outputs_must_be_declared() {
    let lab = Lab::new();
    assert_snapshot!(lab.plan(r#"
        module "m" {
          source = "./m"
          nmae   = 1
        }
        module "n" {
          source = "./m"
          name   = "n"
        }
        output "o" {
          value = [module.n.nmae, module.x.name, module.n]
        }
        ## m/main.tf
        variable "name" {}
        output "name" {
          value = var.name
        }
    "#), @r#"
    Error main.tf:2:20: Missing required argument
      The argument "name" is required: the module m declares this variable without a default.
    Error main.tf:4:11: Unsupported argument
      The module m has no variable named "nmae".
      help: did you mean `name`?
    Error main.tf:11:28: Unsupported attribute
      The module n has no output named "nmae".
      help: did you mean `name`?
    Error main.tf:11:35: Reference to undeclared module
      No module call named "x" is declared in the root module.
      help: did you mean `module.m`?
    "#);
}
