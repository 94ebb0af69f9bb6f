"""Figures of the evidence chapters: estimates beside the published, the truth, and power.

``words`` are the caption and the text alternative, and labels of axes where a figure has none.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import numpy as np
import pandas as pd

from tradedig_book.present.charts import (
    ZERO,
    Estimates,
    Line,
    Mark,
    draw_line,
    finish,
    forest,
    lines,
)
from tradedig_book.present.figures import Figure, axes
from tradedig_book.present.palette import shade
from tradedig_helpers.estimation.fit import NORMAL_95
from tradedig_helpers.estimation.specifications import Specification


def coefficient_figure(
    rows: pd.DataFrame, *, unit: str, marks: Mapping[str, float] | None = None, **words: Any
) -> Figure:
    """Draw estimates with 95% intervals, ours and the published, one row for each label.

    Parameters
    ----------
    rows : DataFrame
        ``label``, ``estimate``, ``low``, ``high`` (ours), ``published`` and
        ``published_error`` (standard error); the first row is drawn on top.
    unit : str
        What the horizontal axis measures.
    marks : mapping of label to value, optional
        Vertical lines for known truths.
    """
    printed, reach = rows["published"], NORMAL_95 * rows["published_error"]
    theirs = Estimates("ghost", printed, printed - reach, printed + reach, "published", "s")
    named = [ZERO, *(Mark(value, label) for label, value in (marks or {}).items())]
    head = "specification" if len(rows) < 8 else "regressor"
    return forest(
        rows["label"], theirs, _ours(rows), marks=named, xlabel=unit, ylabel=head, **words
    )


def against_truth_figure(rows: pd.DataFrame, *, unit: str, **words: Any) -> Figure:
    """Draw estimates with 95% intervals beside the truth of each, one row for each label.

    Parameters
    ----------
    rows : DataFrame
        ``label``, ``estimate``, ``low``, ``high`` and ``truth``; the first row is on top.
    unit : str
        What the horizontal axis measures.
    """
    hollow = {"ms": 7, "mfc": "none"}
    truth = Estimates("truth", rows["truth"], name="truth", marker="D", look=hollow)
    labels = {"xlabel": unit, "ylabel": "specification"}
    return forest(rows["label"], _ours(rows), truth, marks=[ZERO], **(words | labels))


def _ours(rows: pd.DataFrame) -> Estimates:
    return Estimates("now", rows["estimate"], rows["low"], rows["high"], "ours, synthetic")


def power_figure(
    curve: pd.DataFrame, measured: pd.DataFrame, *, paper_firms: int, **words: Any
) -> Figure:
    """Draw power against the number of firms: extrapolated curve, measured points.

    Parameters
    ----------
    curve, measured : DataFrame
        ``firms`` and ``power``.
    paper_firms : int
        Where the paper's sample stands.
    """
    firms, power = measured["firms"], measured["power"]
    last = f"this sample: {power.iloc[-1]:.2f}"
    dots = Line(firms, power, float(firms.iloc[-1]), 12, side="right", role="now", style="o")
    return lines(
        {"": Line(curve["firms"], curve["power"], role="ghost"), last: dots},
        marks=[Mark(paper_firms, "the paper's firms", "ghost", ":", along=0.05)],
        xscale="log",
        xlabel="number of firms (log scale)",
        ylabel="power at the 5% level",
        ylim=(0, 1.03),
        **words,
    )


def means_figure(means: pd.DataFrame, **words: Any) -> Figure:
    """Draw the means of bins, one dot for each, from columns ``x`` and ``y``."""
    dots = Line(means["x"], means["y"], role="now", style="o")
    return lines({"": dots}, **({"xmargin": 0.05, "ymargin": 0.05} | words))


def information_figure(shares: pd.DataFrame, **words: Any) -> Figure:
    """Draw each cluster's share of the rows and of what identifies a coefficient.

    Parameters
    ----------
    shares : DataFrame
        One row per cluster, its name as the index; columns ``rows`` and ``information``,
        shares of one. The first row is drawn on the left.
    """
    places = np.arange(len(shares))
    with axes(height=4.4) as ax:
        ax.bar(places, shares["information"], color=shade("now"), label="of the information")
        ax.plot(places, shares["rows"], "_", color=shade("pin"), ms=9, mew=2, label="of the rows")
        # Two rows of names, since so many do not fit in one.
        ax.set_xticks(places[::2], shares.index[::2], rotation=90)
        ax.set_xticks(places[1::2], shares.index[1::2], rotation=90, minor=True)
        ax.tick_params(axis="x", which="minor", pad=36)
        ax.set(xlabel="province, by its share of the information", ylabel="share (of one)")
        return finish(ax, **words)


def marginal_figure(
    effects: pd.DataFrame, values: pd.Series, *, marks: Mapping[str, float], **words: Any
) -> Figure:
    """Draw an effect along its moderator with its band, above where the sample lies.

    Parameters
    ----------
    effects : DataFrame
        ``moderator``, ``estimate``, ``low``, ``high``.
    values : Series
        The moderator in the sample, drawn as a histogram at the foot.
    marks : mapping of label to value
        Values of the moderator to point out, such as its mean.
    """
    with axes() as ax:
        foot = ax.twinx()
        ax.set_zorder(foot.get_zorder() + 1)
        ax.patch.set_visible(False)
        counts, _, _ = foot.hist(values, bins=40, color=shade("line"))
        foot.set_ylim(0, 4 * float(np.max(counts)))
        foot.axis("off")
        band = (effects["low"], effects["high"])
        draw_line(ax, "", Line(effects["moderator"], effects["estimate"], band=band), "now")
        zero = Mark(0.0, role="ghost", axis="y")
        named = [Mark(value, label, "pin", ":") for label, value in marks.items()]
        return finish(ax, marks=[zero, *named], **words)


def moderation_figure(
    spec: Specification, panel: pd.DataFrame, along: pd.DataFrame, name: str, meaning: str
) -> Figure:
    """Draw the effect of ``lndig`` on QSY along a moderator, and where the moderator's values lie.

    Parameters
    ----------
    spec : a column of Table 5 with the interaction
    panel : its variables
    along : of :func:`.marginal_effects`, from the 1st to the 99th percentile of the moderator
    name, meaning : the moderator, and what it is, for the axis
    """
    values = panel[name].dropna()
    low, high = along["moderator"].iloc[[0, -1]]
    ends = [
        f"{r.estimate:.4f} ({r.low:.4f} to {r.high:.4f}) at {r.moderator:.2f}"
        for r in along.iloc[[0, -1]].itertuples()
    ]
    return marginal_figure(
        along,
        values[values.between(low, high)],
        marks={"mean": float(values.mean())},
        xlabel=f"{name}, {meaning}",
        ylabel="effect of lndig on QSY",
        caption=f"Effect of one log point of the digital level on QSY along {name}, with a "
        "pointwise 95% band, from its 1st to its 99th percentile; at the foot how often each "
        f"value occurs. Synthetic data, {panel['firm'].nunique():,} exporters, Table 5 column "
        f"({spec.column}).",
        alt=f"The effect goes from {' to '.join(ends)}.",
    )
