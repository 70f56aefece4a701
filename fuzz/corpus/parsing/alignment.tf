a=1
bbb =2
cc= { a=1 }
ddddddddd = {
 x=1
   yyy=2
}
e=1

ffffffffffff=1
g=1
# between
h=1
ii=1
