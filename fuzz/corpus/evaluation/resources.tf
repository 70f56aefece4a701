variable "x" {
  type    = object({ a = optional(string, "d"), b = optional(list(number), []) })
  default = {}
  validation {
    condition     = var.x.a != ""
    error_message = "empty ${var.x.a}"
  }
}
resource "terraform_data" "a" {
  count = length(var.x.b)
  input = var.x[*].a
  lifecycle {
    precondition {
      condition     = count.index < 3
      error_message = "no"
    }
  }
}
resource "terraform_data" "b" {
  for_each         = toset(["x", "y"])
  input            = { k = each.key, v = terraform_data.a.*.output }
  triggers_replace = [terraform_data.a]
}
output "o" {
  value     = { for k, v in terraform_data.b : k => v.input.k }
  sensitive = true
}
check "c" {
  assert {
    condition     = terraform_data.b["x"].id != ""
    error_message = "no"
  }
}
moved {
  from = terraform_data.old
  to   = terraform_data.b["x"]
}
