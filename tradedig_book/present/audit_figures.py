"""Figures of the audit: what rounded figures can be, and rows alone in their cells."""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np
import pandas as pd

from tradedig_book.present.figures import Figure, axes, figure
from tradedig_book.present.palette import shade


def intervals_figure(
    rows: pd.DataFrame,
    *,
    xlabel: str,
    ylabel: str,
    caption: str,
    alt: str,
    marks: Mapping[str, float] | None = None,
    log: bool = False,
) -> Figure:
    """Draw one bar from ``low`` to ``high`` for each ``label``, the first on top.

    Parameters
    ----------
    rows : DataFrame
        ``label``, ``low``, ``high``.
    xlabel, ylabel, caption, alt : str
    marks : mapping of label to value, optional
        Vertical lines, labelled above the drawing.
    log : bool
        Whether the horizontal axis is logarithmic.
    """
    places = np.arange(len(rows))[::-1]
    with axes() as ax:
        drawing = ax.get_figure(root=True)
        assert drawing is not None
        drawing.set_figheight(1.3 + 0.26 * len(rows))
        for label, value in (marks or {}).items():
            ax.axvline(value, color=shade("ghost"), lw=1.2, ls="--")
            ax.annotate(
                label,
                (value, 1),
                xycoords=("data", "axes fraction"),
                xytext=(0, 3),
                textcoords="offset points",
                color=shade("ghost"),
                ha="center",
            )
        ax.hlines(places, rows["low"], rows["high"], shade("now"), lw=4)
        # A bar can be narrower than a hair; its ends keep it visible.
        for end in ("low", "high"):
            ax.plot(rows[end], places, "|", color=shade("now"), ms=9)
        if log:
            ax.set_xscale("log")
        ax.set_yticks(places, rows["label"])
        ax.set_ylim(-0.7, len(rows) - 0.3)
        ax.set(xlabel=xlabel, ylabel=ylabel)
        return figure(ax, caption=caption, alt=alt)


def alone_figure(curves: pd.DataFrame, observed: float, *, caption: str, alt: str) -> Figure:
    """Draw expected rows alone in their cell against the number of industries.

    Parameters
    ----------
    curves : DataFrame
        ``industries``, ``steepness`` and ``alone``; one line for each steepness κ.
    observed : float
        What the paper lost, a horizontal line.
    caption, alt : str
    """
    with axes() as ax:
        ax.axhline(observed, color=shade("ghost"), lw=1.5, ls="--")
        ax.annotate(
            f"lost in the paper: {observed:,.0f}",
            (0, observed),
            xycoords=("axes fraction", "data"),
            xytext=(4, 4),
            textcoords="offset points",
            color=shade("ghost"),
        )
        styles = ("-", "--", ":", "-.")
        for place, (steepness, line) in enumerate(curves.groupby("steepness")):
            ax.plot(
                line["industries"],
                line["alone"],
                styles[place % len(styles)],
                color=shade("now"),
                label=f"κ = {steepness:g}",
            )
        ax.set(xscale="log", yscale="log", ylim=(max(1, observed / 200), observed * 60))
        ax.set(
            xlabel="number of industries (log scale)",
            ylabel="firm–years alone in a cell (log scale)",
        )
        ax.legend(frameon=False, loc="lower left", bbox_to_anchor=(0, 1), ncols=2, handlelength=3)
        return figure(ax, caption=caption, alt=alt)
