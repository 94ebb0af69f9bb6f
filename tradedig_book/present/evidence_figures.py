"""Figures of the evidence chapters: coefficients beside the published ones, and power."""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np
import pandas as pd

from tradedig_book.present.figures import Figure, axes, figure
from tradedig_book.present.palette import shade

Z95 = 1.959964


def coefficient_figure(
    rows: pd.DataFrame,
    *,
    caption: str,
    alt: str,
    unit: str,
    marks: Mapping[str, float] | None = None,
) -> Figure:
    """Draw estimates with 95% intervals, ours and the published, one row for each label.

    Parameters
    ----------
    rows : DataFrame
        ``label``, ``estimate``, ``low``, ``high`` (ours), ``published`` and
        ``published_error`` (standard error); the first row is drawn on top.
    caption, alt : str
    unit : str
        What the horizontal axis measures.
    marks : mapping of label to value, optional
        Vertical lines for known truths.
    """
    places = np.arange(len(rows))[::-1]
    with axes() as ax:
        ax.axvline(0, color=shade("line"), lw=1.2)
        for label, value in (marks or {}).items():
            ax.axvline(value, color=shade("truth"), lw=1.5)
            ax.annotate(
                label,
                (value, len(rows) - 0.45),
                xytext=(4, 0),
                textcoords="offset points",
                color=shade("truth"),
            )
        reach = Z95 * rows["published_error"]
        ax.hlines(
            places - 0.16, rows["published"] - reach, rows["published"] + reach, shade("ghost")
        )
        ax.plot(rows["published"], places - 0.16, "s", color=shade("ghost"), label="published")
        ax.hlines(places + 0.16, rows["low"], rows["high"], shade("now"))
        ax.plot(rows["estimate"], places + 0.16, "o", color=shade("now"), label="ours, synthetic")
        ax.locator_params(axis="x", nbins=6)
        ax.set_yticks(places, rows["label"])
        ax.set_ylim(-0.6, len(rows) - 0.1)
        ax.set(xlabel=unit, ylabel="specification" if len(rows) < 8 else "regressor")
        ax.grid(visible=False)
        ax.legend(
            frameon=False, loc="lower left", bbox_to_anchor=(0, 1), ncols=2, labelcolor="linecolor"
        )
        return figure(ax, caption=caption, alt=alt)


def power_figure(
    curve: pd.DataFrame, measured: pd.DataFrame, *, paper_firms: int, caption: str, alt: str
) -> Figure:
    """Draw power against the number of firms: extrapolated curve, measured points.

    Parameters
    ----------
    curve, measured : DataFrame
        ``firms`` and ``power``.
    paper_firms : int
        Where the paper's sample stands.
    caption, alt : str
    """
    with axes() as ax:
        ax.plot(curve["firms"], curve["power"], color=shade("ghost"))
        ax.plot(measured["firms"], measured["power"], "o", color=shade("now"))
        firms, power = float(measured["firms"].iloc[-1]), float(measured["power"].iloc[-1])
        ax.annotate(
            f"this sample: {power:.2f}",
            (firms, power),
            xytext=(0, 12),
            textcoords="offset points",
            color=shade("now"),
            ha="right",
        )
        ax.axvline(paper_firms, color=shade("ghost"), lw=1, ls=":")
        ax.annotate(
            "the paper's firms",
            (paper_firms, 0.05),
            xytext=(-5, 0),
            textcoords="offset points",
            color=shade("ghost"),
            ha="right",
        )
        ax.set_xscale("log")
        ax.set(xlabel="number of firms (log scale)", ylabel="power at the 5% level", ylim=(0, 1.03))
        return figure(ax, caption=caption, alt=alt)


def histogram_figure(
    values: pd.Series, *, bins: int, xlabel: str, ylabel: str, caption: str, alt: str
) -> Figure:
    """Draw how often each value occurs."""
    with axes() as ax:
        ax.hist(values, bins=bins, color=shade("now"), alpha=0.85)
        ax.set(xlabel=xlabel, ylabel=ylabel)
        return figure(ax, caption=caption, alt=alt)


def means_figure(
    means: pd.DataFrame, *, xlabel: str, ylabel: str, caption: str, alt: str
) -> Figure:
    """Draw the means of bins, one dot for each, from columns ``x`` and ``y``."""
    with axes() as ax:
        ax.plot(means["x"], means["y"], "o", color=shade("now"))
        ax.set(xlabel=xlabel, ylabel=ylabel)
        return figure(ax, caption=caption, alt=alt)
