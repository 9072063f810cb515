"""Executes notebooks without a browser; lab.py starts it with the Python of its environment."""

import argparse
import asyncio
import os
import re
import signal
import sys
import time
from pathlib import Path

import nbformat
from jupyter_client.manager import AsyncKernelManager
from nbclient import NotebookClient
from nbclient.exceptions import CellExecutionError, DeadKernelError
from nbconvert import HTMLExporter

ANSI = re.compile(r"\x1b\[[0-9;]*[A-Za-z]")
INTERRUPTED = 130
KERNEL_NAME = "omnirad-java"


class Execution:
    """One notebook in a kernel of its own."""

    def __init__(self, notebook, folder, limit_seconds):
        self.notebook = notebook
        self.folder = folder
        self.limit_seconds = limit_seconds
        self.overdue = False
        self.last_cell = None
        self.kernel = AsyncKernelManager(kernel_name=KERNEL_NAME)
        self.client = NotebookClient(
            self.notebook, km=self.kernel, record_timing=False, timeout=None
        )

    def run(self):
        """Executes every cell; returns None, or what went wrong."""
        return asyncio.run(self.watched())

    async def watched(self):
        watch = asyncio.ensure_future(self.kill_overdue_kernel())
        try:
            await self.execute()
        except CellExecutionError as error:
            return self.with_source(error_text(self.last_cell) or str(error))
        except (DeadKernelError, RuntimeError) as error:
            if self.overdue:
                return self.with_source("Not finished after %d s." % self.limit_seconds)
            return self.with_source("The kernel ended: %s" % error)
        finally:
            watch.cancel()
            await self.end_kernel()
        return None

    async def execute(self):
        await self.client.async_start_new_kernel(cwd=str(self.folder))
        await self.client.async_start_new_kernel_client()
        reply = await self.client.kc.kernel_info(reply=True)
        language = dict(reply["content"]["language_info"])
        language.pop("version", None)  # so that another JDK leaves the same file
        self.notebook.metadata["language_info"] = language
        self.client.reset_execution_trackers()
        for index, cell in enumerate(self.notebook.cells):
            self.last_cell = cell
            count = self.client.code_cells_executed + 1
            await self.client.async_execute_cell(cell, index, execution_count=count)

    async def kill_overdue_kernel(self):
        await asyncio.sleep(self.limit_seconds)
        self.overdue = True
        await self.kernel.shutdown_kernel(now=True)

    async def end_kernel(self):
        if self.client.kc is not None:
            self.client.kc.stop_channels()
        if self.kernel.has_kernel:
            await self.kernel.shutdown_kernel(now=True)

    def with_source(self, problem):
        if self.last_cell is None:
            return problem
        return "this cell:\n\n%s\n\n%s" % (indented(self.last_cell.source), problem)


def join_streams(notebook):
    """Joins the pieces in which JJava sends a printed line; nbclient's way would reorder them."""
    for cell in notebook.cells:
        joined = []
        for output in cell.get("outputs", []):
            before = joined[-1] if joined else {}
            if output.output_type == "stream" and before.get("name") == output.name:
                before.text += output.text
            else:
                joined.append(output)
        if "outputs" in cell:
            cell.outputs = joined


def error_text(cell):
    errors = [output for output in cell.outputs if output.output_type == "error"]
    lines = [line for error in errors for line in error.traceback]
    return ANSI.sub("", "\n".join(lines)).rstrip()


def indented(text):
    return "\n".join("    " + line for line in text.splitlines())


def write_whole(path, text):
    path.parent.mkdir(parents=True, exist_ok=True)
    part = path.with_name(path.name + ".part")
    part.write_text(text, encoding="utf-8")
    os.replace(part, path)


def write_results(notebook, target):
    """Writes TARGET.ipynb and TARGET.html; returns where the page is."""
    write_whole(Path(str(target) + ".ipynb"), nbformat.writes(notebook) + "\n")
    page, _ = HTMLExporter().from_notebook_node(
        notebook, resources={"metadata": {"name": target.name}}
    )
    html = Path(str(target) + ".html")
    write_whole(html, page)
    return short(html)


def short(path):
    here = Path.cwd()
    return path.relative_to(here) if here in path.parents else path


def parse():
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--notebooks", type=Path, required=True)
    parser.add_argument("--out", type=Path, required=True)
    parser.add_argument("--time-limit", type=int, required=True)
    parser.add_argument("names", nargs="+")
    return parser.parse_args()


def run_one(name, arguments):
    """Executes one notebook and writes it, finished or not; says whether it went well."""
    elsewhere = Path(name).is_absolute()
    source = Path(name) if elsewhere else arguments.notebooks / (name + ".ipynb")
    label = source.stem if elsewhere else name
    folder = arguments.notebooks if arguments.notebooks.is_dir() else source.parent
    try:
        notebook = nbformat.read(str(source), as_version=4)
    except (OSError, ValueError, nbformat.ValidationError) as error:
        print("%s is not a notebook: %s" % (source, error), file=sys.stderr, flush=True)
        return False
    started = time.monotonic()
    problem = Execution(notebook, folder, arguments.time_limit).run()
    seconds = time.monotonic() - started
    join_streams(notebook)
    page = write_results(notebook, arguments.out / label)
    state = "failed" if problem else "ok"
    print("%-30s %-6s %6.1f s  %s" % (label, state, seconds, page), flush=True)
    if problem:
        print("%s failed: %s\n" % (label, problem), file=sys.stderr, flush=True)
    return problem is None


def interrupt(signum, frame):
    raise KeyboardInterrupt


def main():
    arguments = parse()
    # The handler that asyncio brings would only cancel, which nbclient takes for a dead kernel.
    signal.signal(signal.SIGTERM, interrupt)
    if signal.getsignal(signal.SIGINT) != signal.SIG_IGN:
        signal.signal(signal.SIGINT, interrupt)
    try:
        outcomes = [run_one(name, arguments) for name in arguments.names]
    except KeyboardInterrupt:
        print("interrupted", file=sys.stderr)
        sys.exit(INTERRUPTED)
    sys.exit(0 if all(outcomes) else 1)


if __name__ == "__main__":
    main()
