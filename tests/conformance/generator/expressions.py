"""Asks both tools what many expressions are worth, at once.

All expressions of a batch are elements of one tuple in one file, each behind `try`, so that a mistake in one hides no
other; the console is asked for the tuple, its type, and what `jsonencode` makes of each element, which also shows what
is sensitive. Between the elements stand marks by which the answers are taken apart. An expression that `try` cannot
hold, because it has a mistake in its form or kills the tool, is asked about alone.
"""

import os
import pathlib
import re
import subprocess
import tempfile

REFUSED = '"refused"'
DIED = "died"

FILES = {
    "a.txt": b"text of a\n", "b.json": b'{"a": [1, "x"]}', "sub/c.tmpl": b"Hello ${a}!\n", "é.txt": b"\xc3\xa9",
    "sub/d.tmpl": b"%{ for x in a ~}\n${x}\n%{ endfor ~}\n", "sub/e.tmpl": b"${jsonencode(b)} ${c", "binary": b"\xff\xfe\x00a",
    "latin1.txt": b"\xe9\n",
    # What `fileset` looks at: further above are files that only one of the tools makes.
    "deep/tree/a.txt": b"", "deep/tree/b.json": b"", "deep/tree/.hidden": b"", "deep/tree/é.txt": b"", "deep/tree/[x].txt": b"", "deep/tree/sub/c.tmpl": b"",
    "deep/tree/sub/d.tmpl": b"", "deep/tree/sub/below/e.txt": b"", "deep/other.txt": b"",
}

SCOPE = r"""
locals {
  n               = 3
  s               = "text"
  b               = true
  none            = null
  l               = ["a", "b", "c"]
  m               = { x = "1", y = "two" }
  o               = { a = 1, b = "x", c = [1, 2], d = { e = true } }
  lines           = "one\n  two\n\nthree\n"
  unicode         = "e\u0301\u00e9👨‍👩‍👧"
  secret          = sensitive("secret")
  deep_secret     = { a = sensitive(1), b = [sensitive("x"), "y"] }
  empty           = []
  typed_empty     = tolist([])
  template        = "a is $${a}"
  template_of_list = "%%{ for x in a }$${x},%%{ endfor }"
}
variable "numbers" {
  type    = list(number)
  default = [1, 2, 3.5]
}
variable "words" {
  type    = list(string)
  default = ["a", "", "é", "1"]
}
variable "set" {
  type    = set(string)
  default = ["b", "a", "c"]
}
variable "tags" {
  type    = map(string)
  default = { a = "1", b = "x" }
}
variable "object" {
  type    = object({ a = number, b = optional(string), c = optional(list(string), ["d"]) })
  default = { a = 1 }
}
variable "objects" {
  type    = list(object({ a = string, b = optional(number, 2) }))
  default = [{ a = "x" }, { a = "y", b = 3 }]
}
variable "set_of_objects" {
  type    = set(object({ a = number }))
  default = [{ a = 2 }, { a = 10 }]
}
variable "nested" {
  type    = map(list(number))
  default = { x = [1, 2], y = [] }
}
variable "pair" {
  type    = tuple([string, number])
  default = ["1", "2"]
}
variable "anything" {
  default = [1, "x", { a = null }]
}
variable "flag" {
  type    = bool
  default = "true"
}
variable "number" {
  type    = number
  default = "1.50"
}
variable "text" {
  type    = string
  default = 12
}
variable "nothing" {
  type    = list(string)
  default = null
}
variable "nulls" {
  type    = map(number)
  default = { a = null, b = 1 }
}
variable "typed_none" {
  type    = string
  default = null
}
"""

VALUE_MARK = re.compile(r'^    \{\n      "@(\d+)" = true\n    \},\n', re.M)
TYPE_MARK = re.compile(r"^    object\(\{\n        @(\d+): bool,\n    \}\),\n", re.M)
JSON_MARK = re.compile(r'^    "\{\\"@(\d+)\\":true\}",\n', re.M)
PLACE = re.compile(r"(?:on|-->) e\.tf(?: line |:)(\d+)")


def furnished(scope):
    """A directory for as long as it is held, with the files that expressions read and what they refer to."""
    place = tempfile.TemporaryDirectory()
    for name, content in {**FILES, "scope.tf": scope.encode()}.items():
        path = pathlib.Path(place.name) / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(content)
    return place


class Console:
    """A directory in which both tools are asked."""

    def __init__(self, infra):
        self.infra, self.processes = infra, 0
        self.place = furnished(SCOPE)
        self.directory = pathlib.Path(self.place.name)

    def run(self, program, lines, *flags):
        self.processes += 1
        environment = {"PATH": os.environ["PATH"], "HOME": str(self.directory), "TF_CLI_CONFIG_FILE": "/dev/null", "INFRA_STRICT": "1",
                       "CHECKPOINT_DISABLE": "1", "COLUMNS": "10000"}
        # As bytes: reading text would take carriage returns for line breaks.
        output = subprocess.run([program, "console", *flags], cwd=self.directory, env=environment, timeout=120,
                                input=lines.encode("utf-8", "surrogateescape"), capture_output=True)
        output.stdout, output.stderr = (text.decode("utf-8", "surrogateescape") for text in (output.stdout, output.stderr))
        return output

    def write(self, expressions):
        """The file of a batch, and in which line each expression begins."""
        text, begins = "locals {\n  e = [\n", []
        for index, expression in enumerate(expressions):
            text += f'    {{ "@{index}" = true }}, try(\n'
            begins.append(text.count("\n") + 1)
            text += f"{expression}\n, {REFUSED}),\n"
        text += '  ]\n  j = [for v in local.e : try(nonsensitive(jsonencode(v)), "none")]\n}\n'
        (self.directory / "e.tf").write_text(text, errors="surrogateescape")
        return begins

    def terraform(self, expressions):
        return self.ask(expressions, self.terraform_texts)

    def ours(self, expressions):
        return self.ask(expressions, self.infra_texts)

    def terraform_texts(self):
        texts = []
        for line in ("[local.e, local.j]\n", "type(local.e)\n"):
            output = self.run("terraform", line, "-no-color")
            if output.returncode or "\nError: " in output.stderr:
                return None, output.stdout + output.stderr
            texts.append(output.stdout)
        return texts, ""

    def infra_texts(self):
        output = self.run(self.infra, "[local.e, local.j]\ntype(local.e)\n", "-each")
        said = output.stdout + output.stderr
        answers = re.split(r"^(?=[=!] )", output.stdout, flags=re.M)[1:]
        if output.returncode or "error: " in output.stderr or len(answers) != 2 or any(answer[0] == "!" for answer in answers):
            return None, said
        return [re.sub("^  ", "", answer[2:], flags=re.M) for answer in answers], said

    def ask(self, expressions, texts_of):
        """For each expression what it is worth: drawn, its type, and as JSON."""
        begins = self.write(expressions)
        texts, said = texts_of()
        if texts is not None:
            answers = taken_apart(texts, len(expressions))
            if answers is not None:
                return answers
        if len(expressions) == 1:
            crashed = "panic" in said or "crash" in said.lower() or "overflow" in said
            return [DIED if crashed else REFUSED]
        # Mistakes in the form make more of them behind: only the first one tells.
        lines = [int(line) for line in PLACE.findall(said)][:1]
        wrong = {max(index for index, begin in enumerate(begins) if begin <= line) for line in lines if line >= begins[0]}
        indexes = [index for index in range(len(expressions)) if index not in wrong]
        half = len(indexes) // 2
        # Where nothing says which one it is, halves are asked about.
        groups = [indexes] if wrong else [indexes[:half], indexes[half:]]
        answers = {index: REFUSED for index in wrong}
        for group in filter(None, groups):
            answers.update(zip(group, self.ask([expressions[index] for index in group], texts_of)))
        return [answers[index] for index in range(len(expressions))]

    def our_mistake(self, expression):
        """What infra says about an expression that it refuses."""
        return self.run(self.infra, str(expression).replace("\n", " ") + "\n", "-each").stdout.strip()

    def their_mistake(self, expression):
        """The same of terraform."""
        return self.run("terraform", str(expression).replace("\n", " ") + "\n", "-no-color").stderr.strip()


def taken_apart(texts, count):
    """The three answers about each expression, where all have been given."""
    values, types = texts
    middle = values.find('\n  ],\n  [\n    "{\\"@0\\":true}",\n')
    parts = []
    for mark, text in ((VALUE_MARK, values[:middle + 1]), (TYPE_MARK, types), (JSON_MARK, values[middle + 1:])):
        pieces = mark.split(text)
        if pieces[1::2] != [str(index) for index in range(count)]:
            return None
        parts.append(pieces[2::2])
    # What closes the tuples belongs to no element.
    parts[1][-1] = parts[1][-1].removesuffix("])\n").removesuffix("])")
    parts[2][-1] = re.sub(r"  \],\n\]\n*$", "", parts[2][-1])
    return [tuple(part.strip("\n") for part in answer) for answer in zip(*parts)]


def is_refused(answer):
    return answer in (REFUSED, DIED) or answer[0].strip() == REFUSED + ","


def differ(theirs, ours):
    if DIED in (theirs, ours):
        # What kills terraform has no answer to compare with.
        return ours == DIED
    if is_refused(theirs) or is_refused(ours):
        return is_refused(theirs) != is_refused(ours)
    # An unknown value is not what this is about.
    return theirs != ours and "(known after apply)" not in theirs[0]


def shown(answer):
    if is_refused(answer):
        return "refused" if answer != DIED else DIED
    return "  :: ".join(" ".join(part.split()) if len(part) > 300 else part.strip() for part in answer)
