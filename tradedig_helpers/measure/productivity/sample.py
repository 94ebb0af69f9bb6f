"""From accounts to the arrays of Olley and Pakes: who is seen when, and what is left out."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import combinations_with_replacement
from math import comb

import numpy as np
import pandas as pd

from tradedig_helpers.frames.arrays import Flags, Floats, Integers
from tradedig_helpers.frames.ledger import Ledger
from tradedig_helpers.measure.flows import FIRM_YEAR

ROW_UNIT = "firm-years"
NO_VARIATION = 1e-10
"""Log points; deviations this small are rounding error, not variation."""


@dataclass(frozen=True, slots=True)
class AccountColumns:
    """What the columns of the accounts are called, and whether they hold logs."""

    output: str = "value_added"
    labour: tuple[str, ...] = ("employees",)
    capital: str = "fixed_assets"
    investment: str = "investment"
    logs: bool = False

    @property
    def inputs(self) -> list[str]:
        """What has an elasticity: labour of every kind, then capital."""
        return [*self.labour, self.capital]

    @property
    def production(self) -> list[str]:
        """What a firm-year needs for its productivity."""
        return [*self.inputs, self.output]

    @property
    def amounts(self) -> list[str]:
        """All of them, in the order in which the ledger asks for them."""
        return [*self.production, self.investment]

    def there(self, firms: pd.DataFrame, names: Sequence[str]) -> Flags:
        """Return in which rows all of ``names`` have a logarithm."""
        values = firms[list(names)].astype(float)
        return np.asarray((values.notna() if self.logs else values > 0).all(axis=1))

    def log(self, firms: pd.DataFrame, name: str) -> Floats:
        """Return the logarithm of a column, (N,)."""
        values = firms[name].to_numpy(dtype=np.float64)
        return values if self.logs else np.log(values)


@dataclass(frozen=True, slots=True)
class ProductionSample:
    """The N firm-years of the first stage, ordered by firm and year; one row for each.

    Attributes
    ----------
    columns : the names of what the arrays hold
    y, capital : (N,) logs of output and of capital
    labour : (N, L) logs of labour, a column for each kind
    choice : (N, 1 + M + S) regressors of the survival probit: a constant, the polynomial and
        year dummies; S may be 0
    polynomial : (N, M) monomials of standardised log investment and log capital, the columns
        of ``choice`` after the first
    cell : (N,) which intercept the row has
    firm : (N,) from 0
    past : (N,) row of the same firm in the year before; -1 without one
    stays : (N,) 1 if the firm is seen again, 0 if never, -1 if the data cannot tell
    """

    columns: AccountColumns
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
    firms: pd.DataFrame,
    degree: int,
    effects: Sequence[str],
    columns: AccountColumns | None = None,
    markov_degree: int | None = None,
) -> tuple[ProductionSample, Ledger]:
    """Return the rows of the first stage, and the ledger of all stages.

    Raises
    ------
    ValueError
        If stage 2 would have fewer rows than a stage has coefficients.
    """
    columns = AccountColumns() if columns is None else columns
    needed = dict.fromkeys([*FIRM_YEAR, *effects, *columns.amounts])
    firms = firms[list(needed)].sort_values(FIRM_YEAR, ignore_index=True)
    rule = "is there" if columns.logs else "is positive"
    rules = {f"{name} {rule}": columns.there(firms, [name]) for name in columns.amounts}
    left, ledger = Ledger().keep_rows(rules, ROW_UNIT)
    rows = firms[FIRM_YEAR].assign(
        stays=_stays(firms),
        cell=_cells(firms, effects),
        first=firms.groupby("firm")["year"].transform("min") == firms["year"],
    )
    rows = rows[left]
    past = _past(rows)
    seen, known = int((~rows["first"]).sum()), int((rows["stays"] >= 0).sum())
    ledger = ledger.record("probit: the data hold the next year", ROW_UNIT, len(rows), known)
    ledger = ledger.record("stage 2: it is not the firm's first year", ROW_UNIT, len(rows), seen)
    pairs = int((past >= 0).sum())
    ledger = ledger.record(
        "stage 2: the year before is there, with investment", ROW_UNIT, seen, pairs
    )
    markov_degree = degree if markov_degree is None else markov_degree
    terms = max(comb(markov_degree + 2, 2), comb(degree + 2, 2) - 1 + len(columns.labour))
    _check_pairs(pairs, rows, terms, Ledger(ledger.steps[: len(rules)]))
    accounts = firms.loc[rows.index]
    return _arrays(rows, accounts, columns, past, degree, "year" in effects), ledger


def polynomial(degree: int, *columns: Floats) -> list[Floats]:
    """Return the monomials of degree 1 to ``degree`` of standardised columns, each (N,)."""
    scaled = [unit_scaled(column) for column in columns]
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


def unit_scaled(values: Floats) -> Floats:
    """Return values with mean 0 and standard deviation 1; a constant becomes 0."""
    spread = values.std()
    if spread <= NO_VARIATION:
        return np.zeros_like(values)
    return np.asarray((values - values.mean()) / spread)


def _arrays(
    rows: pd.DataFrame,
    accounts: pd.DataFrame,
    columns: AccountColumns,
    past: Integers,
    degree: int,
    seasonal: bool,
) -> ProductionSample:
    """Return the arrays of the stages from rows, and their accounts, by firm and year."""
    capital, investment = (
        columns.log(accounts, name) for name in (columns.capital, columns.investment)
    )
    year, stays = rows["year"].to_numpy(), rows["stays"].to_numpy()
    seasons = np.unique(year[stays >= 0])[1:] if seasonal else np.array([])
    terms = polynomial(degree, investment, capital)
    # Column after column in memory, for the stages pass over columns.
    choice = np.empty((1 + len(terms) + len(seasons), len(year))).T
    columns_of_choice = [1.0, *terms, *(year == season for season in seasons)]
    for place, column in enumerate(columns_of_choice):
        choice[:, place] = column
    return ProductionSample(
        columns=columns,
        y=columns.log(accounts, columns.output),
        labour=np.stack([columns.log(accounts, name) for name in columns.labour]).T,
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


def _check_pairs(pairs: int, rows: pd.DataFrame, terms: int, amounts: Ledger) -> None:
    """Raise unless stage 2, whose rows are fewer, has more of them than coefficients."""
    needed = rows["cell"].nunique() + terms
    if pairs <= needed:
        raise ValueError(
            f"stage 2 has {pairs} firm-years with the year before, of {len(rows)} with positive "
            f"accounts; it needs more than {needed}: add firms, or use a lower degree or "
            f"coarser effects ({amounts.in_words})"
        )
