"""Every check of the audit: what it says, where its chapter has it, which figures it uses."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

import pandas as pd

from tradedig_book.audit.consistency import (
    error_signs,
    mediated_effects,
    sample_sizes,
    sobel,
    stars,
    totals,
)
from tradedig_book.audit.contrasts import EFFECTS, group_contrasts
from tradedig_book.audit.declared import BENCHMARK, MEDIATIONS, SPLITS, Place, PrintedMediation
from tradedig_book.audit.implied import instrument_counts, instrument_error, mediation_freedom
from tradedig_book.audit.reading import KEY, at

_Row = Mapping[Any, Any]
INSTRUMENTED = 4
"""Column of Table 4 whose instrument is the share of digitized neighbours."""
SIZE: Place = (*BENCHMARK[:2], "stat:N")


@dataclass(frozen=True, slots=True)
class Check:
    """One check of printed figures.

    Attributes
    ----------
    name : what it says of figures that pass
    section : heading in the audit's chapter that has it
    run : from published figures to a row each time it is made, with a verdict
    uses : the figures that a row is about
    finds : a row in words, for readers
    """

    name: str
    section: str
    run: Callable[[pd.DataFrame], pd.DataFrame]
    uses: Callable[[_Row], tuple[Place, ...]]
    finds: Callable[[_Row], str]


def _counts(published: pd.DataFrame) -> pd.DataFrame:
    n = int(at(published, [SIZE])["estimate"].iloc[0])
    return instrument_counts(published, INSTRUMENTED, n)


def _freedom(published: pd.DataFrame) -> pd.DataFrame:
    return mediation_freedom(published, float(_counts(published)["freedom"].iloc[0]))


def _instrument(published: pd.DataFrame) -> pd.DataFrame:
    r2 = float(_counts(published)["r2"].iloc[0])
    return instrument_error(published, INSTRUMENTED, r2)


def _contrasts(published: pd.DataFrame) -> pd.DataFrame:
    return group_contrasts(published).rename(columns={"groups": "verdict"})


def _own(row: _Row) -> tuple[Place, ...]:
    return ((row["table"], row["column"], row["term"]),)


def _mediation(row: _Row) -> PrintedMediation:
    place = row["table"], row["first"]
    return next(m for m in MEDIATIONS if (m.table, m.first) == place)


def _product(row: _Row) -> tuple[Place, ...]:
    m = _mediation(row)
    return m.effect, m.beta0, m.mu1


def _sum(row: _Row) -> tuple[Place, ...]:
    m = _mediation(row)
    assert m.total is not None, "only mediations with a printed total are checked"
    return m.total, m.beta1, m.effect, m.beta0, m.mu1


def _errors(row: _Row) -> tuple[Place, ...]:
    m = _mediation(row)
    return m.beta0, m.mu1, m.beta1


def _groups(row: _Row) -> tuple[Place, ...]:
    firsts = SPLITS[row["split"]].values()
    pairs = (m for m in MEDIATIONS if m.table == 7 and m.first in firsts)
    return tuple(getattr(m, EFFECTS[row["effect"]]) for m in pairs)


def _between(row: _Row, name: str, form: str = ",.4f") -> str:
    low, high = (format(row[f"{name}_{end}"], form).replace("-", "−") for end in ("low", "high"))
    return f"{low} to {high}"


def _degrees(row: _Row) -> str:
    said = f"the three errors imply {_between(row, 'implied', ',.0f')} degrees of freedom"
    if row["sample"] == "all":
        return f"{said}; errors would have to differ {_between(row, 'factor', '.2f')} times"
    return f"{said}; N of this part is not printed"


def _difference(row: _Row) -> str:
    return (
        f"{row['effect']}, by {row['split']}: z = {_between(row, 'z', '.2f')}, "
        f"p by Holm {_between(row, 'holm', '.3f')}"
    )


CHECKS = (
    Check(
        "standard errors are positive",
        "What agrees",
        error_signs,
        _own,
        lambda row: f"the error is {row['std_error']:.4f}",
    ),
    Check(
        "stars agree with t-values",
        "What agrees",
        stars,
        _own,
        lambda row: f"|t| is {_between(row, 't', ',.2f')}, printed with {len(row['stars'])} stars",
    ),
    Check(
        "ME is β0 times μ1",
        "What agrees",
        mediated_effects,
        _product,
        lambda row: f"β0·μ1 is {_between(row, 'product', '.5f')}, ME {row['ME']:.4f}",
    ),
    Check(
        "stars of ME agree with Sobel's z",
        "What agrees",
        sobel,
        _product,
        lambda row: f"z is {_between(row, 'z', '.2f')}, printed with {len(row['stars'])} stars",
    ),
    Check(
        "N falls along Table 2",
        "What N says about industries",
        sample_sizes,
        lambda row: tuple((2, row["column"] - back, "stat:N") for back in (0, 1)),
        lambda row: f"column ({row['column']}) has {row['lost']:,} rows fewer than the one before",
    ),
    Check(
        "LM and F of dig_ivt imply possible counts",
        "What N says about industries",
        _counts,
        lambda row: (*((4, row["column"], f"stat:{name}") for name in ("ACC LM", "CDW F")), SIZE),
        lambda row: f"a partial r² of {row['r2']:.5f}, {row['freedom']:,.0f} degrees of freedom",
    ),
    Check(
        "direct plus mediated is the total",
        "Direct plus mediated is the total",
        totals,
        _sum,
        lambda row: (
            f"{row['mediator']}, {row['sample']}: direct plus mediated is "
            f"{_between(row, 'sum')}, the total {row['total']:.4f}"
        ),
    ),
    Check(
        "errors of a mediation fit one sample, if homoskedastic",
        "Three errors, one sample",
        _freedom,
        _errors,
        _degrees,
    ),
    Check(
        "error of the dig_ivt estimate is large enough, if homoskedastic",
        "The instrument and its size",
        _instrument,
        lambda row: ((4, row["column"], "lndig"), BENCHMARK),
        lambda row: (
            f"its error is {_between(row, 'error_ratio', '.1f')} times the benchmark's; "
            f"the floor is {row['floor']:.1f}"
        ),
    ),
)
"""Checks with a verdict, in the order of the chapter's first table."""
CONTRAST = Check(
    "groups of Table 7, tested for a difference",
    "Do the groups of Table 7 differ?",
    _contrasts,
    _groups,
    _difference,
)
"""A test of the paper's reading, not of its printing; its verdicts are words of its own."""


def all_checks(published: pd.DataFrame) -> dict[str, pd.DataFrame]:
    """Run every check: its name with its rows, each with a verdict.

    Raises
    ------
    TypeError, ValueError
        As :func:`tradedig_book.audit.reading.figures`; if a figure that a check needs is
        missing.
    """
    return {check.name: check.run(published) for check in CHECKS}


def figure_checks(published: pd.DataFrame) -> pd.DataFrame:
    """List each printed figure with each check that uses it.

    Columns ``table``, ``column``, ``term``, ``check`` and ``section`` (where the chapter has
    it), ``verdict``, and ``finds``, the same in words.

    Raises
    ------
    TypeError, ValueError
        As :func:`all_checks`.
    """
    rows = [
        (*place, check.name, check.section, row["verdict"], check.finds(row))
        for check in (*CHECKS, CONTRAST)
        for row in check.run(published).to_dict("records")
        for place in check.uses(row)
    ]
    return pd.DataFrame(rows, columns=[*KEY, "check", "section", "verdict", "finds"])
