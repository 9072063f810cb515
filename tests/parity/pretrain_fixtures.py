"""Writes the small stored tensors that PretrainParityTest compares the pretraining objective and its steps with.

    python3 -m venv .venv && .venv/bin/pip install -r tests/parity/requirements.txt
    .venv/bin/python tests/parity/pretrain_fixtures.py

Inputs and weights are float32; PyTorch computes from them in float64, and results are stored as float32. Printed is how far
PyTorch's own float32 is from that. B = 4 images, N = 16 patches, D = 24, K = 40 prototypes, M masked patches.

pretrain_inputs.safetensors, shared by every case:

    views         (2B, 3, 16, 16)  normalised images: all first views, then all second views
    masks         (2B, N) uint8    1 where the student sees the mask token
    local_views   (2B, 3, 8, 8)    two local views: all first ones, then all second ones
    class_centre  (K)              of class tokens, before the step
    patch_centre  (K)              of masked patch tokens, before the step
    student.NAME, teacher.NAME     timm's names; and mask_token (1, D)
    student_head.NAME, teacher_head.NAME, student_ibot_head.NAME, teacher_ibot_head.NAME
                  mlp.0.weight (64, D), mlp.0.bias, mlp.2.weight (64, 64), mlp.2.bias, mlp.4.weight (16, 64), mlp.4.bias,
                  last_layer.weight_g (K, 1), last_layer.weight_v (K, 16)

The metadata entry "shape" holds timm's arguments. Each of pretrain_mean_shared, pretrain_mean_separate,
pretrain_sinkhorn_shared, pretrain_sinkhorn_separate and pretrain_local (local views too; mean centring, shared head) holds

    teacher_class_probabilities  (2B, K)  row i belongs to view i, so its target is for the other view of that image
    teacher_patch_probabilities  (M, K)   masked patches of the first view, then of the second, ..., each in patch order
    loss.dino, loss.ibot, loss.koleo, loss.total  ()
    grad.NAME     gradient of the total, for every student., student_head. and (separate) student_ibot_head. parameter
    new_class_centre, new_patch_centre  (K), mean centring only

pretrain_sinkhorn_shared also holds five steps on the same batch:

    step_losses         (5)  total before each step
    grad_norm.backbone  (5)  before clipping
    grad_norm.head      (5)
    after1.NAME, after5.NAME  student., student_head., teacher. and teacher_head. parameters after one step and after five

Where the head is shared, the iBOT heads in the inputs are not used.

The gradient of the key third of attn.qkv.bias, rows D to 2D, is zero: softmax doesn't see a constant in its input. In float32
it is rounding noise, which AdamW turns into steps of up to its learning rate, without any effect on the model. Leave those rows
out of comparisons after steps.
"""
import json
import pathlib

import torch
import torch.nn.functional as F
from safetensors.torch import save_file
from timm.layers import resample_abs_pos_embed
from timm.models.vision_transformer import VisionTransformer
from torch import nn

OUT = pathlib.Path(__file__).parent.parent / "src/test/resources/org/omnirad/tests/parity"

SHAPE = dict(img_size=16, patch_size=4, embed_dim=24, depth=3, num_heads=3, init_values=0.1)
IMAGES, PROTOTYPES, HIDDEN, BOTTLENECK = 4, 40, 64, 16
MASKED_PATCHES = [0, 5, 0, 8, 3, 0, 1, 6]
STUDENT_TEMPERATURE, TEACHER_TEMPERATURE = 0.1, 0.05
CENTRE_MOMENTUM, TEACHER_MOMENTUM = 0.9, 0.9
KOLEO_WEIGHT, CLIP_NORM = 0.1, 3.0
LEARNING_RATE, WEIGHT_DECAY = 1e-3, 0.04
STEPS = 5


class MaskedTransformer(VisionTransformer):
    """timm's, with a token that stands in for masked patches; returns all tokens after the final norm."""

    def __init__(self):
        super().__init__(num_classes=0, dynamic_img_size=True, **SHAPE)
        self.mask_token = nn.Parameter(torch.zeros(1, self.embed_dim))

    def forward(self, images, masks=None):
        patches = self.patch_embed(images)  # (B, height, width, D)
        position = resample_abs_pos_embed(self.pos_embed, list(patches.shape[1:3]), num_prefix_tokens=1)
        patches = patches.flatten(1, 2)  # (B, N, D)
        if masks is not None:
            patches = torch.where(masks[:, :, None], self.mask_token, patches)
        tokens = torch.cat([self.cls_token.expand(len(images), -1, -1), patches], 1) + position
        return self.norm(self.blocks(tokens))


class Prototypes(nn.Module):
    """Each row of weight_v scaled to the norm in weight_g, times x."""

    def __init__(self):
        super().__init__()
        self.weight_g = nn.Parameter(torch.ones(PROTOTYPES, 1))
        self.weight_v = nn.Parameter(torch.zeros(PROTOTYPES, BOTTLENECK))

    def forward(self, x):
        return x @ (self.weight_g * self.weight_v / self.weight_v.norm(dim=1, keepdim=True)).T


class Head(nn.Module):
    def __init__(self):
        super().__init__()
        self.mlp = nn.Sequential(
            nn.Linear(SHAPE["embed_dim"], HIDDEN), nn.GELU(), nn.Linear(HIDDEN, HIDDEN), nn.GELU(),
            nn.Linear(HIDDEN, BOTTLENECK))
        self.last_layer = Prototypes()

    def forward(self, x):
        return self.last_layer(F.normalize(self.mlp(x), dim=-1, eps=1e-12))


def networks():
    """Backbones and heads of student and teacher by prefix, with random float32 weights."""
    names = ["student", "teacher", "student_head", "teacher_head", "student_ibot_head", "teacher_ibot_head"]
    result = nn.ModuleDict({name: Head() if "head" in name else MaskedTransformer() for name in names})
    with torch.no_grad():
        for name, parameter in result.named_parameters():
            parameter.normal_(0, 0.2)
            if ("norm" in name and name.endswith("weight")) or name.endswith("weight_g"):
                parameter.add_(1)
            if name.endswith("gamma"):
                parameter.add_(SHAPE["init_values"])
    return result


def batch():
    masks = torch.zeros(2 * IMAGES, 16, dtype=torch.bool)
    for row, count in zip(masks, MASKED_PATCHES, strict=True):
        row[torch.randperm(16)[:count]] = True
    return {
        "views": torch.randn(2 * IMAGES, 3, 16, 16),
        "masks": masks,
        "local_views": torch.randn(2 * IMAGES, 3, 8, 8),
        "class_centre": 0.2 * torch.randn(PROTOTYPES),
        "patch_centre": 0.2 * torch.randn(PROTOTYPES),
    }


def centred(logits, centre):
    return torch.softmax((logits - centre) / TEACHER_TEMPERATURE, -1)


def sinkhorn(logits):
    samples, prototypes = logits.shape
    shares = torch.exp(logits / TEACHER_TEMPERATURE)
    shares = shares / shares.sum()
    for _ in range(3):
        shares = shares / shares.sum(0, keepdim=True) / prototypes
        shares = shares / shares.sum(1, keepdim=True) / samples
    return shares * samples


def cross_entropy(probabilities, logits):
    """One value for each row."""
    return -(probabilities * F.log_softmax(logits / STUDENT_TEMPERATURE, -1)).sum(-1)


def koleo(class_tokens):
    unit = F.normalize(class_tokens, dim=-1)
    with torch.no_grad():
        nearest = (unit @ unit.T).fill_diagonal_(-1).argmax(1)
    return -torch.log(nn.PairwiseDistance(2, eps=1e-8)(unit, unit[nearest]) + 1e-8).mean()


def objective(nets, data, sinkhorn_knopp, separate, local):
    """Losses, teacher probabilities and new centres by name."""
    masks = data["masks"]
    ibot = "_ibot_head" if separate else "_head"
    with torch.no_grad():
        tokens = nets["teacher"](data["views"])
        class_logits = nets["teacher_head"](tokens[:, 0])
        patch_logits = nets["teacher" + ibot](tokens[:, 1:][masks])
        if sinkhorn_knopp:
            class_targets, patch_targets, centres = sinkhorn(class_logits), sinkhorn(patch_logits), {}
        else:
            class_targets = centred(class_logits, data["class_centre"])
            patch_targets = centred(patch_logits, data["patch_centre"])
            centres = {
                f"new_{kind}_centre": CENTRE_MOMENTUM * data[f"{kind}_centre"] + (1 - CENTRE_MOMENTUM) * logits.mean(0)
                for kind, logits in (("class", class_logits), ("patch", patch_logits))}

    tokens = nets["student"](data["views"], masks)
    logits = nets["student_head"](tokens[:, 0])
    first, second = class_targets.chunk(2)
    pairs = [cross_entropy(second, logits[:IMAGES]).mean(), cross_entropy(first, logits[IMAGES:]).mean()]
    if local:
        for view in nets["student_head"](nets["student"](data["local_views"])[:, 0]).split(IMAGES):
            pairs += [cross_entropy(first, view).mean(), cross_entropy(second, view).mean()]

    weights = (1 / masks.sum(1, keepdim=True).clamp(min=1)).expand_as(masks)[masks]
    by_patch = cross_entropy(patch_targets, nets["student" + ibot](tokens[:, 1:][masks]))
    losses = {
        "dino": sum(pairs) / len(pairs),
        "ibot": (by_patch * weights).sum() / len(masks),
        "koleo": sum(koleo(view) for view in tokens[:, 0].chunk(2)),
    }
    losses["total"] = losses["dino"] + losses["ibot"] + KOLEO_WEIGHT * losses["koleo"]
    targets = {"teacher_class_probabilities": class_targets, "teacher_patch_probabilities": patch_targets}
    return losses, {**targets, **centres}


def case(nets, data, **kind):
    nets.zero_grad()
    losses, result = objective(nets, data, **kind)
    losses["total"].backward()
    result |= {"loss." + name: loss for name, loss in losses.items()}
    return result | {"grad." + n: p.grad for n, p in nets.named_parameters() if p.grad is not None}


def decays(name):
    return not (name.endswith("bias") or "norm" in name or "gamma" in name)


def steps(nets, data):
    """Five steps with Sinkhorn-Knopp and a shared head; changes the networks."""
    student = {n: p for n, p in nets.named_parameters() if n.startswith(("student.", "student_head."))}
    teacher = {n: p for n, p in nets.named_parameters() if n.startswith(("teacher.", "teacher_head."))}
    groups = [
        {"params": [p for n, p in student.items() if decays(n)], "weight_decay": WEIGHT_DECAY},
        {"params": [p for n, p in student.items() if not decays(n)], "weight_decay": 0.0},
    ]
    optimizer = torch.optim.AdamW(groups, lr=LEARNING_RATE, betas=(0.9, 0.999), eps=1e-8)
    result, norms, totals = {}, {"backbone": [], "head": []}, []
    for step in range(1, STEPS + 1):
        nets.zero_grad()
        losses, _ = objective(nets, data, sinkhorn_knopp=True, separate=False, local=False)
        losses["total"].backward()
        totals.append(losses["total"].detach())
        norms["backbone"].append(nn.utils.clip_grad_norm_(nets["student"].parameters(), CLIP_NORM))
        norms["head"].append(nn.utils.clip_grad_norm_(nets["student_head"].parameters(), CLIP_NORM))
        optimizer.step()
        with torch.no_grad():
            for name, parameter in teacher.items():
                source = student[name.replace("teacher", "student", 1)]
                parameter.copy_(TEACHER_MOMENTUM * parameter + (1 - TEACHER_MOMENTUM) * source)
        if step in (1, STEPS):
            result |= {f"after{step}.{n}": p.detach().clone() for n, p in (student | teacher).items()}
    result["step_losses"] = torch.stack(totals)
    return result | {"grad_norm." + part: torch.stack(values) for part, values in norms.items()}


def cases(nets, data):
    """Every file's tensors; changes the networks in the end."""
    result = {
        f"{centring}_{heads}": case(
            nets, data, sinkhorn_knopp=centring == "sinkhorn", separate=heads == "separate", local=False)
        for centring in ("mean", "sinkhorn") for heads in ("shared", "separate")}
    result["local"] = case(nets, data, sinkhorn_knopp=False, separate=False, local=True)
    result = {file: {n: t.detach().clone() for n, t in tensors.items()} for file, tensors in result.items()}
    result["sinkhorn_shared"] |= steps(nets, data)
    return result


def without_key_bias(name, tensor):
    if not name.endswith("qkv.bias"):
        return tensor
    query, _, value = tensor.chunk(3)
    return torch.cat([query, value])


def largest_difference(kind, exact, rounded):
    """Of losses and parameters absolute, of gradients relative to the norm of the tensor."""
    worst = 0
    for name in exact:
        if name.startswith(kind):
            a, b = (without_key_bias(name, t[name]) for t in (exact, rounded))
            difference = (a - b).norm() / a.norm() if kind == "grad." else (a - b).abs().max()
            worst = max(worst, difference.item())
    return worst


def as_dtype(data, dtype):
    return {n: t.to(dtype) if t.is_floating_point() else t for n, t in data.items()}


def stored(tensors):
    """Each in memory of its own: float32, or uint8 for masks."""
    return {n: t.to(torch.uint8 if t.dtype == torch.bool else torch.float32).contiguous().clone()
            for n, t in tensors.items()}


def main():
    torch.manual_seed(7)
    nets, data = networks(), batch()
    weights = {n: p.detach().clone() for n, p in nets.named_parameters()}
    inputs = stored(data | weights)
    OUT.mkdir(parents=True, exist_ok=True)
    save_file(inputs, OUT / "pretrain_inputs.safetensors", metadata={"shape": json.dumps(SHAPE)})
    rounded = cases(nets, data)
    nets.load_state_dict(weights)
    exact = cases(nets.double(), as_dtype(data, torch.float64))
    for file, tensors in exact.items():
        save_file(stored(tensors), OUT / f"pretrain_{file}.safetensors")
        losses = ", ".join(f"{n[5:]} {t.item():.6f}" for n, t in tensors.items() if n.startswith("loss."))
        kinds = ["loss.", "grad.", "teacher_", "new_", "after1.", "after5.", "step_losses", "grad_norm."]
        apart = {kind: largest_difference(kind, tensors, rounded[file]) for kind in kinds}
        print(f"{file}: {losses}; float32 differs by", ", ".join(f"{k} {v:.1e}" for k, v in apart.items() if v))
    print("norms of gradients:", *(f"{n[10:]} {exact['sinkhorn_shared'][n].tolist()}" for n in (
        "grad_norm.backbone", "grad_norm.head")))
    total = sum(path.stat().st_size for path in OUT.glob("pretrain_*"))
    print(f"{total:,} bytes written with PyTorch {torch.__version__}")


if __name__ == "__main__":
    main()
