"""Writes the small masks that MaskScoresParityTest compares the measures with: random blobs, specks, empty and full ones, what
scikit-learn makes of their pixels, what SciPy does of the distances of their borders, and the scores of several images
as segmentation_models_pytorch 0.3.3 reduces them in the test scripts of MedSegBench, and as the script of OmniRad does.

    python3 -m venv .venv && .venv/bin/pip install -r tests/parity/requirements.txt
    .venv/bin/python tests/parity/mask_scores_fixture.py
"""
import json
import math
import pathlib

import numpy as np
from scipy.ndimage import binary_erosion, distance_transform_edt, gaussian_filter
from sklearn.metrics import f1_score, jaccard_score, precision_score, recall_score

OUT = pathlib.Path(__file__).parent.parent / "src/test/resources/org/omnirad/tests/parity/mask_scores.json"

MEASURES = ["DICE", "IOU", "PRECISION", "RECALL", "SPECIFICITY"]
BATCH = 16


def blobs(random, height, width, classes, kept):
    """Smooth regions of some classes; each is dropped with a probability, so that some masks are empty."""
    fields = gaussian_filter(random.normal(size=(classes, height, width)), (0, 2, 2))
    mask = fields.argmax(axis=0)
    for k in range(1, classes):
        if random.random() > kept:
            mask[mask == k] = 0
    return mask


def perturbed(random, mask, classes, kept):
    """The mask moved by some pixels, with other pixels here and there."""
    moved = np.roll(mask, random.integers(-2, 3, size=2), axis=(0, 1))
    specks = random.random(mask.shape) < 0.03
    moved[specks] = random.integers(0, classes, size=specks.sum())
    return moved if random.random() < kept else np.zeros_like(mask)


def measures(truth, predicted):
    """Of one class; a quotient of 0 by 0 is 1."""
    truth, predicted = truth.ravel(), predicted.ravel()
    of_class = [score(truth, predicted, zero_division=1)
                for score in (f1_score, jaccard_score, precision_score, recall_score)]
    return of_class + [recall_score(~truth, ~predicted, zero_division=1)]


def measures_or_nan(truth, predicted):
    """Of one class; a quotient of 0 by 0 is NaN."""
    either = (truth | predicted).any()
    denominators = [either, either, predicted.any(), truth.any(), not truth.all()]
    return np.where(denominators, measures(truth, predicted), np.nan)


def hausdorff95(truth, predicted):
    if not truth.any() or not predicted.any():
        return 0.0 if not (truth.any() or predicted.any()) else math.hypot(*truth.shape)
    borders = [mask & ~binary_erosion(mask) for mask in (truth, predicted)]
    distances = [distance_transform_edt(~border) for border in borders]
    return max(np.percentile(distances[1][borders[0]], 95), np.percentile(distances[0][borders[1]], 95))


def by_medsegbench(images, classes):
    """The mean over images: smp's "micro" of the foreground of two classes, without what is NaN, or its
    "macro-imagewise" with zero_division=1 of more."""
    scores = []
    for truth, predicted in images:
        scores.append(measures_or_nan(truth == 1, predicted == 1) if classes == 2 else
                      np.mean([measures(truth == k, predicted == k) for k in range(classes)], axis=0))
    return np.nanmean(np.array(scores), axis=0)


def pooled(images, classes):
    """The pixels of a batch as one image; the classes whose quotient is not 0 by 0."""
    scores = []
    for start in range(0, len(images), BATCH):
        truth, predicted = (np.concatenate([pair[i].ravel() for pair in images[start:start + BATCH]]) for i in (0, 1))
        scores.append(np.nanmean([measures_or_nan(truth == k, predicted == k) for k in range(classes)], axis=0))
    return np.mean(scores, axis=0)


def case(name, images, classes):
    images = [(np.array(truth), np.array(predicted)) for truth, predicted in images]
    return {
        "name": name,
        "classes": classes,
        "images": [{
            "truth": rows(truth),
            "predicted": rows(predicted),
            "scores": [all_measures(truth == k, predicted == k) for k in range(classes)],
        } for truth, predicted in images],
        "medsegbench": dict(zip(MEASURES, by_medsegbench(images, classes).tolist())),
        "pooled": dict(zip(MEASURES, pooled(images, classes).tolist())),
    }


def all_measures(truth, predicted):
    return dict(zip(MEASURES, measures(truth, predicted))) | {"HAUSDORFF_95": hausdorff95(truth, predicted)}


def rows(mask):
    return ["".join(map(str, row)) for row in mask]


def draw(name, count, height, width, classes, kept=1.0):
    random = np.random.default_rng(sum(map(ord, name)))
    truths = [blobs(random, height, width, classes, kept) for _ in range(count)]
    return case(name, [(truth, perturbed(random, truth, classes, kept)) for truth in truths], classes)


def main():
    empty, full, dot, bar = (np.zeros((5, 7), int) for _ in range(4))
    full[:] = 1
    dot[2, 3] = 1
    bar[1:4, 0] = 1
    cases = [
        draw("two classes", 6, 24, 31, 2),
        draw("two classes, some empty", 18, 12, 14, 2, kept=0.6),
        draw("four classes, some absent", 17, 13, 16, 4, kept=0.7),
        draw("one row", 3, 1, 40, 2),
        draw("one column", 3, 40, 1, 3),
        case("empty beside full", [(empty, full), (full, empty), (full, full), (dot, bar), (bar, dot), (empty, empty),
                                   (dot, empty), (full, dot)], 2),
    ]
    OUT.write_text("[\n" + ",\n".join(json.dumps(c) for c in cases) + "\n]\n")


if __name__ == "__main__":
    main()
