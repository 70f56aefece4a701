"""Random expressions, as trees that can be made smaller.

A `Node` is its parts in order: text and further nodes. Every method of `Grammar` makes a node of about one kind; now
and then it is of another kind, because what does not fit must be refused, or converted, in the same way.
"""

import texts
from functions import FUNCTIONS, FOLLOWED

# What may stand for a node of a kind when an expression is made smaller, simplest first.
SIMPLE = ["null", "1", '"a"', "true", "[]", "{}", "0", '""', "[1]", '["a"]', "{ a = 1 }"]


class Node:
    def __init__(self, kind, *parts):
        self.kind, self.parts = kind, list(parts)

    def __str__(self):
        return "".join(map(str, self.parts))

    def children(self):
        return [part for part in self.parts if isinstance(part, Node)]

    def inner(self):
        """All nodes below."""
        return [node for child in self.children() for node in [child, *child.inner()]]

    def smaller(self):
        """Trees that are this one with one thing simpler: a part alone, a part left out, a part in simple words."""
        yield from sorted(self.inner(), key=lambda node: len(str(node)))
        for index, part in enumerate(self.parts):
            if not isinstance(part, Node):
                continue
            rest = lambda new: Node(self.kind, *self.parts[:index], new, *self.parts[index + 1:])
            if self.kind == "sequence":
                yield Node(self.kind, *(self.parts[:index - 1] + self.parts[index + 1:] if index else self.parts[2:]))
            if part.kind == "piece":
                yield rest(Node("piece"))
            if part.kind == "text":
                yield from (rest(Node("text", texts.quoted(text))) for text in texts.shorter(texts.unquoted(str(part))))
            if part.kind not in ("sequence", "key", "pair", "piece"):
                yield from (rest(Node(part.kind, simple)) for simple in SIMPLE if len(simple) < len(str(part)))
            yield from (rest(smaller) for smaller in part.smaller())


def sequence(nodes, separator=", "):
    parts = []
    for node in nodes:
        parts += [separator, node] if parts else [node]
    return Node("sequence", *parts)


class Grammar:
    """What `source`, a `random.Random`, makes of the language."""

    def __init__(self, source, names=()):
        self.random = source
        # What may be referred to besides what is always there.
        self.names = list(names)

    def pick(self, *choices):
        return self.random.choice(choices)

    def chance(self, probability):
        return self.random.random() < probability

    def of(self, kind, depth):
        """An expression of a kind by name, as the table of functions has them."""
        if kind.startswith("list of "):
            return self.list_of(kind[len("list of "):], depth)
        if kind in texts.POOLS:
            return self.text_from(kind, depth)
        return getattr(self, kind)(depth)

    def any(self, depth):
        kinds = ["number", "string", "bool", "list", "map", "conditional", "call", "call", "call", "reference", "access",
                 "operation", "loop", "splat", "object", "tuple", "set", "template", "converted"]
        if depth <= 0:
            kinds = ["number", "string", "bool", "list", "map", "reference"]
        return self.of(self.random.choice(kinds), depth)

    def perhaps(self, kind, depth):
        """Of a kind, or rarely of another."""
        if self.chance(0.06):
            return self.any(depth)
        if self.chance(0.03):
            return Node("call", f"{self.pick('sensitive', 'sensitive', 'try', 'nonsensitive', 'ephemeralasnull')}(",
                        self.of(kind, depth), ")")
        if self.chance(0.03) and depth > 0:
            return Node("group", "(", self.of("bool", depth - 1), " ? ", self.of(kind, depth), " : ",
                        self.of(kind, depth), ")")
        return self.of(kind, depth)

    # Leaves and near to leaves.

    def small(self, depth):
        """A whole number near zero."""
        if depth > 0 and self.chance(0.1):
            return self.perhaps("number", depth - 1)
        return Node("number", self.pick("0", "1", "1", "2", "2", "3", "4", "5", "8", "10", "16", "-1", "-2", '"1"', "1.5"))

    def number(self, depth):
        if depth > 0 and self.chance(0.5):
            return self.operation_on_numbers(depth) if self.chance(0.6) else self.call_of(depth, "number")
        if self.chance(0.15):
            digits = "".join(self.random.choice("0123456789") for _ in range(self.random.randrange(1, 30)))
            fraction = self.pick("", "", "." + digits[::-1])
            exponent = self.pick("", "", "", "e%d" % self.random.randrange(-30, 60))
            return Node("number", (digits.lstrip("0") or "0") + fraction + exponent)
        return Node("number", self.random.choice(texts.NUMBERS))

    def nonzero(self, depth):
        return Node("number", self.pick("1", "2", "3", "7", "-3", "0.1", "10", '"4"', "1e20", "-0.75", "1e-9"))

    def operation_on_numbers(self, depth):
        if self.chance(0.1):
            return Node("group", "(-", self.perhaps("number", depth - 1), ")")
        operator = self.pick("+", "-", "*", "/", "%")
        # What is divided by zero is no number here, and infinity there: that is known.
        right = self.nonzero(depth) if operator in "/%" else self.perhaps("number", depth - 1)
        return Node("group", "(", self.perhaps("number", depth - 1), f" {operator} ", right, ")")

    def string(self, depth):
        if depth > 0 and self.chance(0.5):
            return self.template(depth) if self.chance(0.4) else self.call_of(depth, "string")
        if self.chance(0.1):
            return Node("word", self.pick("local.s", "local.m.y", "var.text", "local.lines", "local.unicode"))
        return self.text_from("words", depth)

    def text_from(self, pool, depth):
        if depth > 0 and self.chance(0.04) and pool != "folder":
            return self.string(depth - 1)
        choices = texts.POOLS[pool]
        text = self.random.choice(choices)
        if self.chance(texts.CHANGED.get(pool, 0.15)):
            text = texts.changed(self.random, text, choices)
        return Node("text", texts.quoted(text))

    def bool(self, depth):
        if depth > 0 and self.chance(0.6):
            form = self.random.randrange(6)
            if form == 0:
                return Node("group", "!", self.perhaps("bool", depth - 1))
            if form == 1:
                return self.call_of(depth, "bool")
            return self.comparison(depth)
        return Node("bool", self.pick("true", "false", "true", "false", "local.b", '"true"', '"false"', "null", "1", '"0"'))

    def comparison(self, depth):
        operator = self.pick("==", "!=", "==", "!=", "<", "<=", ">", ">=", "&&", "||")
        kind = {"&": "bool", "|": "bool", "=": "any", "!": "any"}.get(operator[0], "number")
        left = self.perhaps(kind, depth - 1)
        # Equal values are rare enough among random ones.
        right = left if self.chance(0.1) else self.perhaps(kind, depth - 1)
        return Node("group", "(", left, f" {operator} ", right, ")")

    def operation(self, depth):
        return self.operation_on_numbers(depth) if self.chance(0.4) else self.comparison(depth)

    def null(self, depth):
        return Node("word", "null")

    def positive(self, depth):
        return Node("number", self.pick("1", "2", "3", "10", "100", "0.5", "1.5", "8", "1024", '"9"', "1e10"))

    def base(self, depth):
        return Node("number", self.pick("2", "10", "16", "8", "36", "62", "3", "37", "0.5", "1e2"))

    def small_positive(self, depth):
        return Node("number", self.pick("0", "1", "2", "3", "10", "0.5", "-1", "64"))

    def position(self, depth):
        # One that is negative makes terraform die.
        return Node("number", self.pick("0", "1", "2", "3", "7", '"1"'))

    def bits(self, depth):
        return Node("number", self.pick("0", "1", "2", "3", "4", "8", "16", "31", "1", "2", "64", '"2"'))

    def scalar(self, depth):
        return self.of(self.pick("number", "string", "bool", "string", "any"), depth)

    def list_or_scalar(self, depth):
        return self.list(depth) if self.chance(0.6) else self.scalar(depth)

    def numeral(self, depth):
        return self.text_from("numerals", depth) if self.chance(0.7) else self.scalar(depth)

    def template_reference(self, depth):
        return Node("word", self.pick("local.template", "local.template_of_list", "local.s", "local.lines"))

    # Collections.

    def tuple(self, depth):
        count = self.random.randrange(4) if depth > 0 else self.random.randrange(3)
        return Node("list", "[", sequence([self.any(depth - 1) for _ in range(count)]), "]")

    def list(self, depth):
        if depth > 0 and self.chance(0.3):
            return self.call_of(depth, "list")
        if self.chance(0.15):
            return Node("word", self.pick("local.l", "var.numbers", "local.o.c", "var.objects", "var.words", "local.empty"))
        return self.list_of(self.pick("number", "string", "bool", "any", "list", "object", "null"), depth)

    def list_of(self, kind, depth):
        if depth > 1 and self.chance(0.1):
            return self.list(depth - 1)
        items = [self.perhaps(kind, depth - 1) for _ in range(self.random.randrange(5))]
        if items and self.chance(0.2):
            items.append(items[0])
        node = Node("list", "[", sequence(items), "]")
        return Node("call", self.pick("tolist(", "toset("), node, ")") if self.chance(0.15) else node

    def set(self, depth):
        if self.chance(0.2):
            return Node("word", self.pick("var.set", "var.set_of_objects", "toset([])", "toset(local.l)"))
        return Node("call", "toset(", self.perhaps("list", depth - 1), ")")

    def key(self, depth):
        return Node("key", self.pick("a", "a", "b", "c", "x", '"b"', '"a b"', "(local.s)", "1", '"é"', '""', '"k${1}"', "a-b"))

    def object(self, depth):
        count = self.random.randrange(4) if depth > 0 else self.random.randrange(2)
        items = [Node("pair", self.key(depth), self.pick(" = ", " = ", ": "), self.any(depth - 1)) for _ in range(count)]
        return Node("map", "{ ", sequence(items), " }")

    def map(self, depth):
        if depth > 0 and self.chance(0.25):
            return self.call_of(depth, "map")
        if self.chance(0.15):
            return Node("word", self.pick("local.m", "local.o", "var.tags", "var.object", "var.nested"))
        if self.chance(0.4):
            return self.object(depth)
        kind = self.pick("number", "string", "list", "bool", "object", "any")
        items = [Node("pair", key, " = ", self.perhaps(kind, depth - 1))
                 for key in self.random.sample(["a", "b", "c", "x", '"k 1"', "B"], self.random.randrange(4))]
        node = Node("map", "{ ", sequence(items), " }")
        return Node("call", "tomap(", node, ")") if self.chance(0.25) else node

    def map_of_lists(self, depth):
        items = [Node("pair", key, " = ", self.list_of("string", depth - 1)) for key in "abc"[:self.random.randrange(4)]]
        return Node("map", "{ ", sequence(items), " }")

    def collection(self, depth):
        return self.of(self.pick("list", "map", "set", "tuple", "object"), depth)

    # Forms of the language.

    def conditional(self, depth):
        yes = self.any(depth - 1)
        no = self.of(yes.kind, depth - 1) if yes.kind in ("number", "list", "map", "bool") and self.chance(0.5) else self.any(depth - 1)
        return Node("group", "(", self.perhaps("bool", depth - 1), " ? ", yes, " : ", no, ")")

    def converted(self, depth):
        name = self.pick("tostring", "tonumber", "tobool", "tolist", "toset", "tomap", "try", "can", "jsonencode", "nonsensitive",
                         "issensitive", "type_of")
        inner = self.any(depth - 1)
        return Node("call", "jsondecode(jsonencode(", inner, "))") if name == "type_of" else Node("call", name + "(", inner, ")")

    def call(self, depth):
        return self.call_named(self.random.choice(list(FUNCTIONS)), depth)

    def call_of(self, depth, kind):
        """A call whose result is of a kind."""
        names = [name for name, (result, _) in FUNCTIONS.items() if result == kind]
        return self.call_named(self.random.choice(names), depth)

    def call_named(self, name, depth):
        kinds = list(FUNCTIONS[name][1])
        if kinds and kinds[-1].endswith("…"):
            last = kinds.pop()[:-1]
            kinds += [last] * self.random.randrange(4 if kinds else 5)
        if self.chance(0.01) and kinds:
            kinds.pop()
        # A folder that is any text may be all of this machine.
        arguments = [self.of(kind, depth) if kind == "folder" else self.perhaps(kind, depth - 1) for kind in kinds]
        spread = arguments and self.chance(0.3 if name in FOLLOWED else 0.02)
        if spread:
            arguments[-1] = Node("spread", self.perhaps("list", depth - 1))
        prefix = "core::" if self.chance(0.02) else ""
        return Node("call", f"{prefix}{name}(", sequence(arguments), "...)" if spread else ")")

    def reference(self, depth):
        if self.names and self.chance(0.6):
            return Node("word", self.random.choice(self.names))
        return Node("word", self.random.choice(texts.REFERENCES))

    def access(self, depth):
        base = self.perhaps(self.pick("list", "map", "object", "tuple", "reference", "set"), depth - 1)
        form = self.random.randrange(7)
        if form < 3:
            return Node("access", base, "[", self.perhaps(self.pick("small", "string", "small"), depth - 1), "]")
        if form < 5:
            return Node("access", base, self.pick(".a", ".b", ".c", ".x", ".0", ".missing", ".d.e"))
        if form == 5:
            return Node("access", base, self.pick('["a"]', '["b"]', "[0]", "[1]", "[-1]", "[0].a", '["c"][0]', ".a[0]"))
        return Node("access", "[", base, "][0]")

    def splat(self, depth):
        base = self.perhaps(self.pick("list", "map", "any", "set", "list_of_objects"), depth - 1)
        return Node("access", base, self.pick("[*]", "[*].a", "[*].b", "[*][0]", ".*.a", ".*", "[*].a.b", ".*.a[0]", "[*].a[0]",
                                              "[*]", '[*]["a"]', "[*].a[*]", "[*][*]"))

    def list_of_objects(self, depth):
        items = [self.object(depth - 1) for _ in range(self.random.randrange(4))]
        return Node("list", "[", sequence(items), "]")

    def loop(self, depth):
        over = self.perhaps(self.pick("list", "map", "set", "object", "tuple"), depth - 1)
        both = self.chance(0.5)
        known = len(self.names)
        self.names += ["k", "v"] if both else ["v"]
        head = "for k, v in " if both else "for v in "
        condition = [" if ", self.perhaps("bool", depth - 1)] if self.chance(0.3) else []
        simple = lambda: Node("word", self.random.choice(self.names[known:]))
        if self.chance(0.5):
            body = simple() if self.chance(0.3) else self.any(depth - 1)
            node = Node("list", f"[{head}", over, " : ", body, *condition, "]")
        else:
            key = simple() if self.chance(0.6) else self.perhaps("string", depth - 1)
            body = simple() if self.chance(0.3) else self.any(depth - 1)
            node = Node("map", f"{{ {head}", over, " : ", key, " => ", body, self.pick("", "", "..."), *condition, " }")
        del self.names[known:]
        return node

    # Templates.

    def template(self, depth):
        if self.chance(0.25):
            return self.heredoc(depth)
        pieces = [self.piece(depth, quoted=True) for _ in range(self.random.randrange(1, 5))]
        return Node("template", '"', *pieces, '"')

    def heredoc(self, depth):
        indented = self.chance(0.6)
        parts = []
        for _ in range(self.random.randrange(4)):
            parts.append(self.pick("", "  ", "    ", "\t", " ", "      "))
            parts += [self.piece(depth, quoted=False) for _ in range(self.random.randrange(3))]
            parts.append("\n")
        return Node("heredoc", f"{'<<-' if indented else '<<'}EOT\n", *parts, self.pick("", "  ") + "EOT\n")

    def piece(self, depth, quoted):
        form = self.random.randrange(9)
        if form < 4:
            text = self.random.choice(texts.PIECES)
            return texts.quoted(text)[1:-1] if quoted else texts.plain(text)
        before, after = self.pick("", "", "", "~"), self.pick("", "", "", "~")
        if form < 7:
            return Node("piece", f"${{{before} ", self.perhaps(self.pick("string", "number", "any"), depth - 1), f" {after}}}")
        inner = lambda: self.piece(depth - 1, quoted) if depth > 0 else "in"
        if form == 7:
            middle = [f"%{{{before} else {after}}}", inner()] if self.chance(0.5) else []
            return Node("piece", f"%{{{before} if ", self.perhaps("bool", depth - 1), f" {after}}}", inner(), *middle,
                        f"%{{{after} endif {before}}}")
        over = self.perhaps(self.pick("list", "map"), depth - 1)
        known = len(self.names)
        self.names += ["v"]
        body = [inner(), "${v}" if self.chance(0.6) else "", inner()]
        del self.names[known:]
        return Node("piece", f"%{{{before} for v in ", over, f" {after}}}", *body, f"%{{{after} endfor {before}}}")
