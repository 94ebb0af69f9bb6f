"""Reading printed figures by their place, as intervals."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import pandas as pd

from tradedig_book.audit.declared import Place, PrintedMediation
from tradedig_book.audit.intervals import DECIMALS, Interval, rounded
from tradedig_helpers.frames.plain import plain
from tradedig_helpers.schema.checks import checked

KEY = ["table", "column", "term"]
COLUMNS = (*KEY, "estimate", "std_error", "stars")


def figures(published: pd.DataFrame) -> pd.DataFrame:
    """Return published figures in plain types.

    Raises
    ------
    TypeError
        If they are no pandas DataFrame, or estimates or errors no numbers.
    ValueError
        If a column is missing, or an estimate or error infinite.
    """
    published = plain(published, "published")
    if absent := [name for name in COLUMNS if name not in published.columns]:
        raise ValueError(f"the published figures lack the columns {absent}; take published()")
    checked(published, "published", optional_numbers=["estimate", "std_error"])
    return published


def at(published: pd.DataFrame, places: Sequence[Place]) -> pd.DataFrame:
    """Return the rows of ``published`` at ``places``, in their order.

    Raises
    ------
    TypeError, ValueError
        As :func:`figures`; if a place is printed twice, or not at all.
    """
    published = figures(published)
    if (twice := published.duplicated(KEY)).any():
        raise ValueError(f"{int(twice.sum())} figures stand in a place that is taken already")
    placed = published.set_index(KEY)
    if lost := [place for place in places if place not in placed.index]:
        raise ValueError(f"nothing is printed at {lost}; check table, column and term")
    return placed.loc[list(places)].reset_index()


def estimates(
    published: pd.DataFrame, places: Sequence[Place], decimals: int = DECIMALS
) -> Interval:
    """Bound the estimates at ``places``."""
    return rounded(at(published, places)["estimate"], decimals)


def errors(published: pd.DataFrame, places: Sequence[Place]) -> Interval:
    """Bound the standard errors at ``places``."""
    return rounded(at(published, places)["std_error"])


def t_values(published: pd.DataFrame, places: Sequence[Place]) -> Interval:
    """Bound estimate/error at ``places``."""
    return estimates(published, places) / errors(published, places)


def tested(published: pd.DataFrame) -> list[Place]:
    """Return the places of every figure printed with a standard error."""
    published = figures(published)
    rows = published.loc[published["std_error"].notna(), KEY]
    return list(rows.itertuples(index=False, name=None))


def labelled(mediations: Sequence[PrintedMediation]) -> pd.DataFrame:
    """Return table, first column, mediator and sample of ``mediations``."""
    names = ("table", "first", "mediator", "sample")
    return pd.DataFrame([{name: getattr(m, name) for name in names} for m in mediations])


def with_bounds(frame: pd.DataFrame, name: str, interval: Interval) -> pd.DataFrame:
    """Return ``frame`` with columns ``name``_low and ``name``_high."""
    low, high = (np.asarray(end) for end in interval.ends)
    return frame.assign(**{f"{name}_low": low, f"{name}_high": high})
