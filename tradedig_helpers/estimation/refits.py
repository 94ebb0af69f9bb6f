"""A regression refitted without a cluster, or on clusters drawn again.

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

from tradedig_helpers.estimation.demean import demean_terms
from tradedig_helpers.estimation.demeaned import Demeaned, demean_all
from tradedig_helpers.estimation.effects import crossing
from tradedig_helpers.estimation.estimability import COLLINEAR
from tradedig_helpers.estimation.fit import coefficient_table
from tradedig_helpers.estimation.specifications import Specification
from tradedig_helpers.frames.arrays import Flags, Floats
from tradedig_helpers.frames.options import require_generator, require_kind, require_whole

CR3 = "CR3, the jackknife: (G-1)/G times the squared distances of G leave-one-cluster-out estimates"


@dataclass(frozen=True, slots=True)
class ByCluster:
    """A regression as sums over its G clusters.

    Attributes
    ----------
    demeaned : its rows, and its variables less their effects
    gram, moment : X̃_g'X̃_g and X̃_g'ỹ_g, shapes (G, K, K) and (G, K); without effects a constant
        is the last of the K columns
    nested : whether every effect is nested in the clusters
    """

    demeaned: Demeaned
    gram: Floats
    moment: Floats
    nested: bool

    @property
    def spec(self) -> Specification:
        """The specification."""
        return self.demeaned.spec

    @property
    def clusters(self) -> pd.Index:
        """Names of the clusters."""
        return self.demeaned.clusters

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

    Examples
    --------
    >>> import numpy as np
    >>> import pandas as pd
    >>> rng = np.random.default_rng(1)
    >>> panel = pd.DataFrame({"province": np.arange(400) % 8, "x": rng.normal(size=400)})
    >>> panel["y"] = 0.5 * panel["x"] + rng.normal(size=400)
    >>> parts = by_cluster(Specification("y", ("x",), cluster="province"), panel)
    >>> len(parts.clusters), parts.gram.shape
    (8, (8, 2, 2))
    >>> parts.estimate.round(1).tolist()
    [0.6, -0.0]
    """
    require_kind(spec, Specification, "by_cluster(spec, panel)")
    demeaned = demean_all([spec], panel)
    demeaned.require_estimable()
    variables = demeaned.within.T[:, demeaned.at([spec.outcome, *spec.regressors])]
    if not spec.effects:
        variables = np.column_stack([variables, np.ones(len(variables))])
    parts = np.split(variables, demeaned.starts[1:])
    products = np.stack([part.T @ part for part in parts])
    nested = not crossing(demeaned.sample.groups, demeaned.rows[spec.cluster])
    return ByCluster(demeaned, products[:, 1:, 1:], products[:, 1:, 0], nested)


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
        Naming the specification, if a regressor does not vary in a refit, or is collinear there.
    """
    found = refit_or_missing(parts, times)
    if lost := int(np.isnan(found).any(axis=1).sum()):
        raise ValueError(
            f"{parts.spec.name}: {lost} of {len(times)} refits cannot tell the regressors "
            f"apart; too few clusters of {parts.spec.cluster!r} have the variation"
        )
    return found


def refit_or_missing(parts: ByCluster, times: Floats) -> Floats:
    """Return what :func:`refit` does, and NaN where the regressors cannot be told apart."""
    if parts.nested:
        gram, moment = (np.tensordot(times, part, axes=1) for part in (parts.gram, parts.moment))
    else:
        gram, moment = _demeaned_anew(parts, times)
    found = np.full((len(times), len(parts.spec.regressors)), np.nan)
    apart = _apart(parts, gram)
    slopes = np.linalg.solve(gram[apart], moment[apart][:, :, None])[:, :, 0]
    found[apart] = slopes[:, : found.shape[1]]
    return found


def _apart(parts: ByCluster, gram: Floats) -> Flags:
    """Tell in which refits regressors vary beside the effects and those before them, shape (B,).

    By the pivots of :func:`.check_collinearity`. Without effects the constant, last, goes first.
    """
    count, whole, left = len(parts.spec.regressors), parts.gram.sum(axis=0), gram.copy()
    apart = np.ones(len(gram), dtype=bool)
    with np.errstate(divide="ignore", invalid="ignore"):  # a pivot of zero: not apart
        if gram.shape[1] > count:
            left -= left[:, :, [-1]] * left[:, [-1]] / left[:, [-1], -1:]
        alone = np.einsum("bkk->bk", left).copy()
        for place in range(count):
            pivot = left[:, place, place].copy()
            apart &= alone[:, place] >= COLLINEAR * whole[place, place]
            apart &= pivot >= COLLINEAR * alone[:, place]
            left -= left[:, :, [place]] * left[:, [place]] / pivot[:, None, None]
    return apart


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

    Exact refits, and not influences as in :func:`~tradedig_helpers.estimation.mediation.bootstrap`:
    the regressors' variation changes from draw to draw. One row per draw, one column per regressor.

    Raises
    ------
    TypeError
        If ``rng`` is no generator of random numbers.
    ValueError
        Naming the specification, if ``draws`` is no whole number of at least 100, or if it cannot
        be estimated in one of them.
    """
    return pd.DataFrame(refit(parts, _redrawn(parts, rng, draws)), columns=parts.spec.regressors)


def pairs_or_missing(parts: ByCluster, rng: np.random.Generator, draws: int = 999) -> pd.DataFrame:
    """Return what :func:`pairs_bootstrap` does, and NaN in draws that cannot be estimated.

    Raises
    ------
    TypeError, ValueError
        As there, but that 100 of the draws must be estimable, and not all.
    """
    times = _redrawn(parts, rng, draws)
    found = pd.DataFrame(refit_or_missing(parts, times), columns=parts.spec.regressors)
    if (kept := len(found.dropna())) < 100:
        raise ValueError(
            f"{parts.spec.name}: {draws - kept} of {draws} draws cannot tell the regressors apart, "
            f"and percentiles need 100 that can; too few clusters of {parts.spec.cluster!r} have "
            "the variation"
        )
    return found


def _redrawn(parts: ByCluster, rng: np.random.Generator, draws: int) -> Floats:
    """Return how often each draw has each of the G clusters, shape (draws, G)."""
    require_generator(rng)
    require_whole(100, **{f"{parts.spec.name}: draws": draws})
    count = len(parts.clusters)
    return rng.multinomial(count, np.full(count, 1 / count), size=draws).astype(float)


def _demeaned_anew(parts: ByCluster, times: Floats) -> tuple[Floats, Floats]:
    """Return X̃'X̃ and X̃'ỹ of each refit, effects taken off rows that are there ``times``."""
    spec, used, codes = parts.spec, parts.demeaned.rows, parts.demeaned.cluster_codes
    names = (spec.outcome, *spec.regressors)
    products = []
    for once in times:
        rows = np.repeat(np.arange(len(used)), once.astype(int)[codes])
        values = demean_terms(used.iloc[rows], names, spec.effects)
        products.append(values.T @ values)
    whole = np.stack(products)
    return whole[:, 1:, 1:], whole[:, 1:, 0]
