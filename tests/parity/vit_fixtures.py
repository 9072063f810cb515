"""Writes the small stored tensors that VitParityTest compares the encoder with.

    python3 -m venv .venv && .venv/bin/pip install -r tests/parity/requirements.txt
    .venv/bin/python tests/parity/vit_fixtures.py

Each file holds the weights of a tiny random timm model under timm's names, and beside them, under names that begin with
"fixture.", inputs and what timm makes of them.
"""
import json
import pathlib
from functools import partial

import timm
import torch
from safetensors.torch import save_file
from timm.layers import LayerNorm, resample_abs_pos_embed
from timm.models.eva import Eva
from timm.models.vision_transformer import VisionTransformer

OUT = pathlib.Path(__file__).parent.parent / "src/test/resources/org/omnirad/tests/parity"

SMALL = dict(img_size=16, patch_size=4, embed_dim=32, depth=2, num_heads=2)

# Of each: the class, what timm's function of the architecture passes, and the shape.
MODELS = {
    "layerscale": (
        VisionTransformer, {}, dict(img_size=16, patch_size=4, embed_dim=48, depth=3, num_heads=3, init_values=1e-5)),
    "plain": (
        VisionTransformer, {}, dict(img_size=24, patch_size=8, embed_dim=32, depth=2, num_heads=2, mlp_ratio=2.0)),
    # vit_base_patch16_clip_224
    "clip": (VisionTransformer, dict(pre_norm=True, norm_layer=partial(LayerNorm, eps=1e-5)), SMALL),
    # vit_small_patch16_dinov3_qkvb
    "dinov3": (
        Eva,
        dict(
            qkv_bias=True, rope_type="dinov3", rope_temperature=100, rope_rotate_half=True, use_rot_pos_emb=True,
            use_abs_pos_emb=False, num_reg_tokens=4, use_fc_norm=False, norm_layer=partial(LayerNorm, eps=1e-5)),
        dict(SMALL, init_values=1e-5)),
}


def model(make, architecture, shape):
    torch.manual_seed(7)
    vit = make(num_classes=0, dynamic_img_size=True, **architecture, **shape).eval()
    with torch.no_grad():
        for parameter in vit.parameters():
            spread = 0.4 if parameter.ndim == 1 else 0.15
            parameter.normal_(0, spread)
        for name, parameter in vit.named_parameters():
            if "norm" in name and name.endswith("weight"):
                parameter.add_(1)
    return vit


@torch.no_grad()
def write(name, make, architecture, shape):
    vit = model(make, architecture, shape)
    size, patch = shape["img_size"], shape["patch_size"]
    tensors = {key: value.clone() for key, value in vit.state_dict().items()}

    def record(key, value):
        tensors["fixture." + key] = value.contiguous().clone()

    for label, (height, width) in {
        "native": (size, size),
        "large": (size * 2, size * 2),
        "small": (size - patch, size - patch),
        "wide": (size, size + 2 * patch),
    }.items():
        images = torch.randn(2, 3, height, width)
        record(label + ".images", images)
        record(label + ".tokens", vit.forward_features(images))
        for normalised in (False, True) if label in ("native", "wide") else ():
            states = vit.forward_intermediates(
                images, norm=normalised, output_fmt="NLC", return_prefix_tokens=True, intermediates_only=True)
            for block, (patches, prefix) in enumerate(states):
                kind = "normalised" if normalised else "raw"
                record(f"{label}.block{block}.{kind}", torch.cat([prefix, patches], 1))
        grid = [height // patch, width // patch]
        if vit.pos_embed is None:
            record(label + ".rotary", torch.stack(vit.rope.get_embed(grid).chunk(2, -1)))
        else:
            record(label + ".pos_embed", resample_abs_pos_embed(vit.pos_embed, grid, num_prefix_tokens=1))

    save_file(tensors, OUT / f"{name}.safetensors", metadata={"shape": json.dumps(shape)})


if __name__ == "__main__":
    OUT.mkdir(parents=True, exist_ok=True)
    for name, (make, architecture, shape) in MODELS.items():
        write(name, make, architecture, shape)
    print("written with timm", timm.__version__, "and torch", torch.__version__)
