"""Figures of the theory chapters; every curve is evaluated from the derivation.

``words`` are the caption and the text alternative.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np
import pandas as pd

from tradedig_book.present.charts import Line, lines
from tradedig_book.present.figures import Figure
from tradedig_book.theory import Parameters, derive, numeric, profit_at, solve


def demand_figure(
    cases: Mapping[str, Mapping[str, float]], *, largest: float, **words: Any
) -> Figure:
    """Draw inverse demand (2), one line for each case.

    Parameters
    ----------
    cases : mapping of label to mapping
        Each gives ``alpha, beta, gamma, e, L, X`` and ``lam``; at most four cases.
    largest : float
        Right end of the quantity axis, units of good.
    """
    price = numeric(derive().inverse_demand)
    quantity = np.linspace(0, largest, 80)
    return lines(
        {label: Line(quantity, price(x=quantity, **values)) for label, values in cases.items()},
        xlabel="quantity of one variety, x (units of good)",
        ylabel="price, p (numeraire)",
        ylim=(0, None),
        **words,
    )


def profit_figure(cases: Mapping[str, Parameters], *, highest: float, **words: Any) -> Figure:
    """Draw profit (7) against quality, one curve for each case, its best quality marked."""
    quality = np.linspace(0, highest, 160)
    best = {label: float(solve(parameters).quality) for label, parameters in cases.items()}
    return lines(
        {
            label: Line(quality, profit_at(case, quality), dots=(best[label],))
            for label, case in cases.items()
        },
        xlabel="quality, λ (units of quality)",
        ylabel="profit before digitization cost (numeraire)",
        **words,
    )


def rotation_figure(sellers: pd.DataFrame, levels: Sequence[int], **words: Any) -> Figure:
    """Draw price against quantity for the sellers of one market, and the line of each ``dig``.

    Parameters
    ----------
    sellers : DataFrame
        ``dig``, ``quantity`` (units of good) and ``price`` (numeraire).
    levels : sequence of int
        Which ``dig`` to draw, at most three, each with two sellers or more.
    """
    across = np.array([0.0, sellers["quantity"].max()])
    named = {}
    for level, role in zip(levels, ("ghost", "now", "dig"), strict=False):
        row = sellers[sellers["dig"] == level]
        line = np.polyval(np.polyfit(row["quantity"], row["price"], 1), across)
        named[f"dig = {level}"] = Line(across, line, role=role, style="--")
        named[f"sellers with dig = {level}"] = Line(
            row["quantity"], row["price"], "legend", role=role, style="o"
        )
    return lines(
        named,
        xmargin=0.03,
        xlabel="quantity, x (units of good)",
        ylabel="price, p (numeraire)",
        **({"ncols": 1} | words),
    )
