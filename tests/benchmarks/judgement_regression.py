"""The regression of the turn detector `judgement`: fitted, applied to what was left out, and judged."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, TypeAlias, cast

import numpy
from numpy.typing import NDArray

Matrix: TypeAlias = NDArray[numpy.float64]
_LEAST_SCALE = 1e-4
"""Of a number that is always the same; less would be rounded to 0."""
_PENALTY = 1.0
_STEPS = 25


@dataclass(frozen=True)
class Table:
    """What is fitted: a row for each point.

    Args:
        heard: the numbers that are weighted.
        said: what the words add to the logarithm of the odds.
        is_end: 1 at an end, 0 at a pause.
        weight: how much the point counts; 0 for one that is not fitted.
    """

    heard: Matrix
    said: Matrix
    is_end: Matrix
    weight: Matrix

    def of(self, rows: NDArray[numpy.bool_]) -> Table:
        """Return some rows."""
        return Table(self.heard[rows], self.said[rows], self.is_end[rows], self.weight[rows])


def fit(rows: Table) -> dict[str, Any]:
    """Return the coefficients of a weighted ridge logistic regression, by Newton's method."""
    means = numpy.average(rows.heard, axis=0, weights=rows.weight)
    spread = numpy.average((rows.heard - means) ** 2, axis=0, weights=rows.weight) ** 0.5
    scales = numpy.maximum(spread, _LEAST_SCALE)
    design = numpy.column_stack([numpy.ones(len(rows.heard)), (rows.heard - means) / scales])
    penalty = numpy.diag([0.0, *[_PENALTY] * rows.heard.shape[1]])
    weights = numpy.zeros(design.shape[1])
    for _ in range(_STEPS):
        p = 1 / (1 + numpy.exp(-design @ weights - rows.said))
        gradient = design.T @ (rows.weight * (p - rows.is_end)) + penalty @ weights
        hessian = (design * (rows.weight * p * (1 - p))[:, None]).T @ design + penalty
        weights -= numpy.linalg.solve(hessian, gradient)
    rounded = [round(float(weight), 4) for weight in weights]
    return {
        "bias": rounded[0],
        "weights": rounded[1:],
        "means": [round(float(mean), 4) for mean in means],
        "scales": [round(float(scale), 4) for scale in scales],
    }


def predict(fitted: dict[str, Any], rows: Table) -> Matrix:
    """Return the logarithm of the odds of an end for each row."""
    standard = (rows.heard - numpy.array(fitted["means"])) / numpy.array(fitted["scales"])
    return cast("Matrix", fitted["bias"] + standard @ numpy.array(fitted["weights"]) + rows.said)


def cross_validated(rows: Table, group: Sequence[str], folds: int, seed: int) -> Matrix:
    """Return the logarithm of the odds for each row by coefficients that were fitted without its group."""
    names = sorted(set(group))
    numpy.random.default_rng(seed).shuffle(names)
    fold = numpy.array([names.index(each) % folds for each in group])
    predicted = numpy.zeros(len(group))
    for number in range(min(folds, len(names))):
        predicted[fold == number] = predict(fit(rows.of(fold != number)), rows.of(fold == number))
    return predicted


def area_under_curve(predicted: Matrix, is_end: Matrix) -> float:
    """Return the share of pairs of an end and a pause in which the end is the likelier one."""
    difference = predicted[is_end == 1][:, None] - predicted[is_end == 0][None]
    return float((difference > 0).mean() + (difference == 0).mean() / 2)


def log_loss(predicted: Matrix, is_end: Matrix) -> float:
    """Return the mean negative logarithm of the probability of what was the case.

    Args:
        predicted: logarithms of the odds of an end.
    """
    return float(numpy.log1p(numpy.exp(numpy.where(is_end == 1, -predicted, predicted))).mean())
