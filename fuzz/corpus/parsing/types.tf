variable "a" {
  type="string"
}
variable "b" {
  type = "list"
}
variable "c" {
  type = "map"
}
variable "d" {
  type = list
}
variable e {
  type = map
}
variable "f" {
  type = set
}
variable "g" {
  type = "number"
}
variable "h" {
  type = /* x */ "string" # y
}
variable "i" {
  type=object({a=string,b=optional(list(string),[]),
  c=any})
}
variable "j" {
  x {
    type = "string"
  }
  default = "${x}"
}
output "k" {
  type = "string"
}
type = "list"
