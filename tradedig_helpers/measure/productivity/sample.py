"""From accounts to the arrays of Olley and Pakes: who is seen when, and what is left out."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import combinations_with_replacement
from math import comb

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from tradedig_helpers.measure.ledger import Ledger

Floats = NDArray[np.float64]
Integers = NDArray[np.int64]

KEY = ["firm", "year"]
PRODUCTION = ["employees", "fixed_assets", "value_added"]
AMOUNTS = [*PRODUCTION, "investment"]
UNIT = "firm-years"


@dataclass(frozen=True, slots=True)
class Sample:
    """The N firm-years of the first stage, ordered by firm and year; one row for each.

    Attributes
    ----------
    y, labour, capital : (N,) logs of value added and of its inputs
    choice : (N, 1 + M + S) regressors of the survival probit: a constant, the polynomial and
        year dummies; S may be 0
    polynomial : (N, M) monomials of standardised log investment and log capital, the columns
        of ``choice`` after the first
    cell : (N,) which intercept the row has
    firm : (N,) from 0
    past : (N,) row of the same firm in the year before; -1 without one
    stays : (N,) 1 if the firm is seen again, 0 if never, -1 if the data cannot tell
    """

    y: Floats
    labour: Floats
    capital: Floats
    choice: Floats
    polynomial: Floats
    cell: Integers
    firm: Integers
    past: Integers
    stays: Integers


def olley_pakes_sample(
    firms: pd.DataFrame, degree: int, effects: Sequence[str]
) -> tuple[Sample, Ledger]:
    """Return the rows of the first stage, and the ledger of all stages.

    Raises
    ------
    ValueError
        If stage 2 would have fewer rows than coefficients.
    """
    firms = firms.reset_index(drop=True)
    ledger, left = Ledger(), np.ones(len(firms), dtype=bool)
    for column in AMOUNTS:
        kept = left & positive(firms, [column])
        ledger = ledger.record(f"{column} is positive", UNIT, int(left.sum()), int(kept.sum()))
        left = kept
    rows = firms[KEY].assign(
        stays=_stays(firms),
        cell=_cells(firms, effects),
        first=firms.groupby("firm")["year"].transform("min") == firms["year"],
    )
    logs = pd.DataFrame({name: np.log(firms.loc[left, name].astype(float)) for name in AMOUNTS})
    rows = rows[left].join(logs).sort_values(KEY)
    past = _past(rows)
    seen, known = int((~rows["first"]).sum()), int((rows["stays"] >= 0).sum())
    ledger = ledger.record("probit: the data hold the next year", UNIT, len(rows), known)
    ledger = ledger.record("stage 2: it is not the firm's first year", UNIT, len(rows), seen)
    pairs = int((past >= 0).sum())
    ledger = ledger.record("stage 2: the year before is there, with investment", UNIT, seen, pairs)
    _check_pairs(pairs, rows, degree)
    return _arrays(rows, past, degree, effects), ledger


def positive(firms: pd.DataFrame, columns: Sequence[str]) -> NDArray[np.bool_]:
    """Return in which rows all columns are present and positive."""
    return np.asarray((firms[list(columns)].astype(float) > 0).all(axis=1))


def polynomial(degree: int, *columns: Floats) -> list[Floats]:
    """Return the monomials of degree 1 to ``degree`` of standardised columns, each (N,)."""
    scaled = [standardised(column) for column in columns]
    choices = [
        choice
        for n in range(1, degree + 1)
        for choice in combinations_with_replacement(range(len(scaled)), n)
    ]
    powers = [tuple(choice.count(place) for place in range(len(scaled))) for choice in choices]
    return monomials(scaled, powers)


def monomials(factors: Sequence[Floats], powers: Sequence[tuple[int, ...]]) -> list[Floats]:
    """Return the product of powers of ``factors`` for each row of ``powers``.

    A monomial is one factor times one of lower degree, which must precede it.
    """
    made = {(0,) * len(factors): np.ones(1)}
    for power in powers:
        place = next(j for j, n in enumerate(power) if n)
        lower = tuple(n - (j == place) for j, n in enumerate(power))
        made[power] = made[lower] * factors[place]
    return [made[power] for power in powers]


def standardised(values: Floats) -> Floats:
    """Return values with mean 0 and standard deviation 1; a constant becomes 0."""
    spread = values.std()
    return np.asarray((values - values.mean()) / (spread if spread > 0 else 1.0))


def _arrays(rows: pd.DataFrame, past: Integers, degree: int, effects: Sequence[str]) -> Sample:
    """Return the arrays of the stages from rows that are ordered by firm and year."""
    y, labour, capital, investment = (
        rows[name].to_numpy() for name in ("value_added", "employees", "fixed_assets", "investment")
    )
    year, stays = rows["year"].to_numpy(), rows["stays"].to_numpy()
    seasons = np.unique(year[stays >= 0])[1:] if "year" in effects else np.array([])
    terms = polynomial(degree, investment, capital)
    # Column after column in memory, for the stages pass over columns.
    choice = np.stack([np.ones(len(y)), *terms, *(year == season for season in seasons)]).T
    return Sample(
        y=y,
        labour=labour,
        capital=capital,
        choice=choice,
        polynomial=choice[:, 1 : 1 + len(terms)],
        cell=rows["cell"].to_numpy(),
        firm=pd.factorize(rows["firm"])[0],
        past=past,
        stays=stays,
    )


def _stays(firms: pd.DataFrame) -> Integers:
    """Return 1 if the firm is seen in a later year, 0 if never, -1 if the data cannot tell."""
    later = firms["year"] < firms.groupby("firm")["year"].transform("max")
    told = (firms["year"] + 1).isin(firms["year"].unique())
    return np.where(told, later, np.int64(-1)).astype(np.int64)


def _cells(firms: pd.DataFrame, effects: Sequence[str]) -> Integers:
    """Return the joint cell of the effects of each row, from 0."""
    if not effects:
        return np.zeros(len(firms), dtype=np.int64)
    groups = firms.groupby(list(effects), observed=True, sort=False)
    return np.asarray(groups.ngroup(), dtype=np.int64)


def _past(rows: pd.DataFrame) -> Integers:
    """Return the position of the same firm in the year before, or -1, in ordered rows."""
    firm, year = rows["firm"].to_numpy(), rows["year"].to_numpy()
    follows = np.zeros(len(rows), dtype=bool)
    follows[1:] = (firm[1:] == firm[:-1]) & (year[1:] == year[:-1] + 1)
    past: Integers = np.arange(-1, len(rows) - 1, dtype=np.int64)
    past[~follows] = -1
    return past


def _check_pairs(pairs: int, rows: pd.DataFrame, degree: int) -> None:
    """Raise unless stage 2, the smaller one, has more rows than coefficients."""
    needed = rows["cell"].nunique() + comb(degree + 2, 2)
    if pairs <= needed:
        raise ValueError(
            f"stage 2 has {pairs} firm-years with the year before, of {len(rows)} with positive "
            f"accounts; it needs more than {needed}: add firms, or use a lower degree or "
            "coarser effects"
        )
