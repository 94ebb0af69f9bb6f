"""How much regressors have in common: variance inflation beside absorbed effects."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import pandas as pd

from tradedig_helpers.estimation.demeaned import Demeaned
from tradedig_helpers.estimation.estimability import COLLINEAR
from tradedig_helpers.frames.options import require_names


def variance_inflation(demeaned: Demeaned, regressors: Sequence[str]) -> pd.Series:
    """Return 1/(1 - R²) of each regressor on the others, fixed effects taken out of all.

    It is the factor by which the others inflate the variance of its coefficient, if errors
    are homoskedastic (Belsley, Kuh and Welsch 1980).

    Raises
    ------
    ValueError
        If a regressor does not vary beside the effects, or they are collinear, by the threshold
        of every estimator: one leaves less than ``COLLINEAR`` of its variance beside the others.
    """
    terms = list(require_names(regressors, "regressors"))
    if absent := [term for term in terms if term not in demeaned.terms]:
        raise ValueError(f"{demeaned.spec.name} has no {absent}; it has {list(demeaned.terms)}")
    for term in terms:
        demeaned.check_collinearity([term])
    x = demeaned.within[demeaned.at(terms)].T
    scaled = x / np.linalg.norm(x, axis=0)
    collinear = np.linalg.matrix_rank(scaled) < scaled.shape[1]
    factors = np.diag(np.linalg.inv(scaled.T @ scaled)) if not collinear else np.array([np.inf])
    if factors.max() > 1 / COLLINEAR:
        raise ValueError(f"{terms} are collinear, given the effects; leave one out")
    return pd.Series(factors, index=terms)
