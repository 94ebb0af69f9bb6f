"""The figure of an estimate without each group."""

from __future__ import annotations

from typing import Any

import numpy as np

from tradedig_book.present.charts import ZERO, Mark, finish, name_point
from tradedig_book.present.figures import Figure, axes
from tradedig_book.present.palette import shade
from tradedig_helpers.estimation.leave_out import LeaveOut


def leave_out_figure(result: LeaveOut, *, unit: str, **words: Any) -> Figure:
    """Draw the estimate without each group, sorted, with 95% intervals; the line is the whole.

    Parameters
    ----------
    result : LeaveOut
        The group without which the estimate moves most is named.
    unit : str
        What the vertical axis measures.
    words : caption and text alternative
    """
    rows = result.without
    places = np.arange(1, len(rows) + 1)
    most = int(np.flatnonzero(rows["group"] == result.most_influential)[0])
    roles = [shade("pin") if place == most else shade("now") for place in range(len(rows))]
    marks = [ZERO._replace(axis="y"), Mark(result.estimate, "all", "ghost", axis="y")]
    right = most > len(rows) / 2
    with axes() as ax:
        ax.vlines(places, rows["low"], rows["high"], roles, lw=1.2)
        ax.scatter(places, rows["estimate"], c=roles, s=22, zorder=3)
        name_point(
            ax,
            f"without {result.most_influential}",
            (places[most], 1),
            "pin",
            offset=(4 if right else -4, -2),
            xycoords=("data", "axes fraction"),
            ha="right" if right else "left",
            va="top",
        )
        by = f"{result.by} left out, by rank of the estimate without it"
        return finish(ax, marks=marks, xlabel=by, ylabel=unit, **words)
