"""Estimators for staggered adoption that compare only with firms that have not adopted yet."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from tradedig_helpers.evidence.events.cohorts import EventSample

Floats = NDArray[np.float64]

LINKED = 1e-8
"""Largest part of a contrast that the effects of years may leave out."""


@dataclass(frozen=True, slots=True)
class Path:
    """Effects by years since adoption; K event times, G firms.

    Attributes
    ----------
    estimate : (K,) effects, indexed by event time; before adoption they should be zero
    by_firm : (G, K) how much each firm moves each estimate; its cross-product is the
        covariance of the estimates, clustered by firm, small-sample factor included
    rows : (K,) adopters' firm-years behind each estimate
    """

    estimate: pd.Series
    by_firm: pd.DataFrame
    rows: pd.Series

    @property
    def covariance(self) -> Floats:
        """Covariance of the estimates, (K, K)."""
        moved = self.by_firm.to_numpy()
        return np.asarray(moved.T @ moved)


@dataclass(frozen=True, slots=True)
class _Grid:
    """The outcome as an array of firms by years, and the year in which each firm adopts."""

    firms: pd.Index
    years: NDArray[np.int64]
    outcome: Floats
    cohort: Floats


def callaway_santanna(sample: EventSample, event_times: range) -> Path:
    r"""Estimate effects by Callaway and Sant'Anna (2021), without covariates.

    The effect on cohort g in year t is the mean change of the outcome since year g - 1,
    less that of firms that have not adopted by max(t, g - 1):

        ATT(g, t) = mean(Y_t - Y_{g-1} | cohort g) - mean(Y_t - Y_{g-1} | not yet).

    Each mean is over the firms seen in both years. Effects at event time e = t - g are
    averaged over cohorts by their adopters. Errors come from the influence of each firm
    on the average, weights included, times G/(G - 1).

    Parameters
    ----------
    event_times : which to estimate; -1, the year compared with, has no estimate

    Raises
    ------
    ValueError
        If no cohort can be compared at an event time.
    """
    grid = _grid(sample)
    times = [time for time in event_times if time != -1]
    return _path(grid, times, [_event_time(grid, time) for time in times])


def impute(sample: EventSample, event_times: range) -> Path:
    r"""Estimate effects by imputation (Borusyak, Jaravel and Spiess 2024; Gardner 2022).

    Firm and year effects are fitted to rows that are not treated. They say what a treated
    row would have been, and the effects at an event time are averaged:

        τ_e = mean(Y_it - a_i - b_t | event time e).

    Firm effects solve out: with b from least squares on deviations from firm means, and D̃
    the year dummies so deviated, τ_e depends on untreated outcomes by r_e' b, where r_e is
    the mean of (dummy of t - mean dummies of i's untreated years) over its rows. So firm i
    moves τ_e by

        Σ_t (τ_it - τ_e) / N_e - r_e' (D̃'D̃)⁺ D̃_i' u_i,

    whose squares, summed and times G/(G - 1), are the clustered variance; it takes
    the spread of effects around τ_e for noise, and is conservative where they differ.

    Parameters
    ----------
    event_times : 0 or later

    Raises
    ------
    ValueError
        If a year has no untreated row, no row has the event time, or untreated rows do not
        link the years that it needs.
    """
    grid = _grid(sample)
    seen, treated = ~np.isnan(grid.outcome), grid.years >= grid.cohort[:, None]
    y, base = np.nan_to_num(grid.outcome), (seen & ~treated).astype(float)
    if idle := sorted(grid.years[(base.sum(axis=0) == 0) & seen.any(axis=0)].tolist()):
        raise ValueError(f"nobody is untreated in {idle}; leave those years out")
    own = base / base.sum(axis=1, keepdims=True)
    mean = (own * y).sum(axis=1, keepdims=True)
    cross = np.diag(base.sum(axis=0)) - base.T @ own
    inverse = np.linalg.pinv(cross, rcond=1e-10, hermitian=True)
    effects = inverse @ (base * (y - mean)).sum(axis=0)
    expected = mean + effects - own @ effects[:, None]
    surprise = np.where(seen, y - expected, 0.0)
    scores = base * surprise  # residuals add up to zero within firms: no deviation needed
    since = np.where(seen & treated, grid.years - grid.cohort[:, None], -1)
    parts = []
    for time in event_times:
        chosen = (since == time).astype(float)
        if time < 0 or not (rows := chosen.sum()):
            raise ValueError(f"no row is treated at event time {time}; ask for fewer")
        effect = float((chosen * surprise).sum() / rows)
        leaning = (chosen.sum(axis=0) - chosen.sum(axis=1) @ own) / rows
        if np.abs(leaning - leaning @ inverse @ cross).max() > LINKED:
            raise ValueError(f"untreated firms do not link the years that {time} needs")
        direct = (chosen * (surprise - effect)).sum(axis=1) / rows
        parts.append((effect, direct - scores @ inverse @ leaning, int(rows)))
    return _path(grid, list(event_times), parts)


def _path(grid: _Grid, times: list[int], parts: list[tuple[float, Floats, int]]) -> Path:
    """Return estimates, influences and rows as one path, scaled by G/(G - 1)."""
    index = pd.Index(times, name="event_time")
    moved = np.column_stack([influence for _, influence, _ in parts])
    moved *= np.sqrt(len(grid.firms) / (len(grid.firms) - 1))
    return Path(
        pd.Series([estimate for estimate, _, _ in parts], index=index),
        pd.DataFrame(moved, index=grid.firms, columns=index),
        pd.Series([rows for _, _, rows in parts], index=index),
    )


def _event_time(grid: _Grid, time: int) -> tuple[float, Floats, int]:
    """Return the effect at an event time, each firm's influence on it, and its rows."""
    gap, weight = np.zeros(len(grid.firms)), np.zeros(len(grid.firms))
    treated = np.zeros(len(grid.firms), dtype=bool)
    for cohort in np.unique(grid.cohort[np.isfinite(grid.cohort)]):
        if not {cohort - 1, cohort + time} <= set(grid.years.tolist()):
            continue
        now, before = grid.years == cohort + time, grid.years == cohort - 1
        change = grid.outcome[:, now][:, 0] - grid.outcome[:, before][:, 0]
        members = (grid.cohort == cohort) & np.isfinite(change)
        others = (grid.cohort > cohort + max(time, 0)) & np.isfinite(change)
        if members.any() and others.any():
            centred = change - change[others].mean()
            gap[members], treated = centred[members], treated | members
            weight[others] -= members.sum() / others.sum() * centred[others]
    if not treated.any():
        raise ValueError(f"no cohort can be compared at event time {time}; ask for fewer")
    effect = float(gap[treated].mean())
    rows = int(treated.sum())
    return effect, (np.where(treated, gap - effect, 0.0) + weight) / rows, rows


def _grid(sample: EventSample) -> _Grid:
    """Return the sample as an array, NaN where a firm is not seen, inf if it never adopts."""
    wide = sample.frame.pivot_table(index="firm", columns="year", values=sample.outcome)
    cohort = sample.frame.groupby("firm")["cohort"].first().reindex(wide.index)
    return _Grid(
        wide.index,
        wide.columns.to_numpy(dtype=np.int64),
        wide.to_numpy(dtype=float),
        cohort.fillna(np.inf).to_numpy(dtype=float),
    )
