"""Figures of the chapters on measures: estimates and measures against the truth."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import numpy as np
import pandas as pd

from tradedig_book.present.figures import Figure, axes, figure
from tradedig_book.present.palette import shade


def spread_figure(
    draws: pd.DataFrame, *, truth: float, xlabel: str, caption: str, alt: str
) -> Figure:
    """Draw the estimates of each method over repeated samples, with the truth as a line.

    Parameters
    ----------
    draws : DataFrame
        One row for each sample, one column for each method; the first is drawn on top.
    truth : float
        What each method wants to find.
    xlabel, caption, alt : str
    """
    places = np.arange(draws.shape[1])[::-1]
    with axes() as ax:
        ax.axvline(truth, color=shade("truth"), lw=1.5)
        ax.annotate(
            "truth",
            (truth, len(places) - 0.5),
            xytext=(4, 0),
            textcoords="offset points",
            color=shade("truth"),
            va="top",
        )
        for place, method in zip(places, draws.columns, strict=True):
            estimates = draws[method]
            ax.plot(estimates, np.full(len(estimates), place), "o", color=shade("now"), alpha=0.35)
            ax.plot(estimates.mean(), place, "|", color=shade("now"), ms=22, mew=2.5)
        ax.locator_params(axis="x", nbins=6)
        ax.set_yticks(places, draws.columns)
        ax.set_ylim(-0.5, len(places) - 0.45)
        ax.set(xlabel=xlabel, ylabel="method")
        return figure(ax, caption=caption, alt=alt)


def overlaid_histograms_figure(
    values: Mapping[str, tuple[pd.Series, str]],
    *,
    bins: int,
    xlabel: str,
    ylabel: str,
    caption: str,
    alt: str,
) -> Figure:
    """Draw the outlines of several distributions over common bins.

    Parameters
    ----------
    values : mapping of label to (values, role)
        ``role`` is a colour of the palette, such as ``now`` or ``truth``.
    bins : int
        Number of bins over the range of all values.
    xlabel, ylabel, caption, alt : str
    """
    every = pd.concat([one for one, _ in values.values()])
    edges = np.histogram_bin_edges(every, bins).tolist()
    with axes() as ax:
        for label, (one, role) in values.items():
            ax.hist(one, edges, histtype="step", lw=2, color=shade(role), label=label)
        ax.set(xlabel=xlabel, ylabel=ylabel)
        ax.legend(frameon=False, labelcolor="linecolor")
        return figure(ax, caption=caption, alt=alt)


ESTIMATOR_SHADES = {
    "lagged price": "now",
    "other destinations": "pin",
    "least squares": "ghost",
    "truth": "truth",
}
ESTIMATOR_DASHES = {"other destinations": "--", "least squares": ":"}


def slope_shares_figure(
    slopes: Mapping[str, pd.Series], *, ends: tuple[float, float], caption: str, alt: str
) -> Figure:
    """Draw, for each estimator of σ, the share of products whose σ is below each value.

    Parameters
    ----------
    slopes : mapping of str to Series
        Estimator, or "truth", to σ of each product.
    ends : (float, float)
        The ends of the horizontal axis.
    caption, alt : str
    """
    with axes() as ax:
        ax.axvline(1, color=shade("line"), lw=1.2)
        for name, values in slopes.items():
            colour, dash = shade(ESTIMATOR_SHADES[name]), ESTIMATOR_DASHES.get(name, "-")
            ax.ecdf(values, color=colour, ls=dash, label=name)
        ax.set(xlabel="elasticity of substitution σ (no unit)", ylabel="share of products below")
        ax.set(xlim=ends, ylim=(0, 1.02))
        ax.legend(
            frameon=False, loc="lower left", bbox_to_anchor=(0, 1), ncols=2, labelcolor="linecolor"
        )
        return figure(ax, caption=caption, alt=alt)


def slope_curves_figure(
    curves: pd.DataFrame, truth: float, *, xlabel: str, caption: str, alt: str
) -> Figure:
    """Draw what estimators of σ give as a market changes: mean, band and limit of each.

    Parameters
    ----------
    curves : DataFrame
        ``x``, ``estimator``, and over products the ``mean``, the ends ``low`` and ``high``
        of a band, and the probability ``limit``.
    truth : float
        The true σ.
    xlabel, caption, alt : str
    """
    with axes() as ax:
        ax.axhline(truth, color=shade("truth"), lw=1.5, label="truth")
        for name, curve in curves.groupby("estimator", sort=False):
            colour = shade(ESTIMATOR_SHADES[str(name)])
            dash = ESTIMATOR_DASHES.get(str(name), "-")
            ax.fill_between(curve["x"], curve["low"], curve["high"], color=colour, alpha=0.15, lw=0)
            ax.plot(curve["x"], curve["limit"], color=colour, ls=dash, label=str(name))
            ax.plot(curve["x"], curve["mean"], "o", color=colour, ms=4)
        ax.set(xlabel=xlabel, ylabel="elasticity of substitution σ (no unit)")
        ax.legend(
            frameon=False, loc="lower left", bbox_to_anchor=(0, 1), ncols=2, labelcolor="linecolor"
        )
        return figure(ax, caption=caption, alt=alt)


CURVE_DASHES = ("-", "--", ":", "-.")


def curves_figure(
    curves: pd.DataFrame,
    *,
    roles: Mapping[str, str],
    xlabel: str,
    ylabel: str,
    caption: str,
    alt: str,
    dots: Sequence[str] = (),
    log_x: bool = False,
) -> Figure:
    """Draw each column of a frame against its index; the vertical axis includes zero.

    Parameters
    ----------
    curves : DataFrame
        Missing values are left out of their own column only.
    roles : mapping of column to role
        The columns to draw, each with its colour in the palette; those that share a
        colour differ by their dashes.
    xlabel, ylabel, caption, alt : str
    dots : sequence of str
        The columns to draw as dots, the others being lines.
    log_x : bool
        Whether the horizontal axis is logarithmic.
    """
    taken: list[str] = []
    with axes() as ax:
        for name, role in roles.items():
            dash = "o" if name in dots else CURVE_DASHES[taken.count(role)]
            ax.plot(curves[name].dropna(), dash, color=shade(role), ms=4, label=name)
            taken.append(role)
        ax.set(xlabel=xlabel, ylabel=ylabel)
        ax.axhline(0, lw=0)
        if log_x:
            ax.set_xscale("log")
            ax.xaxis.set_major_formatter("{x:,.0f}")
            ax.xaxis.set_minor_formatter("")
        else:
            ax.locator_params(axis="x", integer=True)
        ax.legend(
            frameon=False, loc="lower left", bbox_to_anchor=(0, 1), ncols=2, labelcolor="linecolor"
        )
        return figure(ax, caption=caption, alt=alt)


def precision_recall_figure(scores: pd.DataFrame, *, caption: str, alt: str) -> Figure:
    """Draw the precision of links against their recall, one named dot for each row.

    Parameters
    ----------
    scores : DataFrame
        ``method``, ``precision`` and ``recall``, shares of pairs.
    caption, alt : str
    """
    middle = (scores["recall"].min() + scores["recall"].max()) / 2
    with axes() as ax:
        ax.plot(scores["recall"], scores["precision"], "o", color=shade("now"))
        for row in scores.itertuples():
            right = row.recall > middle
            ax.annotate(
                str(row.method),
                (row.recall, row.precision),
                xytext=(-7 if right else 7, 4),
                textcoords="offset points",
                ha="right" if right else "left",
                color=shade("now"),
            )
        ax.margins(0.06, 0.15)
        ax.grid(visible=True, axis="x")
        ax.set(xlabel="recall (share of true pairs found)")
        ax.set(ylabel="precision (share of found pairs true)")
        return figure(ax, caption=caption, alt=alt)
