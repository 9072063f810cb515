"""Embedding throughput of ViT-S/14 at 224 px, batch 16, two threads: this library and PyTorch in turn.

    ./mvnw -q -DskipTests verify
    python3 -m venv .venv && .venv/bin/pip install -r tests/parity/requirements.txt
    .venv/bin/python tests/benchmarks/embed.py

Both sides take 8-bit pixels to class tokens: scale, normalise, forward. PyTorch runs eagerly, with its
scaled_dot_product_attention and, for bfloat16, its autocast. A ratio above 1 means that this library is faster.
"""
import sys
import time

import timm
import torch
from turns import THREADS, JavaServer, compare

IMAGES, BATCH = 48, 16


class Theirs:
    def __init__(self, precision):
        self.bfloat16 = precision == "BFLOAT16"
        self.model = timm.create_model("vit_small_patch14_dinov2", img_size=224, num_classes=0).eval()
        self.images = torch.randint(0, 256, (IMAGES, 3, 224, 224), dtype=torch.uint8)
        self.mean = torch.tensor([0.485, 0.456, 0.406]).view(1, 3, 1, 1)
        self.std = torch.tensor([0.229, 0.224, 0.225]).view(1, 3, 1, 1)

    @torch.inference_mode()
    def seconds(self):
        started = time.perf_counter()
        with torch.autocast("cpu", dtype=torch.bfloat16, enabled=self.bfloat16):
            for batch in self.images.split(BATCH):
                self.model((batch.float() / 255 - self.mean) / self.std)
        return time.perf_counter() - started


if __name__ == "__main__":
    torch.set_num_threads(THREADS)
    for name in sys.argv[1:] or ["FLOAT32", "BFLOAT16"]:
        compare(name, IMAGES, JavaServer("tests.benchmark.EmbedServer", name, IMAGES), Theirs(name))
