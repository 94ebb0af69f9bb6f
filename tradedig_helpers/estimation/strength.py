"""Do the instruments move the endogenous variable? Tests for one variable, by closed forms."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from scipy.stats import chi2

from tradedig_helpers.estimation.estimability import COLLINEAR
from tradedig_helpers.frames.arrays import Codes, Floats


@dataclass(frozen=True, slots=True)
class Strength:
    """Tests of L instruments for one endogenous variable.

    Attributes
    ----------
    instruments, n, clusters : L, N and G
    absorbed : K, every coefficient that the first stage estimates: instruments, exogenous
        regressors and all fixed effects that are not redundant
    partial_r2 : share of the variance of the variable, less regressors and effects, that the
        instruments explain, r²
    anderson_lm : N r², χ²(L) if the instruments are irrelevant (Anderson 1951), errors alike
        and independent; no degrees of freedom are taken off
    cragg_donald_f : r²/(1-r²) (N-K)/L (Cragg and Donald 1993), for such errors
    kleibergen_paap_lm : the score statistic that allows correlation within clusters, χ²(L)
        (Kleibergen and Paap 2006)
    kleibergen_paap_f : the first stage's Wald statistic by L, with the clustered covariance
        and its small-sample factor
    effective_f : of Montiel Olea and Pflueger (2013); with one instrument the same as
        ``kleibergen_paap_f``
    """

    instruments: int
    n: int
    clusters: int
    absorbed: int
    partial_r2: float
    anderson_lm: float
    cragg_donald_f: float
    kleibergen_paap_lm: float
    kleibergen_paap_f: float
    effective_f: float

    @property
    def anderson_p(self) -> float:
        """The p-value of ``anderson_lm``."""
        return float(chi2.sf(self.anderson_lm, self.instruments))

    @property
    def kleibergen_paap_p(self) -> float:
        """The p-value of ``kleibergen_paap_lm``."""
        return float(chi2.sf(self.kleibergen_paap_lm, self.instruments))


def strength(
    variable: Floats, instruments: Floats, clusters: Codes, free: int, factor: float
) -> Strength:
    """Test instruments after effects and exogenous regressors have been taken off all.

    Parameters
    ----------
    variable, instruments : shapes (N,) and (N, L); residuals
    clusters : shape (N,), 0 to G-1
    free : N - K
    factor : small-sample factor of clustered covariances

    Raises
    ------
    ValueError
        If there are not more clusters than instruments, or they leave nothing of the variable.
    """
    n, count = instruments.shape
    groups = int(clusters.max()) + 1
    if groups <= count:
        raise ValueError(f"{groups} clusters for {count} instruments: too few to test them")
    gram = instruments.T @ instruments
    moment = instruments.T @ variable
    slopes = np.linalg.solve(gram, moment)
    explained = float(moment @ slopes)
    r2 = explained / float(variable @ variable)
    if 1 - r2 < COLLINEAR:
        raise ValueError(
            "the instruments determine the endogenous variable (first-stage R² of 1), as a copy of "
            "it does: nothing would be instrumented; give others, or estimate without instruments"
        )
    under_null = _meat(instruments * variable[:, None], clusters)
    residual = variable - instruments @ slopes
    meat = factor * _meat(instruments * residual[:, None], clusters)
    return Strength(
        instruments=count,
        n=n,
        clusters=groups,
        absorbed=n - free,
        partial_r2=r2,
        anderson_lm=n * r2,
        cragg_donald_f=r2 / (1 - r2) * free / count,
        kleibergen_paap_lm=float(moment @ np.linalg.solve(under_null, moment)),
        kleibergen_paap_f=float(moment @ np.linalg.solve(meat, moment)) / count,
        effective_f=explained / float(np.trace(np.linalg.solve(gram, meat))),
    )


def _meat(scores: Floats, clusters: Codes) -> Floats:
    """Return the sum over clusters of the outer product of their scores."""
    sums = np.zeros((int(clusters.max()) + 1, scores.shape[1]))
    np.add.at(sums, clusters, scores)
    return np.asarray(sums.T @ sums)
