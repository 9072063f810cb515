"""Compares the encoder with timm at full size, and gives files from one to the other and back.

    ./mvnw -q -DskipTests verify
    python3 -m venv .venv && .venv/bin/pip install -r tests/parity/requirements.txt
    .venv/bin/python tests/parity/full_size.py

For each model: timm starts it with random weights and writes it; this library loads it, computes the tokens of random
images and writes it again; timm loads that with strict=True. Printed is the largest difference of any token value.
"""
import json
import os
import pathlib
import subprocess
import sys
import tempfile

import timm
import torch
from safetensors.torch import load_file, save_file

ROOT = pathlib.Path(__file__).resolve().parents[2]
sys.path.insert(0, str(ROOT / "environment"))
import lab  # noqa: E402

MODELS = [
    ("vit_small_patch14_dinov2", 224), ("vit_base_patch14_dinov2", 224), ("vit_small_patch14_dinov2", 448),
    ("vit_base_patch16_224", 224), ("vit_small_patch8_224", 224), ("vit_base_patch16_clip_224", 224),
    ("vit_small_patch16_dinov3_qkvb", 224), ("vit_base_patch16_dinov3_qkvb", 224)]


def random_model(name, size):
    torch.manual_seed(7)
    model = timm.create_model(name, img_size=size, num_classes=0).eval()
    with torch.no_grad():
        for key, parameter in model.named_parameters():
            # LayerScale starts at 1e-5, which would hide the blocks.
            if "gamma" in key:
                parameter.uniform_(0.2, 1)
            elif parameter.ndim == 1:
                parameter.add_(torch.randn_like(parameter) * 0.1)
    return model


def tokens_of_ours(folder, *adapters):
    class_path = os.pathsep.join([str(ROOT / "tests/target/test-classes"), lab.library_class_path()])
    subprocess.run(
        [lab.java(lab.find_jdk()[0]), "--enable-native-access=ALL-UNNAMED", "-cp", class_path,
         "org.omnirad.tests.parity.TokensOfFile",
         folder, folder / "images.safetensors", folder / "tokens.safetensors", folder / "saved", *adapters],
        check=True)
    return load_file(folder / "tokens.safetensors")["tokens"]


@torch.inference_mode()
def compare(name, size):
    model = random_model(name, size)
    images = torch.randn(2, 3, size, size)
    with tempfile.TemporaryDirectory() as scratch:
        folder = pathlib.Path(scratch)
        save_file(model.state_dict(), folder / "model.safetensors")
        (folder / "config.json").write_text(json.dumps({"architecture": name, "num_classes": 0}))
        save_file({"images": images}, folder / "images.safetensors")
        ours = tokens_of_ours(folder)
        theirs = model.forward_features(images)
        saved = load_file(folder / "saved/model.safetensors")
        timm.create_model(name, img_size=size, num_classes=0).load_state_dict(saved, strict=True)
        same = all(torch.equal(value, saved[key]) for key, value in model.state_dict().items())
        again = timm.create_model(f"local-dir:{folder / 'saved'}", pretrained=True).eval()
        back = (again.forward_features(images) - theirs).abs().max()
    print(f"{name} at {size}: largest difference of {theirs.numel():,} token values "
          f"{(ours - theirs).abs().max():.1e} (values up to {theirs.abs().max():.1f}); "
          f"saved file equal: {same}; timm on the saved folder differs by {back:.0e}", flush=True)


if __name__ == "__main__":
    print("timm", timm.__version__, "torch", torch.__version__)
    for name, size in MODELS:
        compare(name, size)
