"""Runs one of the two programs in a directory."""

import json
import os
import pathlib
import re
import subprocess


class Tool:
    """One of the two programs."""

    def __init__(self, program, environment):
        self.program, self.environment = program, environment

    def run(self, directory, *arguments):
        environment = {"PATH": os.environ["PATH"], "HOME": directory, "CHECKPOINT_DISABLE": "1", **self.environment}
        return subprocess.run([self.program, *arguments], cwd=directory, env=environment, text=True, timeout=120,
                              stdin=subprocess.DEVNULL, capture_output=True)

    def plan(self, directory):
        """The plan as `show -json` describes it, or the files `e0.tf`, `e1.tf`, … that have mistakes."""
        pathlib.Path(directory, "plan.out").unlink(missing_ok=True)
        output = self.run(directory, "plan", "-input=false", "-no-color", "-out=plan.out")
        said = output.stdout + output.stderr
        if output.returncode != 0:
            return None, set(re.findall(r"(?:on|-->) (e\d+)\.tf", said)), said
        return json.loads(self.run(directory, "show", "-json", "plan.out").stdout or "{}"), set(), said


def infra(program):
    return Tool(program, {"INFRA_STRICT": "1", "COLUMNS": "10000"})


def terraform():
    return Tool("terraform", {"TF_CLI_CONFIG_FILE": "/dev/null"})
