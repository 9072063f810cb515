"""Segmentation with ViT-S/14 at 448 px, two threads: this library and PyTorch in turn.

    ./mvnw -q -DskipTests verify
    python3 -m venv .venv && .venv/bin/pip install -r tests/parity/requirements.txt
    .venv/bin/python tests/benchmarks/segment.py

A frozen encoder (timm) and the dense adapter for two classes; PyTorch's is the one that the parity script writes out. "first
epoch" is a training step on 4 images (cross-entropy, AdamW) that computes and keeps the tokens, "later epoch" one that reads them,
beside PyTorch's, which computes them each time; "prediction" is a forward pass, and here also probabilities and masks. float32;
decoded images are given here, tensors to PyTorch. A ratio above 1 means
that this library is faster. At the end stands the share of the first epoch that the encoder takes here.
"""
import pathlib
import statistics
import sys
import time

import timm
import torch
import torch.nn.functional as F

from turns import PAIRS, THREADS, WARM_UPS, JavaServer, compare

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parents[1] / "parity"))
from segment_fixtures import DenseAdapter  # noqa: E402

BATCH, SIZE, BLOCKS = 4, 448, (3, 7, 11)


class Theirs:
    def __init__(self, training):
        torch.manual_seed(7)
        self.training = training
        self.vit = timm.create_model("vit_small_patch14_dinov2", img_size=SIZE, num_classes=0).eval().requires_grad_(False)
        self.adapter = DenseAdapter(384, 384, 16, 6, 65, 2, 2).train(training)
        self.optimizer = torch.optim.AdamW(self.adapter.parameters(), lr=1e-4, weight_decay=1e-4, foreach=True)
        self.images = torch.randn(BATCH, 3, SIZE, SIZE)
        self.target = torch.randint(0, 2, (BATCH, SIZE, SIZE))

    def tokens(self):
        with torch.no_grad():
            return self.vit.get_intermediate_layers(
                self.images, n=BLOCKS, return_prefix_tokens=False, norm=False)

    def logits(self):
        # The adapter takes off the class token, which timm has left out.
        tokens = [F.pad(t, (0, 0, 1, 0)) for t in self.tokens()]
        return self.adapter(self.images, tokens)

    def seconds(self):
        started = time.perf_counter()
        if self.training:
            F.cross_entropy(self.logits(), self.target).backward()
            self.optimizer.step()
            self.optimizer.zero_grad()
        else:
            with torch.no_grad():
                self.logits()
        return time.perf_counter() - started


def median_seconds(what):
    server = JavaServer("segment.SegmentServer", what, BATCH)
    for _ in range(WARM_UPS):
        server.seconds()
    seconds = statistics.median(server.seconds() for _ in range(PAIRS))
    server.close()
    return seconds


def main():
    torch.set_num_threads(THREADS)
    for label, what, training in (
            ("first epoch", "first", True), ("later epoch", "later", True), ("prediction", "predict", False)):
        compare(label, BATCH, JavaServer("segment.SegmentServer", what, BATCH), Theirs(training))
    print(f"the encoder's share of the first epoch: {median_seconds('tokens') / median_seconds('first'):.0%}", flush=True)


if __name__ == "__main__":
    main()
