"""Event studies by several estimators, beside each other on one sample."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import partial
from numbers import Real
from typing import Literal

import numpy as np
import pandas as pd

from tradedig_helpers.estimation.demeaned import demean_all
from tradedig_helpers.estimation.event_study.cohorts import (
    BASE,
    EventSample,
    cure_of_windows,
    require_seen,
)
from tradedig_helpers.estimation.event_study.staggered import (
    Centring,
    CohortWeights,
    Controls,
    EventStudyPath,
    callaway_santanna,
    impute,
)
from tradedig_helpers.estimation.fit import coefficient_table
from tradedig_helpers.estimation.sample import sample_of
from tradedig_helpers.estimation.specifications import Specification
from tradedig_helpers.frames.options import require_kind, require_names, require_option

EventEstimator = Literal["two-way fixed effects", "Sun–Abraham", "Callaway–Sant'Anna", "imputation"]
ESTIMABLE = 1e-6
EVENT_STUDY_ERRORS = (
    "Errors clustered by firm: CRV1 for the two regressions; for the other two from each "
    "firm's influence, times G/(G-1). Callaway–Sant'Anna's count that the sizes of cohorts are "
    "estimated; the others' are for just these adopters"
)


@dataclass(frozen=True, slots=True)
class EventStudy:
    """Effects by years since adoption.

    Attributes
    ----------
    sample : the firm-years used
    paths : by name of estimator; leads first, lags after
    coefficients : ``estimator``, ``event_time``, ``estimate``, ``std_error``, ``low``,
        ``high`` (95%), ``rows`` (adopters' firm-years behind it); an error is NaN where too
        few firms stand behind it, see :func:`.callaway_santanna`
    averages : ``estimator``, ``estimate``, ``std_error``, ``low``, ``high``: the mean over
        event times 0 and later, weighted by their rows; for Callaway–Sant'Anna the error
        counts, unless weights are given, that these are estimated; the others' are of just
        these adopters
    """

    sample: EventSample
    paths: Mapping[str, EventStudyPath]
    coefficients: pd.DataFrame
    averages: pd.DataFrame


def event_study(
    sample: EventSample,
    leads: int = 5,
    lags: int = 8,
    estimators: Sequence[EventEstimator] = (
        "two-way fixed effects",
        "Sun–Abraham",
        "Callaway–Sant'Anna",
        "imputation",
    ),
    *,
    controls: Controls = "not yet",
    weights: CohortWeights = "estimated",
    covariates: Sequence[str] = (),
    centring: Centring = "cohort and event time",
) -> EventStudy:
    """Return effects at event times -``leads`` .. ``lags`` by each of ``estimators``.

    All four use every row of the sample, also those outside the window. The year before
    adoption is the base, but imputation compares later years with all years before
    adoption; its leads are those of two-way fixed effects on untreated rows alone.

    Parameters
    ----------
    controls, weights, covariates : of :func:`.callaway_santanna`; the others always use firms
        not yet treated and take weights as given, and none takes covariates
    centring : of :func:`.impute`

    Raises
    ------
    ValueError
        If an estimator or option is unknown, covariates are asked of an estimator that takes
        none, the window is empty, or an event time cannot be estimated.

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
    >>> study = event_study(sample, leads=2, lags=1, estimators=["imputation", "Sun–Abraham"])
    >>> study.coefficients[["estimator", "event_time", "estimate", "rows"]].round(1)
         estimator  event_time  estimate  rows
    0   imputation          -2       0.0    40
    1   imputation           0       1.0    40
    2   imputation           1       1.0    40
    3  Sun–Abraham          -2       0.0    40
    4  Sun–Abraham           0       1.0    40
    5  Sun–Abraham           1       1.0    40
    """
    require_kind(sample, EventSample, "event_study(event_sample(panel, cohorts, outcome))")
    names, window = require_names(estimators, "estimators"), _window(leads, lags)
    for name in names:
        require_option(name, EventEstimator, "estimator")
    if covariates and (others := [name for name in names if name != "Callaway–Sant'Anna"]):
        raise ValueError(f"{others} take no covariates; leave them out, or the covariates")
    run: dict[str, Estimate] = EVENT_ESTIMATORS | {
        "Callaway–Sant'Anna": partial(
            callaway_santanna, controls=controls, weights=weights, covariates=covariates
        ),
        "imputation": partial(imputation, centring=centring),
    }
    return _study(sample, {name: run[name](sample, window) for name in names})


def _window(leads: int, lags: int) -> range:
    """Return the event times of a window."""
    numbers = all(isinstance(one, Real) and not isinstance(one, bool) for one in (leads, lags))
    if not numbers or not leads >= 2 or not lags >= 0 or leads % 1 or lags % 1:
        raise ValueError(
            f"leads = {leads!r}, lags = {lags!r}; give at least 2 leads and 0 lags, whole"
        )
    return range(-int(leads), int(lags) + 1)


def _study(sample: EventSample, paths: Mapping[str, EventStudyPath]) -> EventStudy:
    """Return paths with their tables."""
    tables = [_table(path).assign(estimator=name) for name, path in paths.items()]
    averages = [_average(path).assign(estimator=name) for name, path in paths.items()]
    first = ["estimator", "event_time", "estimate", "std_error", "low", "high", "rows"]
    return EventStudy(
        sample,
        paths,
        pd.concat(tables, ignore_index=True)[first],
        pd.concat(averages, ignore_index=True)[["estimator", *first[2:6]]],
    )


def two_way(sample: EventSample, event_times: range) -> EventStudyPath:
    """Return the coefficients of a dummy for each event time, firm and year effects beside.

    Where effects differ between cohorts, each coefficient mixes effects at several event
    times (Sun and Abraham 2021).
    """
    return _dummies(sample, event_times, ["event_time"])


def sun_abraham(sample: EventSample, event_times: range) -> EventStudyPath:
    """Return effects of Sun and Abraham (2021): a dummy for each cohort and event time.

    The coefficients of an event time are averaged by the rows of their cohorts. Firms
    that never adopt identify the year effects.

    Notes
    -----
    ``pyfixest.event_study(estimator="saturated")`` gives the same where every adopter is
    seen in its year of adoption. It takes the first *treated row* of a firm for that year,
    which is another cohort for an exporter that pauses, so cohorts come from dates here.
    """
    return _dummies(sample, event_times, ["cohort", "event_time"])


def imputation(
    sample: EventSample, event_times: range, centring: Centring = "cohort and event time"
) -> EventStudyPath:
    """Return lags by :func:`.impute`, and leads by :func:`two_way` on untreated rows."""
    untreated = replace(sample, frame=sample.frame[~sample.treated].reset_index(drop=True))
    leads = two_way(untreated, range(event_times.start, 0))
    lags = impute(sample, range(max(event_times.start, 0), event_times.stop), centring=centring)
    return EventStudyPath(
        pd.concat([leads.estimate, lags.estimate]),
        pd.concat([leads.by_firm, lags.by_firm], axis=1).fillna(0.0),
        pd.concat([leads.rows, lags.rows]),
    )


Estimate = Callable[[EventSample, range], EventStudyPath]
EVENT_ESTIMATORS: dict[str, Estimate] = {
    "two-way fixed effects": two_way,
    "Sun–Abraham": sun_abraham,
    "Callaway–Sant'Anna": callaway_santanna,
    "imputation": imputation,
}


def _dummies(sample: EventSample, event_times: range, cells: list[str]) -> EventStudyPath:
    """Regress on a dummy for each cell of adopters but the base; average by event time.

    A coefficient that the effects and other dummies span is left out of its average.
    """
    require_seen(sample, event_times)
    outcome = sample.outcome.replace(":", " by ")  # where it is not the sign of a product
    used = _without_singletons(sample, outcome)
    cell = used.groupby(cells).ngroup()
    cell[used["event_time"].isna() | (used["event_time"] == BASE)] = -1
    at = used.groupby(cell)["event_time"].first().drop(-1, errors="ignore")
    _require(at, event_times, used[sample.year])
    rows = cell.value_counts().reindex(at.index)
    names = tuple(f"cell {number}" for number in at.index)
    marks = pd.DataFrame(cell.to_numpy()[:, None] == at.index.to_numpy(), columns=names)
    spec = Specification(outcome, names, tuple(sample.key), sample.firm, table="Event study")
    demeaned = demean_all([spec], used[[*sample.key, outcome]].join(marks.astype(float)))
    cross, moment = demeaned.gram[1:, 1:], demeaned.gram[1:, 0]
    inverse = np.linalg.pinv(cross, rcond=1e-10, hermitian=True)
    slopes = inverse @ moment
    known = np.abs(inverse @ cross - np.eye(len(at))).max(axis=1) < ESTIMABLE
    _require(at[known], event_times, used[sample.year])
    average = _weights(at[known], rows[known], at.index, event_times)
    ssc = demeaned.ssc(int(np.linalg.matrix_rank(cross, hermitian=True)))
    residual = demeaned.residual(outcome, names, slopes)
    scores = demeaned.cluster_scores(names, residual)
    added = np.sqrt(ssc) * (average.to_numpy() @ inverse @ scores)
    return EventStudyPath(
        pd.Series(average.to_numpy() @ slopes, index=average.index),
        pd.DataFrame(added.T, index=demeaned.clusters, columns=average.index),
        rows[known].groupby(at[known]).sum().reindex(average.index).astype(int),
    )


def _without_singletons(sample: EventSample, outcome: str) -> pd.DataFrame:
    """Return the rows that a regression with firm and year effects uses, and their cells."""
    spec = Specification(outcome, (), tuple(sample.key), sample.firm, table="Event study")
    own = sample.frame[[*sample.key, sample.outcome]].rename(columns={sample.outcome: outcome})
    used = sample_of(spec, own).frame
    cells = sample.frame[[*sample.key, "cohort", "event_time"]]
    return used.merge(cells, on=sample.key, validate="1:1")


def _weights(at: pd.Series, rows: pd.Series, cells: pd.Index, event_times: range) -> pd.DataFrame:
    """Return the weight of each cell at each event time, by its rows."""
    times = [time for time in event_times if time != BASE]
    share = pd.DataFrame({time: rows.where(at == time, 0.0) for time in times})
    share = (share / share.sum()).reindex(cells, fill_value=0.0)
    return share.T.rename_axis(index="event_time")


def _require(at: pd.Series, event_times: range, years: pd.Series) -> None:
    """Check that each event time has a coefficient."""
    if lost := sorted(set(event_times) - {BASE} - set(at)):
        cure = cure_of_windows(years)
        raise ValueError(f"nothing at the event times {lost} can be estimated; {cure}")


def _table(path: EventStudyPath) -> pd.DataFrame:
    errors = np.sqrt(np.diag(path.covariance))
    times = [str(time) for time in path.estimate.index]
    table = coefficient_table(times, path.estimate.to_numpy(), errors, len(path.by_firm))
    return table.assign(event_time=path.estimate.index, rows=path.rows.to_numpy())


def _average(path: EventStudyPath) -> pd.DataFrame:
    """Return the mean effect after adoption, each event time weighted by its rows."""
    rows = path.rows.where(path.rows.index >= 0, 0).to_numpy(dtype=float)
    mean = float(rows @ path.estimate.to_numpy() / rows.sum())
    # An event time without weight may have no error.
    added = np.where(rows > 0, path.by_firm.to_numpy(), 0.0) @ (rows / rows.sum())
    if path.counted is not None:
        # A firm's rows add to the weights of their event times.
        above = np.where(rows > 0, path.estimate.to_numpy() - mean, 0.0) / rows.sum()
        added += np.sqrt(len(added) / (len(added) - 1)) * (path.counted.to_numpy() @ above)
    error = np.linalg.norm(added)
    return coefficient_table(["average"], np.array([mean]), np.array([error]), len(path.by_firm))
