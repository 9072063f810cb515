"""Fine-tuning steps of a classifier, two threads: this library and PyTorch with timm and peft in turn.

    ./mvnw -q -DskipTests verify
    python3 -m venv .venv && .venv/bin/pip install -r tests/parity/requirements.txt
    .venv/bin/python tests/benchmarks/fine_tune.py

ViT-S/14 at 224 px, batch 8, two classes, dropout 0.4 before the head, gradients clipped, AdamW. "lora" trains adapters of rank
16 beside every linear layer of the blocks (alpha 32, dropout 0.1) and the head, "full" everything. Images are given. A ratio
above 1 means that this library is faster. Below each line stand the peak of this library's resident memory and how many numbers
are trained: as many has the gradient, and twice as many the optimiser. bfloat16 is left out where the processor has no
instructions for it.
"""
import time

import peft
import timm
import torch
import torch.nn.functional as F

from turns import THREADS, JavaServer, compare, has_bfloat16

BATCH, STEPS = 8, 2
TARGETS = r".*blocks\.\d+\.(attn\.qkv|attn\.proj|mlp\.fc1|mlp\.fc2)"


class Theirs:
    def __init__(self, regime, precision):
        torch.manual_seed(7)
        self.bfloat16 = precision == "BFLOAT16"
        model = timm.create_model("vit_small_patch14_dinov2", img_size=224, num_classes=2, drop_rate=0.4)
        if regime == "lora":
            model = peft.get_peft_model(model, peft.LoraConfig(
                r=16, lora_alpha=32, lora_dropout=0.1, target_modules=TARGETS, modules_to_save=["head"]))
        self.model = model.train()
        self.trained = [p for p in model.parameters() if p.requires_grad]
        self.optimizer = torch.optim.AdamW(self.trained, lr=1e-5, weight_decay=0.01, foreach=True)
        self.images = torch.randn(BATCH, 3, 224, 224)
        self.labels = torch.arange(BATCH) % 2

    def seconds(self):
        started = time.perf_counter()
        for _ in range(STEPS):
            with torch.autocast("cpu", dtype=torch.bfloat16, enabled=self.bfloat16):
                logits = self.model(self.images)
            F.cross_entropy(logits.float(), self.labels).backward()
            torch.nn.utils.clip_grad_norm_(self.trained, 1.0, foreach=True)
            self.optimizer.step()
            self.optimizer.zero_grad()
        return time.perf_counter() - started


def main():
    torch.set_num_threads(THREADS)
    precisions = ["FLOAT32", "BFLOAT16"] if has_bfloat16() else ["FLOAT32"]
    for regime in ("lora", "full"):
        for precision in precisions:
            ours = JavaServer("classify.FineTuneServer", regime, precision, BATCH, STEPS)
            compare(f"{regime} {precision}", BATCH * STEPS, ours, Theirs(regime, precision))
            print(f"  this library: {ours.last_words}", flush=True)


if __name__ == "__main__":
    main()
