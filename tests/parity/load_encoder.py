"""Loads an encoder that this library saved with timm, strictly, and shows what it makes of a fixed image.

    python3 -m venv .venv && .venv/bin/pip install -r tests/parity/requirements.txt
    .venv/bin/python tests/parity/load_encoder.py FOLDER

FOLDER holds model.safetensors and config.json. The command fails where a tensor is missing, left over or of another shape.
Printed are one line with the number of parameters and one with the class token after the final norm. The image (1, 3, S, S)
at the size in config.json is sin(i / 100) in float32, i the index of the value in memory.
"""
import argparse
import json
import pathlib

import timm
import torch
from safetensors.torch import load_file


def load(folder):
    """The model in float32, in evaluation mode, and the side of its images in pixels."""
    config = json.loads((folder / "config.json").read_text())
    model = timm.create_model(config["architecture"], num_classes=config["num_classes"], **config["model_args"])
    weights = load_file(folder / "model.safetensors")
    model.load_state_dict(weights, strict=True)
    # The same through timm's own loader, which takes the preprocessing from the file too.
    again = timm.create_model(f"local-dir:{folder}", pretrained=True)
    if not all(torch.equal(a, b) for a, b in zip(model.parameters(), again.parameters(), strict=True)):
        raise SystemExit(f"{folder}: timm's local-dir loader makes another model of it.")
    return model.eval(), again.pretrained_cfg["input_size"][-1]


@torch.inference_mode()
def main():
    parser = argparse.ArgumentParser(description="Loads an encoder with timm, strictly.")
    parser.add_argument("folder", type=pathlib.Path, help="holds model.safetensors and config.json")
    folder = parser.parse_args().folder.resolve()
    model, size = load(folder)
    image = torch.sin(torch.arange(3 * size * size) / 100).view(1, 3, size, size)
    token = model.forward_features(image)[0, 0]
    print(f"{sum(p.numel() for p in model.parameters()):,} parameters, image size {size}, timm {timm.__version__}")
    print(*(f"{value:.5f}" for value in token.tolist()))


if __name__ == "__main__":
    main()
