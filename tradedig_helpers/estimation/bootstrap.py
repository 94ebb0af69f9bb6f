r"""The wild cluster bootstrap: a test for one coefficient where clusters are few.

Cameron, Gelbach and Miller (2008). The null is imposed: each draw multiplies the restricted
residuals of a cluster by one random weight, refits, and forms t by CRV1 errors.
Nothing is refitted in truth (Roodman, MacKinnon, Nielsen and Webb 2019). Let w be the regressor
of interest less effects and other regressors, e the residuals, and γ the estimate less the null.
Restricted residuals are e + γw, so each draw's t follows, for every null at once, from

    numerator    Σ_h v_h w_h'(e_h + γw_h) / w'w
    scores       s_g = v_g w_g'(e_g + γw_g) - w_g'X̃_g (X̃'X̃)⁻¹ Σ_h v_h X̃_h'(e_h + γw_h) - c_g

and the root of CRV1's factor times Σ_g s_g², over w'w, under the numerator. Here
c_g = w_g'[P Σ_h v_h (e_h + γw_h)]_g, P the projection on the effects. Where effects are
nested in the clusters c_g = 0, since a cluster's residuals already have none; where an effect
crosses clusters P is applied to each cluster's residuals once.
"""

from __future__ import annotations

from dataclasses import dataclass
from itertools import product
from math import inf
from typing import Literal, get_args

import numpy as np

from tradedig_helpers.estimation.demean import demean
from tradedig_helpers.estimation.estimability import require_error
from tradedig_helpers.estimation.refits import ByCluster
from tradedig_helpers.estimation.specifications import Specification
from tradedig_helpers.frames.arrays import Floats
from tradedig_helpers.frames.options import (
    require_between,
    require_generator,
    require_kind,
    require_whole,
)

WildWeights = Literal["Rademacher", "Webb"]

POINTS: dict[WildWeights, tuple[float, ...]] = {
    "Rademacher": (-1.0, 1.0),
    "Webb": (-(1.5**0.5), -1.0, -(0.5**0.5), 0.5**0.5, 1.0, 1.5**0.5),
}
"""Equally likely values of a cluster's weight: mean 0, variance 1."""
PROJECTED_AT_ONCE = 256
"""Clusters whose residuals are projected at a time."""
FARTHEST = 1e4
"""Nulls more standard errors away than this are not looked at."""
TIES = 1e-9
"""Two t-statistics closer than this, relatively, are the same."""


@dataclass(frozen=True, slots=True)
class WildTest:
    """A coefficient tested by the wild cluster bootstrap.

    Attributes
    ----------
    term, estimate, std_error : CRV1, times the factor of ``CLUSTERED_ERRORS`` of :mod:`.fit`
    null, t : hypothesis and its t-statistic
    p : share of draws with a t at least as far from zero; the sample itself is one of them
    low, high : nulls that are not rejected; infinite where no null on that side is
    level : of the interval
    weights, draws : how clusters are weighted, and how many draws there are, the sample included
    enumerated : whether the draws are all that there are, 2^G
    clusters : G
    """

    term: str
    estimate: float
    std_error: float
    null: float
    t: float
    p: float
    low: float
    high: float
    level: float
    weights: WildWeights
    draws: int
    enumerated: bool
    clusters: int


@dataclass(frozen=True, slots=True)
class _Draws:
    """t of each draw for every γ: (n0 + γ n1) / root of (q0 + γ q1 + γ² q2)."""

    n0: Floats
    n1: Floats
    q0: Floats
    q1: Floats
    q2: Floats

    def p_value(self, gap: float, std_error: float) -> float:
        """Return the share of draws with a t at least as far from zero as gap / std_error."""
        squares = self.q0 + gap * self.q1 + gap**2 * self.q2
        far = np.abs(self.n0 + gap * self.n1) * std_error
        return float(np.mean(far >= np.abs(gap) * np.sqrt(np.maximum(squares, 0)) * (1 - TIES)))


def wild_cluster_test(
    parts: ByCluster,
    term: str,
    rng: np.random.Generator,
    *,
    null: float = 0.0,
    weights: WildWeights = "Rademacher",
    draws: int = 9_999,
    level: float = 0.95,
) -> WildTest:
    """Test one coefficient of a regression by the restricted wild cluster bootstrap-t.

    Rademacher weights are enumerated where all 2^G are no more than ``draws`` + 1. The p-value
    is two-sided and symmetric, and the interval inverts it. Where an effect crosses clusters
    the cost is a projection for each cluster.

    Parameters
    ----------
    parts : the regression
    term : one of its regressors
    rng : chooses the weights
    null : value of the coefficient that is tested
    weights, draws : how clusters are weighted, and how often, at least 99 times
    level : of the interval

    Raises
    ------
    TypeError
        If ``rng`` is no generator.
    ValueError
        Naming the specification, if there is no such term, an option is out of range, or the
        regression fits without error.

    Examples
    --------
    >>> import numpy as np
    >>> import pandas as pd
    >>> rng = np.random.default_rng(1)
    >>> panel = pd.DataFrame({"province": np.arange(400) % 8, "x": rng.normal(size=400)})
    >>> panel["y"] = 0.5 * panel["x"] + rng.normal(size=400)
    >>> parts = by_cluster(Specification("y", ("x",), cluster="province"), panel)
    >>> test = wild_cluster_test(parts, "x", np.random.default_rng(2))
    >>> test.draws, test.enumerated, round(test.p, 2)
    (256, True, 0.01)
    >>> round(test.low, 2), round(test.high, 2)
    (0.46, 0.69)
    """
    require_kind(parts, ByCluster, "wild_cluster_test(by_cluster(spec, panel), term, rng)")
    spec = parts.spec
    _require_options(spec, term, weights)
    require_generator(rng)
    require_between(-inf, inf, **{f"{spec.name}: null": null})
    require_between(0, 1, **{f"{spec.name}: level": level})
    require_whole(99, **{f"{spec.name}: draws": draws})
    signs = _signs(len(parts.clusters), weights, draws, rng)
    place = spec.regressors.index(term)
    drawn = _statistics(parts, place, signs, parts.demeaned.ssc(len(spec.regressors)))
    # The first draw is the sample itself, with a weight of one for each cluster.
    std_error = float(np.sqrt(drawn.q0[0]))
    estimate = float(parts.estimate[place])
    require_error(spec, term, estimate, std_error)
    return WildTest(
        term=term,
        estimate=estimate,
        std_error=std_error,
        null=null,
        t=(estimate - null) / std_error,
        p=drawn.p_value(estimate - null, std_error),
        low=estimate - std_error * _reach(drawn, -1, std_error, 1 - level),
        high=estimate + std_error * _reach(drawn, 1, std_error, 1 - level),
        level=level,
        weights=weights,
        draws=signs.shape[1],
        enumerated=_few(len(parts.clusters), weights, draws),
        clusters=len(parts.clusters),
    )


def _few(clusters: int, weights: WildWeights, draws: int) -> bool:
    return weights == "Rademacher" and clusters < 63 and 2**clusters <= draws + 1


def _signs(clusters: int, weights: WildWeights, draws: int, rng: np.random.Generator) -> Floats:
    """Return the weights of clusters, shape (G, draws + 1) or (G, 2^G), the sample's own first."""
    if _few(clusters, weights, draws):
        return np.array(list(product((1.0, -1.0), repeat=clusters))).T
    signs = rng.choice(POINTS[weights], size=(clusters, draws + 1))
    signs[:, 0] = 1.0
    return signs


def _statistics(parts: ByCluster, place: int, signs: Floats, factor: float) -> _Draws:
    """Return numerators and squared errors of all draws as polynomials in γ."""
    bread = np.linalg.inv(parts.gram.sum(axis=0))
    slope = bread[place]  # w/w'w is X̃ times this
    of_e = parts.moment - parts.gram @ parts.estimate  # X̃_h'e_h, shape (G, K)
    of_w = parts.gram @ slope / bread[place, place]  # X̃_h'w_h
    leverage = parts.gram @ slope
    both = []
    for scores in (of_e, of_w):
        own = (scores @ slope)[:, None] * signs
        both.append((own.sum(axis=0), own - leverage @ (bread @ (scores.T @ signs))))
    (n0, s0), (n1, s1) = both
    if not parts.nested:
        crossed_e, crossed_w = _crossed(parts, place)
        s0, s1 = s0 - crossed_e @ signs, s1 - crossed_w @ signs
    squares = [factor * (a * b).sum(axis=0) for a, b in ((s0, s0), (s0, s1), (s1, s1))]
    return _Draws(n0, n1, squares[0], 2 * squares[1], squares[2])


def _crossed(parts: ByCluster, place: int) -> tuple[Floats, Floats]:
    """Return w_g'[P e_(h)]_g / w'w and the same of w, for clusters g and h, shape (G, G) each.

    e_(h) is e in cluster h and zero elsewhere.
    """
    demeaned, codes, count = parts.demeaned, parts.demeaned.cluster_codes, len(parts.clusters)
    x = demeaned.within[demeaned.at(parts.spec.regressors)]
    y = demeaned.within[demeaned.terms.index(parts.spec.outcome)]
    a = np.linalg.inv(parts.gram.sum(axis=0))[place] @ x
    e = y - parts.estimate @ x
    found = []
    for values in (e, a / (a @ a)):
        matrix = np.zeros((count, count))
        for first in range(0, count, PROJECTED_AT_ONCE):
            block = slice(first, min(first + PROJECTED_AT_ONCE, count))
            mine = codes[:, None] == np.arange(count)[block]
            apart = np.where(mine, values[:, None], 0.0)
            projected = apart - demean(apart, demeaned.rows, demeaned.spec.effects)
            np.add.at(matrix[:, block], codes, a[:, None] * projected)
        found.append(matrix)
    return found[0], found[1]


def _reach(drawn: _Draws, side: int, std_error: float, size: float) -> float:
    """Return how many standard errors from the estimate nulls on one side are not rejected."""

    def kept(steps: float) -> bool:
        return drawn.p_value(-side * steps * std_error, std_error) > size

    inside, outside = 0.0, 0.5
    while kept(outside):
        inside, outside = outside, 1.1 * outside
        if outside > FARTHEST:
            return float("inf")
    for _ in range(60):
        middle = (inside + outside) / 2
        inside, outside = (middle, outside) if kept(middle) else (inside, middle)
    return inside


def _require_options(spec: Specification, term: str, weights: str) -> None:
    if term not in spec.regressors:
        raise ValueError(f"{spec.name} has no term {term!r}; it has {list(spec.regressors)}")
    if weights not in get_args(WildWeights):
        raise ValueError(
            f"{spec.name}: weights = {weights!r}; choose one of {', '.join(get_args(WildWeights))}"
        )
