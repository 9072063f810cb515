"""A whole pretraining step, two threads: this library and PyTorch in turn.

    ./mvnw -q -DskipTests verify
    python3 -m venv .venv && .venv/bin/pip install -r tests/parity/requirements.txt
    .venv/bin/python tests/benchmarks/pretrain.py

"tiny" is a ViT 192 wide with 12 blocks and patch 8 at 64 px, batch 32, 4,096 prototypes; "small" is ViT-S/14 at 224 px, batch 8,
65,536 prototypes. Both have one head for class and patch tokens (hidden 2,048, bottleneck 256), Sinkhorn-Knopp, DINO, iBOT and
KoLeo losses, no drop path, clipping, AdamW and a teacher that follows. The two views of each image and DINOv2's block masks
are given. An image counts once, though a step sees two views of it.

PyTorch runs eagerly as one would write it for speed: scaled_dot_product_attention, only class tokens and masked patches through
the head, _foreach updates and, for bfloat16, its autocast. A ratio above 1 means that this library is faster. bfloat16 is left
out where the processor has no instructions for it. --torch-only times PyTorch alone.

PretrainServer takes preset (tiny or small), precision (FLOAT32 or BFLOAT16), batch size and steps; it prints a line with the
engine's version, then answers each line with the seconds that so many steps took.
"""
import argparse
import itertools
import random
import sys
import time

import torch
import torch.nn.functional as F
from timm.models.vision_transformer import VisionTransformer
from torch import nn
from torch.nn.utils.parametrizations import weight_norm

from turns import ROOT, THREADS, JavaServer, compare, has_bfloat16

sys.path.insert(0, str(ROOT / "tests/parity"))
from block_masks import batch_masks  # noqa: E402

HIDDEN, BOTTLENECK = 2048, 256
STUDENT_TEMPERATURE, TEACHER_TEMPERATURE, TEACHER_MOMENTUM = 0.1, 0.07, 0.992
KOLEO_WEIGHT, CLIP_NORM, SINKHORN_ROUNDS = 0.1, 3.0, 3
LEARNING_RATE, WEIGHT_DECAY = 1e-4, 0.04
MASK_BATCHES = 8

PRESETS = {
    "tiny": dict(
        batch=32, prototypes=4096, steps=3,
        shape=dict(img_size=64, patch_size=8, embed_dim=192, depth=12, num_heads=3, init_values=0.1)),
    "small": dict(
        batch=8, prototypes=65536, steps=1,
        shape=dict(img_size=224, patch_size=14, embed_dim=384, depth=12, num_heads=6, init_values=1e-5)),
}


class MaskedTransformer(VisionTransformer):
    """Returns all tokens after the final norm; a learned token stands in for masked patches."""

    def __init__(self, shape):
        super().__init__(num_classes=0, **shape)
        self.mask_token = nn.Parameter(torch.zeros(1, self.embed_dim))

    def forward(self, images, masks=None):
        patches = self.patch_embed(images)
        if masks is not None:
            patches = torch.where(masks[:, :, None], self.mask_token.to(patches.dtype), patches)
        return self.norm(self.blocks(self._pos_embed(patches)))


class Head(nn.Module):
    def __init__(self, embed_dim, prototypes):
        super().__init__()
        self.mlp = nn.Sequential(
            nn.Linear(embed_dim, HIDDEN), nn.GELU(), nn.Linear(HIDDEN, HIDDEN), nn.GELU(), nn.Linear(HIDDEN, BOTTLENECK))
        for layer in self.mlp[::2]:
            nn.init.trunc_normal_(layer.weight, std=0.02)
            nn.init.zeros_(layer.bias)
        self.last_layer = weight_norm(nn.Linear(BOTTLENECK, prototypes, bias=False))
        nn.init.ones_(self.last_layer.parametrizations.weight.original0)

    def forward(self, x):
        return self.last_layer(F.normalize(self.mlp(x).float(), dim=-1, eps=1e-12))


class MaskedBatch:
    """Masks of 2B views, with what follows from them."""

    def __init__(self, views, side, rng):
        masks = torch.from_numpy(batch_masks(views, side, rng)).flatten(1)
        counts = masks.sum(1)
        self.masks = masks
        # Places of class tokens, then of masked patches, among all tokens of all views.
        rows, patches = masks.nonzero(as_tuple=True)
        tokens = masks.shape[1] + 1
        self.places = torch.cat([torch.arange(views) * tokens, rows * tokens + 1 + patches])
        self.weights = 1 / counts[rows] / views


def sinkhorn(logits):
    """(M, K) to probabilities in place; the equal shares of M samples and K prototypes cancel but for the last scaling."""
    shares = logits.div_(TEACHER_TEMPERATURE).exp_()
    for _ in range(SINKHORN_ROUNDS):
        shares.div_(shares.sum(0, keepdim=True))
        shares.div_(shares.sum(1, keepdim=True))
    return shares


def cross_entropy(logits, probabilities):
    return F.cross_entropy(logits / STUDENT_TEMPERATURE, probabilities, reduction="none")


def koleo(class_tokens):
    unit = F.normalize(class_tokens, dim=-1)
    with torch.no_grad():
        nearest = (unit @ unit.T).fill_diagonal_(-1).argmax(1)
    return -torch.log(F.pairwise_distance(unit, unit[nearest], 2, 1e-8) + 1e-8).mean()


def decays(name):
    return not (name.endswith("bias") or "norm" in name or "gamma" in name)


class Theirs:
    def __init__(self, precision, shape, batch, prototypes, steps):
        torch.manual_seed(7)
        self.bfloat16 = precision == "BFLOAT16"
        self.steps = steps
        self.student, self.teacher = (
            nn.ModuleDict({"backbone": MaskedTransformer(shape), "head": Head(shape["embed_dim"], prototypes)})
            for _ in range(2))
        self.teacher.load_state_dict(self.student.state_dict())
        self.teacher.eval().requires_grad_(False)
        groups = {WEIGHT_DECAY: [], 0.0: []}
        for name, parameter in self.student.named_parameters():
            groups[WEIGHT_DECAY if decays(name) else 0.0].append(parameter)
        self.optimizer = torch.optim.AdamW(
            [{"params": parameters, "weight_decay": decay} for decay, parameters in groups.items()],
            lr=LEARNING_RATE, foreach=True)
        self.followers, self.leaders = list(self.teacher.parameters()), list(self.student.parameters())
        self.views = torch.randn(2 * batch, 3, shape["img_size"], shape["img_size"])
        side, rng = shape["img_size"] // shape["patch_size"], random.Random(7)
        self.batches = itertools.cycle([MaskedBatch(2 * batch, side, rng) for _ in range(MASK_BATCHES)])

    def logits(self, net, given, masks=None):
        """Class tokens (2B, D), and float32 logits of these and of masked patches."""
        with torch.autocast("cpu", dtype=torch.bfloat16, enabled=self.bfloat16):
            tokens = net["backbone"](self.views, masks).flatten(0, 1).index_select(0, given.places)
            logits = net["head"](tokens).float()
        views = len(self.views)
        return tokens[:views].float(), *logits.split([views, len(tokens) - views])

    def losses(self, given):
        """DINO, iBOT and KoLeo."""
        with torch.no_grad():
            _, of_class, of_patches = self.logits(self.teacher, given)
            of_class, of_patches = sinkhorn(of_class), sinkhorn(of_patches)
        tokens, class_logits, patch_logits = self.logits(self.student, given, given.masks)
        dino = cross_entropy(class_logits, of_class.roll(len(of_class) // 2, 0)).mean()
        ibot = cross_entropy(patch_logits, of_patches) @ given.weights
        return dino, ibot, sum(koleo(view) for view in tokens.chunk(2))

    def step(self):
        dino, ibot, spread = self.losses(next(self.batches))
        (dino + ibot + KOLEO_WEIGHT * spread).backward()
        for part in self.student.values():
            nn.utils.clip_grad_norm_(part.parameters(), CLIP_NORM, foreach=True)
        self.optimizer.step()
        self.optimizer.zero_grad()
        with torch.no_grad():
            torch._foreach_lerp_(self.followers, self.leaders, 1 - TEACHER_MOMENTUM)

    def seconds(self):
        started = time.perf_counter()
        for _ in range(self.steps):
            self.step()
        return time.perf_counter() - started


def benchmark(name, precision, torch_only):
    preset = PRESETS[name]
    images = preset["batch"] * preset["steps"]
    theirs = Theirs(precision, **preset)
    if torch_only:
        seconds = [theirs.seconds() for _ in range(3)][1:]
        print(f"{name} {precision}: PyTorch {torch.__version__} {images / min(seconds):.2f} images/s", flush=True)
    else:
        ours = JavaServer("pretrain.PretrainServer", name, precision, preset["batch"], preset["steps"])
        compare(f"{name} {precision}", images, ours, theirs)


def main():
    parser = argparse.ArgumentParser(description="The pretraining step of this library and of PyTorch in turn.")
    parser.add_argument("presets", nargs="*", default=list(PRESETS), help="tiny, small; both if none is named")
    parser.add_argument("--torch-only", action="store_true", help="time PyTorch alone, two runs after one")
    arguments = parser.parse_args()
    torch.set_num_threads(THREADS)
    precisions = ["FLOAT32", "BFLOAT16"] if has_bfloat16() else ["FLOAT32"]
    for name in arguments.presets:
        for precision in precisions:
            benchmark(name, precision, arguments.torch_only)


if __name__ == "__main__":
    main()
