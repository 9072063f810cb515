"""Writes the small stored tensors that SegmentParityTest compares the dense adapter and its losses with.

    python3 -m venv .venv && .venv/bin/pip install -r tests/parity/requirements.txt
    .venv/bin/python tests/parity/segment_fixtures.py

The adapter is written out here with PyTorch's own modules, layer by layer, and computes in float64 from weights and inputs that
are float32; results are stored as float32. Its convolutional prior, fusion, hybrid encoder and U-Net head are tiny: D = 24, h = 12.

segment.safetensors holds

    image            (2, 3, 64, 64)
    tokens.0..2      (2, 1 + 16, 24)  a class token, then 4 x 4 patches, of three blocks
    target           (2, 64, 64) uint8, three classes
    weight.NAME      every parameter and running statistic
    train.logits     (2, 3, 64, 64), batch norm by the batch
    train.cross_entropy, train.dice_loss  ()
    train.grad.NAME  of cross-entropy plus Dice loss
    train.running.NAME  the running statistics afterwards
    eval.logits, eval.grad.NAME  the same with batch norm by the stored statistics
"""
import math
import pathlib

import torch
import torch.nn.functional as F
from safetensors.torch import save_file
from torch import nn

OUT = pathlib.Path(__file__).parent.parent / "src/test/resources/org/omnirad/tests/parity/segment.safetensors"

DIM, WIDTH, STEM, HEADS, STAGE, DEPTH, CLASSES = 24, 12, 4, 3, 5, 2, 3
IMAGES, SIZE, GRID, PREFIX = 2, 64, 4, 1


class ConvNorm(nn.Module):
    def __init__(self, i, o, kernel, stride=1, groups=1):
        super().__init__()
        self.conv = nn.Conv2d(i, o, kernel, stride, kernel // 2, groups=groups, bias=False)
        self.norm = nn.BatchNorm2d(o)

    def forward(self, x):
        return self.norm(self.conv(x))


class SpatialPrior(nn.Module):
    def __init__(self, c):
        super().__init__()
        self.stem = ConvNorm(3, c, 3, 2)
        self.conv2 = ConvNorm(c, 2 * c, 3, 2)
        self.conv3 = ConvNorm(2 * c, 4 * c, 3, 2)
        self.conv4 = ConvNorm(4 * c, 4 * c, 3, 2)

    def forward(self, x):
        fine = self.conv2(F.max_pool2d(F.gelu(self.stem(x)), 3, 2, 1))
        middle = self.conv3(F.gelu(fine))
        return fine, middle, self.conv4(F.gelu(middle))


class RepConv(nn.Module):
    def __init__(self, c):
        super().__init__()
        self.conv1, self.conv2 = ConvNorm(c, c, 3), ConvNorm(c, c, 1)

    def forward(self, x):
        return F.silu(self.conv1(x) + self.conv2(x))


class Stage(nn.Module):
    def __init__(self, i, o, depth):
        super().__init__()
        self.conv1 = ConvNorm(i, 2 * o, 1)
        self.bottlenecks = nn.Sequential(*[RepConv(o) for _ in range(depth)])

    def forward(self, x):
        a, b = F.silu(self.conv1(x)).chunk(2, 1)
        return a + self.bottlenecks(b)


class FuseBlock(nn.Module):
    def __init__(self, h, stage, depth):
        super().__init__()
        self.cv1 = ConvNorm(h, 2 * h, 1)
        self.cv2, self.cv3 = Stage(h, stage, depth), Stage(stage, stage, depth)
        self.cv4 = ConvNorm(2 * h + 2 * stage, h, 1)

    def forward(self, x):
        a, b = F.silu(self.cv1(x)).chunk(2, 1)
        u = self.cv2(b)
        return F.silu(self.cv4(torch.cat([a, b, u, self.cv3(u)], 1)))


class Transformer(nn.Module):
    def __init__(self, h, heads):
        super().__init__()
        self.self_attn = nn.MultiheadAttention(h, heads, batch_first=True)
        self.norm1, self.norm2 = nn.LayerNorm(h), nn.LayerNorm(h)
        self.linear1, self.linear2 = nn.Linear(h, 4 * h), nn.Linear(4 * h, h)

    def forward(self, x):
        b, c, h, w = x.shape
        columns, rows = torch.meshgrid(torch.arange(w, dtype=x.dtype), torch.arange(h, dtype=x.dtype), indexing="ij")
        omega = 1 / 10000 ** (torch.arange(c // 4, dtype=x.dtype) / (c // 4))
        across, down = columns.flatten()[:, None] * omega, rows.flatten()[:, None] * omega
        position = torch.cat([across.sin(), across.cos(), down.sin(), down.cos()], 1)
        y = x.flatten(2).transpose(1, 2)
        q = y + position
        y = self.norm1(y + self.self_attn(q, q, y, need_weights=False)[0])
        y = self.norm2(y + self.linear2(F.gelu(self.linear1(y))))
        return y.transpose(1, 2).reshape(b, c, h, w)


class Down(nn.Module):
    def __init__(self, h):
        super().__init__()
        self.cv1, self.cv2 = ConvNorm(h, h, 1), ConvNorm(h, h, 3, 2, h)

    def forward(self, x):
        return self.cv2(self.cv1(x))


class HybridEncoder(nn.Module):
    def __init__(self, h, heads, stage, depth):
        super().__init__()
        self.encoder = Transformer(h, heads)
        self.lateral_convs = nn.ModuleList([ConvNorm(h, h, 1) for _ in range(2)])
        self.fpn_blocks = nn.ModuleList([FuseBlock(h, stage, depth) for _ in range(2)])
        self.downsample_convs = nn.ModuleList([Down(h) for _ in range(2)])
        self.pan_blocks = nn.ModuleList([FuseBlock(h, stage, depth) for _ in range(2)])

    def forward(self, fine, middle, coarse):
        low = self.lateral_convs[0](self.encoder(coarse))
        mid = self.fpn_blocks[0](middle + F.interpolate(low, scale_factor=2, mode="nearest"))
        mid = self.lateral_convs[1](mid)
        out0 = self.fpn_blocks[1](fine + F.interpolate(mid, scale_factor=2, mode="nearest"))
        out1 = self.pan_blocks[0](self.downsample_convs[0](out0) + mid)
        return out0, out1, self.pan_blocks[1](self.downsample_convs[1](out1) + low)


class UNetHead(nn.Module):
    def __init__(self, h, classes):
        super().__init__()
        self.lateral = nn.ModuleList([nn.Conv2d(h, h, 1, bias=False) for _ in range(3)])
        self.up1 = nn.ModuleList([ConvNorm(2 * h, h, 3), ConvNorm(h, h, 3)])
        self.up2 = nn.ModuleList([ConvNorm(2 * h, h, 3), ConvNorm(h, h, 3)])
        self.classes = nn.Conv2d(h, classes, 1)

    def forward(self, maps):
        fine, middle, x = [conv(m) for conv, m in zip(self.lateral, maps)]
        for skip, up in ((middle, self.up1), (fine, self.up2)):
            x = torch.cat([bilinear(x, skip.shape[2]), skip], 1)
            for conv in up:
                x = F.relu(conv(x))
        return self.classes(x)


class DenseAdapter(nn.Module):
    def __init__(self, dim=DIM, width=WIDTH, stem=STEM, heads=HEADS, stage=STAGE, depth=DEPTH, classes=CLASSES, prefix=PREFIX):
        super().__init__()
        self.prefix = prefix
        self.sta = SpatialPrior(stem)
        self.fusion = nn.ModuleList([ConvNorm(dim + c * stem, width, 1) for c in (2, 4, 4)])
        self.hybrid = HybridEncoder(width, heads, stage, depth)
        self.head = UNetHead(width, classes)

    def forward(self, image, tokens):
        size, maps = image.shape[2], []
        for level, (t, prior) in enumerate(zip(tokens, self.sta(image))):
            grid = math.isqrt(t.shape[1] - self.prefix)
            semantic = t[:, self.prefix:].transpose(1, 2).reshape(len(t), -1, grid, grid)
            n = grid * (4 >> level)
            fused = self.fusion[level](torch.cat([bilinear(semantic, n), bilinear(prior, n)], 1))
            maps.append(bilinear(fused, size // (8 << level)))
        return bilinear(self.head(self.hybrid(*maps)), size)


def bilinear(x, size):
    return F.interpolate(x, (size, size), mode="bilinear", align_corners=False)


def dice_loss(logits, target):
    p, t = logits.softmax(1), F.one_hot(target.long(), logits.shape[1]).permute(0, 3, 1, 2)
    dice = (2 * (p * t).sum((2, 3)) + 1) / (p.sum((2, 3)) + t.sum((2, 3)) + 1)
    return 1 - dice[:, 1:].mean()


def statistics(model):
    return {k: v for k, v in model.state_dict().items() if "running" in k}


def main():
    torch.manual_seed(7)
    model = DenseAdapter()
    for module in model.modules():
        if isinstance(module, nn.BatchNorm2d):
            nn.init.uniform_(module.weight, 0.5, 1.5)
            nn.init.normal_(module.bias, 0, 0.2)
            module.running_mean.normal_(0, 0.2)
            module.running_var.uniform_(0.5, 1.5)
    image = torch.randn(IMAGES, 3, SIZE, SIZE)
    tokens = [torch.randn(IMAGES, PREFIX + GRID * GRID, DIM) for _ in range(3)]
    target = torch.randint(0, CLASSES, (IMAGES, SIZE // 8, SIZE // 8)).repeat_interleave(8, 1).repeat_interleave(8, 2)
    stored = {"image": image, "target": target.to(torch.uint8)}
    stored.update({f"tokens.{i}": t for i, t in enumerate(tokens)})
    stored.update({f"weight.{k}": v.clone() for k, v in model.state_dict().items() if "num_batches" not in k})
    model.double()
    for mode in ("eval", "train"):
        model.train(mode == "train").zero_grad()
        logits = model(image.double(), [t.double() for t in tokens])
        entropy, dice = F.cross_entropy(logits, target), dice_loss(logits, target)
        (entropy + dice).backward()
        stored[f"{mode}.logits"] = logits.detach()
        stored[f"{mode}.cross_entropy"], stored[f"{mode}.dice_loss"] = entropy.detach(), dice.detach()
        stored.update({f"{mode}.grad.{k}": p.grad.clone() for k, p in model.named_parameters()})
    stored.update({f"train.running.{k}": v for k, v in statistics(model).items()})
    save_file({k: v if v.dtype == torch.uint8 else v.float().contiguous() for k, v in stored.items()}, OUT)
    print(f"{OUT.name}: {OUT.stat().st_size / 1024:.0f} kB, {sum(p.numel() for p in model.parameters()):,} parameters")


if __name__ == "__main__":
    main()
