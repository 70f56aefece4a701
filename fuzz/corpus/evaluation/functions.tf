locals {
  a = [for k, v in { b = 1, c = "x" } : "${k}=${v}" if v != null]
  b = { for x in local.a : x => length(x)... }
  c = merge(local.b, { d = [1, 2] }, try(local.a[7], {}))
  d = format("%05.2f %s %v %q", 3.14159, "a", [1], "b")
  e = regexall("(?P<x>[a-z]+)-?", join("-", local.a))
  f = jsondecode(jsonencode({ a = [1, null, true, 1e5] }))
  g = cidrsubnet("10.0.0.0/8", 8, 3)
  h = flatten([[1, [2]], []])
  i = setproduct(["a"], toset(["b", "c"]))
  j = templatestring("%{ for x in y }${x}%{ endfor }", { y = [1, 2] })
  k = formatdate("YYYY-MM-DD", "2020-01-01T00:00:00Z")
  l = substr("äöü", 1, -1)
  m = 1 / 3 * 1e30 % 7 - -2
  n = can(local.f.b) ? tonumber("1.5") : parseint("ff", 16)
  o = replace("abc", "/(b)/", "$1$1")
  p = yamldecode("a: [1, 2]")
  q = base64encode(sha256("x"))
  r = sort(distinct(concat(["b", "a"], ["a"])))
  s = range(1, 10, 3)
  t = timeadd("2020-01-01T00:00:00Z", "1h")
}
