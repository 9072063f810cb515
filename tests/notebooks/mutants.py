"""Changed copies of the check cells, each of which must fail.

A check cell calls `Check.near(what, value, expected, tolerance)`. Right behind it in a copy of
the notebook come two mutants, whose expected number is a quarter larger and a quarter smaller (or
three tolerances away from 0). A mutant runs in the same kernel on the same variables, so that
seeing every check fail costs no second run; a tolerance so wide that it checks nothing shows too.
"""

import copy
import re

CALL = "Check.near("
MARK = "omnirad.mutant"
MESSAGE = re.compile(r" is .*, expected ")
CHANGES = {
    "larger": "((%(expected)s) == 0 ? 3 * (%(tolerance)s) : 1.25 * (%(expected)s))",
    "smaller": "((%(expected)s) == 0 ? -3 * (%(tolerance)s) : 0.75 * (%(expected)s))",
}


def is_check(cell):
    return cell["cell_type"] == "code" and "check" in cell["metadata"].get("tags", [])


def source(cell):
    text = cell["source"]
    return "".join(text) if isinstance(text, list) else text


def calls(text):
    """The spans of the arguments of each Check.near in a cell: [[(start, end), ...], ...]."""
    found = []
    start = text.find(CALL)
    while start >= 0:
        found.append(arguments(text, start + len(CALL)))
        start = text.find(CALL, start + 1)
    return found


def arguments(text, start):
    spans, depth, quoted, i = [], 0, False, start
    begin = start
    while i < len(text):
        c = text[i]
        if quoted:
            i += c == "\\"
            quoted = c != '"'
        elif c == '"':
            quoted = True
        elif c in "([{":
            depth += 1
        elif c in ")]}" and depth:
            depth -= 1
        elif c == ")":
            return spans + [(begin, i)]
        elif c == "," and not depth:
            spans.append((begin, i))
            begin = i + 1
        i += 1
    raise ValueError("Check.near( is not closed in: %s" % text)


def mutants(cell):
    text = source(cell)
    for number, spans in enumerate(calls(text)):
        if len(spans) != 4:
            raise ValueError("Check.near takes what, value, expected, tolerance: %s" % text)
        parts = {"expected": spans[2], "tolerance": spans[3]}
        parts = {name: text[a:b].strip() for name, (a, b) in parts.items()}
        for change, pattern in CHANGES.items():
            mutant = copy.deepcopy(cell)
            mutant["id"] = "mutant-%s-%d-%s" % (cell["id"][:40], number, change)
            mutant["metadata"] = {"tags": ["raises-exception"], MARK: change}
            a, b = spans[2]
            mutant["source"] = text[:a] + " " + pattern % parts + text[b:]
            mutant["outputs"] = []
            yield mutant


def with_mutants(notebook):
    made = copy.deepcopy(notebook)
    made["cells"] = []
    for cell in notebook["cells"]:
        made["cells"].append(cell)
        if is_check(cell):
            made["cells"].extend(mutants(cell))
    return made


def take_out(executed):
    """The executed notebook without its mutants, and a line for each that did not fail."""
    left = dict(executed, cells=[c for c in executed["cells"] if MARK not in c["metadata"]])
    survivors = []
    for cell in executed["cells"]:
        if MARK in cell["metadata"] and not failed(cell):
            survivors.append(
                "%s: the check does not fail on a %s number:\n%s\n%s"
                % (cell["id"], cell["metadata"][MARK], source(cell), said(cell))
            )
    return left, survivors


def failed(cell):
    return any(
        output["output_type"] == "error" and MESSAGE.search(output["evalue"])
        for output in cell["outputs"]
    )


def said(cell):
    return "\n".join(output.get("evalue", "") for output in cell["outputs"])
