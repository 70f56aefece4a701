a = [for k,v in x:k]
b = {for k , v in x:k=>v...if v!=null}
c = [for x in [1,2]:x]
d = [
for x in y :
  x if z
]
e = {
for k,v in x :
k=>{
a=v
}
}
