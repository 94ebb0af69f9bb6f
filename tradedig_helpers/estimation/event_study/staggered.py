"""Estimators for staggered adoption that compare only with firms that have not adopted yet."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from tradedig_helpers.estimation.demean import EXTREME, FAR
from tradedig_helpers.estimation.estimability import check_collinearity
from tradedig_helpers.estimation.event_study.cohorts import (
    BASE,
    EventSample,
    cure_of_windows,
    require_seen,
    require_times,
)
from tradedig_helpers.estimation.specifications import Specification
from tradedig_helpers.frames.arrays import Flags, Floats
from tradedig_helpers.frames.options import require_kind, require_names, require_option
from tradedig_helpers.schema.checks import require_columns

LINKED = 1e-8
"""Largest part of a contrast that the effects of years may leave out."""
Controls = Literal["not yet", "never"]
"""Whom a cohort is compared with: firms that have not adopted yet, or that never do."""
CohortWeights = Literal["estimated", "given"]
"""Whether an error counts that another sample has other shares of cohorts, or is of these adopters.
"""
Centring = Literal["cohort and event time", "event time"]
"""What imputation takes for effect, not noise: the mean of each cohort, or of all together."""


@dataclass(frozen=True, slots=True)
class EventStudyPath:
    """Effects by years since adoption; K event times, G firms.

    Attributes
    ----------
    estimate : (K,) effects, indexed by event time; before adoption they should be zero
    by_firm : (G, K) how much each firm moves each estimate; its cross-product is the
        covariance of the estimates, clustered by firm, small-sample factor included
    rows : (K,) adopters' firm-years behind each estimate
    counted : (G, K) of whom they are, if an average over event times is to count that its
        weights are estimated; None if they are given
    """

    estimate: pd.Series
    by_firm: pd.DataFrame
    rows: pd.Series
    counted: pd.DataFrame | None = None

    @property
    def covariance(self) -> Floats:
        """Covariance of the estimates, (K, K)."""
        added = self.by_firm.to_numpy()
        return np.asarray(added.T @ added)


@dataclass(frozen=True, slots=True)
class _Grid:
    """The outcome as an array of firms by years, and the year in which each firm adopts.

    ``traits`` are a one and the covariates, called ``names``, shape (G, years, 1 + covariates).
    """

    firms: pd.Index
    years: NDArray[np.int64]
    outcome: Floats
    cohort: Floats
    traits: Floats
    names: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class _Effect:
    """An effect, what each of G firms moves it by (NaN if unknown), and the adopters behind it."""

    estimate: float
    influence: Floats
    members: Flags


def callaway_santanna(
    sample: EventSample,
    event_times: Sequence[int],
    *,
    controls: Controls = "not yet",
    weights: CohortWeights = "estimated",
    covariates: Sequence[str] = (),
) -> EventStudyPath:
    r"""Estimate effects by Callaway and Sant'Anna (2021), by regression adjustment.

    The effect on cohort g in year t is the mean change of the outcome since year g - 1,
    less what it would have been by the changes of firms that have not adopted by
    max(t, g - 1), or that never do:

        ATT(g, t) = mean(Y_t - Y_{g-1} | cohort g) - mean(x'b | cohort g),

    with x a one and the covariates in year g - 1, and b from least squares among the
    controls; without covariates x'b is their mean. All firms are seen in both years.
    Effects at event time e = t - g are averaged over cohorts by their adopters n_g:

        θ_e = Σ_g (n_g / n) ATT(g, e + g).

    Errors come from the influence of each firm on θ_e, times G/(G - 1). If weights are
    estimated, the influence of an adopter counts that it adds to its cohort's share,
    (ATT(g, e + g) - θ_e)/n, and so it does in an average over event times.

    Least squares leave no residual where controls are no more than the elements of x, such
    as a single firm that never adopts, and one adopter is its own mean. Data do not say then
    how noisy that side is. So θ_e has an error of NaN if a cohort in it has so few controls, if
    one adopter is all there is, or if weights are given and each cohort is of one firm. Beside
    larger cohorts one of a single firm adds, of itself, no noise but that of its share.

    Parameters
    ----------
    event_times : which to estimate; -1, the year compared with, has no estimate
    controls : firms not yet treated, or only those that never are
    weights : estimated, if firms are drawn, and with them the sizes of cohorts; given, if the
        effect on just these adopters is meant
    covariates : of the sample (see :func:`.event_sample`), which trends may depend on

    Raises
    ------
    ValueError
        If an option is unknown, no cohort can be compared at an event time, or its controls
        do not tell the covariates apart, by the threshold of every estimator
        (:func:`.check_collinearity`).
    """
    require_option(controls, Controls, "controls")
    require_option(weights, CohortWeights, "weights")
    times = [time for time in require_times(event_times) if time != BASE]
    require_seen(sample, times)
    grid = _grid(sample, covariates)
    effects = [_event_time(grid, time, controls, weights) for time in times]
    path = _path(grid, times, effects)
    if weights == "given":
        return path
    counted = np.column_stack([effect.members for effect in effects]).astype(float)
    return EventStudyPath(
        path.estimate,
        path.by_firm,
        path.rows,
        pd.DataFrame(counted, index=grid.firms, columns=path.estimate.index),
    )


def group_time(
    sample: EventSample, *, controls: Controls = "not yet", covariates: Sequence[str] = ()
) -> pd.DataFrame:
    """Return ATT(g, t) of :func:`callaway_santanna`, for each cohort and year but g - 1.

    A cohort not seen in the year before it adopts, or without controls in a year, has none.

    Returns
    -------
    ``cohort``, ``year``, ``att``, ``std_error`` (clustered by firm, times G/(G - 1); NaN with one
    adopter, or with no more controls than one and the covariates), ``rows`` (adopters of the
    cohort seen in both years)

    Raises
    ------
    ValueError
        If ``controls`` is unknown, no cohort can be compared in any year, or controls do not
        tell the covariates apart.

    Examples
    --------
    >>> import numpy as np
    >>> import pandas as pd
    >>> firms, rng = np.arange(60), np.random.default_rng(1)
    >>> cohorts = pd.DataFrame({"firm": firms, "cohort": np.where(firms % 3, 2006.0, np.nan)})
    >>> panel = pd.DataFrame({"firm": firms.repeat(8), "year": 2002 + np.arange(480) % 8})
    >>> adopted = panel["year"] >= cohorts["cohort"].repeat(8).to_numpy()
    >>> panel["y"] = adopted + 0.01 * rng.normal(size=480)
    >>> sample = event_sample(panel, cohorts, "y")
    >>> group_time(sample).tail(4).round(2)
       cohort  year   att  std_error  rows
    3    2006  2006  0.99        0.0    40
    4    2006  2007  1.00        0.0    40
    5    2006  2008  1.00        0.0    40
    6    2006  2009  1.00        0.0    40
    """
    require_kind(sample, EventSample, "group_time(event_sample(panel, cohorts, outcome))")
    require_option(controls, Controls, "controls")
    require_seen(sample, [])
    grid = _grid(sample, covariates)
    scale, lines = _scale(grid), []
    for cohort in _cohorts(grid):
        for year in grid.years[grid.years != cohort + BASE].tolist():
            if effect := _cell(grid, cohort, year, controls):
                rows = int(effect.members.sum())
                error = scale * float(np.linalg.norm(effect.influence)) if rows > 1 else np.nan
                lines.append((cohort, year, effect.estimate, error, rows))
    if not lines:
        raise ValueError("no cohort can be compared in any year; give firms seen in more years")
    return pd.DataFrame(lines, columns=["cohort", sample.year, "att", "std_error", "rows"])


def impute(
    sample: EventSample,
    event_times: Sequence[int],
    *,
    centring: Centring = "cohort and event time",
) -> EventStudyPath:
    r"""Estimate effects by imputation (Borusyak, Jaravel and Spiess 2024; Gardner 2022).

    Firm and year effects are fitted to rows that are not treated. They say what a treated
    row would have been, and the effects at an event time are averaged:

        τ_e = mean(Y_it - a_i - b_t | event time e).

    Firm effects solve out: with b from least squares on deviations from firm means, and D̃
    the year dummies so deviated, τ_e depends on untreated outcomes by r_e' b, where r_e is
    the mean of (dummy of t - mean dummies of i's untreated years) over its rows. So firm i
    moves τ_e by

        Σ_t (τ_it - τ̃_it) / N_e - r_e' (D̃'D̃)⁺ D̃_i' u_i,

    whose squares, summed and times G/(G - 1), are the clustered variance. τ̃ is the mean of
    τ_it over the rows of one cohort at one event time, as in the authors' Theorem 3 and
    their command, or over all at the event time. What differs from τ̃ is taken for noise, so
    the variance is conservative; but a cohort of one firm has no noise of its own.

    Parameters
    ----------
    event_times : 0 or later
    centring : over which rows τ̃ is a mean

    Raises
    ------
    ValueError
        If an option is unknown, a year has no untreated row, no row has the event time, or
        untreated rows do not link the years that it needs.
    """
    require_option(centring, Centring, "centring")
    event_times = require_times(event_times)
    if lost := sorted(set(event_times) - set(sample.frame.loc[sample.treated, "event_time"])):
        cure = cure_of_windows(sample.frame[sample.year])
        raise ValueError(f"no row is treated at the event times {lost}; {cure}")
    grid = _grid(sample)
    untreated = _untreated(grid)
    effects = [_imputed(grid, untreated, time, centring) for time in event_times]
    return _path(grid, event_times, effects)


@dataclass(frozen=True, slots=True)
class _Untreated:
    """Firm and year effects of untreated rows; G firms, T years.

    Attributes
    ----------
    surprise : (G, T) outcome less its expectation without treatment, 0 where not seen
    base : (G, T) 1 where seen and not treated
    own : (G, T) the same, each firm's adding up to one
    cross, inverse : (T, T) D̃'D̃ and its pseudo-inverse
    """

    surprise: Floats
    base: Floats
    own: Floats
    cross: Floats
    inverse: Floats


def _untreated(grid: _Grid) -> _Untreated:
    """Fit firm and year effects to the rows that are not treated."""
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
    return _Untreated(np.where(seen, y - expected, 0.0), base, own, cross, inverse)


def _imputed(grid: _Grid, fit: _Untreated, time: int, centring: Centring) -> _Effect:
    """Return the imputed effect at an event time."""
    since = np.where(np.isnan(grid.outcome), -1.0, grid.years - grid.cohort[:, None])
    chosen = (since == time).astype(float)
    rows = chosen.sum()
    gains = (chosen * fit.surprise).sum(axis=1)  # a firm has one row at an event time
    effect = float(gains.sum() / rows)
    leaning = (chosen.sum(axis=0) - chosen.sum(axis=1) @ fit.own) / rows
    if np.abs(leaning - leaning @ fit.inverse @ fit.cross).max() > LINKED:
        raise ValueError(f"untreated firms do not link the years that {time} needs")
    members = chosen.any(axis=1)
    mean = np.full(len(gains), effect)
    if centring == "cohort and event time":
        mean[members] = _means(gains[members], grid.cohort[members])
    # Residuals of untreated rows add up to zero within firms, so D̃ needs no deviation.
    scores = fit.base * fit.surprise
    direct = np.where(members, gains - mean, 0.0) / rows
    return _Effect(effect, direct - scores @ fit.inverse @ leaning, members)


def _means(values: Floats, groups: Floats) -> Floats:
    """Return, for each value, the mean of its group."""
    _, codes = np.unique(groups, return_inverse=True)
    return np.asarray((np.bincount(codes, values) / np.bincount(codes))[codes])


def _path(grid: _Grid, times: list[int], effects: list[_Effect]) -> EventStudyPath:
    """Return effects as one path, their influences scaled by G/(G - 1)."""
    if not times:
        raise ValueError("no event time is asked for; give at least one")
    index = pd.Index(times, name="event_time")
    influence = _scale(grid) * np.column_stack([effect.influence for effect in effects])
    return EventStudyPath(
        pd.Series([effect.estimate for effect in effects], index=index),
        pd.DataFrame(influence, index=grid.firms, columns=index),
        pd.Series([int(effect.members.sum()) for effect in effects], index=index),
    )


def _scale(grid: _Grid) -> float:
    """Return √(G/(G - 1)), by which influences are scaled."""
    return float(np.sqrt(len(grid.firms) / (len(grid.firms) - 1)))


def _event_time(grid: _Grid, time: int, controls: Controls, weights: CohortWeights) -> _Effect:
    """Return the effect at an event time: a mean over cohorts, by their adopters."""
    found = (_cell(grid, cohort, cohort + time, controls) for cohort in _cohorts(grid))
    cells = [cell for cell in found if cell]
    if not cells:
        cure = cure_of_windows(grid.years)
        raise ValueError(f"no cohort can be compared at event time {time}; {cure}")
    size = np.array([cell.members.sum() for cell in cells])
    effect = float(size @ [cell.estimate for cell in cells] / size.sum())
    influence = size @ [cell.influence for cell in cells]
    if weights == "estimated":
        influence += sum(cell.members * (cell.estimate - effect) for cell in cells)
    if size.sum() == 1 or (weights == "given" and size.max() == 1):
        influence = np.full(len(influence), np.nan)
    members = np.any([cell.members for cell in cells], axis=0)
    return _Effect(effect, influence / size.sum(), members)


def _cell(grid: _Grid, cohort: int, year: int, controls: Controls) -> _Effect | None:
    """Return ATT(cohort, year), or None if the years, the cohort or controls are not seen."""
    now, before = grid.years == year, grid.years == cohort + BASE
    if not (now.any() and before.any()):
        return None
    change = grid.outcome[:, now][:, 0] - grid.outcome[:, before][:, 0]
    seen, never = np.isfinite(change), np.isinf(grid.cohort)
    members = (grid.cohort == cohort) & seen
    others = (never if controls == "never" else grid.cohort > max(cohort, year)) & seen
    if not (members.any() and others.any()):
        return None
    x = grid.traits[:, before][:, 0]
    _require_told_apart(f"cohort {cohort} in {year}", grid, x[others])
    projection = np.linalg.pinv(x[others])
    gap = change - x @ (projection @ change[others])
    influence, effect = np.zeros(len(change)), float(gap[members].mean())
    influence[members] = (gap[members] - effect) / members.sum()
    influence[others] = -gap[others] * (x[members].mean(axis=0) @ projection)
    if others.sum() <= x.shape[1]:  # they are fitted without a residual
        influence[others] = np.nan
    return _Effect(effect, influence, members)


def _require_told_apart(cell: str, grid: _Grid, x: Floats) -> None:
    """Raise ``ValueError`` unless covariates of controls, (controls, 1 + covariates), differ."""
    told = f"{cell}: its {len(x)} controls do not tell the covariates apart"
    if len(x) < x.shape[1]:
        raise ValueError(f"{told}; use fewer")
    if flat := [name for name, one in zip(grid.names, x.T[1:], strict=True) if np.ptp(one) == 0]:
        raise ValueError(f"{told}: {flat} do not vary among them; leave them out")
    about = x[:, 1:] - x[:, 1:].mean(axis=0)
    gram = about.T @ about
    try:
        spec = Specification("change", (), table=cell)
        check_collinearity(spec, grid.names, gram, np.diag(gram), len(x))
    except ValueError as error:
        raise ValueError(f"{told}; use fewer ({error})") from error


def _cohorts(grid: _Grid) -> list[int]:
    """Return the years in which somebody adopts."""
    return [int(cohort) for cohort in np.unique(grid.cohort[np.isfinite(grid.cohort)])]


def _grid(sample: EventSample, covariates: Sequence[str] = ()) -> _Grid:
    """Return the sample as arrays, NaN where a firm is not seen, inf if it never adopts."""
    names = require_names(covariates, "covariates", empty=True)
    if sample.outcome in names:
        raise ValueError(f"covariates = {list(names)} holds the outcome; leave it out")
    require_columns(sample.frame, names, "the sample")
    wide, *traits = (
        sample.frame.pivot_table(index=sample.firm, columns=sample.year, values=name)
        for name in (sample.outcome, *names)
    )
    cohort = sample.frame.groupby(sample.firm)["cohort"].first().reindex(wide.index)
    return _Grid(
        wide.index,
        wide.columns.to_numpy(dtype=np.int64),
        wide.to_numpy(dtype=float),
        cohort.fillna(np.inf).to_numpy(dtype=float),
        np.stack([np.ones(wide.shape), *map(_moderate, traits)], axis=2),
        names,
    )


def _moderate(trait: pd.DataFrame) -> Floats:
    """Return a covariate, about its mean if that is far, and by a power of two if it is extreme.

    Effects are the same for any origin and unit; beside a one, digits are not.
    """
    values = trait.to_numpy(dtype=float)
    mean = float(np.nanmean(values))
    top = float(np.nanmax(np.abs(values - mean)))
    if top > 0 and abs(mean) > FAR * top:
        values = values - mean
    if top > EXTREME or 0 < top < 1 / EXTREME:
        values = np.ldexp(values, -np.frexp(top)[1])
    return np.asarray(values)
