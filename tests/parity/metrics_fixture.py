"""Writes the small cases that MetricParityTest compares the scores with: labels, probabilities, and what scikit-learn
makes of them.

    python3 -m venv .venv && .venv/bin/pip install -r tests/parity/requirements.txt
    .venv/bin/python tests/parity/metrics_fixture.py
"""
import json
import pathlib

import numpy as np
from sklearn.metrics import accuracy_score, precision_recall_fscore_support, roc_auc_score

OUT = pathlib.Path(__file__).parent.parent / "src/test/resources/org/omnirad/tests/parity/metrics.json"


def draw(name, images, classes, sharpness=1.0, decimals=None, weights=None, absent=()):
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
    return case(name, truth, probabilities.astype(np.float32))


def case(name, truth, probabilities):
    predicted = probabilities.argmax(axis=1)
    classes = probabilities.shape[1]
    precision, recall, f1, _ = precision_recall_fscore_support(truth, predicted, average="macro", zero_division=0)
    by_class = precision_recall_fscore_support(truth, predicted, labels=range(classes), zero_division=0)
    auc = None
    if len(set(truth)) == classes:
        binary = classes == 2
        auc = roc_auc_score(truth, probabilities[:, 1] if binary else probabilities, multi_class="ovr")
    return {
        "name": name,
        "truth": truth.tolist(),
        "probabilities": [[float(p) for p in row] for row in probabilities],
        "accuracy": accuracy_score(truth, predicted),
        "macroPrecision": precision,
        "macroRecall": recall,
        "macroF1": f1,
        "f1": by_class[2].tolist(),
        "auc": auc,
    }


def main():
    cases = [
        draw("two classes", 97, 2),
        draw("two classes, one rare", 120, 2, weights=[0.95, 0.05]),
        draw("two classes, many ties", 80, 2, decimals=1),
        draw("two classes, one absent", 12, 2, absent=[1]),
        draw("three classes", 60, 3, sharpness=2),
        draw("three classes, many ties", 75, 3, decimals=1),
        draw("four classes, one absent", 40, 4, sharpness=5, absent=[2]),
        draw("eleven classes", 160, 11, sharpness=3),
        case("never the third", np.array([0, 1, 2, 2, 1, 0]), np.float32(
            [[0.9, 0.1, 0], [0.2, 0.8, 0], [0.5, 0.25, 0.25], [0.25, 0.5, 0.25], [0.5, 0.5, 0], [0.5, 0.5, 0]])),
        case("all wrong", np.array([0, 1, 1]), np.float32([[0, 1], [1, 0], [0.75, 0.25]])),
        case("all alike", np.array([0, 1, 2]), np.full((3, 3), 1 / 3, np.float32)),
    ]
    OUT.parent.mkdir(parents=True, exist_ok=True)
    OUT.write_text("[\n" + ",\n".join(json.dumps(c) for c in cases) + "\n]\n")


if __name__ == "__main__":
    main()
