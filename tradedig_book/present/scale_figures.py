"""Figures of the chapter on scale: how time grows, and how steps depend on mobility."""

from __future__ import annotations

from typing import Any

import numpy as np
import pandas as pd
from matplotlib.axes import Axes
from matplotlib.ticker import EngFormatter, FixedLocator, LogLocator, NullFormatter, NullLocator

from tradedig_book.present.charts import finish
from tradedig_book.present.figures import Figure, axes
from tradedig_book.present.palette import shade

_SHAPES = "osD^vP"
"""One for each series, in order of appearance."""
_HEIGHT, _LINE = 3.2, 0.25
"""Of the figure without its legend, and of a line of the legend, inches."""


def growth_figure(points: pd.DataFrame, *, xlabel: str, **words: Any) -> Figure:
    """Draw seconds against size on two log scales, with the power law of each series.

    Parameters
    ----------
    points : DataFrame
        ``series``, ``size`` and ``seconds``, and the ``exponent`` of the series; a series of
        one size has no line.
    xlabel : str
        What size counts.
    words : caption and text alternative

    Raises
    ------
    ValueError
        If a size or a time is not positive.
    """
    if bad := int((~(points[["size", "seconds"]] > 0)).any(axis=1).sum()):
        raise ValueError(f"{bad} of {len(points)} points have no logarithm; measure larger sizes")
    parts = list(points.groupby("series", sort=False))
    with axes(height=_HEIGHT + _LINE * len(parts)) as ax:
        for place, (name, part) in enumerate(parts):
            _draw(ax, part, str(name), _SHAPES[place % len(_SHAPES)], 1 - 0.7 * place / len(parts))
        _scales(ax, points["size"])
        ax.set(xlabel=xlabel, ylabel="seconds (log scale)")
        return finish(ax, ncols=1, **words)


def _draw(ax: Axes, part: pd.DataFrame, label: str, marker: str, alpha: float) -> None:
    """Draw the points of a series, and the line of its exponent through their middle."""
    size, seconds = np.log(part["size"]), np.log(part["seconds"])
    exponent = float(part["exponent"].iloc[0])
    ends = np.array([size.min(), size.max()])
    if ends[0] < ends[1]:
        line = seconds.mean() + exponent * (ends - size.mean())
        ax.plot(np.exp(ends), np.exp(line), color=shade("now"), alpha=alpha, lw=1.2)
        label = f"{label}, exponent {exponent:.2f}".replace("-", "−")
    ax.plot(part["size"], part["seconds"], marker, color=shade("now"), alpha=alpha, label=label)


def _scales(ax: Axes, sizes: pd.Series) -> None:
    """Make both scales logarithmic, with each size named and plain numbers of seconds."""
    ax.set(xscale="log", yscale="log")
    ax.xaxis.set_major_locator(FixedLocator(sorted(sizes.unique())))
    ax.xaxis.set_minor_locator(NullLocator())
    ax.xaxis.set_major_formatter(EngFormatter(places=1))
    ax.yaxis.set_major_locator(LogLocator(subs=(1, 2, 5)))
    ax.yaxis.set_major_formatter("{x:g}")
    ax.yaxis.set_minor_formatter(NullFormatter())


def steps_figure(steps: pd.DataFrame, **words: Any) -> Figure:
    """Draw steps of conjugate gradients against mobility: counted, and the bound.

    Parameters
    ----------
    steps : DataFrame
        ``mobility`` (share of rows, 0 to 1), ``steps`` and ``bound``; the axis is logarithmic
        but for a stretch beside zero.
    words : caption and text alternative
    """
    share = steps["mobility"]
    with axes() as ax:
        ax.plot(share, steps["bound"], "s--", color=shade("ghost"), label="bound")
        ax.plot(share, steps["steps"], "o-", color=shade("now"), label="counted")
        ax.set_xscale("symlog", linthresh=float(share[share > 0].min()))
        ax.set_yscale("log")
        ax.set_xticks(share, [f"{100 * one:g}" for one in share])
        ax.xaxis.set_minor_locator(NullLocator())
        ax.yaxis.set_major_formatter("{x:g}")
        away = "firm–years away from home (percent, log scale beside zero)"
        return finish(ax, xlabel=away, ylabel="steps (log scale)", **words)
