a = 1 # one
bbbb = 2222 // two
c = 3
d = 4 # four
# own line
   # indented
eeeee = 5 /* inner */
f = /* before */ 6 # six
/* several
     lines */ g = 7
h /* name */ = /* a
 b */ 8 # eight
block { # at the brace
   # inside
   i=9   # nine
 } # behind
j = [ # open
1, # one
 22, # two
 ] # close
k = 1 # not the last
