"""Figures of the audit: what rounded figures can be, and rows alone in their cells."""

from __future__ import annotations

from collections.abc import Mapping
from itertools import cycle
from typing import Any

import pandas as pd

from tradedig_book.present.charts import DASHES, Estimates, Line, Mark, forest, lines
from tradedig_book.present.figures import Figure


def ranges_figure(rows: pd.DataFrame, *, marks: Mapping[str, float], **words: Any) -> Figure:
    """Draw one bar from ``low`` to ``high`` for each ``label``, and ``marks`` as upright lines.

    ``words`` are those of :func:`~tradedig_book.present.charts.forest`.
    """
    # A bar can be narrower than a hair; its ends keep it visible.
    ends = (
        Estimates("now", rows["low"], rows["low"], rows["high"], marker="|", width=4),
        Estimates("now", rows["high"], marker="|"),
    )
    named = [Mark(value, label, "ghost", "--") for label, value in marks.items()]
    return forest(rows["label"], *ends, marks=named, **words)


def alone_figure(curves: pd.DataFrame, observed: float, *, caption: str, alt: str) -> Figure:
    """Draw expected rows alone in their cell against the number of industries.

    Parameters
    ----------
    curves : DataFrame
        ``industries``, ``steepness`` and ``alone``; one line for each steepness κ.
    observed : float
        What the paper lost, a horizontal line.
    """
    groups = zip(cycle(DASHES), curves.groupby("steepness"), strict=False)
    drawn = {
        f"κ = {steepness:g}": Line(
            part["industries"], part["alone"], "legend", role="now", style=style
        )
        for style, (steepness, part) in groups
    }
    lost = f"lost in the paper: {observed:,.0f}"
    return lines(
        drawn,
        marks=[Mark(observed, lost, "ghost", "--", axis="y", along=0)],
        caption=caption,
        alt=alt,
        xscale="log",
        yscale="log",
        xmargin=0.05,
        ylim=(max(1, observed / 200), observed * 60),
        xlabel="number of industries (log scale)",
        ylabel="firm–years alone in a cell (log scale)",
    )
