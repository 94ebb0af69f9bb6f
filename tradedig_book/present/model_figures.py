"""Figures of the theory chapters; every curve is evaluated from the derivation."""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np
from numpy.typing import NDArray

from tradedig_book.present.figures import Figure, axes, figure
from tradedig_book.present.palette import shade
from tradedig_book.theory import Parameters, derive, numeric, profit_at, solve

Values = NDArray[np.float64]
ROLES = ("ghost", "now", "pin")


def demand_figure(
    cases: Mapping[str, Mapping[str, float]], *, largest: float, caption: str, alt: str
) -> Figure:
    """Draw inverse demand (2), one line for each case.

    Parameters
    ----------
    cases : mapping of label to mapping
        Each gives ``alpha, beta, gamma, e, L, X`` and ``lam``; at most three cases.
    largest : float
        Right end of the quantity axis, units of good.
    caption, alt : str
    """
    price = numeric(derive().inverse_demand)
    quantity = np.linspace(0, largest, 80)
    with axes() as ax:
        for role, (label, values) in zip(ROLES, cases.items(), strict=False):
            line = price(x=quantity, **values)
            ax.plot(quantity, line, color=shade(role))
            ax.annotate(
                label,
                (quantity[-1], line[-1]),
                xytext=(5, 0),
                textcoords="offset points",
                color=shade(role),
                va="center",
            )
        ax.set(
            xlabel="quantity of one variety, x (units of good)",
            ylabel="price, p (numeraire)",
            xlim=(0, largest),
        )
        ax.set_ylim(bottom=0)
        return figure(ax, caption=caption, alt=alt)


def profit_figure(
    cases: Mapping[str, Parameters], *, highest: float, caption: str, alt: str
) -> Figure:
    """Draw profit (7) against quality, one curve for each case, its best quality marked."""
    quality = np.linspace(0, highest, 160)
    with axes() as ax:
        for role, (label, parameters) in zip(ROLES, cases.items(), strict=False):
            best = solve(parameters)
            ax.plot(quality, profit_at(parameters, quality), color=shade(role))
            ax.plot(best.quality, best.profit, "o", color=shade(role))
            ax.annotate(
                label,
                (float(best.quality), float(best.profit)),
                xytext=(0, 9),
                textcoords="offset points",
                color=shade(role),
                ha="center",
            )
        ax.set(
            xlabel="quality, λ (units of quality)",
            ylabel="profit before digitization cost (numeraire)",
            xlim=(0, highest),
        )
        ax.margins(y=0.15)
        return figure(ax, caption=caption, alt=alt)


def curves_figure(
    curves: Mapping[str, tuple[Values, Values]],
    *,
    xlabel: str,
    ylabel: str,
    caption: str,
    alt: str,
) -> Figure:
    """Draw up to three curves, each named at its right end.

    Parameters
    ----------
    curves : mapping of label to (x, y)
        Arrays of one length; the last point carries the label.
    xlabel, ylabel : str
        With units.
    caption, alt : str

    Raises
    ------
    ValueError
        If there are more curves than the palette tells apart.
    """
    if len(curves) > len(ROLES):
        raise ValueError(f"{len(curves)} curves; draw at most {len(ROLES)} in one figure")
    with axes() as ax:
        for role, (label, (x, y)) in zip(ROLES, curves.items(), strict=False):
            ax.plot(x, y, color=shade(role))
            ax.annotate(
                label,
                (x[-1], y[-1]),
                xytext=(5, 0),
                textcoords="offset points",
                color=shade(role),
                va="center",
            )
        ax.set(xlabel=xlabel, ylabel=ylabel)
        ax.margins(x=0)
        return figure(ax, caption=caption, alt=alt)
