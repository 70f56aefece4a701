"""Makes an expression about which the tools differ smaller, for as long as they still do."""

import re

from expressions import differ, is_refused

# What infra refuses on purpose (docs/differences.md), by what it says.
ON_PURPOSE = re.compile(r"divide by zero|not a finite number|(EUC-JP|Big5) cannot express|brackets and braces must be closed|[0-9.]p[+-]?[0-9]+\W+cannot be converted to number")
# A function of terraform that dies has no answer to compare with; the console says so, and goes on.
DIES = re.compile(r"panic\W+in\W+function\W+implementation")


# YAML 1.2 reads what YAML 1.1 does not.
YAML = re.compile(r"\byamldecode\(")
# A power with a fraction in it, whose last digit depends on the platform.
POWER = re.compile(r"\bpow\(")
# Arms of which one is empty and without a type, and the other holds lists of several lengths.
EMPTY_ARM = re.compile(r"\?.*\b(tolist\(\[\]\)|tomap\({\s*}\)|toset\(\[\]\))")
# A null that is a secret, in something that is converted.
SECRET_NULL = re.compile(r"\bsensitive\(null\)")
# A set with both zeros, as JSON writes it: to infra they are one.
BOTH_ZEROS = re.compile(r"-0,0\b")
# One of them taken out of a set that has the other.
ZERO_IN_SET = re.compile(r"\b(set(subtract|intersection|union)|contains|distinct)\(.*-0")


def on_purpose(asking, expression, theirs, ours):
    if BOTH_ZEROS.search(str(theirs)) and not BOTH_ZEROS.search(str(ours)):
        return True
    if SECRET_NULL.search(str(expression)) and "(sensitive value)" in str(ours):
        return True
    if ZERO_IN_SET.search(str(expression)):
        return True
    if is_refused(ours) and not is_refused(theirs):
        return ON_PURPOSE.search(asking.our_mistake(expression)) is not None
    if is_refused(theirs):
        if EMPTY_ARM.search(str(expression)):
            return True
        return YAML.search(str(expression)) is not None or DIES.search(asking.their_mistake(expression)) is not None
    return POWER.search(str(expression)) is not None and are_close(theirs, ours)


def are_close(theirs, ours):
    """Whether two answers are numbers that differ in the last digits only."""
    try:
        one, other = float(theirs[0]), float(ours[0])
    except (TypeError, ValueError):
        return False
    return abs(one - other) <= 1e-14 * abs(one)


def shrink(asking, node):
    """The smallest tree found, or nothing if what differs is meant to."""
    tried = {str(node)}
    for _ in range(60):
        candidates = []
        for smaller in node.smaller():
            text = str(smaller)
            if len(text) < len(str(node)) and text not in tried:
                tried.add(text)
                candidates.append(smaller)
            if len(candidates) == 150:
                break
        if not candidates:
            break
        texts = [str(candidate) for candidate in candidates]
        found = None
        for candidate, theirs, ours in zip(candidates, asking.terraform(texts), asking.ours(texts)):
            if differ(theirs, ours):
                if on_purpose(asking, candidate, theirs, ours):
                    return None
                if found is None or len(str(candidate)) < len(str(found)):
                    found = candidate
        if found is None:
            if len(candidates) < 150:
                break
            continue
        node = found
    return node
