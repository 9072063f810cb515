"""DINOv2's block masks drawn in plain Python, and the statistics of many of them that MaskParityTest compares with.

    python3 -m venv .venv && .venv/bin/pip install -r tests/parity/requirements.txt
    .venv/bin/python tests/parity/block_masks.py

Writes pretrain_masks.json: under "grids", for the sides 16 and 8, every statistic as {"mean", "se"}, or as lists of both:

    masked_fraction      masked cells / all cells, mean over the images that have a masked cell
    masked_fraction_std  the standard deviation of that over those images
    unmasked_images      share of images without a masked cell
    cells_by_bin         (32) masked cells of the mask whose target was drawn from bin i of the ratios, before the shuffle
    cells_sorted         (32) masked cells of the masked images of a batch in ascending order, the i-th
    cover_centre         how often one of the four middle cells is masked, mean over those four and the masked images
    cover_corner         the same of the four corners
    run_length           masked cells / horizontal runs of masked cells, over all masks together

"settings" holds batches, crops (2B of a batch), probability and ratios. Standard errors come from the spread between
batches, which are independent.
"""
import json
import math
import pathlib
import random

import numpy as np

OUT = pathlib.Path(__file__).parent.parent / "src/test/resources/org/omnirad/tests/parity/pretrain_masks.json"

SETTINGS = dict(batches=2000, crops=64, probability=0.5, ratio_min=0.1, ratio_max=0.5)
SMALLEST_AREA, SMALLEST_ASPECT, TRIES = 4, 0.3, 10


def rectangle(mask, remaining, rng):
    """Adds one rectangle that covers 1 to remaining new cells; returns how many, 0 if no try succeeds."""
    side = len(mask)
    budget = min(remaining, side * side // 2)
    for _ in range(TRIES):
        # With fewer than four cells left the bounds change places, as in random.uniform.
        area = rng.uniform(SMALLEST_AREA, budget)
        aspect = math.exp(rng.uniform(math.log(SMALLEST_ASPECT), -math.log(SMALLEST_ASPECT)))
        height, width = round(math.sqrt(area * aspect)), round(math.sqrt(area / aspect))
        if height >= side or width >= side:
            continue
        top, left = rng.randint(0, side - height), rng.randint(0, side - width)
        block = mask[top:top + height, left:left + width]
        new = block.size - int(block.sum())
        if 0 < new <= budget:
            block[:] = True
            return new
    return 0


def one_mask(side, target, rng):
    """(side, side) bool with at most target cells true."""
    mask = np.zeros((side, side), bool)
    covered = 0
    while covered < target:
        new = rectangle(mask, target - covered, rng)
        if new == 0:
            break
        covered += new
    return mask


def masks_by_bin(crops, side, rng, probability=0.5, ratio_min=0.1, ratio_max=0.5):
    """(crops, side, side) bool: one mask for each of the equal bins of the ratios, in order, then the empty ones."""
    masked = int(crops * probability)
    edges = np.linspace(ratio_min, ratio_max, masked + 1)
    masks = np.zeros((crops, side, side), bool)
    for i in range(masked):
        masks[i] = one_mask(side, int(side * side * rng.uniform(edges[i], edges[i + 1])), rng)
    return masks


def batch_masks(crops, side, rng, **settings):
    """(crops, side, side) bool: the same in random order."""
    masks = masks_by_bin(crops, side, rng, **settings)
    return masks[rng.sample(range(crops), crops)]


def mean_and_error(values):
    """Of values by batch: their mean and its standard error, along axis 0."""
    values = np.asarray(values, float)
    error = values.std(axis=0, ddof=1) / math.sqrt(len(values))
    return {"mean": values.mean(axis=0).tolist(), "se": error.tolist()}


def ratio_and_error(numerators, denominators):
    """Of sums by batch: their ratio over all batches and its standard error (delta method)."""
    numerators, denominators = np.asarray(numerators, float), np.asarray(denominators, float)
    ratio = numerators.sum() / denominators.sum()
    residuals = numerators - ratio * denominators
    error = residuals.std(ddof=1) / math.sqrt(len(residuals)) / denominators.mean()
    return {"mean": float(ratio), "se": float(error)}


def statistics(side, batches, crops, **settings):
    rng = random.Random(side)
    cells, centre, corner, runs = [], [], [], []
    middle = slice(side // 2 - 1, side // 2 + 1)
    for _ in range(batches):
        masks = masks_by_bin(crops, side, rng, **settings)
        cells.append(masks.sum(axis=(1, 2)))
        centre.append(masks[:, middle, middle].sum() / 4)
        corner.append(masks[:, ::side - 1, ::side - 1].sum() / 4)
        starts = masks[:, :, 1:] & ~masks[:, :, :-1]
        runs.append(masks[:, :, 0].sum() + starts.sum())
    cells = np.array(cells)  # (batches, crops)
    masked = (cells > 0).sum(axis=1)
    fraction = ratio_and_error(cells.sum(axis=1) / side**2, masked)
    spread = ratio_and_error(((cells / side**2 - fraction["mean"]) ** 2 * (cells > 0)).sum(axis=1), masked)
    deviation = math.sqrt(spread["mean"])
    bins = int(crops * settings["probability"])
    return {
        "masked_fraction": fraction,
        "masked_fraction_std": {"mean": deviation, "se": spread["se"] / (2 * deviation)},
        "unmasked_images": mean_and_error(1 - masked / crops),
        "cells_by_bin": mean_and_error(cells[:, :bins]),
        "cells_sorted": mean_and_error(np.sort(cells[:, :bins], axis=1)),
        "cover_centre": ratio_and_error(centre, masked),
        "cover_corner": ratio_and_error(corner, masked),
        "run_length": ratio_and_error(cells.sum(axis=1), runs),
    }


def main():
    grids = {str(side): statistics(side, **SETTINGS) for side in (16, 8)}
    OUT.parent.mkdir(parents=True, exist_ok=True)
    OUT.write_text(json.dumps({"settings": SETTINGS, "grids": grids}, indent=1) + "\n")
    for side, values in grids.items():
        for name, value in values.items():
            if isinstance(value["mean"], float):
                print(f"{side}: {name} {value['mean']:.5f} +- {value['se']:.5f}")


if __name__ == "__main__":
    main()
