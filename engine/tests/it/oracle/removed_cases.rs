//! The cases about `removed` and `import` blocks: see [`super::parse`].

pub const CASES: &str = r##"
=== removed_is_forgotten_or_destroyed
>>>
resource "terraform_data" "a" {
}
resource "terraform_data" "k" {
  count = 2
  input = terraform_data.a.id
}
resource "terraform_data" "d" {
}
resource "terraform_data" "e" {
}
module "m" {
  source = "./m"
  count  = 2
}
## m/main.tf
resource "terraform_data" "x" {
}
resource "terraform_data" "y" {
}
>>>
removed {
  from = terraform_data.a
  lifecycle {
    destroy = false
  }
}
removed {
  from = terraform_data.k
  lifecycle {
    destroy = false
  }
}
removed {
  from = terraform_data.d
  lifecycle {
    destroy = true
  }
}
removed {
  from = terraform_data.e
}
removed {
  from = module.m.terraform_data.y
  lifecycle {
    destroy = true
  }
}
removed {
  from = module.m
  lifecycle {
    destroy = false
  }
}

=== removed_inside_a_module
>>>
module "m" {
  source = "./m"
}
## m/main.tf
resource "terraform_data" "x" {
}
resource "terraform_data" "y" {
}
module "n" {
  source = "./n"
}
## m/n/main.tf
resource "terraform_data" "z" {
}
>>> -refresh-only -plan-only
module "m" {
  source = "./m"
}
## m/main.tf
resource "terraform_data" "y" {
}
removed {
  from = terraform_data.x
  lifecycle {
    destroy = false
  }
}
removed {
  from = module.n
  lifecycle {
    destroy = false
  }
}
>>>

=== removed_when_destroying_everything
>>>
resource "terraform_data" "a" {
}
>>> -destroy
removed {
  from = terraform_data.a
  lifecycle {
    destroy = false
  }
}

=== removed_after_moving
>>>
resource "terraform_data" "a" {
}
resource "terraform_data" "c" {
}
>>>
moved {
  from = terraform_data.a
  to   = terraform_data.b
}
removed {
  from = terraform_data.b
  lifecycle {
    destroy = false
  }
}
removed {
  from = terraform_data.c
  lifecycle {
    destroy = false
  }
}
removed {
  from = terraform_data.c
  lifecycle {
    destroy = true
  }
}

=== removed_and_targeted
>>>
resource "terraform_data" "c" {
}
resource "terraform_data" "d" {
}
>>> -target=terraform_data.d
removed {
  from = terraform_data.c
  lifecycle {
    destroy = false
  }
}
removed {
  from = terraform_data.d
  lifecycle {
    destroy = false
  }
}

=== removed_said_wrongly
>>>
removed {
}
removed {
  from = terraform_data.a[0]
}
removed {
  from = module.m[0]
}
removed {
  from = data.x.y
}
removed {
  from = terraform_data.b
  lifecycle {
    destroy = "maybe"
  }
}
removed {
  from = terraform_data.c
  lifecycle {
    destroy = false
    other   = 1
  }
}
removed "x" {
  from = module.m["x"].terraform_data.d
}
removed {
  from = f(1)
  lifecycle {
    destroy = null
  }
}

=== removed_and_still_there
>>>
resource "terraform_data" "a" {
}
removed {
  from = terraform_data.a
}
module "m" {
  source = "./m"
  count  = 0
}
removed {
  from = module.m
  lifecycle {
    destroy = false
  }
}
removed {
  from = module.m.terraform_data.x
}
removed {
  from = module.m.terraform_data.y
}
## m/main.tf
resource "terraform_data" "x" {
}
removed {
  from = terraform_data.x
}

=== imported
>>>
import {
  to = terraform_data.a
  id = "found a"
}
resource "terraform_data" "a" {
}
import {
  to = terraform_data.b
  id = "found b"
}
resource "terraform_data" "b" {
  input = terraform_data.a.id
}
import {
  to = terraform_data.c
  id = join(" ", ["found", local.c])
}
locals {
  c = "c"
}
resource "terraform_data" "c" {
  triggers_replace = 1
}
>>>
>>> -destroy

=== imported_with_keys
>>>
locals {
  ids = { x = "found x", y = "found y" }
}
import {
  for_each = local.ids
  to       = terraform_data.a[each.key]
  id       = each.value
}
resource "terraform_data" "a" {
  for_each = local.ids
  input    = each.key
}
import {
  for_each = toset(["p"])
  to       = module.m[each.key].terraform_data.x
  id       = "found ${each.value}"
}
module "m" {
  source   = "./m"
  for_each = toset(["p", "q"])
}
import {
  to = terraform_data.k[1]
  id = 123456789012
}
resource "terraform_data" "k" {
  count = 2
}
import {
  for_each = null
  to       = terraform_data.n
  id       = "nothing"
}
resource "terraform_data" "n" {
}
import {
  for_each = [1]
  to       = terraform_data.l
  id       = "number ${each.value}"
}
resource "terraform_data" "l" {
}
## m/main.tf
resource "terraform_data" "x" {
}

=== imported_already
>>>
resource "terraform_data" "a" {
}
>>>
moved {
  from = terraform_data.a
  to   = terraform_data.b
}
resource "terraform_data" "b" {
}
import {
  to = terraform_data.b
  id = "other"
}

=== imported_only_where_planned
>>> -destroy
resource "terraform_data" "a" {
}
import {
  to = terraform_data.a
  id = "found"
}
>>> -refresh-only
>>> -target=terraform_data.b
resource "terraform_data" "a" {
}
resource "terraform_data" "b" {
}
import {
  to = terraform_data.a
  id = "found"
}

=== imported_and_protected
>>>
import {
  to = terraform_data.b
  id = "x"
}
resource "terraform_data" "b" {
  triggers_replace = 1
  lifecycle {
    prevent_destroy = true
  }
}

=== import_said_wrongly
>>>
import {
}
import {
  to = terraform_data.a
}
import "x" {
  to = terraform_data.b
  id = "x"
}
import {
  to = data.x.y
  id = "x"
}
import {
  to = terraform_data.g[1]
  id = "y"
}
import {
  to = terraform_data.g[1]
  id = "z"
}

=== import_ids_that_cannot_be
>>>
import {
  to = terraform_data.a
  id = ""
}
resource "terraform_data" "a" {
}
import {
  to = terraform_data.c
  id = null
}
resource "terraform_data" "c" {
}
import {
  to = terraform_data.g
  id = []
}
resource "terraform_data" "g" {
}

=== import_ids_known_too_late
>>>
resource "terraform_data" "o" {
}
import {
  to = terraform_data.d
  id = terraform_data.o.id
}
resource "terraform_data" "d" {
}

=== import_of_oneself
>>>
import {
  to = terraform_data.e
  id = terraform_data.e.id
}
resource "terraform_data" "e" {
}

=== import_circle
>>>
import {
  to = terraform_data.a
  id = local.x
}
locals {
  x = terraform_data.a.id
}
resource "terraform_data" "a" {
}

=== import_instances_that_cannot_be
>>>
import {
  to = terraform_data.b
  id = "x"
}
resource "terraform_data" "b" {
  count = 2
}
import {
  to = terraform_data.c["k"]
  id = "x"
}
resource "terraform_data" "c" {
}
import {
  for_each = 12
  to       = terraform_data.d[each.value]
  id       = "x"
}
resource "terraform_data" "d" {
  for_each = {}
}

=== import_without_resource
>>>
import {
  to = terraform_data.a
  id = "x"
}

=== import_in_a_module
>>>
module "m" {
  source = "./m"
}
## m/main.tf
resource "terraform_data" "x" {
}
import {
  to = terraform_data.x
  id = "x"
}

=== import_with_a_secret
>>>
variable "s" {
  sensitive = true
  default   = "found"
}
import {
  to = terraform_data.b
  id = var.s
}
resource "terraform_data" "b" {
}
"##;
