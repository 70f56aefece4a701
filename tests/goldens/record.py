#!/usr/bin/env python3
"""Record what terraform and the AWS provider write, so that tests can compare without either.

    record.py TERRAFORM ENDPOINT [TYPE ...] [TYPE/CASE ...]

TERRAFORM is the command to run (a wrapper is fine: `"sh wrapper.sh"`), ENDPOINT a ministack or moto server
without anything worth keeping on it: it is emptied before every run. Without TYPE every type is recorded;
TYPE/CASE records single cases, for those that only the other server can do. What cannot be recorded keeps
its earlier recording.

Input, beside this script, one file for each type and kind:

    cases/TYPE.state.hcl    `### NAME` starts a case, up to the next one
    cases/TYPE.edits.hcl    the same; inside a case, `--- before` and `--- after` part the two versions

A case is a configuration of its own; the object recorded is `TYPE.this`, everything else in it is scenery.
The word NAME in a configuration becomes a name that is unique to the case.

Output:

    state/TYPE/CASE.json        the object in the state file right after apply, and its create plan
    edits/TYPE.json             what a plan says to each edit
    provider/calls/TYPE.json    the API calls of create, read, update and delete, in order

To make one run of many cases, each becomes a child module `CASE` of one root module; the prefix this adds to
`dependencies` is taken off again. Nothing else is normalised: account, times and ids are the server's.
"""

import base64
import json
import os
import pathlib
import shlex
import shutil
import subprocess
import sys
import tempfile
import urllib.error
import urllib.request

HERE = pathlib.Path(__file__).resolve().parent
PROVIDER_VERSION = "5.100.0"
ROOT = """
terraform {
  required_providers {
    aws = {
      source  = "hashicorp/aws"
      version = "%s"
    }
  }
}

provider "aws" {
  s3_use_path_style       = true
  skip_metadata_api_check = true
}
""" % PROVIDER_VERSION


def split_cases(path):
    """`### name` sections of a case file, as {name: text}; text before the first one is a remark."""
    cases, name = {}, None
    for line in path.read_text().splitlines(keepends=True):
        if line.startswith("### "):
            name = line[4:].strip()
            if name in cases:
                raise SystemExit(f"{path.name}: case {name} is there twice")
            cases[name] = ""
        elif name:
            cases[name] += line
    return cases


def named(kind, name, text):
    """The text with NAME filled in: lower case, no underscores, short enough for a bucket."""
    short = kind.removeprefix("aws_").removesuffix("_configuration").replace("_", "-")[:34]
    return text.replace("NAME", f"{short}-{name.replace('_', '-')}").strip() + "\n"


class Run:
    """One root module with a child module for each case, its state and its provider log."""

    def __init__(self, terraform, endpoint, folder):
        self.terraform = shlex.split(terraform)
        self.folder = folder
        self.log = folder / "log.json"
        self.endpoint = endpoint.rstrip("/")
        self.emulator, self.reset_path = self.probe()
        self.env = dict(os.environ, AWS_ENDPOINT_URL=self.endpoint, NO_COLOR="1")

    def probe(self):
        """Which server this is: its name and where to reset it."""
        try:
            urllib.request.urlopen(f"{self.endpoint}/_ministack/health").read()
            return "ministack", "/_ministack/reset"
        except urllib.error.HTTPError:
            return "moto", "/moto-api/reset"

    def reset(self):
        """Empty server, no state."""
        request = urllib.request.Request(self.endpoint + self.reset_path, method="POST")
        urllib.request.urlopen(request).read()
        for name in ("terraform.tfstate", "terraform.tfstate.backup"):
            (self.folder / name).unlink(missing_ok=True)

    def write(self, configurations):
        """Make the root module hold exactly these cases, and install what they need."""
        shutil.rmtree(self.folder / "case", ignore_errors=True)
        blocks = [ROOT]
        for name, text in configurations.items():
            child = self.folder / "case" / name
            child.mkdir(parents=True)
            (child / "main.tf").write_text(text)
            blocks.append(f'module "{name}" {{\n  source = "./case/{name}"\n}}\n')
        (self.folder / "main.tf").write_text("\n".join(blocks))
        self.call("init", "-input=false")

    def call(self, *arguments, may_fail=False, trace=False):
        env = dict(self.env)
        if trace:
            self.log.unlink(missing_ok=True)
            env |= {"TF_LOG": "JSON", "TF_LOG_PATH": str(self.log)}
        done = subprocess.run(self.terraform + list(arguments), cwd=self.folder, env=env, capture_output=True, text=True)
        if done.returncode and not may_fail:
            raise SystemExit(f"terraform {' '.join(arguments)} failed:\n{done.stdout[-2000:]}\n{done.stderr}")
        if done.returncode:
            print(done.stderr, file=sys.stderr)
        return done.stdout

    def plan(self, *arguments, may_fail=False):
        """The plan as JSON: {address: change} of every instance that the plan mentions."""
        (self.folder / "plan").unlink(missing_ok=True)
        self.call("plan", "-input=false", "-out=plan", *arguments, may_fail=may_fail)
        if not (self.folder / "plan").exists():
            return {}
        shown = json.loads(self.call("show", "-json", "plan"))
        return {one["address"]: one for one in shown.get("resource_changes", [])}

    def state(self):
        """{address: (schema-level facts of the instance)} of the state file."""
        found = {}
        path = self.folder / "terraform.tfstate"
        for resource in json.loads(path.read_text())["resources"] if path.exists() else []:
            for instance in resource["instances"]:
                mode = "data." if resource["mode"] == "data" else ""
                found[f"{resource['module']}.{mode}{resource['type']}.{resource['name']}"] = instance
        return found

    def calls(self, cases, rpc, kind):
        """{case: [operation, ...]} from the provider's log, for one RPC of one type.

        A call belongs to the case whose name its URL or body holds; calls of one RPC share a request id,
        so that the ones that name nothing (waiting, tags by ARN) are found as well.
        """
        by_request, case_of = {}, {}
        for line in self.log.read_text().splitlines():
            if "HTTP Request Sent" not in line:
                continue
            entry = json.loads(line)
            if entry.get("tf_rpc") != rpc or entry.get("tf_resource_type", entry.get("tf_data_source_type")) != kind:
                continue
            request = entry["tf_req_id"]
            by_request.setdefault(request, []).append(f"{entry['rpc.service']}:{entry['rpc.method']}")
            text = entry.get("http.url", "") + str(entry.get("http.request.body", ""))
            names = [case for case, name in cases.items() if name in text]
            if names:
                case_of.setdefault(request, max(names, key=lambda case: len(cases[case])))
        found = {}
        for request, operations in by_request.items():
            if request in case_of:
                found.setdefault(case_of[request], []).extend(squeeze(operations))
        return {case: found[case] for case in cases if case in found}


def squeeze(operations):
    """Polling written once: neighbours that are the same call become one, marked with `*`."""
    out = []
    for one in operations:
        if out and out[-1].rstrip("*") == one:
            out[-1] = one + "*"
        else:
            out.append(one)
    return out


def private_of(instance):
    raw = instance.get("private")
    return json.loads(base64.b64decode(raw)) if raw else None


def address_of(kind, case, known):
    """The recorded object's address; data sources have `data.` in it."""
    for address in (f"module.{case}.{kind}.this", f"module.{case}.data.{kind}.this"):
        if address in known:
            return address
    return None


def write_json(path, value):
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(json.dumps(value, indent=2, sort_keys=False, ensure_ascii=False) + "\n")


def record_state(run, kind, cases):
    """Apply all cases, write one file for each, and return the API calls seen."""
    run.reset()
    run.write(cases)
    planned = run.plan()
    run.call("apply", "-input=false", "-parallelism=40", "plan", may_fail=True, trace=True)
    marks = {case: named(kind, case, "NAME").strip() for case in cases}
    calls = {"create": run.calls(marks, "ApplyResourceChange", kind)}
    after_apply = run.state()
    run.call("apply", "-refresh-only", "-auto-approve", "-parallelism=40", may_fail=True, trace=True)
    calls["read"] = run.calls(marks, "ReadResource", kind) | run.calls(marks, "ReadDataSource", kind)
    after_refresh = run.state()
    second = run.plan("-refresh=false")

    folder = HERE / "state" / kind
    for case, text in cases.items():
        address = address_of(kind, case, after_apply)
        if not address or "tainted" == after_apply[address].get("status"):
            print(f"{kind} {case}: not recorded, it could not be applied", file=sys.stderr)
            continue
        instance = after_apply[address]
        change = planned.get(address, {}).get("change", {})
        record = {
            "config": text,
            "type": kind,
            "provider_version": PROVIDER_VERSION,
            "emulator": run.emulator,
            "schema_version": instance["schema_version"],
            "attributes": instance["attributes"],
            "sensitive_attributes": instance.get("sensitive_attributes", []),
            "private": private_of(instance),
            "private_base64": instance.get("private"),
            "dependencies": [one.removeprefix(f"module.{case}.") for one in instance.get("dependencies", [])],
            "create_plan": {"after": change.get("after"), "after_unknown": change.get("after_unknown")},
        }
        refreshed = after_refresh.get(address)
        if refreshed and refreshed["attributes"] != instance["attributes"]:
            record["attributes_after_refresh"] = refreshed["attributes"]
        actions = second.get(address, {}).get("change", {}).get("actions", ["no-op"])
        if actions != ["no-op"] and "data." not in address:
            record["second_plan_actions"] = actions
        write_json(folder / f"{case}.json", record)
        print(f"{kind} {case}")

    run.call("destroy", "-auto-approve", "-parallelism=40", may_fail=True, trace=True)
    calls["delete"] = run.calls(marks, "ApplyResourceChange", kind)
    return calls


def record_edits(run, kind, cases, known):
    """Apply the first version of all edits, plan the second, write what the plan says.

    `known` names every edit of the type, in order; those not in `cases` keep their recording.
    """
    before, after = {}, {}
    for case, text in cases.items():
        head, found, tail = text.partition("--- after\n")
        if not found:
            raise SystemExit(f"{kind}: edit {case} has no `--- after`")
        before[case] = named(kind, case, head.replace("--- before\n", ""))
        after[case] = named(kind, case, tail)
    run.reset()
    run.write(before)
    run.call("apply", "-input=false", "-auto-approve", "-parallelism=40", may_fail=True)
    applied = run.state()
    run.write(after)
    planned = run.plan()
    edits = []
    for case in cases:
        address = address_of(kind, case, applied)
        if not address or applied[address].get("status") == "tainted":
            print(f"{kind} edit {case}: not recorded, the first version could not be applied", file=sys.stderr)
            continue
        change = planned[address]["change"]
        edits.append({
            "name": case,
            "emulator": run.emulator,
            "before": before[case],
            "after": after[case],
            "actions": change["actions"],
            "replace_paths": change.get("replace_paths", []),
            "after_unknown": change["after_unknown"],
            "prior": change["before"],
            "planned": change["after"],
        })
        print(f"{kind} edit {case}: {'+'.join(change['actions'])}")
    marks = {case: named(kind, case, "NAME").strip() for case in cases}
    run.call("apply", "-input=false", "-parallelism=40", "plan", may_fail=True, trace=True)
    updates = run.calls(marks, "ApplyResourceChange", kind)
    # What was applied must be what is there: an edit that never settles is a fact worth knowing.
    unsettled = {address: one["change"]["actions"] for address, one in run.plan(may_fail=True).items()}
    for edit in edits:
        actions = unsettled.get(address_of(kind, edit["name"], run.state()) or "", ["no-op"])
        if actions != ["no-op"]:
            edit["second_plan_actions"] = actions
    path = HERE / "edits" / f"{kind}.json"
    earlier = json.loads(path.read_text()) if path.exists() else []
    by_name = {edit["name"]: edit for edit in earlier + edits}
    write_json(path, [by_name[name] for name in known if name in by_name])
    return {"update": updates}


def main():
    if len(sys.argv) < 3:
        raise SystemExit(__doc__)
    terraform, endpoint, wanted = sys.argv[1], sys.argv[2], sys.argv[3:]
    kinds = sorted({path.name.split(".")[0] for path in (HERE / "cases").glob("*.hcl")})
    with tempfile.TemporaryDirectory() as folder:
        run = Run(terraform, endpoint, pathlib.Path(folder))
        for kind in wanted or kinds:
            kind, _, only = kind.partition("/")
            calls = {}
            state, edits = (HERE / "cases" / f"{kind}.{which}.hcl" for which in ("state", "edits"))
            if state.exists():
                cases = {
                    name: named(kind, name, text)
                    for name, text in split_cases(state).items()
                    if not only or name == only
                }
                if cases:
                    calls |= record_state(run, kind, cases)
            if edits.exists():
                cases = split_cases(edits)
                chosen = {name: text for name, text in cases.items() if not only or name == only}
                if chosen:
                    calls |= record_edits(run, kind, chosen, list(cases))
            if any(calls.values()) and not only:
                write_json(HERE / "provider" / "calls" / f"{kind}.json", calls)
        run.reset()


if __name__ == "__main__":
    main()
