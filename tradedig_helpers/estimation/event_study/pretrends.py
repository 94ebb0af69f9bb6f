"""Tests of trends before adoption, and what they would have missed (Roth 2022)."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import pandas as pd
from scipy.optimize import brentq
from scipy.stats import chi2, ncx2

from tradedig_helpers.estimation.event_study.cohorts import BASE
from tradedig_helpers.estimation.event_study.staggered import EventStudyPath
from tradedig_helpers.estimation.event_study.study import EventStudy
from tradedig_helpers.frames.arrays import Floats
from tradedig_helpers.frames.options import require_between


@dataclass(frozen=True, slots=True)
class PretrendTest:
    """A joint Wald test that all leads are zero, and its power against straight lines.

    Attributes
    ----------
    statistic, leads, p : W = δ̂'V⁻¹δ̂, its degrees of freedom, and its p by χ²
    per_slope : noncentrality of W for a difference in trends of one unit a year
    level : of the test
    """

    statistic: float
    leads: int
    p: float
    per_slope: float
    level: float

    def power(self, slopes: Floats) -> Floats:
        """Return the probability of rejecting if trends differ by ``slopes`` a year."""
        bound = chi2.isf(self.level, self.leads)
        return np.asarray(ncx2.sf(bound, self.leads, self.per_slope * np.square(slopes)))

    def detectable(self, power: float) -> float:
        """Return the smallest slope that is found with probability ``power``."""
        require_between(self.level, 1, power=power)
        bound = chi2.isf(self.level, self.leads)
        needed = brentq(lambda lam: ncx2.sf(bound, self.leads, lam) - power, 1e-9, 1e4)
        return float(np.sqrt(needed / self.per_slope))


def pretrend_test(path: EventStudyPath, level: float = 0.05) -> PretrendTest:
    """Test that the leads of ``path`` are zero together.

    A difference in trends of s a year shows in the lead at event time e as s (e + 1).

    Raises
    ------
    ValueError
        If the path has no lead, its leads have too few firms or no noise for a test, or
        ``level`` is no probability.
    """
    require_between(0, 1, level=level)
    times = path.estimate.index.to_numpy()
    leads = times < BASE
    if not leads.any():
        raise ValueError("the path has no event time before -1; estimate at least two leads")
    covariance = path.covariance[np.ix_(leads, leads)]
    if unknown := times[leads][np.isnan(np.diag(covariance))].tolist():
        raise ValueError(
            f"the leads {unknown} have no error, as too few firms stand behind them; leave them out"
        )
    if np.linalg.matrix_rank(covariance, hermitian=True) < leads.sum():
        raise ValueError(
            f"the {leads.sum()} leads have a singular covariance ({len(path.by_firm)} firms); "
            "ask for fewer leads"
        )
    estimate, line = path.estimate.to_numpy()[leads], times[leads] - BASE
    statistic = float(estimate @ np.linalg.solve(covariance, estimate))
    return PretrendTest(
        statistic,
        int(leads.sum()),
        float(chi2.sf(statistic, leads.sum())),
        float(line @ np.linalg.solve(covariance, line.astype(float))),
        level,
    )


def trend_bias(path: EventStudyPath, slope: float) -> pd.Series:
    """Return what a difference in trends of ``slope`` a year adds to each lag from the base."""
    times = path.estimate.index[path.estimate.index >= 0]
    return pd.Series(slope * (times - BASE).to_numpy(dtype=float), index=times)


def missed_trends(study: EventStudy, power: float = 0.5) -> pd.DataFrame:
    """Return each estimator's test of leads, and what it could have missed.

    Columns ``estimator``, ``W``, ``leads``, ``p``, ``slope`` (found with probability
    ``power``) and ``bias``: what that slope adds to the mean effect after adoption of an
    estimator that compares with the base year.
    """
    lines = []
    for name, path in study.paths.items():
        test = pretrend_test(path)
        slope, rows = test.detectable(power), path.rows[path.rows.index >= 0]
        bias = float((trend_bias(path, slope) * rows).sum() / rows.sum())
        line = {"estimator": name, "W": test.statistic, "leads": test.leads, "p": test.p}
        lines.append(line | {"slope": slope, "bias": bias})
    return pd.DataFrame(lines)
