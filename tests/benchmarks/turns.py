"""A Java process and PyTorch take turns at the same work; what the benchmarks share."""
import os
import pathlib
import statistics
import subprocess
import sys

import torch

ROOT = pathlib.Path(__file__).resolve().parents[2]
sys.path.insert(0, str(ROOT / "environment"))
import lab  # noqa: E402

WARM_UPS, PAIRS, THREADS = 2, 7, 2


class JavaServer:
    """Prints its version, then answers each line with the seconds that the work took."""

    def __init__(self, main_class, *arguments, threads=THREADS):
        class_path = os.pathsep.join([str(ROOT / "tests/target/test-classes"), lab.library_class_path()])
        self.process = subprocess.Popen(
            [lab.java(lab.find_jdk()[0]), "--enable-native-access=ALL-UNNAMED", "-Domnirad.progress=off",
             f"-Dai.djl.pytorch.num_threads={threads}", "-cp", class_path,
             f"org.omnirad.{main_class}", *map(str, arguments)],
            stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True)
        self.version = self.process.stdout.readline().strip()

    def seconds(self):
        self.process.stdin.write("go\n")
        self.process.stdin.flush()
        return float(self.process.stdout.readline())

    def close(self):
        self.process.stdin.close()
        self.last_words = self.process.stdout.read().strip()
        self.process.wait()


def has_bfloat16():
    """Whether the processor has instructions for it; says so where not."""
    cpu = pathlib.Path("/proc/cpuinfo")
    words = set(cpu.read_text().split()) if cpu.exists() else set()
    found = bool(words & {"avx512_bf16", "amx_bf16"})
    if not found:
        print("bfloat16 left out: /proc/cpuinfo lists neither avx512_bf16 nor amx_bf16", flush=True)
    return found


def compare(label, count, ours, theirs, unit="images/s", framework=f"PyTorch {torch.__version__}"):
    """Prints how many of count both do in a second, and how much faster ours is."""
    for _ in range(WARM_UPS):
        ours.seconds(), theirs.seconds()
    pairs = [(ours.seconds(), theirs.seconds()) for _ in range(PAIRS)]
    ours.close()
    ratios = [b / a for a, b in pairs]
    print(f"{label}: {ours.version} {count / statistics.median(a for a, _ in pairs):.2f} {unit}, "
          f"{framework} {count / statistics.median(b for _, b in pairs):.2f} {unit}, "
          f"median ratio {statistics.median(ratios):.2f} (range {min(ratios):.2f} to {max(ratios):.2f})", flush=True)
