"""Writes the small stored tensors that ViewParityTest compares the transforms of images with.

    python3 -m venv .venv && .venv/bin/pip install -r tests/parity/requirements.txt
    .venv/bin/python tests/parity/view_fixtures.py

views.safetensors holds an image (3, H, W) in 0..1 and, for each transform, its parameters (K) and what torchvision's
functional form makes of the image with each of them (K, 3, H, W). Crops, with boxes (K, 6) of top, left, height, width and
two flips, are clipped to 0..1.
"""
import pathlib

import torch
import torchvision
from safetensors.torch import save_file
from torchvision.transforms import InterpolationMode
from torchvision.transforms.v2 import functional as F

OUT = pathlib.Path(__file__).parent.parent / "src/test/resources/org/omnirad/tests/parity"
HEIGHT, WIDTH = 21, 26

BOXES = {
    8: [(0, 0, 21, 26, 0, 0), (3, 5, 11, 9, 0, 1), (10, 20, 1, 2, 1, 0), (4, 0, 17, 26, 1, 1)],
    32: [(0, 0, 21, 26, 0, 0), (2, 7, 12, 16, 1, 1), (20, 25, 1, 1, 0, 0), (0, 9, 21, 17, 0, 1)],
}

PARAMETERS = {
    "brightness": (F.adjust_brightness, [0.0, 0.6, 1.0, 1.4]),
    "contrast": (F.adjust_contrast, [0.0, 0.6, 1.0, 1.4]),
    "saturation": (F.adjust_saturation, [0.0, 0.8, 1.0, 1.9]),
    "hue": (F.adjust_hue, [-0.5, -0.1, 0.03, 0.1, 0.37]),
    "gamma": (F.adjust_gamma, [0.5, 1.0, 1.7]),
    "blur": (lambda image, sigma: F.gaussian_blur(image, [9, 9], [sigma, sigma]), [0.1, 0.7, 2.0]),
    "solarise": (F.solarize, [0.0, 128 / 255, 1.0]),
    "rotate": (F.rotate, [-7.0, 3.3, 30.0, 61.7]),
    "grey": (lambda image, _: F.rgb_to_grayscale(image, num_output_channels=3), [1.0]),
}


def picture():
    """Smooth colours, with grey, black, white and saturated pixels among them."""
    coarse = torch.rand(1, 3, 6, 7, generator=torch.Generator().manual_seed(7)) * 1.6 - 0.3
    image = torch.nn.functional.interpolate(coarse, (HEIGHT, WIDTH), mode="bilinear")[0].clamp(0, 1)
    image[:, 2:5, 3:6] = 0.4
    image[:, 8, 8], image[:, 8, 9] = 0, 1
    image[:, 12, 12] = torch.tensor([1.0, 0.0, 0.0])
    return image


def crop(image, box, size):
    top, left, height, width, down, across = box
    view = F.resized_crop(image, top, left, height, width, [size, size], InterpolationMode.BICUBIC, antialias=True)
    view = F.vertical_flip(view) if down else view
    return (F.horizontal_flip(view) if across else view).clamp(0, 1)


if __name__ == "__main__":
    image = picture()
    tensors = {"image": image}
    for size, boxes in BOXES.items():
        tensors[f"crop{size}.parameters"] = torch.tensor(boxes, dtype=torch.float32)
        tensors[f"crop{size}.views"] = torch.stack([crop(image, box, size) for box in boxes])
    for name, (function, values) in PARAMETERS.items():
        tensors[name + ".parameters"] = torch.tensor(values)
        tensors[name + ".views"] = torch.stack([function(image, value) for value in values])
    save_file(tensors, OUT / "views.safetensors")
    print("written with torchvision", torchvision.__version__, "and torch", torch.__version__)
