//! Cases about the files themselves: JSON, override files, settings. See [`super::parse`].

pub const CASES: &str = r##"
=== json_everything
>>>
## main.tf.json
{
  "//": "comments may stand in every body",
  "terraform": [{"required_version": ">= 1.0"}, {"//": "second"}],
  "variable": {
    "v": [{"type": "object({a = optional(string, \"x\"), n = number})", "default": {"n": 1}}],
    "literal": {"default": "${not.a.template}", "description": "${nor.this}"},
    "untyped": {"default": [1, "a", null]}
  },
  "locals": [
    {"a": "${var.v.a}", "b": {"${var.v.a}": "${1 + 1}", "c": "$${kept}"}, "//": "no local"},
    {"list": ["${local.a}", "%{ if true }yes%{ endif }", 12345678901234567890.5, 1e3, -0, null, true]}
  ],
  "resource": {
    "terraform_data": [
      {"a": {"count": "${2}", "input": "${count.index}-${local.a}", "depends_on": ["terraform_data.b"]}},
      {"b": {
        "for_each": {"k": "v"},
        "input": {"key": "${each.key}", "list": ["${each.value}"]},
        "triggers_replace": "\u0041\n${local.a}",
        "provider": "terraform",
        "lifecycle": {
          "ignore_changes": ["input"],
          "create_before_destroy": true,
          "precondition": [{"condition": "${local.a == \"x\"}", "error_message": "not ${local.a}"}]
        }
      }}
    ]
  },
  "output": {
    "all": {"value": {"a": "${terraform_data.a[*].input}", "b": "${terraform_data.b[\"k\"].input}", "l": "${local.list}", "m": "${local.b}"}},
    "literal": {"value": "${var.literal}", "sensitive": "true"},
    "untyped": {"value": "${var.untyped}", "depends_on": ["terraform_data.a"]}
  }
}
## more.tf
output "native" {
  value = local.a
}
>>>

=== json_arrays_of_objects
>>>
## main.tf.json
[
  {"resource": {"terraform_data": {"a": [{"input": 1}]}}},
  {"resource": [{"terraform_data": {"b": {"input": 2}}}, {"terraform_data": [{"c": null}]}]},
  {"output": null}
]

=== json_mistakes_in_bodies
>>>
## main.tf.json
{
  "local": {"a": 1},
  "variable": {
    "v": {"typ": "string"},
    "w": {"type": "list(strin)"}
  },
  "locals": {
    "a": 1,
    "a": 2
  },
  "output": {
    "o": {"valu": 1},
    "p": {"value": 1,
      "value": 2}
  },
  "resource": {
    "terraform_data": {
      "b": {"depends_on": [
        "a b"
      ]}
    }
  },
  "provider":
    {}
}

=== json_mistakes_in_resources
>>>
## main.tf.json
{
  "resource": {
    "terraform_data": {
      "a": {
        "inputt": "x"
      },
      "b": {
        "input": [
          "${local.nothing}"
        ]
      }
    }
  }
}

=== json_duplicate_object_attribute
>>>
## main.tf.json
{
  "output": {
    "o": {"value": {
      "a": 1,
      "a": 2
    }}
  }
}

=== overrides_replace_arguments
>>>
## main.tf
variable "v" {
  type      = string
  default   = 1
  sensitive = true
}
locals {
  a = "base"
  b = "base"
}
output "o" {
  value     = [local.a, local.b, var.v]
  sensitive = true
}
resource "terraform_data" "a" {
  input            = "base"
  triggers_replace = "base"
  lifecycle {
    create_before_destroy = true
    ignore_changes        = [input]
  }
}
resource "terraform_data" "b" {
  count = 2
}
resource "terraform_data" "c" {
  for_each = { a = 1 }
}
## a_override.tf
locals {
  a = "first"
}
variable "v" {
  type      = number
  sensitive = false
}
resource "terraform_data" "a" {
  input = "first"
  lifecycle {
    ignore_changes = [triggers_replace]
  }
}
## b_override.tf.json
{
  "locals": {"a": "second"},
  "output": {"o": {"sensitive": false}},
  "resource": {"terraform_data": {"a": {"input": "${local.a}"}, "c": {"count": 1}}}
}
## override.tf
resource "terraform_data" "b" {
  for_each = { x = 1 }
}
provider "terraform" {
}
>>>
>>>
## main.tf.json
{"resource": {"terraform_data": {"a": {"input": 1, "triggers_replace": 2}}}}
## override.tf
resource "terraform_data" "a" {
  input = 2
}

=== overrides_of_nothing
>>>
## main.tf
## override.tf
variable "v" {
}
locals {
  a = 1
}
output "o" {
  value = 1
}
resource "terraform_data" "a" {
}
data "terraform_remote_state" "a" {
}
provider "terraform" {
  alias = "x"
}

=== overrides_that_are_not_allowed
>>>
## main.tf
variable "v" {
  default = 1
}
output "o" {
  value = var.v
}
resource "terraform_data" "a" {
}
## override.tf
variable "v" {
  validation {
    condition     = var.v == 1
    error_message = "no"
  }
}
output "o" {
  depends_on = [terraform_data.a]
  precondition {
    condition     = var.v == 1
    error_message = "no"
  }
}
resource "terraform_data" "a" {
  depends_on = [
    var.v
  ]
  lifecycle {
    precondition {
      condition     = var.v == 1
      error_message = "no"
    }
    postcondition {
      condition     = self.input == 1
      error_message = "no"
    }
  }
  lifecycle {
  }
}
moved {
  from = terraform_data.x
  to   = terraform_data.a
}
import {
  to = terraform_data.a
  id = "x"
}
check "c" {
  assert {
    condition     = var.v == 1
    error_message = "no"
  }
}
foo {
}

=== override_with_wrong_default
>>>
## main.tf
variable "v" {
  type = number
}
## override.tf
variable "v" { default = "a" }

=== settings_named_twice
>>>
## main.tf
terraform {
  required_providers {
    terraform = { source = "terraform.io/builtin/terraform" }
  }
  required_providers {
  }
  backend "local" {
  }
  foo {
  }
  bar = 1
}
terraform {
  backend "s3" {
  }
  experiments = [something]
}
required_providers {
}

=== settings_overridden
>>>
## main.tf
terraform {
  required_version = "< 1.0"
  required_providers {
    terraform = { source = "hashicorp/nothing" }
  }
}
resource "terraform_data" "a" {
}
## override.tf
terraform {
  required_version = "> 1.0"
  required_providers {
    terraform = { source = "terraform.io/builtin/terraform" }
  }
}

=== files_that_are_not_read
>>>
## main.tf
resource "terraform_data" "a" {
}
## .hidden.tf
nonsense
## main.tf~
nonsense
## #main.tf#
nonsense
## folder/main.tf
nonsense
## text.json
nonsense
"##;
