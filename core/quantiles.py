"""Quantile regression: what a share of all values stays below, as a linear function of features."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray
from scipy.optimize import linprog

Floats = NDArray[np.float64]


def fit(features: Floats, values: Floats, share: float) -> Floats:
    """Coefficients b such that `features @ b` has `share` (0..1) of the values below it.

    Koenker and Bassett 1978, by the dual linear program: one variable a value, one constraint a feature.
    """
    bounded = linprog(
        -values, A_eq=features.T, b_eq=(1 - share) * features.sum(axis=0), bounds=(0, 1), method="highs"
    )
    coefficients: Floats = -bounded.eqlin.marginals
    return coefficients


def pinball(values: Floats, guesses: Floats, share: float) -> Floats:
    """The loss that the right quantile makes least in the mean; at one half, half the distance."""
    over = values - guesses
    loss: Floats = np.maximum(share * over, (share - 1) * over)
    return loss
