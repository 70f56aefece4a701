#!/usr/bin/env python3
"""Compare infra with terraform on random expressions and configurations, for as long as it is told to.

    generate.py --minutes N [--seed S] [--infra PROGRAM] [--only expressions|stacks]

Expressions are made in batches; each batch is planned by both tools as outputs `e0`, `e1`, …, and whatever was
refused is asked about again without its neighbours, so that one mistake hides no value. Stacks are a few
terraform_data resources with count, for_each, references and lifecycle, applied, changed, and planned again.

What differs is made smaller for as long as it still differs, and printed with its seed. The exit code is 1 if anything
differed. For expressions that both tools refuse it is enough that they do: headlines and places are what the written
cases are for.
"""

import argparse
import collections
import json
import os
import pathlib
import random
import re
import shutil
import subprocess
import sys
import tempfile
import time

ROOT = pathlib.Path(__file__).resolve().parents[2]
LOCALS = """
locals {
  n    = 3
  s    = "text"
  b    = true
  none = null
  l    = ["a", "b", "c"]
  m    = { x = "1", y = "two" }
  o    = { a = 1, b = "x", c = [1, 2], d = { e = true } }
}
resource "terraform_data" "u" {
  input = "known"
}
"""


class Expressions:
    """A grammar: every method gives a random expression of about that kind, no deeper than `depth`."""

    def __init__(self, random_source):
        self.random = random_source

    def any(self, depth):
        kinds = [self.number, self.string, self.bool, self.list, self.map, self.conditional, self.call, self.reference]
        return self.random.choice(kinds)(depth - 1)

    def number(self, depth):
        if depth <= 0 or self.random.random() < 0.4:
            return self.random.choice(["0", "1", "2", "-1", "3.5", "1e3", "local.n", '"7"', "100000000000000000001"])
        return f"({self.number(depth - 1)} {self.random.choice('+-*/%')} {self.number(depth - 1)})"

    def string(self, depth):
        if depth <= 0 or self.random.random() < 0.4:
            return self.random.choice(['""', '"a"', '"b c"', "local.s", '"é"', '"1"', '"true"', "terraform_data.u.id", "local.m.y"])
        forms = ['"x${%s}"', '"${%s}-${local.s}"', "upper(%s)", "trimspace(%s)", "tostring(%s)", '"%%{ if local.b }${%s}%%{ endif }"']
        return self.random.choice(forms) % self.any(depth - 1)

    def bool(self, depth):
        if depth <= 0 or self.random.random() < 0.3:
            return self.random.choice(["true", "false", "local.b", '"true"', "null"])
        first, second = self.any(depth - 1), self.any(depth - 1)
        operator = self.random.choice(["==", "!=", "<", ">=", "&&", "||"])
        return self.random.choice([f"({first} {operator} {second})", f"!{self.bool(depth - 1)}", f"can({first})"])

    def list(self, depth):
        if depth <= 0 or self.random.random() < 0.2:
            return self.random.choice(["[]", "local.l", "[1, 2]", '["a", 1]', "[null]", "local.o.c"])
        forms = [
            lambda: "[" + ", ".join(self.any(depth - 1) for _ in range(self.random.randrange(4))) + "]",
            lambda: f"[for v in {self.list(depth - 1)} : {self.random.choice(['v', 'v == 1', '[v]', self.any(depth - 2)])}]",
            lambda: f"[for k, v in {self.map(depth - 1)} : k if {self.bool(depth - 2)}]",
            lambda: f"tolist({self.list(depth - 1)})",
            lambda: f"toset({self.list(depth - 1)})",
            lambda: f"{self.list(depth - 1)}[*]",
            lambda: f"concat({self.list(depth - 1)}, {self.list(depth - 1)})",
            lambda: f"keys({self.map(depth - 1)})",
            lambda: f"values({self.map(depth - 1)})",
            lambda: f"flatten({self.list(depth - 1)})",
            lambda: f"distinct({self.list(depth - 1)})",
            lambda: f"reverse({self.list(depth - 1)})",
        ]
        return self.random.choice(forms)()

    def map(self, depth):
        if depth <= 0 or self.random.random() < 0.2:
            return self.random.choice(["{}", "local.m", "local.o", "{ a = 1 }", '{ a = 1, b = "x" }', "{ a = null }"])
        forms = [
            lambda: "{ " + ", ".join(f"{key} = {self.any(depth - 1)}" for key in "abc"[: self.random.randrange(4)]) + " }",
            lambda: f"{{ for v in {self.list(depth - 1)} : v => {self.random.choice(['v', '1', 'v...'])} }}",
            lambda: f"{{ for k, v in {self.map(depth - 1)} : k => {self.random.choice(['v', 'k', '[v]'])} }}",
            lambda: f"tomap({self.map(depth - 1)})",
            lambda: f"merge({self.map(depth - 1)}, {self.map(depth - 1)})",
            lambda: f"zipmap({self.list(depth - 1)}, {self.list(depth - 1)})",
        ]
        return self.random.choice(forms)()

    def conditional(self, depth):
        return f"({self.bool(depth - 1)} ? {self.any(depth - 1)} : {self.any(depth - 1)})"

    def call(self, depth):
        forms = ["length(%s)", "jsonencode(%s)", "tonumber(%s)", "tostring(%s)", "tobool(%s)", "try(%s, 1)", "one(%s)",
                 "sort(%s)", "sum(%s)", "max(%s...)", "coalesce(%s...)", "element(%s, 1)", "join(\",\", %s)", "compact(%s)",
                 "contains(%s, \"a\")", "lookup(%s, \"a\", 0)", "yamlencode(%s)", "slice(%s, 0, 1)", "setunion(%s, [\"a\"])",
                 "format(\"%%v\", %s)", "sensitive(%s) == 1", "alltrue(%s)", "setproduct(%s, [1])", "coalesce(%s, 1)"]
        return self.random.choice(forms) % self.any(depth - 1)

    def reference(self, depth):
        forms = ["local.o.a", "local.o.d.e", "local.o[\"b\"]", "local.l[0]", "local.l[local.n]", "local.none", "local.m.x",
                 "local.o.missing", "terraform_data.u.output", "terraform_data.u.input", "%s[0]", "%s.a", "%s[\"a\"]", "%s[*].a"]
        form = self.random.choice(forms)
        return form % self.any(depth - 1) if "%s" in form else form


class Tool:
    """One of the two programs."""

    def __init__(self, program, environment):
        self.program, self.environment = program, environment

    def run(self, directory, *arguments):
        environment = {"PATH": os.environ["PATH"], "HOME": directory, "CHECKPOINT_DISABLE": "1", **self.environment}
        return subprocess.run([self.program, *arguments], cwd=directory, env=environment, text=True, timeout=120,
                              stdin=subprocess.DEVNULL, capture_output=True)

    def plan(self, directory):
        """The plan as `show -json` describes it, or the files that have mistakes."""
        pathlib.Path(directory, "plan.out").unlink(missing_ok=True)
        output = self.run(directory, "plan", "-input=false", "-no-color", "-out=plan.out")
        said = output.stdout + output.stderr
        if output.returncode != 0:
            return None, set(re.findall(r"(?:on|-->) (e\d+)\.tf", said)), said
        return json.loads(self.run(directory, "show", "-json", "plan.out").stdout or "{}"), set(), said


def value_of(plan, name):
    """Type, value and unknown parts of an output of a plan."""
    planned = plan["planned_values"].get("outputs", {}).get(name, {})
    change = plan["output_changes"][name]
    value = change.get("after")
    # That null has no type of its own is said in two ways.
    kind = planned.get("type") if value is not None else None
    return json.dumps([kind, value, change.get("after_unknown"), change.get("after_sensitive")], sort_keys=True)


def evaluate(tool, expressions):
    """What each expression is worth; `refused` for those that are a mistake."""
    answers, open_ones = {}, dict(enumerate(expressions))
    while open_ones:
        with tempfile.TemporaryDirectory() as directory:
            pathlib.Path(directory, "main.tf").write_text(LOCALS)
            for index, expression in open_ones.items():
                pathlib.Path(directory, f"e{index}.tf").write_text(f'output "e{index}" {{\n  value = {expression}\n}}\n')
            plan, refused, said = tool.plan(directory)
        if plan is not None:
            answers.update({index: value_of(plan, f"e{index}") for index in open_ones})
            break
        wrong = {int(name[1:]) for name in refused} & set(open_ones)
        if not wrong:
            # Nothing says which one it is.
            indexes = list(open_ones)
            if len(indexes) == 1:
                answers[indexes[0]] = "no answer"
                break
            for half in (indexes[: len(indexes) // 2], indexes[len(indexes) // 2:]):
                answers.update(zip(half, evaluate(tool, [open_ones[index] for index in half])))
            break
        answers.update({index: "refused" for index in wrong})
        open_ones = {index: expression for index, expression in open_ones.items() if index not in wrong}
    return [answers[index] for index in range(len(expressions))]


def differs(tools, expression):
    ours, theirs = (evaluate(tool, [expression])[0] for tool in tools)
    return None if same(ours, theirs) else (theirs, ours)


def same(ours, theirs):
    # A tool that dies, or makes what JSON cannot hold, refuses as well.
    normal = [answer if answer != "no answer" else "refused" for answer in (ours, theirs)]
    return normal[0] == normal[1]


def inner_expressions(text):
    """The parts of an expression that may stand alone: what is in brackets, and between their commas."""
    parts, starts = [], []
    for index, character in enumerate(text):
        if character in "([{":
            starts.append([index + 1])
        elif character == "," and starts:
            parts.append(text[starts[-1][-1]:index])
            starts[-1].append(index + 1)
        elif character in ")]}" and starts:
            begun = starts.pop()
            parts += [text[begun[-1]:index], text[begun[0]:index], text[begun[0] - 1:index + 1]]
    return sorted({part.strip() for part in parts if part.strip() and part.strip() != text}, key=len)


def shrink(tools, expression):
    """The smallest part, or the expression with a part made simple, that still differs; as far as a minute goes."""
    end = time.monotonic() + 60
    while time.monotonic() < end:
        simpler = inner_expressions(expression)
        simpler += [expression.replace(part, simple, 1) for part in inner_expressions(expression)[::-1]
                    for simple in ("1", '"a"', "[]", "null") if len(simple) < len(part)]
        smaller = next((text for text in simpler if len(text) < len(expression) and time.monotonic() < end
                        and differs(tools, text)), None)
        if smaller is None:
            return expression
        expression = smaller
    return expression


def stack(random_source, names):
    """A configuration of terraform_data resources."""
    text, made = "", []
    for name in names:
        repetition = random_source.choice(["", "", "count = 2", "count = 1", 'for_each = toset(["x", "y"])', "count = 0"])
        values = ["1", '"v"', "[1, null]", "{ a = 1 }", "null", 'sensitive("s")']
        for other, how in made:
            whole = f"terraform_data.{other}"
            values += {"": [f"{whole}.id", f"{whole}.output"], "count": [f"{whole}[*].output", f"length({whole})", f"one({whole}[*].id)"],
                       "for_each": [f"{{ for k, v in {whole} : k => v.output }}", f'{whole}["x"].id']}[how]
        how = "count" if "count" in repetition else "for_each" if repetition else ""
        lines = [repetition] if repetition else []
        lines.append(f"input = {random_source.choice(values)}")
        if random_source.random() < 0.3:
            lines.append(f"triggers_replace = {random_source.choice(values)}")
        inner = []
        if random_source.random() < 0.2:
            inner.append("create_before_destroy = true")
        if random_source.random() < 0.15:
            inner.append("ignore_changes = [input]")
        if made and random_source.random() < 0.2:
            inner.append(f"replace_triggered_by = [terraform_data.{made[-1][0]}]")
        if inner:
            lines.append("lifecycle {\n    " + "\n    ".join(inner) + "\n  }")
        if made and random_source.random() < 0.2:
            lines.append(f"depends_on = [terraform_data.{random_source.choice(made)[0]}]")
        text += f'resource "terraform_data" "{name}" {{\n  ' + "\n  ".join(lines) + "\n}\n"
        made.append((name, how))
    return text


def changes(tool, texts):
    """What the tool plans for each text in turn, everything applied in between."""
    said = []
    with tempfile.TemporaryDirectory() as directory:
        for text in texts:
            pathlib.Path(directory, "main.tf").write_text(text)
            plan, _, _ = tool.plan(directory)
            if plan is None:
                said.append("refused")
                break
            facts = sorted(json.dumps([change["address"], change["change"]["actions"], change.get("action_reason"),
                                       hide_ids(change["change"].get("after")), change["change"].get("after_unknown"),
                                       change["change"].get("after_sensitive")], sort_keys=True)
                           for change in plan.get("resource_changes", []))
            said.append(facts)
            if tool.run(directory, "apply", "-input=false", "-no-color", "plan.out").returncode != 0:
                said.append("apply failed")
                break
    return said


def hide_ids(value):
    return json.loads(re.sub(r"[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}", "(id)", json.dumps(value)))


def shrink_stack(tools, texts):
    """The same without every resource that makes no difference."""
    block = re.compile(r"^resource .*?^}\n", re.M | re.S)
    for name in "dcba":
        fewer = ["".join(part for part in block.findall(text) if f'"{name}" {{' not in part) for text in texts]
        ours, theirs = (changes(tool, fewer) for tool in tools)
        if ours != theirs and "refused" not in theirs:
            texts = fewer
    return texts


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--minutes", type=float, default=1)
    parser.add_argument("--seed", type=int, default=None)
    parser.add_argument("--infra", default=str(ROOT / "target/release/infra"))
    parser.add_argument("--only", choices=["expressions", "stacks"])
    parser.add_argument("--batch", type=int, default=60)
    arguments = parser.parse_args()
    if not shutil.which("terraform"):
        sys.exit("terraform is not on PATH")
    tools = [Tool(arguments.infra, {"INFRA_STRICT": "1", "COLUMNS": "10000"}),
             Tool("terraform", {"TF_CLI_CONFIG_FILE": "/dev/null"})]
    seed = arguments.seed if arguments.seed is not None else random.SystemRandom().randrange(10**6)
    end, counts, found = time.monotonic() + arguments.minutes * 60, collections.Counter(), set()
    while time.monotonic() < end:
        source = random.Random(seed)
        if arguments.only != "stacks":
            grammar = Expressions(source)
            expressions = [grammar.any(source.randrange(2, 6)) for _ in range(arguments.batch)]
            ours, theirs = (evaluate(tool, expressions) for tool in tools)
            for expression, mine, other in zip(expressions, ours, theirs):
                counts["expressions"] += 1
                counts["accepted by terraform"] += other not in ("refused", "no answer")
                if not same(mine, other) and differs(tools, expression):
                    small = shrink(tools, expression)
                    if small not in found:
                        found.add(small)
                        other, mine = differs(tools, small) or (other, mine)
                        print(f"--- seed {seed}\n{small}\n  terraform: {other}\n  infra:     {mine}", flush=True)
        if arguments.only != "expressions":
            for _ in range(3):
                texts = [stack(source, "abcd"), stack(source, "abcd"), stack(source, "bcd")]
                ours, theirs = (changes(tool, texts) for tool in tools)
                counts["stacks"] += 1
                if ours != theirs:
                    texts = shrink_stack(tools, texts)
                    ours, theirs = (changes(tool, texts) for tool in tools)
                    found.add(texts[0] + texts[1])
                    print(f"--- seed {seed}", *texts, f"terraform: {theirs}", f"infra:     {ours}", sep="\n", flush=True)
        seed += 1
    print(f"compared {dict(counts)}, {len(found)} differences")
    sys.exit(1 if found else 0)


if __name__ == "__main__":
    main()
