#!/usr/bin/env python3
"""Compare infra with terraform on random expressions and configurations, for as long as it is told to.

    generate.py --minutes N [--seed S] [--infra PROGRAM] [--only expressions|stacks] [--batch N]

Expressions are compared by value, by type, by how the console draws them, and by what `jsonencode` makes of them, in
batches of some hundred (`generator/expressions.py`); what they are made of is in `generator/grammar.py`,
`functions.py` and `texts.py`. Stacks are a few resources with count, for_each, references and lifecycle, applied,
changed, and planned again (`generator/stacks.py`).

What differs is made smaller for as long as it still differs, and printed with its seed: `--seed` with that number and the
same `--batch` repeats it first of all. The exit code is 1 if anything differed. What docs/differences.md names is left
out, and so is what makes terraform die. For expressions that both tools refuse it is enough that they do: headlines and
places are what the written cases are for.
"""

import argparse
import collections
import pathlib
import random
import shutil
import sys
import time

ROOT = pathlib.Path(__file__).resolve().parents[2]
sys.path.insert(0, str(pathlib.Path(__file__).resolve().parent / "generator"))

from expressions import Asking, differ, is_refused, shown  # noqa: E402
from grammar import Grammar  # noqa: E402
from shrinking import on_purpose, shrink  # noqa: E402
from stacks import Tool, changes, shrink_stack, stack  # noqa: E402


class Run:
    """What has been compared, and what was found."""

    def __init__(self, arguments):
        self.arguments = arguments
        self.counts, self.found = collections.Counter(), set()
        self.asking = Asking(arguments.infra)
        self.tools = [Tool(arguments.infra, {"INFRA_STRICT": "1", "COLUMNS": "10000"}),
                      Tool("terraform", {"TF_CLI_CONFIG_FILE": "/dev/null"})]

    def expressions(self, seed):
        source = random.Random(seed)
        grammar = Grammar(source)
        nodes = [grammar.any(source.randrange(1, 5)) for _ in range(self.arguments.batch)]
        texts = [str(node) for node in nodes]
        for node, theirs, ours in zip(nodes, self.asking.terraform(texts), self.asking.ours(texts)):
            self.counts["expressions"] += 1
            self.counts["accepted by terraform"] += not is_refused(theirs)
            if differ(theirs, ours):
                self.difference(seed, node)

    def difference(self, seed, node):
        """Looks closer at what differed among others."""
        text = str(node)
        theirs, ours = self.asking.terraform([text])[0], self.asking.ours([text])[0]
        if not differ(theirs, ours):
            self.counts["different only among others"] += 1
            return
        if on_purpose(self.asking, node, theirs, ours):
            self.counts["different on purpose"] += 1
            return
        small = shrink(self.asking, node)
        if small is None:
            self.counts["different on purpose"] += 1
            return
        text = str(small)
        if text in self.found:
            return
        self.found.add(text)
        theirs, ours = self.asking.terraform([text])[0], self.asking.ours([text])[0]
        why = f"\n  it says:   {self.asking.our_mistake(text)}" if is_refused(ours) else ""
        print(f"--- seed {seed}\n{text}\n  terraform: {shown(theirs)}\n  infra:     {shown(ours)}{why}", flush=True)

    def stacks(self, seed):
        source = random.Random(seed)
        for _ in range(3):
            texts = [stack(source, "abcd"), stack(source, "abcd"), stack(source, "bcd")]
            ours, theirs = (changes(tool, texts) for tool in self.tools)
            self.counts["stacks"] += 1
            if ours != theirs:
                texts = shrink_stack(self.tools, texts)
                ours, theirs = (changes(tool, texts) for tool in self.tools)
                self.found.add(texts[0] + texts[1])
                print(f"--- seed {seed}", *texts, f"terraform: {theirs}", f"infra:     {ours}", sep="\n", flush=True)


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--minutes", type=float, default=1)
    parser.add_argument("--seed", type=int, default=None)
    parser.add_argument("--infra", default=str(ROOT / "target/release/infra"))
    parser.add_argument("--only", choices=["expressions", "stacks"])
    parser.add_argument("--batch", type=int, default=300)
    arguments = parser.parse_args()
    if not shutil.which("terraform"):
        sys.exit("terraform is not on PATH")
    run = Run(arguments)
    first = seed = arguments.seed if arguments.seed is not None else random.SystemRandom().randrange(10**6)
    start = time.monotonic()
    while time.monotonic() < start + arguments.minutes * 60:
        if arguments.only != "stacks":
            run.expressions(seed)
        if arguments.only != "expressions":
            run.stacks(seed)
        seed += 1
    minutes = (time.monotonic() - start) / 60
    print(f"compared {dict(run.counts)} in {minutes:.1f} minutes, seeds {first} to {seed - 1}, {len(run.found)} differences")
    sys.exit(1 if run.found else 0)


if __name__ == "__main__":
    main()
