#!/usr/bin/env python3
"""Compare infra with terraform on random expressions and configurations, for as long as it is told to.

    generate.py --minutes N [--seed S] [--infra PROGRAM] [--only expressions|unknowns|stacks] [--batch N]

| what | how it is compared | where |
|---|---|---|
| expressions | value, type, how the console draws it, and what `jsonencode` makes of it | `generator/expressions.py` |
| unknowns | expressions with values that are not known while planning: value, type, unknown parts | `generator/unknowns.py` |
| stacks | variables, resources, modules and outputs in three versions: plans, outputs, states | `generator/stacks.py` |

What expressions are made of is in `generator/grammar.py`, `functions.py` and `texts.py`.

What differs is made smaller for as long as it still differs, and printed with its seed: `--seed` with that number and the
same `--only` and `--batch` repeats it first of all. The exit code is 1 if anything differed. What docs/differences.md names is left
out, and so is what makes terraform die. For what both tools refuse it is enough that they do: headlines and places are
what the written cases are for.
"""

import argparse
import collections
import pathlib
import random
import shutil
import subprocess
import sys
import time

ROOT = pathlib.Path(__file__).resolve().parents[2]
sys.path.insert(0, str(pathlib.Path(__file__).resolve().parent / "generator"))

import shrinking  # noqa: E402
import stacks  # noqa: E402
import tools  # noqa: E402
from expressions import Console, differ, is_refused, shown  # noqa: E402
from grammar import Grammar  # noqa: E402
from unknowns import NAMES, Planning  # noqa: E402

# Planning takes much longer than the console.
PLANNED_BATCH = 60
STACKS = 3


class Run:
    """What has been compared, and what was found."""

    def __init__(self, infra, batch):
        self.batch = batch
        self.counts, self.found = collections.Counter(), set()
        self.console, self.planning = Console(infra), Planning(infra)
        self.tools = [tools.infra(infra), tools.terraform()]

    def expressions(self, seed):
        self.compare("expressions", self.console, seed, self.batch, [])

    def unknowns(self, seed):
        self.compare("unknowns", self.planning, seed, PLANNED_BATCH, NAMES)

    def compare(self, kind, asking, seed, count, names):
        source = random.Random(seed)
        grammar = Grammar(source, names)
        nodes = [grammar.any(source.randrange(1, 5)) for _ in range(count)]
        texts = [str(node) for node in nodes]
        for node, theirs, ours in zip(nodes, asking.terraform(texts), asking.ours(texts)):
            self.counts[kind] += 1
            self.counts[f"{kind} accepted by terraform"] += not is_refused(theirs)
            if differ(theirs, ours):
                self.difference(kind, asking, seed, node)

    def difference(self, kind, asking, seed, node):
        """Looks closer at what differed among others."""
        text = str(node)
        theirs, ours = asking.terraform([text])[0], asking.ours([text])[0]
        if not differ(theirs, ours):
            self.counts[f"{kind} different only among others"] += 1
            return
        small = None if shrinking.on_purpose(asking, text, theirs, ours) else shrinking.shrink(asking, node)
        if small is None:
            self.counts[f"{kind} different on purpose"] += 1
            return
        text = str(small)
        if text in self.found:
            return
        self.found.add(text)
        theirs, ours = asking.terraform([text])[0], asking.ours([text])[0]
        why = f"\n  it says:   {asking.our_mistake(text)}" if is_refused(ours) else ""
        print(f"--- {kind}, seed {seed}\n{text}\n  terraform: {shown(theirs)}\n  infra:     {shown(ours)}{why}", flush=True)

    def stacks(self, seed):
        source = stacks.Stacks(random.Random(seed))
        for _ in range(STACKS):
            versions = source.versions()
            ours, theirs = (stacks.changes(tool, versions) for tool in self.tools)
            self.counts["stacks"] += 1
            self.counts["stacks accepted by terraform"] += theirs[0] != "refused"
            if stacks.is_on_purpose(ours, theirs):
                self.counts["stacks different on purpose"] += 1
            elif ours != theirs:
                versions = stacks.shrink(self.tools, versions)
                ours, theirs = (stacks.changes(tool, versions) for tool in self.tools)
                files = [text for version in versions for name, text in sorted(version.items()) if name != "scope.tf"]
                self.found.add("".join(files))
                print(f"--- stacks, seed {seed}", *files, *stacks.alone("terraform", theirs, ours), *stacks.alone("infra", ours, theirs),
                      sep="\n", flush=True)


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--minutes", type=float, default=1)
    parser.add_argument("--seed", type=int, default=None)
    parser.add_argument("--infra", default=str(ROOT / "target/release/infra"))
    parser.add_argument("--only", choices=["expressions", "unknowns", "stacks"])
    parser.add_argument("--batch", type=int, default=300)
    arguments = parser.parse_args()
    if not shutil.which("terraform"):
        sys.exit("terraform is not on PATH")
    run = Run(arguments.infra, arguments.batch)
    first = seed = arguments.seed if arguments.seed is not None else random.SystemRandom().randrange(10**6)
    start = time.monotonic()
    while time.monotonic() < start + arguments.minutes * 60:
        for kind in [arguments.only] if arguments.only else ["expressions", "unknowns", "stacks"]:
            try:
                getattr(run, kind)(seed)
            except subprocess.TimeoutExpired:
                run.counts[f"{kind} not finished in time"] += 1
        seed += 1
    minutes = (time.monotonic() - start) / 60
    print(f"compared {dict(run.counts)} in {minutes:.1f} minutes, seeds {first} to {seed - 1}, {len(run.found)} differences")
    sys.exit(1 if run.found else 0)


if __name__ == "__main__":
    main()
