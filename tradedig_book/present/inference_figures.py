"""Figures of the chapter on inference: where the information is, and how wide intervals are."""

from __future__ import annotations

import numpy as np
import pandas as pd

from tradedig_book.present.figures import Figure, axes, figure
from tradedig_book.present.palette import shade


def information_figure(shares: pd.DataFrame, *, caption: str, alt: str) -> Figure:
    """Draw each cluster's share of the rows and of what identifies a coefficient.

    Parameters
    ----------
    shares : DataFrame
        One row per cluster, its name as the index; columns ``rows`` and ``information``,
        shares of one. The first row is drawn on the left.
    caption, alt : str
    """
    places = np.arange(len(shares))
    with axes() as ax:
        ax.bar(places, shares["information"], color=shade("now"), label="of the information")
        ax.plot(places, shares["rows"], "_", color=shade("pin"), ms=9, mew=2, label="of the rows")
        ax.set_xticks(places, shares.index, rotation=90, fontsize=8)
        ax.set(xlabel="province, by its share of the information", ylabel="share (of one)")
        ax.legend(frameon=False, loc="upper right", labelcolor="linecolor")
        return figure(ax, caption=caption, alt=alt)


def intervals_figure(
    rows: pd.DataFrame, *, truth: float, unit: str, caption: str, alt: str
) -> Figure:
    """Draw an estimate's 95% intervals by each method, with the truth as a line.

    Parameters
    ----------
    rows : DataFrame
        ``method``, ``estimate``, ``low`` and ``high``; the first row is drawn on top.
    truth : float
        What the estimate wants to find.
    unit : str
        What the horizontal axis measures.
    caption, alt : str
    """
    places = np.arange(len(rows))[::-1]
    with axes() as ax:
        ax.axvline(0, color=shade("line"), lw=1.2)
        ax.axvline(truth, color=shade("truth"), lw=1.5)
        ax.annotate(
            "truth",
            (truth, len(rows) - 0.5),
            xytext=(4, 0),
            textcoords="offset points",
            color=shade("truth"),
        )
        ax.hlines(places, rows["low"], rows["high"], shade("now"))
        ax.plot(rows["estimate"], places, "o", color=shade("now"))
        ax.set_yticks(places, rows["method"])
        ax.set_ylim(-0.6, len(rows) - 0.1)
        ax.locator_params(axis="x", nbins=6)
        ax.set(xlabel=unit, ylabel="errors")
        ax.grid(visible=False)
        return figure(ax, caption=caption, alt=alt)
