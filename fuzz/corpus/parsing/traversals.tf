a = foo . bar [ 0 ] . * . baz
b = foo [ * ] . bar [ "x" ] [ each . key ]
c = foo.0.bar
d = (x) [0]
e = foo( ) [0]
f = {a=1} ["a"]
g = "x" [0]
h = 1 [0]
