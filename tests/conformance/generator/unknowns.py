"""Asks both tools what expressions are worth while planning, when some values are not known yet.

Each expression is an output in a file of its own. What a plan refuses is asked about again without those that it names,
so that one mistake hides no value. The answers have the form of those of `expressions.Console`.
"""

import json
import pathlib
import re

import tools
from expressions import DIED, REFUSED, SCOPE, furnished

# What is not known while planning, and what is known of it.
SCOPE_OF_PLANS = SCOPE + r"""
resource "terraform_data" "u" {
  input = { a = "x", b = [1, 2], c = null }
}
resource "terraform_data" "c" {
  count = 2
  input = count.index
}
resource "terraform_data" "f" {
  for_each = toset(["x", "y"])
  input    = each.key
}
locals {
  unknown_number = length(terraform_data.u.output)
  unknown_list   = split(",", terraform_data.u.id)
  unknown_set    = toset(split(",", terraform_data.u.id))
  unknown_map    = { for k in ["a", "b"] : k => terraform_data.u.id }
  unknown_bool   = terraform_data.u.id == "x"
  prefixed       = "abc-${terraform_data.u.id}"
  partly         = [1, terraform_data.u.id, null]
  hidden         = sensitive(terraform_data.u.id)
}
"""

NAMES = ["terraform_data.u.id", "terraform_data.u.output", "terraform_data.u.input", "terraform_data.c[*].id", "terraform_data.c",
         "terraform_data.c[0].output", "terraform_data.f", 'terraform_data.f["x"].id', "local.unknown_number", "local.unknown_list",
         "local.unknown_set", "local.unknown_map", "local.unknown_bool", "local.prefixed", "local.partly", "local.hidden", "terraform_data.u",
         "timestamp()", "terraform_data.u.output.a", "terraform_data.u.input.c"]


class Planning:
    """A directory in which both tools plan."""

    def __init__(self, infra):
        self.tools = {"infra": tools.infra(infra), "terraform": tools.terraform()}
        self.place = furnished(SCOPE_OF_PLANS)
        self.directory = pathlib.Path(self.place.name)

    def terraform(self, expressions):
        return self.ask("terraform", expressions)

    def ours(self, expressions):
        return self.ask("infra", expressions)

    def ask(self, name, expressions):
        answers, open_ones = {}, dict(enumerate(expressions))
        while open_ones:
            plan, refused, said = self.plan(name, open_ones)
            if plan is not None:
                answers.update({index: answer_of(plan, f"e{index}") for index in open_ones})
                break
            wrong = {int(found[1:]) for found in refused} & set(open_ones)
            if not wrong:
                if len(open_ones) == 1:
                    answers[next(iter(open_ones))] = DIED if "panic" in said or "crash" in said.lower() else REFUSED
                    break
                # Nothing says which one it is.
                indexes = list(open_ones)
                for half in (indexes[:len(indexes) // 2], indexes[len(indexes) // 2:]):
                    answers.update(zip(half, self.ask(name, [open_ones[index] for index in half])))
                break
            answers.update({index: REFUSED for index in wrong})
            open_ones = {index: expression for index, expression in open_ones.items() if index not in wrong}
        return [answers[index] for index in range(len(expressions))]

    def plan(self, name, expressions):
        for old in self.directory.glob("e*.tf"):
            old.unlink()
        for index, expression in expressions.items():
            text = f'output "e{index}" {{\n  sensitive = true\n  value = (\n{expression}\n)\n}}\n'
            (self.directory / f"e{index}.tf").write_text(text)
        return self.tools[name].plan(str(self.directory))

    def our_mistake(self, expression):
        return " ".join(self.plan("infra", {0: expression})[2].split())

    def their_mistake(self, expression):
        return " ".join(self.plan("terraform", {0: expression})[2].split())


def answer_of(plan, name):
    """Value and type of an output, and what of it is unknown."""
    change = plan["output_changes"][name]
    value = change.get("after")
    # That null has no type of its own is said in two ways.
    kind = plan["planned_values"].get("outputs", {}).get(name, {}).get("type") if value is not None else None
    ids = re.compile(r"[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}")
    return (ids.sub("(id)", json.dumps([value, kind, change.get("after_unknown")], sort_keys=True, ensure_ascii=False)),)
