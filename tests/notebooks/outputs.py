"""What the cells of an executed notebook show, and how two executions differ.

A cell becomes a list of outputs; an output its MIME types, the sizes of its pictures, its text
with `#` for each number, and the numbers, each with a tolerance.
"""

import base64
import re
import struct

ANSI = re.compile(r"\x1b\[[0-9;]*[A-Za-z]")
PROGRESS_MARK = "omnirad.progress"

# What differs from run to run or from machine to machine, in the order of replacement.
CHANGING = [
    (re.compile(r"[\w.$]*@[0-9a-f]{4,8}\b"), "<object>"),
    (re.compile(r"\b(?=[0-9a-f]*[0-9])[0-9a-f]{16,}\b"), "<hash>"),
    (re.compile(r"(?<![\w/.])(?:/[\w.@+~-]+){2,}/?"), "<path>"),
    (re.compile(r"\b[A-Z]:\\[^\s\"']+"), "<path>"),
    (re.compile(r"\b\d[\d.,]* \w+/s\b"), "<rate>"),
    (re.compile(r"\b\d[\d.,]* ?(?:ns|µs|ms|s|min|h)\b"), "<time>"),
]

NUMBER = re.compile(
    r"(?<![\w.])[-+]?(?:\d{1,3}(?:,\d{3})+|\d+)(?:\.\d+)?(?:[eE][-+]?\d+)?(?![\w])"
)

# A whole number must agree; of a real one the third digit may differ from machine to machine.
RELATIVE_TOLERANCE = 0.02
LAST_DIGITS = 1
# What is smaller is a rounding error of float32, which is another on every processor.
ROUNDING = 1e-5


def default_tolerance(text):
    if re.fullmatch(r"[-+]?[\d,]+", text):
        return 0
    mantissa, _, exponent = text.replace(",", "").lower().partition("e")
    decimals = len(mantissa.partition(".")[2])
    last_digit = 10.0 ** (int(exponent or 0) - decimals)
    size = abs(value(text))
    rounding = ROUNDING if 0 < size < ROUNDING else 0
    return float("%.3g" % max(RELATIVE_TOLERANCE * size, LAST_DIGITS * last_digit, rounding))


def value(text):
    text = text.replace(",", "")
    return int(text) if re.fullmatch(r"[-+]?\d+", text) else float(text)


def normalise(text):
    text = ANSI.sub("", text)
    for pattern, replacement in CHANGING:
        text = pattern.sub(replacement, text)
    return text


def lines_and_numbers(text):
    """The text without its numbers and without its spacing, which follows their width."""
    text = normalise(text)
    numbers = [number.group() for number in NUMBER.finditer(text)]
    lines = [" ".join(line.split()) for line in NUMBER.sub("#", text).splitlines()]
    return [line for line in lines if line], numbers


def picture_size(mime, data):
    if mime != "image/png":
        return None
    header = base64.b64decode(data)[:24]
    if header[:8] != b"\x89PNG\r\n\x1a\n":
        raise ValueError("an output of type image/png holds no PNG file")
    return list(struct.unpack(">II", header[16:24]))


def joined(text):
    return "".join(text) if isinstance(text, list) else text


def is_progress(output):
    return bool(output.get("metadata", {}).get(PROGRESS_MARK))


def summary(cell):
    """The outputs of a cell as they are stored; what a cell printed is one output."""
    printed = {}
    shown = []
    only_types = "machine" in cell["metadata"].get("tags", [])
    for output in cell["outputs"]:
        kind = output["output_type"]
        if kind == "stream":
            printed[output["name"]] = printed.get(output["name"], "") + joined(output["text"])
        elif kind == "error":
            shown.append(entry(["error"], {}, "%s: %s" % (output["ename"], output["evalue"])))
        elif not is_progress(output):
            data = output["data"]
            sizes = {mime: picture_size(mime, joined(data[mime])) for mime in data}
            text = joined(data.get("text/plain", ""))
            sizes = {mime: size for mime, size in sizes.items() if size}
            shown.append(entry(sorted(data), sizes, "" if only_types else text))
    streams = [
        entry([name], {}, "" if only_types else text) for name, text in sorted(printed.items())
    ]
    return streams + shown


def entry(types, sizes, text):
    lines, numbers = lines_and_numbers(text)
    made = {"types": types}
    if sizes:
        made["sizes"] = sizes
    if lines:
        made["text"] = lines
    if numbers:
        made["numbers"] = [[value(number), default_tolerance(number)] for number in numbers]
    return made


def expectation(notebook, earlier=None):
    """What to expect of a notebook; a cell's own "tolerance" in the earlier file is kept."""
    tolerances = {cell["id"]: cell["tolerance"] for cell in (earlier or {}).get("cells", [])
                  if "tolerance" in cell}
    cells = []
    for cell in code_cells(notebook):
        outputs = summary(cell)
        if not outputs:
            continue
        kept = {"id": cell["id"]}
        if cell["id"] in tolerances:
            kept["tolerance"] = tolerances[cell["id"]]
            widen(outputs, kept["tolerance"])
        cells.append(dict(kept, outputs=outputs))
    return {"cells": cells}


def widen(outputs, tolerance):
    for output in outputs:
        for number in output.get("numbers", []):
            number[1] = max(number[1], tolerance)


def code_cells(notebook):
    return [cell for cell in notebook["cells"] if cell["cell_type"] == "code"]


def differences(expected, notebook):
    """One line for each way in which an executed notebook is not as expected."""
    wanted = {cell["id"]: cell["outputs"] for cell in expected["cells"]}
    found = {cell["id"]: summary(cell) for cell in code_cells(notebook)}
    for name in wanted:
        if name not in found:
            yield "cell %s: not in the notebook any more" % name
    for name, outputs in found.items():
        for difference in cell_differences(wanted.get(name, []), outputs):
            yield "cell %s, %s" % (name, difference)


def cell_differences(wanted, found):
    if len(wanted) != len(found):
        yield "outputs: expected %s, found %s" % (types(wanted), types(found))
        return
    for index, (one, other) in enumerate(zip(wanted, found), 1):
        for key, name in (("types", "types"), ("sizes", "picture sizes")):
            if one.get(key) != other.get(key):
                yield "output %d, %s: expected %s, found %s" % (
                    index, name, one.get(key, "none"), other.get(key, "none"))
        yield from ("output %d, %s" % (index, line) for line in text_differences(one, other))
        yield from ("output %d, %s" % (index, line) for line in number_differences(one, other))


def types(outputs):
    return ", ".join("+".join(output["types"]) for output in outputs) or "none"


def text_differences(wanted, found):
    ours, theirs = wanted.get("text", []), found.get("text", [])
    if len(ours) != len(theirs):
        yield "text: expected %d lines, found %d: %s" % (len(ours), len(theirs), excerpt(theirs))
        return
    for number, (one, other) in enumerate(zip(ours, theirs), 1):
        if one != other:
            yield "line %d: expected '%s', found '%s'" % (number, one, other)


def excerpt(lines):
    return " / ".join(lines)[:200]


def number_differences(wanted, found):
    ours, theirs = wanted.get("numbers", []), found.get("numbers", [])
    if len(ours) != len(theirs):
        yield "expected %d numbers, found %d" % (len(ours), len(theirs))
        return
    for index, ((number, tolerance), (other, _)) in enumerate(zip(ours, theirs), 1):
        if not abs(number - other) <= tolerance * (1 + 1e-9):
            yield "number %d: expected %s within %s, found %s" % (
                index, shown(number), shown(tolerance), shown(other))


def shown(number):
    return "%.10g" % number
