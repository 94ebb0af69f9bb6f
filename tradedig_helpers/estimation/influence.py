"""A regression with fixed effects as a sum over clusters: what each adds to an estimate."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import pandas as pd

from tradedig_helpers.estimation.demeaned import Demeaned


@dataclass(frozen=True, slots=True)
class Influence:
    """Coefficients, and how much each cluster moves them.

    Attributes
    ----------
    estimate : one coefficient per regressor, shape (K,)
    by_cluster : one row per cluster and one column per regressor, shape (G, K); its
        cross-product is the CRV1 covariance of the coefficients, small-sample factor included
    """

    estimate: pd.Series
    by_cluster: pd.DataFrame


def influence(demeaned: Demeaned, outcome: str, regressors: Sequence[str]) -> Influence:
    """Regress ``outcome`` on ``regressors``, terms of ``demeaned``.

    Influences, see :meth:`.Demeaned.influence`, add up to zero over clusters.

    Raises
    ------
    ValueError
        If a regressor does not vary beside the effects and the others, there are too few
        clusters, or no degrees of freedom.
    """
    slopes, residual = demeaned.solve(outcome, regressors)
    added = demeaned.influence(regressors, residual).T
    names = pd.Index(regressors)
    return Influence(
        pd.Series(slopes, index=names), pd.DataFrame(added, index=demeaned.clusters, columns=names)
    )


def standard_errors(by_cluster: pd.DataFrame) -> pd.Series:
    """Return the clustered standard error of each column of influences."""
    squared = by_cluster.to_numpy() ** 2
    return pd.Series(np.sqrt(squared.sum(axis=0)), index=by_cluster.columns)
