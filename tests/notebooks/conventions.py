"""The rules that every notebook keeps, readable from its file alone."""

import re
import statistics

from mutants import is_check, source

MOST_BYTES = 300_000
MOST_LINES = 10
MEDIAN_LINES = 4
KERNEL = {"name": "omnirad-java", "display_name": "OmniRad (Java)", "language": "java"}
DEFINITION = re.compile(r"^\s*(?:(?:public|static|final|abstract|sealed) )*"
                        r"(?:class|interface|enum|record|@interface) \w", re.MULTILINE)
MACHINE_PATH = re.compile(r"(?:/(?:home|root|tmp|usr|var|work|Users|private|mnt)/[\w.]|[A-Z]:\\\\\w)")
IDENTITY = re.compile(r"[\w.$;]@[0-9a-f]{5,8}\b")


def problems(notebook, text, is_solution=False):
    """One line for each rule that a notebook breaks."""
    cells = notebook["cells"]
    code = [cell for cell in cells if cell["cell_type"] == "code"]
    prose = [source(cell) for cell in cells if cell["cell_type"] == "markdown"]
    yield from format_problems(notebook, text)
    yield from code_problems(code)
    yield from output_problems(code)
    if not is_solution:
        yield from teaching_problems(cells, code, prose)


def format_problems(notebook, text):
    if (notebook["nbformat"], notebook["nbformat_minor"]) != (4, 5):
        yield "the format is not 4.5"
    if notebook["metadata"].get("kernelspec") != KERNEL:
        yield "the kernelspec is not %s" % KERNEL
    size = len(text.encode())
    if size >= MOST_BYTES:
        yield "it has %d bytes, at most %d are allowed" % (size, MOST_BYTES)
    for pattern, name in ((MACHINE_PATH, "a path of one machine"), (IDENTITY, "an object's hash")):
        found = pattern.search(text)
        if found:
            yield "it holds %s: %s" % (name, text[max(found.start() - 30, 0) : found.end() + 30])


def code_problems(code):
    for cell in code:
        if lines(cell) > MOST_LINES:
            yield "cell %s has %d lines, at most %d" % (cell["id"], lines(cell), MOST_LINES)
        if DEFINITION.search(source(cell)):
            yield "cell %s defines a type; the library does that" % cell["id"]
        if "%load" in source(cell):
            yield "cell %s loads hidden code" % cell["id"]
        if ("Check.near(" in source(cell)) != is_check(cell):
            yield "cell %s: a cell with Check.near, and no other, has the tag 'check'" % cell["id"]

def lines(cell):
    return sum(1 for line in source(cell).splitlines() if line.strip())


def output_problems(code):
    if [cell["execution_count"] for cell in code] != list(range(1, len(code) + 1)):
        yield "its cells were not run once each, in their order"
    for cell in code:
        expected = "raises-exception" in cell["metadata"].get("tags", [])
        if expected != any(output["output_type"] == "error" for output in cell["outputs"]):
            yield "cell %s holds an error" % cell["id"]


def teaching_problems(cells, code, prose):
    first = source(cells[0]).strip().splitlines()[0]
    if not re.search(r"demonstration|reproduction", first, re.IGNORECASE):
        yield "its first line does not say whether it is a demonstration or a reproduction"
    if "RunBudget.fromEnvironment()" not in source(code[1]):
        yield "its second code cell does not print the budget"
    if statistics.median(map(lines, code)) > MEDIAN_LINES:
        yield "the median of lines per cell is above %d" % MEDIAN_LINES
    if not any(is_check(cell) for cell in code):
        yield "it has no check cell"
    if not any("$" in text for text in prose):
        yield "it has no formula"
    headings = re.findall(r"^## (.+)$", "\n".join(prose), re.MULTILINE)
    for heading in ("Goal", "Summary", "Exercises"):
        if heading not in headings:
            yield "it has no heading '## %s'" % heading
    exercises = re.findall(r"^\d+\. ", "\n".join(prose).partition("## Exercises")[2], re.MULTILINE)
    if not 3 <= len(exercises) <= 5:
        yield "it has %d exercises, not three to five" % len(exercises)
