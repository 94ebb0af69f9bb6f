"""A regression with absorbed effects as a sum over clusters: what each adds to an estimate."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import pandas as pd

from tradedig_helpers.estimation.absorb import absorb, cluster_sums, small_sample_factor
from tradedig_helpers.estimation.sample import sample_of
from tradedig_helpers.estimation.specifications import Specification


@dataclass(frozen=True, slots=True)
class Within:
    """The sample of a specification, and its variables less their fixed effects.

    Attributes
    ----------
    spec : whose sample it is
    used : its rows
    variables : outcome and regressors less their fixed effects, shape (N, K + 1)
    """

    spec: Specification
    used: pd.DataFrame
    variables: pd.DataFrame


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


def take_out(spec: Specification, panel: pd.DataFrame) -> Within:
    """Return the variables of ``spec`` on its sample without their fixed effects.

    Raises
    ------
    ValueError
        Naming the specification, if a column is missing or infinite, or no row is left.
    """
    used = sample_of(spec, panel).frame
    names = [spec.outcome, *spec.regressors]
    return Within(spec, used, pd.DataFrame(absorb(used, names, spec.effects), columns=names))


def influence(within: Within, outcome: str, regressors: Sequence[str]) -> Influence:
    """Regress ``outcome`` on ``regressors``, columns of ``within.variables``.

    By Frisch, Waugh and Lovell the coefficients are those of the regression with effects.
    The influence of a cluster is the sum of (X'X)⁻¹x e over its rows, times the root of
    the small-sample factor of :func:`~tradedig_helpers.estimation.fit.estimate`. Influences add
    up to zero over clusters.
    """
    x = within.variables[list(regressors)].to_numpy()
    y = within.variables[outcome].to_numpy()
    projection = np.linalg.solve(x.T @ x, x.T)
    beta = projection @ y
    moved = cluster_sums(projection.T * (y - x @ beta)[:, None], within.used[within.spec.cluster])
    factor = small_sample_factor(within.spec, within.used, len(beta))
    names = pd.Index(regressors)
    return Influence(
        pd.Series(beta, index=names), (moved * np.sqrt(factor)).set_axis(names, axis=1)
    )


def errors(by_cluster: pd.DataFrame) -> pd.Series:
    """Return the clustered standard error of each column of influences."""
    squared = by_cluster.to_numpy() ** 2
    return pd.Series(np.sqrt(squared.sum(axis=0)), index=by_cluster.columns)
