"""How much regressors have in common: variance inflation beside absorbed effects."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import pandas as pd

from tradedig_helpers.evidence.influence import Within


def variance_inflation(within: Within, regressors: Sequence[str]) -> pd.Series:
    """Return 1/(1 - R²) of each regressor on the others, fixed effects taken out of all.

    It is the factor by which the others inflate the variance of its coefficient, if errors
    are homoskedastic (Belsley, Kuh and Welsch 1980).

    Raises
    ------
    ValueError
        If the regressors are collinear.
    """
    x = within.variables[list(regressors)].to_numpy()
    scaled = x / np.linalg.norm(x, axis=0)
    if np.linalg.matrix_rank(scaled) < scaled.shape[1]:
        raise ValueError(f"{list(regressors)} are collinear, given the effects; leave one out")
    inverse = np.linalg.inv(scaled.T @ scaled)
    return pd.Series(np.diag(inverse), index=list(regressors))
