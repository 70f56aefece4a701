//! Mistakes in files: all in one run, in the order of the files, each with its place and a way out.

use insta::assert_snapshot;

use crate::lab::Lab;

#[test]
fn circles_are_shown_step_by_step() {
    let lab = Lab::new();
    assert_snapshot!(lab.plan(r#"
        resource "memory_thing" "a" {
          name = local.from_module
        }
        locals {
          from_module = module.m.out
          to_module   = memory_thing.a.id
        }
        module "m" {
          source = "./m"
          given  = local.to_module
        }
        resource "memory_thing" "b" {
          name  = "b"
          needs = [memory_thing.c.id]
        }
        resource "memory_thing" "c" {
          name       = "c"
          depends_on = [memory_thing.b]
        }
        resource "memory_thing" "aside" {
          name  = "aside"
          needs = [memory_thing.b.id]
        }
        ## m/main.tf
        variable "given" {}
        output "out" {
          value = var.given
        }
    "#), @"
    Error main.tf:6:25: Cycle
      These objects need one another in a circle, so none can come first:
      local.from_module refers to module.m.output.out at main.tf:6
      module.m.output.out refers to module.m.var.given at m/main.tf:3
      module.m.var.given refers to local.to_module at main.tf:11
      local.to_module refers to memory_thing.a at main.tf:7
      memory_thing.a refers to local.from_module at main.tf:3
    Break the circle by removing one of these references.
    Error main.tf:15:20: Cycle
      These objects need one another in a circle, so none can come first:
      memory_thing.b refers to memory_thing.c at main.tf:15
      memory_thing.c refers to memory_thing.b at main.tf:19
    Break the circle by removing one of these references.
    ");
}

#[test]
fn names_that_lead_nowhere_come_with_a_suggestion() {
    let lab = Lab::new();
    assert_snapshot!(lab.plan(r#"
        variable "region" {}
        locals {
          bucket_name = 1
          self        = local.self
        }
        resource "memory_thing" "base" {
          name  = var.regoin
          owner = local.buckt_name
          needs = [memory_thing.bsae.id, data.memory_thing.base.id, module.network.id]
          size  = memory_thing.base.size
        }
        output "o" {
          value = nothing
        }
        output "p" {
          value = [var, memory_thing]
        }
    "#), @r#"
    Error main.tf:5:25: Self-referencing local value
      local.self may not be part of its own value. Refer to something else.
    Error main.tf:8:19: Reference to undeclared input variable
      No input variable named "regoin" has been declared in the root module.
      help: did you mean `var.region`?
    Error main.tf:9:19: Reference to undeclared local value
      No local value named "buckt_name" has been declared in the root module.
      help: did you mean `local.bucket_name`?
    Error main.tf:10:20: Reference to undeclared resource
      A managed resource memory_thing named "bsae" has not been declared in the root module.
      help: did you mean `memory_thing.base`?
    Error main.tf:10:42: Reference to undeclared resource
      A data resource memory_thing named "base" has not been declared in the root module.
      help: did you mean `memory_thing.base`?
    Error main.tf:10:69: Reference to undeclared module
      No module call named "network" is declared in the root module.
    Error main.tf:11:19: Self-referential block
      This block may not refer to itself: its own values are not known before it exists. Use a literal, a variable or a local value instead.
    Error main.tf:14:19: Invalid reference
      A resource is referred to by its type and its name, and "nothing" alone means nothing here. A text goes in quotes.
    Error main.tf:17:20: Invalid reference
      "var" is nothing by itself: a dot and a name must follow, as in var.name.
    Error main.tf:17:25: Invalid reference
      A resource is referred to by its type and its name, and "memory_thing" alone means nothing here. A text goes in quotes.
    "#);
}

#[test]
fn everything_wrong_is_said_at_once_and_in_order() {
    let lab = Lab::new().with_variable("known", "1");
    assert_snapshot!(lab.plan(r#"
        ## b.tf
        resource "memory_thing" "b" {
          nmae = "b"
          size = "large"
          part {
            weight = 1
          }
          parts {
          }
        }
        output "late" {
          value = upper(1, 2)
        }
        ## a.tf
        variable "known" {
          type = number
        }
        resource "memory_thing" "a" {
          name = ""
          size = 1 + "x"
        }
        locals {
          broken = {}.x
          user   = local.broken
          other  = "${local.user}!"
        }
        module "m" {
          source = "./m"
        }
        ## m/main.tf
        variable "needed" {}
        resource "memory_thing" "inside" {
        }
        output "out" {
          value = each.key
        }
    "#), @r#"
    Error a.tf:6:22: Invalid operand
      Unsuitable value for the operand: a number is required.
    Error a.tf:9:22: Unsupported attribute
      This object does not have an attribute named "x".
    Error a.tf:13:20: Missing required argument
      The argument "needed" is required: the module m declares this variable without a default.
    Error b.tf:1:37: Missing required argument
      The argument "name" is required, but no definition was found; add it.
    Error b.tf:2:11: Unsupported argument
      An argument named "nmae" is not expected here; correct the name or remove it.
      help: did you mean `name`?
    Error b.tf:3:18: Incorrect attribute value type
      Inappropriate value for attribute "size": a number is required. Give a value of type number.
    Error b.tf:4:16: Missing required argument
      The argument "name" is required, but no definition was found; add it.
    Error b.tf:7:11: Unsupported block type
      Blocks of type "parts" are not expected here; correct the name or remove it.
      help: did you mean `part`?
    Error b.tf:11:28: Too many function arguments
      Function "upper" cannot be called so: it takes 1 argument, but got 2.
    Error m/main.tf:2:42: Missing required argument
      The argument "name" is required, but no definition was found; add it.
    Error m/main.tf:5:19: Reference to "each" in context without for_each
      The "each" object can be used only in "module" or "resource" blocks, and only when the "for_each" argument is set.
    "#);
}

#[test]
fn a_mistake_found_while_planning_leaves_the_rest_to_be_seen() {
    let lab = Lab::new().with_variable("list", "[]");
    assert_snapshot!(lab.plan(r#"
        variable "list" {
          type = list(string)
        }
        locals {
          first = var.list[0]
        }
        resource "memory_thing" "a" {
          name = local.first
        }
        resource "memory_thing" "b" {
          count = local.first == "x" ? 1 : 2
          name  = "b"
        }
        resource "memory_thing" "c" {
          name = "c${memory_thing.a.id}${var.list[1]}"
        }
        output "o" {
          value = [memory_thing.b, local.first]
        }
    "#), @"
    Error main.tf:6:27: Invalid index
      The given key does not identify an element in this collection value: the collection has no elements.
    Error main.tf:16:50: Invalid index
      The given key does not identify an element in this collection value: the collection has no elements.
    ");
}

#[test]
fn a_mistake_found_while_applying_stops_only_what_needs_the_value() {
    let lab = Lab::new();
    assert_snapshot!(lab.apply(r#"
        resource "memory_thing" "a" {
          name = "a"
        }
        locals {
          number = tonumber(memory_thing.a.owner)
        }
        resource "memory_thing" "b" {
          name = "b"
          size = local.number
        }
        resource "memory_thing" "c" {
          name = "c"
          size = local.number + 1
        }
        resource "memory_thing" "d" {
          name  = "d"
          needs = [memory_thing.a.id]
        }
        output "o" {
          value = local.number
        }
    "#), @r#"
    Create a
    Create d
    Error memory_thing.b: Invalid function argument: Call to function "tonumber" failed: "cloud" cannot be converted to number; only decimal digits with an optional sign, point and exponent can be.
    2 added, 0 changed, 0 destroyed
    "#);
}
