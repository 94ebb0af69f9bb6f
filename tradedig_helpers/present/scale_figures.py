"""Figures of the chapter on scale: how time grows, and how steps depend on what is solved."""

from __future__ import annotations

import numpy as np
import pandas as pd
from matplotlib.ticker import NullLocator

from tradedig_helpers.present.figures import Figure, axes, figure
from tradedig_helpers.present.palette import shade

MARKERS = "osD^vP"
"""One for each series, in order of appearance."""


def power_law(x: pd.Series, seconds: pd.Series) -> tuple[float, float]:
    """Return b and a of seconds = a x^b, by least squares in logs.

    Parameters
    ----------
    x, seconds : positive, of the same length, with at least two values of ``x``

    Raises
    ------
    ValueError
        If a value is not positive, or ``x`` has fewer than two values.
    """
    lowest = min(float(x.min()), float(seconds.min()))
    if not lowest > 0:
        raise ValueError(f"a power law needs positive numbers; the least of these is {lowest:g}")
    if x.nunique() < 2:
        raise ValueError(f"a power law needs two sizes or more; there is {x.nunique()}")
    slope, level = np.polyfit(np.log(x), np.log(seconds), 1)
    return float(slope), float(np.exp(level))


def growth_figure(points: pd.DataFrame, *, xlabel: str, caption: str, alt: str) -> Figure:
    """Draw seconds against size on two log scales, with a fitted power law for each series.

    Parameters
    ----------
    points : DataFrame
        ``series``, ``size`` and ``seconds``, both positive; a series of one size has no line.
    xlabel : str
        What size counts.
    caption, alt : str
    """
    with axes() as ax:
        parts = points.groupby("series", sort=False)
        for place, (name, part) in enumerate(parts):
            label, marker = str(name), MARKERS[place % len(MARKERS)]
            alpha = 1 - 0.7 * place / len(parts)
            ends = part["size"].agg(["min", "max"])
            if ends["min"] < ends["max"]:
                exponent, level = power_law(part["size"], part["seconds"])
                ax.plot(ends, level * ends**exponent, color=shade("now"), alpha=alpha, lw=1.2)
                label += f", exponent {exponent:.2f}"
            ax.plot(
                part["size"], part["seconds"], marker, color=shade("now"), alpha=alpha, label=label
            )
        ax.set(xscale="log", yscale="log", xlabel=xlabel, ylabel="seconds (log scale)")
        ax.legend(frameon=False, loc="upper left", bbox_to_anchor=(0, -0.2))
        return figure(ax, caption=caption, alt=alt)


def steps_figure(steps: pd.DataFrame, *, caption: str, alt: str) -> Figure:
    """Draw steps of conjugate gradients against mobility: counted, and the bound.

    Parameters
    ----------
    steps : DataFrame
        ``mobility`` (share of rows, 0 to 1), ``steps`` and ``bound``; the axis is logarithmic
        but for a stretch around zero.
    caption, alt : str
    """
    least = float(steps.loc[steps["mobility"] > 0, "mobility"].min())
    with axes() as ax:
        ax.plot(steps["mobility"], steps["bound"], "s--", color=shade("ghost"), label="bound")
        ax.plot(steps["mobility"], steps["steps"], "o-", color=shade("now"), label="counted")
        ax.set_xscale("symlog", linthresh=least)
        ax.set_yscale("log")
        ax.set_xticks(steps["mobility"], [f"{100 * share:g}" for share in steps["mobility"]])
        ax.xaxis.set_minor_locator(NullLocator())
        ax.set(
            xlabel="firm–years away from home (percent, log scale beside zero)",
            ylabel="steps (log scale)",
        )
        ax.legend(frameon=False, labelcolor="linecolor")
        return figure(ax, caption=caption, alt=alt)
