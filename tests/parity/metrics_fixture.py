"""Writes the small cases that MetricParityTest compares the scores with: labels, probabilities, what the Evaluator of
medmnist makes of them (accuracy and AUC), and what scikit-learn does (everything else).

    python3 -m venv .venv && .venv/bin/pip install -r tests/parity/requirements.txt
    .venv/bin/python tests/parity/metrics_fixture.py
"""
import json
import math
import pathlib
import warnings

import numpy as np
from medmnist.evaluator import getACC, getAUC
from sklearn.calibration import calibration_curve
from sklearn.metrics import (average_precision_score, brier_score_loss, cohen_kappa_score, mean_absolute_error,
                             precision_recall_curve, precision_recall_fscore_support, roc_curve)

OUT = pathlib.Path(__file__).parent.parent / "src/test/resources/org/omnirad/tests/parity/metrics.json"

MEDMNIST = {"MULTI_CLASS": "multi-class", "BINARY": "binary-class", "MULTI_LABEL": "multi-label, binary-class",
            "ORDINAL": "ordinal-regression"}
BINS = 10
CURVE_IMAGES = 45


def draw(name, images, classes, sharpness=1.0, decimals=None, weights=None, absent=(), task=None):
    """Random labels, and float32 probabilities that lean to them; absent classes are true for no image."""
    random = np.random.default_rng(sum(map(ord, name)))
    share = np.ones(classes) if weights is None else np.array(weights, float)
    share[list(absent)] = 0
    truth = random.choice(classes, size=images, p=share / share.sum())
    logits = random.normal(size=(images, classes)) + sharpness * np.eye(classes)[truth]
    probabilities = np.exp(logits) / np.exp(logits).sum(axis=1, keepdims=True)
    if decimals is not None:
        probabilities = probabilities.round(decimals)
        probabilities[:, -1] = np.maximum(0, 1 - probabilities[:, :-1].sum(axis=1)).round(decimals)
    return case(name, task or ("BINARY" if classes == 2 else "MULTI_CLASS"), truth[:, None], probabilities)


def draw_findings(name, images, shares, sharpness=1.0, decimals=None):
    """Findings that are there in a share of the images each, and float32 probabilities that lean to them."""
    random = np.random.default_rng(sum(map(ord, name)))
    truth = (random.random((images, len(shares))) < np.array(shares)).astype(int)
    logits = random.normal(size=truth.shape) + sharpness * (2 * truth - 1)
    probabilities = 1 / (1 + np.exp(-logits))
    return case(name, "MULTI_LABEL", truth, probabilities if decimals is None else probabilities.round(decimals))


def case(name, task, targets, probabilities):
    targets = np.array(targets)
    probabilities = np.array(probabilities, np.float32)
    classes = probabilities.shape[1]
    exact = probabilities.astype(np.float64)
    if task == "MULTI_LABEL":
        truth, predicted, labels = targets, (probabilities > 0.5).astype(int), None
        by_class = targets
        brier = np.mean([brier_score_loss(targets[:, k], exact[:, k]) for k in range(classes)])
        right, confidence = targets.ravel(), exact.ravel()
    else:
        truth, labels = targets[:, 0], range(classes)
        predicted = (probabilities[:, 1] > 0.5).astype(int) if task == "BINARY" else probabilities.argmax(axis=1)
        by_class = (truth[:, None] == np.arange(classes)).astype(int)
        brier = (brier_score_loss(truth, exact[:, 1], labels=[0, 1]) if task == "BINARY"
                 else brier_score_loss(truth, exact, labels=list(labels), scale_by_half=False))
        right, confidence = (truth == predicted).astype(int), exact[np.arange(len(truth)), predicted]
    precision, recall, f1, _ = precision_recall_fscore_support(truth, predicted, average="macro", zero_division=0)
    auc = getAUC(targets, probabilities, MEDMNIST[task])
    ordinal = task == "ORDINAL"
    kappa = cohen_kappa_score(truth, predicted, labels=labels, weights="quadratic") if ordinal else None
    share_right, mean_confidence = calibration_curve(right, confidence, n_bins=BINS)
    curve = len(targets) <= CURVE_IMAGES and classes > 1 and 0 < by_class[:, 1].sum() < len(targets)
    return {
        "name": name,
        "task": task,
        "targets": targets.tolist(),
        "probabilities": [[shortest(p) for p in row] for row in probabilities],
        "accuracy": getACC(targets, probabilities, MEDMNIST[task]),
        "auc": None if math.isnan(auc) else auc,
        "macroPrecision": precision,
        "macroRecall": recall,
        "macroF1": f1,
        "f1": precision_recall_fscore_support(truth, predicted, labels=labels, zero_division=0)[2].tolist(),
        "kappa": None if kappa is None or math.isnan(kappa) else kappa,
        "absoluteError": mean_absolute_error(truth, predicted) if ordinal else None,
        "brier": brier,
        "confidences": mean_confidence.tolist(),
        "right": share_right.tolist(),
        "secondClass": second_class(by_class[:, 1], probabilities[:, 1]) if curve else None,
    }


def second_class(truth, scores):
    """The curves of the second class, in the order of falling thresholds."""
    false_rates, true_rates, _ = roc_curve(truth, scores, drop_intermediate=False)
    precisions, recalls, thresholds = precision_recall_curve(truth, scores)
    return {
        "thresholds": [shortest(t) for t in thresholds[::-1]],
        "falsePositiveRates": false_rates.tolist(),
        "truePositiveRates": true_rates.tolist(),
        "precisions": precisions[::-1].tolist(),
        "recalls": recalls[::-1].tolist(),
        "averagePrecision": average_precision_score(truth, scores),
    }


def shortest(value):
    """The float32 with no more digits than it needs."""
    written = float(np.format_float_positional(np.float32(value), unique=True))
    assert np.float32(written) == np.float32(value)
    return written


def main():
    # What has no value, such as the AUC of one class, is NaN here and null in the file.
    warnings.filterwarnings("ignore")
    cases = [
        draw("two classes", 97, 2),
        draw("two classes, one rare", 120, 2, weights=[0.95, 0.05]),
        draw("two classes, many ties", 40, 2, decimals=1),
        draw("two classes, one absent", 12, 2, absent=[1]),
        draw("three classes", 60, 3, sharpness=2),
        draw("three classes, many ties", 45, 3, decimals=1),
        draw("four classes, one absent", 40, 4, sharpness=5, absent=[2]),
        draw("eleven classes", 90, 11, sharpness=3),
        case("never the third", "MULTI_CLASS", [[0], [1], [2], [2], [1], [0]],
             [[0.9, 0.1, 0], [0.2, 0.8, 0], [0.5, 0.25, 0.25], [0.25, 0.5, 0.25], [0.5, 0.5, 0], [0.5, 0.5, 0]]),
        case("all wrong", "BINARY", [[0], [1], [1]], [[0, 1], [1, 0], [0.75, 0.25]]),
        case("at the threshold", "BINARY", [[0], [1], [1]], [[0.5, 0.5], [0.5, 0.5], [0.4996, 0.5004]]),
        case("all one prediction", "BINARY", [[0], [1], [1]], [[0.9, 0.1], [0.8, 0.2], [0.7, 0.3]]),
        case("all alike", "MULTI_CLASS", [[0], [1], [2]], np.full((3, 3), 1 / 3)),
        draw("grades", 80, 5, sharpness=2, weights=[4, 1, 2, 2, 1], task="ORDINAL"),
        draw("grades, one absent", 30, 5, sharpness=1, absent=[3], task="ORDINAL"),
        draw("two grades", 25, 2, task="ORDINAL"),
        case("all one grade", "ORDINAL", [[2], [2]], [[0.1, 0.2, 0.7], [0, 0, 1]]),
        case("all one predicted grade", "ORDINAL", [[0], [1], [2]], [[0.1, 0.2, 0.7], [0, 0, 1], [0, 0.25, 0.75]]),
        draw_findings("findings", 70, [0.5, 0.2, 0.1, 0.4]),
        draw_findings("findings, many ties", 40, [0.5, 0.3, 0.2], decimals=1),
        draw_findings("findings, one absent", 30, [0.4, 0, 0.3], sharpness=2),
        draw_findings("findings, one in all", 30, [0.4, 1, 0.3], sharpness=2),
        case("no finding anywhere", "MULTI_LABEL", [[0, 0], [0, 0]], [[0.2, 0.6], [0.1, 0.4]]),
        case("no finding predicted", "MULTI_LABEL", [[1, 0], [0, 1]], [[0.2, 0.5], [0.1, 0.4]]),
    ]
    OUT.parent.mkdir(parents=True, exist_ok=True)
    OUT.write_text("[\n" + ",\n".join(json.dumps(c) for c in cases) + "\n]\n")


if __name__ == "__main__":
    main()
