"""Which businesses appear in the raw records, and what each has from which year on."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Protocol

import numpy as np
import pandas as pd
from numpy.typing import NDArray

Rows = NDArray[np.int64]
NEVER = 9_999
AFTER = 3  # what a firm has may change up to so many years after it is last seen


class RecordSource(Protocol):
    """Any object with these three clean frames, such as the synthetic economy."""

    @property
    def customs(self) -> pd.DataFrame:
        """Shipments, those of intermediaries included."""

    @property
    def firms(self) -> pd.DataFrame:
        """Firm-years of the industrial survey."""

    @property
    def register(self) -> pd.DataFrame:
        """Every business with its sector."""


@dataclass(frozen=True, slots=True)
class Identities:
    """Businesses, and their names and codes over time.

    Attributes
    ----------
    businesses : as :func:`list_businesses` returns them; the frames below point at its rows
    names : ``row``, ``since`` (year), ``name``, ``name_en``, ``fancy`` (in Latin letters)
    organisation, customs : ``row``, ``since``, ``code``
    """

    businesses: pd.DataFrame
    names: pd.DataFrame
    organisation: pd.DataFrame
    customs: pd.DataFrame


def holding(changes: pd.DataFrame, row: Rows, year: Rows) -> Rows:
    """Return the position in ``changes`` of what each business had in each year."""
    span = NEVER + 1
    key = changes["row"].to_numpy() * span + changes["since"].to_numpy()
    return np.searchsorted(key, row * span + year, side="right") - 1


def list_businesses(economy: RecordSource) -> pd.DataFrame:
    """Return one row per registered business, in the order of firm numbers.

    Returns
    -------
    DataFrame
        ``firm``, ``sector``, ``province``, ``founded``, ``industry``, the ``..._since``
        years, ``first`` and ``last`` year seen, ``surveyed``, ``exports`` and
        ``exports_from``; a business never seen is taken to exist throughout.

    Raises
    ------
    ValueError
        If a firm of the survey or of customs is not in the register.
    """
    frame = economy.register.drop_duplicates("firm").set_index("firm").sort_index()
    since = ["pit_since", "pdo_since", "icp_since"]
    surveyed = economy.firms.groupby("firm")
    exports = economy.customs.groupby("firm")["year"].agg(["min", "max"])
    for name, known in (("firms", surveyed.size().index), ("customs", exports.index)):
        if absent := len(known.difference(frame.index)):
            raise ValueError(f"{absent} firms of {name} are not in the register; add them")
    traits = surveyed[["industry", *since]].first().reindex(frame.index)
    survey = surveyed["year"].agg(["min", "max"])
    both = pd.concat([survey, exports]).groupby(level=0).agg({"min": "min", "max": "max"})
    both = both.reindex(frame.index).fillna({"min": both["min"].min(), "max": both["max"].max()})
    return (
        frame[["sector", "province", "founded"]]
        .astype({"sector": str, "province": str})
        .join(traits.astype(dict.fromkeys(since, "Int64")))
        .assign(
            first=both["min"].astype("int64"),
            last=both["max"].astype("int64"),
            surveyed=frame.index.isin(survey.index),
            exports=frame.index.isin(exports.index),
            exports_from=exports["min"].reindex(frame.index).fillna(both["min"]).astype("int64"),
        )
        .reset_index()
    )


def year_of_change(
    rng: np.random.Generator, businesses: pd.DataFrame, share: float | NDArray[np.float64]
) -> Rows:
    """Return a year after the first one in which something changes, or ``NEVER``.

    ``share`` is the probability of a change, one for all or one for each business.
    """
    first, last = businesses["first"].to_numpy(), businesses["last"].to_numpy()
    year = rng.integers(first + 1, last + AFTER + 1)
    return np.where(rng.random(len(businesses)) < share, year, NEVER)


def year_steps(old: NDArray[np.object_], new: NDArray[np.object_], changed: Rows) -> pd.DataFrame:
    """Return what holds from the start, and what holds from the year of change."""
    rows = np.arange(len(old))
    moved = changed < NEVER
    frame = pd.DataFrame(
        {
            "row": np.r_[rows, rows[moved]],
            "since": np.r_[np.zeros(len(old), dtype=np.int64), changed[moved]],
            "code": np.r_[old, new[moved]],
        }
    )
    return frame.sort_values(["row", "since"], ignore_index=True)
