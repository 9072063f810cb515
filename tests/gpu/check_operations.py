"""Checks every function of the library's TorchScript archive on a GPU, without Java, and times its blocks there.

    python3 -m venv .venv && .venv/bin/pip install -r tests/parity/requirements.txt
    .venv/bin/python tests/gpu/check_operations.py

The archive is put together from omnirad-lib's ops.py as the library does it, and loaded on CUDA, or on the CPU where there is none
(--device chooses). Each function runs in float32 and, where bfloat16 can reach it, in bfloat16 too, three times, so that the
third run is the one PyTorch has compiled; results, gradients and what it changes in place are compared with a naive form in
float64. Printed are the largest differences, as parts of the largest value. The command fails where one is too large, and where a
function has no check or a check no function. --program names another ops.py, --no-timing leaves the timing out.
"""
import argparse
import colorsys
import functools
import io
import pathlib
import re
import statistics
import sys
import time
import zipfile

import torch
import torch.nn.functional as F
from timm.layers import resample_abs_pos_embed
from timm.layers.pos_embed_sincos import RotaryEmbeddingDinoV3
from timm.models.vision_transformer import Block
from torch import nn
from torchvision.transforms.v2.functional import rotate as rotate_image

PROGRAM = pathlib.Path(__file__).resolve().parents[2] / "omnirad-lib/src/main/resources/org/omnirad/tensor/ops.py"
TOLERANCE = {torch.float32: 2e-5, torch.bfloat16: 4e-2}
RUNS = 3
HEADS, EPS = 3, 1e-6


# The archive

def archive(program):
    """A pickled instance without attributes, no constants, and the program text, none of them compressed."""
    instance = b"\x80\x02c__torch__\nOps\n)\x81}(X\x08\x00\x00\x00training\x89ub."
    content = io.BytesIO()
    with zipfile.ZipFile(content, "w", zipfile.ZIP_STORED) as file:
        file.writestr("ops/data.pkl", instance)
        file.writestr("ops/constants.pkl", b"\x80\x02).")
        file.writestr("ops/version", "3\n")
        file.writestr("ops/code/__torch__.py", program)
    content.seek(0)
    return content


# Comparing

class Draw:
    """Random arguments of one check: tensors that want a gradient, constants, and numbers as the library passes them."""

    def __init__(self, device, precision, inside):
        self.device = device
        self.generator = torch.Generator().manual_seed(7)
        # With a dtype argument bfloat16 stays inside the function; else it comes in from outside.
        self.dtype = torch.float32 if inside else precision
        self.inner = precision
        self.code = torch.tensor(15 if precision == torch.bfloat16 else 6)

    def __call__(self, *shape, scale=1.0):
        return self.constant(*shape, scale=scale).requires_grad_()

    def constant(self, *shape, scale=1.0):
        return (scale * torch.randn(shape, generator=self.generator)).to(self.device, self.dtype)

    def pixels(self, *shape):
        """From 0 to 1."""
        return torch.rand(shape, generator=self.generator).to(self.device, self.dtype)

    def probabilities(self, *shape):
        return torch.softmax(2 * torch.randn(shape, generator=self.generator), -1).to(self.device, self.dtype)

    def values(self, values, dtype=torch.float32):
        return torch.tensor(values, dtype=dtype, device=self.device)

    def with_gradient(self, *shape):
        parameter = self(*shape)
        parameter.grad = self.constant(*shape)
        return parameter


def copied(argument, dtype=None):
    """A copy, lists included, that no gradient flows through; of floating tensors in another type."""
    if isinstance(argument, (list, tuple)):
        return [copied(a, dtype) for a in argument]
    if not isinstance(argument, torch.Tensor):
        return argument
    target = dtype if dtype and argument.is_floating_point() else argument.dtype
    copy = argument.detach().clone().to(target).requires_grad_(argument.requires_grad)
    if argument.requires_grad and argument.grad is not None:
        copy.grad = argument.grad.clone().to(target)
    return copy


def tensors(value):
    if isinstance(value, torch.Tensor):
        return [value]
    return [t for v in value for t in tensors(v)] if isinstance(value, (list, tuple)) else []


def difference(values, references):
    """The largest, as a part of the largest value of the same tensor."""
    worst = 0.0
    for value, reference in zip(tensors(values), tensors(references), strict=True):
        if value.shape != reference.shape:
            raise AssertionError(f"shape {list(value.shape)}, expected {list(reference.shape)}")
        apart = (value.detach().double() - reference.detach().double()).abs().max().item()
        if apart != apart:
            return float("nan")
        worst = max(worst, apart / (reference.detach().double().abs().max().item() or 1))
    return worst


def gradients_of(results, arguments):
    """With a fixed random gradient at every result."""
    leaves = [t for t in tensors(arguments) if t.requires_grad]
    generator = torch.Generator().manual_seed(11)
    total = sum((r * torch.randn(r.shape, generator=generator).to(r)).double().sum()
                for r in tensors(results) if r.requires_grad)
    return torch.autograd.grad(total, leaves)


def functional(call, naive, arguments):
    """Largest differences of results and of gradients; None where there is no gradient."""
    reference_arguments = copied(arguments, torch.float64)
    reference = naive(*reference_arguments)
    wants_gradient = any(t.requires_grad for t in tensors(arguments))
    for _ in range(RUNS):
        own_arguments = copied(arguments)
        own = call(*own_arguments)
        gradients = gradients_of(own, own_arguments) if wants_gradient else None
    backward = difference(gradients, gradients_of(reference, reference_arguments)) if wants_gradient else None
    return difference(own, reference), backward


@torch.no_grad()
def forward_only(call, naive, arguments):
    """Largest difference of the results."""
    reference = naive(*copied(arguments, torch.float64))
    for _ in range(RUNS):
        own = call(*copied(arguments))
    return difference(own, reference), None


@torch.no_grad()
def in_place(call, naive, arguments):
    """Largest difference of the arguments and their stored gradients afterwards."""
    reference = copied(arguments, torch.float64)
    naive(*reference)
    for _ in range(RUNS):
        own = copied(arguments)
        call(*own)
    return difference(state(own), state(reference)), None


def state(arguments):
    """Every tensor; of one that has a gradient, that too."""
    held = tensors(arguments)
    return held + [t.grad for t in held if t.requires_grad and t.grad is not None]


# The checks, each named after its function: what it returns goes to functional, forward_only or in_place

CHECKS = {}
BOTH, INSIDE, FLOAT32 = "both", "inside", "float32"


def check(kind, compare=functional):
    """BOTH: bfloat16 arguments are possible. INSIDE: a dtype argument says what is computed in. FLOAT32: it sees nothing else."""
    def add(make):
        CHECKS[make.__name__] = (kind, compare, make)
        return make
    return add


def number(value):
    return torch.tensor(value)


def naive_turn(x, rotary):
    # Features k and k + d/2 are the real and the imaginary part.
    real, imaginary = x.double().chunk(2, -1)
    turned = torch.complex(real, imaginary) * torch.complex(*rotary.double().flip(0)[..., :real.shape[-1]])
    return torch.cat([turned.real, turned.imag], -1)


def naive_attention(qkv, heads, rotary):
    b, n, width = qkv.shape
    q, k, v = qkv.reshape(b, n, 3, int(heads), -1).permute(2, 0, 3, 1, 4)
    for positions in rotary:
        q, k = naive_turn(q, positions), naive_turn(k, positions)
    weights = torch.softmax(q @ k.transpose(-1, -2) / q.shape[-1] ** 0.5, -1)
    return (weights @ v).transpose(1, 2).reshape(b, n, width // 3)


def naive_norm(x, weight, bias):
    centred = x - x.mean(-1, keepdim=True)
    return centred / torch.sqrt((centred**2).mean(-1, keepdim=True) + EPS) * weight + bias


def naive_project(h, weight, bias, adapters, i, scale, *_):
    y = h @ weight.T + bias
    return y + scale * (h @ adapters[2 * i].T) @ adapters[2 * i + 1].T if adapters else y


def naive_attention_branch(
        x, norm_weight, norm_bias, qkv_weight, qkv_bias, proj_weight, proj_bias, adapters, rotary, heads, _=None, scale=0.0, *__):
    qkv = naive_project(naive_norm(x, norm_weight, norm_bias), qkv_weight, qkv_bias, adapters, 0, scale)
    return naive_project(naive_attention(qkv, heads, rotary), proj_weight, proj_bias, adapters, 1, scale)


def naive_gelu(x):
    return x * (1 + torch.erf(x / 2**0.5)) / 2


def naive_mlp_branch(
        x, norm_weight, norm_bias, fc1_weight, fc1_bias, fc2_weight, fc2_bias, adapters=(), _=None, scale=0.0, *__):
    h = naive_gelu(naive_project(naive_norm(x, norm_weight, norm_bias), fc1_weight, fc1_bias, adapters, 2, scale))
    return naive_project(h, fc2_weight, fc2_bias, adapters, 3, scale)


def naive_adapted_block(x, weights, adapters, rotary, heads, _, scale, *__):
    x = x + naive_attention_branch(x, *weights[:6], adapters, rotary, heads, None, scale) * weights[6]
    return x + naive_mlp_branch(x, *weights[7:13], adapters, None, scale) * weights[13]


def naive_block(x, weights, heads, *_):
    return naive_adapted_block(x, weights[:14], [], weights[14:], heads, None, 0.0)


def naive_block_lora(x, weights, heads, _, __, scale, *___):
    return naive_adapted_block(x, weights[:14], weights[14:22], weights[22:], heads, None, float(scale))


def naive_block_on_rows(x, weights, rows1, rows2, heads, *_):
    scale = len(x) / len(rows1)
    attention = naive_attention_branch(x[rows1], *weights[:6], [], weights[14:], heads)
    first = torch.zeros_like(x).index_copy(0, rows1, attention * weights[6])
    x = x + scale * first
    second = torch.zeros_like(x).index_copy(0, rows2, naive_mlp_branch(x[rows2], *weights[7:13]) * weights[13])
    return x + scale * second


def attention_weights(draw, d):
    return [draw(d), draw(d), draw(3 * d, d, scale=d**-0.5), draw(3 * d), draw(d, d, scale=d**-0.5), draw(d)]


def mlp_weights(draw, d):
    return [draw(d), draw(d), draw(4 * d, d, scale=d**-0.5), draw(4 * d), draw(d, 4 * d, scale=(4 * d)**-0.5), draw(d)]


def block_weights(draw, d):
    return [*attention_weights(draw, d), draw(d), *mlp_weights(draw, d), draw(d)]


def adapters(draw, d, rank=4):
    """A and B of qkv, proj, fc1 and fc2."""
    shapes = [(3 * d, d), (d, d), (4 * d, d), (d, 4 * d)]
    return [part for n, m in shapes for part in (draw(rank, m, scale=m**-0.5), draw(n, rank, scale=rank**-0.5))]


def positions(draw, d):
    """Sine and cosine (2, 17, d / heads) of one token without a position and sixteen that are turned."""
    angles = draw.constant(17, d // HEADS // 2).float()
    angles[0] = 0
    return draw.values(torch.stack([angles.sin(), angles.cos()]).repeat(1, 1, 2).tolist())


@check(FLOAT32)
def rotary_positions(draw):
    def naive(_, prefix, height, width, d):
        embed = RotaryEmbeddingDinoV3(int(d), temperature=100.0).get_embed([int(height), int(width)])
        still = torch.tensor([0.0, 1.0]).view(2, 1, 1).expand(2, int(prefix), int(d))
        return torch.cat([still, torch.stack(embed.chunk(2, -1))], 1).to(draw.device)
    return naive, [draw.constant(1), number(5), number(3), number(4), number(16)]


@check(BOTH)
def turn(draw):
    return naive_turn, [draw(2, HEADS, 17, 16), positions(draw, 48)]


@check(BOTH)
def attention(draw):
    return naive_attention, [draw(2, 17, 3 * 48), number(HEADS), [positions(draw, 48)]]


@check(FLOAT32, forward_only)
def keep(draw):
    def naive(x, dropped):
        # What none of 65,536 parts drops is kept; LoraTest has the shares between.
        return torch.ones(x.shape)
    return naive, [draw.constant(7, 9), 0]


@check(INSIDE)
def project(draw):
    return naive_project, [
        draw(2, 17, 48).to(draw.inner).detach(), *attention_weights(draw, 48)[4:], adapters(draw, 48)[2:4], 0, 2.0, 0.0,
        int(draw.code)]


@check(INSIDE)
def attention_branch(draw):
    return naive_attention_branch, [
        draw(2, 17, 48), *attention_weights(draw, 48), adapters(draw, 48)[:4], [positions(draw, 48)], number(HEADS), number(EPS),
        0.5, 0.0, int(draw.code)]


@check(INSIDE)
def mlp_branch(draw):
    pairs = adapters(draw, 48)
    for unused in pairs[:4]:
        unused.requires_grad_(False)
    return naive_mlp_branch, [
        draw(2, 17, 48), *mlp_weights(draw, 48), pairs, number(EPS), 0.5, 0.0, int(draw.code)]


@check(INSIDE)
def adapted_block(draw):
    return naive_adapted_block, [
        draw(2, 17, 48), block_weights(draw, 48), adapters(draw, 48), [positions(draw, 48)], number(HEADS), number(EPS), 0.5, 0.0,
        int(draw.code)]


@check(INSIDE)
def block_lora(draw):
    return naive_block_lora, [
        draw(2, 17, 48), [*block_weights(draw, 48), *adapters(draw, 48)], number(HEADS), number(EPS), draw.code, number(0.5),
        number(0.0)]


@check(INSIDE)
def block(draw):
    return naive_block, [draw(2, 17, 48), block_weights(draw, 48), number(HEADS), number(EPS), draw.code]


@check(INSIDE)
def block_on_rows(draw):
    rows = [draw.values(r, torch.int64) for r in ([4, 0, 3], [1, 4, 2])]
    return naive_block_on_rows, [
        draw(5, 17, 48), [*block_weights(draw, 48), positions(draw, 48)], *rows, number(HEADS), number(EPS), draw.code]


@check(FLOAT32)
def binary_cross_entropy(draw):
    def naive(logits, targets):
        p = torch.sigmoid(logits)
        return -targets * torch.log(p) - (1 - targets) * torch.log(1 - p)
    return naive, [draw(5, 3), draw.probabilities(5, 3)]


@check(BOTH)
def mask_patches(draw):
    def naive(patches, mask, token):
        return patches * ~mask[:, :, None] + token * mask[:, :, None]
    mask = torch.rand(3, 16, generator=draw.generator).to(draw.device) < 0.4
    return naive, [draw(3, 16, 24), mask, draw(1, 24)]


@check(INSIDE)
def projection_head(draw):
    def naive(x, weights, _):
        w0, b0, w1, b1, w2, b2, g, v = weights
        z = naive_gelu(naive_gelu(x @ w0.T + b0) @ w1.T + b1) @ w2.T + b2
        z = z / torch.sqrt((z**2).sum(-1, keepdim=True))
        return z @ (g * v / torch.sqrt((v**2).sum(-1, keepdim=True))).T
    weights = [draw(64, 24, scale=0.2), draw(64), draw(64, 64, scale=0.125), draw(64), draw(16, 64, scale=0.125), draw(16),
               draw(40, 1), draw(40, 16)]
    return naive, [draw(11, 24), weights, draw.code]


@check(BOTH)
def row_dots(draw):
    return lambda x, y: (x * y).sum(-1), [draw(9, 40), draw(9, 40)]


@check(FLOAT32)
def soft_cross_entropy(draw):
    def naive(logits, targets, temperature):
        return -(targets * torch.log_softmax(logits / temperature, -1)).sum(-1)
    return naive, [draw(9, 40), draw.probabilities(9, 40), number(0.1)]


@check(FLOAT32)
def centred_softmax(draw):
    def naive(logits, centre, temperature):
        e = torch.exp((logits - centre) / temperature)
        return e / e.sum(-1, keepdim=True)
    return naive, [draw.constant(9, 40), draw.constant(40), number(0.07)]


@check(FLOAT32)
def sinkhorn(draw):
    def naive(logits, temperature, rounds):
        q = torch.exp(logits / temperature)
        q = q / q.sum()
        for _ in range(int(rounds)):
            q = q / q.sum(0, keepdim=True) / q.shape[1]
            q = q / q.sum(1, keepdim=True) / q.shape[0]
        return q * q.shape[0]
    return naive, [draw.constant(12, 40, scale=0.25), number(0.05), number(3)]


@check(FLOAT32)
def koleo(draw):
    def naive(x):
        unit = F.normalize(x, dim=-1)
        terms = []
        for i in range(len(x)):
            others = [((unit[i] - unit[j] + 1e-8) ** 2).sum().sqrt() for j in range(len(x)) if j != i]
            terms.append(-torch.log(min(others) + 1e-8))
        return sum(terms) / len(terms)
    return naive, [draw(6, 24)]


@check(FLOAT32)
def entropy(draw):
    def naive(probabilities):
        return torch.special.entr(probabilities).sum(-1)
    probabilities = draw.probabilities(5, 40)
    probabilities[0] = torch.eye(40, device=draw.device)[3]
    return naive, [probabilities]


def parameters(draw):
    return [draw.with_gradient(5, 7), draw.with_gradient(3), draw.with_gradient(2, 4, 3)]


@check(FLOAT32, forward_only)
def gradients(draw):
    return lambda ps: [p.grad for p in ps], [parameters(draw)]


@check(FLOAT32, forward_only)
def gradient_norm(draw):
    return lambda ps: sum((p.grad**2).sum() for p in ps).sqrt(), [parameters(draw)]


@check(FLOAT32, in_place)
def zero_gradients(draw):
    def naive(ps):
        for p in ps:
            p.grad = torch.zeros_like(p)
    return naive, [parameters(draw)]


@check(FLOAT32, in_place)
def adamw(draw):
    def naive(ps, means, squares, steps, lr, beta1, beta2, weight_decay, eps, divisor):
        for p, m, v, t in zip(ps, means, squares, steps, strict=True):
            t.add_(1)
            p.grad.div_(divisor)
            m.mul_(beta1).add_((1 - beta1) * p.grad)
            v.mul_(beta2).add_((1 - beta2) * p.grad**2)
            p.mul_(1 - lr * weight_decay)
            p.sub_(lr * (m / (1 - beta1**t)) / (torch.sqrt(v / (1 - beta2**t)) + eps))
    ps = parameters(draw)
    moments = [draw.constant(*p.shape, scale=0.3) for p in ps], [draw.constant(*p.shape).square() for p in ps]
    steps = [draw.values(float(n)) for n in (0, 4, 4)]
    return naive, [ps, *moments, steps, 1e-2, 0.9, 0.999, 0.04, 1e-8, draw.values(1.7)]


@check(FLOAT32, in_place)
def move_towards(draw):
    def naive(targets, sources, weight):
        for target, source in zip(targets, sources, strict=True):
            target.copy_((1 - weight) * target + weight * source)
    return naive, [[draw.constant(5, 7), draw.constant(3)], [draw.constant(5, 7), draw.constant(3)], 0.01]


def naive_resize(mode):
    return lambda x, height, width: F.interpolate(x, (int(height), int(width)), mode=mode, antialias=True)


@check(FLOAT32)
def resize_bicubic(draw):
    return naive_resize("bicubic"), [draw(2, 3, 17, 20), number(9), number(31)]


@check(FLOAT32)
def resize_bilinear(draw):
    return naive_resize("bilinear"), [draw(2, 3, 17, 20), number(9), number(31)]


def norm_weights(draw, n, m, k):
    """Kernel (n, m, k, k), scale, shift, running mean and variance."""
    return [draw(n, m, k, k, scale=(m * k * k) ** -0.5), draw(n), draw(n), draw.constant(n), draw.constant(n).square() + 0.5]


def naive_batch_norm(x, weights):
    _, scale, shift, mean, variance = (w.reshape(1, -1, 1, 1) if w.dim() == 1 else w for w in weights)
    return (x - mean) / torch.sqrt(variance + 1e-5) * scale + shift


def naive_norm_conv(x, weights, stride, groups, training, *_):
    y = F.conv2d(x, weights[0], None, stride, weights[0].shape[2] // 2, 1, groups)
    if training:
        mean = y.mean((0, 2, 3))
        weights = [*weights[:3], mean, ((y - mean.view(1, -1, 1, 1)) ** 2).mean((0, 2, 3))]
    return naive_batch_norm(y, weights)


def naive_silu(x):
    return x / (1 + torch.exp(-x))


def naive_interpolate(x, height, width):
    return F.interpolate(x, (int(height), int(width)), mode="bilinear", align_corners=False)


@check(BOTH)
def activate(draw):
    return lambda x, _: naive_silu(x), [draw(2, 3, 5, 5), 2]


@check(FLOAT32)
def fold_norm(draw):
    def naive(weights):
        kernel, scale, shift, mean, variance = weights
        factor = scale / torch.sqrt(variance + 1e-5)
        return [kernel * factor.view(-1, 1, 1, 1), shift - mean * factor]
    return naive, [norm_weights(draw, 4, 3, 3)]


@check(FLOAT32, in_place)
def batch_norm(draw):
    def naive(x, weights):
        mean, count = x.mean((0, 2, 3)), x.numel() / x.shape[1]
        variance = ((x - mean.view(1, -1, 1, 1)) ** 2).sum((0, 2, 3)) / (count - 1)
        weights[3].lerp_(mean, 0.1)
        weights[4].lerp_(variance, 0.1)
    return naive, [draw(3, 4, 5, 5), norm_weights(draw, 4, 4, 1)]


@check(INSIDE)
def norm_conv(draw):
    x = draw(2, 4, 9, 9).to(draw.inner).detach()
    return naive_norm_conv, [x, norm_weights(draw, 4, 1, 3), 2, 4, False, int(draw.code)]


@check(INSIDE)
def conv_norm(draw):
    def naive(x, weights, stride, groups, *_):
        return naive_silu(naive_norm_conv(x, weights, int(stride), int(groups), True))
    return naive, [draw(3, 4, 9, 9), norm_weights(draw, 5, 4, 3), number(1), number(1), number(2), number(1), draw.code]


@check(INSIDE)
def rep_conv(draw):
    def naive(x, weights, *_):
        return naive_silu(naive_norm_conv(x, weights[:5], 1, 1, False) + naive_norm_conv(x, weights[5:], 1, 1, False))
    return naive, [draw(2, 4, 7, 7), [*norm_weights(draw, 4, 4, 3), *norm_weights(draw, 4, 4, 1)], number(0), draw.code]


@check(FLOAT32)
def interpolate(draw):
    return naive_interpolate, [draw(2, 3, 5, 6), number(9), number(4)]


@check(FLOAT32)
def add_doubled(draw):
    return lambda fine, coarse: fine + coarse.repeat_interleave(2, 2).repeat_interleave(2, 3), [draw(2, 3, 6, 8), draw(2, 3, 3, 4)]


@check(INSIDE)
def fuse_level(draw):
    def naive(tokens, weights, prefix, grid, scale, side, training, _):
        g, n = int(grid), int(grid) * int(scale)
        maps = tokens[:, int(prefix):].transpose(1, 2).reshape(len(tokens), -1, g, g)
        joined = torch.cat([naive_interpolate(maps, n, n), naive_interpolate(weights[5], n, n)], 1)
        return naive_interpolate(naive_norm_conv(joined, weights[:5], 1, 1, int(training)), side, side)
    weights = [*norm_weights(draw, 6, 7, 1), draw(2, 3, 5, 5)]
    return naive, [draw(2, 10, 4), weights, number(1), number(3), number(2), number(4), number(1), draw.code]


@check(INSIDE)
def post_norm_layer(draw):
    def naive(x, weights, position, heads, _):
        w, b, out_w, out_b, n1, c1, w1, b1, w2, b2, n2, c2 = weights
        d = x.shape[-1]
        qkv = torch.cat([(x + position) @ w[:2 * d].T + b[:2 * d], x @ w[2 * d:].T + b[2 * d:]], -1)
        y = naive_norm(x + naive_attention(qkv, heads, []) @ out_w.T + out_b, n1, c1)
        return naive_norm(y + naive_gelu(y @ w1.T + b1) @ w2.T + b2, n2, c2)
    d = 48
    attention_part = attention_weights(draw, d)
    mlp_part = mlp_weights(draw, d)
    weights = [*attention_part[2:], *attention_part[:2], *mlp_part[2:], *mlp_part[:2]]
    return naive, [draw(2, 17, d), weights, draw.constant(1, 17, d), number(HEADS), draw.code]


def classes(draw):
    return torch.randint(0, 3, (2, 6, 5), generator=draw.generator, dtype=torch.uint8).to(draw.device)


@check(FLOAT32)
def pixel_cross_entropy(draw):
    def naive(logits, target):
        return -torch.log_softmax(logits, 1).gather(1, target.long()[:, None]).mean()
    return naive, [draw(2, 3, 6, 5), classes(draw)]


@check(FLOAT32)
def dice_loss(draw):
    def naive(logits, target):
        p, losses = torch.softmax(logits, 1), []
        for image in range(2):
            for k in (1, 2):
                t = (target[image] == k).to(p)
                losses.append(1 - (2 * (p[image, k] * t).sum() + 1) / (p[image, k].sum() + t.sum() + 1))
        return torch.stack(losses).mean()
    return naive, [draw(2, 3, 6, 5), classes(draw)]


@check(FLOAT32)
def channels_first(draw):
    pixels = torch.randint(0, 256, (2, 5, 7, 3), generator=draw.generator, dtype=torch.uint8).to(draw.device)
    return lambda x: torch.stack([x[..., c].double() for c in range(3)], 1), [pixels]


def naive_positions(pos_embed, grid, height, width):
    # timm's leaves float64, so that this is exact to float32.
    return resample_abs_pos_embed(pos_embed, [int(height), int(width)], [int(grid)] * 2, num_prefix_tokens=1)


@check(FLOAT32)
def resample_positions(draw):
    return naive_positions, [draw(1, 17, 24), number(4), number(6), number(3)]


@check(FLOAT32)
def embed_tokens(draw):
    def naive(patches, cls_token, *position):
        return torch.stack([torch.cat([cls_token[0], p]) for p in patches]) + naive_positions(*position)
    return naive, [draw(2, 18, 24), draw(1, 1, 24), draw(1, 17, 24), number(4), number(6), number(3)]


@check(FLOAT32)
def prepend_tokens(draw):
    def naive(patches, cls_token, registers):
        return torch.stack([torch.cat([cls_token[0], registers[0], p]) for p in patches])
    return naive, [draw(2, 18, 24), draw(1, 1, 24), draw(1, 4, 24)]


def naive_crop(x, box, size):
    """x (C, H, W)."""
    top, left, height, width, up_down, left_right = (int(v) for v in box)
    part = x[None, :, top:top + height, left:left + width]
    y = F.interpolate(part, (size, size), mode="bicubic", antialias=True)[0]
    return y.flip([d for d, flipped in ((1, up_down), (2, left_right)) if flipped])


@check(FLOAT32)
def crop_weights(draw):
    def naive(start, length, flip, size, n):
        rows = []
        for s, l, f in zip(*(t.flatten().tolist() for t in (start, length, flip)), strict=True):
            eye = torch.eye(n, dtype=torch.float64, device=start.device)[None, None, int(s):int(s + l)]
            w = F.interpolate(eye, (size, n), mode="bicubic", antialias=True)[0, 0]
            rows.append((w.flip(0) if f else w).T)
        return torch.stack(rows)
    places = [draw.values(v).view(3, 1, 1) for v in ([0.0, 3, 5], [16.0, 9, 4], [0.0, 1, 0])]
    return naive, [*places, 8, 16]


@check(FLOAT32)
def crop_resize(draw):
    def naive(x, boxes, size):
        return torch.stack([naive_crop(i, b, int(size)) for i, b in zip(x, boxes, strict=True)]).clamp(0, 1)
    boxes = draw.values([[0.0, 0, 16, 20, 0, 0], [3, 5, 9, 11, 1, 0], [2, 1, 4, 5, 0, 1]])
    return naive, [draw.pixels(3, 3, 16, 20), boxes, number(8)]


def naive_luma(x):
    weights = [0.2989, 0.587, 0.114]
    return sum(w * x[:, c % x.shape[1]] for c, w in enumerate(weights))[:, None]


@check(FLOAT32)
def luma(draw):
    return naive_luma, [draw.pixels(2, 3, 5, 6)]


@check(FLOAT32, in_place)
def blend(draw):
    def naive(x, factors):
        for i, (f, a, b) in enumerate(factors.tolist()):
            grey_image = naive_luma(x[i:i + 1])
            x[i] = (f * x[i] + a * grey_image[0] + b * grey_image.mean()).clamp(0, 1)
    return naive, [draw.pixels(3, 3, 5, 6), draw.values([[0.8, 0, 0], [1.3, 0, -0.3], [0.9, 0.1, 0]])]


@check(FLOAT32)
def take(draw):
    return lambda x, chosen: torch.stack([x[2], x[0]]), [draw.pixels(3, 3, 5, 6), draw.values([[2, 0.5], [0, 0.1]])]


@check(FLOAT32, in_place)
def put(draw):
    def naive(x, _, y):
        x[2], x[0] = y[0], y[1]
    return naive, [draw.pixels(3, 3, 5, 6), draw.values([[2, 0.5], [0, 0.1]]), draw.pixels(2, 3, 5, 6)]


@check(FLOAT32)
def values(draw):
    return lambda chosen: chosen[:, 1].view(-1, 1, 1, 1), [draw.values([[2, 0.5], [0, 0.1]])]


def on_chosen(change):
    """In place: change(image (C, H, W), value) of the images that chosen names."""
    def naive(x, chosen):
        for index, value in chosen.tolist():
            x[int(index)] = change(x[int(index)], value)
    return naive


@check(FLOAT32, in_place)
def hue(draw):
    def turned(image, part):
        pixels = image.permute(1, 2, 0).reshape(-1, 3).tolist()
        hsv = [colorsys.rgb_to_hsv(*p) for p in pixels]
        rgb = [colorsys.hsv_to_rgb((h + part) % 1, s, v) for h, s, v in hsv]
        return torch.tensor(rgb, dtype=image.dtype, device=image.device).T.reshape(image.shape)
    return on_chosen(turned), [draw.pixels(4, 3, 5, 6), draw.values([[3, 0.1], [1, -0.1], [0, 0.43]])]


@check(FLOAT32, in_place)
def grey(draw):
    change = on_chosen(lambda image, _: naive_luma(image[None])[0].expand_as(image))
    return change, [draw.pixels(3, 3, 5, 6), draw.values([[2, 0.0], [1, 0.0]])]


@check(FLOAT32, in_place)
def gamma(draw):
    return on_chosen(lambda image, g: image**g), [draw.pixels(3, 3, 5, 6), draw.values([[2, 0.7], [1, 1.4]])]


@check(FLOAT32, in_place)
def blur(draw):
    def blurred(image, sigma):
        i = torch.arange(-4, 5, dtype=image.dtype, device=image.device)
        line = torch.exp(-(i**2) / (2 * sigma**2))
        kernel = torch.outer(line, line) / line.sum() ** 2
        padded = F.pad(image[:, None], [4] * 4, mode="reflect")
        return F.conv2d(padded, kernel[None, None])[:, 0]
    return on_chosen(blurred), [draw.pixels(3, 3, 12, 10), draw.values([[2, 0.4], [0, 1.9]])]


@check(FLOAT32, in_place)
def solarise(draw):
    change = on_chosen(lambda image, limit: torch.where(image < limit, image, 1 - image))
    return change, [draw.pixels(3, 3, 5, 6), draw.values([[2, 0.5], [1, 0.25]])]


@check(FLOAT32, in_place)
def rotate(draw):
    def naive(x, chosen):
        for index, degrees in chosen.tolist():
            turned = rotate_image(x[int(index)].float(), degrees)
            x[int(index)] = turned
    return naive, [draw.pixels(3, 3, 5, 6), draw.values([[2, 7.0], [0, -33.0]])]


@check(FLOAT32, in_place)
def probe_steps(draw):
    def naive(x, y, order, w, b, w_momentum, b_momentum, rates, factors, momentum, sigmoid):
        k = y.shape[1]
        for rows, factor in zip(order, factors, strict=True):
            z = (x[rows] @ w + b).view(len(rows), -1, k)
            p = torch.sigmoid(z) if sigmoid else torch.softmax(z, -1)
            g = ((p - y[rows][:, None]) / (len(rows) * (k if sigmoid else 1))).flatten(1)
            w_momentum.mul_(momentum).add_(x[rows].T @ g)
            b_momentum.mul_(momentum).add_(g.sum(0))
            w.sub_(rates * factor * w_momentum)
            b.sub_(rates * factor * b_momentum)
    order = draw.values([[0, 4, 2], [1, 1, 5]], torch.int64)
    return naive, [
        draw.constant(6, 7), draw.probabilities(6, 3), order, draw.constant(7, 6), draw.constant(6), draw.constant(7, 6),
        draw.constant(6), draw.values([0.1] * 3 + [0.02] * 3), draw.values([1.0, 0.5]), 0.9, False]


@check(FLOAT32, in_place)
def noise(draw):
    def naive(x, chosen, seeds):
        for (index, std), seed in zip(chosen.tolist(), seeds.tolist(), strict=True):
            generator = torch.Generator(x.device).manual_seed(seed)
            z = torch.randn(x.shape[2:], generator=generator, device=x.device)
            x[int(index)] = (x[int(index)] + std * z).clamp(0, 1)
    return naive, [draw.pixels(3, 3, 5, 6), draw.values([[2, 0.1], [0, 0.03]]), torch.tensor([5, 2**40 + 3])]


@check(FLOAT32, in_place)
def normalise_into(draw):
    def naive(out, x, statistics):
        for c in range(3):
            out[:, c] = (x[:, c % x.shape[1]] - statistics[0, c]) / statistics[1, c]
    channels = draw.values([[0.485, 0.456, 0.406], [0.229, 0.224, 0.225]])
    return naive, [draw.constant(3, 3, 5, 6), draw.pixels(3, 1, 5, 6), channels]


def check_all(module, names, device):
    """Prints a line for each function and precision; returns how many failed."""
    failed = 0
    for name in names:
        kind, compare, make = CHECKS[name]
        for precision in (torch.float32,) if kind == FLOAT32 else (torch.float32, torch.bfloat16):
            naive, arguments = make(Draw(device, precision, kind == INSIDE))
            line = f"{name:20} {str(precision)[6:]:9}"
            try:
                parts = compare(getattr(module, name), naive, arguments)
            except (RuntimeError, AssertionError) as error:
                failed += 1
                print(line, "FAILED", str(error).strip().splitlines()[-1], flush=True)
                continue
            good = all(part is None or part <= TOLERANCE[precision] for part in parts)
            failed += not good
            forward, backward = ("-" if part is None else f"{part:.1e}" for part in parts)
            print(f"{line} {'changed' if compare is in_place else 'forward'} {forward:8} "
                  f"backward {backward:8} {'' if good else 'TOO LARGE'}", flush=True)
    return failed


# Timing

def milliseconds(work, device):
    def once():
        started = time.perf_counter()
        work()
        if device.type == "cuda":
            torch.cuda.synchronize()
        return 1e3 * (time.perf_counter() - started)
    return [once() for _ in range(4)][1:]


def time_in_turn(label, ours, theirs, device, rounds=5):
    for work in (ours, theirs):
        milliseconds(work, device)
    pairs = [(statistics.median(milliseconds(ours, device)), statistics.median(milliseconds(theirs, device)))
             for _ in range(rounds)]
    ratios = [b / a for a, b in pairs]
    print(f"{label}: ours {statistics.median(a for a, _ in pairs):.2f} ms, "
          f"PyTorch {statistics.median(b for _, b in pairs):.2f} ms, "
          f"median ratio {statistics.median(ratios):.2f} (range {min(ratios):.2f} to {max(ratios):.2f})", flush=True)


def forward_and_backward(call, inputs, bfloat16, device):
    def work():
        with torch.autocast(device.type, dtype=torch.bfloat16, enabled=bfloat16):
            out = call()
        torch.autograd.grad(out.float().sum(), inputs)
    return work


def time_blocks(module, device):
    """A block 384 wide and a head, forward and backward, in turn with PyTorch's modules; on a CPU with little work."""
    large = device.type == "cuda"
    x = torch.randn(*((64, 257) if large else (2, 50)), 384, device=device, requires_grad=True)
    plain = Block(384, 6, qkv_bias=True, init_values=0.1, norm_layer=functools.partial(nn.LayerNorm, eps=EPS)).to(device)
    weights = list(plain.parameters())
    order = ["norm1.weight", "norm1.bias", "attn.qkv.weight", "attn.qkv.bias", "attn.proj.weight", "attn.proj.bias",
             "ls1.gamma", "norm2.weight", "norm2.bias", "mlp.fc1.weight", "mlp.fc1.bias", "mlp.fc2.weight", "mlp.fc2.bias",
             "ls2.gamma"]
    ordered = [plain.get_parameter(name) for name in order]
    tokens = torch.randn(1024 if large else 16, 384, device=device, requires_grad=True)
    prototypes = 65536 if large else 1024
    mlp = nn.Sequential(nn.Linear(384, 2048), nn.GELU(), nn.Linear(2048, 2048), nn.GELU(), nn.Linear(2048, 256)).to(device)
    last = nn.utils.parametrizations.weight_norm(nn.Linear(256, prototypes, bias=False)).to(device)
    head_weights = [*mlp.parameters(), *last.parameters()]
    for bfloat16 in (False, True):
        code, name = number(15 if bfloat16 else 6), "bfloat16" if bfloat16 else "float32"
        time_in_turn(
            f"block {list(x.shape)} {name}",
            forward_and_backward(lambda: module.block(x, ordered, number(6), number(EPS), code), [x, *weights], False, device),
            forward_and_backward(lambda: plain(x), [x, *weights], bfloat16, device), device)
        time_in_turn(
            f"projection_head {list(tokens.shape)} to {prototypes:,} {name}",
            forward_and_backward(
                lambda: module.projection_head(tokens, head_weights, code), [tokens, *head_weights], False, device),
            forward_and_backward(
                lambda: last(F.normalize(mlp(tokens).float(), dim=-1, eps=1e-12)), [tokens, *head_weights], bfloat16, device),
            device)


def main():
    parser = argparse.ArgumentParser(description="Checks and times the functions of ops.py, without Java.")
    parser.add_argument("--device", default="cuda" if torch.cuda.is_available() else "cpu")
    parser.add_argument("--program", type=pathlib.Path, default=PROGRAM, help="another ops.py")
    parser.add_argument("--no-timing", action="store_true")
    arguments = parser.parse_args()
    device = torch.device(arguments.device)
    program = arguments.program.read_text()
    names = re.findall(r"^  def (\w+)\(", program, re.MULTILINE)
    unchecked, unknown = [n for n in names if n not in CHECKS], [n for n in CHECKS if n not in names]
    module = torch.jit.load(archive(program), map_location=device)
    label = torch.cuda.get_device_name(device) if device.type == "cuda" else "CPU"
    print(f"PyTorch {torch.__version__} on {label}", flush=True)
    failed = check_all(module, [n for n in names if n in CHECKS], device)
    if failed or unchecked or unknown:
        sys.exit(f"{failed} failed; functions without a check: {', '.join(unchecked) or 'none'}; "
                 f"checks without a function: {', '.join(unknown) or 'none'}")
    if not arguments.no_timing:
        time_blocks(module, device)


if __name__ == "__main__":
    main()
