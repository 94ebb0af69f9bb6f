"""Figures of the robustness chapter: an estimate without each group, and beside its truth."""

from __future__ import annotations

import numpy as np
import pandas as pd

from tradedig_book.present.figures import Figure, axes, figure
from tradedig_book.present.palette import shade
from tradedig_helpers.estimation.leave_out import LeaveOut


def leave_out_figure(result: LeaveOut, *, unit: str, caption: str, alt: str) -> Figure:
    """Draw the estimate without each group, sorted, with 95% intervals; the line is the whole.

    Parameters
    ----------
    result : LeaveOut
        The group without which the estimate moves most is named.
    unit : str
        What the vertical axis measures.
    caption, alt : str
    """
    rows = result.without
    places = np.arange(1, len(rows) + 1)
    most = int(np.flatnonzero(rows["group"] == result.most_influential)[0])
    roles = [shade("pin") if place == most else shade("now") for place in range(len(rows))]
    with axes() as ax:
        ax.axhline(0, color=shade("line"), lw=1.2)
        ax.axhline(result.estimate, color=shade("ghost"), lw=1.5)
        ax.annotate(
            "all",
            (1, result.estimate),
            xycoords=("axes fraction", "data"),
            xytext=(3, 0),
            textcoords="offset points",
            color=shade("ghost"),
            va="center",
        )
        ax.vlines(places, rows["low"], rows["high"], roles, lw=1.2)
        ax.scatter(places, rows["estimate"], c=roles, s=22, zorder=3)
        right = most > len(rows) / 2
        ax.annotate(
            f"without {result.most_influential}",
            (places[most], 1),
            xycoords=("data", "axes fraction"),
            xytext=(4 if right else -4, 2),
            textcoords="offset points",
            color=shade("pin"),
            ha="right" if right else "left",
        )
        ax.set(xlabel=f"{result.by} left out, by rank of the estimate without it", ylabel=unit)
        ax.locator_params(axis="x", integer=True, nbins=8)
        return figure(ax, caption=caption, alt=alt)


def against_truth_figure(rows: pd.DataFrame, *, unit: str, caption: str, alt: str) -> Figure:
    """Draw estimates with 95% intervals beside the truth of each, one row for each label.

    Parameters
    ----------
    rows : DataFrame
        ``label``, ``estimate``, ``low``, ``high`` and ``truth``; the first row is on top.
    unit : str
        What the horizontal axis measures.
    caption, alt : str
    """
    places = np.arange(len(rows))[::-1]
    with axes() as ax:
        ax.axvline(0, color=shade("line"), lw=1.2)
        ax.hlines(places, rows["low"], rows["high"], shade("now"))
        ax.plot(rows["estimate"], places, "o", color=shade("now"), label="ours, synthetic")
        ax.plot(rows["truth"], places, "D", color=shade("truth"), ms=7, label="truth", mfc="none")
        ax.locator_params(axis="x", nbins=6)
        ax.set_yticks(places, rows["label"])
        ax.set_ylim(-0.6, len(rows) - 0.4)
        ax.set(xlabel=unit, ylabel="specification")
        ax.grid(visible=False)
        ax.legend(
            frameon=False, loc="lower left", bbox_to_anchor=(0, 1), ncols=2, labelcolor="linecolor"
        )
        return figure(ax, caption=caption, alt=alt)
