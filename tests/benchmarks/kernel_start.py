"""Seconds from the start of the kernel to the end of its first cell.

    python3 environment/lab.py run 00_quickstart     # makes the environment, once
    environment/.venv/bin/python tests/benchmarks/kernel_start.py
"""
import statistics
import time

from jupyter_client.manager import KernelManager

STARTS = 7


def seconds_to_first_cell():
    started = time.perf_counter()
    kernel = KernelManager(kernel_name="omnirad-java")
    kernel.start_kernel()
    client = kernel.client()
    client.start_channels()
    try:
        client.wait_for_ready(timeout=120)
        reply = client.execute_interactive("import org.omnirad.*; 1 + 1", output_hook=lambda message: None)
        assert reply["content"]["status"] == "ok", reply["content"]
        return time.perf_counter() - started
    finally:
        client.stop_channels()
        kernel.shutdown_kernel(now=True)


def main():
    seconds_to_first_cell()  # the files come from the disk once
    times = [seconds_to_first_cell() for _ in range(STARTS)]
    print("kernel start to first executed cell: median %.1f s, %.1f to %.1f of %d starts"
          % (statistics.median(times), min(times), max(times), STARTS))


if __name__ == "__main__":
    main()
