a = {
x = 1 }
b = 1
cc = [1,
2]
ddd = 2
eeee = f(<<A
A
)
f = 1
