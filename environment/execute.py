"""Executes notebooks without a browser; lab.py starts it with the Python of its environment."""

import argparse
import asyncio
import os
import re
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


class Execution:
    """One notebook in a kernel of its own."""

    def __init__(self, source, folder, limit_seconds):
        self.notebook = nbformat.read(str(source), as_version=4)
        self.limit_seconds = limit_seconds
        self.overdue = False
        self.last_cell = None
        self.kernel = AsyncKernelManager(kernel_name=kernel_name(self.notebook))
        self.client = NotebookClient(
            self.notebook,
            km=self.kernel,
            resources={"metadata": {"path": str(folder)}},
            record_timing=False,
            timeout=None,
            on_cell_execute=self.remember,
        )

    def remember(self, cell, cell_index):
        self.last_cell = cell

    def run(self):
        """Executes every cell; returns None, or what went wrong."""
        return asyncio.run(self.execute())

    async def execute(self):
        watch = asyncio.ensure_future(self.kill_overdue_kernel())
        try:
            await self.client.async_execute()
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


def error_text(cell):
    errors = [output for output in cell.outputs if output.output_type == "error"]
    lines = [line for error in errors for line in error.traceback]
    return ANSI.sub("", "\n".join(lines)).rstrip()


def indented(text):
    return "\n".join("    " + line for line in text.splitlines())


def kernel_name(notebook):
    return notebook.metadata.get("kernelspec", {}).get("name", "omnirad-java")


def write_whole(path, text):
    path.parent.mkdir(parents=True, exist_ok=True)
    part = path.with_name(path.name + ".part")
    part.write_text(text, encoding="utf-8")
    os.replace(part, path)


def write_results(notebook, target):
    write_whole(target.with_name(target.name + ".ipynb"), nbformat.writes(notebook) + "\n")
    page, _ = HTMLExporter().from_notebook_node(
        notebook, resources={"metadata": {"name": target.name}}
    )
    write_whole(target.with_name(target.name + ".html"), page)


def parse():
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--notebooks", type=Path, required=True)
    parser.add_argument("--out", type=Path, required=True)
    parser.add_argument("--time-limit", type=int, required=True)
    parser.add_argument("names", nargs="+")
    return parser.parse_args()


def main():
    arguments = parse()
    failed = False
    for name in arguments.names:
        elsewhere = Path(name).is_absolute()
        source = Path(name) if elsewhere else arguments.notebooks / (name + ".ipynb")
        target = arguments.out / (source.stem if elsewhere else name)
        folder = arguments.notebooks if arguments.notebooks.is_dir() else source.parent
        started = time.monotonic()
        execution = Execution(source, folder, arguments.time_limit)
        problem = execution.run()
        seconds = time.monotonic() - started
        write_results(execution.notebook, target)
        failed = failed or problem is not None
        outcome = "failed" if problem else "ok"
        print("%-30s %-6s %6.1f s  %s.html" % (name, outcome, seconds, target), flush=True)
        if problem:
            print("%s failed: %s\n" % (name, problem), file=sys.stderr, flush=True)
    sys.exit(1 if failed else 0)


if __name__ == "__main__":
    try:
        main()
    except KeyboardInterrupt:
        sys.exit(INTERRUPTED)
