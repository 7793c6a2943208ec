"""Metrics of made-up answers by scikit-learn, scipy and statsmodels' formulae: metrics.json beside this file.

    python make_metrics.py        (scikit-learn 1.7, scipy 1.15 or later)
"""

import json
import pathlib

import numpy as np
from scipy.optimize import minimize_scalar
from scipy.special import log_softmax, softmax
from scipy.stats import binomtest
from sklearn.metrics import (
    accuracy_score, confusion_matrix, f1_score, precision_score, recall_score, roc_auc_score, jaccard_score)
from sklearn.linear_model import LogisticRegression

rng = np.random.default_rng(7)
COUNT, CLASSES = 120, 4


def expected_calibration_error(confidence, right, bins=15):
    total = 0.0
    for low in range(bins):
        inside = (confidence >= low / bins) & ((confidence < (low + 1) / bins) | (low == bins - 1))
        if inside.any():
            total += inside.mean() * abs(right[inside].mean() - confidence[inside].mean())
    return total


truth = rng.choice(CLASSES, COUNT, p=[0.4, 0.3, 0.2, 0.1])
# Rounded, so that scores are tied.
logits = np.round(rng.normal(size=(COUNT, CLASSES)) * 1.5 + 2.0 * np.eye(CLASSES)[truth], 1)
probabilities = softmax(logits, axis=1)
answer = probabilities.argmax(axis=1)
average = dict(average="macro", zero_division=0)
each = dict(average=None, zero_division=0, labels=range(CLASSES))
temperature = minimize_scalar(
    lambda t: -log_softmax(logits / np.exp(t), axis=1)[np.arange(COUNT), truth].mean(), bounds=(np.log(0.1), np.log(10)),
    method="bounded", options={"xatol": 1e-9})
present = truth[truth != 3]
partial = answer[truth != 3]

features = np.round(rng.normal(size=(60, 5)) + np.eye(3, 5)[np.repeat([0, 1, 2], 20)] * 1.5, 2)
labels = np.repeat([0, 1, 2], 20)
model = LogisticRegression(C=1 / (60 * 0.01), tol=1e-10, max_iter=10000).fit(features, labels)

pixels = rng.choice(3, (6, 8, 2), p=[0.5, 0.3, 0.2])
result = {
    "logits": logits.tolist(),
    "truth": truth.tolist(),
    "confusion": confusion_matrix(truth, answer, labels=range(CLASSES)).tolist(),
    "accuracy": accuracy_score(truth, answer),
    "precision": precision_score(truth, answer, **each).tolist(),
    "recall": recall_score(truth, answer, **each).tolist(),
    "f1": f1_score(truth, answer, **each).tolist(),
    "macro": [f(truth, answer, **average) for f in (precision_score, recall_score, f1_score)],
    "auc": [roc_auc_score(truth == name, probabilities[:, name]) for name in range(CLASSES)],
    "ece": expected_calibration_error(probabilities.max(axis=1), answer == truth),
    "temperature": float(np.exp(temperature.x)),
    "negativeLogLikelihood": float(temperature.fun),
    # Only the classes that occur in the truth.
    "withoutLast": [f(present, partial, labels=range(3), **average) for f in (precision_score, recall_score, f1_score)],
    "wilson": [
        [part, whole, *binomtest(part, whole).proportion_ci(0.95, method="wilson")]
        for part, whole in [(0, 7), (3, 7), (7, 7), (59, 120), (1, 1000)]
    ],
    "logistic": {
        "features": features.tolist(), "labels": labels.tolist(), "penalty": 0.01,
        "probabilities": model.predict_proba(features).tolist(),
    },
    "pixels": {
        "labels": pixels[:, :, 0].tolist(), "mask": pixels[:, :, 1].tolist(),
        "iou": jaccard_score(pixels[:, :, 1].ravel(), pixels[:, :, 0].ravel(), average=None, labels=[1, 2]).tolist(),
        "accuracy": accuracy_score(pixels[:, :, 1].ravel(), pixels[:, :, 0].ravel()),
        "macro": [f(pixels[:, :, 1].ravel(), pixels[:, :, 0].ravel(), average="macro")
                  for f in (precision_score, recall_score, f1_score)],
    },
}
path = pathlib.Path(__file__).with_name("metrics.json")
path.write_text(json.dumps(result) + "\n")
print(path, path.stat().st_size)
