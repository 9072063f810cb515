"""Random views of images per second of processor time, on one thread: this library and torchvision in turn.

    ./mvnw -q -DskipTests verify
    python3 -m venv .venv && .venv/bin/pip install -r tests/parity/requirements.txt
    .venv/bin/python tests/benchmarks/views.py

Both sides take float32 pixels in 0..1 to normalised views, with the same transforms, probabilities and ranges: the
radiology preset, 64 pixels from grey images of 64, and the natural preset's second view, 224 pixels from 256. torchvision
transforms each image by itself, as in a data set's transform. A ratio above 1 means that this library is faster.
"""
import os
import pathlib
import statistics
import subprocess
import sys
import time

import torch
import torchvision
from torchvision.transforms import InterpolationMode
from torchvision.transforms import v2

ROOT = pathlib.Path(__file__).resolve().parents[2]
sys.path.insert(0, str(ROOT / "environment"))
import lab  # noqa: E402

PAIRS = 7
SHAPES = {  # size of the views, of the images, images in a batch, batches
    "radiology": (64, 64, 32, 16),
    "natural": (224, 256, 8, 6),
}


class Gamma(v2.Transform):
    def make_params(self, flat_inputs):
        return dict(gamma=float(torch.empty(1).uniform_(0.6, 1.6)))

    def transform(self, inpt, params):
        return v2.functional.adjust_gamma(inpt, params["gamma"])


class Noise(v2.Transform):
    def make_params(self, flat_inputs):
        return dict(sigma=float(torch.empty(1).uniform_(0, 0.05)))

    def transform(self, inpt, params):
        return v2.functional.gaussian_noise(inpt, sigma=params["sigma"])


def maybe(transform, p):
    return v2.RandomApply([transform], p)


def transform(name, size):
    crop = [v2.RandomResizedCrop(size, (0.32, 1), interpolation=InterpolationMode.BICUBIC, antialias=True),
            v2.RandomHorizontalFlip(0.5)]
    normalise = [v2.Normalize([0.485, 0.456, 0.406], [0.229, 0.224, 0.225])]
    if name == "natural":
        return v2.Compose(crop + [
            maybe(v2.ColorJitter(0.4, 0.4, 0.2, 0.1), 0.8), v2.RandomGrayscale(0.2),
            maybe(v2.GaussianBlur(9, (0.1, 2.0)), 0.9), v2.RandomSolarize(128 / 255, 0.2)] + normalise)
    return v2.Compose(crop + [
        maybe(v2.ColorJitter(brightness=(0.7, 1.3)), 0.5), maybe(v2.ColorJitter(contrast=(0.6, 1.4)), 0.5),
        maybe(Gamma(), 0.5), maybe(v2.GaussianBlur(9, (0.1, 2 * size / 224)), 0.5), maybe(Noise(), 0.3),
        v2.Lambda(lambda image: image.expand(3, -1, -1))] + normalise)


class Ours:
    def __init__(self, name):
        class_path = os.pathsep.join([str(ROOT / "tests/target/test-classes"), lab.library_class_path()])
        self.process = subprocess.Popen(
            [lab.java(lab.find_jdk()[0]), "--enable-native-access=ALL-UNNAMED", "-Dai.djl.pytorch.num_threads=1",
             "-cp", class_path,
             "org.omnirad.tests.benchmark.ViewServer", name, *map(str, SHAPES[name])],
            stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True)
        self.version = self.process.stdout.readline().strip()

    def seconds(self):
        self.process.stdin.write("go\n")
        self.process.stdin.flush()
        return float(self.process.stdout.readline())

    def close(self):
        self.process.stdin.close()
        self.process.wait()


class Theirs:
    def __init__(self, name):
        size, side, batch, self.batches = SHAPES[name]
        self.transform = transform(name, size)
        self.images = torch.rand(batch, 3 if name == "natural" else 1, side, side)

    @torch.inference_mode()
    def seconds(self):
        started = time.process_time()
        for _ in range(self.batches):
            torch.stack([self.transform(image) for image in self.images])
        return time.process_time() - started


def compare(name):
    ours, theirs = Ours(name), Theirs(name)
    for _ in range(3):
        ours.seconds(), theirs.seconds()
    pairs = [(ours.seconds(), theirs.seconds()) for _ in range(PAIRS)]
    ours.close()
    ratios = [b / a for a, b in pairs]
    views = SHAPES[name][2] * SHAPES[name][3]
    print(f"{name}: {ours.version} {views / statistics.median(a for a, _ in pairs):.0f} views per CPU second, "
          f"torchvision {torchvision.__version__} {views / statistics.median(b for _, b in pairs):.0f} views per CPU second, "
          f"median ratio {statistics.median(ratios):.2f} (range {min(ratios):.2f} to {max(ratios):.2f})", flush=True)


if __name__ == "__main__":
    torch.set_num_threads(1)
    for name in sys.argv[1:] or SHAPES:
        compare(name)
