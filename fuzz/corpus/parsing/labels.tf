resource foo "bar" {}
resource /* a */ foo /* b */ "bar" /* c */ {}
resource "a\u00e9\tb" "c\"d\\" {}
provider aws {
}
a "" {}
