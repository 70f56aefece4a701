"""Random configurations: variables with types, locals, resources that hold any value, modules, outputs, and what a second
and third version of the files makes of them.

A stack is a list of versions, each a dictionary from file to text. Both tools plan and apply one version after the
other; compared are what is planned and why, the outputs, and what the state holds in the end.
"""

import json
import pathlib
import re
import tempfile

from expressions import SCOPE
from grammar import Grammar

# What terraform says of a version in which it finds a circle.
CIRCLE = "a circle"
ID = re.compile(r"[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}")
TIME = re.compile(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ")
SECRET = re.compile(r"^variable [^}]*sensitive = true", re.M)
IGNORED = re.compile(r"ignore_changes = \[\w+\]")
BLOCK = re.compile(r"^\w[^\n]*\{\n.*?^\}\n|^\w[^\n]*\{[^\n]*\}\n", re.M | re.S)


class Stacks:
    """What `source`, a `random.Random`, makes of blocks."""

    def __init__(self, source):
        self.random = source

    def chance(self, probability):
        return self.random.random() < probability

    def pick(self, choices):
        return self.random.choice(choices)

    def versions(self):
        """Three versions of the same stack: in the second some names are others, in the third some are gone."""
        first = self.version("abcd", {})
        renamed = {"a": "e"} if self.chance(0.4) else {}
        versions = [first, self.version("abcd", renamed), self.version(self.pick(["bcd", "abc", "ad"]), renamed)]
        # What terraform ignores keeps its former sensitivity even where its object is replaced: that is known.
        if any(SECRET.search(files["main.tf"]) for files in versions):
            versions = [{**files, "main.tf": IGNORED.sub("ignore_changes = []", files["main.tf"])} for files in versions]
        return versions

    def version(self, names, renamed):
        variables = self.variables()
        known = [f"var.{name}" for name in "pqrs"] + ["local.x", "local.y"]
        locals_ = "locals {\n  x = %s\n  y = %s\n}\n" % (self.value(known[:4]), self.value(known[:4]))
        text, made = variables + locals_, []
        for name in names:
            new = renamed.get(name, name)
            block, how = self.resource(new, made, known)
            made.append((new, how))
            text += block
            if new != name and self.chance(0.8):
                text += f"moved {{\n  from = terraform_data.{name}\n  to   = terraform_data.{new}\n}}\n"
        references = [reference for other, how in made for reference in references_to(other, how)]
        module = self.chance(0.5)
        if module:
            repetition = self.pick(["", "", "  count = 2\n", '  for_each = toset(["k", "l"])\n', "  count = 1\n"])
            text += f'module "m" {{\n  source = "./m"\n{repetition}  given = {self.value(known + references)}\n}}\n'
            whole = "module.m"
            references += [f"{whole}.out"] if not repetition else [whole, f"{whole}[*].out" if "count" in repetition else f'{whole}["k"].out']
        for index in range(self.random.randrange(4)):
            text += f'output "o{index}" {{\n  value = {self.value(known + references, 3)}\n  sensitive = true\n}}\n'
        if self.chance(0.3) and made:
            text += f'output "whole" {{\n  value = terraform_data.{made[0][0]}\n  sensitive = true\n}}\n'
        files = {"main.tf": text, "scope.tf": SCOPE}
        if module:
            files["m/main.tf"] = self.module()
        return files

    def module(self):
        kind = self.pick(["any", "any", "string", "list(any)", self.type(2)]) if self.chance(0.3) else ""
        return (('variable "given" {\n' + (f"  type = {kind}\n" if kind else "")
                 + self.pick(["", "  nullable = false\n  default = 1\n", "  sensitive = true\n"]) + "}\n")
                + f'resource "terraform_data" "in" {{\n{self.pick(["", "  count = 2" + chr(10)])}  input = var.given\n}}\n'
                + 'output "out" {\n  value = ' + self.pick(["var.given", "terraform_data.in", "[var.given, 1]", "try(terraform_data.in.id, 2)"])
                + "\n  sensitive = true\n}\n")

    def type(self, depth):
        if depth <= 0 or self.chance(0.4):
            return self.pick(["string", "string", "number", "bool", "any"])
        inner = lambda: self.type(depth - 1)
        form = self.random.randrange(6)
        if form < 3:
            return f"{self.pick(['list', 'set', 'map'])}({inner()})"
        if form == 3:
            return f"tuple([{inner()}, {inner()}])"
        optional = lambda: self.pick(["%s", "%s", "optional(%s)"]) % inner()
        return f"object({{ a = {optional()}, b = {self.pick([optional(), 'optional(string, ' + chr(34) + 'd' + chr(34) + ')'])} }})"

    def constant(self, depth):
        """A value that may be a default."""
        if depth <= 0 or self.chance(0.3):
            return self.pick(["null", "1", '"1"', "true", '"x"', '"true"', "1.5", '""', "[]", "{}"])
        inner = lambda: self.constant(depth - 1)
        form = self.random.randrange(4)
        if form < 2:
            return "[" + ", ".join(inner() for _ in range(self.random.randrange(4))) + "]"
        return "{ " + ", ".join(f"{key} = {inner()}" for key in "abc"[:self.random.randrange(4)]) + " }"

    def fitting(self, kind, depth=3):
        """A value that has a type, or can be converted to it."""
        if self.chance(0.08) or depth <= 0:
            return self.constant(1) if self.chance(0.05) else "null"
        inner, _, rest = kind.partition("(")
        rest = rest[:-1]
        if inner in ("string", "number", "bool", "any"):
            return {"string": self.pick(['"x"', "1", "true", '"é"', "1.50"]), "number": self.pick(["1", '"2.5"', "-0", "1e10"]),
                    "bool": self.pick(["true", '"false"', '"true"']), "any": self.pick(['"x"', '"y"'])}[inner]
        if inner == "optional":
            return self.fitting(parts_of(rest)[0], depth - 1)
        if inner in ("list", "set"):
            return "[" + ", ".join(self.fitting(rest, depth - 1) for _ in range(self.random.randrange(4))) + "]"
        if inner == "map":
            return "{ " + ", ".join(f"{key} = {self.fitting(rest, depth - 1)}" for key in "xyz"[:self.random.randrange(4)]) + " }"
        if inner == "tuple":
            return "[" + ", ".join(self.fitting(part, depth - 1) for part in parts_of(rest[1:-1])) + "]"
        attributes = [part.partition(" = ") for part in parts_of(rest[1:-1])]
        shown = [(name.strip(), self.fitting(kind.strip(), depth - 1)) for name, _, kind in attributes
                 if not (kind.strip().startswith("optional") and self.chance(0.5))]
        more = [("z", "1")] if self.chance(0.15) else []
        return "{ " + ", ".join(f"{name} = {value}" for name, value in shown + more) + " }"

    def variables(self):
        text = ""
        for name in "pqrs":
            kind = self.type(self.random.randrange(3)) if self.chance(0.7) else ""
            lines = [f"type = {kind}"] if kind else []
            lines.append(f"default = {self.fitting(kind) if kind else self.constant(3)}")
            if self.chance(0.1):
                lines.append("sensitive = true")
            if self.chance(0.1):
                lines.append("nullable = false")
            text += f'variable "{name}" {{\n  ' + "\n  ".join(lines) + "\n}\n"
        return text

    def value(self, references, depth=2):
        """A reference or an expression. One mistake refuses the whole stack, so most stand behind `try`."""
        value = self.pick(references) if self.chance(0.5) else f"\n{Grammar(self.random, references).any(depth)}\n"
        return f"try({value}, {self.pick(['null', '1', '[]'])})" if self.chance(0.95) else f"({value})"

    def resource(self, name, made, known):
        repetition = self.pick(["", "", "count = 2", "count = 1", 'for_each = toset(["x", "y"])', "count = 0", "for_each = { x = 1, z = local.x }",
                                "count = try(length(var.p), 1)"])
        how = "count" if "count" in repetition else "for_each" if repetition else ""
        references = known + [reference for other, kind in made for reference in references_to(other, kind)]
        references += {"count": ["count.index"], "for_each": ["each.key", "each.value"], "": []}[how]
        lines = [repetition] if repetition else []
        lines.append(f"input = {self.value(references)}")
        if self.chance(0.3):
            lines.append(f"triggers_replace = {self.value(references)}")
        inner = []
        if self.chance(0.2):
            inner.append("create_before_destroy = true")
        if self.chance(0.15):
            inner.append("ignore_changes = [input]")
        # One without instances is a mistake for terraform (docs/differences.md).
        if made and made[-1][1] != "count" and self.chance(0.2):
            inner.append(f"replace_triggered_by = [terraform_data.{made[-1][0]}]")
        if self.chance(0.1):
            inner.append("precondition {\n      condition     = try(var.q != null, true)\n      error_message = \"q\"\n    }")
        if inner:
            lines.append("lifecycle {\n    " + "\n    ".join(inner) + "\n  }")
        if made and self.chance(0.2):
            lines.append(f"depends_on = [terraform_data.{self.pick(made)[0]}]")
        return f'resource "terraform_data" "{name}" {{\n  ' + "\n  ".join(lines) + "\n}\n", how


def references_to(name, how):
    whole = f"terraform_data.{name}"
    return {"": [f"{whole}.id", f"{whole}.output", f"{whole}.input"],
            "count": [f"{whole}[*].output", f"length({whole})", f"one({whole}[*].id)", f"{whole}[0].output"],
            "for_each": [f"{{ for k, v in {whole} : k => v.output }}", f'{whole}["x"].id', f"keys({whole})"]}[how]


def parts_of(text):
    """The text cut at the commas that stand in no brackets."""
    parts, depth = [""], 0
    for character in text:
        depth += (character in "([{") - (character in ")]}")
        if character == "," and depth == 0:
            parts.append("")
        else:
            parts[-1] += character
    return [part.strip() for part in parts if part.strip()]


def is_on_purpose(ours, theirs):
    """Whether infra found an order that terraform does not see (docs/differences.md), and it works."""
    return CIRCLE in theirs and "apply failed" not in ours


def alone(name, facts, others):
    """What one of the tools says and the other does not, step by step."""
    for step, said in enumerate(facts):
        other = others[step] if step < len(others) else []
        for fact in [said] if isinstance(said, str) else said:
            if fact != other and fact not in other:
                yield f"{name}, step {step + 1}: {fact}"


def changes(tool, versions):
    """What the tool plans for each version in turn, everything applied in between, and the state in the end."""
    said = []
    with tempfile.TemporaryDirectory() as directory:
        for files in versions:
            for name, text in files.items():
                path = pathlib.Path(directory, name)
                path.parent.mkdir(exist_ok=True)
                path.write_text(text)
            if any(name.startswith("m/") for name in files):
                tool.run(directory, "get")
            plan, _, why = tool.plan(directory)
            if plan is None:
                said.append(CIRCLE if "Error: Cycle" in why else "refused")
                break
            said.append(planned(plan, directory))
            if tool.run(directory, "apply", "-input=false", "-no-color", "plan.out").returncode != 0:
                said.append("apply failed")
                break
        state = json.loads(tool.run(directory, "show", "-json").stdout or "{}")
        said.append(kept(state, directory))
    return said


def planned(plan, directory):
    facts = [("change", change["address"], change.get("previous_address"), change["change"]["actions"], change.get("action_reason"),
              change["change"].get("after"), change["change"].get("after_unknown"), change["change"].get("after_sensitive"))
             for change in plan.get("resource_changes", [])]
    facts += [("output", name, change["actions"], change.get("after"), change.get("after_unknown"))
              for name, change in plan.get("output_changes", {}).items()]
    return sorted(without_chance(json.dumps(fact, sort_keys=True), directory) for fact in facts)


def kept(state, directory):
    values = state.get("values", {})
    facts = [("output", name, output.get("type"), output.get("value")) for name, output in values.get("outputs", {}).items()]
    modules = [values.get("root_module", {})]
    while modules:
        module = modules.pop()
        modules += module.get("child_modules", [])
        facts += [("object", object_["address"], object_["values"], object_.get("sensitive_values"), object_.get("tainted"))
                  for object_ in module.get("resources", [])]
    return sorted(without_chance(json.dumps(fact, sort_keys=True), directory) for fact in facts)


def without_chance(text, directory):
    """The text with what is never the same twice named."""
    return ID.sub("(id)", TIME.sub("(time)", text)).replace(directory, "(here)")


def shrink(tools, versions):
    """The same without every version, and every block, that makes no difference."""
    differs = lambda some: (lambda ours, theirs: ours != theirs and not is_on_purpose(ours, theirs))(
        *(changes(tool, some) for tool in tools))
    for index in range(len(versions) - 1, 0, -1):
        fewer = versions[:index] + versions[index + 1:]
        if differs(fewer):
            versions = fewer
    for index, files in enumerate(versions):
        for block in BLOCK.findall(files["main.tf"]):
            less = [*versions]
            less[index] = {**less[index], "main.tf": less[index]["main.tf"].replace(block, "", 1)}
            if differs(less):
                versions = less
    return versions
