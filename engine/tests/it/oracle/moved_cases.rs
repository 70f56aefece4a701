//! The cases about `moved` blocks: see [`super::parse`].

pub const CASES: &str = r##"
=== moved_resources
>>>
resource "terraform_data" "a" {
  input = 1
}
resource "terraform_data" "k" {
  count = 3
  input = count.index
}
resource "terraform_data" "e" {
  for_each = toset(["x", "y"])
}
resource "terraform_data" "gone" {
}
resource "terraform_data" "user" {
  input = [terraform_data.a.id, terraform_data.k[0].id]
}
>>>
resource "terraform_data" "b" {
  input = 2
}
resource "terraform_data" "l" {
  count = 2
  input = count.index
}
resource "terraform_data" "single" {
  input = "y"
}
resource "terraform_data" "user" {
  input = [terraform_data.b.id, terraform_data.l[0].id]
}
moved {
  from = terraform_data.a
  to   = resource.terraform_data.b
}
moved {
  from = terraform_data.k
  to   = terraform_data.l
}
moved {
  from = terraform_data.e["y"]
  to   = terraform_data.single
}
moved {
  from = terraform_data.gone
  to   = terraform_data.nowhere
}
moved {
  from = terraform_data.never
  to   = terraform_data.neither
}
>>>
>>> -destroy

=== moved_chains
>>>
resource "terraform_data" "a" {
}
resource "terraform_data" "d" {
  triggers_replace = 1
}
>>>
moved {
  from = terraform_data.b
  to   = terraform_data.c
}
moved {
  from = terraform_data.a
  to   = terraform_data.b
}
moved {
  from = terraform_data.d
  to   = terraform_data.a
}
resource "terraform_data" "c" {
}
resource "terraform_data" "a" {
  triggers_replace = 2
}

=== moved_between_keys
>>>
resource "terraform_data" "a" {
  count = 2
  input = count.index
}
resource "terraform_data" "b" {
  input = "b"
}
resource "terraform_data" "c" {
  for_each = toset(["p", "q"])
  input    = each.key
}
>>>
resource "terraform_data" "a" {
  for_each = toset(["x", "y"])
  input    = each.key
}
moved {
  from = terraform_data.a[0]
  to   = terraform_data.a["x"]
}
moved {
  from = terraform_data.a[1]
  to   = terraform_data.a["y"]
}
resource "terraform_data" "b" {
  count = 2
  input = "b"
}
moved {
  from = terraform_data.b
  to   = terraform_data.b[1]
}
resource "terraform_data" "c" {
  count = 2
  input = count.index
}
moved {
  from = terraform_data.c["q"]
  to   = terraform_data.c[0]
}

=== moved_into_and_out_of_modules
>>>
resource "terraform_data" "a" {
}
module "m" {
  source = "./m"
}
module "n" {
  source = "./m"
  count  = 2
}
## m/main.tf
resource "terraform_data" "x" {
}
>>>
resource "terraform_data" "b" {
}
module "m" {
  source = "./m"
  count  = 1
}
module "o" {
  source   = "./m"
  for_each = toset(["k"])
}
module "p" {
  source = "./p"
}
moved {
  from = terraform_data.a
  to   = module.p.terraform_data.y
}
moved {
  from = module.m
  to   = module.m[0]
}
moved {
  from = module.n[0]
  to   = module.o["k"]
}
moved {
  from = module.n[1].terraform_data.x
  to   = terraform_data.b
}
## m/main.tf
resource "terraform_data" "x" {
}
## p/main.tf
resource "terraform_data" "y" {
}

=== moved_inside_modules
>>>
module "m" {
  source = "./m"
  count  = 2
}
## m/main.tf
resource "terraform_data" "x" {
}
module "inner" {
  source = "./inner"
}
## m/inner/main.tf
resource "terraform_data" "z" {
  count = 2
}
output "z" {
  value = terraform_data.z[*].id
}
>>>
module "n" {
  source = "./m"
  count  = 3
}
moved {
  from = module.m
  to   = module.n
}
## m/main.tf
resource "terraform_data" "y" {
}
moved {
  from = terraform_data.x
  to   = terraform_data.y
}
module "deeper" {
  source = "./inner"
}
moved {
  from = module.inner
  to   = module.deeper
}
## m/inner/main.tf
resource "terraform_data" "w" {
  for_each = toset(["k"])
}
moved {
  from = terraform_data.z[1]
  to   = terraform_data.w["k"]
}
>>>

=== moved_with_count_of_a_module
>>>
module "m" {
  source = "./m"
}
## m/main.tf
resource "terraform_data" "x" {
}
>>>
module "m" {
  source = "./m"
  count  = 2
}
moved {
  from = module.m
  to   = module.m[1]
}
## m/main.tf
resource "terraform_data" "y" {
}
moved {
  from = terraform_data.x
  to   = terraform_data.y
}

=== moved_where_something_is
>>>
resource "terraform_data" "a" {
}
resource "terraform_data" "b" {
}
resource "terraform_data" "k" {
  count = 2
}
module "m" {
  source = "./m"
}
module "n" {
  source = "./m"
}
## m/main.tf
resource "terraform_data" "x" {
}
>>> -plan-only
resource "terraform_data" "b" {
}
moved {
  from = terraform_data.a
  to   = terraform_data.b
}
resource "terraform_data" "k" {
  count = 1
}
moved {
  from = terraform_data.k[1]
  to   = terraform_data.k[0]
}
module "n" {
  source = "./m"
}
moved {
  from = module.m
  to   = module.n
}
## m/main.tf
resource "terraform_data" "x" {
}

=== moved_said_wrongly
>>>
moved {
}
moved {
  from = terraform_data.a
}
moved {
  from = terraform_data.a
  to   = module.x
}
moved {
  from = terraform_data.a[each.key]
  to   = terraform_data.b
}
moved {
  from = "terraform_data.a"
  to   = terraform_data.b
}
moved {
  from = terraform_data.a.id
  to   = terraform_data.b
  more = 1
  lifecycle {
  }
}
moved {
  from = terraform_data
  to   = module.a.b
}
moved "x" {
  from = terraform_data.p
  to   = terraform_data.q
}
moved {
  from = 1 + 2
  to   = f(x)
}
moved {
  from = terraform_data.c["x"]
  to   = terraform_data.c[1.5]
}
moved {
  from = terraform_data.c[-1]
  to   = terraform_data.c[*]
}
moved {
  from = local.x
  to   = var.y
}
moved {
  from = terraform_data.d[null]
  to   = terraform_data.d[true]
}
moved {
  from = module
  to   = resource.terraform_data
}

=== moved_and_still_there
>>> -plan-only
resource "terraform_data" "a" {
}
resource "terraform_data" "c" {
  count = 2
}
module "m" {
  source = "./m"
  count  = 1
}
moved {
  from = terraform_data.a
  to   = terraform_data.b
}
moved {
  from = terraform_data.a[0]
  to   = terraform_data.b[0]
}
moved {
  from = terraform_data.c[1]
  to   = terraform_data.d
}
moved {
  from = terraform_data.c[5]
  to   = terraform_data.e
}
moved {
  from = terraform_data.c
  to   = terraform_data.f
}
moved {
  from = module.m
  to   = module.n
}
moved {
  from = module.m[0]
  to   = module.m[1]
}
moved {
  from = module.m.terraform_data.x
  to   = module.m.terraform_data.y
}
moved {
  from = module.m[0].terraform_data.x
  to   = module.m[1].terraform_data.y
}
## m/main.tf
resource "terraform_data" "x" {
}
moved {
  from = terraform_data.z
  to   = terraform_data.z
}

=== moved_to_several_places
>>>
moved {
  from = terraform_data.a
  to   = terraform_data.b
}
moved {
  from = terraform_data.a
  to   = terraform_data.c
}
moved {
  from = terraform_data.d
  to   = terraform_data.b
}
moved {
  from = terraform_data.d
  to   = terraform_data.b
}
moved {
  from = module.m
  to   = module.n[0]
}
moved {
  from = module.o
  to   = module.n
}

=== moved_in_a_circle
>>>
resource "terraform_data" "a" {
}
>>>
moved {
  from = terraform_data.a
  to   = terraform_data.b
}
moved {
  from = terraform_data.b
  to   = terraform_data.c
}
moved {
  from = terraform_data.c
  to   = terraform_data.a
}

=== moved_and_targeted
>>>
resource "terraform_data" "a" {
}
resource "terraform_data" "o" {
}
resource "terraform_data" "k" {
}
>>> -target=terraform_data.o
resource "terraform_data" "b" {
}
resource "terraform_data" "o" {
  input = terraform_data.b.id
}
resource "terraform_data" "k" {
}
moved {
  from = terraform_data.a
  to   = terraform_data.b
}
>>> -target=terraform_data.b
>>> -target=terraform_data.b -target=terraform_data.a
>>> -target=terraform_data.o
resource "terraform_data" "b" {
}
resource "terraform_data" "o" {
  input = 1
}
resource "terraform_data" "k" {
  count = 1
}
>>> -target=terraform_data.k

=== moved_to_another_type
>>>
resource "terraform_data" "a" {
}
>>>
resource "terraform_other" "b" {
}
moved {
  from = terraform_data.a
  to   = terraform_other.b
}

=== moved_and_only_refreshed
>>>
resource "terraform_data" "a" {
}
>>> -refresh-only
resource "terraform_data" "b" {
}
moved {
  from = terraform_data.a
  to   = terraform_data.b
}
"##;
