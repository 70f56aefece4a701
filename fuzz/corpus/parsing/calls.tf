a = max ( 1,2 , 3 )
b = core :: max(1,2 ...)
c = provider::aws :: arn_parse ( x )
d = merge(
{a=1},
{
b=2
},
)
e = merge({
a=1
}, {
bb=2
c=3
})
f = f(g(h(
1,
2
)))
g = concat([
1
],
[2])
