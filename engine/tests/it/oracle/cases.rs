//! The cases: see [`super::parse`].

pub const CASES: &str = r##"
=== lifecycle
>>>
resource "terraform_data" "a" {
  input = "one"
}
resource "terraform_data" "b" {
  input            = [terraform_data.a.output, terraform_data.a.id]
  triggers_replace = { from = terraform_data.a.id, list = [1, true, null] }
}
output "o" {
  value = terraform_data.b.output
}
>>>
>>>
resource "terraform_data" "a" {
  input = "two"
}
resource "terraform_data" "b" {
  input            = [terraform_data.a.output, terraform_data.a.id]
  triggers_replace = { from = terraform_data.a.id, list = [1, false, null] }
}
output "o" {
  value = terraform_data.b.output
}
output "new" {
  value = { a = terraform_data.a, n = null }
}
>>>
resource "terraform_data" "b" {
}
>>> -destroy

=== count_grows_and_shrinks
>>>
resource "terraform_data" "a" {
  count = 3
  input = count.index
}
output "all" {
  value = terraform_data.a[*].output
}
>>>
resource "terraform_data" "a" {
  count = 1
  input = count.index + 10
}
output "all" {
  value = terraform_data.a[*].output
}
>>>
resource "terraform_data" "a" {
  count = "2"
  input = count.index + 10
}
output "all" {
  value = terraform_data.a[*].output
}
>>>
resource "terraform_data" "a" {
  count = 0
  input = count.index
}
output "all" {
  value = terraform_data.a[*].output
}

=== for_each_keys
>>>
resource "terraform_data" "a" {
  for_each = { x = 1, y = "two", z = [3] }
  input    = { (each.key) = each.value }
}
resource "terraform_data" "set" {
  for_each = toset(["p", "q", each_is_not_a_name.dummy.input])
  input    = each.value == each.key
}
resource "terraform_data" "plain" {
  input = 1
}
>>>
resource "terraform_data" "a" {
  for_each = { x = 1, y = "two", z = [3] }
  input    = { (each.key) = each.value }
}
resource "terraform_data" "set" {
  for_each = toset(["p", "q"])
  input    = [each.value == each.key, terraform_data.a["y"].output]
}
>>>
resource "terraform_data" "a" {
  for_each = { w = 1, z = [4] }
  input    = { (each.key) = each.value }
}
resource "terraform_data" "set" {
  for_each = toset(["q"])
  input    = [each.value == each.key, terraform_data.a["z"].output]
}
>>>
resource "terraform_data" "a" {
  count = 2
  input = count.index
}

=== count_is_added_and_taken_away
>>>
resource "terraform_data" "a" {
  input = "one"
}
resource "terraform_data" "b" {
  input = terraform_data.a.id
}
>>>
resource "terraform_data" "a" {
  count = 2
  input = "one"
}
resource "terraform_data" "b" {
  input = terraform_data.a[0].id
}
>>>
resource "terraform_data" "a" {
  input = "one"
}
resource "terraform_data" "b" {
  input = terraform_data.a.id
}
>>>
resource "terraform_data" "a" {
  for_each = toset(["k"])
  input    = "one"
}

=== for_each_over_resources
>>>
resource "terraform_data" "a" {
  for_each = toset(["x", "y"])
  input    = each.key
}
resource "terraform_data" "b" {
  for_each = terraform_data.a
  input    = [each.key, each.value.id, each.value.output]
}
output "ids" {
  value = { for key, b in terraform_data.b : key => b.input[0] }
}
>>>

=== modules_feed_each_other
>>>
module "left" {
  source = "./left"
  first  = "start"
  second = module.right.made
}
module "right" {
  source = "./right"
  given  = module.left.made
}
output "all" {
  value = [module.left, module.right.made]
}
## left/main.tf
variable "first" {}
variable "second" {}
resource "terraform_data" "one" {
  input = var.first
}
resource "terraform_data" "two" {
  input = var.second
}
output "made" {
  value = terraform_data.one.output
}
output "end" {
  value = terraform_data.two.id
}
## right/main.tf
variable "given" {}
resource "terraform_data" "x" {
  input = "${var.given}!"
}
output "made" {
  value = terraform_data.x.output
}
>>>
>>> -destroy

=== targets_inside_modules
>>> -target=module.m[1]
resource "terraform_data" "a" {
  input = 1
}
module "m" {
  source = "./m"
  count  = 2
  value  = terraform_data.a.output
}
module "n" {
  source = "./m"
  value  = module.m[0].value
}
output "n" {
  value = module.n.value
}
## m/main.tf
variable "value" {}
resource "terraform_data" "x" {
  input = var.value
}
resource "terraform_data" "y" {
  count = 2
  input = terraform_data.x.id
}
output "value" {
  value = terraform_data.x.output
}
>>> -target=module.m[0].terraform_data.y[1]
>>> -target=module.n
>>> -destroy -target=module.m[0]
>>>

=== modules_with_count_and_for_each
>>>
module "m" {
  source   = "./m"
  for_each = { a = 2, b = 1 }
  size     = each.value
}
module "n" {
  source = "./m"
  count  = 2
  size   = count.index
}
output "m" {
  value = module.m
}
output "n" {
  value = module.n[*].ids
}
## m/main.tf
variable "size" {
  type = number
}
resource "terraform_data" "x" {
  count = var.size
  input = [path.module, var.size]
}
module "inner" {
  source = "./inner"
  value  = terraform_data.x
}
output "ids" {
  value = terraform_data.x[*].output
}
## m/inner/main.tf
variable "value" {}
resource "terraform_data" "y" {
  input = length(var.value)
}
>>>
module "m" {
  source   = "./m"
  for_each = { b = 2 }
  size     = each.value
}
## m/main.tf
variable "size" {
  type = number
}
resource "terraform_data" "x" {
  count = var.size
  input = [path.module, var.size]
}
output "ids" {
  value = terraform_data.x[*].output
}

=== module_depends_on
>>>
resource "terraform_data" "before" {
  input = 1
}
module "m" {
  source     = "./m"
  depends_on = [terraform_data.before]
}
resource "terraform_data" "after" {
  input      = module.m.text
  depends_on = [module.m]
}
## m/main.tf
resource "terraform_data" "x" {
}
output "text" {
  value = "constant"
}
>>>
resource "terraform_data" "before" {
  input = 2
}
module "m" {
  source     = "./m"
  depends_on = [terraform_data.before]
}
resource "terraform_data" "after" {
  input      = module.m.text
  depends_on = [module.m]
}
## m/main.tf
resource "terraform_data" "x" {
}
output "text" {
  value = "constant"
}

=== variables
>>> -var=number=7 -var=list=["x"] -var=untyped=2 -var=text=null
variable "number" {
  type = number
}
variable "list" {
  type = list(string)
}
variable "untyped" {
}
variable "text" {
  type    = string
  default = "d"
}
variable "object" {
  type = object({
    a = optional(number, 3)
    b = optional(object({ d = optional(string, "D"), e = optional(list(string)) }), {})
    c = string
  })
  default = { a = null, c = 1, extra = true }
}
variable "many" {
  type    = map(object({ x = optional(string, "X") }))
  default = { p = {}, q = { x = "own" }, r = { x = null } }
}
variable "kept_null" {
  default = "d"
}
variable "not_null" {
  default  = "d"
  nullable = false
}
locals {
  upper = { for key, value in var.many : upper(key) => value.x }
}
module "m" {
  source    = "./m"
  kept_null = null
  not_null  = null
}
resource "terraform_data" "a" {
  input = [var.number + 1, var.list, var.untyped, var.text, var.object, local.upper, module.m.both]
}
## m/main.tf
variable "kept_null" {
  default = "d"
}
variable "not_null" {
  default  = "d"
  nullable = false
}
output "both" {
  value = { kept = var.kept_null, filled = var.not_null }
}

=== variable_mistakes
>>> -var=port=99999 -var=name=x
variable "port" {
  type = number
  validation {
    condition     = var.port < 65536
    error_message = "Too large: ${var.port}."
  }
  validation {
    condition     = var.port > 100000
    error_message = "Too small."
  }
}
variable "name" {
  validation {
    condition     = length(var.name) > 1
    error_message = "Too short."
  }
}
resource "terraform_data" "a" {
  input = [var.port, var.name]
}
>>> -var=port=abc -var=name=xx
>>> -var=port=100001 -var=name=xx -var=other=1
>>> -var=name=xx

=== sensitive_values
>>>
variable "s" {
  sensitive = true
  default   = "hidden"
}
resource "terraform_data" "a" {
  input = { plain = "p", secret = var.s, nested = [{ x = "${var.s}!" }, 1] }
}
resource "terraform_data" "b" {
  input            = terraform_data.a.input.secret
  triggers_replace = [var.s]
}
output "o" {
  value     = terraform_data.a.input
  sensitive = true
}
output "n" {
  value = nonsensitive(var.s)
}
>>>
variable "s" {
  default = "hidden"
}
resource "terraform_data" "a" {
  input = { plain = "p", secret = var.s, nested = [{ x = "${var.s}!" }, 1] }
}
resource "terraform_data" "b" {
  input            = terraform_data.a.input.secret
  triggers_replace = [var.s]
}
output "o" {
  value = terraform_data.a.input
}
output "n" {
  value     = var.s
  sensitive = true
}
>>>
variable "s" {
  default   = "hidden"
  sensitive = true
}
output "o" {
  value = var.s
}

=== create_before_destroy_is_contagious
>>>
resource "terraform_data" "a" {
  count            = 2
  triggers_replace = 1
}
resource "terraform_data" "b" {
  triggers_replace = terraform_data.a[0].id
  lifecycle {
    create_before_destroy = true
  }
}
resource "terraform_data" "c" {
  input = terraform_data.b.id
}
>>>
resource "terraform_data" "a" {
  count            = 2
  triggers_replace = 2
}
resource "terraform_data" "b" {
  triggers_replace = terraform_data.a[0].id
  lifecycle {
    create_before_destroy = true
  }
}
resource "terraform_data" "c" {
  input = terraform_data.b.id
}
>>>
resource "terraform_data" "a" {
  count            = 2
  triggers_replace = 3
}
resource "terraform_data" "b" {
  triggers_replace = terraform_data.a[0].id
}
>>> -destroy

=== prevent_destroy
>>>
resource "terraform_data" "a" {
  triggers_replace = 1
  lifecycle {
    prevent_destroy = true
  }
}
resource "terraform_data" "b" {
  count = 2
  lifecycle {
    prevent_destroy = true
  }
}
>>>
resource "terraform_data" "a" {
  triggers_replace = 2
  lifecycle {
    prevent_destroy = true
  }
}
resource "terraform_data" "b" {
  count = 1
  lifecycle {
    prevent_destroy = true
  }
}
>>> -destroy
>>>
resource "terraform_data" "b" {
  count = 2
  lifecycle {
    prevent_destroy = false
  }
}

=== ignore_changes
>>>
resource "terraform_data" "whole" {
  input            = 1
  triggers_replace = 1
  lifecycle {
    ignore_changes = all
  }
}
resource "terraform_data" "attribute" {
  input            = 1
  triggers_replace = 1
  lifecycle {
    ignore_changes = [input]
  }
}
resource "terraform_data" "element" {
  input = { a = 1, b = [1, 2] }
  lifecycle {
    ignore_changes = [input.a, input["b"][0]]
  }
}
>>>
resource "terraform_data" "whole" {
  input            = 2
  triggers_replace = 2
  lifecycle {
    ignore_changes = all
  }
}
resource "terraform_data" "attribute" {
  input            = 2
  triggers_replace = 1
  lifecycle {
    ignore_changes = [input]
  }
}
resource "terraform_data" "element" {
  input = { a = 2, b = [2, 3] }
  lifecycle {
    ignore_changes = [input.a, input["b"][0]]
  }
}
>>>
resource "terraform_data" "whole" {
  lifecycle {
    ignore_changes = [input, triggers_replace]
  }
}
resource "terraform_data" "attribute" {
  input            = 3
  triggers_replace = 2
  lifecycle {
    ignore_changes = [input]
  }
}

=== replace_triggered_by
>>>
resource "terraform_data" "source" {
  count            = 2
  input            = { a = count.index, b = 1 }
  triggers_replace = 1
}
resource "terraform_data" "whole" {
  lifecycle {
    replace_triggered_by = [terraform_data.source]
  }
}
resource "terraform_data" "each" {
  count = 2
  lifecycle {
    replace_triggered_by = [terraform_data.source[count.index].input.a]
  }
}
resource "terraform_data" "first" {
  lifecycle {
    replace_triggered_by = [terraform_data.source[0]]
  }
}
>>>
resource "terraform_data" "source" {
  count            = 2
  input            = { a = count.index * 2, b = 1 }
  triggers_replace = 1
}
resource "terraform_data" "whole" {
  lifecycle {
    replace_triggered_by = [terraform_data.source]
  }
}
resource "terraform_data" "each" {
  count = 2
  lifecycle {
    replace_triggered_by = [terraform_data.source[count.index].input.a]
  }
}
resource "terraform_data" "first" {
  lifecycle {
    replace_triggered_by = [terraform_data.source[0]]
  }
}
>>>
resource "terraform_data" "source" {
  count            = 2
  input            = { a = count.index * 2, b = 2 }
  triggers_replace = 1
}
resource "terraform_data" "whole" {
  lifecycle {
    replace_triggered_by = [terraform_data.source]
  }
}
resource "terraform_data" "each" {
  count = 2
  lifecycle {
    replace_triggered_by = [terraform_data.source[count.index].input.a]
  }
}
resource "terraform_data" "first" {
  lifecycle {
    replace_triggered_by = [terraform_data.source[0].id]
  }
}

=== conditions_at_plan
>>>
resource "terraform_data" "a" {
  input = 1
  lifecycle {
    precondition {
      condition     = 1 > 2
      error_message = "Never."
    }
    postcondition {
      condition     = self.input == 2
      error_message = "Input is ${self.input}."
    }
  }
}
output "o" {
  value = 1
  precondition {
    condition     = false
    error_message = "No output."
  }
}

=== conditions_at_apply
>>>
resource "terraform_data" "a" {
  input = 1
}
resource "terraform_data" "b" {
  input = 2
  lifecycle {
    precondition {
      condition     = terraform_data.a.output == 2
      error_message = "a is ${terraform_data.a.output}"
    }
  }
}
resource "terraform_data" "c" {
  input = 3
  lifecycle {
    postcondition {
      condition     = self.output == 4
      error_message = "not four"
    }
  }
}
resource "terraform_data" "d" {
  input = terraform_data.c.output
}
output "o" {
  value = terraform_data.a.output
  precondition {
    condition     = terraform_data.a.output == 2
    error_message = "output"
  }
}
>>>
resource "terraform_data" "a" {
  input = 2
}
resource "terraform_data" "b" {
  input = 2
  lifecycle {
    precondition {
      condition     = terraform_data.a.output == 2
      error_message = "a is ${terraform_data.a.output}"
    }
  }
}

=== conditions_of_unchanged_objects
>>>
resource "terraform_data" "a" {
  input = 1
}
resource "terraform_data" "b" {
  input = 2
  lifecycle {
    precondition {
      condition     = terraform_data.a.output < 5
      error_message = "a is too large"
    }
  }
}
>>>
resource "terraform_data" "a" {
  input = 7
}
resource "terraform_data" "b" {
  input = 2
  lifecycle {
    precondition {
      condition     = terraform_data.a.output < 5
      error_message = "a is too large"
    }
  }
}

=== targets
>>>
resource "terraform_data" "a" {
  count = 2
  input = count.index
}
resource "terraform_data" "b" {
  input = terraform_data.a[0].output
}
resource "terraform_data" "c" {
  input = 1
}
module "m" {
  source = "./m"
  value  = terraform_data.b.output
}
output "b" {
  value = terraform_data.b.output
}
output "c" {
  value = terraform_data.c.output
}
## m/main.tf
variable "value" {}
resource "terraform_data" "x" {
  input = var.value
}
resource "terraform_data" "y" {
  input = 1
}
output "value" {
  value = terraform_data.x.output
}
>>> -target=terraform_data.a[1]
resource "terraform_data" "a" {
  count = 2
  input = count.index + 1
}
resource "terraform_data" "b" {
  input = terraform_data.a[0].output
}
resource "terraform_data" "c" {
  input = 2
}
module "m" {
  source = "./m"
  value  = terraform_data.b.output
}
output "b" {
  value = terraform_data.b.output
}
output "c" {
  value = terraform_data.c.output
}
## m/main.tf
variable "value" {}
resource "terraform_data" "x" {
  input = var.value
}
resource "terraform_data" "y" {
  input = 1
}
output "value" {
  value = terraform_data.x.output
}
>>> -target=module.m -plan-only
>>> -target=terraform_data.b
>>> -target=module.m.terraform_data.y -target=terraform_data.c
>>> -destroy -target=terraform_data.b -plan-only
>>> -destroy -target=terraform_data.a[1] -plan-only
>>> -destroy -target=terraform_data.a[0]
>>>

=== tainted
>>>
resource "terraform_data" "a" {
  input = 1
  lifecycle {
    ignore_changes = [input]
  }
}
resource "terraform_data" "b" {
  triggers_replace = terraform_data.a.id
  lifecycle {
    create_before_destroy = true
  }
}
resource "terraform_data" "c" {
  count = 2
  input = 1
  lifecycle {
    replace_triggered_by = [terraform_data.a]
  }
}
>>> -taint=terraform_data.a -taint=terraform_data.c[1] -replace=terraform_data.a
resource "terraform_data" "a" {
  input = 2
  lifecycle {
    ignore_changes = [input]
  }
}
resource "terraform_data" "b" {
  triggers_replace = terraform_data.a.id
  lifecycle {
    create_before_destroy = true
  }
}
resource "terraform_data" "c" {
  count = 2
  input = 1
}
>>> -taint=terraform_data.c[0] -refresh-only
>>> -taint=terraform_data.b
locals {}

=== replacing_on_request
>>>
resource "terraform_data" "a" {
  count = 2
  input = 1
}
resource "terraform_data" "b" {
  input = terraform_data.a[0].id
}
>>> -replace=terraform_data.a[0]
>>> -replace=terraform_data.a -plan-only

=== refresh_only
>>>
variable "v" {
  default = 1
}
resource "terraform_data" "a" {
  input = var.v
}
output "o" {
  value = [terraform_data.a.output, var.v]
}
>>> -refresh-only -var=v=2
>>> -var=v=2

=== orphans
>>>
module "gone" {
  source = "./m"
}
module "some" {
  source = "./m"
  count  = 2
}
resource "terraform_data" "gone" {
}
resource "terraform_data" "counted" {
  count = 2
}
resource "terraform_data" "keyed" {
  for_each = toset(["x", "y"])
}
resource "terraform_data" "switched" {
  for_each = toset(["x", "y"])
}
## m/main.tf
resource "terraform_data" "x" {
}
>>>
module "some" {
  source = "./m"
  count  = 1
}
resource "terraform_data" "counted" {
  count = 1
}
resource "terraform_data" "keyed" {
  for_each = toset(["x"])
}
resource "terraform_data" "switched" {
  count = 1
}
## m/main.tf
resource "terraform_data" "y" {
}

=== cycle
>>>
resource "terraform_data" "a" {
  input = local.b
}
locals {
  b = terraform_data.b.id
}
resource "terraform_data" "b" {
  input = terraform_data.a.id
}

=== undeclared
>>>
locals {
  known = 1
}
resource "terraform_data" "a" {
  input = [terraform_data.b.id, data.terraform_data.x.id, module.m.out]
}
output "o" {
  value = terraform_data.a.inputt
}
>>>
resource "terraform_data" "a" {
  input = terraform_data.a.id
}
>>>
locals {
  known = 1
}
resource "terraform_data" "a" {
  input = [var.nope, local.knowm]
}
>>>
resource "terraform_data" "a" {
  inptu = 1
  block {
  }
}
resource "terraform_dat" "b" {
}

=== unknown_repetition
>>>
resource "terraform_data" "a" {
  input = ["x"]
}
resource "terraform_data" "b" {
  count = length(terraform_data.a.output)
}
resource "terraform_data" "c" {
  for_each = toset(terraform_data.a.output)
}
resource "terraform_data" "d" {
  for_each = { k = terraform_data.a.output }
  input    = each.value
}

=== invalid_repetition
>>>
resource "terraform_data" "null" {
  count = null
}
resource "terraform_data" "negative" {
  count = -1
}
resource "terraform_data" "fraction" {
  count = 1.5
}
resource "terraform_data" "text" {
  count = "x"
}
resource "terraform_data" "list" {
  for_each = ["a"]
}
resource "terraform_data" "numbers" {
  for_each = toset([1, 2])
}
resource "terraform_data" "null_set" {
  for_each = toset(["a", null])
}
resource "terraform_data" "null_each" {
  for_each = null
}
resource "terraform_data" "secret" {
  for_each = sensitive(toset(["a"]))
}
resource "terraform_data" "secret_count" {
  count = sensitive(1)
}

=== both_repetitions
>>>
resource "terraform_data" "a" {
  count    = 1
  for_each = {}
}
resource "terraform_data" "b" {
  input = each.key
}
resource "terraform_data" "c" {
  input = count.index
}

=== several_mistakes
>>>
resource "terraform_data" "a" {
  input = upper(1, 2)
}
resource "terraform_data" "b" {
  input = [1][5]
}
output "o" {
  value = {}.x
}
locals {
  bad = 1 + "x"
}
module "m" {
  source = "./m"
  wrong  = 1
}
## m/main.tf
variable "needed" {}

=== unused_mistakes
>>>
locals {
  bad = [1][5]
}
variable "v" {
  type    = number
  default = "x"
}

=== expressions_through_unknown
>>>
resource "terraform_data" "a" {
  input = { list = ["x", "y"], number = 3, text = "t" }
}
locals {
  known_prefix = "pre-${terraform_data.a.id}"
}
resource "terraform_data" "b" {
  input = {
    text    = local.known_prefix
    starts  = startswith(local.known_prefix, "pre-")
    isnull  = terraform_data.a.id == null
    cond    = terraform_data.a.output == null ? 1 : 2
    splat   = terraform_data.a[*].id
    for     = [for x in terraform_data.a.output.list : upper(x)]
    object  = { for k, v in { p = terraform_data.a.id, q = 1 } : k => v }
    tuple   = [terraform_data.a.id, 1, { z = terraform_data.a.output }]
    and     = false && terraform_data.a.output
    length  = length([terraform_data.a.id, 1])
    merge   = merge({ a = 1 }, { b = terraform_data.a.id })
    json    = jsonencode({ id = terraform_data.a.id })
    try     = try(terraform_data.a.output.nope, "fallback")
    concat  = concat([1], [terraform_data.a.id])
    tostr   = tostring(3)
    equal   = [terraform_data.a.id] == ["x", "y"]
  }
}
output "b" {
  value = terraform_data.b.output
}
>>>

=== types_of_values
>>>
resource "terraform_data" "a" {
  input = {
    list   = tolist(["a", "b"])
    set    = toset(["b", "a"])
    map    = tomap({ x = 1, y = 2 })
    tuple  = ["a", 1, true, null]
    number = 1.5
    large  = 123456789012345678901234567890
    bool   = true
    null   = null
    empty  = [[], {}, toset([]), tomap({})]
  }
}
output "o" {
  value = terraform_data.a.input
}
output "null" {
  value = null
}
output "list" {
  value = terraform_data.a.output.list
}
>>>
resource "terraform_data" "a" {
  input = {
    list   = ["a", "b"]
    set    = ["a", "b"]
    map    = { x = 1, y = 2 }
    tuple  = ["a", 1, true, null]
    number = 1.50
    large  = 123456789012345678901234567890
    bool   = true
    null   = null
    empty  = [[], {}, [], {}]
  }
}
output "null" {
  value = 1
}

=== null_inputs
>>>
resource "terraform_data" "a" {
  input            = null
  triggers_replace = null
}
resource "terraform_data" "b" {
  input            = 1
  triggers_replace = 1
}
>>>
resource "terraform_data" "a" {
  input            = 1
  triggers_replace = 1
}
resource "terraform_data" "b" {
}
>>>
resource "terraform_data" "a" {
  input            = tolist([])
  triggers_replace = 1
}

=== unknown_trigger
>>>
resource "terraform_data" "a" {
  input = 1
}
resource "terraform_data" "b" {
  triggers_replace = [terraform_data.a.output]
}
resource "terraform_data" "c" {
  input = terraform_data.b.id
}
>>>
resource "terraform_data" "a" {
  input = 2
}
resource "terraform_data" "b" {
  triggers_replace = [terraform_data.a.output]
}
resource "terraform_data" "c" {
  input = terraform_data.b.id
}

=== depends_on
>>>
resource "terraform_data" "a" {
  input = 1
}
resource "terraform_data" "b" {
  input      = 1
  depends_on = [terraform_data.a]
}
output "o" {
  value      = "constant"
  depends_on = [terraform_data.b]
}
>>>
resource "terraform_data" "a" {
  triggers_replace = 1
}
resource "terraform_data" "b" {
  input      = 1
  depends_on = [terraform_data.a]
}
output "o" {
  value      = "constant"
  depends_on = [terraform_data.b]
}

=== dependency_moves_away
>>>
resource "terraform_data" "old" {
  input = 1
}
resource "terraform_data" "user" {
  input = terraform_data.old.id
}
>>>
resource "terraform_data" "new" {
  input = 1
}
resource "terraform_data" "user" {
  input = terraform_data.new.id
}

=== dynamic_is_no_block_here
>>>
resource "terraform_data" "a" {
  dynamic "input" {
    for_each = [1]
    content {}
  }
}

=== duplicates
>>>
resource "terraform_data" "a" {
}
resource "terraform_data" "a" {
}
variable "v" {
}
variable "v" {
}
output "o" {
  value = 1
}
output "o" {
  value = 2
}
locals {
  x = 1
}
locals {
  x = 2
}
variable "count" {
}

=== nested_modules_and_locals
>>>
locals {
  names = ["a", "b"]
  sizes = { for position, name in local.names : name => position }
}
module "outer" {
  source   = "./outer"
  for_each = toset(local.names)
  name     = each.key
  size     = local.sizes[each.key]
}
output "deep" {
  value = { for name, outer in module.outer : name => outer.inner.made[*].text }
}
## outer/main.tf
variable "name" {}
variable "size" {}
locals {
  title = title(var.name)
}
module "inner" {
  source = "../inner"
  count  = var.size + 1
  text   = "${local.title}-${count.index}"
}
output "inner" {
  value = { made = module.inner }
}
## inner/main.tf
variable "text" {}
resource "terraform_data" "x" {
  input = var.text
}
output "text" {
  value = terraform_data.x.output
}
>>>

=== outputs_that_hold_secrets
>>>
variable "s" {
  sensitive = true
  default   = "x"
}
output "inside" {
  value     = { a = var.s, b = 1 }
  sensitive = true
}
>>>

=== ephemeral_values
>>> -var=e=x
variable "e" {
  ephemeral = true
}
resource "terraform_data" "a" {
  input = var.e
}
output "o" {
  value = var.e
}

=== wide_to_narrow
>>>
resource "terraform_data" "a" {
  count = 4
  input = count.index
}
resource "terraform_data" "b" {
  count = 2
  input = [terraform_data.a[count.index * 2].output, terraform_data.a[count.index * 2 + 1].output]
}
resource "terraform_data" "c" {
  input = terraform_data.b[*].output
}
>>>
resource "terraform_data" "a" {
  count = 2
  input = count.index + 1
}
resource "terraform_data" "b" {
  count = 1
  input = [terraform_data.a[count.index * 2].output, terraform_data.a[count.index * 2 + 1].output]
}
resource "terraform_data" "c" {
  input = terraform_data.b[*].output
}

=== check_blocks
>>>
variable "v" {
  default = "x"
}
resource "terraform_data" "a" {
  input = var.v
}
resource "terraform_data" "many" {
  count = 2
  input = count.index
  lifecycle {
    postcondition {
      condition     = self.output < 2
      error_message = "too many: ${self.output}"
    }
  }
}
resource "terraform_data" "none" {
  count = 0
  lifecycle {
    precondition {
      condition     = var.v != ""
      error_message = "empty"
    }
  }
}
check "fails" {
  assert {
    condition     = terraform_data.a.output == "y"
    error_message = "a is ${terraform_data.a.output}"
  }
  assert {
    condition     = var.v == "y"
    error_message = "  v is ${var.v}\n"
  }
}
check "holds" {
  assert {
    condition     = var.v == "x" && length(terraform_data.many) == 2
    error_message = "no"
  }
}
module "m" {
  for_each = toset(["p", "q"])
  source   = "./m"
  key      = each.key
}
output "o" {
  value = var.v
  precondition {
    condition     = terraform_data.a.output != "z"
    error_message = "z"
  }
}
## m/main.tf
variable "key" {
  validation {
    condition     = length(var.key) == 1
    error_message = "one letter"
  }
}
check "inner" {
  assert {
    condition     = var.key == "p"
    error_message = "not p but ${var.key}"
  }
}
output "o" {
  value = var.key
  precondition {
    condition     = var.key != "r"
    error_message = "r"
  }
}
>>> -var=v=y
>>> -refresh-only -var=v=z
>>> -target=terraform_data.a
>>> -plan-only -var=v=
>>> -destroy

=== check_block_mistakes
>>> -plan-only
check "nothing" {
}
>>> -plan-only
check "twice" {
  assert {
    condition     = terraform_data.a.id == ""
    error_message = "x"
  }
}
check "twice" {
  assert {
    condition     = terraform_data.a.id == ""
    error_message = "x"
  }
}
resource "terraform_data" "a" {
}
>>> -plan-only
check "constant" {
  assert {
    condition     = true
    error_message = "x"
  }
  assert {
    condition     = terraform_data.a.id != ""
    error_message = "x"
  }
}
resource "terraform_data" "a" {
}
>>> -plan-only
check "lacking" {
  assert {
    error_message = "x"
  }
  assert {
    condition = terraform_data.a.id == ""
  }
  assert {
    condition     = terraform_data.a.id != ""
    error_message = "x"
  }
  foo = 1
  bar {
  }
}
resource "terraform_data" "a" {
}
>>> -plan-only
check "nested" {
  data "terraform_remote_state" "a" {
    count = 1
    for_each = {}
    backend = "local"
    lifecycle {
    }
  }
  data "terraform_remote_state" "b" {
    backend = "local"
  }
  assert {
    condition = data.terraform_remote_state.a.outputs != null
    error_message = "x"
  }
}
>>> -plan-only
check "wrong" {
  assert {
    condition     = tonumber(terraform_data.a.input) == 1
    error_message = "x"
  }
  assert {
    condition     = terraform_data.a.input
    error_message = "x"
  }
  assert {
    condition     = terraform_data.a.input == "a" ? null : true
    error_message = "x"
  }
}
resource "terraform_data" "a" {
  input = "a"
}
>>> -plan-only
variable "v" {
  default = "x"
}
check "message" {
  assert {
    condition     = var.v == "y"
    error_message = var.v == "x" ? null : "a"
  }
}

=== error_messages
>>> -plan-only
variable "secret" {
  default   = "x"
  sensitive = true
}
variable "passing" {
  default   = "x"
  ephemeral = true
}
resource "terraform_data" "a" {
  input = 1
  lifecycle {
    precondition {
      condition     = var.secret != "y"
      error_message = "it is ${var.secret}"
    }
    precondition {
      condition     = var.passing != "y"
      error_message = "it is ${var.passing}"
    }
  }
}
check "c" {
  assert {
    condition     = var.secret == "y"
    error_message = "it is ${var.secret}"
  }
}
>>> -plan-only -var=secret=y -var=passing=y
>>> -plan-only
variable "v" {
  default = "x"
  validation {
    condition     = var.v != "x"
    error_message = "it is ${terraform_data.a.id}"
  }
  validation {
    condition     = var.v != "x"
    error_message = sensitive("secret")
  }
  validation {
    condition     = var.v != "x"
    error_message = "plain ${var.v}"
  }
}
resource "terraform_data" "a" {
}
>>> -plan-only
variable "v" {
  default = ["x"]
  validation {
    condition     = var.v != null
    error_message = var.v
  }
  validation {
    condition     = var.v != null
    error_message = sensitive("x")
  }
}
>>> -plan-only
variable "v" {
  default = ["x"]
  validation {
    condition     = var.v != null
    error_message = var.v[3]
  }
}

=== validations_that_look_elsewhere
>>>
variable "size" {
  type    = number
  default = 2
  validation {
    condition     = var.size <= local.most && var.size <= length(terraform_data.a)
    error_message = "at most ${local.most}"
  }
}
variable "later" {
  default = "x"
  validation {
    condition     = var.later != terraform_data.a[0].id
    error_message = "is an id"
  }
}
locals {
  most = 3
}
resource "terraform_data" "a" {
  count = 2
}
resource "terraform_data" "b" {
  input = [var.size, var.later]
}
>>> -plan-only -var=size=3
>>> -destroy -plan-only -var=size=4
>>> -destroy
"##;
