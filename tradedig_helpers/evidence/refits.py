"""A regression by its clusters, and refitted without one, or on clusters drawn again.

With X̃ and ỹ less their effects, all that a refit needs of cluster g are X̃_g'X̃_g and X̃_g'ỹ_g, if
every effect is nested in the clusters: the effects of a cluster then do not depend on the
weights of the others. Without effects the constant is one more column of X. Where an effect
crosses clusters, as years cross firms, effects are taken off anew for each refit. All ways give
what the whole regression would give.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from tradedig_helpers.evidence.absorb import (
    SPANNED,
    absorb,
    coefficient_table,
    crossing,
    require_clusters,
    require_variation,
)
from tradedig_helpers.evidence.influence import Within, take_out
from tradedig_helpers.evidence.rows import require_generator
from tradedig_helpers.evidence.specifications import Specification

Floats = NDArray[np.float64]

CR3 = "CR3, the jackknife: (G-1)/G times the squared distances of G leave-one-cluster-out estimates"


@dataclass(frozen=True, slots=True)
class ByCluster:
    """A regression by its clusters.

    Attributes
    ----------
    within : its sample, and its variables less their effects
    clusters : names of the G clusters
    codes : number of the cluster of each row, shape (N,)
    gram, moment : X̃_g'X̃_g and X̃_g'ỹ_g, shapes (G, K, K) and (G, K); without effects a constant
        is the last of the K columns
    nested : whether every effect is nested in the clusters
    """

    within: Within
    clusters: pd.Index
    codes: NDArray[np.intp]
    gram: Floats
    moment: Floats
    nested: bool

    @property
    def spec(self) -> Specification:
        """The specification."""
        return self.within.spec

    @property
    def estimate(self) -> Floats:
        """The coefficients of all columns, shape (K,)."""
        return np.asarray(np.linalg.solve(self.gram.sum(axis=0), self.moment.sum(axis=0)))


@dataclass(frozen=True, slots=True)
class Jackknife:
    """Coefficients without one cluster at a time.

    Attributes
    ----------
    estimate : with all clusters, one per regressor
    left_out : one row for the cluster left out and one column per regressor
    """

    estimate: pd.Series
    left_out: pd.DataFrame

    @property
    def coefficients(self) -> pd.DataFrame:
        """Coefficients with CR3 errors (Bell and McCaffrey 2002; MacKinnon et al. 2023).

        The columns of ``coefficients`` of a fit; t with G - 1 degrees of freedom.
        """
        count = len(self.left_out)
        squares = ((self.left_out - self.estimate) ** 2).sum()
        errors = np.sqrt((count - 1) / count * squares.to_numpy())
        terms = list(self.estimate.index)
        return coefficient_table(terms, self.estimate.to_numpy(dtype=float), errors, count)


def by_cluster(spec: Specification, panel: pd.DataFrame) -> ByCluster:
    """Take ``spec`` on ``panel`` apart by cluster.

    Raises
    ------
    ValueError
        Naming the specification, if it cannot be estimated or has fewer than two clusters.
    """
    within = take_out(spec, panel)
    variables = within.variables.to_numpy()
    require_variation(spec, within.used, spec.regressors, variables[:, 1:])
    if not spec.effects:
        variables = np.column_stack([variables, np.ones(len(variables))])
    codes, clusters = pd.factorize(within.used[spec.cluster], sort=True)
    require_clusters(spec, len(clusters))
    order = np.argsort(codes, kind="stable")
    parts = np.split(variables[order], np.cumsum(np.bincount(codes))[:-1])
    products = np.stack([part.T @ part for part in parts])
    nested = not crossing(spec, within.used)
    return ByCluster(
        within, pd.Index(clusters), codes, products[:, 1:, 1:], products[:, 1:, 0], nested
    )


def partial_leverage(parts: ByCluster, term: str) -> pd.Series:
    """Return each cluster's share of what identifies a coefficient, largest first.

    The share is w_g'w_g / w'w, w the regressor less effects and other regressors (MacKinnon,
    Nielsen and Webb 2023). One over the sum of squared shares is the effective number of
    clusters of Carter, Schnepel and Steigerwald (2017) for errors that are alike.

    Raises
    ------
    ValueError
        Naming the specification, if there is no such term.
    """
    terms = list(parts.spec.regressors)
    if term not in terms:
        raise ValueError(f"{parts.spec.name} has no term {term!r}; it has {terms}")
    bread = np.linalg.inv(parts.gram.sum(axis=0))
    slope = bread[terms.index(term)]
    shares = parts.gram @ slope @ slope / slope[terms.index(term)]
    found = pd.Series(shares, index=parts.clusters, name=term)
    return found.sort_values(ascending=False, kind="stable")


def refit(parts: ByCluster, times: Floats) -> Floats:
    """Return the slopes where cluster g stands in the data ``times[:, g]`` times.

    Parameters
    ----------
    parts : the regression
    times : whole numbers, shape (refits, G); copies of a cluster have effects of their own

    Returns
    -------
    array, shape (refits, regressors)

    Raises
    ------
    ValueError
        Naming the specification, if a regressor does not vary in a refit.
    """
    if parts.nested:
        gram, moment = (np.tensordot(times, part, axes=1) for part in (parts.gram, parts.moment))
    else:
        gram, moment = _absorbed_anew(parts, times)
    whole = np.diag(parts.gram.sum(axis=0))
    flat = np.einsum("bkk->bk", gram) < SPANNED * whole
    scaled = gram / np.sqrt(np.outer(whole, whole))
    lost = flat.any(axis=1) | (np.linalg.cond(scaled) > 1 / SPANNED)
    if lost.any():
        raise ValueError(
            f"{parts.spec.name}: {lost.sum()} of {len(times)} refits cannot tell the regressors "
            f"apart; too few clusters of {parts.spec.cluster!r} have the variation"
        )
    found = np.linalg.solve(gram, moment[:, :, None])[:, :, 0]
    return np.asarray(found[:, : len(parts.spec.regressors)])


def jackknife(parts: ByCluster) -> Jackknife:
    """Estimate a regression without one cluster at a time.

    Raises
    ------
    ValueError
        Naming the specification, if it cannot be estimated without one of them.
    """
    found = refit(parts, 1.0 - np.eye(len(parts.clusters)))
    terms = pd.Index(parts.spec.regressors)
    return Jackknife(
        pd.Series(parts.estimate[: len(terms)], index=terms),
        pd.DataFrame(found, index=parts.clusters, columns=terms),
    )


def pairs_bootstrap(parts: ByCluster, rng: np.random.Generator, draws: int = 999) -> pd.DataFrame:
    """Estimate a regression on G clusters drawn with replacement, again and again.

    Exact refits, and not influences as in :func:`~tradedig_helpers.evidence.mediation.bootstrap`:
    the regressors' variation changes from draw to draw. One row per draw, one column per regressor.

    Raises
    ------
    TypeError
        If ``rng`` is no generator of random numbers.
    ValueError
        Naming the specification, if there are fewer than 100 draws, or if it cannot be
        estimated in one of them.
    """
    require_generator(rng)
    if draws < 100:
        raise ValueError(f"{parts.spec.name}: draws = {draws}; percentiles need at least 100")
    count = len(parts.clusters)
    times = rng.multinomial(count, np.full(count, 1 / count), size=draws).astype(float)
    return pd.DataFrame(refit(parts, times), columns=list(parts.spec.regressors))


def _absorbed_anew(parts: ByCluster, times: Floats) -> tuple[Floats, Floats]:
    """Return X̃'X̃ and X̃'ỹ of each refit, effects taken off rows that are there ``times``."""
    spec, used = parts.spec, parts.within.used
    names = (spec.outcome, *spec.regressors)
    products = []
    for once in times:
        rows = np.repeat(np.arange(len(used)), once.astype(int)[parts.codes])
        values = absorb(used.iloc[rows], names, spec.effects)
        products.append(values.T @ values)
    whole = np.stack(products)
    return whole[:, 1:, 1:], whole[:, 1:, 0]
