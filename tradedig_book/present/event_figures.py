"""Figures of matching and event studies: paths, balance, overlap, weights, power."""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np
import pandas as pd
from matplotlib.axes import Axes

from tradedig_book.present.figures import Figure, axes, figure
from tradedig_book.present.palette import shade

MARKERS = {
    "two-way fixed effects": ("s", "ghost"),
    "Sun–Abraham": ("o", "now"),
    "Callaway–Sant'Anna": ("^", "now"),
    "imputation": ("D", "now"),
}
"""Marker and colour of each estimator: grey for the one that the others are held against."""
STEP = 0.19
NEGLIGIBLE = 0.1


def event_figure(
    coefficients: pd.DataFrame, truth: pd.Series, *, unit: str, caption: str, alt: str
) -> Figure:
    """Draw effects by years since adoption, every estimator beside the known truth.

    Parameters
    ----------
    coefficients : DataFrame
        ``estimator``, ``event_time``, ``estimate``, ``low``, ``high``.
    truth : Series
        Known effects, indexed by event time; empty if none is known.
    unit : str
        What the vertical axis measures.
    caption, alt : str
    """
    names = list(coefficients["estimator"].unique())
    with axes() as ax:
        _widen(ax)
        ax.axhline(0, color=shade("line"), lw=1.2)
        ax.axvline(-0.5, color=shade("line"), lw=1.2, ls=":")
        if len(truth):
            ax.plot(truth.index, truth, color=shade("truth"), label="truth", zorder=5)
        for place, name in enumerate(names):
            rows = coefficients[coefficients["estimator"] == name]
            marker, role = MARKERS[name]
            x = rows["event_time"] + STEP * (place - (len(names) - 1) / 2)
            ax.vlines(x, rows["low"], rows["high"], shade(role), lw=1.1)
            ax.plot(x, rows["estimate"], marker, ms=4, color=shade(role), label=name)
        ax.set_xticks(
            range(int(coefficients["event_time"].min()), int(rows["event_time"].max() + 1))
        )
        ax.set(xlabel="years since adoption (the year before, −1, is the base)", ylabel=unit)
        ax.legend(frameon=False, loc="lower left", bbox_to_anchor=(0, 1), ncols=3, fontsize=9)
        return figure(ax, caption=caption, alt=alt)


def love_figure(balance: pd.DataFrame, *, caption: str, alt: str) -> Figure:
    """Draw absolute standardised differences before and after matching, largest on top.

    ``balance`` has ``covariate``, ``smd_before``, ``smd_after``.
    """
    rows = balance.assign(size=balance["smd_before"].abs()).sort_values("size")
    places = np.arange(len(rows))
    with axes() as ax:
        before, after = rows["smd_before"].abs(), rows["smd_after"].abs()
        ax.hlines(places, after, before, shade("line"), lw=1.2)
        ax.plot(before, places, "s", color=shade("ghost"), label="all at risk")
        ax.plot(after, places, "o", color=shade("now"), label="matched")
        ax.axvline(NEGLIGIBLE, color=shade("ghost"), lw=1, ls=":")
        ax.set_yticks(places, rows["covariate"])
        ax.set(xlabel="absolute standardised mean difference", ylabel="trait, a year before")
        ax.set_xlim(left=-0.01)
        ax.grid(visible=False)
        ax.legend(frameon=False, loc="lower right", labelcolor="linecolor")
        return figure(ax, caption=caption, alt=alt)


def overlap_figure(scores: pd.DataFrame, *, caption: str, alt: str) -> Figure:
    """Draw how the probit's index is spread among adopters and among the others at risk.

    ``scores`` has ``adopts`` (0 or 1) and ``index``.
    """
    edges = np.linspace(scores["index"].min(), scores["index"].max(), 31)
    with axes() as ax:
        for adopts, role, label in ((0, "ghost", "do not adopt"), (1, "now", "adopt")):
            values = scores.loc[scores["adopts"] == adopts, "index"]
            ax.hist(
                values,
                edges.tolist(),
                density=True,
                histtype="step",
                lw=2,
                color=shade(role),
                label=label,
            )
        ax.set(xlabel="index of the propensity to adopt", ylabel="density")
        ax.legend(frameon=False, loc="upper left", labelcolor="linecolor")
        return figure(ax, caption=caption, alt=alt)


def weights_figure(weights: pd.DataFrame, *, caption: str, alt: str) -> Figure:
    """Draw the range and mean of ``weight`` at each ``event_time``, what is negative apart."""
    found = weights.groupby("event_time")["weight"].agg(["min", "max", "mean"])
    low, high = found["min"].clip(upper=0), found["max"].clip(lower=0)
    with axes() as ax:
        ax.axhline(0, color=shade("ghost"), lw=1)
        ax.vlines(found.index, 0, high, shade("now"), lw=5, label="positive")
        ax.vlines(found.index, low, 0, shade("warn"), lw=5, label="negative")
        ax.plot(found.index, found["mean"], "o", color=shade("pin"), ms=4, label="mean")
        ax.set(xlabel="years since adoption", ylabel="weights of treated firm–years")
        ax.legend(frameon=False, loc="upper right", labelcolor="linecolor")
        return figure(ax, caption=caption, alt=alt)


def trend_power_figure(
    curve: pd.DataFrame, *, marks: Mapping[str, float], xlabel: str, caption: str, alt: str
) -> Figure:
    """Draw ``power`` of a test of leads against the ``slope`` of a difference in trends."""
    with axes() as ax:
        ax.plot(curve["slope"], curve["power"], color=shade("now"))
        for place, (label, slope) in enumerate(marks.items()):
            ax.axvline(slope, color=shade("pin"), lw=1.2, ls=":")
            ax.annotate(
                label,
                (slope, 0.12 - 0.1 * place),
                xytext=(4, 0),
                textcoords="offset points",
                color=shade("pin"),
            )
        ax.set(xlabel=xlabel, ylabel="power at the 5% level", ylim=(0, 1.02))
        return figure(ax, caption=caption, alt=alt)


def _widen(ax: Axes) -> None:
    """Give a figure of many points the width of the page."""
    drawing = ax.get_figure(root=True)
    assert drawing is not None
    drawing.set_size_inches(7.0, 3.7)
