a = <<EOT
  ${ x }   y
%{ if  x }
  z
%{endif}
EOT
bbb = 1
c = <<-EOT
     x
   EOT
  d = [<<A
x
A
, <<-B
  y
  B
]
e = f(<<A
  ${ g(
1,
2
) }
A
, 1)
block {
f = <<EOT
 EOT EOT
 $EOT
  EOT
  gg = 1
}
g = <<EOT
EOT
h = <<-EOT
  $x $${y} ${<<IN
 deep
IN
}
  EOT
