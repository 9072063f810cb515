"""Runs notebooks in the smoke budget and compares what they show with what is expected.

    python3 tests/notebooks/check.py                     every notebook and solution
    python3 tests/notebooks/check.py 00_quickstart       one of them
    python3 tests/notebooks/check.py --renew NAME...     stores what they show now as expected
    python3 tests/notebooks/check.py --outputs NAME...   runs them in full and keeps the outputs
                                                         in the notebooks themselves
    python3 tests/notebooks/check.py --list              the names

Expectations lie in tests/notebooks/expected. A number may differ by the tolerance beside it; for
more room write "tolerance" into its cell there, which --renew keeps. A cell with the tag
"machine" prints facts of one machine: only the types of its outputs are compared. A cell with the
tag "check" is followed by mutants that must fail (mutants.py).

Notebooks see no files but the repository's, unless --data names a folder of real ones; then the
expectations are those in expected/real.
"""

import argparse
import json
import os
import re
import subprocess
import sys
from pathlib import Path

import conventions
import mutants
import outputs

HERE = Path(__file__).resolve().parent
REPOSITORY = HERE.parent.parent
NOTEBOOKS = REPOSITORY / "notebooks"
WORK = REPOSITORY / "target" / "notebooks" / "checked"
LAB = REPOSITORY / "environment" / "lab.py"


def names():
    found = (path.relative_to(NOTEBOOKS).with_suffix("") for path in NOTEBOOKS.rglob("*.ipynb"))
    return sorted(path.as_posix() for path in found if ".ipynb_checkpoints" not in path.parts)


def read(path):
    return json.loads(path.read_text(encoding="utf-8"))


def as_notebook(content):
    return json.dumps(content, indent=1, ensure_ascii=False) + "\n"


def as_expectation(content):
    """A short list stands on one line, so that a change of a number is a change of a line."""
    parts = []

    def fold(value):
        line = json.dumps(value, ensure_ascii=False)
        if isinstance(value, list) and len(line) < 40 and "{" not in line and "[" not in line[1:]:
            parts.append(line)
            return "\0%d" % (len(parts) - 1)
        if isinstance(value, list):
            return [fold(v) for v in value]
        return {k: fold(v) for k, v in value.items()} if isinstance(value, dict) else value

    text = json.dumps(fold(content), indent=1, ensure_ascii=False) + "\n"
    return re.sub(r'"\\u0000(\d+)"', lambda match: parts[int(match.group(1))], text)


def write(path, text):
    path.parent.mkdir(parents=True, exist_ok=True)
    part = path.with_name(path.name + ".part")
    part.write_bytes(text.encode())
    os.replace(part, path)


def environment(budget, data):
    """What every run sees alike, whatever this machine has stored."""
    made = dict(os.environ, OMNIRAD_BUDGET=budget, OMNIRAD_CACHE=str(WORK / "cache"), CI="true")
    made.pop("OMNIRAD_DATA", None)
    if data:
        made["OMNIRAD_DATA"] = str(data)
    return made


def execute(notebook, name, budget, data):
    """The executed notebook, or None where lab.py failed; its own words stand above then."""
    source = WORK / (name + ".ipynb")
    write(source, as_notebook(notebook))
    out = WORK / "out" / Path(name).parent
    executed = out / source.name
    executed.unlink(missing_ok=True)
    command = [sys.executable, str(LAB), "run", str(source), "--out", str(out)]
    code = subprocess.call(command, env=environment(budget, data))
    return read(executed) if code == 0 else None


def expected_file(name, data):
    return HERE / "expected" / ("real" if data else "") / (name + ".json")


def check(name, data):
    """The problems of one notebook, each a text."""
    path = NOTEBOOKS / (name + ".ipynb")
    notebook = read(path)
    text = path.read_text(encoding="utf-8")
    found = list(conventions.problems(notebook, text, name.startswith("solutions/")))
    if not name.startswith("solutions/") and "solutions/" + name not in names():
        found.append("notebooks/solutions/%s.ipynb is missing" % Path(name).name)
    executed = execute(mutants.with_mutants(notebook), name, "smoke", data)
    if executed is None:
        return found + ["its execution failed"]
    executed, survivors = mutants.take_out(executed)
    found += survivors
    if not expected_file(name, data).is_file():
        return found + ["%s is missing" % expected_file(name, data).relative_to(REPOSITORY)]
    return found + list(outputs.differences(read(expected_file(name, data)), executed))


def renew(name, data):
    executed = execute(read(NOTEBOOKS / (name + ".ipynb")), name, "smoke", data)
    if executed is None:
        return ["its execution failed"]
    file = expected_file(name, data)
    earlier = read(file) if file.is_file() else None
    write(file, as_expectation(outputs.expectation(executed, earlier)))
    return []


def keep_outputs(name, data):
    if data:
        raise SystemExit("Outputs that are kept show the embedded data only, never --data.")
    executed = execute(read(NOTEBOOKS / (name + ".ipynb")), name, "full", None)
    if executed is None:
        return ["its execution failed"]
    for cell in outputs.code_cells(executed):
        cell["outputs"] = [out for out in cell["outputs"] if not outputs.is_progress(out)]
    executed["metadata"] = {"kernelspec": conventions.KERNEL, "language_info": {"name": "java"}}
    write(NOTEBOOKS / (name + ".ipynb"), as_notebook(executed))
    return []


def parse():
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    action = parser.add_mutually_exclusive_group()
    action.add_argument("--renew", dest="action", action="store_const", const=renew)
    action.add_argument("--outputs", dest="action", action="store_const", const=keep_outputs)
    action.add_argument("--list", action="store_true")
    parser.add_argument("--data", type=Path, metavar="FOLDER")
    parser.add_argument("names", nargs="*", metavar="NAME")
    parser.set_defaults(action=check)
    return parser.parse_args()


def main():
    arguments = parse()
    if arguments.list:
        print("\n".join(names()))
        return
    failed = False
    for name in arguments.names or names():
        problems = arguments.action(name, arguments.data)
        failed = failed or bool(problems)
        print("%-30s %s" % (name, "%d problems" % len(problems) if problems else "ok"), flush=True)
        for problem in problems:
            print("  " + problem.replace("\n", "\n    "), flush=True)
    sys.exit(1 if failed else 0)


if __name__ == "__main__":
    main()
