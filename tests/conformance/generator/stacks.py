"""Random configurations of a few terraform_data resources, planned and applied by both tools."""

import json
import os
import pathlib
import re
import subprocess
import tempfile


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
