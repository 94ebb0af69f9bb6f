"""Who adopts when: cohorts of adopters, event time, and the sample of an event study."""

from __future__ import annotations

from dataclasses import dataclass

import pandas as pd

from tradedig_helpers.measure import Ledger
from tradedig_helpers.measure.checks import require_columns, require_key, require_numbers
from tradedig_helpers.measure.digitization import TECHNOLOGIES

KEY = ["firm", "year"]


@dataclass(frozen=True, slots=True)
class EventSample:
    """The firm-years of an event study.

    Attributes
    ----------
    frame : ``firm``, ``year``, the outcome, ``cohort`` (year of adoption) and
        ``event_time`` = year - cohort; both are missing for firms that never adopt
    outcome : name of the outcome
    ledger : firms and firm-years that were left out
    """

    frame: pd.DataFrame
    outcome: str
    ledger: Ledger

    @property
    def treated(self) -> pd.Series:
        """Whether the firm has adopted, for each row."""
        return self.frame["event_time"].ge(0).fillna(False).astype(bool)


def first_adoption(firms: pd.DataFrame) -> pd.DataFrame:
    """Return ``firm`` and ``cohort``: the first year of any technology, missing if none.

    From ``cohort`` on dig > 1, before it dig = 1 (Table 1).

    Parameters
    ----------
    firms : ``firm``, ``year``, ``pit_since``, ``pdo_since``, ``icp_since``

    Raises
    ------
    TypeError, ValueError
        If a column is absent, a key repeated, or a firm has two dates for one technology.
    """
    since = [f"{name}_since" for name in TECHNOLOGIES]
    require_columns(firms, [*KEY, *since], "firms")
    require_key(firms, KEY, "firms")
    first = firms[since].astype("Float64").min(axis=1).astype(float)
    dated = pd.DataFrame({"firm": firms["firm"], "cohort": first}).drop_duplicates()
    if repeated := int(dated["firm"].duplicated().sum()):
        raise ValueError(
            f"firms gives {repeated} firms another first year of adoption in another row; "
            "make the dates of a firm agree"
        )
    return dated.reset_index(drop=True)


def event_sample(panel: pd.DataFrame, cohorts: pd.DataFrame, outcome: str) -> EventSample:
    """Return the rows of ``panel`` from which effects of adoption can be learned.

    A firm that is digital in every row that we see of it has no year to be compared with,
    so it is left out and counted; so are rows without an outcome.

    Parameters
    ----------
    panel : ``firm``, ``year`` and ``outcome``
    cohorts : ``firm``, ``cohort``, as :func:`first_adoption` returns them

    Raises
    ------
    TypeError, ValueError
        On bad columns or keys, a firm without a line in ``cohorts``, an infinite outcome,
        or if nobody adopts, or everybody does.
    """
    require_columns(panel, [*KEY, outcome], "panel")
    require_key(panel, KEY, "panel")
    require_columns(cohorts, ["firm", "cohort"], "cohorts")
    require_key(cohorts, ["firm"], "cohorts")
    if unknown := int((~panel["firm"].isin(cohorts["firm"])).sum()):
        raise ValueError(f"cohorts lacks the firm of {unknown} of {len(panel)} rows; add it")
    found = panel[[*KEY, outcome]].dropna()
    require_numbers(found, [outcome], "panel")
    frame = found.merge(cohorts, on="firm", how="left", validate="m:1")
    frame["event_time"] = frame["year"] - frame["cohort"]
    seen_before = frame["event_time"].groupby(frame["firm"]).transform("min")
    kept = frame[~seen_before.ge(0)].sort_values(KEY).reset_index(drop=True)
    if kept["cohort"].isna().all() or kept["cohort"].notna().all():
        raise ValueError(
            f"of {kept['firm'].nunique()} firms seen before adoption, "
            f"{kept.loc[kept['cohort'].isna(), 'firm'].nunique()} never adopt; an event study "
            "needs firms that do and firms that never do"
        )
    ledger = Ledger().record(f"{outcome} is defined", "firm-years", len(panel), len(found))
    ledger = ledger.record("seen before adoption", "firm-years", len(found), len(kept))
    firms = frame["firm"].nunique(), kept["firm"].nunique()
    return EventSample(kept, outcome, ledger.record("seen before adoption", "firms", *firms))


def mean_by_event_time(sample: EventSample, gains: pd.DataFrame, column: str) -> pd.Series:
    """Return the mean of ``column`` over the adopters' firm-years, by event time 0, 1, ...

    Parameters
    ----------
    gains : ``firm``, ``year`` and ``column``, such as known effects of adoption

    Raises
    ------
    ValueError
        If a firm-year of the sample has no line in ``gains``.
    """
    joined = sample.frame[sample.treated].merge(gains[[*KEY, column]], on=KEY, how="left")
    if missing := int(joined[column].isna().sum()):
        raise ValueError(f"gains lacks {column!r} for {missing} of {len(joined)} firm-years")
    return joined.groupby(joined["event_time"].astype(int))[column].mean()
