"""Random views of images per second of processor time, on one thread: this library and torchvision in turn.

    ./mvnw -q -DskipTests verify
    python3 -m venv .venv && .venv/bin/pip install -r tests/parity/requirements.txt
    .venv/bin/python tests/benchmarks/views.py

Both sides take float32 pixels in 0..1 to normalised views, with the same transforms, probabilities and ranges: the
radiology preset, 64 pixels from grey images of 64, and the natural preset's second view, 224 pixels from 256. torchvision
transforms each image by itself, as in a data set's transform. A ratio above 1 means that this library is faster.
"""
import sys
import time

import torch
import torchvision
from torchvision.transforms import InterpolationMode
from torchvision.transforms import v2
from turns import JavaServer, compare

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


if __name__ == "__main__":
    torch.set_num_threads(1)
    for name in sys.argv[1:] or SHAPES:
        compare(name, SHAPES[name][2] * SHAPES[name][3],
                JavaServer("tests.benchmark.ViewServer", name, *SHAPES[name], threads=1), Theirs(name),
                unit="views per CPU second", framework=f"torchvision {torchvision.__version__}")
