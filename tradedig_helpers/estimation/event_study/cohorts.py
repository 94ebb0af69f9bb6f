"""Who adopts when: cohorts of adopters, event time, and the sample of an event study."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass
from numbers import Real

import numpy as np
import pandas as pd

from tradedig_helpers.estimation.specifications import FIRM, YEAR
from tradedig_helpers.frames.ledger import Ledger
from tradedig_helpers.frames.options import require_names
from tradedig_helpers.frames.plain import plain
from tradedig_helpers.measure.digitization import TECHNOLOGIES
from tradedig_helpers.schema.checks import checked, require_key, require_same_kind

BASE = -1
"""The event time that the others are compared with."""


@dataclass(frozen=True, slots=True)
class EventSample:
    """The firm-years of an event study.

    Attributes
    ----------
    frame : firm, year, the outcome, covariates, ``cohort`` (year of adoption) and
        ``event_time`` = year - cohort; both are missing for firms that never adopt
    outcome : name of the outcome
    ledger : firms and firm-years that were left out
    firm, year : names of the columns of ``frame``
    """

    frame: pd.DataFrame
    outcome: str
    ledger: Ledger
    firm: str = FIRM
    year: str = YEAR

    @property
    def key(self) -> list[str]:
        """The columns that hold firm and year."""
        return [self.firm, self.year]

    @property
    def treated(self) -> pd.Series:
        """Whether the firm has adopted, for each row."""
        return self.frame["event_time"] >= 0


def first_adoption(firms: pd.DataFrame, *, firm: str = FIRM, year: str = YEAR) -> pd.DataFrame:
    """Return ``firm`` and ``cohort``: the first year of any technology, missing if none.

    From ``cohort`` on dig > 1, before it dig = 1 (Table 1).

    Parameters
    ----------
    firms : ``firm``, ``year``, ``pit_since``, ``pdo_since``, ``icp_since``; a date is missing
        where the technology is never adopted
    firm, year : the columns that are its key

    Raises
    ------
    TypeError, ValueError
        If a column is absent, a key repeated, a date not a calendar year, or a firm has two
        dates for one technology.

    Examples
    --------
    >>> import pandas as pd
    >>> firms = pd.DataFrame({"firm": [1, 1, 2], "year": [2004, 2005, 2004]})
    >>> firms = firms.assign(pit_since=[2005, 2005, None], pdo_since=[2004, 2004, None])
    >>> first_adoption(firms.assign(icp_since=float("nan")))
       firm  cohort
    0     1  2004.0
    1     2     NaN
    """
    since = [f"{name}_since" for name in TECHNOLOGIES]
    rows = plain(firms, "firms")
    checked(rows, "firms", present=[firm], years=[year], optional_years=since)
    require_key(rows, [firm, year], "firms")
    first = rows[since].astype(float).min(axis=1)
    dated = pd.DataFrame({firm: rows[firm], "cohort": first}).drop_duplicates()
    if repeated := int(dated[firm].duplicated().sum()):
        raise ValueError(
            f"firms gives {repeated} firms another first year of adoption in another row; "
            "make the dates of a firm agree"
        )
    return dated.reset_index(drop=True)


def with_cohorts(
    rows: pd.DataFrame, cohorts: pd.DataFrame, name: str, firm: str = FIRM
) -> pd.DataFrame:
    """Return ``rows`` of firms with their ``cohort``, a float, missing if the firm never adopts.

    The one place where years of adoption are joined: a table that lists only some firms says
    nothing about the others, so it is refused.

    Parameters
    ----------
    rows : ``firm``, from :func:`.plain`
    cohorts : ``firm``, ``cohort``, as :func:`first_adoption` returns them; other firms may
        be in it
    name : what to call ``rows`` in an error

    Raises
    ------
    TypeError, ValueError
        On bad columns or keys, ``firm`` as text on one side and a number on the other, a
        ``cohort`` that is not a calendar year, or a firm without a line in ``cohorts``.
    """
    dated = plain_rows(cohorts, "cohorts", [firm, "cohort"])
    checked(dated, "cohorts", present=[firm], optional_years=["cohort"])
    require_key(dated, [firm], "cohorts")
    require_same_kind(rows, dated, [firm], name, "cohorts")
    if unknown := int((~rows[firm].isin(dated[firm])).sum()):
        raise ValueError(
            f"cohorts lacks the firm of {unknown} of {len(rows)} rows of {name}; add it, with "
            "cohort missing if it never adopts"
        )
    dated = dated[[firm, "cohort"]].astype({"cohort": float})
    return rows.merge(dated, on=firm, how="left", validate="m:1")


def event_sample(
    panel: pd.DataFrame,
    cohorts: pd.DataFrame,
    outcome: str,
    covariates: Sequence[str] = (),
    *,
    firm: str = FIRM,
    year: str = YEAR,
) -> EventSample:
    """Return the rows of ``panel`` from which effects of adoption can be learned.

    A firm that is digital in every row that we see of it has no year to be compared with,
    so it is left out and counted; so are rows without an outcome or a covariate.

    Parameters
    ----------
    panel : ``firm``, ``year``, ``outcome`` and ``covariates``
    cohorts : ``firm``, ``cohort``, as :func:`first_adoption` returns them
    covariates : for :func:`.callaway_santanna`; the other estimators make no use of them
    firm, year : the columns that hold them, in ``panel`` and ``cohorts``

    Raises
    ------
    TypeError, ValueError
        On bad columns, names, years or keys, a firm without a line in ``cohorts``, an infinite
        outcome, a covariate that is the outcome, or if nobody adopts, or everybody does.

    Examples
    --------
    >>> import pandas as pd
    >>> panel = pd.DataFrame({"firm": [1, 1, 2, 2, 3, 3], "year": [2004, 2005] * 3})
    >>> panel["y"] = [0.1, 0.5, 0.2, 0.2, 0.7, 0.8]
    >>> cohorts = pd.DataFrame({"firm": [1, 2, 3], "cohort": [2005, None, 1999]})
    >>> sample = event_sample(panel, cohorts, "y")
    >>> sample.frame
       firm  year    y  cohort  event_time
    0     1  2004  0.1  2005.0        -1.0
    1     1  2005  0.5  2005.0         0.0
    2     2  2004  0.2     NaN         NaN
    3     2  2005  0.2     NaN         NaN
    >>> sample.ledger.frame[["rule", "unit", "before", "after"]]
                       rule        unit  before  after
    0          y is defined  firm-years       6      6
    1  seen before adoption  firm-years       6      4
    2  seen before adoption       firms       3      2
    """
    covariates = require_names(covariates, "covariates", empty=True)
    key = list(require_names([firm, year], "firm and year"))
    names = list(require_names([outcome, *covariates], "the outcome with its covariates"))
    require_own_names(names, [*key, "cohort", "event_time"], "panel")
    rows = plain_rows(panel, "panel", [*key, *names], names)
    checked(rows, "panel", present=[firm], years=[year], optional_numbers=names)
    require_key(rows, key, "panel")
    dated = with_cohorts(rows[[*key, *names]], cohorts, "panel", firm)
    found = dated[dated[outcome].notna()]
    frame = found[found[names].notna().all(axis=1)]
    frame = frame.assign(event_time=frame[year] - frame["cohort"])
    kept = frame[_seen_before(frame, firm)].sort_values(key).reset_index(drop=True)
    _require_both_kinds(kept, firm)
    ledger = Ledger().record(f"{outcome} is defined", "firm-years", len(rows), len(found))
    if covariates:
        ledger = ledger.record("covariates are known", "firm-years", len(found), len(frame))
    ledger = ledger.record("seen before adoption", "firm-years", len(frame), len(kept))
    firms = frame[firm].nunique(), kept[firm].nunique()
    ledger = ledger.record("seen before adoption", "firms", *firms)
    return EventSample(kept, outcome, ledger, firm, year)


def mean_by_event_time(sample: EventSample, gains: pd.DataFrame, column: str) -> pd.Series:
    """Return the mean of ``column`` over the adopters' firm-years, by event time 0, 1, ...

    Parameters
    ----------
    gains : firm, year and ``column``, such as known effects of adoption

    Raises
    ------
    TypeError, ValueError
        On bad columns or keys, or if a firm-year of the sample has no line in ``gains``.
    """
    key = sample.key
    known = plain_rows(gains, "gains", [*key, column], [column])
    require_own_names([column], key, "gains")
    checked(known, "gains", present=key[:1], numbers=key[1:], optional_numbers=[column])
    require_key(known, key, "gains")
    require_same_kind(sample.frame, known, key[:1], "the sample", "gains")
    treated = sample.frame.loc[sample.treated, [*key, "event_time"]]
    joined = treated.merge(known[key].assign(gain=known[column]), on=key, how="left")
    if missing := int(joined["gain"].isna().sum()):
        raise ValueError(f"gains lacks {column!r} for {missing} of {len(joined)} firm-years")
    means = joined.groupby(joined["event_time"].astype(int))["gain"].mean()
    return means.rename(column)


def plain_rows(
    frame: pd.DataFrame, name: str, needed: Iterable[str], numbers: Iterable[str] = ()
) -> pd.DataFrame:
    """Return ``frame`` in plain types, flags among its ``numbers`` as 0 and 1.

    Two columns of one name are left out where nobody needs them.

    Raises
    ------
    TypeError, ValueError
        As :func:`.plain`.
    """
    if isinstance(frame, pd.DataFrame):
        wanted = set(needed)
        idle = frame.columns.duplicated(keep=False) & [one not in wanted for one in frame.columns]
        frame = frame.loc[:, ~idle] if idle.any() else frame
    rows = plain(frame, name)
    found = [one for one in dict.fromkeys(numbers) if one in rows.columns]
    return rows.astype({one: float for one in found if _are_flags(rows[one])})


def _are_flags(values: pd.Series) -> bool:
    """Tell whether values are true, false or missing."""
    return pd.api.types.infer_dtype(values, skipna=True) == "boolean"


def require_times(event_times: Iterable[int]) -> list[int]:
    """Return event times as whole numbers.

    Raises
    ------
    ValueError
        If they are no list, or one of them is no whole number.
    """
    times = list(event_times) if isinstance(event_times, Iterable) else [event_times]
    numbers = [time for time in times if isinstance(time, Real) and not isinstance(time, bool)]
    if not isinstance(event_times, Iterable) or len(numbers) < len(times) or np.mod(times, 1).any():
        raise ValueError(f"event_times = {event_times!r}; give a list of whole numbers, as [0, 1]")
    return [int(time) for time in times]


def require_own_names(names: Iterable[str], taken: Collection[str], table: str) -> None:
    """Raise if one of ``names``, columns of ``table``, is that of a column that is made here."""
    if clash := [name for name in names if name in taken]:
        raise ValueError(
            f"the columns {clash} of {table} have names that the answer gives to columns of its "
            "own; rename them"
        )


def require_seen(sample: EventSample, event_times: Iterable[int]) -> None:
    """Raise unless adopters are seen at each of ``event_times``, and in the base year."""
    seen = set(sample.frame["event_time"].dropna())
    if lost := sorted({*event_times, BASE} - seen):
        cure = cure_of_windows(sample.frame[sample.year])
        raise ValueError(f"no adopter is seen at the event times {lost}; {cure}")


def cure_of_windows(years: Iterable[int]) -> str:
    """Return what to do where an event time cannot be estimated, given the years of a panel.

    Where the years have gaps, as in a survey of every second year, no window is small enough.
    """
    seen = np.unique(np.fromiter(years, dtype=np.int64))
    if len(seen) > seen[-1] - seen[0]:
        return "ask for fewer"
    return (
        f"the years of the panel have gaps ({', '.join(map(str, seen[:4]))}, …), so date its "
        "waves, and cohorts alike, by years that follow one another"
    )


def _seen_before(frame: pd.DataFrame, firm: str) -> pd.Series:
    """Return whether the firm of each row is seen before it adopts, or never adopts."""
    earliest = frame["event_time"].groupby(frame[firm]).transform("min")
    return earliest.isna() | (earliest < 0)


def _require_both_kinds(kept: pd.DataFrame, firm: str) -> None:
    """Raise unless firms that adopt and firms that never do are both there."""
    never = kept["cohort"].isna()
    if never.all() or not never.any():
        raise ValueError(
            f"of {kept[firm].nunique()} firms seen before adoption, "
            f"{kept.loc[never, firm].nunique()} never adopt; an event study "
            "needs firms that do and firms that never do (cohort is missing)"
        )
