"""Figures of the chapters on measures: estimates and measures against the truth.

``words`` are the caption and the text alternative, and labels of axes where a figure has none.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import pandas as pd

from tradedig_book.present.charts import (
    Estimates,
    Line,
    Mark,
    draw_line,
    finish,
    forest,
    lines,
)
from tradedig_book.present.figures import Figure, axes
from tradedig_book.present.palette import shade


def spread_figure(draws: pd.DataFrame, *, truth: float, **words: Any) -> Figure:
    """Draw the estimates of each method over repeated samples, with the truth as a line.

    Parameters
    ----------
    draws : DataFrame
        One row for each sample, one column for each method; the first is drawn on top.
    truth : float
        What each method wants to find.
    """
    each = Estimates("now", draws, look={"alpha": 0.35})
    mean = Estimates("now", draws.mean(), marker="|", look={"ms": 22, "mew": 2.5})
    marks = [Mark(truth, "truth")]
    return forest(list(draws.columns), each, mean, marks=marks, ylabel="method", **words)


ESTIMATOR_SHADES = {
    "lagged price": "now",
    "other destinations": "pin",
    "least squares": "ghost",
    "truth": "truth",
}
_ESTIMATOR_DASHES = {"other destinations": "--", "least squares": ":"}
_SIGMA = "elasticity of substitution σ (no unit)"


def slope_shares_figure(
    slopes: Mapping[str, pd.Series], *, ends: tuple[float, float], **words: Any
) -> Figure:
    """Draw, for each estimator of σ, the share of products whose σ is below each value.

    Parameters
    ----------
    slopes : mapping of str to Series
        Estimator, or "truth", to σ of each product.
    ends : (float, float)
        The ends of the horizontal axis.
    """
    with axes() as ax:
        for name, values in slopes.items():
            colour, dash = shade(ESTIMATOR_SHADES[name]), _ESTIMATOR_DASHES.get(name, "-")
            ax.ecdf(values, color=colour, ls=dash, label=name)
        ax.set(xlabel=_SIGMA, ylabel="share of products below", xlim=ends, ylim=(0, 1.02))
        return finish(ax, marks=[Mark(1.0, role="line")], **words)


def slope_curves_figure(curves: pd.DataFrame, truth: float, **words: Any) -> Figure:
    """Draw what estimators of σ give as a market changes: mean, band and limit of each.

    Parameters
    ----------
    curves : DataFrame
        ``x``, ``estimator``, and over products the ``mean``, the ends ``low`` and ``high``
        of a band, and the probability ``limit``.
    truth : float
        The true σ.
    """
    with axes() as ax:
        ax.axhline(truth, color=shade("truth"), lw=1.5, label="truth")
        for name, curve in curves.groupby("estimator", sort=False):
            role, dash = ESTIMATOR_SHADES[str(name)], _ESTIMATOR_DASHES.get(str(name), "-")
            band = (curve["low"], curve["high"])
            line = Line(curve["x"], curve["limit"], "legend", style=dash, band=band)
            draw_line(ax, str(name), line, role)
            ax.plot(curve["x"], curve["mean"], "o", color=shade(role), ms=4)
        return finish(ax, ylabel=_SIGMA, **words)


def precision_recall_figure(scores: pd.DataFrame, **words: Any) -> Figure:
    """Draw a dot for each ``method``, at the ``precision`` and ``recall`` of its links (shares)."""
    dots = {
        str(method): Line([recall], [precision], recall, role="now", style="o")
        for method, recall, precision in zip(
            scores["method"], scores["recall"], scores["precision"], strict=True
        )
    }
    return lines(
        dots,
        xmargin=0.15,
        ymargin=0.15,
        xlabel="recall (share of true pairs found)",
        ylabel="precision (share of found pairs true)",
        **words,
    )
